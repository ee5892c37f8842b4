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
	var los, his []stocktake.Day
	last := -1
	for _, part := range [][]row{s.base, s.new} {
		for i := range part {
			w := &part[i]
			if int(w.party) == last || w.kind.Class() != "consent" || w.phase() != stocktake.PhaseDone || w.lo == stocktake.MinDay || !r.visible(w.occ, q) {
				continue
			}
			last = int(w.party)
			los, his = append(los, w.lo), append(his, r.hi(w))
		}
	}
	if len(los) < d.Clause.Threshold {
		return stocktake.MaxDay, stocktake.MaxDay, true
	}
	slices.Sort(los)
	slices.Sort(his)
	return due(d.Clause, los[d.Clause.Threshold-1]), due(d.Clause, his[d.Clause.Threshold-1]), true
}
