package browsertest

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A Watcher collects what a tab asks for and complains about.
type Watcher struct {
	ctx    context.Context
	gate   *gate
	mu     sync.Mutex
	urls   []string
	errors []string
}

// Watch starts to collect in the tab of ctx, which New or, for another tab, chromedp.NewContext made. Call it before the page is opened.
func Watch(t testing.TB, ctx context.Context) *Watcher {
	t.Helper()
	b, ok := ctx.Value(browserKey{}).(*browser)
	if !ok {
		t.Fatal("browsertest.Watch: the context is not one of browsertest.New")
	}
	w := &Watcher{ctx: ctx, gate: b.gate}
	if err := chromedp.Listen(ctx, w.note); err != nil {
		t.Fatal("watch the browser: ", err)
	}
	return w
}

// URLs returns the address of each request of the tab in the order of asking, redirects and WebSockets included, repeated ones
// repeated; data: and blob: addresses, which ask nobody, are left out. The caller owns the slice.
func (w *Watcher) URLs() []string {
	w.settle()
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.urls)
}

// Hosts returns each host that was asked for anything, sorted, with its port where the address has one: "127.0.0.1:41235". It
// counts the requests of the tab and whatever the whole browser asked of the network: workers, preconnections and other tabs.
func (w *Watcher) Hosts() []string {
	hosts := map[string]bool{}
	for _, s := range w.URLs() {
		hosts[host(s)] = true
	}
	for _, h := range w.gate.asked() {
		hosts[h] = true
	}
	return slices.Sorted(maps.Keys(hosts))
}

// Errors returns each complaint in the order of its coming, with its place: calls of console.error and console.assert, exceptions
// that nothing caught, and what Chromium itself reports as an error, such as a blocked script or a missing file. The caller owns the slice.
func (w *Watcher) Errors() []string {
	w.settle()
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.errors)
}

// Only reports each host that was asked for anything and is not that of one of the given addresses, such as the URL of an httptest.Server.
func (w *Watcher) Only(t testing.TB, addresses ...string) {
	t.Helper()
	allowed := map[string]bool{}
	for _, a := range addresses {
		h := host(a)
		if h == "" {
			t.Fatalf("browsertest: %q is no address such as http://127.0.0.1:8080", a)
		}
		allowed[h] = true
	}
	for _, h := range w.Hosts() {
		if !allowed[h] {
			t.Errorf("the page asks %s; only %s should be asked", h, strings.Join(addresses, ", "))
		}
	}
}

// Quiet reports each complaint that Errors returns.
func (w *Watcher) Quiet(t testing.TB) {
	t.Helper()
	for _, e := range w.Errors() {
		t.Errorf("the browser complains: %s", e)
	}
}

// settle waits until every event that Chromium sent before now has been noted: events and answers come in one order. When the
// tab is gone nothing more can come.
func (w *Watcher) settle() {
	chromedp.Run(w.ctx, chromedp.Evaluate[int]("0"))
}

// note runs on the goroutine that reads the tab's messages: it must be quick and must not ask Chromium anything.
func (w *Watcher) note(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if host(e.Request.URL) != "" {
			w.urls = append(w.urls, e.Request.URL)
		}
	case *network.EventWebSocketCreated:
		w.urls = append(w.urls, e.URL)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var words []string
			for _, a := range e.Args {
				words = append(words, spoken(a))
			}
			w.errors = append(w.errors, "console."+string(e.Type)+": "+strings.Join(words, " ")+at(e.StackTrace))
		}
	case *runtime.EventExceptionThrown:
		d := e.ExceptionDetails
		text := d.Text
		if d.Exception != nil {
			text += " " + spoken(d.Exception)
		}
		w.errors = append(w.errors, fmt.Sprintf("exception: %s (%s:%d)", text, d.URL, d.LineNumber+1))
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			w.errors = append(w.errors, fmt.Sprintf("%s: %s (%s:%d)", e.Entry.Source, e.Entry.Text, e.Entry.URL, e.Entry.LineNumber+1))
		}
	}
}

// spoken is a value of the page as its console would print it.
func spoken(o *runtime.RemoteObject) string {
	if o.Description != "" {
		return o.Description
	}
	return strings.Trim(string(o.Value), `"`)
}

func at(s *runtime.StackTrace) string {
	if s == nil || len(s.CallFrames) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", s.CallFrames[0].URL, s.CallFrames[0].LineNumber+1)
}

// host is the host of an address, with its port where one is written; empty where the address asks nobody.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // shown as it is rather than lost
	}
	return u.Host
}
