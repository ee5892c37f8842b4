package desk

import (
	"io"
	"log"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jba/templatecheck"

	"stocktake/internal/mailer"
	"stocktake/internal/store"
)

// TestMailTemplatesFitTheirPages holds every name in a template against the struct that it is given.
func TestMailTemplatesFitTheirPages(t *testing.T) {
	for name, view := range map[string]any{"mail.html": &mailPage{}} {
		if err := templatecheck.CheckHTML(theLook().pages[name].Lookup("layout.html"), view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// smtpServer is a real mail server on this computer that keeps what it takes, and refuses who is in no.
type smtpServer struct {
	address string
	mu      sync.Mutex
	got     []taken
	no      map[string]int
}

type taken struct {
	to     string
	header mail.Header
	body   string
}

func newSMTP(t testing.TB) *smtpServer {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &smtpServer{address: ln.Addr().String(), no: map[string]int{}}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &smtpSession{p: p}, nil }))
	s.Domain, s.AllowInsecureAuth, s.ErrorLog = "post.example.org", true, log.New(io.Discard, "", 0)
	over := make(chan struct{})
	go func() { s.Serve(ln); close(over) }()
	t.Cleanup(func() { s.Close(); ln.Close(); <-over })
	return p
}

// config is that of a site which sends through it.
func (p *smtpServer) config(t testing.TB) mailer.Config {
	t.Helper()
	c, err := mailer.ConfigFrom(func(name string) string {
		return map[string]string{mailer.EnvSMTP: "smtp://" + p.address, mailer.EnvFrom: "Secretariat <letters@example.org>"}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// all returns what was taken so far.
func (p *smtpServer) all() []taken {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]taken(nil), p.got...)
}

func (p *smtpServer) refuse(to string, code int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.no[to] = code
}

type smtpSession struct {
	p  *smtpServer
	to string
}

func (s *smtpSession) Reset()                               {}
func (s *smtpSession) Logout() error                        { return nil }
func (s *smtpSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if code := s.p.no[to]; code != 0 {
		return &smtp.SMTPError{Code: code, Message: "not today"}
	}
	s.to = to
	return nil
}

func (s *smtpSession) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.got = append(s.p.got, taken{s.to, m.Header, string(b)})
	return nil
}

func TestMailShowsWhatBecameOfLettersAndNoWords(t *testing.T) {
	server := newSMTP(t)
	o := openOffice(t, func(opt *Options) { opt.Mail, opt.Address = server.config(t), "https://stocktake.example.org" })
	server.refuse("away@example.org", 450)
	server.refuse("nobody@example.org", 550)
	const secret = "https://stocktake.example.org/sign/very-secret-token"
	queue := func(key, to string) {
		t.Helper()
		if err := o.st.ChangePrivate(t.Context(), func(tx store.PrivateTx) error {
			return mailer.Queue(tx, mailer.Message{Key: key, Class: mailer.Invitation, To: to, Subject: "Hidden subject", Text: secret, At: time.Now()})
		}); err != nil {
			t.Fatal(err)
		}
	}
	queue("a/1", "here@example.org")
	queue("a/2", "away@example.org")
	queue("a/3", "nobody@example.org")
	w := mailer.NewWorker(o.st, o.opt.Mail, time.Now, o.opt.Log)
	if _, err := w.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	queue("a/4", "later@example.org")
	boss := o.signedIn(t, o.user(t, "boss@example.org", true))
	page := boss.get("/desk/mail", 200)
	has(t, page, "there is no such mailbox, or the server wants nothing from here (550)", "put off by the server: the mailbox is not available now (450)", "next try", "later@example.org", "Somebody has to decide", "<td>sent</td>", "127.0.0.1", "not today")
	for _, no := range []string{"very-secret", "Hidden subject", "here@example.org"} {
		if strings.Contains(page, no) {
			t.Errorf("the page shows %q", no)
		}
	}
	has(t, boss.get("/desk", 200), "Mail that did not go out")
	server.refuse("nobody@example.org", 0)
	id := found(t, page, `name="id" value="([0-9a-f]+)"`) // the first is the one to be decided on
	has(t, boss.post("/desk/mail/again", 200, "id", id), "tried again")
	if _, err := w.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(server.all()); n != 3 {
		t.Errorf("%d letters arrived, want 3", n)
	}
	page = boss.get("/desk/mail", 200)
	if strings.Contains(page, "Somebody has to decide") || strings.Contains(page, "nobody@example.org") {
		t.Errorf("the letter that was tried again is still there:\n%s", page)
	}
	id = found(t, page, `name="id" value="([0-9a-f]+)"`)
	boss.post("/desk/mail/drop", 200, "id", id)
	if page = boss.get("/desk/mail", 200); strings.Contains(page, "away@example.org") {
		t.Error("a letter that was given up is still there")
	}
	boss.post("/desk/mail/test", 200)
	if got := server.all(); got[len(got)-1].to != "boss@example.org" {
		t.Errorf("the test letter went to %s", got[len(got)-1].to)
	}
	boss.post("/desk/mail/test", 200, "to", "stranger@example.org")
	if got := server.all(); got[len(got)-1].to != "boss@example.org" {
		t.Errorf("a test letter went to %s, who did not ask for it", got[len(got)-1].to)
	}
	other := o.signedIn(t, o.user(t, "other@example.org", false))
	page = other.get("/desk/mail", 200)
	if strings.Contains(page, "@example.org</b>") || strings.Contains(page, "127.0.0.1") {
		t.Errorf("who is no administrator sees the queue:\n%s", page)
	}
	other.post("/desk/mail/again", 403, "id", id)
	other.post("/desk/mail/drop", 403, "id", id)
	other.post("/desk/mail/test", 403)
}

func TestMailSaysHowToSetAServer(t *testing.T) {
	o := openOffice(t, nil)
	page := o.reader(t).get("/desk/mail", 200)
	has(t, page, "None is set", mailer.EnvSMTP, mailer.EnvFrom, "docs/mail.md")
	o.reader(t).post("/desk/mail/test", 422, "to", "me@example.org")
}

func TestFailureClasses(t *testing.T) {
	for _, x := range []struct {
		e    mailer.Entry
		want string
	}{
		{mailer.Entry{State: mailer.Queued}, ""},
		{mailer.Entry{State: mailer.Queued, Tries: 1}, "could not be reached"},
		{mailer.Entry{State: mailer.Queued, Tries: 1, Code: 451}, "put off by the server"},
		{mailer.Entry{State: mailer.Dead, Tries: 20, Code: 451}, "put off too often"},
		{mailer.Entry{State: mailer.Dead, Tries: 1, Code: 599}, "refused for good: the server’s answer (599)"},
		{mailer.Entry{State: mailer.Dead, Tries: 1}, "cannot be sent"},
		{mailer.Entry{State: mailer.Unknown, Tries: 1}, "may have arrived"},
		{mailer.Entry{State: mailer.Bounced}, "came back"},
	} {
		if got := failure(x.e); !strings.Contains(got, x.want) || (x.want == "") != (got == "") {
			t.Errorf("%+v: %q, want %q", x.e, got, x.want)
		}
	}
}
