package stocktake

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// dateBounds lists what each form of date means. Empty is no bound. The last two columns are what comparisons use.
var dateBounds = []struct{ text, lo, hi, wideLo, wideHi string }{
	{"2017-12-04", "2017-12-04", "2017-12-04", "2017-12-04", "2017-12-04"},
	{"2017-12", "2017-12-01", "2017-12-31", "2017-12-01", "2017-12-31"},
	{"2017", "2017-01-01", "2017-12-31", "2017-01-01", "2017-12-31"},
	{"2016-02", "2016-02-01", "2016-02-29", "2016-02-01", "2016-02-29"},
	{"1900-02", "1900-02-01", "1900-02-28", "1900-02-01", "1900-02-28"},
	{"2000-02-29", "2000-02-29", "2000-02-29", "2000-02-29", "2000-02-29"},
	{"0000", "0000-01-01", "0000-12-31", "0000-01-01", "0000-12-31"},
	{"0000-02-29", "0000-02-29", "0000-02-29", "0000-02-29", "0000-02-29"},
	{"-0001", "-0001-01-01", "-0001-12-31", "-0001-01-01", "-0001-12-31"},
	{"-0043-03-15", "-0043-03-15", "-0043-03-15", "-0043-03-15", "-0043-03-15"},

	{"2018?", "2018-01-01", "2018-12-31", "2017-01-01", "2019-12-31"},
	{"2018~", "2018-01-01", "2018-12-31", "2017-01-01", "2019-12-31"},
	{"2018%", "2018-01-01", "2018-12-31", "2017-01-01", "2019-12-31"},
	{"2018-11?", "2018-11-01", "2018-11-30", "2018-10-01", "2018-12-31"},
	{"2018-01~", "2018-01-01", "2018-01-31", "2017-12-01", "2018-02-28"},
	{"2018-12%", "2018-12-01", "2018-12-31", "2018-11-01", "2019-01-31"},
	{"2018-11-20?", "2018-11-20", "2018-11-20", "2018-11-19", "2018-11-21"},
	{"2018-01-01~", "2018-01-01", "2018-01-01", "2017-12-31", "2018-01-02"},
	{"-0001?", "-0001-01-01", "-0001-12-31", "-0002-01-01", "0000-12-31"},

	{"201X", "2010-01-01", "2019-12-31", "2010-01-01", "2019-12-31"},
	{"20XX", "2000-01-01", "2099-12-31", "2000-01-01", "2099-12-31"},
	{"2XXX", "2000-01-01", "2999-12-31", "2000-01-01", "2999-12-31"},
	{"201X?", "2010-01-01", "2019-12-31", "2000-01-01", "2029-12-31"},
	{"20XX~", "2000-01-01", "2099-12-31", "1900-01-01", "2199-12-31"},
	{"-004X", "-0049-01-01", "-0040-12-31", "-0049-01-01", "-0040-12-31"},
	{"-000X", "-0009-01-01", "-0001-12-31", "-0009-01-01", "-0001-12-31"},
	{"2018-XX", "2018-01-01", "2018-12-31", "2018-01-01", "2018-12-31"},
	{"2018-12-XX", "2018-12-01", "2018-12-31", "2018-12-01", "2018-12-31"},
	{"2018-XX-XX", "2018-01-01", "2018-12-31", "2018-01-01", "2018-12-31"},
	{"2018-12-XX?", "2018-12-01", "2018-12-31", "2018-11-01", "2019-01-31"},
	{"2018-XX~", "2018-01-01", "2018-12-31", "2017-01-01", "2019-12-31"},
	{"XXXX", "", "", "", ""},
	{"XXXX?", "", "", "", ""},
	{"XXXX-11", "", "", "", ""},
	{"XXXX-XX", "", "", "", ""},
	{"XXXX-XX-XX", "", "", "", ""},
	{"XXXX-22", "", "", "", ""},
	{"XXXX-11-28", "", "", "", ""},
	{"XXXX-02-29", "", "", "", ""},

	{"2018-21", "2018-03-01", "2018-12-31", "2018-03-01", "2018-12-31"},
	{"2018-22", "2017-12-01", "2019-03-31", "2017-12-01", "2019-03-31"},
	{"2018-23", "2018-03-01", "2018-12-31", "2018-03-01", "2018-12-31"},
	{"2018-24", "2017-12-01", "2019-03-31", "2017-12-01", "2019-03-31"},
	{"2018-21~", "2018-03-01", "2018-12-31", "2017-12-01", "2019-03-31"},
	{"2018-22?", "2017-12-01", "2019-03-31", "2017-09-01", "2019-06-30"},

	{"2018-11-20/2018-11-21", "2018-11-20", "2018-11-21", "2018-11-20", "2018-11-21"},
	{"2018-11-20/2018-11-20", "2018-11-20", "2018-11-20", "2018-11-20", "2018-11-20"},
	{"2018-11/2018-12", "2018-11-01", "2018-12-31", "2018-11-01", "2018-12-31"},
	{"2004-02-01/2005", "2004-02-01", "2005-12-31", "2004-02-01", "2005-12-31"},
	{"2018-12/2018", "2018-12-01", "2018-12-31", "2018-12-01", "2018-12-31"},
	{"2018-11-20~/2018-12?", "2018-11-20", "2018-12-31", "2018-11-19", "2019-01-31"},
	{"201X/2018-12-XX", "2010-01-01", "2018-12-31", "2010-01-01", "2018-12-31"},
	{"2018-21/2018-23", "2018-03-01", "2018-12-31", "2018-03-01", "2018-12-31"},
	{"-0010/0010", "-0010-01-01", "0010-12-31", "-0010-01-01", "0010-12-31"},
	{"2018/..", "2018-01-01", "", "2018-01-01", ""},
	{"2018/", "2018-01-01", "", "2018-01-01", ""},
	{"2018?/..", "2018-01-01", "", "2017-01-01", ""},
	{"../2018", "", "2018-12-31", "", "2018-12-31"},
	{"/2018-11-20%", "", "2018-11-20", "", "2018-11-21"},
	{"../..", "", "", "", ""},
	{"XXXX-11-28/XXXX-11-30", "", "", "", ""},
	{"XXXX-11-28/2018-11-30", "", "2018-11-30", "", "2018-11-30"},
	{"2018-11-28/XXXX", "2018-11-28", "", "2018-11-28", ""},
}

// dateErrors lists texts that are no date, and a part of what the error must say.
var dateErrors = []struct{ text, want string }{
	{"", `"": a date is needed, such as 2017-12-04`},
	{"2018-02-30", "2018-02-30: February 2018 has 28 days"},
	{"2016-02-30", "2016-02-30: February 2016 has 29 days"},
	{"1900-02-29", "1900-02-29: February 1900 has 28 days"},
	{"2018-04-31?", "2018-04-31?: April 2018 has 30 days"},
	{"-0043-02-30", "-0043-02-30: February -0043 has 28 days"},
	{"XXXX-02-30", "XXXX-02-30: February has 29 days"},
	{"2018-12-00", "2018-12-00: December 2018 has 31 days"},
	{"2018-11-20/2018-11-31", "2018-11-20/2018-11-31: 2018-11-31: November 2018 has 30 days"},
	{"2018-00", "months run from 01 to 12, and seasons from 21 to 24"},
	{"2018-13-01", "months run from 01 to 12"},
	{"2018-25", "beyond EDTF level 1; write a span of months"},
	{"2018-41", "beyond EDTF level 1"},
	{"2018-42", "months run from 01 to 12"},
	{"2018-21-05", "a season has no day"},
	{"2018-XX-05", "a day needs its month; write 2018"},
	{"-0018-XX-05?", "a day needs its month; write -0018"},
	{"2018-1X", "such as 2018-10/2018-12"},
	{"2018-X1", "a month is known or it is XX"},
	{"2018-12-1X", "such as 2018-12-10/2018-12-19"},
	{"2018-12-X1", "a day is known or it is XX"},
	{"201X-12", "a month needs the whole year, or XXXX where it is not known; write 201X"},
	{"-01XX-12-24", "write -01XX"},
	{"20X8", "digits can only be missing from the right"},
	{"XXX8", "digits can only be missing from the right"},
	{"-XXXX", "write XXXX"},
	{"-0000", "the year before 0001 is 0000"},
	{"2019/2018", "2019/2018: the span ends before it begins; is 2018/2019 meant?"},
	{"2018-12-05/2018-11", "is 2018-11/2018-12-05 meant?"},
	{"/", "leave the date out"},
	{"/..", "leave the date out"},
	{"../", "leave the date out"},
	{"..", "a date is written year first"},
	{"?", "a date is written year first"},
	{"?/2018", "?/2018: ?: a date is written year first"},
	{"2018/open", "2018/open: open: an open end is written .., as in 2018/.."},
	{"unknown", "one that is not known is left empty, as in 2018/"},
	{"Y2018", "a year of four digits is written without Y"},
	{"Y012345", "the first not 0"},
	{"Y-02345", "the first not 0"},
	{"Y1234567", "years end at six digits here"},
	{"Y12345-01", "and nothing else"},
	{"Y", "five or six digits"},
	{"2018-11-20T10:00:00Z", "a date has no time of day; write 2018-11-20"},
	{"2018-11-20 10:00", "a date has no time of day; write 2018-11-20"},
	{"2018-02-30T10:00:00Z", "a date is written year first"},
	{" 2018", `" 2018": is 2018 meant?`},
	{"2018\n", `"2018\n": is 2018 meant?`},
	{"2018 / 2019", `"2018 / 2019": "2018 ": is 2018 meant?`},
	{"2018..2019", "is 2018/2019 meant?"},
	{"2018–2019", "is 2018/2019 meant?"},
	{"2018-2019", "is 2018/2019 meant?"},
	{"2017–12–04", `"2017–12–04": is 2017-12-04 meant?`},
	{"2017.12.04", "is 2017-12-04 meant?"},
	{"2017/12/04", "is 2017-12-04 meant?"},
	{"20171204", "is 2017-12-04 meant?"},
	{"2017-6-2", "is 2017-06-02 meant?"},
	{"201x", "is 201X meant?"},
	{"19uu", "is 19XX meant?"},
	{"2018?-11", "is 2018-11? meant?"},
	{"?2018", "is 2018? meant?"},
	{"2018?~", "is 2018% meant?"},
	{"2018-11~-20~", "is 2018-11-20~ meant?"},
	{"20181304", "20181304: a date is written year first"},
	{"04/12/2017", "04/12/2017: a date is written year first"},
	{"2017/12", "2017/12: 12: a date is written year first"},
	{"4 December 2017", `"4 December 2017": is 2017-12-04 meant?`},
	{"24 Sep 1945", "is 1945-09-24 meant?"},
	{"December 4, 2017", "is 2017-12-04 meant?"},
	{"December 2017", "is 2017-12 meant?"},
	{"31 November 2017", "a date is written year first"},
	{"[2017,2018]", "sets of dates are beyond EDTF level 1"},
	{"{2018-02-20,2018-02-22..2018-02-23}", "or write the span"},
	{"201712", "a date is written year first"},
	{"17", "a date is written year first"},
	{"2017-", "a date is written year first"},
	{"2017-12-", "a date is written year first"},
	{"2017-12-04-", "a date is written year first"},
	{"+2017", "a date is written year first"},
	{"--2017", "a date is written year first"},
	{"201A", "a date is written year first"},
	{"2017012304", "a date is written year first"},
	{"\xff\xfe", `"\xff\xfe": a date is written year first`},
	{strings.Repeat("2018", 40), "..."},
}

// dayAt reads the day that a table names; none is the bound that an empty text stands for.
func dayAt(t *testing.T, s string, none Day) Day {
	t.Helper()
	if s == "" {
		return none
	}
	year, rest := s, ""
	if i := strings.IndexByte(s[1:], '-') + 1; i > 0 {
		year, rest = s[:i], s[i+1:]
	}
	var y, m, d int
	if _, err := fmt.Sscanf(year+" "+rest, "%d %d-%d", &y, &m, &d); err != nil {
		t.Fatalf("the test table says %q: %v", s, err)
	}
	return DayOf(y, m, d)
}

func TestParseDate(t *testing.T) {
	for _, tt := range dateBounds {
		d, err := ParseDate(tt.text)
		if err != nil {
			t.Errorf("ParseDate: %v", err)
			continue
		}
		if d.String() != tt.text {
			t.Errorf("ParseDate(%q).String() = %q", tt.text, d)
		}
		lo, hi := d.Bounds()
		if lo != dayAt(t, tt.lo, MinDay) || hi != dayAt(t, tt.hi, MaxDay) {
			t.Errorf("%s: Bounds are %s to %s, want %q to %q", d, DateOf(lo), DateOf(hi), tt.lo, tt.hi)
		}
		lo, hi = d.reach()
		if lo != dayAt(t, tt.wideLo, MinDay) || hi != dayAt(t, tt.wideHi, MaxDay) {
			t.Errorf("%s compares as %s to %s, want %q to %q", d, DateOf(lo), DateOf(hi), tt.wideLo, tt.wideHi)
		}
		if first, ok := d.First(); ok != (tt.lo != "") || ok && first != dayAt(t, tt.lo, 0) {
			t.Errorf("%s: First = %d, %v", d, first, ok)
		}
		if last, ok := d.Last(); ok != (tt.hi != "") || ok && last != dayAt(t, tt.hi, 0) {
			t.Errorf("%s: Last = %d, %v", d, last, ok)
		}
		if exact := tt.wideLo == tt.wideHi && tt.lo != ""; d.Exact() != exact {
			t.Errorf("%s: Exact = %v", d, d.Exact())
		}
		if d.Uncertain() != strings.ContainsAny(tt.text, "?~%") || d.IsZero() {
			t.Errorf("%s: Uncertain = %v, IsZero = %v", d, d.Uncertain(), d.IsZero())
		}
	}
}

func TestParseDateLongYears(t *testing.T) {
	for _, tt := range []struct {
		text       string
		year, wide int
	}{{"Y12345", 12345, 0}, {"Y-12345", -12345, 0}, {"Y999999", 999999, 0}, {"Y-999999~", -999999, 1}, {"9999?", 9999, 1}} {
		d := MustDate(tt.text)
		lo, hi := d.Bounds()
		if lo != DayOf(tt.year, 1, 1) || hi != DayOf(tt.year, 12, 31) {
			t.Errorf("%s: Bounds are %d to %d", d, lo, hi)
		}
		lo, hi = d.reach()
		if lo != DayOf(tt.year-tt.wide, 1, 1) || hi != DayOf(tt.year+tt.wide, 12, 31) {
			t.Errorf("%s compares as %d to %d", d, lo, hi)
		}
	}
}

func TestParseDateErrors(t *testing.T) {
	for _, tt := range dateErrors {
		d, err := ParseDate(tt.text)
		if err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error with %q", tt.text, d, tt.want)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) || !d.IsZero() {
			t.Errorf("ParseDate(%q) = %q, %v\nwant an error with %q", tt.text, d, err, tt.want)
		}
		if before := MustDate("1999"); tt.text != "" {
			got := before
			if textErr := got.UnmarshalText([]byte(tt.text)); textErr == nil || textErr.Error() != err.Error() || got != before {
				t.Errorf("UnmarshalText(%q): %v, leaves %q; ParseDate: %v", tt.text, textErr, got, err)
			}
		}
	}
	defer func() {
		if r := recover(); r != "stocktake.MustDate: 2018-13: months run from 01 to 12, and seasons from 21 to 24" {
			t.Errorf("MustDate panics with %v", r)
		}
	}()
	MustDate("2018-13")
}

// The evidence gathered on the Global Compact's negotiation dates each item as its sources do.
func TestParseDateOfEvidence(t *testing.T) {
	const path = "../shared/data/gcm-chronology-evidence/index.csv" // tests run in the module root
	f, err := os.Open(path)
	if err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") == "1" {
			t.Fatalf("the evidence is needed here: %v", err)
		}
		t.Skipf("the evidence is not at hand: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := slices.Index(rows[0], "date")
	if column < 0 || len(rows) < 100 {
		t.Fatalf("%s has %d rows and its columns are %q", path, len(rows), rows[0])
	}
	for _, row := range rows[1:] {
		s := row[column]
		var d Date
		err := d.UnmarshalText([]byte(s)) // empty where an item is not dated
		switch {
		case strings.HasPrefix(s, "{"): // a set of days, which level 1 does not have
			if err == nil || !strings.Contains(err.Error(), "write the span") {
				t.Errorf("%q is read as %q, %v", s, d, err)
			}
		case err != nil || d.String() != s:
			t.Errorf("%q is read as %q, %v", s, d, err)
		}
	}
}

// Days are counted here one by one, by the rule of the calendar, and DayOf and DateOf must agree on each.
func TestDaysOneByOne(t *testing.T) {
	day := DayOf(1970, 1, 1)
	if day != 0 {
		t.Fatalf("1970-01-01 is day %d", day)
	}
	months := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	for y := 1970; y <= 2410; y++ {
		for m, n := range months {
			if leap := y%4 == 0 && y%100 != 0 || y%400 == 0; leap && m == 1 {
				n++
			}
			for d := 1; d <= n; d++ {
				text := fmt.Sprintf("%04d-%02d-%02d", y, m+1, d)
				if got := DayOf(y, m+1, d); got != day {
					t.Fatalf("DayOf(%s) = %d, want %d", text, got, day)
				}
				// The calendar repeats every 400 years, which have 146,097 days.
				if got := DayOf(y-3200, m+1, d); got != day-8*146097 {
					t.Fatalf("DayOf of 3200 years before %s = %d", text, got)
				}
				if got := DateOf(day); got != MustDate(text) || !got.Exact() {
					t.Fatalf("DateOf(%d) = %#v, want %s", day, got, text)
				}
				day++
			}
			if _, err := ParseDate(fmt.Sprintf("%04d-%02d-%02d", y, m+1, n+1)); err == nil {
				t.Fatalf("ParseDate takes day %d of month %d of %d", n+1, m+1, y)
			}
		}
	}
}

func TestDayOfOutside(t *testing.T) {
	for _, tt := range []struct {
		y, m, d int
		want    Day
	}{
		{2017, 13, 1, DayOf(2018, 1, 1)},
		{2018, 0, 1, DayOf(2017, 12, 1)},
		{2018, 3, 0, DayOf(2018, 2, 28)},
		{2018, 2, 30, DayOf(2018, 3, 2)},
		{5881580, 7, 10, MaxDay - 1},
		{5881580, 7, 11, MaxDay},
		{5881580, 7, 12, MaxDay},
		{2147483647, 12, 31, MaxDay},
		{-5877641, 6, 24, MinDay + 1},
		{-5877641, 6, 23, MinDay},
		{-5877641, 6, 22, MinDay},
		{-2147483648, 1, 1, MinDay},
	} {
		if got := DayOf(tt.y, tt.m, tt.d); got != tt.want {
			t.Errorf("DayOf(%d, %d, %d) = %d, want %d", tt.y, tt.m, tt.d, got, tt.want)
		}
	}
	for _, d := range []Day{MinDay, MaxDay, DayOf(-9999, 1, 0), DayOf(10000, 1, 1)} {
		if got := DateOf(d); !got.IsZero() {
			t.Errorf("DateOf(%d) = %s", d, got)
		}
	}
	for _, s := range []string{"-9999-01-01", "-0001-12-31", "0000-01-01", "0001-01-01", "9999-12-31"} {
		lo, _ := MustDate(s).Bounds()
		if got := DateOf(lo); got != MustDate(s) {
			t.Errorf("DateOf(%d) = %s, want %s", lo, got, s)
		}
	}
}

func TestDateCompare(t *testing.T) {
	for _, tt := range []struct {
		d, e  string
		after Truth // d after e
		upon  Truth // e after d
		equal Truth
	}{
		{"2017-12-04", "2017-12-03", Yes, No, No},
		{"2017-12-04", "2017-12-04", No, No, Yes},
		{"2017-12-04", "2017-12", Unsure, Unsure, Unsure},
		{"2017-12-01", "2017-12", No, Unsure, Unsure}, // the first of the month is later than no day of it
		{"2017-12-31", "2017-12", Unsure, No, Unsure},
		{"2017-12", "2017-12", Unsure, Unsure, Unsure},
		{"2017-12", "2017-11", Yes, No, No},
		{"2018", "2017-12-31", Yes, No, No},
		{"2018-11-20/2018-11-21", "2018-11-21", No, Unsure, Unsure},
		{"2018-11-20/2018-11-21", "2018-11-22", No, Yes, No},
		{"2018-11-20/2018-11-21", "2018-11-21/2018-11-22", No, Unsure, Unsure},
		{"2018-11-20/2018-11-20", "2018-11-20", No, No, Yes},
		{"2018-11-20?", "2018-11-20", Unsure, Unsure, Unsure},
		{"2018-11-20?", "2018-11-20?", Unsure, Unsure, Unsure},
		{"2018-11-20?", "2018-11-19", Unsure, No, Unsure},
		{"2018-11-20?", "2018-11-18", Yes, No, No},
		{"2018~", "2016-12-31", Yes, No, No},
		{"2018~", "2017-01-01", Unsure, No, Unsure},
		{"2018/..", "2017", Yes, No, No},
		{"2018/..", "2019", Unsure, Unsure, Unsure},
		{"2018/", "2018-01-01", Unsure, No, Unsure},
		{"2018/..", "2018/..", Unsure, Unsure, Unsure},
		{"../2018", "2019/..", No, Yes, No},
		{"../2018", "2018-12-31/..", No, Unsure, Unsure},
		{"../..", "2018", Unsure, Unsure, Unsure},
		{"XXXX-11-28", "2018-11-28", Unsure, Unsure, Unsure},
		{"", "2018", Unsure, Unsure, Unsure},
		{"", "", Unsure, Unsure, Unsure},
		{"", "../..", Unsure, Unsure, Unsure},
		{"Y12345", "9999", Yes, No, No},
		{"-0001-12-31", "0000-01-01", No, Yes, No},
	} {
		var d, e Date
		if d.UnmarshalText([]byte(tt.d)) != nil || e.UnmarshalText([]byte(tt.e)) != nil {
			t.Fatalf("the table holds what is no date: %q, %q", tt.d, tt.e)
		}
		if d.After(e) != tt.after || e.Before(d) != tt.after || d.OnOrBefore(e) != tt.after.Not() {
			t.Errorf("%q after %q = %v, want %v", d, e, d.After(e), tt.after)
		}
		if e.After(d) != tt.upon || d.Before(e) != tt.upon || e.OnOrBefore(d) != tt.upon.Not() {
			t.Errorf("%q after %q = %v, want %v", e, d, e.After(d), tt.upon)
		}
		if d.Equal(e) != tt.equal || e.Equal(d) != tt.equal {
			t.Errorf("%q equal %q = %v, want %v", d, e, d.Equal(e), tt.equal)
		}
	}
}

// Every span within a week against every other, day by day: a comparison is Yes or No just when all pairs of days agree.
func TestDateCompareDayByDay(t *testing.T) {
	start := DayOf(2016, 2, 26) // over a leap day and the end of a month
	var spans []Date
	for lo := start; lo < start+7; lo++ {
		spans = append(spans, DateOf(lo), MustDate(DateOf(lo).String()+"?"))
		for hi := lo; hi < start+7; hi++ {
			spans = append(spans, MustDate(DateOf(lo).String()+"/"+DateOf(hi).String()))
		}
	}
	all := func(d, e Date, holds func(a, b Day) bool) Truth {
		days := func(d Date) (lo, hi Day) { // what the comment of Date says, from the text alone
			lo, hi = d.Bounds()
			if strings.HasSuffix(d.String(), "?") {
				return lo - 1, hi + 1
			}
			return lo, hi
		}
		yes, no := true, true
		dlo, dhi := days(d)
		elo, ehi := days(e)
		for a := dlo; a <= dhi; a++ {
			for b := elo; b <= ehi; b++ {
				if holds(a, b) {
					no = false
				} else {
					yes = false
				}
			}
		}
		switch {
		case yes:
			return Yes
		case no:
			return No
		}
		return Unsure
	}
	for _, d := range spans {
		for _, e := range spans {
			if got, want := d.After(e), all(d, e, func(a, b Day) bool { return a > b }); got != want {
				t.Errorf("%s after %s = %v, want %v", d, e, got, want)
			}
			if got, want := d.Before(e), all(d, e, func(a, b Day) bool { return a < b }); got != want {
				t.Errorf("%s before %s = %v, want %v", d, e, got, want)
			}
			if got, want := d.OnOrBefore(e), all(d, e, func(a, b Day) bool { return a <= b }); got != want {
				t.Errorf("%s on or before %s = %v, want %v", d, e, got, want)
			}
			if got, want := d.Equal(e), all(d, e, func(a, b Day) bool { return a == b }); got != want {
				t.Errorf("%s equal %s = %v, want %v", d, e, got, want)
			}
		}
	}
}

// A digit that is missing stands for any: the bounds of a pattern are the first and last day whose text fits it.
func TestDateBoundsByPattern(t *testing.T) {
	fits := func(day, pattern string) bool {
		for i := range len(pattern) { // a pattern that is shorter leaves the rest open
			if pattern[i] != 'X' && pattern[i] != day[i] {
				return false
			}
		}
		return true
	}
	for _, pattern := range []string{"2016", "2016-02", "2015-02", "2016-02-29", "2016-XX", "2016-XX-XX", "2016-11-XX", "201X", "20XX"} {
		first, last := MaxDay, MinDay
		for day := DayOf(1995, 1, 1); day < DayOf(2105, 1, 1); day++ {
			if fits(DateOf(day).String(), pattern) {
				first, last = min(first, day), max(last, day)
			}
		}
		if lo, hi := MustDate(pattern).Bounds(); lo != first || hi != last {
			t.Errorf("%s: Bounds are %s to %s, want %s to %s", pattern, DateOf(lo), DateOf(hi), DateOf(first), DateOf(last))
		}
	}
}

func TestDateHull(t *testing.T) {
	for _, tt := range []struct{ a, b, want string }{
		{"2017-12-04", "2017-12-04", "2017-12-04"},
		{"2018-11-20", "2018-11-21", "2018-11-20/2018-11-21"},
		{"2018-11-20/2018-11-22", "2018-11-21/2018-11-24", "2018-11-20/2018-11-24"},
		{"2017-12", "2018-02-03?", "2017-12/2018-02-03?"},
		{"2017-12-04", "2017-12", "2017-12"},
		{"2018", "2018-XX", "2018"},
		{"2018-XX", "2018-12-04/2019", "2018-XX/2019"},
		{"2018", "2018?", "2018?"},
		{"2018?", "2017-06-01", "2017-01-01/2018?"}, // the doubt reaches before the other's beginning
		{"2018?", "2019-06-01", "2018?/2019-12-31"},
		{"2018/..", "2017", "2017/.."},
		{"2018/", "2017", "2017/"},
		{"../2018", "2019", "../2019"},
		{"/2018", "2019", "/2019"},
		{"/2018", "2017/..", "../.."},
		{"/2018", "2017/", "../.."},
		{"XXXX-11-28", "2018", "XXXX-11-28"},
		{"XXXX-11-28/2018", "2019", "XXXX-11-28/2019"},
		{"", "2018", "2018"},
		{"", "", ""},
		{"-9999?", "-9998-05", "-9999?/-9998-12-31"},
		{"Y-20000?", "Y-20001", "Y-20001/Y-20000?"},
		{"Y20000?", "Y-20000", "Y-20000/Y20000?"},
		{"-9999?", "../-9999-05-01", "../-9999?"},
		{"Y-20000?", "Y-20001/-0500?", "Y-20001/-0500?"},
		{"Y20000~", "2018?/Y20001", "2018?/Y20001"},
		{"-9999?", "-9999-02-03/-0500", "-9999?/-0500"},
		{"-9999?", "-9999-22", "../-9998-12-31"}, // days of the year -10000 cannot be written
		{"Y-20000?", "-9999/2018", "Y-20000?/2018"},
	} {
		var a, b Date
		if a.UnmarshalText([]byte(tt.a)) != nil || b.UnmarshalText([]byte(tt.b)) != nil {
			t.Fatalf("the table holds what is no date: %q, %q", tt.a, tt.b)
		}
		if got := Hull(a, b); got.String() != tt.want {
			t.Errorf("Hull(%q, %q) = %q, want %q", a, b, got, tt.want)
		}
	}

	dates := []Date{{}}
	for _, tt := range dateBounds {
		dates = append(dates, MustDate(tt.text))
	}
	dates = append(dates, MustDate("Y-999999?"), MustDate("Y999999?"), MustDate("-9999?"), MustDate("-9998-01-01/9998"), MustDate("9999?"))
	for _, a := range dates {
		for _, b := range dates {
			h := Hull(a, b)
			if h != Hull(b, a) {
				t.Errorf("Hull(%q, %q) = %q, the other way round %q", a, b, h, Hull(b, a))
			}
			if h != Hull(h, a) || h != Hull(b, h) {
				t.Errorf("Hull(%q, %q) = %q, which does not hold them", a, b, h)
			}
			for _, part := range []Date{a, b} {
				if !part.IsZero() && !h.holds(part) {
					t.Errorf("Hull(%q, %q) = %q, which does not hold %q", a, b, h, part)
				}
			}
		}
	}
}

func TestDateEnd(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"2017-12-04", "2017-12-04T23:59:59.999999Z"},
		{"2016-02", "2016-02-29T23:59:59.999999Z"},
		{"2018?", "2018-12-31T23:59:59.999999Z"},
		{"../1960-11", "1960-11-30T23:59:59.999999Z"},
		{"-0001", "-0001-12-31T23:59:59.999999Z"},
	} {
		end, ok := MustDate(tt.text).End()
		if got := end.Format(time.RFC3339Nano); !ok || got != tt.want || end.Location() != time.UTC {
			t.Errorf("the end of %s is %s, %v; want %s", tt.text, got, ok, tt.want)
		}
	}
	for _, d := range []Date{{}, MustDate("2018/.."), MustDate("2018/"), MustDate("XXXX-11-28")} {
		if end, ok := d.End(); ok || !end.IsZero() {
			t.Errorf("the end of %q is %v, %v", d, end, ok)
		}
	}
}

func TestZeroDate(t *testing.T) {
	var d Date
	lo, hi := d.Bounds()
	_, first := d.First()
	_, last := d.Last()
	if !d.IsZero() || d.String() != "" || lo != MinDay || hi != MaxDay || first || last || d.Exact() || d.Uncertain() {
		t.Errorf("the zero date says something: %#v", d)
	}
}

func TestDateJSON(t *testing.T) {
	type row struct {
		Done   Date          `json:"done"`
		Effect Date          `json:"effect,omitzero"`
		By     map[Date]bool `json:"by,omitempty"`
	}
	for _, tt := range []struct {
		row  row
		want string
	}{
		{row{}, `{"done":""}`},
		{row{Done: MustDate("2017-12"), Effect: MustDate("2018-11-20/2018-11-21")}, `{"done":"2017-12","effect":"2018-11-20/2018-11-21"}`},
		{row{By: map[Date]bool{MustDate("2018?"): true}}, `{"done":"","by":{"2018?":true}}`},
	} {
		got, err := json.Marshal(tt.row)
		if err != nil || string(got) != tt.want {
			t.Errorf("Marshal = %s, %v, want %s", got, err, tt.want)
		}
		var back row
		if err := json.Unmarshal(got, &back); err != nil || back.Done != tt.row.Done || back.Effect != tt.row.Effect || len(back.By) != len(tt.row.By) {
			t.Errorf("Unmarshal(%s) = %v, %v", got, back, err)
		}
	}
	var back row
	if err := json.Unmarshal([]byte(`{"done":"2018-02-30"}`), &back); err == nil || !strings.Contains(err.Error(), "February 2018 has 28 days") {
		t.Errorf("Unmarshal of 2018-02-30: %v", err)
	}
	if got, err := MustDate("2018").AppendText([]byte("in ")); err != nil || string(got) != "in 2018" {
		t.Errorf("AppendText = %q, %v", got, err)
	}
}

func TestParseDateDoesNotAllocate(t *testing.T) {
	for _, s := range []string{"2017-12-04", "2018-11-20/2018-11-21", "2018?", "-0043-03-15", "Y12345"} {
		if n := testing.AllocsPerRun(100, func() { ParseDate(s) }); n != 0 {
			t.Errorf("ParseDate(%q) allocates %v times", s, n)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, tt := range dateBounds {
		f.Add(tt.text)
	}
	for _, tt := range dateErrors {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			if d != (Date{}) || len(err.Error()) > 500 {
				t.Errorf("ParseDate(%q) = %#v, %v", s, d, err)
			}
			if _, guess, ok := strings.Cut(err.Error(), ": is "); ok { // what an error proposes must be a date
				guess, _, _ = strings.Cut(guess, " meant?")
				if _, err := ParseDate(guess); err != nil {
					t.Errorf("ParseDate(%q) proposes %q: %v", s, guess, err)
				}
			}
			return
		}
		if d.String() != s || d.IsZero() {
			t.Errorf("ParseDate(%q).String() = %q", s, d)
		}
		lo, hi := d.Bounds()
		wideLo, wideHi := d.reach()
		if lo > hi || wideLo > lo || wideHi < hi || !d.Uncertain() && (wideLo != lo || wideHi != hi) {
			t.Errorf("%s: bounds are %d to %d, in comparisons %d to %d", s, lo, hi, wideLo, wideHi)
		}
		var back Date
		text, err := json.Marshal(d)
		if err == nil {
			err = json.Unmarshal(text, &back)
		}
		if err != nil || back != d {
			t.Errorf("%s comes back from JSON %s as %#v, %v", s, text, back, err)
		}
		if self := d.Equal(d); self == No || d.Exact() != (self == Yes) || d.After(d) == Yes || Hull(d, d) != d {
			t.Errorf("%s: Equal to itself %v, after itself %v", s, self, d.After(d))
		}
	})
}

func BenchmarkParseDate(b *testing.B) {
	for _, s := range []string{"2017-12-04", "2018-11-20/2018-11-21"} {
		b.Run(strings.ReplaceAll(s, "/", "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ParseDate(s)
			}
		})
	}
}

func TestTruth(t *testing.T) {
	all := []Truth{No, Yes, Unsure}
	// What Unsure may turn out to be; a result is what every case agrees on, else Unsure.
	cases := func(t Truth) []Truth {
		if t == Unsure {
			return []Truth{No, Yes}
		}
		return []Truth{t}
	}
	agree := func(results []Truth) Truth {
		if slices.Contains(results, No) && slices.Contains(results, Yes) {
			return Unsure
		}
		return results[0]
	}
	for _, a := range all {
		for _, b := range all {
			var and, or []Truth
			for _, x := range cases(a) {
				for _, y := range cases(b) {
					and, or = append(and, min(x, y)), append(or, max(x, y))
				}
			}
			if got, want := a.And(b), agree(and); got != want {
				t.Errorf("%v and %v = %v, want %v", a, b, got, want)
			}
			if got, want := a.Or(b), agree(or); got != want {
				t.Errorf("%v or %v = %v, want %v", a, b, got, want)
			}
		}
		if a.Not().Not() != a || a != Unsure && a.Not() == a {
			t.Errorf("not %v = %v", a, a.Not())
		}
		var back Truth
		text, err := json.Marshal(a)
		if err == nil {
			err = json.Unmarshal(text, &back)
		}
		if err != nil || back != a || string(text) != `"`+a.String()+`"` {
			t.Errorf("%v comes back from JSON %s as %v, %v", a, text, back, err)
		}
	}
	if No.String() != "no" || Yes.String() != "yes" || Unsure.String() != "unsure" || Truth(7).String() != "Truth(7)" {
		t.Error("the names of the truths have changed")
	}
	if _, err := Truth(7).MarshalText(); err == nil {
		t.Error("Truth(7) is written as if it meant something")
	}
	got := Yes
	if err := got.UnmarshalText(nil); err == nil || err.Error() != `"": write no, yes or unsure` {
		t.Errorf("UnmarshalText of nothing = %v, %v", got, err)
	}
	if err := got.UnmarshalText([]byte("maybe")); err == nil || err.Error() != "maybe: write no, yes or unsure" || got != Yes {
		t.Errorf("UnmarshalText(maybe) = %v, %v", got, err)
	}
}
