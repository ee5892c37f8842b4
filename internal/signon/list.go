package signon

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/gowebpki/jcs"

	"stocktake"
	"stocktake/internal/store"
)

// A List is who stands under one version of a statement, in the order in which it is shown. docs/formats.md has its canonical form.
type List struct {
	Format     string                 `json:"format"` // stocktake-list/1
	Statement  stocktake.InstrumentID `json:"statement"`
	Version    int                    `json:"version"`
	TextSHA256 string                 `json:"text_sha256"`
	Salt       string                 `json:"salt"` // 32 random bytes, as 64 hexadecimal digits
	Names      []Entry                `json:"names"`
}

// An Entry is one line of a list. Of a name that is kept back, id, tier and state are there and nothing else.
type Entry struct {
	ID      string                     `json:"id"`
	State   stocktake.EndorsementState `json:"state"`
	Tier    stocktake.Tier             `json:"tier"`
	Country string                     `json:"country,omitempty"`
	Names   []Name                     `json:"names,omitempty"`
}

// ListFormat names the canonical form.
const ListFormat = "stocktake-list/1"

// ListOf makes the list of endorsements as they are filed. Those that do not count are not in it. salt has 32 bytes.
func ListOf(statement stocktake.InstrumentID, version int, textSHA256 string, salt []byte, endorsed []stocktake.Endorsed) (List, error) {
	if len(salt) != 32 {
		return List{}, stocktake.Invalidf("the salt of a list has %d bytes, not 32", len(salt))
	}
	l := List{Format: ListFormat, Statement: statement, Version: version, TextSHA256: textSHA256, Salt: hex.EncodeToString(salt), Names: []Entry{}}
	for _, e := range endorsed {
		if !e.State.Counts() {
			continue
		}
		x := Entry{ID: e.ID, State: e.State, Tier: e.Tier}
		if e.State == stocktake.EndorsementListed {
			x.Country = e.Country
			for _, n := range e.Names {
				if n.Name.Gone() {
					return List{}, conflict("a name of the list was taken away", "the list cannot be made again; its hash stays")
				}
				x.Names = append(x.Names, Name{Lang: n.Lang, Text: n.Name.Text})
			}
		}
		l.Names = append(l.Names, x)
	}
	return l, nil
}

// Canonical returns the list as RFC 8785 JSON.
func (l List) Canonical() ([]byte, error) {
	raw, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(raw)
}

// Hash returns the SHA-256 of the canonical form, in hexadecimal.
func (l List) Hash() (string, error) {
	b, err := l.Canonical()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// ReadList reads a canonical list and returns its hash. Bytes that are not in canonical form are an Invalid fault.
func ReadList(b []byte) (List, string, error) {
	var l List
	if err := json.Unmarshal(b, &l); err != nil || l.Format != ListFormat {
		return List{}, "", stocktake.Invalidf("this is no list of names").Hinted("it begins with the members format, names, salt, and the format is %s", ListFormat)
	}
	again, err := l.Canonical()
	if err != nil {
		return List{}, "", err
	}
	if string(again) != string(b) {
		return List{}, "", stocktake.Invalidf("the list is not in its canonical form").Hinted("take the file as it was given out, byte for byte")
	}
	sum := sha256.Sum256(b)
	return l, hex.EncodeToString(sum[:]), nil
}

// A Snapshot is a dated list with its hash. The list itself can be made again from what was filed.
type Snapshot struct {
	ID      string `json:"id"` // the asking's id, a slash, and letters
	Rev     int64  `json:"-"`
	Asking  string `json:"asking"`
	Version int    `json:"version"`
	On      Day    `json:"on"`
	Why     string `json:"why"` // publication, or by hand
	Names   int    `json:"names"`
	Hash    string `json:"hash"`
	List    List   `json:"list"`
}

func (s *Snapshot) item() (string, string, *int64) { return "signon-snapshot", s.ID, &s.Rev }

func (s *Snapshot) keys() []store.Key { return nil }
