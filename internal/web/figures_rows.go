package web

import (
	"cmp"
	"context"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/figures"
)

type figureLinesPage struct {
	page
	S     *figures.Series
	Of    string // what the rows are about, in words
	Pager pager
	Parts []figureLines
}

// figureLines is rows of one file.
type figureLines struct {
	Table, Title, Edition, Source string
	Cut                           bool // only the columns that are read
	Columns                       []string
	Rows                          template.HTML
}

// showFigureLines shows the rows of the files behind a figure, as they stand there.
func showFigureLines(q *request) (*answer, error) {
	x, err := q.figureQuery()
	if err != nil {
		return nil, err
	}
	if !q.mayHaveWhole(&x.s) && x.party == nil && x.counterpart == nil {
		return nil, stocktake.Invalidf("no licence is known that lets everybody have the whole file").Hinted("name a party or a counterpart")
	}
	read := func(ctx context.Context, skip, most int) (list []figures.Line, n int, err error) {
		n, err = q.s.figures.Lines(ctx, q.at, x.Query, skip, most, func(l *figures.Line) error {
			if len(list) >= mostRows {
				return tooMany(len(list) + 1)
			}
			list = append(list, *l)
			return nil
		})
		return list, n, err
	}
	switch q.form {
	case formJSON:
		list, _, err := read(q.ctx, 0, mostRows+1)
		return &answer{json: func() (any, error) { return empty(list), nil }}, err
	case formCSV:
		list, _, err := read(q.ctx, 0, mostRows+1)
		return &answer{csv: func() (*table, error) {
			if len(list) == 0 {
				return newTable("table", "line"), nil
			}
			t := newTable(append([]string{"table", "line"}, list[0].Columns...)...)
			for _, l := range list {
				if len(l.Columns) != len(list[0].Columns) { // a file of other columns: what it has by name
					l.Cells = byName(l, list[0].Columns)
				}
				t.add(append([]string{string(l.Table), itoa(l.Line)}, l.Cells...)...)
			}
			return t, nil
		}}, err
	}
	p := &figureLinesPage{page: q.page(join([]any{"figures", x.Series, "rows"}), "figures", "Rows: "+x.s.Title), S: &x.s}
	p.Wide, p.Blocked = true, true
	var of []string
	for _, name := range []string{"party", "counterpart", "period"} {
		if v := q.value(name); v != "" {
			p.Own.Set(name, v)
		}
	}
	for _, place := range []*figurePlace{x.party, x.counterpart} {
		if place != nil {
			of = append(of, place.Name)
		}
	}
	if v := q.value("period"); v != "" {
		of = append(of, v)
	}
	p.Of = strings.Join(of, ", ")
	_, n, err := read(q.ctx, 0, 0)
	if err != nil {
		return nil, err
	}
	if p.Pager, err = q.pages(&p.page, n); err != nil {
		return nil, err
	}
	list, _, err := read(q.ctx, p.Pager.From, perPage)
	if err != nil {
		return nil, err
	}
	p.Parts = q.linesByTable(&x.s, list)
	p.Lede = count(n, "row", "rows") + " of the archived file"
	if n == 0 {
		p.Lede = "No row of the archived file"
	}
	if p.Of != "" {
		p.Lede += " for " + p.Of
	}
	p.Lede += ", as they stand there."
	return &answer{template: "figurerows.html", view: p}, nil
}

func byName(l figures.Line, columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		if at := slices.Index(l.Columns, c); at >= 0 {
			out[i] = l.Cells[at]
		}
	}
	return out
}

// linesByTable writes rows, file by file.
func (q *request) linesByTable(s *figures.Series, list []figures.Line) (parts []figureLines) {
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Table == list[0].Table {
			n++
		}
		part := figureLines{Table: string(list[0].Table), Source: string(list[0].Source), Columns: list[0].Columns}
		for _, v := range s.Vintages {
			if v.Table == list[0].Table {
				part.Title, part.Edition, part.Cut = v.Title, v.Edition, v.Copy != "public"
			}
		}
		var h htm
		for i := range list[:n] {
			h.raw(`<tr><th scope="row" class="num">`).raw(itoa(list[i].Line)).raw(`</th>`)
			for _, c := range list[i].Cells {
				h.td(c)
			}
			h.raw("</tr>\n")
		}
		part.Rows = h.html()
		parts, list = append(parts, part), list[n:]
	}
	return parts
}

// rowsAt is the address of the rows behind a figure.
func (q *request) rowsAt(x *figureQuery, party, counterpart, period string) string {
	v := url.Values{"period": {period}}
	if p := cmp.Or(party, x.Party); p != "" {
		v.Set("party", p)
	}
	if c := cmp.Or(counterpart, x.Counterpart); c != "" {
		v.Set("counterpart", c)
	}
	return q.link(join([]any{"figures", x.Series, "rows"}), v)
}
