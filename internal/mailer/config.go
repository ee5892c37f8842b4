package mailer

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/mailer/address"
)

// Names of the environment variables that ConfigFrom reads. There are no flags for them: a password on a command line can be read by others.
const (
	EnvSMTP         = "STOCKTAKE_SMTP"               // smtp://user:password@host:587, smtps://user:password@host:465
	EnvFrom         = "STOCKTAKE_MAIL_FROM"          // Secretariat <letters@example.org>
	EnvDKIM         = "STOCKTAKE_DKIM"               // FILE,SELECTOR or FILE,SELECTOR,DOMAIN
	EnvHourly       = "STOCKTAKE_MAIL_HOURLY"        // letters an hour, 500 where it is not set
	EnvDomainHourly = "STOCKTAKE_MAIL_DOMAIN_HOURLY" // letters an hour to one domain, 100
)

// Config says how mail is sent. The zero Config sends none. It holds a password and a key, and prints neither.
type Config struct {
	host, port     string
	user, password string
	implicit       bool // TLS from the first byte (smtps)
	plain          bool // no TLS: to this computer alone
	from           address.Address
	dkim           *signer
	hourly, domain int

	// For tests: who is trusted, and where a name leads.
	roots *x509.CertPool
	dial  func(network, addr string) (net.Conn, error)
}

// signer is a key for DKIM.
type signer struct {
	key              crypto.Signer
	selector, domain string
}

// ConfigFrom reads the environment. Where there is no mail server it returns a Config that is not Enabled, and no error. What is wrong is an
// Invalid fault that names the variable, never its value.
func ConfigFrom(env func(string) string) (Config, error) {
	c := Config{hourly: 500, domain: 100}
	for _, n := range []struct {
		name string
		to   *int
	}{{EnvHourly, &c.hourly}, {EnvDomainHourly, &c.domain}} {
		if s := env(n.name); s != "" {
			v, err := strconv.Atoi(s)
			if err != nil || v < 1 || v > 1_000_000 {
				return Config{}, stocktake.Invalidf("this is not a number of letters an hour").At(n.name).Hinted("write a number from 1, such as 500")
			}
			*n.to = v
		}
	}
	if env(EnvSMTP) == "" {
		return c, nil
	}
	if err := c.server(env(EnvSMTP)); err != nil {
		return Config{}, err
	}
	if env(EnvFrom) == "" {
		return Config{}, stocktake.Invalidf("%s is set, but nothing says from whom the letters come", EnvSMTP).At(EnvFrom).Hinted("set it, such as Secretariat <letters@example.org>")
	}
	from, err := address.Parse(env(EnvFrom))
	if err == nil && !from.IsASCII() {
		err = stocktake.Invalidf("an address to send from has ASCII letters alone before the @")
	}
	if err != nil {
		if f, ok := err.(*stocktake.Fault); ok {
			return Config{}, f.At(EnvFrom)
		}
		return Config{}, err
	}
	c.from = from
	if s := env(EnvDKIM); s != "" {
		if c.dkim, err = readSigner(s, from); err != nil {
			return Config{}, err
		}
	}
	return c, nil
}

// server reads the URL of the mail server.
func (c *Config) server(s string) error {
	wrong := func(why string) error { // neither the value nor the parser's error, which quotes it: it holds a password
		return stocktake.Invalidf("%s", why).At(EnvSMTP).Hinted("write it like smtp://user:password@mail.example.org:587 or smtps://user:password@mail.example.org:465; in user and password, write signs such as @ : / with per cent codes (%%40 %%3A %%2F)")
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return wrong("this is not the address of a mail server")
	}
	c.host, c.port = u.Hostname(), u.Port()
	switch u.Scheme {
	case "smtp":
		if c.port == "" {
			c.port = "587"
		}
	case "smtps":
		c.implicit = true
		if c.port == "" {
			c.port = "465"
		}
	default:
		return wrong("the address of a mail server begins with smtp:// or smtps://")
	}
	if u.User != nil {
		c.user = u.User.Username()
		c.password, _ = u.User.Password()
		if c.user == "" || c.password == "" || strings.ContainsAny(c.user+c.password, "\x00\r\n") {
			return wrong("there is a user without a password, or a password without a user")
		}
	}
	q := u.Query()
	switch tls := q.Get("tls"); {
	case len(q) > 1 || len(q) == 1 && !q.Has("tls") || tls != "" && tls != "required":
		return wrong("behind the ? nothing but tls=required can stand")
	case tls == "" && !c.implicit && loopback(c.host):
		c.plain = true
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// readSigner reads FILE,SELECTOR[,DOMAIN]. The domain is that of the sender where it is left out.
func readSigner(s string, from address.Address) (*signer, error) {
	wrong := func(why string) error {
		return stocktake.Invalidf("%s", why).At(EnvDKIM).Hinted("write FILE,SELECTOR,DOMAIN: a file with a private key in PEM, a name such as s2026, and the domain of %s", EnvFrom)
	}
	part := strings.Split(s, ",")
	if len(part) < 2 || len(part) > 3 {
		return nil, wrong("these are not two or three parts with commas between")
	}
	g := &signer{selector: part[1], domain: from.Domain}
	if len(part) == 3 {
		d, err := address.Domain(part[2])
		if err != nil {
			return nil, wrong("the third part is not the name of a domain")
		}
		g.domain = d
	}
	if _, err := address.Domain(g.selector + "." + g.domain); err != nil {
		return nil, wrong("the second part is not a selector: letters, digits and hyphens")
	}
	if g.domain != from.Domain && !strings.HasSuffix(from.Domain, "."+g.domain) {
		return nil, wrong("the signature would be that of another domain than the sender's, and count for nothing")
	}
	text, err := os.ReadFile(part[0])
	if err != nil {
		return nil, &stocktake.Fault{Kind: stocktake.Invalid, Where: EnvDKIM, What: "the file with the key cannot be read", Hint: "look whether it is there, and whether you may read it", Err: err}
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, wrong("the file holds no key in PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		if key, err = x509.ParsePKCS1PrivateKey(block.Bytes); err != nil {
			return nil, wrong("the file holds no private key in PKCS #8 or PKCS #1, or one with a pass phrase")
		}
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() < 2048 {
			return nil, wrong("the key has fewer than 2048 bits")
		}
		g.key = k
	case ed25519.PrivateKey:
		g.key = k
	default:
		return nil, wrong("the key is neither RSA nor Ed25519")
	}
	return g, nil
}

// Enabled reports whether there is a mail server.
func (c Config) Enabled() bool { return c.host != "" }

// From returns the sender, with the name.
func (c Config) From() address.Address { return c.from }

// Limits returns how many letters may go in an hour: all together, and to one domain.
func (c Config) Limits() (hourly, domainHourly int) { return c.hourly, c.domain }

// String describes the configuration without user, password and key.
func (c Config) String() string {
	if !c.Enabled() {
		return "no mail server"
	}
	how := "STARTTLS"
	switch {
	case c.implicit:
		how = "TLS"
	case c.plain:
		how = "no TLS, on this computer"
	}
	if c.user != "" {
		how += ", with a password"
	}
	return fmt.Sprintf("%s (%s)", net.JoinHostPort(c.host, c.port), how)
}

// GoString and Format keep %#v and %+v from printing the fields.
func (c Config) GoString() string { return c.String() }

// Format implements fmt.Formatter.
func (c Config) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// MarshalText makes JSON and logs say no more than String.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// DKIM returns the name and the content of the TXT record that others check signatures with. ok is false where no key is configured.
func (c Config) DKIM() (name, record string, ok bool) {
	if c.dkim == nil {
		return "", "", false
	}
	switch k := c.dkim.key.Public().(type) {
	case *rsa.PublicKey:
		b, err := x509.MarshalPKIXPublicKey(k)
		if err != nil {
			return "", "", false
		}
		record = "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(b)
	case ed25519.PublicKey:
		record = "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(k)
	}
	return c.dkim.selector + "._domainkey." + c.dkim.domain, record, true
}

func (c Config) tls() *tls.Config {
	return &tls.Config{ServerName: c.host, RootCAs: c.roots, MinVersion: tls.VersionTLS12}
}
