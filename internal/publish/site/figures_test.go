package site_test

import (
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/figures/figurestest"
)

// TestFiguresStepByStep files tables of figures, takes the file of one down, and lets a year go by: what is written again after each step is
// what a new copy has, and of the file that is private no figure stands in it.
func TestFiguresStepByStep(t *testing.T) {
	w := emptyWorld(t)
	w.file(t, filings(t, byHand+"law/*.yaml")...)
	w.file(t, fewer(filings(t, byHand+"parties/states.yaml", byHand+"parties/others.yaml"))...)
	w.file(t, filings(t, byHand+"instruments/core.yaml")...)
	step := t.TempDir()
	same := func(what string) map[string]string {
		t.Helper()
		fresh := t.TempDir()
		w.write(t, step, w.options())
		w.write(t, fresh, w.options())
		a, b := contents(t, step), contents(t, fresh)
		for _, m := range []map[string]string{a, b} { // the log was signed at other moments
			for name := range m {
				if strings.HasPrefix(name, "log/") || strings.HasPrefix(name, "manifest") || name == "check.html" || name == "checker.html" {
					delete(m, name)
				}
			}
		}
		for _, d := range differ(a, b) {
			t.Errorf("%s: %s", what, d)
		}
		return a
	}
	if all := same("before them"); !strings.Contains(all["figures.html"], "holds no figures") {
		t.Error("the list of figures is not empty, or not there")
	}
	figurestest.File(t, w.Ledger, "beside")
	all := same("filed")
	for name, want := range map[string]string{"figures.html": "figures/example/hosted.html", "figures/example/hosted.html": "1 part of 3 not reported", "figures/example/hosted.json": `"value":19`, "figures/example/moved.html": "only where the program itself runs"} {
		if !strings.Contains(all[name], want) {
			t.Errorf("%s has no %q", name, want)
		}
	}
	for name, text := range all {
		if strings.HasPrefix(name, "figures/example/moved") && (strings.Contains(text, "777") || strings.Contains(text, "780")) {
			t.Errorf("%s has a figure of the private file", name)
		}
	}
	text := "where,year,hosted\nMEX,2026,1\nMEX,2027,2\nMEX,2028,3\n"
	sum, _, err := w.Blobs().Put(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	w.file(t, stocktake.Filing{Key: "figures/ahead", Title: "Figures: years to come", Sources: []stocktake.Source{{ID: "ahead-2026", Title: "A table of stand-ins", Publisher: "Example", Published: stocktake.MustDate("2026-12-01"), Licence: "CC0-1.0",
		Copy: &stocktake.Copy{State: "public", SHA256: sum, Bytes: int64(len(text)), Media: "text/csv", Name: "ahead.csv"}}},
		Tables: []stocktake.FigureTable{{ID: "ahead-2026", Title: "Years to come", Source: "ahead-2026", Form: "csv", Rows: 3, Codes: "iso3", Places: []stocktake.Place{{Code: "MEX", Kind: "state", Party: "MEX"}},
			Series: []stocktake.TableSeries{{Series: "example/ahead", Title: "People expected (a stand-in)", Unit: "persons", Value: "hosted", Party: "where", Period: "year", Times: "year", Adds: "places"}}}}})
	ahead := func(what string, rows int) {
		t.Helper()
		if n := strings.Count(same(what)["figures/example/ahead.csv"], "\n") - 1; n != rows {
			t.Errorf("%s: %d periods, want %d", what, n, rows)
		}
	}
	ahead("years to come", 1)
	w.now = w.now.AddDate(1, 1, 0)
	ahead("after a year", 2)
	hosted, _, _ := w.Record().Source("hosts-2020", w.Record().Head())
	w.file(t, stocktake.Filing{Key: "taken-down", Title: "A copy taken down", Removals: []stocktake.Removal{{File: hosted.Copy.SHA256, Ground: "rights", By: "the secretariat"}}})
	if all := same("taken down"); !strings.Contains(all["figures/example/hosted.html"], "was taken down") || strings.Contains(all["figures/example/hosted.csv"], "19,persons") {
		t.Errorf("a file that was taken down is read: %s", all["figures/example/hosted.csv"])
	}
}
