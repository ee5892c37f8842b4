package desk

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
)

// rehearsal is a record with a desk on this computer.
type rehearsal struct {
	t *testing.T
	l *ledger.Ledger
	s *httptest.Server
	c *http.Client
	d *Desk
}

func rehearse(t *testing.T) *rehearsal {
	t.Helper()
	dir := t.TempDir()
	st, err := sqlite.Open(t.Context(), filepath.Join(dir, "record.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), st, blobs, ledger.Options{})
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
	d, err := New(Options{Ledger: l, Private: st, Asset: func(n string) string { return "/assets/x/" + n }, Version: "test", Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	r := &rehearsal{t: t, l: l, d: d, s: httptest.NewServer(d)}
	t.Cleanup(r.s.Close)
	jar, _ := cookiejar.New(nil)
	r.c = &http.Client{Jar: jar, Timeout: time.Minute}
	return r
}

// get and post return the page at the end of redirects; want is a status.
func (r *rehearsal) get(path string, want int) string { return r.do(http.MethodGet, path, nil, want) }

func (r *rehearsal) post(path string, want int, pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return r.do(http.MethodPost, path, v, want)
}

func (r *rehearsal) do(method, path string, form url.Values, want int) string {
	r.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.s.URL+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", r.s.URL)
	}
	res, err := r.c.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode != want {
		r.t.Fatalf("%s %s: %d, not %d\n%s", method, path, res.StatusCode, want, plainText(string(b)))
	}
	return string(b)
}

func plainText(s string) string {
	if i := strings.Index(s, "<main"); i >= 0 {
		s = s[i:]
	}
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(s, " ")), " ")
}

func (r *rehearsal) find(page, pattern string) string {
	r.t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(page)
	if m == nil {
		r.t.Fatalf("the page has no %s:\n%s", pattern, plainText(page))
	}
	return m[1]
}

func (r *rehearsal) has(page string, words ...string) {
	r.t.Helper()
	for _, w := range words {
		if !strings.Contains(plainText(page), w) {
			r.t.Errorf("the page does not say %q:\n%s", w, plainText(page))
		}
	}
}

const journeyText = `Statement on Brazil and the Global Compact for Migration

BRASÍLIA, 4 February 2019 – We regret that Brazil has withdrawn from the Global Compact for Migration.

We call on Brazil to return to the Global Compact for Migration.

For further information: Ana Example, +1 555 0100, ana@example.org
`

// TestJourney is the night of a statement: it is pasted, read, approved, signed by a link from a chat and by telephone, published, and taken home.
func TestJourney(t *testing.T) {
	r := rehearse(t)
	head := r.l.Record().Head()
	r.post("/desk/coalitions", 200, "name", "Example Coalition", "lang", "en")
	page := r.post("/desk/statements", 200, "coalition", "example-coalition", "lang", "en", "text", journeyText, "rehearsal", "1")
	r.has(page, "The text was read", "call on Brazil to return", "Where they stand today", "Brazil")
	work := r.find(page, `href="(/desk/s/[a-z0-9]+)"`)
	if p := r.get(work, 200); !strings.Contains(p, "ana@example.org") || strings.Contains(r.get(work+"/text/en", 200), "ana@example.org") {
		t.Error("the contact does not stand in its own block")
	}
	// A second language, side by side.
	r.post(work+"/language", 200, "lang", "es", "translated-by", "Example Centre")
	r.post(work+"/text/es", 200, "base", "0", "title", "Declaración sobre Brasil y el Pacto Mundial", "body", "BRASILIA, 4 de febrero de 2019 – Lamentamos que Brasil se haya retirado del Pacto Mundial para la Migración.\n\nPedimos a Brasil que vuelva al Pacto Mundial para la Migración.")
	r.has(r.get(work+"/side", 200), "Pedimos a Brasil")
	// Two editors at once.
	base := r.find(r.get(work+"/text/en", 200), `name="base" value="(\d+)"`)
	body := "BRASÍLIA, 4 February 2019 – We regret that Brazil has withdrawn from the Global Compact for Migration.\n\nWe call on Brazil to return to the Global Compact for Migration."
	r.has(r.post(work+"/text/en", 200, "base", base, "title", "Statement on Brazil and the Global Compact for Migration", "body", strings.Replace(body, "regret", "note", 1)), "Saved.")
	r.has(r.post(work+"/text/en", 200, "base", base, "title", "Statement on Brazil and the Global Compact for Migration", "body", body+"\n\nWe will continue to work with governments."), "Somebody else had saved meanwhile", "We note that Brazil", "continue to work")
	r.has(r.post(work+"/text/en", 409, "base", base, "title", "Statement on Brazil and the Global Compact for Migration", "body", strings.Replace(body, "regret", "deplore", 1)), "nothing is lost")
	// A remark, and a provision.
	r.has(r.post(work+"/remark", 200, "words", "Is the day right?", "lang", "en", "exact", "4 February 2019"), "Is the day right?")
	r.has(r.post(work+"/cite", 200, "lang", "en", "exact", "the Global Compact for Migration", "id", "gcm"), "tied by hand")
	// Approve what was seen, and nothing else.
	r.post(work+"/approve", 409, "seen", "en "+strings.Repeat("0", 64))
	approve := r.get(work+"/approve", 200)
	var seen []string
	for _, m := range regexp.MustCompile(`name="seen" value="([^"]*)"`).FindAllStringSubmatch(approve, -1) {
		seen = append(seen, "seen", m[1])
	}
	r.has(r.post(work+"/approve", 200, seen...), "frozen")
	// Ask, sign by a link from a chat, and by telephone.
	r.post(work+"/board/open", 422, "date", "2099-01-01", "clock", "18:00")
	r.post(work+"/board/open", 200, "date", "2099-01-01", "clock", "18:00", "zone", "America/Mexico_City")
	asked := r.post(work+"/board/invite", 200, "who", "Example Network; ; MEX\nExample Centre; office@example.org; DEU")
	link := r.find(asked, `http://[^/]*(/sign/[A-Za-z0-9_-]+)`)
	preview := r.get(link, 200)
	for _, secret := range []string{"Brazil", "Example Coalition", "Example Network", "Compact"} {
		if strings.Contains(preview, secret) {
			t.Errorf("the page that a chat previews says %q", secret)
		}
	}
	text := r.post(link+"/open", 200)
	r.has(text, "We note that Brazil", "Pedimos a Brasil", "Example Network", "rehearsal")
	sum := r.find(text, `name="sum" value="([0-9a-f]{64})"`)
	r.post(link+"/answer", 422, "sum", sum, "office", "Director", "mailbox", "ana@network.example")
	r.post(link+"/answer", 409, "sum", strings.Repeat("0", 64), "office", "Director", "mailbox", "ana@network.example", "may", "yes")
	r.has(r.post(link+"/answer", 200, "sum", sum, "organisation", "Example Network", "office", "Director", "signer", "Ana Example", "mailbox", "ana@network.example", "may", "yes"), "Your answer is here")
	r.post(work+"/board/enter", 200, "organisation", "Example Parish", "country", "USA", "signer", "Ben Example", "road", "telephone", "evidence", "Called the parish office")
	board := r.get(work+"/board", 200)
	r.has(board, "Example Network", "Example Parish", "entered by a convenor", "has not answered", "America/Mexico_City")
	id := r.find(board, `name="id" value="([^"]+)"> Example Network`)
	r.post(work+"/board/act", 200, "id", id, "do", "accept", "evidence", "Known partner")
	// Before its hour nothing shows anywhere.
	day := time.Now().UTC().Add(48 * time.Hour)
	r.has(r.post(work+"/embargo", 200, "date", day.Format(time.DateOnly), "clock", "00:01", "zone", "America/New_York"), "embargoed until", "America/New_York")
	if r.l.Record().Head() != head {
		t.Error("something was filed before the hour")
	}
	r.post(work+"/release", 422)
	r.has(r.post(work+"/release", 200, "sure", "yes"), "Published", "on the record")
	f, err := r.l.Load(t.Context(), head+1)
	if err != nil || f.Statement == nil || !f.Statement.Rehearsal || len(f.Statement.Languages) != 2 || len(f.Endorsements) != 2 || f.Statement.Contacts.Text == "" || f.Statement.ListHash == "" {
		t.Fatalf("%+v, %v", f, err)
	}
	var names []string
	for _, e := range f.Endorsements {
		names = append(names, e.Names[0].Name.Text+" "+string(e.Road))
	}
	if strings.Join(names, ", ") != "Example Network link, Example Parish telephone" {
		t.Errorf("%q", names)
	}
	// Whoever withdraws afterwards stays readable as having withdrawn.
	w, err := r.d.office.Of(t.Context(), f.Statement.Instrument)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.d.keepSignOn(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	r.has(r.post(link+"/open", 200), "Take it back")
	r.has(r.post(link+"/back", 200), "taken back")
	if err := r.d.keepSignOn(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	g, err := r.l.Load(t.Context(), r.l.Record().Head())
	if err != nil || len(g.Endorsements) != 1 || g.Endorsements[0].State != "withdrew" {
		t.Errorf("%+v, %v", g, err)
	}
	if a, err := r.l.Check(t.Context(), nil); err != nil || len(a.Problems) > 0 {
		t.Errorf("%v, %v", a.Problems, err)
	}
}
