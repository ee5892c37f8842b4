package postgres

import (
	"testing"

	"stocktake/internal/pgtest"
	"stocktake/internal/store"
	"stocktake/internal/store/storetest"
)

func TestStore(t *testing.T) { storetest.Run(t, fresh) }

func fresh(t testing.TB) storetest.Open {
	dsn := pgtest.DSN(t)
	return func(t testing.TB, opts store.Options) store.Store { return openAt(t, dsn, opts) }
}

func openAt(t testing.TB, dsn string, opts store.Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), dsn, opts)
	if err != nil {
		t.Errorf("Open: %v", err)
		t.FailNow()
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func BenchmarkStore(b *testing.B) { storetest.Bench(b, fresh) }
