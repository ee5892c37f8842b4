package signon

import (
	_ "embed"
	"net/url"
	"strings"
	"sync"

	"stocktake"
	"stocktake/internal/mailer/address"
)

//go:embed data/freemail.txt
var freeMailText string

var freeMail = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(freeMailText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			m[line] = true
		}
	}
	return m
})

// FreeMail reports whether a mailbox at this domain (lower case, ASCII) shows nothing about an organisation, because anybody gets one there.
func FreeMail(domain string) bool {
	if (address.Address{Local: "a", Domain: domain}).Shared() || freeMail()[domain] {
		return true
	}
	registered, ok := address.Registrable(domain)
	return !ok || freeMail()[registered] || (address.Address{Local: "a", Domain: registered}).Shared()
}

// OwnDomain returns the registrable domain of a mailbox, and whether it can be an organisation's own.
func OwnDomain(a address.Address) (string, bool) {
	if a.IsZero() || FreeMail(a.Domain) {
		return "", false
	}
	return a.Registrable()
}

// SiteDomain returns the registrable domain of a website's address or a bare domain name. A host of pages for anybody (as the public suffix list
// has them) counts with the name below it.
func SiteDomain(site string) (string, error) {
	s := strings.TrimSpace(site)
	if s == "" {
		return "", nil
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" {
		return "", stocktake.Invalidf("this is not the address of a website").Hinted("write it like www.example.org, or leave it out")
	}
	d, err := address.Domain(u.Hostname())
	if err != nil {
		return "", stocktake.Invalidf("this is not the address of a website").Hinted("write it like www.example.org, or leave it out")
	}
	registered, ok := address.Registrable(d)
	if !ok {
		return "", stocktake.Invalidf("%s is a name below which others register theirs, not one that an organisation has", d).Hinted("write it like www.example.org, or leave it out")
	}
	if FreeMail(registered) || socialHosts[registered] {
		return "", nil
	}
	return registered, nil
}

// socialHosts are sites on which anybody has a page: such an address says nothing about whose the domain is.
var socialHosts = map[string]bool{"facebook.com": true, "instagram.com": true, "x.com": true, "twitter.com": true, "linkedin.com": true, "youtube.com": true,
	"google.com": true, "wordpress.com": true, "linktr.ee": true, "t.me": true, "tiktok.com": true, "medium.com": true, "wixsite.com": true}
