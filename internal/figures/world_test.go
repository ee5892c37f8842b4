package figures_test

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/figures"
	"stocktake/internal/importer"
	"stocktake/internal/ledger"
	"stocktake/internal/pgtest"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/postgres"
	"stocktake/internal/store/sqlite"
)

// world is a record with the parties of the built-in one.
type world struct {
	*ledger.Ledger
	*figures.Figures
	files string
}

func newWorld(t testing.TB, url string) *world {
	t.Helper()
	dir := t.TempDir()
	var st store.Store
	var err error
	if url != "" {
		st, err = postgres.Open(t.Context(), url, store.Options{})
	} else {
		st, err = sqlite.Open(t.Context(), filepath.Join(dir, "record.db"), store.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
	w := &world{files: filepath.Join(dir, "files")}
	blobs, err := blob.OpenDir(w.files)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	if w.Ledger, err = ledger.Open(t.Context(), st, blobs, ledger.Options{Now: func() time.Time { now = now.Add(time.Millisecond); return now }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	for _, name := range []string{"states", "others"} {
		path := filepath.Join("../builtin/record/parties", name+".yaml")
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list, err := draft.Parse(path, b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.File(t.Context(), ledger.FileOptions{}, list...); err != nil {
			t.Fatal(err)
		}
	}
	w.Figures = figures.New(w.Record(), w.Blobs(), 0)
	return w
}

// FindParty and FindInstrument let importers look up names.
func (w *world) FindParty(name string) (stocktake.PartyID, bool) {
	return w.Record().FindParty(name, w.Record().Head())
}

func (w *world) FindInstrument(name string) (stocktake.InstrumentID, bool) {
	return w.Record().FindInstrument(name, w.Record().Head())
}

// take imports a folder or file as the command does.
func (w *world) take(t testing.TB, im importer.Importer, path string, opt importer.Options) (importer.Report, error) {
	t.Helper()
	a := w.Archive()
	opt.File = func(f importer.File) error {
		rc, err := f.Open()
		if err != nil {
			return err
		}
		defer rc.Close()
		_, err = a.Put(t.Context(), f.SHA256, rc)
		return err
	}
	if opt.Read.IsZero() {
		opt.Read = stocktake.MustDate("2026-11-23")
	}
	var rep importer.Report
	_, err := w.FileFrom(t.Context(), ledger.FileOptions{Again: true}, func(emit func(stocktake.Filing) error) (err error) {
		rep, err = im.Import(t.Context(), path, w, opt, emit)
		return err
	})
	if err != nil {
		return rep, errors.Join(err, a.Undo(t.Context()))
	}
	return rep, nil
}

// load imports a shared data set.
func (w *world) load(t testing.TB, set string) {
	t.Helper()
	im, ok := importer.Named(set)
	if !ok {
		t.Fatalf("no importer %s", set)
	}
	if _, err := w.take(t, im, shared(t, set), importer.Options{}); err != nil {
		t.Fatal(err)
	}
}

// figuresOf imports a table of somebody's own.
func (w *world) figuresOf(t testing.TB, mapping, file string) error {
	t.Helper()
	im, err := importer.Mapping("m.yaml", []byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "table.csv")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = w.take(t, im, path, importer.Options{})
	return err
}

func (w *world) at(on, known string) stocktake.At {
	lo, _ := stocktake.MustDate(on).Bounds()
	k, _ := stocktake.MustDate(known).End()
	return stocktake.At{On: lo, Known: k, Head: w.Record().Head()}
}

func (w *world) now() stocktake.At { return w.at("2026-11-24", "2026-11-24") }

func shared(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join("../../../shared/data", name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") == "1" {
			t.Fatalf("the shared data are needed and not there: %v", err)
		}
		t.Skipf("NOT TESTED: the shared data are not there: %v", err)
	}
	return path
}

// rows reads a whole file with the plain reader of the standard library: the slow twin of what is packed.
func rows(t testing.TB, path string) (heading map[string]int, list [][]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	all, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	heading = map[string]int{}
	for i, h := range all[0] {
		heading[h] = i
	}
	return heading, all[1:]
}

func backends(t *testing.T, f func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { f(t, newWorld(t, "")) })
	t.Run("postgres", func(t *testing.T) { f(t, newWorld(t, pgtest.DSN(t))) })
}
