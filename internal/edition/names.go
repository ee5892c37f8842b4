package edition

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/forms"
	"stocktake/internal/record"
)

// Name is an endorsement that is shown by its name.
type Name struct {
	ID        string
	Shown     map[string]string // by language
	Lang      string            // the first of them
	Tier      stocktake.Tier
	How       forms.How
	Authority stocktake.AuthorityClass
	Country   string
	Office    string
	Status    string // consultative status
	ChapterOf string // name of the parent, where it is shown
	Joined    stocktake.Date
	Withdrew  stocktake.Date
	Confirmed stocktake.Date // given again after this version was published
	Filing    int64          // that says so last

	commitments []string
}

// In is the name in a language: that one, else the first.
func (n *Name) In(lang string) string { return cmp.Or(n.Shown[lang], n.Shown[n.Lang]) }

// names finds who stands under the version. Of a version that another one took the place of, it is who stood under it until then; whoever
// withdrew, or whose name was taken away since, is shown so there too.
func (e *Edition) names(ctx context.Context, all []record.Statement, i int) error {
	rec := e.l.Record()
	at := e.at
	if i+1 < len(all) {
		at.Head = all[i+1].Filing - 1
	}
	now := map[string]record.Endorsement{}
	if at.Head != e.at.Head {
		for _, x := range rec.Endorsements(e.at, e.S.Instrument) {
			now[x.ID] = x
		}
	}
	f, err := e.l.Load(ctx, e.Filing)
	if err != nil {
		return err
	}
	place := map[string]int{}
	for j := range f.Endorsements {
		place[f.Endorsements[j].ID] = j + 1
	}
	e.Struck = map[string]int{}
	type row struct {
		record.Endorsement
		place int
	}
	var rows []row
	for _, x := range rec.Endorsements(at, e.S.Instrument) {
		if y, ok := now[x.ID]; ok && !y.State.Counts() && y.State != stocktake.EndorsementLapsed || ok && y.State == stocktake.EndorsementWithheld {
			x.Endorsed.State, x.On, x.Ground = y.State, y.On, y.Ground
			x.Filing, x.Place, x.Names, x.Office = y.Filing, y.Place, y.Names, y.Office
		}
		if x.State.Counts() && !stands(all, x.Version, e.S.Version) {
			e.Waiting++
			continue
		}
		if (x.State == stocktake.EndorsementWithdrew || x.State == stocktake.EndorsementStruck) && !stands(all, x.Version, e.S.Version) {
			continue // from an earlier version, on whose page it is
		}
		switch x.State {
		case stocktake.EndorsementListed, stocktake.EndorsementWithheld:
			e.Stand++
		case stocktake.EndorsementLapsed:
			e.Lapsed++
			continue
		case stocktake.EndorsementStruck:
			e.Struck[x.Ground]++
			continue
		}
		if x.State == stocktake.EndorsementWithheld {
			e.Withheld++
			continue
		}
		rows = append(rows, row{x, place[x.ID]})
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		if (a.place > 0) != (b.place > 0) {
			if a.place > 0 {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.First, b.First), cmp.Compare(a.Place, b.Place))
	})
	shown := map[string]string{}
	for _, x := range rows {
		n, err := e.name(ctx, &x.Endorsement)
		if err != nil {
			return err
		}
		switch {
		case len(n.Shown) == 0 && x.State == stocktake.EndorsementWithdrew:
			e.Left++
			continue
		case len(n.Shown) == 0:
			e.Taken++
			continue
		case x.State == stocktake.EndorsementWithdrew:
			n.Withdrew = x.On
		case x.First > e.Filing:
			n.Joined = x.On
		case x.place == 0 && x.Filing > e.Filing:
			n.Confirmed = x.On
		}
		shown[n.ID] = n.Shown[n.Lang]
		e.Names = append(e.Names, n)
	}
	for j := range e.Names {
		e.Names[j].ChapterOf = shown[e.Names[j].ChapterOf]
	}
	return nil
}

// stands reports whether an endorsement of one version stands for a later one: nothing but typography was changed between them.
func stands(all []record.Statement, from, to int) bool {
	for i := range all {
		if v := &all[i]; v.Version > from && v.Version <= to && v.Change != stocktake.Typographic {
			return false
		}
	}
	return from <= to
}

// name reads the words of an endorsement where they were filed.
func (e *Edition) name(ctx context.Context, x *record.Endorsement) (Name, error) {
	n := Name{ID: x.ID, Tier: x.Tier, How: forms.HowOf(x.Authority), Authority: x.Authority, Country: x.Country, Status: x.Status, ChapterOf: x.ChapterOf, Filing: x.Filing, Shown: map[string]string{}}
	f, err := e.l.Load(ctx, x.Filing)
	if err != nil {
		return n, err
	}
	if x.Place >= len(f.Endorsements) || f.Endorsements[x.Place].ID != x.ID {
		return n, nil
	}
	words := &f.Endorsements[x.Place]
	for _, w := range words.Names {
		if t := strings.TrimSpace(w.Name.Text); t != "" && e.l.Record().RemovedBy(w.Name.Commitment) == 0 {
			n.Shown[w.Lang] = t
			n.Lang = cmp.Or(n.Lang, w.Lang)
			n.commitments = append(n.commitments, w.Name.Commitment)
		}
	}
	if t := words.Office.Text; t != "" && e.l.Record().RemovedBy(words.Office.Commitment) == 0 {
		n.Office = t
		n.commitments = append(n.commitments, words.Office.Commitment)
	}
	return n, nil
}

// Tiers returns the tiers of those who stand or stood under the version, in the order in which they are shown: those who withdrew and those who
// joined after publication are in neither of these groups.
func (e *Edition) Tiers() []stocktake.Tier {
	order := []stocktake.Tier{stocktake.TierAuthor, stocktake.TierSignatory, stocktake.TierSharesViews, stocktake.TierPersonal}
	return slices.DeleteFunc(order, func(t stocktake.Tier) bool {
		return !slices.ContainsFunc(e.Names, func(n Name) bool { return n.Tier == t && n.Joined.IsZero() && n.Withdrew.IsZero() })
	})
}

// Grounds lists the classes of reason for which endorsements were taken off, in order.
func (e *Edition) Grounds() []string { return slices.Sorted(maps.Keys(e.Struck)) }

// ListAt is the list of names at a moment: at publication, or as a later filing left it.
type ListAt struct {
	Filing   int64
	SHA256   string // of the filing
	Listed   int    // in that filing, by what it says of them
	Withdrew int
	Other    int
	First    bool // the list at publication
}

// mostLists is how many dated lists are told of.
const mostLists = 40

// Lists returns the dated lists of the version, oldest first: that at publication, and the latest changes to it. more is how many lie between.
func (e *Edition) Lists(ctx context.Context) (list []ListAt, more int, err error) {
	rec := e.l.Record()
	end := e.at.Head
	for _, v := range e.Versions {
		if v.Number > e.S.Version {
			end = v.Filing - 1
			break
		}
	}
	filings := []int64{e.Filing}
	prefix := "statement/" + string(e.S.Instrument) + "/endorsements/"
	for n := e.Filing + 1; n <= end; n++ {
		if info, ok := rec.Info(n); ok && strings.HasPrefix(info.Key, prefix) {
			filings = append(filings, n)
		}
	}
	if over := len(filings) - mostLists; over > 0 {
		more, filings = over, append(filings[:1], filings[1+over:]...)
	}
	for _, n := range filings {
		f, err := e.l.Load(ctx, n)
		if err != nil {
			return nil, 0, err
		}
		info, _ := rec.Info(n)
		x := ListAt{Filing: n, SHA256: info.SHA256, First: n == e.Filing}
		for i := range f.Endorsements {
			switch st := f.Endorsements[i].State; {
			case st.Counts():
				x.Listed++
			case st == stocktake.EndorsementWithdrew:
				x.Withdrew++
			default:
				x.Other++
			}
		}
		list = append(list, x)
	}
	return list, more, nil
}
