package record_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stocktake"
	"stocktake/internal/record"
)

var (
	twinParties     = []stocktake.PartyID{"AAA", "BBB", "CCC", "DDD", "group"}
	twinInstruments = []stocktake.InstrumentID{"t-plain", "t-clause", "t-register", "decl", "compact", "res-1", "res-2"}
	twinSources     = []stocktake.SourceID{"table-1", "table-2", "table-3", "register", "press", "late"}
	twinDates       = []string{"1989-03-04", "1995-06-01", "1995-06-15", "2001-01-01", "2001-01-02", "2004-02-29", "2004-05-06", "2008-11-30", "2010-07-07", "2010-07-20", "2012-12-31",
		"1995-06", "2004-05", "2010-07", "2004", "2010", "2008-11-30?", "2004-05~", "2010%", "2001-01-01/2004-05-06", "2008-11/2010-07", "2010-07-07/..", "../2001-01-02", "2004-22", "XXXX-05-06"}
	twinOn = []string{"1988-01-01", "1989-03-04", "1995-06-14", "1995-06-15", "2001-01-01", "2001-01-31", "2004-05-06", "2005-12-31", "2008-12-01", "2010-07-10", "2012-12-31", "2020-01-01"}
)

func date(s string) stocktake.Date { return stocktake.MustDate(s) }

// twinBasics describes who and what the random filings speak of. Descriptions change on the way, in redescribe.
func twinBasics() stocktake.Filing {
	return stocktake.Filing{Key: "basics", Title: "Basics",
		Sources: []stocktake.Source{
			{ID: "table-1", Title: "t", Series: "table", Published: date("2005-06-30")}, {ID: "table-2", Title: "t", Series: "table", Published: date("2011-12-31")}, {ID: "table-3", Title: "t", Series: "table", Published: date("2008-06-06")},
			{ID: "register", Title: "t", Kind: "register", Published: date("2009-09-09")}, {ID: "press", Title: "t", Kind: "press", Published: date("2010-08")}, {ID: "late", Title: "t"}},
		Parties: []stocktake.Party{
			{ID: "AAA", Kind: "state", Memberships: []stocktake.Membership{{Group: "un-members", From: date("1950-01-01")}, {Group: "group", From: date("2000-01-01"), To: date("2008-12-31")}}},
			{ID: "BBB", Kind: "state", From: date("1992-01-01"), Memberships: []stocktake.Membership{{Group: "un-members", From: date("1993-01-01")}, {Group: "group", From: date("2004"), To: date("2010-07")}}},
			{ID: "CCC", Kind: "state", To: date("2005"), Memberships: []stocktake.Membership{{Group: "un-members", To: date("2004-05-06")}}},
			{ID: "DDD", Kind: "observer"},
			{ID: "group", Kind: "group"}},
		Instruments: []stocktake.Instrument{
			{ID: "t-plain", Kind: stocktake.Treaty}, {ID: "t-clause", Kind: stocktake.Treaty, Clause: &stocktake.EntryClause{Threshold: 2, DelayMonths: 1}},
			{ID: "t-register", Kind: stocktake.ILOConvention, InForce: date("2000-01"), Clause: &stocktake.EntryClause{DelayDays: 90}},
			{ID: "decl", Kind: stocktake.Declaration}, {ID: "compact", Kind: stocktake.Compact}},
		Coverage: []stocktake.Coverage{{Source: "register", Instruments: []string{"t-register"}, Acts: []string{"ratification", "accession", "consent"}, To: date("2009-01-01")}},
	}
}

type world struct {
	t       *rapid.T
	law     []*stocktake.Filing
	list    []record.Applied
	clock   time.Time
	rolls   int
	entered []enteredAct
}

type enteredAct struct {
	filing int
	stocktake.Act
}

func pick[T any](t *rapid.T, list []T, what string) T {
	return list[rapid.IntRange(0, len(list)-1).Draw(t, what)]
}

func chance(t *rapid.T, of int, what string) bool { return rapid.IntRange(1, of).Draw(t, what) == 1 }

func (w *world) add(f stocktake.Filing) {
	w.clock = w.clock.Add(time.Hour)
	f.Key = "f" + strconv.Itoa(len(w.list)+1)
	w.list = append(w.list, record.Applied{Number: int64(len(w.list) + 1), Filed: w.clock, SHA256: "hash-of-" + f.Key, Filing: &f})
	for _, a := range f.Acts {
		w.entered = append(w.entered, enteredAct{len(w.list), a})
	}
}

func (w *world) date() stocktake.Date { return date(pick(w.t, twinDates, "date")) }

// act makes an act that may be told before, by the same source or another. What is told under one id is of one party and one instrument.
func (w *world) act() stocktake.Act {
	t := w.t
	in, p := pick(t, twinInstruments, "instrument"), pick(t, twinParties, "party")
	var kind stocktake.ActKind
	switch in {
	case "t-plain", "t-clause", "t-register":
		kind = pick(t, []stocktake.ActKind{stocktake.Signature, stocktake.Ratification, stocktake.Accession, stocktake.Consent, stocktake.Denunciation, stocktake.Revocation, stocktake.ReservationAct, stocktake.ProvisionalApplication}, "kind")
	case "compact":
		kind = pick(t, []stocktake.ActKind{stocktake.Endorsement, stocktake.StaysOutStated, stocktake.Withdrawal, stocktake.Return, stocktake.SupportStated, stocktake.VoteYes, stocktake.Deferral}, "kind")
	default:
		kind = pick(t, []stocktake.ActKind{stocktake.AdoptionWithoutVote, stocktake.Dissociation, stocktake.Rejection, stocktake.Endorsement, stocktake.StaysOutStated, stocktake.Remark}, "kind")
	}
	if p == "group" && chance(t, 2, "adoption") {
		kind = stocktake.AdoptionWithoutVote
	}
	id := stocktake.TreatyActID(in, p, kind, rapid.IntRange(1, 2).Draw(t, "ordinal"))
	if chance(t, 6, "odd") { // sources that disagree on what was done
		id = stocktake.ActID(fmt.Sprintf("odd/%s/%s", in, p))
	}
	a := stocktake.Act{ID: id, Party: p, Instrument: in, Kind: kind, Source: pick(t, twinSources, "source")}
	for n := range 4 {
		if n == 1 && !chance(t, 8, "no day") || n != 1 && chance(t, 5, "other day") {
			*[]*stocktake.Date{&a.Announced, &a.Done, &a.Notified, &a.Effect}[n] = w.date()
		}
	}
	return a
}

func (w *world) acts(n int) []stocktake.Act {
	var list []stocktake.Act
	for range n {
		a := w.act()
		if !slices.ContainsFunc(list, func(b stocktake.Act) bool { return a.ID == b.ID && a.Source == b.Source }) {
			list = append(list, a)
		}
	}
	return list
}

func (w *world) rollCall() stocktake.RollCall {
	t := w.t
	w.rolls++
	rc := stocktake.RollCall{ID: strconv.Itoa(rapid.IntRange(1, 4).Draw(t, "roll")), Source: pick(t, []stocktake.SourceID{"table-1", "table-2", "table-3", "press"}, "source")}
	// One roll-call is on one text, on one day, and what was voted on stays the same.
	n := int(rc.ID[0] - '0')
	rc.Instrument = []stocktake.InstrumentID{"res-1", "res-1", "res-2", "decl"}[n-1]
	rc.Date = date([]string{"1995-06-15", "1995-06-15", "2004-05-06", "1995-06-15"}[n-1])
	if n == 2 && chance(t, 2, "part") {
		rc.Part = "paragraph"
	}
	for _, p := range []string{"AAA", "BBB", "CCC", "DDD"} {
		list := pick(t, []*string{&rc.Yes, &rc.Yes, &rc.No, &rc.Abstain, nil, nil, &rc.Absent, &rc.NotVoting}, "ballot")
		if list == nil || (list == &rc.Absent || list == &rc.NotVoting) && !chance(t, 3, "absences") {
			continue
		}
		if *list != "" {
			*list += " "
		}
		*list += p
	}
	return rc
}

// filing adds one random filing.
func (w *world) filing() {
	t := w.t
	switch kind := rapid.IntRange(1, 20).Draw(t, "filing"); {
	case kind <= 11:
		w.add(stocktake.Filing{Acts: w.acts(rapid.IntRange(1, 5).Draw(t, "acts"))})
	case kind <= 14:
		if rc := w.rollCall(); rc.Yes+rc.No+rc.Abstain+rc.Absent+rc.NotVoting != "" {
			w.add(stocktake.Filing{RollCalls: []stocktake.RollCall{rc}})
		}
	case kind <= 16 && len(w.entered) > 0: // an erratum
		e := pick(t, w.entered, "erratum")
		m := &stocktake.Erratum{Filing: w.list[e.filing-1].SHA256, Reason: "r", By: "b"}
		f := stocktake.Filing{Mends: m}
		if chance(t, 3, "retract") {
			m.Retracts = []stocktake.ActID{e.ID}
		} else {
			a := e.Act
			a.Done = w.date()
			f.Acts = []stocktake.Act{a}
		}
		w.add(f)
	case kind <= 17 && len(w.entered) > 0:
		e := pick(t, w.entered, "decision")
		w.add(stocktake.Filing{Decisions: []stocktake.Decision{{Act: e.ID, Follows: pick(t, twinSources, "follows"), Reason: "r", By: "b"}}})
	case kind == 18: // res-1 turns out to endorse something
		w.add(stocktake.Filing{Instruments: []stocktake.Instrument{{ID: "res-1", Kind: stocktake.Resolution, Links: []stocktake.InstrumentLink{{Rel: "endorses", To: pick(t, []stocktake.InstrumentID{"decl", "compact"}, "endorses")}}}}})
	case kind == 19:
		b := twinBasics()
		p := pick(t, b.Parties[:4], "again")
		p.From, p.To = pick(t, []stocktake.Date{{}, date("1991"), date("1996-01-01")}, "from"), pick(t, []stocktake.Date{{}, date("2010-07-09")}, "to")
		w.add(stocktake.Filing{Parties: []stocktake.Party{p}})
	default:
		b := twinBasics()
		in := pick(t, b.Instruments, "again")
		if chance(t, 2, "clause") {
			in.Clause = &stocktake.EntryClause{Threshold: 1, DelayDays: 30}
		}
		w.add(stocktake.Filing{Instruments: []stocktake.Instrument{in}})
	}
}

// TestTwin asks an index and its slow twin the same questions of random records.
func TestTwin(t *testing.T) {
	defer record.SettleEvery(3)()
	laws := newShelf()
	laws.hand(t, "law")
	rapid.Check(t, func(t *rapid.T) {
		w := &world{t: t, clock: time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC)}
		for _, f := range laws.list {
			w.add(*f)
		}
		w.add(twinBasics())
		for range rapid.IntRange(1, 25).Draw(t, "filings") {
			w.filing()
		}
		r := record.New(nil)
		for rest := w.list; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "batch")
			if err := r.Apply(rest[:n]...); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		slow := &twin{w.list, map[int64]*stocktake.Law{}}
		for range 3 {
			compareTwins(t, r, slow)
		}
	})
}

func show(s record.PartyState) string {
	return fmt.Sprintf("%s towards %s: %q bound %d, in force %d, unsure %v, derived %v", s.Party, s.Instrument, s.Word, s.Bound, s.InForce, s.Unsure, s.Derived)
}

// compareSessions compares the index of roll-calls by session with a walk over all of them.
func compareSessions(t *rapid.T, r *record.Record, at stocktake.At) {
	want := map[int][]string{}
	if err := r.RollCalls(at, func(v record.RollCallView) error { want[v.Session] = append(want[v.Session], v.ID); return nil }); err != nil {
		t.Fatal(err)
	}
	sessions := r.Sessions(at)
	if len(sessions) != len(want) {
		t.Errorf("sessions %v, and the roll-calls are of %v", sessions, want)
	}
	for _, s := range sessions {
		var got []string
		for _, v := range r.RollCallsIn(at, s) {
			got = append(got, v.ID)
		}
		if !slices.Equal(got, want[s]) {
			t.Errorf("session %d: %v, and not %v", s, got, want[s])
		}
	}
}

func compareTwins(t *rapid.T, r *record.Record, slow *twin) {
	on, _ := date(pick(t, twinOn, "on")).Bounds()
	at := stocktake.At{On: on, Head: int64(rapid.IntRange(1, len(slow.filings)).Draw(t, "head")), Known: pick(t, []time.Time{
		stocktake.EndOfDay(stocktake.DayOf(2020, 1, 1)), stocktake.EndOfDay(stocktake.DayOf(2005, 6, 30)), stocktake.EndOfDay(stocktake.DayOf(2010, 1, 1)), stocktake.EndOfDay(stocktake.DayOf(2011, 1, 1)), slow.filings[len(slow.filings)/2].Filed}, "known")}
	compareSessions(t, r, at)
	all := slow.visible(at)
	expect := map[string]bool{} // whoever acted
	byParty := map[stocktake.PartyID][]string{}
	for _, in := range twinInstruments {
		for _, p := range twinParties {
			s, acted := slow.state(at, all, p, in)
			if !acted {
				continue
			}
			line := show(record.PartyState{Party: p, Instrument: in, Word: s.word, Bound: s.bound, InForce: s.inForce, Unsure: s.unsure, Derived: s.derived})
			byParty[p] = append(byParty[p], line)
			if p != "group" {
				expect[line] = true
			}
		}
	}
	bad := false
	check := func(what string, got, want []string) {
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			bad = true
			t.Errorf("%s at %s, known %s, head %d", what, at.OnString(), at.KnownString(), at.Head)
			for _, g := range got {
				if !slices.Contains(want, g) {
					t.Errorf("  record: %s", g)
				}
			}
			for _, g := range want {
				if !slices.Contains(got, g) {
					t.Errorf("  twin:   %s", g)
				}
			}
		}
	}
	var everything, acted, states, want []string
	for l := range expect {
		want = append(want, l)
	}
	r.Everything(at, func(s *record.PartyState) { everything = append(everything, show(*s)) })
	check("Everything", everything, want)
	for _, in := range twinInstruments {
		r.Acted(at, in, func(s *record.PartyState) { acted = append(acted, show(*s)) })
		for _, s := range r.States(at, in) {
			x, _ := slow.state(at, all, s.Party, in)
			states = append(states, show(s))
			if l := show(record.PartyState{Party: s.Party, Instrument: in, Word: x.word, Bound: x.bound, InForce: x.inForce, Unsure: x.unsure, Derived: x.derived}); l != show(s) {
				t.Errorf("States at %s, known %s, head %d\n  record: %s\n  twin:   %s", at.OnString(), at.KnownString(), at.Head, show(s), l)
			}
		}
	}
	check("Acted", acted, want)
	for _, p := range twinParties {
		var got []string
		for _, s := range r.OfParty(at, p) {
			got = append(got, show(s))
		}
		check("OfParty "+string(p), got, byParty[p])
	}
	from := on - stocktake.Day(rapid.IntRange(0, 4000).Draw(t, "span"))
	var got, moved []string
	for _, c := range r.Changes(at, from, record.Filter{}) {
		got = append(got, fmt.Sprintf("%s towards %s: %s to %s, unsure %v", c.Party, c.Instrument, c.Before, c.After, c.Unsure))
	}
	before := at
	before.On = from
	for _, in := range twinInstruments {
		for _, p := range twinParties {
			if p == "group" || !slow.touched(at, from, all, p, in) { // what a group does moves its members
				continue
			}
			x, _ := slow.state(before, all, p, in)
			y, _ := slow.state(at, all, p, in)
			if x.word != y.word || x.bound != y.bound {
				moved = append(moved, fmt.Sprintf("%s towards %s: %s to %s, unsure %v", p, in, x.word, y.word, x.unsure || y.unsure))
			}
		}
	}
	check(fmt.Sprintf("Changes from %s", stocktake.DateOf(from)), got, moved)
	if bad {
		for i := range slow.filings {
			t.Log(tell(&slow.filings[i]))
		}
		t.FailNow()
	}
}

// tell says in a few lines what a filing holds, for messages.
func tell(a *record.Applied) string {
	f := a.Filing
	s := fmt.Sprintf("filing %d:", a.Number)
	if f.Mends != nil {
		s += fmt.Sprintf(" mends %s, retracts %v;", f.Mends.Filing, f.Mends.Retracts)
	}
	for _, x := range f.Acts {
		s += fmt.Sprintf("\n  %s by %s: %s; announced %s, done %s, notified %s, effect %s", x.ID, x.Source, x.Kind, x.Announced, x.Done, x.Notified, x.Effect)
	}
	for _, x := range f.RollCalls {
		s += fmt.Sprintf("\n  roll-call %s on %s, %s, %s by %s: yes %s, no %s, abstain %s, absent %s, not voting %s", x.ID, x.Instrument, x.Date, x.Part, x.Source, x.Yes, x.No, x.Abstain, x.Absent, x.NotVoting)
	}
	for _, x := range f.Decisions {
		s += fmt.Sprintf("\n  %s follows %s", x.Act, x.Follows)
	}
	for _, x := range f.Parties {
		s += fmt.Sprintf("\n  %s from %s to %s", x.ID, x.From, x.To)
	}
	for _, x := range f.Instruments {
		s += fmt.Sprintf("\n  %s: %v %+v", x.ID, x.Links, x.Clause)
	}
	return s
}

// touched reports whether something was told that may have been done after one day and by the other: what no act touches did not move.
func (t *twin) touched(at stocktake.At, from stocktake.Day, all []*told, p stocktake.PartyID, in stocktake.InstrumentID) bool {
	for _, w := range t.gather(at, all, p, in) {
		if w.lo <= at.On && w.hi > from {
			return true
		}
	}
	return false
}
