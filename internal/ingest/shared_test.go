package ingest

import (
	"os"
	"path/filepath"
	"testing"
)

// shared returns a path in the folder of data beside the repository. Without that folder the test is skipped with its reason, or fails where
// the data must be there.
func shared(t testing.TB, elem ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
	path := filepath.Join(append([]string{filepath.Dir(dir), "shared"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") == "1" {
			t.Fatalf("%s is not there, and must be in this run", filepath.Join("../shared", filepath.Join(elem...)))
		}
		t.Skipf("%s is not there: the data lies beside the repository, and this test needs it", filepath.Join("../shared", filepath.Join(elem...)))
	}
	return path
}

// readSeed returns the seed's text.
func readSeed(t testing.TB) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shared(t, "seed"), "*.txt"))
	if err != nil || len(files) != 1 {
		t.Fatalf("want one text in ../shared/seed, found %d (%v)", len(files), err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
