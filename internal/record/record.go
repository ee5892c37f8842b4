package record

import (
	"context"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"stocktake"
)

// Loader reads filings back, with the words of their sheets where those are still there. It is safe for many goroutines.
type Loader interface {
	Load(ctx context.Context, number int64) (*stocktake.Filing, error)
}

// Record is the index. It may be asked by many goroutines while one applies filings.
type Record struct {
	mu     sync.RWMutex
	loader Loader

	base, delta level
	pending     []row           // rows not yet in a level, while loading
	actedOn     map[uint32]bool // instruments that a group of parties acted on
	indirect    []uint32        // these, and those that another text endorses
	spans       map[spanKey]stocktake.Day
	occs        []occasion
	filings     []FilingInfo // by number-1

	parties       []partyEntry
	partyByID     map[stocktake.PartyID]uint16
	groups        []uint16
	instrs        []instrEntry
	instrByID     map[stocktake.InstrumentID]uint32
	sources       []sourceEntry
	sourceByID    map[stocktake.SourceID]uint32
	provisions    map[stocktake.ProvisionID]versions[*stocktake.Provision]
	provOf        map[stocktake.InstrumentID][]stocktake.ProvisionID
	texts         map[stocktake.ProvisionID][]textAt
	rolls         []roll
	rollByID      map[string]int32
	bySession     map[int16][]int32 // places in rolls of those that an edition gives to a session
	laws          []lawVersion
	decisions     map[stocktake.ActID][]decisionAt
	decided       map[uint32]bool // hashes of decided acts
	decisionsH    map[uint32][]*decisionAt
	retracted     map[stocktake.ActID][]retraction
	retractH      map[uint32][]retraction
	merges        []mergeAt
	coverage      []coverageAt
	bySource      []int32  // places in coverage, by the id of the source
	described     bool     // something was described or covered since the registers were matched
	ordered       []uint16 // parties by id
	place         []uint16 // place of each in ordered
	measures      []measureAt
	statements    []statementAt
	unknowns      []unknownAt
	readings      map[string][]readingAt            // by the id of the call
	rereads       map[int64][]rereading             // by the filing whose readings another one replaced
	callsOf       map[string]stocktake.InstrumentID // statement, by the id of a call or undertaking
	takenBack     map[stocktake.InstrumentID]int64  // statements taken back whole, and the first filing that says so
	endorsed      map[stocktake.InstrumentID][]endorsedAt
	backs         map[stocktake.InstrumentID][]retractedAt
	removed       map[string]int64 // commitment to the filing that removed it
	taken         map[string]int64 // SHA-256 of an archived copy to the filing that took it down
	byHash        map[string]int64
	byKey         map[string][]int64
	retold        map[int64]int64 // filing to the first later one of its key
	tables        []tableAt
	rubrics       []rubricAt
	assessments   []assessmentAt
	replies       []replyAt
	recommended   []recommendedAt
	recommendedBy map[stocktake.PartyID][]int32 // places in recommended

	glances  []glance // by number of the instrument
	stale    []uint32 // instruments whose glance is to be made anew
	byID     []uint32 // instruments in the order of their ids
	rank     []uint32 // place of each in byID
	marks    [1024]uint64
	sights   []sight  // by stretch of occasions
	replaced []uint64 // a bit for each occasion that something took the place of
	lives    []life   // by number of the party
	reborn   bool     // parties were described since
	shown    int64    // filings whose rows are in a level

	names     *names
	namesHead int64
	namesMu   sync.Mutex
}

// New returns an empty record that reads filings back through l.
func New(l Loader) *Record {
	return &Record{loader: l, spans: map[spanKey]stocktake.Day{}, partyByID: map[stocktake.PartyID]uint16{},
		instrByID: map[stocktake.InstrumentID]uint32{}, sourceByID: map[stocktake.SourceID]uint32{},
		provisions: map[stocktake.ProvisionID]versions[*stocktake.Provision]{}, provOf: map[stocktake.InstrumentID][]stocktake.ProvisionID{},
		texts: map[stocktake.ProvisionID][]textAt{}, rollByID: map[string]int32{}, decisions: map[stocktake.ActID][]decisionAt{},
		decided: map[uint32]bool{}, decisionsH: map[uint32][]*decisionAt{}, retracted: map[stocktake.ActID][]retraction{}, retractH: map[uint32][]retraction{},
		removed: map[string]int64{}, taken: map[string]int64{}, byHash: map[string]int64{}, byKey: map[string][]int64{}}
}

// Head returns how many filings the index shows.
func (r *Record) Head() int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.shown
}

// HeadAt returns how many filings the record held at a moment.
func (r *Record) HeadAt(t time.Time) int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return int64(sort.Search(len(r.filings), func(i int) bool { return r.filings[i].Filed.After(t) }))
}

// Info returns what the index keeps of a filing.
func (r *Record) Info(number int64) (FilingInfo, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if number < 1 || number > int64(len(r.filings)) {
		return FilingInfo{}, false
	}
	return r.filings[number-1], true
}

// ByHash returns the number of the filing with that SHA-256, 0 where there is none.
func (r *Record) ByHash(sha256 string) int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.byHash[sha256]
}

// ByKey returns the numbers of the filings with that key, oldest first. The caller owns the slice.
func (r *Record) ByKey(key string) []int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.byKey[key])
}

func (r *Record) party(id stocktake.PartyID) uint16 {
	if n, ok := r.partyByID[id]; ok {
		return n
	}
	id = stocktake.PartyID(strings.Clone(string(id))) // not a part of something larger
	n := uint16(len(r.parties))
	r.parties = append(r.parties, partyEntry{id: id, num: n})
	r.partyByID[id] = n
	return n
}

func (r *Record) instr(id stocktake.InstrumentID, filing int64) uint32 {
	if n, ok := r.instrByID[id]; ok {
		return n
	}
	id = stocktake.InstrumentID(strings.Clone(string(id)))
	n := uint32(len(r.instrs))
	r.instrs = append(r.instrs, instrEntry{id: id, num: n, first: filing})
	r.instrByID[id] = n
	r.described = true
	return n
}

func (r *Record) source(id stocktake.SourceID) uint32 {
	if n, ok := r.sourceByID[id]; ok {
		return n
	}
	id = stocktake.SourceID(strings.Clone(string(id)))
	n := uint32(len(r.sources))
	r.sources = append(r.sources, sourceEntry{id: id})
	r.sourceByID[id] = n
	return n
}

// Applied is one filing as it comes out of the store.
type Applied struct {
	Number int64
	Filed  time.Time
	SHA256 string
	Filing *stocktake.Filing
}

// Apply adds filings in the order of their numbers and makes them visible. Many at once are cheaper than one by one.
func (r *Record) Apply(list ...Applied) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range list {
		if err := r.apply(&list[i]); err != nil {
			return err
		}
	}
	r.settle()
	return nil
}

// Begin and End bracket a long load: between them Stage adds filings that are not visible until End.
func (r *Record) Stage(a Applied) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.apply(&a)
}

// End makes staged filings visible.
func (r *Record) End() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle()
}

// match puts the parties in order and finds the coverage entries of each instrument.
func (r *Record) match() {
	if len(r.ordered) != len(r.parties) {
		r.ordered = r.ordered[:0]
		for i := range r.parties {
			r.ordered = append(r.ordered, uint16(i))
		}
		slices.SortFunc(r.ordered, func(a, b uint16) int { return strings.Compare(string(r.parties[a].id), string(r.parties[b].id)) })
		r.place = slices.Grow(r.place[:0], len(r.ordered))[:len(r.ordered)]
		for i, p := range r.ordered {
			r.place[p] = uint16(i)
		}
	}
	r.actedOn, r.indirect = map[uint32]bool{}, nil
	for _, g := range r.groups {
		for _, list := range [][]row{r.base.ofParty(g), r.delta.ofParty(g)} {
			for i := range list {
				r.actedOn[list[i].instr] = true
			}
		}
	}
	for i := range r.instrs {
		if n := uint32(i); len(r.instrs[i].via) > 0 || r.actedOn[n] {
			r.indirect = append(r.indirect, n)
		}
	}
	if !r.described {
		return
	}
	r.described = false
	if len(r.bySource) != len(r.coverage) {
		for i := len(r.bySource); i < len(r.coverage); i++ {
			r.bySource = append(r.bySource, int32(i))
		}
		slices.SortStableFunc(r.bySource, func(a, b int32) int {
			return strings.Compare(string(r.sources[r.coverage[a].source].id), string(r.sources[r.coverage[b].source].id))
		})
	}
	exact := map[string][]int32{} // places in bySource, by what the entry names
	prefix := map[string][]int32{}
	kinds := map[string][]int32{}
	for at, j := range r.bySource {
		c := &r.coverage[j]
		for _, p := range c.Instruments {
			if t, ok := strings.CutSuffix(p, "*"); ok {
				prefix[t] = append(prefix[t], int32(at))
			} else {
				exact[p] = append(exact[p], int32(at))
			}
		}
		for _, k := range c.Kinds {
			kinds[k] = append(kinds[k], int32(at))
		}
	}
	for i := range r.instrs {
		e := &r.instrs[i]
		cover := append(slices.Clone(exact[string(e.id)]), kinds[string(stocktake.Resolution)]...) // what nobody described is a resolution
		for _, d := range e.descs {
			cover = append(cover, kinds[string(d.value.Kind)]...)
		}
		for p, list := range prefix {
			if strings.HasPrefix(string(e.id), p) {
				cover = append(cover, list...)
			}
		}
		slices.Sort(cover)
		cover = slices.Compact(cover)
		e.cover, e.reg = nil, nil
		for _, at := range cover {
			j := r.bySource[at]
			e.cover = append(e.cover, j)
			if e.everBinding() && len(r.coverage[j].Acts) > 0 {
				e.reg = append(e.reg, j)
			}
		}
	}
}

// settleAt is how many new rows are kept apart from the others at most, unless these are very many.
var settleAt = 4096

// settle moves pending rows into a level, and shows them.
func (r *Record) settle() {
	if n := len(r.delta.instr) + len(r.pending); n > settleAt && n > len(r.base.instr)/64 {
		all := r.pending
		if len(r.base.instr)+len(r.delta.instr) > 0 || cap(all) > len(all)+len(all)/16 {
			all = slices.Concat(r.base.instr, r.delta.instr, r.pending)
		}
		r.pending, r.base, r.delta = nil, level{}, level{} // so that there is room
		r.base.build(all, len(r.instrs), len(r.parties))
	} else if len(r.pending) > 0 {
		r.delta.build(slices.Concat(r.delta.instr, r.pending), len(r.instrs), len(r.parties))
	}
	r.pending = nil
	described, acted := r.described, len(r.actedOn)
	r.match()
	r.glance(described || len(r.actedOn) != acted)
	r.ranks()
	r.living(r.reborn)
	r.reborn = false
	r.shown = int64(len(r.filings))
}

func (r *Record) apply(a *Applied) error {
	f, n := a.Filing, a.Number
	if n != int64(len(r.filings))+1 {
		return stocktake.Invalidf("filing %d cannot follow filing %d", n, len(r.filings))
	}
	info := FilingInfo{Number: n, Filed: a.Filed, Key: f.Key, Title: f.Title, SHA256: a.SHA256}
	mends := int64(0)
	if f.Mends != nil {
		mends = r.byHash[f.Mends.Filing]
		for _, id := range f.Mends.Retracts {
			x := retraction{filing: n, mends: mends}
			r.retracted[id] = append(r.retracted[id], x)
			r.retractH[actHash(id)] = append(r.retractH[actHash(id)], x)
			r.mark(id)
		}
	} else if earlier := r.byKey[f.Key]; len(earlier) > 0 {
		mends = earlier[len(earlier)-1]
		if err := r.replace(f, n, mends); err != nil {
			return err
		}
	}
	for i := range f.Sources {
		s := &f.Sources[i]
		e := &r.sources[r.source(s.ID)]
		e.descs = append(e.descs, version[*stocktake.Source]{n, s})
	}
	for i := range f.Parties {
		p := &f.Parties[i]
		num := r.party(p.ID)
		e := &r.parties[num]
		e.descs = append(e.descs, version[*stocktake.Party]{n, p})
		e.spans = append(e.spans, version[*spans]{n, spansOf(p)})
		r.reborn = true
		if p.Kind == "group" && !e.group {
			e.group = true
			r.groups = append(r.groups, num)
		}
	}
	for i := range f.Instruments {
		r.describe(&f.Instruments[i], n)
	}
	for i := range f.Provisions {
		p := &f.Provisions[i]
		if _, ok := r.provisions[p.ID]; !ok {
			r.provOf[p.Instrument] = append(r.provOf[p.Instrument], p.ID)
		}
		r.provisions[p.ID] = append(r.provisions[p.ID], version[*stocktake.Provision]{n, p})
	}
	for i := range f.Texts {
		t := &f.Texts[i]
		r.texts[t.Provision] = append(r.texts[t.Provision], textAt{n, t.Lang, t.Source})
	}
	if len(f.Law)+len(f.Words) > 0 {
		if err := r.enact(f, n); err != nil {
			return err
		}
	}
	occs := map[uint32]int32{}
	occOf := func(id stocktake.SourceID) int32 {
		s := r.source(id)
		if o, ok := occs[s]; ok {
			return o
		}
		o := r.occasion(n, a.Filed, s, mends)
		occs[s] = o
		if k := time.UnixMicro(r.occs[o].known).UTC(); k.After(info.Known) {
			info.Known = k
		}
		return o
	}
	for i := range f.RollCalls {
		r.rollCall(&f.RollCalls[i], n, a.Filed, mends)
		info.Acts++
		occOf(f.RollCalls[i].Source)
	}
	for i := range f.Acts {
		r.act(&f.Acts[i], occOf(f.Acts[i].Source), n)
		info.Acts++
	}
	for i := range f.Measures {
		r.measures = append(r.measures, measureAt{n, r.occs[occOf(f.Measures[i].Source)].known, f.Measures[i]})
	}
	for _, d := range f.Decisions {
		r.decisions[d.Act] = append(r.decisions[d.Act], decisionAt{n, micros(a.Filed), d})
		h := actHash(d.Act)
		r.decided[h] = true
		r.mark(d.Act)
		r.decisionsH[h] = append(r.decisionsH[h], &decisionAt{n, micros(a.Filed), d})
	}
	for _, m := range f.Merges {
		r.merges = append(r.merges, mergeAt{n, m})
	}
	for _, c := range f.Coverage {
		o := occOf(c.Source)
		r.described = true
		r.coverage = append(r.coverage, coverageAt{n, r.occs[o].known, r.occs[o].source, c})
	}
	for _, x := range f.Removals {
		switch {
		case x.File == "":
			r.removed[x.Commitment] = n
		case r.taken[x.File] == 0:
			r.taken[x.File] = n
		}
	}
	r.callsIn(f, n, mends, a.Filed)
	r.stocktakingIn(f, n, mends, a.Filed, func(s stocktake.SourceID) int64 { return r.occs[occOf(s)].known })
	r.endorse(f, n, micros(a.Filed))
	for _, u := range f.Unknowns {
		r.unknowns = append(r.unknowns, unknownAt{n, u})
	}
	r.filings = append(r.filings, info)
	r.byHash[a.SHA256] = n
	r.byKey[f.Key] = append(r.byKey[f.Key], n)
	return nil
}

// replace retracts the acts of an earlier filing with the same key that the new one does not tell any more.
func (r *Record) replace(f *stocktake.Filing, n, mends int64) error {
	old, err := r.loader.Load(context.Background(), mends)
	if err != nil {
		return err
	}
	type entry struct {
		id  stocktake.ActID
		src stocktake.SourceID
	}
	told := map[entry]bool{}
	for i := range f.Acts {
		told[entry{f.Acts[i].ID, f.Acts[i].Source}] = true
	}
	for i := range old.Acts {
		if a := &old.Acts[i]; !told[entry{a.ID, a.Source}] {
			x := retraction{filing: n, mends: mends}
			r.retracted[a.ID] = append(r.retracted[a.ID], x)
			r.retractH[actHash(a.ID)] = append(r.retractH[actHash(a.ID)], x)
			r.mark(a.ID)
		}
	}
	return nil
}

func (r *Record) describe(in *stocktake.Instrument, n int64) {
	num := r.instr(in.ID, n)
	e := &r.instrs[num]
	e.descs = append(e.descs, version[*stocktake.Instrument]{n, in})
	r.described = true
	for _, l := range in.Links {
		if l.Rel != "endorses" {
			continue
		}
		to := r.instr(l.To, n)
		if !slices.ContainsFunc(r.instrs[to].via, func(x linkSince) bool { return x.instr == num }) {
			r.instrs[to].via = append(r.instrs[to].via, linkSince{num, n})
			r.instrs[num].viaTo = append(r.instrs[num].viaTo, linkSince{to, n})
		}
	}
}

func (r *Record) enact(f *stocktake.Filing, n int64) error {
	v := lawVersion{filing: n}
	if len(r.laws) > 0 {
		last := r.laws[len(r.laws)-1]
		v.rows, v.words = slices.Clone(last.rows), slices.Clone(last.words)
	}
	v.rows = append(v.rows, f.Law...)
	v.words = append(v.words, f.Words...)
	law, err := stocktake.NewLaw(v.rows, v.words)
	if err != nil {
		return err
	}
	v.law = law
	v.first = allOutcomes(law)
	r.laws = append(r.laws, v)
	return nil
}

var noLaw = func() lawVersion {
	l, err := stocktake.NewLaw(nil, nil)
	if err != nil {
		panic(err)
	}
	return lawVersion{law: l, first: allOutcomes(l)}
}()

func (r *Record) lawAt(head int64) *stocktake.Law { return r.lawVersionAt(head).law }

func (r *Record) lawVersionAt(head int64) *lawVersion {
	for i := len(r.laws) - 1; i >= 0; i-- {
		if r.laws[i].filing <= head {
			return &r.laws[i]
		}
	}
	return &noLaw
}

// Law returns the law in force at head.
func (r *Record) Law(head int64) *stocktake.Law {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.lawAt(head)
}

// occasion makes the entry for a source in a filing. What mends takes the known of what it mends.
func (r *Record) occasion(n int64, filed time.Time, source uint32, mends int64) int32 {
	o := occasion{filing: n, known: micros(filed), source: source, also: -1, roll: -1, mends: mends}
	if d, ok := r.sources[source].descs.at(n); ok {
		if k, ok := d.KnownBy(); ok {
			o.known = min(o.known, micros(k))
		}
	}
	if mends > 0 {
		for i := len(r.occs) - 1; i >= 0; i-- {
			if r.occs[i].filing == mends && r.occs[i].source == source {
				o.known = r.occs[i].known
				break
			}
		}
		if o.known == micros(filed) {
			o.known = micros(r.filings[mends-1].Known)
		}
	}
	r.occs = append(r.occs, o)
	r.sightOf(&o)
	return int32(len(r.occs) - 1)
}

// act adds the rows of one act entry.
func (r *Record) act(a *stocktake.Act, occ int32, n int64) {
	in, p := r.instr(a.Instrument, n), r.party(a.Party)
	h := actHash(a.ID)
	any := false
	for ph, d := range [...]*stocktake.Date{stocktake.PhaseAnnounced: &a.Announced, stocktake.PhaseDone: &a.Done, stocktake.PhaseNotified: &a.Notified, stocktake.PhaseEffect: &a.Effect} {
		if d.IsZero() {
			continue
		}
		any = true
		r.add(row{instr: in, party: p, kind: a.Kind, occ: uint32(occ), act: h}, stocktake.Phase(ph), *d)
	}
	if !any {
		r.add(row{instr: in, party: p, kind: a.Kind, occ: uint32(occ), act: h}, stocktake.PhaseDone, stocktake.Date{})
	}
}

func (r *Record) add(w row, ph stocktake.Phase, d stocktake.Date) {
	lo, hi := d.Reach()
	w.lo = lo
	prec := precSpan
	if lo == hi {
		prec = precExact
	} else if lo != stocktake.MinDay && hi != stocktake.MaxDay {
		y, m, dd := civil(lo)
		if dd == 1 && hi == stocktake.DayOf(y, m+1, 0) {
			prec = precMonth
		} else if dd == 1 && m == 1 && hi == stocktake.DayOf(y, 12, 31) {
			prec = precYear
		}
	}
	w.flags |= uint8(ph) | prec<<precShift
	if prec == precSpan {
		r.spans[spanKey{w.occ, w.act, ph}] = hi
	}
	r.pending = append(r.pending, w)
}

func civil(d stocktake.Day) (y, m, dd int) {
	t := time.Unix(int64(d)*86400, 0).UTC()
	return t.Year(), int(t.Month()), t.Day()
}

// hi returns the last possible day of a row.
func (r *Record) hi(w *row) stocktake.Day {
	switch w.prec() {
	case precExact:
		return w.lo
	case precMonth:
		y, m, _ := civil(w.lo)
		return stocktake.DayOf(y, m+1, 0)
	case precYear:
		y, _, _ := civil(w.lo)
		return stocktake.DayOf(y, 12, 31)
	}
	return r.spans[spanKey{w.occ, w.act, w.phase()}]
}
