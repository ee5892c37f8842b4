package cli

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"stocktake/internal/bucket"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/blob/s3"
)

// metaFiles is the setting that names the place of archived copies: a folder or an address s3://…; empty is the folder files of the record.
// The record remembers it, so that no command takes files for absent because a flag was forgotten. Backups are restored without it.
const metaFiles = "files/at"

// filesAt opens the store of archived copies at a place.
func (e *env) filesAt(place, dir string) (blob.Store, error) {
	if strings.HasPrefix(place, bucket.Scheme) {
		s, err := s3.Open(place)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	if place == "" {
		place = filepath.Join(dir, "files")
	}
	return blob.OpenDir(place)
}

// filesFlag reads --files, as it is remembered.
func (e *env) filesFlag(dir string) (string, error) {
	place := e.flags.Files
	if strings.HasPrefix(place, bucket.Scheme) {
		b, err := bucket.Open(place)
		if err != nil {
			return "", misuse{err}
		}
		return b.Address(), nil
	}
	if strings.Contains(place, "://") {
		return "", misusef("--files takes a folder or an address s3://BUCKET/PREFIX")
	}
	whole, err := filepath.Abs(place)
	if err != nil {
		return "", err
	}
	if own, err := filepath.Abs(filepath.Join(dir, "files")); err == nil && own == whole {
		return "", nil
	}
	return whole, nil
}

// openFiles opens the store of archived copies that the record remembers. With --files, what lies elsewhere is moved there first.
func (e *env) openFiles(ctx context.Context, st store.Store, dir string) (blob.Store, error) {
	have, err := st.Meta(ctx, metaFiles)
	if err != nil {
		return nil, err
	}
	if e.flags.Files == "" {
		return e.filesAt(have, dir)
	}
	want, err := e.filesFlag(dir)
	if err != nil {
		return nil, err
	}
	to, err := e.filesAt(want, dir)
	if err != nil {
		return nil, err
	}
	places := map[string]bool{have: true, "": true} // other processes on one database have folders of their own
	delete(places, want)
	for place := range places {
		from, err := e.filesAt(place, dir)
		if err != nil {
			return nil, err
		}
		moved := []string{}
		err = copyFiles(ctx, from, to, func(h string) { moved = append(moved, h) })
		if err != nil {
			return nil, err
		}
		// A crash before this leaves them at both places, and the old one counts.
		if place == have {
			if err := st.Write(ctx, func(w store.Writer) error { return w.SetMeta(ctx, metaFiles, want) }); err != nil {
				return nil, err
			}
		}
		for _, h := range moved {
			if err := from.Delete(ctx, h); err != nil {
				return nil, err
			}
		}
		if len(moved) > 0 {
			e.say("%d archived files were moved to %v.", len(moved), to)
		}
	}
	return to, nil
}

// copyFiles puts every file of a store into another, and tells the hash of each.
func copyFiles(ctx context.Context, from, to blob.Store, did func(sha256 string)) error {
	return from.List(ctx, func(h string, _ int64) error {
		in, _, err := from.Open(ctx, h)
		if err != nil {
			return err
		}
		defer in.Close()
		if _, _, err = to.Put(ctx, in); err == nil {
			did(h)
		}
		return err
	})
}

// restoreFiles puts every archived file of a backup folder into the record's own store: that of --files, or its folder, and never the one that
// the record had when the backup was made.
func restoreFiles(e *env, st store.Store, from, dir string) error {
	place := ""
	var err error
	if e.flags.Files != "" {
		if place, err = e.filesFlag(dir); err != nil {
			return err
		}
	}
	if err := st.Write(e.ctx, func(w store.Writer) error { return w.SetMeta(e.ctx, metaFiles, place) }); err != nil {
		return err
	}
	if _, err := os.Stat(from); err != nil {
		return fs.ErrNotExist
	}
	to, err := e.filesAt(place, dir)
	if err != nil {
		return err
	}
	src, err := blob.OpenDir(from)
	if err != nil {
		return err
	}
	return copyFiles(e.ctx, src, to, func(string) {})
}
