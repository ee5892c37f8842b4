//go:build linux

package cli

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stocktake/internal/auditortest"
	"stocktake/internal/bucket/buckettest"
)

const meanwhile = `key: %
title: A filing made meanwhile
sources: [{id: "%", title: A page, published: 2018-07-25, read: 2026-11-01}]
acts: [{id: "%", party: HUN, instrument: gcm-process, kind: remark, done: 2018-07-24, source: "%", quotes: [{exact: Words of %.}]}]
`

// read fetches a file at an address; absence is "".
func readAt(t *testing.T, address string) string {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		return ""
	}
	defer r.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r.Body); err != nil || r.StatusCode != http.StatusOK {
		return ""
	}
	return b.String()
}

// TestSoakLogTo serves a record whose log goes to a bucket and to a folder, files while the bucket's server is away, and checks and mirrors from the
// bucket what came of it. It is on gofakes3; with STOCKTAKE_SOAK=1 on versitygw.
func TestSoakLogTo(t *testing.T) {
	b := buckettest.Long(t)
	dir, folder := copyOf(t, smallRecord(t)), filepath.Join(t.TempDir(), "out")
	key := strings.TrimSpace(must(t, dir, "key", "show"))
	s := startServer(t, "--data", dir, "--log-to", b.Address("record"), "--log-to", folder)
	public := b.Public("record")
	// inStep waits until everybody shows the head that the server shows.
	inStep := func() string {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			_, head := s.get(t, "/log/checkpoint")
			file, _ := os.ReadFile(filepath.Join(folder, "log", "checkpoint"))
			if there := readAt(t, public+"/log/checkpoint"); there == head && string(file) == head {
				return head
			} else if time.Now().After(end) {
				t.Fatalf("the server has\n%s\nthe bucket\n%s\nthe folder\n%s\n%s", head, there, file, s.errs.String())
			}
		}
	}
	file := func(key string) {
		t.Helper()
		_, before := s.get(t, "/log/checkpoint")
		must(t, dir, "file", write(t, key+".yaml", strings.ReplaceAll(meanwhile, "%", key)))
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			if _, now := s.get(t, "/log/checkpoint"); now != before {
				return
			} else if time.Now().After(end) {
				t.Fatal("what was filed is not signed")
			}
		}
	}
	inStep()
	file("one")
	first := inStep()
	b.Stop()
	file("two") // neither filing nor signing waits
	b.Start(t)
	if second := inStep(); second == first {
		t.Error("nothing came")
	}
	auditortest.Accept(t, public, key, 0)
	for _, at := range []string{public, b.Address("record"), folder} {
		if out := must(t, dir, "verify", "--memory", t.TempDir(), at); !strings.Contains(out, " holds: the log ") {
			t.Errorf("%s: %s", at, out)
		}
	}
	m := filepath.Join(t.TempDir(), "mirror")
	must(t, dir, "mirror", b.Address("record"), m)
	if a, b := must(t, dir, "export", "-"), must(t, m, "export", "-"); a != b {
		t.Error("the mirror of the bucket exports something else")
	}
	// What is taken away goes there too.
	words := "Words of two."
	holders := func() (list []string) {
		for name, o := range b.All(t) {
			if bytes.Contains(o.Body, []byte(words)) {
				list = append(list, name)
			}
		}
		return list
	}
	if len(holders()) == 0 {
		t.Fatal("the words are not in the bucket")
	}
	filing, commitment, err := sheetOf(dir, "19", "acts/0/quotes/0/exact")
	if err != nil {
		t.Fatal(err)
	}
	before := inStep()
	must(t, dir, "remove", filing, commitment, "--ground", "court order", "--by", "Keepers of a test")
	for end := time.Now().Add(20 * time.Second); inStep() == before && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
	}
	if list := holders(); len(list) != 0 {
		t.Errorf("words that were removed stand in %q", list)
	}
	must(t, dir, "verify", "--memory", t.TempDir(), public)
	s.stop(t)
	if n := strings.Count(s.errs.String(), "the log cannot be written for now"); n > 1 {
		t.Errorf("it was said %d times:\n%s", n, s.errs.String())
	}
	// By hand there is nothing left to do.
	if out := must(t, dir, "log", b.Address("record")); !strings.HasPrefix(out, "s3://published/record/log: 0 files written, ") {
		t.Error(out)
	}
}

// TestSoakLogOfTheBuiltInRecord writes the log of the whole built-in record into a bucket, and has others read it there; without STOCKTAKE_SOAK=1
// that of the small one, which only shows that it would run.
func TestSoakLogOfTheBuiltInRecord(t *testing.T) {
	record := smallRecord
	if os.Getenv("STOCKTAKE_SOAK") == "1" {
		record = fullRecord
	}
	b, dir := buckettest.Long(t), copyOf(t, record(t))
	began := time.Now()
	out := must(t, dir, "log", b.Address(""))
	t.Logf("%v: %s", time.Since(began).Round(time.Millisecond), out)
	began = time.Now()
	again := must(t, dir, "log", b.Address(""))
	t.Logf("%v: %s", time.Since(began).Round(time.Millisecond), again)
	if !strings.Contains(again, ": 0 files written, ") {
		t.Error(again)
	}
	auditortest.Accept(t, b.Public(""), strings.TrimSpace(must(t, dir, "key", "show")), 0)
	must(t, dir, "verify", "--memory", t.TempDir(), b.Address(""))
}
