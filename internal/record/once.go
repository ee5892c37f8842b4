package record

import (
	"context"
	"slices"

	"stocktake"
)

// Once is the only thing that ever happened towards an instrument: recorded votes on one day, or within one month.
type Once struct {
	From   stocktake.Day  // first day that it may have been
	Day    stocktake.Day  // last day that it may have been: it was done by then
	Ends   stocktake.Date // where the record ends for a party that did something
	Silent stocktake.Date // and for one of which nothing is told
}

// Voted calls f with where each party that Standings lists for an instrument stands from the day of the only vote on, as long as it exists, by
// party id, and returns that day. Before the first day that it may have been no party had acted; where that is an earlier day, those that
// Acted and have a standing after are unsure in between, still without one. Where a party does not exist it is "not a state then". ok is false, and f may have
// been called for some parties, where more happened towards the instrument or where it cannot be told so simply: Courses then tells. The day
// of at is not looked at. f must not ask the record anything, nor keep what it points to.
//
// Most resolutions are known by their recorded vote alone, and there are many: this is quicker than Courses.
func (r *Record) Voted(ctx context.Context, at stocktake.At, in stocktake.InstrumentID, f func(stocktake.PartyID, *Turn)) (o Once, ok bool, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	num, ok := r.instrByID[in]
	if !ok || r.instrs[num].first > at.Head {
		return o, false, nil
	}
	q := r.query(at)
	defer q.done()
	q.want = true
	num = q.instr(num)
	g := &r.glances[num]
	if !g.isPlain(q) || g.kind != uint8(stocktake.Resolution.Number()) {
		return o, false, nil
	}
	s := r.rowsOf(num, q)
	c := r.courser(q, &s)
	if c.scoped || !r.onceOnly(c, &o) {
		return o, false, nil
	}
	rows := s.base
	if len(s.new) > 0 {
		q.rows = merge(q.rows[:0], s.base, s.new)
		rows = q.rows
	}
	q.on = o.Day
	first := r.ask(q, num, g) // finds the roll-calls of which no source lists absences
	date, ok := c.dateOf(o.From, o.Day)
	if !ok {
		return o, false, nil
	}
	o.Silent, o.Ends = c.covered, later(c.covered, date)
	whole := true // no vote was on a part of the text, so that absences count
	for _, n := range c.e.rolls {
		x := r.current(&r.rolls[n], q.known, q.head)
		whole = whole && (x == nil || x.part == "")
	}
	unlisted := &first[int(stocktake.VoteNotVoting)*4+int(stocktake.PhaseDone)]
	var course Course
	for _, p := range r.partiesOf(q, &s) {
		t := Turn{From: o.Day, Word: stocktake.NoActKnown, Bound: -1, InForce: -1, Ends: c.covered}
		switch word, told := r.outcome(q, first, p, run(rows, p), whole); {
		case word != "":
			t.Word, t.Acted, t.Since, t.Ends = word, true, date, o.Ends
		case !told && len(q.open) == 1 && unlisted.moved:
			if r.mayDerive(q, p, &o) { // no source lists absences: it was a member, and did not vote
				t.Word, t.Acted, t.Derived, t.Since, t.Ends = unlisted.word, true, true, date, o.Ends
			} else if r.strange(q, c.e, p, &o) {
				t.Word, t.Ends = stocktake.NotMember, stocktake.Date{}
			}
		case told || r.mayDerive(q, p, &o):
			if err := c.course(ctx, p, &course); err != nil {
				return o, false, err
			}
			q.on = o.Day
			if t, ok = o.after(course.Turns); !ok {
				return o, false, nil
			}
		case r.strange(q, c.e, p, &o):
			t.Word, t.Ends = stocktake.NotMember, stocktake.Date{}
		}
		f(r.parties[p].id, &t)
	}
	return o, true, nil
}

// onceOnly reports whether recorded votes on one day are all that is told of an instrument, by sources whose coverage speaks of it.
func (r *Record) onceOnly(c *courser, o *Once) bool {
	q, s := c.q, c.s
	o.Day = stocktake.MinDay
	last, prec := ^uint32(0), precSpan
	for _, rows := range [2][]row{s.base, s.new} {
		for i := range rows {
			w := &rows[i]
			if w.occ != last {
				last = w.occ
				for x := int32(w.occ); x >= 0; x = r.occs[x].also {
					if oc := &r.occs[x]; oc.filing <= q.head && oc.known <= q.known && !slices.Contains(c.covering, oc.source) {
						return false
					}
				}
			}
			if !r.visible(w.occ, q) {
				continue
			}
			if w.flags&flagRollCall != 0 && w.lo == o.From && w.prec() == prec && prec != precSpan {
				continue
			}
			hi := r.hi(w)
			if w.flags&flagRollCall == 0 || o.Day != stocktake.MinDay && (w.lo != o.From || hi != o.Day) {
				return false
			}
			o.From, o.Day, prec = w.lo, hi, w.prec()
		}
	}
	for _, n := range c.e.rolls { // who did not vote is derived from the day that counts
		if x := r.current(&r.rolls[n], q.known, q.head); x != nil && x.instr == s.num {
			if lo, hi := x.date.Reach(); lo != o.From || hi != o.Day {
				return false
			}
		}
	}
	return o.Day != stocktake.MinDay
}

// dateOf is a day or a month as a date.
func (c *courser) dateOf(lo, hi stocktake.Day) (stocktake.Date, bool) {
	d := stocktake.DateOf(lo)
	if lo == hi || d.IsZero() {
		return d, !d.IsZero()
	}
	d, err := stocktake.ParseDate(d.String()[:len("2006-01")])
	if a, b := d.Reach(); err != nil || a != lo || b != hi {
		return d, false
	}
	return d, true
}

// outcome returns the word that a party's only row leads to in the usual case, and "" where the long way is needed; told is whether there are
// rows.
func (r *Record) outcome(q *query, first outcomes, p uint16, rows []row, whole bool) (word string, told bool) {
	if len(rows) == 0 {
		return "", false
	}
	w := &rows[0]
	o := &first[int(w.kind)*4+int(w.phase())]
	if len(rows) > 1 || w.flags&(flagPart|flagTwice) != 0 || !whole && !cast(w.kind) || !o.moved || !r.sure(w.occ, q) || r.marked(w.act) {
		return "", true
	}
	for _, c := range q.open {
		if !c.has(p) {
			return "", true // it may not have voted in another one
		}
	}
	return o.word, true
}

// mayDerive reports whether a party without an entry in a roll-call may count as one that did not vote.
func (r *Record) mayDerive(q *query, p uint16, o *Once) bool {
	if len(q.open) == 0 {
		return false
	}
	d, ok := r.parties[p].spans.at(q.head)
	return ok && d.memberIn("un-members", o.From, o.Day) == stocktake.Yes
}

// strange reports whether a party did not belong to the body that voted.
func (r *Record) strange(q *query, e *instrEntry, p uint16, o *Once) bool {
	d, ok := r.parties[p].spans.at(q.head)
	if !ok || d.memberIn("un-members", o.From, o.Day) != stocktake.No {
		return false
	}
	return slices.ContainsFunc(e.rolls, func(n int32) bool {
		c := r.current(&r.rolls[n], q.known, q.head)
		return c != nil && c.instr == e.num
	})
}

// after returns the one turn of a course from the day of the vote on, but for days on which the party does not exist. ok is false where
// there are several, or where the days before are not as Voted says.
func (o *Once) after(turns []Turn) (t Turn, ok bool) {
	for i, x := range turns {
		if x.Word == stocktake.NotStateThen || i+1 < len(turns) && turns[i+1].From <= o.Day {
			continue
		}
		x.From = o.Day
		if ok && x != t {
			return t, false
		}
		t, ok = x, true
	}
	if !ok { // it was gone by then
		t, ok = Turn{From: o.Day, Word: stocktake.NotStateThen, Bound: -1, InForce: -1}, true
	}
	for i, x := range turns {
		for _, day := range [2]stocktake.Day{x.From, o.From} {
			if x.Word == stocktake.NotStateThen || day >= o.Day || day < x.From || i+1 < len(turns) && turns[i+1].From <= day {
				continue
			}
			x.From = day
			ok = ok && x == o.before(day, &t)
		}
	}
	return t, ok
}

// before is the turn that begins on a day before the vote was certainly held, of a party that stands at after from then on.
func (o *Once) before(day stocktake.Day, after *Turn) Turn {
	t := Turn{From: day, Word: stocktake.NoActKnown, Bound: -1, InForce: -1, Ends: o.Silent}
	if day >= o.From && after.Acted {
		t.Unsure, t.Acted, t.Ends = after.Word != stocktake.NoActKnown, true, o.Ends
	}
	return t
}
