//go:build linux

package cli

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/klauspost/compress/zstd"

	"stocktake/internal/pgtest"
)

// What is planted, and must be nowhere once it was removed.
const (
	plantedQuote   = "qzxquote stood in what the ministry said"
	plantedExtract = "qzxextract stood in the long text of the act"
	plantedName    = "Zébulon Qzxname"
	plantedMail    = "z.qzxmail@example.org"
	plantedFile    = "qzxfile stands in the archived page alone"
)

const plantedStatement = `Joint statement on the return of families

Geneva, 12 May 2026

We, the undersigned organisations, call on Brazil to implement the Global Compact for Migration, as ` + plantedName + ` asked.

Signatories:
` + plantedName + `
Network of Riverside Families

Contact: ` + plantedMail + `
`

const plantedPage = "That day the ministry answered.\n" + plantedQuote + "\n" + plantedFile + "\n" + plantedExtract + "\n"

// plantedFiling is filed by hand, with the page as its archived copy.
func plantedFiling() string {
	sum := sha256.Sum256([]byte(plantedPage))
	return `key: planted
title: What a ministry said
sources: [{id: planted-page, title: A page, published: 2019-01-01, read: 2026-11-01, copy: {state: public, sha256: ` + hex.EncodeToString(sum[:]) + `, media: text/plain}}]
acts:
  - id: planted-act
    party: USA
    instrument: gcm
    kind: remark
    done: 2018-12-10
    person: ` + plantedName + `
    text: {words: "` + plantedExtract + ` (asked: ` + plantedMail + `)", lang: en}
    quotes: [{exact: ` + plantedQuote + `}]
`
}

// holder is a record in SQLite or PostgreSQL.
type holder struct {
	dir string
	url string
}

func (h holder) args(args ...string) []string {
	list := []string{"-q", "--data", h.dir}
	if h.url != "" {
		list = append(list, "--database", h.url)
	}
	return append(list, args...)
}

func (h holder) must(t *testing.T, args ...string) string {
	t.Helper()
	a := run(h.args(args...)...)
	if a.code != exitDone {
		t.Fatalf("stocktake %s: exit code %d\n%s%s", strings.Join(args, " "), a.code, a.err, a.out)
	}
	return a.out
}

func (h holder) serve(t *testing.T) *server { return startServer(t, h.args()...) }

// TestGone plants words, serves, publishes, mirrors, exports and copies them, removes them, and then searches every byte that is left.
func TestGone(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		h := holder{dir: copyOf(t, smallRecord(t))}
		gone(t, h, holder{dir: t.TempDir()})
	})
	t.Run("postgres", func(t *testing.T) {
		h := holder{dir: t.TempDir(), url: pgtest.DSN(t)}
		h.must(t, "init", "--empty")
		h.must(t, "file", filepath.Join("testdata", "small.yaml"))
		gone(t, h, holder{dir: t.TempDir(), url: pgtest.DSN(t)})
	})
}

func gone(t *testing.T, h, restored holder) {
	out, b1 := filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "b1")
	h.must(t, "file", write(t, "planted.yaml", plantedFiling()), "--copy", write(t, "page.txt", plantedPage))
	h.must(t, "ingest", "--file", write(t, "statement.txt", plantedStatement))
	origin := h.serve(t)
	m := holder{dir: t.TempDir()}
	m.must(t, "mirror", origin.address, m.dir)
	mirrored := m.serve(t)
	h.must(t, "log", out)
	h.must(t, "backup", b1)
	before := h.must(t, "export", "-")
	if h.url != "" { // so that the server keeps examples of the words for planning
		sqlExec(t, h.url, "ANALYZE")
	}

	// The search finds what is there, in each place.
	p := &planted{words: []string{"qzxquote", "qzxextract", "Qzxname", "qzxmail", "qzxfile"}}
	p.salts(t, out)
	n := decodeOf[struct{ Filings int64 }](t, h, "check").Filings
	pages := goneOf(t, h, n)
	for what, places := range map[string][]string{
		"folder of the origin": p.folder(t, h.dir), "folder of the mirror": p.folder(t, m.dir), "published folder": p.folder(t, out), "backup": p.folder(t, b1),
		"export": p.export(t, before), "origin's pages": p.pages(t, origin, pages), "mirror's pages": p.pages(t, mirrored, pages),
	} {
		if len(places) == 0 {
			t.Errorf("nothing is found in the %s, so that the search is blind there", what)
		}
	}
	if h.url != "" {
		here := p.tables(t, h.url)
		for _, name := range []string{"public.sheet", "pg_catalog.pg_statistic"} {
			if !slices.ContainsFunc(here, func(s string) bool { return strings.HasPrefix(s, name) }) {
				t.Errorf("nothing is found in %s", name)
			}
		}
		if list, read := p.dataDirectory(t, h.url); read && len(list) == 0 {
			t.Error("nothing is found in the files of PostgreSQL")
		}
	}

	// It is taken away, while others read: one quotation and one extract by their commitments, the page as a file, and the person.
	filing, quote := sheetIn(t, h, "planted", "acts/0/quotes/0/exact")
	_, extract := sheetIn(t, h, "planted", "acts/0/text/words")
	h.must(t, "remove", filing, quote, "--ground", "court-order", "--by", "Keepers of this record")
	h.must(t, "remove", filing, extract, "--ground", "rights", "--by", "Keepers of this record", "--note", "its publisher asks")
	h.must(t, "takedown", "planted-page", "--ground", "rights", "--by", "Keepers of this record")
	last := h.must(t, "erase", plantedName, plantedMail, "--copies", "--ground", "erasure-request", "--by", "Keepers of this record", "--yes")
	if !strings.Contains(last, b1) || !strings.Contains(last, "copies elsewhere cannot be called back") {
		t.Errorf("the end of the command names no backup:\n%s", last)
	}
	if again := h.must(t, "erase", plantedName, plantedMail); !strings.Contains(again, "It stands nowhere in this record") {
		t.Error(again)
	}

	// A mirror that lags still gives all of it out, and is told so; then it follows.
	want := h.follows(t, origin)
	a := run(h.args("mirrors", mirrored.address, origin.address)...)
	if a.code != exitFailed || strings.Count(a.out, "STILL GIVES OUT") != 6 || !strings.Contains(a.out, "it has not followed since") || !strings.Contains(a.out, origin.address+" gives out nothing of the 7 things") {
		t.Errorf("%d\n%s%s", a.code, a.out, a.err)
	}
	if told := m.must(t, "mirror", origin.address, m.dir); !strings.Contains(told, "texts or files were removed there, and here too") {
		t.Error(told)
	}
	if got := m.follows(t, mirrored); got != want {
		t.Errorf("the mirror has %s entries, not %s", got, want)
	}
	if a := run(h.args("mirrors", mirrored.address)...); a.code != exitDone {
		t.Errorf("%d\n%s%s", a.code, a.out, a.err)
	}

	// Every byte: files of databases, archives, exports and backups made now, the published folder, pages and JSON, the log; and in
	// the end what was printed meanwhile.
	h.must(t, "log", out)
	b2 := filepath.Join(t.TempDir(), "b2")
	h.must(t, "backup", b2)
	after := h.must(t, "export", "-")
	if m.must(t, "export", "-") != after {
		t.Error("the mirror exports other bytes")
	}
	found := slices.Concat(p.pages(t, origin, pages), p.pages(t, mirrored, pages), p.export(t, after), p.folder(t, out), p.folder(t, b2), p.folder(t, h.dir), p.folder(t, m.dir))
	if h.url != "" {
		found = append(found, p.tables(t, h.url)...)
		files, _ := p.dataDirectory(t, h.url)
		found = append(found, files...)
	}
	for _, x := range found {
		t.Errorf("what was removed is still in %s", x)
	}
	status, body := origin.get(t, "/log/file/"+p.file)
	if status != 410 || !strings.Contains(body, "taken down by filing") {
		t.Errorf("the file: %d\n%.300s", status, body)
	}
	for _, x := range []holder{h, m} {
		if s := x.must(t, "check"); !strings.Contains(s, "Everything holds") || !strings.Contains(s, "Gone: the archived file "+p.file) {
			t.Error(s)
		}
	}
	if a := run("-q", "verify", out, "--memory", t.TempDir()); a.code != exitDone || !strings.Contains(a.out, "file "+p.file+" was taken down by filing") {
		t.Errorf("%+v", a)
	}
	if a := run(h.args("export", filepath.Join(t.TempDir(), "x"))[1:]...); a.code != exitDone || strings.Count(a.err, "Not in it: ") != 7 { // not quiet
		t.Errorf("%d\n%s", a.code, a.err)
	}
	// An older export brings nothing back.
	if s := h.must(t, "load", write(t, "before.tar.zst", before)); !strings.Contains(s, "The archived file "+p.file+" in it stays away") {
		t.Error(s)
	}
	for _, x := range p.folder(t, h.dir) {
		t.Errorf("after an older export it is back in %s", x)
	}

	// The older backup: nothing leaves it before the removals were replayed; then it is gone from there too.
	restored.must(t, "restore", b1)
	if len(p.folder(t, restored.dir)) == 0 {
		t.Error("the backup held nothing")
	}
	for _, args := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"export", "-"}, {"log", filepath.Join(t.TempDir(), "o")}} {
		if a := run(restored.args(args...)...); a.code != exitFailed || !strings.Contains(a.err, "restored from a backup") || a.out != "" {
			t.Errorf("%v: %d %s", args, a.code, a.err)
		}
	}
	restored.must(t, "key", "resume", "--from", mirrored.address)
	found = p.folder(t, restored.dir)
	if restored.url != "" {
		found = append(found, p.tables(t, restored.url)...)
	}
	for _, x := range found {
		t.Errorf("restored and resumed, it is still in %s", x)
	}
	if restored.must(t, "export", "-") != after {
		t.Error("the restored record exports other bytes")
	}
	for _, s := range []*server{origin, mirrored} {
		if err := s.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		s.Wait()
	}
	found = slices.Concat(p.folder(t, h.dir), p.folder(t, m.dir), p.in("standard error of the origin", origin.errs.Bytes()), p.in("standard error of the mirror", mirrored.errs.Bytes()))
	for _, x := range found {
		t.Errorf("after the servers ended it is still in %s", x)
	}
}

// follows waits until a server gives out the head that its record has, and returns its size.
func (h holder) follows(t *testing.T, s *server) string {
	t.Helper()
	filings := decodeOf[struct{ Filings int64 }](t, h, "check").Filings
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		_, head := s.get(t, "/log/checkpoint")
		lines := strings.Split(head, "\n")
		if _, page := s.get(t, fmt.Sprintf("/f/%d.json", filings)); len(lines) > 1 && lines[1] == fmt.Sprint(filings) && strings.Contains(page, "removals") {
			return lines[1]
		}
		if time.Now().After(end) {
			t.Fatalf("the server does not follow:\n%s", head)
		}
	}
}

func decodeOf[T any](t *testing.T, h holder, args ...string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(h.must(t, append(args, "--json")...)), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// sheetIn looks up a sheet of the filing with that key.
func sheetIn(t *testing.T, h holder, key, path string) (filing, commitment string) {
	t.Helper()
	v := decodeOf[struct {
		SHA256 string
		Sheets []struct{ Path, Commitment string }
	}](t, h, "show", key)
	for _, s := range v.Sheets {
		if s.Path == path {
			return v.SHA256, s.Commitment
		}
	}
	t.Fatalf("filing %s has no sheet %s", key, path)
	return "", ""
}

// goneOf are the pages that show what was planted, or could.
func goneOf(t *testing.T, h holder, filings int64) (list []string) {
	t.Helper()
	statement := decodeOf[[]struct{ ID string }](t, h, "search", "families")
	if len(statement) == 0 {
		t.Fatal("the statement is not found")
	}
	list = []string{"/", "/statements", "/sources", "/filings", "/conflicts", "/unknown", "/learned?from-head=0", "/search?q=qzxname", "/search?q=qzxquote", "/changes?from=2018-01-01&to=2020-01-01"}
	for _, x := range []string{"/st/" + statement[0].ID, "/acts/planted-act", "/s/planted-page", "/i/gcm", "/i/gcm/USA", "/p/USA", "/standing", fmt.Sprint("/f/", filings), fmt.Sprint("/f/", filings-1)} {
		list = append(list, x, x+".json", x+".csv")
	}
	for n := int64(0); n*256 < filings; n++ {
		for _, what := range []string{"filings", "sheets", "tile/entries"} {
			list = append(list, fmt.Sprintf("/log/%s/%03d", what, n))
			for w := filings % 256; w <= filings%256+4; w++ {
				list = append(list, fmt.Sprintf("/log/%s/%03d.p/%d", what, n, w))
			}
		}
	}
	sum := sha256.Sum256([]byte(plantedPage))
	return append(list, "/log/file/"+hex.EncodeToString(sum[:]))
}

// planted are words that are looked for, and the salts of their sheets.
type planted struct {
	words []string
	file  string // SHA-256 of the page
}

// salts adds those of all sheets that hold the words, from a published folder.
func (p *planted) salts(t *testing.T, out string) {
	t.Helper()
	sum := sha256.Sum256([]byte(plantedPage))
	p.file = hex.EncodeToString(sum[:])
	var salts []string
	err := filepath.WalkDir(filepath.Join(out, "log", "sheets"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for line := range strings.Lines(string(b)) {
			var list []struct{ Salt, Text string }
			if err := json.Unmarshal([]byte(line), &list); err != nil {
				return err
			}
			for _, s := range list {
				if slices.ContainsFunc(p.words, func(w string) bool { return strings.Contains(s.Text, w) }) {
					salts = append(salts, s.Salt)
				}
			}
		}
		return err
	})
	if err != nil || len(salts) < 4 {
		t.Fatalf("%d salts, %v", len(salts), err)
	}
	p.words = append(p.words, salts...)
}

// in names the words that bytes hold, in any case.
func (p *planted) in(where string, b []byte) (found []string) {
	low := bytes.ToLower(b)
	for _, w := range p.words {
		if bytes.Contains(low, []byte(strings.ToLower(w))) {
			found = append(found, where+": "+w)
		}
	}
	return found
}

// folder searches every file beneath a folder; packed ones unpacked too.
func (p *planted) folder(t *testing.T, dir string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // gone meanwhile, such as a -wal file
		}
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		found = append(found, p.in(path, b)...)
		if z, zerr := gzip.NewReader(bytes.NewReader(b)); zerr == nil {
			if b, zerr = io.ReadAll(z); zerr == nil {
				found = append(found, p.in(path+", unpacked", b)...)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (p *planted) export(t *testing.T, packed string) (found []string) {
	t.Helper()
	z, err := zstd.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for r := tar.NewReader(z); ; {
		head, err := r.Next()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, p.in("export, "+head.Name, b)...)
	}
}

// pages searches answers of a server, apart from what they repeat of the question.
func (p *planted) pages(t *testing.T, s *server, paths []string) (found []string) {
	t.Helper()
	for _, path := range paths {
		_, body := s.get(t, path)
		if _, q, ok := strings.Cut(path, "?q="); ok {
			body = strings.ReplaceAll(body, q, "")
		}
		found = append(found, p.in(s.address+path, []byte(body))...)
	}
	return found
}

// tables searches every row of every table of a PostgreSQL database, and what the server keeps of them for planning.
func (p *planted) tables(t *testing.T, url string) (found []string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows := func(query string) (list []string) {
		r, err := db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for r.Next() {
			var s sql.NullString
			if err := r.Scan(&s); err != nil {
				t.Fatal(err)
			}
			list = append(list, s.String)
		}
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		return list
	}
	names := rows(`SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname NOT IN ('information_schema')`)
	if len(names) < 10 {
		t.Fatalf("tables %v", names)
	}
	for _, name := range names {
		// A row as text has bytes in hexadecimal: those are compared in both forms.
		for _, row := range rows("SELECT t::text FROM " + name + " t") {
			found = append(found, p.in(name, []byte(row))...)
			for _, w := range p.words {
				if strings.Contains(row, hex.EncodeToString([]byte(w))) {
					found = append(found, name+": "+w+" in bytes")
				}
			}
		}
	}
	return found
}

// dataDirectory searches the files of a PostgreSQL database on disk, but for the server's write-ahead log, which is the server's own. Where they may
// not be read, it says so and searches nothing.
func (p *planted) dataDirectory(t *testing.T, url string) (found []string, read bool) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var dir, oid string
	err = db.QueryRow("SELECT current_setting('data_directory'), oid::text FROM pg_database WHERE datname = current_database()").Scan(&dir, &oid)
	if err == nil {
		_, err = db.Exec("CHECKPOINT")
	}
	if err == nil {
		_, err = os.ReadDir(filepath.Join(dir, "base", oid))
	}
	if err != nil {
		t.Logf("the files of PostgreSQL were not searched: %v", err)
		return nil, false
	}
	return p.folder(t, filepath.Join(dir, "base", oid)), true
}

func sqlExec(t *testing.T, url, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}
