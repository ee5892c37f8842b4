package record

import (
	"context"
	"encoding/json"
	"slices"

	"stocktake"
)

// CallFilter narrows a question about calls. What is empty means all.
type CallFilter struct {
	Party     stocktake.PartyID      // calls upon it, and its part of calls upon a group to which it belonged; undertakings by it or towards it
	Statement stocktake.InstrumentID // a rehearsal is listed only where it is asked for so
	Call      string                 // id of one call or undertaking
	Status    []stocktake.CallStatus
	Which     Which
}

// Which says whether calls are meant, or what the signers undertook, or both.
type Which uint8

const (
	CallsAndUndertakings Which = iota
	CallsOnly
	UndertakingsOnly
)

// CallState is one call, or one undertaking of the signers, and what became of it. Its JSON is fixed.
type CallState struct {
	Statement   stocktake.InstrumentID `json:"statement"`
	Title       string                 `json:"title"`
	Made        *stocktake.Date        `json:"made"` // as the statement says; null where it does not
	Call        string                 `json:"call"`
	Kind        string                 `json:"kind"` // call or undertaking
	Verb        string                 `json:"verb"`
	Addressee   string                 `json:"addressee"` // as printed; of an undertaking, towards whom
	AddresseeID *stocktake.PartyID     `json:"addressee_id"`
	Party       *stocktake.PartyID     `json:"party"` // whose part of a call upon a group this row is; null: all of it
	Text        *string                `json:"text"`  // null: the words were removed
	Status      stocktake.CallStatus   `json:"status"`
	Unsure      bool                   `json:"unsure"`
	May         []stocktake.CallStatus `json:"may"` // what else it may be, where it is unsure
	When        *stocktake.Date        `json:"when"`
	By          []CallAct              `json:"by"`      // acts that bear on it, oldest first; of a group, with each member
	Count       *stocktake.CallCount   `json:"count"`   // of a group
	Members     []CallMember           `json:"members"` // of a group, by id
	Until       *stocktake.Date        `json:"until"`   // the last day on which it could be done
	Note        string                 `json:"note"`    // why these acts would answer it
	ReadBy      string                 `json:"read_by"` // who answers for that
	Ends        *stocktake.Date        `json:"ends"`    // how far the record reaches here
	On          string                 `json:"on"`
	Known       string                 `json:"known"`
	Head        int64                  `json:"head"`
	Filing      int64                  `json:"filing"`
	Rehearsal   bool                   `json:"rehearsal,omitempty"`

	Index  int               `json:"-"` // place among the calls, or the undertakings, of its statement, from 0
	Answer *stocktake.Answer `json:"-"`
	Day    stocktake.Date    `json:"-"` // the day, or days, from which acts are counted as later
}

// CallAct is an act that bears on a call, or a reading.
type CallAct struct {
	ID         stocktake.ActID        `json:"id"` // empty for a reading that names no act
	Kind       stocktake.ActKind      `json:"kind"`
	Party      stocktake.PartyID      `json:"party"` // who did it: the addressee, or a group to which it belonged
	Instrument stocktake.InstrumentID `json:"instrument"`
	Via        stocktake.InstrumentID `json:"via,omitempty"`
	Date       stocktake.Date         `json:"date"`
	Phase      stocktake.Phase        `json:"phase"`
	Role       string                 `json:"role"` // met, in-part, refused, undone; several are joined by a plus sign
	Unsure     bool                   `json:"unsure"`
	Led        bool                   `json:"led"` // it led to the status
	Filing     int64                  `json:"filing"`
	Sources    []stocktake.SourceID   `json:"sources"`
	Reading    *stocktake.Reading     `json:"reading,omitempty"`
}

// CallMember is one member of a group that was asked.
type CallMember struct {
	Party  stocktake.PartyID      `json:"party"`
	Status stocktake.CallStatus   `json:"status"`
	Unsure bool                   `json:"unsure"`
	May    []stocktake.CallStatus `json:"may"`
	When   *stocktake.Date        `json:"when"`
	By     []CallAct              `json:"by"`

	Ends stocktake.Date `json:"-"` // how far the record reaches for it; zero where no source tells
}

// MarshalJSON writes empty lists as []; members are null where no group was asked.
func (s CallState) MarshalJSON() ([]byte, error) {
	type plain CallState
	p := plain(s)
	p.May, p.By = orEmpty(p.May), orEmpty(p.By)
	return json.Marshal(p)
}

// MarshalJSON writes empty lists as [].
func (m CallMember) MarshalJSON() ([]byte, error) {
	type plain CallMember
	p := plain(m)
	p.May, p.By = orEmpty(p.May), orEmpty(p.By)
	return json.Marshal(p)
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Calls returns every call of every statement that the filter asks for, and what the signers undertook, with what became of it: in the order in
// which the statements were filed, calls before undertakings. Statements certainly made after the day are left out. Everything is worked out
// from the acts of those who were asked; no other acts are looked at.
func (r *Record) Calls(ctx context.Context, at stocktake.At, fl CallFilter) ([]CallState, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	q := r.query(at)
	defer q.done()
	party := -1
	if fl.Party != "" {
		n, ok := r.partyByID[fl.Party]
		if !ok {
			return nil, stocktake.NotFoundf("no party %q in this record", fl.Party)
		}
		party = int(q.party(n))
	}
	list := []CallState{}
	only := fl.Statement
	if only == "" && fl.Call != "" {
		if only = r.callsOf[fl.Call]; only == "" {
			return list, nil
		}
	}
	for _, s := range r.spoken(q, only) {
		if s.Rehearsal && fl.Statement == "" && fl.Call == "" {
			continue
		}
		if lo, _ := s.made().Reach(); lo > at.On {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c := caller{r: r, q: q, at: at, s: s, rows: map[uint32]*instrRows{}}
		var err error
		if list, err = c.each(ctx, list, fl, party); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// caller works out what became of the calls of one statement.
type caller struct {
	r      *Record
	q      *query
	at     stocktake.At
	s      *statementAt
	filing *stocktake.Filing // with the words; nil until they are needed
	rows   map[uint32]*instrRows
}

// each adds the calls and undertakings that the filter asks for.
func (c *caller) each(ctx context.Context, list []CallState, fl CallFilter, party int) ([]CallState, error) {
	title := string(c.s.Instrument)
	if n, ok := c.r.instrByID[c.s.Instrument]; ok {
		if d, ok := c.r.instrs[n].at(c.q.head); ok && d.Title != "" {
			title = d.Title
		}
	}
	add := func(x CallState, asked []stocktake.PartyID, words *stocktake.Sheeted) error {
		if fl.Call != "" && x.Call != fl.Call {
			return nil
		}
		x.Statement, x.Title, x.Filing, x.Rehearsal = c.s.Instrument, title, c.s.filing, c.s.Rehearsal
		x.On, x.Known, x.Head, x.Day = c.at.OnString(), c.at.KnownString(), c.at.Head, c.s.made()
		if !c.s.Date.IsZero() {
			d := c.s.Date
			x.Made = &d
		}
		if a := x.Answer; a != nil {
			x.Note, x.ReadBy = a.Note, a.By
			if !a.Until.IsZero() {
				d := a.Until
				x.Until = &d
			}
		}
		ok, err := c.became(ctx, &x, asked, party)
		if err != nil || !ok || len(fl.Status) > 0 && !slices.Contains(fl.Status, x.Status) {
			return err
		}
		if x.Text, err = c.words(ctx, &x, words); err != nil {
			return err
		}
		list = append(list, x)
		return nil
	}
	for i := range c.s.Calls {
		if fl.Which == UndertakingsOnly {
			break
		}
		k := &c.s.Calls[i]
		x := CallState{Call: k.ID, Kind: "call", Verb: k.Verb, Addressee: k.Addressee, Index: i, Answer: k.Asked()}
		var asked []stocktake.PartyID
		if k.AddresseeID != "" {
			id := k.AddresseeID
			x.AddresseeID, asked = &id, []stocktake.PartyID{id}
		}
		if err := add(x, asked, &k.Quote); err != nil {
			return nil, err
		}
	}
	for i := range c.s.Undertakes {
		if fl.Which == CallsOnly {
			break
		}
		u := &c.s.Undertakes[i]
		x := CallState{Call: c.s.UndertakingID(i), Kind: "undertaking", Addressee: u.Whom, Index: i, Answer: u.Answer}
		if u.WhomID != "" {
			id := u.WhomID
			x.AddresseeID = &id
		}
		if err := add(x, u.By, &u.Quote); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// words returns what a call says, nil where it was removed.
func (c *caller) words(ctx context.Context, x *CallState, have *stocktake.Sheeted) (*string, error) {
	if c.r.loader == nil {
		if have.Gone() {
			return nil, nil
		}
		return &have.Text, nil
	}
	if c.filing == nil {
		f, err := c.r.loader.Load(ctx, c.s.filing)
		if err != nil {
			return nil, err
		}
		c.filing = f
	}
	s := c.filing.Statement
	if s == nil {
		return nil, nil
	}
	var w *stocktake.Sheeted
	switch {
	case x.Kind == "call" && x.Index < len(s.Calls):
		w = &s.Calls[x.Index].Quote
	case x.Kind != "call" && x.Index < len(s.Undertakes):
		w = &s.Undertakes[x.Index].Quote
	}
	if w == nil || w.Gone() {
		return nil, nil
	}
	t := w.Text
	return &t, nil
}

// became works out what became of one call or undertaking; ok is false where it is none of the party's.
func (c *caller) became(ctx context.Context, x *CallState, asked []stocktake.PartyID, party int) (ok bool, err error) {
	r, q := c.r, c.q
	var who []uint16
	for _, id := range asked {
		if n, known := r.partyByID[id]; known {
			who = append(who, q.party(n))
		}
	}
	group := -1
	if x.Kind == "call" && len(who) == 1 && r.parties[who[0]].group {
		group = int(who[0])
	}
	if party >= 0 {
		mine := slices.Contains(who, uint16(party))
		if x.Kind != "call" && x.AddresseeID != nil {
			n, known := r.partyByID[*x.AddresseeID]
			mine = mine || known && int(q.party(n)) == party
		}
		part := !mine && group >= 0 && c.member(uint16(party), uint16(group))
		if !mine && !part {
			return false, nil
		}
		if part {
			id := r.parties[party].id
			x.Party, who, group = &id, []uint16{uint16(party)}, -1
		}
	}
	a := compile(r, q, x.Answer)
	reads := r.reads(q, x.Call)
	if group >= 0 {
		return true, c.together(ctx, x, a, reads, uint16(group))
	}
	deeds, ends, err := c.deeds(ctx, a, reads, who, x.Party != nil)
	if err != nil {
		return false, err
	}
	b := x.Answer.Became(x.Day, deeds, c.at.On)
	x.Status, x.Unsure, x.May, x.When, x.By = b.Status, b.Unsure, b.May, b.When, callActs(b.By)
	if !ends.IsZero() {
		x.Ends = &ends
	}
	return true, nil
}

// member reports whether a party belonged to a group when the statement was made, as far as can be told.
func (c *caller) member(p, group uint16) bool {
	d, ok := c.r.parties[p].spans.at(c.q.head)
	if !ok {
		return false
	}
	lo, hi := c.s.made().Reach()
	if lo == stocktake.MinDay {
		lo = min(hi, c.at.On)
	}
	return d.memberIn(c.r.parties[group].id, lo, hi) != stocktake.No
}

// together works out what became of a call upon a group, member by member.
func (c *caller) together(ctx context.Context, x *CallState, a *answers, reads []readingAt, group uint16) error {
	r, q := c.r, c.q
	var parts []stocktake.Member
	x.Members = []CallMember{}
	var ends stocktake.Date
	for _, p := range r.ordered {
		if p == group || q.party(p) != p || !c.member(p, group) {
			continue
		}
		deeds, last, err := c.deeds(ctx, a, reads, []uint16{p}, true)
		if err != nil {
			return err
		}
		m := stocktake.Member{Party: r.parties[p].id, Became: x.Answer.Became(x.Day, deeds, c.at.On)}
		parts = append(parts, m)
		x.Members = append(x.Members, CallMember{m.Party, m.Status, m.Unsure, m.May, m.When, callActs(m.By), last})
		ends = later(ends, last)
	}
	b, n := stocktake.Together(parts)
	x.Status, x.Unsure, x.May, x.Count = b.Status, b.Unsure, b.May, &n
	var whole stocktake.Date // how far it reaches for all of them
	for _, in := range a.instruments() {
		whole = later(whole, c.reach(c.rowsOf(in), -1, nil))
	}
	if !whole.IsZero() {
		ends = whole
	}
	if !ends.IsZero() {
		x.Ends = &ends
	}
	return nil
}

func (c *caller) rowsOf(in uint32) *instrRows {
	s, ok := c.rows[in]
	if !ok {
		x := c.r.rowsOf(in, c.q)
		s = &x
		c.rows[in] = s
	}
	return s
}

func callActs(by []stocktake.Bearing) []CallAct {
	list := make([]CallAct, 0, len(by))
	for i := range by {
		b := &by[i]
		role := b.Role
		if b.Alt != stocktake.NoAct {
			role |= b.AltRole
		}
		list = append(list, CallAct{ID: b.ID, Kind: b.Kind, Party: b.Party, Instrument: b.Instrument, Via: b.Via, Date: b.Date, Phase: b.Phase, Role: role.String(),
			Unsure: b.Unsure || b.Alt != stocktake.NoAct && b.AltRole != b.Role, Led: b.Led, Filing: b.Filing, Sources: orEmpty(b.Sources), Reading: b.Reading})
	}
	return list
}

// reach returns how far the record reaches for a party towards an instrument: as a standing says where it ends. party -1 asks how far it
// reaches for whoever it may be.
func (c *caller) reach(s *instrRows, party int, deeds []stocktake.Deed) (ends stocktake.Date) {
	r, q := c.r, c.q
	var covering []uint32
	add := func(e *instrEntry) {
		for _, i := range e.cover {
			x := &r.coverage[i]
			if x.filing > q.head || x.known > q.known || !x.speaksOf(e, q.head) {
				continue
			}
			if len(x.Parties) > 0 && (party < 0 || !slices.Contains(x.Parties, r.parties[party].id) && !r.inScope(x, uint16(party), nil, q.head)) {
				continue
			}
			covering = append(covering, x.source)
			ends = later(ends, x.To)
		}
	}
	add(&r.instrs[s.num])
	for i := range s.also {
		add(&r.instrs[s.also[i].num])
	}
	for i := range s.via {
		add(&r.instrs[s.via[i].num])
	}
	for i := range deeds {
		for _, id := range deeds[i].Sources {
			n := r.sourceByID[id]
			if d, ok := r.sources[n].descs.at(q.head); ok && !slices.Contains(covering, n) {
				ends = later(ends, d.Published)
			}
		}
		if deeds[i].Lo <= c.at.On {
			ends = later(ends, deeds[i].Date)
		}
	}
	return ends
}
