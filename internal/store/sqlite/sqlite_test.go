package sqlite

import (
	"path/filepath"
	"testing"

	"stocktake/internal/store"
	"stocktake/internal/store/storetest"
)

func TestStore(t *testing.T) { storetest.Run(t, fresh) }

func fresh(t testing.TB) storetest.Open {
	path := filepath.Join(t.TempDir(), "récord #1 100%?.db")
	return func(t testing.TB, opts store.Options) store.Store { return openAt(t, path, opts) }
}

func openAt(t testing.TB, path string, opts store.Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, opts)
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
