// Package verifytest makes small records with a signed and published log, for tests of whoever reads such a log.
package verifytest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/publish"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
)

// World is a small record with its log, published into a folder.
type World struct {
	*ledger.Ledger
	Dir string    // of the record
	Out string    // published: the log is in its folder log
	Key *tree.Key // of the log
	At  time.Time // its clock; each look at it adds a second
}

const words = "On that day the ministry said: a state did something.\nThat was all.\n"

// New makes a record of so many filings, at least those of the small record, some with quotations from an archived copy, and publishes it.
func New(t *testing.T, root string, filings int) *World {
	t.Helper()
	k, err := tree.NewKey("example.org/record")
	if err != nil {
		t.Fatal(err)
	}
	return NewUnder(t, root, k, filings)
}

// NewUnder is New under a key that is given. root is the way from the test's folder to the folder internal.
func NewUnder(t *testing.T, root string, k *tree.Key, filings int) *World {
	t.Helper()
	w := &World{Dir: t.TempDir(), Out: t.TempDir(), Key: k, At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	w.Open(t)
	text, err := os.ReadFile(filepath.Join(root, "cli/testdata/small.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse("small.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	w.File(t, list...)
	w.Fill(t, len(list), filings)
	w.Publish(t)
	return w
}

// Fill files one filing for each number from from up to to.
func (w *World) Fill(t *testing.T, from, to int) {
	t.Helper()
	sum, _, err := w.Blobs().Put(t.Context(), strings.NewReader(words))
	if err != nil {
		t.Fatal(err)
	}
	var list []stocktake.Filing
	for n := from; n < to; n++ {
		src := stocktake.SourceID(fmt.Sprintf("page-%d", n))
		f := stocktake.Filing{Key: fmt.Sprintf("k/%d", n), Title: "A filing", Sources: []stocktake.Source{{ID: src, Title: "A page", Read: stocktake.MustDate("2026-10-01")}},
			Acts: []stocktake.Act{{ID: stocktake.ActID(fmt.Sprintf("a-%d", n)), Party: "MEX", Instrument: "gcm", Kind: stocktake.Remark, Done: stocktake.MustDate("2018-12-10"), Source: src}}}
		if n%10 == 0 {
			f.Sources[0].Copy = &stocktake.Copy{State: "public", SHA256: sum, Media: "text/plain"}
			f.Acts[0].Quotes = []stocktake.Quote{{Exact: stocktake.Sheeted{Text: "a state did something"}}}
		}
		list = append(list, f)
	}
	w.File(t, list...)
}

// Open opens the record in Dir.
func (w *World) Open(t *testing.T) {
	t.Helper()
	st, err := sqlite.Open(t.Context(), filepath.Join(w.Dir, "record.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := blob.OpenDir(filepath.Join(w.Dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	w.Ledger, err = ledger.Open(t.Context(), st, files, ledger.Options{Now: func() time.Time { w.At = w.At.Add(time.Second); return w.At }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Ledger.Close() })
}

// File files, and ends the test where that fails.
func (w *World) File(t *testing.T, list ...stocktake.Filing) {
	t.Helper()
	if _, err := w.Ledger.File(t.Context(), ledger.FileOptions{}, list...); err != nil {
		t.Fatal(err)
	}
}

// Seal adds so many seals to the log, with nothing under them, and returns the index of the last.
func (w *World) Seal(t *testing.T, n int) (index int64) {
	t.Helper()
	for range n {
		slots, _, err := tree.NewSlots(nil)
		if err == nil {
			index, err = w.Ledger.Seal(t.Context(), slots.Root())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return index
}

// Publish signs the newest head and writes the log.
func (w *World) Publish(t *testing.T) publish.Counts {
	t.Helper()
	if _, err := w.SignLog(t.Context(), w.Key); err != nil {
		t.Fatal(err)
	}
	n, err := publish.Log(t.Context(), w.Ledger, filepath.Join(w.Out, "log"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Memory is that of a machine that saw nothing.
func Memory(t *testing.T) *verify.Memory {
	return &verify.Memory{Dir: t.TempDir(), Now: func() time.Time { return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) }}
}
