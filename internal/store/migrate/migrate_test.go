package migrate

import (
	"database/sql"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"stocktake"
)

func planOf(files ...string) Plan {
	all := fstest.MapFS{}
	for _, f := range files {
		name, text, _ := strings.Cut(f, ": ")
		all[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	return Plan{Dialect: goose.DialectSQLite3, Files: all, Program: "1.0",
		Lock: []string{"BEGIN IMMEDIATE"}, Note: "INSERT INTO program (schema, version) VALUES ($1, $2)"}
}

const (
	first  = "00001_first.sql: CREATE TABLE a (x);\nCREATE TABLE program (schema INTEGER PRIMARY KEY, version TEXT);"
	second = "00002_second.sql: INSERT INTO a VALUES (2);"
	third  = "00003_third.sql: INSERT INTO a VALUES (3);"
	broken = "00004_broken.sql: INSERT INTO a VALUES (4);\nINSERT INTO none VALUES (4);"
)

func TestUp(t *testing.T) {
	path := "file:" + filepath.Join(t.TempDir(), "test.db") + "?_pragma=busy_timeout(10000)"
	c, err := sqlite.NewConnector(path)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(c)
	defer db.Close()
	state := func() string {
		t.Helper()
		var a, version, program string
		err := db.QueryRow(`SELECT (SELECT coalesce(group_concat(x), '') FROM a), (SELECT max(version_id) FROM stocktake_schema), (SELECT group_concat(schema || '=' || version) FROM program)`).
			Scan(&a, &version, &program)
		if err != nil {
			return err.Error()
		}
		return a + "; " + version + "; " + program
	}
	up := func(program string, files ...string) error {
		p := planOf(files...)
		p.Program = program
		return p.Up(t.Context(), c)
	}

	// What fails at the end leaves nothing of the beginning.
	if err := up("0.1", first, second, third, broken); err == nil || !strings.Contains(err.Error(), "from version 0 to 4") {
		t.Errorf("a broken migration gives %v", err)
	}
	var tables int
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("a broken migration leaves %d tables, %v", tables, err)
	}
	if err := up("0.1", first); err != nil {
		t.Fatal(err)
	}
	if got := state(); got != "; 1; 1=0.1" {
		t.Errorf("after the first migration: %s", got)
	}
	if err := up("0.1", first); err != nil {
		t.Errorf("nothing to do gives %v", err)
	}
	// Several at once, from several processes.
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := up("0.3", first, second, third); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := state(); got != "2,3; 3; 1=0.1,3=0.3" {
		t.Errorf("after the third migration: %s", got)
	}
	if err := up("0.4", first, second, third, broken); err == nil {
		t.Error("a broken migration gives no error")
	}
	err = up("0.2", first, second)
	if stocktake.KindOf(err) != stocktake.Conflict || !strings.Contains(err.Error(), "newer Stocktake") || !strings.Contains(err.Error(), "version 0.3") {
		t.Errorf("a database of a newer program gives %v", err)
	}
	if got := state(); got != "2,3; 3; 1=0.1,3=0.3" {
		t.Errorf("in the end: %s", got)
	}
}

func TestNewest(t *testing.T) {
	if n, err := planOf(first, third, second).Newest(); n != 3 || err != nil {
		t.Errorf("Newest() = %d, %v", n, err)
	}
}
