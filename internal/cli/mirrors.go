package cli

import (
	"fmt"

	"stocktake/internal/ledger"
	"stocktake/internal/verify"
)

type mirrorsCmd struct {
	Mirrors []string `arg:"" help:"Addresses of mirrors, or folders and zip files of published logs."`
}

func (c *mirrorsCmd) Help() string {
	return "Reads at each mirror what this record removed. Exit code 0: none gives anything of it out. 1: some do, or could not be asked."
}

// mirrorAnswer is what one mirror does.
type mirrorAnswer struct {
	Mirror  string           `json:"mirror"`
	Origin  string           `json:"origin,omitempty"`
	Entries int64            `json:"entries"`         // of the log, that it has
	Still   []ledger.Removed `json:"still"`           // what it still gives out
	Error   string           `json:"error,omitempty"` // why it could not be asked
}

// Run asks mirrors for what was removed.
func (c *mirrorsCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	gone, err := o.Removed(e.ctx)
	if err != nil {
		return err
	}
	list := make([]verify.Withdrawn, len(gone))
	for i, g := range gone {
		list[i] = verify.Withdrawn{Commitment: g.Commitment, File: g.File}
		if list[i].By, err = o.LeafIndex(e.ctx, g.By); err != nil {
			return err
		}
		if g.File == "" {
			if list[i].Entry, err = o.LeafIndex(e.ctx, g.Filing); err != nil {
				return err
			}
		}
	}
	origin, _, err := o.LogName(e.ctx)
	if err != nil {
		return err
	}
	origins := []string{origin}
	turns, err := o.Turns(e.ctx)
	if err != nil {
		return err
	}
	for _, t := range turns {
		origins = append(origins, t.From)
	}
	size, err := o.Store().LogSize(e.ctx)
	if err != nil {
		return err
	}
	answers := []mirrorAnswer{}
	clean := true
	for _, m := range c.Mirrors {
		a := mirrorAnswer{Mirror: m, Still: []ledger.Removed{}}
		copy, err := askMirror(e, m, origins, list)
		a.Origin, a.Entries = copy.Origin, copy.Size
		lags := false
		for _, i := range copy.Still {
			a.Still = append(a.Still, gone[i])
			lags = lags || list[i].By >= copy.Size
		}
		if err != nil {
			if e.ctx.Err() != nil {
				return e.ctx.Err()
			}
			a.Error = err.Error()
		}
		clean = clean && err == nil && len(a.Still) == 0
		answers = append(answers, a)
		if !e.flags.JSON {
			tellMirror(e, &a, lags, size, len(gone))
		}
	}
	if e.flags.JSON {
		if err := e.object(answers); err != nil {
			return err
		}
	}
	if !clean {
		return failed{}
	}
	return nil
}

func askMirror(e *env, target string, origins []string, list []verify.Withdrawn) (verify.Copy, error) {
	s, err := verify.Open(e.ctx, target)
	if err != nil {
		return verify.Copy{}, err
	}
	defer s.Close()
	return verify.Withdrawals(e.ctx, s, origins, list)
}

func tellMirror(e *env, a *mirrorAnswer, lags bool, size int64, gone int) {
	for i := range a.Still {
		fmt.Fprintf(e.out, "%s STILL GIVES OUT %s, removed here %s\n", a.Mirror, a.Still[i].What(), a.Still[i].Why())
	}
	switch {
	case a.Error != "":
		fmt.Fprintf(e.out, "%s could not be asked: %s\n", a.Mirror, a.Error)
	case lags:
		fmt.Fprintf(e.out, "%s has %d of %d entries: it has not followed since. Tell whoever keeps it.\n", a.Mirror, a.Entries, size)
	case len(a.Still) > 0:
		fmt.Fprintf(e.out, "%s has the removal on its log, and gives out what was removed all the same. Tell whoever keeps it.\n", a.Mirror)
	default:
		fmt.Fprintf(e.out, "%s gives out nothing of the %d things that were removed here.\n", a.Mirror, gone)
	}
}
