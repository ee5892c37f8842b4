// Package publish writes what is public as plain files, into a folder or a bucket, for any web host.
package publish

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/tree"
)

// Progress is told how far the work has come.
type Progress func(done, total int64, what string)

// Counts is what was done to files.
type Counts struct{ Written, Same, Removed int }

// Log writes the log of a record into a folder, as far as it is signed: the same files that a site serves beneath /log/.
func Log(ctx context.Context, l *ledger.Ledger, dir string, progress Progress) (Counts, error) {
	if strings.Contains(dir, "://") {
		return Counts{}, stocktake.Invalidf("%s is no folder", dir)
	}
	return LogAt(ctx, l, OpenDir(dir), progress)
}

// LogAt writes the log of a record to a target once, see LogWriter. For a folder log in it, t is Beneath(target, "log").
func LogAt(ctx context.Context, l *ledger.Ledger, t Target, progress Progress) (Counts, error) {
	w := LogWriter{Ledger: l, Target: t, Progress: progress}
	return w.Write(ctx)
}

// A LogWriter keeps the log of a record at a target, as far as it is signed: the same files that a site serves beneath /log/, each with the
// media type and caching of tree.Served. Full tiles that are there are left alone. The signed head comes last, so that a reader never meets one
// whose entries are not there yet, and after a crash nothing counts that it does not cover. One goroutine uses it at a time.
type LogWriter struct {
	Ledger   *ledger.Ledger
	Target   Target
	Progress Progress
	Linger   time.Duration // how long partial tiles that grew are left, for readers who began with the head before; 0 is not at all

	mu       sync.Mutex
	there    map[string]file      // what the target holds, of a log; nil before it was looked at
	sums     map[string]sum       // of what is there and may change
	note     []byte               // the signed head that is there, with all that it covers
	size     int64                // of the tree of which everything is known to be there
	removals int                  // of the record, when sheets and copies were last gone through
	absent   map[string]time.Time // copies that are not kept here, and when that was asked
	outgrown map[string]time.Time // partial tiles that linger, and since when
	n        Counts
}

type file struct {
	size  int64
	whole bool // seen by this writer, or covered by the signed head that was there
}

type sum struct {
	hash [sha256.Size]byte
	size int64
}

// again is after how long it is asked anew whether a copy is kept here.
const again = 10 * time.Minute

// job is one file.
type job struct {
	name string
	make func(context.Context) ([]byte, error)
}

// Write brings the target up to the newest signed head, and writes nothing where it is. A target that holds another log, or more of this one, is a
// Conflict fault, and stays as it is.
func (w *LogWriter) Write(ctx context.Context) (Counts, error) {
	w.n = Counts{}
	err := w.write(ctx)
	if err != nil {
		w.there = nil // looked at anew: who knows what became of it
	}
	return w.n, err
}

func (w *LogWriter) write(ctx context.Context) error {
	l := w.Ledger
	if err := l.MayLeave(ctx); err != nil {
		return err
	}
	c, ok, err := l.Checkpoint(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return stocktake.NotFoundf("no head of the log was signed yet").Hinted("run this where the key of the log is")
	}
	if !bytes.Equal(c.Note, w.note) { // what another process removed must not be missed
		if err := l.Refresh(ctx); err != nil {
			return err
		}
	}
	removals := l.Record().Removals()
	if w.there != nil && bytes.Equal(c.Note, w.note) && removals == w.removals && !w.awaits() {
		return w.sweep(ctx, nil, func(name string) bool { return w.lingers(name, true) })
	}
	head, err := headOf(c.Note)
	if err != nil {
		return err
	}
	all := w.there == nil
	if all {
		if err := w.look(ctx, head); err != nil {
			return err
		}
	}
	all = all || removals != w.removals // sheets and copies are gone through as a whole
	jobs := w.tiles(head.Size, all)
	copies, err := w.copies(ctx, all, &jobs)
	if err != nil {
		return err
	}
	heads, err := w.heads(ctx, &jobs)
	if err != nil {
		return err
	}
	if err := w.work(ctx, jobs); err != nil {
		return err
	}
	keep := func(name string) bool {
		what, rest, _ := strings.Cut(name, "/")
		switch what {
		case "file":
			return copies[rest]
		case "heads":
			return heads[name]
		case "tile", "filings", "sheets":
			return inTree(name, head.Size)
		}
		return true
	}
	// What was taken away goes first, and also from older partial sheets: the entries that say so come with the next line.
	err = w.sweep(ctx, keep, func(name string) bool {
		return strings.HasPrefix(name, "file/") || all && strings.HasPrefix(name, "sheets/")
	})
	if err == nil {
		err = w.Target.Sync(ctx)
	}
	if err != nil {
		return err
	}
	// A crash before this leaves the old head, with all that it covers; the next run compares what lies beyond it.
	if !bytes.Equal(c.Note, w.note) {
		if err := w.put(ctx, "checkpoint", c.Note, Kind{Last: true}); err != nil {
			return err
		}
	} else {
		w.n.Same++
	}
	w.note, w.size, w.removals = c.Note, head.Size, removals
	return w.sweep(ctx, keep, func(name string) bool { return w.lingers(name, false) })
}

func headOf(note []byte) (tree.Head, error) {
	text, _, _ := strings.Cut(string(note), "\n\n")
	return tree.ParseHead(text + "\n")
}

// look finds out what the target holds, and refuses one whose log does not go on to head.
func (w *LogWriter) look(ctx context.Context, head tree.Head) error {
	there := map[string]file{}
	err := w.Target.List(ctx, "", func(name string, size int64) error {
		if _, _, ok := tree.Served(name); ok {
			there[name] = file{size: size}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.note, w.size = nil, 0
	if _, ok := there["checkpoint"]; ok {
		if w.note, err = w.Target.Get(ctx, "checkpoint"); err != nil {
			return err
		}
		if w.size, err = w.covered(ctx, head); err != nil {
			return err
		}
	}
	beyond := map[string]bool{}
	for _, t := range tree.Tiles(w.size, head.Size) {
		name, rest := tileNames(t)
		beyond[name], beyond["filings/"+rest] = true, true
	}
	for name, f := range there {
		f.whole = !beyond[name] && inTree(name, head.Size) && !strings.HasPrefix(name, "sheets/")
		there[name] = f
	}
	for name, s := range w.sums {
		if f, ok := there[name]; !ok || f.size != s.size {
			delete(w.sums, name)
		}
	}
	if w.sums == nil {
		w.sums, w.absent, w.outgrown = map[string]sum{}, map[string]time.Time{}, map[string]time.Time{}
	}
	w.there, w.removals = there, -1
	return nil
}

// covered returns the size of the tree whose signed head the target holds. One that cannot be read covers nothing.
func (w *LogWriter) covered(ctx context.Context, head tree.Head) (int64, error) {
	has, err := headOf(w.note)
	if err != nil {
		return 0, nil
	}
	known := has.Origin == head.Origin
	turns, err := w.Ledger.Turns(ctx)
	for _, t := range turns {
		known = known || t.From == has.Origin
	}
	f := &stocktake.Fault{Kind: stocktake.Conflict, Where: w.Target.String(), Hint: "nothing was written; look at which of the two is the right one"}
	switch {
	case err != nil:
		return 0, err
	case !known:
		f.What, f.Hint = "it holds another log, "+has.Origin, "name an empty folder or another prefix; nothing was written"
		return 0, f
	case has.Size > head.Size:
		f.What = "it holds more entries of this log than the newest head that was signed here"
		return 0, f
	}
	root, err := tlog.TreeHash(has.Size, w.Ledger.HashReader(ctx))
	if err == nil && [32]byte(root) != has.Root {
		f.What = "it holds another history of this log: its signed head is none of this record's"
		err = f
	}
	return has.Size, err
}

// tileNames returns the name of a tile, and what the files behind a bundle of leaves are called in their own folders.
func tileNames(t tlog.Tile) (name, rest string) {
	name = tree.TilePath(t)
	return name, strings.TrimPrefix(name, "tile/entries/")
}

// inTree reports whether a tree of that size has the tile, or the bundle of leaves behind the filings or sheets.
func inTree(name string, size int64) bool {
	what, rest, _ := strings.Cut(name, "/")
	if what == "filings" || what == "sheets" {
		name = "tile/entries/" + rest
	}
	t, err := tree.ParseTilePath(name)
	if err != nil || t.L > 6 {
		return false
	}
	n := size >> (max(t.L, 0) * tree.Height)
	return t.N < n/tree.Width && t.W == tree.Width || t.N == n/tree.Width && int64(t.W) == n%tree.Width && t.W > 0
}

// tiles returns the jobs of the tree: of all of it, or of what is new since the last time.
func (w *LogWriter) tiles(size int64, all bool) (jobs []job) {
	l, from := w.Ledger, w.size
	if all {
		from = 0
	}
	for _, t := range tree.Tiles(from, size) {
		name, rest := tileNames(t)
		jobs = append(jobs, job{name, func(ctx context.Context) ([]byte, error) { return l.Tile(ctx, t) }})
		if t.L == -1 {
			jobs = append(jobs, job{"filings/" + rest, func(ctx context.Context) ([]byte, error) { return l.Filings(ctx, t) }},
				job{"sheets/" + rest, func(ctx context.Context) ([]byte, error) { return l.Sheets(ctx, t) }})
		}
	}
	return jobs
}

// awaits reports whether it is time to ask again for copies that were not here.
func (w *LogWriter) awaits() bool {
	for _, asked := range w.absent {
		if time.Since(asked) > again {
			return true
		}
	}
	return false
}

// copies returns the archived copies that belong to the log, and adds the jobs for those that are not at the target.
func (w *LogWriter) copies(ctx context.Context, all bool, jobs *[]job) (map[string]bool, error) {
	l, keep := w.Ledger, map[string]bool{}
	var sizes map[string]int64
	if all {
		sizes, w.absent = map[string]int64{}, map[string]time.Time{}
		if err := l.Blobs().List(ctx, func(h string, size int64) error { sizes[h] = size; return nil }); err != nil {
			return nil, err
		}
	}
	for _, s := range l.Record().Sources(l.Record().Head()) {
		if s.Copy == nil || s.Copy.State != "public" || s.Copy.SHA256 == "" || keep[s.Copy.SHA256] || l.Record().TakenDownBy(s.Copy.SHA256) > 0 {
			continue
		}
		h := s.Copy.SHA256
		f, there := w.there["file/"+h]
		if there && !all {
			keep[h] = true
			continue
		}
		size, has := sizes[h]
		if !all && time.Since(w.absent[h]) > again {
			var err error
			if has, err = l.Blobs().Has(ctx, h); err != nil {
				return nil, err
			}
		}
		if !has {
			if time.Since(w.absent[h]) > again {
				w.absent[h] = time.Now()
			}
			continue
		}
		delete(w.absent, h)
		keep[h] = true
		if there { // what was cut off by a power cut has another length
			f.whole = f.size == size
			w.there["file/"+h] = f
		}
		*jobs = append(*jobs, job{"file/" + h, func(ctx context.Context) ([]byte, error) {
			in, _, err := l.Blobs().Open(ctx, h)
			if err != nil {
				return nil, err
			}
			defer in.Close()
			return io.ReadAll(in)
		}})
	}
	return keep, nil
}

// heads adds the jobs for the last heads under earlier names, and for the key.
func (w *LogWriter) heads(ctx context.Context, jobs *[]job) (map[string]bool, error) {
	turns, err := w.Ledger.Turns(ctx)
	if err != nil {
		return nil, err
	}
	keep := map[string]bool{}
	for _, t := range turns {
		name := ledger.HeadName(t.From)
		c, err := w.Ledger.LastHead(ctx, name)
		if stocktake.KindOf(err) == stocktake.NotFound {
			continue // a mirror that began later never had it
		}
		if err != nil {
			return nil, err
		}
		keep["heads/"+name] = true
		*jobs = append(*jobs, job{"heads/" + name, func(context.Context) ([]byte, error) { return c.Note, nil }})
	}
	_, vkey, err := w.Ledger.LogName(ctx)
	*jobs = append(*jobs, job{"key", func(context.Context) ([]byte, error) { return []byte(vkey + "\n"), nil }})
	return keep, err
}

// work does jobs, some at a time: a bucket is far away.
func (w *LogWriter) work(ctx context.Context, jobs []job) error {
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(8)
	done := int64(0)
	for _, j := range jobs {
		if each.Err() != nil {
			break
		}
		g.Go(func() error {
			if err := w.do(each, j); err != nil {
				return err
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			if done++; w.Progress != nil {
				w.Progress(done, int64(len(jobs)), "files of the log")
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// do puts one file, unless the target holds the same. One that never changes is not even made where it is there.
func (w *LogWriter) do(ctx context.Context, j job) error {
	_, cache, _ := tree.Served(j.name)
	never := cache == tree.ForEver || strings.HasPrefix(j.name, "file/")
	w.mu.Lock()
	f, there := w.there[j.name]
	was, known := w.sums[j.name]
	w.mu.Unlock()
	same := func() error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.n.Same++
		return nil
	}
	if never && there && f.whole {
		return same()
	}
	b, err := j.make(ctx)
	if err != nil {
		return err
	}
	is := sum{sha256.Sum256(b), int64(len(b))}
	if !never && known && was == is {
		return same()
	}
	if there && !known { // from an earlier run: after a power cut it may be damaged
		old, err := w.Target.Get(ctx, j.name)
		if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			return err
		}
		if err == nil && bytes.Equal(old, b) {
			w.mu.Lock()
			w.there[j.name] = file{size: is.size, whole: true}
			if !never {
				w.sums[j.name] = is
			}
			w.mu.Unlock()
			return same()
		}
	}
	if err := w.put(ctx, j.name, b, Kind{Once: never && !there}); err != nil {
		return err
	}
	if !never {
		w.mu.Lock()
		w.sums[j.name] = is
		w.mu.Unlock()
	}
	return nil
}

// put writes a file of the log, as it is to be served.
func (w *LogWriter) put(ctx context.Context, name string, b []byte, k Kind) error {
	k.Type, k.Cache, _ = tree.Served(name)
	if err := w.Target.Put(ctx, name, b, k); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.there[name] = file{size: int64(len(b)), whole: true}
	w.n.Written++
	return nil
}

// lingers reports whether it is time for a file that does not belong to the log any more, and notes the time where it is not. With again, only
// those that were noted before go.
func (w *LogWriter) lingers(name string, again bool) bool {
	since, noted := w.outgrown[name]
	if again {
		return noted && time.Since(since) > w.Linger
	}
	if w.Linger == 0 || !strings.Contains(name, ".p/") || noted && time.Since(since) > w.Linger {
		return true
	}
	if !noted {
		w.outgrown[name] = time.Now()
	}
	return false
}

// sweep removes what the target should not hold any more and is due, such as partial tiles that grew.
func (w *LogWriter) sweep(ctx context.Context, keep, due func(name string) bool) error {
	for name := range w.there {
		if keep == nil || !keep(name) {
			if !due(name) {
				continue
			}
			if err := w.Target.Remove(ctx, name); err != nil {
				return err
			}
			delete(w.there, name)
			delete(w.sums, name)
			delete(w.outgrown, name)
			w.n.Removed++
		}
	}
	return nil
}
