package cli

import (
	"context"

	"stocktake"
	"stocktake/internal/edition"
	"stocktake/internal/ledger"
)

// TakeAway takes something away from the record, and with it the files of statements that were given out and hold it.
func (o *opened) TakeAway(ctx context.Context, why stocktake.Removal, list ...stocktake.Removal) (ledger.Receipts, error) {
	r, err := o.Ledger.TakeAway(ctx, why, list...)
	if err == nil {
		_, err = edition.NewShelf(o.Ledger).Sweep(ctx)
	}
	return r, err
}
