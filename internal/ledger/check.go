package ledger

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"stocktake"
)

// batch knows what the record and the filings before this one in the same batch introduced.
type batch struct {
	l           *Ledger
	head        int64
	parties     map[stocktake.PartyID]bool
	instruments map[stocktake.InstrumentID]bool
	provisions  map[stocktake.ProvisionID]bool
	sources     map[stocktake.SourceID]*stocktake.Source
	law         []stocktake.LawRow
	words       []stocktake.StandingWord
	hashes      map[string]bool
	commitments map[string]string
	versions    map[versionKey]bool // of statements
	keys        map[string]string
	calls       map[string]stocktake.InstrumentID // statement, by the id of a call or undertaking
	sheets      map[string][]stocktake.Sheet      // by key
	stock       stock
}

func (l *Ledger) newBatch() *batch {
	return &batch{l: l, head: l.rec.Head(), parties: map[stocktake.PartyID]bool{}, instruments: map[stocktake.InstrumentID]bool{},
		provisions: map[stocktake.ProvisionID]bool{}, sources: map[stocktake.SourceID]*stocktake.Source{}, hashes: map[string]bool{},
		commitments: map[string]string{}, keys: map[string]string{}, calls: map[string]stocktake.InstrumentID{}, sheets: map[string][]stocktake.Sheet{}, versions: map[versionKey]bool{}}
}

func (b *batch) party(id stocktake.PartyID) bool {
	if b.parties[id] {
		return true
	}
	_, ok := b.l.rec.Party(id, b.head)
	if ok {
		b.parties[id] = true
	}
	return ok
}

func (b *batch) instrument(id stocktake.InstrumentID) bool {
	if b.instruments[id] {
		return true
	}
	_, ok := b.l.rec.Instrument(id, b.head)
	if ok {
		b.instruments[id] = true
	}
	return ok
}

func (b *batch) provision(id stocktake.ProvisionID) bool {
	if b.provisions[id] {
		return true
	}
	_, ok := b.l.rec.Provision(id, b.head)
	return ok
}

func (b *batch) source(id stocktake.SourceID) (*stocktake.Source, bool) {
	if s, ok := b.sources[id]; ok {
		return s, true
	}
	s, _, ok := b.l.rec.Source(id, b.head)
	return s, ok
}

// introduce notes what a filing brings, for those after it.
func (b *batch) introduce(f *stocktake.Filing) {
	for i := range f.Sources {
		b.sources[f.Sources[i].ID] = &f.Sources[i]
	}
	for i := range f.Parties {
		b.parties[f.Parties[i].ID] = true
	}
	for i := range f.Instruments {
		b.instruments[f.Instruments[i].ID] = true
	}
	for i := range f.RollCalls {
		b.instruments[f.RollCalls[i].Instrument] = true
	}
	for i := range f.Provisions {
		b.provisions[f.Provisions[i].ID] = true
	}
	b.stock.introduce(f)
	if s := f.Statement; s != nil {
		b.versions[versionKey{s.Instrument, s.Version, s.TextSHA256}] = true
	}
}

// check finds what is wrong with a filing before anything of it is stored. Every fault names the filing's key and the place in it.
func (b *batch) check(f *stocktake.Filing, filed time.Time) error {
	var faults []string
	bad := func(where, format string, args ...any) {
		if len(faults) < 20 {
			faults = append(faults, where+": "+fmt.Sprintf(format, args...))
		}
	}
	if f.Key == "" {
		bad("key", "is missing; it names the occasion, such as \"press/2018-07-18-hungary\"")
	}
	if f.Title == "" {
		bad("title", "is missing; say in one line what is entered")
	}
	if f.Format != "" && f.Format != stocktake.Format {
		bad("format", "%q is not known here; this version reads %s", f.Format, stocktake.Format)
	}
	b.introduce(f)
	for i := range f.Sources {
		s, at := &f.Sources[i], "sources/"+strconv.Itoa(i)
		if s.ID == "" || s.Title == "" {
			bad(at, "a source needs id and title")
		}
		if s.Known != "" {
			if _, err := time.Parse(time.RFC3339Nano, s.Known); err != nil {
				bad(at, "known %q is no moment; write it as 2016-09-05T10:30:00Z", s.Known)
			}
		}
		if s.Known == "" && s.Published.IsZero() && s.Read.IsZero() {
			bad(at, "source %s has neither published nor read: the day that it was read is needed at least", s.ID)
		}
		for _, d := range []struct {
			name string
			date stocktake.Date
		}{{"dated", s.Published}, {"said to be read on", s.Read}} {
			// A day begins in the east fourteen hours before it does in UTC.
			if lo, ok := d.date.First(); ok && int64(lo)*86400-14*3600 > filed.Unix() {
				bad(at, "source %s is %s %s, which is later than now (%s); a source cannot be of the future, or this machine's clock is behind", s.ID, d.name, d.date, filed.Format(time.RFC3339))
			}
		}
		if k, err := time.Parse(time.RFC3339Nano, s.Known); err == nil && k.After(filed) {
			bad(at, "source %s is said to be known from %s, which is later than now (%s); a source cannot be of the future, or this machine's clock is behind", s.ID, s.Known, filed.Format(time.RFC3339))
		}
		if s.Copy != nil && s.Copy.State != "public" && s.Copy.State != "private" && s.Copy.State != "absent" {
			bad(at, "copy state %q; write public, private or absent", s.Copy.State)
		}
	}
	source := func(at string, id stocktake.SourceID) {
		if id == "" {
			bad(at, "names no source; every fact needs one")
		} else if _, ok := b.source(id); !ok {
			bad(at, "source %q is not in the record or this filing", id)
		}
	}
	party := func(at string, id stocktake.PartyID) {
		if !b.party(id) {
			near := b.l.rec.Nearest("party", string(id), b.head, 3)
			bad(at, "party %q is not known%s", id, meant(near))
		}
	}
	instrument := func(at string, id stocktake.InstrumentID) {
		if !b.instrument(id) {
			near := b.l.rec.Nearest("instrument", string(id), b.head, 3)
			bad(at, "instrument %q is not known%s", id, meant(near))
		}
	}
	quotes := func(at string, list []stocktake.Quote, def stocktake.SourceID) {
		for j := range list {
			q := &list[j]
			if q.Exact.IsZero() {
				bad(at+"/quotes/"+strconv.Itoa(j), "the quote has no words")
			}
			if q.Source != "" {
				source(at+"/quotes/"+strconv.Itoa(j), q.Source)
			}
		}
		_ = def
	}
	seen := map[string]bool{}
	for i := range f.Acts {
		a, at := &f.Acts[i], "acts/"+strconv.Itoa(i)
		if a.ID == "" || a.Kind == stocktake.NoAct {
			bad(at, "an act needs id and kind")
		}
		if k := string(a.ID) + "\x00" + string(a.Source); seen[k] {
			bad(at, "act %s is entered twice from source %s in one filing", a.ID, a.Source)
		} else {
			seen[k] = true
		}
		party(at, a.Party)
		instrument(at, a.Instrument)
		source(at, a.Source)
		for _, p := range a.Provisions {
			if !b.provision(p) {
				bad(at, "provision %q is not known", p)
			}
		}
		quotes(at, a.Quotes, a.Source)
	}
	for i := range f.RollCalls {
		rc, at := &f.RollCalls[i], "roll_calls/"+strconv.Itoa(i)
		if rc.ID == "" || rc.Instrument == "" || rc.Date.IsZero() {
			bad(at, "a roll-call needs id, instrument and date")
		}
		source(at, rc.Source)
		voted := map[stocktake.PartyID]bool{}
		rc.Ballots(func(p stocktake.PartyID, _ stocktake.ActKind) {
			if voted[p] {
				bad(at, "%s stands in the lists twice", p)
			}
			voted[p] = true
			if !b.party(p) {
				party(at, p)
			}
		})
	}
	for i := range f.Measures {
		m, at := &f.Measures[i], "measures/"+strconv.Itoa(i)
		party(at, m.Party)
		source(at, m.Source)
		quotes(at, m.Quotes, m.Source)
		for _, p := range m.Provisions {
			if !b.provision(p) {
				bad(at, "provision %q is not known", p)
			}
		}
	}
	for i := range f.Provisions {
		instrument("provisions/"+strconv.Itoa(i), f.Provisions[i].Instrument)
	}
	for i := range f.Texts {
		at := "texts/" + strconv.Itoa(i)
		source(at, f.Texts[i].Source)
		if !b.provision(f.Texts[i].Provision) {
			bad(at, "provision %q is not known", f.Texts[i].Provision)
		}
	}
	for i := range f.Coverage {
		source("coverage/"+strconv.Itoa(i), f.Coverage[i].Source)
	}
	for i := range f.Decisions {
		d, at := &f.Decisions[i], "decisions/"+strconv.Itoa(i)
		if d.Reason == "" || d.By == "" {
			bad(at, "a decision needs a reason and the office that takes it")
		}
		source(at, d.Follows)
	}
	for i := range f.Merges {
		m, at := &f.Merges[i], "merges/"+strconv.Itoa(i)
		switch m.Of {
		case "party":
			party(at, stocktake.PartyID(m.From))
			party(at, stocktake.PartyID(m.Into))
		case "instrument":
			instrument(at, stocktake.InstrumentID(m.From))
			instrument(at, stocktake.InstrumentID(m.Into))
		default:
			bad(at, "of is %q; write party or instrument", m.Of)
		}
		if m.From == m.Into {
			bad(at, "%s cannot be merged into itself", m.From)
		}
		if m.Reason == "" || m.By == "" {
			bad(at, "a merge needs a reason and the office that takes it")
		}
	}
	if f.Mends != nil {
		if b.l.rec.ByHash(f.Mends.Filing) == 0 && !b.hashes[f.Mends.Filing] {
			bad("mends", "filing %q is not in this record, so that nothing can be mended; `stocktake search` finds filings", f.Mends.Filing)
		}
		if f.Mends.Reason == "" || f.Mends.By == "" {
			bad("mends", "an erratum needs a reason and the office that files it")
		}
	}
	for i := range f.Removals {
		x, at := &f.Removals[i], "removals/"+strconv.Itoa(i)
		switch {
		case x.File != "" && (x.Filing != "" || x.Commitment != ""):
			bad(at, "a removal names filing and commitment, or a file, and this one names both")
		case x.File != "" && !isHash(x.File):
			bad(at, "file %q is no SHA-256", x.File)
		case x.File == "" && b.l.rec.ByHash(x.Filing) == 0 && !b.hashes[x.Filing]:
			bad(at, "filing %q is not in this record", x.Filing)
		}
		if x.Ground == "" || x.By == "" {
			bad(at, "a removal needs a ground and the office that orders it")
		}
	}
	if f.Statement != nil {
		instrument("statement", f.Statement.Instrument)
		source("statement", f.Statement.Source)
	}
	b.checkCalls(f, bad, party, instrument, source, quotes)
	b.checkEndorsed(f, bad, instrument, source)
	b.checkStocktaking(f, bad, party, source)
	if len(f.Law)+len(f.Words) > 0 && len(faults) == 0 {
		law := b.l.rec.Law(b.head)
		b.law = append(b.law, f.Law...)
		b.words = append(b.words, f.Words...)
		if _, err := stocktake.NewLaw(append(law.Rows(), b.law...), append(law.Words(), b.words...)); err != nil {
			bad("law", "%v", err)
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return (&stocktake.Fault{Kind: stocktake.Invalid, What: strings.Join(faults, "\n  "), Hint: "nothing was filed"}).At("filing " + f.Key)
}

func meant(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, ", ") + "?"
}
