package paper

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/forms"
	"stocktake/internal/worldmap"
)

// A document is what pages and word processors print, once for both.
type document struct {
	title, by, lang string
	blocks          []block
}

type kind uint8

const (
	plain   kind = iota
	small        // said in small print
	heading      // level 1 to 3
	bullet       //
	judged       // somebody's judgement: set apart from what the record says
	table        //
	chart        // a figure over time
	drawing      // a map
	newPage      // only in print
)

// A block is one paragraph, heading, entry, table or chart. Numbers in brackets refer to the sources.
type block struct {
	kind  kind
	level int
	text  string
	id    string     // to link to
	href  string     // where the text of an entry leads
	rows  [][]string // of a table, its headings first
	bars  []bar
	draw  string // SVG; its words stand in the document apart from it
}

// A bar of a chart. Known is false where nothing was reported.
type bar struct {
	label string
	value float64
	known bool
}

func (d *document) add(k kind, format string, a ...any) *block {
	s := format
	if len(a) > 0 {
		s = fmt.Sprintf(format, a...)
	}
	d.blocks = append(d.blocks, block{kind: k, text: s})
	return &d.blocks[len(d.blocks)-1]
}

func (d *document) head(level int, id, text string) {
	d.blocks = append(d.blocks, block{kind: heading, level: level, id: id, text: text})
}

func (d *document) table(rows [][]string) {
	if len(rows) > 1 {
		d.blocks = append(d.blocks, block{kind: table, rows: rows})
	}
}

const style = `@page{size:A4;margin:18mm 16mm 20mm}
:root{color-scheme:light}
body{font:11pt/1.4 Georgia,"Times New Roman",serif;max-width:46rem;margin:1.5rem auto;padding:0 1rem;color:#111;background:#fff;overflow-wrap:break-word}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .6rem}h2{font-size:1.3rem;border-top:2px solid #111;padding-top:.5rem;margin:2rem 0 .5rem}h3{font-size:1.08rem;margin:1.3rem 0 .3rem}h4{font-size:1rem;margin:1rem 0 .2rem}
p{margin:.35rem 0}ul{margin:.3rem 0;padding-left:1.2rem}.small{font-size:.85rem;color:#333}
.judged{border:1px solid #111;padding:.4rem .6rem;margin:.5rem 0}
.wide{overflow-x:auto;margin:.6rem 0}table{border-collapse:collapse;font-size:.85rem;width:100%}th,td{border:1px solid #777;padding:.25rem .4rem;text-align:left;vertical-align:top}thead th{background:#eee}.day{white-space:nowrap}
a{color:#111}.c{font-size:.85em;text-decoration:none}figure{margin:.5rem 0}figcaption{font-size:.85rem}figure>svg{max-width:100%;height:auto;display:block}.keys{margin:.3rem 0}.key{display:inline-block;margin-right:1rem}.key svg{vertical-align:middle}.map figcaption{font-size:.7rem}
nav ul{columns:2}@media(max-width:30rem){body{font-size:12pt}nav ul{columns:1}}
@media print{body{max-width:none;margin:0;padding:0;font-size:10pt}.wide{overflow:visible}h2,h3,h4{break-after:avoid}tr,figure,.judged,li{break-inside:avoid}thead{display:table-header-group}.page{break-before:page}nav{display:none}}
`

// html returns a page that needs nothing else: no script, and nothing fetched.
func (d *document) html() string {
	var b strings.Builder
	esc := html.EscapeString
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"+
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>%s</title>\n<meta name=\"author\" content=\"%s\">\n<style>\n%s%s</style>\n</head>\n<body>\n<main>\n", d.lang, esc(d.title), esc(d.by), worldmap.CSS(), style)
	list, page := false, false
	for i := range d.blocks {
		x := &d.blocks[i]
		if list && x.kind != bullet {
			b.WriteString("</ul>\n")
			list = false
		}
		switch x.kind {
		case newPage:
			page = true
			continue
		case heading:
			attr := ""
			if x.id != "" {
				attr = ` id="` + esc(x.id) + `"`
			}
			if page {
				attr += ` class="page"`
			}
			fmt.Fprintf(&b, "<h%d%s>%s</h%d>\n", x.level, attr, esc(x.text), x.level)
		case plain, small:
			class := ""
			if x.kind == small {
				class = ` class="small"`
			}
			fmt.Fprintf(&b, "<p%s>%s</p>\n", class, cited(x.text))
		case judged:
			fmt.Fprintf(&b, "<div class=\"judged\"><p>%s</p></div>\n", strings.ReplaceAll(cited(x.text), "\n", "</p><p>"))
		case bullet:
			if !list {
				b.WriteString("<ul>\n")
				list = true
			}
			attr := ""
			if x.id != "" {
				attr = ` id="` + esc(x.id) + `"`
			}
			text := cited(x.text)
			if x.href != "" {
				text = fmt.Sprintf(`%s <a href="%s">%s</a>`, text, esc(x.href), esc(x.href))
			}
			fmt.Fprintf(&b, "<li%s>%s</li>\n", attr, text)
		case table:
			b.WriteString("<div class=\"wide\"><table>\n<thead><tr>")
			for _, c := range x.rows[0] {
				b.WriteString(`<th scope="col">` + esc(c) + "</th>")
			}
			b.WriteString("</tr></thead>\n<tbody>\n")
			for _, row := range x.rows[1:] {
				b.WriteString("<tr>")
				for j, c := range row {
					if j == 0 {
						b.WriteString(`<th scope="row">` + cited(c) + "</th>")
						continue
					}
					class := ""
					if _, err := stocktake.ParseDate(c); err == nil {
						class = ` class="day"`
					}
					b.WriteString("<td" + class + ">" + cited(c) + "</td>")
				}
				b.WriteString("</tr>\n")
			}
			b.WriteString("</tbody></table></div>\n")
		case drawing:
			fmt.Fprintf(&b, "<figure class=\"map\">%s<figcaption>%s</figcaption></figure>\n", x.draw, cited(x.text))
		case chart:
			fmt.Fprintf(&b, "<figure>%s<figcaption>%s</figcaption></figure>\n", drawn(x.bars), cited(x.text))
		}
		page = false
	}
	if list {
		b.WriteString("</ul>\n")
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.String()
}

func escaped(s string) string { return html.EscapeString(s) }

// cited escapes a text and makes the numbers of sources in it links: "[12]".
func cited(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '[')
		if i < 0 {
			break
		}
		j := i + 1
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		if j == i+1 || j >= len(s) || s[j] != ']' {
			b.WriteString(html.EscapeString(s[:i+1]))
			s = s[i+1:]
			continue
		}
		b.WriteString(html.EscapeString(s[:i]))
		fmt.Fprintf(&b, `<a class="c" href="#s%s">[%s]</a>`, s[i+1:j], s[i+1:j])
		s = s[j+1:]
	}
	b.WriteString(html.EscapeString(s))
	return b.String()
}

// drawn draws bars of one colour, with the first and the last period written below. What was not reported has no bar, but a mark.
func drawn(bars []bar) string {
	const wide, high, foot = 320, 60, 16
	most := 0.0
	for _, x := range bars {
		if x.known && x.value > most {
			most = x.value
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-hidden="true">`, wide, high+foot, wide, high+foot)
	step := float64(wide) / float64(max(1, len(bars)))
	for i, x := range bars {
		left := float64(i)*step + step*0.1
		if !x.known {
			fmt.Fprintf(&b, `<text x="%.1f" y="%d" font-size="9" text-anchor="middle">?</text>`, left+step*0.4, high-2)
			continue
		}
		h := 0.0
		if most > 0 && x.value > 0 {
			h = x.value / most * (high - 2)
		}
		fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="#555"/>`, left, high-h, step*0.8, h)
	}
	fmt.Fprintf(&b, `<path d="M0 %d.5H%d" stroke="#111"/>`, high, wide)
	if n := len(bars); n > 0 {
		fmt.Fprintf(&b, `<text x="0" y="%d" font-size="11">%s</text><text x="%d" y="%d" font-size="11" text-anchor="end">%s</text>`, high+13, html.EscapeString(bars[0].label), wide, high+13, html.EscapeString(bars[n-1].label))
	}
	b.WriteString("</svg>")
	return b.String()
}

// docx returns the same for word processors. A chart is a table there.
func (d *document) docx() ([]byte, error) {
	w := forms.NewDocument(d.lang)
	for i := range d.blocks {
		x := &d.blocks[i]
		switch x.kind {
		case newPage:
			w.NewPage()
		case heading:
			if x.level == 1 {
				w.Title(x.text)
				continue
			}
			w.Heading(x.level-1, x.text)
		case plain:
			w.Paragraph(x.text)
		case small:
			w.Small(x.text)
		case judged:
			w.Framed(x.text)
		case bullet:
			w.Bullet(x.text, x.href)
		case table:
			w.Table(x.rows)
		case chart:
			rows := [][]string{{}, {}}
			for _, y := range x.bars {
				v := "not reported"
				if y.known {
					v = number(y.value)
				}
				rows[0], rows[1] = append(rows[0], y.label), append(rows[1], v)
			}
			w.Small(x.text)
			w.Table(rows)
		}
	}
	return w.Bytes(d.title, d.by)
}

// number writes a figure with thousands apart, and as many decimals as it has, up to three.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if i := strings.IndexByte(s, '.'); i >= 0 && len(s) > i+4 {
		s = strconv.FormatFloat(v, 'f', 3, 64)
	}
	whole, rest, _ := strings.Cut(s, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		rest = "." + rest
	}
	return sign + whole + rest
}
