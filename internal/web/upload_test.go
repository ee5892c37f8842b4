package web

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"stocktake/internal/ingest"
)

// sent is a form with fields, and with a file where name is not empty.
func sent(t testing.TB, name, content string, fields ...string) (body *bytes.Buffer, kind string) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if name != "" {
		f, err := w.CreateFormFile("file", name)
		if err == nil {
			_, err = f.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return body, w.FormDataContentType()
}

const uploadedPage = `<!doctype html><html><body><nav><a href="/">Elsewhere</a></nav><article><h1>A title for a page of a test</h1>
<p>Geneva, 2 February 2019. We, the undersigned organisations, regret the decision of the government, which was taken without hearing those whom it is about.</p>
<p>We call on Brazil to return to the Global Compact for Migration.</p><ul><li>Example One</li><li>Example Two</li></ul></article></body></html>`

// TestUpload sends a file instead of a text.
func TestUpload(t *testing.T) {
	l := own(t)
	head := l.Record().Head()
	h := handlerOf(t, l, Options{Loopback: true})
	post := func(address, name, content string, fields ...string) (int, string) {
		body, kind := sent(t, name, content, fields...)
		w := ask(h, "POST", address, body, "Content-Type", kind, "Origin", "http://127.0.0.1:8080")
		if c := w.Header().Get("Cache-Control"); c != "no-store" {
			t.Errorf("%s with %s may be kept: %q", address, name, c)
		}
		return w.Code, w.Body.String()
	}
	code, page := post("/paste", "page <b>.html", uploadedPage)
	if code != http.StatusOK {
		t.Fatalf("%d: %s", code, page)
	}
	for _, want := range []string{"Read from a file", "page &lt;b&gt;.html", "A title for a page of a test", "Example Two", "Left out of the page", "Global Compact for Migration"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	code, answer := post("/paste.json", "latin.txt", "A title\n\nSome caf\xe9 words of a statement, \x93quoted\x94.\n")
	var d ingest.Draft
	if err := json.Unmarshal([]byte(answer), &d); err != nil || code != http.StatusOK {
		t.Fatalf("%d, %v: %s", code, err, answer)
	}
	if !strings.Contains(d.Text, "café words of a statement, “quoted”") || d.Flags[len(d.Flags)-1].Code != "file" || !strings.Contains(d.Flags[len(d.Flags)-1].Message, "Windows-1252") {
		t.Errorf("%q, %v", d.Text, d.Flags)
	}
	for _, c := range []struct {
		name, content string
		fields        []string
		code          int
		want          string
	}{
		{"picture.png", "\x89PNG\r\n\x1a\n", nil, 400, "The file picture.png is a picture"},
		{"a.txt", strings.Repeat("word ", mostPasted), nil, 400, "The file a.txt has a text longer than 200 kB"},
		{"a.html", "<html>" + strings.Repeat("x", mostUploaded), nil, 400, "The file a.html is larger than 10 MiB"},
		{"a.html", "<html>" + strings.Repeat("x", mostUploaded+mostSent), nil, 400, "larger than 10 MiB"},
		{"a.txt", "words", []string{"text", "other words"}, 400, "both a text and a file"},
		{"", "", []string{"text", ""}, 400, "There is no text"},
		{"", "", []string{"text", strings.Repeat("x", mostPasted+1)}, 413, "longer than this page takes"},
	} {
		if code, page := post("/paste", c.name, c.content, c.fields...); code != c.code || !strings.Contains(page, c.want) {
			t.Errorf("%s: %d, want %d and %q: %s", c.name, code, c.code, c.want, plainText(page))
		}
	}
	if code, page := post("/paste", "", "", "text", "A title\n\nWe call on Brazil to act."); code != http.StatusOK || !strings.Contains(page, "We call on Brazil") {
		t.Errorf("a text in a form with parts: %d", code)
	}
	if l.Record().Head() != head {
		t.Error("something was filed")
	}
}
