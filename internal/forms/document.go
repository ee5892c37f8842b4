package forms

import (
	"strings"
	"time"
)

// A Document is a document for word processors that is written block by block, in one language, with the styles of DOCX. Nothing in it runs, and
// nothing is fetched. The same calls give the same bytes.
type Document struct{ w docxWriter }

// NewDocument returns an empty document in a language (BCP 47).
func NewDocument(lang string) *Document { return &Document{docxWriter{lang: lang}} }

// put writes a paragraph. Of s it keeps what XML and one paragraph may hold; line breaks stay.
func (d *Document) put(style, props, s string) {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = line(lines[i])
	}
	d.w.paragraph(style, d.w.lang, props, strings.Join(lines, "\n"))
}

// Title writes the document's title.
func (d *Document) Title(s string) { d.put("Title", "", s) }

// Heading writes a heading of level 1, 2 or 3.
func (d *Document) Heading(level int, s string) {
	d.put([]string{"Heading1", "Heading2", "Heading3"}[min(max(level, 1), 3)-1], "", s)
}

// Paragraph writes a paragraph; line breaks in it are kept.
func (d *Document) Paragraph(s string) { d.put("", "", s) }

// Small writes a paragraph in small print.
func (d *Document) Small(s string) { d.put("Small", "", s) }

// Framed writes a paragraph in a frame.
func (d *Document) Framed(s string) {
	side := `w:val="single" w:sz="6" w:space="4" w:color="auto"/>`
	d.put("", `<w:pBdr><w:top `+side+`<w:left `+side+`<w:bottom `+side+`<w:right `+side+`</w:pBdr>`, s)
}

// Bullet writes an entry of a list, with an address behind it where href is one.
func (d *Document) Bullet(s, href string) {
	d.w.open("ListBullet", d.w.lang, numbering(0, 1))
	d.w.run(d.w.lang, "", line(s))
	if href != "" {
		d.w.run(d.w.lang, "", " ")
		d.w.link(d.w.lang, line(href))
	}
	d.w.raw("</w:p>\n")
}

// NewPage begins a new page.
func (d *Document) NewPage() { d.w.raw(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>` + "\n") }

// Table writes a table, its headings first; they stand again on each page. Rows are as long as the first.
func (d *Document) Table(rows [][]string) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return
	}
	const edge = ` w:val="single" w:sz="4" w:space="0" w:color="777777"/>`
	d.w.raw(`<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders><w:top`, edge, `<w:left`, edge, `<w:bottom`, edge, `<w:right`, edge, `<w:insideH`, edge, `<w:insideV`, edge, `</w:tblBorders></w:tblPr><w:tblGrid>`)
	for range rows[0] {
		d.w.raw(`<w:gridCol/>`)
	}
	d.w.raw("</w:tblGrid>\n")
	for i, row := range rows {
		d.w.raw(`<w:tr><w:trPr><w:cantSplit/>`)
		if i == 0 {
			d.w.raw(`<w:tblHeader/>`)
		}
		d.w.raw(`</w:trPr>`)
		for _, c := range row {
			d.w.raw(`<w:tc><w:tcPr/>`)
			d.put("Small", "", c)
			d.w.raw(`</w:tc>`)
		}
		d.w.raw("</w:tr>\n")
	}
	d.w.raw("</w:tbl>\n")
	d.w.raw(`<w:p><w:pPr><w:pStyle w:val="Small"/></w:pPr></w:p>` + "\n") // tables that follow each other stay apart
}

// Bytes returns the file.
func (d *Document) Bytes(title, author string) ([]byte, error) {
	return d.w.zip(line(title), author, d.w.lang, time.Time{})
}
