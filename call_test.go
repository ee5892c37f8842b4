package stocktake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// deedOf reads "2018-11-28 refused", with a ? before the role where it may not have been done.
func deedOf(t *testing.T, s string) Deed {
	t.Helper()
	f := strings.Fields(s)
	d := Deed{}
	d.Date = MustDate(f[0])
	d.Lo, d.Hi = d.Date.Reach()
	d.ID = ActID(s)
	name, maybe := strings.CutPrefix(f[1], "?")
	d.Maybe = maybe
	one, other, two := strings.Cut(name, "|")
	for x := range strings.SplitSeq(one, "+") {
		r, ok := RoleOf(x)
		if !ok {
			t.Fatal(s)
		}
		d.Role |= r
	}
	if two {
		d.Alt = Remark
		d.AltRole, _ = RoleOf(other)
	}
	return d
}

func TestBecame(t *testing.T) {
	asked := &Answer{Met: []AnswerRule{{Kinds: []ActKind{Return}, Instruments: []InstrumentID{"talks"}}}}
	until := &Answer{Met: asked.Met, Until: MustDate("2018-12-19")}
	refusals := &Answer{Refused: asked.Met}
	for _, c := range []struct {
		what  string
		a     *Answer
		made  string
		on    string
		deeds []string
		want  string
	}{
		{"nothing", asked, "2017-12-04", "2018-01-01", nil, "open"},
		{"nothing would answer it", nil, "2017-12-04", "2018-01-01", nil, "cannot be told"},
		{"only refusals are known, and none was", refusals, "2017-12-04", "2018-01-01", nil, "cannot be told"},
		{"only refusals are known, and one was", refusals, "2017-12-04", "2018-01-01", []string{"2017-12-20 refused"}, "refused 2017-12-20"},
		{"before the statement", asked, "2017-12-04", "2018-01-01", []string{"2017-12-03 met"}, "open"},
		{"on the same day", asked, "2017-12-04", "2018-01-01", []string{"2017-12-04 met"}, "open, or happened"},
		{"the day after", asked, "2017-12-04", "2018-01-01", []string{"2017-12-05 met"}, "happened 2017-12-05"},
		{"some day of the month", asked, "2017-12-04", "2018-01-01", []string{"2017-12 met"}, "open, or happened"},
		{"later than the day asked about", asked, "2017-12-04", "2017-12-31", []string{"2018-01-01 met"}, "open"},
		{"in a month that is not over", asked, "2017-12-04", "2018-01-15", []string{"2018-01 met"}, "open, or happened"},
		{"statement of some day in a month", asked, "2017-12", "2018-02-01", []string{"2017-12-20 met"}, "open, or happened"},
		{"done, and undone", asked, "2017-12-04", "2020-01-01", []string{"2018-12-19 met", "2019-01-08 undone"}, "happened and undone 2019-01-08"},
		{"and done again", asked, "2017-12-04", "2024-01-01", []string{"2018-12-19 met", "2019-01-08 undone", "2023-01-05 met"}, "happened 2023-01-05"},
		{"undone, in part since", asked, "2017-12-04", "2024-01-01", []string{"2018-12-19 met", "2019-01-08 undone", "2023-01-05 in-part"}, "in part 2023-01-05"},
		{"undone, or not yet", asked, "2017-12-04", "2019-01-15", []string{"2018-12-19 met", "2019-01 undone"}, "happened 2018-12-19, or happened and undone"},
		{"nothing to undo", asked, "2017-12-04", "2020-01-01", []string{"2018-12-19 undone"}, "open"},
		{"refused", asked, "2017-12-04", "2020-01-01", []string{"2018-11-28 refused", "2018-12-19 refused"}, "refused 2018-11-28"},
		{"refused, then in part", asked, "2017-12-04", "2022-01-01", []string{"2018-11-28 refused", "2021-12 in-part"}, "in part 2021-12"},
		{"refused, then done", asked, "2017-12-04", "2022-01-01", []string{"2018-11-28 refused", "2021-12 met"}, "happened 2021-12"},
		{"done, and a later refusal does not undo it", asked, "2017-12-04", "2022-01-01", []string{"2018-11-28 met", "2021-12 refused"}, "happened 2018-11-28"},
		{"a refusal that also undoes", asked, "2017-12-04", "2022-01-01", []string{"2018-11-28 met", "2021-12 refused+undone"}, "happened and undone 2021-12"},
		{"in part, and taken back", asked, "2017-12-04", "2022-01-01", []string{"2018-11-28 in-part", "2021-12 undone"}, "open 2021-12"},
		{"in any order within a month", asked, "2017-12-04", "2019-02-01", []string{"2018-12 met", "2018-12-19 undone"}, "happened and undone 2018-12-19, or happened"},
		{"in either order within a month, to the same end", asked, "2017-12-04", "2019-02-01", []string{"2018-12 met", "2018-12-19 met"}, "happened 2018-12"},
		{"sources disagree on what was done", asked, "2017-12-04", "2019-02-01", []string{"2018-12-19 met|no-answer"}, "happened 2018-12-19, or open"},
		{"perhaps not done at all", asked, "2017-12-04", "2019-02-01", []string{"2018-12-19 ?met"}, "open, or happened"},
		{"after it could be done", until, "2017-12-04", "2022-01-01", []string{"2021-12 met"}, "open"},
		{"on the last day", until, "2017-12-04", "2022-01-01", []string{"2018-12-19 met"}, "happened 2018-12-19"},
		{"perhaps after it could be done", until, "2017-12-04", "2022-01-01", []string{"2018-12 met"}, "open, or happened"},
		{"no day at all", asked, "2017-12-04", "2022-01-01", []string{"../.. met"}, "open, or happened"},
	} {
		var deeds []Deed
		for _, s := range c.deeds {
			if s == "../.. met" {
				deeds = append(deeds, Deed{Lo: MinDay, Hi: MaxDay, Role: RoleMet})
				continue
			}
			deeds = append(deeds, deedOf(t, s))
		}
		on, _ := MustDate(c.on).Bounds()
		b := c.a.Became(MustDate(c.made), slices.Clone(deeds), on)
		if got := said(b); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
		slices.Reverse(deeds) // the order in which acts are told says nothing
		if got := said(c.a.Became(MustDate(c.made), deeds, on)); got != c.want {
			t.Errorf("%s, in reverse: %s, want %s", c.what, got, c.want)
		}
	}
}

func said(b Became) string {
	s := b.Status.String()
	if b.When != nil {
		s += " " + b.When.String()
	}
	for _, m := range b.May {
		s += ", or " + m.String()
	}
	return s
}

// TestBecameOfEveryOrder compares with every order that the days allow: the answer holds all that is possible.
func TestBecameOfEveryOrder(t *testing.T) {
	asked := &Answer{Met: []AnswerRule{{}}}
	made, on := MustDate("2000-01-01"), DayOf(2000, 1, 20)
	days := []string{"2000-01-01", "2000-01-03", "2000-01-02/2000-01-05", "2000-01-04/2000-01-30", "2000-01"}
	roles := []Role{RoleMet, RolePart, RoleRefused, RoleUndone, RoleRefused | RoleUndone}
	for n := range 5 * 5 * 5 * 5 * 5 * 5 {
		var deeds []Deed
		for i, k := 0, n; i < 3; i++ {
			d := Deed{Role: roles[k%5]}
			d.Date = MustDate(days[k/5%5])
			d.ID = ActID(rune('a' + i))
			d.Lo, d.Hi = d.Date.Reach()
			deeds, k = append(deeds, d), k/25
		}
		b := asked.Became(made, slices.Clone(deeds), on)
		got := set(1 << b.Status)
		for _, s := range b.May {
			got |= 1 << s
		}
		first, _ := made.Bounds()
		want := everyOrder(deeds, first, on)
		if want&^got != 0 || got.has(b.Status) && !want.has(b.Status) && !b.Unsure {
			t.Fatalf("%v: %b, but %b is possible", deeds, got, want)
		}
	}
}

// everyOrder places each deed on each of its days from the first to the thirty-first, in each order of one day.
func everyOrder(deeds []Deed, made, on Day) (out set) {
	place := make([]Day, len(deeds))
	order := []int{0, 1, 2}
	perms := [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
	var walk func(i int)
	walk = func(i int) {
		if i < len(deeds) {
			for d := deeds[i].Lo; d <= deeds[i].Hi; d++ {
				place[i] = d
				walk(i + 1)
			}
			return
		}
		for _, p := range perms {
			copy(order, p)
			slices.SortStableFunc(order, func(a, b int) int { return int(place[a] - place[b]) })
			for same := range 8 { // which of those of the statement's own day came after it
				s := CallOpen
				for _, k := range order {
					if place[k] > on || place[k] == made && same>>k&1 == 0 {
						continue
					}
					s = s.after(deeds[k].Role)
				}
				out |= 1 << s
			}
		}
	}
	if len(deeds) == 3 {
		sparse(deeds, on)
		walk(0)
	}
	return out
}

// sparse keeps the walk short: of a month only its first days, and one after the day asked about, tell anything new.
func sparse(deeds []Deed, on Day) {
	for i := range deeds {
		if deeds[i].Hi > on {
			deeds[i].Hi = max(deeds[i].Lo, min(deeds[i].Hi, deeds[i].Lo+6))
		}
	}
}

func TestTogether(t *testing.T) {
	m := func(s CallStatus, may ...CallStatus) Member {
		return Member{Became: Became{Status: s, Unsure: len(may) > 0, May: may}}
	}
	for _, c := range []struct {
		what string
		list []Member
		want string
	}{
		{"nobody", nil, "cannot be told"},
		{"all", []Member{m(CallHappened), m(CallHappened)}, "happened"},
		{"some", []Member{m(CallHappened), m(CallOpen)}, "in part"},
		{"one in part", []Member{m(CallInPart), m(CallRefused)}, "in part"},
		{"some undone", []Member{m(CallUndone), m(CallHappened)}, "in part"},
		{"all undone", []Member{m(CallUndone), m(CallUndone)}, "happened and undone"},
		{"all refused", []Member{m(CallRefused), m(CallRefused)}, "refused"},
		{"some refused", []Member{m(CallRefused), m(CallOpen)}, "open"},
		{"perhaps one", []Member{m(CallOpen, CallHappened), m(CallOpen)}, "open, or in part"},
		{"perhaps all", []Member{m(CallHappened), m(CallOpen, CallHappened)}, "in part, or happened"},
		{"some for certain, whatever another did", []Member{m(CallHappened), m(CallOpen), m(CallOpen, CallHappened)}, "in part"},
		{"perhaps all refused", []Member{m(CallRefused), m(CallOpen, CallRefused)}, "open, or refused"},
		{"one member, unsure", []Member{m(CallOpen, CallHappened)}, "open, or happened"},
	} {
		b, n := Together(c.list)
		if got := said(b); got != c.want || n.Of != len(c.list) {
			t.Errorf("%s: %s of %d, want %s", c.what, got, n.Of, c.want)
		}
	}
	// Against every combination.
	all := CallStatuses()
	for n := range 6 * 6 * 6 * 6 * 6 * 6 {
		var list []Member
		for k, i := n, 0; i < 3; i++ {
			x := m(all[k%6])
			if y := all[k/6%6]; y != x.Status {
				x.Unsure, x.May = true, []CallStatus{y}
			}
			list, k = append(list, x), k/36
		}
		got, _ := Together(list)
		have := set(1 << got.Status)
		for _, s := range got.May {
			have |= 1 << s
		}
		want := set(0)
		for pick := range 8 {
			var fixed []Member
			for i, x := range list {
				s := x.Status
				if x.Unsure && pick>>i&1 == 1 {
					s = x.May[0]
				}
				fixed = append(fixed, m(s))
			}
			b, _ := Together(fixed)
			want |= 1 << b.Status
		}
		if have != want {
			t.Fatalf("%v: %b, want %b", list, have, want)
		}
	}
}

// TestShortFormOfAnswers reads what filings of the first releases say, and writes it back unchanged.
func TestShortFormOfAnswers(t *testing.T) {
	for text, want := range map[string]string{
		"return gcm-process":     " [return] [gcm-process]",
		"USA return gcm-process": "USA [return] [gcm-process]",
		"return gcm-process gcm": "",
		"come back":              "",
		"":                       "",
	} {
		c := Call{AnsweredBy: text}
		got := ""
		c.Asked().EachRule(func(r Role, x *AnswerRule) {
			if r == RoleMet {
				got = fmt.Sprintf("%s %v %v", x.Party, x.Kinds, x.Instruments)
			}
		})
		if got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
	old := `{"id":"x/call-1","verb":"call on","addressee":"Brazil","addressee_id":"BRA","start":1,"end":9,"quote":"come back","answered_by":"return gcm"}`
	var c Call
	if err := json.Unmarshal([]byte(old), &c); err != nil {
		t.Fatal(err)
	}
	if b, err := json.Marshal(c); err != nil || string(b) != old {
		t.Errorf("%s %v", b, err)
	}
	own := `{"start":1,"end":9,"quote":"we will"}` // what a mention was
	var u Undertaking
	if err := json.Unmarshal([]byte(own), &u); err != nil {
		t.Fatal(err)
	}
	if b, err := json.Marshal(u); err != nil || string(b) != own {
		t.Errorf("%s %v", b, err)
	}
	s := Statement{Instrument: "st-1", Undertakes: []Undertaking{u, {ID: "own/2"}}}
	if a, b := s.UndertakingID(0), s.UndertakingID(1); a != "st-1/own-1" || b != "own/2" {
		t.Error(a, b)
	}
}
