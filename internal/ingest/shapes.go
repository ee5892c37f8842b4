package ingest

import "strings"

// heads are the words that name what an instrument is, in English, Spanish, French and Portuguese. German ones, which end compounds, are in
// shapes_de.go.
var heads = set("declaration declarations compact compacts agenda convention conventions covenant covenants protocol protocols charter treaty treaties agreement agreements pact statute accord accords principles guidelines " +
	"act acts bill directive regulation constitution amendment memorandum ordinance code roadmap communiqué " +
	"declaración pacto pactos convención convenciones convenio convenios protocolo protocolos carta tratado acuerdo acuerdos estatuto principios directrices marco ley leyes código directiva reglamento constitución decreto " +
	"déclaration pacte pactes traité charte accord statut protocole protocoles principes cadre loi lois règlement décret " +
	"declaração convenção convenções tratado acordo acordos princípios diretrizes lei leis diretiva regulamento constituição " +
	"programme program programa plan platform framework")

// actionHeads are heads only before "of Action", "for Action" and the like; a framework also behind a name in capitals, a programme also
// before a year.
var actionHeads = set("programme program programa plan platform framework")

// lawHeads are heads whose name stands before them and may hold small words: "Freedom of Information Act", "Protection and Solutions Framework".
var lawHeads = set("act acts bill framework agreement agreements")

// namedHeads are no heads where nothing but the head and small letters stands there.
var namedHeads = set("act acts bill code roadmap memorandum amendment framework marco cadre carta ley lei loi leyes leis lois principles guidelines principios directrices principes diretrizes princípios communiqué constitution constitución constituição decreto décret")

// opens are the words that may follow a head and go on with its name.
var opens = set("on for of against to relating concerning regarding with sobre para contra de del relativo relativa relativos relativas sur pour relatif relative relatifs relatives à contre des du da do dos das concernant visant")

// inside are the words in lower case that a name may hold, never at its end.
var inside = set("on for of against to relating concerning regarding among between with and or in the its their all at by from as de del la las los el y e sobre para contra relativo relativa a al sus su " +
	"sur pour relatif relative à contre des du et les le d l aux au leurs da do dos das ao aos os o as à às no na nos nas em ou u dans")

// demonstratives do not belong to a name at the start of a sentence, where they have a capital.
var demonstratives = set("the this these that those our their its his her esta este estas estos nuestra nuestro la el los las cette ce ces notre le les essa esse nossa nosso o a os as diese dieser unsere")

// own are the words by which a text speaks of itself: "this Declaration".
var own = set("this present esta este presente cette ce présente présent diese")

// A shape is an instrument's name found by how it is written: a head with what stands before and behind it.
type shape struct {
	span
	head int  // token of the head
	open bool // small letters go on behind it, as French and Spanish names do: its end is not sure
	bare bool // nothing but the head, and perhaps "process" behind it
	law  bool // found by a number, an abbreviation or the form of a case
}

// shapes returns the instruments' names in units of prose, headings and titles, by their shape.
func (d *reader) shapes() []shape {
	if d.lex == german {
		return d.germanShapes()
	}
	var list []shape
	for _, u := range d.units {
		if u.role == boilerplate || u.role == signature || u.role == contactRole || u.role == embargoRole || u.tb <= u.ta {
			continue
		}
		if line := d.s[u.a:u.b]; allCaps(line) || d.titleCase(u) && u.words > 3 {
			continue // capitals tell nothing here; the list of names, and names found elsewhere, still do
		}
		free := u.ta
		for i := u.ta; i < u.tb; i++ {
			t := d.toks[i]
			if t.kind != word || !heads[t.low] || !d.capital(i) && !d.lowHead(i, u.tb) || i < free || i > u.ta && own[d.toks[i-1].low] {
				continue
			}
			a := d.leftOf(i, max(u.ta, free))
			if actionHeads[t.low] && !(i+2 < u.tb && d.toks[i+1].is("of", "for", "de", "d") && d.has(actions, i+2, min(i+4, u.tb))) &&
				!(t.low == "framework" && a < i-1) && !(i+1 < u.tb && year(d.toks[i+1].low) > 0) {
				continue
			}
			b, open := d.rightOf(i, u.tb), false
			if b == i+1 && !romance[d.lex.code] {
				if e := d.lowRight(i, u.tb); e > b {
					b, open = e, true
				}
			}
			if romance[d.lex.code] {
				b, open = d.romanceRight(i, u.tb)
			}
			if b < u.tb && d.toks[b].kind == word && d.capital(b) && onlyBlank(d.s[d.toks[b-1].b:d.toks[b].a]) {
				continue // a Convention Centre
			}
			s := shape{span: span{d.toks[a].a, d.toks[b-1].b}, head: i, bare: a == i && b == i+1, open: open}
			if t.is("carta", "lettre") && i+1 < u.tb && d.toks[i+1].is("abierta", "aberta", "ouverte") {
				continue
			}
			// "Declaration and Programme of Action", "General Principles and Operational Guidelines for"
			if k := b; k+1 < u.tb && d.toks[k].is("and", "y", "et", "e") {
				for j := k + 1; j < u.tb && j < k+4 && d.toks[j].kind == word && d.capital(j); j++ {
					if h := d.toks[j].low; actionHeads[h] && j+1 < u.tb && opens[d.toks[j+1].low] && !s.bare || softHeads[h] && softHeads[t.low] {
						if b = d.rightOf(j, u.tb); romance[d.lex.code] {
							b, s.open = d.romanceRight(j, u.tb)
						}
						s.b, s.bare = d.toks[b-1].b, false
						break
					}
				}
			}
			if t.low == "acts" && b == i+1 && a < i && b < u.tb && d.toks[b].kind == word && !d.capital(b) {
				s.b-- // "the Voting Rights Acts provisions", its apostrophe lost
			}
			if t.low == "memorandum" && a == i && b == i+3 || softHeads[t.low] && b == i+1 && (a == i || a == u.ta || !d.lex.articles[d.toks[a-1].low]) || t.is("regulation", "directive") && b == i+1 {
				continue // a memorandum of understanding, shared principles
			}
			if s.bare {
				if b < u.tb && d.toks[b].is("process", "talks", "negotiations") {
					s.b = d.toks[b].b
				}
			}
			list = append(list, s)
			free = b
		}
	}
	return list
}

var actions = set("action acción ação")

// softHeads join to one name: "Principles and Guidelines".
var softHeads = set("principles guidelines principios directrices princípios diretrizes principes directives")

var romance = map[string]bool{"es": true, "fr": true, "pt": true}

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
		if t.kind == possessive && a-2 >= from && d.toks[a-2].kind == word && d.capital(a-2) && len(d.hitsIn(d.toks[a-2].span)) == 0 {
			a -= 2
			continue
		}
		opening := a-1 == from || d.toks[a-2].kind == mark && !d.toks[a-2].is(",", "(", "-")
		if t.kind != word || !d.capital(a-1) || opening && (demonstratives[t.low] || inside[t.low] || d.lex.articles[t.low] || d.lex.starters[t.low]) {
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
	k := a - 1
	for k > from && d.toks[k].is("of", "and", "for", "against", "in", "the", "to", "on", "from") && k > a-3 {
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
	for j > from && d.toks[j-1].kind == word && d.capital(j-1) && !heads[d.toks[j-1].low] {
		j--
	}
	if j > from && d.toks[j-1].is("-", "–") && d.toks[j-1].b == d.toks[j].a {
		return k // "U.S.-Ruritania Trade and Investment Framework Agreement"
	}
	if j == from || !d.lex.articles[d.toks[j-1].low] && !d.toks[j-1].is("the", "a", "under", "by", "by", "with") {
		return a
	}
	return k
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
	if j >= end || !opens[d.toks[j].low] || d.toks[j].low == "to" && !d.toks[i].is("protocol", "protocols") {
		return last
	}
	for ; j < end; j++ {
		t := d.toks[j]
		switch {
		case t.kind == word && d.capital(j) && !isMonth(t.low):
			if d.startsOther(i, j, end) || d.startsListed(i, j) {
				return last
			}
			last = j + 1
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
	if !d.toks[i].is("convention", "protocol", "treaty", "covenant", "compact", "directive", "charter") || j+1 >= end || !d.toks[j].is("on", "against", "relating", "concerning") {
		return j
	}
	last := i + 1
	for k := j + 1; k < end && k < j+18; k++ {
		t := d.toks[k]
		if t.kind == possessive || t.kind != word || d.capital(k) || d.lex.finite[t.low] || enFinite[t.low] || t.is("to", "by", "at", "as", "in", "adopted", "signed", "ratified", "when", "until", "after", "before", "since", "today", "without", "whether", "how", "so", "but", "its", "monday", "from") {
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
