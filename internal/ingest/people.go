package ingest

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// peoples are the first letters of adjectives for a country's people that its name does not begin with, without accents.
var peoples = []string{"ecuator", "egipc", "egypt", "hungar", "polac", "polon", "polnisch", "polsk", "turc", "turkish", "turkisch", "turkisk", "rusa", "ruso", "russ", "ryska", "ryske", "griega", "griego", "grec", "grego", "grega", "danes", "danois", "danisch", "danska", "dinamarqu", "britan", "britis", "brittisk", "englisch",
	"marroqu", "marocain", "marokkan", "tunec", "estadounid", "norteameric", "american", "amerikan", "us-amerikan", "neerland", "nederland", "holand", "hollandsk", "holland", "deutsch", "alleman", "tysk", "franzos", "fransk", "spanisch", "spansk", "chines", "chinois", "kinesisk", "suec", "svensk", "suiz", "suisse", "schweizer", "cheque", "tcheque", "tschech", "tjeck",
	"croat", "kroat", "belga", "belge", "belgisch", "belgisk", "austriac", "autrich", "osterreich", "osterrik", "indonesisch", "indisch", "indisk", "irisch", "irland", "islandsk", "islandisch", "norsk", "norveg", "finsk", "finnisch", "finland", "thai", "dutch", "welsh", "scottish", "kurd", "palestin", "palastinens"}

// noPeople are adjectives that begin as a country's name does and tell of no people.
var noPeople = set("federal federale federales federais nacional nationale national nationell central centrale estatal estadual democrática démocratique democratic republicana républicaine republican islámica islamique islâmica islamic arabe árabe popular populaire united unida unie individual indígena colonial")

// noAccents returns s in lower case without accents.
func noAccents(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// generalFirst are words that begin names of states and other things alike.
var generalFirst = set("united estados états etats reino royaume vereinigte vereinigtes förenta central zentralafrikanische centrafrique people's democratic demokratische república republic republik repubblica south southern north northern new nueva nova neue east east el new saint san santa saint são")

// stemOf returns the first letters of a party's name by which an adjective for its people may be told, or "".
func stemOf(name string) string {
	low := noAccents(strings.TrimSpace(name))
	for _, the := range []string{"the ", "el ", "la ", "los ", "las ", "le ", "les ", "l'", "o ", "a ", "os ", "as ", "die ", "der "} {
		low = strings.TrimPrefix(low, the)
	}
	first, _, _ := strings.Cut(low, " ")
	if generalFirst[first] || realms[first] || realmAdjectives[first] || sides[first] {
		return ""
	}
	low = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, low)
	if len(low) < 4 || !asciiLetters(low) {
		return ""
	}
	return low[:min(5, len(low))]
}

// peopleOf reports whether w is an adjective for the people of one of the parties: "Kenyan", "norwegisch", "chilena".
func (n *Names) peopleOf(w string) bool {
	if noPeople[strings.ToLower(w)] || len(w) < 4 {
		return false
	}
	low := noAccents(w)
	for _, p := range peoples {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	if n == nil || len(low) < 5 {
		return false
	}
	return n.stems[low[:5]] || n.stems[low[:4]]
}

// partyFrom returns the party whose name starts at token k.
func (d *reader) partyFrom(k, end int) (hit, bool) {
	if k >= end {
		return hit{}, false
	}
	for _, h := range d.hitsIn(span{d.toks[k].a, len(d.s)}) {
		return h, h.a == d.toks[k].a && h.kind == KindParty
	}
	return hit{}, false
}

// ownerBefore returns the first token of a party's name in the genitive that ends right before token i: "Kenya's", "the Philippines'",
// "Norwegens"; i where there is none.
func (d *reader) ownerBefore(i, from int) int {
	if i <= from || !onlyBlank(d.s[d.toks[i-1].b:d.toks[i].a]) {
		return i
	}
	k := i - 1
	switch t := d.toks[k]; {
	case t.low == "'s" || t.is("'", "’") && k > from && strings.HasSuffix(d.toks[k-1].low, "s"):
		if k--; k < from || d.toks[k].b != t.a {
			return i
		}
	case t.kind != word || !strings.HasSuffix(t.low, "s") || d.lex != german && d.lex != swedish:
		return i
	}
	for _, h := range d.hitsIn(span{d.toks[max(from, k-5)].a, d.toks[k].b}) {
		if h.kind == KindParty && !startsLow(d.s[h.a:h.b]) && (h.b == d.toks[k].b || h.genitive && h.b == d.toks[k].b-1) {
			ta, _ := d.tokensIn(h.span)
			return ta
		}
	}
	return i
}
