package publish_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/auditortest"
	"stocktake/internal/bucket/buckettest"
	"stocktake/internal/ledger"
	"stocktake/internal/publish"
	"stocktake/internal/store"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
	"stocktake/internal/verify/verifytest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	auditortest.Remove()
	os.Exit(code)
}

func target(t *testing.T, address string) publish.Target {
	t.Helper()
	to, err := publish.OpenTarget(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { to.Close() })
	return publish.Beneath(to, "log")
}

// sign signs the newest head.
func sign(t *testing.T, w *verifytest.World) store.Checkpoint {
	t.Helper()
	c, err := w.SignLog(t.Context(), w.Key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// folder reads the log that World.Publish wrote.
func folder(t *testing.T, w *verifytest.World) map[string][]byte {
	t.Helper()
	dir, all := filepath.Join(w.Out, "log"), map[string][]byte{}
	err := publish.OpenDir(dir).List(t.Context(), "", func(name string, _ int64) (err error) {
		all[name], err = os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sameAsFolder compares the bucket with the log written into a folder. Partial tiles that grew may linger.
func sameAsFolder(t *testing.T, s *buckettest.Server, prefix string, w *verifytest.World) {
	t.Helper()
	w.Publish(t)
	want, got := folder(t, w), s.All(t)
	for name, b := range want {
		o, ok := got[prefix+"/log/"+name]
		kind, cache, _ := tree.Served(name)
		if !ok || !bytes.Equal(o.Body, b) || o.Type != kind || o.Cache != cache || o.Encoding != "" {
			t.Errorf("%s: %v, %d bytes of %d, %q %q %q", name, ok, len(o.Body), len(b), o.Type, o.Cache, o.Encoding)
		}
	}
	for name := range got {
		name, ours := strings.CutPrefix(name, prefix+"/log/")
		if _, ok := want[name]; ours && !ok && !strings.Contains(name, ".p/") {
			t.Errorf("%s is left", name)
		}
	}
}

// holds verifies a log.
func holds(t *testing.T, at string) *verify.Report {
	t.Helper()
	s, err := verify.Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := verify.Log(t.Context(), s, verify.Options{Seen: verifytest.Memory(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Errorf("%s: %s: %s", at, f.Where, f.What)
	}
	return r
}

// TestSoakLogInABucket has a log written to a server while filings come in and the server is stopped and started.
func TestSoakLogInABucket(t *testing.T) {
	s := buckettest.Long(t)
	w := verifytest.New(t, "..", 250)
	to := target(t, s.Address("site"))
	ctx, stop := context.WithCancel(t.Context())
	var said []string
	var mu sync.Mutex
	tell := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, fmt.Sprint(err))
	}
	saw := func(n int) (list []string) {
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			mu.Lock()
			list = slices.Clone(said)
			mu.Unlock()
			if len(list) >= n || time.Now().After(end) {
				return list
			}
		}
	}
	lw := &publish.LogWriter{Ledger: w.Ledger, Target: to, Linger: time.Hour}
	var done sync.WaitGroup
	done.Go(func() { lw.Follow(ctx, 10*time.Millisecond, tell) })
	defer done.Wait()
	defer stop()
	for n := 250; n < 265; n++ { // over the end of a tile
		w.Fill(t, n, n+1)
		sign(t, w)
		if n == 257 {
			s.Stop()
		}
		time.Sleep(5 * time.Millisecond)
	}
	if list := saw(1); len(list) != 1 || !strings.Contains(list[0], "does not answer") || !strings.Contains(list[0], "s3://published/site") {
		t.Errorf("while the server is away: %q", list)
	}
	w.Fill(t, 265, 530)
	c := sign(t, w)
	s.Start(t)
	if list := saw(2); len(list) != 2 || list[1] != "<nil>" {
		t.Errorf("when it is back: %q", list)
	}
	there := func(c store.Checkpoint) {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			if b, err := to.Get(t.Context(), "checkpoint"); err == nil && bytes.Equal(b, c.Note) {
				return
			} else if time.Now().After(end) {
				t.Fatalf("the bucket has %q, %v", b, err)
			}
		}
	}
	there(c)
	sameAsFolder(t, s, "site", w)
	public := s.Public("site")
	auditortest.Accept(t, public, w.Key.VKey, c.Size)
	if r := holds(t, public); r.Size != c.Size || r.Quotes == 0 {
		t.Errorf("%+v", r)
	}
	if r := holds(t, s.Address("site")); r.Target != "s3://published/site" {
		t.Errorf("%+v", r)
	}
	holds(t, s.Address("site/log"))

	// Words and a file are taken away, and are in no byte of the bucket.
	const words = "words that have to go"
	sum, _, err := w.Blobs().Put(t.Context(), strings.NewReader("a file that has to go"))
	if err != nil {
		t.Fatal(err)
	}
	w.File(t, stocktake.Filing{Key: "secret", Title: "A filing", Sources: []stocktake.Source{{ID: "s", Title: "A page", Read: stocktake.MustDate("2026-10-01"), Copy: &stocktake.Copy{State: "public", SHA256: sum, Media: "text/plain"}}, {ID: "s2", Title: "Another", Read: stocktake.MustDate("2026-10-01")}},
		Acts: []stocktake.Act{{ID: "secret", Party: "MEX", Instrument: "gcm", Kind: stocktake.Remark, Done: stocktake.MustDate("2018-12-10"), Source: "s2", Quotes: []stocktake.Quote{{Exact: stocktake.Sheeted{Text: words}}}}}})
	there(sign(t, w))
	inBucket := func(what string) (names []string) {
		for name, o := range s.All(t) {
			if bytes.Contains(o.Body, []byte(what)) {
				names = append(names, name)
			}
		}
		return names
	}
	if a, b := inBucket(words), inBucket("a file that has to go"); len(a) != 1 || len(b) != 1 {
		t.Fatalf("%q %q", a, b)
	}
	w.Fill(t, 530, 531) // the sheet stands in two partial files now
	there(sign(t, w))
	if a := inBucket(words); len(a) != 2 {
		t.Fatalf("%q", a)
	}
	filing, commitment := "", ""
	err = w.Store().Sheets(t.Context(), nil, func(x store.Sheet) error {
		if x.Text == words {
			filing, commitment = x.Filing, x.Commitment
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.TakeAway(t.Context(), stocktake.Removal{Ground: "rights", Note: "a person asks", By: "Keepers of a test"}, stocktake.Removal{Filing: filing, Commitment: commitment}, stocktake.Removal{File: sum}); err != nil {
		t.Fatal(err)
	}
	there(sign(t, w))
	if a, b := inBucket(words), inBucket("a file that has to go"); len(a) != 0 || len(b) != 0 {
		t.Errorf("still there: %q %q", a, b)
	}
	if r := holds(t, public); len(r.Gone) == 0 {
		t.Errorf("%+v", r)
	}
	sameAsFolder(t, s, "site", w)
	if list := saw(0); len(list) != 2 {
		t.Errorf("%q", list)
	}
}

// TestOnlyWhatChanged counts what a bucket is asked.
func TestOnlyWhatChanged(t *testing.T) {
	s := buckettest.New(t)
	w := verifytest.New(t, "..", 520)
	lw := &publish.LogWriter{Ledger: w.Ledger, Target: target(t, s.Address("")), Linger: time.Hour}
	write := func() publish.Counts {
		t.Helper()
		n, err := lw.Write(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := write(); n.Written < 15 || n.Same != 0 || n.Removed != 0 {
		t.Errorf("%+v", n)
	}
	s.Seen()
	for range 3 {
		if n := write(); n != (publish.Counts{}) {
			t.Errorf("%+v", n)
		}
	}
	if asked := s.Seen(); len(asked) != 0 {
		t.Errorf("nothing is new, and the bucket is asked %q", asked)
	}
	w.Fill(t, 520, 521)
	sign(t, w)
	write()
	asked := s.Seen()
	slices.Sort(asked[:max(len(asked)-1, 0)])
	want := []string{"PUT log/filings/002.p/9", "PUT log/sheets/002.p/9", "PUT log/tile/0/002.p/9", "PUT log/tile/entries/002.p/9", "PUT log/checkpoint"}
	if !slices.Equal(asked, want) {
		t.Errorf("for one filing the bucket is asked %q", asked)
	}
	// Another witness signs: the head alone is written.
	c := sign(t, w)
	if err := w.Store().Write(t.Context(), func(x store.Writer) error {
		c.Note = append(bytes.Clone(c.Note), "— witness.example.net AAAAAA==\n"...)
		return x.PutCheckpoint(t.Context(), c)
	}); err != nil {
		t.Fatal(err)
	}
	write()
	if asked := s.Seen(); !slices.Equal(asked, []string{"PUT log/checkpoint"}) {
		t.Errorf("for one signature the bucket is asked %q", asked)
	}
	// Older partial tiles go when their time is over.
	lw.Linger = time.Nanosecond
	if n := write(); n != (publish.Counts{Removed: 4}) {
		t.Errorf("%+v", n)
	}
	s.Seen()
	// A new process looks once, and finds all there.
	lw = &publish.LogWriter{Ledger: w.Ledger, Target: lw.Target}
	if n := write(); n.Written != 0 || n.Removed != 0 || n.Same < 15 {
		t.Errorf("%+v", n)
	}
	for _, a := range s.Seen() {
		if !strings.HasPrefix(a, "GET ") {
			t.Errorf("%s, and nothing is new", a)
		}
	}
}

// TestRemovedElsewhere has words taken away by another process than the one that writes the log, which has not looked at the database since.
func TestRemovedElsewhere(t *testing.T) {
	s := buckettest.New(t)
	w := verifytest.New(t, "..", 60)
	lw := &publish.LogWriter{Ledger: w.Ledger, Target: target(t, s.Address("")), Linger: time.Hour}
	if _, err := lw.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := &verifytest.World{Dir: w.Dir, Key: w.Key, At: w.At}
	other.Open(t)
	info, _ := other.Record().Info(41)
	f, err := other.Load(t.Context(), 41)
	if err != nil {
		t.Fatal(err)
	}
	commitment := f.Acts[0].Quotes[0].Exact.Commitment
	holders := func() (n int) {
		for name, o := range s.All(t) {
			if strings.HasPrefix(name, "log/sheets/") && bytes.Contains(o.Body, []byte(commitment)) {
				n++
			}
		}
		return n
	}
	if holders() != 1 {
		t.Fatal("the sheet is not in the bucket")
	}
	if _, err := other.Remove(t.Context(), info.SHA256, commitment, "court order", "Keepers of a test"); err != nil {
		t.Fatal(err)
	}
	sign(t, other)
	if _, err := lw.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := holders(); n != 0 {
		t.Errorf("the sheet stands in %d files", n)
	}
}

// TestNotThisLog refuses targets that hold something else.
func TestNotThisLog(t *testing.T) {
	long := verifytest.New(t, "..", 60)
	for _, c := range []struct {
		name, says string
		other      func() *verifytest.World
	}{
		{"another log", "it holds another log, example.org/other", func() *verifytest.World {
			k, err := tree.NewKey("example.org/other")
			if err != nil {
				t.Fatal(err)
			}
			return verifytest.NewUnder(t, "..", k, 40)
		}},
		{"another history", "another history of this log", func() *verifytest.World { return verifytest.NewUnder(t, "..", long.Key, 40) }},
		{"more of it", "more entries of this log", func() *verifytest.World {
			w := verifytest.NewUnder(t, "..", long.Key, 70)
			return w
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := c.other()
			before := folder(t, w)
			_, err := publish.Log(t.Context(), long.Ledger, filepath.Join(w.Out, "log"), nil)
			if stocktake.KindOf(err) != stocktake.Conflict || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), w.Out) {
				t.Error(err)
			}
			after := folder(t, w)
			for name, b := range before {
				if !bytes.Equal(after[name], b) {
					t.Errorf("%s was changed", name)
				}
			}
			if len(after) != len(before) {
				t.Errorf("%d files, and %d before", len(after), len(before))
			}
		})
	}
	// Somebody writes another log into the bucket at the same time.
	s := buckettest.New(t)
	to := target(t, s.Address(""))
	lw := &publish.LogWriter{Ledger: long.Ledger, Target: to}
	if _, err := lw.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := to.Put(t.Context(), "tile/0/000.p/61", []byte("of somebody else"), publish.Kind{}); err != nil {
		t.Fatal(err)
	}
	long.Fill(t, 60, 61)
	c := sign(t, long)
	if _, err := lw.Write(t.Context()); stocktake.KindOf(err) != stocktake.Conflict || !strings.Contains(err.Error(), "tile/0/000.p/61 is there already, with another content") {
		t.Error(err)
	}
	if b, err := to.Get(t.Context(), "checkpoint"); err != nil || bytes.Equal(b, c.Note) {
		t.Errorf("a head was written whose tiles are not there: %v", err)
	}
}

// TestAfterAPowerCut has files beyond the signed head that are empty or cut off, as a disk may leave them.
func TestAfterAPowerCut(t *testing.T) {
	w := verifytest.New(t, "..", 250)
	dir := filepath.Join(w.Out, "log")
	old, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	w.Fill(t, 250, 600)
	w.Publish(t)
	whole := folder(t, w)
	if err := os.WriteFile(filepath.Join(dir, "checkpoint"), old, 0o644); err != nil {
		t.Fatal(err)
	}
	copied := ""
	for _, name := range []string{"tile/0/000", "tile/entries/001", "filings/001", "sheets/001", "tile/0/002.p/88", "key", "file"} {
		if name == "file" {
			for n := range whole {
				if strings.HasPrefix(n, "file/") {
					name, copied = n, n
				}
			}
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), whole[name][:len(whole[name])/3], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "README"), []byte("of somebody else"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.Publish(t)
	for name, b := range folder(t, w) {
		if name != "README" && !bytes.Equal(b, whole[name]) {
			t.Errorf("%s is not mended", name)
		}
	}
	if copied == "" {
		t.Error("there is no copy to damage")
	}
	if _, err := os.Stat(filepath.Join(dir, "README")); err != nil {
		t.Error("what is none of a log's was removed")
	}
	// Once the head stands for them, full tiles are not read any more.
	if err := os.WriteFile(filepath.Join(dir, "tile/0/000"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	w.Publish(t)
	if b := folder(t, w)["tile/0/000"]; len(b) != 0 {
		t.Error("a full tile was written again")
	}
	// An unreadable head stands for nothing.
	if err := os.WriteFile(filepath.Join(dir, "checkpoint"), []byte("torn"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.Publish(t)
	if all := folder(t, w); !bytes.Equal(all["tile/0/000"], whole["tile/0/000"]) || !bytes.Equal(all["checkpoint"], whole["checkpoint"]) {
		t.Error("not everything is mended")
	}
}

func TestNothingToWrite(t *testing.T) {
	w := verifytest.New(t, "..", 30)
	if _, err := publish.Log(t.Context(), w.Ledger, "s3://bucket/log", nil); stocktake.KindOf(err) != stocktake.Invalid {
		t.Errorf("an address as folder: %v", err)
	}
	if err := w.Store().Write(t.Context(), ledger.MarkRestored(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := publish.Log(t.Context(), w.Ledger, t.TempDir(), nil); err != ledger.ErrRestored {
		t.Errorf("restored from a backup: %v", err)
	}
}
