package ingest

import "strings"

// germanHeads end the words that name what an instrument is in German, alone or in a compound.
var germanHeads = []string{"konvention", "übereinkommen", "abkommen", "pakt", "charta", "protokoll", "fakultativprotokoll", "gesetz", "gesetzes", "verordnung", "richtlinie", "erklärung", "vertrag", "grundgesetz", "agenda", "resolution", "zusatzprotokoll", "leitprinzipien", "statut", "deal", "gesetzbuch", "gesetzbuches", "verfassung", "ordnung", "rahmenkonvention", "pakts", "charta", "ziele"}

// plainGerman are heads that name an instrument only with what stands around them.
var plainGerman = set("erklärung vertrag gesetz gesetzes richtlinie verordnung protokoll abkommen pakt charta konvention übereinkommen resolution statut agenda verfassung deal ziele")

// noGerman are words that end like one and are none.
var noGerman = set("presseerklärung regierungserklärung erklärung arbeitsvertrag mietvertrag vertrag koalitionsvertrag kaufvertrag tarifvertrag ordnung verordnung tagesordnung unordnung rechtsordnung geschäftsordnung weltordnung friedensordnung grundordnung wirtschaftsordnung verfassung gesetzgebung deal ziele klimaziele entwicklungsziele kriegserklärung bundesverfassung unabhängigkeitserklärung liebeserklärung")

// germanShapes returns the instruments' names in a German text by their shape: "Genfer Flüchtlingskonvention", "UN-Kinderrechtskonvention",
// "Übereinkommen über die Rechte des Kindes", "Globaler Pakt für eine sichere, geordnete und reguläre Migration", "Agenda 2030".
func (d *reader) germanShapes(u unit) []shape {
	var list []shape
	{
		free := u.ta
		for i := u.ta; i < u.tb; i++ {
			t := d.toks[i]
			if t.kind != word || !d.capital(i) || i < free {
				continue
			}
			low := strings.TrimSuffix(t.low, "s")
			if i+1 < u.tb && d.toks[i+1].kind == possessive {
				low = t.low
			}
			head, plain := false, plainGerman[low] || plainGerman[t.low]
			for _, h := range germanHeads {
				head = head || strings.HasSuffix(low, h) || strings.HasSuffix(t.low, h)
			}
			if !head || noGerman[low] && !plain || i > u.ta && d.toks[i-1].is("diese", "dieser", "diesem", "unsere", "unserer", "gemeinsame") {
				continue
			}
			a := i
			for a > free && d.toks[a-1].kind == word && d.capital(a-1) && onlyBlank(d.s[d.toks[a-1].b:d.toks[a].a]) && germanAdjective(d.toks[a-1].low) && !(a-1 == u.ta && d.lex.articles[d.toks[a-1].low]) {
				a--
			}
			if t.is("verfassung") && a == i && i > u.ta {
				if w := d.toks[i-1]; w.kind == word && d.names.peopleOf(w.low) || d.ownerBefore(i, u.ta) < i {
					a-- // die norwegische Verfassung, Norwegens Verfassung
				}
			}
			b := i + 1
			if t.is("verfassung") && a == i {
				k := b
				if k < u.tb && d.toks[k].is("von", "der", "des") {
					k++
				}
				if h, ok := d.partyFrom(k, u.tb); ok && (k > b || h.genitive || strings.HasSuffix(d.toks[k].low, "s")) {
					_, b = d.tokensIn(h.span) // die Verfassung Norwegens, die Verfassung der Schweiz
				}
			}
			if k, ok := d.numberAfter(b, u.tb); ok {
				b = k
				if b+1 < u.tb && d.toks[b].is("der", "des") && d.toks[b+1].is("ilo", "iao", "un", "vereinten", "un-sicherheitsrates", "un-sicherheitsrats", "sicherheitsrates", "sicherheitsrats") {
					b += 2
				}
			}
			open := false
			if b == i+1 && b < u.tb && d.toks[b].is("über", "gegen", "zur", "zum", "für", "der", "des") && (plain || strings.HasSuffix(low, "protokoll")) && (!t.is("verfassung") || b+1 < u.tb && d.toks[b+1].is("landes", "bundes", "freistaats", "freistaates", "republik", "union", "europäischen")) {
				if e := d.germanRight(b, u.tb); e > b {
					b, open = e, true
				}
			}
			s := shape{span: span{d.toks[a].a, d.toks[b-1].b}, head: i, bare: plain && a == i && b == i+1, open: open}
			list = append(list, s)
			free = b
		}
	}
	return list
}

// germanAdjective reports an adjective in capitals that belongs to a name: "Genfer", "Europäische", "Allgemeinen", "Globaler", "UN".
func germanAdjective(w string) bool {
	for _, end := range []string{"er", "e", "en", "em", "es"} {
		if strings.HasSuffix(w, end) && len(w) > 4 && !noGermanAdjective[w] {
			return true
		}
	}
	return w == "un" || w == "ilo" || w == "eu"
}

var noGermanAdjective = set("diese dieser diesen dieses unsere unserer unseren seine seiner ihre ihrer eine einer einen neue neuen aber oder wegen gegen staaten alle allen")

// germanRight returns the end of the phrase at b: a preposition or genitive, then words up to a noun that no further genitive follows.
func (d *reader) germanRight(b, end int) int {
	last := b
	for j := b; j < end && j < b+14; j++ {
		t := d.toks[j]
		switch {
		case t.kind == word && d.capital(j):
			last = j + 1
		case t.is(","):
			if !(j+2 < end && !d.capital(j+1) && d.toks[j+1].kind == word && d.adjectiveRun(j+1, end)) {
				return last
			}
		case t.kind == word && (t.is("der", "des", "die", "das", "den", "dem", "und", "von", "vor", "über", "gegen", "zur", "zum", "für", "einer", "eine", "oder", "aller", "ihrer", "jeder") || d.adjectiveRun(j, end)):
			if last > b && t.is("die", "das", "den", "dem", "zur", "zum", "für", "über", "gegen", "von") && !t.is("für", "gegen") {
				return last
			}
		default:
			return last
		}
	}
	return last
}

// adjectiveRun reports whether words in small letters that end as adjectives do, joined by commas and "und", lead from j to a noun.
func (d *reader) adjectiveRun(j, end int) bool {
	for k := j; k < end && k < j+8; k++ {
		t := d.toks[k]
		if t.kind == word && d.capital(k) {
			return k > j
		}
		if t.is(",", "und", "oder") {
			continue
		}
		if t.kind != word || d.lex.finite[t.low] || !(strings.HasSuffix(t.low, "e") || strings.HasSuffix(t.low, "en") || strings.HasSuffix(t.low, "er") || strings.HasSuffix(t.low, "em")) {
			return false
		}
	}
	return false
}
