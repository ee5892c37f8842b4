package ingest

import "strings"

// englishShapes returns the names in u: a head in capitals with the words in capitals before it, and with what follows behind "on", "for" and
// the like.
func (d *reader) englishShapes(u unit) []shape {
	var list []shape
	free := u.ta
	for i := u.ta; i < u.tb; i++ {
		t := d.toks[i]
		if t.kind != word || !heads[t.low] || !d.capital(i) || i < free || i > u.ta && own[d.toks[i-1].low] {
			continue
		}
		if d.longerName(i, u.tb) {
			continue // "Voting Rights Act Reauthorization and Amendments Act": the name ends with another head
		}
		a := d.leftOf(i, max(u.ta, free))
		if t.low == "constitution" && a == i {
			a = d.ownerBefore(i, max(u.ta, free))
		}
		if t.is("protocol", "protocols") && a > u.ta && d.toks[a-1].is("first", "second", "third", "fourth") && a < i {
			a--
		}
		b, open := d.rightOf(i, u.tb), false
		if b == i+1 {
			if e := d.lowRight(i, u.tb); e > b {
				b, open = e, true
			}
		}
		b = d.yearsAfter(i, b, u.tb, a < i)
		if !d.isName(u, a, i, b) {
			continue
		}
		s := shape{span: span{d.toks[a].a, d.toks[b-1].b}, head: i, bare: a == i && b == i+1, open: open}
		// "Declaration and Programme of Action", "General Principles and Operational Guidelines for"
		if k := b; k+1 < u.tb && d.toks[k].is("and") {
			for j := k + 1; j < u.tb && j < k+4 && d.toks[j].kind == word && d.capital(j); j++ {
				if h := d.toks[j].low; actionHeads[h] && j+1 < u.tb && opens[d.toks[j+1].low] && !s.bare || softHeads[h] && softHeads[t.low] {
					b = d.rightOf(j, u.tb)
					s.b, s.bare = d.toks[b-1].b, false
					break
				}
			}
		}
		if t.low == "acts" && b == i+1 && a < i && b < u.tb && d.toks[b].kind == word && !d.capital(b) {
			s.b-- // "the Voting Rights Acts provisions", its apostrophe lost
		}
		if s.bare && b < u.tb && d.toks[b].is("process", "talks", "negotiations") {
			s.b = d.toks[b].b
		}
		list = append(list, s)
		free = b
	}
	return list
}

// longerName reports whether words in capitals behind the head at i lead to another one that ends the same name.
func (d *reader) longerName(i, end int) bool {
	if !d.toks[i].is("act", "bill") {
		return false
	}
	for k := i + 1; k < end && k < i+7; k++ {
		t := d.toks[k]
		if t.kind != word || !d.capital(k) && !t.is("and", "of", "for") || !onlyBlank(d.s[d.toks[k-1].b:t.a]) {
			return false
		}
		if k == i+1 && !d.capital(k) {
			return false
		}
		if t.is("act", "bill") && d.capital(k) {
			return true
		}
	}
	return false
}

// isName reports whether tokens a to b, with their head at i, make a name: a head that other things have too needs more words around it.
func (d *reader) isName(u unit, a, i, b int) bool {
	t := d.toks[i]
	left, right := 0, b-i-1
	for k := a; k < i; k++ {
		if d.toks[k].kind == word && d.capitalWord(k) {
			left++
		}
	}
	// Another word in capitals follows: a Convention Centre, the Human Rights Act Campaign. A part does not: "the Paris Agreement Article 6".
	if b < u.tb && d.toks[b].kind == word && d.capital(b) && onlyBlank(d.s[d.toks[b-1].b:d.toks[b].a]) && !parts[d.toks[b].low] && !d.lex.starters[d.toks[b].low] {
		if left == 0 || bodyNouns[d.toks[b].low] || notName[d.toks[b].low] || d.toks[b].low == "for" {
			return false
		}
	}
	if a > u.ta && a-1 == u.ta && d.toks[a-1].low == "joint" && t.is("declaration", "communiqué") {
		return false // what the text itself is
	}
	if left == 1 && (holders[d.toks[i-1].low] || titles[d.toks[i-1].low]) && right == 0 {
		return false // Minister Law
	}
	if actionHeads[t.low] {
		action := b > i+1 && i+2 < u.tb && d.toks[i+1].is("of", "for") && d.has(actions, i+2, min(i+4, u.tb))
		switch {
		case action, i+1 < u.tb && year(d.toks[i+1].low) > 0 && left > 0:
			return true
		case t.is("program", "programme"):
			return false
		case t.low == "framework":
			return left > 1 || left == 1 && (right > 0 || placeLikeWord(d.toks[i-1].low)) && !fields[d.toks[i-1].low] || d.toks[i-1].kind == number
		case t.low == "plan":
			return left > 0 && right > 0 || left > 1 && d.has(actions, a, i)
		}
		return left > 0 && right > 1
	}
	if need, weak := weakHeads[t.low]; weak {
		if left == 1 && fields[d.toks[i-1].low] || left > 0 && t.low == "law" && (fields[d.toks[i-1].low] || d.toks[i-1].is("under", "by", "of", "against") || a > u.ta && d.toks[a-1].is("of", "in", "and")) {
			return right > 1 && t.low != "law"
		}
		if t.low == "law" && left == 0 {
			return right > 1 && d.toks[i+1].is("on", "against", "concerning", "regulating")
		}
		if t.low == "law" || t.low == "rules" || t.low == "document" || t.low == "amendment" {
			return left >= need
		}
		return left >= need || right > 1 && (left > 0 || d.toks[i+1].is("on", "concerning") || t.is("recommendation", "regulation", "directive")) || right > 0 && d.toks[i+1].kind == number
	}
	if t.low == "memorandum" {
		if left > 0 && !(left == 1 && d.toks[i-1].is("presidential", "national", "joint", "this", "the")) {
			return true
		}
		return right > 3 || right > 2 && !d.toks[i+1].is("of")
	}
	if softHeads[t.low] && right == 0 {
		return left > 0 && a > u.ta && (d.lex.articles[d.toks[a-1].low] || d.toks[a-1].kind == mark || inside[d.toks[a-1].low])
	}
	if namedHeads[t.low] && left == 0 && right == 0 {
		return t.is("act", "acts", "constitution", "bill", "code", "framework", "roadmap") // said of one that has a name
	}
	return !genericPlural(d.toks[a:i], t.low) || right > 1 && d.toks[b-1].kind == number || b > i+1 && d.toks[i+1].kind == number
}

// pluralHeads are heads in the plural, which name one thing only with a name of their own: the Geneva Conventions, not international treaties.
var pluralHeads = set("conventions treaties covenants declarations agreements protocols compacts acts accords regulations convenciones convenios tratados pactos acuerdos protocolos leyes conventions traités pactes accords protocoles lois convenções acordos leis")

var genericWords = set("international internacionales internationales internacionais human rights derechos humanos un u.n. united nations core regional universal global all other such relevant major ilo european multilateral bilateral various our the these")

// genericPlural reports a head in the plural with nothing before it that makes a name.
func genericPlural(before []tok, head string) bool {
	if !pluralHeads[head] {
		return false
	}
	for _, t := range before {
		if !genericWords[t.low] {
			return false
		}
	}
	return true
}

// notName are words behind a head that make the name of somebody or something else.
var notName = set("campaign watch day week month secretariat parties party monitor team project programme program office unit desk body bodies area zone zones member members state states building hall room street house process resolution advocates defenders defence defense supporters signatories")

// placeLikeWord reports a word before "Framework" that is a place, and nothing that says what kind of framework it is.
func placeLikeWord(w string) bool {
	return !fields[w] && !set3[w]
}

var set3 = set("regulatory policy strategic global regional monitoring results normative accountability protection general common joint comprehensive financial")

// yearsAfter takes in a year, or years from and to, behind a name: "Human Rights Act 1998", "Framework … 2015-2030", "Protocol I".
func (d *reader) yearsAfter(i, b, end int, named bool) int {
	if b >= end {
		return b
	}
	t := d.toks[b]
	adjoins := t.a-d.toks[b-1].b <= 1
	switch {
	case adjoins && t.kind == number && year(t.low) > 0 && (named || b > i+1):
		if b+2 < end && isDash(d.toks[b+1].low) && year(d.toks[b+2].low) > 0 {
			return b + 3
		}
		return b + 1
	case t.is(",") && b+1 < end && year(d.toks[b+1].low) > 0 && d.toks[i].is("act", "bill", "convention") && (named || b > i+1):
		return b + 2 // "Prevention of Cruelty Act, 1960"
	case b == i+1 && roman(d.s[t.a:t.b]) && adjoins && d.toks[i].is("protocol", "protocols", "act", "convention"):
		if b+2 < end && d.toks[b+1].is("and") && roman(d.s[d.toks[b+2].a:d.toks[b+2].b]) {
			return b + 3
		}
		return b + 1
	case t.is("of") && b+1 < end && year(d.toks[b+1].low) > 0 && b > i+1-1 && named:
		return b + 2
	}
	return b
}

// roman reports a number such as II, in capitals.
func roman(s string) bool { return s != "" && len(s) <= 5 && strings.Trim(s, "IVX") == "" }

// leftOf returns the first token of the name whose head is at i: words in capitals, a year or number, "Council of Europe", "Organization’s".
func (d *reader) leftOf(i, from int) int {
	a := i
	for a > from {
		t := d.toks[a-1]
		adjoins := onlyBlank(d.s[t.b:d.toks[a].a])
		if !adjoins {
			break
		}
		if t.kind == number && (year(t.low) > 0 || len(t.low) <= 4) {
			if a == i || year(t.low) > 0 {
				a--
				continue
			}
			break
		}
		if t.kind == possessive && a-2 >= from && d.toks[a-2].kind == word && d.capital(a-2) && len(d.hitsIn(d.toks[a-2].span)) == 0 && !d.lex.offices[d.toks[a-2].low] && !holders[d.toks[a-2].low] {
			a -= 2
			continue
		}
		if t.low == ")" && a == i && a-3 > from && d.toks[a-3].low == "(" && d.capital(a-2) && d.capital(a-4) && d.toks[a-4].kind == word {
			a -= 3 // "Foreign Contribution (Regulation) Act"
			continue
		}
		if t.is("'", "’") && a-2 >= from && strings.HasSuffix(d.toks[a-2].low, "s") && d.capital(a-2) && t.a == d.toks[a-2].b {
			a-- // "Workers’ Rights Act"
			continue
		}
		opening := a-1 == from || d.toks[a-2].kind == mark && !d.toks[a-2].is(",", "(", "-")
		if t.kind != word || !d.capitalWord(a-1) || opening && (demonstratives[t.low] || inside[t.low] || d.lex.articles[t.low] || d.lex.starters[t.low] || headlineWords[t.low] || imperatives[t.low] || strings.HasSuffix(t.low, "ly")) {
			if t.low == "of" && a-2 >= from && d.toks[a-2].is("council", "organization", "organisation", "league") && d.capital(a-2) {
				a -= 2
				continue
			}
			if k := d.smallWords(i, a, from); k < a {
				a = k
				continue
			}
			break
		}
		a--
	}
	for a < i && (d.lex.subjects[d.toks[a].low] || d.lex.finite[d.toks[a].low] || d.toks[a].kind == possessive) {
		a++
	}
	for a < i && d.toks[a].kind == number && d.toks[a].a == d.toks[from].a {
		break
	}
	return a
}

// smallWords returns the word in capitals before the small words in front of a, where the name of a law goes on there: "Freedom of Information
// Act", "Protection and Solutions Framework". Another instrument or a party before an "and" is another thing.
func (d *reader) smallWords(i, a, from int) int {
	if !lawHeads[d.toks[i].low] || a == i {
		return a
	}
	if b := d.commaWords(i, a, from); b < a {
		return b
	}
	k := a - 1
	for k > from && (d.toks[k].is("of", "and", "for", "against", "in", "the", "to", "on", "from", "with", "&") || d.toks[k].is(",") && k == a-2 && d.toks[a-1].is("and")) && k > a-3 {
		k--
	}
	if k == a-1 || k < from || d.toks[k].kind != word || !d.capital(k) || heads[d.toks[k].low] || d.lex.starters[d.toks[k].low] || d.lex.offices[d.toks[k].low] || isMonth(d.toks[k].low) {
		return a
	}
	if d.toks[k+1].is("in", "to", "on", "from", "the") || len(d.hitsIn(span{d.toks[k].a, d.toks[k].b})) > 0 {
		return a
	}
	// The chain must begin behind a small word, so that it is one name.
	j := k
	for j > from && (d.toks[j-1].kind == word && d.capital(j-1) && !heads[d.toks[j-1].low] && !d.lex.articles[d.toks[j-1].low] || d.toks[j-1].is(",") && j-2 >= from && d.capital(j-2) && d.toks[k+1].is(",", "and")) {
		j--
	}
	if j > from && d.toks[j-1].is("-", "–") && d.toks[j-1].b == d.toks[j].a {
		return k // "U.S.-Ruritania Trade and Investment Framework Agreement"
	}
	if j == from && !(d.toks[j].a == d.toks[from].a && d.capital(j)) || j > from && !d.lex.articles[d.toks[j-1].low] && !d.toks[j-1].is("the", "a", "under", "by", "with", "act", "bill") {
		return a
	}
	if d.toks[k+1].is(",") {
		return j
	}
	return k
}

// commaWords returns the start of "Border Protection, Antiterrorism" before "and Illegal Immigration Control Act": words in capitals parted by
// commas up to an article, where an "and" closes them.
func (d *reader) commaWords(i, a, from int) int {
	if a-2 <= from || !d.toks[a-1].is(",") {
		return a
	}
	and := false
	for k := a; k < i; k++ {
		and = and || d.toks[k].low == "and"
	}
	if !and {
		return a
	}
	k := a - 1
	for k > from && (d.toks[k].is(",") || d.toks[k].kind == word && d.capital(k) && !d.lex.articles[d.toks[k].low] && !heads[d.toks[k].low]) {
		k--
	}
	if d.lex.articles[d.toks[k].low] && d.capital(k+1) {
		return k + 1
	}
	return a
}

func onlyBlank(s string) bool { return strings.TrimSpace(s) == "" && countBreaks(s) < 2 }

// rightOf returns the token after the name whose head is at i. Behind the head come a word of opens and words in capitals, joined by small
// words and commas; a name that starts after "and" or a comma is another one.
func (d *reader) rightOf(i, end int) int {
	last := i + 1 // the token after the last that surely belongs to the name
	j := i + 1
	if k, ok := d.numberAfter(j, end); ok {
		return k // Convention 143, Convention No. 189
	}
	if j >= end || !opens[d.toks[j].low] && !(d.toks[j].is("between", "among") && j+1 < end && d.capital(j+1)) || d.toks[j].low == "to" && !d.toks[i].is("protocol", "protocols", "treaty", "convention", "agreement", "amendment") ||
		d.toks[j].low == "with" && !d.toks[i].is("agreement", "memorandum", "treaty", "pact", "compact") {
		return last
	}
	if e := d.partiesAfter(j, end); e > j {
		return e
	}
	return d.capTail(i, j, end)
}

// partiesAfter returns the token after a list of parties behind "between" at j: "between the Government of A and B"; j where there is none.
func (d *reader) partiesAfter(j, end int) int {
	if j >= end || !d.toks[j].is("between", "entre", "zwischen", "mellan", "among") {
		return j
	}
	last := j
	for k := j + 1; k < end && k < j+60; {
		if hits := d.hitsIn(span{d.toks[k].a, d.toks[end-1].b}); len(hits) > 0 && hits[0].a == d.toks[k].a && hits[0].kind == KindParty {
			_, k = d.tokensIn(hits[0].span)
			last = k
			continue
		}
		t := d.toks[k]
		if !listLinks[t.low] && !realms[t.low] && !d.lex.offices[t.low] && !t.is("european", "union", "eu", "europea", "unión") {
			break
		}
		if t.is("eu", "union", "unión") {
			last = k + 1
		}
		k++
	}
	return last
}

// capTail returns the token after the words in capitals that go on with a name from the word of opens at j; j where none do.
func (d *reader) capTail(i, j, end int) int {
	last := j
	between := false
	for ; j < end; j++ {
		t := d.toks[j]
		switch {
		case t.kind == word && d.capital(j) && !isMonth(t.low):
			if !between && (d.startsOther(i, j, end) || d.startsListed(i, j)) {
				return last
			}
			last = j + 1
			if j-2 >= i && d.toks[j-1].is("and") && between {
				between = false
			}
		case t.is("between", "among"):
			between = true
		case t.is("'", "’") && last == j && strings.HasSuffix(d.toks[j-1].low, "s") && j+1 < end && d.toks[j+1].kind == word && d.capital(j+1): // Peoples’ Rights
		case t.kind == possessive && last == j && j+1 < end && d.toks[j+1].kind == word && d.capital(j+1): // Women’s Rights
		case t.is("(") && j+2 < end && d.toks[j+2].is(")") && d.capital(j+1) && !allCaps(d.s[d.toks[j+1].a:d.toks[j+1].b]) && j+3 < end && d.capital(j+3):
			j++
		case t.kind == number && d.toks[j-1].is("of", "de", "from") && year(t.low) > 0:
			return j + 1 // Convention of 1951
		case t.kind == word && inside[t.low]:
			if d.toks[j-1].is(",") && !t.is("and", "or", "y", "e", "et") {
				return last
			}
		case t.is(",") && d.listGoesOn(j, end): // Safe, Orderly, and Regular
		case t.is(",") && j+2 < end && d.toks[j+1].is("especially", "particularly", "especialmente", "notamment") && d.capital(j+2):
			j++
		default:
			return last
		}
		if j-last > 4 {
			return last
		}
	}
	return last
}

// numberAfter returns the token after a number at j, with "No." before it: 143, No. 189, núm. 169, n° 143, 2334 (2016), 71/1, C-12.
func (d *reader) numberAfter(j, end int) (int, bool) {
	k := j
	if k < end && d.toks[k].is("no", "nos", "núm", "num", "n", "nº", "n°", "nr", "número", "numéro", "no.") {
		k++
		for k < end && d.toks[k].is(".", "°", "º", "o") {
			k++
		}
		if k >= end || d.toks[k].kind != number {
			return j, false
		}
	}
	if k >= end || d.toks[k].kind != number || d.toks[k].a-d.toks[max(k-1, 0)].b > 2 {
		return j, false
	}
	if _, _, ok := d.plainDate(k, end); ok && k == j {
		return j, false
	}
	k++
	for k+1 < end && d.toks[k].is("/", "-") && d.toks[k+1].kind == number && d.toks[k].a == d.toks[k-1].b && d.toks[k+1].a == d.toks[k].b {
		k += 2
	}
	if k+2 < end && d.toks[k].is("(") && (year(d.toks[k+1].low) > 0) && d.toks[k+2].is(")") {
		k += 3
	}
	return k, true
}

// lowRight returns the end of an English name that goes on in small letters: "Convention on preventing and combating violence against women".
func (d *reader) lowRight(i, end int) int {
	j := i + 1
	if !d.toks[i].is("convention", "protocol", "treaty", "covenant", "compact", "directive", "charter", "communication", "declaration", "pact") || j+1 >= end || !d.toks[j].is("on", "against", "relating", "concerning") {
		return j
	}
	return max(i+1, d.lowTail(j, end))
}

// lowTail returns the end of words in small letters behind the word at j, up to a verb or a mark; j where there are none.
func (d *reader) lowTail(j, end int) int {
	last := j
	mixed := j > 0 && d.toks[j-1].is("communication", "recommendation")
	for k := j + 1; k < end && k < j+18; k++ {
		t := d.toks[k]
		if t.low == "to" && d.toks[k-1].is("right", "rights", "access", "response", "responses") {
			continue
		}
		if t.kind == possessive || t.kind != word || d.capital(k) && !mixed || d.lex.finite[t.low] || enFinite[t.low] || t.is("to", "by", "at", "as", "in", "adopted", "signed", "ratified", "when", "until", "after", "before", "since", "today", "without", "whether", "how", "so", "but", "its", "monday", "from") {
			break
		}
		if t.is("and", "or") && (k+1 >= end || d.lex.articles[d.toks[k+1].low] || d.lex.subjects[d.toks[k+1].low] || d.capital(k+1)) {
			break
		}
		if !inside[t.low] {
			last = k + 1
		}
	}
	return last
}

// startsListed reports whether a listed name of an instrument of its own starts at j behind "for the" or "to the", so that the head's own
// name ended before: "Progress Declaration for the GCM". A protocol or amendment to another instrument keeps that name.
func (d *reader) startsListed(i, j int) bool {
	if d.toks[i].is("protocol", "protocols", "amendment", "protocolo", "protocole", "agreement", "resolution") || j-i < 3 {
		return false
	}
	for _, h := range d.hitsIn(span{d.toks[j].a, len(d.s)}) {
		if h.a > d.toks[j].a {
			return false
		}
		if h.kind == KindInstrument {
			return true
		}
	}
	return false
}

// listGoesOn reports whether the comma at j stands in a list of words in capitals that an "and" closes: Safe, Orderly, and Regular.
func (d *reader) listGoesOn(j, end int) bool {
	for k := j + 1; k < end && k < j+24; k++ {
		t := d.toks[k]
		if t.is("and", "y", "e", "et", "or") {
			return k+1 < end && d.toks[k+1].kind == word && d.capital(k+1) && !d.anyHead(k+1, end)
		}
		if t.is(",") || t.kind == word && (d.capital(k) && !heads[t.low] || inside[t.low]) && (k > j+1 || d.capital(k)) {
			continue
		}
		return false
	}
	return false
}

// startsOther reports whether the word in capitals at j starts the name of another instrument or of a party, joined by "and" or a comma.
func (d *reader) startsOther(i, j, end int) bool {
	k := j - 1
	for k > i && d.toks[k].is("the", "its", "their", "la", "el", "le", "les", "los", "las", "o", "a", "os", "as") {
		k--
	}
	if !d.toks[k].is("and", ",", "y", "et", "e", "or") {
		return false
	}
	if d.anyHead(j, end) {
		return true
	}
	if k < j-1 { // "and the EU Action Plan"
		for n := j; n < end && d.toks[n].kind == word && d.capital(n); n++ {
			if actionHeads[d.toks[n].low] && n > j {
				return true
			}
		}
	}
	for _, h := range d.hitsIn(span{d.toks[j].a, len(d.s)}) {
		return h.a == d.toks[j].a && (h.kind == KindParty || h.kind == KindInstrument)
	}
	return false
}

// anyHead reports whether the words in capitals from j on lead to a head.
func (d *reader) anyHead(j, end int) bool {
	for ; j < end; j++ {
		t := d.toks[j]
		if t.kind == number {
			continue
		}
		if t.kind != word || !d.capital(j) {
			return false
		}
		if heads[t.low] && !actionHeads[t.low] {
			return true
		}
	}
	return false
}
