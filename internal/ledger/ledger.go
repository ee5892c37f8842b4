// Package ledger takes filings in: it checks them, seals what may one day have to go, stores them in one transaction, and keeps the index in
// memory in step with the database, whoever wrote to it.
package ledger

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"stocktake"
	"stocktake/internal/record"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
)

// Progress is told how far long work has come. total is 0 where it is not known.
type Progress func(done, total int64, what string)

// Options are the settings of a ledger. Now defaults to time.Now; Progress may be nil.
type Options struct {
	Now      func() time.Time
	Progress Progress
}

// Ledger is one record, open. All methods may be called from many goroutines.
type Ledger struct {
	store store.Store
	blobs *copies
	rec   *record.Record
	now   func() time.Time

	following sync.Mutex // held while the index takes filings from the store
	cacheMu   sync.Mutex
	cache     map[int64]*stocktake.Filing
	order     []keptFiling // oldest first
	weight    int          // bytes of what is kept
}

// Open reads every filing of st into the index. blobs holds archived copies.
func Open(ctx context.Context, st store.Store, blobs blob.Store, opt Options) (*Ledger, error) {
	l := &Ledger{store: st, now: opt.Now, cache: map[int64]*stocktake.Filing{}}
	l.blobs = &copies{blobs, l}
	if l.now == nil {
		l.now = time.Now
	}
	l.rec = record.New(l)
	head, err := st.Head(ctx)
	if err != nil {
		return nil, err
	}
	report := ticker(opt.Progress)
	err = l.follow(ctx, st, func(n int64) { report(n, head.Number, "reading the record") })
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Close closes the store.
func (l *Ledger) Close() error { return l.store.Close() }

// Record returns the index. It is always in step with what this process filed; Refresh brings in what others did.
func (l *Ledger) Record() *record.Record { return l.rec }

// Store returns the database underneath, for backups and settings.
func (l *Ledger) Store() store.Store { return l.store }

// Blobs returns the archived copies. Those that were taken down are not among them, and are refused.
func (l *Ledger) Blobs() blob.Store { return l.blobs }

// Now returns the ledger's time.
func (l *Ledger) Now() time.Time { return l.now().UTC() }

// Refresh takes in what other processes filed.
func (l *Ledger) Refresh(ctx context.Context) error {
	h, err := l.store.Head(ctx)
	if err != nil {
		return err
	}
	if h.Number == l.rec.Head() {
		return nil
	}
	return l.follow(ctx, l.store, nil)
}

// Follow refreshes every interval until ctx ends, and calls failed with what goes wrong.
func (l *Ledger) Follow(ctx context.Context, interval time.Duration, failed func(error)) {
	t := time.NewTicker(interval)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := l.Refresh(ctx); err != nil && ctx.Err() == nil {
				failed(err)
			}
		}
	}
}

// follow applies what from holds beyond the index.
func (l *Ledger) follow(ctx context.Context, from store.Reader, each func(int64)) error {
	l.following.Lock()
	defer l.following.Unlock()
	defer l.rec.End()
	var dec decoder // the index keeps no acts
	taken := len(l.rec.TakenDown())
	err := from.Filings(ctx, l.rec.Head(), 0, func(row store.Row) error {
		f, err := dec.decode(row.Bytes)
		if err != nil {
			return fmt.Errorf("filing %d: %w", row.Number, err)
		}
		if each != nil {
			each(row.Number)
		}
		if len(f.Removals) > 0 {
			l.forget() // whoever filed it, words that were read before are gone
		}
		return l.rec.Stage(record.Applied{Number: row.Number, Filed: row.Filed, SHA256: row.SHA256, Filing: f})
	})
	if len(l.rec.TakenDown()) > taken {
		_ = l.Sweep(ctx) // whoever filed it; who may only read leaves it to others, and Check finds what stays
	}
	return err
}

// keptFiling is a filing in the cache; bytes is the length of its public bytes.
type keptFiling struct {
	number int64
	bytes  int
}

// cacheBytes is how many bytes of filings, as stored, are kept decoded.
const cacheBytes = 8 << 20

// Load returns one filing with the words of its sheets, as far as they are still here. The caller must not change it.
func (l *Ledger) Load(ctx context.Context, number int64) (*stocktake.Filing, error) {
	l.cacheMu.Lock()
	f, ok := l.cache[number]
	l.cacheMu.Unlock()
	if ok {
		return f, nil
	}
	row, err := l.store.Filing(ctx, number)
	if err != nil {
		return nil, err
	}
	if f, err = decode(row.Bytes); err != nil {
		return nil, fmt.Errorf("filing %d: %w", number, err)
	}
	if bytes.Contains(row.Bytes, []byte(`"commitment":`)) {
		words := map[string]string{}
		err := l.store.Sheets(ctx, []string{row.SHA256}, func(s store.Sheet) error {
			words[s.Commitment] = s.Text
			return nil
		})
		if err != nil {
			return nil, err
		}
		f.EachSheeted(func(_ string, s *stocktake.Sheeted) { s.Text = words[s.Commitment] })
	}
	l.cacheMu.Lock()
	defer l.cacheMu.Unlock()
	if _, ok := l.cache[number]; !ok {
		l.cache[number] = f
		l.order = append(l.order, keptFiling{number, len(row.Bytes)})
		l.weight += len(row.Bytes)
		for l.weight > cacheBytes && len(l.order) > 1 {
			delete(l.cache, l.order[0].number)
			l.weight -= l.order[0].bytes
			l.order = l.order[1:]
		}
	}
	return f, nil
}

// Row is a filing as it is stored.
type Row = store.Row

// Scan calls f for the filings after one number up to another, in order, as their public bytes have them: texts that may one day have to go
// are commitments. f must not keep what it is given.
func (l *Ledger) Scan(ctx context.Context, after, upTo int64, f func(*store.Row, *stocktake.Filing) error) error {
	var d decoder
	return l.store.Filings(ctx, after, upTo, func(row store.Row) error {
		filing, err := d.decode(row.Bytes)
		if err != nil {
			return fmt.Errorf("filing %d: %w", row.Number, err)
		}
		return f(&row, filing)
	})
}

// forget drops kept filings, after a sheet went.
func (l *Ledger) forget() {
	l.cacheMu.Lock()
	defer l.cacheMu.Unlock()
	l.cache, l.order, l.weight = map[int64]*stocktake.Filing{}, nil, 0
}

// Raw returns the public canonical bytes of a filing and when it was filed.
func (l *Ledger) Raw(ctx context.Context, number int64) (store.Row, error) {
	return l.store.Filing(ctx, number)
}

// ticker slows a progress function to some twenty calls a second; the last call of each kind of work always passes.
func ticker(p Progress) Progress {
	if p == nil {
		return func(int64, int64, string) {}
	}
	var last time.Time
	return func(done, total int64, what string) {
		if t := time.Now(); t.Sub(last) > 50*time.Millisecond || done == total {
			last = t
			p(done, total, what)
		}
	}
}
