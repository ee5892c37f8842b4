package web

import (
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/figures"
)

type figuresPage struct {
	page
	Groups []figuresGroup
}

// figuresGroup is the series of one publisher.
type figuresGroup struct {
	Publisher, Anchor string
	N                 int
	Rows              template.HTML
}

// showFigures lists the series of figures, by publisher.
func showFigures(q *request) (*answer, error) {
	list := q.s.figures.List(q.at)
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return list, nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) {
			t := newTable("series", "unit", "times", "adds", "vintage", "known", "source", "licence", "publisher", "title")
			for i := range list {
				s := &list[i]
				for _, v := range s.Vintages {
					t.add(string(s.Series), s.Unit, s.Times, s.Adds, v.Edition, stocktake.At{Known: v.Known}.KnownString(), string(v.Source), v.Licence, s.Publisher, s.Title)
				}
			}
			return t, nil
		}}, nil
	}
	p := &figuresPage{page: q.page("/figures", "figures", "Figures")}
	p.Wide = true
	var order []string
	by := map[string][]*figures.Series{}
	for i := range list {
		name := list[i].Publisher
		if name == "" {
			name = "Publisher not stated"
		}
		if by[name] == nil {
			order = append(order, name)
		}
		by[name] = append(by[name], &list[i])
	}
	slices.Sort(order)
	for _, name := range order {
		var h htm
		for _, s := range by[name] {
			v := &s.Vintages[0]
			h.raw(`<tr role="row"><th scope="row" role="rowheader">`).link(q.to("figures", s.Series), s.Title).raw(` <span class="small mono">`).text(string(s.Series)).raw(`</span></th>`)
			h.cell("Unit", "").text(s.Unit).raw(`</td>`).cell("A period is", "").text(timesWords[s.Times]).raw(`</td>`)
			h.cell("Newest vintage", "").link(q.to("s", v.Source), v.Edition)
			if n := len(s.Vintages) - 1; n > 0 {
				h.raw(` <span class="small">and `).text(count(n, "older one", "older ones")).raw(`</span>`)
			}
			h.raw(`</td>`).cell("Licence", "").text(licenceWords(v)).raw("</td></tr>\n")
		}
		p.Groups = append(p.Groups, figuresGroup{name, "by-" + anchorOf(name), len(by[name]), h.html()})
	}
	if len(list) == 0 {
		p.Lede = "At these coordinates this record holds no figures."
	} else {
		p.Lede = "This record reads " + count(len(list), "series", "series") + " of figures from the files of " + count(len(order), "publisher", "publishers") + ", each with its source, its unit and every vintage."
	}
	return &answer{template: "figures.html", view: p}, nil
}

func anchorOf(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(s)), "-")
}

func licenceWords(v *figures.Vintage) string {
	if v.Licence == "" {
		return "none stated"
	}
	return v.Licence
}

// timesWords say what a period of a series means.
var timesWords = map[string]string{"year": "a year", "year-end": "the end of a year", "mid-year": "the middle of a year", "quarter": "a quarter", "five-years": "five years from 1 January", "day": "a day"}

// periodWords says a period: "at the end of 2015".
func periodWords(times, p string) string {
	from, to, two := strings.Cut(p, "/")
	switch {
	case two && from == "..":
		return "up to " + to
	case two:
		return "from " + from + " to " + to
	case times == "year-end":
		return "at the end of " + p
	case times == "mid-year":
		return "in the middle of " + p
	case times == "five-years":
		if y, err := strconv.Atoi(p); err == nil {
			return "from " + p + " to the beginning of " + strconv.Itoa(y+5)
		}
	case times == "quarter" && len(p) == 6:
		return "in the " + map[byte]string{'1': "first", '2': "second", '3': "third", '4': "fourth"}[p[5]] + " quarter of " + p[:4]
	case times == "day":
		if d, err := stocktake.ParseDate(p); err == nil {
			return onDate(d)
		}
	}
	return "in " + p
}

// figureText writes a figure for people: 12,345, or two places behind the point.
func figureText(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return thousands(int64(x))
	}
	s := strconv.FormatFloat(x, 'f', 2, 64)
	whole, part, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return s
	}
	minus := ""
	if n == 0 && x < 0 {
		minus = "-"
	}
	return minus + thousands(n) + "." + part
}

// stateWords says what a figure is that is not simply reported.
func stateWords(r *figures.Row) string {
	round := ""
	if r.Rounded > 0 {
		round = strconv.Itoa(r.Rounded)
	}
	switch r.State {
	case figures.NotReported:
		return "not reported"
	case figures.NoRow:
		return "no row"
	case figures.Partly:
		return count(r.NotReported, "part", "parts") + " of " + thousands(r.Rows) + " not reported"
	case figures.Rounded:
		return "may be rounded to " + round
	case figures.Zero:
		if round != "" {
			return "may be a few, rounded to 0"
		}
	}
	return ""
}

// valueCell writes a figure, or that there is none.
func (h *htm) valueCell(column string, r *figures.Row) *htm {
	h.cell(column, "num")
	if r.Value == nil {
		h.raw("–")
	} else {
		h.text(figureText(*r.Value))
	}
	if s := stateWords(r); s != "" {
		return h.raw("</td>").cell("To note", "small").text(s).raw("</td>")
	}
	return h.raw(`</td><td role="cell"></td>`)
}

// figuresTable is rows of figures as the command line prints them.
func figuresTable(list []figures.Row) *table {
	t := newTable("series", "party", "counterpart", "period", "value", "unit", "vintage", "source", "state")
	for i := range list {
		r := &list[i]
		v := ""
		if r.Value != nil {
			v = strconv.FormatFloat(*r.Value, 'f', -1, 64)
		}
		t.add(string(r.Series), r.Party, r.Counterpart, r.Period, v, r.Unit, r.Vintage, r.Source, r.State)
	}
	return t
}
