package record_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/importer"
	"stocktake/internal/record"
)

// shelf is a record in memory without a database.
type shelf struct {
	*record.Record
	mu    sync.Mutex
	list  []*stocktake.Filing
	clock time.Time
}

func newShelf() *shelf {
	s := &shelf{clock: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}
	s.Record = record.New(s)
	return s
}

func (s *shelf) Load(_ context.Context, n int64) (*stocktake.Filing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < 1 || n > int64(len(s.list)) {
		return nil, stocktake.NotFoundf("no filing %d", n)
	}
	return s.list[n-1], nil
}

func (s *shelf) add(f stocktake.Filing) error {
	s.clock = s.clock.Add(time.Microsecond)
	s.mu.Lock()
	s.list = append(s.list, &f)
	n := int64(len(s.list))
	s.mu.Unlock()
	return s.Stage(record.Applied{Number: n, Filed: s.clock, SHA256: f.Key, Filing: &f})
}

func (s *shelf) FindParty(name string) (stocktake.PartyID, bool) {
	return s.Record.FindParty(name, s.Head())
}

func (s *shelf) FindInstrument(name string) (stocktake.InstrumentID, bool) {
	return s.Record.FindInstrument(name, s.Head())
}

// hand files the hand-written filings of a folder of the built-in record.
func (s *shelf) hand(t testing.TB, folder string) {
	t.Helper()
	files, _ := filepath.Glob("../builtin/record/" + folder + "/*.yaml")
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(path) == "seats.yaml" {
			continue
		}
		list, err := draft.Parse(path, b)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			if err := s.add(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.End()
}

func (s *shelf) load(t testing.TB, set, path string) importer.Report {
	t.Helper()
	im, ok := importer.Named(set)
	if !ok {
		t.Fatalf("no importer %s", set)
	}
	full := filepath.Join("../../../shared/data", path)
	if _, err := os.Stat(full); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("data needed: %v", err)
		}
		t.Skipf("left out, because the data is not here: %v", err)
	}
	rep, err := im.Import(context.Background(), full, s, importer.Options{Read: stocktake.MustDate("2026-11-23")}, s.add)
	if err != nil {
		t.Fatal(err)
	}
	s.End()
	return rep
}

func (s *shelf) at(on string) stocktake.At {
	lo, _ := stocktake.MustDate(on).Bounds()
	return stocktake.At{On: lo, Known: stocktake.EndOfDay(stocktake.DayOf(2026, 12, 31)), Head: s.Head()}
}

func TestVotesOfTheCompact(t *testing.T) {
	s := newShelf()
	s.hand(t, "law")
	s.hand(t, "parties")
	s.load(t, "un-ga-votes", "un-ga-votes/vintage-2016-07")
	s.load(t, "un-ga-votes", "un-ga-votes")
	t.Logf("%+v", s.Size())
	rolls := s.RollCallsOn(s.at("2026-01-01"), "a-res-73-195")
	if len(rolls) != 1 {
		t.Fatalf("%d roll-calls on a-res-73-195", len(rolls))
	}
	v := rolls[0]
	if v.Yes != 152 || v.No != 5 || v.Abstain != 12 || v.NotVoting != 24 {
		t.Errorf("A/RES/73/195: %d-%d-%d, %d not voting; want 152-5-12, 24", v.Yes, v.No, v.Abstain, v.NotVoting)
	}
	for _, p := range []stocktake.PartyID{"CZE", "HUN", "ISR", "POL", "USA"} {
		if v.Parties[p] != "no" {
			t.Errorf("%s: %q, want no", p, v.Parties[p])
		}
	}
	states := map[stocktake.PartyID]record.PartyState{}
	for _, st := range s.States(s.at("2018-12-20"), "a-res-73-195") {
		states[st.Party] = st
	}
	for p, want := range map[stocktake.PartyID]string{"USA": "voted against", "BRA": "voted in favour", "AUT": "abstained", "SVK": "did not vote", "PSE": "not a member then"} {
		if got := states[p].Word; got != want {
			t.Errorf("%s: %q, want %q", p, got, want)
		}
	}
	a, err := s.Agree(s.at("2026-01-01"), "USA", "MEX", record.Span{FromSession: 61, ToSession: 74})
	if err != nil || a.Joint == 0 {
		t.Errorf("agree: %+v, %v", a, err)
	}
	t.Logf("%+v", a)
}
