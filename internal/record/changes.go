package record

import (
	"cmp"
	"slices"

	"stocktake"
)

// Change is one party's move towards one instrument between two days.
type Change struct {
	Party      stocktake.PartyID      `json:"party"`
	Instrument stocktake.InstrumentID `json:"instrument"`
	Before     string                 `json:"before"`
	After      string                 `json:"after"`
	BoundFrom  *bool                  `json:"bound_before"`
	BoundTo    *bool                  `json:"bound_after"`
	Unsure     bool                   `json:"unsure"`
}

// Changes returns who moved from what to what from the end of day `from` to the end of day `at.On`, by instrument and party. It looks only at the
// parties and instruments with an act whose possible days touch the span.
func (r *Record) Changes(at stocktake.At, from stocktake.Day, fl Filter) []Change {
	r.mu.RLock()
	defer r.mu.RUnlock()
	q := r.query(at)
	var work []pair
	r.base.touching(from, at.On, r, func(w *row) { work = r.touch(work, w, q) })
	r.delta.touching(from, at.On, r, func(w *row) { work = r.touch(work, w, q) })
	slices.SortFunc(work, func(a, b pair) int {
		if a.in != b.in {
			return cmp.Compare(a.in, b.in)
		}
		return cmp.Compare(a.p, b.p)
	})
	work = slices.Compact(work)
	var list []Change
	var s instrRows
	have, easy := false, false
	var kind stocktake.InstrumentKind
	for _, w := range work {
		if len(fl.Parties) > 0 && !slices.Contains(fl.Parties, r.parties[w.p].id) || len(fl.Instruments) > 0 && !slices.Contains(fl.Instruments, r.instrs[w.in].id) {
			continue
		}
		if !have || s.num != w.in {
			s, have = r.rowsOf(w.in, q), true
			kind = r.instrs[w.in].kind(q.head)
			easy = r.easy(&s, q)
		}
		var before, after position
		done := false
		if easy {
			x, y := run(s.base, w.p), run(s.new, w.p)
			q.on = from
			if before, done = r.quick(q, kind, &r.instrs[w.in], w.p, x, y); done {
				q.on = at.On
				after, done = r.quick(q, kind, &r.instrs[w.in], w.p, x, y)
			}
		}
		if !done {
			q.on = from
			before = r.position(q, &s, w.p)
			q.on = at.On
			after = r.position(q, &s, w.p)
		}
		if before.word == after.word && before.state.Bound == after.state.Bound {
			continue
		}
		list = append(list, Change{Party: r.parties[w.p].id, Instrument: r.instrs[w.in].id, Before: before.word, After: after.word,
			BoundFrom: tri(before.state.Bound), BoundTo: tri(after.state.Bound), Unsure: before.state.Unsure || after.state.Unsure})
	}
	slices.SortStableFunc(list, func(a, b Change) int {
		if c := cmp.Compare(a.Instrument, b.Instrument); c != 0 {
			return c
		}
		return cmp.Compare(a.Party, b.Party)
	})
	return list
}

type pair struct {
	in uint32
	p  uint16
}

// touch adds the parties and instruments whose standing a row may move.
func (r *Record) touch(work []pair, w *row, q *query) []pair {
	if !r.visible(w.occ, q) {
		return work
	}
	add := func(in uint32) {
		in = q.instr(in)
		if !r.parties[w.party].group {
			work = append(work, pair{in, q.party(w.party)})
			return
		}
		for p := range r.parties {
			if d, ok := r.parties[p].spans.at(q.head); ok && len(d.member) > 0 {
				work = append(work, pair{in, uint16(p)})
			}
		}
	}
	add(w.instr)
	for _, l := range r.instrs[w.instr].viaTo {
		if l.filing <= q.head && r.instrs[w.instr].endorses(r.instrs[l.instr].id, q.head) {
			add(l.instr)
		}
	}
	return work
}

// Everything calls f with where every party stands that has an act towards an instrument, on one day: the whole table.
func (r *Record) Everything(at stocktake.At, f func(PartyState)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	q := r.query(at)
	if q.any() {
		for n := range r.instrs {
			if q.instr(uint32(n)) == uint32(n) {
				s := r.rowsOf(uint32(n), q)
				r.actedOneByOne(q, &s, f)
			}
		}
		return
	}
	i, j := 0, 0
	b, d := r.base.instr, r.delta.instr
	for i < len(b) || j < len(d) {
		var in uint32
		switch {
		case j >= len(d) || i < len(b) && b[i].instr <= d[j].instr:
			in = b[i].instr
		default:
			in = d[j].instr
		}
		s := instrRows{num: in, base: span(b, &i, in), new: span(d, &j, in)}
		if len(r.instrs[in].via) > 0 || len(r.groups) > 0 && r.groupsActed(&s) {
			full := r.rowsOf(in, q)
			r.actedOneByOne(q, &full, f)
			continue
		}
		r.acted(q, &s, f)
	}
}

// Acted calls f with where every party stands that has an act towards an instrument, in no promised order.
func (r *Record) Acted(at stocktake.At, in stocktake.InstrumentID, f func(PartyState)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	num, ok := r.instrByID[in]
	if !ok || r.instrs[num].first > at.Head {
		return
	}
	q := r.query(at)
	s := r.rowsOf(q.instr(num), q)
	if len(s.via) == 0 && len(s.groups) == 0 && !q.any() {
		r.acted(q, &s, f)
		return
	}
	r.actedOneByOne(q, &s, f)
}

func (r *Record) actedOneByOne(q *query, s *instrRows, f func(PartyState)) {
	for _, p := range r.partiesOf(q, s) {
		r.gather(q, s, p)
		if len(q.seen) > 0 {
			f(r.stateOfGathered(q, s, p))
		}
	}
}

// acted walks the rows of one instrument party by party.
func (r *Record) acted(q *query, s *instrRows, f func(PartyState)) {
	e := &r.instrs[s.num]
	kind := e.kind(q.head)
	easy := r.easy(s, q)
	x, y := 0, 0
	for x < len(s.base) || y < len(s.new) {
		p := uint16(0)
		switch {
		case y >= len(s.new) || x < len(s.base) && s.base[x].party <= s.new[y].party:
			p = s.base[x].party
		default:
			p = s.new[y].party
		}
		from := x
		for x < len(s.base) && s.base[x].party == p {
			x++
		}
		a := s.base[from:x]
		from = y
		for y < len(s.new) && s.new[y].party == p {
			y++
		}
		b := s.new[from:y]
		if easy {
			if pos, ok := r.quick(q, kind, e, p, a, b); ok {
				if len(q.events) > 0 {
					f(PartyState{Party: r.parties[p].id, Instrument: e.id, Word: pos.word, Bound: pos.state.Bound, InForce: pos.state.InForce, Unsure: pos.state.Unsure})
				}
				continue
			}
		}
		q.seen = q.seen[:0]
		r.collect(q, a, false, s.num)
		r.collect(q, b, false, s.num)
		if len(q.seen) == 0 {
			continue
		}
		f(r.stateOfGathered(q, s, p))
	}
}

// easy reports whether standings towards the instrument follow from its own rows alone: nothing endorses it, no group acted, no register
// or clause has a say.
func (r *Record) easy(s *instrRows, q *query) bool {
	e := &r.instrs[s.num]
	if len(s.via) > 0 || len(s.groups) > 0 || len(e.reg) > 0 || len(e.via) > 0 || q.any() {
		return false
	}
	d, ok := e.at(q.head)
	return !ok || d.Clause == nil
}

// quick is positionOf for the usual case: few acts, each told once. ok is false where the long way is needed.
func (r *Record) quick(q *query, kind stocktake.InstrumentKind, e *instrEntry, p uint16, a, b []row) (pos position, ok bool) {
	if len(a)+len(b) > 12 || len(e.rolls) > 1 {
		return pos, false
	}
	q.events = q.events[:0]
	ballots := 0
	for _, part := range [2][]row{a, b} {
		for i := range part {
			w := &part[i]
			if !r.visible(w.occ, q) {
				continue
			}
			if w.flags&flagPart != 0 || w.flags&flagRollCall != 0 && !cast(w.kind) && r.onPart(w, q) || len(r.retractH) > 0 && r.retractH[w.act] != nil {
				return pos, false
			}
			if w.kind.Ballot() {
				ballots++
			}
			for j := range q.events {
				if q.events[j].Act == w.act && q.events[j].Phase == w.phase() {
					return pos, false
				}
			}
			hi := w.lo
			if w.prec() != precExact {
				hi = r.hi(w)
			}
			q.events = append(q.events, stocktake.Event{Lo: w.lo, Hi: hi, Kind: w.kind, Phase: w.phase(), Act: w.act, Ref: int32(w.occ)})
		}
	}
	if ballots > 1 || ballots == 0 && len(e.rolls) > 0 {
		return pos, false
	}
	for i := range q.events { // several sources of one act, in different phases
		for j := range i {
			if q.events[i].Act == q.events[j].Act && q.events[i].Ref != q.events[j].Ref {
				return pos, false
			}
		}
	}
	st := q.judge(kind)
	if !kind.Binding() {
		st.Bound, st.InForce = -1, -1
	}
	if st.Word == 0 {
		if kind == stocktake.Resolution || kind.Binding() && st.Unsure {
			return pos, false
		}
		st.Bound, st.InForce = -1, -1
	} else if st.Unsure && kind.Binding() {
		return pos, false
	}
	return r.outside(q, e, p, position{state: st, word: q.law.Name(st)}), true
}

func span(rows []row, at *int, in uint32) []row {
	from := *at
	for *at < len(rows) && rows[*at].instr == in {
		*at++
	}
	return rows[from:*at]
}

func (r *Record) groupsActed(s *instrRows) bool {
	for _, g := range r.groups {
		if len(run(s.base, g)) > 0 || len(run(s.new, g)) > 0 {
			return true
		}
	}
	return false
}

// OfParty returns where one party stands towards every instrument that it has an act towards, by instrument number: quick.
func (r *Record) OfParty(at stocktake.At, id stocktake.PartyID) []PartyState {
	var list []PartyState
	r.EachOfParty(at, id, func(s PartyState) { list = append(list, s) })
	return list
}

// EachOfParty is OfParty without the list. f must not ask the record anything.
func (r *Record) EachOfParty(at stocktake.At, id stocktake.PartyID, f func(PartyState)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	p, ok := r.partyByID[id]
	if !ok {
		return
	}
	q := r.query(at)
	p = q.party(p)
	if q.any() {
		for n := range r.instrs {
			if q.instr(uint32(n)) != uint32(n) {
				continue
			}
			s := r.rowsOf(uint32(n), q)
			if r.gather(q, &s, p); len(q.seen) > 0 {
				f(r.stateOfGathered(q, &s, p))
			}
		}
		return
	}
	b, d := r.base.ofParty(p), r.delta.ofParty(p)
	emit := func(in uint32, x, y []row) {
		e := &r.instrs[in]
		s := instrRows{num: in, base: x, new: y}
		if t, ok := e.at(q.head); len(e.via) > 0 || r.actedOn[in] || ok && t.Clause != nil && t.InForce.IsZero() {
			s = r.rowsOf(in, q) // what follows depends on others too
		}
		if r.easy(&s, q) {
			if pos, ok := r.quick(q, e.kind(q.head), e, p, x, y); ok {
				if len(q.events) > 0 {
					f(PartyState{Party: id, Instrument: e.id, Word: pos.word, Bound: pos.state.Bound, InForce: pos.state.InForce, Unsure: pos.state.Unsure})
				}
				return
			}
		}
		r.gather(q, &s, p)
		if len(q.seen) == 0 {
			return
		}
		f(r.stateOfGathered(q, &s, p))
	}
	i, j := 0, 0
	for i < len(b) || j < len(d) {
		var in uint32
		if j >= len(d) || i < len(b) && b[i].instr <= d[j].instr {
			in = b[i].instr
		} else {
			in = d[j].instr
		}
		emit(in, span(b, &i, in), span(d, &j, in))
	}
	// Instruments that p stands towards only through a resolution that endorses them, or as a member of a group.
	for _, in := range r.indirect {
		if len(run(r.base.ofInstr(in), p)) == 0 && len(run(r.delta.ofInstr(in), p)) == 0 {
			emit(in, nil, nil)
		}
	}
}

func (r *Record) stateOfGathered(q *query, s *instrRows, p uint16) PartyState {
	pos := r.positionOf(q, s, p)
	return PartyState{Party: r.parties[p].id, Instrument: r.instrs[s.num].id, Word: pos.word, Bound: pos.state.Bound, InForce: pos.state.InForce, Unsure: pos.state.Unsure, Derived: pos.derived}
}

// Learned is what the record learned by one filing.
type Learned struct {
	Filing  int64    `json:"filing"`
	Filed   string   `json:"filed"`
	Known   string   `json:"known"`
	Key     string   `json:"key"`
	Title   string   `json:"title"`
	SHA256  string   `json:"sha256"`
	Acts    int      `json:"acts"`
	Changes []Change `json:"changes,omitempty"`
}

// LearnedBetween returns the filings in (from, to], oldest first.
func (r *Record) LearnedBetween(from, to int64) []Learned {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []Learned
	for n := max(from, 0); n < to && n < int64(len(r.filings)); n++ {
		f := &r.filings[n]
		l := Learned{Filing: f.Number, Filed: f.Filed.UTC().Format("2006-01-02T15:04:05.000000Z"), Key: f.Key, Title: f.Title, SHA256: f.SHA256, Acts: f.Acts}
		if !f.Known.IsZero() {
			l.Known = stocktake.At{Known: f.Known}.KnownString()
		}
		list = append(list, l)
	}
	return list
}

// Moved returns the standings that differ between two heads, on the same day and with the same known, by instrument and party. It looks
// at the instruments that the filings between them name, or at all of them where those change law, parties or links.
func (r *Record) Moved(at stocktake.At, fromHead int64) []Change {
	r.mu.RLock()
	touched := map[uint32]bool{}
	for i := range r.instrs {
		for _, l := range [][]row{r.base.ofInstr(uint32(i)), r.delta.ofInstr(uint32(i))} {
			for j := range l {
				for o := int32(l[j].occ); o >= 0; o = r.occs[o].also {
					if f := r.occs[o].filing; f > fromHead && f <= at.Head {
						touched[uint32(i)] = true
					}
				}
			}
		}
	}
	for _, m := range r.merges {
		if m.filing <= fromHead || m.filing > at.Head {
			continue
		}
		for i := range r.instrs {
			p, ok := r.partyByID[stocktake.PartyID(m.From)]
			id := string(r.instrs[i].id)
			if m.Of == "instrument" && (id == m.From || id == m.Into) || m.Of == "party" && ok && len(run(r.base.ofInstr(uint32(i)), p))+len(run(r.delta.ofInstr(uint32(i)), p)) > 0 {
				touched[uint32(i)] = true
			}
		}
	}
	ids := map[stocktake.InstrumentID]bool{}
	for n := range touched {
		ids[r.instrs[n].id] = true
		for _, l := range r.instrs[n].viaTo {
			ids[r.instrs[l.instr].id] = true
		}
	}
	for act, list := range r.decisions {
		for _, d := range list {
			if d.filing > fromHead && d.filing <= at.Head {
				if in, ok := r.instrumentOfAct(act); ok {
					ids[in] = true
				}
			}
		}
	}
	r.mu.RUnlock()
	var list []Change
	old := at
	old.Head = fromHead
	order := make([]stocktake.InstrumentID, 0, len(ids))
	for id := range ids {
		order = append(order, id)
	}
	slices.Sort(order)
	for _, id := range order {
		before := map[stocktake.PartyID]PartyState{}
		for _, s := range r.States(old, id) {
			before[s.Party] = s
		}
		for _, s := range r.States(at, id) {
			b, ok := before[s.Party]
			if !ok {
				b = PartyState{Word: stocktake.NoActKnown, Bound: -1}
			}
			if b.Word != s.Word || b.Bound != s.Bound || b.Unsure != s.Unsure {
				list = append(list, Change{Party: s.Party, Instrument: id, Before: b.Word, After: s.Word, BoundFrom: tri(b.Bound), BoundTo: tri(s.Bound), Unsure: s.Unsure})
			}
		}
	}
	return list
}

// instrumentOfAct guesses the instrument of an act from the rows that carry its hash.
func (r *Record) instrumentOfAct(id stocktake.ActID) (stocktake.InstrumentID, bool) {
	h := actHash(id)
	for _, l := range []*level{&r.base, &r.delta} {
		for i := range l.instr {
			if l.instr[i].act == h {
				return r.instrs[l.instr[i].instr].id, true
			}
		}
	}
	return "", false
}
