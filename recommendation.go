package stocktake

// A Recommendation is what one state, or a body, recommended to a state in a review. Quote is its words; Response what the state under
// review said to it. Provisions are those that it bears on, as the filing's editor or importer links it, and Answer says which acts would
// do what it asks, where acts can. General comments are no recommendations to a state.
type Recommendation struct {
	ID         string        `json:"id"`     // "upr/SVN/3/112.8"
	Review     string        `json:"review"` // upr
	Cycle      int           `json:"cycle,omitempty"`
	Session    int           `json:"session,omitempty"`
	Party      PartyID       `json:"party"`            // the state under review
	From       []PartyID     `json:"from,omitempty"`   // who recommended
	Bodies     []string      `json:"bodies,omitempty"` // who recommended, where it is no party
	Number     string        `json:"number,omitempty"` // as printed: 112.8
	Date       Date          `json:"date,omitzero"`    // of the review
	Quote      Quote         `json:"quote"`
	Response   string        `json:"response"`          // supported, noted, unknown
	Printed    string        `json:"printed,omitempty"` // the response in the source's own word
	Labels     []string      `json:"labels,omitempty"`  // the source's subjects
	Action     int           `json:"action,omitempty"`  // the source's scale of how specific it is, 1 to 5
	Provisions []ProvisionID `json:"provisions,omitempty"`
	Answer     *Answer       `json:"answer,omitempty"`
	Source     SourceID      `json:"source"`
	Note       string        `json:"note,omitempty"`
}

// Responses are what a state under review may have said to a recommendation.
func Responses() []string { return []string{"supported", "noted", "unknown"} }
