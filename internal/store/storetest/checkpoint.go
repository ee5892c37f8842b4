package storetest

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/store"
)

var checkpointTests = []test{
	{"of checkpoints the newest by size, each origin apart", on(checkpoints)},
	{"refused checkpoints leave nothing and the transaction usable", on(refusedCheckpoints)},
}

// checkpointOf is a checkpoint whose note tells what it is.
func checkpointOf(origin string, size int64, words string) store.Checkpoint {
	return store.Checkpoint{Origin: origin, Size: size, Note: fmt.Appendf(nil, "%s\n%d\n%s\n\n— é \x00\xff\\.\n", origin, size, words), At: opened.Add(time.Duration(size) * time.Minute)}
}

func wantCheckpoint(t testing.TB, r store.Reader, origin string, exp store.Checkpoint) {
	t.Helper()
	got, ok, err := r.Checkpoint(context.Background(), origin)
	if err != nil || ok != (exp.Origin != "") || !equalCheckpoint(got, exp) || ok && got.At.Location() != time.UTC {
		t.Errorf("Checkpoint(%q) = %v, %v, %v, want %v", origin, got, ok, err, exp)
	}
}

func equalCheckpoint(a, b store.Checkpoint) bool {
	return a.Origin == b.Origin && a.Size == b.Size && bytes.Equal(a.Note, b.Note) && a.At.Equal(b.At)
}

func checkpoints(t *testing.T, s store.Store) {
	ctx := t.Context()
	fileLogged(t, s, Rows(1, 9)...)
	put := func(list ...store.Checkpoint) {
		t.Helper()
		must(t, s.Write(ctx, func(w store.Writer) error {
			for _, c := range list {
				must(t, w.PutCheckpoint(ctx, c))
			}
			return nil
		}))
	}
	a3, a5, b4 := checkpointOf("a", 3, ""), checkpointOf("a", 5, ""), checkpointOf("b", 4, "")
	put(a5, b4, a3)
	wantCheckpoint(t, s, "a", a5)
	wantCheckpoint(t, s, "b", b4)
	wantCheckpoint(t, s, "A", store.Checkpoint{})
	wantCheckpoint(t, s, "", a5)
	b5, again := checkpointOf("b", 5, "same size"), checkpointOf("a", 5, "cosigned")
	b5.At = a5.At.Add(-time.Hour) // the clock was set back; it was stored later all the same
	put(b5)
	wantCheckpoint(t, s, "", b5)
	put(again)
	wantCheckpoint(t, s, "", again)
	wantCheckpoint(t, s, "a", again)
	wantCheckpoint(t, s, "b", b5)
	put(again) // once more, just so
	wantCheckpoint(t, s, "a", again)
	put(a3, checkpointOf("a", 0, ""))
	wantCheckpoint(t, s, "a", again)
	put(checkpointOf("Réseau 移民", 9, ""))
	wantCheckpoint(t, s, "Réseau 移民", checkpointOf("Réseau 移民", 9, ""))
	fileLogged(t, s, Rows(10, 12)...)
	wantCheckpoint(t, s, "", checkpointOf("Réseau 移民", 9, ""))
}

func refusedCheckpoints(t *testing.T, s store.Store) {
	ctx := t.Context()
	fileLogged(t, s, Rows(1, 3)...)
	good := checkpointOf("a", 3, "")
	change := func(f func(*store.Checkpoint)) store.Checkpoint {
		c := good
		f(&c)
		return c
	}
	must(t, s.Write(ctx, func(w store.Writer) error {
		must(t, w.PutCheckpoint(ctx, good))
		for name, c := range map[string]store.Checkpoint{
			"a size beyond the log": change(func(c *store.Checkpoint) { c.Size = 4 }),
			"a size below 0":        change(func(c *store.Checkpoint) { c.Size = -1 }),
			"no origin":             change(func(c *store.Checkpoint) { c.Origin = "" }),
			"an origin with NUL":    change(func(c *store.Checkpoint) { c.Origin = "a\x00b" }),
			"not UTF-8":             change(func(c *store.Checkpoint) { c.Origin = "\xff" }),
			"no note":               change(func(c *store.Checkpoint) { c.Note = nil }),
			"no time":               change(func(c *store.Checkpoint) { c.At = time.Time{} }),
			"a time too fine":       change(func(c *store.Checkpoint) { c.At = c.At.Add(1) }),
		} {
			wantKind(t, name, w.PutCheckpoint(ctx, c), stocktake.Invalid)
		}
		return nil
	}))
	wantCheckpoint(t, s, "", good)
}
