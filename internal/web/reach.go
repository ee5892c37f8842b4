package web

import (
	"slices"
	"strings"

	"stocktake/internal/ledger"
)

// reach is how far the signatures of witnesses go.
type reach struct {
	Witnesses []witnessView
	OnlyOwn   bool // none is kept by others
	Stopped   *stoppedView
}

// witnessView is one witness and what it signed last.
type witnessView struct {
	Name     string
	Size     int64 // entries; 0: none yet
	At       string
	Own      bool // kept by those who keep the record
	Disputes bool
}

// stoppedView says why the log is not signed.
type stoppedView struct {
	Proof    bool
	At, Says string
	By       []string
}

const stampWords = "2 January 2006, 15:04:05 UTC"

// readReach reads how far witnesses signed, and whether signing was stopped.
func readReach(q *request) (r reach, err error) {
	list, err := q.s.l.Witnessed(q.ctx)
	if err != nil {
		return r, err
	}
	stop, err := q.s.l.Stopped(q.ctx)
	if err != nil {
		return r, err
	}
	r.Witnesses = witnessViews(list)
	if stop != nil {
		r.Stopped = &stoppedView{stop.Proof, stop.At.UTC().Format(stampWords), stop.Says, stop.By}
		for i := range r.Witnesses {
			r.Witnesses[i].Disputes = slices.Contains(stop.By, r.Witnesses[i].Name)
		}
	}
	r.OnlyOwn = len(list) > 0 && !slices.ContainsFunc(list, func(w ledger.Witnessed) bool { return !w.Own })
	return r, nil
}

func witnessViews(list []ledger.Witnessed) (out []witnessView) {
	for _, w := range list {
		v := witnessView{Name: w.Name, Size: w.Size, Own: w.Own}
		if w.Size > 0 {
			v.At = w.At.UTC().Format(stampWords)
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b witnessView) int { return strings.Compare(a.Name, b.Name) })
	return out
}
