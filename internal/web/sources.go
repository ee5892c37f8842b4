package web

import (
	"html/template"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
)

type sourcePage struct {
	page
	S        *stocktake.Source
	Filing   int64 // that described it
	Uses     int
	Coverage []sourceCover
	Siblings []sourceLine // other editions
	Copy     string
	Down     *ledger.Removed  // how its copy was taken down
	Filings  []record.Learned // some that rest on it
	More     int
}

// sourceCover is what a source covers, in words.
type sourceCover struct {
	coverageView
	Of []nearby
}

type sourceLine struct {
	Title, Address string
	Edition        string
	Published      stocktake.Date
}

// copyWords says what is kept of a source.
func copyWords(c *stocktake.Copy) string {
	if c == nil {
		return "no archived copy"
	}
	switch c.State {
	case "public":
		return "an archived copy is part of this record"
	case "private":
		return "an archived copy was read; only its hash is part of this record, so that quotes are not checkable here"
	}
	return "no archived copy is kept, so that quotes are not checkable here"
}

// downed tells how the archived copy of a source was taken down, nil where it was not. It is said at every head: the copy is gone from them all.
func (q *request) downed(c *stocktake.Copy) (*ledger.Removed, error) {
	if c == nil {
		return nil, nil
	}
	gone, ok, err := q.s.l.RemovedCopy(q.ctx, c.SHA256)
	if err != nil || !ok {
		return nil, err
	}
	return &gone, nil
}

// filingsOf lists the filings that state something by a source: those that describe it, and those whose acts rest on it. It walks no more
// filings than it must: the description, and what carries the source's key.
func (q *request) filingsOf(id stocktake.SourceID, described int64) ([]record.Learned, error) {
	var out []record.Learned
	for n := max(described, 1); n <= min(q.at.Head, described+400) && len(out) < 25; n++ {
		f, err := q.s.l.Load(q.ctx, n)
		if err != nil {
			return nil, err
		}
		if usesSource(f, id) {
			out = append(out, q.s.rec.LearnedBetween(n-1, n)...)
		}
	}
	return out, nil
}

func usesSource(f *stocktake.Filing, id stocktake.SourceID) bool {
	return slices.ContainsFunc(f.Sources, func(s stocktake.Source) bool { return s.ID == id }) ||
		slices.ContainsFunc(f.Acts, func(a stocktake.Act) bool { return a.Source == id }) ||
		slices.ContainsFunc(f.RollCalls, func(r stocktake.RollCall) bool { return r.Source == id }) ||
		slices.ContainsFunc(f.Measures, func(m stocktake.Measure) bool { return m.Source == id }) ||
		slices.ContainsFunc(f.Coverage, func(c stocktake.Coverage) bool { return c.Source == id }) ||
		slices.ContainsFunc(f.Texts, func(t stocktake.ProvisionText) bool { return t.Source == id })
}

// showSource shows one source: what it covers, what it cannot show, what is kept of it, and what rests on it.
func showSource(q *request) (*answer, error) {
	id := stocktake.SourceID(q.path("source"))
	s, filing, ok := q.s.rec.Source(id, q.at.Head)
	if !ok {
		m := &missing{Fault: stocktake.NotFoundf("no source %q in this record", id).Hinted("the list of sources has them all")}
		m.near = []nearby{{"All sources", q.to("sources")}}
		return nil, m
	}
	uses := q.sources()
	i := slices.IndexFunc(uses, func(u record.SourceUse) bool { return u.ID == id })
	down, err := q.downed(s.Copy)
	if err != nil {
		return nil, err
	}
	if q.form == formJSON {
		return &answer{json: func() (any, error) {
			v := map[string]any{"source": s, "filing": filing, "filings": uses[i].Filings, "coverage": uses[i].Coverage, "head": q.at.Head}
			if down != nil {
				v["copy_removed"] = down
			}
			return v, nil
		}}, nil
	}
	if q.form == formCSV {
		return &answer{csv: func() (*table, error) {
			t := newTable("source", "instruments", "kinds", "acts", "parties", "from", "to", "cannot_show")
			if i < 0 {
				return t, nil
			}
			for _, c := range uses[i].Coverage {
				var parties []string
				for _, p := range c.Parties {
					parties = append(parties, string(p))
				}
				t.add(string(id), strings.Join(c.Instruments, " "), strings.Join(c.Kinds, " "), strings.Join(c.Acts, " "), strings.Join(parties, " "), c.From.String(), c.To.String(), strings.Join(c.CannotShow, " "))
			}
			return t, nil
		}}, nil
	}
	p := &sourcePage{page: q.page(join([]any{"s", id}), "sources", s.Title), S: s, Filing: filing, Copy: copyWords(s.Copy), Down: down}
	if down != nil {
		p.Copy = "the archived copy was taken down " + down.Why()
	}
	if i >= 0 {
		p.Uses = uses[i].Filings
		for j := range uses[i].Coverage {
			c := &uses[i].Coverage[j]
			v := sourceCover{coverageView: q.coverageView(s, c)}
			for _, in := range c.Instruments {
				if strings.HasSuffix(in, "*") {
					v.Of = append(v.Of, nearby{"every instrument whose id begins with " + strings.TrimSuffix(in, "*"), ""})
				} else {
					v.Of = append(v.Of, nearby{q.instrumentTitle(stocktake.InstrumentID(in)), q.to("i", in)})
				}
			}
			for _, k := range c.Kinds {
				v.Of = append(v.Of, nearby{"every " + kindWord(stocktake.InstrumentKind(k)), ""})
			}
			p.Coverage = append(p.Coverage, v)
		}
	}
	for _, u := range uses {
		if s.Series != "" && u.Series == s.Series && u.ID != id {
			p.Siblings = append(p.Siblings, sourceLine{u.Title, q.to("s", u.ID), u.Edition, u.Published})
		}
	}
	if p.Filings, err = q.filingsOf(id, filing); err != nil {
		return nil, err
	}
	p.More = max(0, p.Uses-len(p.Filings))
	p.Lede = q.sourceLede(p)
	return &answer{template: "source.html", view: p}, nil
}

func (q *request) sourceLede(p *sourcePage) string {
	s := p.S
	b := "“" + s.Title + "”"
	if s.Publisher != "" {
		b += ", published by " + s.Publisher
	}
	if !s.Published.IsZero() {
		b += " " + onDate(s.Published)
	} else {
		b += ", without a date of publication"
	}
	if !s.Read.IsZero() {
		b += ", was read on " + dateWords(s.Read)
	}
	b += " and stands behind " + count(p.Uses, "filing", "filings") + " of this record; " + p.Copy
	var last stocktake.Date
	for _, c := range p.Coverage {
		if !c.Until.IsZero() && (last.IsZero() || c.Until.After(last) == stocktake.Yes) {
			last = c.Until
		}
	}
	if !last.IsZero() {
		b += "; what it covers ends " + onDate(last)
	}
	return b + "."
}

type sourcesPage struct {
	page
	Rows template.HTML
	N    int
}

// showSources lists every source with what it covers.
func showSources(q *request) (*answer, error) {
	uses := q.sources()
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return empty(uses), nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) {
			t := newTable("id", "kind", "publisher", "published", "read", "copy", "filings", "covers to", "title")
			for _, s := range uses {
				to, cp := "", ""
				for _, c := range s.Coverage {
					to = c.To.String()
				}
				if s.Copy != nil {
					if cp = s.Copy.State; q.s.rec.TakenDownBy(s.Copy.SHA256) > 0 {
						cp = "taken down"
					}
				}
				t.add(string(s.ID), s.Kind, s.Publisher, s.Published.String(), s.Read.String(), cp, itoa(s.Filings), to, s.Title)
			}
			return t, nil
		}}, nil
	}
	p := &sourcesPage{page: q.page("/sources", "sources", "Sources"), N: len(uses)}
	p.Wide = true
	p.Lede = "Everything in this record rests on " + count(len(uses), "source", "sources") + "; each says what it covers, until when, and what it cannot show."
	list := slices.Clone(uses)
	slices.SortStableFunc(list, func(a, b record.SourceUse) int { return b.Filings - a.Filings })
	var h htm
	for _, s := range list {
		to := ""
		for _, c := range s.Coverage {
			if _, ok := c.To.Last(); ok && c.To.String() > to {
				to = c.To.String()
			}
		}
		if d, err := stocktake.ParseDate(to); err == nil {
			to = dateWords(d)
		}
		h.raw(`<tr><th scope="row">`).link(q.to("s", s.ID), s.Title).raw(`</th>`).td(s.Publisher).td(sourceKind(s.Kind)).raw(`<td>`)
		if !s.Published.IsZero() {
			h.date(s.Published)
		} else {
			h.text("no date")
		}
		h.raw(`</td>`).td(to).raw(`<td class="num">`).raw(thousands(s.Filings)).raw("</td></tr>\n")
	}
	p.Rows = h.html()
	return &answer{template: "sources.html", view: p}, nil
}

func sourceKind(k string) string {
	switch k {
	case "hand":
		return "entered by hand"
	case "civil-society":
		return "civil society"
	}
	return k
}
