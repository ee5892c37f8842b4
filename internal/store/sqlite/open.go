// Package sqlite holds a record in one SQLite file.
//
// The file is in WAL mode with synchronous=FULL: what was acknowledged is on disk. One connection writes, several read beside it, and any
// number of processes may have the file open. A file that is made here can be read by its owner only, since drafts lie in it.
// Copy a live database with Backup and never with cp: the newest filings may lie in the -wal file beside it.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"stocktake"
	"stocktake/internal/store"
	"stocktake/internal/store/migrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

const applicationID = 0x53746b74 // "Stkt", in the header of the file

func plan(program string) migrate.Plan {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return migrate.Plan{Dialect: goose.DialectSQLite3, Files: files, Program: program,
		Lock: []string{"BEGIN IMMEDIATE"},
		Note: "INSERT OR REPLACE INTO program (schema, version) VALUES ($1, $2)",
	}
}

// SQLite's locks are kept apart from what the rest of the process does: without it, anybody here who opens the database file and closes it
// again, to hash or copy it, drops SQLite's locks on it unseen, and another process could take the -wal file away. It is done before anybody in
// this process can use SQLite, as it is too late afterwards.
func init() {
	_, _ = driver.OFDLocking(true) // on Linux only; elsewhere locks stay as they are
}

// Open opens the database at path and makes it where there is none. Older tables are brought up to date, all or nothing. Where the file or
// its folder may not be written, the store is open for reading only, and Write says so with a Forbidden fault.
//
// A database of a newer Stocktake and a file that is something else are Conflict faults, and nothing is changed. With ReadOnly, no
// database is a NotFound fault.
func Open(ctx context.Context, path string, opts store.Options) (*Store, error) {
	return open(ctx, path, opts, tuning{})
}

// tuning is what tests change.
type tuning struct {
	vfs         string // name of a registered file layer
	synchronous string
}

func open(ctx context.Context, path string, opts store.Options, tune tuning) (_ *Store, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, wait: opts.Turn(), tune: tune, turn: make(chan struct{}, 1), closed: make(chan struct{}), readOnly: opts.ReadOnly}
	defer func() {
		if err != nil {
			err = errors.Join(fault(path, err), s.Close())
		}
	}()
	if err := s.place(); err != nil {
		return nil, err
	}
	p := plan(opts.Program)
	newest, err := p.Newest()
	if err != nil {
		return nil, err
	}
	have, err := s.inspect(ctx, newest)
	if err != nil {
		return nil, err
	}
	if s.readOnly && have < newest {
		return nil, &stocktake.Fault{Kind: stocktake.Conflict, Where: path, What: "the database was made by an earlier Stocktake, and cannot be brought up to date for reading only",
			Hint: "open it once where it may be written"}
	}
	if !s.readOnly {
		if err := s.openWriter(ctx, p, have < newest); err != nil {
			return nil, err
		}
	}
	s.reader = newReader(path, s.openDB(s.readerDSN()))
	s.reader.before, s.reader.after = s.unchanged, s.unchanged
	return s, nil
}

// place sees to it that there is a file, and finds out whether it may be written.
func (s *Store) place() error {
	info, err := os.Stat(s.path)
	folder := filepath.Dir(s.path)
	switch {
	case err == nil && info.IsDir():
		return stocktake.Invalidf("this is a folder, not a database file").At(s.path)
	case errors.Is(err, fs.ErrNotExist) && s.readOnly:
		return stocktake.NotFoundf("there is no database").At(s.path).Hinted("look whether the path is right")
	case errors.Is(err, fs.ErrNotExist):
		// The empty file is a database that has not been migrated; a crash here leaves it, and the next Open goes on.
		f, err := os.OpenFile(s.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrNotExist) {
			return stocktake.NotFoundf("there is no folder %s", folder).At(s.path).Hinted("make the folder first")
		}
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
			return &stocktake.Fault{Kind: stocktake.Forbidden, Where: s.path, What: "no database can be made here, because the folder may not be written",
				Hint: "name a folder that you may write", Err: err}
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err == nil {
			if err := errors.Join(f.Close(), store.SyncFolder(folder)); err != nil {
				return err
			}
			_ = store.SyncFolder(filepath.Dir(folder)) // the folder may be new, too; where its parent may not be read, it is not ours
		}
	case err != nil:
		return err
	case !s.readOnly && !mayWrite(folder):
		s.readOnly, s.why = true, forbidden(s.path, nil)
	}
	return nil
}

// inspect reads the version of the tables without changing anything: 0 where there are none yet.
func (s *Store) inspect(ctx context.Context, newest int64) (int64, error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return 0, err
	}
	if info.Size() == 0 {
		if wal, err := os.Stat(s.path + "-wal"); err != nil || wal.Size() == 0 {
			return 0, nil
		}
	}
	if _, err := os.Stat(s.path + "-journal"); info.Size() > 0 && info.Size() < 512 && errors.Is(err, fs.ErrNotExist) {
		return 0, foreign(s.path, nil) // SQLite would take so short a file for an empty one and overwrite it
	}
	if s.readOnly && !mayWrite(filepath.Dir(s.path)) {
		// No -wal file: nobody has it open, and SQLite could not make the files that it reads a WAL database with.
		if wal, err := os.Stat(s.path + "-wal"); errors.Is(err, fs.ErrNotExist) || err == nil && wal.Size() == 0 {
			s.frozen = info
		}
	}
	have, err := s.versionBy(ctx, s.readerDSN(), newest)
	if code(err) == lib.SQLITE_READONLY && !s.readOnly {
		// A process died in the middle of a change, and what it had begun must be taken back before anybody can read.
		have, err = s.versionBy(ctx, s.dsn(url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(" + strconv.FormatInt(s.wait.Milliseconds(), 10) + ")"}}), newest)
	}
	return have, err
}

// versionBy reads the version of the tables by a connection of its own.
func (s *Store) versionBy(ctx context.Context, dsn string, newest int64) (have int64, err error) {
	db := s.openDB(dsn)
	defer db.Close()
	var id, tables int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return 0, err
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return 0, err
	}
	if id == 0 && tables == 0 {
		return 0, nil
	}
	if id != applicationID {
		return 0, foreign(s.path, nil)
	}
	err = db.QueryRowContext(ctx, "SELECT max(version_id) FROM "+migrate.Table).Scan(&have)
	if err == nil && have > newest {
		err = migrate.Newer(ctx, db, have, newest)
	}
	return have, err
}

// openWriter brings the tables up to date and opens the one connection that writes.
func (s *Store) openWriter(ctx context.Context, p migrate.Plan, old bool) error {
	deadline := time.Now().Add(s.wait)
	for {
		err := s.tryWriter(ctx, p, old)
		if err == nil || code(err) != lib.SQLITE_BUSY || time.Now().After(deadline) {
			return err
		}
		// Turning a new file into a WAL database needs it alone, and SQLite does not wait for that by itself.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *Store) tryWriter(ctx context.Context, p migrate.Plan, old bool) error {
	if old {
		c, err := driver.NewConnector(s.writerDSN())
		if err != nil {
			return err
		}
		if err := p.Up(ctx, c); err != nil {
			return err
		}
	}
	db := s.openDB(s.writerDSN())
	db.SetMaxOpenConns(1)
	var mode string
	err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode)
	if err == nil && mode != "wal" {
		err = &stocktake.Fault{Kind: stocktake.Conflict, Where: s.path, What: "the database cannot be written safely on this file system (journal mode " + mode + ")",
			Hint: "put it on a local disk"}
	}
	var onlyRead bool
	if err == nil {
		onlyRead, err = isReadOnly(ctx, db)
	}
	if err != nil || onlyRead {
		err = errors.Join(err, db.Close())
		if err == nil || code(err) == lib.SQLITE_READONLY {
			s.readOnly, s.why = true, forbidden(s.path, err) // the file is write-protected
			return nil
		}
		return err
	}
	s.writer = db
	s.scrub(0) // what a process that died left undone
	return nil
}

// isReadOnly reports whether SQLite could open the file for reading only.
func isReadOnly(ctx context.Context, db *sql.DB) (only bool, err error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return false, err
	}
	err = c.Raw(func(raw any) error {
		r, ok := raw.(interface{ IsReadOnly(string) (bool, error) })
		if !ok {
			return fmt.Errorf("the driver's connection %T cannot say whether it is read-only", raw)
		}
		only, err = r.IsReadOnly("main")
		return err
	})
	return only, errors.Join(err, c.Close())
}

func (s *Store) openDB(dsn string) *sql.DB {
	c, err := driver.NewConnector(dsn)
	if err != nil {
		panic(err) // the DSN is made below, and every part of it is escaped
	}
	db := sql.OpenDB(c)
	db.SetMaxIdleConns(4)
	return db
}

func (s *Store) writerDSN() string {
	level := s.tune.synchronous
	if level == "" {
		level = "FULL"
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(" + strconv.FormatInt(s.wait.Milliseconds(), 10) + ")",
		"journal_mode(WAL)",
		"synchronous(" + level + ")", // FULL: the -wal file is synced at every commit
		"secure_delete(ON)",          // what is deleted is overwritten with zeros; scrub does the rest
		"foreign_keys(ON)",
		"temp_store(MEMORY)",          // nothing of it in a temporary file
		"journal_size_limit(8388608)", // bytes; a large import does not leave a large -wal file for good
	}}
	return s.dsn(q)
}

func (s *Store) readerDSN() string {
	q := url.Values{"_pragma": {"busy_timeout(" + strconv.FormatInt(s.wait.Milliseconds(), 10) + ")", "temp_store(MEMORY)", "query_only(ON)"}}
	if s.readOnly || s.writer == nil {
		q.Set("mode", "ro")
	}
	if s.frozen != nil {
		q.Set("immutable", "1")
	}
	return s.dsn(q)
}

func (s *Store) dsn(q url.Values) string {
	if s.tune.vfs != "" {
		q.Set("vfs", s.tune.vfs)
	}
	return fileURI(s.path) + "?" + q.Encode()
}

// fileURI returns the URI by which SQLite opens the absolute path, whatever characters are in it.
func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/record.db
	}
	return "file://" + (&url.URL{Path: path}).EscapedPath()
}

// mayWrite reports whether files can be made in folder, by trying: permissions alone do not tell of read-only disks.
func mayWrite(folder string) bool {
	f, err := os.CreateTemp(folder, ".stocktake-*")
	if err != nil {
		return false
	}
	return errors.Join(f.Close(), os.Remove(f.Name())) == nil
}
