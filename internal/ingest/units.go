package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// A unit is a paragraph of prose, or one line of a list, a heading or an address: what a reader takes in at once.
type unit struct {
	span         // without white space at the ends and without the mark of a list
	para    int  // units of one paragraph have no blank line between them
	marked  bool // a bullet, a dash or a number stood in front
	words   int
	ta, tb  int  // its tokens
	stopped bool // ends with the punctuation of a sentence; that of an abbreviation such as "Inc." is none
	role    role
}

type role uint8

const (
	body role = iota
	head      // above the title, the title itself, and lines beneath it
	datelineRole
	salutation
	signature // a signatory, or the heading above them
	contactRole
	embargoRole
	endMark     // "###"
	boilerplate // "About Example Network"
)

// split parts the text into units.
func (d *reader) split() []unit {
	var units []unit
	for para, lines := range d.paragraphs() {
		wrapped := isWrapped(d.s, lines)
		for i := 0; i < len(lines); i++ {
			p := lines[i]
			alone := i+1 < len(lines) && onlyMark(d.s[p.a:p.b])
			if alone { // the mark stands on a line of its own
				i++
				p = lines[i]
			}
			m := listMark(d.s[p.a:p.b])
			for i+1 < len(lines) && joins(d.s, lines[i], lines[i+1], wrapped) {
				i++
				p.b = lines[i].b
			}
			u := unit{span: trim(d.s, span{p.a + m, p.b}), para: para, marked: m > 0 || alone}
			if u.a == u.b {
				continue
			}
			u.ta, u.tb = d.tokensIn(u.span)
			for _, t := range d.toks[u.ta:u.tb] {
				if t.kind == word || t.kind == number {
					u.words++
				}
			}
			u.stopped = d.stops(u)
			if u.words == 0 && !d.hasLink(u.span) || d.endsText(u) {
				u.role = endMark
			}
			units = append(units, u)
		}
	}
	return units
}

// onlyMark reports a line that is nothing but the mark of a list: "1.", "•".
func onlyMark(line string) bool { return len(line) <= 5 && listMark(line+" x") == len(line)+1 }

var ends = phrases("ends", "end", "end text", "notes", "note", "notes to editors", "notes to editor", "note to editors", "note to editor", "background", "notas", "nota a los editores", "fin",
	"note aux rédactions", "notes aux rédactions", "notas aos editores", "anmerkungen", "hinweise für die redaktion", "annex", "annexes", "references", "footnotes", "ende", "fim")

// endsText reports a line that is nothing but the mark of an end or the heading of notes: "ENDS", "Notes to editors:", "-30-".
func (d *reader) endsText(u unit) bool {
	i, end := u.ta, u.tb
	for i < end && d.toks[i].kind == mark {
		i++
	}
	for end > i && d.toks[end-1].kind == mark {
		end--
	}
	to, ok := firstOf(ends, d.toks, i, end)
	return ok && to == end || end-i == 1 && d.toks[i].low == "30" && i > u.ta
}

// paragraphs returns the lines of the text, trimmed, by paragraph; blank lines part them.
func (d *reader) paragraphs() [][]span {
	var paras [][]span
	var lines []span
	start := 0
	flush := func(end int) {
		p := trim(d.s, span{start, end})
		if p.a < p.b {
			lines = append(lines, p)
		} else if len(lines) > 0 {
			paras, lines = append(paras, lines), nil
		}
	}
	for i, r := range d.s {
		if lineBreak(r) {
			if !(r == '\n' && i > 0 && d.s[i-1] == '\r') {
				flush(i)
			}
			start = i + utf8.RuneLen(r)
		}
	}
	flush(len(d.s))
	if len(lines) > 0 {
		paras = append(paras, lines)
	}
	return paras
}

// isWrapped reports whether the lines are one text broken at a margin: none is very short or very long, and many go on in lower case.
func isWrapped(s string, lines []span) bool {
	if len(lines) < 2 {
		return false
	}
	low, length := 0, 0
	for i, p := range lines {
		if p.b-p.a > 110 {
			return false
		}
		if i+1 < len(lines) {
			length += p.b - p.a
		}
		if i > 0 && startsLow(s[p.a:p.b]) {
			low++
		}
	}
	return low*3 >= len(lines)-1 && length >= 45*(len(lines)-1)
}

// joins reports whether line q goes on with the sentence of line p.
func joins(s string, p, q span, wrapped bool) bool {
	prev, text := s[p.a:p.b], s[q.a:q.b]
	if listMark(text) > 0 {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(prev)
	ended := strings.ContainsRune(".!?:;", last)
	if wrapped {
		return !ended || p.b-p.a > 55 && last != ':'
	}
	if last == ',' && p.b-p.a >= 60 && lowWords(prev) >= 5 {
		return true // a sentence that a line breaks in a list of words in capitals
	}
	return !ended && startsLow(text) && p.b-p.a >= 60
}

// lowWords counts the words of s that start in lower case.
func lowWords(s string) int {
	n := 0
	for _, w := range strings.Fields(s) {
		if startsLow(w) {
			n++
		}
	}
	return n
}

func startsLow(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

// listMark returns how many bytes of the line are the mark of a list with its space: "•", "-", "1.", "(a)", "[ ]". A year, an initial and a
// day of a date ("4. Dezember") are no marks.
func listMark(line string) int {
	r, n := utf8.DecodeRuneInString(line)
	if strings.ContainsRune("-*•·‣◦▪▫●○■□–—→➢➤✓✔☐☑☒", r) {
		return spaceAfter(line, n)
	}
	if r == '[' && len(line) > 3 && line[2] == ']' && strings.ContainsRune(" xX_", rune(line[1])) {
		return spaceAfter(line, 3)
	}
	i := 0
	open := r == '('
	if open {
		i = 1
	}
	j := i
	for j < len(line) && (line[j] >= '0' && line[j] <= '9' || line[j] >= 'a' && line[j] <= 'z') {
		j++
	}
	core := line[i:j]
	if j >= len(line) || core == "" || !(line[j] == ')' || line[j] == '.' && !open) {
		return 0
	}
	digits := strings.Trim(core, "0123456789") == ""
	roman := strings.Trim(core, "ivx") == ""
	if !(digits && (len(core) <= 3 || len(core) == 4 && year(core) == 0) || roman && len(core) <= 5 || len(core) == 1) {
		return 0
	}
	n = spaceAfter(line, j+1)
	if n > 0 && digits && line[j] == '.' {
		if f := strings.FieldsFunc(line[n:], func(r rune) bool { return !unicode.IsLetter(r) }); len(f) > 0 {
			if _, ok := months[strings.ToLower(f[0])]; ok {
				return 0
			}
		}
	}
	return n
}

// spaceAfter returns where the text goes on after the white space at i, or 0 where none stands there.
func spaceAfter(s string, i int) int {
	rest := strings.TrimLeftFunc(s[i:], unicode.IsSpace)
	if j := len(s) - len(rest); j > i && rest != "" {
		return j
	}
	return 0
}

// lastOfName are abbreviations that end names of organisations.
var lastOfName = set("inc ltd co corp llc e.v. s.a. a.c. a.b.p. s.l. n.g.o. u.s. u.s.a. u.k. d.c. jr sr etc no.")

// stops reports whether u ends with the punctuation of a sentence.
func (d *reader) stops(u unit) bool {
	i := u.tb - 1
	for i > u.ta && d.toks[i].is("”", "\"", "’", "'", ")", "»", "]") {
		i--
	}
	if i < u.ta {
		return false
	}
	t := d.toks[i]
	if t.is("!", "?", "…") || strings.HasPrefix(t.low, "..") {
		return true
	}
	if t.low != "." {
		return false
	}
	return i == u.ta || !lastOfName[d.toks[i-1].low]
}

// prose reports whether u reads as sentences and not as a name, a heading or an address.
func (d *reader) prose(u unit) bool {
	if u.stopped && u.words >= 5 {
		return true
	}
	if u.words > 25 {
		return true
	}
	low, finite := 0, 0
	for _, t := range d.toks[u.ta:u.tb] {
		if t.kind == word && d.lex.finite[t.low] {
			finite++
		}
		if t.kind == word && startsLow(d.s[t.a:t.b]) {
			low++
		}
	}
	return finite > 0 && low*2 > u.words && u.words >= 6
}

// A sentence of the body, with its tokens; the punctuation at its end belongs to it.
type sentence struct {
	span
	ta, tb int
	unit   int
}

// splitSentences fills sents from the units of the body and from the lines beneath the title.
func (d *reader) splitSentences() {
	for k, u := range d.units {
		if u.role != body {
			continue
		}
		if d.opened > u.a && d.opened < u.b { // the text behind "Geneva, 4 December 2017 –"
			for u.ta < u.tb && (d.toks[u.ta].a < d.opened || d.toks[u.ta].is(")", "]", ":", "|", ",", "…", "...") || isDash(d.toks[u.ta].low)) {
				u.ta++
			}
			if u.ta == u.tb {
				continue
			}
			u.a = d.toks[u.ta].a
		}
		text := strings.Map(func(r rune) rune { // of equal length: a wrapped line is no end of a sentence
			if r == '\n' || r == '\r' {
				return ' '
			}
			return r
		}, d.s[u.a:u.b])
		start := u.a
		iter := sentences.FromString(text)
		for iter.Next() {
			end := u.a + iter.End()
			if end < u.b && d.goesOn(start, end) {
				continue
			}
			if p := trim(d.s, span{start, end}); p.a < p.b {
				ta, tb := d.tokensIn(p)
				d.sents = append(d.sents, sentence{p, ta, tb, k})
			}
			start = end
		}
	}
}

// titles are abbreviations that never end a sentence.
var titles = set("dr mr mrs ms st rev gen sen rep gov prof art para paras no nos vs cf e.g. i.e. sr sra dra lic mons nr bzw z.b. u.a. ca exec hon amb lt col sgt fr messrs")

// goesOn reports whether what ends at end is an abbreviation inside a sentence and not its end.
func (d *reader) goesOn(start, end int) bool {
	ta, tb := d.tokensIn(span{start, end})
	_, after := d.tokensIn(span{end, len(d.s)})
	if tb-ta < 1 || tb >= after {
		return false
	}
	last, next := d.toks[tb-1], d.toks[tb]
	if last.kind == word && strings.HasSuffix(last.low, ".") { // U.S.
		return titles[last.low] || next.kind != word || !d.lex.starters[next.low]
	}
	if last.low != "." || tb-ta < 2 {
		return false
	}
	w := d.toks[tb-2]
	if w.b != last.a || w.kind != word {
		return w.b == last.a && w.kind == number && next.kind == word && d.lex.code == "de" && isMonth(next.low)
	}
	if titles[w.low] {
		return true
	}
	if utf8.RuneCountInString(w.low) == 1 && d.capital(tb-2) && tb-ta > 2 {
		return true // an initial
	}
	return next.kind == number && isMonth(w.low) // Dec. 10
}

// closing returns p without the punctuation that closes a sentence; the stop of "U.S." and "Inc." stays.
func (d *reader) closing(p span) span {
	for p.b > p.a {
		text := d.s[p.a:p.b]
		r, n := utf8.DecodeLastRuneInString(text)
		switch {
		case unicode.IsSpace(r) || invisible(r) || strings.ContainsRune("!?;:,…", r):
		case r == '.':
			w := text[strings.LastIndexFunc(text, unicode.IsSpace)+1 : len(text)-1]
			if strings.Contains(w, ".") && allCaps(w) || lastOfName[strings.ToLower(w)] || lastOfName[strings.ToLower(w)+"."] {
				return p
			}
		case unbalanced(text):
		default:
			return p
		}
		p.b -= n
	}
	return p
}

// unbalanced reports whether s ends with a closing quote or bracket that it does not open.
func unbalanced(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	switch r {
	case '”':
		return strings.Count(s, "“") < strings.Count(s, "”")
	case '"':
		return strings.Count(s, "\"")%2 == 1
	case '»':
		return strings.Count(s, "«") < strings.Count(s, "»")
	case ')':
		return strings.Count(s, "(") < strings.Count(s, ")")
	}
	return false
}
