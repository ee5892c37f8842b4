package ingest

// A Draft is what Read found in one text. Lists are in the order of the text and never null in JSON; a value that the text does not give is
// null. The caller owns it.
type Draft struct {
	Title        *Span        `json:"title"`
	Subtitle     *Span        `json:"subtitle"`
	Dateline     *Dateline    `json:"dateline"`
	Issuers      []Entry      `json:"issuers"`     // how the issuers describe themselves, such as "the undersigned organisations"
	Addressees   []Addressee  `json:"addressees"`  // each addressee once: of the calls, and of a salutation
	Instruments  []Instrument `json:"instruments"` // each instrument once
	Symbols      []Entry      `json:"symbols"`     // UN document symbols, each written form once
	States       []State      `json:"states"`      // each written form once
	Acts         []Act        `json:"acts"`
	Calls        []Call       `json:"calls"`
	Undertakings []Entry      `json:"undertakings"`
	Claims       []Entry      `json:"claims"` // claims of fact in the issuers' own voice; one without a source has a flag of the same place
	Signatories  []Signatory  `json:"signatories"`
	Contacts     []Contact    `json:"contacts"`
	Provisions   []Provision  `json:"provisions"`  // numbered parts of instruments that the text cites, each place
	Embargo      *Embargo     `json:"embargo"`     // the line that holds the text back
	EndMark      *Span        `json:"end_mark"`    // "###", "ENDS"
	Boilerplate  []Entry      `json:"boilerplate"` // paragraphs in which issuers describe themselves
	Flags        []Flag       `json:"flags"`
	Text         string       `json:"text"`   // the normalised text that all offsets refer to
	SHA256       string       `json:"sha256"` // of the UTF-8 bytes of Text, lower-case hex
}

// A Span is a place in the text: Text is the code points of Draft.Text from Start up to, not including, End.
type Span struct {
	Text  string `json:"text"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// Confidence says how sure the reader is of an entry. It is a word, not a measure: rules give it, nothing was counted.
type Confidence string

// The confidences.
const (
	High   Confidence = "high"   // the form leaves little doubt
	Medium Confidence = "medium" // the form is usual for this, and for other things too
	Low    Confidence = "low"    // a person should look before using it
)

// An Entry is one thing found. Quote is the exact substring, equal to Text.
type Entry struct {
	Span
	Quote      string     `json:"quote"`
	Confidence Confidence `json:"confidence"`
}

// A Dateline is where and when the text says it was issued. Place is as printed. Date is ISO 8601 and no finer than the text: "2017-12-04",
// "2017-12", or "2017-12-04/2017-12-06" for a span of days; null where the text gives none, no year, or one that can be read two ways.
// Inferred says which of "place" and "date" no line of issue gives, and were taken from elsewhere in the text; each has a flag of its place.
type Dateline struct {
	Place *string `json:"place"`
	Date  *string `json:"date"`
	Span
	Inferred []string `json:"inferred,omitempty"`
}

// An Addressee is somebody the text turns to. ID is the party's in the list of names, where the words are that party and nothing more.
type Addressee struct {
	Entry
	ID *string `json:"id"`
}

// An Instrument is a text, process or forum that the statement names. The span is its fullest mention, with the abbreviation in brackets
// that follows it; Mentions are all others, in the order of the text.
type Instrument struct {
	Entry
	ID       *string `json:"id"`
	Mentions []Span  `json:"mentions"`
}

// A State is one written form of a party's name, at its first place.
type State struct {
	Entry
	ID *string `json:"id"`
}

// An Act is something that the text says a party did towards an instrument. Kind is a name of stocktake.ActKind, such as "withdrawal".
// Instrument is the talks' own id where the act is about the talks and not about the text they lead to.
type Act struct {
	Entry
	Party      *string `json:"party"`
	Instrument *string `json:"instrument"`
	Kind       string  `json:"kind"`
}

// A Call is what the issuers ask of somebody. Verb is as printed, such as "call upon". The span runs from the verb to the end of its clause,
// or is one item of the list that the clause opens. Addressee is as printed, null for a call on nobody in particular.
type Call struct {
	Verb        string  `json:"verb"`
	Addressee   *string `json:"addressee"`
	AddresseeID *string `json:"addressee_id"`
	Entry
}

// A Signatory is one name under the text, list marks off. Name is the entry without an abbreviation in brackets at its end.
type Signatory struct {
	Entry
	Name         string `json:"name"`
	Abbreviation string `json:"abbreviation,omitempty"`
}

// A Contact is whom the text says to ask. The span is the whole entry, one line or several.
type Contact struct {
	Entry
	Email *string `json:"email"`
	Phone *string `json:"phone"` // as printed
}

// A Provision is a numbered part of an instrument. Instrument is that instrument's fullest name in the text, ID its id; null where the text
// does not tell.
type Provision struct {
	Entry
	Instrument *string `json:"instrument"`
	ID         *string `json:"id"`
}

// An Embargo is the line that says until when the text may not go out, with its day in ISO 8601, its hour and its zone as printed.
type Embargo struct {
	Span
	Date *string `json:"date"`
	Time *string `json:"time"`
	Zone *string `json:"zone"`
}

// A Flag is something that a person should look at. Start and End are absent where it is about no place in the text.
type Flag struct {
	Code    FlagCode `json:"code"`
	Message string   `json:"message"`
	Start   *int     `json:"start,omitempty"`
	End     *int     `json:"end,omitempty"`
}

// FlagCode names a kind of flag.
type FlagCode string

// The kinds of flag.
const (
	FlagNotUTF8       FlagCode = "not-utf8"            // bytes that are no UTF-8 were replaced
	FlagLanguage      FlagCode = "language"            // some or all rules do not know the language of the text
	FlagNoTitle       FlagCode = "no-title"            // the text starts without a title
	FlagDate          FlagCode = "date"                // a date that is incomplete or can be read two ways
	FlagNoDateline    FlagCode = "no-dateline"         // neither place nor day of issue was found
	FlagEmbargo       FlagCode = "embargo"             // the text says that it may not go out yet
	FlagNoSource      FlagCode = "no-source"           // a claim of fact without a source
	FlagTalks         FlagCode = "talks"               // an act about talks that the list of names does not hold
	FlagNoSignatories FlagCode = "no-signatories"      // the text speaks of signers, and none are printed
	FlagContact       FlagCode = "contact-missing"     // a line announces a contact, and nothing follows
	FlagAmbiguousName FlagCode = "ambiguous-name"      // the list of names gives one form to several things
	FlagInLine        FlagCode = "signatories-in-line" // signatories in one line were parted at commas
	FlagTooLong       FlagCode = "too-long"            // a text that is too long to be read
	FlagInferred      FlagCode = "inferred"            // a date or place of issue that was taken from elsewhere in the text
	FlagCount         FlagCode = "signatory-count"     // the text states another number of signers than were found
)
