package web

import (
	"fmt"
	"html/template"
	"slices"

	"stocktake"
	"stocktake/internal/record"
)

type changesPage struct {
	page
	FromISO    string
	ToISO      string
	Rows       template.HTML
	Pager      pager
	N          int
	Left       int  // moves by votes on resolutions, left out
	All        bool // they are in
	Party      *stocktake.Party
	Instrument *stocktake.Instrument
}

// change is one move, as the command line prints it.
type change struct {
	record.Change
	From  string `json:"from"`
	To    string `json:"to"`
	Known string `json:"known"`
	Head  int64  `json:"head"`
}

// filter reads ?party= and ?instrument=, which may be repeated.
func (q *request) filter(p *page) (f record.Filter, err error) {
	for _, n := range q.query["party"] {
		x, _, err := q.findParty(n)
		if err != nil {
			return f, err
		}
		f.Parties = append(f.Parties, x.ID)
		p.Own.Add("party", string(x.ID))
	}
	for _, n := range q.query["instrument"] {
		x, _, err := q.findInstrument(n)
		if err != nil {
			return f, err
		}
		f.Instruments = append(f.Instruments, x.ID)
		p.Own.Add("instrument", string(x.ID))
	}
	return f, nil
}

// showChanges lists who moved from what to what between the ends of two days. Without days, it covers the year up to the page's day.
func showChanges(q *request) (*answer, error) {
	p := &changesPage{page: q.page("/changes", "changes", "Who moved")}
	to, from := q.at.On, q.at.On-365
	var err error
	if v := q.value("to"); v != "" {
		if to, err = oneDay("to", v); err != nil {
			return nil, err
		}
		p.Own.Set("to", v)
		from = to - 365
	}
	if v := q.value("from"); v != "" {
		if from, err = oneDay("from", v); err != nil {
			return nil, err
		}
		p.Own.Set("from", v)
	}
	if to < from {
		return nil, stocktake.Invalidf("to=%s lies before from=%s", stocktake.DateOf(to), stocktake.DateOf(from)).Hinted("the earlier day belongs in from")
	}
	f, err := q.filter(&p.page)
	if err != nil {
		return nil, err
	}
	at := q.at
	at.On = to
	all := q.s.rec.Changes(at, from, f)
	rows := make([]change, 0, len(all))
	for _, c := range all {
		rows = append(rows, change{c, stocktake.DateOf(from).String(), at.OnString(), at.KnownString(), at.Head})
	}
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return rows, nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) {
			t := newTable("party", "instrument", "before", "after", "unsure", "from", "to", "known", "head")
			for _, c := range rows {
				t.add(string(c.Party), string(c.Instrument), c.Before, c.After, yes(c.Unsure), c.From, c.To, c.Known, itoa(c.Head))
			}
			return t, nil
		}}, nil
	}
	if p.All = q.value("votes") == "all"; p.All {
		p.Own.Set("votes", "all")
	}
	if !p.All && len(f.Instruments) == 0 {
		described := map[stocktake.InstrumentID]bool{}
		for _, in := range q.described() {
			described[in.ID] = in.Kind != stocktake.Resolution
		}
		rows = slices.DeleteFunc(rows, func(c change) bool { return !described[c.Instrument] })
		p.Left = len(all) - len(rows)
	}
	p.N = len(rows)
	if p.Pager, err = q.pages(&p.page, len(rows)); err != nil {
		return nil, err
	}
	p.FromISO, p.ToISO, p.Wide = stocktake.DateOf(from).String(), at.OnString(), true
	p.Lede = "Between the end of " + longDay(from) + " and the end of " + longDay(to) + " this record shows " + count(len(rows), "move", "moves") + " of a party from one standing to another"
	if p.Left > 0 {
		p.Lede += ", apart from " + thousands(p.Left) + " by votes on resolutions"
	}
	p.Lede += "; where a source ends before these days, later moves do not show."
	p.Rows = q.changeRows(rows[p.Pager.From:p.Pager.To])
	return &answer{template: "changes.html", view: p}, nil
}

func (q *request) changeRows(list []change) template.HTML {
	law := q.s.rec.Law(q.at.Head)
	sw := map[string]template.HTML{}
	mark := func(word string) string {
		s, ok := sw[word]
		if !ok {
			s = q.newGroup(law, word).Swatch
			sw[word] = s
		}
		return string(s) + " "
	}
	var h htm
	for _, c := range list {
		h.raw(`<tr><th scope="row">`).link(q.to("i", c.Instrument, c.Party), q.partyName(c.Party)).raw(`</th><td>`).link(q.to("i", c.Instrument), q.instrumentTitle(c.Instrument)).raw(`</td><td>`)
		h.raw(mark(c.Before)).text(c.Before).raw(`</td><td>`).raw(mark(c.After)).text(c.After)
		if c.Unsure {
			h.raw(" (unsure)")
		}
		h.raw("</td></tr>\n")
	}
	return h.html()
}

type learnedPage struct {
	page
	FromHead, ToHead int64
	Filings          template.HTML
	Pager            pager
	N                int
	Moves            template.HTML
	Moved            int
	Shown            int
	TooMany          bool
}

// MovesCSV is the address of all standings that differ, as CSV.
func (p *learnedPage) MovesCSV() string {
	return p.With("/learned.csv", "from-head", p.FromHead, "to-head", p.ToHead, "standing", 1)
}

// most moves that the page lists; JSON and CSV with ?standing=1 have them all.
const mostMoves = 300

// showLearned lists what the record learned between two heads: filings, and the standings that differ by them. Without heads, the last
// hundred filings.
func showLearned(q *request) (*answer, error) {
	p := &learnedPage{page: q.page("/learned", "changes", "What the record learned")}
	to, err := q.number("to-head", q.at.Head, 0, q.newest)
	if err != nil {
		return nil, err
	}
	from, err := q.number("from-head", max(0, to-100), 0, q.newest)
	if err != nil {
		return nil, err
	}
	if from > to {
		return nil, stocktake.Invalidf("from-head=%d lies after to-head=%d", from, to).Hinted("the smaller number belongs in from-head")
	}
	for _, n := range []string{"from-head", "to-head"} {
		if v := q.value(n); v != "" {
			p.Own.Set(n, v)
		}
	}
	at := q.at
	at.Head = to
	moved := func() ([]record.Change, error) {
		if to-from > 2000 { // long lists are not kept
			return q.s.rec.Moved(at, from), nil
		}
		return remember(&q.s.memos, fmt.Sprintf("moved %d %d %d %d", at.On, at.Known.UnixMicro(), to, from), func() ([]record.Change, error) { return q.s.rec.Moved(at, from), nil })
	}
	if v := q.value("standing"); v != "" {
		p.Own.Set("standing", v)
		if q.form != formHTML {
			list, err := moved()
			if err != nil {
				return nil, err
			}
			return &answer{json: func() (any, error) { return empty(list), nil }, csv: func() (*table, error) {
				t := newTable("party", "instrument", "before", "after", "unsure")
				for _, c := range list {
					t.add(string(c.Party), string(c.Instrument), c.Before, c.After, yes(c.Unsure))
				}
				return t, nil
			}}, nil
		}
	}
	list := q.s.rec.LearnedBetween(from, to)
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return empty(list), nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) { return learnedTable(list), nil }}, nil
	}
	p.FromHead, p.ToHead, p.N, p.Wide = from, to, len(list), true
	slices.Reverse(list)
	if p.Pager, err = q.pages(&p.page, len(list)); err != nil {
		return nil, err
	}
	p.Filings = q.filingRows(list[p.Pager.From:p.Pager.To])
	// Comparing two heads costs with what was filed between them: over thousands of filings the page gives the address of the table instead.
	if p.TooMany = to-from > 2000 && q.value("standing") == ""; !p.TooMany {
		moves, err := moved()
		if err != nil {
			return nil, err
		}
		p.Moved = len(moves)
		var rows []change
		for _, c := range moves[:min(len(moves), mostMoves)] {
			rows = append(rows, change{Change: c})
		}
		p.Shown = len(rows)
		p.Moves = q.changeRows(rows)
	}
	p.Lede = "Between filing " + thousands(from) + " and filing " + thousands(to) + " the record took in " + count(len(list), "filing", "filings")
	if !p.TooMany {
		p.Lede += ", by which " + count(p.Moved, "standing", "standings") + " on " + longDay(q.at.On) + " read otherwise than before"
	}
	p.Lede += "."
	return &answer{template: "learned.html", view: p}, nil
}
