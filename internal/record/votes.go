package record

import (
	"cmp"
	"math"
	"slices"

	"stocktake"
)

var ballotWord = map[stocktake.ActKind]string{stocktake.VoteYes: "yes", stocktake.VoteNo: "no", stocktake.VoteAbstain: "abstain", stocktake.VoteAbsent: "absent", stocktake.VoteNotVoting: "not voting"}

// RollCall returns one roll-call by its id.
func (r *Record) RollCall(at stocktake.At, id string) (RollCallView, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, ok := r.rollByID[id]
	if !ok {
		return RollCallView{}, false
	}
	return r.view(at, &r.rolls[n], true)
}

// RollCallsOn returns the roll-calls on an instrument, by date and id.
func (r *Record) RollCallsOn(at stocktake.At, in stocktake.InstrumentID) []RollCallView {
	r.mu.RLock()
	defer r.mu.RUnlock()
	num, ok := r.instrByID[in]
	if !ok {
		return nil
	}
	var list []RollCallView
	m := r.mergedAt(at.Head)
	num = m.instr(num)
	for _, i := range append([]uint32{num}, m.oneInstr[num]...) {
		for _, n := range r.instrs[i].rolls {
			if v, ok := r.view(at, &r.rolls[n], true); ok && v.Instrument == r.instrs[i].id {
				list = append(list, v)
			}
		}
	}
	sortRolls(list)
	return list
}

// RollCalls calls f with every roll-call, by session, date and id; parties are left out.
func (r *Record) RollCalls(at stocktake.At, f func(RollCallView) error) error {
	r.mu.RLock()
	list := make([]RollCallView, 0, len(r.rolls))
	for i := range r.rolls {
		if v, ok := r.view(at, &r.rolls[i], false); ok {
			list = append(list, v)
		}
	}
	r.mu.RUnlock()
	sortRolls(list)
	for _, v := range list {
		if err := f(v); err != nil {
			return err
		}
	}
	return nil
}

// RollCallsIn returns the roll-calls of one session of the General Assembly, by date and id; parties are left out.
func (r *Record) RollCallsIn(at stocktake.At, session int) []RollCallView {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if session < 0 || session > math.MaxInt16 {
		return nil
	}
	var list []RollCallView
	for _, n := range r.bySession[int16(session)] {
		if v, ok := r.view(at, &r.rolls[n], false); ok && v.Session == session {
			list = append(list, v)
		}
	}
	sortRolls(list)
	return list
}

// Sessions returns the sessions of which at least one roll-call can be known, in order.
func (r *Record) Sessions(at stocktake.At) []int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	known := micros(at.Known)
	var list []int
	for session, rolls := range r.bySession {
		for _, n := range rolls {
			if c := r.current(&r.rolls[n], known, at.Head); c != nil && c.session == session {
				if lo, _ := c.date.Reach(); lo <= at.On {
					list = append(list, int(session))
					break
				}
			}
		}
	}
	slices.Sort(list)
	return list
}

func sortRolls(list []RollCallView) {
	slices.SortFunc(list, func(a, b RollCallView) int {
		if c := cmp.Compare(a.Session, b.Session); c != 0 {
			return c
		}
		x, _ := a.Date.Bounds()
		y, _ := b.Date.Bounds()
		if c := cmp.Compare(x, y); c != 0 {
			return c
		}
		return naturally(a.ID, b.ID)
	})
}

// view makes what can be known of a roll-call at the coordinates; ok is false where nothing can, or it was held later.
func (r *Record) view(at stocktake.At, rc *roll, parties bool) (RollCallView, bool) {
	q := query{known: micros(at.Known), head: at.Head, on: at.On}
	c := r.current(rc, q.known, q.head)
	if c == nil {
		return RollCallView{}, false
	}
	lo, _ := c.date.Reach()
	if lo > at.On {
		return RollCallView{}, false
	}
	o := &r.occs[c.occ]
	v := RollCallView{ID: rc.id, Instrument: r.instrs[c.instr].id, Symbol: c.symbol, Session: int(c.session), Date: c.date, Part: c.part, Label: c.label, Issues: c.issues,
		Source: r.sources[o.source].id, Filing: o.filing, On: at.OnString(), Known: at.KnownString(), Head: at.Head}
	if parties {
		v.Parties = make(map[stocktake.PartyID]string, 224)
	}
	cast := make([]bool, len(r.parties))
	for p, b := range c.ballots {
		k := stocktake.ActKind(b)
		switch k {
		case stocktake.VoteYes:
			v.Yes++
		case stocktake.VoteNo:
			v.No++
		case stocktake.VoteAbstain:
			v.Abstain++
		default:
			continue
		}
		cast[p] = true
		if parties {
			v.Parties[r.parties[p].id] = ballotWord[k]
		}
	}
	for i := range rc.claims { // absences that another edition lists
		x := &rc.claims[i]
		if x.occAbsent == x.occ || !r.visible(uint32(x.occAbsent), &q) {
			continue
		}
		for p, b := range x.ballots {
			if k := stocktake.ActKind(b); (k == stocktake.VoteAbsent || k == stocktake.VoteNotVoting) && !cast[p] {
				cast[p] = true
				v.NotVoting++
				if k == stocktake.VoteAbsent {
					v.Absent++
				}
				if parties {
					v.Parties[r.parties[p].id] = ballotWord[k]
				}
			}
		}
	}
	listed := r.absencesListed(rc, &q, c.instr)
	if !listed {
		v.Derived = true
		for p := range r.parties {
			if cast[p] {
				continue
			}
			lo, hi := c.date.Reach()
			if d, ok := r.parties[p].spans.at(at.Head); ok && d.memberIn("un-members", lo, hi) == stocktake.Yes {
				v.NotVoting++
				if parties {
					v.Parties[r.parties[p].id] = ballotWord[stocktake.VoteNotVoting]
				}
			}
		}
	}
	return v, true
}

// Agreement is how often two parties voted alike. Joint counts roll-calls in which both voted yes, no or abstained; Same those in which they
// did the same.
type Agreement struct {
	Party stocktake.PartyID `json:"party"`
	With  stocktake.PartyID `json:"with"`
	Joint int               `json:"joint"`
	Same  int               `json:"same"`
	Share *float64          `json:"share"` // null where there is no joint roll-call
	On    string            `json:"on"`
	Known string            `json:"known"`
	Head  int64             `json:"head"`
}

// Span narrows roll-calls by session or by day, both ends included; zero means no bound.
type Span struct {
	FromSession, ToSession int
	From, To               stocktake.Date
}

// Agree compares the votes of two parties.
func (r *Record) Agree(at stocktake.At, a, b stocktake.PartyID, s Span) (Agreement, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	x, ok := r.partyByID[a]
	if !ok {
		return Agreement{}, stocktake.NotFoundf("no party %q in this record", a)
	}
	y, ok := r.partyByID[b]
	if !ok {
		return Agreement{}, stocktake.NotFoundf("no party %q in this record", b)
	}
	out := Agreement{Party: a, With: b, On: at.OnString(), Known: at.KnownString(), Head: at.Head}
	known := micros(at.Known)
	for i := range r.rolls {
		c := r.current(&r.rolls[i], known, at.Head)
		if c == nil || s.FromSession > 0 && int(c.session) < s.FromSession || s.ToSession > 0 && int(c.session) > s.ToSession {
			continue
		}
		if lo, _ := c.date.Reach(); lo > at.On {
			continue
		}
		if !s.From.IsZero() && c.date.Before(s.From) == stocktake.Yes || !s.To.IsZero() && c.date.After(s.To) == stocktake.Yes {
			continue
		}
		if int(x) >= len(c.ballots) || int(y) >= len(c.ballots) {
			continue
		}
		u, v := stocktake.ActKind(c.ballots[x]), stocktake.ActKind(c.ballots[y])
		if !cast(u) || !cast(v) {
			continue
		}
		out.Joint++
		if u == v {
			out.Same++
		}
	}
	if out.Joint > 0 {
		f := float64(out.Same) / float64(out.Joint)
		out.Share = &f
	}
	return out, nil
}

func cast(k stocktake.ActKind) bool {
	return k == stocktake.VoteYes || k == stocktake.VoteNo || k == stocktake.VoteAbstain
}
