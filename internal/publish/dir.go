package publish

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"stocktake"
)

// Dir is a Target that is a folder, readable for everybody.
//
// A file is written under another name at the top of the folder and renamed, so that a reader, or a process that is killed, never leaves a part of it.
// Putting each file on disk before its rename would cost a hundred times more, and is done only for the last one (Kind.Last): after a power cut
// before Sync, any file may be empty or cut off that the last one does not vouch for.
type Dir struct {
	dir   string
	mine  string // what the unfinished files of this process are called
	count atomic.Int64

	mu      sync.Mutex
	made    map[string]bool     // folders that are there
	unsaved map[string]struct{} // files and folders that were changed since the last Sync; nil is too many to name
}

const (
	fresh = ".new-"         // what files are called until they are whole
	stale = 2 * time.Minute // after which nobody writes to one any more
	many  = 100             // files; for more, the whole file system is synced at once where the system can do that
)

// OpenDir returns the target in a folder, which is made with the first file.
func OpenDir(dir string) *Dir {
	return &Dir{dir: filepath.Clean(dir), mine: fresh + rand.Text()[:10] + "-", made: map[string]bool{}, unsaved: map[string]struct{}{}}
}

func (d *Dir) String() string { return d.dir }

// Close implements Target.
func (d *Dir) Close() error { return nil }

func (d *Dir) path(name string) (string, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	return filepath.Join(d.dir, filepath.FromSlash(name)), nil
}

// Put implements Target.
func (d *Dir) Put(ctx context.Context, name string, body []byte, k Kind) error {
	path, err := d.path(name)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	if k.Once {
		old, err := os.ReadFile(path)
		if err == nil && string(old) == string(body) {
			return nil
		}
		if err == nil {
			return taken(d.dir, name)
		}
	}
	return d.fault(d.put(path, body, k))
}

// taken is that something else stands under a name whose content never changes.
func taken(target, name string) error {
	return &stocktake.Fault{Kind: stocktake.Conflict, Where: target, What: name + " is there already, with another content, and should never change",
		Hint: "somebody else wrote there, or changed it: look at it, then remove it or name another target; nothing was written over"}
}

func (d *Dir) put(path string, body []byte, k Kind) error {
	folder := filepath.Dir(path)
	// All of them begin in one folder: ext4 finds room for a new file there much faster than in each of some hundred.
	tmp := filepath.Join(d.dir, d.mine+strconv.FormatInt(d.count.Add(1), 36))
	if err := d.mkdir(folder, false); err != nil {
		return err
	}
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err == nil && k.Last {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp, path)
		if errors.Is(err, fs.ErrNotExist) { // the folder was empty, and removed meanwhile
			if err = d.mkdir(folder, true); err == nil {
				err = os.Rename(tmp, path)
			}
		}
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if k.Last {
		return syncPath(folder)
	}
	d.changed(path, folder)
	return nil
}

// mkdir makes a folder and those above it.
func (d *Dir) mkdir(folder string, again bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.made[folder] && !again {
		return nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for at := folder; len(at) > len(d.dir); at = filepath.Dir(at) {
		d.name(filepath.Dir(at))
	}
	d.name(filepath.Dir(d.dir))
	d.made[folder] = true
	return nil
}

// changed notes what Sync has to make durable.
func (d *Dir) changed(paths ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range paths {
		d.name(p)
	}
}

func (d *Dir) name(path string) {
	if d.unsaved != nil {
		d.unsaved[path] = struct{}{}
	}
	if canSyncAll && len(d.unsaved) > 2*many {
		d.unsaved = nil
	}
}

// Get implements Target.
func (d *Dir) Get(ctx context.Context, name string) ([]byte, error) {
	path, err := d.path(name)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		if st, serr := os.Stat(path); errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || serr == nil && st.IsDir() {
			return nil, stocktake.NotFoundf("%s holds no %s", d.dir, name)
		}
	}
	return b, d.fault(err)
}

// Remove implements Target. Folders that are empty then go too.
func (d *Dir) Remove(ctx context.Context, name string) error {
	path, err := d.path(name)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			return nil
		}
		return d.fault(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.unsaved, path)
	folder := filepath.Dir(path)
	for ; len(folder) > len(d.dir); folder = filepath.Dir(folder) {
		if os.Remove(folder) != nil { // others lie in it
			break
		}
		delete(d.made, folder)
		delete(d.unsaved, folder)
	}
	d.name(folder)
	return nil
}

// List implements Target, in order of names. What writers that died left unfinished is removed on the way.
func (d *Dir) List(ctx context.Context, prefix string, each func(string, int64) error) error {
	root := filepath.Join(d.dir, filepath.FromSlash(prefix))
	var own error
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // nothing was put yet, or it went meanwhile
		}
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if strings.HasPrefix(e.Name(), fresh) {
			if !strings.HasPrefix(e.Name(), d.mine) && time.Since(info.ModTime()) > stale {
				return os.Remove(path)
			}
			return nil
		}
		name, err := filepath.Rel(d.dir, path)
		if err != nil {
			return err
		}
		own = each(filepath.ToSlash(name), info.Size())
		return own
	})
	if own != nil || ctx.Err() != nil {
		return err
	}
	return d.fault(err)
}

// Sync implements Target.
func (d *Dir) Sync(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d.mu.Lock()
	list := d.unsaved
	d.unsaved = map[string]struct{}{}
	d.mu.Unlock()
	if list == nil {
		return d.fault(syncAll(d.dir))
	}
	for p := range list {
		if err := syncPath(p); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return d.fault(err)
		}
	}
	return nil
}

// syncPath makes a file, or the names in a folder, durable.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if runtime.GOOS == "windows" { // neither folders nor files that are open for reading can be synced there
		return nil
	}
	return f.Sync()
}

// fault makes of an error of the disk what a person can act on.
func (d *Dir) fault(err error) error {
	f := &stocktake.Fault{Where: d.dir, Err: err}
	switch {
	case err == nil:
		return nil
	case stocktake.KindOf(err) != stocktake.Internal:
		return err
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		f.Kind, f.What, f.Hint = stocktake.Forbidden, "the folder of published files, or one in it, may not be used", "name another folder, or run it as the owner of this one"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		f.Kind, f.What, f.Hint = stocktake.Conflict, "there is no space left for published files", "make room on that disk, then try again; nothing half-written stays"
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist), errors.Is(err, syscall.EISDIR):
		f.Kind, f.What, f.Hint = stocktake.Conflict, "a file is in the way of a folder, or a folder of a file: "+err.Error(), "move it away, or name another folder"
	default:
		f.Kind, f.What, f.Hint = stocktake.Internal, "the disk of published files fails: "+err.Error(), "look at the disk, then try again"
	}
	return f
}
