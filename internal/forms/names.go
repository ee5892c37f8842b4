package forms

import (
	"fmt"
	"slices"

	"stocktake"
)

// group is a class of names that stand together.
type group uint8

const (
	authors group = iota
	signatories
	shares
	personal
	joined
	left
	groups
)

var groupIDs = [groups]string{"author", "signatory", "shares the views", "in a personal capacity", "joined after publication", "withdrew"}

func (n Name) group() group {
	switch {
	case !n.Withdrew.IsZero():
		return left
	case !n.Joined.IsZero():
		return joined
	}
	switch n.Tier {
	case stocktake.TierAuthor:
		return authors
	case stocktake.TierSharesViews:
		return shares
	case stocktake.TierPersonal:
		return personal
	}
	return signatories
}

// inOrder returns the names as every form lists them: by group, and within a group as given.
func (s Statement) inOrder() []Name {
	list := slices.Clone(s.Names)
	slices.SortStableFunc(list, func(a, b Name) int { return int(a.group()) - int(b.group()) })
	return list
}

// shown is a name in the languages of the form: the first, and the others where they differ.
func (f *Form) shown(n Name) string {
	name := n.in(f.texts[0].Lang)
	for _, t := range f.texts[1:] {
		if other := n.in(t.Lang); other != name {
			name += " / " + other
		}
	}
	return name
}

// names lays out the list: groups, names with notes, and what stands behind them.
func (f *Form) names() []part {
	var list []part
	w := f.w
	all := f.s.inOrder()
	heads := [groups]string{w.authors, w.signatories, w.shares, w.personal, w.joined, w.left}
	how := func(h How) string {
		return map[How]string{Verified: w.verified, Entered: w.entered, Imported: w.imported, AsPrinted: w.printed, unknownHow: w.imported}[h]
	}
	same := len(all) > 0
	for _, n := range all {
		same = same && how(n.How) == how(all[0].How)
	}
	for g := range groups {
		in := slices.DeleteFunc(slices.Clone(all), func(n Name) bool { return n.group() != g })
		if len(in) == 0 {
			continue
		}
		list = append(list, part{kind: partSection, class: "names", text: heads[g] + count(len(in))})
		for _, n := range in {
			var notes []string
			if g >= joined && n.Tier == stocktake.TierPersonal {
				notes = append(notes, w.personal)
			}
			if g >= joined && n.Tier == stocktake.TierSharesViews {
				notes = append(notes, w.shares)
			}
			notes = append(notes, line(n.Note), line(n.Country))
			if !n.Joined.IsZero() {
				notes = append(notes, fmt.Sprintf(w.joinedOn, f.figures(n.Joined.String())))
			}
			if !n.Withdrew.IsZero() {
				notes = append(notes, fmt.Sprintf(w.leftOn, f.figures(n.Withdrew.String())))
			}
			if !same && n.How != Verified {
				notes = append(notes, how(n.How))
			}
			list = append(list, part{kind: partName, text: f.shown(n), note: join("; ", notes...)})
		}
	}
	if f.s.Withheld > 0 {
		if len(list) == 0 {
			list = append(list, part{kind: partSection, class: "names", text: w.signatories})
		}
		list = append(list, part{text: fmt.Sprintf(w.hidden, f.s.Withheld), class: "hidden"})
	}
	switch {
	case same:
		list = append(list, part{text: fmt.Sprintf(w.all, how(all[0].How)), class: "how"})
	case slices.ContainsFunc(all, func(n Name) bool { return n.How == Verified }):
		list = append(list, part{text: w.rest, class: "how"})
	}
	return list
}
