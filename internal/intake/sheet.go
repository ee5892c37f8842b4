package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A sheet gathers text as pages show it: white space is one space, and between blocks stand as many line feeds as the larger of them asks
// for.
type sheet struct {
	b      strings.Builder
	want   int    // line feeds before the next word
	space  bool   // a space before the next word
	marker string // what comes before the next word: a list mark with its indent
	raw    bool   // white space is kept, as in preformatted text
}

// words adds inline text.
func (s *sheet) words(t string) {
	for len(t) > 0 {
		r, n := utf8.DecodeRuneInString(t)
		if s.raw && r == '\n' {
			s.gap(s.want + 1)
			t = t[n:]
			continue
		}
		if unicode.IsSpace(r) {
			s.space = true
			t = t[n:]
			continue
		}
		if unseen(r) {
			t = t[n:]
			continue
		}
		end := strings.IndexFunc(t, func(r rune) bool { return unicode.IsSpace(r) || unseen(r) })
		if end < 0 {
			end = len(t)
		}
		s.start()
		s.b.WriteString(t[:end])
		t = t[end:]
	}
}

// start writes what is due before a word.
func (s *sheet) start() {
	if s.b.Len() > 0 {
		for range s.want {
			s.b.WriteByte('\n')
		}
	}
	if s.want == 0 && s.space && s.b.Len() > 0 && s.marker == "" {
		if last := s.b.String()[s.b.Len()-1]; last != '\t' && last != '\n' {
			s.b.WriteByte(' ')
		}
	}
	s.b.WriteString(s.marker)
	s.want, s.space, s.marker = 0, false, ""
}

// gap asks for n line feeds at least before the next word: 1 a line, 2 a paragraph.
func (s *sheet) gap(n int) { s.want = max(s.want, n) }

// tab parts two cells of a table.
func (s *sheet) tab() {
	s.start()
	s.b.WriteByte('\t')
}

// mark puts a list mark before the next word.
func (s *sheet) mark(m string) { s.marker = m }

// String is what was gathered, without space at the ends of lines.
func (s *sheet) String() string {
	list := strings.Split(s.b.String(), "\n")
	for i := range list {
		list[i] = strings.TrimRight(list[i], " \t")
	}
	return strings.Trim(strings.Join(list, "\n"), "\n")
}

// unseen reports characters that documents carry without showing them: soft hyphens, zero-width spaces, marks of direction. The joiners of
// Persian and of Indian scripts are none.
func unseen(r rune) bool {
	switch {
	case r == 0x00AD, r == 0x200B, r == 0x200E, r == 0x200F, r == 0x2060, r == 0xFEFF, r == 0xFFF9, r == 0xFFFA, r == 0xFFFB:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return true
	case r < 0x20 && r != '\t' && r != '\n' && r != '\f' && r != '\r', r == 0x7F:
		return true
	}
	return false
}

// clean is done to text that comes out of documents: unseen characters go, spaces of any width are one space, no line ends in space, and
// no more than one empty line stands between paragraphs.
func clean(s string) string {
	s = lines(s)
	var b strings.Builder
	b.Grow(len(s))
	empty, begun := 0, false
	for line := range strings.Lines(s) {
		line = strings.Map(func(r rune) rune {
			switch {
			case unseen(r):
				return -1
			case r == '\t':
				return r
			case unicode.IsSpace(r):
				return ' '
			}
			return r
		}, line)
		line = strings.TrimRight(line, " \t")
		if strings.TrimSpace(line) == "" {
			empty++
			continue
		}
		if begun {
			b.WriteByte('\n')
			if empty > 0 {
				b.WriteByte('\n')
			}
		}
		b.WriteString(line)
		empty, begun = 0, true
	}
	if begun {
		b.WriteByte('\n')
	}
	return b.String()
}
