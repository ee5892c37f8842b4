package ingest

import "strings"

// romanceShapes returns the names in u: a head, mostly in capitals, with what follows it.
func (d *reader) romanceShapes(u unit) []shape {
	var list []shape
	free := u.ta
	for i := u.ta; i < u.tb; i++ {
		t := d.toks[i]
		if t.kind != word || !heads[t.low] || !d.capital(i) && !d.lowHead(i, u.tb) || i < free || i > u.ta && own[d.toks[i-1].low] {
			continue
		}
		if t.is("carta", "lettre") && i+1 < u.tb && d.toks[i+1].is("abierta", "aberta", "ouverte") {
			continue
		}
		if t.is("loi", "ley", "lei") && i+3 < u.tb && d.toks[i+1].is("«", "“", "\"") && d.capital(i+2) {
			for k := i + 3; k < u.tb && k < i+9; k++ {
				if d.toks[k].is("»", "”", "\"") {
					list = append(list, shape{span: span{t.a, d.toks[k].b}, head: i})
					free = k + 1
					break
				}
			}
			continue
		}
		a := d.leftOf(i, max(u.ta, free))
		if actionHeads[t.low] && !(i+2 < u.tb && d.toks[i+1].is("of", "for", "de", "d") && d.has(actions, i+2, min(i+4, u.tb))) && !(i+1 < u.tb && year(d.toks[i+1].low) > 0) &&
			!d.datedPlan(i, u.tb) {
			continue
		}
		b, open := d.romanceRight(i, u.tb)
		if b > i+2 && b+2 < u.tb && d.toks[b].kind == number && year(d.toks[b].low) > 0 && isDash(d.toks[b+1].low) && year(d.toks[b+2].low) > 0 {
			b += 3
		}
		if b < u.tb && d.toks[b].kind == word && d.capital(b) && onlyBlank(d.s[d.toks[b-1].b:d.toks[b].a]) {
			continue
		}
		if pluralHeads[t.low] && genericPlural(d.toks[a:i], t.low) {
			named := false
			for k := i + 1; k < b; k++ {
				named = named || d.toks[k].kind == number || d.capital(k) && !genericWords[strings.TrimRight(d.toks[k].low, "0123456789")]
			}
			if !named {
				continue
			}
		}
		s := shape{span: span{d.toks[a].a, d.toks[b-1].b}, head: i, bare: a == i && b == i+1, open: open}
		if k := b; k+1 < u.tb && d.toks[k].is("y", "et", "e") {
			for j := k + 1; j < u.tb && j < k+4 && d.toks[j].kind == word && (d.capital(j) || !d.capital(i)); j++ {
				if h := d.toks[j].low; actionHeads[h] && j+1 < u.tb && opens[d.toks[j+1].low] && !s.bare || softHeads[h] && softHeads[t.low] {
					b, s.open = d.romanceRight(j, u.tb)
					s.b, s.bare = d.toks[b-1].b, false
					break
				}
			}
		}
		if softHeads[t.low] && b == i+1 && (a == i || a == u.ta || !d.lex.articles[d.toks[a-1].low]) {
			continue
		}
		list = append(list, s)
		free = b
	}
	return list
}

// datedPlan reports a plan or a programme whose name in capitals ends with an abbreviation in brackets or with its years: "Plan Nacional de
// Desarrollo 2013-2018".
func (d *reader) datedPlan(i, end int) bool {
	b, _ := d.romanceRight(i, end)
	return b > i+2 && b < end && (d.toks[b].kind == number && year(d.toks[b].low) > 0 || d.toks[b].is("(") && b+2 < end && d.toks[b+2].is(")") && allCaps(d.s[d.toks[b+1].a:d.toks[b+1].b]))
}

// wide are adjectives in small letters that may follow a head in Spanish, French and Portuguese and belong to the name.
var wide = set("internacional internacionales interamericana interamericano americana americano europea europeo africana africano mundial facultativo facultativa adicional universal global regional nacional general política penal civil única único fundamental marco " +
	"régional régionale internationale international européenne européen américaine interaméricaine africaine mondial mondiale facultatif additionnel universelle générale général nationale pénal unique cadre " +
	"europeia europeu universal adicional geral federal orgânica orgánica organique")

// longer are the words that may go on with a name behind a first part: "Convention de Genève … relative au statut".
var longer = set("sobre para contra relativo relativa relativos relativas sur pour relatif relative relatifs relatives contre concernant visant")

// joined are "and" and "or".
var joined = set("y e et ou o u")

// nameStops are the words at which a name in small letters ends.
var nameStops = set("que qui qu dont où donde onde afin así asi ainsi assim como comme lors durante pendant mediante cuando quando lorsque si mais mas pero car porque con com avec en em dans por depuis desde hasta jusqu ante devant selon según segundo " +
	"adoptada adoptado adoptadas adoptados firmada firmado ratificada ratificado aprobada aprobado suscrita suscrito adoptée adopté adoptées adoptés signée signé ratifiée ratifié conclu conclue approuvé approuvée adotada adotado assinada assinado " +
	"aprovada aprovado celebrada celebrado entre ser sea soit hoy aujourd hoje este esta ce cette cet esse essa sus su ainda aún encore ya déjà já sin sans sem ni nem não no ne pas tras après após antes avant ya son")

// romanceRight returns the token after the name whose head is at i, for languages that write such names mostly in small letters, and whether
// small letters end it, so that its end is not sure.
func (d *reader) romanceRight(i, end int) (int, bool) {
	j := i + 1
	for j < end && d.toks[j].kind == word && onlyBlank(d.s[d.toks[j-1].b:d.toks[j].a]) && (wide[d.toks[j].low] || d.capital(j) && !isMonth(d.toks[j].low) && !d.lex.articles[d.toks[j].low] || j > i+1 && !d.capital(i) && d.adjectiveLike(d.toks[j].low) || j == i+1 && d.toks[i].is("constitución", "constitution", "constituição") && (d.adjectiveLike(d.toks[j].low) || d.names.peopleOf(d.toks[j].low)) && !nameStops[d.toks[j].low]) {
		j++
	}
	if !d.capital(i) && j > i+1 && j+1 < end && joined[d.toks[j].low] && d.capital(j+1) && d.toks[j+1].kind == word && !heads[d.toks[j+1].low] && d.capital(i+1) {
		j += 2 // la loi Asile et Immigration
	}
	if k, ok := d.numberAfter(j, end); ok {
		j = k
		if !(j < end && d.toks[j].is("para", "pour")) {
			j = d.ofBody(j, end)
			if j < end && d.toks[j].is("sobre", "sur", "relativo", "relativa", "relatif", "relative") {
				return d.romanceTail(i, j, end)
			}
			return j, false
		}
	}
	if namedHeads[d.toks[i].low] && j == i+1 && !(j < end && d.toks[j].is("de", "del", "da", "do", "du", "des", "d", "para", "sobre", "sur", "contra", "contre", "relative", "relativa")) {
		return j, false
	}
	return d.romanceTail(i, j, end)
}

// romanceTail returns the token after what goes on with the name whose head is at i, from token j on.
func (d *reader) romanceTail(i, j, end int) (int, bool) {
	if e := d.partiesAfter(j, end); e > j {
		return e, false
	}
	open, low := false, false
	for parts := 0; parts < 8; parts++ {
		k := j
		if k < end && d.toks[k].is(",") || k >= end || k-i > 26 {
			break
		}
		and := joined[d.toks[k].low]
		if and {
			if k+2 >= end || !d.toks[k+1].is("de", "del", "des", "du", "da", "do", "dos", "das", "d", "contra", "contre") || !low && !d.capitalAhead(k+1, end) || parts == 0 {
				break
			}
			k++
		}
		t := d.toks[k]
		if !opens[t.low] && t.low != "d" && !t.is("au", "aux", "al") && !(!low && parts > 0 && t.is("en", "em") && k+1 < end && d.toks[k+1].is("materia", "matéria", "relación")) && !(!low && parts > 0 && t.is("por", "no", "na", "nos", "nas", "par") && d.capitalAhead(k, end)) {
			break
		}
		first := parts == 0
		if !first && !low && !longer[t.low] && !d.startsYear(k, end) && !d.capitalAhead(k, end) {
			break
		}
		if y := d.startsYear(k, end); y {
			j = k + 2
			continue
		}
		m := k + 1
		for m < end && (inside[d.toks[m].low] || d.toks[m].is("'", "’", "au", "aux", "al", "l", "d", "tous", "toutes", "todos", "todas", "sus", "leurs", "seus", "suas", "lucha", "una", "une", "uma", "un", "um") || d.toks[m].low == "à") && (!nameStops[d.toks[m].low] || d.toks[m].is("sus", "su", "seus", "suas") && m+1 < end && d.capital(m+1)) {
			m++
		}
		if m >= end || d.toks[m].kind != word || nameStops[d.toks[m].low] || d.lex.finite[d.toks[m].low] {
			break
		}
		if !first && d.lex.infinitive != nil && d.lex.infinitive(d.toks[m].low) && !d.capital(m) && !t.is("visant") {
			break // "Acuerdo de Escazú para proteger"
		}
		if s := d.toks[m]; s.is("s", "n", "se", "ne") && m+1 < end && d.toks[m+1].is("'", "’") {
			break
		}
		isLow := !d.capital(m)
		if !first && !d.toks[i].is("protocolo", "protocole") && d.instrumentAt(m) {
			break // "Declaração de Progresso … para o GCM"
		}
		e := d.contentEnd(m, end)
		if t.is("visant", "para", "pour") && e > m && e < end && d.lex.articles[d.toks[e].low] && d.lex.infinitive(d.toks[m].low) {
			e = max(e, d.contentEnd(e+1, end))
		}
		if e <= m {
			break
		}
		j = e
		low = isLow || !d.capital(e-1)
		open = isLow
	}
	if j+2 < end && d.toks[j].is("(") && (d.toks[j+1].is("en", "em") && d.toks[j+2].is("particulier", "particular") || d.toks[j+1].is("notamment", "especialmente")) {
		for k := j; k < end && k < j+14; k++ {
			if d.toks[k].is(")") {
				return k + 1, open
			}
		}
	}
	return j, open
}

var lowHeads = set("accord accords convention conventions pacte traité charte protocole statut acuerdo acuerdos convenio convenios convención pacto tratado protocolo estatuto acordo acordos convenção règlement directive reglamento directiva")

// lowHead reports a head in small letters before a place's or body's name: "l'accord de Paris", "la charte des Nations unies"; or a
// declaration of a body on something.
func (d *reader) lowHead(i, end int) bool {
	if !romance[d.lex.code] || i == 0 || i+2 >= end || !d.lex.articles[d.toks[i-1].low] && !d.toks[i-1].is("'", "’", "l", "del", "al", "du", "au", "do", "ao", "da") {
		return false
	}
	t := d.toks[i]
	k := i + 1
	if t.is("principes", "principios", "princípios") && d.toks[k].kind == word && d.adjectiveLike(d.toks[k].low) && k+2 < end && joined[d.toks[k+1].low] && softHeads[d.toks[k+2].low] {
		return true // les principes généraux et directives opérationnelles
	}
	if t.is("loi", "ley", "lei") && k+1 < end && d.toks[k].is("«", "“", "\"") && d.capital(k+1) {
		return true
	}
	if t.is("loi", "ley", "lei", "règlement", "directive", "reglamento", "directiva", "regulamento", "diretiva") && d.toks[k].kind == word && d.capital(k) && t.b+1 == d.toks[k].a && len(d.hitsIn(d.toks[k].span)) == 0 {
		return true // la loi Sécurité globale, le règlement Dublin III
	}
	if t.is("déclaration", "declaración", "declaração") {
		if d.toks[k].is("universelle", "universal") {
			return true
		}
		b, _ := d.romanceRight(i, end)
		for j := i + 3; j < b; j++ {
			if d.toks[j].is("relative", "relativa", "sobre") && d.capitalBetween(i+1, j) {
				return true
			}
		}
		return d.toks[k].kind == word && (d.toks[k].is("d") || strings.HasPrefix(d.toks[k].low, "d")) && d.toks[min(k+2, end-1)].low != "intention" && b > i+4 && d.capitalBetween(i+3, b) && d.has(set("avancement progrès principes principios progreso progresso"), i, b)
	}
	if t.is("acuerdo", "accord", "acordo", "pacto", "pacte") && d.toks[k].kind == word && d.capital(k) && d.pairOfNames(d.toks[k]) {
		return true // el acuerdo UE-Turquía
	}
	if t.is("constitución", "constitution", "constituição") && (d.toks[k].kind == word && (!d.capital(k) && d.adjectiveLike(d.toks[k].low) || d.names.peopleOf(d.toks[k].low)) && !nameStops[d.toks[k].low] || d.toks[k].is("de", "del", "do", "du", "da") && d.partyAhead(k+1, end)) {
		return true // la constitución noruega, la constitution du Kenya
	}
	if lowHeads[t.low] && !t.is("règlement", "directive", "reglamento", "directiva") && d.toks[k].is("internationale", "internacional", "européenne", "europea", "europeia", "américaine", "americana", "interamericana", "africaine", "mondial", "mundial", "universelle", "universal") && k+2 < end && opens[d.toks[k+1].low] {
		return true // la convention internationale des droits de l’enfant
	}
	if !lowHeads[t.low] || !d.toks[k].is("de", "d", "du", "des") {
		return false
	}
	for k++; k < end && d.toks[k].is("'", "’"); k++ {
	}
	if k >= end || d.toks[k].kind != word || !d.capital(k) {
		return false
	}
	for _, h := range d.hitsIn(span{d.toks[k].a, len(d.s)}) {
		return h.a > d.toks[k].a
	}
	return true
}

// partyAhead reports whether a party's name starts at token k, behind an article perhaps.
func (d *reader) partyAhead(k, end int) bool {
	for k < end && (d.lex.articles[d.toks[k].low] || d.toks[k].is("la", "l", "'", "’")) {
		k++
	}
	_, ok := d.partyFrom(k, end)
	return ok
}

func (d *reader) capitalBetween(i, end int) bool {
	for ; i < end; i++ {
		if d.toks[i].kind == word && d.capital(i) {
			return true
		}
	}
	return false
}

// instrumentAt reports whether a listed instrument's name starts at token m.
func (d *reader) instrumentAt(m int) bool {
	for _, h := range d.hitsIn(span{d.toks[m].a, len(d.s)}) {
		return h.a == d.toks[m].a && h.kind == KindInstrument
	}
	return false
}

// ofBody takes in the body behind a number: "Convenio 189 de la OIT", "resolución 2334 del Consejo de Seguridad".
func (d *reader) ofBody(j, end int) int {
	k := j
	for k < end && k < j+3 && d.toks[k].is("de", "del", "la", "el", "l", "'", "’", "du", "da", "do", "des", "of", "the", "der", "des") {
		k++
	}
	if k > j && k < end && d.toks[k].is("oit", "ilo", "onu", "un", "oms") && d.capital(k) {
		return k + 1
	}
	if k > j && k < end && d.toks[k].is("organización", "organisation", "organização") && d.capital(k) {
		e := k + 1
		for e < end && e < k+8 && (d.toks[e].kind == word && d.capital(e) || d.toks[e].is("de", "del", "do", "du", "internationale", "internacional", "la", "las", "des", "das")) {
			e++
		}
		for e > k && d.toks[e-1].is("de", "del", "do", "du", "la") {
			e--
		}
		if e+2 < end && d.toks[e].is("(") && d.toks[e+2].is(")") && allCaps(d.s[d.toks[e+1].a:d.toks[e+1].b]) {
			e += 3
		}
		return e
	}
	if k > j && k < end && d.toks[k].is("consejo", "conseil", "conselho", "asamblea", "assemblée", "assembleia", "security", "general") && d.capital(k) {
		e := k + 1
		for e < end && (d.toks[e].kind == word && d.capital(e) || d.toks[e].is("de", "del", "las", "des", "das", "y", "et", "e", "sécurité", "segurança", "générale", "la", "unies", "council", "assembly")) {
			e++
		}
		for e > k && d.toks[e-1].is("de", "del", "las", "des", "das", "y", "et", "e", "la") {
			e--
		}
		return e
	}
	return j
}

func (d *reader) startsYear(k, end int) bool {
	return k+1 < end && d.toks[k].is("de", "of", "von") && year(d.toks[k+1].low) > 0
}

// capitalAhead reports whether a word in capitals follows the small words at k.
func (d *reader) capitalAhead(k, end int) bool {
	if d.toks[k].is("à", "a", "al", "aux", "au") {
		return false
	}
	for k++; k < end && (d.lex.articles[d.toks[k].low] || d.toks[k].is("'", "’", "l", "las", "los", "la", "sus", "suas", "seus", "leurs")); k++ {
	}
	if k >= end || d.toks[k].kind != word || !d.capital(k) || heads[d.toks[k].low] {
		return false
	}
	for _, h := range d.hitsIn(span{d.toks[k].a, len(d.s)}) {
		if h.a > d.toks[k].a {
			break
		}
		return false // "du Canada": whose it is, or who acts
	}
	return true
}

// contentEnd returns the end of the nouns and adjectives from m on: words up to a preposition, a verb or a mark; a list in commas is read
// through to its "and".
func (d *reader) contentEnd(m, end int) int {
	e := m
	for e < end {
		t := d.toks[e]
		switch {
		case t.kind == word && (nameStops[t.low] || d.lex.finite[t.low] && !d.capital(e) || d.firstPersonForm(t.low)):
			return e
		case t.kind == word && joined[t.low]:
			next := e + 1
			if next < end && (d.lex.articles[d.toks[next].low] || d.toks[next].is("l", "la", "le", "les")) && d.secondOfPair(m, e, next, end) {
				for next < end && (d.lex.articles[d.toks[next].low] || d.toks[next].is("l", "'", "’", "la", "le", "les")) {
					next++
				}
				e = next + 1
				continue
			}
			if next >= end || d.toks[next].kind != word || d.lex.articles[d.toks[next].low] && !d.toks[next].is("todas", "todos", "tous", "toutes") || nameStops[d.toks[next].low] || d.firstPersonForm(d.toks[next].low) ||
				d.lex.finite[d.toks[next].low] || heads[d.toks[next].low] && d.capital(next) || opens[d.toks[next].low] || d.capital(next) && !d.capital(e-1) {
				return e
			}
			e += 2
			continue
		case t.kind == word && (opens[t.low] || t.is("a", "à", "al", "au", "aux", "d", "l", "s", "n") || d.lex.articles[t.low]):
			return e
		case t.kind == word:
			if e > m && !joined[d.toks[e-1].low] {
				if t.is("par", "por") && e+2 < end && d.toks[e+1].kind == word && !d.lex.articles[d.toks[e+1].low] && (d.toks[e+2].is(",") || joined[d.toks[e+2].low]) {
					e += 2 // par terre, air et mer
					continue
				}
				if !d.capital(e) && e+1 < end && d.toks[e+1].is(",") && d.listCloses(e+1, end) > 0 {
					e++
					continue
				}
				if d.capital(e) && !d.capital(e-1) || !d.capital(e) && !d.adjectiveLike(t.low) {
					return e
				}
			}
			e++
			continue
		case t.is(","):
			if k := d.listCloses(e, end); k > 0 {
				e = k
				continue
			}
			return e
		case t.is("(") && e+6 < end:
			return e
		default:
			return e
		}
	}
	return e
}

// actors are nouns for those who act on an instrument, and so no second thing that it is about.
var actors = set("gouvernement gouvernements état états comité commission conseil cour ministre ministère parlement président organisations société union europe pays autorités nations " +
	"gobierno gobiernos estado estados comité comisión consejo corte ministro ministerio parlamento congreso presidente organizaciones sociedad unión países autoridades " +
	"governo governos comissão conselho ministério congresso organizações sociedade união")

// secondOfPair reports whether the article at next, behind the "and" at e, brings the second thing of a name: "sur la migration et l’asile",
// "sobre las Empresas y los Derechos Humanos". The first must have had its article too, and nobody who acts may follow.
func (d *reader) secondOfPair(m, e, next, end int) bool {
	if m == 0 || !(d.lex.articles[d.toks[m-1].low] || d.toks[m-1].is("'", "’")) || d.toks[next].is("todas", "todos", "tous", "toutes") {
		return false
	}
	k := m - 1
	for k > 0 && (d.lex.articles[d.toks[k].low] || d.toks[k].is("'", "’", "l", "à", "a")) {
		k--
	}
	if !longer[d.toks[k].low] && !d.toks[k].is("de", "d", "des", "du") {
		return false
	}
	n := next
	for n < end && (d.lex.articles[d.toks[n].low] || d.toks[n].is("l", "'", "’")) {
		n++
	}
	if n >= end || d.toks[n].kind != word || actors[d.toks[n].low] || heads[d.toks[n].low] || nameStops[d.toks[n].low] || d.capital(n) != d.capital(e-1) {
		return false
	}
	for _, h := range d.hitsIn(span{d.toks[n].a, len(d.s)}) {
		return h.a > d.toks[n].a
	}
	return true
}

// adjectiveEnds are the endings of adjectives and participles; the last letters of verbs in the third person are others.
var adjectiveEnds = map[string][]string{
	"fr": {"al", "ale", "ales", "aux", "el", "elle", "elles", "els", "ique", "iques", "aire", "aires", "if", "ifs", "ive", "ives", "ien", "ienne", "iens", "iennes", "é", "ée", "és", "ées", "ant", "ante", "ants", "antes", "ain", "aine", "ains", "aines",
		"eux", "euse", "euses", "able", "ables", "ible", "ibles", "ois", "oise", "ier", "iers", "ière", "ières", "ile", "iles", "in", "ine", "ins", "ines", "ies", "ie", "ite", "ites"},
	"es": {"al", "ales", "ivo", "iva", "ivos", "ivas", "ario", "aria", "arios", "arias", "ado", "ada", "ados", "adas", "ido", "ida", "idos", "idas", "oso", "osa", "osos", "osas", "ble", "bles", "ano", "ana", "anos", "anas", "ense", "enses", "ante", "antes",
		"ente", "entes", "il", "iles", "eño", "eños", "és", "esa", "eses", "esas", "ero", "era", "eros", "eras", "ores", "ino", "inos", "inas", "arios", "bre", "ares"},
	"pt": {"al", "ais", "ivo", "iva", "ivos", "ivas", "ário", "ária", "ários", "árias", "ado", "ada", "ados", "adas", "ido", "ida", "idos", "idas", "oso", "osa", "osos", "osas", "vel", "veis", "ano", "ana", "anos", "anas", "ense", "enses", "ante", "antes",
		"ente", "entes", "il", "is", "ês", "esa", "eses", "esas", "eiro", "eira", "eiros", "eiras", "ores", "ino", "inos", "inas", "uro", "ura", "ares", "uas"},
}

var noAdjective = set("applique s’applique implique explique indique complique provoque remplace constitue protégé reste restent vise visent lie lient prend prennent este era fera sera")

// adjectiveLike reports whether a word in small letters behind a noun may belong to it: international, económica, sustentável.
func (d *reader) adjectiveLike(w string) bool {
	if noAdjective[w] {
		return false
	}
	if wide[w] || w == "humanos" || w == "humanas" || w == "unies" || w == "humains" || strings.HasPrefix(w, "indígena") {
		return true
	}
	for _, end := range []string{"ico", "ica", "icos", "icas"} { // with an accent before it: económica, not aplica
		if strings.HasSuffix(w, end) && strings.ContainsAny(w, "áéíóúâêô") {
			return true
		}
	}
	for _, end := range adjectiveEnds[d.lex.code] {
		if strings.HasSuffix(w, end) && len(w) > len(end)+1 {
			return true
		}
	}
	return false
}

// listCloses returns the token after the list that goes on behind the comma at e: ", ordonnées et régulières".
func (d *reader) listCloses(e, end int) int {
	words := 0
	for k := e + 1; k < end && k < e+14; k++ {
		t := d.toks[k]
		switch {
		case t.kind == word && joined[t.low] && words > 0:
			next := k + 1
			for next < end && d.toks[next].is("de", "des", "du", "del", "da", "do") {
				next++
			}
			if next >= end || d.toks[next].kind != word || d.lex.articles[d.toks[next].low] || d.firstPersonForm(d.toks[next].low) || heads[d.toks[next].low] && d.capital(next) || nameStops[d.toks[next].low] || d.lex.finite[d.toks[next].low] {
				return 0
			}
			return next + 1
		case t.is(","):
			words = 0
		case t.kind == word && !nameStops[t.low] && !d.lex.finite[t.low] && !d.firstPersonForm(t.low) && !(heads[t.low] && d.capital(k)):
			if words++; words > 4 {
				return 0
			}
		default:
			return 0
		}
	}
	return 0
}

// firstPersonForm reports verbs such as "exigimos", "demandons" and "veillerons".
func (d *reader) firstPersonForm(w string) bool {
	switch d.lex.code {
	case "fr":
		return strings.HasSuffix(w, "ons") && len(w) > 5 && !strings.HasSuffix(w, "tions") && !strings.HasSuffix(w, "sions") && !strings.HasSuffix(w, "isons") || w == "sommes" || w == "nous"
	case "es", "pt":
		return strings.HasSuffix(w, "mos") && len(w) > 5 && w != "mínimos" && w != "próximos" && w != "últimos" && w != "mismos" && w != "mesmos" && w != "termos" && w != "extremos" || w == "nos"
	}
	return false
}
