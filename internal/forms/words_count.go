package forms

import (
	"strings"
	"unicode"
)

// Words counts the words of a text as word processors count them: what stands between white space is one word, whatever it is made of; each
// ideograph, kana and full-width mark is one; Korean is counted by its spaces. Marks of lists that a word processor sets by itself
// are in no paragraph and so are not counted: pass the text without them.
func Words(s string) int {
	n := 0
	for _, field := range strings.Fields(s) {
		in := false // a word of letters
		for _, r := range field {
			switch {
			case countedAlone(r):
				n++
				in = false
			case unicode.Is(unicode.Mn, r) || r == 0x200D || r == 0x200B: // belongs to what it stands on
			case !in:
				n++
				in = true
			}
		}
	}
	return n
}

func countedAlone(r rune) bool {
	return unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Katakana, r) ||
		r >= 0x3001 && r <= 0x303F || r >= 0xFF01 && r <= 0xFF60
}

// bodyWords counts the words of a body as it stands in a document, without the marks of its lists.
func bodyWords(list []block) int {
	n := 0
	for _, b := range list {
		n += Words(b.text)
	}
	return n
}
