package web

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/verify/verifytest"
)

// TestTakenDown shows an archived copy until it is taken down. From then on its address answers 410 and names the filing, as do the pages of
// the source and of the filing, at every head.
func TestTakenDown(t *testing.T) {
	w := verifytest.New(t, "..", 60)
	h := handlerOf(t, w.Ledger, Options{})
	s, _, _ := w.Record().Source("page-20", w.Record().Head())
	file := "/log/file/" + s.Copy.SHA256
	if a := ask(h, "GET", file, nil); a.Code != http.StatusOK || !strings.Contains(a.Body.String(), "a state did something") {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	if page := get(t, h, "/s/page-20"); !strings.Contains(page, "an archived copy is part of this record") {
		t.Error(page)
	}
	r, err := w.TakeAway(t.Context(), stocktake.Removal{Ground: "court-order", Note: "file 12/2026", By: "Keepers of a test"}, stocktake.Removal{File: s.Copy.SHA256})
	if err != nil || r.Head != 61 {
		t.Fatalf("%+v, %v", r, err)
	}
	why := "taken down by filing 61 (court order: file 12/2026; Keepers of a test)"
	a := ask(h, "GET", file, nil, "Accept", "text/html")
	if a.Code != http.StatusGone || !strings.Contains(html.UnescapeString(a.Body.String()), why) || !strings.Contains(a.Body.String(), `href="/f/61"`) || a.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s\n%s", a.Code, a.Header(), a.Body)
	}
	if a := ask(h, "HEAD", file, nil); a.Code != http.StatusGone || a.Body.Len() > 0 {
		t.Errorf("HEAD: %d", a.Code)
	}
	for _, path := range []string{"/s/page-20", "/s/page-20?head=60"} {
		if page := html.UnescapeString(get(t, h, path)); !strings.Contains(page, "the archived copy was "+why) || !strings.Contains(page, `/f/61`) || strings.Contains(page, "is part of this record") {
			t.Errorf("%s:\n%s", path, page)
		}
	}
	if v := get(t, h, "/s/page-20.json"); !strings.Contains(v, `"copy_removed"`) || !strings.Contains(v, `"court-order"`) || !strings.Contains(v, `"by": 61`) && !strings.Contains(v, `"by":61`) {
		t.Error(v)
	}
	if page := html.UnescapeString(get(t, h, "/f/61")); !strings.Contains(page, "taken down: court order: file 12/2026 (Keepers of a test)") || !strings.Contains(page, `href="/s/page-`) {
		t.Error(page)
	}
	if table := get(t, h, "/sources.csv"); !strings.Contains(table, ",taken down,") {
		t.Error(table)
	}
}

// TestStatementTakenDown takes the text of a statement down: its page says so, and says nothing of the text.
func TestStatementTakenDown(t *testing.T) {
	l := own(t)
	h := handlerOf(t, l, Options{Loopback: true})
	list := l.Record().Statements(l.Record().Head())
	if len(list) == 0 {
		t.Fatal("no statement")
	}
	st := list[0]
	address := "/st/" + string(st.Instrument)
	if page := get(t, h, address); !strings.Contains(page, `class="pre statement"`) {
		t.Fatal("the page does not show the text")
	}
	r, err := l.TakeAway(t.Context(), stocktake.Removal{Ground: "rights", By: "Keepers of a test"}, stocktake.Removal{File: st.TextSHA256})
	if err != nil {
		t.Fatal(err)
	}
	page := get(t, h, address)
	if strings.Contains(page, `class="pre statement"`) || !strings.Contains(page, "was taken down by <a href=\"/f/"+itoa(r.Head)) {
		t.Error(page)
	}
	if page := html.UnescapeString(get(t, h, "/paste")); strings.Contains(page, ledger.CopiesElsewhere) {
		t.Error("it is said before there is anything to file")
	}
	a := ask(h, "POST", "/paste", strings.NewReader("text=A+joint+statement%0A%0AWe+call+on+Mexico+to+act."), "Content-Type", "application/x-www-form-urlencoded", "Origin", "http://127.0.0.1:8080")
	if !strings.Contains(html.UnescapeString(a.Body.String()), ledger.CopiesElsewhere) {
		t.Errorf("it is not said before a text is put on the record: %d\n%.500s", a.Code, a.Body)
	}
}
