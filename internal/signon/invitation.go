package signon

import (
	"stocktake/internal/store"
)

// An Invitation is a link by which one organisation can answer. Of the link nothing is kept but the hash of its token; a reminder makes a new
// one, and the earlier ones go on working.
type Invitation struct {
	ID          string     `json:"id"` // the asking's id, a slash, and letters
	Rev         int64      `json:"-"`
	Asking      string     `json:"asking"`
	Endorsement string     `json:"endorsement"`
	Org         string     `json:"org"`
	Tokens      []string   `json:"tokens"`            // SHA-256 of each, hexadecimal
	Handed      []string   `json:"handed,omitempty"`  // those of Tokens that were not mailed, but shown to a convenor: using one proves no mailbox
	Mailbox     string     `json:"mailbox,omitempty"` // where it goes; none: the link is copied into a chat
	Lang        string     `json:"lang"`
	By          By         `json:"by"`
	Made        Day        `json:"made"`
	Sent        Day        `json:"sent,omitempty"`
	Reminded    []Reminded `json:"reminded,omitempty"`
	Quiet       bool       `json:"quiet,omitempty"` // whoever got it wants no reminders
	Back        Day        `json:"back,omitempty"`  // taken back
	Anonymised  Day        `json:"anonymised,omitempty"`
}

// Reminded is that a reminder went out, and which of those that the asking has.
type Reminded struct {
	Slot int `json:"slot"` // from 1
	Day  Day `json:"day"`
}

func (i *Invitation) item() (string, string, *int64) { return "signon-invitation", i.ID, &i.Rev }

func (i *Invitation) keys() (keys []store.Key) {
	for _, t := range i.Tokens {
		keys = append(keys, store.Key{Name: "token", Value: t, Unique: true})
	}
	keys = append(keys, store.Key{Name: "endorsement", Value: i.Endorsement})
	if i.By.Actor == Admin {
		keys = append(keys, store.Key{Name: "by", Value: clip(i.Asking + "/" + i.By.ID)})
	}
	return keys
}
