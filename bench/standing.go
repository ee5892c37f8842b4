package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite"

	"stocktake"
	"stocktake/internal/record"
)

// shelf is a record in memory with its filings beside it.
type shelf struct {
	*record.Record
	list []*stocktake.Filing
}

func (s *shelf) Load(_ context.Context, n int64) (*stocktake.Filing, error) { return s.list[n-1], nil }

func newShelf(list []act) (*shelf, error) {
	s := &shelf{}
	s.Record = record.New(s)
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	add := func(f stocktake.Filing) error {
		clock = clock.Add(time.Microsecond)
		s.list = append(s.list, &f)
		return s.Stage(record.Applied{Number: int64(len(s.list)), Filed: clock, SHA256: f.Key, Filing: &f})
	}
	if err := add(frame()); err != nil {
		return nil, err
	}
	if err := filings(list, add); err != nil {
		return nil, err
	}
	s.End()
	return s, nil
}

const (
	onDay    = "2001-06-15"
	knownDay = "2021-06-01" // between the two editions
)

// standing compares the four questions with the hand-made index, and with SQL on SQLite.
func (b *bench) standing() error {
	list := generate(b.n)
	h := newHand(list)
	s, err := newShelf(list)
	if err != nil {
		return err
	}
	lo, _ := stocktake.MustDate(onDay).Bounds()
	at := stocktake.At{On: lo, Known: stocktake.EndOfDay(stocktake.DayOf(2021, 6, 1)), Head: s.Head()}
	late := at
	late.Known = stocktake.EndOfDay(stocktake.DayOf(2023, 1, 1))
	db, err := sqliteActs(filepath.Join(b.dir, "peer.db"), list)
	if err != nil {
		return err
	}
	defer db.Close()
	for ed, a := range []stocktake.At{at, late} { // the same answers, before and after the corrections could be known
		if err := same(s, h, db, a, uint8(ed)); err != nil {
			return err
		}
	}
	pg, err := b.startPostgres()
	if err != nil {
		return err
	}
	defer pg.stop()
	if err := pg.fill(list); err != nil {
		return err
	}
	in, p, from := 4711, 17, lo-30
	inID, pID := instrumentID(in), partyID(p)
	sqlRow := func(question, query string, args ...any) func() {
		st, err := db.Prepare(query)
		if err != nil {
			panic(question + ": " + err.Error())
		}
		return func() {
			rows, err := st.Query(args...)
			if err != nil {
				panic(err)
			}
			for rows.Next() {
				var x, y string
				var k int
				if err := rows.Scan(&x, &y, &k); err != nil {
					panic(err)
				}
			}
			rows.Close()
		}
	}
	n := 0
	count := func(*record.PartyState) { n++ }
	note := func(uint32, stocktake.ActKind) { n++ }
	for _, q := range []struct {
		name, target     string
		hand, ours, peer func()
		sql              string // the same for PostgreSQL
	}{
		{"Q1 one instrument, all parties with an act", "≤ 3", func() { h.q1(in, lo, 0, note) }, func() { s.Acted(at, inID, count) }, sqlRow("q1", sqlQ1, string(inID), lo, 0), bound(sqlQ1, quoted(inID), lo, 0)},
		{"Q2 one party, all instruments", "≤ 3", func() { h.q2(p, lo, 0, note) }, func() { s.EachOfParty(at, pID, count) }, sqlRow("q2", sqlQ2, string(pID), lo, 0), bound(sqlQ2, quoted(pID), lo, 0)},
		{"Q3 who moved in 30 days", "≤ 3", func() { h.q3(from, lo, 0, func(uint32, stocktake.ActKind, stocktake.ActKind) { n++ }) }, func() { s.Changes(at, from, record.Filter{}) }, nil, ""},
		{"Q4 everything on a day", "≤ 4", func() { h.q4(lo, 0, note) }, func() { s.Everything(at, count) }, sqlRow("q4", sqlQ4, lo, 0), bound(sqlQ4, lo, 0)},
	} {
		x, y := pairs(q.hand, q.ours)
		b.add(q.name, "hand-made index, "+short(x), short(y), times(y, x), q.target)
		if q.peer != nil {
			z := each(q.peer)
			b.add("the same", "SQLite (modernc), "+short(z), short(y), times(y, z), "-")
			if pg.url == "" {
				b.add("the same", pg.missing, "-", "-", "-")
				continue
			}
			d, err := pg.each(q.sql)
			if err != nil {
				return err
			}
			b.add("the same", "PostgreSQL, "+short(d), short(y), times(y, d), "-")
		}
	}
	size := s.Size()
	b.add("Rows of the index", fmt.Sprintf("%d acts", b.n), fmt.Sprintf("%d rows, %d bytes each in three orders", size.Rows, 44), "-", "≤ 64 bytes, met")
	return nil
}

// same checks that the index, the hand-made one and SQL agree.
func same(s *shelf, h *hand, db *sql.DB, at stocktake.At, ed uint8) error {
	for _, in := range []int{0, 1, 4711, instruments - 1} {
		want := map[string]string{}
		h.q1(in, at.On, ed, func(k uint32, kind stocktake.ActKind) { want[string(partyID(int(k&255)))] = wordOf[kind] })
		got := map[string]string{}
		s.Acted(at, instrumentID(in), func(x *record.PartyState) {
			if x.Word != stocktake.NoActKnown {
				got[string(x.Party)] = x.Word
			}
		})
		inSQL := map[string]string{}
		rows, err := db.Query(sqlQ1, string(instrumentID(in)), at.On, ed)
		if err != nil {
			return err
		}
		for rows.Next() {
			var p, i string
			var k int
			if err := rows.Scan(&p, &i, &k); err != nil {
				return err
			}
			inSQL[p] = wordOf[stocktake.ActKind(k)]
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		if a, c, d := flat(want), flat(got), flat(inSQL); a != c || a != d {
			return fmt.Errorf("instrument %d, edition %d: the answers differ:\n%s\n%s\n%s", in, ed, a, c, d)
		}
	}
	hands, ours := 0, 0
	sum := map[string]int{}
	h.q4(at.On, ed, func(_ uint32, k stocktake.ActKind) { hands++; sum[wordOf[k]]++ })
	s.Everything(at, func(x *record.PartyState) {
		if x.Word != stocktake.NoActKnown {
			ours++
			sum[x.Word]--
		}
	})
	if hands != ours || sum["bound"] != 0 || sum["signed"] != 0 {
		return fmt.Errorf("everything: %d by hand, %d here, %v", hands, ours, sum)
	}
	moved := 0
	h.q3(at.On-30, at.On, ed, func(uint32, stocktake.ActKind, stocktake.ActKind) { moved++ })
	if n := len(s.Changes(at, at.On-30, record.Filter{})); n != moved {
		return fmt.Errorf("changes: %d by hand, %d here", moved, n)
	}
	per := 0
	h.q2(17, at.On, ed, func(uint32, stocktake.ActKind) { per++ })
	n := 0
	for _, x := range s.OfParty(at, partyID(17)) {
		if x.Word != stocktake.NoActKnown {
			n++
		}
	}
	if n != per {
		return fmt.Errorf("one party: %d by hand, %d here", per, n)
	}
	return nil
}

func flat(m map[string]string) string {
	var l []string
	for k, v := range m {
		l = append(l, k+"="+v)
	}
	sort.Strings(l)
	return strings.Join(l, " ")
}

func quoted[S ~string](s S) string { return "'" + string(s) + "'" }

// bound puts values in the places of a statement.
func bound(query string, values ...any) string {
	for i, v := range values {
		query = strings.ReplaceAll(query, "$"+strconv.Itoa(i+1), fmt.Sprint(v))
	}
	return query
}

const visible = `day <= $2 AND edition <= $3 AND NOT EXISTS (SELECT 1 FROM act n WHERE n.id = a.id AND n.edition > a.edition AND n.edition <= $3)`

const (
	sqlQ1 = `SELECT party, instrument, kind FROM (SELECT party, instrument, kind, row_number() OVER (PARTITION BY party ORDER BY day DESC) AS r FROM act a WHERE instrument = $1 AND ` + visible + `) AS s WHERE r = 1`
	sqlQ2 = `SELECT party, instrument, kind FROM (SELECT party, instrument, kind, row_number() OVER (PARTITION BY instrument ORDER BY day DESC) AS r FROM act a WHERE party = $1 AND ` + visible + `) AS s WHERE r = 1`
	sqlQ4 = `SELECT party, instrument, kind FROM (SELECT party, instrument, kind, row_number() OVER (PARTITION BY instrument, party ORDER BY day DESC) AS r FROM act a WHERE day <= $1 AND edition <= $2 AND NOT EXISTS (SELECT 1 FROM act n WHERE n.id = a.id AND n.edition > a.edition AND n.edition <= $2)) AS s WHERE r = 1`
)

const schema = `CREATE TABLE act (id TEXT NOT NULL, party TEXT NOT NULL, instrument TEXT NOT NULL, kind INTEGER NOT NULL, day INTEGER NOT NULL, edition INTEGER NOT NULL)`

// sqliteActs fills an SQLite table with the acts and indexes it for each question.
func sqliteActs(path string, list []act) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(wal)&_pragma=synchronous(off)&_pragma=cache_size(-262144)")
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec(schema); err != nil {
		return nil, err
	}
	tx, err := db.Begin()
	if err != nil {
		return nil, err
	}
	st, err := tx.Prepare("INSERT INTO act VALUES (?,?,?,?,?,?)")
	if err != nil {
		return nil, err
	}
	for i := range list {
		a := &list[i]
		if _, err := st.Exec(a.ID, string(partyID(a.Party)), string(instrumentID(a.Instrument)), int(a.Kind), a.Day, a.Edition); err != nil {
			return nil, err
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	for _, q := range []string{"CREATE INDEX i1 ON act (instrument, party, day DESC)", "CREATE INDEX i2 ON act (party, instrument, day DESC)", "CREATE INDEX i3 ON act (day)", "CREATE INDEX i4 ON act (id, edition)", "ANALYZE"} {
		if _, err := db.Exec(q); err != nil {
			return nil, err
		}
	}
	return db, nil
}
