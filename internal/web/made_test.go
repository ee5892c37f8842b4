package web

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"stocktake"
	"stocktake/internal/edition/editiontest"
)

// has looks for words on a page, in its text.
func has(t testing.TB, what, page string, words ...string) {
	t.Helper()
	page = html.UnescapeString(page)
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("%s has no %q", what, w)
		}
	}
}

// TestMade looks at the pages of a statement that was made here.
func TestMade(t *testing.T) {
	l, s := withStory(t)
	h := handlerOf(t, l, Options{Loopback: true})
	at := "/st/" + string(s.ID)
	page := get(t, h, at)
	has(t, "its page", page, "A rehearsal.", "<title>Rehearsal: Statement on Brazil", `property="og:title" content="Rehearsal: `, `href="/c/example-coalition"`, "version 2 of 2", "authoritative", "What was changed: One word.", `href="`+at+`/2/changes"`,
		"Authors", "Signatories", "Individuals in a personal capacity", "Joined after publication", "Withdrew after publication", "withdrew on 25 November 2026", "joined on 25 November 2026", "on the convenor’s word", "imported, unverified", "verified here",
		"1 kept back for safety", "Director", "consultative status: special", "No source given.", "SHA-256 of the list of names at publication", "press@example.org", `<h2 id="en-p2">What we ask</h2>`, `<li id="en-p4">`, `type="application/atom+xml"`, "What follows are the statement’s own claims", `rel="canonical" href="`+at+`"`)
	if strings.Contains(page, `" style=`) || strings.Count(page, "<h1") != 1 {
		t.Error("the page has a style of its own, or not one first heading")
	}
	old := get(t, h, at+"/1")
	has(t, "version 1", old, "There is a newer version", "We regret", "Example Parish", "fixed by 25 November 2026", "entry", "stocktake verify")
	if strings.Contains(old, "deplore") || strings.Contains(old, "Late Joiners") {
		t.Error("version 1 shows something of version 2")
	}
	es := get(t, h, at+"/2/es")
	has(t, "the Spanish page", es, `lang="es"`, "Lamentamos", "A translation by Example Translators, compared with the authoritative text by Example Legal Centre", "Centro Jurídico de Ejemplo")
	has(t, "?lang=es", get(t, h, at+"?lang=es"), "Lamentamos")
	has(t, "side by side", get(t, h, at+"/2/side?langs=en,es"), "We deplore", "Lamentamos", `data-lang="Spanish"`, "A rehearsal.")
	has(t, "a missing language", get(t, h, at+"/2/side?langs=es,fr"), "There is no text in French of this version.")
	has(t, "the difference", get(t, h, at+"/2/changes"), "<del>regret</del>", "<ins>deplore</ins>", "A typographic change", "The text is the same, letter for letter.")
	has(t, "the coalition", get(t, h, "/c/example-coalition"), "Example Coalition rehearsed 1 statement", "call on", "A rehearsal.")
	if strings.Contains(get(t, h, "/p/BRA/calls"), "Statement on Brazil") {
		t.Error("a call of a rehearsal stands among those upon Brazil")
	}
	has(t, "the search", get(t, h, "/search?q=Statement+Brazil"), "Rehearsal: Statement on Brazil")
	has(t, "what became of it", get(t, h, at+"/calls"), "A rehearsal.")
	has(t, "JSON", get(t, h, at+".json"), `"stand":6`, `"withheld":1`, `"how":"entered by a convenor"`, `"rehearsal":true`, `"change":"typographic"`)
	for path, code := range map[string]int{at + "/3": 404, at + "/0": 404, at + "/x": 404, at + "/2/fr": 404, at + "/1/changes": 404, at + "/2/side?langs=en": 400, at + "/2/side?langs=en,xx": 404, at + "/1/form/fr.txt": 404, "/c/USA": 404, "/feeds/x.atom": 404, "/feeds/statements": 404, "/feeds/c/USA.atom": 404} {
		if w := ask(h, "GET", path, nil); w.Code != code {
			t.Errorf("%s: %d, not %d", path, w.Code, code)
		}
	}
	printed := l.Record().Statements(l.Record().Head())[0]
	if w := ask(h, "GET", "/st/"+string(printed.Instrument)+"/1", nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/st/"+string(printed.Instrument) {
		t.Errorf("a printed text: %d %s", w.Code, w.Header())
	}
	// As it was when only the first version was there.
	v := l.Record().Versions(s.ID, l.Record().Head())
	if p := get(t, h, at+"?head="+itoa(v[0].Filing)); strings.Contains(p, "Late Joiners") || !strings.Contains(p, "version 1 ·") {
		t.Error("an old head shows something later")
	}
	if w := ask(h, "GET", at+"?head="+itoa(v[0].Filing-1), nil); w.Code != http.StatusNotFound {
		t.Errorf("before its publication: %d", w.Code)
	}
	// Taken back.
	if _, err := s.Office.Withdraw(t.Context(), s.Work, stocktake.Retraction{Ground: "mistake", Note: "It was sent too early."}, true, "Keepers of a test"); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{at, at + "/1", at + "/2", at + "/2/es"} {
		page := get(t, h, p)
		has(t, p+" taken back", page, "was taken back on", "It was sent too early.", "Versions, hashes, proof", v[0].TextSHA256)
		for _, gone := range []string{"We deplore", "We regret", "Lamentamos", "Example Parish", "Late Joiners", "press@example.org"} {
			if strings.Contains(page, gone) {
				t.Errorf("%s shows %q", p, gone)
			}
		}
	}
	if w := ask(h, "GET", at+"/2/files", nil); w.Code != http.StatusGone {
		t.Errorf("its files: %d", w.Code)
	}
	has(t, "the list", get(t, h, "/statements"), "taken back")
}

// TestMadeFiles asks for files of a statement: their bytes stay, until a name in them is kept back.
func TestMadeFiles(t *testing.T) {
	l, s := withStory(t)
	h := handlerOf(t, l, Options{Loopback: true})
	at := "/st/" + string(s.ID) + "/2"
	file := func(name string) (string, *httptest.ResponseRecorder) {
		t.Helper()
		w := ask(h, "GET", at+"/form/"+name, nil)
		to := w.Header().Get("Location")
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(to, at+"/form/") || !strings.HasSuffix(to, "/"+name) {
			t.Fatalf("%s: %d %s\n%s", name, w.Code, to, w.Body)
		}
		return to, ask(h, "GET", to, nil)
	}
	has(t, "the list of files", get(t, h, at+"/files"), "not asked for yet", "en_es.docx", "A rehearsal.")
	for name, media := range map[string]string{"en.txt": "text/plain", "en.md": "text/markdown", "es.html": "text/html", "en.docx": "application/vnd.openxml", "es_en.docx": "application/vnd.openxml", "all.ninjs.json": "application/json", "all.jsonld": "application/ld+json", "names.csv": "text/csv", "names.xlsx": "application/vnd.openxml", "en.un.txt": "text/plain"} {
		to, w := file(name)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), media) || w.Header().Get("Cache-Control") != "no-cache" || w.Body.Len() == 0 {
			t.Errorf("%s: %d %s", name, w.Code, w.Header())
		}
		if again, _ := file(name); again != to {
			t.Errorf("%s: %s, then %s", name, to, again)
		}
		if w := ask(h, "GET", to, nil, "If-None-Match", w.Header().Get("ETag")); w.Code != http.StatusNotModified {
			t.Errorf("%s asked for again: %d", name, w.Code)
		}
		if w := ask(h, "HEAD", to, nil); w.Code != http.StatusOK || w.Body.Len() > 0 {
			t.Errorf("HEAD of %s: %d", name, w.Code)
		}
		if csp := w.Header().Get("Content-Security-Policy"); strings.HasPrefix(media, "text/html") && (!strings.Contains(csp, "style-src 'sha256-") || !strings.Contains(csp, "frame-ancestors 'none'")) {
			t.Errorf("the policy of %s is %q", name, csp)
		}
	}
	to, w := file("en.txt")
	has(t, "the text", w.Body.String(), "Rehearsal:", "We deplore", "Example International", "Names withheld for safety: 1", "Corrections", "http://127.0.0.1:8080"+at)
	sum := strings.Split(to, "/")[5]
	has(t, "the list of files", get(t, h, at+"/files"), sum)
	hidden := s.List[0]
	hidden.State, hidden.Names = stocktake.EndorsementWithheld, nil
	s.Later(t, 2, hidden)
	if err := s.Office.HideNames(t.Context(), s.ID, []string{"e1"}); err != nil {
		t.Fatal(err)
	}
	if w := ask(h, "GET", to, nil); w.Code != http.StatusGone || !strings.Contains(w.Body.String(), "was given out here and is not any more: it held a name") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if strings.Contains(get(t, h, at+"/files"), sum) {
		t.Error("the list of files names one that is gone")
	}
	if next, w := file("en.txt"); next == to || strings.Contains(w.Body.String(), "Example International") {
		t.Errorf("the name is still there: %s", w.Body)
	}
	for _, p := range []string{at, "/st/" + string(s.ID) + "/1", at + ".json", "/feeds/statements.atom"} {
		if strings.Contains(get(t, h, p), "Example International") {
			t.Errorf("%s shows a name that is kept back", p)
		}
	}
	// Who asks for another host's name gets nothing made under it.
	open := handlerOf(t, l, Options{})
	for _, p := range []string{at + "/form/en.txt", "/feeds/statements.atom", at + "/files"} {
		if w := ask(open, "GET", p, nil); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "none is set here") {
			t.Errorf("%s without an address: %d", p, w.Code)
		}
	}
	if p := get(t, open, at); strings.Contains(p, "/form/") || strings.Contains(p, "/feeds/") {
		t.Error("the page leads to files that are not there")
	}
}

// TestFeeds reads the feeds as a reader of feeds does.
func TestFeeds(t *testing.T) {
	l, s := withStory(t)
	h := handlerOf(t, l, Options{Site: Site{Name: "Example record", Address: "https://record.example.org/"}})
	for _, x := range []struct {
		path string
		n    int
	}{{"/feeds/statements", 4}, {"/feeds/c/example-coalition", 2}, {"/feeds/p/BRA", 1}, {"/feeds/i/gcm", 2}, {"/feeds/p/FRA", 0}} {
		var ids []string
		for _, form := range []string{".atom", ".json"} {
			b := get(t, h, x.path+form)
			f, err := gofeed.NewParser().ParseString(b)
			if err != nil {
				t.Errorf("%s%s: %v", x.path, form, err)
				continue
			}
			if len(f.Items) != x.n {
				t.Errorf("%s%s has %d entries, not %d", x.path, form, len(f.Items), x.n)
			}
			var list []string
			for _, i := range f.Items {
				list = append(list, i.GUID)
			}
			if ids != nil && strings.Join(ids, " ") != strings.Join(list, " ") {
				t.Errorf("%s: %q in Atom, %q in JSON", x.path, ids, list)
			}
			ids = list
		}
		if x.path == "/feeds/c/example-coalition" {
			want := "https://record.example.org/st/" + string(s.ID) + "/2 https://record.example.org/st/" + string(s.ID) + "/1"
			if strings.Join(ids, " ") != want {
				t.Errorf("%q, not %s", ids, want)
			}
		}
	}
	for page, feed := range map[string]string{"/p/BRA": "/feeds/p/BRA.atom", "/i/gcm": "/feeds/i/gcm.json", "/statements": "/feeds/statements.atom", "/c/example-coalition": "/feeds/c/example-coalition.json", "/st/" + string(s.ID): "/feeds/c/example-coalition.atom"} {
		if !strings.Contains(get(t, h, page), `href="`+feed+`"`) {
			t.Errorf("%s does not lead to %s", page, feed)
		}
	}
}

// TestEmbargo asks for every page that could know of a statement which lies under a seal, and finds nothing; an hour later all is there.
func TestUnderEmbargo(t *testing.T) {
	l := own(t)
	h := handlerOf(t, l, Options{Loopback: true})
	s := editiontest.Start(t, l, "Zyxwv statement under embargo", "zyxwv@example.org", false)
	s.List = []stocktake.Endorsed{editiontest.Named("e1", "Zyxwv Society", stocktake.TierSignatory, stocktake.AuthorityMailbox, "2026-11-25")}
	w, err := s.Office.Work(t.Context(), s.Work)
	if err != nil {
		t.Fatal(err)
	}
	at := "/st/" + string(w.Statement)
	pages := []string{"/statements", "/statements.json", "/feeds/statements.atom", "/feeds/statements.json", "/feeds/p/BRA.atom", "/calls", "/p/BRA", "/p/BRA/calls", "/i/gcm", "/search?q=zyxwv", "/filings", "/openapi.json", "/"}
	own := []string{at, at + ".json", at + "/1", at + "/1/en", at + "/1/side", at + "/1/files", at + "/1/form/en.txt", at + "/calls", "/c/example-coalition", "/feeds/c/example-coalition.atom"}
	for _, p := range pages {
		if b := strings.ToLower(get(t, h, p)); strings.Contains(strings.ReplaceAll(b, "q=zyxwv", ""), "zyxwv s") || strings.Contains(b, "example-coalition") {
			t.Errorf("%s tells of it", p)
		}
	}
	for _, p := range own {
		if w := ask(h, "GET", p, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
	s.Publish(t)
	for _, p := range own {
		if w := ask(h, "GET", p, nil); w.Code != http.StatusOK && w.Code != http.StatusSeeOther {
			t.Errorf("published, %s: %d", p, w.Code)
		}
	}
	has(t, "the feed", get(t, h, "/feeds/statements.atom"), "Zyxwv")
}

// TestManyNames keeps the page of a statement with thousands of names quick.
func TestManyNames(t *testing.T) {
	l := own(t)
	h := handlerOf(t, l, Options{Loopback: true})
	s := editiontest.Start(t, l, "Statement on Brazil and the Compact", "", false)
	const n = 5000
	for i := range n {
		s.List = append(s.List, editiontest.Named(fmt.Sprintf("e%d", i), fmt.Sprintf("Example Society %04d & <Sons>", i), stocktake.TierSignatory, stocktake.AuthorityMailbox, "2026-11-25"))
	}
	s.Publish(t)
	at := "/st/" + string(s.ID)
	for _, p := range []string{at, at + ".json", at + "/1/form/names.csv", "/feeds/statements.atom", at} {
		start := time.Now()
		w := ask(h, "GET", p, nil)
		took := time.Since(start)
		if w.Code != http.StatusOK && w.Code != http.StatusSeeOther {
			t.Errorf("%s: %d", p, w.Code)
		}
		t.Logf("%s: %d bytes in %s", p, w.Body.Len(), took)
		if took > 3*time.Second {
			t.Errorf("%s took %s", p, took)
		}
	}
	page := get(t, h, at)
	if got := strings.Count(page, `<li id="n-`); got != n || !strings.Contains(page, "Example Society 4999 &amp; &lt;Sons&gt;") || !strings.Contains(page, "The other 4,800") {
		t.Errorf("%d names on the page", got)
	}
}
