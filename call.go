package stocktake

import (
	"cmp"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// A Call is what a statement asks of whom. Addressee is as printed; AddresseeID its party where known: one party, or a group such as
// un-members, whose answer is a list and a count. Answer says which acts would answer it. AnsweredBy is the short form of that in older
// filings: kind of act and instrument, such as "return gcm-process".
type Call struct {
	ID          string  `json:"id"`
	Verb        string  `json:"verb"`
	Addressee   string  `json:"addressee"`
	AddresseeID PartyID `json:"addressee_id,omitempty"`
	Start       int     `json:"start"`
	End         int     `json:"end"`
	Quote       Sheeted `json:"quote"`
	AnsweredBy  string  `json:"answered_by,omitempty"`
	Answer      *Answer `json:"answer,omitempty"`
}

// An Undertaking is what the signers of a statement say that they themselves will do. By are those of them who undertake it, none meaning
// all; Whom is towards whom, as printed, and WhomID that party where known. Where ID is empty, UndertakingID gives one by its place.
type Undertaking struct {
	ID     string    `json:"id,omitempty"`
	By     []PartyID `json:"by,omitempty"`
	Whom   string    `json:"whom,omitempty"`
	WhomID PartyID   `json:"whom_id,omitempty"`
	Start  int       `json:"start"`
	End    int       `json:"end"`
	Quote  Sheeted   `json:"quote"`
	Answer *Answer   `json:"answer,omitempty"`
}

// An Answer says which acts would answer a call, and which would refuse it or undo what was done. It is a reading of the call, for which By
// answers; what was asked for by the call stands in its quote. Until is the last day on which it could be done, where there is one.
type Answer struct {
	Met     []AnswerRule `json:"met,omitempty"`
	Part    []AnswerRule `json:"part,omitempty"`
	Refused []AnswerRule `json:"refused,omitempty"`
	Undone  []AnswerRule `json:"undone,omitempty"`
	Until   Date         `json:"until,omitzero"`
	Note    string       `json:"note,omitempty"` // why these, in our own words
	By      string       `json:"by"`             // office or role
}

// An AnswerRule fits acts of some kinds (none: any) towards some instruments, also through a resolution that endorses one of them. They are
// acts of the addressee, of each member where it is a group, or of Party where that is stated. Where Standing is stated, an act fits only if
// it led the party to that standing.
type AnswerRule struct {
	Party       PartyID        `json:"party,omitempty"`
	Kinds       []ActKind      `json:"kinds,omitempty"`
	Instruments []InstrumentID `json:"instruments"`
	Standing    string         `json:"standing,omitempty"`
}

// A Reading is what somebody reads as an answer to a call or an undertaking, where acts alone cannot tell: a measure, a letter, a ruling. It
// is a judgement, attributed, and like a decision known when it is filed. With Act it says of one act what the call's own rules do not, or
// say differently, and Instrument is that of the act; without, it needs a date. Party is whose answer it is, where a group was asked.
type Reading struct {
	Call       string       `json:"call"`
	Status     string       `json:"status"` // met, in-part, refused, undone, no-answer
	Act        ActID        `json:"act,omitempty"`
	Instrument InstrumentID `json:"instrument,omitempty"`
	Party      PartyID      `json:"party,omitempty"`
	Date       Date         `json:"date,omitzero"`
	Source     SourceID     `json:"source"`
	Quotes     []Quote      `json:"quotes,omitempty"`
	Reason     string       `json:"reason"`
	By         string       `json:"by"`
}

// ReadingStatuses are what a reading may say.
func ReadingStatuses() []string { return []string{"met", "in-part", "refused", "undone", "no-answer"} }

// UndertakingID returns the id of the i-th undertaking of s, from 0: its own, else the statement's with its place.
func (s *Statement) UndertakingID(i int) string {
	if id := s.Undertakes[i].ID; id != "" {
		return id
	}
	return string(s.Instrument) + "/own-" + strconv.Itoa(i+1)
}

// Asked returns what would answer c: its Answer, else what its short form says, else nil.
func (c *Call) Asked() *Answer {
	if c.Answer != nil {
		return c.Answer
	}
	f := strings.Fields(c.AnsweredBy)
	if len(f) < 2 {
		return nil
	}
	r := AnswerRule{}
	if len(f) > 2 {
		r.Party = PartyID(f[0])
		f = f[1:]
	}
	k, err := ParseActKind(f[0])
	if err != nil {
		return nil
	}
	r.Kinds = []ActKind{k}
	for _, in := range f[1:] {
		r.Instruments = append(r.Instruments, InstrumentID(in))
	}
	return &Answer{Met: []AnswerRule{r}}
}

// Role is what an act is to a call.
type Role uint8

// Several roles of one act are put together by or.
const (
	RoleMet Role = 1 << iota
	RolePart
	RoleRefused
	RoleUndone
)

// String returns the roles as readings name them, joined by a plus sign.
func (r Role) String() string {
	var list []string
	for i, s := range [...]string{"met", "in-part", "refused", "undone"} {
		if r>>i&1 == 1 {
			list = append(list, s)
		}
	}
	return strings.Join(list, "+")
}

// RoleOf returns the role that a reading gives: 0 for no-answer, and ok false for what no reading says.
func RoleOf(status string) (r Role, ok bool) {
	i := slices.Index(ReadingStatuses(), status)
	return 1 << max(i, 0) & (RoleUndone<<1 - 1), i >= 0
}

// EachRule calls f for every rule of a with its role. a may be nil.
func (a *Answer) EachRule(f func(Role, *AnswerRule)) {
	if a == nil {
		return
	}
	for i, list := range [...][]AnswerRule{a.Met, a.Part, a.Refused, a.Undone} {
		for j := range list {
			f(1<<i, &list[j])
		}
	}
}

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

// possible returns every status that the days of deeds allow. Deeds whose days overlap may have been done in any order; the result may hold
// more than is possible where many do, and never less.
func possible(by []Bearing) set {
	s := set(1 << CallOpen)
	for i := 0; i < len(by); {
		j, hi := i+1, by[i].Hi
		for j < len(by) && by[j].Lo <= hi {
			hi = max(hi, by[j].Hi)
			j++
		}
		s = anyOrder(by[i:j], s)
		i = j
	}
	return s
}

func anyOrder(by []Bearing, s set) set {
	if len(by) == 1 {
		if to := s.through(&by[0]); by[0].Unsure {
			return s | to
		} else {
			return to
		}
	}
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
	var out set
	certain := false
	for i := range by { // the one that was done last
		b := &by[i]
		if slices.ContainsFunc(by, func(x Bearing) bool { return !x.Unsure && x.Lo > b.Hi }) {
			continue
		}
		certain = certain || !b.Unsure
		out |= reach.through(b)
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
