package intake

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"stocktake"
)

// simplePDF makes a PDF of pages, each with one line of text. objects replaces an object by its number, as "3 0 obj".
func simplePDF(pages int, text func(page int) string, replace map[int]string) string {
	var objects []string
	kids := make([]string, pages)
	for i := range kids {
		kids[i] = fmt.Sprintf("%d 0 R", 4+2*i)
	}
	objects = append(objects, "<< /Type /Catalog /Pages 2 0 R >>", fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), pages), "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	for i := range pages {
		s := "BT /F1 12 Tf 72 400 Td (" + text(i+1) + ") Tj ET"
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>", 5+2*i),
			fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(s), s))
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		if r, ok := replace[i+1]; ok {
			o = r
		}
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return b.String()
}

// TestHostile reads files that were made to hang or to fill the memory. None may take longer than its time, nor may any go without an
// error that says what to do, unless its text can be read all the same.
func TestHostile(t *testing.T) {
	short := Limits{Time: 15 * time.Second, Memory: 400 << 20, Out: 4 << 20}
	body := func(s string) string { return docx(t, s) }
	huge := wordHead + `<w:document` + wordNS + `><w:body>` + strings.Repeat(para(words1(strings.Repeat("word ", 2000))), 12_000)
	nestedMail := "MIME-Version: 1.0\nFrom: a@example.org\nSubject: x\n"
	for i := range 10_000 {
		nestedMail += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	manyParts := "MIME-Version: 1.0\nFrom: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: text/plain\n\nwords\n", 10_000)
	rewrapped := "words"
	for range 30 {
		rewrapped = "MIME-Version: 1.0\nFrom: a@example.org\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(rewrapped))
		if len(rewrapped) > 1<<20 {
			break
		}
	}
	lol := wordHead + `<!DOCTYPE w:document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><w:document` + wordNS + `><w:body>` + para(words1("&c;")) + `</w:body></w:document>`
	for _, c := range []struct {
		name, content string
		want          string // of the error; "" where there may be none
	}{
		{"bomb.docx", docx(t, "", "word/styles.xml", huge), "unpacks to more than 96 MiB (its part word/styles.xml)"},
		{"entities.docx", zipped(t, "_rels/.rels", wordRels, "word/document.xml", lol), "damaged in its part word/document.xml"},
		{"deep.docx", body(strings.Repeat("<w:sdt>", 100_000) + strings.Repeat("</w:sdt>", 100_000)), "nested more than 200 deep"},
		{"tables.docx", body(strings.Repeat("<w:tbl><w:tr><w:tc>", 50) + para(words1("in")) + strings.Repeat("</w:tc></w:tr></w:tbl>", 50)), ""},
		{"long.docx", body(strings.Repeat(para(words1(strings.Repeat("word ", 200))), 8_000)), "text longer than 4 MiB"},
		{"brackets.html", "<html><body>" + strings.Repeat("<", 20<<20), ""},
		{"brackets.md", strings.Repeat("[", 20<<20), ""},
		{"slow-brackets.md", strings.Repeat("[a](", 1<<20), "could not be read in 2s"},
		{"slow-quotes.md", strings.Repeat(">", 1<<20) + "a", "could not be read in 2s"},
		{"emphasis.md", strings.Repeat("*a **a ", 1<<18), ""},
		{"brackets.txt", strings.Repeat("[", 3<<20), ""},
		{"deep.html", "<html><body>" + strings.Repeat("<div>", 200_000) + "words", ""},
		{"tables.html", "<html><body>" + strings.Repeat("<table><tr><td>", 300_000) + "words", ""},
		{"format.html", "<html><body>" + strings.Repeat("<b><i><p>", 20_000) + "words", ""},
		{"attributes.html", "<html><body><p " + strings.Repeat("a", 10<<20) + ">words</p>", ""},
		{"many.html", "<html><body>" + strings.Repeat("<p>x<i>y</i></p>", 1_500_000), ""},
		{"nested.eml", nestedMail, "nested more than 20 deep"},
		{"parts.eml", manyParts, "more than 500 parts"},
		{"wrapped.eml", rewrapped, "nested more than 20 deep"},
		{"header.eml", "From: a@example.org\nSubject: x\nMIME-Version: 1.0\nX: " + strings.Repeat("a", 20<<20) + "\n\nwords", ""},
		{"lines.eml", "From: a@example.org\nSubject: x\nMIME-Version: 1.0\n\n" + strings.Repeat("on and on wrote\n", 300_000), ""},
		{"loop.pdf", simplePDF(2, func(int) string { return "words" }, map[int]string{2: "<< /Type /Pages /Kids [2 0 R 2 0 R 4 0 R] /Count 99999999 >>"}), ""},
		{"loop2.pdf", simplePDF(1, func(int) string { return "words" }, map[int]string{4: "4 0 R", 5: "5 0 R"}), ""},
		{"form.pdf", simplePDF(1, func(int) string { return "words" }, map[int]string{4: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
			5: "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> /Length 5 >>\nstream\n/X Do\nendstream"}), ""},
		{"cut.pdf", simplePDF(3, func(int) string { return "words" }, nil)[:60], "no PDF that can be read"},
		{"empty.pdf", simplePDF(1, func(int) string { return "" }, nil), "holds no text"},
		{"locked.pdf", strings.Replace(simplePDF(1, func(int) string { return "words" }, nil), "/Root 1 0 R", "/Root 1 0 R /ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O <"+strings.Repeat("41", 32)+"> /U <"+strings.Repeat("42", 32)+"> /P -4 >>", 1), "protected by a password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if pdftotext() == "" && strings.HasSuffix(c.name, ".pdf") {
				t.Skip("there is no pdftotext here; install poppler-utils")
			}
			lim := short
			if strings.HasPrefix(c.name, "slow") {
				lim.Time = 2 * time.Second
			}
			began := time.Now()
			got, err := Read(context.Background(), c.name, "", strings.NewReader(c.content), lim)
			if took := time.Since(began); took > lim.Time+4*time.Second {
				t.Errorf("took %v", took)
			}
			t.Logf("%.1f s, %d bytes, %v, %v", time.Since(began).Seconds(), len(got.Text), got.Flags, err)
			if err == nil {
				if c.want != "" {
					t.Fatalf("was read: %.100q", got.Text)
				}
				return
			}
			var f *stocktake.Fault
			if !errors.As(err, &f) || f.Kind != stocktake.Invalid || f.Hint == "" || !strings.HasPrefix(f.What, c.name) {
				t.Fatalf("%#v is no error that a person can act on", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// TestLongPDF reads 200 pages within the time of one file.
func TestLongPDF(t *testing.T) {
	if pdftotext() == "" {
		t.Skip("there is no pdftotext here; install poppler-utils")
	}
	got := read(t, "a.pdf", simplePDF(200, func(n int) string { return fmt.Sprintf("Words of page %d that stand there.", n) }, nil))
	if n := strings.Count(got.Text, "that stand there."); n != 200 || !strings.Contains(got.Text, "page 200 ") {
		t.Errorf("%d pages were read", n)
	}
}

// TestMemory reads a file that needs more memory than it gets.
func TestMemory(t *testing.T) {
	_, err := Read(context.Background(), "a.html", "", strings.NewReader("<html><body>"+strings.Repeat("<p>x<i>y</i></p>", 2_000_000)), Limits{Memory: 150 << 20, Time: time.Minute})
	if err == nil || !strings.Contains(err.Error(), "a.html takes more than 150 MiB of memory to read") {
		t.Error(err)
	}
}

// TestLimits are those of bytes in and out, of time, and of whoever asked being gone.
func TestLimits(t *testing.T) {
	ctx := context.Background()
	for _, name := range []string{"a.txt", "a.html", "a.eml"} {
		content := "From: a@example.org\nSubject: x\nMIME-Version: 1.0\n\n" + strings.Repeat("words ", 1<<20)
		_, err := Read(ctx, name, "", strings.NewReader(content), Limits{In: 1 << 20})
		if err == nil || !strings.Contains(err.Error(), name+" is larger than 1 MiB") {
			t.Error(err)
		}
		_, err = Read(ctx, name, "", strings.NewReader(content), Limits{Out: 1 << 20})
		if err == nil || !strings.Contains(err.Error(), name+" has a text longer than 1 MiB") {
			t.Error(err)
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Read(gone, "a.html", "", strings.NewReader("<html><p>words"), Limits{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestChildHasNoSecrets: what reads foreign files does not see our environment.
func TestChildHasNoSecrets(t *testing.T) {
	t.Setenv("STOCKTAKE_DATABASE", "postgres://secret@127.0.0.1/x")
	for _, kv := range environment() {
		if strings.Contains(kv, "secret") {
			t.Error(kv)
		}
	}
	if os.Getenv("STOCKTAKE_DATABASE") == "" {
		t.Error("the test tests nothing")
	}
}
