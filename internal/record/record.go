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
	pending     []row // rows not yet in a level, while loading
	spans       map[spanKey]stocktake.Day
	occs        []occasion
	filings     []FilingInfo // by number-1

	parties    []partyEntry
	partyByID  map[stocktake.PartyID]uint16
	groups     []uint16
	instrs     []instrEntry
	instrByID  map[stocktake.InstrumentID]uint32
	sources    []sourceEntry
	sourceByID map[stocktake.SourceID]uint32
	provisions map[stocktake.ProvisionID]versions[*stocktake.Provision]
	provOf     map[stocktake.InstrumentID][]stocktake.ProvisionID
	texts      map[stocktake.ProvisionID][]textAt
	rolls      []roll
	rollByID   map[string]int32
	laws       []lawVersion
	decisions  map[stocktake.ActID][]decisionAt
	decided    map[uint32]bool // hashes of decided acts
	decisionsH map[uint32][]*decisionAt
	retracted  map[stocktake.ActID][]retraction
	retractH   map[uint32][]retraction
	merges     []mergeAt
	coverage   []coverageAt
	described  bool     // something was described or covered since the registers were matched
	ordered    []uint16 // parties by id
	measures   []measureAt
	statements []statementAt
	unknowns   []unknownAt
	removed    map[string]int64 // commitment to the filing that removed it
	byHash     map[string]int64
	byKey      map[string][]int64

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
		removed: map[string]int64{}, byHash: map[string]int64{}, byKey: map[string][]int64{}}
}

// Head returns how many filings the index holds.
func (r *Record) Head() int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return int64(len(r.filings))
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
	n := uint16(len(r.parties))
	r.parties = append(r.parties, partyEntry{id: id, num: n})
	r.partyByID[id] = n
	return n
}

func (r *Record) instr(id stocktake.InstrumentID, filing int64) uint32 {
	if n, ok := r.instrByID[id]; ok {
		return n
	}
	n := uint32(len(r.instrs))
	r.instrs = append(r.instrs, instrEntry{id: id, num: n, first: filing})
	r.instrByID[id] = n
	return n
}

func (r *Record) source(id stocktake.SourceID) uint32 {
	if n, ok := r.sourceByID[id]; ok {
		return n
	}
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
	}
	if !r.described {
		return
	}
	r.described = false
	for i := range r.instrs {
		e := &r.instrs[i]
		e.reg = nil
		kind := e.kind(int64(len(r.filings)))
		if !kind.Binding() {
			continue
		}
		for j := range r.coverage {
			if c := &r.coverage[j]; len(c.Acts) > 0 && c.covers(e.id, kind) {
				e.reg = append(e.reg, int32(j))
			}
		}
	}
}

// settle moves pending rows into a level.
func (r *Record) settle() {
	r.match()
	if len(r.pending) == 0 {
		return
	}
	if n := len(r.delta.instr) + len(r.pending); n > 4096 && n > len(r.base.instr)/64 {
		all := make([]row, 0, len(r.base.instr)+n)
		all = append(append(append(all, r.base.instr...), r.delta.instr...), r.pending...)
		r.base.build(all)
		r.delta = level{}
	} else {
		r.delta.build(append(slices.Clone(r.delta.instr), r.pending...))
	}
	r.pending = nil
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
		}
	}
	for i := range f.Sources {
		s := &f.Sources[i]
		e := &r.sources[r.source(s.ID)]
		e.descs = append(e.descs, version[*stocktake.Source]{n, s})
		e.series = s.Series
	}
	for i := range f.Parties {
		p := &f.Parties[i]
		num := r.party(p.ID)
		e := &r.parties[num]
		e.descs = append(e.descs, version[*stocktake.Party]{n, p})
		e.spans = append(e.spans, version[*spans]{n, spansOf(p)})
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
		r.removed[x.Commitment] = n
	}
	if f.Statement != nil {
		r.statements = append(r.statements, statementAt{n, *f.Statement})
	}
	for _, u := range f.Unknowns {
		r.unknowns = append(r.unknowns, unknownAt{n, u})
	}
	r.filings = append(r.filings, info)
	r.byHash[a.SHA256] = n
	r.byKey[f.Key] = append(r.byKey[f.Key], n)
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
	r.laws = append(r.laws, v)
	return nil
}

var emptyLaw = func() *stocktake.Law {
	l, err := stocktake.NewLaw(nil, nil)
	if err != nil {
		panic(err)
	}
	return l
}()

func (r *Record) lawAt(head int64) *stocktake.Law {
	for i := len(r.laws) - 1; i >= 0; i-- {
		if r.laws[i].filing <= head {
			return r.laws[i].law
		}
	}
	return emptyLaw
}

// Law returns the law in force at head.
func (r *Record) Law(head int64) *stocktake.Law {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.lawAt(head)
}

// occasion makes the entry for a source in a filing. What mends takes the known of what it mends.
func (r *Record) occasion(n int64, filed time.Time, source uint32, mends int64) int32 {
	o := occasion{filing: n, known: micros(filed), source: source, also: -1, super: -1, roll: -1, mends: mends}
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
	return int32(len(r.occs) - 1)
}

// act adds the rows of one act entry.
func (r *Record) act(a *stocktake.Act, occ int32, n int64) {
	in, p := r.instr(a.Instrument, n), r.party(a.Party)
	h := actHash(a.ID)
	any := false
	for ph := stocktake.PhaseAnnounced; ph <= stocktake.PhaseEffect; ph++ {
		d := a.Day(ph)
		if d.IsZero() {
			continue
		}
		any = true
		r.add(row{instr: in, party: p, kind: a.Kind, occ: uint32(occ), act: h}, ph, d)
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

// rollCall adds one edition's version of a roll-call. Where it says of every party that both list what an earlier one said, it shares
// the earlier rows; a later edition of the same series otherwise takes its place.
func (r *Record) rollCall(f *stocktake.RollCall, n int64, filed time.Time, mends int64) {
	src := r.source(f.Source)
	num, ok := r.rollByID[f.ID]
	if !ok {
		num = int32(len(r.rolls))
		r.rolls = append(r.rolls, roll{id: f.ID})
		r.rollByID[f.ID] = num
	}
	in := r.instr(f.Instrument, n)
	e := &r.instrs[in]
	if len(e.descs) == 0 && e.implied == nil {
		e.implied = implied(f)
		e.impliedN = n
	}
	if !slices.Contains(e.rolls, num) {
		e.rolls = append(e.rolls, num)
	}
	occ := r.occasion(n, filed, src, mends)
	r.occs[occ].roll = num
	c := rollClaim{occ: occ, occAbsent: occ, instr: in, date: f.Date, session: int16(f.Session), label: f.Label, symbol: f.Symbol, part: f.Part, issues: f.Issues}
	f.Ballots(func(p stocktake.PartyID, k stocktake.ActKind) {
		i := int(r.party(p))
		for len(c.ballots) <= i {
			c.ballots = append(c.ballots, make([]byte, max(32, i+1-len(c.ballots)))...)
		}
		c.ballots[i] = byte(k)
	})
	c.ballots = slices.Clip(c.ballots)
	if f.Absent != "" || f.NotVoting != "" {
		c.occAbsent = r.occasion(n, filed, src, mends)
		r.occs[c.occAbsent].roll = num
	}
	rc := &r.rolls[num]
	var same *rollClaim
	for i := range rc.claims {
		o := &rc.claims[i]
		if r.sameSeries(src, r.occs[o.occ].source) && o.instr == in && o.date == c.date && o.part == c.part && agreeWhereBoth(o.ballots, c.ballots) {
			same = o
			break
		}
	}
	rows := func(take func(party int, k stocktake.ActKind) (int32, bool)) {
		for p, b := range c.ballots {
			k := stocktake.ActKind(b)
			if k == stocktake.NoAct {
				continue
			}
			o, ok := take(p, k)
			if !ok {
				continue
			}
			w := row{instr: in, party: uint16(p), kind: k, occ: uint32(o), act: actHash(stocktake.BallotID(f.ID, r.parties[p].id)), flags: flagRollCall}
			if f.Part != "" {
				w.flags |= flagPart
			}
			r.add(w, stocktake.PhaseDone, f.Date)
		}
	}
	occFor := func(k stocktake.ActKind) int32 {
		if k == stocktake.VoteAbsent || k == stocktake.VoteNotVoting {
			return c.occAbsent
		}
		return occ
	}
	if same != nil && mends == 0 {
		r.chain(same.occ, occ)
		rows(func(p int, k stocktake.ActKind) (int32, bool) {
			if p < len(same.ballots) && same.ballots[p] == byte(k) {
				if k == stocktake.VoteAbsent || k == stocktake.VoteNotVoting {
					r.chainOnce(same.occAbsent, c.occAbsent)
				}
				return 0, false
			}
			return occFor(k), true
		})
		if string(same.ballots) == string(c.ballots) {
			c.ballots = same.ballots
		}
	} else {
		for i := range rc.claims {
			o := &rc.claims[i]
			so := &r.occs[o.occ]
			if !r.sameSeries(src, so.source) {
				continue
			}
			if mends > 0 && so.filing == mends || r.occs[occ].known > so.known {
				r.supersede(o.occ, occ)
				if (mends > 0 || o.instr != in) && o.occAbsent != o.occ {
					r.supersede(o.occAbsent, occ)
				}
			} else if r.occs[occ].known < so.known {
				r.supersede(occ, o.occ)
				if o.instr != in && c.occAbsent != occ {
					r.supersede(c.occAbsent, o.occ)
				}
			}
		}
		rows(func(p int, k stocktake.ActKind) (int32, bool) { return occFor(k), true })
	}
	rc.claims = append(rc.claims, c)
}

func (r *Record) sameSeries(a, b uint32) bool {
	return a == b || r.sources[a].series != "" && r.sources[a].series == r.sources[b].series
}

func (r *Record) chain(first, next int32) {
	for r.occs[first].also >= 0 {
		first = r.occs[first].also
	}
	r.occs[first].also = next
}

func (r *Record) chainOnce(first, next int32) {
	for o := first; o >= 0; o = r.occs[o].also {
		if o == next {
			return
		}
	}
	r.chain(first, next)
}

func (r *Record) supersede(old, by int32) {
	o := &r.occs[old]
	if o.super < 0 || r.occs[o.super].known < r.occs[by].known || r.occs[o.super].filing < r.occs[by].filing && r.occs[o.super].known == r.occs[by].known {
		o.super = by
	}
}

func agreeWhereBoth(a, b []byte) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] && a[i] != 0 && b[i] != 0 {
			return false
		}
	}
	return true
}

func implied(f *stocktake.RollCall) *stocktake.Instrument {
	in := &stocktake.Instrument{ID: f.Instrument, Kind: stocktake.Resolution, Title: "Proposal voted on by the General Assembly (roll-call " + f.ID + ")", Parties: "un-members"}
	if strings.HasPrefix(string(f.Instrument), "a-res-") {
		in.Symbol = ResolutionSymbol(f.Symbol)
		in.Title = "General Assembly resolution " + strings.TrimPrefix(in.Symbol, "A/RES/")
	}
	return in
}

// ResolutionSymbol returns the UN symbol of a resolution from the short form of the roll-call files: "R/73/195" gives "A/RES/73/195",
// and "R/20/2106", of a time when resolutions were numbered through, "A/RES/2106 (XX)".
func ResolutionSymbol(s string) string {
	parts := strings.Split(s, "/")
	if len(parts) == 3 && parts[0] == "R" {
		if n := atoi(parts[1]); n > 0 && n <= 30 {
			return "A/RES/" + parts[2] + " (" + roman(n) + ")"
		}
		return "A/RES/" + parts[1] + "/" + parts[2]
	}
	return s
}

func atoi(s string) int {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func roman(n int) string {
	var b strings.Builder
	for _, d := range []struct {
		v int
		s string
	}{{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for n >= d.v {
			b.WriteString(d.s)
			n -= d.v
		}
	}
	return b.String()
}
