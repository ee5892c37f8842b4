package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stocktake/internal/store"
	"stocktake/internal/store/storetest"
)

// testdata/versionN.sql are databases as version N of the tables left them, as text. They never change; a new migration adds one:
// write storetest.WriteFrozen into a new database and keep the output of "sqlite3 record.db .dump", with the line for application_id.
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
			thaw := func() string {
				path := filepath.Join(t.TempDir(), "record.db")
				db := (&Store{path: path}).openDB(fileURI(path))
				if _, err := db.Exec(string(text)); err != nil {
					t.Fatal(err)
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
				return path
			}
			var version int
			if _, err := fmt.Sscanf(filepath.Base(name), "version%d.sql", &version); err != nil {
				t.Fatal(err)
			}
			s := openAt(t, thaw(), store.Options{Program: "test"})
			storetest.Frozen(t, s, version)
			sound(t, s)
			var draft string
			if err := s.writer.QueryRow("SELECT body FROM draft WHERE id = 'd1' AND made_at = 1474297445123456").Scan(&draft); err != nil || draft != "a draft" {
				t.Errorf("the draft is %q, %v", draft, err)
			}
			fresh := openAt(t, filepath.Join(t.TempDir(), "new.db"), store.Options{})
			if a, b := schema(t, s), schema(t, fresh); a != b {
				t.Errorf("brought up to date, the tables are\n%s\nand made new they are\n%s", a, b)
			}
			back := openAt(t, filepath.Join(t.TempDir(), "back.db"), store.Options{})
			if err := back.Restore(t.Context(), thaw()); err != nil {
				t.Fatal(err)
			}
			storetest.Frozen(t, back, version)
		})
	}
}

// schema returns how all tables are made.
func schema(t *testing.T, s *Store) string {
	t.Helper()
	var all string
	err := s.writer.QueryRow("SELECT group_concat(sql, ';' || char(10) ORDER BY name) FROM sqlite_schema WHERE sql IS NOT NULL").Scan(&all)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestProgramIsNoted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	for _, program := range []string{"1.2.3", "9.9.9"} { // the second one changes nothing
		s := openAt(t, path, store.Options{Program: program})
		var noted string
		if err := s.writer.QueryRow("SELECT group_concat(version) FROM program").Scan(&noted); err != nil || noted != "1.2.3" {
			t.Errorf("noted is %q, %v", noted, err)
		}
	}
}

// Every table says which of the three kinds it is, and what is copied by a restore are all but the two that a database has of its own.
func TestTablesSayTheirKind(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]bool{"program": true}
	for _, c := range copied {
		own[c.table] = true
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(b), "\n")
		for i, line := range lines {
			table, ok := strings.CutPrefix(line, "CREATE TABLE ")
			if !ok {
				continue
			}
			table = strings.Fields(table)[0]
			if !own[table] {
				t.Errorf("%s: a restore forgets the table %s", name, table)
			}
			comment := strings.TrimPrefix(lines[i-1], "-- ")
			kind, _, _ := strings.Cut(comment, ":")
			if table != "program" && kind != "record" && kind != "projection" && kind != "private" {
				t.Errorf("%s: the comment of table %s does not begin with its kind: %q", name, table, comment)
			}
		}
	}
}
