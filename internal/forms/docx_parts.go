package forms

import (
	"fmt"
	"strings"
)

const docxTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
	`<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>` +
	`<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>` +
	`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
	`<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>`

const docxRoot = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
	`<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties" Target="docProps/app.xml"/></Relationships>`

// docxStyles are the styles that paragraphs name. Sizes are half points, distances twentieths of a point.
func docxStyles(lang string) string {
	var b strings.Builder
	latin, east, bidi := "en", "zh-CN", "ar-SA"
	switch {
	case dir(lang) == "rtl":
		bidi = lang
	case base(lang) == "zh":
		east = lang
	default:
		latin = lang
	}
	b.WriteString(`<w:styles ` + docxW + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="SimSun"/><w:sz w:val="24"/><w:szCs w:val="26"/>` +
		fmt.Sprintf(`<w:lang w:val="%s" w:eastAsia="%s" w:bidi="%s"/>`, latin, east, bidi) +
		`</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="140" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>`)
	b.WriteString(`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>`)
	style := func(id, name, paragraph, run string) {
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/><w:pPr>%s</w:pPr><w:rPr>%s</w:rPr></w:style>`, id, name, paragraph, run)
	}
	bold := `<w:b/><w:bCs/>`
	size := func(n int) string { return fmt.Sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, n, n+2) }
	style("Title", "Title", `<w:keepNext/><w:spacing w:before="160" w:after="160" w:line="240" w:lineRule="auto"/>`, bold+size(34))
	style("Subtitle", "Subtitle", `<w:keepNext/>`, size(27))
	for i, n := range []int{28, 26, 24} {
		style(fmt.Sprintf("Heading%d", i+1), fmt.Sprintf("heading %d", i+1), fmt.Sprintf(`<w:keepNext/><w:spacing w:before="280" w:after="100"/><w:outlineLvl w:val="%d"/>`, i), bold+size(n))
	}
	style("ListBullet", "List Bullet", `<w:spacing w:after="40"/>`, "")
	style("ListNumber", "List Number", `<w:spacing w:after="40"/>`, "")
	style("Quote", "Quote", `<w:ind w:left="720" w:right="720"/>`, "")
	style("Small", "Small", `<w:spacing w:after="40"/>`, size(20))
	style("Status", "Status", `<w:pBdr><w:top w:val="single" w:sz="8" w:space="4" w:color="auto"/><w:left w:val="single" w:sz="8" w:space="4" w:color="auto"/><w:bottom w:val="single" w:sz="8" w:space="4" w:color="auto"/><w:right w:val="single" w:sz="8" w:space="4" w:color="auto"/></w:pBdr>`, bold)
	style("Footer", "footer", `<w:jc w:val="center"/>`, size(18))
	b.WriteString(`<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:u w:val="single"/></w:rPr></w:style>`)
	b.WriteString(`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`)
	b.WriteString(`<w:style w:type="table" w:styleId="Beside"><w:name w:val="Beside"/><w:basedOn w:val="TableNormal"/></w:style></w:styles>`)
	return b.String()
}

// docxNumbering are the lists: number 1 has bullets, each further one counts from where it starts. Each has a definition of its own, since word
// processors count lists that share one as one.
func docxNumbering(starts []int) string {
	var b strings.Builder
	b.WriteString(`<w:numbering ` + docxW + `>`)
	define := func(id int, format string, start int) {
		fmt.Fprintf(&b, `<w:abstractNum w:abstractNumId="%d"><w:multiLevelType w:val="hybridMultilevel"/>`, id)
		for level := range 3 {
			mark := "•"
			if format == "decimal" {
				mark = fmt.Sprintf("%%%d.", level+1)
			}
			fmt.Fprintf(&b, `<w:lvl w:ilvl="%d"><w:start w:val="%d"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="%d" w:hanging="360"/></w:pPr></w:lvl>`,
				level, start, format, mark, 500+level*400)
		}
		b.WriteString(`</w:abstractNum>`)
	}
	define(1, "bullet", 1)
	for i, start := range starts {
		define(i+2, "decimal", start)
	}
	for i := range len(starts) + 1 {
		fmt.Fprintf(&b, `<w:num w:numId="%d"><w:abstractNumId w:val="%d"/></w:num>`, i+1, i+1)
	}
	b.WriteString(`</w:numbering>`)
	return b.String()
}
