package ingest

import "strings"

// heads are the words that name what an instrument is, in English, Spanish, French and Portuguese.
var heads = set("declaration compact compacts agenda convention conventions covenant covenants protocol protocols charter treaty treaties agreement pact statute accord accords principles guidelines " +
	"declaración pacto convención convenio convenios protocolo carta tratado acuerdo estatuto principios " +
	"déclaration pacte conventions traité charte accord statut protocole principes " +
	"declaração convenção tratado acordo protocolo estatuto princípios " +
	"programme program plan platform framework")

// actionHeads are heads only before "of Action", "for Action" and the like.
var actionHeads = set("programme program plan platform framework")

// opens are the words that may follow a head and go on with its name.
var opens = set("on for of against to relating concerning regarding among between with sobre para contra de del relativo relativa sur pour relatif relative à contre des du da do dos das")

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
}

// shapes returns the instruments' names in units of prose, headings and titles, by their shape.
func (d *reader) shapes() []shape {
	var list []shape
	for _, u := range d.units {
		if u.role == signature || u.role == contactRole || u.role == embargoRole || u.tb <= u.ta {
			continue
		}
		if line := d.s[u.a:u.b]; allCaps(line) || d.titleCase(u) && u.words > 3 {
			continue // capitals tell nothing here; the list of names, and names found elsewhere, still do
		}
		free := u.ta
		for i := u.ta; i < u.tb; i++ {
			t := d.toks[i]
			if t.kind != word || !heads[t.low] || !d.capital(i) || i < free || i > u.ta && own[d.toks[i-1].low] {
				continue
			}
			if actionHeads[t.low] && !(i+2 < u.tb && d.toks[i+1].is("of", "for", "de") && d.toks[i+2].is("action", "acción", "ação")) {
				continue
			}
			a := d.leftOf(i, max(u.ta, free))
			b := d.rightOf(i, u.tb)
			if b < u.tb && d.toks[b].kind == word && d.capital(b) && onlyBlank(d.s[d.toks[b-1].b:d.toks[b].a]) {
				continue // a Convention Centre
			}
			s := shape{span: span{d.toks[a].a, d.toks[b-1].b}, head: i, bare: a == i && b == i+1}
			s.open = !s.bare && b+1 < u.tb && d.lex.code != "en" && opens[d.toks[b].low] && startsLow(d.s[d.toks[b+1].a:])
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

// leftOf returns the first token of the name whose head is at i: words in capitals, a number, "Council of Europe".
func (d *reader) leftOf(i, from int) int {
	a := i
	for a > from {
		t := d.toks[a-1]
		adjoins := onlyBlank(d.s[t.b:d.toks[a].a])
		if !adjoins {
			break
		}
		if t.kind == number && (year(t.low) > 0 || len(t.low) <= 3) && a == i {
			a--
			continue
		}
		opening := a-1 == from || d.toks[a-2].kind == mark && !d.toks[a-2].is(",", "(", "-")
		if t.kind != word || !d.capital(a-1) || opening && (demonstratives[t.low] || inside[t.low] || d.lex.articles[t.low] || d.lex.starters[t.low]) {
			if t.low == "of" && a-2 >= from && d.toks[a-2].is("council", "organization", "organisation", "league") && d.capital(a-2) {
				a -= 2
				continue
			}
			break
		}
		a--
	}
	for a < i && (d.lex.subjects[d.toks[a].low] || d.lex.finite[d.toks[a].low]) {
		a++
	}
	return a
}

func onlyBlank(s string) bool { return strings.TrimSpace(s) == "" && countBreaks(s) < 2 }

// rightOf returns the token after the name whose head is at i. Behind the head come a word of opens and words in capitals, joined by small
// words and commas; a name that starts after "and" or a comma is another one.
func (d *reader) rightOf(i, end int) int {
	last := i + 1 // the token after the last that surely belongs to the name
	j := i + 1
	if j < end && d.toks[j].kind == number && (year(d.toks[j].low) > 0 || len(d.toks[j].low) <= 3) {
		return j + 1 // Convention 143
	}
	if j >= end || !opens[d.toks[j].low] || d.toks[j].low == "to" && !d.toks[i].is("protocol", "protocols") {
		return last
	}
	for ; j < end; j++ {
		t := d.toks[j]
		switch {
		case t.kind == word && d.capital(j) && !isMonth(t.low):
			if d.startsOther(i, j, end) {
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
		default:
			return last
		}
		if j-last > 4 {
			return last
		}
	}
	return last
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
