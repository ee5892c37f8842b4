package record

import (
	"slices"

	"stocktake"
)

// byClause works out from the instrument's own clause whether it is in force for a party whose consent is event st.Consent: 1, 0 or -1.
func (r *Record) byClause(q *query, e *instrEntry, s *instrRows, st *stocktake.State) int8 {
	d, ok := e.at(q.head)
	if !ok || d.Clause == nil || st.Consent < 0 {
		return -1
	}
	c := &q.events[st.Consent]
	if c.Phase != stocktake.PhaseDone {
		return -1
	}
	lo, hi := due(d.Clause, c.Lo), due(d.Clause, c.Hi)
	startLo, startHi, ok := r.entryIntoForce(q, d, s)
	if !ok {
		return -1
	}
	lo, hi = max(lo, startLo), max(hi, startHi)
	switch {
	case hi <= q.on:
		return 1
	case lo > q.on:
		return 0
	}
	return -1
}

// due returns the day on which a consent given on d takes effect by a clause.
func due(c *stocktake.EntryClause, d stocktake.Day) stocktake.Day {
	if d == stocktake.MinDay || d == stocktake.MaxDay {
		return d
	}
	y, m, dd := civil(d)
	return stocktake.DayOf(y, m+c.DelayMonths, dd) + stocktake.Day(c.DelayDays)
}

// entryIntoForce returns when the instrument itself entered into force: the day that a source gives, else the day that its clause gives
// for the consents that the record holds.
func (r *Record) entryIntoForce(q *query, d *stocktake.Instrument, s *instrRows) (lo, hi stocktake.Day, ok bool) {
	if !d.InForce.IsZero() {
		lo, hi = d.InForce.Reach()
		return lo, hi, true
	}
	if d.Clause.Threshold <= 0 {
		return stocktake.MinDay, stocktake.MinDay, true
	}
	if had, ok := q.starts[s.num]; ok {
		return had[0], had[1], true
	}
	first := map[uint16]*row{} // of each party, its first consent
	count := func(s *instrRows) {
		for _, part := range [2][]row{s.base, s.new} {
			for i := range part {
				w := &part[i]
				if w.kind.Class() != "consent" || w.phase() != stocktake.PhaseDone || w.lo == stocktake.MinDay || !r.visible(w.occ, q) || len(r.retractH) > 0 && r.gone(w, q) {
					continue
				}
				p := q.party(w.party)
				if had := first[p]; had == nil || w.lo < had.lo || w.lo == had.lo && r.hi(w) < r.hi(had) {
					first[p] = w
				}
			}
		}
	}
	count(s)
	for i := range s.also {
		count(&s.also[i])
	}
	var los, his []stocktake.Day
	for _, w := range first {
		los, his = append(los, w.lo), append(his, r.hi(w))
	}
	lo, hi = stocktake.MaxDay, stocktake.MaxDay
	if len(los) >= d.Clause.Threshold {
		slices.Sort(los)
		slices.Sort(his)
		lo, hi = due(d.Clause, los[d.Clause.Threshold-1]), due(d.Clause, his[d.Clause.Threshold-1])
	}
	if q.starts == nil {
		q.starts = map[uint32][2]stocktake.Day{}
	}
	q.starts[s.num] = [2]stocktake.Day{lo, hi}
	return lo, hi, true
}
