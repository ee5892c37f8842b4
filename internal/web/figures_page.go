package web

import (
	"cmp"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/figures"
)

type figurePage struct {
	page
	S           *figures.Series
	Party       *figurePlace // nil: every one
	Counterpart *figurePlace
	Period      string   // of the tables by place
	PeriodWords string   // "at the end of 2015"
	Periods     []string // newest first
	Chart       template.HTML
	Rows        template.HTML // by period
	N           int
	Sides       []figureSide
	Vintages    []vintageView
	Missing     string // why there are no figures here
	MissingHint string
	Price       bool // figures cannot be added up, and more than one is asked for
	Whole       bool // each row may be had at once
}

// figurePlace is a place with its name.
type figurePlace struct {
	ID, Name string
	Party    bool // of the record
}

// figureSide is a table by place of one period.
type figureSide struct {
	Title, Caption, Column, Anchor string
	N                              int
	Rows                           template.HTML
	Names                          bool // without figures
}

// vintageView is one vintage, in words.
type vintageView struct {
	figures.Vintage
	KnownDay, Copy string
	File           string // address of the archived copy, where everybody may have it
}

// figureQuery is what the address of a page about a series asks.
type figureQuery struct {
	figures.Query
	s                  figures.Series
	party, counterpart *figurePlace
}

// figureQuery reads the address. To a party's own address the party belongs; one of a series that tells of no party is about the counterpart.
func (q *request) figureQuery() (*figureQuery, error) {
	id := stocktake.SeriesID(q.path("publisher") + "/" + q.path("column"))
	s, err := q.s.figures.Series(id, q.at)
	if err != nil {
		m := &missing{Fault: stocktake.NotFoundf("no series %q in this record, as known by then", id).Hinted("the list of figures has them all")}
		m.near = []nearby{{"All figures", q.to("figures")}}
		return nil, m
	}
	x := &figureQuery{Query: figures.Query{Series: id}, s: s}
	party, counterpart := q.value("party"), q.value("counterpart")
	if own := q.path("party"); own != "" {
		if s.Party {
			party = own
		} else {
			counterpart = own
		}
	}
	for _, side := range []struct {
		name, of string
		has      bool
		to       *string
		place    **figurePlace
	}{{party, "party", s.Party, &x.Party, &x.party}, {counterpart, "counterpart", s.Counterpart, &x.Counterpart, &x.counterpart}} {
		if side.name == "" {
			continue
		}
		if !side.has {
			return nil, stocktake.Invalidf("%s tells of no %s", id, side.of).Hinted("leave it out")
		}
		p, err := q.figurePlace(side.name)
		if err != nil {
			return nil, err
		}
		*side.to, *side.place = p.ID, p
	}
	if x.From, x.To, err = figures.ParseSpan(q.value("period")); err != nil {
		return nil, err
	}
	return x, nil
}

// figurePlace finds a place by what stands in an address: a party, or a code with its list.
func (q *request) figurePlace(name string) (*figurePlace, error) {
	if list, code, ok := strings.Cut(name, ":"); ok && list != "" && code != "" {
		return &figurePlace{ID: name, Name: code}, nil
	}
	p, _, err := q.findParty(name)
	if err != nil {
		return nil, err
	}
	return &figurePlace{ID: string(p.ID), Name: nameOf(p), Party: true}, nil
}

// showFigureSeries shows one series: its totals by period, and by place in one period.
func showFigureSeries(q *request) (*answer, error) {
	x, err := q.figureQuery()
	if err != nil {
		return nil, err
	}
	if own := q.path("party"); own != "" {
		place := cmp.Or(x.party, x.counterpart)
		if place.ID != own {
			return q.moveTo("figures", x.Series, place.ID), nil
		}
	} else if x.party != nil {
		v := q.own()
		v.Del("party")
		path := join([]any{"figures", x.Series, x.party.ID})
		if q.form != formHTML {
			path += "." + string(q.form)
		}
		return &answer{redirect: q.link(path, v)}, nil
	}
	whole := q.mayHaveWhole(&x.s) || x.party != nil || x.counterpart != nil
	if q.form != formHTML {
		return q.figureRows(x, whole)
	}
	return q.figurePage(x, whole)
}

// mayHaveWhole reports whether every file behind a series may be given to everybody.
func (q *request) mayHaveWhole(s *figures.Series) bool {
	return !slices.ContainsFunc(s.Vintages, func(v figures.Vintage) bool { return v.Copy != "public" })
}

// figureRows answers in the shapes of the command line: totals by period, or with each=1 every figure.
func (q *request) figureRows(x *figureQuery, whole bool) (*answer, error) {
	query := x.Query
	each := q.value("each") != ""
	switch {
	case each && !whole:
		return nil, stocktake.Invalidf("no licence is known that lets everybody have the whole file").Hinted("name a party or a counterpart")
	case !each:
		query.Over = figures.Over{Parties: true, Counterparts: true}
	}
	if q.copy != nil && !q.mayHaveWhole(&x.s) {
		return withoutFigures(x, "withheld"), nil
	}
	list, err := q.s.figures.Ask(q.ctx, q.at, query)
	switch {
	case gone(err) && q.copy != nil:
		return withoutFigures(x, "not-here"), nil
	case stocktake.KindOf(err) == stocktake.Invalid && !each && q.copy != nil:
		list, err = []figures.Row{}, nil // prices of many places: the copy has no page for one of them
	case stocktake.KindOf(err) == stocktake.Invalid && !each && whole:
		query.Over = figures.Over{}
		list, err = q.s.figures.Ask(q.ctx, q.at, query)
	}
	if err != nil {
		return nil, err
	}
	return &answer{json: func() (any, error) { return list, nil }, csv: func() (*table, error) { return figuresTable(list), nil }}, nil
}

// withoutFigures says in place of rows that a copy has none, and why.
func withoutFigures(x *figureQuery, state string) *answer {
	v := &x.s.Vintages[0]
	list := []figures.Row{{Series: x.Series, Unit: x.s.Unit, Vintage: v.Edition, Source: string(v.Source), State: state, Table: string(v.Table)}}
	return &answer{json: func() (any, error) { return list, nil }, csv: func() (*table, error) { return figuresTable(list), nil }}
}

func gone(err error) bool {
	k := stocktake.KindOf(err)
	return err != nil && (k == stocktake.NotFound || k == stocktake.Gone)
}

// figurePage gathers the page of a series.
func (q *request) figurePage(x *figureQuery, whole bool) (*answer, error) {
	path, title := []any{"figures", x.Series}, x.s.Title
	if own := cmp.Or(x.party, x.counterpart); own != nil && q.path("party") != "" {
		path, title = append(path, own.ID), x.s.Title+": "+own.Name
	}
	p := &figurePage{page: q.page(join(path), "figures", title), S: &x.s, Party: x.party, Counterpart: x.counterpart, Whole: whole}
	p.Wide = true
	for _, name := range []string{"counterpart", "period"} {
		if v := q.value(name); v != "" {
			p.Own.Set(name, v)
		}
	}
	for _, v := range x.s.Vintages {
		view := vintageView{Vintage: v, KnownDay: knownWords(stocktake.At{Known: v.Known}.KnownString()), Copy: "the archived copy is private, and only its hash is part of this record"}
		if v.Copy == "public" {
			view.Copy = "the archived copy is part of this record"
		}
		if v.Copy == "public" && q.s.rec.TakenDownBy(v.SHA256) == 0 {
			view.File = "/log/file/" + v.SHA256
		}
		p.Vintages = append(p.Vintages, view)
	}
	a := &answer{template: "figure.html", view: p}
	p.Lede = x.s.Title + ", in " + x.s.Unit + "; source: " + x.s.Publisher + ", " + x.s.Vintages[0].Edition + "."
	if q.copy != nil && !q.mayHaveWhole(&x.s) {
		p.Missing = "No licence is known that lets everybody have the file, so that its figures are shown only where the program itself runs, and not in this copy."
		return a, nil
	}
	ext, err := q.s.figures.Extent(q.ctx, q.at, x.Series)
	if gone(err) {
		f := err.(*stocktake.Fault)
		p.Missing, p.MissingHint, a.fresh = sentenceStart(f.What)+".", f.Hint, true
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	return a, q.fillFigures(p, x, ext)
}

// fillFigures adds the totals and the tables by place.
func (q *request) fillFigures(p *figurePage, x *figureQuery, ext figures.Extent) error {
	names := map[string]figures.Place{}
	for _, list := range [][]figures.Place{ext.Parties, ext.Counterparts} {
		for _, place := range list {
			names[place.ID] = place
		}
	}
	for _, place := range []*figurePlace{p.Party, p.Counterpart} {
		if place != nil && !place.Party {
			if n, ok := names[place.ID]; ok {
				place.Name = n.Name
				if q.path("party") == place.ID {
					p.Title = x.s.Title + ": " + n.Name
				}
			}
		}
	}
	p.Periods = slices.Clone(ext.Periods)
	slices.Reverse(p.Periods)
	totals := x.Query
	totals.Over = figures.Over{Parties: true, Counterparts: true}
	if x.From == x.To { // one period: the others stay for comparison
		totals.From, totals.To = "", ""
	}
	list, err := q.s.figures.Ask(q.ctx, q.at, totals)
	if stocktake.KindOf(err) == stocktake.Invalid && err != nil {
		p.Price = true
		list = nil
	} else if err != nil {
		return err
	}
	p.Period = q.periodOf(x, ext.Periods, list)
	p.PeriodWords = periodWords(x.s.Times, p.Period)
	p.N = len(list)
	p.Chart = figureChart(&x.s, list, p.Title)
	p.Rows = q.figureTotals(x, list, p.Period)
	q.figureLede(p, x, list)
	for _, side := range []struct {
		of, title string
		has       bool
		places    int
		over      figures.Over
		name      func(*figures.Row) string
	}{
		{"party", "By party: where people are, or whom it is about", x.s.Party && x.party == nil, len(ext.Parties), figures.Over{Counterparts: true}, func(r *figures.Row) string { return r.Party }},
		{"counterpart", "By counterpart: where they came from, or the other side", x.s.Counterpart && x.counterpart == nil, len(ext.Counterparts), figures.Over{Parties: true}, func(r *figures.Row) string { return r.Counterpart }},
	} {
		if !side.has || p.Period == "" {
			continue
		}
		query := x.Query
		query.From, query.To, query.Over = p.Period, p.Period, side.over
		rows, err := q.s.figures.Ask(q.ctx, q.at, query)
		s := figureSide{Title: side.title, Column: map[string]string{"party": "Party", "counterpart": "Counterpart"}[side.of], Anchor: "by-" + side.of, Caption: x.s.Title + " " + p.PeriodWords + ", the largest first"}
		if stocktake.KindOf(err) == stocktake.Invalid && err != nil { // a price: names alone
			s.Names, s.Caption = true, "Those of whom it tells"
			rows = nil
			for _, place := range map[string][]figures.Place{"party": ext.Parties, "counterpart": ext.Counterparts}[side.of] {
				rows = append(rows, figures.Row{Party: place.ID, Counterpart: place.ID})
			}
		} else if err != nil {
			return err
		}
		s.N = len(rows)
		s.Rows = q.sideRows(x, rows, side.of, side.name, names, s.Names)
		p.Sides = append(p.Sides, s)
	}
	return nil
}

// periodOf is the period of the tables by place: the one asked for, else the newest with a figure.
func (q *request) periodOf(x *figureQuery, all []string, totals []figures.Row) string {
	in := func(p string) bool {
		return (x.From == "" || p >= x.From) && (x.To == "" || p <= x.To || strings.HasPrefix(p, x.To))
	}
	for i := len(totals) - 1; i >= 0; i-- {
		if in(totals[i].Period) && (totals[i].Value != nil || x.From != "" || x.To != "") {
			return totals[i].Period
		}
	}
	for _, p := range slices.Backward(all) {
		if in(p) {
			return p
		}
	}
	return ""
}

// figureLede puts the newest figure into a sentence.
func (q *request) figureLede(p *figurePage, x *figureQuery, list []figures.Row) {
	i := slices.IndexFunc(list, func(r figures.Row) bool { return r.Period == p.Period })
	if i < 0 {
		return
	}
	r := &list[i]
	whose := x.s.Title
	if p.Party != nil {
		whose += ", " + q.placeName(p.Party)
	}
	if p.Counterpart != nil {
		and := ", "
		switch {
		case p.Party != nil && x.s.Adds == "none":
			and = " and "
		case p.Party != nil:
			and = ", from "
		}
		whose += and + q.placeName(p.Counterpart)
	}
	value := "not reported"
	if r.Value != nil {
		value = figureText(*r.Value) + " " + x.s.Unit
	}
	p.Lede = whose + ": " + value + " " + p.PeriodWords
	if s := stateWords(r); s != "" && r.State != figures.NotReported {
		p.Lede += " (" + s + ")"
	}
	p.Lede += "; source: " + x.s.Publisher + ", edition " + r.Vintage + "."
}

func (q *request) placeName(p *figurePlace) string {
	if p.Party {
		return q.partyInProse(stocktake.PartyID(p.ID))
	}
	return p.Name
}

// figureTotals writes the table by period, newest first.
func (q *request) figureTotals(x *figureQuery, list []figures.Row, period string) template.HTML {
	var h htm
	for i := len(list) - 1; i >= 0; i-- {
		r := &list[i]
		h.raw(`<tr role="row"><th scope="row" role="rowheader">`)
		if q.copy == nil {
			h.raw(`<a href="`).text(q.hereWith(x, "period", r.Period)).raw(`"`)
			if r.Period == period {
				h.raw(` aria-current="true"`)
			}
			h.raw(`>`).text(r.Period).raw(`</a></th>`)
		} else {
			h.text(r.Period).raw(`</th>`)
		}
		h.valueCell("Figure", r).cell("Vintage", "").link(q.to("s", r.Source), r.Vintage).raw(`</td>`).cell("Rows", "num")
		h.link(q.rowsAt(x, r.Party, r.Counterpart, r.Period), thousands(r.Rows)).raw("</td></tr>\n")
	}
	return h.html()
}

// sideRows writes a table by place, the largest first.
func (q *request) sideRows(x *figureQuery, rows []figures.Row, side string, name func(*figures.Row) string, names map[string]figures.Place, bare bool) template.HTML {
	title := func(id string) string {
		if p := names[id]; strings.Contains(id, ":") {
			return p.Name
		}
		return q.partyName(stocktake.PartyID(id))
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b figures.Row) int {
		switch {
		case a.Value == nil && b.Value == nil:
			return cmp.Compare(title(name(&a)), title(name(&b)))
		case a.Value == nil:
			return 1
		case b.Value == nil:
			return -1
		}
		return cmp.Or(cmp.Compare(*b.Value, *a.Value), cmp.Compare(title(name(&a)), title(name(&b))))
	})
	var h htm
	for i := range rows {
		r := &rows[i]
		id := name(r)
		address := q.hereWith(x, side, id)
		if side == "party" {
			v := url.Values{}
			if x.Counterpart != "" {
				v.Set("counterpart", x.Counterpart)
			}
			address = q.link(join([]any{"figures", x.Series, id}), v)
		} else if !x.s.Party {
			address = q.to("figures", x.Series, id)
		}
		h.raw(`<tr role="row"><th scope="row" role="rowheader">`).link(address, title(id))
		if p := names[id]; p.Kind != "" && p.Kind != "state" && p.Kind != "territory" {
			h.raw(` <span class="small">`).text(kindOfPlace[p.Kind]).raw(`</span>`)
		}
		h.raw(`</th>`)
		if !bare {
			h.valueCell("Figure", r).cell("Rows", "num").link(q.rowsAt(x, r.Party, r.Counterpart, r.Period), thousands(r.Rows)).raw(`</td>`)
		}
		h.raw("</tr>\n")
	}
	return h.html()
}

// kindOfPlace says what a code of a table means that is no state or territory.
var kindOfPlace = map[string]string{"former": "former state or territory", "aggregate": "a group, in no sum", "unknown": "not known, or not said", "other": "no state"}

// hereWith is the address of this selection with one parameter set anew.
func (q *request) hereWith(x *figureQuery, name, value string) string {
	path := []any{"figures", x.Series}
	if own := q.path("party"); own != "" {
		path = append(path, own)
	}
	v := url.Values{}
	for _, n := range []string{"counterpart", "period"} {
		if s := q.value(n); s != "" {
			v.Set(n, s)
		}
	}
	v.Set(name, value)
	return q.link(join(path), v)
}
