package ingest

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// sides are words that make a larger or other place of the name behind them, unless the list of names has that place too.
var sides = set("new north south east west northern southern eastern western upper lower inner outer")

// notStates are parties of the record that are unions or lands of nobody, and no states.
var notStates = map[string]bool{"EUU": true, "ATA": true}

// readStates enters the parties that the text names as actors and as places, each written form once, at its first place. Names inside a
// signatory's own name, inside an instrument's or a body's name and inside an address are none.
func (d *reader) readStates() {
	seen := map[string]bool{}
	for _, h := range d.hits {
		if h.kind != KindParty || notStates[h.id] {
			continue
		}
		text := d.s[h.a:h.b]
		key := folded(text, false) + "\x00" + h.id
		if seen[key] || !d.stands(h.span) {
			continue
		}
		seen[key] = true
		c := High
		if d.doubtful(h.span) {
			c = Low
		}
		if h.shared {
			d.flag(FlagAmbiguousName, "the list of names gives “"+text+"” to more than one party", h.span)
		}
		d.out.States = append(d.out.States, State{Entry: d.entry(h.span, c), ID: ref(h.id)})
	}
}

// realms are the words for a form of state that stand before its name in formal use: "the Republic of", "el Reino de", "Königreich".
var realms = set("republic kingdom commonwealth federation sultanate principality emirate duchy confederation " +
	"república reino principado federación federação mancomunidad sultanato ducado confederación confederação gran grand " +
	"république royaume principauté fédération duché confédération sultanat " +
	"republik bundesrepublik königreich fürstentum großherzogtum")

// formal are words in small letters that may stand between a realm and the name, or before it in Romance languages.
var formalLinks = set("of the de del de la do da du des d l das dos os las los ' ’")

// formalNames makes the hits of parties as long as their formal names: the list of names may hold "Chile" alone where the text has "República
// do Chile", "Republic of Chile" or "Oriental Republic of Uruguay".
func (d *reader) formalNames() {
	for k := range d.hits {
		h := &d.hits[k]
		if h.kind != KindParty {
			continue
		}
		ta, _ := d.tokensIn(h.span)
		if ta >= len(d.toks) || d.toks[ta].a != h.a {
			continue
		}
		i := ta
		linked := false
		for i > 0 && i > ta-4 && (formalLinks[d.toks[i-1].low]) && onlyBlank(d.s[d.toks[i-1].b:d.toks[i].a]) {
			i--
			linked = true
		}
		if i == 0 {
			continue
		}
		j := i - 1
		// "República Federativa do Brasil", "République fédérative du Brésil"
		for n := 0; n < 2 && j > 0 && d.toks[j].kind == word && !realms[d.toks[j].low] && realms[d.toks[j-1].low] && onlyBlank(d.s[d.toks[j].b:d.toks[j+1].a]) && linked; n++ {
			j--
		}
		if !realms[d.toks[j].low] || !d.capital(j) || !onlyBlank(d.s[d.toks[j].b:d.toks[j+1].a]) || !linked && d.lex != german && d.toks[j].low != "bundesrepublik" {
			continue
		}
		if d.toks[j].is("gran", "grand") {
			continue
		}
		for j > 0 && d.toks[j-1].kind == word && realmAdjectives[d.toks[j-1].low] && d.capital(j-1) && onlyBlank(d.s[d.toks[j-1].b:d.toks[j].a]) {
			j--
		}
		if k > 0 && d.hits[k-1].b > d.toks[j].a {
			continue
		}
		h.a = d.toks[j].a
	}
}

var realmAdjectives = set("islamic federal democratic people’s socialist arab hashemite plurinational bolivarian oriental co-operative co‑operative cooperative federative united eastern independent grand gran " +
	"islamische demokratische")

// elsewhere are words of the text's language that are a state's name in another: an island is not Iceland.
var elsewhere = map[string]string{"reunión": "", "réunion": "fr", "island": "de sv", "granada": "", "salvador": "fr", "argentine": "fr", "maurice": "fr", "dominique": "fr", "chili": "fr", "reunion": "", "man": "", "grenade": "fr"}

// leading are the words in capitals that may stand before "of" and a state's name, and leave the state its name.
var leading = set("government governments republic president presidents presidency minister ministers secretary king queen emir amir sultan chancellor leader leaders head heads state states people peoples kingdom prime " +
	"ambassador ambassadors representative representatives authorities authority foreign premier vice citizens nationals friends allies borders north south east west coast " +
	"gobierno gobiernos presidente presidenta presidentes pueblo pueblos estado estados república rey reina canciller primer ministro ministra ministros jefes jefe embajador embajadora autoridades " +
	"gouvernement gouvernements président présidente peuple peuples état états roi reine premier ministre ministres chefs ambassadeur autorités " +
	"governo governos povo povos rei rainha chanceler primeiro ministros chefes embaixador embaixadora " +
	"regierung regierungen präsident präsidentin volk könig bundeskanzler")

// bodyNouns are the words by which a name in capitals is a body's or a document's, even in a heading where every word has a capital.
var bodyNouns = set("bank embassy consulate university college school church conference council federation association union ministry department commission committee court institute network society centre center constitution congress " +
	"parliament assembly board party league chamber academy army forces force coalition alliance organization organisation foundation fund house senate agency bureau office corps navy guard police mission delegation group forum house watch " +
	"embajada universidad iglesia conferencia consejo federación asociación unión ministerio comisión comité corte tribunal instituto red sociedad centro constitución congreso parlamento asamblea partido fundación " +
	"ambassade université église conférence conseil fédération ministère comité cour institut réseau société parlement assemblée fondation ligue " +
	"embaixada universidade igreja conferência conselho associação comissão rede sociedade constituição congresso assembleia fundação " +
	"botschaft universität kirche konferenz rat verband ministerium kommission gericht verfassung bundestag")

// persons are the offices whose holder may follow a state's name: "US President", "Kenya Cabinet Secretary".
var holders = set("president secretary minister ambassador senator representative chancellor prime foreign vice king queen first deputy special national homeland cabinet government administration governments authorities officials leaders delegation delegations citizens " +
	"state security trade attorney")

// stands reports whether the party named at p is meant, and not something else that is named after it.
func (d *reader) stands(p span) bool {
	text := d.s[p.a:p.b]
	if startsLow(text) {
		return false // turkey
	}
	if lang, ok := elsewhere[strings.ToLower(text)]; ok && (lang == "" || !strings.Contains(lang, d.lex.code)) {
		return false
	}
	if text == "America" && !d.alone(p) || text == "Georgia" && d.americanStates() {
		return false
	}
	u, ok := d.unitAt(p.a)
	if !ok || u.role == signature || u.role == contactRole || u.role == boilerplate {
		return false
	}
	if d.named(p) {
		return false
	}
	ta, tb := d.tokensIn(p)
	if ta > u.ta && d.capital(ta-1) && sides[d.toks[ta-1].low] && onlyBlank(d.s[d.toks[ta-1].b:p.a]) {
		return false // New Mexico
	}
	if ta > u.ta && d.toks[ta-1].is("@", "/", ".") && d.toks[ta-1].b == p.a && d.hasLink(u.span) {
		return false
	}
	if d.toks[min(ta, len(d.toks)-1)].a != p.a {
		return d.pairOfStates(d.toks[max(ta-1, 0)]) // a part of "EU-Turkey", not of "Unicef-France"
	}
	title := d.titleCase(u) || allCaps(d.s[u.a:u.b])
	if tb < u.tb && d.toks[tb].kind == word && d.capital(tb) && onlyBlank(d.s[p.b:d.toks[tb].a]) {
		next := d.toks[tb]
		if next.is("city", "street", "avenue", "square", "times", "airport") {
			return false // Mexico City
		}
		if bodyNouns[next.low] || len(text) <= 4 && tb+1 < u.tb && bodyNouns[d.toks[tb+1].low] && d.capital(tb+1) {
			return false // US Congress, US Supreme Court
		}
		if !title && !holders[next.low] && u.words > 3 && !d.lex.starters[next.low] && !d.lex.finite[next.low] && !isMonth(next.low) && d.lex != german {
			if abbreviatedState(text) && u.role == body && !u.marked && d.prose(u) {
				return !d.bodyAhead(tb, u.tb)
			}
			return false // Jordan Smith, Kenya Airways
		}
		if u.role == body && u.words <= 12 && !d.prose(u) && abbreviatedState(text) && next.is("rep", "sen", "representative", "senator", "ambassador", "secretary", "congressman", "congresswoman") {
			return false // "U.S. Rep. Jane Doe" in a list
		}
	}
	if tb < u.tb && d.toks[tb].low == "." && abbreviatedState(text) && tb+1 < u.tb && bodyNouns[d.toks[tb+1].low] {
		return false
	}
	// "Bank of England", "Iglesia de Chile"
	i := ta
	for i > u.ta && (d.toks[i-1].is("of", "the", "de", "del", "la", "do", "da", "du", "des", "d", "l", "'", "von", "der", "el", "las", "los")) {
		i--
	}
	if i < ta && i > u.ta && d.toks[i].is("of", "de", "del", "do", "da", "du", "des", "d", "von", "der") {
		w := d.toks[i-1]
		if w.kind == word && d.capital(i-1) && !leading[w.low] {
			if bodyNouns[w.low] {
				return false
			}
			if !title && i-1 > u.ta && !d.toks[i-2].is(".", "!", "?", ":", "“", "\"") && d.lex != german && !d.lex.starters[w.low] && !isMonth(w.low) && !placeNouns[w.low] {
				return false
			}
		}
	}
	return true
}

// pairOfStates reports whether each part in capitals of a word with hyphens is a party, or the name of a union.
func (d *reader) pairOfStates(t tok) bool {
	at := t.a
	for _, part := range strings.FieldsFunc(d.s[t.a:t.b], func(r rune) bool { return r == '-' || r == '‐' || r == '‑' }) {
		i := strings.Index(d.s[at:t.b], part)
		p := span{at + i, at + i + len(part)}
		at = p.b
		if startsLow(part) || allCaps(part) && len(part) <= 5 {
			continue
		}
		if len(d.hitsIn(p)) == 0 {
			return false
		}
	}
	return true
}

// alone reports whether "America" at p stands for the United States: no part of a continent or of somebody's name leads to it.
func (d *reader) alone(p span) bool {
	ta, _ := d.tokensIn(p)
	if ta == 0 || d.lex != english {
		return d.lex == english
	}
	return !d.toks[ta-1].is("latin", "north", "south", "central", "of", "the", "meso", "middle", "spanish", "-", "our")
}

var someAmerican = set("alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana " +
	"nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia wisconsin wyoming atlanta")

// americanStates reports whether the text names two of the states of the United States, so that Georgia is a third.
func (d *reader) americanStates() bool {
	if d.american == 0 {
		d.american = 1
		seen := map[string]bool{}
		for i, t := range d.toks {
			if t.kind == word && someAmerican[t.low] && d.capital(i) {
				seen[t.low] = true
			}
		}
		if len(seen) > 1 {
			d.american = 2
		}
	}
	return d.american == 2
}

var placeNouns = set("coast island islands province region city district capital port gulf sea strait north south east west northern southern center western eastern ciudad provincia región ville région cidade região county")

// abbreviatedState reports a form such as US, U.S. or UK, which stands before nouns as an adjective does.
func abbreviatedState(s string) bool { return utf8.RuneCountInString(s) <= 6 && allCaps(s) }

// bodyAhead reports whether the words in capitals from i on end with a word for a body: "Army", "Department of State", "Customs and Border
// Protection". A person's name or office is none.
func (d *reader) bodyAhead(i, end int) bool {
	for k := i; k < end && k < i+6; k++ {
		t := d.toks[k]
		if t.kind != word || !d.capital(k) && !t.is("of", "and", "for", "the") {
			return false
		}
		if bodyNouns[t.low] || t.is("customs", "immigration", "border", "treasury", "armed", "air", "marine", "supreme", "citizenship", "trade", "census", "justice", "development", "homeland") {
			return true
		}
	}
	return false
}

// doubtful reports a name that may be a word of a line in capitals ("JOIN US") or part of a person's name ("Michael Jordan").
func (d *reader) doubtful(p span) bool {
	u, _ := d.unitAt(p.a)
	if line := d.s[u.a:u.b]; u.words > 3 && allCaps(line) && len(p.text(d.s)) <= 3 {
		return true
	}
	ta, _ := d.tokensIn(p)
	if ta <= u.ta || ta >= len(d.toks) || d.toks[ta].a != p.a || allCaps(p.text(d.s)) {
		return false // also where it is a part of "EU-Turkey"
	}
	prev := d.toks[ta-1]
	if prev.kind != word || !d.capital(ta-1) || strings.HasSuffix(prev.low, ".") || allCaps(prev.text(d.s)) {
		return false
	}
	return ta-1 > u.ta && !d.toks[ta-2].is(".", "!", "?") && !d.lex.starters[prev.low] && !d.titleCase(u)
}

func (p span) text(s string) string { return s[p.a:p.b] }

// unitAt returns the unit that holds byte i.
func (d *reader) unitAt(i int) (unit, bool) {
	k := sort.Search(len(d.units), func(k int) bool { return d.units[k].b > i })
	if k < len(d.units) && d.units[k].a <= i {
		return d.units[k], true
	}
	return unit{}, false
}

// titleCase reports a line most of whose words start with a capital, so that capitals tell nothing.
func (d *reader) titleCase(u unit) bool {
	upper, words := 0, 0
	for i := u.ta; i < u.tb; i++ {
		if d.toks[i].kind == word && len(d.toks[i].low) > 3 {
			words++
			if d.capital(i) {
				upper++
			}
		}
	}
	return words > 2 && !u.stopped && upper*10 > words*6
}
