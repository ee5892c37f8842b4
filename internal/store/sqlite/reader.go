package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"stocktake/internal/store"
)

// querier is a database or a transaction.
type querier interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// reader implements store.Reader on either. Each statement is parsed once.
type reader struct {
	path          string
	q             querier
	before, after func() error // guards around every read; nil where there is nothing to guard

	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

func newReader(path string, q querier) *reader {
	return &reader{path: path, q: q, stmts: map[string]*sql.Stmt{}}
}

func (r *reader) close() error {
	if db, ok := r.q.(*sql.DB); ok {
		return db.Close() // and with it every statement
	}
	return nil
}

func (r *reader) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.stmts[query]; s != nil {
		return s, nil
	}
	s, err := r.q.PrepareContext(ctx, query)
	if err == nil {
		r.stmts[query] = s
	}
	return s, err
}

// each runs query and calls scan for every row. A cut-off read is an error.
func (r *reader) each(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) (err error) {
	if r.before != nil {
		if err := r.before(); err != nil {
			return err
		}
	}
	s, err := r.prepare(ctx, query)
	if err != nil {
		return fault(r.path, err)
	}
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return fault(r.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fault(r.path, err)
	}
	if r.after != nil {
		return r.after()
	}
	return nil
}

// one is each for a query that has at most one row, and reports whether there was one.
func (r *reader) one(ctx context.Context, query string, args []any, into ...any) (found bool, err error) {
	err = r.each(ctx, query, args, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(into...)
	})
	return found, err
}

// Head implements store.Reader. It is a look at the last row of the table, by its key.
func (r *reader) Head(ctx context.Context) (store.Head, error) {
	var number, filed int64
	found, err := r.one(ctx, "SELECT number, filed FROM filing ORDER BY number DESC LIMIT 1", nil, &number, &filed)
	if err != nil || !found {
		return store.Head{}, err
	}
	return store.Head{Number: number, Filed: moment(filed)}, nil
}

// Filings implements store.Reader. All of it is one state of the record, whatever is filed meanwhile.
func (r *reader) Filings(ctx context.Context, after, upTo int64, f func(store.Row) error) error {
	const query = "SELECT number, filed, key, sha256, bytes FROM filing WHERE number > ? AND (? = 0 OR number <= ?) ORDER BY number"
	next := max(after, 0) + 1
	return r.each(ctx, query, []any{after, upTo, upTo}, func(rows *sql.Rows) error {
		var row store.Row
		var filed int64
		var bytes sql.RawBytes
		if err := rows.Scan(&row.Number, &filed, &row.Key, &row.SHA256, &bytes); err != nil {
			return fault(r.path, err)
		}
		if row.Number != next {
			return store.Gap(next)
		}
		next++
		row.Filed, row.Bytes = moment(filed), bytes
		return f(row)
	})
}

// Filing implements store.Reader.
func (r *reader) Filing(ctx context.Context, number int64) (store.Row, error) {
	row := store.Row{Number: number}
	var filed int64
	found, err := r.one(ctx, "SELECT filed, key, sha256, bytes FROM filing WHERE number = ?", []any{number}, &filed, &row.Key, &row.SHA256, &row.Bytes)
	if err == nil && !found {
		err = store.NoFiling(number)
	}
	if err != nil {
		return store.Row{}, err
	}
	row.Filed = moment(filed)
	return row, nil
}

// BySHA256 implements store.Reader.
func (r *reader) BySHA256(ctx context.Context, sha256 string) (number int64, err error) {
	_, err = r.one(ctx, "SELECT number FROM filing WHERE sha256 = ?", []any{sha256}, &number)
	return number, err
}

// ByKey implements store.Reader.
func (r *reader) ByKey(ctx context.Context, key string) (list []int64, err error) {
	err = r.each(ctx, "SELECT number FROM filing WHERE key = ? ORDER BY number", []any{key}, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		list = append(list, n)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Sheets implements store.Reader.
func (r *reader) Sheets(ctx context.Context, filings []string, f func(store.Sheet) error) error {
	query := "SELECT filing.sha256, path, commitment, salt, text FROM sheet JOIN filing ON number = sheet.filing ORDER BY sheet.filing, path"
	var args []any
	if len(filings) > 0 {
		list, err := json.Marshal(filings)
		if err != nil {
			return err
		}
		query = `SELECT filing.sha256, path, commitment, salt, text FROM sheet JOIN filing ON number = sheet.filing
			WHERE sheet.filing IN (SELECT number FROM filing WHERE sha256 IN (SELECT value FROM json_each(?))) ORDER BY sheet.filing, path`
		args = []any{string(list)}
	}
	return r.each(ctx, query, args, func(rows *sql.Rows) error {
		var s store.Sheet
		if err := rows.Scan(&s.Filing, &s.Path, &s.Commitment, &s.Salt, &s.Text); err != nil {
			return fault(r.path, err)
		}
		return f(s)
	})
}

// Meta implements store.Reader.
func (r *reader) Meta(ctx context.Context, name string) (value string, err error) {
	_, err = r.one(ctx, "SELECT value FROM meta WHERE name = ?", []any{name}, &value)
	return value, err
}

// Projection implements store.Reader.
func (r *reader) Projection(ctx context.Context, name string) (head int64, data []byte, ok bool, err error) {
	const query = "SELECT head, data FROM projection WHERE name = ? AND head <= (SELECT coalesce(max(number), 0) FROM filing)"
	ok, err = r.one(ctx, query, []any{name}, &head, &data)
	if err != nil || !ok {
		return 0, nil, false, err
	}
	return head, data, true, nil
}

// moment returns the time that is us microseconds after 1970 began, in UTC.
func moment(us int64) time.Time { return time.UnixMicro(us).UTC() }
