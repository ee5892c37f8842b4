package ingest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The kinds of name that the reader uses. Names of another kind are found, and take the place of shorter ones, but are not entered.
const (
	KindInstrument = "instrument"
	KindParty      = "party"
)

// A Name is one thing that a text may mention. Names are the forms to look for, as whole words: case-sensitive where a form has no
// lower-case letter or at most four letters ("US", "Iran"), else without regard to case. In a form and in the text alike, a run of white
// space is one space, curly and straight apostrophes are one, and so are hyphens that look the same. A form with "A, B and C" is also found
// as "A, B, and C", and the other way round.
//
// The talks that lead to an instrument have the instrument's id with "-process" behind it, or forms that say "process", "negotiations" or
// "talks" around the instrument's name.
type Name struct {
	Kind, ID string
	Names    []string
}

// Names is a list of names, compiled. It is immutable, and may be used from many goroutines. A nil *Names is an empty list.
type Names struct {
	forms []form
	short [4]bool            // whether a form has a key of fewer than 4 bytes, by its length
	bits  [1 << 10]uint64    // 65,536 bits: the hashes of all keys
	long  [1 << 14]uint64    // a million bits: the hashes of the first 8 bytes of all forms that have as many
	brief [1 << 10]uint64    // the hashes of the keys of all forms that have fewer
	byKey map[uint32][]int32 // the forms that start with a key, longest first
	ids   map[string]bool    // of instruments; false where no name says that it is a text, as those of bodies and forums
	stems map[string]bool    // how the names of parties begin; see peopleOf
}

// A form is one way to write a name.
type form struct {
	text  string // folded; case kept where exact
	exact bool
	trim  int    // bytes at its end that are no part of the name: the "s" of a genitive
	names []Name // more than one where the list gives the same form to several things
}

// A Hit is a name found in a text. Start and End count code points, the end not included.
type Hit struct {
	Kind, ID   string // ID is empty where several things share the form
	Start, End int
}

// hit is a Hit in bytes.
type hit struct {
	span
	kind, id string
	shared   bool
	genitive bool // the text has an "s" behind it
}

// NewNames compiles list. Forms without a letter or digit are left out. The caller keeps list.
func NewNames(list []Name) *Names {
	n := &Names{byKey: map[uint32][]int32{}, ids: map[string]bool{}, stems: map[string]bool{}}
	index := map[string]int{}
	trim := 0
	add := func(nm Name, text string) {
		f := form{exact: exactForm(text), trim: trim, names: []Name{{Kind: nm.Kind, ID: nm.ID}}}
		f.text = folded(text, f.exact)
		key := f.text
		if f.exact {
			key = "=" + key
		}
		if i, old := index[key]; old {
			if !slices.ContainsFunc(n.forms[i].names, func(o Name) bool { return o.Kind == nm.Kind && o.ID == nm.ID }) {
				n.forms[i].names = append(n.forms[i].names, f.names[0])
			}
			return
		}
		index[key] = len(n.forms)
		n.forms = append(n.forms, f)
	}
	for _, nm := range list {
		if nm.Kind == KindInstrument && nm.ID != "" {
			n.ids[nm.ID] = n.ids[nm.ID] || sayText(nm.Names)
		}
		forms := nm.Names
		if nm.Kind == KindInstrument {
			forms = append(slices.Clip(forms), moreForms[nm.ID]...)
		}
		var genitives []string
		if nm.Kind == KindParty {
			var more []string
			more, genitives = regionNames(nm.ID)
			forms = append(slices.Clip(forms), more...)
		}
		for _, text := range forms {
			text = strings.TrimFunc(norm.NFC.String(strings.ToValidUTF8(text, "\uFFFD")), unicode.IsSpace)
			if nm.Kind == KindParty {
				text = bareName(text)
			}
			if strings.IndexFunc(text, isWordRune) < 0 {
				continue
			}
			add(nm, text)
			if nm.Kind == KindParty {
				if stem := stemOf(text); stem != "" {
					n.stems[stem] = true
				}
				for _, form := range russianCases(text) {
					add(nm, form)
				}
			}
			if other := otherComma(text); other != "" {
				add(nm, other)
			}
		}
		trim = 1
		for _, text := range genitives {
			add(nm, text)
		}
		trim = 0
	}
	for i, f := range n.forms {
		k, size := keyOf(f.text)
		if size < 4 {
			n.short[size] = true
		}
		h := keyHash(k)
		n.bits[h>>6] |= 1 << (h & 63)
		if v, ok := eight(f.text, 0); ok {
			l := longHash(v)
			n.long[l>>6] |= 1 << (l & 63)
		} else {
			n.brief[h>>6] |= 1 << (h & 63)
		}
		n.byKey[k] = append(n.byKey[k], int32(i))
	}
	for _, forms := range n.byKey {
		slices.SortStableFunc(forms, func(a, b int32) int { return len(n.forms[b].text) - len(n.forms[a].text) })
	}
	return n
}

// bareName returns a party's name without "the" before it and "government" behind it: a list may hold "The United States" and "US government",
// and the written form of the state is the same without them. So "the United States of America" is found whole.
func bareName(s string) string {
	if low := strings.ToLower(s); strings.HasPrefix(low, "the ") && len(s) > 8 {
		s = s[4:]
	}
	if low := strings.ToLower(s); strings.HasSuffix(low, " government") {
		s = s[:len(s)-len(" government")]
	}
	return s
}

// exactForm reports whether a form is looked for with its case: no lower-case letter, or four letters at most.
func exactForm(s string) bool {
	letters := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters <= 4 || allCaps(s)
}

// otherComma returns a form of a list of three or more with, or without, the comma before its "and", or "".
func otherComma(s string) string {
	if i := strings.LastIndex(s, ", and "); i >= 0 {
		if strings.Contains(s[:i], ",") {
			return s[:i] + s[i+1:]
		}
		return ""
	}
	if i := strings.LastIndex(s, " and "); i >= 0 {
		if c := strings.LastIndexByte(s[:i], ','); c >= 0 && len(strings.Fields(s[c+1:i])) == 1 {
			return s[:i] + "," + s[i:]
		}
	}
	return ""
}

// foldRune returns the character that stands for r when forms and texts are compared; 0 for one that is skipped.
func foldRune(r rune, exact bool) rune {
	switch {
	case r < utf8.RuneSelf:
		if !exact && 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	case r == '’' || r == 'ʼ' || r == '‘':
		return '\''
	case r == 0x2010 || r == 0x2011:
		return '-'
	case invisible(r):
		return 0
	}
	if exact {
		return r
	}
	return unicode.ToLower(r)
}

func folded(s string, exact bool) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		if unicode.IsSpace(r) {
			space = true
			continue
		}
		if r = foldRune(r, exact); r == 0 {
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// keyOf returns the first characters of a folded form without regard to case, as many as fit four bytes, and how many bytes they are.
func keyOf(text string) (key uint32, size int) {
	for _, r := range text {
		r = foldRune(r, false)
		n := utf8.RuneLen(r)
		if size+n > 4 {
			break
		}
		key, size = pushRune(key, r), size+n
	}
	return key, size
}

func pushRune(key uint32, r rune) uint32 {
	var b [utf8.UTFMax]byte
	for _, c := range b[:utf8.EncodeRune(b[:], r)] {
		key = key<<8 | uint32(c)
	}
	return key
}

const caseBits = 0x2020202020202020

// eight returns the 8 bytes at i of s, where a comparison byte by byte may tell that no form starts there: they are ASCII without control
// characters and without two spaces in a row.
func eight(s string, i int) (uint64, bool) {
	if i+8 > len(s) {
		return 0, false
	}
	b := s[i : i+8]
	v := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	if v&tops != 0 || (v-ones*0x20)&^v&tops != 0 {
		return 0, false
	}
	x := v ^ caseBits
	spaces := (x - ones) &^ x & tops
	return v, spaces&(spaces>>8) == 0
}

// longHash hashes 8 bytes without regard to case.
func longHash(v uint64) uint64 { return (v | caseBits) * 0x9E3779B97F4A7C15 >> 44 }

func keyHash(k uint32) uint32 { return k * 2654435761 >> 16 }

// next returns the folded character at i of a text and where the next one starts. A run of white space is one space; 0 ends the text, and
// is also what a blank line gives, which no name crosses.
func next(s string, i int, exact bool) (rune, int) {
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf && c > ' ' {
			return foldRune(rune(c), exact), i + 1
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsSpace(r) {
			i += n
			if f := foldRune(r, exact); f != 0 {
				return f, i
			}
			continue
		}
		breaks := 0
		for i < len(s) {
			if r, n = utf8.DecodeRuneInString(s[i:]); !unicode.IsSpace(r) {
				break
			}
			if lineBreak(r) {
				breaks++
			}
			i += n
		}
		if breaks > 1 {
			return 0, i
		}
		return ' ', i
	}
	return 0, i
}

// match returns the end of f in s where it starts at i and ends with a word, or -1.
func (f *form) match(s string, i int) int {
	k := 0
	for k < len(f.text) && i < len(s) { // plain characters, without the detour
		c := s[i]
		if c >= utf8.RuneSelf || c <= ' ' {
			break
		}
		if !f.exact {
			c = asciiLow[c]
		}
		if c != f.text[k] {
			return -1
		}
		i++
		k++
		if k < len(f.text) && f.text[k] == ' ' && i+1 < len(s) && s[i] == ' ' && s[i+1] > ' ' && s[i+1] < utf8.RuneSelf {
			i++
			k++
		}
	}
	for _, want := range f.text[k:] {
		got, to := next(s, i, f.exact)
		if got != want {
			return -1
		}
		i = to
	}
	if i < len(s) && s[i] < utf8.RuneSelf {
		if asciiWord[s[i]] {
			return -1
		}
		return i
	}
	if r, n := utf8.DecodeRuneInString(s[i:]); n > 0 && isWordRune(r) && !unspaced(r) {
		return -1
	}
	return i
}

// longest returns the longest form that starts at i of s, and its end; where a form ignores case and another of the same length does not,
// the latter.
func (n *Names) longest(s string, i int) (f *form, end int) {
	end = -1
	if v, ok := eight(s, i); ok && !n.short[1] && !n.short[2] && !n.short[3] { // the usual case: no form starts so
		l := longHash(v)
		if n.long[l>>6]&(1<<(l&63)) == 0 {
			h := keyHash(uint32(asciiLow[s[i]])<<24 | uint32(asciiLow[s[i+1]])<<16 | uint32(asciiLow[s[i+2]])<<8 | uint32(asciiLow[s[i+3]]))
			if n.brief[h>>6]&(1<<(h&63)) == 0 {
				return nil, -1
			}
		}
	}
	if i+4 <= len(s) {
		a, b, c, d := s[i], s[i+1], s[i+2], s[i+3]
		if a|b|c|d < utf8.RuneSelf && min(a, b, c, d) > ' ' { // the usual case
			key := uint32(asciiLow[a])<<8 | uint32(asciiLow[b])
			if n.short[1] {
				f, end = n.try(s, i, key>>8, f, end)
			}
			if n.short[2] {
				f, end = n.try(s, i, key, f, end)
			}
			key = key<<8 | uint32(asciiLow[c])
			if n.short[3] {
				f, end = n.try(s, i, key, f, end)
			}
			return n.try(s, i, key<<8|uint32(asciiLow[d]), f, end)
		}
	}
	var key uint32
	size := 0
	for j := i; size < 4; {
		r, to := next(s, j, false)
		w := utf8.RuneLen(r)
		if r == 0 || size+w > 4 {
			break
		}
		key, size, j = pushRune(key, r), size+w, to
		if size < 4 && n.short[size] {
			f, end = n.try(s, i, key, f, end)
		}
	}
	if size == 4 {
		f, end = n.try(s, i, key, f, end)
	}
	return f, end
}

// try returns the longest of f and the forms with that key that stand at i of s.
func (n *Names) try(s string, i int, key uint32, f *form, end int) (*form, int) {
	h := keyHash(key)
	if n.bits[h>>6]&(1<<(h&63)) == 0 {
		return f, end
	}
	for _, k := range n.byKey[key] {
		c := &n.forms[k]
		if f != nil && len(c.text) < len(f.text) {
			break
		}
		if e := c.match(s, i); e > end || (e >= 0 && e == end && c.exact && !f.exact) {
			f, end = c, e
		}
	}
	return f, end
}

// find returns the hits in s: at each place the longest form, places from the left, none overlapping.
func (n *Names) find(s string) []hit {
	if n == nil || len(n.forms) == 0 {
		return nil
	}
	var list []hit
	inWord := false
	for i := 0; i < len(s); {
		c := s[i]
		if inWord && c < utf8.RuneSelf && asciiWord[c] {
			for i++; i < len(s) && s[i] < utf8.RuneSelf && asciiWord[s[i]]; i++ {
			}
			continue
		}
		var width int
		var wordy, blank bool
		if c < utf8.RuneSelf {
			width, wordy, blank = 1, asciiWord[c], c <= ' '
		} else {
			var r rune
			r, width = utf8.DecodeRuneInString(s[i:])
			if unspaced(r) {
				inWord = false
			}
			wordy, blank = isWordRune(r) && !unspaced(r), unicode.IsSpace(r) || invisible(r)
			if wordy && !inWord && arabicPrefix(r) { // "and", "in" and "for" are written on to the word
				if f, end := n.longest(s, i); f == nil {
					if f, end = n.longest(s, i+width); f != nil {
						list = append(list, f.hit(span{i + width, end}))
						i, inWord = end, true
						continue
					}
				}
			}
		}
		if !inWord && !blank {
			if f, end := n.longest(s, i); f != nil {
				list = append(list, f.hit(span{i, end}))
				i, inWord = end, false
				if r, _ := utf8.DecodeLastRuneInString(s[:end]); isWordRune(r) && !unspaced(r) {
					inWord = true
				}
				continue
			}
		}
		inWord = wordy
		i += width
	}
	return list
}

// unspaced reports characters of scripts that write no spaces between words.
func unspaced(r rune) bool {
	return r >= 0x2E80 && (unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Katakana, r))
}

// arabicPrefix reports the letters that Arabic writes before a word as one with it.
func arabicPrefix(r rune) bool { return r == 'و' || r == 'ب' || r == 'ل' || r == 'ف' || r == 'ك' }

var asciiWord = func() (t [utf8.RuneSelf]bool) {
	for c := range t {
		t[c] = isWordRune(rune(c))
	}
	return t
}()

var asciiLow = func() (t [utf8.RuneSelf]byte) {
	for c := range t {
		t[c] = byte(foldRune(rune(c), false))
	}
	return t
}()

func (f *form) hit(p span) hit {
	h := hit{span: p, kind: f.names[0].Kind, id: f.names[0].ID, genitive: f.trim > 0}
	h.b -= f.trim
	for _, o := range f.names[1:] {
		if o.Kind != h.kind || o.ID != h.id {
			h.shared = true
		}
	}
	if h.shared {
		h.id = ""
	}
	return h
}

// Find returns where the names stand in text, taken as it is: at each place the longest form, places from the left, none overlapping, as
// whole words. A text without names gives nil.
func (n *Names) Find(text string) []Hit {
	hits := n.find(text)
	if hits == nil {
		return nil
	}
	list := make([]Hit, len(hits))
	at, count := 0, 0
	for i, h := range hits {
		count += utf8.RuneCountInString(text[at:h.a])
		start := count
		count += utf8.RuneCountInString(text[h.a:h.b])
		at = h.b
		list[i] = Hit{Kind: h.kind, ID: h.id, Start: start, End: count}
	}
	return list
}

// isBody reports whether the list has id for something whose names do not say that it is a text: an organisation, a council, a forum.
func (n *Names) isBody(id string) bool {
	if n == nil {
		return false
	}
	text, listed := n.ids[id]
	return listed && !text
}

// bodyEnds are the words that end, or begin, the names of organisations and of meetings.
var bodyEnds = set("organization organisation council forum committee commission agency fund programme court union league conference mechanism office bank")

// sayText reports whether one of the names has a word for a text, or none has one for a body.
func sayText(names []string) bool {
	body := false
	for _, name := range names {
		for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !isWordRune(r) }) {
			if heads[w] && !actionHeads[w] {
				return true
			}
			body = body || bodyEnds[w]
		}
	}
	return !body
}
