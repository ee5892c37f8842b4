package web

import (
	"slices"

	"stocktake"
	"stocktake/internal/record"
)

type coalitionPage struct {
	page
	Party     *stocktake.Party
	List      []statementLine
	Groups    []callGroup
	Rehearsed bool // every statement is a rehearsal
	Outcome   string
}

// showCoalition shows a coalition's statements, and what became of their calls.
func showCoalition(q *request) (*answer, error) {
	id := stocktake.PartyID(q.path("coalition"))
	party, ok := q.s.rec.Party(id, q.at.Head)
	p := &coalitionPage{page: q.page(join([]any{"c", id}), "statements", ""), Party: party, Rehearsed: true}
	for _, s := range q.s.rec.Statements(q.at.Head) {
		if s.Coalition != id {
			continue
		}
		l := q.statementLine(&s)
		p.Rehearsed = p.Rehearsed && l.Rehearsal
		if i := slices.IndexFunc(p.List, func(x statementLine) bool { return x.ID == l.ID }); i >= 0 {
			p.List[i] = l
			continue
		}
		p.List = append(p.List, l)
	}
	if !ok || len(p.List) == 0 {
		return nil, stocktake.NotFoundf("no coalition %q published a statement here", string(id)).Hinted("the list of statements names who issued each")
	}
	slices.Reverse(p.List)
	p.Title = nameOf(party)
	p.follow(join([]any{"feeds", "c", id}), "Statements by "+p.Title)
	var all []record.CallState
	for _, l := range p.List {
		list, err := q.s.rec.Calls(q.ctx, q.at, record.CallFilter{Statement: l.ID})
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		g := callGroup{links: links{q}, ID: l.ID, Title: l.Title}
		if !l.Date.IsZero() {
			g.Made = &l.Date
		}
		for i := range list {
			c, err := q.callCard(&list[i], true)
			if err != nil {
				return nil, err
			}
			c.Anchor = string(l.ID) + "-" + c.Anchor
			g.Cards = append(g.Cards, c)
		}
		if len(g.Cards) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	if q.form == formJSON {
		return &answer{json: func() (any, error) {
			return map[string]any{"coalition": party, "statements": statementsJSON(p.List), "calls": empty(all), "on": q.at.OnString(), "known": q.at.KnownString(), "head": q.at.Head}, nil
		}}, nil
	}
	if q.form == formCSV {
		return callForms(all), nil
	}
	asked := slices.DeleteFunc(slices.Clone(all), func(x record.CallState) bool { return x.Kind != "call" })
	what := p.Title + " published " + count(len(p.List), "statement", "statements") + " here"
	if p.Rehearsed {
		what = p.Title + " rehearsed " + count(len(p.List), "statement", "statements") + " here, which nobody issued or signed"
	}
	if len(asked) > 0 {
		what += ", with " + count(len(asked), "call", "calls") + tallied(asked)
	}
	p.Lede = sentence(what)
	return &answer{template: "coalition.html", view: p}, nil
}

// statementJSON is a statement in a list.
type statementJSON struct {
	ID        stocktake.InstrumentID `json:"id"`
	Title     string                 `json:"title"`
	Date      stocktake.Date         `json:"date"`
	Coalition stocktake.PartyID      `json:"coalition,omitempty"`
	Names     int                    `json:"names"`
	Rehearsal bool                   `json:"rehearsal,omitempty"`
	TakenBack bool                   `json:"taken_back,omitempty"`
}

func statementsJSON(list []statementLine) []statementJSON {
	out := []statementJSON{}
	for _, l := range list {
		out = append(out, statementJSON{l.ID, l.Title, l.Date, l.IssuerID, l.Signers, l.Rehearsal, l.Back})
	}
	return out
}
