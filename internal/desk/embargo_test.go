package desk

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
	"stocktake/internal/web"
)

const embargoText = `Quiet harbour statement on Mexico

PUERTO VALLARTA, 4 December 2026 – The undersigned remember the Global Compact for Migration.

We call on Mexico to keep the lighthouse of Veracruz open.
`

// embargoed are the words that nobody may find before the hour.
var embargoed = []string{"Quiet harbour", "lighthouse", "undersigned remember", "Seagull Network", "Pelican Parish", "Faro tranquilo"}

// TestEmbargo walks every address that a stranger can know, with words of the text and names of signers in hand: while a statement is written, approved,
// signed and waits, nothing at all changes but the hourly seals that the log takes anyway; one second before its hour nothing shows; one second after, everything.
func TestEmbargo(t *testing.T) {
	var mu sync.Mutex
	at := time.Date(2026, 12, 4, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return at }
	set := func(to time.Time) { mu.Lock(); at = to; mu.Unlock() }

	dir := t.TempDir()
	st, err := sqlite.Open(t.Context(), filepath.Join(dir, "record.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), st, blobs, ledger.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	b, err := os.ReadFile(filepath.Join("..", "cli", "testdata", "small.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse("small.yaml", b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.File(t.Context(), ledger.FileOptions{}, list...); err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, nil))
	d, err := New(Options{Ledger: l, Private: st, Now: clock, Log: log, Asset: web.AssetAddress, Version: "test", Name: "Example Record", Address: "https://record.example.org", Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	site := web.New(l, web.Options{Now: clock, Loopback: false, Log: log, Desk: d, IsDesk: Mine, Site: web.Site{Name: "Example Record", Address: "https://record.example.org"}})
	srv := httptest.NewServer(site)
	t.Cleanup(srv.Close)
	o := &office{Desk: d, srv: srv, st: st, log: &logged}

	ana, _, err := d.accounts.Add(t.Context(), "ana@example.org", "Ana Example", true)
	if err != nil {
		t.Fatal(err)
	}
	r := o.signedIn(t, ana)
	r.headers["Origin"] = srv.URL
	r.post("/desk/coalitions", 200, "name", "Example Coalition", "lang", "en")
	seal := func() {
		if _, err := d.office.SealHour(t.Context(), d.list); err != nil {
			t.Fatal(err)
		}
	}
	seal()
	w := &walker{t: t, h: site}
	before := w.walk("/c/example-coalition", "/feeds", "/statements", "/st/none", "/st/none/1", "/log", "/sitemap.xml", "/openapi.json", "/robots.txt", "/desk", "/desk/statements", "/desk/queue", "/in", "/check", "/search?q=lighthouse", "/search?q=harbour", "/search?q=Seagull", "/calls?party=MEX")
	filesBefore, size := publicFiles(t, filepath.Join(dir, "files")), l.Record().Head()

	// Written, approved, signed by a link and by telephone; put under embargo.
	find := func(page, pattern string) string {
		t.Helper()
		m := regexp.MustCompile(pattern).FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("the page has no %s:\n%s", pattern, plainText(page))
		}
		return m[1]
	}
	work := find(r.post("/desk/statements", 200, "coalition", "example-coalition", "lang", "en", "text", embargoText), `href="(/desk/s/[a-z0-9]+)"`)
	r.post(work+"/language", 200, "lang", "es", "translated-by", "Example Centre")
	r.post(work+"/text/es", 200, "base", "0", "title", "Faro tranquilo: declaración", "body", "PUERTO VALLARTA, 4 de diciembre de 2026 – Los abajo firmantes recuerdan.\n\nPedimos a México que mantenga abierto el faro.")
	var seen []string
	for _, m := range regexp.MustCompile(`name="seen" value="([^"]*)"`).FindAllStringSubmatch(r.get(work+"/approve", 200), -1) {
		seen = append(seen, "seen", m[1])
	}
	r.post(work+"/approve", 200, seen...)
	r.post(work+"/board/open", 200, "date", "2026-12-05", "clock", "18:00", "zone", "America/Mexico_City")
	link := find(r.post(work+"/board/invite", 200, "who", "Seagull Network; ; MEX"), `https?://[^/]*(/sign/[A-Za-z0-9_-]+)`)
	sum := find(r.post(link+"/open", 200), `name="sum" value="([0-9a-f]{64})"`)
	r.post(link+"/answer", 200, "sum", sum, "organisation", "Seagull Network", "office", "Director", "signer", "Ana Example", "mailbox", "ana@seagull.example", "may", "yes")
	r.post(work+"/board/enter", 200, "organisation", "Pelican Parish", "country", "USA", "signer", "Ben Example", "road", "telephone", "evidence", "Called the parish office")
	id := find(r.get(work+"/board", 200), `name="id" value="([^"]+)"> (?:<b>)?Seagull`)
	r.post(work+"/board/act", 200, "id", id, "do", "accept", "evidence", "Known partner")
	r.post(work+"/embargo", 200, "date", "2026-12-06", "clock", "00:01", "zone", "America/New_York")
	opens := time.Date(2026, 12, 6, 5, 1, 0, 0, time.UTC)
	kept, err := d.office.Work(t.Context(), strings.TrimPrefix(work, "/desk/s/"))
	if err != nil || kept.Embargo == nil || !kept.Embargo.At.Equal(opens) {
		t.Fatalf("%+v, %v", kept, err)
	}
	statement := string(kept.Statement)
	ids := []string{statement, kept.ID}

	// At the same moment a stranger gets what they got before, byte for byte.
	for path, a := range before {
		if now := w.get(path); now.code != a.code || !bytes.Equal(now.body, a.body) || now.head != a.head {
			t.Errorf("%s has changed while a statement was written:\n%d %s\n%d %s", path, a.code, a.head, now.code, now.head)
		}
	}
	// What is asked for by its own address answers as an address that means nothing.
	for _, path := range []string{"/st/%s", "/st/%s/1", "/st/%s/1/en", "/st/%s/1/es", "/st/%s/side", "/st/%s/1/side", "/st/%s/calls", "/st/%s/1/form/pdf", "/st/%s/1/en/form.pdf", "/i/%s", "/i/%s/MEX", "/desk/s/%s", "/desk/s/%s/board", "/desk/s/%s/text/en", "/sign/%s", "/sign/on/%s", "/check/%s", "/f/%s", "/s/%s", "/search?q=%s", "/paste/%s", "/feeds/statement/%s"} {
		for _, known := range ids {
			none := known[:3] + regexp.MustCompile(`[a-y]`).ReplaceAllString(known[3:], "z")
			is, would := w.get(fmt.Sprintf(path, known)), w.get(fmt.Sprintf(path, none))
			echo := strings.NewReplacer(known, none, strings.ReplaceAll(known, "-", " "), strings.ReplaceAll(none, "-", " "), strings.ReplaceAll(known, "-", "+"), strings.ReplaceAll(none, "-", "+"))
			same := func(b []byte) string { // but for the code that a telephone reads the address from
				return echo.Replace(strings.ReplaceAll(regexp.MustCompile(`(?s)<svg.*?</svg>`).ReplaceAllString(string(b), ""), "&#43;", "+"))
			}
			if a, b := same(is.body), same(would.body); is.code != would.code || a != b {
				i := 0
				for i < min(len(a), len(b)) && a[i] == b[i] {
					i++
				}
				t.Errorf("%s tells that there is something: %d for %d; it differs at …%s, …%s", fmt.Sprintf(path, known), is.code, would.code, a[max(0, i-60):min(len(a), i+60)], b[max(0, i-60):min(len(b), i+60)])
			}
		}
	}
	quiet := func(when string) {
		t.Helper()
		if n := l.Record().Head(); n != size {
			t.Errorf("%s %d filings more than before", when, n-size)
		}
		for path, a := range w.walk(slices.Collect(paths(before))...) {
			a.mustNotTell(t, when+", "+path, append(ids, embargoed...))
		}
		for name := range publicFiles(t, filepath.Join(dir, "files")) {
			if !filesBefore[name] {
				t.Errorf("%s the archive has the file %s", when, name)
			}
		}
		reading{body: logged.Bytes()}.mustNotTell(t, when+", what the program logs", embargoed)
	}
	quiet("while it waits")

	// The hours pass; one second before, nothing.
	run := func() {
		t.Helper()
		seal()
		if _, err := d.office.Open(t.Context(), d.list); err != nil {
			t.Fatal(err)
		}
	}
	for h := clock(); h.Before(opens); h = h.Add(7 * time.Hour) {
		set(h)
		run()
	}
	set(opens.Add(-time.Second))
	run()
	quiet("one second before")

	// One second after, whoever comes first opens it.
	set(opens.Add(time.Second))
	run()
	after := w.walk("/statements", "/st/"+statement, "/search?q=harbour")
	for _, word := range embargoed[:5] {
		if !bytes.Contains(after["/st/"+statement].body, []byte(word)) {
			t.Errorf("one second after, the page of the statement does not say %q", word)
		}
	}
	for _, path := range []string{"/statements", "/search?q=harbour"} {
		if !bytes.Contains(after[path].body, []byte("Quiet harbour")) {
			t.Errorf("one second after, %s does not show the statement", path)
		}
	}
	f, err := l.Load(t.Context(), l.Record().Head())
	if err != nil || f.Statement == nil || f.Statement.Opens == nil {
		t.Errorf("the filing opens no seal: %+v, %v", f, err)
	}
}

func paths(m map[string]reading) func(func(string) bool) {
	return func(yield func(string) bool) {
		for p := range m {
			if !yield(p) {
				return
			}
		}
	}
}

// walker asks for pages as a stranger does.
type walker struct {
	t testing.TB
	h http.Handler
}

// reading is an answer.
type reading struct {
	code int
	head string // what its head says, but for the moment
	body []byte
}

func (w *walker) get(path string) reading {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
	rec.Header().Del("Date")
	head, err := json.Marshal(rec.Header())
	if err != nil {
		w.t.Fatal(err)
	}
	return reading{rec.Code, string(head), ticketIn.ReplaceAll(rec.Body.Bytes(), []byte(`="a ticket"`))}
}

// ticketIn finds the ticket of a public form, which is another each time.
var ticketIn = regexp.MustCompile(`="[A-Za-z0-9_-]{76}"`)

// walk asks for some addresses and for all that can be reached from them and from the first page, with JSON and CSV where a page has them.
func (w *walker) walk(from ...string) map[string]reading {
	w.t.Helper()
	got := map[string]reading{}
	todo := append([]string{"/", "/log/checkpoint"}, from...)
	kinds := map[string]int{}
	for len(todo) > 0 {
		path := strings.ReplaceAll(todo[0], "&amp;", "&")
		todo = todo[1:]
		if _, ok := got[path]; ok || strings.HasPrefix(path, "/assets/") {
			continue
		}
		name, query, _ := strings.Cut(path, "?")
		kind := name
		if i := strings.IndexByte(name[1:], '/'); i >= 0 {
			kind = name[:i+1]
		}
		if query != "" {
			kind += "?"
		}
		if kinds[kind]++; kinds[kind] > 8 && !slices.Contains(from, path) {
			continue
		}
		a := w.get(path)
		got[path] = a
		for rest := string(a.body); ; { // whatever is named by an address from the root; a pattern takes minutes under the race detector
			_, after, ok := strings.Cut(rest, `="/`)
			if !ok {
				break
			}
			name, _, _ := strings.Cut(after, `"`)
			name, _, _ = strings.Cut("/"+name, "#")
			todo, rest = append(todo, name), after
		}
	}
	if len(got) < 60 {
		w.t.Fatalf("only %d pages were found", len(got))
	}
	return got
}

var packed = regexp.MustCompile(`[A-Za-z0-9+/_-]{24,}={0,2}`)

// mustNotTell looks for words in an answer: as they are, packed, and, where it is no page, in base64.
func (a reading) mustNotTell(t testing.TB, where string, words []string) {
	t.Helper()
	texts := [][]byte{[]byte(a.head), a.body}
	if z, err := gzip.NewReader(bytes.NewReader(a.body)); err == nil {
		if b, err := io.ReadAll(z); err == nil {
			texts = append(texts, b)
		}
	}
	if !bytes.HasPrefix(a.body, []byte("<!doctype html>")) {
		for _, s := range packed.FindAll(a.body, 2000) {
			if b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(string(s)), "=")); err == nil {
				texts = append(texts, b)
			}
		}
	}
	all := strings.ToLower(string(bytes.Join(texts, []byte("\n"))))
	asked := strings.ToLower(where[strings.Index(where, "q=")+1:])
	for _, word := range words {
		word = strings.ToLower(word)
		if strings.Contains(where, "q=") && strings.Contains(asked, word) {
			continue // the page repeats what was asked
		}
		if strings.Contains(all, word) {
			t.Errorf("%s tells %q", where, word)
		}
	}
}

// publicFiles are the names of what lies in the archive, which a backup lists and a mirror fetches.
func publicFiles(t testing.TB, dir string) map[string]bool {
	t.Helper()
	got := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == dir { // nothing was put there yet
			return fs.SkipAll
		}
		if err == nil && !e.IsDir() {
			got[path] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}
