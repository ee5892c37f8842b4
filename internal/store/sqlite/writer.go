package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	lib "modernc.org/sqlite/lib"

	"stocktake/internal/store"
)

// writer implements store.Writer inside one transaction.
type writer struct {
	*reader
	tx      *sql.Tx
	head    store.Head
	removed bool // a sheet or a private item was removed: the files must be scrubbed afterwards
}

func (w *writer) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := w.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// whole runs f and takes back what it wrote where it fails, so that a caller who carries on does not commit half of it.
func (w *writer) whole(ctx context.Context, f func() error) error {
	if _, err := w.exec(ctx, "SAVEPOINT part"); err != nil {
		return fault(w.path, err)
	}
	err := f()
	if err != nil {
		_, back := w.exec(context.WithoutCancel(ctx), "ROLLBACK TO part")
		if c := code(err); back != nil && (c == lib.SQLITE_FULL || c == lib.SQLITE_IOERR || c == lib.SQLITE_NOMEM) {
			return err // SQLite has undone the whole transaction already, and the savepoint with it
		}
		err = errors.Join(err, back)
	}
	_, release := w.exec(context.WithoutCancel(ctx), "RELEASE part")
	return errors.Join(err, fault(w.path, release))
}

const batch = 50 // rows in one statement

// batches cuts n rows into pieces of batch rows or of one, so that there are two statements to parse.
func batches(n int, do func(from, to int) error) error {
	for from := 0; from < n; {
		to := from + batch
		if to > n {
			to = from + 1
		}
		if err := do(from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// insertFilings is an INSERT of n rows.
func insertFilings(n int) string {
	return "INSERT INTO filing (number, filed, sha256, key, bytes) VALUES (?,?,?,?,?)" + strings.Repeat(",(?,?,?,?,?)", n-1)
}

// Append implements store.Writer.
func (w *writer) Append(ctx context.Context, rows []store.Row) error {
	if err := store.CheckRows(w.head, rows); err != nil {
		return err
	}
	if len(rows) == 0 {
		return nil
	}
	err := w.whole(ctx, func() error {
		return batches(len(rows), func(from, to int) error {
			args := make([]any, 0, 5*(to-from))
			for _, r := range rows[from:to] {
				args = append(args, r.Number, r.Filed.UnixMicro(), r.SHA256, r.Key, r.Bytes)
			}
			if _, err := w.exec(ctx, insertFilings(to-from), args...); err != nil {
				return w.refused(ctx, rows[from:to], err)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	last := rows[len(rows)-1]
	w.head = store.Head{Number: last.Number, Filed: last.Filed}
	return nil
}

// refused finds the row that broke the rule of one hash, one filing.
func (w *writer) refused(ctx context.Context, rows []store.Row, err error) error {
	if code(err) != lib.SQLITE_CONSTRAINT {
		return fault(w.path, err)
	}
	for _, r := range rows {
		if n, look := w.BySHA256(ctx, r.SHA256); look == nil && n != 0 {
			return store.AlreadyFiled(r, n)
		}
	}
	return fault(w.path, err)
}

// PutSheets implements store.Writer.
func (w *writer) PutSheets(ctx context.Context, sheets []store.Sheet) error {
	return w.whole(ctx, func() error {
		for _, s := range sheets {
			if err := store.CheckSheet(s); err != nil {
				return err
			}
			res, err := w.exec(ctx, "INSERT INTO sheet (filing, path, commitment, salt, text) SELECT number, ?, ?, ?, ? FROM filing WHERE sha256 = ? ON CONFLICT DO NOTHING",
				s.Path, s.Commitment, s.Salt, s.Text, s.Filing)
			if err != nil {
				return fault(w.path, err)
			}
			if n, err := res.RowsAffected(); err != nil || n == 1 {
				if err != nil {
					return err
				}
				continue
			}
			if err := w.inTheWay(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// inTheWay says why s was not put: nil where it is there already, just so.
func (w *writer) inTheWay(ctx context.Context, s store.Sheet) error {
	number, err := w.BySHA256(ctx, s.Filing)
	if err != nil {
		return err
	}
	if number == 0 {
		return store.NoFilingOf(s)
	}
	same, err := w.one(ctx, "SELECT 1 FROM sheet WHERE filing = ? AND path = ? AND commitment = ? AND salt = ? AND text = ?",
		[]any{number, s.Path, s.Commitment, s.Salt, s.Text}, new(int))
	if err == nil && !same {
		err = store.OtherSheet(s)
	}
	return err
}

// RemoveSheet implements store.Writer.
func (w *writer) RemoveSheet(ctx context.Context, filing, commitment string) error {
	res, err := w.exec(ctx, "DELETE FROM sheet WHERE filing = (SELECT number FROM filing WHERE sha256 = ?) AND commitment = ?", filing, commitment)
	if err != nil {
		return fault(w.path, err)
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = store.NoSheet(filing, commitment)
	}
	if err != nil {
		return err
	}
	if w.removed {
		return nil
	}
	w.removed = true
	return fault(w.path, markRemoval(ctx, w.tx, rebuild))
}

// SetMeta implements store.Writer.
func (w *writer) SetMeta(ctx context.Context, name, value string) error {
	if err := store.CheckSetting(name, value); err != nil {
		return err
	}
	_, err := w.exec(ctx, "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return fault(w.path, err)
}

// PutProjection implements store.Writer.
func (w *writer) PutProjection(ctx context.Context, name string, head int64, data []byte) error {
	if err := store.CheckProjection(w.head, name, head); err != nil {
		return err
	}
	if data == nil {
		data = []byte{} // NULL otherwise
	}
	_, err := w.exec(ctx, "INSERT INTO projection (name, head, data) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET head = excluded.head, data = excluded.data", name, head, data)
	return fault(w.path, err)
}

// DropProjections implements store.Writer.
func (w *writer) DropProjections(ctx context.Context) error {
	_, err := w.exec(ctx, "DELETE FROM projection")
	return fault(w.path, err)
}
