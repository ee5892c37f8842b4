package mirror_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/publish"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
	"stocktake/internal/verify/verifytest"
)

// TestTurns has a log go on under two more names while its mirror is away, and then under the first again, whose key somebody has.
func TestTurns(t *testing.T) {
	o := verifytest.New(t, "..", 250)
	first := o.Key
	m, _ := follower(t, source(t, o.Out))
	round(t, m)
	reader, knows := verifytest.Memory(t), verifytest.Memory(t) // the first name, and the second
	read := func(dir string, seen *verify.Memory) *verify.Report {
		t.Helper()
		r, err := verify.Log(t.Context(), source(t, dir), verify.Options{Seen: seen})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := read(o.Out, reader); !r.True() {
		t.Fatal(r.Findings)
	}
	for i, name := range []string{"example.org/second", "example.org/third"} {
		next, err := tree.NewKey(name)
		if err != nil {
			t.Fatal(err)
		}
		o.Fill(t, 250+10*i, 260+10*i)
		if err := o.TurnLog(t.Context(), o.Key, next); err != nil {
			t.Fatal(err)
		}
		o.Key = next
		if i == 0 {
			o.Publish(t)
			if r := read(o.Out, knows); !r.True() {
				t.Fatal(r.Findings)
			}
		}
	}
	o.Fill(t, 270, 280)
	o.Publish(t)
	if took := round(t, m); took.Origin != "example.org/third" || took.Size != 282 {
		t.Errorf("%+v", took)
	}
	same(t, o, m)
	for _, name := range []string{first.Name(), "example.org/second"} {
		if s, err := m.Seen.Last(name); err != nil || s == nil || s.Next == "" {
			t.Errorf("of %s it remembers %+v, %v", name, s, err)
		}
	}
	// One that begins now has the heads under names that it knows, so that readers who knew one follow. The first name it cannot know.
	late, w := follower(t, source(t, o.Out))
	round(t, late)
	out := t.TempDir()
	if _, err := publish.Log(t.Context(), w.Ledger, filepath.Join(out, "log"), nil); err != nil {
		t.Fatal(err)
	}
	if r := read(out, reader); r.True() || !strings.Contains(r.Findings[0].What, "A mirror that began later does not have it") {
		t.Errorf("%+v", r)
	}
	if r := read(out, knows); !r.True() || r.KeyFrom != "turn" || len(r.Turned) != 1 {
		t.Errorf("%+v", r)
	}
	if r := read(o.Out, reader); !r.True() || r.KeyFrom != "turn" || len(r.Turned) != 2 {
		t.Errorf("%+v", r)
	}
	if r := read(out, reader); !r.True() || r.KeyFrom != "seen" {
		t.Errorf("%+v", r)
	}

	// Whoever has the first key goes on under the first name, and under the third without an entry that says so.
	size := int64(282)
	root, err := tlog.TreeHash(size, o.HashReader(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	thief, err := tree.NewKey("example.org/fourth")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []*tree.Key{first, thief} {
		signed, err := tree.Sign(tree.Head{Origin: k.Name(), Size: size, Root: root}, k)
		if err != nil {
			t.Fatal(err)
		}
		forged := t.TempDir()
		if err := os.CopyFS(forged, os.DirFS(o.Out)); err != nil {
			t.Fatal(err)
		}
		for name, b := range map[string][]byte{"checkpoint": signed, "key": []byte(k.VKey)} {
			if err := os.WriteFile(filepath.Join(forged, "log", name), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		m.Source = source(t, forged)
		if _, err := m.Round(t.Context()); stocktake.KindOf(err) != stocktake.Conflict || !strings.Contains(err.Error(), "without a last head under the name example.org/third") {
			t.Errorf("%s: %v", k.Name(), err)
		}
		if kept, err := filepath.Glob(filepath.Join(m.Seen.Dir, "*.against-*")); err != nil || len(kept) == 0 {
			t.Errorf("%s: no evidence", k.Name())
		}
		fresh, _ := follower(t, source(t, forged)) // one that never saw it
		if _, err := fresh.Round(t.Context()); stocktake.KindOf(err) != stocktake.Conflict || !strings.Contains(err.Error(), "and this head of it, of 282 entries, is signed as "+k.Name()) {
			t.Errorf("%s: %v", k.Name(), err)
		}
	}
	same(t, o, m)
}
