package postgres

import (
	"os"
	"testing"

	"stocktake/internal/pgtest"
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

// The process that is killed is the client; its server process finds out by itself, and takes back what was not committed.
func kill(t *testing.T, times int) {
	open := func(t testing.TB, at string) store.Store { return openAt(t, at, store.Options{}) }
	dsn := "" // the child gets its database from the parent
	if !storetest.Killed() {
		dsn = pgtest.DSN(t)
	}
	storetest.Kill(t, times, dsn, open, nil)
}
