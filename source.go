package stocktake

import "time"

// SourceID names a source or one edition of it, such as "un-ga-votes-2021-03" or "c13-euobserver".
type SourceID string

// A Source is where something was read. Title and Note are our own words.
type Source struct {
	ID        SourceID `json:"id"`
	Kind      string   `json:"kind,omitempty"`      // official, register, dataset, press, academic, civil-society, hand
	Series    string   `json:"series,omitempty"`    // what it is an edition of; editions of one series revise each other, other sources may conflict
	Edition   string   `json:"edition,omitempty"`   // as its publisher names it
	Title     string   `json:"title"`               // in our own words
	Publisher string   `json:"publisher,omitempty"` // as it names itself
	Address   string   `json:"address,omitempty"`   // URL or symbol
	Lang      string   `json:"lang,omitempty"`      // BCP 47
	Published Date     `json:"published,omitzero"`  // when it said so in public; not stated: unknown
	Known     string   `json:"known,omitempty"`     // exact moment, RFC 3339, where the source has one; goes before Published
	Read      Date     `json:"read,omitzero"`       // the day it was read
	Licence   string   `json:"licence,omitempty"`
	Copy      *Copy    `json:"copy,omitempty"`
	Note      string   `json:"note,omitempty"`
}

// A Copy is the archived copy of a source. State is "public" (the file is part of the record), "private" (only its hash is) or "absent".
type Copy struct {
	State  string `json:"state"`
	SHA256 string `json:"sha256,omitempty"`
	Bytes  int64  `json:"bytes,omitempty"`
	Media  string `json:"media,omitempty"`
	Name   string `json:"name,omitempty"`
}

// KnownBy returns the moment from which s counts as known: its exact moment, else the end of its date of publication, else the end of
// the day it was read, UTC. ok is false where none is stated.
func (s Source) KnownBy() (t time.Time, ok bool) {
	if s.Known != "" {
		if t, err := time.Parse(time.RFC3339Nano, s.Known); err == nil {
			return t.UTC(), true
		}
	}
	if t, ok := s.Published.End(); ok {
		return t, true
	}
	return s.Read.End()
}

// A Quote is the exact words of a source, at most 300 characters unless the text is free to carry.
type Quote struct {
	Exact  Sheeted  `json:"exact"`
	Source SourceID `json:"source,omitempty"` // empty: the source of the act it stands with
	Lang   string   `json:"lang,omitempty"`
	Page   string   `json:"page,omitempty"`
	By     string   `json:"by,omitempty"`  // office that spoke, such as "Permanent Mission to the United Nations"
	Own    bool     `json:"own,omitempty"` // the government's own words on its act, to stand beside it at equal size
}

// Coverage says what a source covers, until when, and what it cannot show. Instruments are ids or prefixes that end in "*"; Acts are
// act kinds, none meaning all; Parties are ids, none meaning all.
type Coverage struct {
	Source      SourceID  `json:"source"`
	Instruments []string  `json:"instruments,omitempty"`
	Kinds       []string  `json:"kinds,omitempty"` // instrument kinds
	Acts        []string  `json:"acts,omitempty"`
	Parties     []PartyID `json:"parties,omitempty"`
	From        Date      `json:"from,omitzero"`
	To          Date      `json:"to,omitzero"`
	CannotShow  []string  `json:"cannot_show,omitempty"` // in our own words, one caveat each
}
