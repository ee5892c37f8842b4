package record

import (
	"fmt"

	"stocktake"
)

// Differences sorts what the filings after a head told: acts that were new, told already, revised by a newer edition, in conflict with
// another source, or put right.
type Differences struct {
	New, Confirmed, Revised, Conflicts, Errata int
	Examples                                   []string // up to ten of the last three, in words
}

// Differences compares the filings after a head with those up to it.
func (r *Record) Differences(after int64) Differences {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var d Differences
	example := func(format string, args ...any) {
		if len(d.Examples) < 10 {
			d.Examples = append(d.Examples, fmt.Sprintf(format, args...))
		}
	}
	for i := range r.rolls {
		rc := &r.rolls[i]
		var old *rollClaim
		for j := range rc.claims {
			c := &rc.claims[j]
			o := &r.occs[c.occ]
			if o.filing <= after {
				old = c
				continue
			}
			n := 0
			for _, b := range c.ballots {
				if b != 0 {
					n++
				}
			}
			switch {
			case old == nil:
				d.New += n
				old = c
			case o.mends > 0:
				d.Errata += n
				example("roll-call %s is entered anew", rc.id)
			case old.instr != c.instr:
				d.Revised += n
				example("roll-call %s: %s is now %s", rc.id, r.instrs[old.instr].id, r.instrs[c.instr].id)
			default:
				for p, b := range c.ballots {
					if b == 0 {
						continue
					}
					switch {
					case p >= len(old.ballots) || old.ballots[p] == 0:
						d.New++
					case old.ballots[p] == b:
						d.Confirmed++
					default:
						d.Revised++
						example("roll-call %s, %s: %s is now %s", rc.id, r.parties[p].id, stocktake.ActKind(old.ballots[p]), stocktake.ActKind(b))
					}
				}
			}
		}
	}
	for _, l := range []*level{&r.base, &r.delta} {
		for i := range l.instr {
			w := &l.instr[i]
			o := &r.occs[w.occ]
			if o.filing <= after || w.flags&flagRollCall != 0 {
				continue
			}
			if first := i > 0 && l.instr[i-1].act == w.act && l.instr[i-1].party == w.party && l.instr[i-1].occ == w.occ; first {
				continue // another phase of the same entry
			}
			others, series, differs := 0, false, false
			for _, m := range []*level{&r.base, &r.delta} {
				for _, x := range run(m.ofInstr(w.instr), w.party) {
					if x.act != w.act || x.occ == w.occ || r.occs[x.occ].filing > after {
						continue
					}
					others++
					if r.sameSeries(r.occs[x.occ].source, o.source, int64(len(r.filings))) {
						series = true
					}
					if x.phase() == w.phase() && (x.lo > r.hi(w) || r.hi(&x) < w.lo) {
						differs = true
					}
				}
			}
			name := func() string { return string(r.parties[w.party].id) + " towards " + string(r.instrs[w.instr].id) }
			switch {
			case o.mends > 0:
				d.Errata++
				example("%s is put right", name())
			case others == 0:
				d.New++
			case !differs:
				d.Confirmed++
			case series:
				d.Revised++
				example("%s: a newer edition gives another day", name())
			default:
				d.Conflicts++
				example("%s: %s gives another day than an earlier source", name(), r.sources[o.source].id)
			}
		}
	}
	return d
}
