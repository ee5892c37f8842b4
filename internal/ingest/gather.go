package ingest

import (
	"slices"
	"strings"
)

// Mentions that mean the same instrument come together here: the fullest one stands for it, the rest are kept beside it.

// gather puts the mentions into groups.
func (d *reader) gather(list []mention) []group {
	var groups []group
	byID, byWord := map[string]int{}, map[string][]int{} // the groups by their id, and by each word of their names that is a head of one
	// First what has an id, then the longest names, so that each shorter one finds its group.
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if x, y := list[a].id != "", list[b].id != ""; x != y {
			if x {
				return -1
			}
			return 1
		}
		return len(list[b].words) - len(list[a].words)
	})
	for _, i := range order {
		m := list[i]
		k := -1
		if m.id != "" {
			if i, ok := byID[m.id]; ok {
				k = i
			}
		} else {
			k = d.fuller(groups, byWord[m.head], m)
		}
		if k < 0 {
			if m.bare && !m.constitutional() || m.shared && len(m.words) == 0 {
				continue
			}
			sure := m.sure
			if m.listed && !m.shared {
				sure = High
			}
			if m.shared {
				d.flag(FlagAmbiguousName, "the list of names gives “"+m.text(d.s)+"” to more than one instrument", m.span)
				sure = Low
			}
			groups = append(groups, group{id: m.id, sure: sure, words: map[string]bool{}})
			k = len(groups) - 1
			if m.id != "" {
				byID[m.id] = k
			}
		}
		g := &groups[k]
		g.mentions = append(g.mentions, m)
		if g.kind == "" {
			g.kind = m.head
			if m.head != "" && !slices.Contains(byWord[m.head], k) {
				byWord[m.head] = append(byWord[m.head], k)
			}
		}
		if m.sure == High && !m.shared {
			g.sure = High
		}
		for w := range m.words {
			if !g.words[w] {
				g.words[w] = true
				if heads[w] && !slices.Contains(byWord[w], k) {
					byWord[w] = append(byWord[w], k)
				}
			}
		}
	}
	return groups
}

// constitutional reports a mention of "the Constitution", which needs no fuller name.
func (m mention) constitutional() bool {
	return m.head == "constitution" || m.head == "constitución" || m.head == "constituição"
}

// fuller returns the group whose names hold every word of m and the same head: the only one, or the one that the text named last before m.
func (d *reader) fuller(groups []group, among []int, m mention) int {
	best, bestAt := -1, -1
	for n, k := range among {
		if n > 500 {
			break // a text of so many things of one kind is no statement
		}
		g := &groups[k]
		ok := m.head != ""
		for w := range m.words {
			if !g.words[w] {
				ok = false
				break
			}
		}
		if !ok || len(m.words) > 1 && d.besideOther(g, m) {
			continue
		}
		near := 0 // named only later: better than none
		if len(among) > 1 {
			for _, o := range g.mentions[:min(len(g.mentions), 200)] {
				if o.a < m.a && o.a+1 > near {
					near = o.a + 1
				}
			}
		}
		if near > bestAt {
			best, bestAt = k, near
		}
	}
	return best
}

// besideOther reports whether m is joined to a mention of g by an "and" or a comma, as another thing is: "Código Penal e o Código de Processo
// Penal".
func (d *reader) besideOther(g *group, m mention) bool {
	for _, o := range g.mentions[:min(len(g.mentions), 50)] {
		a, b := o.span, m.span
		if b.a < a.a {
			a, b = b, a
		}
		if b.a < a.b || b.a-a.b > 14 {
			continue
		}
		and := false
		ta, tb := d.tokensIn(span{a.b, b.a})
		for i := ta; i < tb; i++ {
			and = and || d.toks[i].is("and", "y", "e", "et", "und", "och", ",")
			if t := d.toks[i]; !t.is("and", "y", "e", "et", "und", "och", ",") && !d.lex.articles[t.low] && !t.is("the", "'", "’", "l", "o", "a", "la", "le", "el", "do", "da", "del", "du", "its") {
				return false
			}
		}
		if and {
			return true
		}
	}
	return false
}

// keyWords returns the words of a name that tell it from others, in lower case.
func (d *reader) keyWords(p span) map[string]bool {
	ta, tb := d.tokensIn(p)
	m := make(map[string]bool, tb-ta)
	for i := ta; i < tb; i++ {
		t := d.toks[i]
		if t.kind == mark || t.kind == possessive || inside[t.low] || talksWords[t.low] || d.lex.articles[t.low] {
			continue
		}
		low := t.low
		if t.b > p.b {
			low = strings.ToLower(d.s[t.a:p.b])
		}
		m[low] = true
	}
	return m
}

// processSuffix makes the id of an instrument's talks of the instrument's.
const processSuffix = "-process"

// shorter returns the longest form at i that ends before end.
func (n *Names) shorter(s string, i, end int) (*form, int) {
	var best *form
	bestEnd := -1
	for k := range n.forms {
		f := &n.forms[k]
		if e := f.match(s, i); e > bestEnd && e < end {
			best, bestEnd = f, e
		}
	}
	return best, bestEnd
}
