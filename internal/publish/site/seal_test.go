package site_test

import (
	"testing"

	"stocktake/internal/verify"
	"stocktake/internal/verify/verifytest"
)

// TestSealsAlone publishes a record to which nothing but seals came: log and manifest go on together, and the copy holds.
func TestSealsAlone(t *testing.T) {
	w := verifytest.New(t, "../..", 12)
	dir := t.TempDir()
	published(t, w, dir)
	for range 2 {
		w.Seal(t, 3)
		published(t, w, dir)
	}
	s, err := verify.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if r, err := verify.Log(t.Context(), s, verify.Options{}); err != nil || !r.True() || r.Size != 18 || r.Filings != 12 || r.Pages == 0 {
		t.Errorf("%+v %v", r, err)
	}
}
