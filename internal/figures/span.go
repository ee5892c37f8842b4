package figures

import (
	"strconv"
	"strings"

	"stocktake"
)

// ParseSpan reads what a person writes for a period: 2015, 2015-2020, 2016Q2, 2016-04, 2016-04-30, or two of them with a slash between.
// Nothing is every period.
func ParseSpan(s string) (from, to string, err error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", "", nil
	}
	a, b, two := strings.Cut(s, "/")
	if !two && len(s) == len("2015-2020") && s[4] == '-' && isYear(s[:4]) && isYear(s[5:]) {
		a, b, two = s[:4], s[5:], true
	}
	if !two {
		b = a
	}
	for _, p := range []string{a, b} {
		if p == ".." && two {
			continue
		}
		if !isPeriod(p) {
			return "", "", stocktake.Invalidf("%q is no period", s).Hinted("write a year (2015), a span of years (2015-2020), a quarter (2016Q2) or a day (2016-04-30)")
		}
	}
	if a == ".." {
		a = ""
	}
	if b == ".." {
		b = ""
	}
	if a != "" && b != "" && a > b {
		return "", "", stocktake.Invalidf("%q ends before it begins", s).Hinted("write the earlier one first")
	}
	return a, b, nil
}

func isYear(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && len(s) == 4 && n >= 1000
}

func isPeriod(s string) bool {
	switch len(s) {
	case 4:
		return isYear(s)
	case 6:
		return isYear(s[:4]) && s[4] == 'Q' && s[5] >= '1' && s[5] <= '4'
	case 7, 10:
		_, err := stocktake.ParseDate(s)
		return err == nil && isYear(s[:4])
	}
	return false
}
