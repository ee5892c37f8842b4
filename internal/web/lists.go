package web

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

type searchPage struct {
	page
	Query string
	Hits  []hitView
}

type hitView struct {
	record.Hit
	Address string
}

// showSearch finds things by words.
func showSearch(q *request) (*answer, error) {
	p := &searchPage{page: q.page("/search", "", "Search"), Query: q.value("q")}
	p.Blocked = true
	var hits []record.Hit
	if p.Query != "" {
		if len(p.Query) > 200 {
			return nil, stocktake.Invalidf("the words are too long").Hinted("a few words find more than many")
		}
		p.Own.Set("q", p.Query)
		hits = q.s.rec.Search(q.at, p.Query, 60)
	}
	for _, h := range hits {
		if h.Kind == "instrument" && q.rehearsed(stocktake.InstrumentID(h.ID)) {
			h.Title = "Rehearsal: " + h.Title
		}
		if to := q.hitAddress(h.Kind, h.ID); to != "" {
			p.Hits = append(p.Hits, hitView{h, to})
		}
	}
	switch {
	case p.Query == "":
		p.Lede = "Type words, and this page lists parties, instruments, provisions, recorded votes, sources and filings whose names hold every one of them."
	case len(p.Hits) == 0:
		p.Lede = "Nothing in this record has every one of the words “" + p.Query + "” at the start of a word; fewer words, or another spelling, may find more."
	default:
		p.Lede = count(len(p.Hits), "thing", "things") + " in this record with the words “" + p.Query + "”, best first."
		if len(hits) == 60 {
			p.Lede = "The best 60 things in this record with the words “" + p.Query + "”; more words find fewer."
		}
	}
	return &answer{template: "search.html", view: p, json: func() (any, error) { return empty(hits), nil }, csv: func() (*table, error) {
		t := newTable("kind", "id", "title", "note")
		for _, h := range hits {
			t.add(h.Kind, h.ID, h.Title, h.Note)
		}
		return t, nil
	}}, nil
}

type instrumentsPage struct {
	page
	Tables []instrumentTable
	Rolled int // resolutions known by a recorded vote alone
}

type instrumentTable struct {
	Kind   stocktake.InstrumentKind
	Title  string
	Anchor string
	N      int
	Rows   template.HTML
}

// showInstruments lists what somebody described; resolutions known by a vote alone are under votes.
func showInstruments(q *request) (*answer, error) {
	list := q.described()
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return empty(list), nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) {
			t := newTable("id", "kind", "title", "symbol", "adopted", "in_force", "aliases")
			for _, in := range list {
				t.add(string(in.ID), string(in.Kind), in.Title, in.Symbol, in.Adopted.String(), in.InForce.String(), strings.Join(in.Aliases, " "))
			}
			return t, nil
		}}, nil
	}
	p := &instrumentsPage{page: q.page("/instruments", "instruments", "Instruments")}
	p.Wide = true
	p.Rolled = q.s.rec.Size().Instruments - len(list)
	p.Lede = "This record describes " + count(len(list), "instrument", "instruments") + ", from treaties to talks; a further " + thousands(max(p.Rolled, 0)) + " are known by recorded votes alone."
	for _, k := range kindsInOrder {
		var part []*stocktake.Instrument
		for _, in := range list {
			if in.Kind == k {
				part = append(part, in)
			}
		}
		if len(part) == 0 {
			continue
		}
		slices.SortFunc(part, func(a, b *stocktake.Instrument) int {
			return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
		})
		var h htm
		for _, in := range part {
			h.raw(`<tr><th scope="row">`).link(q.hitAddress("instrument", string(in.ID)), q.titleOf(in)).raw(`</th>`).td(in.Symbol).raw(`<td>`)
			if !in.Adopted.IsZero() {
				h.date(in.Adopted)
			}
			h.raw(`</td><td class="mono">`).text(string(in.ID)).raw("</td></tr>\n")
		}
		p.Tables = append(p.Tables, instrumentTable{k, kindWords[k][1], "kind-" + string(k), len(part), h.html()})
	}
	return &answer{template: "instruments.html", view: p}, nil
}

type partiesPage struct {
	page
	Tables []partyTable
}

type partyTable struct {
	Title  string
	Anchor string
	N      int
	Rows   template.HTML
}

// showParties lists states, former states, and others.
func showParties(q *request) (*answer, error) {
	list := q.s.rec.Parties(q.at.Head)
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return empty(list), nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) {
			t := newTable("id", "kind", "name", "from", "to", "iso2", "m49")
			for _, x := range list {
				t.add(string(x.ID), x.Kind, nameOf(x), x.From.String(), x.To.String(), x.Codes["iso2"], x.Codes["m49"])
			}
			return t, nil
		}}, nil
	}
	p := &partiesPage{page: q.page("/parties", "parties", "Parties")}
	p.Wide = true
	day := stocktake.DateOf(q.at.On)
	members := 0
	for _, k := range []struct{ kind, title string }{{"state", "States"}, {"observer", "Observers"}, {"former-state", "Former states"}, {"seat", "Seats"}, {"union", "Unions and organisations of states"}, {"territory", "Territories"},
		{"organ", "Organs and meetings"}, {"group", "Groups"}, {"organisation", "Organisations"}} {
		var part []*stocktake.Party
		for _, x := range list {
			if x.Kind == k.kind {
				part = append(part, x)
			}
		}
		if len(part) == 0 {
			continue
		}
		slices.SortFunc(part, func(a, b *stocktake.Party) int {
			return cmp.Or(cmp.Compare(nameOf(a), nameOf(b)), cmp.Compare(a.ID, b.ID))
		})
		var h htm
		for _, x := range part {
			h.raw(`<tr><th scope="row">`).link(q.to("p", x.ID), nameOf(x)).raw(`</th><td class="mono">`).text(string(x.ID)).raw(`</td><td>`)
			switch x.MemberOf("un-members", day) {
			case stocktake.Yes:
				members++
				h.raw("member of the United Nations")
			case stocktake.Unsure:
				h.raw("whether a member of the United Nations is unsure")
			}
			h.raw(`</td><td>`)
			if !x.From.IsZero() {
				h.text("from " + dateWords(x.From) + " ")
			}
			if !x.To.IsZero() {
				h.text("to " + dateWords(x.To))
			}
			h.raw("</td></tr>\n")
		}
		p.Tables = append(p.Tables, partyTable{k.title, "kind-" + k.kind, len(part), h.html()})
	}
	p.Lede = "This record knows " + count(len(list), "party", "parties") + ", of which " + thousands(members) + " were members of the United Nations on " + longDay(q.at.On) + "."
	return &answer{template: "parties.html", view: p}, nil
}

type standingListPage struct {
	page
	Rows template.HTML
	N    int
}

// mostStandings is how many standings one address gives without naming a party or an instrument.
const mostStandings = 20_000

// listStandings is the command `standing` as an address: ?party= and ?instrument=, each repeated or left out, but not both.
func listStandings(q *request) (*answer, error) {
	p := &standingListPage{page: q.page("/standing", "instruments", "Standings")}
	f, err := q.filter(&p.page)
	if err != nil {
		return nil, err
	}
	if len(f.Parties)+len(f.Instruments) == 0 {
		return nil, stocktake.Invalidf("neither party nor instrument is named").Hinted("write ?party=USA, or ?instrument=gcm, or both; the command `stocktake standing` prints the whole table")
	}
	var list []stocktake.Standing
	err = q.s.rec.Standings(q.ctx, q.at, f, func(s stocktake.Standing) error {
		if len(list) == mostStandings {
			return stocktake.Invalidf("these are more than %d standings", mostStandings).Hinted("name fewer instruments")
		}
		list = append(list, s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return empty(list), nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) { return standingTable(list), nil }}, nil
	}
	p.N, p.Wide = len(list), true
	p.Lede = count(len(list), "standing", "standings") + " on " + longDay(q.at.On) + ", as asked for in the address."
	if len(list) == 1 {
		if in, ok := q.s.rec.Instrument(list[0].Instrument, q.at.Head); ok {
			if p.Lede, err = q.standingLede(&list[0], in); err != nil {
				return nil, err
			}
		}
	}
	law := q.s.rec.Law(q.at.Head)
	sw := map[string]template.HTML{}
	var h htm
	for i := range list[:min(len(list), 3000)] {
		s := &list[i]
		if _, ok := sw[s.Standing]; !ok {
			sw[s.Standing] = q.newGroup(law, s.Standing).Swatch
		}
		h.raw(`<tr><th scope="row">`).link(q.to("i", s.Instrument, s.Party), q.partyName(s.Party)).raw(`</th><td>`).link(q.to("i", s.Instrument), q.instrumentTitle(s.Instrument)).raw(`</td><td>`).raw(string(sw[s.Standing])).raw(` `).text(s.Standing).raw(`</td><td>`)
		if s.Since != nil {
			h.date(*s.Since)
		}
		h.raw(`</td>`).td(yes(s.Unsure)).raw("</tr>\n")
	}
	p.Rows = h.html()
	return &answer{template: "standings.html", view: p}, nil
}

type agreePage struct {
	page
	A, B    *stocktake.Party
	Result  record.Agreement
	Percent string
	FromDay string
	ToDay   string
	FromS   string
	ToS     string
}

// showAgree counts how often two parties voted alike.
func showAgree(q *request) (*answer, error) {
	p := &agreePage{page: q.page("/agree", "votes", "How often two parties voted alike"), FromDay: q.value("from"), ToDay: q.value("to"), FromS: q.value("from-session"), ToS: q.value("to-session")}
	if q.value("party") == "" || q.value("with") == "" {
		if q.form != formHTML {
			return nil, stocktake.Invalidf("two parties are needed").Hinted("write ?party=USA&with=MEX, and &from-session=61&to-session=74 to narrow it")
		}
		p.Lede = "Name two parties, and this page counts the recorded votes in which both voted yes, no or abstained, and those in which both did the same."
		p.NoForms = true
		return &answer{template: "agree.html", view: p}, nil
	}
	var err error
	if p.A, _, err = q.findParty(q.value("party")); err != nil {
		return nil, err
	}
	if p.B, _, err = q.findParty(q.value("with")); err != nil {
		return nil, err
	}
	p.Own.Set("party", string(p.A.ID))
	p.Own.Set("with", string(p.B.ID))
	var span record.Span
	for _, x := range []struct {
		name string
		to   *int
	}{{"from-session", &span.FromSession}, {"to-session", &span.ToSession}} {
		n, err := q.number(x.name, 0, 1, 999)
		if err != nil {
			return nil, err
		}
		if *x.to = int(n); n > 0 {
			p.Own.Set(x.name, itoa(n))
		}
	}
	for _, x := range []struct {
		name string
		to   *stocktake.Date
	}{{"from", &span.From}, {"to", &span.To}} {
		if v := q.value(x.name); v != "" {
			d, err := stocktake.ParseDate(v)
			if err != nil {
				return nil, stocktake.Invalidf("%s=%v", x.name, err)
			}
			*x.to = d
			p.Own.Set(x.name, v)
		}
	}
	if p.Result, err = q.s.rec.Agree(q.at, p.A.ID, p.B.ID, span); err != nil {
		return nil, err
	}
	if q.form == formJSON {
		return &answer{json: func() (any, error) { return p.Result, nil }}, nil
	}
	if q.form == formCSV {
		return &answer{csv: func() (*table, error) {
			t := newTable("party", "with", "joint", "same", "share")
			share := ""
			if p.Result.Share != nil {
				share = strconv.FormatFloat(*p.Result.Share, 'f', 4, 64)
			}
			t.add(string(p.A.ID), string(p.B.ID), itoa(p.Result.Joint), itoa(p.Result.Same), share)
			return t, nil
		}}, nil
	}
	a, b := q.partyInProse(p.A.ID), q.partyInProse(p.B.ID)
	in := ""
	switch {
	case span.FromSession > 0 && span.ToSession > 0:
		in = " of sessions " + itoa(span.FromSession) + " to " + itoa(span.ToSession)
	case span.FromSession > 0:
		in = " from session " + itoa(span.FromSession) + " on"
	case span.ToSession > 0:
		in = " up to session " + itoa(span.ToSession)
	}
	p.Lede = "In " + count(p.Result.Joint, "recorded vote", "recorded votes") + " of the General Assembly" + in + " both " + a + " and " + b + " voted yes, no or abstained, up to " + longDay(q.at.On)
	if p.Result.Share != nil {
		p.Percent = percent(*p.Result.Share)
		p.Lede += "; in " + thousands(p.Result.Same) + " of them (" + p.Percent + ") both did the same"
	}
	p.Lede += "; what was adopted without a vote is not counted."
	return &answer{template: "agree.html", view: p}, nil
}

func percent(f float64) string {
	n := int(f*1000 + 0.5)
	return itoa(n/10) + "." + itoa(n%10) + " %"
}
