package cli

import (
	"io/fs"
	"os"

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
	src, err := blob.OpenDir(from)
	if err != nil {
		return err
	}
	return src.List(e.ctx, func(h string, _ int64) error {
		rc, _, err := src.Open(e.ctx, h)
		if err != nil {
			return err
		}
		defer rc.Close()
		_, _, err = to.Put(e.ctx, rc)
		return err
	})
}
