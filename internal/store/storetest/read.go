package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/store"
)

var readTests = []test{
	{"an empty record has nothing", on(empty)},
	{"filings come back as they were", on(readBack)},
	{"filings come in order and in range", on(ranges)},
	{"a reader who stops is not asked again", on(stops)},
	{"bytes of any content come back", on(anyBytes)},
	{"a filing of 5 MB comes back", on(large)},
	{"a done context ends a read", on(doneRead)},
	{"settings are kept and replaced", on(meta)},
}

func empty(t *testing.T, s store.Store) {
	ctx := t.Context()
	if s.Name() != "sqlite" && s.Name() != "postgres" {
		t.Errorf("the name is %q", s.Name())
	}
	if h, err := s.Head(ctx); err != nil || h.Number != 0 || !h.Filed.IsZero() {
		t.Errorf("Head() = %v, %v", h, err)
	}
	want(t, s, nil, nil)
	_, err := s.Filing(ctx, 1)
	wantKind(t, "Filing(1)", err, stocktake.NotFound)
	if n, err := s.BySHA256(ctx, NewRow(1).SHA256); n != 0 || err != nil {
		t.Errorf("BySHA256 = %d, %v", n, err)
	}
	if list, err := s.ByKey(ctx, "test/1"); len(list) != 0 || err != nil {
		t.Errorf("ByKey = %v, %v", list, err)
	}
	if v, err := s.Meta(ctx, "name"); v != "" || err != nil {
		t.Errorf("Meta = %q, %v", v, err)
	}
	if _, _, ok, err := s.Projection(ctx, "index"); ok || err != nil {
		t.Errorf("Projection = %v, %v", ok, err)
	}
	must(t, s.Write(ctx, func(store.Writer) error { return nil }))
	must(t, s.Write(ctx, func(w store.Writer) error { return errors.Join(w.Append(ctx, nil), w.PutSheets(ctx, nil)) }))
	want(t, s, nil, nil)
}

func readBack(t *testing.T, s store.Store) {
	ctx := t.Context()
	rows := Rows(1, 20)
	file(t, s, rows[:1]...)
	file(t, s, rows[1:]...)
	want(t, s, rows, nil)
	for _, r := range rows {
		got, err := s.Filing(ctx, r.Number)
		if err != nil || !equalRow(got, r) || got.Filed.Location() != time.UTC {
			t.Errorf("Filing(%d) = %v, %v", r.Number, got, err)
		}
		if n, err := s.BySHA256(ctx, r.SHA256); n != r.Number || err != nil {
			t.Errorf("BySHA256 of filing %d = %d, %v", r.Number, n, err)
		}
	}
	if list, err := s.ByKey(ctx, "test/3"); err != nil || !slices.Equal(list, []int64{3, 10, 17}) {
		t.Errorf("ByKey = %v, %v", list, err)
	}
	_, err := s.Filing(ctx, 21)
	wantKind(t, "Filing(21)", err, stocktake.NotFound)
	_, err = s.Filing(ctx, 0)
	wantKind(t, "Filing(0)", err, stocktake.NotFound)
}

func ranges(t *testing.T, s store.Store) {
	file(t, s, Rows(1, 10)...)
	for _, c := range []struct{ after, upTo, first, last int64 }{
		{0, 0, 1, 10}, {0, 10, 1, 10}, {0, 99, 1, 10}, {4, 7, 5, 7}, {9, 0, 10, 10}, {10, 0, 0, 0}, {99, 0, 0, 0}, {5, 5, 0, 0}, {7, 3, 0, 0},
	} {
		var got, exp []int64
		must(t, s.Filings(t.Context(), c.after, c.upTo, func(r store.Row) error {
			got = append(got, r.Number)
			return nil
		}))
		for n := c.first; n > 0 && n <= c.last; n++ {
			exp = append(exp, n)
		}
		if !slices.Equal(got, exp) {
			t.Errorf("Filings(%d, %d) gives %v, want %v", c.after, c.upTo, got, exp)
		}
	}
}

func stops(t *testing.T, s store.Store) {
	ctx := t.Context()
	rows := Rows(1, 5)
	file(t, s, rows...)
	must(t, s.Write(ctx, func(w store.Writer) error { return w.PutSheets(ctx, SheetsOf(rows[0], 3)) }))
	enough, calls := errors.New("enough"), 0
	err := s.Filings(ctx, 0, 0, func(store.Row) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("Filings: %v after %d calls", err, calls)
	}
	calls = 0
	err = s.Sheets(ctx, nil, func(store.Sheet) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("Sheets: %v after %d calls", err, calls)
	}
	want(t, s, rows, SheetsOf(rows[0], 3))
}

func anyBytes(t *testing.T, s store.Store) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	var rows []store.Row
	for i, b := range [][]byte{all, {0}, {0xff, 0xfe}, []byte(`\x00`), []byte("\\."), []byte("{}\r\n\t'\"$1?"), []byte("\xed\xa0\x80"), bytes.Repeat([]byte{0}, 70000)} {
		rows = append(rows, RowOf(int64(i+1), "any\tkey\n\\.'\"%", b))
	}
	file(t, s, rows...)
	want(t, s, rows, nil)
}

func large(t *testing.T, s store.Store) {
	noise := make([]byte, 5<<20)
	rand.Read(noise)
	rows := []store.Row{NewRow(1), RowOf(2, "large", noise), NewRow(3)}
	file(t, s, rows...)
	want(t, s, rows, nil)
	if got, err := s.Filing(t.Context(), 2); err != nil || !bytes.Equal(got.Bytes, noise) {
		t.Errorf("Filing(2) gives %d bytes, %v", len(got.Bytes), err)
	}
}

func doneRead(t *testing.T, s store.Store) {
	file(t, s, Rows(1, 3000)...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Head(ctx); err == nil {
		t.Error("Head with a done context gives no error")
	}
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	n := 0
	err := s.Filings(ctx, 0, 0, func(store.Row) error {
		if n++; n == 3 {
			cancel()
			time.Sleep(10 * time.Millisecond)
		}
		return nil
	})
	if err == nil && n < 3000 {
		t.Errorf("a read that was cut off after %d filings of 3000 gives no error", n)
	}
	want(t, s, Rows(1, 3000), nil)
}

func meta(t *testing.T, s store.Store) {
	ctx := t.Context()
	set := func(name, value string) error {
		return s.Write(ctx, func(w store.Writer) error {
			if err := w.SetMeta(ctx, name, value); err != nil {
				return err
			}
			if got, err := w.Meta(ctx, name); got != value || err != nil {
				t.Errorf("inside the transaction, Meta(%q) = %q, %v", name, got, err)
			}
			return nil
		})
	}
	must(t, set("name", "Réseau 移民"))
	must(t, set("other", ""))
	must(t, set("name", "second"))
	for name, value := range map[string]string{"name": "second", "other": "", "none": ""} {
		if got, err := s.Meta(ctx, name); got != value || err != nil {
			t.Errorf("Meta(%q) = %q, %v, want %q", name, got, err, value)
		}
	}
	wantKind(t, "no name", set("", "x"), stocktake.Invalid)
	wantKind(t, "NUL", set("name", "a\x00b"), stocktake.Invalid)
	wantKind(t, "not UTF-8", set("name", "\xff"), stocktake.Invalid)
}
