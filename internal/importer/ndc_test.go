package importer

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNDC(t *testing.T) {
	dir := shared(t, "ndc-registry")
	list, rep := wellFormed(t, ndcRegistry{}, dir, record(t), Options{})
	if len(rep.Rejects) != 0 {
		t.Errorf("rejects: %+v", rep.Rejects)
	}
	if len(list[0].Instruments) != 1 || list[0].Instruments[0].ID != "paris-ndc" {
		t.Errorf("the first filing introduces %+v", list[0].Instruments)
	}
	claims, last := map[string][]string{}, map[string]map[string]bool{}
	for _, f := range list {
		for _, a := range f.Acts {
			claims[string(a.ID)] = append(claims[string(a.ID)], f.Sources[0].Known[:10]+" "+a.Kind.String()+" "+a.Done.String())
		}
	}
	for id, c := range claims {
		party := strings.Split(id, "/")[1]
		if last[party] == nil {
			last[party] = map[string]bool{}
		}
		day := c[len(c)-1]
		last[party][day[len(day)-10:]] = true
	}
	for id, want := range map[string]string{
		"paris-ndc/USA/pledge/1": "2017-06-12 pledge 2016-03-09|2017-08-17 pledge 2016-09-03",
		"paris-ndc/USA/pledge/2": "2021-04-23 pledge-revised 2021-04-22",
		"paris-ndc/USA/pledge/3": "2024-12-20 pledge-revised 2024-12-19",
		"paris-ndc/USA/pledge/4": "",
		"paris-ndc/CAN/pledge/1": "2017-06-12 pledge 2016-05-10|2017-08-17 pledge 2016-10-05", // two documents, one pledge
		"paris-ndc/CAN/pledge/2": "2017-06-12 pledge-revised 2017-11-05|2017-08-17 pledge-revised 2017-05-11",
	} {
		if got := strings.Join(claims[id], "|"); got != want {
			t.Errorf("%s:\n got %s\nwant %s", id, got, want)
		}
	}
	// Every contribution of the list of August 2026 is there, with its day.
	f, err := os.Open(filepath.Join(dir, "ndcs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, row := range rows[1:] {
		if row[3] == "NDC" && row[7] != "" {
			n++
			if !last[row[0]][row[7][:10]] {
				t.Errorf("%s has no pledge of %s", row[0], row[7])
			}
		}
	}
	if n < 550 {
		t.Errorf("%d contributions in the list", n)
	}
	days := 0
	for _, d := range last {
		days += len(d)
	}
	if extra := days - len(claims); extra != 0 {
		t.Errorf("%d pledges, %d days", len(claims), days)
	}
	if !slices.Contains(claims["paris-ndc/MAR/pledge/1"], "2017-06-12 pledge 2016-09-19") {
		t.Errorf("Morocco: %v", claims["paris-ndc/MAR/pledge/1"])
	}
}
