package forms

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean returns s as every form can carry it: valid UTF-8 in NFC, line ends as \n, tabs as spaces, without control characters and without code
// points that XML does not have. Marks that order right-to-left text stay where they are balanced; overrides, which make a text read
// otherwise than it is stored, go, and so does what is left open or closes nothing.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029 || r == '\f' || r == '\v':
			b.WriteByte('\n')
		case r == '\t':
			b.WriteByte(' ')
		case r < 0x20 || r >= 0x7F && r <= 0x9F, r == 0xFEFF, r == 0x00AD:
		case r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF: // no characters, for good
		case r == 0x202D || r == 0x202E: // overrides
		case r >= 0xE0000 && r < 0xE0020: // old language tags; the rest of that block makes flags
		case r >= 0xFFF9 && r <= 0xFFFB: // annotation marks
		default:
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// line returns s cleaned, on one line, white space as single spaces, direction marks balanced.
func line(s string) string {
	return balance(strings.TrimSpace(strings.Join(strings.FieldsFunc(clean(s), space), " ")))
}

// space is the white space that is folded: not the no-break spaces, which somebody chose.
func space(r rune) bool {
	return r == ' ' || r == '\n' || r == 0x3000 || r >= 0x2000 && r <= 0x2006 || r >= 0x2008 && r <= 0x200A || r == 0x205F || r == 0x1680
}

// balance closes embeddings and isolates that are open at the end, and drops what closes nothing.
func balance(s string) string {
	if !strings.ContainsAny(s, "\u202a\u202b\u202c\u2066\u2067\u2068\u2069") {
		return s
	}
	var b strings.Builder
	var open []rune // what would close it
	for _, r := range s {
		switch r {
		case 0x202A, 0x202B:
			open = append(open, 0x202C)
		case 0x2066, 0x2067, 0x2068:
			open = append(open, 0x2069)
		case 0x202C, 0x2069:
			if len(open) == 0 || open[len(open)-1] != r {
				continue
			}
			open = open[:len(open)-1]
		}
		b.WriteRune(r)
	}
	for i := len(open) - 1; i >= 0; i-- {
		b.WriteRune(open[i])
	}
	return b.String()
}
