package web

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"stocktake"
	"stocktake/internal/figures/figurestest"
	"stocktake/internal/ledger"
)

// withFigures is a record of the test's own with tables of stand-ins.
func withFigures(t testing.TB) *ledger.Ledger {
	l := own(t)
	figurestest.File(t, l, "words beside the figures")
	return l
}

func mainOf(t *testing.T, h http.Handler, address string) *goquery.Selection {
	t.Helper()
	w := ask(h, "GET", address, nil)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", address, w.Code, w.Body.String())
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc.Find("main")
}

func rowsIn(s *goquery.Selection, table string) (list []string) {
	s.Find(table + " tbody tr").Each(func(_ int, r *goquery.Selection) {
		var cells []string
		r.Find("th, td").Each(func(_ int, c *goquery.Selection) { cells = append(cells, strings.Join(strings.Fields(c.Text()), " ")) })
		list = append(list, strings.Join(cells, "|"))
	})
	return list
}

func TestFiguresAreListedByPublisher(t *testing.T) {
	h := handlerOf(t, withFigures(t), Options{})
	m := mainOf(t, h, "/figures")
	if got := strings.Join(rowsIn(m, "#by-example"), "\n"); got != "People hosted (a stand-in) example/hosted|persons|the end of a year|2020 and 1 older one|CC0-1.0\nPeople who moved (a stand-in) example/moved|persons|the end of a year|2020|CC0-1.0\nA price (a stand-in) example/price|percent|the end of a year|2020 and 1 older one|CC0-1.0" {
		t.Errorf("got\n%s", got)
	}
	if got := strings.Join(rowsIn(mainOf(t, h, "/figures?known=2019-12-31"), "#by-example"), "\n"); !strings.Contains(got, "example/hosted|persons|the end of a year|2019|") || strings.Contains(got, "moved") {
		t.Errorf("in 2019\n%s", got)
	}
}

func TestAPageOfASeriesTellsThreeThingsApart(t *testing.T) {
	h := handlerOf(t, withFigures(t), Options{})
	m := mainOf(t, h, "/figures/example/hosted")
	want := "2019|0|may be a few, rounded to 0|2019|1\n2015|19|1 part of 3 not reported|2020|3\n2010|8||2019|1"
	if got := strings.Join(rowsIn(m, "#by-period"), "\n"); got != want {
		t.Errorf("by period\n%s\nwant\n%s", got, want)
	}
	m = mainOf(t, h, "/figures/example/hosted?period=2015")
	want = "World a group, in no sum|1,000||1\nMexico|14||1\nBrazil|5|may be rounded to 5|1\nGermany|–|not reported|1"
	if got := strings.Join(rowsIn(m, "#by-party"), "\n"); got != want {
		t.Errorf("by party\n%s\nwant\n%s", got, want)
	}
	if n := m.Find("svg.chart rect.bar").Length(); n != 2 || m.Find("svg.chart rect.old").Length() != 1 {
		t.Errorf("%d bars", n)
	}
	if got := m.Find(".lede").Text(); got != "People hosted (a stand-in): 19 persons at the end of 2015 (1 part of 3 not reported); source: Example, edition 2020." {
		t.Errorf("lede %q", got)
	}
	m = mainOf(t, h, "/figures/example/hosted/MEX?counterpart=USA&known=2019-12-31")
	if got := strings.Join(rowsIn(m, "#by-period"), "\n"); got != "2015|12||2019|1\n2010|8||2019|1" {
		t.Errorf("as known in 2019\n%s", got)
	}
}

func TestEachFigureOpensItsRowsAndItsSource(t *testing.T) {
	h := handlerOf(t, withFigures(t), Options{})
	m := mainOf(t, h, "/figures/example/hosted/MEX?known=2026-11-25")
	links := map[string]bool{}
	m.Find("#by-period tbody tr").Each(func(_ int, r *goquery.Selection) {
		n := 0
		r.Find("a").Each(func(_ int, a *goquery.Selection) {
			to := a.AttrOr("href", "")
			if strings.HasPrefix(to, "/s/hosts-20") || strings.HasPrefix(to, "/figures/example/hosted/rows?") {
				n++
			}
			links[to] = true
		})
		if n != 2 {
			t.Errorf("%d of its two links: %s", n, r.Text())
		}
	})
	for to := range links {
		if w := ask(h, "GET", to, nil); w.Code != http.StatusOK {
			t.Errorf("%s: %d", to, w.Code)
		}
	}
	m = mainOf(t, h, "/figures/example/hosted/rows?party=MEX&period=2015")
	if got := strings.Join(rowsIn(m, "table"), "\n"); got != "2|MEX|USA|2015|14|2" {
		t.Errorf("rows\n%s", got)
	}
	if w := ask(h, "GET", "/figures/example/hosted/rows.csv?party=BRA", nil); w.Body.String() != "table,line,where,from,year,hosted,price\nhosts-2020,3,BRA,MEX,2015,5,2.5\n" {
		t.Errorf("CSV %s", w.Body.String())
	}
}

func TestRowsOfAPrivateFileAreOnlyWhatIsRead(t *testing.T) {
	h := handlerOf(t, withFigures(t), Options{})
	for _, at := range []string{"/figures/example/moved/rows?party=MEX", "/figures/example/moved/rows.json?party=MEX", "/figures/example/moved/rows.csv?party=MEX", "/figures/example/moved", "/figures/example/moved/MEX"} {
		w := ask(h, "GET", at, nil)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "777") || strings.Contains(w.Body.String(), "words beside") {
			t.Errorf("%s: %d %s", at, w.Code, w.Body.String())
		}
	}
	for _, at := range []string{"/figures/example/moved/rows", "/figures/example/moved/rows.csv?period=2015", "/figures/example/moved.csv?each=1", "/figures/example/moved.json?each=1&period=2015"} {
		if w := ask(h, "GET", at, nil); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "licence") {
			t.Errorf("%s: %d", at, w.Code)
		}
	}
}

func TestFiguresAsJSONAndCSV(t *testing.T) {
	h := handlerOf(t, withFigures(t), Options{})
	for at, want := range map[string]string{
		"/figures/example/hosted.csv":                                  "example/hosted,,,2010,8,persons,2019,hosts-2019,reported\nexample/hosted,,,2015,19,persons,2020,hosts-2020,partly\nexample/hosted,,,2019,0,persons,2019,hosts-2019,zero\n",
		"/figures/example/hosted/BRA.csv":                              "example/hosted,BRA,,2015,5,persons,2020,hosts-2020,rounded\n",
		"/figures/example/hosted.csv?each=1&period=2015":               "example/hosted,BRA,MEX,2015,5,persons,2020,hosts-2020,rounded\nexample/hosted,DEU,MEX,2015,,persons,2020,hosts-2020,not-reported\nexample/hosted,MEX,USA,2015,14,persons,2020,hosts-2020,reported\nexample/hosted,iso3:WLD,MEX,2015,1000,persons,2020,hosts-2020,reported\n",
		"/figures/example/hosted.csv?counterpart=iso3:UNK":             "example/hosted,,iso3:UNK,2019,0,persons,2019,hosts-2019,zero\n",
		"/figures/example/price.csv?counterpart=MEX&period=2015":       "example/price,BRA,MEX,2015,2.5,percent,2020,hosts-2020,reported\nexample/price,DEU,MEX,2015,,percent,2020,hosts-2020,not-reported\nexample/price,iso3:WLD,MEX,2015,1,percent,2020,hosts-2020,reported\n",
		"/figures/example/price/MEX.csv?counterpart=USA&on=2015-12-30": "example/price,MEX,USA,2010,1.5,percent,2019,hosts-2019,reported\n",
	} {
		w := ask(h, "GET", at, nil)
		if got := strings.TrimPrefix(w.Body.String(), "series,party,counterpart,period,value,unit,vintage,source,state\n"); w.Code != http.StatusOK || got != want {
			t.Errorf("%s: %d\n%swant\n%s", at, w.Code, got, want)
		}
	}
	var list []map[string]any
	if err := json.Unmarshal(ask(h, "GET", "/figures/example/hosted/DEU.json", nil).Body.Bytes(), &list); err != nil || len(list) != 1 || list[0]["value"] != nil || list[0]["state"] != "not-reported" || list[0]["party"] != "DEU" {
		t.Errorf("%v %v", list, err)
	}
}

func TestAddressesOfFiguresLeadToTheirOwn(t *testing.T) {
	h := handlerOf(t, withFigures(t), Options{})
	for at, want := range map[string]string{
		"/figures/example/hosted?party=Mexico&period=2015": "/figures/example/hosted/MEX?period=2015",
		"/figures/example/hosted/Mexico?counterpart=USA":   "/figures/example/hosted/MEX?counterpart=USA",
	} {
		if w := ask(h, "GET", at, nil); w.Header().Get("Location") != want {
			t.Errorf("%s leads to %q", at, w.Header().Get("Location"))
		}
	}
	for at, code := range map[string]int{"/figures/example/none": 404, "/figures/example/hosted?known=2018-01-01": 404, "/figures/example/hosted/Atlantis": 404, "/figures/example/hosted?period=20222": 400, "/figures/example/hosted/FRA": 200} {
		if w := ask(h, "GET", at, nil); w.Code != code {
			t.Errorf("%s: %d", at, w.Code)
		}
	}
}

// TestAPageWhoseFileIsNotHereSaysSo, and is asked again: the file may come without a filing.
func TestAPageWhoseFileIsNotHereSaysSo(t *testing.T) {
	l := withFigures(t)
	h := handlerOf(t, l, Options{})
	src, _, _ := l.Record().Source("moves-2020", l.Record().Head())
	rc, _, err := l.Blobs().Open(t.Context(), src.Copy.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := io.ReadAll(rc)
	rc.Close()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Blobs().Delete(t.Context(), src.Copy.SHA256); err != nil {
		t.Fatal(err)
	}
	m := mainOf(t, h, "/figures/example/moved")
	if got := m.Find(".note").Text(); !strings.Contains(got, "not here: SHA-256 "+src.Copy.SHA256) || !strings.Contains(got, "private") {
		t.Errorf("%q", got)
	}
	if w := ask(h, "GET", "/figures/example/moved.json", nil); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), src.Copy.SHA256) {
		t.Errorf("JSON: %d %s", w.Code, w.Body.String())
	}
	if _, _, err := l.Blobs().Put(t.Context(), bytes.NewReader(kept)); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rowsIn(mainOf(t, h, "/figures/example/moved"), "#by-period"), "\n"); got != "2015|780||2020|2" {
		t.Errorf("once it is back: %s", got)
	}
}

// TestFiguresInACopy: a copy has the list and a page for each series; of files that not everybody may have it shows no figure.
func TestFiguresInACopy(t *testing.T) {
	l := withFigures(t)
	y, m, d := testNow.Date()
	c, _, err := NewCopy(t.Context(), l, CopyOptions{Version: "test", Day: stocktake.DayOf(y, int(m), d), Site: Site{Address: "https://example.org"}}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, p := range c.Pages() {
		if p.route != copySeries && p.route != copyFigures {
			continue
		}
		if p.Head != l.Record().Head() && p.Name == "figures.html" || p.Name == "figures/example/hosted.html" && p.Head != l.Record().Head()-1 {
			t.Errorf("%s stands at %d of %d", p.Name, p.Head, l.Record().Head())
		}
		for _, f := range p.Files() {
			b, err := c.Render(t.Context(), p, f)
			if err != nil {
				t.Fatal(err)
			}
			got[f.Name] = string(b)
		}
	}
	if len(got) != 4*3 {
		t.Errorf("%d files", len(got))
	}
	for name, want := range map[string]string{
		"figures.html": "People who moved", "figures/example/hosted.csv": "example/hosted,,,2015,19,persons,2020,hosts-2020,partly", "figures/example/hosted.html": `<a href="../../s/hosts-2020.html"`,
		"figures/example/moved.html": "lets everybody have the file", "figures/example/moved.csv": "withheld", "figures/example/moved.json": `"state":"withheld"`, "figures/example/price.html": "cannot be added up",
	} {
		if !strings.Contains(got[name], want) {
			t.Errorf("%s has no %q", name, want)
		}
	}
	for name, b := range got {
		if strings.Contains(b, "777") || strings.Contains(b, "780") || strings.Contains(b, "words beside") {
			t.Errorf("%s shows what only the private file has", name)
		}
	}
}

// TestChartsOfLittle: a chart of one figure, of none or of zeros is left out, or drawn.
func TestChartsOfLittle(t *testing.T) {
	h := handlerOf(t, withFigures(t), Options{})
	for _, at := range []string{"/figures/example/hosted/DEU", "/figures/example/hosted/FRA", "/figures/example/hosted?counterpart=iso3:UNK", "/figures/example/moved"} {
		if b := ask(h, "GET", at, nil).Body.String(); strings.Contains(b, "NaN") || strings.Contains(b, "Inf") {
			t.Errorf("%s draws nothing by nothing", at)
		}
	}
}
