package ingest

// aboutWords open the paragraph in which an issuer describes itself: "About Example Network:".
var aboutWords = phrases("about", "acerca de", "sobre", "à propos de", "à propos d", "a propos de", "über", "quiénes somos", "about us", "qui sommes-nous", "sobre nosotros", "sobre nós")

// readFoot finds the mark that ends the text, and the paragraphs behind it in which issuers describe themselves, which are no part of what the
// text says.
func (d *reader) readFoot() {
	for k := range d.units {
		u := &d.units[k]
		if u.role == endMark && d.out.EndMark == nil && k > 0 && d.marksEnd(*u) {
			p := d.place(u.span)
			d.out.EndMark = &p
		}
		if u.role != body || u.words > 12 || k < 3 || u.marked {
			continue
		}
		to, ok := firstOf(aboutWords, d.toks, u.ta, u.tb)
		if !ok || to >= u.tb && u.words > 2 || u.stopped || to < u.tb && d.toks[to].kind == word && !d.capital(to) && !d.lex.articles[d.toks[to].low] {
			continue
		}
		if k+1 >= len(d.units) || d.units[k+1].role != body || !d.prose(d.units[k+1]) {
			continue
		}
		p := u.span
		u.role = boilerplate
		for j := k + 1; j < len(d.units) && d.units[j].role == body && d.prose(d.units[j]); j++ {
			if j > k+1 && d.units[j].para != d.units[j-1].para && j > k+2 {
				break
			}
			d.units[j].role = boilerplate
			p.b = d.units[j].b
		}
		d.out.Boilerplate = append(d.out.Boilerplate, d.entry(p, Medium))
	}
}

// marksEnd reports "###", "ENDS", "-30-" and their like, and no heading of notes.
func (d *reader) marksEnd(u unit) bool {
	if u.words == 0 {
		return len(d.s[u.a:u.b]) >= 2 && d.s[u.a] != '-' && d.s[u.a] != '_'
	}
	for i := u.ta; i < u.tb; i++ {
		if d.toks[i].is("ends", "end", "fin", "ende", "fim", "30") {
			return true
		}
	}
	return false
}
