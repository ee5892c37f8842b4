package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stocktake/internal/store"
	"stocktake/internal/store/storetest"
)

// holds reports in which files of the database the text is, byte for byte.
func holds(t testing.TB, path, text string) (files []string) {
	t.Helper()
	for _, ending := range []string{"", "-wal", "-shm", "-journal"} {
		b, err := os.ReadFile(path + ending)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(text)) {
			files = append(files, filepath.Base(path)+ending)
		}
	}
	return files
}

func put(t testing.TB, s *Store, sheets ...store.Sheet) {
	t.Helper()
	if err := s.Write(t.Context(), func(w store.Writer) error { return w.PutSheets(t.Context(), sheets) }); err != nil {
		t.Fatal(err)
	}
}

func remove(t testing.TB, s *Store, sheets ...store.Sheet) {
	t.Helper()
	err := s.Write(t.Context(), func(w store.Writer) error {
		for _, sh := range sheets {
			if err := w.RemoveSheet(t.Context(), sh.Filing, sh.Commitment); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A removed sheet is in no byte of any file, as soon as Write returns, whatever was put and removed before.
func TestRemovedSheetIsInNoByte(t *testing.T) { removals(t, 1) } // with this seed, secure_delete alone leaves text

// TestSoakRemovals is the long form; without STOCKTAKE_SOAK=1 it only shows that it would run.
func TestSoakRemovals(t *testing.T) {
	if os.Getenv("STOCKTAKE_SOAK") == "1" {
		removals(t, 20)
	}
}

func removals(t *testing.T, seeds int) {
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(seed), 1))
			path := filepath.Join(t.TempDir(), "record.db")
			s := openAt(t, path, store.Options{})
			rows := storetest.Rows(1, 30)
			if err := s.Write(t.Context(), func(w store.Writer) error { return w.Append(t.Context(), rows) }); err != nil {
				t.Fatal(err)
			}
			var here []store.Sheet
			var gone []string
			secret := func(sh store.Sheet) string { return sh.Text[:16] }
			for n := 0; n < 300; n++ {
				if len(here) == 0 || random.IntN(3) > 0 {
					sh := storetest.SheetsOf(rows[random.IntN(len(rows))], 1)[0]
					sh.Path = fmt.Sprintf("acts/%d/text", random.IntN(1_000_000_000))
					sh.Commitment = fmt.Sprintf("%064x", random.Uint64())
					sh.Salt = fmt.Sprintf("%064x", random.Uint64())
					sh.Text = strings.Repeat(fmt.Sprintf("%016x", random.Uint64()), 1+random.IntN(1<<(1+random.IntN(9))))
					put(t, s, sh)
					here = append(here, sh)
					continue
				}
				i := random.IntN(len(here))
				sh := here[i]
				here[i] = here[len(here)-1]
				here = here[:len(here)-1]
				remove(t, s, sh)
				gone = append(gone, secret(sh), sh.Salt)
			}
			for _, text := range gone {
				if files := holds(t, path, text); files != nil {
					t.Fatalf("removed text %s is still in %v", text, files)
				}
			}
			for _, sh := range here {
				if holds(t, path, secret(sh)) == nil {
					t.Fatalf("the search does not find text that is there")
				}
			}
		})
	}
}

// A reader who still looks at the older state holds the scrubbing up, and no longer than until he is done.
func TestRemovalBesideAReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	s := openAt(t, path, store.Options{})
	rows := storetest.Rows(1, 3)
	if err := s.Write(t.Context(), func(w store.Writer) error { return w.Append(t.Context(), rows) }); err != nil {
		t.Fatal(err)
	}
	sheets := storetest.SheetsOf(rows[0], 2)
	put(t, s, sheets...)
	first := true
	err := s.Sheets(t.Context(), nil, func(sh store.Sheet) error {
		if first {
			first = false
			remove(t, s, sheets[0])
			if holds(t, path, sheets[0].Text) == nil {
				t.Error("the older state was scrubbed under a reader: this test tests nothing")
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); holds(t, path, sheets[0].Text) != nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the text is still there after the reader is done")
		}
	}
	if holds(t, path, sheets[1].Text) == nil {
		t.Error("the search does not find text that is there")
	}
}

// A process that dies between the commit and the scrubbing leaves the rest to whoever opens the database next.
func TestRemovalAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	s := openAt(t, path, store.Options{})
	rows := storetest.Rows(1, 3)
	if err := s.Write(t.Context(), func(w store.Writer) error { return w.Append(t.Context(), rows) }); err != nil {
		t.Fatal(err)
	}
	sheets := storetest.SheetsOf(rows[0], 2)
	put(t, s, sheets...)
	removed, err := s.write(t.Context(), time.Now(), func(w store.Writer) error { return w.RemoveSheet(t.Context(), sheets[0].Filing, sheets[0].Commitment) })
	if err != nil || !removed {
		t.Fatal(removed, err)
	}
	if holds(t, path, sheets[0].Text) == nil {
		t.Error("the text is gone before the scrubbing: this test tests nothing")
	}
	copy := filepath.Join(t.TempDir(), "copy.db")
	if err := copyDatabase(path, copy); err != nil {
		t.Fatal(err)
	}
	openAt(t, copy, store.Options{})
	if files := holds(t, copy, sheets[0].Text); files != nil {
		t.Errorf("after opening, the text is still in %v", files)
	}
	if holds(t, copy, sheets[1].Text) == nil {
		t.Error("the search does not find text that is there")
	}
	if !s.tryScrub(time.Second) || holds(t, path, sheets[0].Text) != nil {
		t.Error("the first process cannot finish")
	}
}

// Two processes remove at the same time: what one has just removed is not marked as finished by the other.
func TestRemovalMarks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	a, b := openAt(t, path, store.Options{}), openAt(t, path, store.Options{})
	rows := storetest.Rows(1, 3)
	if err := a.Write(t.Context(), func(w store.Writer) error { return w.Append(t.Context(), rows) }); err != nil {
		t.Fatal(err)
	}
	sheets := storetest.SheetsOf(rows[0], 2)
	put(t, a, sheets...)
	drop := func(s *Store, sh store.Sheet) (mark int) {
		if _, err := s.write(t.Context(), time.Now(), func(w store.Writer) error { return w.RemoveSheet(t.Context(), sh.Filing, sh.Commitment) }); err != nil {
			t.Fatal(err)
		}
		if err := s.writer.QueryRow("PRAGMA user_version").Scan(&mark); err != nil {
			t.Fatal(err)
		}
		return mark
	}
	seen := drop(a, sheets[0])
	if drop(b, sheets[1]) == seen {
		t.Error("two removals have one mark")
	}
	if a.mark(t.Context(), &seen, cut) {
		t.Error("one process marked the other's removal")
	}
	if !b.tryScrub(time.Second) || !a.tryScrub(time.Second) {
		t.Error("not finished")
	}
	for _, sh := range sheets {
		if files := holds(t, path, sh.Text); files != nil {
			t.Errorf("the text is still in %v", files)
		}
	}
}
