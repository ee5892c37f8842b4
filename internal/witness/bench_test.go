package witness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake/internal/tree"
)

// forest is a log in memory.
type forest struct {
	key    *tree.Key
	hashes []tlog.Hash
	size   int64
}

func newForest(t testing.TB, origin string) *forest {
	t.Helper()
	k, err := tree.NewKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	return &forest{key: k}
}

func (f *forest) ReadHashes(places []int64) ([]tlog.Hash, error) {
	var list []tlog.Hash
	for _, p := range places {
		list = append(list, f.hashes[p])
	}
	return list, nil
}

// grow adds leaves; those of another kind make another history.
func (f *forest) grow(t testing.TB, to int64, kind string) *forest {
	t.Helper()
	for ; f.size < to; f.size++ {
		h, err := tlog.StoredHashes(f.size, fmt.Appendf(nil, "%s %d", kind, f.size), f)
		if err != nil {
			t.Fatal(err)
		}
		f.hashes = append(f.hashes, h...)
	}
	return f
}

// branch is the same log up to a size; from there on it can go another way.
func (f *forest) branch(size int64) *forest {
	return &forest{f.key, append([]tlog.Hash(nil), f.hashes[:tlog.StoredHashCount(size)]...), size}
}

func (f *forest) head(t testing.TB, size int64) []byte {
	t.Helper()
	root, err := tlog.TreeHash(size, f)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := tree.Sign(tree.Head{Origin: f.key.Name(), Size: size, Root: root}, f.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func (f *forest) request(t testing.TB, old, size int64) []byte {
	t.Helper()
	var proof tlog.TreeProof
	if old > 0 && old <= size {
		var err error
		if proof, err = tlog.ProveTree(size, old, f); err != nil {
			t.Fatal(err)
		}
	}
	return request(old, proof, f.head(t, size))
}

// clock is one that is moved by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

// bench is a witness in a folder, served.
type bench struct {
	*Server
	dir  string
	web  *httptest.Server
	time *clock
	said *strings.Builder
}

func newBench(t testing.TB, name string, logs ...*forest) *bench {
	t.Helper()
	b := &bench{dir: filepath.Join(t.TempDir(), "witness"), time: &clock{at: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}, said: &strings.Builder{}}
	b.open(t, name, logs...)
	b.web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.Server.ServeHTTP(w, r) }))
	t.Cleanup(b.web.Close)
	t.Cleanup(func() { b.Server.Close() })
	return b
}

func (b *bench) open(t testing.TB, name string, logs ...*forest) {
	t.Helper()
	key, err := OpenKey(b.dir, name, b.time.now)
	if err != nil {
		t.Fatal(err)
	}
	text := "logs/v0\n"
	for _, l := range logs {
		text += "vkey " + l.key.VKey + "\n"
	}
	list, err := ParseList(text)
	if err != nil {
		t.Fatal(err)
	}
	if b.Server, err = Open(b.dir, key, list, Options{Now: b.time.now, Log: slog.New(slog.NewTextHandler(b.said, nil))}); err != nil {
		t.Fatal(err)
	}
}

// witness is how a policy names it.
func (b *bench) witness(t testing.TB) tree.Witness {
	t.Helper()
	v, err := tree.ParseVKey(b.VKey())
	if err != nil {
		t.Fatal(err)
	}
	return tree.Witness{Name: "w", Key: v, URL: b.web.URL + "/"}
}

func (b *bench) post(t testing.TB, body []byte) (code int, kind, text string) {
	t.Helper()
	res, err := http.Post(b.web.URL+"/add-checkpoint", "text/plain", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), string(got)
}

func (b *bench) evidence(t testing.TB, kind string) []Evidence {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(b.dir, evidenceDir, "*-"+kind+"-*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []Evidence
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		var e Evidence
		if err := json.Unmarshal(text, &e); err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}
