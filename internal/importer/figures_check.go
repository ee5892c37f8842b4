package importer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/figures/sheet"
)

// figureSpec is a file of figures as it should be. Table lacks its rows and places: the file has them.
type figureSpec struct {
	table   stocktake.FigureTable
	beside  map[string]beside // by column of places: what stands beside the code
	by      []string          // further columns that make a row one of its kind
	places  map[string]stocktake.Place
	several string // what parts several names in one cell; empty: a cell is one place
	until   int    // last year that may stand there; 0: any
	ahead   bool   // periods may lie after the year of publication
	units   map[stocktake.SeriesID]unitCell
}

// beside names the columns of the name and of the ISO code that stand beside a code.
type beside struct{ name, iso string }

// unitCell is the column that says the unit, and what stands in it where the unit is that of the series.
type unitCell struct {
	column string
	means  []string
}

// mostFigureRejects is after how many slips a file is not read on.
const mostFigureRejects = 200

// checked is a file of figures that was read through.
type checkedFile struct {
	input
	table stocktake.FigureTable
}

// figureCheck reads one file through, and collects what is wrong with it.
type figureCheck struct {
	*figureSpec
	rec     Record
	in      input
	r       *sheet.Reader
	rejects []Reject
	found   map[string]*stocktake.Place
	told    map[string]bool // names beside codes that were looked at
	keys    map[string]int32
}

// check reads a file of figures through before anything of it is filed. Slips are rejects with line and column; a file that is no such
// table is a fault.
func (s *figureSpec) check(ctx context.Context, in input, rec Record, p *pace) (checkedFile, []Reject, error) {
	c := &figureCheck{figureSpec: s, rec: rec, in: in, found: map[string]*stocktake.Place{}, told: map[string]bool{}, keys: map[string]int32{}}
	out := checkedFile{input: in, table: s.table}
	f, err := os.Open(in.path)
	if err != nil {
		return out, nil, unreadable(in.name, err)
	}
	defer f.Close()
	raw := bufio.NewReaderSize(&counted{r: f, ctx: ctx, p: p, name: in.name}, 1<<16)
	out.table.Form = "csv"
	if head, _ := raw.Peek(2); string(head) == "\x1f\x8b" {
		out.table.Form = "csv.gz"
	}
	if c.r, err = sheet.Open(out.table.Form, s.table.Comma, raw); err == nil {
		err = c.rows()
	}
	if err != nil {
		var fault *stocktake.Fault
		if errors.As(err, &fault) {
			err = fault.At(in.name)
		}
		return out, c.rejects, err
	}
	out.table.Rows = c.r.Rows()
	for _, p := range c.found {
		out.table.Places = append(out.table.Places, *p)
	}
	slices.SortFunc(out.table.Places, func(a, b stocktake.Place) int { return strings.Compare(a.Code, b.Code) })
	return out, c.rejects, nil
}

func (c *figureCheck) reject(col int, value, reason string, args ...any) {
	c.rejects = append(c.rejects, Reject{File: c.in.name, Line: c.r.Line(), Column: col + 1, Value: clip(value), Reason: fmt.Sprintf(reason, args...)})
}

// rows reads every row.
func (c *figureCheck) rows() error {
	var keys []int
	var failed error
	col := func(name string) int {
		at, err := c.r.Column(name)
		if err != nil && failed == nil {
			failed = err
		}
		return at
	}
	key := func(name string) int {
		at := col(name)
		if !slices.Contains(keys, at) {
			keys = append(keys, at)
		}
		return at
	}
	type place struct{ at, name, iso int }
	type period struct {
		at    int
		times string
	}
	type value struct {
		*stocktake.TableSeries
		at    int
		where []int
		unit  int
		means []string
	}
	var places []place
	var periods []period
	var values []value
	for i := range c.table.Series {
		s := &c.table.Series[i]
		for _, name := range []string{s.Party, s.Counterpart} {
			if name == "" {
				continue
			}
			at := key(name)
			if slices.ContainsFunc(places, func(p place) bool { return p.at == at }) {
				continue
			}
			p := place{at, -1, -1}
			if b := c.beside[name]; b.name != "" {
				p.name = col(b.name)
			}
			if b := c.beside[name]; b.iso != "" {
				p.iso = col(b.iso)
			}
			places = append(places, p)
		}
		at := key(s.Period)
		if !slices.Contains(periods, period{at, s.Times}) {
			periods = append(periods, period{at, s.Times})
		}
		v := value{TableSeries: s, at: -1, unit: -1}
		if !s.Count {
			v.at = col(s.Value)
			if says := unitOf(s.Value); failed == nil && says != "" && !fits(s.Unit, says) {
				c.rejects = append(c.rejects, Reject{File: c.in.name, Line: 1, Column: v.at + 1, Value: clip(s.Value), Reason: fmt.Sprintf("the heading says %s, and the unit of %s is %s", says, s.Series, s.Unit)})
			}
		}
		for _, w := range s.Where {
			v.where = append(v.where, key(w.Column))
		}
		if u, ok := c.units[s.Series]; ok {
			v.unit, v.means = col(u.column), u.means
		}
		values = append(values, v)
	}
	for _, name := range c.by {
		key(name)
	}
	if failed != nil {
		return failed
	}
	var b []byte
	for len(c.rejects) < mostFigureRejects {
		cells, err := c.r.Row()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		b = b[:0]
		for _, at := range keys {
			b = append(append(b, strings.TrimSpace(cells[at])...), 0)
		}
		if first, twice := c.keys[string(b)]; twice {
			c.reject(keys[0], strings.TrimSuffix(strings.ReplaceAll(string(b), "\x00", ", "), ", "), "the same row stands in line %d already", first)
		} else {
			c.keys[string(b)] = int32(c.r.Line())
		}
		for _, p := range periods {
			c.period(p.at, p.times, cells[p.at])
		}
		for _, p := range places {
			name, iso := "", ""
			if p.name >= 0 {
				name = strings.TrimSpace(cells[p.name])
			}
			if p.iso >= 0 {
				iso = strings.TrimSpace(cells[p.iso])
			}
			c.place(p.at, strings.TrimSpace(cells[p.at]), name, iso)
		}
		for i := range values {
			v := &values[i]
			in := true
			for j, w := range v.Where {
				in = in && strings.TrimSpace(cells[v.where[j]]) == w.Is
			}
			if !in {
				continue
			}
			if v.unit >= 0 && !slices.ContainsFunc(v.means, func(m string) bool { return strings.EqualFold(m, strings.TrimSpace(cells[v.unit])) }) {
				c.reject(v.unit, cells[v.unit], "the unit that stands here is not that of %s, which is %s", v.Series, v.Unit)
			}
			if v.at >= 0 {
				c.figure(v.at, cells[v.at], v.TableSeries)
			}
		}
	}
	return nil
}

func (c *figureCheck) period(at int, times, cell string) {
	p, ok := sheet.Period(times, cell)
	if !ok {
		form := map[string]string{"quarter": "quarter, such as 2016Q2", "day": "day, such as 2016-04-30"}[times]
		if form == "" {
			form = fmt.Sprintf("year, of four digits from %d to %d", sheet.Earliest, sheet.Latest)
		}
		c.reject(at, cell, "no %s", form)
		return
	}
	if y, _ := strconv.Atoi(p[:4]); c.until > 0 && y > c.until {
		c.reject(at, cell, "the file was published in %d, and this lies later", c.until)
	}
}

// figure checks one cell of figures.
func (c *figureCheck) figure(at int, cell string, s *stocktake.TableSeries) {
	if sheet.Missing(s, cell) {
		return
	}
	x, ok := sheet.Number(cell)
	switch {
	case !ok:
		c.reject(at, cell, "no figure: digits, with a point where there are parts, and nothing else")
	case x < 0 && !s.Negative:
		c.reject(at, cell, "below zero, and %s cannot be: %s", s.Series, s.Unit)
	case x != float64(int64(x)) && counts(s.Unit):
		c.reject(at, cell, "%s are counted in whole numbers; is the column in thousands, or a share?", s.Unit)
	case counts(s.Unit) && x > mostCounted:
		c.reject(at, cell, "more %s than there can be", s.Unit)
	case s.Unit == "percent" && (x > 100 || x < -100):
		c.reject(at, cell, "more than 100 percent; is the column in another unit?")
	}
}

// mostCounted is more than there are people, decisions or cases of anything: twice the people of the world.
const mostCounted = 2e10

// countedUnits are counted in whole numbers.
var countedUnits = []string{"persons", "cases", "decisions", "applications", "households", "families", "incidents", "deaths", "events", "places"}

func counts(unit string) bool { return slices.Contains(countedUnits, unit) }

// headingUnits are words in headings that say a unit.
var headingUnits = []struct{ word, unit string }{
	{"thousand", "thousands"}, {"'000", "thousands"}, {"(000", "thousands"}, {"000s", "thousands"}, {"million", "millions"}, {"billion", "billions"},
	{"%", "percent"}, {"percent", "percent"}, {"per cent", "percent"}, {"_pct", "percent"}, {"us$", "usd"}, {"usd", "usd"}, {"€", "eur"}, {"(eur)", "eur"}, {"per 1,000", "a rate"}, {"per 100", "a rate"},
	{"persons", "persons"}, {"households", "households"}, {"families", "families"}, {"cases", "cases"},
}

// unitOf returns the unit that a heading says; empty where it says none.
func unitOf(heading string) string {
	h := strings.ToLower(heading)
	for _, u := range headingUnits {
		if strings.Contains(h, u.word) {
			return u.unit
		}
	}
	return ""
}

// fits reports whether a unit is what a heading says: "thousand persons" fits "thousands".
func fits(unit, says string) bool {
	u := strings.ToLower(unit)
	return u == says || strings.Contains(u, strings.TrimSuffix(says, "s")) || says == "a rate" && strings.Contains(u, "per")
}

// wrong is the fault of files in which something is wrong: the first slips, each in a line of its own.
func wrong(list []Reject) error {
	var b strings.Builder
	n := strconv.Itoa(len(list))
	if len(list) >= mostFigureRejects {
		n = "at least " + n
	}
	fmt.Fprintf(&b, "%s things are wrong, and nothing was filed:", n)
	if len(list) == 1 {
		b.Reset()
		b.WriteString("one thing is wrong, and nothing was filed:")
	}
	for i, r := range list {
		if i == 20 {
			fmt.Fprintf(&b, "\n  … and %d more", len(list)-20)
			break
		}
		fmt.Fprintf(&b, "\n  %s, line %d, column %d: %q: %s", r.File, r.Line, r.Column, r.Value, r.Reason)
	}
	b.WriteString("\n")
	return stocktake.Invalidf("%s", b.String()).Hinted("mend the file, or what was said of it, and import it again; --rejects FILE writes the list")
}
