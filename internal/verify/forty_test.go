package verify_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"stocktake/internal/verify/verifytest"
)

// TestFortyLines runs the program of docs/verify.md, which uses nothing of ours, on a published log, whole and with one byte changed.
func TestFortyLines(t *testing.T) {
	page, err := os.ReadFile("../../docs/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("(?s)```go\n(.*?)```").FindSubmatch(page)
	if code == nil {
		t.Fatal("docs/verify.md holds no program")
	}
	if n := strings.Count(string(code[1]), "\n"); n > 70 {
		t.Errorf("the program has %d lines, imports included", n)
	}
	dir := t.TempDir()
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`golang.org/x/mod (v[0-9.]+)`)
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"main.go": string(code[1]), "go.sum": string(sums), "go.mod": "module check\n\ngo 1.26\n\nrequire golang.org/x/mod " + string(version.FindSubmatch(mod)[1]) + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "check")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = dir
	build.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w := verifytest.New(t, "..", 600)
	site := httptest.NewServer(http.FileServer(http.Dir(w.Out)))
	defer site.Close()
	run := func() (string, error) {
		out, err := exec.Command(program, site.URL, w.Key.VKey).CombinedOutput()
		return string(out), err
	}
	if out, err := run(); err != nil || !strings.Contains(out, "holds: 600 entries of example.org/record") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, name := range []string{"checkpoint", "tile/entries/001", "filings/000"} {
		path := filepath.Join(w.Out, "log", name)
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := append([]byte{}, was...)
		bad[len(bad)/2] ^= 1
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := run(); err == nil || !strings.Contains(out, "does not hold") {
			t.Errorf("one byte of %s was changed: %v\n%s", name, err, out)
		}
		if err := os.WriteFile(path, was, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
