package record

import (
	"cmp"
	"slices"
	"time"

	"stocktake"
)

type tableAt struct {
	filing int64
	known  int64
	*stocktake.FigureTable
}

// Table is a table of figures with the filing that entered it and the moment from which it counts as known, that of its source.
type Table struct {
	*stocktake.FigureTable
	Filing int64
	Known  time.Time
}

// stocktakingIn takes in what stocktakes rest on. known gives the moment from which a source counts as known.
func (r *Record) stocktakingIn(f *stocktake.Filing, n, mends int64, filed time.Time, known func(stocktake.SourceID) int64) {
	if mends > 0 && f.Mends == nil {
		if r.retold == nil {
			r.retold = map[int64]int64{}
		}
		r.retold[mends] = n
	}
	for i := range f.Tables {
		r.tables = append(r.tables, tableAt{n, known(f.Tables[i].Source), &f.Tables[i]})
	}
	r.judge(f, n, micros(filed), known)
	r.recommend(f, n, known)
}

// told reports whether what a filing entered stands at head: a later filing of the same key may have left it out.
func (r *Record) told(filing, head int64) bool {
	if filing > head {
		return false
	}
	n := r.retold[filing]
	return n == 0 || n > head
}

// Tables returns the tables of figures that could be known, by id. One that was filed again under its id is as it was filed last. The caller
// owns the slice, not what it points to.
func (r *Record) Tables(at stocktake.At) []Table {
	r.mu.RLock()
	defer r.mu.RUnlock()
	last := map[stocktake.TableID]int{}
	for i, t := range r.tables {
		if r.told(t.filing, at.Head) && t.known <= micros(at.Known) {
			last[t.ID] = i
		}
	}
	list := make([]Table, 0, len(last))
	for _, i := range last {
		t := r.tables[i]
		list = append(list, Table{t.FigureTable, t.filing, microsTime(t.known)})
	}
	slices.SortFunc(list, func(a, b Table) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// Table returns one table, where it could be known.
func (r *Record) Table(id stocktake.TableID, at stocktake.At) (Table, bool) {
	for _, t := range r.Tables(at) {
		if t.ID == id {
			return t, true
		}
	}
	return Table{}, false
}

// TablesOf returns the tables from which a series is read, the newest first: by the moment from which they count as known, then by filing.
func (r *Record) TablesOf(series stocktake.SeriesID, at stocktake.At) []Table {
	list := slices.DeleteFunc(r.Tables(at), func(t Table) bool {
		return !slices.ContainsFunc(t.Series, func(s stocktake.TableSeries) bool { return s.Series == series })
	})
	slices.SortFunc(list, func(a, b Table) int {
		return cmp.Or(b.Known.Compare(a.Known), cmp.Compare(b.Filing, a.Filing), cmp.Compare(b.ID, a.ID))
	})
	return list
}
