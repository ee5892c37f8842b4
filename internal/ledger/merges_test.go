package ledger_test

import (
	"slices"
	"testing"

	"stocktake"
	"stocktake/internal/record"
)

func TestMerges(t *testing.T) {
	l := folder(t).open(t)
	file(t, l, law(t)...)
	file(t, l, parse(t, `
		key: two-names
		title: One organisation under two ids, and one text under two
		sources: [{id: s, title: A page, published: 2019-01-01, read: 2026-11-01}]
		parties:
		  - {id: x-old, kind: organisation, names: {en: Old name}}
		  - {id: x-new, kind: organisation, names: {en: New name}}
		instruments:
		  - {id: x-text, kind: compact, title: The Compact under another id, aliases: [another id]}
		acts:
		  - {id: old-takes-part, party: x-old, instrument: gcm-process, kind: participation, done: 2017-01-01}
		  - {id: new-leaves, party: x-new, instrument: gcm-process, kind: withdrawal, notified: 2018-01-01}
		  - {id: old-endorses, party: x-old, instrument: gcm, kind: endorsement, done: 2018-12-10}
		  - {id: mex-endorses, party: MEX, instrument: x-text, kind: endorsement, done: 2018-12-10}
		  - {id: mex-leaves, party: MEX, instrument: gcm, kind: withdrawal, done: 2020-01-01}
		roll_calls:
		  - {id: "1", instrument: x-text, session: 73, date: 2018-12-19, yes: HUN}
		`)...)
	apart := on(l, "2019-01-01")
	file(t, l, parse(t, `
		key: merge
		title: They are one
		merges:
		  - {of: party, from: x-old, into: x-new, reason: It changed its name., by: tests}
		  - {of: instrument, from: x-text, into: gcm, reason: It was entered twice., by: tests}
		`)...)
	one := on(l, "2019-01-01")
	rec := l.Record()
	find := func(at stocktake.At) (string, string) {
		p, _ := rec.FindParty("old name", at.Head)
		in, _ := rec.FindInstrument("another id", at.Head)
		return string(p), string(in)
	}
	if p, in := find(one); p != "x-new" || in != "gcm" {
		t.Errorf("the names lead to %s and %s", p, in)
	}
	if p, in := find(apart); p != "x-old" || in != "x-text" {
		t.Errorf("before the merge, the names lead to %s and %s", p, in)
	}
	stands := func(at stocktake.At, day string, p stocktake.PartyID, in stocktake.InstrumentID, want string, acts int) {
		t.Helper()
		at.On = stocktake.DayOf(0, 0, 0)
		at.On, _ = stocktake.MustDate(day).First()
		s := standing(t, l, at, p, in)
		if s.Standing != want || len(s.Acts) != acts {
			t.Errorf("%s × %s on %s at head %d: %s with %d acts, want %s with %d", p, in, day, at.Head, s.Standing, len(s.Acts), want, acts)
		}
	}
	// What either did counts for the one that stays, under either id.
	for _, p := range []stocktake.PartyID{"x-new", "x-old"} {
		stands(one, "2017-06-01", p, "gcm-process", "in the talks", 1)
		stands(one, "2019-01-01", p, "gcm-process", "out of the talks", 2)
		stands(one, "2019-01-01", p, "gcm", "endorsed", 1)
	}
	for _, in := range []stocktake.InstrumentID{"gcm", "x-text"} {
		stands(one, "2019-01-01", "MEX", in, "endorsed", 2) // and its vote not cast
		stands(one, "2020-06-01", "MEX", in, "withdrawn", 3)
		if v := rec.RollCallsOn(one, in); len(v) != 1 {
			t.Errorf("%d roll-calls on %s, want 1", len(v), in)
		}
	}
	if s := standing(t, l, one, "x-old", "gcm"); s.Party != "x-new" || s.Acts[0].Via != "" {
		t.Errorf("%+v", s)
	}
	// Before the merge, by head, nothing of it shows.
	stands(apart, "2019-01-01", "x-new", "gcm", "no act known", 0)
	stands(apart, "2019-01-01", "x-new", "gcm-process", "out of the talks", 1)
	stands(apart, "2019-01-01", "MEX", "gcm", "no act known", 0)
	// Lists and tables have one entry for both, changes and what was learned too.
	listed := func(at stocktake.At) (ids []string) {
		rec.Everything(at, func(s *record.PartyState) { ids = append(ids, string(s.Party)+" "+string(s.Instrument)+" "+s.Word) })
		slices.Sort(ids)
		return ids
	}
	if got := listed(one); !slices.Contains(got, "x-new gcm endorsed") || !slices.Contains(got, "MEX gcm endorsed") || slices.ContainsFunc(got, func(s string) bool { return len(s) > 5 && s[:5] == "x-old" }) {
		t.Errorf("the table: %q", got)
	}
	if got := listed(apart); !slices.Contains(got, "x-old gcm endorsed") || !slices.Contains(got, "MEX x-text endorsed") {
		t.Errorf("the table before: %q", got)
	}
	has := func(list []record.Change, p stocktake.PartyID, in stocktake.InstrumentID, after string) bool {
		return slices.ContainsFunc(list, func(c record.Change) bool { return c.Party == p && c.Instrument == in && c.After == after })
	}
	if got := rec.Changes(one, one.On-60, record.Filter{}); !has(got, "x-new", "gcm", "endorsed") || !has(got, "MEX", "gcm", "endorsed") {
		t.Errorf("changes: %+v", got)
	}
	if got := rec.Moved(one, apart.Head); !has(got, "x-new", "gcm", "endorsed") || !has(got, "MEX", "gcm", "endorsed") {
		t.Errorf("learned by the merge: %+v", got)
	}
	agrees(t, l)

	// Undone, each stands for itself again; while it held, it held.
	file(t, l, parse(t, `
		key: unmerge
		title: They are two
		merges:
		  - {of: party, from: x-old, into: x-new, undo: true, reason: Two of one name., by: tests}
		  - {of: instrument, from: x-text, into: gcm, undo: true, reason: Two texts., by: tests}
		`)...)
	two := on(l, "2019-01-01")
	if p, in := find(two); p != "x-old" || in != "x-text" {
		t.Errorf("undone, the names lead to %s and %s", p, in)
	}
	stands(two, "2019-01-01", "x-new", "gcm", "no act known", 0)
	stands(two, "2019-01-01", "x-old", "gcm", "endorsed", 1)
	stands(two, "2019-01-01", "MEX", "x-text", "endorsed", 2)
	stands(two, "2020-06-01", "MEX", "gcm", "withdrawn", 1)
	stands(one, "2019-01-01", "x-new", "gcm", "endorsed", 1)
	agrees(t, l)
	holds(t, l)

	for _, c := range []struct {
		merge stocktake.Merge
		words string
	}{
		{stocktake.Merge{Of: "party", From: "x-old", Into: "nobody", Reason: "r", By: "b"}, `party "nobody" is not known`},
		{stocktake.Merge{Of: "party", From: "x-old", Into: "x-old", Reason: "r", By: "b"}, "cannot be merged into itself"},
		{stocktake.Merge{Of: "source", From: "s", Into: "t", Reason: "r", By: "b"}, `of is "source"; write party or instrument`},
		{stocktake.Merge{Of: "party", From: "x-old", Into: "x-new"}, "a merge needs a reason and the office that takes it"},
	} {
		refused(t, l, stocktake.Invalid, c.words, stocktake.Filing{Key: "bad", Title: "A merge that cannot be", Merges: []stocktake.Merge{c.merge}})
	}
}
