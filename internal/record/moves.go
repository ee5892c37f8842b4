package record

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"stocktake"
)

// A Move is where one party's standing towards one instrument differs between two records, stretch by stretch of days.
type Move struct {
	Party      stocktake.PartyID
	Instrument stocktake.InstrumentID
	Stretches  []Stretch // in order of time, at least one
}

// A Stretch is days on which a standing differs, both ends included.
type Stretch struct {
	From, To      stocktake.Day // stocktake.MinDay and stocktake.MaxDay where it has no end
	Before, After PartyState
}

// A Dispute is a disagreement of sources about an act, as one party's standing shows it.
type Dispute struct {
	Party      stocktake.PartyID
	Instrument stocktake.InstrumentID
	stocktake.Clash
}

// Moves is what changes from one record to another.
type Moves struct {
	Looked int // instruments that were compared for every party
	List   []Move
	Opened []Dispute // that are open afterwards, and were not before
	Closed []Dispute // that were open before
}

// Moves compares r with what With made of it from some filings: every standing of every party towards every instrument that the filings can
// touch, on every day, by what can be known at known. An instrument that is one with another, before and afterwards, is named by that other
// alone. The order is that of instruments and parties.
func (r *Record) Moves(ctx context.Context, after *Record, known int64, filings ...stocktake.Filing) (m Moves, err error) {
	at := stocktake.At{On: stocktake.MaxDay, Known: microsTime(known), Head: r.Head()}
	then := at
	then.Head = after.Head()
	ids, parties, err := after.touched(ctx, filings)
	if err != nil {
		return m, err
	}
	own := r.instrumentIDs(at.Head)
	maps.Copy(own, after.instrumentIDs(then.Head))
	ids = slices.DeleteFunc(ids, func(in stocktake.InstrumentID) bool { return !own[in] })
	m.Looked = len(ids)
	var doubtful []Dispute // where disagreements may differ
	for _, in := range ids {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		was, err := r.turns(ctx, at, in)
		if err != nil {
			return m, err
		}
		is, err := after.turns(ctx, then, in)
		if err != nil {
			return m, err
		}
		for _, p := range bothKeys(was, is) {
			doubtful = m.compare(doubtful, p, in, was[p], is[p])
		}
	}
	seen := map[stocktake.InstrumentID]bool{}
	for _, in := range ids {
		seen[in] = true
	}
	for _, p := range parties {
		for in := range own {
			if seen[in] {
				continue
			}
			if err := ctx.Err(); err != nil {
				return m, err
			}
			was, _, err := r.CourseOf(ctx, at, in, p)
			if err != nil {
				return m, err
			}
			is, _, err := after.CourseOf(ctx, then, in, p)
			if err != nil {
				return m, err
			}
			doubtful = m.compare(doubtful, p, in, was, is)
		}
	}
	slices.SortFunc(m.List, func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.Instrument, b.Instrument), cmp.Compare(a.Party, b.Party))
	})
	byPlace := func(a, b Dispute) int {
		return cmp.Or(cmp.Compare(a.Instrument, b.Instrument), cmp.Compare(a.Party, b.Party), cmp.Compare(a.Act, b.Act), cmp.Compare(a.About, b.About))
	}
	slices.SortFunc(doubtful, byPlace)
	for _, d := range slices.CompactFunc(doubtful, func(a, b Dispute) bool { return a.Party == b.Party && a.Instrument == b.Instrument }) {
		was, err := r.open(ctx, at, d.Party, d.Instrument)
		if err != nil {
			return m, err
		}
		is, err := after.open(ctx, then, d.Party, d.Instrument)
		if err != nil {
			return m, err
		}
		m.Opened = append(m.Opened, without(is, was)...)
		m.Closed = append(m.Closed, without(was, is)...)
	}
	return m, nil
}

// compare adds what differs between two courses.
func (m *Moves) compare(doubtful []Dispute, p stocktake.PartyID, in stocktake.InstrumentID, before, after Course) []Dispute {
	was, is := before.Turns, after.Turns
	none := []Turn{{From: stocktake.MinDay, Word: stocktake.NoActKnown, Bound: -1, InForce: -1}}
	if len(was) == 0 {
		was = none
	}
	if len(is) == 0 {
		is = none
	}
	x := Move{Party: p, Instrument: in}
	i, j := 0, 0
	for from := stocktake.MinDay; ; {
		a, b := &was[i], &is[j]
		to := stocktake.MaxDay
		if i+1 < len(was) {
			to = min(to, was[i+1].From-1)
		}
		if j+1 < len(is) {
			to = min(to, is[j+1].From-1)
		}
		s := Stretch{from, to, a.state(p, in), b.state(p, in)}
		if s.Before != s.After {
			if n := len(x.Stretches) - 1; n >= 0 && x.Stretches[n].Before == s.Before && x.Stretches[n].After == s.After && x.Stretches[n].To+1 == from {
				x.Stretches[n].To = to
			} else {
				x.Stretches = append(x.Stretches, s)
			}
		}
		if to == stocktake.MaxDay {
			break
		}
		from = to + 1
		if i+1 < len(was) && was[i+1].From == from {
			i++
		}
		if j+1 < len(is) && is[j+1].From == from {
			j++
		}
	}
	if len(x.Stretches) > 0 {
		m.List = append(m.List, x)
	}
	if before.Disputed || after.Disputed {
		doubtful = append(doubtful, Dispute{Party: p, Instrument: in})
	}
	return doubtful
}

func (t *Turn) state(p stocktake.PartyID, in stocktake.InstrumentID) PartyState {
	return PartyState{Party: p, Instrument: in, Word: t.Word, Bound: t.Bound, InForce: t.InForce, Unsure: t.Unsure, Derived: t.Derived}
}

// turns are the courses of all parties towards an instrument; none where the record does not name it.
func (r *Record) turns(ctx context.Context, at stocktake.At, in stocktake.InstrumentID) (map[stocktake.PartyID]Course, error) {
	m := map[stocktake.PartyID]Course{}
	err := r.Courses(ctx, at, in, func(c *Course) error {
		m[c.Party] = Course{Party: c.Party, Turns: slices.Clone(c.Turns), Disputed: c.Disputed}
		return nil
	})
	if stocktake.KindOf(err) == stocktake.NotFound {
		err = nil
	}
	return m, err
}

func bothKeys[V any](a, b map[stocktake.PartyID]V) (list []stocktake.PartyID) {
	for p := range a {
		list = append(list, p)
	}
	for p := range b {
		if _, ok := a[p]; !ok {
			list = append(list, p)
		}
	}
	slices.Sort(list)
	return list
}

// open are the disagreements in a standing that nothing settles; none in one that is not listed, as that of a group.
func (r *Record) open(ctx context.Context, at stocktake.At, p stocktake.PartyID, in stocktake.InstrumentID) (list []Dispute, err error) {
	if _, listed, err := r.CourseOf(ctx, at, in, p); err != nil || !listed {
		return nil, err
	}
	at.On = stocktake.DayOf(9999, 12, 31)
	st, err := r.Standing(ctx, at, p, in)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return nil, nil
	}
	for _, c := range st.Conflicts {
		if c.Follows == "" {
			list = append(list, Dispute{p, st.Instrument, c})
		}
	}
	return list, err
}

func without(list, those []Dispute) (out []Dispute) {
	for _, d := range list {
		if !slices.ContainsFunc(those, func(x Dispute) bool { return x.Act == d.Act && x.About == d.About }) {
			out = append(out, d)
		}
	}
	return out
}

// instrumentIDs are the instruments of the record, but for names that lead to another.
func (r *Record) instrumentIDs(head int64) map[stocktake.InstrumentID]bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	m := r.mergedAt(head)
	list := map[stocktake.InstrumentID]bool{}
	for i := range r.instrs {
		if r.instrs[i].first <= head && m.instr(uint32(i)) == uint32(i) {
			list[r.instrs[i].id] = true
		}
	}
	return list
}

// touched returns the instruments towards which filings that r holds can move any party, and the parties that they can move towards any
// instrument.
func (r *Record) touched(ctx context.Context, filings []stocktake.Filing) (ids []stocktake.InstrumentID, parties []stocktake.PartyID, err error) {
	t := toucher{r: r, in: map[uint32]bool{}, p: map[stocktake.PartyID]bool{}}
	for i := range filings {
		f := &filings[i]
		if f.Mends != nil {
			if err := t.retracted(ctx, f); err != nil {
				return nil, nil, err
			}
		} else if err := t.replaced(ctx, f); err != nil {
			return nil, nil, err
		}
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for i := range filings {
		t.filing(&filings[i])
	}
	for n := range t.in {
		ids = append(ids, r.instrs[n].id)
	}
	for p := range t.p {
		parties = append(parties, p)
	}
	slices.Sort(ids)
	slices.Sort(parties)
	return ids, parties, nil
}

type toucher struct {
	r  *Record
	in map[uint32]bool
	p  map[stocktake.PartyID]bool
}

// add notes an instrument, with what a vote on it is an act on, and with what is one with any of these.
func (t *toucher) add(n uint32) {
	if t.in[n] {
		return
	}
	t.in[n] = true
	e := &t.r.instrs[n]
	for _, l := range e.viaTo {
		t.add(l.instr)
	}
	for i := range t.r.merges {
		if m := &t.r.merges[i]; m.Of == "instrument" && (m.From == string(e.id) || m.Into == string(e.id)) {
			t.id(stocktake.InstrumentID(m.From))
			t.id(stocktake.InstrumentID(m.Into))
		}
	}
}

func (t *toucher) id(in stocktake.InstrumentID) {
	if n, ok := t.r.instrByID[in]; ok {
		t.add(n)
	}
}

// party notes a party, and what it is one with.
func (t *toucher) party(p stocktake.PartyID) {
	if t.p[p] {
		return
	}
	t.p[p] = true
	for i := range t.r.merges {
		if m := &t.r.merges[i]; m.Of == "party" && (m.From == string(p) || m.Into == string(p)) {
			t.party(stocktake.PartyID(m.From))
			t.party(stocktake.PartyID(m.Into))
		}
	}
}

// every notes every instrument that a test takes.
func (t *toucher) every(is func(e *instrEntry) bool) {
	for n := range t.r.instrs {
		if is(&t.r.instrs[n]) {
			t.add(uint32(n))
		}
	}
}

// rows notes the instruments with rows that a test takes.
func (t *toucher) rows(is func(w *row) bool) {
	for _, l := range []*level{&t.r.base, &t.r.delta} {
		for i := range l.instr {
			if w := &l.instr[i]; !t.in[w.instr] && is(w) {
				t.add(w.instr)
			}
		}
	}
}

// retracted notes what an erratum takes out of the filing that it mends.
func (t *toucher) retracted(ctx context.Context, f *stocktake.Filing) error {
	if len(f.Mends.Retracts) == 0 && len(f.RollCalls) == 0 {
		return nil
	}
	n := t.r.ByHash(f.Mends.Filing)
	if n == 0 {
		return nil
	}
	old, err := t.r.loader.Load(ctx, n)
	if err != nil {
		return err
	}
	t.r.mu.RLock()
	defer t.r.mu.RUnlock()
	for i := range old.Acts {
		if slices.Contains(f.Mends.Retracts, old.Acts[i].ID) {
			t.id(old.Acts[i].Instrument)
		}
	}
	for i := range old.RollCalls {
		c := &old.RollCalls[i]
		if slices.ContainsFunc(f.RollCalls, func(x stocktake.RollCall) bool { return x.ID == c.ID }) ||
			slices.ContainsFunc(f.Mends.Retracts, func(id stocktake.ActID) bool { return strings.HasPrefix(string(id), "rc-"+c.ID+"/") }) {
			t.id(c.Instrument)
		}
	}
	return nil
}

// replaced notes what an earlier filing of the same key told.
func (t *toucher) replaced(ctx context.Context, f *stocktake.Filing) error {
	numbers := t.r.ByKey(f.Key)
	if len(numbers) < 2 { // the last is f itself
		return nil
	}
	old, err := t.r.loader.Load(ctx, numbers[len(numbers)-2])
	if err != nil {
		return err
	}
	t.r.mu.RLock()
	defer t.r.mu.RUnlock()
	for i := range old.Acts {
		t.id(old.Acts[i].Instrument)
	}
	for i := range old.RollCalls {
		t.id(old.RollCalls[i].Instrument)
	}
	return nil
}

// filing notes what one filing can move by itself.
func (t *toucher) filing(f *stocktake.Filing) {
	r := t.r
	for i := range f.Acts {
		t.id(f.Acts[i].Instrument)
	}
	for i := range f.RollCalls {
		c := &f.RollCalls[i]
		t.id(c.Instrument)
		if n, ok := r.rollByID[c.ID]; ok {
			for j := range r.rolls[n].claims {
				t.add(r.rolls[n].claims[j].instr)
			}
		}
	}
	for i := range f.Instruments {
		t.id(f.Instruments[i].ID)
		for _, l := range f.Instruments[i].Links {
			t.id(l.To)
		}
	}
	groups := map[uint16]bool{}
	for i := range f.Parties {
		t.party(f.Parties[i].ID)
		if n := r.partyByID[f.Parties[i].ID]; r.parties[n].group {
			groups[n] = true
		}
	}
	if len(groups) > 0 {
		t.rows(func(w *row) bool { return groups[w.party] })
	}
	for _, m := range f.Merges {
		if m.Of == "party" {
			t.party(stocktake.PartyID(m.From))
			t.party(stocktake.PartyID(m.Into))
		} else {
			t.id(stocktake.InstrumentID(m.From))
			t.id(stocktake.InstrumentID(m.Into))
		}
	}
	if len(f.Decisions) > 0 {
		acts := map[uint32]bool{}
		for _, d := range f.Decisions {
			acts[actHash(d.Act)] = true
		}
		t.rows(func(w *row) bool { return acts[w.act] })
	}
	series := map[uint32]bool{} // sources whose edition or series may be another now
	for i := range f.Sources {
		n := r.sourceByID[f.Sources[i].ID]
		d := r.sources[n].descs
		if len(d) > 1 && slices.ContainsFunc(d, func(x version[*stocktake.Source]) bool { return x.value.Series != f.Sources[i].Series }) {
			series[n] = true
		}
	}
	if len(series) > 0 {
		for i := range r.coverage {
			if c := &r.coverage[i]; series[c.source] {
				t.covered(&c.Coverage)
			}
		}
		t.rows(func(w *row) bool {
			for o := int32(w.occ); o >= 0; o = r.occs[o].also {
				if series[r.occs[o].source] {
					return true
				}
			}
			return false
		})
	}
	for i := range f.Coverage {
		t.covered(&f.Coverage[i])
	}
	if len(f.Law)+len(f.Words) > 0 {
		t.every(func(e *instrEntry) bool {
			k := e.kind(int64(len(r.filings)))
			return slices.ContainsFunc(f.Law, func(x stocktake.LawRow) bool { return len(x.For) == 0 || slices.Contains(x.For, k) }) ||
				slices.ContainsFunc(f.Words, func(x stocktake.StandingWord) bool { return len(x.For) == 0 || slices.Contains(x.For, k) })
		})
	}
}

// covered notes what a coverage entry speaks of.
func (t *toucher) covered(c *stocktake.Coverage) {
	x := coverageAt{Coverage: *c}
	t.every(func(e *instrEntry) bool {
		return x.speaksOf(e, int64(len(t.r.filings))) && (len(c.Kinds) > 0 || slices.ContainsFunc(c.Instruments, func(p string) bool {
			head, star := strings.CutSuffix(p, "*")
			return p == string(e.id) || star && strings.HasPrefix(string(e.id), head)
		}))
	})
}
