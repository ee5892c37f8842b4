package web

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

// A published copy has no server that could answer for another day. These are the indexes from which assets/day.js answers in the browser:
// where everybody stood on every day, at one head and as could be known at one moment. They are JSON without white space:
//
//	{"of":"instrument","id":"gcm","title":"the Global Compact for Migration","symbol":"","binding":0,"head":12427,"known":"2026-11-23",
//	 "adopted":[[DATE,"adopted by …"],…],            how organs adopted it, from a day on
//	 "votes":[[DATE,"6140",152,5,12,24],…],          the recorded vote that counts from a day on: id, yes, no, abstaining, not voting
//	 "courses":[["AFG ALB",TURN,TURN,…],…],          parties that stood alike on all days
//	 "dates":[null,"2018-12-10",["2018-12","December 2018","in December 2018","2018-12-01","2018-12-31"],…],
//	 "words":[["no act known","k-none",1,"the record holds no act …"],…]}
//	{"of":"party","id":"USA","name":"the United States of America","from":"","to":"","head":…,"known":…,
//	 "rows":[["gcm",TURN,…],…],"dates":…,"words":…}
//	{"of":"shared","parties":{"AFG":["Afghanistan","",""],…},"instruments":{"gcm":["Global Compact for Migration",0],…},
//	 "tables":[["Compacts",0,1,0],…],"patterns":"<pattern …","swatch":"<svg …"}
//
// A TURN is five numbers: the DATE from which it holds (0: from the beginning), the place of its word in words, the DATE since when it stands
// so, the DATE on which the record ends for it, and flags. A DATE is a place in dates, 0 for none. A date is a day, or what day.js needs of
// one that is not exact: its text, words for it, the same with a preposition, and the first and last day that comparisons use ("" and "~"
// where it has none). Of a word: its class of the map, whether it means that nothing was done, and what it means. Of a party: its name, and
// the days on which it begins and ends to exist. Of an instrument: its title and its table on the page of a party; of these: heading, whether
// its instruments bind, whether they are compacts, and the rank of their kind.
const (
	turnUnsure = 1 << iota
	turnOpen
	turnSettled
	turnDerived
	turnActed
	turnBound   // times 0 for not known, 1 for no, 2 for yes
	_           //
	turnInForce // the same
)

// daysOf collects one index.
type daysOf struct {
	q     *request
	means map[string][]byte // of words
	b     []byte
	dates []stocktake.Date
	date  map[stocktake.Date]int
	day   map[stocktake.Day]int
	words []string
	word  map[string]int
}

func (q *request) newDays(of string) *daysOf {
	d := &daysOf{q: q, means: q.lawWords(), date: map[stocktake.Date]int{}, day: map[stocktake.Day]int{}, word: map[string]int{}}
	d.b = append(d.b, `{"of":`...)
	d.text(of)
	d.b = append(d.b, `,"head":`...)
	head, known := q.at.Head, q.at.KnownString()
	if q.of != nil { // a page of a copy says of itself what it knows
		head, known = q.of.Head, stocktake.At{Known: stocktake.EndOfDay(q.of.Day)}.KnownString()
	}
	d.b = strconv.AppendInt(d.b, head, 10)
	d.field("known").text(known)
	return d
}

// field begins a member of the object.
func (d *daysOf) field(name string) *daysOf {
	d.b = append(append(append(d.b, `,"`...), name...), `":`...)
	return d
}

func (d *daysOf) text(s string) *daysOf {
	d.b = appendText(d.b, s)
	return d
}

func (d *daysOf) number(n int) *daysOf {
	d.b = strconv.AppendInt(d.b, int64(n), 10)
	return d
}

// appendText writes a text as JSON, without what means something in markup.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if !plainInJSON[s[i]] {
			t, err := json.Marshal(s)
			if err != nil { // a text is always JSON
				panic(err)
			}
			return append(b, t...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// plainInJSON are the bytes that a text has as they are.
var plainInJSON = func() (list [256]bool) {
	for c := byte(' '); c <= '~'; c++ {
		list[c] = strings.IndexByte(`"\<>&`, c) < 0
	}
	return list
}()

// dateAt is the place of a date.
func (d *daysOf) dateAt(x stocktake.Date) int {
	if x.IsZero() {
		return 0
	}
	n, ok := d.date[x]
	if !ok {
		d.dates = append(d.dates, x)
		n = len(d.dates)
		d.date[x] = n
	}
	return n
}

// dayAt is the place of a day; the first of all has none.
func (d *daysOf) dayAt(x stocktake.Day) int {
	if x == stocktake.MinDay {
		return 0
	}
	n, ok := d.day[x]
	if !ok {
		n = d.dateAt(stocktake.DateOf(x))
		d.day[x] = n
	}
	return n
}

func (d *daysOf) wordAt(w string) int {
	n, ok := d.word[w]
	if !ok {
		n = len(d.words)
		d.words = append(d.words, w)
		d.word[w] = n
	}
	return n
}

// turn writes the five numbers of a turn, with a comma before each.
func (d *daysOf) turn(b []byte, t *record.Turn) []byte {
	flags := turnBound*int(t.Bound+1) + turnInForce*int(t.InForce+1)
	for _, f := range [...]struct {
		set bool
		bit int
	}{{t.Unsure, turnUnsure}, {t.Open, turnOpen}, {t.Settled, turnSettled}, {t.Derived, turnDerived}, {t.Acted, turnActed}} {
		if f.set {
			flags |= f.bit
		}
	}
	for _, n := range [...]int{d.dayAt(t.From), d.wordAt(t.Word), d.dateAt(t.Since), d.dateAt(t.Ends), flags} {
		b = strconv.AppendInt(append(b, ','), int64(n), 10)
	}
	return b
}

// done writes what turns refer to, and ends the object.
func (d *daysOf) done() []byte {
	d.field("dates")
	d.b = append(d.b, "[null"...)
	for _, x := range d.dates {
		d.b = append(d.b, ',')
		if x.Exact() && len(x.String()) == len("2018-12-19") {
			d.text(x.String())
			continue
		}
		lo, hi := x.Reach()
		first, last := "", "~"
		if lo != stocktake.MinDay {
			first = stocktake.DateOf(lo).String()
		}
		if hi != stocktake.MaxDay {
			last = stocktake.DateOf(hi).String()
		}
		for i, s := range [...]string{x.String(), dateWords(x), onDate(x), first, last} {
			d.b = append(d.b, "[,,,,"[i])
			d.text(s)
		}
		d.b = append(d.b, ']')
	}
	d.b = append(d.b, ']')
	d.field("words")
	d.b = append(d.b, '[')
	for i, w := range d.words {
		if i > 0 {
			d.b = append(d.b, ',')
		}
		d.b = append(d.b, d.means[w]...)
	}
	return append(d.b, "]}"...)
}

// lawWords describes the words of the law at the head, as indexes do.
func (q *request) lawWords() map[string][]byte {
	list, _ := remember(&q.s.memos, "words "+itoa(q.at.Head), func() (map[string][]byte, error) {
		law := q.s.rec.Law(q.at.Head)
		list := map[string][]byte{}
		for _, w := range law.Words() {
			g := q.newGroup(law, w.Word)
			b := appendText([]byte{'['}, w.Word)
			b = appendText(append(b, ','), g.Class)
			b = append(b, map[bool]string{false: ",0,", true: ",1,"}[g.Out]...)
			list[w.Word] = append(appendText(b, g.Means), ']')
		}
		return list, nil
	})
	return list
}

// daysScript makes of an index the file that a page loads: a call, as browsers refuse to read data beside a page that was opened from a disk.
func daysScript(index []byte) []byte {
	return slices.Concat([]byte("stocktakeDays("), index, []byte(");\n"))
}
