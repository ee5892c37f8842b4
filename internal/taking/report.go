package taking

import "stocktake"

// Format is the version of the format of a stocktake. A later release reads and writes every earlier one as it was.
const Format = "stocktake-take/1"

// A Report is a stocktake. Its canonical JSON (RFC 8785) is what is hashed, entered in the log and compared: it has no clock in it, and no
// words that may one day have to go.
type Report struct {
	Format     string            `json:"format"`
	Scope      Scope             `json:"scope"`
	On         string            `json:"on"`
	Known      string            `json:"known"`
	Head       int64             `json:"head"`
	Filing     string            `json:"filing"` // SHA-256 of the newest filing at that head: it fixes what stood before it
	Rubric     *stocktake.Rubric `json:"rubric"`
	Parties    []Party           `json:"parties"`
	Provisions []Provision       `json:"provisions"`
	Standings  []Standing        `json:"standings"` // party by instrument, in the order of parties, then of instruments
	Cells      []Cell            `json:"cells"`     // party by provision, in that order
	Calls      []Call            `json:"calls"`     // on the parties, about the instruments of the scope
	Again      []Again           `json:"again"`     // what was recommended in more than one cycle
	Unknown    []Unknown         `json:"unknown"`   // what was looked for and not found
	Newest     []Newest          `json:"newest"`    // how old the newest act is, by party
	Tables     []Table           `json:"tables"`    // the vintages of the figures
	Sources    []Source          `json:"sources"`   // of everything that is named, by id
	Counts     Counts            `json:"counts"`
}

// A Party of the scope. Via is the group through which it came in, where it did.
type Party struct {
	ID   stocktake.PartyID `json:"id"`
	Name string            `json:"name"`
	Via  stocktake.PartyID `json:"via,omitempty"`
}

// A Provision of the scope, with the instrument that it is part of.
type Provision struct {
	ID         stocktake.ProvisionID  `json:"id"`
	Number     string                 `json:"number"`
	Title      string                 `json:"title"`
	Instrument stocktake.InstrumentID `json:"instrument"`
	Of         string                 `json:"of"`      // title of the instrument
	Binding    bool                   `json:"binding"` // a treaty: "bound"; else "undertakes"
}

// A Standing is where a party stands towards an instrument on the day, and where it stood on the day of the last stocktake, both as known
// now. Moved says that the two differ.
type Standing struct {
	Party      stocktake.PartyID      `json:"party"`
	Instrument stocktake.InstrumentID `json:"instrument"`
	Word       string                 `json:"word"`
	Bound      *bool                  `json:"bound"`
	Since      *stocktake.Date        `json:"since"`
	Unsure     bool                   `json:"unsure"`
	Disputed   int                    `json:"disputed"` // acts of which sources tell differently
	Ends       *stocktake.Date        `json:"ends"`     // how far the record reaches here
	Before     string                 `json:"before,omitempty"`
	Moved      bool                   `json:"moved"`
	Acts       []Act                  `json:"acts"` // those that count, oldest first
}

// An Act that counts in a standing. New says that it came after the last stocktake; Maybe that its day does not tell.
type Act struct {
	ID      stocktake.ActID        `json:"id"`
	Kind    stocktake.ActKind      `json:"kind"`
	Date    stocktake.Date         `json:"date"`
	Via     stocktake.InstrumentID `json:"via,omitempty"`
	New     bool                   `json:"new"`
	Maybe   bool                   `json:"maybe,omitempty"`
	Sources []stocktake.SourceID   `json:"sources"`
}

// A Cell is one party and one provision. Gaps are what is missing, in the words of GapWords.
type Cell struct {
	Party       stocktake.PartyID     `json:"party"`
	Provision   stocktake.ProvisionID `json:"provision"`
	Measures    []Measure             `json:"measures"`
	Assessed    []Assessment          `json:"assessed"` // newest first; the first is the one that stands
	Change      string                `json:"change"`   // of the assessment since the last stocktake: see Changes
	Recommended []Recommendation      `json:"recommended"`
	Figures     []Figure              `json:"figures"`
	Gaps        []string              `json:"gaps"`
}

// A Measure that bears on the provision.
type Measure struct {
	ID     string             `json:"id"`
	Kind   string             `json:"kind"`
	Title  string             `json:"title"`
	Organ  string             `json:"organ,omitempty"`
	Date   stocktake.Date     `json:"date"`
	Force  string             `json:"force"`
	New    bool               `json:"new"`
	Source stocktake.SourceID `json:"source"`
}

// An Assessment as it is cited: its words and the person's name stand in its filing.
type Assessment struct {
	ID       stocktake.AssessmentID     `json:"id"`
	Rubric   stocktake.RubricID         `json:"rubric"`
	Period   stocktake.Date             `json:"period"`
	Step     string                     `json:"step"`
	Word     string                     `json:"word"` // of the step, in the rubric by which it was made
	By       string                     `json:"by"`
	Interest string                     `json:"interest"`
	Approved string                     `json:"approved,omitempty"`
	Criteria []stocktake.CriterionFound `json:"criteria"`
	Evidence []stocktake.Evidence       `json:"evidence"` // quotes by their commitment
	Dissent  []stocktake.Dissent        `json:"dissent"`
	Replies  []string                   `json:"replies"` // ids
	Date     stocktake.Date             `json:"date"`
	Filing   string                     `json:"filing"` // SHA-256
	New      bool                       `json:"new"`
}

// A Recommendation as it is cited.
type Recommendation struct {
	ID       string              `json:"id"`
	Cycle    int                 `json:"cycle,omitempty"`
	From     []stocktake.PartyID `json:"from"`
	Response string              `json:"response"`
	Date     stocktake.Date      `json:"date,omitzero"`
	Became   string              `json:"became,omitempty"` // what the ledger says, where acts can tell
	When     *stocktake.Date     `json:"when,omitempty"`
	Source   stocktake.SourceID  `json:"source"`
}

// Again is what a party was recommended in more than one cycle. Asks says what makes them the same.
type Again struct {
	Party  stocktake.PartyID `json:"party"`
	Asks   string            `json:"asks"`
	Cycles []int             `json:"cycles"`
	IDs    []string          `json:"ids"`
	Became string            `json:"became,omitempty"`
	When   *stocktake.Date   `json:"when,omitempty"`
}

// A Figure is the newest value of a series for a party by the day, and the periods before it.
type Figure struct {
	Series stocktake.SeriesID `json:"series"`
	Title  string             `json:"title"`
	Unit   string             `json:"unit"`
	Side   string             `json:"side"`
	Points []Point            `json:"points"` // oldest first; the last is the newest
}

// A Point is one value. Value is null where it was not reported; Rounded is the multiple to which small figures of the series are rounded.
type Point struct {
	Period  string            `json:"period"`
	Value   *float64          `json:"value"`
	Rounded int               `json:"rounded,omitempty"`
	Table   stocktake.TableID `json:"table"`
}

// A Call on a party, and what became of it by the day.
type Call struct {
	ID        string                 `json:"id"`
	Statement stocktake.InstrumentID `json:"statement"`
	Title     string                 `json:"title"`
	Party     stocktake.PartyID      `json:"party"`
	Status    stocktake.CallStatus   `json:"status"`
	Unsure    bool                   `json:"unsure"`
	Made      *stocktake.Date        `json:"made"`
	When      *stocktake.Date        `json:"when"`
}

// Unknown is what was looked for and not found, about an instrument or a party of the scope.
type Unknown struct {
	About  string `json:"about"`
	What   string `json:"what"`
	Looked string `json:"looked,omitempty"`
}

// Newest is the newest act of a party among those that count in its standings, and how many days old it was on the day of the stocktake.
type Newest struct {
	Party stocktake.PartyID `json:"party"`
	Act   stocktake.ActID   `json:"act,omitempty"`
	Date  *stocktake.Date   `json:"date"`
	Days  *int              `json:"days"`
}

// A Table is the vintage of figures: which file answered.
type Table struct {
	ID     stocktake.TableID  `json:"id"`
	Title  string             `json:"title"`
	Source stocktake.SourceID `json:"source"`
	SHA256 string             `json:"sha256"`
}

// A Source as it is cited.
type Source struct {
	ID        stocktake.SourceID `json:"id"`
	Title     string             `json:"title"`
	Publisher string             `json:"publisher,omitempty"`
	Address   string             `json:"address,omitempty"`
	Published stocktake.Date     `json:"published,omitzero"`
	Read      stocktake.Date     `json:"read,omitzero"`
	SHA256    string             `json:"sha256,omitempty"`
}

// Counts of the cells.
type Counts struct {
	Cells      int `json:"cells"`
	Assessed   int `json:"assessed"`
	NoEvidence int `json:"no_evidence"` // assessed as "no evidence available"
	Measures   int `json:"measures"`
	NewActs    int `json:"new_acts"`
	Moved      int `json:"moved"`
	OpenCalls  int `json:"open_calls"`
}

// Changes are what may have become of an assessment since the last stocktake.
const (
	NoChange      = "none"    // the step is the same, or there was none before and is none now
	FirstAssessed = "first"   // there was none before
	StepChanged   = "step"    // another step, by the same rubric
	RubricChanged = "rubric"  // by another rubric: the steps are not compared
	NotAgain      = "not-yet" // there was one before, and none for this time
)

// Gaps are what a cell may lack.
const (
	GapStanding    = "standing"
	GapActs        = "acts"
	GapMeasures    = "measures"
	GapAssessment  = "assessment"
	GapFigures     = "figures"
	GapFiguresOld  = "figures-old"
	GapRecommended = "recommendations"
)

// GapWords are the gaps as pages and documents say them.
func GapWords() map[string]string {
	return map[string]string{
		GapStanding:    "nothing in the record says where it stands",
		GapActs:        "no act on record since the last stocktake",
		GapMeasures:    "no measure on record that bears on this",
		GapAssessment:  "nobody has assessed this by the rubric of this stocktake",
		GapFigures:     "no figures on record",
		GapFiguresOld:  "the newest figures are more than two years old",
		GapRecommended: "no recommendation on record that bears on this",
	}
}
