package importer

import (
	"context"
	"slices"

	"stocktake"
)

// peopled is an importer of a set that tells of states. Into a record that knows none it files nothing, and says so once.
type peopled struct{ Importer }

// Import reads the set, where the record knows any state.
func (p peopled) Import(ctx context.Context, path string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	if !knowsStates(rec) {
		return Report{}, noParties(path)
	}
	return p.Importer.Import(ctx, path, rec, opt, emit)
}

// tellsOfStates lists the sets whose rows are about states.
var tellsOfStates = []string{"un-ga-votes", "untc-treaty-status-2015", "hr-treaty-status-2022", "paris-agreement-status", "ndc-registry", "ilo-c189-ratifications-2020",
	"unhcr-refugee-statistics", "migrant-stock-undesa", "missing-migrants", "remittances", "gdp-population"}

func knowsStates(rec Record) bool {
	return slices.ContainsFunc(stateNames(), func(name string) bool { _, ok := rec.FindParty(name); return ok })
}

func noParties(path string) *stocktake.Fault {
	return stocktake.Invalidf("the record knows no state, so nothing can be taken from a file about states").At(path).
		Hinted("a record made with `stocktake init` has them; one made with --empty gets them with `stocktake load` from another record's export, or with `stocktake file` (\"An empty record\" in docs/importing.md)")
}

// stranger is the fault where not one party of a table was found and the record knows no state.
func (r *mapRun) stranger() error {
	for _, id := range r.party {
		if id != "" {
			return nil
		}
	}
	if len(r.party) == 0 || knowsStates(r.rec) {
		return nil
	}
	return noParties(r.t.in.name)
}
