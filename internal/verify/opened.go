package verify

import (
	"stocktake"
	"stocktake/internal/opening"
	"stocktake/internal/tree"
)

// Opened is a published statement that lay under a seal of the log before: what was filed opens to its text, and to the list of names beneath it.
type Opened struct {
	Filing    int64                  `json:"filing"`
	Statement stocktake.InstrumentID `json:"statement"`
	Version   int                    `json:"version"`
	opening.Fixed
}

const meansSeal = "The statement says that it was fixed before it was published, and the log does not show that. Everything else about it may be as it was."

// opened checks the opening that a filing holds, against the seals before it.
func (w *words) opened(number, entry int64, s *stocktake.Statement, where string) {
	seal, ok := w.seals[s.Opens.Leaf]
	if !ok {
		seal = tree.Leaf{} // it is no seal, or comes later; the check says so
	}
	f, err := opening.Check(s, seal, entry)
	if err != nil {
		w.r.bad(where, meansSeal, "its opening of the seal at entry %d: %v", s.Opens.Leaf, err)
		return
	}
	w.r.Openings = append(w.r.Openings, Opened{number, s.Instrument, s.Version, f})
}
