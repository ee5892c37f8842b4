package paper

import (
	"context"

	"stocktake"
	"stocktake/internal/record"
	"stocktake/internal/taking"
)

// WordsOf finds the words that a stocktake names, as a record has them at a head.
func WordsOf(ctx context.Context, rec *record.Record, at stocktake.At, r *taking.Report) (Words, error) {
	reasons := map[stocktake.AssessmentID]string{}
	recommended, replies := map[string]string{}, map[string]string{}
	var named []record.Recommended
	seen := map[string]bool{}
	for i := range r.Cells {
		c := &r.Cells[i]
		if len(c.Assessed) > 0 {
			for _, a := range rec.Assessments(at, record.AssessmentFilter{Party: c.Party, Provision: c.Provision}) {
				reasons[a.ID] = a.Reason
				for _, x := range rec.Replies(a.ID, at) {
					replies[string(a.ID)+" "+x.ID] = x.Words.Text
				}
			}
		}
		if len(c.Recommended) == 0 {
			continue
		}
		for _, x := range rec.Recommendations(at, record.RecommendedFilter{Party: c.Party, Provision: c.Provision}) {
			if !seen[x.ID] {
				seen[x.ID] = true
				named = append(named, x)
			}
		}
	}
	list, err := rec.RecommendationWords(ctx, named)
	if err != nil {
		return Words{}, err
	}
	for _, x := range list {
		if x != nil {
			recommended[x.ID] = x.Quote.Exact.Text
		}
	}
	calls := map[string]string{}
	for _, p := range r.Parties {
		states, err := rec.Calls(ctx, at, record.CallFilter{Party: p.ID, Which: record.CallsOnly})
		if err != nil {
			return Words{}, err
		}
		for i := range states {
			if t := states[i].Text; t != nil {
				calls[states[i].Call] = *t
			}
		}
	}
	return Words{
		Party: func(id stocktake.PartyID) string {
			if p, ok := rec.Party(id, at.Head); ok {
				return p.Names["en"]
			}
			return ""
		},
		Reason:         func(a *taking.Assessment) string { return reasons[a.ID] },
		Recommendation: func(id string) string { return recommended[id] },
		Call:           func(id string) string { return calls[id] },
		Reply:          func(a stocktake.AssessmentID, id string) string { return replies[string(a)+" "+id] },
	}, nil
}
