//go:build linux

package cli

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stocktake/internal/tree"
	"stocktake/internal/witness"
)

// history is one of several that a log with one key shows.
type history struct {
	hashes []tlog.Hash
	roots  []tlog.Hash // by size
}

func (h *history) ReadHashes(places []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(places))
	for i, p := range places {
		list[i] = h.hashes[p]
	}
	return list, nil
}

// grow adds n leaves with a word of their own.
func (h *history) grow(t *testing.T, word string, n int) *history {
	t.Helper()
	if h.roots == nil {
		h.roots = []tlog.Hash{tree.EmptyRoot}
	}
	for range n {
		size := int64(len(h.roots) - 1)
		add, err := tlog.StoredHashes(size, fmt.Appendf(nil, "%s %d", word, size), h)
		if err != nil {
			t.Fatal(err)
		}
		h.hashes = append(h.hashes, add...)
		root, err := tlog.TreeHash(size+1, h)
		if err != nil {
			t.Fatal(err)
		}
		h.roots = append(h.roots, root)
	}
	return h
}

// from is a copy of the first entries.
func (h *history) from(size int64) *history {
	return &history{append([]tlog.Hash(nil), h.hashes[:tlog.StoredHashCount(size)]...), append([]tlog.Hash(nil), h.roots[:size+1]...)}
}

// TestSoakWitness kills a witness while a log shows it two histories at once, again and again. All that it ever signed, whether its answer came or
// stands in its folder only, is one history; and what it answered is on disk.
func TestSoakWitness(t *testing.T) {
	kills := soaks(t, 100, 3)
	k, err := tree.NewKey("example.org/two-histories")
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(t.TempDir(), "witness")
	logs := write(t, "logs", "vkey "+k.VKey+"\nqpd 2000000000\n")
	var mu sync.Mutex
	signed := map[int64]tlog.Hash{} // every head that it ever signed
	sure := int64(0)                // the largest whose signature was answered
	answers, refused, size := 0, 0, int64(0)
	won := new(history).grow(t, "first", 1)
	for n := range kills {
		c, address, vkey := runWitness(t, "--name", "witness.example.net", "--logs", logs, "--state", state)
		p, err := tree.ParsePolicy(fmt.Sprintf("log %s\nwitness w %s %s\nquorum w\n", k.VKey, vkey, address))
		if err != nil {
			t.Fatal(err)
		}
		// Two histories part from what it signed last.
		const steps = 60
		both := []*history{won.from(size).grow(t, fmt.Sprintf("left %d", n), steps), won.from(size).grow(t, fmt.Sprintf("right %d", n), steps)}
		var asking sync.WaitGroup
		first := make(chan struct{})
		var once sync.Once
		for i := range 4 {
			h := both[i%2]
			asking.Go(func() {
				var client witness.Client
				for at := size; at < size+steps; {
					at += 1 + rand.Int64N(2)
					at = min(at, size+steps)
					head, err := tree.Sign(tree.Head{Origin: k.Name(), Size: at, Root: h.roots[at]}, k)
					if err != nil {
						t.Error(err)
						return
					}
					once.Do(func() { close(first) })
					got, err := client.Ask(t.Context(), p.Witnesses[0], 0, head, h)
					mu.Lock()
					if err == nil {
						answers++
						if was, ok := signed[at]; ok && was != h.roots[at] {
							t.Errorf("kill %d: it signed two heads of %d entries", n, at)
						}
						signed[at], sure = h.roots[at], max(sure, got.Size)
					} else {
						refused++
					}
					mu.Unlock()
					if err != nil && strings.Contains(err.Error(), "does not answer") {
						return
					}
				}
			})
		}
		<-first
		time.Sleep(rand.N(80 * time.Millisecond))
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		c.Wait()
		asking.Wait()

		files, err := filepath.Glob(filepath.Join(state, "logs", "*.json"))
		if err != nil || len(files) > 1 {
			t.Fatal(files, err)
		}
		if len(files) == 0 { // killed before it signed anything
			if sure > 0 {
				t.Fatalf("kill %d: it signed %d entries, and nothing is on disk", n, sure)
			}
			continue
		}
		b, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		var s witness.State
		if err := json.Unmarshal(b, &s); err != nil {
			t.Fatalf("kill %d: %v: %s", n, err, b)
		}
		if s.Size < sure {
			t.Fatalf("kill %d: it signed %d entries, and %d are on disk", n, sure, s.Size)
		}
		if _, err := note.Open([]byte(s.Note), note.VerifierList(p.Witnesses[0].Key)); err != nil {
			t.Fatalf("kill %d: %v", n, err)
		}
		if was, ok := signed[s.Size]; ok && was != s.Root {
			t.Fatalf("kill %d: it signed one head of %d entries, and keeps another", n, s.Size)
		}
		signed[s.Size] = s.Root
		// One of the two has all that it ever signed.
		i := 0
		if s.Size > size && both[0].roots[s.Size] != s.Root {
			i = 1
		}
		for at, root := range signed {
			if at > s.Size || both[i].roots[at] != root {
				t.Fatalf("kill %d: it signed a head of %d entries that is none of the history of %d that it keeps", n, at, s.Size)
			}
		}
		won, size = both[i], s.Size
	}
	t.Logf("%d kills of a witness that was shown two histories; %d heads signed and %d refused or cut off; the newest has %d entries", kills, answers, refused, size)
	if answers < kills {
		t.Errorf("only %d heads were signed: this tests little", answers)
	}
}
