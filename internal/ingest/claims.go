package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words by which claims of fact are told, in English. A claim says how many, or what something is or has done, in words that can be held
// against the world; a sentence that values, wishes, asks or tells of motives is none.
var (
	amounts = set("million millions billion billions thousand thousands hundreds dozens percent half third quarter most nearly doubled tripled quadrupled " +
		"increased decreased declined rose fallen risen fell unprecedented")
	superlatives = set("largest biggest highest lowest fastest oldest youngest poorest richest deadliest longest smallest strongest greatest busiest")
	openers      = set("indeed however moreover furthermore today also yet but and therefore thus still meanwhile additionally consequently nevertheless nonetheless similarly likewise finally globally " +
		"currently recently historically worldwide unfortunately sadly tragically importantly first second third then so again rather instead now")
	subordinate = set("while although though whereas because since as if when despite given after before during until once unless under at in on for through with from by instead")
	modals      = set("must should shall ought would could might may can cannot will need needs 'll")
	values      = set("essential disappointing much-needed urgent urgently critical crucial vital important imperative unacceptable deplorable regrettable outrageous shameful wrong unjust cruel inhumane " +
		"inhuman immoral welcome deeply strongly gravely alarming concerning dangerous harmful necessary needed unfortunate tragic horrific disheartening scourge unwarranted universal inherent " +
		"paramount unfair opportunity hope believe concern concerned concerns proud grateful failure wrongful indispensable fundamental clear obvious responsibility outraged appalled best worst " +
		"good bad better great shame honor honour priority justice dignity humane illegitimate legitimate reckless heartless valid hypocritical crime")
	motives     = set("chosen choose chooses chose seek seeks sought intend intends want wants aim aims try tries trying wish wishes bow prefer prefers attempt attempts hope decided decides")
	noSubject   = set("it this that these those there here what who which such he she they we i you all let not now")
	participles = set("helped built left become led made seen grown taken given lost fled died risen been won paid spent brought sent kept told begun shown known come gone met cost put run set")
	factVerbs   = set("contributes contribute constitutes constitute comprises comprise accounts causes kills employs represents costs remains includes pays pay employ generates generate outnumber " +
		"outnumbers exceeds exceed affects affect hosts host")
	sources = set("according source sources report reports reported study studies survey surveys poll polls data census found estimates estimated recorded statistics figures researchers documented")
)

// readClaims enters the sentences of the body that assert a fact that can be checked, from their main clause on, and flags those that name no
// source. English only.
func (d *reader) readClaims() {
	if d.lex.code != "en" {
		return
	}
	for _, s := range d.sents {
		u := d.units[s.unit]
		if u.marked && !u.stopped || !d.prose(u) || s.tb-s.ta < 5 || !d.asserts(s) || d.quotedSpeech(s) || d.asksSomebody(s) {
			continue
		}
		m := d.mainClause(s)
		p := d.closing(span{d.toks[m].a, s.b})
		if d.taking(p) {
			continue
		}
		c, ok := d.claims(sentence{p, m, s.tb, s.unit})
		if !ok {
			continue
		}
		d.out.Claims = append(d.out.Claims, d.entry(p, c))
		if !d.sourced(s) {
			d.flag(FlagNoSource, "no source given", p)
		}
	}
}

// asserts reports a sentence that ends like a statement: no question, and not the opening of a list or of a recital; and that is written in
// words, unlike the link of a mail form.
func (d *reader) asserts(s sentence) bool {
	for i := s.tb - 1; i > s.ta; i-- {
		if t := d.toks[i]; t.is(".", "…", "!") || t.kind == word && strings.HasSuffix(t.low, ".") {
			return len(strings.Fields(d.s[s.a:s.b]))*3 > s.tb-s.ta
		} else if t.kind != mark || t.is("?", ":", ",", ";") {
			return false
		}
	}
	return false
}

// asksSomebody reports a sentence in which somebody is said to ask: "The network is urging".
func (d *reader) asksSomebody(s sentence) bool {
	for i := s.ta + 1; i < s.tb; i++ {
		for _, k := range d.lex.callsAt[d.toks[i].low] {
			if v := &d.lex.calls[k]; v.third {
				if _, ok := v.words.at(d.toks, i, s.tb); ok {
					return true
				}
			}
		}
	}
	return false
}

// quotedSpeech reports a sentence that gives somebody's spoken words, who is then its source.
func (d *reader) quotedSpeech(s sentence) bool {
	if d.toks[s.ta].is("“", "\"", "«") {
		return true
	}
	for i := s.ta + 1; i < s.tb; i++ {
		if d.toks[i].is("said", "says", "stated", "told", "explained", "noted") {
			return true
		}
	}
	return false
}

// mainClause returns the first token of the main clause: what an opening word or a subordinate clause leads to is behind its comma.
func (d *reader) mainClause(s sentence) int {
	i := s.ta
	if i+3 < s.tb && d.toks[i+1].low == ":" {
		i += 2 // "Summary: …"
	}
	for i+2 < s.tb && openers[d.toks[i].low] {
		switch {
		case d.toks[i+1].is(","):
			i += 2
		case d.toks[i].is("and", "but", "yet", "so"):
			i++
		default:
			return i
		}
	}
	if i+1 < s.tb && d.toks[i].low == "in" && d.toks[i+1].is("fact", "addition", "reality", "truth") && i+2 < s.tb && d.toks[i+2].is(",") {
		return min(i+3, s.tb-1)
	}
	if !subordinate[d.toks[i].low] {
		return i
	}
	for j := i + 2; j+2 < s.tb; j++ {
		if !d.toks[j].is(",") {
			continue
		}
		next := d.toks[j+1]
		if next.is("and", "or", "which", "who", "including", "such") || d.toks[j-1].kind == number && next.kind == number || weekdays[d.toks[j-1].low] || d.listComma(j, s.tb) {
			continue
		}
		return j + 1
	}
	return i
}

// listComma reports whether the comma at j parts the items of a list: another comma or an "and" follows within three words, and no verb.
func (d *reader) listComma(j, end int) bool {
	for k := j + 1; k < end && k <= j+4; k++ {
		t := d.toks[k]
		if enFinite[t.low] {
			return false
		}
		if k > j+1 && (t.is("and", "or") || t.is(",") && k+1 < end && d.toks[k+1].is("and", "or")) {
			return true
		}
	}
	return false
}

// claims reports whether the main clause s asserts a fact: by an amount, which is plain, or by what something is, has done or does.
func (d *reader) claims(s sentence) (Confidence, bool) {
	strong := d.amount(s)
	first := d.toks[s.ta].low
	modal, value, motive, ours := false, false, false, false
	verbAt := -1
	for i := s.ta; i < s.tb; i++ {
		t := d.toks[i]
		modal = modal || modals[t.low] && !(t.low == "may" && d.capital(i)) && (verbAt < 0 || t.is("must", "should"))
		value = value || values[t.low] || strings.HasPrefix(t.low, "anti-")
		motive = motive || motives[t.low]
		ours = ours || t.is("we", "i", "us", "our", "ours", "my") && !(t.low == "us" && d.capital(i))
		if verbAt < 0 && t.is("is", "are", "was", "were", "has", "have", "had") {
			verbAt = i
		}
	}
	if d.lex.subjects[first] || modal && (!strong || d.modalFirst(s)) {
		return "", false
	}
	if strong && d.units[s.unit].marked && verbAt < 0 {
		return "", false // an item of a list of demands
	}
	if strong {
		if ours && (first == "our" && value) {
			return "", false
		}
		return High, true
	}
	if value || motive || ours || noSubject[first] || verbAt == s.ta || d.toks[s.ta+1].low == "following" {
		return "", false
	}
	if verbAt > 0 && verbAt-s.ta <= 14 && !d.relativeBefore(s.ta, verbAt) {
		t := d.toks[verbAt]
		if t.is("is", "are", "was", "were") {
			return Medium, !d.progressive(verbAt+1, s.tb)
		}
		return Medium, d.perfect(verbAt+1, s.tb)
	}
	for i := s.ta + 1; i < s.tb && i <= s.ta+6; i++ {
		if factVerbs[d.toks[i].low] && !d.toks[i-1].is("to", "the", "a") {
			return Medium, true
		}
	}
	return "", false
}

// amount reports words that say how many or how much, or that something is first among its like.
func (d *reader) amount(s sentence) bool {
	for i := s.ta; i < s.tb; i++ {
		t := d.toks[i]
		switch {
		case t.kind == number:
			if d.counts(s, i) {
				return true
			}
		case t.low == "%":
			return true
		case t.is("majority", "minority"):
			if i+1 < s.tb && d.toks[i+1].low == "of" || i > s.ta && d.toks[i-1].is("overwhelming", "vast", "large", "small", "tiny") {
				return true
			}
		case t.kind == word && (strings.HasSuffix(t.low, "-quarters") || strings.HasSuffix(t.low, "-thirds") || strings.HasSuffix(t.low, "-fifths") || strings.HasSuffix(t.low, "-half")):
			return true
		case superlatives[t.low] && i > s.ta && !d.toks[i-1].is("to", "our"):
			return true
		case t.low == "one" && i+3 < s.tb && d.toks[i+1].low == "of" && d.toks[i+2].low == "the" && (d.toks[i+3].low == "most" || superlatives[d.toks[i+3].low]):
			return true
		case t.low == "one" && i+2 < s.tb && d.toks[i+1].low == "in" && (d.toks[i+2].kind == number || d.toks[i+2].is("three", "four", "five", "six", "seven", "eight", "nine", "ten")):
			return true
		case t.low == "most":
			if i == s.ta || i+1 < s.tb && d.toks[i+1].is("of", "people", "migrants", "refugees", "countries", "states", "immigrants", "families", "workers") {
				return true
			}
		case t.is("third", "quarter", "half"):
			if i+1 < s.tb && d.toks[i+1].is("of", "the") && (t.low == "half" || i > s.ta && d.toks[i-1].is("a", "one")) {
				return true
			}
		case t.low == "quarters" && i > s.ta, t.low == "thirds" && i > s.ta:
			return true
		case amounts[t.low] && t.low != "nearly":
			return true
		}
	}
	return false
}

// counts reports a number that counts something: no date, no number of a section, no part of a name.
func (d *reader) counts(s sentence, i int) bool {
	t := d.toks[i]
	if strings.Trim(t.low, "0123456789.,") != "" || year(t.low) > 0 {
		return false
	}
	if i > s.ta {
		prev := d.toks[i-1]
		if prev.kind == word && d.capital(i-1) && prev.b < t.a && !prev.is("nearly", "over", "about", "some", "the", "in", "more", "at", "almost", "an", "only") {
			return false // Section 203, December 4
		}
		if prev.is("/", "$", "-") && prev.b == t.a {
			return prev.low == "$"
		}
	}
	if i+1 < s.tb {
		nextTok := d.toks[i+1]
		if nextTok.is("/", ":") || isMonth(nextTok.low) && d.capital(i+1) || nextTok.kind == word && d.capital(i+1) {
			return false
		}
		return nextTok.kind == word || nextTok.low == "%"
	}
	return false
}

// modalFirst reports whether the first verb of s is a modal one, so that the sentence says what shall be and not what is.
func (d *reader) modalFirst(s sentence) bool {
	for i := s.ta; i < s.tb; i++ {
		t := d.toks[i]
		if modals[t.low] {
			return true
		}
		if t.is("is", "are", "was", "were", "has", "have", "had", "which", "who", "that") {
			return false
		}
	}
	return false
}

// relativeBefore reports a relative clause between the tokens, whose verb would be taken for the main one.
func (d *reader) relativeBefore(a, b int) bool {
	for i := a; i < b; i++ {
		if d.toks[i].is("which", "who", "whom", "that", "where") {
			return true
		}
	}
	return false
}

// progressive reports "is urging" and "are called", which tell of doing and not of being.
func (d *reader) progressive(i, end int) bool {
	for i < end && (d.toks[i].is("not", "also", "already", "now", "still", "currently") || strings.HasSuffix(d.toks[i].low, "ly")) {
		i++
	}
	if i >= end {
		return true
	}
	t := d.toks[i].low
	return strings.HasSuffix(t, "ing") && len(t) > 4
}

// perfect reports a participle after "have".
func (d *reader) perfect(i, end int) bool {
	for i < end && (d.toks[i].is("not", "also", "already", "long", "always", "now", "never", "often", "still", "since") || strings.HasSuffix(d.toks[i].low, "ly")) {
		i++
	}
	if i >= end {
		return false
	}
	t := d.toks[i].low
	return participles[t] || strings.HasSuffix(t, "ed") || strings.HasSuffix(t, "en") && utf8.RuneCountInString(t) > 4
}

// sourced reports whether the sentence says where its fact comes from: a link, a note, "according to", a report that found it.
func (d *reader) sourced(s sentence) bool {
	text := d.s[s.a:s.b]
	if strings.Contains(text, "://") || strings.Contains(text, "www.") || strings.ContainsAny(text, "¹²³⁴⁵⁶⁷⁸⁹") || d.noteAfter(s) {
		return true
	}
	for i := s.ta; i < s.tb; i++ {
		t := d.toks[i]
		if sources[t.low] {
			return true
		}
		if t.is("[") && i+2 < s.tb && d.toks[i+1].kind == number && d.toks[i+2].is("]") {
			return true
		}
	}
	return len(symbols(text)) > 0
}

// noteAfter reports the mark of a footnote right behind the sentence: "[1]".
func (d *reader) noteAfter(s sentence) bool {
	rest := strings.TrimLeftFunc(d.s[s.b:], unicode.IsSpace)
	if len(rest) < 3 || rest[0] != '[' {
		return false
	}
	inner, _, ok := strings.Cut(rest[1:], "]")
	return ok && atoi(inner) > 0
}
