package importer

import (
	"regexp"
	"strings"
	"sync"

	"stocktake"
)

// value returns what a field holds in a row, or in the page, with what is to be cut away cut away.
func (r *mapRun) value(f *mapField, cells []string) string {
	v := f.Fixed
	switch {
	case f.Column != "":
		if f.at < 0 {
			return ""
		}
		v = cells[f.at]
	case f.page != nil:
		if g := f.page.FindStringSubmatch(r.t.page); g != nil {
			v = tidy(g[len(g)-1])
		}
	}
	if f.strip != nil {
		v = tidy(f.strip.ReplaceAllString(v, ""))
	}
	return v
}

var registerNumber = regexp.MustCompile(`^([IVXLC]+)-(?:[A-E]-)?([0-9]+(?:-[0-9a-z]+)*)$`)

// lookUp finds an instrument by id, alias or symbol, or by its number in the UN register, such as IV-13 or XXVII-7-d.
func (r *mapRun) lookUp(f *mapField, v string) (stocktake.InstrumentID, bool) {
	if id, ok := f.Names[v]; ok {
		v = id
	}
	if id, ok := r.rec.FindInstrument(v); ok {
		return id, true
	}
	if g := registerNumber.FindStringSubmatch(v); g != nil {
		return r.rec.FindInstrument("untc/" + itoa(roman(g[1])) + "-" + g[2])
	}
	return "", false
}

func roman(s string) int {
	n, last := 0, 0
	for i := len(s) - 1; i >= 0; i-- {
		v := map[byte]int{'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100}[s[i]]
		if v < last {
			n -= v
		} else {
			n += v
			last = v
		}
	}
	return n
}

// fixed returns the one instrument of the file, or "" where it stands in a column.
func (r *mapRun) fixed() (stocktake.InstrumentID, error) {
	if r.Instrument.Column != "" {
		return "", nil
	}
	v := r.value(&r.Instrument, nil)
	if v == "" {
		return "", stocktake.Invalidf("the page does not say which instrument it is about: nothing matches %q", r.Instrument.Page).At(r.t.in.name).Hinted("copy the mapping and write instrument: with its id, such as icrmw")
	}
	if id, ok := r.lookUp(&r.Instrument, v); ok {
		return id, nil
	}
	if d := r.Describe; d != nil {
		id := stocktake.InstrumentID(v)
		if slug(v) != v {
			return "", stocktake.Invalidf("%q is no id of an instrument", v).At(r.file+": instrument").Hinted("use small letters, digits and hyphens, such as %q", slug(v))
		}
		r.first = &stocktake.Instrument{ID: id, Kind: stocktake.InstrumentKind(d.Kind), Title: d.Title, Symbol: d.Symbol, Adopted: date(d.Adopted), Place: d.Place, Sources: []stocktake.SourceID{r.src.ID}}
		return id, nil
	}
	if !knowsStates(r.rec) {
		return "", noParties(r.t.in.name) // an empty record: the instrument is the lesser lack
	}
	f := stocktake.Invalidf("the record has no instrument %q", v).At(r.file + ": instrument")
	if n, ok := r.rec.(nearer); ok {
		if near := n.Nearest("instrument", v, 3); len(near) > 0 {
			return "", f.Hinted("the nearest are %s", quoted(near))
		}
	}
	return "", f.Hinted("file it first, or describe it in the mapping: describe: {kind: treaty, title: ...}")
}

func (r *mapRun) instrument(cells []string) (stocktake.InstrumentID, bool) {
	v := r.value(&r.Instrument, cells)
	id, had := r.instr[v]
	if !had {
		id, _ = r.lookUp(&r.Instrument, v)
		r.instr[v] = id
	}
	if id == "" && r.Votes != nil {
		if symbol := resolutionSymbol(v); symbol != "" {
			id = gaInstrument("", symbol, firstNumbered)
			r.instr[v], r.made[id] = id, symbol
		} else {
			r.reject(r.Instrument.at, v, "no instrument of the record has this name"+r.meant("instrument", v, nil)+"; a resolution that it does not have is named by its symbol, such as A/RES/80/1")
			return "", false
		}
	}
	if id == "" {
		r.reject(r.Instrument.at, v, "no instrument of the record has this name"+r.meant("instrument", v, nil))
	}
	return id, id != ""
}

// firstNumbered is the session from which resolutions are numbered by session.
const firstNumbered = 31

var newSymbol = regexp.MustCompile(`^A/RES/((?:ES-|S-)?[0-9]+/[0-9]+) ?([A-Z]?)$`)

// resolutionSymbol returns the symbol of a resolution of the General Assembly since its 31st session, as the UN writes it but for the space
// before a letter; "" where v is none.
func resolutionSymbol(v string) string {
	g := newSymbol.FindStringSubmatch(strings.ToUpper(v))
	if g == nil {
		return ""
	}
	return "A/RES/" + g[1] + g[2]
}

func (r *mapRun) who(cells []string) (stocktake.PartyID, bool) {
	v := r.value(&r.Party, cells)
	id, had := r.party[v]
	if !had {
		name := v
		if n, ok := r.Party.Names[v]; ok {
			name = n
		}
		id, _ = r.rec.FindParty(name)
		r.party[v] = id
	}
	if id == "" {
		if v == "" {
			r.reject(r.Party.at, v, "the row names no party")
			return "", false
		}
		r.reject(r.Party.at, v, "no party of the record has this name"+r.meant("party", v, stateNames())+"; add it under names in the mapping, or as a name of a party")
	}
	return id, id != ""
}

// stateNames are names of states, for the nearest to one that the record does not have.
var stateNames = sync.OnceValue(func() (names []string) {
	if c, err := gaCastersOf(); err == nil {
		for _, k := range c.list {
			names = append(names, k.Name)
		}
	}
	return names
})

func (r *mapRun) meant(what, v string, names []string) string {
	var near []string
	if n, ok := r.rec.(nearer); ok {
		near = n.Nearest(what, v, 3)
	}
	if len(near) == 0 {
		near = nearest(v, names, 3)
	}
	if len(near) == 0 {
		return ""
	}
	return "; the nearest are " + quoted(near)
}
