package storetest

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/store"
)

var writeTests = []test{
	{"what fails leaves nothing", on(atomic)},
	{"a panic leaves nothing", on(panics)},
	{"a done context leaves nothing", on(doneWrite)},
	{"a writer reads its own writes", on(ownWrites)},
	{"a refused filing leaves nothing and the transaction usable", on(refused)},
	{"10,000 filings in one transaction", on(many)},
	{"after a write everything is seen by every handle", handles},
	{"a store that was opened for reading only refuses to write", readOnly},
}

var errStop = errors.New("stop")

func atomic(t *testing.T, s store.Store) {
	ctx := t.Context()
	before := Rows(1, 3)
	file(t, s, before...)
	must(t, s.Write(ctx, func(w store.Writer) error {
		return errors.Join(w.SetMeta(ctx, "name", "before"), w.PutSheets(ctx, SheetsOf(before[0], 2)), w.PutProjection(ctx, "index", 3, []byte("before")))
	}))
	err := s.Write(ctx, func(w store.Writer) error {
		everything(t, w, before[0])
		return errStop
	})
	if err != errStop {
		t.Errorf("Write gives %v, want the error of its function, as it is", err)
	}
	untouched(t, s, before)
}

// everything changes all that a writer can change.
func everything(t testing.TB, w store.Writer, first store.Row) {
	ctx := context.Background()
	rows := Rows(4, 9)
	must(t, w.Append(ctx, rows))
	must(t, w.PutSheets(ctx, SheetsOf(rows[0], 2)))
	must(t, w.RemoveSheet(ctx, first.SHA256, SheetsOf(first, 2)[0].Commitment))
	must(t, w.SetMeta(ctx, "name", "after"))
	must(t, w.DropProjections(ctx))
	must(t, w.PutProjection(ctx, "other", 9, []byte("after")))
}

func untouched(t testing.TB, s store.Store, before []store.Row) {
	t.Helper()
	ctx := context.Background()
	want(t, s, before, SheetsOf(before[0], 2))
	if v, err := s.Meta(ctx, "name"); v != "before" || err != nil {
		t.Errorf("Meta = %q, %v", v, err)
	}
	if head, data, ok, err := s.Projection(ctx, "index"); head != 3 || string(data) != "before" || !ok || err != nil {
		t.Errorf("Projection = %d, %q, %v, %v", head, data, ok, err)
	}
	if _, _, ok, _ := s.Projection(ctx, "other"); ok {
		t.Error("a projection is left")
	}
	file(t, s, NewRow(4)) // and the next one can write
}

func panics(t *testing.T, s store.Store) {
	ctx := t.Context()
	before := Rows(1, 3)
	file(t, s, before...)
	must(t, s.Write(ctx, func(w store.Writer) error {
		return errors.Join(w.SetMeta(ctx, "name", "before"), w.PutSheets(ctx, SheetsOf(before[0], 2)), w.PutProjection(ctx, "index", 3, []byte("before")))
	}))
	func() {
		defer func() {
			if p := recover(); p != "broken" {
				t.Errorf("the panic %v arrives, want the function's own", p)
			}
		}()
		s.Write(ctx, func(w store.Writer) error {
			everything(t, w, before[0])
			panic("broken")
		})
	}()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		s.Write(ctx, func(w store.Writer) error {
			everything(t, w, before[0])
			runtime.Goexit()
			return nil
		})
	}()
	<-gone
	untouched(t, s, before)
}

func doneWrite(t *testing.T, s store.Store) {
	file(t, s, Rows(1, 2)...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Write(ctx, func(w store.Writer) error { return w.Append(ctx, Rows(3, 3)) }); err == nil {
		t.Error("Write with a done context gives no error")
	}
	ctx, cancel = context.WithCancel(t.Context())
	err := s.Write(ctx, func(w store.Writer) error {
		err := w.Append(ctx, Rows(3, 3))
		cancel()
		return err
	})
	if err == nil {
		t.Error("Write whose context ended before the commit gives no error")
	}
	want(t, s, Rows(1, 2), nil)
	file(t, s, Rows(3, 4)...)
	want(t, s, Rows(1, 4), nil)
}

func ownWrites(t *testing.T, s store.Store) {
	ctx := t.Context()
	rows := Rows(1, 60)
	var sheets []store.Sheet
	must(t, s.Write(ctx, func(w store.Writer) error {
		for i, r := range rows {
			must(t, w.Append(ctx, []store.Row{r}))
			must(t, w.PutSheets(ctx, SheetsOf(r, 2)))
			sheets = append(sheets, SheetsOf(r, 2)...)
			if h, err := w.Head(ctx); h.Number != r.Number || !h.Filed.Equal(r.Filed) || err != nil {
				t.Errorf("after filing %d, Head = %v, %v", r.Number, h, err)
			}
			if n, err := w.BySHA256(ctx, r.SHA256); n != r.Number || err != nil {
				t.Errorf("BySHA256 of filing %d = %d, %v", r.Number, n, err)
			}
			if i%20 == 0 {
				want(t, w, rows[:i+1], sheets)
			}
		}
		if list, err := w.ByKey(ctx, "test/1"); len(list) != 9 || err != nil {
			t.Errorf("ByKey = %v, %v", list, err)
		}
		// What is outside does not see it yet.
		want(t, s, nil, nil)
		return nil
	}))
	want(t, s, rows, sheets)
}

func refused(t *testing.T, s store.Store) {
	ctx := t.Context()
	file(t, s, Rows(1, 3)...)
	change := func(number int64, f func(*store.Row)) store.Row {
		r := NewRow(number)
		f(&r)
		return r
	}
	cases := []struct {
		name string
		rows []store.Row
		kind stocktake.FaultKind
	}{
		{"a gap", []store.Row{NewRow(5)}, stocktake.Conflict},
		{"a gap further on", []store.Row{NewRow(4), NewRow(6)}, stocktake.Conflict},
		{"a number that is there", []store.Row{change(3, func(r *store.Row) { *r = RowOf(3, "k", []byte("other")) })}, stocktake.Conflict},
		{"a number twice", []store.Row{NewRow(4), RowOf(4, "k", []byte("other"))}, stocktake.Conflict},
		{"number 0", []store.Row{NewRow(0)}, stocktake.Conflict},
		{"the time of the one before", []store.Row{change(4, func(r *store.Row) { r.Filed = NewRow(3).Filed })}, stocktake.Conflict},
		{"an earlier time", []store.Row{change(4, func(r *store.Row) { r.Filed = NewRow(2).Filed })}, stocktake.Conflict},
		{"times that do not rise", []store.Row{NewRow(4), change(5, func(r *store.Row) { r.Filed = NewRow(4).Filed })}, stocktake.Conflict},
		{"a hash that is there", []store.Row{change(4, func(r *store.Row) { r.SHA256 = NewRow(2).SHA256 })}, stocktake.Conflict},
		{"a hash that is there, later", append(Rows(4, 70), change(71, func(r *store.Row) { r.SHA256 = NewRow(2).SHA256 })), stocktake.Conflict},
		{"a hash twice", []store.Row{NewRow(4), change(5, func(r *store.Row) { r.SHA256 = NewRow(4).SHA256 })}, stocktake.Conflict},
		{"no hash", []store.Row{change(4, func(r *store.Row) { r.SHA256 = "" })}, stocktake.Invalid},
		{"a hash in capitals", []store.Row{change(4, func(r *store.Row) { r.SHA256 = strings.Repeat("A", 64) })}, stocktake.Invalid},
		{"no bytes", []store.Row{change(4, func(r *store.Row) { r.Bytes = nil })}, stocktake.Invalid},
		{"no time", []store.Row{change(4, func(r *store.Row) { r.Filed = time.Time{} })}, stocktake.Invalid},
		{"a time finer than a microsecond", []store.Row{change(4, func(r *store.Row) { r.Filed = r.Filed.Add(1) })}, stocktake.Invalid},
		{"a key with NUL", []store.Row{change(4, func(r *store.Row) { r.Key = "a\x00b" })}, stocktake.Invalid},
		{"a key that is not UTF-8", []store.Row{change(4, func(r *store.Row) { r.Key = "\xff" })}, stocktake.Invalid},
	}
	for _, c := range cases {
		err := s.Write(ctx, func(w store.Writer) error { return w.Append(ctx, c.rows) })
		wantKind(t, c.name, err, c.kind)
	}
	want(t, s, Rows(1, 3), nil)

	// A caller who carries on after a refusal commits the rest, and nothing of what was refused.
	must(t, s.Write(ctx, func(w store.Writer) error {
		for _, c := range cases {
			wantKind(t, c.name, w.Append(ctx, c.rows), c.kind)
			if h, err := w.Head(ctx); h.Number != 3 || err != nil {
				t.Errorf("after %s, Head = %v, %v", c.name, h, err)
			}
		}
		return w.Append(ctx, Rows(4, 5))
	}))
	want(t, s, Rows(1, 5), nil)
}

func many(t *testing.T, s store.Store) {
	rows := Rows(1, 10000)
	file(t, s, rows...)
	want(t, s, rows, nil)
}

func handles(t *testing.T, fresh func(testing.TB) Open) {
	open := fresh(t)
	a, b := open(t, store.Options{}), open(t, store.Options{})
	var rows []store.Row
	for n := int64(1); n <= 20; n++ {
		from, other := a, b
		if n%2 == 0 {
			from, other = b, a
		}
		rows = append(rows, NewRow(n))
		file(t, from, NewRow(n))
		if h, err := other.Head(t.Context()); h.Number != n || err != nil {
			t.Fatalf("after filing %d by one handle, the other's Head is %v, %v", n, h, err)
		}
	}
	want(t, a, rows, nil)
	want(t, b, rows, nil)
	must(t, a.Close())
	must(t, a.Close())
	file(t, b, NewRow(21))
	want(t, open(t, store.Options{}), Rows(1, 21), nil)
}

func readOnly(t *testing.T, fresh func(testing.TB) Open) {
	open := fresh(t)
	file(t, open(t, store.Options{}), Rows(1, 3)...)
	r := open(t, store.Options{ReadOnly: true})
	want(t, r, Rows(1, 3), nil)
	called := false
	err := r.Write(t.Context(), func(store.Writer) error { called = true; return nil })
	wantKind(t, "Write", err, stocktake.Forbidden)
	wantKind(t, "Restore", r.Restore(t.Context(), t.TempDir()+"/none"), stocktake.Forbidden)
	if called {
		t.Error("the function was called")
	}
	file(t, open(t, store.Options{}), NewRow(4))
	want(t, r, Rows(1, 4), nil)
	path := filepath.Join(t.TempDir(), "backup")
	must(t, r.Backup(t.Context(), path))
	back := fresh(t)(t, store.Options{})
	must(t, back.Restore(t.Context(), path))
	want(t, back, Rows(1, 4), nil)
}
