package draft

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"stocktake"
)

// theLaw reads and compiles the law as it is filed.
func theLaw(t *testing.T) (*stocktake.Law, stocktake.Filing) {
	t.Helper()
	const name = "../builtin/record/law/law.yaml"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	filings, err := Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	if len(filings) != 1 {
		t.Fatalf("%s holds %d filings", name, len(filings))
	}
	l, err := stocktake.NewLaw(filings[0].Law, filings[0].Words)
	if err != nil {
		t.Fatal(err)
	}
	return l, filings[0]
}

// events reads facts such as "ratification done 2000-01-02; denunciation notified 2001; via vote-yes done 2018-12-19". Days of one act are
// joined by commas: "denunciation notified 2001-01-01, effect 2002-01-01".
func events(t *testing.T, s string) []stocktake.Event {
	t.Helper()
	var list []stocktake.Event
	for n, act := range strings.Split(s, ";") {
		if strings.TrimSpace(act) == "" {
			continue
		}
		rest, via := strings.CutPrefix(strings.TrimSpace(act), "via ")
		name, days, _ := strings.Cut(rest, " ")
		kind, err := stocktake.ParseActKind(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range strings.Split(days, ",") {
			phase, day, _ := strings.Cut(strings.TrimSpace(d), " ")
			ph, err := stocktake.ParsePhase(phase)
			if err != nil {
				t.Fatal(err)
			}
			lo, hi := stocktake.MustDate(day).Bounds()
			list = append(list, stocktake.Event{Lo: lo, Hi: hi, Kind: kind, Phase: ph, Via: via, Act: uint32(n + 1)})
		}
	}
	return list
}

func TestLaw(t *testing.T) {
	l, _ := theLaw(t)
	const (
		treaty, ilo, resolution, declaration = stocktake.Treaty, stocktake.ILOConvention, stocktake.Resolution, stocktake.Declaration
		compact, process, forum, body        = stocktake.Compact, stocktake.Process, stocktake.Forum, stocktake.Body
	)
	const guyana = "accession done 1993-05-10; denunciation notified 1999-01-05, effect 1999-04-05; accession done 1999-01-05"
	const trinidad = "accession done 1980-11-14; denunciation notified 1998-05-26, effect 1998-08-26; accession done 1998-08-26; denunciation notified 2000-03-27"
	const brazil = "via vote-yes done 2018-12-19; withdrawal done 2019-01-08; return announced 2023-01-05, notified 2023-01-05"
	const usa = "via vote-no done 2018-12-19; support-stated done 2021-12"
	tests := []struct {
		rule  string
		kind  stocktake.InstrumentKind
		facts string
		on    string
		want  string // standing, then "bound" or "free" for treaties, then "in force" or "not in force" where known, "unsure"
	}{
		{"nothing", treaty, "", "2020-01-01", "no act known"},
		{"VCLT 10, 12, 18", treaty, "signature done 1966-09-28", "1966-09-27", "no act known"},
		{"VCLT 10, 12, 18", treaty, "signature done 1966-09-28", "1966-09-28", "signed, free, not in force"},
		{"VCLT 12", treaty, "definitive-signature done 1966-09-28", "1966-09-28", "bound, bound"},
		{"VCLT 14(1)", treaty, "signature done 1966-09-28; ratification done 1994-10-21", "1994-10-21", "bound, bound"},
		{"VCLT 14(1), one day", treaty, "ratification done 1994-10-21; signature done 1994-10-21", "1994-10-21", "bound, bound"},
		{"signature of a party", treaty, "ratification done 1994-10-21; signature done 1995-01-01", "1996-01-01", "bound, bound"},
		{"VCLT 14(2)", treaty, "acceptance done 2016-09-03", "2016-09-03", "bound, bound"},
		{"VCLT 14(2)", treaty, "approval done 2016-09-03", "2016-09-03", "bound, bound"},
		{"VCLT 15", treaty, "accession done 2016-09-03", "2016-09-03", "bound, bound"},
		{"VCLT 1986, 14", treaty, "formal-confirmation done 2010-12-23", "2010-12-23", "bound, bound"},
		{"VCLT 11", treaty, "consent done 2010-12-23", "2010-12-23", "bound, bound"},
		{"VCST 22", treaty, "succession done 1993-06-02", "1993-06-02", "bound, bound"},
		{"VCST 23", treaty, "succession done 1993-06-02, effect 1992-06-01", "1992-06-01", "bound, bound, in force"},
		{"VCLT 24", treaty, "ratification done 2000-01-01, effect 2000-04-01", "2000-03-31", "bound, bound, not in force"},
		{"VCLT 24", treaty, "ratification done 2000-01-01, effect 2000-04-01", "2000-04-01", "bound, bound, in force"},
		{"VCLT 24, effect alone", treaty, "ratification effect 2000-04-01", "2000-04-01", "bound, bound, in force"},
		{"VCLT 24, effect alone", treaty, "ratification effect 2000-04-01", "2000-03-31", "no act known"},
		{"VCLT 24, while notice runs", treaty, "ratification done 2000-01-01, effect 2001-01-01; denunciation notified 2000-06-01, effect 2001-06-01", "2001-02-01", "notice of withdrawal given, bound, in force"},
		{"announced moves nobody", treaty, "ratification announced 2000-01-01", "2001-01-01", "no act known"},
		{"ILO Constitution 19(5)(d)", ilo, "ratification done 2013-04-30, effect 2014-04-30", "2014-04-30", "bound, bound, in force"},
		{"VCLT 25(1)", treaty, "signature done 1994-12-17; provisional-application done 1994-12-17", "1994-12-17", "provisionally applying, free, not in force"},
		{"VCLT 25(1), then 14", treaty, "provisional-application done 1994-12-17; ratification done 1996-01-01", "1996-01-01", "bound, bound"},
		{"VCLT 25(2)", treaty, "signature done 1994-12-17; provisional-application done 1994-12-17; end-of-provisional-application done 1999-01-01", "1999-01-01", "provisional application ended, free, not in force"},
		{"VCLT 25(2), of a party", treaty, "provisional-application done 1994-12-17; ratification done 1996-01-01; end-of-provisional-application done 1996-01-01", "1996-01-01", "bound, bound"},
		{"VCLT 25(2), by 18(a)", treaty, "signature done 1994-12-17; provisional-application effect 1994-12-17; not-becoming-party notified 2009-08-20", "2009-08-20", "will not become a party, free, not in force"},
		{"VCLT 18(a)", treaty, "signature done 2000-12-31; not-becoming-party notified 2002-05-06", "2002-05-05", "signed, free, not in force"},
		{"VCLT 18(a)", treaty, "signature done 2000-12-31; not-becoming-party notified 2002-05-06", "2002-05-06", "will not become a party, free, not in force"},
		{"VCLT 18(a), second thoughts", treaty, "not-becoming-party done 2002-05-06; accession done 2030-01-01", "2030-01-01", "bound, bound"},
		{"VCLT 18(a), a party cannot", treaty, "ratification done 2000-12-31; not-becoming-party notified 2002-05-06", "2003-01-01", "bound, bound"},
		{"VCLT 65", treaty, "ratification done 2000-01-01, effect 2000-04-01; denunciation notified 2001-01-01, effect 2002-01-01", "2001-01-01", "notice of withdrawal given, bound, in force"},
		{"VCLT 54", treaty, "ratification done 2000-01-01, effect 2000-04-01; denunciation notified 2001-01-01, effect 2002-01-01", "2002-01-01", "withdrawn, free, not in force"},
		{"VCLT 54, withdrawal", treaty, "acceptance done 2016-09-03, effect 2016-11-04; withdrawal notified 2019-11-04, effect 2020-11-04", "2020-11-04", "withdrawn, free, not in force"},
		{"VCLT 54, back by acceptance", treaty, "acceptance done 2016-09-03, effect 2016-11-04; withdrawal notified 2019-11-04, effect 2020-11-04; acceptance done 2021-01-20, effect 2021-02-19", "2021-01-25", "bound, bound, not in force"},
		{"VCLT 54, effect alone", treaty, "ratification done 2000-01-01; denunciation effect 2002-01-01", "2002-01-01", "withdrawn, free, not in force"},
		{"VCLT 54, effect at once", treaty, "ratification done 2000-01-01; denunciation notified 2002-01-01, effect 2002-01-01", "2002-01-01", "withdrawn, free, not in force"},
		{"VCLT 65, one day given", treaty, "ratification done 2000-01-01; denunciation done 2002-01-01", "2005-01-01", "notice of withdrawal given, bound"},
		{"VCLT 56, directed only", treaty, "ratification done 1992-10-15; withdrawal announced 2026-01-07", "2026-02-01", "bound, bound"},
		{"VCLT 54, consent not on record", treaty, "denunciation notified 2001-01-01, effect 2002-01-01", "2001-06-01", "notice of withdrawal given, bound, in force"},
		{"VCLT 54, consent not on record", treaty, "denunciation effect 2002-01-01", "2002-06-01", "withdrawn, free, not in force"},
		{"VCLT 68", treaty, "ratification done 2000-11-27; withdrawal notified 2016-10-19; revocation done 2017-03-07", "2017-03-07", "still bound, bound"},
		{"VCLT 68, effect had been foreseen", treaty, "ratification done 2000-11-27, effect 2002-07-01; withdrawal notified 2016-10-19, effect 2017-10-19; revocation notified 2017-03-07", "2018-01-01", "still bound, bound, in force"},
		{"VCLT 68, and leaving after all", treaty, "ratification done 2000-11-27; withdrawal notified 2016-10-19; revocation done 2017-03-07; withdrawal notified 2019-01-01, effect 2020-01-01", "2020-01-01", "withdrawn, free, not in force"},
		{"VCLT 68, too late", treaty, "ratification done 2000-11-27; withdrawal notified 2016-10-27, effect 2017-10-27; revocation done 2018-01-01", "2018-01-01", "withdrawn, free, not in force"},
		{"consent anew under notice", treaty, guyana, "1999-01-05", "still bound, bound"},
		{"consent anew under notice", treaty, guyana, "1999-04-05", "still bound, bound"},
		{"leaving and joining on one day", treaty, trinidad, "1998-08-25", "notice of withdrawal given, bound"},
		{"leaving and joining on one day", treaty, trinidad, "1998-08-26", "bound, bound"},
		{"leaving for good", treaty, trinidad, "2000-03-27", "notice of withdrawal given, bound"},
		{"VCLT 19, 20, 23", treaty, "ratification done 2000-01-01; reservation done 2000-01-01; objection done 2000-06-01; reservation-withdrawn done 2001-01-01; declaration done 2001-02-01; declaration-or-reservation done 2001-02-02; objection-withdrawn done 2001-02-03; declaration-withdrawn done 2001-02-04; application done 2001-02-05; notification done 2001-02-06", "2002-01-01", "bound, bound"},
		{"a day not known", treaty, "ratification done 2000", "2000-06-01", "no act known, unsure"},

		{"GA rule 87", resolution, "vote-yes done 2018-12-19", "2018-12-19", "voted in favour"},
		{"GA rule 87", resolution, "vote-no done 2018-12-19", "2018-12-19", "voted against"},
		{"GA rule 86", resolution, "vote-abstain done 2018-12-19", "2018-12-19", "abstained"},
		{"GA rule 87", resolution, "vote-absent done 2018-12-19", "2018-12-19", "absent"},
		{"GA rule 87", resolution, "vote-not-voting done 2018-12-19", "2018-12-19", "did not vote"},
		{"a later vote", resolution, "vote-no done 1948-12-10; vote-abstain done 1950-12-10", "1951-01-01", "abstained"},
		{"meant otherwise", resolution, "vote-no done 2018-12-19; vote-meant-otherwise done 2018-12-20; explanation-of-vote done 2018-12-19", "2019-01-01", "voted against"},
		{"without a vote", declaration, "adoption-without-vote done 2016-09-19", "2016-09-19", "adopted without a vote"},
		{"dissociation on the day", declaration, "dissociation done 2016-09-19; adoption-without-vote done 2016-09-19", "2016-09-19", "dissociated"},
		{"no support", declaration, "adoption-without-vote done 2016-09-19; stays-out-stated done 2018-11-28", "2018-11-28", "does not support"},
		{"rejection", stocktake.Agenda, "adoption-without-vote done 2015-09-25; rejection done 2025-03-04", "2025-03-04", "rejects"},
		{"support after rejection", stocktake.Agenda, "adoption-without-vote done 2015-09-25; rejection done 2025-03-04; support-stated done 2029-03-04", "2029-03-04", "supports"},
		{"support adds nothing", declaration, "vote-yes done 2016-09-19; support-stated done 2017-01-01", "2017-01-01", "voted in favour"},
		{"endorsement", declaration, "endorsement done 2015-05-29", "2015-05-29", "endorsed"},
		{"leaving a text", declaration, "endorsement done 2015-05-29; withdrawal done 2016-01-01", "2016-01-01", "dissociated"},
		{"vote on the endorsing resolution", declaration, "adoption-without-vote done 2001-09-08; via vote-no done 2002-03-27", "2002-03-27", "voted against"},
		{"absent from the endorsing vote", declaration, "adoption-without-vote done 2001-09-08; via vote-absent done 2002-03-27", "2002-03-27", "adopted without a vote"},
		{"a plan", stocktake.Plan, "via adoption-without-vote done 2022-06-07", "2022-06-07", "adopted without a vote"},
		{"via is for endorsed texts", resolution, "via vote-yes done 2022-06-07", "2022-06-07", "no act known"},

		{"Brazil", compact, brazil, "2018-12-31", "endorsed"},
		{"Brazil", compact, brazil, "2019-01-08", "withdrawn"},
		{"Brazil", compact, brazil, "2023-01-05", "returned"},
		{"United States", compact, usa, "2018-12-20", "voted against"},
		{"United States", compact, usa, "2022-06-01", "supports without endorsing"},
		{"abstained, then support", compact, "via vote-abstain done 2018-12-19; support-stated done 2019-01-01", "2019-01-01", "supports without endorsing"},
		{"abstained", compact, "deferral done 2018-11-21; via vote-abstain done 2018-12-19", "2018-12-19", "abstained"},
		{"deferral", compact, "deferral done 2018-11-21; via vote-abstain done 2018-12-19", "2018-12-18", "deferred its decision"},
		{"deferral takes nothing back", compact, "stays-out-stated done 2018-11-01; deferral done 2018-11-21", "2018-12-18", "stays out"},
		{"stays out before the vote", compact, "stays-out-stated done 2018-12-05; via vote-abstain done 2018-12-19", "2018-12-06", "stays out"},
		{"stays out, then not voting", compact, "stays-out-stated done 2018-12-04; via vote-not-voting done 2018-12-19", "2018-12-19", "stays out"},
		{"not voting, then stays out", compact, "via vote-not-voting done 2018-12-19; stays-out-stated notified 2018-12-20", "2018-12-20", "stays out"},
		{"a stance is no withdrawal", compact, "via vote-yes done 2018-12-19; stays-out-stated done 2019-12-19", "2020-01-01", "endorsed"},
		{"a stance after support", compact, usa + "; stays-out-stated done 2025-03-04", "2025-03-04", "stays out"},
		{"absence takes nothing back", compact, "endorsement done 2018-12-10; via vote-absent done 2018-12-19", "2018-12-19", "endorsed"},
		{"absent", compact, "via vote-absent done 2018-12-19", "2018-12-19", "absent"},
		{"left before the vote, and voted", compact, "withdrawal notified 2018-07-24; via vote-no done 2018-12-19", "2018-12-19", "voted against"},
		{"an announced exit moves nothing", compact, "via vote-yes done 2018-12-19; withdrawal announced 2018-12-10", "2018-12-20", "endorsed"},
		{"withdrawn, then support", compact, brazil + "; withdrawal done 2024-01-01; support-stated done 2025-01-01", "2025-01-01", "supports without endorsing"},
		{"rejection", compact, "via vote-no done 2018-12-19; rejection done 2025-03-04", "2025-03-04", "rejects"},
		{"champion, pledge, report, presence", compact, "via vote-yes done 2018-12-19; champion done 2020-01-01; pledge done 2022-05-20; report done 2022-05-20; participation done 2022-05-20", "2023-01-01", "endorsed"},
		{"a vote on the compact itself is none on the resolution", compact, "vote-yes done 2018-12-19", "2019-01-01", "no act known"},

		{"United States", process, "participation done 2017-04/2017-11; withdrawal announced 2017-12-02, done 2017-12-02/2017-12-03", "2017-12-01", "in the talks"},
		{"United States", process, "participation done 2017-04/2017-11; withdrawal announced 2017-12-02, done 2017-12-02/2017-12-03", "2018-01-01", "out of the talks"},
		{"on the day in question", process, "participation done 2017-04/2017-11; withdrawal announced 2017-12-02, done 2017-12-02/2017-12-03", "2017-12-02", "in the talks, unsure"},
		{"Hungary", process, "participation done 2018-07-13; withdrawal announced 2018-07-18, notified 2018-07-24", "2018-07-20", "in the talks"},
		{"Hungary", process, "participation done 2018-07-13; withdrawal announced 2018-07-18, notified 2018-07-24", "2018-07-24", "out of the talks"},
		{"back", process, "withdrawal done 2017-12-03; return done 2021-01-20", "2021-01-20", "in the talks"},
		{"never in", process, "stays-out-stated done 2017-01-01", "2017-01-01", "stays out of the talks"},

		{"forum", forum, "participation done 2007-07-09; withdrawal announced 2026-01-07", "2026-02-01", "takes part"},
		{"forum", forum, "participation done 2007-07-09; withdrawal done 2026-01-22; return done 2029-01-22", "2026-01-22", "has left"},
		{"forum", forum, "participation done 2007-07-09; withdrawal done 2026-01-22; return done 2029-01-22", "2029-01-22", "takes part"},
		{"in and out on one day", forum, "withdrawal done 2007-07-09; participation done 2007-07-09", "2007-07-09", "has left"},
		{"body, notice", body, "accession done 1948-06-21; withdrawal notified 2020-07-06, effect 2021-07-06", "2020-07-06", "notice of leaving given"},
		{"body, notice and presence", body, "accession done 1948-06-21; withdrawal notified 2020-07-06; participation done 2020-11-09", "2020-12-01", "notice of leaving given"},
		{"body, notice taken back", body, "accession done 1948-06-21; withdrawal notified 2020-07-06, effect 2021-07-06; return done 2021-01-20", "2021-12-31", "still takes part"},
		{"body, notice taken back, and given anew", body, "accession done 1948-06-21; withdrawal notified 2020-07-06, effect 2021-07-06; revocation notified 2021-01-20; withdrawal notified 2025-01-22, effect 2026-01-22", "2026-01-22", "has left"},
		{"body, election", body, "election done 2021-10-14, effect 2022-01-01", "2022-01-01", "takes part"},

		{"pledge", stocktake.PledgeKind, "pledge done 2019-12-17; pledge-revised done 2021-12-14; report done 2023-12-13", "2024-01-01", "has pledged"},
		{"pledge", stocktake.PledgeKind, "pledge done 2019-12-17; pledge-withdrawn done 2020-01-01", "2020-01-01", "pledge withdrawn"},
		{"pledge", stocktake.PledgeKind, "pledge done 2019-12-17; pledge-withdrawn done 2020-01-01; pledge-revised done 2021-01-01", "2021-01-01", "has pledged"},
		{"statement", stocktake.StatementKind, "endorsement done 2017-12-04", "2017-12-04", "endorsed"},
		{"statement", stocktake.StatementKind, "endorsement done 2017-12-04; withdrawal notified 2017-12-05", "2017-12-05", "withdrew its endorsement"},
		{"statement", stocktake.StatementKind, "endorsement done 2017-12-04; withdrawal notified 2017-12-05; endorsement done 2018-01-01", "2018-01-01", "endorsed"},
	}
	for _, test := range tests {
		on, _ := stocktake.MustDate(test.on).First()
		list := events(t, test.facts)
		got := describe(l, test.kind, list, on)
		if got != test.want {
			t.Errorf("%s: %s, %s, on %s:\n got %s\nwant %s", test.rule, test.kind, test.facts, test.on, got, test.want)
		}
		slices.Reverse(list)
		if again := describe(l, test.kind, list, on); again != got {
			t.Errorf("%s: %s, on %s: %s, but with its acts in another order %s", test.rule, test.facts, test.on, got, again)
		}
	}
}

func describe(l *stocktake.Law, kind stocktake.InstrumentKind, list []stocktake.Event, on stocktake.Day) string {
	s := l.Replay(kind, list, on)
	got := l.Name(s)
	if kind.Binding() {
		got += map[int8]string{1: ", bound", 0: ", free"}[s.Bound]
		got += map[int8]string{1: ", in force", 0: ", not in force"}[s.InForce]
	}
	if s.Unsure {
		got += ", unsure"
	}
	return got
}

// Every act that can be done to a kind of instrument by law is exercised above or moves nobody; here is what must hold of the rows as such.
func TestLawRows(t *testing.T) {
	l, f := theLaw(t)
	used := map[string]bool{}
	words := map[string]stocktake.StandingWord{stocktake.NoActKnown: {}}
	for _, w := range f.Words {
		words[w.Word] = w
		if w.Word != strings.ToLower(w.Word) {
			t.Errorf("standing %q is not in small letters", w.Word)
		}
	}
	ranks := map[string]int{}
	for _, r := range f.Law {
		for _, w := range append(slices.Clone(r.From), r.To) {
			used[w] = true
			if w == "" || w == stocktake.NoActKnown {
				continue
			}
			for _, k := range r.For {
				if !slices.Contains(words[w].For, k) {
					t.Errorf("row %s is for %s, the standing %q is not", r.ID, k, w)
				}
			}
		}
		if r.Phase == stocktake.PhaseAnnounced {
			t.Errorf("row %s: an announcement moves nobody", r.ID)
		}
		key := fmt.Sprint(r.Act, " ", r.Phase)
		if r.Rank != 0 && ranks[key] != 0 && ranks[key] != r.Rank {
			t.Errorf("row %s: rank %d, but other rows of %s say %d", r.ID, r.Rank, key, ranks[key])
		}
		if r.Rank != 0 {
			ranks[key] = r.Rank
		}
		if r.Force == "begins" && r.Phase != stocktake.PhaseEffect && !slices.Equal(r.From, []string{stocktake.NoActKnown}) {
			t.Errorf("row %s: force begins with effect, or where the act shows that it had begun", r.ID)
		}
		if r.Force == "" && r.Phase == stocktake.PhaseEffect && slices.Contains(r.For, stocktake.Treaty) && (r.Act.Class() == "consent" || r.Act.Class() == "exit") {
			t.Errorf("row %s: the effect of consent and of an exit changes force", r.ID)
		}
	}
	for _, w := range f.Words {
		if !used[w.Word] {
			t.Errorf("no row leads to or from %q", w.Word)
		}
		if w.Bound != "" && !slices.ContainsFunc(w.For, stocktake.InstrumentKind.Binding) {
			t.Errorf("%q says bound, and is for no treaty", w.Word)
		}
		if w.Bound == "" && slices.ContainsFunc(w.For, stocktake.InstrumentKind.Binding) {
			t.Errorf("%q is for treaties and does not say whether it means consent", w.Word)
		}
	}
	for _, k := range stocktake.InstrumentKinds() {
		signs := map[string]string{}
		moved := false
		for _, w := range f.Words {
			if !slices.Contains(w.For, k) {
				continue
			}
			moved = true
			if other := signs[w.Sign]; other != "" && w.Sign != "absent" {
				t.Errorf("%s: %q and %q have the sign %s", k, other, w.Word, w.Sign)
			}
			signs[w.Sign] = w.Word
		}
		if !moved {
			t.Errorf("the law has no standing for %s", k)
		}
	}
	for _, k := range []stocktake.ActKind{stocktake.Adoption, stocktake.Finalisation, stocktake.Mandate, stocktake.MeetingHeld, stocktake.Interpretation, stocktake.Remark} {
		for _, in := range stocktake.InstrumentKinds() {
			for p := stocktake.PhaseAnnounced; p <= stocktake.PhaseEffect; p++ {
				if l.Moves(in, k, p, false) || l.Moves(in, k, p, true) {
					t.Errorf("%s is an act of organs and moves parties towards a %s", k, in)
				}
			}
		}
	}
}
