package ledger

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/store"
	"stocktake/internal/tree"
)

// Settings of the log, in the record's own settings.
const (
	metaOrigin = "log/origin"
	metaVKey   = "log/vkey"
	metaTurns  = "log/turns" // JSON list of Turn
	metaBack   = "log/restored"
)

// A Turn is a leaf after which the log goes on under another origin and key.
type Turn struct {
	Index  int64  `json:"index"`
	From   string `json:"from"` // origin up to there
	Origin string `json:"origin"`
	VKey   string `json:"vkey"`
}

// leafOf is the leaf of a filing.
func leafOf(number int64, filed time.Time, sha256 string, removes bool) []byte {
	l := tree.Leaf{Kind: tree.KindFiling, Number: number, Filed: filed, SHA256: sha256}
	if removes {
		l.Kind = tree.KindRemoval
	}
	return l.Encode()
}

// removes reports whether a filing takes sheets away, by its public bytes.
func removes(public []byte) bool {
	if !bytes.Contains(public, []byte(`"removals":`)) {
		return false
	}
	var f struct{ Removals []json.RawMessage }
	return json.Unmarshal(public, &f) == nil && len(f.Removals) > 0
}

// openLog reads the edge of the log. Filings that were made before there was a log join it, in order.
func (in *intake) openLog() error {
	size, err := in.w.LogSize(in.ctx)
	if err != nil {
		return err
	}
	in.edge, err = tree.NewFrontier(size, func(places []int64) ([][32]byte, error) { return in.w.LogHashes(in.ctx, places) })
	if err != nil || size > 0 {
		return err
	}
	const chunk = 4096
	for after := int64(0); after < in.head.Number; after += chunk {
		var leaves [][]byte
		err := in.w.Filings(in.ctx, after, min(after+chunk, in.head.Number), func(r store.Row) error {
			leaves = append(leaves, leafOf(r.Number, r.Filed, r.SHA256, removes(r.Bytes)))
			return nil
		})
		if err != nil {
			return err
		}
		if err := in.appendLeaves(leaves); err != nil {
			return err
		}
	}
	return nil
}

func (in *intake) appendLeaves(leaves [][]byte) error {
	if len(leaves) == 0 {
		return nil
	}
	first := in.edge.Size()
	hashes := make([][32]byte, 0, 2*len(leaves))
	for _, l := range leaves {
		hashes = in.edge.Append(hashes, l)
	}
	return in.w.AppendLeaves(in.ctx, first, leaves, hashes)
}

// JoinLog puts filings that were made before there was a log into it. It does nothing where the log has them.
func (l *Ledger) JoinLog(ctx context.Context) error {
	size, err := l.store.LogSize(ctx)
	if err != nil {
		return err
	}
	if size > 0 || l.rec.Head() == 0 {
		return nil
	}
	return l.store.Write(ctx, func(w store.Writer) error {
		_, err := l.begin(ctx, w)
		return err
	})
}

// LogName returns origin and key of the log, "" where it was not named yet.
func (l *Ledger) LogName(ctx context.Context) (origin, vkey string, err error) {
	return logName(ctx, l.store)
}

func logName(ctx context.Context, r store.Reader) (origin, vkey string, err error) {
	if origin, err = r.Meta(ctx, metaOrigin); err != nil {
		return "", "", err
	}
	vkey, err = r.Meta(ctx, metaVKey)
	return origin, vkey, err
}

// CheckKey refuses a key that is not the one of this log. A log without a name takes that of the key when it is first signed.
func (l *Ledger) CheckKey(ctx context.Context, key *tree.Key) error {
	return checkKey(ctx, l.store, key)
}

func checkKey(ctx context.Context, r store.Reader, key *tree.Key) error {
	origin, vkey, err := logName(ctx, r)
	switch {
	case err != nil || vkey == "" || vkey == key.VKey:
		return err
	case origin != key.Name():
		return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("the log of this record is %q, and the key is one of %q", origin, key.Name()),
			Hint: "bring the folder keys that belongs to this record, or turn the log over to the new key with `stocktake key turn`; nothing was signed"}
	}
	return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("the key is not the one that signed the log %q before", origin),
		Hint: "bring the folder keys that belongs to this record, or turn the log over to the new key with `stocktake key turn`; nothing was signed"}
}

// SignLog signs the newest head, where the newest signed one is older. One process does at a time; whoever comes second finds it done.
func (l *Ledger) SignLog(ctx context.Context, key *tree.Key) (store.Checkpoint, error) {
	size, err := l.store.LogSize(ctx)
	if err != nil {
		return store.Checkpoint{}, err
	}
	if c, ok, err := l.store.Checkpoint(ctx, key.Name()); err != nil || ok && c.Size == size {
		return c, err
	}
	if err := l.JoinLog(ctx); err != nil {
		return store.Checkpoint{}, err
	}
	var out store.Checkpoint
	err = l.store.Write(ctx, func(w store.Writer) error {
		if err := checkKey(ctx, w, key); err != nil {
			return err
		}
		if err := maySign(ctx, w); err != nil {
			return err
		}
		size, err := w.LogSize(ctx)
		if err != nil {
			return err
		}
		if c, ok, err := w.Checkpoint(ctx, key.Name()); err != nil || ok && c.Size == size {
			out = c
			return err
		}
		if err := nameLog(ctx, w, key); err != nil {
			return err
		}
		edge, err := tree.NewFrontier(size, func(places []int64) ([][32]byte, error) { return w.LogHashes(ctx, places) })
		if err != nil {
			return err
		}
		out, err = l.sign(ctx, w, key, edge)
		return err
	})
	return out, err
}

// ErrRestored refuses to sign for a record that may have been longer than the backup it comes from.
var ErrRestored error = &stocktake.Fault{Kind: stocktake.Conflict, What: "this record was restored from a backup: its log may have been longer, and words may have been removed since",
	Hint: "`stocktake key resume --from MIRROR` brings what is missing; where no mirror, witness or reader can have seen a later head, `stocktake key resume --alone`"}

// MarkRestored notes that a record comes from a backup: nothing is signed until Resume. A mirror needs no such care, nor a record that was
// never signed.
func MarkRestored(ctx context.Context) func(store.Writer) error {
	return func(w store.Writer) error {
		origin, err := w.Meta(ctx, metaOrigin)
		if err != nil {
			return err
		}
		of, err := w.Meta(ctx, metaMirror)
		if err != nil || of != "" || origin == "" {
			return err
		}
		return w.SetMeta(ctx, metaBack, "1")
	}
}

// IsRestored reports whether the record comes from a backup and was not resumed yet.
func (l *Ledger) IsRestored(ctx context.Context) (bool, error) {
	v, err := l.store.Meta(ctx, metaBack)
	return v != "", err
}

// maySign refuses to sign for a record that was restored, or whose log was stopped.
func maySign(ctx context.Context, w store.Writer) error {
	if back, err := w.Meta(ctx, metaBack); err != nil || back != "" {
		return cmp.Or(err, ErrRestored)
	}
	s, err := stopped(ctx, w)
	if err == nil && s != nil {
		err = &stopFault{s.Fault()}
	}
	return err
}

func nameLog(ctx context.Context, w store.Writer, key *tree.Key) error {
	if err := w.SetMeta(ctx, metaOrigin, key.Name()); err != nil {
		return err
	}
	return w.SetMeta(ctx, metaVKey, key.VKey)
}

func (l *Ledger) sign(ctx context.Context, w store.Writer, key *tree.Key, edge *tree.Frontier) (store.Checkpoint, error) {
	signed, err := tree.Sign(tree.Head{Origin: key.Name(), Size: edge.Size(), Root: edge.Root()}, key)
	if err != nil {
		return store.Checkpoint{}, err
	}
	c := store.Checkpoint{Origin: key.Name(), Size: edge.Size(), Note: signed, At: l.Now().Truncate(time.Microsecond)}
	return c, w.PutCheckpoint(ctx, c)
}

// TurnLog ends the log under its key with a leaf that names the new one, and goes on under that: the tree is the same, its name and key are
// others. The last head under the old key holds that leaf, and the first under the new key is of the same size.
func (l *Ledger) TurnLog(ctx context.Context, old, next *tree.Key) error {
	if old.VKey == next.VKey || old.Name() == next.Name() {
		return &stocktake.Fault{Kind: stocktake.Invalid, What: fmt.Sprintf("the log is named %q already", next.Name()), Hint: "a new key needs a new origin, so that nobody takes one log for the other"}
	}
	return l.store.Write(ctx, func(w store.Writer) error {
		in, err := l.begin(ctx, w)
		if err != nil {
			return err
		}
		if err := checkKey(ctx, w, old); err != nil {
			return err
		}
		if err := maySign(ctx, w); err != nil {
			return err
		}
		turns, err := turns(ctx, w)
		if err != nil {
			return err
		}
		t := Turn{Index: in.edge.Size(), From: old.Name(), Origin: next.Name(), VKey: next.VKey}
		leaf := tree.Leaf{Kind: tree.KindKey, Filed: l.Now().Truncate(time.Microsecond), Origin: t.Origin, VKey: t.VKey}
		if err := in.appendLeaves([][]byte{leaf.Encode()}); err != nil {
			return err
		}
		list, err := json.Marshal(append(turns, t))
		if err != nil {
			return err
		}
		if err := w.SetMeta(ctx, metaTurns, string(list)); err != nil {
			return err
		}
		if _, err := l.sign(ctx, w, old, in.edge); err != nil {
			return err
		}
		if err := nameLog(ctx, w, next); err != nil {
			return err
		}
		_, err = l.sign(ctx, w, next, in.edge)
		return err
	})
}

func turns(ctx context.Context, r store.Reader) ([]Turn, error) {
	text, err := r.Meta(ctx, metaTurns)
	if err != nil || text == "" {
		return nil, err
	}
	var list []Turn
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("the setting %s: %w", metaTurns, err)
	}
	return list, nil
}

// Turns returns where the log went on under another origin and key, oldest first.
func (l *Ledger) Turns(ctx context.Context) ([]Turn, error) { return turns(ctx, l.store) }

// LastHead returns the last signed head of the log under an earlier origin, which is named by the first 16 hexadecimal digits of its SHA-256.
func (l *Ledger) LastHead(ctx context.Context, name string) (store.Checkpoint, error) {
	list, err := turns(ctx, l.store)
	if err != nil {
		return store.Checkpoint{}, err
	}
	for _, t := range list {
		if HeadName(t.From) == name {
			c, ok, err := l.store.Checkpoint(ctx, t.From)
			if err != nil || ok {
				return c, err
			}
		}
	}
	return store.Checkpoint{}, stocktake.NotFoundf("the log was never under that name")
}

// TakeHead stores the last head under an earlier name, as the origin of a mirror has it. It must be one of the tree that is here; who signed it
// is for the caller to know.
func (l *Ledger) TakeHead(ctx context.Context, t Turn, signed []byte) error {
	text, _, _ := bytes.Cut(signed, []byte("\n\n"))
	h, err := tree.ParseHead(string(text) + "\n")
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(t.Index+1, logHashes{ctx, l.store})
	if err != nil {
		return err
	}
	if h.Origin != t.From || h.Size != t.Index+1 || h.Root != root {
		return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("what is given out as the last head of the log as %s is not the one of its first %d entries", t.From, t.Index+1)}
	}
	return l.store.Write(ctx, func(w store.Writer) error {
		return w.PutCheckpoint(ctx, store.Checkpoint{Origin: h.Origin, Size: h.Size, Note: signed, At: l.Now().Truncate(time.Microsecond)})
	})
}

// HeadName is the name of an origin in the address of its last head.
func HeadName(origin string) string { return Hash([]byte(origin))[:16] }

// Checkpoint returns the newest signed head; ok is false where none was signed.
func (l *Ledger) Checkpoint(ctx context.Context) (c store.Checkpoint, ok bool, err error) {
	origin, _, err := l.LogName(ctx)
	if err != nil || origin == "" {
		return c, false, err
	}
	return l.store.Checkpoint(ctx, origin)
}

// logHashes reads the tree's hashes from the store.
type logHashes struct {
	ctx context.Context
	r   store.Reader
}

func (h logHashes) ReadHashes(places []int64) ([]tlog.Hash, error) {
	got, err := h.r.LogHashes(h.ctx, places)
	if err != nil {
		return nil, err
	}
	list := make([]tlog.Hash, len(got))
	for i := range got {
		list[i] = got[i]
	}
	return list, nil
}

// Tile returns the bytes of a tile, or of a bundle of leaves. One beyond the newest signed head is a NotFound fault.
func (l *Ledger) Tile(ctx context.Context, t tlog.Tile) ([]byte, error) {
	c, ok, err := l.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	end := (t.N*tree.Width + int64(t.W)) << (max(t.L, 0) * tree.Height)
	if !ok || t.L > 6 || t.N >= 1<<40 || end > c.Size {
		return nil, stocktake.NotFoundf("the log has no tile %s yet", tree.TilePath(t))
	}
	if t.L >= 0 {
		return tlog.ReadTileData(t, logHashes{ctx, l.store})
	}
	var b []byte
	from := t.N * tree.Width
	err = l.store.Leaves(ctx, from, from+int64(t.W), func(_ int64, leaf []byte) error {
		b = tree.AppendLeaf(b, leaf)
		return nil
	})
	return b, err
}

// Prove returns the proof that a filing's leaf stands in the log, towards the newest signed head, with the leaf in it.
func (l *Ledger) Prove(ctx context.Context, number int64) (tree.Proof, error) {
	i, err := l.LeafIndex(ctx, number)
	if err != nil {
		return tree.Proof{}, err
	}
	p, ok, err := l.prove(ctx, i)
	if err == nil && (!ok || number < 1) {
		err = stocktake.NotFoundf("no signed head holds filing %d yet", number).Hinted("the newest head is signed within seconds where `stocktake serve` runs with the key of the log")
	}
	return p, err
}

// ProveEntry is Prove for a leaf by its index, whatever it is about.
func (l *Ledger) ProveEntry(ctx context.Context, index int64) (tree.Proof, error) {
	p, ok, err := l.prove(ctx, index)
	if err == nil && !ok {
		err = stocktake.NotFoundf("no signed head holds entry %d yet", index).Hinted("the newest head is signed within seconds where `stocktake serve` runs with the key of the log")
	}
	return p, err
}

// prove makes a proof; ok is false where no signed head holds the leaf.
func (l *Ledger) prove(ctx context.Context, i int64) (p tree.Proof, ok bool, err error) {
	c, ok, err := l.Checkpoint(ctx)
	if err != nil || !ok || i < 0 || i >= c.Size {
		return p, false, err
	}
	p = tree.Proof{Index: i, Note: c.Note}
	if p.Path, err = tlog.ProveRecord(c.Size, i, logHashes{ctx, l.store}); err != nil {
		return p, false, err
	}
	err = l.store.Leaves(ctx, i, i+1, func(_ int64, leaf []byte) error {
		p.Extra = bytes.Clone(leaf)
		return nil
	})
	return p, true, err
}

// Filings returns the public bytes of the filings behind a bundle of leaves (level -1), a line each, in the order of the leaves. The line of
// a leaf that is about no filing is empty.
func (l *Ledger) Filings(ctx context.Context, t tlog.Tile) ([]byte, error) {
	var b bytes.Buffer
	err := l.behind(ctx, t, func(r *store.Row) error {
		if r != nil {
			b.Write(r.Bytes)
		}
		b.WriteByte('\n')
		return nil
	})
	return b.Bytes(), err
}

// Sheets returns the sheets of the filings behind a bundle of leaves, a line each: a JSON list with the members path, commitment, salt and
// text. What was removed is not there any more.
func (l *Ledger) Sheets(ctx context.Context, t tlog.Tile) ([]byte, error) {
	sheets := map[string][]stocktake.Sheet{}
	var order, with []string
	err := l.behind(ctx, t, func(r *store.Row) error {
		sum := ""
		if r != nil {
			if sum = r.SHA256; bytes.Contains(r.Bytes, []byte(`"commitment":`)) {
				with = append(with, sum)
			}
		}
		order = append(order, sum)
		return nil
	})
	if err == nil && len(with) > 0 {
		err = l.store.Sheets(ctx, with, func(s store.Sheet) error {
			sheets[s.Filing] = append(sheets[s.Filing], stocktake.Sheet{Path: s.Path, Commitment: s.Commitment, Salt: s.Salt, Text: s.Text})
			return nil
		})
	}
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, sum := range order {
		line := []byte("[]")
		if list := sheets[sum]; len(list) > 0 {
			if line, err = Canonical(list); err != nil {
				return nil, err
			}
		}
		b.Write(append(line, '\n'))
	}
	return b.Bytes(), nil
}

// behind calls f with the filing behind each leaf of a bundle, nil where it is about none. The row is the callee's only during the call.
func (l *Ledger) behind(ctx context.Context, t tlog.Tile, f func(*store.Row) error) error {
	bundle, err := l.Tile(ctx, t)
	if err != nil {
		return err
	}
	leaves, err := tree.Leaves(bundle, t.W)
	if err != nil {
		return err
	}
	numbers := make([]int64, len(leaves))
	first, last := int64(0), int64(0)
	for i, b := range leaves {
		leaf, err := tree.ParseLeaf(b)
		if err != nil {
			return err
		}
		if numbers[i] = leaf.Number; leaf.Number > 0 {
			if last = leaf.Number; first == 0 {
				first = last
			}
		}
	}
	next := 0
	idle := func() error { // leaves about no filing
		for ; next < len(numbers) && numbers[next] == 0; next++ {
			if err := f(nil); err != nil {
				return err
			}
		}
		return nil
	}
	if first > 0 {
		err = l.store.Filings(ctx, first-1, last, func(r store.Row) error {
			if err := idle(); err != nil {
				return err
			}
			next++
			return f(&r)
		})
	}
	if err != nil {
		return err
	}
	return idle()
}
