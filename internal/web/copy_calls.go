package web

import (
	"slices"

	"stocktake"
	"stocktake/internal/record"
)

// ofCalls reports whether a page says what became of calls.
func (p *CopyPage) ofCalls() bool {
	return p.route == copyCalls || p.route == copyBecame || p.route == copyPartyCalls
}

// calls marks the pages about calls on which a filing bears: those of statements that it enters, of calls that it reads or that an act of it may
// answer, and of what was looked for and not found. Pages of parties about calls are marked with all pages of parties where a group was asked.
func (t *toucher) calls(f *stocktake.Filing, n int64) {
	if len(f.Acts)+len(f.RollCalls)+len(f.Answers)+len(f.Retractions)+len(f.Unknowns)+len(f.Removals) == 0 && f.Statement == nil {
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
		t.page("/st/"+string(s.Instrument)+"/calls", n)
		for i := range s.Calls {
			id := s.Calls[i].AddresseeID
			t.page("/p/"+string(id)+"/calls", n)
			if p, ok := t.c.s.rec.Party(id, t.c.head); ok && p.Kind == "group" {
				t.parties = n
			}
		}
		for i := range s.Undertakes {
			t.page("/p/"+string(s.Undertakes[i].WhomID)+"/calls", n)
			for _, p := range s.Undertakes[i].By {
				t.page("/p/"+string(p)+"/calls", n)
			}
		}
	}
	all := len(f.Removals) > 0
	for _, s := range t.c.s.rec.Statements(t.c.head) {
		bears := all || f.Statement != nil && s.Instrument == f.Statement.Instrument
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
	for _, x := range f.Answers { // acts that a reading speaks of may be towards texts that no rule names
		if x.Act != "" {
			t.parties = n
		}
	}
	for _, x := range f.Retractions {
		t.page("/calls", n)
		t.page("/st/"+string(x.Statement), n)
		t.parties = n
	}
}

// callDays moves the pages about calls to the last day after which something about them began or ended: an act was certainly done, or a month in
// which it was done was over; the record's end was past.
func (c *Copy) callDays(q *request, last stocktake.Day, move func(address string, d stocktake.Day)) error {
	list, err := c.s.rec.Calls(q.ctx, q.at, record.CallFilter{})
	if err != nil {
		return err
	}
	for i := range list {
		x := &list[i]
		newest := stocktake.Day(stocktake.MinDay)
		see := func(days ...stocktake.Day) {
			for _, d := range days {
				if d > last && d <= c.opt.Day {
					newest = max(newest, d)
				}
			}
		}
		acts := func(by []record.CallAct) {
			for j := range by {
				lo, hi := by[j].Date.Reach()
				see(lo, hi, dayAfter(by[j].Date)) // the record may reach to it and no further
			}
		}
		lo, hi := x.Day.Reach()
		see(lo, hi)
		if x.Ends != nil {
			see(dayAfter(*x.Ends))
		}
		acts(x.By)
		for j := range x.Members {
			acts(x.Members[j].By)
		}
		if newest <= last {
			continue
		}
		move("/calls", newest)
		move("/st/"+string(x.Statement)+"/calls", newest)
		for address, p := range c.pages { // whoever undertakes something is not told here
			if p.route == copyPartyCalls && (x.Kind != "call" || x.Members != nil || x.AddresseeID != nil && p.vars["party"] == string(*x.AddresseeID)) {
				move(address, newest)
			}
		}
	}
	return nil
}
