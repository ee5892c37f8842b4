package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/edition/editiontest"
	"stocktake/internal/intake"
	"stocktake/internal/ledger"
	"stocktake/internal/secretariat"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
)

// testNow is the day on which the tests ask.
var testNow = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// testStatement is a text of our own that cites what the record holds.
const testStatement = `States must keep what they undertook towards migrants

Geneva, Switzerland – 10 January 2019 – The decision of the Government of Brazil to withdraw from the Global Compact for Migration abandons a promise made three weeks ago.

We call on Brazil to return to the Global Compact for Migration. We urge the United States to support the New York Declaration.

We will continue to work with all governments to put the Global Compact for Migration into practice.

Example Network for Migrants
Example Federation of Workers

For further information:
Jane Example, press@example.org, +41 22 000 00 00
`

// smallRecord is a record made from the filings written by hand for the built-in one, some recorded votes and two treaties from testdata,
// and a statement. It is made once; tests that file something make their own.
var smallRecord = sync.OnceValues(func() (*ledger.Ledger, error) {
	dir, err := os.MkdirTemp("", "stocktake-web-")
	if err != nil {
		return nil, err
	}
	return fillRecord(dir)
})

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == intake.ChildArg {
		os.Exit(intake.Child(os.Stdin, os.Stdout))
	}
	code := m.Run()
	if smallDir != "" {
		os.RemoveAll(smallDir)
	}
	os.Exit(code)
}

var smallDir string

func openRecord(dir string) (*ledger.Ledger, error) {
	ctx := context.Background()
	st, err := sqlite.Open(ctx, filepath.Join(dir, "record.db"), store.Options{})
	if err != nil {
		return nil, err
	}
	blobs, err := blob.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		return nil, err
	}
	return ledger.Open(ctx, st, blobs, ledger.Options{Now: func() time.Time { return testNow }})
}

func fillRecord(dir string) (*ledger.Ledger, error) {
	smallDir = dir
	l, err := openRecord(dir)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	const byHand = "../builtin/record/"
	var list []stocktake.Filing
	for _, pattern := range []string{byHand + "law/*.yaml", byHand + "parties/states.yaml", byHand + "parties/others.yaml", byHand + "instruments/core.yaml", byHand + "instruments/untc.yaml", byHand + "instruments/articles.yaml",
		byHand + "instruments/provisions.yaml", "testdata/votes.yaml", "testdata/treaties.yaml", byHand + "chronology/*.yaml", byHand + "measures/*.yaml", byHand + "unknown/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			b, err := os.ReadFile(n)
			if err != nil {
				return nil, err
			}
			part, err := draft.Parse(filepath.Base(n), b)
			if err != nil {
				return nil, err
			}
			list = append(list, part...)
		}
	}
	if _, err := l.File(ctx, ledger.FileOptions{Again: true}, list...); err != nil {
		return nil, err
	}
	if err := fileStatement(l, testStatement); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(byHand + "statements/pv-2017.yaml")
	if err != nil {
		return nil, err
	}
	if list, err = draft.Parse("pv-2017.yaml", b); err != nil {
		return nil, err
	}
	_, err = l.File(ctx, ledger.FileOptions{}, list...)
	return l, err
}

// withStory makes a record of the test's own with a statement that was made in it: two languages, two versions, names of every kind, and a rehearsal.
func withStory(t testing.TB) (*ledger.Ledger, *editiontest.Story) {
	t.Helper()
	l := own(t)
	s := editiontest.Start(t, l, "Statement on Brazil and the Compact", "Ana Example\npress@example.org", true)
	s.List = editiontest.Usual("2026-11-25")
	s.Publish(t)
	s.Write(t, "en", "Statement on Brazil and the Compact", strings.Replace(editiontest.English, "regret", "deplore", 1))
	s.Approve(t, stocktake.Typographic, "One word.", "")
	s.Publish(t)
	left := s.List[2]
	left.State = stocktake.EndorsementWithdrew
	s.Later(t, 2, left, editiontest.Named("e7", "Late Joiners", stocktake.TierSignatory, stocktake.AuthorityMailbox, "2026-11-25"))
	return l, s
}

func fileStatement(l *ledger.Ledger, text string) error {
	ctx := context.Background()
	d := secretariat.Read(l.Record(), l.Record().Head(), text)
	f, err := secretariat.Filing(l.Record(), l.Record().Head(), d, stocktake.MustDate("2026-11-25"), "")
	if err != nil {
		return err
	}
	if _, _, err := l.Blobs().Put(ctx, strings.NewReader(d.Text)); err != nil {
		return err
	}
	_, err = l.File(ctx, ledger.FileOptions{}, f)
	return err
}

func small(t testing.TB) *ledger.Ledger {
	t.Helper()
	l, err := smallRecord()
	if err != nil {
		t.Fatal("make the small record: ", err)
	}
	return l
}

// own makes a record of the test's own.
func own(t testing.TB) *ledger.Ledger {
	t.Helper()
	was := smallDir
	l, err := fillRecord(t.TempDir())
	smallDir = was
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func handlerOf(t testing.TB, l *ledger.Ledger, opt Options) http.Handler {
	t.Helper()
	opt.Version = "test"
	opt.Now = func() time.Time { return testNow }
	opt.Log = slog.New(slog.NewTextHandler(failing{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	return New(l, opt)
}

// failing makes a test fail when something is logged as an error.
type failing struct{ t testing.TB }

func (f failing) Write(p []byte) (int, error) {
	f.t.Errorf("the pages logged: %s", p)
	return len(p), nil
}

func serve(t testing.TB) http.Handler { return handlerOf(t, small(t), Options{Loopback: true}) }

// ask sends one request and returns the answer with its body, unpacked.
func ask(h http.Handler, method, address string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+address, body)
	r.RemoteAddr = "127.0.0.1:50000"
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(t testing.TB, h http.Handler, address string) string {
	t.Helper()
	w := ask(h, "GET", address, nil)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d\n%s", address, w.Code, w.Body)
	}
	return w.Body.String()
}

func askHost(h http.Handler, host, form string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "http://"+host+"/paste/file", strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
