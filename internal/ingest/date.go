package ingest

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// months gives the number of a month by its name or abbreviation in English, Spanish, French, Portuguese, German and Italian.
var months = func() map[string]int {
	m := map[string]int{}
	for i, names := range []string{
		"january jan января январь يناير كانون enero ene janvier janv janeiro januari januar jänner gennaio",
		"february feb февраля февраль فبراير شباط febrero february février févr fév fevereiro fev februari februar febbraio",
		"march mar марта март مارس آذار marzo mars março märz mär mrz",
		"april apr апреля апрель أبريل نيسان abril abr avril avr aprile",
		"may мая май مايو أيار mayo mai maio maj maggio",
		"june jun июня июнь يونيو حزيران junio juin junho juni giugno",
		"july jul июля июль يوليو تموز julio juillet juil julho juli luglio",
		"august aug августа август أغسطس آب agosto ago août aout augusti",
		"september sep сентября сентябрь سبتمبر أيلول sept septiembre setiembre septembre setembro set settembre",
		"october oct октября октябрь أكتوبر octubre octobre outubro oktober okt ottobre",
		"november nov ноября ноябрь نوفمبر noviembre novembre novembro",
		"december dec декабря декабрь ديسمبر diciembre dic décembre déc dezembro dez dezember dicembre",
	} {
		for _, n := range strings.Fields(names) {
			m[n] = i + 1
		}
	}
	return m
}()

func isMonth(w string) bool { return months[w] != 0 }

var weekdays = set("monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun " +
	"lunes martes miércoles jueves viernes sábado domingo lundi mardi mercredi jeudi vendredi samedi dimanche " +
	"segunda-feira terça-feira quarta-feira quinta-feira sexta-feira montag dienstag mittwoch donnerstag freitag samstag sonntag")

// A day is a date read in prose. iso is empty where the words do not fix it; then doubt says why.
type day struct {
	span
	iso   string
	doubt string
}

const (
	noYear    = "the date has no year"
	twoWays   = "the date can be read day first or month first"
	noSuchDay = "there is no such day"
)

// dateAt reads a date that starts at token i, a day of the week before it included, and returns the token after it.
func (d *reader) dateAt(i, end int) (day, int, bool) {
	start := i
	if i < end && weekdays[d.toks[i].low] {
		i++
		for i < end && d.toks[i].is(",", ".", "den", "der", "le", "el") {
			i++
		}
	}
	day, to, ok := d.plainDate(i, end)
	if !ok {
		return day, start, false
	}
	day.span = span{d.toks[start].a, d.toks[to-1].b}
	return day, to, true
}

func (d *reader) plainDate(i, end int) (day, int, bool) {
	if i >= end {
		return day{}, i, false
	}
	t := d.toks[i]
	if t.kind == word && isMonth(t.low) {
		return d.monthFirst(i, end)
	}
	if t.kind != number {
		return day{}, i, false
	}
	if parts := strings.Split(t.low, "."); len(parts) == 3 { // 04.12.2017 is day first wherever it is written
		if y, m, n := year(parts[2]), atoi(parts[1]), atoi(parts[0]); y > 0 {
			return isoDay(y, m, n, 0), i + 1, true
		}
	}
	if y, m, n, to, ok := d.triple(i, end); ok {
		switch {
		case year(y) > 0:
			return isoDay(year(y), atoi(m), atoi(n), 0), to, true
		case year(n) > 0 && atoi(y) > 12:
			return isoDay(year(n), atoi(m), atoi(y), 0), to, true
		case year(n) > 0 && atoi(m) > 12:
			return isoDay(year(n), atoi(y), atoi(m), 0), to, true
		case year(n) > 0 && atoi(y) == atoi(m):
			return isoDay(year(n), atoi(y), atoi(m), 0), to, true
		case year(n) > 0 && d.lex.code != "en" && d.lex.code != "":
			return isoDay(year(n), atoi(m), atoi(y), 0), to, true
		case year(n) > 0:
			return day{doubt: twoWays}, to, true
		}
	}
	return d.dayFirst(i, end)
}

// triple reads three numbers with the same mark between them and no space: 2017-12-04, 4/12/2017.
func (d *reader) triple(i, end int) (a, b, c string, to int, ok bool) {
	if i+5 > end {
		return
	}
	t := d.toks[i : i+5]
	if t[2].kind != number || t[4].kind != number || t[1].low != t[3].low || !t[1].is("-", "/") {
		return
	}
	for k := range 4 {
		if t[k].b != t[k+1].a {
			return
		}
	}
	return t[0].low, t[2].low, t[4].low, i + 5, true
}

// monthFirst reads December 4, 2017; Dec. 4-6 2017; December 2017; July 13.
func (d *reader) monthFirst(i, end int) (day, int, bool) {
	m := months[d.toks[i].low]
	i++
	if i < end && d.toks[i].low == "." && d.toks[i].a == d.toks[i-1].b {
		i++
	}
	if i >= end || d.toks[i].kind != number {
		if i < end && d.toks[i].is("de", "of") && i+1 < end && year(d.toks[i+1].low) > 0 {
			return isoMonth(year(d.toks[i+1].low), m), i + 2, true
		}
		return day{}, i, false
	}
	if y := year(d.toks[i].low); y > 0 {
		return isoMonth(y, m), i + 1, true
	}
	n, last, i, ok := d.days(i, end)
	if !ok {
		return day{}, i, false
	}
	k := i
	if k < end && d.toks[k].is(",") {
		k++
	}
	if k < end && year(d.toks[k].low) > 0 {
		return isoDay(year(d.toks[k].low), m, n, last), k + 1, true
	}
	return day{doubt: noYear}, i, true
}

// dayFirst reads 4 December 2017; 4th of December, 2017; 4 de diciembre de 2017; 1er décembre 2017; 4. Dezember 2017; 4-6 December 2017;
// 2017年12月4日.
func (d *reader) dayFirst(i, end int) (day, int, bool) {
	if day, ok := hanDate(d.toks[i].low); ok {
		return day, i + 1, true
	}
	n, last, i, ok := d.days(i, end)
	if !ok {
		return day{}, i, false
	}
	for i < end && d.toks[i].is(".", "de", "of", "do", "di") {
		i++
	}
	if i >= end || !isMonth(d.toks[i].low) {
		return day{}, i, false
	}
	m := months[d.toks[i].low]
	i++
	if i < end && d.toks[i].low == "." && d.toks[i].a == d.toks[i-1].b && i+1 < end && d.toks[i+1].kind == number {
		i++
	}
	k := i
	for k < end && d.toks[k].is(",", "de", "del", "of") && k < i+2 {
		k++
	}
	if k < end && year(d.toks[k].low) > 0 {
		y := year(d.toks[k].low)
		if k+1 < end && d.toks[k+1].is("года", "г") {
			k++
		}
		return isoDay(y, m, n, last), k + 1, true
	}
	return day{doubt: noYear}, i, true
}

// days reads a day of the month, or a span of days: 4, 4th, 1er, 4-6, 4–6.
func (d *reader) days(i, end int) (n, last, to int, ok bool) {
	if n = dayNumber(d.toks[i].low); n == 0 {
		return 0, 0, i, false
	}
	i++
	if i+2 < end && d.toks[i].is("to", "and", "al", "au", "bis", "a", "till") && (d.toks[i+1].kind == number && (isMonth(d.toks[i+2].low) || d.toks[i+2].is("de") && i+3 < end && isMonth(d.toks[i+3].low))) {
		if l := dayNumber(d.toks[i+1].low); l > n {
			return n, l, i + 2, true // from 23 to 25 October
		}
	}
	if i+1 < end && isDash(d.toks[i].low) {
		if l := dayNumber(d.toks[i+1].low); l > n && (i+2 >= end || !isDash(d.toks[i+2].low) || d.toks[i+2].a > d.toks[i+1].b) {
			return n, l, i + 2, true
		}
	}
	return n, 0, i, true
}

// dayNumber returns the number of 4, 04, 4th, 1er, 1º; 0 for what is no day of a month.
func dayNumber(s string) int {
	digits := strings.TrimRightFunc(s, func(r rune) bool { return !unicode.IsDigit(r) })
	switch s[len(digits):] {
	case "", "st", "nd", "rd", "th", "er", "º", "ª", "o":
		if n := atoi(digits); n <= 31 && utf8.RuneCountInString(digits) <= 2 {
			return n
		}
	}
	return 0
}

// year returns s as a year of four digits, or 0.
func year(s string) int {
	if n := atoi(s); (len(s) == 4 || len(s) == 8 && s[0] >= utf8.RuneSelf) && n >= 1800 && n <= 2199 {
		return n
	}
	return 0
}

// latinDigit returns the ASCII digit for an Arabic one.
func latinDigit(r rune) rune {
	switch {
	case r >= 0x0660 && r <= 0x0669:
		return r - 0x0660 + '0'
	case r >= 0x06F0 && r <= 0x06F9:
		return r - 0x06F0 + '0'
	}
	return r
}

func atoi(s string) int {
	n, err := strconv.Atoi(strings.Map(latinDigit, s))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// hanDate reads 2017年12月4日, which is one run of word characters.
func hanDate(s string) (day, bool) {
	y, rest, ok := strings.Cut(s, "年")
	if !ok || year(y) == 0 {
		return day{}, false
	}
	m, rest, ok := strings.Cut(rest, "月")
	if !ok || atoi(m) == 0 {
		return day{}, false
	}
	if n, _, ok := strings.Cut(rest, "日"); ok {
		return isoDay(year(y), atoi(m), atoi(n), 0), true
	}
	return isoMonth(year(y), atoi(m)), true
}

func isoMonth(y, m int) day {
	if m < 1 || m > 12 {
		return day{doubt: noSuchDay}
	}
	return day{iso: fmt.Sprintf("%04d-%02d", y, m)}
}

// isoDay returns the day, or the days up to last where that is not 0.
func isoDay(y, m, n, last int) day {
	if m < 1 || m > 12 || n < 1 || max(n, last) > monthLength(y, m) {
		return day{doubt: noSuchDay}
	}
	iso := fmt.Sprintf("%04d-%02d-%02d", y, m, n)
	if last > 0 {
		iso += fmt.Sprintf("/%04d-%02d-%02d", y, m, last)
	}
	return day{iso: iso}
}

func monthLength(y, m int) int {
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
