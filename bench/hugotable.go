package main

import (
	"fmt"
	"slices"
	"strings"
)

// A rowsBrief is a table whose rows are identities and what differs from row to row. The layout of its shape writes the rest.
type rowsBrief struct {
	Kind    string       `json:"k"`
	Shape   int          `json:"shape"`
	ID      string       `json:"id,omitempty"`
	Caption string       `json:"caption,omitempty"`
	Head    []string     `json:"head,omitempty"`
	Around  []string     `json:"around,omitempty"` // of the addresses of each column: before and after the identity
	Groups  []groupBrief `json:"groups"`
}

type groupBrief struct {
	ID    string   `json:"id,omitempty"`
	Title string   `json:"title,omitempty"`
	Same  []string `json:"same,omitempty"` // what a column says in every row of the group
	IDs   string   `json:"ids,omitempty"`  // of the rows, where nothing else differs
	Rows  [][]any  `json:"rows,omitempty"`
}

// What a column holds.
const (
	isSame = iota // the same text in each row of a group
	isName        // the party's name
	isText        // plain text
	isLine        // text with links
)

type column struct {
	seen     bool // one row at least
	holds    int
	linked   bool // to an address that differs in the identity only
	from, to string
}

// cells returns the cells of a row, the one at its head first.
func (r *tableRow) cells() []line {
	var list []line
	if r.Head != nil {
		list = append(list, *r.Head)
	}
	return append(list, r.Data...)
}

// identity is what the addresses of a row have in common with its place on the page, or with the party that it is about.
func (s *hugoSite) identity(r *tableRow) string {
	if r.ID != "" {
		return r.ID
	}
	if r.Head == nil || r.Head.Href == "" {
		return ""
	}
	for _, part := range strings.FieldsFunc(r.Head.Href[strings.LastIndexByte(r.Head.Href, '/')+1:], func(c rune) bool { return c == '.' || c == '#' || c == '?' }) {
		if s.names[part] == r.Head.Text {
			return part
		}
	}
	return ""
}

// rows makes a table brief, or returns nothing where its rows have no shape in common.
func (s *hugoSite) rows(b *block) any {
	var cols []column
	n, heads, places := -1, false, 0
	for _, g := range b.Groups {
		for i := range g.Rows {
			r := &g.Rows[i]
			cells := r.cells()
			if n < 0 {
				n, heads = len(cells), r.Head != nil
				cols = make([]column, n)
			}
			if r.ID != "" {
				places++
			}
			id := s.identity(r)
			begins := g.Rows[0].cells()
			if len(cells) != n || len(begins) != n || heads != (r.Head != nil) || id == "" {
				return nil
			}
			for k := range cells {
				cols[k].widen(&cells[k], id, s.names[id], cells[k].Text == begins[k].Text)
			}
		}
	}
	total := 0
	for _, g := range b.Groups {
		total += len(g.Rows)
	}
	if n < 0 || places != 0 && places != total {
		return nil
	}
	out := &rowsBrief{Kind: "rows", ID: b.ID, Caption: b.Caption, Head: b.Head}
	differ := slices.ContainsFunc(cols, func(c column) bool { return c.holds == isText || c.holds == isLine })
	for _, c := range cols {
		if c.linked {
			out.Around = append(out.Around, c.from, c.to)
		}
	}
	for _, g := range b.Groups {
		x := groupBrief{ID: g.ID, Title: g.Title}
		var ids []string
		for i := range g.Rows {
			cells, id := g.Rows[i].cells(), s.identity(&g.Rows[i])
			row := []any{id}
			for k, c := range cols {
				switch c.holds {
				case isSame:
					if i == 0 {
						x.Same = append(x.Same, cells[k].Text)
					}
				case isText:
					row = append(row, cells[k].Text)
				case isLine:
					row = append(row, cells[k])
				}
			}
			ids = append(ids, id)
			x.Rows = append(x.Rows, row)
		}
		if !differ {
			x.Rows, x.IDs = nil, strings.Join(ids, " ")
		}
		out.Groups = append(out.Groups, x)
	}
	layout := layoutOf(cols, heads, places > 0, differ)
	if out.Shape = slices.Index(s.shapes, layout); out.Shape < 0 {
		out.Shape = len(s.shapes)
		s.shapes = append(s.shapes, layout)
	}
	return out
}

// widen makes room in a column for one more cell. same: it says what the first one of its group says.
func (c *column) widen(l *line, id, name string, same bool) {
	from, to, found := around(l.Href, id)
	if !c.seen {
		*c = column{seen: true, holds: isSame, linked: l.Href != "", from: from, to: to}
		if l.Text == name && name != "" {
			c.holds = isName
		}
	}
	if len(l.Spans) > 0 || l.Href != "" && !found || c.linked != (l.Href != "") || c.linked && (c.from != from || c.to != to) {
		c.holds, c.linked = isLine, false
	}
	if c.holds == isName && l.Text != name || c.holds == isSame && !same {
		c.holds = isText
	}
}

// layoutOf writes the layout for tables of one shape.
func layoutOf(cols []column, heads, places, differ bool) string {
	var b strings.Builder
	b.WriteString(`{{$names := site.Data.names}}{{$around := .around}}<table class="list"{{with .id}} id="{{.}}"{{end}}>{{with .caption}}<caption>{{.}}</caption>{{end}}{{with .head}}<thead><tr>{{range .}}<th scope="col">{{.}}</th>{{end}}</tr></thead>{{end}}` + "\n")
	linked, same := 0, 0
	for _, c := range cols {
		if c.linked {
			fmt.Fprintf(&b, "{{$from%d := index $around %d}}{{$to%d := index $around %d}}", linked, 2*linked, linked, 2*linked+1)
			linked++
		}
	}
	b.WriteString(`{{range .groups}}{{$g := .}}<tbody{{with .id}} id="{{.}}"{{end}}>{{with .title}}<tr class="group"><th colspan="9" scope="rowgroup">{{.}}</th></tr>{{end}}`)
	for _, c := range cols {
		if c.holds == isSame {
			fmt.Fprintf(&b, "{{$same%d := index $g.same %d}}", same, same)
			same++
		}
	}
	if differ {
		b.WriteString(`{{range .rows}}{{$row := .}}{{$id := index $row 0}}<tr`)
	} else {
		b.WriteString(`{{range split .ids " "}}{{$id := .}}<tr`)
	}
	if places {
		b.WriteString(` id="{{$id}}"`)
	}
	b.WriteString(">")
	linked, same = 0, 0
	at := 1
	for i, c := range cols {
		open, close := "<td>", "</td>"
		if i == 0 && heads {
			open, close = `<th scope="row">`, "</th>"
		}
		text := ""
		switch c.holds {
		case isSame:
			text = fmt.Sprintf("{{$same%d}}", same)
			same++
		case isName:
			text = "{{index $names $id}}"
		case isText:
			text = fmt.Sprintf("{{index $row %d}}", at)
			at++
		case isLine:
			text = fmt.Sprintf(`{{with index $row %d}}{{if .h}}<a href="{{.h}}">{{.t}}</a>{{else if .s}}{{range .s}}{{if .h}}<a href="{{.h}}">{{.t}}</a>{{else}}{{.t}}{{end}}{{end}}{{else}}{{.t}}{{end}}{{end}}`, at)
			at++
		}
		if c.linked {
			text = fmt.Sprintf(`<a href="{{$from%d}}{{$id}}{{$to%d}}">%s</a>`, linked, linked, text)
			linked++
		}
		b.WriteString(open + text + close)
	}
	b.WriteString("</tr>\n{{end}}</tbody>{{end}}</table>")
	return b.String()
}
