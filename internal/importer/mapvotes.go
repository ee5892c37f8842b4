package importer

import (
	"slices"
	"strconv"
	"strings"

	"stocktake"
)

// mapCall is the roll-call whose rows are being read.
type mapCall struct {
	call  stocktake.RollCall
	lists [5][]string
	voted map[stocktake.PartyID]bool
}

// vote takes one party's vote. Rows of one roll-call stand together; what describes it is read from its first row.
func (r *mapRun) vote(in stocktake.InstrumentID, party stocktake.PartyID, cells []string) error {
	v := r.Votes
	id := r.value(&v.RollCall, cells)
	if id == "" || strings.ContainsAny(id, " /") {
		r.reject(v.RollCall.at, id, "a roll-call needs an id without spaces and strokes")
		return nil
	}
	if r.call != nil && r.call.call.ID != id {
		if err := r.flushCall(); err != nil {
			return err
		}
	}
	if r.closed[id] {
		r.reject(v.RollCall.at, id, "the rows of this roll-call do not stand together; sort the file by roll-call")
		return nil
	}
	if r.call == nil {
		d, reason := readDate(r.value(&v.Date, cells), r.forms, r.t.epoch1904)
		if reason != "" {
			r.reject(v.Date.at, r.value(&v.Date, cells), reason)
			return nil
		}
		c := stocktake.RollCall{ID: id, Instrument: in, Symbol: r.value(&v.Symbol, cells), Date: d, Part: r.value(&v.Part, cells), Label: r.value(&v.Label, cells), Source: r.src.ID}
		if s := r.value(&v.Session, cells); s != "" {
			n, err := strconv.Atoi(s)
			if err != nil {
				r.reject(v.Session.at, s, "no number of a session")
			}
			c.Session = n
		}
		r.call = &mapCall{call: c, voted: map[stocktake.PartyID]bool{}}
	}
	word := strings.ToLower(cells[v.at])
	list, ok := v.values[word]
	if !ok {
		r.reject(v.at, cells[v.at], "the mapping does not say which vote this is")
		return nil
	}
	if mapBallots[list] == "ignore" {
		return nil
	}
	if r.call.voted[party] {
		r.reject(r.Party.at, cells[r.Party.at], "a second vote of this party in the roll-call; the first is kept")
		return nil
	}
	r.call.voted[party] = true
	r.call.lists[list] = append(r.call.lists[list], string(party))
	return nil
}

// flushCall emits the roll-call whose rows have been read.
func (r *mapRun) flushCall() error {
	if r.call == nil {
		return nil
	}
	c := r.call.call
	for i, to := range []*string{&c.Yes, &c.No, &c.Abstain, &c.Absent, &c.NotVoting} {
		slices.Sort(r.call.lists[i])
		*to = strings.Join(r.call.lists[i], " ")
	}
	r.closed[c.ID] = true
	r.rep.Acts += len(r.call.voted)
	r.call = nil
	title := r.src.Title + ": vote " + c.ID
	if c.Symbol != "" {
		title += ", " + c.Symbol
	}
	r.rep.Filings++
	return r.emit(stocktake.Filing{Format: stocktake.Format, Key: r.base + "/" + c.ID, Title: clip(title), Sources: []stocktake.Source{r.src}, RollCalls: []stocktake.RollCall{c}})
}
