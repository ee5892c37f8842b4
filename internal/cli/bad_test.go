//go:build linux

package cli

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/klauspost/compress/zstd"

	_ "modernc.org/sqlite"
)

// fails runs a command that must fail with exit code 1 and an error in words, and change nothing in the record of dir.
func fails(t *testing.T, dir, words string, args ...string) {
	t.Helper()
	before := holding(t, dir)
	a := run(append([]string{"-q", "--data", dir}, args...)...)
	said(t, a, words)
	if after := holding(t, dir); after != before {
		t.Errorf("stocktake %s failed and changed the record", strings.Join(args, " "))
	}
}

func said(t *testing.T, a answer, words string) {
	t.Helper()
	if a.code != exitFailed {
		t.Errorf("exit code %d, want %d: %s%s", a.code, exitFailed, a.err, a.out)
	}
	if !strings.HasPrefix(a.err, "stocktake: ") || !regexp.MustCompile(words).MatchString(a.err) {
		t.Errorf("said %q, want %q", a.err, words)
	}
	if strings.Contains(a.err, "goroutine ") || strings.Contains(a.err, "panic") {
		t.Errorf("a stack instead of an error: %s", a.err)
	}
}

// votesWith writes the files of the 2021 edition of testdata to a folder, one of them changed, compressed.
func votesWith(t *testing.T, name string, change func([]byte) []byte) string {
	t.Helper()
	dir := t.TempDir()
	for _, n := range []string{"un_votes.csv", "un_roll_calls.csv", "un_roll_call_issues.csv"} {
		b, err := os.ReadFile(filepath.Join("testdata", "votes", "2021", n))
		if err != nil {
			t.Fatal(err)
		}
		if n == name {
			b = change(b)
		}
		if err := writeGzip(filepath.Join(dir, n+".gz"), b); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBadInput(t *testing.T) {
	dir := copyOf(t, smallRecord(t))
	imports := func(path string) []string {
		return []string{"import", "--as", "un-ga-votes", path, "--edition", "2022-01", "--published", "2022-01-01", "--read", "2026-11-01"}
	}
	const head = "key: bad\ntitle: A filing\nsources: [{id: bad-source, title: A page, read: 2026-11-01}]\n"

	t.Run("truncated gzip", func(t *testing.T) {
		votes := votesWith(t, "", nil)
		path := filepath.Join(votes, "un_votes.csv.gz")
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{len(b) / 2, len(b) - 4, 5} {
			if err := os.WriteFile(path, b[:n], 0o644); err != nil {
				t.Fatal(err)
			}
			fails(t, dir, `un_votes\.csv\.gz.*cut off.*fetch it again`, imports(votes)...)
		}
		if err := os.WriteFile(path, append(bytes.Clone(b[:len(b)-8]), 1, 2, 3, 4, 5, 6, 7, 8), 0o644); err != nil {
			t.Fatal(err)
		}
		fails(t, dir, `un_votes\.csv\.gz`, imports(votes)...)
		if err := os.WriteFile(path, []byte("this is no gzip file"), 0o644); err != nil {
			t.Fatal(err)
		}
		fails(t, dir, `un_votes\.csv\.gz`, imports(votes)...)
	})
	t.Run("wrong columns", func(t *testing.T) {
		votes := votesWith(t, "un_votes.csv", func(b []byte) []byte { return bytes.Replace(b, []byte("country_code"), []byte("code"), 1) })
		fails(t, dir, `un_votes\.csv\.gz.*country_code`, imports(votes)...)
		fails(t, dir, `un_votes\.csv\.gz`, imports(votesWith(t, "un_votes.csv", func([]byte) []byte { return nil }))...)
	})
	t.Run("unknown party", func(t *testing.T) {
		fails(t, dir, `acts/0: party "XYZ" is not known`, "file", write(t, "a.yaml", head+"acts: [{id: a, party: XYZ, instrument: gcm, kind: remark, done: 2018-12-10}]\n"))
	})
	t.Run("impossible date", func(t *testing.T) {
		fails(t, dir, `a\.yaml:4:\d+: done: 2018-02-30: February 2018 has 28 days`, "file", write(t, "a.yaml", head+"acts: [{id: a, party: USA, instrument: gcm, kind: remark, done: 2018-02-30}]\n"))
		fails(t, dir, `a\.yaml:4:\d+: done: `, "file", write(t, "a.yaml", head+"acts: [{id: a, party: USA, instrument: gcm, kind: remark, done: last Tuesday}]\n"))
	})
	t.Run("a quote that its source does not contain", func(t *testing.T) {
		page := write(t, "page.txt", "This page says that a state did something.\n")
		filing := strings.Replace(head, "read: 2026-11-01", "read: 2026-11-01, copy: {state: public, sha256: "+sumOf(t, page)+", media: text/plain}", 1)
		fails(t, dir, `the archived copy of source bad-source does not contain the quote "did another thing" \(quote the exact words; nothing was filed\)`,
			"file", write(t, "a.yaml", filing+"acts: [{id: a, party: USA, instrument: gcm, kind: remark, done: 2018-12-10, quotes: [{exact: did another thing}]}]\n"), "--copy", page)
	})
	t.Run("an erratum to a missing filing", func(t *testing.T) {
		fails(t, dir, `mends: filing "f{64}" is not in this record, so that nothing can be mended`, "file",
			write(t, "a.yaml", head+"mends: {filing: "+strings.Repeat("f", 64)+", reason: a test, by: tests}\n"))
	})
	t.Run("invalid UTF-8", func(t *testing.T) {
		fails(t, dir, `a\.yaml:2:.*UTF-8`, "file", write(t, "a.yaml", "key: bad\ntitle: A \xff filing\n"))
		fails(t, dir, `bytes that are not UTF-8.*convert it from its own encoding first`, "ingest", "--file", write(t, "a.txt", "A title\n\nSome words \xff\xfe and more.\n"))
		votes := votesWith(t, "un_votes.csv", func(b []byte) []byte { return append(b, "6140,\xff\xfe,XX,yes\n"...) })
		a := run(append([]string{"-q", "--data", dir, "--json"}, append(imports(votes), "--dry-run")...)...)
		if !strings.Contains(a.out+a.err, "UTF-8") && !strings.Contains(a.out+a.err, "no party has this name") {
			t.Errorf("a name that is no text was taken: %s%s", a.out, a.err)
		}
	})
	t.Run("binary files", func(t *testing.T) {
		binary, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		fails(t, dir, `.`, "load", binary)
		fails(t, dir, `.`, "file", filepath.Join(dir, "record.db"))
	})
}

func sumOf(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("sha256sum", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))[0]
}

// TestLineOfAGigabyte gives every reader a line of 1 GB. Each says so and takes little memory.
func TestLineOfAGigabyte(t *testing.T) {
	dir := copyOf(t, smallRecord(t))
	before := holding(t, dir)
	const mega = 1 << 20
	million := bytes.Repeat([]byte("a"), mega)

	// A compressed table: a thousand members of a megabyte each, one after the other.
	votes := votesWith(t, "", nil)
	var member bytes.Buffer
	z, _ := gzip.NewWriterLevel(&member, gzip.BestSpeed)
	z.Write(million)
	z.Close()
	f, err := os.OpenFile(filepath.Join(votes, "un_votes.csv.gz"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	for range 1024 {
		if _, err := f.Write(member.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	// A plain file that takes no room on the disk.
	plain := write(t, "plain.yaml", "key: bad\ntitle: ")
	if err := os.Truncate(plain, 1<<30); err != nil {
		t.Fatal(err)
	}
	// An export whose first filing does not end.
	endless := filepath.Join(t.TempDir(), "endless.tar.zst")
	if err := os.WriteFile(endless, endlessExport(t), 0o644); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		words string
		args  []string
	}{
		{`un_votes\.csv\.gz line \d+: the line is longer than \d+ MiB`, []string{"import", "--as", "un-ga-votes", votes, "--edition", "2022-01", "--published", "2022-01-01"}},
		{`plain\.yaml is larger than \d+ MiB \(part it into several files\)`, []string{"file", plain}},
		{`plain\.yaml is (larger than \d+ MiB|not text)`, []string{"ingest", plain}}, // its beginning tells, before anything more is read
		{`filings/000001\.jsonl:1: the line is longer than \d+ MiB`, []string{"load", endless}},
	} {
		peak := filepath.Join(t.TempDir(), "peak")
		a, _ := process(t, func(child *exec.Cmd) { child.Env = append(child.Env, peakFile+"="+peak) }, append([]string{"-q", "--data", dir}, c.args...)...)
		said(t, a, c.words)
		if n := peakOf(t, peak); n > 600<<20 {
			t.Errorf("stocktake %s took %d MB of memory", c.args[0], n>>20)
		}
	}
	if holding(t, dir) != before {
		t.Error("the record changed")
	}
}

// endlessExport makes an export with one line of a gigabyte, compressed.
func endlessExport(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		t.Fatal(err)
	}
	header := func(name string, size int) {
		h := make([]byte, 512)
		copy(h, name)
		copy(h[100:], "0000644\x00")
		copy(h[108:], "0000000\x00")
		copy(h[116:], "0000000\x00")
		copy(h[124:], fmt.Sprintf("%011o\x00", size))
		copy(h[136:], "00000000000\x00")
		copy(h[148:], "        ")
		h[156] = '0'
		copy(h[257:], "ustar\x0000")
		sum := 0
		for _, c := range h {
			sum += int(c)
		}
		copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
		z.Write(h)
	}
	head := []byte(`{"filings":1,"format":"stocktake-export/1"}`)
	header("stocktake-export.json", len(head))
	z.Write(append(head, make([]byte, 512-len(head))...))
	header("filings/000001.jsonl", 1<<30)
	z.Write([]byte(`{"filing":"`))
	block := bytes.Repeat([]byte("a"), 1<<20)
	for range 1023 {
		z.Write(block)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestNoSpaceLeft lets the disk fill up in the middle of an import. On a small disk of its own where one can be mounted, and always with a
// limit on the size of files.
func TestNoSpaceLeft(t *testing.T) {
	votes := filepath.Join(scratch, "votes", "2021")
	big := hugeFiling(t)
	t.Run("files may not grow", func(t *testing.T) {
		dir := copyOf(t, smallRecord(t))
		before := holding(t, dir)
		info, err := os.Stat(filepath.Join(dir, "record.db"))
		if err != nil {
			t.Fatal(err)
		}
		a, _ := process(t, func(c *exec.Cmd) { c.Env = append(c.Env, fmt.Sprintf("%s=%d", largestFile, info.Size()+64<<10)) }, "-q", "--data", dir, "file", big)
		said(t, a, `nothing half-written stays|disk`)
		if holding(t, dir) != before {
			t.Error("the record changed")
		}
		must(t, dir, "check")
		must(t, dir, "file", big) // and with room, the same goes in
		must(t, dir, "check")
	})
	t.Run("a small disk", func(t *testing.T) {
		disk := t.TempDir()
		if err := syscall.Mount("stocktake-test", disk, "tmpfs", 0, "size=2m"); err != nil {
			t.Logf("no disk of its own can be mounted here (%v); the limit on files stands for it", err)
			return
		}
		defer syscall.Unmount(disk, 0)
		dir := filepath.Join(disk, "record")
		if err := os.CopyFS(dir, os.DirFS(pristine(smallRecord(t)))); err != nil {
			t.Fatal(err)
		}
		before := holding(t, dir)
		a, _ := process(t, nil, "-q", "--data", dir, "file", big)
		said(t, a, `no space left`)
		if holding(t, dir) != before {
			t.Error("the record changed")
		}
		// An archived copy, an export and a backup that do not fit leave nothing either.
		page := write(t, "page.txt", strings.Repeat("words ", 1<<20))
		a, _ = process(t, nil, "-q", "--data", dir, "file", filepath.Join("testdata", "small.yaml"), "--copy", page)
		said(t, a, `no space left`)
		fill := filepath.Join(disk, "fill")
		if err := os.WriteFile(fill, make([]byte, 4<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("the disk is not full: %v", err)
		}
		for _, args := range [][]string{{"export", filepath.Join(disk, "x.tar.zst")}, {"backup", filepath.Join(disk, "copy")}, {"import", "--as", "un-ga-votes", votes, "--edition", "2022-01", "--published", "2022-01-01"}} {
			a, _ := process(t, nil, append([]string{"-q", "--data", dir}, args...)...)
			said(t, a, `no space left|disk I/O error`)
		}
		left, err := filepath.Glob(filepath.Join(disk, "*"))
		if err != nil || len(left) != 2 {
			t.Errorf("left on the disk: %q", left)
		}
		if err := os.Remove(fill); err != nil {
			t.Fatal(err)
		}
		if holding(t, dir) != before {
			t.Error("the record changed")
		}
		must(t, dir, "check")
	})
}

// hugeFiling writes a filing of some megabytes that can be filed.
func hugeFiling(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("key: huge\ntitle: A filing that needs room\nsources: [{id: huge, title: A page, read: 2026-11-01}]\nacts:\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "  - {id: huge-%d, party: USA, instrument: gcm, kind: remark, done: 2018-12-10, summary: %q, quotes: [{exact: %q}]}\n", i, strings.Repeat("words of ours ", 40), fmt.Sprintf("words %d %s", i, strings.Repeat("of theirs ", 25)))
	}
	return write(t, "huge.yaml", b.String())
}

// TestFolderNotWritable runs commands as a user who may not write: the folder cannot be made, can only be read, or not even that.
func TestFolderNotWritable(t *testing.T) {
	base, binary := forAll(t)
	as := func(dir string, args ...string) answer {
		a, _ := process(t, func(c *exec.Cmd) { c.Path = binary; asNobody(c) }, append([]string{"-q", "--data", dir}, args...)...)
		return a
	}
	lock := func(dir string, folders, files os.FileMode) {
		t.Helper()
		var paths []string
		filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			paths = append([]string{path}, paths...)
			return err
		})
		for _, path := range paths {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			mode := files
			if info.IsDir() {
				mode = folders
			}
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	act := filepath.Join(base, "act.yaml")
	if err := os.WriteFile(act, []byte("key: own\ntitle: A filing\nsources: [{id: own, title: A page, read: 2026-11-01}]\n"), 0o644); err != nil {
		t.Fatal(err)
	}

	readable := filepath.Join(base, "readable")
	if err := os.CopyFS(readable, os.DirFS(pristine(smallRecord(t)))); err != nil {
		t.Fatal(err)
	}
	before := holding(t, readable)
	lock(readable, 0o555, 0o444)
	t.Run("can be read", func(t *testing.T) {
		a := as(readable, "standing", "--party", "USA", "--instrument", "gcm-process", "--on", "2018-01-01", "--csv")
		if a.code != exitDone || !strings.Contains(a.out, "out of the talks") {
			t.Errorf("reading: exit code %d\n%s%s", a.code, a.err, a.out)
		}
		said(t, as(readable, "file", act), `may not be written|read-only|name a folder that you may write`)
		said(t, as(readable, "import", "--as", "un-ga-votes", filepath.Join(base, "nowhere")), `.`)
	})
	t.Run("can be read, the key apart", func(t *testing.T) {
		for path, mode := range map[string]os.FileMode{"keys/log.key": 0o400, "keys": 0o500} {
			if err := os.Chmod(filepath.Join(readable, path), mode); err != nil {
				t.Fatal(err)
			}
		}
		a := as(readable, "standing", "--party", "USA", "--instrument", "gcm-process", "--on", "2018-01-01", "--csv")
		if a.code != exitDone || !strings.Contains(a.out, "out of the talks") {
			t.Errorf("reading: exit code %d\n%s%s", a.code, a.err, a.out)
		}
	})
	t.Run("cannot be made", func(t *testing.T) {
		shut := filepath.Join(base, "shut")
		if err := os.Mkdir(shut, 0o555); err != nil {
			t.Fatal(err)
		}
		said(t, as(filepath.Join(shut, "record"), "init"), `permission denied.*choose another with --data`)
		said(t, as(shut, "standing"), `may not be written.*name a folder that you may write|choose another with --data`)
		if left, _ := os.ReadDir(shut); len(left) > 0 {
			t.Errorf("left there: %v", left)
		}
	})
	t.Run("cannot be read", func(t *testing.T) {
		lock(readable, 0o700, 0o600)
		if os.Geteuid() != 0 {
			lock(readable, 0o000, 0o000)
		}
		said(t, as(readable, "standing"), `permission denied|may not be`)
	})
	lock(readable, 0o700, 0o600)
	if holding(t, readable) != before {
		t.Error("the record changed")
	}
}

// TestNewerDatabase meets a database that a later version has changed.
func TestNewerDatabase(t *testing.T) {
	dir := copyOf(t, smallRecord(t))
	path := filepath.Join(dir, "record.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	var table string
	if err := db.QueryRow(`SELECT name FROM sqlite_schema WHERE sql LIKE '%version_id%'`).Scan(&table); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		`INSERT INTO ` + table + ` (version_id, is_applied) VALUES (9999, 1)`,
		`INSERT INTO program (schema, version) VALUES (9999, '7.0.0')`,
		`PRAGMA wal_checkpoint(TRUNCATE)`,
	} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"standing"}, {"file", filepath.Join("testdata", "small.yaml")}, {"check"}, {"export", "-"}} {
		said(t, run(append([]string{"-q", "--data", dir}, args...)...), `newer Stocktake.*7\.0\.0|7\.0\.0.*newer`)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the database changed: %v", err)
	}
}

// TestSomethingElse meets files that are no database of ours.
func TestSomethingElse(t *testing.T) {
	for name, content := range map[string]string{"text": strings.Repeat("this is no database\n", 100), "short": "x"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "record.db")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		said(t, run("-q", "--data", dir, "standing"), `record\.db`)
		if b, _ := os.ReadFile(path); string(b) != content {
			t.Errorf("%s: the file was overwritten", name)
		}
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "record.db"), 0o755); err != nil {
		t.Fatal(err)
	}
	said(t, run("-q", "--data", dir, "standing"), `this is a folder, not a database file`)
	file := write(t, "file", "x")
	said(t, run("-q", "--data", file, "standing"), `.`)
}
