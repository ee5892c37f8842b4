package figures

import (
	"context"

	"stocktake"
	"stocktake/internal/taking"
)

// Points implements [taking.Figures]: what a series says of a party by the day, added up over the other side, oldest first. Days and
// quarters of what can be added up are brought together by year. Nothing is returned where the series does not tell of that side, or could
// not be known by then; a series that the record does not have at all is a NotFound fault.
func (f *Figures) Points(ctx context.Context, at stocktake.At, series stocktake.SeriesID, side string, party stocktake.PartyID, most int) (taking.Figure, error) {
	later := at
	later.Known = stocktake.EndOfDay(stocktake.DayOf(9999, 12, 31))
	if len(f.rec.TablesOf(series, at)) == 0 && len(f.rec.TablesOf(series, later)) > 0 { // it could not be known yet
		return taking.Figure{Series: series, Side: side, Points: []taking.Point{}}, nil
	}
	s, err := f.Series(series, at)
	if err != nil {
		return taking.Figure{}, err
	}
	out := taking.Figure{Series: series, Title: s.Title, Unit: s.Unit, Side: side, Points: []taking.Point{}}
	q := Query{Series: series, Party: string(party), Over: Over{Counterparts: true}}
	if side == "counterpart" {
		q = Query{Series: series, Counterpart: string(party), Over: Over{Parties: true}}
	}
	if q.Party != "" && !s.Party || q.Counterpart != "" && !s.Counterpart {
		return out, nil
	}
	rows, err := f.Ask(ctx, at, q)
	if err != nil {
		return taking.Figure{}, err
	}
	for i := range rows {
		r := &rows[i]
		p := taking.Point{Period: r.Period, Value: r.Value, Rounded: r.Rounded, Table: stocktake.TableID(r.Table)}
		if s.Adds == "all" && len(p.Period) > 4 {
			p.Period = p.Period[:4]
			if n := len(out.Points); n > 0 && out.Points[n-1].Period == p.Period && out.Points[n-1].Table == p.Table {
				out.Points[n-1] = together(out.Points[n-1], p)
				continue
			}
		}
		out.Points = append(out.Points, p)
	}
	if most > 0 && len(out.Points) > most {
		out.Points = out.Points[len(out.Points)-most:]
	}
	return out, nil
}

var _ taking.Figures = (*Figures)(nil)

func together(a, b taking.Point) taking.Point {
	a.Rounded = max(a.Rounded, b.Rounded)
	switch {
	case a.Value == nil:
		a.Value = b.Value
	case b.Value != nil:
		x := *a.Value + *b.Value
		a.Value = &x
	}
	return a
}
