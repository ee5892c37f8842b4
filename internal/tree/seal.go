package tree

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/gowebpki/jcs"
	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
)

// A seal shows later that a text was fixed before, and shows nothing until then: neither the text, nor that there is one. A record that keeps a
// desk puts one on the log every hour, whether anything is under embargo or not. It is the root of a tree of SealSlots slots, each 32 bytes: the
// commitment of a text (SealText), or random bytes, which nobody who has not the text's key can tell apart.

// SealSlots is how many slots are under a seal: so many texts at most can be under embargo at once.
const SealSlots = 256

// sealHeight is how many hashes lead from a slot to the seal.
const sealHeight = 8

// Slots is what lies under a seal. It is as secret as what it holds.
type Slots [SealSlots][32]byte

// SealText returns the commitment of a text: HMAC-SHA-256, with a key of 32 random bytes, over its canonical JSON (RFC 8785). What is no JSON is an
// Invalid fault. Draw another key for each text and each seal, so that no commitment is ever seen twice.
func SealText(key [32]byte, text []byte) (c [32]byte, err error) {
	canonical, err := jcs.Transform(text)
	if err != nil {
		return c, stocktake.Invalidf("what is to be sealed is not JSON: %v", err)
	}
	h := hmac.New(sha256.New, key[:])
	h.Write(canonical)
	return [32]byte(h.Sum(nil)), nil
}

// NewSlots puts commitments into slots drawn at random, so that no slot tells how many others were taken, and random bytes into all others. It
// returns the slot of each. More than SealSlots commitments are a Conflict fault.
func NewSlots(commitments [][32]byte) (*Slots, []int, error) {
	if len(commitments) > SealSlots {
		return nil, nil, &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("%d texts are under embargo, and a seal has room for %d", len(commitments), SealSlots), Hint: "publish or withdraw some of them first"}
	}
	s := new(Slots)
	var order [SealSlots]int
	for i := range s {
		rand.Read(s[i][:]) // never fails (Go 1.24)
		order[i] = i
	}
	at := make([]int, len(commitments))
	for i, c := range commitments {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(SealSlots-i)))
		if err != nil {
			return nil, nil, err
		}
		j := i + int(n.Int64())
		order[i], order[j] = order[j], order[i]
		at[i] = order[i]
		s[at[i]] = c
	}
	return s, at, nil
}

// hashes returns the stored hashes of the tree over the slots, as package tlog counts them.
func (s *Slots) hashes() sealHashes {
	var all sealHashes
	for i := range s {
		h, err := tlog.StoredHashes(int64(i), s[i][:], all)
		if err != nil {
			panic(err) // all that it asks for was stored
		}
		all = append(all, h...)
	}
	return all
}

type sealHashes []tlog.Hash

func (h sealHashes) ReadHashes(places []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(places))
	for i, p := range places {
		if p < 0 || p >= int64(len(h)) {
			return nil, fmt.Errorf("no hash is stored at %d", p)
		}
		list[i] = h[p]
	}
	return list, nil
}

// Root is the seal: the root of the tree (RFC 6962) whose leaves are the slots.
func (s *Slots) Root() [32]byte {
	root, err := tlog.TreeHash(SealSlots, s.hashes())
	if err != nil {
		panic(err) // every hash is there
	}
	return root
}

// Proof returns the eight hashes that lead from a slot to the seal. A slot that there is not is an Invalid fault.
func (s *Slots) Proof(slot int) (tlog.RecordProof, error) {
	if slot < 0 || slot >= SealSlots {
		return nil, noSlot(slot)
	}
	return tlog.ProveRecord(SealSlots, int64(slot), s.hashes())
}

func noSlot(slot int) error {
	return stocktake.Invalidf("a seal has the slots 0 to %d, and no slot %d", SealSlots-1, slot)
}

// CheckSlot reports whether a commitment stood in a slot under a seal (Invalid fault).
func CheckSlot(seal [32]byte, slot int, commitment [32]byte, proof tlog.RecordProof) error {
	if slot < 0 || slot >= SealSlots {
		return noSlot(slot)
	}
	if tlog.CheckRecord(proof, SealSlots, seal, int64(slot), tlog.RecordHash(commitment[:])) != nil {
		return stocktake.Invalidf("the hashes do not lead from slot %d to the seal: text, key, slot, hashes or seal is another", slot)
	}
	return nil
}

// An Opening shows that a text was fixed when the leaf with its seal was added to the log. Bytes are lower-case hexadecimal.
type Opening struct {
	Leaf  int64           `json:"leaf"` // index in the log
	Slot  int             `json:"slot"`
	Key   string          `json:"key"`   // 32 bytes
	Proof []string        `json:"proof"` // eight hashes, from the slot up
	Text  json.RawMessage `json:"text"`  // any JSON; its canonical form counts
}

// NewOpening makes the opening of a text that lies in a slot, for the seal that is in the leaf with that index.
func NewOpening(leaf int64, s *Slots, slot int, key [32]byte, text []byte) (Opening, error) {
	proof, err := s.Proof(slot)
	if err != nil {
		return Opening{}, err
	}
	o := Opening{Leaf: leaf, Slot: slot, Key: hex.EncodeToString(key[:]), Text: bytes.Clone(text)}
	for _, h := range proof {
		o.Proof = append(o.Proof, hex.EncodeToString(h[:]))
	}
	return o, o.opens(s.Root())
}

// Check reports whether the text was fixed when the leaf was added to the log (Invalid fault). That the leaf stands in the log at o.Leaf, and when,
// is for the caller to know.
func (o Opening) Check(leaf Leaf) error {
	if leaf.Kind != KindSeal {
		return stocktake.Invalidf("entry %d of the log is no seal", o.Leaf)
	}
	seal, err := bytes32("the seal", leaf.Seal)
	if err != nil {
		return err
	}
	return o.opens(seal)
}

func (o Opening) opens(seal [32]byte) error {
	key, err := bytes32("the key", o.Key)
	if err != nil {
		return err
	}
	c, err := SealText(key, o.Text)
	if err != nil {
		return err
	}
	if len(o.Proof) != sealHeight {
		return stocktake.Invalidf("an opening has %d hashes, and this one %d", sealHeight, len(o.Proof))
	}
	var proof tlog.RecordProof
	for i, s := range o.Proof {
		h, err := bytes32(fmt.Sprintf("hash %d", i+1), s)
		if err != nil {
			return err
		}
		proof = append(proof, h)
	}
	return CheckSlot(seal, o.Slot, c, proof)
}

// bytes32 reads 32 bytes in lower-case hexadecimal.
func bytes32(what, s string) (b [32]byte, err error) {
	h, err := hex.DecodeString(s)
	if err != nil || len(h) != len(b) || hex.EncodeToString(h) != s {
		return b, stocktake.Invalidf("%s is not 64 lower-case hexadecimal digits", what)
	}
	return [32]byte(h), nil
}
