package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"stocktake"
)

// Dir is a Store in a folder: the file with the hash aabbcc… is aa/bbcc…. Only its owner can read it.
type Dir struct {
	dir    string
	disk   disk
	verify bool
	made   atomic.Bool // the folder is there, durably
}

var _ Store = (*Dir)(nil)

// An Option changes how a folder is used.
type Option func(*Dir)

// Verify has every file hashed while it is read. One that is damaged gives an Internal fault in place of its end.
func Verify(d *Dir) { d.verify = true }

const (
	partial = ".part-"       // what files are called until they are whole
	stale   = 24 * time.Hour // after which nobody writes to one any more
)

// OpenDir returns the store in dir. The folder is made when the first file is put into it. What writers that died left unfinished for more
// than a day is removed.
func OpenDir(dir string, opts ...Option) (*Dir, error) {
	d := &Dir{dir: filepath.Clean(dir), disk: machine{}}
	for _, o := range opts {
		o(d)
	}
	list, err := d.disk.list(d.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, d.fault(err)
	}
	for _, e := range list {
		if !strings.HasPrefix(e.Name(), partial) {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > stale {
			_ = d.disk.remove(filepath.Join(d.dir, e.Name())) // it stays, in a folder that may only be read
		}
	}
	return d, nil
}

func (d *Dir) String() string { return d.dir }

// place returns the folder and the path of a file.
func (d *Dir) place(h string) (folder, path string, err error) {
	if b, err := hex.DecodeString(h); err != nil || len(b) != sha256.Size || hex.EncodeToString(b) != h {
		return "", "", stocktake.Invalidf("%q is not a SHA-256: 64 lower-case hexadecimal digits", h)
	}
	folder = filepath.Join(d.dir, h[:2])
	return folder, filepath.Join(folder, h[2:]), nil
}

// Put implements Store.
func (d *Dir) Put(ctx context.Context, r io.Reader) (string, int64, error) {
	if err := d.mkdirs(); err != nil {
		return "", 0, d.fault(err)
	}
	part := filepath.Join(d.dir, partial+rand.Text())
	f, err := d.disk.create(part)
	if err != nil {
		return "", 0, d.fault(err)
	}
	defer d.disk.remove(part) // after a failure; a crash leaves it, and no file
	defer f.Close()           // after a failure
	from, sum := &source{ctx: ctx, r: r}, sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), from)
	if from.err != nil {
		return "", 0, from.err
	}
	if err != nil {
		return "", 0, d.fault(err)
	}
	h := hex.EncodeToString(sum.Sum(nil))
	folder, path, err := d.place(h)
	if err != nil {
		return "", 0, err
	}
	if err := d.disk.mkdir(folder); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", 0, d.fault(err)
	}
	if !d.intact(path, h, n) { // a damaged one is replaced
		// The content first: a name that is on disk never stands for less than the whole file.
		if err := f.Sync(); err != nil {
			return "", 0, d.fault(err)
		}
		if err := f.Close(); err != nil {
			return "", 0, d.fault(err)
		}
		if err := d.disk.rename(part, path); err != nil {
			return "", 0, d.fault(err)
		}
	}
	// The name, and that of its folder. Also where it was there already: who put it there may not have come to this line.
	if err := errors.Join(d.disk.sync(folder), d.disk.sync(d.dir)); err != nil {
		return "", 0, d.fault(err)
	}
	return h, n, nil
}

// mkdirs makes the folder of the store, and those above it, durable.
func (d *Dir) mkdirs() error {
	var missing []string
	deepest := d.dir // that is there
	for ; ; deepest = filepath.Dir(deepest) {
		if _, err := d.disk.stat(deepest); !errors.Is(err, fs.ErrNotExist) || deepest == filepath.Dir(deepest) {
			break
		}
		missing = append(missing, deepest)
	}
	if len(missing) == 0 && d.made.Load() {
		return nil
	}
	// Who made this one may not have come to the next line of his. Where its parent may not be read, it was made by somebody else.
	if err := d.disk.sync(filepath.Dir(deepest)); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := d.disk.mkdir(missing[i]); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := d.disk.sync(filepath.Dir(missing[i])); err != nil {
			return err
		}
	}
	d.made.Store(true)
	return nil
}

// intact reports whether the file is there, with its content.
func (d *Dir) intact(path, h string, size int64) bool {
	info, err := d.disk.stat(path)
	if err != nil || info.Size() != size {
		return false
	}
	f, err := d.disk.open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return err == nil && hex.EncodeToString(sum.Sum(nil)) == h
}

// Open implements Store.
func (d *Dir) Open(ctx context.Context, h string) (io.ReadCloser, int64, error) {
	_, path, err := d.place(h)
	if err != nil {
		return nil, 0, err
	}
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	f, err := d.disk.open(path)
	if err != nil {
		return nil, 0, d.absent(h, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	if d.verify {
		return &verified{file: f, hash: h, sum: sha256.New()}, info.Size(), nil
	}
	return f, info.Size(), nil
}

// Has implements Store.
func (d *Dir) Has(ctx context.Context, h string) (bool, error) {
	_, path, err := d.place(h)
	if err != nil {
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	_, err = d.disk.stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, d.fault(err)
}

// Delete implements Store.
func (d *Dir) Delete(ctx context.Context, h string) error {
	folder, path, err := d.place(h)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	wipe := func() {}
	if w, ok := d.disk.(wiper); ok {
		wipe = w.wiped(path)
	}
	err = d.disk.remove(path)
	if err == nil {
		err = d.disk.sync(folder) // from here on it does not come back after a crash
	}
	wipe()
	return d.absent(h, err)
}

// List implements Store.
func (d *Dir) List(ctx context.Context, f func(string, int64) error) error {
	folders, err := d.disk.list(d.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return ctx.Err() // nothing was put yet
	}
	if err != nil {
		return d.fault(err)
	}
	for _, folder := range folders {
		if !folder.IsDir() || len(folder.Name()) != 2 {
			continue
		}
		files, err := d.disk.list(filepath.Join(d.dir, folder.Name()))
		if err != nil {
			return d.fault(err)
		}
		for _, file := range files {
			if err := ctx.Err(); err != nil {
				return err
			}
			h := folder.Name() + file.Name()
			if _, _, err := d.place(h); err != nil || file.IsDir() {
				continue // not ours
			}
			info, err := file.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // deleted meanwhile
			}
			if err != nil {
				return d.fault(err)
			}
			if err := f(h, info.Size()); err != nil {
				return err
			}
		}
	}
	return nil
}

// source reads until ctx is done, and keeps the error, so that it is told apart from one of the disk.
type source struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (n int, err error) {
	if err = s.ctx.Err(); err == nil {
		n, err = s.r.Read(p)
	}
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// verified is a file that is hashed while it is read.
type verified struct {
	file
	hash string
	sum  hash.Hash
}

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.file.Read(p)
	v.sum.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(v.sum.Sum(nil)) != v.hash {
		return n, &stocktake.Fault{Kind: stocktake.Internal, What: "the archived file " + v.hash + " is damaged", Hint: "put it in again from its source, or from a backup or a mirror"}
	}
	return n, err
}

func (d *Dir) absent(h string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return stocktake.NotFoundf("there is no archived file %s here", h)
	}
	return d.fault(err)
}

// fault makes of an error of the disk what a person can act on.
func (d *Dir) fault(err error) error {
	f := &stocktake.Fault{Where: d.dir, Err: err}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		f.Kind, f.What, f.Hint = stocktake.Forbidden, "the folder of archived files, or one in it, may not be used", "name another folder, or run it as the owner of this one"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		f.Kind, f.What, f.Hint = stocktake.Conflict, "there is no space left for archived files", "make room on that disk, then try again; nothing half-written stays"
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		f.Kind, f.What, f.Hint = stocktake.Conflict, "a file is in the way of a folder of archived files", "name another folder, or move that file away"
	default:
		f.Kind, f.What, f.Hint = stocktake.Internal, "the disk of archived files fails", "look at the disk and at the log"
	}
	return f
}
