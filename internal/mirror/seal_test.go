package mirror_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/tree"
	"stocktake/internal/verify/verifytest"
)

// TestSeals has a mirror follow a log with seals in it, and with nothing but seals since the last round; it refuses one with something behind.
func TestSeals(t *testing.T) {
	o := verifytest.New(t, "..", 250)
	o.Seal(t, 3)
	o.Publish(t)
	m, w := follower(t, source(t, o.Out))
	round(t, m)
	same(t, o, m)
	o.Seal(t, 300)
	o.Publish(t)
	if took := round(t, m); took.Entries != 300 {
		t.Errorf("%+v", took)
	}
	same(t, o, m)
	o.Fill(t, 250, 260)
	last := o.Seal(t, 1)
	o.Publish(t)
	round(t, m)
	same(t, o, m)
	a, err := o.Entry(t.Context(), last)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := w.Entry(t.Context(), last); err != nil || a != b || b.Kind != tree.KindSeal {
		t.Errorf("the seal is %+v, at the mirror %+v, %v", a, b, err)
	}
	for n := int64(248); n <= 260; n++ {
		a, err := o.LeafIndex(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := w.LeafIndex(t.Context(), n); a != b || err != nil {
			t.Errorf("filing %d stands at %d, at the mirror at %d, %v", n, a, b, err)
		}
	}
	if _, err := w.Ledger.Seal(t.Context(), [32]byte{}); stocktake.KindOf(err) != stocktake.Forbidden {
		t.Errorf("a mirror seals: %v", err)
	}

	names, err := filepath.Glob(filepath.Join(o.Out, "log", "filings", "002.p", "*"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	b, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	b = append(bytes.TrimSuffix(b, []byte("\n")), "{\"slipped\":\"in\"}\n"...) // the last leaf is a seal
	if err := os.WriteFile(names[0], b, 0o644); err != nil {
		t.Fatal(err)
	}
	fresh, _ := follower(t, source(t, o.Out))
	if _, err := fresh.Round(t.Context()); stocktake.KindOf(err) != stocktake.Invalid || !strings.Contains(err.Error(), "about no filing") {
		t.Errorf("something lies behind a seal: %v", err)
	}
}
