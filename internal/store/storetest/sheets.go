package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/store"
)

var sheetTests = []test{
	{"sheets come by filing and path", on(sheetOrder)},
	{"sheets hold any text", on(sheetText)},
	{"the same sheet again changes nothing", on(sheetAgain)},
	{"a refused sheet leaves nothing and the transaction usable", on(sheetRefused)},
	{"a removed sheet is gone", on(sheetRemoved)},
}

var projectionTests = []test{
	{"projections are replaced and dropped", on(projections)},
}

func sheetOrder(t *testing.T, s store.Store) {
	ctx := t.Context()
	rows := Rows(1, 700)
	file(t, s, rows...)
	var all, back []store.Sheet
	for _, r := range rows {
		all = append(all, SheetsOf(r, 3)...)
	}
	back = slices.Clone(all)
	slices.Reverse(back)
	must(t, s.Write(ctx, func(w store.Writer) error { return w.PutSheets(ctx, back) }))
	want(t, s, rows, all)

	var got []store.Sheet
	ask := []string{rows[9].SHA256, strings.Repeat("0", 64), rows[4].SHA256, rows[9].SHA256, "no hash"}
	must(t, s.Sheets(ctx, ask, func(sh store.Sheet) error { got = append(got, sh); return nil }))
	if exp := append(SheetsOf(rows[4], 3), SheetsOf(rows[9], 3)...); !slices.Equal(got, exp) {
		t.Errorf("the sheets of filings 10 and 5 are\n%v, want\n%v", got, exp)
	}
	got, ask = nil, nil
	for _, r := range rows {
		ask = append(ask, r.SHA256)
	}
	slices.Reverse(ask)
	must(t, s.Sheets(ctx, ask, func(sh store.Sheet) error { got = append(got, sh); return nil }))
	if !slices.Equal(got, all) {
		t.Errorf("asked for by 700 hashes, %d sheets come, want %d in order", len(got), len(all))
	}
}

func sheetText(t *testing.T, s store.Store) {
	ctx := t.Context()
	r := NewRow(1)
	file(t, s, r)
	texts := []string{"", " ", "\\N", "\\.", "a\tb\nc\r\n", "'\"$1?%s", "\u200f\u202e\ufeff\ufffd", "e\u0301 é", "\U0010ffff", strings.Repeat("移民", 500_000)}
	sheets := SheetsOf(r, len(texts))
	for i := range sheets {
		sheets[i].Text = texts[i]
	}
	must(t, s.Write(ctx, func(w store.Writer) error { return w.PutSheets(ctx, sheets) }))
	want(t, s, []store.Row{r}, sheets)
}

func sheetAgain(t *testing.T, s store.Store) {
	ctx := t.Context()
	r := NewRow(1)
	file(t, s, r)
	for range 2 {
		must(t, s.Write(ctx, func(w store.Writer) error {
			return errors.Join(w.PutSheets(ctx, SheetsOf(r, 3)), w.PutSheets(ctx, SheetsOf(r, 4)))
		}))
	}
	want(t, s, []store.Row{r}, SheetsOf(r, 4))
}

func sheetRefused(t *testing.T, s store.Store) {
	ctx := t.Context()
	r := NewRow(1)
	file(t, s, r)
	must(t, s.Write(ctx, func(w store.Writer) error { return w.PutSheets(ctx, SheetsOf(r, 2)) }))
	change := func(i int, f func(*store.Sheet)) []store.Sheet {
		list := SheetsOf(r, 6)[2:]
		f(&list[i])
		return list
	}
	cases := []struct {
		name   string
		sheets []store.Sheet
		kind   stocktake.FaultKind
	}{
		{"a filing that is not there", change(1, func(s *store.Sheet) { s.Filing = NewRow(9).SHA256 }), stocktake.NotFound},
		{"another text in its place", change(1, func(s *store.Sheet) { *s = SheetsOf(r, 1)[0]; s.Text = "other" }), stocktake.Conflict},
		{"another commitment in its place", change(1, func(s *store.Sheet) { s.Path = SheetsOf(r, 1)[0].Path }), stocktake.Conflict},
		{"the same commitment elsewhere", change(1, func(s *store.Sheet) { s.Commitment = SheetsOf(r, 1)[0].Commitment }), stocktake.Conflict},
		{"NUL", change(1, func(s *store.Sheet) { s.Text = "a\x00b" }), stocktake.Invalid},
		{"not UTF-8", change(1, func(s *store.Sheet) { s.Text = "\xff" }), stocktake.Invalid},
		{"no path", change(1, func(s *store.Sheet) { s.Path = "" }), stocktake.Invalid},
		{"no commitment", change(1, func(s *store.Sheet) { s.Commitment = "" }), stocktake.Invalid},
		{"no filing", change(1, func(s *store.Sheet) { s.Filing = "" }), stocktake.Invalid},
	}
	for _, c := range cases {
		wantKind(t, c.name, s.Write(ctx, func(w store.Writer) error { return w.PutSheets(ctx, c.sheets) }), c.kind)
	}
	want(t, s, []store.Row{r}, SheetsOf(r, 2))
	must(t, s.Write(ctx, func(w store.Writer) error {
		for _, c := range cases {
			wantKind(t, c.name, w.PutSheets(ctx, c.sheets), c.kind)
		}
		return w.PutSheets(ctx, SheetsOf(r, 3))
	}))
	want(t, s, []store.Row{r}, SheetsOf(r, 3))
}

func sheetRemoved(t *testing.T, s store.Store) {
	ctx := t.Context()
	rows := Rows(1, 2)
	file(t, s, rows...)
	a, b := SheetsOf(rows[0], 3), SheetsOf(rows[1], 3)
	must(t, s.Write(ctx, func(w store.Writer) error { return w.PutSheets(ctx, slices.Concat(a, b)) }))
	remove := func(filing, commitment string) error {
		return s.Write(ctx, func(w store.Writer) error { return w.RemoveSheet(ctx, filing, commitment) })
	}
	must(t, remove(a[1].Filing, a[1].Commitment))
	left := slices.Concat([]store.Sheet{a[0], a[2]}, b)
	want(t, s, rows, left)
	wantKind(t, "a second time", remove(a[1].Filing, a[1].Commitment), stocktake.NotFound)
	wantKind(t, "another filing's", remove(a[0].Filing, b[0].Commitment), stocktake.NotFound)
	wantKind(t, "a filing that is not there", remove(NewRow(9).SHA256, b[0].Commitment), stocktake.NotFound)
	want(t, s, rows, left)
	must(t, s.Write(ctx, func(w store.Writer) error {
		for _, sh := range left {
			must(t, w.RemoveSheet(ctx, sh.Filing, sh.Commitment))
		}
		want(t, w, rows, nil)
		return nil
	}))
	want(t, s, rows, nil)
	must(t, s.Write(ctx, func(w store.Writer) error { return w.PutSheets(ctx, a) })) // a mirror may bring it back
	want(t, s, rows, a)
}

func projections(t *testing.T, s store.Store) {
	ctx := t.Context()
	file(t, s, Rows(1, 5)...)
	check := func(r store.Reader, name string, head int64, data string, there bool) {
		t.Helper()
		h, d, ok, err := r.Projection(ctx, name)
		if h != head || string(d) != data || ok != there || err != nil {
			t.Errorf("Projection(%q) = %d, %q, %v, %v", name, h, d, ok, err)
		}
	}
	must(t, s.Write(ctx, func(w store.Writer) error {
		must(t, w.PutProjection(ctx, "a", 3, []byte("one")))
		must(t, w.PutProjection(ctx, "b", 0, nil))
		must(t, w.PutProjection(ctx, "a", 5, []byte("\x00two\xff")))
		check(w, "a", 5, "\x00two\xff", true)
		return nil
	}))
	check(s, "a", 5, "\x00two\xff", true)
	check(s, "b", 0, "", true)
	check(s, "c", 0, "", false)
	must(t, s.Write(ctx, func(w store.Writer) error { return w.PutProjection(ctx, "a", 4, []byte("three")) }))
	check(s, "a", 4, "three", true)
	for _, head := range []int64{-1, 6} {
		wantKind(t, "a projection of filings that are not there", s.Write(ctx, func(w store.Writer) error { return w.PutProjection(ctx, "a", head, nil) }), stocktake.Invalid)
	}
	wantKind(t, "no name", s.Write(ctx, func(w store.Writer) error { return w.PutProjection(ctx, "", 1, nil) }), stocktake.Invalid)
	big := strings.Repeat("projection ", 1_000_000)
	must(t, s.Write(ctx, func(w store.Writer) error { return w.PutProjection(ctx, "big", 5, []byte(big)) }))
	check(s, "big", 5, big, true)
	must(t, s.Write(ctx, func(w store.Writer) error { return w.DropProjections(ctx) }))
	check(s, "a", 0, "", false)
	check(s, "b", 0, "", false)
	want(t, s, Rows(1, 5), nil)
}
