package web

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"stocktake/internal/figures/figurestest"
)

// most is how many addresses of one kind the crawl opens; pages of one kind are made by one handler.
const most = 7

// TestCrawl opens every page that can be reached from the first one, with all three coordinates given, and holds each to what all pages
// promise: every link answers and carries the coordinates, ids are there and unique, nothing is inline, everything has a name.
func TestCrawl(t *testing.T) {
	l, story := withStory(t)
	figurestest.File(t, l, "words beside the figures")
	h := handlerOf(t, l, Options{Loopback: true})
	coords := "?on=2026-11-25&known=2026-11-25&head=" + itoa(l.Record().Head())
	todo := []string{"/" + coords, "/paste" + coords, "/undertakings" + coords + "&party=MEX&theme=child-detention", "/agree" + coords + "&party=USA&with=MEX", "/search" + coords + "&q=migration", "/p/USA" + coords, "/i/gcm/BRA" + coords, "/unknown" + coords, "/st/" + string(story.ID) + coords}
	seen := map[string]bool{}
	kinds := map[string]int{}
	ids := map[string]map[string]bool{}
	type fragment struct{ from, page, id string }
	var fragments []fragment
	pages := 0
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if seen[at] {
			continue
		}
		seen[at] = true
		given := query(at)
		for name := range given {
			if !slices.Contains(coordinates, name) {
				given.Del(name)
			}
		}
		kind := kindOfPath(at)
		if kinds[kind]++; kinds[kind] > most || kind == "/assets" || strings.HasPrefix(at, "/log/file/") || strings.HasSuffix(at, ".pdf") {
			continue
		}
		w := ask(h, "GET", at, nil)
		if w.Code == http.StatusSeeOther || w.Code == http.StatusPermanentRedirect {
			to, frag, _ := strings.Cut(w.Header().Get("Location"), "#")
			if frag != "" {
				fragments = append(fragments, fragment{at, to, frag})
			}
			todo = append(todo, to)
			continue
		}
		if w.Code != http.StatusOK {
			t.Errorf("GET %s: %d", at, w.Code)
			continue
		}
		pages++
		body := w.Body.String()
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: the policy is %q", at, csp)
		}
		switch kindOfBody := w.Header().Get("Content-Type"); {
		case strings.HasPrefix(kindOfBody, "application/json"):
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s is no JSON", at)
			}
			continue
		case strings.HasPrefix(kindOfBody, "application/feed+json"):
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s is no JSON", at)
			}
			continue
		case isFile(strings.SplitN(at, "?", 2)[0]):
			continue // tests of their own read files and feeds
		case strings.HasPrefix(kindOfBody, "text/csv"):
			if _, err := csv.NewReader(strings.NewReader(body)).ReadAll(); err != nil {
				t.Errorf("%s is no CSV: %v", at, err)
			}
			continue
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		here := "GET " + at
		if n := doc.Find("h1").Length(); n != 1 {
			t.Errorf("%s has %d headings of the first order", here, n)
		}
		if lede := strings.TrimSpace(doc.Find(".lede").First().Text()); !strings.HasSuffix(lede, ".") || strings.Contains(lede, "\n") {
			t.Errorf("%s opens with no sentence: %q", here, lede)
		}
		if doc.Find("[style], style, script:not([src])").Length() > 0 {
			t.Errorf("%s has something inline that the policy forbids", here)
		}
		doc.Find("*").Each(func(_ int, s *goquery.Selection) {
			for _, a := range s.Get(0).Attr {
				if strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s has the attribute %s", here, a.Key)
				}
			}
		})
		doc.Find("input:not([type=hidden]), select, textarea:not([hidden])").Each(func(_ int, s *goquery.Selection) {
			id, _ := s.Attr("id")
			if id == "" || doc.Find(`label[for="`+id+`"]`).Length() != 1 {
				t.Errorf("%s: the field %q has no label of its own", here, id)
			}
		})
		doc.Find("table").Each(func(_ int, s *goquery.Selection) {
			if s.Find("caption").Length() != 1 {
				t.Errorf("%s has a table without a caption", here)
			}
		})
		if c, ok := doc.Find("link[rel=canonical]").Attr("href"); ok {
			for _, name := range coordinates {
				if query(c).Has(name) {
					t.Errorf("%s: the canonical address %s carries %s", here, c, name)
				}
			}
		}
		page := map[string]bool{}
		doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
			id := s.AttrOr("id", "")
			if page[id] || strings.ContainsAny(id, " \t") {
				t.Errorf("%s: the id %q is there twice or has a space", here, id)
			}
			page[id] = true
		})
		ids[at] = page
		doc.Find("form").Each(func(_ int, s *goquery.Selection) { carries(t, here, s, given) })
		doc.Find("a[href], link[href], script[src]").Each(func(_ int, s *goquery.Selection) {
			to := s.AttrOr("href", s.AttrOr("src", ""))
			if strings.HasPrefix(to, "#") {
				if !page[to[1:]] {
					t.Errorf("%s links to %s, which is not there", here, to)
				}
				return
			}
			if strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "https://") {
				if s.Is("link, script") || s.AttrOr("rel", "") == "" {
					t.Errorf("%s refers to another host by %s without saying so", here, to)
				}
				return
			}
			if !strings.HasPrefix(to, "/") {
				t.Errorf("%s links to %q", here, to)
				return
			}
			path, frag, _ := strings.Cut(to, "#")
			plain := strings.HasPrefix(path, "/assets/") || strings.HasPrefix(path, "/log/file/") || strings.HasPrefix(path, "/feeds/") || isFile(path) || path == "/openapi.json" || s.Is("link[rel=canonical]") || s.HasClass("back")
			_, dated := s.Attr("data-pinned")
			if !plain && !dated {
				have := query(path)
				for name := range given {
					if !have.Has(name) && !(s.ParentsFiltered(".keydays").Length() > 0 && name == "on") {
						t.Errorf("%s: the link %s (%q) does not carry %s", here, to, strings.TrimSpace(s.Text()), name)
					}
				}
			}
			if frag != "" {
				if f, err := url.PathUnescape(frag); err == nil {
					fragments = append(fragments, fragment{at, path, f})
				}
			}
			todo = append(todo, path)
		})
	}
	for _, f := range fragments {
		if page, ok := ids[f.page]; ok && !page[f.id] {
			t.Errorf("%s links to %s#%s, which is not there", f.from, f.page, f.id)
		}
	}
	if pages < 100 {
		t.Errorf("the crawl saw only %d pages", pages)
	}
	for _, k := range []string{"/i", "/i/", "/v", "/p", "/p/votes", "/r", "/f", "/s", "/st", "/st/calls", "/st/version", "/st/lang", "/st/side", "/st/changes", "/st/files", "/st/form", "/c", "/feeds", "/p/calls", "/calls", "/law", "/conflicts", "/filings", "/learned", "/changes"} {
		if kinds[k] == 0 {
			t.Errorf("the crawl met no page of the kind %s; it met %v", k, kinds)
		}
	}
	t.Logf("%d pages of %d kinds", pages, len(kinds))
}

// carries holds a form to carrying the coordinates in hidden or visible fields, or in its address where it posts.
func carries(t *testing.T, here string, form *goquery.Selection, given url.Values) {
	t.Helper()
	for name := range given {
		if form.Find(`[name="`+name+`"]`).Length() == 0 && !query(form.AttrOr("action", "")).Has(name) {
			t.Errorf("%s: the form to %s does not carry %s", here, form.AttrOr("action", ""), name)
		}
	}
}

// kindOfPath names the handler behind an address.
func kindOfPath(address string) string {
	path, _, _ := strings.Cut(address, "?")
	form := ""
	for _, f := range []string{".json", ".csv"} {
		if p, ok := strings.CutSuffix(path, f); ok {
			path, form = p, f
		}
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	kind := "/" + parts[0]
	switch {
	case parts[0] == "i" && len(parts) > 2:
		kind = "/i/"
	case parts[0] == "st" && len(parts) > 2 && strings.Trim(parts[2], "0123456789") == "":
		kind = "/st/version"
		if len(parts) > 3 && len(parts[3]) == 2 {
			kind = "/st/lang"
		} else if len(parts) > 3 {
			kind = "/st/" + parts[3]
		}
	case (parts[0] == "p" || parts[0] == "st") && len(parts) > 2:
		kind = "/" + parts[0] + "/" + parts[2]
	}
	return kind + form
}
