//go:build linux

package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/auditortest"
	"stocktake/internal/ledger"
	"stocktake/internal/pgtest"
	"stocktake/internal/store"
	"stocktake/internal/tree"
)

// soaks is how often a long run does its work: in full with STOCKTAKE_SOAK=1, or as often as STOCKTAKE_SOAK_KILLS says; else a few times, which
// only shows that it would run.
func soaks(t *testing.T, full, few int) int {
	t.Helper()
	if s := os.Getenv("STOCKTAKE_SOAK_KILLS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if os.Getenv("STOCKTAKE_SOAK") == "1" {
		return full
	}
	return few
}

// writerMode makes the test binary file one thing after another, until it is killed: its value names the writer.
const writerMode = "STOCKTAKE_TEST_WRITER"

// slowFile is there while the record is audited: writers then file less, so that the log does not grow by what audits take, but go on.
func slowFile(dir string) string { return filepath.Join(dir, "slow") }

// drafts are filings of one writer, all of one batch.
func drafts(writer string, batch, n int) (list []stocktake.Filing) {
	for i := range n {
		name := fmt.Sprintf("%s-%d-%d", writer, batch, i)
		src := stocktake.SourceID("s-" + name)
		list = append(list, stocktake.Filing{Key: fmt.Sprintf("soak/%s/%d/%d/%d", writer, batch, n, i), Title: "A filing", Sources: []stocktake.Source{{ID: src, Title: "A page", Read: stocktake.MustDate("2026-10-01")}},
			Acts: []stocktake.Act{{ID: stocktake.ActID("a-" + name), Party: "MEX", Instrument: "gcm", Kind: stocktake.Remark, Done: stocktake.MustDate("2018-12-10"), Source: src,
				Quotes: []stocktake.Quote{{Exact: stocktake.Sheeted{Text: "words of " + name}}}}}})
	}
	return list
}

// writer files and signs, and says on standard output what was acknowledged: "filed NUMBER SHA256 KEY", "signed SIZE ROOT". Its arguments are
// those of a command.
func writer(name string) {
	e := &env{ctx: context.Background(), in: strings.NewReader(""), out: io.Discard, err: io.Discard, now: time.Now, flags: &globals{Data: os.Args[1], Database: os.Args[2], Quiet: true}}
	fail := func(err error) {
		if stocktake.KindOf(err) == stocktake.Busy {
			fmt.Println("waited")
			return
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	o, err := e.open()
	for ; err != nil; o, err = e.open() {
		fail(err)
	}
	fmt.Println("begins")
	for batch := 0; ; batch++ {
		n := 1
		if rand.N(6) == 0 {
			n += rand.N(12)
		}
		r, err := o.File(e.ctx, ledger.FileOptions{}, drafts(name, batch, n)...)
		if err != nil {
			fail(err)
			continue
		}
		var b strings.Builder
		for _, x := range r.List {
			fmt.Fprintf(&b, "filed %d %s %s\n", x.Number, x.SHA256, x.Key)
		}
		fmt.Print(b.String())
		if rand.N(6) == 0 {
			c, err := o.SignLog(e.ctx, o.key)
			if err != nil {
				fail(err)
				continue
			}
			lines := strings.SplitN(string(c.Note), "\n", 4)
			fmt.Printf("signed %s %s\n", lines[1], lines[2])
		}
		rest := 5 * time.Millisecond
		if _, err := os.Stat(slowFile(os.Args[1])); err == nil {
			rest = 400 * time.Millisecond
		}
		time.Sleep(rand.N(rest))
	}
}

// killed is one record that several writers file in, and what they were told.
type killed struct {
	t        *testing.T
	dir, url string
	mu       sync.Mutex
	filed    map[int64]string  // SHA-256 and key, by number
	signed   map[string]string // root by size
	waited   int
	writers  []*exec.Cmd
	reading  []chan struct{}
	begun    int // writers that ever began
}

// start starts a writer, and returns when it files.
func (k *killed) start(i int) {
	k.t.Helper()
	binary, err := os.Executable()
	if err != nil {
		k.t.Fatal(err)
	}
	k.begun++
	c := exec.Command(binary, k.dir, k.url)
	c.Env = append(os.Environ(), fmt.Sprintf("%s=w%d", writerMode, k.begun))
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		k.t.Fatal(err)
	}
	begins, read := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(read)
		for in := bufio.NewReader(out); ; {
			line, err := in.ReadString('\n')
			if err != nil { // what has no end was not said
				return
			}
			f := strings.Fields(line)
			k.mu.Lock()
			switch f[0] {
			case "begins":
				close(begins)
			case "waited":
				k.waited++
			case "filed":
				n, _ := strconv.ParseInt(f[1], 10, 64)
				if was, ok := k.filed[n]; ok && was != f[2]+" "+f[3] {
					k.t.Errorf("filing %d was acknowledged as %s and as %s", n, was, line)
				}
				k.filed[n] = f[2] + " " + f[3]
			case "signed":
				if was, ok := k.signed[f[1]]; ok && was != f[2] {
					k.t.Errorf("two heads of %s entries were signed: %s and %s", f[1], was, f[2])
				}
				k.signed[f[1]] = f[2]
			}
			k.mu.Unlock()
		}
	}()
	k.writers[i], k.reading[i] = c, read
	select {
	case <-begins:
	case <-read:
		c.Wait()
		k.t.Fatalf("a writer did not begin: %s", errs.String())
	case <-time.After(time.Minute):
		k.t.Fatal("a writer did not begin within a minute")
	}
}

// kill kills a writer, and hears what it still had said.
func (k *killed) kill(i int) {
	k.t.Helper()
	c := k.writers[i]
	if err := c.Process.Kill(); err != nil {
		k.t.Fatal(err)
	}
	<-k.reading[i]
	c.Wait()
	if code := c.ProcessState.ExitCode(); code != -1 {
		k.t.Errorf("a writer ended by itself with %d: %v", code, c.Stderr)
	}
	k.writers[i] = nil
}

// audit reads the whole record and its log from the database, and compares each with the other, with a tree that is made anew, and with what
// was acknowledged before. still says that nobody writes.
func (k *killed) audit(st store.Store, still bool) (size int64, err error) {
	ctx := k.t.Context()
	k.mu.Lock() // what was acknowledged up to here
	filed, signed := make(map[int64]string, len(k.filed)), make(map[int64]string, len(k.signed))
	for n, x := range k.filed {
		filed[n] = x
	}
	for s, root := range k.signed {
		n, _ := strconv.ParseInt(s, 10, 64)
		signed[n] = root
	}
	k.mu.Unlock()
	before, err := st.Head(ctx)
	if err != nil {
		return 0, err
	}
	if size, err = st.LogSize(ctx); err != nil {
		return 0, err
	}
	after, err := st.Head(ctx)
	if err != nil {
		return 0, err
	}
	if size < before.Number || size > after.Number || still && size != after.Number {
		return size, fmt.Errorf("the log has %d entries, and the record %d to %d filings", size, before.Number, after.Number)
	}
	edge, err := tree.NewFrontier(0, nil)
	if err != nil {
		return size, err
	}
	var bad []error
	say := func(format string, args ...any) {
		if len(bad) < 20 {
			bad = append(bad, fmt.Errorf(format, args...))
		}
	}
	var hashes [][32]byte
	var leaves []tree.Leaf
	var raw [][]byte
	err = st.Leaves(ctx, 0, size, func(i int64, b []byte) error {
		l, err := tree.ParseLeaf(b)
		if err != nil || l.Number != i+1 {
			say("entry %d is about filing %d: %v", i, l.Number, err)
		}
		leaves = append(leaves, l)
		raw = append(raw, bytes.Clone(b))
		hashes = edge.Append(hashes, b)
		if root, ok := signed[i+1]; ok && root != tlog.Hash(edge.Root()).String() {
			say("the signed head of %d entries has the root %s, and they hash to %s", i+1, root, tlog.Hash(edge.Root()))
		}
		return nil
	})
	if err != nil {
		return size, err
	}
	places := make([]int64, len(hashes))
	for i := range places {
		places[i] = int64(i)
	}
	stored, err := st.LogHashes(ctx, places)
	if err != nil {
		return size, err
	}
	for i := range stored {
		if stored[i] != hashes[i] {
			say("the hash at place %d is not that of the entries", i)
		}
	}
	keys, sums, batches := map[string]int64{}, map[string]int64{}, map[string]int{}
	err = st.Filings(ctx, 0, size, func(r store.Row) error {
		l := leaves[r.Number-1]
		if l.SHA256 != r.SHA256 || ledger.Hash(r.Bytes) != r.SHA256 || !l.Filed.Equal(r.Filed) || l.Number != r.Number {
			say("filing %d is not what entry %d says", r.Number, r.Number-1)
		}
		if n := keys[r.Key]; n > 0 && strings.HasPrefix(r.Key, "soak/") {
			say("filings %d and %d are both %s", n, r.Number, r.Key)
		}
		if n := sums[r.SHA256]; n > 0 {
			say("filings %d and %d are the same", n, r.Number)
		}
		keys[r.Key], sums[r.SHA256] = r.Number, r.Number
		if x, ok := filed[r.Number]; ok {
			if x != r.SHA256+" "+r.Key {
				say("filing %d was acknowledged as %s, and is %s %s", r.Number, x, r.SHA256, r.Key)
			}
			delete(filed, r.Number)
		}
		if i := strings.LastIndexByte(r.Key, '/'); strings.HasPrefix(r.Key, "soak/") {
			batches[r.Key[:i]]++
		}
		return nil
	})
	if err != nil {
		return size, err
	}
	if int64(len(sums)) != size {
		say("%d filings for %d entries", len(sums), size)
	}
	for n, x := range filed {
		say("filing %d (%s) was acknowledged, and is lost", n, x)
	}
	for b, n := range batches { // soak/WRITER/BATCH/HOW-MANY
		if want := b[strings.LastIndexByte(b, '/')+1:]; strconv.Itoa(n) != want {
			say("%d of the %s filings of the batch %s are there", n, want, b)
		}
	}
	for n := range signed {
		if n > size {
			say("a head of %d entries was signed, and %d are here", n, size)
		}
	}
	return size, errors.Join(bad...)
}

// TestSoakWriters kills one of three writers, or all at once, again and again, on each database. After each, the whole log is audited by
// ourselves and by others.
func TestSoakWriters(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killWriters(t, copyOf(t, smallRecord(t)), "") })
	t.Run("postgres", func(t *testing.T) {
		dir, url := t.TempDir(), pgtest.DSN(t)
		must(t, dir, "--database", url, "init", "--empty")
		must(t, dir, "--database", url, "file", filepath.Join("testdata", "small.yaml"))
		killWriters(t, dir, url)
	})
}

func killWriters(t *testing.T, dir, url string) {
	kills := soaks(t, 300, 2)
	const writers = 3
	k := &killed{t: t, dir: dir, url: url, filed: map[int64]string{}, signed: map[string]string{}, writers: make([]*exec.Cmd, writers), reading: make([]chan struct{}, writers)}
	defer func() {
		for _, c := range k.writers {
			if c != nil {
				c.Process.Kill()
				c.Wait()
			}
		}
	}()
	e := &env{ctx: t.Context(), in: strings.NewReader(""), out: io.Discard, err: io.Discard, now: time.Now, flags: &globals{Data: dir, Database: url, Quiet: true}}
	o, err := e.open()
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	site := pages(t, o)
	_, vkey, err := o.LogName(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range writers {
		k.start(i)
	}
	alone, together, size := 0, 0, int64(0)
	for n := range kills {
		if err := os.RemoveAll(slowFile(dir)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5*time.Millisecond + rand.N(100*time.Millisecond))
		all := n%4 == 3 || n == kills-1
		if all {
			together++
			for _, c := range k.writers { // at one moment, as far as that goes
				c.Process.Signal(os.Kill)
			}
			for i := range writers {
				k.kill(i)
			}
		} else {
			alone++
			k.kill(n % writers)
		}
		if err := os.WriteFile(slowFile(dir), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if size, err = k.audit(o.Store(), all); err != nil {
			t.Fatalf("kill %d: %v", n, err)
		}
		// Others look at the newest head that is signed, while writers go on where some are left.
		if err := o.Refresh(t.Context()); err != nil {
			t.Fatalf("kill %d: %v", n, err)
		}
		if err := o.signLog(e); err != nil && stocktake.KindOf(err) != stocktake.Busy {
			t.Fatalf("kill %d: %v", n, err)
		}
		if all {
			c, ok, err := o.Checkpoint(t.Context())
			// A database server goes on with a commit that had reached it when its writer was killed, so that it may come after the audit.
			for range 3 * writers {
				if c.Size == size || err != nil {
					break
				}
				if size, err = k.audit(o.Store(), all); err == nil {
					if err = o.Refresh(t.Context()); err == nil {
						if err = o.signLog(e); err == nil {
							c, ok, err = o.Checkpoint(t.Context())
						}
					}
				}
			}
			if err != nil || !ok || c.Size != size {
				t.Fatalf("kill %d: signed %d of %d entries, %v", n, c.Size, size, err)
			}
			auditortest.Accept(t, site, vkey, size)
		} else {
			auditortest.Accept(t, site, vkey, 0) // the others sign meanwhile
		}
		if n%20 == 19 || n == kills-1 {
			if a, err := o.Check(t.Context(), nil); err != nil || len(a.Problems) > 0 {
				t.Fatalf("kill %d: %v %v", n, err, a.Problems)
			}
		}
		if t.Failed() {
			t.FailNow()
		}
		for i := range writers {
			if k.writers[i] == nil && n < kills-1 {
				k.start(i)
			}
		}
	}
	t.Logf("%d kills of one of %d writers, %d of all at once; %d filings acknowledged, %d heads signed by them, %d entries; after each kill our audit, torchwood, fsck and the forty lines", alone, writers, together, len(k.filed), len(k.signed), size)
}
