package stocktake

// RubricID names a rubric, in one version: "stocktake-five-steps/1".
type RubricID string

// A Rubric says, before anybody judges, by what a judgement is made: criteria, what counts as evidence and how much, and the steps of the
// scale. It is filed, and a version of it is never changed: a change is a new version, under an id of its own that ends in its number.
type Rubric struct {
	ID       RubricID     `json:"id"`
	Version  int          `json:"version"`
	Replaces RubricID     `json:"replaces,omitempty"`
	Title    string       `json:"title"`
	About    string       `json:"about,omitempty"`
	By       string       `json:"by"` // office, role or coalition that answers for it
	Criteria []Criterion  `json:"criteria"`
	Evidence []EvidenceOf `json:"evidence"`          // from the strongest to the weakest
	Steps    []ScaleStep  `json:"steps"`             // five, from the first to the last, and one for "no evidence available"
	Sources  []SourceID   `json:"sources,omitempty"` // published practice that it is modelled on
}

// A Criterion is one thing that is looked at. A gate must be met before any step but "no evidence available" may be given: it asks whether
// what was undertaken can be verified at all.
type Criterion struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Question string `json:"question"`
	Gate     bool   `json:"gate,omitempty"`
}

// EvidenceOf is a kind of evidence and what it can carry.
type EvidenceOf struct {
	Kind  string `json:"kind"`  // act, measure, provision, figure, recommendation, quote, voice
	Title string `json:"title"` // in plain words
	Means string `json:"means"` // what it can show, and what it cannot
}

// EvidenceKinds are what an assessment may rest on.
func EvidenceKinds() []string {
	return []string{"act", "measure", "provision", "figure", "recommendation", "quote", "voice"}
}

// A ScaleStep is one step of the scale. The one whose None is true stands for "no evidence available", and is no place on the scale.
type ScaleStep struct {
	ID    string   `json:"id"`
	Word  string   `json:"word"`            // as pages print it
	Means string   `json:"means"`           // when it is given
	Needs []string `json:"needs,omitempty"` // criteria that must be met for it
	None  bool     `json:"none,omitempty"`
}

// AssessmentID names an assessment, such as "assess/usa/gcm-obj-13/2026". A revision is filed under the same id.
type AssessmentID string

// An Assessment is somebody's judgement on one party and one provision for one period. By is the office that answers for it, or a person's
// name where Person is stated; Approved is the second person's office. Facts stand in what it cites, never in its step.
type Assessment struct {
	ID        AssessmentID     `json:"id"`
	Party     PartyID          `json:"party"`
	Provision ProvisionID      `json:"provision"`
	Period    Date             `json:"period"` // an interval: 2022/2026
	Rubric    RubricID         `json:"rubric"`
	Criteria  []CriterionFound `json:"criteria"`
	Step      string           `json:"step"` // id of a step of the rubric
	Evidence  []Evidence       `json:"evidence,omitempty"`
	Reason    string           `json:"reason"` // why this step, in the assessor's own words
	By        string           `json:"by"`
	Person    Sheeted          `json:"person,omitzero"`
	Interest  string           `json:"interest"` // declared by the assessor; "none declared" is an answer too
	Dissent   []Dissent        `json:"dissent,omitempty"`
	Approved  string           `json:"approved,omitempty"`
	Date      Date             `json:"date"`                // the day it was made
	Withdrawn string           `json:"withdrawn,omitempty"` // why it is taken back, where it is
}

// A CriterionFound is what was found on one criterion: met, not-met, in-part, not-known. Evidence are places in the assessment's list, from 1.
type CriterionFound struct {
	Criterion string `json:"criterion"`
	Found     string `json:"found"`
	Evidence  []int  `json:"evidence,omitempty"`
	Note      string `json:"note,omitempty"`
}

// Evidence is something of the record that an assessment cites. ID names it: an act's (with its instrument), a measure's, a provision's, a
// recommendation's, a voice's excerpt; a figure is its series, and Party, Counterpart and Period say which. A quote stands in Quote, with its source.
type Evidence struct {
	Kind        string       `json:"kind"` // act, measure, provision, figure, recommendation, quote, voice
	ID          string       `json:"id,omitempty"`
	Instrument  InstrumentID `json:"instrument,omitempty"`
	Party       PartyID      `json:"party,omitempty"`
	Counterpart PartyID      `json:"counterpart,omitempty"`
	Period      string       `json:"period,omitempty"`
	Table       TableID      `json:"table,omitempty"` // the vintage that the assessor saw
	Quote       *Quote       `json:"quote,omitempty"`
	Note        string       `json:"note,omitempty"`
}

// A Dissent is what somebody who took part in an assessment judges otherwise.
type Dissent struct {
	By     string `json:"by"` // office or role
	Step   string `json:"step,omitempty"`
	Reason string `json:"reason"`
}

// A Reply is what the assessed party says to an assessment. How is "published" (by it, in Source) or "received" (through a mailbox at its
// government's domain, which Mailbox shows). It stands beside the assessment at equal size, and changes no step by itself.
type Reply struct {
	ID         string       `json:"id"`
	Assessment AssessmentID `json:"assessment"`
	Party      PartyID      `json:"party"`
	How        string       `json:"how"`
	Mailbox    Sheeted      `json:"mailbox,omitzero"`
	Date       Date         `json:"date"`
	Source     SourceID     `json:"source"`
	Words      Sheeted      `json:"words"`
	Lang       string       `json:"lang,omitempty"`
}

// Findings are what may be found on one criterion.
func Findings() []string { return []string{"met", "not-met", "in-part", "not-known"} }

// ReplyWays are how a reply may have come.
func ReplyWays() []string { return []string{"published", "received"} }
