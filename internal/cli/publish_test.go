//go:build linux

package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestPublishFollows publishes again when something is filed by another process, and when a day has passed, and ends when it is told to.
func TestPublishFollows(t *testing.T) {
	dir, to := copyOf(t, smallRecord(t)), filepath.Join(t.TempDir(), "out")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, errs lockedBuffer
	var mu sync.Mutex
	later := time.Duration(0)
	now := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return time.Now().Add(later)
	}
	e := &env{ctx: ctx, in: strings.NewReader(""), out: &out, err: &errs, now: now}
	code := make(chan int, 1)
	go func() { code <- e.run([]string{"-q", "--data", dir, "publish", to, "--follow"}) }()
	lines := func(n int) {
		t.Helper()
		for end := time.Now().Add(time.Minute); strings.Count(out.String(), "files written") < n; time.Sleep(50 * time.Millisecond) {
			select {
			case c := <-code:
				t.Fatalf("it ended with %d: %s%s", c, out.String(), errs.String())
			default:
			}
			if time.Now().After(end) {
				t.Fatalf("not published %d times: %s%s", n, out.String(), errs.String())
			}
		}
	}
	lines(1)
	own := write(t, "own.yaml", "key: own\ntitle: A filing of our own\nsources: [{id: own, title: A letter, published: 2018-07-25, read: 2026-11-01}]\nacts: [{id: own-act, party: HUN, instrument: gcm-process, kind: remark, done: 2018-07-24, quotes: [{exact: our own words}]}]\n")
	must(t, dir, "file", own)
	lines(2)
	page, err := os.ReadFile(filepath.Join(to, "i", "gcm-process.html"))
	if err != nil || !bytes.Contains(page, []byte("our own words")) {
		t.Errorf("the act is not on its page: %v", err)
	}
	mu.Lock()
	later = 24 * time.Hour
	mu.Unlock()
	lines(3)
	manifest, err := os.ReadFile(filepath.Join(to, "manifest.json"))
	if day := now().UTC().Format(time.DateOnly); err != nil || !bytes.Contains(manifest, []byte(`"day": "`+day+`"`)) {
		t.Errorf("the manifest is not of %s: %v", day, err)
	}
	cancel()
	if c := <-code; c != exitDone {
		t.Errorf("exit code %d: %s", c, errs.String())
	}
}
