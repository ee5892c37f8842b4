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
	"time"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/publish"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
)

// world is a small record with its log, published into a folder.
type world struct {
	*ledger.Ledger
	dir string // of the record
	out string // published
	key *tree.Key
	at  time.Time
}

const words = "On that day the ministry said: a state did something.\nThat was all.\n"

func newWorld(t *testing.T, filings int) *world {
	t.Helper()
	k, err := tree.NewKey("example.org/record")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{dir: t.TempDir(), out: t.TempDir(), key: k, at: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	w.open(t)
	sum, _, err := w.Blobs().Put(t.Context(), strings.NewReader(words))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../cli/testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse("small.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	w.file(t, list...)
	w.filings(t, sum, len(list), filings)
	w.publish(t)
	return w
}

// filings files until there are so many.
func (w *world) filings(t *testing.T, sum string, from, to int) {
	t.Helper()
	var list []stocktake.Filing
	for n := from; n < to; n++ {
		src := stocktake.SourceID(fmt.Sprintf("page-%d", n))
		f := stocktake.Filing{Key: fmt.Sprintf("k/%d", n), Title: "A filing", Sources: []stocktake.Source{{ID: src, Title: "A page", Read: stocktake.MustDate("2026-10-01")}},
			Acts: []stocktake.Act{{ID: stocktake.ActID(fmt.Sprintf("a-%d", n)), Party: "MEX", Instrument: "gcm", Kind: stocktake.Remark, Done: stocktake.MustDate("2018-12-10"), Source: src}}}
		if n%10 == 0 {
			f.Sources[0].Copy = &stocktake.Copy{State: "public", SHA256: sum, Media: "text/plain"}
			f.Acts[0].Quotes = []stocktake.Quote{{Exact: stocktake.Sheeted{Text: "a state did something"}}}
		}
		list = append(list, f)
	}
	w.file(t, list...)
}

func (w *world) open(t *testing.T) {
	t.Helper()
	st, err := sqlite.Open(t.Context(), filepath.Join(w.dir, "record.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := blob.OpenDir(filepath.Join(w.dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	w.Ledger, err = ledger.Open(t.Context(), st, files, ledger.Options{Now: func() time.Time { w.at = w.at.Add(time.Second); return w.at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
}

func (w *world) file(t *testing.T, list ...stocktake.Filing) {
	t.Helper()
	if _, err := w.File(t.Context(), ledger.FileOptions{}, list...); err != nil {
		t.Fatal(err)
	}
}

// publish signs the newest head and writes the log.
func (w *world) publish(t *testing.T) publish.Counts {
	t.Helper()
	if _, err := w.SignLog(t.Context(), w.key); err != nil {
		t.Fatal(err)
	}
	n, err := publish.Log(t.Context(), w.Ledger, filepath.Join(w.out, "log"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

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

func memory(t *testing.T) *verify.Memory {
	return &verify.Memory{Dir: t.TempDir(), Now: func() time.Time { return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) }}
}

func TestItHolds(t *testing.T) {
	w := newWorld(t, 600)
	m := memory(t)
	r := check(t, w.out, verify.Options{Seen: m})
	if !r.True() || r.Size != 600 || r.Filings != 600 || r.Quotes < 50 || r.KeyFrom != "target" || r.Origin != "example.org/record" {
		t.Fatalf("%+v", r)
	}
	// Published again, nothing is written; grown, only what is new, and what this machine saw is where it goes on from.
	if n := w.publish(t); n.Written != 0 || n.Removed != 0 {
		t.Errorf("%+v", n)
	}
	w.filings(t, hashOf(t, w), 600, 700)
	if n := w.publish(t); n.Written == 0 || n.Removed == 0 || n.Written > 16 {
		t.Errorf("%+v", n)
	}
	r = check(t, filepath.Join(w.out, "log"), verify.Options{Seen: m})
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
	if err := z.AddFS(os.DirFS(w.out)); err != nil {
		t.Fatal(err)
	}
	z.Close()
	f.Close()
	if r := check(t, path, verify.Options{}); !r.True() {
		t.Errorf("%+v", r)
	}
}

func hashOf(t *testing.T, w *world) string {
	sum, _, err := w.Blobs().Put(t.Context(), strings.NewReader(words))
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// TestOneChangedByte changes one byte of each file of the log, at its beginning, middle and end, and takes each away.
func TestOneChangedByte(t *testing.T) {
	w := newWorld(t, 530)
	kinds := map[string]int{}
	err := filepath.WalkDir(w.out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(filepath.Join(w.out, "log"), path)
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
			if r := check(t, w.out, verify.Options{}); r.True() && !(name == "key" && at == len(was)-1) {
				t.Errorf("byte %d of %s was changed, and it holds", at, name)
			} else if !r.True() && !named(r) {
				t.Errorf("byte %d of %s was changed, and the report does not name it: %+v", at, name, r.Findings)
			}
		}
		if name != "checkpoint" && name != "key" && !strings.HasPrefix(name, "file") {
			if err := os.Remove(path); err != nil {
				return err
			}
			if r := check(t, w.out, verify.Options{}); r.True() || !named(r) {
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
	if r := check(t, w.out, verify.Options{}); !r.True() {
		t.Errorf("in the end it does not hold: %+v", r.Findings)
	}
}

// TestAnotherHistory shows an older log, and one with another past, to a machine that saw a newer one.
func TestAnotherHistory(t *testing.T) {
	w := newWorld(t, 300)
	m := memory(t)
	older := t.TempDir()
	if err := os.CopyFS(older, os.DirFS(w.out)); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "record.db")
	if err := w.Store().Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	w.filings(t, hashOf(t, w), 300, 320)
	w.publish(t)
	if r := check(t, w.out, verify.Options{Seen: m}); !r.True() {
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
	forged := &world{dir: t.TempDir(), out: t.TempDir(), key: w.key, at: w.at}
	b, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(forged.dir, "record.db"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	forged.open(t)
	forged.filings(t, hashOf(t, forged), 300, 301)
	forged.filings(t, hashOf(t, forged), 400, 450)
	forged.publish(t)
	refused("another past", forged.out, "not those that this machine saw")
	// Whoever never saw the other takes it for true: that is what witnesses are for.
	if r := check(t, forged.out, verify.Options{Seen: memory(t)}); !r.True() {
		t.Errorf("%+v", r)
	}
	// Another key under the same origin is refused, by memory and by policy.
	other, _ := tree.NewKey("example.org/record")
	fake := newWorldUnder(t, other, 330)
	refused2 := check(t, fake.out, verify.Options{Seen: m})
	if refused2.True() {
		t.Error("another key is believed")
	}
	p, err := tree.ParsePolicy("log " + w.key.VKey + "\nquorum none\n")
	if err != nil {
		t.Fatal(err)
	}
	if r := check(t, fake.out, verify.Options{Policy: p}); r.True() {
		t.Error("another key is believed, against the policy")
	}
	if r := check(t, w.out, verify.Options{Policy: p}); !r.True() || r.KeyFrom != "policy" {
		t.Errorf("%+v", r)
	}
}

func newWorldUnder(t *testing.T, k *tree.Key, filings int) *world {
	t.Helper()
	w := newWorld(t, 5)
	w.key = k
	w.dir, w.out = t.TempDir(), t.TempDir()
	w.open(t)
	text, err := os.ReadFile("../cli/testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse("small.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	w.file(t, list...)
	w.filings(t, hashOf(t, w), len(list), filings)
	w.publish(t)
	return w
}

// TestWhatIsGone removes a quotation. The log still holds and names it; whoever still gives the words out is told so.
func TestWhatIsGone(t *testing.T) {
	w := newWorld(t, 300)
	before := t.TempDir()
	if err := os.CopyFS(before, os.DirFS(w.out)); err != nil {
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
	w.publish(t)
	r := check(t, w.out, verify.Options{})
	if !r.True() || len(r.Gone) != 1 || r.Gone[0].Filing != 21 || r.Gone[0].By != 301 || r.Gone[0].Ground != "court order" || r.Gone[0].Path != "acts/0/quotes/0/exact" {
		t.Errorf("%+v", r)
	}
	// A copy that follows the log but not the removal.
	names, err := filepath.Glob(filepath.Join(before, "log", "sheets", "*"))
	if err != nil || len(names) == 0 {
		t.Fatal("no sheets", err)
	}
	stale := filepath.Join(w.out, "log", "sheets", "000")
	b, err := os.ReadFile(filepath.Join(before, "log", "sheets", "000"))
	if err != nil {
		t.Fatal(err)
	}
	is, _ := os.ReadFile(stale)
	if err := os.WriteFile(stale, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if r := check(t, w.out, verify.Options{}); r.True() || !strings.Contains(fmt.Sprint(r.Findings), "filing 301 removed this text") {
		t.Errorf("%+v", r.Findings)
	}
	// And one that lost words without a removal.
	lines := bytes.Split(is, []byte("\n"))
	lines[30] = []byte("[]")
	if err := os.WriteFile(stale, bytes.Join(lines, []byte("\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := check(t, w.out, verify.Options{}); r.True() || !strings.Contains(fmt.Sprint(r.Findings), "no filing removed it") {
		t.Errorf("%+v", r.Findings)
	}
}

// TestTurn turns the log over to another key: both names are heads of one tree.
func TestTurn(t *testing.T) {
	w := newWorld(t, 260)
	next, err := tree.NewKey("example.org/record-2")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.TurnLog(t.Context(), w.key, next); err != nil {
		t.Fatal(err)
	}
	old, ok, err := w.Store().Checkpoint(t.Context(), w.key.Name())
	if err != nil || !ok || old.Size != 261 {
		t.Fatalf("the old log ends at %d, %v", old.Size, err)
	}
	if err := w.CheckKey(t.Context(), w.key); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("the old key is still taken: %v", err)
	}
	if _, err := w.SignLog(t.Context(), w.key); err == nil && w.Record().Head() != 260 {
		t.Error("the old key still signs")
	}
	w.key = next
	w.filings(t, hashOf(t, w), 260, 270)
	w.publish(t)
	r := check(t, w.out, verify.Options{})
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
	w := newWorld(t, 300)
	m := memory(t)
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
	if r := check(t, w.out, verify.Options{Seen: m}); !r.True() {
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
	w := newWorld(t, 300)
	root := func(w *world) string {
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
	old := &world{dir: t.TempDir(), out: t.TempDir(), key: w.key, at: w.at}
	old.open(t)
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
	old.publish(t)
	if got := root(old); got != was {
		t.Errorf("the log of the older record is\n%s\nnot\n%s", got, was)
	}
	old.filings(t, hashOf(t, old), 300, 310)
	old.publish(t)
	if r := check(t, old.out, verify.Options{}); !r.True() || r.Size != 310 {
		t.Errorf("%+v", r)
	}
}
