package storetest

import (
	"errors"
	"testing"

	"stocktake/internal/store"
)

// Frozen is what every frozen copy of an earlier version of the tables holds: it was written by WriteFrozen when that version was the newest.
// The log came with version 2, and what is older has an empty one.
func Frozen(t testing.TB, s store.Store, version int) {
	t.Helper()
	ctx := t.Context()
	rows := Rows(1, 4)
	want(t, s, rows, SheetsOf(rows[1], 3))
	if v, err := s.Meta(ctx, "name"); v != "A frozen record" || err != nil {
		t.Errorf("Meta = %q, %v", v, err)
	}
	if head, data, ok, err := s.Projection(ctx, "index"); head != 3 || string(data) != "made from three" || !ok || err != nil {
		t.Errorf("Projection = %d, %q, %v, %v", head, data, ok, err)
	}
	logged := int64(0)
	if version >= 2 {
		logged = 4
		wantCheckpoint(t, s, "", checkpointOf("b", 3, "stored last"))
		wantCheckpoint(t, s, "a", checkpointOf("a", 3, "stored first"))
	} else {
		wantCheckpoint(t, s, "", store.Checkpoint{})
	}
	wantLog(t, s, rows[:logged])
	file(t, s, NewRow(5)) // and it goes on
	must(t, s.Write(ctx, func(w store.Writer) error {
		return errors.Join(AppendLog(ctx, w, Rows(logged+1, 5)...), w.PutCheckpoint(ctx, checkpointOf("a", 5, "")))
	}))
	want(t, s, Rows(1, 5), SheetsOf(rows[1], 3))
	wantLog(t, s, Rows(1, 5))
	wantCheckpoint(t, s, "", checkpointOf("a", 5, ""))
}

// WriteFrozen fills an empty store with it.
func WriteFrozen(t testing.TB, s store.Store) {
	t.Helper()
	ctx := t.Context()
	must(t, s.Write(ctx, func(w store.Writer) error {
		rows := Rows(1, 4)
		must(t, w.Append(ctx, rows))
		must(t, w.PutSheets(ctx, SheetsOf(rows[1], 3)))
		must(t, w.SetMeta(ctx, "name", "A frozen record"))
		must(t, AppendLog(ctx, w, rows...))
		must(t, w.PutCheckpoint(ctx, checkpointOf("a", 3, "stored first")))
		must(t, w.PutCheckpoint(ctx, checkpointOf("b", 3, "stored last")))
		return w.PutProjection(ctx, "index", 3, []byte("made from three"))
	}))
}
