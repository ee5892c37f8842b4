package sqlite

import (
	"context"
	"database/sql"
	"strconv"
	"time"
)

// What is left to do after a removal stands in the header of the file (user_version), written in the transaction that removes. So whoever
// opens the database after a crash goes on where the other stopped. The lowest two bits are one of the constants below, the others count
// transactions that removed, so that one process does not take for finished what another has just begun.
//
// Overwriting what is deleted (secure_delete) is not enough: when SQLite moves rows from page to page it leaves copies in the unused
// middle of pages, and those it does not know of any more when the row is deleted. Only building the file anew is sure to leave nothing.
const (
	clean   = 0
	rebuild = 1 // the file must be built anew, and the -wal file cut
	cut     = 2 // the -wal file must be cut: it still holds pages as they were

	stateBits = 3
)

// markRemoval notes that tx removes something, and what is left to do then: rebuild or cut.
func markRemoval(ctx context.Context, tx *sql.Tx, state int) error {
	var mark int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&mark); err != nil {
		return err
	}
	if mark&stateBits == rebuild {
		state = rebuild // somebody else's removal is not finished, and that does what cut does
	}
	_, err := tx.ExecContext(ctx, "PRAGMA user_version="+strconv.Itoa(((mark|stateBits)+1)&(1<<30-1)|state))
	return err
}

// mark changes the state from the mark that was seen, and reports whether it was still there.
func (s *Store) mark(ctx context.Context, seen *int, state int) bool {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return false
	}
	defer tx.Rollback()
	var now int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&now); err != nil || now != *seen {
		return false
	}
	*seen = now&^stateBits | state
	_, err = tx.ExecContext(ctx, "PRAGMA user_version="+strconv.Itoa(*seen))
	return err == nil && tx.Commit() == nil
}

// scrub finishes removals. Readers who still look at an older state hold it up, and a full disk does: after wait it goes on in the
// background, now and then, until it is done. The caller has the turn to write.
func (s *Store) scrub(wait time.Duration) {
	if s.tryScrub(wait) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut || s.scrubbing {
		return
	}
	s.scrubbing = true
	s.rest.Go(s.keepScrubbing)
}

func (s *Store) keepScrubbing() {
	for pause := time.Second; ; pause = min(2*pause, time.Minute) {
		select {
		case <-s.closed:
			return // whoever opens the database next goes on
		case <-time.After(pause):
		}
		done, err := s.takeTurn(context.Background())
		if err != nil {
			continue
		}
		ok := s.tryScrub(0)
		if ok {
			s.mu.Lock()
			s.scrubbing = false
			s.mu.Unlock()
		}
		done()
		if ok {
			return
		}
	}
}

// tryScrub reports whether nothing is left to do. It takes no context: what it finishes is committed.
func (s *Store) tryScrub(wait time.Duration) bool {
	ctx := context.Background()
	exec := func(query string) bool {
		_, err := s.writer.ExecContext(ctx, query)
		return err == nil
	}
	var mark int
	if !exec("PRAGMA busy_timeout="+strconv.FormatInt(wait.Milliseconds(), 10)) || s.writer.QueryRowContext(ctx, "PRAGMA user_version").Scan(&mark) != nil {
		return false
	}
	if mark&stateBits == clean {
		return true
	}
	if mark&stateBits == rebuild && !(exec("VACUUM") && s.mark(ctx, &mark, cut)) {
		return false
	}
	var held, pages, moved int
	err := s.writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&held, &pages, &moved)
	return err == nil && held == 0 && s.mark(ctx, &mark, clean)
}
