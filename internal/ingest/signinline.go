package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// runOn reports whether unit k is a paragraph of names in one run, parted at semicolons or commas, and no list of lines.
func (d *reader) runOn(k int) bool {
	u := d.units[k]
	text := d.s[u.a:u.b]
	if u.marked || d.hasLink(u.span) {
		return false
	}
	if strings.Count(text, ";") >= 1 && !strings.Contains(text, "\n") {
		return d.capitals(u)
	}
	commas := strings.Count(text, ",")
	if commas < 2 || !d.capitals(u) || k+1 < len(d.units) && d.units[k+1].para == u.para && d.units[k+1].role == body && u.words < 25 {
		return false
	}
	if u.words > 25 && u.words > 3*(commas+1)/2 {
		return true
	}
	// One line of a few names is run-on where nothing more of its kind follows.
	return u.words > 6 && (k+1 >= len(d.units) || d.units[k+1].role != body || !d.nameLike(d.units[k+1], true) || d.prose(d.units[k+1])) && commas >= 2 && !d.has(posts, u.ta, u.tb)
}

// signedInLine enters the names behind a heading and its colon, parted at semicolons or, less surely, at commas.
func (d *reader) signedInLine(u *unit, rest span) bool {
	rest = d.closing(rest)
	text := d.s[rest.a:rest.b]
	mark, c := ';', High
	if !strings.Contains(text, ";") {
		mark, c = ',', Low
	}
	if d.hasLink(rest) || strings.Contains(text, ". ") && !strings.ContainsRune(text, mark) {
		return false
	}
	if mark == ',' && !strings.Contains(text, ",") && len(strings.Fields(text)) > 12 {
		return false
	}
	u.role = signature
	parts := d.partNames(rest, mark)
	for _, p := range parts {
		d.addSignatory(p, c)
	}
	if mark == ',' && len(parts) > 1 {
		d.flag(FlagInLine, "the signatories stand in one line and were parted at its commas: check each", rest)
	}
	return len(parts) > 0
}

// afterComma are what follows a comma and still belongs to the name before it.
var afterComma = set("inc ltd llc llp ac a.c s.a e.v ev jr sr phd esq gmbh asbl aisbl ong usa u.s.a uk u.k d.c afl-cio")

// partNames parts p at a mark outside brackets, and the last two names at their "and".
func (d *reader) partNames(p span, mark rune) []span {
	var list []span
	depth, at := 0, p.a
	add := func(end int) {
		q := trim(d.s, span{at, end})
		if q.a >= q.b {
			return
		}
		low := strings.ToLower(strings.TrimRight(d.s[q.a:q.b], "."))
		if n := len(list); n > 0 && (afterComma[low] || lastOfName[low]) {
			list[n-1].b = q.b // ", Inc."
			return
		}
		list = append(list, q)
	}
	for i, r := range d.s[p.a:p.b] {
		switch {
		case r == '(' || r == '[':
			depth++
		case r == ')' || r == ']':
			depth--
		case r == mark && depth <= 0:
			add(p.a + i)
			at = p.a + i + utf8.RuneLen(r)
		}
	}
	add(p.b)
	if n := len(list); n > 0 {
		last := list[n-1]
		if q, ok := d.withoutAnd(last); ok {
			list[n-1] = q
		} else if n > 1 || mark == ',' {
			if a, b, ok := d.atAnd(last); ok {
				list = append(list[:n-1], a, b)
			}
		}
	}
	out := list[:0]
	for _, q := range list {
		for _, art := range []string{"the ", "The "} {
			if strings.HasPrefix(d.s[q.a:q.b], art) && mark == ',' {
				q = trim(d.s, span{q.a + len(art), q.b})
			}
		}
		if q.b > q.a {
			out = append(out, q)
		}
	}
	return out
}

var ands = []string{"and ", "& ", "y ", "e ", "et ", "und ", "och ", "samt ", "as well as "}

// withoutAnd returns p without the "and" that opens it.
func (d *reader) withoutAnd(p span) (span, bool) {
	for _, and := range ands {
		if strings.HasPrefix(d.s[p.a:p.b], and) {
			return trim(d.s, span{p.a + len(and), p.b}), true
		}
	}
	return p, false
}

// atAnd parts "Quay Watch and Harbour League" in two: at the last "and" with two words or an abbreviation behind it.
func (d *reader) atAnd(p span) (a, b span, ok bool) {
	ta, tb := d.tokensIn(p)
	for i := tb - 2; i > ta; i-- {
		if !d.toks[i].is("and", "y", "e", "et", "und", "och") || i+1 >= tb {
			continue
		}
		right := span{d.toks[i+1].a, p.b}
		if text := d.s[right.a:right.b]; !startsLow(text) && (strings.Contains(text, " ") || allCaps(text) || d.wholeName(ta, i, right)) || d.toks[i+1].low == "the" {
			return trim(d.s, span{p.a, d.toks[i].a}), right, true
		}
	}
	return span{}, span{}, false
}

// wholeName reports whether the single word right is a name of its own behind an "and": a state, or a word behind a name of two words at least
// that no "for" or "of" leads on from.
func (d *reader) wholeName(ta, and int, right span) bool {
	if d.countParties(right) == 1 {
		return true
	}
	for k := ta; k < and; k++ {
		if d.toks[k].is("for", "of", "on", "in", "de", "del", "des", "pour", "para", "do", "da", "für", "sur", "sobre", "against", "to") {
			return false
		}
	}
	return and-ta > 1
}

var (
	aboutText = set("letter statement declaration appeal petition call communiqué manifesto sign-on carta declaración comunicado pronunciamiento lettre déclaration appel tribune nota manifesto erklärung brief brevet brev uttalandet uttalande debattartikeln aufruf letters letter's statements")
	signVerb  = phrases("signatories are", "signatories include", "signatories included", "signatories to the letter include", "signatories of the letter are", "signers are", "signers include", "signed by", "endorsed by",
		"co-signed by", "was signed by", "were signed by", "include signatories from", "firmado por", "firmada por", "suscrito por", "suscrita por", "signé par", "signée par", "assinado por", "assinada por", "unterzeichnet von", "signatories from", "undertecknats av", "undertecknat av", "undertecknad av", "undertecknas av", "skrivits under av", "mitgezeichnet von", "on behalf of the following organisations", "on behalf of the following organizations", "on behalf of the following ngos", "on behalf of the following groups")
)

var signVerbAt = func() map[string]bool {
	m := map[string]bool{}
	for _, p := range signVerb {
		m[p[0]] = true
	}
	return m
}()

// signedInProse enters the names that a sentence lists as signing the text: "Among the letter's signatories are A, B and C."
func (d *reader) signedInProse() bool {
	found := false
	tries := 0
	for k := range d.units {
		u := d.units[k]
		if u.role != body {
			continue
		}
		for i := u.ta; i < u.tb && tries < 40; i++ {
			if !signVerbAt[d.toks[i].low] {
				continue
			}
			to, ok := firstOf(signVerb, d.toks, i, u.tb)
			if !ok {
				continue
			}
			if !(i <= u.ta+2) && !d.has(aboutText, u.ta, u.tb) && !d.toks[i].is("signatories", "signers") {
				continue
			}
			tries++
			end := to
			for end < u.tb && end < to+3000 && !(d.toks[end].low == "." && (end+1 == u.tb || d.toks[end+1].a > d.toks[end].b) && !d.goesOn(d.toks[i].a, d.toks[end].b)) {
				end++
			}
			if end <= to {
				continue
			}
			for k := to; k < end && k < to+6; k++ { // leading representatives of
				if d.toks[k].is("representatives", "representanter", "representantes", "leaders", "vertreter", "représentants") && k+1 < end && d.toks[k+1].is("of", "för", "de", "von", "from", "des") {
					to = k + 2
					break
				}
			}
			p := span{d.toks[to].a, d.toks[end-1].b}
			for _, skip := range []string{":", "the following organisations:", "the following organizations:"} {
				if strings.HasPrefix(d.s[p.a:p.b], skip) {
					p = trim(d.s, span{p.a + len(skip), p.b})
				}
			}
			mark := ','
			if strings.Contains(d.s[p.a:p.b], ";") {
				mark = ';'
			}
			names := d.partNames(p, mark)
			if len(names) < 2 || !d.allNames(names) {
				continue
			}
			for _, q := range names {
				d.addSignatory(q, Medium)
			}
			d.flag(FlagInLine, "the signatories stand in a sentence and were parted at its commas: check each", p)
			found = true
			i = end
		}
	}
	return found
}

// allNames reports whether each of the spans is written as a name.
func (d *reader) allNames(list []span) bool {
	odd := 0 // names mostly in small letters, of which a long list may have some
	for _, q := range list {
		text := d.s[q.a:q.b]
		if startsLow(text) || len(strings.Fields(text)) > 14 || strings.ContainsAny(text, "“”\"") {
			return false
		}
		low, n := 0, 0
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '(' || r == ')' }) {
			if w = strings.ToLower(strings.TrimFunc(w, blankOrMark)); w == "" || inside[w] {
				continue
			}
			n++
			if strings.Contains(text, " "+w) || strings.HasPrefix(text, w) {
				low++
			}
		}
		if n == 0 || low*3 > n {
			if odd++; n == 0 || odd*5 > len(list) {
				return false
			}
		}
	}
	return true
}

var (
	openVerbs = set("call calls called urge urges urged condemn condemns condemned welcome welcomes welcomed express expresses expressed demand demands demanded are have issue issued release released said say appeal appealed ask asked " +
		"today jointly strongly deplore denounce denounced warn warned reiterate note applaud support stand join oppose reject remain deeply " +
		"exigen exigimos instan instamos condenan condenamos expresan expresamos rechazan rechazamos piden pedimos saludan denuncian manifiestan manifestamos llaman hacemos hacen solicitan " +
		"appellent demandent condamnent dénoncent expriment saluent exigent s'inquiètent publient lancent alertent " +
		"exigem pedem condenam manifestam repudiam expressam apelam denunciam fordern verurteilen appellieren begrüßen rufen erklären kritisieren")
	byWords = set("by from por par von de of des")
)

// signedAbove enters the organisations that the title names behind "joint statement by", or that are the subject of the first sentence: "A, B
// and C call on …". They issue the text together, and no other list stands under it.
func (d *reader) signedAbove() {
	if u, ok := d.titleUnit(); ok && d.has(jointly, u.ta, u.tb) {
		for i := u.ta; i+2 < u.tb; i++ {
			if !jointly[d.toks[i].low] || !byWords[d.toks[i+1].low] {
				continue
			}
			end := i + 2
			for end < u.tb && !d.toks[end].is("on", "regarding", "about", "concerning", ":", "sobre", "sur", "zu", "zur", "zum", "ahead", "following", "to", "calling", "in", "at") && !isDash(d.toks[end].low) {
				end++
			}
			if p := (span{d.toks[i+2].a, d.toks[max(end-1, i+2)].b}); end > i+2 && d.countParties(p) == 0 && d.enterOpening(p) {
				return
			}
		}
	}
	for n, s := range d.firstSentences() {
		if n > 1 {
			return
		}
		for i := s.ta + 1; i < s.tb && i < s.ta+60; i++ {
			t := d.toks[i]
			if t.kind == word && openVerbs[t.low] && !d.capital(i) {
				end := i
				for end > s.ta && (d.toks[end-1].is(",", "we") || d.lex.adverbs[d.toks[end-1].low]) {
					end--
				}
				if end > s.ta {
					p := span{d.toks[s.ta].a, d.toks[end-1].b}
					if d.countParties(p) == 0 && d.enterOpening(p) {
						return
					}
				}
				break
			}
			if t.is(".", ":", ";", "–", "—") {
				break
			}
		}
	}
}

// firstSentences returns the first two sentences of the body. Sentences are split only later, since signatories are none.
func (d *reader) firstSentences() []sentence {
	var list []sentence
	for k, u := range d.units {
		if u.role != body || !d.prose(u) {
			continue
		}
		s := sentence{u.span, u.ta, u.tb, k}
		if d.opened > u.a && d.opened < u.b {
			for s.ta < s.tb && (d.toks[s.ta].a < d.opened || d.toks[s.ta].kind == mark) {
				s.ta++
			}
		}
		if s.ta < s.tb {
			list = append(list, s)
		}
		if len(list) == 2 {
			break
		}
	}
	return list
}

// enterOpening enters the names in p where they are a list of three at least, or two that abbreviations tell apart.
func (d *reader) enterOpening(p span) bool {
	text := d.s[p.a:p.b]
	if !strings.Contains(text, ",") && !(strings.Contains(text, " and ") && strings.Count(text, "(") >= 2) {
		return false
	}
	names := d.partNames(p, ',')
	if len(names) < 3 && strings.Count(text, "(") < 2 || len(names) < 2 || !d.allNames(names) {
		return false
	}
	for _, q := range names {
		ta, tb := d.tokensIn(q)
		if d.has(civil, ta, tb) && tb-ta <= 3 || ta < tb && d.toks[ta].kind == number || d.has(d.lex.subjects, ta, tb) {
			return false
		}
	}
	for _, q := range names {
		d.addSignatory(q, Medium)
	}
	d.flag(FlagInLine, "the signatories stand in a sentence and were parted at its commas: check each", p)
	return true
}
