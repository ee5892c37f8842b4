package record

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"stocktake"
)

// PartyState is where one party stands towards one instrument, without the acts behind it: quick, for maps, lists and comparisons.
type PartyState struct {
	Party      stocktake.PartyID
	Instrument stocktake.InstrumentID
	Word       string
	Bound      int8 // 1, 0, or -1 for not known or not binding
	InForce    int8
	Unsure     bool
	Derived    bool // rests on membership alone: the sources list no absences
}

// person is the part of a standing that needs no filing.
type position struct {
	state   stocktake.State
	word    string
	derived bool
	outside bool // not a state, or not a member, then
}

// position works out where p stands towards the instrument of s.
func (r *Record) position(q *query, s *instrRows, p uint16) position {
	r.gather(q, s, p)
	return r.positionOf(q, s, p)
}

// positionOf does the same for what was already gathered.
func (r *Record) positionOf(q *query, s *instrRows, p uint16) position {
	e := &r.instrs[s.num]
	kind := e.kind(q.head)
	st := r.replay(q, kind, s.num)
	if !kind.Binding() {
		derived := false
		if r.derive(q, s, p) > 0 {
			st = q.judge(kind)
			derived = st.Since >= 0 && q.events[st.Since].Ref < 0
		}
		st.Bound, st.InForce = -1, -1
		return r.outside(q, e, p, position{state: st, word: q.law.Name(st), derived: derived})
	}
	if st.Bound == 1 && st.InForce < 0 {
		st.InForce = r.byClause(q, e, s, &st)
	}
	if st.Word == 0 {
		st.Bound, st.InForce = -1, -1
		// Whether it signed may be unsure; that it did not consent is not, unless a consent is in doubt.
		if !r.doubtfulBound(q, kind, &st) && r.covered(q, s.num, p) {
			st.Bound, st.InForce = 0, 0
		}
	}
	if st.Unsure && r.doubtfulBound(q, kind, &st) {
		st.Bound, st.InForce = -1, -1
	}
	return r.outside(q, e, p, position{state: st, word: q.law.Name(st)})
}

// doubtfulBound reports whether another possible standing differs in consent.
func (r *Record) doubtfulBound(q *query, kind stocktake.InstrumentKind, st *stocktake.State) bool {
	if !kind.Binding() {
		return false
	}
	for i := range q.events {
		if e := &q.events[i]; e.Kind.Class() == "consent" && e.Lo <= q.on && (e.Hi > q.on || e.Maybe) && st.Bound != 1 {
			return true
		}
	}
	return false
}

// outside puts "not a state then" and "not a member then" where they belong.
func (r *Record) outside(q *query, e *instrEntry, p uint16, pos position) position {
	d, ok := r.parties[p].spans.at(q.head)
	if !ok {
		return pos
	}
	if q.on < d.from || q.on > d.to {
		return position{state: stocktake.State{Bound: -1, InForce: -1, Since: -1, Consent: -1, Forced: -1}, word: stocktake.NotStateThen, outside: true}
	}
	if pos.state.Word == 0 && !pos.state.Unsure && e.kind(q.head) == stocktake.Resolution {
		for _, n := range e.rolls {
			c := r.current(&r.rolls[n], q.known, q.head)
			if c == nil || c.instr != e.num {
				continue
			}
			lo, hi := c.date.Reach()
			if hi <= q.on && d.listed && d.memberIn("un-members", lo, hi) == stocktake.No {
				return position{state: pos.state, word: stocktake.NotMember, outside: true}
			}
		}
	}
	return pos
}

// derive adds to q.events a vote not cast for every roll-call on the text as a whole that p, a member then, has no ballot in, where the
// source lists no absences; and returns how many.
func (r *Record) derive(q *query, s *instrRows, p uint16) int {
	d, ok := r.parties[p].spans.at(q.head)
	if !ok || len(d.member) == 0 {
		return 0
	}
	n := 0
	try := func(in uint32, via bool) {
		for _, ri := range r.instrs[in].rolls {
			rc := &r.rolls[ri]
			c := r.current(rc, q.known, q.head)
			if c == nil || c.instr != in || c.part != "" || c.occAbsent != c.occ || c.has(p) || slices.ContainsFunc(q.oneParty[p], c.has) {
				continue
			}
			lo, hi := c.date.Reach()
			act := actHash(stocktake.BallotID(rc.id, r.parties[p].id))
			if r.absencesListed(rc, q, in) || d.memberIn("un-members", lo, hi) != stocktake.Yes || slices.ContainsFunc(q.seen, func(w seen) bool { return w.act == act }) {
				continue // a source tells what it did
			}
			q.events = append(q.events, stocktake.Event{Lo: lo, Hi: hi, Kind: stocktake.VoteNotVoting, Phase: stocktake.PhaseDone, Via: via, Act: act, Ref: -1 - ri})
			n++
		}
	}
	try(s.num, false)
	for i := range s.also {
		try(s.also[i].num, false)
	}
	for i := range s.via {
		try(s.via[i].num, true)
	}
	return n
}

// has reports whether a party has an entry in an edition of a roll-call.
func (c *rollClaim) has(p uint16) bool { return int(p) < len(c.ballots) && c.ballots[p] != 0 }

// absencesListed reports whether some visible edition lists the absences of a roll-call as one on that text.
func (r *Record) absencesListed(rc *roll, q *query, in uint32) bool {
	for i := range rc.claims {
		if c := &rc.claims[i]; c.instr == in && c.occAbsent != c.occ && r.visible(uint32(c.occAbsent), q) {
			return true
		}
	}
	return false
}

// covered reports whether a visible source lists the states bound by an instrument, and p is one that it would list.
func (r *Record) covered(q *query, in uint32, p uint16) bool {
	d, ok := r.parties[p].descs.at(q.head)
	state := ok && (d.Kind == "state" || d.Kind == "observer")
	for _, ci := range r.instrs[in].reg {
		c := &r.coverage[ci]
		if c.filing > q.head || c.known > q.known || !c.speaksOf(&r.instrs[in], q.head) || !r.inScope(c, p, nil, q.head) {
			continue
		}
		// Lists of states say nothing of territories, former states and organisations, but for those that they do list.
		if state || slices.ContainsFunc(q.seen, func(w seen) bool { return r.sameSeries(r.occs[w.occ].source, c.source, q.head) }) {
			return true
		}
	}
	return false
}

// Filter narrows a question. Empty lists mean all.
type Filter struct {
	Parties     []stocktake.PartyID
	Instruments []stocktake.InstrumentID
}

// States returns where every party stands towards an instrument, by party id: those with an act, and every state.
func (r *Record) States(at stocktake.At, in stocktake.InstrumentID) []PartyState {
	r.mu.RLock()
	defer r.mu.RUnlock()
	num, ok := r.instrByID[in]
	if !ok || r.instrs[num].first > at.Head {
		return nil
	}
	q := r.query(at)
	defer q.done()
	s := r.rowsOf(q.instr(num), q)
	var list []PartyState
	for _, p := range r.partiesOf(q, &s) {
		list = append(list, r.stateOf(q, &s, p))
	}
	return list
}

func (r *Record) stateOf(q *query, s *instrRows, p uint16) PartyState {
	pos := r.position(q, s, p)
	return PartyState{Party: r.parties[p].id, Instrument: r.instrs[s.num].id, Word: pos.word, Bound: pos.state.Bound, InForce: pos.state.InForce, Unsure: pos.state.Unsure, Derived: pos.derived}
}

// partiesOf returns the parties to list for an instrument, by id: those with an act that can be known, and the states.
func (r *Record) partiesOf(q *query, s *instrRows) []uint16 {
	has := make([]bool, len(r.parties))
	mark := func(s *instrRows) {
		for _, rows := range [2][]row{s.base, s.new} {
			for i := range rows {
				if p := q.party(rows[i].party); !has[p] && r.visible(rows[i].occ, q) {
					has[p] = true
				}
			}
		}
	}
	mark(s)
	for i := range s.also {
		mark(&s.also[i])
	}
	for i := range s.via {
		mark(&s.via[i])
	}
	var list []uint16
	for _, i := range r.ordered {
		e := &r.parties[i]
		d, ok := e.descs.at(q.head)
		switch {
		case ok && (d.Kind == "group" || d.Kind == "organ") || q.party(i) != i:
			continue
		case has[i]:
		case !ok || d.Kind != "state" && d.Kind != "observer":
			continue
		}
		list = append(list, e.num)
	}
	return list
}

// Standing returns where one party stands towards one instrument, with the acts behind it.
func (r *Record) Standing(ctx context.Context, at stocktake.At, p stocktake.PartyID, in stocktake.InstrumentID) (stocktake.Standing, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	q := r.query(at)
	defer q.done()
	q.want = true
	pn, ok := r.partyByID[p]
	if !ok {
		return stocktake.Standing{}, stocktake.NotFoundf("no party %q in this record", p)
	}
	num, ok := r.instrByID[in]
	if !ok {
		return stocktake.Standing{}, stocktake.NotFoundf("no instrument %q in this record", in)
	}
	s := r.rowsOf(q.instr(num), q)
	return r.full(ctx, at, q, &s, q.party(pn))
}

// Standings calls f with every standing that the filter asks for, by instrument and party, and stops at its first error. With neither
// parties nor instruments, it lists every pair that the record has an act for.
func (r *Record) Standings(ctx context.Context, at stocktake.At, fl Filter, f func(stocktake.Standing) error) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	q := r.query(at)
	defer q.done()
	q.want = true
	instrs := make([]uint32, 0, len(fl.Instruments))
	for _, id := range fl.Instruments {
		n, ok := r.instrByID[id]
		if !ok {
			return stocktake.NotFoundf("no instrument %q in this record", id)
		}
		instrs = append(instrs, q.instr(n))
	}
	var parties []uint16
	for _, id := range fl.Parties {
		n, ok := r.partyByID[id]
		if !ok {
			return stocktake.NotFoundf("no party %q in this record", id)
		}
		parties = append(parties, q.party(n))
	}
	allInstr := len(instrs) == 0
	if allInstr {
		for i := range r.instrs {
			if r.instrs[i].first <= at.Head && q.instr(uint32(i)) == uint32(i) {
				instrs = append(instrs, uint32(i))
			}
		}
		slices.SortFunc(instrs, func(a, b uint32) int { return strings.Compare(string(r.instrs[a].id), string(r.instrs[b].id)) })
	}
	for _, in := range instrs {
		if err := ctx.Err(); err != nil {
			return err
		}
		s := r.rowsOf(in, q)
		list := parties
		if len(list) == 0 {
			list = r.partiesOf(q, &s)
		}
		for _, p := range list {
			if allInstr {
				r.gather(q, &s, p)
				if len(q.seen) == 0 && (len(parties) == 0 || r.derive(q, &s, p) == 0) {
					q.events = q.events[:0]
					continue
				}
			}
			st, err := r.full(ctx, at, q, &s, p)
			if err != nil {
				return err
			}
			if err := f(st); err != nil {
				return err
			}
		}
	}
	return nil
}

func tri(v int8) *bool {
	if v < 0 {
		return nil
	}
	b := v == 1
	return &b
}

// full makes the standing of one party with its acts, conflicts, caveats and the end of the record.
func (r *Record) full(ctx context.Context, at stocktake.At, q *query, s *instrRows, p uint16) (stocktake.Standing, error) {
	q.events = q.events[:0]
	pos := r.position(q, s, p)
	e := &r.instrs[s.num]
	out := stocktake.Standing{Party: r.parties[p].id, Instrument: e.id, Standing: pos.word, Bound: tri(pos.state.Bound), InForce: tri(pos.state.InForce),
		Unsure: pos.state.Unsure, On: at.OnString(), Known: at.KnownString(), Head: at.Head}
	if pos.outside {
		return out, nil
	}
	var sources []uint32
	for i := range q.events {
		ev := &q.events[i]
		if ev.Lo > q.on {
			break
		}
		ref, d, err := r.actRef(ctx, q, s, ev, p)
		if err != nil {
			return out, err
		}
		if i == int(pos.state.Since) && !d.IsZero() {
			out.Since = &d
		}
		for _, id := range ref.Sources {
			sources = append(sources, r.sourceByID[id])
		}
		if n := slices.IndexFunc(out.Acts, func(x stocktake.ActRef) bool { return x.ID == ref.ID }); n >= 0 { // another phase of the same act: it is listed once, where it got furthest
			old := out.Acts[n]
			if ref.Phase == stocktake.PhaseAnnounced && old.Phase != stocktake.PhaseAnnounced {
				continue
			}
			ref.Sources = union(old.Sources, ref.Sources)
			slices.Sort(ref.Sources)
			out.Acts = slices.Delete(out.Acts, n, n+1)
		}
		out.Acts = append(out.Acts, ref)
	}
	for i := range q.clashes {
		if !q.clashes[i].begun(q.on) {
			continue // about an act that nobody places on or before the day
		}
		c, err := r.clash(ctx, q, &q.clashes[i])
		if err != nil {
			return out, err
		}
		out.Conflicts = append(out.Conflicts, c)
	}
	slices.SortStableFunc(out.Conflicts, func(a, b stocktake.Clash) int {
		return cmp.Or(cmp.Compare(a.Act, b.Act), cmp.Compare(a.About, b.About))
	})
	r.limits(&out, q, s, sources, pos)
	return out, nil
}

func union(a, b []stocktake.SourceID) []stocktake.SourceID {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}

// actRef names the act behind an event. d is the day as its source gives it.
func (r *Record) actRef(ctx context.Context, q *query, s *instrRows, ev *stocktake.Event, p uint16) (stocktake.ActRef, stocktake.Date, error) {
	if ev.Ref < 0 { // derived from membership
		rc := &r.rolls[-1-ev.Ref]
		c := r.current(rc, q.known, q.head)
		o := &r.occs[c.occ]
		return stocktake.ActRef{ID: stocktake.BallotID(rc.id, r.parties[p].id), Kind: ev.Kind, Date: c.date, Phase: ev.Phase, Via: r.viaOf(c.instr, s), Filing: o.filing, Sources: []stocktake.SourceID{r.sources[o.source].id}}, c.date, nil
	}
	w := q.seen[ev.Ref]
	a, err := r.detail(ctx, &w.row)
	if err != nil {
		return stocktake.ActRef{}, stocktake.Date{}, err
	}
	d := a.Day(w.phase())
	if lo, hi := d.Reach(); (lo != ev.Lo || hi != ev.Hi) && ev.Lo != stocktake.MinDay && ev.Hi != stocktake.MaxDay {
		d = stocktake.Hull(stocktake.DateOf(ev.Lo), stocktake.DateOf(ev.Hi)) // what the sources say together
	}
	ref := stocktake.ActRef{ID: a.ID, Kind: w.kind, Date: d, Phase: w.phase(), Via: r.viaOf(w.instr, s), Filing: r.occs[w.occ].filing}
	for i := range q.seen {
		x := &q.seen[i]
		if x.act != w.act {
			continue
		}
		for o := int32(x.occ); o >= 0; o = r.occs[o].also {
			if oc := &r.occs[o]; oc.filing <= q.head && oc.known <= q.known {
				ref.Sources = union(ref.Sources, []stocktake.SourceID{r.sources[oc.source].id})
			}
		}
	}
	slices.Sort(ref.Sources)
	return ref, d, nil
}

func (r *Record) viaOf(in uint32, s *instrRows) stocktake.InstrumentID {
	if in == s.num || slices.ContainsFunc(s.also, func(m instrRows) bool { return m.num == in }) {
		return ""
	}
	return r.instrs[in].id
}

// detail finds the act entry behind a row, in its filing.
func (r *Record) detail(ctx context.Context, w *row) (*stocktake.Act, error) {
	o := &r.occs[w.occ]
	if o.roll >= 0 {
		rc := &r.rolls[o.roll]
		for i := range rc.claims {
			c := &rc.claims[i]
			if c.occ == int32(w.occ) || c.occAbsent == int32(w.occ) {
				return &stocktake.Act{ID: stocktake.BallotID(rc.id, r.parties[w.party].id), Party: r.parties[w.party].id, Instrument: r.instrs[w.instr].id, Kind: w.kind, Done: c.date, Source: r.sources[o.source].id}, nil
			}
		}
	}
	f, err := r.loader.Load(ctx, o.filing)
	if err != nil {
		return nil, err
	}
	p, in, src := r.parties[w.party].id, r.instrs[w.instr].id, r.sources[o.source].id
	for i := range f.Acts {
		a := &f.Acts[i]
		if a.Party == p && a.Instrument == in && a.Source == src && actHash(a.ID) == w.act {
			return a, nil
		}
	}
	return nil, stocktake.NotFoundf("act of %s towards %s is not in filing %d", p, in, o.filing)
}

// begun reports whether some source places the act on or before a day.
func (c *clash) begun(on stocktake.Day) bool {
	for i := range c.rows {
		if c.rows[i].lo <= on {
			return true
		}
	}
	return false
}

// clash puts a disagreement into words.
func (r *Record) clash(ctx context.Context, q *query, c *clash) (stocktake.Clash, error) {
	out := stocktake.Clash{About: c.about}
	slices.SortStableFunc(c.rows, func(a, b seen) int { // in an order that does not depend on that of filing
		return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(r.hi(&a.row), r.hi(&b.row)), cmp.Compare(r.sources[r.occs[a.occ].source].id, r.sources[r.occs[b.occ].source].id))
	})
	for i := range c.rows {
		w := &c.rows[i]
		a, err := r.detail(ctx, &w.row)
		if err != nil {
			return out, err
		}
		out.Act = a.ID
		says := stocktake.Says{Source: a.Source, Filing: r.occs[w.occ].filing}
		switch c.about {
		case "kind":
			says.Value = a.Kind.String()
		case "presence":
			says.Value = a.Kind.String() + " " + a.Done.String()
		default:
			says.Value = a.Day(w.phase()).String()
		}
		if !slices.Contains(out.Says, says) {
			out.Says = append(out.Says, says)
		}
	}
	if c.about == "presence" {
		cov := &r.coverage[c.cover]
		out.Says = append(out.Says, stocktake.Says{Source: r.sources[cov.source].id, Value: "none by " + cov.To.String(), Filing: cov.filing})
	}
	if c.dec != nil {
		out.Follows, out.Reason = c.dec.Follows, c.dec.Reason
	}
	return out, nil
}
