package stocktake

import (
	"encoding/json"
	"time"
)

// At is the three coordinates of an answer. On is a civil day; Known a moment, UTC, inclusive; Head how many filings the record held.
type At struct {
	On    Day
	Known time.Time
	Head  int64
}

// KnownString returns known as answers print it: the bare date where it is the end of a day, else RFC 3339 with microseconds, UTC.
func (a At) KnownString() string {
	k := a.Known.UTC()
	if k.Hour() == 23 && k.Minute() == 59 && k.Second() == 59 && k.Nanosecond() >= 999_999_000 {
		return k.Format("2006-01-02")
	}
	return k.Format("2006-01-02T15:04:05.999999Z")
}

// OnString returns the day as YYYY-MM-DD.
func (a At) OnString() string { return DateOf(a.On).String() }

// EndOfDay returns the last microsecond of a civil day, UTC: what a bare `known` date means.
func EndOfDay(d Day) time.Time {
	return time.Unix(int64(d)*86400+86399, 999_999_000).UTC()
}

// A Standing is where one party stands towards one instrument, with everything that a reader needs to check it. Its JSON is fixed.
type Standing struct {
	Party      PartyID      `json:"party"`
	Instrument InstrumentID `json:"instrument"`
	Standing   string       `json:"standing"`
	Bound      *bool        `json:"bound"`    // consent to be bound given and not ended; null: not a binding instrument, or not known
	InForce    *bool        `json:"in_force"` // whether it binds that party that day by its own clause; null: not known
	Since      *Date        `json:"since"`
	Unsure     bool         `json:"unsure"`
	Conflicts  []Clash      `json:"conflicts"`
	Caveats    []string     `json:"caveats"`
	Ends       *Date        `json:"ends"` // the last day that the record reaches here
	On         string       `json:"on"`
	Known      string       `json:"known"`
	Head       int64        `json:"head"`
	Acts       []ActRef     `json:"acts"` // each act once, where it got furthest by that day, oldest first
}

// ActRef names one act that counts in a standing. Date is the day that the record follows, as its source gives it.
type ActRef struct {
	ID      ActID        `json:"id"`
	Kind    ActKind      `json:"kind"`
	Date    Date         `json:"date"`
	Phase   Phase        `json:"phase"`
	Via     InstrumentID `json:"via,omitempty"`
	Filing  int64        `json:"filing"`
	Sources []SourceID   `json:"sources"`
}

// A Clash is what sources say differently of one act. Follows is the source that a filed decision follows, empty while it stands
// unsettled.
type Clash struct {
	Act     ActID    `json:"act"`
	About   string   `json:"about"` // "kind" or the phase whose day differs
	Says    []Says   `json:"says"`
	Follows SourceID `json:"follows,omitempty"`
	Reason  string   `json:"reason,omitempty"`
}

// Says is one source's version.
type Says struct {
	Source SourceID `json:"source"`
	Value  string   `json:"value"`
	Filing int64    `json:"filing"`
}

// MarshalJSON writes empty lists as [] and an empty standing's dates as null.
func (s Standing) MarshalJSON() ([]byte, error) {
	type plain Standing
	p := plain(s)
	if p.Conflicts == nil {
		p.Conflicts = []Clash{}
	}
	if p.Caveats == nil {
		p.Caveats = []string{}
	}
	if p.Acts == nil {
		p.Acts = []ActRef{}
	}
	return json.Marshal(p)
}

// Reach returns the bounds that comparisons use: those of Bounds, widened where d is in doubt.
func (d Date) Reach() (lo, hi Day) { return d.reach() }
