package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"stocktake"
	"stocktake/internal/browsertest"
	"stocktake/internal/ledger"
)

// someCopy writes some pages of a copy of a record, with their indexes and what goes with pages, into a folder.
func someCopy(t *testing.T, l *ledger.Ledger, addresses ...string) (dir string, copied *Copy) {
	t.Helper()
	ctx := context.Background()
	c, _, err := NewCopy(ctx, l, CopyOptions{Version: "test", Day: stocktake.Day(testNow.Unix() / 86400)}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	write := func(name string, b []byte, err error) {
		t.Helper()
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(p), 0o755)
		}
		if err == nil {
			err = os.WriteFile(p, b, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range addresses {
		p := c.pages[a]
		if p == nil {
			t.Fatalf("the copy has no page for %s", a)
		}
		for _, f := range p.Files() {
			b, err := c.Render(ctx, p, f)
			write(f.Name, b, err)
		}
	}
	assets, err := c.Assets()
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range assets {
		write(name, b, nil)
	}
	return dir, c
}

// readPage reads of a page what must be the same on a server and in a copy. The copy leaves out which source the sentence names.
const readPage = `(() => {
  const text = (e) => e ? e.textContent.replace(/\s+/g, " ").trim() : "";
  const rows = (t) => [...t.querySelectorAll("tbody tr")].map(r => [...r.cells].map(text).join(" | "));
  const shown = (e) => !!e && e.getClientRects().length > 0;
  return JSON.stringify({
    when: text(document.querySelector(".when p b")),
    lede: text(document.querySelector("main p.lede")).replace(/; source: .*?(?=; it was|; \d|; sources disagree|; the record here|; no source says)/, "").replace(/; of the resolutions and proposals put.*?(?=; \d|; no source|\.$)/, ""),
    tables: [...document.querySelectorAll("main table.list")].filter(shown).map(t => text(t.caption) + "\n" + rows(t).join("\n")),
    swatches: [...document.querySelectorAll("main tr.group rect, figure .legend rect, main table.list td rect")].filter(shown).map(r => r.getAttribute("class") + r.getAttribute("fill")),
    legend: [...document.querySelectorAll("figure.map .legend a")].map(a => text(a) + a.getAttribute("href") + a.title),
    map: [...document.querySelectorAll("svg.worldmap [data-id]")].map(a => a.dataset.id + " " + text(a.querySelector("title")) + " " + [...a.querySelectorAll("[class^='k-']")].map(s => s.getAttribute("class") + s.getAttribute("fill") + getComputedStyle(s).fill).join(" ")),
    missing: [...document.querySelectorAll("svg.worldmap .p")].filter(s => !document.querySelector(s.getAttribute("fill").slice(4, -1))).length,
    current: text(document.querySelector("[aria-current=date]")),
  }, null, 1);
})()`

// tab is a browser with a page.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func (b tab) open(address string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(address)); err != nil {
		b.t.Fatal(err)
	}
}

func (b tab) eval(script string) string {
	b.t.Helper()
	s, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](script))
	if err != nil {
		b.t.Fatalf("%.80s: %v", script, err)
	}
	return s
}

// answered waits until day.js has done its work, and returns what it says.
func (b tab) answered() string {
	b.t.Helper()
	for range 200 {
		if b.eval(`document.readyState === "complete" && document.documentElement.style.visibility === "" ? "yes" : ""`) == "yes" {
			if said := b.eval(`(document.querySelector(".day-said") || {textContent: ""}).textContent`); !strings.HasPrefix(said, "Working out") {
				return said
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.t.Fatal("the page does not come to an answer: ", b.eval(`document.body.innerText`))
	return ""
}

// TestOtherDaysInABrowser compares what a copy answers in the browser with what the server answers.
func TestOtherDaysInABrowser(t *testing.T) {
	l := small(t)
	dir, c := someCopy(t, l, "/", "/i/gcm", "/i/paris", "/i/icerd", "/i/icrmw", "/p/USA", "/v/6140", "/conflicts", "/instruments")
	if err := os.Remove(filepath.Join(dir, "index", "i", "icrmw.js")); err != nil {
		t.Fatal(err)
	}
	host := http.StripPrefix("/some/prefix", http.FileServer(http.Dir(dir)))
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", everywhere["Content-Security-Policy"][0]) // a careful host may send it
		host.ServeHTTP(w, r)
	}))
	defer files.Close()
	pages := httptest.NewServer(handlerOf(t, l, Options{}))
	defer pages.Close()
	ctx := browsertest.New(t)
	w := browsertest.Watch(t, ctx)
	b := tab{t, ctx}
	site := files.URL + "/some/prefix/"
	gcm, conflicts := c.pages["/i/gcm"], c.pages["/conflicts"]
	own := stocktake.DateOf(gcm.Day).String()
	for _, x := range []struct{ page, day string }{
		{"i/gcm", "2018-12-19"}, {"i/gcm", "2017-01-01"}, {"i/gcm", "2030-01-01"}, {"i/paris", "2016-04-22"}, {"i/paris", "2017-08-04"}, {"i/icerd", "1994-10-21"},
		{"p/USA", "1994-10-20"}, {"p/USA", "2018-12-19"}, {"", "2022-06-10"},
	} {
		b.open(site + c.pages["/"+x.page].Name + "?on=" + x.day)
		said := b.answered()
		if !strings.Contains(said, "from the index of this copy, published as of filing") {
			t.Fatalf("%s on %s: %s", x.page, x.day, said)
		}
		got := b.eval(readPage)
		b.open(pages.URL + "/" + x.page + "?on=" + x.day)
		if want := b.eval(readPage); got != want {
			t.Errorf("%s on %s:\n%s", x.page, x.day, differ(got, want))
		}
	}
	for _, e := range w.Errors() {
		t.Errorf("the browser complains: %s", e)
	}

	// Links keep the day; the way back to the page's own day does not.
	b.open(site + "i/gcm.html?on=2018-12-19#is-voted-against")
	b.answered()
	if got := b.eval(`document.querySelector(".brand").getAttribute("href") + " " + document.querySelector("table.standings a").getAttribute("href") + " " + document.querySelector(".day-said a").getAttribute("href")`); got != "../index.html?on=2018-12-19 gcm.html#DOM gcm.html" {
		t.Errorf("links lead to %s", got)
	}
	if got := b.eval(`document.querySelector("#is-voted-against th").textContent.trim()`); got != "voted against 5" {
		t.Errorf("who voted against stands at %q", got)
	}
	if got := b.eval(`(() => { const box = document.querySelector(".narrow input"); box.value = "hungary"; box.dispatchEvent(new Event("input")); return document.querySelectorAll(".narrow").length + " " + [...document.querySelectorAll("table.standings tbody tr:not([hidden]) th")].map(e => e.innerText.trim()).join(" | ") })()`); got != "1 voted against 5 | Hungary" {
		t.Errorf("narrowing the table to Hungary shows %q", got)
	}
	if got := b.eval(`document.querySelector(".day-said").getAttribute("role") + document.querySelectorAll("[data-pinned]").length`); got != "status0" {
		t.Errorf("the answer is announced as %q", got)
	}

	// The page's own day, and pages that are the same on every day.
	b.open(site + "i/gcm.html?on=" + own)
	if got := b.answered(); got != "" || b.eval(`document.querySelector("p.lede").textContent`) == "" {
		t.Errorf("on its own day the page says %q", got)
	}
	b.open(site + "v/6140.html?on=2020-01-01")
	if got := b.answered() + b.eval(`document.querySelectorAll("table.list tbody tr:not(.group)").length + " " + document.querySelector(".brand").search`); got != "193 ?on=2020-01-01" {
		t.Errorf("a recorded vote says %q on another day", got)
	}

	// What cannot be answered takes the answer of the page's own day away.
	nothing := func(address, want string) {
		t.Helper()
		b.open(site + address)
		said := b.answered()
		if !strings.Contains(said, want) || b.eval(`document.querySelector(".day-said").getAttribute("role") + document.activeElement.className`) != "alertnote day-said" {
			t.Errorf("%s says %q, not %q", address, said, want)
		}
		if got := b.eval(`[...document.querySelectorAll("main p.lede, main table, main figure")].length + ""`); got != "0" {
			t.Errorf("%s still shows %s parts of the answer for another day", address, got)
		}
	}
	nothing("i/gcm.html?on=2018-02-30", "On=2018-02-30: February 2018 has 28 days. Write one day as 2018-12-19.")
	nothing("i/gcm.html?on=2018-12", "On=2018-12 is more than one day.")
	nothing("i/gcm.html?on=yesterday", "On=yesterday: a date is written year first")
	nothing("i/gcm.html?on=2018-12-19&on=2018-12-20", "on is given 2 times")
	nothing("i/gcm.html?on=2018-12-19&known=2019-01-01", "This copy answers only as known on "+longDay(gcm.Day)+", at filing "+thousands(gcm.Head)+"; the address asks for known=2019-01-01.")
	nothing("i/gcm.html?head=3", "stocktake mirror URL DIR")
	nothing("conflicts.html?on=2018-12-19", "This copy answers this page only for "+longDay(conflicts.Day)+", not for 19 December 2018.")
	nothing("i/icrmw.html?on=2010-01-01", "could not be read here")

	// From a disk, where browsers refuse to read data beside a page.
	b.open("file://" + filepath.ToSlash(dir) + "/i/gcm.html?on=2018-12-19")
	if said := b.answered(); !strings.HasPrefix(said, "Answered in this browser for 19 December 2018") {
		t.Errorf("opened from a disk, the page says %q", said)
	}
	if got := b.eval(`document.querySelector("p.lede").textContent`); !strings.HasPrefix(got, "On 19 December 2018, ") {
		t.Errorf("opened from a disk, the page answers %q", got)
	}

	// A browser in which the script cannot run, and one that runs none.
	if err := os.WriteFile(filepath.Join(dir, "assets", theLooks().hash, "day.js"), []byte("this is no script"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.open(site + "i/paris.html?on=2018-12-19&again=1")
	b.answered()
	if got := b.eval(`document.querySelector("main").innerText`); !strings.HasPrefix(got, "The address asks for another day") || strings.Contains(got, "stood towards") {
		t.Errorf("where the script does not run the page shows %.200q", got)
	}
	browsertest.JSDisabled(t, ctx)
	b.open(site + "i/gcm.html?on=2018-12-19")
	if got := b.eval(`document.querySelector(".when p").innerText`); !strings.HasPrefix(got, "On "+longDay(gcm.Day)) {
		t.Errorf("without script the page says %q", got)
	}
}

// differ shows the first lines in which two texts differ.
func differ(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			other := ""
			if i < len(w) {
				other = w[i]
			}
			at := 0
			for at < min(len(g[i]), len(other)) && g[i][at] == other[at] {
				at++
			}
			at = max(0, at-80)
			return fmt.Sprintf("  copy:   %.400s\n  server: %.400s", g[i][at:], other[min(at, len(other)):])
		}
	}
	return fmt.Sprintf("  the server says more: %.400s", strings.Join(w[len(g):], "\n"))
}
