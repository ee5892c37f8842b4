package ingest

import (
	"strings"
	"unicode"
)

// readSignatories finds the names under the text: the lines beneath a heading that says so, or, where there is none, the run of names that
// follows the last paragraph of prose.
func (d *reader) readSignatories() {
	headed := false
	for k := 0; k < len(d.units); k++ {
		u := &d.units[k]
		if u.role != body {
			continue
		}
		rest, ok := d.signHeading(*u)
		if !ok {
			continue
		}
		if rest.b > rest.a && d.signedInLine(u, rest) {
			headed = true
			continue
		}
		if k+1 < len(d.units) {
			if next := &d.units[k+1]; next.role == body && d.runOn(k+1) && d.signedInLine(next, next.span) {
				u.role = signature
				headed = true
				k++
				for k+1 < len(d.units) && d.units[k+1].role == body && d.runOn(k+1) && d.signedInLine(&d.units[k+1], d.units[k+1].span) {
					k++
				}
				continue
			}
		}
		if n := d.signList(k+1, true); n > 0 && (n > 1 || !d.weakHeading(*u)) {
			u.role = signature
			headed = true
			d.sign(k+1, k+1+n, High)
			k += n
		}
	}
	if !headed {
		headed = d.signedInProse()
	}
	if !headed {
		if k, n := d.tailRun(); n >= 2 {
			c := High
			if n == 2 {
				c = Medium
			}
			d.sign(k, k+n, c)
		}
	}
	if len(d.out.Signatories) == 0 {
		d.signedAbove()
	}
	if len(d.out.Signatories) == 0 {
		d.flagUnsigned()
		return
	}
	d.countSigners()
}

// signHeading reports a heading above signatories, and what stands behind its colon.
func (d *reader) signHeading(u unit) (rest span, ok bool) {
	if u.marked && u.words > 8 {
		return span{}, false
	}
	i := u.ta
	for i < u.tb && (d.toks[i].kind == mark || d.toks[i].kind == number || d.toks[i].is("the", "las", "les", "as", "die", "los", "os", "our")) {
		i++
	}
	if e, ok := firstOf(onBehalf, d.toks, i, u.tb); ok && e < u.tb && d.toks[u.tb-1].is(",", ":") {
		return span{}, true // "On behalf of the campaign,"
	}
	to, ok := firstOf(d.lex.signed, d.toks, i, u.tb)
	if !ok {
		if to, ok = firstOf(english.signed, d.toks, i, u.tb); !ok && u.words <= 5 {
			to, ok = firstOf(unknownLanguage.signed, d.toks, i, u.tb)
		}
		if !ok {
			return d.sayTheySign(u)
		}
	}
	for j := to; j < u.tb; j++ {
		if d.toks[j].low == ":" {
			return trim(d.s, span{d.toks[j].b, u.b}), j-to <= 12
		}
		if t := d.toks[j]; j > to && len(d.lex.callsAt[t.low]) > 0 && !d.lex.articles[t.low] && !t.is("our") {
			break // "The undersigned organisations call on the Council to:"
		}
	}
	for to < u.tb && (d.toks[to].is(",", "by", ".", "(", ")", "*", "_") || d.toks[to].kind == number) {
		to++
	}
	return span{}, to >= u.tb || !u.stopped && u.words <= 6 && d.toks[to].is("(", "list", "in", "–", "-")
}

var onBehalf = phrases("on behalf of", "en nombre de", "au nom de", "em nome de", "im namen")

// signList counts the units from k on that are names. Under a heading, lines that end with a colon part the list and do not end it, and one
// line of another kind, such as a note, may stand between two names of a list of marked lines.
func (d *reader) signList(k int, headed bool) int {
	n := 0
	for ; k+n < len(d.units); n++ {
		u := d.units[k+n]
		if u.role != body || !d.nameLike(u, headed) {
			break
		}
		if headed && n > 0 {
			if _, again := d.signHeading(u); again {
				break
			}
		}
	}
	return n
}

// nameLike reports whether u can be a name: short, no sentence, no address, no verb.
func (d *reader) nameLike(u unit, headed bool) bool {
	most := 18
	if headed {
		most = 28
	}
	if cells := d.cells(u.span); len(cells) > 1 {
		most *= len(cells)
	}
	if u.words == 0 || u.words > most || d.hasAddress(u.span) {
		return false
	}
	if u.stopped && !(u.words <= 5 && d.toks[u.tb-1].is("!", "?")) && !(headed && u.marked && d.capitals(u)) && !(headed && u.words <= 12 && d.capitals(u)) {
		return false
	}
	last := d.toks[u.tb-1]
	if !headed && (last.low == ":" || u.ta+1 < u.tb && d.toks[u.ta+1].low == ":") {
		return false // "Where: the main hall"
	}
	first := d.toks[u.ta]
	if first.is("cc", "bcc") && u.words > 1 && (d.toks[u.ta+1].is(":") || d.toks[u.ta+1].kind == word) {
		return false
	}
	if openVerbs[first.low] && !d.capital(u.ta) {
		return false // "condemn the arrests;" beneath "The undersigned organisations:"
	}
	if first.kind == mark && !first.is("¡", "¿", "“", "\"", "«") {
		return false
	}
	finite, low := 0, 0
	for i := u.ta; i < u.tb; i++ {
		t := d.toks[i]
		if t.kind != word {
			continue
		}
		if d.lex.finite[t.low] && startsLow(d.s[t.a:t.b]) {
			finite++
		}
		if startsLow(d.s[t.a:t.b]) {
			low++
		}
	}
	if finite > 0 && low*2 >= u.words {
		return false
	}
	return headed || first.kind == number || d.capital(u.ta) || first.kind == mark || low*2 <= u.words
}

// tailRun returns where the run of names that follows the last prose begins, and its length. Two paragraphs of prose may stand after it, as
// notes do.
func (d *reader) tailRun() (start, n int) {
	prose := 0
	for k := len(d.units) - 1; k > 0; k-- {
		u := d.units[k]
		if u.role != body {
			continue
		}
		if d.nameLike(u, false) && !d.prose(u) {
			end := k + 1
			for k > 0 && d.units[k-1].role == body && d.nameLike(d.units[k-1], false) && !d.prose(d.units[k-1]) {
				k--
			}
			if k > 0 && end-k >= 2 && d.proseBefore(k) && d.mostlyNames(k, end) {
				return k, end - k
			}
			continue
		}
		if prose++; prose > 2 {
			return 0, 0
		}
	}
	return 0, 0
}

// mostlyNames reports whether at least half of the units are written mostly in capitals, small words apart, as names are.
func (d *reader) mostlyNames(k, end int) bool {
	names := 0
	for i := k; i < end; i++ {
		low, words := 0, 0
		for _, t := range d.toks[d.units[i].ta:d.units[i].tb] {
			if t.kind == word && !inside[t.low] {
				words++
				if startsLow(d.s[t.a:t.b]) {
					low++
				}
			}
		}
		if low*2 <= words {
			names++
		}
	}
	return names*2 >= end-k
}

// proseBefore reports whether the unit before k ends a paragraph of prose: a line with a colon would make the run a list of something else.
func (d *reader) proseBefore(k int) bool {
	u := d.units[k-1]
	if u.role == datelineRole || u.role == signature {
		return false
	}
	if u.role == endMark {
		return k > 1 && d.prose(d.units[k-2])
	}
	return u.role == body && d.prose(u) && d.toks[u.tb-1].low != ":"
}

// addSignatory enters p without the comma, semicolon or "and" at its end.
func (d *reader) addSignatory(p span, c Confidence) {
	for {
		text := d.s[p.a:p.b]
		cut := strings.TrimRightFunc(text, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) })
		cut = strings.TrimSuffix(strings.TrimSuffix(cut, ", and"), "; and")
		if len(cut) == len(text) {
			break
		}
		p.b = p.a + len(cut)
	}
	if p.a < p.b && d.s[p.b-1] == '.' {
		p = d.closing(p)
	}
	if p.a >= p.b {
		return
	}
	s := Signatory{Entry: d.entry(p, c), Name: oneLine(d.s[p.a:p.b])}
	if name, abbr, ok := d.abbreviated(s.Name); ok {
		s.Name, s.Abbreviation = name, abbr
	}
	d.out.Signatories = append(d.out.Signatories, s)
}

// flagUnsigned flags a text that speaks of signers and prints none.
func (d *reader) flagUnsigned() {
	for _, u := range d.units {
		for i := u.ta; i < u.tb; i++ {
			if to, ok := firstOf(d.lex.speaksOf, d.toks, i, u.tb); ok {
				d.flag(FlagNoSignatories, "the text speaks of signers here, and no list of them was found", span{d.toks[i].a, d.toks[to-1].b})
				return
			}
		}
	}
}
