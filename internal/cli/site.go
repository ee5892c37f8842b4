package cli

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"stocktake/internal/store"
	"stocktake/internal/web"
)

// Settings of the site, in the record's own settings.
const (
	metaSiteName    = "site/name"
	metaSiteAddress = "site/address"
	metaSiteContact = "site/contact"
)

type siteCmd struct {
	Name    *string `help:"Name of the site, at the foot of every page. Empty takes it away." placeholder:"NAME"`
	Address *string `help:"Where the site is, such as https://stocktake.example.org." placeholder:"URL"`
	Contact *string `help:"Mailbox or page for those who have something to say about it." placeholder:"CONTACT"`
}

func (c *siteCmd) Help() string {
	return "Without flags it prints what is set. What is set stands at the foot of every page from the next start of serve on. The name of the log is set by \"key turn\"."
}

// site returns what the record says of whoever publishes it.
func (o *opened) site(ctx context.Context) (s web.Site, err error) {
	s.MirrorOf = o.of
	for name, to := range map[string]*string{metaSiteName: &s.Name, metaSiteAddress: &s.Address, metaSiteContact: &s.Contact} {
		if *to, err = o.Store().Meta(ctx, name); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Run shows or sets name, address and contact.
func (c *siteCmd) Run(e *env) error {
	set := map[string]string{}
	for name, v := range map[string]*string{metaSiteName: c.Name, metaSiteAddress: c.Address, metaSiteContact: c.Contact} {
		if v == nil {
			continue
		}
		text := strings.TrimSpace(*v)
		if !utf8.ValidString(text) || len(text) > 300 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }) {
			return misusef("write one line of at most 300 bytes")
		}
		if name == metaSiteAddress && text != "" {
			u, err := url.Parse(text)
			if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" {
				return misusef("--address %s: write the whole address, such as https://stocktake.example.org", text)
			}
			text = strings.TrimRight(text, "/")
		}
		set[name] = text
	}
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	if len(set) > 0 {
		err := o.Store().Write(e.ctx, func(w store.Writer) error {
			for name, text := range set {
				if err := w.SetMeta(e.ctx, name, text); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	s, err := o.site(e.ctx)
	if err != nil {
		return err
	}
	if set[metaSiteAddress] != "" {
		if err := o.sayPublic(e); err != nil {
			return err
		}
	}
	origin, _, err := o.LogName(e.ctx)
	if err != nil {
		return err
	}
	if e.flags.JSON {
		return e.object(map[string]any{"name": s.Name, "address": s.Address, "contact": s.Contact, "log": origin, "mirror_of": s.MirrorOf})
	}
	fmt.Fprintf(e.out, "name     %s\naddress  %s\ncontact  %s\nlog      %s\n", s.Name, s.Address, s.Contact, origin)
	if s.MirrorOf != "" {
		fmt.Fprintf(e.out, "mirror   of %s\n", s.MirrorOf)
	}
	return nil
}
