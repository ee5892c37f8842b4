package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"stocktake"
	"stocktake/internal/store"
)

// Store is a record in a PostgreSQL database. It implements store.Store.
type Store struct {
	*reader
	db       *sql.DB
	place    string // host and database, for messages
	wait     time.Duration
	turn     chan struct{} // holds one token while somebody in this process writes, so that those who wait take no connection
	readOnly bool
	why      error // why it is read-only; nil where that was asked for
}

var _ store.Store = (*Store)(nil)

// Name returns "postgres".
func (s *Store) Name() string { return "postgres" }

// ReadOnly reports whether the store is open for reading only: because that was asked for, or because the server is a replica.
func (s *Store) ReadOnly() bool { return s.readOnly }

// Close ends all connections. It may be called twice.
func (s *Store) Close() error { return s.db.Close() }

// Write implements store.Store.
func (s *Store) Write(ctx context.Context, f func(store.Writer) error) error {
	w, err := s.write(ctx, f)
	if err != nil {
		return err
	}
	if w.removed {
		s.scrub(sheetTables)
	}
	if w.dropped {
		s.scrub(privateTables)
	}
	return nil
}

// write runs the transaction, and returns what was inside it.
func (s *Store) write(ctx context.Context, f func(store.Writer) error) (*writer, error) {
	if s.readOnly {
		if s.why != nil {
			return nil, s.why
		}
		return nil, readOnly(s.place)
	}
	start := time.Now()
	done, err := s.takeTurn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fault(s.place, err)
	}
	defer tx.Rollback() // also when f panics; nothing after Commit
	left := max(s.wait-time.Since(start), time.Millisecond)
	// The server may be set to acknowledge before it has written; here it may not. Any other setting is at least as safe.
	if _, err := tx.ExecContext(ctx, `SELECT set_config('lock_timeout', $1, true),
		CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END`, fmt.Sprint(left.Milliseconds(), "ms")); err != nil {
		return nil, fault(s.place, err)
	}
	w := &writer{reader: &reader{place: s.place, q: tx}, tx: tx}
	var filed int64
	var id string // of the transaction
	err = tx.QueryRowContext(ctx, "SELECT number, filed, pg_current_xact_id()::text FROM head FOR UPDATE").Scan(&w.head.Number, &filed, &id)
	if state(err) == "55P03" {
		return nil, busy(s.place, time.Since(start), err)
	}
	if err != nil {
		return nil, fault(s.place, err)
	}
	w.head = headOf(w.head.Number, filed)
	if err := f(w); err != nil {
		return nil, err
	}
	// A crash before this line leaves nothing, after it everything: Commit returns when the server has it on disk.
	if err := tx.Commit(); err != nil {
		return w, s.settle(ctx, id, err)
	}
	return w, nil
}

// settle finds out what became of a transaction whose commit got no answer: the connection may have broken before or after. It returns nil
// where the transaction is committed.
func (s *Store) settle(ctx context.Context, id string, err error) error {
	if state(err) != "" || errors.Is(err, pgx.ErrTxCommitRollback) || errors.Is(err, sql.ErrTxDone) {
		return fault(s.place, err) // the server said no, or was never asked
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), max(s.wait, time.Second))
	defer cancel()
	for {
		var status sql.NullString
		look := s.db.QueryRowContext(ctx, "SELECT pg_xact_status($1::xid8)", id).Scan(&status)
		switch {
		case look == nil && status.String == "committed":
			return nil
		case look == nil && status.String == "aborted":
			return fault(s.place, err)
		}
		select {
		case <-ctx.Done():
			return &stocktake.Fault{Kind: stocktake.Internal, Where: s.place, Err: errors.Join(err, look), What: "the connection broke while the server was filing, and it cannot be asked whether it did",
				Hint: "when it can be reached again, look at the newest filing before you file again"}
		case <-time.After(50 * time.Millisecond):
		}
	}
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
	case <-t.C:
		return nil, busy(s.place, s.wait, nil)
	}
}

// What scrub writes anew. The server keeps examples of what stood in each column of a table, to plan with, but none of private tables.
var (
	sheetTables   = []string{"VACUUM (FULL) sheet", "ANALYZE sheet", "VACUUM (FULL) pg_catalog.pg_statistic"}
	privateTables = []string{"VACUUM (FULL) private_item", "VACUUM (FULL) private_key"}
)

// scrub has the server write tables anew, and its statistics, without what was removed. Where readers or the role's rights stand in the way it
// stays at what autovacuum does; the rows themselves are gone in either case.
func (s *Store) scrub(statements []string) {
	ctx, cancel := context.WithTimeout(context.Background(), max(s.wait, time.Second))
	defer cancel()
	c, err := s.db.Conn(ctx)
	if err != nil {
		return
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "SET lock_timeout = '1s'"); err != nil {
		return
	}
	for _, statement := range statements {
		if _, err := c.ExecContext(ctx, statement); err != nil {
			_, _ = c.ExecContext(ctx, strings.Replace(statement, " (FULL)", "", 1))
		}
	}
	_, _ = c.ExecContext(context.WithoutCancel(ctx), "RESET lock_timeout")
}
