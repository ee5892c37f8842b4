//go:build linux

package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
)

// fileCall is what an edition's files say of one roll-call, read without the importer.
type fileCall struct {
	session, date, symbol    string
	yes, no, abstain, absent int
}

var counted struct {
	sync.Mutex
	by map[string]map[string]*fileCall
}

// filesOf returns what the files of one edition say; they are read once.
func filesOf(t testing.TB, edition string, read func(testing.TB) map[string]*fileCall) map[string]*fileCall {
	t.Helper()
	counted.Lock()
	defer counted.Unlock()
	if counted.by == nil {
		counted.by = map[string]map[string]*fileCall{}
	}
	if counted.by[edition] == nil {
		counted.by[edition] = read(t)
	}
	return counted.by[edition]
}

// read2021 and read2016 count the votes of the two editions from their files alone.
func read2021(t testing.TB) map[string]*fileCall {
	t.Helper()
	dir := shared(t, "data", "un-ga-votes")
	calls := map[string]*fileCall{}
	eachRow(t, filepath.Join(dir, "un_roll_calls.csv.gz"), func(row map[string]string) {
		calls[row["rcid"]] = &fileCall{session: row["session"], date: row["date"], symbol: row["unres"]}
	})
	eachRow(t, filepath.Join(dir, "un_votes.csv.gz"), func(row map[string]string) {
		c := calls[row["rcid"]]
		switch row["vote"] {
		case "yes":
			c.yes++
		case "no":
			c.no++
		case "abstain":
			c.abstain++
		}
	})
	return calls
}

func read2016(t testing.TB) map[string]*fileCall {
	t.Helper()
	dir := shared(t, "data", "un-ga-votes", "vintage-2016-07")
	calls := map[string]*fileCall{}
	eachRow(t, filepath.Join(dir, "roll_calls.csv.gz"), func(row map[string]string) {
		date := ""
		if d, err := time.Parse("1/2/2006", row["date"]); err == nil {
			date = d.Format(time.DateOnly)
		}
		calls[row["rcid"]] = &fileCall{session: row["session"], date: date, symbol: row["unres"]}
	})
	eachRow(t, filepath.Join(dir, "votes_with_absences.csv.gz"), func(row map[string]string) {
		c := calls[row["rcid"]]
		switch row["vote"] {
		case "1":
			c.yes++
		case "2":
			c.abstain++
		case "3":
			c.no++
		case "8":
			c.absent++
		}
	})
	return calls
}

// listed is one line of `votes --all --csv`.
type listed struct {
	instrument, symbol, session, date string
	yes, no, abstain, notVoting       int
}

// listedBy asks the command line for all roll-calls.
func listedBy(t testing.TB, dir string, args ...string) map[string]listed {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(must(t, dir, append([]string{"votes", "--all", "--csv"}, args...)...))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != "id,instrument,symbol,session,date,yes,no,abstain,not_voting" {
		t.Fatalf("columns %s", got)
	}
	list := map[string]listed{}
	for _, r := range rows[1:] {
		var n [4]int
		for i := range n {
			if n[i], err = strconv.Atoi(r[5+i]); err != nil {
				t.Fatal(err)
			}
		}
		list[r[0]] = listed{r[1], r[2], r[3], r[4], n[0], n[1], n[2], n[3]}
	}
	if len(list) != len(rows)-1 {
		t.Fatalf("%d rows, %d roll-calls", len(rows)-1, len(list))
	}
	return list
}

// votesOf asks the index for the same.
func votesOf(t testing.TB, o *opened, at stocktake.At) map[string]listed {
	t.Helper()
	list := map[string]listed{}
	err := o.Record().RollCalls(at, func(v record.RollCallView) error {
		list[v.ID] = listed{string(v.Instrument), v.Symbol, strconv.Itoa(v.Session), v.Date.String(), v.Yes, v.No, v.Abstain, v.NotVoting}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestTotals compares the totals of all 6,203 roll-calls with the file's own.
func TestTotals(t *testing.T) {
	files := filesOf(t, "2021", read2021)
	if len(files) != 6203 {
		t.Fatalf("the file has %d roll-calls", len(files))
	}
	ballots := 0
	for name, dir := range map[string]string{"built-in record": fullRecord(t), "both editions": oldFirst(t)} {
		got := listedBy(t, dir)
		if len(got) != len(files) {
			t.Errorf("%s: %d roll-calls, %d in the file", name, len(got), len(files))
		}
		for id, f := range files {
			g := got[id]
			if g.yes != f.yes || g.no != f.no || g.abstain != f.abstain || g.session != f.session || g.symbol != f.symbol || !strings.HasPrefix(f.date, g.date) {
				t.Errorf("%s: roll-call %s: %+v, want %+v", name, id, g, *f)
			}
			ballots += g.yes + g.no + g.abstain
		}
	}
	if ballots != 2*870109 {
		t.Errorf("%d votes, want twice 870109", ballots)
	}
}

// secondImport is when the second edition came into a record that holds both.
var secondImport = map[string]stamp{}

type stamp struct {
	head    int64
	votes   string   // what the command line printed before it, byte for byte
	answers []string // what the index answered before it
}

var allVotes = []string{"votes", "--all", "--csv", "--on", "2026-11-01", "--known", "2100-01-01"}

// answers asks the index a few questions at a head and prints what it says whole.
func answers(t testing.TB, o *opened, head int64) (out []string) {
	t.Helper()
	c := at(t, o, "2020-02-01", "2100-01-01")
	c.Head = head
	f, err := o.filter(c, []string{"SRB", "USA", "CHN"}, []string{"a-res-68-151", "a-res-50-70a", "a-res-46-86"})
	if err == nil {
		err = o.Record().Standings(t.Context(), c, f, func(s stocktake.Standing) error {
			b, err := ledger.Canonical(s)
			out = append(out, string(b))
			return err
		})
	}
	agree, err2 := o.Record().Agree(c, "USA", "MEX", record.Span{})
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return append(out, fmt.Sprint(agree.Joint, agree.Same, agree.Head))
}

// bothEditions makes a record of both editions of the votes, in the order that is given, on the hand-written parties and instruments.
func bothEditions(t testing.TB, name string, paths ...string) string {
	t.Helper()
	hand := pristine(handRecord(t))
	return once(t, name, func(dir string) error {
		if err := errors.Join(os.CopyFS(dir, os.DirFS(hand)), runIn(dir, "import", "--as", "un-ga-votes", paths[0])); err != nil {
			return err
		}
		o := openRecord(t, dir)
		head := o.Record().Head()
		secondImport[name] = stamp{head: head, votes: must(t, dir, allVotes...), answers: answers(t, o, head)}
		return runIn(dir, "import", "--as", "un-ga-votes", paths[1])
	})
}

func oldFirst(t testing.TB) string {
	t.Helper()
	dir := shared(t, "data", "un-ga-votes")
	return bothEditions(t, "old-first", filepath.Join(dir, "vintage-2016-07"), dir)
}

func newFirst(t testing.TB) string {
	t.Helper()
	dir := shared(t, "data", "un-ga-votes")
	return bothEditions(t, "new-first", dir, filepath.Join(dir, "vintage-2016-07"))
}

func at(t testing.TB, o *opened, on, known string) stocktake.At {
	t.Helper()
	at, err := parseAt(o, time.Now(), on, known, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestEditionsInEitherOrder imports both editions in either order and compares everything that the two records answer.
func TestEditionsInEitherOrder(t *testing.T) {
	a, b := openRecord(t, oldFirst(t)), openRecord(t, newFirst(t))
	if err := errors.Join(a.Refresh(t.Context()), b.Refresh(t.Context())); err != nil {
		t.Fatal(err)
	}
	for _, known := range []string{"2100-01-01", "2018-01-01"} {
		x, y := votesOf(t, a, at(t, a, "2026-11-01", known)), votesOf(t, b, at(t, b, "2026-11-01", known))
		for id := range y {
			if x[id] != y[id] {
				t.Errorf("known %s: roll-call %s: %+v, in the other order %+v", known, id, x[id], y[id])
			}
		}
		if len(x) != len(y) {
			t.Errorf("known %s: %d and %d roll-calls", known, len(x), len(y))
		}
		// Every standing of every party that has an act, without the acts behind it.
		type pair struct {
			party      stocktake.PartyID
			instrument stocktake.InstrumentID
		}
		p := map[pair]record.PartyState{}
		a.Record().Everything(at(t, a, "2020-02-01", known), func(s *record.PartyState) { p[pair{s.Party, s.Instrument}] = *s })
		n, bad := 0, 0
		b.Record().Everything(at(t, b, "2020-02-01", known), func(s *record.PartyState) {
			n++
			if p[pair{s.Party, s.Instrument}] != *s {
				if bad++; bad <= 10 {
					t.Errorf("known %s: %+v, in the other order %+v", known, *s, p[pair{s.Party, s.Instrument}])
				}
			}
		})
		if n != len(p) || n < 500000 {
			t.Errorf("known %s: %d standings, in the other order %d", known, len(p), n)
		}
	}
	// Whole answers with acts, sources, caveats and conflicts, but for numbers of filings, which are each record's own.
	whole := func(o *opened, parties, instruments []string) (out []string) {
		for _, x := range index(t, o, "2020-02-01", parties, instruments) {
			x.Head = 0
			for i := range x.Acts {
				x.Acts[i].Filing = 0
			}
			for i := range x.Conflicts {
				for j := range x.Conflicts[i].Says {
					x.Conflicts[i].Says[j].Filing = 0
				}
			}
			b, err := ledger.Canonical(x)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(b))
		}
		return out
	}
	for _, q := range [][2][]string{{{"SRB"}, nil}, {{"x-china-seat-to-1971"}, nil}, {nil, {"a-res-60-260", "a-res-73-195", "ga-rc-4592"}}} {
		p, r := whole(a, q[0], q[1]), whole(b, q[0], q[1])
		if len(p) < 190 {
			t.Errorf("%v: %d standings", q, len(p))
		}
		for i := range p {
			if i >= len(r) || p[i] != r[i] {
				t.Errorf("%v: the order of import shows:\n%s\n%s", q, p[i], append(r, "")[min(i, len(r))])
				break
			}
		}
	}
}

// TestKnownAndHeadAt asks the record what could be known before the second edition, and what it said itself before it held it.
func TestKnownAndHeadAt(t *testing.T) {
	old, young := filesOf(t, "2016", read2016), filesOf(t, "2021", read2021)
	dir := oldFirst(t)
	o := openRecord(t, dir)
	if err := o.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}

	// Where the editions differ, by their files alone.
	differ := map[string]string{}
	for id, n := range young {
		o, ok := old[id]
		switch {
		case !ok:
			differ[id] = "only the newer edition has it"
		case o.symbol != n.symbol || o.session != n.session || o.date != n.date:
			differ[id] = "symbol, session or date"
		case o.yes != n.yes || o.no != n.no || o.abstain != n.abstain:
			differ[id] = "totals"
		}
	}
	for id := range old {
		if young[id] == nil {
			t.Errorf("roll-call %s is only in the older edition", id)
		}
	}
	then, now := listedBy(t, dir, "--known", "2017-01-01"), votesOf(t, o, at(t, o, "", ""))
	if len(then) != 5429 || len(now) != 6203 {
		t.Errorf("%d roll-calls could be known in 2017, %d today; want 5429 and 6203", len(then), len(now))
	}
	for id := range now {
		if changed := then[id] != now[id]; changed != (differ[id] != "") {
			t.Errorf("roll-call %s: known in 2017 %+v, today %+v; the files differ: %q", id, then[id], now[id], differ[id])
		}
	}
	if len(differ) != 774+1 {
		t.Errorf("the files differ in %d roll-calls, want the 774 new ones and 4592", len(differ))
	}
	if then["4592"].symbol != "" || now["4592"].symbol != "R/60/260" {
		t.Errorf("roll-call 4592: %+v, %+v", then["4592"], now["4592"])
	}

	// Not voting: absences as the older edition lists them, where it reaches.
	less := 0
	for id, o := range old {
		if got := then[id].notVoting; got != o.absent {
			if less++; o.absent-got != 1 { // an absence of one of two delegations to one seat is left out
				t.Errorf("roll-call %s: %d not voting, %d absent in the file", id, got, o.absent)
			}
		}
	}
	if less != 9 {
		t.Errorf("%d roll-calls have an absence less than the file; want the 9 in which another delegation held the seat", less)
	}

	// What the record itself said before it held the newer edition: the same bytes as then, by number and by moment.
	s := secondImport["old-first"]
	info, ok := o.Record().Info(s.head)
	if !ok || len(s.votes) < 100000 || len(s.answers) < 9 {
		t.Fatalf("nothing to compare with: filing %d, %d bytes, %d answers", s.head, len(s.votes), len(s.answers))
	}
	moment := info.Filed.UTC().Format(time.RFC3339Nano)
	if got := must(t, dir, append(slices.Clone(allVotes), "--head-at", moment)...); got != s.votes {
		t.Errorf("--head-at %s: not the bytes that the record printed then", moment)
	}
	if got := answers(t, o, s.head); !slices.Equal(got, s.answers) {
		t.Errorf("at head %d the record answered\n%s\nand now says\n%s", s.head, s.answers, got)
	}
}
