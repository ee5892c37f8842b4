// Package paper makes the files of a stocktake: a page to print, documents for word processors and spreadsheets, tables, and descriptions
// for machines. All of them say what its canonical JSON says, in the same order; the words of others that it names are put in where they
// are still there.
package paper

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/taking"
)

// A File of a stocktake. Name is unique among them, without folders.
type File struct {
	Name  string
	Media string
	Bytes []byte
}

// Names of the files that are always there.
const (
	Canonical = "stocktake.json" // canonical bytes (RFC 8785): what is hashed and entered in the log
	Page      = "index.html"     // to read, and to print
	Document  = "stocktake.docx"
	Workbook  = "stocktake.xlsx"
	Linked    = "stocktake.jsonld"
	Package   = "datapackage.json" // Frictionless Data Package of the tables
	PDF       = "stocktake.pdf"    // only where a renderer is found
	Sums      = "SHA256SUMS"       // of all others
)

// Words are the words of others that a stocktake names and does not hold. Each answers "" where there are none, or where they were taken away.
type Words struct {
	Party          func(id stocktake.PartyID) string
	Reason         func(a *taking.Assessment) string // why the step was given, in the assessor's words
	Recommendation func(id string) string
	Call           func(id string) string
	Reply          func(assessment stocktake.AssessmentID, id string) string // of the party, to an assessment
	Release        string                                                    // which release of the program made the files
}

// Make returns the files of a stocktake but for the PDF and the sums, in the order in which they are listed. The same stocktake and words
// give the same bytes.
func Make(r *taking.Report, w Words) ([]File, error) {
	raw, err := taking.Canonical(r)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	m := newMaker(r, w, raw)
	files := []File{{Canonical, "application/json", raw}}
	add := func(name, media string, b []byte, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files = append(files, File{name, media, b})
		return nil
	}
	doc := m.document()
	if err := add(Page, "text/html", []byte(doc.html()), nil); err != nil {
		return nil, err
	}
	b, err := doc.docx()
	if err := add(Document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b, err); err != nil {
		return nil, err
	}
	tables := m.tables()
	b, err = m.workbook(tables)
	if err := add(Workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b, err); err != nil {
		return nil, err
	}
	for _, t := range tables {
		b, err := t.csv()
		if err := add(t.name+".csv", "text/csv", b, err); err != nil {
			return nil, err
		}
	}
	b, err = m.dataPackage(tables, files)
	if err := add(Package, "application/json", b, err); err != nil {
		return nil, err
	}
	b, err = m.linked(files)
	if err := add(Linked, "application/ld+json", b, err); err != nil {
		return nil, err
	}
	return files, nil
}

// SumsOf lists the SHA-256 of files, as sha256sum prints and checks them.
func SumsOf(files []File) File {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%s  %s\n", sum(f.Bytes), f.Name)
	}
	return File{Sums, "text/plain", []byte(b.String())}
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

type maker struct {
	r       *taking.Report
	w       Words
	sum     string // of the canonical bytes
	parties map[stocktake.PartyID]string
	numbers map[stocktake.SourceID]int // sources as they are numbered in print
	gaps    map[string]string
}

func newMaker(r *taking.Report, w Words, raw []byte) *maker {
	m := &maker{r: r, w: w, sum: sum(raw), parties: map[stocktake.PartyID]string{}, numbers: map[stocktake.SourceID]int{}, gaps: taking.GapWords()}
	for _, p := range r.Parties {
		m.parties[p.ID] = p.Name
	}
	for i, s := range r.Sources {
		m.numbers[s.ID] = i + 1
	}
	return m
}

// party returns the name of a party, or its id.
func (m *maker) party(id stocktake.PartyID) string {
	if n := m.parties[id]; n != "" {
		return n
	}
	if m.w.Party != nil {
		return cmp.Or(m.w.Party(id), string(id))
	}
	return string(id)
}

// cites returns the numbers of sources: "[3] [7]".
func (m *maker) cites(ids ...stocktake.SourceID) string {
	var list []int
	for _, id := range ids {
		if n := m.numbers[id]; n > 0 && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	var parts []string
	for _, n := range list {
		parts = append(parts, fmt.Sprintf("[%d]", n))
	}
	return strings.Join(parts, " ")
}

// citation is how to cite the stocktake.
func (m *maker) citation() string {
	r := m.r
	return fmt.Sprintf("%s, “%s” (%s), as of %s, as known on %s, from %d filings. SHA-256 %s.", strings.TrimSuffix(r.Scope.By, "."), r.Scope.Title, r.Scope.ID, r.On, r.Known, r.Head, m.sum)
}

// change says what became of an assessment since the last stocktake.
func change(c string) string {
	switch c {
	case taking.FirstAssessed:
		return "assessed for the first time"
	case taking.StepChanged:
		return "another step than last time"
	case taking.RubricChanged:
		return "by another rubric than last time; the steps are not compared"
	case taking.NotAgain:
		return "not assessed again since the last stocktake"
	}
	return ""
}

func spaced(s string) string { return strings.ReplaceAll(s, "-", " ") }

func join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), sep)
}
