package forms

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html"
	"strconv"
	"strings"
)

// printCSS is the style of the page for print.
//
//go:embed print.css
var printCSS string

// HTML writes the statement as an article element for a page of a site: no style, no script, nothing fetched. Paragraphs have ids such as
// "en-p3", by which they can be linked to.
func (f *Form) HTML() string {
	var b htmlWriter
	f.html(&b)
	return b.String()
}

// PrintHTML writes a page of its own that holds everything it needs: nothing is fetched, and a policy in it forbids that anything could be.
// It is laid out for A4.
func (f *Form) PrintHTML() string {
	return f.page(`<meta http-equiv="Content-Security-Policy" content="`+PrintPolicy+`">`+"\n", printCSS)
}

// PrintPolicy is the policy of the page for print, for whoever serves it: its own style, and nothing else.
var PrintPolicy = func() string {
	sum := sha256.Sum256([]byte(printCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// page wraps the article into a page with a style.
func (f *Form) page(meta, css string) string {
	var b htmlWriter
	b.raw("<!DOCTYPE html>\n<html")
	b.lang(f.texts[0].Lang)
	b.raw(">\n<head>\n<meta charset=\"utf-8\">\n", meta, "<meta name=\"viewport\" content=\"width=device-width\">\n<title>")
	if f.s.Rehearsal {
		b.text(rehearsed(f.w, f.title))
	} else {
		b.text(f.title)
	}
	b.raw("</title>\n<style>", css, "</style>\n</head>\n<body>\n")
	f.html(&b)
	b.raw("</body>\n</html>\n")
	return b.String()
}

func (f *Form) html(b *htmlWriter) {
	b.raw(`<article class="statement"`)
	b.lang(f.lang)
	b.raw(">\n<div class=\"st-head\">\n")
	for _, p := range f.head {
		b.part("p", p)
	}
	b.raw("</div>\n")
	if f.beside {
		f.htmlBeside(b)
	} else {
		for i, t := range f.texts {
			b.raw(`<div class="st-text"`)
			b.lang(t.Lang)
			b.raw(">\n")
			if len(f.texts) > 1 {
				b.raw(`<p class="st-language">`)
				b.text(languageName(t.Lang))
				b.raw("</p>\n")
			}
			b.parts(t.parts, i == 0)
			b.blocks(t.Lang, t.blocks)
			b.raw("</div>\n")
		}
	}
	f.htmlTail(b)
	b.raw("</article>\n")
}

// htmlBeside writes two languages as a table: one row for the titles, one for each paragraph.
func (f *Form) htmlBeside(b *htmlWriter) {
	cells := func(do func(i int, t text)) {
		b.raw("<tr>")
		for i, t := range f.texts {
			b.raw("<td")
			b.lang(t.Lang)
			b.raw(">\n")
			do(i, t)
			b.raw("</td>\n")
		}
		b.raw("</tr>\n")
	}
	b.raw("<table class=\"st-beside\">\n<thead>\n<tr>")
	for _, t := range f.texts {
		b.raw(`<th scope="col"`)
		b.lang(t.Lang)
		b.raw(">")
		b.text(languageName(t.Lang))
		b.raw("</th>")
	}
	b.raw("</tr>\n</thead>\n<tbody>\n")
	cells(func(i int, t text) { b.parts(t.parts, i == 0) })
	for n := range f.texts[0].blocks {
		cells(func(_ int, t text) { b.blocksFrom(t.Lang, t.blocks[n:n+1], n) })
	}
	b.raw("</tbody>\n</table>\n")
}

func (f *Form) htmlTail(b *htmlWriter) {
	open, items := false, false
	endItems := func() {
		if items {
			b.raw("</ul>\n")
			items = false
		}
	}
	for i, p := range f.tail {
		switch p.kind {
		case partSection:
			endItems()
			if open {
				b.raw("</section>\n")
			}
			open = true
			b.raw(`<section class="st-`, p.class, "\">\n")
			b.part("h2", part{text: p.text})
		case partName, partItem:
			if !items {
				b.raw("<ul>\n")
				items = true
			}
			b.raw("<li>")
			b.inline(p)
			if i+1 < len(f.tail) && f.tail[i+1].kind == partQuote {
				b.raw("\n<blockquote><p>")
				b.text(f.tail[i+1].String())
				b.raw("</p></blockquote>")
			}
			b.raw("</li>\n")
		case partQuote: // stands in the entry before it
		default:
			endItems()
			b.part("p", p)
		}
	}
	endItems()
	if open {
		b.raw("</section>\n")
	}
}

// htmlWriter writes elements. Whatever goes through text is escaped.
type htmlWriter struct{ strings.Builder }

func (b *htmlWriter) raw(list ...string) {
	for _, s := range list {
		b.WriteString(s)
	}
}

func (b *htmlWriter) text(s string) {
	for i, l := range strings.Split(s, "\n") {
		if i > 0 {
			b.raw("<br>\n")
		}
		b.raw(html.EscapeString(l))
	}
}

func (b *htmlWriter) lang(tag string) {
	b.raw(` lang="`, html.EscapeString(tag), `" dir="`, dir(tag), `"`)
}

func (b *htmlWriter) part(element string, p part) {
	b.raw("<", element)
	if p.class != "" {
		b.raw(` class="st-`, p.class, `"`)
	}
	b.raw(">")
	b.inline(p)
	b.raw("</", element, ">\n")
}

// inline writes what a part shows. A name is isolated, so that its direction changes nothing around it.
func (b *htmlWriter) inline(p part) {
	if p.kind == partName {
		b.raw(`<bdi class="st-name">`)
		b.text(p.text)
		b.raw("</bdi>")
		if p.note != "" {
			b.raw(` <span class="st-note">(`)
			b.text(p.note)
			b.raw(")</span>")
		}
		return
	}
	b.text(p.label())
	if p.href != "" {
		b.raw(`<a href="`, html.EscapeString(p.href), `" dir="ltr">`)
		b.text(p.href)
		b.raw("</a>")
	}
}

// parts writes the head of a text. One page has one first heading.
func (b *htmlWriter) parts(list []part, first bool) {
	for _, p := range list {
		switch {
		case p.kind == partTitle && first:
			b.part("h1", part{text: p.text, class: "title"})
		case p.kind == partTitle:
			b.part("h2", part{text: p.text, class: "title"})
		case p.kind == partSubtitle:
			b.part("p", part{text: p.text, class: "subtitle"})
		default:
			b.part("p", p)
		}
	}
}

func (b *htmlWriter) blocks(lang string, list []block) { b.blocksFrom(lang, list, 0) }

// blocksFrom writes blocks, of which the first is number n of its text.
func (b *htmlWriter) blocksFrom(lang string, list []block, n int) {
	var open []blockKind // lists, the outermost first; an entry is open in each
	closeTo := func(depth int) {
		for len(open) > depth {
			b.raw("</li>\n</", listElement(open[len(open)-1]), ">\n")
			open = open[:len(open)-1]
		}
	}
	for i, x := range list {
		id := ` id="` + html.EscapeString(lang) + "-p" + strconv.Itoa(n+i+1) + `"`
		switch x.kind {
		case heading:
			closeTo(0)
			h := "h" + strconv.Itoa(x.level+1)
			b.raw("<", h, id, ">")
			b.text(x.text)
			b.raw("</", h, ">\n")
		case para:
			closeTo(0)
			b.raw("<p", id, ">")
			b.text(x.text)
			b.raw("</p>\n")
		default:
			depth := min(x.level, len(open)) // no deeper than one below what is open
			closeTo(depth + 1)
			switch {
			case len(open) == depth+1 && open[depth] == x.kind:
				b.raw("</li>\n")
			default:
				closeTo(depth)
				if depth > 0 {
					b.raw("\n")
				}
				open = append(open, x.kind)
				class := ""
				if x.level > depth { // alone in the row of a table, or deeper than what it stands in
					class = ` class="st-in-` + strconv.Itoa(x.level-depth) + `"`
				}
				b.raw("<", listElement(x.kind), class, ">\n")
			}
			if x.kind == number {
				b.raw(`<li value="`, strconv.Itoa(x.n), `"`, id, ">")
			} else {
				b.raw("<li", id, ">")
			}
			b.text(x.text)
		}
	}
	closeTo(0)
}

func listElement(k blockKind) string {
	if k == number {
		return "ol"
	}
	return "ul"
}
