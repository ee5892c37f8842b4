package web

import (
	"bytes"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"stocktake/internal/tree"
	"stocktake/internal/verify"
	"stocktake/internal/verify/verifytest"
)

// TestLog serves a signed log and checks it from outside, with the pages that tell how.
func TestLog(t *testing.T) {
	w := verifytest.New(t, "..", 300)
	h := handlerOf(t, w.Ledger, Options{})
	site := httptest.NewServer(h)
	defer site.Close()
	s, err := verify.Open(t.Context(), site.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := verify.Log(t.Context(), s, verify.Options{})
	if err != nil || !r.True() || r.Size != 300 {
		t.Fatalf("%+v %v", r, err)
	}
	page := html.UnescapeString(get(t, h, "/check/123"))
	for _, want := range []string{"does not prove that a fact is true", "example.org/record", w.Key.VKey[:30], "/proof/123.tlog-proof", "Also signed by", "nobody. Without witnesses"} {
		if !strings.Contains(page, want) {
			t.Errorf("/check/123 lacks %q", want)
		}
	}
	if !strings.Contains(get(t, h, "/f/123"), `href="/check/123`) || !strings.Contains(get(t, h, "/i/gcm"), `href="/check"`) {
		t.Error("pages do not lead to where they can be checked")
	}
	answer := ask(h, "GET", "/proof/123.tlog-proof", nil)
	row, err := w.Raw(t.Context(), 123)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := tree.PolicyOf(w.Key.VKey)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := verify.Proof(answer.Body.Bytes(), row.Bytes, policy, nil); err != nil || p.Number != 123 {
		t.Errorf("%+v %v", p, err)
	}
	for path, want := range map[string]string{"/log/checkpoint": "max-age=1", "/log/tile/0/000": "immutable", "/log/tile/entries/001.p/44": "immutable", "/log/filings/001.p/44": "immutable", "/log/sheets/000": "no-cache", "/log/key": "no-cache"} {
		a := ask(h, "GET", path, nil)
		if a.Code != 200 || !strings.Contains(a.Header().Get("Cache-Control"), want) || a.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d, %s", path, a.Code, a.Header())
		}
		if b := ask(h, "HEAD", path, nil); b.Code != 200 || b.Body.Len() > 0 {
			t.Errorf("HEAD %s: %d", path, b.Code)
		}
	}
	for _, path := range []string{"/log/", "/log/tile/0/001", "/log/tile/0/x", "/log/tile/entries/001.p/45", "/log/filings/1", "/log/sheets/009", "/log/file/" + strings.Repeat("0", 64), "/log/heads/0123", "/log/nothing", "/proof/301.tlog-proof", "/proof/0.tlog-proof", "/proof/x", "/proof/01.tlog-proof", "/check/301", "/check/x"} {
		if a := ask(h, "GET", path, nil); a.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.Code)
		}
	}
	named := handlerOf(t, w.Ledger, Options{Site: Site{Name: "Coalition of a test", Address: "https://stocktake.example.org", Contact: "post@example.org", MirrorOf: "https://origin.example.org"}})
	for _, path := range []string{"/", "/i/gcm", "/f/1", "/check", "/nowhere"} {
		page := ask(named, "GET", path, nil).Body.String()
		for _, want := range []string{"Coalition of a test.", `<a href="mailto:post@example.org"`, "A mirror: the record is that of", "https://origin.example.org"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
	}
	if !strings.Contains(get(t, named, "/check"), "stocktake verify https://stocktake.example.org<") {
		t.Error("/check does not name the address of the site")
	}
	// What is filed shows as waiting until it is signed, without anything being kept from before.
	if !strings.Contains(get(t, h, "/check"), ">300<") {
		t.Error("/check does not say how many entries were signed")
	}
	w.Fill(t, 300, 301)
	if page := get(t, h, "/check/301"); !strings.Contains(page, "No signed head holds this filing yet") {
		t.Error("an unsigned filing does not say so")
	}
	if _, err := w.SignLog(t.Context(), w.Key); err != nil {
		t.Fatal(err)
	}
	if page := get(t, h, "/check/301"); !strings.Contains(page, "/proof/301.tlog-proof") {
		t.Error("a filing that was signed does not show it")
	}
	packed := ask(h, "GET", "/log/filings/000", nil, "Accept-Encoding", "gzip")
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len() >= len(ask(h, "GET", "/log/filings/000", nil).Body.Bytes()) {
		t.Error("filings are not packed for who can unpack them")
	}
	if a, b := ask(h, "GET", "/log/tile/0/000", nil).Body.Bytes(), ask(h, "GET", "/log/tile/0/000", nil, "Accept-Encoding", "gzip").Body.Bytes(); !bytes.Equal(a, b) || len(a) != 8192 {
		t.Error("hashes are packed")
	}
}
