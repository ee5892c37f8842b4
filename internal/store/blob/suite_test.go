package blob_test

import (
	"os"
	"path/filepath"
	"testing"

	"stocktake/internal/store/blob"
	"stocktake/internal/store/blob/blobtest"
)

func TestSuite(t *testing.T) {
	root := filepath.Join(t.TempDir(), "data", "files")
	put := func(t *testing.T, name, content string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	blobtest.Run(t, func(t *testing.T) blob.Store {
		d, err := blob.OpenDir(root)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}, func(t *testing.T, h, content string) { put(t, h[:2]+"/"+h[2:], content) }, func(t *testing.T, name string) { put(t, name, "x") })
}
