package tree

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"stocktake"
)

// A Key is the key of a log: it signs heads.
type Key struct {
	note.Signer
	Verifier note.Verifier
	VKey     string // to give to others
	secret   string // as note.GenerateKey writes it
}

// NewKey makes a key for a log with that origin.
func NewKey(origin string) (*Key, error) {
	if !ValidOrigin(origin) {
		return nil, stocktake.Invalidf("%q cannot be the origin of a log", origin).Hinted("write a name without spaces and plus signs, such as stocktake.example.org/record")
	}
	secret, _, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, err
	}
	return ParseKey(secret)
}

// ParseKey reads a key that Secret wrote.
func ParseKey(secret string) (*Key, error) {
	secret = strings.TrimSpace(secret)
	s, err := note.NewSigner(secret)
	if err != nil {
		return nil, stocktake.Invalidf("the key of the log cannot be read: %v", err).Hinted("the file holds one line that begins with PRIVATE+KEY+")
	}
	seed, err := strict.DecodeString(strings.SplitN(secret, "+", 5)[4]) // NewSigner read all five parts
	if err != nil || len(seed) != 1+ed25519.SeedSize || seed[0] != algEd25519 {
		return nil, stocktake.Invalidf("the key of the log is of a kind that is not known here")
	}
	public := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	key := append([]byte{algEd25519}, public...)
	vkey := fmt.Sprintf("%s+%08x+%s", s.Name(), keyHash(s.Name(), key), base64.StdEncoding.EncodeToString(key))
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	return &Key{s, v, vkey, secret}, nil
}

// Secret is the key as it is kept in a file. Whoever has it can sign as the log.
func (k *Key) Secret() string { return k.secret }
