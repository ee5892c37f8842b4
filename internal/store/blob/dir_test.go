package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"stocktake"
)

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func open(t testing.TB, dir string, opts ...Option) *Dir {
	t.Helper()
	d, err := OpenDir(dir, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func put(t testing.TB, s Store, text string) string {
	t.Helper()
	h, n, err := s.Put(t.Context(), strings.NewReader(text))
	if err != nil || h != hashOf(text) || n != int64(len(text)) {
		t.Fatalf("Put of %d bytes = %s, %d, %v", len(text), h, n, err)
	}
	return h
}

func get(t testing.TB, s Store, h string) string {
	t.Helper()
	f, n, err := s.Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil || int64(len(b)) != n {
		t.Fatalf("%s has %d bytes of %d, %v", h, len(b), n, err)
	}
	return string(b)
}

func wantFault(t testing.TB, what string, err error, kind stocktake.FaultKind, says ...string) {
	t.Helper()
	if err == nil || stocktake.KindOf(err) != kind {
		t.Errorf("%s: %v, want a fault of kind %s", what, err, kind)
		return
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("%s: %q does not say %q", what, err, s)
		}
	}
}

func TestOnlyTheOwnerReads(t *testing.T) {
	root := filepath.Join(t.TempDir(), "data", "files")
	d := open(t, root)
	h := put(t, d, "a")
	info, err := os.Stat(filepath.Join(root, h[:2], h[2:]))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("a file has the permissions %v", info.Mode())
	}
}

func TestPutThatFails(t *testing.T) {
	root := t.TempDir()
	d := open(t, root)
	broken := errors.New("the connection broke")
	_, _, err := d.Put(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)))
	if err != broken {
		t.Errorf("Put gives %v, want the reader's own error", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, _, err = d.Put(ctx, io.MultiReader(strings.NewReader("half"), readFunc(func() { cancel() }), strings.NewReader("other half")))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Put with a done context gives %v", err)
	}
	if left, err := os.ReadDir(root); len(left) != 0 || err != nil {
		t.Errorf("failures leave %v, %v", left, err)
	}
	if err := d.List(ctx, func(string, int64) error { return nil }); err != nil {
		t.Errorf("an empty list with a done context gives %v", err)
	}
	put(t, d, "x")
	if err := d.List(ctx, func(string, int64) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("List with a done context gives %v", err)
	}
}

type readFunc func()

func (f readFunc) Read([]byte) (int, error) { f(); return 0, io.EOF }

func TestDamageIsFoundAndMended(t *testing.T) {
	root := t.TempDir()
	d := open(t, root, Verify)
	text := strings.Repeat("evidence ", 10_000)
	h := put(t, d, text)
	path := filepath.Join(root, h[:2], h[2:])
	for _, damaged := range []string{text[:len(text)-1], "E" + text[1:], text + " ", ""} {
		if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		f, _, err := d.Open(t.Context(), h)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.ReadAll(f)
		wantFault(t, "reading a damaged file", err, stocktake.Internal, h, "damaged")
		f.Close()
		put(t, d, text)
		if get(t, d, h) != text {
			t.Error("putting it again does not mend it")
		}
	}
}

func TestOldPartsAreRemoved(t *testing.T) {
	root := t.TempDir()
	for name, age := range map[string]time.Duration{".part-old": 25 * time.Hour, ".part-new": time.Hour, "other": 1000 * time.Hour} {
		path := filepath.Join(root, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	open(t, root)
	left, err := filepath.Glob(filepath.Join(root, "*"))
	parts, _ := filepath.Glob(filepath.Join(root, ".part-*"))
	if err != nil || len(left)+len(parts) != 2 && len(parts) != 1 || !strings.HasSuffix(parts[0], "new") {
		t.Errorf("left are %v and %v, %v", left, parts, err)
	}
}

// failing is a disk on which one call fails.
type failing struct {
	disk
	what string
	err  error
}

func (f failing) mkdir(p string) error {
	if f.what == "mkdir" {
		return f.err
	}
	return f.disk.mkdir(p)
}

func (f failing) create(p string) (file, error) {
	if f.what == "create" {
		return nil, f.err
	}
	got, err := f.disk.create(p)
	return failingFile{got, f}, err
}

func (f failing) rename(from, to string) error {
	if f.what == "rename" {
		return f.err
	}
	return f.disk.rename(from, to)
}

func (f failing) sync(p string) error {
	if f.what == "sync" {
		return f.err
	}
	return f.disk.sync(p)
}

type failingFile struct {
	file
	f failing
}

func (f failingFile) Write(b []byte) (int, error) {
	if f.f.what == "write" {
		return 0, f.f.err
	}
	return f.file.Write(b)
}

func (f failingFile) Sync() error {
	if f.f.what == "fsync" {
		return f.f.err
	}
	return f.file.Sync()
}

func TestDiskFaults(t *testing.T) {
	for _, what := range []string{"mkdir", "create", "write", "fsync", "rename", "sync"} {
		for _, c := range []struct {
			err  error
			kind stocktake.FaultKind
			says string
		}{
			{syscall.ENOSPC, stocktake.Conflict, "no space left"},
			{syscall.EDQUOT, stocktake.Conflict, "no space left"},
			{syscall.EACCES, stocktake.Forbidden, "owner"},
			{syscall.EROFS, stocktake.Forbidden, "owner"},
			{syscall.EIO, stocktake.Internal, "disk"},
		} {
			root := t.TempDir()
			d := open(t, root)
			d.disk = failing{machine{}, what, &fs.PathError{Op: what, Path: "x", Err: c.err}}
			_, _, err := d.Put(t.Context(), strings.NewReader("text"))
			wantFault(t, what, err, c.kind, root, c.says)
			if !errors.Is(err, c.err) {
				t.Errorf("%s: the log does not see %v", what, c.err)
			}
			if parts, _ := filepath.Glob(filepath.Join(root, ".part-*")); len(parts) != 0 {
				t.Errorf("%s: left are %v", what, parts)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := OpenDir(path)
	wantFault(t, "a file as folder", err, stocktake.Conflict, path, "in the way")
}

func FuzzPutOpen(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("%PDF-1.7\n"))
	d, err := OpenDir(f.TempDir(), Verify)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, err := d.Put(t.Context(), bytes.NewReader(b))
		if err != nil || n != int64(len(b)) || get(t, d, h) != string(b) {
			t.Errorf("%q does not come back: %v", b, err)
		}
	})
}
