package record

import (
	"cmp"
	"slices"
	"sync"

	"stocktake"
)

// query is the coordinates of a question, ready for use, and room to work in.
type query struct {
	known, head int64
	on          stocktake.Day
	law         *stocktake.Law
	first       []outcomes
	of          stocktake.KindLaw // the law for the kind asked about last
	ofKind      stocktake.InstrumentKind
	seen        []seen
	events      []stocktake.Event
	group       []seen
	clashes     []clash // filled only where wanted
	want        bool
	starts      map[uint32][2]stocktake.Day // when instruments entered into force by their own clause, once worked out
	merged

	rows   []row
	open   []*rollClaim
	states []PartyState
	places []uint32
	pairs  []pair
	moves  []move
	sights []uint8 // what is known of each stretch of occasions
}

// queries keeps what is done with, for the room in it.
var queries = sync.Pool{New: func() any { return new(query) }}

// seen is a visible row, and the instrument that it came through where it is not the one asked about.
type seen struct {
	row
	via   bool
	maybe bool
	of    uint32
}

// clash is a disagreement found while events were gathered.
type clash struct {
	act   uint32
	about string // "kind", a phase, or "presence"
	rows  []seen
	cover int32 // for presence: the coverage that is silent
	dec   *decisionAt
}

func (r *Record) query(at stocktake.At) *query {
	q := queries.Get().(*query)
	v := r.lawVersionAt(at.Head)
	q.known, q.head, q.on, q.law, q.first, q.merged = micros(at.Known), at.Head, at.On, v.law, v.first, r.mergedAt(at.Head)
	q.of, q.ofKind, q.want = stocktake.KindLaw{}, "", false
	clear(q.starts)
	q.sights = slices.Grow(q.sights[:0], len(r.sights))[:len(r.sights)]
	clear(q.sights)
	return q
}

// done gives a query back. Nothing of it may be used afterwards.
func (q *query) done() {
	q.law, q.first, q.of, q.merged = nil, nil, stocktake.KindLaw{}, merged{}
	queries.Put(q)
}

// visible reports whether what an occasion says can be known, at this head, and nothing visible takes its place.
func (r *Record) visible(occ uint32, q *query) bool {
	for i := int32(occ); i >= 0; i = r.occs[i].also {
		if r.stands(i, q) {
			return true
		}
	}
	return false
}

func (r *Record) stands(occ int32, q *query) bool {
	o := &r.occs[occ]
	if o.filing > q.head || o.known > q.known {
		return false
	}
	for _, by := range o.super {
		if x := &r.occs[by]; x.filing <= q.head && x.known <= q.known {
			return false
		}
	}
	return true
}

// latest returns the occasion known last among those that share rows and can be known.
func (r *Record) latest(occ uint32, q *query) *occasion {
	best := &r.occs[occ]
	ok := r.stands(int32(occ), q)
	for i := best.also; i >= 0; i = r.occs[i].also {
		x := &r.occs[i]
		if r.stands(i, q) && (!ok || r.newer(x, best)) {
			best, ok = x, true
		}
	}
	return best
}

func (r *Record) gone(w *row, q *query) bool {
	for _, x := range r.retractH[w.act] {
		if x.filing <= q.head && r.occs[w.occ].filing == x.mends {
			return true
		}
	}
	return false
}

func (r *Record) collect(q *query, rows []row, via bool, of uint32) {
	for i := range rows {
		w := rows[i]
		if via && !w.kind.Ballot() || !r.visible(w.occ, q) || len(r.retractH) > 0 && r.gone(&w, q) {
			continue
		}
		if w.flags&flagRollCall != 0 && !cast(w.kind) && r.onPart(&w, q) {
			w.flags |= flagPart
		}
		if w.flags&flagPart != 0 && (via || !q.want) {
			continue // a vote on an amendment or a paragraph moves nothing
		}
		q.seen = append(q.seen, seen{row: w, via: via, of: of})
	}
}

// onPart reports whether the roll-call that an absence is from was on a part of the text: the edition that lists absences may not tell.
func (r *Record) onPart(w *row, q *query) bool {
	c := r.current(&r.rolls[r.occs[w.occ].roll], q.known, q.head)
	return c != nil && c.part != ""
}

// instrRows is the rows of one instrument in both levels, found once for all parties.
type instrRows struct {
	num       uint32
	base, new []row
	via       []instrRows
	also      []instrRows // instruments that are one with it by a merge
	groups    []uint16    // groups of parties that acted here
}

func (r *Record) rowsOf(in uint32, q *query) instrRows {
	s := instrRows{num: in, base: r.base.ofInstr(in), new: r.delta.ofInstr(in)}
	link := func(in uint32) {
		for _, l := range r.instrs[in].via {
			if l.filing <= q.head && r.instrs[l.instr].endorses(r.instrs[in].id, q.head) {
				s.via = append(s.via, instrRows{num: l.instr, base: r.base.ofInstr(l.instr), new: r.delta.ofInstr(l.instr)})
			}
		}
	}
	link(in)
	for _, m := range q.oneInstr[in] {
		s.also = append(s.also, instrRows{num: m, base: r.base.ofInstr(m), new: r.delta.ofInstr(m)})
		link(m)
	}
	for _, g := range r.groups {
		has := len(run(s.base, g)) > 0 || len(run(s.new, g)) > 0
		for i := range s.also {
			has = has || len(run(s.also[i].base, g)) > 0 || len(run(s.also[i].new, g)) > 0
		}
		if has {
			s.groups = append(s.groups, g)
		}
	}
	return s
}

// gather fills q.seen with what is visible of party p towards the instrument, and of the groups that it belongs to.
func (r *Record) gather(q *query, s *instrRows, p uint16) {
	q.seen = q.seen[:0]
	r.collectOf(q, s, p)
	for _, m := range q.oneParty[p] {
		r.collectOf(q, s, m)
	}
	for _, g := range s.groups {
		if g == p {
			continue
		}
		from := len(q.seen)
		r.collectOwn(q, s, g)
		kept := q.seen[:from]
		for _, w := range q.seen[from:] {
			switch r.memberOn(p, r.parties[g].id, w.lo, r.hi(&w.row), q.head) {
			case stocktake.Yes:
				kept = append(kept, w)
			case stocktake.Unsure:
				w.maybe = true
				kept = append(kept, w)
			}
		}
		q.seen = kept
	}
}

// collectOf collects what one party did towards the instrument itself, and towards what endorses it.
func (r *Record) collectOf(q *query, s *instrRows, p uint16) {
	r.collectOwn(q, s, p)
	for i := range s.via {
		v := &s.via[i]
		r.collect(q, run(v.base, p), true, v.num)
		r.collect(q, run(v.new, p), true, v.num)
	}
}

func (r *Record) collectOwn(q *query, s *instrRows, p uint16) {
	r.collect(q, run(s.base, p), false, s.num)
	r.collect(q, run(s.new, p), false, s.num)
	for i := range s.also {
		r.collect(q, run(s.also[i].base, p), false, s.num)
		r.collect(q, run(s.also[i].new, p), false, s.num)
	}
}

func (r *Record) memberOn(p uint16, group stocktake.PartyID, lo, hi stocktake.Day, head int64) stocktake.Truth {
	if d, ok := r.parties[p].spans.at(head); ok {
		return d.memberIn(group, lo, hi)
	}
	return stocktake.No
}

// replay turns q.seen into events and replays them.
func (r *Record) replay(q *query, kind stocktake.InstrumentKind, in uint32) stocktake.State {
	r.resolve(q, kind, in)
	return q.judge(kind)
}

// judge replays q.events.
func (q *query) judge(kind stocktake.InstrumentKind) stocktake.State {
	if kind != q.ofKind {
		q.of, q.ofKind = q.law.For(kind), kind
	}
	return q.of.Replay(q.events, q.on)
}

// resolve fills q.events from q.seen: one event a phase of an act, with the claims of several sources brought together.
func (r *Record) resolve(q *query, kind stocktake.InstrumentKind, in uint32) {
	q.events = q.events[:0]
	q.clashes = q.clashes[:0]
	for i := range q.seen {
		w := &q.seen[i]
		if w.flags&flagPart != 0 && r.revised(q, i) {
			continue
		}
		if w.flags&flagPart != 0 { // listed, moves nothing
			q.events = append(q.events, stocktake.Event{Lo: w.lo, Hi: r.hi(&w.row), Kind: stocktake.Remark, Phase: w.phase(), Maybe: w.maybe, Act: w.act, Ref: int32(i)})
			continue
		}
		if i > 0 && r.dealtWith(q, i) {
			continue
		}
		dup := false
		for j := i + 1; j < len(q.seen); j++ {
			if q.seen[j].act == w.act {
				dup = true
				break
			}
		}
		if dup && r.several(q, w.act) {
			r.together(q, kind, i)
			continue
		}
		q.events = append(q.events, stocktake.Event{Lo: w.lo, Hi: r.hi(&w.row), Kind: w.kind, Phase: w.phase(), Via: w.via, Maybe: w.maybe, Act: w.act, Ref: int32(i)})
	}
	severalBallots(q.events)
	if kind.Binding() {
		r.presence(q, in)
	}
}

// revised reports whether a newer edition of its series tells what the i-th row does, a vote on a part of the text.
func (r *Record) revised(q *query, i int) bool {
	w := &q.seen[i]
	for j := range q.seen {
		x := &q.seen[j]
		if x.act != w.act || x.occ == w.occ || x.flags&flagPart == 0 || !r.sameSeries(r.occs[x.occ].source, r.occs[w.occ].source, q.head) {
			continue
		}
		if r.newer(r.latest(x.occ, q), r.latest(w.occ, q)) {
			return true
		}
	}
	return false
}

// dealtWith reports whether the act of the i-th row was already dealt with as one told by several sources.
func (r *Record) dealtWith(q *query, i int) bool {
	for j := 0; j < i; j++ {
		if q.seen[j].act == q.seen[i].act && q.seen[j].flags&flagPart == 0 {
			return r.several(q, q.seen[i].act)
		}
	}
	return false
}

// several reports whether more than one occasion tells of the act.
func (r *Record) several(q *query, act uint32) bool {
	first := int64(-1)
	for i := range q.seen {
		if q.seen[i].act != act || q.seen[i].flags&flagPart != 0 {
			continue
		}
		if first < 0 {
			first = int64(q.seen[i].occ)
		} else if first != int64(q.seen[i].occ) {
			return true
		}
	}
	return false
}

// together brings the claims of several sources about one act to one event a phase. Editions of one series revise each other, unless the
// newer date lies after the older edition was public: then the world moved, and both stand. What sources of different series say
// differently stays open between them, as the span of all that they say, until a decision settles it.
func (r *Record) together(q *query, kind stocktake.InstrumentKind, first int) {
	act := q.seen[first].act
	g := q.group[:0]
	for i := first; i < len(q.seen); i++ {
		if q.seen[i].act == act && q.seen[i].flags&flagPart == 0 {
			w := q.seen[i]
			w.of = uint32(i) // place in q.seen, for Ref
			g = append(g, w)
		}
	}
	q.group = g
	// An erratum takes the place of what it mends.
	g = slices.DeleteFunc(g, func(w seen) bool {
		o := &r.occs[w.occ]
		for _, x := range q.group {
			p := &r.occs[x.occ]
			if p.source == o.source && p.mends == o.filing {
				return true
			}
		}
		return false
	})
	all := slices.Clone(g)
	// Editions of one series.
	g = slices.DeleteFunc(g, func(w seen) bool {
		o := r.latest(w.occ, q)
		for i := range all {
			x := &all[i]
			p := r.latest(x.occ, q)
			if x.occ == w.occ || !r.sameSeries(o.source, p.source, q.head) {
				continue
			}
			if r.newer(p, o) && !r.worldMoved(all, o.known, x.occ) {
				return true
			}
		}
		return false
	})
	// From here on nothing may depend on the order of filing.
	slices.SortStableFunc(g, func(a, b seen) int {
		x, y := &r.occs[a.occ], &r.occs[b.occ]
		return cmp.Or(cmp.Compare(r.sources[x.source].id, r.sources[y.source].id), cmp.Compare(a.phase(), b.phase()), cmp.Compare(a.kind, b.kind),
			cmp.Compare(a.lo, b.lo), cmp.Compare(r.hi(&a.row), r.hi(&b.row)), cmp.Compare(x.filing, y.filing))
	})
	// World moved: each edition's claims are acts of their own.
	moved := false
	for i := range g {
		for j := range g {
			if g[i].occ != g[j].occ && r.sameSeries(r.occs[g[i].occ].source, r.occs[g[j].occ].source, q.head) {
				moved = true
			}
		}
	}
	if moved {
		for i := range g {
			w := &g[i]
			q.events = append(q.events, stocktake.Event{Lo: w.lo, Hi: r.hi(&w.row), Kind: w.kind, Phase: w.phase(), Via: w.via, Maybe: w.maybe, Act: r.ownAct(g, w), Ref: int32(w.of)})
		}
		return
	}
	dec := r.decision(q, act)
	if dec != nil {
		follow := func(w seen) bool { return r.sources[r.occs[w.occ].source].id == dec.Follows }
		if slices.ContainsFunc(g, follow) {
			if q.want {
				r.findClashes(q, act, g, dec)
			}
			g = slices.DeleteFunc(slices.Clone(g), func(w seen) bool { return !follow(w) })
		} else {
			dec = nil
		}
	}
	if dec == nil && q.want {
		r.findClashes(q, act, g, nil)
	}
	k, alt := kinds(g)
	for ph := stocktake.PhaseAnnounced; ph <= stocktake.PhaseEffect; ph++ {
		e := stocktake.Event{Kind: k, Alt: alt, Phase: ph, Act: act, Lo: stocktake.MaxDay, Hi: stocktake.MinDay, Ref: -1}
		lo, hi := stocktake.MinDay, stocktake.MaxDay // what all agree on
		best := int64(0)
		for i := range g {
			w := &g[i]
			if w.phase() != ph {
				continue
			}
			h := r.hi(&w.row)
			wide := 2 * (int64(h) - int64(w.lo)) // the finest version stands for the act, and of two the one that tells its form
			if w.kind == stocktake.Consent {
				wide++
			}
			if e.Ref < 0 || wide < best {
				e.Ref, best = int32(w.of), wide
			}
			e.Lo, e.Hi = min(e.Lo, w.lo), max(e.Hi, h)
			lo, hi = max(lo, w.lo), min(hi, h)
			e.Via = w.via
			e.Maybe = e.Maybe || w.maybe
		}
		if e.Ref < 0 {
			continue
		}
		if lo <= hi {
			e.Lo, e.Hi = lo, hi
		} else {
			e.Lo, e.Hi = r.between(g, ph)
		}
		q.events = append(q.events, e)
	}
	_ = kind
}

// between returns the span of what claims that disagree on a day say. A claim that another one only makes finer has no say: "in December"
// does not widen what lies between the 2nd and the 3rd.
func (r *Record) between(g []seen, ph stocktake.Phase) (lo, hi stocktake.Day) {
	lo, hi = stocktake.MaxDay, stocktake.MinDay
	for i := range g {
		if g[i].phase() != ph {
			continue
		}
		l, h := g[i].lo, r.hi(&g[i].row)
		finer := slices.ContainsFunc(g, func(w seen) bool {
			k := r.hi(&w.row)
			return w.phase() == ph && l <= w.lo && k <= h && (l != w.lo || h != k)
		})
		if !finer {
			lo, hi = min(lo, l), max(hi, h)
		}
	}
	return lo, hi
}

// ownAct tells the claims of one edition apart from those of others about an act that the editions share. It depends on no order of filing.
func (r *Record) ownAct(g []seen, w *seen) uint32 {
	o := &r.occs[w.occ]
	n := uint32(0)
	for i := range g {
		if p := &r.occs[g[i].occ]; p.source == o.source && p.filing < o.filing {
			n++
		}
	}
	return w.act ^ actHash(stocktake.ActID(r.sources[o.source].id)) + n
}

// worldMoved reports whether the newer edition tells of an act after the older one was public: then they are two acts.
func (r *Record) worldMoved(g []seen, older int64, newer uint32) bool {
	public := stocktake.Day(older / 86400e6)
	for i := range g {
		if g[i].occ == newer && g[i].phase() == stocktake.PhaseDone && g[i].lo > public {
			return true
		}
	}
	return false
}

// kinds returns the kind that the claims agree on, and another one where they do not. A consent whose form a source does not tell agrees
// with any form.
func kinds(g []seen) (k, alt stocktake.ActKind) {
	k = g[0].kind
	for _, w := range g[1:] {
		switch {
		case w.kind == k || w.kind == stocktake.Consent && w.kind.Class() == k.Class():
		case k == stocktake.Consent && w.kind.Class() == k.Class():
			k = w.kind
		default:
			alt = w.kind
		}
	}
	return k, alt
}

func (r *Record) decision(q *query, act uint32) *decisionAt {
	if !r.decided[act] {
		return nil
	}
	var best *decisionAt
	for _, list := range r.decisionsH[act] {
		d := list
		if d.filing <= q.head && d.filed <= q.known {
			best = d
		}
	}
	return best
}

// findClashes notes what the claims in g say differently.
func (r *Record) findClashes(q *query, act uint32, g []seen, dec *decisionAt) {
	if _, alt := kinds(g); alt != stocktake.NoAct {
		q.clashes = append(q.clashes, clash{act: act, about: "kind", rows: slices.Clone(g), dec: dec})
	}
	for ph := stocktake.PhaseAnnounced; ph <= stocktake.PhaseEffect; ph++ {
		var rows []seen
		lo, hi := stocktake.MinDay, stocktake.MaxDay
		for i := range g {
			if g[i].phase() == ph {
				rows = append(rows, g[i])
				lo, hi = max(lo, g[i].lo), min(hi, r.hi(&g[i].row))
			}
		}
		if len(rows) > 1 && lo > hi {
			q.clashes = append(q.clashes, clash{act: act, about: ph.String(), rows: rows, dec: dec})
		}
	}
}

// severalBallots marks votes of one party on one text in several roll-calls whose order the record does not know: which of them was on the
// text as a whole is not told, so that differing votes leave the standing unsure.
func severalBallots(events []stocktake.Event) {
	for i := range events {
		e := &events[i]
		if !e.Kind.Ballot() || e.Kind == stocktake.VoteAbsent {
			continue
		}
		for j := range events {
			f := &events[j]
			if i != j && f.Kind.Ballot() && f.Kind != e.Kind && f.Act != e.Act && f.Lo <= e.Hi && e.Lo <= f.Hi && f.Via == e.Via {
				e.Alt = f.Kind
			}
		}
	}
}
