package figures

import (
	"context"
	"slices"
	"strings"

	"stocktake"
)

// mayAdd reports whether the series allows what a query adds up. What is one figure anyway needs no adding.
func mayAdd(s *stocktake.TableSeries, views []*view, hits []hit, q Query) error {
	if s.Adds == "all" {
		return nil
	}
	period, parties, counterparts := map[string]bool{}, map[uint16]bool{}, map[uint16]bool{}
	for _, h := range hits {
		v := views[h.view]
		period[v.periods[v.period[h.row]]] = true
		if c := v.column.party; c != nil {
			parties[v.rank[c[h.row]]] = true
		}
		if c := v.column.counterpart; c != nil {
			counterparts[v.rank[c[h.row]]] = true
		}
	}
	if q.Over.Periods && len(period) > 1 {
		newest := ""
		for p := range period {
			newest = max(newest, p)
		}
		if s.Adds == "places" {
			return stocktake.Invalidf("%s is a state of things at one time: figures of several periods cannot be added up", s.Series).Hinted("ask for one period, such as %s", newest)
		}
		return stocktake.Invalidf("%s is a rate or a price: its figures cannot be added up", s.Series).Hinted("ask for the figures themselves")
	}
	if s.Adds != "none" {
		return nil
	}
	if q.Over.Parties && len(parties) > 1 || q.Over.Counterparts && len(counterparts) > 1 {
		return stocktake.Invalidf("%s is a rate or a price: its figures cannot be added up", s.Series).Hinted("ask for the figures themselves, or for one party, counterpart and period")
	}
	return nil
}

// emit makes rows of hits.
func emit(ctx context.Context, views []*view, hits []hit, q Query, yield func(*Row) error) error {
	s := views[0].series
	if len(hits) == 0 && q.Over == All {
		v := views[0]
		return yield(&Row{Series: q.Series, Party: q.Party, Counterpart: q.Counterpart, Period: span(q.From, q.To), Unit: s.Unit, Vintage: v.Edition, Source: string(v.Source), State: NoRow, Table: string(v.Table)})
	}
	for i := 0; i < len(hits); {
		if i&0xfff == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		j := i + 1
		for j < len(hits) && hits[j].key == hits[i].key && s.Adds != "none" {
			j++
		}
		r := figure(views, hits[i:j], q)
		if err := yield(&r); err != nil {
			return err
		}
		i = j
	}
	return nil
}

// figure makes one row of the hits of one key.
func figure(views []*view, hits []hit, q Query) Row {
	first := views[hits[0].view]
	at := hits[0].row
	r := Row{Series: q.Series, Unit: first.series.Unit, Rows: len(hits)}
	if c := first.column.party; c != nil && (!q.Over.Parties || q.Party != "") {
		r.Party = first.name[c[at]]
	}
	if c := first.column.counterpart; c != nil && (!q.Over.Counterparts || q.Counterpart != "") {
		r.Counterpart = first.name[c[at]]
	}
	var sum, slip float64
	from, to := "", ""
	var editions, sources, tables []string
	for _, h := range hits {
		v := views[h.view]
		p := v.periods[v.period[h.row]]
		if from == "" || p < from {
			from = p
		}
		to = max(to, p)
		if len(tables) == 0 || tables[len(tables)-1] != string(v.Table) {
			editions, sources, tables = add(editions, v.Edition), add(sources, string(v.Source)), add(tables, string(v.Table))
		}
		x := v.values[h.row]
		if isNotReported(x) {
			r.NotReported++
			continue
		}
		if n := v.series.Rounded; n > 0 && (x == 0 || x == float64(n)) {
			r.Rounded = n
		}
		// Neumaier's summation (1974): what is lost in each step is added at the end, so that order and length do no harm.
		t := sum + x
		if abs(sum) >= abs(x) {
			slip += (sum - t) + x
		} else {
			slip += (x - t) + sum
		}
		sum = t
	}
	r.Period, r.Vintage, r.Source, r.Table = span(from, to), strings.Join(editions, ", "), strings.Join(sources, ", "), strings.Join(tables, ", ")
	sum += slip
	switch {
	case r.NotReported == len(hits):
		r.State = NotReported
		return r
	case r.NotReported > 0:
		r.State = Partly
	case sum == 0:
		r.State = Zero
	case r.Rounded > 0 && len(hits) == 1:
		r.State = Rounded
	default:
		r.State = Reported
	}
	r.Value = &sum
	return r
}

func add(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}

// span writes a period, or from one to another.
func span(from, to string) string {
	if from == to || to == "" {
		return from
	}
	if from == "" {
		return "../" + to
	}
	return from + "/" + to
}
