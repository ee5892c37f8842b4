package main

import (
	"cmp"
	"slices"

	"stocktake"
)

// hand is the index that stands for 1: sixteen bytes a row, three orders, the two filters, and nothing else: no sources, no conflicts, no
// imprecise days, no law beyond "the last act counts", no names in its answers.
type handRow struct {
	key  uint32 // instrument<<8 | party, or party<<16 | instrument
	day  int32
	id   uint32 // act; editions of one act share it
	kind uint8
	ed   uint8
	_    uint16
}

type hand struct {
	byInstr, byParty, byDay []handRow
	first                   []uint32 // by instrument: where its rows begin
	firstP                  []uint32
}

func newHand(list []act) *hand {
	h := &hand{}
	ids := map[string]uint32{}
	for i := range list {
		a := &list[i]
		id, ok := ids[a.ID]
		if !ok {
			id = uint32(len(ids))
			ids[a.ID] = id
		}
		h.byInstr = append(h.byInstr, handRow{key: uint32(a.Instrument)<<8 | uint32(a.Party), day: a.Day, id: id, kind: uint8(a.Kind), ed: uint8(a.Edition)})
	}
	order := func(a, b handRow) int {
		if c := cmp.Compare(a.key, b.key); c != 0 {
			return c
		}
		return cmp.Compare(a.day, b.day)
	}
	slices.SortFunc(h.byInstr, order)
	h.byParty = slices.Clone(h.byInstr)
	for i := range h.byParty {
		k := h.byParty[i].key
		h.byParty[i].key = k&255<<16 | k>>8
	}
	slices.SortFunc(h.byParty, order)
	h.byDay = slices.Clone(h.byInstr)
	slices.SortFunc(h.byDay, func(a, b handRow) int { return cmp.Compare(a.day, b.day) })
	h.first = make([]uint32, instruments+1)
	for i := len(h.byInstr) - 1; i >= 0; i-- {
		h.first[h.byInstr[i].key>>8] = uint32(i)
	}
	h.first[instruments] = uint32(len(h.byInstr))
	for i := instruments - 1; i >= 0; i-- {
		if h.first[i] == 0 && i > 0 {
			h.first[i] = h.first[i+1]
		}
	}
	h.firstP = make([]uint32, parties+1)
	for i := len(h.byParty) - 1; i >= 0; i-- {
		h.firstP[h.byParty[i].key>>16] = uint32(i)
	}
	h.firstP[parties] = uint32(len(h.byParty))
	return h
}

// runs calls f with each key and the kind of its last act on or before day, by the newest edition of each act up to edition ed.
func runs(rows []handRow, day stocktake.Day, ed uint8, f func(key uint32, kind stocktake.ActKind)) {
	for i := 0; i < len(rows); {
		j := i + 1
		for j < len(rows) && rows[j].key == rows[i].key {
			j++
		}
		if k := last(rows[i:j], day, ed); k != 0 {
			f(rows[i].key, stocktake.ActKind(k))
		}
		i = j
	}
}

func last(run []handRow, day stocktake.Day, ed uint8) uint8 {
	k := uint8(0)
next:
	for i := range run {
		r := &run[i]
		if r.day > day {
			break
		}
		if r.ed > ed {
			continue
		}
		for j := range run { // a newer edition of the same act takes its place, unless it cannot be known yet
			if run[j].id == r.id && run[j].ed > r.ed && run[j].ed <= ed {
				continue next
			}
		}
		k = r.kind
	}
	return k
}

func (h *hand) q1(in int, day stocktake.Day, ed uint8, f func(uint32, stocktake.ActKind)) {
	runs(h.byInstr[h.first[in]:h.first[in+1]], day, ed, f)
}

func (h *hand) q2(p int, day stocktake.Day, ed uint8, f func(uint32, stocktake.ActKind)) {
	runs(h.byParty[h.firstP[p]:h.firstP[p+1]], day, ed, f)
}

func (h *hand) q4(day stocktake.Day, ed uint8, f func(uint32, stocktake.ActKind)) {
	runs(h.byInstr, day, ed, f)
}

// q3 calls f with each pair that moved between the ends of two days.
func (h *hand) q3(from, to stocktake.Day, ed uint8, f func(key uint32, before, after stocktake.ActKind)) {
	i, _ := slices.BinarySearchFunc(h.byDay, from+1, func(r handRow, d stocktake.Day) int { return cmp.Compare(r.day, d) })
	var keys []uint32
	for ; i < len(h.byDay) && h.byDay[i].day <= to; i++ {
		keys = append(keys, h.byDay[i].key)
	}
	slices.Sort(keys)
	for _, k := range slices.Compact(keys) {
		rows := h.byInstr[h.first[k>>8]:h.first[k>>8+1]]
		a, _ := slices.BinarySearchFunc(rows, k, func(r handRow, k uint32) int { return cmp.Compare(r.key, k) })
		b := a
		for b < len(rows) && rows[b].key == k {
			b++
		}
		x, y := last(rows[a:b], from, ed), last(rows[a:b], to, ed)
		if x == 0 && y == 0 || x != 0 && y != 0 && wordOf[stocktake.ActKind(x)] == wordOf[stocktake.ActKind(y)] {
			continue
		}
		f(k, stocktake.ActKind(x), stocktake.ActKind(y))
	}
}
