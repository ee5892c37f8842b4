package journey

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"stocktake/internal/browsertest"
)

// TestTwoEditorsLoseNoWord lets two editors write in one text at once, each in a browser of their own: one with scripts, who saves by Ctrl and S, and
// one without, who saves by the button. They write in places of their own and in one that both change. Every word that either wrote stands in the
// text at the end, once.
func TestTwoEditorsLoseNoWord(t *testing.T) {
	p := newProgram(t)
	p.serve()
	f := p.forms()
	f.post("/desk/coalitions", "name", "Example Coalition", "lang", "en")
	work := f.begin("A text of two\n\nThe first paragraph is of one editor.\n\nBetween the two stands this one, which both of them change.\n\nThe last paragraph is of the other.\n")
	const rounds = 12
	var mu sync.Mutex
	var wrote []string
	clashes := 0
	meet := make(chan int)
	var wait sync.WaitGroup
	for i, name := range []string{"ana", "ben"} {
		b, _ := newTab(t, name)
		if i == 1 {
			browsertest.JSDisabled(t, b.ctx)
		}
		b.open(p.at + work + "/text/en")
		wait.Add(1)
		go func() {
			defer wait.Done()
			for r := range rounds {
				word := fmt.Sprintf("%s%02d", name, r)
				b.to("Text")
				switch {
				case r%3 == 2: // in the middle, where the other one writes too
					b.ctrl(kb.Home)
					b.behind("stands")
					b.insert(" " + word)
				case i == 0:
					b.ctrl(kb.Home)
					b.insert(word + " ")
				default:
					b.ctrl(kb.End)
					b.insert(" " + word)
				}
				mu.Lock()
				wrote = append(wrote, word)
				mu.Unlock()
				select { // both have written before either saves
				case meet <- r:
				case <-meet:
				case <-time.After(time.Minute):
					t.Error("the other editor does not come")
					return
				}
				n := b.save(i == 0)
				mu.Lock()
				clashes += n
				mu.Unlock()
			}
		}()
	}
	wait.Wait()
	if t.Failed() {
		return
	}
	body := f.get(work + "/text/en")
	body = body[strings.Index(body, "<textarea"):strings.Index(body, "</textarea>")]
	if len(wrote) != 2*rounds {
		t.Fatalf("%d words were written", len(wrote))
	}
	for _, w := range append(wrote, "first", "Between", "which both of them change", "The last paragraph is of the other.") {
		if n := strings.Count(body, w); n != 1 {
			t.Errorf("%q stands in the text %d times", w, n)
		}
	}
	if clashes == 0 {
		t.Error("the two never changed one place at once: the test shows nothing")
	}
	if t.Failed() {
		t.Log(body)
	}
}

// behind puts the cursor behind a word of the text.
func (b *tab) behind(word string) {
	b.t.Helper()
	if !eval[bool](b, `(() => { const e = document.activeElement, i = e.value.indexOf("`+word+`"); e.setSelectionRange(i + `+fmt.Sprint(len(word))+`, i + `+fmt.Sprint(len(word))+`); return i >= 0; })()`) {
		b.t.Fatalf("the text has no %q", word)
	}
}

// twoVersions is how the editor shows what two people wrote in one place.
var twoVersions = regexp.MustCompile(`(?s)\n<<<<<<<[^\n]*\n(.*?)\n=======[^\n]*\n(.*?)\n>>>>>>>[^\n]*\n`)

// saving is how far a save has come: nothing yet, "saved" or "clash".
func (b *tab) saving(byKey bool) string {
	b.t.Helper()
	s, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.readyState !== "complete" || document.body.dataset.before ? "" : JSON.stringify([document.querySelector("[data-state]")?.textContent ?? "", location.search, document.querySelector("main").innerText, document.querySelector("textarea[name=body]")?.value ?? ""])`))
	var page [4]string
	if err != nil || s == "" || json.Unmarshal([]byte(s), &page) != nil {
		return "" // between two pages
	}
	switch {
	case strings.Contains(page[3], "<<<<<<<"):
		return "clash"
	case byKey && strings.HasPrefix(page[0], "saved"), !byKey && strings.Contains(page[2], "Saved"):
		return "saved"
	}
	return ""
}

// submit presses the button, and marks the page so that the one that follows is told from it.
func (b *tab) submit() {
	b.t.Helper()
	b.to("Save")
	eval[string](b, `document.body.dataset.before = "yes"`)
	b.run(chromedp.KeyEvent("\r"))
}

// save saves, by Ctrl and S or by the button, and solves each clash by keeping what both wrote. It returns how many there were.
func (b *tab) save(byKey bool) (clashes int) {
	b.t.Helper()
	if byKey {
		b.ctrl("s")
	} else {
		b.submit()
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		switch s := b.saving(byKey); s {
		case "saved":
			return clashes
		case "clash":
			clashes++
			text := eval[string](b, `document.querySelector("textarea[name=body]").value`)
			b.write("Text", twoVersions.ReplaceAllString(text, "$1 $2"))
			b.submit()
			byKey = false
		}
		if time.Now().After(end) {
			b.t.Fatalf("nothing was saved:\n%s", b.text())
		}
	}
}
