package verify

import (
	"bytes"
	"unicode/utf8"

	"github.com/gowebpki/jcs"
)

// isCanonical reports whether b is canonical JSON (RFC 8785). What plainly is, is seen in one pass; the library decides on the rest.
func isCanonical(b []byte) bool {
	s := scan{b: b}
	if s.value(0) && s.at == len(b) {
		return true
	}
	c, err := jcs.Transform(b)
	return err == nil && bytes.Equal(c, b)
}

// scan passes over JSON that is canonical beyond doubt: objects whose keys are ASCII and rise, strings with the shortest escapes,
// whole numbers, no white space. It gives up on everything else, canonical or not.
type scan struct {
	b  []byte
	at int
}

func (s *scan) peek() byte {
	if s.at < len(s.b) {
		return s.b[s.at]
	}
	return 0
}

func (s *scan) take(c byte) bool {
	if s.peek() == c && s.at < len(s.b) {
		s.at++
		return true
	}
	return false
}

func (s *scan) word(w string) bool {
	if len(s.b)-s.at >= len(w) && string(s.b[s.at:s.at+len(w)]) == w {
		s.at += len(w)
		return true
	}
	return false
}

func (s *scan) value(depth int) bool {
	if depth > 100 {
		return false
	}
	switch s.peek() {
	case '{':
		return s.object(depth)
	case '[':
		return s.array(depth)
	case '"':
		_, ok := s.text()
		return ok
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	}
	return s.number()
}

func (s *scan) object(depth int) bool {
	s.at++
	if s.take('}') {
		return true
	}
	var last []byte
	for first := true; ; first = false {
		key, ok := s.text()
		if !ok || !first && bytes.Compare(last, key) >= 0 {
			return false
		}
		for _, c := range key { // beyond ASCII the order is that of UTF-16; an escape hides its character
			if c >= 0x80 || c == '\\' {
				return false
			}
		}
		last = key
		if !s.take(':') || !s.value(depth+1) {
			return false
		}
		if s.take('}') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

func (s *scan) array(depth int) bool {
	s.at++
	if s.take(']') {
		return true
	}
	for {
		if !s.value(depth + 1) {
			return false
		}
		if s.take(']') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

// text passes over a string and returns what stands between its quotation marks.
func (s *scan) text() ([]byte, bool) {
	if !s.take('"') {
		return nil, false
	}
	from, wide := s.at, false
	for s.at < len(s.b) {
		switch c := s.b[s.at]; {
		case c == '"':
			in := s.b[from:s.at]
			s.at++
			return in, !wide || utf8.Valid(in)
		case c == '\\':
			if s.at++; !bytes.ContainsRune([]byte(`"\bfnrt`), rune(s.peek())) || s.at >= len(s.b) {
				return nil, false // \u00XX is for the library
			}
		case c < 0x20:
			return nil, false
		case c >= 0x80:
			wide = true
		}
		s.at++
	}
	return nil, false
}

// number passes over a whole number of at most fifteen digits.
func (s *scan) number() bool {
	from := s.at
	s.take('-')
	first := s.at
	for s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9' {
		s.at++
	}
	switch n := s.at - first; {
	case n == 0 || n > 15:
		return false
	case s.b[first] == '0':
		return n == 1 && first == from // no 01 and no -0
	}
	c := s.peek()
	return c != '.' && c != 'e' && c != 'E'
}
