package record_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stocktake"
	"stocktake/internal/record"
)

// Load makes the filings of a random world readable again.
func (w *world) Load(_ context.Context, n int64) (*stocktake.Filing, error) {
	return w.list[n-1].Filing, nil
}

// TestCourses compares courses with the standings of many days, over random records.
func TestCourses(t *testing.T) {
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
		r := record.New(w)
		if err := r.Apply(w.list...); err != nil {
			t.Fatal(err)
		}
		at := stocktake.At{Head: int64(len(w.list)), Known: stocktake.EndOfDay(stocktake.DayOf(2020, 1, 1))}
		if chance(t, 3, "earlier") {
			at.Head = int64(rapid.IntRange(len(laws.list)+1, len(w.list)).Draw(t, "head"))
		}
		for _, in := range twinInstruments {
			if _, ok := r.Instrument(in, at.Head); ok {
				compareCourses(t, r, at, in)
			}
		}
	})
}

func compareCourses(t *rapid.T, r *record.Record, at stocktake.At, in stocktake.InstrumentID) {
	ctx := context.Background()
	courses := map[stocktake.PartyID][]record.Turn{}
	var days []stocktake.Day
	for _, d := range twinOn {
		lo, _ := date(d).Bounds()
		days = append(days, lo)
	}
	err := r.Courses(ctx, at, in, func(c *record.Course) error {
		courses[c.Party] = slices.Clone(c.Turns)
		for i, x := range c.Turns {
			if (i == 0) != (x.From == stocktake.MinDay) || i > 0 && x.From <= c.Turns[i-1].From {
				t.Errorf("%s towards %s: turn %d begins on %s", c.Party, in, i, stocktake.DateOf(x.From))
			}
			if i > 0 {
				days = append(days, x.From-1, x.From)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(days)
	for _, on := range slices.Compact(days) {
		at.On = on
		n := 0
		err := r.Standings(ctx, at, record.Filter{Instruments: []stocktake.InstrumentID{in}}, func(s stocktake.Standing) error {
			n++
			turns := courses[s.Party]
			i := len(turns) - 1
			for i > 0 && turns[i].From > on {
				i--
			}
			if i < 0 {
				t.Errorf("%s has no course towards %s", s.Party, in)
				return nil
			}
			if got, want := tellTurn(&turns[i]), tellStanding(&s, on); got != want {
				t.Errorf("%s towards %s on %s, head %d:\n  course:   %s\n  standing: %s", s.Party, in, s.On, at.Head, got, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n != len(courses) {
			t.Errorf("%d courses towards %s, and %d standings", len(courses), in, n)
		}
	}
}

func tellTurn(x *record.Turn) string {
	return fmt.Sprintf("%q bound %d, in force %d, unsure %v, derived %v, acted %v, open %v, settled %v, since %s, ends %s", x.Word, x.Bound, x.InForce, x.Unsure, x.Derived, x.Acted, x.Open, x.Settled, x.Since.String(), x.Ends.String())
}

func tellStanding(s *stocktake.Standing, on stocktake.Day) string {
	x := record.Turn{Word: s.Standing, Bound: -1, InForce: -1, Unsure: s.Unsure, Acted: len(s.Acts) > 0}
	x.Derived = slices.ContainsFunc(s.Caveats, func(c string) bool { return strings.HasPrefix(c, "Derived from membership") })
	number := func(b *bool, to *int8) {
		if b != nil {
			*to = map[bool]int8{false: 0, true: 1}[*b]
		}
	}
	number(s.Bound, &x.Bound)
	number(s.InForce, &x.InForce)
	if s.Since != nil {
		x.Since = *s.Since
	}
	if s.Ends != nil {
		x.Ends = *s.Ends
	}
	for _, c := range s.Conflicts {
		if shown(&c, s.Acts, on) {
			x.Open, x.Settled = x.Open || c.Follows == "", x.Settled || c.Follows != ""
		}
	}
	return tellTurn(&x)
}

// shown reports whether a page about a day speaks of a disagreement: where sources differ on a day, once one of them places the act; else
// once the act is listed.
func shown(c *stocktake.Clash, acts []stocktake.ActRef, on stocktake.Day) bool {
	dated := false
	for _, x := range c.Says {
		for _, w := range strings.Fields(x.Value) {
			if d, err := stocktake.ParseDate(w); err == nil && !strings.HasPrefix(x.Value, "none by ") {
				if lo, _ := d.Bounds(); lo <= on {
					return true
				}
				dated = true
			}
		}
	}
	return !dated && slices.ContainsFunc(acts, func(a stocktake.ActRef) bool { return a.ID == c.Act })
}
