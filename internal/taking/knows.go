package taking

import (
	"context"

	"stocktake"
	"stocktake/internal/record"
)

// KnowsOf tells when acts and measures could first be known, as a record has them at a head.
func KnowsOf(ctx context.Context, rec *record.Record, at stocktake.At) Knows {
	return knows{ctx, rec, at}
}

type knows struct {
	ctx context.Context
	rec *record.Record
	at  stocktake.At
}

func (k knows) ActKnown(id stocktake.ActID, party stocktake.PartyID, in stocktake.InstrumentID) (string, bool) {
	list, err := k.rec.ActOf(k.ctx, k.at, id, party, in)
	if err != nil || len(list) == 0 {
		return "", false
	}
	first := list[0].Known
	for _, a := range list[1:] {
		if later(first, a.Known) {
			first = a.Known
		}
	}
	return first, true
}

func (k knows) MeasureKnown(id string) (string, bool) {
	for _, m := range k.rec.Measures(k.at, "") {
		if m.ID != id {
			continue
		}
		if s, _, ok := k.rec.Source(m.Source, k.at.Head); ok {
			if t, ok := s.KnownBy(); ok {
				return stocktake.At{Known: t}.KnownString(), true
			}
		}
	}
	return "", false
}
