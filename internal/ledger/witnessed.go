package ledger

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/store"
)

const metaWitnessed = "log/witnessed" // JSON list of Witnessed

// A Witnessed is how far the signatures of one witness reach. One that is asked and did not sign yet has Size 0 and no time.
type Witnessed struct {
	Origin string    `json:"origin"` // of the log
	Name   string    `json:"name"`   // of the witness
	VKey   string    `json:"vkey"`
	Size   int64     `json:"size"`
	At     time.Time `json:"at,omitzero"`   // by the clock of the witness, whole seconds
	Own    bool      `json:"own,omitempty"` // it is kept by those who keep the record, and so is not independent
}

// Cosign stores a signed head with a signature that a witness added, in the place of the same head without it. Signatures that are stored
// already stay, but for an earlier one by the same key.
func (l *Ledger) Cosign(ctx context.Context, signed []byte, by Witnessed) error {
	return l.store.Write(ctx, func(w store.Writer) error {
		c, ok, err := w.Checkpoint(ctx, by.Origin)
		if err != nil {
			return err
		}
		if !ok || c.Size < by.Size {
			return stocktake.NotFoundf("no head of the log %s with %d entries was signed here", by.Origin, by.Size)
		}
		put := store.Checkpoint{Origin: by.Origin, Size: by.Size, Note: signed, At: l.Now().Truncate(time.Microsecond)}
		if c.Size == by.Size {
			put.At = c.At // it is when the log signed
			if text := c.Note[:bytes.Index(c.Note, []byte("\n\n"))+1]; !bytes.HasPrefix(signed, text) {
				return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("the witness %s signed another head than the one that is stored", by.Name)}
			}
			put.Note = withSignatures(signed, c.Note) // another process may ask witnesses, too
		}
		if err := w.PutCheckpoint(ctx, put); err != nil {
			return err
		}
		list, err := witnessed(ctx, w)
		if err != nil {
			return err
		}
		return setWitnessed(ctx, w, with(list, by))
	})
}

// with puts how far one witness signed in the place of how far it had signed before.
func with(list []Witnessed, by Witnessed) []Witnessed {
	i := slices.IndexFunc(list, func(x Witnessed) bool { return x.Origin == by.Origin && x.VKey == by.VKey })
	if i < 0 {
		return append(list, by)
	}
	if list[i].Size > by.Size { // an earlier signature came late, or none came yet
		by.Size, by.At = list[i].Size, list[i].At
	}
	list[i] = by
	return list
}

func setWitnessed(ctx context.Context, w store.Writer, list []Witnessed) error {
	b, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return w.SetMeta(ctx, metaWitnessed, string(b))
}

// Asked notes which witnesses are asked to sign this log, before they do, and which of them are the keeper's own.
func (l *Ledger) Asked(ctx context.Context, asked []Witnessed) error {
	return l.store.Write(ctx, func(w store.Writer) error {
		list, err := witnessed(ctx, w)
		if err != nil {
			return err
		}
		was := slices.Clone(list)
		for _, a := range asked {
			list = with(list, a)
		}
		if slices.Equal(was, list) {
			return nil
		}
		return setWitnessed(ctx, w, list)
	})
}

// withSignatures adds to a signed head the signatures of another copy of it, by keys that did not sign the first.
func withSignatures(signed, other []byte) []byte {
	lines := func(note []byte) [][]byte {
		return bytes.SplitAfter(bytes.TrimSuffix(note[bytes.LastIndex(note, []byte("\n\n"))+2:], []byte("\n")), []byte("\n"))
	}
	key := func(line []byte) string { // name, and the short name of the key
		i := bytes.LastIndexByte(line, ' ') + 1
		b, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(line[i:])))
		if err != nil || len(b) < 4 {
			return string(line)
		}
		return string(line[:i]) + string(b[:4])
	}
	out := bytes.Clone(signed)
	for _, l := range lines(other) {
		if !slices.ContainsFunc(lines(signed), func(m []byte) bool { return key(m) == key(l) }) {
			out = append(append(out, bytes.TrimSuffix(l, []byte("\n"))...), '\n')
		}
	}
	return out
}

// Witnessed returns how far the signatures of witnesses reach in the log under its present name, for each witness that ever signed it.
func (l *Ledger) Witnessed(ctx context.Context) ([]Witnessed, error) {
	origin, _, err := l.LogName(ctx)
	if err != nil {
		return nil, err
	}
	list, err := witnessed(ctx, l.store)
	return slices.DeleteFunc(list, func(x Witnessed) bool { return x.Origin != origin }), err
}

// Covering returns the signatures by witnesses under heads that hold the leaf with that index, the largest of each key: under the present name
// of the log, and under earlier ones, whose tree is the same.
func (l *Ledger) Covering(ctx context.Context, index int64) ([]Witnessed, error) {
	list, err := witnessed(ctx, l.store)
	if err != nil {
		return nil, err
	}
	var out []Witnessed
	for _, x := range slices.Backward(list) { // the present name last
		if x.Size > index && !slices.ContainsFunc(out, func(y Witnessed) bool { return y.VKey == x.VKey }) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b Witnessed) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func witnessed(ctx context.Context, r store.Reader) ([]Witnessed, error) {
	text, err := r.Meta(ctx, metaWitnessed)
	if err != nil || text == "" {
		return nil, err
	}
	var list []Witnessed
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("the setting %s: %w", metaWitnessed, err)
	}
	return list, nil
}

// HashReader reads hashes of the log's tree, for proofs.
func (l *Ledger) HashReader(ctx context.Context) tlog.HashReader { return logHashes{ctx, l.store} }
