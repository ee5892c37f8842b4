//go:build linux

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stocktake/internal/tree"
)

// TestResume restores an older backup beside a witness and a mirror that saw more. It is neither served nor signed before the mirror has brought
// what is missing, a removal among it; then it goes on as the same log.
func TestResume(t *testing.T) {
	dir := copyOf(t, smallRecord(t))
	key := strings.TrimSpace(must(t, dir, "key", "show"))
	logs := write(t, "logs", "logs/v0\nvkey "+key+"\n")
	address, vkey, stop := startWitness(t, "--name", "witness.example.net", "--logs", logs, "--state", filepath.Join(t.TempDir(), "witness"))
	defer stop()
	lines := fmt.Sprintf("log %s\nwitness near %s %s\nquorum near\n", key, vkey, address)
	policy := write(t, "policy", lines)
	p, err := tree.ParsePolicy(lines)
	if err != nil {
		t.Fatal(err)
	}
	backup, mirrored, restored := filepath.Join(t.TempDir(), "b"), t.TempDir(), t.TempDir()
	s := startServer(t, "--data", dir, "--witnesses", policy)
	first := s.cosigned(t, p, 0)
	must(t, dir, "backup", backup)
	must(t, dir, "file", write(t, "act.yaml", "key: own\ntitle: A filing after the backup\nsources: [{id: own, title: A page, published: 2018-07-25, read: 2026-11-01}]\nacts: [{id: hun-leaves, party: HUN, instrument: gcm-process, kind: withdrawal, notified: 2018-07-24, quotes: [{exact: words that will have to go}]}]\n"))
	second := s.cosigned(t, p, first.Size)
	must(t, mirrored, "mirror", s.address, mirrored)
	want := must(t, dir, "export", "-")
	s.stop(t)

	must(t, restored, "restore", backup)
	if err := os.CopyFS(filepath.Join(restored, "keys"), os.DirFS(filepath.Join(dir, "keys"))); err != nil {
		t.Fatal(err)
	}
	refused := func(words string, args ...string) {
		t.Helper()
		if a := run(append([]string{"--data", restored}, args...)...); a.code != exitFailed || !strings.Contains(a.err, words) {
			t.Errorf("%v: %d %s", args, a.code, a.err)
		}
	}
	refused("restored from a backup", "serve", "--listen", "127.0.0.1:0")
	refused(fmt.Sprintf("signed a head of %d entries", second.Size), "key", "resume", "--witnesses", policy)
	refused("restored from a backup", "serve", "--listen", "127.0.0.1:0")

	m := startServer(t, "--data", mirrored)
	out := must(t, restored, "key", "resume", "--from", m.address, "--witnesses", policy)
	if !strings.Contains(out, "entries, 1 in all") || !strings.Contains(out, "no more than are here") {
		t.Errorf("%s", out)
	}
	m.stop(t)
	if must(t, restored, "export", "-") != want {
		t.Error("the restored record exports other bytes")
	}
	must(t, restored, "file", write(t, "act.yaml", "key: later\ntitle: A filing after the restore\nsources: [{id: later, title: A page, published: 2018-07-26, read: 2026-11-01}]\nacts: [{id: hun-says, party: HUN, instrument: gcm-process, kind: remark, done: 2018-07-25}]\n"))
	s = startServer(t, "--data", restored, "--witnesses", policy)
	third := s.cosigned(t, p, second.Size)
	if third.Size != second.Size+1 {
		t.Errorf("%d entries after %d", third.Size, second.Size)
	}
	if a := run("--data", mirrored, "mirror", s.address, mirrored); a.code != exitDone || !strings.Contains(a.out, "1 were new") {
		t.Errorf("the mirror does not follow the restored record: %+v", a)
	}
	s.stop(t)
}
