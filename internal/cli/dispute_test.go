//go:build linux

package cli

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"stocktake/internal/tree"
	"stocktake/internal/witness"
)

// claims is a witness that says, without showing anything, that it signed more of a log than there is.
func claims(t *testing.T) (url string, asked *atomic.Int64) {
	t.Helper()
	asked = new(atomic.Int64)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			http.NotFound(w, r)
			return
		}
		asked.Add(1)
		w.Header().Set("Content-Type", "text/x.tlog.size")
		w.WriteHeader(http.StatusConflict)
		fmt.Fprintln(w, 1<<40)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, asked
}

var more = 0

// another files one more filing.
func another(t *testing.T, dir string) {
	t.Helper()
	more++
	must(t, dir, "file", write(t, "act.yaml", fmt.Sprintf("key: more/%d\ntitle: A filing\nsources: [{id: more-%d, title: A page, read: 2026-11-01}]\nacts: [{id: more-%d, party: HUN, instrument: gcm-process, kind: remark, done: 2018-07-24}]\n", more, more, more)))
}

// TestBareClaims has one of two witnesses claim that it signed more. Signing goes on, unless the policy cannot be met without that one.
func TestBareClaims(t *testing.T) {
	dir := copyOf(t, smallRecord(t))
	key := strings.TrimSpace(must(t, dir, "key", "show"))
	address, vkey, stop := startWitness(t, "--name", "witness.example.net", "--logs", write(t, "logs", "vkey "+key+"\n"), "--state", filepath.Join(t.TempDir(), "witness"))
	defer stop()
	url, asked := claims(t)
	lines := fmt.Sprintf("log %s\nwitness near %s %s\nwitness ours %s %s\ngroup own any ours\ngroup one any near ours\ngroup both all near ours\n", key, vkey, address, awayKey(t), url)
	policy := write(t, "policy", lines+"quorum one\n")
	any, err := tree.ParsePolicy(lines + "quorum near\n")
	if err != nil {
		t.Fatal(err)
	}

	s := startServer(t, "--data", dir, "--witnesses", policy)
	head := s.cosigned(t, any, 0)
	for end := time.Now().Add(30 * time.Second); !strings.Contains(s.errs.String(), "THIS LOG IS NOT THE ONE"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no word of the claim: %s", s.errs.String())
		}
	}
	another(t, dir)
	head = s.cosigned(t, any, head.Size) // goes on
	_, page := s.get(t, "/check")
	for _, want := range []string{"away.example.net</span>: nothing yet. It is kept by those who keep this record", "witness.example.net</span>: the first "} {
		if !strings.Contains(page, want) {
			t.Errorf("/check lacks %q", want)
		}
	}
	if strings.Contains(page, "paused") {
		t.Error("one claim pauses the log")
	}
	s.stop(t)

	// A policy that needs both: signing pauses, and everything else goes on.
	both := write(t, "policy", lines+"quorum both\n")
	was := asked.Load()
	s = startServer(t, "--data", dir, "--witnesses", both)
	for end := time.Now().Add(30 * time.Second); !strings.Contains(s.errs.String(), "THE LOG IS NOT SIGNED FOR NOW"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the log is not paused: %s", s.errs.String())
		}
	}
	if asked.Load() == was {
		t.Error("paused without having asked")
	}
	another(t, dir)
	time.Sleep(signEvery + signEvery/2)
	if code, text := s.get(t, "/log/checkpoint"); code != 200 || !strings.Contains(text, fmt.Sprintf("\n%d\n", head.Size)) {
		t.Errorf("a paused log is signed: %s", text)
	}
	_, page = s.get(t, "/check")
	for _, want := range []string{"The signing of this log is paused.", "It disputes what is here", "it is no proof"} {
		if !strings.Contains(page, want) {
			t.Errorf("/check lacks %q:\n%s", want, page)
		}
	}
	if _, page := s.get(t, fmt.Sprintf("/check/%d", head.Size+1)); !strings.Contains(page, "No signed head holds this filing yet") {
		t.Error("what was filed while it is paused is not there")
	}

	// The keeper finds nothing wrong, and goes on over the claim, which does not pause the log again.
	must(t, dir, "key", "resume", "--alone")
	s.cosigned(t, any, head.Size)
	s.stop(t)
	s = startServer(t, "--data", dir, "--witnesses", both)
	another(t, dir)
	s.cosigned(t, any, head.Size+1)
	s.stop(t)
	if n := strings.Count(s.errs.String(), "NOT SIGNED FOR NOW"); n > 0 {
		t.Errorf("paused again: %s", s.errs.String())
	}
}

// TestClaimsEnd pauses a log and lets it go on when the witness signs; and a proof stops it for good.
func TestClaimsEnd(t *testing.T) {
	dir := copyOf(t, smallRecord(t))
	e := &env{ctx: t.Context(), in: strings.NewReader(""), out: new(bytes.Buffer), err: new(bytes.Buffer), now: time.Now, flags: &globals{Data: dir, Quiet: true}}
	o, err := e.open()
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	url, _ := claims(t)
	policy := write(t, "policy", fmt.Sprintf("log %s\nwitness away %s %s\nquorum away\n", o.key.VKey, awayKey(t), url))
	var said bytes.Buffer
	gather := func() *gathering {
		t.Helper()
		g, err := o.witnesses(e, policy, slog.New(slog.NewTextHandler(&said, nil)))
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	paused := func(want bool) {
		t.Helper()
		if s, err := o.Stopped(t.Context()); err != nil || (s != nil) != want {
			t.Fatalf("stopped: %+v %v\n%s", s, err, said.String())
		}
	}
	g := gather()
	w := g.policy.Witnesses[0]
	ahead := &witness.Ahead{Witness: "away", Size: 1 << 40, Ours: 1}
	g.judged(t.Context(), w, ahead, nil)
	paused(true)
	g = gather() // the program starts again
	paused(true)
	g.judged(t.Context(), w, nil, nil)
	paused(false)
	g.judged(t.Context(), w, &witness.Forked{Witness: "away"}, [][]byte{[]byte("no head")})
	paused(true)
	if err := o.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.judged(t.Context(), w, ahead, nil) // its word does not count any more
	paused(false)
	g.judged(t.Context(), w, nil, nil) // now it does
	g.judged(t.Context(), w, ahead, nil)
	paused(true)
	g.judged(t.Context(), w, nil, nil)
	paused(false)

	// It shows a head that this key signed.
	c, _, err := o.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	forged, err := tree.Sign(tree.Head{Origin: o.key.Name(), Size: c.Size, Root: tree.EmptyRoot}, o.key)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := tree.NewKey(o.key.Name())
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := tree.Sign(tree.Head{Origin: o.key.Name(), Size: 1 << 40, Root: tree.EmptyRoot}, stranger)
	if err != nil {
		t.Fatal(err)
	}
	g.judged(t.Context(), w, nil, nil)
	compare := func(what string, code int, words string) {
		t.Helper()
		a := run("-q", "--data", dir, "key", "compare", what)
		if a.code != code || !strings.Contains(a.out+a.err, words) {
			t.Errorf("%d %s%s", a.code, a.out, a.err)
		}
	}
	compare(write(t, "head", string(c.Note)), exitDone, "own history")
	compare(write(t, "head", string(foreign)), exitFailed, "says nothing about it")
	compare(write(t, "head", "nothing"), exitFailed, "holds no signed head")
	paused(false)
	compare(write(t, "evidence.json", fmt.Sprintf(`{"kind":"fork","size":3,"shown":%q}`, forged)), exitFailed, "are not the first")
	paused(true)
	g.judged(t.Context(), w, nil, nil) // that does not end a proof
	paused(true)
	another(t, dir)
	if c2, _, _ := o.Checkpoint(t.Context()); c2.Size != c.Size {
		t.Errorf("signed %d entries", c2.Size)
	}
	kept, err := filepath.Glob(filepath.Join(dir, "evidence", "log-*.json"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("%v %v", kept, err)
	}
	if b, err := os.ReadFile(kept[0]); err != nil || !strings.Contains(string(b), tree.EmptyRoot.String()) {
		t.Errorf("%s %v", b, err)
	}
	if _, err := g.o.SignLog(context.Background(), o.key); err == nil {
		t.Error("signed")
	}
	if a := run("-q", "--data", dir, "key", "turn", "example.org/next"); a.code != exitFailed {
		t.Errorf("turned without a decision: %+v", a)
	}
	if out := must(t, dir, "key", "resume", "--alone"); !strings.Contains(out, "stocktake key turn") {
		t.Error(out)
	}
	must(t, dir, "key", "turn", "example.org/next")
	if c, _, err := o.Checkpoint(t.Context()); err != nil || c.Origin != "example.org/next" {
		t.Errorf("%+v %v", c, err)
	}
	o.key = nil // it was turned by another process
}
