package storetest

import (
	"errors"
	"testing"

	"stocktake/internal/store"
)

// Frozen is what every frozen copy of an earlier version of the tables holds: it was written by WriteFrozen when that version was the newest.
// The log came with version 2 and private items with version 3; what is older has none.
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
	a, b := frozenItems()
	if version >= 3 {
		a.Rev, b.Rev = 2, 1
		WantItems(t, s, "frozen", a, b)
	} else {
		WantItems(t, s, "frozen")
	}
	a = Put(t, s, a, frozenKeys[1:]...)
	WantFound(t, s, "frozen", "word", "移民", "a")
	WantFound(t, s, "frozen", "mail", "a@example.org")
	b = Put(t, s, b, frozenKeys[0])
	WantItems(t, s, "frozen", a, b)
	file(t, s, NewRow(5)) // and it goes on
	must(t, s.Write(ctx, func(w store.Writer) error {
		return errors.Join(AppendLog(ctx, w, Rows(logged+1, 5)...), w.PutCheckpoint(ctx, checkpointOf("a", 5, "")))
	}))
	want(t, s, Rows(1, 5), SheetsOf(rows[1], 3))
	wantLog(t, s, Rows(1, 5))
	wantCheckpoint(t, s, "", checkpointOf("a", 5, ""))
}

var frozenKeys = []store.Key{{Name: "mail", Value: "a@example.org", Unique: true}, {Name: "word", Value: "移民"}}

func frozenItems() (a, b store.Item) {
	return ItemOf("frozen", "a", "twice"), ItemOf("frozen", "b", "")
}

// WriteFrozen fills an empty store with it.
func WriteFrozen(t testing.TB, s store.Store) {
	t.Helper()
	ctx := t.Context()
	a, b := frozenItems()
	a = Put(t, s, a)
	Put(t, s, a, frozenKeys...)
	Put(t, s, b)
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
