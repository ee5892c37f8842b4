// Package blob keeps archived copies of sources by their SHA-256.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"stocktake"
)

// Store holds files by the SHA-256 of their content, in lower-case hexadecimal. All methods may be called from many goroutines.
type Store interface {
	// Put stores what r holds and returns its hash and length. When it returns nil, the file is on disk; what is cut off leaves nothing.
	// The same content is stored once.
	Put(ctx context.Context, r io.Reader) (sha256 string, n int64, err error)
	// Open returns the file and its length. Absence is a NotFound fault. The caller closes it.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, int64, error)
	// Has reports whether the file is here.
	Has(ctx context.Context, sha256 string) (bool, error)
	// Delete removes the file. Absence is a NotFound fault.
	Delete(ctx context.Context, sha256 string) error
	// List calls f for each file, by hash.
	List(ctx context.Context, f func(sha256 string, size int64) error) error
}

// Dir is a Store in a folder: ab/cd/abcd….
type Dir struct{ dir string }

// OpenDir returns the store in dir. The folder is made when the first file is put into it.
func OpenDir(dir string) (*Dir, error) { return &Dir{dir: dir}, nil }

func (d *Dir) path(h string) (string, error) {
	if b, err := hex.DecodeString(h); err != nil || len(b) != sha256.Size || hex.EncodeToString(b) != h {
		return "", stocktake.Invalidf("%q is no SHA-256", h)
	}
	return filepath.Join(d.dir, h[:2], h[2:4], h), nil
}

// Put implements Store.
func (d *Dir) Put(ctx context.Context, r io.Reader) (string, int64, error) {
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return "", 0, fault(err)
	}
	tmp, err := os.CreateTemp(d.dir, ".incoming-*")
	if err != nil {
		return "", 0, fault(err)
	}
	defer os.Remove(tmp.Name()) // nothing is left of what failed
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(tmp, h), reader{ctx, r})
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return "", 0, fault(err)
	}
	sum := hex.EncodeToString(h.Sum(nil))
	path, _ := d.path(sum)
	if _, err := os.Stat(path); err == nil {
		return sum, n, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", 0, fault(err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return "", 0, fault(err)
	}
	// A crash here may lose the name, not the content; the folders are synced so that it does not once Put has returned.
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if err := syncDir(dir); err != nil {
			return "", 0, fault(err)
		}
		if dir == d.dir || len(dir) <= len(d.dir) {
			return sum, n, nil
		}
	}
}

// Open implements Store.
func (d *Dir) Open(_ context.Context, h string) (io.ReadCloser, int64, error) {
	path, err := d.path(h)
	if err != nil {
		return nil, 0, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, absent(h, err)
	}
	st, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, st.Size(), nil
}

// Has implements Store.
func (d *Dir) Has(_ context.Context, h string) (bool, error) {
	path, err := d.path(h)
	if err != nil {
		return false, err
	}
	_, err = os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Delete implements Store.
func (d *Dir) Delete(_ context.Context, h string) error {
	path, err := d.path(h)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return absent(h, err)
	}
	return syncDir(filepath.Dir(path))
}

// List implements Store.
func (d *Dir) List(ctx context.Context, f func(string, int64) error) error {
	err := filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if p, err := d.path(e.Name()); err != nil || p != path {
			return nil // not ours
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return f(e.Name(), info.Size())
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

func absent(h string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return stocktake.NotFoundf("no archived file %s here", h)
	}
	return fault(err)
}

// fault says what a person can do about what the file system says.
func fault(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return &stocktake.Fault{Kind: stocktake.Forbidden, What: "the folder of archived files may not be written", Hint: "name another folder with --data, or ask its owner", Err: err}
	case isFull(err):
		return &stocktake.Fault{Kind: stocktake.Conflict, What: "no space is left for archived files", Hint: "make room and try again; nothing half-written stays", Err: err}
	}
	return fmt.Errorf("archived files: %w", err)
}
