package witness

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"stocktake/internal/tree"
)

func TestAsk(t *testing.T) {
	l := newForest(t, "example.org/record").grow(t, 300, "a")
	b := newBench(t, "witness.example.net", l)
	w := b.witness(t)
	var c Client
	got, err := c.Ask(t.Context(), w, 0, l.head(t, 10), l)
	if err != nil || got.Size != 10 || !got.At.Equal(b.time.now()) {
		t.Fatalf("%+v %v", got, err)
	}
	// It knows nothing, or something wrong, of what the witness signed: the witness says it.
	for i, old := range []int64{0, 3, 200, 999} {
		size := int64(100 + i)
		got, err := c.Ask(t.Context(), w, old, l.head(t, size), l)
		if err != nil {
			t.Fatal(err)
		}
		n, err := note.Open(got.Note, note.VerifierList(l.key.Verifier, w.Key))
		if err != nil || len(n.Sigs) != 2 {
			t.Errorf("%s: %v", got.Note, err)
		}
		// Asked again with the signature in place, that one is replaced.
		b.time.add(time.Second)
		again, err := c.Ask(t.Context(), w, size, got.Note, l)
		if err != nil || strings.Count(string(again.Note), "\n— ") != 2 || !again.At.After(got.At) {
			t.Errorf("%+v %v", again, err)
		}
	}
	var ahead *Ahead
	if _, err := c.Ask(t.Context(), w, 50, l.head(t, 60), l); !errors.As(err, &ahead) || ahead.Size != 103 || ahead.Ours != 60 {
		t.Errorf("behind: %v", err)
	}
	if size, err := c.LastSize(t.Context(), w, l.head(t, 60)); err != nil || size != 103 {
		t.Errorf("%d %v", size, err)
	}
	forged := l.branch(90).grow(t, 200, "forged")
	var forked *Forked
	for _, size := range []int64{103, 150} {
		if _, err := c.Ask(t.Context(), w, 0, forged.head(t, size), forged); !errors.As(err, &forked) {
			t.Errorf("forged, %d: %v", size, err)
		}
	}
	w.URL = ""
	if _, err := c.Ask(t.Context(), w, 0, l.head(t, 110), l); err == nil {
		t.Error("without an address")
	}
}

// TestOddAnswers asks what is no honest witness.
func TestOddAnswers(t *testing.T) {
	l := newForest(t, "example.org/record").grow(t, 30, "a")
	b := newBench(t, "witness.example.net", l)
	liar := newBench(t, "witness.example.net", l) // the same name, another key
	for what, h := range map[string]http.HandlerFunc{
		"a key of its own": func(w http.ResponseWriter, r *http.Request) { liar.ServeHTTP(w, r) },
		"nothing":          func(http.ResponseWriter, *http.Request) {},
		"a page":           func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
		"another place":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, b.web.URL+"/add-checkpoint", 307) },
		"no end": func(w http.ResponseWriter, _ *http.Request) {
			for range 1 << 10 {
				fmt.Fprint(w, strings.Repeat("— ", 1<<10))
			}
		},
		"sizes without end": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/x.tlog.size")
			w.WriteHeader(409)
			fmt.Fprintln(w, time.Now().Nanosecond()%29+1)
		},
		"a size that is none": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/x.tlog.size")
			w.WriteHeader(409)
			fmt.Fprintln(w, "-5")
		},
	} {
		srv := httptest.NewServer(h)
		w := b.witness(t)
		w.URL = srv.URL
		var c Client
		if got, err := c.Ask(t.Context(), w, 0, l.head(t, 30), l); err == nil {
			t.Errorf("%s: %+v", what, got)
		}
		srv.Close()
	}
}

// TestGather has two witnesses sign each new head while a third does not answer.
func TestGather(t *testing.T) {
	l := newForest(t, "example.org/record").grow(t, 300, "a")
	one, two := newBench(t, "one.example.net", l), newBench(t, "two.example.net", l)
	away, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer away.Close()
	third, err := tree.NewCosigner("three.example.net", make([]byte, 32), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	p, err := tree.ParsePolicy(fmt.Sprintf("log %s\nwitness one %s %s\nwitness two %s %s/\nwitness three %s http://%s/\nwitness four %s\ngroup most 2 one two three\nquorum most\n",
		l.key.VKey, one.VKey(), one.web.URL, two.VKey(), two.web.URL, third, away.Addr(), newBench(t, "four.example.net", l).VKey()))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	notes := map[int64][]byte{}
	failed := make(chan string, 10)
	at := &clock{at: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	refuse := true
	g, err := NewGatherer(p, GatherOptions{Timeout: time.Second, Now: at.now,
		Signed: func(_ context.Context, c *Cosignature) error {
			mu.Lock()
			defer mu.Unlock()
			if refuse && c.Size == 100 {
				refuse = false
				return errors.New("the disk is full")
			}
			notes[c.Size] = c.Note
			return nil
		},
		Failed: func(w string, err error) { failed <- w + ": " + err.Error() }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { g.Run(ctx); close(done) }()
	// until offers a head again, as the clock goes on, until enough signed it.
	until := func(size int64, ok func() bool) {
		t.Helper()
		for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
			g.Offer(size, l.head(t, size), l)
			at.add(500 * time.Millisecond)
			mu.Lock()
			enough := ok()
			mu.Unlock()
			if enough {
				return
			}
			if time.Since(began) > 20*time.Second {
				t.Fatal("nobody signs", size)
			}
		}
	}
	quorum := func(size int64) func() bool {
		return func() bool {
			signed, ok := notes[size]
			if !ok {
				return false
			}
			_, _, err := p.Open(signed)
			return err == nil
		}
	}
	until(10, quorum(10)) // before the third is given up
	until(100, quorum(100))
	until(300, quorum(300))
	for words := ""; !strings.Contains(words, "three: ") || !strings.Contains(words, "the disk is full"); {
		select {
		case said := <-failed:
			words += said + "\n"
		case <-time.After(10 * time.Second):
			t.Fatalf("it only said %q", words)
		}
	}
	if n, err := note.Open(notes[300], p); err != nil || len(n.Sigs) != 3 {
		t.Errorf("%s: %v", notes[300], err)
	}
	stop()
	<-done
	if _, err := NewGatherer(&tree.Policy{}, GatherOptions{}); err == nil {
		t.Error("nobody to ask")
	}
}
