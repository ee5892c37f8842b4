package importer

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// nearest returns up to n names of list that are like s, the likest first: equal but for case and spaces, then by how few letters would
// have to change (at most a third of them), then those that hold it.
func nearest(s string, list []string, n int) []string {
	type hit struct {
		name string
		cost int
	}
	want := squeeze(s)
	var hits []hit
	seen := map[string]bool{}
	for _, name := range list {
		if seen[name] || name == "" {
			continue
		}
		seen[name] = true
		got := squeeze(name)
		limit := max(1, utf8.RuneCountInString(want)/3)
		switch d := distance(want, got, limit); {
		case got == want:
			hits = append(hits, hit{name, 0})
		case d <= limit:
			hits = append(hits, hit{name, d})
		case len(want) >= 3 && (strings.Contains(got, want) || len(got) >= 3 && strings.Contains(want, got)):
			hits = append(hits, hit{name, 100})
		}
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].cost < hits[j].cost })
	var names []string
	for _, h := range hits[:min(n, len(hits))] {
		names = append(names, h.name)
	}
	return names
}

func squeeze(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }

// distance is the number of letters to change, add or leave out (Levenshtein 1966), or limit+1 where it is more than limit.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit || len(x) > 200 || len(y) > 200 {
		return limit + 1
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diag := row[0]
		row[0] = i + 1
		for j := range y {
			up := row[j+1]
			cost := diag
			if x[i] != y[j] {
				cost = min(diag, up, row[j]) + 1
			}
			diag, row[j+1] = up, cost
		}
	}
	return min(row[len(y)], limit+1)
}
