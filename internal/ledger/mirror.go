package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"stocktake"
	"stocktake/internal/store"
	"stocktake/internal/tree"
)

// metaMirror is the setting that names the site whose record this one follows.
const metaMirror = "mirror/of"

// MirrorOf returns the address of the site that this record follows, "" where it is nobody's mirror.
func (l *Ledger) MirrorOf(ctx context.Context) (string, error) { return l.store.Meta(ctx, metaMirror) }

// Copied is one leaf of another record's log, with the public bytes and the sheets of the filing behind it, as far as they are given out.
type Copied struct {
	Leaf   []byte
	Bytes  []byte
	Sheets []stocktake.Sheet
}

// TakeLog makes this record go on as another one does, up to one of its signed heads: leaves are those behind the ones that are here. Filings
// keep their numbers and times. Unless the leaves, together with those that are here, hash to what was signed, nothing is taken in: a Conflict
// fault then says that the history is another. of is the address to be named as the origin; where it is empty, a record of one's own that was
// restored from a backup, or of which a later head was seen, gets back what others kept of it.
func (l *Ledger) TakeLog(ctx context.Context, of string, signed []byte, policy *tree.Policy, leaves func(emit func(Copied) error) error) (tree.Head, error) {
	head, _, err := policy.Open(signed)
	if err != nil {
		return head, err
	}
	err = l.store.Write(ctx, func(w store.Writer) error {
		is, err := w.Meta(ctx, metaMirror)
		if err != nil {
			return err
		}
		back, err := w.Meta(ctx, metaBack)
		if err != nil {
			return err
		}
		stop, err := stopped(ctx, w)
		if err != nil {
			return err
		}
		behind := back != "" || stop != nil && stop.Proof // others may hold more of it than is here
		if h, err := w.Head(ctx); err != nil || is == "" && h.Number > 0 && !(of == "" && behind) {
			if err == nil {
				err = &stocktake.Fault{Kind: stocktake.Conflict, What: "this folder holds a record of its own, which cannot become a mirror", Hint: "name an empty folder"}
			}
			return err
		}
		in, err := l.begin(ctx, w)
		if err != nil {
			return err
		}
		if in.edge.Size() > head.Size {
			return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("the log %s now has %d entries, and had %d: it was rolled back, or this is an older copy of it", head.Origin, head.Size, in.edge.Size()), Hint: "nothing was taken in"}
		}
		last := in.edge.Size()
		list, err := turns(ctx, w)
		if err != nil {
			return err
		}
		before := len(list)
		origin, _, err := logName(ctx, w)
		if err != nil {
			return err
		}
		err = leaves(func(c Copied) error {
			if last++; last > head.Size {
				return stocktake.Invalidf("there are more entries than were signed")
			}
			return in.copied(c, last-1, origin, &list)
		})
		if err != nil {
			return err
		}
		if err := in.flush(); err != nil {
			return err
		}
		if in.edge.Size() != head.Size || in.edge.Root() != head.Root {
			return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("the %d entries of %s do not hash to what was signed: what was here before, and what came now, are not one history", head.Size, head.Origin), Hint: "nothing was taken in; `stocktake verify` tells what differs"}
		}
		if n := len(list); n > 0 {
			if t := list[n-1]; t.Index < head.Size-1 && (t.Origin != head.Origin || t.VKey != policy.LogKey) {
				return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("with entry %d the log went on as %s, and this head of it, of %d entries, is signed as %s", t.Index, t.Origin, head.Size, head.Origin), Hint: "nothing was taken in; the key of the earlier name may be in the hands of others"}
			}
		}
		if len(list) > before {
			b, err := json.Marshal(list)
			if err != nil {
				return err
			}
			if err := w.SetMeta(ctx, metaTurns, string(b)); err != nil {
				return err
			}
		}
		for name, value := range map[string]string{metaMirror: of, metaOrigin: head.Origin, metaVKey: policy.LogKey} {
			if err := w.SetMeta(ctx, name, value); err != nil {
				return err
			}
		}
		return w.PutCheckpoint(ctx, store.Checkpoint{Origin: head.Origin, Size: head.Size, Note: signed, At: l.Now().Truncate(time.Microsecond)})
	})
	if err != nil {
		return head, err
	}
	return head, l.Refresh(ctx)
}

// copied takes one leaf in, with the filing behind it.
func (in *intake) copied(c Copied, index int64, origin string, list *[]Turn) error {
	leaf, err := tree.ParseLeaf(c.Leaf)
	if err != nil {
		return err
	}
	where := func(err error) error { return fmt.Errorf("entry %d of the log: %w", index, err) }
	if leaf.Kind == tree.KindKey {
		if n := len(*list); n > 0 {
			origin = (*list)[n-1].Origin
		}
		*list = append(*list, Turn{index, origin, leaf.Origin, leaf.VKey})
	}
	if !leaf.AboutFiling() {
		if len(c.Bytes) > 0 || len(c.Sheets) > 0 {
			return where(stocktake.Invalidf("it is about no filing, and something is given out behind it"))
		}
		in.leaves = append(in.leaves, bytes.Clone(c.Leaf))
		return in.flushFull()
	}
	if leaf.Number != in.head.Number+1 || !leaf.Filed.After(in.head.Filed) {
		return where(stocktake.Invalidf("filing %d cannot follow filing %d", leaf.Number, in.head.Number))
	}
	s, err := opened(Sealed{Bytes: bytes.Clone(c.Bytes), SHA256: leaf.SHA256, Sheets: c.Sheets})
	if err != nil {
		return where(err)
	}
	if err := in.b.check(&s.Filing, leaf.Filed); err != nil {
		return where(err)
	}
	r := Receipt{}
	from := len(in.leaves)
	if err := in.queue(s, leaf.Filed, &r); err != nil {
		return where(err)
	}
	if !bytes.Equal(in.leaves[from], c.Leaf) {
		return where(stocktake.Invalidf("the entry calls the filing a %s, and it is none", leaf.Kind))
	}
	return in.flushFull()
}
