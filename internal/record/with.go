package record

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"stocktake"
)

// With returns the record as it would be with filings added behind its last one, all filed at a moment or as soon after the last as times of
// filing allow. r stays as it is, and goes on by itself; the two share what neither changes. It is for looking at what a filing would do, and
// takes some hundredths of a second for a large record. The filings must be such as the ledger takes; none
// can mend another of them, since it is by its hash that a filing is mended.
func (r *Record) With(filed time.Time, filings ...stocktake.Filing) (*Record, error) {
	r.mu.RLock()
	c := r.copied()
	r.mu.RUnlock()
	first := int64(len(c.filings)) + 1
	c.loader = &ahead{r.loader, first, filings}
	list := make([]Applied, len(filings))
	for i := range filings {
		if n := len(c.filings); i == 0 && n > 0 && !filed.After(c.filings[n-1].Filed) {
			filed = c.filings[n-1].Filed
		}
		filed = filed.Add(time.Microsecond)
		n := first + int64(i)
		list[i] = Applied{Number: n, Filed: filed, SHA256: "not filed " + strconv.FormatInt(n, 10), Filing: &filings[i]}
	}
	return c, c.Apply(list...)
}

// ahead loads filings that are not filed.
type ahead struct {
	Loader
	first   int64
	filings []stocktake.Filing
}

func (a *ahead) Load(ctx context.Context, number int64) (*stocktake.Filing, error) {
	if i := number - a.first; i >= 0 && i < int64(len(a.filings)) {
		return &a.filings[i], nil
	}
	return a.Loader.Load(ctx, number)
}

// copied returns a copy to which filings can be applied. The caller holds the lock. Levels are never changed once they are built, and lists
// within entries only ever grow at their end: it is enough that growing makes them anew. TestCopySharesNothing sees to it that no field is
// forgotten.
func (r *Record) copied() *Record {
	c := &Record{loader: r.loader, base: r.base, delta: r.delta, pending: slices.Clone(r.pending), actedOn: maps.Clone(r.actedOn), indirect: slices.Clone(r.indirect),
		spans: maps.Clone(r.spans), occs: slices.Clone(r.occs), filings: slices.Clone(r.filings),
		parties: slices.Clone(r.parties), partyByID: maps.Clone(r.partyByID), groups: slices.Clone(r.groups), instrs: slices.Clone(r.instrs), instrByID: maps.Clone(r.instrByID),
		sources: slices.Clone(r.sources), sourceByID: maps.Clone(r.sourceByID), provisions: copyLists(r.provisions), provOf: copyLists(r.provOf), texts: copyLists(r.texts),
		rolls: slices.Clone(r.rolls), rollByID: maps.Clone(r.rollByID), bySession: copyLists(r.bySession), laws: slices.Clone(r.laws), decisions: copyLists(r.decisions),
		decided: maps.Clone(r.decided), decisionsH: copyLists(r.decisionsH), retracted: copyLists(r.retracted), retractH: copyLists(r.retractH), merges: slices.Clone(r.merges),
		coverage: slices.Clone(r.coverage), bySource: slices.Clone(r.bySource), described: r.described, ordered: slices.Clone(r.ordered), place: slices.Clone(r.place),
		measures: slices.Clone(r.measures), statements: slices.Clone(r.statements), unknowns: slices.Clone(r.unknowns), readings: copyLists(r.readings), rereads: copyLists(r.rereads),
		callsOf: maps.Clone(r.callsOf), takenBack: maps.Clone(r.takenBack), endorsed: copyLists(r.endorsed), backs: copyLists(r.backs), removed: maps.Clone(r.removed),
		taken: maps.Clone(r.taken), byHash: maps.Clone(r.byHash), byKey: copyLists(r.byKey),
		retold: maps.Clone(r.retold), tables: slices.Clone(r.tables), rubrics: slices.Clone(r.rubrics), assessments: slices.Clone(r.assessments), replies: slices.Clone(r.replies),
		recommended: slices.Clone(r.recommended), recommendedBy: copyLists(r.recommendedBy),
		glances: slices.Clone(r.glances), stale: slices.Clone(r.stale), byID: slices.Clone(r.byID), rank: slices.Clone(r.rank), marks: r.marks, sights: slices.Clone(r.sights),
		replaced: slices.Clone(r.replaced), lives: slices.Clone(r.lives), reborn: r.reborn, shown: r.shown}
	for i := range c.occs {
		c.occs[i].super = slices.Clip(c.occs[i].super)
	}
	for i := range c.parties {
		e := &c.parties[i]
		e.descs, e.spans = slices.Clip(e.descs), slices.Clip(e.spans)
	}
	for i := range c.instrs {
		e := &c.instrs[i]
		e.descs, e.via, e.viaTo, e.rolls = slices.Clip(e.descs), slices.Clip(e.via), slices.Clip(e.viaTo), slices.Clip(e.rolls)
	}
	for i := range c.sources {
		c.sources[i].descs = slices.Clip(c.sources[i].descs)
	}
	for i := range c.rolls {
		c.rolls[i].claims = slices.Clip(c.rolls[i].claims)
	}
	for i := range c.laws {
		c.laws[i].rows, c.laws[i].words = slices.Clip(c.laws[i].rows), slices.Clip(c.laws[i].words)
	}
	return c
}

// copyLists copies a table of lists; lists grow apart from those that were copied.
func copyLists[K comparable, E any, L ~[]E](m map[K]L) map[K]L {
	if m == nil {
		return nil
	}
	out := make(map[K]L, len(m))
	for k, v := range m {
		out[k] = slices.Clip(v)
	}
	return out
}
