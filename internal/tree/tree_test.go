package tree

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
)

func leafOf(n int) []byte {
	return Leaf{Kind: KindFiling, Number: int64(n), Filed: time.Date(2026, 11, 23, 12, 0, 0, n*1000, time.UTC), SHA256: fmt.Sprintf("%064x", n)}.Encode()
}

// hashes is the storage of a tree.
type hashes []tlog.Hash

func (h hashes) ReadHashes(places []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(places))
	for i, p := range places {
		list[i] = h[p]
	}
	return list, nil
}

func (h hashes) read(places []int64) ([][32]byte, error) {
	list := make([][32]byte, len(places))
	for i, p := range places {
		list[i] = h[p]
	}
	return list, nil
}

// TestFrontier compares the edge with the library's own way of adding and of hashing, at every size, begun anew at each.
func TestFrontier(t *testing.T) {
	var stored hashes
	for n := range 600 {
		f, err := NewFrontier(int64(n), stored.read)
		if err != nil {
			t.Fatal(err)
		}
		want, err := tlog.TreeHash(int64(n), stored)
		if err != nil || f.Root() != want || f.Size() != int64(n) {
			t.Fatalf("size %d: root %v, want %v, %v", n, f.Root(), want, err)
		}
		add, err := tlog.StoredHashes(int64(n), leafOf(n+1), stored)
		if err != nil {
			t.Fatal(err)
		}
		got := f.Append(nil, leafOf(n+1))
		if len(got) != len(add) || int64(len(got)) != tlog.StoredHashCount(int64(n+1))-tlog.StoredHashCount(int64(n)) {
			t.Fatalf("size %d: %d hashes, want %d", n, len(got), len(add))
		}
		for i := range got {
			if got[i] != add[i] {
				t.Fatalf("size %d: hash %d differs", n, i)
			}
		}
		stored = append(stored, add...)
		if again, _ := NewFrontier(int64(n+1), stored.read); again.Root() != f.Root() {
			t.Fatalf("size %d: the root differs when read back", n+1)
		}
	}
}

func TestLeaf(t *testing.T) {
	at := time.Date(2026, 11, 23, 17, 4, 5, 123456000, time.UTC)
	sum := strings.Repeat("0a", 32)
	for _, c := range []struct {
		leaf Leaf
		want string
	}{
		{Leaf{Kind: KindFiling, Number: 12, Filed: at, SHA256: sum}, `{"filed":"2026-11-23T17:04:05.123456Z","kind":"filing","number":12,"sha256":"` + sum + `"}`},
		{Leaf{Kind: KindRemoval, Number: 12428, Filed: at.In(time.FixedZone("", 3600)), SHA256: sum}, `{"filed":"2026-11-23T17:04:05.123456Z","kind":"removal","number":12428,"sha256":"` + sum + `"}`},
		{Leaf{Kind: KindKey, Filed: at, Origin: "a.example/ü", VKey: "a+b+c&<"}, `{"filed":"2026-11-23T17:04:05.123456Z","kind":"key","origin":"a.example/ü","vkey":"a+b+c&<"}`},
	} {
		b := c.leaf.Encode()
		if string(b) != c.want {
			t.Errorf("%s\nwant %s", b, c.want)
		}
		back, err := ParseLeaf(b)
		if err != nil || !bytes.Equal(back.Encode(), b) {
			t.Errorf("%s reads back as %+v, %v", b, back, err)
		}
	}
	for _, bad := range []string{``, `{}`, `[]`, c12("filing", sum+"00"), strings.Replace(c12("filing", sum), `,"kind"`, `, "kind"`, 1), strings.Replace(c12("filing", sum), "12,", "012,", 1), strings.Replace(c12("filing", sum), "12,", "0,", 1),
		`{"filed":"2026-11-23T17:04:05Z","kind":"filing","number":1,"sha256":"` + sum + `"}`, `{"filed":"2026-11-23T17:04:05.123456Z","kind":"key","origin":"","vkey":""}`, c12("filing", strings.ToUpper(sum)[:62]+"GG")} {
		if l, err := ParseLeaf([]byte(bad)); err == nil {
			t.Errorf("%s is read as %+v", bad, l)
		}
	}
}

func c12(kind, sum string) string {
	return `{"filed":"2026-11-23T17:04:05.123456Z","kind":"` + kind + `","number":12,"sha256":"` + sum + `"}`
}

func TestTiles(t *testing.T) {
	for path, want := range map[string]tlog.Tile{"tile/0/000": Tile(0, 0, 256), "tile/0/x001/234": Tile(0, 1234, 256), "tile/1/000.p/48": Tile(1, 0, 48), "tile/entries/x012/345.p/1": Tile(-1, 12345, 1)} {
		if got, err := ParseTilePath(path); err != nil || got != want || TilePath(want) != path {
			t.Errorf("%s is %+v, %v; %+v is %s", path, got, err, want, TilePath(want))
		}
	}
	for _, bad := range []string{"", "tile/", "tile/0", "tile/0/0", "tile/0/1234", "tile/0/x000/001", "tile/data/000", "tile/0/000.p/256", "tile/0/000.p/0", "tile/-1/000", "entries/000", "tile/0/000/", "tile/8/000.p/01", "/tile/0/000"} {
		if got, err := ParseTilePath(bad); err == nil {
			t.Errorf("%q is %+v", bad, got)
		}
	}
	// What a reader needs is there, with nothing twice, and growing brings exactly what is new.
	have := map[string]bool{}
	old := int64(0)
	for _, size := range []int64{0, 1, 2, 255, 256, 257, 511, 512, 65535, 65536, 65537, 70000} {
		for _, x := range Tiles(old, size) {
			p := TilePath(x)
			if have[p] {
				t.Errorf("size %d after %d: %s once more", size, old, p)
			}
			have[p] = true
		}
		for level := -1; level <= 2; level++ {
			n := size >> (max(level, 0) * Height)
			for i := int64(0); i*Width < n; i++ {
				if p := TilePath(Tile(level, i, int(min(Width, n-i*Width)))); !have[p] {
					t.Fatalf("size %d: %s is missing", size, p)
				}
			}
		}
		old = size
	}
	var bundle []byte
	for n := range 5 {
		bundle = AppendLeaf(bundle, leafOf(n+1))
	}
	list, err := Leaves(bundle, 5)
	if err != nil || !bytes.Equal(list[4], leafOf(5)) {
		t.Errorf("%v", err)
	}
	for _, bad := range [][]byte{bundle[:len(bundle)-1], append(slices.Clone(bundle), 0), bundle[:1]} {
		if _, err := Leaves(bad, 5); err == nil {
			t.Error("a damaged bundle is read")
		}
	}
}

func signedTree(t *testing.T, k *Key, n int) (hashes, Head) {
	t.Helper()
	var stored hashes
	f, _ := NewFrontier(0, nil)
	for i := range n {
		for _, h := range f.Append(nil, leafOf(i+1)) {
			stored = append(stored, h)
		}
	}
	return stored, Head{Origin: k.Name(), Size: int64(n), Root: f.Root()}
}

func TestProof(t *testing.T) {
	k, err := NewKey("example.org/log")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ParseKey(k.Secret() + "\n"); err != nil || again.VKey != k.VKey {
		t.Fatalf("%v", err)
	}
	stored, h := signedTree(t, k, 300)
	signed, err := Sign(h, k)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := OpenHead(signed, k.Verifier); err != nil || got != h {
		t.Fatalf("%+v %v", got, err)
	}
	path, err := tlog.ProveRecord(300, 123, stored)
	if err != nil {
		t.Fatal(err)
	}
	text := Proof{Index: 123, Path: path, Extra: leafOf(124), Note: signed}.Encode()
	p, err := ParseProof(text)
	if err != nil || !bytes.Equal(p.Encode(), text) {
		t.Fatalf("%v", err)
	}
	policy, err := PolicyOf(k.VKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Check(p.Extra, policy); err != nil {
		t.Error(err)
	}
	if _, _, err := p.Check(leafOf(125), policy); err == nil {
		t.Error("another leaf passes")
	}
	// Every byte counts: with any one changed, it no longer reads, or no longer holds, or is the same text written otherwise.
	for i := range text {
		bad := bytes.Clone(text)
		bad[i] ^= 1
		if q, err := ParseProof(bad); err == nil {
			if _, _, err := q.Check(q.Extra, policy); err == nil && !bytes.Equal(q.Encode(), text) {
				t.Fatalf("with byte %d changed the proof holds:\n%s", i, bad)
			}
		}
	}
	var other *Key
	for range 100 { // keys of all kinds of letters, plus signs among them
		if other, err = NewKey("example.org/log"); err != nil {
			t.Fatal(err)
		}
	}
	theirs, _ := PolicyOf(other.VKey)
	if _, _, err := p.Check(p.Extra, theirs); err == nil || !strings.Contains(err.Error(), "no signature by the key") {
		t.Errorf("another key: %v", err)
	}
}

func TestPolicy(t *testing.T) {
	k, _ := NewKey("example.org/log")
	_, h := signedTree(t, k, 7)
	now := func() time.Time { return time.Unix(1790000000, 0) }
	var w []*Cosigner
	for i := range 3 {
		c, err := NewCosigner(fmt.Sprintf("w%d.example.net", i), bytes.Repeat([]byte{byte(i + 1)}, 32), now)
		if err != nil {
			t.Fatal(err)
		}
		w = append(w, c)
	}
	base := "# who is believed\nlog " + k.VKey + " https://example.org/log\n"
	for i, c := range w {
		base += fmt.Sprintf("witness w%d %s\n", i, c)
	}
	base += "group two 2 w0 w1 w2\ngroup both all two w2\n"
	for _, c := range []struct {
		quorum  string
		signers []note.Signer
		ok      bool
	}{
		{"none", []note.Signer{k}, true}, {"none", []note.Signer{w[0]}, false}, {"w0", []note.Signer{k}, false}, {"w0", []note.Signer{k, w[0]}, true},
		{"two", []note.Signer{k, w[0]}, false}, {"two", []note.Signer{k, w[0], w[1]}, true}, {"both", []note.Signer{k, w[0], w[1]}, false}, {"both", []note.Signer{k, w[0], w[2]}, true},
	} {
		p, err := ParsePolicy(base + "quorum " + c.quorum + "\n")
		if err != nil {
			t.Fatal(err)
		}
		signed, err := Sign(h, c.signers...)
		if err != nil {
			t.Fatal(err)
		}
		got, n, err := p.Open(signed)
		if (err == nil) != c.ok {
			t.Errorf("quorum %s, %d signers: %v", c.quorum, len(c.signers), err)
		}
		if err == nil && got != h {
			t.Errorf("%+v", got)
		}
		if err == nil && len(n.Sigs) > 1 {
			if at, ok := CosignedAt(n.Sigs[1]); !ok || !at.Equal(now()) {
				t.Errorf("cosigned at %v", at)
			}
		}
	}
	// A head of another origin, signed by the same key, is not one of this log.
	forged := h
	forged.Origin = "example.org/other"
	if signed, err := Sign(forged, k); err == nil {
		p, _ := ParsePolicy(base + "quorum none\n")
		if _, _, err := p.Open(signed); err == nil {
			t.Error("a head of another origin passes")
		}
	}
	for text, words := range map[string]string{"": "needs a line", base: "needs a line", base + "quorum nobody\n": `line 8 of the policy: "nobody" was not named before`, base + "quorum w0\nquorum w1": "a second quorum", "log x": "line 1 of the policy", base + "log " + k.VKey: "a second log", base + "group none any w0": "is taken",
		base + "witness w9 " + k.VKey: "not one of a witness", "log " + w[0].String(): "one of a witness", base + "group g 4 w0 w1": "write any, all", base + "what": "a line is log KEY"} {
		if _, err := ParsePolicy(text); err == nil || !strings.Contains(err.Error(), words) || stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%q: %v, want %q", text, err, words)
		}
	}
	for _, bad := range []string{"", "a+b+c", strings.Replace(k.VKey, "+", "+0", 1), k.VKey[:len(k.VKey)-2], "other" + k.VKey} {
		if _, err := ParseVKey(bad); err == nil {
			t.Errorf("%q is read as a key", bad)
		}
	}
	if _, err := NewKey("two words"); err == nil {
		t.Error("an origin with a space is taken")
	}
}

func TestHead(t *testing.T) {
	good := Head{"o", 3, tlog.RecordHash(nil), "x\n"}
	if h, err := ParseHead(good.String()); err != nil || h != good {
		t.Errorf("%+v %v", h, err)
	}
	s := good.String()
	for _, bad := range []string{"", "o\n3\n", s[:len(s)-1], s + "\n", strings.Replace(s, "\n3\n", "\n03\n", 1), strings.Replace(s, "\n3\n", "\n-3\n", 1), strings.Replace(s, "o\n", "\n", 1), strings.Replace(s, "=", "", 1)} {
		if h, err := ParseHead(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, h)
		}
	}
}
