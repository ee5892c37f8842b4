package ledger

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/gowebpki/jcs"

	"stocktake"
)

// Sealed is a filing ready to be stored: its public canonical bytes, their hash, and the sheets that open its commitments.
type Sealed struct {
	Filing stocktake.Filing
	Bytes  []byte
	SHA256 string
	Sheets []stocktake.Sheet
}

// Salts returns the salt for one text of a filing, 32 bytes.
type Salts func(path, text string) []byte

// RandomSalts draws every salt afresh.
func RandomSalts(string, string) []byte {
	salt := make([]byte, 32)
	rand.Read(salt) // never fails (Go 1.24)
	return salt
}

// Seal puts commitments in the place of every text that may one day have to go, and makes the canonical bytes (RFC 8785). f is not changed.
func Seal(f stocktake.Filing, salts Salts) (Sealed, error) {
	out := Sealed{Filing: f}
	holds := false
	f.EachSheeted(func(string, *stocktake.Sheeted) { holds = true })
	if holds { // a copy of its own, as commitments are put into it
		b, err := marshal(f)
		if err != nil {
			return Sealed{}, err
		}
		out.Filing = stocktake.Filing{}
		if err := json.Unmarshal(b, &out.Filing); err != nil {
			return Sealed{}, err
		}
	}
	c := &out.Filing
	c.Format = stocktake.Format
	c.EachSheeted(func(path string, s *stocktake.Sheeted) {
		if s.Commitment != "" || s.Text == "" {
			return
		}
		salt := salts(path, s.Text)
		sheet := stocktake.Sheet{Path: path, Commitment: stocktake.Commit(salt, s.Text), Salt: hex.EncodeToString(salt), Text: s.Text}
		out.Sheets = append(out.Sheets, sheet)
		*s = stocktake.Sheeted{Text: s.Text, Commitment: sheet.Commitment}
	})
	var err error
	if out.Bytes, err = encode(c); err != nil {
		return Sealed{}, err
	}
	out.SHA256 = Hash(out.Bytes)
	return out, nil
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// Canonical returns the RFC 8785 form of v.
func Canonical(v any) ([]byte, error) {
	b, err := marshal(v)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(b)
}

// Hash returns the SHA-256 of b in lower-case hexadecimal.
func Hash(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// keptSalts returns salts that repeat those of an earlier filing of the same occasion where the words are the same, so that what was filed
// before is recognised, and fresh ones otherwise.
func keptSalts(sheets []stocktake.Sheet) Salts {
	byText := map[string][]byte{}
	for _, s := range sheets {
		if salt, err := hex.DecodeString(s.Salt); err == nil {
			byText[s.Path+"\x00"+s.Text] = salt
			byText[s.Text] = salt
		}
	}
	used := map[string]bool{} // one commitment stands in a filing once
	return func(path, text string) []byte {
		for _, k := range []string{path + "\x00" + text, text} {
			if salt := byText[k]; salt != nil && !used[string(salt)+text] {
				used[string(salt)+text] = true
				return salt
			}
		}
		return RandomSalts(path, text)
	}
}
