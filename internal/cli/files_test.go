//go:build linux

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stocktake/internal/bucket/buckettest"
)

// filesIn counts archived copies in a folder.
func filesIn(t *testing.T, dir string) int {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "??", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// TestSoakFiles has the archived copies of a record in a bucket. It is on gofakes3; with STOCKTAKE_SOAK=1 on versitygw.
func TestSoakFiles(t *testing.T) {
	b := buckettest.Long(t)
	place := b.Address("files")
	dir := copyOf(t, smallRecord(t))
	statement := func(name string) {
		t.Helper()
		must(t, dir, "ingest", write(t, name+".txt", "Joint statement on the return of families\n\nGeneva, 12 May 2026\n\nWe call on Brazil to implement the Global Compact for Migration, says "+name+".\n\nSignatories:\nNetwork of Riverside Families\n"), "--file")
	}
	statement("one")
	own := filepath.Join(dir, "files")
	n := filesIn(t, own)
	if n == 0 {
		t.Fatal("there are no files to move")
	}
	before := must(t, dir, "export", "-")
	misused := func(a answer, words string) {
		t.Helper()
		if a.code != exitMisuse || !strings.Contains(a.err, words) {
			t.Errorf("%+v, want %q", a, words)
		}
	}
	for _, args := range [][]string{{"--files", "ftp://x", "check"}, {"--files", "s3://AKIA:hunter2@bucket", "check"}, {"log", "s3://bucket?key=hunter2"}, {"serve", "--listen", "127.0.0.1:0", "--log-to", "s3://"}} {
		a := run(append([]string{"--data", dir}, args...)...)
		misused(a, "s3://BUCKET/PREFIX")
		if strings.Contains(a.err, "hunter2") {
			t.Errorf("a secret is printed: %s", a.err)
		}
	}
	a := run("--data", dir, "--files", place, "check")
	if a.code != exitDone || !strings.Contains(a.err, "archived files were moved to s3://published/files") || strings.Contains(a.out+a.err, "not-a-secret") {
		t.Errorf("%+v", a)
	}
	if filesIn(t, own) != 0 || len(b.All(t)) != n {
		t.Errorf("%d files here, %d in the bucket, want %d there", filesIn(t, own), len(b.All(t)), n)
	}
	if must(t, dir, "export", "-") != before { // without the flag: the record remembers
		t.Error("the export is another")
	}
	statement("two")
	if filesIn(t, own) != 0 || len(b.All(t)) <= n {
		t.Errorf("a new file is not in the bucket: %d here, %d there", filesIn(t, own), len(b.All(t)))
	}
	n = len(b.All(t))

	// The log may not go where they lie.
	for _, to := range []string{b.Address("files"), b.Address("files/x"), b.Address("")} {
		misused(run("--data", dir, "log", to), "some of which are not public")
	}

	// A backup holds them, and a restored record has them in its own folder.
	copied, restored := filepath.Join(t.TempDir(), "copy"), filepath.Join(t.TempDir(), "restored")
	must(t, dir, "backup", copied)
	must(t, restored, "restore", copied)
	if got := filesIn(t, filepath.Join(restored, "files")); got != n || len(b.All(t)) != n {
		t.Errorf("restored are %d files of %d", got, n)
	}
	must(t, restored, "key", "resume", "--alone")
	if must(t, restored, "export", "-") != must(t, dir, "export", "-") {
		t.Error("the restored record exports something else")
	}
	again := filepath.Join(t.TempDir(), "again")
	must(t, again, "--files", b.Address("again"), "restore", copied)
	if filesIn(t, filepath.Join(again, "files")) != 0 || len(b.All(t)) != 2*n {
		t.Errorf("restored into a bucket: %d files there", len(b.All(t)))
	}

	// Away is not absent.
	b.Stop()
	for _, args := range [][]string{{"export", filepath.Join(t.TempDir(), "x")}, {"backup", filepath.Join(t.TempDir(), "y")}} {
		if a := run(append([]string{"-q", "--data", dir}, args...)...); a.code != exitFailed || !strings.Contains(a.err, "does not answer") {
			t.Errorf("%v: %+v", args, a)
		}
	}
	must(t, dir, "show", "gcm")
	b.Start(t)

	// Back into the folder.
	if a := run("--data", dir, "--files", own, "check"); a.code != exitDone || !strings.Contains(a.err, "archived files were moved to "+own+".") {
		t.Errorf("%+v", a)
	}
	if filesIn(t, own) != n || len(b.All(t)) != n {
		t.Errorf("%d files here, %d in the bucket", filesIn(t, own), len(b.All(t)))
	}
	if _, err := os.Stat(own); err != nil {
		t.Error(err)
	}
}
