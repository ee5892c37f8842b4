package mailer

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/pgtest"
	"stocktake/internal/store"
	"stocktake/internal/store/postgres"
	"stocktake/internal/store/sqlite"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func openSQLite(t testing.TB, path string) store.Store {
	t.Helper()
	st, err := sqlite.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

// onEach runs a test on both databases. open opens the same database once more.
func onEach(t *testing.T, f func(t *testing.T, open func() store.Store)) {
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "record.db")
		f(t, func() store.Store { return openSQLite(t, path) })
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := pgtest.DSN(t)
		f(t, func() store.Store {
			st, err := postgres.Open(t.Context(), dsn, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { st.Close() })
			return st
		})
	})
}

func queue(t testing.TB, st store.Private, list ...Message) {
	t.Helper()
	err := st.ChangePrivate(context.Background(), func(tx store.PrivateTx) error {
		for _, m := range list {
			if m.Class == "" {
				m.Class = Invitation
			}
			if m.Subject == "" {
				m.Subject = "About " + m.Key
			}
			if m.Text == "" {
				m.Text = "The text of " + m.Key + ".\n"
			}
			if err := Queue(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func stateOf(t testing.TB, st store.Private, key string) Entry {
	t.Helper()
	var e Entry
	if err := st.ReadPrivate(context.Background(), func(r store.PrivateReader) (err error) {
		e, err = Lookup(r, key)
		return err
	}); err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return e
}

func passes(t testing.TB, w *Worker) Report {
	t.Helper()
	r, err := w.Pass(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func subject(b []byte) string {
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, "Subject: "); ok {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func TestSentOnceAndNothingStays(t *testing.T) {
	onEach(t, func(t *testing.T, open func() store.Store) {
		st, p, c := open(), newPost(t, postOptions{}), newClock()
		w := NewWorker(st, plainConfig(t, p), c.now, nil)
		m := Message{Key: "invitation/1", To: "Ana Ruiz <ana.ruiz@example.org>", Subject: "Will you sign", Text: "A secret link.\n", At: c.now()}
		queue(t, st, m)
		m.Text = "Another text.\n"
		queue(t, st, m) // the same key
		if r := passes(t, w); r.Sent != 1 || r.Trouble != "" {
			t.Fatalf("%+v", r)
		}
		queue(t, st, m)
		if r := passes(t, w); r != (Report{}) {
			t.Fatalf("a second pass: %+v", r)
		}
		got := p.letters()
		if len(got) != 1 || got[0].to != "ana.ruiz@example.org" || got[0].from != "letters@example.org" || !strings.Contains(string(got[0].bytes), "A secret link.") {
			t.Fatalf("%d letters: %+v", len(got), got)
		}
		e := stateOf(t, st, "invitation/1")
		if e.State != Sent || e.Day != "2026-11-23" || !e.To.IsZero() || e.Class != Invitation {
			t.Errorf("%+v", e)
		}
		if n, err := Sweep(t.Context(), st, c.now()); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		all := dump(t, st)
		for _, s := range []string{"ana", "Ruiz", "secret", "Will you sign", "invitation/1"} {
			if strings.Contains(all, s) {
				t.Errorf("%q stays: %s", s, all)
			}
		}
		// 30 days later nothing is known but the key, and the key is still taken.
		c.pass(Keep + 24*time.Hour)
		if _, err := Sweep(t.Context(), st, c.now()); err != nil {
			t.Fatal(err)
		}
		if s := dump(t, st); strings.Contains(s, "invitation") || strings.Contains(s, `"hash"`) || strings.Contains(s, `"day"`) {
			t.Errorf("stays after 30 days: %s", s)
		}
		queue(t, st, m)
		if r := passes(t, w); r != (Report{}) || len(p.letters()) != 1 {
			t.Errorf("sent again after 30 days: %+v", r)
		}
	})
}

// dump prints all items of the queue.
func dump(t testing.TB, st store.Private) string {
	t.Helper()
	var b strings.Builder
	if err := st.ReadPrivate(context.Background(), func(r store.PrivateReader) error {
		for _, k := range []string{kind, textKind, metaKind} {
			list, err := r.Items(k, "", 0)
			if err != nil {
				return err
			}
			for _, i := range list {
				fmt.Fprintf(&b, "%s %s %s %s\n", i.Kind, i.ID, i.Changed, i.Body)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRolledBackIsNotSent(t *testing.T) {
	st, p := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newPost(t, postOptions{})
	want := fmt.Errorf("no")
	err := st.ChangePrivate(t.Context(), func(tx store.PrivateTx) error {
		if err := Queue(tx, Message{Key: "k", Class: Receipt, To: "ana@example.org", Subject: "s", Text: "t"}); err != nil {
			return err
		}
		return want
	})
	if err != want {
		t.Fatal(err)
	}
	if r := passes(t, NewWorker(st, plainConfig(t, p), nil, nil)); r != (Report{}) || len(p.letters()) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestGreylistingOrderAndRefusal(t *testing.T) {
	onEach(t, func(t *testing.T, open func() store.Store) {
		st, p, c := open(), newPost(t, postOptions{}), newClock()
		w := NewWorker(st, plainConfig(t, p), c.now, nil)
		seen := map[string]int{}
		p.rcpt = func(to string) error {
			seen[to]++
			switch {
			case to == "grey@example.org" && seen[to] < 3:
				return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "come back later"}
			case to == "none@example.org":
				return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody of that name"}
			}
			return nil
		}
		var list []Message
		for i := range 4 {
			list = append(list, Message{Key: fmt.Sprintf("grey/%d", i), To: "grey@example.org", At: c.now()})
		}
		list = append(list, Message{Key: "none/0", To: "none@example.org", At: c.now()}, Message{Key: "none/1", To: "none@example.org", At: c.now()}, Message{Key: "good", To: "good@example.org", At: c.now()},
			Message{Key: "sign-in", To: "grey@example.org", Class: SignIn, At: c.now()})
		queue(t, st, list...)
		if r := passes(t, w); r.Sent != 1 || r.Later != 2 || r.Dead != 1 {
			t.Fatalf("%+v", r)
		}
		e := stateOf(t, st, "grey/0")
		if pause := e.Next.Sub(c.now()); e.State != Queued || e.Tries != 1 || e.Code != 451 || pause < time.Minute || pause > 75*time.Second || !strings.Contains(e.Problem, "come back later") {
			t.Errorf("%+v", e)
		}
		if e := stateOf(t, st, "none/0"); e.State != Dead || e.Code != 550 || !strings.Contains(e.Problem, "nobody of that name") {
			t.Errorf("%+v", e)
		}
		// The second letter to the same person is not held up by the dead one; those behind the grey one are.
		if r := passes(t, w); r.Dead != 1 || r.Sent != 0 || r.Later != 0 {
			t.Fatalf("%+v", r)
		}
		c.pass(2 * time.Minute)
		for range 6 {
			passes(t, w)
		}
		var order []string
		for _, l := range p.letters() {
			if l.to == "grey@example.org" {
				order = append(order, subject(l.bytes))
			}
		}
		if got := strings.Join(order, ", "); got != "About sign-in, About grey/0, About grey/1, About grey/2, About grey/3" && got != "About grey/0, About grey/1, About grey/2, About grey/3" {
			t.Errorf("order: %s", got)
		}
		for i := range 4 {
			if e := stateOf(t, st, fmt.Sprintf("grey/%d", i)); e.State != Sent {
				t.Errorf("grey/%d is %s", i, e.State)
			}
		}
		// A person tries a dead one again.
		b := Box{st, c.now}
		id := stateOf(t, st, "none/0").ID
		p.hook(func() { p.rcpt = nil })
		if err := b.Retry(t.Context(), id[:6], false); err != nil {
			t.Fatal(err)
		}
		if r := passes(t, w); r.Sent != 1 {
			t.Errorf("%+v", r)
		}
		if err := b.Retry(t.Context(), id, false); stocktake.KindOf(err) != stocktake.Conflict {
			t.Errorf("a sent letter is tried again: %v", err)
		}
	})
}

func TestBackoffEndsDead(t *testing.T) {
	st, p, c := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newPost(t, postOptions{}), newClock()
	w := NewWorker(st, plainConfig(t, p), c.now, nil)
	p.rcpt = func(string) error { return &smtp.SMTPError{Code: 450, Message: "no room"} }
	queue(t, st, Message{Key: "k", To: "ana@example.org", At: c.now()})
	last, began := time.Duration(0), c.now()
	for i := range maxTries {
		r := passes(t, w)
		if i == maxTries-1 {
			if r.Dead != 1 && stateOf(t, st, "k").State != Dead {
				t.Fatalf("%+v", r)
			}
			break
		}
		if r.Later != 1 {
			t.Fatalf("try %d: %+v", i, r)
		}
		pause := stateOf(t, st, "k").Next.Sub(c.now())
		if pause < last*3/4 || pause > longPause*5/4 || i < 8 && (pause < firstPause<<i || pause > (firstPause<<i)*5/4) {
			t.Errorf("pause %d is %s after %s", i, pause, last)
		}
		if passes(t, w) != (Report{}) {
			t.Error("tried before its time")
		}
		last = pause
		c.pass(pause)
	}
	if took := c.now().Sub(began); took < 60*time.Hour || took > 120*time.Hour {
		t.Errorf("given up after %s", took)
	}
}

func TestServerInTroubleCostsNoTries(t *testing.T) {
	st, c := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newClock()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close() // nobody listens there
	w := NewWorker(st, config(t, map[string]string{EnvSMTP: "smtp://" + ln.Addr().String()}), c.now, nil)
	queue(t, st, Message{Key: "k", To: "ana@example.org", At: c.now()})
	for range 3 {
		if r := passes(t, w); r.Trouble == "" || r.Sent+r.Later+r.Dead != 0 {
			t.Fatalf("%+v", r)
		}
	}
	if w.pause != 2*time.Minute {
		t.Errorf("pause %s", w.pause)
	}
	if e := stateOf(t, st, "k"); e.State != Queued || e.Tries != 0 {
		t.Errorf("%+v", e)
	}
	b := Box{st, c.now}
	if s, err := b.Status(t.Context()); err != nil || !strings.Contains(s.Trouble, "cannot be reached") || s.Since.IsZero() || s.Counts[Queued] != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	p := newPost(t, postOptions{})
	w.Config = plainConfig(t, p)
	if r := passes(t, w); r.Sent != 1 {
		t.Errorf("%+v", r)
	}
	if s, err := b.Status(t.Context()); err != nil || s.Trouble != "" || w.pause != 0 || s.Counts[Sent] != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestConnectionBreaks: before the end of the letter it is sent again later; after it, never.
func TestConnectionBreaks(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   func(p *post)
		state State
		taken int
	}{
		{"at RCPT", func(p *post) { p.rcpt = func(string) error { return errCut } }, Queued, 0},
		{"before the letter", func(p *post) { p.begin = func() error { return errCut } }, Unknown, 0}, // the end may have been written by then
		{"after the letter, not taken", func(p *post) { p.data = func(string, []byte) error { return errCut } }, Unknown, 0},
		{"after the letter, taken", func(p *post) { p.taken = func(c net.Conn, _ taken) { c.Close() } }, Unknown, 1},
		{"refused at the end", func(p *post) {
			p.data = func(string, []byte) error { return &smtp.SMTPError{Code: 554, Message: "no"} }
		}, Dead, 0},
		{"put off at the end", func(p *post) {
			p.data = func(string, []byte) error { return &smtp.SMTPError{Code: 451, Message: "not now"} }
		}, Queued, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			st, p, now := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newPost(t, postOptions{}), newClock()
			c.set(p)
			w := NewWorker(st, plainConfig(t, p), now.now, nil)
			queue(t, st, Message{Key: "k", To: "ana@example.org", At: now.now()}, Message{Key: "l", To: "ana@example.org", At: now.now()})
			passes(t, w)
			e := stateOf(t, st, "k")
			if e.State != c.state && !(c.name == "before the letter" && e.State == Queued) {
				t.Fatalf("%+v, want %s", e, c.state)
			}
			p.hook(func() { p.rcpt, p.begin, p.data, p.taken = nil, nil, nil, nil })
			for range 5 {
				now.pass(7 * time.Hour)
				passes(t, w)
			}
			n := p.counts()[e.ID]
			if e.State == Queued && n != 1 || e.State != Queued && n != c.taken {
				t.Errorf("taken %d times, it was %s", n, e.State)
			}
			if stateOf(t, st, "l").State != Sent {
				t.Error("the next letter was held up")
			}
			if e.State != Unknown {
				return
			}
			b := Box{st, now.now}
			if err := b.Retry(t.Context(), e.ID, false); stocktake.KindOf(err) != stocktake.Conflict {
				t.Errorf("tried again without a word: %v", err)
			}
			if err := b.Retry(t.Context(), e.ID, true); err != nil {
				t.Fatal(err)
			}
			if passes(t, w); p.counts()[e.ID] != c.taken+1 || stateOf(t, st, "k").State != Sent {
				t.Errorf("a person wanted it again: taken %d times", p.counts()[e.ID])
			}
		})
	}
}

// TestServerThatEndsConnections: one that ends the connection after each letter costs nothing.
func TestServerThatEndsConnections(t *testing.T) {
	st, p, c := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newPost(t, postOptions{}), newClock()
	w := NewWorker(st, plainConfig(t, p), c.now, nil)
	p.taken = func(conn net.Conn, _ taken) { time.AfterFunc(5*time.Millisecond, func() { conn.Close() }) }
	for i := range 5 {
		queue(t, st, Message{Key: fmt.Sprint(i), To: fmt.Sprintf("p%d@example.org", i), At: c.now()})
	}
	w.afterOK = func() { time.Sleep(20 * time.Millisecond) }
	if r := passes(t, w); r.Sent != 5 || r.Trouble != "" {
		t.Errorf("%+v", r)
	}
}

func TestCaps(t *testing.T) {
	st, p, c := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newPost(t, postOptions{}), newClock()
	w := NewWorker(st, config(t, map[string]string{EnvSMTP: "smtp://" + p.addr, EnvHourly: "20", EnvDomainHourly: "5"}), c.now, nil)
	for i := range 30 {
		queue(t, st, Message{Key: fmt.Sprintf("a/%d", i), To: fmt.Sprintf("p%d@mail%d.example.org", i, i%3), Class: Reminder, At: c.now()},
			Message{Key: fmt.Sprintf("b/%d", i), To: fmt.Sprintf("p%d@org%d.example.net", i, i), Class: Reminder, At: c.now()},
			Message{Key: fmt.Sprintf("c/%d", i), To: fmt.Sprintf("p@example%d.com", i), Class: Reminder, At: c.now()})
	}
	drain := func() (all, org int) {
		before := len(p.letters())
		for range 20 {
			passes(t, w)
		}
		for _, l := range p.letters()[before:] {
			all++
			if strings.HasSuffix(l.to, "example.org") {
				org++
			}
		}
		return all, org
	}
	if all, org := drain(); all != 18 || org != 5 { // a tenth is kept for those who wait
		t.Errorf("%d in the first hour, %d to one domain; want 18 and 5", all, org)
	}
	queue(t, st, Message{Key: "in", To: "q@example77.com", Class: SignIn, At: c.now()})
	if all, _ := drain(); all != 1 {
		t.Errorf("a link for signing in waits: %d", all)
	}
	c.pass(time.Hour)
	if all, org := drain(); all != 18 || org > 5 {
		t.Errorf("%d in the second hour, %d to one domain", all, org)
	}
	for range 10 {
		c.pass(time.Hour)
		drain()
	}
	if n := len(p.letters()); n != 91 {
		t.Errorf("%d letters in the end, want 91", n)
	}
}

func TestNotAfter(t *testing.T) {
	st, p, c := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newPost(t, postOptions{}), newClock()
	w := NewWorker(st, plainConfig(t, p), c.now, nil)
	queue(t, st, Message{Key: "k", To: "ana@example.org", At: c.now(), NotAfter: c.now().Add(time.Hour)}, Message{Key: "l", To: "ana@example.org", At: c.now()})
	c.pass(2 * time.Hour)
	if r := passes(t, w); r.Expired != 1 {
		t.Errorf("%+v", r)
	}
	passes(t, w)
	if len(p.letters()) != 1 || stateOf(t, st, "k").State != Expired || stateOf(t, st, "l").State != Sent {
		t.Errorf("%s, %s", stateOf(t, st, "k").State, stateOf(t, st, "l").State)
	}
}

func TestCancel(t *testing.T) {
	st, p, c := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newPost(t, postOptions{}), newClock()
	w := NewWorker(st, plainConfig(t, p), c.now, nil)
	queue(t, st, Message{Key: "k", To: "ana@example.org", At: c.now()}, Message{Key: "l", To: "ana@example.org", At: c.now()}, Message{Key: "m", To: "bo@example.org", At: c.now()})
	cancel := func(key string) (ok bool) {
		t.Helper()
		if err := st.ChangePrivate(t.Context(), func(tx store.PrivateTx) (err error) { ok, err = Cancel(tx, key, c.now()); return err }); err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if !cancel("k") || !cancel("k") || !cancel("never") {
		t.Error("not cancelled")
	}
	// One that a worker has in hand is seen to be gone before DATA.
	w.beforeOK = func() { t.Error("sent all the same") }
	p.rcpt = func(to string) error {
		if to == "bo@example.org" {
			cancel("m")
		} else {
			if err := st.ChangePrivate(t.Context(), func(tx store.PrivateTx) error {
				a, _ := address.Parse("Ana@example.org")
				n, err := CancelTo(tx, a, c.now())
				if n != 1 {
					t.Errorf("%d letters", n)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		}
		return nil
	}
	passes(t, w)
	if len(p.letters()) != 0 {
		t.Errorf("%d letters", len(p.letters()))
	}
	if cancel("l"); stateOf(t, st, "l").State != Dropped {
		t.Error("not dropped")
	}
}
