//go:build linux

package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// A disk is a file layer of SQLite (a VFS) around the ordinary one. It remembers of each file what was synced and what was only written
// since. At a power cut nothing more gets through; afterwards the files are set to what was synced and to some of the rest.
type disk struct {
	name   string
	random *rand.Rand

	mu    sync.Mutex
	files map[string]*platter
	steps int // writes, syncs, truncations and deletions so far
	cutAt int // the step that does not happen any more; 0 for none
	off   bool
}

// platter is one file. since holds what happened after the last sync, in order.
type platter struct {
	synced []byte
	exists bool // as of the last sync
	since  []change
}

type change struct {
	kind byte // 'w' write, 't' truncate, 'd' delete, 'c' create
	at   int64
	data []byte
}

func (c change) do(b []byte, exists bool) ([]byte, bool) {
	switch c.kind {
	case 'c':
		return b, true
	case 'd':
		return nil, false
	case 't':
		if c.at <= int64(len(b)) {
			return b[:c.at], true
		}
		return append(b, make([]byte, c.at-int64(len(b)))...), true
	}
	if end := c.at + int64(len(c.data)); end > int64(len(b)) {
		b = append(b, make([]byte, end-int64(len(b)))...)
	}
	copy(b[c.at:], c.data)
	return b, true
}

// step reports whether the next change still happens.
func (d *disk) step() bool {
	d.steps++
	if d.steps == d.cutAt {
		d.off = true
	}
	return !d.off
}

// note records a change that went to the operating system and not yet to the disk.
func (d *disk) note(path string, c change) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return false
	}
	ok := d.step()
	if f := d.files[path]; f != nil { // the one that was under way at the cut may be on the disk or not, like all of them
		f.since = append(f.since, c)
	}
	return ok
}

func (d *disk) sync(path string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off || !d.step() {
		return false
	}
	if f := d.files[path]; f != nil {
		names := slices.ContainsFunc(f.since, change.ofName)
		for _, c := range f.since {
			f.synced, f.exists = c.do(f.synced, f.exists)
		}
		f.since = nil
		if names { // SQLite syncs the folder with a new file, and with it the names of all
			for _, other := range d.files {
				other.syncName()
			}
		}
	}
	return true
}

func (c change) ofName() bool { return c.kind == 'c' || c.kind == 'd' }

// syncName makes durable that the file is there or not, and nothing of what was written to it since.
func (f *platter) syncName() {
	for i := len(f.since) - 1; i >= 0; i-- {
		if f.since[i].kind == 'd' {
			f.synced, f.exists, f.since = nil, false, f.since[i+1:]
			break
		}
	}
	if slices.ContainsFunc(f.since, change.ofName) {
		f.exists = true
		f.since = slices.DeleteFunc(f.since, change.ofName)
	}
}

// opened begins to watch a file.
func (d *disk) opened(path string, existed bool, content []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[path]
	if f == nil {
		f = &platter{synced: content, exists: existed}
		d.files[path] = f
	}
	if !existed && !d.off {
		f.since = append(f.since, change{kind: 'c'})
	}
}

func (d *disk) known(path string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.files[path] != nil
}

// manners are what a disk may hold after a cut of what was not synced.
var manners = []string{"nothing", "all", "a beginning", "any part", "any part, torn"}

// powerCut sets all files to what a disk may hold after a cut, and says in which manner. Nobody may have them open.
func (d *disk) powerCut(t *testing.T) (manner string) {
	t.Helper()
	manner = manners[d.random.IntN(len(manners))]
	d.cutPower(t, manner)
	return manner
}

func (d *disk) cutPower(t *testing.T, manner string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	for path, f := range d.files {
		b, exists := slices.Clone(f.synced), f.exists
		upTo := len(f.since)
		switch manner {
		case "nothing":
			upTo = 0
		case "a beginning":
			upTo = d.random.IntN(upTo + 1)
		}
		for _, c := range f.since[:upTo] {
			if strings.HasPrefix(manner, "any part") && d.random.IntN(2) == 0 {
				continue
			}
			if strings.HasSuffix(manner, "torn") && c.kind == 'w' && d.random.IntN(2) == 0 {
				c.data = c.data[:d.random.IntN(len(c.data)/512+1)*512]
			}
			b, exists = c.do(b, exists)
		}
		err := os.Remove(path)
		if exists {
			err = os.WriteFile(path, b, 0o600)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		os.Remove(path + "-shm") // memory
	}
	d.files, d.off, d.cutAt = map[string]*platter{}, false, 0
}

// What follows speaks SQLite's own language: structures in its memory, functions by pointer.

var (
	disks    sync.Map // address of the VFS -> *disk
	handles  sync.Map // address of an open file -> handle
	ordinary uintptr  // SQLite's own VFS
	methods  uintptr  // our methods of files
)

type handle struct {
	disk *disk
	path string // "" for a temporary file
}

// at returns what lies at an address in SQLite's memory.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// pointer returns the address by which SQLite calls a Go function, which must not be a closure.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// function is the other way round.
func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }

// Our file is a header, then the ordinary file.
const header = 16

func inner(file uintptr) uintptr { return file + header }

func theirs(file uintptr) *lib.Tsqlite3_io_methods {
	return at[lib.Tsqlite3_io_methods](at[lib.Tsqlite3_file](inner(file)).FpMethods)
}

func handleOf(file uintptr) handle {
	h, _ := handles.Load(file)
	return h.(handle)
}

// newDisk registers a disk under a name of its own.
func newDisk(t *testing.T, seed uint64) *disk {
	t.Helper()
	tls := libc.NewTLS()
	t.Cleanup(tls.Close)
	if ordinary == 0 {
		ordinary = lib.Xsqlite3_vfs_find(tls, 0)
		methods = libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(lib.Tsqlite3_io_methods{})))
		*at[lib.Tsqlite3_io_methods](methods) = lib.Tsqlite3_io_methods{
			FiVersion: 2, // no memory-mapped reading
			FxClose:   pointer(fileClose), FxRead: pointer(fileRead), FxWrite: pointer(fileWrite), FxTruncate: pointer(fileTruncate), FxSync: pointer(fileSync),
			FxFileSize: pointer(fileSize), FxLock: pointer(fileLock), FxUnlock: pointer(fileUnlock), FxCheckReservedLock: pointer(fileReserved),
			FxFileControl: pointer(fileControl), FxSectorSize: pointer(fileSector), FxDeviceCharacteristics: pointer(fileDevice),
			FxShmMap: pointer(shmMap), FxShmLock: pointer(shmLock), FxShmBarrier: pointer(shmBarrier), FxShmUnmap: pointer(shmUnmap),
		}
	}
	d := &disk{name: fmt.Sprintf("disk-%s-%d", t.Name(), seed), random: rand.New(rand.NewPCG(seed, 7)), files: map[string]*platter{}}
	d.name = strings.Map(func(r rune) rune {
		if r == '/' || r == '_' || r == ' ' {
			return '-'
		}
		return r
	}, d.name)
	name, err := libc.CString(d.name)
	if err != nil {
		t.Fatal(err)
	}
	vfs := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(lib.Tsqlite3_vfs{})))
	*at[lib.Tsqlite3_vfs](vfs) = *at[lib.Tsqlite3_vfs](ordinary)
	v := at[lib.Tsqlite3_vfs](vfs)
	v.FpNext, v.FzName, v.FszOsFile = 0, name, v.FszOsFile+header
	v.FxOpen, v.FxDelete = pointer(diskOpen), pointer(diskDelete) // what does not touch a file stays the ordinary one's
	disks.Store(vfs, d)
	if rc := lib.Xsqlite3_vfs_register(tls, vfs, 0); rc != lib.SQLITE_OK {
		t.Fatalf("SQLite does not take the disk: %d", rc)
	}
	t.Cleanup(func() {
		lib.Xsqlite3_vfs_unregister(tls, vfs)
		disks.Delete(vfs)
		libc.Xfree(tls, vfs)
		libc.Xfree(tls, name)
	})
	return d
}

func diskOf(vfs uintptr) *disk {
	d, _ := disks.Load(vfs)
	return d.(*disk)
}

func diskOpen(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32 {
	d, path := diskOf(vfs), ""
	at[lib.Tsqlite3_file](file).FpMethods = 0
	var content []byte
	existed := false
	if name != 0 {
		path = libc.GoString(name)
		if !d.known(path) {
			var err error
			if content, err = os.ReadFile(path); err == nil {
				existed = true
			}
		} else if _, err := os.Stat(path); err == nil {
			existed = true
		}
	}
	open := function[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](at[lib.Tsqlite3_vfs](ordinary).FxOpen)
	if rc := open(tls, ordinary, name, inner(file), flags, out); rc != lib.SQLITE_OK {
		return rc
	}
	if path != "" && flags&(lib.SQLITE_OPEN_MAIN_DB|lib.SQLITE_OPEN_WAL|lib.SQLITE_OPEN_MAIN_JOURNAL) != 0 {
		d.opened(path, existed, content)
	} else {
		path = ""
	}
	handles.Store(file, handle{d, path})
	at[lib.Tsqlite3_file](file).FpMethods = methods
	return lib.SQLITE_OK
}

func diskDelete(tls *libc.TLS, vfs, name uintptr, syncFolder int32) int32 {
	d, path := diskOf(vfs), libc.GoString(name)
	if !d.note(path, change{kind: 'd'}) {
		return lib.SQLITE_IOERR_DELETE
	}
	if syncFolder != 0 && !d.sync(path) {
		return lib.SQLITE_IOERR_DELETE
	}
	return function[func(*libc.TLS, uintptr, uintptr, int32) int32](at[lib.Tsqlite3_vfs](ordinary).FxDelete)(tls, ordinary, name, syncFolder)
}

func fileWrite(tls *libc.TLS, file, from uintptr, n int32, offset int64) int32 {
	h := handleOf(file)
	if h.path != "" && !h.disk.note(h.path, change{'w', offset, slices.Clone(libc.GoBytes(from, int(n)))}) {
		return lib.SQLITE_IOERR_WRITE
	}
	return function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](theirs(file).FxWrite)(tls, inner(file), from, n, offset)
}

func fileTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	h := handleOf(file)
	if h.path != "" && !h.disk.note(h.path, change{kind: 't', at: size}) {
		return lib.SQLITE_IOERR_TRUNCATE
	}
	return function[func(*libc.TLS, uintptr, int64) int32](theirs(file).FxTruncate)(tls, inner(file), size)
}

func fileSync(_ *libc.TLS, file uintptr, _ int32) int32 {
	if h := handleOf(file); h.path != "" && !h.disk.sync(h.path) {
		return lib.SQLITE_IOERR_FSYNC
	}
	return lib.SQLITE_OK // the real disk may take its time
}

func fileClose(tls *libc.TLS, file uintptr) int32 {
	rc := function[func(*libc.TLS, uintptr) int32](theirs(file).FxClose)(tls, inner(file))
	handles.Delete(file)
	return rc
}

func fileRead(tls *libc.TLS, file, to uintptr, n int32, offset int64) int32 {
	return function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](theirs(file).FxRead)(tls, inner(file), to, n, offset)
}

func fileSize(tls *libc.TLS, file, size uintptr) int32 {
	return function[func(*libc.TLS, uintptr, uintptr) int32](theirs(file).FxFileSize)(tls, inner(file), size)
}

func fileLock(tls *libc.TLS, file uintptr, level int32) int32 {
	return function[func(*libc.TLS, uintptr, int32) int32](theirs(file).FxLock)(tls, inner(file), level)
}

func fileUnlock(tls *libc.TLS, file uintptr, level int32) int32 {
	return function[func(*libc.TLS, uintptr, int32) int32](theirs(file).FxUnlock)(tls, inner(file), level)
}

func fileReserved(tls *libc.TLS, file, answer uintptr) int32 {
	return function[func(*libc.TLS, uintptr, uintptr) int32](theirs(file).FxCheckReservedLock)(tls, inner(file), answer)
}

func fileControl(tls *libc.TLS, file uintptr, op int32, arg uintptr) int32 {
	return function[func(*libc.TLS, uintptr, int32, uintptr) int32](theirs(file).FxFileControl)(tls, inner(file), op, arg)
}

func fileSector(tls *libc.TLS, file uintptr) int32 {
	return function[func(*libc.TLS, uintptr) int32](theirs(file).FxSectorSize)(tls, inner(file))
}

func fileDevice(tls *libc.TLS, file uintptr) int32 {
	return function[func(*libc.TLS, uintptr) int32](theirs(file).FxDeviceCharacteristics)(tls, inner(file))
}

func shmMap(tls *libc.TLS, file uintptr, region, size, extend int32, to uintptr) int32 {
	return function[func(*libc.TLS, uintptr, int32, int32, int32, uintptr) int32](theirs(file).FxShmMap)(tls, inner(file), region, size, extend, to)
}

func shmLock(tls *libc.TLS, file uintptr, offset, n, flags int32) int32 {
	return function[func(*libc.TLS, uintptr, int32, int32, int32) int32](theirs(file).FxShmLock)(tls, inner(file), offset, n, flags)
}

func shmBarrier(tls *libc.TLS, file uintptr) {
	function[func(*libc.TLS, uintptr)](theirs(file).FxShmBarrier)(tls, inner(file))
}

func shmUnmap(tls *libc.TLS, file uintptr, remove int32) int32 {
	return function[func(*libc.TLS, uintptr, int32) int32](theirs(file).FxShmUnmap)(tls, inner(file), remove)
}
