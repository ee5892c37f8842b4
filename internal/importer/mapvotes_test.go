package importer

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"stocktake"
)

// council is a record that knows who was a member: four invented states.
type council struct{ *fakeRecord }

func (council) Members(group stocktake.PartyID, on stocktake.Date) []stocktake.PartyID {
	if group != "un-members" {
		return nil
	}
	return []stocktake.PartyID{"x-north", "x-south", "x-east", "x-west"}
}

const voteHead = "Meeting,Date,Resolution,Country,Vote\n"

// voted imports a table of votes as the shipped mapping reads it, but for what change does to the mapping.
func voted(t *testing.T, rec Record, table string, change ...string) ([]stocktake.Filing, Report) {
	t.Helper()
	b, _ := Shipped("recorded-vote")
	im, err := Mapping("recorded-vote.yaml", []byte(strings.NewReplacer(change...).Replace(string(b))))
	if err != nil {
		t.Fatal(err)
	}
	return wellFormed(t, im, put(t, "vote.csv", []byte(table)), rec, demoOptions)
}

// TestVoteIsWhole: a roll-call is filed whole or not at all, because members that it does not list read as "did not vote".
func TestVoteIsWhole(t *testing.T) {
	rows := func(list ...string) string {
		s := voteHead
		for _, r := range list {
			s += "A/80/PV.5,2026-01-05," + r + "\n"
		}
		return s
	}
	const one = "a-80-pv-5-a-res-80-1"
	for _, c := range []struct{ name, table, want, note string }{
		{"words", rows("A/RES/80/1,Northland,Voted for", "A/RES/80/1,Southland,Abstained", "A/RES/80/1,Eastland,voted AGAINST", "A/RES/80/1,Westland,Did not vote"),
			one + " a-res-80-1 2026-01-05 yes=x-north no=x-east abstain=x-south absent= not-voting=x-west\n", ""},
		{"a word that is not known", rows("A/RES/80/1,Northland,Yes", "A/RES/80/1,Southland,Abstian", "A/RES/80/1,Eastland,No", "A/RES/80/2,Northland,Yes", "A/RES/80/2,Southland,No"),
			"a-80-pv-5-a-res-80-2 a-res-80-2 2026-01-05 yes=x-north no=x-south abstain= absent= not-voting=\n" +
				"! 3:5 \"Abstian\" the mapping does not say which vote this is; add the word under values\n" +
				"! 2:4 \"Northland\" the vote " + one + " is not filed: line 3 could not be read\n! 4:4 \"Eastland\" the vote " + one + " is not filed: line 3 could not be read\n",
			"NOT FILED: the vote " + one + " on A/RES/80/1: line 3 could not be read."},
		{"a party that is not known", rows("A/RES/80/1,Northland,Yes", "A/RES/80/1,Nortland,Yes"),
			"! 3:4 \"Nortland\" no party of the record has this name; add it under names in the mapping, or as a name of a party\n! 2:4 \"Northland\" the vote " + one + " is not filed: line 3 could not be read\n", "NOT FILED"},
		{"a row that belongs to either", rows("A/RES/80/1,Northland,Yes", "A/RES/80/1,Southland,No") + "torn\n" + rows("A/RES/80/2,Northland,Yes", "A/RES/80/2,Southland,No", "A/RES/80/3,Southland,No", "A/RES/80/3,Eastland,No")[len(voteHead):],
			"a-80-pv-5-a-res-80-3 a-res-80-3 2026-01-05 yes= no=x-east x-south abstain= absent= not-voting=\n! 4:0 \"torn\" the row has 1 columns, the header 5\n" +
				"! 2:4 \"Northland\" the vote " + one + " is not filed: line 4 could not be read\n! 3:4 \"Southland\" the vote " + one + " is not filed: line 4 could not be read\n" +
				"! 5:4 \"Northland\" the vote a-80-pv-5-a-res-80-2 is not filed: line 4 could not be read\n! 6:4 \"Southland\" the vote a-80-pv-5-a-res-80-2 is not filed: line 4 could not be read\n", "NOT FILED"},
		{"rows that do not stand together, and a late slip", rows("A/RES/80/1,Northland,Yes", "A/RES/80/2,Northland,Yes", "A/RES/80/2,Southland,Yes", "A/RES/80/1,Southland,?"),
			"a-80-pv-5-a-res-80-2 a-res-80-2 2026-01-05 yes=x-north x-south no= abstain= absent= not-voting=\n! 5:5 \"?\" the mapping does not say which vote this is; add the word under values\n! 2:4 \"Northland\" the vote " + one + " is not filed: line 5 could not be read\n", "NOT FILED"},
		{"another day", voteHead + "A/80/PV.5,2026-01-05,A/RES/80/1,Northland,Yes\nA/80/PV.5,2026-01-06,A/RES/80/1,Southland,Yes\n",
			"! 3:2 \"2026-01-06\" an earlier row of this vote gives another date: 2026-01-05\n! 2:4 \"Northland\" the vote " + one + " is not filed: line 3 could not be read\n", "NOT FILED"},
		{"fewer than half", rows("A/RES/80/1,Northland,Yes"),
			"! 2:4 \"Northland\" the vote " + one + " is not filed: the table lists 1 of the 4 members of that day, fewer than half, and those that it does not list would read as \"did not vote\"; list them all, or write partial: true under votes in the mapping, so that nothing is said of the others\n", "NOT FILED"},
		{"not all", rows("A/RES/80/1,Northland,Yes", "A/RES/80/1,Southland,Yes", "A/RES/80/1,Eastland,Yes"),
			one + " a-res-80-1 2026-01-05 yes=x-east x-north x-south no= abstain= absent= not-voting=\n", `does not list 1 of the 4 members of that day; they will read as "did not vote"`},
		{"not all, of a table that lists absences", rows("A/RES/80/1,Northland,Yes", "A/RES/80/1,Southland,Yes", "A/RES/80/1,Eastland,Absent"),
			one + " a-res-80-1 2026-01-05 yes=x-north x-south no= abstain= absent=x-east not-voting=\n", "As the table lists some that did not vote, nothing is said of these."},
		{"no resolution", rows("80/1,Northland,Yes"),
			"! 2:3 \"80/1\" no instrument of the record has this name; a resolution that it does not have is named by its symbol, such as A/RES/80/1\n", "NOT FILED"},
		{"no meeting", voteHead + "-,2026-01-05,A/RES/80/1,Northland,Yes\n", "! 2:1 \"-\" the row does not say which vote it belongs to\n", "Nothing was taken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, rep := voted(t, council{demo}, c.table)
			if got := facts(list, rep); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
			if notes := strings.Join(rep.Notes, "\n"); !strings.Contains(notes, c.note) || c.note == "" && notes != "" {
				t.Errorf("notes %s", notes)
			}
			taken := map[string]bool{}
			for _, f := range list {
				for _, r := range f.RollCalls {
					taken[string(r.Instrument)] = true
					if r.Session != 80 {
						t.Errorf("session %d", r.Session)
					}
				}
			}
			covered := map[string]bool{}
			for _, f := range list {
				for _, v := range f.Coverage {
					for _, in := range v.Instruments {
						covered[in] = true
					}
					if len(v.Kinds) > 0 {
						t.Errorf("the table covers whole kinds: %v", v.Kinds)
					}
					if said := strings.Contains(strings.Join(v.CannotShow, " "), "could not be read, and are not in it"); said != (len(rep.Rejects) > 0) {
						t.Errorf("%d rejects, cannot show %v", len(rep.Rejects), v.CannotShow)
					}
				}
			}
			if fmt.Sprint(taken) != fmt.Sprint(covered) {
				t.Errorf("votes on %v, coverage of %v", taken, covered)
			}
		})
	}
}

// TestPartialVote: of a partial list, what those listed did is filed, and no roll-call, so that nothing is said of the others.
func TestPartialVote(t *testing.T) {
	table := "Meeting,Date,Resolution,Country,Vote,Title,Part\nA/80/PV.5,2026-01-05,A/RES/80/1,Northland,Yes,Rights of all,\nA/80/PV.5,2026-01-05,A/RES/80/1,Southland,Absent,,\nA/80/PV.5,2026-01-05,A/RES/80/1,Northland,No,,paragraph\n"
	list, rep := voted(t, council{demo}, table, "\nvotes:\n", "\nvotes:\n  partial: true\n")
	want := `rc-a-80-pv-5-a-res-80-1/x-north vote-yes done=2026-01-05
rc-a-80-pv-5-a-res-80-1/x-south vote-absent done=2026-01-05
! 4:4 "Northland" the vote a-80-pv-5-a-res-80-1-paragraph is not filed: a partial list is filed as the votes of those listed, which cannot say that the vote was on a part of the text (paragraph); list all members and leave partial out
`
	if got := facts(list, rep); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if len(list) != 3 || len(list[0].Instruments) != 1 || list[0].Instruments[0].Title != "Rights of all" || list[0].Instruments[0].Symbol != "A/RES/80/1" || list[0].Instruments[0].Kind != stocktake.Resolution {
		t.Fatalf("%+v", list)
	}
	if c := list[2].Coverage[0]; fmt.Sprint(c.Instruments, c.Parties) != "[a-res-80-1] [x-north x-south]" {
		t.Errorf("%+v", c)
	}
}

// TestVoteTitle: a title describes a resolution that the record does not have, in a filing of its own; without one the roll-call implies it.
func TestVoteTitle(t *testing.T) {
	table := "Meeting,Date,Resolution,Country,Vote,Title\nA/80/PV.5,2026-01-05,A/RES/80/1 B,Northland,Yes,Rights of all\nA/80/PV.5,2026-01-05,A/RES/73/195,Northland,Yes,Not this\n"
	list, _ := voted(t, demo, table)
	var keys []string
	for _, f := range list {
		keys = append(keys, f.Key)
	}
	if got := strings.Join(keys, " "); got != "recorded-vote/2026-11/a-res-80-1b/text recorded-vote/2026-11/a-80-pv-5-a-res-80-1b recorded-vote/2026-11/a-80-pv-5-a-res-73-195 recorded-vote/2026-11/coverage" {
		t.Errorf("keys %s", got)
	}
	known := &fakeRecord{parties: demo.parties, instruments: map[string]stocktake.InstrumentID{"A/RES/80/1 B": "a-res-80-1b", "A/RES/73/195": "a-res-73-195"}}
	if len(list[0].Sources) > 0 || len(list[1].Sources) != 1 {
		t.Error("the source is described by the filing that the next import leaves out")
	}
	again, _ := voted(t, known, table)
	if len(again) != 3 || again[0].Key != keys[1] {
		t.Errorf("imported again: %d filings", len(again))
	}
}

func TestSessionOf(t *testing.T) {
	for _, c := range []struct {
		symbol, meeting string
		want            int
	}{{"A/RES/80/1", "x", 80}, {"", "A/79/PV.12", 79}, {"", "A-80-PV.5", 80}, {"", "A/C.3/80/SR.5", 80}, {"A/RES/ES-11/4", "A/ES-11/PV.11", 0}, {"", "demo-1", 0}} {
		if got := sessionOf(c.symbol, c.meeting); got != c.want {
			t.Errorf("sessionOf(%q, %q) = %d, want %d", c.symbol, c.meeting, got, c.want)
		}
	}
}

// TestCoverageOfWhatWasRead: a table covers what was taken from it, without the parties whose rows could not be read; nothing taken, nothing covered.
func TestCoverageOfWhatWasRead(t *testing.T) {
	const many = "instrument: {column: Treaty}"
	for _, c := range []struct{ name, mapping, file, want string }{
		{"all", with(), "Country,Ratified\nNorthland,2001-02-03\nSouthland,\n", "[icrmw] [] 1; "},
		{"nothing", with(), "Country,Ratified\nNorthland,soon\nSouthland,\n", ""},
		{"a cell", with(), "Country,Ratified\nNorthland,2001-02-03\nSouthland,soon\nEastland,\n", "[icrmw] [x-east x-north] 2; "},
		{"an unknown party", with(), "Country,Ratified\nNorthland,2001-02-03\nNowhere,2001-02-03\n", "[icrmw] [x-north] 2; "},
		{"a torn row", with(), "Country,Ratified\nNorthland,2001-02-03\nSouthland\n", "[icrmw] [x-north] 2; "},
		{"several", with(many), "Country,Treaty,Ratified\nNorthland,Treaty A,2001-02-03\nSouthland,Treaty A,soon\nNorthland,Treaty B,2001-02-03\n", "[untc-1-2] [] 2; [untc-1-1] [x-north] 2; "},
		{"an unknown treaty", with(many), "Country,Treaty,Ratified\nNorthland,Treaty A,2001-02-03\nSouthland,Treaty A,2001-02-03\nSouthland,Treaty C,2001-02-03\n", "[untc-1-1] [x-north] 2; "},
		{"narrowed", with(many, "coverage: {instruments: [untc-1-2], cannot_show: [Much.]}"), "Country,Treaty,Ratified\nNorthland,Treaty A,2001-02-03\nNorthland,Treaty B,2001-02-03\n", "[untc-1-2] [] 1; "},
		{"narrowed parties", with("coverage: {parties: [x-north], cannot_show: [Much.]}"), "Country,Ratified\nNorthland,2001-02-03\n", "[icrmw] [x-north] 1; "},
	} {
		t.Run(c.name, func(t *testing.T) {
			im, err := Mapping("demo.yaml", []byte(c.mapping))
			if err != nil {
				t.Fatal(err)
			}
			list, rep := wellFormed(t, im, put(t, "table.csv", []byte(c.file)), demo, demoOptions)
			got := ""
			for _, f := range list {
				for _, v := range f.Coverage {
					got += fmt.Sprint(v.Instruments, " ", v.Parties, " ", len(v.CannotShow), "; ")
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.want == "" && (len(list) != 0 || rep.Filings != 0) {
				t.Errorf("%d filings", len(list))
			}
		})
	}
	if _, err := Mapping("demo.yaml", []byte(with("coverage: {kinds: [treaty], cannot_show: [Much.]}"))); err == nil || !strings.Contains(err.Error(), "no whole kind") {
		t.Errorf("%v", err)
	}
}

// TestEmptyRecord: where the record knows no state, that is said once, with what to do.
func TestEmptyRecord(t *testing.T) {
	nobody := &fakeRecord{instruments: map[string]stocktake.InstrumentID{"icrmw": "icrmw"}}
	file := put(t, "table.csv", []byte("Country,Ratified\nFRA,2001-02-03\nMexico,2001-02-03\n"))
	own, err := Mapping("demo.yaml", []byte(with()))
	if err != nil {
		t.Fatal(err)
	}
	votes, _ := Named("un-ga-votes")
	other, err := Mapping("demo.yaml", []byte(with("instrument: gcm")))
	if err != nil {
		t.Fatal(err)
	}
	for _, im := range []Importer{own, votes, other} {
		_, err := im.Import(t.Context(), file, nobody, demoOptions, func(f stocktake.Filing) error { return fmt.Errorf("%s is filed", f.Key) })
		var f *stocktake.Fault
		if !errors.As(err, &f) || !strings.Contains(f.What, "the record knows no state") || !strings.Contains(f.Hint, "stocktake load") {
			t.Errorf("%s: %v", im.Name(), err)
		}
	}
}

// TestMissingFile: what is missing is called what it is.
func TestMissingFile(t *testing.T) {
	im, err := Mapping("demo.yaml", []byte(with()))
	if err != nil {
		t.Fatal(err)
	}
	file := put(t, "table.csv", []byte("Country,Ratified\n"))
	for _, c := range []struct {
		im         Importer
		path, want string
	}{
		{im, "nofile.csv", "nofile.csv: there is no such file (check how its name is written, and in which folder it lies)"},
		{im, t.TempDir(), "this is a folder, and one file is read"},
		{gaVotes{}, "nowhere", "nowhere: there is no such folder (give the folder that holds un_votes.csv.gz)"},
		{gaVotes{}, file, "this is a file, and not the folder that holds un_votes.csv.gz"},
		{gaVotes{}, t.TempDir(), "there is no file un_votes.csv.gz in the folder (give the folder that holds it)"},
	} {
		if _, err := c.im.Import(t.Context(), c.path, demo, demoOptions, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.path, err)
		}
	}
}
