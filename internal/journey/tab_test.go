package journey

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"stocktake/internal/browsertest"
)

// tab is a browser tab of the size of a telephone, used by keyboard alone: nothing is clicked, and nothing is found but by the words on it.
type tab struct {
	t     testing.TB
	ctx   context.Context
	shots int
	name  string
}

func newTab(t testing.TB, name string) (*tab, *browsertest.Watcher) {
	t.Helper()
	ctx := browsertest.New(t)
	b := &tab{t: t, ctx: ctx, name: name}
	w := browsertest.Watch(t, ctx)
	b.run(chromedp.EmulateViewport(390, 844))
	return b, w
}

func (b *tab) run(list ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	for _, a := range list {
		if err := chromedp.Do(ctx, a); err != nil {
			b.t.Fatalf("at %s: %v", b.where(), err)
		}
	}
}

func eval[T any](b *tab, script string) (v T) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatalf("at %s: %s: %v", b.where(), script, err)
	}
	return v
}

func (b *tab) where() string {
	at, _ := chromedp.Run(b.ctx, chromedp.Location())
	return at
}

// open goes to an address, as by a link in a letter or by typing it.
func (b *tab) open(address string) {
	b.t.Helper()
	b.run(chromedp.Navigate(address))
}

// text is what the page says.
func (b *tab) text() string {
	b.t.Helper()
	return eval[string](b, `document.body?.innerText ?? ""`)
}

// sees waits until the page says each of some words.
func (b *tab) sees(words ...string) {
	b.t.Helper()
	for _, w := range words {
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(30 * time.Millisecond) {
			body, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? document.body.innerText : ""`))
			if err == nil && strings.Contains(body, w) {
				break
			}
			if time.Now().After(end) {
				b.t.Fatalf("%s does not say %q (%v):\n%s", b.where(), w, err, body)
			}
		}
	}
}

// nameOfFocus is a script for what a reader of the screen hears of the element that has the focus; and it says whether the focus can be seen.
const nameOfFocus = `(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return ["", true];
  const l = e.labels && e.labels.length ? e.labels[0].innerText : e.getAttribute("aria-label") || e.innerText || e.value || "";
  const s = getComputedStyle(e);
  return [l.trim(), (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none")];
})()`

// to presses Tab until the focus is on something with a name that begins with some words.
func (b *tab) to(name string) {
	b.t.Helper()
	var heard []string
	for range 400 {
		var got []json.RawMessage
		if err := json.Unmarshal([]byte(eval[string](b, "JSON.stringify("+nameOfFocus+")")), &got); err != nil {
			b.t.Fatal(err)
		}
		var here string
		var seen bool
		json.Unmarshal(got[0], &here)
		json.Unmarshal(got[1], &seen)
		if here != "" && !seen {
			b.t.Errorf("at %s nobody sees that %q has the focus", b.where(), here)
		}
		if strings.HasPrefix(here, name) {
			return
		}
		heard = append(heard, here)
		b.run(chromedp.KeyEvent("\t"))
	}
	b.t.Fatalf("at %s, %q cannot be reached by keyboard, only %q", b.where(), name, heard[:min(len(heard), 60)])
}

// press presses Enter on a button, link or summary with that name. It waits for the page that follows, where one does.
func (b *tab) press(name string) {
	b.t.Helper()
	b.to(name)
	b.run(chromedp.KeyEvent("\r"))
}

// unfold opens what is folded up under a name.
func (b *tab) unfold(name string) {
	b.t.Helper()
	b.to(name)
	if !eval[bool](b, `document.activeElement.parentElement.open`) {
		b.run(chromedp.KeyEvent("\r"))
	}
}

// write puts words into a field, as by pasting: all that was there is replaced.
func (b *tab) write(name, words string) {
	b.t.Helper()
	b.to(name)
	b.ctrl("a")
	b.insert(words)
}

// insert pastes words where the cursor is.
func (b *tab) insert(words string) {
	b.t.Helper()
	b.run(call(input.InsertText, input.InsertTextParams{Text: words}))
}

// keys types key by key, as into a field for a day or an hour.
func (b *tab) keys(name, typed string) {
	b.t.Helper()
	b.to(name)
	b.run(chromedp.KeyEvent(typed))
}

// tick presses the space bar on a box.
func (b *tab) tick(name string) {
	b.t.Helper()
	b.to(name)
	b.run(chromedp.KeyEvent(" "))
}

// choose types the beginning of an option's words.
func (b *tab) choose(name, option string) {
	b.t.Helper()
	b.keys(name, option)
	if got := eval[string](b, `document.activeElement.selectedOptions[0].innerText`); !strings.HasPrefix(got, option) {
		b.t.Fatalf("at %s, %q is %q, not %q", b.where(), name, got, option)
	}
}

// ctrl presses a key together with Ctrl.
func (b *tab) ctrl(key string) {
	b.t.Helper()
	b.run(chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
}

// looks checks that the page fits the window, and leaves a picture where the environment names a folder for them.
func (b *tab) looks(what string) {
	b.t.Helper()
	time.Sleep(100 * time.Millisecond) // a page that was asked for may be about to take this one's place
	b.sees("")
	if over := eval[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		b.t.Errorf("%s at %s is %d wider than a telephone", what, b.where(), over)
	}
	dir := os.Getenv("STOCKTAKE_TEST_PICTURES")
	if dir == "" {
		return
	}
	b.shots++
	high := eval[float64](b, `document.documentElement.scrollHeight`)
	b.run(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		got, err := cdp.Call(ctx, tab, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: new(true), Clip: &page.Viewport{Width: 390, Height: min(high, 4000), Scale: 1}})
		if err != nil {
			return err
		}
		png, err := base64.StdEncoding.DecodeString(string(got.Data))
		if err != nil {
			png = []byte(got.Data)
		}
		return os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%02d-%s.png", b.name, b.shots, what)), png, 0o644)
	}))
}

func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, command, params)
		return err
	})
}
