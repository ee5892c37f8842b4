package ingest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A group is one instrument with all places that name it.
type group struct {
	id       string
	sure     Confidence
	kind     string // the head, such as "compact"; "" where the list's name has none
	words    map[string]bool
	mentions []mention // by place
	full     int       // the fullest of them
}

// A mention is one place that names an instrument.
type mention struct {
	span
	id     string
	listed bool // found by the list of names
	inner  bool // the list gives the talks around it, whose id is talks
	talks  string
	shared bool   // the list gives the form to several things
	bare   bool   // nothing but the head
	head   string // "compact"
	sure   Confidence
	words  map[string]bool
	abbr   string // in brackets behind it
	open   bool   // its end is not sure
	law    bool   // found by a number, an abbreviation or the form of a case
	headAt int    // token
}

// readInstruments enters the instruments that the text names: those in the list of names, and those whose name has the shape of one. A
// shorter mention belongs to the fuller one whose words it repeats: "Global Compact", "the Compact process". What stands in brackets behind
// a name as its abbreviation names it from there on.
func (d *reader) readInstruments() {
	list := d.mentions()
	for i := range list {
		d.takeBracket(&list[i])
	}
	list = slices.DeleteFunc(list, func(m mention) bool { return m.b <= m.a })
	kept := list[:0]
	for _, b := range list { // "Pacto Global … (GCM)" is what the list calls GCM
		if n := len(kept); n > 0 && kept[n-1].overlaps(b.span) {
			if a := &kept[n-1]; a.id == "" && b.id != "" {
				a.id, a.listed, a.sure = b.id, true, b.sure
			}
			continue
		}
		kept = append(kept, b)
	}
	list = kept
	d.groups = d.gather(list)
	d.joinGoals()
	d.joinApposed()
	d.indexMentions()
	d.addAbbreviations()
	d.indexMentions()
	d.readHeadings()
	for i := range d.groups {
		g := &d.groups[i]
		slices.SortStableFunc(g.mentions, func(a, b mention) int { return a.a - b.a })
		g.mentions = slices.CompactFunc(g.mentions, func(a, b mention) bool { return a.overlaps(b.span) })
		g.full = 0
		for k, m := range g.mentions {
			if d.length(m) > d.length(g.mentions[g.full]) {
				g.full = k
			}
		}
	}
	slices.SortStableFunc(d.groups, func(a, b group) int { return a.mentions[a.full].a - b.mentions[b.full].a })
	d.indexMentions()
	for _, g := range d.groups {
		if g.id != "" && d.names.isBody(g.id) || g.id == "" && d.speaks(g) {
			continue // acts may be about it, but it is no text
		}
		in := Instrument{Entry: d.entry(g.mentions[g.full].span, g.sure), ID: ref(g.id), Mentions: []Span{}}
		for k, m := range g.mentions {
			if k != g.full {
				in.Mentions = append(in.Mentions, d.place(m.span))
			}
		}
		d.out.Instruments = append(d.out.Instruments, in)
	}
}

// speaking are the verbs that somebody does, and no text.
var speaking = set("urges urge urged said says issued informed welcomes condemns condemned announced calls applauds joined joins released believes")

// speaks reports whether g is an organisation by its verbs, although its name ends as an instrument's does: "the Quay Workers Agenda urges".
func (d *reader) speaks(g group) bool {
	switch g.kind {
	case "agenda", "compact", "charter", "pact", "accord", "convention", "platform", "framework":
	default:
		return false
	}
	for _, m := range g.mentions[:min(len(g.mentions), 30)] {
		_, k := d.tokensIn(m.span)
		for k < len(d.toks) && (d.lex.adverbs[d.toks[k].low]) {
			k++
		}
		if k < len(d.toks) && speaking[d.toks[k].low] && !m.bare {
			return true
		}
	}
	return false
}

func (d *reader) length(m mention) int {
	if m.bare {
		return 0
	}
	if d.goals(m.span) {
		return 1 // the goals of an agenda are not its name
	}
	return utf8.RuneCountInString(m.text(d.s))
}

// joinGoals puts the goals of an agenda to the agenda that the text names beside them.
func (d *reader) joinGoals() {
	agenda := slices.IndexFunc(d.groups, func(g group) bool {
		return g.words["2030"] || slices.ContainsFunc(g.mentions, func(m mention) bool { return strings.Contains(m.text(d.s), "2030") })
	})
	if agenda < 0 {
		return
	}
	for k := range d.groups {
		g := &d.groups[k]
		if k == agenda || len(g.mentions) == 0 || !slices.ContainsFunc(g.mentions, func(m mention) bool { return d.goals(m.span) }) ||
			slices.ContainsFunc(g.mentions, func(m mention) bool { return !d.goals(m.span) }) {
			continue
		}
		a := &d.groups[agenda]
		a.mentions = append(a.mentions, g.mentions...)
		if a.id == "" {
			a.id, a.sure = g.id, g.sure
		}
		g.mentions = nil
	}
	d.groups = slices.DeleteFunc(d.groups, func(g group) bool { return len(g.mentions) == 0 })
}

// joinApposed makes one group of a bill's number and the name that stands beside it: "H.R. 4437, the Border Protection Act".
func (d *reader) joinApposed() {
	type end struct{ at, g int }
	starts := map[int]end{} // by the byte at which a mention starts
	for g := range d.groups {
		for _, m := range d.groups[g].mentions {
			starts[m.a] = end{m.a, g}
		}
	}
	into := map[int]int{}
	for g := range d.groups {
		for _, m := range d.groups[g].mentions {
			if m.b >= len(d.s) {
				continue
			}
			_, i := d.tokensIn(span{m.a, m.b})
			k := i
			for k < len(d.toks) && k < i+6 && (d.toks[k].is(",", "(", "the", "“", "also", "known", "as", "called", "–", "—") || k > i && d.toks[k].is("or")) {
				k++
			}
			if k == i || k >= len(d.toks) {
				continue
			}
			o, ok := starts[d.toks[k].a]
			if !ok || o.g == g {
				continue
			}
			said := d.has(set2, i, k)
			bill := m.law && !strings.Contains(m.text(d.s), " and ") && billNumber(m.text(d.s)) && d.toks[i].is(",", "(")
			other := d.groups[o.g].mentions[0]
			bill = bill || billNumber(other.text(d.s)) && other.law && d.toks[i].is(",", "(") && k == i+1
			if (said || bill) && into[g] == 0 {
				into[o.g] = g + 1
			}
		}
	}
	if len(into) == 0 {
		return
	}
	for o, g := range into {
		for into[g-1] != 0 && into[g-1] != g {
			g = into[g-1]
		}
		if g-1 == o {
			continue
		}
		to := &d.groups[g-1]
		to.mentions = append(to.mentions, d.groups[o].mentions...)
		if to.id == "" {
			to.id, to.sure = d.groups[o].id, d.groups[o].sure
		}
		d.groups[o].mentions = nil
	}
	d.groups = slices.DeleteFunc(d.groups, func(g group) bool { return len(g.mentions) == 0 })
}

var set2 = set("known called")

// billNumber reports "H.R. 4437", "S. 744", "HR4437", "SB 4".
func billNumber(s string) bool {
	letters := strings.TrimRight(s, "0123456789")
	digits := s[len(letters):]
	letters = strings.ToLower(strings.TrimSpace(letters))
	return digits != "" && (billMarks[letters] || letters == "h.r." || letters == "s." || letters == "s")
}

// readHeadings finds, in headings whose words all have capitals, the names that the rest of the text gives, and, for a head that the rest
// does not name, names by their shape.
func (d *reader) readHeadings() {
	if len(d.groups) > 300 {
		return
	}
	kinds := map[string]bool{}
	for _, g := range d.groups {
		kinds[g.kind] = true
		for w := range g.words {
			kinds[w] = kinds[w] || heads[w]
		}
	}
	for n, u := range d.units {
		if n > 400 || u.words < 3 || u.words > 40 || !(u.role == head || u.role == body) || u.role == body && !d.titleCase(u) {
			continue
		}
		text := d.s[u.a:u.b]
		for k := range d.groups {
			g := &d.groups[k]
			seen := map[string]bool{}
			for _, m := range slices.Clone(g.mentions) {
				name := m.text(d.s)
				if m.bare || seen[name] || !strings.Contains(name, " ") || len(name) > len(text) {
					continue
				}
				seen[name] = true
				if i := strings.Index(text, name); i >= 0 {
					p := span{u.a + i, u.a + i + len(name)}
					if r, _ := utf8.DecodeRuneInString(d.s[p.b:]); !d.named(p) && !isWordRune(r) {
						m.span = p
						g.mentions = append(g.mentions, m)
					}
				}
			}
		}
		if u.role != head || !d.titleCase(u) || d.lex == german {
			continue
		}
		for i := u.ta; i < u.tb; i++ {
			t := d.toks[i]
			if t.kind != word || !heads[t.low] || !d.capital(i) || actionHeads[t.low] || softHeads[t.low] || namedHeads[t.low] && !lawHeads[t.low] || jointly[t.low] && !(i+1 < u.tb && opens[d.toks[i+1].low] && i > u.ta && d.capital(i-1)) || kinds[t.low] || kinds[strings.TrimSuffix(t.low, "s")] || i == u.ta {
				continue
			}
			a := i
			for a > u.ta && d.toks[a-1].kind == word && d.capital(a-1) && !headlineWords[d.toks[a-1].low] && !jointly[d.toks[a-1].low] && len(d.hitsIn(d.toks[a-1].span)) == 0 && onlyBlank(d.s[d.toks[a-1].b:d.toks[a].a]) {
				a--
			}
			if a > u.ta && jointly[d.toks[a-1].low] && d.toks[a-1].low != t.low {
				continue // a joint declaration is what the text is
			}
			b := i + 1
			if a == i || romance[d.lex.code] {
				if b = d.rightOf(i, u.tb); romance[d.lex.code] {
					b, _ = d.romanceRight(i, u.tb)
				}
			}
			if a == i && b == i+1 {
				continue
			}
			m := mention{span: span{d.toks[a].a, d.toks[b-1].b}, head: t.low, sure: Low}
			if d.named(m.span) {
				continue
			}
			m.words = d.keyWords(m.span)
			d.groups = append(d.groups, group{sure: Low, kind: t.low, words: m.words, mentions: []mention{m}})
			kinds[t.low] = true
			i = b - 1
		}
	}
}

// headlineWords are words that a headline has before an instrument's name.
var headlineWords = set("the a an of to on in for and or from with by at under against about ratify sign join leave leaving support oppose pass reject rejects withdraw urge defend uphold adopt endorse implement renew expand demand signs ratifies adopts endorses implements passes restore " +
	"block stop end repeal extend protect save enforce enforcing violates violate honor honour congress senate house parliament president governor statement joint groups organizations organisations call calls its their our this new proposed draft final historic landmark anniversary years implementing supporting opposing regarding following concerning reauthorize comply respect after before " +
	"el la los las del de sobre le les des du sur os as do da dos das")

var goalWords = set("goals sdgs objetivos objectifs ziele målen odd ods metas")

func (d *reader) goals(p span) bool {
	ta, tb := d.tokensIn(p)
	return d.has(goalWords, ta, tb) && !d.has(heads, ta, tb)
}

// mentions returns the places that name instruments, by the list and by shape, none overlapping and in order.
func (d *reader) mentions() []mention {
	list := d.listed()
	for _, s := range append(d.shapes(), d.laws()...) {
		m := mention{span: s.span, bare: s.bare, head: d.toks[s.head].low, sure: Medium, open: s.open, law: s.law, headAt: s.head}
		if s.law {
			m.head = strings.ToLower(s.text(d.s))
		} else if t := d.toks[s.head]; t.b > s.b && s.head+1 > 0 && s.b > t.a {
			m.head = strings.ToLower(d.s[t.a:s.b])
		}
		if s.open {
			m.sure = Low
		}
		m.words = d.keyWords(m.span)
		list = append(list, m)
	}
	slices.SortStableFunc(list, func(a, b mention) int { return a.a - b.a })
	out := list[:0]
	for _, m := range list {
		for n := len(out); n > 0 && out[n-1].overlaps(m.span); n = len(out) {
			keep, ok := d.better(out[n-1], m)
			if !ok {
				m.b = m.a // the earlier one stays
				break
			}
			out, m = out[:n-1], keep
		}
		if m.b > m.a {
			out = append(out, m)
		}
	}
	return out
}

// better returns what stays of two overlapping mentions: ok is false where it is a alone, else it takes the place of a.
func (d *reader) better(a, b mention) (mention, bool) {
	switch {
	case a.listed && b.listed:
		return a, false
	case !a.listed && !b.listed:
		if b.b-b.a > a.b-a.a {
			return b, true
		}
		return a, false
	}
	o, m := a, b // listed, and by shape
	if b.listed {
		o, m = b, a
	}
	if m.a < o.a && m.b > o.a && m.b < o.b && d.saysWhose(m.a, o.a) {
		o.a = m.a // "UN" before the name that the list has
		return o, true
	}
	if m.open && o.a-m.a < 24 && len(strings.Fields(o.text(d.s))) > 2 || !m.holds(o.span) || o.holds(m.span) || m.law && o.a > m.a {
		if m.law && m.holds(o.span) && !o.holds(m.span) && !m.open {
			return m, b.listed == false
		}
		return o, b.listed
	}
	// The text goes on where the list's form ends: "Convention" in the list, "Convention on the Rights of …" in the text.
	if d.sameThing(o, m, m.headAt) {
		m.id, m.listed, m.talks, m.inner = o.id, true, o.talks, o.inner
	}
	return m, true
}

// listed returns the hits of instruments outside signatories and addresses. Where the list has a name for the talks on an instrument, the
// instrument's own name inside it is the mention.
func (d *reader) listed() []mention {
	var list []mention
	for _, h := range d.hits {
		if h.kind != KindInstrument {
			continue
		}
		if u, ok := d.unitAt(h.a); !ok || u.role == signature || u.role == contactRole {
			continue
		}
		if text := h.text(d.s); !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsUpper(r) || unicode.IsDigit(r) || unicode.IsSpace(r) }) && startsLow(text) && !strings.HasSuffix(text, "konventionen") && !strings.HasSuffix(text, "avtalet") {
			continue // one word in small letters is that word, whatever the list calls so
		}
		if low := strings.ToLower(h.text(d.s)); heads[low] {
			continue // "Protocol" alone, which the list has for some
		}
		m := mention{span: h.span, id: h.id, listed: true, sure: High, shared: h.shared}
		if d.sayTalks(h.span) {
			if in, ok := d.within(h); ok {
				m = mention{span: in.span, id: in.id, listed: true, sure: High, inner: true, talks: h.id, shared: in.shared}
			}
		}
		if n := len(list); n > 0 && list[n-1].overlaps(m.span) {
			continue
		}
		m.words = d.keyWords(m.span)
		ta, tb := d.tokensIn(m.span)
		for i := ta; i < tb; i++ {
			if heads[d.toks[i].low] {
				m.head = d.toks[i].low
				break
			}
		}
		list = append(list, m)
	}
	return list
}

var talksWords = set("process negotiations negotiation negotiating talks consultations proceso negociaciones processus négociations processo negociações verhandlungen")

// sayTalks reports whether p holds a word for talks.
func (d *reader) sayTalks(p span) bool {
	ta, tb := d.tokensIn(p)
	for i := ta; i < tb; i++ {
		if talksWords[d.toks[i].low] {
			return true
		}
	}
	return false
}

// within returns the name of another instrument that starts inside h; it may go on behind it.
func (d *reader) within(h hit) (hit, bool) {
	ta, tb := d.tokensIn(h.span)
	for i := ta; i < tb; i++ {
		f, end := d.names.longest(d.s, d.toks[i].a)
		if f == nil || i == ta && end == h.b {
			// At the very start only a shorter form is another name: "GCM" in "GCM process".
			if i == ta {
				f, end = d.names.shorter(d.s, h.a, h.b)
			}
			if f == nil {
				continue
			}
		}
		in := f.hit(span{d.toks[i].a, end})
		if in.kind == KindInstrument && in.id != h.id && !d.sayTalks(in.span) {
			return in, true
		}
	}
	return hit{}, false
}

// sameThing reports whether the longer name m, found by its shape, is what the list means by o: the same head, words before it that only
// say whose it is, and no other thing in the list whose name starts as o does.
func (d *reader) sameThing(o, m mention, head int) bool {
	if o.id == "" || !o.holds(d.toks[head].span) {
		return false
	}
	ta, _ := d.tokensIn(m.span)
	oa, ob := d.tokensIn(o.span)
	if ta < oa && !d.saysWhose(m.a, o.a) {
		return false
	}
	_, tb := d.tokensIn(m.span)
	if tb == ob {
		return true
	}
	return !d.names.continues(folded(o.text(d.s), false), o.id)
}

// saysWhose reports whether the words from byte a to b only say whose an instrument is: "UN", "Council of Europe".
func (d *reader) saysWhose(a, b int) bool {
	ta, tb := d.tokensIn(span{a, b})
	for i := ta; i < tb; i++ {
		if !d.toks[i].is("un", "u.n.", "united", "nations", "ilo", "international", "council", "of", "europe", "universal", "'s", "onu", "fn") {
			return false
		}
	}
	return ta < tb
}

// continues reports whether another thing than id has a form that starts with the words of text and goes on.
func (n *Names) continues(text, id string) bool {
	k, _ := keyOf(text)
	for _, i := range n.byKey[k] {
		f := &n.forms[i]
		if rest, ok := strings.CutPrefix(folded(f.text, false), text); ok && strings.HasPrefix(rest, " ") {
			for _, nm := range f.names {
				if nm.ID != id && nm.ID != id+processSuffix {
					return true
				}
			}
		}
	}
	return false
}

// takeBracket adds the abbreviation in brackets behind m to it: (GCM), ("the Compact").
func (d *reader) takeBracket(m *mention) {
	if m.bare || m.b >= len(d.s) {
		return
	}
	rest := d.s[m.b:]
	trimmed := strings.TrimLeft(rest, " \u00A0")
	if len(trimmed) == len(rest) || !strings.HasPrefix(trimmed, "(") {
		return
	}
	inner, _, ok := strings.Cut(trimmed[1:], ")")
	if !ok || len(inner) > 60 || strings.ContainsAny(inner, "/;\n") {
		return
	}
	abbr := strings.TrimSpace(inner)
	for _, lead := range []string{"hereafter ", "hereinafter ", "henceforth ", "en adelante ", "ci-après ", "doravante ", "the ", "el ", "le ", "la ", "o "} {
		if rest, ok := strings.CutPrefix(abbr, lead); ok {
			abbr = strings.TrimSpace(rest)
		}
	}
	quoted := strings.Trim(abbr, "“”\"«»‘’' ")
	quoted = strings.TrimPrefix(quoted, "the ")
	switch {
	case year(inner) > 0: // International Health Regulations (2005)
	case abbreviation(abbr), quoted != abbr && quoted != "" && len(quoted) <= 40, d.shortName(inner):
		m.abbr = quoted
	default:
		return
	}
	m.b += len(rest) - len(trimmed) + len(inner) + 2
}

// shortName reports a bracket that holds another name of what stands before it: "SAR Convention", "H.R. 5", "Law 26/2003".
func (d *reader) shortName(s string) bool {
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 4 || startsLow(words[0]) {
		return false
	}
	if allCaps(words[0]) && strings.Trim(words[1], "0123456789") == "" && len(words) == 2 {
		return true
	}
	if w := words[len(words)-1]; strings.Trim(w, "0123456789/.-") == "" {
		for _, h := range words[:len(words)-1] {
			if heads[strings.ToLower(h)] {
				return true // Republic Act No. 11479
			}
		}
	}
	last := strings.ToLower(words[len(words)-1])
	first := strings.ToLower(words[0])
	return heads[last] && !startsLow(words[len(words)-1]) || heads[first] && len(words) <= 3 && !strings.ContainsAny(s, ",.")
}
