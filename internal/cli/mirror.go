package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"stocktake/internal/mirror"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
)

type mirrorCmd struct {
	From   string `arg:"" help:"Address of a site, or a folder or zip file that \"log\" wrote."`
	To     string `arg:"" help:"Folder of the mirror; it is made where there is none."`
	Follow bool   `help:"Go on following until stopped."`
	Every  string `help:"How often to look, with --follow." default:"10s" placeholder:"DURATION"`
	Policy string `help:"File that says which log and which witnesses to believe (c2sp.org/tlog-policy)." placeholder:"FILE" type:"existingfile"`
}

func (c *mirrorCmd) Help() string {
	return "Fetches the whole record behind the log of a site, checks every entry, and keeps it as a record that can be served (serve --data FOLDER), asked and published again. What was removed there goes here too. A round that is interrupted leaves nothing by halves; the next one goes on. A history that contradicts what is here is refused, and both signed heads are kept in FOLDER/seen."
}

// Run makes or follows a mirror.
func (c *mirrorCmd) Run(e *env) error {
	every, err := time.ParseDuration(c.Every)
	if err != nil || every < time.Second {
		return misusef("--every %s: write a duration of a second or more, such as 10s or 5m", c.Every)
	}
	var policy *tree.Policy
	if c.Policy != "" {
		text, err := os.ReadFile(c.Policy)
		if err != nil {
			return err
		}
		if policy, err = tree.ParsePolicy(string(text)); err != nil {
			return misuse{err}
		}
	}
	src, err := verify.Open(e.ctx, c.From)
	if err != nil {
		return err
	}
	defer src.Close()
	e.flags.Data = c.To
	o, err := e.openBare()
	if err != nil {
		return err
	}
	defer o.Ledger.Close()
	m := &mirror.Mirror{Ledger: o.Ledger, Source: src, Of: c.From, Policy: policy, Seen: &verify.Memory{Dir: filepath.Join(o.dir, "seen"), Now: e.now}}
	if p := e.progress(); p != nil {
		m.Progress = mirror.Progress(p)
	}
	if !c.Follow {
		took, err := m.Round(e.ctx)
		if err != nil {
			return err
		}
		c.tell(e, took)
		fmt.Fprintf(e.out, "`stocktake serve --data %s` serves it.\n", c.To)
		return nil
	}
	first := true
	return m.Follow(e.ctx, every, 10*time.Minute, func(t mirror.Took) {
		if first || t.Entries > 0 || t.Files > 0 {
			c.tell(e, t)
		}
		first = false
	}, func(since time.Time, err error) {
		fmt.Fprintf(e.err, "%s has been silent since %s: %v\n", c.From, since.UTC().Format(time.RFC3339), err)
	})
}

func (c *mirrorCmd) tell(e *env, t mirror.Took) {
	fmt.Fprintf(e.out, "The log %s has %d entries; %d were new, with %d archived files.\n", t.Origin, t.Size, t.Entries, t.Files)
	if t.Removed > 0 {
		fmt.Fprintf(e.out, "%d texts or files were removed there, and here too.\n", t.Removed)
	}
}
