package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/store"
)

var logTests = []test{
	{"the log of an empty record is empty", on(emptyLog)},
	{"leaves and hashes come back as they were", on(leavesBack)},
	{"leaves come in order and in range", on(leafRanges)},
	{"hashes come in the order asked for", on(hashOrder)},
	{"refused leaves leave nothing and the transaction usable", on(refusedLeaves)},
	{"leaves of any content and of every size up to the largest", on(anyLeaf)},
	{"a writer reads its own leaves and checkpoints", on(ownLog)},
	{"what fails leaves no leaves, hashes and checkpoints", on(failedLog)},
	{"12,000 leaves in one transaction", on(manyLeaves)},
	{"a read of leaves is one state, whatever is added meanwhile", leafSnapshot},
	{"readers see filings and leaves of whole transactions only", logBeside},
	{"rebuilding leaves the log alone", on(logStays)},
	{"a log without filings is nothing to restore over", logKeeps},
}

// LeafOf returns the leaf that the tests put into the log for a filing.
func LeafOf(r store.Row) []byte { return []byte("filing " + r.SHA256) }

// AppendLog puts the leaves of filings into the log, with the hashes that they add.
func AppendLog(ctx context.Context, w store.Writer, rows ...store.Row) error {
	var leaves [][]byte
	for _, r := range rows {
		leaves = append(leaves, LeafOf(r))
	}
	return appendLeaves(ctx, w, leaves)
}

func appendLeaves(ctx context.Context, w store.Writer, leaves [][]byte) error {
	size, err := w.LogSize(ctx)
	if err != nil {
		return err
	}
	hashes, err := added(ctx, w, size, leaves)
	if err != nil {
		return err
	}
	return w.AppendLeaves(ctx, size, leaves, hashes)
}

// added computes the hashes that leaves add to the tree behind size others.
func added(ctx context.Context, r store.Reader, size int64, leaves [][]byte) (hashes [][32]byte, err error) {
	begin := tlog.StoredHashCount(size)
	old := tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		var ask []int64
		for _, p := range places {
			if p < begin {
				ask = append(ask, p)
			}
		}
		stored, err := r.LogHashes(ctx, ask)
		if err != nil {
			return nil, err
		}
		list := make([]tlog.Hash, len(places))
		for i, p := range places {
			if p < begin {
				list[i], stored = stored[0], stored[1:]
			} else {
				list[i] = hashes[p-begin]
			}
		}
		return list, nil
	})
	for i, leaf := range leaves {
		more, err := tlog.StoredHashes(size+int64(i), leaf, old)
		if err != nil {
			return nil, err
		}
		for _, h := range more {
			hashes = append(hashes, h)
		}
	}
	return hashes, nil
}

// fileLogged writes filings and their leaves in one transaction.
func fileLogged(t testing.TB, s store.Store, rows ...store.Row) {
	t.Helper()
	must(t, s.Write(t.Context(), func(w store.Writer) error {
		return errors.Join(w.Append(t.Context(), rows), AppendLog(t.Context(), w, rows...))
	}))
}

// readLog reads all leaves, and checks that the hashes are those of the leaves.
func readLog(ctx context.Context, r store.Reader) (leaves [][]byte, err error) {
	size, err := r.LogSize(ctx)
	if err != nil {
		return nil, err
	}
	err = r.Leaves(ctx, 0, size, func(index int64, leaf []byte) error {
		if index != int64(len(leaves)) {
			return fmt.Errorf("leaf %d comes when %d is due", index, len(leaves))
		}
		leaves = append(leaves, bytes.Clone(leaf))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if int64(len(leaves)) != size {
		return nil, fmt.Errorf("the log has %d leaves and gives %d", size, len(leaves))
	}
	places := make([]int64, tlog.StoredHashCount(size))
	for i := range places {
		places[i] = int64(i)
	}
	got, err := r.LogHashes(ctx, places)
	if err != nil {
		return nil, err
	}
	exp, err := added(ctx, nothing{}, 0, leaves)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(got, exp) {
		return nil, fmt.Errorf("the %d hashes of the log are not those of its %d leaves", len(got), size)
	}
	return leaves, nil
}

// nothing is the reader of an empty log, as far as added asks it.
type nothing struct{ store.Reader }

func (nothing) LogHashes(context.Context, []int64) ([][32]byte, error) { return nil, nil }

// CheckLog compares the log with one that has the leaves of these filings, their hashes, and nothing behind them.
func CheckLog(ctx context.Context, r store.Reader, rows []store.Row) error {
	var exp [][]byte
	for _, row := range rows {
		exp = append(exp, LeafOf(row))
	}
	return checkLeaves(ctx, r, exp)
}

func checkLeaves(ctx context.Context, r store.Reader, exp [][]byte) error {
	got, err := readLog(ctx, r)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(got, exp, bytes.Equal) {
		return fmt.Errorf("the log holds %d leaves that are not the %d expected", len(got), len(exp))
	}
	if _, err := r.LogHashes(ctx, []int64{tlog.StoredHashCount(int64(len(exp)))}); err == nil || stocktake.KindOf(err) != stocktake.NotFound {
		return fmt.Errorf("a hash behind the log gives %v", err)
	}
	return nil
}

func wantLog(t testing.TB, r store.Reader, rows []store.Row) {
	t.Helper()
	if err := CheckLog(context.Background(), r, rows); err != nil {
		t.Error(err)
	}
}

func emptyLog(t *testing.T, s store.Store) {
	ctx := t.Context()
	wantLog(t, s, nil)
	wantCheckpoint(t, s, "", store.Checkpoint{})
	wantCheckpoint(t, s, "example.org/log", store.Checkpoint{})
	if list, err := s.LogHashes(ctx, nil); len(list) != 0 || err != nil {
		t.Errorf("LogHashes of nothing = %v, %v", list, err)
	}
	none := func(index int64, _ []byte) error { t.Errorf("there is a leaf %d", index); return nil }
	must(t, s.Leaves(ctx, 0, 0, none))
	wantKind(t, "a leaf of an empty log", s.Leaves(ctx, 0, 1, none), stocktake.Invalid)
	must(t, s.Write(ctx, func(w store.Writer) error { return w.AppendLeaves(ctx, 0, nil, nil) }))
	must(t, s.Write(ctx, func(w store.Writer) error {
		return w.PutCheckpoint(ctx, checkpointOf("example.org/log", 0, "of nothing"))
	}))
	wantCheckpoint(t, s, "", checkpointOf("example.org/log", 0, "of nothing"))
	wantLog(t, s, nil)
}

func leavesBack(t *testing.T, s store.Store) {
	rows := Rows(1, 70)
	for _, end := range []int{1, 2, 3, 7, 8, 9, 30, 70} {
		size := int(mustSize(t, s))
		fileLogged(t, s, rows[size:end]...)
		wantLog(t, s, rows[:end])
	}
	want(t, s, rows, nil)
}

func mustSize(t testing.TB, r store.Reader) int64 {
	t.Helper()
	size, err := r.LogSize(t.Context())
	must(t, err)
	return size
}

func leafRanges(t *testing.T, s store.Store) {
	ctx := t.Context()
	fileLogged(t, s, Rows(1, 10)...)
	for _, c := range []struct{ from, to int64 }{{0, 10}, {0, 0}, {10, 10}, {0, 1}, {9, 10}, {3, 7}, {5, 5}} {
		next := c.from
		must(t, s.Leaves(ctx, c.from, c.to, func(index int64, leaf []byte) error {
			if index != next || !bytes.Equal(leaf, LeafOf(NewRow(index+1))) {
				t.Errorf("Leaves(%d, %d) gives leaf %d with %q where %d is due", c.from, c.to, index, leaf, next)
			}
			next++
			return nil
		}))
		if next != c.to {
			t.Errorf("Leaves(%d, %d) ends before %d", c.from, c.to, next)
		}
	}
	for _, c := range []struct{ from, to int64 }{{0, 11}, {10, 11}, {11, 11}, {-1, 5}, {5, 4}, {-3, -1}, {0, 1 << 62}} {
		err := s.Leaves(ctx, c.from, c.to, func(int64, []byte) error { t.Error("the function was called"); return nil })
		wantKind(t, fmt.Sprintf("Leaves(%d, %d) of 10", c.from, c.to), err, stocktake.Invalid)
	}
	enough, calls := errors.New("enough"), 0
	err := s.Leaves(ctx, 0, 10, func(int64, []byte) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("Leaves: %v after %d calls", err, calls)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Leaves(done, 0, 10, func(int64, []byte) error { return nil }); err == nil {
		t.Error("Leaves with a done context gives no error")
	}
	if _, err := s.LogHashes(done, []int64{0}); err == nil {
		t.Error("LogHashes with a done context gives no error")
	}
	wantLog(t, s, Rows(1, 10))
}

func hashOrder(t *testing.T, s store.Store) {
	ctx := t.Context()
	fileLogged(t, s, Rows(1, 100)...)
	n := tlog.StoredHashCount(100)
	all := make([]int64, n)
	for i := range all {
		all[i] = int64(i)
	}
	in, err := s.LogHashes(ctx, all)
	must(t, err)
	places := []int64{17, 3, n - 1, 0, 3, 150, 3}
	got, err := s.LogHashes(ctx, places)
	must(t, err)
	for i, p := range places {
		if got[i] != in[p] {
			t.Errorf("asked for the places %v, the hash at %d is of another place", places, i)
		}
	}
	for _, bad := range [][]int64{{n}, {0, n, 1}, {-1}, {1 << 62}} {
		_, err := s.LogHashes(ctx, bad)
		wantKind(t, fmt.Sprint("the places ", bad), err, stocktake.NotFound)
	}
	got, err = s.LogHashes(ctx, places[:1])
	if err != nil || got[0] != in[17] {
		t.Errorf("one place gives %x, %v", got, err)
	}
}

func refusedLeaves(t *testing.T, s store.Store) {
	ctx := t.Context()
	fileLogged(t, s, Rows(1, 3)...)
	one, two := [][]byte{[]byte("one")}, [][]byte{[]byte("one"), []byte("two")}
	hashes := func(n int) [][32]byte { return make([][32]byte, n) }
	cases := []struct {
		name   string
		first  int64
		leaves [][]byte
		hashes [][32]byte
		kind   stocktake.FaultKind
	}{
		{"a gap", 4, one, hashes(1), stocktake.Conflict},
		{"a leaf that is there", 2, one, hashes(1), stocktake.Conflict},
		{"the first leaf again", 0, one, hashes(1), stocktake.Conflict},
		{"an index below 0", -1, one, hashes(1), stocktake.Conflict},
		{"no leaves at another size", 4, nil, nil, stocktake.Conflict},
		{"no hashes", 3, one, nil, stocktake.Conflict},
		{"a hash too few", 3, one, hashes(2), stocktake.Conflict}, // leaf 3 completes trees of 2 and 4
		{"a hash too many", 3, one, hashes(4), stocktake.Conflict},
		{"a hash too few for two", 3, two, hashes(3), stocktake.Conflict},
		{"hashes without leaves", 3, nil, hashes(1), stocktake.Conflict},
		{"an empty leaf", 3, [][]byte{{}}, hashes(3), stocktake.Invalid},
		{"a leaf that is nil", 3, [][]byte{[]byte("one"), nil}, hashes(4), stocktake.Invalid},
		{"a leaf of 65,536 bytes", 3, [][]byte{make([]byte, 65536)}, hashes(3), stocktake.Invalid},
		{"a leaf of 65,536 bytes, later", 3, [][]byte{[]byte("one"), make([]byte, 65536)}, hashes(4), stocktake.Invalid},
	}
	for _, c := range cases {
		err := s.Write(ctx, func(w store.Writer) error { return w.AppendLeaves(ctx, c.first, c.leaves, c.hashes) })
		wantKind(t, c.name, err, c.kind)
	}
	wantLog(t, s, Rows(1, 3))
	// A caller who carries on after a refusal commits the rest, and nothing of what was refused.
	must(t, s.Write(ctx, func(w store.Writer) error {
		for _, c := range cases {
			wantKind(t, c.name, w.AppendLeaves(ctx, c.first, c.leaves, c.hashes), c.kind)
		}
		return AppendLog(ctx, w, Rows(4, 5)...)
	}))
	wantLog(t, s, Rows(1, 5))
}

func anyLeaf(t *testing.T, s store.Store) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	leaves := [][]byte{all, {0}, {0xff}, []byte(`\x00`), []byte("\\.\n"), []byte("\t'\"$1?\r\n"), bytes.Repeat([]byte{0}, 65535), bytes.Repeat([]byte("é"), 32767), all}
	must(t, s.Write(t.Context(), func(w store.Writer) error { return appendLeaves(t.Context(), w, leaves) }))
	must(t, checkLeaves(t.Context(), s, leaves))
}

func ownLog(t *testing.T, s store.Store) {
	ctx := t.Context()
	rows := Rows(1, 60)
	must(t, s.Write(ctx, func(w store.Writer) error {
		for i, r := range rows {
			must(t, AppendLog(ctx, w, r))
			must(t, w.PutCheckpoint(ctx, checkpointOf("example.org/log", int64(i+1), "")))
			if n := mustSize(t, w); n != int64(i+1) {
				t.Errorf("after leaf %d, LogSize = %d", i, n)
			}
			if i%15 == 0 {
				wantLog(t, w, rows[:i+1])
				wantCheckpoint(t, w, "example.org/log", checkpointOf("example.org/log", int64(i+1), ""))
			}
		}
		// What is outside does not see it yet.
		wantLog(t, s, nil)
		wantCheckpoint(t, s, "", store.Checkpoint{})
		return nil
	}))
	wantLog(t, s, rows)
	wantCheckpoint(t, s, "", checkpointOf("example.org/log", 60, ""))
}

func failedLog(t *testing.T, s store.Store) {
	ctx := t.Context()
	before := checkpointOf("example.org/log", 3, "before")
	fileLogged(t, s, Rows(1, 3)...)
	must(t, s.Write(ctx, func(w store.Writer) error { return w.PutCheckpoint(ctx, before) }))
	more := func(w store.Writer) {
		must(t, AppendLog(ctx, w, Rows(4, 80)...))
		must(t, w.PutCheckpoint(ctx, checkpointOf("example.org/log", 3, "after")))
		must(t, w.PutCheckpoint(ctx, checkpointOf("example.org/log", 80, "after")))
		must(t, w.PutCheckpoint(ctx, checkpointOf("other", 5, "after")))
	}
	if err := s.Write(ctx, func(w store.Writer) error { more(w); return errStop }); err != errStop {
		t.Errorf("Write gives %v, want the error of its function, as it is", err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = s.Write(ctx, func(w store.Writer) error { more(w); panic("broken") })
	}()
	done, cancel := context.WithCancel(ctx)
	if err := s.Write(done, func(w store.Writer) error { more(w); cancel(); return nil }); err == nil {
		t.Error("Write whose context ended before the commit gives no error")
	}
	wantLog(t, s, Rows(1, 3))
	wantCheckpoint(t, s, "", before)
	wantCheckpoint(t, s, "example.org/log", before)
	wantCheckpoint(t, s, "other", store.Checkpoint{})
	fileLogged(t, s, Rows(4, 5)...) // and the next one can write
	wantLog(t, s, Rows(1, 5))
}

func manyLeaves(t *testing.T, s store.Store) {
	leaves := make([][]byte, 12000)
	for i := range leaves {
		leaves[i] = fmt.Appendf(nil, "leaf %d", i)
	}
	must(t, s.Write(t.Context(), func(w store.Writer) error { return appendLeaves(t.Context(), w, leaves) }))
	must(t, checkLeaves(t.Context(), s, leaves))
}

func leafSnapshot(t *testing.T, fresh func(testing.TB) Open) {
	open := fresh(t)
	s, other := open(t, store.Options{}), open(t, store.Options{})
	fileLogged(t, s, Rows(1, 2000)...)
	n := int64(0)
	must(t, s.Leaves(t.Context(), 0, 2000, func(index int64, leaf []byte) error {
		if n++; n == 1 {
			fileLogged(t, s, Rows(2001, 2100)...)
			fileLogged(t, other, Rows(2101, 2200)...)
		}
		if !bytes.Equal(leaf, LeafOf(NewRow(index+1))) {
			t.Errorf("leaf %d is %q", index, leaf)
		}
		return nil
	}))
	if n != 2000 {
		t.Errorf("a read of 2000 leaves gave %d", n)
	}
	wantLog(t, other, Rows(1, 2200))
	wantLog(t, s, Rows(1, 2200))
}

func logBeside(t *testing.T, fresh func(testing.TB) Open) {
	const size, rounds = 7, 20
	open := fresh(t)
	w, other := open(t, store.Options{}), open(t, store.Options{})
	ctx, stop := context.WithCancel(t.Context())
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		for ctx.Err() == nil {
			c, ok, err := other.Checkpoint(context.Background(), "")
			head, err2 := other.Head(context.Background())
			n, err3 := other.LogSize(context.Background())
			if err := errors.Join(err, err2, err3); err != nil || n%size != 0 || c.Size%size != 0 || head.Number < c.Size || n < head.Number || ok && c.Size == 0 {
				t.Errorf("a reader saw a checkpoint of %d, then filing %d, then %d leaves, %v", c.Size, head.Number, n, err)
				return
			}
			if got, err := readLog(context.Background(), other); err != nil || int64(len(got)) < n || len(got)%size != 0 {
				t.Errorf("a reader saw %d leaves after %d, %v", len(got), n, err)
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	for i := range int64(rounds) {
		must(t, w.Write(t.Context(), func(w store.Writer) error {
			for n := i*size + 1; n <= i*size+size; n++ {
				r := NewRow(n)
				if err := errors.Join(AppendLog(t.Context(), w, r), w.Append(t.Context(), []store.Row{r})); err != nil {
					return err
				}
			}
			return w.PutCheckpoint(t.Context(), checkpointOf("example.org/log", (i+1)*size, ""))
		}))
	}
	stop()
	<-finished
	wantLog(t, other, Rows(1, size*rounds))
}

func logStays(t *testing.T, s store.Store) {
	ctx := t.Context()
	fileLogged(t, s, Rows(1, 5)...)
	must(t, s.Write(ctx, func(w store.Writer) error { return w.PutCheckpoint(ctx, checkpointOf("a", 5, "")) }))
	must(t, s.Write(ctx, func(w store.Writer) error { return w.DropProjections(ctx) }))
	wantLog(t, s, Rows(1, 5))
	wantCheckpoint(t, s, "", checkpointOf("a", 5, ""))
}

func logKeeps(t *testing.T, fresh func(testing.TB) Open) {
	ctx := t.Context()
	from := fresh(t)(t, store.Options{})
	fileLogged(t, from, Rows(1, 3)...)
	path := t.TempDir() + "/backup"
	must(t, from.Backup(ctx, path))
	s := fresh(t)(t, store.Options{})
	must(t, s.Write(ctx, func(w store.Writer) error { return AppendLog(ctx, w, NewRow(77)) }))
	wantKind(t, "a restore over leaves", s.Restore(ctx, path), stocktake.Conflict)
	want(t, s, nil, nil)
	wantLog(t, s, []store.Row{NewRow(77)})
	// A checkpoint of the empty log is replaced, like a setting.
	s = fresh(t)(t, store.Options{})
	must(t, s.Write(ctx, func(w store.Writer) error { return w.PutCheckpoint(ctx, checkpointOf("a", 0, "")) }))
	must(t, s.Restore(ctx, path))
	wantLog(t, s, Rows(1, 3))
	wantCheckpoint(t, s, "", store.Checkpoint{})
}
