package postgres

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/pgtest"
	"stocktake/internal/store"
	"stocktake/internal/store/storetest"
)

func file(t testing.TB, s *Store, rows ...store.Row) {
	t.Helper()
	if err := s.Write(t.Context(), func(w store.Writer) error { return w.Append(t.Context(), rows) }); err != nil {
		t.Fatal(err)
	}
}

func exec(t testing.TB, dsn string, statements ...string) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func wantFault(t testing.TB, what string, err error, kind stocktake.FaultKind, says ...string) {
	t.Helper()
	if err == nil || stocktake.KindOf(err) != kind {
		t.Errorf("%s: %v, want a fault of kind %s", what, err, kind)
		return
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("%s: %q does not say %q", what, err, s)
		}
	}
}

// changed returns dsn with something else in it.
func changed(t testing.TB, dsn string, change func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	change(u)
	return u.String()
}

func TestOpenRefuses(t *testing.T) {
	open := func(what, dsn string, kind stocktake.FaultKind, says ...string) {
		t.Helper()
		for _, opts := range []store.Options{{}, {ReadOnly: true}} {
			s, err := Open(t.Context(), dsn, opts)
			if err == nil {
				s.Close()
			}
			wantFault(t, what, err, kind, says...)
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %q tells the password", what, err)
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error(), "secret") {
					t.Errorf("%s: the log would tell the password: %q", what, e)
				}
			}
		}
	}
	open("no address", "postgres://me:secret@host:port/x", stocktake.Invalid, "cannot be read", "postgres://")
	open("nobody there", "postgres://me:secret@127.0.0.1:1/x?sslmode=disable", stocktake.Conflict, "x at 127.0.0.1:1", "cannot be reached")
	dsn := pgtest.DSN(t)
	open("no database", changed(t, dsn, func(u *url.URL) { u.Path = "/none_of_that_name" }), stocktake.NotFound, "no such database", "createdb")
	open("no role", changed(t, dsn, func(u *url.URL) { u.User = url.UserPassword("none_of_that_name", "secret") }), stocktake.Forbidden, "role")

	// Reading makes nothing.
	_, err := Open(t.Context(), dsn, store.Options{ReadOnly: true})
	wantFault(t, "reading an empty database", err, stocktake.Conflict, "open the database once for writing")

	s := openAt(t, dsn, store.Options{})
	file(t, s, storetest.Rows(1, 3)...)
	exec(t, dsn, "INSERT INTO stocktake_schema (version_id, is_applied) VALUES (9999, true)", "INSERT INTO program VALUES (9999, '7.8.9')")
	open("a newer database", dsn, stocktake.Conflict, "newer Stocktake", "9999", "use version 7.8.9", "nothing was changed")

	odd := pgtest.DSN(t)
	name := strings.TrimPrefix(mustParse(t, odd).Path, "/")
	exec(t, os.Getenv(pgtest.Env), "DROP DATABASE "+name, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
	open("another encoding", odd, stocktake.Conflict, "LATIN1", "UTF8")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, pgtest.DSN(t), store.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a done context gives %v", err)
	}
}

func mustParse(t testing.TB, dsn string) *url.URL {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// A role that owns nothing can use the tables that it was given, and only those.
func TestRoles(t *testing.T) {
	dsn := pgtest.DSN(t)
	s := openAt(t, dsn, store.Options{})
	file(t, s, storetest.Rows(1, 3)...)
	role := strings.TrimPrefix(mustParse(t, dsn).Path, "/")
	exec(t, dsn, "CREATE ROLE "+role+" LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO "+role)
	t.Cleanup(func() { exec(t, dsn, "DROP OWNED BY "+role, "DROP ROLE "+role) })
	reader := openAt(t, changed(t, dsn, func(u *url.URL) { u.User = url.User(role) }), store.Options{})
	if got := storetest.Read(t, reader); got.Head.Number != 3 {
		t.Errorf("a role that may read reads %d filings", got.Head.Number)
	}
	err := reader.Write(t.Context(), func(w store.Writer) error { return w.Append(t.Context(), storetest.Rows(4, 4)) })
	wantFault(t, "writing without the right to", err, stocktake.Forbidden, "role")
	_, err = Open(t.Context(), changed(t, pgtest.DSN(t), func(u *url.URL) { u.User = url.User(role) }), store.Options{})
	wantFault(t, "making tables without the right to", err, stocktake.Forbidden, "role")

	// A server that only reads, as a replica does.
	other := pgtest.DSN(t)
	openAt(t, other, store.Options{})
	exec(t, other, "ALTER DATABASE "+strings.TrimPrefix(mustParse(t, other).Path, "/")+" SET default_transaction_read_only = on")
	replica := openAt(t, other, store.Options{})
	err = replica.Write(t.Context(), func(w store.Writer) error { return nil })
	wantFault(t, "writing to a replica", err, stocktake.Forbidden, "reading only", "primary")
}

// A server that is set to acknowledge before it has written is made to write.
func TestSynchronousCommit(t *testing.T) {
	dsn := pgtest.DSN(t)
	for setting, exp := range map[string]string{"off": "on", "on": "on", "local": "local", "remote_apply": "remote_apply"} {
		exec(t, dsn, "ALTER DATABASE "+strings.TrimPrefix(mustParse(t, dsn).Path, "/")+" SET synchronous_commit = "+setting)
		s := openAt(t, dsn, store.Options{})
		err := s.Write(t.Context(), func(w store.Writer) error {
			var got string
			if err := w.(*writer).tx.QueryRow("SHOW synchronous_commit").Scan(&got); err != nil || got != exp {
				t.Errorf("with synchronous_commit=%s, a transaction has %s, %v", setting, got, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestLostAnswer breaks the connection when the commit is on its way, before it reaches the server or before the answer comes back. Write must
// say what became of it.
func TestLostAnswer(t *testing.T) {
	dsn := pgtest.DSN(t)
	direct := openAt(t, dsn, store.Options{})
	p := newProxy(t, mustParse(t, dsn).Host)
	through := openAt(t, changed(t, dsn, func(u *url.URL) { u.Host = p.address }), store.Options{Wait: 3 * time.Second})
	head := func() int64 {
		t.Helper()
		if err := direct.Write(t.Context(), func(store.Writer) error { return nil }); err != nil { // the broken one is settled
			t.Fatal(err)
		}
		h, err := direct.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return h.Number
	}
	for n := int64(1); n <= 6; n++ {
		before := head()
		way := []int32{passes, losesAnswer, losesQuestion}[n%3]
		err := through.Write(t.Context(), func(w store.Writer) error {
			p.at("commit", way)
			return w.Append(t.Context(), storetest.Rows(before+1, before+1))
		})
		p.at("", passes)
		filed := head() == before+1
		if filed != (err == nil) {
			t.Errorf("way %d: Write gives %v, and the filing is there: %v", way, err, filed)
		}
		if filed != (way != losesQuestion) {
			t.Errorf("way %d: the filing is there: %v", way, filed)
		}
	}
	// A server that does not come back cannot be asked.
	before := head()
	err := through.Write(t.Context(), func(w store.Writer) error {
		p.at("commit", dies)
		return w.Append(t.Context(), storetest.Rows(before+1, before+1))
	})
	wantFault(t, "a server that is gone", err, stocktake.Internal, "cannot be asked", "look at the newest filing")
}

const (
	passes = iota
	losesAnswer
	losesQuestion
	dies
)

// A proxy passes bytes on until it sees a word, and then breaks the connection in one of several ways.
type proxy struct {
	address string
	word    atomic.Value
	way     atomic.Int32
	dead    atomic.Bool
}

func (p *proxy) at(word string, way int32) {
	p.way.Store(way)
	p.word.Store(word)
}

func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &proxy{address: l.Addr().String()}
	p.at("", passes)
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			if p.dead.Load() {
				client.Close()
				continue
			}
			go p.pass(client, server)
		}
	}()
	return p
}

func (p *proxy) pass(client net.Conn, server string) {
	defer client.Close()
	s, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer s.Close()
	var mute atomic.Bool
	go func() {
		b := make([]byte, 1<<16)
		for {
			n, err := s.Read(b)
			if mute.Load() {
				client.Close()
				return
			}
			if n > 0 {
				client.Write(b[:n])
			}
			if err != nil {
				client.Close()
				return
			}
		}
	}()
	b := make([]byte, 1<<16)
	for {
		n, err := client.Read(b)
		if err != nil {
			return
		}
		word, way := p.word.Load().(string), p.way.Load()
		if word != "" && bytes.Contains(b[:n], []byte(word)) {
			switch way {
			case losesQuestion:
				return
			case losesAnswer:
				mute.Store(true)
			case dies:
				p.dead.Store(true)
				return
			}
		}
		if _, err := s.Write(b[:n]); err != nil {
			return
		}
	}
}

func TestEveryEarlierVersion(t *testing.T) {
	list, err := filepath.Glob("testdata/version*.sql")
	if err != nil {
		t.Fatal(err)
	}
	newest, err := plan("").Newest()
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(list)) != newest {
		t.Errorf("there are %d frozen databases for %d versions", len(list), newest)
	}
	for _, name := range list {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var version int
			if _, err := fmt.Sscanf(filepath.Base(name), "version%d.sql", &version); err != nil {
				t.Fatal(err)
			}
			dsn := pgtest.DSN(t)
			exec(t, dsn, string(text))
			s := openAt(t, dsn, store.Options{})
			storetest.Frozen(t, s, version)
			wantDraft(t, s)
			back := openAt(t, pgtest.DSN(t), store.Options{})
			if err := back.Restore(t.Context(), strings.TrimSuffix(name, ".sql")+".dump"); err != nil {
				t.Fatal(err)
			}
			storetest.Frozen(t, back, version)
			wantDraft(t, back)
		})
	}
}

func wantDraft(t *testing.T, s *Store) {
	t.Helper()
	var draft string
	if err := s.db.QueryRow("SELECT convert_from(body, 'UTF8') FROM draft WHERE id = 'd1' AND made_at = 1474297445123456").Scan(&draft); err != nil || draft != "a draft" {
		t.Errorf("the draft is %q, %v", draft, err)
	}
}

// A dump that is cut off or changed anywhere is refused, and leaves nothing.
func TestDamagedDump(t *testing.T) {
	s := openAt(t, pgtest.DSN(t), store.Options{})
	rows := storetest.Rows(1, 20)
	file(t, s, rows...)
	if err := s.Write(t.Context(), func(w store.Writer) error {
		return errors.Join(w.PutSheets(t.Context(), storetest.SheetsOf(rows[3], 3)), storetest.AppendLog(t.Context(), w, rows[:4]...))
	}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := s.Backup(t.Context(), filepath.Join(dir, "whole")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "whole")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has the permissions %v, %v", info.Mode(), err)
	}
	whole := unpack(t, filepath.Join(dir, "whole"))
	empty := openAt(t, pgtest.DSN(t), store.Options{})
	try := func(what string, content []byte, says ...string) {
		t.Helper()
		path := filepath.Join(dir, "dump")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		wantFault(t, what, empty.Restore(t.Context(), path), stocktake.Conflict, append(says, path, "nothing was changed")...)
		if h, err := empty.Head(t.Context()); h.Number != 0 || err != nil {
			t.Fatalf("%s: a refused restore leaves %v, %v", what, h, err)
		}
	}
	lines := strings.SplitAfter(whole, "\n")
	for i := range lines[:len(lines)-1] {
		try("cut off after some lines", pack(t, strings.Join(lines[:i], "")))
		try("a line is missing", pack(t, strings.Join(lines[:i], "")+strings.Join(lines[i+1:], "")))
	}
	for i := 0; i < len(whole); i += 131 {
		b := []byte(whole)
		b[i] ^= 1
		try("one bit is another", pack(t, string(b)))
	}
	try("more follows", pack(t, whole+"more\n"))
	packed := pack(t, whole)
	try("cut off at the end", packed[:len(packed)-3])
	try("gzip's checksum is wrong", append(packed[:len(packed)-8:len(packed)-8], 1, 2, 3, 4, 5, 6, 7, 8))
	try("an SQLite database", []byte("SQLite format 3\x00"), "not a backup of a PostgreSQL record", "SQLite")
	try("another gzipped file", pack(t, "hello\n"), "not a backup")
	try("a newer dump", pack(t, strings.Replace(whole, "tables 3\n", "tables 9999\n", 1)), "newer Stocktake", "9999")
	try("a dump of version 1 with the tables of version 3", pack(t, signed(strings.Replace(whole, "tables 3\n", "tables 1\n", 1))), "damaged")
	try("a dump of version 0", pack(t, signed("stocktake postgres dump 1 tables 0\n")), "damaged")
	begin, end := strings.Index(whole, "table leaf "), strings.Index(whole, dumpEnd)
	try("a dump of version 3 without the tables of the log", pack(t, signed(whole[:begin])), "damaged")
	try("a dump of version 3 without private tables", pack(t, signed(whole[:strings.Index(whole, "table private_item ")])), "damaged")
	leaf := "2\t\\\\x" + hex.EncodeToString(storetest.LeafOf(rows[2])) + "\n"
	if !strings.Contains(whole, leaf) {
		t.Errorf("the dump has no line %q", leaf)
	}
	try("a leaf is missing and the checksum right", pack(t, signed(strings.Replace(whole[:end], leaf, "", 1))), "damaged")
	hash := strings.LastIndex(whole[:strings.Index(whole, "\\.\ntable checkpoint ")-1], "\n")
	try("the last hash is missing and the checksum right", pack(t, signed(whole[:hash+1]+whole[strings.Index(whole, "\\.\ntable checkpoint "):end])), "damaged")
	if err := empty.Restore(t.Context(), filepath.Join(dir, "whole")); err != nil {
		t.Fatal(err)
	}
	if err := storetest.CheckLog(t.Context(), empty, rows[:4]); err != nil {
		t.Error(err)
	}
	if got := storetest.Read(t, empty); got.Head.Number != 20 || len(got.Sheets) != 3 {
		t.Errorf("%d filings and %d sheets came back", got.Head.Number, len(got.Sheets))
	}
	other := openAt(t, pgtest.DSN(t), store.Options{})
	if _, err := other.db.Exec("INSERT INTO draft VALUES ('mine', 5, 'x')"); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "restoring over a draft", other.Restore(t.Context(), filepath.Join(dir, "whole")), stocktake.Conflict, "not empty")
}

// signed closes the text of a dump with its checksum.
func signed(text string) string {
	text, _, _ = strings.Cut(text, "\n"+dumpEnd)
	text = strings.TrimSuffix(text, "\n") + "\n"
	sum := sha256.Sum256([]byte(text))
	return text + dumpEnd + hex.EncodeToString(sum[:]) + "\n"
}

func unpack(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func pack(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The table of sheets is written anew after a removal: the text is not in its file any more.
func TestRemovedSheetIsNotInTheTable(t *testing.T) {
	dsn := pgtest.DSN(t)
	s := openAt(t, dsn, store.Options{})
	rows := storetest.Rows(1, 2)
	file(t, s, rows...)
	sheets := storetest.SheetsOf(rows[0], 2)
	sheets[0].Text, sheets[1].Text = strings.Repeat("REMOVED", 30), strings.Repeat("STAYS", 30)
	if err := s.Write(t.Context(), func(w store.Writer) error { return w.PutSheets(t.Context(), sheets) }); err != nil {
		t.Fatal(err)
	}
	holds := func(word string) (found bool) {
		t.Helper()
		exec(t, dsn, "CHECKPOINT")
		err := s.db.QueryRow("SELECT position($1::bytea IN pg_read_binary_file(pg_relation_filepath('sheet'))) > 0", []byte(word)).Scan(&found)
		if err != nil {
			t.Skipf("the server's files cannot be read: %v", err)
		}
		return found
	}
	if !holds("REMOVED") {
		t.Error("the search does not find text that is there")
	}
	if err := s.Write(t.Context(), func(w store.Writer) error {
		return w.RemoveSheet(t.Context(), sheets[0].Filing, sheets[0].Commitment)
	}); err != nil {
		t.Fatal(err)
	}
	if holds("REMOVED") || !holds("STAYS") {
		t.Error("the text is still in the table's file")
	}
}
