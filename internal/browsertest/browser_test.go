package browsertest

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

var pages = map[string]string{
	"/calm": `<!doctype html><title>calm</title><link rel="icon" href="data:,"><p id="p">by the server</p>
		<script src="/script.js"></script>`,
	"/script.js": `document.getElementById("p").textContent = "by the script"`,
	"/colours": `<!doctype html><title>colours</title><link rel="icon" href="data:,">
		<style>body{margin:0;height:1500px;background:#fff}@media (prefers-color-scheme:dark){body{background:#000}}</style>`,
	"/complaints": `<!doctype html><title>complaints</title><link rel="icon" href="data:,"><img src="/absent.png" alt="">
		<script>console.log("fine"); console.error("said so", 7); setTimeout(() => { document.title = "done"; throw new Error("thrown") })</script>`,
	"/nosy": `<!doctype html><title>nosy</title><link rel="icon" href="data:,"><link rel="preconnect" href="https://preconnect.example">
		<img src="http://image.example/x.png" alt=""><img src="/elsewhere" alt="">
		<script>
		new WebSocket("wss://socket.example/");
		new Worker(URL.createObjectURL(new Blob(["fetch('https://worker.example/').catch(() => postMessage(0))"])))
			.onmessage = () => { document.title = "asked" };
		</script>`,
}

func serve(t *testing.T) *httptest.Server {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		switch {
		case r.URL.Path == "/elsewhere":
			http.Redirect(w, r, "http://redirect.example/", http.StatusFound)
		case !ok:
			http.NotFound(w, r)
		case strings.HasSuffix(r.URL.Path, ".js"):
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, page)
		default:
			fmt.Fprint(w, page)
		}
	}))
	t.Cleanup(srv.Close)
	return srv
}

func open(t *testing.T, ctx context.Context, url string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
}

func TestPage(t *testing.T) {
	srv, ctx := serve(t), New(t)
	w := Watch(t, ctx)

	open(t, ctx, srv.URL+"/calm")
	text := func() string {
		s, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("#p")))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if got := text(); got != "by the script" {
		t.Errorf("with scripts the page says %q", got)
	}
	w.Quiet(t)
	w.Only(t, srv.URL)
	if got, want := w.URLs(), []string{srv.URL + "/calm", srv.URL + "/script.js"}; !slices.Equal(got, want) {
		t.Errorf("requests are %q, want %q", got, want)
	}

	JSDisabled(t, ctx)
	open(t, ctx, srv.URL+"/calm")
	if got := text(); got != "by the server" {
		t.Errorf("without scripts the page says %q", got)
	}
	Screenshot(t, ctx, srv.URL+"/calm", 320, 240, false) // must not wait for a script for ever
	w.Quiet(t)
}

func TestComplaints(t *testing.T) {
	srv, ctx := serve(t), New(t)
	w := Watch(t, ctx)
	open(t, ctx, srv.URL+"/complaints")
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool]("document.title === 'done'")); err != nil {
		t.Fatal(err)
	}
	errors := strings.Join(w.Errors(), "\n")
	for _, want := range []string{"console.error: said so 7 (" + srv.URL + "/complaints:2)", "exception: Uncaught Error: thrown", "404", "/absent.png"} {
		if !strings.Contains(errors, want) {
			t.Errorf("%q is missing among the complaints:\n%s", want, errors)
		}
	}
	if len(w.Errors()) != 3 {
		t.Errorf("%d complaints, want 3:\n%s", len(w.Errors()), errors)
	}
	r := record(func(t testing.TB) { w.Quiet(t) })
	if r.errors != 3 {
		t.Errorf("Quiet reported %d errors, want 3", r.errors)
	}
}

// TestNosy: whatever way a page finds to ask another host is seen, and comes to nothing.
func TestNosy(t *testing.T) {
	srv, ctx := serve(t), New(t)
	w := Watch(t, ctx)
	open(t, ctx, srv.URL+"/nosy")
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool]("document.title === 'asked'")); err != nil {
		t.Fatal("the worker's request did not come back: ", err)
	}
	hosts := w.Hosts()
	for _, want := range []string{"image.example", "redirect.example", "socket.example", "worker.example", "preconnect.example", host(srv.URL)} {
		if !slices.Contains(hosts, want) {
			t.Errorf("%s is missing among the hosts asked: %q", want, hosts)
		}
	}
	if len(hosts) != 6 {
		t.Errorf("hosts asked are %q, want 6", hosts)
	}
	r := record(func(t testing.TB) { w.Only(t, srv.URL) })
	if r.errors != 5 {
		t.Errorf("Only reported %d hosts, want 5", r.errors)
	}
}

func TestScreenshot(t *testing.T) {
	srv, ctx := serve(t), New(t)
	for _, c := range []struct {
		width, height, wantHeight int
		dark                      bool
	}{
		{360, 640, 640, false},
		{1280, 720, 720, true},
		{360, 0, 1500, true},
	} {
		img, err := png.Decode(bytes.NewReader(Screenshot(t, ctx, srv.URL+"/colours", c.width, c.height, c.dark)))
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != c.width || b.Dy() != c.wantHeight {
			t.Errorf("asked for %d × %d, got %d × %d", c.width, c.height, b.Dx(), b.Dy())
		}
		want := color.Gray{Y: 255}
		if c.dark {
			want.Y = 0
		}
		if got := color.GrayModel.Convert(img.At(c.width/2, c.wantHeight-1)); got != want {
			t.Errorf("dark %t: the page is %v, want %v", c.dark, got, want)
		}
	}
}

// TestNothingStays: no process and no file of the browser outlives its test, also when its pages are busy.
func TestNothingStays(t *testing.T) {
	tmp, err := os.MkdirTemp("", "s") // short: t.TempDir holds the test's name
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(tmp)
	t.Setenv("TMPDIR", tmp)
	t.Run("browser", func(t *testing.T) {
		ctx := New(t)
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[int]("setInterval(() => { localStorage; for (let i = 0; i < 1e6; i++); }, 1)")); err != nil {
			t.Fatal(err)
		}
		if len(processes(t, tmp)) == 0 {
			t.Error("no process is found while the browser runs: the check below would see nothing")
		}
	})
	if left := processes(t, tmp); len(left) != 0 {
		t.Errorf("processes that stay: %q", left)
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) != 0 {
		t.Errorf("files that stay: %v %v", left, err)
	}
}

// processes returns the command lines that name dir; none where there is no /proc, and then the test says so.
func processes(t *testing.T, dir string) (found []string) {
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(lines) == 0 {
		t.Fatal("no /proc on this system: what stays behind cannot be seen")
	}
	for _, l := range lines {
		if b, err := os.ReadFile(l); err == nil && bytes.Contains(b, []byte(dir)) {
			found = append(found, strings.ReplaceAll(string(b), "\x00", " "))
		}
	}
	return found
}

// TestDeepTemp: a long path of the directory for temporary files is no reason for Chromium not to start.
func TestDeepTemp(t *testing.T) {
	deep := filepath.Join(t.TempDir(), strings.Repeat("deep", 15))
	if err := os.Mkdir(deep, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", deep)
	New(t)
}

// TestWithoutBrowser: a developer's run says what it leaves out; a CI run fails. A program that is no browser fails everywhere.
func TestWithoutBrowser(t *testing.T) {
	for _, c := range []struct{ path, ci, outcome, message string }{
		{"/nowhere/chromium", "", "skip", Env},
		{"/nowhere/chromium", "true", "fatal", Env},
		{"/bin/false", "", "fatal", "start /bin/false"},
	} {
		t.Setenv(Env, c.path)
		t.Setenv("CI", c.ci)
		r := record(func(t testing.TB) { New(t) })
		if r.outcome != c.outcome || !strings.Contains(r.message, c.message) {
			t.Errorf("%s, CI %q: %s %q; want %s, and a message with %q", c.path, c.ci, r.outcome, r.message, c.outcome, c.message)
		}
	}
}

// A recorder is a testing.TB that remembers what was reported to it.
type recorder struct {
	testing.TB
	outcome, message string
	errors           int
	cleanups         []func()
}

func record(helper func(testing.TB)) *recorder {
	r := &recorder{outcome: "went on"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for _, f := range slices.Backward(r.cleanups) {
				f()
			}
		}()
		helper(r)
	}()
	<-done
	return r
}

func (r *recorder) Helper()                           {}
func (r *recorder) Cleanup(f func())                  { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(string, ...any)             { r.errors++ }
func (r *recorder) Skip(args ...any)                  { r.end("skip", fmt.Sprint(args...)) }
func (r *recorder) Fatal(args ...any)                 { r.end("fatal", fmt.Sprint(args...)) }
func (r *recorder) Fatalf(format string, args ...any) { r.end("fatal", fmt.Sprintf(format, args...)) }

func (r *recorder) end(outcome, message string) {
	r.outcome, r.message = outcome, message
	runtime.Goexit()
}
