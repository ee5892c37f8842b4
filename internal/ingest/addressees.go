package ingest

import (
	"slices"
	"strings"
)

// readAddressees enters whom the text turns to as a whole: whom a letter greets or is sent to, whom the title asks or sends its letter to;
// where there are none, whom its calls ask, if they all ask the same.
func (d *reader) readAddressees() {
	if p := d.letterTo; p.b > p.a {
		if ta, tb := d.tokensIn(p); tb-ta > 1 && d.toks[ta].is("to", "till", "an", "al") {
			p.a = d.toks[ta+1].a
		}
		d.addAddressee(p, Medium)
	}
	for k, u := range d.units {
		switch {
		case u.role == salutation:
			to, _ := firstOf(d.lex.greeting, d.toks, u.ta, u.tb)
			if to >= u.tb || d.toks[to].is(",", "!") {
				to = u.ta
			}
			for to < u.tb && d.toks[to].low == ":" {
				to++
			}
			if p := d.closing(span{d.toks[min(to, u.tb-1)].a, u.b}); p.b > p.a {
				d.addAddressee(p, High)
			}
		case u.role == head:
			d.titleAddressee(u)
		case k < 12 && u.words > 1 && u.words <= 20 && !u.stopped && d.toks[u.ta].is("to", "an", "al", "aux") && d.greetingAfter(k):
			d.addAddressee(d.nounSpan(u.ta+1, u.tb), Medium)
		}
	}
	if len(d.out.Addressees) == 0 && len(d.asked) > 0 {
		same := true
		first := strings.ToLower(d.s[d.asked[0].a:d.asked[0].b])
		for _, p := range d.asked {
			same = same && strings.ToLower(d.s[p.a:p.b]) == first
		}
		if same && first != "you" && first != "your delegation" {
			d.addAddressee(d.asked[0], Medium)
		}
	}
	slices.SortStableFunc(d.out.Addressees, func(a, b Addressee) int { return a.Start - b.Start })
}

// greetingAfter reports whether a greeting follows in the next lines.
func (d *reader) greetingAfter(k int) bool {
	for j := k + 1; j < len(d.units) && j < k+5; j++ {
		if d.units[j].role == salutation {
			return true
		}
	}
	return false
}

var letters = set("letter letters call appeal message petition carta llamado llamamiento lettre appel apelo brief aufruf appell brev vädjan")

// titleAddressee enters whom a line of the head names behind "letter to", or whom its verb asks.
func (d *reader) titleAddressee(u unit) {
	for i := u.ta; i+2 < u.tb; i++ {
		t := d.toks[i]
		if d.toks[i+1].is("to", "a", "al", "à", "aux", "an", "till", "ao", "aos") && letters[t.low] {
			p := d.titleNoun(i+2, u.tb)
			ta, tb := d.tokensIn(p)
			if t.is("call", "appeal", "appel", "appell", "llamado", "apelo", "message") && !d.has(obliged, ta, tb) && !d.lex.articles[tokLow(d.toks, ta, tb)] && !d.toks[min(ta, len(d.toks)-1)].is("all") {
				continue // a call to release somebody
			}
			d.addAddressee(p, Medium)
			return
		}
		for _, k := range d.lex.callsAt[t.low] {
			v := &d.lex.calls[k]
			if v.noun || v.direct || v.gerund || v.particle != "" {
				continue
			}
			to, ok := v.words.at(d.toks, i, u.tb)
			if !ok || i > u.ta && notBefore[d.toks[i-1].low] {
				continue
			}
			if d.lex != english && !(to < u.tb && d.lex.preps[d.toks[to].low]) {
				continue
			}
			for to < u.tb && d.lex.preps[d.toks[to].low] {
				to++
			}
			for e := to + 1; e < u.tb; e++ {
				if d.lex.toDo[d.toks[e].low] {
					d.addAddressee(d.nounSpan(to, e), Medium)
					return
				}
			}
		}
	}
}

// titleNoun returns the noun phrase at i, up to a comma, a dash or a word that goes on with something else.
func (d *reader) titleNoun(i, end int) span {
	e := i
	for e < end && !d.toks[e].is(",", ":", "(", "on", "about", "regarding", "concerning", "over", "to", "calling", "urging", "for", "sobre", "sur", "zu", "zur", "zum", "om", "against") && !isDash(d.toks[e].low) {
		e++
	}
	if e <= i {
		return span{}
	}
	return d.nounSpan(i, e)
}

// addAddressee enters p, its article left off, unless the same words are there.
func (d *reader) addAddressee(p span, c Confidence) {
	if p.b <= p.a {
		return
	}
	if ta, tb := d.tokensIn(p); tb-ta > 1 && d.lex.articles[d.toks[ta].low] && !d.toks[ta].is("all", "todos", "todas", "tous", "toutes", "alle", "alla", "our") {
		p.a = d.toks[ta+1].a
	}
	text := strings.ToLower(d.s[p.a:p.b])
	if d.turnedTo[text] {
		return
	}
	if d.turnedTo == nil {
		d.turnedTo = map[string]bool{}
	}
	d.turnedTo[text] = true
	d.out.Addressees = append(d.out.Addressees, Addressee{Entry: d.entry(p, c), ID: ref(d.partyOf(p))})
}
