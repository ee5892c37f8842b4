package web

import (
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

// actView is one act as pages show it: what every source says of it, and the government's own words.
type actView struct {
	links
	ID       stocktake.ActID
	Anchor   string
	Party    stocktake.PartyID
	What     string // kind, in words
	Kind     stocktake.ActKind
	Day      stocktake.Date // the day that the record follows
	When     string         // its days with their names, for the heading
	Via      *stocktake.Instrument
	RollCall string // id of the roll-call of which this is a vote
	Derived  bool   // no source lists it: it follows from membership
	Entries  []entryView
	Own      []quoteView // the government's own words, once each
	Explains []pair      // acts by which it explained this vote: title and address
	Filing   int64
	Organ    bool // of an organ, a meeting or a group
}

// entryView is what one source says of an act.
type entryView struct {
	links
	Source    stocktake.SourceID
	Title     string
	Publisher string
	Published stocktake.Date
	Filing    int64
	Known     string
	What      string
	Days      []phaseDay
	Organ     string
	Meeting   string
	Person    string
	PersonOut bool // a name stood here and was removed
	Summary   string
	Quotes    []quoteView
	Text      string
	TextLang  string
	TextOut   bool
	Removed   int64 // the filing that removed the text
	Note      string
	Sure      string // confidence
	Provs     []stocktake.ProvisionID
	Objects   stocktake.ActID
}

type phaseDay struct {
	Phase    string
	Day      stocktake.Date
	Reckoned bool
}

type quoteView struct {
	links
	Words   string
	Lang    string
	By      string
	Page    string
	Source  stocktake.SourceID
	Title   string
	Gone    bool
	Removed int64 // the filing that removed it
	Cited   bool  // the source is named beneath it
}

// Foreign reports whether the words need a lang attribute.
func (v quoteView) Foreign() bool { return v.Lang != "" && v.Lang != "en" }

// act gathers what the record holds about one act that counts in a standing: refs are its days that count, towards one instrument. The days
// in open are those on which sources disagree, with nothing filed that settles it.
func (q *request) act(ref *stocktake.ActRef, p stocktake.PartyID, in stocktake.InstrumentID, open ...stocktake.Phase) (actView, error) {
	v := actView{links: links{q}, ID: ref.ID, Anchor: actAnchor(ref.ID), Party: p, What: actWord(ref.Kind), Kind: ref.Kind, Day: ref.Date, Filing: ref.Filing}
	if roll, _, ok := strings.Cut(strings.TrimPrefix(string(ref.ID), "rc-"), "/"); ok && strings.HasPrefix(string(ref.ID), "rc-") {
		v.RollCall = roll
	}
	if ref.Via != "" {
		in = ref.Via
		if x, ok := q.s.rec.Instrument(in, q.at.Head); ok {
			v.Via = x
		}
	}
	entries, err := q.entriesOf(ref.ID, p, in)
	if err != nil {
		return v, err
	}
	for i := range entries {
		e := q.entry(&entries[i].Act)
		e.Filing, e.Known = entries[i].Filing, entries[i].Known
		v.Entries = append(v.Entries, e)
		v.Own = addOwn(v.Own, q.ownWords(&entries[i].Act))
	}
	v.Derived = len(entries) == 0
	v.days(q, ref, entries, open)
	if ref.Kind != stocktake.Remark {
		err = q.explained(&v, in)
	}
	return v, err
}

// explained sets words of a party beside its act: those by which it explained a vote, and what it stated on any act that its statement names.
func (q *request) explained(v *actView, in stocktake.InstrumentID) error {
	said, err := q.sayingsOf(v.Party, in)
	if err != nil {
		return err
	}
	var seen []stocktake.ActID
	for _, ref := range said {
		if slices.Contains(seen, ref.ID) {
			continue
		}
		seen = append(seen, ref.ID)
		entries, err := q.entriesOf(ref.ID, v.Party, in)
		if err != nil {
			return err
		}
		for i := range entries {
			a := &entries[i].Act
			if a.Objects != v.ID && (a.Objects != "" || !v.Kind.Ballot()) {
				continue
			}
			v.Own = addOwn(v.Own, q.ownWords(a))
			x := pair{actWord(a.Kind) + " " + onDate(ref.Date), q.actAddress(a.ID, a.Party, a.Instrument, a.Announced, a.Done, a.Notified, a.Effect)}
			if !slices.Contains(v.Explains, x) {
				v.Explains = append(v.Explains, x)
			}
		}
	}
	return nil
}

// sayingsOf are the acts of a party that say something of others.
func (q *request) sayingsOf(p stocktake.PartyID, in stocktake.InstrumentID) ([]stocktake.ActRef, error) {
	key := string(p) + " " + string(in)
	if list, ok := q.sayings[key]; ok {
		return list, nil
	}
	st, err := q.s.rec.Standing(q.ctx, q.at, p, in)
	if err != nil {
		return nil, err
	}
	var list []stocktake.ActRef
	for _, ref := range st.Acts {
		if ref.Kind == stocktake.ExplanationOfVote || ref.Kind == stocktake.Remark || ref.Kind == stocktake.VoteMeantOtherwise {
			list = append(list, ref)
		}
	}
	if q.sayings == nil {
		q.sayings = map[string][]stocktake.ActRef{}
	}
	q.sayings[key] = list
	return list, nil
}

// days writes the days of an act for its heading. What was only announced is headed as announced, and a day on which something takes
// effect is not called the day on which it was done.
func (v *actView) days(q *request, ref *stocktake.ActRef, entries []record.ActEntry, open []stocktake.Phase) {
	var day [4]stocktake.Date
	for i := range entries {
		for ph := range day {
			if d := entries[i].Act.Day(stocktake.Phase(ph)); !d.IsZero() && (day[ph].IsZero() || narrower(d, day[ph])) {
				day[ph] = d
			}
		}
	}
	day[ref.Phase] = ref.Date // the day that the record follows
	in := func(ph stocktake.Phase) string {
		if slices.Contains(open, ph) {
			return "on a day on which sources disagree"
		}
		return onDate(day[ph])
	}
	begun, stated, after := false, false, ""
	var parts []string
	for _, ph := range []stocktake.Phase{stocktake.PhaseDone, stocktake.PhaseNotified, stocktake.PhaseEffect} {
		d := day[ph]
		if d.IsZero() {
			continue
		}
		lo, _ := d.Bounds()
		stated = true
		begun = begun || lo <= q.at.On
		words := phaseWords[ph] + " " + in(ph)
		if ph == stocktake.PhaseEffect && !slices.Contains(open, ph) {
			words = "in effect from " + strings.TrimPrefix(dateWords(d), "from ")
		}
		if after == "" {
			after = words
		}
		if ph == stocktake.PhaseDone {
			words = in(ph)
		}
		parts = append(parts, words)
	}
	said := !day[stocktake.PhaseAnnounced].IsZero()
	switch {
	case said && !begun:
		v.What, v.When = "announced: "+v.What, "· said "+in(stocktake.PhaseAnnounced)+"; the record holds no word that it was done"
		if stated {
			v.When = "· said " + in(stocktake.PhaseAnnounced) + "; " + after + ", after the day of this page"
		}
		return
	case said:
		parts = append(parts, "announced "+in(stocktake.PhaseAnnounced))
	}
	if len(parts) == 0 {
		parts = []string{onDate(v.Day)}
	}
	if strings.HasPrefix(v.What, "says that ") {
		v.What += "," // the day is that of the words
	}
	v.When = strings.Join(parts, "; ")
}

// narrower reports whether a is more exact than b.
func narrower(a, b stocktake.Date) bool {
	al, ah := a.Bounds()
	bl, bh := b.Bounds()
	return int64(ah)-int64(al) < int64(bh)-int64(bl)
}

// addOwn adds quotes that are not there yet.
func addOwn(list, more []quoteView) []quoteView {
	for _, m := range more {
		if !slices.ContainsFunc(list, func(x quoteView) bool { return x.Words == m.Words && x.By == m.By }) {
			list = append(list, m)
		}
	}
	return list
}

// entry turns one source's entry of an act into what pages show.
func (q *request) entry(a *stocktake.Act) entryView {
	e := entryView{links: links{q}, Source: a.Source, Title: q.sourceTitle(a.Source), What: actWord(a.Kind), Organ: a.Organ, Meeting: a.Meeting, Person: a.Person.Text, PersonOut: a.Person.Gone(), Summary: a.Summary,
		Note: a.Note, Sure: a.Confidence, Provs: a.Provisions, Objects: a.Objects}
	if s, _, ok := q.s.rec.Source(a.Source, q.at.Head); ok {
		e.Publisher, e.Published = s.Publisher, s.Published
	}
	for ph := stocktake.PhaseAnnounced; ph <= stocktake.PhaseEffect; ph++ {
		if d := a.Day(ph); !d.IsZero() {
			e.Days = append(e.Days, phaseDay{phaseWords[ph], d, slices.Contains(a.Reckoned, ph.String())})
		}
	}
	for i := range a.Quotes {
		if !a.Quotes[i].Own {
			v := q.quote(&a.Quotes[i], a.Source)
			v.Cited = v.Source != a.Source // the entry names its own
			e.Quotes = append(e.Quotes, v)
		}
	}
	if a.Text != nil {
		e.Text, e.TextLang = a.Text.Words.Text, a.Text.Lang
		if e.TextOut = a.Text.Words.Gone(); e.TextOut {
			e.Removed = q.s.rec.RemovedBy(a.Text.Words.Commitment)
		}
	}
	return e
}

// ownWords returns what the government itself said, as the entry has it.
func (q *request) ownWords(a *stocktake.Act) []quoteView {
	var list []quoteView
	for i := range a.Quotes {
		if a.Quotes[i].Own {
			list = append(list, q.quote(&a.Quotes[i], a.Source))
		}
	}
	return list
}

func (q *request) quote(x *stocktake.Quote, def stocktake.SourceID) quoteView {
	v := quoteView{links: links{q}, Words: strings.TrimSpace(x.Exact.Text), Lang: x.Lang, By: x.By, Page: x.Page, Source: x.Source}
	if v.Source == "" {
		v.Source = def
	}
	v.Title, v.Cited = q.sourceTitle(v.Source), true
	if x.Exact.Gone() {
		v.Removed = q.s.rec.RemovedBy(x.Exact.Commitment)
		v.Gone = v.Removed > 0
	}
	return v
}

// showAct leads to the place where an act is shown. Its JSON is what every source says of it.
func showAct(q *request) (*answer, error) {
	id := stocktake.ActID(q.path("act"))
	list, err := q.entries(id)
	if err != nil {
		return nil, err
	}
	if q.form == formJSON && len(list) > 0 {
		return &answer{json: func() (any, error) {
			return map[string]any{"act": id, "entries": openEntries(list), "on": q.at.OnString(), "known": q.at.KnownString(), "head": q.at.Head}, nil
		}}, nil
	}
	if q.form == formCSV && len(list) > 0 {
		return &answer{csv: func() (*table, error) {
			t := newTable("act", "party", "instrument", "kind", "announced", "done", "notified", "effect", "source", "filing", "known")
			for i := range list {
				a := &list[i].Act
				t.add(string(a.ID), string(a.Party), string(a.Instrument), a.Kind.String(), a.Announced.String(), a.Done.String(), a.Notified.String(), a.Effect.String(), string(a.Source), itoa(list[i].Filing), list[i].Known)
			}
			return t, nil
		}}, nil
	}
	if len(list) > 0 {
		a := &list[0].Act
		return &answer{redirect: q.actAddress(id, a.Party, a.Instrument, a.Announced, a.Done, a.Notified, a.Effect)}, nil
	}
	if rest, ok := strings.CutPrefix(string(id), "rc-"); ok { // a vote that no source lists, derived from membership
		if roll, party, ok := strings.Cut(rest, "/"); ok {
			if _, ok := q.s.rec.RollCall(q.at, roll); ok {
				return &answer{redirect: q.to("v", roll) + "#" + party}, nil
			}
		}
	}
	return nil, q.missing("act", string(id))
}

// openEntries is a copy of entries in which words that are still here stand in the place of their commitments.
func openEntries(list []record.ActEntry) []record.ActEntry {
	list = slices.Clone(list)
	for i := range list {
		a := &list[i].Act
		openWords(&a.Person)
		a.Quotes = slices.Clone(a.Quotes)
		for j := range a.Quotes {
			openWords(&a.Quotes[j].Exact)
		}
		if a.Text != nil {
			t := *a.Text
			openWords(&t.Words)
			a.Text = &t
		}
	}
	return list
}

// organ reports whether a party is an organ, a meeting or a group, whose acts stand on the instrument's own page.
func (q *request) organ(id stocktake.PartyID) bool {
	p, ok := q.s.rec.Party(id, q.at.Head)
	return ok && (p.Kind == "organ" || p.Kind == "group")
}

// organActs returns what organs, meetings and groups did about an instrument, by day.
func (q *request) organActs(in stocktake.InstrumentID) ([]actView, error) {
	var list []actView
	for _, id := range q.s.rec.Actors(in, q.at.Head) {
		p, ok := q.s.rec.Party(id, q.at.Head)
		if !ok || p.Kind != "organ" && p.Kind != "group" {
			continue
		}
		st, err := q.s.rec.Standing(q.ctx, q.at, p.ID, in)
		if err != nil {
			return nil, err
		}
		for i := range st.Acts {
			if st.Acts[i].Via != "" {
				continue
			}
			v, err := q.act(&st.Acts[i], p.ID, in)
			if err != nil {
				return nil, err
			}
			if v.Organ = true; !v.Derived {
				list = append(list, v)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b actView) int {
		x, _ := a.Day.Bounds()
		y, _ := b.Day.Bounds()
		return int(x) - int(y)
	})
	return list, nil
}
