package record

import (
	"fmt"

	"stocktake"
)

// Differences sorts what the filings after a head told: acts that were new, told already, told already but less exactly, revised by a newer
// edition, told by an earlier edition as it was before a newer one that is here already revised it, in conflict with another source, or put
// right. An act counts once.
type Differences struct {
	New, Confirmed, Exacter, Revised, Earlier, Conflicts, Errata int

	// Examples are sentences to print below the counts: how many acts were made more exact, where any were, with up to ten of them; up to ten
	// of the last four; and up to ten filings that tell of no act, with what they are.
	Examples []string
}

// Differences compares the filings after a head with those up to it.
func (r *Record) Differences(after int64) Differences {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var d Differences
	var exacter []string
	example := func(format string, args ...any) {
		if len(d.Examples) < 10 {
			d.Examples = append(d.Examples, fmt.Sprintf(format, args...))
		}
	}
	for i := range r.rolls {
		rc := &r.rolls[i]
		for j := range rc.claims {
			if c := &rc.claims[j]; r.occs[c.occ].filing > after {
				r.differsFrom(rc, c, r.before(rc, c, after), &d, example)
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
			others, series, earlier, differs, moved := 0, false, false, false, false
			var best *row // the most exact of what was told of that day
			for _, m := range []*level{&r.base, &r.delta} {
				for _, x := range run(m.ofInstr(w.instr), w.party) {
					if x.act != w.act || x.occ == w.occ || r.occs[x.occ].filing > after {
						continue
					}
					others++
					p := &r.occs[x.occ]
					same := r.sameSeries(p.source, o.source, int64(len(r.filings)))
					if x.phase() == w.phase() && (x.lo > r.hi(w) || r.hi(&x) < w.lo) {
						if same && w.phase() == stocktake.PhaseDone && w.lo > stocktake.Day(p.known/86400e6) {
							moved = true // the world did, after that edition was public
							continue
						}
						differs = true
						series = series || same
						earlier = earlier || same && r.newer(p, o)
					} else if x.phase() == w.phase() && (best == nil || r.width(&x) < r.width(best)) {
						best = &x
					}
				}
			}
			name := func() string { return string(r.parties[w.party].id) + " towards " + string(r.instrs[w.instr].id) }
			switch {
			case o.mends > 0:
				d.Errata++
				example("%s is put right", name())
			case others == 0, moved && !differs:
				d.New++
			case !differs && best != nil && w.lo >= best.lo && r.hi(w) <= r.hi(best) && r.width(w) < r.width(best):
				d.Exacter++
				if len(exacter) < 10 {
					exacter = append(exacter, fmt.Sprintf("%s, %s: %s is now %s", name(), w.kind, spanText(best.lo, r.hi(best)), spanText(w.lo, r.hi(w))))
				}
			case !differs:
				d.Confirmed++
			case earlier:
				d.Earlier++
				example("%s: an earlier edition gives another day than the newer one, which stays", name())
			case series:
				d.Revised++
				example("%s: a newer edition gives another day", name())
			default:
				d.Conflicts++
				example("%s: %s gives another day than an earlier source", name(), r.sources[o.source].id)
			}
		}
	}
	switch {
	case d.Exacter == 1:
		exacter = append([]string{"1 act that was told already is made more exact:"}, exacter...)
	case d.Exacter > 1:
		exacter = append([]string{fmt.Sprintf("%d acts that were told already are made more exact:", d.Exacter)}, exacter...)
	}
	d.Examples = append(exacter, d.Examples...)
	d.Examples = append(d.Examples, r.actless(after)...)
	return d
}

// actless says what the filings after a head are that tell of no act: up to ten of them.
func (r *Record) actless(after int64) (list []string) {
	for i := max(after, 0); i < int64(len(r.filings)); i++ {
		f := &r.filings[i]
		if f.Acts > 0 {
			continue
		}
		if len(list) == 10 {
			return append(list, "… and more filings that tell of no act")
		}
		list = append(list, fmt.Sprintf("filing %d tells of no act: %s (%s)", f.Number, f.Title, f.Key))
	}
	return list
}

// width is how many days lie between the first and the last possible day of a row.
func (r *Record) width(w *row) int64 { return int64(r.hi(w)) - int64(w.lo) }

// spanText writes a span of days as briefly as it can be: 2017, 2017-03, 2017-03-31, or both ends.
func spanText(lo, hi stocktake.Day) string {
	first, last := stocktake.DateOf(lo).String(), stocktake.DateOf(hi).String()
	switch {
	case lo == hi:
		return first
	case lo == stocktake.MinDay:
		return "../" + last
	case hi == stocktake.MaxDay:
		return first + "/.."
	}
	for _, n := range []int{4, 7} {
		if n > len(first) {
			break
		}
		if d, err := stocktake.ParseDate(first[:n]); err == nil {
			if a, b := d.Bounds(); a == lo && b == hi {
				return first[:n]
			}
		}
	}
	return first + "/" + last
}

// before returns the edition of a roll-call, of those filed up to a head, that a later filed one is compared with: the newest of its own
// series, or of another where there is none.
func (r *Record) before(rc *roll, c *rollClaim, after int64) (best *rollClaim) {
	own := false
	for j := range rc.claims {
		x := &rc.claims[j]
		if r.occs[x.occ].filing > after {
			continue
		}
		same := r.sameSeries(r.occs[x.occ].source, r.occs[c.occ].source, int64(len(r.filings)))
		if best == nil || same && !own || same == own && r.newer(&r.occs[x.occ], &r.occs[best.occ]) {
			best, own = x, same
		}
	}
	return best
}

// differsFrom counts what one edition of a roll-call says otherwise than an older filed one; old is nil where there is none.
func (r *Record) differsFrom(rc *roll, c, old *rollClaim, d *Differences, example func(string, ...any)) {
	n := 0
	for _, b := range c.ballots {
		if b != 0 {
			n++
		}
	}
	o := &r.occs[c.occ]
	switch {
	case old == nil:
		d.New += n
		return
	case o.mends > 0:
		d.Errata += n
		example("roll-call %s is entered anew", rc.id)
		return
	}
	p := &r.occs[old.occ]
	count, how := &d.Revised, "roll-call %s%s: %s is now %s"
	if !r.sameSeries(o.source, p.source, int64(len(r.filings))) {
		count, how = &d.Conflicts, "roll-call %s%s: %s in one source, %s in another"
	} else if r.newer(p, o) {
		count, how = &d.Earlier, "roll-call %s%s: %s stays; an earlier edition had %s"
	}
	if old.instr != c.instr {
		*count += n
		example(how, rc.id, "", r.instrs[old.instr].id, r.instrs[c.instr].id)
		return
	}
	for i, b := range c.ballots {
		switch {
		case b == 0:
		case i >= len(old.ballots) || old.ballots[i] == 0:
			d.New++
		case old.ballots[i] == b:
			d.Confirmed++
		default:
			*count++
			example(how, rc.id, ", "+string(r.parties[i].id), stocktake.ActKind(old.ballots[i]), stocktake.ActKind(b))
		}
	}
}
