package web

import (
	"html/template"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

type instrumentPage struct {
	page
	In         *stocktake.Instrument
	Official   []langText
	Links      []instrumentLink
	Where      whereView
	RollCalls  []record.RollCallView
	Provisions []*stocktake.Provision
	Organs     []actView
	Coverage   []coverageView
	Clashes    []clashView
	Statements []statementLine
	Unknowns   []stocktake.Unknown
	Described  bool
	Did        template.HTML // on a copy: the acts behind each standing
}

type langText struct{ Lang, Name, Text string }

type instrumentLink struct {
	Rel string
	ID  stocktake.InstrumentID
	To  string
}

// coverageView is what one source covers of an instrument.
type coverageView struct {
	Source stocktake.SourceID
	Title  string
	From   stocktake.Date
	Until  stocktake.Date
	Cannot []string
	Only   []string // names of the parties where it covers some only
	Acts   []string
}

// clashView is one disagreement of sources, in words.
type clashView struct {
	links
	Party      stocktake.PartyID
	Name       string
	Instrument stocktake.InstrumentID
	Title      string
	Act        stocktake.ActID
	About      string
	Says       []saysView // by value
	Follows    stocktake.SourceID
	Reason     string

	FollowsTitle string
}

type saysView struct {
	links
	Source stocktake.SourceID
	Title  string
	Value  string
	Filing int64
	Again  bool // the same as the one before
}

// findInstrument turns the name in an address into an id; where that is another one, move is true.
func (q *request) findInstrument(name string) (in *stocktake.Instrument, move bool, err error) {
	id, ok := q.s.rec.FindInstrument(name, q.at.Head)
	if ok {
		in, ok = q.s.rec.Instrument(id, q.at.Head)
	}
	if !ok {
		return nil, false, q.missing("instrument", name)
	}
	return in, string(id) != name, nil
}

// findParty does the same for parties.
func (q *request) findParty(name string) (p *stocktake.Party, move bool, err error) {
	id, ok := q.s.rec.FindParty(name, q.at.Head)
	if ok {
		p, ok = q.s.rec.Party(id, q.at.Head)
	}
	if !ok {
		return nil, false, q.missing("party", name)
	}
	return p, string(id) != name, nil
}

// moveTo leads to the address that has the ids.
func (q *request) moveTo(parts ...any) *answer {
	path := join(parts)
	if q.form != formHTML {
		path += "." + string(q.form)
	}
	return &answer{redirect: q.link(path, q.own()), moved: true}
}

// showInstrument shows who stands where towards an instrument, and what the record has of it.
func showInstrument(q *request) (*answer, error) {
	in, move, err := q.findInstrument(q.path("instrument"))
	if err != nil {
		return nil, err
	}
	if in.Kind == stocktake.StatementKind {
		return q.moveTo("st", in.ID), nil
	}
	if move {
		return q.moveTo("i", in.ID), nil
	}
	w, err := q.where(in)
	if err != nil {
		return nil, err
	}
	p := &instrumentPage{page: q.page(join([]any{"i", in.ID}), "instruments", in.Title), In: in}
	p.Lede, p.Wide = q.whereLede(w), true
	p.RollCalls = q.s.rec.RollCallsOn(q.at, in.ID)
	p.Provisions = q.s.rec.Provisions(in.ID, q.at.Head)
	switch q.form {
	case formJSON:
		for i := range p.RollCalls {
			p.RollCalls[i].Parties = nil
		}
		return &answer{json: func() (any, error) {
			return map[string]any{"instrument": in, "provisions": empty(p.Provisions), "roll_calls": empty(p.RollCalls), "standings": empty(w.all),
				"on": q.at.OnString(), "known": q.at.KnownString(), "head": q.at.Head}, nil
		}}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) { return standingTable(w.all), nil }}, nil
	}
	if p.Where, err = q.whereView(w); err != nil {
		return nil, err
	}
	if p.Organs, err = q.organActs(in.ID); err != nil {
		return nil, err
	}
	if q.copy != nil {
		if p.Did, err = q.whatEachDid(w); err != nil {
			return nil, err
		}
	}
	p.Official = languages(in.Official)
	p.Links = q.instrumentLinks(in)
	p.Coverage = q.coverage(in)
	p.Clashes = q.clashes(w.all)
	p.Statements = q.statementsAbout("", in.ID)
	if slices.ContainsFunc(p.Statements, func(l statementLine) bool { return !l.Rehearsal }) {
		p.follow(join([]any{"feeds", "i", in.ID}), "Statements that cite "+in.Title)
	}
	for _, u := range q.s.rec.Unknowns(q.at.Head) {
		if u.About == string(in.ID) {
			p.Unknowns = append(p.Unknowns, u)
		}
	}
	p.Described = slices.ContainsFunc(q.described(), func(x *stocktake.Instrument) bool { return x.ID == in.ID })
	return &answer{template: "instrument.html", view: p}, nil
}

// empty makes a nil slice an empty one, so that JSON has [] for it.
func empty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// languages lists texts by language, English first.
func languages(m map[string]string) []langText {
	var list []langText
	for l, t := range m {
		list = append(list, langText{l, langName(l), t})
	}
	slices.SortFunc(list, func(a, b langText) int {
		if (a.Lang == "en") != (b.Lang == "en") {
			if a.Lang == "en" {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Lang, b.Lang)
	})
	return list
}

// instrumentLinks lists what an instrument is tied to, in both directions.
func (q *request) instrumentLinks(in *stocktake.Instrument) []instrumentLink {
	var list []instrumentLink
	for _, l := range in.Links {
		rel := relWords[l.Rel]
		if rel == "" {
			rel = l.Rel
		}
		list = append(list, instrumentLink{rel, l.To, q.instrumentTitle(l.To)})
	}
	back := map[string]string{"endorses": "endorsed by", "leads-to": "prepared by", "protocol-to": "has the protocol", "follows": "followed by", "amends": "amended by", "part-of": "has the part"}
	for _, x := range q.described() {
		for _, l := range x.Links {
			if l.To == in.ID && back[l.Rel] != "" {
				list = append(list, instrumentLink{back[l.Rel], x.ID, x.Title})
			}
		}
	}
	return list
}

// covers reports whether a coverage speaks of an instrument.
func covers(c *stocktake.Coverage, in *stocktake.Instrument) bool {
	for _, p := range c.Instruments {
		if p == string(in.ID) || strings.HasSuffix(p, "*") && strings.HasPrefix(string(in.ID), strings.TrimSuffix(p, "*")) {
			return true
		}
	}
	return slices.Contains(c.Kinds, string(in.Kind))
}

// coverage lists what sources cover of an instrument, and what they cannot show.
func (q *request) coverage(in *stocktake.Instrument) []coverageView {
	var list []coverageView
	for _, s := range q.sources() {
		for i := range s.Coverage {
			if c := &s.Coverage[i]; covers(c, in) {
				list = append(list, q.coverageView(s.Source, c))
			}
		}
	}
	return list
}

func (q *request) coverageView(s *stocktake.Source, c *stocktake.Coverage) coverageView {
	v := coverageView{Source: s.ID, Title: s.Title, From: c.From, Until: c.To, Cannot: c.CannotShow}
	for _, id := range c.Parties {
		v.Only = append(v.Only, q.partyName(id))
	}
	for _, a := range c.Acts {
		if k, err := stocktake.ParseActKind(a); err == nil {
			v.Acts = append(v.Acts, actWord(k))
		}
	}
	return v
}

// clashes puts the disagreements of standings into words.
func (q *request) clashes(all []stocktake.Standing) []clashView {
	var list []clashView
	for i := range all {
		s := &all[i]
		for _, c := range s.Conflicts {
			v := clashView{links: links{q}, Party: s.Party, Name: q.partyName(s.Party), Instrument: s.Instrument, Title: q.instrumentTitle(s.Instrument), Act: c.Act, About: aboutWord(c.About), Follows: c.Follows, Reason: c.Reason, FollowsTitle: q.sourceTitle(c.Follows)}
			for _, x := range c.Says {
				v.Says = append(v.Says, saysView{links{q}, x.Source, q.sourceTitle(x.Source), saysWords(c.About, x.Value), x.Filing, false})
			}
			slices.SortStableFunc(v.Says, func(a, b saysView) int { return strings.Compare(a.Value, b.Value) })
			for i := range v.Says {
				v.Says[i].Again = i > 0 && v.Says[i].Value == v.Says[i-1].Value
			}
			list = append(list, v)
		}
	}
	return list
}

func aboutWord(about string) string {
	switch about {
	case "kind":
		return "what was done"
	case "presence":
		return "whether it was done"
	}
	if ph, err := stocktake.ParsePhase(about); err == nil {
		return map[stocktake.Phase]string{stocktake.PhaseAnnounced: "the day it was announced", stocktake.PhaseDone: "the day it was done", stocktake.PhaseNotified: "the day it was notified", stocktake.PhaseEffect: "the day it takes effect"}[ph]
	}
	return about
}

// saysWords turns a source's version into words: a day, a kind of act, or both.
func saysWords(about, value string) string {
	word := func(s string) string {
		if k, err := stocktake.ParseActKind(s); err == nil {
			return actWord(k)
		}
		if d, err := stocktake.ParseDate(s); err == nil {
			return dateWords(d)
		}
		return s
	}
	if about == "presence" {
		if rest, ok := strings.CutPrefix(value, "none by "); ok {
			return "no such act by " + word(rest)
		}
		k, d, _ := strings.Cut(value, " ")
		return word(k) + ", " + word(d)
	}
	return word(value)
}
