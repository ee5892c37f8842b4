package journey

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"stocktake/internal/cli"
	"stocktake/internal/intake"
)

// asProgram makes the test binary be the program.
const asProgram = "STOCKTAKE_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" || len(os.Args) == 2 && os.Args[1] == intake.ChildArg {
		os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// program is the program with a record of its own.
type program struct {
	t    testing.TB
	data string
	env  []string
	at   string // where it is served, without a slash at the end
	cmd  *exec.Cmd
	errs *bytes.Buffer
}

// newProgram makes a small record: seven states, eight instruments.
func newProgram(t testing.TB, env ...string) *program {
	t.Helper()
	p := &program{t: t, data: filepath.Join(t.TempDir(), "record"), env: env}
	p.run("init", "--empty")
	p.run("file", filepath.Join("..", "cli", "testdata", "small.yaml"))
	return p
}

// public gives the record the address at which it is going to be served, so that letters can name it.
func (p *program) public() {
	p.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	p.at = "http://" + ln.Addr().String()
	ln.Close()
	p.run("site", "--name", "Example Record", "--address", p.at, "--contact", "office@example.org")
}

func (p *program) command(args ...string) *exec.Cmd {
	p.t.Helper()
	binary, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	c := exec.Command(binary, append([]string{"-q", "--data", p.data}, args...)...)
	for _, kv := range os.Environ() { // flags that whoever runs the tests has set
		if !strings.HasPrefix(kv, "STOCKTAKE_") || strings.HasPrefix(kv, "STOCKTAKE_TEST_") {
			c.Env = append(c.Env, kv)
		}
	}
	c.Env = append(append(c.Env, asProgram+"=1"), p.env...)
	return c
}

// run runs one command to its end and returns what it wrote.
func (p *program) run(args ...string) string {
	p.t.Helper()
	out, err := p.command(args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("stocktake %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// serve starts to serve the record, by the name localhost.
func (p *program) serve() {
	p.t.Helper()
	listen := "127.0.0.1:0"
	if p.at != "" { // the same place again, so that links hold
		listen = "127.0.0.1:" + p.at[strings.LastIndexByte(p.at, ':')+1:]
	}
	p.cmd, p.errs = p.command("serve", "--listen", listen), new(bytes.Buffer)
	p.cmd.Stderr = p.errs
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { p.stop(syscall.SIGKILL) })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if a, ok := strings.CutPrefix(lines.Text(), "Open "); ok {
			if a = strings.TrimSuffix(a, "/"); a != p.at { // served again, it is at the same place, and others may be asking there
				p.at = a
			}
		}
		if strings.HasPrefix(lines.Text(), "Stop with") {
			go io.Copy(io.Discard, out)
			return
		}
	}
	p.cmd.Wait()
	p.t.Fatalf("the program does not serve: %s", p.errs)
}

func (p *program) stop(s os.Signal) {
	if p.cmd != nil && p.cmd.ProcessState == nil {
		p.cmd.Process.Signal(s)
		p.cmd.Wait()
	}
}

// get returns what an address answers, and its status.
func (p *program) get(path string) (int, http.Header, []byte) {
	p.t.Helper()
	c := http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := c.Get(p.at + path)
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", path, err, p.errs)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Fatalf("%s: %v", path, err)
	}
	return r.StatusCode, r.Header, b
}

// post is a real mail server on this computer that keeps what it takes.
type post struct {
	address string
	mu      sync.Mutex
	got     []letter
}

// letter is one that was taken: to whom, and its plain text.
type letter struct{ to, subject, text string }

func newPost(t testing.TB) *post {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &post{address: ln.Addr().String()}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &postSession{p: p}, nil }))
	s.Domain, s.AllowInsecureAuth = "post.example.org", true
	s.ErrorLog = log.New(io.Discard, "", 0)
	done := make(chan struct{})
	go func() { s.Serve(ln); close(done) }()
	t.Cleanup(func() { s.Close(); ln.Close(); <-done })
	return p
}

type postSession struct {
	p  *post
	to string
}

func (s *postSession) Reset()                                    {}
func (s *postSession) Logout() error                             { return nil }
func (s *postSession) Mail(string, *smtp.MailOptions) error      { return nil }
func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = to; return nil }

func (s *postSession) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body)) // of the first part, or all of it: enough to find a link
	if err != nil {
		return err
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.got = append(s.p.got, letter{s.to, m.Header.Get("Subject"), string(text)})
	return nil
}

// env is the environment of a program that sends its letters here.
func (p *post) env() []string {
	return []string{"STOCKTAKE_SMTP=smtp://" + p.address, "STOCKTAKE_MAIL_FROM=Secretariat <letters@example.org>"}
}

// to returns the letters that somebody has, once there are n of them.
func (p *post) to(t testing.TB, who string, n int) []letter {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		var list []letter
		p.mu.Lock()
		for _, l := range p.got {
			if l.to == who {
				list = append(list, l)
			}
		}
		p.mu.Unlock()
		if len(list) >= n {
			return list
		}
		if time.Now().After(end) {
			t.Fatalf("%s has %d letters, not %d", who, len(list), n)
		}
	}
}

var linkIn = regexp.MustCompile(`https?://\S+?(/(?:sign|in)/[A-Za-z0-9_-]+)`)

// link is the path of the link in a letter.
func (l letter) link() (string, error) {
	m := linkIn.FindStringSubmatch(l.text)
	if m == nil {
		return "", fmt.Errorf("the letter %q to %s has no link", l.subject, l.to)
	}
	return m[1], nil
}
