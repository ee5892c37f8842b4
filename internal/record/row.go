// Package record is the ledger made quick to ask: an index in memory of every act, built by applying filings in the order of their
// numbers. It answers where parties stand, what changed, who voted how, and what the record learned, for any day, as known at any moment,
// at any head. The filings stay where they are; what is not needed for an answer is read from them again through a Loader.
package record

import (
	"cmp"
	"slices"

	"stocktake"
)

// A row is one dated phase of one act as one occasion tells it: 20 bytes, in two sort orders, and a number in a third.
type row struct {
	instr uint32
	lo    stocktake.Day // first day that it may have been
	occ   uint32        // occasion: filing, source, known
	act   uint32        // hash of the act's id; only ever compared within one instrument and party
	party uint16
	kind  stocktake.ActKind
	flags uint8 // phase (2 bits), precision (2 bits), part
}

const (
	precShift          = 2
	precExact    uint8 = 0
	precMonth    uint8 = 1
	precYear     uint8 = 2
	precSpan     uint8 = 3 // last day in the side table
	flagPart     uint8 = 1 << 4
	flagRollCall uint8 = 1 << 5
)

func (r row) phase() stocktake.Phase { return stocktake.Phase(r.flags & 3) }
func (r row) prec() uint8            { return r.flags >> precShift & 3 }

// spanKey finds the last possible day of a row whose precision is a span.
type spanKey struct {
	occ, act uint32
	phase    stocktake.Phase
}

func byInstr(a, b row) int {
	if c := cmp.Compare(a.instr, b.instr); c != 0 {
		return c
	}
	if c := cmp.Compare(a.party, b.party); c != 0 {
		return c
	}
	if c := cmp.Compare(a.lo, b.lo); c != 0 {
		return c
	}
	if c := cmp.Compare(a.act, b.act); c != 0 {
		return c
	}
	if c := cmp.Compare(a.flags, b.flags); c != 0 {
		return c
	}
	return cmp.Compare(a.occ, b.occ)
}

func byParty(a, b row) int {
	if c := cmp.Compare(a.party, b.party); c != 0 {
		return c
	}
	return byInstr(a, b)
}

// A level is rows in three orders.
type level struct {
	instr []row    // by instrument, party, day
	party []row    // by party, instrument, day
	day   []uint32 // positions in instr of rows exact to the day or month, by first possible day
	year  []uint32 // of rows exact to the year
	wide  []uint32 // of all others

	startI, startP []uint32 // where the rows of each instrument and party begin, and where the last end
}

// build sorts rows into a level; it keeps the slice.
func (l *level) build(rows []row) {
	l.instr = rows
	slices.SortFunc(l.instr, byInstr)
	l.party = slices.Clone(rows)
	slices.SortFunc(l.party, byParty)
	l.startI = starts(l.instr, func(r *row) int { return int(r.instr) })
	l.startP = starts(l.party, func(r *row) int { return int(r.party) })
	l.day, l.year, l.wide = make([]uint32, 0, len(rows)), nil, nil
	for i := range rows {
		switch rows[i].prec() {
		case precExact, precMonth:
			l.day = append(l.day, uint32(i))
		case precYear:
			l.year = append(l.year, uint32(i))
		default:
			l.wide = append(l.wide, uint32(i))
		}
	}
	order := func(a, b uint32) int {
		if c := cmp.Compare(l.instr[a].lo, l.instr[b].lo); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	}
	slices.SortFunc(l.day, order)
	slices.SortFunc(l.year, order)
}

// touching calls f with every row that may have been done after day from and on or before day to.
func (l *level) touching(from, to stocktake.Day, r *Record, f func(*row)) {
	look := func(list []uint32, back stocktake.Day) {
		i, _ := slices.BinarySearchFunc(list, from-back, func(n uint32, d stocktake.Day) int { return cmp.Compare(l.instr[n].lo, d) })
		for ; i < len(list); i++ {
			w := &l.instr[list[i]]
			if w.lo > to {
				return
			}
			if w.lo > from || r.hi(w) > from {
				f(w)
			}
		}
	}
	look(l.day, 31)
	look(l.year, 366)
	for _, n := range l.wide {
		if w := &l.instr[n]; w.lo <= to && r.hi(w) > from {
			f(w)
		}
	}
}

// starts returns where the rows of each number begin, up to the highest; rows are in the order of what num gives.
func starts(rows []row, num func(*row) int) []uint32 {
	if len(rows) == 0 {
		return nil
	}
	list := make([]uint32, num(&rows[len(rows)-1])+2)
	next := 0
	for i := range rows {
		for ; next <= num(&rows[i]); next++ {
			list[next] = uint32(i)
		}
	}
	list[next] = uint32(len(rows))
	return list
}

// ofInstr returns the rows of one instrument.
func (l *level) ofInstr(in uint32) []row {
	if int(in)+1 >= len(l.startI) {
		return nil
	}
	return l.instr[l.startI[in]:l.startI[in+1]]
}

// ofParty returns the rows of one party.
func (l *level) ofParty(p uint16) []row {
	if int(p)+1 >= len(l.startP) {
		return nil
	}
	return l.party[l.startP[p]:l.startP[p+1]]
}

// run returns the rows of one party within the rows of one instrument.
func run(rows []row, p uint16) []row {
	i, j := 0, len(rows)
	for i < j {
		if m := int(uint(i+j) >> 1); rows[m].party < p {
			i = m + 1
		} else {
			j = m
		}
	}
	j = i
	for j < len(rows) && rows[j].party == p {
		j++
	}
	return rows[i:j]
}

// hash of an act's id. FNV-1a: the same in every run, so that nothing depends on a process.
func actHash(id stocktake.ActID) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(id); i++ {
		h ^= uint32(id[i])
		h *= 16777619
	}
	return h
}
