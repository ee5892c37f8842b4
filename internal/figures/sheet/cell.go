package sheet

import (
	"slices"
	"strconv"
	"strings"

	"stocktake"
)

// Earliest and Latest are the first and the last year that a period may lie in. A year outside of them is a slip.
const (
	Earliest = 1800
	Latest   = 2199
)

// Missing reports whether a cell of a series means "not reported".
func Missing(s *stocktake.TableSeries, cell string) bool {
	cell = strings.TrimSpace(cell)
	return cell == "" || slices.Contains(s.Missing, cell)
}

// Number reads a figure: digits with a point, a minus sign, an exponent. Separators of thousands, signs of currency and percent, and
// anything else make it none.
func Number(cell string) (float64, bool) {
	cell = strings.TrimSpace(cell)
	for i := range len(cell) {
		switch c := cell[i]; {
		case c >= '0' && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, false
		}
	}
	x, err := strconv.ParseFloat(cell, 64)
	return x, err == nil
}

// Period reads a period: 2015 for years, 2015Q3 for quarters, 2015-07-31 for days. It is returned as it is written there.
func Period(times, cell string) (string, bool) {
	cell = strings.TrimSpace(cell)
	switch times {
	case "quarter":
		return cell, len(cell) == 6 && isYear(cell[:4]) && cell[4] == 'Q' && cell[5] >= '1' && cell[5] <= '4'
	case "day":
		d, err := stocktake.ParseDate(cell)
		return cell, err == nil && len(cell) == len("2015-07-31") && isYear(cell[:4]) && d.Exact()
	}
	return cell, len(cell) == 4 && isYear(cell)
}

func isYear(s string) bool {
	y, err := strconv.Atoi(s)
	return err == nil && y >= Earliest && y <= Latest && s[0] != '+'
}

// Ends is the last day of a period, as Period returned it: the day from which the figure could be there.
func Ends(times, period string) stocktake.Day {
	y, _ := strconv.Atoi(period[:4])
	switch times {
	case "mid-year":
		return stocktake.DayOf(y, 7, 1)
	case "five-years":
		return stocktake.DayOf(y+5, 1, 1) - 1
	case "quarter":
		return stocktake.DayOf(y, int(period[5]-'0')*3+1, 1) - 1
	case "day":
		lo, _ := stocktake.MustDate(period).Bounds()
		return lo
	}
	return stocktake.DayOf(y, 12, 31)
}
