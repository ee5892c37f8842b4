package figures

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/figures/sheet"
	"stocktake/internal/record"
)

// A Query asks a series. Party and Counterpart are a party's id, or a code of a table with its list before it, as in "unhcr:UKN", for what
// is no party of the record; empty: every one. From and To are periods, or the beginnings of some: 2015 holds 2015Q3 too. Periods that had
// not ended by the day asked about are never there.
type Query struct {
	Series             stocktake.SeriesID
	Party, Counterpart string
	From, To           string
	Over               Over
}

// Over is what figures are added up over. Nothing: one row for each party, counterpart and period. A sum that the series forbids is an
// Invalid fault. Places that are aggregates, such as the world, are in no sum unless they are asked for.
type Over struct {
	Parties, Counterparts, Periods bool
}

// All adds everything up: one row.
var All = Over{true, true, true}

// What a figure may be.
const (
	Reported    = "reported"
	Zero        = "zero"         // 0 stands there; where small figures are rounded it may be a few
	Rounded     = "rounded"      // it is the multiple to which small figures are rounded, and may be a few more or fewer
	NotReported = "not-reported" // a row is there, and no figure in it
	Partly      = "partly"       // a sum of which parts were not reported
	NoRow       = "no-row"       // a sum of nothing: the table has no such row
)

// A Row is one figure. Party, Counterpart and Period are empty where they were added up over, or where the series has none.
type Row struct {
	Series      stocktake.SeriesID `json:"series"`
	Party       string             `json:"party"`
	Counterpart string             `json:"counterpart"`
	Period      string             `json:"period"`
	Value       *float64           `json:"value"` // null: not reported
	Unit        string             `json:"unit"`
	Vintage     string             `json:"vintage"` // edition of the table that answers; several are parted by commas
	Source      string             `json:"source"`
	State       string             `json:"state"`
	Rounded     int                `json:"rounded,omitempty"`      // the figure, or a part of it, may be rounded to this
	Rows        int                `json:"rows"`                   // rows of the file behind it
	NotReported int                `json:"not_reported,omitempty"` // those of them without a figure
	Table       string             `json:"table"`
}

// view is a vintage as one query sees it.
type view struct {
	Vintage
	*packed
	*column
	table   record.Table
	series  *stocktake.TableSeries
	name    []string // of each code: the party's id, or list:code
	sum     []bool   // whether the place is in sums
	rank    []uint16 // of each code, in the order of the names of all vintages
	answers []bool   // for each period, whether this vintage answers for it
	when    []uint16 // rank of each period
}

// Each calls yield for each figure that the query asks for, by period, party and counterpart. An error of yield ends it and comes back.
func (f *Figures) Each(ctx context.Context, at stocktake.At, q Query, yield func(*Row) error) error {
	views, err := f.views(ctx, at, q.Series)
	if err != nil {
		return err
	}
	s := views[0].series
	if q.Party != "" && s.Party == "" || q.Counterpart != "" && s.Counterpart == "" {
		side := map[bool]string{true: "party", false: "counterpart"}[s.Party == ""]
		return stocktake.Invalidf("%s tells of no %s", q.Series, side).Hinted("leave the %s out", side)
	}
	hits, err := f.hits(views, q)
	if err != nil {
		return err
	}
	if err := mayAdd(s, views, hits, q); err != nil {
		return err
	}
	return emit(ctx, views, hits, q, yield)
}

// Ask returns what Each yields.
func (f *Figures) Ask(ctx context.Context, at stocktake.At, q Query) ([]Row, error) {
	list := []Row{}
	err := f.Each(ctx, at, q, func(r *Row) error { list = append(list, *r); return nil })
	return list, err
}

// A Place is a party, or what a code means that is none.
type Place struct {
	ID   string `json:"id"`             // the party's, or the code with its list before it
	Name string `json:"name,omitempty"` // as the table prints it
	Kind string `json:"kind"`
}

// An Extent is for what periods and places a series has rows by the day.
type Extent struct {
	Periods               []string
	Parties, Counterparts []Place // by id
}

// Extent reads every table of a series into memory and returns what they are about.
func (f *Figures) Extent(ctx context.Context, at stocktake.At, series stocktake.SeriesID) (Extent, error) {
	views, err := f.views(ctx, at, series)
	if err != nil {
		return Extent{}, err
	}
	periods := map[string]bool{}
	sides := [2]map[string]Place{{}, {}}
	for _, v := range views {
		seen := [2][]bool{make([]bool, len(v.codes)), make([]bool, len(v.codes))}
		columns := [2][]uint16{v.column.party, v.column.counterpart}
		for i, x := range v.values {
			n := v.period[i]
			if isNotThere(x) || !v.answers[n] {
				continue
			}
			periods[v.periods[n]] = true
			for k, c := range columns {
				if c != nil {
					seen[k][c[i]] = true
				}
			}
		}
		for k := range sides {
			for n := range v.codes {
				if _, had := sides[k][v.name[n]]; seen[k][n] && !had {
					sides[k][v.name[n]] = v.place(n)
				}
			}
		}
	}
	list := func(m map[string]Place) (out []Place) {
		for _, p := range m {
			out = append(out, p)
		}
		slices.SortFunc(out, func(a, b Place) int { return cmp.Compare(a.ID, b.ID) })
		return out
	}
	return Extent{sorted(periods), list(sides[0]), list(sides[1])}, nil
}

func (v *view) place(n int) Place {
	p := Place{ID: v.name[n], Name: v.codes[n], Kind: "other"}
	for i := range v.table.Places {
		if x := &v.table.Places[i]; x.Code == v.codes[n] {
			p.Name, p.Kind = cmp.Or(x.Name, p.Name), x.Kind
		}
	}
	return p
}

func sorted(m map[string]bool) []string {
	list := make([]string, 0, len(m))
	for s := range m {
		list = append(list, s)
	}
	slices.Sort(list)
	return list
}

// views loads the vintages of a series, the newest first, and finds which answers for which period. A vintage
// whose copy is not here is an error, for nobody can tell which periods it would answer for.
func (f *Figures) views(ctx context.Context, at stocktake.At, series stocktake.SeriesID) ([]*view, error) {
	tables := f.rec.TablesOf(series, at)
	if len(tables) == 0 {
		return nil, f.noSeries(series, at)
	}
	var views []*view
	covered := map[string]bool{}
	for _, t := range tables {
		src, _, ok := f.rec.Source(t.Source, at.Head)
		if !ok {
			return nil, stocktake.NotFoundf("source %s is not in this record", t.Source).At("table " + string(t.ID))
		}
		p, err := f.shelf.get(ctx, fmt.Sprintf("%d/%s", t.Filing, t.ID), func(ctx context.Context) (*packed, error) { return f.load(ctx, t, src) })
		if err != nil {
			return nil, err
		}
		v := &view{Vintage: f.vintage(t, at), packed: p, column: p.series[series], table: t, series: seriesOf(t.FigureTable, series)}
		v.answers = make([]bool, len(p.periods))
		for i, x := range v.values {
			if !isNotThere(x) {
				v.answers[v.period[i]] = true
			}
		}
		var here []string
		for n, is := range v.answers {
			if !is {
				continue
			}
			here = append(here, p.periods[n])
			v.answers[n] = !covered[p.periods[n]] && over(v, p.periods[n], at.On)
		}
		for _, s := range here {
			covered[s] = true
		}
		f.name(v, at)
		views = append(views, v)
	}
	rank(views)
	return views, nil
}

// over reports whether a period had ended by the day, or the table about it was out already: one of May 2026 tells of the first months of
// 2026, and of nothing after May. What it says of later years is a projection, and waits for them.
func over(v *view, period string, on stocktake.Day) bool { return begins(v, period) <= on }

// begins is the day from which a vintage answers for a period.
func begins(v *view, period string) stocktake.Day {
	ends, known := sheet.Ends(v.series.Times, period), v.Known.UTC()
	if out := stocktake.DayOf(known.Year(), int(known.Month()), known.Day()); out < ends && period[:4] <= known.Format("2006") {
		return out
	}
	return ends
}

// name gives each code of a table its name: the party that it means by now, or the code with its list.
func (f *Figures) name(v *view, at stocktake.At) {
	places := make(map[string]*stocktake.Place, len(v.table.Places))
	for i := range v.table.Places {
		places[v.table.Places[i].Code] = &v.table.Places[i]
	}
	v.name, v.sum = make([]string, len(v.codes)), make([]bool, len(v.codes))
	for n, code := range v.codes {
		p := places[code]
		v.sum[n] = p == nil || p.Kind != "aggregate"
		v.name[n] = v.table.Codes + ":" + code
		if p != nil && p.Party != "" {
			v.name[n] = string(p.Party)
			if id, ok := f.rec.FindParty(string(p.Party), at.Head); ok {
				v.name[n] = string(id)
			}
		}
	}
}

// rank orders names and periods over all vintages.
func rank(views []*view) {
	names, periods := map[string]bool{}, map[string]bool{}
	for _, v := range views {
		for _, s := range v.name {
			names[s] = true
		}
		for _, s := range v.periods {
			periods[s] = true
		}
	}
	order := func(m map[string]bool) map[string]uint16 {
		at := make(map[string]uint16, len(m))
		for i, s := range sorted(m) {
			at[s] = uint16(i)
		}
		return at
	}
	byName, byPeriod := order(names), order(periods)
	for _, v := range views {
		v.rank, v.when = make([]uint16, len(v.name)), make([]uint16, len(v.periods))
		for n, s := range v.name {
			v.rank[n] = byName[s]
		}
		for n, s := range v.periods {
			v.when[n] = byPeriod[s]
		}
	}
}

// hit is a row of a vintage that a query asks for. Key orders hits by period, party and counterpart; those of one key are one figure.
type hit struct {
	key  uint64
	row  uint32
	view uint8
}

// hits finds the rows of a query, by key and then as they stand in the file.
func (f *Figures) hits(views []*view, q Query) ([]hit, error) {
	var list []hit
	for n, v := range views {
		if n > 255 {
			return nil, stocktake.Invalidf("%s has more than 256 vintages", q.Series)
		}
		party, counterpart := v.wanted(q.Party, v.column.party), v.wanted(q.Counterpart, v.column.counterpart)
		if party == nil && q.Party != "" || counterpart == nil && q.Counterpart != "" {
			continue
		}
		asked := make([]bool, len(v.periods))
		for i, p := range v.periods {
			asked[i] = v.answers[i] && inSpan(p, q.From, q.To)
		}
		for i, x := range v.values {
			if !asked[v.period[i]] || isNotThere(x) {
				continue
			}
			var key uint64
			if !q.Over.Periods {
				key = uint64(v.when[v.period[i]]) << 32
			}
			if c := v.column.party; c != nil {
				if party != nil && !party[c[i]] || party == nil && q.Over.Parties && !v.sum[c[i]] {
					continue
				}
				if !q.Over.Parties || party != nil {
					key |= uint64(v.rank[c[i]]) << 16
				}
			}
			if c := v.column.counterpart; c != nil {
				if counterpart != nil && !counterpart[c[i]] || counterpart == nil && q.Over.Counterparts && !v.sum[c[i]] {
					continue
				}
				if !q.Over.Counterparts || counterpart != nil {
					key |= uint64(v.rank[c[i]])
				}
			}
			list = append(list, hit{key, uint32(i), uint8(n)})
		}
	}
	slices.SortFunc(list, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.view, b.view), cmp.Compare(a.row, b.row))
	})
	return list, nil
}

// wanted marks the codes that a name stands for; nil where every code is wanted, or none is there.
func (v *view) wanted(name string, side []uint16) []bool {
	if name == "" || side == nil {
		return nil
	}
	var is []bool
	for n, s := range v.name {
		if s == name {
			if is == nil {
				is = make([]bool, len(v.name))
			}
			is[n] = true
		}
	}
	return is
}

// inSpan reports whether a period lies from one to another, both of which may be the beginnings of periods.
func inSpan(p, from, to string) bool {
	return (from == "" || p >= from) && (to == "" || p <= to || strings.HasPrefix(p, to))
}
