package taking

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gowebpki/jcs"

	"stocktake"
	"stocktake/internal/record"
)

// Figures is where figures come from. Points returns what the series says of a party by the day of at, oldest first, at most most of them
// (0: all), from the vintages that could be known; nothing where there are none. A vintage whose file is not here is an error: a stocktake
// is the same everywhere, or it is not made.
type Figures interface {
	Points(ctx context.Context, at stocktake.At, series stocktake.SeriesID, side string, party stocktake.PartyID, most int) (Figure, error)
}

// Take takes stock. The scope must have been checked. What it names and the record does not have is an Invalid fault that lists all of it.
func Take(ctx context.Context, rec *record.Record, figures Figures, scope *Scope, at stocktake.At) (*Report, error) {
	t := &taker{ctx: ctx, rec: rec, figures: figures, at: at, sources: map[stocktake.SourceID]bool{}, tables: map[stocktake.TableID]bool{},
		out: &Report{Format: Format, Scope: *scope, On: at.OnString(), Known: at.KnownString(), Head: at.Head}}
	if i, ok := rec.Info(at.Head); ok {
		t.out.Filing = i.SHA256
	}
	if scope.Since != "" {
		d, err := stocktake.ParseDate(scope.Since)
		if err != nil {
			return nil, err
		}
		t.since, _ = d.Bounds()
		t.again = true
		if t.since > at.On {
			return nil, stocktake.Invalidf("the last stocktake, %s, is later than the day of this one, %s", scope.Since, at.OnString()).At("since")
		}
	}
	for _, step := range []func() error{t.names, t.standings, t.cells, t.calls, t.recommendedAgain, t.rest} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return t.out, nil
}

// Canonical returns the canonical bytes of a stocktake (RFC 8785): what is hashed and entered in the log.
func Canonical(r *Report) ([]byte, error) {
	b, err := marshal(r)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(b)
}

type taker struct {
	ctx     context.Context
	rec     *record.Record
	figures Figures
	at      stocktake.At
	since   stocktake.Day
	again   bool // there was a stocktake before
	out     *Report

	instruments []stocktake.InstrumentID
	sources     map[stocktake.SourceID]bool
	tables      map[stocktake.TableID]bool
}

// names finds what the scope names: parties, groups by their members on the day, provisions, the rubric.
func (t *taker) names() error {
	s, out := &t.out.Scope, t.out
	var faults []string
	missing := func(what, id string, near []string) {
		m := what + " " + id + " is not in this record"
		if len(near) > 0 {
			m += "; did you mean " + strings.Join(near, ", ") + "?"
		}
		faults = append(faults, m)
	}
	in := map[stocktake.PartyID]bool{}
	add := func(p *stocktake.Party, via stocktake.PartyID) {
		if !in[p.ID] {
			in[p.ID] = true
			out.Parties = append(out.Parties, Party{ID: p.ID, Name: nameOf(p), Via: via})
		}
	}
	all := t.rec.Parties(t.at.Head)
	for _, id := range s.Parties {
		p, ok := t.rec.Party(id, t.at.Head)
		if !ok {
			missing("party", string(id), t.rec.Nearest("party", string(id), t.at.Head, 3))
			continue
		}
		if p.Kind != "group" {
			add(p, "")
			continue
		}
		n := len(out.Parties)
		for _, m := range all {
			if belongs(m, id, t.at.On) {
				add(m, id)
			}
		}
		if len(out.Parties) == n {
			faults = append(faults, "group "+string(id)+" has no member on "+out.On)
		}
	}
	for _, id := range s.Provisions {
		p, ok := t.rec.Provision(id, t.at.Head)
		if !ok {
			missing("provision", string(id), nil)
			continue
		}
		ins, ok := t.rec.Instrument(p.Instrument, t.at.Head)
		if !ok {
			missing("instrument", string(p.Instrument), nil)
			continue
		}
		out.Provisions = append(out.Provisions, Provision{ID: p.ID, Number: p.Number, Title: p.Title, Instrument: ins.ID, Of: ins.Title, Binding: ins.Kind.Binding()})
		if !slices.Contains(t.instruments, ins.ID) {
			t.instruments = append(t.instruments, ins.ID)
		}
		t.cite(p.Sources...)
	}
	if s.Rubric != "" {
		r, ok := t.rec.Rubric(s.Rubric, t.at.Head)
		if !ok {
			missing("rubric", string(s.Rubric), nil)
		} else {
			out.Rubric = r
			t.cite(r.Sources...)
		}
	}
	if len(faults) > 0 {
		return stocktake.Invalidf("%s", strings.Join(faults, "\n  ")).At("scope " + s.ID).Hinted("nothing was taken")
	}
	return nil
}

// belongs reports whether m may be a member of a group on a day.
func belongs(m *stocktake.Party, group stocktake.PartyID, on stocktake.Day) bool {
	return slices.ContainsFunc(m.Memberships, func(x stocktake.Membership) bool {
		if x.Group != group {
			return false
		}
		if !x.From.IsZero() {
			if lo, _ := x.From.Bounds(); lo > on {
				return false
			}
		}
		if !x.To.IsZero() {
			if _, hi := x.To.Bounds(); hi < on {
				return false
			}
		}
		return true
	})
}

// nameOf is the English name, which every party of the built-in record has, else the first by language.
func nameOf(p *stocktake.Party) string {
	if n := p.Names["en"]; n != "" {
		return n
	}
	langs := make([]string, 0, len(p.Names))
	for l := range p.Names {
		langs = append(langs, l)
	}
	if len(langs) == 0 {
		return string(p.ID)
	}
	return p.Names[slices.Min(langs)]
}

// cite notes sources to be listed.
func (t *taker) cite(ids ...stocktake.SourceID) {
	for _, id := range ids {
		if id != "" {
			t.sources[id] = true
		}
	}
}

// isNew says of a date whether it came after the last stocktake, and whether that is sure. Without a last one everything is new.
func (t *taker) isNew(d stocktake.Date) (is, sure bool) {
	if !t.again {
		return true, true
	}
	lo, hi := d.Bounds()
	return hi > t.since, lo > t.since || hi <= t.since
}

func (t *taker) standings() error {
	for _, p := range t.out.Parties {
		for _, in := range t.instruments {
			s, err := t.rec.Standing(t.ctx, t.at, p.ID, in)
			if err != nil {
				return err
			}
			x := Standing{Party: p.ID, Instrument: in, Word: s.Standing, Bound: s.Bound, Since: s.Since, Unsure: s.Unsure, Disputed: len(s.Conflicts), Ends: s.Ends, Acts: []Act{}}
			for _, a := range s.Acts {
				is, sure := t.isNew(a.Date)
				x.Acts = append(x.Acts, Act{ID: a.ID, Kind: a.Kind, Date: a.Date, Via: a.Via, New: is, Maybe: is && !sure, Sources: a.Sources})
				t.cite(a.Sources...)
				if is && t.again {
					t.out.Counts.NewActs++
				}
			}
			if t.again {
				before := t.at
				before.On = t.since
				b, err := t.rec.Standing(t.ctx, before, p.ID, in)
				if err != nil {
					return err
				}
				x.Before, x.Moved = b.Standing, b.Standing != s.Standing
				if x.Moved {
					t.out.Counts.Moved++
				}
			}
			t.out.Standings = append(t.out.Standings, x)
		}
	}
	return nil
}

func (t *taker) standing(p stocktake.PartyID, in stocktake.InstrumentID) *Standing {
	for i := range t.out.Standings {
		if s := &t.out.Standings[i]; s.Party == p && s.Instrument == in {
			return s
		}
	}
	return nil
}

func (t *taker) cells() error {
	for _, p := range t.out.Parties {
		measures := t.rec.Measures(t.at, p.ID)
		for i := range t.out.Provisions {
			v := &t.out.Provisions[i]
			c := Cell{Party: p.ID, Provision: v.ID, Measures: []Measure{}, Assessed: []Assessment{}, Recommended: []Recommendation{}, Figures: []Figure{}, Gaps: []string{}}
			for _, m := range measures {
				if !slices.Contains(m.Provisions, v.ID) && !(len(m.Provisions) == 0 && m.Instrument == v.Instrument) {
					continue
				}
				is, _ := t.isNew(m.Date)
				c.Measures = append(c.Measures, Measure{ID: m.ID, Kind: m.Kind, Title: m.Title, Organ: m.Organ, Date: m.Date, Force: m.Force, New: is, Source: m.Source})
				t.cite(m.Source)
			}
			if err := t.assessed(&c); err != nil {
				return err
			}
			if err := t.recommended(&c); err != nil {
				return err
			}
			if err := t.drawn(&c); err != nil {
				return err
			}
			t.gaps(&c, v)
			t.out.Counts.Measures += len(c.Measures)
			t.out.Cells = append(t.out.Cells, c)
		}
	}
	t.out.Counts.Cells = len(t.out.Cells)
	return nil
}

// drawn adds the figures that the scope shows with the provision.
func (t *taker) drawn(c *Cell) error {
	for _, f := range t.out.Scope.Figures {
		if f.Provision != c.Provision || t.figures == nil {
			continue
		}
		side, most := cmp.Or(f.Side, "party"), cmp.Or(f.Years, 10)
		x, err := t.figures.Points(t.ctx, t.at, f.Series, side, c.Party, most)
		if err != nil {
			return err
		}
		if len(x.Points) == 0 {
			continue
		}
		c.Figures = append(c.Figures, x)
		for _, p := range x.Points {
			t.tables[p.Table] = true
		}
	}
	return nil
}

// gaps says what the cell lacks.
func (t *taker) gaps(c *Cell, v *Provision) {
	gap := func(g string, is bool) {
		if is {
			c.Gaps = append(c.Gaps, g)
		}
	}
	s := t.standing(c.Party, v.Instrument)
	gap(GapStanding, s == nil || len(s.Acts) == 0)
	gap(GapActs, t.again && (s == nil || !slices.ContainsFunc(s.Acts, func(a Act) bool { return a.New })))
	gap(GapMeasures, len(c.Measures) == 0)
	gap(GapAssessment, t.out.Rubric != nil && (len(c.Assessed) == 0 || t.again && !c.Assessed[0].New))
	wants := slices.ContainsFunc(t.out.Scope.Figures, func(f ScopeFigure) bool { return f.Provision == v.ID })
	gap(GapFigures, wants && len(c.Figures) == 0)
	gap(GapFiguresOld, len(c.Figures) > 0 && !slices.ContainsFunc(c.Figures, func(f Figure) bool { return fresh(f, t.at.On) }))
	gap(GapRecommended, len(c.Recommended) == 0)
}

// fresh reports whether the newest period of a figure begins at most two years before the year of the day.
func fresh(f Figure, on stocktake.Day) bool {
	last := f.Points[len(f.Points)-1].Period
	if len(last) < 4 {
		return false
	}
	return last[:4] >= stocktake.DateOf(on - 2*366).String()[:4]
}

// calls lists calls on the parties about instruments of the scope: those whose answer would be an act towards one, or whose statement cites one.
func (t *taker) calls() error {
	t.out.Calls = []Call{}
	cites := map[stocktake.InstrumentID]bool{}
	for _, s := range t.rec.Statements(t.at.Head) {
		for _, m := range s.Cites {
			in, _, _ := strings.Cut(m.ID, "/")
			if slices.Contains(t.instruments, stocktake.InstrumentID(in)) {
				cites[s.Instrument] = true
			}
		}
	}
	for _, p := range t.out.Parties {
		list, err := t.rec.Calls(t.ctx, t.at, record.CallFilter{Party: p.ID, Which: record.CallsOnly})
		if err != nil {
			return err
		}
		for i := range list {
			c := &list[i]
			if c.Rehearsal || !cites[c.Statement] && !t.asksAbout(c.Answer) {
				continue
			}
			t.out.Calls = append(t.out.Calls, Call{ID: c.Call, Statement: c.Statement, Title: c.Title, Party: p.ID, Status: c.Status, Unsure: c.Unsure, Made: c.Made, When: c.When})
			if c.Status == stocktake.CallOpen {
				t.out.Counts.OpenCalls++
			}
		}
	}
	slices.SortStableFunc(t.out.Calls, func(a, b Call) int { return cmp.Or(cmp.Compare(a.Party, b.Party), cmp.Compare(a.ID, b.ID)) })
	return nil
}

func (t *taker) asksAbout(a *stocktake.Answer) bool {
	if a == nil {
		return false
	}
	for _, rules := range [][]stocktake.AnswerRule{a.Met, a.Part, a.Refused, a.Undone} {
		for _, r := range rules {
			if slices.ContainsFunc(r.Instruments, func(in stocktake.InstrumentID) bool { return slices.Contains(t.instruments, in) }) {
				return true
			}
		}
	}
	return false
}

// rest adds what is unknown, how old the newest acts are, and what was cited.
func (t *taker) rest() error {
	out := t.out
	out.Unknown, out.Newest, out.Tables, out.Sources = []Unknown{}, []Newest{}, []Table{}, []Source{}
	for _, u := range t.rec.Unknowns(t.at.Head) {
		about := slices.Contains(t.instruments, stocktake.InstrumentID(u.About)) || slices.ContainsFunc(out.Parties, func(p Party) bool { return string(p.ID) == u.About })
		if about {
			out.Unknown = append(out.Unknown, Unknown{About: u.About, What: u.What, Looked: u.Looked})
		}
	}
	for _, p := range out.Parties {
		n := Newest{Party: p.ID}
		best := stocktake.MinDay
		for i := range out.Standings {
			if out.Standings[i].Party != p.ID {
				continue
			}
			for _, a := range out.Standings[i].Acts {
				if _, hi := a.Date.Bounds(); hi > best && hi <= t.at.On {
					d, days := a.Date, int(t.at.On-hi)
					best, n.Act, n.Date, n.Days = hi, a.ID, &d, &days
				}
			}
		}
		out.Newest = append(out.Newest, n)
	}
	for id := range t.tables {
		if x, ok := t.rec.Table(id, t.at); ok {
			sum := ""
			if s, _, ok := t.rec.Source(x.Source, t.at.Head); ok && s.Copy != nil {
				sum = s.Copy.SHA256
			}
			out.Tables = append(out.Tables, Table{ID: x.ID, Title: x.Title, Source: x.Source, SHA256: sum})
			t.cite(x.Source)
		}
	}
	slices.SortFunc(out.Tables, func(a, b Table) int { return cmp.Compare(a.ID, b.ID) })
	for id := range t.sources {
		s, _, ok := t.rec.Source(id, t.at.Head)
		if !ok {
			continue
		}
		x := Source{ID: id, Title: s.Title, Publisher: s.Publisher, Address: s.Address, Published: s.Published, Read: s.Read}
		if s.Copy != nil {
			x.SHA256 = s.Copy.SHA256
		}
		out.Sources = append(out.Sources, x)
	}
	slices.SortFunc(out.Sources, func(a, b Source) int { return cmp.Compare(a.ID, b.ID) })
	return nil
}
