package figures

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"strings"

	"stocktake"
	"stocktake/internal/figures/sheet"
	"stocktake/internal/record"
)

// packed is a table in memory. A figure takes 8 bytes, and each column of places or periods 2 bytes a row: 14 bytes for a figure with two
// places and a period, fewer where a table has several series.
type packed struct {
	codes   []string // of places, as they stand in the file
	periods []string
	keys    []keys // columns of places and periods, each once
	series  map[stocktake.SeriesID]*column
	rows    int
	bytes   int64
}

// keys is a column of numbers of codes, or of periods.
type keys struct {
	heading, times string // times is empty for places
	of             []uint16
}

// column is a series. Party and counterpart are nil where it has none.
type column struct {
	party, counterpart, period []uint16
	values                     []float64
}

// What a cell may hold that is no figure: two of the many ways to write that something is not a number.
var (
	notReported = math.Float64frombits(0x7ff8_0000_0000_0a01)
	notThere    = math.Float64frombits(0x7ff8_0000_0000_0a02) // the row is none of the series
)

func isNotReported(x float64) bool { return math.Float64bits(x) == 0x7ff8_0000_0000_0a01 }
func isNotThere(x float64) bool    { return math.Float64bits(x) == 0x7ff8_0000_0000_0a02 }

const mostNumbers = math.MaxUint16

// load reads a table from its archived copy. The file must be the one whose hash stands in the filing, and hold as many rows.
func (f *Figures) load(ctx context.Context, t record.Table, src *stocktake.Source) (*packed, error) {
	r, done, err := f.open(ctx, t, src)
	if err != nil {
		return nil, err
	}
	defer done()
	p, err := pack(t.FigureTable, r.Reader, f.shelf.room)
	if err != nil {
		return nil, within(err, t, src)
	}
	if err := r.whole(); err != nil {
		return nil, within(err, t, src)
	}
	if int64(p.rows) != t.Rows {
		return nil, within(stocktake.Invalidf("the file has %d rows, and its filing says %d", p.rows, t.Rows).Hinted("the filing needs to be put right: file the table again under its id"), t, src)
	}
	return p, nil
}

func within(err error, t record.Table, src *stocktake.Source) error {
	var f *stocktake.Fault
	if !errors.As(err, &f) {
		return fmt.Errorf("read table %s, file %s: %w", t.ID, src.Copy.SHA256, err)
	}
	return f.At("table " + string(t.ID))
}

// opened is a file that is hashed while it is read.
type opened struct {
	*sheet.Reader
	rest io.Reader
	h    hash.Hash
	sum  string
}

// whole reads what is left and says whether the file is the one it should be.
func (o *opened) whole() error {
	if _, err := io.Copy(io.Discard, o.rest); err != nil {
		return err
	}
	if got := hex.EncodeToString(o.h.Sum(nil)); got != o.sum {
		return stocktake.Invalidf("the archived copy is damaged: its SHA-256 is %s, and should be %s", got, o.sum).Hinted("import the file again; `stocktake check` looks at every copy")
	}
	return nil
}

// open opens the archived copy of a table. One that is not here is a NotFound fault with its hash, and with how to get it.
func (f *Figures) open(ctx context.Context, t record.Table, src *stocktake.Source) (*opened, func(), error) {
	c := src.Copy
	if c == nil || c.SHA256 == "" {
		return nil, nil, stocktake.NotFoundf("source %s has no archived copy", src.ID).At("table " + string(t.ID)).Hinted("file the table again with a source that has one")
	}
	if n := f.rec.TakenDownBy(c.SHA256); n > 0 {
		return nil, nil, (&stocktake.Fault{Kind: stocktake.Gone, What: fmt.Sprintf("the archived copy, SHA-256 %s, was taken down; filing %d says on what ground", c.SHA256, n)}).At("table " + string(t.ID))
	}
	rc, _, err := f.files.Open(ctx, c.SHA256)
	if stocktake.KindOf(err) == stocktake.NotFound && err != nil {
		where := ""
		if src.Address != "" {
			where = " from " + src.Address
		}
		fault := stocktake.NotFoundf("the archived copy is not here: SHA-256 %s, %d bytes, %s", c.SHA256, c.Bytes, c.Name).At("table " + string(t.ID))
		if c.State == "private" {
			return nil, nil, fault.Hinted("the copy is private, because of its licence, and no export or mirror carries it; get the file%s and import it here: its rows are then read again", where)
		}
		return nil, nil, fault.Hinted("get the file%s and import it here, or follow a mirror that carries public copies", where)
	}
	if err != nil {
		return nil, nil, err
	}
	o := &opened{h: sha256.New(), sum: c.SHA256}
	o.rest = io.TeeReader(rc, o.h)
	if o.Reader, err = sheet.Open(t.Form, t.Comma, o.rest); err != nil {
		rc.Close()
		return nil, nil, within(err, t, src)
	}
	return o, func() { rc.Close() }, nil
}

// readSeries is how one series is read from a row.
type readSeries struct {
	*stocktake.TableSeries
	value                      int
	party, counterpart, period int // numbers of columns of keys; -1: none
	where                      []int
	col                        *column
}

// pack reads a whole table.
func pack(t *stocktake.FigureTable, r *sheet.Reader, room int64) (*packed, error) {
	p := &packed{series: map[stocktake.SeriesID]*column{}}
	var at []int // of each column of keys in the file
	key := func(heading, times string) (int, error) {
		if heading == "" {
			return -1, nil
		}
		for i, k := range p.keys {
			if k.heading == heading && k.times == times {
				return i, nil
			}
		}
		c, err := r.Column(heading)
		if err != nil {
			return 0, err
		}
		p.keys, at = append(p.keys, keys{heading: heading, times: times}), append(at, c)
		return len(p.keys) - 1, nil
	}
	list := make([]readSeries, len(t.Series))
	for i := range t.Series {
		s := readSeries{TableSeries: &t.Series[i], col: &column{}}
		var errs [5]error
		s.party, errs[0] = key(s.Party, "")
		s.counterpart, errs[1] = key(s.Counterpart, "")
		s.period, errs[2] = key(s.Period, s.Times)
		if !s.Count {
			s.value, errs[3] = r.Column(s.Value)
		}
		for _, w := range s.Where {
			c, err := r.Column(w.Column)
			s.where, errs[4] = append(s.where, c), errors.Join(errs[4], err)
		}
		for _, err := range errs {
			if err != nil {
				return nil, err
			}
		}
		list[i] = s
	}
	codes, periods := map[string]uint16{}, map[string]uint16{}
	number := func(m map[string]uint16, list *[]string, s, what string) (uint16, error) {
		n, ok := m[s]
		if !ok {
			if len(*list) > mostNumbers {
				return 0, stocktake.Invalidf("the table has more than %d %s", mostNumbers, what).At(fmt.Sprintf("line %d", r.Line())).Hinted("part it into several files")
			}
			s = strings.Clone(s)
			n = uint16(len(*list))
			m[s], *list = n, append(*list, s)
		}
		return n, nil
	}
	perRow := int64(2*len(p.keys) + 8*len(list))
	for {
		cells, err := r.Row()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		for i := range p.keys {
			k := &p.keys[i]
			cell := cells[at[i]]
			var n uint16
			if k.times == "" {
				n, err = number(codes, &p.codes, strings.TrimSpace(cell), "places")
			} else {
				period, ok := sheet.Period(k.times, cell)
				if !ok {
					return nil, stocktake.Invalidf("%q is no period of the kind %q", cell, k.times).At(fmt.Sprintf("line %d column %d", r.Line(), at[i]+1))
				}
				n, err = number(periods, &p.periods, period, "periods")
			}
			if err != nil {
				return nil, err
			}
			k.of = append(k.of, n)
		}
		for i := range list {
			s := &list[i]
			x := notThere
			if s.holds(cells) {
				x = 1
				if !s.Count {
					if cell := cells[s.value]; sheet.Missing(s.TableSeries, cell) {
						x = notReported
					} else if n, ok := sheet.Number(cell); ok {
						x = n
					} else {
						return nil, stocktake.Invalidf("%q is no figure", cell).At(fmt.Sprintf("line %d column %d", r.Line(), s.value+1))
					}
				}
			}
			s.col.values = append(s.col.values, x)
		}
		p.rows++
		if p.bytes = int64(p.rows) * perRow; p.bytes > room {
			return nil, stocktake.Invalidf("the table takes more than %d MiB of memory", room>>20).Hinted("part it into several tables")
		}
	}
	for i := range list {
		s := &list[i]
		c := s.col
		c.party, c.counterpart, c.period = p.of(s.party), p.of(s.counterpart), p.of(s.period)
		c.values = append(make([]float64, 0, len(c.values)), c.values...)
		p.series[s.Series] = c
	}
	p.bytes += int64(len(p.codes)+len(p.periods)) * 48
	return p, nil
}

func (p *packed) of(key int) []uint16 {
	if key < 0 {
		return nil
	}
	k := &p.keys[key]
	if cap(k.of) > len(k.of) {
		k.of = append(make([]uint16, 0, len(k.of)), k.of...)
	}
	return k.of
}

// holds reports whether a row belongs to the series.
func (s *readSeries) holds(cells []string) bool {
	for i, w := range s.Where {
		if strings.TrimSpace(cells[s.where[i]]) != w.Is {
			return false
		}
	}
	return true
}
