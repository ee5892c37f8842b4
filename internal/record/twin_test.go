package record_test

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/record"
)

// twin is the record without an index: it keeps the filings as they came and walks all of them for every question. It is slow and obvious, and
// says in plain steps what the record must answer.
type twin struct {
	filings []record.Applied
	laws    map[int64]*stocktake.Law // by head; nothing else is kept
}

// told is what one source says of one act, in one filing.
type told struct {
	act    stocktake.Act
	filing int64
	mends  int64
	known  int64 // microseconds
	nth    int   // which part of which filing, counted through: the order of telling
	roll   bool  // a ballot of a roll-call
	part   bool  // of one on a part of the text
	absent bool  // an absence that the roll-call lists
}

// piece is one dated day of what was told.
type piece struct {
	*told
	phase  stocktake.Phase
	date   stocktake.Date
	lo, hi stocktake.Day
	via    bool
	maybe  bool
}

func actNumber(id stocktake.ActID) uint32 {
	h := fnv.New32a()
	h.Write([]byte(id))
	return h.Sum32()
}

func microsOf(t time.Time) int64 { return t.UnixMicro() }

// newest walks the filings up to a head and returns the last description that find sees.
func newest[T any](t *twin, head int64, find func(*stocktake.Filing) (T, bool)) (best T, ok bool) {
	for i := range t.filings {
		if a := &t.filings[i]; a.Number <= head {
			if x, found := find(a.Filing); found {
				best, ok = x, true
			}
		}
	}
	return best, ok
}

func (t *twin) party(id stocktake.PartyID, head int64) (*stocktake.Party, bool) {
	return newest(t, head, func(f *stocktake.Filing) (p *stocktake.Party, ok bool) {
		for i := range f.Parties {
			if f.Parties[i].ID == id {
				p, ok = &f.Parties[i], true
			}
		}
		return p, ok
	})
}

func (t *twin) source(id stocktake.SourceID, head int64) (*stocktake.Source, bool) {
	return newest(t, head, func(f *stocktake.Filing) (s *stocktake.Source, ok bool) {
		for i := range f.Sources {
			if f.Sources[i].ID == id {
				s, ok = &f.Sources[i], true
			}
		}
		return s, ok
	})
}

// instrument returns the newest description, else one that the first roll-call implies: a resolution.
func (t *twin) instrument(id stocktake.InstrumentID, head int64) *stocktake.Instrument {
	in, ok := newest(t, head, func(f *stocktake.Filing) (in *stocktake.Instrument, ok bool) {
		for i := range f.Instruments {
			if f.Instruments[i].ID == id {
				in, ok = &f.Instruments[i], true
			}
		}
		return in, ok
	})
	if !ok {
		return &stocktake.Instrument{ID: id, Kind: stocktake.Resolution}
	}
	return in
}

func (t *twin) law(head int64) *stocktake.Law {
	if l := t.laws[head]; l != nil {
		return l
	}
	var rows []stocktake.LawRow
	var words []stocktake.StandingWord
	for i := range t.filings {
		if a := &t.filings[i]; a.Number <= head {
			rows, words = append(rows, a.Filing.Law...), append(words, a.Filing.Words...)
		}
	}
	l, err := stocktake.NewLaw(rows, words)
	if err != nil {
		panic(err)
	}
	t.laws[head] = l
	return l
}

func (t *twin) sameSeries(a, b stocktake.SourceID, head int64) bool {
	x, _ := t.source(a, head)
	y, _ := t.source(b, head)
	return a == b || x != nil && y != nil && x.Series != "" && x.Series == y.Series
}

// all returns everything that was ever told, whatever the head.
func (t *twin) all() []*told {
	var list []*told
	nth := 0
	for i := range t.filings {
		a := &t.filings[i]
		mends := int64(0)
		if a.Filing.Mends != nil {
			mends = t.byHash(a.Filing.Mends.Filing)
		}
		parts := map[stocktake.SourceID]int{}
		part := func(s stocktake.SourceID) int {
			if _, ok := parts[s]; !ok {
				parts[s] = nth
				nth++
			}
			return parts[s]
		}
		for j := range a.Filing.RollCalls {
			rc := &a.Filing.RollCalls[j]
			here, absences := nth, nth
			nth++
			if rc.Absent != "" || rc.NotVoting != "" {
				absences = nth
				nth++
			}
			rc.Ballots(func(p stocktake.PartyID, k stocktake.ActKind) {
				x := &told{act: stocktake.Act{ID: stocktake.BallotID(rc.ID, p), Party: p, Instrument: rc.Instrument, Kind: k, Done: rc.Date, Source: rc.Source},
					filing: a.Number, mends: mends, known: t.known(i, rc.Source), nth: here, roll: true, part: rc.Part != ""}
				if k == stocktake.VoteAbsent || k == stocktake.VoteNotVoting {
					x.nth, x.absent = absences, true
				}
				list = append(list, x)
			})
			part(rc.Source)
		}
		for j := range a.Filing.Acts {
			act := a.Filing.Acts[j]
			list = append(list, &told{act: act, filing: a.Number, mends: mends, known: t.known(i, act.Source), nth: part(act.Source)})
		}
		for j := range a.Filing.Coverage {
			part(a.Filing.Coverage[j].Source)
		}
	}
	return list
}

func (t *twin) byHash(h string) int64 {
	for i := range t.filings {
		if t.filings[i].SHA256 == h {
			return t.filings[i].Number
		}
	}
	return 0
}

// named reports whether a filing states something by a source, and not only describes it.
func named(f *stocktake.Filing, s stocktake.SourceID) bool {
	return slices.ContainsFunc(f.Acts, func(a stocktake.Act) bool { return a.Source == s }) ||
		slices.ContainsFunc(f.RollCalls, func(r stocktake.RollCall) bool { return r.Source == s }) ||
		slices.ContainsFunc(f.Coverage, func(c stocktake.Coverage) bool { return c.Source == s })
}

// known returns when it could be known what the i-th filing says by a source: when the source was published, or the filing made where that
// came first. What mends is known when what it mends was: the same source's part there, else, where the source states no time, the whole.
func (t *twin) known(i int, s stocktake.SourceID) int64 {
	a := &t.filings[i]
	if a.Filing.Mends != nil {
		if m := t.byHash(a.Filing.Mends.Filing); m > 0 && named(t.filings[m-1].Filing, s) {
			return t.known(int(m-1), s)
		}
	}
	known := microsOf(a.Filed)
	if d, ok := t.source(s, a.Number); ok {
		if k, ok := d.KnownBy(); ok {
			known = min(known, microsOf(k))
		}
	}
	if a.Filing.Mends != nil && known == microsOf(a.Filed) {
		if m := t.byHash(a.Filing.Mends.Filing); m > 0 {
			latest := int64(0)
			seen := map[stocktake.SourceID]bool{}
			each := func(s stocktake.SourceID) {
				if !seen[s] {
					seen[s] = true
					if k := t.known(int(m-1), s); k > latest {
						latest = k
					}
				}
			}
			for _, x := range t.filings[m-1].Filing.RollCalls {
				each(x.Source)
			}
			for _, x := range t.filings[m-1].Filing.Acts {
				each(x.Source)
			}
			for _, x := range t.filings[m-1].Filing.Coverage {
				each(x.Source)
			}
			if len(seen) > 0 {
				return latest
			}
		}
	}
	return known
}

// visible keeps what could be known at the coordinates: filed up to the head, public by then, not taken back, and of the editions of one
// roll-call what its newest one says.
func (t *twin) visible(at stocktake.At) []*told {
	var list []*told
	for _, x := range t.all() {
		if x.filing > at.Head || x.known > microsOf(at.Known) || t.retracted(x, at.Head) {
			continue
		}
		list = append(list, x)
	}
	var kept []*told
	for _, x := range list {
		if x.roll && t.replaced(at, x, list) {
			continue
		}
		if x.absent { // the edition that lists absences may not tell that a part was voted on
			if rc, _ := t.current(at, rollOf(x.act.ID), ""); rc != nil && rc.Part != "" {
				x.part = true
			}
		}
		if !x.part { // a vote on a part moves nothing
			kept = append(kept, x)
		}
	}
	return kept
}

func (t *twin) retracted(x *told, head int64) bool {
	for i := range t.filings {
		a := &t.filings[i]
		if a.Number > head || a.Filing.Mends == nil || !slices.Contains(a.Filing.Mends.Retracts, x.act.ID) {
			continue
		}
		if x.filing == t.byHash(a.Filing.Mends.Filing) {
			return true
		}
	}
	return false
}

// rollOf returns the roll-call that a ballot belongs to, without the party.
func rollOf(id stocktake.ActID) string {
	s := strings.TrimPrefix(string(id), "rc-")
	return s[:strings.LastIndexByte(s, '/')]
}

// newer is which of two parts of filings goes before the other: known later, then by the id of the source, then filed later.
func newer(a, b *told) bool {
	return cmp.Or(cmp.Compare(a.known, b.known), cmp.Compare(a.act.Source, b.act.Source), cmp.Compare(a.filing, b.filing)) > 0
}

// replaced reports whether another visible edition of the series takes the place of the one that x is from: it mends it, or it is newer and
// tells of another text, day or part. An absence stands unless the text is another: a newer edition may not list absences.
func (t *twin) replaced(at stocktake.At, x *told, list []*told) bool {
	for _, y := range list {
		if !y.roll || rollOf(y.act.ID) != rollOf(x.act.ID) || y.filing == x.filing && y.act.Source == x.act.Source || !t.sameSeries(x.act.Source, y.act.Source, max(x.filing, y.filing)) {
			continue
		}
		switch {
		case y.mends > 0 && y.mends == x.filing:
			return true
		case x.mends > 0 && x.mends == y.filing:
		case y.act.Instrument != x.act.Instrument:
			if newer(y, x) {
				return true
			}
		case y.act.Done != x.act.Done || y.part != x.part:
			if newer(y, x) && !x.absent {
				return true
			}
		}
	}
	return false
}

func (t *twin) groups() []stocktake.PartyID {
	var list []stocktake.PartyID
	for i := range t.filings {
		for j := range t.filings[i].Filing.Parties {
			if p := &t.filings[i].Filing.Parties[j]; p.Kind == "group" && !slices.Contains(list, p.ID) {
				list = append(list, p.ID)
			}
		}
	}
	return list
}

func within(p *stocktake.Party, group stocktake.PartyID, lo, hi stocktake.Day) stocktake.Truth {
	answer := stocktake.No
	for _, m := range p.Memberships {
		if m.Group != group {
			continue
		}
		fromLo, fromHi, toLo, toHi := stocktake.MinDay, stocktake.MinDay, stocktake.MaxDay, stocktake.MaxDay
		if !m.From.IsZero() {
			fromLo, fromHi = m.From.Reach()
		}
		if !m.To.IsZero() {
			toLo, toHi = m.To.Reach()
		}
		if fromHi <= lo && hi <= toLo {
			return stocktake.Yes
		}
		if fromLo <= hi && lo <= toHi {
			answer = stocktake.Unsure
		}
	}
	return answer
}

func pieces(x *told) []piece {
	var list []piece
	for ph := stocktake.PhaseAnnounced; ph <= stocktake.PhaseEffect; ph++ {
		if d := x.act.Day(ph); !d.IsZero() {
			lo, hi := d.Reach()
			list = append(list, piece{told: x, phase: ph, date: d, lo: lo, hi: hi})
		}
	}
	if len(list) == 0 {
		list = append(list, piece{told: x, phase: stocktake.PhaseDone, lo: stocktake.MinDay, hi: stocktake.MaxDay})
	}
	return list
}

// endorsing returns the resolutions that endorse an instrument, as they are described at head.
func (t *twin) endorsing(in stocktake.InstrumentID, head int64) []stocktake.InstrumentID {
	var list []stocktake.InstrumentID
	for _, id := range t.instruments() {
		for _, l := range t.instrument(id, head).Links {
			if l.Rel == "endorses" && l.To == in {
				list = append(list, id)
			}
		}
	}
	return list
}

func (t *twin) instruments() []stocktake.InstrumentID {
	var list []stocktake.InstrumentID
	for i := range t.filings {
		for _, x := range t.filings[i].Filing.Instruments {
			if !slices.Contains(list, x.ID) {
				list = append(list, x.ID)
			}
		}
	}
	return list
}

// gather returns what is visible of a party towards an instrument: its own acts, its votes on resolutions that endorse the instrument, and acts of
// groups that it belonged to that day.
func (t *twin) gather(at stocktake.At, all []*told, p stocktake.PartyID, in stocktake.InstrumentID) []piece {
	var list []piece
	via := t.endorsing(in, at.Head)
	groups := t.groups()
	d, described := t.party(p, at.Head)
	for _, x := range all {
		for _, w := range pieces(x) {
			switch {
			case x.act.Party == p && x.act.Instrument == in:
				list = append(list, w)
			case x.act.Party == p && slices.Contains(via, x.act.Instrument) && x.act.Kind.Ballot():
				w.via = true
				list = append(list, w)
			case x.act.Party != p && x.act.Instrument == in && slices.Contains(groups, x.act.Party) && described:
				switch within(d, x.act.Party, w.lo, w.hi) {
				case stocktake.Yes:
					list = append(list, w)
				case stocktake.Unsure:
					w.maybe = true
					list = append(list, w)
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.nth, b.nth), cmp.Compare(a.phase, b.phase))
	})
	return list
}

type twinState struct {
	word           string
	bound, inForce int8
	unsure         bool
	derived        bool
}

// event is an event, and whose it is.
type event struct {
	stocktake.Event
	by stocktake.PartyID
}

// events brings what several sources tell of one act together.
func (t *twin) events(at stocktake.At, list []piece) []event {
	var out []event
	done := map[stocktake.ActID]bool{}
	for _, w := range list {
		if done[w.act.ID] {
			continue
		}
		var same []piece
		tellers := map[int]bool{}
		for _, x := range list {
			if x.act.ID == w.act.ID {
				same = append(same, x)
				tellers[x.nth] = true
			}
		}
		done[w.act.ID] = true
		if len(tellers) == 1 {
			for _, x := range same {
				e := stocktake.Event{Lo: x.lo, Hi: x.hi, Kind: x.act.Kind, Phase: x.phase, Via: x.via, Maybe: x.maybe, Act: actNumber(x.act.ID)}
				out = append(out, event{e, x.act.Party})
			}
			continue
		}
		out = append(out, t.together(at, same)...)
	}
	for i := range out { // votes of one party in several roll-calls on one text
		for j := range out {
			e, f := &out[i], &out[j]
			if i != j && e.Kind.Ballot() && e.Kind != stocktake.VoteAbsent && f.Kind.Ballot() && e.Kind != f.Kind && e.Act != f.Act && f.Lo <= e.Hi && e.Lo <= f.Hi && e.Via == f.Via {
				e.Alt = f.Kind
			}
		}
	}
	return out
}

func (t *twin) together(at stocktake.At, same []piece) []event {
	drop := func(list []piece, gone func(w, other piece) bool) []piece {
		var kept []piece
		for _, w := range list {
			if !slices.ContainsFunc(list, func(x piece) bool { return x.nth != w.nth && gone(w, x) }) {
				kept = append(kept, w)
			}
		}
		return kept
	}
	// An erratum takes the place of what it mends.
	same = drop(same, func(w, x piece) bool { return x.act.Source == w.act.Source && x.mends == w.filing })
	// A newer edition takes the place of an older one, unless it tells of a day after that was public: then the world moved.
	moved := func(older, newer piece) bool {
		return slices.ContainsFunc(same, func(x piece) bool {
			return x.nth == newer.nth && x.phase == stocktake.PhaseDone && x.lo > stocktake.Day(older.known/86400e6)
		})
	}
	same = drop(same, func(w, x piece) bool {
		return t.sameSeries(w.act.Source, x.act.Source, at.Head) && newer(x.told, w.told) && !moved(w, x)
	})
	// From here on nothing depends on the order of filing.
	slices.SortStableFunc(same, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.act.Source, b.act.Source), cmp.Compare(a.phase, b.phase), cmp.Compare(a.act.Kind, b.act.Kind), cmp.Compare(a.lo, b.lo), cmp.Compare(a.hi, b.hi), cmp.Compare(a.filing, b.filing))
	})
	var out []event
	one := func(x piece) stocktake.Event {
		return stocktake.Event{Lo: x.lo, Hi: x.hi, Kind: x.act.Kind, Phase: x.phase, Via: x.via, Maybe: x.maybe, Act: actNumber(x.act.ID)}
	}
	if slices.ContainsFunc(same, func(w piece) bool {
		return slices.ContainsFunc(same, func(x piece) bool { return x.nth != w.nth && t.sameSeries(w.act.Source, x.act.Source, at.Head) })
	}) {
		for _, w := range same {
			e := one(w)
			before := uint32(0) // pieces of the same source that were filed earlier
			for _, x := range same {
				if x.act.Source == w.act.Source && x.filing < w.filing {
					before++
				}
			}
			e.Act = e.Act ^ actNumber(stocktake.ActID(w.act.Source)) + before
			out = append(out, event{e, w.act.Party})
		}
		return out
	}
	if follows := t.decided(at, same[0].act.ID); slices.ContainsFunc(same, func(w piece) bool { return w.act.Source == follows }) {
		same = slices.DeleteFunc(slices.Clone(same), func(w piece) bool { return w.act.Source != follows })
	}
	kind, alt := same[0].act.Kind, stocktake.NoAct
	for _, w := range same[1:] {
		k := w.act.Kind
		switch {
		case k == kind || k == stocktake.Consent && kind.Class() == "consent":
		case kind == stocktake.Consent && k.Class() == "consent":
			kind = k
		default:
			alt = k
		}
	}
	for ph := stocktake.PhaseAnnounced; ph <= stocktake.PhaseEffect; ph++ {
		var here []piece
		for _, w := range same {
			if w.phase == ph {
				here = append(here, w)
			}
		}
		if len(here) == 0 {
			continue
		}
		e := one(here[0])
		e.Kind, e.Alt = kind, alt
		for _, w := range here[1:] { // what all agree on
			e.Lo, e.Hi = max(e.Lo, w.lo), min(e.Hi, w.hi)
			e.Via, e.Maybe = w.via, e.Maybe || w.maybe
		}
		if e.Lo > e.Hi { // nothing: all that is said, but for what another says more finely
			e.Lo, e.Hi = stocktake.MaxDay, stocktake.MinDay
			for _, w := range here {
				if !slices.ContainsFunc(here, func(x piece) bool { return w.lo <= x.lo && x.hi <= w.hi && (w.lo != x.lo || w.hi != x.hi) }) {
					e.Lo, e.Hi = min(e.Lo, w.lo), max(e.Hi, w.hi)
				}
			}
		}
		out = append(out, event{e, here[0].act.Party})
	}
	return out
}

func (t *twin) decided(at stocktake.At, id stocktake.ActID) (follows stocktake.SourceID) {
	for i := range t.filings {
		a := &t.filings[i]
		for _, d := range a.Filing.Decisions {
			if d.Act == id && a.Number <= at.Head && !a.Filed.After(at.Known) {
				follows = d.Follows
			}
		}
	}
	return follows
}

// covering is a coverage that may be used at the coordinates.
func (t *twin) coverings(at stocktake.At, in *stocktake.Instrument) []stocktake.Coverage {
	var list []stocktake.Coverage
	for i := range t.filings {
		a := &t.filings[i]
		for _, c := range a.Filing.Coverage {
			if a.Number > at.Head || t.known(i, c.Source) > microsOf(at.Known) || len(c.Acts) == 0 {
				continue
			}
			if slices.Contains(c.Instruments, string(in.ID)) || slices.Contains(c.Kinds, string(in.Kind)) {
				list = append(list, c)
			}
		}
	}
	return list
}

// presence marks consents that a register which covers them does not show.
func (t *twin) presence(at stocktake.At, in *stocktake.Instrument, list []piece, events []event) {
	for i := range events {
		e := &events[i]
		if e.Phase != stocktake.PhaseDone || e.Kind.Class() != "consent" {
			continue
		}
		for _, c := range t.coverings(at, in) {
			_, to := stocktake.MinDay, stocktake.MaxDay
			to, _ = c.To.Bounds()
			if !slices.Contains(c.Acts, e.Kind.String()) || c.To.IsZero() || e.Hi > to || len(c.Parties) > 0 && !slices.Contains(c.Parties, e.by) {
				continue
			}
			shown := slices.ContainsFunc(list, func(w piece) bool {
				return w.act.Kind.Class() == "consent" && (actNumber(w.act.ID) == e.Act || w.lo <= e.Hi+366 && w.hi+366 >= e.Lo) && t.sameSeries(w.act.Source, c.Source, at.Head)
			})
			left := slices.ContainsFunc(events, func(x event) bool { // before the day of the list
				return x.Kind.Class() == "exit" && x.Phase != stocktake.PhaseAnnounced && x.Lo >= e.Lo && x.Lo <= to
			})
			if d, ok := t.source(c.Source, at.Head); !shown && !left && ok && d.Kind == "register" {
				e.Maybe = true
			}
		}
	}
}

// state works out where one party stands towards one instrument. acted is false where nothing visible was told of the two.
func (t *twin) state(at stocktake.At, all []*told, p stocktake.PartyID, id stocktake.InstrumentID) (s twinState, acted bool) {
	in := t.instrument(id, at.Head)
	law := t.law(at.Head)
	list := t.gather(at, all, p, id)
	acted = len(list) > 0
	found := t.events(at, list)
	if in.Kind.Binding() {
		t.presence(at, in, list, found)
	}
	events := make([]stocktake.Event, 0, len(found))
	for _, e := range found {
		e.Ref = 1
		events = append(events, e.Event)
	}
	if !in.Kind.Binding() {
		events = append(events, t.derive(at, list, p, id)...) // Ref is 0
		st := law.Replay(in.Kind, events, at.On)
		s = twinState{word: law.Name(st), bound: -1, inForce: -1, unsure: st.Unsure, derived: st.Since >= 0 && events[st.Since].Ref == 0}
		return t.outside(at, p, in, s, st.Word), acted
	}
	st := law.Replay(in.Kind, events, at.On)
	s = twinState{word: law.Name(st), bound: st.Bound, inForce: st.InForce, unsure: st.Unsure}
	if st.Bound == 1 && st.InForce < 0 {
		s.inForce = t.byClause(at, all, in, events, st)
	}
	doubt := st.Bound != 1 && slices.ContainsFunc(events, func(e stocktake.Event) bool { // whether it consented is open
		return e.Kind.Class() == "consent" && e.Lo <= at.On && (e.Hi > at.On || e.Maybe)
	})
	if st.Word == 0 {
		s.bound, s.inForce = -1, -1
		d, ok := t.party(p, at.Head)
		for _, c := range t.coverings(at, in) { // a list of states covers states, and whoever else it lists
			lists := slices.ContainsFunc(list, func(w piece) bool { return t.sameSeries(w.act.Source, c.Source, at.Head) })
			if !doubt && (lists || ok && (d.Kind == "state" || d.Kind == "observer")) {
				s.bound, s.inForce = 0, 0
			}
		}
	}
	if st.Unsure && doubt {
		s.bound, s.inForce = -1, -1
	}
	return t.outside(at, p, in, s, st.Word), acted
}

func after(d stocktake.Day, c *stocktake.EntryClause) stocktake.Day {
	if d == stocktake.MinDay || d == stocktake.MaxDay {
		return d
	}
	u := time.Unix(int64(d)*86400, 0).UTC()
	return stocktake.DayOf(u.Year(), int(u.Month())+c.DelayMonths, u.Day()) + stocktake.Day(c.DelayDays)
}

// byClause works out from an instrument's own clause whether it is in force for a party that consented.
func (t *twin) byClause(at stocktake.At, all []*told, in *stocktake.Instrument, events []stocktake.Event, st stocktake.State) int8 {
	if in.Clause == nil || st.Consent < 0 || events[st.Consent].Phase != stocktake.PhaseDone {
		return -1
	}
	lo, hi := after(events[st.Consent].Lo, in.Clause), after(events[st.Consent].Hi, in.Clause)
	startLo, startHi := stocktake.MinDay, stocktake.MinDay
	if !in.InForce.IsZero() {
		startLo, startHi = in.InForce.Reach()
	} else if in.Clause.Threshold > 0 {
		// The first consent of each party, by its first possible day.
		first := map[stocktake.PartyID]piece{}
		for _, x := range all {
			for _, w := range pieces(x) {
				if x.act.Instrument != in.ID || x.act.Kind.Class() != "consent" || w.phase != stocktake.PhaseDone || w.lo == stocktake.MinDay {
					continue
				}
				if f, ok := first[x.act.Party]; !ok || w.lo < f.lo || w.lo == f.lo && w.hi < f.hi {
					first[x.act.Party] = w
				}
			}
		}
		var los, his []stocktake.Day
		for _, w := range first {
			los, his = append(los, w.lo), append(his, w.hi)
		}
		slices.Sort(los)
		slices.Sort(his)
		startLo, startHi = stocktake.MaxDay, stocktake.MaxDay
		if n := in.Clause.Threshold; len(los) >= n {
			startLo, startHi = after(los[n-1], in.Clause), after(his[n-1], in.Clause)
		}
	}
	lo, hi = max(lo, startLo), max(hi, startHi)
	switch {
	case hi <= at.On:
		return 1
	case lo > at.On:
		return 0
	}
	return -1
}

// derive returns votes not cast: a member that no visible list of a roll-call names, where no edition lists absences.
func (t *twin) derive(at stocktake.At, told []piece, p stocktake.PartyID, in stocktake.InstrumentID) []stocktake.Event {
	d, ok := t.party(p, at.Head)
	if !ok {
		return nil
	}
	var list []stocktake.Event
	try := func(in stocktake.InstrumentID, via bool) {
		for _, id := range t.rollCalls() {
			rc, listed := t.current(at, id, in)
			if rc == nil || rc.Instrument != in || rc.Part != "" || rc.Absent != "" || rc.NotVoting != "" || listed {
				continue
			}
			votes := map[stocktake.PartyID]bool{}
			rc.Ballots(func(p stocktake.PartyID, _ stocktake.ActKind) { votes[p] = true })
			lo, hi := rc.Date.Reach()
			ballot := stocktake.BallotID(id, p)
			if votes[p] || within(d, "un-members", lo, hi) != stocktake.Yes || slices.ContainsFunc(told, func(w piece) bool { return w.act.ID == ballot }) {
				continue
			}
			list = append(list, stocktake.Event{Lo: lo, Hi: hi, Kind: stocktake.VoteNotVoting, Phase: stocktake.PhaseDone, Via: via, Act: actNumber(ballot)})
		}
	}
	try(in, false)
	for _, v := range t.endorsing(in, at.Head) {
		try(v, true)
	}
	return list
}

func (t *twin) rollCalls() []string {
	var list []string
	for i := range t.filings {
		for _, rc := range t.filings[i].Filing.RollCalls {
			if !slices.Contains(list, rc.ID) {
				list = append(list, rc.ID)
			}
		}
	}
	return list
}

// current returns the newest visible edition of a roll-call, and whether any visible one lists absences from one on that text.
func (t *twin) current(at stocktake.At, id string, in stocktake.InstrumentID) (best *stocktake.RollCall, listed bool) {
	var list []*told // one ballot of each edition, for what it tells of the edition
	editions := map[*told]*stocktake.RollCall{}
	for i := range t.filings {
		for j := range t.filings[i].Filing.RollCalls {
			rc := &t.filings[i].Filing.RollCalls[j]
			x := &told{act: stocktake.Act{ID: stocktake.BallotID(rc.ID, "-"), Instrument: rc.Instrument, Done: rc.Date, Source: rc.Source}, filing: t.filings[i].Number, known: t.known(i, rc.Source), roll: true, part: rc.Part != "", absent: true}
			if rc.ID == id && x.filing <= at.Head && x.known <= microsOf(at.Known) {
				list = append(list, x)
				editions[x] = rc
			}
		}
	}
	var newest *told
	for _, x := range list {
		rc := editions[x]
		if newest == nil || newer(x, newest) {
			newest, best = x, rc
		}
		listed = listed || rc.Instrument == in && (rc.Absent != "" || rc.NotVoting != "") && !t.replaced(at, x, list)
	}
	return best, listed
}

// outside says where a party was not a state, or not a member, on that day.
func (t *twin) outside(at stocktake.At, p stocktake.PartyID, in *stocktake.Instrument, s twinState, word uint8) twinState {
	d, ok := t.party(p, at.Head)
	if !ok {
		return s
	}
	from, to := stocktake.MinDay, stocktake.MaxDay
	if !d.From.IsZero() {
		from, _ = d.From.Reach()
	}
	if !d.To.IsZero() {
		_, to = d.To.Reach()
	}
	if at.On < from || at.On > to {
		return twinState{word: stocktake.NotStateThen, bound: -1, inForce: -1}
	}
	if word == 0 && !s.unsure && in.Kind == stocktake.Resolution {
		for _, id := range t.rollCalls() {
			rc, _ := t.current(at, id, in.ID)
			if rc == nil || rc.Instrument != in.ID {
				continue
			}
			if lo, hi := rc.Date.Reach(); hi <= at.On && d.Kind != "organ" && d.Kind != "group" && within(d, "un-members", lo, hi) == stocktake.No {
				s.word, s.derived = stocktake.NotMember, false
				return s
			}
		}
	}
	return s
}
