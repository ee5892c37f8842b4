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

// where is where every party stands towards one instrument, counted.
type where struct {
	in      *stocktake.Instrument
	all     []stocktake.Standing // by party id
	groups  []group
	sources []stocktake.SourceID // of the acts behind the standings; first the newest edition of what most rest on
	ends    stocktake.Date       // the day on which the record ends for most
	first   stocktake.Date       // the earliest of these days
	differ  bool                 // it does not end on one day for all
	unsure  int
	clashes int // parties about whom sources disagree, unsettled
	inForce int
	caveats []string // those of most parties
	names   map[stocktake.PartyID]string
	rolls   []record.RollCallView // the newest recorded vote on the text, or on one that endorses it
	adopted string                // how an organ or a conference adopted the text, in words
}

// group is the parties that stand alike. Out is set where nothing was done: no act known, not a member, not a state then.
type group struct {
	Word    string
	Means   string
	Class   string // of the map
	Swatch  template.HTML
	Out     bool
	Members []*stocktake.Standing
}

// Anchor is the id of the group's place on a page.
func (g group) Anchor() string { return "is-" + strings.ReplaceAll(g.Word, " ", "-") }

// Count is how many stand so.
func (g group) Count() int { return len(g.Members) }

// standings asks for every party's standing towards an instrument.
func (q *request) standings(in stocktake.InstrumentID) ([]stocktake.Standing, error) {
	var list []stocktake.Standing
	err := q.s.rec.Standings(q.ctx, q.at, record.Filter{Instruments: []stocktake.InstrumentID{in}}, func(s stocktake.Standing) error {
		q.past(&s)
		list = append(list, s)
		return nil
	})
	return list, err
}

// where gathers and counts.
func (q *request) where(in *stocktake.Instrument) (*where, error) {
	all, err := q.standings(in.ID)
	if err != nil {
		return nil, err
	}
	w := &where{in: in, all: all}
	law := q.s.rec.Law(q.at.Head)
	byWord := map[string]int{}
	ends := map[stocktake.Date]int{}
	caveats := map[string]int{}
	acted := 0
	for i := range all {
		s := &all[i]
		g, ok := byWord[s.Standing]
		if !ok {
			g = len(w.groups)
			byWord[s.Standing] = g
			w.groups = append(w.groups, q.newGroup(law, s.Standing))
		}
		w.groups[g].Members = append(w.groups[g].Members, s)
		if s.Unsure {
			w.unsure++
		}
		if s.InForce != nil && *s.InForce {
			w.inForce++
		}
		if slices.ContainsFunc(s.Conflicts, func(c stocktake.Clash) bool { return c.Follows == "" }) {
			w.clashes++
		}
		if len(s.Acts) > 0 {
			acted++
			if s.Ends != nil {
				ends[*s.Ends]++
			}
			for _, c := range s.Caveats {
				caveats[c]++
			}
		}
	}
	names := make(map[stocktake.PartyID]string, len(all))
	for i := range all {
		names[all[i].Party] = q.partyName(all[i].Party)
	}
	w.names = names
	for _, g := range w.groups {
		slices.SortFunc(g.Members, func(a, b *stocktake.Standing) int { return strings.Compare(names[a.Party], names[b.Party]) })
	}
	slices.SortStableFunc(w.groups, func(a, b group) int {
		if a.Out != b.Out {
			return map[bool]int{false: -1, true: 1}[a.Out]
		}
		if c := cmp.Compare(len(b.Members), len(a.Members)); c != 0 {
			return c
		}
		return cmp.Compare(a.Word, b.Word)
	})
	if q.form == formHTML {
		if w.sources, err = q.mostBehind(w); err != nil {
			return nil, err
		}
	}
	for i := range w.groups {
		if c := w.groups[i].Class; i > 0 && c != w.groups[0].Class && (patterned(c) || c == worldmap.KindAbsent) {
			w.groups[i].Swatch = swatch(c, true)
		}
	}
	best := 0
	for d, n := range ends {
		if n > best || n == best && d.String() > w.ends.String() {
			w.ends, best = d, n
		}
		if w.first.IsZero() || d.Before(w.first) == stocktake.Yes {
			w.first = d
		}
	}
	w.differ = len(ends) > 1
	for c, n := range caveats {
		if n*2 > acted && !strings.HasPrefix(c, "The record ends on") {
			w.caveats = append(w.caveats, c)
		}
	}
	slices.Sort(w.caveats)
	w.rolls = q.voted(in)
	w.adopted, err = q.adoptedBy(in)
	return w, err
}

// past leaves out the disagreements about what came after the day asked about, where a page is shown; JSON and CSV keep all.
func (q *request) past(s *stocktake.Standing) {
	if q.form != formHTML || len(s.Conflicts) == 0 {
		return
	}
	s.Conflicts = slices.DeleteFunc(slices.Clone(s.Conflicts), func(c stocktake.Clash) bool {
		dated := false
		for _, x := range c.Says {
			for w := range strings.FieldsSeq(x.Value) {
				if d, err := stocktake.ParseDate(w); err == nil && !d.IsZero() && !strings.HasPrefix(x.Value, "none by ") {
					if lo, _ := d.Bounds(); lo <= q.at.On {
						return false
					}
					dated = true
				}
			}
		}
		if !dated {
			return !slices.ContainsFunc(s.Acts, func(a stocktake.ActRef) bool { return a.ID == c.Act })
		}
		return true
	})
	open := map[stocktake.ActID]bool{}
	for _, c := range s.Conflicts {
		open[c.Act] = true
	}
	s.Caveats = slices.DeleteFunc(slices.Clone(s.Caveats), func(c string) bool { // those say the same in words
		id, ok := strings.CutPrefix(c, "Sources disagree about ")
		id, _, _ = strings.Cut(id, ", and nothing filed")
		return ok && !open[stocktake.ActID(id)]
	})
}

// voted returns the newest recorded vote, on or before the day, on a text that endorses the instrument; none where there is none.
func (q *request) voted(in *stocktake.Instrument) []record.RollCallView {
	var last record.RollCallView
	for _, x := range q.described() {
		if !slices.ContainsFunc(x.Links, func(l stocktake.InstrumentLink) bool { return l.To == in.ID && l.Rel == "endorses" }) {
			continue
		}
		for _, v := range q.s.rec.RollCallsOn(q.at, x.ID) {
			if lo, _ := v.Date.Bounds(); v.Part == "" && lo <= q.at.On && (last.ID == "" || v.Date.After(last.Date) == stocktake.Yes) {
				v.Parties = nil
				last = v
			}
		}
	}
	if last.ID == "" {
		return nil
	}
	return []record.RollCallView{last}
}

// adoptedBy says in words how an organ, a meeting or a conference last adopted or finalised an instrument, on or before the day.
func (q *request) adoptedBy(in *stocktake.Instrument) (string, error) {
	acts, err := q.organActs(in.ID)
	if err != nil {
		return "", err
	}
	for i := len(acts) - 1; i >= 0; i-- {
		a := &acts[i]
		word := map[stocktake.ActKind]string{stocktake.Adoption: "adopted", stocktake.Finalisation: "finalised"}[a.Kind]
		if lo, _ := a.Day.Bounds(); word == "" || lo > q.at.On || strings.HasPrefix(a.What, "announced: ") {
			continue
		}
		s := word + " by the " + strings.TrimPrefix(q.partyName(a.Party), "the ") + " " + onDate(a.Day)
		for _, e := range a.Entries {
			words := e.Summary
			for _, x := range e.Quotes {
				words += " " + x.Words
			}
			if strings.Contains(words, "acclamation") || strings.Contains(words, "without a vote") || strings.Contains(words, "by consensus") {
				s += " without a vote"
				if a.Kind == stocktake.Adoption {
					s += ", and such an adoption lists no states"
				}
				break
			}
		}
		return s, nil
	}
	return "", nil
}

// newGroup describes a standing word.
func (q *request) newGroup(law *stocktake.Law, word string) group {
	g := group{Word: word}
	d, ok := law.Word(word)
	if ok {
		g.Means = d.Means
		g.Class = classOf(d.Sign)
	} else {
		g.Class = worldmap.KindNone
	}
	g.Out = word == stocktake.NoActKnown || word == stocktake.NotMember || word == stocktake.NotStateThen
	g.Swatch = swatch(g.Class, false)
	return g
}

// classOf turns the sign of a standing word into a class of the map.
func classOf(sign string) string {
	switch sign {
	case "absent":
		return worldmap.KindAbsent
	case "nonmember":
		return worldmap.KindNonmember
	}
	if n, ok := strings.CutPrefix(sign, "k"); ok && len(n) > 0 && n >= "1" && n <= "9" {
		return "k-" + n
	}
	return worldmap.KindNone
}

// swatch is the sample of a colour in a legend, with its pattern where the map on the page has it. The class is one of the map's own, so it
// cannot fail.
func swatch(class string, pattern bool) template.HTML {
	s, err := worldmap.Swatch("", class, pattern)
	if err != nil {
		return ""
	}
	return template.HTML(s)
}

// whereLede is the answer in one sentence; groups of up to five are named.
func (q *request) whereLede(w *where) string { return q.whereAbout(w, "") }

// whereAbout is whereLede with words after the title of the instrument.
func (q *request) whereAbout(w *where, after string) string {
	var b strings.Builder
	b.WriteString("On " + longDay(q.at.On) + ", ")
	title := inProse(w.in)
	if w.in.Symbol != "" && !strings.Contains(title, strings.TrimPrefix(strings.TrimPrefix(w.in.Symbol, "A/RES/"), "ILO ")) {
		title += " (" + w.in.Symbol + ")"
	}
	title += after
	var parts []string
	for _, g := range w.groups {
		if g.Out {
			continue
		}
		p := thousands(g.Count()) + " as “" + g.Word + "”"
		if len(parts) == 0 {
			p = count(g.Count(), "party", "parties") + " stood towards " + title + " as “" + g.Word + "”"
		}
		if g.Count() <= 5 {
			var names []string
			for _, s := range g.Members {
				names = append(names, q.partyName(s.Party))
			}
			p += " (" + strings.Join(names, ", ") + ")"
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		b.WriteString("this record knew no act by which any party would stand anywhere towards " + title)
	} else {
		b.WriteString(and(parts))
		for _, v := range w.rolls {
			b.WriteString(" (roll-call: " + itoa(v.Yes) + "-" + itoa(v.No) + "-" + itoa(v.Abstain) + ", " + itoa(v.NotVoting) + " not voting)")
		}
		if w.in.Kind.Binding() && w.inForce > 0 {
			b.WriteString(", and it was in force for " + thousands(w.inForce))
		}
		b.WriteString("; source: " + q.sourcesInProse(w.sources))
	}
	if w.adopted != "" {
		b.WriteString("; it was " + w.adopted)
	}
	if w.unsure > 0 {
		b.WriteString("; " + count(w.unsure, "standing is", "standings are") + " unsure")
	}
	if w.clashes > 0 {
		b.WriteString("; sources disagree about " + count(w.clashes, "party", "parties"))
	}
	if w.differ && w.first.Before(stocktake.DateOf(q.at.On)) == stocktake.Yes { // some acts that show are later than that
		b.WriteString("; the record here ends " + onDate(w.first) + " at the earliest")
		if w.ends != w.first {
			b.WriteString(", for most of these " + onDate(w.ends))
		}
		b.WriteString(", as the page of each standing says")
	} else {
		b.WriteString(q.endClause(w.ends))
	}
	return b.String() + "."
}

// endClause says where the record ends.
func (q *request) endClause(d stocktake.Date) string {
	if d.IsZero() {
		return "; no source says how far it reaches"
	}
	if d.Before(stocktake.DateOf(q.at.On)) == stocktake.Yes {
		return "; the record here ends " + onDate(d) + ", and what was done later would not show"
	}
	return "; the record here reaches to " + dateWords(d)
}

// worldPicture draws the map of where. The same links follow in the table, so that the Tab key passes the map over.
func (q *request) worldPicture(w *where) (template.HTML, error) {
	at := map[string]*stocktake.Standing{}
	class := map[string]string{}
	for _, g := range w.groups {
		for _, s := range g.Members {
			at[string(s.Party)] = s
			class[string(s.Party)] = g.Class
		}
	}
	var marked []string // all but the most frequent kind have a pattern too
	for i, g := range w.groups {
		if i > 0 && patterned(g.Class) && !slices.Contains(marked, g.Class) && g.Class != w.groups[0].Class {
			marked = append(marked, g.Class)
		}
	}
	return drawWorld(q, worldmap.Options{
		Title:    "Map: where states stood towards " + inProse(w.in) + " on " + longDay(q.at.On),
		Desc:     q.whereLede(w),
		Patterns: marked,
		Value: func(id string) (worldmap.Cell, bool) {
			s, ok := at[id]
			if !ok {
				return worldmap.Cell{}, false
			}
			label := s.Standing
			if s.Since != nil {
				label += " since " + dateWords(*s.Since)
			}
			if s.Unsure {
				label += ", unsure"
			}
			if s.Ends != nil && len(s.Acts) > 0 && s.Ends.Before(stocktake.DateOf(q.at.On)) == stocktake.Yes {
				label += "; the record ends " + onDate(*s.Ends)
			}
			if q.copy != nil && len(s.Acts) == 0 {
				return worldmap.Cell{Class: class[id], Label: label}, true
			}
			return worldmap.Cell{Class: class[id], Label: label, Href: q.to("i", w.in.ID, s.Party)}, true
		},
	})
}

func drawWorld(q *request, o worldmap.Options) (template.HTML, error) {
	o.Lang, o.Dir, o.Graticule, o.NoTabStops = "en", "ltr", true, true
	o.Outlines = "/assets/" + q.s.looks.hash + "/world.svg"
	if q.copy != nil {
		o.Outlines = relative(q.of.Name, o.Outlines[1:])
		if q.of.route.rolls {
			o.Painted = &q.copy.painted
		}
	}
	names, _ := remember(&q.s.memos, "names "+itoa(q.at.Head), func() (map[string]string, error) {
		m := map[string]string{}
		for _, p := range q.parties() {
			m[string(p.id)] = p.name
		}
		return m, nil
	})
	o.Name = func(id string) string { return names[id] }
	var b strings.Builder
	if err := worldmap.Render(&b, o); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

// standingRows writes the table of where: one tbody a standing.
func (q *request) standingRows(w *where) template.HTML {
	var h htm
	binding := w.in.Kind.Binding()
	path := join([]any{"i", w.in.ID}) + "/"
	cols := "4"
	if binding {
		cols = "6"
	}
	today := stocktake.DateOf(q.at.On)
	inRows := slices.Clone(w.groups) // the small groups first, so that all can be seen; those without an act last
	slices.SortStableFunc(inRows, func(a, b group) int {
		if a.Out != b.Out {
			return map[bool]int{false: -1, true: 1}[a.Out]
		}
		return len(a.Members) - len(b.Members)
	})
	for _, g := range inRows {
		h.raw(`<tbody id="`).text(g.Anchor()).raw(`"><tr class="group"><th colspan="`).raw(cols).raw(`" scope="rowgroup">`).raw(string(g.Swatch)).raw(` `).text(g.Word)
		h.raw(` <span class="n">`).raw(itoa(len(g.Members))).raw(`</span></th></tr>`)
		for _, s := range g.Members {
			h.raw(`<tr><th scope="row">`)
			if q.copy == nil || len(s.Acts) > 0 { // a copy has no place for what nobody did
				h.link(path+url.PathEscape(string(s.Party))+q.carry, w.names[s.Party])
			} else {
				h.text(w.names[s.Party])
			}
			h.raw(`</th>`)
			h.td(s.Standing).raw("<td>")
			if s.Since != nil {
				h.date(*s.Since)
			}
			h.raw("</td>")
			if binding {
				h.td(answerWord(s.Bound)).td(answerWord(s.InForce))
			}
			h.raw("<td>")
			q.remarks(&h, s, today, w)
			h.raw("</td></tr>\n")
		}
		h.raw("</tbody>")
	}
	return h.html()
}

// remarks says what is unsure about one standing, and where the record ends for it, where that differs from most.
func (q *request) remarks(h *htm, s *stocktake.Standing, today stocktake.Date, w *where) {
	var parts []string
	if s.Unsure {
		parts = append(parts, "unsure")
	}
	open := 0
	for _, c := range s.Conflicts {
		if c.Follows == "" {
			open++
		}
	}
	if open > 0 {
		parts = append(parts, "sources disagree")
	} else if len(s.Conflicts) > 0 {
		parts = append(parts, "sources disagreed; settled")
	}
	if slices.ContainsFunc(s.Caveats, func(c string) bool { return strings.HasPrefix(c, "Derived from membership") }) {
		parts = append(parts, "derived from membership")
	}
	if s.Ends != nil && len(s.Acts) > 0 && *s.Ends != w.ends && s.Ends.Before(today) == stocktake.Yes {
		parts = append(parts, "record ends "+onDate(*s.Ends))
	}
	h.text(strings.Join(parts, "; "))
}

// answerWord is yes, no, or not known.
func answerWord(b *bool) string {
	switch {
	case b == nil:
		return "not known"
	case *b:
		return "yes"
	}
	return "no"
}

// standingTable is a list of standings as rows, in the columns of the command line.
func standingTable(list []stocktake.Standing) *table {
	t := newTable("party", "instrument", "standing", "bound", "in_force", "since", "unsure", "conflicts", "ends", "on", "known", "head")
	for i := range list {
		s := &list[i]
		t.add(string(s.Party), string(s.Instrument), s.Standing, truth(s.Bound), truth(s.InForce), dateText(s.Since), yes(s.Unsure), clashText(s.Conflicts), dateText(s.Ends), s.On, s.Known, itoa(s.Head))
	}
	return t
}

func clashText(list []stocktake.Clash) string {
	var parts []string
	for _, c := range list {
		var says []string
		for _, s := range c.Says {
			says = append(says, string(s.Source)+": "+s.Value)
		}
		parts = append(parts, string(c.Act)+" ("+c.About+") "+strings.Join(says, "; "))
	}
	return strings.Join(parts, " | ")
}
