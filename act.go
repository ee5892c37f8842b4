package stocktake

import "strings"

// ActKind names what was done. Its class decides which acts of two sources are the same act seen twice: a register may call a consent
// "ratification" where a table says only "consent", so both are of the class consent.
type ActKind uint8

// The kinds of act. The numbers are never stored outside memory; the names are.
const (
	NoAct ActKind = iota
	// Towards treaties.
	Signature
	DefinitiveSignature
	Ratification
	Acceptance
	Approval
	Accession
	Succession
	FormalConfirmation
	Consent // consent to be bound whose form the source does not tell
	ProvisionalApplication
	EndOfProvisionalApplication
	ReservationAct
	DeclarationAct
	DeclarationOrReservation // filed with the depositary; the source does not tell which
	Objection
	ReservationWithdrawn
	DeclarationWithdrawn
	ObjectionWithdrawn
	Denunciation
	Revocation // taking back a notice of withdrawal before it takes effect
	NotBecomingParty
	Application  // an application of the instrument's rules to a product, area or regulation; no consent
	Notification // a notice under the instrument that moves nobody
	// Towards texts put to a vote, and texts adopted without one.
	VoteYes
	VoteNo
	VoteAbstain
	VoteAbsent
	VoteNotVoting // did not vote; whether present is not known
	VoteMeantOtherwise
	ExplanationOfVote
	AdoptionWithoutVote
	Dissociation
	Rejection
	// Towards compacts, talks, forums, bodies.
	Endorsement
	SupportStated
	StaysOutStated // says that it will not join or support
	Deferral
	Participation
	Withdrawal
	Return
	Champion
	Election
	// Pledges and reports.
	Pledge
	PledgeRevised
	PledgeWithdrawn
	Report
	// Acts of organs and meetings, which move no party.
	Adoption
	Finalisation
	Mandate
	MeetingHeld
	Interpretation
	Remark
	actKinds
)

var actInfo = [actKinds]struct{ name, class string }{
	NoAct:     {"", ""},
	Signature: {"signature", "signature"}, DefinitiveSignature: {"definitive-signature", "consent"}, Ratification: {"ratification", "consent"},
	Acceptance: {"acceptance", "consent"}, Approval: {"approval", "consent"}, Accession: {"accession", "consent"}, Succession: {"succession", "consent"},
	FormalConfirmation: {"formal-confirmation", "consent"}, Consent: {"consent", "consent"},
	ProvisionalApplication: {"provisional-application", "provisional-application"}, EndOfProvisionalApplication: {"end-of-provisional-application", "end-of-provisional-application"},
	ReservationAct: {"reservation", "reservation"}, DeclarationAct: {"declaration", "declaration"}, DeclarationOrReservation: {"declaration-or-reservation", "declaration-or-reservation"},
	Objection: {"objection", "objection"}, ReservationWithdrawn: {"reservation-withdrawn", "reservation-withdrawn"}, DeclarationWithdrawn: {"declaration-withdrawn", "declaration-withdrawn"},
	ObjectionWithdrawn: {"objection-withdrawn", "objection-withdrawn"}, Denunciation: {"denunciation", "exit"}, Revocation: {"revocation", "revocation"},
	NotBecomingParty: {"not-becoming-party", "not-becoming-party"}, Application: {"application", "application"}, Notification: {"notification", "notification"},
	VoteYes: {"vote-yes", "vote"}, VoteNo: {"vote-no", "vote"}, VoteAbstain: {"vote-abstain", "vote"}, VoteAbsent: {"vote-absent", "vote"}, VoteNotVoting: {"vote-not-voting", "vote"},
	VoteMeantOtherwise: {"vote-meant-otherwise", "vote-meant-otherwise"}, ExplanationOfVote: {"explanation-of-vote", "explanation-of-vote"},
	AdoptionWithoutVote: {"adoption-without-vote", "adoption-without-vote"}, Dissociation: {"dissociation", "dissociation"}, Rejection: {"rejection", "rejection"},
	Endorsement: {"endorsement", "endorsement"}, SupportStated: {"support-stated", "support-stated"}, StaysOutStated: {"stays-out-stated", "stays-out-stated"}, Deferral: {"deferral", "deferral"},
	Participation: {"participation", "participation"}, Withdrawal: {"withdrawal", "exit"}, Return: {"return", "return"}, Champion: {"champion", "champion"}, Election: {"election", "election"},
	Pledge: {"pledge", "pledge"}, PledgeRevised: {"pledge-revised", "pledge"}, PledgeWithdrawn: {"pledge-withdrawn", "pledge-withdrawn"}, Report: {"report", "report"},
	Adoption: {"adoption", "adoption"}, Finalisation: {"finalisation", "finalisation"}, Mandate: {"mandate", "mandate"}, MeetingHeld: {"meeting", "meeting"},
	Interpretation: {"interpretation", "interpretation"}, Remark: {"remark", "remark"},
}

var actByName = func() map[string]ActKind {
	m := make(map[string]ActKind, actKinds)
	for k := NoAct + 1; k < actKinds; k++ {
		m[actInfo[k].name] = k
	}
	return m
}()

// ActKinds returns every kind, in the order of the documentation.
func ActKinds() []ActKind {
	list := make([]ActKind, 0, actKinds-1)
	for k := NoAct + 1; k < actKinds; k++ {
		list = append(list, k)
	}
	return list
}

// String returns the name of k as it stands in filings, such as "vote-yes".
func (k ActKind) String() string {
	if k < actKinds {
		return actInfo[k].name
	}
	return ""
}

// Class returns the part of an act's identity that its kind gives: acts of one class, party, instrument and ordinal are the same act.
func (k ActKind) Class() string {
	if k < actKinds {
		return actInfo[k].class
	}
	return ""
}

// Ballot reports whether k is what a roll-call records of one party.
func (k ActKind) Ballot() bool { return k >= VoteYes && k <= VoteNotVoting }

// ParseActKind returns the kind with that name, or an Invalid fault that names the nearest.
func ParseActKind(s string) (ActKind, error) {
	if k, ok := actByName[s]; ok {
		return k, nil
	}
	return NoAct, Invalidf("%q is no kind of act", s).Hinted("`stocktake law --acts` lists them")
}

// MarshalText writes the name.
func (k ActKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name.
func (k *ActKind) UnmarshalText(b []byte) (err error) {
	*k, err = ParseActKind(string(b))
	return err
}

// ActID is the identity of one act in every source that tells of it: icerd/USA/consent/1, rc-6140/BRA, hun-leaves-gcm-2018.
type ActID string

// TreatyActID returns the identity of an act towards a treaty: treaty, party, class of the kind, and which one of them it is, from 1.
func TreatyActID(in InstrumentID, p PartyID, k ActKind, ordinal int) ActID {
	return ActID(string(in) + "/" + string(p) + "/" + k.Class() + "/" + itoa(ordinal))
}

// BallotID returns the identity of one party's vote in one roll-call.
func BallotID(rollCall string, p PartyID) ActID { return ActID("rc-" + rollCall + "/" + string(p)) }

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// An Act is what one source says of one act. Several sources may tell of the same act (same ID), in one filing or in many; all are kept.
// Announced, Done, Notified and Effect are four days of one act, each only as exact as the source; a day that is not stated stays empty.
// Only Done, Notified and Effect move a standing, as the law says; an announcement never does.
type Act struct {
	ID         ActID         `json:"id"`
	Party      PartyID       `json:"party"` // a state, or the organ, meeting or group that acted
	Instrument InstrumentID  `json:"instrument"`
	Kind       ActKind       `json:"kind"`
	Announced  Date          `json:"announced,omitzero"`
	Done       Date          `json:"done,omitzero"`
	Notified   Date          `json:"notified,omitzero"`
	Effect     Date          `json:"effect,omitzero"`
	Source     SourceID      `json:"source"`
	Organ      string        `json:"organ,omitempty"`   // organ or office of the party that acted
	Person     Sheeted       `json:"person,omitzero"`   // who acted, where it matters
	Meeting    string        `json:"meeting,omitempty"` // where
	Summary    string        `json:"summary,omitempty"` // one sentence of ours
	Quotes     []Quote       `json:"quotes,omitempty"`  // the source's words, and the government's own
	Text       *ActText      `json:"text,omitempty"`    // full text of a reservation, declaration, explanation
	Provisions []ProvisionID `json:"provisions,omitempty"`
	Objects    ActID         `json:"objects,omitempty"`  // the act that this one answers: the reservation objected to, the vote meant otherwise
	Reckoned   []string      `json:"reckoned,omitempty"` // days that are our reckoning: "done", "effect"; the note says how
	Confidence string        `json:"confidence,omitempty"`
	Note       string        `json:"note,omitempty"`
}

// ActText is the text of an act, such as a reservation.
type ActText struct {
	Lang  string  `json:"lang,omitempty"`
	Words Sheeted `json:"words"`
}

// Phase is one of the four days of an act.
type Phase uint8

const (
	PhaseAnnounced Phase = iota
	PhaseDone
	PhaseNotified
	PhaseEffect
)

var phaseNames = [...]string{"announced", "done", "notified", "effect"}

// String returns the name of the phase as in filings.
func (p Phase) String() string { return phaseNames[p&3] }

// ParsePhase returns the phase with that name.
func ParsePhase(s string) (Phase, error) {
	for i, n := range phaseNames {
		if n == s {
			return Phase(i), nil
		}
	}
	return 0, Invalidf("%q is no phase of an act", s).Hinted("one of %s", strings.Join(phaseNames[:], ", "))
}

// MarshalText writes the name.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name.
func (p *Phase) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePhase(string(b))
	return err
}

// Day returns the day that a states for p; zero where it states none.
func (a Act) Day(p Phase) Date {
	return [...]Date{a.Announced, a.Done, a.Notified, a.Effect}[p&3]
}

// A RollCall is one recorded vote. ID is the identity that the source gives it (the rcid of the data set). Ballots are party ids in
// order, parted by spaces. Part says what was voted on where it was not the text as a whole: "amendment", "paragraph", "amendment to a paragraph".
type RollCall struct {
	ID         string       `json:"id"`
	Instrument InstrumentID `json:"instrument"`
	Symbol     string       `json:"symbol,omitempty"` // as the source writes it
	Session    int          `json:"session,omitempty"`
	Date       Date         `json:"date"`
	Part       string       `json:"part,omitempty"`
	Label      string       `json:"label,omitempty"` // short label as the source gives it
	Issues     []string     `json:"issues,omitempty"`
	Yes        string       `json:"yes,omitempty"`
	No         string       `json:"no,omitempty"`
	Abstain    string       `json:"abstain,omitempty"`
	Absent     string       `json:"absent,omitempty"`     // recorded as absent by the source
	NotVoting  string       `json:"not_voting,omitempty"` // recorded as not voting by the source
	Source     SourceID     `json:"source"`
}

// Ballots calls f for each party and what it did, in the order yes, no, abstain, absent, not voting.
func (r RollCall) Ballots(f func(PartyID, ActKind)) {
	for _, l := range [...]struct {
		list string
		kind ActKind
	}{{r.Yes, VoteYes}, {r.No, VoteNo}, {r.Abstain, VoteAbstain}, {r.Absent, VoteAbsent}, {r.NotVoting, VoteNotVoting}} {
		for rest := l.list; rest != ""; {
			id, tail, _ := strings.Cut(rest, " ")
			f(PartyID(id), l.kind)
			rest = tail
		}
	}
}

// A Measure is what an organ of a state did at home that bears on provisions: law, order, budget, ruling, agreement. It carries no verdict.
type Measure struct {
	ID         string        `json:"id"`
	Party      PartyID       `json:"party"`
	Organ      string        `json:"organ,omitempty"`
	Kind       string        `json:"kind"` // law, order, proclamation, memorandum, determination, budget, ruling, agreement, statement
	Title      string        `json:"title"`
	Date       Date          `json:"date"`
	Force      string        `json:"force"` // announced, in force, stayed, revoked, unknown
	Provisions []ProvisionID `json:"provisions,omitempty"`
	Instrument InstrumentID  `json:"instrument,omitempty"`
	Revokes    string        `json:"revokes,omitempty"` // id of a measure that this one ends
	Source     SourceID      `json:"source"`
	Quotes     []Quote       `json:"quotes,omitempty"`
	Note       string        `json:"note,omitempty"`
}
