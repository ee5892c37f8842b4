package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"stocktake/internal/store"
	"stocktake/internal/store/storetest"
)

func TestKill(t *testing.T) { kill(t, 20) }

// TestSoakKill is the long form; without STOCKTAKE_SOAK=1 it only shows that it would run.
func TestSoakKill(t *testing.T) {
	if os.Getenv("STOCKTAKE_SOAK") != "1" {
		kill(t, 2)
		return
	}
	kill(t, 300)
}

func kill(t *testing.T, times int) {
	open := func(t testing.TB, at string) store.Store { return openAt(t, at, store.Options{Program: "test"}) }
	storetest.Kill(t, times, filepath.Join(t.TempDir(), "record.db"), open, func(t testing.TB, s store.Store) { sound(t, s.(*Store)) })
}

// sound fails the test where SQLite itself finds something wrong with the file.
func sound(t testing.TB, s *Store) {
	t.Helper()
	var answer string
	if err := s.writer.QueryRow("PRAGMA integrity_check").Scan(&answer); err != nil || answer != "ok" {
		t.Fatalf("integrity_check: %s, %v", answer, err)
	}
	rows, err := s.writer.Query("PRAGMA foreign_key_check")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if rows.Next() {
		t.Fatal("foreign_key_check finds a sheet without a filing")
	}
}
