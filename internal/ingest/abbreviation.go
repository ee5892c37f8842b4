package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// abbreviated parts "National Network … (NNIRR)" into name and abbreviation. What stands in the brackets is one where it is short, has two
// capitals at least, names no state, and has letters that the name has in the same order, or three capitals and nothing else.
func (d *reader) abbreviated(text string) (name, abbr string, ok bool) {
	i := strings.LastIndexByte(text, '(')
	if i <= 0 || !strings.HasSuffix(text, ")") {
		return "", "", false
	}
	name = strings.TrimRightFunc(text[:i], unicode.IsSpace)
	abbr = text[i+1 : len(text)-1]
	if name == "" || !abbreviation(abbr) {
		return "", "", false
	}
	for _, h := range d.names.find(abbr) {
		if h.kind == KindParty && h.a == 0 && h.b == len(abbr) {
			return "", "", false
		}
	}
	plain := strings.IndexFunc(abbr, func(r rune) bool { return !unicode.IsUpper(r) }) < 0
	if !initials(abbr, name) && !(plain && utf8.RuneCountInString(abbr) >= 3) {
		return "", "", false
	}
	return name, abbr, true
}

// abbreviation reports whether s can be one: 2 to 14 characters without a space, most letters capitals, two at least.
func abbreviation(s string) bool {
	upper, low := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLetter(r):
			low++
		case !unicode.IsDigit(r) && !strings.ContainsRune("-&.’'+", r):
			return false
		}
	}
	n := utf8.RuneCountInString(s)
	return n >= 2 && n <= 14 && upper >= 2 && upper > low
}

// initials reports whether the letters of abbr up to a hyphen occur in name in that order, the first at the start of a word.
func initials(abbr, name string) bool {
	core, _, _ := strings.Cut(strings.ToLower(abbr), "-")
	name = strings.ToLower(name)
	at := 0
	for n, r := range core {
		if !unicode.IsLetter(r) {
			continue
		}
		for {
			i := strings.IndexRune(name[at:], r)
			if i < 0 {
				return false
			}
			before, _ := utf8.DecodeLastRuneInString(name[:at+i])
			at += i + utf8.RuneLen(r)
			if n > 0 || at == utf8.RuneLen(r) || !unicode.IsLetter(before) {
				break
			}
		}
	}
	return at > 0
}
