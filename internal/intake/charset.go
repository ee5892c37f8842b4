package intake

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// decode returns bytes as a string of valid UTF-8, and flags what it had to suppose. In this order: a byte order mark; the zero bytes of
// UTF-16 without one; UTF-8 where the bytes are that; the charset named; Windows-1252 where that gives plausible words; UTF-8 with what is
// none replaced and counted.
func (t *Text) decode(b []byte, charset string) string {
	if rest, ok := bytes.CutPrefix(b, []byte("\xEF\xBB\xBF")); ok {
		b = rest
	} else if wide := utf16Of(b); wide != "" {
		order := unicode.LittleEndian
		if wide == "BE" {
			order = unicode.BigEndian
		}
		s, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(b)
		if err == nil {
			if b[0] != 0xFF && b[0] != 0xFE {
				t.flag("The file does not say its encoding; it was read as UTF-16.")
			}
			if n := bytes.Count(s, []byte("\uFFFD")); n > 0 {
				t.Replaced += n
			}
			return string(s)
		}
	}
	if utf8.Valid(b) && (!bytes.ContainsRune(b, 0x1B) || charset == "") {
		if charset != "" && charset != "utf-8" && charset != "utf8" && charset != "us-ascii" && !ascii(b) {
			t.flag("The file says that it is in %s, but its bytes are UTF-8; it was read as UTF-8.", charset)
		}
		return string(b)
	}
	if e := encodingOf(charset); e != nil {
		if s, err := e.NewDecoder().Bytes(b); err == nil && utf8.Valid(s) {
			if n := bytes.Count(s, []byte("\uFFFD")); n > 0 {
				t.Replaced += n
			}
			return string(s)
		}
	}
	if western(b) {
		s, err := charmap.Windows1252.NewDecoder().Bytes(b)
		if err == nil {
			t.flag("The file is not UTF-8; it was read as Windows-1252 (Western European). Look at its accented letters and quotation marks.")
			return string(s)
		}
	}
	bad := 0
	for rest := b; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			bad++
		}
		rest = rest[n:]
	}
	t.Replaced += bad
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

func encodingOf(charset string) encoding.Encoding {
	if charset == "" || charset == "utf-8" || charset == "utf8" {
		return nil
	}
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil
	}
	if name, _ := htmlindex.Name(e); name == "utf-8" || name == "replacement" {
		return nil
	}
	return e
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// utf16Of returns "LE" or "BE" for bytes that are UTF-16, by their mark or by zero bytes in every other place, and "" for others.
func utf16Of(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		return "LE"
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		return "BE"
	}
	n := min(len(b), 4096)
	if n < 8 {
		return ""
	}
	var zeros [2]int
	for i := range n {
		if b[i] == 0 {
			zeros[i%2]++
		}
	}
	switch {
	case zeros[1] > n*2/5 && zeros[0] == 0:
		return "LE"
	case zeros[0] > n*2/5 && zeros[1] == 0:
		return "BE"
	}
	return ""
}

// western reports whether bytes that are not UTF-8 make plausible words in Windows-1252: letters with marks stand singly or in pairs among
// plain ones, and the rest are the quotation marks, dashes and signs of print.
func western(b []byte) bool {
	high, odd, run, longest := 0, 0, 0, 0
	for i, c := range b {
		if c < 0x80 {
			run = 0
			continue
		}
		high++
		run++
		longest = max(longest, run)
		switch {
		case strings.IndexByte("\x80\x82\x84\x85\x86\x91\x92\x93\x94\x95\x96\x97\x99\xA0\xA1\xA3\xA7\xA9\xAA\xAB\xAD\xAE\xB0\xB7\xBA\xBB\xBF", c) >= 0:
			run = 0
		case c >= 0xC0 && strings.IndexByte("\xD0\xD7\xDE\xF0\xF7\xFE\xFF", c) < 0, strings.IndexByte("\x8A\x8C\x8E\x9A\x9C\x9E\x9F", c) >= 0:
			if !(i > 0 && plainLetter(b[i-1]) || i+1 < len(b) && plainLetter(b[i+1]) || c == 0xE0 || c == 0xC0 || c == 0xE9 || c == 0xF3) {
				odd++
			}
		default:
			odd++
		}
	}
	return high > 0 && odd*20 <= high && longest <= 3
}

func plainLetter(c byte) bool { c |= 0x20; return c >= 'a' && c <= 'z' }

// lines is what is done to every text: line feeds, and normalisation form C.
func lines(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return norm.NFC.String(s)
}
