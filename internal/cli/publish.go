package cli

import (
	"fmt"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/publish"
	"stocktake/internal/publish/site"
	"stocktake/internal/web"
)

type publishCmd struct {
	To     string `arg:"" help:"Folder to write to, or a bucket (s3://…)."`
	URL    string `help:"Where the copy will be, such as https://stocktake.example.org; the default is the site's own address." placeholder:"URL"`
	Live   string `help:"Where the program itself answers, for what files cannot." placeholder:"URL"`
	Day    string `help:"Last day for which pages may answer; the default is today." placeholder:"DAY"`
	Check  bool   `help:"Read every file that is there, and write anew what differs."`
	Follow bool   `help:"Stay, and publish again when something was filed and when a day has passed."`
}

func (c *publishCmd) Help() string {
	return "Writes the whole public site as plain files, for any web host: pages, their data, the log, and indexes from which the reader's browser answers for other days. Links work under any address. Written again, only what changed is touched, and what should not be there any more goes; what was interrupted is gone on with. Each page says for which day it answers: that of the newest filing that bears on it, or a later one on which something began or ended. manifest.json and the files in manifest/ list every file with its SHA-256: \"sha256sum --check --quiet manifest/*\" checks them."
}

// Run writes the site as plain files.
func (c *publishCmd) Run(e *env) error {
	for name, v := range map[string]*string{"--url": &c.URL, "--live": &c.Live} {
		if *v == "" {
			continue
		}
		u, err := url.Parse(*v)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" {
			return misusef("%s %s: write the whole address, such as https://stocktake.example.org", name, *v)
		}
		*v = strings.TrimRight(*v, "/")
	}
	day := today(e.now().UTC())
	if c.Day != "" {
		d, err := stocktake.ParseDate(c.Day)
		if err != nil {
			return misusef("--day: %v", err)
		}
		lo, hi := d.Bounds()
		if lo != hi {
			return misusef("--day %s is more than one day; write it as 2026-11-23", c.Day)
		}
		if lo > day {
			return misusef("--day %s has not come yet: a page answers for days that can be known", c.Day)
		}
		day = lo
	}
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.MayLeave(e.ctx); err != nil {
		return err
	}
	of, err := o.site(e.ctx)
	if err != nil {
		return err
	}
	if c.URL != "" {
		of.Address = c.URL
	}
	t, err := o.openTarget(e, c.To)
	if err != nil {
		return err
	}
	defer t.Close()
	if _, err := t.Get(e.ctx, "manifest.json"); stocktake.KindOf(err) == stocktake.NotFound {
		e.say("%s", ledger.CopiesElsewhere) // the first time, before it is given to anybody
	}
	if err := o.signLog(e); err != nil {
		return err
	}
	opt := site.Options{CopyOptions: web.CopyOptions{Version: Version, Site: of, Day: day, Live: c.Live}, Check: c.Check}
	if p := e.progress(); p != nil {
		opt.Progress = publish.Progress(p)
	}
	if c.Follow {
		opt.Log = &publish.LogWriter{Ledger: o.Ledger, Target: publish.Beneath(t, "log"), Progress: opt.Progress}
	}
	// Pages are made and thrown away by the thousand: more room between collections saves a third of the time.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	for {
		n, err := site.Write(e.ctx, o.Ledger, t, opt)
		if err != nil {
			if c.Follow && e.ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("%w (%d files were written before; publish again, and it goes on from there)", err, n.Written)
		}
		fmt.Fprintf(e.out, "%s: %d files written, %d unchanged, %d removed.\n", t, n.Written, n.Same, n.Removed)
		if !c.Follow {
			return nil
		}
		opt.Check, opt.Progress = false, nil
		if done, err := c.wait(e, o, &opt); done || err != nil {
			return err
		}
	}
}

// wait waits until something was filed, or another day began; done reports that the program is to end.
func (c *publishCmd) wait(e *env, o *opened, opt *site.Options) (done bool, err error) {
	head := o.Record().Head()
	for {
		select {
		case <-e.ctx.Done():
			return true, nil
		case <-time.After(time.Second):
		}
		if err := o.Refresh(e.ctx); err != nil {
			return false, err
		}
		day := opt.Day
		if c.Day == "" {
			day = today(e.now().UTC())
		}
		if o.Record().Head() == head && day == opt.Day {
			continue
		}
		opt.Day = day
		return false, o.signLog(e)
	}
}
