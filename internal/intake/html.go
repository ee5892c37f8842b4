package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// fromHTML reads a page.
func (t *Text) fromHTML(b []byte, j job) error {
	s := t.decodeHTML(b, j.Charset)
	doc, err := html.Parse(strings.NewReader(s))
	if err != nil {
		// The parser gives up where elements are nested hundreds deep, which no page of words is.
		t.Text = clean(withoutTags(s))
		t.flag("The page's elements are nested too deeply to be understood; its text was taken as it stands, with menus and all.")
		return nil
	}
	t.Text = clean(t.article(doc))
	if strings.TrimSpace(t.Text) == "" {
		return errNoText("the page may be made by scripts: open it in a browser, and paste the text or save it as PDF")
	}
	return nil
}

// decodeHTML decodes a page by its byte order mark, by what was said of it, or by its own meta element.
func (t *Text) decodeHTML(b []byte, said string) string {
	if said == "" {
		if m := metaCharset(b); m != "" {
			said = m
		}
	}
	return t.decode(b, said)
}

// metaCharset returns the charset that the beginning of a page names, in lower case, or "".
func metaCharset(b []byte) string {
	if utf16Of(b) != "" {
		return ""
	}
	_, name, sure := charset.DetermineEncoding(b[:min(len(b), 1024)], "")
	if sure || name != "windows-1252" {
		return name
	}
	low := bytes.ToLower(b[:min(len(b), 4096)])
	i := bytes.Index(low, []byte("charset="))
	if i < 0 {
		return ""
	}
	rest := strings.TrimLeft(string(low[i+8:]), `"' `)
	if end := strings.IndexAny(rest, "\"' />;\r\n"); end >= 0 {
		return rest[:end]
	}
	return ""
}

// withoutTags returns the text of a page token by token, without a tree.
func withoutTags(s string) string {
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(1 << 20)
	var out sheet
	skip := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				out.words(fmt.Sprintf(" (%v)", err))
			}
			return out.String()
		case html.TextToken:
			if skip == 0 {
				out.words(string(z.Text()))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			if silent[tok.DataAtom] {
				if tok.Type == html.StartTagToken {
					skip++
				} else if tok.Type == html.EndTagToken && skip > 0 {
					skip--
				}
			}
			if tok.DataAtom == atom.Br {
				out.gap(1)
			} else if n := blocks[tok.DataAtom]; n > 0 {
				out.gap(n)
			}
		}
	}
}

// silent are elements whose content no page shows as text.
var silent = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Svg: true, atom.Math: true, atom.Iframe: true, atom.Object: true, atom.Canvas: true,
	atom.Head: true, atom.Select: true, atom.Textarea: true, atom.Button: true, atom.Audio: true, atom.Video: true, atom.Datalist: true, atom.Dialog: true, atom.Title: true}

// blocks are elements that begin and end a block, with the line feeds around it.
var blocks = map[atom.Atom]int{atom.P: 2, atom.H1: 2, atom.H2: 2, atom.H3: 2, atom.H4: 2, atom.H5: 2, atom.H6: 2, atom.Ul: 2, atom.Ol: 2, atom.Dl: 2, atom.Menu: 2, atom.Table: 2, atom.Blockquote: 2, atom.Pre: 2,
	atom.Figure: 2, atom.Hr: 2, atom.Article: 2, atom.Section: 2, atom.Header: 2, atom.Footer: 2, atom.Main: 2, atom.Nav: 2, atom.Aside: 2, atom.Fieldset: 2, atom.Form: 2, atom.Details: 2,
	atom.Div: 1, atom.Li: 1, atom.Tr: 1, atom.Dt: 1, atom.Dd: 1, atom.Address: 1, atom.Figcaption: 1, atom.Summary: 1, atom.Legend: 1, atom.Caption: 1, atom.Center: 1, atom.Tbody: 1, atom.Thead: 1, atom.Tfoot: 1}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// hiddenNode reports an element that a page does not show: by its kind, or by an attribute. What a stylesheet hides is not known.
func hiddenNode(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return n.Type == html.CommentNode || n.Type == html.DoctypeNode
	}
	if silent[n.DataAtom] || has(n, "hidden") {
		return true
	}
	style := strings.ToLower(strings.ReplaceAll(attr(n, "style"), " ", ""))
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") || strings.Contains(style, "mso-hide:all")
}

// A renderer writes nodes onto a sheet. skip, which may be nil, says which to leave out.
type renderer struct {
	sheet
	skip  func(*html.Node) bool
	depth int // of lists
}

// render writes a node and what is in it.
func (r *renderer) render(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		r.words(n.Data)
		return
	case hiddenNode(n) || r.skip != nil && r.skip(n):
		return
	}
	around := blocks[n.DataAtom]
	switch n.DataAtom {
	case atom.Br:
		r.gap(r.want + 1)
		return
	case atom.Img, atom.Input:
		return
	case atom.Li:
		r.gap(1)
		if r.marker == "" {
			r.mark(strings.Repeat("  ", max(0, r.depth-1)) + listMark(n))
		}
	case atom.Ul, atom.Ol, atom.Menu:
		if r.depth > 0 || r.marker != "" {
			around = 1
		}
		r.depth++
		defer func() { r.depth-- }()
	case atom.Tr:
		r.row(n)
		return
	case atom.Dd:
		around = 1
	case atom.Pre:
		defer func(raw bool) { r.raw = raw }(r.raw)
		r.raw = true
	}
	// A paragraph in a list item or in a cell that holds nothing else is no paragraph of its own.
	if n.DataAtom == atom.P && n.Parent != nil && (n.Parent.DataAtom == atom.Li || n.Parent.DataAtom == atom.Td || n.Parent.DataAtom == atom.Th) && alonePart(n) {
		around = 1
	}
	r.gap(around)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.render(c)
	}
	if n.DataAtom == atom.Li {
		r.marker = "" // an empty item has no mark
	}
	r.gap(around)
}

// alonePart reports whether nothing but space stands beside n.
func alonePart(n *html.Node) bool {
	for c := n.Parent.FirstChild; c != nil; c = c.NextSibling {
		if c != n && (c.Type == html.ElementNode && c.DataAtom != atom.Br || c.Type == html.TextNode && strings.TrimSpace(c.Data) != "") {
			return false
		}
	}
	return true
}

// row writes a row of a table: cells with tabs between them, or one below the other where a cell holds blocks, as in tables that only lay
// out a page.
func (r *renderer) row(tr *html.Node) {
	r.gap(1)
	var cells []*html.Node
	layout := false
	for c := tr.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
			if hiddenNode(c) || r.skip != nil && r.skip(c) {
				continue
			}
			cells = append(cells, c)
			layout = layout || manyBlocks(c)
		}
	}
	if layout {
		for _, c := range cells {
			r.gap(2)
			for k := c.FirstChild; k != nil; k = k.NextSibling {
				r.render(k)
			}
		}
		r.gap(2)
		return
	}
	for i, c := range cells {
		cell := renderer{skip: r.skip}
		for k := c.FirstChild; k != nil; k = k.NextSibling {
			cell.render(k)
		}
		if i > 0 {
			r.tab()
		}
		r.words(strings.Join(strings.Fields(cell.String()), " "))
	}
	r.gap(1)
}

// manyBlocks reports whether a cell holds several blocks or lines.
func manyBlocks(cell *html.Node) bool {
	n := 0
	for c := range cell.Descendants() {
		if c.Type == html.ElementNode && !hiddenNode(c) {
			switch c.DataAtom {
			case atom.Table, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3:
				return true
			case atom.P, atom.Div, atom.Br, atom.Li:
				n++
			}
		}
	}
	return n > 1
}

// listMark returns the mark of a list item: a number where the list has numbers, else a hyphen.
func listMark(li *html.Node) string {
	list := li.Parent
	if list == nil || list.DataAtom != atom.Ol {
		return "- "
	}
	number := 1
	if v, err := strconv.Atoi(attr(list, "start")); err == nil {
		number = v
	}
	for c := list.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Li {
			continue
		}
		if v, err := strconv.Atoi(attr(c, "value")); err == nil {
			number = v
		}
		if c == li {
			break
		}
		number++
	}
	return numeral(number, htmlNumerals[attr(list, "type")]) + ". "
}

var htmlNumerals = map[string]string{"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}

// numeral writes n in one of the formats of word processors, in digits where it does not know the format.
func numeral(n int, format string) string {
	switch format {
	case "lowerLetter", "upperLetter":
		if n < 1 || n > 26*20 {
			break
		}
		s := strings.Repeat(string(rune('a'+(n-1)%26)), (n-1)/26+1)
		if format == "upperLetter" {
			s = strings.ToUpper(s)
		}
		return s
	case "lowerRoman", "upperRoman":
		if n < 1 || n > 3999 {
			break
		}
		s, left := "", n
		for _, x := range []struct {
			v int
			s string
		}{{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"}, {40, "xl"}, {10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"}} {
			for left >= x.v {
				s, left = s+x.s, left-x.v
			}
		}
		if format == "upperRoman" {
			s = strings.ToUpper(s)
		}
		return s
	}
	return strconv.Itoa(n)
}
