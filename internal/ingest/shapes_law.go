package ingest

import "strings"

// known are abbreviations of laws, agreements and programmes that texts use without their names.
var known = set("NSEERS DACA DAPA NAFTA CEDAW ICCPR ICESCR CRPD ICERD USMCA GDPR IIRIRA DSGVO RGPD IRCA VAWA NDAA TEU TFEU UDHR UNDRIP UNCLOS UNCAT UNCRC JCPOA TPNW CTBT TRIPS CETA TTIP CPTPP SORNA FISA CFAA DMCA FOSTA SESTA COPPA HIPAA FERPA ECOA ERISA RICO T-MEC TLCAN TLC LOPNNA CEDH DUDH DIDH CIDE EMRK AEMR StGB BGB AufenthG AsylG GFK CPLR CESEDA SGB StPO")

// laws returns the instruments that numbers, abbreviations and the form of a court's case tell: H.R. 4437, SB 4, Executive Order 13769,
// Resolution 71/1, Directive 2008/115/EC, Law No. 12 of 2003, Doe v. Ruritania, the EU-Turkey deal.
func (d *reader) laws() []shape {
	var list []shape
	for _, u := range d.units {
		if u.role == signature || u.role == contactRole || u.role == embargoRole || u.role == boilerplate {
			continue
		}
		titled := d.titleCase(u)
		for i := u.ta; i < u.tb; i++ {
			t := d.toks[i]
			if t.kind != word {
				continue
			}
			if to, ok := firstOf(goalNames, d.toks, i, u.tb); ok && goalWords[goalHead(t.low, d.toks[to-1].low)] {
				list = append(list, shape{span: span{t.a, d.toks[to-1].b}, head: i, law: true})
				i = to - 1
				continue
			}
			if !lawWords[t.low] && !(t.b-t.a <= 8 && t.b-t.a >= 3 && d.s[t.a] >= 'A' && d.s[t.a] <= 'Z' && (known[d.s[t.a:t.b]] || joinedBill(d.s[t.a:t.b]))) {
				continue
			}
			s, to, ok := d.lawAt(u, i, titled)
			if !ok {
				s, to, ok = d.numbered(u, i)
			}
			if !ok && !titled {
				s, to, ok = d.pointedAt(u, i)
			}
			if ok {
				list = append(list, s)
				for resolutionWords[t.low] || t.is("conventions", "directives", "regulations", "laws", "leyes", "lois", "leis") {
					k := to // "Resolutions 1325 (2000) and 1820 (2008)"
					for k < u.tb && d.toks[k].is(",", "and", "y", "et", "e", "und") {
						k++
					}
					e, _, more := d.codeAfter(k, u.tb)
					if k == to || !more || !strings.HasSuffix(t.low, "s") && !strings.HasSuffix(t.low, "en") {
						break
					}
					list = append(list, shape{span: span{d.toks[k].a, d.toks[e-1].b}, head: i, law: true})
					to = e
				}
				i = to - 1
			}
		}
	}
	return list
}

// goalNames are the goals that the member states of the United Nations set themselves.
var goalNames = phrases("sustainable development goals", "millennium development goals", "objetivos de desarrollo sostenible", "objetivos de desarrollo del milenio", "objectifs de développement durable", "objectifs du millénaire pour le développement",
	"objetivos de desenvolvimento sustentável", "objetivos de desenvolvimento do milénio", "ziele für nachhaltige entwicklung", "globala målen för hållbar utveckling")

// goalHead returns which of the first and the last word of such a name is the word for goals.
func goalHead(first, last string) string {
	if goalWords[first] {
		return first
	}
	return last
}

// numberedWords are the words that a number makes an instrument of; true where the word needs no capital and no "No." before the number.
var numberedWords = map[string]bool{}

// sided are those whose number has a slash: 2008/115/EC.
var sided = set("directive directives regulation regulations decision directiva directivas reglamento reglamentos decisión règlement règlements décision diretiva regulamento decisão richtlinie verordnung beschluss direktiv förordning recommendation")

// lawWords are the words by which lawAt tells something.
var lawWords = set("h.r. hr hb sb ab sjr hjr acr scr hres sres ar lb cb hf sf s pl pec pls proposition prop executive eo unscr unsc unga public " +
	"v vs versus statement declaration report bill act law deal agreement agreements pact accord accords memorandum treaty arrangement initiative compact charter covenant directive constitution convention declaration conventions protocol protocols title opinion general")

func init() {
	for w := range resolutionWords {
		lawWords[w], numberedWords[w] = true, true
	}
	for w := range sided {
		lawWords[w], numberedWords[w] = true, true
	}
	numberedWords["conventions"] = true
	for w := range set("law laws act bill decree decree-law order ordinance proclamation ley leyes decreto decreto-ley loi lois décret décrets lei leis decreto-lei ordenanza portaria ordonnance gesetz lag") {
		lawWords[w], numberedWords[w] = true, true
	}
}

// resolutionWords are the words for a resolution in the languages that are read.
var resolutionWords = set("resolution resolutions resolución resoluciones résolution résolutions resolução resoluções resolutionen resolutie")

var billMarks = set("hr hb sb ab sjr hjr acr scr hres sres ar lb cb hf sf pl pec pls")

// numbered reads a law, a directive or a resolution by its number at token i: "Law No. 1234 of 2020", "Directive 2008/115/EC", "Bill C-31",
// "Security Council resolution 2334 (2016)", "loi n° 2018-778 du 10 septembre 2018".
func (d *reader) numbered(u unit, i int) (shape, int, bool) {
	t := d.toks[i]
	if !numberedWords[t.low] {
		return shape{}, 0, false
	}
	j := i + 1
	for j < u.tb && numberLinks[d.toks[j].low] && j < i+3 { // Ley Orgánica 4/2000, Decreto Supremo 66, loi organique n° 5
		j++
	}
	if j+2 < u.tb && d.toks[j].is("(") && d.toks[j+1].is("eu", "ec", "ue", "ce", "eg", "eec", "euratom") && d.toks[j+2].is(")") {
		j += 3
	}
	if j+3 < u.tb && d.toks[j].is("(") && d.toks[j+2].is(")") && allCaps(d.s[d.toks[j+1].a:d.toks[j+1].b]) && d.toks[j+3].kind == number { // Projeto de Decreto Legislativo (PDL) 177/2021
		j += 3
	}
	k, said, ok := d.codeAfter(j, u.tb)
	resolution := resolutionWords[t.low]
	dated := false
	if !ok && t.is("loi", "décret", "ordonnance", "ley", "decreto", "lei", "law", "act", "proclamation", "decree", "gesetz") && j < u.tb && d.toks[j].is("du", "del", "de", "of", "vom") { // loi du 29 juillet 1881
		if day, to, found := d.dateAt(j+1, u.tb); found && (day.iso != "" && len(day.iso) > 4) {
			k, ok, dated = to, true, true
		}
	}
	if !ok {
		return shape{}, 0, false
	}
	code := d.s[d.toks[j].a:d.toks[k-1].b]
	switch {
	case resolution:
		digits := strings.TrimFunc(strings.Split(code, "(")[0], func(r rune) bool { return r < '0' || r > '9' })
		if !strings.Contains(code, "/") && len(digits) < 3 && !strings.Contains(code, "(") {
			return shape{}, 0, false
		}
	case sided[t.low]:
		if !strings.ContainsAny(code, "/") && !said {
			return shape{}, 0, false
		}
	case !dated && !said && !strings.ContainsAny(code, "/.-:") && !d.capital(i):
		return shape{}, 0, false // an act 4
	case t.is("order", "law", "laws", "act", "bill", "conventions") && !d.capital(i):
		return shape{}, 0, false
	case t.is("order") && !said && !(i > u.ta && d.toks[i-1].is("executive", "ministerial", "presidential")):
		return shape{}, 0, false
	}
	a := i
	for a > u.ta && (d.toks[a-1].kind == word && d.capital(a-1) && !d.lex.articles[d.toks[a-1].low] && !d.lex.starters[d.toks[a-1].low] && !headlineWords[d.toks[a-1].low] && !inside[d.toks[a-1].low] ||
		d.toks[a-1].kind == possessive && a > u.ta+1 && d.capital(a-2) || d.toks[a-1].is("projeto", "proyecto", "projet", "medida") ||
		d.toks[a-1].is("de") && a > u.ta+1 && d.toks[a-2].is("projeto", "proyecto", "projet", "anteproyecto", "proposition") && t.is("ley", "lei", "loi", "decreto", "décret")) && onlyBlank(d.s[d.toks[a-1].b:d.toks[a].a]) {
		a--
	}
	if d.toks[a].kind == possessive {
		a++
	}
	// What the number is of, and what it is about.
	if resolution || romance[d.lex.code] {
		k = d.ofBody(k, u.tb)
	}
	if !dated {
		k = d.ofYear(k, u.tb)
	}
	open := false
	if k < u.tb && opens[d.toks[k].low] && !d.toks[k].is("to", "of", "de", "del", "du", "da", "do", "des", "das", "dos", "for", "à", "with", "con", "com", "a", "para", "pour") {
		switch {
		case romance[d.lex.code] && !resolution:
			if e, o := d.romanceTail(i, k, u.tb); e > k {
				k, open = e, o
			}
		case d.lex.code == "en" || d.lex.code == "":
			if e := d.capTail(i, k, u.tb); e > k+1 {
				k = e
			} else if sided[t.low] {
				if e := d.lowTail(k, u.tb); e > k+1 {
					k, open = e, true
				}
			}
		}
	}
	return shape{span: span{d.toks[a].a, d.toks[k-1].b}, head: i, law: true, open: open}, k, true
}

// numberLinks may stand between the word for a law and its number.
var numberLinks = set("orgánica orgânica organique supremo supreme royal real legislativo legislativa legislative complementar estatutaria foral general geral federal")

// ofYear takes in "of 2020", "de 1999", "du 10 septembre 2018", "of 1 March 2003" behind a number.
func (d *reader) ofYear(k, end int) int {
	if k+1 >= end || !d.toks[k].is("of", "de", "del", "du", "vom", "från") {
		if k+1 < end && d.toks[k].is(",") && year(d.toks[k+1].low) > 0 && !(k+2 < end && d.toks[k+2].kind == number) {
			return k + 2
		}
		return k
	}
	if year(d.toks[k+1].low) > 0 {
		return k + 2
	}
	if romance[d.lex.code] {
		if _, to, ok := d.dateAt(k+1, end); ok && d.toks[k].low != "del" {
			return to
		}
	}
	return k
}

// codeAfter reads the number of a law at j: 12, No. 26, 2008/115/EC, C-31, 217 A (III), 2334 (2016), 13.445/2017, 2018-778. said reports "No.".
func (d *reader) codeAfter(j, end int) (k int, said, ok bool) {
	k = j
	if k < end && d.toks[k].is("no", "nos", "núm", "num", "n", "nº", "n°", "nr", "número", "numéro", "no.", "number") {
		k++
		for k < end && d.toks[k].is(".", "°", "º", "o") {
			k++
		}
		said = true
	}
	if k >= end {
		return j, false, false
	}
	gap := func(a, b int) bool { return d.toks[b].a == d.toks[a].b }
	if t := d.toks[k]; t.kind == word && t.b-t.a <= 2 && d.capital(k) && k+2 < end && isDash(d.toks[k+1].low) && gap(k, k+1) && d.toks[k+2].kind == number && gap(k+1, k+2) {
		return k + 3, said, true // C-31
	}
	if d.toks[k].kind != number || d.toks[k].a-d.toks[max(k-1, 0)].b > 2 || k > 0 && countBreaks(d.s[d.toks[k-1].b:d.toks[k].a]) > 1 {
		return j, false, false
	}
	if _, _, dated := d.plainDate(k, end); dated && !said {
		return j, false, false
	}
	if year(d.toks[k].low) > 0 && !said && !(k+1 < end && d.toks[k+1].is("/", "-", ":")) && !strings.Contains(d.toks[k].low, ".") {
		if n := atoi(d.toks[k].low); n > 1900 && n < 2100 && !(k+1 < end && d.toks[k+1].is("(")) {
			return j, false, false // Act 1998
		}
	}
	k++
	for k+1 < end && (d.toks[k].is("/") || isDash(d.toks[k].low) || d.toks[k].is(":") && d.lex == swedish) && gap(k-1, k) && gap(k, k+1) {
		t := d.toks[k+1]
		if t.kind != number && !(t.kind == word && t.is("ec", "eu", "eec", "ce", "ue", "eg", "jha", "euratom", "jai", "cee")) {
			break
		}
		k += 2
	}
	if k+2 < end && d.toks[k].kind == word && d.toks[k].b-d.toks[k].a == 1 && d.capital(k) && d.toks[k+1].is("(") { // 217 A (III)
		k++
	}
	if k+2 < end && d.toks[k].is("(") && (year(d.toks[k+1].low) > 0 || roman(d.s[d.toks[k+1].a:d.toks[k+1].b])) && d.toks[k+2].is(")") {
		k += 3
	} else if k+4 < end && d.toks[k].is("(") && roman(d.s[d.toks[k+1].a:d.toks[k+1].b]) && isDash(d.toks[k+2].low) && d.toks[k+4].is(")") { // 1904 (S-VI)
		k += 5
	}
	return k, said, true
}

func (d *reader) lawAt(u unit, i int, titled bool) (shape, int, bool) {
	t := d.toks[i]
	next := func(k int) tok {
		if k < u.tb {
			return d.toks[k]
		}
		return tok{kind: mark}
	}
	make := func(a, b int) (shape, int, bool) {
		return shape{span: span{d.toks[a].a, d.toks[b-1].b}, head: a, law: true}, b, true
	}
	text := d.s[t.a:t.b]
	switch {
	case known[text] || joinedBill(text):
		return make(i, i+1)
	case t.is("arrangement", "initiative") && d.capital(i) && i > u.ta+1 && d.capital(i-1) && (t.low == "arrangement" || len(d.states) > 0) && !titled:
		a := i
		for a > u.ta && d.toks[a-1].kind == word && (d.capital(a-1) || d.toks[a-1].is("and", "on", "for", "of") && a-2 > u.ta && d.capital(a-2)) && onlyBlank(d.s[d.toks[a-1].b:d.toks[a].a]) && !d.lex.starters[d.toks[a-1].low] {
			a--
		}
		if a < i {
			return make(a, i+1)
		}
	case t.low == "h.r." || billMarks[t.low] && text == strings.ToUpper(text):
		k := i + 1
		if next(k).low == "." {
			k++
		}
		if e, _, ok := d.codeAfter(k, u.tb); ok && next(k).kind == number && strings.Trim(next(k).low, "0123456789") == "" && len(next(k).low) <= 5 && next(k).a-d.toks[k-1].b <= 2 {
			return make(i, e)
		}
	case text == "S" && next(i+1).low == "." && next(i+2).kind == number && strings.Trim(next(i+2).low, "0123456789") == "" && len(next(i+2).low) >= 2 && next(i+1).a == t.b && next(i+2).a-next(i+1).b <= 1:
		return make(i, i+3) // S. 744
	case t.is("proposition", "prop") && d.capital(i):
		k := i + 1
		if next(k).low == "." {
			k++
		}
		if next(k).kind == number && len(next(k).low) <= 4 {
			return make(i, k+1)
		}
	case text == "EO" || t.low == "executive" && next(i+1).low == "order" && d.capital(i):
		k := i + 1
		if t.low == "executive" {
			k++
		}
		if next(k).is("no", "no.") {
			k++
			if next(k).low == "." {
				k++
			}
		}
		if next(k).kind == number {
			return make(i, k+1)
		}
	case t.is("unscr", "unsc", "unga"):
		k := i + 1
		if resolutionWords[next(k).low] {
			k++
		}
		if e, _, ok := d.codeAfter(k, u.tb); ok {
			return make(i, e)
		}
	case t.is("public") && next(i+1).low == "law" && next(i+2).kind == number:
		e, ok := d.numberAfter(i+2, u.tb)
		if ok {
			return make(i, e)
		}
	case t.low == "title" && d.capital(i) && i+1 < u.tb && next(i+1).a-t.b == 1 && (next(i+1).kind == number && len(next(i+1).low) <= 2 || next(i+1).kind == word && roman(d.s[next(i+1).a:next(i+1).b])) && !next(i+2).is("of", "("):
		return make(i, i+2) // Title IX
	case t.low == "general" && next(i+1).is("comment", "recommendation", "comments") && (d.capital(i+1) || next(i+2).is("no", "no.")):
		if e, _, ok := d.codeAfter(i+2, u.tb); ok {
			return make(i, e)
		}
	case t.low == "opinion" && i > u.ta && d.toks[i-1].low == "advisory":
		if e := d.byBodyOn(i+1, u.tb); e > i+1 {
			return make(i-1, e)
		}
	case t.is("v", "vs", "versus") && i > u.ta && d.capital(i-1) && d.toks[i-1].kind == word && (startsLow(text) || text == "Vs"):
		return d.caseAt(u, i)
	case t.is("v", "vs") && i > u.ta && i+2 < u.tb && d.toks[i-1].kind == mark && d.toks[i-1].low == "." && startsLow(text):
		return d.caseAt(u, i)
	case t.is("statement", "declaration", "report") && startsLow(text) && next(i+1).low == "by" && next(i+2).low == "the":
		k := i + 3
		for next(k).kind == word && d.capital(k) && k < i+9 {
			k++
		}
		if k > i+3 && next(k).is("on", "of") && k+1 < u.tb {
			if day, to, ok := d.dateAt(k+1, u.tb); ok && day.iso != "" {
				return make(i, to)
			}
		}
	case t.is("bill", "act", "law") && startsLow(text) && i > u.ta+1 && d.capital(i-1) && d.toks[i-1].kind == word && onlyBlank(d.s[d.toks[i-1].b:t.a]):
		p := d.toks[i-1]
		if noBill[p.low] || len(d.hitsIn(p.span)) > 0 || d.lex.starters[p.low] || demonym(p.low) || allCaps(d.s[p.a:p.b]) && len(p.low) < 4 || strings.HasSuffix(d.toks[i-2].low, ".") && d.toks[i-2].kind == mark {
			return shape{}, 0, false
		}
		a := i - 1
		for a > u.ta+1 && (d.toks[a-1].kind == word && d.capital(a-1) && !noBill[d.toks[a-1].low] && !d.lex.starters[d.toks[a-1].low] || isDash(d.toks[a-1].low) && d.toks[a-1].a == d.toks[a-2].b) && d.toks[a].a-d.toks[a-1].b <= 1 {
			a--
		}
		return make(a, i+1)
	case t.is("deal", "agreement", "agreements", "pact", "accord", "accords", "memorandum", "treaty", "statement", "convention", "conventions", "protocol", "protocols", "declaration") && i > u.ta && !titled:
		return d.pairAt(u, i)
	}
	return shape{}, 0, false
}

// pointed are heads in small letters that a year, a union or a people before them makes one text of.
var pointed = set("convention treaty agreement accord pact compact protocol declaration constitution charter covenant directive deal")

var unions = set("un eu ilo u.n. oas au osce echr nato asean ecowas african european inter-american")

// pointedAt reads a name in small letters at its head i: "the 1958 fisheries convention", "the UN harbour pact", "the Norwegian constitution".
func (d *reader) pointedAt(u unit, i int) (shape, int, bool) {
	t := d.toks[i]
	if d.lex != english || !pointed[t.low] || d.capital(i) {
		return shape{}, 0, false
	}
	a, found := i, false
	if t.low == "constitution" {
		a = d.ownerBefore(i, u.ta) // Kenya's constitution
		found = a < i
	}
	for k := i - 1; !found && k >= u.ta && k > i-5; k-- {
		w := d.toks[k]
		if !onlyBlank(d.s[w.b:d.toks[k+1].a]) {
			break
		}
		if w.kind == number && year(w.low) > 0 && k > u.ta && (d.lex.articles[d.toks[k-1].low] || d.toks[k-1].is("of", "under")) {
			a, found = k, true
			break
		}
		if w.kind != word || d.lex.finite[w.low] || enFinite[w.low] || d.lex.articles[w.low] || inside[w.low] || d.lex.starters[w.low] {
			break
		}
		if unions[w.low] && d.capital(k) && t.low != "constitution" && k > u.ta && d.toks[k-1].is("the", "under", "of") && (k < i-1 || !t.is("agreement", "declaration", "deal", "treaty", "accord", "protocol")) {
			a, found = k, true
			break
		}
		if t.low == "constitution" && k == i-1 && (d.capital(k) && (demonym(w.low) || d.names.peopleOf(w.low)) || len(d.hitsIn(w.span)) > 0 && d.hitsIn(w.span)[0].kind == KindParty) {
			a, found = k, true
			break
		}
	}
	e := i + 1
	if t.low == "constitution" && !found && i+2 < u.tb && d.toks[i+1].low == "of" {
		for _, h := range d.hitsIn(span{d.toks[i+2].a, d.toks[u.tb-1].b}) {
			if h.kind == KindParty && h.a <= d.toks[min(i+3, u.tb-1)].a {
				_, e = d.tokensIn(h.span)
				found = true
			}
			break
		}
	}
	if !found {
		return shape{}, 0, false
	}
	if k := d.partiesAfter(e, u.tb); k > e {
		e = k
	}
	if e == i+1 && e < u.tb && d.toks[e].is("on", "against", "relating", "for") {
		if k := d.lowTail(e, u.tb); k > e+1 {
			e = k
		} else if k := d.capTail(i, e, u.tb); k > e+1 {
			e = k
		}
	}
	return shape{span: span{d.toks[a].a, d.toks[e-1].b}, head: i, open: e > i+1}, e, true
}

// byBodyOn reads "of the International Court of Justice of 9 July 2004" at token i; nothing where no body follows.
func (d *reader) byBodyOn(i, end int) int {
	k := i
	for k < end && d.toks[k].is("of", "by", "the") {
		k++
	}
	if k == i {
		return i
	}
	last := i
	for k < end && k < i+12 && (d.toks[k].kind == word && d.capital(k) || d.toks[k].is("of", "the", "on", "for") && last > i) {
		if d.capital(k) {
			last = k + 1
		}
		k++
	}
	if last < end && last > i && d.toks[last].is("of", "on") {
		if day, to, ok := d.dateAt(last+1, end); ok && day.iso != "" {
			return to
		}
	}
	return last
}

// caseAt reads the two sides of a court's case around the "v." at i.
func (d *reader) caseAt(u unit, i int) (shape, int, bool) {
	k := i + 1
	if k < u.tb && d.toks[k].low == "." && d.toks[k].a == d.toks[i].b {
		k++
	}
	if k >= u.tb || d.toks[k].kind != word || !d.capital(k) && d.toks[k].low != "the" {
		return shape{}, 0, false
	}
	a := i - 1
	for a > u.ta && (d.toks[a-1].kind == word && d.capital(a-1) || d.toks[a-1].is("of", "&", ".", "de", "and", "et", "y", "e") || d.toks[a-1].kind == possessive) && a > i-8 && onlyBlank(d.s[d.toks[a-1].b:d.toks[a].a]) && (!d.lex.starters[d.toks[a-1].low] || d.toks[a-1].is("and", "y", "e", "et")) {
		if d.toks[a-1].low == "." && (a-2 < u.ta || d.toks[a-1].a-d.toks[a-2].a > 4) {
			break
		}
		if d.toks[a-1].is("and", "et", "y", "e") && !d.toks[a].is("others", "autres", "otros", "outros", "al") {
			break
		}
		if d.toks[a-1].is("case", "caso") {
			break
		}
		a--
	}
	for a < i-1 && !d.capital(a) {
		a++
	}
	e := k
	for e < u.tb && e < k+7 && d.toks[e].kind == word && (d.capital(e) || d.toks[e].is("of", "the", "de") && e+1 < u.tb && d.capital(e+1)) && onlyBlank(d.s[d.toks[max(e-1, 0)].b:d.toks[e].a]) {
		e++
	}
	if e+1 < u.tb && d.toks[e].is("and") && d.toks[e+1].is("others") {
		e += 2
	}
	if e == k {
		return shape{}, 0, false
	}
	return shape{span: span{d.toks[a].a, d.toks[e-1].b}, head: a, law: true}, e, true
}

// pairAt reads what two parties, or a place, made: "the EU-Turkey deal", "the Italy-Libya Memorandum", "the Minsk agreements".
func (d *reader) pairAt(u unit, i int) (shape, int, bool) {
	t, p := d.toks[i], d.toks[i-1]
	make := func(a int) (shape, int, bool) {
		e := i + 1
		if t.low == "memorandum" && e+1 < u.tb && d.toks[e].low == "of" && d.toks[e+1].low == "understanding" {
			e += 2
		}
		if t.low == "declaration" && e+3 < u.tb && d.toks[e].low == "and" && d.toks[e+1].is("plan", "programme", "program", "platform") && d.toks[e+2].is("of", "for") && d.toks[e+3].low == "action" {
			e += 4
		}
		return shape{span: span{d.toks[a].a, d.toks[e-1].b}, head: i, law: true}, e, true
	}
	if p.kind != word || !d.capital(i-1) || !onlyBlank(d.s[p.b:t.a]) {
		return shape{}, 0, false
	}
	if strings.ContainsAny(d.s[p.a:p.b], "-‐‑") && p.low != "anti-" && d.pairOfNames(p) {
		return make(i - 1)
	}
	if i-3 >= u.ta && isDash(d.toks[i-2].low) && d.capital(i-3) && d.toks[i-2].a == d.toks[i-3].b && p.a == d.toks[i-2].b {
		return make(i - 3)
	}
	if d.capital(i) || t.is("deal", "statement", "memorandum", "pact", "treaty") {
		return shape{}, 0, false
	}
	// "the Minsk agreements": one word in capitals, no party, no people, behind an article.
	if noBill[p.low] || bodyNouns[p.low] || d.lex.starters[p.low] || demonym(p.low) || isMonth(p.low) || len(d.hitsIn(p.span)) > 0 || i-2 < u.ta || !d.toks[i-2].is("the", "of", "under", "and") || allCaps(d.s[p.a:p.b]) || heads[p.low] || d.lex.offices[p.low] || holders[p.low] {
		return shape{}, 0, false
	}
	return make(i - 1)
}

// joinedBill reports a bill's number written as one word: HR4437, SB1070.
func joinedBill(s string) bool {
	for _, m := range []string{"HR", "SB", "AB", "HB", "SJR", "HJR"} {
		if rest, ok := strings.CutPrefix(s, m); ok && len(rest) >= 2 && len(rest) <= 5 && strings.Trim(rest, "0123456789") == "" {
			return true
		}
	}
	return false
}

// noBill are words in capitals before "bill" and "law" that name no bill.
var noBill = set("senate house congress congressional republican democratic federal state parliament assembly council city council european sharia islamic common roman jewish catholic the this that gop assembly government international human house-passed martial")

// demonym reports words that end as those for a people do.
func demonym(w string) bool {
	for _, end := range []string{"ian", "ish", "ese", "can", "ean", "nch", "eek", "iss", "ani", "raqi", "aeli"} {
		if strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}

// pairOfNames reports "EU-Turkey": two words in capitals joined by a hyphen.
func (d *reader) pairOfNames(t tok) bool {
	parts := strings.FieldsFunc(d.s[t.a:t.b], func(r rune) bool { return r == '-' || r == '‐' || r == '‑' })
	if len(parts) != 2 {
		return false
	}
	return !startsLow(parts[0]) && !startsLow(parts[1]) && len(parts[1]) > 1
}
