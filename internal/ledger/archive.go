package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"

	"stocktake"
)

// Archive puts copies of sources away for one piece of work, and takes back those that are new where the work fails. It is for one
// goroutine.
type Archive struct {
	l     *Ledger
	fresh []string
}

// Archive begins a piece of work.
func (l *Ledger) Archive() *Archive { return &Archive{l: l} }

// Put stores a copy whose SHA-256 is told. Other content is an Invalid fault, a copy that was taken down a Conflict fault, and nothing is
// stored.
func (a *Archive) Put(ctx context.Context, sum string, r io.Reader) (n int64, err error) {
	if err := a.l.mayKeep(sum); err != nil {
		return 0, err
	}
	has, err := a.l.blobs.Has(ctx, sum)
	if err != nil {
		return 0, err
	}
	_, n, err = a.l.blobs.Put(ctx, &verified{r: r, sum: sum, h: sha256.New()})
	if err == nil && !has {
		a.fresh = append(a.fresh, sum)
	}
	return n, err
}

// Undo takes back every copy that Put brought in. What was there before stays.
func (a *Archive) Undo(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	var failed []error
	for _, sum := range a.fresh {
		if err := a.l.blobs.Delete(ctx, sum); err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			failed = append(failed, err)
		}
	}
	a.fresh = nil
	return errors.Join(failed...)
}

// verified reads r and ends in a fault where the content is not what its hash says.
type verified struct {
	r   io.Reader
	sum string
	h   hash.Hash
}

func (v *verified) Read(b []byte) (int, error) {
	n, err := v.r.Read(b)
	v.h.Write(b[:n])
	if err == io.EOF && hex.EncodeToString(v.h.Sum(nil)) != v.sum {
		err = (&stocktake.Fault{Kind: stocktake.Invalid, What: "the file has other content than its hash says", Hint: "get it again; nothing was stored"}).At("files/" + v.sum)
	}
	return n, err
}
