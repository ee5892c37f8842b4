package paper

import (
	"cmp"
	"fmt"
	"strings"

	"stocktake"
	"stocktake/internal/taking"
)

// document writes the stocktake for people: what it is, an overview, a brief for each party, what is asked, what is not known, and how it was made.
func (m *maker) document() *document {
	r := m.r
	d := &document{title: r.Scope.Title, by: r.Scope.By, lang: "en"}
	d.head(1, "", r.Scope.Title)
	d.add(plain, "A stocktake by %s: %s and %s, as of %s, as could be known on %s.", r.Scope.By, count(len(r.Parties), "party", "parties"), count(len(r.Provisions), "provision", "provisions"), r.On, r.Known)
	if r.Scope.Since != "" {
		d.add(plain, "“New” means: since %s, the day of the last stocktake.", r.Scope.Since)
	}
	d.add(small, "What the record says and what somebody judges are kept apart: judgements stand in frames, each with who answers for it. Numbers in brackets lead to the sources.")
	m.passages(d, "")
	m.overview(d)
	for i := range r.Parties {
		m.brief(d, &r.Parties[i])
	}
	m.asked(d)
	m.unknown(d)
	m.method(d)
	return d
}

// force says whether a measure is in force.
func force(s string) string {
	if s == "" || s == "unknown" {
		return "in force or not: unknown"
	}
	return s
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// passages are what those who answer for the stocktake say in their own words, as theirs.
func (m *maker) passages(d *document, about string) {
	for _, p := range m.r.Scope.Passages {
		if p.About == about {
			d.add(judged, "%s\n— %s", strings.TrimSpace(p.Text), p.By)
		}
	}
}

func (m *maker) overview(d *document) {
	r := m.r
	d.head(2, "overview", "Overview")
	c := r.Counts
	d.add(plain, "%s, on which the record has %s that bear on them. %s.", count(c.Cells, "pair of party and provision", "pairs of party and provision"), count(c.Measures, "mention of a measure", "mentions of measures"),
		count(c.OpenCalls, "call stands open", "calls stand open"))
	if r.Scope.Since != "" {
		d.add(plain, "New acts: %d. Standings that are other than on %s: %d.", c.NewActs, r.Scope.Since, c.Moved)
	}
	rows := [][]string{{"Party", "Towards", "Standing", "Since", "Before", "Newest act"}}
	for i := range r.Standings {
		s := &r.Standings[i]
		since, newest := "", "none on record"
		if s.Since != nil {
			since = s.Since.String()
		}
		if n := len(s.Acts); n > 0 {
			newest = s.Acts[n-1].Date.String()
		}
		rows = append(rows, []string{m.party(s.Party), m.instrument(s.Instrument), m.stands(s), since, s.Before, newest})
	}
	d.head(3, "", "Where they stand")
	d.add(small, "From the acts on record, by the law of standing.")
	d.table(rows)
	m.maps(d)
	if r.Rubric == nil {
		return
	}
	head := []string{"Party"}
	for _, v := range r.Provisions {
		head = append(head, cmp.Or(v.Number, string(v.ID)))
	}
	rows = [][]string{head}
	for _, p := range r.Parties {
		row := []string{p.Name}
		for _, v := range r.Provisions {
			word := "not assessed"
			if c := m.cell(p.ID, v.ID); c != nil && len(c.Assessed) > 0 {
				word = c.Assessed[0].Word
			}
			row = append(row, word)
		}
		rows = append(rows, row)
	}
	d.head(3, "", "What was judged")
	d.add(small, "Judgements by the rubric “%s” (%s); who answers for each stands in the party's brief. “Not assessed” says that nobody judged, and nothing about the party.", r.Rubric.Title, r.Rubric.ID)
	d.table(rows)
}

// stands is a standing in words, with what makes it less than sure.
func (m *maker) stands(s *taking.Standing) string {
	w := cmp.Or(s.Word, "nothing on record")
	if s.Unsure {
		w += " (the dates leave it open)"
	}
	if s.Disputed > 0 {
		w += fmt.Sprintf(" (sources differ on %s)", count(s.Disputed, "act", "acts"))
	}
	return w
}

func (m *maker) cell(p stocktake.PartyID, v stocktake.ProvisionID) *taking.Cell {
	for i := range m.r.Cells {
		if c := &m.r.Cells[i]; c.Party == p && c.Provision == v {
			return c
		}
	}
	return nil
}

// brief is what there is of one party.
func (m *maker) brief(d *document, p *taking.Party) {
	r := m.r
	d.add(newPage, "")
	d.head(2, "p-"+string(p.ID), p.Name)
	if p.Via != "" {
		d.add(small, "In the scope as a member of %s.", m.party(p.Via))
	}
	m.passages(d, string(p.ID))
	for i := range r.Standings {
		s := &r.Standings[i]
		if s.Party != p.ID {
			continue
		}
		line := fmt.Sprintf("%s: %s", m.instrument(s.Instrument), m.stands(s))
		if s.Since != nil {
			line += ", since " + s.Since.String()
		}
		if s.Moved {
			line += "; before: " + cmp.Or(s.Before, "nothing on record")
		}
		d.add(plain, "%s.", line)
		for _, a := range s.Acts {
			text := a.Date.String() + " " + spaced(a.Kind.String())
			if a.Via != "" {
				text += " (on " + string(a.Via) + ")"
			}
			if r.Scope.Since != "" && a.New {
				text += ", new"
				if a.Maybe {
					text += " as far as its date tells"
				}
			}
			d.add(bullet, "%s", join(" ", text, m.cites(a.Sources...)))
		}
	}
	for i := range r.Provisions {
		v := &r.Provisions[i]
		if c := m.cell(p.ID, v.ID); c != nil {
			m.cellBrief(d, c, v)
		}
	}
	first := true
	for _, a := range r.Again {
		if a.Party != p.ID {
			continue
		}
		if first {
			d.head(3, "", "Recommended again and again")
			first = false
		}
		var cycles []string
		for _, c := range a.Cycles {
			cycles = append(cycles, fmt.Sprint(c))
		}
		line := fmt.Sprintf("%s, in cycles %s, %s", a.Asks, strings.Join(cycles, ", "), count(len(a.IDs), "recommendation", "recommendations"))
		if a.Became != "" {
			line += ": " + a.Became
			if a.When != nil {
				line += ", " + a.When.String()
			}
		}
		d.add(bullet, "%s", line)
	}
}

func (m *maker) cellBrief(d *document, c *taking.Cell, v *taking.Provision) {
	d.head(3, "", join(", ", v.Of, v.Number)+": "+v.Title)
	for _, x := range c.Measures {
		line := join(", ", x.Date.String(), x.Title, x.Organ, force(x.Force))
		if m.r.Scope.Since != "" && x.New {
			line += ", new"
		}
		d.add(bullet, "%s", join(" ", line, m.cites(x.Source)))
	}
	for _, f := range c.Figures {
		last := f.Points[len(f.Points)-1]
		value := "not reported"
		if last.Value != nil {
			value = number(*last.Value) + " " + f.Unit
		}
		b := d.add(chart, "%s: %s in %s (%s)", f.Title, value, last.Period, last.Table)
		for _, p := range f.Points {
			x := bar{label: p.Period}
			if p.Value != nil {
				x.value, x.known = *p.Value, true
			}
			b.bars = append(b.bars, x)
		}
	}
	for _, x := range c.Recommended {
		var from []string
		for _, p := range x.From {
			from = append(from, m.party(p))
		}
		line := "Recommended"
		if x.Cycle > 0 {
			line += fmt.Sprintf(" in cycle %d", x.Cycle)
		}
		if len(from) > 0 {
			line += " by " + strings.Join(from, ", ")
		}
		if m.w.Recommendation != nil {
			if s := m.w.Recommendation(x.ID); s != "" {
				line += ": “" + s + "”"
			}
		}
		line += "; response: " + cmp.Or(x.Response, "unknown")
		if x.Became != "" {
			line += "; since: " + x.Became
			if x.When != nil {
				line += ", " + x.When.String()
			}
		}
		d.add(bullet, "%s", join(" ", line, m.cites(x.Source)))
	}
	for i := range c.Assessed {
		a := &c.Assessed[i]
		if i > 0 {
			d.add(small, "Earlier, %s: %s, by %s (%s).", a.Period, a.Word, a.By, a.Rubric)
			continue
		}
		line := fmt.Sprintf("Judgement for %s: %s. By %s, on %s, by the rubric %s.", a.Period, a.Word, a.By, a.Date, a.Rubric)
		if a.Approved != "" {
			line += " Approved by " + a.Approved + "."
		}
		line += " Declared interest: " + cmp.Or(a.Interest, "unknown") + "."
		if s := change(c.Change); s != "" {
			line += " " + strings.ToUpper(s[:1]) + s[1:] + "."
		}
		if m.w.Reason != nil {
			if s := m.w.Reason(a); s != "" {
				line += "\n" + s
			}
		}
		for _, x := range a.Criteria {
			line += "\n" + x.Criterion + ": " + spaced(x.Found)
			if x.Note != "" {
				line += ", " + x.Note
			}
		}
		for n, e := range a.Evidence {
			line += fmt.Sprintf("\nEvidence %d: %s", n+1, m.evidence(&e))
		}
		for _, x := range a.Dissent {
			line += "\nDissent of " + x.By + ": " + join("; ", m.step(x.Step), x.Reason)
		}
		d.add(judged, "%s", line)
		for _, id := range a.Replies {
			words := ""
			if m.w.Reply != nil {
				words = m.w.Reply(a.ID, id)
			}
			d.add(judged, "Reply of %s: %s", m.party(c.Party), cmp.Or(words, "on record as "+id+"; its words are not here"))
		}
	}
	var gaps []string
	for _, g := range c.Gaps {
		gaps = append(gaps, m.gaps[g])
	}
	if len(gaps) > 0 {
		d.add(small, "Missing: %s.", strings.Join(gaps, "; "))
	}
}

// evidence names what an assessment rests on.
func (m *maker) evidence(e *stocktake.Evidence) string {
	what := join(" ", e.Kind, e.ID)
	if e.Instrument != "" {
		what += " towards " + m.instrument(e.Instrument)
	}
	if e.Party != "" {
		what += ", " + m.party(e.Party)
	}
	if e.Counterpart != "" {
		what += " and " + m.party(e.Counterpart)
	}
	what = join(", ", what, e.Period, string(e.Table))
	if e.Quote != nil {
		what = join(" ", what, m.cites(e.Quote.Source))
	}
	return join(": ", what, e.Note)
}

// step returns the word of a step of the rubric, or its id.
func (m *maker) step(id string) string {
	if m.r.Rubric != nil {
		for _, s := range m.r.Rubric.Steps {
			if s.ID == id {
				return s.Word
			}
		}
	}
	return id
}

// instrument returns the title of an instrument of the scope, or its id.
func (m *maker) instrument(id stocktake.InstrumentID) string {
	for _, v := range m.r.Provisions {
		if v.Instrument == id {
			return cmp.Or(v.Of, string(id))
		}
	}
	return string(id)
}

func (m *maker) asked(d *document) {
	d.add(newPage, "")
	d.head(2, "calls", "Calls on these parties")
	if len(m.r.Calls) == 0 {
		d.add(plain, "No statement on record calls on one of them about this.")
		return
	}
	d.add(small, "That what was asked for happened does not say that the call caused it.")
	rows := [][]string{{"Party", "Call", "Of", "Made", "What became of it", "When"}}
	for _, c := range m.r.Calls {
		row := []string{m.party(c.Party), c.ID, c.Title, "", c.Status.String(), ""}
		if m.w.Call != nil {
			row[1] = cmp.Or(m.w.Call(c.ID), c.ID)
		}
		if c.Made != nil {
			row[3] = c.Made.String()
		}
		if c.When != nil {
			row[5] = c.When.String()
		}
		if c.Unsure {
			row[4] += " (the dates leave it open)"
		}
		rows = append(rows, row)
	}
	d.table(rows)
}

func (m *maker) unknown(d *document) {
	d.head(2, "unknown", "What is not known")
	for _, u := range m.r.Unknown {
		line := u.What
		if u.Looked != "" {
			line = strings.TrimSuffix(line, ".") + ". Looked for in: " + u.Looked
		}
		d.add(bullet, "%s (%s)", strings.TrimSuffix(line, "."), u.About)
	}
	if len(m.r.Unknown) == 0 {
		d.add(plain, "The record lists nothing that was looked for and not found. That is no proof that nothing is missing.")
	}
	rows := [][]string{{"Party", "Newest act", "Days before " + m.r.On}}
	for _, n := range m.r.Newest {
		row := []string{m.party(n.Party), "none on record", ""}
		if n.Date != nil {
			row[1] = n.Date.String()
		}
		if n.Days != nil {
			row[2] = fmt.Sprint(*n.Days)
		}
		rows = append(rows, row)
	}
	d.head(3, "", "How old the newest act is")
	d.table(rows)
}

func (m *maker) method(d *document) {
	r := m.r
	d.head(2, "method", "Method")
	d.add(plain, "Standings are computed from dated acts by the law of standing. Measures are listed with their force on the day, without a verdict. Assessments are shown as those who made them filed them. Figures are those of the newest edition that could be known. Whatever is missing is named as missing.")
	if x := r.Rubric; x != nil {
		d.head(3, "", "The rubric: "+x.Title+" ("+string(x.ID)+", by "+x.By+")")
		for _, c := range x.Criteria {
			gate := ""
			if c.Gate {
				gate = " Must be met before any step is given."
			}
			d.add(bullet, "%s: %s%s", c.Title, c.Question, gate)
		}
		rows := [][]string{{"Step", "Given when"}}
		for _, s := range x.Steps {
			rows = append(rows, []string{s.Word, s.Means})
		}
		d.table(rows)
		if s := m.cites(x.Sources...); s != "" {
			d.add(small, "Modelled on %s.", s)
		}
	}
	for _, t := range r.Tables {
		d.add(bullet, "%s", join(" ", "Figures: "+t.Title+" ("+string(t.ID)+")", m.cites(t.Source)))
	}
	d.head(2, "sources", "Sources")
	for i, s := range r.Sources {
		line := fmt.Sprintf("%d. %s", i+1, join(", ", s.Title, s.Publisher))
		if !s.Published.IsZero() {
			line += ", " + s.Published.String()
		}
		if !s.Read.IsZero() {
			line += ", read " + s.Read.String()
		}
		b := d.add(bullet, "%s.", strings.TrimSuffix(line, "."))
		b.id, b.href = fmt.Sprintf("s%d", i+1), s.Address
	}
	d.head(2, "check", "Check this")
	d.add(plain, "%s", m.citation())
	d.add(plain, "The same scope, day, known and head give the same bytes in stocktake.json on every machine: stocktake take --scope FILE --on %s --known %s --head %d. The newest filing at that head has the SHA-256 %s.", r.On, r.Known, r.Head, r.Filing)
	if m.w.Release != "" {
		d.add(small, "Made with Stocktake %s.", m.w.Release)
	}
}
