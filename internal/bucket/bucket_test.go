package bucket_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"

	"stocktake"
	"stocktake/internal/bucket"
	"stocktake/internal/bucket/buckettest"
)

func open(t *testing.T, address string) *bucket.Bucket {
	t.Helper()
	b, err := bucket.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func put(t *testing.T, b *bucket.Bucket, name, body string, k bucket.Kind) error {
	t.Helper()
	return b.Put(t.Context(), name, strings.NewReader(body), int64(len(body)), k)
}

func TestAddresses(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL", "")
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	for address, name := range map[string]string{
		"s3://records":                                  "s3://records",
		"s3://records/":                                 "s3://records",
		"s3://records/a/b/":                             "s3://records/a/b",
		"s3://records/a?region=eu-central-1":            "s3://records/a",
		"s3://records/a?endpoint=http://127.0.0.1:9000": "s3://records/a",
		"s3://records/a?endpoint=https%3A%2F%2Fs3.example.org%2F&region=north": "s3://records/a",
	} {
		b, err := bucket.Open(address)
		if err != nil || b.String() != name {
			t.Errorf("%s: %v %v", address, b, err)
			continue
		}
		if again, err := bucket.Open(b.Address()); err != nil || again.Address() != b.Address() || !strings.Contains(b.Address(), "?endpoint=http") {
			t.Errorf("%s: %s %v", address, b.Address(), err)
		}
	}
	for _, address := range []string{"", "records", "s3://", "s3:///a", "http://records", "s3://AKIA:hunter2@records/a", "s3://records:9000/a", "s3://records/a?secret=hunter2",
		"s3://records/a?endpoint=127.0.0.1:9000", "s3://records?endpoint=https://AKIA:hunter2@s3.example.org", "s3://records?endpoint=https://s3.example.org/x", "s3://records?%zz", "s3://records#x"} {
		_, err := bucket.Open(address)
		if stocktake.KindOf(err) != stocktake.Invalid || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestSoakBucket(t *testing.T) {
	s := buckettest.Long(t)
	b, ctx := open(t, s.Address("folder")), t.Context()
	if err := put(t, b, "a", "one", bucket.Kind{Type: "text/plain; charset=utf-8", Cache: "no-cache", Once: true}); err != nil {
		t.Fatal(err)
	}
	if err := put(t, b, "a", "two", bucket.Kind{Once: true}); err != bucket.ErrTaken {
		t.Errorf("taken: %v", err)
	}
	if o := s.All(t)["folder/a"]; string(o.Body) != "one" || o.Type != "text/plain; charset=utf-8" || o.Cache != "no-cache" {
		t.Errorf("%+v", o)
	}
	if err := put(t, b, "a", "three", bucket.Kind{}); err != nil {
		t.Error(err)
	}
	if n, err := b.Size(ctx, "a"); n != 5 || err != nil {
		t.Error(n, err)
	}
	if _, err := b.Get(ctx, "a", 4); stocktake.KindOf(err) != stocktake.Invalid {
		t.Errorf("too large: %v", err)
	}
	if err := b.Remove(ctx, "a"); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := b.Remove(ctx, "a"); err != nil {
			t.Error(err)
		}
		if _, err := b.Get(ctx, "a", 9); stocktake.KindOf(err) != stocktake.NotFound || !strings.Contains(err.Error(), "s3://published/folder: it holds no a") {
			t.Error(err)
		}
		if _, err := b.Size(ctx, "a"); stocktake.KindOf(err) != stocktake.NotFound {
			t.Error(err)
		}
	}

	other := open(t, strings.Replace(s.Address("x"), "published", "another", 1))
	if err := put(t, other, "a", "x", bucket.Kind{}); stocktake.KindOf(err) != stocktake.Conflict || !strings.Contains(err.Error(), "make it there") {
		t.Errorf("no such bucket: %v", err)
	}
	if _, err := other.Get(ctx, "a", 9); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("no such bucket: %v", err)
	}
	if s.Kind == "versitygw" {
		t.Setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
		if err := put(t, open(t, s.Address("x")), "a", "x", bucket.Kind{}); stocktake.KindOf(err) != stocktake.Forbidden || !strings.Contains(err.Error(), "AWS_ACCESS_KEY_ID") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a wrong secret: %v", err)
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/none")
	if err := put(t, open(t, s.Address("x")), "a", "x", bucket.Kind{}); stocktake.KindOf(err) != stocktake.Forbidden || !strings.Contains(err.Error(), "AWS_ACCESS_KEY_ID") {
		t.Errorf("no credentials: %v", err)
	}

	s.Stop()
	if _, err := b.Get(ctx, "a", 9); stocktake.KindOf(err) != stocktake.Busy || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("away: %v", err)
	}
}

// TestAServiceThatStumbles has requests answered late, by errors, or cut off.
func TestAServiceThatStumbles(t *testing.T) {
	s := buckettest.New(t)
	b := open(t, s.Address(""))
	if err := put(t, b, "first", "x", bucket.Kind{}); err != nil {
		t.Fatal(err)
	}
	answer := func(status int, code string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(status)
			io.WriteString(w, `<?xml version="1.0"?><Error><Code>`+code+`</Code><Message>Said so.</Message></Error>`)
			return true
		}
	}
	for _, c := range []struct {
		status int
		code   string
		kind   stocktake.FaultKind
		says   string
	}{
		{403, "AccessDenied", stocktake.Forbidden, "get, put, delete and list"},
		{403, "RequestTimeTooSkewed", stocktake.Conflict, "clock"},
		{403, "InvalidAccessKeyId", stocktake.Forbidden, "AWS_ACCESS_KEY_ID"},
		{507, "XMinioStorageFull", stocktake.Conflict, "no space left"},
		{409, "Odd", stocktake.Internal, "Said so"},
	} {
		s.Break(answer(c.status, c.code))
		if err := put(t, b, "a", "x", bucket.Kind{}); stocktake.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.code, err)
		}
	}
	// Two errors and a cut-off connection, then all is well.
	n := 0
	s.Break(func(w http.ResponseWriter, r *http.Request) bool {
		switch n++; n {
		case 1, 2:
			return answer(503, "SlowDown")(w, r)
		case 3:
			panic(http.ErrAbortHandler)
		}
		return false
	})
	if err := put(t, b, "late", "whole", bucket.Kind{Once: true}); err != nil || n != 4 {
		t.Errorf("%v after %d tries", err, n)
	}
	// An answer that is cut off is no whole file.
	s.Break(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Length", "5")
		w.Header().Set("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT")
		io.WriteString(w, "who")
		return true
	})
	if got, err := b.Get(t.Context(), "late", 9); stocktake.KindOf(err) != stocktake.Busy {
		t.Errorf("cut off: %q %v", got, err)
	}
	// A service without conditions is asked first.
	s.Break(func(w http.ResponseWriter, r *http.Request) bool {
		return r.Header.Get("If-None-Match") != "" && answer(501, "NotImplemented")(w, r)
	})
	if err := put(t, b, "plain", "one", bucket.Kind{Once: true}); err != nil {
		t.Error(err)
	}
	if err := put(t, b, "plain", "two", bucket.Kind{Once: true}); err != bucket.ErrTaken {
		t.Error(err)
	}
	s.Break(nil)
	if got, err := b.Get(t.Context(), "plain", 9); string(got) != "one" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	// An error of the one who lists comes back.
	enough := errors.New("enough")
	if err := b.List(t.Context(), "", func(string, int64) error { return enough }); err != enough {
		t.Error(err)
	}
	var names []string
	if err := b.List(t.Context(), "", func(name string, _ int64) error { names = append(names, name); return nil }); err != nil || !slices.Equal(names, []string{"first", "late", "plain"}) {
		t.Errorf("%q %v", names, err)
	}
}

// TestOldVersions refuses a bucket in which what is removed would stay.
func TestOldVersions(t *testing.T) {
	s := buckettest.New(t)
	if err := s.Client(t).EnableVersioning(t.Context(), buckettest.Name); err != nil {
		t.Fatal(err)
	}
	if err := put(t, open(t, s.Address("")), "a", "x", bucket.Kind{}); stocktake.KindOf(err) != stocktake.Conflict || !strings.Contains(err.Error(), "old versions") {
		t.Error(err)
	}
	for o := range s.Client(t).ListObjectsIter(t.Context(), buckettest.Name, minio.ListObjectsOptions{Recursive: true}) {
		t.Errorf("%+v was written", o)
	}
}
