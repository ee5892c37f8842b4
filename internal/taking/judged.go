package taking

import (
	"bytes"
	"encoding/json"
	"slices"

	"stocktake"
	"stocktake/internal/record"
)

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// assessed adds the assessments of the cell that stand on the day, the newest first, and what became of them since the last stocktake.
func (t *taker) assessed(c *Cell) error {
	c.Change = NoChange
	if t.out.Rubric == nil {
		return nil
	}
	list := t.rec.Assessments(t.at, record.AssessmentFilter{Party: c.Party, Provision: c.Provision})
	var before *stocktake.Assessment
	if t.again {
		at := t.at
		at.On = t.since
		if old := t.rec.Assessments(at, record.AssessmentFilter{Party: c.Party, Provision: c.Provision}); len(old) > 0 {
			before = old[0].Assessment
		}
	}
	for i := range list {
		a := &list[i]
		x := Assessment{ID: a.ID, Rubric: a.Rubric, Period: a.Period, Step: a.Step, Word: a.Step, By: a.By, Interest: a.Interest, Approved: a.Approved, Criteria: a.Criteria,
			Evidence: sealed(a.Evidence), Dissent: empty(a.Dissent), Replies: []string{}, Date: a.Date}
		x.New, _ = t.isNew(a.Date)
		if info, ok := t.rec.Info(a.Filing); ok {
			x.Filing = info.SHA256
		}
		if r, ok := t.rec.Rubric(a.Rubric, t.at.Head); ok {
			if s := find(r.Steps, func(s stocktake.ScaleStep) bool { return s.ID == a.Step }); s != nil {
				x.Word = s.Word
				if i == 0 {
					t.out.Counts.Assessed++
					if s.None {
						t.out.Counts.NoEvidence++
					}
				}
			}
		}
		for _, r := range t.rec.Replies(a.ID, t.at) {
			x.Replies = append(x.Replies, r.ID)
			t.cite(r.Source)
		}
		for _, e := range a.Evidence {
			if e.Quote != nil {
				t.cite(e.Quote.Source)
			}
			if e.Table != "" {
				t.tables[e.Table] = true
			}
		}
		c.Assessed = append(c.Assessed, x)
	}
	if !t.again {
		return nil
	}
	switch {
	case before == nil && len(list) > 0:
		c.Change = FirstAssessed
	case before != nil && (len(list) == 0 || !c.Assessed[0].New):
		c.Change = NotAgain
	case before != nil && list[0].Rubric != before.Rubric:
		c.Change = RubricChanged
	case before != nil && list[0].Step != before.Step:
		c.Change = StepChanged
	}
	return nil
}

// sealed are pieces of evidence without words that may have to go: a quote keeps its commitment.
func sealed(list []stocktake.Evidence) []stocktake.Evidence {
	out := slices.Clone(list)
	for i := range out {
		if q := out[i].Quote; q != nil {
			x := *q
			x.Exact.Text = ""
			out[i].Quote = &x
		}
	}
	return empty(out)
}

func empty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// recommended adds what was recommended to the party that bears on the provision, by cycle.
func (t *taker) recommended(c *Cell) error {
	for _, x := range t.rec.Recommendations(t.at, record.RecommendedFilter{Party: c.Party, Provision: c.Provision}) {
		r := Recommendation{ID: x.ID, Cycle: x.Cycle, From: empty(x.From), Response: x.Response, Date: x.Date, Source: x.Source}
		d, ok, err := t.rec.RecommendationBecame(t.ctx, t.at, &x)
		if err != nil {
			return err
		}
		if ok {
			r.Became, r.When = d.Status.String(), d.When
		}
		c.Recommended = append(c.Recommended, r)
		t.cite(x.Source)
	}
	return nil
}

// recommendedAgain lists what a party was asked to do towards an instrument in more than one cycle: recommendations that the same acts would answer.
func (t *taker) recommendedAgain() error {
	t.out.Again = []Again{}
	for _, p := range t.out.Parties {
		type group struct {
			Again
			first *record.Recommended
		}
		var groups []*group
		by := map[string]*group{}
		for _, x := range t.rec.Recommendations(t.at, record.RecommendedFilter{Party: p.ID}) {
			asks := asksFor(x.Answer)
			if asks == "" {
				continue
			}
			g := by[asks]
			if g == nil {
				g = &group{Again: Again{Party: p.ID, Asks: asks, Cycles: []int{}, IDs: []string{}}, first: &x}
				by[asks] = g
				groups = append(groups, g)
			}
			g.IDs = append(g.IDs, x.ID)
			if x.Cycle > 0 && !slices.Contains(g.Cycles, x.Cycle) {
				g.Cycles = append(g.Cycles, x.Cycle)
			}
		}
		for _, g := range groups {
			if len(g.Cycles) < 2 || !slices.ContainsFunc(t.instruments, func(in stocktake.InstrumentID) bool { return g.about(in) }) && !t.bears(g.IDs) {
				continue
			}
			d, ok, err := t.rec.RecommendationBecame(t.ctx, t.at, g.first)
			if err != nil {
				return err
			}
			if ok {
				g.Became, g.When = d.Status.String(), d.When
			}
			t.out.Again = append(t.out.Again, g.Again)
		}
	}
	return nil
}

// bears reports whether one of the recommendations stands in a cell.
func (t *taker) bears(ids []string) bool {
	for i := range t.out.Cells {
		for _, r := range t.out.Cells[i].Recommended {
			if slices.Contains(ids, r.ID) {
				return true
			}
		}
	}
	return false
}
