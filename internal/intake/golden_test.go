package intake

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what is read into the files of testdata")

// report is what a person sees of a text.
func report(t Text) string {
	var b strings.Builder
	b.WriteString("kind: " + string(t.Kind) + "\n")
	for _, x := range []struct{ name, value string }{{"lang", t.Lang}, {"title", t.Title}} {
		if x.value != "" {
			b.WriteString(x.name + ": " + x.value + "\n")
		}
	}
	for _, s := range t.Notes {
		b.WriteString("note: " + s + "\n")
	}
	for _, s := range t.Flags {
		b.WriteString("flag: " + s + "\n")
	}
	return b.String() + "\n" + t.Text
}

// TestFiles reads each file of testdata/*.txtar and compares with what stands behind it.
func TestFiles(t *testing.T) {
	list, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(list) == 0 {
		t.Fatal("there are no files in testdata: ", err)
	}
	for _, path := range list {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Files) == 1 {
				a.Files = append(a.Files, txtar.File{Name: "want"})
			}
			got := report(read(t, a.Files[0].Name, string(a.Files[0].Data)))
			compare2(t, path, a, got)
		})
	}
}

func compare2(t *testing.T, path string, a *txtar.Archive, got string) {
	t.Helper()
	last := len(a.Files) - 1
	if *update {
		a.Files[last].Data = []byte(got)
		if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(a.Files[last].Data), got); d != "" {
		t.Errorf("%s (run with -update to accept):\n%s", path, d)
	}
}

// TestPDFs reads PDFs that Chromium made of the pages in testdata/*.html.src, with pdftotext.
func TestPDFs(t *testing.T) {
	if pdftotext() == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no pdftotext; install poppler-utils")
		}
		t.Skip("there is no pdftotext here; install poppler-utils")
	}
	for _, name := range []string{"columns", "letter"} {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile("testdata/" + name + ".pdf")
			if err != nil {
				t.Fatal(err)
			}
			path := "testdata/" + name + ".pdf.want"
			a, err := txtar.ParseFile(path)
			if err != nil && !*update {
				t.Fatal(err)
			} else if err != nil {
				a = &txtar.Archive{Files: []txtar.File{{Name: "want"}}}
			}
			compare2(t, path, a, report(read(t, name+".pdf", string(b))))
		})
	}
}
