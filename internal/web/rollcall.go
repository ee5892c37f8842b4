package web

import (
	"cmp"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/record"
	"stocktake/internal/worldmap"
)

type rollCallPage struct {
	page
	V        record.RollCallView
	In       *stocktake.Instrument
	Others   []record.RollCallView // on the same text
	Groups   []ballotGroup
	Map      template.HTML
	Rows     template.HTML
	Source   string
	UN       string // symbol of the UN, where it is not the one that the source writes
	Issues   []string
	Editions []editionView
}

// ballotGroup is the parties that did the same.
type ballotGroup struct {
	Word   string
	Swatch template.HTML
	Class  string
	IDs    []stocktake.PartyID
	Names  []string
}

// Anchor is the id of the group's place on the page.
func (g ballotGroup) Anchor() string { return "did-" + strings.ReplaceAll(g.Word, " ", "-") }

// editionView is one edition of the source, as it tells of the roll-call.
type editionView struct {
	Source           stocktake.SourceID
	Title            string
	Filing           int64
	Yes, No, Abstain int
	NotVoting        int
	Derived          bool
	Address          string
	Current          bool
	Differs          []string
}

type ballot struct{ did, word, standing, class string }

// ballots are what a party can have done in a roll-call, in the order of pages, with the standing words whose colours they share.
var ballots = []ballot{
	{"yes", "in favour", "voted in favour", "k-8"},
	{"no", "against", "voted against", "k-2"},
	{"abstain", "abstaining", "abstained", "k-3"},
	{"absent", "absent", "absent", worldmap.KindAbsent},
	{"not voting", "did not vote", "did not vote", worldmap.KindAbsent},
}

// issueWords are what the data set of recorded votes calls its codes of issues.
var issueWords = map[string]string{"me": "Palestinian conflict", "nu": "Nuclear weapons and nuclear material", "di": "Arms control and disarmament", "hr": "Human rights", "co": "Colonialism", "ec": "Economic development"}

// showRollCall shows one recorded vote.
func showRollCall(q *request) (*answer, error) {
	id := strings.TrimPrefix(q.path("rollcall"), "rc-")
	v, ok := q.s.rec.RollCall(q.at, id)
	if !ok {
		return nil, q.missing("roll-call", id)
	}
	if id != q.path("rollcall") {
		return q.moveTo("v", id), nil
	}
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return v, nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) { return ballotTable(q, &v), nil }}, nil
	}
	p, err := q.rollCallPage(v)
	if err != nil {
		return nil, err
	}
	return &answer{template: "rollcall.html", view: p}, nil
}

// rollCallPage gathers the page of a roll-call.
func (q *request) rollCallPage(v record.RollCallView) (*rollCallPage, error) {
	in, _ := q.s.rec.Instrument(v.Instrument, q.at.Head)
	p := &rollCallPage{V: v, In: in, Source: q.sourceTitle(v.Source)}
	p.page = q.page(join([]any{"v", v.ID}), "votes", "Recorded vote on "+q.inProse(v.Instrument))
	p.Wide = true
	p.Lede = q.rollCallLede(&v)
	for _, i := range v.Issues {
		p.Issues = append(p.Issues, cmp.Or(issueWords[i], i))
	}
	if un := record.ResolutionSymbol(v.Symbol); un != v.Symbol {
		p.UN = un
	}
	law := q.s.rec.Law(q.at.Head)
	all := make([]ballotGroup, len(ballots))
	for i, b := range ballots {
		all[i] = ballotGroup{Word: b.word, Class: b.class}
		if w, ok := law.Word(b.standing); ok {
			all[i].Class = classOf(w.Sign)
		}
	}
	did := make(map[stocktake.PartyID]int, len(v.Parties))
	for _, x := range q.parties() { // by name
		word, ok := v.Parties[x.id]
		if !ok {
			continue
		}
		i := slices.IndexFunc(ballots, func(b ballot) bool { return b.did == word })
		if i < 0 {
			continue
		}
		all[i].IDs = append(all[i].IDs, x.id)
		all[i].Names = append(all[i].Names, x.name)
		did[x.id] = i
	}
	for _, g := range all {
		if len(g.IDs) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	marked := patterns(p.Groups)
	for i, g := range p.Groups {
		p.Groups[i].Swatch = swatch(g.Class, slices.Contains(marked, g.Class) || g.Class == worldmap.KindAbsent)
	}
	to := q.to("i", v.Instrument) // one address for all, but for the party
	end := ""
	if i := strings.IndexByte(to, '?'); i >= 0 {
		to, end = to[:i], to[i:]
	}
	var err error
	p.Map, err = drawWorld(q, worldmap.Options{Title: "Map: how states voted, roll-call " + v.ID, Desc: p.Lede, Patterns: marked, Value: func(id string) (worldmap.Cell, bool) {
		i, ok := did[stocktake.PartyID(id)]
		if !ok {
			return worldmap.Cell{Class: worldmap.KindNonmember, Label: "not in this vote"}, q.isState(stocktake.PartyID(id))
		}
		return worldmap.Cell{Class: all[i].Class, Label: all[i].Word, Href: q.standingAt(to, end, id)}, true
	}})
	if err != nil {
		return nil, err
	}
	inRows := slices.Clone(p.Groups)
	slices.SortStableFunc(inRows, func(a, b ballotGroup) int { return len(a.IDs) - len(b.IDs) }) // the small groups first, so that all can be seen
	p.Rows = q.ballotRows(inRows, to, end)
	for _, o := range q.s.rec.RollCallsOn(q.at, v.Instrument) {
		if o.ID != v.ID {
			p.Others = append(p.Others, o)
		}
	}
	p.Editions = q.editions(&p.page, &v)
	return p, nil
}

// standingAt is where the standing of a party is shown that voted: on a copy of a text that nobody described, that is its row on this page.
func (q *request) standingAt(to, end, party string) string {
	if q.copy != nil {
		return q.copy.standingAt(q.of, to, party)
	}
	return to + "/" + url.PathEscape(party) + end
}

// patterns are the kinds that a map tells apart by a pattern as well as by colour: all but the most frequent.
func patterns(groups []ballotGroup) []string {
	most := ""
	n := 0
	for _, g := range groups {
		if len(g.IDs) > n {
			most, n = g.Class, len(g.IDs)
		}
	}
	var list []string
	for _, g := range groups {
		if g.Class != most && patterned(g.Class) && !slices.Contains(list, g.Class) {
			list = append(list, g.Class)
		}
	}
	return list
}

// patterned reports whether a class of the map is a numbered kind, which may have a pattern.
func patterned(class string) bool { return strings.HasPrefix(class, "k-") && len(class) == 3 }

func (q *request) isState(id stocktake.PartyID) bool {
	p, ok := q.s.rec.Party(id, q.at.Head)
	return ok && p.Kind == "state"
}

// rollCallLede says who, what, day, source and what is unsure.
func (q *request) rollCallLede(v *record.RollCallView) string {
	var b strings.Builder
	title := q.inProse(v.Instrument)
	b.WriteString(sentenceStart(onDate(v.Date)) + " the General Assembly voted on ")
	if v.Part != "" {
		b.WriteString("part of (" + v.Part + ") ")
	}
	b.WriteString(title)
	if v.Label != "" {
		b.WriteString(" (“" + shortLabel(v.Label) + "”)")
	}
	b.WriteString(": " + thousands(v.Yes) + " in favour, " + thousands(v.No) + " against, " + thousands(v.Abstain) + " abstaining, " + thousands(v.NotVoting) + " not voting")
	if v.Derived {
		b.WriteString(" (derived from membership, as the source lists no absences)")
	}
	b.WriteString("; roll-call " + v.ID + " of " + q.sourceInProse(v.Source))
	return b.String() + "."
}

func sentenceStart(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// ballotRows writes who did what, one row a party, whose id is its place on the page. The address of the text is that of its page, in two parts.
func (q *request) ballotRows(groups []ballotGroup, to, end string) template.HTML {
	var h htm
	h.Grow(40_000)
	parties := q.partyAddress()
	for _, g := range groups {
		h.raw(`<tbody id="`).text(g.Anchor()).raw(`"><tr class="group"><th colspan="3" scope="rowgroup">`).raw(string(g.Swatch)).raw(` `).text(g.Word).raw(` <span class="n">`).raw(itoa(len(g.IDs))).raw(`</span></th></tr>`)
		for i, id := range g.IDs {
			if q.copy != nil && q.copy.ballots.row(&h, id, g.Word, to) {
				continue
			}
			from := h.Len()
			h.raw(`<tr id="`).text(string(id)).raw(`"><th scope="row">`).link(parties(id), g.Names[i]).raw(`</th>`).td(g.Word).raw(`<td>`)
			if at := q.standingAt(to, end, string(id)); !strings.HasPrefix(at, "#") {
				h.link(at, "standing")
			}
			h.raw("</td></tr>\n")
			if q.copy != nil {
				q.copy.ballots.keep(q.copy, &h, from, id, g.Word, to)
			}
		}
		h.raw(`</tbody>`)
	}
	return h.html()
}

// partyAddress gives the address of a party's page.
func (q *request) partyAddress() func(stocktake.PartyID) string {
	if q.copy != nil {
		up := strings.Repeat("../", strings.Count(q.of.Name, "/"))
		return func(id stocktake.PartyID) string { return up + "p/" + url.PathEscape(string(id)) + ".html" }
	}
	return func(id stocktake.PartyID) string { return q.to("p", id) }
}

// ballotTable is the vote as rows.
func ballotTable(q *request, v *record.RollCallView) *table {
	t := newTable("id", "instrument", "date", "party", "name", "vote", "on", "known", "head")
	ids := make([]stocktake.PartyID, 0, len(v.Parties))
	for id := range v.Parties {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		t.add(v.ID, string(v.Instrument), v.Date.String(), string(id), q.partyName(id), v.Parties[id], v.On, v.Known, itoa(v.Head))
	}
	return t
}

// editions lists how each edition of the source tells of a roll-call, as far as its own moment lets it be asked.
func (q *request) editions(p *page, v *record.RollCallView) []editionView {
	src, _, ok := q.s.rec.Source(v.Source, q.at.Head)
	if !ok || src.Series == "" {
		return nil
	}
	var list []editionView
	for _, s := range q.sources() {
		if s.Series != src.Series {
			continue
		}
		known, ok := s.KnownBy()
		if !ok {
			continue
		}
		at := q.at
		at.Known = known
		e, ok := q.s.rec.RollCall(at, v.ID)
		if !ok || e.Source != s.ID {
			continue
		}
		x := editionView{Source: s.ID, Title: s.Title, Filing: e.Filing, Yes: e.Yes, No: e.No, Abstain: e.Abstain, NotVoting: e.NotVoting, Derived: e.Derived, Current: s.ID == v.Source,
			Address: p.Here("known", at.KnownString())}
		for id, did := range e.Parties {
			if now := v.Parties[id]; now != did && !(vague(now) && vague(did)) {
				x.Differs = append(x.Differs, q.partyName(id)+": "+said(did)+", not "+said(now))
			}
		}
		slices.Sort(x.Differs)
		list = append(list, x)
	}
	if len(list) < 2 {
		return nil
	}
	return list
}

// vague reports whether a ballot is none of yes, no and abstain, which editions tell apart in different ways.
func vague(did string) bool { return did != "yes" && did != "no" && did != "abstain" }

func said(did string) string {
	for _, b := range ballots {
		if b.did == did {
			return b.word
		}
	}
	if did == "" {
		return "not listed"
	}
	return did
}
