package web

import (
	"context"

	"stocktake"
)

// The pages of figures in a copy: the list, and one page for each series. Only figures of files that everybody may have are shown there, so
// that whoever has the public record can make the same copy.

var (
	copyFigures = &copyRoute{gather: showFigures, kind: "same", forms: true}
	copySeries  = &copyRoute{gather: showFigureSeries, kind: "same", forms: true}
)

// addFigures lays out the pages of figures.
func (c *Copy) addFigures(add adder) {
	for id := range c.seriesOf(nil) {
		publisher, column, _ := cutSeries(id)
		add(copySeries, nil, map[string]string{"publisher": publisher, "column": column}, "figures", publisher, column)
	}
}

func cutSeries(id stocktake.SeriesID) (publisher, column string, ok bool) {
	for i := range id {
		if id[i] == '/' {
			return string(id[:i]), string(id[i+1:]), true
		}
	}
	return "", string(id), false
}

// seriesOf returns the series of every table that the copy may show on its last day, or of those tables alone that keep says.
func (c *Copy) seriesOf(keep func(t *stocktake.FigureTable) bool) map[stocktake.SeriesID]bool {
	at := stocktake.At{On: c.opt.Day, Known: stocktake.EndOfDay(c.opt.Day), Head: c.head}
	m := map[stocktake.SeriesID]bool{}
	for _, t := range c.s.rec.Tables(at) {
		if keep != nil && !keep(t.FigureTable) {
			continue
		}
		for i := range t.Series {
			m[t.Series[i].Series] = true
		}
	}
	return m
}

// figures marks the pages of the series that a filing's tables hold.
func (t *toucher) figures(f *stocktake.Filing, n int64) {
	for i := range f.Tables {
		for j := range f.Tables[i].Series {
			t.page(join([]any{"figures", f.Tables[i].Series[j].Series}), n)
		}
	}
	if len(f.Tables) > 0 {
		t.page("/figures", n)
	}
}

// figuresDown marks the pages of series whose file was taken down.
func (t *toucher) figuresDown(sum string, n int64) {
	for id := range t.c.seriesOf(func(x *stocktake.FigureTable) bool {
		s, _, ok := t.c.s.rec.Source(x.Source, t.c.head)
		return ok && s.Copy != nil && s.Copy.SHA256 == sum
	}) {
		t.page(join([]any{"figures", id}), n)
	}
}

// figureDays moves the pages of series that began to answer for a period since, because it ended: a table may tell of years to come.
func (c *Copy) figureDays(ctx context.Context, q *request, last stocktake.Day, move func(address string, d stocktake.Day)) error {
	for id := range c.seriesOf(nil) {
		s, err := c.s.figures.Series(id, q.at)
		if err != nil {
			return err
		}
		if !q.mayHaveWhole(&s) {
			continue
		}
		days, err := c.s.figures.Turns(ctx, q.at, id, last, c.opt.Day)
		if gone(err) {
			continue
		}
		if err != nil {
			return err
		}
		if len(days) > 0 {
			move(join([]any{"figures", id}), days[len(days)-1])
		}
	}
	return nil
}
