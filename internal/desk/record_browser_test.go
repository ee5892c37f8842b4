package desk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"stocktake/internal/browsertest"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/secretariat"
)

// someFilings puts a small record into a site.
func someFilings(t testing.TB, d *Desk) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "cli", "testdata", "small.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse("small.yaml", b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.opt.Ledger.File(t.Context(), ledger.FileOptions{}, list...); err != nil {
		t.Fatal(err)
	}
}

// TestCorrectionInABrowser sends a correction from the page of a standing, by keyboard, in a browser whose script does the work of the form.
func TestCorrectionInABrowser(t *testing.T) {
	d, at := wholeSite(t)
	someFilings(t, d)
	ctx := browsertest.New(t)
	w := browsertest.Watch(t, ctx)
	b := tab{t, ctx}
	b.do("a standing", chromedp.Navigate(at+"/i/gcm/BRA"))
	b.press(`footer a[href^="/correct"]`)
	b.sees("Correct this")
	b.focus("#words")
	b.do("what is wrong", chromedp.KeyEvent("The day is another."))
	b.focus("#source")
	b.do("a source", chromedp.KeyEvent("https://example.org/note"))
	time.Sleep(4200 * time.Millisecond) // nobody reads a form faster
	b.press(`form[data-ticket] button`)
	b.sees("Thank you")
	w.Quiet(t)
	w.Only(t, at)
	list, err := d.office.Queue(t.Context(), secretariat.EntryWaiting)
	if err != nil || len(list) != 1 || list[0].Words != "The day is another." {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestRecordWithoutScript puts an act on the record with scripts off, and looks at each page at two widths.
func TestRecordWithoutScript(t *testing.T) {
	d, at := wholeSite(t)
	someFilings(t, d)
	about := secretariat.About{Kind: "standing", ID: "gcm/BRA", Title: "Brazil: Global Compact for Migration", Page: "/i/gcm/BRA"}
	long := strings.Repeat("https://example.org/a-very-long-address/", 8)
	if err := d.office.Receive(t.Context(), secretariat.Entry{Kind: secretariat.Correction, About: about, Words: "It was another day.", Source: long, Quote: "An example"}, nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := d.office.Receive(t.Context(), secretariat.Entry{Kind: secretariat.StateReply, About: about, Party: "BRA", Words: "An example.", Box: &secretariat.Mailbox{Email: "office@a-ministry-with-a-long-name.example.org"}}, nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := d.office.SetDomain(t.Context(), secretariat.Domain{Name: "ministry.example.org", Party: "BRA", Source: long}); err != nil {
		t.Fatal(err)
	}
	ctx := browsertest.New(t)
	browsertest.JSDisabled(t, ctx)
	b := tab{t, ctx}
	b.do("begin", chromedp.Navigate(at+"/desk/record"))
	b.press(`a[href="/desk/record/new/act"]`)
	for _, x := range [][2]string{{"#f-title", "An example of an act"}, {"#f-party", "Brazil"}, {"#f-instrument", "gcm"}, {"#f-kind", "endorsement"}, {"#f-done", "2019-03-01"}, {"#f-source-title", "An example note"}, {"#f-source-published", "2019-03"}, {"#f-quote", "An example"}} {
		b.focus(x[0])
		b.do(x[0], chromedp.KeyEvent(x[1]))
	}
	b.press(`form[method="post"] button:not(.link)`)
	b.sees("What would move")
	b.sees("2019-03-01 to 2023-01-04")
	here, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	b.picture(here, "proposal")
	b.do("back", chromedp.Navigate(here))
	b.focus(`input[name="sure"]`)
	b.do("sure", chromedp.KeyEvent(" "))
	b.press(`form[action$="/file"] button`)
	b.sees("It is on the record")
	b.picture(at+"/desk/record", "record")
	for _, f := range recordForms {
		b.picture(at+"/desk/record/new/"+f.Name, "form-"+f.Name)
	}
	b.picture(at+"/desk/record/new/instrument?id=gcm", "form-loaded")
	b.picture(at+"/desk/record/conflicts", "conflicts")
	b.picture(at+"/desk/queue", "queue")
	b.picture(at+"/desk/queue/domains", "domains")
	list, err := d.office.Queue(t.Context(), secretariat.EntryWaiting)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		b.picture(at+"/desk/queue/e/"+e.ID, "entry-"+strings.ReplaceAll(string(e.Kind), " ", "-"))
	}
	for _, form := range []string{"correct", "reply"} {
		b.picture(at+"/"+form+"?standing=gcm%2FBRA", form)
	}
	b.do("a form", chromedp.Navigate(at+"/correct?standing=gcm%2FBRA"))
	b.sees("45 seconds after it was opened")
}
