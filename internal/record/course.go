package record

import (
	"context"
	"slices"

	"stocktake"
)

// A Turn is a stretch of days, from From to the day before the next turn, during which nothing changes about where one party stands towards
// one instrument: what Standings answers for each of these days.
type Turn struct {
	From    stocktake.Day // stocktake.MinDay in the first turn of a course
	Word    string
	Bound   int8 // 1, 0, or -1 for not known or not binding
	InForce int8
	Unsure  bool
	Derived bool           // rests on membership alone: the sources list no absences
	Acted   bool           // there are acts behind it
	Open    bool           // sources disagree about an act that some of them place on or before these days, and nothing filed settles it
	Settled bool           // they disagree, and a filed decision settles it
	Since   stocktake.Date // zero where there is none
	Ends    stocktake.Date // where the record ends for it; zero where no source tells
}

// Course is where one party stood towards one instrument, day by day: its turns in order of time, at least one.
type Course struct {
	Party stocktake.PartyID
	Told  bool // something visible was told of it towards the instrument itself, or through a text that endorses it
	Turns []Turn
	// Disputed says that sources disagree about an act, on whatever day.
	Disputed bool
}

// Courses calls f with the course of every party that Standings lists for an instrument, by party id, at the head and the moment of at; its
// day is not looked at. f must not ask the record anything, nor keep what it points to. It stops at the first error.
//
// Everything about a party is gathered once and replayed for each day on which something may change, which is some ten times quicker than
// asking for the standings of each of these days.
func (r *Record) Courses(ctx context.Context, at stocktake.At, in stocktake.InstrumentID, f func(*Course) error) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	num, ok := r.instrByID[in]
	if !ok || r.instrs[num].first > at.Head {
		return stocktake.NotFoundf("no instrument %q in this record", in)
	}
	q := r.query(at)
	defer q.done()
	q.want = true
	s := r.rowsOf(q.instr(num), q)
	c := r.courser(q, &s)
	var out Course
	for _, p := range r.partiesOf(q, &s) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.course(ctx, p, &out); err != nil {
			return err
		}
		if err := f(&out); err != nil {
			return err
		}
	}
	return nil
}

// CourseOf is Courses for one party; ok is false where Standings lists no standing of it.
func (r *Record) CourseOf(ctx context.Context, at stocktake.At, in stocktake.InstrumentID, party stocktake.PartyID) (c Course, ok bool, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	num, ok := r.instrByID[in]
	p, ok2 := r.partyByID[party]
	if !ok || !ok2 || r.instrs[num].first > at.Head {
		return c, false, nil
	}
	q := r.query(at)
	defer q.done()
	q.want = true
	s := r.rowsOf(q.instr(num), q)
	if !slices.Contains(r.partiesOf(q, &s), p) {
		return c, false, nil
	}
	err = r.courser(q, &s).course(ctx, p, &c)
	return c, err == nil, err
}

// courser works out courses towards one instrument.
type courser struct {
	r    *Record
	q    *query
	s    *instrRows
	e    *instrEntry
	kind stocktake.InstrumentKind

	cover    []int32 // coverage that speaks of the instrument, or of one that it is tied to
	scoped   bool    // some of it is of certain parties only
	covering []uint32
	covered  stocktake.Date // how far it reaches

	dates    map[stocktake.Day]stocktake.Date
	events   []courseEvent
	clashes  []courseClash
	days     []stocktake.Day
	sources  []uint32 // of events, in one piece
	listed   []courseEvent
	register int8 // whether a register covers the party: 1, 0, or -1 for not looked yet
}

// courseEvent is what limits and pages need of an event.
type courseEvent struct {
	lo         stocktake.Day
	act        uint32
	phase      stocktake.Phase
	date       stocktake.Date
	from, upto int // its sources
}

// courseClash is a disagreement, and the day from which a page shows it.
type courseClash struct {
	from    stocktake.Day
	settled bool
}

func (r *Record) courser(q *query, s *instrRows) *courser {
	e := &r.instrs[s.num]
	c := &courser{r: r, q: q, s: s, e: e, kind: e.kind(q.head), dates: map[stocktake.Day]stocktake.Date{}}
	add := func(e *instrEntry) {
		for _, i := range e.cover {
			if x := &r.coverage[i]; x.filing <= q.head && x.known <= q.known && x.speaksOf(e, q.head) && !slices.Contains(c.cover, i) {
				c.cover = append(c.cover, i)
				c.scoped = c.scoped || len(x.Parties) > 0
			}
		}
	}
	add(e)
	for i := range s.also {
		add(&r.instrs[s.also[i].num])
	}
	for i := range s.via {
		add(&r.instrs[s.via[i].num])
	}
	if !c.scoped {
		c.reach(0)
	}
	return c
}

// later is the later of two ends of the record: the first that is certainly later than those before it.
func later(ends, d stocktake.Date) stocktake.Date {
	if _, ok := d.Last(); ok && (ends.IsZero() || d.After(ends) == stocktake.Yes) {
		return d
	}
	return ends
}

// reach finds the sources whose coverage speaks of a party, and how far they reach.
func (c *courser) reach(p uint16) {
	c.covering, c.covered = c.covering[:0], stocktake.Date{}
	for _, i := range c.cover {
		x := &c.r.coverage[i]
		if len(x.Parties) > 0 && !c.r.inScope(x, p, nil, c.q.head) {
			continue
		}
		c.covering = append(c.covering, x.source)
		c.covered = later(c.covered, x.To)
	}
}

// course fills out with the course of one party.
func (c *courser) course(ctx context.Context, p uint16, out *Course) error {
	r, q := c.r, c.q
	out.Party, out.Told, out.Turns = r.parties[p].id, false, out.Turns[:0]
	if c.scoped {
		c.reach(p)
	}
	q.events = q.events[:0]
	r.gather(q, c.s, p)
	for i := range q.seen {
		out.Told = out.Told || q.seen[i].flags&flagPart == 0
	}
	r.resolve(q, c.kind, c.s.num)
	derived := !c.kind.Binding() && r.derive(q, c.s, p) > 0
	q.on = stocktake.MinDay
	q.judge(c.kind) // puts the events in order
	if err := c.look(ctx, p); err != nil {
		return err
	}
	out.Disputed = len(c.clashes) > 0
	c.register = -1
	c.candidates(p)
	for _, day := range c.days {
		t := c.turn(p, day, derived)
		if n := len(out.Turns); n > 0 {
			was := out.Turns[n-1]
			was.From = t.From
			if was == t {
				continue
			}
		}
		out.Turns = append(out.Turns, t)
	}
	return nil
}

// candidates lists the days on which something may change for a party, the first of all days before them.
func (c *courser) candidates(p uint16) {
	r, q := c.r, c.q
	c.days = append(c.days[:0], stocktake.MinDay)
	add := func(days ...stocktake.Day) {
		for _, d := range days {
			if d != stocktake.MinDay && d != stocktake.MaxDay {
				c.days = append(c.days, d)
			}
		}
	}
	for i := range q.events {
		add(q.events[i].Lo, q.events[i].Hi)
	}
	for i := range c.clashes {
		add(c.clashes[i].from)
	}
	if d, ok := r.parties[p].spans.at(q.head); ok {
		add(d.from)
		if d.to != stocktake.MaxDay {
			add(d.to + 1)
		}
	}
	if c.kind == stocktake.Resolution {
		for _, n := range c.e.rolls {
			if x := r.current(&r.rolls[n], q.known, q.head); x != nil {
				_, hi := x.date.Reach()
				add(hi)
			}
		}
	}
	if d, ok := c.e.at(q.head); ok && d.Clause != nil && len(q.events) > 0 {
		if lo, hi, ok := r.entryIntoForce(q, d, c.s); ok {
			add(lo, hi)
		}
		for i := range q.events {
			if e := &q.events[i]; e.Phase == stocktake.PhaseDone {
				add(due(d.Clause, e.Lo), due(d.Clause, e.Hi))
			}
		}
	}
	slices.Sort(c.days)
	c.days = slices.Compact(c.days)
}

// turn is where the party stands on one day, by the events that were gathered.
func (c *courser) turn(p uint16, day stocktake.Day, derived bool) Turn {
	q := c.q
	q.on = day
	pos := c.position(p, derived)
	t := Turn{From: day, Word: pos.word, Bound: pos.state.Bound, InForce: pos.state.InForce, Unsure: pos.state.Unsure, Derived: pos.derived}
	if pos.outside {
		return t
	}
	n := 0
	for n < len(c.events) && c.events[n].lo <= day {
		n++
	}
	t.Acted = n > 0
	if i := int(pos.state.Since); i >= 0 && i < n {
		t.Since = c.events[i].date
	}
	for i := range c.clashes {
		if x := &c.clashes[i]; x.from <= day {
			t.Open, t.Settled = t.Open || !x.settled, t.Settled || x.settled
		}
	}
	t.Ends = c.ends(n)
	return t
}

// position does what Record.positionOf does, but for gathering.
func (c *courser) position(p uint16, derived bool) position {
	r, q := c.r, c.q
	st := q.judge(c.kind)
	if !c.kind.Binding() {
		derived = derived && st.Since >= 0 && q.events[st.Since].Ref < 0
		st.Bound, st.InForce = -1, -1
		return r.outside(q, c.e, p, position{state: st, word: q.law.Name(st), derived: derived})
	}
	if st.Bound == 1 && st.InForce < 0 {
		st.InForce = r.byClause(q, c.e, c.s, &st)
	}
	if st.Word == 0 {
		st.Bound, st.InForce = -1, -1
		if !r.doubtfulBound(q, c.kind, &st) && c.isCovered(p) {
			st.Bound, st.InForce = 0, 0
		}
	}
	if st.Unsure && r.doubtfulBound(q, c.kind, &st) {
		st.Bound, st.InForce = -1, -1
	}
	return r.outside(q, c.e, p, position{state: st, word: q.law.Name(st)})
}

func (c *courser) isCovered(p uint16) bool {
	if c.register < 0 {
		c.register = 0
		if c.r.covered(c.q, c.s.num, p) {
			c.register = 1
		}
	}
	return c.register == 1
}

// ends returns where the record ends for a standing behind which the first n events stand, as limits finds it.
func (c *courser) ends(n int) stocktake.Date {
	ends := c.covered
	if n == 0 {
		return ends
	}
	c.listed = c.listed[:0]
	for i := range n {
		e := &c.events[i]
		for _, src := range c.sources[e.from:e.upto] {
			if slices.Contains(c.covering, src) {
				continue
			}
			if d, ok := c.r.sources[src].descs.at(c.q.head); ok {
				ends = later(ends, d.Published)
			}
		}
		if k := slices.IndexFunc(c.listed, func(x courseEvent) bool { return x.act == e.act }); k >= 0 { // an act is listed once, where it got furthest
			if e.phase == stocktake.PhaseAnnounced && c.listed[k].phase != stocktake.PhaseAnnounced {
				continue
			}
			c.listed = slices.Delete(c.listed, k, k+1)
		}
		c.listed = append(c.listed, *e)
	}
	for i := range c.listed {
		ends = later(ends, c.listed[i].date)
	}
	return ends
}

// look finds dates and sources of the events, and the days of disagreements.
func (c *courser) look(ctx context.Context, p uint16) error {
	r, q := c.r, c.q
	c.events, c.sources, c.clashes = c.events[:0], c.sources[:0], c.clashes[:0]
	for i := range q.events {
		ev := &q.events[i]
		x := courseEvent{lo: ev.Lo, act: ev.Act, phase: ev.Phase, from: len(c.sources)}
		if ev.Ref < 0 { // derived from membership
			claim := r.current(&r.rolls[-1-ev.Ref], q.known, q.head)
			x.date = claim.date
			c.sources = append(c.sources, r.occs[claim.occ].source)
		} else {
			w := &q.seen[ev.Ref]
			d, err := c.date(ctx, &w.row)
			if err != nil {
				return err
			}
			if lo, hi := d.Reach(); (lo != ev.Lo || hi != ev.Hi) && ev.Lo != stocktake.MinDay && ev.Hi != stocktake.MaxDay {
				d = stocktake.Hull(stocktake.DateOf(ev.Lo), stocktake.DateOf(ev.Hi))
			}
			x.act, x.date = w.act, d
			c.tellers(w.act, x.from)
		}
		x.upto = len(c.sources)
		c.events = append(c.events, x)
	}
	for i := range q.clashes {
		if err := c.clash(ctx, &q.clashes[i]); err != nil {
			return err
		}
	}
	return nil
}

// tellers adds the sources that tell of an act to c.sources, by id, from one place on.
func (c *courser) tellers(act uint32, from int) {
	r, q := c.r, c.q
	for i := range q.seen {
		if q.seen[i].act != act {
			continue
		}
		for o := int32(q.seen[i].occ); o >= 0; o = r.occs[o].also {
			if x := &r.occs[o]; x.filing <= q.head && x.known <= q.known && !slices.Contains(c.sources[from:], x.source) {
				c.sources = append(c.sources, x.source)
			}
		}
	}
	if list := c.sources[from:]; len(list) > 1 {
		slices.SortFunc(list, func(a, b uint32) int {
			if r.sources[a].id < r.sources[b].id {
				return -1
			}
			return 1
		})
	}
}

// clash finds the day from which a disagreement is shown: one on which a source already places the act, and of those that differ on a day the
// first that any of them says.
func (c *courser) clash(ctx context.Context, x *clash) error {
	begun, first, act := stocktake.MaxDay, stocktake.MaxDay, uint32(0)
	dated := false
	for i := range x.rows {
		w := &x.rows[i].row
		begun, act = min(begun, w.lo), w.act
		if x.about == "kind" {
			continue
		}
		d, err := c.date(ctx, w)
		if err != nil {
			return err
		}
		if lo, _ := d.Bounds(); !d.IsZero() {
			dated, first = true, min(first, lo)
		}
	}
	if !dated {
		for i := range c.events {
			if c.events[i].act == act {
				first = min(first, c.events[i].lo)
			}
		}
	}
	c.clashes = append(c.clashes, courseClash{max(begun, first), x.dec != nil})
	return nil
}

// date is the day of a row as its source gives it. Only what is not exact is read from its filing again.
func (c *courser) date(ctx context.Context, w *row) (stocktake.Date, error) {
	if w.prec() == precExact {
		d, ok := c.dates[w.lo]
		if !ok {
			d = stocktake.DateOf(w.lo)
			c.dates[w.lo] = d
		}
		return d, nil
	}
	a, err := c.r.detail(ctx, w)
	if err != nil {
		return stocktake.Date{}, err
	}
	return a.Day(w.phase()), nil
}
