package record

import (
	"time"

	"stocktake"
)

// readingAt is a reading with the filing that entered it. It is known when it is filed, as a decision is.
type readingAt struct {
	filing, filed int64
	stocktake.Reading
}

// rereading says that a later filing took the place of what an earlier one read: of one call, or of all where call is empty.
type rereading struct {
	filing, filed int64
	call          string
}

// callsIn takes in the statement of a filing, readings of what became of calls, and statements taken back.
func (r *Record) callsIn(f *stocktake.Filing, n, mends int64, filed time.Time) {
	if s := f.Statement; s != nil {
		at := statementAt{n, micros(filed), *s}
		if d, ok := r.sources[r.source(s.Source)].descs.at(n); ok {
			if k, ok := d.KnownBy(); ok {
				at.known = min(at.known, micros(k))
			}
		}
		if r.callsOf == nil {
			r.callsOf = map[string]stocktake.InstrumentID{}
		}
		for i := range r.statements {
			if old := &r.statements[i]; mends > 0 && old.filing == mends {
				at.known = old.known
			}
		}
		r.statements = append(r.statements, at)
		for i := range s.Calls {
			r.callsOf[s.Calls[i].ID] = s.Instrument
		}
		for i := range s.Undertakes {
			r.callsOf[s.UndertakingID(i)] = s.Instrument
		}
	}
	if mends > 0 {
		replaced := func(call string) {
			if r.rereads == nil {
				r.rereads = map[int64][]rereading{}
			}
			r.rereads[mends] = append(r.rereads[mends], rereading{n, micros(filed), call})
		}
		if f.Mends == nil {
			replaced("")
		} else {
			for i := range f.Answers {
				replaced(f.Answers[i].Call)
			}
		}
	}
	for _, x := range f.Answers {
		if r.readings == nil {
			r.readings = map[string][]readingAt{}
		}
		r.readings[x.Call] = append(r.readings[x.Call], readingAt{n, micros(filed), x})
	}
	for _, x := range f.Retractions {
		if x.Version != 0 {
			continue
		}
		if r.takenBack == nil {
			r.takenBack = map[stocktake.InstrumentID]int64{}
		}
		if r.takenBack[x.Statement] == 0 {
			r.takenBack[x.Statement] = n
		}
	}
}

// CallOf returns the statement that makes a call, or whose signers undertake something, by its id.
func (r *Record) CallOf(id string) (stocktake.InstrumentID, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	in, ok := r.callsOf[id]
	return in, ok
}

// reads returns the readings of a call that can be known and that nothing took the place of, oldest filing first.
func (r *Record) reads(q *query, call string) []readingAt {
	var list []readingAt
	for _, x := range r.readings[call] {
		stands := x.filing <= q.head && x.filed <= q.known
		for _, y := range r.rereads[x.filing] {
			stands = stands && !(y.filing <= q.head && y.filed <= q.known && (y.call == "" || y.call == call))
		}
		if stands {
			list = append(list, x)
		}
	}
	return list
}

// made returns the days on which a statement may have been made: that which it says, else that of its publication, else some day until it was
// known.
func (s *statementAt) made() stocktake.Date {
	if !s.Date.IsZero() {
		return s.Date
	}
	last := stocktake.Day(s.known / 86400e6)
	if t, err := time.Parse(time.RFC3339, s.Published); err == nil {
		return stocktake.DateOf(stocktake.Day(t.Unix() / 86400))
	}
	d, err := stocktake.ParseDate("../" + stocktake.DateOf(last).String())
	if err != nil {
		return stocktake.DateOf(last)
	}
	return d
}

// spoken returns the newest version of every statement that can be known and was not taken back, in the order in which they were first filed.
func (r *Record) spoken(q *query, only stocktake.InstrumentID) []*statementAt {
	var list []*statementAt
	at := map[stocktake.InstrumentID]int{}
	for i := range r.statements {
		s := &r.statements[i]
		if s.filing > q.head || s.known > q.known || only != "" && s.Instrument != only {
			continue
		}
		if n := r.takenBack[s.Instrument]; n > 0 && n <= q.head {
			continue
		}
		if j, ok := at[s.Instrument]; !ok {
			at[s.Instrument] = len(list)
			list = append(list, s)
		} else if s.Version >= list[j].Version {
			list[j] = s
		}
	}
	return list
}

// Asked lists the parties upon which some call is that this record ever held by head, alone or as members of a group, and those by whom or towards
// whom something is undertaken, by id: whatever the day and the moment.
func (r *Record) Asked(head int64) []stocktake.PartyID {
	r.mu.RLock()
	defer r.mu.RUnlock()
	q := r.query(stocktake.At{On: stocktake.MaxDay, Known: microsTime(1 << 62), Head: head})
	defer q.done()
	asked := make([]bool, len(r.parties))
	mark := func(id stocktake.PartyID) {
		if n, ok := r.partyByID[id]; ok {
			asked[q.party(n)] = true
		}
	}
	groups := map[string]bool{} // group and days that were dealt with
	for _, s := range r.spoken(q, "") {
		if s.Rehearsal {
			continue
		}
		c := caller{r: r, q: q, at: stocktake.At{On: stocktake.MaxDay, Head: head}, s: s}
		for i := range s.Calls {
			n, ok := r.partyByID[s.Calls[i].AddresseeID]
			if !ok {
				continue
			}
			mark(s.Calls[i].AddresseeID)
			k := string(s.Calls[i].AddresseeID) + " " + s.made().String()
			if n = q.party(n); !r.parties[n].group || groups[k] {
				continue
			}
			groups[k] = true
			for _, p := range r.ordered {
				asked[p] = asked[p] || p != n && q.party(p) == p && c.member(p, n)
			}
		}
		for i := range s.Undertakes {
			mark(s.Undertakes[i].WhomID)
			for _, p := range s.Undertakes[i].By {
				mark(p)
			}
		}
	}
	var list []stocktake.PartyID
	for _, p := range r.ordered {
		if asked[p] {
			list = append(list, r.parties[p].id)
		}
	}
	return list
}
