package publish

import (
	"testing"

	"stocktake"
	"stocktake/internal/bucket/buckettest"
)

func TestSoakS3(t *testing.T) {
	s := buckettest.Long(t)
	target, err := OpenTarget(t.Context(), s.Address("site/public"))
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	suite(t, target)
	if o := s.All(t)["site/public/index.html"]; string(o.Body) != "<p>three" {
		t.Errorf("%+v", o)
	}
}

func TestOpenTarget(t *testing.T) {
	for _, address := range []string{"https://example.org/log", "s3://", "S3://bucket", "ftp://x"} {
		if _, err := OpenTarget(t.Context(), address); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"folder", "a/b c", "s3/x", t.TempDir()} {
		d, err := OpenTarget(t.Context(), address)
		if err != nil || d.String() == "" {
			t.Errorf("%s: %v", address, err)
		}
	}
}
