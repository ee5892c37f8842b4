package ingest

import (
	"sort"
	"strings"
)

// sides are words that make a larger or other place of the name behind them, unless the list of names has that place too.
var sides = set("new north south east west northern southern eastern western upper lower inner outer")

// readStates enters the parties that the text names as actors and as places, each written form once, at its first place. Names inside a
// signatory's own name, inside an instrument's name and inside an address are none.
func (d *reader) readStates() {
	seen := map[string]bool{}
	for _, h := range d.hits {
		if h.kind != KindParty {
			continue
		}
		h.span = d.plainName(h)
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

// plainName returns the name of h without "the" and "government" at its ends, where what is left is a name of the same party: a list may
// hold "the United States" and "US government", and the written form of the state is the same without them.
func (d *reader) plainName(h hit) span {
	ta, tb := d.tokensIn(h.span)
	if ta >= tb || d.toks[ta].a != h.a {
		return h.span // a part of "EU-Turkey"
	}
	for tb-ta > 1 && (d.lex.articles[d.toks[ta].low] || d.lex.offices[d.toks[ta].low]) {
		ta++
	}
	for tb-ta > 1 && d.lex.offices[d.toks[tb-1].low] {
		tb--
	}
	p := span{d.toks[ta].a, d.toks[tb-1].b}
	if p == h.span || p.b > h.b {
		return h.span
	}
	if left := d.names.find(p.text(d.s)); len(left) == 1 && left[0].span == (span{0, p.b - p.a}) && left[0].id == h.id {
		return p
	}
	return h.span
}

// stands reports whether the party named at p is meant, and not something else that is named after it.
func (d *reader) stands(p span) bool {
	if startsLow(d.s[p.a:p.b]) {
		return false // turkey
	}
	u, ok := d.unitAt(p.a)
	if !ok || u.role == signature {
		return false
	}
	for _, g := range d.groups {
		for _, m := range g.mentions {
			if m.overlaps(p) {
				return false
			}
		}
	}
	ta, tb := d.tokensIn(p)
	if ta > u.ta && d.capital(ta-1) && sides[d.toks[ta-1].low] {
		return false // New Mexico
	}
	if ta > u.ta && d.toks[ta-1].is("@", "/", ".") && d.toks[ta-1].b == p.a && d.hasLink(u.span) {
		return false
	}
	return tb >= u.tb || d.toks[tb].low != "city" || !d.capital(tb) // Mexico City
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
