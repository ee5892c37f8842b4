package web

import (
	"context"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"stocktake"
)

// copyOfSmall is a copy of the small record on the day on which the tests take place.
func copyOfSmall(t *testing.T) *Copy {
	t.Helper()
	y, m, d := testNow.Date()
	c, all, err := NewCopy(t.Context(), small(t), CopyOptions{Version: "test", Day: stocktake.DayOf(y, int(m), d), Site: Site{Name: "Somebody", Address: "https://example.org"}}, 0, 0)
	if err != nil || !all {
		t.Fatal(all, err)
	}
	return c
}

// mainSays is what the main part of a page says, without addresses: titles, sentences, facts and rows.
func mainSays(t *testing.T, body string, leaveOut ...string) []string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	main := doc.Find("main")
	for _, x := range leaveOut {
		main.Find(x).Remove()
	}
	var list []string
	main.Find("h1, h2, h3, p, dt, dd, li, th, td, caption, figcaption p").Each(func(_ int, s *goquery.Selection) {
		if text := strings.Join(strings.Fields(s.Text()), " "); text != "" {
			list = append(list, text)
		}
	})
	main.Find("svg.worldmap [data-id]").Each(func(_ int, s *goquery.Selection) {
		class, _ := s.Find("use, path, circle").Attr("class")
		list = append(list, s.AttrOr("data-id", "")+": "+s.Find("title").Text()+" "+class)
	})
	return list
}

// TestFastPages compares every page of a roll-call and of a filing, which are put together without templates, with what a server sends.
func TestFastPages(t *testing.T) {
	c := copyOfSmall(t)
	h := New(small(t), Options{Version: "test", Now: c.s.opt.Now, Site: c.opt.Site})
	compare := func(p *CopyPage, b []byte, leaveOut ...string) {
		t.Helper()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "http://example.org"+p.Address, nil))
		if w.Code != 200 {
			t.Fatalf("%s: %d", p.Address, w.Code)
		}
		got, want := mainSays(t, string(b), leaveOut...), mainSays(t, w.Body.String(), leaveOut...)
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Errorf("%s: item %d of %d and %d: the copy says %q, the server %q", p.Address, i, len(got), len(want), itemAt(got, i), itemAt(want, i))
				return
			}
		}
	}
	rolls, filings := 0, []*CopyPage{}
	for _, p := range c.Pages() {
		switch p.route {
		case copyRollCall:
			b, err := c.Render(t.Context(), p, p.Files()[0])
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(b), ` data-from="`) || strings.Contains(string(b), "ZQ") {
				t.Errorf("%s is not filled in: %.300s", p.Address, b)
			}
			compare(p, b, "td:last-child") // a link to where each stood, which a copy has for some texts
			rolls++
		case copyFiling:
			filings = append(filings, p)
		}
	}
	n := 0
	err := c.Filings(t.Context(), filings, func(p *CopyPage, b []byte) error {
		compare(p, b, "details", "h2:contains('Its public bytes') + p", "section:has(> details) > p", "p:contains('too long for a page')")
		n++
		return nil
	})
	if err != nil || n != len(filings) || n < 20 || rolls < 3 {
		t.Errorf("%d roll-calls, %d of %d filings: %v", rolls, n, len(filings), err)
	}
}

func itemAt(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "nothing"
}

// TestCopyInParallel makes all pages from several goroutines, twice: the bytes are the same.
func TestCopyInParallel(t *testing.T) {
	c := copyOfSmall(t)
	pages := c.Pages()
	if testing.Short() {
		pages = pages[:len(pages)/4]
	}
	var mu sync.Mutex
	first := map[string]string{}
	var wg sync.WaitGroup
	for worker := range 3 {
		wg.Go(func() {
			for i := range pages {
				p := pages[(i+worker*len(pages)/3)%len(pages)]
				if i%4 != worker && p.route != copyRollCall {
					continue
				}
				put := func(name string, b []byte) {
					mu.Lock()
					defer mu.Unlock()
					if old, ok := first[name]; ok && old != string(b) {
						t.Errorf("%s was made in two ways", name)
					}
					first[name] = string(b)
				}
				for _, f := range p.Files() {
					if f.Filing > 0 {
						if err := c.Filings(context.Background(), []*CopyPage{p}, func(p *CopyPage, b []byte) error { put(p.Name, b); return nil }); err != nil {
							t.Error(err)
						}
						continue
					}
					b, err := c.Render(context.Background(), p, f)
					if err != nil {
						t.Error(err)
						return
					}
					put(f.Name, b)
				}
			}
		})
	}
	wg.Wait()
}
