package ledger

import (
	"context"
	"encoding/hex"

	"stocktake/internal/store"
	"stocktake/internal/tree"
)

// Seal adds a seal to the log (tree.Slots) and returns its index. When it returns nil, the leaf is on disk; a head that holds it is signed as
// after a filing. A mirror adds none (Forbidden fault), nor does a record that was restored or whose log was stopped (Conflict fault).
func (l *Ledger) Seal(ctx context.Context, root [32]byte) (index int64, err error) {
	err = l.store.Write(ctx, func(w store.Writer) error {
		in, err := l.beginOwn(ctx, w)
		if err != nil {
			return err
		}
		if err := maySign(ctx, w); err != nil {
			return err
		}
		at, err := in.moment()
		if err != nil {
			return err
		}
		index = in.edge.Size()
		leaf := tree.Leaf{Kind: tree.KindSeal, Filed: at, Seal: hex.EncodeToString(root[:])}
		return in.appendLeaves([][]byte{leaf.Encode()})
	})
	return index, err
}
