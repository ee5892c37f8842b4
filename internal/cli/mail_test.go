//go:build linux

package cli

import (
	"bytes"
	"io"
	"log"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"stocktake/internal/mailer"
	"stocktake/internal/store"
	"stocktake/internal/store/sqlite"
)

// mailServer takes every letter.
type mailServer struct {
	mu  sync.Mutex
	got []string
}

func (s *mailServer) NewSession(*smtp.Conn) (smtp.Session, error) { return s, nil }
func (s *mailServer) Mail(string, *smtp.MailOptions) error        { return nil }
func (s *mailServer) Reset()                                      {}
func (s *mailServer) Logout() error                               { return nil }

func (s *mailServer) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	return nil
}

func (s *mailServer) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, string(b))
	return err
}

func newMailServer(t *testing.T) (*mailServer, string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailServer{}
	s := smtp.NewServer(m)
	s.Domain, s.ErrorLog = "post.example.org", log.New(io.Discard, "", 0)
	done := make(chan struct{})
	go func() { s.Serve(ln); close(done) }()
	t.Cleanup(func() { s.Close(); ln.Close(); <-done })
	return m, ln.Addr().String()
}

func TestMailByHandAndByServer(t *testing.T) {
	dir := copyOf(t, smallRecord(t))
	letters := []mailer.Message{
		{Key: "1", Class: mailer.Invitation, To: "Ana Ruiz <ana@example.org>", Subject: "¿Firmarán?", Text: "A link to copy.\n"},
		{Key: "2", Class: mailer.Reminder, To: "bo@example.org", Subject: "Do not forget", Text: "Until Monday."},
		{Key: "3", Class: mailer.Reminder, To: "nobody@example.org", Subject: "Do not forget", Text: "Until Monday."},
	}
	st, err := sqlite.Open(t.Context(), filepath.Join(dir, databaseFile), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.ChangePrivate(t.Context(), func(tx store.PrivateTx) error {
		for _, m := range letters {
			if err := mailer.Queue(tx, m); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	list := func() map[string]mailer.Entry {
		m := map[string]mailer.Entry{}
		for _, e := range decode[[]mailer.Entry](t, dir, "mail", "list") {
			m[string(e.State)+" "+e.To.String()] = e
		}
		return m
	}
	first, ok := list()["queued ana@example.org"]
	if !ok {
		t.Fatal(list())
	}
	if got := must(t, dir, "mail", "show", first.ID[:8]); got != "To: Ana Ruiz <ana@example.org>\nSubject: ¿Firmarán?\n\nA link to copy.\n" {
		t.Errorf("shown as %q", got)
	}
	if out := must(t, dir, "mail", "status"); !strings.Contains(out, "3 queued\n") || !strings.Contains(out, "sent by hand") {
		t.Errorf("%s", out)
	}
	must(t, dir, "mail", "sent", first.ID[:8])
	if out := must(t, dir, "mail", "show", first.ID); !strings.Contains(out, "invitation, by hand on ") || strings.Contains(out, "link") {
		t.Errorf("%s", out)
	}

	server, addr := newMailServer(t)
	t.Setenv(mailer.EnvSMTP, "smtp://"+addr)
	t.Setenv(mailer.EnvFrom, "Secretariat <letters@example.org>")
	if out := must(t, dir, "mail", "send"); out != "1 sent, 0 put off, 1 refused, 0 unknown, 0 too late.\n" {
		t.Errorf("%s", out)
	}
	if out := must(t, dir, "mail", "send"); !strings.HasPrefix(out, "0 sent, ") {
		t.Errorf("%s", out)
	}
	dead := list()["dead nobody@example.org"]
	if dead.Code != 550 || !strings.Contains(dead.Problem, "no such user") {
		t.Errorf("%+v", list())
	}
	must(t, dir, "mail", "retry", dead.ID)
	if list()["queued nobody@example.org"].ID != dead.ID {
		t.Errorf("%+v", list())
	}
	must(t, dir, "mail", "drop", dead.ID)
	if out := must(t, dir, "mail", "test", "--to", "ana@example.org"); !strings.Contains(out, "took the letter (no TLS)") {
		t.Errorf("%s", out)
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	if len(server.got) != 2 || !strings.Contains(server.got[0], "Subject: Do not forget\r\n") || !strings.Contains(server.got[1], "Subject: A test of mail") {
		t.Errorf("%q", server.got)
	}
}

// TestMailStaysPrivate: what is queued is in no export, and no command that fails prints the password.
func TestMailStaysPrivate(t *testing.T) {
	dir := copyOf(t, smallRecord(t))
	before := must(t, dir, "export", "-")
	st, err := sqlite.Open(t.Context(), filepath.Join(dir, databaseFile), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.ChangePrivate(t.Context(), func(tx store.PrivateTx) error {
		return mailer.Queue(tx, mailer.Message{Key: "1", Class: mailer.Press, To: "ana@example.org", Subject: "s", Text: "t"})
	}); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal([]byte(before), []byte(must(t, dir, "export", "-"))) {
		t.Error("a letter changes the export")
	}
	t.Setenv(mailer.EnvSMTP, "smtp://ana:hunter2@127.0.0.1:1")
	t.Setenv(mailer.EnvFrom, "letters@example.org")
	for _, args := range [][]string{{"mail", "send"}, {"mail", "test", "--to", "ana@example.org"}, {"mail", "status"}} {
		if a := run(append([]string{"--data", dir}, args...)...); strings.Contains(a.out+a.err, "hunter2") || strings.Contains(a.err, "ana@") {
			t.Errorf("%v prints %s%s", args, a.out, a.err)
		}
	}
}
