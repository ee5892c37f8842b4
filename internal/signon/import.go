package signon

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// An Import is a sheet of a web form, and how it is to be read.
type Import struct {
	Sheet   Sheet
	Columns map[Column]int
	Tier    stocktake.Tier      // where the sheet says none
	Country func(string) string // ISO 3166-1 alpha-3 of a country's name or code, empty where it is not known; nil: codes of three letters alone
}

// Outcome is what would become of a row.
type Outcome string

// The outcomes.
const (
	WillList   Outcome = "new: is entered as imported, unverified"
	WillWait   Outcome = "new: waits, since this sign-on accepts no imported sheets by themselves"
	IsHere     Outcome = "here already: nothing changes"
	IsTwice    Outcome = "stands in an earlier row"
	IsUnread   Outcome = "cannot be read: nothing is entered"
	IsDoubtful Outcome = "shares its domain with an organisation of another name: enter it by hand, as the same or as another"
	WasRefused Outcome = "has answered here before: a convenor asks again, or leaves it"
)

// A Planned row is what would become of one row.
type Planned struct {
	Line    int
	Name    string
	Outcome Outcome
	Why     string
	Match   Match  // how it was found to be here
	Same    string // id of the endorsement that is here
	With    int    // the earlier row
	Notes   []string
}

// A Plan is what an import would do. Nothing was written.
type Plan struct {
	Rows    []Planned
	Count   map[Outcome]int
	Columns map[Column]int
	Form    string
	Digest  string // of sheet, columns and outcome: Import does this and nothing else
}

// imported is a row that was read.
type imported struct {
	org    Organisation
	signer Person
	tier   stocktake.Tier
	notes  []string
}

func (x *Import) row(a *Asking, r SheetRow) (v imported, err error) {
	cell := func(c Column) string {
		i, ok := x.Columns[c]
		if !ok || i < 0 || i >= len(r.Cells) {
			return ""
		}
		if r.Cells[i] == formulaCell {
			v.notes = append(v.notes, string(c)+": a formula, not read")
			return ""
		}
		return r.Cells[i]
	}
	name := cell(ColName)
	if name == "" {
		return v, stocktake.Invalidf("there is no name of an organisation")
	}
	v.org = Organisation{Names: []Name{{Text: name}}}
	if c := cell(ColCountry); c != "" {
		if x.Country != nil {
			v.org.Country = x.Country(c)
		} else if alpha3.MatchString(strings.ToUpper(c)) {
			v.org.Country = strings.ToUpper(c)
		}
		if v.org.Country == "" {
			v.notes = append(v.notes, "country not recognised")
		}
	}
	if s := cell(ColWebsite); s != "" {
		if v.org.Domain, err = SiteDomain(s); err != nil {
			v.notes = append(v.notes, "website not recognised")
		}
	}
	if s := cell(ColMailbox); s != "" {
		if m, err := address.Parse(s); err != nil {
			v.notes = append(v.notes, "mailbox not recognised")
		} else {
			v.signer.Mailbox = m.String()
			if d, own := OwnDomain(m); own && v.org.Domain == "" {
				v.org.Domain = d
			}
		}
	}
	v.signer.Name, v.signer.Office, v.signer.Telephone = cell(ColSigner), cell(ColOffice), cell(ColPhone)
	v.signer.Class = OfficeClass(v.signer.Office)
	if s := fold(cell(ColStatus)); slices.Contains([]string{"general", "special", "roster"}, s) {
		v.org.Status = s
	}
	if reg, id := cell(ColRegister), cell(ColNumber); reg != "" && id != "" {
		v.org.Registers = []Registered{{Register: reg, ID: id, Source: "imported sheet", Day: "-"}}
	}
	v.tier = x.Tier
	if s := cell(ColTier); s != "" {
		if t := stocktake.Tier(strings.ToLower(s)); slices.Contains(a.Tiers, t) && t != stocktake.TierPersonal {
			v.tier = t
		} else {
			v.notes = append(v.notes, "tier not recognised")
		}
	}
	for _, s := range []string{v.signer.Name, v.signer.Office, v.signer.Telephone} {
		if err := checkText("signer", s, 200, false); err != nil {
			return v, err
		}
	}
	return v, v.org.Check()
}

// DryRun says what would happen, row by row, and writes nothing.
func (b *Book) DryRun(ctx context.Context, by By, asking string, x Import) (p Plan, err error) {
	if by.Actor != Convenor {
		return p, forbidden("only a convenor imports a sheet", "")
	}
	err = b.read(ctx, func(r store.PrivateReader) error {
		a, err := load[Asking](r, asking)
		if err == nil {
			p, _, err = b.plan(r, &a, &x)
		}
		return err
	})
	return p, err
}

func (b *Book) plan(r store.PrivateReader, a *Asking, x *Import) (p Plan, rows []imported, err error) {
	if _, ok := x.Columns[ColName]; !ok {
		return p, nil, stocktake.Invalidf("no column holds the names of organisations").At("columns").Hinted("say which one does")
	}
	x.Tier = cmp.Or(x.Tier, a.Tiers[0])
	if !slices.Contains(a.Tiers, x.Tier) || x.Tier == stocktake.TierPersonal {
		return p, nil, stocktake.Invalidf("%q is no tier at which organisations stand here", x.Tier).At("tier")
	}
	p = Plan{Count: map[Outcome]int{}, Columns: x.Columns, Form: x.Sheet.Form}
	es, err := all[Endorsement](r, a.ID+"/")
	if err != nil {
		return p, nil, err
	}
	places := placesOf(es)
	orgs, err := all[Organisation](r, "")
	if err != nil {
		return p, nil, err
	}
	byIdentity, into := map[Identity]string{}, map[string]string{}
	for i := range orgs {
		into[orgs[i].ID] = orgs[i].Into
		for _, k := range orgs[i].Identities() {
			if _, ok := byIdentity[k]; !ok {
				byIdentity[k] = orgs[i].ID
			}
		}
	}
	seen := map[Identity]int{}
	for _, row := range x.Sheet.Rows {
		v, err := x.row(a, row)
		q := Planned{Line: row.Line, Name: In(v.org.Names, ""), Notes: v.notes}
		if err != nil {
			q.Outcome, q.Why = IsUnread, err.Error()
		} else {
			x.judge(a, &q, &v, seen, byIdentity, into, places)
		}
		p.Rows, rows = append(p.Rows, q), append(rows, v)
		p.Count[q.Outcome]++
	}
	h := sha256.New()
	for _, c := range slices.Sorted(maps.Keys(x.Columns)) {
		fmt.Fprintf(h, "%q=%d\n", c, x.Columns[c])
	}
	for i, q := range p.Rows {
		fmt.Fprintf(h, "%d %q %q %q %d %q\n", q.Line, q.Name, q.Outcome, q.Same, q.With, x.Sheet.Rows[i].Cells)
	}
	fmt.Fprintf(h, "%q", x.Tier)
	p.Digest = hex.EncodeToString(h.Sum(nil))
	return p, rows, nil
}

func (x *Import) judge(a *Asking, q *Planned, v *imported, seen map[Identity]int, byIdentity map[Identity]string, into map[string]string, places map[string]*Endorsement) {
	for _, k := range v.org.Identities() {
		if line, ok := seen[k]; ok && (q.With == 0 || q.Match == ByDomain) {
			q.Outcome, q.With, q.Match, q.Why = IsTwice, line, k.Match, fmt.Sprintf("%s as row %d", k.Match, line)
			if k.Match == ByDomain {
				q.Outcome = IsDoubtful
			}
		}
	}
	for _, k := range v.org.Identities() {
		if _, ok := seen[k]; !ok {
			seen[k] = q.Line
		}
		id, ok := byIdentity[k]
		if !ok || (v.org.ID != "" && q.Match != ByDomain) {
			continue
		}
		for n := 0; into[id] != "" && n < 20; n++ {
			id = into[id]
		}
		v.org.ID, q.Match = id, k.Match
	}
	if q.Outcome == IsTwice || q.Outcome == IsDoubtful {
		return
	}
	if v.org.ID != "" && q.Match == ByDomain {
		q.Outcome, q.Why = IsDoubtful, string(ByDomain)
		return
	}
	if e := places[v.org.ID]; v.org.ID != "" && e != nil {
		q.Same, q.Outcome, q.Why = e.ID, IsHere, string(q.Match)
		switch e.State {
		case Invited:
			q.Outcome = WillList
		case Declined, WithdrewBefore, WithdrewAfter, Struck:
			q.Outcome = WasRefused
			return
		default:
			return
		}
	}
	if q.Outcome = WillList; !a.Accepts(stocktake.AuthorityImported) {
		q.Outcome = WillWait
	}
}

// Import enters the rows of a sheet as "imported, unverified". digest is that of a dry run: where anything has changed since, nothing is
// written. Nobody is written to; a convenor can invite the organisations, which then confirm.
func (b *Book) Import(ctx context.Context, by By, asking string, x Import, digest string) (p Plan, err error) {
	if by.Actor != Convenor {
		return p, forbidden("only a convenor imports a sheet", "")
	}
	err = b.change(ctx, func(t *tx) error {
		a, err := load[Asking](t, asking)
		if err != nil {
			return err
		}
		if err := a.Takes(t.now, by); err != nil {
			return err
		}
		var rows []imported
		if p, rows, err = b.plan(t, &a, &x); err != nil {
			return err
		}
		if p.Digest != digest {
			return conflict("something has changed since you looked at what would happen", "look at it again")
		}
		for i, q := range p.Rows {
			if q.Outcome == WillList || q.Outcome == WillWait {
				if err := t.enter(&a, by, q, rows[i]); err != nil {
					return at(err, fmt.Sprintf("row %d", q.Line))
				}
			}
		}
		return nil
	})
	return p, err
}

func (t *tx) enter(a *Asking, by By, q Planned, v imported) error {
	if v.org.ID == "" {
		v.org.ID, v.org.Since = newID(), t.today
		for i := range v.org.Registers {
			v.org.Registers[i].Day = t.today
		}
		if err := save(t, &v.org); err != nil {
			return err
		}
	}
	c := a.Current()
	e := Endorsement{ID: a.ID + "/" + newID(), Asking: a.ID, Org: v.org.ID, Country: v.org.Country}
	if q.Same != "" {
		var err error
		if e, err = load[Endorsement](t, q.Same); err != nil {
			return err
		}
	}
	e.Said = Said{Version: c.Number, TextSHA256: c.TextSHA256, Langs: []string{a.Lang}, Names: v.org.Names, Tier: v.tier}
	e.Signer, e.Road, e.Given, e.Entered = v.signer, stocktake.RoadSheet, t.today, by.ID
	if err := e.To(Submitted, by, t.today, ""); err != nil {
		return err
	}
	e.Missing = NeedsConvenor
	if q.Outcome == WillList {
		e.Class, e.Missing = stocktake.AuthorityImported, NothingMissing
		if err := e.To(AuthorityConfirmed, by, t.today, ""); err != nil {
			return err
		}
		if !a.ByHand {
			if err := e.To(Listed, By{Actor: Rules}, t.today, ""); err != nil {
				return err
			}
			e.Late = a.Published != nil && e.Filed == nil
		}
	}
	return save(t, &e)
}
