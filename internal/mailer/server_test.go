package mailer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// post is a real mail server in this process. Its hooks may refuse, wait, or break the connection.
type post struct {
	addr  string
	roots *x509.CertPool

	mu      sync.Mutex
	got     []taken
	rcpt    func(to string) error           // before RCPT is answered
	data    func(id string, b []byte) error // when the letter is whole, before it is counted as taken
	begin   func() error                    // when DATA was answered, before the letter is read
	taken   func(conn net.Conn, t taken)    // when it was counted, before the 250
	signIns int
	tlsSeen bool
}

type taken struct {
	from, to, id string
	bytes        []byte
	utf8         bool
}

type postOptions struct {
	tls, implicit, auth, utf8 bool
}

func newPost(t testing.TB, o postOptions) *post {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &post{addr: ln.Addr().String()}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		base := postSession{p: p, c: c}
		if o.auth {
			return &signedSession{postSession: base}, nil
		}
		return &base, nil
	}))
	s.Domain, s.AllowInsecureAuth, s.EnableSMTPUTF8 = "post.example.org", true, o.utf8
	s.MaxMessageBytes, s.MaxRecipients = 20<<20, 10
	s.ReadTimeout, s.WriteTimeout = time.Minute, time.Minute
	s.ErrorLog = log.New(io.Discard, "", 0)
	if o.tls || o.implicit {
		cert, roots := certificate(t)
		p.roots = roots
		conf := &tls.Config{Certificates: []tls.Certificate{cert}}
		if o.implicit {
			ln = tls.NewListener(ln, conf)
		} else {
			s.TLSConfig = conf
		}
	}
	done := make(chan struct{})
	go func() { s.Serve(ln); close(done) }()
	t.Cleanup(func() { s.Close(); ln.Close(); <-done }) // Close does not know a listener that Serve has not got to
	return p
}

func (p *post) letters() []taken {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]taken(nil), p.got...)
}

func (p *post) hook(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// counts returns how often each letter was taken, by Message-ID.
func (p *post) counts() map[string]int {
	m := map[string]int{}
	for _, t := range p.letters() {
		m[t.id]++
	}
	return m
}

type postSession struct {
	p        *post
	c        *smtp.Conn
	from, to string
	utf8     bool
	allowed  bool
}

func (s *postSession) Mail(from string, o *smtp.MailOptions) error {
	s.from, s.utf8 = from, o.UTF8
	return nil
}

func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.p.mu.Lock()
	f := s.p.rcpt
	s.p.mu.Unlock()
	if f != nil {
		if err := f(to); err != nil {
			if errors.Is(err, errCut) {
				s.c.Conn().Close()
			}
			return err
		}
	}
	s.to = to
	return nil
}

var errCut = errors.New("cut")

func (s *postSession) Data(r io.Reader) error {
	s.p.mu.Lock()
	begin, whole, after := s.p.begin, s.p.data, s.p.taken
	s.p.mu.Unlock()
	if begin != nil {
		if err := begin(); err != nil {
			if errors.Is(err, errCut) {
				s.c.Conn().Close()
			}
			return err
		}
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	id := ""
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "Message-ID: <"); ok {
			id, _, _ = strings.Cut(v, "@")
			break
		}
	}
	if whole != nil {
		if err := whole(id, b); err != nil {
			if errors.Is(err, errCut) {
				s.c.Conn().Close()
			}
			return err
		}
	}
	t := taken{s.from, s.to, id, b, s.utf8}
	s.p.mu.Lock()
	s.p.got = append(s.p.got, t)
	if _, ok := s.c.TLSConnectionState(); ok {
		s.p.tlsSeen = true
	}
	s.p.mu.Unlock()
	if after != nil {
		after(s.c.Conn(), t)
	}
	return nil
}

func (s *postSession) Reset()        {}
func (s *postSession) Logout() error { return nil }

// signedSession takes letters from ana with the password se:cr@t alone.
type signedSession struct{ postSession }

func (s *signedSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *signedSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "ana" || password != "se:cr@t" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no"}
		}
		s.allowed = true
		s.p.mu.Lock()
		s.p.signIns++
		s.p.mu.Unlock()
		return nil
	}), nil
}

func (s *signedSession) Mail(from string, o *smtp.MailOptions) error {
	if !s.allowed {
		return smtp.ErrAuthRequired
	}
	return s.postSession.Mail(from, o)
}

// certificate makes one for mail.example.org and 127.0.0.1, signed by itself.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.org"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"mail.example.org"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// config is one for a server, by what stands in the environment.
func config(t testing.TB, env map[string]string) Config {
	t.Helper()
	if env[EnvFrom] == "" {
		env[EnvFrom] = "Secretariat <letters@example.org>"
	}
	c, err := ConfigFrom(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func plainConfig(t testing.TB, p *post) Config {
	return config(t, map[string]string{EnvSMTP: "smtp://" + p.addr, EnvHourly: "100000", EnvDomainHourly: "100000"})
}

func b64(r io.Reader) io.Reader { return base64.NewDecoder(base64.StdEncoding, r) }
