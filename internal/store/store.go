// Package store says what a database must promise to hold a record. Backends are in store/sqlite and store/postgres; storetest has the
// suite that each must pass.
//
// A store knows bytes, not nouns: filings in the order of their numbers, the sheets beside them, the leaves and hashes of the log,
// projections that can be dropped and made anew, and private state that never leaves.
package store

import (
	"context"
	"time"
)

// A Row is one filing as stored. Bytes are its public canonical bytes (RFC 8785 JSON), SHA256 their hash in lower-case hexadecimal, Filed the
// moment of filing (UTC, whole microseconds), Key its readable name.
type Row struct {
	Number int64
	Filed  time.Time
	Key    string
	SHA256 string
	Bytes  []byte
}

// A Sheet opens one commitment of one filing. A removed sheet is deleted, never marked.
type Sheet struct {
	Filing     string // SHA-256 of the filing
	Path       string
	Commitment string
	Salt       string
	Text       string
}

// Head is the newest number and its moment of filing. An empty record has number 0 and the zero time.
type Head struct {
	Number int64
	Filed  time.Time
}

// A Checkpoint is a signed head of the log: a note (c2sp.org/tlog-checkpoint) about the first Size leaves, stored at a moment of this machine
// (UTC, whole microseconds).
type Checkpoint struct {
	Origin string
	Size   int64
	Note   []byte
	At     time.Time
}

// Store is one record in one database. All methods may be called from many goroutines.
type Store interface {
	Reader
	Private
	// Write runs f in the one write transaction that this database allows at a time, in this and every other process, and waits for its
	// turn up to a limit (Busy fault: somebody else is writing). When Write returns nil, everything that f wrote is durable and
	// every later read, by any process, sees it. When f or the commit fails, or f panics, nothing of it is; an error of f comes back as
	// it is. Reads beside it, in f too, see the state before. f must not call Write. A store that may only read gives a Forbidden fault.
	Write(ctx context.Context, f func(Writer) error) error
	// Backup writes a consistent copy of the database while others read and write, as one file at path (SQLite: a database file;
	// PostgreSQL: a portable dump of the same tables in this package's own format). path must not exist.
	Backup(ctx context.Context, path string) error
	// Restore fills an empty database from such a file. A database that holds filings or leaves is a Conflict fault, and nothing changes.
	Restore(ctx context.Context, path string) error
	// Name is "sqlite" or "postgres", for messages.
	Name() string
	Close() error
}

// Reader reads committed state. Each call is one state of the record, whatever is filed while it runs. An error of f ends a call and comes
// back as it is.
type Reader interface {
	Head(ctx context.Context) (Head, error)
	// Filings calls f with each filing whose number is in (after, upTo], in order; upTo 0 means the newest. The bytes are the callee's
	// only during the call. A cut-off read is an error, never a shorter list.
	Filings(ctx context.Context, after, upTo int64, f func(Row) error) error
	// Filing returns one filing. Absence is a NotFound fault.
	Filing(ctx context.Context, number int64) (Row, error)
	// BySHA256 returns the number of the filing with that hash, 0 where there is none.
	BySHA256(ctx context.Context, sha256 string) (int64, error)
	// ByKey returns the numbers of the filings with that key, oldest first.
	ByKey(ctx context.Context, key string) ([]int64, error)
	// Sheets calls f with the sheets of the filings whose hashes are given, or with all of them when none is, ordered by filing number and
	// path (by its bytes). A hash that is not there has no sheets.
	Sheets(ctx context.Context, filings []string, f func(Sheet) error) error
	// LogSize is how many leaves the log has.
	LogSize(ctx context.Context) (int64, error)
	// Leaves calls f with each leaf whose index is in [from, to), in order; the first leaf has the index 0. A from below 0 or above to, or
	// a to beyond the log, is an Invalid fault, before any call. The bytes are the callee's only during the call. A cut-off read is an
	// error, never a shorter list.
	Leaves(ctx context.Context, from, to int64, f func(index int64, leaf []byte) error) error
	// LogHashes returns hashes of the log's tree by their places in storage (StoredHashIndex of golang.org/x/mod/sumdb/tlog), in the order
	// asked for. One that is not there is a NotFound fault.
	LogHashes(ctx context.Context, places []int64) ([][32]byte, error)
	// Checkpoint returns the signed head of the log with that origin and the largest size; ok is false where there is none. origin ""
	// means any: of the largest size, the one stored last.
	Checkpoint(ctx context.Context, origin string) (c Checkpoint, ok bool, err error)
	// Meta returns a setting of this record, such as its name; "" where it is not set.
	Meta(ctx context.Context, name string) (string, error)
	// Projection returns the newest stored projection with that name whose head is at most the current one; ok is false where there is none.
	Projection(ctx context.Context, name string) (head int64, data []byte, ok bool, err error)
}

// Writer is the inside of a write transaction, for one goroutine. It reads its own writes. A method that refuses (Invalid, Conflict or
// NotFound fault) has written nothing, and the transaction can go on. The f of its Filings, Sheets and Leaves must not call the Writer.
type Writer interface {
	Reader
	// Append stores filings with their numbers, which must follow the head without a gap, and their times, which must rise strictly; anything
	// else is a Conflict fault. A hash that is already there is a Conflict fault. A row without bytes, hash or time is an Invalid fault.
	Append(ctx context.Context, rows []Row) error
	// PutSheets stores sheets. One that is there already, just so, changes nothing; another in its place is a Conflict fault, a filing that
	// is not there a NotFound fault, text with NUL or not in UTF-8 an Invalid fault.
	PutSheets(ctx context.Context, sheets []Sheet) error
	// RemoveSheet deletes one sheet. When Write returns, its words are in no byte of an SQLite database's files, or will not be as soon as
	// nobody reads an older state any more; PostgreSQL writes its table anew, and its own logs and backups are the server's. A sheet that is
	// not there is a NotFound fault.
	RemoveSheet(ctx context.Context, filing, commitment string) error
	// AppendLeaves stores leaves behind the last one, and the hashes that they add to the tree, in the order of their places in storage. first
	// must be the size of the log, and as many hashes must come as the leaves add; anything else is a Conflict fault. A leaf is 1 to
	// 65,535 bytes, or an Invalid fault.
	AppendLeaves(ctx context.Context, first int64, leaves [][]byte, hashes [][32]byte) error
	// PutCheckpoint stores a signed head; one of the same origin and size takes the place of the earlier one. A size beyond the log is an
	// Invalid fault, and so is one without origin, note or time.
	PutCheckpoint(ctx context.Context, c Checkpoint) error
	// SetMeta stores a setting.
	SetMeta(ctx context.Context, name, value string) error
	// PutProjection stores a projection made from all filings up to head, taking the place of the earlier one with that name. A head beyond
	// the newest filing is an Invalid fault.
	PutProjection(ctx context.Context, name string, head int64, data []byte) error
	// DropProjections deletes all projections.
	DropProjections(ctx context.Context) error
}
