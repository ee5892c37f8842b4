package ingest

import (
	"fmt"
	"strings"
	"unicode"
)

// signStems begin the words that say in a heading that names follow: "signed", "endorsing", "firmantes", "signataires", "unterzeichnet".
var signStems = []string{"sign", "undersign", "endors", "co-sign", "cosign", "firm", "suscri", "adhier", "adhes", "respald", "soussign", "assin", "subscrev", "subscrit", "unterzeichn", "erstunterzeichn", "mitunterzeichn", "mitgezeichnet", "unterschr"}

// noSign are words that begin with a stem and say something else.
var noSign = set("significant significantly signal signals firm firms firmly firme firmes firmeza assinala assinalar signifie signifier significa")

func signWord(w string) bool {
	if noSign[w] {
		return false
	}
	for _, s := range signStems {
		if strings.HasPrefix(w, s) {
			return true
		}
	}
	return false
}

// sayTheySign reports a line that ends with a colon and says that names follow: "This letter is endorsed by the following organisations:".
func (d *reader) sayTheySign(u unit) (rest span, ok bool) {
	end := u.tb
	for j := u.ta; j < u.tb && j < u.ta+30; j++ {
		if d.toks[j].low == ":" {
			end = j
			break
		}
	}
	if end == u.tb || end-u.ta > 28 || u.marked {
		return span{}, false
	}
	said, asked := false, false
	for j := u.ta; j < end; j++ {
		t := d.toks[j]
		if t.kind == word && signWord(t.low) || t.is("supported", "joined", "behalf", "apoyada", "apoyado", "apoiada", "soutenue", "soutenu", "stöds") && j > u.ta && j+1 < end && d.toks[j+1].is("by", "of", "por", "par", "av") {
			said = true
		}
		if t.is(".", "?") {
			return span{}, false
		}
		if len(d.lex.callsAt[t.low]) > 0 && !signWord(t.low) && j > u.ta && (d.lex.subjects[d.toks[j-1].low] || d.lex.adverbs[d.toks[j-1].low]) {
			asked = true
		}
	}
	if !said || asked {
		return span{}, false
	}
	return trim(d.s, span{d.toks[end].b, u.b}), true
}

// weakHeading reports a heading that may also stand above something else than names: "Organisations:", "Sincerely,".
func (d *reader) weakHeading(u unit) bool {
	for i := u.ta; i < u.tb; i++ {
		if signWord(d.toks[i].low) || d.toks[i].is("sincerely", "respectfully", "atentamente", "atenciosamente", "cordialement", "behalf", "regards", "faithfully", "truly", "hälsningar", "hälsning", "högaktningsfullt", "grüßen", "gruß", "hochachtungsvoll", "cordialmente", "respetuosamente", "respectueusement", "respeitosamente", "saludos") {
			return false
		}
	}
	return true
}

// cells returns the columns of a line: what tabs or three spaces part.
func (d *reader) cells(p span) []span {
	text := d.s[p.a:p.b]
	if !strings.ContainsAny(text, "\t") && !strings.Contains(text, "   ") {
		return []span{p}
	}
	var list []span
	start := p.a
	add := func(end int) {
		if q := trim(d.s, span{start, end}); q.b > q.a {
			if m := listMark(d.s[q.a:q.b]); m > 0 && q.a+m < q.b {
				q.a += m
			}
			list = append(list, q)
		}
	}
	for i := p.a; i < p.b; {
		if d.s[i] == '\t' || strings.HasPrefix(d.s[i:p.b], "   ") {
			add(i)
			for i < p.b && (d.s[i] == ' ' || d.s[i] == '\t') {
				i++
			}
			start = i
			continue
		}
		i++
	}
	add(p.b)
	return list
}

// tableRows reports whether the lines are rows of a table, one signatory each, and not columns of names: their last cells are states, or a
// row above them says what the columns hold.
func (d *reader) tableRows(k, end int) bool {
	rows, states := 0, 0
	for ; k < end; k++ {
		cells := d.cells(d.units[k].span)
		if len(cells) < 2 {
			continue
		}
		rows++
		last := cells[len(cells)-1]
		if h := d.hitsIn(last); len(h) == 1 && h[0].kind == KindParty && h[0].span == last {
			states++
		}
		low := strings.ToLower(d.s[d.units[k].a:d.units[k].b])
		if rows == 1 && (strings.Contains(low, "country") || strings.Contains(low, "organi") && strings.Contains(low, "name") || strings.Contains(low, "país") || strings.Contains(low, "pays")) {
			return true
		}
	}
	return rows > 1 && states*3 >= rows*2
}

// capitals reports whether the words of u have capitals, small ones apart, as those of a name.
func (d *reader) capitals(u unit) bool {
	low, words := 0, 0
	for _, t := range d.toks[u.ta:u.tb] {
		if t.kind == word && !inside[t.low] {
			words++
			if startsLow(d.s[t.a:t.b]) {
				low++
			}
		}
	}
	return words > 0 && low*3 <= words
}

var regions = set("africa asia europe americas america oceania pacific caribbean international national regional global worldwide local africa américa asia europa oceanía caribe internacional internacionales nacional nacionales " +
	"afrique amérique europe océanie caraïbes internationales nationales internationaux nationaux afrika asien europa amerika international regionale")

// groupHeading reports a line of a list that heads a group of names and is none: in capitals where the names are not, a state's or a
// region's name alone where the names are of others, or a word for a kind of signers.
func (d *reader) groupHeading(u unit, caps, states bool) bool {
	text := d.s[u.a:u.b]
	if d.toks[u.tb-1].low == ":" {
		return true
	}
	if u.marked {
		return false
	}
	if caps && allCaps(text) && u.words >= 2 {
		return true
	}
	if !states {
		if h := d.hitsIn(u.span); len(h) == 1 && h[0].kind == KindParty && h[0].a-u.a <= 4 && h[0].b == u.b {
			return true
		}
	}
	known := u.words > 0 && u.words <= 4
	for _, t := range d.toks[u.ta:u.tb] {
		if t.kind == word && !regions[t.low] && !d.lex.bodies[t.low] && !t.is("and", "the", "latin", "north", "south", "central", "middle", "east", "west", "eastern", "western", "northern", "southern", "sub-saharan", "y", "et", "e", "und", "latina", "latine", "individuals", "individual", "signatories", "personas", "other", "organisations", "organizations", "networks", "groups", "ngos") {
			known = false
		}
	}
	return known
}

// sign enters units k to end as signatories.
func (d *reader) sign(k, end int, c Confidence) {
	upper, named, states := 0, 0, 0
	for i := k; i < end; i++ {
		u := d.units[i]
		if allCaps(d.s[u.a:u.b]) {
			upper++
		}
		if h := d.hitsIn(u.span); len(h) == 1 && h[0].kind == KindParty && h[0].a-u.a <= 4 && h[0].b == u.b {
			states++
		}
		named++
	}
	caps, ofStates := upper*4 <= named, states*2 > named
	table := d.tableRows(k, end)
	first, starred := true, d.starred(d.units[k])
	for ; k < end; k++ {
		u := &d.units[k]
		u.role = signature
		if !starred && d.starred(*u) && startsLow(d.s[u.a:u.b]) {
			continue // a note to a name with a star
		}
		if d.groupHeading(*u, caps, ofStates) && (k+1 < end || d.toks[u.tb-1].low == ":") {
			continue // "International organisations:"
		}
		if n := d.personLines(k, end); n > 1 {
			p := u.span
			for i := 1; i < n; i++ {
				d.units[k+i].role = signature
				p.b = d.units[k+i].b
			}
			d.addSignatory(p, Medium)
			k += n - 1
			continue
		}
		cells := d.cells(u.span)
		if table {
			low := strings.ToLower(d.s[u.a:u.b])
			if first && (strings.Contains(low, "country") || strings.Contains(low, "país") || strings.Contains(low, "pays") || strings.Contains(low, "name")) && len(cells) > 1 {
				first = false
				continue
			}
			d.addSignatory(u.span, c)
			continue
		}
		first = false
		for _, p := range cells {
			d.addSignatory(p, c)
		}
	}
}

// starred reports a unit whose mark is a star.
func (d *reader) starred(u unit) bool {
	return u.marked && strings.HasSuffix(strings.TrimRight(d.s[:u.a], " "), "*")
}

var posts = set("director directora directeur directrice diretor diretora president presidente président chair chairperson chairman chairwoman secretary secretario secretaria secrétaire coordinator coordinador coordinadora coordenador coordenadora " +
	"executive general manager officer ordförande generalsekreterare talesperson styrelseordförande sprecher sprecherin generalsekretär generalsekretärin geschäftsführerin presidenta secretária presidenta coordinatrice porte-parole professor bishop minister ministra senator ambassador geschäftsführer geschäftsführerin vorsitzende vorsitzender präsident convenor co-chair co-director chief head rector")

// personLines returns how many lines from k on are one person's: a paragraph of two to four lines whose second holds an office, one
// paragraph after the other.
func (d *reader) personLines(k, end int) int {
	n := 1
	for k+n < end && n < 6 && d.units[k+n].para == d.units[k].para {
		n++
	}
	if n < 2 || n > 4 || k > 0 && d.units[k-1].para == d.units[k].para && d.units[k-1].role == signature && len(d.out.Signatories) > 0 && d.points.of(d.units[k-1].b) >= d.out.Signatories[len(d.out.Signatories)-1].End && d.units[k-1].words > 3 {
		return 1
	}
	for i := 0; i < n; i++ {
		if d.units[k+i].marked {
			return 1
		}
	}
	if d.units[k].words > 6 || d.has(posts, d.units[k].ta, d.units[k].tb) || !d.has(posts, d.units[k+1].ta, d.units[k+1].tb) {
		return 1
	}
	return n
}

// countSigners flags a list that holds another number of names than the text says.
func (d *reader) countSigners() {
	n := len(d.out.Signatories)
	if n < 2 {
		return
	}
	counted := func(i, end int) (int, bool) {
		t := d.toks[i]
		if t.kind != number || strings.Trim(t.low, "0123456789") != "" || year(t.low) > 0 {
			return 0, false
		}
		for k := i + 1; k < end && k < i+5; k++ {
			if d.lex.bodies[d.toks[k].low] && !d.toks[k].is("leaders", "unions", "churches") || signWord(d.toks[k].low) && d.toks[k].kind == word {
				return atoi(t.low), true
			}
		}
		return 0, false
	}
	for _, u := range d.units {
		if u.role == contactRole {
			continue
		}
		said := u.role == signature || u.role == head
		for i := u.ta; i < u.tb && !said; i++ {
			said = signWord(d.toks[i].low)
		}
		if !said {
			continue
		}
		for i := u.ta; i < u.tb; i++ {
			if m, ok := counted(i, u.tb); ok && m > 1 && m != n {
				d.flag(FlagCount, fmt.Sprintf("the text speaks of %d, and %d names were found", m, n), d.toks[i].span)
				return
			} else if ok && m == n {
				return
			}
		}
	}
}

// hasAddress reports whether p holds an e-mail address or a telephone number; a web address alone may stand behind a name.
func (d *reader) hasAddress(p span) bool {
	text := d.s[p.a:p.b]
	return email(text) != "" || phone(text) != "" || strings.HasPrefix(text, "http") || strings.HasPrefix(text, "www.")
}

// blankOrMark reports white space and marks.
func blankOrMark(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) }
