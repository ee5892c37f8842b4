package verify_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stocktake/internal/auditortest"
	"stocktake/internal/verify/verifytest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	auditortest.Remove()
	os.Exit(code)
}

// TestFortyLines runs the program of docs/verify.md, which uses nothing of ours, on a published log, whole and with one byte changed.
func TestFortyLines(t *testing.T) {
	code, err := auditortest.Lines()
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(code, "\n"); n > 70 {
		t.Errorf("the program has %d lines, imports included", n)
	}
	w := verifytest.New(t, "..", 600)
	site := httptest.NewServer(http.FileServer(http.Dir(w.Out)))
	defer site.Close()
	if err := auditortest.Forty(t, site.URL, w.Key.VKey, 600); err != nil {
		t.Error(err)
	}
	w.Seal(t, 2) // entries that are about no filing
	w.Fill(t, 600, 610)
	w.Seal(t, 1)
	w.Publish(t)
	if err := auditortest.Forty(t, site.URL, w.Key.VKey, 613); err != nil {
		t.Error(err)
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
		if err := auditortest.Forty(t, site.URL, w.Key.VKey, 600); err == nil || !strings.Contains(err.Error(), "does not hold") {
			t.Errorf("one byte of %s was changed: %v", name, err)
		}
		if err := os.WriteFile(path, was, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
