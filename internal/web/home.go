package web

import (
	"cmp"
	"html/template"

	"stocktake"
	"stocktake/internal/record"
)

// homeInstrument is what the first page is about.
const homeInstrument = stocktake.InstrumentID("gcm")

// homeDays are days on which many stood elsewhere than the day before.
var homeDays = []struct{ on, what string }{
	{"2018-12-10", "Marrakech"},
	{"2018-12-19", "vote in the General Assembly"},
	{"2019-02-01", "after Brazil’s withdrawal in January 2019"},
	{"2022-06-10", "after the first review forum"},
	{"2023-02-01", "after Brazil’s return in January 2023"},
}

type homePage struct {
	page
	Have   bool // the record holds the instrument
	In     *stocktake.Instrument
	Where  whereView
	Days   []dayLink
	Themes []themeCount
	Size   recordSize
}

type dayLink struct {
	Day, What, Address string
	Current            bool
}

type recordSize struct{ Filings, Acts, RollCalls, Instruments, Sources int }

// whereView is where as a template shows it.
type whereView struct {
	links
	Rolls   []record.RollCallView
	Map     template.HTML
	Rows    template.HTML
	Groups  []group
	Binding bool
	Caveats []string
	Compact bool // no official list exists: the page says so
}

func (q *request) whereView(w *where) (whereView, error) {
	m, err := q.worldPicture(w)
	return whereView{links: links{q}, Rolls: w.rolls, Map: m, Rows: q.standingRows(w), Groups: w.groups, Binding: w.in.Kind.Binding(), Caveats: w.caveats, Compact: w.in.Kind == stocktake.Compact}, err
}

// home is the first page: three doors, and the world on a day.
func home(q *request) (*answer, error) {
	p := &homePage{page: q.page("/", "home", "Where governments stand on what they undertook towards people")}
	n := q.s.rec.Size()
	p.Size = recordSize{n.Filings, n.Rows, n.RollCalls, n.Instruments, n.Sources}
	p.Themes = q.themes()
	p.Wide = true
	in, ok := q.s.rec.Instrument(homeInstrument, q.at.Head)
	if !ok {
		p.Lede = "At filing " + thousands(cmp.Or(q.printedHead(), q.at.Head)) + " this record held nothing yet about the Global Compact for Migration."
		none := func() (any, error) { return []stocktake.Standing{}, nil }
		return &answer{template: "home.html", view: p, json: none, csv: func() (*table, error) { return standingTable(nil), nil }}, nil
	}
	w, err := q.where(in)
	if err != nil {
		return nil, err
	}
	p.Have, p.In = true, in
	p.Lede = q.whereLede(w)
	if q.form == formHTML {
		if p.Where, err = q.whereView(w); err != nil {
			return nil, err
		}
	}
	for _, d := range homeDays {
		p.Days = append(p.Days, dayLink{dateWords(stocktake.MustDate(d.on)), d.what, p.Here("on", d.on), q.at.OnString() == d.on})
	}
	now := "today"
	if q.copy != nil { // a copy may be read long after
		now = longDay(q.at.On)
	}
	p.Days = append(p.Days, dayLink{now, "", p.Here("on", ""), q.at.On == q.today})
	return &answer{template: "home.html", view: p, json: func() (any, error) { return w.all, nil }, csv: func() (*table, error) { return standingTable(w.all), nil }}, nil
}
