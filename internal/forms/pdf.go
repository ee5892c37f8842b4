package forms

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"stocktake"
)

// ChromiumEnv is the environment variable that names the browser which makes PDF files.
const ChromiumEnv = "STOCKTAKE_CHROMIUM"

// A Printer makes PDF files with a Chromium that it starts for each of them and that is gone when PDF returns: without network, with files of its own in a directory that is removed.
// The page's own policy lets nothing run and nothing be fetched. One works at a time; others wait.
type Printer struct {
	Path   string        // of Chromium; empty means that there is none
	Time   time.Duration // for one file, waiting included
	Memory int64         // bytes that all its processes may hold together; kept to on Linux
	Input  int           // bytes of a page at most
	Output int64         // bytes of a file at most

	turn sync.Mutex
}

// FindPrinter returns a printer with the usual limits: with the browser that the environment names, else with chromium where it is on the PATH.
func FindPrinter() *Printer {
	p := &Printer{Time: time.Minute, Memory: 1 << 30, Input: 16 << 20, Output: 64 << 20}
	if named := os.Getenv(ChromiumEnv); named != "" {
		p.Path = named
		return p
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			p.Path = path
			return p
		}
	}
	return p
}

// byHand is what to do where no PDF is to be had.
const byHand = "open the page for print and choose Print, then Save as PDF"

// errLimit is why a child process was ended.
var errLimit = errors.New("it was ended: it held more memory than it may")

// PDF returns the page for print as a PDF with tags and embedded fonts. A NotFound fault says that there is no browser here, an Invalid one that the page is
// too large, a Busy one that it took too long or too much memory; each says how to print the page by hand. Two PDF files of one page may
// differ in their bytes: hash the text, never the PDF.
func (p *Printer) PDF(ctx context.Context, f *Form) ([]byte, error) {
	return p.Page(ctx, f.PrintHTML())
}

// Page returns any page of ours as a PDF, as PDF does. The page must need nothing from elsewhere.
func (p *Printer) Page(ctx context.Context, page string) ([]byte, error) {
	if p.Path == "" {
		return nil, stocktake.NotFoundf("no PDF can be made here: there is no Chromium").Hinted("%s; or install Chromium, or name one with %s", byHand, ChromiumEnv)
	}
	if len(page) > p.Input {
		return nil, stocktake.Invalidf("the page has %d bytes; at most %d are printed", len(page), p.Input).Hinted(byHand)
	}
	ctx, cancel := context.WithTimeout(ctx, p.Time)
	defer cancel()
	if !p.wait(ctx) {
		return nil, p.fault(ctx, nil)
	}
	defer p.turn.Unlock()
	dir, err := os.MkdirTemp("", "stocktake-pdf-")
	if err != nil {
		return nil, fmt.Errorf("make a directory for a PDF: %w", err)
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.pdf")
	if err := os.WriteFile(in, []byte(page), 0o600); err != nil {
		return nil, fmt.Errorf("write the page for a PDF: %w", err)
	}
	if err := p.run(ctx, dir, in, out); err != nil {
		return nil, p.fault(ctx, err)
	}
	file, err := os.Open(out)
	if err != nil {
		return nil, p.fault(ctx, err)
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, p.Output+1))
	if err != nil {
		return nil, p.fault(ctx, err)
	}
	if int64(len(b)) > p.Output || !bytes.HasPrefix(b, []byte("%PDF-")) {
		return nil, p.fault(ctx, fmt.Errorf("%s made no PDF of at most %d bytes", p.Path, p.Output))
	}
	return b, nil
}

// wait takes the turn, and reports false where ctx ended first.
func (p *Printer) wait(ctx context.Context) bool {
	for !p.turn.TryLock() {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
	return true
}

func (p *Printer) fault(ctx context.Context, err error) error {
	f := stocktake.Fault{Kind: stocktake.NotFound, What: "the PDF could not be made", Hint: byHand, Err: err}
	switch {
	case errors.Is(err, errLimit):
		f.Kind, f.What = stocktake.Busy, "the PDF took more memory than it may"
	case ctx.Err() != nil:
		f.Kind, f.What, f.Err = stocktake.Busy, "the PDF took too long", ctx.Err()
	}
	return &f
}

// run starts the browser, watches it, and ends whatever it started.
func (p *Printer) run(ctx context.Context, dir, in, out string) error {
	args := []string{"--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-sync", "--disable-background-networking",
		"--disable-component-update", "--disable-default-apps", "--disable-breakpad", "--disable-crash-reporter", "--disable-quic", "--disable-dev-shm-usage", "--mute-audio",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
		"--user-data-dir=" + filepath.Join(dir, "profile"), "--font-render-hinting=none", "--no-pdf-header-footer", "--export-tagged-pdf", "--generate-pdf-document-outline", "--print-to-pdf=" + out}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // Chromium refuses to run as root with it; the page is ours and runs nothing
	}
	var said tail
	c := exec.Command(p.Path, append(args, "file://"+filepath.ToSlash(in))...)
	c.Dir, c.Stdout, c.Stderr = dir, &said, &said
	c.Env = []string{"HOME=" + dir, "TMPDIR=" + dir, "XDG_CONFIG_HOME=" + filepath.Join(dir, "config"), "XDG_CACHE_HOME=" + filepath.Join(dir, "cache"), "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
	ownGroup(c)
	c.WaitDelay = 5 * time.Second
	if err := c.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.Path, err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	defer endGroup(c)
	for {
		select {
		case err := <-done:
			if err != nil {
				return fmt.Errorf("%s: %w; it said: %s", p.Path, err, said.String())
			}
			return nil
		case <-ctx.Done():
			endGroup(c)
			<-done
			return ctx.Err()
		case <-look.C:
			if p.Memory > 0 && held(c) > p.Memory {
				endGroup(c)
				<-done
				return errLimit
			}
		}
	}
}

// tail keeps the last of what a process says.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if over := len(t.b) - 4096; over > 0 {
		t.b = t.b[over:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}
