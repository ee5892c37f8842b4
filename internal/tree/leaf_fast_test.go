package tree

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestLeafWithoutADecoder compares the quick way of reading a leaf with the decoder's, on leaves and on leaves with one changed byte.
func TestLeafWithoutADecoder(t *testing.T) {
	same := func(t interface{ Errorf(string, ...any) }, b []byte) {
		quick, ok := parseFiling(b)
		slow, err := parseLeaf(b)
		if ok && (err != nil || quick != slow) {
			t.Errorf("%s\nquickly %+v\nslowly  %+v, %v", b, quick, slow, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		l := Leaf{Kind: rapid.SampledFrom([]string{KindFiling, KindRemoval}).Draw(t, "kind"), Number: rapid.Int64Range(1, 1<<53).Draw(t, "number"),
			Filed:  time.UnixMicro(rapid.Int64Range(0, 4102444799999999).Draw(t, "filed")).UTC(),
			SHA256: rapid.StringMatching(`[0-9a-f]{64}`).Draw(t, "hash")}
		b := l.Encode()
		if quick, ok := parseFiling(b); !ok || quick != l {
			t.Errorf("%s is read as %+v, %v", b, quick, ok)
		}
		same(t, b)
		b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0123456789abAZ{}\":,-.T \\\x00\xff")).Draw(t, "with")
		same(t, b)
	})
	for _, s := range []string{"", "{", `{"filed":"2026-02-29T00:00:00.000000Z","kind":"filing","number":1,"sha256":"1111111111111111111111111111111111111111111111111111111111111111"}`,
		`{"filed":"2026-02-28T24:00:00.000000Z","kind":"filing","number":1,"sha256":"1111111111111111111111111111111111111111111111111111111111111111"}`,
		`{"filed":"2026-02-28T23:59:60.000000Z","kind":"filing","number":1,"sha256":"1111111111111111111111111111111111111111111111111111111111111111"}`,
		`{"filed":"2026-02-28T23:59:59.000000Z","kind":"filing","number":01,"sha256":"1111111111111111111111111111111111111111111111111111111111111111"}`} {
		same(t, []byte(s))
	}
}
