package ingest

import "strings"

var demandWords = set("demands demand recommendations asks demandas exigencias exigimos demandamos peticiones recomendaciones revendications exigences demandes recommandations demandons exigeons exigências reivindicações recomendações " +
	"forderungen fordern empfehlungen krav kräver rekommendationer appel llamamos pedimos")

// readDemands enters the items of a list of demands under a heading of its own: "Our demands:", "Exigimos:". A sentence that ends with a colon
// and asks is read with the sentences.
func (d *reader) readDemands() {
	for k := 0; k+1 < len(d.units); k++ {
		u := d.units[k]
		if u.role != body && u.role != head || u.words > 12 || u.marked || u.stopped {
			continue
		}
		verb := -1
		for i := u.ta; i < u.tb; i++ {
			if demandWords[d.toks[i].low] {
				verb = i
			}
		}
		if verb < 0 || !(d.units[k+1].marked || d.toWhom(k+1)) || d.units[k+1].role != body {
			continue
		}
		for n := k + 1; n < len(d.units) && d.units[n].role == body && (d.units[n].marked || d.toWhom(n)); n++ {
			if !d.units[n].marked {
				continue
			}
			p := d.closing(d.units[n].span)
			if d.taking(p) || d.units[n].words < 2 {
				continue
			}
			d.take(p)
			d.out.Calls = append(d.out.Calls, Call{Verb: d.s[d.toks[verb].a:d.toks[verb].b], Entry: d.entry(p, Medium)})
		}
	}
}

// toWhom reports a line such as "To the Port Authority:" between the items of a list of demands.
func (d *reader) toWhom(n int) bool {
	u := d.units[n]
	return n+1 < len(d.units) && d.units[n+1].marked && u.words <= 14 && !u.stopped && (d.toks[u.tb-1].low == ":" || d.toks[u.ta].is("to", "a", "al", "à", "au", "aux", "an", "til", "till", "para")) &&
		(d.lex.preps[d.toks[u.ta].low] || d.toks[u.ta].is("to", "for", "an", "till", "para") || d.has(obliged, u.ta, u.tb))
}

// notBefore are words before a verb of the title that make a noun of it: "a call for", "our demand".
var notBefore = set("to a an the our this that joint open urgent of for in on with and's your their rally action collective final first last public")

// readTitleCalls enters what the title and the lines beneath it ask: "70 groups urge Parliament to …", "Example Network calls on Ruritania to …".
func (d *reader) readTitleCalls() {
	if d.lex != english {
		return
	}
	for _, u := range d.units {
		if u.role != head || u.words < 5 {
			continue
		}
		s := sentence{u.span, u.ta, u.tb, 0}
		for i := u.ta + 1; i < u.tb; i++ {
			var verb *callVerb
			to := i
			for _, k := range d.lex.callsAt[d.toks[i].low] {
				v := &d.lex.calls[k]
				if e, ok := v.words.at(d.toks, i, u.tb); ok && e > to && !v.noun && v.particle == "" {
					verb, to = v, e
				}
			}
			if verb == nil || to >= u.tb {
				continue
			}
			prev := d.toks[i-1]
			if notBefore[prev.low] || prev.kind == possessive || d.toks[i].is("want", "need", "expect", "look", "invite", "request", "ask", "warn", "asked", "press", "challenge") && !verb.third || prev.is(",", ":") {
				continue
			}
			// A plural or a name is the subject.
			plural := strings.HasSuffix(prev.low, "s") || prev.kind == word && d.capital(i-1) || prev.is("and", ")")
			if !plural || verb.direct && !verb.third && !strings.HasSuffix(prev.low, "s") && prev.low != "and" {
				continue
			}
			if prev.low == "and" && (!d.titleVerbBefore(u.ta, i) || d.has(set("to"), u.ta, i)) {
				continue
			}
			var who span
			if !verb.direct {
				deed := -1
				for k := to + 1; k < u.tb; k++ {
					if d.toks[k].low == "to" || d.toks[k].is("not") && k+1 < u.tb && d.toks[k+1].low == "to" {
						deed = k
						break
					}
				}
				if deed < 0 {
					continue
				}
				from := to
				for from < deed && d.lex.preps[d.toks[from].low] {
					from++
				}
				who = d.nounSpan(from, deed)
			}
			c := clause{start: i, verbEnd: to, verb: *verb, sure: Medium}
			p := d.clauseSpan(s, []clause{c}, 0)
			if d.taking(p) {
				break
			}
			d.take(p)
			d.addCall(c, p, who)
			break
		}
	}
}

// titleVerbBefore reports whether a verb of the title stands before i, so that "and" joins another to it.
func (d *reader) titleVerbBefore(from, i int) bool {
	for k := from + 1; k < i-1; k++ {
		if openVerbs[d.toks[k].low] || len(d.lex.callsAt[d.toks[k].low]) > 0 {
			return true
		}
	}
	return false
}

var (
	imperatives = set("call tell ask urge write contact demand email fax phone send sign petition pressure")
	// events are words of notices that ask the reader for nothing but to come or to inquire.
	events  = set("rsvp register information info tickets attend interview interviews reserve donate details")
	purpose = set("to asking urging demanding and that telling calling")
)

// imperativeAt reads "Call your member of Congress and ask …" at the start of a sentence: what the reader is asked to do about a commitment.
func (d *reader) imperativeAt(s sentence) (clause, bool) {
	if d.lex != english || s.tb-s.ta < 6 || !imperatives[d.toks[s.ta].low] || !d.capital(s.ta) {
		return clause{}, false
	}
	i := s.ta + 1
	for i < s.tb && i < s.ta+3 && d.toks[i].is("on", "the", "to", "upon", "that", "for", "a", "an", "letters") {
		i++
	}
	if i >= s.tb || d.toks[i].kind != word || d.has(events, i, s.tb) || !d.has(purpose, i, min(s.tb, i+22)) || d.lex.subjects[d.toks[i].low] {
		return clause{}, false
	}
	return clause{start: s.ta, verbEnd: s.ta + 1, verb: callVerb{words: phrase{d.toks[s.ta].low}, direct: true}, sure: Medium}, true
}

var needful = set("imperative essential vital crucial critical urgent necessary")

// needAt reads "it is imperative that coastal states …" at token i.
func (d *reader) needAt(s sentence, i int) (clause, bool) {
	if d.lex != english || i+5 >= s.tb || !d.toks[i].is("it") || !d.toks[i+1].is("is", "'s") || !needful[d.toks[i+2].low] || d.toks[i+3].low != "that" {
		return clause{}, false
	}
	for k := s.ta; k < i; k++ {
		if d.toks[k].is("that", "said", "says") {
			return clause{}, false
		}
	}
	return clause{start: i, verbEnd: i + 4, verb: callVerb{words: phrase{"it", "is"}, direct: true}, sure: Medium}, true
}

// duties are the words by which a text says what somebody has to do.
var duties = map[string]map[string]bool{
	"en": set("must should shall needs need ought has have"),
	"es": set("debe deben debería deberían deberá deberán tiene tienen"),
	"fr": set("doit doivent devrait devraient devra devront"),
	"pt": set("deve devem deveria deveriam deverá deverão precisa precisam tem têm"),
	"de": set("muss müssen soll sollen sollte sollten"),
	"sv": set("måste bör ska skall"),
}

// obliged are the words for those of whom something is asked. A state's name is one as well.
var obliged = set("government governments state states authorities administration eu union commission council parliament congress senate leaders president minister ministers countries members community nations parties companies corporations court courts police military army " +
	"lawmakers legislators senators donors institutions officials agencies signatories committee assembly secretariat un treasury department ministry prosecutor prosecutors employers platforms businesses banks governor mayor republic kingdom unhcr iom frontex " +
	"gobierno gobiernos estado estados autoridades comunidad comisión consejo parlamento congreso senado presidente presidenta ministro ministros países partes empresas corte fiscalía policía instituciones ministerio poder " +
	"gouvernement gouvernements état états autorités communauté commission conseil parlement président ministre ministres pays parties entreprises cour police institutions dirigeants ue onu " +
	"governo governos comunidade comissão conselho ministério presidente autoridades estado congresso países partes empresas tribunal supremo polícia " +
	"regierung bundesregierung regierungen bund länder staat staaten bundestag kommission rat parlament behörden gemeinschaft unternehmen gericht polizei mitgliedstaaten mitgliedsstaaten bundesländer kommunen gesetzgeber justiz verantwortlichen politik landesregierung innenminister innenministerin " +
	"regeringen regeringar regering staten stater myndigheterna staterna länderna regeringarna medlemsstaterna medlemsländerna företagen riksdagen kommissionen rådet parlamentet länder samfundet företag polisen domstolen")

// mustAt reads "Governments must ensure that …" at its modal verb i: what the text says that those who answer for it have to do.
func (d *reader) mustAt(s sentence, i int) (clause, bool) {
	words := duties[d.lex.code]
	t := d.toks[i]
	if !words[t.low] || i == s.ta || i+2 >= s.tb && d.toks[s.tb-1].low != ":" || t.kind != word || d.quoted(i) {
		return clause{}, false
	}
	to := i + 1
	switch t.low {
	case "need", "needs", "ought", "has", "have":
		if d.toks[to].low != "to" {
			return clause{}, false
		}
		to++
	case "tiene", "tienen", "tem", "têm":
		if !d.toks[to].is("que", "de") {
			return clause{}, false
		}
		to++
	}
	if to >= s.tb {
		return clause{}, false
	}
	next := d.toks[to]
	if d.lex == english && next.low != ":" && (next.is("be", "have", "also", "not") && d.toks[min(to+1, s.tb-1)].is("noted", "said", "recognized", "recognised", "remembered", "been") || next.kind != word) {
		return clause{}, false
	}
	// The subject: words up to the start of the sentence, a comma, or an "and" with a subject of its own behind it.
	j := i - 1
	for j >= s.ta && (d.lex.adverbs[d.toks[j].low] || d.toks[j].is("also", "now", "therefore", "all", "both", "immediately")) {
		j--
	}
	if j < s.ta {
		return clause{}, false
	}
	last := d.toks[j]
	from := j
	found := obliged[last.low]
	for k := j; k >= s.ta && k > j-16; k-- {
		w := d.toks[k]
		if k > s.ta && w.is("die", "que", "qui", "som") || d.lex.subjects[w.low] || w.is("it", "this", "that", "which", "who", "what", "nobody", "everyone", "if", "whether", "how", "why", "when", "where") || w.kind == mark && !w.is(",", "'", "’", "-", "(", ")") || enFinite[w.low] && !w.is("who", "which") {
			break
		}
		if len(d.lex.callsAt[w.low]) > 0 && !d.lex.articles[w.low] && d.lex == english && k < j {
			return clause{}, false
		}
		if obliged[w.low] {
			found = true
		}
		from = k
	}
	p := span{d.toks[from].a, d.toks[j].b}
	for _, h := range d.hitsIn(p) {
		if h.kind == KindParty && !startsLow(d.s[h.a:h.b]) {
			found = found || h.b == d.toks[j].b
		}
	}
	if !found || from != s.ta && !d.toks[from-1].is(",", ";", ":", "and", "that", "“", "\"", "but", "y", "et", "e", "und", "que", "och") || !d.nounOf(from, j) {
		return clause{}, false
	}
	if from > s.ta && d.toks[from-1].is("that", "que") && !d.has(d.lex.subjects, s.ta, from) && !d.toks[from-2].is("means", "clear") {
		return clause{}, false // "says that governments must"
	}
	c := clause{start: i, verbEnd: to, verb: callVerb{words: phrase{"must"}, direct: true}, sure: Low, who: p}
	return c, true
}

// quoted reports whether token i stands inside a quotation that begins in its unit.
func (d *reader) quoted(i int) bool {
	if d.inQuote == nil {
		d.inQuote = make([]bool, len(d.toks))
		for _, u := range d.units {
			depth, straight := 0, 0
			for k := u.ta; k < u.tb; k++ {
				switch d.toks[k].low {
				case "“", "«", "„":
					depth++
				case "”", "»":
					depth--
				case "\"":
					straight++
				}
				d.inQuote[k] = depth > 0 || straight%2 == 1
			}
		}
	}
	return d.inQuote[i]
}

// urgedAt reads "member states are urged to …" at token i.
func (d *reader) urgedAt(s sentence, i int) (clause, bool) {
	if d.lex != english || !d.toks[i].is("are", "is") || i+3 >= s.tb || i == s.ta || d.quoted(i) {
		return clause{}, false
	}
	k := i + 1
	for k < s.tb && (d.lex.adverbs[d.toks[k].low] || d.toks[k].is("respectfully", "also", "hereby")) {
		k++
	}
	if k+2 >= s.tb || !d.toks[k].is("urged", "called", "encouraged", "requested", "invited", "asked", "implored") {
		return clause{}, false
	}
	k++
	if d.toks[k].is("on", "upon") {
		k++
	}
	if k >= s.tb || d.toks[k].low != "to" {
		return clause{}, false
	}
	from := i - 1
	for from > s.ta && from > i-14 && d.toks[from-1].kind == word && !d.toks[from-1].is("and", "but") {
		from--
	}
	p := span{d.toks[from].a, d.toks[i-1].b}
	if !d.has(obliged, from, i) && d.countParties(p) == 0 {
		return clause{}, false
	}
	return clause{start: i, verbEnd: k, verb: callVerb{words: phrase{"must"}, direct: true}, sure: Medium, who: p}, true
}

// nounOf reports whether the words from a to b are those of a subject, which begins with an article, a name or a plural.
func (d *reader) nounOf(a, b int) bool {
	t := d.toks[a]
	if t.kind != word {
		return false
	}
	return d.lex.articles[t.low] || d.capital(a) || obliged[t.low] || t.is("all", "both", "member", "european", "national", "our", "those")
}
