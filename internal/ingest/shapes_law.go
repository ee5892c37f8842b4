package ingest

import "strings"

// known are abbreviations of national programmes and agreements that texts use without their names.
var known = set("NSEERS DACA DAPA NAFTA USMCA GDPR IIRIRA DSGVO RGPD IRCA VAWA NDAA")

// laws returns the instruments that numbers, abbreviations and the form of a court's case tell: H.R. 4437, SB 4, Executive Order 13769,
// Resolution 71/1, Doe v. Ruritania, the EU-Turkey deal.
func (d *reader) laws() []shape {
	var list []shape
	for _, u := range d.units {
		if u.role == signature || u.role == contactRole || u.role == embargoRole || u.role == boilerplate {
			continue
		}
		for i := u.ta; i < u.tb; i++ {
			if t := d.toks[i]; t.kind != word || !lawWords[t.low] && !(t.b-t.a <= 8 && t.b-t.a >= 4 && d.s[t.a] >= 'A' && d.s[t.a] <= 'Z' && (known[d.s[t.a:t.b]] || joinedBill(d.s[t.a:t.b]))) {
				continue
			}
			if s, to, ok := d.lawAt(u, i); ok {
				list = append(list, s)
				i = to - 1
			}
		}
	}
	return list
}

// lawWords are the words by which lawAt tells something.
var lawWords = set("h.r. hr hb sb ab sjr hjr acr scr hres sres ar lb cb hf sf s proposition prop executive unscr unsc unga public resolution resolutions resolución resoluciones résolution résolutions resolução resoluções " +
	"v vs versus statement declaration report bill act law deal agreement pact accord memorandum treaty arrangement initiative")

var billMarks = set("hr hb sb ab sjr hjr acr scr hres sres ar lb cb hf sf")

func (d *reader) lawAt(u unit, i int) (shape, int, bool) {
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
	case t.kind != word:
		return shape{}, 0, false
	case known[text] || joinedBill(text):
		return make(i, i+1)
	case t.is("arrangement", "initiative") && d.capital(i) && i > u.ta+1 && d.capital(i-1) && (t.low == "arrangement" || len(d.states) > 0) && !d.titleCase(u):
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
		if next(k).kind == number && strings.Trim(next(k).low, "0123456789") == "" && len(next(k).low) <= 5 && next(k).a-d.toks[k-1].b <= 2 {
			return make(i, k+1)
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
	case t.low == "executive" && next(i+1).low == "order" && d.capital(i):
		k := i + 2
		if next(k).is("no", "no.") {
			k++
			if next(k).low == "." {
				k++
			}
		}
		if next(k).kind == number {
			return make(i, k+1)
		}
	case t.is("unscr", "unsc", "unga") && next(i+1).kind == number:
		e, _ := d.numberAfter(i+1, u.tb)
		return make(i, e)
	case t.is("public") && next(i+1).low == "law" && next(i+2).kind == number:
		e, ok := d.numberAfter(i+2, u.tb)
		if ok {
			return make(i, e)
		}
	case t.is("resolution", "resolutions", "resolución", "resoluciones", "résolution", "résolutions", "resolução", "resoluções"):
		k, ok := d.numberAfter(i+1, u.tb)
		if !ok || !strings.Contains(d.s[d.toks[i+1].a:d.toks[k-1].b], "/") && len(strings.TrimFunc(d.toks[k-1].low, func(r rune) bool { return r < '0' || r > '9' })) < 3 && !d.toks[k-1].is(")") {
			return shape{}, 0, false
		}
		a := i
		for a > u.ta && (d.toks[a-1].kind == word && d.capital(a-1) && !d.lex.articles[d.toks[a-1].low] && !d.lex.starters[d.toks[a-1].low] || d.toks[a-1].kind == possessive && a > u.ta+1 && d.capital(a-2)) && onlyBlank(d.s[d.toks[a-1].b:d.toks[a].a]) {
			a--
		}
		return make(a, d.ofBody(k, u.tb))
	case t.is("v", "vs", "versus") && i > u.ta && d.capital(i-1) && d.toks[i-1].kind == word && startsLow(text):
		k := i + 1
		if next(k).low == "." && next(k).a == t.b {
			k++
		}
		if next(k).kind != word || !d.capital(k) && next(k).low != "the" {
			return shape{}, 0, false
		}
		a := i - 1
		for a > u.ta && (d.toks[a-1].kind == word && d.capital(a-1) || d.toks[a-1].is("of", "&", ".", "de") || d.toks[a-1].kind == possessive) && a > i-8 && onlyBlank(d.s[d.toks[a-1].b:d.toks[a].a]) && !d.lex.starters[d.toks[a-1].low] {
			if d.toks[a-1].low == "." && (a-2 < u.ta || d.toks[a-1].a-d.toks[a-2].a > 4) {
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
		if e > k {
			return make(a, e)
		}
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
	case t.is("deal", "agreement", "pact", "accord", "memorandum", "treaty", "statement") && startsLow(text) && i > u.ta:
		p := d.toks[i-1]
		if p.kind == word && strings.ContainsAny(d.s[p.a:p.b], "-‐‑") && d.capital(i-1) && p.low != "anti-" && d.pairOfNames(p) {
			return make(i-1, i+1)
		}
		if i-3 >= u.ta && isDash(d.toks[i-2].low) && d.capital(i-1) && d.capital(i-3) && d.toks[i-2].a == d.toks[i-3].b && d.toks[i-1].a == d.toks[i-2].b {
			return make(i-3, i+1)
		}
	}
	return shape{}, 0, false
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
