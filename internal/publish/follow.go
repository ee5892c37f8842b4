package publish

import (
	"context"
	"time"

	"stocktake"
)

// Follow keeps the target in step with the record until ctx ends. It looks every so often, which costs two short queries where nothing is new,
// and holds up nobody: neither who files nor who signs waits for it. tell gets the first error of a row of them, and nil once the target
// was reached again and has everything; in between it is tried again after longer and longer, up to a minute.
func (w *LogWriter) Follow(ctx context.Context, every time.Duration, tell func(error)) {
	const longest = time.Minute
	wait, failing := time.Duration(0), ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		_, err := w.Write(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			if failing != "" {
				tell(nil)
			}
			wait, failing = every, ""
		case stocktake.KindOf(err) == stocktake.NotFound: // nothing was signed yet
			wait = every
		default:
			if kind := stocktake.KindOf(err).String(); kind != failing {
				tell(err)
				failing = kind
			}
			wait = min(max(2*wait, 2*every), longest)
		}
	}
}
