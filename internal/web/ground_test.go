package web

import (
	"context"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"stocktake"
	"stocktake/internal/builtin"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
)

// wholeRecord is the built-in record, loaded once.
var wholeRecord = sync.OnceValues(func() (*ledger.Ledger, error) {
	l, err := openRecord(wholeDir)
	if err != nil {
		return nil, err
	}
	_, err = l.LoadExport(context.Background(), builtin.Open(), nil)
	return l, err
})

var wholeDir string

// whole returns the built-in record. Its folder goes when the test that asked first ends, so that one test holds all that need it.
func whole(t *testing.T) *ledger.Ledger {
	t.Helper()
	if testing.Short() {
		t.Skip("left out of short runs: it loads the whole built-in record")
	}
	wholeDir = t.TempDir()
	l, err := wholeRecord()
	if err != nil {
		t.Fatal("load the built-in record: ", err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func asking(t *testing.T, l *ledger.Ledger, address string) *request {
	t.Helper()
	s := &site{l: l, rec: l.Record(), opt: Options{Now: l.Now}, looks: theLooks(), kept: newCache(1 << 20)}
	q, err := s.read(httptest.NewRequest("GET", "http://127.0.0.1:8080"+address, nil))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestWholeRecord(t *testing.T) {
	l := whole(t)
	for _, on := range []string{"2026-11-24", "2019-02-01"} {
		t.Run("ledes on "+on, func(t *testing.T) { testLedes(t, asking(t, l, "/?on="+on)) })
	}
	t.Run("sentences", func(t *testing.T) { testSentences(t, l) })
	t.Run("titles", func(t *testing.T) { testTitles(t, asking(t, l, "/")) })
}

// The source that a first sentence names tells the act that the standing rests on, and its day.
func testLedes(t *testing.T, q *request) {
	n := 0
	for _, in := range q.described() {
		err := q.s.rec.Standings(q.ctx, q.at, record.Filter{Instruments: []stocktake.InstrumentID{in.ID}}, func(st stocktake.Standing) error {
			if q.past(&st); st.Since == nil {
				return nil
			}
			n++
			g, err := q.ground(&st, in.Kind)
			if err != nil {
				return err
			}
			if len(g.Sources) == 0 {
				t.Errorf("%s towards %s, %s since %s: no act and source was found behind it", st.Party, in.ID, st.Standing, st.Since)
				return nil
			}
			lede, err := q.standingLede(&st, in)
			if err != nil {
				return err
			}
			if !strings.Contains(lede, "; source: "+q.sourceInProse(g.Sources[0])) {
				t.Errorf("%s towards %s names another source than %s: %s", st.Party, in.ID, g.Sources[0], lede)
			}
			checkTold(t, q, &st, g)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 10_000 {
		t.Errorf("only %d standings were looked at", n)
	}
}

// checkTold looks at what every source says of the act, without the order that the sentence has them in.
func checkTold(t *testing.T, q *request, st *stocktake.Standing, g ground) {
	listed := false
	for i := range st.Acts {
		if st.Acts[i].ID == g.Act {
			listed = true
			for _, id := range g.Sources {
				if !strings.Contains(" "+joinIDs(st.Acts[i].Sources)+" ", " "+string(id)+" ") {
					t.Errorf("%s towards %s: %s is no source of %s", st.Party, st.Instrument, id, g.Act)
				}
			}
		}
	}
	if !listed {
		t.Errorf("%s towards %s: %s is not among its acts", st.Party, st.Instrument, g.Act)
	}
	entries, err := q.entries(g.Act)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) == 0 {
		return // derived from membership
	}
	exact, named := false, false
	lo, hi := st.Since.Bounds()
	for i := range entries {
		d := entries[i].Act.Day(g.Phase)
		a, b := d.Bounds()
		exact = exact || d == *st.Since
		if entries[i].Act.Source == g.Sources[0] && !d.IsZero() && lo <= a && b <= hi {
			named = true
		}
	}
	if !named || exact && g.Day != *st.Since {
		t.Errorf("%s towards %s since %s: %s, named first, tells %s of %s", st.Party, st.Instrument, st.Since, g.Sources[0], g.Day, g.Act)
	}
}

func joinIDs(list []stocktake.SourceID) string {
	var s []string
	for _, id := range list {
		s = append(s, string(id))
	}
	return strings.Join(s, " ")
}

// What readers of the pages found wrong, and some of what was right.
func testSentences(t *testing.T, l *ledger.Ledger) {
	for _, c := range []struct{ address, has, not string }{
		{"/i/gcm/BRA?on=2019-02-01", "since 8 January 2019; source: Report on the Brazilian telegram", "on the day of the conference"},
		{"/i/nyd/USA", "since 28 November 2018; source: United States explanation of vote", "19 December 2018 (US"},
		{"/i/gcm/SVK", "source: Agency report on the Slovak Prime Minister", "Recorded votes"},
		{"/i/gcm/DOM", "since some day from 4 to 7 December 2018; source: Report on the Dominican announcement", "Recorded votes"},
		{"/i/icrmw/MEX", "since 8 March 1999, and whether it was in force for it is not known here; source: Status of treaties", "by year"},
		{"/i/icerd/CHN", "and it was in force for it; source: Status of treaties", "by year"},
		{"/i/paris/USA", "source: Instrument of acceptance of the Paris Agreement (The White House, 20 January 2021) and 1 other source; its withdrawal was announced on 20 January 2025, which alone moves no standing (source: Order on international environmental agreements", ""},
		{"/i/paris/USA?on=2022-01-01", "source: Instrument of acceptance", "announced"},
		{"/i/who/USA", "; its withdrawal was announced on 20 January 2025, which alone moves no standing (same source)", ""},
		{"/i/rome-statute/GMB", "its withdrawal was announced by February 2017 and taken back in February 2017", "moves no standing"},
		{"/i/paris", "195 parties stood towards the Paris Agreement (UNTC XXVII-7-d) as “bound”", "2016-07-12"},
		{"/i/paris", "source: Table of the Paris Agreement's parties, version of 2023-02-13", ""},
		{"/i/gcm", "; the record here ends on 14 January 2020 at the earliest, as the page of each standing says", "would not show"},
		{"/i/gcm", "source: Recorded votes of the UN General Assembly", ""},
		{"/i/hrc", "source: Fact sheet on the memorandum of 7 January 2026", "source: Memorandum"},
		{"/i/gfmd", "this record knew no act by which any party would stand anywhere towards the Global Forum", "no act of any party"},
		{"/i/crc", "source: Status of treaties deposited with the UN Secretary-General, March 2015 and 1 other source", ""},
		{"/i/nyd", "192 parties stood", "regret"},
		{"/i/ilo-c189", "parties stood towards ILO Convention C189 (Domestic workers) as “bound”", "the Domestic"},
		{"/i/unesco/USA", "towards UNESCO", "the UNESCO"},
		{"/i/cat/x-frg?on=1989-01-01", "the Federal Republic of Germany (before 1990)", ""},
		{"/i/bbnj-agreement/USA", "; its ratification was announced on 18 December 2024, which alone moves no standing", ""},
	} {
		h := New(l, Options{Now: l.Now})
		lede := ledeOf(get(t, h, c.address))
		if !strings.Contains(lede, c.has) || c.not != "" && strings.Contains(lede, c.not) {
			t.Errorf("%s: want %q and not %q in\n%s", c.address, c.has, c.not, lede)
		}
	}
}

// ledeOf is the first sentence of a page.
func ledeOf(page string) string {
	_, rest, _ := strings.Cut(page, `<p class="lede">`)
	lede, _, _ := strings.Cut(rest, "</p>")
	return plainText(lede)
}

// Titles and names read well in a sentence: none of these turns into something that English does not have.
func testTitles(t *testing.T, q *request) {
	for _, in := range q.described() {
		s := inProse(in)
		t.Logf("towards %s", s)
		quoted := strings.Contains(s, "“")
		if strings.HasPrefix(s, "the the ") || strings.HasPrefix(s, "the ILO") || !quoted && strings.Contains(s, ": ") {
			t.Errorf("%s reads %q", in.ID, s)
		}
	}
	for _, p := range q.s.rec.Parties(q.at.Head) {
		s := partyInProse(p)
		t.Logf("an act of %s", s)
		if strings.HasPrefix(strings.ToLower(s), "the the ") {
			t.Errorf("%s reads %q", p.ID, s)
		}
	}
}

func TestNamesInProse(t *testing.T) {
	for _, c := range []struct{ kind, title, want string }{
		{"body", "UNESCO", "UNESCO"},
		{"body", "World Health Organization", "the World Health Organization"},
		{"ilo-convention", "Domestic workers (ILO C189)", "ILO Convention C189 (Domestic workers)"},
		{"treaty", "CAT, amendments to articles 17 and 18", "the treaty “CAT, amendments to articles 17 and 18”"},
		{"treaty", "Single Convention on Narcotic Drugs, 1961", "the Single Convention on Narcotic Drugs, 1961"},
		{"treaty", "Prepared opium agreement as amended (1925, 1946)", "the Prepared opium agreement as amended (1925, 1946)"},
		{"treaty", "Covenant on Economic, Social and Cultural Rights", "the Covenant on Economic, Social and Cultural Rights"},
		{"treaty", "Slavery Convention, signed at Geneva on 25 September 1926 and amended by the Protocol", "the treaty “Slavery Convention, signed at Geneva on 25 September 1926 and amended by the Protocol”"},
		{"statement", "States must keep it", "the statement “States must keep it”"},
		{"treaty", "Protocol to the Convention against Torture: visits", "the treaty “Protocol to the Convention against Torture: visits”"},
		{"process", "Talks on the Global Compact for Migration", "the talks on the Global Compact for Migration"},
		{"resolution", "General Assembly resolution 73/195", "General Assembly resolution 73/195"},
	} {
		if got := inProse(&stocktake.Instrument{Kind: stocktake.InstrumentKind(c.kind), Title: c.title}); got != c.want {
			t.Errorf("%q reads %q, not %q", c.title, got, c.want)
		}
	}
	for _, c := range []struct{ id, name, want string }{
		{"x-frg", "Federal Republic of Germany (before 1990)", "the Federal Republic of Germany (before 1990)"},
		{"IRN", "Iran (Islamic Republic of)", "Iran (Islamic Republic of)"},
		{"USA", "United States of America", "the United States of America"},
		{"PHL", "Philippines", "the Philippines"},
		{"FLK", "Falkland Islands (Malvinas)", "the Falkland Islands (Malvinas)"},
		{"SGS", "South Georgia and the South Sandwich Islands", "South Georgia and the South Sandwich Islands"},
		{"VAT", "Holy See", "the Holy See"},
		{"PSE", "State of Palestine", "the State of Palestine"},
		{"HKG", "China, Hong Kong Special Administrative Region", "China, Hong Kong Special Administrative Region"},
		{"x-coe", "Council of Europe", "the Council of Europe"},
		{"VNM", "Viet Nam", "Viet Nam"},
	} {
		if got := partyInProse(&stocktake.Party{ID: stocktake.PartyID(c.id), Names: map[string]string{"en": c.name}}); got != c.want {
			t.Errorf("%q reads %q, not %q", c.name, got, c.want)
		}
	}
}
