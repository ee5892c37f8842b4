package sqlite

import (
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

// Of a dropped item, and of what other items held before, nothing is in any byte of any file as soon as ChangePrivate returns.
func TestDroppedItemIsInNoByte(t *testing.T) { drops(t, 14, 15) } // with this seed, secure_delete alone leaves text

// TestSoakDrops is the long form; without STOCKTAKE_SOAK=1 it only shows that it would run.
func TestSoakDrops(t *testing.T) {
	if os.Getenv("STOCKTAKE_SOAK") == "1" {
		drops(t, 0, 30)
	}
}

func drops(t *testing.T, from, to uint64) {
	for seed := from; seed < to; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 2))
			path := filepath.Join(t.TempDir(), "record.db")
			s := openAt(t, path, store.Options{})
			file(t, s, storetest.Rows(1, 5)...)
			var here []store.Item
			var gone []string
			keyOf := func(i store.Item) string { return "key of " + string(i.Body[1:17]) }
			words := func() string {
				return strings.Repeat(fmt.Sprintf("%016x", random.Uint64()), 1+random.IntN(1<<(1+random.IntN(9))))
			}
			for range 500 {
				n := random.IntN(len(here) + 1)
				switch {
				case n == len(here) || random.IntN(6) > 3:
					i := storetest.ItemOf("task", fmt.Sprintf("id %016x", random.Uint64()), "")
					i.Body = []byte(`"` + words() + `"`)
					here = append(here, storetest.Put(t, s, i, store.Key{Name: "key", Value: keyOf(i), Unique: true}))
				case random.IntN(3) > 0:
					gone = append(gone, string(here[n].Body[1:17]))
					here[n].Body = []byte(`"` + words() + `"`)
					here[n] = storetest.Put(t, s, here[n], store.Key{Name: "key", Value: keyOf(here[n])})
				default:
					storetest.Drop(t, s, "task", here[n].ID)
					gone = append(gone, here[n].ID, string(here[n].Body[1:17]))
					here[n] = here[len(here)-1]
					here = here[:len(here)-1]
					if random.IntN(20) > 0 {
						continue
					}
					absent(t, path, gone)
				}
			}
			storetest.Drop(t, s, "task", here[0].ID)
			absent(t, path, append(gone, here[0].ID))
			for _, i := range here[1:] {
				if holds(t, path, string(i.Body[1:17])) == nil || holds(t, path, i.ID) == nil {
					t.Fatal("the search does not find text that is there")
				}
				storetest.WantFound(t, s, "task", "key", keyOf(i), i.ID)
			}
			sound(t, s)
		})
	}
}

func absent(t *testing.T, path string, gone []string) {
	t.Helper()
	for _, text := range gone {
		if files := holds(t, path, text); files != nil {
			t.Fatalf("%s is still in %v", text, files)
		}
	}
}

// A process that dies between the commit and the end leaves the rest to whoever opens the database next.
func TestDropAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	s := openAt(t, path, store.Options{})
	const secret, stays = "a word that goes", "a word that stays"
	storetest.Put(t, s, storetest.ItemOf("task", "a", secret))
	storetest.Put(t, s, storetest.ItemOf("task", "b", stays))
	removed, err := s.write(t.Context(), time.Now(), func(w store.Writer) error {
		inside := w.(*writer)
		p := &privateTx{privateReader: privateReader{t.Context(), inside.reader}, w: inside}
		if err := p.Drop("task", "a"); err != nil {
			return err
		}
		return inside.refill(t.Context())
	})
	if err != nil || !removed {
		t.Fatal(removed, err)
	}
	if holds(t, path, secret) == nil {
		t.Error("the text is gone before the files are cut: this test tests nothing")
	}
	copy := filepath.Join(t.TempDir(), "copy.db")
	if err := copyDatabase(path, copy); err != nil {
		t.Fatal(err)
	}
	openAt(t, copy, store.Options{})
	if files := holds(t, copy, secret); files != nil {
		t.Errorf("after opening, the text is still in %v", files)
	}
	if holds(t, copy, stays) == nil {
		t.Error("the search does not find text that is there")
	}
	if !s.tryScrub(time.Second) || holds(t, path, secret) != nil {
		t.Error("the first process cannot finish")
	}
}

// A drop beside somebody who reads an older state is finished when he is done.
func TestDropBesideAReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	s := openAt(t, path, store.Options{})
	const secret = "a word that goes"
	storetest.Put(t, s, storetest.ItemOf("task", "a", secret))
	err := s.ReadPrivate(t.Context(), func(p store.PrivateReader) error {
		if _, err := p.Item("task", "a"); err != nil {
			return err
		}
		storetest.Drop(t, s, "task", "a")
		_, err := p.Item("task", "a")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); holds(t, path, secret) != nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the text is still there after the reader is done")
		}
	}
}

// A drop that comes while a sheet's removal is not finished does not take its place.
func TestDropAfterAnUnfinishedRemoval(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	s := openAt(t, path, store.Options{})
	rows := storetest.Rows(1, 1)
	file(t, s, rows...)
	sheet := storetest.SheetsOf(rows[0], 1)[0]
	put(t, s, sheet)
	if _, err := s.write(t.Context(), time.Now(), func(w store.Writer) error { return w.RemoveSheet(t.Context(), sheet.Filing, sheet.Commitment) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), func(w store.Writer) error { return markRemoval(t.Context(), w.(*writer).tx, cut) }); err != nil {
		t.Fatal(err)
	}
	var mark int
	if err := s.writer.QueryRow("PRAGMA user_version").Scan(&mark); err != nil || mark&stateBits != rebuild {
		t.Errorf("the mark is %b, %v, want one that says rebuild", mark, err)
	}
}

// A drop costs as much as there are private items, and not as much as the record is large.
func BenchmarkDrop(b *testing.B) {
	for _, size := range []struct{ filings, items int }{{1, 1}, {50_000, 1}, {1, 5000}} {
		b.Run(fmt.Sprint(size.filings, " filings, ", size.items, " items"), func(b *testing.B) {
			s := openAt(b, filepath.Join(b.TempDir(), "record.db"), store.Options{})
			if err := s.Write(b.Context(), func(w store.Writer) error { return w.Append(b.Context(), storetest.Rows(1, int64(size.filings))) }); err != nil {
				b.Fatal(err)
			}
			if err := s.ChangePrivate(b.Context(), func(p store.PrivateTx) error {
				for n := range size.items {
					if _, err := p.Put(storetest.ItemOf("task", fmt.Sprint("item ", n), strings.Repeat("words ", 150)), store.Key{Name: "key", Value: fmt.Sprint(n)}); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				storetest.Put(b, s, storetest.ItemOf("task", "one", "word"))
				storetest.Drop(b, s, "task", "one")
			}
		})
	}
}
