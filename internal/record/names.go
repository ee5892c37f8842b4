package record

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"stocktake"
)

// names finds parties and instruments by what people call them. It holds the state of one head.
type names struct {
	party map[string][]stocktake.PartyID
	instr map[string][]stocktake.InstrumentID
}

// Fold returns s in the form in which names are compared: lower case, without diacritics and punctuation, single spaces.
func Fold(s string) string {
	var b strings.Builder
	space := false
	for _, c := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, c):
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(unicode.ToLower(c))
		case c == '\'' || c == '’' || c == '.':
		default:
			space = true
		}
	}
	return b.String()
}

func (r *Record) namesAt(head int64) *names {
	r.namesMu.Lock()
	defer r.namesMu.Unlock()
	if r.names != nil && r.namesHead == head {
		return r.names
	}
	n := &names{party: map[string][]stocktake.PartyID{}, instr: map[string][]stocktake.InstrumentID{}}
	addP := func(s string, id stocktake.PartyID) {
		if s = Fold(s); s != "" && !slices.Contains(n.party[s], id) {
			n.party[s] = append(n.party[s], id)
		}
	}
	addI := func(s string, id stocktake.InstrumentID) {
		if s = Fold(s); s != "" && !slices.Contains(n.instr[s], id) {
			n.instr[s] = append(n.instr[s], id)
		}
	}
	for i := range r.parties {
		p, ok := r.parties[i].descs.at(head)
		if !ok {
			continue
		}
		for _, s := range p.Names {
			addP(s, p.ID)
		}
		for _, s := range p.Formal {
			addP(s, p.ID)
			addP(strings.TrimPrefix(s, "the "), p.ID)
		}
		for _, s := range p.Aliases {
			addP(s, p.ID)
		}
		for _, c := range []string{"iso2", "iso3"} {
			addP(p.Codes[c], p.ID)
		}
	}
	for i := range r.instrs {
		in, ok := r.instrs[i].at(head)
		if !ok {
			continue
		}
		addI(in.Title, in.ID)
		addI(in.Symbol, in.ID)
		for _, s := range in.Official {
			addI(s, in.ID)
		}
		for _, s := range in.Symbols {
			addI(s, in.ID)
		}
		for _, s := range in.Aliases {
			addI(s, in.ID)
		}
	}
	r.names, r.namesHead = n, head
	return n
}

// redirect follows merges of ids up to head.
func (r *Record) redirect(of, id string, head int64) string {
	for hops := 0; hops < 8; hops++ {
		to := ""
		for _, m := range r.merges {
			if m.filing <= head && m.Of == of && m.From == id {
				to = m.Into
				if m.Undo {
					to = ""
				}
			}
		}
		if to == "" {
			return id
		}
		id = to
	}
	return id
}

// FindParty returns the party that a person or file calls name: id, ISO code, UN name, common name or alias.
func (r *Record) FindParty(name string, head int64) (stocktake.PartyID, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	name = strings.TrimSpace(name)
	for _, s := range []string{name, strings.ToUpper(name), strings.ToLower(name)} {
		if n, ok := r.partyByID[stocktake.PartyID(s)]; ok {
			if _, ok := r.parties[n].descs.at(head); ok {
				return stocktake.PartyID(r.redirect("party", s, head)), true
			}
		}
	}
	ids := r.namesAt(head).party[Fold(name)]
	if len(ids) == 0 {
		ids = r.namesAt(head).party[Fold(strings.TrimPrefix(strings.ToLower(name), "the "))]
	}
	if len(ids) == 1 {
		return stocktake.PartyID(r.redirect("party", string(ids[0]), head)), true
	}
	for _, id := range ids { // a state goes before a former one of the same name
		if p, ok := r.parties[r.partyByID[id]].descs.at(head); ok && p.Kind == "state" {
			return stocktake.PartyID(r.redirect("party", string(id), head)), true
		}
	}
	return "", false
}

// FindInstrument returns the instrument that a person or file calls name: id, UN symbol, register number or alias.
func (r *Record) FindInstrument(name string, head int64) (stocktake.InstrumentID, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	name = strings.TrimSpace(name)
	for _, s := range []string{name, strings.ToLower(name)} {
		if n, ok := r.instrByID[stocktake.InstrumentID(s)]; ok && r.instrs[n].first <= head {
			return stocktake.InstrumentID(r.redirect("instrument", s, head)), true
		}
	}
	ids := r.namesAt(head).instr[Fold(name)]
	if len(ids) == 0 {
		return "", false
	}
	slices.Sort(ids)
	best := ids[0]
	for _, id := range ids { // a described text goes before a roll-call's implied one
		if len(r.instrs[r.instrByID[id]].descs) > 0 {
			best = id
			break
		}
	}
	return stocktake.InstrumentID(r.redirect("instrument", string(best), head)), true
}

// Nearest returns up to n known names like name, for "did you mean". of is "party" or "instrument".
func (r *Record) Nearest(of, name string, head int64, n int) []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	want := Fold(name)
	type hit struct {
		s string
		d int
	}
	best := map[string]int{} // by id, whichever of its names is nearest
	try := func(s, id string) {
		d := distance(want, s, 1+len(want)/3)
		if d < 0 && len(want) >= 3 && strings.Contains(s, want) {
			d = 2
		}
		if had, ok := best[id]; d >= 0 && (!ok || d < had) {
			best[id] = d
		}
	}
	if of == "party" {
		for s, ids := range r.namesAt(head).party {
			for _, id := range ids {
				try(s, string(id))
			}
		}
	} else {
		for s, ids := range r.namesAt(head).instr {
			for _, id := range ids {
				try(s, string(id))
			}
		}
		for i := range r.instrs {
			if _, ok := r.instrs[i].descs.at(head); ok {
				try(string(r.instrs[i].id), string(r.instrs[i].id))
			}
		}
	}
	hits := make([]hit, 0, len(best))
	for id, d := range best {
		hits = append(hits, hit{id, d})
	}
	slices.SortFunc(hits, func(a, b hit) int {
		if a.d != b.d {
			return a.d - b.d
		}
		return strings.Compare(a.s, b.s)
	})
	var out []string
	for i := 0; i < len(hits) && i < n; i++ {
		out = append(out, hits[i].s)
	}
	return out
}

// distance is the edit distance of two folded names, -1 where it is more than limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return -1
	}
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		last, best := prev[0], i
		prev[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			v := min(prev[j]+1, prev[j-1]+1, last+cost)
			last, prev[j] = prev[j], v
			best = min(best, v)
		}
		if best > limit {
			return -1
		}
	}
	if prev[len(b)] > limit {
		return -1
	}
	return prev[len(b)]
}
