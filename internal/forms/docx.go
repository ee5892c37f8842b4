package forms

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// DOCX writes a document for word processors (ECMA-376, transitional): styles, real headings and lists, languages and directions marked,
// two languages in a table, properties filled in. Nothing in it runs, and nothing is fetched. The same value gives the same bytes.
func (f *Form) DOCX() ([]byte, error) {
	d := docxWriter{lang: f.lang}
	for _, p := range f.head {
		d.part(p, f.lang)
	}
	if f.beside {
		d.besides(f.texts)
	} else {
		for i, t := range f.texts {
			if len(f.texts) > 1 {
				d.paragraph("Small", t.Lang, "", languageName(t.Lang))
			}
			d.text(t, i == 0)
		}
	}
	for _, p := range f.tail {
		d.part(p, f.lang)
	}
	return d.zip(f.title, f.s.Coalition, f.texts[0].Lang, f.s.Published)
}

// docxWriter writes the paragraphs of a document and remembers which lists and addresses they use.
type docxWriter struct {
	strings.Builder
	lang  string
	links []string
	lists []int // for each numbered list, the number that it starts from
	last  counter
}

// A counter is the last numbered entry of a column; the zero counter is none.
type counter struct{ n, level, list int }

// next returns the list of a numbered entry: that of the entry before it where it goes on from it, else a new one that starts at its number.
func (d *docxWriter) next(c *counter, x block) int {
	if c.list == 0 || x.n != c.n+1 || x.level != c.level {
		d.lists = append(d.lists, x.n)
		c.list = 1 + len(d.lists)
	}
	c.n, c.level = x.n, x.level
	return c.list
}

func (d *docxWriter) raw(list ...string) {
	for _, s := range list {
		d.WriteString(s)
	}
}

// paragraph writes one paragraph. props stands among its properties.
func (d *docxWriter) paragraph(style, lang, props, s string) {
	d.open(style, lang, props)
	d.run(lang, "", s)
	d.raw("</w:p>\n")
}

func (d *docxWriter) open(style, lang, props string) {
	d.raw("<w:p><w:pPr>")
	if style != "" {
		d.raw(`<w:pStyle w:val="`, style, `"/>`)
	}
	d.raw(props)
	if dir(lang) == "rtl" {
		d.raw("<w:bidi/>")
	}
	d.raw("</w:pPr>")
}

// run writes letters. Line breaks in s are kept.
func (d *docxWriter) run(lang, props, s string) {
	rtl := dir(lang) == "rtl"
	for i, l := range strings.Split(s, "\n") {
		d.raw("<w:r><w:rPr>", props)
		switch {
		case rtl:
			d.raw(`<w:rtl/><w:lang w:bidi="`, xmlText(lang), `"/>`)
		case base(lang) == "zh" || base(lang) == "ja" || base(lang) == "ko":
			d.raw(`<w:lang w:eastAsia="`, xmlText(lang), `"/>`)
		default:
			d.raw(`<w:lang w:val="`, xmlText(lang), `"/>`)
		}
		d.raw("</w:rPr>")
		if i > 0 {
			d.raw("<w:br/>")
		}
		d.raw(`<w:t xml:space="preserve">`, xmlText(l), "</w:t></w:r>")
	}
}

func (d *docxWriter) link(lang, address string) {
	d.links = append(d.links, address)
	d.raw(`<w:hyperlink r:id="rIdLink`, strconv.Itoa(len(d.links)), `">`)
	d.run("en", `<w:rStyle w:val="Hyperlink"/>`, address)
	d.raw("</w:hyperlink>")
}

func (d *docxWriter) part(p part, lang string) {
	d.last = counter{}
	style, props := "Small", ""
	switch p.kind {
	case partTitle:
		style = "Title"
	case partSubtitle:
		style = "Subtitle"
	case partSection:
		style = "Heading1"
	case partName, partItem:
		style, props = "ListBullet", numbering(0, 1)
	case partQuote:
		style = "Quote"
	default:
		if p.class == "status" {
			style = "Status"
		}
	}
	d.open(style, lang, props)
	if s := p.label(); s != "" {
		d.run(lang, "", s)
	}
	if p.href != "" {
		d.link(lang, p.href)
	}
	d.raw("</w:p>\n")
}

// numbering makes a paragraph an entry of a list.
func numbering(level, list int) string {
	return fmt.Sprintf(`<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>`, level, list)
}

func (d *docxWriter) text(t text, first bool) {
	d.titles(t, first)
	for _, x := range t.blocks {
		d.block(x, t.Lang)
	}
}

func (d *docxWriter) titles(t text, first bool) {
	for _, p := range t.parts {
		if p.kind == partTitle && !first {
			d.paragraph("Heading1", t.Lang, "", p.text)
			continue
		}
		d.part(p, t.Lang)
	}
}

func (d *docxWriter) block(x block, lang string) {
	switch x.kind {
	case heading:
		d.paragraph("Heading"+strconv.Itoa(x.level), lang, "", x.text)
	case bullet:
		d.paragraph("ListBullet", lang, numbering(x.level, 1), x.text)
	case number:
		d.paragraph("ListNumber", lang, numbering(x.level, d.next(&d.last, x)), x.text)
		return
	default:
		d.paragraph("", lang, "", x.text)
	}
	d.last = counter{}
}

// besides writes two languages as a table: one row for their names, one for the titles, one for each paragraph.
func (d *docxWriter) besides(texts []text) {
	d.raw(`<w:tbl><w:tblPr><w:tblStyle w:val="Beside"/>`)
	if dir(texts[0].Lang) == "rtl" {
		d.raw("<w:bidiVisual/>")
	}
	d.raw(`<w:tblW w:w="5000" w:type="pct"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="4819"/><w:gridCol w:w="4819"/></w:tblGrid>` + "\n")
	row := func(props string, do func(t text)) {
		d.raw("<w:tr>", props)
		for _, t := range texts {
			d.raw(`<w:tc><w:tcPr><w:tcW w:w="4819" w:type="dxa"/></w:tcPr>`)
			do(t)
			d.raw("</w:tc>")
		}
		d.raw("</w:tr>\n")
	}
	row("<w:trPr><w:tblHeader/></w:trPr>", func(t text) { d.paragraph("Small", t.Lang, "", languageName(t.Lang)) })
	row("", func(t text) { d.titles(t, t.Lang == texts[0].Lang) })
	counters := make([]counter, len(texts)) // each column counts for itself
	for n := range texts[0].blocks {
		i := 0
		row("", func(t text) {
			d.last = counters[i]
			d.block(t.blocks[n], t.Lang)
			counters[i] = d.last
			i++
		})
	}
	d.last = counter{}
	d.raw("</w:tbl>\n")
}

const (
	docxXML = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	docxW   = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	docxR   = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	docxRel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// zip packs the document with all that belongs to it.
func (d *docxWriter) zip(title, author, lang string, when time.Time) ([]byte, error) {
	if when.IsZero() || when.Year() < 1980 {
		when = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	section := `<w:sectPr><w:footerReference w:type="default" r:id="rIdFooter"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1247" w:right="1134" w:bottom="1361" w:left="1134" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>`
	if dir(lang) == "rtl" {
		section = strings.Replace(section, "</w:sectPr>", "<w:bidi/></w:sectPr>", 1)
	}
	var rels strings.Builder
	for _, r := range [][2]string{{"styles", "styles.xml"}, {"numbering", "numbering.xml"}, {"settings", "settings.xml"}} {
		fmt.Fprintf(&rels, `<Relationship Id="rId%s" Type="%s" Target="%s"/>`, strings.ToUpper(r[0][:1])+r[0][1:], docxRel+r[0], r[1])
	}
	rels.WriteString(`<Relationship Id="rIdFooter" Type="` + docxRel + `footer" Target="footer1.xml"/>`)
	for i, l := range d.links {
		fmt.Fprintf(&rels, `<Relationship Id="rIdLink%d" Type="%shyperlink" Target="%s" TargetMode="External"/>`, i+1, docxRel, xmlText(l))
	}
	stamp := when.UTC().Format("2006-01-02T15:04:05Z")
	files := [][2]string{
		{"[Content_Types].xml", docxTypes},
		{"_rels/.rels", docxRoot},
		{"word/document.xml", `<w:document ` + docxW + " " + docxR + "><w:body>\n" + d.String() + section + "</w:body></w:document>"},
		{"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + rels.String() + `</Relationships>`},
		{"word/styles.xml", docxStyles(lang)},
		{"word/numbering.xml", docxNumbering(d.lists)},
		{"word/settings.xml", `<w:settings ` + docxW + `><w:defaultTabStop w:val="709"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`},
		{"word/footer1.xml", `<w:ftr ` + docxW + `><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>`},
		{"docProps/core.xml", `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` +
			xmlText(title) + `</dc:title><dc:creator>` + xmlText(line(author)) + `</dc:creator><dc:language>` + xmlText(lang) + `</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">` + stamp + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + stamp + `</dcterms:modified></cp:coreProperties>`},
		{"docProps/app.xml", `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Stocktake</Application></Properties>`},
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, file := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: file[0], Method: zip.Deflate, Modified: when.UTC()})
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", file[0], err)
		}
		if _, err := io.WriteString(w, docxXML+file[1]); err != nil {
			return nil, fmt.Errorf("pack %s: %w", file[0], err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack the document: %w", err)
	}
	return out.Bytes(), nil
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "\n", "&#10;")

// xmlText escapes cleaned text for XML, in elements and in attributes.
func xmlText(s string) string { return xmlEscapes.Replace(s) }
