// Package publish writes what is public as plain files, for any web host.
package publish

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/tree"
)

// Progress is told how far the work has come.
type Progress func(done, total int64, what string)

// Counts is what was done to files.
type Counts struct{ Written, Same, Removed int }

// Log writes the log of a record into a folder, as far as it is signed: the same files that a site serves beneath /log/. Full tiles that are
// there are left alone; the signed head comes last, so that a reader never meets one whose entries are not there yet.
func Log(ctx context.Context, l *ledger.Ledger, dir string, progress Progress) (Counts, error) {
	var n Counts
	c, ok, err := l.Checkpoint(ctx)
	if err != nil {
		return n, err
	}
	if !ok {
		return n, stocktake.NotFoundf("no head of the log was signed yet").Hinted("run this where the key of the log is")
	}
	head, err := tree.ParseHead(string(c.Note[:bytes.Index(c.Note, []byte("\n\n"))+1]))
	if err != nil {
		return n, err
	}
	list := tree.Tiles(0, head.Size)
	keep := map[string]bool{"checkpoint": true, "key": true}
	for i, t := range list {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		name := tree.TilePath(t)
		keep[name] = true
		full := t.W == tree.Width
		if err := n.put(dir, name, full, func() ([]byte, error) { return l.Tile(ctx, t) }); err != nil {
			return n, err
		}
		if t.L == -1 {
			rest := strings.TrimPrefix(name, "tile/entries/")
			keep["filings/"+rest], keep["sheets/"+rest] = true, true
			if err := n.put(dir, "filings/"+rest, full, func() ([]byte, error) { return l.Filings(ctx, t) }); err != nil {
				return n, err
			}
			if err := n.put(dir, "sheets/"+rest, false, func() ([]byte, error) { return l.Sheets(ctx, t) }); err != nil {
				return n, err
			}
		}
		if progress != nil {
			progress(int64(i+1), int64(len(list)), "files of the log")
		}
	}
	for _, s := range l.Record().Sources(l.Record().Head()) {
		if s.Copy == nil || s.Copy.State != "public" || s.Copy.SHA256 == "" || keep["file/"+s.Copy.SHA256] {
			continue
		}
		has, err := l.Blobs().Has(ctx, s.Copy.SHA256)
		if err != nil {
			return n, err
		}
		if !has {
			continue
		}
		keep["file/"+s.Copy.SHA256] = true
		err = n.put(dir, "file/"+s.Copy.SHA256, true, func() ([]byte, error) {
			f, _, err := l.Blobs().Open(ctx, s.Copy.SHA256)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			return io.ReadAll(f)
		})
		if err != nil {
			return n, err
		}
	}
	turns, err := l.Turns(ctx)
	if err != nil {
		return n, err
	}
	for _, t := range turns {
		name := ledger.HeadName(t.From)
		c, err := l.LastHead(ctx, name)
		if stocktake.KindOf(err) == stocktake.NotFound {
			continue // a mirror that began later never had it
		}
		if err != nil {
			return n, err
		}
		keep["heads/"+name] = true
		if err := n.put(dir, "heads/"+name, true, func() ([]byte, error) { return c.Note, nil }); err != nil {
			return n, err
		}
	}
	_, vkey, err := l.LogName(ctx)
	if err != nil {
		return n, err
	}
	if err := n.put(dir, "key", false, func() ([]byte, error) { return []byte(vkey + "\n"), nil }); err != nil {
		return n, err
	}
	if err := n.put(dir, "checkpoint", false, func() ([]byte, error) { return c.Note, nil }); err != nil {
		return n, err
	}
	return n, n.sweep(dir, keep)
}

// put writes one file, unless it holds the same already. One that never changes is not even made where it is there.
func (n *Counts) put(dir, name string, never bool, content func() ([]byte, error)) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if never {
		if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() {
			n.Same++
			return nil
		}
	}
	b, err := content()
	if err != nil {
		return err
	}
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, b) {
		n.Same++
		return nil
	}
	n.Written++
	return replace(path, b)
}

// replace puts a file in its place whole, or not at all.
func replace(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// sweep removes what the folder should not hold any more, such as partial tiles that grew.
func (n *Counts) sweep(dir string, keep map[string]bool) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if keep[filepath.ToSlash(name)] {
			return nil
		}
		n.Removed++
		return os.Remove(path)
	})
}
