package intake

import (
	"archive/zip"
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// zipped makes a zip file of names and contents, in turns.
func zipped(t testing.TB, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = w.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	wordHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	wordNS   = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"`
	wordRels = wordHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
)

// docx makes a document of the elements in its body, and further parts.
func docx(t testing.TB, body string, parts ...string) string {
	return zipped(t, append([]string{"_rels/.rels", wordRels, "word/document.xml", wordHead + `<w:document` + wordNS + `><w:body>` + body + `<w:sectPr/></w:body></w:document>`}, parts...)...)
}

func para(runs string) string { return "<w:p>" + runs + "</w:p>" }
func words1(s string) string  { return `<w:r><w:t xml:space="preserve">` + s + `</w:t></w:r>` }

const testStyles = wordHead + `<w:styles` + wordNS + `><w:docDefaults><w:pPrDefault><w:pPr><w:spacing w:after="160"/></w:pPr></w:pPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:styleId="Normal"/>
<w:style w:type="paragraph" w:styleId="NoSpacing"><w:pPr><w:spacing w:after="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="ListParagraph"><w:basedOn w:val="Normal"/><w:pPr><w:contextualSpacing/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Numbered"><w:basedOn w:val="ListParagraph"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:type="character" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Loop1"><w:basedOn w:val="Loop2"/></w:style><w:style w:type="paragraph" w:styleId="Loop2"><w:basedOn w:val="Loop1"/></w:style>
</w:styles>`

const testNumbering = wordHead + `<w:numbering` + wordNS + `><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val=""/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl><w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1.%3"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num></w:numbering>`

func TestDOCX(t *testing.T) {
	item := func(num, lvl, s string) string {
		return `<w:p><w:pPr><w:pStyle w:val="ListParagraph"/><w:numPr><w:ilvl w:val="` + lvl + `"/><w:numId w:val="` + num + `"/></w:numPr></w:pPr>` + words1(s) + `</w:p>`
	}
	styled := func(style, s string) string {
		return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>` + words1(s) + `</w:p>`
	}
	cell := func(paras ...string) string { return "<w:tc>" + strings.Join(paras, "") + "</w:tc>" }
	for _, c := range []struct{ name, body, want string }{
		{"paragraphs with and without space", para(words1("Joint ")+words1("statement")) + styled("NoSpacing", "Example One") + styled("NoSpacing", "Example Two") + para("") + para(words1("End.")),
			"Joint statement\n\nExample One\nExample Two\n\nEnd.\n"},
		{"tabs, breaks, hyphens, symbols", para(`<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t><w:softHyphen/><w:t>eration</w:t><w:cr/><w:sym w:font="Symbol" w:char="F0B7"/><w:t>c</w:t></w:r>`), "a\tb\nco-operation\n• c\n"},
		{"lists", item("1", "0", "bullet") + item("1", "0", "bullet two") + item("2", "0", "one") + item("2", "1", "a") + item("2", "1", "b") + item("2", "2", "deep") + item("2", "0", "two") + item("2", "1", "a again") + item("3", "0", "from five") + styled("Numbered", "three"),
			"- bullet\n- bullet two\n1. one\n  (a) a\n  (b) b\n    1.I deep\n2. two\n  (a) a again\n5. from five\n\n3. three\n"},
		{"tables", `<w:tbl><w:tr>` + cell(para(words1("Name"))) + cell(para(words1("Country"))) + `</w:tr><w:tr>` + cell(para(words1("Jane Example"))) + cell(para(words1("Kenya"))) + `</w:tr></w:tbl>` + para(words1("Below.")),
			"Name\tCountry\nJane Example\tKenya\n\nBelow.\n"},
		{"tables that lay out", `<w:tbl><w:tr>` + cell(para(words1("Example One")), para(words1("Example Two"))) + cell(para(words1("Example Three")), para(words1("Example Four"))) + `</w:tr></w:tbl>`,
			"Example One\nExample Two\n\nExample Three\nExample Four\n"},
		{"a table in a table", `<w:tbl><w:tr>` + cell(`<w:tbl><w:tr>`+cell(para(words1("in")))+`</w:tr></w:tbl>`, para("")) + cell(para(words1("out"))) + `</w:tr></w:tbl>`, "in\tout\n"},
		{"tracked changes", para(words1("We ")+`<w:del w:id="1"><w:r><w:delText>never </w:delText></w:r></w:del><w:ins w:id="2">`+words1("always ")+`</w:ins>`+words1("act.")) +
			`<w:p><w:pPr><w:rPr><w:del w:id="3"/></w:rPr></w:pPr>` + words1("Joined ") + `</w:p>` + para(words1("here.")) + `<w:moveFrom w:id="4"><w:p>` + words1("moved") + `</w:p></w:moveFrom>` +
			`<w:tbl><w:tr><w:trPr><w:del w:id="5"/></w:trPr>` + cell(para(words1("gone"))) + `</w:tr><w:tr>` + cell(para(words1("stays"))) + `</w:tr></w:tbl>`,
			"We always act.\n\nJoined here.\n\nstays\n"},
		{"hidden", para(words1("seen ") + `<w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r><w:r><w:rPr><w:rStyle w:val="Secret"/></w:rPr><w:t>secret</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>shown</w:t></w:r>`), "seen shown\n"},
		{"fields, links, boxes", para(`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "https://example.org" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`+words1("the Compact")+`<w:r><w:fldChar w:fldCharType="end"/></w:r><w:hyperlink>`+words1(" and more")+`</w:hyperlink>`) +
			para(`<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>`+para(words1("In a box"))+`</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>`+para(words1("In a box"))+`</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>`+words1("Beside it")),
			"the Compact and more\n\nIn a box\n\nBeside it\n"},
		{"notes", para(words1("No child") + `<w:r><w:footnoteReference w:id="2"/></w:r>` + words1(" is to be detained.")), "No child[1] is to be detained.\n\n[1] CMW/C/GC/4, para. 5.\n"},
		{"styles in a circle", styled("Loop1", "here"), "here\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, "a.docx", docx(t, c.body, "word/styles.xml", testStyles, "word/numbering.xml", testNumbering,
				"word/footnotes.xml", wordHead+`<w:footnotes`+wordNS+`><w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote><w:footnote w:id="2">`+para(`<w:r><w:footnoteRef/></w:r>`+words1(" CMW/C/GC/4, ")+words1("para. 5."))+`</w:footnote></w:footnotes>`,
				"word/header1.xml", wordHead+`<w:hdr`+wordNS+`>`+para(words1("Draft"))+`</w:hdr>`,
				"docProps/core.xml", wordHead+`<cp:coreProperties xmlns:cp="c" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Joint  statement</dc:title><dc:language>en-GB</dc:language></cp:coreProperties>`))
			if d := cmp.Diff(c.want, got.Text); d != "" {
				t.Error(d)
			}
			if got.Title != "Joint statement" || got.Lang != "en-GB" || len(got.Notes) == 0 {
				t.Errorf("title %q, language %q, notes %q", got.Title, got.Lang, got.Notes)
			}
			if c.name == "tracked changes" && len(got.Flags) != 1 {
				t.Errorf("tracked changes have no flag: %q", got.Flags)
			}
		})
	}
}

// TestOtherZips tells other kinds of zip file apart.
func TestOtherZips(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"a.odt", zipped(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "<x/>"), "a.odt is an OpenDocument file"},
		{"a.xlsx", zipped(t, "xl/workbook.xml", "<x/>"), "is a spreadsheet"},
		{"a.zip", zipped(t, "a.txt", "words"), "a zip file, but no DOCX document"},
		{"a.docx", docx(t, para(words1("words")))[:300], "damaged"},
		{"b.docx", zipped(t, "word/document.xml", "<w:document><w:p>"), "damaged in its part word/document.xml"},
		{"c.docx", docx(t, para("")), "holds no text"},
	} {
		_, err := Read(context.Background(), c.name, "", strings.NewReader(c.content), Limits{})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "(") {
			t.Errorf("%s: %v, want %q and a hint", c.name, err, c.want)
		}
	}
}
