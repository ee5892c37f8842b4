package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"stocktake/internal/store"
)

// LogSize implements store.Reader. It is a look at the last row of the table, by its key.
func (r *reader) LogSize(ctx context.Context) (size int64, err error) {
	_, err = r.one(ctx, "SELECT leaf_index + 1 FROM leaf ORDER BY leaf_index DESC LIMIT 1", nil, &size)
	return size, err
}

// Leaves implements store.Reader. Leaves are only ever added, so that those below a size once read are one state.
func (r *reader) Leaves(ctx context.Context, from, to int64, f func(index int64, leaf []byte) error) error {
	size, err := r.LogSize(ctx)
	if err == nil {
		err = store.CheckLeafRange(size, from, to)
	}
	if err != nil {
		return err
	}
	next := from
	err = r.each(ctx, "SELECT leaf_index, bytes FROM leaf WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index", []any{from, to}, func(rows *sql.Rows) error {
		var index int64
		var leaf sql.RawBytes
		if err := rows.Scan(&index, &leaf); err != nil {
			return fault(r.path, err)
		}
		if index != next {
			return store.LeafGap(next)
		}
		next++
		return f(index, leaf)
	})
	if err == nil && next != to {
		err = store.LeafGap(next)
	}
	return err
}

// LogHashes implements store.Reader.
func (r *reader) LogHashes(ctx context.Context, places []int64) ([][32]byte, error) {
	if len(places) == 0 {
		return nil, nil
	}
	list, err := json.Marshal(places)
	if err != nil {
		return nil, err
	}
	there := make(map[int64][32]byte, len(places))
	err = r.each(ctx, "SELECT place, hash FROM tree_hash WHERE place IN (SELECT value FROM json_each(?))", []any{string(list)}, func(rows *sql.Rows) error {
		var place int64
		var hash sql.RawBytes
		if err := rows.Scan(&place, &hash); err != nil {
			return fault(r.path, err)
		}
		there[place] = [32]byte(hash) // the table holds no others
		return nil
	})
	if err != nil {
		return nil, err
	}
	return store.InOrder(places, there)
}

// Checkpoint implements store.Reader.
func (r *reader) Checkpoint(ctx context.Context, origin string) (c store.Checkpoint, ok bool, err error) {
	query, args := "SELECT origin, size, note, at FROM checkpoint ORDER BY size DESC, number DESC LIMIT 1", []any(nil)
	if origin != "" {
		query, args = "SELECT origin, size, note, at FROM checkpoint WHERE origin = ? ORDER BY size DESC LIMIT 1", []any{origin}
	}
	var at int64
	ok, err = r.one(ctx, query, args, &c.Origin, &c.Size, &c.Note, &at)
	if err != nil || !ok {
		return store.Checkpoint{}, false, err
	}
	c.At = moment(at)
	return c, true, nil
}

// AppendLeaves implements store.Writer.
func (w *writer) AppendLeaves(ctx context.Context, first int64, leaves [][]byte, hashes [][32]byte) error {
	size, err := w.LogSize(ctx)
	if err == nil {
		err = store.CheckLeaves(size, first, leaves, hashes)
	}
	if err != nil || len(leaves) == 0 {
		return err
	}
	place := store.FirstHash(first)
	return w.whole(ctx, func() error {
		err := w.insertPairs(ctx, "INSERT INTO leaf (leaf_index, bytes) VALUES ", len(leaves), func(i int) (int64, []byte) { return first + int64(i), leaves[i] })
		if err != nil {
			return err
		}
		return w.insertPairs(ctx, "INSERT INTO tree_hash (place, hash) VALUES ", len(hashes), func(i int) (int64, []byte) { return place + int64(i), hashes[i][:] })
	})
}

// insertPairs inserts n rows of a number and bytes.
func (w *writer) insertPairs(ctx context.Context, into string, n int, pair func(i int) (int64, []byte)) error {
	return batches(n, func(from, to int) error {
		args := make([]any, 0, 2*(to-from))
		for i := from; i < to; i++ {
			number, bytes := pair(i)
			args = append(args, number, bytes)
		}
		_, err := w.exec(ctx, into+"(?,?)"+strings.Repeat(",(?,?)", to-from-1), args...)
		return fault(w.path, err)
	})
}

// PutCheckpoint implements store.Writer.
func (w *writer) PutCheckpoint(ctx context.Context, c store.Checkpoint) error {
	size, err := w.LogSize(ctx)
	if err == nil {
		err = store.CheckCheckpoint(size, c)
	}
	if err != nil {
		return err
	}
	_, err = w.exec(ctx, `INSERT INTO checkpoint (number, origin, size, note, at) VALUES ((SELECT coalesce(max(number), 0) + 1 FROM checkpoint), ?, ?, ?, ?)
		ON CONFLICT (origin, size) DO UPDATE SET number = excluded.number, note = excluded.note, at = excluded.at`, c.Origin, c.Size, c.Note, c.At.UnixMicro())
	return fault(w.path, err)
}

// logCounts counts for store.LogCounts.
func (s *Store) logCounts(ctx context.Context) (n store.LogCounts, err error) {
	err = s.writer.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM leaf), (SELECT coalesce(max(leaf_index) + 1, 0) FROM leaf),
		(SELECT count(*) FROM tree_hash), (SELECT coalesce(max(place) + 1, 0) FROM tree_hash), (SELECT coalesce(max(size), 0) FROM checkpoint)`).
		Scan(&n.Leaves, &n.Size, &n.Hashes, &n.Places, &n.LargestCheckpoint)
	return n, err
}
