package ingest

import (
	"slices"
	"strings"
)

// readIssuers enters how the issuers speak of themselves: "We, the undersigned organisations,", "As US civil society organizations … we",
// "The undersigned …", "Statement by …".
func (d *reader) readIssuers() {
	for _, s := range d.sents {
		if p, c, ok := d.selfDescribed(s); ok && !d.governs(p) {
			d.addIssuer(p, c)
		}
	}
	if t := d.out.Title; t != nil && len(d.states) == 0 {
		for _, u := range d.units {
			if u.role != head || d.points.of(u.a) != t.Start {
				continue
			}
			for i := u.ta; i+2 < u.tb; i++ {
				if d.toks[i].is("statement", "communiqué", "communique", "letter", "declaración", "déclaration", "declaração", "erklärung", "uttalande") && (d.toks[i+1].is("by", "from", "von", "från") || d.toks[i+1].is("of", "de", "des") && i+3 < u.tb && d.has(d.lex.bodies, i+2, min(i+6, u.tb))) {
					end := i + 2
					for end < u.tb && !d.toks[end].is("on", "regarding", "calling", "concerning", "at", "about", "ahead", "sobre", "sur", "zu") && d.toks[end].kind != mark || end < u.tb && d.toks[end].is(",", "&") {
						end++
					}
					d.addIssuer(d.nounSpan(i+2, end), Medium)
					break
				}
			}
			break
		}
	}
	slices.SortStableFunc(d.out.Issuers, func(a, b Entry) int { return a.Start - b.Start })
}

func (d *reader) addIssuer(p span, c Confidence) {
	for _, the := range []string{"the ", "The ", "las ", "Las ", "los ", "Los ", "les ", "Les ", "as ", "As ", "os ", "Os ", "die ", "Die "} {
		if strings.HasPrefix(d.s[p.a:p.b], the) {
			p.a += len(the)
			break
		}
	}
	if p.b <= p.a {
		return
	}
	text := d.s[p.a:p.b]
	for _, o := range d.out.Issuers {
		if strings.EqualFold(o.Text, text) {
			return
		}
	}
	d.out.Issuers = append(d.out.Issuers, d.entry(p, c))
}

// governs reports whether p holds one of the governments that issue the text, which are issuers one by one.
func (d *reader) governs(p span) bool {
	for _, s := range d.states {
		if p.overlaps(s) {
			return true
		}
	}
	return d.countParties(p) > 1 && len(d.states) > 0
}

var as = set("as como en enquanto als comme")

// narrowed are words behind a noun that say what it does, and are not who it is.
var narrowed = set("gathered gathering meeting assembled convened who that which working write call urge express welcome wish are have will present reunidas reunidos réunis réunies reunidas que qui die " +
	"we nous nosotros wir nós strongly condemn join demand join stand")

func (d *reader) selfDescribed(s sentence) (span, Confidence, bool) {
	i := s.ta
	t := d.toks[i]
	var from int
	var c Confidence
	switch {
	case d.lex.subjects[t.low] && i+1 < s.tb && d.toks[i+1].is(","):
		from, c = i+2, High
	case d.undersigned(i, min(i+6, s.tb)):
		from, c = i, High
	case as[t.low] && i+1 < s.tb:
		from, c = i+1, High
	default:
		// "… The undersigned organisations" behind an opening phrase.
		return span{}, "", false
	}
	end, found := from, false
	for end < s.tb && end < from+160 && !(end > from && narrowed[d.toks[end].low]) {
		if d.toks[end].is(",") && !d.listComma(end, s.tb) && !d.namesGoOn(end, s.tb) {
			break
		}
		if d.toks[end].is(":", ";", ".") {
			break
		}
		if low := d.toks[end]; found && low.kind == word && !d.capital(end) && d.lex.bodies[d.toks[end-1].low] && !d.lex.bodies[low.low] && !inside[low.low] {
			break // its verb
		}
		found = found || d.lex.bodies[d.toks[end].low] || d.toks[end].is("governments", "heads", "chefs", "chefes", "jefes", "members", "states", "ministers", "leaders")
		end++
	}
	if from == i+1 {
		said := false
		for k := end; k < s.tb && k < end+30; k++ {
			said = said || d.lex.subjects[d.toks[k].low] || d.lex.code == "es" || d.lex.code == "pt"
		}
		if !said || !found {
			return span{}, "", false
		}
	} else if !found && d.countParties(span{d.toks[from-1].b, d.toks[max(end-1, from-1)].b}) == 0 {
		return span{}, "", false
	}
	return d.nounSpan(from, end), c, true
}

var signing = set("undersigned firmantes soussignées soussignés signatárias signatários abaixo-assinadas abaixo-assinados unterzeichnenden")

// undersigned reports "The undersigned …" and "Las organizaciones abajo firmantes …" in tokens i to end.
func (d *reader) undersigned(i, end int) bool {
	if !d.lex.articles[d.toks[i].low] && !signing[d.toks[i].low] {
		return false
	}
	for ; i < end; i++ {
		if signing[d.toks[i].low] {
			return true
		}
	}
	return false
}

// namesGoOn reports whether a word in capitals follows the comma at i: Barbados, Belize, the Republic of Chile, and Peru.
func (d *reader) namesGoOn(i, end int) bool {
	for i++; i < end && (d.toks[i].is("and", "y", "e", "et", "und", "or", "co-operative", "de", "do", "da", "des", "du", "dos", "del") || d.lex.articles[d.toks[i].low]); i++ {
	}
	return i < end && d.toks[i].kind == word && d.capital(i)
}

func (d *reader) countParties(p span) int {
	n := 0
	for _, h := range d.hitsIn(p) {
		if h.kind == KindParty {
			n++
		}
	}
	return n
}
