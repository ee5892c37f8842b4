package ledger

import (
	"context"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

// stock is what filings of one batch bring for stocktakes.
type stock struct {
	tables      []*stocktake.FigureTable
	rubrics     []*stocktake.Rubric
	assessments []*stocktake.Assessment
	recommended map[string]bool
	measures    map[string]bool
	acts        []uint64 // hashes of the ids of acts, and of roll-calls as "rc-" and their id; a batch may have millions
	sorted      bool     // acts are in order
}

// actSeed is for the hashes of one run.
var actSeed = maphash.MakeSeed()

func (s *stock) note(id string) {
	s.acts, s.sorted = append(s.acts, maphash.String(actSeed, id)), false
}

// hasAct reports whether a filing of the batch brings an act; a ballot, whether one brings its roll-call.
func (s *stock) hasAct(id string) bool {
	if strings.HasPrefix(id, "rc-") {
		id, _, _ = strings.Cut(id, "/")
	}
	if !s.sorted {
		slices.Sort(s.acts)
		s.sorted = true
	}
	_, ok := slices.BinarySearch(s.acts, maphash.String(actSeed, id))
	return ok
}

func (s *stock) introduce(f *stocktake.Filing) {
	for i := range f.Tables {
		s.tables = append(s.tables, &f.Tables[i])
	}
	for i := range f.Recommended {
		if s.recommended == nil {
			s.recommended = map[string]bool{}
		}
		s.recommended[f.Recommended[i].ID] = true
	}
	for i := range f.Measures {
		if s.measures == nil {
			s.measures = map[string]bool{}
		}
		s.measures[f.Measures[i].ID] = true
	}
	for i := range f.Acts {
		s.note(string(f.Acts[i].ID))
	}
	for i := range f.RollCalls {
		s.note("rc-" + string(f.RollCalls[i].ID))
	}
}

// checkStocktaking checks what stocktakes rest on: tables of figures, rubrics, assessments, replies, recommendations.
func (b *batch) checkStocktaking(f *stocktake.Filing, bad func(where, format string, args ...any), party func(string, stocktake.PartyID), source func(string, stocktake.SourceID)) {
	at := stocktake.At{On: stocktake.MaxDay, Known: stocktake.EndOfDay(stocktake.DayOf(9999, 12, 31)), Head: b.head}
	provision := func(where string, id stocktake.ProvisionID) {
		if !b.provision(id) {
			bad(where, "provision %q is not known", id)
		}
	}
	for i := range f.Tables {
		x, where := &f.Tables[i], "tables/"+strconv.Itoa(i)
		source(where, x.Source)
		if s, ok := b.source(x.Source); ok && (s.Copy == nil || !isHash(s.Copy.SHA256)) {
			bad(where, "source %s has no archived copy with its SHA-256, and the rows of a table are read from it", x.Source)
		}
		if len(x.Series) == 0 {
			bad(where, "no series is read from it")
		}
		for j, p := range x.Places {
			if p.Party != "" {
				party(where+"/places/"+strconv.Itoa(j), p.Party)
			}
		}
		for j := range x.Series {
			b.sameSeries(x, &x.Series[j], where+"/series/"+strconv.Itoa(j), bad, at)
		}
	}
	for i := range f.Rubrics {
		x, where := &f.Rubrics[i], "rubrics/"+strconv.Itoa(i)
		for _, s := range x.Sources {
			source(where, s)
		}
		if old := b.rubric(x.ID); old != nil && !sameRubric(old, x) {
			bad(where, "rubric %s is in the record and says something else; a change is a new version under an id of its own, with `replaces`", x.ID)
		}
		if x.Replaces != "" && b.rubric(x.Replaces) == nil {
			bad(where, "rubric %q, which it replaces, is not known", x.Replaces)
		}
		b.stock.rubrics = append(b.stock.rubrics, x)
	}
	for i := range f.Assessments {
		x, where := &f.Assessments[i], "assessments/"+strconv.Itoa(i)
		party(where, x.Party)
		provision(where, x.Provision)
		b.judged(x, where, bad, at)
		for j := range x.Evidence {
			b.evidence(&x.Evidence[j], where+"/evidence/"+strconv.Itoa(j), bad, party, source, at)
		}
		b.stock.assessments = append(b.stock.assessments, x)
	}
	for i := range f.Replies {
		x, where := &f.Replies[i], "replies/"+strconv.Itoa(i)
		source(where, x.Source)
		a := b.assessment(x.Assessment, at)
		switch {
		case a == nil:
			bad(where, "assessment %q is not known", x.Assessment)
		case a.Party != x.Party:
			bad(where, "assessment %s is on %s; a reply is the assessed party's, and this one is said to be by %s", x.Assessment, a.Party, x.Party)
		}
	}
	for i := range f.Recommended {
		x, where := &f.Recommended[i], "recommended/"+strconv.Itoa(i)
		party(where, x.Party)
		source(where, x.Source)
		for _, p := range x.From {
			party(where, p)
		}
		for _, p := range x.Provisions {
			provision(where, p)
		}
		if x.Answer != nil && x.Answer.By == "" {
			bad(where+"/answer", "what would do what it asks is a reading of it, and needs the office that answers for it")
		}
		x.Answer.EachRule(func(_ stocktake.Role, r *stocktake.AnswerRule) {
			for _, in := range r.Instruments {
				if !b.instrument(in) {
					bad(where+"/answer", "instrument %q is not known", in)
				}
			}
		})
	}
}

// sameSeries checks that a series means the same in every table from which it is read.
func (b *batch) sameSeries(x *stocktake.FigureTable, s *stocktake.TableSeries, where string, bad func(where, format string, args ...any), at stocktake.At) {
	differ := func(other *stocktake.FigureTable) {
		for k := range other.Series {
			o := &other.Series[k]
			if o.Series != s.Series {
				continue
			}
			for _, d := range [...]struct{ name, now, then string }{{"unit", s.Unit, o.Unit}, {"times", s.Times, o.Times}, {"adds", s.Adds, o.Adds}} {
				if d.now != d.then {
					bad(where, "%s of %s is %q here and %q in table %s; a series keeps what it means, or has another id", d.name, s.Series, d.now, d.then, other.ID)
				}
			}
		}
	}
	for _, t := range b.l.rec.TablesOf(s.Series, at) {
		if t.ID != x.ID {
			differ(t.FigureTable)
		}
	}
	for _, t := range b.stock.tables {
		if t.ID != x.ID {
			differ(t)
		}
	}
}

func (b *batch) rubric(id stocktake.RubricID) *stocktake.Rubric {
	for _, x := range b.stock.rubrics {
		if x.ID == id {
			return x
		}
	}
	if x, ok := b.l.rec.Rubric(id, b.head); ok {
		return x
	}
	return nil
}

func sameRubric(a, b *stocktake.Rubric) bool {
	x, err := Canonical(a)
	if err != nil {
		return false
	}
	y, err := Canonical(b)
	return err == nil && string(x) == string(y)
}

func (b *batch) assessment(id stocktake.AssessmentID, at stocktake.At) *stocktake.Assessment {
	for _, x := range slices.Backward(b.stock.assessments) {
		if x.ID == id {
			return x
		}
	}
	if h := b.l.rec.AssessmentHistory(id, at); len(h) > 0 {
		return h[len(h)-1].Assessment
	}
	return nil
}

// judged checks an assessment against its rubric and against what was filed under its id before.
func (b *batch) judged(x *stocktake.Assessment, where string, bad func(where, format string, args ...any), at stocktake.At) {
	if old := b.assessment(x.ID, at); old != nil && (old.Party != x.Party || old.Provision != x.Provision) {
		bad(where, "assessment %s is on %s and %s; a revision keeps both, another assessment has another id", x.ID, old.Party, old.Provision)
	}
	if strings.TrimSpace(x.Interest) == "" {
		bad(where, "no interest is declared; \"none declared\" is an answer too")
	}
	r := b.rubric(x.Rubric)
	if r == nil {
		bad(where, "rubric %q is not known", x.Rubric)
		return
	}
	found := map[string]string{}
	for _, c := range x.Criteria {
		if !slices.ContainsFunc(r.Criteria, func(y stocktake.Criterion) bool { return y.ID == c.Criterion }) {
			bad(where, "%q is no criterion of rubric %s", c.Criterion, r.ID)
		}
		found[c.Criterion] = c.Found
	}
	gate := true
	for _, c := range r.Criteria {
		if found[c.ID] == "" {
			bad(where, "criterion %q of rubric %s is not answered", c.ID, r.ID)
		}
		if c.Gate && found[c.ID] != "met" {
			gate = false
		}
	}
	i := slices.IndexFunc(r.Steps, func(s stocktake.ScaleStep) bool { return s.ID == x.Step })
	if i < 0 {
		bad(where, "%q is no step of rubric %s", x.Step, r.ID)
		return
	}
	s := &r.Steps[i]
	if !s.None && !gate {
		bad(where, "what was undertaken was not found to be verifiable, so that no step but the one for \"no evidence available\" can be given")
	}
	for _, n := range s.Needs {
		if found[n] != "met" {
			bad(where, "step %q needs criterion %q to be met, and it is said to be %q", s.ID, n, found[n])
		}
	}
	if !s.None && len(x.Evidence) == 0 {
		bad(where, "step %q rests on no evidence; cite it, or give the step for \"no evidence available\"", s.ID)
	}
}

// evidence checks that what an assessment cites is there.
func (b *batch) evidence(e *stocktake.Evidence, where string, bad func(where, format string, args ...any), party func(string, stocktake.PartyID), source func(string, stocktake.SourceID), at stocktake.At) {
	if e.Quote != nil {
		if e.Quote.Exact.IsZero() {
			bad(where, "the quote has no words")
		}
		source(where, e.Quote.Source)
	}
	if e.Party != "" {
		party(where, e.Party)
	}
	if e.Counterpart != "" {
		party(where, e.Counterpart)
	}
	rec := b.l.rec
	switch e.Kind {
	case "act":
		if b.stock.hasAct(e.ID) {
			return
		}
		list, err := rec.Act(context.Background(), at, stocktake.ActID(e.ID))
		if err != nil || !slices.ContainsFunc(list, func(a record.ActEntry) bool { return a.Instrument == e.Instrument }) {
			bad(where, "act %q towards %s is not in this record", e.ID, e.Instrument)
		}
	case "measure":
		if !b.stock.measures[e.ID] && !slices.ContainsFunc(rec.Measures(at, ""), func(m stocktake.Measure) bool { return m.ID == e.ID }) {
			bad(where, "measure %q is not in this record", e.ID)
		}
	case "provision":
		if !b.provision(stocktake.ProvisionID(e.ID)) {
			bad(where, "provision %q is not known", e.ID)
		}
	case "recommendation":
		if !b.stock.recommended[e.ID] && len(rec.Recommendations(at, record.RecommendedFilter{ID: e.ID})) == 0 {
			bad(where, "recommendation %q is not in this record", e.ID)
		}
	case "figure":
		series := stocktake.SeriesID(e.ID)
		here := slices.ContainsFunc(b.stock.tables, func(t *stocktake.FigureTable) bool {
			return slices.ContainsFunc(t.Series, func(s stocktake.TableSeries) bool { return s.Series == series })
		})
		if !here && len(rec.TablesOf(series, at)) == 0 {
			bad(where, "series %q is not in this record; `stocktake figures --list` lists them", e.ID)
		}
	}
}
