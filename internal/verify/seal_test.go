package verify_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stocktake/internal/auditortest"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
	"stocktake/internal/verify/verifytest"
)

// TestSeals checks a log with seals in it: by this program and by others', whole, with a seal changed, and with something behind one.
func TestSeals(t *testing.T) {
	w := verifytest.New(t, "..", 250)
	w.Seal(t, 10)
	w.Fill(t, 250, 260)
	last := w.Seal(t, 1)
	w.Publish(t)
	read := func() *verify.Report {
		t.Helper()
		s, err := verify.Open(t.Context(), w.Out)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		r, err := verify.Log(t.Context(), s, verify.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := read(); !r.True() || r.Size != 271 || r.Filings != 260 {
		t.Errorf("%+v", r)
	}
	site := httptest.NewServer(http.FileServer(http.Dir(w.Out)))
	defer site.Close()
	if err := auditortest.Torchwood(t, site.URL, w.Key.VKey, 271); err != nil {
		t.Error(err)
	}
	if err := auditortest.Fsck(t, site.URL, w.Key.VKey); err != nil {
		t.Error(err)
	}

	change := func(name string, f func([]byte) []byte, where, what string) {
		t.Helper()
		path := filepath.Join(w.Out, "log", filepath.FromSlash(name))
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f(bytes.Clone(was)), 0o644); err != nil {
			t.Fatal(err)
		}
		r := read()
		if r.True() || !strings.Contains(r.Findings[0].Where, where) || !strings.Contains(r.Findings[0].What, what) {
			t.Errorf("%s: %+v", name, r.Findings)
		}
		if err := os.WriteFile(path, was, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	behind := func(b []byte) []byte { return append(bytes.TrimSuffix(b, []byte("\n")), "{}\n"...) }
	change("filings/001.p/15", behind, "entry 270", "about no filing")
	change("sheets/001.p/15", func(b []byte) []byte {
		return append(bytes.TrimSuffix(b, []byte("[]\n")), `[{"path":"x","commitment":"","salt":"","text":"slipped in"}]`+"\n"...)
	}, "entry 270", "about no filing")
	change("tile/entries/001.p/15", func(b []byte) []byte {
		i := bytes.LastIndex(b, []byte(`"seal":"`)) + len(`"seal":"`)
		b[i] = map[bool]byte{true: '1', false: '0'}[b[i] == '0']
		return b
	}, "entry 270", "its hash is not the one in")
	change("tile/entries/001.p/15", func(b []byte) []byte { return bytes.Replace(b, []byte(`"kind":"seal"`), []byte(`"kind":"soul"`), 1) }, "entry 25", "its hash is not the one in")

	p, err := w.ProveEntry(t.Context(), last)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := tree.PolicyOf(w.Key.VKey)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := tree.ParseLeaf(p.Extra)
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.Proof(p.Encode(), nil, policy, nil)
	if err != nil || r.Kind != tree.KindSeal || r.Seal != leaf.Seal || r.Number != 0 || r.Index != 270 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := verify.Proof(p.Encode(), []byte("{}"), policy, nil); err == nil || !strings.Contains(err.Error(), "not about a filing") {
		t.Errorf("a seal is taken for a filing: %v", err)
	}
}
