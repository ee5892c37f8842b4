package record

import (
	"slices"
	"strings"

	"stocktake"
)

// A glance is what the quick way to a standing needs to know of an instrument, made anew when something about it changes.
type glance struct {
	id    stocktake.InstrumentID
	from  int64         // first head at which kind holds
	voted stocktake.Day // first day on which there may have been a roll-call on it; MaxDay where there was none
	kind  uint8         // Number of its kind
	plain bool          // standings follow from its own rows alone: nothing endorses it, no group acted, no register or clause has a say
}

// look makes the glance of one instrument.
func (r *Record) look(in uint32) {
	e, g := &r.instrs[in], &r.glances[in]
	*g = glance{id: e.id, voted: stocktake.MaxDay, kind: uint8(stocktake.Resolution.Number()), plain: len(e.via) == 0 && len(e.reg) == 0 && !r.actedOn[in]}
	for i, d := range e.descs {
		k := uint8(d.value.Kind.Number())
		if i == 0 {
			g.kind, g.from = k, d.filing
		}
		if k != g.kind || d.value.Clause != nil {
			g.plain = false
		}
	}
	for _, n := range e.rolls {
		for i := range r.rolls[n].claims {
			lo, _ := r.rolls[n].claims[i].date.Reach()
			g.voted = min(g.voted, lo)
		}
	}
}

// glance brings glances up to date: all of them, or those of instruments that were named since.
func (r *Record) glance(all bool) {
	for n := len(r.glances); n < len(r.instrs); n++ {
		r.glances = append(r.glances, glance{})
		r.stale = append(r.stale, uint32(n))
	}
	if all {
		for n := range r.instrs {
			r.look(uint32(n))
		}
	} else {
		for _, n := range r.stale {
			r.look(n)
		}
	}
	r.stale = r.stale[:0]
}

// mark notes acts that a decision or a retraction speaks of, by some bits of their hash: the quick way leaves them to the long one.
func (r *Record) mark(id stocktake.ActID) {
	h := actHash(id)
	r.marks[h>>6%uint32(len(r.marks))] |= 1 << (h & 63)
}

func (r *Record) marked(act uint32) bool {
	return r.marks[act>>6%uint32(len(r.marks))]>>(act&63)&1 == 1
}

// consents tells kinds of the class consent.
var consents = func() (list [256]bool) {
	for _, k := range stocktake.ActKinds() {
		list[k] = k.Class() == "consent"
	}
	return list
}()

// brief is what the quick way finds.
type brief struct {
	word           uint8
	bound, inForce int8
	acted          bool // something visible was told
}

// unusual are the flags of a row that the quick way has to look at twice.
const unusual = certain | flagTwice | flagRollCall

// quick finds where a party stands by its sorted rows towards a plain instrument, in the usual case: days are certain, no two acts that
// count lie on one day, and who tells of an act twice revises or repeats it. ok is false where the long way is needed.
func (r *Record) quick(q *query, g *glance, t *stocktake.Table, p uint16, rows []row) (b brief, ok bool) {
	for _, c := range q.open {
		if !c.has(p) {
			return b, false // it may not have voted
		}
	}
	on := q.on
	last, consent, later := stocktake.MinDay, -1, false
	b.inForce = -1
	for i := range rows {
		w := &rows[i]
		if !r.sure(w.occ, q) && !r.visible(w.occ, q) {
			continue
		}
		if r.marked(w.act) {
			return b, false
		}
		if w.flags&unusual != 0 {
			if w.flags&certain != 0 || w.flags&flagRollCall != 0 && !cast(w.kind) && len(r.rolls[r.occs[w.occ].roll].claims) > 1 {
				return b, false
			}
			if w.flags&flagTwice != 0 {
				b.acted = true
				counts, ok := r.counts(q, rows, i)
				if !ok {
					return b, false
				}
				if !counts {
					continue
				}
			}
		}
		b.acted = true
		if w.lo > on {
			later = true
			continue
		}
		if w.lo == last {
			return b, false
		}
		last = w.lo
		x := t.Step(w.kind, w.phase(), b.word)
		b.word = x.To
		if x.Does > stocktake.StepMoves {
			if x.Does&stocktake.StepConsents != 0 {
				consent, b.inForce = i, -1
			}
			if x.Does&stocktake.StepBegins != 0 {
				b.inForce = 1
			} else if x.Does&stocktake.StepEnds != 0 {
				b.inForce = 0
			}
		}
	}
	if b.word == 0 && on >= g.voted {
		return b, false // it may not have been a member
	}
	b.bound = q.law.Bound(b.word)
	switch {
	case b.word == 0 || g.kind > lastBinding:
		b.bound, b.inForce = -1, -1
	case b.bound == 0:
		b.inForce = 0
	case b.bound != 1:
		b.inForce = -1
	case later && b.inForce < 0 && consent >= 0 && consents[rows[consent].kind]:
		for i := consent + 1; i < len(rows); i++ { // consent given, and a source says when it takes effect
			if w := &rows[i]; w.act == rows[consent].act && w.phase() == stocktake.PhaseEffect && w.lo > on && r.visible(w.occ, q) {
				if w.flags&flagTwice != 0 {
					return b, false
				}
				b.inForce = 0
			}
		}
	}
	return b, true
}

// An outcome is where a party stands that did one thing only.
type outcome struct {
	word           string
	bound, inForce int8
	moved          bool // it led somewhere
}

// outcomes is, for one kind of instrument, what each act leads to in each phase: at kind*4 + phase. The first is that of nothing done.
type outcomes []outcome

// allOutcomes is the outcomes for every kind of instrument, and for one that is none of them.
func allOutcomes(law *stocktake.Law) (list []outcomes) {
	for i := range len(stocktake.InstrumentKinds()) + 1 {
		list = append(list, outcomesOf(law, i))
	}
	return list
}

func outcomesOf(law *stocktake.Law, kind int) outcomes {
	t := law.Table(kind)
	list := make(outcomes, (len(stocktake.ActKinds())+1)*4)
	for i := range list {
		var x stocktake.Step
		if k := stocktake.ActKind(i / 4); k != stocktake.NoAct {
			x = t.Step(k, stocktake.Phase(i%4), 0)
		}
		o := outcome{word: law.WordAt(x.To), bound: -1, inForce: -1, moved: x.To != 0}
		if kind <= lastBinding && o.moved {
			switch o.bound = law.Bound(x.To); {
			case o.bound == 0:
				o.inForce = 0
			case o.bound != 1:
			case x.Does&stocktake.StepBegins != 0:
				o.inForce = 1
			case x.Does&stocktake.StepEnds != 0:
				o.inForce = 0
			}
		}
		list[i] = o
	}
	return list
}

// lastBinding is the Number of the last kind of instrument that binds.
const lastBinding = 1

// counts reports whether the i-th row, of an act that others tell of too, has a say: not where a newer edition or an erratum takes its place,
// and not where another row says the same. ok is false where sources disagree, or the world moved between two editions.
func (r *Record) counts(q *query, rows []row, i int) (counts, ok bool) {
	w := &rows[i]
	o := &r.occs[w.occ]
	counts = true
	revised, repeated := false, false
	for j := range rows {
		x := &rows[j]
		if x.act != w.act || x.occ == w.occ || !r.visible(x.occ, q) {
			continue
		}
		p := &r.occs[x.occ]
		if x.flags&certain != 0 || o.mends > 0 || p.mends > 0 || o.also >= 0 || p.also >= 0 {
			return false, false
		}
		if !r.sameSeries(o.source, p.source, q.head) { // another source: fine where it says the same
			repeated = true
			if x.kind != w.kind || x.phase() == w.phase() && x.lo != w.lo {
				return false, false
			}
			if x.phase() == w.phase() && j < i {
				counts = false
			}
			continue
		}
		revised = true
		older, newer := p, w.occ
		if r.newer(p, o) {
			older, newer, counts = o, x.occ, false
		}
		public := stocktake.Day(older.known / 86400e6)
		for k := range rows {
			if y := &rows[k]; y.act == w.act && y.occ == newer && y.phase() == stocktake.PhaseDone && y.lo > public {
				return false, false // the world moved
			}
		}
	}
	if revised && repeated {
		return false, false
	}
	return counts, true
}

// ask makes ready for parties' standings towards one plain instrument: it finds the roll-calls of which no source lists absences.
func (r *Record) ask(q *query, in uint32, g *glance) outcomes {
	q.open = q.open[:0]
	if q.on >= g.voted && g.kind > lastBinding {
		for _, n := range r.instrs[in].rolls {
			rc := &r.rolls[n]
			if c := r.current(rc, q.known, q.head); c != nil && c.instr == in && c.part == "" && c.occAbsent == c.occ && !r.absencesListed(rc, q, in) {
				q.open = append(q.open, c)
			}
		}
	}
	return q.first[g.kind]
}

// stateBy fills s with the state of a party by its rows towards the plain instrument that was asked for: the quick way, and the long one where
// that cannot tell. acted is false where nothing visible was told.
func (r *Record) stateBy(s *PartyState, q *query, g *glance, first outcomes, in uint32, p uint16, l *life, rows []row) (acted bool) {
	if w := &rows[0]; len(rows) == 1 && w.flags&unusual == 0 && len(q.open) == 0 && r.sure(w.occ, q) && !r.marked(w.act) {
		i := int(w.kind)*4 + int(w.phase())
		if w.lo > q.on {
			i = 0
		}
		if o := &first[i]; q.on < g.voted || o.moved {
			s.Party, s.Instrument, s.Unsure, s.Derived = l.id, g.id, false, false
			s.Word, s.Bound, s.InForce = o.word, o.bound, o.inForce
			if q.on < l.from || q.on > l.to {
				s.Word, s.Bound, s.InForce = stocktake.NotStateThen, -1, -1
			}
			return true
		}
	}
	b, ok := r.quick(q, g, q.law.Table(int(g.kind)), p, rows)
	if !ok {
		of := instrRows{num: in, base: rows}
		q.seen = q.seen[:0]
		r.collect(q, rows, false, in)
		*s = r.stateOfGathered(q, &of, p)
		return len(q.seen) > 0
	}
	s.Party, s.Instrument = l.id, g.id
	if q.on < l.from || q.on > l.to {
		s.Word, s.Bound, s.InForce = stocktake.NotStateThen, -1, -1
	} else {
		s.Word, s.Bound, s.InForce = q.law.WordAt(b.word), b.bound, b.inForce
	}
	s.Unsure, s.Derived = false, false
	return b.acted
}

// isPlain reports whether the quick way may be tried.
func (g *glance) isPlain(q *query) bool { return g.plain && q.head >= g.from && !q.any() }

// acted calls f with the state of every party that something visible was told of.
func (r *Record) acted(q *query, in uint32, f func(*PartyState)) {
	e, g := &r.instrs[in], &r.glances[in]
	var state PartyState
	if len(e.via) > 0 || r.actedOn[in] || q.any() {
		s := r.rowsOf(in, q)
		for _, p := range r.partiesOf(q, &s) {
			r.gather(q, &s, p)
			if len(q.seen) > 0 {
				state = r.stateOfGathered(q, &s, p)
				f(&state)
			}
		}
		return
	}
	rows, more := r.base.ofInstr(in), r.delta.ofInstr(in)
	if len(more) > 0 {
		q.rows = merge(q.rows[:0], rows, more)
		rows = q.rows
	}
	plain := g.isPlain(q)
	s := instrRows{num: in, base: rows}
	var first outcomes
	if plain {
		first = r.ask(q, in, g)
	}
	for i := 0; i < len(rows); {
		p, j := rows[i].party, i+1
		for j < len(rows) && rows[j].party == p {
			j++
		}
		pair := rows[i:j]
		i = j
		l := &r.lives[p]
		if l.since > q.head {
			l = r.lifeThen(p, q.head)
		}
		if !l.listed {
			continue
		}
		if plain {
			if r.stateBy(&state, q, g, first, in, p, l, pair) {
				f(&state)
			}
			continue
		}
		q.seen = q.seen[:0]
		if r.collect(q, pair, false, in); len(q.seen) > 0 {
			state = r.stateOfGathered(q, &s, p)
			f(&state)
		}
	}
}

// merge puts the sorted rows of an instrument, or of a party, from two levels in one order.
func merge(to, a, b []row) []row {
	for len(a) > 0 && len(b) > 0 {
		if byInstr(a[0], b[0]) <= 0 {
			to, a = append(to, a[0]), a[1:]
		} else {
			to, b = append(to, b[0]), b[1:]
		}
	}
	to = append(append(to, a...), b...)
	markTwice(to)
	return to
}

// Acted calls f with where every party stands that has an act towards an instrument, in no promised order. f must not ask the record
// anything, nor keep what it points to.
func (r *Record) Acted(at stocktake.At, in stocktake.InstrumentID, f func(*PartyState)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	num, ok := r.instrByID[in]
	if !ok || r.instrs[num].first > at.Head {
		return
	}
	q := r.query(at)
	defer q.done()
	r.acted(q, q.instr(num), f)
}

// Everything calls f with where every party stands that has an act towards an instrument, on one day: the whole table, in no promised order.
// f must not ask the record anything, nor keep what it points to.
func (r *Record) Everything(at stocktake.At, f func(*PartyState)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	q := r.query(at)
	defer q.done()
	for n := range r.instrs {
		if in := uint32(n); r.instrs[n].first <= at.Head && q.instr(in) == in {
			r.acted(q, in, f)
		}
	}
}

// OfParty returns where one party stands towards every instrument that it has an act towards, in no promised order. The caller owns the list.
func (r *Record) OfParty(at stocktake.At, id stocktake.PartyID) []PartyState {
	r.mu.RLock()
	defer r.mu.RUnlock()
	q := r.query(at)
	defer q.done()
	list := q.states[:0]
	r.ofParty(q, id, func(s *PartyState) { list = append(list, *s) })
	q.states = list
	return slices.Clone(list)
}

// EachOfParty is OfParty without the list. f must not ask the record anything, nor keep what it points to.
func (r *Record) EachOfParty(at stocktake.At, id stocktake.PartyID, f func(*PartyState)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	q := r.query(at)
	defer q.done()
	r.ofParty(q, id, f)
}

func (r *Record) ofParty(q *query, id stocktake.PartyID, f func(*PartyState)) {
	p, ok := r.partyByID[id]
	if !ok {
		return
	}
	p = q.party(p)
	var state PartyState
	long := func(in uint32) {
		s := r.rowsOf(in, q)
		if r.gather(q, &s, p); len(q.seen) > 0 {
			state = r.stateOfGathered(q, &s, p)
			f(&state)
		}
	}
	if q.any() {
		for n := range r.instrs {
			if in := uint32(n); r.instrs[n].first <= q.head && q.instr(in) == in {
				long(in)
			}
		}
		return
	}
	rows, more := r.base.ofParty(p), r.delta.ofParty(p)
	if len(more) > 0 {
		q.rows = merge(q.rows[:0], rows, more)
		rows = q.rows
	}
	l := r.lifeOf(p, q.head)
	for i := 0; i < len(rows); {
		in, j := rows[i].instr, i+1
		for j < len(rows) && rows[j].instr == in {
			j++
		}
		pair := rows[i:j]
		i = j
		g := &r.glances[in]
		if !g.isPlain(q) {
			long(in)
		} else if r.stateBy(&state, q, g, r.ask(q, in, g), in, p, l, pair) {
			f(&state)
		}
	}
	// Instruments that it stands towards only through a resolution that endorses them, or as a member of a group.
	for _, in := range r.indirect {
		if len(run(r.base.ofInstr(in), p)) == 0 && len(run(r.delta.ofInstr(in), p)) == 0 && r.instrs[in].first <= q.head {
			long(in)
		}
	}
}

func (r *Record) stateOfGathered(q *query, s *instrRows, p uint16) PartyState {
	pos := r.positionOf(q, s, p)
	return PartyState{Party: r.parties[p].id, Instrument: r.instrs[s.num].id, Word: pos.word, Bound: pos.state.Bound, InForce: pos.state.InForce, Unsure: pos.state.Unsure, Derived: pos.derived}
}

// ranks puts the instruments in the order of their ids.
func (r *Record) ranks() {
	was := len(r.byID)
	if was == len(r.instrs) {
		return
	}
	compare := func(a, b uint32) int { return strings.Compare(string(r.instrs[a].id), string(r.instrs[b].id)) }
	for n := was; n < len(r.instrs); n++ {
		r.byID = append(r.byID, uint32(n))
	}
	if len(r.instrs)-was < 32 {
		for n := was; n < len(r.byID); n++ {
			in := r.byID[n]
			i, _ := slices.BinarySearchFunc(r.byID[:n], in, compare)
			copy(r.byID[i+1:n+1], r.byID[i:n])
			r.byID[i] = in
		}
	} else {
		slices.SortFunc(r.byID, compare)
	}
	r.rank = slices.Grow(r.rank[:0], len(r.byID))[:len(r.byID)]
	for i, n := range r.byID {
		r.rank[n] = uint32(i)
	}
}
