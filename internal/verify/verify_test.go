package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/store"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
	"stocktake/internal/verify/verifytest"
)

func check(t *testing.T, target string, opt verify.Options) *verify.Report {
	t.Helper()
	s, err := verify.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := verify.Log(t.Context(), s, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestItHolds(t *testing.T) {
	w := verifytest.New(t, "..", 600)
	m := verifytest.Memory(t)
	r := check(t, w.Out, verify.Options{Seen: m})
	if !r.True() || r.Size != 600 || r.Filings != 600 || r.Quotes < 50 || r.KeyFrom != "target" || r.Origin != "example.org/record" {
		t.Fatalf("%+v", r)
	}
	// Published again, nothing is written; grown, only what is new, and what this machine saw is where it goes on from.
	if n := w.Publish(t); n.Written != 0 || n.Removed != 0 {
		t.Errorf("%+v", n)
	}
	w.Fill(t, 600, 700)
	if n := w.Publish(t); n.Written == 0 || n.Removed == 0 || n.Written > 16 {
		t.Errorf("%+v", n)
	}
	r = check(t, filepath.Join(w.Out, "log"), verify.Options{Seen: m})
	if !r.True() || r.Seen == nil || r.Seen.Size != 600 || r.KeyFrom != "seen" {
		t.Fatalf("%+v", r)
	}
	// A zip of the folder does as well.
	path := filepath.Join(t.TempDir(), "copy.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	if err := z.AddFS(os.DirFS(w.Out)); err != nil {
		t.Fatal(err)
	}
	z.Close()
	f.Close()
	if r := check(t, path, verify.Options{}); !r.True() {
		t.Errorf("%+v", r)
	}
}

// TestOneChangedByte changes one byte of each file of the log, at its beginning, middle and end, and takes each away.
func TestOneChangedByte(t *testing.T) {
	w := verifytest.New(t, "..", 530)
	kinds := map[string]int{}
	err := filepath.WalkDir(w.Out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(filepath.Join(w.Out, "log"), path)
		was, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		kinds[strings.SplitN(filepath.ToSlash(name), "/", 2)[0]]++
		named := func(r *verify.Report) bool {
			return slices.ContainsFunc(r.Findings, func(f verify.Finding) bool {
				return strings.Contains(f.Where+f.What, filepath.ToSlash(name)) || name == "key" && f.Where == "checkpoint" || strings.HasPrefix(name, "sheets") && strings.Contains(f.Where, "filing")
			})
		}
		for _, at := range []int{0, len(was) / 2, len(was) - 1} {
			bad := bytes.Clone(was)
			bad[at] ^= 1
			if err := os.WriteFile(path, bad, 0o644); err != nil {
				return err
			}
			if r := check(t, w.Out, verify.Options{}); r.True() && !(name == "key" && at == len(was)-1) {
				t.Errorf("byte %d of %s was changed, and it holds", at, name)
			} else if !r.True() && !named(r) {
				t.Errorf("byte %d of %s was changed, and the report does not name it: %+v", at, name, r.Findings)
			}
		}
		if name != "checkpoint" && name != "key" && !strings.HasPrefix(name, "file") {
			if err := os.Remove(path); err != nil {
				return err
			}
			if r := check(t, w.Out, verify.Options{}); r.True() || !named(r) {
				t.Errorf("%s is not there: %+v", name, r.Findings)
			}
		}
		return os.WriteFile(path, was, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"checkpoint", "key", "tile", "filings", "sheets", "file"} {
		if kinds[k] == 0 {
			t.Errorf("no file of the kind %s: %v", k, kinds)
		}
	}
	if r := check(t, w.Out, verify.Options{}); !r.True() {
		t.Errorf("in the end it does not hold: %+v", r.Findings)
	}
}

// TestAnotherHistory shows an older log, and one with another past, to a machine that saw a newer one.
func TestAnotherHistory(t *testing.T) {
	w := verifytest.New(t, "..", 300)
	m := verifytest.Memory(t)
	older := t.TempDir()
	if err := os.CopyFS(older, os.DirFS(w.Out)); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "record.db")
	if err := w.Store().Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	w.Fill(t, 300, 320)
	w.Publish(t)
	if r := check(t, w.Out, verify.Options{Seen: m}); !r.True() {
		t.Fatalf("%+v", r)
	}
	refused := func(what, target, words string) {
		t.Helper()
		r := check(t, target, verify.Options{Seen: m})
		if r.True() || !strings.Contains(fmt.Sprint(r.Findings), words) {
			t.Errorf("%s: %+v", what, r.Findings)
		}
		kept, err := filepath.Glob(filepath.Join(m.Dir, "*.against-*.note"))
		if err != nil || len(kept) == 0 {
			t.Errorf("%s: no evidence is kept", what)
		}
		for _, k := range kept {
			os.Remove(k)
		}
	}
	refused("rolled back", older, "rolled back")
	// The backup goes on otherwise, under the same key, past the size that was seen.
	forged := &verifytest.World{Dir: t.TempDir(), Out: t.TempDir(), Key: w.Key, At: w.At}
	b, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(forged.Dir, "record.db"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	forged.Open(t)
	forged.Fill(t, 300, 301)
	forged.Fill(t, 400, 450)
	forged.Publish(t)
	refused("another past", forged.Out, "not those that this machine saw")
	// Whoever never saw the other takes it for true: that is what witnesses are for.
	if r := check(t, forged.Out, verify.Options{Seen: verifytest.Memory(t)}); !r.True() {
		t.Errorf("%+v", r)
	}
	// Another key under the same origin is refused, by memory and by policy.
	other, _ := tree.NewKey("example.org/record")
	fake := verifytest.NewUnder(t, "..", other, 330)
	refused2 := check(t, fake.Out, verify.Options{Seen: m})
	if refused2.True() {
		t.Error("another key is believed")
	}
	p, err := tree.ParsePolicy("log " + w.Key.VKey + "\nquorum none\n")
	if err != nil {
		t.Fatal(err)
	}
	if r := check(t, fake.Out, verify.Options{Policy: p}); r.True() {
		t.Error("another key is believed, against the policy")
	}
	if r := check(t, w.Out, verify.Options{Policy: p}); !r.True() || r.KeyFrom != "policy" {
		t.Errorf("%+v", r)
	}
}

// TestWhatIsGone removes a quotation. The log still holds and names it; whoever still gives the words out is told so.
func TestWhatIsGone(t *testing.T) {
	w := verifytest.New(t, "..", 300)
	before := t.TempDir()
	if err := os.CopyFS(before, os.DirFS(w.Out)); err != nil {
		t.Fatal(err)
	}
	f, err := w.Load(t.Context(), 21)
	if err != nil {
		t.Fatal(err)
	}
	info, _ := w.Record().Info(21)
	q := f.Acts[0].Quotes[0].Exact
	if _, err := w.Remove(t.Context(), info.SHA256, q.Commitment, "court order", "Keepers of a test"); err != nil {
		t.Fatal(err)
	}
	w.Publish(t)
	r := check(t, w.Out, verify.Options{})
	if !r.True() || len(r.Gone) != 1 || r.Gone[0].Filing != 21 || r.Gone[0].By != 301 || r.Gone[0].Ground != "court-order" || r.Gone[0].Path != "acts/0/quotes/0/exact" {
		t.Errorf("%+v", r)
	}
	// A copy that follows the log but not the removal.
	names, err := filepath.Glob(filepath.Join(before, "log", "sheets", "*"))
	if err != nil || len(names) == 0 {
		t.Fatal("no sheets", err)
	}
	stale := filepath.Join(w.Out, "log", "sheets", "000")
	b, err := os.ReadFile(filepath.Join(before, "log", "sheets", "000"))
	if err != nil {
		t.Fatal(err)
	}
	is, _ := os.ReadFile(stale)
	if err := os.WriteFile(stale, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if r := check(t, w.Out, verify.Options{}); r.True() || !strings.Contains(fmt.Sprint(r.Findings), "filing 301 removed this text") {
		t.Errorf("%+v", r.Findings)
	}
	// And one that lost words without a removal.
	lines := bytes.Split(is, []byte("\n"))
	lines[30] = []byte("[]")
	if err := os.WriteFile(stale, bytes.Join(lines, []byte("\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := check(t, w.Out, verify.Options{}); r.True() || !strings.Contains(fmt.Sprint(r.Findings), "no filing removed it") {
		t.Errorf("%+v", r.Findings)
	}
}

// TestTurn turns the log over to another key: both names are heads of one tree.
func TestTurn(t *testing.T) {
	w := verifytest.New(t, "..", 260)
	next, err := tree.NewKey("example.org/record-2")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.TurnLog(t.Context(), w.Key, next); err != nil {
		t.Fatal(err)
	}
	old, ok, err := w.Store().Checkpoint(t.Context(), w.Key.Name())
	if err != nil || !ok || old.Size != 261 {
		t.Fatalf("the old log ends at %d, %v", old.Size, err)
	}
	if err := w.CheckKey(t.Context(), w.Key); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("the old key is still taken: %v", err)
	}
	if _, err := w.SignLog(t.Context(), w.Key); err == nil && w.Record().Head() != 260 {
		t.Error("the old key still signs")
	}
	w.Key = next
	w.Fill(t, 260, 270)
	w.Publish(t)
	r := check(t, w.Out, verify.Options{})
	if !r.True() || r.Size != 271 || r.Filings != 270 || r.Origin != "example.org/record-2" {
		t.Errorf("%+v", r)
	}
	for _, n := range []int64{1, 260, 261, 270} {
		p, err := w.Prove(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := tree.ParseLeaf(p.Extra)
		if err != nil || leaf.Number != n {
			t.Errorf("the proof of filing %d is about %d, %v", n, leaf.Number, err)
		}
		policy, _ := tree.PolicyOf(next.VKey)
		if _, err := verify.Proof(p.Encode(), nil, policy, nil); err != nil {
			t.Errorf("filing %d: %v", n, err)
		}
	}
}

// TestProof checks proofs of filings, with their bytes beside them.
func TestProof(t *testing.T) {
	w := verifytest.New(t, "..", 300)
	m := verifytest.Memory(t)
	p, err := w.Prove(t.Context(), 123)
	if err != nil {
		t.Fatal(err)
	}
	row, err := w.Raw(t.Context(), 123)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verify.Proof(p.Encode(), row.Bytes, nil, m); err == nil {
		t.Error("a proof is believed without any key")
	}
	if r := check(t, w.Out, verify.Options{Seen: m}); !r.True() {
		t.Fatal(r.Findings)
	}
	r, err := verify.Proof(p.Encode(), row.Bytes, nil, m)
	if err != nil || r.Number != 123 || r.SHA256 != row.SHA256 || r.KeyFrom != "seen" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := verify.Proof(p.Encode(), row.Bytes[1:], nil, m); err == nil {
		t.Error("other bytes pass")
	}
	text := p.Encode()
	for i := range text {
		bad := bytes.Clone(text)
		bad[i] ^= 1
		if _, err := verify.Proof(bad, row.Bytes, nil, m); err == nil {
			t.Fatalf("with byte %d changed the proof passes", i)
		}
	}
	if _, err := w.Prove(t.Context(), 301); stocktake.KindOf(err) != stocktake.NotFound {
		t.Errorf("%v", err)
	}
}

// TestEarlierRecords joins filings that were made before there was a log.
func TestEarlierRecords(t *testing.T) {
	w := verifytest.New(t, "..", 300)
	root := func(w *verifytest.World) string {
		c, ok, err := w.Checkpoint(context.Background())
		if err != nil || !ok {
			t.Fatal(err)
		}
		return strings.SplitN(string(c.Note), "\n\n", 2)[0]
	}
	was := root(w)
	var rows []store.Row
	var sheets []store.Sheet
	if err := w.Store().Filings(t.Context(), 0, 0, func(r store.Row) error {
		r.Bytes = bytes.Clone(r.Bytes)
		rows = append(rows, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Store().Sheets(t.Context(), nil, func(s store.Sheet) error { sheets = append(sheets, s); return nil }); err != nil {
		t.Fatal(err)
	}
	old := &verifytest.World{Dir: t.TempDir(), Out: t.TempDir(), Key: w.Key, At: w.At}
	old.Open(t)
	err := old.Store().Write(t.Context(), func(x store.Writer) error { // as before there was a log
		if err := x.Append(t.Context(), rows); err != nil {
			return err
		}
		return x.PutSheets(t.Context(), sheets)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	old.Publish(t)
	if got := root(old); got != was {
		t.Errorf("the log of the older record is\n%s\nnot\n%s", got, was)
	}
	old.Fill(t, 300, 310)
	old.Publish(t)
	if r := check(t, old.Out, verify.Options{}); !r.True() || r.Size != 310 {
		t.Errorf("%+v", r)
	}
}
