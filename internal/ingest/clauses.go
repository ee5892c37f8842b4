package ingest

import "strings"

// A clause is a promise or a request found in a sentence, before its end is known.
type clause struct {
	start, verbEnd int // tokens
	verb           callVerb
	undertaking    bool
	sure           Confidence
	who            span // of whom something is asked, where the verb's place does not say it
}

// clauses returns the undertakings and calls that start in s, in order.
func (d *reader) clauses(s sentence) []clause {
	var list []clause
	if c, ok := d.imperativeAt(s); ok && !d.leadIn(s) {
		return []clause{c}
	}
	for i := s.ta; i < s.tb; i++ {
		if c, ok := d.undertakingAt(s, i, list); ok {
			list = append(list, c)
			i = c.verbEnd - 1
			continue
		}
		c, ok := d.mustAt(s, i)
		if !ok {
			c, ok = d.urgedAt(s, i)
		}
		if ok {
			list = append(list, c)
			i = c.verbEnd - 1
			continue
		}
		if c, ok := d.needAt(s, i); ok {
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

// undertakingAt reads "we will", "we are also committed to", "reaffirm our commitment to", "both sides agreed to" at token i.
func (d *reader) undertakingAt(s sentence, i int, before []clause) (clause, bool) {
	if d.lex.infinitive == nil {
		return clause{}, false
	}
	first := d.toks[i]
	self := d.lex == spanish || d.lex == portuguese
	j := i
	if d.lex.subjects[first.low] {
		j++
		for j < s.tb && d.lex.adverbs[d.toks[j].low] && !d.lex.promisesAt[d.toks[j].low] {
			j++
		}
		if to, ok := d.renewsPromise(j, s.tb); ok {
			return clause{start: j, verbEnd: to, undertaking: true, sure: High}, true
		}
	} else if !self {
		if to, ok := d.renewsPromise(i, s.tb); ok && (i == s.ta || d.goesOnWith(s, i, before) || d.ourSubject(s, i) || d.lex.subjects[d.toks[s.ta].low] && d.toks[i-1].is(",", "–", "—")) {
			return clause{start: i, verbEnd: to, undertaking: true, sure: Medium}, true
		}
		if d.lex == german {
			return d.germanPromise(s, i)
		}
		if d.lex == french && d.futureForm(first.low) && i > s.ta && d.saidBefore(s, i) {
			return clause{start: i, verbEnd: i + 1, undertaking: true, sure: Medium}, i+1 < s.tb
		}
		if d.lex == english {
			return d.theirPromise(s, i, before)
		}
		if d.lex != french || !d.goesOnWith(s, i, before) {
			return clause{}, false
		}
	} else if to, ok := d.renewsPromise(i, s.tb); ok {
		return clause{start: i, verbEnd: to, undertaking: true, sure: Medium}, true
	}
	if j >= s.tb {
		return clause{}, false
	}
	to, ok := j, false
	if d.lex.promisesAt[d.toks[j].low] {
		to, ok = firstOf(d.lex.promises, d.toks, j, s.tb)
	}
	if !ok && d.futureForm(d.toks[j].low) {
		to, ok = j+1, true
	}
	if !ok || to >= s.tb {
		return clause{}, false
	}
	if d.lex == german && d.toks[j].low == "werden" && !d.germanFuture(s, to) {
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
	if d.toks[j].kind == possessive {
		j = i // we’ll
	}
	return clause{start: j, verbEnd: to, undertaking: true, sure: sure}, true
}

// germanPromise reads "werden wir", "verpflichten wir uns".
func (d *reader) germanPromise(s sentence, i int) (clause, bool) {
	if !d.lex.promisesAt[d.toks[i].low] {
		return clause{}, false
	}
	to, ok := firstOf(d.lex.promises, d.toks, i, s.tb)
	if !ok || to >= s.tb || !d.lex.subjects[d.toks[to].low] || d.toks[i].low == "werden" && !d.germanFuture(s, to) {
		return clause{}, false
	}
	return clause{start: i, verbEnd: to + 1, undertaking: true, sure: Medium}, true
}

// germanFuture reports whether an infinitive closes the clause behind "wir werden", and no participle of the passive.
func (d *reader) germanFuture(s sentence, i int) bool {
	for k := i; k < s.tb; k++ {
		next := k+1 >= s.tb || d.toks[k+1].is(",", ".", ":", ";", "!", "und", "“", "”", "–")
		if t := d.toks[k]; next && t.kind == word && !d.capital(k) && strings.HasSuffix(t.low, "n") && !t.is("worden", "den", "von", "an", "in") && !strings.HasPrefix(t.low, "ge") {
			return true
		}
	}
	return false
}

// renewals are the verbs by which signers say again what they promised; vows the nouns for it.
var (
	renewals = set("reaffirm reaffirms reaffirmed reaffirming reiterate reiterates reiterated reiterating renew renewed renewing restate underscore underscored express expressed confirm confirmed affirm affirmed emphasize emphasized underline underlined " +
		"reiteramos reafirmamos renovamos expresamos confirmamos ratificamos afirmamos renovando reafirmando expressamos subrayamos " +
		"réitérons réaffirmons renouvelons affirmons confirmons exprimons renouvelant réaffirmant bekräftigen erneuern bekunden bekräftigten")
	vows = set("commitment commitments will determination resolve pledge pledges intention intentions readiness willingness compromiso compromisos voluntad determinación disposición intención " +
		"engagement engagements volonté détermination résolution intention compromisso compromissos vontade determinação disposição intenção verpflichtung verpflichtungen engagement entschlossenheit bereitschaft willen absicht")
	ours = set("our their its the nuestro nuestra nuestros nuestras notre nos nosso nossa nossos nossas o a unsere unseren unser ihre el la los")
)

// renewsPromise reports "reaffirm our shared commitment to" at token j, and the token after the noun.
func (d *reader) renewsPromise(j, end int) (int, bool) {
	if j+2 >= end {
		return 0, false
	}
	if d.toks[j].is("our", "nossa", "nuestra", "notre") && d.toks[j+1].is("intention", "intenção", "intención") && d.toks[j+2].is("is", "é", "es", "est") {
		return j + 3, j+3 < end
	}
	if !renewals[d.toks[j].low] {
		return 0, false
	}
	k := j + 1
	for k < end && (d.lex.adverbs[d.toks[k].low] || d.toks[k].is("again", "wir")) {
		k++
	}
	if k >= end || !ours[d.toks[k].low] {
		return 0, false
	}
	if k+1 < end && ours[d.toks[k+1].low] {
		k++
	}
	own := !d.toks[k].is("the", "o", "a", "el", "la", "los")
	for n := 0; k < end && n < 8; k, n = k+1, n+1 {
		if vows[d.toks[k].low] {
			return k + 1, own && k+1 < end
		}
		if d.toks[k].is("support", "concern", "opposition", "belief", "call", "of", "to", "for", "appreciation", "condemnation", ".", ";") {
			return 0, false
		}
	}
	return 0, false
}

// goesOnWith reports whether the verb at i stands behind an "and" or a comma in a sentence that already promised or asked.
func (d *reader) goesOnWith(s sentence, i int, before []clause) bool {
	j := i - 1
	for j > s.ta && d.lex.adverbs[d.toks[j].low] {
		j--
	}
	return len(before) > 0 && j > s.ta && d.toks[j].is("and", "et", "y", "e", "und", ",")
}

// saidBefore reports whether "nous" stands shortly before i.
func (d *reader) saidBefore(s sentence, i int) bool {
	for k := i - 1; k >= s.ta && k > i-4; k-- {
		if d.lex.subjects[d.toks[k].low] {
			return true
		}
	}
	return false
}

var noFuture = set("queremos requeremos espérons considérons déclarons offrons ouvrons souffrons montrons entrons rencontrons préférons adhérons assurons réitérons mesurons déplorons honorons ignorons demeurons jurons environs rappellerons seremos veremos veamos serons verrons pourrons devrons aurons " +
	"podremos poderemos deberemos devemos tendremos teremos")

// futureForm reports "seguiremos", "continuaremos", "veillerons".
func (d *reader) futureForm(w string) bool {
	switch d.lex.code {
	case "es", "pt":
		return strings.HasSuffix(w, "remos") && len(w) > 7 && !noFuture[w]
	case "fr":
		return strings.HasSuffix(w, "rons") && len(w) > 6 && !noFuture[w]
	}
	return false
}

// ourNouns are words for those who issue a text, as the subject of its sentences; those of governments only where governments issue it.
var (
	ourNouns   = set("organizations organisations groups ngos signatories undersigned coalition advocates networks unions associations")
	rulerNouns = set("sides leaders ministers presidents countries delegations governments participants parties principals officials they heads both nations partners members chiefs")
)

// ourSubject reports whether the words before the verb at i are the issuers: "both sides", "the United States and Ruritania", "the organisations".
func (d *reader) ourSubject(s sentence, i int) bool {
	j := i - 1
	for j > s.ta && (d.lex.adverbs[d.toks[j].low] || d.toks[j].is("have", "has", "had", "also", "both", "jointly") || strings.HasSuffix(d.toks[j].low, "ly")) {
		j--
	}
	if j < s.ta || d.toks[j].kind != word {
		return false
	}
	at := j
	switch w := d.toks[j].low; {
	case ourNouns[w] && !d.toks[max(j-1, s.ta)].is("of", "for", "to", "by", "with", "and", "other", "these", "those"):
	case len(d.states) > 0 && rulerNouns[w]:
	case len(d.states) > 0:
		ok := false
		for _, h := range d.hitsIn(span{d.toks[max(s.ta, j-12)].a, d.toks[j].b}) {
			if h.b == d.toks[j].b && h.kind == KindParty && d.issues(h.id) {
				ok = true
				at, _ = d.tokensIn(h.span)
			}
		}
		if !ok {
			return false
		}
	default:
		return false
	}
	// It is the subject where nothing but its own words stand between it and the start of the sentence or a comma.
	for k := at - 1; k >= s.ta && k > at-12; k-- {
		t := d.toks[k]
		if t.is(",") && !d.capital(k+1) || t.is(";", ":", "that") {
			return true
		}
		if t.is("to", "with", "for", "from", "on", "against", "by", "between", "of", "in") && k > s.ta || enFinite[t.low] {
			return t.low == "of" || t.low == "between"
		}
	}
	return true
}

// issues reports whether the party is one of those that issue the text.
func (d *reader) issues(id string) bool {
	for _, h := range d.issuing {
		if h == id {
			return true
		}
	}
	return false
}

var theirPromises = phrases("will", "shall", "agreed to", "agree to", "have agreed to", "commit to", "committed to", "commits to", "pledge to", "pledged to", "intend to", "plan to", "planned to", "decided to", "resolved to", "undertake to", "are committed to",
	"remain committed to", "are determined to", "remain determined to", "commit themselves to", "intends to", "reaffirmed that they will", "look to", "seek to", "promised to", "resolve to", "are resolved to", "recommitted to")

// theirPromise reads a promise whose subject is a word for the issuers, or that goes on behind an "and".
func (d *reader) theirPromise(s sentence, i int, before []clause) (clause, bool) {
	if i == s.ta || !theirPromisesAt[d.toks[i].low] {
		return clause{}, false
	}
	to, ok := firstOf(theirPromises, d.toks, i, s.tb)
	if !ok || to >= s.tb || d.toks[i].low == "look" {
		return clause{}, false
	}
	if d.toks[i].is("will", "shall") && d.toks[to].is("be", "have", "also", "not") && !(d.toks[to].is("also")) {
		return clause{}, false
	}
	again := d.toks[i-1].low == "and" && len(before) > 0 && before[len(before)-1].undertaking && d.lex.subjects[d.toks[max(before[len(before)-1].start-1, s.ta)].low]
	if !again && !d.ourSubject(s, i) {
		return clause{}, false
	}
	return clause{start: i, verbEnd: to, undertaking: true, sure: Medium}, true
}

var theirPromisesAt = func() map[string]bool {
	m := map[string]bool{}
	for _, p := range theirPromises {
		m[p[0]] = true
	}
	return m
}()

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
		if verb.again && !(i > s.ta && repeats[d.toks[i-1].low]) {
			return c, false
		}
		if d.toks[i].is("our", "the") {
			c.start++ // "our call on": the verb is "call on"
		}
		return c, true
	}
	if verb.gerund {
		c.sure = Medium
		return c, d.jointly(s, i)
	}
	if verb.self {
		return c, i == s.ta || !d.toks[i-1].is("no", "não")
	}
	if verb.third && d.lex.code != "en" {
		c.sure = Medium
		return c, d.theyAsk(s, i)
	}
	// A subject behind the verb: "Deshalb fordern wir".
	if (d.lex == german || d.lex == swedish) && to < s.tb && d.lex.subjects[d.toks[to].low] {
		return c, true
	}
	if verb.third && verb.words[0] == "are" && i > s.ta && (d.lex.subjects[d.toks[i-1].low] || d.lex.adverbs[d.toks[i-1].low]) && d.firstPerson(s, i, before, &c) {
		return c, true // we are calling on
	}
	if verb.third && d.lex == english && i == s.ta && s.a == d.units[s.unit].a && d.capital(i) {
		c.sure = Medium
		return c, true // "Calls upon all States to …", as resolutions have it
	}
	if verb.third || !d.firstPerson(s, i, before, &c) {
		if d.ourSubject(s, i) && (verb.third || strings.HasSuffix(d.toks[i-1].low, "s")) {
			c.sure = Medium
			return c, true
		}
		return c, d.signersAsk(s, i, verb, &c)
	}
	return c, true
}

// repeats are the verbs by which signers ask again.
var repeats = set("reiterate renew repeat reaffirm echo restate reiterating renewing repeating echoing reinforce maintain join support amplify")

// jointly reports whether the participle at i ("calling on") has the issuers for its subject: "we join others in calling on", "we write to you
// urging", "100 organisations signed a letter calling on".
func (d *reader) jointly(s sentence, i int) bool {
	if i == s.ta {
		return false
	}
	prev := d.toks[i-1]
	for k := s.ta; k < i; k++ {
		if d.lex.subjects[d.toks[k].low] && prev.is("in", ",", "and", "by", "you", "letter", "statement", "together", "unite", "united", "are", "voices") {
			return true
		}
	}
	if !prev.is("letter", "statement", "petition", "appeal", "declaration") {
		return false
	}
	for k := s.ta; k < i; k++ {
		if d.lex.bodies[d.toks[k].low] || d.signs(d.toks[k]) {
			return true
		}
	}
	return false
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
		// "Renewing our commitment to …, we recognize": another clause with its own subject.
		if c.undertaking && i > c.verbEnd && i+2 < end && d.toks[i].is(",") && (d.lex.subjects[d.toks[i+1].low] && d.opensSentence(s, c) || d.firstPersonForm(d.toks[i+1].low) && strings.HasSuffix(d.toks[c.start].low, "ndo")) {
			return d.closing(span{p.a, d.toks[i].a})
		}
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

// opensSentence reports a clause that leads to the main one: a participle, or "as we renew", "alors que nous renouvelons".
func (d *reader) opensSentence(s sentence, c clause) bool {
	if w := d.toks[c.start].low; strings.HasSuffix(w, "ing") || strings.HasSuffix(w, "ant") {
		return true
	}
	return d.toks[s.ta].is("as", "while", "alors", "tandis", "tout", "en", "whilst")
}

// items returns the items of a list that the sentence opens with a colon: "We call on governments to:".
func (d *reader) items(s sentence) []span {
	if d.toks[s.tb-1].low != ":" || s.b < d.units[s.unit].b {
		return nil
	}
	var list []span
	marked := s.unit+1 < len(d.units) && d.units[s.unit+1].marked
	for k := s.unit + 1; k < len(d.units) && d.units[k].role == body; k++ {
		if marked && !d.units[k].marked || !marked && !d.itemLike(s, k, len(list)) {
			break
		}
		p := d.closing(d.units[k].span)
		for _, and := range listAnds {
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

// itemLike reports whether unit k may be the item of a list without marks, behind a sentence that ends with "to:": it starts with a verb, and
// not with a subject.
func (d *reader) itemLike(s sentence, k, n int) bool {
	u := d.units[k]
	if u.words < 3 || u.words > 90 || n > 30 || s.tb-s.ta < 3 {
		return false
	}
	before := d.toks[s.tb-2].low
	first := d.toks[u.ta]
	if first.kind != word || d.lex.starters[first.low] || d.lex.subjects[first.low] || d.lex.articles[first.low] || len(d.hitsIn(first.span)) > 0 {
		return false
	}
	switch d.lex.code {
	case "en":
		return before == "to" && !strings.HasSuffix(first.low, "ly") && !strings.HasSuffix(first.low, "ing") && !inside[first.low] && (startsLow(d.s[first.a:first.b]) || d.toks[u.ta+1].kind == word && !d.capital(u.ta+1))
	case "es", "fr", "pt":
		return d.lex.infinitive(first.low)
	}
	return false
}
