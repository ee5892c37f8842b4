package forms

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
	"github.com/xuri/excelize/v2"
	"github.com/yuin/goldmark"
	"golang.org/x/net/html"
)

// marks are how a form sets list entries apart in its letters.
type marks struct{ item, bullet, number string }

var (
	noMarks   = marks{}
	textMarks = marks{"- ", "- ", "%d. "}
)

// reading is everything that a reader of a form meets, in order, without white space.
func reading(f *Form, beside bool, m marks) string {
	var b strings.Builder
	parts := func(list []part) {
		for _, p := range list {
			if p.kind == partName || p.kind == partItem {
				b.WriteString(m.item)
			}
			b.WriteString(p.String())
		}
	}
	blocks := func(list []block) {
		for _, x := range list {
			switch {
			case x.kind == bullet:
				b.WriteString(m.bullet)
			case x.kind == number && m.number != "":
				fmt.Fprintf(&b, m.number, x.n)
			}
			b.WriteString(x.text)
		}
	}
	parts(f.head)
	if beside && f.beside {
		for _, t := range f.texts {
			b.WriteString(languageName(t.Lang))
		}
		for _, t := range f.texts {
			parts(t.parts)
		}
		for i := range f.texts[0].blocks {
			for _, t := range f.texts {
				blocks(t.blocks[i : i+1])
			}
		}
	} else {
		for _, t := range f.texts {
			if len(f.texts) > 1 {
				b.WriteString(languageName(t.Lang))
			}
			parts(t.parts)
			blocks(t.blocks)
		}
	}
	parts(f.tail)
	return squeeze(b.String())
}

// squeeze drops white space and marks of direction.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// textOf is the text of an HTML document, without its head.
func textOf(t tb, page string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && (n.Data == "head" || n.Data == "script" || n.Data == "style") {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	return b.String()
}

// docxText checks every part of a document and returns the text of its body.
func docxText(t tb, b []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, file := range z.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(r)
		in := false
		for {
			tok, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", file.Name, err)
			}
			if file.Name != "word/document.xml" {
				continue
			}
			switch x := tok.(type) {
			case xml.StartElement:
				in = x.Name.Local == "t"
				if x.Name.Local == "p" || x.Name.Local == "br" {
					out.WriteByte('\n')
				}
			case xml.EndElement:
				in = false
			case xml.CharData:
				if in {
					out.Write(x)
				}
			}
		}
		r.Close()
	}
	return out.String()
}

func markdownText(t tb, s string) string {
	t.Helper()
	var b bytes.Buffer
	if err := goldmark.Convert([]byte(s), &b); err != nil {
		t.Fatal(err)
	}
	return textOf(t, b.String())
}

func same(t tb, form, got, want string) {
	t.Helper()
	if got = squeeze(got); got != want {
		i := 0
		for i < len(got) && i < len(want) && got[i] == want[i] {
			i++
		}
		i = max(0, i-40)
		t.Fatalf("%s differs near:\n got %q\nwant %q", form, got[i:min(len(got), i+120)], want[i:min(len(want), i+120)])
	}
}

// checkSame reads every form back and compares it with the statement.
func checkSame(t tb, s Statement, o Options) {
	t.Helper()
	f := form(t, s, o)
	same(t, "text", f.Text(0), reading(f, false, textMarks))
	same(t, "text in 70 columns", f.Text(70), reading(f, false, textMarks))
	same(t, "Markdown", markdownText(t, f.Markdown()), reading(f, false, noMarks))
	page := f.PrintHTML()
	checkHTML(t, page)
	same(t, "HTML", textOf(t, f.HTML()), reading(f, true, noMarks))
	same(t, "HTML for print", textOf(t, page), reading(f, true, noMarks))
	docx, err := f.DOCX()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "DOCX", docxText(t, docx), reading(f, true, noMarks))
	mail, err := f.Mail(Mailing{Unsubscribe: "https://record.example.org/u/1", UnsubscribeMail: "stop@record.example.org", ListID: "press.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	checkHTML(t, mail.HTML)
	foot := squeeze(fmt.Sprintf(f.w.why, mailer(f)))
	same(t, "e-mail as text", mail.Text, reading(f, false, textMarks)+foot+squeeze(f.w.stop+f.w.colon)+"https://record.example.org/u/1")
	same(t, "e-mail as HTML", textOf(t, mail.HTML), reading(f, true, noMarks)+foot+squeeze(f.w.stop))
	checkData(t, f)
	checkFeeds(t, f)
	checkTables(t, f)
}

func mailer(f *Form) string {
	if c := line(f.s.Coalition); c != "" {
		return c
	}
	return line(f.s.Site)
}

// checkData compares what ninjs and JSON-LD say with the statement.
func checkData(t tb, f *Form) {
	t.Helper()
	b, err := f.NinJS()
	if err != nil {
		t.Fatal(err)
	}
	checkNinjs(t, b)
	var n ninjs
	if err := json.Unmarshal(b, &n); err != nil {
		t.Fatal(err)
	}
	if n.Title != f.title || n.Headline != f.title || n.URI != f.s.Address {
		t.Fatalf("ninjs has title %q and uri %q", n.Title, n.URI)
	}
	for i, x := range f.texts {
		item := n
		if i > 0 {
			item = n.Associations[alphanumeric(x.Lang)]
		}
		if item.BodyText != plain(x.blocks) || item.Language != x.Lang || item.Title != line(x.Title) {
			t.Fatalf("ninjs in %s is %+v", x.Lang, item)
		}
		same(t, "ninjs as HTML", textOf(t, item.BodyXHTML), squeeze(textOfBlocks(x.blocks)))
		wellFormed(t, "ninjs as XHTML", "<div>"+item.BodyXHTML+"</div>")
	}
	var orgs, people, names []string
	for _, p := range n.Organisation {
		orgs = append(orgs, p.Name)
	}
	for _, p := range n.Person {
		people = append(people, p.Name)
	}
	var wantOrgs, wantPeople []string
	for _, x := range f.s.inOrder() {
		names = append(names, x.in(f.texts[0].Lang))
		if x.Tier == "individual in a personal capacity" {
			wantPeople = append(wantPeople, f.shown(x))
		} else {
			wantOrgs = append(wantOrgs, f.shown(x))
		}
	}
	if !slices.Equal(orgs, wantOrgs) || !slices.Equal(people, wantPeople) {
		t.Fatalf("ninjs names %q and %q, not %q and %q", orgs, people, wantOrgs, wantPeople)
	}
	checkJSONLD(t, f, names)
}

func textOfBlocks(list []block) string {
	var b strings.Builder
	for _, x := range list {
		b.WriteString(x.text)
	}
	return b.String()
}

func wellFormed(t tb, what, s string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	d.Entity = xml.HTMLEntity
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
}

func checkFeeds(t tb, f *Form) {
	t.Helper()
	feed := Feed{Title: "Statements & <more>", Lang: f.lang, Author: "Example Harbour Coalition", Home: "https://record.example.org/", Atom: "https://record.example.org/feed.atom", JSON: "https://record.example.org/feed.json", Entries: []Entry{f.Entry()}}
	at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for kind, write := range map[string]func(time.Time) ([]byte, error){"Atom": feed.AtomFeed, "JSON Feed": feed.JSONFeed} {
		b, err := write(at)
		if err != nil {
			t.Fatal(err)
		}
		got, err := gofeed.NewParser().Parse(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("%s: %v\n%s", kind, err, b)
		}
		if len(got.Items) != 1 {
			t.Fatalf("%s has %d entries", kind, len(got.Items))
		}
		item := got.Items[0]
		if item.GUID != f.s.Address || item.Link != f.s.Address || line(item.Title) != f.title || !item.UpdatedParsed.Equal(f.s.Published) {
			t.Fatalf("%s has %q, not %q, at %q, updated %v", kind, item.Title, f.title, item.GUID, item.UpdatedParsed)
		}
		same(t, kind, textOf(t, item.Content), reading(f, true, noMarks))
	}
}

func checkTables(t tb, f *Form) {
	t.Helper()
	want := f.table()
	b, err := f.NamesCSV()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var safe [][]string
	for _, row := range want {
		cells := slices.Clone(row)
		for i, c := range cells {
			cells[i] = harmless(c)
			if cells[i] != "" && strings.ContainsAny(cells[i][:1], "=+-@\t\r") {
				t.Fatalf("a spreadsheet takes %q for a formula", cells[i])
			}
		}
		safe = append(safe, cells)
	}
	if d := cmp.Diff(safe, rows); d != "" {
		t.Fatal("CSV (-want +got):\n", d)
	}
	if b, err = f.NamesXLSX(); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if rows, err = book.GetRows("Sheet1"); err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		for len(rows[i]) < len(want[i]) { // empty cells at the end of a row are not read
			rows[i] = append(rows[i], "")
		}
		for j := range rows[i] {
			if s, _ := book.GetCellFormula("Sheet1", string(rune('A'+j))+strconv.Itoa(i+1)); s != "" {
				t.Fatalf("%q is a formula", s)
			}
		}
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Fatal("XLSX (-want +got):\n", d)
	}
}

func TestSameInAllForms(t *testing.T) {
	for name, s := range samples() {
		t.Run(name, func(t *testing.T) {
			checkSame(t, s, Options{})
			checkSame(t, s, Options{Apart: true, NoContacts: true})
			for _, l := range s.Languages {
				checkSame(t, s, Options{Langs: []string{l.Lang}})
			}
		})
	}
	var sides []bool
	for _, name := range []string{"en-es", "unequal", "ar-en"} {
		sides = append(sides, form(t, samples()[name], Options{}).beside)
	}
	if !slices.Equal(sides, []bool{true, false, true}) {
		t.Errorf("beside each other: %v", sides)
	}
}

func TestSameBytes(t *testing.T) {
	for name, s := range samples() {
		a, b := form(t, s, Options{}), form(t, s, Options{})
		for what, do := range map[string]func(*Form) ([]byte, error){"DOCX": (*Form).DOCX, "ninjs": (*Form).NinJS, "JSON-LD": (*Form).JSONLD, "CSV": (*Form).NamesCSV} {
			x, err := do(a)
			y, err2 := do(b)
			if err != nil || err2 != nil || !bytes.Equal(x, y) {
				t.Errorf("%s of %s is not the same twice: %v %v", what, name, err, err2)
			}
		}
	}
}
