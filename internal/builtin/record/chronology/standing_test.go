package chronology_test

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/record"
)

// shelf gives filings back to the index.
type shelf []stocktake.Filing

func (s shelf) Load(_ context.Context, n int64) (*stocktake.Filing, error) {
	if n < 1 || n > int64(len(s)) {
		return nil, stocktake.NotFoundf("no filing %d", n)
	}
	return &s[n-1], nil
}

// base is what the chronology stands on: a few parties and instruments, one roll-call of each of the two votes, and consents as the
// registers have them.
const base = `
key: test/base
title: What the chronology stands on
sources:
  - {id: un-ga-votes-2021-03, title: Roll-calls, published: "2021-03-08", read: "2026-11-23"}
  - {id: registers, title: Consents as registers have them, published: "2015-03-14", read: "2026-11-23"}
parties:
PARTIES
  - {id: un-members, kind: group, names: {en: Members}}
  - {id: un-ga, kind: organ, names: {en: General Assembly}}
  - {id: x-gcm-conference, kind: organ, names: {en: Conference}}
  - {id: x-hr-committee, kind: organ, names: {en: Committee}}
instruments:
  - {id: gcm-process, kind: process, title: Talks}
  - {id: gcm, kind: compact, title: Compact}
  - {id: a-res-73-195, kind: resolution, title: Resolution, links: [{rel: endorses, to: gcm}]}
  - {id: a-res-73-151, kind: resolution, title: Resolution}
  - {id: nyd, kind: declaration, title: Declaration}
  - {id: 2030-agenda, kind: agenda, title: Agenda}
  - {id: imrf-declaration-2022, kind: declaration, title: Declaration}
  - {id: los-angeles-declaration, kind: declaration, title: Declaration}
  - {id: gfmd, kind: forum, title: Forum}
  - {id: hrc, kind: body, title: Council}
  - {id: who, kind: body, title: Organization}
  - {id: unesco, kind: body, title: Organization}
  - {id: paris, kind: treaty, title: Treaty}
  - {id: unfccc, kind: treaty, title: Treaty}
  - {id: rome-statute, kind: treaty, title: Treaty}
  - {id: iccpr, kind: treaty, title: Treaty}
  - {id: iccpr-op1, kind: treaty, title: Treaty}
  - {id: istanbul-convention, kind: treaty, title: Treaty}
  - {id: kigali-amendment, kind: treaty, title: Treaty}
roll_calls:
  - id: "6140"
    instrument: a-res-73-195
    date: "2018-12-19"
    yes: BRA SVK
    no: CZE HUN ISR POL USA
    abstain: AUS AUT BGR CHE CHL ITA
    source: un-ga-votes-2021-03
  - id: "6135"
    instrument: a-res-73-151
    date: "2018-12-17"
    yes: LBR
    no: HUN USA
    abstain: DOM ERI LBY
    source: un-ga-votes-2021-03
acts:
  - {id: paris/USA/consent/1, party: USA, instrument: paris, kind: acceptance, done: "2016-09-03", effect: "2016-11-04", source: registers}
  - {id: rome-statute/PHL/consent/1, party: PHL, instrument: rome-statute, kind: ratification, done: "2011-08-30", source: registers}
  - {id: rome-statute/BDI/consent/1, party: BDI, instrument: rome-statute, kind: ratification, done: "2004-09-21", source: registers}
  - {id: rome-statute/GMB/consent/1, party: GMB, instrument: rome-statute, kind: ratification, done: "2002-06-28", source: registers}
  - {id: iccpr-op1/GUY/consent/1, party: GUY, instrument: iccpr-op1, kind: accession, done: "1999-01-05", source: registers}
  - {id: iccpr-op1/TTO/consent/1, party: TTO, instrument: iccpr-op1, kind: accession, done: "1980-11-14", source: registers}
  - {id: iccpr-op1/JAM/consent/1, party: JAM, instrument: iccpr-op1, kind: ratification, done: "1975-10-03", source: registers}
  - {id: iccpr/PRK/consent/1, party: PRK, instrument: iccpr, kind: accession, done: "1981-09-14", source: registers}
  - {id: unfccc/USA/consent/1, party: USA, instrument: unfccc, kind: ratification, done: "1992-10-15", source: registers}
`

func newRecord(t *testing.T) (*record.Record, stocktake.At) {
	t.Helper()
	r := load(t)
	var states []string
	for _, c := range r.claims {
		if p := string(c.party); len(p) == 3 && !slices.Contains(states, p) {
			states = append(states, p)
		}
	}
	slices.Sort(states)
	var lines strings.Builder
	for _, p := range states {
		lines.WriteString("  - {id: " + p + ", kind: state, names: {en: " + p + "}, memberships: [{group: un-members, from: \"1945-10-24\"}]}\n")
	}
	law, err := os.ReadFile("../law/law.yaml")
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse("law.yaml", law)
	if err != nil {
		t.Fatal(err)
	}
	more, err := draft.Parse("base", []byte(strings.Replace(base, "PARTIES\n", lines.String(), 1)))
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Concat(shelf(list), more, r.filings)
	rec := record.New(all)
	filed := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for i := range all {
		if err := rec.Apply(record.Applied{Number: int64(i + 1), Filed: filed, SHA256: strconv.Itoa(i), Filing: &all[i]}); err != nil {
			t.Fatalf("%s: %v", all[i].Key, err)
		}
	}
	return rec, stocktake.At{Known: filed.Add(time.Hour), Head: int64(len(all))}
}

// Where parties stand by these filings, with the votes and consents that they stand on.
func TestStandings(t *testing.T) {
	rec, at := newRecord(t)
	for _, c := range []struct {
		party      stocktake.PartyID
		instrument stocktake.InstrumentID
		on, want   string
		unsure     bool
	}{
		{"USA", "gcm-process", "2015-12-31", "no act known", false},
		{"USA", "gcm-process", "2017-12-01", "in the talks", false},
		{"USA", "gcm-process", "2017-12-02", "in the talks", true}, // 2 or 3 December
		{"USA", "gcm-process", "2018-01-01", "out of the talks", false},
		{"HUN", "gcm-process", "2018-07-23", "no act known", false}, // announced on the 18th
		{"HUN", "gcm-process", "2018-07-24", "out of the talks", false},
		{"USA", "gcm", "2018-12-10", "stays out", false},
		{"USA", "gcm", "2018-12-20", "voted against", false},
		{"USA", "gcm", "2022-06-01", "supports without endorsing", false},
		{"USA", "gcm", "2026-06-01", "supports without endorsing", false}, // leaving the forum is not leaving the compact
		{"BRA", "gcm", "2018-12-10", "endorsed", false},
		{"BRA", "gcm", "2018-12-20", "endorsed", false},
		{"BRA", "gcm", "2019-01-31", "withdrawn", false},
		{"BRA", "gcm", "2023-01-04", "withdrawn", false},
		{"BRA", "gcm", "2023-01-05", "returned", false},
		{"AUT", "gcm", "2018-11-01", "stays out", false},
		{"AUT", "gcm", "2018-12-20", "abstained", false},
		{"AUS", "gcm", "2018-08-01", "no act known", false}, // announced in July
		{"AUS", "gcm", "2018-11-21", "stays out", false},
		{"BGR", "gcm", "2018-11-30", "no act known", false}, // a party spoke, not the cabinet
		{"BGR", "gcm", "2018-12-05", "stays out", false},
		{"CHE", "gcm", "2018-12-01", "deferred its decision", false},
		{"CHE", "gcm", "2018-12-20", "abstained", false},
		{"ITA", "gcm", "2018-12-01", "deferred its decision", false},
		{"CHL", "gcm", "2018-12-15", "stays out", false},
		{"CZE", "gcm", "2018-11-14", "stays out", false},
		{"DOM", "gcm", "2018-12-05", "no act known", true}, // 4 or 7 December
		{"DOM", "gcm", "2018-12-07", "stays out", false},
		{"ISR", "gcm", "2018-12-20", "voted against", false},
		{"POL", "gcm", "2018-12-20", "voted against", false},
		{"SVK", "gcm", "2018-12-01", "stays out", false},
		{"SVK", "gcm", "2018-12-20", "endorsed", false}, // by its vote, whatever was announced
		{"USA", "nyd", "2018-11-01", "adopted without a vote", false},
		{"USA", "nyd", "2018-12-31", "does not support", false},
		{"GHA", "nyd", "2018-12-31", "adopted without a vote", false},
		{"USA", "2030-agenda", "2025-03-03", "adopted without a vote", false},
		{"USA", "2030-agenda", "2025-04-01", "rejects", false},
		{"USA", "imrf-declaration-2022", "2022-06-01", "adopted without a vote", false},
		{"GHA", "imrf-declaration-2022", "2022-06-01", "no act known", false},
		{"GHA", "imrf-declaration-2022", "2022-06-08", "adopted without a vote", false},
		{"LBR", "a-res-73-151", "2018-12-18", "voted in favour", false}, // by decision
		{"USA", "los-angeles-declaration", "2022-06-10", "endorsed", false},
		{"ESP", "los-angeles-declaration", "2022-06-10", "no act known", false},
		{"USA", "gfmd", "2026-02-01", "no act known", false}, // directed, not done
		{"USA", "unfccc", "2026-02-01", "bound", false},
		{"USA", "hrc", "2019-01-01", "has left", false},
		{"USA", "hrc", "2022-01-01", "takes part", false},
		{"USA", "hrc", "2025-03-01", "has left", false},
		{"USA", "who", "2020-12-31", "notice of leaving given", false},
		{"USA", "who", "2026-01-01", "still takes part", false}, // ordered, not shown as done
		{"USA", "paris", "2019-12-01", "notice of withdrawal given", false},
		{"USA", "paris", "2020-11-04", "withdrawn", false},
		{"USA", "paris", "2026-01-01", "bound", false},
		{"USA", "kigali-amendment", "2023-01-01", "no act known", false}, // signed, deposit not shown
		{"USA", "rome-statute", "2002-06-01", "will not become a party", false},
		{"PHL", "rome-statute", "2018-12-31", "notice of withdrawal given", false},
		{"PHL", "rome-statute", "2019-03-17", "withdrawn", false},
		{"BDI", "rome-statute", "2016-10-13", "bound", false}, // parliament voted
		{"BDI", "rome-statute", "2017-10-27", "withdrawn", false},
		{"GMB", "rome-statute", "2017-06-01", "bound", false},
		{"JAM", "iccpr-op1", "1998-01-23", "withdrawn", false},
		{"GUY", "iccpr-op1", "1999-12-31", "still bound", false},
		{"TTO", "iccpr-op1", "1998-08-25", "notice of withdrawal given", false},
		{"TTO", "iccpr-op1", "1998-08-26", "bound", false},
		{"TTO", "iccpr-op1", "2000-06-27", "withdrawn", false},
		{"PRK", "iccpr", "2026-01-01", "notice of withdrawal given", false},
		{"TUR", "istanbul-convention", "2022-01-01", "no act known", false},
	} {
		day, _ := stocktake.MustDate(c.on).First()
		at.On = day
		s, err := rec.Standing(context.Background(), at, c.party, c.instrument)
		if err != nil {
			t.Errorf("%s × %s on %s: %v", c.party, c.instrument, c.on, err)
			continue
		}
		if s.Standing != c.want || s.Unsure != c.unsure {
			t.Errorf("%s × %s on %s: %q, unsure %v; want %q, unsure %v", c.party, c.instrument, c.on, s.Standing, s.Unsure, c.want, c.unsure)
		}
	}
}

// What the press told at once was known before the roll-call data came out, and an exit known from the press not before it was told.
func TestKnown(t *testing.T) {
	rec, at := newRecord(t)
	for _, c := range []struct {
		party                 stocktake.PartyID
		instrument            stocktake.InstrumentID
		on, known, word, note string
	}{
		{"USA", "gcm", "2018-12-20", "2018-12-20", "voted against", "told by the press on the day"},
		{"BRA", "gcm", "2019-01-31", "2018-12-31", "no act known", "before the telegram was told of"},
		{"BRA", "gcm", "2019-01-31", "2019-01-31", "withdrawn", "after it was"},
		{"USA", "gcm-process", "2017-12-10", "2017-12-01", "no act known", "before anything was told"},
		{"USA", "gcm-process", "2017-12-10", "2017-12-08", "out of the talks", "after it was"},
	} {
		day, _ := stocktake.MustDate(c.on).First()
		known, _ := stocktake.MustDate(c.known).First()
		at.On, at.Known = day, stocktake.EndOfDay(known)
		s, err := rec.Standing(context.Background(), at, c.party, c.instrument)
		if err != nil {
			t.Errorf("%s × %s: %v", c.party, c.instrument, err)
		} else if s.Standing != c.word {
			t.Errorf("%s × %s on %s as known on %s (%s): %q, want %q", c.party, c.instrument, c.on, c.known, c.note, s.Standing, c.word)
		}
	}
}
