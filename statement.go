package stocktake

import "strconv"

// A Statement is what a text by named organisations says: whom it calls on for what, what its signers undertake, which acts it tells of.
// What it says of anyone is its claim, never the record's voice. Offsets are Unicode code points in the normalised text, whose SHA-256
// is TextSHA256; its source carries the archived copy.
type Statement struct {
	Instrument  InstrumentID  `json:"instrument"`
	Version     int           `json:"version"`
	Lang        string        `json:"lang,omitempty"`
	TextSHA256  string        `json:"text_sha256"`
	Source      SourceID      `json:"source"`
	Dateline    string        `json:"dateline,omitempty"` // as printed
	Place       string        `json:"place,omitempty"`
	Date        Date          `json:"date,omitzero"`
	Cites       []Mention     `json:"cites,omitempty"`    // instruments
	States      []Mention     `json:"states,omitempty"`   // parties named
	Recounts    []Mention     `json:"recounts,omitempty"` // acts it tells of: ID is the act's, where the record has it
	Calls       []Call        `json:"calls,omitempty"`
	Undertakes  []Undertaking `json:"undertakes,omitempty"`
	Claims      []Mention     `json:"claims,omitempty"`
	Signatories []NamePrinted `json:"signatories,omitempty"`
	Missing     []string      `json:"missing,omitempty"` // what a reader would expect and the text does not have

	// A statement that was made here, not read from a printed text, has these too.
	Languages []Expression `json:"languages,omitempty"` // of this version; the authoritative one is also Lang, TextSHA256 and Source
	Coalition PartyID      `json:"coalition,omitempty"` // who issues it
	Change    ChangeClass  `json:"change,omitempty"`    // against the version before: typographic or substantive
	Note      string       `json:"note,omitempty"`      // what was changed, in the editor's words
	Confirm   Date         `json:"confirm,omitzero"`    // after a substantive change: the last day to give an endorsement again
	Contacts  Sheeted      `json:"contacts,omitzero"`   // the contact block that goes out with it
	ListHash  string       `json:"list,omitempty"`      // SHA-256 of the list of names at publication, as docs/formats.md lays it out; salted
	Published string       `json:"published,omitempty"` // the instant of the embargo or of the release, RFC 3339, UTC
	Rehearsal bool         `json:"rehearsal,omitempty"` // a demonstration, shown as one on every form
	Opens     *Opening     `json:"opens,omitempty"`     // that text and list were fixed before
}

// A Mention is a place in a statement's text and what it means. ID is empty where the record has no such thing.
type Mention struct {
	ID    string  `json:"id,omitempty"`
	Start int     `json:"start"`
	End   int     `json:"end"`
	Quote Sheeted `json:"quote"`
}

// NamePrinted is a name under a statement as printed in its source; nothing about it was verified.
type NamePrinted struct {
	Name  Sheeted `json:"name"`
	Start int     `json:"start"`
	End   int     `json:"end"`
}

func (s *Statement) eachSheeted(do func(path string, s *Sheeted)) {
	mentions := func(name string, list []Mention) {
		for i := range list {
			do("statement/"+name+"/"+strconv.Itoa(i)+"/quote", &list[i].Quote)
		}
	}
	mentions("cites", s.Cites)
	mentions("states", s.States)
	mentions("recounts", s.Recounts)
	for i := range s.Calls {
		do("statement/calls/"+strconv.Itoa(i)+"/quote", &s.Calls[i].Quote)
	}
	for i := range s.Undertakes {
		do("statement/undertakes/"+strconv.Itoa(i)+"/quote", &s.Undertakes[i].Quote)
	}
	mentions("claims", s.Claims)
	for i := range s.Signatories {
		do("statement/signatories/"+strconv.Itoa(i)+"/name", &s.Signatories[i].Name)
	}
	if !s.Contacts.IsZero() {
		do("statement/contacts", &s.Contacts)
	}
}
