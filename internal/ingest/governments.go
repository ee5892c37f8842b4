package ingest

import "strings"

// jointly are words by which a title says that several issue the text together.
var jointly = set("joint statement statements communiqué communique declaration readout conjunta conjunto comunicado declaración declaração déclaration conjointe commune communiqué commun gemeinsame erklärung statement kommuniqué uttalande gemensamt")

// peoples are words by which a title or an opening says that the issuers are no governments, whatever states it names.
var civil = set("ngo ngos ngo's organisations organizations organisation organization groups society associations unions campaign activists lawmakers parliamentarians women youth experts academics scholars cities mayors bishops churches " +
	"ong ongs osc organizaciones sociedad asociaciones organisations associations syndicats organizações sociedade associações entidades organisationen verbände gewerkschaften zivilgesellschaft nros")

// rulers are words for those who speak for states.
var rulers = set("leaders leader governments government heads presidents president ministers minister states secretary secretaries countries members representatives delegations premiers premier ambassadors permanent foreign prime missions sides embassies " +
	"jefes jefas gobiernos gobierno presidentes presidente ministros ministras ministerios cancilleres países líderes mandatarios mandatarias representantes cancillerías delegaciones " +
	"chefs gouvernements gouvernement présidents président ministres dirigeants pays représentants ambassadeurs " +
	"chefes governos governo presidentes ministros líderes países representantes chanceleres " +
	"staats- regierungschefs regierungen regierung außenminister außenministerinnen präsidenten minister ministerinnen staaten")

// listLinks are the words and marks that may stand between two states of one list.
var listLinks = set(", ; and & y e et und as well also the of el la los las de del le les l d ' ’ du des der die das von do da dos a o os both kingdom republic my own country as finally " +
	"governments government gobierno gouvernement governo regierung")

// A stateRun is a list of states: A, B and the Republic of C.
type stateRun struct {
	hits []hit
	span
}

// stateRuns returns the lists of states in p, one of them alone included.
func (d *reader) stateRuns(p span) []stateRun {
	var runs []stateRun
	for _, h := range d.hitsIn(p) {
		if h.kind != KindParty || startsLow(d.s[h.a:h.b]) {
			continue
		}
		if ta, _ := d.tokensIn(h.span); ta >= len(d.toks) {
			continue
		}
		if n := len(runs); n > 0 && d.linked(runs[n-1].b, h.a) {
			r := &runs[n-1]
			r.hits, r.b = append(r.hits, h), h.b
			continue
		}
		runs = append(runs, stateRun{[]hit{h}, h.span})
	}
	return runs
}

// linked reports whether what stands between two states only joins them. A state's abbreviation in brackets joins too.
func (d *reader) linked(a, b int) bool {
	if b-a > 60 || a > b {
		return false
	}
	if gap := strings.TrimSpace(d.s[a:b]); gap == "-" || gap == "–" || gap == "—" || gap == "‑" || gap == "/" {
		return true
	}
	ta, tb := d.tokensIn(span{a, b})
	depth, seps := 0, 0
	for i := ta; i < tb; i++ {
		t := d.toks[i]
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case depth > 0:
		case t.is(",", ";", "and", "&", "y", "e", "et", "und"):
			seps++
		case listLinks[t.low]:
		case realms[t.low] || realmAdjectives[t.low]:
		default:
			return false
		}
	}
	return seps > 0 && depth == 0
}

// readGovernments finds the states that issue the text: those that the title or the opening lists as issuing it. They are issuers, and, where
// no list of names stands under the text, signatories.
func (d *reader) readGovernments() {
	best := d.titleGovernments()
	if open := d.openingGovernments(); len(open.hits) > len(best.hits) {
		best = open
	}
	if len(best.hits) < 2 {
		return
	}
	signed := len(d.out.Signatories) > 0
	seen := map[string]bool{}
	for _, h := range best.hits {
		if seen[h.id] {
			continue
		}
		seen[h.id] = true
		d.states = append(d.states, h.span)
		d.issuing = append(d.issuing, h.id)
		d.addIssuer(h.span, High)
		if !signed {
			d.out.Signatories = append(d.out.Signatories, Signatory{Entry: d.entry(h.span, High), Name: oneLine(h.text(d.s))})
		}
	}
	if !signed {
		d.dropFlags(FlagNoSignatories, func(int) bool { return true })
	}
}

// has reports whether one of the words stands in tokens i to end.
func (d *reader) has(words map[string]bool, i, end int) bool {
	for ; i < end; i++ {
		if words[d.toks[i].low] {
			return true
		}
	}
	return false
}

// titleGovernments returns the list of states in a title that says that they issue the text.
func (d *reader) titleGovernments() stateRun {
	u, ok := d.titleUnit()
	if !ok || !d.has(jointly, u.ta, u.tb) || d.has(civil, u.ta, u.tb) {
		return stateRun{}
	}
	var best stateRun
	for _, r := range d.stateRuns(u.span) {
		if len(r.hits) < 2 || len(r.hits) < len(best.hits) || len(r.hits) == len(best.hits) && r.b-r.a < best.b-best.a {
			continue
		}
		ta, tb := d.tokensIn(r.span)
		i := ta
		for i > u.ta && (d.lex.articles[d.toks[i-1].low] || d.toks[i-1].is("the", "both")) {
			i--
		}
		prev := ""
		if i > u.ta {
			prev = d.toks[i-1].low
		}
		switch prev {
		case "on", "about", "regarding", "concerning", "in", "with", "against", "for", "sobre", "sur", "en", "zu", "zur", "contra", "contre", "gegen", "with-":
			if !strings.Contains(d.s[r.a:r.b], "-") || tb < u.tb && !d.capital(tb) || tb >= u.tb {
				continue
			}
		}
		best = r
	}
	return best
}

// titleUnit returns the unit of the title.
func (d *reader) titleUnit() (unit, bool) {
	if d.out.Title == nil {
		return unit{}, false
	}
	for _, u := range d.units {
		if u.role == head && d.points.of(u.a) == d.out.Title.Start {
			return u, true
		}
	}
	return unit{}, false
}

var (
	issuing   = set("issued issue issues released release made make adopted adopt delivered agreed published statement declaration communiqué emitieron emitimos emiten suscriben publicaron adoptent ont publié publient émettent emitiram emitem divulgaram veröffentlichen erklären abgegeben")
	following = set("following statement declaration communiqué communique declaración comunicado déclaration suivante siguiente seguinte declaração nota folgende erklärung")
)

// openingGovernments returns the list of states by which the text opens: "We, the leaders of A, B and C,", "The governments of A, B and C issued
// the following statement", "The following statement was released by the governments of …", "On behalf of A, B and C", or, under a title that
// says that it is joint, a first sentence with a list for its subject.
func (d *reader) openingGovernments() stateRun {
	var best stateRun
	take := func(r stateRun) {
		if len(r.hits) > len(best.hits) {
			best = r
		}
	}
	joint := false
	if u, ok := d.titleUnit(); ok {
		if d.has(civil, u.ta, u.tb) {
			return best
		}
		joint = d.has(jointly, u.ta, u.tb)
	}
	for n, s := range d.sents {
		if n > 4 {
			break
		}
		if d.has(set("undersigned organisations organizations ngos organizaciones associations organizações organisationen"), s.ta, min(s.tb, s.ta+30)) {
			return best
		}
		runs := d.stateRuns(s.span)
		for k, r := range runs {
			if len(r.hits) < 2 {
				continue
			}
			ta, tb := d.tokensIn(r.span)
			if ta-s.ta > 200 {
				break
			}
			before := d.rulersBefore(s, ta)
			switch {
			case d.lex.subjects[d.toks[s.ta].low] && ta-s.ta <= 14 && (before || ta-s.ta <= 3) && k == 0:
				take(r)
			case before && ta-s.ta <= 10 && (d.has(issuing, tb, min(s.tb, tb+25)) && d.has(following, tb, min(s.tb, tb+25)) || d.opensQuote(tb, s)):
				take(r)
			case d.has(following, s.ta, ta) && ta > s.ta && d.byBefore(s, ta):
				take(r)
			case k == 0 && d.behalfBefore(s, ta):
				take(r)
			case joint && n < 2 && k == 0 && ta-s.ta <= 8 && (before || ta-s.ta <= 2) && tb < s.tb && d.toks[tb].kind == word && !d.capital(tb) && !d.toks[tb].is("in", "on", "to"):
				take(r)
			}
		}
	}
	if len(best.hits) > 0 {
		return best
	}
	// A paragraph that is nothing but a list of states, beneath the text.
	for k := len(d.units) - 1; k > 1; k-- {
		u := d.units[k]
		if u.role != body && u.role != signature {
			continue
		}
		if runs := d.stateRuns(u.span); len(runs) == 1 && len(runs[0].hits) >= 4 && runs[0].a-u.a < 6 && u.b-runs[0].b < 3 && len(d.out.Signatories) == 0 {
			d.units[k].role = signature
			return runs[0]
		}
	}
	return best
}

// rulersBefore reports whether words such as "the leaders of" lead to token i.
func (d *reader) rulersBefore(s sentence, i int) bool {
	for k := i - 1; k >= s.ta && k > i-12; k-- {
		t := d.toks[k]
		if rulers[t.low] {
			return true
		}
		if t.kind == mark && !t.is(",", "'", "’", "-") && !isDash(t.low) {
			return false
		}
	}
	return false
}

// byBefore reports "by", "from" or their like before the list at i: "statement was released by the governments of".
func (d *reader) byBefore(s sentence, i int) bool {
	for k := i - 1; k >= s.ta && k > i-12; k-- {
		if d.toks[k].is("by", "from", "por", "par", "von") {
			return true
		}
		if d.toks[k].is("on", "about", "to", "with", "sobre", "sur", "in") {
			return false
		}
	}
	return false
}

// behalfBefore reports "on behalf of" before the list at i.
func (d *reader) behalfBefore(s sentence, i int) bool {
	for k := s.ta; k < i; k++ {
		if to, ok := firstOf(onBehalf, d.toks, k, i); ok && i-to < 14 {
			return true
		}
	}
	return false
}

func (d *reader) opensQuote(i int, s sentence) bool {
	return s.tb > s.ta && d.toks[s.tb-1].low == ":" && i < s.tb && d.has(issuing, i, s.tb)
}
