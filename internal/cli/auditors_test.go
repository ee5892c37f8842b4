//go:build linux

package cli

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"stocktake/internal/auditortest"
	"stocktake/internal/web"
)

// files serves a folder as a plain web host does.
func files(t *testing.T, dir string) string {
	t.Helper()
	srv := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(srv.Close)
	return srv.URL
}

// pages serves a record.
func pages(t *testing.T, o *opened) string {
	t.Helper()
	srv := httptest.NewServer(web.New(o.Ledger, web.Options{Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler)}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// TestAuditorsAccept has other people's programs read the log of the built-in record, of the folder that `log` writes, and of a mirror, served
// and as files.
func TestAuditorsAccept(t *testing.T) {
	full := fullRecord(t)
	o := openRecord(t, full)
	c, ok, err := o.Checkpoint(t.Context())
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	_, vkey, err := o.LogName(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if c.Size != o.Record().Head() || c.Size < 10000 {
		t.Errorf("%d entries for %d filings", c.Size, o.Record().Head())
	}
	auditortest.Accept(t, pages(t, o), vkey, c.Size)
	out := t.TempDir()
	must(t, full, "log", out)
	auditortest.Accept(t, files(t, out), vkey, c.Size)

	// A mirror of a smaller one, with a turn of its key in it, made from the files alone.
	dir, mirrored, copied := copyOf(t, smallRecord(t)), t.TempDir(), t.TempDir()
	another(t, dir)
	must(t, dir, "key", "turn", "example.org/mirrored")
	another(t, dir)
	plain := t.TempDir()
	must(t, dir, "log", plain)
	must(t, mirrored, "mirror", plain, mirrored)
	m := openRecord(t, mirrored)
	if c, _, err = m.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, vkey, err = m.LogName(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.Origin != "example.org/mirrored" || c.Size != m.Record().Head()+1 {
		t.Errorf("%s has %d entries for %d filings", c.Origin, c.Size, m.Record().Head())
	}
	auditortest.Accept(t, pages(t, m), vkey, c.Size)
	must(t, mirrored, "log", copied)
	auditortest.Accept(t, files(t, copied), vkey, c.Size)

	// They would say so if it were another.
	if err := auditortest.Forty(t, files(t, copied), vkey, c.Size+1); err == nil {
		t.Error("the forty lines find an entry too many")
	}
	if err := auditortest.Fsck(t, files(t, copied), logKey(t)); err == nil {
		t.Error("fsck believes another key")
	}
	if err := auditortest.Torchwood(t, files(t, copied), logKey(t), c.Size); err == nil {
		t.Error("torchwood believes another key")
	}
}
