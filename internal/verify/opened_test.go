package verify_test

import (
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/edition/editiontest"
	"stocktake/internal/verify"
	"stocktake/internal/verify/verifytest"
)

// TestOpenings checks a copy with a statement that lay under a seal before it was published, and one that says so and did not.
func TestOpenings(t *testing.T) {
	w := verifytest.New(t, "..", 20)
	s := editiontest.Start(t, w.Ledger, "Statement on Brazil and the Compact", "", false)
	w.Fill(t, 20, 24)
	s.List = []stocktake.Endorsed{editiontest.Named("e1", "Example Society", stocktake.TierSignatory, stocktake.AuthorityMailbox, "2026-11-23")}
	n := s.Publish(t)
	read := func() *verify.Report {
		t.Helper()
		w.Publish(t)
		src, err := verify.Open(t.Context(), w.Out)
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		r, err := verify.Log(t.Context(), src, verify.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := read()
	if !r.True() || len(r.Openings) != 1 || r.Openings[0].Filing != n || !r.Openings[0].List || r.Openings[0].Statement != s.ID || r.Openings[0].Entry != 20 || r.Openings[0].Before != 25 {
		t.Fatalf("%+v", r)
	}
	f, err := w.Load(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	x := f.Statement
	w.File(t, stocktake.Filing{Key: "forged", Title: "A second version", Statement: &stocktake.Statement{Instrument: x.Instrument, Version: 2, Lang: x.Lang, TextSHA256: x.TextSHA256, Source: x.Source, Languages: x.Languages,
		Coalition: x.Coalition, ListHash: x.ListHash, Published: x.Published, Change: stocktake.Typographic, Opens: x.Opens}})
	if r := read(); r.True() || len(r.Openings) != 1 || !strings.Contains(r.Findings[0].What, "its opening of the seal at entry 20: what lay under the seal is version 1 of") {
		t.Errorf("%+v", r)
	}
}
