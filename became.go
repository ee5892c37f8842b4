package stocktake

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// A Deed is one act as a call looks at it, or what a reading puts in the place of one. Lo and Hi are the first and last day that it may have
// been done; Alt a second kind where sources disagree on it; Maybe says that it may not have been done at all, or not by this party. Role is
// what it is to the call, and AltRole what it is where it was done as Alt.
type Deed struct {
	ActRef
	Party      PartyID // who did it: the one asked, or a group to which it belonged
	Instrument InstrumentID
	Lo, Hi     Day
	Alt        ActKind
	Maybe      bool
	Role       Role
	AltRole    Role
	Reading    *Reading // who says so, where the rules do not
}

// CallStatus is what became of a call.
type CallStatus uint8

const (
	CallOpen CallStatus = iota // no act is known that answers it
	CallInPart
	CallRefused
	CallHappened
	CallUndone     // it happened, and was undone
	CallCannotTell // nothing says which act would answer it, or none that could be on record would
	callStatuses
)

var callStatusNames = [...]string{"open", "in part", "refused", "happened", "happened and undone", "cannot be told"}

// CallStatuses returns every status, in the order in which counts list them.
func CallStatuses() []CallStatus {
	return []CallStatus{CallHappened, CallInPart, CallUndone, CallRefused, CallOpen, CallCannotTell}
}

// String returns the words for s.
func (s CallStatus) String() string {
	if s < callStatuses {
		return callStatusNames[s]
	}
	return ""
}

// ParseCallStatus reads the words for a status, with spaces or hyphens; "undone" is short for the longest.
func ParseCallStatus(s string) (CallStatus, error) {
	t := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(s), "-", " "))
	if t == "undone" {
		return CallUndone, nil
	}
	for i, n := range callStatusNames {
		if n == t {
			return CallStatus(i), nil
		}
	}
	return 0, Invalidf("%q is not what becomes of a call", s).Hinted("one of %s", strings.Join(callStatusNames[:], ", "))
}

// MarshalText writes the words.
func (s CallStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the words.
func (s *CallStatus) UnmarshalText(b []byte) (err error) {
	*s, err = ParseCallStatus(string(b))
	return err
}

// A Became is what became of a call, or of one member's part of it. Unsure says that the days of acts leave more than one answer possible; May
// lists the others. When is the day of the act that led to the status, nil where none did. By are the deeds that bear on it, oldest first:
// those that may not have come after the statement, or by the day, are Unsure there.
type Became struct {
	Status CallStatus
	Unsure bool
	May    []CallStatus
	When   *Date
	By     []Bearing
}

// A Bearing is a deed that bears on a call. Led is true of the one that led to the status.
type Bearing struct {
	Deed
	Unsure bool
	Led    bool
}

// set is a set of statuses.
type set uint8

func (s set) has(x CallStatus) bool { return s>>x&1 == 1 }

// after returns where a call stands after an act with some roles.
func (s CallStatus) after(r Role) CallStatus {
	switch {
	case s == CallHappened && r&RoleUndone != 0:
		return CallUndone
	case r&RoleMet != 0:
		return CallHappened
	case r&RoleRefused != 0 && (s == CallOpen || s == CallInPart || s == CallRefused):
		return CallRefused
	case r&RolePart != 0 && s != CallHappened:
		return CallInPart
	case r&RoleUndone != 0 && s == CallInPart:
		return CallOpen
	}
	return s
}

// through returns where the members of s stand after a deed that was certainly done.
func (s set) through(b *Bearing) (to set) {
	for rest := s; rest != 0; rest &= rest - 1 {
		x := CallStatus(bits.TrailingZeros8(uint8(rest)))
		to |= 1 << x.after(b.Role)
		if b.Alt != NoAct {
			to |= 1 << x.after(b.AltRole)
		}
	}
	return to
}

// Became works out what became of what a asks for, in a statement made on a day, by deeds of one party, up to and including day on. Only what
// was done after the statement's day counts; on the same day it is unsure which came first. It changes the order of deeds. a may be nil:
// then only readings can tell.
func (a *Answer) Became(made Date, deeds []Deed, on Day) Became {
	slices.SortStableFunc(deeds, func(x, y Deed) int {
		return cmp.Or(cmp.Compare(x.Lo, y.Lo), cmp.Compare(x.Hi, y.Hi), cmp.Compare(x.ID, y.ID))
	})
	var out Became
	for i := range deeds {
		d := &deeds[i]
		t := a.counts(made, d, on)
		if t == No || d.Role == 0 && (d.Alt == NoAct || d.AltRole == 0) {
			continue
		}
		out.By = append(out.By, Bearing{Deed: *d, Unsure: t == Unsure})
	}
	led := -1
	for i := range out.By {
		b := &out.By[i]
		if b.Unsure {
			continue
		}
		if next := out.Status.after(b.Role); next != out.Status {
			out.Status, led = next, i
		}
	}
	if led >= 0 {
		out.By[led].Led = true
		d := out.By[led].Date
		out.When = &d
	}
	may := possible(out.By) &^ (1 << out.Status)
	out.Unsure = may != 0
	for _, s := range CallStatuses() {
		if may.has(s) {
			out.May = append(out.May, s)
		}
	}
	if out.Status == CallOpen && (a == nil || len(a.Met) == 0) && !slices.ContainsFunc(out.By, func(b Bearing) bool { return b.Reading != nil }) {
		out.Status = CallCannotTell
	}
	return out
}

// counts reports whether a deed was done after the statement and by the day, while it could be done.
func (a *Answer) counts(made Date, d *Deed, on Day) Truth {
	within := func(lo, hi Day) Truth { // whether it was done after lo..hi
		switch {
		case d.Lo > hi:
			return Yes
		case d.Hi < lo:
			return No
		}
		return Unsure
	}
	lo, hi := made.Reach()
	t := within(lo, hi)
	switch {
	case d.Lo > on:
		return No
	case d.Hi > on:
		t = t.And(Unsure)
	}
	if a != nil && !a.Until.IsZero() {
		lo, hi := a.Until.Reach()
		switch {
		case d.Lo > hi:
			return No
		case d.Hi > lo:
			t = t.And(Unsure)
		}
	}
	if d.Maybe {
		t = t.And(Unsure)
	}
	return t
}

// possible returns every status that the days of deeds allow. Deeds whose days overlap may have been done in any order. Where more than eight
// of them do, the result may hold more than is possible, and never less.
func possible(by []Bearing) set {
	s := set(1 << CallOpen)
	for i := 0; i < len(by); {
		j, hi := i+1, by[i].Hi
		for j < len(by) && by[j].Lo <= hi {
			hi = max(hi, by[j].Hi)
			j++
		}
		if j-i <= 8 {
			s = eachOrder(by[i:j], s)
		} else {
			s = anyOrder(by[i:j], s)
		}
		i = j
	}
	return s
}

// eachOrder returns where s leads through deeds in every order that their days allow, those that may not count left out or not.
func eachOrder(by []Bearing, s set) set {
	from := make([]set, 1<<len(by)) // by the deeds that are dealt with
	from[0] = s
	for done := range from {
		if from[done] == 0 {
			continue
		}
		for i := range by {
			if done>>i&1 == 1 || !earlier(by, done, i) {
				continue
			}
			to := from[done].through(&by[i])
			if by[i].Unsure {
				to |= from[done]
			}
			from[done|1<<i] |= to
		}
	}
	return from[len(from)-1]
}

// earlier reports whether all deeds certainly done before the i-th are among those dealt with.
func earlier(by []Bearing, done, i int) bool {
	for k := range by {
		if by[k].Hi < by[i].Lo && done>>k&1 == 0 {
			return false
		}
	}
	return true
}

// anyOrder is eachOrder for many: it lets any of them come last that can.
func anyOrder(by []Bearing, s set) set {
	reach := s
	for {
		next := reach
		for i := range by {
			next |= next.through(&by[i])
		}
		if next == reach {
			break
		}
		reach = next
	}
	out := set(0)
	certain := false
	for i := range by {
		b := &by[i]
		if !slices.ContainsFunc(by, func(x Bearing) bool { return !x.Unsure && x.Lo > b.Hi }) {
			certain = certain || !b.Unsure
			out |= reach.through(b)
		}
	}
	if !certain {
		out |= s
	}
	return out
}

// A Member is one member of a group that was asked, and what became of its part.
type Member struct {
	Party PartyID
	Became
}

// CallCount is how many members of a group stand where. Unsure are among the others too.
type CallCount struct {
	Of         int `json:"of"`
	Happened   int `json:"happened"`
	InPart     int `json:"in_part"`
	Undone     int `json:"undone"`
	Refused    int `json:"refused"`
	Open       int `json:"open"`
	CannotTell int `json:"cannot_tell"`
	Unsure     int `json:"unsure"`
}

// N returns how many members have a status.
func (c *CallCount) N(s CallStatus) int { return *c.place(s) }

func (c *CallCount) place(s CallStatus) *int {
	switch s {
	case CallHappened:
		return &c.Happened
	case CallInPart:
		return &c.InPart
	case CallUndone:
		return &c.Undone
	case CallRefused:
		return &c.Refused
	case CallOpen:
		return &c.Open
	}
	return &c.CannotTell
}

// Together puts the parts of a group's members together. What became of all of them is what became of the call; where it happened with some
// of them only, in part, or was undone, it happened in part; otherwise the call is open. Without members it cannot be told.
func Together(members []Member) (out Became, n CallCount) {
	const done = set(1<<CallHappened | 1<<CallInPart | 1<<CallUndone)
	all, none, others := set(0xff), true, set(0) // what all may be; whether perhaps nobody did anything; what those may be who did nothing
	var can, only [callStatuses]int              // members that may have a status, and that have no other
	for i := range members {
		m := &members[i]
		n.Of++
		*n.place(m.Status)++
		may := set(1 << m.Status)
		if m.Unsure {
			n.Unsure++
			for _, s := range m.May {
				may |= 1 << s
			}
		}
		all &= may
		none = none && may&^done != 0
		others |= may &^ done
		for _, s := range CallStatuses() {
			if may.has(s) {
				can[s]++
			}
			if may == 1<<s {
				only[s]++
			}
		}
	}
	if n.Of == 0 {
		return Became{Status: CallCannotTell}, n
	}
	out.Status = CallOpen
	if n.Happened+n.InPart+n.Undone > 0 {
		out.Status = CallInPart
	}
	may := all
	for _, s := range CallStatuses() {
		if n.N(s) == n.Of {
			out.Status = s
		}
		if different := n.Of - only[s]; done.has(s) && can[s] > 0 && (can[s] > 1 && different > 0 || different > 1 || different == 1 && only[s] > 0) {
			may |= 1 << CallInPart // one did it, and another did not do the same
		}
	}
	if none && n.Of > 1 && bits.OnesCount8(uint8(others)) > 1 {
		may |= 1 << CallOpen
	}
	may &^= 1 << out.Status
	out.Unsure = n.Unsure > 0 && may != 0
	for _, s := range CallStatuses() {
		if out.Unsure && may.has(s) {
			out.May = append(out.May, s)
		}
	}
	return out, n
}
