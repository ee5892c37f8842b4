// Package address reads mail addresses, and tells which of them lead to one mailbox.
//
// An Address is written as mail is sent to it: what somebody gave, with the domain in lower case and ASCII. Canonical is for comparing alone:
// mail goes to the address as it was given. The package asks nobody: whether a mailbox exists is not known here.
package address

import (
	"net/mail"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"

	"stocktake"
)

// Limits of RFC 5321, section 4.5.3.1: bytes of the part before the @, and of the whole.
const (
	maxLocal = 64
	maxWhole = 254
	maxName  = 200 // characters of a display name; ours
)

// An Address is one mailbox, with the name that stood beside it. The zero Address is none.
type Address struct {
	Name   string `json:"name,omitempty"` // as given, NFC, without control characters; may be empty
	Local  string `json:"local"`          // before the @, as given, NFC
	Domain string `json:"domain"`         // lower case, ASCII (xn--…)
}

// domains is how domain names are read: as a browser reads them (UTS 46, no transitional forms), within the limits of the DNS.
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.VerifyDNSLength(true), idna.StrictDomainName(true))

// Parse reads one address: ana@example.org, <ana@example.org>, or Ana Ruiz <ana@example.org>. Letters beyond ASCII may stand on both sides of
// the @ (RFC 6531). Quoted local parts, comments, addresses of machines ([192.0.2.1]) and domains without a dot are Invalid faults, which do not
// repeat what was typed.
func Parse(s string) (Address, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Address{}, stocktake.Invalidf("there is no mail address").Hinted("write it like name@example.net")
	}
	if len(s) > 4*(maxWhole+maxName) || !utf8.ValidString(s) || strings.ContainsFunc(s, unprintable) {
		return Address{}, invalid("it is too long, or holds characters that no address has")
	}
	s = strings.TrimPrefix(s, "mailto:")
	var a Address
	bare := s
	if strings.HasSuffix(s, ">") {
		i := strings.LastIndexByte(s, '<')
		if i < 0 {
			return Address{}, invalid("there is a > without a <")
		}
		bare = strings.TrimSpace(s[i+1 : len(s)-1])
		name, err := displayName(strings.TrimSpace(s[:i]))
		if err != nil {
			return Address{}, err
		}
		a.Name = name
	}
	at := strings.LastIndexByte(bare, '@')
	if at < 0 {
		return Address{}, invalid("there is no @ in it")
	}
	a.Local = norm.NFC.String(bare[:at])
	if why := badLocal(a.Local); why != "" {
		return Address{}, invalid(why)
	}
	domain, err := Domain(bare[at+1:])
	if err != nil {
		return Address{}, err
	}
	a.Domain = domain
	if len(a.String()) > maxWhole {
		return Address{}, invalid("it is longer than 254 bytes")
	}
	return a, nil
}

// Domain reads a domain name, and returns it in lower case and ASCII. Machine addresses and names without a dot are Invalid faults.
func Domain(s string) (string, error) {
	s = strings.TrimSuffix(strings.TrimSpace(s), ".")
	d, err := domains.ToASCII(s)
	if err != nil || !strings.Contains(d, ".") || strings.Contains(d, "..") {
		return "", invalid("what stands behind the @ is not the name of a domain")
	}
	if _, err := netip.ParseAddr(d); err == nil {
		return "", invalid("what stands behind the @ is the number of a machine, not the name of a domain")
	}
	return d, nil
}

func invalid(why string) *stocktake.Fault {
	return stocktake.Invalidf("this is not a mail address: %s", why).Hinted("write it like name@example.net")
}

func unprintable(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r)
}

// displayName reads what stands before the <. Quotes and encoded words are undone.
func displayName(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if strings.HasPrefix(s, `"`) || strings.Contains(s, "=?") {
		a, err := mail.ParseAddress(s + " <a@example.org>")
		if err != nil {
			return "", invalid("the name before it cannot be read")
		}
		s = a.Name
	}
	return CleanName(s)
}

// CleanName returns a display name in NFC with single spaces. One that is too long, or holds control characters, is an Invalid fault.
func CleanName(s string) (string, error) {
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	if utf8.RuneCountInString(s) > maxName || strings.ContainsFunc(s, unprintable) || !utf8.ValidString(s) {
		return "", stocktake.Invalidf("a name beside a mail address is longer than %d characters, or holds characters that do not print", maxName)
	}
	return s, nil
}

// badLocal tells what is wrong with the part before the @: a dot-atom of RFC 5322, widened by RFC 6531.
func badLocal(s string) string {
	if s == "" {
		return "nothing stands before the @"
	}
	if len(s) > maxLocal {
		return "more than 64 bytes stand before the @"
	}
	if s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return "a dot stands at an end of what is before the @, or two in a row"
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(".!#$%&'*+-/=?^_`{|}~", r):
		case r >= 0x80 && unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.S, unicode.P):
		default:
			return "a space or another character that does not belong there stands before the @"
		}
	}
	return ""
}

// String returns the address alone, as mail is sent to it: local@domain.
func (a Address) String() string {
	if a.IsZero() {
		return ""
	}
	return a.Local + "@" + a.Domain
}

// Full returns name and address as they stand in a letter's head, encoded where that is needed.
func (a Address) Full() string {
	if a.IsZero() {
		return ""
	}
	m := mail.Address{Name: a.Name, Address: a.String()}
	return m.String()
}

// IsZero reports whether a is no address.
func (a Address) IsZero() bool { return a.Local == "" && a.Domain == "" }

// IsASCII reports whether every mail server can send to it; others need SMTPUTF8 (RFC 6531).
func (a Address) IsASCII() bool {
	return !strings.ContainsFunc(a.Local, func(r rune) bool { return r >= utf8.RuneSelf })
}

// Shown returns the address for people to read: with the domain in its own letters where it has others than ASCII.
func (a Address) Shown() string {
	if a.IsZero() {
		return ""
	}
	d, err := idna.Display.ToUnicode(a.Domain)
	if err != nil {
		d = a.Domain
	}
	return a.Local + "@" + d
}

// Canonical returns the form in which two addresses of one mailbox are equal, as far as the table of rules tells. It is for comparing and for
// keys; mail is never sent to it. Letters are compared without regard to case, which RFC 5321 allows a server to do and all do.
func (a Address) Canonical() string {
	if a.IsZero() {
		return ""
	}
	local := strings.ToLower(norm.NFKC.String(a.Local))
	domain := a.Domain
	r, ok := byDomain[domain]
	if !ok {
		if sub, rest, cut := strings.Cut(domain, "."); cut {
			if p, is := byDomain[rest]; is && p.Subdomain { // anything@user.fastmail.com
				return p.canonical(sub, rest)
			}
		}
		return local + "@" + domain
	}
	return r.canonical(local, domain)
}

// Registrable returns the part of the domain that somebody registered, by the public suffix list: example.co.uk for mail.example.co.uk. ok is
// false where the domain is itself a public suffix. A name that hosts give their users below their own (example.github.io) counts as
// registered by the user, as the list has it.
func (a Address) Registrable() (domain string, ok bool) { return Registrable(a.Domain) }

// Registrable does it for a domain as Domain returns it.
func Registrable(domain string) (string, bool) {
	d, err := publicsuffix.EffectiveTLDPlusOne(domain)
	return d, err == nil
}

// Shared reports whether the domain gives mailboxes to anybody, by the table of rules: a mailbox there shows nothing about an organisation. A
// domain that is not in the table may be such a one all the same.
func (a Address) Shared() bool {
	if _, ok := byDomain[a.Domain]; ok {
		return true
	}
	_, rest, _ := strings.Cut(a.Domain, ".")
	r, ok := byDomain[rest]
	return ok && r.Subdomain
}
