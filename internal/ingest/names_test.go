package ingest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestFind(t *testing.T) {
	names := NewNames([]Name{
		{KindParty, "USA", []string{"US", "U.S.", "United States", "United States of America"}},
		{KindParty, "IRN", []string{"Iran"}},
		{KindParty, "CIV", []string{"Côte d'Ivoire"}},
		{KindParty, "GNB", []string{"Guinea-Bissau"}},
		{KindParty, "GIN", []string{"Guinea"}},
		{KindParty, "COD", []string{"Congo"}},
		{KindParty, "COG", []string{"Congo"}},
		{KindInstrument, "gcm", []string{"Global Compact for Safe, Orderly and Regular Migration"}},
		{KindInstrument, "cedaw", []string{"CEDAW", "(CEDAW)"}},
		{"topic", "work", []string{"decent work"}},
	})
	for _, tt := range []struct{ in, want string }{
		{"The US acts, us not; USB neither.", "USA:4-6"},
		{"in the U.S. and the U.S.A.", "USA:7-11"},
		{"UNITED STATES, united states of america", "USA:0-13 USA:15-39"},
		{"United\u00a0States, United\nStates, United  States; United\n\nStates", "USA:0-13 USA:15-28 USA:30-44"},
		{"IRAN and iran and Iran’s and Iranian", "IRN:18-22"},
		{"Côte d’Ivoire, côte d'ivoire, Co\u0302te d'Ivoire", "CIV:0-13 CIV:15-28"},
		{"Guinea\u2011Bissau, Guinea-Bissau, Guinea", "GNB:0-13 GNB:15-28 GIN:30-36"},
		{"Global Compact for Safe, Orderly, and Regular Migration", "gcm:0-55"},
		{"Global Compact for Safe, Orderly and Regular Migration", "gcm:0-54"},
		{"Congo", ":0-5"},
		{"😀 US_ US2 éUS US", "USA:14-16"},
		{"(CEDAW) cedaw", "cedaw:0-7"},
		{"Decent Work", "work:0-11"},
		{"Uni\u00adted States", "USA:0-14"},
		{"", ""},
	} {
		var got []string
		for _, h := range names.Find(tt.in) {
			got = append(got, fmt.Sprintf("%s:%d-%d", h.ID, h.Start, h.End))
		}
		if g := strings.Join(got, " "); g != tt.want {
			t.Errorf("%q: found %q, want %q", tt.in, g, tt.want)
		}
	}
	var none *Names
	if got := none.Find("US"); got != nil {
		t.Errorf("a nil list found %v", got)
	}
	if got := NewNames([]Name{{KindParty, "x", []string{"", "  ", "–"}}}).Find("– x"); got != nil {
		t.Errorf("forms without a letter found %v", got)
	}
}

// TestFindAsALoopDoes compares the matcher with the slow way to say the same: at each start of a word, try every form.
func TestFindAsALoopDoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b", "A", "B", "é", "É", "ab", "Ab", "x", "-", ".", "'", "’", " ", " ", " ", "\u00a0", "\n", "1", "ß", "中"}
	random := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		return b.String()
	}
	for range 300 {
		var list []Name
		for i := range 12 {
			list = append(list, Name{KindParty, fmt.Sprint(i), []string{random(1 + rng.IntN(7))}})
		}
		names := NewNames(list)
		text := random(200)
		if diff := cmp.Diff(slowFind(names, text), names.Find(text)); diff != "" {
			t.Fatalf("names %v\ntext %q\n(-loop +matcher) %s", list, text, diff)
		}
	}
}

func slowFind(n *Names, s string) []Hit {
	var hits []Hit
	for i := 0; i < len(s); {
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		r, width := utf8.DecodeRuneInString(s[i:])
		var best *form
		end := -1
		if (i == 0 || !isWordRune(before) || unspaced(before) || unspaced(r)) && strings.TrimSpace(string(r)) != "" {
			for k := range n.forms {
				f := &n.forms[k]
				if e := f.match(s, i); e > end || e >= 0 && e == end && f.exact && !best.exact {
					best, end = f, e
				}
			}
		}
		if best == nil {
			i += width
			continue
		}
		h := best.hit(span{i, end})
		hits = append(hits, Hit{h.kind, h.id, utf8.RuneCountInString(s[:i]), utf8.RuneCountInString(s[:end])})
		i = end
	}
	return hits
}

func BenchmarkFind(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 4))
	letters := "abcdefghijklmnopqrstuvwxyz"
	word := func() string {
		var w strings.Builder
		for range 3 + rng.IntN(7) {
			w.WriteByte(letters[rng.IntN(len(letters))])
		}
		return w.String()
	}
	var list []Name
	for i := range 5000 {
		list = append(list, Name{KindInstrument, fmt.Sprint(i), []string{word() + " " + word() + " " + word()}})
	}
	names := NewNames(list)
	var text strings.Builder
	for text.Len() < 1<<20 {
		if rng.IntN(200) == 0 {
			text.WriteString(list[rng.IntN(len(list))].Names[0])
		} else {
			text.WriteString(word())
		}
		text.WriteByte(' ')
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		names.Find(text.String())
	}
}
