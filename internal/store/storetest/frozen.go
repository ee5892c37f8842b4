package storetest

import (
	"testing"

	"stocktake/internal/store"
)

// Frozen is what every frozen copy of an earlier version holds: it was written by WriteFrozen when that version was the newest.
func Frozen(t testing.TB, s store.Store) {
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
	file(t, s, NewRow(5)) // and it goes on
	want(t, s, Rows(1, 5), SheetsOf(rows[1], 3))
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
		return w.PutProjection(ctx, "index", 3, []byte("made from three"))
	}))
}
