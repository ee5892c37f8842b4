package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sort"
	"strings"

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
	rec   Record
	rep   *Report
	t     *rows
	src   stocktake.Source
	base  string // what keys of filings begin with
	emit  func(stocktake.Filing) error
	party map[string]stocktake.PartyID
	instr map[string]stocktake.InstrumentID
	ord   map[stocktake.ActID]int
	acts  []stocktake.Act // of the filing that is being filled
	part  map[stocktake.InstrumentID]int
	first *stocktake.Instrument // to be described before the first act
	line  int

	calls  map[string]*mapCall // roll-calls, and in the order of their first rows
	order  []*mapCall
	last   *mapCall                          // of the row before
	strays []int                             // lines since then that belong to no roll-call
	made   map[stocktake.InstrumentID]string // symbols of resolutions that the record does not have
	only   stocktake.InstrumentID            // the one instrument of a table of votes

	read   map[stocktake.InstrumentID]*reading
	lost   map[stocktake.PartyID]bool // in rows that may be about any instrument
	slips  int                        // such rows
	unread int                        // rows that could not be read
}

// Import reads one file. Acts are streamed: a filing is emitted when the instrument changes and after every thousand acts.
func (m *mapping) Import(ctx context.Context, path string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	if m.Figures != nil {
		return m.importFigures(ctx, path, rec, opt, emit)
	}
	var rep Report
	in, err := inspectFile(path)
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
		ord: map[stocktake.ActID]int{}, part: map[stocktake.InstrumentID]int{}, calls: map[string]*mapCall{}, made: map[stocktake.InstrumentID]string{},
		read: map[stocktake.InstrumentID]*reading{}, lost: map[stocktake.PartyID]bool{}}
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
	for {
		if err := ctx.Err(); err != nil {
			return rep, err
		}
		cells, line, err := t.next(func(j Reject) {
			rep.Rows++
			rep.Rejects = append(rep.Rejects, j)
			r.unread++
			r.noteRow(fixed, "", false)
			r.stray(j.Line)
		})
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
		before := len(rep.Rejects)
		if r.Votes != nil {
			r.ballot(fixed, cells)
		} else if err := r.take(fixed, cells); err != nil {
			return rep, err
		}
		if len(rep.Rejects) > before {
			r.unread++
		}
	}
	if err := r.flush(); err != nil {
		return rep, err
	}
	if err := r.flushCalls(); err != nil {
		return rep, err
	}
	if err := r.stranger(); err != nil {
		return rep, err
	}
	return rep, r.coverage(fixed)
}

// take makes the acts of one row, and notes whether it was read whole.
func (r *mapRun) take(fixed stocktake.InstrumentID, cells []string) error {
	before := len(r.rep.Rejects)
	in := fixed
	if fixed == "" {
		in, _ = r.instrument(cells)
	}
	party, _ := r.who(cells)
	var err error
	if in != "" && party != "" {
		err = r.row(in, party, cells)
	}
	r.noteRow(in, party, len(r.rep.Rejects) == before)
	return err
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
	field := func(f *mapField) {
		if f.at = -1; !f.Optional || slices.Contains(r.t.columns, tidy(f.Column)) {
			f.at = find(f.Column)
		}
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
		for _, f := range []*mapField{&v.RollCall, &v.Meeting, &v.Date, &v.Symbol, &v.Session, &v.Label, &v.Part, &v.Title} {
			field(f)
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

func (r *mapRun) reject(col int, value, reason string) {
	r.rep.Rejects = append(r.rep.Rejects, Reject{File: r.t.in.name, Line: r.line, Column: col + 1, Value: clip(value), Reason: reason})
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
	if r.first != nil {
		in := *r.first
		r.first = nil
		if err := r.describe(in); err != nil {
			return err
		}
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
