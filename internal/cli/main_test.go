//go:build linux

package cli

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"stocktake"
	"stocktake/internal/auditortest"
	"stocktake/internal/draft"
	"stocktake/internal/intake"
)

// childMode makes the test binary run one command of the program instead of the tests, for tests that need a process of its own.
const childMode = "STOCKTAKE_TEST_CHILD"

// scratch holds the records that many tests read. It goes when the tests end.
var scratch string

type suite struct{ *testing.M }

func (s suite) Run() int {
	for _, kv := range os.Environ() { // flags that whoever runs the tests has set
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "STOCKTAKE_") && !strings.HasPrefix(name, "STOCKTAKE_TEST_") &&
			name != "STOCKTAKE_REQUIRE_SHARED" && !strings.HasPrefix(name, "STOCKTAKE_SOAK") {
			os.Unsetenv(name)
		}
	}
	var err error
	if scratch, err = os.MkdirTemp("", "stocktake-cli-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(scratch)
	defer auditortest.Remove()
	defer func() {
		for _, o := range records.open {
			o.Close()
		}
	}()
	return s.M.Run()
}

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == intake.ChildArg {
		os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	if os.Getenv(childMode) != "" {
		os.Unsetenv(childMode)
		child()
	}
	if name := os.Getenv(writerMode); name != "" {
		writer(name)
	}
	testscript.Main(suite{m}, map[string]func(){"stocktake": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }})
}

// answer is what one command printed, and its exit code.
type answer struct {
	out, err string
	code     int
}

// run runs one command in this process, with nothing on standard input.
func run(args ...string) answer { return runAt(time.Now, nil, args...) }

// runAt runs one command at a time of the caller's choice.
func runAt(now func() time.Time, in io.Reader, args ...string) answer {
	if in == nil {
		in = strings.NewReader("")
	}
	var out, err bytes.Buffer
	e := &env{ctx: context.Background(), in: in, out: &out, err: &err, now: now}
	code := e.run(args)
	return answer{out.String(), err.String(), code}
}

// must runs one quiet command on a folder and fails the test unless it is done.
func must(t testing.TB, dir string, args ...string) string {
	t.Helper()
	a := run(append([]string{"-q", "--data", dir}, args...)...)
	if a.code != exitDone {
		t.Fatalf("stocktake %s: exit code %d\n%s%s", strings.Join(args, " "), a.code, a.err, a.out)
	}
	return a.out
}

// decode runs one command with --json and reads its answer.
func decode[T any](t testing.TB, dir string, args ...string) T {
	t.Helper()
	var v T
	out := must(t, dir, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("stocktake %s --json: %v\n%.500s", strings.Join(args, " "), err, out)
	}
	return v
}

// fullRecord returns a folder with the built-in record. Nobody may write to it; see copyOf.
func fullRecord(t testing.TB) string {
	t.Helper()
	return once(t, "full", func(dir string) error { return runIn(dir, "init") })
}

// handRecord returns a folder that was made empty and holds the hand-written law, parties and instruments of the built-in record, and
// nothing else. Nobody may write to it.
func handRecord(t testing.TB) string {
	t.Helper()
	return once(t, "hand", func(dir string) error {
		file := filepath.Join(scratch, "hand.yaml")
		if err := handWritten(file, "law", "parties", "instruments"); err != nil {
			return err
		}
		return errors.Join(runIn(dir, "init", "--empty"), runIn(dir, "file", file))
	})
}

// smallRecord returns a folder with the filings of testdata/small.yaml and four roll-calls in two editions. Nobody may write to it.
func smallRecord(t testing.TB) string {
	t.Helper()
	return once(t, "small", func(dir string) error {
		votes := filepath.Join(scratch, "votes")
		return errors.Join(runIn(dir, "init", "--empty"), runIn(dir, "file", filepath.Join("testdata", "small.yaml")),
			packed(filepath.Join("testdata", "votes"), votes),
			runIn(dir, append([]string{"import", filepath.Join(votes, "2016")}, edition2016...)...),
			runIn(dir, append([]string{"import", filepath.Join(votes, "2021")}, edition2021...)...))
	})
}

var (
	edition2016 = []string{"--as", "un-ga-votes", "--edition", "2016-07", "--published", "2016-07-07", "--read", "2026-11-01"}
	edition2021 = []string{"--as", "un-ga-votes", "--edition", "2021-03", "--published", "2021-03-08", "--read", "2026-11-01"}
)

func runIn(dir string, args ...string) error {
	if a := run(append([]string{"-q", "--data", dir}, args...)...); a.code != exitDone {
		return fmt.Errorf("stocktake %s: exit code %d: %s", strings.Join(args, " "), a.code, a.err)
	}
	return nil
}

// handWritten writes the filings of some folders of the built-in record to one file, in the order in which they can be filed.
func handWritten(to string, folders ...string) error {
	var out bytes.Buffer
	for _, name := range folders {
		files, err := filepath.Glob(filepath.Join("..", "builtin", "record", name, "*.yaml"))
		if err != nil {
			return err
		}
		var list []stocktake.Filing
		for _, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if !bytes.HasPrefix(text, []byte("key:")) && !bytes.Contains(text, []byte("\nkey:")) {
				continue // a table for tools, no filing
			}
			filings, err := draft.Parse(path, text)
			if err != nil {
				return err
			}
			list = append(list, filings...)
		}
		// What introduces instruments goes before what names them.
		slices.SortStableFunc(list, func(a, b stocktake.Filing) int { return min(1, len(b.Instruments)) - min(1, len(a.Instruments)) })
		for _, f := range list {
			b, err := draft.Print(f)
			if err != nil {
				return err
			}
			fmt.Fprintf(&out, "---\n%s", b)
		}
	}
	if out.Len() == 0 {
		return fmt.Errorf("no filings in %v", folders)
	}
	return os.WriteFile(to, out.Bytes(), 0o600)
}

var records struct {
	sync.Mutex
	by   map[string]*made
	open map[string]*opened
}

type made struct {
	once sync.Once
	err  error
}

// once makes the record with that name when the first test asks for it.
func once(t testing.TB, name string, make func(dir string) error) string {
	t.Helper()
	dir := filepath.Join(scratch, name)
	records.Lock()
	if records.by == nil {
		records.by = map[string]*made{}
	}
	m := records.by[name]
	if m == nil {
		m = &made{err: errors.New("the test that made it failed")}
		records.by[name] = m
	}
	records.Unlock()
	m.once.Do(func() {
		if m.err = make(dir); m.err == nil {
			m.err = os.CopyFS(pristine(dir), os.DirFS(dir))
		}
	})
	if m.err != nil {
		t.Fatalf("the record %q for tests: %v", name, m.err)
	}
	return dir
}

// pristine is the copy of a shared record that nobody opens, to be copied: beside an open database lie files that come and go.
func pristine(dir string) string { return dir + ".pristine" }

// openRecord opens a shared record for the index behind it; each is opened once.
func openRecord(t testing.TB, dir string) *opened {
	t.Helper()
	records.Lock()
	defer records.Unlock()
	if o := records.open[dir]; o != nil {
		return o
	}
	e := &env{ctx: context.Background(), in: strings.NewReader(""), out: io.Discard, err: io.Discard, now: time.Now, flags: &globals{Data: dir, Quiet: true}}
	o, err := e.open()
	if err != nil {
		t.Fatal(err)
	}
	if records.open == nil {
		records.open = map[string]*opened{}
	}
	records.open[dir] = o
	return o
}

// copyOf copies a shared record to a folder of the test's own.
func copyOf(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "record")
	if err := os.CopyFS(to, os.DirFS(pristine(dir))); err != nil {
		t.Fatal(err)
	}
	return to
}

// packed copies a folder and compresses every file of it with gzip, adding .gz to its name.
func packed(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return writeGzip(filepath.Join(to, rel+".gz"), data)
	})
}

func writeGzip(path string, data []byte) error {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		return err
	}
	if err := errors.Join(z.Close(), os.MkdirAll(filepath.Dir(path), 0o755)); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// shared returns a folder of ../shared, beside the module.
func shared(t testing.TB, name ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared"}, name...)...)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") == "1" {
			t.Fatalf("the real data are needed and not there: %v", err)
		}
		t.Skipf("NOT TESTED: the real data are not there: %v", err)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
