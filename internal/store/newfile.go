package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"stocktake"
)

// NewFile makes a file that is either there, whole and on disk, or not there at all, and never takes the place of another.
//
// It calls write with the path of an empty file of the same folder, which only its owner can read; when write is done, that file is put
// on disk and gets the name path. A file that is there already is a Conflict fault, a missing folder NotFound, a folder that may not be
// written Forbidden, a full disk Conflict. Other errors are write's own.
func NewFile(path string, write func(part string) error) error {
	if err := mustNotExist(path); err != nil {
		return err
	}
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, ".part-*")
	if err != nil {
		return fileFault(path, err)
	}
	part := f.Name()
	defer os.Remove(part) // a crash before the end leaves this file, and nothing at path
	if err := f.Close(); err != nil {
		return fileFault(path, err)
	}
	if err := write(part); err != nil {
		return fileFault(path, err)
	}
	if err := syncFile(part); err != nil {
		return fileFault(path, err)
	}
	if err := giveName(part, path); err != nil {
		return fileFault(path, err)
	}
	return fileFault(path, SyncFolder(folder)) // from here on it is there after a crash, too
}

// fileFault makes of an error of the file system at path what a person can act on, and leaves any other as it is.
func fileFault(path string, err error) error {
	var known *stocktake.Fault
	f := &stocktake.Fault{Where: path, Err: err}
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, fs.ErrNotExist):
		f.Kind, f.What, f.Hint = stocktake.NotFound, "there is no folder "+filepath.Dir(path), "make the folder first"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		f.Kind, f.What, f.Hint = stocktake.Forbidden, "the folder "+filepath.Dir(path)+" may not be written", "name a folder that you may write, or run it as its owner"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		f.Kind, f.What, f.Hint = stocktake.Conflict, "there is no space left", "make room on that disk, then try again; nothing was written"
	default:
		return err
	}
	return f
}

func mustNotExist(path string) error {
	_, err := os.Lstat(path)
	if err == nil {
		return &stocktake.Fault{Kind: stocktake.Conflict, Where: path, What: "there is a file already", Hint: "name a new one; nothing is replaced"}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fileFault(path, err)
}

// giveName gives the finished file its name, and never takes that name from another.
func giveName(part, path string) error {
	err := os.Link(part, path)
	if err == nil {
		return nil // the caller removes the other name
	}
	// It is there by now, or the file system has no links; in that case somebody could still take the name between look and rename.
	if err := mustNotExist(path); err != nil {
		return err
	}
	return os.Rename(part, path)
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// SyncFolder makes the names in folder durable.
func SyncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there, and need not be
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
