package record

import (
	"slices"

	"stocktake"
)

// presence marks consents that a register covering them does not show, and notes silences of other sources that cover them.
func (r *Record) presence(q *query, in uint32) {
	covers := r.instrs[in].reg
	if len(covers) == 0 {
		return
	}
	for i := range q.events {
		e := &q.events[i]
		if e.Phase != stocktake.PhaseDone || e.Kind.Class() != "consent" || e.Ref < 0 {
			continue
		}
		for _, ci := range covers {
			c := &r.coverage[ci]
			if c.filing > q.head || c.known > q.known || !slices.Contains(c.Acts, e.Kind.String()) || !c.speaksOf(&r.instrs[in], q.head) {
				continue
			}
			to, _ := c.To.Bounds()
			if c.To.IsZero() || e.Hi > to || !r.inScope(c, q.seen[e.Ref].party, e, q.head) {
				continue
			}
			told := false
			for j := range q.seen {
				if w := &q.seen[j]; w.kind.Class() == "consent" && (w.act == e.Act || w.lo <= e.Hi+366 && r.hi(&w.row)+366 >= e.Lo) && r.sameSeries(r.occs[w.occ].source, c.source, q.head) {
					told = true
				}
			}
			if told || leftBefore(q, e, to) {
				continue
			}
			if d, ok := r.sources[c.source].descs.at(q.head); ok && d.Kind == "register" {
				e.Maybe = true
			}
			if q.want {
				q.clashes = append(q.clashes, clash{act: e.Act, about: "presence", rows: []seen{q.seen[e.Ref]}, cover: ci})
			}
		}
	}
}

// leftBefore reports whether the party left between an act and a day: then a list of that day has no reason to show the act.
func leftBefore(q *query, e *stocktake.Event, day stocktake.Day) bool {
	for i := range q.events {
		if x := &q.events[i]; x.Kind.Class() == "exit" && x.Phase != stocktake.PhaseAnnounced && x.Lo >= e.Lo && x.Lo <= day {
			return true
		}
	}
	return false
}

func (r *Record) inScope(c *coverageAt, p uint16, e *stocktake.Event, head int64) bool {
	if len(c.Parties) == 0 {
		return true
	}
	for _, id := range c.Parties {
		if id == r.parties[p].id {
			return true
		}
		to, _ := c.To.Bounds()
		if r.memberOn(p, id, to, to, head) == stocktake.Yes {
			return true
		}
	}
	return false
}
