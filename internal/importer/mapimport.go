package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"stocktake"
)

// mostActs is how many acts of one instrument go into one filing.
const mostActs = 1000

// nearer is what a record may offer besides: names like one that it does not have.
type nearer interface {
	Nearest(what, name string, n int) []string
}

// mapRun is one import by a mapping.
type mapRun struct {
	*mapping
	rec    Record
	rep    *Report
	t      *rows
	src    stocktake.Source
	base   string // what keys of filings begin with
	emit   func(stocktake.Filing) error
	party  map[string]stocktake.PartyID
	instr  map[string]stocktake.InstrumentID
	ord    map[stocktake.ActID]int
	acts   []stocktake.Act // of the filing that is being filled
	part   map[stocktake.InstrumentID]int
	first  *stocktake.Instrument // to be introduced by the first filing
	line   int
	closed map[string]bool // roll-calls that are filed
	call   *mapCall
}

// Import reads one file. Acts are streamed: a filing is emitted when the instrument changes and after every thousand acts.
func (m *mapping) Import(ctx context.Context, path string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	var rep Report
	in, err := inspect(filepath.Dir(path), filepath.Base(path))
	if err != nil {
		return rep, err
	}
	if opt.Edition == "" {
		opt.Edition = m.Source.Edition
	}
	if opt.Published == "" {
		opt.Published = m.Source.Published
	}
	e, err := theEdition(m.Source.ID, nil, opt, in)
	if err != nil {
		return rep, err
	}
	t, err := m.open(ctx, in, newPace(opt, in))
	if err != nil {
		return rep, err
	}
	defer t.close()
	r := &mapRun{mapping: m.copy(), rec: rec, rep: &rep, t: t, base: m.Mapping + "/" + e.name, emit: emit, party: map[string]stocktake.PartyID{}, instr: map[string]stocktake.InstrumentID{},
		ord: map[stocktake.ActID]int{}, part: map[stocktake.InstrumentID]int{}, closed: map[string]bool{}}
	s := m.Source
	r.src = e.source(stocktake.Source{Kind: s.Kind, Title: s.Title, Publisher: s.Publisher, Address: s.Address, Lang: s.Lang, Licence: s.Licence, Note: s.Note}, m.Source.ID, in)
	r.src.Copy.Name = in.name
	if s.Series != "" {
		r.src.Series = s.Series
	}
	if err := r.columns(); err != nil {
		return rep, err
	}
	fixed, err := r.fixed()
	if err != nil {
		return rep, err
	}
	if m.Instrument.Page != "" { // one mapping reads the pages of many instruments, and each page is a source of its own
		r.src.ID = stocktake.SourceID(m.Source.ID + "-" + string(fixed) + "-" + e.name)
		r.src.Title += ": " + string(fixed)
	}
	if err := r.coverage(fixed); err != nil {
		return rep, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return rep, err
		}
		cells, line, err := t.next(func(j Reject) { rep.Rows++; rep.Rejects = append(rep.Rejects, j) })
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rep, err
		}
		rep.Rows++
		r.line = line
		if slices.ContainsFunc(r.Skip, func(c *mapIf) bool { return c.holds(cells) }) {
			continue
		}
		in, ok := fixed, true
		if fixed == "" {
			in, ok = r.instrument(cells)
		}
		party, known := r.who(cells)
		if !ok || !known {
			continue
		}
		if r.Votes != nil {
			err = r.vote(in, party, cells)
		} else {
			err = r.row(in, party, cells)
		}
		if err != nil {
			return rep, err
		}
	}
	if err := r.flush(); err != nil {
		return rep, err
	}
	return rep, r.flushCall()
}

// copy returns the mapping with places of columns of its own, so that one mapping may read several files at once.
func (m *mapping) copy() *mapping {
	c := *m
	c.Skip, c.Acts = nil, nil
	for _, s := range m.Skip {
		d := *s
		c.Skip = append(c.Skip, &d)
	}
	for _, a := range m.Acts {
		d := *a
		if a.When != nil {
			w := *a.When
			d.When = &w
		}
		c.Acts = append(c.Acts, &d)
	}
	if m.Votes != nil {
		v := *m.Votes
		c.Votes = &v
	}
	return &c
}

// registerWord is what a heading of a register must hold to be read by the register's rule.
var registerWord = regexp.MustCompile(`(?i)signature|ratification|accession|acceptance|approval|succession|confirmation|consent|participation|application|notification`)

// columns finds every column that the mapping names.
func (r *mapRun) columns() (err error) {
	find := func(name string) int {
		if name == "" || err != nil {
			return -1
		}
		var at int
		if at, err = r.t.column(name); err != nil {
			at = -1
		}
		return at
	}
	r.Party.at, r.Instrument.at = find(r.Party.Column), find(r.Instrument.Column)
	for _, s := range r.Skip {
		s.at = find(s.Column)
	}
	for _, a := range r.Acts {
		a.at, a.kindAt, a.days = find(a.Column), find(a.KindColumn), nil
		if a.When != nil {
			a.When.at = find(a.When.Column)
		}
		for _, d := range []struct {
			name string
			p    stocktake.Phase
		}{{a.Announced, stocktake.PhaseAnnounced}, {a.Notified, stocktake.PhaseNotified}, {a.Effect, stocktake.PhaseEffect}} {
			if at := find(d.name); at >= 0 {
				a.days = append(a.days, mapDay{d.p, at})
			}
		}
	}
	if v := r.Votes; v != nil {
		v.at = find(v.Column)
		for _, f := range []*mapField{&v.RollCall, &v.Date, &v.Symbol, &v.Session, &v.Label, &v.Part} {
			f.at = find(f.Column)
		}
	}
	if err != nil || !r.Register {
		return err
	}
	for i, name := range r.t.columns {
		if i == r.Party.at || i == r.Instrument.at || name == "" {
			continue
		}
		if !registerWord.MatchString(name) {
			r.rep.Notes = append(r.rep.Notes, fmt.Sprintf("The column %q tells of no act by the register's rule, and was left out.", name))
			continue
		}
		h := readHeading(name)
		r.Acts = append(r.Acts, &mapAct{Column: name, head: &h, at: i, kindAt: -1, phase: stocktake.PhaseDone})
	}
	return nil
}

// value returns what a field holds in a row, or in the page, with what is to be cut away cut away.
func (r *mapRun) value(f *mapField, cells []string) string {
	v := f.Fixed
	switch {
	case f.Column != "":
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
	f := stocktake.Invalidf("the record has no instrument %q", v).At(r.file + ": instrument")
	if n, ok := r.rec.(nearer); ok {
		if near := n.Nearest("instrument", v, 3); len(near) > 0 {
			return "", f.Hinted("the nearest are %s", quoted(near))
		}
	}
	return "", f.Hinted("file it first, or describe it in the mapping: describe: {kind: treaty, title: ...}")
}

func (r *mapRun) coverage(fixed stocktake.InstrumentID) error {
	c := r.Coverage
	cov := stocktake.Coverage{Source: r.src.ID, Instruments: c.Instruments, Kinds: c.Kinds, Acts: c.Acts, Parties: c.Parties, From: date(c.From), To: date(c.To), CannotShow: c.CannotShow}
	if len(cov.Instruments)+len(cov.Kinds) == 0 {
		cov.Instruments = []string{string(fixed)}
	}
	if cov.To.IsZero() {
		if cov.To = r.src.Published; cov.To.IsZero() {
			cov.To = r.src.Read
		}
	}
	f := stocktake.Filing{Format: stocktake.Format, Key: r.base + "/coverage", Title: "What it covers: " + r.src.Title, Sources: []stocktake.Source{r.src}, Coverage: []stocktake.Coverage{cov}}
	if fixed != "" { // one mapping may be used for each of many instruments
		f.Key = r.base + "/" + string(fixed) + "/coverage"
	}
	if r.first != nil {
		f.Instruments = []stocktake.Instrument{*r.first}
	}
	r.rep.Filings++
	return r.emit(f)
}

func (r *mapRun) reject(col int, value, reason string) {
	r.rep.Rejects = append(r.rep.Rejects, Reject{File: r.t.in.name, Line: r.line, Column: col + 1, Value: clip(value), Reason: reason})
}

func (r *mapRun) instrument(cells []string) (stocktake.InstrumentID, bool) {
	v := r.value(&r.Instrument, cells)
	id, had := r.instr[v]
	if !had {
		id, _ = r.lookUp(&r.Instrument, v)
		r.instr[v] = id
	}
	if id == "" {
		r.reject(r.Instrument.at, v, "no instrument of the record has this name"+r.meant("instrument", v, nil))
	}
	return id, id != ""
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

// bareValue parts a date from the letter that may follow it, and from square brackets.
var bareValue = regexp.MustCompile(`^(\[?)\s*(?P<date>.*?[0-9])\s*(?P<letter>[A-Za-z]{0,2})\s*(\]?)$`)

// row makes the acts of one row, the earliest first.
func (r *mapRun) row(in stocktake.InstrumentID, party stocktake.PartyID, cells []string) error {
	var made []stocktake.Act
	for _, a := range r.Acts {
		v := cells[a.at]
		if v == "" || a.When != nil && !a.When.holds(cells) {
			continue
		}
		if act, ok := r.act(a, v, cells); ok {
			act.Party, act.Instrument, act.Source = party, in, r.src.ID
			made = append(made, act)
		}
	}
	sort.SliceStable(made, func(i, j int) bool {
		x, _ := earliest(made[i]).First()
		y, _ := earliest(made[j]).First()
		return x < y
	})
	if len(r.acts) > 0 && (r.acts[0].Instrument != in || len(r.acts)+len(made) > mostActs) {
		if err := r.flush(); err != nil {
			return err
		}
	}
	for _, act := range made {
		one := stocktake.TreatyActID(in, party, act.Kind, 1)
		r.ord[one]++
		act.ID = stocktake.TreatyActID(in, party, act.Kind, r.ord[one])
		r.acts = append(r.acts, act)
	}
	return nil
}

func earliest(a stocktake.Act) stocktake.Date {
	for _, d := range []stocktake.Date{a.Done, a.Notified, a.Effect, a.Announced} {
		if !d.IsZero() {
			return d
		}
	}
	return stocktake.Date{}
}

func (r *mapRun) act(a *mapAct, v string, cells []string) (act stocktake.Act, ok bool) {
	letter, text, reason := "", v, ""
	d, no := stocktake.Date{}, "?"
	if a.value == nil {
		d, no = readDate(v, r.forms, r.t.epoch1904)
	}
	if no != "" {
		re := a.value
		if re == nil {
			re = bareValue
		}
		g := re.FindStringSubmatch(v)
		switch {
		case g != nil:
			text = tidy(g[re.SubexpIndex("date")])
			if i := re.SubexpIndex("letter"); i >= 0 {
				letter = g[i]
			}
			d, no = readDate(text, r.forms, r.t.epoch1904)
		case a.value != nil && !a.Optional:
			no = "the value is not written as the mapping says"
		}
		if no != "" {
			if !a.Optional || g != nil {
				r.reject(a.at, v, no)
			}
			return act, false
		}
	}
	switch {
	case a.head != nil:
		act.Kind, act.Note, reason = a.head.kind(letter)
	case letter != "":
		if act.Kind, ok = a.letters[letter]; !ok {
			reason = fmt.Sprintf("the mapping does not say what the letter %q means", letter)
		}
	case a.kindAt >= 0:
		act.Kind, reason = a.word(cells[a.kindAt])
	case a.kind == stocktake.NoAct:
		reason = "no letter follows the date, and the mapping gives no kind for that"
	default:
		act.Kind = a.kind
	}
	if reason != "" {
		r.reject(a.at, v, reason)
		return act, false
	}
	days := [4]stocktake.Date{}
	days[a.phase] = d
	for _, o := range a.days {
		if cells[o.at] == "" {
			continue
		}
		d, reason := readDate(cells[o.at], r.forms, r.t.epoch1904)
		if reason != "" {
			r.reject(o.at, cells[o.at], reason)
			continue
		}
		days[o.phase] = d
	}
	act.Announced, act.Done, act.Notified, act.Effect = days[0], days[1], days[2], days[3]
	act.Organ, act.Meeting, act.Confidence = r.Constants.Organ, r.Constants.Meeting, r.Constants.Confidence
	act.Note = tidy(act.Note + " " + r.Constants.Note)
	if strings.HasPrefix(v, "[") || strings.HasSuffix(v, "]") {
		act.Note = tidy(act.Note + " The source prints this date in square brackets.")
	}
	return act, true
}

// word returns the kind that a word of a column of kinds means.
func (a *mapAct) word(w string) (stocktake.ActKind, string) {
	if k, ok := a.kinds[strings.ToLower(w)]; ok {
		return k, ""
	}
	if k, err := stocktake.ParseActKind(strings.ToLower(strings.ReplaceAll(w, " ", "-"))); err == nil && !k.Ballot() {
		return k, ""
	}
	return stocktake.NoAct, fmt.Sprintf("the mapping does not say which kind of act %q is", clip(w))
}

// flush emits what has been gathered towards one instrument.
func (r *mapRun) flush() error {
	if len(r.acts) == 0 {
		return nil
	}
	in := r.acts[0].Instrument
	r.part[in]++
	f := stocktake.Filing{Format: stocktake.Format, Key: r.base + "/" + string(in), Title: clip(strings.TrimSuffix(r.src.Title, ": "+string(in)) + ": " + string(in)), Sources: []stocktake.Source{r.src}, Acts: r.acts}
	if n := r.part[in]; n > 1 {
		f.Key += "/" + itoa(n)
	}
	r.rep.Filings++
	r.rep.Acts += len(r.acts)
	r.acts = nil
	return r.emit(f)
}
