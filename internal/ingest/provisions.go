package ingest

import (
	"slices"
	"strings"
)

// parts are the words for a numbered part of an instrument.
var parts = set("article articles art arts section sections paragraph paragraphs para paras objective objectives target targets goal goals sdg sdgs principle action rule chapter annex clause title " +
	"artículo artículos párrafo párrafos objetivo objetivos meta metas principio sección capítulo anexo inciso " +
	"alinéa paragraphe paragraphes objectif objectifs cible cibles principe chapitre annexe " +
	"artigo artigos parágrafo parágrafos seção capítulo inciso princípio " +
	"artikel artikels artikeln absatz abschnitt ziel ziele unterziel grundsatz kapitel §")

// ofAgenda are parts that are the 2030 Agenda's where the text names no other instrument beside them.
var ofAgenda = set("goal goals sdg sdgs target targets meta metas cible cibles unterziel")

// readProvisions enters the numbered parts of instruments that the text cites, each place once, with the instrument that they are of: the one
// named right behind, else the one named last before in the same sentence, else, where the text names one only, that one.
func (d *reader) readProvisions() {
	type place struct {
		m mention
		g int
	}
	var at []place
	for k, g := range d.groups {
		for _, m := range g.mentions {
			at = append(at, place{m, k})
		}
	}
	slices.SortFunc(at, func(a, b place) int { return a.m.a - b.m.a })
	next := 0
	for _, u := range d.units {
		if u.role == signature || u.role == contactRole || u.role == embargoRole || u.role == boilerplate {
			continue
		}
		for i := u.ta; i+1 < u.tb; i++ {
			t := d.toks[i]
			if !parts[t.low] {
				continue
			}
			end, ok := d.numbers(i+1, u.tb)
			if !ok || t.is("title", "action", "rule", "clause", "annex", "anexo", "annexe", "chapter") && !d.capital(i) {
				continue
			}
			p := span{t.a, d.toks[end-1].b}
			for next < len(at) && at[next].m.b <= p.a {
				next++
			}
			best := -1
			if next < len(at) && at[next].m.a >= p.b && at[next].m.a-p.b < 60 && d.ofBetween(end, at[next].m.a) {
				best = at[next].g
			} else if next < len(at) && at[next].m.holds(p) {
				best = at[next].g
			} else if next > 0 && at[next-1].m.a >= u.a && p.a-at[next-1].m.b < 200 {
				best = at[next-1].g
			} else if len(d.groups) == 1 {
				best = 0
			}
			if best < 0 || ofAgenda[t.low] && !d.agenda(best) {
				for k := range d.groups {
					if ofAgenda[t.low] && d.agenda(k) {
						best = k
					}
				}
			}
			pr := Provision{Entry: d.entry(p, Medium)}
			if best >= 0 {
				g := d.groups[best]
				pr.Instrument, pr.ID = ref(oneLine(g.mentions[g.full].text(d.s))), ref(g.id)
				pr.Confidence = High
			}
			d.out.Provisions = append(d.out.Provisions, pr)
			i = end - 1
		}
	}
}

func (d *reader) agenda(k int) bool {
	return d.groups[k].words["2030"] || d.groups[k].id == "2030-agenda"
}

// numbers reads what numbers a part: 13, 10.7, 203, 3 and 5, 7 to 9, 16a, 43 (2), 245(i), IV.
func (d *reader) numbers(i, end int) (int, bool) {
	one := func(i int) (int, bool) {
		if i >= end {
			return i, false
		}
		t := d.toks[i]
		if t.low == "." || t.low == "no" || t.low == "nº" || t.low == "n°" {
			i++
			if i >= end {
				return i, false
			}
			t = d.toks[i]
		}
		if t.kind == number && len(t.low) <= 7 && year(t.low) == 0 && !strings.Contains(t.low, ",") || t.kind == word && strings.Trim(t.low, "ivx") == "" && len(t.low) <= 5 && d.capital(i) {
			i++
			for i+2 < end && d.toks[i].is("(") && len(d.toks[i+1].low) <= 3 && d.toks[i+2].is(")") {
				i += 3
			}
			return i, true
		}
		return i, false
	}
	e, ok := one(i)
	if !ok {
		return i, false
	}
	for e+1 < end && (d.toks[e].is(",", "and", "y", "e", "et", "und", "to", "a", "à", "bis", "&") || isDash(d.toks[e].low)) {
		k := e + 1
		if d.toks[e].is(",") && d.toks[k].is("and", "y", "et", "e", "und") {
			k++
		}
		n, ok := one(k)
		if !ok || k < end && d.toks[k].kind != number {
			break
		}
		e = n
	}
	return e, true
}

// ofBetween reports whether only "of the" and the like stand from token i up to byte to.
func (d *reader) ofBetween(i, to int) bool {
	for ; i < len(d.toks) && d.toks[i].a < to; i++ {
		if t := d.toks[i]; !d.lex.articles[t.low] && !t.is("of", "the", "de", "del", "la", "du", "des", "do", "da", "der", "des", "d", "l", "'", "’", "in", "under", "dem", "le", "el", ",", "(", ")", "to", "from") && t.kind != number {
			return false
		}
	}
	return true
}
