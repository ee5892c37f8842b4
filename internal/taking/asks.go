package taking

import (
	"slices"
	"strings"

	"stocktake"
)

// asksFor says in short which acts would do what is recommended, as in "ratification icrmw": the same for recommendations that ask the same. It is
// empty where acts cannot tell.
func asksFor(a *stocktake.Answer) string {
	if a == nil || len(a.Met) == 0 {
		return ""
	}
	var parts []string
	for _, r := range a.Met {
		var kinds, ins []string
		for _, k := range r.Kinds {
			kinds = append(kinds, k.String())
		}
		for _, in := range r.Instruments {
			ins = append(ins, string(in))
		}
		slices.Sort(kinds)
		slices.Sort(ins)
		parts = append(parts, strings.TrimSpace(strings.Join(kinds, ",")+" "+strings.Join(ins, ",")+" "+r.Standing))
	}
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

// about reports whether what is asked is an act towards an instrument.
func (a *Again) about(in stocktake.InstrumentID) bool {
	for part := range strings.SplitSeq(a.Asks, "; ") {
		for f := range strings.FieldsSeq(part) {
			if slices.Contains(strings.Split(f, ","), string(in)) {
				return true
			}
		}
	}
	return false
}
