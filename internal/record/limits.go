package record

import (
	"slices"

	"stocktake"
)

// limits works out where the record ends for this standing, and what it cannot show.
func (r *Record) limits(out *stocktake.Standing, q *query, s *instrRows, sources []uint32, pos position) {
	e := &r.instrs[s.num]
	kind := e.kind(q.head)
	var ends stocktake.Date
	later := func(d stocktake.Date) {
		if _, ok := d.Last(); !ok {
			return
		}
		if ends.IsZero() || d.After(ends) == stocktake.Yes {
			ends = d
		}
	}
	caveat := func(text string) {
		if !slices.Contains(out.Caveats, text) {
			out.Caveats = append(out.Caveats, text)
		}
	}
	covering := map[uint32]bool{}
	var cover []int32
	add := func(e *instrEntry) {
		for _, i := range e.cover {
			if r.coverage[i].speaksOf(e, q.head) && !slices.Contains(cover, i) {
				cover = append(cover, i)
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
	for _, i := range cover {
		c := &r.coverage[i]
		if c.filing > q.head || c.known > q.known || len(c.Parties) > 0 && !slices.Contains(c.Parties, out.Party) && !r.inScope(c, r.partyByID[out.Party], nil, q.head) {
			continue
		}
		covering[c.source] = true
		later(c.To)
		if len(sources) > 0 && !slices.Contains(sources, c.source) {
			continue
		}
		about := "" // a set of data is named; pages that say the same of themselves are not repeated
		if d, ok := r.sources[c.source].descs.at(q.head); ok && (d.Kind == "dataset" || d.Kind == "register") {
			about = d.Title + ": "
		}
		for _, t := range c.CannotShow {
			caveat(about + t)
		}
	}
	for _, n := range sources {
		if covering[n] {
			continue
		}
		if d, ok := r.sources[n].descs.at(q.head); ok {
			later(d.Published) // the day that an undated page was read says nothing of how far it reaches
		}
	}
	if len(sources) > 0 {
		for i := range out.Acts {
			later(out.Acts[i].Date)
		}
	}
	if !ends.IsZero() {
		out.Ends = &ends
		if ends.Before(stocktake.DateOf(q.on)) == stocktake.Yes {
			caveat("The record ends on " + ends.String() + " here: what was done later would not show.")
		}
	}
	if pos.derived {
		caveat("Derived from membership: the source lists no absences, so that absent and present without voting cannot be told apart.")
	}
	if kind == stocktake.Compact {
		caveat("Derived: no official list of states in the Compact exists. This standing follows from the acts listed.")
	}
	for _, c := range out.Conflicts {
		if c.Follows == "" {
			caveat("Sources disagree about " + string(c.Act) + ", and nothing filed settles it.")
		}
	}
}
