package journey

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/mmcdole/gofeed"
	"github.com/piprate/json-gold/ld"
)

// tool runs a program of tools/ci/packages and returns what it wrote. Where it is missing the test fails with CI=true, and else skips.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing; ./test installs it", name)
		}
		t.Skipf("nothing is read with %s here: it is missing; ./test installs it", name)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, path, args...)
	c.Env = append(os.Environ(), "HOME="+t.TempDir())
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Errorf("%s %q: %v\n%s%s", name, args, err, out.String(), errs.String())
	}
	return out.String()
}

// checkForms opens each file that the public pages of a statement name, and the feeds, with programs and libraries of others.
func checkForms(t *testing.T, p *program, id string, pages ...string) {
	t.Helper()
	dir := t.TempDir()
	texts := map[string]string{} // by name of the file
	seen := map[string]int{}
	for _, m := range regexp.MustCompile(`href="([^"?#]+\.(?:txt|md|html|docx|pdf|json|jsonld|csv|xlsx|atom|xml))"`).FindAllStringSubmatch(strings.Join(pages, "\n"), -1) {
		at := m[1]
		if seen[at]++; seen[at] > 1 {
			continue
		}
		if !strings.HasPrefix(at, "/") {
			t.Errorf("%s is no address from the root", at)
			continue
		}
		code, head, b := p.get(at)
		for code >= 300 && code < 400 {
			at = strings.TrimPrefix(head.Get("Location"), p.at)
			code, head, b = p.get(at)
		}
		if code != 200 {
			t.Errorf("%s: %d", at, code)
			continue
		}
		name := strings.ReplaceAll(strings.Trim(m[1], "/"), "/", "_")
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(m[1], "/st/"+id) && !rehearses.Match(b) && path.Ext(name) != ".pdf" && path.Ext(name) != ".docx" && path.Ext(name) != ".xlsx" && path.Ext(name) != ".csv" {
			t.Errorf("%s does not say that it is a rehearsal", m[1])
		}
		switch path.Ext(name) {
		case ".txt":
			texts[path.Base(m[1])] = string(b)
		case ".html":
			if said := tool(t, "tidy", "-qe", "-utf8", file); said != "" {
				t.Errorf("%s: %s", name, said)
			}
		case ".docx":
			out := file + ".txt"
			tool(t, "abiword", "--to=txt", "-o", out, file)
			got, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			texts[path.Base(m[1])] = string(got)
		case ".pdf":
			tool(t, "qpdf", "--check", file)
			texts[path.Base(m[1])] = tool(t, "pdftotext", file, "-")
		case ".jsonld":
			var doc any
			if err := json.Unmarshal(b, &doc); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if m, ok := doc.(map[string]any); ok { // schema.org's context is not fetched: its vocabulary is enough to expand
				m["@context"] = map[string]any{"@vocab": "https://schema.org/"}
			}
			list, err := ld.NewJsonLdProcessor().Expand(doc, ld.NewJsonLdOptions(""))
			if err != nil || len(list) == 0 {
				t.Errorf("%s does not expand: %v", name, err)
			}
		case ".json":
			if !json.Valid(b) {
				t.Errorf("%s is no JSON", name)
			}
		}
		if strings.Contains(m[1], "feed") || strings.HasSuffix(m[1], ".atom") {
			feed, err := gofeed.NewParser().Parse(bytes.NewReader(b))
			if err != nil || len(feed.Items) == 0 {
				t.Errorf("%s is no feed with something in it: %v", name, err)
			}
		}
	}
	t.Logf("%d files were opened", len(seen))
	for _, want := range []string{"en.txt", "es.txt", "en.docx", "es.docx", "en.pdf", "es.pdf", "en_es.pdf", "en_es.docx"} {
		if texts[want] == "" {
			t.Errorf("there is no %s, or nothing in it: %d files", want, len(seen))
		}
	}
	// The same words in the same order in text and PDF.
	for _, l := range []string{"en", "es"} {
		text, pdf := words(texts[l+".txt"]), words(texts[l+".pdf"])
		if i := apart(text, pdf); i >= 0 {
			t.Errorf("%s.pdf reads otherwise than %s.txt, from %q to %q", l, l, strings.Join(text[min(i, len(text)):min(i+12, len(text))], " "), strings.Join(pdf[min(i, len(pdf)):min(i+12, len(pdf))], " "))
		}
	}
}

var rehearses = regexp.MustCompile(`(?i)rehearsal|ensayo`)

var hyphen = regexp.MustCompile(`-\s*`)

var pageNumber = regexp.MustCompile(`(?m)^\P{L}*\d+ ?/ ?\d+\P{L}*$`)

// words are the words of a text, without marks of lists and numbers of pages.
func words(s string) (list []string) {
	s = hyphen.ReplaceAllString(pageNumber.ReplaceAllString(s, ""), "") // pdftotext joins what was parted there at the end of a line
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		list = append(list, w)
	}
	return list
}

// apart returns where two lists part, -1 where they are one.
func apart(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}
