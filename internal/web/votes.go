package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

const perPage = 100

// pager leads through a long list.
type pager struct {
	Page, Pages int64
	From, To, N int
	Before      string // addresses, "" where there is none
	After       string
}

// First is the number of the first row shown.
func (g pager) First() int { return min(g.From+1, g.To) }

// pages cuts a list of n into pages and returns the bounds of the one asked for.
func (q *request) pages(p *page, n int) (pager, error) {
	if q.copy != nil && q.value("session") != "" { // a session is one page of a copy
		return pager{Page: 1, Pages: 1, N: n, To: n}, nil
	}
	last := int64(max(1, (n+perPage-1)/perPage))
	at, err := q.number("page", 1, 1, last)
	if err != nil {
		return pager{}, err
	}
	g := pager{Page: at, Pages: last, N: n, From: min(int(at-1)*perPage, n), To: min(int(at)*perPage, n)}
	if at > 1 {
		g.Before = p.Here("page", at-1)
		if at == 2 {
			g.Before = p.Here("page", "")
		}
	}
	if at < last && q.copy == nil {
		g.After = p.Here("page", at+1)
	}
	if at > 1 {
		p.Own.Set("page", itoa(at))
	}
	return g, nil
}

// rollCalls returns every roll-call at the coordinates, without the parties.
func (q *request) rollCalls() ([]record.RollCallView, error) {
	key := fmt.Sprintf("rollcalls %d %d %d", q.at.On, q.at.Known.UnixMicro(), q.at.Head)
	return remember(&q.s.memos, key, func() ([]record.RollCallView, error) {
		var list []record.RollCallView
		err := q.s.rec.RollCalls(q.at, func(v record.RollCallView) error {
			list = append(list, v)
			return nil
		})
		return list, err
	})
}

type votesPage struct {
	page
	Rows     template.HTML
	Pager    pager
	Session  int64
	Sessions []int
	Party    *stocktake.Party
}

// SessionInt is the session that the list is narrowed to, 0 for all.
func (p *votesPage) SessionInt() int { return int(p.Session) }

// pick returns the roll-calls of the session that was asked for, or all, and lists the sessions. Only what is asked for is looked at, as a
// copy of the site has a page for each session on days of their own.
func (q *request) pick(p *page) (list []record.RollCallView, session int64, sessions []int, err error) {
	if session, err = q.number("session", 0, 1, 999); err != nil {
		return nil, 0, nil, err
	}
	sessions = q.s.rec.Sessions(q.at)
	if session > 0 {
		p.Own.Set("session", itoa(session))
		return q.s.rec.RollCallsIn(q.at, int(session)), session, sessions, nil
	}
	list, err = q.rollCalls()
	return list, session, sessions, err
}

// pickFrom is pick among roll-calls that are at hand.
func (q *request) pickFrom(p *page, all []record.RollCallView) (list []record.RollCallView, session int64, sessions []int, err error) {
	for _, v := range all {
		if !slices.Contains(sessions, v.Session) {
			sessions = append(sessions, v.Session)
		}
	}
	slices.Sort(sessions)
	if session, err = q.number("session", 0, 1, 999); err != nil || session == 0 {
		return all, 0, sessions, err
	}
	p.Own.Set("session", itoa(session))
	for _, v := range all {
		if int64(v.Session) == session {
			list = append(list, v)
		}
	}
	return list, session, sessions, nil
}

// showVotes lists the roll-calls of the General Assembly; with ?instrument=, those on some texts with who voted how.
func showVotes(q *request) (*answer, error) {
	p := &votesPage{page: q.page("/votes", "votes", "Recorded votes of the General Assembly")}
	var all []record.RollCallView
	if names := q.query["instrument"]; len(names) > 0 {
		for _, n := range names {
			in, _, err := q.findInstrument(n)
			if err != nil {
				return nil, err
			}
			all = append(all, q.s.rec.RollCallsOn(q.at, in.ID)...)
			p.Own.Add("instrument", string(in.ID))
		}
	}
	pick := func() ([]record.RollCallView, int64, []int, error) { return q.pickFrom(&p.page, all) }
	if len(q.query["instrument"]) == 0 {
		pick = func() ([]record.RollCallView, int64, []int, error) { return q.pick(&p.page) }
	}
	list, session, sessions, err := pick()
	if err != nil {
		return nil, err
	}
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return empty(list), nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) {
			t := newTable("id", "instrument", "symbol", "session", "date", "yes", "no", "abstain", "not_voting")
			for _, v := range list {
				t.add(v.ID, string(v.Instrument), v.Symbol, itoa(v.Session), v.Date.String(), itoa(v.Yes), itoa(v.No), itoa(v.Abstain), itoa(v.NotVoting))
			}
			return t, nil
		}}, nil
	}
	p.Session, p.Sessions = session, sessions
	if p.Pager, err = q.pages(&p.page, len(list)); err != nil {
		return nil, err
	}
	p.Wide = true
	if len(list) == 0 {
		p.Lede = "At these coordinates the record holds no recorded vote."
	} else {
		what := ""
		if session > 0 {
			what = " of session " + itoa(session)
		}
		p.Lede = "Up to " + longDay(q.at.On) + " this record holds " + count(len(list), "recorded vote", "recorded votes") + " of the General Assembly" + what + ", the last of them " + onDate(list[len(list)-1].Date) +
			"; source: " + q.sourceInProse(list[len(list)-1].Source) + "; what was adopted without a vote is not among them."
	}
	newest := slices.Clone(list) // the memo's own list stays as it is
	slices.Reverse(newest)
	var h htm
	for _, v := range newest[p.Pager.From:p.Pager.To] {
		h.raw(`<tr role="row"><th scope="row" role="rowheader">`).link(q.to("v", v.ID), voteTitle(q, &v)).raw(`</th>`)
		h.cell("Day", "").date(v.Date).raw(`</td>`).cell("Session", "").raw(itoa(v.Session)).raw(`</td>`)
		h.cell("Yes", "num").raw(itoa(v.Yes)).raw(`</td>`).cell("No", "num").raw(itoa(v.No)).raw(`</td>`).cell("Abstaining", "num").raw(itoa(v.Abstain)).raw(`</td>`).cell("Not voting", "num").raw(itoa(v.NotVoting)).raw("</td></tr>\n")
	}
	p.Rows = h.html()
	return &answer{template: "votes.html", view: p}, nil
}

// voteTitle names a roll-call: what was voted on, and its label.
func voteTitle(q *request, v *record.RollCallView) string {
	t := q.instrumentTitle(v.Instrument)
	if v.Part != "" {
		t += ", " + v.Part
	}
	if v.Label != "" {
		t += ": " + shortLabel(v.Label)
	}
	return t
}

// shortLabel is the label of a roll-call without what the source adds to every one of its kind.
func shortLabel(label string) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(label), ": resolution / adopted by the General Assembly"))
}

// showPartyVotes lists what one party did in each roll-call.
func showPartyVotes(q *request) (*answer, error) {
	party, move, err := q.findParty(q.path("party"))
	if err != nil {
		return nil, err
	}
	if move {
		return q.moveTo("p", party.ID, "votes"), nil
	}
	p := &votesPage{page: q.page(join([]any{"p", party.ID, "votes"}), "votes", "Votes of "+nameOf(party)), Party: party}
	list, session, sessions, err := q.pick(&p.page)
	if err != nil {
		return nil, err
	}
	did := func(id string) string {
		v, _ := q.s.rec.RollCall(q.at, id)
		return v.Parties[party.ID]
	}
	type vote struct {
		ID         string                 `json:"id"`
		Instrument stocktake.InstrumentID `json:"instrument"`
		Symbol     string                 `json:"symbol"`
		Session    int                    `json:"session"`
		Date       stocktake.Date         `json:"date"`
		Party      stocktake.PartyID      `json:"party"`
		Vote       string                 `json:"vote"` // empty: not in this vote
		Known      string                 `json:"known"`
		Head       int64                  `json:"head"`
	}
	rows := func(part []record.RollCallView) []vote {
		out := make([]vote, 0, len(part))
		for _, v := range part {
			out = append(out, vote{v.ID, v.Instrument, v.Symbol, v.Session, v.Date, party.ID, did(v.ID), v.Known, v.Head})
		}
		return out
	}
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return rows(list), nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) {
			t := newTable("id", "instrument", "symbol", "session", "date", "party", "vote", "known", "head")
			for _, v := range rows(list) {
				t.add(v.ID, string(v.Instrument), v.Symbol, itoa(v.Session), v.Date.String(), string(v.Party), v.Vote, v.Known, itoa(v.Head))
			}
			return t, nil
		}}, nil
	}
	p.Session, p.Sessions, p.Wide = session, sessions, true
	if p.Pager, err = q.pages(&p.page, len(list)); err != nil {
		return nil, err
	}
	p.Lede = "What " + q.partyInProse(party.ID) + " did in " + count(len(list), "recorded vote", "recorded votes") + " of the General Assembly up to " + longDay(q.at.On) + ", newest first; “not in this vote” where no source lists it and it was no member."
	newest := slices.Clone(list)
	slices.Reverse(newest)
	part := newest[p.Pager.From:p.Pager.To]
	var h htm
	for i, v := range rows(part) {
		word := "not in this vote"
		if v.Vote != "" {
			word = said(v.Vote)
		}
		place := q.to("v", v.ID)
		if v.Vote != "" {
			place += "#" + string(party.ID)
		}
		h.raw(`<tr role="row"><th scope="row" role="rowheader">`).link(place, voteTitle(q, &part[i])).raw(`</th>`)
		h.cell("Day", "").date(v.Date).raw(`</td>`).cell("Session", "").raw(itoa(v.Session)).raw(`</td>`).cell("Vote", "").text(word).raw("</td></tr>\n")
	}
	p.Rows = h.html()
	return &answer{template: "partyvotes.html", view: p}, nil
}
