package ingest

import "strings"

var demandWords = set("demands demand recommendations asks demandas exigencias exigimos demandamos peticiones recomendaciones revendications exigences demandes recommandations demandons exigeons exigências reivindicações recomendações " +
	"forderungen fordern empfehlungen")

// readDemands enters the items of a list of demands under a heading of its own: "Our demands:", "Exigimos:". A sentence that ends with a colon
// and asks is read with the sentences.
func (d *reader) readDemands() {
	for k := 0; k+1 < len(d.units); k++ {
		u := d.units[k]
		if u.role != body && u.role != head || u.words > 9 || u.marked || u.stopped {
			continue
		}
		verb := -1
		for i := u.ta; i < u.tb; i++ {
			if demandWords[d.toks[i].low] {
				verb = i
			}
		}
		if verb < 0 || !d.units[k+1].marked || d.units[k+1].role != body {
			continue
		}
		for n := k + 1; n < len(d.units) && d.units[n].role == body && d.units[n].marked; n++ {
			p := d.closing(d.units[n].span)
			if d.taking(p) || d.units[n].words < 2 {
				continue
			}
			d.take(p)
			d.out.Calls = append(d.out.Calls, Call{Verb: d.s[d.toks[verb].a:d.toks[verb].b], Entry: d.entry(p, Medium)})
		}
	}
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

var needful = set("imperative essential vital crucial")

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
