package stocktake

import "strconv"

// An Expression is one version of a statement in one language. The text is an archived copy, without names and contacts; Source carries it.
// Who translated and checked is an office or an organisation, never left out for a translation.
type Expression struct {
	Lang          string   `json:"lang"` // BCP 47
	Title         string   `json:"title"`
	Subtitle      string   `json:"subtitle,omitempty"`
	TextSHA256    string   `json:"text_sha256"` // of the normalised text, UTF-8
	Source        SourceID `json:"source"`
	Authoritative bool     `json:"authoritative,omitempty"` // one alone is
	TranslatedBy  string   `json:"translated_by,omitempty"`
	CheckedBy     string   `json:"checked_by,omitempty"`
}

// A ChangeClass says what an edit of a published statement does to those who endorsed it. The editor chooses it with the difference in view.
type ChangeClass string

// The classes of change.
const (
	Typographic ChangeClass = "typographic" // endorsements stay
	Substantive ChangeClass = "substantive" // endorsements lapse until they are given again, with a deadline
)

// An Opening shows that a text and its list were fixed before they were published: Content, under Key, is the commitment that stood in
// a slot of a seal of the log (leaf kind "seal"), which was added to the log before the statement was.
type Opening struct {
	Leaf    int64    `json:"leaf"`    // index of the seal in the log, from 0
	Slot    int      `json:"slot"`    // 0 to 255
	Key     string   `json:"key"`     // 32 bytes in hexadecimal: the key of the HMAC-SHA-256
	Content string   `json:"content"` // RFC 8785 JSON that names the statement, the hashes of its texts and the hash of its list
	Proof   []string `json:"proof"`   // eight hashes in hexadecimal: that the slot stands under the seal
}

// A Retraction says that a statement, or one version of it, was taken back by those who issued it. Its text goes by a takedown; this is
// what its page says afterwards. Ground is one of RetractionGrounds.
type Retraction struct {
	Statement InstrumentID `json:"statement"`
	Version   int          `json:"version,omitempty"` // 0: all of it
	On        Date         `json:"on"`
	Ground    string       `json:"ground"`
	Note      string       `json:"note,omitempty"`
}

// endorsedSheets calls do for every text of the list that may have to go.
func endorsedSheets(list []Endorsed, do func(path string, s *Sheeted)) {
	for i := range list {
		e, path := &list[i], "endorsements/"+strconv.Itoa(i)
		if !e.Org.IsZero() {
			do(path+"/org", &e.Org)
		}
		for j := range e.Names {
			do(path+"/names/"+strconv.Itoa(j)+"/name", &e.Names[j].Name)
		}
		if !e.Office.IsZero() {
			do(path+"/office", &e.Office)
		}
	}
}
