package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
	"stocktake/internal/tree"
)

// prepareLog makes the log ready: what was filed before there was one joins it, a record without a key gets one, and the newest head is
// signed. A folder that may only be read stays as it is.
func (e *env) prepareLog(o *opened) error {
	err := o.JoinLog(e.ctx)
	if isForbidden(err) {
		return nil
	}
	if err != nil {
		return err
	}
	path := filepath.Join(o.dir, filepath.FromSlash(keyFile))
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		origin, _, err := o.LogName(e.ctx)
		if err != nil || origin != "" { // the key is elsewhere: another process signs
			return err
		}
		if o.key, err = e.makeKey(path, ""); errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
			return nil // may only be read
		}
		if err != nil {
			return err
		}
	case errors.Is(err, fs.ErrPermission): // a reader who is not its owner
		return nil
	case err != nil:
		return fmt.Errorf("read the key of the log: %w", err)
	default:
		if o.key, err = tree.ParseKey(string(text)); err != nil {
			return err
		}
	}
	if back, err := o.IsRestored(e.ctx); err != nil || back {
		return err
	}
	if err := o.CheckKey(e.ctx, o.key); err != nil {
		next, nerr := os.ReadFile(path + ".next") // the log was turned over, and the program ended before the file was
		if nerr != nil {
			return err
		}
		k, nerr := tree.ParseKey(string(next))
		if nerr != nil || o.CheckKey(e.ctx, k) != nil {
			return err
		}
		if err := takeNext(path); err != nil {
			return err
		}
		o.key = k
	}
	return o.signLog(e)
}

// signLog signs the newest head, where this process has the key. A log that was stopped stays as it is.
func (o *opened) signLog(e *env) error {
	if o.key == nil || o.Record().Head() == 0 {
		return nil
	}
	if back, err := o.IsRestored(e.ctx); err != nil || back {
		return err
	}
	if _, err := o.SignLog(e.ctx, o.key); err != nil && !isForbidden(err) && !ledger.IsStopped(err) {
		return err
	}
	return nil
}

// signEvery is how often the newest head is signed, where it is newer than the signed one.
const signEvery = 2 * time.Second

// keepSigned signs what is filed, by this and other processes, until ctx ends, and has witnesses sign it too where there are any.
func (o *opened) keepSigned(ctx context.Context, g *gathering, logger *slog.Logger) {
	if o.key == nil {
		return
	}
	t := time.NewTicker(signEvery)
	defer t.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		stop, err := o.Stopped(ctx)
		if err == nil && stop != nil {
			if s := stop.Fault().Error(); s != said {
				said = s
				logger.Error("THE LOG IS NOT SIGNED FOR NOW; readers are served, and filings are taken", "why", s)
			}
			if stop.Proof {
				continue // nobody is to sign what may be the wrong history
			}
		} else if err == nil && said != "" {
			said = ""
			logger.Info("the log is signed again")
		}
		var c store.Checkpoint
		if err == nil && stop == nil {
			c, err = o.SignLog(ctx, o.key)
		} else if err == nil {
			c, _, err = o.Checkpoint(ctx) // offered again, so that witnesses can say that they agree
		}
		switch {
		case err == nil && g != nil && c.Size > 0:
			g.Offer(c.Size, c.Note, o.HashReader(ctx))
		case err != nil && ctx.Err() == nil && !ledger.IsStopped(err): // that is said at the next look
			logger.Error("cannot sign the log", "err", err)
		}
	}
}

func isForbidden(err error) bool { return err != nil && stocktake.KindOf(err) == stocktake.Forbidden }
