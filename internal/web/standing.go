package web

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"stocktake"
)

type standingPage struct {
	page
	In      *stocktake.Instrument
	Party   *stocktake.Party
	St      stocktake.Standing
	Group   group
	Acts    []actView
	Clashes []clashView
	Steps   []step
	Band    template.HTML
	Own     bool        // some act has the government's own words beside it
	Notes   []string    // caveats of the standing itself
	Limits  []limitView // what each source cannot show
	KnownOn []knownLink
	Related []relatedStanding
	Binding bool
}

// step is one standing in the course of time.
type step struct {
	Word    string
	Swatch  template.HTML
	Class   string
	From    stocktake.Day
	Day     string
	Address string
	Current bool
	Unsure  bool
}

// knownLink is a moment at which something about these acts became known.
type knownLink struct{ Words, Address string }

type relatedStanding struct {
	Title, Word, Address string
	Rel                  string
}

// showStanding shows where one party stands towards one instrument, and everything that this rests on.
func showStanding(q *request) (*answer, error) {
	in, moveI, err := q.findInstrument(q.path("instrument"))
	if err != nil {
		return nil, err
	}
	party, moveP, err := q.findParty(q.path("party"))
	if err != nil {
		return nil, err
	}
	if moveI || moveP {
		return q.moveTo("i", in.ID, party.ID), nil
	}
	st, err := q.s.rec.Standing(q.ctx, q.at, party.ID, in.ID)
	if err != nil {
		return nil, err
	}
	q.past(&st)
	list := []stocktake.Standing{st}
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return list, nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) { return standingTable(list), nil }}, nil
	}
	p := &standingPage{page: q.page(join([]any{"i", in.ID, party.ID}), "instruments", nameOf(party)+": "+in.Title), In: in, Party: party, St: st, Binding: in.Kind.Binding()}
	if p.Lede, err = q.standingLede(&st, in); err != nil {
		return nil, err
	}
	p.Group = q.newGroup(q.s.rec.Law(q.at.Head), st.Standing)
	for i := range st.Acts {
		var open []stocktake.Phase
		for _, c := range st.Conflicts {
			if ph, err := stocktake.ParsePhase(c.About); err == nil && c.Act == st.Acts[i].ID && c.Follows == "" {
				open = append(open, ph)
			}
		}
		v, err := q.act(&st.Acts[i], party.ID, in.ID, open...)
		if err != nil {
			return nil, err
		}
		p.Own = p.Own || len(v.Own) > 0
		p.Acts = append(p.Acts, v)
	}
	p.Clashes = q.clashes(list)
	p.Notes, p.Limits = q.limits(slices.DeleteFunc(slices.Clone(st.Caveats), func(c string) bool { return strings.HasPrefix(c, "Sources disagree about ") })) // those stand in full under their own heading
	if p.Steps, err = q.steps(party.ID, in); err != nil {
		return nil, err
	}
	p.Band = q.band(p.Steps)
	p.KnownOn = q.knownOn(&p.page, p.Acts)
	p.Related = q.related(in, party.ID)
	return &answer{template: "standing.html", view: p}, nil
}

// limitView is what one source cannot show.
type limitView struct {
	Title string
	List  []string
}

// limits parts caveats into those of the standing itself and those of sources, which begin with the source's title and a colon.
func (q *request) limits(caveats []string) (notes []string, limits []limitView) {
	titles := map[string]bool{}
	for _, s := range q.sources() {
		titles[s.Title] = true
	}
	for _, c := range caveats {
		title, rest := "", ""
		for i := strings.Index(c, ": "); i >= 0; {
			if titles[c[:i]] {
				title, rest = c[:i], c[i+2:]
				break
			}
			next := strings.Index(c[i+2:], ": ")
			if next < 0 {
				break
			}
			i += 2 + next
		}
		if title == "" {
			notes = append(notes, c)
			continue
		}
		i := slices.IndexFunc(limits, func(l limitView) bool { return l.Title == title })
		if i < 0 {
			limits = append(limits, limitView{Title: title})
			i = len(limits) - 1
		}
		limits[i].List = append(limits[i].List, rest)
	}
	return notes, limits
}

// standingLede is the answer in one sentence: who, what, day, source, what is unsure, where the record ends.
func (q *request) standingLede(st *stocktake.Standing, in *stocktake.Instrument) (string, error) {
	who, what := q.partyInProse(st.Party), inProse(in)
	var b strings.Builder
	b.WriteString("On " + longDay(q.at.On))
	switch st.Standing {
	case stocktake.NotStateThen:
		return b.String() + " " + who + " was not a state, so that it had no standing towards " + what + ".", nil
	case stocktake.NotMember:
		b.WriteString(" " + who + " had no standing towards " + what + ": it was not a member of the body when that acted")
	case stocktake.NoActKnown:
		b.WriteString(" this record knew no act of " + who + " by which it would stand anywhere towards " + what)
	default:
		b.WriteString(" " + who + " stood towards " + what + " as “" + st.Standing + "”")
		if st.Since != nil {
			b.WriteString(", " + sinceWords(*st.Since))
		}
		if in.Kind.Binding() {
			switch bound := st.Bound != nil && *st.Bound; {
			case st.InForce != nil && *st.InForce:
				b.WriteString(", and it was in force for it")
			case bound && st.InForce != nil:
				b.WriteString(", and it was not in force for it")
			case bound:
				b.WriteString(", and whether it was in force for it is not known here")
			}
		}
	}
	sources, err := q.standingSources(st, in.Kind)
	if err != nil {
		return "", err
	}
	if len(sources) > 0 {
		b.WriteString("; source: " + q.sourcesInProse(sources))
	}
	if st.Unsure {
		b.WriteString("; this is unsure, as the sources do not settle it")
	}
	open := 0
	for _, c := range st.Conflicts {
		if c.Follows == "" {
			open++
		}
	}
	if open > 0 {
		b.WriteString("; sources disagree on " + count(open, "point", "points"))
	}
	said, err := q.announced(st, in.Kind, sources)
	if err != nil {
		return "", err
	}
	b.WriteString(said)
	if st.Ends != nil {
		b.WriteString(q.endClause(*st.Ends))
	} else {
		b.WriteString(q.endClause(stocktake.Date{}))
	}
	return b.String() + ".", nil
}

// steps lists how the party stood in the course of time, by what could be known at the page's own coordinates.
func (q *request) steps(p stocktake.PartyID, in *stocktake.Instrument) ([]step, error) {
	all := q.at
	all.On = stocktake.DayOf(9999, 12, 31)
	st, err := q.s.rec.Standing(q.ctx, all, p, in.ID)
	if err != nil {
		return nil, err
	}
	var days []stocktake.Day
	words := map[stocktake.Day]string{} // no finer than the source
	add := func(d stocktake.Date) {
		if lo, hi := d.Bounds(); !d.IsZero() {
			if lo == hi {
				words[lo] = "from " + longDay(lo)
			}
			if lo != stocktake.MinDay {
				days = append(days, lo)
				if words[lo] == "" {
					words[lo] = "from " + strings.TrimPrefix(dateWords(d), "from ")
				}
			}
			if hi != stocktake.MaxDay && hi != lo {
				days = append(days, hi)
				if words[hi] == "" && !strings.Contains(d.String(), "/") {
					words[hi] = "by the end of " + dateWords(d)
				} else if words[hi] == "" {
					words[hi] = "by " + longDay(hi)
				}
			}
		}
	}
	for _, ref := range st.Acts {
		add(ref.Date)
		entries, err := q.entriesOf(ref.ID, p, towards(in.ID, &ref))
		if err != nil {
			return nil, err
		}
		for i := range entries {
			for ph := stocktake.PhaseDone; ph <= stocktake.PhaseEffect; ph++ {
				add(entries[i].Day(ph))
			}
		}
	}
	if d := in.InForce; in.Kind.Binding() && d.Exact() {
		add(d)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	law := q.s.rec.Law(q.at.Head)
	var list []step
	for _, d := range days[max(0, len(days)-60):] {
		at := q.at
		at.On = d
		s, err := q.s.rec.Standing(q.ctx, at, p, in.ID)
		if err != nil {
			return nil, err
		}
		word := s.Standing
		if n := len(list); n > 0 && list[n-1].Word == word && list[n-1].Unsure == s.Unsure || len(list) == 0 && word == stocktake.NoActKnown && !s.Unsure {
			continue
		}
		g := q.newGroup(law, word)
		list = append(list, step{Word: word, Swatch: g.Swatch, Class: g.Class, From: d, Day: words[d], Unsure: s.Unsure,
			Address: q.link(join([]any{"i", in.ID, p}), map[string][]string{"on": {stocktake.DateOf(d).String()}})})
	}
	for i := range list {
		list[i].Current = list[i].From <= q.at.On && (i+1 == len(list) || list[i+1].From > q.at.On)
	}
	return list, nil
}

// band draws the steps as one line of time, with a mark at the page's day.
func (q *request) band(steps []step) template.HTML {
	if len(steps) == 0 {
		return ""
	}
	const width, height = 1000, 34
	from := steps[0].From
	to := max(q.at.On, steps[len(steps)-1].From)
	room := max((to-from)/20, 30)
	from, to = from-room, to+room
	x := func(d stocktake.Day) string {
		return itoa(int(int64(d-from) * width / int64(to-from)))
	}
	var h htm
	h.raw(`<svg class="band" viewBox="0 0 1000 34" preserveAspectRatio="none" role="img" aria-labelledby="band-title"><title id="band-title">`)
	var words []string
	for _, s := range steps {
		words = append(words, s.Word+" "+s.Day)
	}
	h.text("Standing in the course of time: " + strings.Join(words, "; ")).raw(`</title><rect class="ground" x="0" y="6" width="1000" height="22"/>`)
	for i, s := range steps {
		end := to
		if i+1 < len(steps) {
			end = steps[i+1].From
		}
		w := max(int64(end-s.From)*width/int64(to-from), 1)
		h.raw(`<rect class="`).text(s.Class).raw(`" x="`).raw(x(s.From)).raw(`" y="6" width="`).raw(itoa(w)).raw(`" height="22"><title>`).text(s.Word + " " + s.Day).raw(`</title></rect>`)
	}
	h.raw(`<rect class="now" x="`).raw(x(min(max(q.at.On, from), to-1))).raw(`" y="0" width="2" height="34"/></svg>`)
	return h.html()
}

// knownOn lists the moments at which sources of these acts became known, each as an address.
func (q *request) knownOn(p *page, acts []actView) []knownLink {
	var moments []string
	for _, a := range acts {
		for _, e := range a.Entries {
			if !slices.Contains(moments, e.Known) {
				moments = append(moments, e.Known)
			}
		}
	}
	slices.Sort(moments)
	var list []knownLink
	for _, m := range moments {
		if len(list) == 12 {
			break
		}
		day := m[:min(len(m), len(time.DateOnly))] // its end, where sources became known in the course of it
		if x := (knownLink{knownWords(m), p.Here("known", day)}); !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

// related lists where the party stands towards what the instrument is tied to: the talks that led to it, the resolution that endorses it.
func (q *request) related(in *stocktake.Instrument, p stocktake.PartyID) []relatedStanding {
	states := map[stocktake.InstrumentID]string{}
	for _, s := range q.s.rec.OfParty(q.at, p) {
		states[s.Instrument] = s.Word
	}
	var list []relatedStanding
	for _, l := range q.instrumentLinks(in) {
		word, ok := states[l.ID]
		if !ok {
			word = stocktake.NoActKnown
		}
		list = append(list, relatedStanding{Title: l.To, Word: word, Address: q.to("i", l.ID, p), Rel: l.Rel})
	}
	return list
}
