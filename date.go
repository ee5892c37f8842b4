package stocktake

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Date is a day or a span of days as its source gives it, in EDTF level 1 (the Extended Date/Time Format, now part of
// ISO 8601-2:2019). It is civil: no time of day, no time zone; years count astronomically (0000 comes before 0001) in the
// proleptic Gregorian calendar.
//
//	2017-12-04                the day                    2018-11-20/2018-11-21    somewhere from the first to the last
//	2017-12                   the month                  2018/..  ../2018         without end, without beginning
//	2017                      the year                   2018/    /2018           the other end exists, but is not known
//	2018-21 .. 2018-24        spring to winter           201X  20XX               the decade, the century
//	2018?  2018-12~  2018%    in doubt, about, both      2018-XX  2018-12-XX      the month, or the day, is not given
//	-0043-03-15               before the year 0000       Y12345                   more than four digits (at most six)
//
// One form of level 2 is read too, as treaty tables and speeches need it: XXXX in front of a month or day (XXXX-11-28),
// where no year is given. Its bounds are unbounded both ways.
//
// # What a Date means
//
// A Date says that something happened on some day, or over some days, within its bounds. A comparison is Yes when it holds
// for every day of the one against every day of the other, No when it holds for none, and Unsure otherwise.
//
// A date in doubt (?), approximate (~) or both (%) keeps its bounds, but compares as if they were wider by one unit of its
// own precision on each side: 2018-11-20? as 2018-11-19 to 2018-11-21, 2018-11~ as October to December, 2018% as 2017 to
// 2019, 201X? as 2000 to 2029, a season by three months. In an interval each end widens for itself.
//
// A season does not say in which half of the world, nor whether it starts by the month or by the sun, nor to which of two
// years a season over New Year is counted. The bounds hold every reading: March to December for spring and autumn; the
// December before to the March after for summer and winter. Where the months are known, write 2018-06/2018-08.
//
// The zero Date is "not stated": every comparison with it is Unsure, and its text is "". Dates may be compared with ==,
// which holds when the texts are the same, and used as map keys. A Date is 32 bytes and holds the text it was read from.
type Date struct {
	text           string
	lo, hi         Day // the bounds; zero in the zero Date
	wideLo, wideHi Day // the bounds that comparisons use: lo and hi, widened where the date is in doubt
}

// A Day counts days since 1970-01-01 in the proleptic Gregorian calendar; earlier days are negative.
type Day = int32

// MinDay and MaxDay stand for "no bound". No date that can be written reaches them.
const (
	MinDay Day = math.MinInt32
	MaxDay Day = math.MaxInt32
)

// ParseDate reads one date in the forms that Date lists. What it accepts, String gives back byte for byte. The error says
// what is wrong and, where it can tell, what to write: "2018-02-30: February 2018 has 28 days". An empty text is an error;
// where a date may be absent, use the zero Date or UnmarshalText. It does not allocate unless it fails.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return Date{}, errors.New(`"": a date is needed, such as 2017-12-04, 2017-12 or 2017`)
	}
	slash := strings.IndexByte(s, '/')
	if slash < 0 {
		d, problem := parsePart(s)
		if problem != "" {
			return Date{}, dateError(s, problem)
		}
		return d, nil
	}
	d, problem := parseSpan(s, slash)
	if problem != "" {
		return Date{}, dateError(s, problem)
	}
	return d, nil
}

// MustDate is ParseDate for dates written in the program itself; it panics where ParseDate fails.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic("stocktake.MustDate: " + err.Error())
	}
	return d
}

// DateOf returns the exact date of a day. Only days of the years -9999 to 9999 can be written; for any other, MinDay and
// MaxDay among them, it returns the zero Date.
func DateOf(d Day) Date {
	y, m, dd := civil(d)
	if y < -9999 || y > 9999 {
		return Date{}
	}
	return Date{text: dayText(y, m, dd), lo: d, hi: d, wideLo: d, wideHi: d}
}

// DayOf returns the day of a year, month (1 to 12) and day of the month. Values outside their range carry over, as in
// time.Date: month 13 is January of the next year, day 0 the last day of the month before. What lies outside the range of
// Day becomes MinDay or MaxDay.
func DayOf(y, m, d int) Day {
	if y < -6_000_000 || m < -72_000_000 || d < math.MinInt32 {
		return MinDay
	}
	if y > 6_000_000 || m > 72_000_000 || d > math.MaxInt32 {
		return MaxDay
	}
	// Months count from March, so that the leap day ends the year, and years in cycles of 400, which all have 146,097 days
	// (H. Hinnant, "chrono-compatible low-level date algorithms", 2013).
	month := int64(y)*12 + int64(m) - 3 // months since March of year 0
	year := floorDiv(month, 12)
	month -= year * 12
	cycle := floorDiv(year, 400)
	year -= cycle * 400
	days := cycle*146_097 + year*365 + year/4 - year/100 + (153*month+2)/5 + int64(d) - 1 - 719_468
	return Day(max(int64(MinDay), min(int64(MaxDay), days)))
}

// civil is the inverse of DayOf.
func civil(day Day) (y, m, d int) {
	z := int64(day) + 719_468 // days since 0000-03-01
	cycle := floorDiv(z, 146_097)
	z -= cycle * 146_097
	year := (z - z/1460 + z/36_524 - z/146_096) / 365
	z -= year*365 + year/4 - year/100
	month := (5*z + 2) / 153
	d = int(z-(153*month+2)/5) + 1
	year += cycle * 400
	if month += 3; month > 12 {
		month, year = month-12, year+1
	}
	return int(year), int(month), d
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// daysIn returns how many days month m of year y has.
func daysIn(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// dayText writes a day of the years -9999 to 9999.
func dayText(y, m, d int) string {
	var b [11]byte
	out := b[:0]
	if y < 0 {
		out, y = append(out, '-'), -y
	}
	out = append(out, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10))
	out = append(out, '-', byte('0'+m/10), byte('0'+m%10), '-', byte('0'+d/10), byte('0'+d%10))
	return string(out)
}

// String returns the text that d was read from, and "" for the zero Date.
func (d Date) String() string { return d.text }

// IsZero reports whether d is the zero Date, "not stated".
func (d Date) IsZero() bool { return d.text == "" }

// First returns the earliest day that d may mean; false when there is none, or it is not known.
func (d Date) First() (Day, bool) {
	lo, _ := d.Bounds()
	return lo, lo != MinDay
}

// Last returns the latest day that d may mean; false when there is none, or it is not known.
func (d Date) Last() (Day, bool) {
	_, hi := d.Bounds()
	return hi, hi != MaxDay
}

// Bounds returns the first and the last day that d may mean, both inclusive; MinDay and MaxDay where it has no bound. The
// zero Date has neither. Doubt (? ~ %) does not widen them.
func (d Date) Bounds() (lo, hi Day) {
	if d.IsZero() {
		return MinDay, MaxDay
	}
	return d.lo, d.hi
}

// reach returns the bounds that comparisons use.
func (d Date) reach() (lo, hi Day) {
	if d.IsZero() {
		return MinDay, MaxDay
	}
	return d.wideLo, d.wideHi
}

// Exact reports whether d is a single day without doubt.
func (d Date) Exact() bool { return !d.IsZero() && d.wideLo == d.wideHi }

// Uncertain reports whether d, or an end of it, carries ? (in doubt), ~ (about) or % (both).
func (d Date) Uncertain() bool {
	for i := range len(d.text) {
		if isDoubt(d.text[i]) {
			return true
		}
	}
	return false
}

// After reports whether d is later than e: Yes when every day d may mean is later than every day e may mean, No when none
// is later than any, Unsure otherwise. Days are compared as Date explains, wider where in doubt.
func (d Date) After(e Date) Truth {
	dlo, dhi := d.reach()
	elo, ehi := e.reach()
	switch {
	case dlo > ehi:
		return Yes
	case dhi <= elo:
		return No
	}
	return Unsure
}

// Before reports whether d is earlier than e, in the manner of After.
func (d Date) Before(e Date) Truth { return e.After(d) }

// OnOrBefore reports whether d is not later than e, in the manner of After.
func (d Date) OnOrBefore(e Date) Truth { return d.After(e).Not() }

// Equal reports whether d and e are the same day: Yes when both are that one day, exactly; No when they have no day in
// common; Unsure otherwise. Two dates "2017-12" may mean different days, so they are Unsure here, although == holds.
func (d Date) Equal(e Date) Truth {
	dlo, dhi := d.reach()
	elo, ehi := e.reach()
	switch {
	case dlo > ehi || dhi < elo:
		return No
	case d.Exact() && e.Exact():
		return Yes
	}
	return Unsure
}

// End returns the last microsecond, in UTC, of the last day that d may mean: 2017-12 gives 2017-12-31T23:59:59.999999Z.
// It is false where Last is.
func (d Date) End() (time.Time, bool) {
	day, ok := d.Last()
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(int64(day)*86_400+86_399, 999_999_000).UTC(), true
}

// Hull returns the shortest span that can be written and holds both a and b, in their bounds and in their comparisons. Where
// one holds the other, that is the one itself; else an interval of the earlier beginning and the later end, in the words of
// the sources: Hull of 2017-12 and 2018-02-03? is 2017-12/2018-02-03?. Where the doubt of one end reaches past the other, the
// end is written as a day. A zero Date adds nothing: Hull(Date{}, b) is b.
func Hull(a, b Date) Date {
	switch {
	case a.IsZero() || b.holds(a) && !a.holds(b):
		return b
	case b.IsZero() || a.holds(b):
		return a
	}
	aFrom, aTo := a.ends()
	bFrom, bTo := b.ends()
	from, to := "..", ".."
	switch lo := min(a.wideLo, b.wideLo); {
	case lo == MinDay:
		if a.lo == MinDay && aFrom == "" || b.lo == MinDay && bFrom == "" {
			from = ""
		}
		if a.lo == MinDay && aFrom == ".." || b.lo == MinDay && bFrom == ".." {
			from = ".."
		}
	case a.lo <= b.lo && a.wideLo <= b.wideLo:
		from = aFrom
	case b.lo <= a.lo && b.wideLo <= a.wideLo:
		from = bFrom
	default:
		from = endText(lo)
	}
	switch hi := max(a.wideHi, b.wideHi); {
	case hi == MaxDay:
		if a.hi == MaxDay && aTo == "" || b.hi == MaxDay && bTo == "" {
			to = ""
		}
		if a.hi == MaxDay && aTo == ".." || b.hi == MaxDay && bTo == ".." {
			to = ".."
		}
	case a.hi >= b.hi && a.wideHi >= b.wideHi:
		to = aTo
	case b.hi >= a.hi && b.wideHi >= a.wideHi:
		to = bTo
	default:
		to = endText(hi)
	}
	if (from == "" || from == "..") && (to == "" || to == "..") {
		from, to = "..", ".."
	}
	return MustDate(from + "/" + to)
}

// holds reports whether every day of e is one of d, in bounds and in comparisons.
func (d Date) holds(e Date) bool {
	return d.lo <= e.lo && d.hi >= e.hi && d.wideLo <= e.wideLo && d.wideHi >= e.wideHi
}

// ends returns the texts on both sides of the stroke; a date without one is both its ends.
func (d Date) ends() (from, to string) {
	from, to, ok := strings.Cut(d.text, "/")
	if !ok {
		return d.text, d.text
	}
	return from, to
}

// endText writes a day as an end of an interval, and ".." where days cannot be written.
func endText(day Day) string {
	if d := DateOf(day); !d.IsZero() {
		return d.text
	}
	return ".."
}

// AppendText appends what String returns.
func (d Date) AppendText(b []byte) ([]byte, error) { return append(b, d.text...), nil }

// MarshalText returns what String returns; the zero Date is empty. With `json:",omitzero"` a zero Date is left out.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.text), nil }

// UnmarshalText reads what MarshalText writes: empty is the zero Date, and all else goes to ParseDate, with its errors. After
// an error d is as it was.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func dateError(s, problem string) error { return errors.New(showText(s) + ": " + problem) }

// showText quotes a text for an error message when it is long or holds more than plain visible characters.
func showText(s string) string {
	const most = 60
	if len(s) > most {
		return strconv.QuoteToASCII(s[:most]) + "..."
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return strconv.Quote(s)
		}
	}
	if s == "" {
		return `""`
	}
	return s
}

// parseSpan reads an interval whose stroke stands at slash. Like parsePart it returns what is wrong, or "".
func parseSpan(s string, slash int) (Date, string) {
	from, to := s[:slash], s[slash+1:]
	if strings.IndexByte(to, '/') >= 0 {
		return Date{}, "a span has one /; a day is written with hyphens, year first, such as 2017-12-04"
	}
	if (from == "" || to == "") && (from == "" || from == "..") && (to == "" || to == "..") {
		return Date{}, "neither end is known, so this says nothing; leave the date out"
	}
	d := Date{text: s, lo: MinDay, hi: MaxDay, wideLo: MinDay, wideHi: MaxDay}
	if from != "" && from != ".." {
		p, problem := parsePart(from)
		if problem != "" {
			return Date{}, "the beginning, " + showText(from) + ": " + problem
		}
		d.lo, d.wideLo = p.lo, p.wideLo
	}
	if to != "" && to != ".." {
		p, problem := parsePart(to)
		if problem != "" {
			return Date{}, "the end, " + showText(to) + ": " + problem
		}
		d.hi, d.wideHi = p.hi, p.wideHi
	}
	if d.lo > d.hi {
		return Date{}, "the span ends before it begins; is " + to + "/" + from + " meant?"
	}
	return d, ""
}

func isDoubt(c byte) bool { return c == '?' || c == '~' || c == '%' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// two reads two digits; -1 when they are not.
func two(s string) int {
	if !isDigit(s[0]) || !isDigit(s[1]) {
		return -1
	}
	return int(s[0]-'0')*10 + int(s[1]-'0')
}

// parsePart reads a date that is no interval. When it cannot, it returns what is wrong, to follow the text and a colon.
func parsePart(s string) (Date, string) {
	body, doubt := s, false
	if n := len(s); n > 0 && isDoubt(s[n-1]) {
		body, doubt = s[:n-1], true
	}
	if strings.HasPrefix(body, "Y") {
		return parseLongYear(s, body, doubt)
	}
	rest, negative := strings.CutPrefix(body, "-")
	// What follows is one of NNNN, NNNN-NN and NNNN-NN-NN, where N is a digit or X.
	if len(rest) != 4 && len(rest) != 7 && len(rest) != 10 {
		return Date{}, malformed(s)
	}
	for i := range len(rest) {
		if dash := i == 4 || i == 7; dash != (rest[i] == '-') || !dash && !isDigit(rest[i]) && rest[i] != 'X' {
			return Date{}, malformed(s)
		}
	}

	year, span := 0, 1 // the years that the digits allow are year to year+span-1
	for i := range 4 {
		switch {
		case rest[i] == 'X':
			year, span = year*10, span*10
		case span > 1:
			return Date{}, "digits can only be missing from the right, as in 201X and 20XX"
		default:
			year = year*10 + int(rest[i]-'0')
		}
	}
	anyYear := span == 10_000
	last := year + span - 1
	if negative {
		if last == 0 {
			return Date{}, "there is no year -0000; the year before 0001 is 0000"
		}
		if anyYear {
			return Date{}, "a year that is not known has no sign; write XXXX"
		}
		year, last = -last, min(-year, -1)
	}
	if len(rest) == 4 {
		return partOf(s, anyYear, doubt, year, 1, last, 12, 12*span), ""
	}
	if span > 1 && !anyYear {
		return Date{}, "a month needs the whole year, or XXXX where it is not known; write " + body[:len(body)-len(rest)+4]
	}

	if rest[5:7] == "XX" {
		if len(rest) == 10 && rest[8:] != "XX" {
			return Date{}, "a day needs its month; write " + body[:len(body)-3]
		}
		return partOf(s, anyYear, doubt, year, 1, year, 12, 12), ""
	}
	month := two(rest[5:7])
	switch {
	case month < 0:
		return Date{}, "a month is known or it is XX; for some of its digits write a span of months, such as 2018-10/2018-12"
	case 21 <= month && month <= 24:
		if len(rest) == 10 {
			return Date{}, "21 to 24 are seasons, and a season has no day"
		}
		if month == 21 || month == 23 {
			return partOf(s, anyYear, doubt, year, 3, year, 12, 3), ""
		}
		return partOf(s, anyYear, doubt, year-1, 12, year+1, 3, 3), ""
	case 25 <= month && month <= 41:
		return Date{}, "this is beyond EDTF level 1; write a span of months, such as 2018-06/2018-08"
	case month < 1 || month > 12:
		return Date{}, "months run from 01 to 12, and seasons from 21 to 24"
	}
	if len(rest) == 7 || rest[8:] == "XX" {
		return partOf(s, anyYear, doubt, year, month, year, month, 1), ""
	}

	day, most := two(rest[8:]), daysIn(year, month) // where the year is not known, year is 0, a leap year
	if day < 0 {
		return Date{}, "a day is known or it is XX; for some of its digits write a span of days, such as 2018-12-10/2018-12-19"
	}
	if day < 1 || day > most {
		in := time.Month(month).String()
		if !anyYear {
			in += " " + body[:len(body)-6]
		}
		return Date{}, in + " has " + strconv.Itoa(most) + " days"
	}
	if anyYear {
		return partOf(s, anyYear, doubt, year, month, year, month, 1), ""
	}
	lo := DayOf(year, month, day)
	d := Date{text: s, lo: lo, hi: lo, wideLo: lo, wideHi: lo}
	if doubt {
		d.wideLo, d.wideHi = lo-1, lo+1
	}
	return d, ""
}

// parseLongYear reads Y and a year of more than four digits.
func parseLongYear(s, body string, doubt bool) (Date, string) {
	digits, negative := strings.CutPrefix(body[1:], "-")
	for i := range len(digits) {
		if !isDigit(digits[i]) {
			return Date{}, "Y stands before a year of five or six digits and nothing else, such as Y12345 or Y-12345"
		}
	}
	switch {
	case len(digits) > 6 && digits[0] != '0':
		return Date{}, "years end at six digits here, Y-999999 to Y999999"
	case len(digits) < 5 || digits[0] == '0':
		return Date{}, "Y stands before a year of five or six digits, the first not 0; a year of four digits is written without Y"
	}
	year := 0
	for i := range len(digits) {
		year = year*10 + int(digits[i]-'0')
	}
	if negative {
		year = -year
	}
	return partOf(s, false, doubt, year, 1, year, 12, 12), ""
}

// partOf makes the date from the first day of one month to the last of another, its unit being so many months.
func partOf(s string, anyYear, doubt bool, y1, m1, y2, m2, unit int) Date {
	if anyYear {
		return Date{text: s, lo: MinDay, hi: MaxDay, wideLo: MinDay, wideHi: MaxDay}
	}
	d := Date{text: s, lo: DayOf(y1, m1, 1), hi: DayOf(y2, m2+1, 0)}
	d.wideLo, d.wideHi = d.lo, d.hi
	if doubt {
		d.wideLo, d.wideHi = DayOf(y1, m1-unit, 1), DayOf(y2, m2+unit+1, 0)
	}
	return d
}

// malformed says what to write instead of a part that does not have the shape of a date.
func malformed(s string) string {
	return "a date is written year first, such as 2017-12-04, 2017-12 or 2017"
}
