package ledger

import (
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"stocktake/internal/tree"
)

// TestWithSignatures brings copies of one head together, each signed by others.
func TestWithSignatures(t *testing.T) {
	k, err := tree.NewKey("example.org/record")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	witness := func(name string, seed byte) *tree.Cosigner {
		b := make([]byte, 32)
		b[0] = seed
		c, err := tree.NewCosigner(name, b, func() time.Time { return at })
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	one, two, second := witness("w", 1), witness("v", 2), witness("w", 3) // one and second share a name
	sign := func(s ...note.Signer) []byte {
		b, err := tree.Sign(tree.Head{Origin: k.Name(), Size: 0, Root: tree.EmptyRoot}, s...)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	older := sign(k, one, two)
	at = at.Add(time.Hour)
	newer := sign(k, one, second)
	all := withSignatures(newer, older)
	n, err := note.Open(all, note.VerifierList(k.Verifier, one, two, second))
	if err != nil || len(n.Sigs) != 4 {
		t.Fatalf("%s: %v", all, err)
	}
	for _, s := range n.Sigs {
		if s.Hash == one.KeyHash() {
			if when, ok := tree.CosignedAt(s); !ok || !when.Equal(at) {
				t.Errorf("the earlier signature of one witness took the place of the later: %s", when)
			}
		}
	}
	if again := withSignatures(all, older); string(again) != string(all) {
		t.Errorf("%s became %s", all, again)
	}
}
