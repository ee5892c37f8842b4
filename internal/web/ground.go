package web

import (
	"cmp"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

// ground is what a standing rests on: the act that led to it, and the sources that tell it.
type ground struct {
	Act     stocktake.ActID
	Phase   stocktake.Phase
	Day     stocktake.Date       // as the first of the sources tells it
	Sources []stocktake.SourceID // the most exact first, among equals the one known first
	Best    int                  // so many of them are as exact as the first
}

// lead is a move of the law: an act of a kind, in a phase, leads to a standing.
type lead struct {
	act   stocktake.ActKind
	phase stocktake.Phase
	via   bool
	word  string
}

// leads are the moves that the law has for one kind of instrument.
type leads map[lead]bool

// leads are the moves of the law in force at the page's head.
func (q *request) leads(kind stocktake.InstrumentKind) leads {
	l, _ := remember(&q.s.memos, "leads "+itoa(q.at.Head)+" "+string(kind), func() (leads, error) {
		l := leads{}
		for _, r := range q.s.rec.Law(q.at.Head).Rows() {
			if r.To != "" && slices.Contains(r.For, kind) {
				l[lead{r.Act, r.Phase, r.Via, r.To}] = true
			}
		}
		return l, nil
	})
	return l
}

// moving are the phases of an act that can move a standing.
var moving = []stocktake.Phase{stocktake.PhaseDone, stocktake.PhaseNotified, stocktake.PhaseEffect}

// to reports whether an act can lead to a standing, in any phase.
func (l leads) to(word string, ref *stocktake.ActRef) bool {
	return slices.ContainsFunc(moving, func(ph stocktake.Phase) bool { return l[lead{ref.Kind, ph, ref.Via != "", word}] })
}

// anywhere reports whether an act can lead to some standing, once it is done.
func (l leads) anywhere(ref *stocktake.ActRef) bool {
	for x := range l {
		if x.act == ref.Kind && x.via == (ref.Via != "") && x.phase != stocktake.PhaseAnnounced {
			return true
		}
	}
	return false
}

// fit says how well a told day fits the day that the record follows: 0 it is that, 1 it lies within it, 2 it is wider or overlaps it,
// 3 it is another.
func fit(told, follows stocktake.Date) int {
	if told == follows {
		return 0
	}
	if told.IsZero() || follows.IsZero() {
		return 3
	}
	tl, th := told.Bounds()
	fl, fh := follows.Bounds()
	switch {
	case fl <= tl && th <= fh:
		return 1
	case tl <= fh && fl <= th:
		return 2
	}
	return 3
}

// teller is a source that tells an act, and how.
type teller struct {
	id    stocktake.SourceID
	day   stocktake.Date
	fit   int
	known string
}

// inOrder puts the tellers first that tell the day best: the day that the record follows, then the most exact, then the one known first.
// best is how many are as exact as the first.
func inOrder(list []teller) (out []stocktake.SourceID, best int) {
	slices.SortStableFunc(list, func(a, b teller) int {
		return cmp.Or(cmp.Compare(a.fit, b.fit), cmp.Compare(width(a.day), width(b.day)), cmp.Compare(a.known, b.known), cmp.Compare(a.id, b.id))
	})
	for _, t := range list {
		if !slices.Contains(out, t.id) {
			out = append(out, t.id)
			if t.fit == list[0].fit && width(t.day) == width(list[0].day) {
				best++
			}
		}
	}
	return out, best
}

func width(d stocktake.Date) int64 {
	lo, hi := d.Bounds()
	return int64(hi) - int64(lo)
}

// knownOrder makes moments comparable: a bare day is the end of it.
func knownOrder(s string) string {
	if len(s) == len("2018-12-19") {
		return s + "T23:59:59.999999Z"
	}
	return s
}

// ground finds the act that led to a standing, and the sources that tell it and its day. Sources that tell another day, or only announce
// the act, are left out.
func (q *request) ground(st *stocktake.Standing, kind stocktake.InstrumentKind) (ground, error) {
	l := q.leads(kind)
	var since stocktake.Date
	if st.Since != nil {
		since = *st.Since
	}
	best, bestFit := ground{}, 2
	for i := range st.Acts {
		ref := &st.Acts[i]
		if !l.to(st.Standing, ref) {
			continue
		}
		entries, err := q.entriesOf(ref.ID, st.Party, towards(st.Instrument, ref))
		if err != nil {
			return best, err
		}
		if len(entries) == 0 { // derived from membership: the source is that of the roll-call
			if f := fit(ref.Date, since); f < bestFit {
				best, bestFit = ground{ref.ID, ref.Phase, ref.Date, ref.Sources, len(ref.Sources)}, f
			}
			continue
		}
		for _, ph := range moving {
			told := tellers(entries, ph, since, func(k stocktake.ActKind) bool {
				return l[lead{k, ph, ref.Via != "", st.Standing}] || l[lead{ref.Kind, ph, ref.Via != "", st.Standing}]
			})
			if len(told) == 0 {
				continue
			}
			ids, n := inOrder(told)
			if told[0].fit < bestFit {
				best, bestFit = ground{ref.ID, ph, told[0].day, ids, n}, told[0].fit
			}
		}
	}
	return best, nil
}

// tellers are the sources that tell an act in a phase on a day that agrees with the one that the record follows.
func tellers(entries []record.ActEntry, ph stocktake.Phase, follows stocktake.Date, counts func(stocktake.ActKind) bool) (list []teller) {
	for i := range entries {
		a := &entries[i].Act
		day := a.Day(ph)
		if f := fit(day, follows); f < 3 && counts(a.Kind) {
			list = append(list, teller{a.Source, day, f, knownOrder(entries[i].Known)})
		}
	}
	return list
}

// standingSources are the sources to name for a standing, the one that tells it best first. What nobody did has none.
func (q *request) standingSources(st *stocktake.Standing, kind stocktake.InstrumentKind) ([]stocktake.SourceID, error) {
	switch st.Standing {
	case stocktake.NoActKnown, stocktake.NotMember, stocktake.NotStateThen:
		return nil, nil
	}
	g, err := q.ground(st, kind)
	if err != nil || len(g.Sources) > 0 {
		return g.Sources, err
	}
	return q.leads(kind).behind(st), nil
}

// behind are the sources of the acts that can have led to a standing, without a look at what each says: those dated as the standing is,
// where there are some.
func (l leads) behind(st *stocktake.Standing) (list []stocktake.SourceID) {
	dated := false
	for i := range st.Acts {
		ref := &st.Acts[i]
		if ref.Phase == stocktake.PhaseAnnounced || !l.to(st.Standing, ref) {
			continue
		}
		same := st.Since != nil && ref.Date == *st.Since
		if dated && !same {
			continue
		}
		if same && !dated {
			dated, list = true, nil
		}
		for _, id := range ref.Sources {
			if !slices.Contains(list, id) {
				list = append(list, id)
			}
		}
	}
	return list
}

// grounds are the sources behind one of many standings, and how many of them are as exact as the first. A vote has its roll-call's.
func (q *request) grounds(st *stocktake.Standing, kind stocktake.InstrumentKind) ([]stocktake.SourceID, int, error) {
	l := q.leads(kind)
	for i := range st.Acts {
		if ref := &st.Acts[i]; ref.Kind.Ballot() && st.Since != nil && ref.Date == *st.Since && l.to(st.Standing, ref) {
			return ref.Sources, len(ref.Sources), nil
		}
	}
	g, err := q.ground(st, kind)
	if err != nil || len(g.Sources) > 0 {
		return g.Sources, g.Best, err
	}
	list := l.behind(st)
	return list, len(list), nil
}

// mostBehind are the sources behind the standings that a sentence counts. First is the newest edition of what most of them rest on.
func (q *request) mostBehind(w *where) ([]stocktake.SourceID, error) {
	type edition struct {
		id  stocktake.SourceID
		day stocktake.Day
	}
	type series struct {
		list  []edition
		count int // standings that it tells as exactly as any
	}
	all := map[string]*series{}
	var order []*series // as met
	seen := map[stocktake.SourceID]*series{}
	for _, g := range w.groups {
		if g.Out {
			continue
		}
		for _, st := range g.Members {
			sources, best, err := q.grounds(st, w.in.Kind)
			if err != nil {
				return nil, err
			}
			var counted []*series
			for i, id := range sources {
				of, ok := seen[id]
				if !ok {
					e, name := edition{id, stocktake.MinDay}, "source "+string(id)
					if s, _, ok := q.s.rec.Source(id, q.at.Head); ok {
						if s.Series != "" {
							name = "series " + s.Series
						}
						if lo, _ := s.Published.Bounds(); !s.Published.IsZero() {
							e.day = lo
						}
					}
					if of = all[name]; of == nil {
						of = &series{}
						all[name] = of
						order = append(order, of)
					}
					of.list = append(of.list, e)
					seen[id] = of
				}
				if i < best && !slices.Contains(counted, of) {
					counted = append(counted, of)
					of.count++
				}
			}
		}
	}
	slices.SortStableFunc(order, func(a, b *series) int { return cmp.Compare(b.count, a.count) })
	var out []stocktake.SourceID
	for _, of := range order {
		slices.SortFunc(of.list, func(a, b edition) int { return cmp.Or(cmp.Compare(b.day, a.day), cmp.Compare(b.id, a.id)) })
		for _, e := range of.list {
			out = append(out, e.id)
		}
	}
	return out, nil
}

// announcedWords name acts that were announced, where the word for the act is no thing that can be.
var announcedWords = map[stocktake.ActKind]string{
	stocktake.SupportStated: "a statement of support", stocktake.StaysOutStated: "a statement that it stays out", stocktake.Deferral: "the deferral of its decision",
	stocktake.NotBecomingParty: "a notice that it will not become a party", stocktake.Consent: "its consent to be bound",
	stocktake.ProvisionalApplication: "provisional application", stocktake.EndOfProvisionalApplication: "the end of provisional application",
	stocktake.PledgeRevised: "the revision of its pledge", stocktake.PledgeWithdrawn: "the taking back of its pledge",
}

// announced tells of acts that were announced after a standing began, and not done by the page's day: by the law those move nothing.
// The source is named where it is not the first of those that the sentence named already.
func (q *request) announced(st *stocktake.Standing, kind stocktake.InstrumentKind, named []stocktake.SourceID) (string, error) {
	l := q.leads(kind)
	var b strings.Builder
	for i := range st.Acts {
		ref := &st.Acts[i]
		_, last := ref.Date.Bounds()
		if ref.Phase != stocktake.PhaseAnnounced || ref.Date.IsZero() || last > q.at.On || !l.anywhere(ref) {
			continue
		}
		if st.Since != nil {
			if _, began := st.Since.Bounds(); last <= began {
				continue
			}
		}
		entries, err := q.entriesOf(ref.ID, st.Party, towards(st.Instrument, ref))
		if err != nil {
			return "", err
		}
		what := announcedWords[ref.Kind]
		if what == "" {
			what = "its " + actWord(ref.Kind)
		}
		b.WriteString("; " + what + " was announced " + onDate(ref.Date))
		if back := takenBack(st, ref); !back.IsZero() {
			b.WriteString(" and taken back " + onDate(back))
		} else {
			b.WriteString(", which alone moves no standing")
		}
		if told := tellers(entries, stocktake.PhaseAnnounced, ref.Date, func(stocktake.ActKind) bool { return true }); len(told) > 0 {
			if ids, _ := inOrder(told); len(named) > 0 && named[0] == ids[0] {
				b.WriteString(" (same source)")
			} else {
				b.WriteString(" (source: " + q.sourceInProse(ids[0]) + ")")
			}
		}
	}
	return b.String(), nil
}

// takenBack is the day on which an announced exit was revoked; zero where it was not.
func takenBack(st *stocktake.Standing, exit *stocktake.ActRef) stocktake.Date {
	_, said := exit.Date.Bounds()
	if exit.Kind.Class() == "exit" {
		for i := range st.Acts {
			if ref := &st.Acts[i]; ref.Kind == stocktake.Revocation && ref.Phase != stocktake.PhaseAnnounced {
				if _, last := ref.Date.Bounds(); last >= said {
					return ref.Date
				}
			}
		}
	}
	return stocktake.Date{}
}

// towards is the text on which an act was done that counts for a standing.
func towards(in stocktake.InstrumentID, ref *stocktake.ActRef) stocktake.InstrumentID {
	if ref.Via != "" {
		return ref.Via
	}
	return in
}
