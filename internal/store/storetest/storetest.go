// Package storetest is the suite that every store passes: each promise of the contract in package store is one subtest.
package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/store"
)

// Open opens one more handle on the same database, and closes it when the test ends.
type Open func(t testing.TB, opts store.Options) store.Store

// Run tests a backend. Each call of fresh makes a new, empty database.
func Run(t *testing.T, fresh func(t testing.TB) Open) {
	for _, part := range [][]test{readTests, writeTests, sheetTests, projectionTests, logTests, checkpointTests, privateTests, concurrencyTests, backupTests} {
		for _, p := range part {
			t.Run(p.name, func(t *testing.T) { p.run(t, fresh) })
		}
	}
}

type test struct {
	name string
	run  func(t *testing.T, fresh func(t testing.TB) Open)
}

// on makes a test of one handle.
func on(f func(t *testing.T, s store.Store)) func(*testing.T, func(testing.TB) Open) {
	return func(t *testing.T, fresh func(testing.TB) Open) { f(t, fresh(t)(t, store.Options{})) }
}

// opened is the moment of the first filing that Rows makes.
var opened = time.Date(2016, 9, 19, 15, 4, 5, 123456000, time.UTC)

// NewRow returns a filing as a store knows it: a second after the one before, with bytes like a small filing's, and their hash.
func NewRow(number int64) store.Row {
	key := fmt.Sprintf("test/%d", number%7)
	return RowOf(number, key, fmt.Appendf(nil, `{"format":"stocktake/1","key":"%s","title":"№ %d, « été » 移民 مهاجر","note":"%032x"}`, key, number, number*number))
}

// RowOf returns a filing with these bytes.
func RowOf(number int64, key string, b []byte) store.Row {
	hash := sha256.Sum256(b)
	return store.Row{Number: number, Filed: opened.Add(time.Duration(number) * time.Second), Key: key, SHA256: hex.EncodeToString(hash[:]), Bytes: b}
}

// Rows returns the filings numbered from to to.
func Rows(from, to int64) []store.Row {
	var list []store.Row
	for n := from; n <= to; n++ {
		list = append(list, NewRow(n))
	}
	return list
}

// SheetsOf returns n sheets of a filing, in order.
func SheetsOf(r store.Row, n int) []store.Sheet {
	var list []store.Sheet
	for i := range n {
		path := fmt.Sprintf("acts/%d/quotes/0/exact", i)
		hash := sha256.Sum256([]byte(r.SHA256 + path))
		list = append(list, store.Sheet{Filing: r.SHA256, Path: path, Commitment: hex.EncodeToString(hash[:]), Salt: fmt.Sprintf("%064x", r.Number*1000+int64(i)),
			Text: fmt.Sprintf("“Words” of filing %d, №%d: l'été, 移民, مهاجر 🌍\n\"quoted\"\\", r.Number, i)})
	}
	slices.SortFunc(list, func(a, b store.Sheet) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	return list
}

// State is everything that a store tells.
type State struct {
	Head    store.Head
	Filings []store.Row
	Sheets  []store.Sheet
}

// Read reads everything, and checks what must always hold: numbers without a gap, times that rise, hashes that fit the bytes, and each
// way of asking giving the same answer.
func Read(t testing.TB, r store.Reader) State {
	t.Helper()
	ctx := context.Background()
	var st State
	var err error
	if st.Head, err = r.Head(ctx); err != nil {
		t.Fatalf("Head: %v", err)
	}
	last := store.Head{}
	must(t, r.Filings(ctx, 0, st.Head.Number, func(row store.Row) error {
		if row.Number != last.Number+1 {
			t.Errorf("filing %d follows filing %d", row.Number, last.Number)
		}
		if last.Number > 0 && !row.Filed.After(last.Filed) {
			t.Errorf("filing %d is of %v, not after %v", row.Number, row.Filed, last.Filed)
		}
		if row.Filed.Location() != time.UTC {
			t.Errorf("filing %d: the time is in %v", row.Number, row.Filed.Location())
		}
		if hash := sha256.Sum256(row.Bytes); hex.EncodeToString(hash[:]) != row.SHA256 {
			t.Errorf("filing %d: its bytes do not have its hash %s", row.Number, row.SHA256)
		}
		last = store.Head{Number: row.Number, Filed: row.Filed}
		row.Bytes = bytes.Clone(row.Bytes)
		st.Filings = append(st.Filings, row)
		return nil
	}))
	if last != st.Head {
		t.Errorf("the head is %v, and the last filing %v", st.Head, last)
	}
	number := map[string]int64{}
	for _, row := range st.Filings {
		number[row.SHA256] = row.Number
	}
	must(t, r.Sheets(ctx, nil, func(s store.Sheet) error {
		if number[s.Filing] == 0 {
			t.Errorf("sheet %s is of filing %s, which is not there", s.Path, s.Filing)
		}
		if n := len(st.Sheets); n > 0 {
			if b := st.Sheets[n-1]; number[b.Filing] > number[s.Filing] || b.Filing == s.Filing && b.Path >= s.Path {
				t.Errorf("sheet %s of filing %d comes after %s of %d", s.Path, number[s.Filing], b.Path, number[b.Filing])
			}
		}
		st.Sheets = append(st.Sheets, s)
		return nil
	}))
	return st
}

// want compares everything in the store with these filings and sheets.
func want(t testing.TB, r store.Reader, rows []store.Row, sheets []store.Sheet) {
	t.Helper()
	got := Read(t, r)
	if !slices.EqualFunc(got.Filings, rows, equalRow) {
		t.Errorf("the store holds %d filings that are not the %d expected", len(got.Filings), len(rows))
	}
	if !slices.Equal(got.Sheets, sheets) {
		t.Errorf("the store holds the sheets\n%v\nand should hold\n%v", got.Sheets, sheets)
	}
}

func equalRow(a, b store.Row) bool {
	return a.Number == b.Number && a.Filed.Equal(b.Filed) && a.Key == b.Key && a.SHA256 == b.SHA256 && bytes.Equal(a.Bytes, b.Bytes)
}

// file writes filings in one transaction.
func file(t testing.TB, s store.Store, rows ...store.Row) {
	t.Helper()
	must(t, s.Write(t.Context(), func(w store.Writer) error { return w.Append(t.Context(), rows) }))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t testing.TB, what string, err error, kind stocktake.FaultKind) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error, want a fault of kind %s", what, kind)
	} else if got := stocktake.KindOf(err); got != kind {
		t.Errorf("%s: %v is of kind %s, want %s", what, err, got, kind)
	}
}
