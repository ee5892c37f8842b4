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
	flags uint8 // phase (2 bits), precision (2 bits), part, roll-call, told twice
}

const (
	precShift          = 2
	precExact    uint8 = 0
	precMonth    uint8 = 1
	precYear     uint8 = 2
	precSpan     uint8 = 3 // last day in the side table
	flagPart     uint8 = 1 << 4
	flagRollCall uint8 = 1 << 5
	flagTwice    uint8 = 1 << 7 // another occasion tells of the same act; set when rows are sorted, and no part of their order
)

// certain is the part of flags that is 0 for rows that quick can read: exact to the day, and on the text as a whole.
const certain = 3<<precShift | flagPart

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
	if c := cmp.Compare(a.flags&^flagTwice, b.flags&^flagTwice); c != 0 {
		return c
	}
	return cmp.Compare(a.occ, b.occ)
}

// A level is rows in three orders.
type level struct {
	instr []row    // by instrument, party, day
	party []row    // by party, instrument, day
	day   []uint32 // positions in instr of rows exact to the day or month, by first possible day
	year  []uint32 // of rows exact to the year
	wide  []uint32 // of all others

	instrAt, partyAt []uint32 // where the rows of each number begin; one more at the end
}

// build sorts rows into a level. It keeps the slice, and needs as much room again while it works. instrs and parties are how many there are.
func (l *level) build(rows []row, instrs, parties int) {
	l.party = make([]row, len(rows))
	l.instrAt = spread(rows, l.party, instrs, func(w *row) int { return int(w.instr) })
	l.instr, l.party = l.party, rows
	for i := range instrs {
		list := l.instr[l.instrAt[i]:l.instrAt[i+1]]
		if !slices.IsSortedFunc(list, byInstr) {
			slices.SortFunc(list, byInstr)
		}
		markTwice(list)
	}
	l.partyAt = spread(l.instr, l.party, parties, func(w *row) int { return int(w.party) })
	l.day, l.year, l.wide = make([]uint32, 0, len(rows)), nil, nil
	for i := range l.instr {
		switch l.instr[i].prec() {
		case precExact, precMonth:
			l.day = append(l.day, uint32(i))
		case precYear:
			l.year = append(l.year, uint32(i))
		default:
			l.wide = append(l.wide, uint32(i))
		}
	}
	l.byDay(l.day)
	l.byDay(l.year)
}

// spread puts rows in the order of a number below n, keeping the order of those with the same, and returns where each number begins.
func spread(from, to []row, n int, of func(*row) int) []uint32 {
	at := make([]uint32, n+1)
	for i := range from {
		at[of(&from[i])+1]++
	}
	for i := range n {
		at[i+1] += at[i]
	}
	next := slices.Clone(at[:n])
	for i := range from {
		k := of(&from[i])
		to[next[k]] = from[i]
		next[k]++
	}
	return at
}

// markTwice marks the rows of acts that several occasions tell of, in sorted rows.
func markTwice(rows []row) {
	for i := 0; i < len(rows); {
		j := i + 1
		for j < len(rows) && rows[j].party == rows[i].party && rows[j].instr == rows[i].instr {
			j++
		}
		pair := rows[i:j]
		i = j
		for k := range pair {
			pair[k].flags &^= flagTwice
		}
		for k := range pair {
			w := &pair[k]
			for m := k + 1; m < len(pair); m++ {
				if x := &pair[m]; x.act == w.act && x.occ != w.occ {
					w.flags |= flagTwice
					x.flags |= flagTwice
				}
			}
		}
	}
}

// byDay sorts positions by the first possible day of their rows; positions come in order.
func (l *level) byDay(list []uint32) {
	if len(list) < 2 {
		return
	}
	first, last := stocktake.MaxDay, stocktake.MinDay
	for _, n := range list {
		first, last = min(first, l.instr[n].lo), max(last, l.instr[n].lo)
	}
	if span := int64(last) - int64(first); span > int64(len(list))+1<<16 {
		slices.SortStableFunc(list, func(a, b uint32) int { return cmp.Compare(l.instr[a].lo, l.instr[b].lo) })
		return
	}
	at := make([]uint32, last-first+2)
	for _, n := range list {
		at[l.instr[n].lo-first+1]++
	}
	for i := range len(at) - 1 {
		at[i+1] += at[i]
	}
	sorted := make([]uint32, len(list))
	for _, n := range list {
		d := l.instr[n].lo - first
		sorted[at[d]] = n
		at[d]++
	}
	copy(list, sorted)
}

// touching calls f with the position in instr of every row that may have been done after day from and on or before day to.
func (l *level) touching(from, to stocktake.Day, r *Record, f func(uint32)) {
	look := func(list []uint32, back stocktake.Day) {
		i, _ := slices.BinarySearchFunc(list, from-back, func(n uint32, d stocktake.Day) int { return cmp.Compare(l.instr[n].lo, d) })
		for ; i < len(list); i++ {
			w := &l.instr[list[i]]
			if w.lo > to {
				return
			}
			if w.lo > from || w.prec() != precExact && r.hi(w) > from {
				f(list[i])
			}
		}
	}
	look(l.day, 31)
	look(l.year, 366)
	for _, n := range l.wide {
		if w := &l.instr[n]; w.lo <= to && r.hi(w) > from {
			f(n)
		}
	}
}

// ofInstr returns the rows of one instrument.
func (l *level) ofInstr(in uint32) []row {
	if int(in)+1 >= len(l.instrAt) {
		return nil // named since the level was made
	}
	return l.instr[l.instrAt[in]:l.instrAt[in+1]]
}

// ofParty returns the rows of one party.
func (l *level) ofParty(p uint16) []row {
	if int(p)+1 >= len(l.partyAt) {
		return nil
	}
	return l.party[l.partyAt[p]:l.partyAt[p+1]]
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
