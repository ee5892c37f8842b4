package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/builtin"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
)

// question asks a record as a page does, without a page.
func question(l *ledger.Ledger, on stocktake.Day) *request {
	s := &site{l: l, rec: l.Record(), opt: Options{Now: func() time.Time { return testNow }, Log: slog.Default()}, looks: theLooks(), kept: newCache(1 << 20)}
	return &request{ctx: context.Background(), s: s, form: formHTML, at: stocktake.At{On: on, Known: testNow, Head: l.Record().Head()}}
}

// readDays is an index as a program reads it.
type readDays struct {
	Of      string
	ID      string
	Courses [][]any
	Rows    [][]any
	Dates   []any
	Words   [][]any
	Adopted [][]any
	Votes   [][]any
}

func readIndex(t *testing.T, b []byte) *readDays {
	t.Helper()
	d := new(readDays)
	if err := json.Unmarshal(b, d); err != nil {
		t.Fatalf("the index is no JSON: %v\n%.300s", err, b)
	}
	return d
}

// date is the text of a date of the index.
func (d *readDays) date(n int) string {
	switch x := d.Dates[n].(type) {
	case string:
		return x
	case []any:
		return x[0].(string)
	}
	return ""
}

// turn is the turn of a list, beginning after its name, that holds on a day, in the words of standingLine.
func (d *readDays) turn(list []any, on string) string {
	n := func(i int) int { return int(list[i].(float64)) }
	i := 1
	for i+5 < len(list) && d.date(n(i+5)) <= on {
		i += 5
	}
	return d.line(n(i+1), n(i+2), n(i+3), n(i+4))
}

func (d *readDays) line(word, since, ends, flags int) string {
	var notes []string
	for i, what := range []string{"unsure", "open", "settled", "derived", "acted"} {
		if flags>>i&1 == 1 {
			notes = append(notes, what)
		}
	}
	truth := []string{"not known", "no", "yes"}
	return fmt.Sprintf("%s; since %s; ends %s; bound %s; in force %s; %s", d.Words[word][0], d.date(since), d.date(ends), truth[flags>>5&3], truth[flags>>7&3], strings.Join(notes, " "))
}

// standingLine is what an index should say of a standing.
func standingLine(s *stocktake.Standing) string {
	var notes []string
	add := func(what string, is bool) {
		if is {
			notes = append(notes, what)
		}
	}
	add("unsure", s.Unsure)
	add("open", slices.ContainsFunc(s.Conflicts, func(c stocktake.Clash) bool { return c.Follows == "" }))
	add("settled", slices.ContainsFunc(s.Conflicts, func(c stocktake.Clash) bool { return c.Follows != "" }))
	add("derived", slices.ContainsFunc(s.Caveats, func(c string) bool { return strings.HasPrefix(c, "Derived from membership") }))
	add("acted", len(s.Acts) > 0)
	return fmt.Sprintf("%s; since %s; ends %s; bound %s; in force %s; %s", s.Standing, dateText(s.Since), dateText(s.Ends), answerWord(s.Bound), answerWord(s.InForce), strings.Join(notes, " "))
}

// compareDays asks the indexes of all described instruments and the record for where everybody stood on some days.
func compareDays(t *testing.T, l *ledger.Ledger, days []stocktake.Day) {
	q := question(l, 0)
	indexes := map[stocktake.InstrumentID]*readDays{}
	var ids []stocktake.InstrumentID
	for _, in := range q.described() {
		if in.Kind == stocktake.StatementKind {
			continue
		}
		b, err := q.instrumentDays(in)
		if err != nil {
			t.Fatal(err)
		}
		indexes[in.ID] = readIndex(t, b)
		ids = append(ids, in.ID)
	}
	bad := 0
	for _, on := range days {
		q := question(l, on)
		day := q.at.OnString()
		got := map[string]string{}
		for id, d := range indexes {
			for _, c := range d.Courses {
				line := d.turn(c, day)
				for p := range strings.SplitSeq(c[0].(string), " ") {
					got[string(id)+" "+p] = line
				}
			}
		}
		n := 0
		err := q.s.rec.Standings(q.ctx, q.at, record.Filter{Instruments: ids}, func(s stocktake.Standing) error {
			n++
			q.past(&s)
			if g, want := got[string(s.Instrument)+" "+string(s.Party)], standingLine(&s); g != want {
				if bad++; bad <= 10 {
					t.Errorf("%s towards %s on %s:\n  index:  %s\n  record: %s", s.Party, s.Instrument, day, g, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n != len(got) {
			t.Errorf("on %s the indexes tell of %d standings, the record of %d", day, len(got), n)
		}
	}
	if bad > 10 {
		t.Errorf("and %d more", bad-10)
	}
}

// turning lists days on which something changes, and the days before them, n of them at random.
func turning(t *testing.T, l *ledger.Ledger, n int) []stocktake.Day {
	q := question(l, 0)
	var days []stocktake.Day
	for _, in := range q.described() {
		err := q.s.rec.Courses(q.ctx, q.at, in.ID, func(c *record.Course) error {
			for _, x := range c.Turns[1:] {
				days = append(days, x.From, x.From-1)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	seed := time.Now().UnixNano()
	t.Logf("days by seed %d", seed)
	rand.New(rand.NewSource(seed)).Shuffle(len(days), func(i, j int) { days[i], days[j] = days[j], days[i] })
	return days[:min(n, len(days))]
}

// TestDays compares indexes of the small record with what the record answers.
func TestDays(t *testing.T) {
	l := small(t)
	compareDays(t, l, append(turning(t, l, 4), stocktake.DayOf(1815, 1, 1), stocktake.DayOf(2026, 11, 25), stocktake.DayOf(2100, 1, 1)))
}

// TestDaysOfTheBuiltInRecord does the same for the whole built-in record, and looks at parties and sizes.
func TestDaysOfTheBuiltInRecord(t *testing.T) {
	if testing.Short() {
		t.Skip("the built-in record takes some seconds to load")
	}
	l, err := openRecord(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := l.LoadExport(context.Background(), builtin.Open(), nil); err != nil {
		t.Fatal(err)
	}
	compareDays(t, l, turning(t, l, 2))
	compareParties(t, l, "USA", "YUG", "SDN", "GBR")
	q := question(l, 0)
	for id, most := range map[string]int{"gcm": 14_000, "paris": 16_000, "crc": 24_000} {
		in, ok := q.s.rec.Instrument(stocktake.InstrumentID(id), q.at.Head)
		if !ok {
			t.Fatalf("no instrument %q", id)
		}
		if b, err := q.instrumentDays(in); err != nil || len(b) > most {
			t.Errorf("the index of %s has %d bytes (%v); %d are enough", id, len(b), err, most)
		}
	}
}

// compareParties compares the indexes of parties with what their pages list.
func compareParties(t *testing.T, l *ledger.Ledger, ids ...stocktake.PartyID) {
	for _, id := range ids {
		q := question(l, 0)
		p, ok := q.s.rec.Party(id, q.at.Head)
		if !ok {
			t.Fatalf("no party %q", id)
		}
		b, err := q.partyDays(p)
		if err != nil {
			t.Fatal(err)
		}
		d := readIndex(t, b)
		for _, day := range []string{"1950-01-01", "1979-11-30", "1991-12-25", "2006-06-15", "2018-12-19", "2026-11-25"} {
			on, _ := stocktake.MustDate(day).Bounds()
			q := question(l, on)
			var all []stocktake.InstrumentID
			for _, s := range q.s.rec.OfParty(q.at, id) {
				if in, ok := q.s.rec.Instrument(s.Instrument, q.at.Head); ok && in.Kind != stocktake.Resolution && in.Kind != stocktake.StatementKind {
					all = append(all, s.Instrument)
				}
			}
			list, err := q.standingsOf(id, all)
			if err != nil {
				t.Fatal(err)
			}
			var got, want []string
			for _, row := range d.Rows {
				line := d.turn(row, day)
				if strings.HasPrefix(line, stocktake.NoActKnown+";") && !strings.Contains(line, "unsure") && !strings.HasSuffix(line, "acted") {
					continue
				}
				got = append(got, row[0].(string)+": "+line)
			}
			for i := range list {
				want = append(want, string(list[i].Instrument)+": "+standingLine(&list[i]))
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s on %s: the index tells of %d standings, the page of %d", id, day, len(got), len(want))
				for _, g := range got {
					if !slices.Contains(want, g) {
						t.Logf("  index: %s", g)
					}
				}
				for _, w := range want {
					if !slices.Contains(got, w) {
						t.Logf("  page:  %s", w)
					}
				}
			}
		}
	}
}

// TestDaysOfParties does the same for indexes of parties.
func TestDaysOfParties(t *testing.T) {
	compareParties(t, small(t), "USA", "YUG", "BRA")
}

// TestSharedDays looks at what all indexes share.
func TestSharedDays(t *testing.T) {
	q := question(small(t), 0)
	b, err := q.sharedDays()
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Parties     map[string][]string
		Instruments map[string][]any
		Tables      [][]any
		Patterns    string
		Swatch      string
	}
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	if p := d.Parties["YUG"]; len(p) != 3 || p[2] == "" {
		t.Errorf("of Yugoslavia the index tells %q", p)
	}
	if len(d.Parties["UNGA"]) > 0 {
		t.Error("an organ is among the parties")
	}
	if in := d.Instruments["gcm"]; len(in) != 2 || d.Tables[int(in[1].(float64))][0] != "Compacts" {
		t.Errorf("of the compact the index tells %v", in)
	}
	names := map[string]string{}
	for id, p := range d.Parties {
		if other, ok := names[p[0]]; ok {
			t.Errorf("%s and %s are both called %q, so that their rows cannot be told apart", id, other, p[0])
		}
		names[p[0]] = id
	}
	for _, want := range []string{`id="map-k-1"`, `id="map-k-9"`, `id="map-k-absent"`} {
		if !strings.Contains(d.Patterns, want) {
			t.Errorf("the patterns lack %s: %.200s", want, d.Patterns)
		}
	}
	if !strings.Contains(d.Swatch, `class="k-1"`) {
		t.Errorf("the swatch is %s", d.Swatch)
	}
	if s := daysScript(b); !bytes.HasPrefix(s, []byte(`stocktakeDays({"of":"shared"`)) || !bytes.HasSuffix(s, []byte("});\n")) {
		t.Errorf("the script is %.60s", s)
	}
	if bytes.ContainsAny(b, "<>&\n") {
		t.Error("the index has characters that could end a script or an attribute")
	}
}

// TestDaysOfAnAdoption looks at what the sentence tells of organs and of the vote, from one day on.
func TestDaysOfAnAdoption(t *testing.T) {
	q := question(small(t), 0)
	in, ok := q.s.rec.Instrument(homeInstrument, q.at.Head)
	if !ok {
		t.Fatalf("no instrument %q", homeInstrument)
	}
	b, err := q.instrumentDays(in)
	if err != nil {
		t.Fatal(err)
	}
	d := readIndex(t, b)
	var got []string
	for _, x := range d.Adopted {
		got = append(got, d.date(int(x[0].(float64)))+" "+x[1].(string))
	}
	for _, x := range d.Votes {
		got = append(got, fmt.Sprint(d.date(int(x[0].(float64))), " ", x[1], " ", x[2], "-", x[3], "-", x[4]))
	}
	all := strings.Join(got, "\n")
	for _, want := range []string{"2018-07-13 finalised by", "2018-12-10 adopted by", "2018-12-19 6140 152-5-12"} {
		if !strings.Contains(all, want) {
			t.Errorf("the index does not tell %q:\n%s", want, all)
		}
	}
}

// BenchmarkDays makes all indexes of the small record.
func BenchmarkDays(b *testing.B) {
	l, err := smallRecord()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		q := question(l, 0)
		for _, in := range q.described() {
			if onPartyPages(in) {
				if _, err := q.instrumentDays(in); err != nil {
					b.Fatal(err)
				}
			}
		}
		for _, p := range q.s.rec.Parties(q.at.Head) {
			if _, err := q.partyDays(p); err != nil {
				b.Fatal(err)
			}
		}
	}
}
