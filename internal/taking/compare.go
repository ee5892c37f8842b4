package taking

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"stocktake"
)

// CompareFormat is the version of the format of a comparison.
const CompareFormat = "stocktake-compare/1"

// Why something is different in the later of two stocktakes. Reasons are told apart by what the two hold; see Compare.
const (
	WorldMoved     = "world"    // an act, a measure, a call or a figure of a day after the first stocktake's
	SourceRevised  = "source"   // a fact of a day before that, which could not be known then, or of which sources now tell otherwise
	WeErred        = "erratum"  // a fact that could be known then and that this record had entered wrongly, or not yet
	RubricRevised  = "rubric"   // another rubric
	JudgedAgain    = "judgment" // somebody judged anew, by the same rubric
	ScopeChanged   = "scope"    // it was not asked, or is not asked any more
	ReasonNotKnown = "unknown"
)

// A Comparison is what is different between two stocktakes, the earlier first.
type Comparison struct {
	Format string   `json:"format"`
	A      Heading  `json:"a"`
	B      Heading  `json:"b"`
	Items  []Item   `json:"items"`
	Counts []Tally  `json:"counts"` // by reason, in the order of Reasons
	Notes  []string `json:"notes"`
}

// A Heading is what a stocktake was taken of.
type Heading struct {
	ID     string             `json:"id"`
	Title  string             `json:"title"`
	On     string             `json:"on"`
	Known  string             `json:"known"`
	Head   int64              `json:"head"`
	Rubric stocktake.RubricID `json:"rubric,omitempty"`
}

// An Item is one difference. Before and After are as the stocktakes print them, empty where there was nothing.
type Item struct {
	Kind      string                 `json:"kind"` // standing, act, measure, assessment, figure, call, recommendation, party, provision
	Party     stocktake.PartyID      `json:"party,omitempty"`
	Provision stocktake.ProvisionID  `json:"provision,omitempty"`
	Of        stocktake.InstrumentID `json:"instrument,omitempty"`
	What      string                 `json:"what"` // id of what is different
	Before    string                 `json:"before,omitempty"`
	After     string                 `json:"after,omitempty"`
	Why       string                 `json:"why"`
}

// A Tally is how many differences have one reason.
type Tally struct {
	Why   string `json:"why"`
	Count int    `json:"count"`
}

// Reasons lists the reasons in the order in which they are counted.
func Reasons() []string {
	return []string{WorldMoved, SourceRevised, WeErred, RubricRevised, JudgedAgain, ScopeChanged, ReasonNotKnown}
}

// Knows tells of an act or a measure when it could first be known, as the record has it now; ok is false where it is not there. An erratum
// takes the known time of what it mends, so that it tells then.
type Knows interface {
	ActKnown(id stocktake.ActID, party stocktake.PartyID, in stocktake.InstrumentID) (known string, ok bool)
	MeasureKnown(id string) (known string, ok bool)
}

// ReadReport reads the canonical bytes of a stocktake of any release.
func ReadReport(b []byte) (*Report, error) {
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, stocktake.Invalidf("this is no stocktake: %v", err).Hinted("give the stocktake.json that `stocktake take` wrote")
	}
	if head.Format != Format {
		return nil, stocktake.Invalidf("format is %q, not %s", head.Format, Format).Hinted("give the stocktake.json that `stocktake take` wrote")
	}
	var r Report
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, stocktake.Invalidf("this stocktake cannot be read: %v", err)
	}
	return &r, nil
}

// Compare says what is different in b against a, and why: whether the world changed, a source was revised, this record had erred, or the
// rubric was another. knows may be nil: what came in later about an earlier day is then put down as unknown.
//
// A fact dated after a's day is the world's. One dated by then came later: where it became known only after a's known, a source told it later
// or otherwise; where it could be known by then, this record had it wrong, or did not have it yet. A change of standing has the reason of the
// acts that are different; with several, the first in the order of Reasons.
func Compare(a, b *Report, knows Knows) *Comparison {
	c := &comparer{a: a, b: b, knows: knows, out: &Comparison{Format: CompareFormat, A: heading(a), B: heading(b), Items: []Item{}, Notes: []string{}}}
	if d, err := stocktake.ParseDate(a.On); err == nil {
		_, c.day = d.Bounds()
	}
	c.scopes()
	c.standings()
	c.cells()
	c.called()
	for _, w := range Reasons() {
		n := 0
		for _, i := range c.out.Items {
			if i.Why == w {
				n++
			}
		}
		c.out.Counts = append(c.out.Counts, Tally{w, n})
	}
	if a.On > b.On {
		c.out.Notes = append(c.out.Notes, "The first of the two was taken for a later day than the second.")
	}
	if a.Head > b.Head {
		c.out.Notes = append(c.out.Notes, "The first of the two was taken from a longer record than the second.")
	}
	return c.out
}

func heading(r *Report) Heading {
	return Heading{ID: r.Scope.ID, Title: r.Scope.Title, On: r.On, Known: r.Known, Head: r.Head, Rubric: r.Scope.Rubric}
}

type comparer struct {
	a, b  *Report
	knows Knows
	day   stocktake.Day // of a
	out   *Comparison
}

func (c *comparer) add(i Item) { c.out.Items = append(c.out.Items, i) }

// scopes lists parties and provisions that only one of the two asks for.
func (c *comparer) scopes() {
	for _, p := range c.a.Parties {
		if !slices.ContainsFunc(c.b.Parties, func(x Party) bool { return x.ID == p.ID }) {
			c.add(Item{Kind: "party", Party: p.ID, What: string(p.ID), Before: p.Name, Why: ScopeChanged})
		}
	}
	for _, p := range c.b.Parties {
		if !slices.ContainsFunc(c.a.Parties, func(x Party) bool { return x.ID == p.ID }) {
			c.add(Item{Kind: "party", Party: p.ID, What: string(p.ID), After: p.Name, Why: ScopeChanged})
		}
	}
	for _, p := range c.a.Provisions {
		if !slices.ContainsFunc(c.b.Provisions, func(x Provision) bool { return x.ID == p.ID }) {
			c.add(Item{Kind: "provision", Provision: p.ID, What: string(p.ID), Before: p.Title, Why: ScopeChanged})
		}
	}
	for _, p := range c.b.Provisions {
		if !slices.ContainsFunc(c.a.Provisions, func(x Provision) bool { return x.ID == p.ID }) {
			c.add(Item{Kind: "provision", Provision: p.ID, What: string(p.ID), After: p.Title, Why: ScopeChanged})
		}
	}
}

// came says why something dated d is in b and was not, or not so, in a.
func (c *comparer) came(d stocktake.Date, known string, ok bool) string {
	if lo, _ := d.Bounds(); lo > c.day {
		return WorldMoved
	}
	switch {
	case !ok:
		return ReasonNotKnown
	case later(known, c.a.Known):
		return SourceRevised
	default:
		return WeErred
	}
}

// later compares two moments as answers print them: a bare day is its end.
func later(x, y string) bool {
	end := func(s string) string {
		if len(s) == len("2006-01-02") {
			return s + "T23:59:59.999999Z"
		}
		return s
	}
	return end(x) > end(y)
}

func (c *comparer) standings() {
	type key struct {
		p  stocktake.PartyID
		in stocktake.InstrumentID
	}
	old := map[key]*Standing{}
	for i := range c.a.Standings {
		s := &c.a.Standings[i]
		old[key{s.Party, s.Instrument}] = s
	}
	for i := range c.b.Standings {
		n := &c.b.Standings[i]
		o := old[key{n.Party, n.Instrument}]
		if o == nil {
			continue // told by scopes
		}
		why := ""
		note := func(i Item) {
			if why == "" || slices.Index(Reasons(), i.Why) < slices.Index(Reasons(), why) {
				why = i.Why
			}
			c.add(i)
		}
		for _, x := range n.Acts {
			y := find(o.Acts, func(a Act) bool { return a.ID == x.ID })
			if y != nil && y.Date == x.Date && y.Kind == x.Kind {
				continue
			}
			known, ok := "", false
			if c.knows != nil {
				known, ok = c.knows.ActKnown(x.ID, n.Party, n.Instrument)
			}
			it := Item{Kind: "act", Party: n.Party, Of: n.Instrument, What: string(x.ID), After: x.Kind.String() + ", " + x.Date.String(), Why: c.came(x.Date, known, ok)}
			if y != nil { // the same act, told otherwise
				it.Before = y.Kind.String() + ", " + y.Date.String()
				if it.Why == WorldMoved {
					it.Why = SourceRevised
				}
			}
			note(it)
		}
		for _, y := range o.Acts {
			if find(n.Acts, func(a Act) bool { return a.ID == y.ID }) == nil {
				known, ok := "", false
				if c.knows != nil {
					known, ok = c.knows.ActKnown(y.ID, n.Party, n.Instrument)
				}
				w := WeErred
				if ok && later(known, c.a.Known) {
					w = SourceRevised
				}
				note(Item{Kind: "act", Party: n.Party, Of: n.Instrument, What: string(y.ID), Before: y.Kind.String() + ", " + y.Date.String(), Why: w})
			}
		}
		if o.Word != n.Word {
			if why == "" { // no act is different: the day alone, or the law of standing
				why = ReasonNotKnown
				if c.a.On != c.b.On {
					why = WorldMoved
				}
			}
			c.add(Item{Kind: "standing", Party: n.Party, Of: n.Instrument, What: string(n.Instrument), Before: o.Word, After: n.Word, Why: why})
		}
	}
}

func find[T any](list []T, is func(T) bool) *T {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return &list[i]
	}
	return nil
}

func (c *comparer) cells() {
	type key struct {
		p stocktake.PartyID
		v stocktake.ProvisionID
	}
	old := map[key]*Cell{}
	for i := range c.a.Cells {
		x := &c.a.Cells[i]
		old[key{x.Party, x.Provision}] = x
	}
	for i := range c.b.Cells {
		n := &c.b.Cells[i]
		o := old[key{n.Party, n.Provision}]
		if o == nil {
			continue
		}
		at := Item{Party: n.Party, Provision: n.Provision}
		c.measures(at, o, n)
		c.assessed(at, o, n)
		c.figures(at, o, n)
		for _, r := range n.Recommended {
			y := find(o.Recommended, func(x Recommendation) bool { return x.ID == r.ID })
			it := at
			it.Kind, it.What, it.After = "recommendation", r.ID, cmp.Or(r.Became, r.Response)
			switch {
			case y == nil:
				it.Why = c.came(r.Date, "", false)
			case y.Became != r.Became:
				it.Before, it.Why = y.Became, WorldMoved
			case y.Response != r.Response:
				it.Before, it.After, it.Why = y.Response, r.Response, SourceRevised
			default:
				continue
			}
			c.add(it)
		}
	}
}

func (c *comparer) measures(at Item, o, n *Cell) {
	at.Kind = "measure"
	for _, m := range n.Measures {
		y := find(o.Measures, func(x Measure) bool { return x.ID == m.ID })
		if y != nil && y.Force == m.Force && y.Date == m.Date {
			continue
		}
		it := at
		it.What, it.After = m.ID, m.Force+", "+m.Date.String()
		known, ok := "", false
		if c.knows != nil {
			known, ok = c.knows.MeasureKnown(m.ID)
		}
		it.Why = c.came(m.Date, known, ok)
		if y != nil {
			it.Before = y.Force + ", " + y.Date.String()
			if y.Force != m.Force && y.Date == m.Date { // stayed or revoked meanwhile
				it.Why = WorldMoved
			}
		}
		c.add(it)
	}
	for _, m := range o.Measures {
		if find(n.Measures, func(x Measure) bool { return x.ID == m.ID }) == nil {
			it := at
			it.What, it.Before, it.Why = m.ID, m.Force+", "+m.Date.String(), WeErred
			c.add(it)
		}
	}
}

func (c *comparer) assessed(at Item, o, n *Cell) {
	at.Kind = "assessment"
	switch {
	case len(o.Assessed) == 0 && len(n.Assessed) == 0:
		return
	case len(n.Assessed) == 0:
		at.What, at.Before, at.Why = string(o.Assessed[0].ID), o.Assessed[0].Word, JudgedAgain
		if c.a.Scope.Rubric != c.b.Scope.Rubric {
			at.Why = RubricRevised
		}
	case len(o.Assessed) == 0:
		at.What, at.After, at.Why = string(n.Assessed[0].ID), n.Assessed[0].Word, JudgedAgain
	default:
		x, y := &o.Assessed[0], &n.Assessed[0]
		if x.Filing == y.Filing || x.Step == y.Step && x.Rubric == y.Rubric {
			return
		}
		at.What, at.Before, at.After, at.Why = string(y.ID), x.Word, y.Word, JudgedAgain
		if x.Rubric != y.Rubric {
			at.Why = RubricRevised
		}
	}
	c.add(at)
}

func (c *comparer) figures(at Item, o, n *Cell) {
	at.Kind = "figure"
	for _, f := range n.Figures {
		y := find(o.Figures, func(x Figure) bool { return x.Series == f.Series && x.Side == f.Side })
		if y == nil {
			continue
		}
		for _, p := range f.Points {
			q := find(y.Points, func(x Point) bool { return x.Period == p.Period })
			it := at
			it.What, it.After = string(f.Series)+" "+p.Period, number(p.Value)
			switch {
			case q == nil && p.Period > y.Points[len(y.Points)-1].Period:
				it.Why = WorldMoved
			case q == nil:
				continue // an older period than was drawn
			case number(q.Value) == number(p.Value):
				continue
			default:
				it.Before, it.Why = number(q.Value), SourceRevised
				if q.Table == p.Table {
					it.Why = WeErred
				}
			}
			c.add(it)
		}
	}
}

func (c *comparer) called() {
	for _, n := range c.b.Calls {
		o := find(c.a.Calls, func(x Call) bool { return x.ID == n.ID && x.Party == n.Party })
		it := Item{Kind: "call", Party: n.Party, What: n.ID, After: n.Status.String()}
		switch {
		case o == nil && n.Made != nil:
			it.Why = c.came(*n.Made, "", false)
		case o == nil:
			it.Why = ReasonNotKnown
		case o.Status != n.Status:
			it.Before, it.Why = o.Status.String(), WorldMoved
			if n.When != nil {
				if _, hi := n.When.Bounds(); hi <= c.day {
					it.Why = SourceRevised
				}
			}
		default:
			continue
		}
		c.add(it)
	}
}

func number(v *float64) string {
	if v == nil {
		return "not reported"
	}
	b, _ := json.Marshal(*v)
	return strings.TrimSpace(string(b))
}
