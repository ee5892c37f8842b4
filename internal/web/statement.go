package web

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/edition"
	"stocktake/internal/record"
)

// statementLine is one statement in a list.
type statementLine struct {
	links
	ID        stocktake.InstrumentID
	Title     string
	Date      stocktake.Date
	Signers   int
	Rehearsal bool
	Issuer    string
	IssuerID  stocktake.PartyID
	Back      bool // taken back
}

// statementLine makes the line of a statement, by its newest version.
func (q *request) statementLine(s *record.Statement) statementLine {
	l := statementLine{links: links{q}, ID: s.Instrument, Title: q.instrumentTitle(s.Instrument), Date: s.Date, Signers: len(s.Signatories), Rehearsal: s.Rehearsal, IssuerID: s.Coalition}
	if s.Coalition != "" {
		l.Issuer = q.partyName(s.Coalition)
	}
	if edition.Made(&s.Statement) {
		l.Signers = 0
		for _, e := range q.s.rec.Endorsements(q.at, s.Instrument) {
			if e.State.Counts() && e.Version == s.Version {
				l.Signers++
			}
		}
	}
	for _, r := range q.s.rec.Retracted(s.Instrument, q.at.Head) {
		l.Back = l.Back || r.Version == 0
	}
	return l
}

// statementsAbout lists the statements that name a party or cite an instrument.
func (q *request) statementsAbout(p stocktake.PartyID, in stocktake.InstrumentID) []statementLine {
	var list []statementLine
	for _, s := range q.s.rec.Statements(q.at.Head) {
		names := func(m stocktake.Mention) bool { return p != "" && m.ID == string(p) || in != "" && m.ID == string(in) }
		if slices.ContainsFunc(s.States, names) || slices.ContainsFunc(s.Cites, names) {
			l := q.statementLine(&s)
			if i := slices.IndexFunc(list, func(x statementLine) bool { return x.ID == s.Instrument }); i >= 0 {
				list[i] = l // a later version
				continue
			}
			list = append(list, l)
		}
	}
	return list
}

type statementPage struct {
	page
	St        *stocktake.Statement
	In        *stocktake.Instrument
	Filing    int64
	Text      template.HTML // the words with their marks
	NoText    bool
	Down      int64 // the filing that took the text down
	Masked    int   // contacts left out of the text
	Cites     []mentionView
	States    []mentionView
	Recounts  []recountView
	Calls     []callView
	Own       []mentionView
	Claims    []mentionView
	Signers   []signerView
	Stood     []stoodView
	StoodOn   string
	SourceTit string
}

type mentionView struct {
	Quote   string
	Gone    bool
	Anchor  string
	Title   string
	Address string
}

// Said is the mention itself, for the template that prints it.
func (m mentionView) Said() mentionView { return m }

type recountView struct {
	mentionView
	Here     string // what the record has of it
	HereLink string
}

type callView struct {
	mentionView
	Verb, Addressee string
	To              string // address of the addressee's page
}

type signerView struct {
	Name    string
	Removed int64
	Gone    bool
}

// stoodView is where somebody whom the statement calls on stood towards what it cites, on its day.
type stoodView struct {
	Who, What, Word, Address string
	Swatch                   template.HTML
	Many                     []wordCount // for a group
}

// findStatement returns the newest version of a statement with its words.
func (q *request) findStatement(id string) (*stocktake.Statement, int64, error) {
	filing := int64(0)
	for _, s := range q.s.rec.Statements(q.at.Head) {
		if string(s.Instrument) == id {
			filing = s.Filing
		}
	}
	if filing == 0 {
		m := &missing{Fault: stocktake.NotFoundf("no statement %q in this record", id).Hinted("a statement that was put on the record has a page of its own")}
		for _, s := range q.s.rec.Statements(q.at.Head) {
			if len(m.near) < 5 {
				m.near = append(m.near, nearby{q.instrumentTitle(s.Instrument), q.to("st", s.Instrument)})
			}
		}
		return nil, 0, m
	}
	f, err := q.s.l.Load(q.ctx, filing)
	if err != nil {
		return nil, 0, err
	}
	return f.Statement, filing, nil
}

// showStatement shows what a statement says, as its own claim, and where those it speaks of stood.
func showStatement(q *request) (*answer, error) {
	st, filing, err := q.findStatement(q.path("statement"))
	if err != nil {
		return nil, err
	}
	if edition.Made(st) {
		return q.made(0, q.value("lang"))
	}
	in, _ := q.s.rec.Instrument(st.Instrument, q.at.Head)
	if q.form == formJSON {
		return &answer{json: func() (any, error) {
			return map[string]any{"statement": openStatement(st), "title": in.Title, "filing": filing, "on": q.at.OnString(), "known": q.at.KnownString(), "head": q.at.Head}, nil
		}}, nil
	}
	if q.form == formCSV {
		return &answer{csv: func() (*table, error) { return statementTable(st), nil }}, nil
	}
	p := &statementPage{page: q.page(join([]any{"st", st.Instrument}), "statements", in.Title), St: st, In: in, Filing: filing, SourceTit: q.sourceTitle(st.Source)}
	if err := q.said(p, st); err != nil {
		return nil, err
	}
	if err := q.statementText(p, st); err != nil {
		return nil, err
	}
	p.Lede = q.statementLede(p)
	return &answer{template: "statement.html", view: p}, nil
}

// said lays out what a statement says, as its own claim, and where those it speaks of stood.
func (q *request) said(p *statementPage, st *stocktake.Statement) error {
	day := q.statementDay(st)
	p.StoodOn = longDay(day)
	mention := func(kind string, i int, m stocktake.Mention) mentionView {
		return mentionView{Quote: m.Quote.Text, Gone: m.Quote.Gone(), Anchor: "s-" + kind + "-" + itoa(i+1)}
	}
	onDay := map[string][]string{"on": {stocktake.DateOf(day).String()}}
	for i, m := range st.Cites {
		v := mention("cite", i, m)
		if m.ID != "" {
			v.Title, v.Address = q.instrumentTitle(stocktake.InstrumentID(m.ID)), q.link(join([]any{"i", m.ID}), onDay)
		}
		p.Cites = append(p.Cites, v)
	}
	for i, m := range st.States {
		v := mention("state", i, m)
		if m.ID != "" {
			v.Title, v.Address = q.partyName(stocktake.PartyID(m.ID)), q.link(join([]any{"p", m.ID}), onDay)
		}
		p.States = append(p.States, v)
	}
	for i, m := range st.Recounts {
		v := recountView{mentionView: mention("act", i, m)}
		q.recounted(&v, m.ID, day)
		p.Recounts = append(p.Recounts, v)
	}
	for i, c := range st.Calls {
		v := callView{mentionView: mentionView{Quote: c.Quote.Text, Gone: c.Quote.Gone(), Anchor: "s-call-" + itoa(i+1)}, Verb: c.Verb, Addressee: c.Addressee}
		if c.AddresseeID != "" {
			v.Title, v.To = q.partyName(c.AddresseeID), q.link(join([]any{"p", c.AddresseeID}), onDay)
		}
		p.Calls = append(p.Calls, v)
	}
	for i, m := range st.Undertakes {
		p.Own = append(p.Own, mention("own", i, stocktake.Mention{Quote: m.Quote}))
	}
	for i, m := range st.Claims {
		v := mention("claim", i, m)
		if m.ID != "" {
			v.Title, v.Address = q.sourceTitle(stocktake.SourceID(m.ID)), q.to("s", m.ID)
		}
		p.Claims = append(p.Claims, v)
	}
	for _, n := range st.Signatories {
		p.Signers = append(p.Signers, signerView{n.Name.Text, q.s.rec.RemovedBy(n.Name.Commitment), n.Name.Gone()})
	}
	return q.stood(p, st, day)
}

// statementDay is the day on which the statement was made, as far as it tells; else the page's own day.
func (q *request) statementDay(st *stocktake.Statement) stocktake.Day {
	if d, ok := st.Date.Last(); ok {
		return d
	}
	return q.at.On
}

func (q *request) statementLede(p *statementPage) string {
	st := p.St
	b := "“" + p.In.Title + "” is a statement"
	if !st.Date.IsZero() {
		b += " dated " + dateWords(st.Date)
	}
	if st.Place != "" {
		b += " at " + st.Place
	}
	b += ", under which " + count(len(st.Signatories), "name is", "names are") + " printed; it cites " + count(len(st.Cites), "instrument", "instruments") + " and makes " + count(len(st.Calls), "call", "calls")
	return b + "; what it says of anyone is its own claim, and nothing about its signatories was verified."
}

// recounted looks for an act that a statement tells of, such as "USA withdrawal gcm-process", among those of the record.
func (q *request) recounted(v *recountView, id string, day stocktake.Day) {
	f := strings.Fields(id)
	if len(f) == 1 { // the act itself is named
		if e, err := q.entries(stocktake.ActID(id)); err == nil && len(e) > 0 {
			x := &e[0]
			v.Here, v.HereLink = q.partyName(x.Party)+", "+q.instrumentTitle(x.Instrument)+": "+actWord(x.Kind), q.actAddress(x.ID, x.Party, x.Instrument, x.Done, x.Notified, x.Effect)
		}
		return
	}
	if len(f) != 3 {
		return
	}
	at := q.at
	at.On = max(day, at.On)
	p, in := stocktake.PartyID(f[0]), stocktake.InstrumentID(f[2])
	st, err := q.s.rec.Standing(q.ctx, at, p, in)
	if err != nil {
		return
	}
	name := q.partyName(p) + ", " + q.instrumentTitle(in)
	for _, a := range st.Acts {
		if a.Kind.String() == f[1] || a.Kind.Class() == f[1] {
			v.Here, v.HereLink = name+": "+actWord(a.Kind)+" "+toldOn(&st, &a), q.actAddress(a.ID, p, in, a.Date)
			return
		}
	}
	v.Here, v.HereLink = name+": the record has no such act", q.to("i", in, p)
}

// toldOn is the day of an act in words. Where sources disagree on it, or on another day by which the act moves a standing, and nothing filed
// settles that, it says so.
func toldOn(st *stocktake.Standing, a *stocktake.ActRef) string {
	for _, ph := range append([]stocktake.Phase{a.Phase}, moving...) {
		for i := range st.Conflicts {
			if c := &st.Conflicts[i]; c.Act == a.ID && c.About == ph.String() && c.Follows == "" {
				return "on a day on which sources disagree" + between(c)
			}
		}
	}
	return onDate(a.Date)
}

// between is the days that sources tell, from the first to the last, in brackets.
func between(c *stocktake.Clash) string {
	var all stocktake.Date
	for _, x := range c.Says {
		d, err := stocktake.ParseDate(x.Value)
		switch {
		case err != nil || d.IsZero():
			return ""
		case all.IsZero():
			all = d
		default:
			all = stocktake.Hull(all, d)
		}
	}
	return " (" + dateWords(all) + ")"
}

// stood lists where those called on, and those whose acts are told of, stood on the statement's day towards what it cites and tells of;
// where there are none, those named.
func (q *request) stood(p *statementPage, st *stocktake.Statement, day stocktake.Day) error {
	at := q.at
	at.On = day
	var who []stocktake.PartyID
	add := func(id stocktake.PartyID) {
		if id != "" && !slices.Contains(who, id) {
			who = append(who, id)
		}
	}
	for _, c := range st.Calls {
		add(c.AddresseeID)
	}
	cites := slices.Clone(st.Cites)
	for _, m := range st.Recounts { // what it tells of may be about the talks, and not the text that they lead to
		if f := strings.Fields(m.ID); len(f) == 3 {
			add(stocktake.PartyID(f[0]))
			cites = append(cites, stocktake.Mention{ID: f[2]})
		} else if e, err := q.entries(stocktake.ActID(m.ID)); len(f) == 1 && err == nil && len(e) > 0 {
			add(e[0].Party)
			cites = append(cites, stocktake.Mention{ID: string(e[0].Instrument)})
		}
	}
	if len(who) == 0 {
		for _, m := range st.States {
			add(stocktake.PartyID(m.ID))
		}
	}
	law := q.s.rec.Law(q.at.Head)
	done := map[string]bool{}
	onDay := map[string][]string{"on": {stocktake.DateOf(day).String()}}
	for _, m := range cites {
		if m.ID == "" || done[m.ID] {
			continue
		}
		done[m.ID] = true
		in := stocktake.InstrumentID(m.ID)
		for _, id := range who {
			x, ok := q.s.rec.Party(id, q.at.Head)
			if !ok {
				continue
			}
			v := stoodView{Who: nameOf(x), What: q.instrumentTitle(in), Address: q.link(join([]any{"i", in, id}), onDay)}
			if x.Kind == "group" {
				n := map[string]int{}
				for _, s := range q.s.rec.States(at, in) {
					if y, ok := q.s.rec.Party(s.Party, q.at.Head); ok && y.MemberOf(id, stocktake.DateOf(day)) == stocktake.Yes {
						n[s.Word]++
					}
				}
				for w, c := range n {
					v.Many = append(v.Many, wordCount{w, q.newGroup(law, w).Swatch, c})
				}
				slices.SortFunc(v.Many, func(a, b wordCount) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Word, b.Word)) })
				v.Address = q.link(join([]any{"i", in}), onDay)
				p.Stood = append(p.Stood, v)
				continue
			}
			s, err := q.s.rec.Standing(q.ctx, at, id, in)
			if err != nil {
				return err
			}
			v.Word, v.Swatch = s.Standing, q.newGroup(law, s.Standing).Swatch
			if s.Unsure {
				v.Word += " (unsure)"
			}
			p.Stood = append(p.Stood, v)
		}
	}
	return nil
}

// openStatement is a copy in which words that are still here stand in the place of their commitments.
func openStatement(s *stocktake.Statement) *stocktake.Statement {
	c := *s
	c.Cites, c.States, c.Recounts, c.Claims = opened(s.Cites), opened(s.States), opened(s.Recounts), opened(s.Claims)
	c.Calls = slices.Clone(s.Calls)
	for i := range c.Calls {
		openWords(&c.Calls[i].Quote)
	}
	c.Undertakes = slices.Clone(s.Undertakes)
	for i := range c.Undertakes {
		openWords(&c.Undertakes[i].Quote)
	}
	c.Signatories = slices.Clone(s.Signatories)
	for i := range c.Signatories {
		openWords(&c.Signatories[i].Name)
	}
	return &c
}

func opened(list []stocktake.Mention) []stocktake.Mention {
	list = slices.Clone(list)
	for i := range list {
		openWords(&list[i].Quote)
	}
	return list
}

// openWords drops the commitment of words that are here, so that JSON has the words.
func openWords(s *stocktake.Sheeted) {
	if s.Text != "" {
		s.Commitment = ""
	}
}

// statementTable is what a statement says as rows.
func statementTable(st *stocktake.Statement) *table {
	t := newTable("what", "id", "start", "end", "words")
	add := func(what string, list []stocktake.Mention) {
		for _, m := range list {
			t.add(what, m.ID, itoa(m.Start), itoa(m.End), m.Quote.Text)
		}
	}
	add("cites", st.Cites)
	add("names", st.States)
	add("recounts", st.Recounts)
	for _, c := range st.Calls {
		t.add("call", string(c.AddresseeID), itoa(c.Start), itoa(c.End), c.Quote.Text)
	}
	for _, u := range st.Undertakes {
		t.add("undertakes", string(u.WhomID), itoa(u.Start), itoa(u.End), u.Quote.Text)
	}
	add("claims", st.Claims)
	for _, n := range st.Signatories {
		t.add("signatory", "", itoa(n.Start), itoa(n.End), n.Name.Text)
	}
	return t
}

type statementsPage struct {
	page
	List []statementLine
}

// showStatements lists the statements on the record.
func showStatements(q *request) (*answer, error) {
	p := &statementsPage{page: q.page("/statements", "statements", "Statements")}
	for _, s := range q.s.rec.Statements(q.at.Head) {
		l := q.statementLine(&s)
		if i := slices.IndexFunc(p.List, func(x statementLine) bool { return x.ID == s.Instrument }); i >= 0 {
			p.List[i] = l
			continue
		}
		p.List = append(p.List, l)
	}
	p.follow("/feeds/statements", "All statements")
	p.Lede = "This record holds " + count(len(p.List), "statement", "statements") + "; what a statement says of anyone is its own claim."
	return &answer{template: "statements.html", view: p, json: func() (any, error) { return statementsJSON(p.List), nil }, csv: func() (*table, error) {
		t := newTable("id", "title", "date", "coalition", "names", "rehearsal", "taken_back")
		for _, l := range p.List {
			t.add(string(l.ID), l.Title, l.Date.String(), string(l.IssuerID), itoa(l.Signers), yes(l.Rehearsal), yes(l.Back))
		}
		return t, nil
	}}, nil
}
