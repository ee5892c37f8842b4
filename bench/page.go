package main

import (
	"errors"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A written is what a page says between its header and its footer, whatever program wrote it: headings, sentences, lists, tables with every
// row, cell and link, and the areas of its map. Two pages that say the same are equal.
type written struct {
	Title  string
	Lede   string
	Blocks []block
}

type block struct {
	Kind string `json:"k"` // h1 to h3, p, ul, dl, pre, table, map
	ID   string `json:"id,omitempty"`
	line
	Items    []item   `json:"li,omitempty"`
	Title    string   `json:"title,omitempty"`
	Desc     string   `json:"desc,omitempty"`
	Caption  string   `json:"caption,omitempty"`
	Head     []string `json:"head,omitempty"`
	Groups   []group  `json:"groups,omitempty"`
	Patterns []string `json:"patterns,omitempty"`
	Areas    []place  `json:"areas,omitempty"`
}

// A line is text with links: one span, or several.
type line struct {
	Text  string `json:"t,omitempty"`
	Href  string `json:"h,omitempty"`
	Spans []span `json:"s,omitempty"`
}

type span struct {
	Text string `json:"t"`
	Href string `json:"h,omitempty"`
}

type item struct {
	ID   string `json:"id,omitempty"`
	Term bool   `json:"dt,omitempty"`
	line
}

type group struct {
	ID    string     `json:"id,omitempty"`
	Title string     `json:"title,omitempty"`
	Rows  []tableRow `json:"rows,omitempty"`
}

type tableRow struct {
	ID   string `json:"id,omitempty"`
	Head *line  `json:"th,omitempty"`
	Data []line `json:"td,omitempty"`
}

// A place is one area of a map.
type place struct {
	ID    string `json:"id"`
	Class string `json:"c"`
	Fill  string `json:"f,omitempty"`
	Href  string `json:"h,omitempty"`
	Text  string `json:"t"`
}

var errNoMain = errors.New("there is no main part")

// readPage reads the page that a file holds.
func readPage(r io.Reader) (*written, error) {
	doc, err := html.Parse(r)
	if err != nil {
		return nil, err
	}
	p := &written{}
	found := first(doc, func(n *html.Node) bool { return n.DataAtom == atom.Main })
	if found == nil {
		return nil, errNoMain
	}
	if t := first(doc, func(n *html.Node) bool { return n.DataAtom == atom.Title }); t != nil {
		p.Title = strings.TrimSuffix(textOf(t), " · Stocktake")
	}
	p.walk(found)
	for _, b := range p.Blocks {
		if b.Kind == "p" {
			p.Lede = textIn(b.line)
			break
		}
	}
	return p, nil
}

// walk reads the blocks beneath n. Text that stands beside blocks is a paragraph.
func (p *written) walk(n *html.Node) {
	var loose []*html.Node
	flush := func() {
		if l := lineOf(loose...); !l.empty() {
			p.Blocks = append(p.Blocks, block{Kind: "p", line: l})
		}
		loose = nil
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode || c.Type == html.ElementNode && inline(c) {
			loose = append(loose, c)
			continue
		}
		if c.Type != html.ElementNode {
			continue
		}
		flush()
		b := block{ID: attr(c, "id")}
		switch c.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4:
			if b.Kind = c.Data; b.Kind == "h4" {
				b.Kind = "h3"
			}
			b.line = lineOf(c)
		case atom.P, atom.Summary:
			b.Kind, b.line = "p", lineOf(c)
		case atom.Pre:
			b.Kind, b.Text = "pre", textOf(c)
		case atom.Ul, atom.Ol, atom.Dl:
			b.Kind = "ul"
			if c.DataAtom == atom.Dl {
				b.Kind = "dl"
			}
			for li := c.FirstChild; li != nil; li = li.NextSibling {
				if li.Type == html.ElementNode {
					b.Items = append(b.Items, item{attr(li, "id"), li.DataAtom == atom.Dt, lineOf(li)})
				}
			}
		case atom.Table:
			b.table(c)
		case atom.Svg:
			if !b.world(c) {
				continue
			}
		case atom.Script, atom.Style, atom.Template, atom.Form, atom.Button:
			continue
		default:
			p.walk(c)
			continue
		}
		if b.Kind != "p" || !b.line.empty() {
			p.Blocks = append(p.Blocks, b)
		}
	}
	flush()
}

func inline(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.B, atom.Strong, atom.Em, atom.I, atom.Span, atom.Time, atom.Code, atom.Abbr, atom.Q, atom.Cite, atom.Small, atom.Br:
		return true
	}
	return false
}

func (b *block) table(n *html.Node) {
	b.Kind = "table"
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Caption:
			b.Caption = textIn(lineOf(c))
		case atom.Thead:
			eachNode(c, func(x *html.Node) bool { return x.DataAtom == atom.Th }, func(x *html.Node) { b.Head = append(b.Head, textIn(lineOf(x))) })
		case atom.Tbody:
			g := group{ID: attr(c, "id")}
			eachNode(c, func(x *html.Node) bool { return x.DataAtom == atom.Tr }, func(x *html.Node) {
				r := tableRow{ID: attr(x, "id")}
				for cell := x.FirstChild; cell != nil; cell = cell.NextSibling {
					switch {
					case cell.DataAtom == atom.Th && attr(cell, "scope") == "rowgroup":
						g.Title = textIn(lineOf(cell))
						return
					case cell.DataAtom == atom.Th:
						l := lineOf(cell)
						r.Head = &l
					case cell.DataAtom == atom.Td:
						r.Data = append(r.Data, lineOf(cell))
					}
				}
				g.Rows = append(g.Rows, r)
			})
			b.Groups = append(b.Groups, g)
		}
	}
}

// world reads a map, and reports whether the picture is one.
func (b *block) world(n *html.Node) bool {
	if !slices.Contains(strings.Fields(attr(n, "class")), "worldmap") {
		return false
	}
	b.Kind, b.ID = "map", ""
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Data {
		case "title":
			b.Title = textOf(c)
		case "desc":
			b.Desc = textOf(c)
		}
	}
	eachNode(n, func(x *html.Node) bool { return x.Data == "pattern" }, func(x *html.Node) { b.Patterns = append(b.Patterns, attr(x, "id")) })
	eachNode(n, func(x *html.Node) bool { return attr(x, "data-id") != "" }, func(x *html.Node) {
		a := place{ID: attr(x, "data-id"), Href: attr(x, "href")}
		for c := x.FirstChild; c != nil; c = c.NextSibling {
			switch c.Data {
			case "title":
				a.Text = textOf(c)
			case "use", "path", "circle":
				a.Class = attr(c, "class")
				a.Fill = strings.TrimSuffix(strings.TrimPrefix(attr(c, "fill"), "url(#"), ")")
			}
		}
		b.Areas = append(b.Areas, a)
	})
	return true
}

func (l line) empty() bool { return l.Text == "" && len(l.Spans) == 0 }

func textIn(l line) string {
	s := l.Text
	for _, x := range l.Spans {
		s += x.Text
	}
	return s
}

// lineOf reads text and links. White space is folded, as a browser does.
func lineOf(list ...*html.Node) line {
	var spans []span
	add := func(text, href string) {
		if n := len(spans); n > 0 && spans[n-1].Href == href {
			spans[n-1].Text += text
		} else {
			spans = append(spans, span{text, href})
		}
	}
	var read func(n *html.Node, href string)
	read = func(n *html.Node, href string) {
		switch {
		case n.Type == html.TextNode:
			add(n.Data, href)
		case n.DataAtom == atom.A:
			href = attr(n, "href")
		case n.DataAtom == atom.Svg || n.DataAtom == atom.Script:
			return
		case n.Type == html.ElementNode && !inline(n):
			add(" ", "")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			read(c, href)
		}
	}
	for _, n := range list {
		read(n, "")
	}
	space := true // at the end of what came before
	var out []span
	for _, s := range spans {
		var b strings.Builder
		for _, r := range s.Text {
			if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
				if !space {
					b.WriteByte(' ')
				}
				space = true
				continue
			}
			b.WriteRune(r)
			space = false
		}
		if b.Len() > 0 {
			out = append(out, span{b.String(), s.Href})
		}
	}
	if n := len(out); n > 0 {
		if out[n-1].Text = strings.TrimRight(out[n-1].Text, " "); out[n-1].Text == "" {
			out = out[:n-1]
		}
	}
	switch len(out) {
	case 0:
		return line{}
	case 1:
		return line{Text: out[0].Text, Href: out[0].Href}
	}
	return line{Spans: out}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && (a.Namespace == "" || name == "href") {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	eachNode(n, func(x *html.Node) bool { return x.Type == html.TextNode }, func(x *html.Node) { b.WriteString(x.Data) })
	return b.String()
}

func first(n *html.Node, is func(*html.Node) bool) (found *html.Node) {
	eachNode(n, is, func(x *html.Node) {
		if found == nil {
			found = x
		}
	})
	return found
}

func eachNode(n *html.Node, is func(*html.Node) bool, f func(*html.Node)) {
	for x := range n.Descendants() {
		if is(x) {
			f(x)
		}
	}
}
