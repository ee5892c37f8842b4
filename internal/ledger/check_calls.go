package ledger

import (
	"slices"
	"strconv"

	"stocktake"
)

// checkCalls checks what a filing says of calls: that what would answer one names things that are known, and that a reading is about a call that is
// in the record or this batch, and says who answers for it.
func (b *batch) checkCalls(f *stocktake.Filing, bad func(where, format string, args ...any), party func(string, stocktake.PartyID),
	instrument func(string, stocktake.InstrumentID), source func(string, stocktake.SourceID), quotes func(string, []stocktake.Quote, stocktake.SourceID)) {
	answer := func(at string, a *stocktake.Answer) {
		if a == nil {
			return
		}
		if a.By == "" {
			bad(at, "what would answer a call is a reading of it, and needs the office that answers for it")
		}
		a.EachRule(func(role stocktake.Role, r *stocktake.AnswerRule) {
			at := at + "/" + role.String()
			if r.Party != "" {
				party(at, r.Party)
			}
			if len(r.Instruments) == 0 {
				bad(at, "a rule names the instruments towards which an act would be")
			}
			for _, in := range r.Instruments {
				instrument(at, in)
			}
		})
	}
	if s := f.Statement; s != nil {
		ids := map[string]bool{}
		once := func(at, id string) {
			if of, ok := b.calls[id]; !ok {
				of, ok = b.l.rec.CallOf(id)
				if ok && of != s.Instrument {
					bad(at, "%s is the id of a call of %s", id, of)
				}
			} else if of != s.Instrument {
				bad(at, "%s is the id of a call of %s", id, of)
			}
			if ids[id] {
				bad(at, "%s is the id of two calls or undertakings of this statement", id)
			}
			ids[id] = true
			b.calls[id] = s.Instrument
		}
		for i := range s.Calls {
			at := "statement/calls/" + strconv.Itoa(i)
			once(at, s.Calls[i].ID)
			answer(at+"/answer", s.Calls[i].Answer)
		}
		for i := range s.Undertakes {
			u, at := &s.Undertakes[i], "statement/undertakes/"+strconv.Itoa(i)
			once(at, s.UndertakingID(i))
			answer(at+"/answer", u.Answer)
			for _, p := range u.By {
				party(at+"/by", p)
			}
			if u.WhomID != "" {
				party(at+"/whom_id", u.WhomID)
			}
		}
	}
	for i := range f.Answers {
		x, at := &f.Answers[i], "answers/"+strconv.Itoa(i)
		if _, ok := b.calls[x.Call]; !ok {
			if _, ok := b.l.rec.CallOf(x.Call); !ok {
				bad(at, "no call or undertaking %q in this record; `stocktake calls` lists them", x.Call)
			}
		}
		if !slices.Contains(stocktake.ReadingStatuses(), x.Status) {
			bad(at, "status %q is nothing that an answer can be", x.Status)
		}
		if x.Reason == "" || x.By == "" {
			bad(at, "an answer is somebody's reading: it needs a reason and the office that answers for it")
		}
		if x.Party != "" {
			party(at, x.Party)
		}
		if x.Act != "" && x.Instrument == "" {
			bad(at, "an answer that speaks of an act names the act's instrument")
		}
		if x.Instrument != "" {
			instrument(at, x.Instrument)
		}
		source(at, x.Source)
		quotes(at, x.Quotes, x.Source)
	}
}
