package storetest

import (
	"bytes"
	"fmt"
	"testing"

	"stocktake/internal/store"
)

// Bench measures a backend: one durable filing, a large import, and what opening a record costs.
func Bench(b *testing.B, fresh func(t testing.TB) Open) {
	b.Run("append 1 durable", func(b *testing.B) {
		s := fresh(b)(b, store.Options{})
		n := int64(0)
		for b.Loop() {
			n++
			file(b, s, benchRow(n))
		}
	})
	b.Run("append 12000 in one transaction", func(b *testing.B) {
		rows := benchRows(12000)
		b.SetBytes(totalBytes(rows))
		for b.Loop() {
			b.StopTimer()
			s := fresh(b)(b, store.Options{})
			b.StartTimer()
			file(b, s, rows...)
			b.StopTimer()
			must(b, s.Close())
			b.StartTimer()
		}
	})
	b.Run("put 12000 sheets in one transaction", func(b *testing.B) {
		rows := benchRows(12000)
		for b.Loop() {
			b.StopTimer()
			s := fresh(b)(b, store.Options{})
			file(b, s, rows...)
			var sheets []store.Sheet
			for _, r := range rows {
				sheets = append(sheets, SheetsOf(r, 1)...)
			}
			b.StartTimer()
			must(b, s.Write(b.Context(), func(w store.Writer) error { return w.PutSheets(b.Context(), sheets) }))
			b.StopTimer()
			must(b, s.Close())
			b.StartTimer()
		}
	})
	b.Run("append 12427 leaves in one transaction", func(b *testing.B) {
		leaves := make([][]byte, 12427)
		for i := range leaves {
			leaves[i] = fmt.Appendf(nil, "%0200d", i)
		}
		hashes, err := added(b.Context(), nothing{}, 0, leaves)
		must(b, err)
		for b.Loop() {
			b.StopTimer()
			s := fresh(b)(b, store.Options{})
			b.StartTimer()
			must(b, s.Write(b.Context(), func(w store.Writer) error { return w.AppendLeaves(b.Context(), 0, leaves, hashes) }))
			b.StopTimer()
			must(b, s.Close())
			b.StartTimer()
		}
	})
	b.Run("look up 30 hashes of the log", func(b *testing.B) {
		s := fresh(b)(b, store.Options{})
		leaves := make([][]byte, 12427)
		for i := range leaves {
			leaves[i] = fmt.Appendf(nil, "leaf %d", i)
		}
		must(b, s.Write(b.Context(), func(w store.Writer) error { return appendLeaves(b.Context(), w, leaves) }))
		places := make([]int64, 30)
		for b.Loop() {
			for i := range places {
				places[i] = (places[i] + int64(i)*811) % 24000
			}
			if _, err := s.LogHashes(b.Context(), places); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open and scan 12000", func(b *testing.B) {
		open := fresh(b)
		s := open(b, store.Options{})
		rows := benchRows(12000)
		file(b, s, rows...)
		must(b, s.Close())
		b.SetBytes(totalBytes(rows))
		b.ReportAllocs()
		for b.Loop() {
			s := open(b, store.Options{})
			n := 0
			must(b, s.Filings(b.Context(), 0, 0, func(r store.Row) error { n += len(r.Bytes); return nil }))
			if int64(n) != totalBytes(rows) {
				b.Fatalf("%d bytes", n)
			}
			must(b, s.Close())
		}
	})
	b.Run("head", func(b *testing.B) {
		s := fresh(b)(b, store.Options{})
		file(b, s, benchRows(12000)...)
		for b.Loop() {
			if _, err := s.Head(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("look up a hash", func(b *testing.B) {
		s := fresh(b)(b, store.Options{})
		rows := benchRows(12000)
		file(b, s, rows...)
		i := 0
		for b.Loop() {
			i = (i + 7919) % len(rows)
			if n, err := s.BySHA256(b.Context(), rows[i].SHA256); err != nil || n != rows[i].Number {
				b.Fatal(n, err)
			}
		}
	})
}

// benchRow is a filing of 1.2 KB.
func benchRow(n int64) store.Row {
	text := fmt.Appendf(nil, `{"format":"stocktake/1","key":"test/%d","note":"`, n)
	for i := n; len(text) < 1190; i = i*6364136223846793005 + 1442695040888963407 {
		text = fmt.Appendf(text, "%x ", uint64(i)>>40)
	}
	return RowOf(n, fmt.Sprint("test/", n), append(bytes.TrimSpace(text), `"}`...))
}

func benchRows(n int64) (rows []store.Row) {
	for i := range n {
		rows = append(rows, benchRow(i+1))
	}
	return rows
}

func totalBytes(rows []store.Row) (n int64) {
	for _, r := range rows {
		n += int64(len(r.Bytes))
	}
	return n
}
