package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden output in testdata")

// TestStream: testdata/stream.json is what go test -json wrote about packages that pass, fail, skip, panic, hang, exit, do not
// compile, rest on one that does not compile, and have no tests.
func TestStream(t *testing.T) {
	in, err := os.Open("testdata/stream.json")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out, complaints bytes.Buffer
	if code := run(nil, in, &out, &complaints); code != 1 || complaints.Len() > 0 {
		t.Errorf("the exit code is %d and it complains %q, want 1 and nothing", code, &complaints)
	}
	got := regexp.MustCompile(`It took \d+ s`).ReplaceAll(out.Bytes(), []byte("It took 0 s"))
	if *update {
		if err := os.WriteFile("testdata/stream.txt", got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/stream.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the output differs from testdata/stream.txt (go test ./tools/ci -update rewrites it):\n%s", &out)
	}
}

func TestExitAndCount(t *testing.T) {
	const (
		pass = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0}
{"Action":"pass","Package":"p","Elapsed":0.1}
`
		skip = `{"Action":"run","Package":"q","Test":"TestB"}
{"Action":"output","Package":"q","Test":"TestB","Output":"    b_test.go:3: no server\n"}
{"Action":"skip","Package":"q","Test":"TestB","Elapsed":0}
{"Action":"pass","Package":"q","Elapsed":0.1}
`
		parent = `{"Action":"run","Package":"r","Test":"TestC"}
{"Action":"run","Package":"r","Test":"TestC/a/b"}
{"Action":"pass","Package":"r","Test":"TestC/a/b","Elapsed":0}
{"Action":"skip","Package":"r","Test":"TestC","Elapsed":0}
{"Action":"pass","Package":"r","Elapsed":0.1}
`
		cut = `{"Action":"start","Package":"s"}
{"Action":"run","Package":"s","Test":"TestD"}
`
	)
	for _, c := range []struct {
		name, in string
		args     []string
		code     int
		last     string
	}{
		{"pass", pass, nil, 0, "1 passed, 0 failed, 0 skipped"},
		{"two runs in a row", pass + pass, nil, 0, "2 passed, 0 failed, 0 skipped"},
		{"words of the go command", "go: downloading\n" + pass, nil, 0, "1 passed, 0 failed, 0 skipped"},
		{"skip", pass + skip, nil, 0, "1 passed, 0 failed, 1 skipped"},
		{"skip where none is allowed", pass + skip, []string{"-noskip"}, 1, "1 passed, 0 failed, 1 skipped"},
		{"a test that skips after its subtests", parent, nil, 0, "1 passed, 0 failed, 1 skipped"},
		{"cut off", pass + cut, nil, 1, "1 passed, 1 failed, 0 skipped"},
		{"a failed check", pass, []string{"-failed", "gofmt"}, 1, "1 passed, 1 failed, 0 skipped"},
		{"nothing", "", nil, 1, "0 passed, 0 failed, 0 skipped"},
		{"misused", "", []string{"./..."}, 2, ""},
		{"unknown flag", "", []string{"-x"}, 2, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, complaints bytes.Buffer
			code := run(c.args, strings.NewReader(c.in), &out, &complaints)
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if code != c.code || lines[len(lines)-1] != c.last {
				t.Errorf("exit code %d, last line %q; want %d, %q\n%s", code, lines[len(lines)-1], c.code, c.last, &out)
			}
			if (code == 2) != (complaints.Len() > 0) {
				t.Errorf("exit code %d with the complaint %q", code, &complaints)
			}
			if strings.Contains(c.in, "no server") && !strings.Contains(out.String(), "q TestB: b_test.go:3: no server") {
				t.Errorf("the reason of the skip is missing:\n%s", &out)
			}
		})
	}
}

func TestTotal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "total")
	var out bytes.Buffer
	run([]string{"-total", file}, strings.NewReader(""), &out, &out)
	got, err := os.ReadFile(file)
	if err != nil || string(got) != "0 passed, 0 failed, 0 skipped\n" || strings.Contains(out.String(), "0 passed") {
		t.Errorf("the file holds %q (%v), the output is %q; want the counts in the file only", got, err, &out)
	}
}

func TestHeartbeatAndBudget(t *testing.T) {
	var out bytes.Buffer
	r := newReport(&out)
	r.began = time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	r.budget = time.Minute
	r.heartbeat(r.began.Add(30 * time.Second))
	for _, l := range []string{
		`{"Time":"2026-01-02T03:00:30Z","Action":"start","Package":"p"}`,
		`{"Time":"2026-01-02T03:00:31Z","Action":"run","Package":"p","Test":"TestA"}`,
		`{"Time":"2026-01-02T03:00:35Z","Action":"start","Package":"q"}`,
	} {
		if r.line([]byte(l + "\n")) {
			t.Errorf("%s wrote something", l)
		}
	}
	r.heartbeat(r.began.Add(67 * time.Second))
	r.end(r.began.Add(67 * time.Second))
	for _, want := range []string{
		"after 30 s: building\n",
		"after 1 min 7 s: p TestA (36 s); q (32 s)\n",
		"It took 1 min 7 s.\nThat is more than 1 min 0 s",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, &out)
		}
	}
}

func TestShorten(t *testing.T) {
	lines := strings.Split(strings.Repeat("x\n", 999)+"last", "\n")
	if got := shorten(lines); len(got) != 201 || got[150] != "[800 lines left out]" || got[200] != "last" {
		t.Errorf("1000 lines become %d, with %q and %q", len(got), got[150], got[len(got)-1])
	}
}

// TestRealGo runs the go command at hand on a small module, so that a change of its output is noticed.
func TestRealGo(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":          "module demo\n\ngo 1.26.0\n",
		"a/a_test.go":     "package a\n\nimport \"testing\"\n\nfunc TestOne(t *testing.T) { t.Run(\"x\", func(t *testing.T) {}) }\n\nfunc TestTwo(t *testing.T) { t.Error(\"because\") }\n\nfunc TestThree(t *testing.T) { t.Skip(\"no data\") }\n",
		"b/b_test.go":     "package b\n\nimport \"testing\"\n\nfunc TestOne(t *testing.T) { nowhere }\n",
		"none/nothing.go": "package none\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"test", "-json", "-count=1", "./..."}
	if b, ok := debug.ReadBuildInfo(); ok && slices.Contains(b.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = slices.Insert(args, 1, "-race") // as this test was, so that the standard library is not compiled once more
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	in, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); !failed {
		t.Fatalf("go test ends with %v, want a failure:\n%s", err, in)
	}
	var out bytes.Buffer
	run(nil, bytes.NewReader(in), &out, &out)
	for _, want := range []string{
		`(?m)^FAIL  demo/a +1 failed, 1 passed, 1 skipped`,
		`(?m)^      FAILED: demo/a TestTwo\n +a_test.go:7: because$`,
		`(?m)^      FAILED: demo/b \(does not build\)\n(.*\n)* +b/b_test.go:5:30: undefined: nowhere$`,
		`(?m)^-     demo/none +no tests`,
		`(?m)^  demo/a TestThree: a_test.go:9: no data$`,
		`(?m)^1 passed, 2 failed, 1 skipped\n\z`,
	} {
		if !regexp.MustCompile(want).Match(out.Bytes()) {
			t.Errorf("nothing matches %s in:\n%s", want, &out)
		}
	}
}

func TestPage(t *testing.T) {
	events := `{"Action":"run","Package":"demo/a","Test":"TestSoak"}
{"Action":"output","Package":"demo/a","Test":"TestSoak","Output":"=== RUN   TestSoak\n"}
{"Action":"output","Package":"demo/a","Test":"TestSoak","Output":"    a_test.go:7: 300 kills | 912 filings\n"}
{"Action":"output","Package":"demo/a","Test":"TestSoak","Output":"--- PASS: TestSoak (61.50s)\n"}
{"Action":"pass","Package":"demo/a","Test":"TestSoak","Elapsed":61.5}
{"Action":"pass","Package":"demo/a","Elapsed":62}
`
	path := filepath.Join(t.TempDir(), "soak.md")
	var out bytes.Buffer
	if code := run([]string{"-v", "-page", path}, strings.NewReader(events), &out, &out); code != 0 {
		t.Fatalf("code %d\n%s", code, &out)
	}
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| demo/a TestSoak | pass | 1 min 2 s | 300 kills \\| 912 filings |", "1 passed, 0 failed, 0 skipped"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}
