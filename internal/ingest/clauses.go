package ingest

import (
	"slices"
	"strings"
)

// A clause is a promise or a request found in a sentence, before its end is known.
type clause struct {
	start, verbEnd int // tokens
	verb           callVerb
	undertaking    bool
	sure           Confidence
}

// clauses returns the undertakings and calls that start in s, in order.
func (d *reader) clauses(s sentence) []clause {
	var list []clause
	for i := s.ta; i < s.tb; i++ {
		if c, ok := d.undertakingAt(s, i); ok {
			list = append(list, c)
			i = c.verbEnd - 1
			continue
		}
		if c, ok := d.callAt(s, i, list); ok {
			list = append(list, c)
			i = c.verbEnd - 1
		}
	}
	return list
}

// undertakingAt reads "we will", "we are also committed to" at token i.
func (d *reader) undertakingAt(s sentence, i int) (clause, bool) {
	if d.lex.infinitive == nil {
		return clause{}, false
	}
	first := d.toks[i]
	self := d.lex == spanish || d.lex == portuguese
	j := i
	if d.lex.subjects[first.low] {
		j++
		for j < s.tb && d.lex.adverbs[d.toks[j].low] {
			j++
		}
	} else if !self {
		// German and the like: "werden wir", "verpflichten wir uns".
		if !d.lex.promisesAt[first.low] {
			return clause{}, false
		}
		to, ok := firstOf(d.lex.promises, d.toks, i, s.tb)
		if d.lex != german || !ok || to >= s.tb || !d.lex.subjects[d.toks[to].low] {
			return clause{}, false
		}
		return clause{start: i, verbEnd: to + 1, undertaking: true, sure: Medium}, true
	}
	if j >= s.tb || !d.lex.promisesAt[d.toks[j].low] {
		return clause{}, false
	}
	to, ok := firstOf(d.lex.promises, d.toks, j, s.tb)
	if !ok || to >= s.tb {
		return clause{}, false
	}
	sure := High
	if d.lex.articles[d.toks[to].low] && d.toks[to-1].low == "to" {
		sure = Medium // "committed to the rule of law"
	}
	if d.toks[to].is("be", "not", "see", "never", "have") {
		sure = Medium
	}
	if i > s.ta && d.toks[i-1].is("that", "if", "when", "hope", "what", "which") {
		sure = Low
	}
	return clause{start: i, verbEnd: to, undertaking: true, sure: sure}, true
}

// callAt reads a call whose verb is at token i.
func (d *reader) callAt(s sentence, i int, before []clause) (clause, bool) {
	var verb *callVerb
	to := i
	for _, k := range d.lex.callsAt[d.toks[i].low] {
		v := &d.lex.calls[k]
		if e, ok := v.words.at(d.toks, i, s.tb); ok && e > to {
			if v.particle != "" && d.particle(s, e, v.particle) < 0 {
				continue
			}
			verb, to = v, e
		}
	}
	if verb == nil {
		return clause{}, false
	}
	c := clause{start: i, verbEnd: to, verb: *verb, sure: High}
	if verb.noun {
		c.start++ // "our call on": the verb is "call on"
		return c, true
	}
	if verb.self {
		return c, i == s.ta || !d.toks[i-1].is("no", "não")
	}
	// A subject behind the verb: "Deshalb fordern wir".
	if d.lex == german && to < s.tb && d.lex.subjects[d.toks[to].low] {
		return c, true
	}
	if verb.third || !d.firstPerson(s, i, before, &c) {
		return c, d.signersAsk(s, i, verb, &c)
	}
	return c, true
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

// firstPerson reports whether the verb at i has the issuers for its subject: "we also urge", "we urge … and call on", "to call on".
func (d *reader) firstPerson(s sentence, i int, before []clause, c *clause) bool {
	j := i - 1
	for j >= s.ta && (d.lex.adverbs[d.toks[j].low] || d.toks[j].is("must", "therefore", "wish", "want", "would", "like", "do", "to")) {
		if d.toks[j].is("would", "must") {
			c.sure = Medium
		}
		if d.toks[j].low == "to" && c.sure == High {
			c.sure = Medium
		}
		j--
	}
	if j < s.ta {
		return false // an order to the reader, or a verb of the head; not ours
	}
	t := d.toks[j]
	switch {
	case d.lex.subjects[t.low]:
		return true
	case t.is("and", ",", "y", "et", "e", "und", "or"):
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

// signersAsk reports whether the sentence starts with words for the issuers, or the abbreviation of one, as the subject of the verb at i.
func (d *reader) signersAsk(s sentence, i int, v *callVerb, c *clause) bool {
	if i == s.ta || i > s.ta+14 {
		return false
	}
	c.sure = Medium
	ours := false
	for k := s.ta; k < i; k++ {
		t := d.toks[k]
		if enFinite[t.low] || d.lex.finite[t.low] && !t.is("you", "our") && !d.lex.subjects[t.low] && k > s.ta || d.lex.subjects[t.low] || t.is("to", "that", ":", ";") {
			return false
		}
		ours = ours || d.lex.bodies[t.low] || d.signs(t)
		if !ours && d.introduced()[d.s[t.a:t.b]] {
			ours, c.sure = true, Low
		}
	}
	prev := d.toks[i-1]
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
	for _, s := range d.out.Signatories {
		if s.Abbreviation != "" && s.Abbreviation == d.s[t.a:t.b] {
			return true
		}
	}
	return false
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

// asks reports a question.
func (d *reader) asks(s sentence) bool {
	return s.tb > s.ta && d.toks[s.tb-1].is("?") || s.tb-1 > s.ta && d.toks[s.tb-2].is("?")
}

// clauseSpan returns the span of clause k of s: up to the next clause, or to the end of the sentence or quotation, its punctuation left out.
func (d *reader) clauseSpan(s sentence, list []clause, k int) span {
	c := list[k]
	end := s.tb
	if k+1 < len(list) {
		end = list[k+1].start
		for end > c.verbEnd && (d.toks[end-1].is("and", "y", "et", "e", "und", "also", "to", ",", ";", "we", "therefore", "or") || d.lex.adverbs[d.toks[end-1].low] || d.lex.subjects[d.toks[end-1].low]) {
			end--
		}
	}
	p := span{d.toks[c.start].a, d.toks[end-1].b}
	if end == s.tb {
		p.b = s.b
	}
	depth, straight := 0, 0
	for i := c.start; i < end; i++ {
		switch t := d.toks[i]; t.low {
		case "“", "«":
			depth++
		case "”", "»":
			if depth--; depth < 0 {
				return d.closing(span{p.a, t.a})
			}
		case "\"":
			straight++
			if straight%2 == 1 && i+1 < end && d.toks[i-1].is(",", ".", "!") {
				return d.closing(span{p.a, t.a}) // the quotation that the clause stands in ends
			}
		}
	}
	return d.closing(p)
}

// items returns the items of a list that the sentence opens with a colon: "We call on governments to:".
func (d *reader) items(s sentence) []span {
	if d.toks[s.tb-1].low != ":" || s.b < d.units[s.unit].b {
		return nil
	}
	var list []span
	for k := s.unit + 1; k < len(d.units) && d.units[k].role == body && d.units[k].marked; k++ {
		p := d.closing(d.units[k].span)
		for _, and := range []string{"; and", ", and", "; y", "; et", "; e", "; und"} {
			if strings.HasSuffix(d.s[p.a:p.b], and) {
				p.b -= len(and)
			}
		}
		if p.b > p.a {
			list = append(list, p)
		}
	}
	return list
}
