package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

type conflictsPage struct {
	page
	Open    int
	Settled int
	Rows    template.HTML
	Pager   pager
	Which   string // "", "open" or "settled"
}

// conflict is one disagreement, as JSON has it.
type conflict struct {
	Party      stocktake.PartyID      `json:"party"`
	Instrument stocktake.InstrumentID `json:"instrument"`
	stocktake.Clash
	On    string `json:"on"`
	Known string `json:"known"`
	Head  int64  `json:"head"`
}

// conflicts finds every disagreement of sources about the standings at the coordinates, by instrument and party. Only parties that acted
// are asked about. It takes a second or so over the whole record, and is kept until something is filed.
func (q *request) conflicts() ([]conflict, error) {
	key := fmt.Sprintf("conflicts %d %d %d", q.at.On, q.at.Known.UnixMicro(), q.at.Head)
	return remember(&q.s.memos, key, func() ([]conflict, error) {
		described := map[stocktake.InstrumentID]bool{}
		for _, in := range q.described() {
			described[in.ID] = true
		}
		type pair struct {
			in stocktake.InstrumentID
			p  stocktake.PartyID
		}
		var pairs []pair
		q.s.rec.Everything(q.at, func(s *record.PartyState) {
			if described[s.Instrument] {
				pairs = append(pairs, pair{s.Instrument, s.Party})
			}
		})
		slices.SortFunc(pairs, func(a, b pair) int {
			if c := strings.Compare(string(a.in), string(b.in)); c != 0 {
				return c
			}
			return strings.Compare(string(a.p), string(b.p))
		})
		var list []conflict
		for _, x := range pairs {
			st, err := q.s.rec.Standing(q.ctx, q.at, x.p, x.in)
			if err != nil {
				return nil, err
			}
			for _, c := range st.Conflicts {
				list = append(list, conflict{x.p, x.in, c, st.On, st.Known, st.Head})
			}
		}
		return list, nil
	})
}

// showConflicts lists where sources disagree, with both versions and what a filed decision follows.
func showConflicts(q *request) (*answer, error) {
	all, err := q.conflicts()
	if err != nil {
		return nil, err
	}
	p := &conflictsPage{page: q.page("/conflicts", "sources", "Where sources disagree"), Which: q.value("which")}
	var list []conflict
	for _, c := range all {
		open := c.Follows == ""
		if open {
			p.Open++
		} else {
			p.Settled++
		}
		if p.Which == "" || p.Which == "open" && open || p.Which == "settled" && !open {
			list = append(list, c)
		}
	}
	switch p.Which {
	case "":
	case "open", "settled":
		p.Own.Set("which", p.Which)
	default:
		return nil, stocktake.Invalidf("which=%s", p.Which).Hinted("open, settled, or nothing for both")
	}
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return empty(list), nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) {
			t := newTable("instrument", "party", "act", "about", "source", "says", "filing", "follows", "reason", "on", "known", "head")
			for _, c := range list {
				for _, s := range c.Says {
					t.add(string(c.Instrument), string(c.Party), string(c.Act), c.About, string(s.Source), s.Value, itoa(s.Filing), string(c.Follows), c.Reason, c.On, c.Known, itoa(c.Head))
				}
			}
			return t, nil
		}}, nil
	}
	if p.Pager, err = q.pages(&p.page, len(list)); err != nil {
		return nil, err
	}
	p.Wide = true
	p.Lede = "On " + longDay(q.at.On) + " sources in this record disagreed on " + count(p.Open+p.Settled, "point", "points") + ": " + thousands(p.Open) + " stand unsettled, and for " + thousands(p.Settled) + " a filed decision says which source the record follows, and why."
	var h htm
	for _, c := range list[p.Pager.From:p.Pager.To] {
		h.raw(`<tr role="row"><th scope="row" role="rowheader">`).link(q.to("i", c.Instrument, c.Party)+"#"+actAnchor(c.Act), q.partyName(c.Party)+": "+q.instrumentTitle(c.Instrument)).raw(`</th>`)
		h.cell("About", "").text(aboutWord(c.About)).raw(`</td>`).cell("Sources say", "").raw(`<ul class="says">`)
		for _, s := range c.Says {
			h.raw(`<li>`).text(saysWords(c.About, s.Value)).raw(` <span class="by">`).link(q.to("s", s.Source), q.sourceTitle(s.Source)).raw(`, `).link(q.to("f", s.Filing), "filing "+itoa(s.Filing)).raw(`</span></li>`)
		}
		h.raw(`</ul></td>`).cell("Followed", "")
		if c.Follows == "" {
			h.raw("unsettled")
		} else {
			h.text("follows " + q.sourceTitle(c.Follows) + ": " + c.Reason)
		}
		h.raw("</td></tr>\n")
	}
	p.Rows = h.html()
	return &answer{template: "conflicts.html", view: p}, nil
}
