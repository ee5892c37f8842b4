package record

import (
	"stocktake"
)

// roll is one roll-call in every edition that tells of it.
type roll struct {
	id     string
	claims []rollClaim // in the order of filing
}

// rollClaim is one edition's version of a roll-call.
type rollClaim struct {
	occ, occAbsent int32 // occAbsent: occasion of its absences, which other editions may not have
	instr          uint32
	date           stocktake.Date
	session        int16
	label          string
	symbol         string
	part           string
	issues         []string
	ballots        []byte // by party number: act kind, 0 for none; shared between equal editions
}

// RollCallView is a roll-call as of some known and head. Parties holds what each party did: yes, no, abstain, absent, "not voting".
type RollCallView struct {
	ID         string                       `json:"id"`
	Instrument stocktake.InstrumentID       `json:"instrument"`
	Symbol     string                       `json:"symbol"`
	Session    int                          `json:"session"`
	Date       stocktake.Date               `json:"date"`
	Part       string                       `json:"part,omitempty"`
	Label      string                       `json:"label,omitempty"`
	Issues     []string                     `json:"issues,omitempty"`
	Yes        int                          `json:"yes"`
	No         int                          `json:"no"`
	Abstain    int                          `json:"abstain"`
	Absent     int                          `json:"absent"`
	NotVoting  int                          `json:"not_voting"`         // all members without a yes, no or abstention; absent ones among them
	Derived    bool                         `json:"not_voting_derived"` // from membership, because no source lists absences
	Parties    map[stocktake.PartyID]string `json:"parties,omitempty"`
	Source     stocktake.SourceID           `json:"source"`
	Filing     int64                        `json:"filing"`
	On         string                       `json:"on,omitempty"`
	Known      string                       `json:"known"`
	Head       int64                        `json:"head"`
}

// current returns the claim of a roll-call that counts at the coordinates: the latest known among those visible.
func (r *Record) current(rc *roll, known, head int64) *rollClaim {
	var best *rollClaim
	for i := range rc.claims {
		c := &rc.claims[i]
		o := &r.occs[c.occ]
		if o.filing > head || o.known > known {
			continue
		}
		if best == nil {
			best = c
			continue
		}
		b := &r.occs[best.occ]
		if o.known > b.known || o.known == b.known && o.filing > b.filing {
			best = c
		}
	}
	return best
}
