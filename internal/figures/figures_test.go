package figures_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"stocktake"
	"stocktake/internal/figures"
)

// TestEachEditionOfTheStockAnswersForItsOwnKnown: every row of both editions is the answer at the end of its year of publication, and the
// later one takes over the periods that it covers, on both databases.
func TestEachEditionOfTheStockAnswersForItsOwnKnown(t *testing.T) {
	dir := shared(t, "migrant-stock-undesa")
	h19, r19 := rows(t, filepath.Join(dir, "undesa2019_stock_by_origin.csv.gz"))
	h20, r20 := rows(t, filepath.Join(dir, "undesa2020_stock.csv.gz"))
	backends(t, func(t *testing.T, w *world) {
		w.load(t, "migrant-stock-undesa")
		all := func(known string) map[string]figures.Row {
			m := map[string]figures.Row{}
			err := w.Each(t.Context(), w.at("2026-11-24", known), figures.Query{Series: "desa/migrant-stock"}, func(r *figures.Row) error {
				k := r.Party + " " + r.Counterpart + " " + r.Period
				if _, twice := m[k]; twice {
					return fmt.Errorf("%s is there twice", k)
				}
				m[k] = *r
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		if _, err := w.Ask(t.Context(), w.at("2026-11-24", "2019-12-30"), figures.Query{Series: "desa/migrant-stock"}); stocktake.KindOf(err) != stocktake.NotFound {
			t.Errorf("before the first edition: %v", err)
		}
		names := map[string]string{}
		tab, _ := w.Record().Table("desa-migrant-stock-2019", w.now())
		for _, p := range tab.Places {
			if names[p.Code] = string(p.Party); p.Party == "" {
				names[p.Code] = "name:" + p.Code
			}
		}
		codes := map[string]string{}
		tab, _ = w.Record().Table("desa-migrant-stock-2020", w.now())
		for _, p := range tab.Places {
			if codes[p.Code] = string(p.Party); p.Party == "" {
				codes[p.Code] = "iso3:" + p.Code
			}
		}
		check := func(got map[string]figures.Row, k, value, vintage string) {
			t.Helper()
			want, _ := strconv.ParseFloat(value, 64)
			if r, ok := got[k]; !ok || r.Value == nil || *r.Value != want || r.Vintage != vintage || r.Source != "desa-migrant-stock-"+vintage || r.Unit != "persons" {
				t.Fatalf("%s: %+v, want %s of %s", k, r, value, vintage)
			}
		}
		first, second := all("2019-12-31"), all("2020-12-31")
		only2019 := 0
		for _, r := range r19 {
			k := names[r[h19["destination_name"]]] + " " + names[r[h19["origin_name"]]] + " " + r[h19["year"]]
			check(first, k, r[h19["stock"]], "2019")
			if r[h19["year"]] == "2019" {
				check(second, k, r[h19["stock"]], "2019")
				only2019++
			}
		}
		for _, r := range r20 {
			check(second, codes[r[h20["destination_iso3"]]]+" "+codes[r[h20["origin_iso3"]]]+" "+r[h20["year"]], r[h20["stock"]], "2020")
		}
		if len(first) != len(r19) || len(second) != len(r20)+only2019 || only2019 == 0 {
			t.Errorf("%d and %d figures; the files hold %d, and %d with %d of 2019", len(first), len(second), len(r19), len(r20), only2019)
		}
		if v := *first["IND BGD 2015"].Value; v != 3155579 || *second["IND BGD 2015"].Value != 2660632 {
			t.Errorf("Bangladesh to India in 2015: %v", v)
		}
	})
}

const hosts = `
mapping: hosts
source: {id: hosts, title: People hosted (a stand-in), publisher: Example, address: "https://figures.example.org", licence: CC0-1.0}
figures:
  codes: iso3
  places: {WLD: aggregate, UNK: unknown}
  by: [sex]
  series:
    - {id: example/hosted, title: People hosted, unit: persons, value: hosted, party: where, counterpart: from, period: year, times: year-end, adds: places, missing: [".."], rounded: 5}
    - {id: example/arrived, title: People who arrived, unit: persons, value: arrived, party: where, counterpart: from, period: year, times: year, adds: all}
    - {id: example/price, title: A price, unit: percent, value: price, party: where, counterpart: from, period: year, times: year, adds: none}
    - {id: example/women, title: Women, unit: persons, value: hosted, party: where, counterpart: from, period: year, times: year-end, adds: places, missing: [".."], where: {sex: f}}
    - {id: example/lines, title: Lines, unit: events, count: true, party: where, period: year, times: year, adds: all}
`

const hostsFile = `where,from,year,sex,hosted,arrived,price
DEU,SYR,2015,f,..,7,1.5
DEU,SYR,2015,m,10,,2.5
DEU,SYR,2016,f,5,1,1
DEU,AFG,2016,f,0,2,1
DEU,ERI,2016,f,,3,1
DEU,UNK,2016,f,100,4,1
WLD,SYR,2016,f,1000,1000,1
FRA,SYR,2016,m,20,5,1
`

func stated(r figures.Row) string {
	v := "null"
	if r.Value != nil {
		v = strconv.FormatFloat(*r.Value, 'f', -1, 64)
	}
	return fmt.Sprintf("%s %s %s %s %s %d/%d", r.Party, r.Counterpart, r.Period, v, r.State, r.NotReported, r.Rows)
}

func (w *world) ask(t testing.TB, q figures.Query) string {
	t.Helper()
	list, err := w.Ask(t.Context(), w.now(), q)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, r := range list {
		b.WriteString(stated(r) + "\n")
	}
	return b.String()
}

func TestNotReportedZeroAndRoundedAreThreeThings(t *testing.T) {
	w := newWorld(t, "")
	if err := w.figuresOf(t, hosts, hostsFile); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		q    figures.Query
		want string
	}{
		{figures.Query{Series: "example/hosted", Party: "DEU", Counterpart: "SYR"}, "DEU SYR 2015 10 partly 1/2\nDEU SYR 2016 5 rounded 0/1\n"},
		{figures.Query{Series: "example/hosted", Party: "DEU", Counterpart: "AFG"}, "DEU AFG 2016 0 zero 0/1\n"},
		{figures.Query{Series: "example/hosted", Party: "DEU", Counterpart: "ERI"}, "DEU ERI 2016 null not-reported 1/1\n"},
		{figures.Query{Series: "example/hosted", Party: "DEU", Counterpart: "IND"}, ""},
		{figures.Query{Series: "example/hosted", Party: "DEU", Counterpart: "IND", Over: figures.All}, "DEU IND  null no-row 0/0\n"},
		{figures.Query{Series: "example/women", Party: "DEU", From: "2015", To: "2015"}, "DEU SYR 2015 null not-reported 1/1\n"},
		{figures.Query{Series: "example/women", Party: "FRA"}, ""},
		{figures.Query{Series: "example/hosted", From: "2016", To: "2016", Over: figures.All}, "  2016 125 partly 1/5\n"},
		{figures.Query{Series: "example/hosted", Party: "iso3:WLD", From: "2016", To: "2016", Over: figures.All}, "iso3:WLD  2016 1000 reported 0/1\n"},
		{figures.Query{Series: "example/hosted", Party: "DEU", Counterpart: "iso3:UNK"}, "DEU iso3:UNK 2016 100 reported 0/1\n"},
		{figures.Query{Series: "example/arrived", Party: "DEU", Over: figures.All}, "DEU  2015/2016 17 partly 1/6\n"},
		{figures.Query{Series: "example/lines", Over: figures.Over{Periods: true}}, "DEU  2015/2016 6 reported 0/6\nFRA  2016 1 reported 0/1\niso3:WLD  2016 1 reported 0/1\n"},
	} {
		if got := w.ask(t, c.q); got != c.want {
			t.Errorf("%+v\ngot\n%swant\n%s", c.q, got, c.want)
		}
	}
}

func TestWhatCannotBeAddedIsRefused(t *testing.T) {
	w := newWorld(t, "")
	if err := w.figuresOf(t, hosts, hostsFile); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		q    figures.Query
		want string
	}{
		{figures.Query{Series: "example/hosted", Over: figures.All}, "example/hosted is a state of things at one time: figures of several periods cannot be added up (ask for one period, such as 2016)"},
		{figures.Query{Series: "example/price", From: "2016", To: "2016", Over: figures.All}, "example/price is a rate or a price: its figures cannot be added up"},
		{figures.Query{Series: "example/lines", Counterpart: "SYR"}, "example/lines tells of no counterpart (leave the counterpart out)"},
		{figures.Query{Series: "example/host"}, `there is no series "example/host" in this record, as known by then (did you mean example/hosted?`},
	} {
		if got := w.ask(t, c.q); !strings.Contains(got, c.want) {
			t.Errorf("%+v: %s, want %s", c.q, got, c.want)
		}
	}
	if got := w.ask(t, figures.Query{Series: "example/price", Party: "DEU", Counterpart: "SYR", From: "2016", To: "2016", Over: figures.All}); got != "DEU SYR 2016 1 reported 0/1\n" {
		t.Errorf("one figure needs no adding: %s", got)
	}
}

// TestPointsAreWhatASideSaysByTheDay: for stocktakes.
func TestPointsAreWhatASideSaysByTheDay(t *testing.T) {
	w := newWorld(t, "")
	if err := w.figuresOf(t, hosts, hostsFile); err != nil {
		t.Fatal(err)
	}
	points := func(on, series, side, party string, most int) string {
		f, err := w.Points(t.Context(), w.at(on, "2026-11-24"), stocktake.SeriesID(series), side, stocktake.PartyID(party), most)
		if err != nil {
			return err.Error()
		}
		s := f.Title + " " + f.Unit
		for _, p := range f.Points {
			v := "null"
			if p.Value != nil {
				v = strconv.FormatFloat(*p.Value, 'f', -1, 64)
			}
			s += fmt.Sprintf(", %s %s %d", p.Period, v, p.Rounded)
		}
		return s
	}
	for _, c := range [][2]string{
		{points("2026-11-24", "example/hosted", "party", "DEU", 0), "People hosted persons, 2015 10 0, 2016 105 5"},
		{points("2026-11-24", "example/hosted", "party", "DEU", 1), "People hosted persons, 2016 105 5"},
		{points("2016-12-30", "example/hosted", "party", "DEU", 0), "People hosted persons, 2015 10 0"},
		{points("2026-11-24", "example/hosted", "counterpart", "SYR", 0), "People hosted persons, 2015 10 0, 2016 25 5"},
		{points("2026-11-24", "example/lines", "counterpart", "SYR", 0), "Lines events"},
		{points("2026-11-24", "example/hosted", "party", "IND", 0), "People hosted persons"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %s, want %s", c[0], c[1])
		}
	}
	if f, err := w.Points(t.Context(), w.at("2026-11-24", "2020-01-01"), "example/hosted", "party", "DEU", 0); err != nil || len(f.Points) != 0 {
		t.Errorf("before it could be known: %v %v", f, err)
	}
	if got := points("2026-11-24", "example/none", "party", "DEU", 0); !strings.Contains(got, "there is no series") {
		t.Errorf("a series that is not there: %s", got)
	}
	if got := points("2026-11-24", "example/price", "party", "DEU", 0); !strings.Contains(got, "cannot be added up") {
		t.Errorf("a price over several counterparts: %s", got)
	}
}

// TestATableOfTheYearThatIsRunning: it tells of the months before it came out, from the day on which it came out.
func TestATableOfTheYearThatIsRunning(t *testing.T) {
	w := newWorld(t, "")
	m := strings.Replace(hosts, "licence: CC0-1.0", `licence: CC0-1.0, published: "2026-05-06"`, 1)
	m = strings.Replace(m, "codes: iso3", "codes: iso3\n  ahead: true", 1)
	if err := w.figuresOf(t, m, "where,from,year,sex,hosted,arrived,price\nDEU,SYR,2025,f,1,1,1\nDEU,SYR,2026,f,2,2,1\nDEU,SYR,2030,f,3,3,1\n"); err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]int{"2025-12-30": 0, "2025-12-31": 1, "2026-05-05": 1, "2026-05-06": 2, "2030-12-30": 2, "2030-12-31": 3} {
		list, err := w.Ask(t.Context(), w.at(on, "2031-01-01"), figures.Query{Series: "example/arrived"})
		if err != nil || len(list) != want {
			t.Errorf("on %s: %v %v, want %d", on, list, err, want)
		}
	}
}

func TestACopyThatIsNotHereIsSaidWithItsHash(t *testing.T) {
	w := newWorld(t, "")
	if err := w.figuresOf(t, hosts, hostsFile); err != nil {
		t.Fatal(err)
	}
	tab, _ := w.Record().Table("hosts-2026-11-23", w.now())
	src, _, _ := w.Record().Source(tab.Source, w.Record().Head())
	path := filepath.Join(w.files, src.Copy.SHA256[:2], src.Copy.SHA256[2:])
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err = w.Ask(t.Context(), w.now(), figures.Query{Series: "example/hosted"})
	if stocktake.KindOf(err) != stocktake.NotFound || !strings.Contains(err.Error(), "not here: SHA-256 "+src.Copy.SHA256) || !strings.Contains(err.Error(), "https://figures.example.org") || !strings.Contains(err.Error(), "private") {
		t.Errorf("%v", err)
	}
	if len(w.List(w.now())) != 5 {
		t.Error("the list needs no file")
	}
	damaged := []byte(strings.Replace(string(kept), "100", "900", 1))
	if err := os.WriteFile(path, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Ask(t.Context(), w.now(), figures.Query{Series: "example/hosted"}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a changed copy answers: %v", err)
	}
	if err := os.WriteFile(path, kept, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := w.ask(t, figures.Query{Series: "example/hosted", Party: "FRA"}); got != "FRA SYR 2016 20 reported 0/1\n" {
		t.Errorf("once it is back: %s", got)
	}
}

// slowFiles lets a test hold up reading, and counts it.
type slowFiles struct {
	figures.Files
	gate  chan struct{}
	mu    sync.Mutex
	count int
}

func (s *slowFiles) Open(ctx context.Context, sum string) (io.ReadCloser, int64, error) {
	s.mu.Lock()
	s.count++
	s.mu.Unlock()
	<-s.gate
	return s.Files.Open(ctx, sum)
}

func TestTwoReadersReadATableOnce(t *testing.T) {
	w := newWorld(t, "")
	if err := w.figuresOf(t, hosts, hostsFile); err != nil {
		t.Fatal(err)
	}
	s := &slowFiles{Files: w.Blobs(), gate: make(chan struct{})}
	f := figures.New(w.Record(), s, 0)
	at := w.now()
	gone, cancel := context.WithCancel(t.Context())
	first := make(chan error)
	go func() {
		_, err := f.Ask(gone, at, figures.Query{Series: "example/hosted"})
		first <- err
	}()
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the reader who went away: %v", err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if list, err := f.Ask(t.Context(), at, figures.Query{Series: "example/hosted"}); err != nil || len(list) != 7 {
				t.Errorf("%d %v", len(list), err)
			}
		})
	}
	close(s.gate)
	group.Wait()
	if s.count != 1 {
		t.Errorf("the file was read %d times", s.count)
	}
}

// TestTheShelfKeepsToItsRoom: what was asked for longest ago goes first, and comes again when it is asked for.
func TestTheShelfKeepsToItsRoom(t *testing.T) {
	w := newWorld(t, "")
	for _, id := range []string{"a", "b", "c"} {
		m := strings.NewReplacer("mapping: hosts", "mapping: hosts-"+id, "id: hosts,", "id: hosts-"+id+",", "example/", id+"/").Replace(hosts)
		if err := w.figuresOf(t, m, hostsFile+"FRA,AFG,2016,"+id+",1,1,1\n"); err != nil {
			t.Fatal(err)
		}
	}
	s := &slowFiles{Files: w.Blobs(), gate: make(chan struct{})}
	close(s.gate)
	f := figures.New(w.Record(), s, 2200) // two tables of some 1,000 bytes
	for i, c := range []struct {
		series string
		read   int
	}{{"a", 1}, {"a", 1}, {"b", 2}, {"a", 2}, {"c", 3}, {"a", 3}, {"b", 4}, {"c", 5}} {
		if _, err := f.Ask(t.Context(), w.now(), figures.Query{Series: stocktake.SeriesID(c.series + "/hosted")}); err != nil {
			t.Fatal(err)
		}
		if s.count != c.read {
			t.Errorf("step %d, %s: %d files read, want %d", i, c.series, s.count, c.read)
		}
	}
	small := figures.New(w.Record(), w.Blobs(), 100)
	if _, err := small.Ask(t.Context(), w.now(), figures.Query{Series: "a/hosted"}); err == nil || !strings.Contains(err.Error(), "memory") {
		t.Errorf("a table that is larger than the room: %v", err)
	}
}

func TestSpansOfPeriods(t *testing.T) {
	for s, want := range map[string]string{
		"": " ", "2015": "2015 2015", "2015-2020": "2015 2020", "2016Q2": "2016Q2 2016Q2", "2016-04": "2016-04 2016-04", "2016-04-30": "2016-04-30 2016-04-30", "2015/2020": "2015 2020", "../2020": " 2020", "2016Q2/..": "2016Q2 ",
	} {
		from, to, err := figures.ParseSpan(s)
		if err != nil || from+" "+to != want {
			t.Errorf("%q: %q %q %v", s, from, to, err)
		}
	}
	for _, s := range []string{"20222", "15", "2020-2015", "2016Q5", "2016-13", "abcd", "2015/x", "/"} {
		if _, _, err := figures.ParseSpan(s); err == nil {
			t.Errorf("%q is taken for a period", s)
		}
	}
}

// TestASumLosesNothing: parts of very different size are added without loss.
func TestASumLosesNothing(t *testing.T) {
	w := newWorld(t, "")
	m := `
mapping: money
source: {id: money, title: Money (a stand-in), publisher: Example}
figures:
  codes: iso3
  series:
    - {id: example/money, title: Money, unit: usd, value: usd, party: where, period: year, times: year, adds: all, negative: true}
`
	if err := w.figuresOf(t, m, "where,year,usd\nDEU,2015,1e16\nFRA,2015,1\nESP,2015,1\nITA,2015,-1e16\n"); err != nil {
		t.Fatal(err)
	}
	list, err := w.Ask(t.Context(), w.now(), figures.Query{Series: "example/money", Over: figures.All})
	if err != nil || len(list) != 1 || math.Abs(*list[0].Value-2) > 0 {
		t.Errorf("%v %v", list, err)
	}
}

// TestARowTakesNoMoreThan24Bytes of memory, whatever the table.
func TestARowTakesNoMoreThan24Bytes(t *testing.T) {
	w := newWorld(t, "")
	w.load(t, "migrant-stock-undesa")
	f := figures.New(w.Record(), w.Blobs(), 24*75600)
	if _, err := f.Ask(t.Context(), w.now(), figures.Query{Series: "desa/migrant-stock-male", Party: "DEU"}); err != nil {
		t.Error(err)
	}
}
