package cli

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"stocktake/internal/publish"
)

// What becomes of the log at targets while the record is served.
const (
	logEvery  = time.Second      // how often it is looked whether a head was signed
	logLinger = 10 * time.Minute // for readers who began with an earlier head
)

// openLogTarget opens the folder log of a target, for the log.
func (o *opened) openLogTarget(e *env, address string) (publish.Target, error) {
	t, err := o.openTarget(e, address)
	if err != nil {
		return nil, err
	}
	return publish.Beneath(t, "log"), nil
}

// openTarget opens a target for what is public. Archived copies may not lie in it or around it.
func (o *opened) openTarget(e *env, address string) (publish.Target, error) {
	t, err := publish.OpenTarget(e.ctx, address)
	if err != nil {
		return nil, misuse{err}
	}
	files, err := o.Store().Meta(e.ctx, metaFiles)
	if err != nil {
		return nil, err
	}
	bare := func(s string) string { s, _, _ = strings.Cut(s, "?"); return strings.TrimSuffix(s, "/") + "/" }
	if a, b := bare(address), bare(files); files != "" && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a)) {
		return nil, misusef("%s is where archived copies lie, some of which are not public; write what is public to another bucket or prefix", t)
	}
	return t, nil
}

// keepLogs keeps the log at targets in step until ctx ends; wait returns when the last one has ended.
func (o *opened) keepLogs(ctx context.Context, e *env, addresses []string, logger *slog.Logger) (wait func(), err error) {
	var all sync.WaitGroup
	list := make([]*publish.LogWriter, len(addresses))
	for i, a := range addresses {
		t, err := o.openLogTarget(e, a)
		if err != nil {
			return nil, err
		}
		list[i] = &publish.LogWriter{Ledger: o.Ledger, Target: t, Linger: logLinger}
	}
	for _, w := range list {
		all.Go(func() {
			defer w.Target.Close()
			w.Follow(ctx, logEvery, func(err error) {
				if err == nil {
					logger.Info("the log is written again, and nothing is missing", "to", w.Target.String())
					return
				}
				logger.Error("the log cannot be written for now; it is tried again, and readers and filings do not wait for it", "to", w.Target.String(), "why", err)
			})
		})
	}
	return all.Wait, nil
}
