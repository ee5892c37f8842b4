package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"stocktake"
	"stocktake/internal/store"
)

// Backup implements store.Store. The file is a database that Open opens; it holds what was committed when the backup began, and nothing
// of what was removed. It is on disk, whole, before it has its name. It can be read by its owner only.
func (s *Store) Backup(ctx context.Context, path string) (err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return err
	}
	return store.NewFile(path, func(part string) error {
		return fault(s.path, s.guarded(func() error { return s.copyInto(ctx, part) }))
	})
}

// copyInto writes a copy of the database into the empty file at path.
func (s *Store) copyInto(ctx context.Context, path string) error {
	db := s.openDB(strings.Replace(s.readerDSN(), "query_only%28ON%29", "query_only%28OFF%29", 1)) // VACUUM counts as writing
	_, err := db.ExecContext(ctx, "VACUUM INTO ?", path)
	return errors.Join(err, db.Close())
}

// guarded runs a read that is not by way of the reader.
func (s *Store) guarded(f func() error) error {
	return errors.Join(s.unchanged(), f(), s.unchanged())
}

// copied are the tables that a backup carries, with their columns, in an order that keeps references whole.
var copied = []struct{ table, columns, order string }{
	{"filing", "number, filed, sha256, key, bytes", "number"},
	{"sheet", "filing, path, commitment, salt, text", "filing, path"},
	{"meta", "name, value", "name"},
	{"projection", "name, head, data", "name"},
	{"draft", "id, made_at, body", "id"},
	{"leaf", "leaf_index, bytes", "leaf_index"},
	{"tree_hash", "place, hash", "place"},
	{"checkpoint", "number, origin, size, note, at", "number"},
	{"private_item", "kind, id, rev, changed, body", "kind, id"},
	{"private_key", "kind, name, value, id, alone", "kind, name, value, id"},
}

// Restore implements store.Store. A backup made by an earlier Stocktake is brought up to date on the way; one of a newer, a damaged one and
// a file that is something else are Conflict faults. Settings of the empty database are replaced.
func (s *Store) Restore(ctx context.Context, path string) (err error) {
	if s.readOnly {
		return s.Write(ctx, nil) // which says why
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return err
	}
	// A copy is restored, since a backup that is read may have to be brought up to date, and must stay as it is.
	folder, err := os.MkdirTemp(filepath.Dir(s.path), ".restore-*")
	if err != nil {
		return fault(s.path, err)
	}
	defer os.RemoveAll(folder)
	copy := filepath.Join(folder, "backup.db")
	if err := copyDatabase(path, copy); err != nil {
		return err
	}
	from, err := open(ctx, copy, store.Options{Wait: s.wait}, tuning{})
	if err != nil {
		return elsewhere(err, copy, path)
	}
	if err := errors.Join(from.whole(ctx), from.Close()); err != nil {
		return elsewhere(err, copy, path)
	}
	done, err := s.takeTurn(ctx)
	if err != nil {
		return err
	}
	defer done()
	return fault(s.path, s.fill(ctx, copy))
}

// whole reports whether the database is undamaged and its filings and log have no gap.
func (s *Store) whole(ctx context.Context) error {
	var check string
	if err := s.writer.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&check); err != nil {
		return err
	}
	if check != "ok" {
		return &stocktake.Fault{Kind: stocktake.Conflict, Where: s.path, What: "the backup is damaged: " + check, Hint: "use another backup; nothing was changed"}
	}
	if err := s.Filings(ctx, 0, 0, func(store.Row) error { return nil }); err != nil {
		return err
	}
	n, err := s.logCounts(ctx)
	if err != nil {
		return err
	}
	return n.Whole()
}

// fill takes all rows of the database at path into this empty one, in one transaction.
func (s *Store) fill(ctx context.Context, path string) (err error) {
	c, err := s.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "ATTACH ? AS backup", path); err != nil {
		return err
	}
	defer func() {
		_, detach := c.ExecContext(context.WithoutCancel(ctx), "DETACH backup")
		err = errors.Join(err, detach)
	}()
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var filled bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM main.filing) OR EXISTS (SELECT 1 FROM main.leaf) OR EXISTS (SELECT 1 FROM main.draft)
		OR EXISTS (SELECT 1 FROM main.private_item)`).Scan(&filled); err != nil {
		return err
	}
	if filled {
		return &stocktake.Fault{Kind: stocktake.Conflict, Where: s.path, What: "the database is not empty", Hint: "restore into a new one; nothing was changed"}
	}
	for _, t := range copied {
		if _, err := tx.ExecContext(ctx, "DELETE FROM main."+t.table); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO main.%[1]s (%[2]s) SELECT %[2]s FROM backup.%[1]s ORDER BY %[3]s", t.table, t.columns, t.order)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// copyDatabase copies the file at from, and the -wal file beside it where somebody copied both.
func copyDatabase(from, to string) error {
	for _, ending := range []string{"", "-wal"} {
		err := copyFile(from+ending, to+ending)
		switch {
		case ending != "" && errors.Is(err, fs.ErrNotExist):
		case errors.Is(err, fs.ErrNotExist):
			return stocktake.NotFoundf("there is no backup").At(from).Hinted("look whether the path is right")
		case errors.Is(err, fs.ErrPermission):
			return &stocktake.Fault{Kind: stocktake.Forbidden, Where: from, What: "the backup may not be read", Hint: "run it as the owner of that file", Err: err}
		case err != nil:
			return fault(from, err)
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// elsewhere makes a fault about the copy one about the file that the person named.
func elsewhere(err error, copy, path string) error {
	var f *stocktake.Fault
	if !errors.As(err, &f) {
		return fmt.Errorf("backup %s: %w", path, err)
	}
	there := *f
	there.Where = strings.ReplaceAll(f.Where, copy, path)
	if there.Where == "" {
		there.Where = path
	}
	if code(err) != 0 || there.Kind == stocktake.Internal {
		there.Kind, there.Hint = stocktake.Conflict, "use another backup; nothing was changed"
	}
	return &there
}
