// Package pgtest gives each test a PostgreSQL database of its own on a real server.
//
// The server is the one that STOCKTAKE_TEST_POSTGRES names; ./test starts one and sets the variable. By hand:
//
//	STOCKTAKE_TEST_POSTGRES='postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable' go test ./internal/store/...
//
// The role in it must be allowed to create databases. The package is for tests only.
package pgtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Env is the environment variable that names the server, as a URL: postgres://user@host:port/database?sslmode=disable.
const Env = "STOCKTAKE_TEST_POSTGRES"

const patience = time.Minute // for one CREATE or DROP DATABASE on a busy machine

// DSN creates an empty database with a name of its own and returns its URL, to be opened with the driver "pgx", which this
// package registers. The database is dropped when the test ends, also when connections to it are still open then; cleanups
// that the test registers later run before that. It may be called many times, and from tests that run in parallel.
//
// The encoding is UTF-8 and the collation is the server's own, so SQL that relies on byte order must say COLLATE "C".
//
// Where no server is named the test is skipped, and says so; with CI=true it fails instead.
func DSN(t testing.TB) string {
	t.Helper()
	server := os.Getenv(Env)
	if server == "" {
		const hint = Env + " is not set, so nothing is tested on PostgreSQL here: run ./test, or name a server, such as postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
		if os.Getenv("CI") == "true" {
			t.Fatal(hint)
		}
		t.Skip(hint)
	}
	name := "stocktake_test_" + strings.ToLower(rand.Text())
	dsn, err := withDatabase(server, name)
	if err != nil {
		t.Fatal(err)
	}
	// The name has letters, digits and underscores only, so it needs no quoting.
	if err := exec(server, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		t.Fatalf("create a database on the server of %s: %v; is the server up, and may the role create databases?", Env, err)
	}
	t.Cleanup(func() {
		if err := exec(server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop %s, which stays on the server of %s: %v", name, Env, err)
		}
	})
	return dsn
}

// exec runs one statement over a connection of its own.
func exec(dsn, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// withDatabase returns the server's URL with the database name in place of its own.
func withDatabase(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		// Neither the value nor the parser's error, which quotes it, is repeated: it may hold a password.
		return "", fmt.Errorf("%s is not a URL such as postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable", Env)
	}
	u.Path, u.RawPath = "/"+name, ""
	return u.String(), nil
}
