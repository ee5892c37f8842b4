package ingest

import "strings"

// swedishHeads end the words that name what an instrument is in Swedish, with the article at their end or without.
var swedishHeads = []string{"konventionen", "konventionens", "konvention", "konventionerna", "deklarationen", "deklarationens", "deklaration", "förklaringen", "förklaring", "protokollet", "protokoll", "protokollets", "fördraget", "fördragets", "fördrag", "avtalet", "avtalets",
	"stadgan", "stadgans", "stadga", "pakten", "paktens", "förordningen", "förordning", "direktivet", "direktiv", "lagen", "lagens", "balken", "grundlagen", "resolution", "resolutionen", "agenda", "målen", "principer", "regeringsformen", "överenskommelsen", "konstitutionen", "konstitution", "principerna", "grundlag", "författningen", "författning"}

// bareSwedish are heads that name something only with other words around them.
var bareSwedish = set("konventionen konventionens konvention konventionerna deklarationen deklarationens deklaration förklaringen förklaring protokollet protokoll protokollets fördraget fördragets fördrag avtalet avtalets stadgan stadgans stadga pakten paktens förordningen förordning " +
	"direktivet direktiv lagen lagens lag agenda resolution resolutionen målen principer överenskommelsen avtal pakt konstitutionen konstitution grundlag författningen författning")

// noSwedish are words that end like a head and are none.
var noSwedish = set("anlagen inlagen tillagen dagen balken underlagen bolagen förslagen uppdragen beslagen kollektivavtalet kollektivavtal hyresavtalet anställningsavtalet samtalet samtalets antalet talet betalet förslaget uttagen lagen tagen slagen överlagen " +
	"egendagen vardagen riksdagen onsdagen måndagen tisdagen torsdagen fredagen lördagen söndagen idagen nationaldagen semesterlagen utgjorda pressförklaring förtroendeförklaring krigsförklaring regeringsförklaringen")

// swedishShapes returns the names in u: "Barnkonventionen", "FN:s konvention om barnets rättigheter", "den allmänna förklaringen om de mänskliga
// rättigheterna", "Parisavtalet", "Agenda 2030", "utlänningslagen".
func (d *reader) swedishShapes(u unit) []shape {
	var list []shape
	for i := u.ta; i < u.tb; i++ {
		t := d.toks[i]
		if t.kind != word || noSwedish[t.low] && !bareSwedish[t.low] || strings.HasSuffix(t.low, "-konventionerna") {
			continue
		}
		head, plain := false, bareSwedish[t.low]
		for _, h := range swedishHeads {
			head = head || strings.HasSuffix(t.low, h)
		}
		if !head || strings.HasSuffix(t.low, "dagen") {
			continue
		}
		genitive := i > u.ta+1 && d.toks[i-1].low == "s" && d.toks[i-2].low == ":"
		if !plain && !genitive && !d.capital(i) && !strings.HasSuffix(t.low, "lagen") && !strings.HasSuffix(t.low, "konventionen") && !strings.HasSuffix(t.low, "förordningen") && !strings.HasSuffix(t.low, "direktivet") && !strings.HasSuffix(t.low, "avtalet") && !strings.HasSuffix(t.low, "balken") && !strings.HasSuffix(t.low, "regeringsformen") {
			continue
		}
		a, b := i, i+1
		open := false
		if k, _, ok := d.codeAfter(b, u.tb); ok || b < u.tb && d.toks[b].kind == number && year(d.toks[b].low) > 0 && t.low == "agenda" {
			if b = k; !ok {
				b = i + 2
			}
		}
		if plain || genitive {
			// "FN:s allmänna", "Europeiska", "den internationella", "EU:s", "Säkerhetsrådets"
			for a > u.ta && d.toks[a-1].kind == word && onlyBlank(d.s[d.toks[a-1].b:d.toks[a].a]) && (d.capital(a-1) && !(a-1 == u.ta && d.lex.starters[d.toks[a-1].low]) || swedishAdjectives[d.toks[a-1].low] || a == i && constitutions[t.low] && d.names.peopleOf(d.toks[a-1].low)) {
				a--
			}
			if a > u.ta+1 && d.toks[a].kind == word && d.toks[a].low == "s" && d.toks[a-1].low == ":" && d.capital(a-2) {
				a -= 2
			} else if a > u.ta+2 && d.toks[a-1].low == "s" && d.toks[a-2].low == ":" {
				a -= 3
			}
			for a < i && d.lex.articles[d.toks[a].low] {
				a++
			}
			if b < u.tb && d.toks[b].is("om", "mot", "angående", "rörande", "för", "av") && (!d.toks[b].is("för", "av") || a < i) {
				if e := d.swedishRight(b, u.tb); e > b+1 {
					b, open = e, true
				}
			}
			if t.is("konventionerna", "principer", "målen", "protokoll") && a == i && (!d.capital(i) || b > i+1) {
				continue
			}
			if constitutions[t.low] && a == i && !d.capital(i) {
				continue
			}
			if a == i && b == i+1 && !d.capital(i) && !strings.HasSuffix(t.low, "en") && !strings.HasSuffix(t.low, "et") && !strings.HasSuffix(t.low, "an") {
				continue // a convention
			}
			if a == i && !d.capital(i) && open && t.is("lagen", "lag", "avtalet", "avtal", "målen", "principer", "förklaring", "protokoll") {
				b, open = i+1, false
			}
		}
		if b < u.tb && d.toks[b].is("dag", "dagen") {
			continue // Barnkonventionens dag
		}
		s := shape{span: span{d.toks[a].a, d.toks[b-1].b}, head: i, bare: plain && a == i && b == i+1, open: open}
		list = append(list, s)
		i = b - 1
	}
	return list
}

// constitutions are the words for a constitution.
var constitutions = set("konstitution konstitutionen grundlag författning författningen")

var swedishAdjectives = set("allmänna internationella europeiska globala universella mänskliga fakultativa ekonomiska gemensamma interamerikanska afrikanska")

// swedishRight returns the end of the phrase behind "om" at b: up to a verb, a mark, or an "och" with something else behind it.
func (d *reader) swedishRight(b, end int) int {
	last := b
	for k := b + 1; k < end && k < b+16; k++ {
		t := d.toks[k]
		if t.kind != word || d.lex.finite[t.low] || t.is("med") && !d.toks[k-1].is("personer", "människor", "barn") || t.is("som", "att", "i", "på", "från", "till", "när", "efter", "innan", "sedan", "vid", "under") || strings.HasSuffix(t.low, "r") && len(t.low) > 4 && k > b+2 && swedishVerb(t.low) || strings.HasSuffix(t.low, "de") && k > b+2 && len(t.low) > 5 && !strings.HasSuffix(t.low, "ande") {
			break
		}
		if t.is("och", "eller", "samt") {
			if k+1 >= end || d.capital(k+1) && !d.capital(k-1) || d.toks[k+1].kind != word || d.lex.subjects[d.toks[k+1].low] || swedishEnds(d.toks[k+1].low) {
				break
			}
			continue
		}
		if t.is("om", "mot", "för", "av", "med", "de", "den", "det", "alla", "sina", "deras") {
			continue
		}
		last = k + 1
	}
	return last
}

func swedishEnds(w string) bool {
	for _, h := range swedishHeads {
		if strings.HasSuffix(w, h) {
			return true
		}
	}
	return false
}

// swedishVerb reports forms such as "gäller", "skyddar", "binder"; a plural such as "rättigheter" or "kvinnor" is none.
func swedishVerb(w string) bool {
	for _, end := range []string{"heter", "or", "ioner", "arbetare", "are", "familjer", "flyktingar", "former", "personer", "migranter", "medlemmar", "friheter", "människor", "länder"} {
		if strings.HasSuffix(w, end) {
			return false
		}
	}
	for _, end := range []string{"gäller", "skyddar", "binder", "kräver", "säger", "slår", "ger", "antar", "anger", "innebär", "förbjuder", "garanterar", "erkänner", "ställer", "omfattar", "fyller", "träder", "bör", "skiljer", "utgör", "innehåller", "tillåter"} {
		if strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}
