package edition

import (
	"context"

	"stocktake"
	"stocktake/internal/opening"
)

// Sealed says whether the version was fixed in the log before it was published.
type Sealed struct {
	opening.Fixed
	Why string // what does not hold, in words; empty where all holds
}

// Sealed checks the opening of the version against the log; nil where it opens none.
func (e *Edition) Sealed(ctx context.Context) (*Sealed, error) {
	if e.S.Opens == nil {
		return nil, nil
	}
	leaf, err := e.l.Entry(ctx, e.S.Opens.Leaf)
	if err != nil {
		if stocktake.KindOf(err) == stocktake.NotFound {
			return &Sealed{Why: err.Error()}, nil
		}
		return nil, err
	}
	before, err := e.l.LeafIndex(ctx, e.Filing)
	if err != nil {
		return nil, err
	}
	f, err := opening.Check(e.S, leaf, before)
	s := &Sealed{Fixed: f}
	if err != nil {
		s.Why = err.Error()
	}
	return s, nil
}
