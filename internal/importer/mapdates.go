package importer

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"stocktake"
)

// dateForm is one way to write a date. Which ones a file uses is declared, never guessed.
type dateForm struct {
	name    string
	re      *regexp.Regexp
	y, m, d int // which group of re is the year, the month, the day; 0: none
}

var dateForms = map[string]dateForm{
	"year-month-day":      {re: regexp.MustCompile(`^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ][0-9:.]+Z?)?$`), y: 1, m: 2, d: 3},
	"day/month/year":      {re: regexp.MustCompile(`^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})$`), d: 1, m: 2, y: 3},
	"month/day/year":      {re: regexp.MustCompile(`^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})$`), m: 1, d: 2, y: 3},
	"day month-name year": {re: regexp.MustCompile(`^([0-9]{1,2})(?:st|nd|rd|th|er|º)?[ .-]+(?:de )?(\pL+)\.?,?[ -]+(?:de )?([0-9]{4})$`), d: 1, m: 2, y: 3},
	"month-name day year": {re: regexp.MustCompile(`^(\pL+)\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})$`), m: 1, d: 2, y: 3},
	"month-name year":     {re: regexp.MustCompile(`^(\pL+)\.?,? (?:de )?([0-9]{4})$`), m: 1, y: 2},
	"year-month":          {re: regexp.MustCompile(`^([0-9]{4})[-/.]([0-9]{1,2})$`), y: 1, m: 2},
	"year":                {re: regexp.MustCompile(`^([0-9]{4})$`), y: 1},
	"spreadsheet":         {re: regexp.MustCompile(`^([0-9]{5})(?:\.[0-9]+)?$`), d: 1},
	"edtf":                {re: regexp.MustCompile(`^.+$`)},
}

func dateNames() []string { return slices.Sorted(maps.Keys(dateForms)) }

// monthWords are the names of months in English, French and Spanish, in full and as they are cut short in English.
var monthWords = func() map[string]int {
	m := map[string]int{"sept": 9}
	for i, line := range strings.Split(`january jan janvier enero
february feb février fevrier febrero
march mar mars marzo
april apr avril abril
may mai mayo
june jun juin junio
july jul juillet julio
august aug août aout agosto
september sep septembre septiembre setiembre
october oct octobre octubre
november nov novembre noviembre
december dec décembre decembre diciembre`, "\n") {
		for _, w := range strings.Fields(line) {
			m[w] = i + 1
		}
	}
	return m
}()

// read returns the date that s is in this form, and whether it is one.
func (f dateForm) read(s string, epoch1904 bool) (stocktake.Date, bool) {
	if f.name == "edtf" {
		d, err := stocktake.ParseDate(s)
		return d, err == nil
	}
	g := f.re.FindStringSubmatch(s)
	if g == nil {
		return stocktake.Date{}, false
	}
	if f.name == "spreadsheet" { // days since the end of 1899, or of 1903; only numbers of five digits, which begin in 1927
		n, _ := strconv.Atoi(g[1])
		base := stocktake.DayOf(1899, 12, 30)
		if epoch1904 {
			base = stocktake.DayOf(1904, 1, 1)
		}
		return stocktake.DateOf(base + stocktake.Day(n)), true
	}
	text := g[f.y]
	if f.m > 0 {
		n, err := strconv.Atoi(g[f.m])
		if err != nil {
			n = monthWords[strings.ToLower(g[f.m])]
		}
		text += fmt.Sprintf("-%02d", n)
	}
	if f.d > 0 {
		n, _ := strconv.Atoi(g[f.d])
		text += fmt.Sprintf("-%02d", n)
	}
	d, err := stocktake.ParseDate(text)
	return d, err == nil
}

var numericDate = regexp.MustCompile(`^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{2,4})$`)

// readDate returns the date that s is in one of the declared forms. The reason says why it is none, or that it may be two.
func readDate(s string, forms []dateForm, epoch1904 bool) (d stocktake.Date, reason string) {
	for _, f := range forms {
		one, ok := f.read(s, epoch1904)
		if !ok {
			continue
		}
		if !d.IsZero() && d != one {
			return stocktake.Date{}, fmt.Sprintf("the date may be %s or %s: the mapping allows both", d, one)
		}
		d = one
	}
	if !d.IsZero() {
		return d, ""
	}
	if g := numericDate.FindStringSubmatch(s); g != nil {
		a, _ := strconv.Atoi(g[1])
		b, _ := strconv.Atoi(g[2])
		switch {
		case len(g[3]) != 4:
			return d, "the year has not four digits"
		case a >= 1 && a <= 12 && b >= 1 && b <= 12:
			return d, fmt.Sprintf("the date may be %d %s or %d %s: write day/month/year or month/day/year under dates", a, time.Month(b), b, time.Month(a))
		}
	}
	names := make([]string, len(forms))
	for i, f := range forms {
		names[i] = f.name
	}
	return d, "no date as the mapping says they are written: " + strings.Join(names, ", ")
}
