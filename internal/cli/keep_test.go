//go:build linux

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stocktake/internal/pgtest"
	"stocktake/internal/store"
)

// TestSameBytesEverywhere exports the built-in record from SQLite, loads it into an empty PostgreSQL database, and exports it again: equal
// bytes, and equal answers.
func TestSameBytesEverywhere(t *testing.T) {
	full := fullRecord(t)
	exported := filepath.Join(t.TempDir(), "one.tar.zst")
	must(t, full, "export", exported)
	dir, url := t.TempDir(), pgtest.DSN(t)
	must(t, dir, "--database", url, "load", exported)
	if got, want := must(t, dir, "--database", url, "export", "-"), readFile(t, exported); got != want {
		t.Errorf("exported %d bytes, loaded %d", len(got), len(want))
	}
	ask := []string{"standing", "--party", "USA", "--instrument", "gcm", "--instrument", "icerd", "--instrument", "paris", "--on", "2022-01-01", "--known", "2100-01-01", "--json"}
	if a, b := must(t, dir, append([]string{"--database", url}, ask...)...), must(t, full, ask...); a != b {
		t.Errorf("PostgreSQL answers\n%s\nSQLite\n%s", a, b)
	}
}

// TestPostgresCommands runs each command that keeps a record, on PostgreSQL.
func TestPostgresCommands(t *testing.T) {
	dir, url := t.TempDir(), pgtest.DSN(t)
	on := func(args ...string) string { return must(t, dir, append([]string{"--database", url}, args...)...) }
	on("init", "--empty")
	on("file", filepath.Join("testdata", "small.yaml"))
	if out := on("file", filepath.Join("testdata", "small.yaml")); strings.Count(out, "says the same; nothing was filed") != 9 {
		t.Errorf("filed again:\n%s", out)
	}
	if out := on("check"); !strings.Contains(out, "Everything holds.") {
		t.Error(out)
	}
	ask := []string{"standing", "--party", "USA", "--instrument", "gcm-process", "--on", "2018-01-01", "--known", "2100-01-01", "--json"}
	answer := on(ask...)
	on("rebuild")
	if got := on(ask...); got != answer {
		t.Errorf("rebuilt:\n%s\nbefore:\n%s", got, answer)
	}
	exported := on("export", "-")
	copied := filepath.Join(t.TempDir(), "copy")
	on("backup", copied)
	other := pgtest.DSN(t)
	must(t, t.TempDir(), "--database", other, "restore", copied)
	must(t, dir, "--database", other, "key", "resume", "--alone")
	if must(t, dir, "--database", other, "export", "-") != exported {
		t.Error("the restored record exports other bytes")
	}
	if a := run("-q", "--data", dir, "--database", other, "restore", copied); a.code != exitFailed || !strings.Contains(a.err, "stocktake: ") {
		t.Errorf("restored over a record: %d %s", a.code, a.err)
	}
	// A server that is not there, said without the password.
	a := run("-q", "--data", dir, "--database", "postgres://somebody:verysecret@127.0.0.1:1/nothing?connect_timeout=2", "standing")
	if a.code != exitFailed || strings.Contains(a.err, "verysecret") || !strings.Contains(a.err, "127.0.0.1") {
		t.Errorf("%d %s", a.code, a.err)
	}
}

// TestImportAgain imports what a record holds already: nothing is filed. The votes into the built-in record, the other sets twice into one
// that has only parties and instruments.
func TestImportAgain(t *testing.T) {
	type result struct {
		Filed, Same int
		Head        int64
	}
	imports := func(dir, set, path string) result {
		return decode[result](t, dir, "import", "--as", set, shared(t, "data", filepath.FromSlash(path)))
	}
	full := copyOf(t, fullRecord(t))
	head := openRecord(t, fullRecord(t)).Record().Head()
	for path, n := range map[string]int{"un-ga-votes/vintage-2016-07": 5430, "un-ga-votes": 6204} {
		if r := imports(full, "un-ga-votes", path); r.Filed != 0 || r.Same != n || r.Head != head {
			t.Errorf("%s: %+v, want nothing filed, %d that were here, and head %d", path, r, n, head)
		}
	}
	hand := copyOf(t, handRecord(t))
	for _, set := range []string{"untc-treaty-status-2015", "hr-treaty-status-2022", "paris-agreement-status", "ilo-c189-ratifications-2020", "ndc-registry"} {
		first := imports(hand, set, set)
		again := imports(hand, set, set)
		if first.Filed == 0 || again.Filed != 0 || again.Same != first.Filed+first.Same || again.Head != first.Head {
			t.Errorf("%s: first %+v, again %+v", set, first, again)
		}
	}
	must(t, hand, "check")
}

// TestSheetRemovedFromTheRecord takes the government's own words away from one act of the built-in record.
func TestSheetRemovedFromTheRecord(t *testing.T) {
	dir := copyOf(t, fullRecord(t))
	e := &env{ctx: t.Context(), in: strings.NewReader(""), out: io.Discard, err: io.Discard, now: time.Now, flags: &globals{Data: dir, Quiet: true}}
	o, err := e.open()
	if err != nil {
		t.Fatal(err)
	}
	var sheet store.Sheet
	err = o.Store().Sheets(t.Context(), nil, func(s store.Sheet) error {
		if len(s.Text) > 60 && strings.Contains(s.Text, "New York Declaration") {
			sheet = s
		}
		return nil
	})
	if err != nil || sheet.Text == "" {
		t.Fatalf("no sheet to remove: %v", err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	out := must(t, dir, "remove", sheet.Filing, sheet.Commitment, "--ground", "court order", "--by", "Keepers of this record")
	if !strings.Contains(out, "Removed, by filing") {
		t.Error(out)
	}
	out = must(t, dir, "check")
	if !strings.Contains(out, "1 sheets were removed, each by a filing.") || !strings.Contains(out, "Everything holds.") {
		t.Error(out)
	}
	words := []byte(sheet.Text)
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, words) || bytes.Contains(b, words[:40]) {
			t.Errorf("%s still holds the words", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNewerBuiltinRecord opens a folder with an older built-in record and filings of its own: what is new is added, and nothing else moves.
func TestNewerBuiltinRecord(t *testing.T) {
	full := fullRecord(t)
	older := filepath.Join(t.TempDir(), "older.tar.zst")
	must(t, full, "export", "--head", "200", older)
	dir := t.TempDir()
	must(t, dir, "load", older)
	own := write(t, "own.yaml", "key: own\ntitle: A filing of our own\nsources: [{id: own, title: A letter, published: 2018-07-25, read: 2026-11-01}]\nacts: [{id: own-act, party: HUN, instrument: gcm-process, kind: remark, done: 2018-07-24, quotes: [{exact: our own words}]}]\n")
	must(t, dir, "file", own)
	e := &env{ctx: t.Context(), in: strings.NewReader(""), out: io.Discard, err: io.Discard, now: time.Now, flags: &globals{Data: dir, Quiet: true}}
	o, err := e.openWith(false)
	if err != nil {
		t.Fatal(err)
	}
	err = o.Store().Write(t.Context(), func(w store.Writer) error { return w.SetMeta(t.Context(), metaBuiltin, "an older one") })
	if err := errors.Join(err, o.Close()); err != nil {
		t.Fatal(err)
	}
	head := openRecord(t, full).Record().Head()
	a := run("--data", dir, "show", "own-act")
	if a.code != exitDone || !strings.Contains(a.err, "This version carries a newer built-in record. Adding what is new.") ||
		!strings.Contains(a.err, fmt.Sprintf("%d filings added, 200 were here already.", head-200)) || !strings.Contains(a.out, "our own words") {
		t.Errorf("%d\n%s\n%.300s", a.code, a.err, a.out)
	}
	if a := run("--data", dir, "show", "201"); a.code != exitDone || strings.Contains(a.err, "newer built-in record") || !strings.Contains(a.out, `"key": "own"`) {
		t.Errorf("the second time: %d %s\n%.300s", a.code, a.err, a.out)
	}
	s := standings(t, dir, "--party", "BRA", "--instrument", "gcm", "--on", "2019-02-01")
	if len(s) != 1 || s[0].Standing != "withdrawn" || s[0].Head != head+1 {
		t.Errorf("%+v", s)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
