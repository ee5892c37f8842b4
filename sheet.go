package stocktake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Sheeted is text that may one day have to go: a person's name, a contact, an extract, a quotation. In a draft it is a JSON string.
// In the public bytes of a filing it is {"commitment":"<64 hex>"}, and the words lie on a sheet beside them, so that taking the sheet
// away breaks no hash. After reading back, Text holds the words, or is empty where the sheet is gone.
type Sheeted struct {
	Text       string
	Commitment string
}

// Plain returns a Sheeted that holds words and no commitment yet.
func Plain(text string) Sheeted { return Sheeted{Text: text} }

// IsZero reports whether there is neither text nor commitment, for the omitzero tag.
func (s Sheeted) IsZero() bool { return s.Text == "" && s.Commitment == "" }

// Gone reports whether words were committed to and are not here any more.
func (s Sheeted) Gone() bool { return s.Commitment != "" && s.Text == "" }

// MarshalJSON writes the commitment where there is one, and the words otherwise.
func (s Sheeted) MarshalJSON() ([]byte, error) {
	if s.Commitment != "" {
		return []byte(`{"commitment":"` + s.Commitment + `"}`), nil
	}
	return json.Marshal(s.Text)
}

// UnmarshalJSON reads either form.
func (s *Sheeted) UnmarshalJSON(b []byte) error {
	*s = Sheeted{}
	if len(b) > 0 && b[0] == '{' {
		var c struct {
			Commitment string `json:"commitment"`
		}
		if err := json.Unmarshal(b, &c); err != nil {
			return err
		}
		if raw, err := hex.DecodeString(c.Commitment); err != nil || len(raw) != sha256.Size {
			return fmt.Errorf("commitment %q is not 64 hexadecimal digits", c.Commitment)
		}
		s.Commitment = c.Commitment
		return nil
	}
	return json.Unmarshal(b, &s.Text)
}

// A Sheet opens one commitment of one filing. Path says where it stands, as in "acts/3/quotes/0/exact"; Kind is the last part of it.
// Salt is 32 random bytes, as 64 hexadecimal digits.
type Sheet struct {
	Path       string `json:"path"`
	Commitment string `json:"commitment"`
	Salt       string `json:"salt"`
	Text       string `json:"text"`
}

// Commit returns HMAC-SHA-256 of text under salt, in hexadecimal: the commitment that stands in public bytes.
func Commit(salt []byte, text string) string {
	h := hmac.New(sha256.New, salt)
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

// Opens reports whether the sheet's salt and text give its commitment.
func (s Sheet) Opens() bool {
	salt, err := hex.DecodeString(s.Salt)
	return err == nil && len(salt) == 32 && Commit(salt, s.Text) == s.Commitment
}
