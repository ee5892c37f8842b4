package web

import (
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

// themes lists the themes of all provisions with their number, by name.
func (q *request) themes() []themeCount {
	list, _ := remember(&q.s.memos, "themes "+itoa(q.at.Head), func() ([]themeCount, error) {
		n := map[string]int{}
		for _, in := range q.described() {
			for _, p := range q.s.rec.Provisions(in.ID, q.at.Head) {
				for _, t := range p.Themes {
					n[t]++
				}
			}
		}
		out := []themeCount{}
		for t, c := range n {
			out = append(out, themeCount{t, strings.ReplaceAll(t, "-", " "), c})
		}
		slices.SortFunc(out, func(a, b themeCount) int { return strings.Compare(a.Theme, b.Theme) })
		return out, nil
	})
	return list
}

type themeCount struct {
	Theme, Words string
	N            int
}

type provisionPage struct {
	page
	P        *stocktake.Provision
	In       *stocktake.Instrument
	Parent   *stocktake.Provision
	Parts    []partView
	Texts    []provisionText
	Where    whereView
	Measures []measureView
	Before   *stocktake.Provision
	After    *stocktake.Provision
}

type provisionText struct {
	record.Text
	Name   string
	Title  string
	Paras  []string
	Mirror bool // written from right to left
}

// showProvision shows a numbered part of an instrument and who stands how towards it.
func showProvision(q *request) (*answer, error) {
	in, move, err := q.findInstrument(q.path("instrument"))
	if err != nil {
		return nil, err
	}
	if move {
		return q.moveTo("r", in.ID, q.path("number")), nil
	}
	id := stocktake.ProvisionID(string(in.ID) + "/" + q.path("number"))
	prov, ok := q.s.rec.Provision(id, q.at.Head)
	if !ok {
		m := &missing{Fault: stocktake.NotFoundf("%s has no provision %q in this record", in.Title, q.path("number")).Hinted("the page of the instrument lists those that it has")}
		m.near = []nearby{{in.Title, q.to("i", in.ID)}}
		return nil, m
	}
	texts, err := q.s.rec.Texts(q.ctx, id, q.at.Head)
	if err != nil {
		return nil, err
	}
	if q.form == formJSON {
		return &answer{json: func() (any, error) {
			return map[string]any{"provision": prov, "texts": texts, "on": q.at.OnString(), "known": q.at.KnownString(), "head": q.at.Head}, nil
		}}, nil
	}
	p := &provisionPage{page: q.page(join([]any{"r", id}), "instruments", prov.Number+": "+prov.Title), P: prov, In: in}
	if q.copy == nil {
		w, err := q.where(in)
		if err != nil {
			return nil, err
		}
		if q.form == formCSV {
			return &answer{csv: func() (*table, error) { return standingTable(w.all), nil }}, nil
		}
		if p.Where, err = q.whereView(w); err != nil {
			return nil, err
		}
		p.Lede = q.whereAbout(w, ", of which "+prov.Number+" ("+prov.Title+") is a part,")
		p.Wide = true
	} else { // on a copy, who stood where is on the page of the whole alone
		p.Lede = prov.Number + " (" + prov.Title + ") is a part of " + inProse(in) + "; who stood where towards the whole, its page says."
	}
	all := q.s.rec.Provisions(in.ID, q.at.Head)
	for i, x := range all {
		if x.ID == prov.Parent {
			p.Parent = x
		}
		if x.Parent == prov.ID {
			words, lang, err := q.wordsOf(x.ID)
			if err != nil {
				return nil, err
			}
			p.Parts = append(p.Parts, partView{x, words, lang})
		}
		if x.ID == prov.ID {
			if i > 0 {
				p.Before = all[i-1]
			}
			if i+1 < len(all) {
				p.After = all[i+1]
			}
		}
	}
	for _, t := range texts {
		p.Texts = append(p.Texts, provisionText{t, langName(t.Lang), q.sourceTitle(t.Source), paragraphs(t.Words), rightToLeft(t.Lang)})
	}
	for _, m := range q.s.rec.Measures(q.at, "") {
		if slices.Contains(m.Provisions, id) {
			p.Measures = append(p.Measures, q.measure(&m))
		}
	}
	return &answer{template: "provision.html", view: p}, nil
}

// partView is a part of a provision with its words, where they were imported.
type partView struct {
	*stocktake.Provision
	Words string
	Lang  string
}

// wordsOf returns the words of a provision, in English where there are some.
func (q *request) wordsOf(id stocktake.ProvisionID) (words, lang string, err error) {
	texts, err := q.s.rec.Texts(q.ctx, id, q.at.Head)
	for _, t := range texts {
		if words == "" || t.Lang == "en" {
			words, lang = t.Words, t.Lang
		}
	}
	return words, lang, err
}

// paragraphs parts a text at empty lines.
func paragraphs(s string) []string {
	var out []string
	for para := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if para = strings.TrimSpace(para); para != "" {
			out = append(out, para)
		}
	}
	return out
}

type undertakingsPage struct {
	page
	Party    *stocktake.Party
	Theme    string
	Only     string
	Groups   []undertakingGroup // undertaken
	Others   []undertakingGroup // named in instruments that it has not undertaken, or no longer
	N        int
	Themes   []themeCount
	Imported bool // some words are here
	Missing  bool // some are not
	Few      bool // so few provisions that their words stand open
}

// undertakingGroup is what a party undertook in one instrument.
type undertakingGroup struct {
	links
	Party        stocktake.PartyID
	Few          bool // so few provisions that their words stand open
	In           *stocktake.Instrument
	Standing     string
	Binding      bool
	Verb         string
	Same         bool // the standing says it already
	Compact      bool
	Since        *stocktake.Date
	Ends         *stocktake.Date
	InForce      string
	Unsure       bool
	Sources      []pair // title and address
	Reservations []reservationView
	Rows         []record.Undertaking
}

type reservationView struct {
	record.Reservation
	What    string
	Address string
	Title   string
}

// showUndertakings lists what a party has undertaken, provision by provision.
func showUndertakings(q *request) (*answer, error) {
	p := &undertakingsPage{page: q.page("/undertakings", "home", "What has a government undertaken?"), Theme: strings.TrimSpace(q.value("theme")), Themes: q.themes()}
	if q.value("party") == "" {
		if q.form != formHTML {
			return nil, stocktake.Invalidf("no party is named").Hinted("write ?party=MEX, and &theme=child-detention for one theme")
		}
		p.Lede = "Name a party, and a theme if you like, and this page lists provision by provision what it undertook."
		p.NoForms = true
		return &answer{template: "undertakings.html", view: p}, nil
	}
	party, _, err := q.findParty(q.value("party"))
	if err != nil {
		return nil, err
	}
	if p.Theme != "" {
		p.Theme = strings.ReplaceAll(strings.ToLower(p.Theme), " ", "-")
		if !slices.ContainsFunc(p.Themes, func(t themeCount) bool { return t.Theme == p.Theme }) {
			var known []string
			for _, t := range p.Themes {
				known = append(known, t.Theme)
			}
			f := stocktake.Invalidf("no provision in this record has the theme %q", p.Theme)
			if len(known) > 0 {
				f = f.Hinted("themes are %s", strings.Join(known, ", "))
			}
			return nil, f
		}
	}
	var only []stocktake.InstrumentID
	p.Own.Set("party", string(party.ID))
	if p.Theme != "" {
		p.Own.Set("theme", p.Theme)
	}
	for _, n := range q.query["instrument"] {
		in, _, err := q.findInstrument(n)
		if err != nil {
			return nil, err
		}
		only = append(only, in.ID)
		p.Own.Add("instrument", string(in.ID))
	}
	list, err := q.s.rec.Undertakings(q.ctx, q.at, party.ID, p.Theme, only)
	if err != nil {
		return nil, err
	}
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return empty(list), nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) {
			t := newTable("provision", "number", "title", "standing", "bound", "since", "reservations", "text", "on", "known", "head")
			for _, u := range list {
				text := ""
				if u.Text != nil {
					text = *u.Text
				}
				t.add(string(u.Provision), u.Number, u.Title, u.Standing, truth(u.Bound), dateText(u.Since), itoa(len(u.Reservations)), text, u.On, u.Known, itoa(u.Head))
			}
			return t, nil
		}}, nil
	}
	p.Party, p.N, p.Few = party, len(list), len(list) <= 2
	p.Title = "What " + q.partyInProse(party.ID) + " has undertaken"
	if p.Theme != "" {
		p.Title += " on " + strings.ReplaceAll(p.Theme, "-", " ")
	}
	q.groupUndertakings(p, list)
	p.Lede = q.undertakingsLede(p, list)
	return &answer{template: "undertakings.html", view: p}, nil
}

func (q *request) groupUndertakings(p *undertakingsPage, list []record.Undertaking) {
	for _, u := range list {
		n := len(p.Groups)
		if n == 0 || p.Groups[n-1].In.ID != u.Instrument {
			in, _ := q.s.rec.Instrument(u.Instrument, q.at.Head)
			g := undertakingGroup{links: links{q}, Party: p.Party.ID, Few: p.Few, In: in, Standing: u.Standing, Binding: in.Kind.Binding(), Compact: in.Kind == stocktake.Compact, Since: u.Since, Ends: u.Ends, InForce: answerWord(u.InForce), Unsure: u.Unsure}
			switch {
			case u.Bound != nil && *u.Bound:
				g.Verb = "bound"
				g.Same = u.Standing == g.Verb
			case g.Binding:
				g.Verb = "not bound"
			default:
				g.Verb = "not a binding instrument"
			}
			for _, s := range u.Sources {
				g.Sources = append(g.Sources, pair{q.sourceTitle(s), q.to("s", s)})
			}
			for _, r := range u.Reservations {
				g.Reservations = append(g.Reservations, reservationView{r, actWord(r.Kind), q.to("i", u.Instrument, p.Party.ID) + "#" + actAnchor(r.ID), q.sourceTitle(r.Source)})
			}
			p.Groups = append(p.Groups, g)
			n++
		}
		p.Groups[n-1].Rows = append(p.Groups[n-1].Rows, u)
		if u.Text != nil {
			p.Imported = true
		} else {
			p.Missing = true
		}
	}
	slices.SortStableFunc(p.Groups, func(a, b undertakingGroup) int { return undertakingRank(a) - undertakingRank(b) })
	all := p.Groups
	p.Groups = nil
	for _, g := range all {
		if g.Verb == "bound" || slices.Contains(undertaken, g.Standing) {
			p.Groups = append(p.Groups, g)
		} else {
			p.Others = append(p.Others, g)
		}
	}
}

// undertaken are the standings towards texts that do not bind by which a party took on what they say.
var undertaken = []string{"endorsed", "voted in favour", "adopted without a vote", "supports", "returned", "has pledged", "provisionally applying"}

// Name is what the party is called in the form.
func (p *undertakingsPage) Name() string {
	if p.Party == nil {
		return ""
	}
	return nameOf(p.Party)
}

// undertakingRank puts what binds first.
func undertakingRank(g undertakingGroup) int {
	return map[string]int{"bound": 0, "not a binding instrument": 1, "not bound": 2}[g.Verb]
}

func (q *request) undertakingsLede(p *undertakingsPage, list []record.Undertaking) string {
	about := ""
	if p.Theme != "" {
		about = " on " + strings.ReplaceAll(p.Theme, "-", " ")
	}
	who := q.partyInProse(p.Party.ID)
	if len(list) == 0 {
		return "On " + longDay(q.at.On) + " this record knew no provision" + about + " towards which " + who + " stood anywhere."
	}
	bound, soft, other, unsure := 0, 0, 0, 0
	for _, g := range p.Groups {
		if g.Verb == "bound" {
			bound += len(g.Rows)
		} else {
			soft += len(g.Rows)
		}
	}
	for _, g := range p.Others {
		other += len(g.Rows)
	}
	for _, u := range list {
		if u.Unsure {
			unsure++
		}
	}
	var b strings.Builder
	b.WriteString("On " + longDay(q.at.On) + " " + who + " was bound by " + count(bound, "provision", "provisions") + about + " in treaties, and had undertaken " + count(soft, "provision", "provisions") + " of texts that do not bind")
	if other > 0 {
		b.WriteString("; " + count(other, "further provision stands", "further provisions stand") + " in instruments that it has not undertaken, or no longer")
	}
	reserved := 0
	for _, g := range slices.Concat(p.Groups, p.Others) {
		reserved += len(g.Reservations)
	}
	if reserved > 0 {
		b.WriteString("; it made " + count(reserved, "reservation or declaration", "reservations or declarations") + " to these instruments")
	}
	if unsure > 0 {
		b.WriteString("; " + count(unsure, "standing is", "standings are") + " unsure")
	}
	var ends stocktake.Date
	for _, g := range slices.Concat(p.Groups, p.Others) {
		if g.Ends != nil && (ends.IsZero() || g.Ends.Before(ends) == stocktake.Yes) {
			ends = *g.Ends
		}
	}
	if !ends.IsZero() {
		b.WriteString("; the record ends " + onDate(ends) + " at the earliest, as each entry says")
	}
	return b.String() + "."
}
