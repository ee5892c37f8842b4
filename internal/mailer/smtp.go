package mailer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"stocktake/internal/mailer/address"
)

// How long the server may take. RFC 5321, section 4.5.3.2, asks for patience behind the end of a letter above all.
const (
	dialTime    = 30 * time.Second
	commandTime = 2 * time.Minute
	dataTime    = 5 * time.Minute
	hurry       = 20 * time.Second // once the program is told to stop
)

// trouble is a failure that is the server's or ours and no letter's: nothing can be sent now.
type trouble struct {
	what string
	err  error
}

func (t *trouble) Error() string {
	if t.err == nil {
		return t.what
	}
	return t.what + ": " + t.err.Error()
}

func (t *trouble) Unwrap() error { return t.err }

// session is one connection to the mail server, signed in.
type session struct {
	ctx  context.Context
	c    *smtp.Client
	conn net.Conn
	utf8 bool   // the server takes addresses beyond ASCII
	how  string // version of TLS, for people
	stop func() bool
}

// open connects, encrypts and signs in. Every error is a trouble.
func (c Config) open(ctx context.Context) (_ *session, err error) {
	addr := net.JoinHostPort(c.host, c.port)
	dialed, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	var conn net.Conn
	if c.dial != nil {
		conn, err = c.dial("tcp", addr)
	} else {
		conn, err = new(net.Dialer).DialContext(dialed, "tcp", addr)
	}
	if err != nil {
		return nil, &trouble{"the mail server cannot be reached", err}
	}
	s := &session{ctx: ctx, conn: conn, how: "no TLS"}
	defer func() {
		if err != nil {
			conn.Close()
		}
	}()
	if err := conn.SetDeadline(time.Now().Add(dialTime)); err != nil {
		return nil, &trouble{"the connection to the mail server failed", err}
	}
	if c.implicit {
		t := tls.Client(conn, c.tls())
		if err := t.HandshakeContext(dialed); err != nil {
			return nil, &trouble{"the mail server cannot be spoken to in secret (TLS)", err}
		}
		s.conn, conn = t, t
	}
	if s.c, err = smtp.NewClient(s.conn, c.host); err != nil {
		return nil, &trouble{"the mail server does not greet", err}
	}
	s.stop = context.AfterFunc(ctx, func() { s.conn.SetDeadline(time.Now().Add(hurry)) }) // net.Conn may be used so from several goroutines
	defer func() {
		if err != nil {
			s.stop()
		}
	}()
	s.extend(commandTime)
	if err := s.c.Hello(c.from.Domain); err != nil {
		return nil, &trouble{"the mail server does not greet", err}
	}
	if !c.implicit && !c.plain {
		if ok, _ := s.c.Extension("STARTTLS"); !ok {
			return nil, &trouble{"the mail server offers no STARTTLS, and nothing is sent to another computer in the clear", nil}
		}
		if err := s.c.StartTLS(c.tls()); err != nil {
			return nil, &trouble{"the mail server cannot be spoken to in secret (STARTTLS)", err}
		}
	}
	if state, ok := s.c.TLSConnectionState(); ok {
		s.how = tls.VersionName(state.Version)
	}
	if err := c.signIn(s.c); err != nil {
		return nil, err
	}
	s.utf8, _ = s.c.Extension("SMTPUTF8")
	return s, nil
}

// signIn uses the best way that both sides know. Over a connection without TLS, to this computer, a password goes in the clear.
func (c Config) signIn(client *smtp.Client) error {
	if c.user == "" {
		return nil
	}
	_, offered := client.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	for _, way := range []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(c.user, c.password)},
		{"PLAIN", smtp.PlainAuth("", c.user, c.password, c.host, c.plain)},
		{"LOGIN", smtp.LoginAuth(c.user, c.password, c.host, c.plain)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(c.user, c.password)},
	} {
		for _, w := range ways {
			if w != way.name {
				continue
			}
			if err := client.Auth(way.auth); err != nil {
				return &trouble{"the mail server does not accept user and password", err}
			}
			return nil
		}
	}
	return &trouble{"the mail server offers no way to sign in that is known here (it offers " + strings.Join(ways, ", ") + ")", nil}
}

// extend gives the server time for its next answer.
func (s *session) extend(d time.Duration) {
	if s.ctx.Err() != nil {
		d = min(d, hurry)
	}
	s.conn.SetDeadline(time.Now().Add(d)) // where this fails, the next read does
	s.c.UpdateDeadline(d)
}

func (s *session) close() {
	if s == nil {
		return
	}
	s.stop()
	s.extend(5 * time.Second)
	s.c.Quit() // politeness; the letters are through
	s.conn.Close()
}

// drop ends the connection without a word: what was begun is not finished.
func (s *session) drop() {
	s.stop()
	s.conn.Close()
}

// answer is what became of one letter at the server.
type answer struct {
	state State // Sent; Queued: later; Dead; Unknown
	code  int
	text  string
	cut   bool // the connection is of no more use
}

// refused makes an answer of an error before the letter was given over: the server has not taken it.
func refused(err error) answer {
	var p *textproto.Error
	if !errors.As(err, &p) {
		return answer{state: Queued, text: "the connection broke: " + err.Error(), cut: true}
	}
	a := answer{state: Queued, code: p.Code, text: fmt.Sprintf("%d %s", p.Code, clip(p.Msg)), cut: p.Code == 421}
	if p.Code >= 500 && p.Code < 600 {
		a.state = Dead
	}
	return a
}

// clip keeps a server's answer to one line of sensible length.
func clip(s string) string {
	r := []rune(strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "?"), func(r rune) bool { return r <= ' ' || r == 0x7f }), " "))
	if len(r) > 300 {
		r = append(r[:300], '…')
	}
	return string(r)
}

// give hands one letter over. mark is called when the server knows sender and recipient and the letter would be next; where it returns an
// error, nothing is sent; nor where late says so before the end of the letter. A trouble is returned where no letter could be sent, and where mark failed, its error.
func (s *session) give(from, to address.Address, letter []byte, mark func() error, late func() bool) (answer, error) {
	if !to.IsASCII() && !s.utf8 {
		return answer{state: Dead, text: "the mail server cannot send to addresses with letters beyond ASCII (SMTPUTF8)"}, nil
	}
	s.c.SkipSMTPUTF8(to.IsASCII())
	s.extend(commandTime)
	if err := s.c.Mail("<" + from.String() + ">"); err != nil {
		return answer{cut: true}, &trouble{"the mail server takes no letters from " + EnvFrom, err}
	}
	if err := s.c.Rcpt("<" + to.String() + ">"); err != nil {
		return s.reset(refused(err)), nil
	}
	// A crash here leaves a lease that ends by itself: nothing was sent.
	if err := mark(); err != nil {
		return s.reset(answer{}), err
	}
	// A crash from here on leaves "sending", and then "unknown".
	s.extend(commandTime)
	w, err := s.c.Data()
	if err != nil {
		return s.reset(refused(err)), nil
	}
	s.extend(dataTime)
	if _, err := w.Write(letter); err != nil {
		return answer{state: Queued, text: "the connection broke: " + err.Error(), cut: true}, nil // without its end, a letter is none
	}
	if late() {
		return answer{state: Queued, text: "it took too long to give the letter to the mail server", cut: true}, nil
	}
	if s.ctx.Err() != nil { // told to stop: rather begin anew later than wait for an answer that may not come in time
		return answer{state: Queued, text: "the program was stopped", cut: true}, nil
	}
	return s.finish(w), nil
}

// finish writes the end of the letter. From the first byte of it on, only the server's answer tells whether it took it.
func (s *session) finish(w io.Closer) answer {
	err := w.Close()
	if err == nil {
		return answer{state: Sent, code: 250}
	}
	var p *textproto.Error
	if errors.As(err, &p) && p.Code >= 400 && p.Code < 600 {
		return s.reset(refused(err))
	}
	return answer{state: Unknown, text: "the connection broke before the mail server said whether it took the letter", cut: true}
}

// reset makes the connection ready for the next letter.
func (s *session) reset(a answer) answer {
	if !a.cut {
		s.extend(commandTime)
		a.cut = s.c.Reset() != nil
	}
	return a
}
