package record

import (
	"slices"

	"stocktake"
)

type endorsedAt struct {
	filing int64
	known  int64
	place  int // within its filing
	stocktake.Endorsed
}

type retractedAt struct {
	filing int64
	stocktake.Retraction
}

// Endorsement is where one endorsement of a statement stands at a head. Names are not here, as they can be taken away: Filing says where they were filed.
type Endorsement struct {
	stocktake.Endorsed
	Filing int64 // that said so last
	Place  int   // within it
	First  int64 // that said so first
}

// endorse takes in what a filing says of endorsements. The caller holds the lock.
func (r *Record) endorse(f *stocktake.Filing, n, known int64) {
	if len(f.Endorsements)+len(f.Retractions) > 0 && r.endorsed == nil {
		r.endorsed, r.backs = map[stocktake.InstrumentID][]endorsedAt{}, map[stocktake.InstrumentID][]retractedAt{}
	}
	for i := range f.Endorsements {
		e := endorsedAt{filing: n, known: known, place: i, Endorsed: f.Endorsements[i]}
		e.Org.Text, e.Office.Text = "", ""
		e.Names = slices.Clone(e.Names)
		for j := range e.Names {
			e.Names[j].Name.Text = ""
		}
		r.endorsed[e.Statement] = append(r.endorsed[e.Statement], e)
	}
	for _, x := range f.Retractions {
		r.backs[x.Statement] = append(r.backs[x.Statement], retractedAt{n, x})
	}
}

// Endorsements returns where every endorsement of a statement stands, as known by at.Known and at that head, in the order in which they
// first came on the record. An endorsement whose day lies after at.On is not among them, and one that ended after it stands as before.
func (r *Record) Endorsements(at stocktake.At, id stocktake.InstrumentID) []Endorsement {
	r.mu.RLock()
	defer r.mu.RUnlock()
	by := map[string]int{}
	var list []Endorsement
	for _, e := range r.endorsed[id] {
		if e.filing > at.Head || e.known > micros(at.Known) {
			continue
		}
		if lo, ok := e.On.First(); ok && lo > at.On {
			continue
		}
		if i, ok := by[e.ID]; ok {
			list[i] = Endorsement{e.Endorsed, e.filing, e.place, list[i].First}
			continue
		}
		by[e.ID] = len(list)
		list = append(list, Endorsement{e.Endorsed, e.filing, e.place, e.filing})
	}
	return list
}

// Retracted returns what a statement's issuers filed to take it, or a version of it, back, in the order of filing.
func (r *Record) Retracted(id stocktake.InstrumentID, head int64) []stocktake.Retraction {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []stocktake.Retraction
	for _, x := range r.backs[id] {
		if x.filing <= head {
			list = append(list, x.Retraction)
		}
	}
	return list
}

// Versions returns the versions of a statement at head, the oldest first; of one that was filed twice, the later filing.
func (r *Record) Versions(id stocktake.InstrumentID, head int64) []Statement {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []Statement
	for _, s := range r.statements {
		if s.filing > head || s.Instrument != id {
			continue
		}
		list = slices.DeleteFunc(list, func(x Statement) bool { return x.Version == s.Version })
		list = append(list, Statement{s.Statement, s.filing})
	}
	slices.SortStableFunc(list, func(a, b Statement) int { return a.Version - b.Version })
	return list
}
