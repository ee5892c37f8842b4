//go:build linux

package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"stocktake/internal/tree"
)

// startWitness runs the program as a witness in a process of its own. stop ends it, and returns what it said on standard error.
func startWitness(t *testing.T, args ...string) (address, vkey string, stop func() string) {
	t.Helper()
	c, address, vkey := runWitness(t, args...)
	return address, vkey, func() string {
		t.Helper()
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
		return c.Stderr.(*bytes.Buffer).String()
	}
}

// runWitness runs it, and returns the process when it can be asked.
func runWitness(t *testing.T, args ...string) (c *exec.Cmd, address, vkey string) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c = exec.Command(binary, append([]string{"witness", "--listen", "127.0.0.1:0"}, args...)...)
	c.Env = append(os.Environ(), childMode+"=1")
	c.Stderr = new(bytes.Buffer)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if c.ProcessState == nil {
			c.Process.Kill()
			c.Wait()
		}
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		switch line := lines.Text(); {
		case strings.Contains(line, " at http://"):
			address = line[strings.Index(line, "http://"):]
		case strings.HasPrefix(line, "witness.example.net+"):
			vkey = line
		case strings.HasPrefix(line, "Stop with"):
			go io.Copy(io.Discard, out)
			return c, address, vkey
		}
	}
	c.Wait()
	t.Fatalf("the witness did not start: %s", c.Stderr)
	return nil, "", ""
}

// cosigned waits until the head that a server shows satisfies a policy and has more entries than before.
func (s *server) cosigned(t *testing.T, p *tree.Policy, before int64) tree.Head {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		code, text := s.get(t, "/log/checkpoint")
		if h, _, err := p.Open([]byte(text)); code == 200 && err == nil && h.Size > before {
			return h
		} else if time.Now().After(end) {
			t.Fatalf("%v\n%s\n%s", err, text, s.errs.String())
		}
	}
}

func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); err != nil {
		t.Errorf("%v: %s", err, s.errs.String())
	}
}

// TestWitnesses serves a record whose heads a witness signs while another is away, and one that was rolled back.
func TestWitnesses(t *testing.T) {
	dir := copyOf(t, smallRecord(t))
	key := strings.TrimSpace(must(t, dir, "key", "show"))
	older := t.TempDir()
	if err := os.CopyFS(older, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	logs := write(t, "logs", "logs/v0\nvkey "+key+"\n")
	state := filepath.Join(t.TempDir(), "witness")
	said(t, run("witness", "--logs", logs, "--state", state), "--name witness.example.org")
	if a := run("witness", "--logs", write(t, "logs", "vkey x\n"), "--state", state); a.code != exitMisuse || !strings.Contains(a.err, "line 1 of the list of logs") {
		t.Errorf("%+v", a)
	}
	address, vkey, stop := startWitness(t, "--name", "witness.example.net", "--logs", logs, "--state", state)
	lines := fmt.Sprintf("log %s\nwitness near %s %s\nwitness away %s http://127.0.0.1:1/\nquorum near\n", key, vkey, address, awayKey(t))
	policy := write(t, "policy", lines)
	p, err := tree.ParsePolicy(lines)
	if err != nil {
		t.Fatal(err)
	}
	s := startServer(t, "--data", dir, "--witnesses", policy)
	first := s.cosigned(t, p, 0)
	must(t, dir, "file", write(t, "act.yaml", "key: own\ntitle: A filing made meanwhile\nsources: [{id: own, title: A page, published: 2018-07-25, read: 2026-11-01}]\nacts: [{id: hun-leaves, party: HUN, instrument: gcm-process, kind: withdrawal, notified: 2018-07-24}]\n"))
	second := s.cosigned(t, p, first.Size)
	if a := run("verify", s.address, "--policy", policy, "--memory", t.TempDir()); a.code != exitDone || !strings.Contains(a.out, "Witnessed by ") {
		t.Errorf("%+v", a)
	}
	s.stop(t)
	if !strings.Contains(s.errs.String(), "a witness did not sign") {
		t.Errorf("no word of the witness that is away: %s", s.errs.String())
	}

	// The witness starts again with what it knew; it need not be told its name.
	stop()
	address, again, stop := startWitness(t, "--logs", logs, "--state", state)
	if again != vkey {
		t.Errorf("the key is %s, and was %s", again, vkey)
	}
	policy = write(t, "policy", strings.Replace(lines, "near "+vkey+" ", "near "+vkey+" "+address+" #", 1))

	// An older copy of the folder with the same key: the witness does not sign, both say so, and as the witness shows a head by that key, no
	// more is signed here.
	s = startServer(t, "--data", older, "--witnesses", policy)
	for end := time.Now().Add(30 * time.Second); !strings.Contains(s.errs.String(), "THE LOG IS NOT SIGNED FOR NOW"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the server does not mind: %s", s.errs.String())
		}
	}
	if !strings.Contains(s.errs.String(), "THIS LOG IS NOT THE ONE THAT A WITNESS SIGNED") {
		t.Errorf("%s", s.errs.String())
	}
	must(t, older, "file", write(t, "act.yaml", "key: other\ntitle: A filing on the older copy\nsources: [{id: other, title: A page, read: 2026-11-01}]\nacts: [{id: hun-other, party: HUN, instrument: gcm-process, kind: remark, done: 2018-07-24}]\n"))
	if code, page := s.get(t, "/check"); code != 200 || !strings.Contains(page, "This log is not signed any more.") {
		t.Errorf("%d %s", code, page)
	}
	if _, head := s.get(t, "/log/checkpoint"); !strings.Contains(head, fmt.Sprintf("\n%d\n", first.Size)) {
		t.Errorf("signed %s", head)
	}
	s.stop(t)
	if kept, err := filepath.Glob(filepath.Join(older, "evidence", "log-*.json")); err != nil || len(kept) != 1 {
		t.Errorf("evidence: %v %v", kept, err)
	}
	if a := run("-q", "--data", older, "key", "resume", "--witnesses", policy); a.code != exitFailed || !strings.Contains(a.err, "shows another history of this log") { // as many entries are here by now, and others
		t.Errorf("%+v", a)
	}
	kept, err := filepath.Glob(filepath.Join(state, "evidence", "*-older-*.json"))
	if words := stop(); err != nil || len(kept) != 1 || !strings.Contains(words, "A HEAD WAS REFUSED") {
		t.Errorf("%v %v %s", kept, err, words)
	}
	if second.Size != first.Size+1 {
		t.Errorf("%d entries after %d", second.Size, first.Size)
	}

	// A policy about another log is not for this record.
	foreign := write(t, "policy", strings.Replace(lines, key, logKey(t), 1))
	if a := run("--data", dir, "serve", "--listen", "127.0.0.1:0", "--witnesses", foreign); a.code != exitMisuse || !strings.Contains(a.err, "is about another log than this one") {
		t.Errorf("%+v", a)
	}
}

func awayKey(t *testing.T) string {
	t.Helper()
	c, err := tree.NewCosigner("away.example.net", make([]byte, 32), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return c.String()
}

func logKey(t *testing.T) string {
	t.Helper()
	k, err := tree.NewKey("example.org/another")
	if err != nil {
		t.Fatal(err)
	}
	return k.VKey
}
