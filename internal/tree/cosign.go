package tree

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"stocktake"
)

// Algorithms of keys (c2sp.org/signed-note).
const (
	algEd25519     = 1
	algCosignature = 4
)

func keyHash(name string, key []byte) uint32 {
	h := sha256.Sum256(append([]byte(name+"\n"), key...))
	return binary.BigEndian.Uint32(h[:])
}

// cosigned is the text that a witness signs (c2sp.org/tlog-cosignature).
func cosigned(t uint64, text []byte) ([]byte, error) {
	if _, err := ParseHead(string(text)); err != nil {
		return nil, err
	}
	return append([]byte("cosignature/v1\ntime "+strconv.FormatUint(t, 10)+"\n"), text...), nil
}

// A CosignatureVerifier checks a witness's signatures. It is a note.Verifier.
type CosignatureVerifier struct {
	name string
	key  ed25519.PublicKey
}

func (v *CosignatureVerifier) alg() []byte { return append([]byte{algCosignature}, v.key...) }

// Name returns the witness's name.
func (v *CosignatureVerifier) Name() string { return v.name }

// KeyHash returns the short name of its key.
func (v *CosignatureVerifier) KeyHash() uint32 { return keyHash(v.name, v.alg()) }

// String returns the key as c2sp.org/signed-note writes it: name+hash+base64.
func (v *CosignatureVerifier) String() string {
	return fmt.Sprintf("%s+%08x+%s", v.name, v.KeyHash(), base64.StdEncoding.EncodeToString(v.alg()))
}

// Verify checks one signature: eight bytes of time, then the signature itself.
func (v *CosignatureVerifier) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	m, err := cosigned(binary.BigEndian.Uint64(sig), text)
	return err == nil && ed25519.Verify(v.key, m, sig[8:])
}

// A Cosigner signs heads as a witness. It is a note.Signer.
type Cosigner struct {
	CosignatureVerifier
	private ed25519.PrivateKey
	now     func() time.Time
}

// NewCosigner returns the witness with that name and the seed of its key, 32 bytes.
func NewCosigner(name string, seed []byte, now func() time.Time) (*Cosigner, error) {
	if !ValidOrigin(name) || len(seed) != ed25519.SeedSize {
		return nil, stocktake.Invalidf("a witness needs a name without spaces and plus signs, and a key of 32 bytes")
	}
	k := ed25519.NewKeyFromSeed(seed)
	return &Cosigner{CosignatureVerifier{name, k.Public().(ed25519.PublicKey)}, k, now}, nil
}

// Sign signs the text of a head, with the time.
func (c *Cosigner) Sign(text []byte) ([]byte, error) {
	t := uint64(c.now().Unix())
	m, err := cosigned(t, text)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint64(nil, t), ed25519.Sign(c.private, m)...), nil
}

// CosignedAt returns the moment at which a witness signed.
func CosignedAt(s note.Signature) (time.Time, bool) { return SignedAt(s.Base64) }

// SignedAt is CosignedAt for a signature as it stands in a note. It checks the form alone.
func SignedAt(sig string) (time.Time, bool) {
	b, err := strict.DecodeString(sig)
	if err != nil || len(b) != 4+8+ed25519.SignatureSize {
		return time.Time{}, false
	}
	return time.Unix(int64(binary.BigEndian.Uint64(b[4:])), 0).UTC(), true
}

// ParseVKey reads a key as c2sp.org/signed-note writes it: of a log (Ed25519), or of a witness (cosignature/v1).
func ParseVKey(vkey string) (note.Verifier, error) {
	bad := func(why string) (note.Verifier, error) {
		return nil, stocktake.Invalidf("%q is no key: %s", vkey, why).Hinted("a key is written name+hash+base64, all in one")
	}
	name, rest, _ := strings.Cut(strings.TrimSpace(vkey), "+")
	hash16, key64, _ := strings.Cut(rest, "+")
	hash, err1 := strconv.ParseUint(hash16, 16, 32)
	key, err2 := strict.DecodeString(key64)
	if err1 != nil || err2 != nil || len(hash16) != 8 || !ValidOrigin(name) || len(key) != 1+ed25519.PublicKeySize {
		return bad("it has not that form")
	}
	if uint32(hash) != keyHash(name, key) {
		return bad("its hash does not fit it; was it copied whole?")
	}
	switch key[0] {
	case algEd25519:
		return note.NewVerifier(strings.TrimSpace(vkey))
	case algCosignature:
		return &CosignatureVerifier{name, key[1:]}, nil
	}
	return bad(fmt.Sprintf("its kind, %d, is not known here", key[0]))
}

// IsWitness reports whether a key is one of a witness.
func IsWitness(v note.Verifier) bool { _, ok := v.(*CosignatureVerifier); return ok }
