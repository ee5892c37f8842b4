package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/store"
	"stocktake/internal/store/storetest"
)

func file(t testing.TB, s *Store, rows ...store.Row) {
	t.Helper()
	if err := s.Write(t.Context(), func(w store.Writer) error { return w.Append(t.Context(), rows) }); err != nil {
		t.Fatal(err)
	}
}

func wantFault(t testing.TB, what string, err error, kind stocktake.FaultKind, says ...string) {
	t.Helper()
	if err == nil || stocktake.KindOf(err) != kind {
		t.Errorf("%s: %v, want a fault of kind %s", what, err, kind)
		return
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("%s: %q does not say %q", what, err, s)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	made := func(name string, statements ...string) string {
		path := filepath.Join(dir, name)
		db := (&Store{path: path}).openDB(fileURI(path))
		defer db.Close()
		for _, s := range statements {
			if _, err := db.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	newer := filepath.Join(dir, "newer.db")
	s := openAt(t, newer, store.Options{})
	file(t, s, storetest.Rows(1, 3)...)
	for _, change := range []string{"INSERT INTO stocktake_schema (version_id, is_applied) VALUES (9999, 1)", "INSERT INTO program VALUES (9999, '7.8.9')"} {
		if _, err := s.writer.Exec(change); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path string
		kind stocktake.FaultKind
		says []string
	}{
		{newer, stocktake.Conflict, []string{"newer Stocktake", "9999", "use version 7.8.9", "nothing was changed"}},
		{write("text.db", bytes.Repeat([]byte("This is no database. "), 500)), stocktake.Conflict, []string{"text.db", "not a database of Stocktake"}},
		{write("short.db", []byte("x")), stocktake.Conflict, []string{"not a database of Stocktake"}},
		{made("other.db", "CREATE TABLE filing (a)"), stocktake.Conflict, []string{"other.db", "not a database of Stocktake"}},
		{made("theirs.db", "PRAGMA application_id=77", "CREATE TABLE t (a)"), stocktake.Conflict, []string{"not a database of Stocktake"}},
		{made("wal.db", "PRAGMA journal_mode=WAL", "CREATE TABLE t (a)"), stocktake.Conflict, []string{"not a database of Stocktake"}},
		{dir, stocktake.Invalid, []string{dir, "folder"}},
		{filepath.Join(dir, "none", "record.db"), stocktake.NotFound, []string{"make the folder"}},
	} {
		before, _ := os.ReadFile(c.path)
		for _, opts := range []store.Options{{}, {ReadOnly: true}} {
			s, err := Open(t.Context(), c.path, opts)
			if err == nil {
				s.Close()
			}
			kind := c.kind
			if kind == stocktake.NotFound && opts.ReadOnly {
				wantFault(t, c.path, err, kind, "no database")
				continue
			}
			wantFault(t, c.path, err, kind, c.says...)
		}
		if after, _ := os.ReadFile(c.path); !bytes.Equal(before, after) {
			t.Errorf("%s was changed", c.path)
		}
	}
	_, err := Open(t.Context(), filepath.Join(dir, "absent.db"), store.Options{ReadOnly: true})
	wantFault(t, "reading what is not there", err, stocktake.NotFound, "no database")
	if _, err := os.Stat(filepath.Join(dir, "absent.db")); err == nil {
		t.Error("reading made a file")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, filepath.Join(dir, "late.db"), store.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a done context gives %v", err)
	}
}

func TestNewFileIsForItsOwner(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has other permissions")
	}
	path := filepath.Join(t.TempDir(), "record.db")
	s := openAt(t, path, store.Options{})
	file(t, s, storetest.NewRow(1))
	copy := filepath.Join(t.TempDir(), "backup.db")
	if err := s.Backup(t.Context(), copy); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, path + "-wal", path + "-shm", copy} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the permissions %v", filepath.Base(p), info.Mode())
		}
	}
}

// A file that is read without locks, because its folder may not be written, could be changed by its owner.
func TestFrozenFileIsWatched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	s := openAt(t, path, store.Options{})
	file(t, s, storetest.Rows(1, 3)...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	r := openAt(t, path, store.Options{ReadOnly: true})
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	r.frozen = info
	if _, err := r.Head(t.Context()); err != nil {
		t.Error(err)
	}
	s = openAt(t, path, store.Options{})
	file(t, s, storetest.NewRow(4))
	_, err = r.Head(t.Context())
	wantFault(t, "reading a file that was changed", err, stocktake.Busy, "open it again")
	wantFault(t, "copying a file that was changed", r.Backup(t.Context(), path+"-copy"), stocktake.Busy)
}

func TestFullDisk(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "record.db"), store.Options{})
	file(t, s, storetest.Rows(1, 10)...)
	var pages int
	if err := s.writer.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.Exec(fmt.Sprintf("PRAGMA max_page_count=%d", pages+2)); err != nil {
		t.Fatal(err)
	}
	err := s.Write(t.Context(), func(w store.Writer) error { return w.Append(t.Context(), storetest.Rows(11, 500)) })
	wantFault(t, "filing on a full disk", err, stocktake.Conflict, "no space left", "nothing is there by halves")
	if got := storetest.Read(t, s); got.Head.Number != 10 {
		t.Errorf("the record ends at filing %d, want 10", got.Head.Number)
	}
	if _, err := s.writer.Exec("PRAGMA max_page_count=100000"); err != nil {
		t.Fatal(err)
	}
	file(t, s, storetest.Rows(11, 500)...)
}

func TestDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	s := openAt(t, path, store.Options{})
	file(t, s, storetest.Rows(1, 500)...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 3 * 4096; i < len(b); i++ {
		b[i] ^= 0x55
	}
	bad := filepath.Join(t.TempDir(), "bad.db")
	if err := os.WriteFile(bad, b, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), bad, store.Options{})
	if err == nil {
		err = r.Filings(t.Context(), 0, 0, func(store.Row) error { return nil })
		r.Close()
	}
	var f *stocktake.Fault
	if !errors.As(err, &f) || !strings.Contains(f.What, "damaged") {
		t.Errorf("reading a damaged file: %v", err)
	}
	empty := openAt(t, filepath.Join(t.TempDir(), "empty.db"), store.Options{})
	wantFault(t, "restoring a damaged backup", empty.Restore(t.Context(), bad), stocktake.Conflict, "bad.db", "nothing was changed")

	// A filing that somebody took out by hand is noticed.
	s = openAt(t, path, store.Options{})
	if _, err := s.writer.Exec("DELETE FROM filing WHERE number = 77"); err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = s.Filings(t.Context(), 0, 0, func(store.Row) error { seen++; return nil })
	if err == nil || !strings.Contains(err.Error(), "filing 77 is missing") || seen != 76 {
		t.Errorf("a gap gives %v after %d filings", err, seen)
	}
	if err := s.Backup(t.Context(), path+"-gap"); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "restoring a backup with a gap", empty.Restore(t.Context(), path+"-gap"), stocktake.Conflict, "filing 77 is missing")
	if got := storetest.Read(t, empty); got.Head.Number != 0 {
		t.Errorf("a refused restore left %d filings", got.Head.Number)
	}

	// So are a leaf and a hash.
	for _, c := range []struct{ change, says string }{
		{"DELETE FROM leaf WHERE leaf_index = 4", "of the 9 leaves of the log, 1 are missing"},
		{"DELETE FROM tree_hash WHERE place = 4", "9 leaves and 15 hashes, not 16"},
		{"UPDATE checkpoint SET size = 10", "a checkpoint is about 10 leaves, and the log has 9"},
	} {
		path := filepath.Join(t.TempDir(), "record.db")
		s := openAt(t, path, store.Options{})
		rows := storetest.Rows(1, 9)
		file(t, s, rows...)
		if err := s.Write(t.Context(), func(w store.Writer) error {
			return errors.Join(storetest.AppendLog(t.Context(), w, rows...), w.PutCheckpoint(t.Context(), store.Checkpoint{Origin: "a", Size: 9, Note: []byte("note"), At: rows[8].Filed}))
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.writer.Exec(c.change); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(c.change, "leaf_index") {
			err := s.Leaves(t.Context(), 0, 9, func(int64, []byte) error { return nil })
			wantFault(t, "reading over a missing leaf", err, stocktake.Internal, "leaf 4 is missing")
			err = s.Leaves(t.Context(), 0, 5, func(int64, []byte) error { return nil })
			wantFault(t, "reading up to a missing leaf", err, stocktake.Internal, "leaf 4 is missing")
		}
		if err := s.Backup(t.Context(), path+"-gap"); err != nil {
			t.Fatal(err)
		}
		wantFault(t, c.change, empty.Restore(t.Context(), path+"-gap"), stocktake.Conflict, c.says, "nothing was changed")
	}
}

// What somebody copied with its -wal file is a backup, too; and what a PostgreSQL record makes is not.
func TestRestoreFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	s := openAt(t, path, store.Options{})
	file(t, s, storetest.Rows(1, 9)...)
	if _, err := s.writer.Exec("INSERT INTO draft VALUES ('d1', 5, x'00ff')"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
		t.Fatal("nothing is in the -wal file: this test tests nothing")
	}
	copy := filepath.Join(t.TempDir(), "copy.db")
	if err := copyDatabase(path, copy); err != nil {
		t.Fatal(err)
	}
	back := openAt(t, filepath.Join(t.TempDir(), "back.db"), store.Options{})
	if err := back.Restore(t.Context(), copy); err != nil {
		t.Fatal(err)
	}
	if got := storetest.Read(t, back); !slices.EqualFunc(got.Filings, storetest.Rows(1, 9), func(a, b store.Row) bool { return a.SHA256 == b.SHA256 }) {
		t.Errorf("%d filings came back", len(got.Filings))
	}
	var body []byte
	if err := back.writer.QueryRow("SELECT body FROM draft WHERE id = 'd1' AND made_at = 5").Scan(&body); err != nil || !bytes.Equal(body, []byte{0, 255}) {
		t.Errorf("the draft is %x, %v", body, err)
	}
	other := openAt(t, filepath.Join(t.TempDir(), "other.db"), store.Options{})
	if _, err := other.writer.Exec("INSERT INTO draft VALUES ('mine', 5, x'00')"); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "restoring over a draft", other.Restore(t.Context(), copy), stocktake.Conflict, "not empty")
	dump := filepath.Join(t.TempDir(), "dump")
	if err := os.WriteFile(dump, []byte("\x1f\x8b dump"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "restoring another file", openAt(t, filepath.Join(t.TempDir(), "new.db"), store.Options{}).Restore(t.Context(), dump), stocktake.Conflict, dump, "not a database")
}
