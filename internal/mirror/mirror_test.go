package mirror_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/mirror"
	"stocktake/internal/publish"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
	"stocktake/internal/verify/verifytest"
)

// follower is an empty folder that follows a source.
func follower(t *testing.T, s verify.Source) (*mirror.Mirror, *verifytest.World) {
	t.Helper()
	w := &verifytest.World{Dir: t.TempDir(), Out: t.TempDir(), At: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	w.Open(t)
	return &mirror.Mirror{Ledger: w.Ledger, Source: s, Of: "https://example.org/", Seen: verifytest.Memory(t)}, w
}

func source(t *testing.T, dir string) verify.Source {
	t.Helper()
	s, err := verify.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func round(t *testing.T, m *mirror.Mirror) mirror.Took {
	t.Helper()
	took, err := m.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return took
}

func exported(t *testing.T, l *ledger.Ledger) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := l.Export(t.Context(), &b, 0, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// same checks that a mirror exports what the origin does, and that its own published log is the origin's.
func same(t *testing.T, origin *verifytest.World, m *mirror.Mirror) {
	t.Helper()
	if !bytes.Equal(exported(t, origin.Ledger), exported(t, m.Ledger)) {
		t.Error("the mirror exports other bytes than the origin")
	}
	out := t.TempDir()
	if _, err := publish.Log(t.Context(), m.Ledger, out, nil); err != nil {
		t.Fatal(err)
	}
	r, err := verify.Log(t.Context(), source(t, out), verify.Options{})
	if err != nil || !r.True() {
		t.Errorf("the log that the mirror publishes: %+v, %v", r, err)
	}
	theirs, err := os.ReadFile(filepath.Join(origin.Out, "log", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	if ours, err := os.ReadFile(filepath.Join(out, "checkpoint")); err != nil || !bytes.Equal(ours, theirs) {
		t.Errorf("the mirror's head is\n%s\nnot\n%s", ours, theirs)
	}
	a, err := m.Ledger.Check(t.Context(), nil)
	if err != nil || len(a.Problems) > 0 {
		t.Errorf("%v %v", a.Problems, err)
	}
}

// TestMirror follows a record from its static files alone: filings, a removal, and another key.
func TestMirror(t *testing.T) {
	o := verifytest.New(t, "..", 600)
	m, _ := follower(t, source(t, o.Out))
	if took := round(t, m); took.Entries != 600 || took.Files != 1 {
		t.Errorf("%+v", took)
	}
	same(t, o, m)
	if took := round(t, m); took.Entries != 0 || took.Files != 0 {
		t.Errorf("again: %+v", took)
	}
	o.Fill(t, 600, 650)
	o.Publish(t)
	if took := round(t, m); took.Entries != 50 {
		t.Errorf("%+v", took)
	}
	same(t, o, m)

	f, err := o.Load(t.Context(), 21)
	if err != nil {
		t.Fatal(err)
	}
	info, _ := o.Record().Info(21)
	q := f.Acts[0].Quotes[0].Exact
	if _, err := o.Remove(t.Context(), info.SHA256, q.Commitment, "erasure request", "Keepers of a test"); err != nil {
		t.Fatal(err)
	}
	o.Publish(t)
	if took := round(t, m); took.Entries != 1 || took.Removed != 1 {
		t.Errorf("%+v", took)
	}
	if g, err := m.Ledger.Load(t.Context(), 21); err != nil || !g.Acts[0].Quotes[0].Exact.Gone() {
		t.Errorf("the mirror still has the words: %v", err)
	}
	same(t, o, m)

	next, err := tree.NewKey("example.org/second")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.TurnLog(t.Context(), o.Key, next); err != nil {
		t.Fatal(err)
	}
	o.Key = next
	o.Fill(t, 700, 710)
	o.Publish(t)
	if took := round(t, m); took.Entries != 10 || took.Origin != "example.org/second" { // the entry that names the key came before
		t.Errorf("%+v", took)
	}
	same(t, o, m)
	// A mirror that begins now gets the whole.
	late, _ := follower(t, source(t, o.Out))
	if took := round(t, late); took.Entries != 662 {
		t.Errorf("%+v", took)
	}
	same(t, o, late)
	// A mirror files nothing of its own.
	_, err = m.Ledger.File(t.Context(), ledger.FileOptions{}, stocktake.Filing{Key: "own", Title: "Own", Unknowns: []stocktake.Unknown{{}}})
	if stocktake.KindOf(err) != stocktake.Forbidden || !strings.Contains(err.Error(), "is a mirror of https://example.org/") {
		t.Errorf("%v", err)
	}
}

// broken fails at the n-th read of a path that begins so.
type broken struct {
	verify.Source
	prefix string
	n      int
}

var errLine = errors.New("the line went dead")

func (b *broken) Read(ctx context.Context, path string) ([]byte, error) {
	if strings.HasPrefix(path, b.prefix) {
		if b.n--; b.n == 0 {
			return nil, errLine
		}
	}
	return b.Source.Read(ctx, path)
}

// TestInterrupted loses the line at each file in turn. Nothing of that round stays, and the next one goes on.
func TestInterrupted(t *testing.T) {
	o := verifytest.New(t, "..", 600)
	b := &broken{Source: source(t, o.Out)}
	m, _ := follower(t, b)
	for _, prefix := range []string{"tile/entries", "filings", "sheets"} {
		for n := 1; n <= 3; n++ {
			b.prefix, b.n = prefix, n
			if _, err := m.Round(t.Context()); !errors.Is(err, errLine) {
				t.Fatalf("%s %d: %v", prefix, n, err)
			}
			if h := m.Ledger.Record().Head(); h != 0 {
				t.Fatalf("%s %d: %d filings stayed", prefix, n, h)
			}
		}
	}
	b.prefix = "nothing"
	round(t, m)
	same(t, o, m)
}

// TestForks refuses an older copy, and one with another past, and keeps both heads.
func TestForks(t *testing.T) {
	o := verifytest.New(t, "..", 300)
	older := t.TempDir()
	if err := os.CopyFS(older, os.DirFS(o.Out)); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "record.db")
	if err := o.Store().Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	o.Fill(t, 300, 320)
	o.Publish(t)
	m, _ := follower(t, source(t, o.Out))
	round(t, m)
	refused := func(what, dir, words string) {
		t.Helper()
		m.Source = source(t, dir)
		_, err := m.Round(t.Context())
		if stocktake.KindOf(err) != stocktake.Conflict || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "are kept in") {
			t.Errorf("%s: %v", what, err)
		}
		if kept, err := filepath.Glob(filepath.Join(m.Seen.Dir, "*.against-*.note")); err != nil || len(kept) == 0 {
			t.Errorf("%s: no evidence is kept, %v", what, err)
		}
		if h := m.Ledger.Record().Head(); h != 320 {
			t.Errorf("%s: %d filings", what, h)
		}
	}
	refused("older", older, "rolled back")
	b, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	forged := &verifytest.World{Dir: t.TempDir(), Out: t.TempDir(), Key: o.Key, At: o.At}
	if err := os.WriteFile(filepath.Join(forged.Dir, "record.db"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	forged.Open(t)
	forged.Fill(t, 400, 450)
	forged.Publish(t)
	refused("another past", forged.Out, "are not one history")
	// Under another name without a word about it in the log.
	other, _ := tree.NewKey("example.org/other")
	fake := verifytest.NewUnder(t, "..", other, 330)
	m.Source = source(t, fake.Out)
	if _, err := m.Round(t.Context()); stocktake.KindOf(err) != stocktake.Conflict || !strings.Contains(err.Error(), "calls itself example.org/other") {
		t.Errorf("%v", err)
	}
	m.Source = source(t, o.Out)
	round(t, m)
	same(t, o, m)
}

// TestOwnRecordIsNoMirror leaves a record of one's own alone.
func TestOwnRecordIsNoMirror(t *testing.T) {
	o, own := verifytest.New(t, "..", 50), verifytest.New(t, "..", 20)
	m := &mirror.Mirror{Ledger: own.Ledger, Source: source(t, o.Out), Of: "x", Seen: verifytest.Memory(t)}
	if _, err := m.Round(t.Context()); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("%v", err)
	}
	if h := own.Record().Head(); h != 20 {
		t.Errorf("%d filings", h)
	}
}

// TestFollow goes round until it is told to stop, and says when the origin falls silent.
func TestFollow(t *testing.T) {
	o := verifytest.New(t, "..", 50)
	b := &broken{Source: source(t, o.Out)}
	m, _ := follower(t, b)
	ctx, stop := context.WithCancel(t.Context())
	silences := 0
	err := m.Follow(ctx, time.Millisecond, 0, func(took mirror.Took) {
		if took.Entries > 0 {
			b.prefix, b.n = "checkpoint", 1
		}
	}, func(_ time.Time, err error) {
		if silences++; !errors.Is(err, errLine) {
			t.Errorf("%v", err)
		}
		stop()
	})
	if err != nil || silences != 1 || m.Ledger.Record().Head() != 50 {
		t.Errorf("%v, silent %d times, %d filings", err, silences, m.Ledger.Record().Head())
	}
}
