package mailer

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"stocktake"
	"stocktake/internal/store"
)

// sendOne queues one letter and has it sent, and returns what the server got.
func sendOne(t *testing.T, c Config, p *post, m Message) []byte {
	t.Helper()
	st := openSQLite(t, filepath.Join(t.TempDir(), "record.db"))
	queue(t, st, m)
	w := NewWorker(st, c, nil, nil)
	if r := passes(t, w); r.Sent != 1 {
		t.Fatalf("%+v; %+v", r, stateOf(t, st, m.Key))
	}
	got := p.letters()
	return got[len(got)-1].bytes
}

func TestLetterRoundTrip(t *testing.T) {
	p := newPost(t, postOptions{})
	c := plainConfig(t, p)
	c.from.Name = "Secretaría de la Campaña"
	text := "Estimada María José:\n\n¿Firmarán? " + strings.Repeat("palabra ", 60) + "\n.\n..\nFrom here on.\n= equals =\n\ttab\nend without a line end"
	file := bytes.Repeat([]byte{0, 1, 2, 0xff, '\r', '\n', '.'}, 1000)
	m := Message{Key: "k", Class: Receipt, To: "Müller, José “Pepe” <jose@bücher.example>", Subject: "¿Firmarán la Declaración de Puerto Vallarta? " + strings.Repeat("ñandú ", 20) + "移民 مهاجرون",
		Text: text, HTML: "<p>¿Firmarán?</p>\n<p>" + strings.Repeat("largo ", 300) + "</p>",
		Headers:     map[string]string{"list-unsubscribe": "<https://example.org/out/" + strings.Repeat("x", 120) + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Reply-To": "Ana Núñez <ana@example.org>"},
		Attachments: []Attachment{{Name: "recibo – ñ.pdf", Type: "application/pdf", Bytes: file}},
		At:          time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("", 3600))}
	b := sendOne(t, c, p, m)
	if got := p.letters()[0]; got.to != "jose@xn--bcher-kva.example" || got.utf8 {
		t.Errorf("sent to %q, with SMTPUTF8: %v", got.to, got.utf8)
	}
	for i, line := range strings.Split(string(b), "\n") {
		if len(line) > 998 || line != "" && i < strings.Count(string(b), "\n") && !strings.HasSuffix(line, "\r") {
			t.Errorf("line %d is too long or ends wrongly: %q", i, line)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
			t.Errorf("line %d is not ASCII: %q", i, line)
		}
	}
	got, err := netmail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var dec mime.WordDecoder
	subject, err := dec.DecodeHeader(got.Header.Get("Subject"))
	if err != nil || subject != m.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	for name, want := range map[string]string{"From": "Secretaría de la Campaña <letters@example.org>", "To": "Müller, José “Pepe” <jose@xn--bcher-kva.example>", "Reply-To": "Ana Núñez <ana@example.org>"} {
		list, err := got.Header.AddressList(name)
		if err != nil || len(list) != 1 || fmt.Sprintf("%s <%s>", list[0].Name, list[0].Address) != want {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
	for name, want := range map[string]string{"Auto-Submitted": "auto-generated", "Date": "Mon, 23 Nov 2026 08:30:00 +0000", "List-Unsubscribe": m.Headers["list-unsubscribe"],
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Mime-Version": "1.0", "User-Agent": "", "X-Mailer": "", "Bcc": ""} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	if id := got.Header.Get("Message-Id"); !strings.HasSuffix(id, "@example.org>") || len(id) != idLength+len("<@example.org>") {
		t.Errorf("Message-ID %q", id)
	}
	parts := map[string]string{}
	var walk func(kind string, r io.Reader)
	walk = func(kind string, r io.Reader) {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(kind, err)
		}
		if !strings.HasPrefix(media, "multipart/") {
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			parts[media] = string(b)
			return
		}
		mr := multipart.NewReader(r, params["boundary"])
		for {
			part, err := mr.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var body io.Reader = part
			switch part.Header.Get("Content-Transfer-Encoding") {
			case "quoted-printable":
				body = quotedprintable.NewReader(part)
			case "base64":
				body = b64(part)
			}
			if _, d, err := mime.ParseMediaType(part.Header.Get("Content-Disposition")); err == nil {
				name, _ := dec.DecodeHeader(d["filename"])
				parts["name"] = name
			}
			walk(part.Header.Get("Content-Type"), body)
		}
	}
	walk(got.Header.Get("Content-Type"), got.Body)
	if s := lines(parts["text/plain"]); s != text {
		t.Errorf("text:\n%q\nwant\n%q", s, text)
	}
	if s := lines(parts["text/html"]); s != m.HTML {
		t.Errorf("html %q", s)
	}
	if parts["application/pdf"] != string(file) {
		t.Errorf("%d bytes of the attachment", len(parts["application/pdf"]))
	}
	if parts["name"] != "recibo – ñ.pdf" {
		t.Errorf("named %q", parts["name"])
	}
}

func TestNothingCanBeSlippedIn(t *testing.T) {
	st := openSQLite(t, filepath.Join(t.TempDir(), "record.db"))
	good := Message{Key: "k", Class: Press, To: "ana@example.org", Subject: "s", Text: "t"}
	for name, change := range map[string]func(*Message){
		"subject":                 func(m *Message) { m.Subject = "s\r\nBcc: bo@example.org" },
		"subject, bare line feed": func(m *Message) { m.Subject = "s\nBcc: bo@example.org" },
		"subject, bare return":    func(m *Message) { m.Subject = "s\rBcc: bo@example.org" },
		"subject, NUL":            func(m *Message) { m.Subject = "s\x00" },
		"no subject":              func(m *Message) { m.Subject = " " },
		"name":                    func(m *Message) { m.To = "Ana\r\nBcc: bo@example.org <ana@example.org>" },
		"name, encoded":           func(m *Message) { m.To = "=?utf-8?q?Ana=0D=0ABcc:_bo@example.org?= <ana@example.org>" },
		"address":                 func(m *Message) { m.To = "ana@example.org>\r\nRCPT TO:<bo@example.org" },
		"two addresses":           func(m *Message) { m.To = "ana@example.org, bo@example.org" },
		"header":                  func(m *Message) { m.Headers = map[string]string{"List-Id": "<x>\r\nBcc: bo@example.org"} },
		"another header":          func(m *Message) { m.Headers = map[string]string{"Bcc": "bo@example.org"} },
		"name of a header":        func(m *Message) { m.Headers = map[string]string{"List-Id: x\r\nBcc": "bo@example.org"} },
		"reply to":                func(m *Message) { m.Headers = map[string]string{"Reply-To": "a@example.org, b@example.org"} },
		"file":                    func(m *Message) { m.Attachments = []Attachment{{Name: "a\"; x=\"b", Type: "text/plain"}} },
		"type of a file":          func(m *Message) { m.Attachments = []Attachment{{Name: "a.txt", Type: "text/plain\r\nX: y"}} },
		"too large": func(m *Message) {
			m.Attachments = []Attachment{{Name: "a.pdf", Type: "application/pdf", Bytes: make([]byte, maxAttachments+1)}}
		},
		"class":   func(m *Message) { m.Class = "newsletter" },
		"no text": func(m *Message) { m.Text = "\n" },
		"text":    func(m *Message) { m.Text = "a\x00b" },
		"no key":  func(m *Message) { m.Key = "" },
	} {
		m := good
		change(&m)
		err := st.ChangePrivate(t.Context(), func(tx store.PrivateTx) error { return Queue(tx, m) })
		if stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%s: %v, want an Invalid fault", name, err)
		} else if strings.Contains(err.Error(), "bo@example.org") {
			t.Errorf("%s: the fault repeats what was typed: %v", name, err)
		}
	}
	if s := dump(t, st); s != "" {
		t.Errorf("something was queued: %s", s)
	}
}

func TestEncryptionAndSignIn(t *testing.T) {
	m := Message{Key: "k", To: "ana@example.org"}
	user := "ana:se%3Acr%40t@"
	t.Run("STARTTLS", func(t *testing.T) {
		p := newPost(t, postOptions{tls: true, auth: true})
		c := config(t, map[string]string{EnvSMTP: "smtp://" + user + p.addr + "?tls=required"})
		c.roots = p.roots
		sendOne(t, c, p, m)
		if !p.tlsSeen || p.signIns != 1 {
			t.Errorf("TLS %v, %d sign-ins", p.tlsSeen, p.signIns)
		}
	})
	t.Run("TLS from the first byte", func(t *testing.T) {
		p := newPost(t, postOptions{implicit: true, auth: true})
		c := config(t, map[string]string{EnvSMTP: "smtps://" + user + p.addr})
		c.roots = p.roots
		sendOne(t, c, p, m)
		if p.signIns != 1 {
			t.Errorf("%d sign-ins", p.signIns)
		}
	})
	t.Run("by name", func(t *testing.T) {
		p := newPost(t, postOptions{tls: true, auth: true})
		c := config(t, map[string]string{EnvSMTP: "smtp://" + user + "mail.example.org:2525"})
		c.roots = p.roots
		c.dial = func(network, addr string) (net.Conn, error) {
			if addr != "mail.example.org:2525" {
				t.Errorf("dials %s", addr)
			}
			return net.Dial(network, p.addr)
		}
		sendOne(t, c, p, m)
		if !p.tlsSeen {
			t.Error("no TLS")
		}
	})
	// What must not work.
	for name, env := range map[string]struct {
		o     postOptions
		smtp  string
		roots bool
		why   string
	}{
		"no STARTTLS":          {postOptions{auth: true}, "smtp://" + user + "mail.example.org", false, "offers no STARTTLS"},
		"unknown certificate":  {postOptions{tls: true, auth: true}, "smtp://" + user + "mail.example.org", false, "cannot be spoken to in secret"},
		"another's":            {postOptions{tls: true, auth: true}, "smtp://" + user + "mail.example.net", true, "cannot be spoken to in secret"},
		"another's, from 1st":  {postOptions{implicit: true, auth: true}, "smtps://" + user + "mail.example.net", true, "cannot be spoken to in secret"},
		"wrong password":       {postOptions{tls: true, auth: true}, "smtp://ana:wr0ng-pass@mail.example.org", true, "does not accept user and password"},
		"no way to sign in":    {postOptions{tls: true}, "smtp://" + user + "mail.example.org", true, "offers no way to sign in"},
		"signing in is needed": {postOptions{tls: true, auth: true}, "smtp://mail.example.org", true, "takes no letters from"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, env.o)
			var log bytes.Buffer
			c := config(t, map[string]string{EnvSMTP: env.smtp})
			c.dial = func(network, _ string) (net.Conn, error) { return net.Dial(network, p.addr) }
			if env.roots {
				c.roots = p.roots
			}
			st := openSQLite(t, filepath.Join(t.TempDir(), "record.db"))
			queue(t, st, m)
			w := NewWorker(st, c, nil, slog.New(slog.NewTextHandler(&log, nil)))
			r := passes(t, w)
			if !strings.Contains(r.Trouble, env.why) || len(p.letters()) != 0 {
				t.Errorf("%+v", r)
			}
			said := log.String() + r.Trouble + dump(t, st)
			for _, secret := range []string{"se:cr@t", "se%3Acr", "wr0ng-pass", "AGFuYQ"} {
				if strings.Contains(said, secret) {
					t.Errorf("%q is told: %s", secret, said)
				}
			}
			if strings.Contains(log.String(), "ana@") {
				t.Errorf("the log tells the recipient: %s", &log)
			}
		})
	}
}

func TestAddressesBeyondASCII(t *testing.T) {
	m := Message{Key: "k", To: "josé@example.org"}
	p := newPost(t, postOptions{utf8: true})
	sendOne(t, plainConfig(t, p), p, m)
	if got := p.letters()[0]; got.to != "josé@example.org" || !got.utf8 {
		t.Errorf("%+v", got)
	}
	p = newPost(t, postOptions{})
	st := openSQLite(t, filepath.Join(t.TempDir(), "record.db"))
	queue(t, st, m)
	passes(t, NewWorker(st, plainConfig(t, p), nil, nil))
	if e := stateOf(t, st, "k"); e.State != Dead || !strings.Contains(e.Problem, "SMTPUTF8") {
		t.Errorf("%+v", e)
	}
}

// pemKey writes a key to a file.
func pemKey(t *testing.T, key crypto.Signer) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "dkim.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDKIM(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{"rsa": rsaKey, "ed25519": edKey} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, postOptions{})
			c := config(t, map[string]string{EnvSMTP: "smtp://" + p.addr, EnvFrom: "Secretaría <letters@mail.example.org>", EnvDKIM: pemKey(t, key) + ",s2026,example.org"})
			b := sendOne(t, c, p, Message{Key: "k", To: "Ana <ana@example.net>", Subject: "¿Firmarán?", Text: "texto\n\n\n", HTML: "<p>texto</p>",
				Headers: map[string]string{"List-Unsubscribe": "<https://example.org/out/1>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}})
			record, text, ok := c.DKIM()
			if !ok || record != "s2026._domainkey.example.org" {
				t.Fatal(record, ok)
			}
			look := &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
				if name != record {
					return nil, errors.New("no such record")
				}
				return []string{text}, nil
			}}
			verify := func(b []byte) error {
				list, err := dkim.VerifyWithOptions(bytes.NewReader(b), look)
				if err != nil {
					return err
				}
				if len(list) != 1 || list[0].Domain != "example.org" {
					return fmt.Errorf("%d signatures", len(list))
				}
				for _, h := range []string{"From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "Content-Type"} {
					if !strings.Contains(strings.ToLower(strings.Join(list[0].HeaderKeys, " ")+" "), strings.ToLower(h)+" ") {
						return fmt.Errorf("%s is not signed", h)
					}
				}
				return list[0].Err
			}
			if err := verify(b); err != nil {
				t.Fatal(err)
			}
			for _, bad := range [][]byte{bytes.Replace(b, []byte("texto"), []byte("otro!"), 1), bytes.Replace(b, []byte("ana@example.net"), []byte("bob@example.net"), 1),
				bytes.Replace(b, []byte("\r\nDate:"), []byte("\r\nSubject: another\r\nDate:"), 1), bytes.Replace(b, []byte("\r\nDate:"), []byte("\r\nFrom: bo@example.org\r\nDate:"), 1)} {
				if bytes.Equal(bad, b) || verify(bad) == nil {
					t.Error("a changed letter verifies")
				}
			}
		})
	}
}

func TestConfig(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Skip(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	smallFile, file := pemKey(t, small), pemKey(t, rsaKey)
	junk := filepath.Join(t.TempDir(), "junk.pem")
	if err := os.WriteFile(junk, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	const good, from = "smtp://ana:hunter2@mail.example.org", "letters@example.org"
	for _, env := range []map[string]string{
		{EnvSMTP: "mail.example.org", EnvFrom: from}, {EnvSMTP: "http://ana:hunter2@mail.example.org", EnvFrom: from}, {EnvSMTP: "smtp://", EnvFrom: from},
		{EnvSMTP: "smtp://ana:hunter2@mail.example.org:port", EnvFrom: from}, {EnvSMTP: "smtp://ana:hunt%zzer2@mail.example.org", EnvFrom: from}, {EnvSMTP: good + "/path", EnvFrom: from},
		{EnvSMTP: good + "?tls=none", EnvFrom: from}, {EnvSMTP: good + "?verify=no", EnvFrom: from}, {EnvSMTP: "smtp://ana@mail.example.org", EnvFrom: from}, {EnvSMTP: "smtp://:hunter2@mail.example.org", EnvFrom: from},
		{EnvSMTP: "smtp://ana:hunter2%0d%0a@mail.example.org", EnvFrom: from},
		{EnvSMTP: good}, {EnvSMTP: good, EnvFrom: "nobody"}, {EnvSMTP: good, EnvFrom: "josé@example.org"},
		{EnvSMTP: good, EnvFrom: from, EnvHourly: "0"}, {EnvSMTP: good, EnvFrom: from, EnvDomainHourly: "many"},
		{EnvSMTP: good, EnvFrom: from, EnvDKIM: file}, {EnvSMTP: good, EnvFrom: from, EnvDKIM: file + ",s,example.net"}, {EnvSMTP: good, EnvFrom: from, EnvDKIM: file + ",s 1"},
		{EnvSMTP: good, EnvFrom: from, EnvDKIM: smallFile + ",s"}, {EnvSMTP: good, EnvFrom: from, EnvDKIM: junk + ",s"}, {EnvSMTP: good, EnvFrom: from, EnvDKIM: junk + ".none,s"},
	} {
		c, err := ConfigFrom(func(n string) string { return env[n] })
		if stocktake.KindOf(err) != stocktake.Invalid || c.Enabled() {
			t.Errorf("%v: %v, want an Invalid fault", env, err)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "hunt%zz") {
			t.Errorf("the password is told: %v", err)
		}
	}
	c := config(t, map[string]string{EnvSMTP: "smtps://ana:hunter2@mail.example.org", EnvFrom: from, EnvDKIM: file + ",s1"})
	b, err := json.Marshal(map[string]any{"c": c, "p": &c})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "config", c, "pointer", &c)
	said := fmt.Sprintf("%v %+v %#v %s %q %d %v %+v", c, c, c, c, c, c, &c, struct{ C Config }{c}) + string(b) + log.String()
	if strings.Contains(said, "hunter2") || strings.Contains(said, "ana") || strings.Contains(said, rsaKey.D.String()) || !strings.Contains(said, "mail.example.org:465 (TLS, with a password)") {
		t.Errorf("printed: %s", said)
	}
	none, err := ConfigFrom(func(string) string { return "" })
	if err != nil || none.Enabled() || none.String() != "no mail server" {
		t.Errorf("%v, %v", none, err)
	}
	if c := config(t, map[string]string{EnvSMTP: "smtp://localhost"}); !c.plain || c.port != "587" {
		t.Errorf("%v", c)
	}
	for _, s := range []string{"smtp://localhost.example.org", "smtp://127.0.0.1.example.org", "smtp://10.0.0.1", "smtp://mail.example.org", "smtp://[::1]?tls=required"} {
		if c := config(t, map[string]string{EnvSMTP: s}); c.plain {
			t.Errorf("%s: in the clear", s)
		}
	}
}

// TestByHand: no mail server; a person copies what waits, and says so.
func TestByHand(t *testing.T) {
	st, c := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newClock()
	b := Box{st, c.now}
	w := NewWorker(st, Config{}, c.now, nil)
	queue(t, st, Message{Key: "1", To: "Ana <ana@example.org>", Text: "a-word-to-find", At: c.now(), NotAfter: c.now().Add(48 * time.Hour)}, Message{Key: "2", To: "ana@example.org", At: c.now()}, Message{Key: "3", To: "bo@gmail.com", Class: Reminder, At: c.now()})
	if r := passes(t, w); r != (Report{}) {
		t.Errorf("%+v", r)
	}
	list, err := b.List(t.Context(), Filter{})
	if err != nil || len(list) != 3 || list[0].To.String() != "ana@example.org" || list[2].Class != Reminder {
		t.Fatalf("%+v, %v", list, err)
	}
	if l, err := b.Show(t.Context(), list[0].ID[:8]); err != nil || l.Text != "a-word-to-find" || l.Subject != "About 1" || l.To.Name != "Ana" {
		t.Errorf("%+v, %v", l, err)
	}
	if err := b.MarkSent(t.Context(), list[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := b.MarkSent(t.Context(), list[0].ID); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("sent twice: %v", err)
	}
	if err := b.Drop(t.Context(), list[1].ID); err != nil {
		t.Fatal(err)
	}
	if s := dump(t, st); strings.Contains(s, "ana@") || strings.Contains(s, "a-word-to-find") || strings.Contains(s, `"ana"`) {
		t.Errorf("stays: %s", s)
	}
	if got, err := b.List(t.Context(), Filter{To: "ANA@example.org"}); err != nil || len(got) != 2 || got[0].State == got[1].State || !got[0].State.final() || !got[1].State.final() {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := b.List(t.Context(), Filter{To: "b.o+x@googlemail.com", States: []State{Queued}, Class: Reminder}); err != nil || len(got) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, id := range []string{"", "abc", "zzzz", "000000000000000000000000", strings.Repeat("0", 600)} {
		if _, err := b.Show(t.Context(), id); err == nil {
			t.Errorf("%q is there", id)
		}
	}
	// What nobody sends for 30 days goes.
	c.pass(Keep + time.Hour)
	if _, err := Sweep(t.Context(), st, c.now()); err != nil {
		t.Fatal(err)
	}
	if e := stateOf(t, st, "3"); e.State != Expired || strings.Contains(dump(t, st), "About 3") {
		t.Errorf("%+v", e)
	}
}

// TestGoneFromTheFile: after a sweep no byte of the database has the text or the address.
func TestGoneFromTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	st, p := openSQLite(t, path), newPost(t, postOptions{})
	for i := range 50 {
		queue(t, st, Message{Key: fmt.Sprint(i), To: fmt.Sprintf("somebody%d@example.org", i), Subject: "a-word-to-find", Text: strings.Repeat("another-word ", 300)})
	}
	w := NewWorker(st, plainConfig(t, p), nil, nil)
	for range 3 {
		passes(t, w)
	}
	w.tidy(context.Background(), false)
	for _, f := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(f)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for _, s := range []string{"somebody", "a-word-to-find", "another-word"} {
			if bytes.Contains(b, []byte(s)) {
				t.Errorf("%s holds %q", filepath.Base(f), s)
			}
		}
	}
	if len(p.letters()) != 50 {
		t.Errorf("%d letters", len(p.letters()))
	}
}

// TestRestored: what waited in a backup may have been sent since.
func TestRestored(t *testing.T) {
	dir := t.TempDir()
	st, p, c := openSQLite(t, filepath.Join(dir, "record.db")), newPost(t, postOptions{}), newClock()
	queue(t, st, Message{Key: "1", To: "ana@example.org", At: c.now()}, Message{Key: "2", To: "ana@example.org", At: c.now()})
	if err := st.Backup(t.Context(), filepath.Join(dir, "copy.db")); err != nil {
		t.Fatal(err)
	}
	passes(t, NewWorker(st, plainConfig(t, p), c.now, nil))
	again := openSQLite(t, filepath.Join(dir, "again.db"))
	if err := again.Restore(t.Context(), filepath.Join(dir, "copy.db")); err != nil {
		t.Fatal(err)
	}
	if n, err := Restored(t.Context(), again, c.now()); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	w := NewWorker(again, plainConfig(t, p), c.now, nil)
	passes(t, w)
	if len(p.letters()) != 1 || stateOf(t, again, "1").State != Unknown {
		t.Errorf("%d letters, %+v", len(p.letters()), stateOf(t, again, "1"))
	}
	b := Box{again, c.now}
	if err := b.Retry(t.Context(), stateOf(t, again, "2").ID, true); err != nil {
		t.Fatal(err)
	}
	if passes(t, w); len(p.letters()) != 2 || stateOf(t, again, "2").State != Sent {
		t.Errorf("%d letters", len(p.letters()))
	}
}
