package figures

import (
	"context"
	"errors"
	"io"
	"slices"

	"stocktake"
)

// A Line is a row of a file as it stands there.
type Line struct {
	Table   stocktake.TableID  `json:"table"`
	Source  stocktake.SourceID `json:"source"`
	Line    int                `json:"line"`    // in the file, from 1
	Columns []string           `json:"columns"` // headings of the cells
	Cells   []string           `json:"cells"`
}

// Lines calls yield for the rows of the files behind the figures that a query asks for, whatever it adds up over, as they stand there:
// after the first skip of them, and at most most; it returns how many there are. Of a file whose licence does not let everybody have it only
// the columns are given from which the series is read.
func (f *Figures) Lines(ctx context.Context, at stocktake.At, q Query, skip, most int, yield func(*Line) error) (int, error) {
	views, err := f.views(ctx, at, q.Series)
	if err != nil {
		return 0, err
	}
	hits, err := f.hits(views, q)
	if err != nil {
		return 0, err
	}
	rows := make([][]uint32, len(views))
	for _, h := range hits {
		rows[h.view] = append(rows[h.view], h.row)
	}
	for n, list := range rows {
		slices.Sort(list)
		if skip >= len(list) {
			skip -= len(list)
			continue
		}
		list = list[skip:]
		skip = 0
		if len(list) > most {
			list = list[:most]
		}
		most -= len(list)
		if err := f.lines(ctx, at, views[n], list, yield); err != nil {
			return 0, err
		}
	}
	return len(hits), nil
}

// lines reads some rows of one file.
func (f *Figures) lines(ctx context.Context, at stocktake.At, v *view, rows []uint32, yield func(*Line) error) error {
	if len(rows) == 0 {
		return nil
	}
	src, _, _ := f.rec.Source(v.table.Source, at.Head)
	r, done, err := f.open(ctx, v.table, src)
	if err != nil {
		return err
	}
	defer done()
	var keep []int
	line := Line{Table: v.Table, Source: v.Source}
	for i, h := range r.Heading() {
		if v.Copy == "public" || v.reads(h) {
			keep, line.Columns = append(keep, i), append(line.Columns, h)
		}
	}
	for n := uint32(0); len(rows) > 0; n++ {
		cells, err := r.Row()
		if errors.Is(err, io.EOF) {
			return within(stocktake.Invalidf("the file ends before row %d", rows[0]+1), v.table, src)
		}
		if err != nil {
			return within(err, v.table, src)
		}
		if n != rows[0] {
			continue
		}
		rows = rows[1:]
		line.Line, line.Cells = r.Line(), make([]string, len(keep))
		for i, c := range keep {
			line.Cells[i] = cells[c]
		}
		if err := yield(&line); err != nil {
			return err
		}
	}
	return nil
}

// reads reports whether the series is read from a column.
func (v *view) reads(heading string) bool {
	s := v.series
	return slices.Contains([]string{s.Value, s.Party, s.Counterpart, s.Period}, heading) || slices.ContainsFunc(s.Where, func(c stocktake.Cell) bool { return c.Column == heading })
}

// Turns returns the days after from and up to to on which a series begins to answer for a period, because it ends then.
func (f *Figures) Turns(ctx context.Context, at stocktake.At, series stocktake.SeriesID, from, to stocktake.Day) ([]stocktake.Day, error) {
	at.On = stocktake.MaxDay
	views, err := f.views(ctx, at, series)
	if err != nil {
		return nil, err
	}
	var list []stocktake.Day
	for _, v := range views {
		for n, p := range v.periods {
			if d := begins(v, p); v.answers[n] && d > from && d <= to && !slices.Contains(list, d) {
				list = append(list, d)
			}
		}
	}
	slices.Sort(list)
	return list, nil
}
