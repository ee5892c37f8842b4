package record

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"stocktake"
)

// Hit is one thing found by words.
type Hit struct {
	Kind  string `json:"kind"` // party, instrument, provision, roll-call, source, statement, measure, filing
	ID    string `json:"id"`
	Title string `json:"title"`
	Note  string `json:"note,omitempty"`
	score int
}

// Search returns up to limit things whose names, titles or labels hold every word of the query, each word at the start of a word of theirs,
// best first: whole names, then titles, then the rest.
func (r *Record) Search(at stocktake.At, query string, limit int) []Hit {
	words := strings.Fields(Fold(query))
	if len(words) == 0 {
		return nil
	}
	whole := strings.Join(words, " ")
	var hits []Hit
	try := func(kind, id, title, note string, base int, names ...string) {
		best := 0
		for i, n := range append([]string{id, title}, names...) {
			if n == "" {
				continue
			}
			f := " " + Fold(n)
			s := 0
			switch {
			case f[1:] == whole:
				s = 1000
			case all(f, words):
				s = 300 - min(len(f), 250)
				if i > 1 {
					s -= 40
				}
			}
			best = max(best, s)
		}
		if best == 0 {
			f := " " + Fold(id+" "+title+" "+strings.Join(names, " ")+" "+note)
			if !all(f, words) {
				return
			}
			best = 10
		}
		hits = append(hits, Hit{kind, id, title, note, best + base})
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for i := range r.parties {
		if p, ok := r.parties[i].descs.at(at.Head); ok {
			names := slices.Clone(p.Aliases)
			for _, n := range p.Names {
				names = append(names, n)
			}
			for _, n := range p.Formal {
				names = append(names, n)
			}
			names = append(names, p.Codes["iso2"])
			try("party", string(p.ID), name(p), p.Kind, 60, names...)
		}
	}
	for i := range r.instrs {
		e := &r.instrs[i]
		in, ok := e.at(at.Head)
		if !ok {
			continue
		}
		names := append(append(slices.Clone(in.Aliases), in.Symbols...), in.Symbol)
		for _, n := range in.Official {
			names = append(names, n)
		}
		base := 50
		note := string(in.Kind)
		if _, described := e.descs.at(at.Head); !described {
			base = 0
		}
		for _, n := range e.rolls {
			if c := r.current(&r.rolls[n], micros(at.Known), at.Head); c != nil && c.label != "" {
				names = append(names, c.label)
				if len(e.rolls) == 1 {
					note = c.label
				}
			}
		}
		try("instrument", string(in.ID), in.Title, note, base, names...)
	}
	for id := range r.provisions {
		if p, ok := r.provision(id, at.Head); ok {
			try("provision", string(id), p.Number+" "+p.Title, string(p.Instrument), 20, append(slices.Clone(p.Themes), p.Title)...)
		}
	}
	for i := range r.sources {
		if s, ok := r.sources[i].descs.at(at.Head); ok {
			try("source", string(s.ID), s.Title, s.Publisher, 0, s.Address)
		}
	}
	for _, m := range r.measures {
		if m.filing <= at.Head && m.known <= micros(at.Known) {
			try("measure", m.ID, m.Title, string(m.Party)+" "+m.Date.String(), 10)
		}
	}
	for _, x := range r.tables {
		if x.known <= micros(at.Known) && r.told(x.filing, at.Head) {
			try("table", string(x.ID), x.Title, "", 0)
		}
	}
	for _, x := range r.rubrics {
		if x.filing <= at.Head {
			try("rubric", string(x.ID), x.Title, x.By, 0)
		}
	}
	for i := range r.filings {
		if f := &r.filings[i]; f.Number <= at.Head && f.Acts != 1 {
			try("filing", strconv.FormatInt(f.Number, 10), f.Title, f.Key, -20, f.Key, f.SHA256)
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		if c := cmp.Compare(b.score, a.score); c != 0 {
			return c
		}
		if c := strings.Compare(a.Kind, b.Kind); c != 0 {
			return c
		}
		return naturally(a.ID, b.ID)
	})
	if limit > 0 && len(hits) > limit {
		hits = hits[:limit]
	}
	return hits
}

func all(folded string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(folded, " "+w) {
			return false
		}
	}
	return true
}

// name is the English short name of a party, or its id.
func name(p *stocktake.Party) string {
	if n := p.Names["en"]; n != "" {
		return n
	}
	return string(p.ID)
}
