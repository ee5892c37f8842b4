package cli

import (
	"fmt"
	"os"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/publish"
)

type proofCmd struct {
	Filing int64  `arg:"" help:"Number of the filing."`
	To     string `help:"File to write; the default is filing-N.tlog-proof." placeholder:"FILE"`
}

// Run writes the proof that a filing stands in the log.
func (c *proofCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	p, err := o.Prove(e.ctx, c.Filing)
	if err != nil {
		return err
	}
	if c.To == "-" {
		_, err := e.out.Write(p.Encode())
		return err
	}
	if c.To == "" {
		c.To = fmt.Sprintf("filing-%d.tlog-proof", c.Filing)
	}
	if err := os.WriteFile(c.To, p.Encode(), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s shows that filing %d is entry %d of the log.\n", c.To, c.Filing, p.Index)
	return nil
}

type logCmd struct {
	To string `arg:"" help:"Folder or bucket (s3://BUCKET/PREFIX?endpoint=URL) to write to; the log comes into its folder log."`
}

func (c *logCmd) Help() string {
	return "Writes what a site serves beneath /log/ as plain files, for any web host, a memory stick or a zip file, or into a bucket of an S3 service: the signed log, the filings and sheets behind it, and public copies. Whoever gets them can verify them, or make a mirror of them. Written again, only what changed is touched; what was removed goes."
}

// Run writes the log as plain files.
func (c *logCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.MayLeave(e.ctx); err != nil {
		return err
	}
	t, err := o.openLogTarget(e, c.To)
	if err != nil {
		return err
	}
	defer t.Close()
	if _, err := t.Get(e.ctx, "checkpoint"); stocktake.KindOf(err) == stocktake.NotFound {
		e.say("%s", ledger.CopiesElsewhere) // the first time, before it is given to anybody
	} else if err != nil {
		return err
	}
	w := publish.LogWriter{Ledger: o.Ledger, Target: t}
	if p := e.progress(); p != nil {
		w.Progress = publish.Progress(p)
	}
	n, err := w.Write(e.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s: %d files written, %d unchanged, %d removed.\n", t, n.Written, n.Same, n.Removed)
	return nil
}
