package tree

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"stocktake"
)

// MaxLeaf is how many bytes a leaf has at most: its length is written in two bytes.
const MaxLeaf = 65535

// What a leaf is about.
const (
	KindFiling  = "filing"
	KindRemoval = "removal" // a filing by which sheets went
	KindKey     = "key"     // the last leaf under one key: the log goes on under another
	KindSeal    = "seal"    // the root of what may or may not be under embargo (Slots)
)

// A Leaf is one entry of the log. Its bytes are RFC 8785 JSON with the members filed, kind, number and sha256; where Kind is KindKey, filed, kind,
// origin and vkey; where it is KindSeal, filed, kind and seal. The last two are about no filing.
type Leaf struct {
	Kind   string    `json:"kind"`
	Number int64     `json:"number,omitempty"` // of the filing in this record
	Filed  time.Time `json:"-"`                // UTC, whole microseconds
	SHA256 string    `json:"sha256,omitempty"` // of the public canonical bytes
	Origin string    `json:"origin,omitempty"` // of the log from here on
	VKey   string    `json:"vkey,omitempty"`   // and its key, as c2sp.org/signed-note writes it
	Seal   string    `json:"seal,omitempty"`   // root of its slots, 64 hexadecimal digits
}

// AboutFiling reports whether the leaf is about a filing: only then does it have a number and a hash, and something lies behind it.
func (l Leaf) AboutFiling() bool { return l.Kind != KindKey && l.Kind != KindSeal && l.Kind != "" }

const leafTime = "2006-01-02T15:04:05.000000Z"

// Encode returns the bytes of a leaf.
func (l Leaf) Encode() []byte {
	b := make([]byte, 0, 160)
	b = append(b, `{"filed":"`...)
	b = l.Filed.UTC().AppendFormat(b, leafTime)
	b = append(b, `","kind":`...)
	b = appendString(b, l.Kind)
	switch l.Kind {
	case KindKey:
		b = appendString(append(b, `,"origin":`...), l.Origin)
		b = appendString(append(b, `,"vkey":`...), l.VKey)
		return append(b, '}')
	case KindSeal:
		return append(appendString(append(b, `,"seal":`...), l.Seal), '}')
	}
	b = fmt.Appendf(b, `,"number":%d,"sha256":`, l.Number)
	return append(appendString(b, l.SHA256), '}')
}

// appendString writes a text that holds no control characters.
func appendString(b []byte, s string) []byte {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.Encode(s) // never fails for a string
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

// ParseLeaf reads a leaf. Bytes that Encode would not write are an Invalid fault.
func ParseLeaf(b []byte) (Leaf, error) {
	if l, ok := parseFiling(b); ok {
		return l, nil
	}
	return parseLeaf(b)
}

// parseLeaf is ParseLeaf by the decoder, for every kind of leaf.
func parseLeaf(b []byte) (Leaf, error) {
	var in struct {
		Leaf
		Filed string `json:"filed"`
	}
	bad := func(why string) (Leaf, error) {
		return Leaf{}, stocktake.Invalidf("a leaf of the log cannot be read: %s", why)
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return bad(err.Error())
	}
	l := in.Leaf
	var err error
	if l.Filed, err = time.Parse(leafTime, in.Filed); err != nil {
		return bad(fmt.Sprintf("filed is %q", in.Filed))
	}
	switch {
	case l.Kind == KindKey:
		if l.Origin == "" || l.VKey == "" {
			return bad("a leaf about a key names no key")
		}
	case l.Kind == KindSeal:
		if h, err := hex.DecodeString(l.Seal); err != nil || len(h) != 32 || hex.EncodeToString(h) != l.Seal {
			return bad("a seal is 64 hexadecimal digits")
		}
	case l.Kind == "":
		return bad("it does not say what it is about")
	default:
		if h, err := hex.DecodeString(l.SHA256); err != nil || len(h) != 32 || l.Number < 1 {
			return bad("it names no filing")
		}
	}
	if !bytes.Equal(l.Encode(), b) {
		return bad("its bytes are not in canonical form")
	}
	return l, nil
}
