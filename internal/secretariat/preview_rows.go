package secretariat

import (
	"stocktake"
	"stocktake/internal/record"
)

// A MoveRow is days on which a standing would move. From and To are empty where the days have no beginning or end.
type MoveRow struct {
	Party      stocktake.PartyID      `json:"party"`
	Instrument stocktake.InstrumentID `json:"instrument"`
	From       string                 `json:"from"`
	To         string                 `json:"to"`
	Before     MoveState              `json:"before"`
	After      MoveState              `json:"after"`
	Words      [2]string              `json:"-"` // before and after, as a person reads them: never the same
}

// MoveState is where a party stands on days. Bound and InForce are null where it is not known or nothing binds.
type MoveState struct {
	Standing string `json:"standing"`
	Bound    *bool  `json:"bound"`
	InForce  *bool  `json:"in_force"`
	Unsure   bool   `json:"unsure"`
	Derived  bool   `json:"derived"`
}

// Disagreement is one of sources about an act.
type Disagreement struct {
	Party      stocktake.PartyID      `json:"party"`
	Instrument stocktake.InstrumentID `json:"instrument"`
	Act        stocktake.ActID        `json:"act"`
	About      string                 `json:"about"`
}

// Rows are the moves, stretch by stretch.
func (v Preview) Rows() []MoveRow {
	rows := []MoveRow{}
	for _, m := range v.Moves.List {
		for _, s := range m.Stretches {
			r := MoveRow{Party: m.Party, Instrument: m.Instrument, Before: moveState(s.Before), After: moveState(s.After), Words: moveWords(s)}
			if s.From != stocktake.MinDay {
				r.From = stocktake.DateOf(s.From).String()
			}
			if s.To != stocktake.MaxDay {
				r.To = stocktake.DateOf(s.To).String()
			}
			rows = append(rows, r)
		}
	}
	return rows
}

// Opened are the disagreements that would be open, and were not.
func (v Preview) Opened() []Disagreement { return disagreements(v.Moves.Opened) }

// Closed are those that would be open no more.
func (v Preview) Closed() []Disagreement { return disagreements(v.Moves.Closed) }

func disagreements(list []record.Dispute) []Disagreement {
	out := []Disagreement{}
	for _, d := range list {
		out = append(out, Disagreement{d.Party, d.Instrument, d.Act, d.About})
	}
	return out
}

func moveState(s record.PartyState) MoveState {
	return MoveState{s.Word, known(s.Bound), known(s.InForce), s.Unsure, s.Derived}
}

func known(n int8) *bool {
	if n < 0 {
		return nil
	}
	b := n == 1
	return &b
}

// moveWords puts both sides of a move into words, with no more than it takes to tell them apart.
func moveWords(s record.Stretch) [2]string {
	out := [2]string{s.Before.Word, s.After.Word}
	add := func(differ bool, before, after string) {
		if !differ {
			return
		}
		for i, w := range []string{before, after} {
			if w != "" {
				out[i] += ", " + w
			}
		}
	}
	a, b := s.Before, s.After
	add(a.Bound != b.Bound && a.Bound+b.Bound >= 0 || a.Bound != b.Bound && a.Word == b.Word, boundWords[a.Bound+1], boundWords[b.Bound+1])
	add(a.InForce != b.InForce && a.Word == b.Word, forceWords[a.InForce+1], forceWords[b.InForce+1])
	add(a.Unsure != b.Unsure, unsureWords(a.Unsure), unsureWords(b.Unsure))
	add(a.Derived != b.Derived, derivedWords(a.Derived), derivedWords(b.Derived))
	return out
}

var (
	boundWords = [3]string{"whether bound is not known", "not bound", "bound"}
	forceWords = [3]string{"whether in force is not known", "not in force for it", "in force for it"}
)

func unsureWords(is bool) string {
	if is {
		return "not certain"
	}
	return "certain"
}

func derivedWords(is bool) string {
	if is {
		return "by membership alone"
	}
	return "by an act of its own"
}
