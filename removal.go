package stocktake

import "strings"

// A Removal takes something away for good: a sheet, named by filing and commitment, or an archived copy, named by file. What it held is gone
// from here; the commitment stays in the bytes of the filing, and the hash of the copy with its source.
type Removal struct {
	Filing     string `json:"filing,omitempty"`     // SHA-256 of the public bytes of the filing whose sheet goes
	Commitment string `json:"commitment,omitempty"` // of the sheet
	File       string `json:"file,omitempty"`       // SHA-256 of the archived copy that goes; then neither filing nor commitment
	Ground     string `json:"ground"`               // erasure-request, consent-withdrawn, court-order, danger, rights, mistake
	Note       string `json:"note,omitempty"`       // on the ground, in our own words, and none of those that go
	By         string `json:"by"`                   // office or role
}

// RemovalGrounds are the classes of reason for which something is taken away.
func RemovalGrounds() []string {
	return []string{"erasure-request", "consent-withdrawn", "court-order", "danger", "rights", "mistake"}
}

// ParseGround reads a class of reason, with spaces or hyphens, in any case: "Court order" is court-order. ok is false where it is none.
func ParseGround(s string) (ground string, ok bool) {
	s = strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == '-' || r == '_' }), "-")
	for _, g := range RemovalGrounds() {
		if g == s {
			return g, true
		}
	}
	return "", false
}

// Why is the ground in words, with the note.
func (r *Removal) Why() string {
	s := strings.ReplaceAll(r.Ground, "-", " ")
	if r.Note != "" {
		s += ": " + r.Note
	}
	return s
}
