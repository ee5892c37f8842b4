package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"stocktake"
	"stocktake/internal/browsertest"
	"stocktake/internal/tree"
	"stocktake/internal/verify/verifytest"
)

// checkTab is a tab with a page that checks.
type checkTab struct {
	*testing.T
	ctx context.Context
}

func (c checkTab) run(script string) string {
	c.Helper()
	s, err := chromedp.Run(c.ctx, chromedp.Evaluate[string]("(async () => String(await (async () => { "+script+" })()))()", chromedp.EvalAwaitPromise))
	if err != nil {
		c.Fatalf("%v\n%s", err, script)
	}
	return s
}

func (c checkTab) open(address string) {
	c.Helper()
	if err := chromedp.Do(c.ctx, chromedp.Navigate(address)); err != nil {
		c.Fatal(err)
	}
}

// after does something and waits for the answer of the check: its mark, and all its words.
func (c checkTab) after(do func()) (mark, words string) {
	c.Helper()
	c.run(`delete document.querySelector(".checked").dataset.mark`)
	do()
	for range 200 {
		if mark = c.run(`const r = document.querySelector(".checked"); return r.dataset.mark && !r.parentElement.hasAttribute("aria-busy") ? r.dataset.mark : ""`); mark != "" {
			return mark, c.run(`return document.querySelector(".checked").innerText`)
		}
		time.Sleep(25 * time.Millisecond)
	}
	c.Fatal("the check does not come to an end: ", c.run(`return document.querySelector(".checker").innerText + " " + document.querySelector(".checker").outerHTML.slice(0, 300)`))
	return "", ""
}

// press checks what the site itself hands over.
func (c checkTab) press() (mark, words string) {
	return c.after(func() { c.run(`document.getElementById("check-now").click()`) })
}

// file is one that a reader has.
type file struct {
	name  string
	bytes []byte
}

// drop drops files on the page as a person does, from a folder of the computer.
func (c checkTab) drop(files ...file) (mark, words string) {
	c.Helper()
	dir := c.TempDir()
	data := &input.DragData{Items: []*input.DragDataItem{}, DragOperationsMask: 1}
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := os.WriteFile(path, f.bytes, 0o644); err != nil {
			c.Fatal(err)
		}
		data.Files = append(data.Files, path)
	}
	var x, y float64
	if _, err := fmt.Sscan(c.run(`const d = document.querySelector(".drop"); d.scrollIntoView({block: "center", behavior: "instant"}); const b = d.getBoundingClientRect(); return (b.left + 20) + " " + (b.top + 12)`), &x, &y); err != nil {
		c.Fatal(err)
	}
	return c.after(func() {
		for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
			err := chromedp.Do(c.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
				_, err := cdp.Call(ctx, tab, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: x, Y: y, Data: data})
				return err
			}))
			if err != nil {
				c.Fatal(err)
			}
		}
	})
}

// keys writes keys or a policy into the page.
func (c checkTab) keys(text string) (mark, words string) {
	return c.after(func() {
		c.run(`const k = document.getElementById("check-keys"); k.value = ` + js(text) + `; k.dispatchEvent(new Event("change"))`)
	})
}

func (c checkTab) expect(what, mark, words, wantMark string, wants ...string) {
	c.Helper()
	if mark != wantMark {
		c.Errorf("%s: the answer is %q, not %q:\n%s", what, mark, wantMark, words)
		return
	}
	for _, want := range wants {
		if !strings.Contains(strings.ToLower(words), strings.ToLower(want)) {
			c.Errorf("%s: the answer lacks %q:\n%s", what, want, words)
		}
	}
}

// picture leaves a picture of the tab where STOCKTAKE_TEST_PICTURES names a folder.
func (c checkTab) picture(name string) {
	c.Helper()
	dir := os.Getenv(picturesEnv)
	if dir == "" {
		return
	}
	png, err := chromedp.Run(c.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		c.Error(err)
	}
}

// changed returns bytes with one of them changed, the nth from the beginning or, below 0, from the end. What is a number in base 16 or 64 stays one.
func changed(b []byte, n int) []byte {
	b = bytes.Clone(b)
	if n < 0 {
		n += len(b)
	}
	switch x := b[n]; {
	case x >= '0' && x <= '9':
		b[n] = '0' + (x-'0'+1)%10
	case x >= 'a' && x <= 'f':
		b[n] = 'a' + (x-'a'+1)%6
	case x >= 'g' && x <= 'z' || x >= 'A' && x <= 'Z':
		b[n] = x ^ ' '
	case x == '+' || x == '/':
		b[n] = '+' + '/' - x
	default:
		b[n] ^= 1
	}
	return b
}

// quoted returns the number of a filing with a quotation behind a commitment.
func quoted(t *testing.T, w *verifytest.World) int64 {
	for n := int64(20); n < 300; n++ {
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

// TestCheckOffline loads a page, stops the server, and checks files: what holds and each kind of change.
func TestCheckOffline(t *testing.T) {
	w := verifytest.New(t, "..", 300)
	h := handlerOf(t, w.Ledger, Options{})
	srv := httptest.NewServer(h)
	defer srv.Close()
	n := quoted(t, w)
	name := "filing-" + itoa(n)
	proof := file{name + ".tlog-proof", []byte(get(t, h, "/proof/"+name[7:]+".tlog-proof"))}
	filing := file{name + ".json", []byte(get(t, h, "/f/"+itoa(n)+".json"))}
	page := get(t, h, "/check/"+itoa(n))
	_, code, _ := strings.Cut(page, `<svg class="qr"`)
	code, _, _ = strings.Cut(code, "</svg>")
	if key, err := scan(drawn(t, code, 4)); err != nil || key != w.Key.VKey {
		t.Errorf("the key for paper reads as %q, %v", key, err)
	}
	_, at, _ := strings.Cut(page, `data-sheets="..`)
	at, _, _ = strings.Cut(at, `"`)
	sheets := file{"sheets.jsonl", []byte(get(t, h, at))}
	one := strings.Split(string(sheets.bytes), "\n")[(n-1)%256]

	ctx := browsertest.New(t)
	c := checkTab{t, ctx}
	watch := browsertest.Watch(t, ctx)
	c.open(srv.URL + "/check/" + itoa(n))
	saved := get(t, h, "/checker.html")
	srv.Close()

	sure := func(where, from string) {
		mark, words := c.drop(proof, filing, sheets)
		c.expect(where+", all files", mark, words, "good", "This does not show that a fact is true: it shows only that this record has said so since 1 November 2026",
			"It holds. Filing "+itoa(n)+", with these very bytes", "The one passage of it was filed with these very words, down to the letter", "entry "+itoa(n-1)+" of 300", "nobody signed besides the log", "A page (page-", from)
		if !strings.HasPrefix(words, "This does not show that a fact is true") {
			t.Errorf("%s: the answer does not begin with what it does not show:\n%s", where, words)
		}
	}
	sure("the site's page without the site", "the key that this site names")
	c.picture("check-good")
	for _, dark := range []string{"light", "dark"} {
		err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 844), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: dark}}})
			return err
		}))
		if err != nil {
			t.Fatal(err)
		}
		if over := c.run(`return document.documentElement.scrollWidth - document.documentElement.clientWidth`); over != "0" {
			t.Errorf("the page is %s pixels wider than a telephone", over)
		}
		c.picture("check-narrow-" + dark)
	}

	mark, words := c.drop(proof)
	c.expect("the proof after all files", mark, words, "good", "It holds. Filing")
	c.run(`location.reload; document.querySelector(".given").textContent = ""`) // as at the beginning
	mark, words = c.drop(filing)
	c.expect("a filing alone", mark, words, "open", "This is not settled", "no proof was given")
	mark, words = c.drop(proof)
	c.expect("and then its proof", mark, words, "good", "It holds. Filing", "what opens 1 passage was not given")
	mark, words = c.drop(file{"sheets.json", []byte(one)})
	c.expect("and then its sheets", mark, words, "good", "down to the letter")
	line := fmt.Sprintf(`{"filing":%s,"sha256":"%s","sheets":%s}`+"\n", filing.bytes, strings.Repeat("0", 64), one)
	mark, words = c.drop(proof, file{"line.json", []byte(line)})
	c.expect("a line of an export", mark, words, "good", "It holds. Filing", "down to the letter")
	mark, words = c.drop(proof, file{name + ".json", append(bytes.Clone(filing.bytes), "\r\n"...)})
	c.expect("a line end that a download added", mark, words, "good", "It holds. Filing")

	// One changed byte, in each kind of file and each part of it.
	cut := bytes.Index(proof.bytes, []byte("\n\n")) + 2
	sig := bytes.LastIndex(proof.bytes, []byte("— "))
	for what, p := range map[string]struct {
		files []file
		want  string
	}{
		"first byte of the proof":   {[]file{{proof.name, changed(proof.bytes, 0)}}, "Proof: The proof cannot be read: its first line"},
		"the entry in the proof":    {[]file{{proof.name, changed(proof.bytes, 120)}}, ""},
		"the index":                 {[]file{{proof.name, bytes.Replace(proof.bytes, []byte("index "+itoa(n-1)), []byte("index "+itoa(n)), 1)}}, "the proof does not lead from this entry to the signed head"},
		"a hash of the path":        {[]file{{proof.name, changed(proof.bytes, cut-30)}}, ""},
		"name of the log":           {[]file{{proof.name, changed(proof.bytes, cut)}}, "it is a head of the log"},
		"number of entries":         {[]file{{proof.name, bytes.Replace(proof.bytes, []byte("\n300\n"), []byte("\n301\n"), 1)}}, ""},
		"the root":                  {[]file{{proof.name, changed(proof.bytes, bytes.Index(proof.bytes, []byte("\n300\n"))+20)}}, ""},
		"the name of the signature": {[]file{{proof.name, changed(proof.bytes, sig+6)}}, "no signature by the key"},
		"the signature":             {[]file{{proof.name, changed(proof.bytes, -40)}}, "Signature: The signature of example.org/record does not fit the head"},
		"the end of the proof":      {[]file{{proof.name, proof.bytes[:len(proof.bytes)-1]}}, "the signed head cannot be read"},
		"a word of the filing":      {[]file{{filing.name, bytes.Replace(filing.bytes, []byte("A filing"), []byte("A filling"), 1)}}, "these are not the bytes that the entry of filing " + itoa(n) + " names"},
		"the first byte of it":      {[]file{{filing.name, changed(filing.bytes, 0)}}, ""},
		"the last byte of it":       {[]file{{filing.name, changed(filing.bytes, -1)}}, "these are not the bytes"},
		"a commitment":              {[]file{{filing.name, changed(filing.bytes, bytes.Index(filing.bytes, []byte(`"commitment":"`))+20)}}, "these are not the bytes"},
		"a word of a sheet":         {[]file{{"sheets.json", []byte(strings.Replace(one, "did something", "did nothing", 1))}}, "does not open its commitment: its words or its random bytes were changed"},
		"its random bytes":          {[]file{{"sheets.json", changed([]byte(one), strings.Index(one, `"salt":"`)+10)}}, "does not open its commitment"},
		"its commitment":            {[]file{{"sheets.json", changed([]byte(one), strings.Index(one, `"commitment":"`)+20)}}, "is none of this filing"},
		"its place":                 {[]file{{"sheets.json", []byte(strings.Replace(one, "acts/0/", "acts/1/", 1))}}, "is none of this filing"},
		"the form of the sheets":    {[]file{{"sheets.json", []byte(one[:len(one)-1])}}, "the sheets cannot be read"},
		"something else":            {[]file{{"picture.png", []byte("\x89PNG")}}, "picture.png is neither a proof"},
	} {
		c.drop(proof, filing, file{"sheets.json", []byte(one)})
		mark, words := c.drop(p.files...)
		c.expect(what, mark, words, "bad", "✗", p.want)
		if strings.Contains(words, "✓ It holds") {
			t.Errorf("%s: the answer says both:\n%s", what, words)
		}
	}
	c.drop(proof, filing, file{"sheets.json", []byte(one)})
	c.drop(file{filing.name, changed(filing.bytes, -1)})
	c.picture("check-bad")
	c.drop(filing)

	// Keys by another way.
	other, err := tree.NewKey("example.org/record")
	if err != nil {
		t.Fatal(err)
	}
	mark, words = c.keys(w.Key.VKey)
	c.expect("the key by another way", mark, words, "good", "by the key that you gave")
	mark, words = c.keys(other.VKey)
	c.expect("another key", mark, words, "bad", "it carries no signature by the key that you gave")
	mark, words = c.keys(w.Key.VKey[:30])
	c.expect("half a key", mark, words, "bad", "is no key")
	wit, err := tree.NewCosigner("witness.example", []byte(strings.Repeat("w", 32)), func() time.Time { return time.Date(2026, 11, 2, 3, 4, 5, 0, time.UTC) })
	if err != nil {
		t.Fatal(err)
	}
	p, err := tree.ParseProof(proof.bytes)
	if err != nil {
		t.Fatal(err)
	}
	head, _, err := tree.OpenHead(p.Note, w.Key.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	if p.Note, err = tree.Sign(head, w.Key.Signer, wit); err != nil {
		t.Fatal(err)
	}
	cosigned := file{"cosigned.tlog-proof", p.Encode()}
	policy := "log " + w.Key.VKey + "\nwitness one " + wit.String() + "\nquorum one\n"
	mark, words = c.keys(policy)
	c.expect("a policy that is not met", mark, words, "bad", "too few witnesses")
	mark, words = c.drop(cosigned)
	c.expect("a policy that is met", mark, words, "good", "witness.example on 2 November 2026, 03:04:05 UTC signed the same head")
	mark, words = c.drop(file{"c.tlog-proof", changed(cosigned.bytes, -30)})
	c.expect("a changed cosignature", mark, words, "bad", "the signature of witness.example does not fit")
	mark, words = c.keys("")
	c.expect("a cosignature without its key", mark, words, "good", "1 further signature, under the name witness.example; without their keys")

	if got := c.run(`return JSON.parse(localStorage.getItem("stocktake-seen/example.org/record")).size`); got != "300" {
		t.Errorf("the browser remembers a head of %s entries", got)
	}
	mark, words = c.drop(proof, filing)
	c.expect("a second time", mark, words, "good", "It is the head that this browser saw before")
	c.run(`[...document.querySelectorAll(".checked button")].find((b) => b.textContent === "Forget it").click()`)
	if got := c.run(`return localStorage.length`); got != "0" {
		t.Errorf("after forgetting, %s things are remembered", got)
	}
	quietOffline(t, watch)
	watch.Only(t, srv.URL)

	// The same from one file, on another computer.
	path := filepath.Join(t.TempDir(), "checker.html")
	if err := os.WriteFile(path, []byte(saved), 0o644); err != nil {
		t.Fatal(err)
	}
	before := len(watch.URLs())
	c.open("file://" + path)
	sure("one file", "the key that was written into this file")
	c.picture("checker-file")
	c.drop(file{proof.name, changed(proof.bytes, -40)})
	mark, words = c.drop(filing)
	c.expect("a changed signature, in one file", mark, words, "bad", "does not fit the head")
	mark, words = c.drop(proof)
	c.expect("and the right one", mark, words, "good", "the key that this browser remembers")
	if list := watch.URLs()[before:]; len(list) != 0 {
		t.Errorf("the page of one file asked for %q", list)
	}
	quietOffline(t, watch)
}

// quietOffline is Watcher.Quiet without the little picture of the tab, which a browser looks for when it likes.
func quietOffline(t *testing.T, w *browsertest.Watcher) {
	t.Helper()
	for _, e := range w.Errors() {
		if !strings.Contains(e, "favicon") {
			t.Errorf("the browser complains: %s", e)
		}
	}
}

// TestCheckOnline lets the page fetch what it checks from a site that is honest, then from one that is not.
func TestCheckOnline(t *testing.T) {
	w := verifytest.New(t, "..", 290)
	n := quoted(t, w)
	var handler atomic.Pointer[http.Handler]
	var tamper atomic.Pointer[string] // what is changed on its way
	set := func(h http.Handler) { handler.Store(&h) }
	change := func(s string) { tamper.Store(&s) }
	set(handlerOf(t, w.Ledger, Options{}))
	change("")
	srv := httptest.NewServer(http.StripPrefix("/some/dir", http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		h := *handler.Load()
		if x := *tamper.Load(); x != "" && strings.Contains(r.URL.Path, x) {
			r.Header.Del("Accept-Encoding")
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			b := rec.Body.Bytes()
			if x == "/log/sheets/" {
				b = bytes.ReplaceAll(b, []byte("did something"), []byte("did somethink"))
			} else {
				b = changed(b, len(b)/2)
			}
			out.Write(b)
			return
		}
		h.ServeHTTP(out, r)
	})))
	defer srv.Close()
	c := checkTab{t, browsertest.New(t)}
	base := srv.URL + "/some/dir" // the addresses that the script asks are relative: it works beneath any other
	address := base + "/check/" + itoa(n)
	open := func() {
		c.open(address)
		// Assets have addresses from the root, which this server does not have: the script is put in by hand.
		c.run(`if (!document.querySelector(".drop")) { await new Promise((done) => { const s = document.createElement("script"); s.type = "module"; s.src = "/some/dir" + document.querySelector("script[src*='check.js']").getAttribute("src"); s.onload = done; document.body.append(s); }) }`)
	}
	open()
	mark, words := c.press()
	c.expect("an honest site", mark, words, "good", "It holds. Filing "+itoa(n), "down to the letter", "This browser had seen no head of this log", "the key that this site names")
	mark, words = c.press()
	c.expect("again", mark, words, "good", "It is the head that this browser saw before", "the key that this browser remembers since")
	for what, want := range map[string]string{"/f/": "these are not the bytes", "/proof/": "✗", "/log/sheets/": "does not open its commitment"} {
		change(what)
		mark, words = c.press()
		c.expect("a site that changes "+what, mark, words, "bad", want)
	}
	change("")

	// The page of the whole record takes a number, and makes the proof itself.
	address = base + "/check"
	open()
	mark, words = c.after(func() {
		c.run(`document.getElementById("check-number").value = "` + itoa(n) + `"; document.getElementById("check-now").click()`)
	})
	c.expect("a number on the page of the record", mark, words, "good", "It holds. Filing "+itoa(n), "down to the letter", "It is the head that this browser saw before")
	if got := c.run(`return location.hash + " " + [...document.querySelectorAll(".checked a")].map((a) => a.getAttribute("href")).includes("f/` + itoa(n) + `")`); got != "#"+itoa(n)+" true" {
		t.Errorf("the address ends with %s, or what was checked does not lead to its page", got)
	}
	for what, want := range map[string]string{"/log/tile/0/": "Place in the log", "/log/sheets/": "does not open its commitment", "/log/checkpoint": "✗"} {
		change(what)
		mark, words = c.press()
		c.expect("a site that changes "+what, mark, words, "bad", want)
	}
	change("")
	address = base + "/check/" + itoa(n)

	// The log grows, and goes on from what was seen.
	w.Fill(t, 290, 300)
	w.Publish(t)
	open()
	mark, words = c.press()
	c.expect("a log that grew", mark, words, "good", "The log goes on from the head of 290 entries that this browser saw before: all of them are still there")
	if got := c.run(`return JSON.parse(localStorage.getItem("stocktake-seen/example.org/record")).size`); got != "300" {
		t.Errorf("the browser remembers a head of %s entries", got)
	}
	w.Fill(t, 300, 310)
	w.Publish(t)
	open()
	change("/log/tile/0/")
	mark, words = c.press()
	c.expect("a tile that was changed", mark, words, "bad", "✗")
	change("")

	// Another history under the same key, longer, as long and shorter.
	for _, size := range []int{320, 300, 250} {
		fork := verifytest.NewUnder(t, "..", w.Key, 20)
		fork.File(t, stocktake.Filing{Key: "slipped/in", Title: "Slipped in"})
		fork.Fill(t, 20, size-1)
		fork.Publish(t)
		set(handlerOf(t, fork.Ledger, Options{}))
		open()
		mark, words = c.press()
		want := map[int]string{320: "the log does not go on from what this browser saw before", 300: "the log signed two different histories of the same length", 250: "it went back, and entries are missing"}[size]
		c.expect(fmt.Sprintf("another history of %d entries", size), mark, words, "bad", want, "Both of these heads carry the signature of the log")
		heads := c.run(`return (await Promise.all([...document.querySelectorAll(".checked a[download^=head]")].map(async (a) => a.download + " " + a.textContent))).join("; ")`)
		if strings.Count(heads, "head-") != 2 || !strings.Contains(heads, "300") || !strings.Contains(heads, itoa(size)) {
			t.Errorf("the heads to keep are %s", heads)
		}
		c.picture(fmt.Sprintf("check-fork-%d", size))
		if got := c.run(`return JSON.parse(localStorage.getItem("stocktake-seen/example.org/record")).size`); got != "300" {
			t.Errorf("after a contradiction the browser remembers a head of %s entries", got)
		}
	}

	// Another key under the same name.
	key, err := tree.NewKey("example.org/record")
	if err != nil {
		t.Fatal(err)
	}
	set(handlerOf(t, verifytest.NewUnder(t, "..", key, 300).Ledger, Options{}))
	open()
	mark, words = c.press()
	c.expect("another key", mark, words, "bad", "it carries no signature by the key that this browser remembers")

	// The site falls silent.
	srv.Close()
	mark, words = c.press()
	c.expect("a silent site", mark, words, "bad", "Not checked", "the site does not answer")
}
