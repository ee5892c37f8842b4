package record

import (
	"cmp"
	"slices"
	"time"

	"stocktake"
)

type rubricAt struct {
	filing int64
	*stocktake.Rubric
}

// An assessment is known when it is filed, as a decision is.
type assessmentAt struct {
	filing int64
	filed  int64
	*stocktake.Assessment
}

// A reply is known when its source is.
type replyAt struct {
	filing int64
	known  int64
	*stocktake.Reply
}

// Assessment is an assessment with the filing that entered it. Words that may have to go stand in the filing alone.
type Assessment struct {
	*stocktake.Assessment
	Filing int64
	Filed  time.Time
}

// Reply is a reply with the filing that entered it.
type Reply struct {
	*stocktake.Reply
	Filing int64
}

// AssessmentFilter says which assessments are meant; what is empty means all. Withdrawn asks for those too that were taken back.
type AssessmentFilter struct {
	Party     stocktake.PartyID
	Provision stocktake.ProvisionID
	Rubric    stocktake.RubricID
	Withdrawn bool
}

func (r *Record) judge(f *stocktake.Filing, n, filed int64, known func(stocktake.SourceID) int64) {
	for i := range f.Rubrics {
		r.rubrics = append(r.rubrics, rubricAt{n, &f.Rubrics[i]})
	}
	for i := range f.Assessments {
		r.assessments = append(r.assessments, assessmentAt{n, filed, &f.Assessments[i]})
	}
	for i := range f.Replies {
		r.replies = append(r.replies, replyAt{n, known(f.Replies[i].Source), &f.Replies[i]})
	}
}

// Rubrics returns the rubrics at head, by id. The caller owns the slice, not what it points to.
func (r *Record) Rubrics(head int64) []*stocktake.Rubric {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []*stocktake.Rubric
	for _, x := range r.rubrics {
		if x.filing <= head && !slices.ContainsFunc(list, func(y *stocktake.Rubric) bool { return y.ID == x.ID }) {
			list = append(list, x.Rubric)
		}
	}
	slices.SortFunc(list, func(a, b *stocktake.Rubric) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// Rubric returns a rubric by its id, which names its version too.
func (r *Record) Rubric(id stocktake.RubricID, head int64) (*stocktake.Rubric, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, x := range r.rubrics {
		if x.filing <= head && x.ID == id {
			return x.Rubric, true
		}
	}
	return nil, false
}

// Assessments returns the assessments that stand: of each id what was filed last, the newest first by the day on which they were made. One that
// was made after the day of at is left out.
func (r *Record) Assessments(at stocktake.At, fl AssessmentFilter) []Assessment {
	r.mu.RLock()
	defer r.mu.RUnlock()
	last := map[stocktake.AssessmentID]int{}
	for i, a := range r.assessments {
		if r.seesAssessment(&r.assessments[i], at) && r.told(a.filing, at.Head) {
			last[a.ID] = i
		}
	}
	var list []Assessment
	for _, i := range last {
		a := r.assessments[i]
		if fl.Party != "" && a.Party != fl.Party || fl.Provision != "" && a.Provision != fl.Provision || fl.Rubric != "" && a.Rubric != fl.Rubric || a.Withdrawn != "" && !fl.Withdrawn {
			continue
		}
		list = append(list, Assessment{a.Assessment, a.filing, microsTime(a.filed)})
	}
	slices.SortFunc(list, func(a, b Assessment) int {
		_, x := a.Date.Bounds()
		_, y := b.Date.Bounds()
		return cmp.Or(cmp.Compare(y, x), cmp.Compare(b.Filing, a.Filing), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func (r *Record) seesAssessment(a *assessmentAt, at stocktake.At) bool {
	lo, _ := a.Date.Reach()
	return a.filing <= at.Head && a.filed <= micros(at.Known) && lo <= at.On
}

// AssessmentHistory returns everything that was filed under an id of an assessment, oldest first.
func (r *Record) AssessmentHistory(id stocktake.AssessmentID, at stocktake.At) []Assessment {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []Assessment
	for i := range r.assessments {
		if a := &r.assessments[i]; a.ID == id && a.filing <= at.Head && a.filed <= micros(at.Known) {
			list = append(list, Assessment{a.Assessment, a.filing, microsTime(a.filed)})
		}
	}
	return list
}

// Replies returns what the assessed party said to an assessment, oldest first.
func (r *Record) Replies(id stocktake.AssessmentID, at stocktake.At) []Reply {
	r.mu.RLock()
	defer r.mu.RUnlock()
	last := map[string]int{}
	var list []Reply
	for i := range r.replies {
		x := &r.replies[i]
		if x.Assessment != id || x.filing > at.Head || x.known > micros(at.Known) || !r.told(x.filing, at.Head) {
			continue
		}
		if j, ok := last[x.ID]; ok {
			list[j] = Reply{x.Reply, x.filing}
			continue
		}
		last[x.ID] = len(list)
		list = append(list, Reply{x.Reply, x.filing})
	}
	return list
}
