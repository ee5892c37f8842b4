package blob

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var errNoPower = errors.New("no power")

// A lossy disk, in memory, keeps after a power cut what was synced, and of the rest some: of files what was written, of folders the names.
type lossy struct {
	random *rand.Rand
	root   *node
	steps  int
	cutAt  int
	off    bool
}

// node is a file or a folder. synced and kept are as of its last sync.
type node struct {
	folder bool
	data   []byte
	synced []byte
	names  map[string]*node
	kept   map[string]*node
}

func newFolder() *node {
	return &node{folder: true, names: map[string]*node{}, kept: map[string]*node{}}
}

func newLossy(seed uint64) *lossy {
	return &lossy{random: rand.New(rand.NewPCG(seed, 3)), root: newFolder()}
}

// step counts a change, and is the error of a disk without power from the step of the cut on.
func (l *lossy) step() error {
	l.steps++
	if l.steps == l.cutAt {
		l.off = true
	}
	if l.off {
		return errNoPower
	}
	return nil
}

// powerCut leaves what was synced and, of the rest, nothing, all, or any part.
func (l *lossy) powerCut() { l.cut(l.random.IntN(3)) }

// lose leaves what was synced.
func (l *lossy) lose() { l.cut(0) }

func (l *lossy) cut(manner int) {
	keep := func() bool { return manner == 1 || manner == 2 && l.random.IntN(2) == 0 }
	var cut func(n *node)
	cut = func(n *node) {
		if !n.folder {
			if !keep() {
				n.data = slices.Clone(n.synced)
			} else if manner == 2 && len(n.data) > len(n.synced) {
				n.data = n.data[:len(n.synced)+l.random.IntN(len(n.data)-len(n.synced)+1)] // torn
			}
			n.synced = slices.Clone(n.data)
			return
		}
		after := maps.Clone(n.kept)
		names := slices.Collect(maps.Keys(n.kept))
		names = slices.AppendSeq(names, maps.Keys(n.names))
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			now, there := n.names[name]
			if n.kept[name] == now || !keep() {
				continue
			}
			if there {
				after[name] = now
			} else {
				delete(after, name)
			}
		}
		n.names, n.kept = after, maps.Clone(after)
		for _, name := range slices.Sorted(maps.Keys(after)) {
			cut(after[name])
		}
	}
	cut(l.root)
	l.off, l.cutAt, l.steps = false, 0, 0
}

func (l *lossy) at(path string) (parent, n *node, name string, err error) {
	n = l.root
	for _, name = range strings.Split(strings.TrimPrefix(filepath.ToSlash(path), "/"), "/") {
		if parent = n; parent == nil || !parent.folder {
			return nil, nil, "", &fs.PathError{Op: "find", Path: path, Err: fs.ErrNotExist}
		}
		if name != "" && name != "." {
			n = parent.names[name]
		}
	}
	return parent, n, name, nil
}

func (l *lossy) find(path string) (*node, error) {
	_, n, _, err := l.at(path)
	if err == nil && n == nil {
		err = &fs.PathError{Op: "find", Path: path, Err: fs.ErrNotExist}
	}
	return n, err
}

func (l *lossy) add(path string, n *node) error {
	if err := l.step(); err != nil {
		return err
	}
	parent, there, name, err := l.at(path)
	if err == nil && there != nil {
		err = &fs.PathError{Op: "make", Path: path, Err: fs.ErrExist}
	}
	if err == nil {
		parent.names[name] = n
	}
	return err
}

func (l *lossy) mkdir(path string) error { return l.add(path, newFolder()) }

func (l *lossy) create(path string) (file, error) {
	n := &node{}
	if err := l.add(path, n); err != nil {
		return nil, err
	}
	return &lossyFile{disk: l, n: n}, nil
}

func (l *lossy) open(path string) (file, error) {
	n, err := l.find(path)
	if err != nil {
		return nil, err
	}
	return &lossyFile{disk: l, n: n, r: bytes.NewReader(n.data)}, nil
}

func (l *lossy) stat(path string) (fs.FileInfo, error) {
	n, err := l.find(path)
	return info{filepath.Base(path), n}, err
}

func (l *lossy) list(path string) ([]fs.DirEntry, error) {
	n, err := l.find(path)
	if err != nil {
		return nil, err
	}
	var all []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(n.names)) {
		all = append(all, fs.FileInfoToDirEntry(info{name, n.names[name]}))
	}
	return all, nil
}

func (l *lossy) rename(from, to string) error {
	if err := l.step(); err != nil {
		return err
	}
	here, n, name, err := l.at(from)
	if err != nil || n == nil {
		return errors.Join(err, os.ErrNotExist)
	}
	there, _, other, err := l.at(to)
	if err != nil {
		return err
	}
	delete(here.names, name)
	there.names[other] = n
	return nil
}

func (l *lossy) remove(path string) error {
	if err := l.step(); err != nil {
		return err
	}
	parent, n, name, err := l.at(path)
	if err != nil || n == nil {
		return &fs.PathError{Op: "remove", Path: path, Err: fs.ErrNotExist}
	}
	delete(parent.names, name)
	return nil
}

func (l *lossy) sync(path string) error {
	if err := l.step(); err != nil {
		return err
	}
	n, err := l.find(path)
	if err == nil {
		n.kept = maps.Clone(n.names)
	}
	return err
}

type lossyFile struct {
	disk *lossy
	n    *node
	r    *bytes.Reader
}

func (f *lossyFile) Read(p []byte) (int, error) { return f.r.Read(p) }
func (f *lossyFile) Close() error               { return nil }
func (f *lossyFile) Stat() (fs.FileInfo, error) { return info{"", f.n}, nil }

func (f *lossyFile) Write(p []byte) (int, error) {
	if err := f.disk.step(); err != nil {
		return 0, err
	}
	f.n.data = append(f.n.data, p...)
	return len(p), nil
}

func (f *lossyFile) Sync() error {
	if err := f.disk.step(); err != nil {
		return err
	}
	f.n.synced = slices.Clone(f.n.data)
	return nil
}

type info struct {
	name string
	n    *node
}

func (i info) Name() string { return i.name }
func (i info) Size() int64  { return int64(len(i.n.data)) }
func (i info) Mode() fs.FileMode {
	return map[bool]fs.FileMode{true: fs.ModeDir | 0o700, false: 0o600}[i.n.folder]
}
func (i info) ModTime() time.Time { return time.Now() }
func (i info) IsDir() bool        { return i.n.folder }
func (i info) Sys() any           { return nil }

// forgetful is a disk that does not sync what it is told to.
type forgetful struct {
	*lossy
	files, folders bool
}

func (f forgetful) sync(path string) error {
	if f.folders {
		return f.step()
	}
	return f.lossy.sync(path)
}

func (f forgetful) create(path string) (file, error) {
	made, err := f.lossy.create(path)
	if err != nil || !f.files {
		return made, err
	}
	return unsynced{made.(*lossyFile)}, nil
}

type unsynced struct{ *lossyFile }

func (u unsynced) Sync() error { return u.disk.step() }

// powerCuts puts and deletes, cuts the power or kills the process at some step, and looks what is left; so many times. It returns what was
// lost first.
func powerCuts(t *testing.T, cuts int, wrap func(*lossy) disk) (lost string, acknowledged int) {
	t.Helper()
	l := newLossy(5)
	want := map[string]string{} // what was acknowledged to be there
	gone := map[string]bool{}   // what was acknowledged to be gone
	for cut := range cuts {
		if cut%25 == 0 {
			l.root, want, gone = newFolder(), map[string]string{}, map[string]bool{}
		}
		l.cutAt = 1 + l.random.IntN(80)
		d := &Dir{dir: "/data/files", disk: wrap(l)}
		for !l.off {
			text := strings.Repeat(fmt.Sprint(l.random.IntN(30), " "), 1+l.random.IntN(5)*900)
			h := hashOf(text)
			if _, there := want[h]; there && l.random.IntN(2) == 0 {
				delete(want, h) // from here on it may be there or not
				if d.Delete(t.Context(), h) == nil {
					gone[h] = true
				}
				continue
			}
			delete(gone, h)
			if got, _, err := d.Put(t.Context(), strings.NewReader(text)); err == nil {
				if got != h {
					t.Fatalf("Put gives the hash %s, want %s", got, h)
				}
				want[h] = text
				acknowledged++
			}
		}
		if l.random.IntN(2) == 0 {
			l.powerCut()
		} else {
			l.off, l.cutAt, l.steps = false, 0, 0 // only the process died; the next one finds what is not synced
		}
		d = &Dir{dir: "/data/files", disk: l}
		where := fmt.Sprintf("cut %d", cut)
		for h, text := range want {
			f, _, err := d.Open(t.Context(), h)
			if err != nil {
				return fmt.Sprintf("%s: a file of %d bytes is lost: %v", where, len(text), err), acknowledged
			}
			if b, _ := io.ReadAll(f); string(b) != text {
				return fmt.Sprintf("%s: of a file of %d bytes %d are there", where, len(text), len(b)), acknowledged
			}
		}
		err := d.List(t.Context(), func(h string, size int64) error {
			if gone[h] {
				return fmt.Errorf("a deleted file is back")
			}
			f, _, err := d.Open(t.Context(), h)
			if err != nil {
				return err
			}
			if b, _ := io.ReadAll(f); hashOf(string(b)) != h {
				return fmt.Errorf("a file is half-written: %d bytes", size)
			}
			return nil
		})
		if err != nil {
			return fmt.Sprintf("%s: %v", where, err), acknowledged
		}
	}
	return "", acknowledged
}

func TestPowerCut(t *testing.T) { cutPower(t, 400) }

// TestSoakPowerCut is the long form; without STOCKTAKE_SOAK=1 it only shows that it would run.
func TestSoakPowerCut(t *testing.T) {
	if os.Getenv("STOCKTAKE_SOAK") != "1" {
		cutPower(t, 100)
		return
	}
	cutPower(t, 20000)
}

func cutPower(t *testing.T, cuts int) {
	lost, acknowledged := powerCuts(t, cuts, func(l *lossy) disk { return l })
	if lost != "" {
		t.Error(lost)
	}
	if acknowledged < cuts {
		t.Errorf("%d files were acknowledged in %d cuts: this tests little", acknowledged, cuts)
	}
	// It would notice if files or folders were not synced.
	if lost, _ := powerCuts(t, cuts, func(l *lossy) disk { return forgetful{lossy: l, files: true} }); lost == "" {
		t.Error("without synced files nothing is lost: this tests nothing")
	}
	if lost, _ := powerCuts(t, cuts, func(l *lossy) disk { return forgetful{lossy: l, folders: true} }); lost == "" {
		t.Error("without synced folders nothing is lost: this tests nothing")
	}
}

// A process dies at each step of a Put in turn; the next one puts the same, and then the power is cut.
func TestPutAfterADeadProcess(t *testing.T) {
	for step := 1; ; step++ {
		l := newLossy(1)
		l.cutAt = step
		d := &Dir{dir: "/new/data/files", disk: l}
		_, _, err := d.Put(t.Context(), strings.NewReader("text"))
		if err == nil && !l.off {
			if step < 8 {
				t.Errorf("a Put has %d steps only", step)
			}
			return
		}
		l.off, l.cutAt = false, 0
		put(t, &Dir{dir: "/new/data/files", disk: l}, "text")
		l.lose()
		f, _, err := (&Dir{dir: "/new/data/files", disk: l}).Open(t.Context(), hashOf("text"))
		if err != nil {
			t.Errorf("step %d: %v", step, err)
			continue
		}
		if b, _ := io.ReadAll(f); string(b) != "text" {
			t.Errorf("step %d: %q is there", step, b)
		}
	}
}
