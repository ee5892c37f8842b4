package blob

import (
	"io"
	"io/fs"
	"os"
	"runtime"
)

// A disk is the part of a file system that Dir needs; tests put one in its place that loses what was not synced.
type disk interface {
	mkdir(path string) error
	create(path string) (file, error) // a file that was not there
	open(path string) (file, error)   // for reading
	stat(path string) (fs.FileInfo, error)
	list(path string) ([]fs.DirEntry, error) // by name
	rename(from, to string) error            // takes the place of what is there
	remove(path string) error
	sync(folder string) error // makes the names in it durable
}

type file interface {
	io.ReadWriteCloser
	Sync() error // makes the content durable
	Stat() (fs.FileInfo, error)
}

// machine is the real one.
type machine struct{}

func (machine) mkdir(path string) error { return os.Mkdir(path, 0o700) }

func (machine) create(path string) (file, error) {
	return opened(os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600))
}

func (machine) open(path string) (file, error) { return opened(os.Open(path)) }

// opened keeps a nil *os.File from becoming a file that is not nil.
func opened(f *os.File, err error) (file, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (machine) stat(path string) (fs.FileInfo, error) { return os.Stat(path) }

func (machine) list(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }

func (machine) rename(from, to string) error { return os.Rename(from, to) }

func (machine) remove(path string) error { return os.Remove(path) }

func (machine) sync(folder string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there, and need not be
	}
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
