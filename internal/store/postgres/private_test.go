package postgres

import (
	"fmt"
	"strings"
	"testing"

	"stocktake/internal/pgtest"
	"stocktake/internal/store"
	"stocktake/internal/store/storetest"
)

// The private tables are written anew after a drop: what was dropped is in none of their files any more, nor what other items held before.
func TestDroppedItemIsNotInTheTables(t *testing.T) {
	dsn := pgtest.DSN(t)
	s := openAt(t, dsn, store.Options{})
	key := func(value string) store.Key { return store.Key{Name: "key", Value: value} }
	storetest.Put(t, s, storetest.ItemOf("task", "ID-GONE", strings.Repeat("BODY-GONE", 30)), key("KEY-GONE"))
	b := storetest.Put(t, s, storetest.ItemOf("task", "ID-STAYS", "BEFORE-GONE"), key("OLDER-GONE"))
	b.Body = []byte(`"BODY-STAYS"`)
	storetest.Put(t, s, b, key("KEY-STAYS"))
	files := func(word string) (list []string) {
		t.Helper()
		exec(t, dsn, "CHECKPOINT")
		rows, err := s.db.Query(`SELECT relname FROM pg_class WHERE pg_relation_filepath(oid) IS NOT NULL AND pg_relation_size(oid) > 0
			AND position($1::bytea IN pg_read_binary_file(pg_relation_filepath(oid))) > 0 ORDER BY relname`, []byte(word))
		if err != nil {
			t.Skipf("the server's files cannot be read: %v", err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			list = append(list, name)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return list
	}
	exec(t, dsn, "ANALYZE") // what autovacuum does at any time
	for _, word := range []string{"ID-GONE", "BODY-GONE", "KEY-GONE", "BEFORE-GONE", "OLDER-GONE", "KEY-STAYS"} {
		if list := files(word); len(list) == 0 || strings.Contains(fmt.Sprint(list), "pg_statistic") {
			t.Errorf("%s is in %v", word, list)
		}
	}
	storetest.Drop(t, s, "task", "ID-GONE")
	if list := files("GONE"); len(list) > 0 {
		t.Errorf("what was dropped is still in %v", list)
	}
	for _, word := range []string{"ID-STAYS", "BODY-STAYS", "KEY-STAYS"} {
		if len(files(word)) == 0 {
			t.Errorf("%s is gone", word)
		}
	}
}
