package importer

import (
	"compress/gzip"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stocktake"
)

// rawRows reads a shared file with the standard library, for counts by another way.
func rawRows(t testing.TB, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(z)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func ballots(r stocktake.RollCall) map[stocktake.PartyID]stocktake.ActKind {
	m := map[stocktake.PartyID]stocktake.ActKind{}
	r.Ballots(func(p stocktake.PartyID, k stocktake.ActKind) { m[p] = k })
	return m
}

func calls(list []stocktake.Filing) map[string]stocktake.RollCall {
	m := map[string]stocktake.RollCall{}
	for _, f := range list {
		for _, r := range f.RollCalls {
			m[r.ID] = r
		}
	}
	return m
}

func TestGAVotes(t *testing.T) {
	dir := shared(t, "un-ga-votes")
	rec := &fakeRecord{}
	list, rep := wellFormed(t, gaVotes{}, dir, rec, Options{})
	old, oldRep := wellFormed(t, gaVotes{}, filepath.Join(dir, "vintage-2016-07"), rec, Options{})
	if len(list) != 1+6203 || rep.Acts != 870109 || len(rep.Rejects) != 0 {
		t.Errorf("2021-03: %d filings, %d ballots, rejects %v", len(list), rep.Acts, rep.Rejects)
	}
	if len(old) != 1+5429 || oldRep.Acts != 588800+95099+54865+73328-9 || len(oldRep.Rejects) != 0 {
		t.Errorf("2016-07: %d filings, %d ballots, rejects %v", len(old), oldRep.Acts, oldRep.Rejects)
	}
	now, then := calls(list), calls(old)

	t.Run("totals are those of the file", func(t *testing.T) {
		type tally [3]int
		want := map[string]tally{}
		for _, row := range rawRows(t, filepath.Join(dir, "un_votes.csv.gz")) {
			w := want[row[0]]
			w[slices.Index([]string{"yes", "no", "abstain"}, row[3])]++
			want[row[0]] = w
		}
		for id, r := range now {
			got := tally{len(strings.Fields(r.Yes)), len(strings.Fields(r.No)), len(strings.Fields(r.Abstain))}
			if got != want[id] {
				t.Errorf("roll-call %s: %v, the file has %v", id, got, want[id])
			}
			for _, l := range []string{r.Yes, r.No, r.Abstain} {
				if f := strings.Fields(l); !slices.IsSorted(f) || len(slices.Compact(f)) != len(strings.Fields(l)) {
					t.Errorf("roll-call %s: a list is not in order: %s", id, l)
				}
			}
			if r.Absent != "" || r.NotVoting != "" {
				t.Errorf("roll-call %s: the later edition knows no absences", id)
			}
		}
	})
	t.Run("both editions say the same of the votes they share", func(t *testing.T) {
		shared := 0
		for id, a := range then {
			b, ok := now[id]
			if !ok {
				t.Errorf("roll-call %s is in the first edition only", id)
				continue
			}
			shared++
			if a.Yes != b.Yes || a.No != b.No || a.Abstain != b.Abstain {
				t.Errorf("roll-call %s differs:\n%+v\n%+v", id, a, b)
			}
			if id != "4592" && (a.Date != b.Date || a.Symbol != b.Symbol || a.Session != b.Session || a.Instrument != b.Instrument) {
				t.Errorf("roll-call %s is described differently:\n%+v\n%+v", id, a, b)
			}
		}
		if shared != 5429 {
			t.Errorf("%d shared roll-calls", shared)
		}
	})
	t.Run("known votes", func(t *testing.T) {
		gcm := now["6140"]
		if gcm.Instrument != "a-res-73-195" || gcm.Symbol != "R/73/195" || gcm.Date.String() != "2018-12-19" || gcm.No != "CZE HUN ISR POL USA" ||
			gcm.Abstain != "AUS AUT BGR CHE CHL DZA ITA LBY LIE LVA ROU SGP" || len(strings.Fields(gcm.Yes)) != 152 {
			t.Errorf("%+v", gcm)
		}
		if r := now["6135"]; r.No != "HUN USA" || r.Abstain != "DOM ERI LBY" || len(strings.Fields(r.Yes)) != 181 {
			t.Errorf("%+v", r)
		}
		if r := now["3"]; r.Instrument != "ga-rc-3" || r.Symbol != "R/1/66" || r.Date.String() != "1946-01" || r.Part != "amendment" || r.Label != "AMENDMENTS, RULES OF PROCEDURE" {
			t.Errorf("%+v", r)
		}
		if a, b := then["4592"], now["4592"]; a.Instrument != "ga-rc-4592" || a.Date.String() != "../2016-07-07" || b.Instrument != "a-res-60-260" || b.Date.String() != "2006-05-08" {
			t.Errorf("%+v\n%+v", a, b)
		}
	})
	t.Run("votes stay with who cast them", func(t *testing.T) {
		span := map[stocktake.PartyID][2]string{}
		for _, m := range []map[string]stocktake.RollCall{now, then} {
			for id, r := range m {
				if id == "4592" {
					continue
				}
				day := r.Date.String()
				for p := range ballots(r) {
					s, ok := span[p]
					if !ok || day < s[0] {
						s[0] = day
					}
					s[1] = max(s[1], day)
					span[p] = s
				}
			}
		}
		for p, want := range map[stocktake.PartyID][2]string{
			"YUG": {"1946-01", "1991-12"}, "SCG": {"1992-08", "2006-03-15"}, "SRB": {"2006-06-30", "2020-01-14"},
			"x-china-seat-to-1971": {"1946-01", "1971-10"}, "CHN": {"1971-11", "2020-01-14"}, "RUS": {"1946-01", "2020-01-14"},
			"x-frg": {"1973-10", "1989-12"}, "DDR": {"1973-10", "1989-12"}, "DEU": {"1990-11", "2020-01-14"},
			"x-yar": {"1947-09", "1989-12"}, "YMD": {"1967-12", "1989-12"}, "YEM": {"1990-11", "2019-12-27"},
			"CSK": {"1946-01", "1992-12"}, "x-zanzibar": {"1963-12", "1963-12"}, "NAM": {"1990-11", "2020-01-14"},
		} {
			if span[p] != want {
				t.Errorf("%s votes %v, want %v", p, span[p], want)
			}
		}
		if span["TWN"] != [2]string{} {
			t.Errorf("TWN votes %v", span["TWN"])
		}
	})
}

func TestGADate(t *testing.T) {
	for _, c := range []struct {
		text    string
		session int
		want    string
	}{
		{"1946-01-04", 1, "1946-01"}, {"1997-12-09", 52, "1997-12"}, {"1998-06-26", 52, "1998-06-26"}, {"1998-12-06", 53, "1998-12"},
		{"2002-09-03", 57, "2002-09"}, {"2002-12-18", 57, "2002-12-18"}, {"2003-12-03", 58, "2003-12-03"}, {"2018-12-19", 73, "2018-12-19"},
	} {
		if d, ok := gaDate(c.text, c.session); !ok || d.String() != c.want {
			t.Errorf("gaDate(%s, %d) = %s, %v; want %s", c.text, c.session, d, ok, c.want)
		}
	}
	for _, bad := range []string{"1998", "12/4/1998", "1998-02-30", ""} {
		if d, ok := gaDate(bad, 60); ok {
			t.Errorf("gaDate(%q) = %s", bad, d)
		}
	}
}

func TestGAInstrument(t *testing.T) {
	for _, c := range []struct {
		symbol  string
		session int
		want    stocktake.InstrumentID
	}{
		{"R/73/195", 73, "a-res-73-195"}, {"A/RES/74/33", 74, "a-res-74-33"}, {"R/40/12B", 40, "a-res-40-12b"}, {"R/34/233/XII", 34, "a-res-34-233-xii"},
		{"R/42/70/A", 42, "a-res-42-70a"}, {"R/33/116B/VII", 33, "a-res-33-116b-vii"}, {"A/RES/ES-10/19", 72, "a-res-es-10-19"}, {"ESS/5/70", 21, "ga-es-5-70"},
		{"SS/5", 21, "ga-ss-5"}, {"R/1/66", 1, "ga-rc-9"}, {"R/10 65", 10, "ga-rc-9"}, {"", 60, "ga-rc-9"}, {"R/61/128AB", 61, "a-res-61-128ab"},
	} {
		if got := gaInstrument("9", c.symbol, c.session); got != c.want {
			t.Errorf("gaInstrument(%q, %d) = %s, want %s", c.symbol, c.session, got, c.want)
		}
	}
}

func BenchmarkGAVotes(b *testing.B) {
	dir := shared(b, "un-ga-votes")
	for _, c := range []string{".", "vintage-2016-07"} {
		b.Run(c, func(b *testing.B) {
			for b.Loop() {
				imported(b, gaVotes{}, filepath.Join(dir, c), &fakeRecord{}, Options{})
			}
		})
	}
}
