package web

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	browserpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"stocktake/internal/browsertest"
)

// picturesEnv names a folder in which the pictures of the pages are left, to be looked at by a person.
const picturesEnv = "STOCKTAKE_TEST_PICTURES"

// sheet is one page of a PDF.
var sheet = regexp.MustCompile(`/Type\s*/Page[^s]`)

// TestInABrowser opens pages of every kind in a real browser, wide and narrow, light and dark, with scripts and without: no complaint in
// the console, no other host asked, nothing wider than the window.
func TestInABrowser(t *testing.T) {
	l := small(t)
	srv := httptest.NewServer(handlerOf(t, l, Options{Loopback: true}))
	defer srv.Close()
	ctx := browsertest.New(t)
	w := browsertest.Watch(t, ctx)
	st := string(l.Record().Statements(l.Record().Head())[0].Instrument)
	pages := []struct{ name, address string }{
		{"home", "/?on=2018-12-20"}, {"instrument", "/i/icerd"}, {"standing", "/i/gcm-process/USA?on=2018-01-01"}, {"rollcall", "/v/6140"}, {"party", "/p/USA"}, {"provision", "/r/gcm/obj-13"},
		{"undertakings", "/undertakings?party=MEX&theme=child-detention"}, {"statement", "/st/" + st}, {"became", "/st/pv-2017/calls?on=2022-06-30"}, {"calls", "/calls"}, {"partycalls", "/p/USA/calls"}, {"paste", "/paste"}, {"conflicts", "/conflicts"}, {"law", "/law"}, {"changes", "/changes?from=2018-12-01&to=2019-02-01"},
		{"filing", "/f/8"}, {"source", "/s/untc-2015-03"}, {"votes", "/votes"}, {"search", "/search?q=migration"}, {"missing", "/i/gmc"},
	}
	run := func(ctx context.Context, what string) {
		for i, p := range pages {
			for _, width := range []int{390, 1280} {
				if width == 1280 && i > 4 || what == "plain" && (width == 1280 || i > 5) {
					continue // the other pages are laid out alike
				}
				dark := what == "scripts" && width == 390 && p.name != "home" || p.name == "statement"
				png := browsertest.Screenshot(t, ctx, srv.URL+p.address, width, 900, dark)
				if dir := os.Getenv(picturesEnv); dir != "" {
					name := strings.Join([]string{p.name, map[int]string{390: "narrow", 1280: "wide"}[width], what}, "-") + ".png"
					if err := os.WriteFile(filepath.Join(dir, name), png, 0o644); err != nil {
						t.Error(err)
					}
				}
				over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
				if err != nil {
					t.Fatal(err)
				}
				if p.name == "conflicts" || p.name == "law" || p.name == "votes" { // these lists are read downwards on a telephone
					side, err := chromedp.Run(ctx, chromedp.Evaluate[int](`Math.max(0, ...[...document.querySelectorAll(".scroll")].map(e => e.scrollWidth - e.clientWidth))`))
					if err != nil {
						t.Fatal(err)
					}
					if side > 0 {
						t.Errorf("a table of %s is %d pixels wider than a window of %d", p.address, side, width)
					}
				}
				if over > 0 {
					t.Errorf("%s is %d pixels wider than a window of %d (%s)", p.address, over, width, what)
				}
			}
		}
	}
	run(ctx, "scripts")
	quiet(t, w)
	w.Only(t, srv.URL)

	// What scripts sharpen.
	did := func(script string) string {
		t.Helper()
		s, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/?on=2018-12-20")); err != nil {
		t.Fatal(err)
	}
	if got := did(`document.querySelector('[data-id=BRA]').dispatchEvent(new PointerEvent('pointerover', {bubbles: true})); document.querySelector('.pointed').textContent`); !strings.HasPrefix(got, "Brazil: endorsed since 10 December 2018") {
		t.Errorf("pointing at Brazil says %q", got)
	}
	if got := did(`(() => { const b = document.querySelector('.narrow input'); b.value = 'hungary'; b.dispatchEvent(new Event('input')); return [...document.querySelectorAll('table.standings tbody tr:not([hidden]) th')].map(e => e.innerText.trim()).join('|') })()`); !strings.Contains(got, "Hungary") || strings.Contains(got, "Brazil") {
		t.Errorf("narrowing the table to Hungary shows %q", got)
	}
	// By keyboard: the first stop leads to the content.
	if err := chromedp.Do(ctx, chromedp.KeyEvent("\t")); err != nil {
		t.Fatal(err)
	}
	if got := did(`document.activeElement.className + ' ' + document.activeElement.getAttribute('href')`); got != "skip #main" {
		t.Errorf("the first stop of the Tab key is %q", got)
	}

	// What a party undertook on one theme fits on one sheet of paper.
	if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/undertakings?party=MEX&theme=child-detention")); err != nil {
		t.Fatal(err)
	}
	own := true
	pdf, err := chromedp.Run(ctx, func(ctx context.Context, tab *chromedp.Target) (browserpage.PrintToPDFResult, error) {
		return cdp.Call(ctx, tab, browserpage.PrintToPDF, browserpage.PrintToPDFParams{PreferCSSPageSize: &own})
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(sheet.FindAll(pdf.Data, -1)); n != 1 {
		t.Errorf("the undertakings of a party on one theme print on %d sheets", n)
	}

	browsertest.JSDisabled(t, ctx)
	run(ctx, "plain")
	quiet(t, w)
	w.Only(t, srv.URL)
}

// quiet is Watcher.Quiet without what the browser notes of the page that is meant to be missing.
func quiet(t *testing.T, w *browsertest.Watcher) {
	t.Helper()
	for _, e := range w.Errors() {
		if !strings.Contains(e, "/i/gmc") {
			t.Errorf("the browser complains: %s", e)
		}
	}
}

// TestFilingInABrowser puts a pasted text on the record as a person does: what a real browser says of the page that a form comes from must
// be enough.
func TestFilingInABrowser(t *testing.T) {
	l := own(t)
	head := l.Record().Head()
	srv := httptest.NewServer(handlerOf(t, l, Options{Loopback: true}))
	defer srv.Close()
	ctx := browsertest.New(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/paste")); err != nil {
		t.Fatal(err)
	}
	at := func(script, want string) {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script+"; true")); err != nil {
			t.Fatal(err)
		}
		got := ""
		for range 100 {
			time.Sleep(50 * time.Millisecond)
			got, _ = chromedp.Run(ctx, chromedp.Evaluate[string](`document.readyState + " " + location.pathname + " " + document.querySelector("h1").textContent`))
			if strings.HasPrefix(got, "complete ") && strings.Contains(got, want) {
				return
			}
		}
		t.Fatalf("the browser stands at %q, not %q", got, want)
	}
	at(`document.getElementById("text").value = "A title for a text of a browser\n\nGeneva, 2 February 2019\n\nWe call on Brazil to return to the Global Compact for Migration.\n"; document.getElementById("text").form.requestSubmit()`, "/paste What the statement says")
	at(`document.querySelector('form[action="/paste/file"]').requestSubmit()`, "/st/")
	if l.Record().Head() != head+1 {
		t.Errorf("the record stands at filing %d, not %d", l.Record().Head(), head+1)
	}
}
