package pgtest

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
)

func TestDSN(t *testing.T) {
	DSN(t) // skips or fails here where there is no server
	var names []string
	t.Run("each its own", func(t *testing.T) {
		for range 2 {
			dsn := DSN(t)
			db, err := sql.Open("pgx", dsn)
			if err != nil {
				t.Fatal(err)
			}
			// Left open on purpose: the cleanup must drop the database all the same.
			var name, fsync, encoding string
			if err := db.QueryRow("SELECT current_database(), current_setting('fsync'), current_setting('server_encoding')").Scan(&name, &fsync, &encoding); err != nil {
				t.Fatal(err)
			}
			if fsync != "on" || encoding != "UTF8" {
				t.Errorf("fsync is %s and the encoding %s, want on and UTF8: a test of durability would prove nothing", fsync, encoding)
			}
			if _, err := db.Exec("CREATE TABLE act (id text PRIMARY KEY)"); err != nil {
				t.Errorf("the second database is not empty: %v", err)
			}
			names = append(names, name)
		}
	})
	if len(names) != 2 || names[0] == names[1] {
		t.Fatalf("databases are %q, want two names", names)
	}
	db, err := sql.Open("pgx", os.Getenv(Env))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var left int
	if err := db.QueryRow("SELECT count(*) FROM pg_database WHERE datname = $1 OR datname = $2", names[0], names[1]).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left != 0 {
		t.Errorf("%d of %q are left after the test, want none", left, names)
	}
}

func TestParallel(t *testing.T) {
	for i := range 6 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			DSN(t)
		})
	}
}

func TestWithDatabase(t *testing.T) {
	for _, c := range []struct{ server, want string }{
		{"postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable", "postgres://postgres@127.0.0.1:5432/x?sslmode=disable"},
		{"postgresql://u:p%2Fw@db:1", "postgresql://u:p%2Fw@db:1/x"},
		{"host=127.0.0.1 user=postgres", ""},
		{"postgres://u:secret@[::1/postgres", ""},
	} {
		got, err := withDatabase(c.server, "x")
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("withDatabase(%q) = %q, %v; want %q", c.server, got, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("withDatabase(%q) repeats the password: %v", c.server, err)
		}
	}
}

// TestWithoutServer: a developer's run says what it leaves out; a CI run fails. A server that is down fails everywhere.
func TestWithoutServer(t *testing.T) {
	down := (&url.URL{Scheme: "postgres", Host: "127.0.0.1:1", Path: "/postgres", RawQuery: "sslmode=disable"}).String()
	for _, c := range []struct{ server, ci, want string }{
		{"", "", "skip"},
		{"", "true", "fatal"},
		{down, "", "fatal"},
		{"nonsense", "", "fatal"},
	} {
		t.Setenv(Env, c.server)
		t.Setenv("CI", c.ci)
		r := record(DSN)
		if r.outcome != c.want || !strings.Contains(r.message, Env) {
			t.Errorf("server %q, CI %q: %s %q; want %s, and a message that names %s", c.server, c.ci, r.outcome, r.message, c.want, Env)
		}
	}
}

// A recorder is a testing.TB that remembers how the helper under test ended it.
type recorder struct {
	testing.TB
	outcome, message string
}

func record(helper func(testing.TB) string) *recorder {
	r := &recorder{outcome: "went on"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		helper(r)
	}()
	<-done
	return r
}

func (r *recorder) Helper() {}

func (r *recorder) Skip(args ...any) { r.end("skip", fmt.Sprint(args...)) }

func (r *recorder) Fatal(args ...any) { r.end("fatal", fmt.Sprint(args...)) }

func (r *recorder) Fatalf(format string, args ...any) { r.end("fatal", fmt.Sprintf(format, args...)) }

func (r *recorder) end(outcome, message string) {
	r.outcome, r.message = outcome, message
	runtime.Goexit()
}
