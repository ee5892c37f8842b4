package ledger_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
)

// invention makes filings of sources that nobody has: many that tell of the same few acts, and three editions of the same few roll-calls.
type invention struct {
	*rand.Rand
	told map[string]bool // act and source: one source tells of an act once
}

var (
	someParties = []stocktake.PartyID{"BRA", "CHE", "DEU", "HUN", "MEX", "USA", "CSK"}
	someTexts   = []stocktake.InstrumentID{"icerd", "icrmw", "gcm", "gcm-process"}
	kindsOf     = map[stocktake.InstrumentID][]stocktake.ActKind{
		"icerd":       {stocktake.Signature, stocktake.Ratification, stocktake.Accession, stocktake.Consent, stocktake.Denunciation, stocktake.DeclarationAct},
		"icrmw":       {stocktake.Signature, stocktake.Ratification, stocktake.Consent, stocktake.Denunciation},
		"gcm":         {stocktake.Endorsement, stocktake.Withdrawal, stocktake.Return, stocktake.Remark},
		"gcm-process": {stocktake.Participation, stocktake.Withdrawal},
	}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// date makes a day, a month, a year, a span, a date in doubt, or an open one.
func (v *invention) date() stocktake.Date {
	y, m, d := 1990+v.IntN(25), 1+v.IntN(12), 1+v.IntN(28)
	one := fmt.Sprintf("%04d-%02d-%02d", y, m, d)
	switch v.IntN(12) {
	case 0:
		return stocktake.MustDate(one[:4])
	case 1:
		return stocktake.MustDate(one[:7])
	case 2:
		return stocktake.MustDate(one + "/" + fmt.Sprintf("%04d-%02d-%02d", y+1, m, d))
	case 3:
		return stocktake.MustDate(one[:4] + "?")
	case 4:
		return stocktake.MustDate("../" + one)
	}
	return stocktake.MustDate(one)
}

// source describes the n-th source, the same each time.
func (v *invention) source(n int) stocktake.Source {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	s := stocktake.Source{ID: stocktake.SourceID(fmt.Sprintf("s%d", n)), Title: fmt.Sprintf("Source %d", n), Kind: pick(r, []string{"register", "dataset", "press", "official"}), Read: stocktake.MustDate("2026-11-01")}
	if r.IntN(5) > 0 {
		s.Published = stocktake.MustDate(fmt.Sprintf("%d-%02d-%02d", 2000+r.IntN(20), 1+r.IntN(12), 1+r.IntN(28)))
	}
	if n%3 == 0 { // every third is an edition of one series
		s.Series, s.Edition = "series", string(s.ID)
	}
	return s
}

func (v *invention) acts(n, filing int) stocktake.Filing {
	src := v.source(n)
	f := stocktake.Filing{Key: fmt.Sprintf("acts/%d/%d", n, filing), Title: "Acts", Sources: []stocktake.Source{src}}
	for range 1 + v.IntN(8) {
		p, in := pick(v.Rand, someParties), pick(v.Rand, someTexts)
		k := pick(v.Rand, kindsOf[in])
		a := stocktake.Act{ID: stocktake.TreatyActID(in, p, k, 1+v.IntN(2)), Party: p, Instrument: in, Kind: k, Source: src.ID}
		if key := string(a.ID) + string(src.ID); v.told[key] {
			continue
		} else {
			v.told[key] = true
		}
		switch v.IntN(6) {
		case 0:
			a.Announced = v.date()
		case 1:
			a.Notified = v.date()
			a.Effect = v.date()
		case 2:
			a.Done, a.Effect = v.date(), v.date()
		case 3:
			a.Note = "no day"
		default:
			a.Done = v.date()
		}
		f.Acts = append(f.Acts, a)
	}
	if filing == 0 && v.IntN(2) == 0 {
		f.Coverage = []stocktake.Coverage{{Source: src.ID, Instruments: []string{string(pick(v.Rand, someTexts))}, Acts: []string{"ratification", "accession", "consent"}, To: stocktake.MustDate("2010"), CannotShow: []string{"Caveat of " + string(src.ID)}}}
	}
	return f
}

// edition makes one edition's version of a roll-call.
func (v *invention) edition(e, call int) stocktake.Filing {
	src := stocktake.Source{ID: stocktake.SourceID(fmt.Sprintf("votes-%d", e)), Series: "votes", Edition: fmt.Sprint(e), Title: "Votes", Published: stocktake.MustDate(fmt.Sprintf("%d-03-08", 2010+3*e)), Read: stocktake.MustDate("2026-11-01")}
	r := rand.New(rand.NewPCG(uint64(call), 11)) // what the editions agree on
	rc := stocktake.RollCall{ID: fmt.Sprint(call), Instrument: stocktake.InstrumentID(pick(r, []string{"a-res-73-195", "a-res-60-1", "a-res-60-2"})), Symbol: "R", Session: 60, Date: stocktake.MustDate(fmt.Sprintf("2005-%02d-%02d", 1+r.IntN(12), 1+r.IntN(28))), Source: src.ID}
	if v.IntN(4) == 0 {
		rc.Date = stocktake.MustDate(rc.Date.String()[:7])
	}
	if v.IntN(6) == 0 {
		rc.Instrument = stocktake.InstrumentID("ga-rc-" + rc.ID)
	}
	if v.IntN(6) == 0 {
		rc.Part = "paragraph"
	}
	var lists [5][]string
	for _, p := range someParties {
		n := r.IntN(6)
		if v.IntN(5) == 0 {
			n = v.IntN(6)
		}
		if n < 4 || n == 4 && e == 1 { // one edition lists absences
			lists[min(n, 4)] = append(lists[min(n, 4)], string(p))
		}
	}
	rc.Yes, rc.No, rc.Abstain = strings.Join(lists[0], " "), strings.Join(lists[1], " "), strings.Join(append(lists[2], lists[3]...), " ")
	if e == 1 {
		rc.Absent = strings.Join(lists[4], " ")
	}
	if rc.Abstain != "" {
		a := strings.Fields(rc.Abstain)
		slices.Sort(a)
		rc.Abstain = strings.Join(a, " ")
	}
	return stocktake.Filing{Key: fmt.Sprintf("votes/%d/%d", e, call), Title: "A roll-call", Sources: []stocktake.Source{src}, RollCalls: []stocktake.RollCall{rc}}
}

func (v *invention) filings() (list []stocktake.Filing) {
	for n := range 9 {
		for i := range 1 + v.IntN(3) {
			list = append(list, v.acts(n, i))
		}
	}
	for e := range 3 {
		for call := range 4 {
			list = append(list, v.edition(e, call))
		}
	}
	return list
}

// bare is what a record answers, without numbers of filings.
func bare(t testing.TB, l *ledger.Ledger, at stocktake.At) string {
	t.Helper()
	var b bytes.Buffer
	put := func(v any) {
		j, err := ledger.Canonical(v)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(j, '\n'))
	}
	rec := l.Record()
	for _, in := range append(slices.Clone(someTexts), "a-res-73-195", "a-res-60-1", "a-res-60-2", "ga-rc-0", "ga-rc-1", "ga-rc-2", "ga-rc-3") {
		err := rec.Standings(t.Context(), at, record.Filter{Instruments: []stocktake.InstrumentID{in}}, func(s stocktake.Standing) error {
			s.Head = 0
			for i := range s.Acts {
				s.Acts[i].Filing = 0
			}
			for i := range s.Conflicts {
				for j := range s.Conflicts[i].Says {
					s.Conflicts[i].Says[j].Filing = 0
				}
			}
			put(s)
			return nil
		})
		if stocktake.KindOf(err) != stocktake.NotFound && err != nil {
			t.Fatal(err)
		}
		for _, v := range rec.RollCallsOn(at, in) {
			v.Head, v.Filing = 0, 0
			put(v)
		}
	}
	put(rec.Changes(at, at.On-4000, record.Filter{}))
	return b.String()
}

// TestOrderOfFilingChangesNothing files the same filings in many orders. At the newest head every record answers alike.
func TestOrderOfFilingChangesNothing(t *testing.T) { orders(t, 6) }

// TestSoakOrderOfFiling is the long form; without STOCKTAKE_SOAK=1 it only shows that it would run.
func TestSoakOrderOfFiling(t *testing.T) {
	if os.Getenv("STOCKTAKE_SOAK") != "1" {
		orders(t, 1)
		return
	}
	orders(t, 300)
}

func orders(t *testing.T, seeds uint64) {
	for seed := range seeds {
		v := &invention{rand.New(rand.NewPCG(seed, 1)), map[string]bool{}}
		list := v.filings()
		var first []string
		for order := range 4 {
			if order > 0 {
				v.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			}
			l := folder(t).open(t)
			file(t, l, law(t)...)
			if order == 3 { // one by one, as they come in over years
				for _, f := range list {
					file(t, l, f)
				}
			} else {
				file(t, l, list...)
			}
			for i, c := range coordinates(l) {
				got := bare(t, l, c)
				if order == 0 {
					first = append(first, got)
				} else if got != first[i] {
					t.Errorf("seed %d, order %d, on %s, known %s: %s", seed, order, c.OnString(), c.KnownString(), firstDifference(first[i], got))
				}
			}
			if order == 0 || order == 3 {
				agrees(t, l)
			}
			if t.Failed() {
				return
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// coordinates are a few questions' on and known, at the newest head.
func coordinates(l *ledger.Ledger) (list []stocktake.At) {
	for _, c := range [][2]string{{"2026-11-01", "2100-01-01"}, {"2005-06-15", "2100-01-01"}, {"2012-01-01", "2014-12-31"}, {"1999-12-31", "2009-01-01"}} {
		list = append(list, stocktake.At{On: day(c[0]), Known: stocktake.EndOfDay(day(c[1])), Head: l.Record().Head()})
	}
	return list
}

// agrees checks that the ways of asking agree: one standing, those of an instrument, those of a party, and the whole table.
func agrees(t testing.TB, l *ledger.Ledger) {
	t.Helper()
	rec := l.Record()
	for _, c := range coordinates(l) {
		one := map[string]string{}
		word := func(s record.PartyState) string {
			return fmt.Sprintf("%s %d %d %v", s.Word, s.Bound, s.InForce, s.Unsure)
		}
		tri := func(b *bool) int {
			switch {
			case b == nil:
				return -1
			case *b:
				return 1
			}
			return 0
		}
		for _, in := range rec.Instruments(c.Head, false) {
			err := rec.Standings(t.Context(), c, record.Filter{Instruments: []stocktake.InstrumentID{in.ID}}, func(s stocktake.Standing) error {
				one[string(s.Party)+" "+string(s.Instrument)] = fmt.Sprintf("%s %d %d %v", s.Standing, tri(s.Bound), tri(s.InForce), s.Unsure)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range rec.States(c, in.ID) {
				if k := string(s.Party) + " " + string(s.Instrument); one[k] != word(s) {
					t.Errorf("%s on %s: a standing says %q, the list of its instrument %q", k, c.OnString(), one[k], word(s))
				}
			}
			rec.Acted(c, in.ID, func(s *record.PartyState) {
				if k := string(s.Party) + " " + string(s.Instrument); one[k] != word(*s) {
					t.Errorf("%s on %s: a standing says %q, those who acted %q", k, c.OnString(), one[k], word(*s))
				}
			})
		}
		table := map[string]string{}
		rec.Everything(c, func(s *record.PartyState) { table[string(s.Party)+" "+string(s.Instrument)] = word(*s) })
		for k, w := range table {
			if one[k] != w {
				t.Errorf("%s on %s: a standing says %q, the whole table %q", k, c.OnString(), one[k], w)
			}
		}
		for _, p := range rec.Parties(c.Head) {
			for _, s := range rec.OfParty(c, p.ID) {
				if k := string(s.Party) + " " + string(s.Instrument); one[k] != "" && one[k] != word(s) {
					t.Errorf("%s on %s: a standing says %q, those of the party %q", k, c.OnString(), one[k], word(s))
				}
			}
		}
		// What moved between two days is the difference of the standings on them.
		from := c
		from.On -= 3000
		moved := map[string]bool{}
		for _, m := range rec.Changes(c, from.On, record.Filter{}) {
			moved[string(m.Party)+" "+string(m.Instrument)] = true
		}
		for _, in := range rec.Instruments(c.Head, false) {
			was := map[stocktake.PartyID]record.PartyState{}
			for _, s := range rec.States(from, in.ID) {
				was[s.Party] = s
			}
			for _, s := range rec.States(c, in.ID) {
				b := was[s.Party]
				differs := b.Word != s.Word || b.Bound != s.Bound
				k := string(s.Party) + " " + string(s.Instrument)
				if moved[k] != differs && b.Word != stocktake.NotStateThen && s.Word != stocktake.NotStateThen && b.Word != stocktake.NotMember && s.Word != stocktake.NotMember && !s.Derived && !b.Derived {
					t.Errorf("%s from %s to %s: %q to %q, bound %d to %d; listed as moved: %v", k, from.OnString(), c.OnString(), b.Word, s.Word, b.Bound, s.Bound, moved[k])
				}
			}
		}
	}
}

// TestAnAnswerGivenOnceIsGivenForEver files one thing after another, of every kind, and keeps what the record answers after each. At its own
// head each answer stays what it was, byte for byte, in this process, in a new one, and after rebuilding.
func TestAnAnswerGivenOnceIsGivenForEver(t *testing.T) { forEver(t, 99) }

// TestSoakForEver is the long form; without STOCKTAKE_SOAK=1 it only shows that it would run.
func TestSoakForEver(t *testing.T) {
	if os.Getenv("STOCKTAKE_SOAK") == "1" {
		for seed := range uint64(30) {
			forEver(t, seed)
		}
	}
}

func forEver(t *testing.T, seed uint64) {
	p := folder(t)
	l := p.open(t)
	v := &invention{rand.New(rand.NewPCG(seed, 1)), map[string]bool{}}
	list := law(t)
	acts := v.filings()
	v.Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
	list = append(list, acts[:12]...)
	list = append(list, base(t)[3:]...)
	list = append(list, parse(t, `
		key: more/party
		title: A party that nobody had described
		sources: [{id: m1, title: A list, read: 2026-11-01}]
		parties:
		  - {id: x-org, kind: organisation, names: {en: An organisation}}
		acts: [{id: org-endorses, party: x-org, instrument: gcm, kind: endorsement, done: 2018-12-10}]
		---
		key: more/member
		title: A state described anew
		sources: [{id: m2, title: A list, read: 2026-11-01}]
		parties:
		  - {id: CHE, kind: state, names: {en: Switzerland, de: Schweiz}, codes: {iso2: CH, iso3: CHE}, from: 1948-01-01, memberships: [{group: un-members, from: 2002-09-10}]}
		---
		key: more/instrument
		title: Instruments described anew
		sources: [{id: m3, title: A list, read: 2026-11-01}]
		instruments:
		  - {id: icrmw, kind: treaty, title: Convention on migrant workers and their families, symbol: UNTC IV-13, symbols: [untc/4-13], clause: {threshold: 2, delay_months: 3, article: art. 87}}
		  - {id: a-res-60-1, kind: declaration, title: A text that had been a resolution by its roll-calls, links: [{rel: endorses, to: gcm}]}
		provisions: [{id: icrmw/art-87, instrument: icrmw, number: art. 87, title: Entry into force}]
		---
		key: more/group
		title: All members adopt a text
		sources: [{id: m4, title: A page, published: 2018-12-11, read: 2026-11-01}]
		acts: [{id: members-adopt, party: un-members, instrument: gcm, kind: endorsement, done: 2018-12-10}]
		---
		key: more/law
		title: The law changes
		sources: [{id: m5, title: A rule, read: 2026-11-01}]
		words: [{word: dissociated, for: [compact], means: said that it does not join what was adopted, sign: k9}]
		law:
		  - {id: c/remark, for: [compact], act: remark, phase: done, to: dissociated, basis: ours}
		  - {id: c/endorsement, for: [compact], act: endorsement, phase: done, ends: true, basis: ours}
		---
		key: more/coverage
		title: What a source covers
		sources: [{id: m6, kind: register, title: A register, published: 2020-01-01, read: 2026-11-01}]
		coverage: [{instruments: [ic*], acts: [ratification, accession], to: 2019, cannot_show: [Nothing of exits.]}]
		---
		key: more/series
		title: A source turns out to be an edition
		sources: [{id: s1, kind: dataset, series: series, edition: s1, title: Source 1, published: 2003-01-01, read: 2026-11-01}]
		---
		key: more/merge
		title: Two ids for one organisation
		parties: [{id: x-org-2, kind: organisation, names: {en: The same organisation}}]
		acts: [{id: org-2-remark, party: x-org-2, instrument: gcm-process, kind: participation, done: 2017-01-01, source: m1}]
		merges: [{of: party, from: x-org, into: x-org-2, reason: one and the same, by: tests}]
		---
		key: more/merge-instrument
		title: Two ids for one text
		sources: [{id: m7, title: A list, read: 2026-11-01}]
		instruments: [{id: a-res-60-2, kind: resolution, title: The same text under another id}]
		merges: [{of: instrument, from: a-res-60-2, into: a-res-60-1, reason: one and the same, by: tests}]
		---
		key: more/unmerge
		title: They were two after all
		merges: [{of: party, from: x-org, into: x-org-2, undo: true, reason: they are two, by: tests}]
		`)...)
	list = append(list, acts[12:]...)

	type given struct {
		at  stocktake.At
		was string
	}
	var answers []given
	for i, f := range list {
		file(t, l, f)
		if i < 3 {
			continue
		}
		if i%2 == 1 && len(f.Acts)+len(f.RollCalls) > 0 {
			continue
		}
		for _, c := range coordinates(l)[:3] {
			answers = append(answers, given{c, whole(t, l, c)})
		}
		if i == 20 { // our own mistake, mended
			info, _ := l.Record().Info(int64(i))
			file(t, l, stocktake.Filing{Key: "more/erratum", Title: "An erratum", Mends: &stocktake.Erratum{Filing: info.SHA256, Reason: "a test", By: "tests"}})
		}
	}
	ask := func(l *ledger.Ledger, when string, each int) {
		bad := 0
		for i, g := range answers {
			if i%each != 0 {
				continue
			}
			if got := whole(t, l, g.at); got != g.was {
				if bad++; bad <= 5 {
					info, _ := l.Record().Info(g.at.Head)
					t.Errorf("%s, head %d (%s), on %s, known %s: %s", when, g.at.Head, info.Key, g.at.OnString(), g.at.KnownString(), firstDifference(g.was, got))
				}
			}
		}
		if bad > 5 {
			t.Errorf("%s: %d of %d answers differ", when, bad, len(answers))
		}
	}
	ask(l, "later", 1)
	ask(p.open(t), "opened again", 4)
	if err := l.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	ask(l, "rebuilt", 5)
	holds(t, l)
	agrees(t, l)
}
