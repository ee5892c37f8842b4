// Package auditortest has other people's programs read a published log: torchwood's client, tessera's fsck, and the program of forty lines of
// docs/verify.md. They are built once for all tests of a package, from tools/auditors, which is a module of its own. TestMain calls Remove.
package auditortest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long one auditor may take. fsck can hang on what it dislikes.
const patience = time.Minute

// root is the folder of the module.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(b, []byte("module stocktake\n")) {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("the folder of the module is not found from here")
		}
		dir = up
	}
}

var folder = sync.OnceValues(func() (string, error) {
	made = true
	return os.MkdirTemp("", "auditors-")
})

var made bool

// Remove removes what was built.
func Remove() {
	if made {
		if dir, err := folder(); err == nil {
			os.RemoveAll(dir)
		}
	}
}

func build(dir string, args ...string) error {
	to, err := folder()
	if err != nil {
		return err
	}
	cmd := exec.Command("go", append([]string{"build", "-o", to + string(filepath.Separator)}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the auditors: %w\n%s", err, out)
	}
	return nil
}

// readers are those that look at a log; the others are slower to build.
var readers = sync.OnceValue(func() error {
	r, err := root()
	if err != nil {
		return err
	}
	return build(filepath.Join(r, "tools", "auditors"), "./readlog", "github.com/transparency-dev/tessera/cmd/fsck")
})

var everything = sync.OnceValue(func() error {
	r, err := root()
	if err != nil {
		return err
	}
	return build(filepath.Join(r, "tools", "auditors"), "./...", "tool")
})

// Program returns the path of a program of tools/auditors. The first call builds it, which takes long on a new machine.
func Program(t testing.TB, name string) string {
	t.Helper()
	make := everything
	if name == "readlog" || name == "fsck" {
		make = readers
	}
	if err := make(); err != nil {
		t.Fatal(err)
	}
	dir, err := folder()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// Run runs an auditor, and ends one that hangs. To build it counts for nothing.
func Run(t testing.TB, name string, args ...string) ([]byte, error) {
	t.Helper()
	return limited(t, Program(t, name), args...)
}

func limited(t testing.TB, program string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return exec.CommandContext(ctx, program, args...).CombinedOutput()
}

// logAt is the address of the log of a site.
func logAt(site string) string { return strings.TrimSuffix(site, "/") + "/log/" }

// Torchwood reads the log of a site and returns what it says against it, or that it has another size; 0 is any.
func Torchwood(t testing.TB, site, vkey string, size int64) error {
	t.Helper()
	out, err := Run(t, "readlog", logAt(site), vkey)
	if err != nil {
		return fmt.Errorf("torchwood: %w: %s", err, out)
	}
	if size > 0 && !strings.HasPrefix(string(out), fmt.Sprintf("%d entries of ", size)) {
		return fmt.Errorf("torchwood reads %s, not %d entries", out, size)
	}
	return nil
}

// Fsck runs that of tessera, which ends with 0 whatever it finds: what counts is its line of success.
func Fsck(t testing.TB, site, vkey string) error {
	t.Helper()
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(vkey), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := Run(t, "fsck", "--storage_url", logAt(site), "--public_key", key, "-N", "4", "--ui=false", "--logtostderr")
	if err == nil && (!bytes.Contains(out, []byte("Successfully fsck'd log with size")) || bytes.Contains(out, []byte("fsck failed"))) {
		err = errors.New("no success")
	}
	if err != nil {
		return fmt.Errorf("fsck: %w: %s", err, out)
	}
	return nil
}

// Forty runs the program of docs/verify.md, which uses nothing of ours. size 0 is any.
func Forty(t testing.TB, site, vkey string, size int64) error {
	t.Helper()
	if err := forty(); err != nil {
		t.Fatal(err)
	}
	dir, err := folder()
	if err != nil {
		t.Fatal(err)
	}
	out, err := limited(t, filepath.Join(dir, "forty"), strings.TrimSuffix(site, "/"), vkey)
	if err == nil && size > 0 && !bytes.Contains(out, fmt.Appendf(nil, "holds: %d entries of ", size)) {
		err = fmt.Errorf("not %d entries", size)
	}
	if err != nil {
		return fmt.Errorf("the forty lines: %w: %s", err, out)
	}
	return nil
}

// Lines returns the program of docs/verify.md.
func Lines() (string, error) {
	r, err := root()
	if err != nil {
		return "", err
	}
	page, err := os.ReadFile(filepath.Join(r, "docs", "verify.md"))
	if err != nil {
		return "", err
	}
	code := regexp.MustCompile("(?s)```go\n(.*?)```").FindSubmatch(page)
	if code == nil {
		return "", errors.New("docs/verify.md holds no program")
	}
	return string(code[1]), nil
}

// forty builds it in a module of its own, which needs golang.org/x/mod alone.
var forty = sync.OnceValue(func() error {
	code, err := Lines()
	if err != nil {
		return err
	}
	r, err := root()
	if err != nil {
		return err
	}
	sums, err := os.ReadFile(filepath.Join(r, "go.sum"))
	if err != nil {
		return err
	}
	mod, err := os.ReadFile(filepath.Join(r, "go.mod"))
	if err != nil {
		return err
	}
	version := regexp.MustCompile(`golang.org/x/mod (v[0-9.]+)`).FindSubmatch(mod)
	if version == nil {
		return errors.New("go.mod does not name golang.org/x/mod")
	}
	dir, err := folder()
	if err != nil {
		return err
	}
	src, err := os.MkdirTemp(dir, "src-")
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"main.go": code, "go.sum": string(sums), "go.mod": "module check\n\ngo 1.26\n\nrequire golang.org/x/mod " + string(version[1]) + "\n"} {
		if err := os.WriteFile(filepath.Join(src, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "forty"), ".")
	cmd.Dir = src
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program of docs/verify.md: %w\n%s", err, out)
	}
	return nil
})

// Accept has all three read the log of a site: an address under which the folder log lies, such as that of a served record, a mirror, or a
// bucket. size is that of the newest signed head, 0 where it grows meanwhile. It fails the test where one of them is not content.
func Accept(t testing.TB, site, vkey string, size int64) {
	t.Helper()
	if err := errors.Join(Torchwood(t, site, vkey, size), Fsck(t, site, vkey), Forty(t, site, vkey, size)); err != nil {
		t.Errorf("%s: %v", site, err)
	}
}
