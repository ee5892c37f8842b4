package ingest

import (
	"slices"
	"strings"
)

// theyAsk reports whether the words before the verb at i name those who issue the text, as "las organizaciones firmantes".
func (d *reader) theyAsk(s sentence, i int) bool {
	if d.issuerName(s.ta, i) {
		return true
	}
	for k := i - 1; k >= s.ta && k > i-18; k-- {
		t := d.toks[k]
		if d.lex.bodies[t.low] || signWord(t.low) || d.signs(t) || len(d.states) > 0 && rulers[t.low] {
			return true
		}
		if t.is(".", ";", ":", "que", "qui", "die") {
			return false
		}
	}
	return false
}

// particle returns the token of a verb's second part in s, or -1.
func (d *reader) particle(s sentence, from int, low string) int {
	for k := from + 1; k < s.tb; k++ {
		if d.toks[k].low == low && (k+1 == s.tb || d.toks[k+1].is(",", ".", ":", "!", ";")) {
			return k
		}
	}
	return -1
}

// between are words that may stand between "we" and the verb that asks, adverbs apart: "we would like to ask", "we are writing to urge".
var between = set("must therefore wish want would like do to you this write writing are come hereby gather unite stand together once again vous")

// firstPerson reports whether the verb at i has the issuers for its subject: "we also urge", "we urge … and call on", "to call on".
func (d *reader) firstPerson(s sentence, i int, before []clause, c *clause) bool {
	j := i - 1
	for j >= s.ta && (d.lex.adverbs[d.toks[j].low] || between[d.toks[j].low]) {
		if d.toks[j].is("would", "must") {
			c.sure = Medium
		}
		if d.toks[j].low == "to" && c.sure == High {
			c.sure = Medium
		}
		j--
	}
	if j < s.ta {
		return d.leadIn(s) // else an order to the reader, or a verb of the head; not ours
	}
	t := d.toks[j]
	if d.lex.subjects[d.toks[s.ta].low] && s.ta+1 < j && d.toks[s.ta+1].low == "," && i < s.ta+40 && d.apposed(s.ta+2, i) {
		c.sure = Medium
		return true // "We, the crews gathered in the harbour in May, call on"
	}
	switch {
	case d.lex.subjects[t.low]:
		return true
	case t.is("and", ",", "y", "et", "e", "und", "or", "och", "samt"):
		for _, b := range before {
			if !b.undertaking {
				c.sure = Medium
				return true
			}
		}
		// "we must raise our voices and demand", "The undersigned write to express … and to call on"
		for k := s.ta; k < j; k++ {
			if d.lex.subjects[d.toks[k].low] && !slices.ContainsFunc(before, func(b clause) bool { return b.undertaking }) {
				c.sure = Medium
				return true
			}
			if d.lex.bodies[d.toks[k].low] && k < s.ta+8 && j > s.ta+8 {
				c.sure = Medium
				return true
			}
		}
	}
	return false
}

// apposed reports whether tokens from to end only say who "we" are: nothing asks, promises or is said there.
func (d *reader) apposed(from, end int) bool {
	prev := d.toks[end-1]
	if prev.is("the", "a", "an", "to", "of", "and", "for", "in", "on", "our", "their", "this", "that", "its", "by", "with", "from") || prev.kind == possessive {
		return false
	}
	for k := from; k < end; k++ {
		t := d.toks[k]
		if d.lex.subjects[t.low] || t.is("that", ";", ":", "“", "\"") || enFinite[t.low] && !t.is("who", "which", "are", "have") || len(d.lex.callsAt[t.low]) > 0 && !d.lex.articles[t.low] && !t.is("our", "want", "need", "request", "press", "challenge", "is", "are", "have") {
			return false
		}
	}
	return true
}

// leadIn reports whether s opens an item of a list that "we:" or "the undersigned organisations:" leads in.
func (d *reader) leadIn(s sentence) bool {
	u := d.units[s.unit]
	if !u.marked || s.a != u.a {
		return false
	}
	k := s.unit
	for k > 0 && d.units[k].marked {
		k--
	}
	l := d.units[k]
	if l.role != body || l.tb-l.ta < 2 || d.toks[l.tb-1].low != ":" {
		return false
	}
	last := d.toks[l.tb-2]
	return d.lex.subjects[last.low] || d.lex.bodies[last.low] || signWord(last.low) || d.lex.adverbs[last.low] && d.has(d.lex.subjects, l.ta, l.tb)
}

// signersAsk reports whether the sentence starts with words for the issuers, or the abbreviation of one, as the subject of the verb at i.
func (d *reader) signersAsk(s sentence, i int, v *callVerb, c *clause) bool {
	if i == s.ta || i > s.ta+14 {
		return false
	}
	c.sure = Medium
	ours := false
	for k := s.ta; k < i; k++ {
		t := d.toks[k]
		if enFinite[t.low] || d.lex.finite[t.low] && !t.is("you", "our") && !d.lex.adverbs[t.low] && !d.lex.subjects[t.low] && k > s.ta || d.lex.subjects[t.low] || t.is("to", "that", ":", ";") {
			return false
		}
		ours = ours || d.lex.bodies[t.low] || d.signs(t)
		if !ours && d.introduced()[d.s[t.a:t.b]] {
			ours, c.sure = true, Low
		}
	}
	prev := d.toks[i-1]
	if ours && d.lex == english && !v.third {
		for k := i - 2; k > s.ta; k-- { // "organisations across the globe call on"
			if d.toks[k].is("in", "across", "from", "around", "working", "based", "representing") && d.lex.bodies[d.toks[k-1].low] && strings.HasSuffix(d.toks[k-1].low, "s") {
				return true
			}
		}
	}
	ours = ours || d.issuerName(s.ta, i)
	if d.lex != english {
		return ours && !d.lex.articles[prev.low] && !v.third || ours && v.third
	}
	if !v.third && !strings.HasSuffix(prev.low, "s") && !d.lex.adverbs[prev.low] && !strings.HasSuffix(prev.low, "ly") {
		return false // "the attached call for", not "the organisations call for"
	}
	return ours && !prev.is("the", "a", "an", "this", "their", "its", "of", "and", "for", "in", "on")
}

// signs reports whether t is the abbreviation of a signatory, or an abbreviation in the title that is no state's name.
func (d *reader) signs(t tok) bool {
	if text := d.s[t.a:t.b]; t.kind == word && d.out.Title != nil && len(text) >= 3 && allCaps(text) && len(d.hitsIn(t.span)) == 0 {
		for _, w := range strings.FieldsFunc(d.out.Title.Text, func(r rune) bool { return !isWordRune(r) }) {
			if w == text {
				return true
			}
		}
	}
	if d.signerAbbrs == nil {
		d.signerAbbrs = map[string]bool{}
		for _, s := range d.out.Signatories {
			if s.Abbreviation != "" {
				d.signerAbbrs[s.Abbreviation] = true
			}
		}
	}
	return d.signerAbbrs[d.s[t.a:t.b]]
}

// introduced returns the abbreviations that the text gives in brackets behind a name, those of instruments left out: the issuers' own, mostly.
func (d *reader) introduced() map[string]bool {
	if d.abbrs != nil {
		return d.abbrs
	}
	d.abbrs = map[string]bool{}
	for i := 1; i+2 < len(d.toks); i++ {
		if d.toks[i].low != "(" || d.toks[i+2].low != ")" || d.toks[i+1].kind != word || !d.capital(i-1) {
			continue
		}
		p := d.toks[i+1].span
		if text := d.s[p.a:p.b]; len(text) >= 3 && allCaps(text) && !d.named(p) && len(d.hitsIn(p)) == 0 {
			d.abbrs[text] = true
		}
	}
	return d.abbrs
}

// issuerName reports whether tokens from to end are the name of somebody that the head, the list of names or the contacts hold as well, with
// nothing behind it but an abbreviation in brackets and adverbs.
func (d *reader) issuerName(from, end int) bool {
	for end > from && (d.lex.adverbs[d.toks[end-1].low] || d.toks[end-1].is("today", "hoy", "heute", "idag", "hoje")) {
		end--
	}
	if end > from+3 && d.toks[end-1].is(")") && d.toks[end-3].is("(") {
		end -= 3
	}
	for from < end && d.lex.articles[d.toks[from].low] {
		from++
	}
	if from >= end || end-from > 9 {
		return false
	}
	capitals := 0
	for i := from; i < end; i++ {
		t := d.toks[i]
		switch {
		case t.kind == word && d.capital(i):
			capitals++
		case t.kind == possessive, inside[t.low], t.is("&", "'", "’", "för", "av", "für", "of", "."):
		default:
			return false
		}
	}
	p := span{d.toks[from].a, d.toks[end-1].b}
	if capitals == 0 || capitals == 1 && p.b-p.a < 5 || d.countParties(p) > 0 && capitals < 3 {
		return false
	}
	if d.knownNames == nil {
		d.knownNames = []string{""}
		for _, s := range d.out.Signatories {
			d.knownNames = append(d.knownNames, strings.ToLower(s.Name))
			if len(d.knownNames) > 400 {
				break
			}
		}
		for _, u := range d.units {
			if (u.role == head || u.role == contactRole || u.role == boilerplate || u.role == signature && len(d.knownNames) < 400) && len(d.knownNames) < 600 {
				d.knownNames = append(d.knownNames, strings.ToLower(oneLine(d.s[u.a:min(u.b, u.a+300)])))
			}
		}
	}
	text := strings.ToLower(oneLine(p.text(d.s)))
	for _, n := range d.knownNames {
		if strings.Contains(n, text) {
			return true
		}
	}
	return false
}
