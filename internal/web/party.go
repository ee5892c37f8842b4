package web

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

type partyPage struct {
	page
	Party      *stocktake.Party
	Names      []langText
	Formal     string
	Codes      []pair
	Links      []partyLinkView
	Members    []membershipView
	Tables     []kindTable
	Voter      bool                    // a party that can vote
	Silent     []*stocktake.Instrument // described, and no act known
	Votes      []wordCount
	VotesN     int
	Measures   []measureView
	Statements []statementLine
	Unknowns   []stocktake.Unknown
	Asked      bool // some statement calls upon it
}

type partyLinkView struct {
	Rel, Name string
	ID        stocktake.PartyID
}

type membershipView struct {
	Name     string
	From, To stocktake.Date
	Basis    string
}

// kindTable is where a party stands towards the instruments of one kind.
type kindTable struct {
	Kind    stocktake.InstrumentKind
	Title   string
	Binding bool
	Compact bool
	Rows    template.HTML
	N       int
}

type wordCount struct {
	Word   string
	Swatch template.HTML
	N      int
}

type measureView struct {
	stocktake.Measure
	links
	Anchor         string
	SourceTitle    string
	RevokesTitle   string // of the measure that this one ends
	RevokesAddress string // its place on the page of its party
	Quotes         []quoteView
}

// showParty shows one party across all instruments.
func showParty(q *request) (*answer, error) {
	party, move, err := q.findParty(q.path("party"))
	if err != nil {
		return nil, err
	}
	if move {
		return q.moveTo("p", party.ID), nil
	}
	described := map[stocktake.InstrumentID]*stocktake.Instrument{}
	for _, in := range q.described() {
		if in.Kind != stocktake.Resolution && in.Kind != stocktake.StatementKind {
			described[in.ID] = in
		}
	}
	votes := map[string]int{}
	n := 0
	var ids []stocktake.InstrumentID
	for _, s := range q.s.rec.OfParty(q.at, party.ID) {
		if _, ok := described[s.Instrument]; ok {
			ids = append(ids, s.Instrument)
			continue
		}
		if in, ok := q.s.rec.Instrument(s.Instrument, q.at.Head); ok && in.Kind == stocktake.Resolution && s.Word != stocktake.NoActKnown {
			votes[s.Word]++
			n++
		}
	}
	list, err := q.standingsOf(party.ID, ids)
	if err != nil {
		return nil, err
	}
	p := &partyPage{page: q.page(join([]any{"p", party.ID}), "parties", nameOf(party)), Party: party, VotesN: n, Voter: slices.Contains([]string{"state", "former-state", "seat"}, party.Kind)}
	p.Lede = q.partyLede(party, list, described, votes, n)
	measures := q.s.rec.Measures(q.at, party.ID)
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) {
			return map[string]any{"party": party, "standings": empty(list), "resolutions": votes, "measures": q.openMeasures(measures), "on": q.at.OnString(), "known": q.at.KnownString(), "head": q.at.Head}, nil
		}}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) { return standingTable(list), nil }}, nil
	}
	p.Names, p.Formal = languages(party.Names), party.Formal["en"]
	for _, c := range []struct{ key, name string }{{"iso2", "ISO 3166-1 alpha-2"}, {"iso3", "ISO 3166-1 alpha-3"}, {"m49", "UN M49"}, {"cow", "Correlates of War"}, {"wikidata", "Wikidata"}, {"domain", "domain"}} {
		if v := party.Codes[c.key]; v != "" {
			p.Codes = append(p.Codes, pair{c.name, v})
		}
	}
	for _, l := range party.Links {
		rel := partyRelWords[l.Rel]
		if rel == "" {
			rel = l.Rel
		}
		p.Links = append(p.Links, partyLinkView{rel, q.partyName(l.To), l.To})
	}
	for _, m := range party.Memberships {
		p.Members = append(p.Members, membershipView{q.partyName(m.Group), m.From, m.To, m.Basis})
	}
	p.Tables = q.kindTables(list, described)
	have := map[stocktake.InstrumentID]bool{}
	for _, s := range list {
		have[s.Instrument] = true
	}
	for id, in := range described {
		if !have[id] {
			p.Silent = append(p.Silent, in)
		}
	}
	slices.SortFunc(p.Silent, func(a, b *stocktake.Instrument) int {
		if c := kindRank(a.Kind) - kindRank(b.Kind); c != 0 {
			return c
		}
		return cmp.Compare(a.Title, b.Title)
	})
	law := q.s.rec.Law(q.at.Head)
	for w, n := range votes {
		p.Votes = append(p.Votes, wordCount{w, q.newGroup(law, w).Swatch, n})
	}
	slices.SortFunc(p.Votes, func(a, b wordCount) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Word, b.Word)) })
	for i := range measures {
		p.Measures = append(p.Measures, q.measure(&measures[i]))
	}
	p.Statements = q.statementsAbout(party.ID, "")
	if slices.ContainsFunc(p.Statements, func(l statementLine) bool { return !l.Rehearsal }) {
		p.follow(join([]any{"feeds", "p", party.ID}), "Statements about "+q.partyInProse(party.ID))
	}
	p.Asked = slices.Contains(q.asked(), party.ID)
	for _, u := range q.s.rec.Unknowns(q.at.Head) {
		if u.About == string(party.ID) {
			p.Unknowns = append(p.Unknowns, u)
		}
	}
	return &answer{template: "party.html", view: p}, nil
}

// standingsOf asks for one party's standings towards some instruments.
func (q *request) standingsOf(p stocktake.PartyID, ids []stocktake.InstrumentID) ([]stocktake.Standing, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	var list []stocktake.Standing
	err := q.s.rec.Standings(q.ctx, q.at, record.Filter{Parties: []stocktake.PartyID{p}, Instruments: ids}, func(s stocktake.Standing) error {
		if s.Standing != stocktake.NoActKnown || s.Unsure || len(s.Acts) > 0 {
			q.past(&s)
			list = append(list, s)
		}
		return nil
	})
	return list, err
}

// partyLede counts what the record holds of a party.
func (q *request) partyLede(p *stocktake.Party, list []stocktake.Standing, described map[stocktake.InstrumentID]*stocktake.Instrument, votes map[string]int, n int) string {
	bound, force, signed, other, unsure := 0, 0, 0, 0, 0
	var ends stocktake.Date
	for i := range list {
		s := &list[i]
		switch {
		case s.Bound != nil && *s.Bound:
			bound++
			if s.InForce != nil && *s.InForce {
				force++
			}
		case s.Standing == "signed":
			signed++
		case s.Standing != stocktake.NoActKnown && s.Standing != stocktake.NotStateThen:
			other++
		}
		if s.Unsure {
			unsure++
		}
		if s.Ends != nil && (ends.IsZero() || s.Ends.After(ends) == stocktake.Yes) {
			ends = *s.Ends
		}
	}
	var b strings.Builder
	who := q.partyInProse(p.ID)
	b.WriteString("On " + longDay(q.at.On) + " ")
	if !p.To.IsZero() && p.Existed(stocktake.DateOf(q.at.On)) == stocktake.No || !p.From.IsZero() && p.Existed(stocktake.DateOf(q.at.On)) == stocktake.No {
		return b.String() + who + " did not exist as a party, and this record shows no standing for it."
	}
	b.WriteString(who + " was bound by " + count(bound, "treaty", "treaties") + " of those in this record")
	if force > 0 {
		b.WriteString("; for " + thousands(force) + " of them the record can tell that they were in force for it")
	}
	b.WriteString(map[bool]string{true: "; it had", false: ", had"}[force > 0] + " signed " + thousands(signed) + " more, and had a standing towards " + count(other, "other instrument", "other instruments"))
	if n > 0 {
		var parts []string
		for _, w := range []string{"voted in favour", "voted against", "abstained"} {
			if votes[w] > 0 {
				parts = append(parts, w+" on "+thousands(votes[w]))
			}
		}
		if len(parts) > 0 {
			b.WriteString("; of the resolutions and proposals put to a recorded vote in the General Assembly it " + and(parts))
		}
	}
	if unsure > 0 {
		b.WriteString("; " + count(unsure, "standing is", "standings are") + " unsure")
	}
	if !ends.IsZero() {
		b.WriteString("; no source of these reaches beyond " + dateWords(ends))
	}
	return b.String() + "."
}

func kindRank(k stocktake.InstrumentKind) int { return slices.Index(kindsInOrder, k) }

// kindTables writes one table a kind of instrument.
func (q *request) kindTables(list []stocktake.Standing, described map[stocktake.InstrumentID]*stocktake.Instrument) []kindTable {
	law := q.s.rec.Law(q.at.Head)
	swatches := map[string]template.HTML{}
	var out []kindTable
	// Treaties with themes are those that the record is about most; the rest of the register follows.
	for i := range 2 * len(kindsInOrder) {
		k, themed := kindsInOrder[i/2], i%2 == 0
		title := kindWords[k][1]
		if !k.Binding() && !themed {
			continue
		}
		if k.Binding() && !themed {
			title = "Further " + strings.ToLower(title[:1]) + title[1:]
			if k == stocktake.ILOConvention {
				title = "Further ILO conventions"
			}
		}
		var part []*stocktake.Standing
		for i := range list {
			if in := described[list[i].Instrument]; in != nil && in.Kind == k && (!k.Binding() || themed == (len(in.Themes) > 0)) {
				part = append(part, &list[i])
			}
		}
		if len(part) == 0 {
			continue
		}
		slices.SortFunc(part, func(a, b *stocktake.Standing) int {
			return cmp.Compare(described[a.Instrument].Title, described[b.Instrument].Title)
		})
		t := kindTable{Kind: k, Title: title, Binding: k.Binding(), Compact: k == stocktake.Compact, N: len(part)}
		var h htm
		for _, s := range part {
			in := described[s.Instrument]
			sw, ok := swatches[s.Standing]
			if !ok {
				sw = q.newGroup(law, s.Standing).Swatch
				swatches[s.Standing] = sw
			}
			h.raw(`<tr><th scope="row">`).link(q.to("i", in.ID, s.Party), in.Title).raw(`</th><td>`).raw(string(sw)).raw(` `).text(s.Standing).raw(`</td><td>`)
			if s.Since != nil {
				h.date(*s.Since)
			}
			h.raw(`</td>`)
			if t.Binding {
				h.td(answerWord(s.InForce))
			}
			h.raw(`<td>`)
			var notes []string
			if s.Unsure {
				notes = append(notes, "unsure")
			}
			if slices.ContainsFunc(s.Conflicts, func(c stocktake.Clash) bool { return c.Follows == "" }) {
				notes = append(notes, "sources disagree")
			}
			if s.Ends != nil {
				notes = append(notes, "record ends "+onDate(*s.Ends))
			}
			h.text(strings.Join(notes, "; ")).raw("</td></tr>\n")
		}
		t.Rows = h.html()
		out = append(out, t)
	}
	return out
}

// measure turns a measure into what pages show. The index keeps no words: those of its quotes come from the filing that states it, which
// is the one that describes its source, or one of those after it.
func (q *request) measure(m *stocktake.Measure) measureView {
	m = q.withWords(m)
	v := measureView{Measure: *m, links: links{q}, Anchor: measureAnchor(m.ID), SourceTitle: q.sourceTitle(m.Source)}
	if m.Revokes != "" {
		all := q.at
		all.On = stocktake.DayOf(9999, 12, 31)
		for _, x := range q.s.rec.Measures(all, m.Party) {
			if x.ID == m.Revokes {
				v.RevokesTitle, v.RevokesAddress = x.Title, q.measureAddress(&x)
			}
		}
	}
	for i := range m.Quotes {
		x := q.quote(&m.Quotes[i], m.Source)
		x.Cited = x.Source != m.Source
		v.Quotes = append(v.Quotes, x)
	}
	return v
}

// withWords returns the measure as its filing has it, with the words of its quotes where they are still here.
func (q *request) withWords(m *stocktake.Measure) *stocktake.Measure {
	_, from, ok := q.s.rec.Source(m.Source, q.at.Head)
	for n := from; ok && len(m.Quotes) > 0 && n < from+20 && n <= q.at.Head; n++ {
		f, err := q.s.l.Load(q.ctx, n)
		if err != nil {
			break
		}
		for i := range f.Measures {
			if f.Measures[i].ID == m.ID && f.Measures[i].Source == m.Source {
				return &f.Measures[i]
			}
		}
	}
	return m
}

// openMeasures is a copy of measures in which words that are still here stand in the place of their commitments.
func (q *request) openMeasures(list []stocktake.Measure) []stocktake.Measure {
	out := make([]stocktake.Measure, 0, len(list))
	for i := range list {
		m := *q.withWords(&list[i])
		m.Quotes = slices.Clone(m.Quotes)
		for j := range m.Quotes {
			openWords(&m.Quotes[j].Exact)
		}
		out = append(out, m)
	}
	return out
}
