package site_test

import (
	"bytes"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/edition/editiontest"
)

// TestMade publishes a statement that was made here into a copy, step by step: what is written again after each step is what a new copy has, and
// a name that was taken away is in none of its files.
func TestMade(t *testing.T) {
	w := emptyWorld(t)
	w.file(t, filings(t, byHand+"law/*.yaml")...)
	w.file(t, fewer(filings(t, byHand+"parties/states.yaml", byHand+"parties/others.yaml"))...)
	w.file(t, filings(t, byHand+"instruments/core.yaml")...)
	step, fresh := t.TempDir(), ""
	same := func(what string) map[string]string {
		t.Helper()
		fresh = t.TempDir()
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
	same("before it")
	s := editiontest.Start(t, w.Ledger, "Statement on Brazil and the Compact", "press@example.org", true)
	day := stocktake.DateOf(w.day()).String()
	for name, text := range same("under seal") {
		if strings.Contains(text, "Statement on Brazil") || strings.Contains(text, "Example Coalition") {
			t.Errorf("%s tells of the statement before it is published", name)
		}
	}
	s.List = editiontest.Usual(day)
	s.Publish(t)
	all := same("published")
	base := "st/" + string(s.ID)
	for _, want := range []string{base + ".html", base + "/1.html", base + "/1/es.html", base + "/1/side/langs-en,es.html", base + "/1/files.html", base + "/1/form/en.txt", base + "/1/form/en_es.docx", base + "/1/form/names.csv", base + "/1/form/all.jsonld",
		"c/example-coalition.html", "c/example-coalition.json", "feeds/statements.atom", "feeds/c/example-coalition.json"} {
		text, ok := all[want]
		switch {
		case !ok:
			t.Errorf("the copy has no %s", want)
		case !slices.Contains([]string{".docx", ".html"}, path.Ext(want)) && !strings.Contains(text, "ehearsal"), path.Ext(want) == ".html" && !strings.Contains(text, "A rehearsal."):
			t.Errorf("%s does not say that it is a rehearsal", want)
		}
	}
	page := all[base+".html"]
	for _, want := range []string{`href="../` + base + `/1/form/en.txt"`, "Example Parish", "fixed by", `feeds/statements.atom"`} {
		if !strings.Contains(page, want) && !strings.Contains(page, strings.ReplaceAll(want, "../"+base, "../st/"+string(s.ID))) {
			t.Errorf("the page has no %s", want)
		}
	}
	for name, text := range all {
		if path.Ext(name) != ".html" || !strings.HasPrefix(name, "st/") && !strings.HasPrefix(name, "c/") || strings.Contains(name, "/form/") {
			continue
		}
		for _, m := range regexp.MustCompile(`(?:href|src)="([^"#?:]+)[^"]*"`).FindAllStringSubmatch(text, -1) {
			to, err := url.PathUnescape(m[1])
			if err != nil {
				t.Fatal(err)
			}
			to = path.Join(path.Dir(name), to)
			if _, ok := all[to]; !ok && m[1] != "https" && !strings.HasPrefix(to, "log/") && to != "check.html" {
				t.Errorf("%s leads to %s, which the copy has not", name, to)
			}
		}
	}
	if strings.Contains(page, "form/en.pdf") {
		t.Error("the page leads to a PDF that the copy has not")
	}
	w.now = w.now.AddDate(0, 0, 1)
	s.Later(t, 1, editiontest.Named("e7", "Late Joiners", stocktake.TierSignatory, stocktake.AuthorityMailbox, day))
	if all := same("joined"); !strings.Contains(all[base+"/1/form/en.txt"], "Late Joiners") || !strings.Contains(all["feeds/statements.atom"], "Late Joiners") {
		t.Error("who joined is not in the files")
	}
	hidden := s.List[2]
	hidden.State, hidden.Names = stocktake.EndorsementWithheld, nil
	s.Later(t, 1, hidden)
	if err := s.Office.HideNames(t.Context(), s.ID, []string{"e3"}); err != nil {
		t.Fatal(err)
	}
	for name, text := range same("kept back") {
		if bytes.Contains([]byte(text), []byte("Example Parish")) {
			t.Errorf("%s holds the name that was taken away", name)
		}
	}
	s.Write(t, "en", "Statement on Brazil and the Compact", strings.Replace(editiontest.English, "regret", "deplore", 1))
	s.Approve(t, stocktake.Typographic, "One word.", "")
	s.List = slices.DeleteFunc(s.List, func(e stocktake.Endorsed) bool { return e.ID == "e3" })
	s.Publish(t)
	if all := same("corrected"); !strings.Contains(all[base+"/2/changes.html"], "<del>") || !strings.Contains(all[base+"/1.html"], "There is a newer version") {
		t.Error("the correction is not to be seen")
	}
	if _, err := s.Office.Withdraw(t.Context(), s.Work, stocktake.Retraction{Ground: "mistake", Note: "It was sent too early."}, true, "Keepers of a test"); err != nil {
		t.Fatal(err)
	}
	all = same("taken back")
	if !strings.Contains(all[base+".html"], "was taken back") {
		t.Error("there is no tombstone")
	}
	for name, text := range all {
		if strings.Contains(name, "/form/") || strings.HasPrefix(name, "st/") && strings.Contains(text, "that Brazil has withdrawn") {
			t.Errorf("%s is still there", name)
		}
	}
}
