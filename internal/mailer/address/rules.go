package address

import "strings"

// A Rule says which addresses of one provider lead to the same mailbox. A provider that is not in the table has none: ana+x@example.org and
// ana@example.org are two. To take two people for one does more harm than to take one for two, so that only what a provider
// says itself, or what its own program does, stands here.
type Rule struct {
	Provider  string
	Domains   []string // all of them are one; the first one is canonical, unless Apart is set
	Apart     bool     // the same name at another of the domains is somebody else
	Ignored   string   // characters that do not count before the @
	Same      string   // two characters; the second counts as the first
	Tag       string   // from this character on, nothing counts
	Subdomain bool     // anything@name.domain is name@domain
	Sources   []string
}

// Rules is the table. Read in November 2026; a source that has moved is to be found by its title, which stands in the comment.
var Rules = []Rule{
	{
		Provider: "Gmail",
		Domains:  []string{"gmail.com", "googlemail.com"}, Ignored: ".", Tag: "+",
		Sources: []string{
			"https://support.google.com/mail/answer/7436150", // Dots don't matter in Gmail addresses
			"https://support.google.com/mail/answer/22370",   // Create task-specific email addresses
			"https://support.google.com/mail/answer/159001",  // Using googlemail.com instead of gmail.com
		},
	},
	{
		Provider: "Outlook.com",
		Domains:  []string{"outlook.com", "hotmail.com", "live.com", "msn.com"}, Apart: true, Tag: "+",
		Sources: []string{"https://learn.microsoft.com/en-us/exchange/recipients-in-exchange-online/plus-addressing-in-exchange-online"}, // Plus addressing
	},
	{
		Provider: "iCloud Mail",
		Domains:  []string{"icloud.com", "me.com", "mac.com"}, Tag: "+",
		Sources: []string{"https://support.apple.com/en-us/118230"}, // About your @icloud.com, @me.com, and @mac.com email addresses
	},
	{
		Provider: "Proton Mail",
		Domains:  []string{"proton.me", "protonmail.com", "protonmail.ch", "pm.me"}, Ignored: "._-", Tag: "+",
		Sources: []string{
			"https://proton.me/support/addresses-and-aliases",                                      // Email addresses and aliases
			"https://github.com/ProtonMail/WebClients (removeEmailAlias in src/helpers/string.js)", // what Proton's own program compares
		},
	},
	{
		Provider: "Fastmail",
		Domains:  []string{"fastmail.com", "fastmail.fm"}, Apart: true, Tag: "+", Subdomain: true,
		Sources: []string{"https://www.fastmail.help/hc/en-us/articles/360060591053"}, // Plus addressing and subdomain addressing
	},
	{
		Provider: "Yandex Mail",
		Domains:  []string{"yandex.ru", "ya.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua"}, Same: ".-", Tag: "+",
		Sources: []string{
			"https://yandex.com/support/domain/additional/mailbox-alias.xml", // Mailbox aliases (synonyms)
			"https://yandex.com/support/id/authorization/email.html",         // Alternate email addresses
		},
	},
	// No rule is known that always holds for these, but anybody can have a mailbox there.
	{Provider: "Yahoo", Domains: []string{"yahoo.com", "yahoo.co.uk", "yahoo.fr", "yahoo.es", "yahoo.de", "yahoo.com.br", "yahoo.com.mx", "ymail.com"}, Apart: true},
	{Provider: "AOL", Domains: []string{"aol.com"}, Apart: true},
	{Provider: "GMX and WEB.DE", Domains: []string{"gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de"}, Apart: true},
	{Provider: "Mail.ru", Domains: []string{"mail.ru", "bk.ru", "inbox.ru", "list.ru"}, Apart: true},
	{Provider: "Orange", Domains: []string{"orange.fr", "wanadoo.fr"}, Apart: true},
	{Provider: "Free", Domains: []string{"free.fr"}, Apart: true},
	{Provider: "Posteo", Domains: []string{"posteo.de", "posteo.net"}, Apart: true},
	{Provider: "Riseup", Domains: []string{"riseup.net"}, Apart: true},
	{Provider: "Tuta", Domains: []string{"tuta.com", "tutanota.com", "tutanota.de"}, Apart: true},
	{Provider: "UOL and BOL", Domains: []string{"uol.com.br", "bol.com.br"}, Apart: true},
	{Provider: "QQ Mail", Domains: []string{"qq.com"}, Apart: true},
	{Provider: "NetEase", Domains: []string{"163.com", "126.com"}, Apart: true},
}

var byDomain = func() map[string]*Rule {
	m := map[string]*Rule{}
	for i := range Rules {
		for _, d := range Rules[i].Domains {
			m[d] = &Rules[i]
		}
	}
	return m
}()

func (r *Rule) canonical(local, domain string) string {
	whole := local
	if r.Tag != "" {
		local, _, _ = strings.Cut(local, r.Tag)
	}
	local = strings.Map(func(c rune) rune {
		if strings.ContainsRune(r.Ignored, c) {
			return -1
		}
		if r.Same != "" && c == rune(r.Same[1]) {
			return rune(r.Same[0])
		}
		return c
	}, local)
	if local == "" { // +x@gmail.com: no name is left
		local = whole
	}
	if !r.Apart {
		domain = r.Domains[0]
	}
	return local + "@" + domain
}
