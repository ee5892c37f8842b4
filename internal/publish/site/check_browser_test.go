package site_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"stocktake"
	"stocktake/internal/browsertest"
	"stocktake/internal/publish"
	"stocktake/internal/publish/site"
	"stocktake/internal/tree"
	"stocktake/internal/verify/verifytest"
	"stocktake/internal/web"
)

// tab is a browser's tab with a page that checks.
type tab struct {
	*testing.T
	ctx context.Context
}

func (c tab) run(script string) string {
	c.Helper()
	s, err := chromedp.Run(c.ctx, chromedp.Evaluate[string]("(async () => String(await (async () => { "+script+" })()))()", chromedp.EvalAwaitPromise))
	if err != nil {
		c.Fatalf("%v\n%s", err, script)
	}
	return s
}

func (c tab) open(address string) {
	c.Helper()
	if err := chromedp.Do(c.ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(address)); err != nil { // what differs behind # alone is no other page
		c.Fatal(err)
	}
}

// after does something and waits for the answer of the check.
func (c tab) after(do string) (mark, words string) {
	c.Helper()
	c.run(`delete document.querySelector(".checked").dataset.mark; ` + do)
	for range 200 {
		if mark = c.run(`const r = document.querySelector(".checked"); return r.dataset.mark && !r.parentElement.hasAttribute("aria-busy") ? r.dataset.mark : ""`); mark != "" {
			return mark, c.run(`return document.querySelector(".checked").innerText`)
		}
		time.Sleep(25 * time.Millisecond)
	}
	c.Fatal("the check does not come to an end: ", c.run(`return document.querySelector(".checker").innerText`))
	return "", ""
}

func (c tab) press() (mark, words string) {
	c.Helper()
	return c.after(`document.getElementById("check-now").click()`)
}

// choose chooses files, or a folder, as a person does.
func (c tab) choose(field string, paths ...string) {
	c.Helper()
	err := chromedp.Do(c.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		e, err := cdp.Call(ctx, t, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.querySelector(" + strconv.Quote(field) + ")"})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, t, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, ObjectID: e.Result.ObjectID})
		return err
	}))
	if err != nil {
		c.Fatal(err)
	}
}

func (c tab) expect(what, mark, words, wantMark string, wants ...string) {
	c.Helper()
	if mark != wantMark {
		c.Errorf("%s: the answer is %q, not %q:\n%s", what, mark, wantMark, words)
	}
	for _, want := range wants {
		if !strings.Contains(strings.ToLower(words), strings.ToLower(want)) {
			c.Errorf("%s: the answer lacks %q:\n%s", what, want, words)
		}
	}
}

// published writes the whole site of a record into a folder.
func published(t *testing.T, w *verifytest.World, dir string) {
	t.Helper()
	if _, err := w.SignLog(t.Context(), w.Key); err != nil {
		t.Fatal(err)
	}
	lo, _ := stocktake.MustDate("2026-11-20").Bounds()
	to, err := publish.OpenTarget(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if _, err := site.Write(t.Context(), w.Ledger, to, site.Options{CopyOptions: web.CopyOptions{Version: "0.0.0-test", Day: lo}}); err != nil {
		t.Fatal(err)
	}
}

// quoted is the number of a filing beneath from with a quotation behind a commitment.
func quoted(t *testing.T, w *verifytest.World, from int64) int64 {
	for n := from; n > 0; n-- {
		row, err := w.Raw(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(row.Bytes, []byte(`"commitment":`)) {
			return n
		}
	}
	t.Fatal("no filing has a quotation")
	return 0
}

// lineAt is where line n of a text begins and ends, counted from 0.
func lineAt(b []byte, n int64) (from, to int) {
	for range n {
		from += bytes.IndexByte(b[from:], '\n') + 1
	}
	return from, from + bytes.IndexByte(b[from:], '\n')
}

const prefix = "/some/prefix/"

// TestCheckCopy checks filings on a published copy that a plain web host serves, with the program away.
func TestCheckCopy(t *testing.T) {
	w := verifytest.New(t, "../..", 300)
	dir := t.TempDir()
	published(t, w, dir)
	srv := httptest.NewServer(http.StripPrefix(prefix, http.FileServerFS(os.DirFS(dir))))
	defer srv.Close()
	c := tab{t, browsertest.New(t)}
	watch := browsertest.Watch(t, c.ctx)
	n := quoted(t, w, 255)
	proof := func(n int64) []byte {
		p, err := w.Prove(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		return p.Encode()
	}

	// From the page of a filing to its check.
	c.open(srv.URL + prefix + fmt.Sprintf("f/%d.html", n))
	if got, want := c.run(`return [...document.querySelectorAll("main a")].find((a) => a.textContent === "Check that it stands in the log").href`), srv.URL+prefix+fmt.Sprintf("check.html#%d", n); got != want {
		t.Fatalf("the page of a filing leads to %s, not %s", got, want)
	}
	c.open(srv.URL + prefix + fmt.Sprintf("check.html#%d", n))
	if got := c.run(`return document.querySelector("h1").textContent + "; " + document.title + "; " + document.getElementById("check-number").value`); got != fmt.Sprintf("Check filing %d; Check filing %[1]d · Stocktake; %[1]d", n) {
		t.Errorf("the page with a number is titled %s", got)
	}
	sure := func(n int64, wants ...string) {
		t.Helper()
		mark, words := c.press()
		c.expect(fmt.Sprintf("filing %d", n), mark, words, "good", append(wants, fmt.Sprintf("It holds. Filing %d, with these very bytes, stands in the signed log", n), "This does not show that a fact is true", "of 300, counted from 0", "the key that")...)
		row, err := w.Raw(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string][]byte{fmt.Sprintf("filing-%d.tlog-proof", n): proof(n), fmt.Sprintf("filing-%d.json", n): row.Bytes} {
			got := c.run(`const a = document.querySelector('.checked a[download="` + name + `"]'); if (!a) return "nothing"; const b = new Uint8Array(await (await fetch(a.href)).arrayBuffer()); return btoa(String.fromCharCode(...b))`)
			if got != base64.StdEncoding.EncodeToString(want) {
				t.Errorf("%s to download is not the same as what the program makes: %s", name, got)
			}
		}
	}
	sure(n, "The one passage of it was filed with these very words", "This browser had seen no head of this log")
	picture(t, c, "check-copy")
	for _, n := range []int64{1, 2, 255, 256, 257, 300} { // both sides of a bundle's end, and the ends of the log
		c.run(fmt.Sprintf(`location.hash = "#%d"; await new Promise((done) => setTimeout(done, 30))`, n))
		if left := c.run(`return document.querySelector(".checked").innerText`); left != "" {
			t.Errorf("behind #%d the answer about another filing stands: %s", n, left)
		}
		sure(n, "It is the head that this browser saw before")
	}
	c.run(`location.hash = "#main"; await new Promise((done) => setTimeout(done, 30))`)
	if got := c.run(`return document.getElementById("check-number").value`); got != "300" {
		t.Errorf("a place on the page took the number away: %q", got)
	}
	mark, words := c.after(`document.getElementById("check-number").value = "7"; document.getElementById("check-now").click()`)
	c.expect("a number that was written", mark, words, "good", "It holds. Filing 7,")
	if got := c.run(`return location.hash + " " + document.querySelector("h1").textContent`); got != "#7 Check filing 7" {
		t.Errorf("the address of what was asked ends with %s", got)
	}
	mark, words = c.after(`document.getElementById("check-number").value = "301"; document.getElementById("check-now").click()`)
	c.expect("a filing that is not there", mark, words, "open", "the signed head here covers 300 entries, and filing 301 is not among them")
	mark, words = c.after(`document.getElementById("check-number").value = "x"; document.getElementById("check-now").click()`)
	c.expect("no number", mark, words, "open", "write the number of the filing")
	c.open(srv.URL + prefix + "check.html")
	if got := c.run(`return document.querySelector("h1").textContent + document.getElementById("check-number").value`); got != "Check this record" {
		t.Errorf("the page without a number begins with %q", got)
	}

	// One changed byte in each kind of file, and files that are away.
	at := func(n int64) string { return map[bool]string{true: "000", false: "001.p/44"}[n <= 256] }
	spoil := func(what, name string, n int64, change func([]byte) []byte, wants ...string) {
		t.Helper()
		path := filepath.Join(dir, "log", filepath.FromSlash(name))
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := os.WriteFile(path, was, 0o644); err != nil {
				t.Fatal(err)
			}
		}()
		now := change(bytes.Clone(was))
		if now == nil {
			err = os.Remove(path)
		} else {
			err = os.WriteFile(path, now, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		c.run(fmt.Sprintf(`location.hash = "#%d"; await new Promise((done) => setTimeout(done, 30))`, n))
		mark, words := c.press()
		c.expect(what, mark, words, "bad", append(wants, "✗")...)
		if strings.Contains(words, "✓ It holds") {
			t.Errorf("%s: the answer says both:\n%s", what, words)
		}
	}
	flip := func(i int) func([]byte) []byte {
		return func(b []byte) []byte {
			if i < 0 {
				i += len(b)
			}
			b[i] ^= 1
			return b
		}
	}
	replaced := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte {
			if !bytes.Contains(b, []byte(old)) {
				t.Errorf("%q is not there to be changed", old)
			}
			return bytes.Replace(b, []byte(old), []byte(new), 1)
		}
	}
	c.open(srv.URL + prefix + "check.html")
	end := quoted(t, w, 300) // in the bundle that is not full
	if end <= 256 {
		t.Fatal("no quotation in the last bundle")
	}
	for _, n := range []int64{n, end} {
		i := (n - 1) % 256
		spoil("the filing's own hash in a tile", "tile/0/"+at(n), n, flip(int(i)*32+3), "Place in the log", "has not the hash that tile/0/"+at(n)+" has for it")
		spoil("another hash of the tile", "tile/0/"+at(n), n, flip(int(i+7)%40*32), "Place in the log", "tile/0/"+at(n), "do not lead from the entry to the signed head")
		spoil("the tile is away", "tile/0/"+at(n), n, func([]byte) []byte { return nil }, "Not checked", "tile/0/"+at(n), "(404)", "The signed head beside it covers 300 entries")
		spoil("the tile is cut off", "tile/0/"+at(n), n, func(b []byte) []byte { return b[:len(b)-1] }, "bytes, not")
		spoil("the hash of the filing in its entry", "tile/entries/"+at(n), n, func(b []byte) []byte {
			from := bytes.Index(b, fmt.Appendf(nil, `"number":%d,`, n))
			at := from + bytes.Index(b[from:], []byte(`sha256":"`)) + 12
			b[at] = "01"[bytes.IndexByte([]byte("0"), b[at])+1] // another hexadecimal digit
			return b
		}, "these are not the bytes that the entry of filing")
		spoil("the moment in its entry", "tile/entries/"+at(n), n, func(b []byte) []byte {
			to := bytes.Index(b, fmt.Appendf(nil, `"number":%d,`, n))
			from := bytes.LastIndex(b[:to], []byte(`"filed":"2026`))
			b[from+12] ^= 1
			return b
		}, "Place in the log", "entry "+strconv.FormatInt(i, 10)+" of tile/entries/"+at(n)+" has not the hash")
		spoil("the number in its entry", "tile/entries/"+at(n), n, replaced(fmt.Sprintf(`"number":%d,`, n), fmt.Sprintf(`"number":%d,`, n+100)), "the entries were changed")
		spoil("the length of an entry before it", "tile/entries/"+at(n), n, flip(1), "tile/entries/"+at(n))
		spoil("the filing's line", "filings/"+at(n), n, func(b []byte) []byte {
			from, to := lineAt(b, i)
			b[(from+to)/2] ^= 1
			return b
		}, "these are not the bytes that the entry of filing")
		spoil("the last byte of it", "filings/"+at(n), n, func(b []byte) []byte {
			_, to := lineAt(b, i)
			b[to-1] ^= 1
			return b
		}, "these are not the bytes")
		spoil("the line is cut off", "filings/"+at(n), n, func(b []byte) []byte { from, _ := lineAt(b, i); return b[:from+9] }, "is cut off: it has no line")
		spoil("a word of the sheet", "sheets/"+at(n), n, func(b []byte) []byte {
			from, _ := lineAt(b, i)
			b[from+bytes.Index(b[from:], []byte("did something"))] ^= 1
			return b
		}, "Words on its sheets", "does not open its commitment")
		spoil("the form of the sheet", "sheets/"+at(n), n, func(b []byte) []byte { from, _ := lineAt(b, i); b[from] ^= 1; return b }, "the sheets")
		spoil("the signature", "checkpoint", n, func(b []byte) []byte { b[len(b)-20] ^= 1; return b }, "✗")
		spoil("the root", "checkpoint", n, func(b []byte) []byte { b[bytes.Index(b, []byte("\n300\n"))+10] ^= 1; return b }, "✗")
		spoil("fewer entries", "checkpoint", n, replaced("\n300\n", "\n299\n"), "✗")
		spoil("more entries", "checkpoint", n, replaced("\n300\n", "\n301\n"), "✗")
		spoil("another name", "checkpoint", n, replaced("example.org", "example.com"), "✗")
		spoil("no head", "checkpoint", n, func([]byte) []byte { return []byte("<!doctype html><title>Not found</title>\n") }, "the signed head cannot be read")
	}
	spoil("the upper tile", "tile/1/000.p/1", end, flip(5), "Place in the log", "tile/1/000.p/1")

	// The log grows under a new key, with an entry about it between the filings; the copy is written again while somebody reads.
	next, err := tree.NewKey("example.org/next")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.TurnLog(t.Context(), w.Key, next); err != nil {
		t.Fatal(err)
	}
	w.Key = next
	w.Fill(t, 300, 320)
	published(t, w, dir)
	c.open(srv.URL + prefix + "check.html#301")
	mark, words = c.press()
	c.expect("behind an entry about a key", mark, words, "good", "It holds. Filing 301,", "It is entry 301 of 321", "The log example.org/next signed")
	picture(t, c, "check-copy-turned")

	// Seals stand between the filings: a few, and more than two bundles of them.
	w.Seal(t, 3)
	w.Fill(t, 320, 330)
	w.Seal(t, 600)
	w.Fill(t, 330, 340)
	published(t, w, dir)
	for n, want := range map[int64]string{1: "It is entry 0 of 944", 300: "It is entry 299 of 944", 320: "It is entry 320 of 944", 321: "It is entry 324 of 944", 330: "It is entry 333 of 944", 331: "It is entry 934 of 944", 340: "It is entry 943 of 944"} {
		c.run(fmt.Sprintf(`location.hash = "#%d"; await new Promise((done) => setTimeout(done, 30))`, n))
		mark, words = c.press()
		c.expect("among seals", mark, words, "good", fmt.Sprintf("It holds. Filing %d,", n), want)
	}
	mark, words = c.after(`document.getElementById("check-number").value = "341"; document.getElementById("check-now").click()`)
	c.expect("a filing that is not there, behind seals", mark, words, "open", "the signed head here covers 944 entries, and filing 341 is not among them")
	picture(t, c, "check-copy-sealed")
	for _, x := range watch.Errors() {
		if !strings.Contains(x, "favicon") && !strings.Contains(x, "404") {
			t.Errorf("the browser complains: %s", x)
		}
	}
	watch.Only(t, srv.URL)

	// The web host goes away: what was loaded still checks what a reader has, and so does the page in one file, from a disk.
	saved := filepath.Join(t.TempDir(), "checker.html")
	b, err := os.ReadFile(filepath.Join(dir, "checker.html"))
	if err == nil {
		err = os.WriteFile(saved, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	srv.Close()
	mark, words = c.press()
	c.expect("the host is away", mark, words, "bad", "Not checked", "the site does not answer")
	before := len(watch.URLs())
	fromDisk := func(what, folder string, n int64, wantMark string, wants ...string) {
		t.Helper()
		c.choose("#check-folder", folder)
		c.run(`for (let i = 0; i < 500 && document.getElementById("check-folder").files.length === 0; i++) await new Promise((done) => setTimeout(done, 10))`)
		mark, words := c.after(fmt.Sprintf(`document.getElementById("check-folder-number").value = "%d"; document.querySelector("form.folder button").click()`, n))
		c.expect(what, mark, words, wantMark, wants...)
	}
	fromDisk("the page that was loaded, from the folder of the log", filepath.Join(dir, "log"), 310, "good", "It holds. Filing 310,")
	c.open("file://" + saved)
	fromDisk("the page in one file", filepath.Join(dir, "log"), n, "good", fmt.Sprintf("It holds. Filing %d,", n), "The one passage of it", "the key that was written into this file", "had seen no head")
	picture(t, c, "check-folder")
	fromDisk("the whole copy", dir, 257, "good", "It holds. Filing 257,", "It is the head that this browser saw before")
	empty := t.TempDir()
	if err := os.WriteFile(filepath.Join(empty, "x.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	fromDisk("another folder", empty, 1, "bad", "there is no log in this folder")

	// From the disk, the pages of the copy cannot fetch, say so, and take the folder.
	c.open(fmt.Sprintf("file://%s/check.html#%d", dir, n))
	if got := c.run(`return document.querySelector(".checker .note").innerText + document.querySelector(".checker .note a").getAttribute("href")`); !strings.Contains(got, "This page was opened from a disk") || !strings.Contains(got, "Choose the folder of this copy below") || !strings.HasSuffix(got, fmt.Sprintf("checker.html#%d", n)) {
		t.Errorf("from a disk the page says %s", got)
	}
	if got := c.run(`return document.querySelector("h1").textContent + document.getElementById("check-folder-number").value`); got != fmt.Sprintf("Check filing %d%[1]d", n) {
		t.Errorf("from a disk the page is titled %s", got)
	}
	fromDisk("the copy's own page, from a disk", dir, n, "good", fmt.Sprintf("It holds. Filing %d,", n))
	picture(t, c, "check-disk")
	if list := watch.URLs()[before:]; len(list) != 0 {
		t.Errorf("without a web host the pages asked for %q", list)
	}
}

// picture leaves a picture of the tab where STOCKTAKE_TEST_PICTURES names a folder.
func picture(t *testing.T, c tab, name string) {
	t.Helper()
	dir := os.Getenv("STOCKTAKE_TEST_PICTURES")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(c.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		t.Error(err)
	}
}

// TestCheckCopyPlain looks at what a copy says about checking where no script runs, and that no page of it leads to what is not there.
func TestCheckCopyPlain(t *testing.T) {
	w := verifytest.New(t, "../..", 20)
	dir := t.TempDir()
	published(t, w, dir)
	b, err := os.ReadFile(filepath.Join(dir, "check.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<noscript>", "stocktake verify", "stocktake proof NUMBER", `data-file="checker.html"`, `data-log="log/"`, `<a href="log/checkpoint">`, "defer src=\"assets/"} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("check.html lacks %s", want)
		}
	}
	if bytes.Contains(b, []byte("/proof/")) || bytes.Contains(b, []byte("data-proof")) {
		t.Error("check.html leads to a proof that no file holds")
	}
	if _, err := fs.Stat(os.DirFS(dir), "checker.html"); err != nil {
		t.Error(err)
	}
}
