package web

import (
	"html/template"
	"slices"
	"strings"

	"stocktake"
)

type lawPage struct {
	page
	Words  []wordView
	Tables []lawTable
	N      int
}

type wordView struct {
	Word, Means string
	Swatch      template.HTML
	Kinds       string
	Bound       string
}

// lawTable is the law towards one kind of instrument.
type lawTable struct {
	Kind   stocktake.InstrumentKind
	Title  string
	Anchor string
	Rows   []lawRow
}

type lawRow struct {
	Anchor string
	ID     string
	Act    string
	Phase  string
	Via    bool
	From   string
	To     string
	Force  string
	Basis  string
}

func lawAnchor(id string) string {
	return "law-" + strings.TrimPrefix(actAnchor(stocktake.ActID(id)), "act-")
}

// showLaw prints the law of standing: one table a kind of instrument, each row with what it rests on.
func showLaw(q *request) (*answer, error) {
	law := q.s.rec.Law(q.at.Head)
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) {
			return map[string]any{"standings": law.Words(), "rows": empty(law.Rows()), "head": q.at.Head}, nil
		}}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) {
			t := newTable("id", "for", "act", "phase", "via", "from", "to", "force", "basis")
			for _, r := range law.Rows() {
				t.add(r.ID, kindList(r.For), r.Act.String(), r.Phase.String(), yes(r.Via), strings.Join(r.From, "; "), r.To, r.Force, r.Basis)
			}
			return t, nil
		}}, nil
	}
	p := &lawPage{page: q.page("/law", "law", "The law of standing"), N: len(law.Rows())}
	p.Wide = true
	p.Lede = "Where a party stands is computed from its acts by " + count(len(law.Rows()), "row", "rows") + " of law, each with the article or rule that it rests on; these were in force at filing " + thousands(q.at.Head) + "."
	for _, w := range law.Words() {
		var kinds []string
		for _, k := range w.For {
			kinds = append(kinds, kindWord(k))
		}
		p.Words = append(p.Words, wordView{w.Word, w.Means, q.newGroup(law, w.Word).Swatch, and(kinds), map[string]string{"yes": "consent to be bound given", "no": "no consent to be bound"}[w.Bound]})
	}
	for _, k := range stocktake.InstrumentKinds() {
		t := lawTable{Kind: k, Title: "Towards " + kindWords[k][1], Anchor: "kind-" + string(k)}
		for _, r := range law.Rows() {
			if !slices.Contains(r.For, k) {
				continue
			}
			x := lawRow{ID: r.ID, Act: actWord(r.Act), Phase: phaseWords[r.Phase], Via: r.Via, From: strings.Join(r.From, ", "), To: r.To, Basis: r.Basis}
			if slices.Index(r.For, k) == 0 {
				x.Anchor = lawAnchor(r.ID)
			}
			if x.From == "" {
				x.From = "any standing"
			}
			if x.To == "" {
				x.To = "stays"
			}
			switch r.Force {
			case "begins":
				x.Force = "in force from then"
			case "ends":
				x.Force = "out of force from then"
			}
			t.Rows = append(t.Rows, x)
		}
		if len(t.Rows) > 0 {
			p.Tables = append(p.Tables, t)
		}
	}
	return &answer{template: "law.html", view: p}, nil
}

func kindList(list []stocktake.InstrumentKind) string {
	var s []string
	for _, k := range list {
		s = append(s, string(k))
	}
	return strings.Join(s, " ")
}

type unknownPage struct {
	page
	Groups []unknownGroup
}

type unknownGroup struct {
	About, Address string
	List           []stocktake.Unknown
}

// showUnknown lists what was looked for and not found.
func showUnknown(q *request) (*answer, error) {
	list := q.s.rec.Unknowns(q.at.Head)
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return empty(list), nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) {
			t := newTable("about", "what", "looked")
			for _, u := range list {
				t.add(u.About, u.What, u.Looked)
			}
			return t, nil
		}}, nil
	}
	p := &unknownPage{page: q.page("/unknown", "about", "What this record does not know")}
	p.Lede = "At filing " + thousands(q.at.Head) + " this record names " + count(len(list), "thing", "things") + " that were looked for and not found; what it does not name may be missing all the same."
	for _, u := range list {
		i := slices.IndexFunc(p.Groups, func(g unknownGroup) bool { return len(g.List) > 0 && g.List[0].About == u.About })
		if i < 0 {
			g := unknownGroup{About: u.About}
			if in, ok := q.s.rec.Instrument(stocktake.InstrumentID(u.About), q.at.Head); ok {
				g.About, g.Address = in.Title, q.to("i", in.ID)
			} else if x, ok := q.s.rec.Party(stocktake.PartyID(u.About), q.at.Head); ok {
				g.About, g.Address = nameOf(x), q.to("p", x.ID)
			}
			p.Groups = append(p.Groups, g)
			i = len(p.Groups) - 1
		}
		p.Groups[i].List = append(p.Groups[i].List, u)
	}
	return &answer{template: "unknown.html", view: p}, nil
}
