// Package browsertest opens pages in a real, headless Chromium, so that a test sees what a reader sees.
//
//	ctx := browsertest.New(t)
//	w := browsertest.Watch(t, ctx)
//	chromedp.Do(ctx, chromedp.Navigate(srv.URL))
//	w.Quiet(t)         // no error in the console, no exception
//	w.Only(t, srv.URL) // nothing was asked of any other host
//
// Pages must be served on the loopback interface: whatever is asked of any other address is refused inside the test process
// and remembered, so a test cannot reach the network. The package is for tests only.
package browsertest

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Env is the environment variable that names the Chromium to use, in place of /usr/bin/chromium.
const Env = "STOCKTAKE_TEST_CHROMIUM"

const (
	usual    = "/usr/bin/chromium"   // where Debian's package puts it
	farewell = 10 * time.Second      // for Chromium to close by itself, before it is killed
	patience = 2 * time.Minute       // for all that one browser does, where the test itself has no deadline
	pause    = 20 * time.Millisecond // between two looks at something that has no event
)

// A browser is one Chromium process with its helpers, the proxy that stands between it and the network, and its directory.
type browser struct {
	gate *gate
	dir  string
	said output
}

type browserKey struct{}

// New starts a Chromium with a profile of its own and returns the context of its one tab, for chromedp.Do and chromedp.Run. It
// ends shortly before the test's deadline, so that a page that hangs is reported as such. At cleanup the browser is closed,
// or killed when it does not close by itself, and its files are removed.
//
// One tab must not be used from several goroutines at once. chromedp.NewContext(ctx) opens another tab of the same browser.
//
// Where there is no Chromium the test is skipped, and says so; with CI=true it fails instead.
func New(t testing.TB) context.Context {
	t.Helper()
	path := cmp.Or(os.Getenv(Env), usual)
	if _, err := os.Stat(path); err != nil {
		const hint = "; install Debian's package chromium, or name another with " + Env + ", or run ./test, which sees to it"
		if os.Getenv("CI") == "true" {
			t.Fatal("no page is tested in a browser here: ", err, hint)
		}
		t.Skip("no page is tested in a browser here: ", err, hint)
	}
	dir, err := makeDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(t, dir) })
	gate, err := openGate()
	if err != nil {
		t.Fatal("open the proxy that keeps Chromium off the network: ", err)
	}
	t.Cleanup(gate.close)
	b := &browser{gate: gate, dir: dir}

	ctx, cancel := context.WithDeadline(context.WithValue(context.Background(), browserKey{}, b), deadline(t))
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // the test may run as root and in a container; it opens its own pages only
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-crash-reporter", true),
		chromedp.Flag("font-render-hinting", "none"), // the same letters on every machine
		chromedp.ProxyServer(gate.url()),             // loopback addresses go past it
		// chromedp makes and removes the profile directory. What Chromium writes elsewhere lands in ours.
		chromedp.Env("HOME="+dir, "TMPDIR="+dir, "XDG_CONFIG_HOME="+filepath.Join(dir, "config"), "XDG_CACHE_HOME="+filepath.Join(dir, "cache")),
		chromedp.CombinedOutput(&b.said),
	)...)
	t.Cleanup(stop)
	ctx, _ = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		// After the deadline ctx is done and Chromium killed already; Cancel then only waits for it.
		ctx, cancel := context.WithTimeout(ctx, farewell)
		defer cancel()
		chromedp.Cancel(ctx) // its error says that Chromium had to be killed, which is as good
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v; it said:\n%s", path, err, b.said.String())
	}
	return ctx
}

// JSDisabled switches scripts off in the tab of ctx, for every page that it opens from now on. What a test itself evaluates by
// chromedp still runs, except promises.
func JSDisabled(t testing.TB, ctx context.Context) {
	t.Helper()
	if err := chromedp.Do(ctx, send(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})); err != nil {
		t.Fatal("switch scripts off: ", err)
	}
}

// send is a command to the tab as an action.
func send[P any](command cdp.Command[P, cdp.Empty], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, command, params)
		return err
	})
}

// deadline leaves time for cleanup before the test binary would be killed.
func deadline(t testing.TB) time.Time {
	if t, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if d, ok := t.Deadline(); ok {
			return d.Add(-2 * farewell)
		}
	}
	return time.Now().Add(patience)
}

// makeDir makes a directory whose path leaves room for that of Chromium's socket in it, which may have 107 characters.
func makeDir() (string, error) {
	const socket = "/org.chromium.Chromium.XXXXXX/SingletonSocket"
	dir, err := os.MkdirTemp("", "b")
	if err == nil && len(dir)+len(socket) > 103 { // 103: some systems have less
		os.Remove(dir)
		return os.MkdirTemp("/tmp", "b")
	}
	return dir, err
}

// remove deletes dir, with patience: a helper process of a killed Chromium may write one more file.
func remove(t testing.TB, dir string) {
	var err error
	for range 20 {
		if err = os.RemoveAll(dir); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("the files of Chromium stay behind: %v", err)
}

// An output keeps what Chromium writes, for the day that it does not start.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
