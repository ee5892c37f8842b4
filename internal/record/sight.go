package record

import "stocktake"

// Most of what is asked concerns occasions that were known long before and that nothing took the place of. Sight finds these without going
// to each: by stretches of occasions, which come in the order of filing, and a bit for each occasion that something took the place of.

// stretch is how many occasions share one entry.
const stretch = 256

// sight is the latest of a stretch: at this head and this moment all of it can be known.
type sight struct {
	filing, known int64
}

// sightOf notes an occasion, which must be the last one.
func (r *Record) sightOf(o *occasion) {
	i := len(r.occs) - 1
	if i%stretch == 0 {
		r.sights = append(r.sights, sight{})
	}
	if i%64 == 0 {
		r.replaced = append(r.replaced, 0)
	}
	s := &r.sights[i/stretch]
	s.filing, s.known = max(s.filing, o.filing), max(s.known, o.known)
}

// What is known of a stretch, for one query.
const (
	notLooked = iota
	allKnown
	notAll
)

// sure reports whether an occasion can be known and nothing took its place, at any head. False means only that it is not plain.
func (r *Record) sure(occ uint32, q *query) bool {
	n := q.sights[occ/stretch]
	if n == notLooked {
		n = notAll
		if s := &r.sights[occ/stretch]; s.filing <= q.head && s.known <= q.known {
			n = allKnown
		}
		q.sights[occ/stretch] = n
	}
	return n == allKnown && r.replaced[occ/64]>>(occ%64)&1 == 0
}

// life is what listing needs of a party, as it was last described.
type life struct {
	id       stocktake.PartyID
	from, to stocktake.Day // it existed
	since    int64         // the head from which this holds
	listed   bool          // where it stands is listed: it is no group and no organ
}

// living brings lives up to date with the descriptions.
func (r *Record) living(all bool) {
	if all {
		r.lives = r.lives[:0]
	}
	for n := len(r.lives); n < len(r.parties); n++ {
		l := life{id: r.parties[n].id, from: stocktake.MinDay, to: stocktake.MaxDay, listed: true}
		if s := r.parties[n].spans; len(s) > 0 {
			d := s[len(s)-1]
			l = life{l.id, d.value.from, d.value.to, d.filing, d.value.listed}
		}
		r.lives = append(r.lives, l)
	}
}

// lifeOf returns the life of a party at a head.
func (r *Record) lifeOf(p uint16, head int64) *life {
	if l := &r.lives[p]; l.since <= head {
		return l
	}
	return r.lifeThen(p, head)
}

// lifeThen returns the life of a party that was described anew after head.
func (r *Record) lifeThen(p uint16, head int64) *life {
	if d, ok := r.parties[p].spans.at(head); ok {
		return &life{r.parties[p].id, d.from, d.to, 0, d.listed}
	}
	return &life{id: r.parties[p].id, from: stocktake.MinDay, to: stocktake.MaxDay, listed: true}
}
