package flows

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"stocktake"
)

// A Cell is a figure of a table: of stocks, From is the birthplace and To the place of residence; of flows, origin and destination; of a table
// by place, To is empty.
type Cell struct {
	From, To string
	Year     int
	Value    float64
}

// Columns are the headings under which a table may have what is read; the first that is there counts.
type Columns struct{ From, To, Year, Value []string }

// Headings of the tables that are read.
var (
	StockColumns = Columns{From: []string{"origin_iso3", "origin", "birthplace", "from"}, To: []string{"destination_iso3", "destination", "residence", "to"}, Year: []string{"year"}, Value: []string{"stock", "value"}}
	FlowColumns  = Columns{From: []string{"origin_iso3", "origin", "from"}, To: []string{"destination_iso3", "destination", "to"}, Year: []string{"period_start", "year", "period"}, Value: []string{"flow", "value"}}
	PlaceColumns = Columns{From: []string{"iso3", "place", "alpha3"}, Year: []string{"year", "period_start"}, Value: []string{"population", "births", "deaths", "value"}}
)

// ReadTable reads a CSV table, gzipped or not. What cannot be read is an Invalid fault with its row: a heading that is missing, a year that is
// none, a value below zero or no number, a row that is there twice.
func ReadTable(name string, r io.Reader, c Columns) ([]Cell, error) {
	b := bufio.NewReader(r)
	if magic, _ := b.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, stocktake.Invalidf("%v", err).At(name)
		}
		defer z.Close()
		b = bufio.NewReader(z)
	}
	const most = 256 << 20 // bytes of a table, unpacked
	t := csv.NewReader(&io.LimitedReader{R: b, N: most})
	t.ReuseRecord = true
	head, err := t.Read()
	if err != nil {
		return nil, stocktake.Invalidf("it has no headings: %v", err).At(name)
	}
	if len(head) > 0 {
		head[0] = strings.TrimPrefix(head[0], "\ufeff")
	}
	column := func(names []string) (int, error) {
		for _, n := range names {
			if i := slices.Index(head, n); i >= 0 {
				return i, nil
			}
		}
		if len(names) == 0 {
			return -1, nil
		}
		return 0, stocktake.Invalidf("no column is headed %s", strings.Join(names, " or ")).At(name)
	}
	var at [4]int
	for i, names := range [][]string{c.From, c.To, c.Year, c.Value} {
		if at[i], err = column(names); err != nil {
			return nil, err
		}
	}
	var list []Cell
	type key struct {
		from, to string
		year     int
	}
	seen := map[key]int{}
	for row := 2; ; row++ {
		rec, err := t.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		bad := func(format string, a ...any) error {
			return stocktake.Invalidf(format, a...).At(name + ", row " + strconv.Itoa(row))
		}
		if err != nil {
			return nil, bad("%v", err)
		}
		x := Cell{From: strings.Clone(rec[at[0]])}
		if at[1] >= 0 {
			x.To = strings.Clone(rec[at[1]])
		}
		year := rec[at[2]]
		if begin, _, ok := strings.Cut(year, "-"); ok {
			year = begin
		}
		if x.Year, err = strconv.Atoi(year); err != nil || x.Year < 1800 || x.Year > 2200 {
			return nil, bad("%q is no year", rec[at[2]])
		}
		if x.Value, err = strconv.ParseFloat(rec[at[3]], 64); err != nil || !(x.Value >= 0 && x.Value <= math.MaxFloat64) {
			return nil, bad("%q is no number of persons", rec[at[3]])
		}
		k := key{x.From, x.To, x.Year}
		if before := seen[k]; before > 0 {
			return nil, bad("%s %s %d is there twice; before in row %d", x.From, x.To, x.Year, before)
		}
		seen[k] = row
		list = append(list, x)
	}
	return list, nil
}

// Stocks makes the input of a period from cells of stocks: every place that has some, in the order of the codes.
func Stocks(cells []Cell, from, to int) (*Input, error) {
	in := &Input{}
	has := map[int]bool{}
	for _, c := range cells {
		if c.Year == from || c.Year == to {
			has[c.Year] = true
			in.Places = append(in.Places, c.From, c.To)
		}
	}
	for _, y := range []int{from, to} {
		if !has[y] {
			return nil, stocktake.NotFoundf("there are no stocks of %d", y)
		}
	}
	slices.Sort(in.Places)
	in.Places = slices.Compact(in.Places)
	in.Start, in.End = NewMatrix(len(in.Places)), NewMatrix(len(in.Places))
	for _, c := range cells {
		m := in.Start
		switch c.Year {
		case from:
		case to:
			m = in.End
		default:
			continue
		}
		i, _ := slices.BinarySearch(in.Places, c.From)
		j, _ := slices.BinarySearch(in.Places, c.To)
		m.V[i*m.N+j] += c.Value
	}
	return in, nil
}

// ByPlace returns the figures of a year in the order of the places. One that is missing is a fault.
func ByPlace(name string, cells []Cell, places []string, year int) ([]float64, error) {
	out, got := make([]float64, len(places)), make([]bool, len(places))
	for _, c := range cells {
		if i, ok := slices.BinarySearch(places, c.From); ok && c.Year == year {
			out[i], got[i] = c.Value, true
		}
	}
	var missing []string
	for i, ok := range got {
		if !ok {
			missing = append(missing, places[i])
		}
	}
	if len(missing) > 0 {
		more := ""
		if len(missing) > 10 {
			more = ", …"
		}
		return nil, stocktake.Invalidf("%d places have no figure for %d: %s%s", len(missing), year, strings.Join(missing[:min(10, len(missing))], ", "), more).At(name).Hinted("leave these places out of the stocks, or add them to the table; nothing is made up for them")
	}
	return out, nil
}
