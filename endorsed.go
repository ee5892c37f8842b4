package stocktake

// Endorsed is what the record says of one organisation and one statement from one filing on: that it endorses one exact version, or does
// not any more. A later filing with the same ID takes the place of the earlier one; all stay readable. Whoever declined, and whoever
// withdrew before publication, is in no filing.
//
// Org, Names and Office lie on sheets, so that an organisation in danger can have its name taken away; tier, road and state stay.
type Endorsed struct {
	ID         string           `json:"id"` // of the endorsement, random
	Statement  InstrumentID     `json:"statement"`
	Version    int              `json:"version"`
	TextSHA256 string           `json:"text_sha256"` // of the authoritative text that was endorsed
	State      EndorsementState `json:"state"`
	On         Date             `json:"on"` // the day on which it was given, withdrawn, struck
	Tier       Tier             `json:"tier,omitempty"`
	Org        Sheeted          `json:"org,omitzero"`      // registered domain, or an id of its own
	Country    string           `json:"country,omitempty"` // ISO 3166-1 alpha-3
	Names      []LangName       `json:"names,omitempty"`   // as it wants to be shown, by language; the first is for all others
	Office     Sheeted          `json:"office,omitzero"`   // office of who signed, where it is to be shown
	Authority  AuthorityClass   `json:"authority,omitempty"`
	Road       Road             `json:"road,omitempty"`
	Ground     string           `json:"ground,omitempty"`     // class of reason, where it was struck; never a text
	ChapterOf  string           `json:"chapter_of,omitempty"` // id of the endorsement of its parent on the same statement
	Status     string           `json:"status,omitempty"`     // consultative status with ECOSOC: general, special, roster
}

// LangName is a name in one language.
type LangName struct {
	Lang string  `json:"lang"`
	Name Sheeted `json:"name"`
}

// EndorsementState is where an endorsement stands in the public record.
type EndorsementState string

// The public states.
const (
	EndorsementListed   EndorsementState = "listed"
	EndorsementWithdrew EndorsementState = "withdrew" // after publication: stays readable as "withdrew on D"
	EndorsementWithheld EndorsementState = "withheld" // the name is kept back for safety; the endorsement counts
	EndorsementStruck   EndorsementState = "struck"   // taken off by the coalition, with a class of reason
	EndorsementLapsed   EndorsementState = "lapsed"   // a substantive change was not confirmed in time
)

// Tier is in what capacity somebody stands under a statement.
type Tier string

// The tiers.
const (
	TierAuthor      Tier = "author"
	TierSignatory   Tier = "signatory"
	TierSharesViews Tier = "shares the views"
	TierPersonal    Tier = "individual in a personal capacity"
)

// AuthorityClass is how it was shown that somebody may sign for an organisation.
type AuthorityClass string

// The classes of authority. None of them is shown as better than another.
const (
	AuthorityMailbox       AuthorityClass = "mailbox at the organisation's domain"
	AuthorityAdministrator AuthorityClass = "an administrator of the organisation here"
	AuthoritySecondOfficer AuthorityClass = "countersigned by a second officer"
	AuthorityCallBack      AuthorityClass = "called back through a registry"
	AuthorityConvenor      AuthorityClass = "the convenor's word"
	AuthorityImported      AuthorityClass = "imported, unverified"
	AuthorityPrinted       AuthorityClass = "as printed in the source"
)

// Verified reports whether the authority was verified here. The convenor's word, an imported sheet and a printed text are none.
func (c AuthorityClass) Verified() bool {
	switch c {
	case AuthorityMailbox, AuthorityAdministrator, AuthoritySecondOfficer, AuthorityCallBack:
		return true
	}
	return false
}

// Road is how an endorsement came in.
type Road string

// The roads.
const (
	RoadLink      Road = "link"
	RoadMail      Road = "e-mail"
	RoadTelephone Road = "telephone"
	RoadMeeting   Road = "meeting"
	RoadSheet     Road = "imported sheet"
	RoadPrinted   Road = "printed text"
)

// Counts reports whether an endorsement in that state is one of those that the statement has.
func (s EndorsementState) Counts() bool {
	return s == EndorsementListed || s == EndorsementWithheld
}

// StrikeGrounds are the classes of reason for which a coalition takes an endorsement off. No text is kept with them.
func StrikeGrounds() []string {
	return []string{"no authority", "same organisation twice", "no such organisation", "asked by the organisation", "rules of the coalition", "mistake"}
}

// RetractionGrounds are the classes of reason for which a statement is taken back.
func RetractionGrounds() []string {
	return append([]string{"withdrawn by its issuers"}, RemovalGrounds()...)
}
