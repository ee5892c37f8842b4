package record

import (
	"cmp"
	"slices"
	"strings"

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
	type pair struct {
		in uint32
		p  uint16
	}
	q := r.query(at)
	touched := map[pair]bool{}
	touch := func(l *level) {
		lowest := from - 366 // a month or a year that began before the span may reach into it
		i, _ := slices.BinarySearchFunc(l.day, lowest, func(n uint32, d stocktake.Day) int { return cmp.Compare(l.instr[n].lo, d) })
		for ; i < len(l.day); i++ {
			w := &l.instr[l.day[i]]
			if w.lo > at.On {
				break
			}
			if r.hi(w) <= from && w.lo <= from {
				continue
			}
			if !r.visible(w.occ, q) {
				continue
			}
			touched[pair{w.instr, w.party}] = true
		}
	}
	touch(&r.base)
	touch(&r.delta)
	for k := range r.spans { // spans wider than a year
		_ = k
	}
	var work []pair
	add := func(in uint32, p uint16) {
		if len(fl.Parties) > 0 && !slices.Contains(fl.Parties, r.parties[p].id) || len(fl.Instruments) > 0 && !slices.Contains(fl.Instruments, r.instrs[in].id) {
			return
		}
		work = append(work, pair{in, p})
	}
	for t := range touched {
		ins := []uint32{t.in}
		for _, l := range r.instrs[t.in].viaTo {
			if l.filing <= at.Head {
				ins = append(ins, l.instr)
			}
		}
		for _, in := range ins {
			if r.parties[t.p].group {
				for p := range r.parties {
					if d, ok := r.parties[p].descs.at(at.Head); ok && len(d.Memberships) > 0 {
						add(in, uint16(p))
					}
				}
				continue
			}
			add(in, t.p)
		}
	}
	slices.SortFunc(work, func(a, b pair) int {
		if a.in != b.in {
			return strings.Compare(string(r.instrs[a.in].id), string(r.instrs[b.in].id))
		}
		return strings.Compare(string(r.parties[a.p].id), string(r.parties[b.p].id))
	})
	work = slices.Compact(work)
	var list []Change
	var s instrRows
	have := false
	for _, w := range work {
		if !have || s.num != w.in {
			s, have = r.rowsOf(w.in, q), true
		}
		q.on = from
		before := r.position(q, &s, w.p)
		q.on = at.On
		after := r.position(q, &s, w.p)
		if before.word == after.word && before.state.Bound == after.state.Bound {
			continue
		}
		list = append(list, Change{Party: r.parties[w.p].id, Instrument: r.instrs[w.in].id, Before: before.word, After: after.word,
			BoundFrom: tri(before.state.Bound), BoundTo: tri(after.state.Bound), Unsure: before.state.Unsure || after.state.Unsure})
	}
	return list
}

// Everything calls f with where every party stands that has an act towards an instrument, on one day: the whole table.
func (r *Record) Everything(at stocktake.At, f func(PartyState)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	q := r.query(at)
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
			for _, p := range r.partiesOf(q, &full) {
				r.gather(q, &full, p)
				if len(q.seen) > 0 {
					f(r.stateOf(q, &full, p))
				}
			}
			continue
		}
		x, y := 0, 0
		for x < len(s.base) || y < len(s.new) {
			p := uint16(0)
			switch {
			case y >= len(s.new) || x < len(s.base) && s.base[x].party <= s.new[y].party:
				p = s.base[x].party
			default:
				p = s.new[y].party
			}
			q.seen = q.seen[:0]
			from := x
			for x < len(s.base) && s.base[x].party == p {
				x++
			}
			r.collect(q, s.base[from:x], false, in)
			from = y
			for y < len(s.new) && s.new[y].party == p {
				y++
			}
			r.collect(q, s.new[from:y], false, in)
			if len(q.seen) == 0 {
				continue
			}
			pos := r.positionOf(q, &s, p)
			f(PartyState{Party: r.parties[p].id, Instrument: r.instrs[in].id, Word: pos.word, Bound: pos.state.Bound, InForce: pos.state.InForce, Unsure: pos.state.Unsure, Derived: pos.derived})
		}
	}
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
	r.mu.RLock()
	defer r.mu.RUnlock()
	p, ok := r.partyByID[id]
	if !ok {
		return nil
	}
	q := r.query(at)
	b, d := r.base.ofParty(p), r.delta.ofParty(p)
	var list []PartyState
	done := map[uint32]bool{}
	emit := func(in uint32, x, y []row) {
		e := &r.instrs[in]
		s := instrRows{num: in, base: x, new: y}
		if len(e.via) > 0 || len(r.groups) > 0 {
			if f := r.rowsOf(in, q); len(f.via) > 0 || len(f.groups) > 0 {
				s = f
				done[in] = true
			}
		}
		r.gather(q, &s, p)
		if len(q.seen) == 0 {
			return
		}
		list = append(list, r.stateOfGathered(q, &s, p))
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
	// Instruments that p stands towards through a resolution that endorses them, or as a member of a group.
	extra := func(in uint32) {
		if !done[in] {
			done[in] = true
			emit(in, nil, nil)
		}
	}
	for n := range r.instrs {
		if len(r.instrs[n].via) > 0 {
			extra(uint32(n))
		}
	}
	for _, g := range r.groups {
		for _, w := range r.base.ofParty(g) {
			extra(w.instr)
		}
		for _, w := range r.delta.ofParty(g) {
			extra(w.instr)
		}
	}
	return list
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
