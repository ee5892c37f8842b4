package verify_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake/internal/tree"
	"stocktake/internal/verify"
	"stocktake/internal/verify/verifytest"
)

// zipped packs a folder into a file.
func zipped(t *testing.T, dir string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := z.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.zip")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func newKey(t *testing.T, origin string) *tree.Key {
	t.Helper()
	k, err := tree.NewKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// turn turns a log over, files some more and publishes it.
func turn(t *testing.T, w *verifytest.World, origin string, from, to int) {
	t.Helper()
	next := newKey(t, origin)
	if err := w.TurnLog(t.Context(), w.Key, next); err != nil {
		t.Fatal(err)
	}
	w.Key = next
	if to > from {
		w.Fill(t, from, to)
	}
	w.Publish(t)
}

func copied(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// evidence counts the heads that were kept, and clears them away.
func evidence(t *testing.T, m *verify.Memory) int {
	t.Helper()
	kept, err := filepath.Glob(filepath.Join(m.Dir, "*.against-*.note"))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kept {
		os.Remove(k)
	}
	return len(kept)
}

// TestFollowsTurns shows logs that went on under other names to machines that knew them under the first, as a folder, a zip file and a site.
func TestFollowsTurns(t *testing.T) {
	w := verifytest.New(t, "..", 250)
	first := w.Key
	before, at := verifytest.Memory(t), map[string]*verify.Memory{}
	if r := check(t, w.Out, verify.Options{Seen: before}); !r.True() {
		t.Fatal(r.Findings)
	}
	for _, kind := range []string{"folder", "zip", "site"} {
		at[kind] = &verify.Memory{Dir: copied(t, before.Dir), Now: before.Now}
	}
	proofs := map[string][]byte{}
	prove := func(name string, n int64) {
		t.Helper()
		p, err := w.Prove(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		proofs[name] = p.Encode()
	}
	w.Fill(t, 250, 260)
	w.Publish(t)
	prove("before", 255)
	turn(t, w, "example.org/second", 260, 262)
	prove("second", 261)
	turn(t, w, "example.org/third", 262, 262)
	turn(t, w, "example.org/fourth", 262, 300)
	prove("fourth", 300)
	site := httptest.NewServer(http.FileServer(http.Dir(w.Out)))
	defer site.Close()
	for kind, target := range map[string]string{"folder": w.Out, "zip": zipped(t, w.Out), "site": site.URL} {
		m := at[kind]
		r := check(t, target, verify.Options{Seen: m})
		if !r.True() || r.KeyFrom != "turn" || r.Key != w.Key.VKey || len(r.Turned) != 3 || r.Turned[0].From != first.Name() || r.Turned[0].Size != 261 || r.Size != 303 || r.Filings != 300 {
			t.Fatalf("%s: %+v", kind, r)
		}
		if r := check(t, target, verify.Options{Seen: m}); !r.True() || r.KeyFrom != "seen" || r.Seen.Size != 303 || len(r.Turned) != 0 {
			t.Errorf("%s, again: %+v", kind, r)
		}
		for name, p := range proofs {
			if r, err := verify.Proof(p, nil, nil, m); err != nil || r.KeyFrom != "seen" {
				t.Errorf("%s: the proof from %s: %v", kind, name, err)
			}
		}
		if n := evidence(t, m); n != 0 {
			t.Errorf("%s: %d heads are kept as evidence", kind, n)
		}
	}
	// A policy that names the new key is content with it, too, and one that names another is not.
	p, err := tree.ParsePolicy("log " + w.Key.VKey + "\nquorum none\n")
	if err != nil {
		t.Fatal(err)
	}
	if r := check(t, w.Out, verify.Options{Seen: before, Policy: p}); !r.True() || r.KeyFrom != "policy" || len(r.Turned) != 3 {
		t.Errorf("%+v", r)
	}
	// One who never saw it takes the key from the target, as ever.
	if r := check(t, w.Out, verify.Options{Seen: verifytest.Memory(t)}); !r.True() || r.KeyFrom != "target" {
		t.Errorf("%+v", r)
	}
}

// TestForgedTurns shows logs that claim to go on under another name, and do not.
func TestForgedTurns(t *testing.T) {
	w := verifytest.New(t, "..", 250)
	first := w.Key
	m := verifytest.Memory(t)
	original := copied(t, w.Out)
	w.Fill(t, 250, 260)
	w.Publish(t)
	site := http.NewServeMux()
	served := w.Out
	site.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) { http.FileServer(http.Dir(served)).ServeHTTP(rw, r) })
	srv := httptest.NewServer(site)
	defer srv.Close()
	if r := check(t, srv.URL, verify.Options{Seen: m}); !r.True() || r.Size != 260 {
		t.Fatal(r.Findings)
	}
	unturned := copied(t, w.Out)
	root := func(size int64) tlog.Hash {
		t.Helper()
		h, err := tlog.TreeHash(size, w.HashReader(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	turn(t, w, "example.org/second", 260, 270)
	second := w.Key
	sign := func(k *tree.Key, size int64, root tlog.Hash) []byte {
		t.Helper()
		b, err := tree.Sign(tree.Head{Origin: k.Name(), Size: size, Root: root}, k)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	heads, err := filepath.Glob(filepath.Join(w.Out, "log", "heads", "*"))
	if err != nil || len(heads) != 1 {
		t.Fatal(heads, err)
	}
	last := "heads/" + filepath.Base(heads[0])
	thief := newKey(t, second.Name())
	stranger := newKey(t, first.Name())
	for _, c := range []struct {
		what, from string
		files      map[string][]byte // in its log; nil: removed
		words      string
	}{
		{"no last head", w.Out, map[string][]byte{last: nil}, "now it shows example.org/second"},
		{"another key under the new name", w.Out, map[string][]byte{"checkpoint": sign(thief, 271, root(271)), "key": []byte(thief.VKey)}, "no signature by the key"},
		{"a last head by another key", w.Out, map[string][]byte{last: sign(stranger, 261, root(261))}, "is not signed by its key"},
		{"a last head by the new key", w.Out, map[string][]byte{last: sign(second, 261, root(261))}, "is not signed by its key"},
		{"an entry about a key that is not the last", w.Out, map[string][]byte{last: sign(first, 265, root(265))}, "number 264, does not say under which name"},
		{"a last head that ends before it", w.Out, map[string][]byte{last: sign(first, 260, root(260))}, "number 259, does not say under which name"},
		{"a last head older than what was seen", w.Out, map[string][]byte{last: sign(first, 250, root(250))}, "ended as example.org/record with 250 entries, and this machine saw 260"},
		{"a last head larger than the log", w.Out, map[string][]byte{last: sign(first, 300, root(271))}, "and has 271 now"},
		{"an empty last head", w.Out, map[string][]byte{last: sign(first, 0, tree.EmptyRoot)}, "with 0 entries"},
		{"a last head that does not fit", w.Out, map[string][]byte{last: sign(first, 261, root(262))}, "not those with which the log ended"},
		{"no head but bytes", w.Out, map[string][]byte{last: []byte("no head")}, "is not signed by its key"},
		{"no entry at all", unturned, map[string][]byte{"checkpoint": sign(second, 260, root(260)), "key": []byte(second.VKey)}, "now it shows example.org/second"},
		{"no entry, and a head", unturned, map[string][]byte{"checkpoint": sign(second, 260, root(260)), "key": []byte(second.VKey), last: sign(first, 260, root(260))}, "does not say under which name"},
		{"the key of the old name goes on", w.Out, map[string][]byte{"checkpoint": sign(first, 271, root(271)), "key": []byte(first.VKey)}, "from here on the log is named example.org/second"},
	} {
		for _, kind := range []string{"folder", "zip", "site"} {
			dir := copied(t, c.from)
			for name, b := range c.files {
				path := filepath.Join(dir, "log", filepath.FromSlash(name))
				if b == nil {
					if err := os.Remove(path); err != nil {
						t.Fatal(err)
					}
					continue
				}
				os.MkdirAll(filepath.Dir(path), 0o755)
				if err := os.WriteFile(path, b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			target := dir
			switch kind {
			case "zip":
				target = zipped(t, dir)
			case "site":
				target, served = srv.URL, dir
			}
			words := c.words
			if kind != "site" && strings.HasPrefix(words, "now it shows") { // what lies in files is known by its entries alone
				words = "entries are those of the log example.org/record"
			}
			r := check(t, target, verify.Options{Seen: m})
			if r.True() || !strings.Contains(fmt.Sprint(r.Findings), words) {
				t.Errorf("%s, %s: %+v", c.what, kind, r.Findings)
			}
			if n := evidence(t, m); n == 0 {
				t.Errorf("%s, %s: no evidence is kept", c.what, kind)
			}
			if s, err := m.Last(first.Name()); err != nil || s.Size != 260 || s.Next != "" {
				t.Fatalf("%s, %s: the memory is now %+v, %v", c.what, kind, s, err)
			}
			if s, err := m.Last(second.Name()); err != nil || s != nil {
				t.Fatalf("%s, %s: %+v is believed, %v", c.what, kind, s, err)
			}
		}
	}
	// Whoever never saw it is told where its entries contradict its name.
	stolen := copied(t, w.Out)
	other := newKey(t, "example.org/other")
	for name, b := range map[string][]byte{"checkpoint": sign(other, 271, root(271)), "key": []byte(other.VKey)} {
		if err := os.WriteFile(filepath.Join(stolen, "log", name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if r := check(t, stolen, verify.Options{Seen: verifytest.Memory(t)}); r.True() || !strings.Contains(fmt.Sprint(r.Findings), "from here on the log is named example.org/second") {
		t.Errorf("%+v", r.Findings)
	}

	// The true turn is followed; after it, the old name is over.
	served = w.Out
	if r := check(t, srv.URL, verify.Options{Seen: m}); !r.True() || r.KeyFrom != "turn" {
		t.Fatalf("%+v", r)
	}
	for what, dir := range map[string]string{"the last before the turn": unturned, "an older copy": original} {
		if r := check(t, dir, verify.Options{Seen: m}); r.True() || !strings.Contains(fmt.Sprint(r.Findings), "rolled back") || evidence(t, m) == 0 {
			t.Errorf("%s: %+v", what, r.Findings)
		}
	}
	ended := copied(t, w.Out)
	put := func(head []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(ended, "log", "checkpoint"), head, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put(sign(first, 271, root(271)))
	if r := check(t, ended, verify.Options{Seen: m}); r.True() || !strings.Contains(fmt.Sprint(r.Findings), "a key that was given up") || evidence(t, m) == 0 {
		t.Errorf("%+v", r.Findings)
	}
	p, err := w.Prove(t.Context(), 265)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verify.Proof(p.Encode(), nil, nil, m); err != nil {
		t.Error(err)
	}
	p.Note = sign(first, 271, root(271))
	if _, err := verify.Proof(p.Encode(), nil, nil, m); err == nil || !strings.Contains(err.Error(), "given up") {
		t.Errorf("a proof by a key that was given up: %v", err)
	}
	// Another record at the same address is refused, too; a policy, or another memory, is the way out.
	foreign := verifytest.NewUnder(t, "..", newKey(t, "example.net/foreign"), 30)
	served = foreign.Out
	if r := check(t, srv.URL, verify.Options{Seen: m}); r.True() || !strings.Contains(fmt.Sprint(r.Findings), "now it shows example.net/foreign") || evidence(t, m) == 0 {
		t.Errorf("%+v", r.Findings)
	}
	policy, err := tree.PolicyOf(foreign.Key.VKey)
	if err != nil {
		t.Fatal(err)
	}
	if r := check(t, srv.URL, verify.Options{Seen: m, Policy: policy}); !r.True() {
		t.Errorf("%+v", r.Findings)
	}
}
