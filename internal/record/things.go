package record

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"stocktake"
)

// Party returns the description of a party in force at head.
func (r *Record) Party(id stocktake.PartyID, head int64) (*stocktake.Party, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, ok := r.partyByID[id]
	if !ok {
		return nil, false
	}
	return r.parties[n].descs.at(head)
}

// Parties returns every described party at head, by id.
func (r *Record) Parties(head int64) []*stocktake.Party {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []*stocktake.Party
	for i := range r.parties {
		if p, ok := r.parties[i].descs.at(head); ok {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *stocktake.Party) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// Instrument returns the description of an instrument in force at head.
func (r *Record) Instrument(id stocktake.InstrumentID, head int64) (*stocktake.Instrument, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, ok := r.instrByID[id]
	if !ok {
		return nil, false
	}
	return r.instrs[n].at(head)
}

// Instruments returns the instruments at head, by id; all of them, or only those that somebody described.
func (r *Record) Instruments(head int64, described bool) []*stocktake.Instrument {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []*stocktake.Instrument
	for i := range r.instrs {
		in, ok := r.instrs[i].descs.at(head)
		if !ok && !described {
			in, ok = r.instrs[i].at(head)
		}
		if ok {
			list = append(list, in)
		}
	}
	slices.SortFunc(list, func(a, b *stocktake.Instrument) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// Source returns the description of a source in force at head, and the filing that described it.
func (r *Record) Source(id stocktake.SourceID, head int64) (*stocktake.Source, int64, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, ok := r.sourceByID[id]
	if !ok {
		return nil, 0, false
	}
	v := r.sources[n].descs
	for i := len(v) - 1; i >= 0; i-- {
		if v[i].filing <= head {
			return v[i].value, v[i].filing, true
		}
	}
	return nil, 0, false
}

// SourceUse is a source with what it covers and how often it is used.
type SourceUse struct {
	*stocktake.Source
	Filings  int                  `json:"filings"`
	Coverage []stocktake.Coverage `json:"coverage"`
}

// Sources returns every source at head with its coverage, by id.
func (r *Record) Sources(head int64) []SourceUse {
	r.mu.RLock()
	defer r.mu.RUnlock()
	uses := make([]int, len(r.sources))
	last := make([]int64, len(r.sources))
	for i := range r.occs {
		if o := &r.occs[i]; o.filing <= head && last[o.source] != o.filing {
			uses[o.source]++
			last[o.source] = o.filing
		}
	}
	var list []SourceUse
	for i := range r.sources {
		d, ok := r.sources[i].descs.at(head)
		if !ok {
			continue
		}
		u := SourceUse{Source: d, Filings: uses[i], Coverage: []stocktake.Coverage{}}
		for j := range r.coverage {
			if c := &r.coverage[j]; c.filing <= head && int(c.source) == i {
				u.Coverage = append(u.Coverage, c.Coverage)
			}
		}
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b SourceUse) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// Provision returns the description of a provision in force at head.
func (r *Record) Provision(id stocktake.ProvisionID, head int64) (*stocktake.Provision, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.provision(id, head)
}

// provision returns the first description that tells a title; a later one adds themes only where it has some.
func (r *Record) provision(id stocktake.ProvisionID, head int64) (*stocktake.Provision, bool) {
	var best *stocktake.Provision
	for _, v := range r.provisions[id] {
		if v.filing <= head && (best == nil || len(v.value.Themes) > 0) {
			best = v.value
		}
	}
	return best, best != nil
}

// Provisions returns the provisions of an instrument at head, in order of their numbers.
func (r *Record) Provisions(in stocktake.InstrumentID, head int64) []*stocktake.Provision {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []*stocktake.Provision
	for _, id := range r.provOf[in] {
		if p, ok := r.provision(id, head); ok {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *stocktake.Provision) int { return naturally(string(a.ID), string(b.ID)) })
	return list
}

// naturally compares ids so that art-9 comes before art-10.
func naturally(a, b string) int {
	for a != "" && b != "" {
		da, db := digits(a), digits(b)
		if da > 0 && db > 0 {
			x, y := strings.TrimLeft(a[:da], "0"), strings.TrimLeft(b[:db], "0")
			if c := cmp.Compare(len(x), len(y)); c != 0 {
				return c
			}
			if c := cmp.Compare(x, y); c != 0 {
				return c
			}
			a, b = a[da:], b[db:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// Text is the official words of a provision in one language.
type Text struct {
	Lang   string             `json:"lang"`
	Words  string             `json:"text"`
	Source stocktake.SourceID `json:"source"`
	Filing int64              `json:"filing"`
}

// Texts returns the official words of a provision at head, by language, where they were imported.
func (r *Record) Texts(ctx context.Context, id stocktake.ProvisionID, head int64) ([]Text, error) {
	r.mu.RLock()
	list := slices.Clone(r.texts[id])
	r.mu.RUnlock()
	byLang := map[string]Text{}
	for _, t := range list {
		if t.filing > head {
			continue
		}
		f, err := r.loader.Load(ctx, t.filing)
		if err != nil {
			return nil, err
		}
		for i := range f.Texts {
			if x := &f.Texts[i]; x.Provision == id && x.Lang == t.lang {
				byLang[t.lang] = Text{x.Lang, x.Text, x.Source, t.filing}
			}
		}
	}
	out := make([]Text, 0, len(byLang))
	for _, t := range byLang {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Text) int { return cmp.Compare(a.Lang, b.Lang) })
	return out, nil
}

// Measures returns the measures of a party (all when empty) that could be known, newest first. One that was filed again under its id is as it was
// filed last.
func (r *Record) Measures(at stocktake.At, p stocktake.PartyID) []stocktake.Measure {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []stocktake.Measure
	last := map[string]int{}
	for i, m := range r.measures {
		if m.filing <= at.Head && m.known <= micros(at.Known) {
			last[m.ID] = i
		}
	}
	for i, m := range r.measures {
		lo, _ := m.Date.Reach()
		if n, ok := last[m.ID]; ok && n == i && (p == "" || m.Party == p) && lo <= at.On {
			list = append(list, m.Measure)
		}
	}
	slices.SortStableFunc(list, func(a, b stocktake.Measure) int {
		x, _ := a.Date.Bounds()
		y, _ := b.Date.Bounds()
		return cmp.Compare(y, x)
	})
	return list
}

// Statement is a statement with the filing that entered it.
type Statement struct {
	stocktake.Statement
	Filing int64
}

// Statements returns the statements at head in the order of filing.
func (r *Record) Statements(head int64) []Statement {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []Statement
	for _, s := range r.statements {
		if s.filing <= head {
			list = append(list, Statement{s.Statement, s.filing})
		}
	}
	return list
}

// Unknowns returns what was looked for and not found, at head.
func (r *Record) Unknowns(head int64) []stocktake.Unknown {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []stocktake.Unknown
	for _, u := range r.unknowns {
		if u.filing <= head {
			list = append(list, u.Unknown)
		}
	}
	return list
}

// RemovedBy returns the filing that took the sheet with that commitment away, 0 where none did.
func (r *Record) RemovedBy(commitment string) int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.removed[commitment]
}

// TakenDownBy returns the filing that took the archived copy with that SHA-256 down, 0 where none did.
func (r *Record) TakenDownBy(sha256 string) int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.taken[sha256]
}

// TakenDown returns the hashes of archived copies that were taken down, in their order.
func (r *Record) TakenDown() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Sorted(maps.Keys(r.taken))
}

// Removals returns how many sheets and archived copies were taken away.
func (r *Record) Removals() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.removed) + len(r.taken)
}

// Size is what the index holds.
type Size struct {
	Filings, Parties, Instruments, Provisions, RollCalls, Rows, Sources int
}

// Size returns how much the index holds.
func (r *Record) Size() Size {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return Size{len(r.filings), len(r.parties), len(r.instrs), len(r.provisions), len(r.rolls), len(r.base.instr) + len(r.delta.instr), len(r.sources)}
}

// Actors lists the parties of which anything was ever told towards an instrument itself, by id, whatever the moment.
func (r *Record) Actors(in stocktake.InstrumentID, head int64) []stocktake.PartyID {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, ok := r.instrByID[in]
	if !ok {
		return nil
	}
	q := r.query(stocktake.At{Head: head})
	defer q.done()
	s := r.rowsOf(q.instr(n), q)
	seen := make([]bool, len(r.parties))
	var list []stocktake.PartyID
	add := func(rows []row) {
		for i := range rows {
			if p := rows[i].party; !seen[p] {
				seen[p] = true
				list = append(list, r.parties[p].id)
			}
		}
	}
	for _, x := range append([]instrRows{s}, s.also...) {
		add(x.base)
		add(x.new)
	}
	slices.Sort(list)
	return list
}
