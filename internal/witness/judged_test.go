package witness

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"stocktake/internal/tree"
)

// TestJudged tells who disputes, with what a witness shows, and does not take a head of another process for a dispute.
func TestJudged(t *testing.T) {
	l := newForest(t, "example.org/record").grow(t, 300, "a")
	b := newBench(t, "one.example.net", l)
	p, err := tree.ParsePolicy(fmt.Sprintf("log %s\nwitness one %s %s\nquorum one\n", l.key.VKey, b.VKey(), b.web.URL))
	if err != nil {
		t.Fatal(err)
	}
	at := &clock{at: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	newest := int64(0)
	var by error
	var shown [][]byte
	times := 0
	g, err := NewGatherer(p, GatherOptions{Now: at.now, Signed: func(context.Context, *Cosignature) error { return nil }, Failed: func(_ string, err error) { t.Error(err) },
		Newest: func(context.Context) (int64, error) { return newest, nil },
		Judged: func(_ context.Context, w tree.Witness, err error, shows [][]byte) {
			by, shown, times = err, shows, times+1
		}})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(l *forest, size int64) {
		at.add(time.Hour)
		g.heads = nil
		g.Offer(size, l.head(t, size), l)
		g.ask(t.Context(), g.asked[0])
	}
	ask(l, 100)
	if by != nil || times != 1 {
		t.Fatalf("%v, %d times", by, times)
	}
	var c Client
	if _, err := c.Ask(t.Context(), b.witness(t), 100, l.head(t, 200), l); err != nil { // as another process would
		t.Fatal(err)
	}
	newest = 200
	if ask(l, 150); times != 1 {
		t.Errorf("a head of another process is taken for a dispute: %v", by)
	}
	newest = 150
	var ahead *Ahead
	if ask(l, 150); !errors.As(by, &ahead) || times != 2 || len(shown) != 1 || !strings.HasPrefix(string(shown[0]), "example.org/record\n200\n") {
		t.Fatalf("%v %q", by, shown)
	}
	if _, _, err := p.Open(shown[0]); err != nil {
		t.Errorf("what it shows is not signed: %v", err)
	}
	forged := l.branch(90).grow(t, 250, "forged")
	var forked *Forked
	if ask(forged, 250); !errors.As(by, &forked) || len(shown) != 1 {
		t.Errorf("%v %q", by, shown)
	}
	if ask(l, 200); by != nil {
		t.Errorf("%v", by)
	}
}

func TestHeads(t *testing.T) {
	l := newForest(t, "example.org/record").grow(t, 9, "a")
	one, two := string(l.head(t, 3)), string(l.head(t, 9))
	for text, want := range map[string]int{"": 0, "example.org/record\n": 0, "example.org/record\nexample.org/record\n3\n\n": 0, one: 1, "x\n" + one + "y\n" + two + "— cut": 2, "x" + one: 0, "example.org/record\n" + one: 1, strings.TrimSuffix(one, "\n"): 0} {
		list := Heads(text, "example.org/record")
		if len(list) != want || want > 0 && string(list[0]) != one {
			t.Errorf("%q: %q", text, list)
		}
	}
}
