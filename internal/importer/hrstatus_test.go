package importer

import (
	"testing"

	"stocktake"
)

func TestHRStatus(t *testing.T) {
	list, rep := wellFormed(t, hrStatus{}, shared(t, "hr-treaty-status-2022"), record(t), Options{})
	if len(list) != 1+18 || rep.Rows != 18*193 {
		t.Errorf("%d filings, %d rows", len(list), rep.Rows)
	}
	for _, j := range rep.Rejects {
		t.Logf("%+v", j)
	}
	// 2,303 rows with a year, three of which say at once that nothing was done; one that says "state party" gives no year.
	if rep.Acts != 2303-3+187 || len(rep.Rejects) != 4 {
		t.Errorf("%d acts, %d rejects", rep.Acts, len(rep.Rejects))
	}
	acts := map[stocktake.ActID]stocktake.Act{}
	for _, f := range list {
		for _, a := range f.Acts {
			acts[a.ID] = a
		}
	}
	for id, want := range map[stocktake.ActID]string{
		"icerd/USA/consent/1": "consent 1966", "crc-op-ic/BRA/consent/1": "consent 2017", "icrmw/NAM/consent/1": " ", "cedaw/NAM/consent/1": "consent 1992",
		"crc/USA/signature/1": "signature ../2022-08-25", "icerd/BRN/consent/1": " ", "crc/PRK/consent/1": " ", "icerd/GAB/consent/1": "consent 1980",
	} {
		if got := acts[id].Kind.String() + " " + acts[id].Done.String(); got != want {
			t.Errorf("%s is %q, want %q", id, got, want)
		}
	}
	if n := acts["icerd/CZE/consent/1"].Note + acts["iccpr/CZE/consent/1"].Note; n != "The table remarks: Signed as Czechoslovakia" {
		t.Errorf("note %q", n)
	}
}
