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

// A wiper can overwrite a file that is removed. wiped opens the file and returns what overwrites it, to be called once its name is gone: a crash
// in between leaves the file whole or nothing of that name. Where files that are open cannot be removed, it overwrites at once.
type wiper interface {
	wiped(path string) func()
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

// wiped implements wiper, as far as the disk lets it: one that never writes in place, such as most that have no moving parts, keeps the old
// blocks until it needs them.
func (machine) wiped(path string) func() {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return func() {}
	}
	wipe := func() {
		defer f.Close()
		info, err := f.Stat()
		if err != nil || !info.Mode().IsRegular() {
			return
		}
		if _, err := io.CopyN(f, zeros{}, info.Size()); err == nil {
			_ = f.Sync()
		}
	}
	if runtime.GOOS == "windows" {
		wipe()
		return func() {}
	}
	return wipe
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

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
