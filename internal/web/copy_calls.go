package web

import (
	"context"
	"slices"

	"stocktake"
	"stocktake/internal/record"
)

// ofCalls reports whether a page says what became of calls.
func (p *CopyPage) ofCalls() bool {
	return p.route == copyCoalition || p.route == copyCalls || p.route == copyBecame || p.route == copyPartyCalls
}

// calls marks the pages about calls on which a filing bears: those of statements that it enters, of calls that it reads or that an act of it may
// answer, and of what was looked for and not found. An act of one party bears on its own page, and on no other member's of a group that was asked.
func (t *toucher) calls(f *stocktake.Filing, n int64) {
	if len(f.Acts)+len(f.RollCalls)+len(f.Answers)+len(f.Retractions)+len(f.Unknowns) == 0 && f.Statement == nil {
		return
	}
	var towards []stocktake.InstrumentID // what an act counts for
	add := func(in stocktake.InstrumentID) {
		near, ok := t.near[in]
		if !ok {
			near = t.c.neighbours(in)
			t.near[in] = near
		}
		for _, x := range near {
			if !slices.Contains(towards, x) {
				towards = append(towards, x)
			}
		}
	}
	for i := range f.Acts {
		add(f.Acts[i].Instrument)
	}
	for i := range f.RollCalls {
		add(f.RollCalls[i].Instrument)
	}
	for i := range f.Unknowns {
		towards = append(towards, stocktake.InstrumentID(f.Unknowns[i].About))
	}
	touch := func(s *stocktake.Statement) {
		t.page("/calls", n)
		t.c.coalitions(func(address string) { t.page(address, n) })
		t.page("/st/"+string(s.Instrument)+"/calls", n)
		for i := range s.Calls {
			t.page("/p/"+string(s.Calls[i].AddresseeID)+"/calls", n)
		}
		for i := range s.Undertakes {
			t.page("/p/"+string(s.Undertakes[i].WhomID)+"/calls", n)
			for _, p := range s.Undertakes[i].By {
				t.page("/p/"+string(p)+"/calls", n)
			}
		}
	}
	for i := range f.Acts {
		t.page("/p/"+string(f.Acts[i].Party)+"/calls", n)
	}
	everyone := len(f.Retractions) > 0
	for i := range f.Answers { // to a call upon a group without naming a member, it is an answer of all
		x := &f.Answers[i]
		t.page("/p/"+string(x.Party)+"/calls", n)
		everyone = everyone || x.Party == "" && t.asksGroup(x.Call)
	}
	if everyone {
		for address, p := range t.c.pages {
			if p.route == copyPartyCalls {
				t.page(address, n)
			}
		}
	}
	for _, s := range t.c.s.rec.Statements(t.c.head) {
		bears := f.Statement != nil && s.Instrument == f.Statement.Instrument
		rules := func(a *stocktake.Answer) {
			a.EachRule(func(_ stocktake.Role, r *stocktake.AnswerRule) {
				bears = bears || slices.ContainsFunc(r.Instruments, func(in stocktake.InstrumentID) bool { return slices.Contains(towards, in) })
			})
		}
		for i := range s.Calls {
			rules(s.Calls[i].Asked())
		}
		for i := range s.Undertakes {
			rules(s.Undertakes[i].Answer)
		}
		for i := range f.Answers {
			x := &f.Answers[i]
			of, _ := t.c.s.rec.CallOf(x.Call)
			bears = bears || of == s.Instrument
		}
		for _, x := range f.Retractions {
			bears = bears || x.Statement == s.Instrument
		}
		if bears {
			touch(&s.Statement)
		}
	}
	for _, x := range f.Retractions {
		t.page("/calls", n)
		t.statement(x.Statement, n)
	}
}

// asksGroup reports whether a call is upon a group.
func (t *toucher) asksGroup(call string) bool {
	for _, s := range t.c.s.rec.Statements(t.c.head) {
		for i := range s.Calls {
			if p, ok := t.c.s.rec.Party(s.Calls[i].AddresseeID, t.c.head); ok && s.Calls[i].ID == call && p.Kind == "group" {
				return true
			}
		}
	}
	return false
}

// callDays moves the pages about calls to the last day after which something about them began or ended: an act was certainly done, or a month in
// which it was done was over; the record's end was past.
func (c *Copy) callDays(ctx context.Context, q *request, last stocktake.Day, move func(address string, d stocktake.Day)) error {
	list, err := c.s.rec.Calls(ctx, q.at, record.CallFilter{})
	if err != nil {
		return err
	}
	for i := range list {
		x := &list[i]
		latest := func(by []record.CallAct, days ...stocktake.Day) stocktake.Day { // of the days that are new
			for j := range by {
				lo, hi := by[j].Date.Reach()
				days = append(days, lo, hi, dayAfter(by[j].Date)) // the record may reach to it and no further
			}
			newest := stocktake.Day(stocktake.MinDay)
			for _, d := range days {
				if d > last && d <= c.opt.Day {
					newest = max(newest, d)
				}
			}
			return newest
		}
		ends := stocktake.Day(stocktake.MaxDay)
		if x.Ends != nil {
			ends = dayAfter(*x.Ends)
		}
		lo, hi := x.Day.Reach()
		made := latest(nil, lo, hi)
		newest := latest(x.By, lo, hi, ends)
		for j := range x.Members {
			m := &x.Members[j]
			d := max(made, latest(m.By, dayAfter(m.Ends)))
			newest = max(newest, d)
			if d > last {
				move("/p/"+string(m.Party)+"/calls", d)
			}
		}
		if newest <= last {
			continue
		}
		move("/calls", newest)
		c.coalitions(func(address string) { move(address, newest) })
		move("/st/"+string(x.Statement)+"/calls", newest)
		for address, p := range c.pages { // whoever undertakes something is not told here
			if p.route == copyPartyCalls && (x.Kind != "call" || x.AddresseeID != nil && p.vars["party"] == string(*x.AddresseeID)) {
				move(address, newest)
			}
		}
	}
	return nil
}
