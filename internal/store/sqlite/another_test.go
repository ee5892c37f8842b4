//go:build unix

package sqlite

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/store"
	"stocktake/internal/store/storetest"
)

// A process may open a database's file itself, to hash it, while a store has it open; SQLite's locks must outlive that. Without them another
// process takes itself for alone, and an older SQLite, such as the command line's, then takes the -wal file away.
func TestLocksSurviveOtherReaders(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has locks that do")
	}
	path := filepath.Join(t.TempDir(), "record.db")
	s := openAt(t, path, store.Options{})
	file(t, s, storetest.Rows(1, 3)...)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	inode := fmt.Sprintf(":%d ", info.Sys().(*syscall.Stat_t).Ino)
	locked := func() bool {
		for range 1000 { // the list is read in pieces while others lock and unlock, so that many a reading may miss a line
			b, err := os.ReadFile("/proc/locks")
			if err != nil {
				t.Skip(err)
			}
			if strings.Contains(string(b), inode) {
				return true
			}
			time.Sleep(5 * time.Millisecond)
		}
		return false
	}
	if !locked() {
		t.Skip("the locks of this file cannot be seen here")
	}
	if _, err := os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	if !locked() {
		t.Error("reading the file dropped SQLite's locks on it")
	}
	for n := int64(4); n <= 8; n += 2 {
		another(t, path, "file 1")
		file(t, s, storetest.NewRow(n+1))
	}
	if got := storetest.Read(t, s); got.Head.Number != 9 {
		t.Errorf("the record ends at filing %d, want 9", got.Head.Number)
	}
	sound(t, s)
}

const anotherEnv = "STOCKTAKE_ANOTHER"

// another runs something in another process; where this one is root, as nobody, whom permissions bind.
func another(t *testing.T, path, what string) (says string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestAnother$", "-test.v")
	if strings.HasPrefix(what, "restricted") {
		cmd = asNobody(t, self)
	}
	cmd.Env = append(os.Environ(), anotherEnv+"="+what+"="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", what, err, out)
	}
	return string(out)
}

// asNobody makes a command that the file system's permissions bind, which they do not for root.
func asNobody(t *testing.T, self string) *exec.Cmd {
	t.Helper()
	if os.Geteuid() != 0 {
		return exec.Command(self, "-test.run=^TestAnother$", "-test.v")
	}
	dir := open755(t)
	copy := filepath.Join(dir, "test")
	b, err := os.ReadFile(self)
	if err == nil {
		err = os.WriteFile(copy, b, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(copy, "-test.run=^TestAnother$", "-test.v")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	return cmd
}

// open755 makes a folder that everybody can look into.
func open755(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for d := dir; d != filepath.Dir(os.TempDir()) && d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestAnother is what the other process does.
func TestAnother(t *testing.T) {
	what, path, ok := strings.Cut(os.Getenv(anotherEnv), "=")
	if !ok {
		return // it is only run by another test
	}
	switch what {
	case "file 1":
		s := openAt(t, path, store.Options{})
		h, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		file(t, s, storetest.NewRow(h.Number+1))
	case "restricted read":
		s := openAt(t, path, store.Options{})
		n := len(storetest.Read(t, s).Filings)
		err := s.Write(t.Context(), func(store.Writer) error { return nil })
		wantFault(t, "writing", err, stocktake.Forbidden, path, "may not be written", "copy the database")
		wantFault(t, "restoring", s.Restore(t.Context(), path), stocktake.Forbidden)
		if !s.ReadOnly() {
			t.Error("the store does not say that it is read-only")
		}
		fmt.Println("filings:", n)
	case "restricted make":
		_, err := Open(t.Context(), path, store.Options{})
		wantFault(t, "making", err, stocktake.Forbidden, path, "may not be written")
	default:
		t.Fatal(what)
	}
}

func TestReadOnlyPlaces(t *testing.T) {
	dir := open755(t)
	chmod := func(path string, mode os.FileMode) {
		t.Helper()
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	make := func(name string) (folder, path string, s *Store) {
		folder = filepath.Join(dir, name)
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(folder, "record.db")
		s = openAt(t, path, store.Options{})
		file(t, s, storetest.Rows(1, 7)...)
		return folder, path, s
	}

	t.Run("folder", func(t *testing.T) {
		folder, path, s := make("folder")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		chmod(path, 0o444)
		chmod(folder, 0o555)
		defer chmod(folder, 0o755)
		if out := another(t, path, "restricted read"); !strings.Contains(out, "filings: 7") {
			t.Error(out)
		}
		another(t, filepath.Join(folder, "new.db"), "restricted make")
	})
	t.Run("folder that somebody else writes", func(t *testing.T) {
		folder, path, s := make("shared")
		for _, ending := range []string{"", "-wal", "-shm"} {
			chmod(path+ending, 0o644)
		}
		chmod(folder, 0o555)
		defer chmod(folder, 0o755)
		if out := another(t, path, "restricted read"); !strings.Contains(out, "filings: 7") {
			t.Error(out)
		}
		if os.Geteuid() == 0 {
			file(t, s, storetest.NewRow(8))
			if out := another(t, path, "restricted read"); !strings.Contains(out, "filings: 8") {
				t.Error(out)
			}
		}
	})
	t.Run("file", func(t *testing.T) {
		folder, path, s := make("file")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		chmod(path, 0o444)
		chmod(folder, 0o777)
		if out := another(t, path, "restricted read"); !strings.Contains(out, "filings: 7") {
			t.Error(out)
		}
	})
}
