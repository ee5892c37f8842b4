package cli

import (
	"io/fs"
	"os"
	"path/filepath"

	"stocktake/internal/store/blob"
)

// copyFile puts one archived file into the store of a backup folder.
func copyFile(e *env, o *opened, sha256, dir string) error {
	to, err := blob.OpenDir(dir)
	if err != nil {
		return err
	}
	rc, _, err := o.Blobs().Open(e.ctx, sha256)
	if err != nil {
		return err
	}
	defer rc.Close()
	_, _, err = to.Put(e.ctx, rc)
	return err
}

// restoreFiles puts every archived file of a backup folder into the record's own.
func restoreFiles(e *env, from, into string) error {
	if _, err := os.Stat(from); err != nil {
		return fs.ErrNotExist
	}
	to, err := blob.OpenDir(into)
	if err != nil {
		return err
	}
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		_, _, err = to.Put(e.ctx, f)
		return err
	})
}
