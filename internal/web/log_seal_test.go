package web

import (
	"html"
	"net/http/httptest"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
	"stocktake/internal/verify/verifytest"
)

// TestSealedLog serves a log with seals in it: it holds from outside, and filings behind the seals are proved, with the sheets of their own line.
func TestSealedLog(t *testing.T) {
	w := verifytest.New(t, "..", 250)
	w.Seal(t, 20)
	w.Fill(t, 250, 262)
	w.Seal(t, 1)
	w.Publish(t)
	h := handlerOf(t, w.Ledger, Options{})
	site := httptest.NewServer(h)
	defer site.Close()
	s, err := verify.Open(t.Context(), site.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if r, err := verify.Log(t.Context(), s, verify.Options{}); err != nil || !r.True() || r.Size != 283 || r.Filings != 262 {
		t.Fatalf("%+v %v", r, err)
	}
	policy, err := tree.PolicyOf(w.Key.VKey)
	if err != nil {
		t.Fatal(err)
	}
	var n int64 // with a quotation, behind the seals
	for n = 262; n > 250; n-- {
		if row, err := w.Raw(t.Context(), n); err != nil {
			t.Fatal(err)
		} else if strings.Contains(string(row.Bytes), `"commitment":`) {
			break
		}
	}
	if n == 250 {
		t.Fatal("no quotation behind the seals")
	}
	p, err := verify.Proof(ask(h, "GET", "/proof/"+itoa(n)+".tlog-proof", nil).Body.Bytes(), nil, policy, nil)
	if err != nil || p.Number != n || p.Index != n+19 {
		t.Errorf("%+v %v", p, err)
	}
	page := html.UnescapeString(get(t, h, "/check/"+itoa(n)))
	at := cutOut(t, page, `data-sheets="..`, `"`)
	line := strings.Split(get(t, h, at), "\n")[p.Index%tree.Width]
	if !strings.Contains(line, "a state did something") {
		t.Errorf("line %d of %s is %s", p.Index%tree.Width, at, line)
	}
	if got := ask(h, "GET", "/proof/263.tlog-proof", nil); got.Code != 404 {
		t.Errorf("the proof of a filing that is not there: %d", got.Code)
	}
	if _, err := w.Prove(t.Context(), 263); stocktake.KindOf(err) != stocktake.NotFound {
		t.Error(err)
	}
}

// cutOut returns what stands between two words of a text.
func cutOut(t *testing.T, text, from, to string) string {
	t.Helper()
	_, after, ok := strings.Cut(text, from)
	what, _, end := strings.Cut(after, to)
	if !ok || !end {
		t.Fatalf("nothing stands between %q and %q", from, to)
	}
	return what
}
