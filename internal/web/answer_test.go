package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"stocktake"
	"stocktake/internal/figures/figurestest"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
)

func TestUnchangedPagesAreNotSentAgain(t *testing.T) {
	h := serve(t)
	for _, address := range []string{"/", "/i/gcm/USA", "/i/gcm.json", "/law.csv", "/?on=2018-12-20"} {
		w := ask(h, "GET", address, nil)
		tag := w.Header().Get("ETag")
		if tag == "" {
			t.Fatalf("%s has no ETag", address)
		}
		again := ask(h, "GET", address, nil, "If-None-Match", tag)
		if again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("ETag") != tag {
			t.Errorf("%s asked again: %d with %d bytes", address, again.Code, again.Body.Len())
		}
		if other := ask(h, "GET", address, nil, "If-None-Match", `W/"other"`); other.Code != 200 {
			t.Errorf("%s with another tag: %d", address, other.Code)
		}
	}
	tags := map[string]string{}
	for _, address := range []string{"/", "/?on=2018-12-20", "/?on=2018-12-21", "/?known=2018-12-20", "/?head=50", "/i/gcm", "/i/gcm.json", "/i/gcm.csv"} {
		tag := ask(h, "GET", address, nil).Header().Get("ETag")
		if was, ok := tags[tag]; ok {
			t.Errorf("%s and %s have the same ETag", was, address)
		}
		tags[tag] = address
	}
}

// A page without a day is about today, so that it must be another one tomorrow.
func TestTodayMoves(t *testing.T) {
	l := small(t)
	now := testNow
	h := New(l, Options{Now: func() time.Time { return now }})
	one := ask(h, "GET", "/", nil)
	now = now.AddDate(0, 0, 1)
	two := ask(h, "GET", "/", nil, "If-None-Match", one.Header().Get("ETag"))
	if two.Code != 200 || !strings.Contains(plainText(two.Body.String()), "On 26 November 2026 (today)") {
		t.Errorf("the next day: %d, %.300s", two.Code, plainText(two.Body.String()))
	}
}

func TestPacked(t *testing.T) {
	h := serve(t)
	plain := ask(h, "GET", "/i/gcm", nil)
	packed := ask(h, "GET", "/i/gcm", nil, "Accept-Encoding", "br, gzip;q=0.8")
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Header().Get("Vary") != "Accept-Encoding" {
		t.Fatalf("headers: %v", packed.Header())
	}
	r, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(b, plain.Body.Bytes()) {
		t.Errorf("unpacked, it is another page (%v)", err)
	}
	if refused := ask(h, "GET", "/i/gcm", nil, "Accept-Encoding", "gzip;q=0"); refused.Header().Get("Content-Encoding") != "" {
		t.Error("packed for a reader that refuses it")
	}
	if head := ask(h, "HEAD", "/i/gcm", nil); head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: %d, %d bytes", head.Code, head.Body.Len())
	}
}

// The bytes of a filing are its identity.
func TestFilingBytes(t *testing.T) {
	h := serve(t)
	l := small(t)
	for _, n := range []int64{1, 2, 30, l.Record().Head()} {
		info, _ := l.Record().Info(n)
		for _, address := range []string{"/f/" + itoa(n) + ".json", "/f/" + info.SHA256 + ".json"} {
			b := get(t, h, address)
			sum := sha256.Sum256([]byte(b))
			if got := hex.EncodeToString(sum[:]); got != info.SHA256 {
				t.Errorf("%s hashes to %s, not %s", address, got, info.SHA256)
			}
		}
	}
}

// The JSON and CSV of a page are those of the command line.
func TestShapes(t *testing.T) {
	h := serve(t)
	rec := small(t).Record()
	var standings []stocktake.Standing
	if err := json.Unmarshal([]byte(get(t, h, "/standing.json?party=USA&instrument=gcm-process&on=2018-01-01")), &standings); err != nil {
		t.Fatal(err)
	}
	if len(standings) != 1 || standings[0].Standing != "out of the talks" || standings[0].On != "2018-01-01" || len(standings[0].Conflicts) == 0 {
		t.Errorf("standing.json: %+v", standings)
	}
	if a, b := get(t, h, "/standing.json?instrument=gcm&party=BRA&on=2019-02-01"), get(t, h, "/i/gcm/BRA.json?on=2019-02-01"); a != b {
		t.Errorf("one standing has two shapes:\n%s\n%s", a, b)
	}
	var votes []record.RollCallView
	if err := json.Unmarshal([]byte(get(t, h, "/votes.json?instrument=a-res-73-195")), &votes); err != nil {
		t.Fatal(err)
	}
	if len(votes) != 1 || votes[0].Yes != 152 || votes[0].No != 5 || votes[0].Abstain != 12 || votes[0].NotVoting != 24 || votes[0].Parties["USA"] != "no" {
		t.Errorf("votes.json: %+v", votes)
	}
	if csv := get(t, h, "/votes.csv"); !strings.HasPrefix(csv, "id,instrument,symbol,session,date,yes,no,abstain,not_voting\n") || !strings.Contains(csv, "6140,a-res-73-195,R/73/195,73,2018-12-19,152,5,12,24") {
		t.Errorf("votes.csv: %.300s", csv)
	}
	var un []record.Undertaking
	if err := json.Unmarshal([]byte(get(t, h, "/undertakings.json?party=MEX&theme=child-detention")), &un); err != nil {
		t.Fatal(err)
	}
	if len(un) == 0 || un[0].Provision == "" || un[0].Sources == nil {
		t.Errorf("undertakings.json: %+v", un)
	}
	var agree record.Agreement
	if err := json.Unmarshal([]byte(get(t, h, "/agree.json?party=USA&with=MEX")), &agree); err != nil || agree.Joint == 0 {
		t.Errorf("agree.json: %+v, %v", agree, err)
	}
	want, err := rec.Agree(stocktake.At{On: stocktake.DayOf(2026, 11, 25), Known: stocktake.EndOfDay(stocktake.DayOf(2026, 11, 25)), Head: rec.Head()}, "USA", "MEX", record.Span{})
	if err != nil || agree.Joint != want.Joint || agree.Same != want.Same {
		t.Errorf("agree.json: %+v, the record: %+v, %v", agree, want, err)
	}
	var changes []map[string]any
	if err := json.Unmarshal([]byte(get(t, h, "/changes.json?from=2018-12-20&to=2019-02-01&instrument=gcm")), &changes); err != nil || len(changes) == 0 || changes[0]["from"] != "2018-12-20" {
		t.Errorf("changes.json: %v, %v", changes, err)
	}
	if got := get(t, h, "/learned.json?from-head=3&to-head=3"); got != "[]\n" {
		t.Errorf("an empty list is %q", got)
	}
	if csv := get(t, h, "/standing.csv?instrument=gcm&party=BRA"); !strings.HasPrefix(csv, "party,instrument,standing,bound,in_force,since,unsure,conflicts,ends,on,known,head\n") {
		t.Errorf("standing.csv: %.200s", csv)
	}
}

// Every form of every page without parameters can be had.
func TestForms(t *testing.T) {
	l, story := withStory(t)
	figurestest.File(t, l, "words beside the figures")
	h := handlerOf(t, l, Options{Loopback: true})
	example := strings.NewReplacer("{publisher}", "example", "{column}", "hosted", "{version}", "1", "{lang}", "es", "{coalition}", "example-coalition", "{$}", "index", "{instrument}", "gcm", "{party}", "USA", "{number...}", "obj-13", "{rollcall}", "6140", "{act...}", "icerd/USA/consent/1", "{filing...}", "7", "{source...}", "c85-pga72-highlights",
		"{statement}", string(story.ID))
	with := map[string]string{"/undertakings": "?party=MEX", "/agree": "?party=USA&with=MEX", "/standing": "?party=USA"}
	for _, r := range routes {
		path := example.Replace(r.pattern)
		if r.noForms {
			continue
		}
		b := get(t, h, path+".json"+with[path])
		if !json.Valid([]byte(b)) {
			t.Errorf("%s.json is no JSON: %.200s", path, b)
		}
		if strings.Contains(b, "\n{\"commitment\"") {
			t.Errorf("%s.json holds a bare commitment", path)
		}
		if b := get(t, h, path+".csv"+with[path]); !strings.Contains(b, "\n") {
			t.Errorf("%s.csv: %q", path, b)
		}
	}
	var api struct{ Paths map[string]any }
	if err := json.Unmarshal([]byte(get(t, h, "/openapi.json")), &api); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"/index.json", "/i/{instrument}.json", "/i/{instrument}/{party}.csv", "/undertakings.json", "/f/{filing}.json"} {
		if api.Paths[want] == nil {
			t.Errorf("/openapi.json does not describe %s", want)
		}
	}
}

func TestHeaders(t *testing.T) {
	h := serve(t)
	for _, address := range []string{"/", "/nowhere", "/i/gcm.json", "/assets/x/style.css", "/healthz"} {
		w := ask(h, "GET", address, nil)
		for name, want := range map[string]string{"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin"} {
			if !strings.Contains(w.Header().Get(name), want) {
				t.Errorf("%s: %s is %q", address, name, w.Header().Get(name))
			}
		}
		for name := range w.Header() {
			if name == "Set-Cookie" {
				t.Errorf("%s sets a cookie", address)
			}
		}
	}
	public := handlerOf(t, small(t), Options{})
	for address, want := range map[string]string{"/i/gcm.json": "*", "/i/gcm.csv": "*", "/i/gcm": ""} {
		if got := ask(public, "GET", address, nil).Header().Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("on a public site %s may be read from %q", address, got)
		}
		if got := ask(h, "GET", address, nil).Header().Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("on one's own computer %s may be read from %q", address, got)
		}
	}
	css := "/assets/" + theLooks().hash + "/style.css"
	if w := ask(h, "GET", css, nil); !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%s: %v", css, w.Header())
	}
}

// Whatever comes from another page, or by another name of this computer, changes nothing.
func TestPasteIsGuarded(t *testing.T) {
	l := own(t)
	form := "text=" + strings.NewReplacer(" ", "+", "\n", "%0A").Replace("A title for a text of a test\n\nGeneva, 2 February 2019\n\nWe call on Brazil to return to the Global Compact for Migration.\n")
	kind := []string{"Content-Type", "application/x-www-form-urlencoded"}
	head := l.Record().Head()
	open := handlerOf(t, l, Options{Loopback: true})
	if w := ask(open, "POST", "/paste/file", strings.NewReader(form), append(kind, "Sec-Fetch-Site", "cross-site")...); w.Code != http.StatusForbidden {
		t.Errorf("from another site: %d", w.Code)
	}
	if w := ask(open, "POST", "/paste/file", strings.NewReader(form), append(kind, "Origin", "https://elsewhere.example")...); w.Code != http.StatusForbidden {
		t.Errorf("from another origin: %d", w.Code)
	}
	if w := ask(open, "POST", "/paste/file", strings.NewReader(form), append(kind, "X-Forwarded-For", "192.0.2.1")...); w.Code != http.StatusForbidden {
		t.Errorf("through a proxy: %d", w.Code)
	}
	if w := askHost(open, "elsewhere.example:8080", form); w.Code != http.StatusMisdirectedRequest {
		t.Errorf("by another name: %d", w.Code)
	}
	if w := ask(handlerOf(t, l, Options{}), "POST", "/paste/file", strings.NewReader(form), kind...); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "public site") {
		t.Errorf("on a public site: %d", w.Code)
	}
	if w := ask(open, "POST", "/paste", strings.NewReader("text="+strings.Repeat("x", mostPasted+1)), kind...); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("too long: %d", w.Code)
	}
	if w := ask(open, "POST", "/paste/file", strings.NewReader(form), kind...); w.Code != http.StatusForbidden {
		t.Errorf("from no page: %d", w.Code)
	}
	kind = append(kind, "Origin", "http://127.0.0.1:8080")
	far := httptest.NewRequest("POST", "http://127.0.0.1:8080/paste/file", strings.NewReader(form)) // a proxy that writes the name of this computer
	far.RemoteAddr = "192.0.2.1:50000"
	for i := 0; i < len(kind); i += 2 {
		far.Header.Set(kind[i], kind[i+1])
	}
	if w := httptest.NewRecorder(); true {
		if open.ServeHTTP(w, far); w.Code != http.StatusForbidden {
			t.Errorf("from another computer: %d", w.Code)
		}
	}
	if l.Record().Head() != head {
		t.Fatal("something was filed")
	}
	w := ask(open, "POST", "/paste/file", strings.NewReader(form), append(kind, "Sec-Fetch-Site", "same-origin")...)
	if w.Code != http.StatusSeeOther || l.Record().Head() != head+1 {
		t.Fatalf("from its own page: %d, head %d: %s", w.Code, l.Record().Head(), w.Body)
	}
	page := plainText(get(t, open, w.Header().Get("Location")))
	for _, want := range []string{"A title for a text of a test", "is a statement dated 2 February 2019", "Where those it speaks of stood on 2 February 2019", "withdrawn"} {
		if !strings.Contains(page, want) {
			t.Errorf("the statement's page does not say %q: %s", want, page)
		}
	}
	again := ask(open, "POST", "/paste/file", strings.NewReader(form), kind...)
	if again.Header().Get("Location") != w.Header().Get("Location") || l.Record().Head() != head+1 {
		t.Errorf("filed twice: head %d, %s", l.Record().Head(), again.Header().Get("Location"))
	}
}

// What a statement prints about whom to ask is not for ever, and its words may have to go.
func TestStatementPage(t *testing.T) {
	l := own(t)
	h := handlerOf(t, l, Options{})
	st := l.Record().Statements(l.Record().Head())[0]
	address := "/st/" + string(st.Instrument)
	page := get(t, h, address)
	for _, bad := range []string{"press@example.org", "+41 22", "Jane Example"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page shows the contact %q", bad)
		}
	}
	for _, want := range []string{"Example Network for Migrants", "as printed in the source", "[left out here]", `class="m m-c`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	var out bytes.Buffer
	if err := l.Export(t.Context(), &out, 0, nil); err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	exported, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"press@example.org", "+41 22", "Jane Example"} {
		if bytes.Contains(exported, []byte(bad)) {
			t.Errorf("an export holds the contact %q", bad)
		}
	}
	info, _ := l.Record().Info(st.Filing)
	f, err := l.Load(t.Context(), st.Filing)
	if err != nil {
		t.Fatal(err)
	}
	name := f.Statement.Signatories[0].Name
	if _, err := l.Remove(t.Context(), info.SHA256, name.Commitment, "erasure request", "Keepers of a test"); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{address, address + "?head=" + itoa(st.Filing), "/f/" + itoa(st.Filing), address + ".json"} {
		page := get(t, h, at)
		if strings.Contains(page, name.Text) {
			t.Errorf("%s still shows the name that was removed", at)
		}
		if !strings.HasSuffix(at, ".json") && !strings.Contains(page, "removed") {
			t.Errorf("%s does not say that something was removed", at)
		}
	}
}

// A filing made while pages are kept is seen at once, and the old answer stays what it was.
func TestFilingsShowAtOnce(t *testing.T) {
	l := own(t)
	h := handlerOf(t, l, Options{})
	head := l.Record().Head()
	before := get(t, h, "/i/gcm/CHL.json")
	pinned := "/i/gcm/CHL.json?on=2020-01-01&known=2026-11-25&head=" + itoa(head)
	old := get(t, h, pinned)
	f := stocktake.Filing{Key: "test/chl", Title: "A filing of a test", Sources: []stocktake.Source{{ID: "test-source", Kind: "hand", Title: "A source of a test", Read: stocktake.MustDate("2026-11-24")}},
		Acts: []stocktake.Act{{ID: "test-chl", Party: "CHL", Instrument: "gcm", Kind: stocktake.Withdrawal, Done: stocktake.MustDate("2019-05-01"), Source: "test-source"}}}
	if _, err := l.File(t.Context(), ledger.FileOptions{}, f); err != nil {
		t.Fatal(err)
	}
	if after := get(t, h, "/i/gcm/CHL.json"); after == before || !strings.Contains(after, "withdrawn") {
		t.Errorf("after the filing: %s", after)
	}
	if again := get(t, h, pinned); again != old {
		t.Errorf("the same three coordinates answer otherwise:\n%s\n%s", old, again)
	}
}

// Words of provisions stand with their source where they were imported.
func TestImportedTexts(t *testing.T) {
	l := own(t)
	h := handlerOf(t, l, Options{})
	f := stocktake.Filing{Key: "test/texts", Title: "Words of a test", Sources: []stocktake.Source{{ID: "test-words", Kind: "hand", Title: "Words of a test", Read: stocktake.MustDate("2026-11-24")}},
		Provisions: []stocktake.Provision{{ID: "gcm/obj-13/a", Instrument: "gcm", Number: "Objective 13, action (a)", Title: "Action (a)", Parent: "gcm/obj-13", Sources: []stocktake.SourceID{"test-words"}}},
		Texts: []stocktake.ProvisionText{{Provision: "gcm/obj-13", Lang: "en", Text: "First paragraph of a test.\n\nSecond <paragraph> of a test.", Source: "test-words"}, {Provision: "gcm/obj-13", Lang: "ar", Text: "كلمات", Source: "test-words"},
			{Provision: "gcm/obj-13/a", Lang: "en", Text: "An action of a test.", Source: "test-words"}}}
	if _, err := l.File(t.Context(), ledger.FileOptions{}, f); err != nil {
		t.Fatal(err)
	}
	page := get(t, h, "/r/gcm/obj-13")
	for _, want := range []string{"<p>First paragraph of a test.</p>", "Second &lt;paragraph&gt; of a test.", `lang="ar" dir="rtl"`, "Words of a test", `href="/r/gcm/obj-13/a"`, "An action of a test."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the provision does not have %q", want)
		}
	}
	if page := get(t, h, "/undertakings?party=MEX&theme=child-detention"); !strings.Contains(page, "First paragraph of a test.") {
		t.Error("the undertakings do not have the words")
	}
	if page := get(t, h, "/r/gcm/obj-13/a"); !strings.Contains(plainText(page), "Objective 13, action (a)") {
		t.Error("the page of the action does not name it")
	}
}

// Pages may be asked for from many goroutines while something is filed.
func TestManyReadersWhileFiling(t *testing.T) {
	l := own(t)
	h := handlerOf(t, l, Options{})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 12 {
				address := []string{"/", "/i/icerd", "/p/USA", "/votes", "/conflicts", "/i/gcm.json"}[(i+n)%6]
				if w := ask(h, "GET", address, nil); w.Code != 200 {
					t.Errorf("%s: %d", address, w.Code)
				}
			}
		})
	}
	for n := range 5 {
		f := stocktake.Filing{Key: "test/" + itoa(n), Title: "A filing of a test", Unknowns: []stocktake.Unknown{{About: "gcm", What: "What a test asks, number " + itoa(n) + "."}}}
		if _, err := l.File(t.Context(), ledger.FileOptions{}, f); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}
