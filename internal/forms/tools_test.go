package forms

import (
	"archive/zip"
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"stocktake"
)

// tool returns the path of a program of tools/ci/packages. Where it is missing the test is left out, and says so; with CI=true it fails.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing; ./test installs it", name)
		}
		t.Skipf("nothing is read with %s here: it is missing; ./test installs it", name)
	}
	return path
}

func run(t *testing.T, path string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, path, args...)
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	c.Env = append(os.Environ(), "HOME="+t.TempDir())
	if err := c.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s%s", path, args, err, out.String(), said.String())
	}
	return out.String()
}

func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// visible drops marks of direction too.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, squeeze(s))
}

// TestWordProcessor opens documents in AbiWord and compares what it reads.
func TestWordProcessor(t *testing.T) {
	abiword := tool(t, "abiword")
	for name, s := range samples() {
		f := form(t, s, Options{})
		b, err := f.DOCX()
		if err != nil {
			t.Fatal(err)
		}
		in := write(t, "statement.docx", b)
		out := filepath.Join(t.TempDir(), "statement.txt")
		run(t, abiword, "--to=txt", "-o", out, in)
		got, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		// the footer comes last: the number of the page
		same(t, name+" in AbiWord", visible(string(got)), visible(reading(f, true, noMarks))+"1")

		// In its own format it tells what it took for lists, headings and tables, and which language they are in.
		out = filepath.Join(t.TempDir(), "statement.abw")
		run(t, abiword, "--to=abw", "-o", out, in)
		if got, err = os.ReadFile(out); err != nil {
			t.Fatal(err)
		}
		count := func(what string) int { return strings.Count(string(got), what) }
		items := 0
		for _, p := range f.tail {
			if p.kind == partName || p.kind == partItem {
				items++
			}
		}
		heads := 0
		for _, x := range f.texts {
			for _, b := range x.blocks {
				if b.kind == bullet || b.kind == number {
					items++
				}
			}
			if count("lang:"+x.Lang) == 0 {
				t.Errorf("%s: AbiWord sees nothing in %s", name, x.Lang)
			}
			heads++
		}
		if n := count(" listid=") + count(";listid:") + count("<l "); n < items {
			t.Errorf("%s: AbiWord sees %d entries of lists, not %d", name, n, items)
		}
		if (count("<table") == 1) != f.beside || count(`style="Title"`) != 1 || count(`style="heading 1"`) < heads {
			t.Errorf("%s: AbiWord sees %d tables, %d titles, %d headings", name, count("<table"), count(`style="Title"`), count(`style="heading 1"`))
		}
	}
}

// TestDirections looks at what AbiWord does not read from DOCX: each paragraph in Arabic runs from right to left, and no other.
func TestDirections(t *testing.T) {
	b, err := form(t, arabicEnglish(), Options{}).DOCX()
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := fs.ReadFile(z, "word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	ar, en := 0, 0
	for p := range strings.SplitSeq(string(doc), "</w:p>") {
		rtl := strings.Contains(p, "<w:bidi/></w:pPr>")
		switch {
		case strings.Contains(p, `<w:rtl/><w:lang w:bidi="ar"/>`):
			ar++
			if !rtl {
				t.Errorf("from left to right: %s", p)
			}
		case strings.Contains(p, `<w:lang w:val="en"/>`):
			en++
			if rtl {
				t.Errorf("from right to left: %s", p)
			}
		}
	}
	if ar < 15 || en < 10 || !bytes.Contains(doc, []byte("<w:bidiVisual/>")) || !bytes.Contains(doc, []byte("<w:bidi/></w:sectPr>")) {
		t.Errorf("%d paragraphs in Arabic, %d in English", ar, en)
	}
}

// TestTidy reads pages with HTML Tidy, which warns of whatever it would mend.
func TestTidy(t *testing.T) {
	tidy := tool(t, "tidy")
	for name, s := range samples() {
		f := form(t, s, Options{})
		m, err := f.Mail(Mailing{Unsubscribe: "https://record.example.org/u/1"})
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range []string{f.PrintHTML(), m.HTML} {
			if said := run(t, tidy, "-qe", "-utf8", write(t, "page.html", []byte(page))); said != "" {
				t.Errorf("%s: %s", name, said)
			}
		}
	}
}

func printer(t *testing.T) *Printer {
	p := FindPrinter()
	if named := os.Getenv("STOCKTAKE_TEST_CHROMIUM"); named != "" {
		p.Path = named
	}
	if p.Path == "" {
		p.Path = tool(t, "chromium")
	}
	return p
}

// TestPDF makes PDF files and reads them with other people's programs.
func TestPDF(t *testing.T) {
	qpdf, text, info, fonts := tool(t, "qpdf"), tool(t, "pdftotext"), tool(t, "pdfinfo"), tool(t, "pdffonts")
	p := printer(t)
	for _, name := range []string{"en-es", "ar", "zh", "beside"} {
		s, o := samples()[name], Options{Apart: true}
		if name == "beside" {
			s, o = two(), Options{}
		}
		f := form(t, s, o)
		b, err := p.PDF(t.Context(), f)
		if err != nil {
			t.Fatalf("%v: %v", err, err.(*stocktake.Fault).Err)
		}
		file := write(t, "statement.pdf", b)
		run(t, qpdf, "--check", file)
		about := run(t, info, file)
		for _, want := range []string{`Tagged:\s+yes`, `Title:\s+` + regexp.QuoteMeta(f.title), `Page size:.*A4`} {
			if !regexp.MustCompile(want).MatchString(about) {
				t.Errorf("%s: no %s in\n%s", name, want, about)
			}
		}
		for i, l := range strings.Split(strings.TrimSpace(run(t, fonts, file)), "\n") {
			if i > 1 && !regexp.MustCompile(`\s(yes)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+$`).MatchString(l) {
				t.Errorf("%s: a font is not embedded: %s", name, l)
			}
		}
		got := regexp.MustCompile(`(?m)^\P{L}*\d+ ?/ ?\d+\P{L}*$`).ReplaceAllString(run(t, text, file, "-"), "") // numbers of pages
		want := visible(reading(f, true, marks{"", "", "%d."}))
		if name != "ar" && name != "beside" {
			got = strings.ReplaceAll(strings.ReplaceAll(visible(got), "•", ""), "◦", "")
			same(t, name+" as PDF", got, strings.ReplaceAll(want, "•", ""))
			continue
		}
		// Where directions mix, pdftotext has the marks between the words in another order: compare words, those in Arabic letters in order.
		// Beside each other it reads across: compare words.
		want = ""
		for _, l := range strings.Split(f.Text(0), "\n") {
			want += strings.TrimPrefix(l, "- ") + "\n"
		}
		gotArabic, gotOther := words2(got)
		wantArabic, wantOther := words2(want)
		if !slices.Equal(gotArabic, wantArabic) || !slices.Equal(gotOther, wantOther) {
			t.Errorf("%s as PDF has %q and %q, not %q and %q", name, gotArabic, gotOther, wantArabic, wantOther)
		}
	}
}

// words2 returns the words of a text in Arabic letters, in order, and all others, sorted.
func words2(s string) (arabic, other []string) {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Arabic, r) }) {
			arabic = append(arabic, w)
		} else {
			other = append(other, w)
		}
	}
	slices.Sort(other)
	return arabic, other
}

// TestPDFBounds looks at what a reader is told where no PDF comes, and that nothing is left running or lying about.
func TestPDFBounds(t *testing.T) {
	f := form(t, two(), Options{})
	script := func(body string) string {
		path := write(t, "chromium", []byte("#!/bin/sh\n"+body+"\n"))
		if err := os.Chmod(path, 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	pidFile := filepath.Join(t.TempDir(), "pid")
	for _, c := range []struct {
		name string
		p    *Printer
		kind stocktake.FaultKind
		what string
	}{
		{"no browser", &Printer{Time: time.Second, Input: 1 << 20, Output: 1 << 20}, stocktake.NotFound, "there is no Chromium"},
		{"too large", &Printer{Path: "/bin/true", Time: time.Second, Input: 10, Output: 1 << 20}, stocktake.Invalid, "bytes"},
		{"no program", &Printer{Path: filepath.Join(tmp, "none"), Time: time.Second, Input: 1 << 20, Output: 1 << 20}, stocktake.NotFound, "could not be made"},
		{"makes nothing", &Printer{Path: "/bin/true", Time: time.Second, Input: 1 << 20, Output: 1 << 20}, stocktake.NotFound, "could not be made"},
		{"hangs with a child", &Printer{Path: script("sleep 60 & echo $! >" + pidFile + "; wait"), Time: 1500 * time.Millisecond, Input: 1 << 20, Output: 1 << 20}, stocktake.Busy, "too long"},
		{"writes too much", &Printer{Path: script(`for a; do case $a in --print-to-pdf=*) { printf %%PDF-1.7; head -c 2000000 /dev/zero; } >"${a#*=}";; esac; done`), Time: 5 * time.Second, Input: 1 << 20, Output: 1 << 20}, stocktake.NotFound, "could not be made"},
	} {
		_, err := c.p.PDF(t.Context(), f)
		if stocktake.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.what) || !strings.Contains(err.Error(), "Save as PDF") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("left lying: %v", left)
	}
	pid, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		b, err := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/stat")
		if err != nil || strings.Contains(string(b), ") Z ") {
			break
		}
		if i > 100 {
			t.Fatalf("process %s is still there", pid)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestPDFMemory(t *testing.T) {
	p := printer(t)
	p.Memory = 5 << 20
	_, err := p.PDF(t.Context(), form(t, two(), Options{}))
	if stocktake.KindOf(err) != stocktake.Busy || !strings.Contains(err.Error(), "memory") {
		t.Errorf("a limit of 5 MB: %v", err)
	}
}
