package storetest

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/store"
)

var concurrencyTests = []test{
	{"a read is one state, whatever is filed meanwhile", snapshot},
	{"readers see whole transactions only", wholeTransactions},
	{"readers do not wait for a writer", beside},
	{"a second writer waits for its turn", waits},
	{"a second writer is told who is in the way", busy},
	{"many writers make one order", order},
	{"many open a new database at once", opening},
}

func snapshot(t *testing.T, fresh func(testing.TB) Open) {
	open := fresh(t)
	s, other := open(t, store.Options{}), open(t, store.Options{})
	file(t, s, Rows(1, 2000)...)
	n := int64(0)
	must(t, s.Filings(t.Context(), 0, 0, func(r store.Row) error {
		if n++; n == 1 {
			file(t, s, Rows(2001, 2100)...)
			file(t, other, Rows(2101, 2200)...)
		}
		return nil
	}))
	if n != 2000 {
		t.Errorf("a read that began at 2000 filings gave %d", n)
	}
	want(t, s, Rows(1, 2200), nil)
}

func wholeTransactions(t *testing.T, fresh func(testing.TB) Open) {
	const size, rounds = 7, 40
	open := fresh(t)
	w, other := open(t, store.Options{}), open(t, store.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for _, s := range []store.Store{w, other, other} {
		readers.Go(func() {
			last := int64(0)
			for ctx.Err() == nil {
				n := int64(0)
				err := s.Filings(context.Background(), 0, 0, func(store.Row) error { n++; return nil })
				if err != nil || n%size != 0 || n < last {
					t.Errorf("a reader saw %d filings after %d, %v", n, last, err)
					return
				}
				head, err := s.Head(context.Background())
				if err != nil || head.Number%size != 0 || head.Number < n {
					t.Errorf("a reader saw the head %d after %d filings, %v", head.Number, n, err)
					return
				}
				last = head.Number
				sheets := 0
				err = s.Sheets(context.Background(), nil, func(store.Sheet) error { sheets++; return nil })
				if err != nil || sheets%2 != 0 || int64(sheets) < 2*last/size {
					t.Errorf("a reader saw %d sheets beside %d filings, %v", sheets, last, err)
					return
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	for i := range int64(rounds) {
		rows := Rows(i*size+1, i*size+size)
		err := w.Write(t.Context(), func(w store.Writer) error {
			for _, r := range rows {
				if err := w.Append(t.Context(), []store.Row{r}); err != nil {
					return err
				}
			}
			return errors.Join(w.PutSheets(t.Context(), SheetsOf(rows[0], 1)), w.PutSheets(t.Context(), SheetsOf(rows[1], 1)))
		})
		if err != nil {
			t.Error(err)
			break
		}
	}
	cancel()
	readers.Wait()
}

func beside(t *testing.T, fresh func(testing.TB) Open) {
	open := fresh(t)
	s, other := open(t, store.Options{}), open(t, store.Options{})
	file(t, s, Rows(1, 3)...)
	must(t, s.Write(t.Context(), func(w store.Writer) error {
		must(t, w.Append(t.Context(), Rows(4, 300)))
		start := time.Now()
		want(t, s, Rows(1, 3), nil)
		want(t, other, Rows(1, 3), nil)
		want(t, open(t, store.Options{}), Rows(1, 3), nil) // one that comes new, too
		want(t, open(t, store.Options{ReadOnly: true}), Rows(1, 3), nil)
		if d := time.Since(start); d > store.DefaultWait/2 {
			t.Errorf("reading beside a writer took %v", d)
		}
		return nil
	}))
	want(t, other, Rows(1, 300), nil)
}

func waits(t *testing.T, fresh func(testing.TB) Open) {
	open := fresh(t)
	a, b := open(t, store.Options{}), open(t, store.Options{})
	for i, second := range []store.Store{b, a} {
		began, finished := make(chan struct{}), make(chan error, 1)
		n := int64(2*i + 1)
		go func() {
			finished <- a.Write(t.Context(), func(w store.Writer) error {
				close(began)
				time.Sleep(300 * time.Millisecond)
				return w.Append(t.Context(), Rows(n, n))
			})
		}()
		<-began
		must(t, second.Write(t.Context(), func(w store.Writer) error {
			if h, err := w.Head(t.Context()); h.Number != n || err != nil {
				t.Errorf("the second writer sees the head %v, %v, want %d", h, err, n)
			}
			return w.Append(t.Context(), Rows(n+1, n+1))
		}))
		must(t, <-finished)
	}
	want(t, b, Rows(1, 4), nil)
}

func busy(t *testing.T, fresh func(testing.TB) Open) {
	const patience = 200 * time.Millisecond
	open := fresh(t)
	a, b := open(t, store.Options{Wait: patience}), open(t, store.Options{Wait: patience})
	must(t, a.Write(t.Context(), func(w store.Writer) error {
		for _, second := range []store.Store{b, a} {
			start := time.Now()
			err := second.Write(t.Context(), func(store.Writer) error { return errors.New("it had a turn") })
			wantKind(t, "a second writer", err, stocktake.Busy)
			if d := time.Since(start); d < patience*9/10 || d > 20*patience {
				t.Errorf("it waited %v, want about %v", d, patience)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience/10)
			if err := second.Write(ctx, func(store.Writer) error { return nil }); err == nil {
				t.Error("a second writer whose context ended gives no error")
			}
			cancel()
		}
		return w.Append(t.Context(), Rows(1, 1))
	}))
	file(t, b, NewRow(2))
	file(t, a, NewRow(3))
	want(t, a, Rows(1, 3), nil)
}

func order(t *testing.T, fresh func(testing.TB) Open) {
	const writers, each = 4, 15
	open := fresh(t)
	handles := []store.Store{open(t, store.Options{Wait: time.Minute}), open(t, store.Options{Wait: time.Minute})}
	var all sync.WaitGroup
	for i := range writers {
		s := handles[i%len(handles)]
		all.Go(func() {
			for range each {
				err := s.Write(t.Context(), func(w store.Writer) error {
					h, err := w.Head(t.Context())
					if err != nil {
						return err
					}
					return w.Append(t.Context(), []store.Row{NewRow(h.Number + 1)})
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	want(t, handles[0], Rows(1, writers*each), nil)
}

func opening(t *testing.T, fresh func(testing.TB) Open) {
	open := fresh(t)
	stores := make([]store.Store, 6)
	var all sync.WaitGroup
	for i := range stores {
		all.Go(func() { stores[i] = open(t, store.Options{}) })
	}
	all.Wait()
	if t.Failed() {
		return
	}
	for i, s := range stores {
		file(t, s, NewRow(int64(i+1)))
	}
	want(t, stores[0], Rows(1, 6), nil)
}

var backupTests = []test{
	{"a backup comes back equal", backup},
	{"a backup is one state, whatever is filed meanwhile", backupWhileWriting},
	{"a backup replaces nothing, and neither does a restore", keeps},
}

func fill(t testing.TB, s store.Store) (rows []store.Row, sheets []store.Sheet) {
	t.Helper()
	ctx := t.Context()
	rows = append(Rows(1, 120), RowOf(121, "odd\t\\key\n", []byte("\x00\xff\\.\n\t{}")))
	for _, r := range rows[:40] {
		sheets = append(sheets, SheetsOf(r, 2)...)
	}
	sheets[3].Text = "tab\tline\nback\\slash \\N \\."
	file(t, s, rows...)
	must(t, s.Write(ctx, func(w store.Writer) error {
		return errors.Join(w.PutSheets(ctx, sheets), w.SetMeta(ctx, "name", "Réseau\t移民\n"), w.PutProjection(ctx, "index", 100, []byte("\x00\xff\n")),
			AppendLog(ctx, w, rows...), w.PutCheckpoint(ctx, checkpointOf("b", 90, "")), w.PutCheckpoint(ctx, checkpointOf("a", 90, "stored last")))
	}))
	return rows, sheets
}

func backup(t *testing.T, fresh func(testing.TB) Open) {
	ctx := t.Context()
	s := fresh(t)(t, store.Options{})
	rows, sheets := fill(t, s)
	path := filepath.Join(t.TempDir(), "a backup")
	must(t, s.Backup(ctx, path))

	open := fresh(t)
	back := open(t, store.Options{})
	must(t, back.Write(ctx, func(w store.Writer) error { return w.SetMeta(ctx, "name", "new") }))
	must(t, back.Restore(ctx, path))
	for _, r := range []store.Store{back, open(t, store.Options{})} {
		want(t, r, rows, sheets)
		if v, err := r.Meta(ctx, "name"); v != "Réseau\t移民\n" || err != nil {
			t.Errorf("Meta = %q, %v", v, err)
		}
		if head, data, ok, err := r.Projection(ctx, "index"); head != 100 || string(data) != "\x00\xff\n" || !ok || err != nil {
			t.Errorf("Projection = %d, %q, %v, %v", head, data, ok, err)
		}
		wantLog(t, r, rows)
		wantCheckpoint(t, r, "", checkpointOf("a", 90, "stored last"))
		wantCheckpoint(t, r, "b", checkpointOf("b", 90, ""))
	}
	next := RowOf(122, "next", []byte("next"))
	fileLogged(t, back, next) // and it goes on
	must(t, back.Write(ctx, func(w store.Writer) error { return w.PutCheckpoint(ctx, checkpointOf("b", 90, "again")) }))
	want(t, back, append(rows, next), sheets)
	again := filepath.Join(t.TempDir(), "again")
	must(t, back.Backup(ctx, again))
	third := fresh(t)(t, store.Options{})
	must(t, third.Restore(ctx, again))
	want(t, third, append(rows, next), sheets)
	wantLog(t, third, append(rows, next))
	wantCheckpoint(t, third, "", checkpointOf("b", 90, "again"))
}

func backupWhileWriting(t *testing.T, fresh func(testing.TB) Open) {
	s := fresh(t)(t, store.Options{Wait: time.Minute})
	fileLogged(t, s, Rows(1, 2000)...)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for n := int64(2001); ; n += 10 {
			select {
			case <-stop:
				return
			default:
				fileLogged(t, s, Rows(n, n+9)...)
			}
		}
	}()
	var paths []string
	for i := range 3 {
		paths = append(paths, filepath.Join(t.TempDir(), "backup"))
		must(t, s.Backup(t.Context(), paths[i]))
	}
	close(stop)
	<-stopped
	last := int64(2000)
	for _, path := range paths {
		back := fresh(t)(t, store.Options{})
		must(t, back.Restore(t.Context(), path))
		n := int64(len(Read(t, back).Filings))
		if n < last || n%10 != 0 {
			t.Errorf("a backup holds %d filings after one of %d", n, last)
		}
		want(t, back, Rows(1, n), nil)
		wantLog(t, back, Rows(1, n))
		last = n
	}
}

func keeps(t *testing.T, fresh func(testing.TB) Open) {
	ctx := t.Context()
	s := fresh(t)(t, store.Options{})
	file(t, s, Rows(1, 5)...)
	path := filepath.Join(t.TempDir(), "backup")
	must(t, s.Backup(ctx, path))
	file(t, s, NewRow(6))
	wantKind(t, "a backup over another", s.Backup(ctx, path), stocktake.Conflict)
	wantKind(t, "a backup into no folder", s.Backup(ctx, filepath.Join(t.TempDir(), "none", "backup")), stocktake.NotFound)
	wantKind(t, "a restore over filings", s.Restore(ctx, path), stocktake.Conflict)
	want(t, s, Rows(1, 6), nil)
	wantKind(t, "a restore from nothing", s.Restore(ctx, path+"-none"), stocktake.NotFound)
	empty := fresh(t)(t, store.Options{})
	must(t, empty.Restore(ctx, path))
	want(t, empty, Rows(1, 5), nil)
}
