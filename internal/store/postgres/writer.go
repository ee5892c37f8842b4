package postgres

import (
	"context"
	"database/sql"

	"stocktake/internal/store"
)

// writer implements store.Writer inside one transaction. Whatever can be refused is looked for before anything is written: an error of the
// server would end the transaction, and a caller may carry on after a refusal.
type writer struct {
	*reader
	tx      *sql.Tx
	head    store.Head
	removed bool // a sheet was removed
	dropped bool // a private item was
}

func (w *writer) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := w.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fault(w.place, err)
	}
	return res.RowsAffected()
}

// One statement takes at most this many rows, or rows of this many bytes together.
const (
	batchRows  = 5000
	batchBytes = 16 << 20
)

// batches cuts n rows into pieces that one statement can take.
func batches(n int, size func(i int) int, do func(from, to int) error) error {
	for from := 0; from < n; {
		to, bytes := from, 0
		for to < n && to-from < batchRows && (to == from || bytes+size(to) <= batchBytes) {
			bytes += size(to)
			to++
		}
		if err := do(from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// Append implements store.Writer.
func (w *writer) Append(ctx context.Context, rows []store.Row) error {
	if err := store.CheckRows(w.head, rows); err != nil {
		return err
	}
	if err := w.checkNew(ctx, rows); err != nil {
		return err
	}
	return batches(len(rows), func(i int) int { return len(rows[i].Bytes) + 200 }, func(from, to int) error {
		n := to - from
		numbers, filed := make([]int64, n), make([]int64, n)
		hashes, keys, bytes := make([]string, n), make([]string, n), make([][]byte, n)
		for i, r := range rows[from:to] {
			numbers[i], filed[i], hashes[i], keys[i], bytes[i] = r.Number, r.Filed.UnixMicro(), r.SHA256, r.Key, r.Bytes
		}
		last := rows[to-1]
		_, err := w.exec(ctx, `WITH rows AS (INSERT INTO filing (number, filed, sha256, key, bytes)
			SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bytea[]))
			UPDATE head SET number = $6, filed = $7`, numbers, filed, hashes, keys, bytes, last.Number, last.Filed.UnixMicro())
		if err != nil {
			return err
		}
		w.head = store.Head{Number: last.Number, Filed: last.Filed}
		return nil
	})
}

// checkNew refuses rows whose hash the record has.
func (w *writer) checkNew(ctx context.Context, rows []store.Row) error {
	return batches(len(rows), func(int) int { return 64 }, func(from, to int) error {
		hashes := make([]string, 0, to-from)
		for _, r := range rows[from:to] {
			hashes = append(hashes, r.SHA256)
		}
		var number int64
		var hash string
		found, err := w.one(ctx, "SELECT number, sha256 FROM filing WHERE sha256 = ANY($1) ORDER BY number LIMIT 1", []any{hashes}, &number, &hash)
		if err != nil || !found {
			return err
		}
		for _, r := range rows[from:to] {
			if r.SHA256 == hash {
				return store.AlreadyFiled(r, number)
			}
		}
		return nil
	})
}

// place is where a sheet lies: beside the filing with that number, under its path or its commitment.
type place struct {
	filing int64
	name   string
}

// PutSheets implements store.Writer.
func (w *writer) PutSheets(ctx context.Context, sheets []store.Sheet) error {
	numbers, err := w.numbersOf(ctx, sheets)
	if err != nil {
		return err
	}
	paths, commitments, err := w.sheetsAt(ctx, sheets, numbers)
	if err != nil {
		return err
	}
	var put []store.Sheet
	for _, s := range sheets {
		byPath, byCommitment := place{numbers[s.Filing], s.Path}, place{numbers[s.Filing], s.Commitment}
		old, there := paths[byPath]
		other, also := commitments[byCommitment]
		switch {
		case there && old == s:
			continue
		case there || also && other != s:
			return store.OtherSheet(s)
		}
		paths[byPath], commitments[byCommitment] = s, s
		put = append(put, s)
	}
	return batches(len(put), func(i int) int { return len(put[i].Text) + 300 }, func(from, to int) error {
		n := to - from
		filings := make([]int64, n)
		columns := [4][]string{make([]string, n), make([]string, n), make([]string, n), make([]string, n)}
		for i, s := range put[from:to] {
			filings[i] = numbers[s.Filing]
			columns[0][i], columns[1][i], columns[2][i], columns[3][i] = s.Path, s.Commitment, s.Salt, s.Text
		}
		_, err := w.exec(ctx, `INSERT INTO sheet (filing, path, commitment, salt, text) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[])`,
			filings, columns[0], columns[1], columns[2], columns[3])
		return err
	})
}

// numbersOf checks the sheets and returns the numbers of their filings by hash.
func (w *writer) numbersOf(ctx context.Context, sheets []store.Sheet) (map[string]int64, error) {
	numbers := map[string]int64{}
	var hashes []string
	for _, s := range sheets {
		if err := store.CheckSheet(s); err != nil {
			return nil, err
		}
		if _, seen := numbers[s.Filing]; !seen {
			numbers[s.Filing] = 0
			hashes = append(hashes, s.Filing)
		}
	}
	if len(hashes) == 0 {
		return numbers, nil
	}
	err := w.each(ctx, "SELECT sha256, number FROM filing WHERE sha256 = ANY($1)", []any{hashes}, func(rows *sql.Rows) error {
		var hash string
		var n int64
		err := rows.Scan(&hash, &n)
		numbers[hash] = n
		return fault(w.place, err)
	})
	if err != nil {
		return nil, err
	}
	for _, s := range sheets {
		if numbers[s.Filing] == 0 {
			return nil, store.NoFilingOf(s)
		}
	}
	return numbers, nil
}

// sheetsAt returns what is there already under the paths and commitments of sheets.
func (w *writer) sheetsAt(ctx context.Context, sheets []store.Sheet, numbers map[string]int64) (paths, commitments map[place]store.Sheet, err error) {
	paths, commitments = map[place]store.Sheet{}, map[place]store.Sheet{}
	err = batches(len(sheets), func(int) int { return 300 }, func(from, to int) error {
		n := to - from
		filings, byPath, byCommitment := make([]int64, n), make([]string, n), make([]string, n)
		for i, s := range sheets[from:to] {
			filings[i], byPath[i], byCommitment[i] = numbers[s.Filing], s.Path, s.Commitment
		}
		return w.each(ctx, `WITH asked AS (SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[]) AS asked (filing, path, commitment))
			SELECT s.filing, f.sha256, s.path, s.commitment, s.salt, s.text FROM filing f JOIN (
				SELECT sheet.* FROM sheet JOIN asked ON sheet.filing = asked.filing AND sheet.path = asked.path
				UNION SELECT sheet.* FROM sheet JOIN asked ON sheet.filing = asked.filing AND sheet.commitment = asked.commitment
			) s ON f.number = s.filing`, []any{filings, byPath, byCommitment}, func(rows *sql.Rows) error {
			var s store.Sheet
			var number int64
			err := rows.Scan(&number, &s.Filing, &s.Path, &s.Commitment, &s.Salt, &s.Text)
			paths[place{number, s.Path}], commitments[place{number, s.Commitment}] = s, s
			return fault(w.place, err)
		})
	})
	return paths, commitments, err
}

// RemoveSheet implements store.Writer.
func (w *writer) RemoveSheet(ctx context.Context, filing, commitment string) error {
	n, err := w.exec(ctx, "DELETE FROM sheet USING filing WHERE sheet.filing = filing.number AND filing.sha256 = $1 AND sheet.commitment = $2", filing, commitment)
	if err == nil && n == 0 {
		err = store.NoSheet(filing, commitment)
	}
	if err != nil {
		return err
	}
	w.removed = true
	return nil
}

// SetMeta implements store.Writer.
func (w *writer) SetMeta(ctx context.Context, name, value string) error {
	if err := store.CheckSetting(name, value); err != nil {
		return err
	}
	_, err := w.exec(ctx, "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}

// PutProjection implements store.Writer.
func (w *writer) PutProjection(ctx context.Context, name string, head int64, data []byte) error {
	if err := store.CheckProjection(w.head, name, head); err != nil {
		return err
	}
	if data == nil {
		data = []byte{} // NULL otherwise
	}
	_, err := w.exec(ctx, "INSERT INTO projection (name, head, data) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET head = excluded.head, data = excluded.data", name, head, data)
	return err
}

// DropProjections implements store.Writer.
func (w *writer) DropProjections(ctx context.Context) error {
	_, err := w.exec(ctx, "DELETE FROM projection")
	return err
}
