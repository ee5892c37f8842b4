package importer

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"stocktake"
)

// maxPage is the largest saved page that is read.
const maxPage = 64 << 20

// openPage reads a table of a saved web page: the one that the mapping names by number or heading, else the first that has the column
// of parties. Tables that only lay out others do not count. Footnote marks (sup) are left out.
func (m *mapping) openPage(ctx context.Context, in input, p *pace) (*rows, error) {
	raw, err := in.readAll(ctx, maxPage)
	if err != nil {
		return nil, err
	}
	p.add(len(raw), in.name)
	if cs := charsets[m.Layout.Encoding]; cs != nil {
		if raw, err = io.ReadAll(cs.NewDecoder().Reader(bytes.NewReader(raw))); err != nil {
			return nil, in.broken(err, 0)
		}
	}
	if !utf8.Valid(raw) {
		return nil, stocktake.Invalidf("the page is not valid UTF-8").At(in.name).Hinted("save it as UTF-8, or write encoding: windows-1252 under file")
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(raw))
	if err != nil {
		return nil, in.broken(err, 0)
	}
	var tables []*goquery.Selection
	doc.Find("table").Each(func(_ int, s *goquery.Selection) {
		if s.Find("table").Length() == 0 {
			tables = append(tables, s)
		}
	})
	if len(tables) == 0 {
		return nil, stocktake.Invalidf("there is no table in the page").At(in.name).Hinted("save the whole page, not a part; a page that draws its table by script must be saved after it was shown")
	}
	t := &rows{in: in, page: string(raw), close: func() {}}
	head := max(1, m.Layout.Header)
	var cells [][]string
	switch {
	case m.Layout.Table > len(tables) || m.Layout.Table < 0:
		return nil, stocktake.Invalidf("the page has %d tables, and the mapping wants number %d", len(tables), m.Layout.Table).At(in.name).Hinted("mend table under file")
	case m.Layout.Table > 0:
		cells = grid(tables[m.Layout.Table-1])
	case m.Layout.Heading != "":
		s := afterHeading(doc, tables, tidy(m.Layout.Heading))
		if s == nil {
			return nil, stocktake.Invalidf("no table follows a heading with %q", m.Layout.Heading).At(in.name).Hinted("write the words as they stand in the page, or use table: 1 to %d", len(tables))
		}
		cells = grid(s)
	default:
		for _, s := range tables {
			g := grid(s)
			if len(g) < head {
				continue
			}
			for _, c := range g[head-1] {
				if c == tidy(m.Party.Column) {
					cells = g
				}
			}
			if cells != nil {
				break
			}
		}
		if cells == nil {
			var seen []string
			for _, s := range tables {
				if g := grid(s); len(g) >= head {
					seen = append(seen, g[head-1]...)
				}
			}
			f := stocktake.Invalidf("no table of the page has a column %q", m.Party.Column).At(in.name)
			if near := nearest(m.Party.Column, seen, 3); len(near) > 0 {
				return nil, f.Hinted("the nearest columns are %s", quoted(near))
			}
			return nil, f.Hinted("name the table with table or heading under file")
		}
	}
	if len(cells) < head {
		return nil, noHeader(in, head, io.EOF)
	}
	t.columns = cells[head-1]
	line := head
	t.next = func(bad func(Reject)) ([]string, int, error) {
		for line < len(cells) {
			row := cells[line]
			line++
			if strings.Join(row, "") == "" {
				continue
			}
			if len(row) != len(t.columns) {
				bad(Reject{File: in.name, Line: line, Value: clip(strings.Join(row, " | ")), Reason: "the row has " + itoa(len(row)) + " columns, the header " + itoa(len(t.columns))})
				continue
			}
			return row, line, nil
		}
		return nil, 0, io.EOF
	}
	return t, nil
}

// grid returns the cells of a table as text. A cell that spans rows or columns stands in each.
func grid(s *goquery.Selection) [][]string {
	var g [][]string
	type span struct {
		text string
		rows int
	}
	below := map[int]span{}
	s.Find("tr").Each(func(_ int, tr *goquery.Selection) {
		var row []string
		carry := func() {
			for {
				b, ok := below[len(row)]
				if !ok || b.rows == 0 {
					return
				}
				below[len(row)] = span{b.text, b.rows - 1}
				row = append(row, b.text)
			}
		}
		tr.ChildrenFiltered("td, th").Each(func(_ int, c *goquery.Selection) {
			carry()
			text := cellText(c)
			for range number1To(c.AttrOr("colspan", "1"), 100) {
				if n := number1To(c.AttrOr("rowspan", "1"), 10_000); n > 1 {
					below[len(row)] = span{text, n - 1}
				}
				row = append(row, text)
			}
		})
		carry()
		g = append(g, row)
	})
	return g
}

func number1To(s string, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, most)
}

func cellText(c *goquery.Selection) string {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.Type == html.ElementNode && (n.Data == "sup" || n.Data == "script" || n.Data == "style"):
			return
		case n.Type == html.ElementNode && (n.Data == "br" || n.Data == "p" || n.Data == "div"):
			b.WriteByte(' ')
		}
		for k := n.FirstChild; k != nil; k = k.NextSibling {
			walk(k)
		}
	}
	for _, n := range c.Nodes {
		walk(n)
	}
	return tidy(b.String())
}

// afterHeading returns the first table that follows a heading with that text, or whose caption has it.
func afterHeading(doc *goquery.Document, tables []*goquery.Selection, text string) *goquery.Selection {
	is := map[*html.Node]*goquery.Selection{}
	for _, t := range tables {
		is[t.Nodes[0]] = t
	}
	var found *goquery.Selection
	seen := false
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if found != nil {
			return
		}
		if n.Type == html.ElementNode {
			if t := is[n]; t != nil {
				if seen || strings.Contains(tidy(t.Find("caption").Text()), text) {
					found = t
				}
				return
			}
			switch n.Data {
			case "h1", "h2", "h3", "h4", "h5", "h6", "legend", "strong", "b", "p", "span", "a", "dt":
				if s := goquery.NewDocumentFromNode(n); s.Find("table").Length() == 0 && strings.Contains(tidy(s.Text()), text) {
					seen = true
				}
			}
		}
		for k := n.FirstChild; k != nil; k = k.NextSibling {
			walk(k)
		}
	}
	for _, n := range doc.Nodes {
		walk(n)
	}
	return found
}
