package web

import (
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

// asked lists the parties upon which some call is, at the head. The list is shared: nobody may change it.
func (q *request) asked() []stocktake.PartyID {
	list, _ := remember(&q.s.memos, "asked "+itoa(q.at.Head), func() ([]stocktake.PartyID, error) { return q.s.rec.Asked(q.at.Head), nil })
	return list
}

// noCause stands wherever something is said to have happened.
const noCause = "that what was asked for happened does not say that the call caused it"

type callsPage struct {
	page
	Party, Statement string // as asked for
	Status           []statusChoice
	Signers          bool // what the signers undertook, instead of what they asked
	Groups           []callGroup
	N                int
}

type statusChoice struct {
	Value, Words string
	Chosen       bool
}

// callGroup is the calls of one statement.
type callGroup struct {
	links
	ID    stocktake.InstrumentID
	Title string
	Made  *stocktake.Date
	Cards []callCard
}

// showCalls lists calls with what became of each.
func showCalls(q *request) (*answer, error) {
	p := &callsPage{page: q.page("/calls", "statements", "What became of what statements ask")}
	fl := record.CallFilter{Which: record.CallsOnly}
	if p.Signers = q.value("which") == "undertakings"; p.Signers {
		fl.Which = record.UndertakingsOnly
		p.Own.Set("which", "undertakings")
		p.Title = "What became of what signers undertook"
	} else if w := q.value("which"); w != "" {
		return nil, stocktake.Invalidf("which=%s says nothing", w).Hinted("write which=undertakings, or leave it out")
	}
	if name := q.value("party"); name != "" {
		party, _, err := q.findParty(name)
		if err != nil {
			return nil, err
		}
		fl.Party, p.Party = party.ID, nameOf(party)
		p.Own.Set("party", string(party.ID))
	}
	if id := q.value("statement"); id != "" {
		st, _, err := q.findStatement(id)
		if err != nil {
			return nil, err
		}
		fl.Statement, p.Statement = st.Instrument, string(st.Instrument)
		p.Own.Set("statement", id)
	}
	for _, s := range q.query["status"] {
		x, err := stocktake.ParseCallStatus(s)
		if err != nil {
			return nil, err
		}
		fl.Status = append(fl.Status, x)
		p.Own.Add("status", statusValue(x))
	}
	for _, s := range stocktake.CallStatuses() {
		p.Status = append(p.Status, statusChoice{statusValue(s), s.String(), slices.Contains(fl.Status, s)})
	}
	list, err := q.s.rec.Calls(q.ctx, q.at, fl)
	if err != nil {
		return nil, err
	}
	if q.form != formHTML {
		return callForms(list), nil
	}
	p.N = len(list)
	for i := range list {
		x := &list[i]
		n := len(p.Groups)
		if n == 0 || p.Groups[n-1].ID != x.Statement {
			p.Groups = append(p.Groups, callGroup{links: links{q}, ID: x.Statement, Title: q.instrumentTitle(x.Statement), Made: x.Made})
			n++
		}
		c, err := q.callCard(x, true)
		if err != nil {
			return nil, err
		}
		p.Groups[n-1].Cards = append(p.Groups[n-1].Cards, c)
	}
	p.Lede = q.callsLede(list, p.Signers, fl)
	return &answer{template: "calls.html", view: p}, nil
}

// statusValue is a status as it stands in an address.
func statusValue(s stocktake.CallStatus) string { return strings.ReplaceAll(s.String(), " ", "-") }

func (q *request) callsLede(list []record.CallState, own bool, fl record.CallFilter) string {
	one, many := "call", "calls"
	if own {
		one, many = "undertaking", "undertakings"
	}
	what := "As of " + longDay(q.at.On) + ", statements on this record hold " + count(len(list), one, many)
	if fl.Party != "" {
		what += " upon " + q.partyInProse(fl.Party)
		if own {
			what = "As of " + longDay(q.at.On) + ", statements on this record hold " + count(len(list), one, many) + " by or towards " + q.partyInProse(fl.Party)
		}
	}
	if len(fl.Status) > 0 {
		var words []string
		for _, s := range fl.Status {
			words = append(words, s.String())
		}
		return sentence(what + " that stand as " + strings.Join(words, " or "))
	}
	if len(list) == 0 {
		return sentence(what)
	}
	return sentence(what + tallied(list))
}

// tallied is the tally as the end of a sentence, with what it does not say where something happened.
func tallied(list []record.CallState) string {
	if len(list) == 0 {
		return ""
	}
	s := ": " + tally(list)
	if slices.ContainsFunc(list, func(x record.CallState) bool {
		return x.Status == stocktake.CallHappened || x.Status == stocktake.CallInPart || x.Status == stocktake.CallUndone
	}) {
		s += "; " + noCause
	}
	return s
}

// tally counts calls by what became of them.
func tally(list []record.CallState) string {
	var parts []string
	for _, s := range stocktake.CallStatuses() {
		n, unsure := 0, 0
		for i := range list {
			if list[i].Status == s {
				n++
				if list[i].Unsure {
					unsure++
				}
			}
		}
		if n == 0 {
			continue
		}
		words := itoa(n) + " " + s.String()
		if unsure > 0 {
			words += " (" + itoa(unsure) + " of them unsure)"
		}
		parts = append(parts, words)
	}
	return strings.Join(parts, ", ")
}

type becamePage struct {
	page
	St       *stocktake.Statement
	In       *stocktake.Instrument
	Calls    []callCard
	Signers  []callCard // what they undertook
	Before   bool       // the statement was not made yet
	Unknowns []stocktake.Unknown
	Days     []dayLink
}

// showBecame shows what became of one statement's calls, and of its signers' own undertakings.
func showBecame(q *request) (*answer, error) {
	st, _, err := q.findStatement(q.path("statement"))
	if err != nil {
		return nil, err
	}
	list, err := q.s.rec.Calls(q.ctx, q.at, record.CallFilter{Statement: st.Instrument})
	if err != nil {
		return nil, err
	}
	if q.form != formHTML {
		return callForms(list), nil
	}
	in, ok := q.s.rec.Instrument(st.Instrument, q.at.Head)
	if !ok {
		return nil, q.missing("statement", string(st.Instrument))
	}
	p := &becamePage{page: q.page(join([]any{"st", st.Instrument, "calls"}), "statements", "What became of it"), St: st, In: in}
	var calls []record.CallState
	for i := range list {
		c, err := q.callCard(&list[i], false)
		if err != nil {
			return nil, err
		}
		if list[i].Kind == "call" {
			calls = append(calls, list[i])
			p.Calls = append(p.Calls, c)
		} else {
			p.Signers = append(p.Signers, c)
		}
	}
	p.Before = len(list) == 0 && len(st.Calls)+len(st.Undertakes) > 0
	p.Unknowns = q.unknownsOf(list)
	if q.copy == nil {
		p.Days = q.callDays(p, list)
	}
	p.Lede = q.becameLede(p, calls)
	return &answer{template: "became.html", view: p}, nil
}

func (q *request) becameLede(p *becamePage, calls []record.CallState) string {
	name := "“" + p.In.Title + "”"
	if !p.St.Date.IsZero() {
		name += " of " + dateWords(p.St.Date)
	}
	switch {
	case p.Before:
		return sentence("On " + longDay(q.at.On) + ", as far as could be known then, " + name + " had not been made")
	case len(calls) == 0:
		return sentence("The statement " + name + " asks nothing of anybody")
	}
	return sentence("As of " + longDay(q.at.On) + ", of " + count(len(calls), "call", "calls") + " in the statement " + name + tallied(calls))
}

// callDays are days to look at: that of the statement, and those on which something became of a call.
func (q *request) callDays(p *becamePage, list []record.CallState) []dayLink {
	at := q.at
	at.On = q.today
	all, err := q.s.rec.Calls(q.ctx, at, record.CallFilter{Statement: p.St.Instrument})
	if err != nil {
		all = list
	}
	var days []stocktake.Day
	add := func(d stocktake.Date) {
		if _, hi := d.Reach(); !d.IsZero() && hi <= q.today && !slices.Contains(days, hi) {
			days = append(days, hi)
		}
	}
	for i := range all {
		if all[i].Made != nil {
			add(*all[i].Made)
		}
		for j := range all[i].By {
			add(all[i].By[j].Date)
		}
	}
	slices.Sort(days)
	if len(days) > 12 {
		days = days[:12]
	}
	var out []dayLink
	for _, d := range days {
		out = append(out, dayLink{longDay(d), "", p.Here("on", stocktake.DateOf(d).String()), d == q.at.On})
	}
	return append(out, dayLink{"today", "", p.Here("on", ""), q.at.On == q.today})
}

// unknownsOf is what was looked for and not found about what would answer calls.
func (q *request) unknownsOf(list []record.CallState) []stocktake.Unknown {
	var about []string
	for i := range list {
		list[i].Answer.EachRule(func(_ stocktake.Role, r *stocktake.AnswerRule) {
			for _, in := range r.Instruments {
				about = append(about, string(in))
			}
		})
	}
	var out []stocktake.Unknown
	for _, u := range q.s.rec.Unknowns(q.at.Head) {
		if slices.Contains(about, u.About) {
			out = append(out, u)
		}
	}
	return out
}

type partyCallsPage struct {
	page
	Party   *stocktake.Party
	Cards   []callCard // calls upon it alone
	Parts   []callCard // its part of calls upon groups
	Signers []callCard // undertakings by it or towards it
}

// showPartyCalls shows the calls upon one party, and what became of each.
func showPartyCalls(q *request) (*answer, error) {
	party, move, err := q.findParty(q.path("party"))
	if err != nil {
		return nil, err
	}
	if move {
		return q.moveTo("p", party.ID, "calls"), nil
	}
	list, err := q.s.rec.Calls(q.ctx, q.at, record.CallFilter{Party: party.ID})
	if err != nil {
		return nil, err
	}
	if q.form != formHTML {
		return callForms(list), nil
	}
	p := &partyCallsPage{page: q.page(join([]any{"p", party.ID, "calls"}), "parties", "Calls upon "+q.partyInProse(party.ID)), Party: party}
	var calls []record.CallState
	for i := range list {
		x := &list[i]
		c, err := q.callCard(x, true)
		if err != nil {
			return nil, err
		}
		switch {
		case x.Kind != "call":
			p.Signers = append(p.Signers, c)
			continue
		case x.Party != nil:
			p.Parts = append(p.Parts, c)
		default:
			p.Cards = append(p.Cards, c)
		}
		calls = append(calls, *x)
	}
	what := "As of " + longDay(q.at.On) + ", statements on this record make " + count(len(p.Cards), "call", "calls") + " upon " + q.partyInProse(party.ID)
	switch {
	case len(p.Cards) == 0 && len(p.Parts) > 0:
		what = "As of " + longDay(q.at.On) + ", statements on this record make " + count(len(p.Parts), "call", "calls") + " upon groups to which " + q.partyInProse(party.ID) + " belonged"
	case len(p.Parts) > 0:
		what += ", and " + itoa(len(p.Parts)) + " upon groups to which it belonged"
	case len(p.Cards) == 0:
		what = "As of " + longDay(q.at.On) + ", no statement on this record calls upon " + q.partyInProse(party.ID)
	}
	p.Lede = sentence(what + tallied(calls))
	return &answer{template: "partycalls.html", view: p}, nil
}

// callForms are calls as JSON and CSV.
func callForms(list []record.CallState) *answer {
	return &answer{json: func() (any, error) { return empty(list), nil }, csv: func() (*table, error) {
		t := newTable("statement", "call", "kind", "verb", "addressee", "addressee_id", "party", "text", "status", "unsure", "when", "by", "sources", "of", "happened", "in_part", "undone", "refused", "open", "cannot_tell", "until", "ends", "on", "known", "head")
		for i := range list {
			x := &list[i]
			var by, sources []string
			for j := range x.By {
				if id := string(x.By[j].ID); id != "" {
					by = append(by, id)
				}
				for _, s := range x.By[j].Sources {
					if !slices.Contains(sources, string(s)) {
						sources = append(sources, string(s))
					}
				}
			}
			text, unsure := "", ""
			if x.Text != nil {
				text = *x.Text
			}
			if x.Unsure {
				unsure = "yes"
			}
			row := []string{string(x.Statement), x.Call, x.Kind, x.Verb, x.Addressee, idOf(x.AddresseeID), idOf(x.Party), text, x.Status.String(), unsure, dateText(x.When), strings.Join(by, " "), strings.Join(sources, " ")}
			if k := x.Count; k != nil {
				row = append(row, itoa(k.Of), itoa(k.Happened), itoa(k.InPart), itoa(k.Undone), itoa(k.Refused), itoa(k.Open), itoa(k.CannotTell))
			} else {
				row = append(row, "", "", "", "", "", "", "")
			}
			t.add(append(row, dateText(x.Until), dateText(x.Ends), x.On, x.Known, itoa(x.Head))...)
		}
		return t, nil
	}}
}

func idOf(p *stocktake.PartyID) string {
	if p == nil {
		return ""
	}
	return string(*p)
}
