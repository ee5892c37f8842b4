package draft

import (
	"fmt"
	"strings"
	"testing"
)

// A roll-call of 193 ballots a filing, as the built-in record has thousands.
func BenchmarkParse(b *testing.B) {
	var ids []string
	for i := range 193 {
		ids = append(ids, fmt.Sprintf("%c%c%c", 'A'+i/26, 'A'+i%26, 'X'))
	}
	var s strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&s, "---\nkey: bench/%d\ntitle: A roll-call\nsources:\n  - {id: s1, title: A data set, read: 2026-11-23}\nroll_calls:\n  - id: %d\n    instrument: a-res-%d\n    date: 2018-12-19\n    yes: >-\n      %s\n", i, i, i, strings.Join(ids, " "))
	}
	b.SetBytes(int64(s.Len()))
	b.ReportAllocs()
	for b.Loop() {
		list, err := Parse("bench", []byte(s.String()))
		if err != nil || len(list) != 1000 {
			b.Fatal(err)
		}
	}
}
