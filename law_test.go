package stocktake

import (
	"math/rand/v2"
	"testing"
)

// aTreatyLaw is a small law of treaties for these tests; the law that the product uses is filed in the built-in record.
func aTreatyLaw(t testing.TB) *Law {
	t.Helper()
	treaty := []InstrumentKind{Treaty}
	words := []StandingWord{
		{Word: "signed", For: treaty, Bound: "no", Sign: "k1"}, {Word: "bound", For: treaty, Bound: "yes", Sign: "k2"},
		{Word: "notice given", For: treaty, Bound: "yes", Sign: "k3"}, {Word: "withdrawn", For: treaty, Bound: "no", Sign: "k4"},
		{Word: "for", For: []InstrumentKind{Resolution}, Sign: "k1"}, {Word: "against", For: []InstrumentKind{Resolution}, Sign: "k2"},
	}
	rows := []LawRow{
		{ID: "t/signature", For: treaty, Act: Signature, Phase: PhaseDone, From: []string{NoActKnown}, To: "signed", Rank: 20, Basis: "VCLT 18"},
		{ID: "t/ratification", For: treaty, Act: Ratification, Phase: PhaseDone, From: []string{NoActKnown, "signed", "withdrawn"}, To: "bound", Rank: 60, Basis: "VCLT 14"},
		{ID: "t/ratification-effect", For: treaty, Act: Ratification, Phase: PhaseEffect, From: []string{"bound"}, Force: "begins", Rank: 70, Basis: "VCLT 24"},
		{ID: "t/denunciation-notice", For: treaty, Act: Denunciation, Phase: PhaseNotified, From: []string{"bound"}, To: "notice given", Rank: 5, Basis: "VCLT 67"},
		{ID: "t/denunciation-effect", For: treaty, Act: Denunciation, Phase: PhaseEffect, To: "withdrawn", Force: "ends", Rank: 10, Basis: "VCLT 56"},
		{ID: "r/yes", For: []InstrumentKind{Resolution}, Act: VoteYes, Phase: PhaseDone, To: "for", Basis: "GA 86"},
		{ID: "r/no", For: []InstrumentKind{Resolution}, Act: VoteNo, Phase: PhaseDone, To: "against", Basis: "GA 86"},
	}
	l, err := NewLaw(rows, words)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func event(kind ActKind, ph Phase, date string, act uint32) Event {
	lo, hi := MustDate(date).Reach()
	return Event{Lo: lo, Hi: hi, Kind: kind, Phase: ph, Act: act}
}

func TestReplay(t *testing.T) {
	law := aTreatyLaw(t)
	day := func(s string) Day { lo, _ := MustDate(s).Bounds(); return lo }
	signed := event(Signature, PhaseDone, "2001-05-01", 1)
	bound := event(Ratification, PhaseDone, "2003-02-10", 2)
	force := event(Ratification, PhaseEffect, "2003-05-11", 2)
	notice := event(Denunciation, PhaseNotified, "2010-01-01", 3)
	out := event(Denunciation, PhaseEffect, "2011-01-01", 3)
	again := event(Ratification, PhaseDone, "2011-01-01", 4)
	for _, c := range []struct {
		why     string
		events  []Event
		on      string
		word    string
		bound   int8
		inForce int8
		unsure  bool
	}{
		{"nothing known", nil, "2020-01-01", NoActKnown, -1, -1, false},
		{"before the first act", []Event{signed}, "2001-04-30", NoActKnown, -1, -1, false},
		{"on the day of the act", []Event{signed}, "2001-05-01", "signed", 0, 0, false},
		{"signature is no consent (VCLT 12, 18)", []Event{signed, bound}, "2003-02-09", "signed", 0, 0, false},
		{"bound, not in force before the day of effect (VCLT 24)", []Event{signed, bound, force}, "2003-02-10", "bound", 1, 0, false},
		{"in force from the day of effect", []Event{signed, bound, force}, "2003-05-11", "bound", 1, 1, false},
		{"bound, and no source dates the effect", []Event{signed, bound}, "2004-01-01", "bound", 1, -1, false},
		{"a notice leaves the party bound until it takes effect (VCLT 56)", []Event{bound, notice, out}, "2010-12-31", "notice given", 1, -1, false},
		{"out from the day of effect", []Event{bound, force, notice, out}, "2011-01-01", "withdrawn", 0, 0, false},
		{"leaving and coming back on one day comes out bound", []Event{bound, notice, out, again}, "2011-01-01", "bound", 1, -1, false},
		{"a signature after consent moves nothing", []Event{bound, event(Signature, PhaseDone, "2004-01-01", 9)}, "2005-01-01", "bound", 1, -1, false},
		{"a month that the day lies in is unsure", []Event{event(Ratification, PhaseDone, "2003-02", 2)}, "2003-02-10", NoActKnown, -1, -1, true},
		{"a month that is over is sure", []Event{event(Ratification, PhaseDone, "2003-02", 2)}, "2003-03-01", "bound", 1, -1, false},
		{"doubt that a later act settles is gone", []Event{event(Signature, PhaseDone, "2001/2009", 1), bound}, "2005-01-01", "bound", 1, -1, false},
	} {
		events := append([]Event(nil), c.events...)
		for i := range 20 {
			rand.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			s := law.Replay(Treaty, events, day(c.on))
			if law.Name(s) != c.word || s.Bound != c.bound || s.InForce != c.inForce || s.Unsure != c.unsure {
				t.Errorf("%s (order %d): %s, bound %d, in force %d, unsure %v; want %s, %d, %d, %v", c.why, i, law.Name(s), s.Bound, s.InForce, s.Unsure, c.word, c.bound, c.inForce, c.unsure)
				break
			}
		}
	}
}

func TestReplayOfDisagreement(t *testing.T) {
	law := aTreatyLaw(t)
	e := event(VoteYes, PhaseDone, "2018-12-17", 1)
	e.Alt = VoteNo
	if s := law.Replay(Resolution, []Event{e}, e.Lo); law.Name(s) != "for" || !s.Unsure {
		t.Errorf("sources that disagree on the vote give %s, unsure %v; want for, unsure", law.Name(s), s.Unsure)
	}
	if s := law.Replay(Resolution, []Event{e}, e.Lo-1); law.Name(s) != NoActKnown || s.Unsure {
		t.Errorf("the day before: %s, unsure %v", law.Name(s), s.Unsure)
	}
	m := event(Ratification, PhaseDone, "1999-02-10", 2)
	m.Maybe = true
	if s := law.Replay(Treaty, []Event{m}, m.Lo+1); law.Name(s) != NoActKnown || !s.Unsure {
		t.Errorf("an act that a register does not show gives %s, unsure %v; want no act known, unsure", law.Name(s), s.Unsure)
	}
}

func TestReplayAllocatesNothing(t *testing.T) {
	law := aTreatyLaw(t)
	events := []Event{event(Signature, PhaseDone, "2001-05-01", 1), event(Ratification, PhaseDone, "2003-02-10", 2)}
	if n := testing.AllocsPerRun(100, func() { law.Replay(Treaty, events, events[1].Lo) }); n != 0 {
		t.Errorf("Replay allocates %v times", n)
	}
}

func TestLawRefusesWhatItCannotUse(t *testing.T) {
	treaty := []InstrumentKind{Treaty}
	for why, row := range map[string]LawRow{
		"unknown standing to":   {ID: "x", For: treaty, Act: Signature, To: "nowhere", Basis: "-"},
		"unknown standing from": {ID: "x", For: treaty, Act: Signature, From: []string{"nowhere"}, Basis: "-"},
		"unknown kind":          {ID: "x", For: []InstrumentKind{"song"}, Act: Signature, Basis: "-"},
		"no act":                {ID: "x", For: treaty, Basis: "-"},
		"unknown force":         {ID: "x", For: treaty, Act: Signature, Force: "perhaps", Basis: "-"},
	} {
		if _, err := NewLaw([]LawRow{row}, nil); KindOf(err) != Invalid {
			t.Errorf("%s: %v; want an Invalid fault", why, err)
		}
	}
	l, err := NewLaw([]LawRow{{ID: "x", For: treaty, Act: Signature, To: NotMember, Basis: "-"}, {ID: "x", For: treaty, Act: Signature, Ends: true, Basis: "repealed"}}, nil)
	if err != nil || len(l.Rows()) != 0 {
		t.Errorf("a repealed row still counts: %v, %v", l.Rows(), err)
	}
}

func TestSheeted(t *testing.T) {
	salt := make([]byte, 32)
	c := Commit(salt, "words")
	s := Sheet{Commitment: c, Salt: "0000000000000000000000000000000000000000000000000000000000000000", Text: "words"}
	if !s.Opens() {
		t.Error("a sheet does not open its own commitment")
	}
	s.Text = "other words"
	if s.Opens() {
		t.Error("other words open the commitment")
	}
	var x Sheeted
	if err := x.UnmarshalJSON([]byte(`{"commitment":"` + c + `"}`)); err != nil || !x.Gone() {
		t.Errorf("%+v, %v", x, err)
	}
	if err := x.UnmarshalJSON([]byte(`{"commitment":"12"}`)); err == nil {
		t.Error("a short commitment is taken")
	}
	if b, err := Plain(`a "quote"`).MarshalJSON(); err != nil || string(b) != `"a \"quote\""` {
		t.Errorf("%s, %v", b, err)
	}
}
