package web

import (
	"strings"

	"stocktake"
	"stocktake/internal/worldmap"
)

// partyDays is the index of the page of a party: where it stood towards every described instrument on every day.
func (q *request) partyDays(p *stocktake.Party) ([]byte, error) {
	towards, err := q.partyTurns(p.ID)
	if err != nil {
		return nil, err
	}
	d := q.newDays("party")
	from, to := lifeOf(p)
	d.field("id").text(string(p.ID))
	d.field("name").text(partyInProse(p))
	d.field("from").text(from)
	d.field("to").text(to)
	d.field("rows")
	d.b = append(d.b, '[')
	for i, x := range towards {
		if i > 0 {
			d.b = append(d.b, ',')
		}
		d.b = append(d.b, '[')
		d.text(string(x.in))
		for j := range x.turns {
			d.b = d.turn(d.b, &x.turns[j])
		}
		d.b = append(d.b, ']')
	}
	d.b = append(d.b, ']')
	return d.done(), nil
}

// partyTurns are the courses of one party. Where the pages of all parties are made, those of all of them are found at once.
func (q *request) partyTurns(p stocktake.PartyID) ([]turnsTowards, error) {
	if q.copy == nil || q.copy.all {
		if q.copy != nil {
			x := *q
			x.of, q = nil, &x // the memo is of no page
		}
		all, err := q.days()
		if err != nil {
			return nil, err
		}
		return all[p], nil
	}
	var list []turnsTowards
	for _, in := range q.described() {
		if !onPartyPages(in) {
			continue
		}
		c, ok, err := q.s.rec.CourseOf(q.ctx, q.at, in.ID, p)
		if err != nil {
			return nil, err
		}
		if ok && c.Told {
			list = append(list, turnsTowards{in.ID, c.Turns})
		}
	}
	return list, nil
}

// lifeOf is the first and the last day on which a party may have existed, "" where there is none.
func lifeOf(p *stocktake.Party) (from, to string) {
	if lo, _ := p.From.Reach(); !p.From.IsZero() {
		from = stocktake.DateOf(lo).String()
	}
	if _, hi := p.To.Reach(); !p.To.IsZero() {
		to = stocktake.DateOf(hi).String()
	}
	return from, to
}

// sharedDays is what all indexes share: names, and how to draw what a page does not show on its own day.
func (q *request) sharedDays() ([]byte, error) {
	d := q.newDays("shared")
	d.field("parties")
	sep := byte('{')
	for _, p := range q.s.rec.Parties(q.at.Head) {
		if p.Kind == "group" || p.Kind == "organ" {
			continue
		}
		from, to := lifeOf(p)
		d.b = append(d.b, sep)
		sep = ','
		d.text(string(p.ID))
		d.b = append(d.b, ':', '[')
		d.text(nameOf(p))
		d.b = append(d.b, ',')
		d.text(from)
		d.b = append(d.b, ',')
		d.text(to)
		d.b = append(d.b, ']')
	}
	if sep == '{' {
		d.b = append(d.b, '{')
	}
	d.b = append(d.b, '}')
	tables, of := partyTables()
	d.field("instruments")
	sep = '{'
	for _, in := range q.described() {
		n, ok := of(in)
		if !ok {
			continue
		}
		d.b = append(d.b, sep)
		sep = ','
		d.text(string(in.ID))
		d.b = append(d.b, ':', '[')
		d.text(in.Title)
		d.b = append(d.b, ',')
		d.number(n)
		d.b = append(d.b, ']')
	}
	if sep == '{' {
		d.b = append(d.b, '{')
	}
	d.b = append(d.b, '}')
	d.field("tables")
	for i, t := range tables {
		d.b = append(d.b, "[,"[min(i, 1)], '[')
		d.text(t.Title)
		d.b = append(d.b, ',')
		d.number(map[bool]int{true: 1}[t.Binding])
		d.b = append(d.b, ',')
		d.number(map[bool]int{true: 1}[t.Compact])
		d.b = append(d.b, ',')
		d.number(kindRank(t.Kind))
		d.b = append(d.b, ']')
	}
	d.b = append(d.b, ']')
	patterns, err := mapPatterns()
	if err != nil {
		return nil, err
	}
	d.field("patterns").text(patterns)
	d.field("swatch").text(string(swatch("k-1", false)))
	return d.done(), nil
}

// mapPatterns are the patterns of a map that has all of them.
func mapPatterns() (string, error) {
	var b strings.Builder
	o := worldmap.Options{}
	for n := range worldmap.Kinds {
		o.Patterns = append(o.Patterns, worldmap.Kind(n+1))
	}
	if err := worldmap.Render(&b, o); err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(b.String(), "<defs>")
	defs, _, _ := strings.Cut(rest, "</defs>")
	return defs, nil
}

// partyTables are the tables that the page of a party may have, in its order; of tells in which an instrument stands.
func partyTables() (list []kindTable, of func(*stocktake.Instrument) (int, bool)) {
	at := map[stocktake.InstrumentKind][2]int{}
	for _, k := range kindsInOrder {
		if k == stocktake.Resolution || k == stocktake.StatementKind {
			continue
		}
		at[k] = [2]int{len(list), len(list)}
		list = append(list, kindTable{Kind: k, Title: kindWords[k][1], Binding: k.Binding(), Compact: k == stocktake.Compact})
		if !k.Binding() {
			continue
		}
		title := "Further " + strings.ToLower(kindWords[k][1][:1]) + kindWords[k][1][1:]
		if k == stocktake.ILOConvention {
			title = "Further ILO conventions"
		}
		at[k] = [2]int{len(list) - 1, len(list)}
		list = append(list, kindTable{Kind: k, Title: title, Binding: true})
	}
	return list, func(in *stocktake.Instrument) (int, bool) {
		n, ok := at[in.Kind]
		return n[map[bool]int{true: 1}[in.Kind.Binding() && len(in.Themes) == 0]], ok
	}
}
