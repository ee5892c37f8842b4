package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"time"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"stocktake"
)

// code returns the primary result code of SQLite in err's chain, and 0 where there is none.
func code(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// fault makes of an error of SQLite or of the file system what a person can act on, and adds the path to any other.
func fault(path string, err error) error {
	var known *stocktake.Fault
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, syscall.ENOSPC):
		return full(path, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return forbidden(path, err)
	}
	switch code(err) {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return busy(path, 0, err)
	case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_AUTH:
		return forbidden(path, err)
	case lib.SQLITE_FULL:
		return full(path, err)
	case lib.SQLITE_TOOBIG:
		return &stocktake.Fault{Kind: stocktake.Invalid, Where: path, What: "it is too large for the database", Hint: "one value may have at most 1 GB", Err: err}
	case lib.SQLITE_NOTADB:
		return foreign(path, err)
	case lib.SQLITE_CORRUPT:
		return &stocktake.Fault{Kind: stocktake.Internal, Where: path, What: "the database file is damaged", Hint: "restore it from a backup, or make it anew from a mirror", Err: err}
	case lib.SQLITE_CANTOPEN:
		return &stocktake.Fault{Kind: stocktake.NotFound, Where: path, What: "the database cannot be opened", Hint: "see whether the file and its folder are there and may be read", Err: err}
	}
	return fmt.Errorf("SQLite, %s: %w", path, err)
}

func busy(path string, waited time.Duration, err error) error {
	f := &stocktake.Fault{Kind: stocktake.Busy, Where: path, What: "somebody else is writing to the database", Hint: "try again when the other import, server or command is done", Err: err}
	if waited > 0 {
		f.What = fmt.Sprintf("%s, and was not done after %s", f.What, waited.Round(time.Millisecond))
	}
	return f
}

func forbidden(path string, err error) error {
	return &stocktake.Fault{Kind: stocktake.Forbidden, Where: path, What: "the database is open for reading only, because its file or folder may not be written",
		Hint: "run it as the owner of that folder, or copy the database to a folder that you may write", Err: err}
}

func readOnly(path string) error {
	return &stocktake.Fault{Kind: stocktake.Forbidden, Where: path, What: "the database was opened for reading only", Hint: "open it for writing"}
}

func full(path string, err error) error {
	return &stocktake.Fault{Kind: stocktake.Conflict, Where: path, What: "there is no space left for the database", Hint: "make room on that disk, then try again; what was acknowledged before is safe, and nothing is there by halves", Err: err}
}

func foreign(path string, err error) error {
	return &stocktake.Fault{Kind: stocktake.Conflict, Where: path, What: "the file is not a database of Stocktake", Hint: "name another file; nothing was changed", Err: err}
}
