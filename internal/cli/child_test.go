//go:build linux

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// largestFile limits how large a file the child may write, in bytes.
const largestFile = "STOCKTAKE_TEST_FSIZE"

// peakFile names a file into which the child writes, at its end, what the kernel says of it.
const peakFile = "STOCKTAKE_TEST_PEAK"

// child runs what the test binary was started for, and ends.
func child() {
	if s := os.Getenv(largestFile); s != "" {
		os.Unsetenv(largestFile)
		n, err := strconv.ParseUint(s, 10, 64)
		if err == nil {
			signal.Ignore(syscall.SIGXFSZ) // an error of write, as where a disk is full, instead of death
			err = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(99)
		}
	}
	code := Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	if file := os.Getenv(peakFile); file != "" {
		status, err := os.ReadFile("/proc/self/status")
		if err = errors.Join(err, os.WriteFile(file, status, 0o600)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(99)
		}
	}
	os.Exit(code)
}

// peakOf returns the most memory that a child had, in bytes, from what it wrote into the file that peakFile named. What the kernel tells of
// an ended process would not do: on Linux it begins with the memory of the process that started it.
func peakOf(t testing.TB, file string) int64 {
	t.Helper()
	status, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if kilobytes, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(kilobytes), " kB"), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n << 10
		}
	}
	t.Fatalf("%s does not tell how much memory was used", file)
	return 0
}

// process runs one command of the program in a process of its own. adjust may be nil.
func process(t testing.TB, adjust func(*exec.Cmd), args ...string) (answer, *os.ProcessState) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	c := exec.Command(binary, args...)
	c.Env = append(os.Environ(), childMode+"=1")
	c.Stdout, c.Stderr = &out, &errs
	if adjust != nil {
		adjust(c)
	}
	if err := c.Run(); err != nil {
		if _, ok := err.(*exec.ExitError); !ok {
			t.Fatal(err)
		}
	}
	return answer{out.String(), errs.String(), c.ProcessState.ExitCode()}, c.ProcessState
}

// forAll returns a folder that every user can reach, with a copy of the test binary in it that every user can run.
func forAll(t testing.TB) (dir, binary string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		dir, err = os.MkdirTemp(base, "stocktake-for-all-")
		if err != nil {
			continue
		}
		d := dir
		t.Cleanup(func() { os.RemoveAll(d) })
		binary = filepath.Join(dir, "stocktake")
		if err = copyFileTo(self, binary, 0o755); err != nil {
			t.Fatal(err)
		}
		if err = os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		c := exec.Command(binary, "version")
		c.Env = append(os.Environ(), childMode+"=1")
		asNobody(c)
		var b []byte
		if b, err = c.CombinedOutput(); err == nil {
			return dir, binary
		}
		err = fmt.Errorf("in %s: %w: %s", dir, err, b)
	}
	t.Fatalf("no folder that another user can reach: %v", err)
	return "", ""
}

// nobody is a user without rights.
const nobody = 65534

// asNobody makes a command run as a user without rights, where this one may do that.
func asNobody(c *exec.Cmd) {
	if os.Geteuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: false}}
	}
	c.Dir = "/"
	c.Env = append(c.Env, "HOME=/", "TMPDIR=/tmp")
}

func copyFileTo(from, to string, mode os.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Chmod(to, mode)
	}
	return err
}

// holding returns everything that must not change when a command fails: the record's export, and its archived files.
func holding(t testing.TB, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(filepath.Join(dir, "files"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return must(t, dir, "export", "-") + "\n" + strings.Join(names, "\n")
}
