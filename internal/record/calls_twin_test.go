package record_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stocktake"
	"stocktake/internal/record"
)

var twinKinds = []stocktake.ActKind{stocktake.Ratification, stocktake.Denunciation, stocktake.Signature, stocktake.Endorsement, stocktake.StaysOutStated, stocktake.Withdrawal, stocktake.Return,
	stocktake.VoteYes, stocktake.VoteNo, stocktake.VoteNotVoting, stocktake.AdoptionWithoutVote, stocktake.Rejection, stocktake.Consent}

// answer makes what would answer a call.
func (w *world) answer() *stocktake.Answer {
	t := w.t
	a := &stocktake.Answer{By: "b"}
	for _, list := range []*[]stocktake.AnswerRule{&a.Met, &a.Part, &a.Refused, &a.Undone} {
		for range rapid.IntRange(0, 2).Draw(t, "rules") {
			x := stocktake.AnswerRule{Instruments: []stocktake.InstrumentID{pick(t, twinInstruments, "instrument")}}
			if chance(t, 2, "another") {
				x.Instruments = append(x.Instruments, pick(t, twinInstruments, "instrument"))
			}
			for range rapid.IntRange(0, 3).Draw(t, "kinds") {
				x.Kinds = append(x.Kinds, pick(t, twinKinds, "kind"))
			}
			if chance(t, 5, "of") {
				x.Party = pick(t, twinParties, "party")
			}
			if chance(t, 5, "standing") {
				x.Standing = pick(t, []string{"bound", "endorsed", "withdrawn", "voted in favour"}, "standing")
			}
			*list = append(*list, x)
		}
	}
	if chance(t, 4, "until") {
		a.Until = w.date()
	}
	return a
}

// statement files a statement with calls and undertakings, and returns their ids.
func (w *world) statement(n int) (ids []string) {
	t := w.t
	id := stocktake.InstrumentID("st-" + strconv.Itoa(n))
	s := &stocktake.Statement{Instrument: id, Version: 1, Source: pick(t, twinSources, "source")}
	if !chance(t, 6, "undated") {
		s.Date = w.date()
	}
	for i := range rapid.IntRange(1, 2).Draw(t, "calls") {
		c := stocktake.Call{ID: fmt.Sprintf("%s/call-%d", id, i+1), Verb: "urge", Addressee: "they", Quote: stocktake.Plain("urge them"), Answer: w.answer()}
		if !chance(t, 8, "nobody") {
			c.AddresseeID = pick(t, twinParties, "addressee")
		}
		if chance(t, 8, "short form") {
			c.Answer, c.AnsweredBy = nil, "endorsement compact"
		}
		s.Calls = append(s.Calls, c)
		ids = append(ids, c.ID)
	}
	if chance(t, 2, "own") {
		s.Undertakes = []stocktake.Undertaking{{By: []stocktake.PartyID{pick(t, twinParties, "by")}, Quote: stocktake.Plain("we will"), Answer: w.answer()}}
		ids = append(ids, s.UndertakingID(0))
	}
	w.add(stocktake.Filing{Instruments: []stocktake.Instrument{{ID: id, Kind: stocktake.StatementKind}}, Statement: s})
	return ids
}

// reading files what somebody reads as an answer.
func (w *world) reading(ids []string) {
	t := w.t
	x := stocktake.Reading{Call: pick(t, ids, "call"), Status: pick(t, stocktake.ReadingStatuses(), "status"), Source: "press", Reason: "r", By: "b"}
	if chance(t, 2, "of") {
		x.Party = pick(t, twinParties, "party")
	}
	if len(w.entered) > 0 && chance(t, 2, "act") {
		a := pick(t, w.entered, "act")
		x.Act, x.Instrument = a.ID, a.Instrument
	} else {
		x.Date = w.date()
	}
	f := stocktake.Filing{Answers: []stocktake.Reading{x}}
	if chance(t, 4, "mend") {
		for i := range w.list {
			if old := w.list[i].Filing; len(old.Answers) > 0 && old.Mends == nil {
				f.Mends = &stocktake.Erratum{Filing: w.list[i].SHA256, Reason: "r", By: "b"}
			}
		}
	}
	w.add(f)
}

// TestCallsTwin asks an index and its slow twin what became of the calls of random statements.
func TestCallsTwin(t *testing.T) {
	defer record.SettleEvery(3)()
	laws := newShelf()
	laws.hand(t, "law")
	decided := 0
	rapid.Check(t, func(t *rapid.T) {
		w := &world{t: t, clock: time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC)}
		for _, f := range laws.list {
			w.add(*f)
		}
		w.add(twinBasics())
		var ids []string
		for n := range rapid.IntRange(3, 15).Draw(t, "filings") {
			switch {
			case len(ids) == 0 || chance(t, 6, "statement"):
				ids = append(ids, w.statement(n)...)
			case chance(t, 8, "reading"):
				w.reading(ids)
			default:
				w.filing()
			}
		}
		r := record.New(w)
		if err := r.Apply(w.list...); err != nil {
			t.Fatal(err)
		}
		slow := &twin{w.list, map[int64]*stocktake.Law{}}
		for range 3 {
			on, _ := date(pick(t, twinOn, "on")).Bounds()
			at := stocktake.At{On: on, Head: int64(rapid.IntRange(1, len(w.list)).Draw(t, "head")), Known: pick(t, []time.Time{stocktake.EndOfDay(stocktake.DayOf(2020, 1, 1)), stocktake.EndOfDay(stocktake.DayOf(2010, 1, 1)), w.list[len(w.list)/2].Filed}, "known")}
			list, err := r.Calls(t.Context(), at, record.CallFilter{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range list {
				got = append(got, callLine(&list[i]))
				if len(list[i].By) > 0 {
					decided++
				}
				for _, m := range list[i].Members {
					got = append(got, "  "+string(m.Party)+" "+becameLine(m.Status, m.May, m.When, roles(m.By)))
				}
			}
			want := slow.calls(at)
			if !slices.Equal(got, want) {
				for i := range w.list {
					t.Log(tell(&w.list[i]))
				}
				t.Fatalf("on %s, as known on %s, at %d\n%s\nthe slow twin says\n%s", at.OnString(), at.KnownString(), at.Head, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			for _, p := range twinParties { // one party's
				mine, err := r.Calls(t.Context(), at, record.CallFilter{Party: p})
				if stocktake.KindOf(err) == stocktake.NotFound {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				for i := range mine {
					x := &mine[i]
					if x.Party == nil {
						continue
					}
					k := slices.IndexFunc(list, func(y record.CallState) bool { return y.Call == x.Call })
					m := slices.IndexFunc(list[k].Members, func(m record.CallMember) bool { return m.Party == p })
					if m < 0 || becameLine(x.Status, x.May, x.When, roles(x.By)) != becameLine(list[k].Members[m].Status, list[k].Members[m].May, list[k].Members[m].When, roles(list[k].Members[m].By)) {
						t.Fatalf("%s, the part of %s: %s", x.Call, p, becameLine(x.Status, x.May, x.When, roles(x.By)))
					}
				}
			}
		}
	})
	if decided == 0 {
		t.Error("no call was answered by any act")
	}
}

func callLine(x *record.CallState) string {
	s := x.Call + " " + becameLine(x.Status, x.May, x.When, roles(x.By))
	if x.Count != nil {
		s += fmt.Sprintf(" %+v", *x.Count)
	}
	return s
}

func becameLine(s stocktake.CallStatus, may []stocktake.CallStatus, when *stocktake.Date, by []string) string {
	day := ""
	if when != nil {
		day = when.String()
	}
	return fmt.Sprintf("%s %v %s %v", s, may, day, by)
}

func roles(list []record.CallAct) (out []string) {
	for i := range list {
		a := &list[i]
		out = append(out, fmt.Sprintf("%s/%s/%s/%s/%v/%v", a.Party, a.Instrument, a.Kind, a.Role, a.Unsure, a.Reading != nil))
	}
	slices.Sort(out)
	return out
}

// calls is Record.Calls in plain steps, as lines.
func (t *twin) calls(at stocktake.At) (out []string) {
	all := t.visible(at)
	for i := range t.filings {
		f := t.filings[i].Filing
		s := f.Statement
		if s == nil || t.filings[i].Number > at.Head || t.known(i, s.Source) > microsOf(at.Known) {
			continue
		}
		made := s.Date
		if made.IsZero() {
			made = date("../" + stocktake.DateOf(stocktake.Day(t.known(i, s.Source)/86400e6)).String())
		}
		if lo, _ := made.Reach(); lo > at.On {
			continue
		}
		for j := range s.Calls {
			c := &s.Calls[j]
			var who []stocktake.PartyID
			if c.AddresseeID != "" {
				if _, ok := t.party(c.AddresseeID, at.Head); ok {
					who = []stocktake.PartyID{c.AddresseeID}
				}
			}
			if len(who) != 1 || who[0] != "group" {
				out = append(out, c.ID+" "+t.one(at, all, c.ID, c.Asked(), made, who, false))
				continue
			}
			var members []stocktake.Member
			var lines []string
			for _, p := range twinParties {
				d, ok := t.party(p, at.Head)
				lo, hi := made.Reach()
				if lo == stocktake.MinDay {
					lo = min(hi, at.On)
				}
				if p == "group" || !ok || within(d, "group", lo, hi) == stocktake.No {
					continue
				}
				b := t.became(at, all, c.ID, c.Asked(), made, []stocktake.PartyID{p}, true)
				members = append(members, stocktake.Member{Party: p, Became: b})
				lines = append(lines, "  "+string(p)+" "+becameLine(b.Status, b.May, b.When, bearings(b.By)))
			}
			b, n := stocktake.Together(members)
			out = append(out, fmt.Sprintf("%s %s %+v", c.ID, becameLine(b.Status, b.May, b.When, nil), n))
			out = append(out, lines...)
		}
		for j := range s.Undertakes {
			u := &s.Undertakes[j]
			out = append(out, s.UndertakingID(j)+" "+t.one(at, all, s.UndertakingID(j), u.Answer, made, u.By, false))
		}
	}
	return out
}

func (t *twin) one(at stocktake.At, all []*told, call string, a *stocktake.Answer, made stocktake.Date, who []stocktake.PartyID, member bool) string {
	b := t.became(at, all, call, a, made, who, member)
	return becameLine(b.Status, b.May, b.When, bearings(b.By))
}

func bearings(by []stocktake.Bearing) (out []string) {
	for i := range by {
		b := &by[i]
		role, unsure := b.Role, b.Unsure
		if b.Alt != stocktake.NoAct {
			role |= b.AltRole
			unsure = unsure || b.AltRole != b.Role
		}
		out = append(out, fmt.Sprintf("%s/%s/%s/%s/%v/%v", b.Party, b.Instrument, b.Kind, role, unsure, b.Reading != nil))
	}
	slices.Sort(out)
	return out
}

// became looks at every party and instrument for acts that some rule or reading speaks of.
func (t *twin) became(at stocktake.At, all []*told, call string, a *stocktake.Answer, made stocktake.Date, who []stocktake.PartyID, member bool) stocktake.Became {
	var reads []stocktake.Reading
	for i := range t.filings {
		x := &t.filings[i]
		for _, y := range x.Filing.Answers {
			gone := x.Number > at.Head || microsOf(x.Filed) > microsOf(at.Known)
			for j := range t.filings { // mended
				z := &t.filings[j]
				gone = gone || z.Number <= at.Head && microsOf(z.Filed) <= microsOf(at.Known) && z.Filing.Mends != nil && z.Filing.Mends.Filing == x.SHA256 &&
					slices.ContainsFunc(z.Filing.Answers, func(n stocktake.Reading) bool { return n.Call == y.Call })
			}
			if y.Call == call && !gone && !(member && y.Party != "" && y.Party != who[0]) {
				reads = append(reads, y)
			}
		}
	}
	var deeds []stocktake.Deed
	for _, p := range twinParties {
		for _, id := range twinInstruments {
			var rules []struct {
				role stocktake.Role
				rule *stocktake.AnswerRule
			}
			a.EachRule(func(role stocktake.Role, r *stocktake.AnswerRule) {
				if slices.Contains(r.Instruments, id) && (r.Party == p || r.Party == "" && slices.Contains(who, p)) {
					rules = append(rules, struct {
						role stocktake.Role
						rule *stocktake.AnswerRule
					}{role, r})
				}
			})
			var of []stocktake.Reading
			for _, y := range reads {
				if y.Act != "" && y.Instrument == id && (y.Party == p || y.Party == "" && slices.Contains(who, p)) {
					of = append(of, y)
				}
			}
			if len(rules)+len(of) == 0 {
				continue
			}
			of = nil // once one looks there, every reading of an act counts
			for _, y := range reads {
				if y.Act != "" {
					of = append(of, y)
				}
			}
			in := t.instrument(id, at.Head)
			list := t.gather(at, all, p, id)
			found := t.events(at, list)
			if in.Kind.Binding() {
				t.presence(at, in, list, found)
			} else {
				for _, e := range t.derive(at, list, p, id) {
					found = append(found, event{e, p})
				}
			}
			var events []stocktake.Event
			for _, e := range found {
				events = append(events, e.Event)
			}
			for _, e := range found {
				first := !slices.ContainsFunc(found, func(x event) bool {
					return x.Act == e.Act && x.Phase != stocktake.PhaseAnnounced && x.Phase < e.Phase
				})
				if e.Phase == stocktake.PhaseAnnounced || !first {
					continue
				}
				led, doubt, asks := "", false, false
				a.EachRule(func(_ stocktake.Role, r *stocktake.AnswerRule) {
					asks = asks || r.Standing != "" && slices.Contains(r.Instruments, id)
				})
				if asks {
					again := slices.Clone(events)
					st := t.law(at.Head).Replay(in.Kind, again, e.Hi)
					if st.Since >= 0 && again[st.Since].Act == e.Act {
						led = t.law(at.Head).Name(st)
					}
					doubt = st.Unsure
				}
				role := func(k stocktake.ActKind) (out stocktake.Role) {
					for _, r := range rules {
						if (len(r.rule.Kinds) == 0 || slices.Contains(r.rule.Kinds, k)) && (r.rule.Standing == "" || r.rule.Standing == led) {
							out |= r.role
						}
					}
					return out
				}
				d := stocktake.Deed{Party: e.by, Instrument: id, Lo: e.Lo, Hi: e.Hi, Alt: e.Alt, Maybe: e.Maybe, Role: role(e.Kind)}
				d.Kind = e.Kind
				if e.Alt != stocktake.NoAct {
					d.AltRole = role(e.Alt)
				}
				for k := range of {
					if actNumber(of[k].Act) == e.Act {
						r, _ := stocktake.RoleOf(of[k].Status)
						d.Role, d.AltRole, d.Reading = r, r, &of[k]
					}
				}
				if doubt && d.Reading == nil && d.Role != 0 {
					d.Maybe = true
				}
				d.Date = dayOf(list, e)
				if d.Role|d.AltRole != 0 && d.Lo <= at.On {
					deeds = append(deeds, d)
				}
			}
		}
	}
	for k := range reads {
		if y := &reads[k]; y.Act == "" {
			r, _ := stocktake.RoleOf(y.Status)
			d := stocktake.Deed{Party: y.Party, Instrument: y.Instrument, Role: r, Reading: y}
			if y.Party == "" && len(who) == 1 {
				d.Party = who[0]
			}
			d.Date = y.Date
			d.Lo, d.Hi = y.Date.Reach()
			deeds = append(deeds, d)
		}
	}
	return a.Became(made, deeds, at.On)
}

// dayOf is the day of an event as its sources give it.
func dayOf(list []piece, e event) stocktake.Date {
	for _, w := range list {
		if lo, hi := w.date.Reach(); actNumber(w.act.ID) == e.Act && w.phase == e.Phase && lo == e.Lo && hi == e.Hi {
			return w.date
		}
	}
	if e.Lo == stocktake.MinDay || e.Hi == stocktake.MaxDay {
		return stocktake.Date{}
	}
	return stocktake.Hull(stocktake.DateOf(e.Lo), stocktake.DateOf(e.Hi))
}
