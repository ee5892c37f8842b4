package publish

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stocktake"
)

func names(t testing.TB, target Target, prefix string) (list []string) {
	t.Helper()
	if err := target.List(t.Context(), prefix, func(name string, size int64) error {
		list = append(list, fmt.Sprint(name, " ", size))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// suite is what every target keeps.
func suite(t *testing.T, target Target) {
	ctx := t.Context()
	put := func(name, body string, k Kind) {
		t.Helper()
		if err := target.Put(ctx, name, []byte(body), k); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, target, ""); len(got) != 0 {
		t.Fatalf("it is not empty: %v", got)
	}
	put("index.html", "<p>one", Kind{Type: "text/html", Cache: "no-cache"})
	put("index.html", "<p>two!", Kind{Type: "text/html", Last: true})
	put("tile/0/x001/234", "hashes", Kind{Once: true})
	put("tile/0/x001/234", "hashes", Kind{Once: true})
	put("tile/1/000.p/1", "", Kind{Once: true})
	put("Party/Ägypten, +& ?#%/a b.html", "x", Kind{})
	put("tileset", "x", Kind{})
	want := []string{"Party/Ägypten, +& ?#%/a b.html 1", "index.html 7", "tile/0/x001/234 6", "tile/1/000.p/1 0", "tileset 1"}
	if got := names(t, target, ""); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := names(t, target, "tile"); !slices.Equal(got, want[2:4]) {
		t.Errorf("beneath tile: %q", got)
	}
	for name, body := range map[string]string{"index.html": "<p>two!", "tile/1/000.p/1": "", "Party/Ägypten, +& ?#%/a b.html": "x"} {
		if b, err := target.Get(ctx, name); err != nil || string(b) != body {
			t.Errorf("%s is %q, %v", name, b, err)
		}
	}
	if err := target.Put(ctx, "tile/0/x001/234", []byte("others"), Kind{Once: true}); stocktake.KindOf(err) != stocktake.Conflict || !strings.Contains(err.Error(), "tile/0/x001/234") {
		t.Errorf("what never changes was written over: %v", err)
	}
	if b, err := target.Get(ctx, "tile/0/x001/234"); string(b) != "hashes" {
		t.Errorf("%q %v", b, err)
	}
	for _, name := range []string{"tile", "tile/0/x001/23", "index.html/x", "nothing"} {
		if _, err := target.Get(ctx, name); stocktake.KindOf(err) != stocktake.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", ".", "..", "../x", "/x", "a/../b", "a//b", "a/", "a/.new-x", `a\b`} {
		if err := target.Put(ctx, name, nil, Kind{}); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := target.Get(ctx, name); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%q: %v", name, err)
		}
		if err := target.Remove(ctx, name); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, c := range []struct {
		body string
		did  bool
	}{{"<p>two!", false}, {"<p>three", true}} {
		if did, err := Update(ctx, target, "index.html", []byte(c.body), Kind{}); did != c.did || err != nil {
			t.Errorf("%s: %v %v", c.body, did, err)
		}
	}
	for _, name := range []string{"tile/1/000.p/1", "tile/1/000.p/1", "nothing", "index.html/x"} {
		if err := target.Remove(ctx, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := names(t, target, "tile"); !slices.Equal(got, want[2:3]) {
		t.Errorf("beneath tile, after a removal: %q", got)
	}
	put("tile/1/000.p/2", "again, in a folder that went", Kind{})
	enough, calls := errors.New("enough"), 0
	if err := target.List(ctx, "", func(string, int64) error { calls++; return enough }); err != enough || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	log := Beneath(target, "log")
	if err := log.Put(ctx, "key", []byte("k"), Kind{}); err != nil {
		t.Fatal(err)
	}
	if err := log.Put(ctx, "../key", []byte("k"), Kind{}); stocktake.KindOf(err) != stocktake.Invalid {
		t.Errorf("above: %v", err)
	}
	if got := names(t, log, ""); !slices.Equal(got, []string{"key 1"}) {
		t.Errorf("%q", got)
	}
	if b, err := target.Get(ctx, "log/key"); string(b) != "k" {
		t.Errorf("%q %v", b, err)
	}
	if err := target.Sync(ctx); err != nil {
		t.Error(err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if err := target.Put(done, "late", []byte("x"), Kind{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 10 {
				if err := target.Put(ctx, fmt.Sprintf("many/%d/%d", n, i%4), []byte(strings.Repeat("x", 1000+n)), Kind{}); err != nil {
					t.Error(err)
				}
				if b, err := target.Get(ctx, fmt.Sprintf("many/%d/%d", n, i%4)); err != nil || len(b) != 1000+n {
					t.Error(len(b), err)
				}
			}
		})
	}
	all.Wait()
	if got := names(t, target, "many"); len(got) != 40 {
		t.Errorf("%d files", len(got))
	}
}

func TestDir(t *testing.T) {
	suite(t, OpenDir(filepath.Join(t.TempDir(), "site", "public")))
}

// TestDirFaults has the disk in the way.
func TestDirFaults(t *testing.T) {
	ctx, root := t.Context(), t.TempDir()
	d := OpenDir(root)
	for _, name := range []string{"file", "folder/file"} {
		if err := d.Put(ctx, name, []byte("x"), Kind{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"file/in/it", "folder"} {
		err := d.Put(ctx, name, []byte("y"), Kind{})
		if stocktake.KindOf(err) != stocktake.Conflict || !strings.Contains(err.Error(), "in the way") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What a writer that died left goes when it is old enough; what another one is writing stays.
	for name, age := range map[string]time.Duration{".new-old": time.Hour, "folder/.new-young": time.Second} {
		path := filepath.Join(root, name)
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, d, ""); !slices.Equal(got, []string{"file 1", "folder/file 1"}) {
		t.Errorf("%q", got)
	}
	left, err := filepath.Glob(filepath.Join(root, "*", ".new-*"))
	if top, _ := filepath.Glob(filepath.Join(root, ".new-*")); err != nil || len(left) != 1 || len(top) != 0 {
		t.Errorf("left: %v %v %v", left, top, err)
	}
	if os.Getuid() != 0 {
		if err := os.Chmod(root, 0o500); err != nil {
			t.Fatal(err)
		}
		if err := d.Put(ctx, "new", nil, Kind{}); stocktake.KindOf(err) != stocktake.Forbidden {
			t.Error(err)
		}
	}
}

func BenchmarkDirPut(b *testing.B) {
	d, body := OpenDir(b.TempDir()), []byte(strings.Repeat("x", 10<<10))
	for n := 0; b.Loop(); n++ {
		if err := d.Put(b.Context(), fmt.Sprintf("page/%d/%d.html", n%200, n), body, Kind{}); err != nil {
			b.Fatal(err)
		}
	}
	if err := d.Sync(b.Context()); err != nil {
		b.Fatal(err)
	}
}
