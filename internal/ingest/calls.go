package ingest

import (
	"slices"
	"strings"
)

// readCalls enters what the issuers ask of others.
func (d *reader) readCalls() {
	d.readDemands()
	for n, s := range d.sents {
		list := d.found[n] // of readUndertakings; none of a question
		for k, c := range list {
			if c.undertaking {
				continue
			}
			p := d.clauseSpan(s, list, k)
			_, end := d.tokensIn(p)
			who, ok := d.addressee(s, c, end)
			if !ok || p.b <= d.toks[c.verbEnd-1].b && len(d.items(s)) == 0 {
				continue
			}
			if d.taking(p) {
				continue // an item of demands, or asked before
			}
			d.take(p)
			if items := d.items(s); len(items) > 0 {
				for _, it := range items {
					if !d.taking(it) {
						d.take(it)
						d.addCall(c, it, who)
					}
				}
				continue
			}
			d.addCall(c, p, who)
		}
	}
	d.readTitleCalls()
	slices.SortStableFunc(d.out.Calls, func(a, b Call) int { return a.Start - b.Start })
	d.readAddressees()
}

// listAnds end an item of a list whose last one follows.
var listAnds = []string{"; and", ", and", "; y", "; et", "; e", "; und", "; och"}

func (d *reader) addCall(c clause, p span, who span) {
	for _, and := range listAnds {
		p.b = p.a + len(strings.TrimSuffix(d.s[p.a:p.b], and))
	}
	verb := d.s[d.toks[c.start].a:d.toks[c.verbEnd-1].b]
	if c.verb.particle != "" {
		verb += " … " + c.verb.particle
	}
	call := Call{Verb: strings.Join(strings.Fields(verb), " "), Entry: d.entry(p, c.sure)}
	if who.b > who.a {
		call.Addressee = ref(oneLine(d.s[who.a:who.b]))
		call.AddresseeID = ref(d.partyOf(who))
		d.asked = append(d.asked, who)
	}
	d.out.Calls = append(d.out.Calls, call)
}

// addressee returns whom the call c turns to. A verb that needs somebody, and something to do, and has not is no call.
func (d *reader) addressee(s sentence, c clause, end int) (who span, ok bool) {
	i := c.verbEnd
	if d.lex.subjects[tokLow(d.toks, i, end)] {
		i++ // fordern wir
	}
	for i < end && d.lex.adverbs[d.toks[i].low] && !d.toks[i].is("all") {
		i++
	}
	if i < end && d.lex.preps[d.toks[i].low] {
		i++
	}
	if i >= end {
		return span{}, d.toks[s.tb-1].low == ":"
	}
	if c.verb.particle != "" {
		k := d.particle(s, i, c.verb.particle)
		return d.nounSpan(i, k), k > i
	}
	if d.toks[i].is("that", "que", "dass") {
		return d.thatSubject(i+1, end), true
	}
	if d.toks[c.start].is("need", "want", "expect", "look") && d.toks[i].is("to", "that", "a", "an", "more", "all") {
		return span{}, false
	}
	if c.verb.words[0] == "it" {
		return d.thatSubject(i, end), true
	}
	if strings.HasPrefix(c.verb.words[0], "warn") {
		e := d.nounEnd(i, end)
		for k := i; k < e; k++ {
			if d.toks[k].is("against", "of", "about") {
				e = k
			}
		}
		return d.nounSpan(i, e), e < end && d.toks[e].is("against", "to", "not", "that")
	}
	if c.verb.direct && c.verb.words[0] == "must" {
		return c.who, true
	}
	if c.verb.direct {
		if d.lex != english && (d.lex.preps[tokLow(d.toks, i-1, end)] || i > c.verbEnd) {
			for k := i + 1; k < end && k < i+30; k++ { // demandons aux autorités d’ouvrir
				if d.lex.toDo[d.toks[k].low] && d.opensDeed(k, end, s) {
					return d.nounSpan(i, k), true
				}
				if d.toks[k].is(";", ".", ":") {
					break
				}
			}
		}
		for k := i; k+1 < end && k < i+8; k++ {
			if d.toks[k].low == "from" { // "demand full accountability from ICE"
				return d.nounSpan(k+1, d.nounEnd(k+1, end)), true
			}
		}
		return span{}, true
	}
	for k := i + 1; k < end && k < i+45; k++ {
		t := d.toks[k]
		if t.is(";") || t.is(".") {
			break
		}
		if d.lex.toDo[t.low] && k+1 <= end && d.opensDeed(k, end, s) {
			return d.nounSpan(i, k), true
		}
		if t.low == "," && d.lex == german { // "an den Seerat, die Tarife zu veröffentlichen"
			return d.nounSpan(i, k), true
		}
		if t.low == ":" && k == s.tb-1 {
			return d.nounSpan(i, k), true
		}
	}
	if c.verb.self && d.lex.code != "en" {
		return span{}, true
	}
	return span{}, d.toks[c.start].is("request", "begär") && i < end && (d.lex.articles[d.toks[i].low] || d.toks[i].is("a", "an"))
}

func tokLow(toks []tok, i, end int) string {
	if i < end {
		return toks[i].low
	}
	return ""
}

// opensDeed reports whether the word at k ("to", "a", "de") opens what is asked for.
func (d *reader) opensDeed(k, end int, s sentence) bool {
	j := k + 1
	if d.toks[k].is("que", "afin", "para", "pour") {
		if j < end && (d.toks[j].is("que", "de") || d.toks[k].is("que", "afin")) {
			return true
		}
	}
	if j >= end {
		return j < s.tb && d.toks[j].low == ":"
	}
	t := d.toks[j]
	if t.is("que", "qu") {
		return true
	}
	if d.lex == english && t.is(",") { // "to, without delay, hear"
		for j++; j < end && j < k+8 && !d.toks[j].is(","); j++ {
		}
		if j+1 < end {
			t = d.toks[j+1]
		}
	}
	if t.low == ":" {
		return true
	}
	if t.kind == mark && t.is("’", "'") && j+1 < end { // d’adopter
		t = d.toks[j+1]
	}
	if t.low == "ne" || t.low == "no" || t.low == "não" || t.low == "not" {
		return true
	}
	return t.kind == word && !d.capital(j) && d.lex.infinitive(t.low)
}

// thatSubject returns whom "demand that Norwegian authorities open …" is about: words up to a plural in small letters, the end of a run
// of capitals, an adverb or a common verb.
func (d *reader) thatSubject(i, end int) span {
	for k := i; k < end && k < i+9; k++ {
		t := d.toks[k]
		if t.kind != word && t.kind != possessive {
			return d.nounSpan(i, k)
		}
		if k > i && (strings.HasSuffix(t.low, "ly") || enFinite[t.low] || d.lex.finite[t.low] || t.is("be", "not")) {
			return d.nounSpan(i, k)
		}
		plural := !d.capital(k) && strings.HasSuffix(t.low, "s") && len(t.low) > 3 && !strings.HasSuffix(t.low, "ss")
		last := d.capital(k) && k+1 < end && d.toks[k+1].kind == word && !d.capital(k+1) && !inside[d.toks[k+1].low]
		if (plural || last && !d.adjectival(k+1)) && !d.toks[min(k+1, end-1)].is("of", "and") {
			return d.nounSpan(i, k+1)
		}
	}
	return span{}
}

// adjectival reports whether the noun that the word before needs is at k: "Norwegian authorities", "US government".
func (d *reader) adjectival(k int) bool {
	return d.lex.offices[d.toks[k].low] || d.lex.bodies[d.toks[k].low] || d.toks[k].is("states", "parties", "members", "leaders", "officials")
}

// nounEnd returns the token after the noun phrase at i: up to a mark or a common verb.
func (d *reader) nounEnd(i, end int) int {
	for k := i; k < end; k++ {
		t := d.toks[k]
		if t.kind == mark || t.is("to", "for", "in", "on", "and", "by", "that", "who", "which", "regarding") || enFinite[t.low] {
			return k
		}
	}
	return end
}

// nounSpan returns tokens i to end without the commas and adverbs at their ends.
func (d *reader) nounSpan(i, end int) span {
	for end > i && (d.toks[end-1].is(",", "not", "ne", "nicht", "also", "again", "therefore", "immediately", "urgently", "once", "auch", "también", "également") || isDash(d.toks[end-1].low)) {
		end--
	}
	for i < end && d.toks[i].is(",") {
		i++
	}
	if i >= end {
		return span{}
	}
	return span{d.toks[i].a, d.toks[end-1].b}
}

// partyOf returns the id of the party that p names, where p is its name, its government or its authorities, and nothing more.
func (d *reader) partyOf(p span) string {
	id := ""
	at := p.a
	ok := func(from, to int) bool {
		ta, tb := d.tokensIn(span{from, to})
		for i := ta; i < tb; i++ {
			if t := d.toks[i]; !d.lex.articles[t.low] && !d.lex.offices[t.low] && t.kind != possessive {
				return false
			}
		}
		return true
	}
	for _, h := range d.hitsIn(p) {
		if h.kind != KindParty || id != "" || !ok(at, h.a) {
			return ""
		}
		id, at = h.id, h.b
	}
	if !ok(at, p.b) {
		return ""
	}
	return id
}
