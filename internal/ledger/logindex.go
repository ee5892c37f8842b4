package ledger

import (
	"context"

	"stocktake"
	"stocktake/internal/store"
	"stocktake/internal/tree"
)

// Where a filing stands in the log. Leaves that are about no filing, keys and seals, stand between the others, so that the leaf of filing n is never
// before index n-1, and as far behind as there are such leaves before it.

// few is how many leaves are read at once to find the next that is about a filing; where there is none, four times as many.
const few = 16

// LeafIndex returns the index in the log of a filing's leaf; for a filing that is not in the log, an index beyond it.
func (l *Ledger) LeafIndex(ctx context.Context, number int64) (int64, error) {
	return leafIndex(ctx, l.store, number)
}

func leafIndex(ctx context.Context, r store.Reader, number int64) (int64, error) {
	size, err := r.LogSize(ctx)
	if err != nil {
		return 0, err
	}
	low, high := max(number-1, 0), size // it is in [low, high)
	for at := low; low < high; at = low + (high-low)/2 {
		i, n, err := nextFiling(ctx, r, at, high)
		switch {
		case err != nil:
			return 0, err
		case i == high: // from at on nothing is about a filing
			high = at
		case n == number:
			return i, nil
		case n > number: // between at and i nothing is
			high = min(at, i-(n-number)+1)
		default:
			low = i + number - n
		}
	}
	return max(size, number-1), nil
}

// nextFiling returns the first leaf from an index on that is about a filing, and its number; end where there is none before that.
func nextFiling(ctx context.Context, r store.Reader, from, end int64) (index, number int64, err error) {
	index = end
	for chunk := int64(few); from < end && number == 0; chunk = min(4*chunk, 1<<14) {
		to := min(from+chunk, end)
		err = r.Leaves(ctx, from, to, func(i int64, b []byte) error {
			if number > 0 {
				return nil
			}
			leaf, err := tree.ParseLeaf(b)
			if err == nil && leaf.AboutFiling() {
				index, number = i, leaf.Number
			}
			return err
		})
		if err != nil {
			return 0, 0, err
		}
		from = to
	}
	return index, number, nil
}

// Entry returns the leaf with that index. One that there is not is a NotFound fault.
func (l *Ledger) Entry(ctx context.Context, index int64) (leaf tree.Leaf, err error) {
	size, err := l.store.LogSize(ctx)
	if err == nil && (index < 0 || index >= size) {
		err = stocktake.NotFoundf("the log has no entry %d", index)
	}
	if err != nil {
		return leaf, err
	}
	err = l.store.Leaves(ctx, index, index+1, func(_ int64, b []byte) (err error) {
		leaf, err = tree.ParseLeaf(b)
		return err
	})
	return leaf, err
}
