package taking_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/builtin"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/pgtest"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/postgres"
	"stocktake/internal/store/sqlite"
	"stocktake/internal/taking"
)

var update = flag.Bool("update", false, "write testdata/*.json anew")

// empty makes a record with nothing in it.
func empty(t testing.TB, url string) *ledger.Ledger {
	t.Helper()
	dir := t.TempDir()
	var st store.Store
	var err error
	if url == "" {
		st, err = sqlite.Open(t.Context(), filepath.Join(dir, "record.db"), store.Options{})
	} else {
		st, err = postgres.Open(t.Context(), url, store.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	l, err := ledger.Open(t.Context(), st, blobs, ledger.Options{Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// open makes a record with the small one, the default rubric, and the files named.
func open(t testing.TB, url string, files ...string) *ledger.Ledger {
	t.Helper()
	l := empty(t, url)
	for _, name := range append([]string{filepath.Join("..", "cli", "testdata", "small.yaml"), filepath.Join("..", "builtin", "record", "rubrics", "five-steps.yaml")}, files...) {
		file(t, l, name)
	}
	return l
}

func file(t testing.TB, l *ledger.Ledger, name string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse(name, b)
	if err == nil {
		_, err = l.File(t.Context(), ledger.FileOptions{}, list...)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func scope(t testing.TB, text string) *taking.Scope {
	t.Helper()
	s, err := taking.ReadScope("scope.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const small = `
format: stocktake-scope/1
id: small-2026
title: Detention and work in four states
by: A coalition for tests
since: 2019-06-30
rubric: five-steps/1
provisions: [gcm/obj-13, icrmw/art-16]
parties: [BRA, MEX, USA, HUN]
passages: [{about: BRA, text: Read the gaps first., by: The secretariat of the coalition for tests}]
`

func at(t testing.TB, l *ledger.Ledger, on, known string) stocktake.At {
	t.Helper()
	d := func(s string) stocktake.Day {
		x, err := stocktake.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		lo, _ := x.Bounds()
		return lo
	}
	return stocktake.At{On: d(on), Known: stocktake.EndOfDay(d(known)), Head: l.Record().Head()}
}

func take(t testing.TB, l *ledger.Ledger, s *taking.Scope, a stocktake.At) (*taking.Report, []byte) {
	t.Helper()
	r, err := taking.Take(t.Context(), l.Record(), nil, s, a)
	if err != nil {
		t.Fatal(err)
	}
	b, err := taking.Canonical(r)
	if err != nil {
		t.Fatal(err)
	}
	return r, b
}

// TestBytesOfEveryRelease holds the canonical bytes to those that are kept: a stocktake of one release is the same in every later one, and on
// both databases. A file in testdata is never changed once its release is out; a new format gets a file of its own.
func TestBytesOfEveryRelease(t *testing.T) {
	golden, export := filepath.Join("testdata", "small-2026.v1.json"), filepath.Join("testdata", "small.v1.tar.zst")
	if *update {
		var b bytes.Buffer
		if err := open(t, "", filepath.Join("testdata", "judged.yaml")).Export(t.Context(), &b, 0, nil); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(export, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(export) // its filings have salts, so that another copy of the same record has other hashes
	if err != nil {
		t.Fatal(err)
	}
	check := func(t *testing.T, url string) {
		l := empty(t, url)
		if _, err := l.LoadExport(t.Context(), bytes.NewReader(kept), nil); err != nil {
			t.Fatal(err)
		}
		_, b := take(t, l, scope(t, small), at(t, l, "2026-11-01", "2026-11-24"))
		if *update {
			if err := os.WriteFile(golden, append(b, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytes.TrimSpace(want), b) {
			t.Errorf("other bytes than in %s:\n%s", golden, b)
		}
		_, again := take(t, l, scope(t, small), at(t, l, "2026-11-01", "2026-11-24"))
		if !bytes.Equal(b, again) {
			t.Error("the second run gave other bytes")
		}
		r, err := taking.ReadReport(b)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := taking.Canonical(r); err != nil || !bytes.Equal(back, b) {
			t.Errorf("read and written again, the bytes are others (%v)", err)
		}
	}
	t.Run("SQLite", func(t *testing.T) { check(t, "") })
	t.Run("PostgreSQL", func(t *testing.T) { check(t, pgtest.DSN(t)) })
}

// TestWhatASmallStocktakeSays reads a stocktake against what was filed.
func TestWhatASmallStocktakeSays(t *testing.T) {
	l := open(t, "", filepath.Join("testdata", "judged.yaml"))
	r, raw := take(t, l, scope(t, small), at(t, l, "2026-11-01", "2026-11-24"))
	bra := r.Standings[0]
	if bra.Party != "BRA" || bra.Word != "endorsed" || bra.Before != "withdrawn" || !bra.Moved {
		t.Errorf("Brazil: %+v", bra)
	}
	var fresh []string
	for _, s := range r.Standings {
		for _, a := range s.Acts {
			if a.New {
				fresh = append(fresh, string(a.ID))
			}
		}
	}
	if strings.Join(fresh, " ") != "bra-returns-gcm-2023" {
		t.Errorf("new acts: %v", fresh)
	}
	cell := r.Cells[0]
	if len(cell.Assessed) != 1 || cell.Assessed[0].By != "A coalition for tests, editors" || cell.Change != taking.FirstAssessed {
		t.Errorf("Brazil, objective 13: %+v", cell)
	}
	for _, word := range []string{"She looked", "Somebody Else"} { // reason and person stand in the filing alone
		if bytes.Contains(raw, []byte(word)) {
			t.Errorf("the canonical bytes hold %q", word)
		}
	}
	var hun *taking.Cell
	for i := range r.Cells {
		if r.Cells[i].Party == "HUN" && r.Cells[i].Provision == "gcm/obj-13" {
			hun = &r.Cells[i]
		}
	}
	if got := strings.Join(hun.Gaps, " "); got != "standing acts measures assessment recommendations" {
		t.Errorf("gaps of Hungary: %s", got)
	}
	if r.Counts.Cells != 8 || r.Counts.Assessed != 1 || r.Counts.Moved != 1 || r.Counts.NewActs != 1 {
		t.Errorf("counts: %+v", r.Counts)
	}
}

// TestWhatCouldBeKnown takes stock of one day as known on two.
func TestWhatCouldBeKnown(t *testing.T) {
	l := open(t, "")
	s := scope(t, strings.Replace(small, "rubric: five-steps/1\n", "", 1))
	early, _ := take(t, l, s, at(t, l, "2023-01-10", "2022-12-31"))
	late, _ := take(t, l, s, at(t, l, "2023-01-10", "2023-02-01"))
	if early.Standings[0].Word != "withdrawn" || late.Standings[0].Word != "endorsed" {
		t.Errorf("Brazil: %q, then %q", early.Standings[0].Word, late.Standings[0].Word)
	}
	x := taking.Compare(early, late, taking.KnowsOf(t.Context(), l.Record(), at(t, l, "2026-11-24", "2026-11-24")))
	for _, i := range x.Items {
		if i.Why != taking.SourceRevised {
			t.Errorf("%s %s: why %s", i.Kind, i.What, i.Why)
		}
	}
	if len(x.Items) == 0 {
		t.Error("nothing differs")
	}
}

// TestCompareSaysWhy holds the reasons: the world, and that nothing differs from itself.
func TestCompareSaysWhy(t *testing.T) {
	l := open(t, "")
	s := scope(t, strings.Replace(small, "rubric: five-steps/1\n", "", 1))
	knows := taking.KnowsOf(t.Context(), l.Record(), at(t, l, "2026-11-24", "2026-11-24"))
	a, _ := take(t, l, s, at(t, l, "2020-01-01", "2020-01-01"))
	b, _ := take(t, l, s, at(t, l, "2026-11-01", "2026-11-01"))
	for _, i := range taking.Compare(a, b, knows).Items {
		if i.What == "bra-returns-gcm-2023" && i.Why != taking.WorldMoved {
			t.Errorf("%+v", i)
		}
	}
	if x := taking.Compare(b, b, knows); len(x.Items) != 0 {
		t.Errorf("a stocktake differs from itself: %+v", x.Items)
	}
}

// TestScopesThatDoNotFit tells all faults at once, and takes nothing.
func TestScopesThatDoNotFit(t *testing.T) {
	_, err := taking.ReadScope("s.yaml", strings.NewReader("format: x\nid: A b\nprovisions: [a, a]\nsince: \"2022\"\nfigures: [{provision: z, series: s, side: left, years: 101}]\npassages: [{text: ''}]\n"))
	if err == nil {
		t.Fatal("it was taken")
	}
	for _, want := range []string{"format is", "title is missing", "by is missing", `id "A b"`, "a is there twice", "parties: name one", "since is 2022; write one day", "z is not among", "figures --list", "side is", "years is", "passages 1"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %q in:\n%v", want, err)
		}
	}
	if _, err := taking.ReadScope("s.yaml", strings.NewReader("format: stocktake-scope/1\ncolour: red\n")); err == nil || !strings.Contains(err.Error(), "colour") {
		t.Errorf("an unknown field: %v", err)
	}
	l := open(t, "")
	s := scope(t, "{format: stocktake-scope/1, id: x, title: X, by: Y, provisions: [gcm/obj-99], parties: [MEXX], rubric: none/1}")
	_, err = taking.Take(context.Background(), l.Record(), nil, s, at(t, l, "2026-11-01", "2026-11-01"))
	for _, want := range []string{"gcm/obj-99", "MEXX", "none/1", "nothing was taken"} {
		if err == nil || !strings.Contains(err.Error()+hint(err), want) {
			t.Errorf("no word of %q: %v", want, err)
		}
	}
}

func hint(err error) string {
	if f, ok := errors.AsType[*stocktake.Fault](err); ok {
		return f.Hint
	}
	return ""
}

// TestGroupsByTheirDay takes the members of a group on the day.
func TestGroupsByTheirDay(t *testing.T) {
	l := open(t, "")
	s := scope(t, "{format: stocktake-scope/1, id: x, title: X, by: Y, provisions: [icrmw/art-16], parties: [un-members]}")
	ids := func(on string) string {
		r, _ := take(t, l, s, at(t, l, on, "2026-11-01"))
		var out []string
		for _, p := range r.Parties {
			out = append(out, string(p.ID))
		}
		return strings.Join(out, " ")
	}
	if got := ids("1990-01-01"); got != "BRA CSK DEU DOM HUN MEX USA" {
		t.Errorf("1990: %s", got)
	}
	if got := ids("2026-01-01"); got != "BRA CHE DEU DOM HUN MEX USA" {
		t.Errorf("2026: %s", got)
	}
}

// TestBuiltInRecordIsTaken takes stock of the record that comes with the program: no cell is without a word.
func TestBuiltInRecordIsTaken(t *testing.T) {
	if testing.Short() {
		t.Skip("the built-in record takes seconds to load")
	}
	l := empty(t, "")
	if _, err := l.LoadExport(t.Context(), builtin.Open(), nil); err != nil {
		t.Fatal(err)
	}
	s := scope(t, `{format: stocktake-scope/1, id: gcm, title: Six objectives, by: Tests, since: 2022-05-20, rubric: five-steps/1,
  provisions: [gcm/obj-2, gcm/obj-8, gcm/obj-13, gcm/obj-20, gcm/obj-21, gcm/obj-23], parties: [USA, MEX, DEU, SVN, PHL, BGD, MAR, ITA, HUN, BRA]}`)
	for _, on := range []string{"2022-05-20", "2026-05-05"} {
		r, raw := take(t, l, s, at(t, l, on, "2026-11-24"))
		if len(r.Cells) != 60 || !json.Valid(raw) {
			t.Errorf("%s: %d cells", on, len(r.Cells))
		}
		for _, c := range r.Cells {
			if len(c.Measures)+len(c.Assessed)+len(c.Recommended)+len(c.Gaps) == 0 {
				t.Errorf("%s: %s, %s: nothing is said", on, c.Party, c.Provision)
			}
		}
	}
}
