package ledger_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
)

const secret = "words-that-a-court-orders-to-be-taken-away"

func secretive(t testing.TB) []stocktake.Filing {
	return parse(t, `
		key: secretive
		title: An act with a person and a quote
		sources: [{id: s, title: A page, published: 2019-01-01, read: 2026-11-01}]
		acts:
		  - {id: a, party: USA, instrument: gcm, kind: remark, done: 2018-12-10, person: Somebody Important, quotes: [{exact: `+secret+`}, {exact: words that may stay}]}
		`)
}

// sheetOf returns the commitment of the sheet with these words.
func sheetOf(t testing.TB, l *ledger.Ledger, words string) (filing, commitment string) {
	t.Helper()
	err := l.Store().Sheets(t.Context(), nil, func(s store.Sheet) error {
		if s.Text == words {
			filing, commitment = s.Filing, s.Commitment
		}
		return nil
	})
	if err != nil || commitment == "" {
		t.Fatalf("no sheet with %q: %v", words, err)
	}
	return filing, commitment
}

// somewhere reports where the words still are: in the database, in a file of the folder, or in an export.
func somewhere(t testing.TB, p *place, l *ledger.Ledger, words string) (where []string) {
	t.Helper()
	err := l.Store().Sheets(t.Context(), nil, func(s store.Sheet) error {
		if strings.Contains(s.Text, words) {
			where = append(where, "sheet "+s.Path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(words)) {
			where = append(where, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.url != "" {
		db, err := sql.Open("pgx", p.url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var n int
		if err := db.QueryRow(`SELECT count(*) FROM sheet WHERE text LIKE '%' || $1 || '%'`, words).Scan(&n); err != nil || n > 0 {
			where = append(where, fmt.Sprint("table sheet: ", n, err))
		}
	}
	for n := int64(1); n <= l.Record().Head(); n++ {
		f, err := l.Load(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		f.EachSheeted(func(path string, s *stocktake.Sheeted) {
			if strings.Contains(s.Text, words) {
				where = append(where, fmt.Sprintf("filing %d, %s", n, path))
			}
		})
	}
	return where
}

func TestRemoval(t *testing.T) {
	backends(t, func(t *testing.T, p *place) {
		l := p.open(t)
		file(t, l, base(t)...)
		first := file(t, l, secretive(t)...)[0]
		// An importer files the same occasion anew with one word more; the quote stands under the same commitment.
		more := secretive(t)
		more[0].Note = "entered anew"
		if _, err := l.File(t.Context(), ledger.FileOptions{Again: true}, more...); err != nil {
			t.Fatal(err)
		}
		before := export(t, l, 0)
		other := p.open(t) // a second process, which has read the words already
		if f, err := other.Load(t.Context(), first.Number); err != nil || f.Acts[0].Quotes[0].Exact.Text != secret {
			t.Fatal(err)
		}

		filing, commitment := sheetOf(t, l, secret)
		r, err := l.Remove(t.Context(), filing, commitment, "court order", "tests")
		if err != nil || r.Filed != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		if where := somewhere(t, p, l, secret); len(where) > 0 {
			t.Errorf("the words are still here: %q", where)
		}
		if err := other.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if f, err := other.Load(t.Context(), first.Number); err != nil || f.Acts[0].Quotes[0].Exact.Text != "" {
			t.Errorf("another process still says %q: %v", f.Acts[0].Quotes[0].Exact.Text, err)
		}
		a := holds(t, l)
		if a.Gone != 2 {
			t.Errorf("check says that %d sheets are gone, want both versions' one", a.Gone)
		}
		if l.Record().RemovedBy(commitment) != r.Head {
			t.Errorf("removed by %d, want %d", l.Record().RemovedBy(commitment), r.Head)
		}
		// Everything else still holds: the act, its other words, its hash.
		list, err := l.Record().Act(t.Context(), on(l, "2020-01-01"), "a")
		if err != nil || len(list) != 2 || !list[0].Quotes[0].Exact.Gone() || list[0].Quotes[1].Exact.Text != "words that may stay" {
			t.Errorf("%+v, %v", list, err)
		}
		if l.Record().ByHash(first.SHA256) != first.Number {
			t.Error("the filing lost its hash")
		}

		// The words do not come back: not by entering the same again, by hand or by an importer, and not with an older export.
		if rc := file(t, l, secretive(t)...)[0]; !rc.Same || rc.Number != first.Number {
			t.Errorf("entered again: %+v", rc)
		}
		for _, again := range [][]stocktake.Filing{secretive(t), more} {
			if rs, err := l.File(t.Context(), ledger.FileOptions{Again: true}, again...); err != nil || rs.Filed != 0 {
				t.Errorf("entered again by an importer: %+v, %v", rs, err)
			}
		}
		if rs, err := l.LoadExport(t.Context(), bytes.NewReader(before), nil); err != nil || rs.Filed != 0 {
			t.Errorf("an older export: %+v, %v", rs, err)
		}
		if where := somewhere(t, p, l, secret); len(where) > 0 {
			t.Errorf("the words came back: %q", where)
		}
		// Twice cannot be.
		if _, err := l.Remove(t.Context(), filing, commitment, "court order", "tests"); stocktake.KindOf(err) != stocktake.Conflict {
			t.Errorf("removed again: %v", err)
		}

		// Who loads an export made afterwards gets no words, and can check everything. Who had them gets the removal.
		after := export(t, l, 0)
		if bytes.Contains(after, []byte(secret)) {
			t.Error("the export holds the words")
		}
		fresh := folder(t)
		m := fresh.open(t)
		if _, err := m.LoadExport(t.Context(), bytes.NewReader(after), nil); err != nil {
			t.Fatal(err)
		}
		if a := holds(t, m); a.Gone != 2 {
			t.Errorf("loaded: %d sheets gone", a.Gone)
		}
		if !bytes.Equal(export(t, m, 0), after) {
			t.Error("exported again, the bytes differ")
		}
		had := folder(t)
		h := had.open(t)
		for _, e := range [][]byte{before, after} {
			if _, err := h.LoadExport(t.Context(), bytes.NewReader(e), nil); err != nil {
				t.Fatal(err)
			}
		}
		if where := somewhere(t, had, h, secret); len(where) > 0 {
			t.Errorf("a record that had the words keeps them: %q", where)
		}
		holds(t, h)
	})
}

// TestRemovalFromABackup restores a backup made before a removal, and takes the newer export: the words go there too.
func TestRemovalFromABackup(t *testing.T) {
	p := folder(t)
	l := p.open(t)
	file(t, l, base(t)...)
	file(t, l, secretive(t)...)
	backup := filepath.Join(t.TempDir(), "copy.db")
	if err := l.Store().Backup(context.Background(), backup); err != nil {
		t.Fatal(err)
	}
	filing, commitment := sheetOf(t, l, secret)
	if _, err := l.Remove(t.Context(), filing, commitment, "court order", "tests"); err != nil {
		t.Fatal(err)
	}
	q := folder(t)
	if err := os.Rename(backup, filepath.Join(q.dir, "record.db")); err != nil {
		t.Fatal(err)
	}
	m := q.open(t)
	if len(somewhere(t, q, m, secret)) == 0 {
		t.Fatal("the backup does not hold what the record held")
	}
	if _, err := m.LoadExport(t.Context(), bytes.NewReader(export(t, l, 0)), nil); err != nil {
		t.Fatal(err)
	}
	if where := somewhere(t, q, m, secret); len(where) > 0 {
		t.Errorf("the words are still here: %q", where)
	}
	holds(t, m)
}
