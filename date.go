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
	d, at, problem := parse(s)
	if problem == "" {
		return d, nil
	}
	if problem == notADate {
		problem = hint(at)
	}
	if at != s {
		problem = showText(at) + ": " + problem
	}
	return Date{}, errors.New(showText(s) + ": " + problem)
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
	t := time.Unix(int64(d)*daySeconds, 0).UTC()
	if t.Year() < -9999 || t.Year() > 9999 {
		return Date{}
	}
	return Date{text: t.Format(time.DateOnly), lo: d, hi: d, wideLo: d, wideHi: d}
}

// DayOf returns the day of a year, month (1 to 12) and day of the month. Values outside their range carry over, as in
// time.Date: month 13 is January of the next year, day 0 the last day of the month before. What lies outside the range of
// Day becomes MinDay or MaxDay; each of the three must fit 32 bits.
func DayOf(y, m, d int) Day {
	days := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() / daySeconds // midnight, so nothing is cut off
	return Day(max(int64(MinDay), min(int64(MaxDay), days)))
}

// daysIn returns how many days a month has.
func daysIn(y, m int) int { return int(DayOf(y, m+1, 1) - DayOf(y, m, 1)) }

const daySeconds = 86_400

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
	return time.Unix(int64(day)*daySeconds+daySeconds-1, 999_999_000).UTC(), true
}

// Hull returns the span that holds both a and b, in their bounds and in their comparisons. Where one holds the other, that is
// the one itself; else an interval of the earlier beginning and the later end, in the words of the sources: Hull of 2017-12
// and 2018-02-03? is 2017-12/2018-02-03?. Where the doubt of one end reaches past the other, the end is written as a day. A
// zero Date adds nothing: Hull(Date{}, b) is b. Hull(a, b) is always Hull(b, a).
func Hull(a, b Date) Date {
	if len(a.text) > len(b.text) || len(a.text) == len(b.text) && a.text > b.text {
		a, b = b, a // of two texts that say the same, the shorter stays
	}
	switch {
	case a.IsZero() || b.holds(a) && !a.holds(b):
		return b
	case a.holds(b):
		return a
	}
	aFrom, aTo := a.ends()
	bFrom, bTo := b.ends()
	var from, to string
	switch {
	case a.lo <= b.lo && a.wideLo <= b.wideLo:
		from = aFrom
	case b.lo <= a.lo && b.wideLo <= a.wideLo:
		from = bFrom
	default:
		from = endText(min(a.wideLo, b.wideLo))
	}
	switch {
	case a.hi >= b.hi && a.wideHi >= b.wideHi:
		to = aTo
	case b.hi >= a.hi && b.wideHi >= a.wideHi:
		to = bTo
	default:
		to = endText(max(a.wideHi, b.wideHi))
	}
	if unbounded(from) && unbounded(to) {
		from, to = "..", ".." // with both ends unbounded, it no longer matters whether they are known
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

// showText quotes a text for an error message when it is long or holds more than plain visible characters.
func showText(s string) string {
	const most = 40
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

// parse reads a date. When it cannot, it returns what is wrong, and the part of s that is.
func parse(s string) (d Date, at, problem string) {
	slash := strings.IndexByte(s, '/')
	if slash < 0 {
		d, problem = parsePart(s)
		return d, s, problem
	}
	from, to := s[:slash], s[slash+1:]
	if strings.IndexByte(to, '/') >= 0 {
		return Date{}, s, notADate
	}
	if (from == "" || to == "") && unbounded(from) && unbounded(to) {
		return Date{}, s, "neither end is known, so this says nothing; leave the date out"
	}
	d = Date{text: s, lo: MinDay, hi: MaxDay, wideLo: MinDay, wideHi: MaxDay}
	if !unbounded(from) {
		p, problem := parsePart(from)
		if problem != "" {
			return Date{}, from, problem
		}
		d.lo, d.wideLo = p.lo, p.wideLo
	}
	if !unbounded(to) {
		p, problem := parsePart(to)
		if problem != "" {
			return Date{}, to, problem
		}
		d.hi, d.wideHi = p.hi, p.wideHi
	}
	if d.lo > d.hi {
		return Date{}, s, "the span ends before it begins; is " + to + "/" + from + " meant?"
	}
	return d, s, ""
}

// unbounded reports whether an end of an interval is open or not known.
func unbounded(end string) bool { return end == "" || end == ".." }

// notADate is the problem of a text that does not have the shape of a date; hint may know better.
const notADate = "a date is written year first, such as 2017-12-04, 2017-12 or 2017"

var respell = strings.NewReplacer("\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2014", "-", "\u2212", "-",
	"..", "/", ".", "-", "/", "-", " ", "", "\u00a0", "", "\t", "", "\n", "", "x", "X", "u", "X", "?", "", "~", "", "%", "")

// hint guesses which date was meant by a text that is none, and asks; where it cannot guess, it gives examples.
func hint(s string) string {
	if s == "open" || s == "unknown" || s == "now" {
		return "an open end is written .., as in 2018/.., and one that is not known is left empty, as in 2018/"
	}
	if len(s) > 10 && (s[10] == 'T' || s[10] == ' ') {
		if _, problem := parsePart(s[:10]); problem == "" {
			return "a date has no time of day; write " + s[:10]
		}
	}
	if strings.ContainsAny(s, "{}[],") && strings.Trim(s, "{}[],.-/X0123456789") == "" {
		return "sets of dates are beyond EDTF level 1; enter each by itself, or write the span, such as 2018-02-20/2018-02-23"
	}
	for _, layout := range [...]string{"2 January 2006", "2 Jan 2006", "January 2, 2006", "January 2006"} {
		if at, err := time.Parse(layout, s); err == nil {
			t := at.Format(time.DateOnly)
			if layout == "January 2006" {
				t = t[:len("2006-01")]
			}
			return "is " + t + " meant? " + notADate
		}
	}
	t := respell.Replace(s)
	if len(t) > 30 {
		return notADate
	}
	if len(t) == 8 && strings.Trim(t, "0123456789") == "" { // 20171204
		t = t[:4] + "-" + t[4:6] + "-" + t[6:]
	}
	if len(t) == 9 && t[4] == '-' { // 1990-2000
		t = t[:4] + "/" + t[5:]
	}
	fields := strings.Split(t, "-")
	for i, f := range fields {
		if i > 0 && len(f) == 1 { // 2017-6-2
			fields[i] = "0" + f
		}
	}
	t = strings.Join(fields, "-")
	switch doubt, about := strings.Contains(s, "?"), strings.Contains(s, "~"); { // 2018?-11, 2018?~
	case doubt && about || strings.Contains(s, "%"):
		t += "%"
	case doubt:
		t += "?"
	case about:
		t += "~"
	}
	if _, _, problem := parse(t); problem != "" || t == s {
		return notADate
	}
	return "is " + t + " meant? " + notADate
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
		return Date{}, notADate
	}
	for i := range len(rest) {
		if dash := i == 4 || i == 7; dash != (rest[i] == '-') || !dash && !isDigit(rest[i]) && rest[i] != 'X' {
			return Date{}, notADate
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

	day := two(rest[8:])
	if day < 0 {
		return Date{}, "a day is known or it is XX; for some of its digits write a span of days, such as 2018-12-10/2018-12-19"
	}
	if day < 1 || day > 28 && day > daysIn(year, month) { // where the year is not known, year is 0, a leap year
		in := time.Month(month).String()
		if !anyYear {
			in += " " + body[:len(body)-6]
		}
		return Date{}, in + " has " + strconv.Itoa(daysIn(year, month)) + " days"
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
