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
	defer q.done()
	// Where rows alone decide, the place of one row of a party and instrument is enough to find all; the others are listed as pairs.
	places, pairs := q.places[:0], q.pairs[:0]
	r.base.touching(from, at.On, r, func(n uint32) {
		w := &r.base.instr[n]
		if !r.tells(w, q) {
			return
		}
		if g := &r.glances[w.instr]; g.isPlain(q) && len(r.delta.ofInstr(w.instr)) == 0 && len(r.instrs[w.instr].viaTo) == 0 && !r.parties[w.party].group {
			places = append(places, n)
		} else {
			pairs = r.touch(pairs, w, q)
		}
	})
	r.delta.touching(from, at.On, r, func(n uint32) {
		if w := &r.delta.instr[n]; r.tells(w, q) {
			pairs = r.touch(pairs, w, q)
		}
	})
	wanted := r.wanted(fl)
	list := q.moves[:0]
	var before, after PartyState
	note := func(p uint16, in uint32) {
		if before.Word != after.Word || before.Bound != after.Bound {
			list = append(list, move{uint64(r.rank[in])<<16 | uint64(r.place[p]), before, after})
		}
	}
	slices.Sort(places)
	for i := 0; i < len(places); {
		n := int(places[i])
		rows := r.base.instr
		in, p := rows[n].instr, rows[n].party
		j := n + 1
		for j < len(rows) && rows[j].party == p && rows[j].instr == in {
			j++
		}
		for n > 0 && rows[n-1].party == p && rows[n-1].instr == in {
			n--
		}
		for i < len(places) && int(places[i]) < j {
			i++
		}
		if !wanted(p, in) {
			continue
		}
		g, l := &r.glances[in], r.lifeOf(p, q.head)
		q.on = from
		r.stateBy(&before, q, g, r.ask(q, in, g), in, p, l, rows[n:j])
		q.on = at.On
		r.stateBy(&after, q, g, r.ask(q, in, g), in, p, l, rows[n:j])
		note(p, in)
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(a.in, b.in), cmp.Compare(a.p, b.p)) })
	pairs = slices.Compact(pairs)
	var s instrRows
	for i, w := range pairs {
		if i == 0 || s.num != w.in {
			s = r.rowsOf(w.in, q)
		}
		if wanted(w.p, w.in) {
			q.on = from
			before = r.stateOf(q, &s, w.p)
			q.on = at.On
			after = r.stateOf(q, &s, w.p)
			note(w.p, w.in)
		}
	}
	slices.SortFunc(list, func(a, b move) int { return cmp.Compare(a.order, b.order) })
	out := make([]Change, len(list))
	for i := range list {
		x, y := &list[i].before, &list[i].after
		out[i] = Change{Party: y.Party, Instrument: y.Instrument, Before: x.Word, After: y.Word, BoundFrom: tri(x.Bound), BoundTo: tri(y.Bound), Unsure: x.Unsure || y.Unsure}
	}
	q.places, q.pairs, q.moves = places, pairs, list
	return out
}

type pair struct {
	in uint32
	p  uint16
}

// move is a change while it is looked for. order is the place of its instrument and party in the answer.
type move struct {
	order         uint64
	before, after PartyState
}

// wanted returns what a filter lets through.
func (r *Record) wanted(fl Filter) func(p uint16, in uint32) bool {
	return func(p uint16, in uint32) bool {
		return (len(fl.Parties) == 0 || slices.Contains(fl.Parties, r.parties[p].id)) && (len(fl.Instruments) == 0 || slices.Contains(fl.Instruments, r.instrs[in].id))
	}
}

// tells reports whether a row can be known, was not taken back, and is no vote on a part of a text.
func (r *Record) tells(w *row, q *query) bool {
	return w.flags&flagPart == 0 && (r.sure(w.occ, q) || r.visible(w.occ, q)) && !(r.marked(w.act) && r.gone(w, q)) && !(w.flags&flagRollCall != 0 && !cast(w.kind) && r.onPart(w, q))
}

// touch adds the parties and instruments whose standing a row may move.
func (r *Record) touch(work []pair, w *row, q *query) []pair {
	if r.parties[w.party].group {
		hi := r.hi(w)
		for p := range r.parties {
			if r.memberOn(uint16(p), r.parties[w.party].id, w.lo, hi, q.head) != stocktake.No {
				work = append(work, pair{q.instr(w.instr), q.party(uint16(p))})
			}
		}
		return work
	}
	work = append(work, pair{q.instr(w.instr), q.party(w.party)})
	if w.kind.Ballot() && w.flags&flagPart == 0 {
		for _, l := range r.instrs[w.instr].viaTo {
			if l.filing <= q.head && r.instrs[w.instr].endorses(r.instrs[l.instr].id, q.head) {
				work = append(work, pair{q.instr(l.instr), q.party(w.party)})
			}
		}
	}
	return work
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
