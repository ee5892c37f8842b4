package s3

import (
	"io"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"

	"stocktake"
	"stocktake/internal/bucket/buckettest"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/blob/blobtest"
)

func open(t *testing.T, s *buckettest.Server) *Store {
	t.Helper()
	st, err := Open(s.Address("files"))
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func TestSoakStore(t *testing.T) {
	s := buckettest.Long(t)
	put := func(t *testing.T, name, content string) {
		t.Helper()
		_, err := s.Client(t).PutObject(t.Context(), buckettest.Name, "files/"+name, strings.NewReader(content), int64(len(content)), minio.PutObjectOptions{DisableContentSha256: true})
		if err != nil {
			t.Fatal(err)
		}
	}
	blobtest.Run(t, func(t *testing.T) blob.Store { return open(t, s) },
		func(t *testing.T, h, content string) { put(t, h[:2]+"/"+h[2:], content) }, func(t *testing.T, name string) { put(t, name, "x") })
}

func TestLargeFiles(t *testing.T) {
	s := buckettest.New(t)
	st := open(t, s)
	for _, n := range []int{atOnce - 1, atOnce, atOnce + 1, 3*atOnce + 7} {
		text := strings.Repeat("evidence", n/8+1)[:n]
		if h := blobtest.Put(t, st, text); blobtest.Get(t, st, h) != text {
			t.Errorf("%d bytes do not come back", n)
		}
	}
}

func TestDamage(t *testing.T) {
	s := buckettest.New(t)
	st := open(t, s)
	h := blobtest.Put(t, st, "evidence")
	if _, err := s.Client(t).PutObject(t.Context(), buckettest.Name, "files/"+h[:2]+"/"+h[2:], strings.NewReader("Evidence"), 8, minio.PutObjectOptions{DisableContentSha256: true}); err != nil {
		t.Fatal(err)
	}
	f, _, err := st.Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, err = io.ReadAll(f)
	blobtest.Fault(t, "a damaged file", err, stocktake.Internal, h, "damaged")
}

// TestAway has the service stopped: nobody takes that for the absence of a file.
func TestAway(t *testing.T) {
	s := buckettest.New(t)
	st := open(t, s)
	h := blobtest.Put(t, st, "evidence")
	s.Stop()
	has, err := st.Has(t.Context(), h)
	blobtest.Fault(t, "Has", err, stocktake.Busy, "s3://published/files", "does not answer")
	_, _, err = st.Put(t.Context(), strings.NewReader("more"))
	blobtest.Fault(t, "Put", err, stocktake.Busy, "does not answer")
	blobtest.Fault(t, "Delete", st.Delete(t.Context(), h), stocktake.Busy)
	blobtest.Fault(t, "List", st.List(t.Context(), func(string, int64) error { return nil }), stocktake.Busy)
	if has {
		t.Error("it is there, they say")
	}
	s.Start(t)
	if got := blobtest.Get(t, st, h); got != "evidence" {
		t.Errorf("%q", got)
	}
}
