package verify

import (
	"time"

	"stocktake"
	"stocktake/internal/tree"
)

// A ProofReport is what one proof shows.
type ProofReport struct {
	Origin   string     `json:"origin"`
	Size     int64      `json:"size"`
	Index    int64      `json:"index"`
	Kind     string     `json:"kind"`   // of the entry
	Number   int64      `json:"filing"` // 0: the entry is about none
	Filed    string     `json:"filed"`
	SHA256   string     `json:"sha256"`
	Seal     string     `json:"seal,omitempty"`
	Cosigned []Cosigned `json:"cosigned"`
	KeyFrom  string     `json:"key_from"` // policy or seen
}

// NoKey says that nothing names the key with which a proof is to be checked.
type NoKey struct{ Origin string }

func (e *NoKey) Error() string {
	return "the proof is of the log " + e.Origin + ", whose key this machine does not know; check the log itself first, or name the key by --policy"
}

// Proof checks one proof, offline. filing, where it is not nil, must be the public bytes of the filing that the leaf is about. Without a
// policy the key is the one that this machine saw last.
func Proof(text, filing []byte, policy *tree.Policy, memory *Memory) (*ProofReport, error) {
	p, err := tree.ParseProof(text)
	if err != nil {
		return nil, err
	}
	r := &ProofReport{Index: p.Index, KeyFrom: "policy", Cosigned: []Cosigned{}}
	leaf, err := tree.ParseLeaf(p.Extra)
	if err != nil {
		return nil, err
	}
	var seen *Seen
	if policy == nil {
		origin := string(firstLine(p.Note))
		if seen, err = memory.Last(origin); err != nil {
			return nil, err
		}
		if seen == nil {
			return nil, &NoKey{origin}
		}
		if policy, err = tree.PolicyOf(seen.Key); err != nil {
			return nil, err
		}
		r.KeyFrom = "seen"
	}
	h, n, err := p.Check(p.Extra, policy)
	if err != nil {
		return nil, err
	}
	switch {
	case seen == nil:
	case seen.Next != "" && h.Size > seen.Size:
		return nil, stocktake.Invalidf("the proof's head has %d entries, and the log ended as %s with %d and goes on as %s: it is signed by a key that was given up", h.Size, h.Origin, seen.Size, seen.Next)
	case h.Size == seen.Size && h.Root != seen.Root:
		return nil, stocktake.Invalidf("the proof's head of %d entries is not the one that this machine saw on %s: one of the two histories is forged", h.Size, seen.At.Format(dayWords))
	}
	r.Origin, r.Size = h.Origin, h.Size
	r.Kind, r.Number, r.Filed, r.SHA256, r.Seal = leaf.Kind, leaf.Number, leaf.Filed.Format(time.RFC3339), leaf.SHA256, leaf.Seal
	r.Cosigned = cosigned(policy, n)
	if filing != nil && !leaf.AboutFiling() {
		return nil, stocktake.Invalidf("the proof is about an entry of the kind %s, and not about a filing", leaf.Kind)
	}
	if filing != nil && hash(filing) != leaf.SHA256 {
		return nil, stocktake.Invalidf("the proof is about bytes with SHA-256 %s, and those of the file have %s", leaf.SHA256, hash(filing))
	}
	return r, nil
}

func firstLine(b []byte) []byte {
	for i, c := range b {
		if c == '\n' {
			return b[:i]
		}
	}
	return b
}
