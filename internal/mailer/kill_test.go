package mailer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"stocktake/internal/store"
	"stocktake/internal/store/sqlite"
)

// childMode makes the test binary work on a queue until it is killed: DATABASE|SERVER.
const childMode = "STOCKTAKE_TEST_MAIL_CHILD"

func TestMain(m *testing.M) {
	if s := os.Getenv(childMode); s != "" {
		path, addr, _ := strings.Cut(s, "|")
		st, err := sqlite.Open(context.Background(), path, store.Options{})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		env := map[string]string{EnvSMTP: "smtp://" + addr, EnvFrom: "letters@example.org", EnvHourly: "100000", EnvDomainHourly: "100000"}
		c, err := ConfigFrom(func(n string) string { return env[n] })
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		impatient(NewWorker(st, c, nil, nil)).Run(context.Background())
	}
	os.Exit(m.Run())
}

// impatient makes leases so short that a test can wait for their end.
func impatient(w *Worker) *Worker {
	w.lease, w.send, w.Poll = 400*time.Millisecond, 400*time.Millisecond, 10*time.Millisecond
	return w
}

// TestKill kills processes that send, at random moments and at those that matter. No letter is taken by the server twice, none is lost, and what is
// called sent was taken.
func TestKill(t *testing.T) {
	kills := 16
	if os.Getenv("STOCKTAKE_SOAK") == "1" {
		kills = 200
	}
	letters := kills * 12
	path := filepath.Join(t.TempDir(), "record.db")
	st, p := openSQLite(t, path), newPost(t, postOptions{})
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var list []Message
	for i := range letters {
		list = append(list, Message{Key: fmt.Sprint(i), To: fmt.Sprintf("p%d@example.org", i%(letters/2))})
	}
	queue(t, st, list...)
	for n := range kills {
		c := exec.Command(binary)
		c.Env = append(os.Environ(), childMode+"="+path+"|"+p.addr)
		c.Stderr = os.Stderr
		left := rand.IntN(6) // letters until then
		var once sync.Once
		dead := make(chan struct{})
		kill := func() {
			if left--; left < 0 {
				once.Do(func() { c.Process.Kill(); close(dead) })
				<-dead
				time.Sleep(10 * time.Millisecond) // it is gone before the server answers
			}
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		p.hook(func() {
			p.rcpt, p.begin, p.taken = nil, nil, nil
			switch n % 4 {
			case 0:
				p.rcpt = func(string) error { kill(); return nil }
			case 1:
				p.begin = func() error { kill(); return nil }
			case 2:
				p.taken = func(net.Conn, taken) { kill() } // taken, and nobody hears of it
			}
		})
		limit := 15 * time.Second
		if n%4 == 3 {
			limit = 50*time.Millisecond + rand.N(300*time.Millisecond)
		}
		timer := time.AfterFunc(limit, func() { once.Do(func() { c.Process.Kill(); close(dead) }) })
		c.Wait()
		timer.Stop()
	}
	p.hook(func() { p.rcpt, p.begin, p.taken = nil, nil, nil })
	w := impatient(NewWorker(st, plainConfig(t, p), nil, nil))
	var s Status
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(20 * time.Millisecond) {
		passes(t, w)
		if s, err = (Box{st, time.Now}).Status(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s.Counts[Queued]+s.Counts[Leased]+s.Counts[Sending] == 0 {
			break
		}
	}
	counts := p.counts()
	arrived := 0
	for i := range letters {
		e := stateOf(t, st, fmt.Sprint(i))
		n := counts[e.ID]
		if n > 1 || e.State == Sent && n != 1 || e.State != Sent && e.State != Unknown {
			t.Errorf("letter %d is %s and was taken %d times", i, e.State, n)
		}
		if e.State == Unknown && n == 1 {
			arrived++
		}
	}
	t.Logf("%d processes killed; %d letters sent, %d unknown, %d of which had arrived", kills, s.Counts[Sent], s.Counts[Unknown], arrived)
	if s.Counts[Sent]+s.Counts[Unknown] != letters || s.Counts[Unknown] > kills || arrived == 0 {
		t.Errorf("%+v of %d letters", s.Counts, letters)
	}
}
