package ingest

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// placed is a mention with its group.
type placed struct {
	span
	g, k int
}

// indexMentions makes the index of all mentions by their place.
func (d *reader) indexMentions() {
	d.index = d.index[:0]
	for g := range d.groups {
		for k, m := range d.groups[g].mentions {
			d.index = append(d.index, placed{m.span, g, k})
		}
	}
	slices.SortFunc(d.index, func(a, b placed) int { return a.a - b.a })
}

// named reports whether p is part of a mention.
func (d *reader) named(p span) bool {
	i := sort.Search(len(d.index), func(i int) bool { return d.index[i].b > p.a })
	return i < len(d.index) && d.index[i].overlaps(p)
}

// mentionFrom returns the first mention that starts at or after byte a.
func (d *reader) mentionFrom(a int) (mention, *group, bool) {
	i := sort.Search(len(d.index), func(i int) bool { return d.index[i].a >= a })
	if i >= len(d.index) {
		return mention{}, nil, false
	}
	g := &d.groups[d.index[i].g]
	return g.mentions[d.index[i].k], g, true
}

// addAbbreviations adds the places where an abbreviation that the text itself introduces stands alone.
func (d *reader) addAbbreviations() {
	type found struct {
		f     form
		first string
		g     int
		from  int
	}
	var list []found
	seen := map[string]bool{}
	for k := range d.groups {
		for _, m := range d.groups[k].mentions {
			if m.abbr == "" || seen[m.abbr] || len(list) > 100 {
				continue
			}
			seen[m.abbr] = true
			list = append(list, found{form{text: folded(m.abbr, true), exact: true}, m.abbr, k, m.b})
		}
	}
	taken := map[int]bool{}
	for _, x := range list {
		g := &d.groups[x.g]
		for i := x.from; i < len(d.s); {
			j := strings.Index(d.s[i:], x.first[:min(len(x.first), 2)])
			if j < 0 {
				break
			}
			i += j
			before, _ := utf8.DecodeLastRuneInString(d.s[:i])
			end := x.f.match(d.s, i)
			if end < 0 || isWordRune(before) {
				i++
				continue
			}
			p := span{i, end}
			i = end
			if u, ok := d.unitAt(p.a); ok && u.role != signature && u.role != contactRole && !taken[p.a] && !d.named(p) {
				taken[p.a] = true
				g.mentions = append(g.mentions, mention{span: p, id: g.id, sure: High})
			}
		}
	}
}
