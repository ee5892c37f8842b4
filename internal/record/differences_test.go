package record_test

import (
	"slices"
	"testing"

	"stocktake"
)

// TestExacter: an act that a later source dates more exactly is counted and listed, once; one that it dates as exactly, or less, is confirmed.
func TestExacter(t *testing.T) {
	s := newShelf()
	source := func(id string) stocktake.Source {
		return stocktake.Source{ID: stocktake.SourceID(id), Title: id, Published: stocktake.MustDate("2020-01-01")}
	}
	act := func(p stocktake.PartyID, src, done string) stocktake.Act {
		return stocktake.Act{ID: stocktake.TreatyActID("x-treaty", p, stocktake.Ratification, 1), Party: p, Instrument: "x-treaty", Kind: stocktake.Ratification, Done: stocktake.MustDate(done), Source: stocktake.SourceID(src)}
	}
	add := func(f stocktake.Filing) {
		t.Helper()
		if err := s.add(f); err != nil {
			t.Fatal(err)
		}
		s.End()
	}
	f := stocktake.Filing{Key: "years", Title: "By year", Sources: []stocktake.Source{source("years")}, Instruments: []stocktake.Instrument{{ID: "x-treaty", Kind: stocktake.Treaty, Title: "A treaty"}}}
	for _, p := range []stocktake.PartyID{"x-a", "x-b", "x-c", "x-d", "x-e"} {
		f.Parties = append(f.Parties, stocktake.Party{ID: p, Kind: "state", Names: map[string]string{"en": string(p)}})
	}
	f.Acts = []stocktake.Act{act("x-a", "years", "2017"), act("x-b", "years", "2017"), act("x-c", "years", "2017-03-31"), act("x-d", "years", "2015"), act("x-e", "years", "2011/2012")}
	add(f)
	head := s.Head()
	add(stocktake.Filing{Key: "days", Title: "By day", Sources: []stocktake.Source{source("days")}, Acts: []stocktake.Act{act("x-a", "days", "2017-03-31"), act("x-b", "days", "2017"),
		act("x-c", "days", "2017"), act("x-d", "days", "2016-01-02"), act("x-e", "days", "2012-02")}})
	add(stocktake.Filing{Key: "days/coverage", Title: "What it covers: days", Coverage: []stocktake.Coverage{{Source: "days", Instruments: []string{"x-treaty"}, CannotShow: []string{"Much."}}}})
	d := s.Differences(head)
	if d.Exacter != 2 || d.Confirmed != 2 || d.Conflicts != 1 || d.New != 0 {
		t.Errorf("%+v", d)
	}
	want := []string{
		"2 acts that were told already are made more exact:",
		"x-a towards x-treaty, ratification: 2017 is now 2017-03-31",
		"x-e towards x-treaty, ratification: 2011-01-01/2012-12-31 is now 2012-02",
		"x-d towards x-treaty: days gives another day than an earlier source",
		"filing 3 tells of no act: What it covers: days (days/coverage)",
	}
	if !slices.Equal(d.Examples, want) {
		t.Errorf("got %q", d.Examples)
	}
	head = s.Head()
	add(stocktake.Filing{Key: "again", Title: "By day again", Sources: []stocktake.Source{source("again")}, Acts: []stocktake.Act{act("x-a", "again", "2017-03-31"), act("x-a", "again", "2017-03")}})
	if d := s.Differences(head); d.Exacter != 0 || d.Confirmed == 0 || len(d.Examples) != 0 {
		t.Errorf("%+v", d)
	}
}
