package stocktake

// InstrumentID is short, stable and readable: gcm, icrmw, a-res-73-195, untc-4-13, pv-2017.
type InstrumentID string

// InstrumentKind says what an instrument is; the law of standing has one table for each.
type InstrumentKind string

const (
	Treaty        InstrumentKind = "treaty"
	ILOConvention InstrumentKind = "ilo-convention"
	Declaration   InstrumentKind = "declaration"
	Agenda        InstrumentKind = "agenda"
	Resolution    InstrumentKind = "resolution"
	Compact       InstrumentKind = "compact"
	Process       InstrumentKind = "process" // talks, not the text they lead to
	Forum         InstrumentKind = "forum"
	Body          InstrumentKind = "body" // an organisation or council that parties join, sit in and leave
	PledgeKind    InstrumentKind = "pledge"
	Plan          InstrumentKind = "plan"
	StatementKind InstrumentKind = "statement"
)

// InstrumentKinds returns every kind, in the order of the documentation.
func InstrumentKinds() []InstrumentKind {
	return []InstrumentKind{Treaty, ILOConvention, Declaration, Agenda, Resolution, Compact, Process, Forum, Body, PledgeKind, Plan, StatementKind}
}

// Number returns the place of k in InstrumentKinds, and the number after the last where k is none of them.
func (k InstrumentKind) Number() int {
	switch k {
	case Treaty:
		return 0
	case ILOConvention:
		return 1
	case Declaration:
		return 2
	case Agenda:
		return 3
	case Resolution:
		return 4
	case Compact:
		return 5
	case Process:
		return 6
	case Forum:
		return 7
	case Body:
		return 8
	case PledgeKind:
		return 9
	case Plan:
		return 10
	case StatementKind:
		return 11
	}
	return 12
}

// Binding reports whether instruments of this kind bind in law those that consent: treaties do; Charters of bodies are filed as treaties.
func (k InstrumentKind) Binding() bool { return k == Treaty || k == ILOConvention }

// An Instrument is a text or body that acts are about. Title is our own short title; Official is the official one by language. A later
// description of the same ID takes the place of the earlier one.
type Instrument struct {
	ID         InstrumentID      `json:"id"`
	Kind       InstrumentKind    `json:"kind"`
	Title      string            `json:"title"`
	Official   map[string]string `json:"official,omitempty"`
	Symbol     string            `json:"symbol,omitempty"`  // UN symbol or register number, as the publisher writes it
	Symbols    []string          `json:"symbols,omitempty"` // other symbols of the same text
	Aliases    []string          `json:"aliases,omitempty"` // short names that users type and texts use
	Adopted    Date              `json:"adopted,omitzero"`
	InForce    Date              `json:"in_force,omitzero"` // entry into force of the text itself, where a source gives it
	Place      string            `json:"place,omitempty"`
	Depositary string            `json:"depositary,omitempty"`
	Parties    PartyID           `json:"parties,omitempty"` // group that it is addressed to: its members without an act are listed too
	Clause     *EntryClause      `json:"clause,omitempty"`
	Links      []InstrumentLink  `json:"links,omitempty"`
	Themes     []string          `json:"themes,omitempty"`
	Notes      []string          `json:"notes,omitempty"` // our own words, plain
	Sources    []SourceID        `json:"sources,omitempty"`
}

// InstrumentLink ties two instruments. Rel is endorses (a resolution that endorses another text: a vote on it is an act on both),
// leads-to (talks to text), protocol-to, rests-on, follows, amends, part-of.
type InstrumentLink struct {
	Rel string       `json:"rel"`
	To  InstrumentID `json:"to"`
}

// EntryClause is an instrument's own rule on entry into force. The instrument enters into force DelayDays or DelayMonths after the deposit
// of the Threshold-th consent; for a party that consents later, DelayDays or DelayMonths after its own deposit.
type EntryClause struct {
	Threshold   int    `json:"threshold"`
	DelayDays   int    `json:"delay_days,omitempty"`
	DelayMonths int    `json:"delay_months,omitempty"`
	Article     string `json:"article"` // where the clause stands
}

// ProvisionID is the instrument's id, a slash and a short number: gcm/obj-13, icrmw/art-25.
type ProvisionID string

// A Provision is a numbered part of an instrument. Number is the official one ("Objective 13", "art. 25"); Title our own short title.
type Provision struct {
	ID         ProvisionID  `json:"id"`
	Instrument InstrumentID `json:"instrument"`
	Number     string       `json:"number"`
	Title      string       `json:"title"`
	Parent     ProvisionID  `json:"parent,omitempty"`
	Themes     []string     `json:"themes,omitempty"` // child-detention, detention, labour, ...
	Sources    []SourceID   `json:"sources,omitempty"`
}

// ProvisionText is the official words of a provision in one language.
type ProvisionText struct {
	Provision ProvisionID `json:"provision"`
	Lang      string      `json:"lang"`
	Text      string      `json:"text"`
	Source    SourceID    `json:"source"`
}
