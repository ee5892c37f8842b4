package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"stocktake/internal/store"
)

// querier is a database or a transaction. The driver keeps prepared statements by their text.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// reader implements store.Reader on either. Every read is one statement, and so one state of the record.
type reader struct {
	place string
	q     querier
}

// each runs query and calls scan for every row. A cut-off read is an error.
func (r *reader) each(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := r.q.QueryContext(ctx, query, args...)
	if err != nil {
		return fault(r.place, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return fault(r.place, errors.Join(rows.Err(), rows.Close()))
}

// one is each for a query that has at most one row, and reports whether there was one.
func (r *reader) one(ctx context.Context, query string, args []any, into ...any) (found bool, err error) {
	err = r.each(ctx, query, args, func(rows *sql.Rows) error {
		found = true
		return fault(r.place, rows.Scan(into...))
	})
	return found, err
}

// Head implements store.Reader.
func (r *reader) Head(ctx context.Context) (store.Head, error) {
	var number, filed int64
	if _, err := r.one(ctx, "SELECT number, filed FROM head", nil, &number, &filed); err != nil {
		return store.Head{}, err
	}
	return headOf(number, filed), nil
}

// Filings implements store.Reader.
func (r *reader) Filings(ctx context.Context, after, upTo int64, f func(store.Row) error) error {
	const query = "SELECT number, filed, key, sha256, bytes FROM filing WHERE number > $1 AND ($2::bigint = 0 OR number <= $2) ORDER BY number"
	next := max(after, 0) + 1
	return r.each(ctx, query, []any{after, upTo}, func(rows *sql.Rows) error {
		var row store.Row
		var filed int64
		var bytes sql.RawBytes
		if err := rows.Scan(&row.Number, &filed, &row.Key, &row.SHA256, &bytes); err != nil {
			return fault(r.place, err)
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
	found, err := r.one(ctx, "SELECT filed, key, sha256, bytes FROM filing WHERE number = $1", []any{number}, &filed, &row.Key, &row.SHA256, &row.Bytes)
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
	_, err = r.one(ctx, "SELECT number FROM filing WHERE sha256 = $1", []any{sha256}, &number)
	return number, err
}

// ByKey implements store.Reader.
func (r *reader) ByKey(ctx context.Context, key string) (list []int64, err error) {
	err = r.each(ctx, "SELECT number FROM filing WHERE key = $1 ORDER BY number", []any{key}, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		list = append(list, n)
		return fault(r.place, err)
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Sheets implements store.Reader.
func (r *reader) Sheets(ctx context.Context, filings []string, f func(store.Sheet) error) error {
	query := "SELECT sha256, path, commitment, salt, text FROM sheet JOIN filing ON number = sheet.filing"
	var args []any
	if len(filings) > 0 {
		query += " WHERE sha256 = ANY($1)"
		args = []any{filings}
	}
	return r.each(ctx, query+" ORDER BY sheet.filing, path", args, func(rows *sql.Rows) error {
		var s store.Sheet
		if err := rows.Scan(&s.Filing, &s.Path, &s.Commitment, &s.Salt, &s.Text); err != nil {
			return fault(r.place, err)
		}
		return f(s)
	})
}

// Meta implements store.Reader.
func (r *reader) Meta(ctx context.Context, name string) (value string, err error) {
	_, err = r.one(ctx, "SELECT value FROM meta WHERE name = $1", []any{name}, &value)
	return value, err
}

// Projection implements store.Reader.
func (r *reader) Projection(ctx context.Context, name string) (head int64, data []byte, ok bool, err error) {
	ok, err = r.one(ctx, "SELECT p.head, p.data FROM projection p, head h WHERE p.name = $1 AND p.head <= h.number", []any{name}, &head, &data)
	if err != nil || !ok {
		return 0, nil, false, err
	}
	return head, data, true, nil
}

// moment returns the time that is us microseconds after 1970 began, in UTC.
func moment(us int64) time.Time { return time.UnixMicro(us).UTC() }

func headOf(number, filed int64) store.Head {
	if number == 0 {
		return store.Head{}
	}
	return store.Head{Number: number, Filed: moment(filed)}
}
