package record_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stocktake"
	"stocktake/internal/record"
)

// listed loads the filings of a list.
type listed struct{ list *[]record.Applied }

func (l listed) Load(_ context.Context, n int64) (*stocktake.Filing, error) {
	if n < 1 || n > int64(len(*l.list)) {
		return nil, stocktake.NotFoundf("no filing %d", n)
	}
	return (*l.list)[n-1].Filing, nil
}

// odd makes filings of kinds that the twin's world has none of.
func (w *world) odd() {
	t := w.t
	b := twinBasics()
	switch rapid.IntRange(1, 7).Draw(t, "odd filing") {
	case 1:
		from, into := pick(t, twinParties[:4], "from"), pick(t, twinParties[:4], "into")
		if from != into {
			w.add(stocktake.Filing{Merges: []stocktake.Merge{{Of: "party", From: string(from), Into: string(into), Undo: chance(t, 4, "undo"), Reason: "r", By: "b"}}})
		}
	case 2:
		from, into := pick(t, twinInstruments[:5], "from"), pick(t, twinInstruments[:5], "into") // that are described, as the ledger asks
		if from != into {
			w.add(stocktake.Filing{Merges: []stocktake.Merge{{Of: "instrument", From: string(from), Into: string(into), Undo: chance(t, 4, "undo"), Reason: "r", By: "b"}}})
		}
	case 3:
		s := pick(t, b.Sources, "source")
		s.Series = pick(t, []string{"", "table", "another"}, "series")
		w.add(stocktake.Filing{Sources: []stocktake.Source{s}})
	case 4:
		w.add(stocktake.Filing{Coverage: []stocktake.Coverage{{Source: pick(t, twinSources, "source"), Instruments: []string{pick(t, []string{"t-*", "t-clause", "*"}, "scope")}, Acts: []string{"consent"}, To: date("2010-01-01")}}})
	case 5:
		w.add(stocktake.Filing{Parties: []stocktake.Party{{ID: "EEE", Kind: pick(t, []string{"state", "group"}, "kind"), Memberships: []stocktake.Membership{{Group: "group", From: date("1990-01-01")}, {Group: "un-members", From: date("1990-01-01")}}}}})
	case 6:
		p := b.Parties[4]
		p.Kind = pick(t, []string{"group", "organisation"}, "kind")
		w.add(stocktake.Filing{Parties: []stocktake.Party{p}})
	default:
		w.add(stocktake.Filing{Instruments: []stocktake.Instrument{{ID: pick(t, twinInstruments, "again"), Kind: pick(t, []stocktake.InstrumentKind{stocktake.Treaty, stocktake.Compact, stocktake.Resolution}, "kind"),
			Links: []stocktake.InstrumentLink{{Rel: "endorses", To: pick(t, twinInstruments, "to")}}}}})
	}
}

// courses are all turns of all parties towards all instruments at a head.
func courses(t *rapid.T, r *record.Record, head int64) map[string][]record.Turn {
	out := map[string][]record.Turn{}
	at := stocktake.At{On: stocktake.MaxDay, Known: forEver, Head: head}
	for _, in := range twinInstruments { // described or not
		err := r.Courses(t.Context(), at, in, func(c *record.Course) error {
			out[string(c.Party)+" "+string(in)] = slices.Clone(c.Turns)
			return nil
		})
		if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			t.Fatal(err)
		}
	}
	return out
}

var forEver = time.UnixMicro(1 << 62).UTC()

// onDays tells where a party stands on each of some days by its turns.
func onDays(turns []record.Turn, days []stocktake.Day) (list []string) {
	for _, d := range days {
		s := fmt.Sprintf("%q -1 -1 false false", stocktake.NoActKnown)
		for _, t := range turns {
			if t.From <= d {
				s = fmt.Sprintf("%q %d %d %v %v", t.Word, t.Bound, t.InForce, t.Unsure, t.Derived)
			}
		}
		list = append(list, s)
	}
	return list
}

// TestMovesAreWhatHappens looks at what a filing would do, files it, and compares: every standing that differs afterwards, on any day, was among
// the moves, with the same words before and after, and nothing else was; and looking left the record as it was.
func TestMovesAreWhatHappens(t *testing.T) {
	defer record.SettleEvery(3)()
	laws := newShelf()
	laws.hand(t, "law")
	rapid.Check(t, func(t *rapid.T) {
		w := &world{t: t, clock: time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC)}
		for _, f := range laws.list {
			w.add(*f)
		}
		w.add(twinBasics())
		for range rapid.IntRange(1, 20).Draw(t, "filings") {
			if chance(t, 5, "odd") {
				w.odd()
			} else {
				w.filing()
			}
		}
		r := record.New(listed{&w.list})
		if err := r.Apply(w.list...); err != nil {
			t.Fatal(err)
		}
		head := int64(len(w.list))
		before := courses(t, r, head)
		for range rapid.IntRange(1, 2).Draw(t, "new filings") {
			if chance(t, 2, "odd") {
				w.odd()
			} else {
				w.filing()
			}
		}
		var next []stocktake.Filing
		for _, a := range w.list[head:] {
			next = append(next, *a.Filing)
			if m := a.Filing.Mends; m != nil && slices.ContainsFunc(w.list[head:], func(x record.Applied) bool { return x.SHA256 == m.Filing }) {
				t.Skip("mends what is not filed yet, and has no hash")
			}
		}
		then, err := r.With(w.clock, next...)
		if err != nil {
			t.Fatal(err)
		}
		moves, err := r.Moves(t.Context(), then, forEver.UnixMicro(), next...)
		if err != nil {
			t.Fatal(err)
		}
		if got := courses(t, r, head); !reflect.DeepEqual(got, before) || r.Head() != head {
			t.Fatal("looking changed the record")
		}
		if err := r.Apply(w.list[head:]...); err != nil {
			t.Fatal(err)
		}
		if !maps.EqualFunc(before, courses(t, r, head), slices.Equal) {
			t.Fatal("filing changed what was known before")
		}
		after := courses(t, r, int64(len(w.list)))
		if alone := courses(t, then, int64(len(w.list))); !reflect.DeepEqual(alone, after) {
			t.Fatal("the record that was made for looking says something else than the one in which it was filed")
		}
		days := []stocktake.Day{stocktake.MinDay, stocktake.MaxDay}
		keys := map[string]bool{}
		for _, m := range []map[string][]record.Turn{before, after} {
			for k, turns := range m {
				keys[k] = true
				for _, x := range turns {
					if x.From > stocktake.MinDay {
						days = append(days, x.From, x.From-1)
					}
				}
			}
		}
		own := record.Own(r, head)
		maps.Copy(own, record.Own(r, r.Head()))
		maps.DeleteFunc(keys, func(k string, _ bool) bool { // what leads to another all the time is told of under that one's name
			_, in, _ := strings.Cut(k, " ")
			return !own[stocktake.InstrumentID(in)]
		})
		told := map[string]record.Move{}
		for _, m := range moves.List {
			told[string(m.Party)+" "+string(m.Instrument)] = m
		}
		say := func(s record.PartyState) string {
			return fmt.Sprintf("%q %d %d %v %v", s.Word, s.Bound, s.InForce, s.Unsure, s.Derived)
		}
		for k := range keys {
			was, is := onDays(before[k], days), onDays(after[k], days)
			for i, d := range days {
				m := told[k]
				at := slices.IndexFunc(m.Stretches, func(s record.Stretch) bool { return s.From <= d && d <= s.To })
				switch {
				case was[i] == is[i] && at >= 0:
					t.Fatalf("%s on %d: said to move, and stays %s", k, d, is[i])
				case was[i] != is[i] && at < 0:
					t.Fatalf("%s on %d: goes from %s to %s, and was not among the moves; filed was %+v", k, d, was[i], is[i], next)
				case at >= 0 && (say(m.Stretches[at].Before) != was[i] || say(m.Stretches[at].After) != is[i]):
					t.Fatalf("%s on %d: %+v, and it goes from %s to %s", k, d, m.Stretches[at], was[i], is[i])
				}
			}
			delete(told, k)
		}
		if len(told) > 0 {
			t.Fatalf("moves of what nobody lists: %v", told)
		}
		checkDisputes(t, r, moves, head, keys)
	})
}

// checkDisputes compares what was said to open and to close with what is open in all standings before and after, under whatever name of party
// and instrument.
func checkDisputes(t *rapid.T, r *record.Record, m record.Moves, head int64, keys map[string]bool) {
	open := func(head int64) map[string]bool {
		out := map[string]bool{}
		at := stocktake.At{On: stocktake.DayOf(9999, 12, 31), Known: forEver, Head: head}
		err := r.Standings(t.Context(), at, record.Filter{}, func(s stocktake.Standing) error {
			for _, c := range s.Conflicts {
				if c.Follows == "" {
					out[fmt.Sprint(c.Act, " ", c.About)] = true
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	was, is := open(head), open(r.Head())
	names := func(list []record.Dispute) map[string]bool {
		out := map[string]bool{}
		for _, d := range list {
			out[fmt.Sprint(d.Act, " ", d.About)] = true
		}
		return out
	}
	opened, closed := names(m.Opened), names(m.Closed)
	for k := range is {
		if !was[k] && !opened[k] {
			t.Fatalf("%s is open now, and was not said to open", k)
		}
	}
	for k := range was {
		if !is[k] && !closed[k] {
			t.Fatalf("%s is open no more, and was not said to close", k)
		}
	}
}

// TestCopySharesNothing walks the fields of a record and of the one that With makes: whatever a filing can change is another.
func TestCopySharesNothing(t *testing.T) {
	w := []record.Applied{{Number: 1, Filed: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), SHA256: "x", Filing: &stocktake.Filing{Key: "a", Title: "a"}}}
	basics := twinBasics()
	w = append(w, record.Applied{Number: 2, Filed: w[0].Filed.Add(time.Hour), SHA256: "y", Filing: &basics})
	r := record.New(listed{&w})
	if err := r.Apply(w...); err != nil {
		t.Fatal(err)
	}
	c, err := r.With(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range record.Shared(r, c) {
		t.Errorf("the field %s is shared with the copy: copied in with.go leaves it out", name)
	}
	for _, name := range record.Forgotten() {
		t.Errorf("the field %s is not copied: put it into copied in with.go", name)
	}
}

func BenchmarkWith(b *testing.B) {
	defer record.SettleEvery(4096)()
	var list []record.Applied
	basics := twinBasics()
	list = append(list, record.Applied{Number: 1, Filed: time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC), SHA256: "b", Filing: &basics})
	for n := 2; n <= 60_000; n++ {
		f := &stocktake.Filing{Key: fmt.Sprint("f", n), Acts: []stocktake.Act{{ID: stocktake.ActID(fmt.Sprint("act-", n)), Party: twinParties[n%4], Instrument: stocktake.InstrumentID(fmt.Sprint("in-", n%8000)), Kind: stocktake.Endorsement, Done: date("2010-07-07"), Source: "table-1"}}}
		list = append(list, record.Applied{Number: int64(n), Filed: list[0].Filed.Add(time.Duration(n) * time.Second), SHA256: fmt.Sprint("sha-", n), Filing: f})
	}
	r := record.New(listed{&list})
	if err := r.Apply(list...); err != nil {
		b.Fatal(err)
	}
	next := stocktake.Filing{Key: "new", Acts: []stocktake.Act{{ID: "new", Party: "AAA", Instrument: "in-7", Kind: stocktake.Withdrawal, Done: date("2011-01-01"), Source: "press"}}}
	for b.Loop() {
		then, err := r.With(time.Now(), next)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Moves(b.Context(), then, time.Now().UnixMicro(), next); err != nil {
			b.Fatal(err)
		}
	}
}
