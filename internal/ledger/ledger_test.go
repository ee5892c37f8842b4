package ledger_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/pgtest"
	"stocktake/internal/record"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/postgres"
	"stocktake/internal/store/sqlite"
)

// clock is a time that only tests move. Every look at it takes a millisecond.
type clock struct{ t time.Time }

func newClock() *clock { return &clock{time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.t = c.t.Add(time.Millisecond)
	return c.t
}

// place is a record that can be opened again: a folder, and a database in it or elsewhere.
type place struct {
	dir   string
	url   string // of PostgreSQL; empty for SQLite
	clock *clock
	wait  time.Duration
}

func folder(t testing.TB) *place { return &place{dir: t.TempDir(), clock: newClock()} }

// backends runs a test on a record in SQLite and on one in PostgreSQL.
func backends(t *testing.T, f func(t *testing.T, p *place)) {
	t.Run("sqlite", func(t *testing.T) { f(t, folder(t)) })
	t.Run("postgres", func(t *testing.T) {
		p := folder(t)
		p.url = pgtest.DSN(t)
		f(t, p)
	})
}

func (p *place) open(t testing.TB) *ledger.Ledger {
	t.Helper()
	var st store.Store
	var err error
	opt := store.Options{Wait: p.wait}
	if p.url != "" {
		st, err = postgres.Open(t.Context(), p.url, opt)
	} else {
		st, err = sqlite.Open(t.Context(), filepath.Join(p.dir, "record.db"), opt)
	}
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenDir(filepath.Join(p.dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), st, blobs, ledger.Options{Now: p.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// base are the filings of the small record that the scripts of the command line use: law, parties, instruments, and a few acts.
func base(t testing.TB) []stocktake.Filing {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "cli", "testdata", "small.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse("small.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// law returns the filings of base that describe, and none that tells of an act.
func law(t testing.TB) []stocktake.Filing { return base(t)[:3] }

// parse reads filings written in a test.
func parse(t testing.TB, text string) []stocktake.Filing {
	t.Helper()
	list, err := draft.Parse("test.yaml", []byte(strings.ReplaceAll(text, "\n\t\t", "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func file(t testing.TB, l *ledger.Ledger, list ...stocktake.Filing) []ledger.Receipt {
	t.Helper()
	rs, err := l.File(t.Context(), ledger.FileOptions{}, list...)
	if err != nil {
		t.Fatal(err)
	}
	return rs.List
}

// refused files what must not be taken, and checks that it changed nothing.
func refused(t testing.TB, l *ledger.Ledger, kind stocktake.FaultKind, words string, list ...stocktake.Filing) {
	t.Helper()
	head := l.Record().Head()
	_, err := l.File(t.Context(), ledger.FileOptions{}, list...)
	if err == nil || stocktake.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("error %v (%s), want %s with %q", err, stocktake.KindOf(err), kind, words)
	}
	if h, _ := l.Store().Head(t.Context()); l.Record().Head() != head || h.Number != head {
		t.Errorf("the head moved from %d to %d", head, h.Number)
	}
}

var forever = stocktake.EndOfDay(stocktake.DayOf(2100, 1, 1))

func day(s string) stocktake.Day {
	d, _ := stocktake.MustDate(s).First()
	return d
}

func on(l *ledger.Ledger, s string) stocktake.At {
	return stocktake.At{On: day(s), Known: forever, Head: l.Record().Head()}
}

func standing(t testing.TB, l *ledger.Ledger, at stocktake.At, party stocktake.PartyID, in stocktake.InstrumentID) stocktake.Standing {
	t.Helper()
	s, err := l.Record().Standing(t.Context(), at, party, in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// whole is everything that a record answers at some coordinates, as bytes.
func whole(t testing.TB, l *ledger.Ledger, at stocktake.At) string {
	t.Helper()
	var b bytes.Buffer
	rec := l.Record()
	put := func(v any) {
		j, err := ledger.Canonical(v)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(j, '\n'))
	}
	err := rec.Standings(t.Context(), at, record.Filter{}, func(s stocktake.Standing) error { put(s); return nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range rec.Instruments(at.Head, false) {
		put(in)
		err := rec.Standings(t.Context(), at, record.Filter{Instruments: []stocktake.InstrumentID{in.ID}}, func(s stocktake.Standing) error { put(s); return nil })
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range rec.RollCallsOn(at, in.ID) {
			put(v)
		}
		for _, p := range rec.Provisions(in.ID, at.Head) {
			put(p)
		}
	}
	for _, p := range rec.Parties(at.Head) {
		put(p)
		u, err := rec.Undertakings(t.Context(), at, p.ID, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		put(u)
		put(rec.Measures(at, p.ID))
	}
	put(rec.Changes(at, at.On-3000, record.Filter{}))
	put(rec.Search(at, "re", 0))
	put(rec.LearnedBetween(0, at.Head))
	put(rec.Sources(at.Head))
	put(rec.Unknowns(at.Head))
	law := rec.Law(at.Head)
	put(law.Words())
	put(law.Rows())
	return b.String()
}

// firstDifference shows where two answers part.
func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(x), len(y)) {
		var p, q string
		if i < len(x) {
			p = x[i]
		}
		if i < len(y) {
			q = y[i]
		}
		if p != q {
			return fmt.Sprintf("line %d:\n%.1500s\n%.1500s", i+1, p, q)
		}
	}
	return "nowhere"
}

func export(t testing.TB, l *ledger.Ledger, head int64) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := l.Export(t.Context(), &b, head, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// holds checks everything that must always hold.
func holds(t testing.TB, l *ledger.Ledger) ledger.Audit {
	t.Helper()
	a, err := l.Check(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range a.Problems {
		t.Errorf("filing %d: %s", p.Filing, p.What)
	}
	return a
}

func TestExportLoadExport(t *testing.T) {
	backends(t, func(t *testing.T, p *place) {
		l := p.open(t)
		list := base(t)
		file(t, l, list...)
		if _, _, err := l.Blobs().Put(t.Context(), strings.NewReader("a page")); err != nil {
			t.Fatal(err)
		}
		file(t, l, parse(t, `
		key: page
		title: A page whose copy is public
		sources: [{id: page, title: A page, read: 2026-11-01, copy: {state: public, sha256: `+ledger.Hash([]byte("a page"))+`, media: text/plain}}]
		`)...)
		first := export(t, l, 0)
		other := folder(t)
		m := other.open(t)
		r, err := m.LoadExport(t.Context(), bytes.NewReader(first), nil)
		if err != nil || r.Filed != len(list)+1 || r.Same != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		if !bytes.Equal(export(t, m, 0), first) {
			t.Error("exported again, the bytes differ")
		}
		if has, err := m.Blobs().Has(t.Context(), ledger.Hash([]byte("a page"))); !has || err != nil {
			t.Errorf("the archived copy did not come along: %v", err)
		}
		at := on(l, "2026-11-01")
		filed := func(s string) string { // but for the moments of filing, which are each record's own
			return strings.Join(slices.DeleteFunc(strings.Split(s, "\n"), func(line string) bool { return strings.Contains(line, `"filed":`) }), "\n")
		}
		if a, b := filed(whole(t, l, at)), filed(whole(t, m, at)); a != b {
			t.Errorf("the two records answer differently: %s", firstDifference(a, b))
		}
		holds(t, l)
		holds(t, m)
	})
}

func TestSameKey(t *testing.T) {
	l := folder(t).open(t)
	file(t, l, base(t)...)
	one := parse(t, `
		key: occasion
		title: An occasion
		sources: [{id: s, title: A source, read: 2026-11-01}]
		acts: [{id: a, party: USA, instrument: gcm, kind: remark, done: 2018-12-10, quotes: [{exact: some words}]}]
		`)
	first := file(t, l, one...)[0]
	again := file(t, l, one...)[0]
	if !again.Same || again.Number != first.Number || again.SHA256 != first.SHA256 {
		t.Errorf("filed again: %+v, first %+v", again, first)
	}
	two := parse(t, `
		key: occasion
		title: An occasion
		sources: [{id: s, title: A source, read: 2026-11-01}]
		acts: [{id: a, party: USA, instrument: gcm, kind: remark, done: 2018-12-11, quotes: [{exact: some words}, {exact: some words}]}]
		`)
	refused(t, l, stocktake.Conflict, "a filing with this key is in the record and says something else", two...)
	// An importer may file anew under its key; words that stand there twice now are no obstacle.
	rs, err := l.File(t.Context(), ledger.FileOptions{Again: true}, two...)
	if err != nil || rs.Filed != 1 {
		t.Fatalf("%+v, %v", rs, err)
	}
	if s := standing(t, l, on(l, "2020-01-01"), "USA", "gcm"); !slices.ContainsFunc(s.Acts, func(a stocktake.ActRef) bool { return a.ID == "a" && a.Date.String() == "2018-12-11" }) {
		t.Errorf("acts %v, want the newer version", s.Acts)
	}
	// Both in one batch: the same is the same, and something else is refused.
	three := parse(t, `
		key: twins
		title: Twins
		sources: [{id: s3, title: A source, read: 2026-11-01}]
		acts: [{id: b, party: USA, instrument: gcm, kind: remark, done: 2018-12-10, quotes: [{exact: other words}]}]
		`)[0]
	if r := file(t, l, three, three); !r[1].Same || r[1].Number != r[0].Number {
		t.Errorf("twins: %+v", r)
	}
	holds(t, l)
}

func TestErrata(t *testing.T) {
	backends(t, func(t *testing.T, p *place) {
		l := p.open(t)
		file(t, l, law(t)...)
		// Two sources tell of one act. One of them was entered with a wrong day.
		wrong := file(t, l, parse(t, `
		key: wrong
		title: Mexico ratifies
		sources: [{id: reg, kind: register, title: A register, published: 2015-03-14, read: 2026-11-01}]
		acts:
		  - {id: icerd/MEX/consent/1, party: MEX, instrument: icerd, kind: ratification, done: 1957-02-20}
		  - {id: icerd/USA/consent/1, party: USA, instrument: icerd, kind: ratification, done: 1994-10-21}
		  - {id: icerd/BRA/consent/1, party: BRA, instrument: icerd, kind: ratification, done: 1968-03-27}
		`)...)[0]
		file(t, l, parse(t, `
		key: other
		title: Another source
		sources: [{id: table, title: A table, published: 2016-08-25, read: 2026-11-01}]
		acts: [{id: icerd/BRA/consent/1, party: BRA, instrument: icerd, kind: consent, done: "1968"}]
		`)...)
		before := on(l, "1970-01-01")
		if s := standing(t, l, before, "MEX", "icerd"); s.Standing != "bound" {
			t.Fatalf("%+v", s)
		}
		file(t, l, parse(t, `
		key: right
		title: The day was mistyped
		mends: {filing: `+wrong.SHA256+`, retracts: [icerd/BRA/consent/1], reason: "1975 was entered as 1957; Brazil stands in another list", by: tests}
		acts: [{id: icerd/MEX/consent/1, party: MEX, instrument: icerd, kind: ratification, done: 1975-02-20, source: reg}]
		`)...)
		// It takes the place of what it mends, and was known when that was.
		for _, known := range []string{"2015-03-14", "2100-01-01"} {
			at := on(l, "1970-01-01")
			at.Known = stocktake.EndOfDay(day(known))
			if s := standing(t, l, at, "MEX", "icerd"); s.Standing != "no act known" || len(s.Conflicts) > 0 {
				t.Errorf("known %s: %s on 1970-01-01, conflicts %v", known, s.Standing, s.Conflicts)
			}
			at.On = day("1980-01-01")
			if s := standing(t, l, at, "MEX", "icerd"); s.Standing != "bound" || len(s.Conflicts) > 0 || s.Since.String() != "1975-02-20" {
				t.Errorf("known %s: %+v", known, s)
			}
		}
		at := on(l, "2000-01-01")
		at.Known = stocktake.EndOfDay(day("2015-03-13"))
		if s := standing(t, l, at, "MEX", "icerd"); s.Standing != "no act known" {
			t.Errorf("before anybody said so: %s", s.Standing)
		}
		// What it retracts is gone from that source, and stays where another one tells of it.
		if s := standing(t, l, on(l, "2000-01-01"), "BRA", "icerd"); s.Standing != "bound" || len(s.Acts) != 1 || !slices.Equal(s.Acts[0].Sources, []stocktake.SourceID{"table"}) {
			t.Errorf("%+v", s)
		}
		if s := standing(t, l, on(l, "2000-01-01"), "USA", "icerd"); s.Standing != "bound" {
			t.Errorf("what the correction does not touch: %+v", s)
		}
		// The record still says what it said.
		if s := standing(t, l, before, "MEX", "icerd"); s.Standing != "bound" {
			t.Errorf("at head %d: %+v", before.Head, s)
		}
		refused(t, l, stocktake.Invalid, `mends: filing "`+strings.Repeat("0", 64)+`" is not in this record, so that nothing can be mended`, parse(t, `
		key: nothing
		title: A correction of nothing
		mends: {filing: "`+strings.Repeat("0", 64)+`", reason: a test, by: tests}
		`)...)
		holds(t, l)
	})
}

// TestRetractionReachesOneFiling retracts an act from one filing, whichever of two was filed first.
func TestRetractionReachesOneFiling(t *testing.T) {
	wrong := `
		key: wrong
		title: A page
		sources: [{id: page, title: A page, published: 2019-01-01, read: 2026-11-01}]
		acts: [{id: bra-leaves, party: BRA, instrument: gcm, kind: withdrawal, done: 2019-01-08}]
		`
	right := `
		key: right
		title: Another page
		sources: [{id: other, title: Another page, published: 2019-01-02, read: 2026-11-01}]
		acts: [{id: bra-leaves, party: BRA, instrument: gcm, kind: withdrawal, done: 2019-01-08}]
		`
	for _, order := range [][]string{{wrong, right}, {right, wrong}} {
		l := folder(t).open(t)
		file(t, l, law(t)...)
		sum := ""
		for _, text := range order {
			if r := file(t, l, parse(t, text)...)[0]; r.Key == "wrong" {
				sum = r.SHA256
			}
		}
		file(t, l, parse(t, `
		key: mend
		title: That page was about something else
		mends: {filing: `+sum+`, retracts: [bra-leaves], reason: misread, by: tests}
		`)...)
		if s := standing(t, l, on(l, "2020-01-01"), "BRA", "gcm"); s.Standing != "withdrawn" || !slices.Equal(s.Acts[0].Sources, []stocktake.SourceID{"other"}) {
			t.Errorf("%s, acts %v", s.Standing, s.Acts)
		}
	}
}

func TestDecisions(t *testing.T) {
	l := folder(t).open(t)
	list := base(t)
	i := slices.IndexFunc(list, func(f stocktake.Filing) bool { return len(f.Decisions) > 0 })
	file(t, l, append(slices.Clone(list[:i]), list[i+1:]...)...)
	l.Now() // time passes
	before := on(l, "1970-01-01")
	unsettled := standing(t, l, before, "MEX", "icerd")
	if !unsettled.Unsure || len(unsettled.Conflicts) != 1 || unsettled.Conflicts[0].Follows != "" {
		t.Fatalf("%+v", unsettled)
	}
	r := file(t, l, list[i])[0]
	settled := standing(t, l, on(l, "1970-01-01"), "MEX", "icerd")
	if settled.Unsure || settled.Standing != "signed" || len(settled.Conflicts) != 1 || settled.Conflicts[0].Follows != "untc-2015-03" || settled.Conflicts[0].Reason == "" {
		t.Errorf("after the decision: %+v", settled)
	}
	if len(settled.Conflicts[0].Says) != 2 {
		t.Errorf("a decision hides no source: %v", settled.Conflicts[0].Says)
	}
	// With an older known, or at an older head, the conflict stands unsettled.
	filed, err := time.Parse(time.RFC3339Nano, r.Filed)
	if err != nil {
		t.Fatal(err)
	}
	at := on(l, "1970-01-01")
	at.Known = filed.Add(-time.Microsecond)
	if s := standing(t, l, at, "MEX", "icerd"); !s.Unsure || s.Conflicts[0].Follows != "" {
		t.Errorf("known a moment before: %+v", s)
	}
	at.Known = filed
	if s := standing(t, l, at, "MEX", "icerd"); s.Unsure || s.Conflicts[0].Follows == "" {
		t.Errorf("known at that moment: %+v", s)
	}
	if s := standing(t, l, before, "MEX", "icerd"); !s.Unsure {
		t.Errorf("at the head before: %+v", s)
	}
	// A later decision takes the place of an earlier one.
	file(t, l, parse(t, `
		key: decision/2
		title: The record follows the table
		decisions: [{act: icerd/MEX/consent/1, follows: hr-treaty-status-2022, reason: a test, by: tests}]
		`)...)
	if s := standing(t, l, on(l, "1970-01-01"), "MEX", "icerd"); s.Standing != "bound" || s.Conflicts[0].Follows != "hr-treaty-status-2022" {
		t.Errorf("after another decision: %+v", s)
	}
	refused(t, l, stocktake.Invalid, `source "nobody" is not in the record`, stocktake.Filing{Key: "d3", Title: "A decision for nobody",
		Decisions: []stocktake.Decision{{Act: "icerd/MEX/consent/1", Follows: "nobody", Reason: "a test", By: "tests"}}})
}

func TestTimes(t *testing.T) {
	backends(t, func(t *testing.T, p *place) {
		l := p.open(t)
		list := law(t)
		rs := file(t, l, list...)
		for i := 1; i < len(rs); i++ {
			if rs[i].Filed <= rs[i-1].Filed {
				t.Errorf("filing %d at %s, filing %d at %s", rs[i-1].Number, rs[i-1].Filed, rs[i].Number, rs[i].Filed)
			}
		}
		// A clock that stands still, or lies a little behind, still gives rising times.
		p.clock.t = p.clock.t.Add(-time.Second)
		r := file(t, l, parse(t, `
		key: late
		title: Filed by a slow clock
		sources: [{id: s, title: A source, read: 2026-11-01}]
		`)...)[0]
		if r.Filed <= rs[len(rs)-1].Filed {
			t.Errorf("filed at %s, after %s", r.Filed, rs[len(rs)-1].Filed)
		}
		// A clock far behind is refused loudly.
		now := p.clock.t
		p.clock.t = now.Add(-time.Hour)
		refused(t, l, stocktake.Conflict, "set the clock right; times of filing only ever rise", parse(t, `
		key: later
		title: Filed by a wrong clock
		sources: [{id: s2, title: A source, read: 2026-11-01}]
		`)...)
		p.clock.t = now

		// Known is never later than filed, and a source of the future is refused.
		soon, past := stocktake.MustDate("2026-12-24"), stocktake.MustDate("2026-11-01")
		for _, s := range []stocktake.Source{{Published: soon, Read: past}, {Published: past, Read: soon}, {Published: past, Known: "2026-11-27T00:00:00Z"}} {
			s.ID, s.Title = "future", "A source of the future"
			refused(t, l, stocktake.Invalid, "later than now (2026-11-24", stocktake.Filing{Key: "future", Title: "A source of the future", Sources: []stocktake.Source{s}})
		}
		// The day is already the next one further east.
		p.clock.t = p.clock.t.Add(3 * time.Hour)
		file(t, l, parse(t, `
		key: east
		title: A paper of tomorrow
		sources: [{id: e, title: A paper, published: 2026-11-25, read: 2026-11-25}]
		acts: [{id: a, party: USA, instrument: gcm, kind: remark, done: 2026-11-24}]
		`)...)
		list2, err := l.Record().Act(t.Context(), on(l, "2026-11-25"), "a")
		if err != nil || len(list2) != 1 || list2[0].Known > "2026-11-24T13" {
			t.Errorf("known %+v, %v; want no later than filed", list2, err)
		}
	})
}

// TestInForceByClause has a treaty that enters into force three months after the second consent.
func TestInForceByClause(t *testing.T) {
	l := folder(t).open(t)
	file(t, l, law(t)...)
	file(t, l, parse(t, `
		key: clause
		title: A treaty with a clause
		sources: [{id: s, title: A register, published: 2015-03-14, read: 2026-11-01}, {id: s2, title: A table, published: 2016-03-14, read: 2026-11-01}]
		instruments: [{id: icrmw, kind: treaty, title: Convention on migrant workers, clause: {threshold: 2, delay_months: 3, article: art. 87}}]
		acts:
		  - {id: icrmw/MEX/consent/1, party: MEX, instrument: icrmw, kind: ratification, done: 1999-03-08, source: s}
		  - {id: icrmw/MEX/consent/1, party: MEX, instrument: icrmw, kind: consent, done: "1999", source: s2}
		  - {id: icrmw/BRA/consent/1, party: BRA, instrument: icrmw, kind: ratification, done: 2003-01-15, source: s}
		`)...)
	for d, want := range map[string]bool{"2000-01-01": false, "2003-04-14": false, "2003-04-15": true} {
		s := standing(t, l, on(l, d), "MEX", "icrmw")
		if s.Bound == nil || !*s.Bound || s.InForce == nil || *s.InForce != want {
			t.Errorf("on %s: %+v, want in force %v", d, s, want)
		}
		for _, p := range l.Record().OfParty(on(l, d), "MEX") {
			if p.Instrument == "icrmw" && (p.InForce == 1) != want {
				t.Errorf("on %s, asked by party: %+v", d, p)
			}
		}
	}
}

// TestUndated files an act without any day: it is listed nowhere as done, and the standing is unsure at most.
func TestUndated(t *testing.T) {
	l := folder(t).open(t)
	file(t, l, law(t)...)
	file(t, l, parse(t, `
		key: undated
		title: An act without a day
		sources: [{id: s, title: A page without a date, read: 2026-11-01}]
		acts:
		  - {id: icrmw/BRA/consent/1, party: BRA, instrument: icrmw, kind: ratification, note: The page does not say when.}
		  - {id: icrmw/MEX/signature/1, party: MEX, instrument: icrmw, kind: signature, done: 1991-05-22}
		`)...)
	for _, d := range []string{"1980-01-01", "2020-01-01", "2026-11-24"} {
		s := standing(t, l, on(l, d), "BRA", "icrmw")
		if s.Standing != "no act known" || !s.Unsure || s.Bound != nil || s.Since != nil {
			t.Errorf("on %s: %+v", d, s)
		}
	}
	a, err := l.Record().Act(t.Context(), on(l, "2020-01-01"), "icrmw/BRA/consent/1")
	if err != nil || len(a) != 1 || !a[0].Done.IsZero() {
		t.Errorf("%+v, %v", a, err)
	}
	// A source without a date counts from the day on which it was read.
	at := on(l, "2020-01-01")
	at.Known = stocktake.EndOfDay(day("2026-10-31"))
	if s := standing(t, l, at, "MEX", "icrmw"); s.Standing != "no act known" || len(s.Acts) > 0 {
		t.Errorf("known before it was read: %+v", s)
	}
	at.Known = stocktake.EndOfDay(day("2026-11-01"))
	if s := standing(t, l, at, "MEX", "icrmw"); s.Standing != "signed" {
		t.Errorf("known on the day it was read: %+v", s)
	}
	holds(t, l)
}

// TestUpgrade loads an older built-in record, files something of one's own, and loads a newer one that has more.
func TestUpgrade(t *testing.T) {
	full := base(t)
	source := folder(t).open(t)
	file(t, source, full[:5]...)
	older := export(t, source, 0)
	file(t, source, full[5:]...)
	newer := export(t, source, 0)

	backends(t, func(t *testing.T, p *place) {
		l := p.open(t)
		if _, err := l.LoadExport(t.Context(), bytes.NewReader(older), nil); err != nil {
			t.Fatal(err)
		}
		own := parse(t, `
		key: own/1
		title: A filing of one's own
		sources: [{id: own-source, title: A letter, published: 2020-05-01, read: 2026-11-01}]
		parties: [{id: x-own, kind: organisation, names: {en: An organisation}}]
		acts: [{id: own-act, party: HUN, instrument: gcm-process, kind: withdrawal, notified: 2018-07-24, quotes: [{exact: our own words}]}]
		`)
		mine := file(t, l, own...)[0]
		r, err := l.LoadExport(t.Context(), bytes.NewReader(newer), nil)
		if err != nil || r.Same != 5 || r.Filed != len(full)-5 {
			t.Fatalf("%+v, %v; want 5 that were here and %d that are new", r, err, len(full)-5)
		}
		if n := l.Record().ByHash(mine.SHA256); n != 6 {
			t.Errorf("the own filing is number %d, want 6", n)
		}
		// Twice is once.
		if r, err := l.LoadExport(t.Context(), bytes.NewReader(newer), nil); err != nil || r.Filed != 0 {
			t.Errorf("%+v, %v", r, err)
		}
		if s := standing(t, l, on(l, "2020-01-01"), "HUN", "gcm-process"); s.Standing != "out of the talks" {
			t.Errorf("%+v", s)
		}
		if s := standing(t, l, on(l, "2014-01-01"), "MEX", "icrmw"); s.Standing != "bound" {
			t.Errorf("%+v", s)
		}
		holds(t, l)
		again := p.open(t)
		if a, b := whole(t, l, on(l, "2020-01-01")), whole(t, again, on(again, "2020-01-01")); a != b {
			t.Errorf("opened again: %s", firstDifference(a, b))
		}
	})
}

// TestTwoLedgersFollow has two processes' worth of ledgers on one database file and read in turn.
func TestTwoLedgersFollow(t *testing.T) {
	backends(t, func(t *testing.T, p *place) {
		a, b := p.open(t), p.open(t)
		list := base(t)
		for i, f := range list {
			w, r := a, b
			if i%2 == 1 {
				w, r = b, a
			}
			// The writer has not been told of what the other filed; it takes that in first.
			rc := file(t, w, f)[0]
			if rc.Number != int64(i+1) || w.Record().Head() != int64(i+1) {
				t.Fatalf("filing %d got number %d; who filed sees head %d", i+1, rc.Number, w.Record().Head())
			}
			if i%3 == 0 {
				if err := r.Refresh(t.Context()); err != nil {
					t.Fatal(err)
				}
				if r.Record().Head() != int64(i+1) {
					t.Errorf("the other sees head %d, want %d", r.Record().Head(), i+1)
				}
			}
		}
		if err := a.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := b.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if x, y := whole(t, a, on(a, "2020-01-01")), whole(t, b, on(b, "2020-01-01")); x != y {
			t.Errorf("the two answer differently: %s", firstDifference(x, y))
		}
		if !bytes.Equal(export(t, a, 0), export(t, b, 0)) {
			t.Error("the two export different bytes")
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			b.Follow(ctx, 5*time.Millisecond, func(err error) { t.Error(err) })
		}()
		file(t, a, parse(t, `
		key: followed
		title: Something that the other comes to know of
		sources: [{id: s, title: A source, read: 2026-11-01}]
		`)...)
		for end := time.Now().Add(10 * time.Second); b.Record().Head() < a.Record().Head(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Error("the other did not follow")
				break
			}
		}
		stop()
		<-done
	})
}

// TestSecondWriterWaits has two ledgers file at once: one waits for the other, and is told when that takes too long.
func TestSecondWriterWaits(t *testing.T) {
	backends(t, func(t *testing.T, p *place) {
		a := p.open(t)
		p.wait = 300 * time.Millisecond
		hasty := p.open(t)
		p.wait = 0
		patient := p.open(t)
		list := base(t)
		file(t, a, list[:3]...)
		inside, leave := make(chan struct{}), make(chan struct{})
		first := make(chan error, 1)
		go func() {
			_, err := a.FileFrom(t.Context(), ledger.FileOptions{}, func(emit func(stocktake.Filing) error) error {
				close(inside)
				<-leave
				return emit(list[3])
			})
			first <- err
		}()
		<-inside
		if _, err := hasty.File(t.Context(), ledger.FileOptions{}, list[4]); stocktake.KindOf(err) != stocktake.Busy {
			t.Errorf("a second writer: %v, want a busy fault", err)
		}
		second := make(chan error, 1)
		go func() {
			_, err := patient.File(t.Context(), ledger.FileOptions{}, list[4])
			second <- err
		}()
		// Readers are not held up.
		if err := hasty.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s := standing(t, hasty, on(hasty, "2020-01-01"), "MEX", "icerd"); s.Standing != "no act known" {
			t.Errorf("%+v", s)
		}
		time.Sleep(50 * time.Millisecond)
		close(leave)
		if err := <-first; err != nil {
			t.Error(err)
		}
		if err := <-second; err != nil {
			t.Error(err)
		}
		if patient.Record().Head() != 5 {
			t.Errorf("head %d, want 5", patient.Record().Head())
		}
		holds(t, patient)
	})
}

func TestRebuild(t *testing.T) {
	backends(t, func(t *testing.T, p *place) {
		l := p.open(t)
		for _, f := range base(t) { // one by one, so that the index grows as it does in use
			file(t, l, f)
		}
		at := on(l, "2020-01-01")
		before := whole(t, l, at)
		if err := l.Store().Write(t.Context(), func(w store.Writer) error { return w.PutProjection(t.Context(), "any", 3, []byte("stale")) }); err != nil {
			t.Fatal(err)
		}
		if err := l.Rebuild(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if after := whole(t, l, at); after != before {
			t.Errorf("rebuilt: %s", firstDifference(before, after))
		}
		if _, _, ok, err := l.Store().Projection(t.Context(), "any"); ok || err != nil {
			t.Errorf("a projection outlived the rebuilding: %v", err)
		}
		again := p.open(t)
		if after := whole(t, again, at); after != before {
			t.Errorf("opened again: %s", firstDifference(before, after))
		}
	})
}

// TestQuotesOfSeveralSources checks each quote against the copy of its own source, in an act as in a statement.
func TestQuotesOfSeveralSources(t *testing.T) {
	l := folder(t).open(t)
	file(t, l, law(t)...)
	sums := map[string]string{}
	for _, text := range []string{"one page says this", "another page says that"} {
		sum, _, err := l.Blobs().Put(t.Context(), strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		sums[text] = sum
	}
	sources := `
		sources:
		  - {id: one, title: One page, read: 2026-11-01, copy: {state: public, sha256: ` + sums["one page says this"] + `, media: text/plain}}
		  - {id: another, title: Another page, read: 2026-11-01, copy: {state: public, sha256: ` + sums["another page says that"] + `, media: text/plain}}`
	act := func(quotes string) []stocktake.Filing {
		return parse(t, "\n\t\tkey: quotes\n\t\ttitle: Quotes of two pages"+sources+`
		acts: [{id: a, party: USA, instrument: gcm, kind: remark, done: 2018-12-10, source: one, quotes: [`+quotes+`]}]
		`)
	}
	refused(t, l, stocktake.Invalid, `source another does not contain the quote "says this"`, act(`{exact: says that, source: another}, {exact: says this, source: another}`)...)
	refused(t, l, stocktake.Invalid, `source one does not contain the quote "says that"`, act(`{exact: says that, source: another}, {exact: says that}`)...)
	file(t, l, act(`{exact: says that, source: another}, {exact: says this}`)...)
	if a := holds(t, l); a.Quotes != 2 {
		t.Errorf("%d quotes checked, want 2", a.Quotes)
	}
	said := func(words string) stocktake.Filing {
		return stocktake.Filing{Key: "statement", Title: "A statement", Instruments: []stocktake.Instrument{{ID: "st-1", Kind: stocktake.StatementKind, Title: "A statement"}},
			Statement: &stocktake.Statement{Instrument: "st-1", Version: 1, TextSHA256: sums["one page says this"], Source: "one", Claims: []stocktake.Mention{{Start: 0, End: 3, Quote: stocktake.Plain(words)}}}}
	}
	refused(t, l, stocktake.Invalid, `filing statement: statement/quotes/0: the archived copy of source one does not contain the quote "says that"`, said("says that"))
	file(t, l, said("one"))
	if a := holds(t, l); a.Quotes != 3 {
		t.Errorf("%d quotes checked, want 3", a.Quotes)
	}
}

// TestCheckFinds spoils a record on disk in several ways, each of which check must find.
func TestCheckFinds(t *testing.T) {
	for name, c := range map[string]struct{ statement, finds string }{
		"bytes":   {`UPDATE filing SET bytes = CAST(replace(CAST(bytes AS TEXT), '2019-01-08', '2019-01-09') AS BLOB)`, "the bytes do not have the stored hash"},
		"sheet":   {`UPDATE sheet SET text = 'other words'`, "does not open its commitment"},
		"missing": {`DELETE FROM sheet`, "is gone, and no filing says that it was removed"},
	} {
		t.Run(name, func(t *testing.T) {
			p := folder(t)
			l := p.open(t)
			file(t, l, base(t)...)
			holds(t, l)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open("sqlite", filepath.Join(p.dir, "record.db"))
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range append(triggers(t, db), c.statement) {
				if _, err := db.Exec(s); err != nil {
					t.Fatalf("%s: %v", s, err)
				}
			}
			db.Close()
			a, err := p.open(t).Check(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(a.Problems, func(p ledger.Problem) bool { return strings.Contains(p.What, c.finds) && p.Filing > 0 }) {
				t.Errorf("problems %v, want %q", a.Problems, c.finds)
			}
		})
	}
}

// triggers returns the statements that take away what keeps filings from being changed.
func triggers(t testing.TB, db *sql.DB) (drop []string) {
	t.Helper()
	rows, err := db.Query(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		drop = append(drop, "DROP TRIGGER "+name)
	}
	return drop
}
