package paper_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"stocktake"
	"stocktake/internal/taking"
	"stocktake/internal/taking/paper"
)

// made is a stocktake in which each kind of thing stands, with words that a careless writer would let run. Nothing in it ever happened.
func made(t testing.TB) (*taking.Report, paper.Words) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "small-2026.v1.json"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := taking.ReadReport(b)
	if err != nil {
		t.Fatal(err)
	}
	day, err := stocktake.ParseDate("2024-03-01")
	if err != nil {
		t.Fatal(err)
	}
	five, zero := 12345.5, 0.0
	src := r.Sources[0].ID
	c := &r.Cells[0]
	c.Measures = append(c.Measures, taking.Measure{ID: "m1", Kind: "law", Title: `=SUM(A1) <script>alert(1)</script> & [1]`, Organ: "Parliament", Date: day, Force: "in force", New: true, Source: src})
	c.Recommended = append(c.Recommended, taking.Recommendation{ID: "upr/BRA/3/1", Cycle: 3, From: []stocktake.PartyID{"MEX"}, Response: "noted", Date: day, Source: src})
	c.Figures = append(c.Figures, taking.Figure{Series: "tests/people", Title: "People in a made table", Unit: "persons", Side: "party", Points: []taking.Point{{Period: "2021", Value: &zero, Table: "made"}, {Period: "2022", Table: "made"}, {Period: "2023", Value: &five, Rounded: 5, Table: "made"}}})
	c.Assessed[0].Replies = []string{"reply-1"}
	c.Assessed[0].Dissent = []stocktake.Dissent{{By: "A member of the coalition", Step: "none", Reason: "One act shows nothing."}}
	r.Counts.Measures = 1
	r.Calls = append(r.Calls, taking.Call{ID: "st/call-1", Statement: "st", Title: "A made statement", Party: "BRA", Status: stocktake.CallOpen, Made: &day})
	r.Counts.OpenCalls = 1
	r.Again = append(r.Again, taking.Again{Party: "BRA", Asks: "ratification icrmw", Cycles: []int{2, 3}, IDs: []string{"upr/BRA/2/9", "upr/BRA/3/1"}, Became: "open"})
	return r, paper.Words{Reason: func(*taking.Assessment) string { return "مراجعة: one act alone." }, Recommendation: func(string) string { return "Ratify the convention" }, Call: func(string) string { return "Come back to the talks" },
		Reply: func(stocktake.AssessmentID, string) string { return "We do not agree." }, Release: "0-test"}
}

func files(t testing.TB) map[string][]byte {
	t.Helper()
	r, w := made(t)
	list, err := paper.Make(r, w)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range append(list, paper.SumsOf(list)) {
		if out[f.Name] != nil {
			t.Errorf("%s is there twice", f.Name)
		}
		out[f.Name] = f.Bytes
	}
	return out
}

// said are words that page and document must both hold.
var said = []string{"Detention and work in four states", "endorsed", "withdrawn", "=SUM(A1) <script>alert(1)</script> &", "Ratify the convention", "noted", "12,345.5 persons", "begun", "A coalition for tests, editors", "none declared",
	"مراجعة: one act alone.", "One act shows nothing.", "We do not agree.", "Come back to the talks", "Read the gaps first.", "The secretariat of the coalition for tests", "nobody has assessed this", "Report on Brazil coming back", "Evidence 1: act bra-returns-gcm-2023", "Nothing in force runs against it", "cycles 2, 3"}

// TestPageAndDocumentSayTheSame holds both to the words, escaped, with nothing that runs or is fetched.
func TestPageAndDocumentSayTheSame(t *testing.T) {
	f := files(t)
	page := string(f[paper.Page])
	node, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			if n.Data == "script" || n.Data == "link" || n.Data == "img" || n.Data == "iframe" {
				t.Errorf("<%s> in the page", n.Data)
			}
			if n.Data == "style" {
				return
			}
		}
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(node)
	z, err := zip.NewReader(bytes.NewReader(f[paper.Document]), int64(len(f[paper.Document])))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	var doc bytes.Buffer
	if _, err := doc.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	plain, err := html.Parse(strings.NewReader(doc.String()))
	if err != nil {
		t.Fatal(err)
	}
	paged := text.String()
	text.Reset()
	walk(plain)
	for _, s := range said {
		if !strings.Contains(paged, s) {
			t.Errorf("the page does not say %q", s)
		}
		if !strings.Contains(text.String(), s) {
			t.Errorf("the document does not say %q", s)
		}
	}
	for _, id := range []string{`href="#s1"`, `id="s1"`, `id="p-BRA"`} {
		if !strings.Contains(page, id) {
			t.Errorf("no %s", id)
		}
	}
}

// TestFormulasGiveWhatWasCounted computes the workbook and compares it with the stocktake's own counts.
func TestFormulasGiveWhatWasCounted(t *testing.T) {
	r, _ := made(t)
	f, err := excelize.OpenReader(bytes.NewReader(files(t)[paper.Workbook]))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := map[string]int{"Parties": 4, "Pairs of party and provision": 8, "Pairs with an assessment": 1, "of them: no evidence available": 0, "Mentions of measures": 1, "Open calls": 1, "New acts": r.Counts.NewActs, "Standings that moved": 1}
	rows, err := f.GetRows("about")
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if len(rows[i]) == 0 {
			continue
		}
		n, ok := want[rows[i][0]]
		if !ok {
			continue
		}
		delete(want, rows[i][0])
		cell := "B" + strconv.Itoa(i+1)
		if s, _ := f.GetCellFormula("about", cell); s == "" {
			t.Errorf("%s is no formula", rows[i][0])
		}
		if got, err := f.CalcCellValue("about", cell); err != nil || got != strconv.Itoa(n) {
			t.Errorf("%s: %s (%v), want %d", rows[i][0], got, err, n)
		}
	}
	if len(want) > 0 {
		t.Errorf("not there: %v", want)
	}
	for i, n := range r.Newest {
		if n.Days == nil {
			continue
		}
		if got, err := f.CalcCellValue("newest", "D"+strconv.Itoa(i+2)); err != nil || got != strconv.Itoa(*n.Days) {
			t.Errorf("days of %s: %s (%v), want %d", n.Party, got, err, *n.Days)
		}
	}
	if s, err := f.GetCellValue("measures", "E2"); err != nil || s != `=SUM(A1) <script>alert(1)</script> & [1]` {
		t.Errorf("a title became %q (%v)", s, err)
	}
	if s, _ := f.GetCellFormula("measures", "E2"); s != "" {
		t.Errorf("a title became the formula %q", s)
	}
}

// TestTablesAndTheirDescription holds every table to its schema: fields, hash, rows, key.
func TestTablesAndTheirDescription(t *testing.T) {
	f := files(t)
	var p struct {
		Resources []struct {
			Name, Path, Hash string
			Bytes            int
			Schema           struct {
				Fields     []struct{ Name, Type string }
				PrimaryKey []string
			}
		}
	}
	if err := json.Unmarshal(f[paper.Package], &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Resources) != 10 {
		t.Errorf("%d tables", len(p.Resources))
	}
	for _, x := range p.Resources {
		b := f[x.Path]
		if len(b) != x.Bytes {
			t.Errorf("%s: %d bytes, not %d", x.Path, len(b), x.Bytes)
		}
		rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		keys := map[string]bool{}
		for i, row := range rows {
			key := ""
			for j, field := range x.Schema.Fields {
				if i == 0 {
					if row[j] != field.Name {
						t.Errorf("%s: column %d is %s, not %s", x.Path, j, row[j], field.Name)
					}
					continue
				}
				var err error
				switch {
				case row[j] == "":
				case field.Type == "integer":
					_, err = strconv.Atoi(row[j])
				case field.Type == "number":
					_, err = strconv.ParseFloat(row[j], 64)
				case field.Type == "boolean":
					_, err = strconv.ParseBool(row[j])
				}
				if err != nil {
					t.Errorf("%s, row %d, %s: %v", x.Path, i, field.Name, err)
				}
				for _, k := range x.Schema.PrimaryKey {
					if k == field.Name {
						key += row[j] + "\x00"
					}
				}
			}
			if i > 0 && len(x.Schema.PrimaryKey) > 0 {
				if keys[key] {
					t.Errorf("%s: %q is there twice", x.Path, key)
				}
				keys[key] = true
			}
		}
	}
	if s := string(f["measures.csv"]); !strings.Contains(s, "'=SUM(A1)") {
		t.Errorf("a formula got out: %s", s)
	}
	var linked map[string]any
	if err := json.Unmarshal(f[paper.Linked], &linked); err != nil || linked["@type"] == nil {
		t.Errorf("JSON-LD: %v", err)
	}
}

// TestFilesAreMadeAlike makes them twice: only then can a hash stand for them. The workbook's own bytes may differ, its cells may not.
func TestFilesAreMadeAlike(t *testing.T) {
	a, b := files(t), files(t)
	for name := range a {
		if name != paper.Workbook && name != paper.Sums && name != paper.Linked && !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

// TestWordProcessorOpensTheDocument has LibreOffice read it.
func TestWordProcessorOpensTheDocument(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no soffice: ./test installs it")
		}
		t.Skip("no soffice here: run ./test")
	}
	dir := t.TempDir()
	in := filepath.Join(dir, paper.Document)
	if err := os.WriteFile(in, files(t)[paper.Document], 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), office, "--headless", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--convert-to", "txt:Text", "--outdir", dir, in)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "stocktake.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range said {
		if !strings.Contains(string(text), s) {
			t.Errorf("LibreOffice reads no %q", s)
		}
	}
}
