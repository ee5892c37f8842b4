package signon

import (
	"cmp"
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"stocktake"
)

// tierOrder is the order of the groups of a list.
var tierOrder = []stocktake.Tier{stocktake.TierAuthor, stocktake.TierSignatory, stocktake.TierSharesViews, stocktake.TierPersonal}

// Publish gives the endorsements that go out with the newest version: those that are listed and stand for it, by tier and then in the order of
// the language's alphabet. Whoever declined, withdrew before, waits, was struck or lapsed is in none of it.
func Publish(a *Asking, all []Endorsement, orgs map[string]Organisation) []stocktake.Endorsed {
	var list []stocktake.Endorsed
	places := placesOf(all)
	for i := range all {
		if e := &all[i]; e.Counts(a) {
			list = append(list, e.filing(a, orgs, places, e.Given, publicState(e)))
		}
	}
	Sort(list, a.Lang)
	return list
}

// Sort puts endorsements into the order in which they are shown: tier, name in the order of the language's alphabet, id. Names that are kept
// back come last in their tier.
func Sort(list []stocktake.Endorsed, lang string) {
	tag, err := language.Parse(lang)
	if err != nil {
		tag = language.Und
	}
	c, buf := collate.New(tag, collate.IgnoreCase), &collate.Buffer{}
	keys := make(map[string][]byte, len(list))
	for i := range list {
		if name := shownName(&list[i], lang); name != "" {
			keys[list[i].ID] = c.KeyFromString(buf, name)
		}
	}
	slices.SortFunc(list, func(x, y stocktake.Endorsed) int {
		kx, ky := keys[x.ID], keys[y.ID]
		return cmp.Or(cmp.Compare(slices.Index(tierOrder, x.Tier), slices.Index(tierOrder, y.Tier)),
			cmp.Compare(b2i(kx == nil), b2i(ky == nil)), slices.Compare(kx, ky), cmp.Compare(x.ID, y.ID))
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func shownName(e *stocktake.Endorsed, lang string) string {
	for _, n := range e.Names {
		if n.Lang == lang {
			return n.Name.Text
		}
	}
	if len(e.Names) == 0 {
		return ""
	}
	return e.Names[0].Name.Text
}

// A Change is what the record has to be told of an endorsement that it knows, or that joins later.
type Change struct {
	Endorsed stocktake.Endorsed
	// Hide says that the name is to go from earlier filings too: the organisation may be in danger. What they hold of it is taken away by a removal.
	Hide bool
}

// Changes gives what to file after publication: who joined since, withdrew, was struck or put back, whose name is to be kept back, who gave a
// changed text again, and who did not in time. now decides about the last. It is empty when all has been filed.
func Changes(a *Asking, all []Endorsement, orgs map[string]Organisation, today Day) []Change {
	if a.Published == nil {
		return nil
	}
	places := placesOf(all)
	var list []Change
	for i := range all {
		e := &all[i]
		state, on, version := due(a, e, today)
		if state == "" {
			continue
		}
		f := e.Filed
		if f != nil && f.State == state && f.Version == version && (f.Class == e.Class || !state.Counts()) {
			continue
		}
		x := e.filing(a, orgs, places, on, state)
		x.Version = version
		if v, ok := a.Version(version); ok {
			x.TextSHA256 = v.TextSHA256
		}
		list = append(list, Change{Endorsed: x, Hide: e.Withheld && f != nil && f.State != stocktake.EndorsementWithheld})
	}
	endorsed := make([]stocktake.Endorsed, len(list))
	byID := map[string]Change{}
	for i, c := range list {
		endorsed[i], byID[c.Endorsed.ID] = c.Endorsed, c
	}
	Sort(endorsed, a.Lang)
	for i, x := range endorsed {
		list[i] = byID[x.ID]
	}
	return list
}

// due is what the record should say of an endorsement; no state where it should say nothing, or what it says already.
func due(a *Asking, e *Endorsement, today Day) (stocktake.EndorsementState, Day, int) {
	last := Day("")
	if n := len(e.History); n > 0 {
		last = e.History[n-1].On
	}
	filed := 0
	if e.Filed != nil {
		filed = e.Filed.Version
	}
	switch e.State {
	case Listed:
		if v, _ := a.Version(a.Published.Version); e.Version > v.Number {
			return "", "", 0 // it waits for the version that it gave
		}
		if filed != 0 && a.Stands(filed) && a.Stands(e.Version) && filed <= e.Version && sameText(a, filed, e.Version) {
			return publicState(e), e.Given, filed
		}
		return publicState(e), e.Given, e.Version
	case WithdrewAfter:
		return stocktake.EndorsementWithdrew, last, filed
	case Struck:
		if e.Filed != nil {
			return stocktake.EndorsementStruck, last, filed
		}
	case Lapsed:
		if e.Filed == nil {
			return "", "", 0
		}
		v := a.Current()
		if v.Change == stocktake.Substantive && a.Published.Version >= v.Number && DayOf(v.Confirm.At) < today {
			return stocktake.EndorsementLapsed, today, filed
		}
		if e.Filed.State == stocktake.EndorsementLapsed {
			return stocktake.EndorsementLapsed, e.Filed.On, filed
		}
	}
	return "", "", 0
}

// sameText reports whether nothing but typography lies between two versions.
func sameText(a *Asking, from, to int) bool {
	for _, v := range a.Versions {
		if v.Number > from && v.Number <= to && v.Change != stocktake.Typographic {
			return false
		}
	}
	return true
}

func publicState(e *Endorsement) stocktake.EndorsementState {
	if e.Withheld {
		return stocktake.EndorsementWithheld
	}
	return stocktake.EndorsementListed
}

// placesOf finds the endorsement of an organisation, by its id.
func placesOf(all []Endorsement) map[string]*Endorsement {
	m := make(map[string]*Endorsement, len(all))
	for i := range all {
		if all[i].Org != "" {
			m[all[i].Org] = &all[i]
		}
	}
	return m
}

// filing is an endorsement as the record has it. Where the name is kept back, nothing in it tells whose it is.
func (e *Endorsement) filing(a *Asking, orgs map[string]Organisation, places map[string]*Endorsement, on Day, state stocktake.EndorsementState) stocktake.Endorsed {
	x := stocktake.Endorsed{ID: e.PublicID(), Statement: a.Statement, Version: e.Version, TextSHA256: e.TextSHA256, State: state, On: on.Date(), Tier: e.Tier,
		Authority: e.Class, Road: e.Road, Ground: e.Ground}
	if e.Withheld {
		return x
	}
	o := orgs[e.Org]
	x.Country = e.Country
	for _, n := range e.Names {
		x.Names = append(x.Names, stocktake.LangName{Lang: cmp.Or(n.Lang, a.Lang), Name: stocktake.Plain(n.Text)})
	}
	if e.Org != "" {
		x.Org, x.Status = stocktake.Plain(cmp.Or(o.Domain, o.ID)), o.Status
	}
	if e.ShowOffice && e.Signer.Office != "" {
		x.Office = stocktake.Plain(e.Signer.Office)
	}
	if p := places[o.ChapterOf]; o.ChapterOf != "" && p != nil && !p.Withheld && (p.Counts(a) || p.Filed != nil) {
		x.ChapterOf = p.PublicID()
	}
	return x
}

// JoinedSince gives those that were listed after publication, in the order of the list.
func JoinedSince(a *Asking, all []Endorsement, orgs map[string]Organisation) []stocktake.Endorsed {
	var late []Endorsement
	for _, e := range all {
		if e.Late {
			late = append(late, e)
		}
	}
	return Publish(a, late, orgs)
}

// Withdrew gives those that stood on the published list and do not want to any more, with the day of each.
func Withdrew(a *Asking, all []Endorsement, orgs map[string]Organisation) []stocktake.Endorsed {
	var list []stocktake.Endorsed
	for i := range all {
		if e := &all[i]; e.State == WithdrewAfter {
			list = append(list, e.filing(a, orgs, nil, e.History[len(e.History)-1].On, stocktake.EndorsementWithdrew))
		}
	}
	Sort(list, a.Lang)
	return list
}
