package postgres

import (
	"context"
	"database/sql"

	"stocktake/internal/store"
)

// privateReader implements store.PrivateReader inside one transaction.
type privateReader struct {
	ctx context.Context
	r   *reader
}

// privateTx implements store.PrivateTx inside one write transaction. Whatever can be refused is looked for before anything is written, as in writer.
type privateTx struct {
	privateReader
	w *writer
}

// ChangePrivate implements store.Private. It is a Write: nobody else changes anything meanwhile, so that do never has to run twice.
func (s *Store) ChangePrivate(ctx context.Context, do func(store.PrivateTx) error) error {
	return s.Write(ctx, func(w store.Writer) error {
		inside := w.(*writer)
		return do(&privateTx{privateReader{ctx, inside.reader}, inside})
	})
}

// ReadPrivate implements store.Private.
func (s *Store) ReadPrivate(ctx context.Context, do func(store.PrivateReader) error) error {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return fault(s.place, err)
	}
	defer tx.Rollback() // also when do panics; there is nothing to commit
	return do(privateReader{ctx, &reader{place: s.place, q: tx}})
}

// Item implements store.PrivateReader.
func (p privateReader) Item(kind, id string) (store.Item, error) {
	i := store.Item{Kind: kind, ID: id}
	var changed int64
	found, err := false, error(nil)
	if store.CanBe(kind, id) {
		found, err = p.r.one(p.ctx, "SELECT rev, changed, body FROM private_item WHERE kind = $1 AND id = $2", []any{kind, id}, &i.Rev, &changed, &i.Body)
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
	return p.ids("SELECT id FROM private_key WHERE kind = $1 AND name = $2 AND value = $3 ORDER BY id", kind, name, value)
}

// Between implements store.PrivateReader.
func (p privateReader) Between(kind, name, from, to string, limit int) ([]string, error) {
	if err := store.CheckBounds(kind, name, from, to); err != nil {
		return nil, err
	}
	// Of an item with several keys in the range, the first one counts.
	return p.ids(`SELECT id FROM private_key AS k WHERE kind = $1 AND name = $2 AND value >= $3 AND ($4 = '' OR value < $4) AND NOT EXISTS
		(SELECT FROM private_key AS b WHERE b.kind = k.kind AND b.id = k.id AND b.name = k.name AND b.value >= $3 AND b.value < k.value)
		ORDER BY value, id LIMIT $5`, kind, name, from, to, atMost(limit))
}

// Items implements store.PrivateReader.
func (p privateReader) Items(kind, after string, limit int) (list []store.Item, err error) {
	if err := store.CheckBounds(kind, after); err != nil {
		return nil, err
	}
	err = p.r.each(p.ctx, "SELECT id, rev, changed, body FROM private_item WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3", []any{kind, after, atMost(limit)}, func(rows *sql.Rows) error {
		i := store.Item{Kind: kind}
		var changed int64
		err := rows.Scan(&i.ID, &i.Rev, &changed, &i.Body)
		i.Changed = moment(changed)
		list = append(list, i)
		return fault(p.r.place, err)
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
		return fault(p.r.place, err)
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// atMost is a limit as the server has it: NULL is none.
func atMost(limit int) sql.NullInt64 { return sql.NullInt64{Int64: int64(limit), Valid: limit > 0} }

// Put implements store.PrivateTx.
func (p *privateTx) Put(i store.Item, keys ...store.Key) (int64, error) {
	if err := store.CheckItem(i, keys); err != nil {
		return 0, err
	}
	var stored int64
	if _, err := p.r.one(p.ctx, "SELECT rev FROM private_item WHERE kind = $1 AND id = $2", []any{i.Kind, i.ID}, &stored); err != nil {
		return 0, err
	}
	if err := store.CheckRevision(i, stored); err != nil {
		return 0, err
	}
	keys = store.UniqueKeys(keys)
	names, values, alone := make([]string, len(keys)), make([]string, len(keys)), make([]bool, len(keys))
	for n, k := range keys {
		names[n], values[n], alone[n] = k.Name, k.Value, k.Unique
	}
	if len(keys) > 0 {
		var name string
		taken, err := p.r.one(p.ctx, `SELECT k.name FROM private_key k JOIN unnest($3::text[], $4::text[], $5::boolean[]) AS asked (name, value, alone)
			ON k.name = asked.name AND k.value = asked.value AND (k.alone OR asked.alone) WHERE k.kind = $1 AND k.id <> $2 LIMIT 1`,
			[]any{i.Kind, i.ID, names, values, alone}, &name)
		if err == nil && taken {
			err = store.TakenKey(i.Kind, name)
		}
		if err != nil {
			return 0, err
		}
	}
	_, err := p.w.exec(p.ctx, "INSERT INTO private_item (kind, id, rev, changed, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, id) DO UPDATE SET rev = excluded.rev, changed = excluded.changed, body = excluded.body",
		i.Kind, i.ID, stored+1, i.Changed.UnixMicro(), i.Body)
	if err == nil && stored > 0 {
		_, err = p.w.exec(p.ctx, "DELETE FROM private_key WHERE kind = $1 AND id = $2", i.Kind, i.ID)
	}
	if err == nil && len(keys) > 0 {
		_, err = p.w.exec(p.ctx, "INSERT INTO private_key (kind, name, value, id, alone) SELECT $1, name, value, $2, alone FROM unnest($3::text[], $4::text[], $5::boolean[]) AS asked (name, value, alone)",
			i.Kind, i.ID, names, values, alone)
	}
	if err != nil {
		return 0, err
	}
	return stored + 1, nil
}

// Drop implements store.PrivateTx.
func (p *privateTx) Drop(kind, id string) error {
	if !store.CanBe(kind, id) {
		return store.NoItem(kind)
	}
	n, err := p.w.exec(p.ctx, "DELETE FROM private_item WHERE kind = $1 AND id = $2", kind, id)
	if err == nil && n == 0 {
		err = store.NoItem(kind)
	}
	if err != nil {
		return err
	}
	if _, err := p.w.exec(p.ctx, "DELETE FROM private_key WHERE kind = $1 AND id = $2", kind, id); err != nil {
		return err
	}
	p.w.dropped = true
	return nil
}
