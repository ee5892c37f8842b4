//go:build linux

package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"stocktake"
)

// server is the program serving a record in a process of its own.
type server struct {
	*exec.Cmd
	address string
	errs    bytes.Buffer
}

func startServer(t *testing.T, args ...string) *server {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Cmd: exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)}
	s.Env = append(os.Environ(), childMode+"=1")
	s.Stderr = &s.errs
	out, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.ProcessState == nil {
			s.Process.Kill()
			s.Wait()
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if a, ok := strings.CutPrefix(lines.Text(), "Open "); ok {
			s.address = a
		}
		if strings.HasPrefix(lines.Text(), "Stop with") {
			go io.Copy(io.Discard, out)
			return s
		}
	}
	s.Wait()
	t.Fatalf("the server did not start: %s", s.errs.String())
	return nil
}

func (s *server) get(t *testing.T, path string) (int, string) {
	t.Helper()
	c := http.Client{Timeout: 30 * time.Second}
	r, err := c.Get(strings.TrimSuffix(s.address, "/") + path)
	if err != nil {
		t.Fatalf("%s: %v\n%s", path, err, s.errs.String())
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// TestServe serves a record while others read it, file in it, copy it and check it, and stops when told.
func TestServe(t *testing.T) {
	dir := copyOf(t, smallRecord(t))
	s := startServer(t, "--data", dir)
	if !regexp.MustCompile(`^http://127\.0\.0\.1:\d+/$`).MatchString(s.address) {
		t.Fatalf("address %q", s.address)
	}
	if code, body := s.get(t, "/"); code != 200 || !strings.Contains(body, "Global Compact for Migration") {
		t.Errorf("home: %d\n%.300s", code, body)
	}
	// The page's JSON says what the command line says.
	code, body := s.get(t, "/standing.json?party=USA&instrument=gcm-process&on=2018-01-01&known=2100-01-01")
	var web []stocktake.Standing
	if err := json.Unmarshal([]byte(body), &web); code != 200 || err != nil || len(web) != 1 {
		t.Fatalf("%d, %v\n%.500s", code, err, body)
	}
	line := decode[[]stocktake.Standing](t, dir, "standing", "--party", "USA", "--instrument", "gcm-process", "--on", "2018-01-01", "--known", "2100-01-01")
	a, _ := json.Marshal(web)
	b, _ := json.Marshal(line)
	if !bytes.Equal(a, b) {
		t.Errorf("the page says\n%s\nthe command line says\n%s", a, b)
	}

	// Another process files; the server follows.
	filing := write(t, "act.yaml", "key: own\ntitle: A filing made meanwhile\nsources: [{id: own, title: A page, published: 2018-07-25, read: 2026-11-01}]\nacts: [{id: hun-leaves, party: HUN, instrument: gcm-process, kind: withdrawal, notified: 2018-07-24}]\n")
	must(t, dir, "file", filing)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, body := s.get(t, "/standing.json?party=HUN&instrument=gcm-process&on=2019-01-01"); strings.Contains(body, "out of the talks") {
			break
		} else if time.Now().After(end) {
			t.Fatalf("the server does not see what was filed:\n%.500s", body)
		}
	}
	// Copies and checks work beside it.
	copied := filepath.Join(t.TempDir(), "copy")
	must(t, dir, "backup", copied)
	must(t, dir, "check")
	restored := filepath.Join(t.TempDir(), "restored")
	must(t, restored, "restore", copied)
	must(t, restored, "key", "resume", "--alone")
	if must(t, restored, "export", "-") != must(t, dir, "export", "-") {
		t.Error("the restored copy is not what was copied")
	}
	if code, _ := s.get(t, "/i/no-such-thing"); code != 404 {
		t.Errorf("what is not there: %d", code)
	}

	// The port is taken: said, with what to do.
	port := strings.TrimSuffix(strings.TrimPrefix(s.address, "http://"), "/")
	said(t, run("-q", "--data", dir, "serve", "--listen", port), `another program may be using this port: choose another with --listen`)

	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); err != nil || !strings.Contains(s.errs.String(), "Stopped.") {
		t.Errorf("stopped with %v: %s", err, s.errs.String())
	}
	if c, err := net.DialTimeout("tcp", port, time.Second); err == nil {
		c.Close()
		t.Error("it still answers")
	}
	must(t, dir, "check")
}

// TestServeMakesARecord serves a folder that holds nothing: it makes the built-in record first, saying how far it is.
func TestServeMakesARecord(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "new folder")
	s := startServer(t, "--data", dir)
	if code, body := s.get(t, "/standing.json?party=USA&instrument=gcm-process&on=2018-01-01"); code != 200 || !strings.Contains(body, "out of the talks") {
		t.Errorf("%d\n%.300s", code, body)
	}
	if err := s.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); err != nil {
		t.Error(err)
	}
	for _, words := range []string{"Making a record in ", "filings added"} {
		if !strings.Contains(s.errs.String(), words) {
			t.Errorf("standard error lacks %q: %s", words, s.errs.String())
		}
	}
}
