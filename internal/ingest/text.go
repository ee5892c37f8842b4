package ingest

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A span is a place in the normalised text in bytes, its end not included.
type span struct{ a, b int }

func (p span) holds(q span) bool    { return p.a <= q.a && q.b <= p.b }
func (p span) overlaps(q span) bool { return p.a < q.b && q.a < p.b }

// normalise returns the text as the package comment says, and whether it was UTF-8 throughout.
func normalise(s string) (text string, clean bool) {
	clean = utf8.ValidString(s)
	if !clean {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	s = strings.TrimPrefix(s, "\uFEFF")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return norm.NFC.String(s), clean
}

// points turns byte offsets into code points: the count before every 64th byte is kept, the rest is counted.
type points struct {
	s     string
	marks []int
}

const pointStep = 64

func newPoints(s string) points {
	p := points{s: s, marks: make([]int, 0, len(s)/pointStep+1)}
	n := 0
	for i := 0; i < len(s); i++ {
		if i%pointStep == 0 {
			p.marks = append(p.marks, n)
		}
		if utf8.RuneStart(s[i]) {
			n++
		}
	}
	return p
}

// of returns how many code points start before byte i, which is the start of one or the end of the text.
func (p points) of(i int) int {
	m := i / pointStep
	if m >= len(p.marks) {
		m = len(p.marks) - 1
	}
	if m < 0 {
		return 0
	}
	n := p.marks[m]
	for j := m * pointStep; j < i; j++ {
		if utf8.RuneStart(p.s[j]) {
			n++
		}
	}
	return n
}

// trim returns p without white space and invisible characters at its ends.
func trim(s string, p span) span {
	blank := func(r rune) bool { return unicode.IsSpace(r) || invisible(r) }
	left := strings.TrimLeftFunc(s[p.a:p.b], blank)
	p.a = p.b - len(left)
	p.b = p.a + len(strings.TrimRightFunc(left, blank))
	return p
}

// oneLine returns s as printed, on one line.
func oneLine(s string) string {
	if strings.ContainsFunc(s, lineBreak) {
		return strings.Join(strings.Fields(s), " ")
	}
	return s
}

// invisible reports characters that a page may carry inside or between words without showing them.
func invisible(r rune) bool {
	return r == 0x00AD || r == 0x200B || r == 0x2060 || r == 0xFEFF
}

// lineBreak reports what ends a line. A CR without LF is one, as old files have it.
func lineBreak(r rune) bool {
	return r == '\n' || r == '\r' || r == 0x2028 || r == 0x2029 || r == 0x0085
}

func isDash(s string) bool {
	switch s {
	case "-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212", "--", "---":
		return true
	}
	return false
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_'
}

// A tok is a word, a number or a mark of punctuation.
type tok struct {
	span
	kind tokKind
	low  string // lower case; curly apostrophes as '
}

type tokKind uint8

const (
	word       tokKind = iota
	number             // starts with a digit: 4, 4th, 55,980, 04.12.2017
	possessive         // 's, 'll and the like, after a word
	mark               // one mark of punctuation; a run of dots or of dashes is one
)

// is reports whether t is one of the given lower-case words or marks.
func (t tok) is(words ...string) bool {
	for _, w := range words {
		if t.low == w {
			return true
		}
	}
	return false
}

// tokens parts s into words, numbers and marks. "U.S." and "much-needed" are one word each; "government's" is a word and a possessive.
func tokens(s string) []tok {
	list := make([]tok, 0, len(s)/5+1)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsSpace(r) || invisible(r):
			i += n
			continue
		case unicode.IsDigit(r):
			e := numberEnd(s, i)
			list = append(list, tok{span{i, e}, number, strings.ToLower(s[i:e])})
			i = e
			continue
		case isWordRune(r):
			e := wordEnd(s, i)
			list = append(list, tok{span{i, e}, word, strings.ToLower(s[i:e])})
			i = e
			continue
		}
		e := i + n
		if r == '\'' || r == '’' {
			if k := len(list); k > 0 && list[k-1].kind == word && list[k-1].b == i {
				if t := wordEnd(s, e); t > e && t-e <= 2 && asciiLetters(s[e:t]) {
					list = append(list, tok{span{i, t}, possessive, "'" + strings.ToLower(s[e:t])})
					i = t
					continue
				}
			}
		}
		for (r == '.' || r == '-') && e < len(s) && rune(s[e]) == r {
			e++
		}
		low := s[i:e]
		if r == '’' {
			low = "'"
		}
		list = append(list, tok{span{i, e}, mark, low})
		i = e
	}
	return list
}

func asciiLetters(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

func numberEnd(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case isWordRune(r):
			i += n
		case (r == ',' || r == '.') && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
			i++
		default:
			return i
		}
	}
	return i
}

// wordEnd returns the end of the word at i: letters, hyphens between letters, and the stops of an abbreviation such as "U.S.".
func wordEnd(s string, i int) int {
	start := i
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if isWordRune(r) {
			i += n
			continue
		}
		next, _ := utf8.DecodeRuneInString(s[i+n:])
		if (r == '-' || r == 0x2010 || r == 0x2011) && i > start && unicode.IsLetter(next) {
			i += n
			continue
		}
		if r == '.' && i > start && dotted(s, max(start, start+strings.LastIndexByte(s[start:i], '-')+1), i) {
			i++
			continue
		}
		break
	}
	return i
}

// dotted reports whether the stop at i belongs to an abbreviation that began at start: single letters, each with its stop, two at least.
func dotted(s string, start, i int) bool {
	last, n := utf8.DecodeLastRuneInString(s[start:i])
	if !unicode.IsLetter(last) {
		return false
	}
	before := i - n
	if before > start && s[before-1] == '.' {
		return true // U.S at its second stop
	}
	if before != start {
		return false
	}
	next, m := utf8.DecodeRuneInString(s[i+1:])
	return unicode.IsLetter(next) && i+1+m < len(s) && s[i+1+m] == '.' // U at its first stop, and S. follows
}

// tokensIn returns the range of tokens that start within p.
func (d *reader) tokensIn(p span) (int, int) {
	a := sort.Search(len(d.toks), func(i int) bool { return d.toks[i].a >= p.a })
	b := sort.Search(len(d.toks), func(i int) bool { return d.toks[i].a >= p.b })
	return a, b
}

// capital reports whether the token at i starts with an upper-case letter.
func (d *reader) capital(i int) bool {
	r, _ := utf8.DecodeRuneInString(d.s[d.toks[i].a:])
	return unicode.IsUpper(r) || unicode.IsTitle(r)
}

// allCaps reports whether s has letters and none of them is lower case.
func allCaps(s string) bool {
	upper := false
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
		upper = upper || unicode.IsUpper(r)
	}
	return upper
}

// set makes a set of the words in a line.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
