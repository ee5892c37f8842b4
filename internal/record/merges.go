package record

import (
	"slices"

	"stocktake"
)

// merged says which ids mean one thing at a head: what was filed under any of them counts for the one that they lead to.
type merged struct {
	partyTo  map[uint16]uint16
	oneParty map[uint16][]uint16 // the others that lead to it
	instrTo  map[uint32]uint32
	oneInstr map[uint32][]uint32
}

// mergedAt follows the merges up to head. Most records have none, and it costs nothing.
func (r *Record) mergedAt(head int64) (m merged) {
	for i := range r.merges {
		x := &r.merges[i]
		if x.filing > head {
			continue
		}
		switch x.Of {
		case "party":
			from, ok := r.partyByID[stocktake.PartyID(x.From)]
			to, ok2 := r.partyByID[stocktake.PartyID(r.redirect(x.Of, x.From, head))]
			if ok && ok2 && from != to && !slices.Contains(m.oneParty[to], from) {
				if m.partyTo == nil {
					m.partyTo, m.oneParty = map[uint16]uint16{}, map[uint16][]uint16{}
				}
				m.partyTo[from] = to
				m.oneParty[to] = append(m.oneParty[to], from)
			}
		case "instrument":
			from, ok := r.instrByID[stocktake.InstrumentID(x.From)]
			to, ok2 := r.instrByID[stocktake.InstrumentID(r.redirect(x.Of, x.From, head))]
			if ok && ok2 && from != to && !slices.Contains(m.oneInstr[to], from) {
				if m.instrTo == nil {
					m.instrTo, m.oneInstr = map[uint32]uint32{}, map[uint32][]uint32{}
				}
				m.instrTo[from] = to
				m.oneInstr[to] = append(m.oneInstr[to], from)
			}
		}
	}
	return m
}

// any reports whether anything is merged.
func (m *merged) any() bool { return len(m.partyTo)+len(m.instrTo) > 0 }

// party returns the party that p leads to, and p where it leads to no other.
func (m *merged) party(p uint16) uint16 {
	if to, ok := m.partyTo[p]; ok {
		return to
	}
	return p
}

// instr returns the instrument that in leads to, and in where it leads to no other.
func (m *merged) instr(in uint32) uint32 {
	if to, ok := m.instrTo[in]; ok {
		return to
	}
	return in
}

// Merged is a merge that holds, and the filing that says so.
type Merged struct {
	stocktake.Merge
	Filing int64
}

// MergesAt returns the merges that hold at a head, in the order of filing.
func (r *Record) MergesAt(head int64) (list []Merged) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for i := range r.merges {
		m := &r.merges[i]
		if m.filing > head {
			continue
		}
		list = slices.DeleteFunc(list, func(x Merged) bool { return x.Of == m.Of && x.From == m.From })
		if !m.Undo {
			list = append(list, Merged{m.Merge, m.filing})
		}
	}
	return list
}
