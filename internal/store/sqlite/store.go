package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"sync"
	"time"

	lib "modernc.org/sqlite/lib"

	"stocktake"
	"stocktake/internal/store"
)

// Store is a record in one SQLite file. It implements store.Store.
type Store struct {
	*reader
	path     string
	wait     time.Duration
	tune     tuning
	writer   *sql.DB       // one connection; nil when reading only
	turn     chan struct{} // holds one token while somebody in this process writes
	readOnly bool
	why      error       // why it is read-only; nil where that was asked for
	frozen   fs.FileInfo // the file as it was, where it is read without locks because its folder may not be written

	closing   sync.Once
	closed    chan struct{}
	mu        sync.Mutex     // guards shut and scrubbing
	shut      bool           // Close was called
	scrubbing bool           // a removal is not finished
	rest      sync.WaitGroup // who does that
}

var _ store.Store = (*Store)(nil)

// Name returns "sqlite".
func (s *Store) Name() string { return "sqlite" }

// Path returns the absolute path of the database file.
func (s *Store) Path() string { return s.path }

// ReadOnly reports whether the store is open for reading only: because that was asked for, or because it may not be written.
func (s *Store) ReadOnly() bool { return s.readOnly }

// Close waits for nothing: reads and writes that still run fail. It may be called twice.
func (s *Store) Close() (err error) {
	s.closing.Do(func() {
		s.mu.Lock()
		s.shut = true
		close(s.closed)
		s.mu.Unlock()
		s.rest.Wait()
		if s.reader != nil {
			err = s.reader.close()
		}
		if s.writer != nil {
			err = errors.Join(err, s.writer.Close()) // the last one to close moves the -wal file into the database
		}
	})
	return err
}

// Write implements store.Store.
func (s *Store) Write(ctx context.Context, f func(store.Writer) error) error {
	if s.readOnly {
		if s.why != nil {
			return s.why
		}
		return readOnly(s.path)
	}
	start := time.Now()
	done, err := s.takeTurn(ctx)
	if err != nil {
		return err
	}
	defer done()
	left := max(s.wait-time.Since(start), time.Millisecond)
	if _, err := s.writer.ExecContext(ctx, "PRAGMA busy_timeout="+strconv.FormatInt(left.Milliseconds(), 10)); err != nil {
		return fault(s.path, err)
	}
	removed, err := s.write(ctx, start, f)
	if err == nil && removed {
		s.scrub(min(s.wait, time.Second))
	}
	return err
}

// write runs the transaction; the wait for it began at start.
func (s *Store) write(ctx context.Context, start time.Time, f func(store.Writer) error) (removed bool, err error) {
	tx, err := s.writer.BeginTx(ctx, nil) // BEGIN IMMEDIATE: no other process writes from here on
	if code(err) == lib.SQLITE_BUSY {
		return false, busy(s.path, time.Since(start), err)
	}
	if err != nil {
		return false, fault(s.path, err)
	}
	defer tx.Rollback() // also when f panics; nothing after Commit
	w := &writer{reader: newReader(s.path, tx), tx: tx}
	if w.head, err = w.Head(ctx); err != nil {
		return false, err
	}
	if err := f(w); err != nil {
		return false, err
	}
	// A crash before this line leaves nothing, after it everything: Commit returns when the -wal file is on disk.
	return w.removed, fault(s.path, tx.Commit())
}

// takeTurn waits until nobody else in this process writes.
func (s *Store) takeTurn(ctx context.Context) (done func(), err error) {
	t := time.NewTimer(s.wait)
	defer t.Stop()
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.closed:
		return nil, sql.ErrConnDone
	case <-t.C:
		return nil, busy(s.path, s.wait, nil)
	}
}

// unchanged guards a file that is read without locks: whoever may write that folder could change it meanwhile.
func (s *Store) unchanged() error {
	if s.frozen == nil {
		return nil
	}
	now, err := os.Stat(s.path)
	if err == nil && os.SameFile(now, s.frozen) && now.Size() == s.frozen.Size() && now.ModTime().Equal(s.frozen.ModTime()) {
		if wal, err := os.Stat(s.path + "-wal"); errors.Is(err, fs.ErrNotExist) || err == nil && wal.Size() == 0 {
			return nil
		}
	}
	return &stocktake.Fault{Kind: stocktake.Busy, Where: s.path, What: "somebody else wrote to the database while it was read", Hint: "open it again", Err: err}
}
