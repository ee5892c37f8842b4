package intake

import (
	"slices"
	"strings"
	"unicode"
)

// rtl reports letters that are written from right to left.
func rtl(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko) && !unicode.IsDigit(r)
}

// rightToLeft counts such letters.
func rightToLeft(s string) int {
	n := 0
	for _, r := range s {
		if rtl(r) {
			n++
		}
	}
	return n
}

// inOrder returns the text of words that stand in a line, in the order in which they are read.
func inOrder(words []pdfWord) string {
	right, left := 0, 0
	for _, w := range words {
		for _, r := range w.s {
			if rtl(r) {
				right++
			} else if unicode.IsLetter(r) {
				left++
			}
		}
	}
	list := slices.Clone(words)
	if right <= left {
		for i, w := range list {
			if rightToLeft(w.s) > 0 {
				list[i].s = turned(w.s)
			}
		}
		return spaced(list)
	}
	slices.Reverse(list)
	for i := 0; i < len(list); i++ { // words of other letters, several in a row, are read from left to right
		j := i
		for j < len(list) && rightToLeft(list[j].s) == 0 && strings.ContainsFunc(list[j].s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			j++
		}
		if j > i {
			slices.Reverse(list[i:j])
			i = j
		}
	}
	for i, w := range list {
		list[i].s = turned(w.s)
	}
	return spaced(list)
}

// spaced puts a space between words, but not where nothing parts them on the page, as at a change of font.
func spaced(words []pdfWord) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			p := words[i-1]
			if gap := max(w.x0-p.x1, p.x0-w.x1); gap > 0.06*min(w.h(), p.h()) {
				b.WriteByte(' ')
			}
		}
		b.WriteString(w.s)
	}
	return b.String()
}

// turned turns a word of letters from right to left from the order of the page into that of reading. Digits and other letters in it keep
// their order, marks above letters come after them, and brackets that face outwards are turned back.
func turned(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	straight := func(c rune) bool { return !rtl(c) && (unicode.IsLetter(c) || unicode.IsDigit(c)) }
	for i := 0; i < len(r); i++ {
		if !straight(r[i]) {
			continue
		}
		j := i + 1
		for j < len(r) && (straight(r[j]) || j+1 < len(r) && straight(r[j+1]) && strings.ContainsRune("./-,:_@", r[j])) {
			j++
		}
		slices.Reverse(r[i:j])
		i = j
	}
	for i := 0; i+1 < len(r); i++ {
		if unicode.Is(unicode.Mn, r[i]) && unicode.IsLetter(r[i+1]) {
			r[i], r[i+1] = r[i+1], r[i]
			i++
		}
	}
	for i := 0; i+2 < len(r); i++ { // lam and alef in one sign come out swapped; after an alef that is beyond doubt
		if r[i] == 'ا' && r[i+2] == 'ل' && strings.ContainsRune("اأإآ", r[i+1]) {
			r[i+1], r[i+2] = r[i+2], r[i+1]
		}
	}
	out := string(r)
	if strings.HasPrefix(out, ")") && strings.HasSuffix(out, "(") {
		out = "(" + out[1:len(out)-1] + ")"
	}
	return out
}
