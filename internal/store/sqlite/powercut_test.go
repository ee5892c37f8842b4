//go:build linux

package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"stocktake/internal/store"
	"stocktake/internal/store/storetest"
)

// TestPowerCut cuts the power at random writes and syncs, and looks whether what was acknowledged is there.
func TestPowerCut(t *testing.T) { cutPower(t, 60) }

// TestSoakPowerCut is the long form; without STOCKTAKE_SOAK=1 it only shows that it would run.
func TestSoakPowerCut(t *testing.T) {
	if os.Getenv("STOCKTAKE_SOAK") != "1" {
		cutPower(t, 2)
		return
	}
	cutPower(t, 3000)
}

func cutPower(t *testing.T, cuts int) {
	lost, acknowledged := powerCuts(t, cuts, "FULL")
	if lost != "" {
		t.Error(lost)
	}
	if acknowledged < int64(cuts) {
		t.Errorf("%d filings were acknowledged in %d cuts: this tests little", acknowledged, cuts)
	}
	t.Logf("%d cuts, %d filings acknowledged", cuts, acknowledged)
}

// The test above would notice if commits were not synced.
func TestPowerCutNotices(t *testing.T) {
	for _, level := range []string{"NORMAL", "OFF"} {
		if lost, _ := powerCuts(t, 40, level); lost == "" {
			t.Errorf("with synchronous=%s nothing is lost: the test of lost writes tests nothing", level)
		}
	}
}

// rowOf is a filing of up to 80 KB, so that the -wal file soon is long enough to be moved into the database.
func rowOf(n int64) store.Row {
	return storetest.RowOf(n, "test", bytes.Repeat(fmt.Appendf(nil, "%08d ", n), 1+int(n*n%97)*100))
}

// powerCuts returns what was lost first, and how many filings were acknowledged.
func powerCuts(t *testing.T, cuts int, synchronous string) (lost string, acknowledged int64) {
	t.Helper()
	d := newDisk(t, uint64(len(synchronous)*cuts))
	random := rand.New(rand.NewPCG(1, uint64(cuts)))
	path := filepath.Join(t.TempDir(), "record.db")
	tune := tuning{vfs: d.name, synchronous: synchronous}
	tried := int64(0)
	for cut := range cuts {
		if cut%20 == 0 { // a new database, which may be cut while it is made
			for _, ending := range []string{"", "-wal", "-shm"} {
				os.Remove(path + ending)
			}
			tried = 0
		}
		d.mu.Lock()
		d.steps, d.cutAt = 0, 1+random.IntN([]int{20, 100, 1000}[cut%3])
		d.mu.Unlock()
		before := tried
		upTo := fileUntilCut(t, path, tune, random, &tried)
		manner := d.powerCut(t)
		where := fmt.Sprintf("synchronous=%s, cut %d, %s of what was not synced is there", synchronous, cut, manner)

		s, err := Open(t.Context(), path, store.Options{})
		if err != nil {
			return where + ": " + err.Error(), acknowledged
		}
		lost := lookAfterCut(t, s, upTo, tried)
		tried = headNumber(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if lost != "" {
			return where + ": " + lost, acknowledged
		}
		acknowledged += upTo - before
	}
	return "", acknowledged
}

// fileUntilCut opens the database on the disk and files until the power is cut. It returns the newest acknowledged number; tried is the
// newest that was given to the store.
func fileUntilCut(t *testing.T, path string, tune tuning, random *rand.Rand, tried *int64) (acknowledged int64) {
	acknowledged = *tried
	s, err := open(t.Context(), path, store.Options{}, tune)
	if err != nil {
		return acknowledged
	}
	defer s.Close() // which fails, without power
	for {
		var last int64
		err := s.Write(t.Context(), func(w store.Writer) error {
			h, err := w.Head(t.Context())
			if err != nil {
				return err
			}
			var rows []store.Row
			for n := h.Number + 1; n <= h.Number+1+random.Int64N(4); n++ {
				rows = append(rows, rowOf(n))
			}
			last = rows[len(rows)-1].Number
			*tried = max(*tried, last)
			if err := errors.Join(w.Append(t.Context(), rows), storetest.AppendLog(t.Context(), w, rows...)); err != nil {
				return err
			}
			for _, r := range rows {
				if err := w.PutSheets(t.Context(), storetest.SheetsOf(r, 2)); err != nil {
					return err
				}
			}
			if random.IntN(10) == 0 {
				sh := storetest.SheetsOf(rows[0], 1)[0]
				return w.RemoveSheet(t.Context(), sh.Filing, sh.Commitment)
			}
			return nil
		})
		if err != nil {
			return acknowledged
		}
		acknowledged = last
	}
}

func headNumber(t *testing.T, s *Store) int64 {
	h, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h.Number
}

// lookAfterCut returns what is wrong, or "".
func lookAfterCut(t *testing.T, s *Store, acknowledged, tried int64) string {
	var answer string
	if err := s.writer.QueryRow("PRAGMA integrity_check").Scan(&answer); err != nil || answer != "ok" {
		return fmt.Sprintf("integrity_check: %s, %v", answer, err)
	}
	if n := headNumber(t, s); n < acknowledged || n > tried {
		return fmt.Sprintf("the record ends at filing %d; %d were acknowledged, %d tried", n, acknowledged, tried)
	}
	// A leaf for each filing, with every hash and none too many.
	var rows []store.Row
	for n := range headNumber(t, s) {
		rows = append(rows, rowOf(n+1))
	}
	if err := storetest.CheckLog(t.Context(), s, rows); err != nil {
		return err.Error()
	}
	sheets := map[string]int{}
	if err := s.Sheets(t.Context(), nil, func(sh store.Sheet) error { sheets[sh.Filing]++; return nil }); err != nil {
		return err.Error()
	}
	err := s.Filings(t.Context(), 0, 0, func(r store.Row) error {
		if exp := rowOf(r.Number); !bytes.Equal(r.Bytes, exp.Bytes) || r.SHA256 != exp.SHA256 {
			return fmt.Errorf("filing %d is not what was filed", r.Number)
		}
		if k := sheets[r.SHA256]; k != 1 && k != 2 {
			return fmt.Errorf("filing %d has %d sheets", r.Number, k)
		}
		return nil
	})
	if err != nil {
		return err.Error()
	}
	return ""
}

// A database that was not finished when the power went can be opened again, and used, wherever the cut was.
func TestPowerCutWhileMaking(t *testing.T) {
	d := newDisk(t, 1)
	for step := 1; ; step++ {
		for _, manner := range []string{manners[0], manners[1+step%4]} {
			path := filepath.Join(t.TempDir(), "record.db")
			d.steps, d.cutAt = 0, step
			s, err := open(t.Context(), path, store.Options{}, tuning{vfs: d.name})
			if err == nil {
				s.Close()
			}
			if whole := !d.off; whole {
				if step < 20 {
					t.Errorf("making and closing a database has %d steps only", step)
				}
				return
			}
			d.cutPower(t, manner)
			s, err = Open(t.Context(), path, store.Options{})
			if err != nil {
				t.Fatalf("cut at step %d, %s of what was not synced is there: %v", step, manner, err)
			}
			file(t, s, storetest.Rows(1, 2)...)
			sound(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
