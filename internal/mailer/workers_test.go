package mailer

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"stocktake"
	"stocktake/internal/store"
)

// TestManyWorkers: each of many letters arrives exactly once, and those to one person in order, with two workers that open the database each for
// itself, and a server that refuses some at first.
func TestManyWorkers(t *testing.T) { manyWorkers(t, 200, 2) }

// TestSoakManyWorkers is the long form; without STOCKTAKE_SOAK=1 it only shows that it would run.
func TestSoakManyWorkers(t *testing.T) {
	if os.Getenv("STOCKTAKE_SOAK") != "1" {
		manyWorkers(t, 20, 2)
		return
	}
	manyWorkers(t, 1000, 2)
	manyWorkers(t, 5000, 4)
}

func manyWorkers(t *testing.T, letters, workers int) {
	onEach(t, func(t *testing.T, open func() store.Store) {
		people := letters / 4
		st, p := open(), newPost(t, postOptions{})
		var mu sync.Mutex
		refused := map[string]bool{}
		p.data = func(id string, _ []byte) error {
			mu.Lock()
			defer mu.Unlock()
			if id[0] == '7' && !refused[id] { // one in sixteen, once
				refused[id] = true
				return &smtp.SMTPError{Code: 451, Message: "later"}
			}
			return nil
		}
		c := newClock()
		var list []Message
		for i := range letters {
			list = append(list, Message{Key: fmt.Sprint(i), To: fmt.Sprintf("p%d@example.org", i%people), Subject: fmt.Sprintf("letter %04d", i), At: c.now()})
		}
		queue(t, st, list...)
		var wg sync.WaitGroup
		began := time.Now()
		for range workers {
			w := NewWorker(open(), plainConfig(t, p), c.now, nil)
			wg.Go(func() {
				for len(p.letters()) < letters && time.Since(began) < 20*time.Minute {
					r, err := w.Pass(t.Context())
					if stocktake.KindOf(err) == stocktake.Busy { // the others are writing: as in Run, it is tried again
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					if r.Sent == 0 {
						c.pass(time.Second)
						time.Sleep(20 * time.Millisecond)
					}
				}
			})
		}
		wg.Wait()
		t.Logf("%d letters in %s", letters, time.Since(began))
		seen, last := map[string]int{}, map[string]string{}
		for _, l := range p.letters() {
			s := subject(l.bytes)
			seen[s]++
			if s < last[l.to] {
				t.Errorf("%s: %s after %s", l.to, s, last[l.to])
			}
			last[l.to] = s
		}
		for i := range letters {
			if n := seen[fmt.Sprintf("letter %04d", i)]; n != 1 {
				t.Errorf("letter %d arrived %d times", i, n)
			}
		}
		s, err := Box{st, c.now}.Status(t.Context())
		if err != nil || s.Counts[Sent] != letters || len(s.Counts) != 1 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// TestSlowServer: the lease of a letter runs out while the server thinks; nobody else sends it, and the late answer is still noted.
func TestSlowServer(t *testing.T) {
	st, p, c := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newPost(t, postOptions{}), newClock()
	queue(t, st, Message{Key: "k", To: "ana@example.org", At: c.now()})
	other := NewWorker(st, plainConfig(t, p), c.now, nil)
	first := NewWorker(st, plainConfig(t, p), c.now, nil)
	p.taken = func(net.Conn, taken) {
		c.pass(time.Hour)
		if r := passes(t, other); r.Unknown != 1 || r.Sent != 0 {
			t.Errorf("%+v", r)
		}
		if e := stateOf(t, st, "k"); e.State != Unknown {
			t.Errorf("%+v", e)
		}
	}
	if r := passes(t, first); r.Sent != 1 {
		t.Errorf("%+v", r)
	}
	if e := stateOf(t, st, "k"); e.State != Sent || len(p.letters()) != 1 {
		t.Errorf("%+v, %d letters", e, len(p.letters()))
	}
	// Held up between the note and DATA: nothing is sent any more.
	queue(t, st, Message{Key: "l", To: "ana@example.org", At: c.now()})
	p.hook(func() { p.taken = nil })
	first.beforeOK = func() { c.pass(time.Hour); passes(t, other) }
	passes(t, first)
	if len(p.letters()) != 1 || stateOf(t, st, "l").State != Queued {
		t.Errorf("%d letters, %+v", len(p.letters()), stateOf(t, st, "l"))
	}
	first.beforeOK = nil
	c.pass(time.Hour)
	passes(t, first)
	if len(p.letters()) != 2 {
		t.Errorf("%d letters", len(p.letters()))
	}
}

func TestStoppedWhileSending(t *testing.T) {
	st, p, c := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newPost(t, postOptions{}), newClock()
	w := NewWorker(st, plainConfig(t, p), c.now, nil)
	for i := range 5 {
		queue(t, st, Message{Key: fmt.Sprint(i), To: fmt.Sprintf("p%d@example.org", i), At: c.now()})
	}
	ctx, cancel := context.WithCancel(t.Context())
	p.taken = func(net.Conn, taken) { cancel() } // the answer still comes
	done := make(chan struct{})
	go func() { w.Run(ctx); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("does not stop")
	}
	var states []string
	for i := range 5 {
		states = append(states, string(stateOf(t, st, fmt.Sprint(i)).State))
	}
	slices.Sort(states)
	if got := strings.Join(states, " "); got != "queued queued queued queued sent" || len(p.letters()) != 1 {
		t.Errorf("%s; %d letters", got, len(p.letters()))
	}
}

func TestRun(t *testing.T) {
	st, p := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newPost(t, postOptions{})
	w := NewWorker(st, plainConfig(t, p), nil, nil)
	w.Poll = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { w.Run(ctx); close(done) }()
	time.Sleep(50 * time.Millisecond)
	for i := range 45 {
		queue(t, st, Message{Key: fmt.Sprint(i), To: fmt.Sprintf("p%d@example.org", i)})
	}
	w.Wake()
	for range 1000 {
		if len(p.letters()) == 45 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	<-done
	if len(p.letters()) != 45 {
		t.Errorf("%d letters", len(p.letters()))
	}
}
