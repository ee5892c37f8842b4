package stocktake

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// plainReplay does what Law.Replay promises by reading the rows of the law one by one, as a person would.
func plainReplay(rows []LawRow, words []StandingWord, kind InstrumentKind, events []Event, on Day) (word, bound, inForce string, unsure bool) {
	boundOf := func(w string) string {
		for _, x := range words {
			if x.Word == w {
				return x.Bound
			}
		}
		return ""
	}
	fits := func(r LawRow, e Event, act ActKind, w string) bool {
		return !r.Ends && slices.Contains(r.For, kind) && r.Act == act && r.Phase == e.Phase && r.Via == e.Via && (len(r.From) == 0 || slices.Contains(r.From, w))
	}
	to := func(e Event, act ActKind, w string) string {
		for _, r := range rows {
			if fits(r, e, act, w) && r.To != "" {
				return r.To
			}
		}
		return w
	}
	rank := func(e Event) int {
		n := 50
		for _, r := range rows {
			if !r.Ends && r.Act == e.Kind && r.Phase == e.Phase && r.Rank != 0 {
				n = r.Rank
			}
		}
		return n
	}
	slices.SortStableFunc(events, func(a, b Event) int {
		for _, x := range [][2]int{{int(a.Lo), int(b.Lo)}, {rank(a), rank(b)}, {int(a.Hi), int(b.Hi)}, {int(a.Act), int(b.Act)}, {int(a.Phase), int(b.Phase)}} {
			if x[0] != x[1] {
				return x[0] - x[1]
			}
		}
		return 0
	})
	word = NoActKnown
	others := map[string]bool{} // other standings that are possible
	var consent *Event
	apply := func(e *Event) {
		for _, r := range rows {
			if !fits(r, *e, e.Kind, word) {
				continue
			}
			if r.To != "" {
				if boundOf(r.To) == "yes" && boundOf(word) != "yes" {
					consent, inForce = e, ""
				}
				word = r.To
			}
			switch r.Force {
			case "begins":
				inForce = "yes"
			case "ends":
				inForce = "no"
			}
			return
		}
	}
	for i := range events {
		e := &events[i]
		if e.Lo > on {
			break
		}
		certain, either := e.Hi <= on && !e.Maybe, e.Alt != NoAct
		next := map[string]bool{}
		for _, w := range append(slices.Collect(keys(others)), word) {
			if certain && !either && w == word && !others[w] {
				continue // the standing itself moves by apply
			}
			next[to(*e, e.Kind, w)] = true
			if either {
				next[to(*e, e.Alt, w)] = true
			}
			if !certain {
				next[w] = true
			}
		}
		if certain {
			apply(e)
		} else if e.Phase == PhaseEffect {
			inForce = ""
		}
		others = next
	}
	delete(others, word)
	bound = boundOf(word)
	if bound != "yes" {
		return word, bound, map[string]string{"no": "no"}[bound], len(others) > 0
	}
	if inForce == "" && consent != nil && consent.Kind.Class() == "consent" {
		for i := range events {
			if e := &events[i]; e.Act == consent.Act && e.Phase == PhaseEffect && e.Lo > on {
				inForce = "no"
			}
		}
	}
	return word, bound, inForce, len(others) > 0
}

func keys(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func TestReplayTwin(t *testing.T) {
	names := []string{"a", "b", "c", "d", NoActKnown}
	kinds := []ActKind{Signature, Ratification, Consent, Denunciation, Revocation}
	pick := func(t *rapid.T, n int, what string) int { return rapid.IntRange(0, n-1).Draw(t, what) }
	rapid.Check(t, func(t *rapid.T) {
		words := []StandingWord{{Word: "a", Bound: "yes"}, {Word: "b", Bound: "yes"}, {Word: "c", Bound: "no"}, {Word: "d"}}
		var rows []LawRow
		for i := range pick(t, 12, "rows") {
			r := LawRow{ID: fmt.Sprint(i), For: []InstrumentKind{Treaty}, Act: kinds[pick(t, 5, "act")], Phase: []Phase{PhaseDone, PhaseDone, PhaseEffect}[pick(t, 3, "phase")], Via: pick(t, 4, "via") == 0, Force: []string{"", "", "begins", "ends"}[pick(t, 4, "force")]}
			for range pick(t, 3, "from") {
				r.From = append(r.From, names[pick(t, 5, "word")])
			}
			if pick(t, 4, "stays") > 0 {
				r.To = names[pick(t, 4, "to")]
			}
			if pick(t, 4, "ranked") == 0 {
				r.Rank = 10 * (1 + pick(t, 9, "rank"))
			}
			rows = append(rows, r)
		}
		law, err := NewLaw(rows, words)
		if err != nil {
			t.Fatal(err)
		}
		var events []Event
		for range pick(t, 22, "events") {
			e := Event{Lo: Day(pick(t, 20, "day")), Kind: kinds[pick(t, 5, "kind")], Phase: []Phase{PhaseDone, PhaseDone, PhaseEffect}[pick(t, 3, "phase")], Via: pick(t, 6, "via") == 0, Act: uint32(pick(t, 4, "id")), Maybe: pick(t, 8, "maybe") == 0}
			e.Hi = e.Lo
			if pick(t, 4, "wide") == 0 {
				e.Hi += Day(pick(t, 10, "width"))
			}
			if pick(t, 6, "either") == 0 {
				e.Alt = kinds[pick(t, 5, "alt")]
			}
			same := func(x Event) bool { return x.Lo == e.Lo && x.Hi == e.Hi && x.Act == e.Act && x.Phase == e.Phase }
			if !slices.ContainsFunc(events, same) { // the order of such is not promised
				events = append(events, e)
			}
		}
		on := Day(pick(t, 25, "on"))
		kind := []InstrumentKind{Treaty, Treaty, Treaty, Forum}[pick(t, 4, "instrument")]
		word, bound, inForce, unsure := plainReplay(rows, append([]StandingWord{{Word: NoActKnown}}, words...), kind, slices.Clone(events), on)
		s := law.Replay(kind, events, on)
		show := map[int8]string{1: "yes", 0: "no", -1: ""}
		if law.Name(s) != word || show[s.Bound] != bound || show[s.InForce] != inForce || s.Unsure != unsure {
			t.Fatalf("Replay: %s, bound %q, in force %q, unsure %v\nby the rows: %s, bound %q, in force %q, unsure %v\nrows %+v\nevents %+v\non %d", law.Name(s), show[s.Bound], show[s.InForce], s.Unsure, word, bound, inForce, unsure, rows, events, on)
		}
	})
}
