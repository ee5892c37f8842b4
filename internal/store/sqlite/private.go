package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"stocktake/internal/store"
)

// privateReader implements store.PrivateReader inside one transaction.
type privateReader struct {
	ctx context.Context
	r   *reader
}

// privateTx implements store.PrivateTx inside one write transaction.
type privateTx struct {
	privateReader
	w       *writer
	dropped bool
}

// ChangePrivate implements store.Private. It is a Write, whose transaction do never has to run twice.
func (s *Store) ChangePrivate(ctx context.Context, do func(store.PrivateTx) error) error {
	return s.Write(ctx, func(w store.Writer) error {
		inside := w.(*writer)
		tx := &privateTx{privateReader: privateReader{ctx, inside.reader}, w: inside}
		if err := do(tx); err != nil || !tx.dropped {
			return err
		}
		return fault(s.path, inside.refill(ctx))
	})
}

// ReadPrivate implements store.Private.
func (s *Store) ReadPrivate(ctx context.Context, do func(store.PrivateReader) error) (err error) {
	if err := s.unchanged(); err != nil {
		return err
	}
	tx, err := s.reader.q.(*sql.DB).BeginTx(ctx, nil) // its first read decides which state it sees
	if err != nil {
		return fault(s.path, err)
	}
	defer tx.Rollback() // also when do panics; there is nothing to commit
	if err := do(privateReader{ctx, newReader(s.path, tx)}); err != nil {
		return err
	}
	return s.unchanged()
}

// refill makes both tables anew. Pages that are given up are overwritten with zeros (secure_delete), and a DELETE of everything gives up all: so
// nothing of what was deleted or replaced stays in the unused middle of one, where SQLite leaves copies of rows that it has moved. The -wal
// file is cut after the commit.
func (w *writer) refill(ctx context.Context) error {
	for _, query := range []string{
		"CREATE TEMP TABLE kept_item AS SELECT * FROM main.private_item", // in memory (temp_store)
		"CREATE TEMP TABLE kept_key AS SELECT * FROM main.private_key",
		"DELETE FROM main.private_item",
		"DELETE FROM main.private_key",
		"INSERT INTO main.private_item SELECT * FROM temp.kept_item ORDER BY kind, id",
		"INSERT INTO main.private_key SELECT * FROM temp.kept_key ORDER BY kind, name, value, id",
		"DROP TABLE temp.kept_item",
		"DROP TABLE temp.kept_key",
	} {
		if _, err := w.tx.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	w.removed = true
	return markRemoval(ctx, w.tx, cut)
}

// Item implements store.PrivateReader.
func (p privateReader) Item(kind, id string) (store.Item, error) {
	i := store.Item{Kind: kind, ID: id}
	var changed int64
	found, err := false, error(nil)
	if store.CanBe(kind, id) {
		found, err = p.r.one(p.ctx, "SELECT rev, changed, body FROM private_item WHERE kind = ? AND id = ?", []any{kind, id}, &i.Rev, &changed, &i.Body)
	}
	if err == nil && !found {
		err = store.NoItem(kind)
	}
	if err != nil {
		return store.Item{}, err
	}
	i.Changed = moment(changed)
	return i, nil
}

// Find implements store.PrivateReader.
func (p privateReader) Find(kind, name, value string) ([]string, error) {
	if !store.CanBe(kind, name, value) {
		return nil, nil
	}
	return p.ids("SELECT id FROM private_key WHERE kind = ? AND name = ? AND value = ? ORDER BY id", kind, name, value)
}

// Between implements store.PrivateReader.
func (p privateReader) Between(kind, name, from, to string, limit int) ([]string, error) {
	if err := store.CheckBounds(kind, name, from, to); err != nil {
		return nil, err
	}
	// Of an item with several keys in the range, the first one counts.
	return p.ids(`SELECT id FROM private_key AS k WHERE kind = ?1 AND name = ?2 AND value >= ?3 AND (?4 = '' OR value < ?4) AND NOT EXISTS
		(SELECT 1 FROM private_key AS b WHERE b.kind = k.kind AND b.id = k.id AND b.name = k.name AND b.value >= ?3 AND b.value < k.value)
		ORDER BY value, id LIMIT ?5`, kind, name, from, to, atMost(limit))
}

// Items implements store.PrivateReader.
func (p privateReader) Items(kind, after string, limit int) (list []store.Item, err error) {
	if err := store.CheckBounds(kind, after); err != nil {
		return nil, err
	}
	err = p.r.each(p.ctx, "SELECT id, rev, changed, body FROM private_item WHERE kind = ? AND id > ? ORDER BY id LIMIT ?", []any{kind, after, atMost(limit)}, func(rows *sql.Rows) error {
		i := store.Item{Kind: kind}
		var changed int64
		err := rows.Scan(&i.ID, &i.Rev, &changed, &i.Body)
		i.Changed = moment(changed)
		list = append(list, i)
		return fault(p.r.path, err)
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func (p privateReader) ids(query string, args ...any) (list []string, err error) {
	err = p.r.each(p.ctx, query, args, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		list = append(list, id)
		return fault(p.r.path, err)
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// atMost is a limit as SQLite has it: below 0 is none.
func atMost(limit int) int {
	if limit <= 0 {
		return -1
	}
	return limit
}

// Put implements store.PrivateTx.
func (p *privateTx) Put(i store.Item, keys ...store.Key) (int64, error) {
	if err := store.CheckItem(i, keys); err != nil {
		return 0, err
	}
	var stored int64
	if _, err := p.r.one(p.ctx, "SELECT rev FROM private_item WHERE kind = ? AND id = ?", []any{i.Kind, i.ID}, &stored); err != nil {
		return 0, err
	}
	if err := store.CheckRevision(i, stored); err != nil {
		return 0, err
	}
	keys = store.UniqueKeys(keys)
	for _, k := range keys {
		taken, err := p.r.one(p.ctx, "SELECT 1 FROM private_key WHERE kind = ? AND name = ? AND value = ? AND id <> ? AND (alone = 1 OR ?) LIMIT 1",
			[]any{i.Kind, k.Name, k.Value, i.ID, k.Unique}, new(int))
		if err == nil && taken {
			err = store.TakenKey(i.Kind, k.Name)
		}
		if err != nil {
			return 0, err
		}
	}
	err := p.w.whole(p.ctx, func() error {
		err := p.exec("INSERT INTO private_item (kind, id, rev, changed, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET rev = excluded.rev, changed = excluded.changed, body = excluded.body",
			i.Kind, i.ID, stored+1, i.Changed.UnixMicro(), i.Body)
		if err == nil && stored > 0 {
			err = p.exec("DELETE FROM private_key WHERE kind = ? AND id = ?", i.Kind, i.ID)
		}
		for _, k := range keys {
			if err == nil {
				err = p.exec("INSERT INTO private_key (kind, name, value, id, alone) VALUES (?, ?, ?, ?, ?)", i.Kind, k.Name, k.Value, i.ID, k.Unique)
			}
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return stored + 1, nil
}

// Drop implements store.PrivateTx.
func (p *privateTx) Drop(kind, id string) error {
	if _, err := p.Item(kind, id); err != nil {
		return err
	}
	err := p.w.whole(p.ctx, func() error {
		return errors.Join(p.exec("DELETE FROM private_item WHERE kind = ? AND id = ?", kind, id), p.exec("DELETE FROM private_key WHERE kind = ? AND id = ?", kind, id))
	})
	if err == nil {
		p.dropped = true
	}
	return err
}

func (p *privateTx) exec(query string, args ...any) error {
	_, err := p.w.exec(p.ctx, query, args...)
	return fault(p.r.path, err)
}
