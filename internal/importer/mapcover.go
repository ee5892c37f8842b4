package importer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"stocktake"
)

// reading is what became of the rows about one instrument.
type reading struct {
	parties map[stocktake.PartyID]bool // in a row that was read
	lost    map[stocktake.PartyID]bool // in a row, a cell of which could not be read
	slips   int                        // rows that could not be read
}

func (r *mapRun) reading(in stocktake.InstrumentID) *reading {
	if r.read[in] == nil {
		r.read[in] = &reading{parties: map[stocktake.PartyID]bool{}, lost: map[stocktake.PartyID]bool{}}
	}
	return r.read[in]
}

// noteRow keeps what coverage will need of a row of acts: whether it was read whole, and whom it is about.
func (r *mapRun) noteRow(in stocktake.InstrumentID, party stocktake.PartyID, whole bool) {
	if in == "" { // it may be about any
		r.slips++
		if party != "" {
			r.lost[party] = true
		}
		return
	}
	read := r.reading(in)
	switch {
	case whole:
		read.parties[party] = true
	default:
		read.slips++
		if party != "" {
			read.lost[party] = true
		}
	}
}

// coverage says last what the table covers: the instruments that it tells of, and, where rows about one could not be read, those parties only
// whose rows could. A table of which nothing was taken covers nothing.
func (r *mapRun) coverage(fixed stocktake.InstrumentID) error {
	if r.rep.Acts == 0 {
		if r.rep.Rows > 0 {
			r.note("Nothing was taken from %s, so nothing is filed: not even what it covers.", r.t.in.name)
		}
		return nil
	}
	c := r.Coverage
	base := stocktake.Coverage{Source: r.src.ID, Acts: c.Acts, From: date(c.From), To: date(c.To), CannotShow: slices.Clone(c.CannotShow)}
	if base.To.IsZero() {
		if base.To = r.src.Published; base.To.IsZero() {
			base.To = r.src.Read
		}
	}
	switch {
	case r.unread == 1:
		base.CannotShow = append(base.CannotShow, "1 row of the table could not be read, and is not in it.")
	case r.unread > 1:
		base.CannotShow = append(base.CannotShow, fmt.Sprintf("%d rows of the table could not be read, and are not in it.", r.unread))
	}
	clean := base
	clean.Parties = c.Parties
	var some []stocktake.Coverage
	for _, in := range slices.Sorted(maps.Keys(r.read)) {
		read := r.read[in]
		if !c.claims(in) {
			continue
		}
		if r.slips+read.slips == 0 && (r.Votes == nil || !r.Votes.Partial) {
			clean.Instruments = append(clean.Instruments, string(in))
			continue
		}
		one := base
		one.Instruments = []string{string(in)}
		for _, p := range slices.Sorted(maps.Keys(read.parties)) {
			if !read.lost[p] && !r.lost[p] && c.names(p) {
				one.Parties = append(one.Parties, p)
			}
		}
		if len(one.Parties) > 0 {
			some = append(some, one)
		}
	}
	var list []stocktake.Coverage
	if len(clean.Instruments) > 0 {
		list = append(list, clean)
	}
	if list = append(list, some...); len(list) == 0 {
		return nil
	}
	f := stocktake.Filing{Format: stocktake.Format, Key: r.base + "/coverage", Title: clip("What it covers: " + r.src.Title), Sources: []stocktake.Source{r.src}, Coverage: list}
	if fixed == "" {
		fixed = r.only
	}
	if fixed != "" { // one mapping may be used for each of many instruments
		f.Key = r.base + "/" + string(fixed) + "/coverage"
	}
	r.rep.Filings++
	return r.emit(f)
}

// claims reports whether the mapping does not narrow what the table covers to other instruments.
func (c *mapCoverage) claims(in stocktake.InstrumentID) bool {
	return len(c.Instruments) == 0 || slices.ContainsFunc(c.Instruments, func(p string) bool {
		t, prefix := strings.CutSuffix(p, "*")
		return p == string(in) || prefix && strings.HasPrefix(string(in), t)
	})
}

// names reports whether the mapping does not narrow what the table covers to other parties. Of a group, whoever stands in the table is taken.
func (c *mapCoverage) names(p stocktake.PartyID) bool {
	return len(c.Parties) == 0 || slices.Contains(c.Parties, p) || slices.ContainsFunc(c.Parties, func(id stocktake.PartyID) bool { return strings.ToUpper(string(id)) != string(id) })
}

// describe files what an instrument is, in a filing of its own: the next import finds it in the record, and its other filings stay the same.
// The first of those describes the source, as it would without this one.
func (r *mapRun) describe(in stocktake.Instrument) error {
	r.rep.Filings++
	return r.emit(stocktake.Filing{Format: stocktake.Format, Key: r.base + "/" + string(in.ID) + "/text", Title: clip("What it is: " + in.Title), Instruments: []stocktake.Instrument{in}})
}
