package ledger_test

import (
	"testing"

	"stocktake"
)

// TestVoteOnAPartInTwoEditions files one roll-call on a paragraph in two editions. It moves no standing, and is listed once, as the newer
// edition tells it.
func TestVoteOnAPartInTwoEditions(t *testing.T) {
	for _, order := range [][2]int{{0, 1}, {1, 0}} {
		l := folder(t).open(t)
		file(t, l, law(t)...)
		editions := parse(t, `
		key: old
		title: The older edition
		sources: [{id: v1, kind: dataset, series: votes, edition: "1", title: Votes, published: 2016-01-01, read: 2026-11-01}]
		instruments: [{id: a-res-60-9, kind: resolution, title: A resolution}]
		roll_calls: [{id: r9, instrument: a-res-60-9, date: 2005-12-01, part: paragraph 4, yes: MEX, no: USA, source: v1}]
		---
		key: new
		title: The newer edition
		sources: [{id: v2, kind: dataset, series: votes, edition: "2", title: Votes, published: 2020-01-01, read: 2026-11-01}]
		instruments: [{id: a-res-60-9, kind: resolution, title: A resolution}]
		roll_calls: [{id: r9, instrument: a-res-60-9, date: 2005-12-01, part: paragraph 4, yes: MEX USA, source: v2}]
		`)
		for _, i := range order {
			file(t, l, editions[i])
		}
		for _, c := range []struct {
			known string
			kind  stocktake.ActKind
			date  string
		}{{"2017-01-01", stocktake.VoteNo, "2005-12-01"}, {"2026-11-20", stocktake.VoteYes, "2005-12-01"}} {
			at := stocktake.At{On: day("2006-01-01"), Known: stocktake.EndOfDay(day(c.known)), Head: l.Record().Head()}
			s := standing(t, l, at, "USA", "a-res-60-9")
			if s.Standing != "no act known" || len(s.Acts) != 1 || s.Acts[0].Kind != c.kind || s.Acts[0].Date.String() != c.date {
				t.Errorf("order %v, known %s: %s, acts %+v; want one, %s on %s, that moves nothing", order, c.known, s.Standing, s.Acts, c.kind, c.date)
			}
		}
		agrees(t, l)
	}
}
