package stocktake

import (
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
