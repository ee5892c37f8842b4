package figures_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/figures"
)

// TestEverySeriesIsTheFilesOwn: of the other data sets, the figures of each series, party, counterpart and period are what a plain loop over
// the file adds up, from the newest table that has the period.
func TestEverySeriesIsTheFilesOwn(t *testing.T) {
	w := newWorld(t, "")
	for _, set := range []string{"missing-migrants", "remittances", "gdp-population", "migrant-stock-undesa"} {
		w.load(t, set)
	}
	at := w.now()
	for _, s := range w.List(at) {
		type sum struct {
			value     float64
			seen, any bool
		}
		want, covered := map[string]sum{}, map[string]bool{}
		for _, v := range s.Vintages {
			tab, _ := w.Record().Table(v.Table, at)
			src, _, _ := w.Record().Source(v.Source, at.Head)
			head, list := rows(t, shared(t, src.Copy.Name))
			how := tab.Series[slices.IndexFunc(tab.Series, func(x stocktake.TableSeries) bool { return x.Series == s.Series })]
			name := map[string]string{}
			for _, p := range tab.Places {
				if name[p.Code] = string(p.Party); p.Party == "" {
					name[p.Code] = tab.Codes + ":" + p.Code
				}
			}
			here := map[string]bool{}
			for _, r := range list {
				period := r[head[how.Period]]
				here[period] = true
				if covered[period] {
					continue
				}
				k := "| |" + period
				if how.Party != "" {
					k = name[r[head[how.Party]]] + k
				}
				if how.Counterpart != "" {
					k += "|" + name[r[head[how.Counterpart]]]
				}
				x := want[k]
				x.seen = true
				cell := "1"
				if !how.Count {
					cell = r[head[how.Value]]
				}
				if cell != "" && !slices.Contains(how.Missing, cell) {
					n, err := strconv.ParseFloat(cell, 64)
					if err != nil {
						t.Fatal(err)
					}
					x.value, x.any = x.value+n, true
				}
				want[k] = x
			}
			for p := range here {
				covered[p] = true
			}
		}
		n := 0
		err := w.Each(t.Context(), at, figures.Query{Series: s.Series}, func(r *figures.Row) error {
			n++
			k := r.Party + "| |" + r.Period
			if s.Counterpart {
				k += "|" + r.Counterpart
			}
			if x := want[k]; !x.seen || x.any != (r.Value != nil) || x.any && *r.Value != x.value {
				t.Fatalf("%s, %s: %+v, the file says %+v", s.Series, k, r, x)
			}
			return nil
		})
		if err != nil || n != len(want) || n == 0 {
			t.Errorf("%s: %d figures, the files have %d; %v", s.Series, n, len(want), err)
		}
	}
}

func TestLinesAreTheRowsBehindAFigure(t *testing.T) {
	w := newWorld(t, "")
	public := strings.Replace(hosts, "codes: iso3", "codes: iso3\n  public: true", 1)
	if err := w.figuresOf(t, public, hostsFile); err != nil {
		t.Fatal(err)
	}
	lines := func(q figures.Query, skip, most int) (string, int) {
		var b strings.Builder
		n, err := w.Lines(t.Context(), w.now(), q, skip, most, func(l *figures.Line) error {
			b.WriteString(strconv.Itoa(l.Line) + ":" + strings.Join(l.Cells, ",") + " ")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return b.String(), n
	}
	for _, c := range []struct {
		q          figures.Query
		skip, most int
		want       string
		n          int
	}{
		{figures.Query{Series: "example/hosted", Party: "DEU", From: "2015", To: "2015"}, 0, 10, "2:DEU,SYR,2015,f,..,7,1.5 3:DEU,SYR,2015,m,10,,2.5 ", 2},
		{figures.Query{Series: "example/women", Party: "DEU", From: "2015", To: "2015"}, 0, 10, "2:DEU,SYR,2015,f,..,7,1.5 ", 1},
		{figures.Query{Series: "example/hosted"}, 6, 10, "8:WLD,SYR,2016,f,1000,1000,1 9:FRA,SYR,2016,m,20,5,1 ", 8},
		{figures.Query{Series: "example/hosted"}, 0, 0, "", 8},
		{figures.Query{Series: "example/hosted", Party: "IND"}, 0, 5, "", 0},
	} {
		if got, n := lines(c.q, c.skip, c.most); got != c.want || n != c.n {
			t.Errorf("%+v: %q of %d, want %q of %d", c.q, got, n, c.want, c.n)
		}
	}
	ext, err := w.Extent(t.Context(), w.at("2016-06-01", "2026-11-24"), "example/hosted")
	if err != nil || strings.Join(ext.Periods, " ") != "2015" || len(ext.Parties) != 1 || ext.Parties[0].ID != "DEU" || ext.Counterparts[0].ID != "SYR" {
		t.Errorf("by June 2016: %+v %v", ext, err)
	}
	ext, err = w.Extent(t.Context(), w.now(), "example/hosted")
	if err != nil || len(ext.Parties) != 3 || ext.Parties[2] != (figures.Place{ID: "iso3:WLD", Name: "WLD", Kind: "aggregate"}) {
		t.Errorf("%+v %v", ext, err)
	}
}

// BenchmarkReadPopulation reads UNHCR's largest table from its copy; BenchmarkAskPopulation asks it once it is in memory.
func BenchmarkReadPopulation(b *testing.B) {
	w := newWorld(b, "")
	w.load(b, "unhcr-refugee-statistics")
	for b.Loop() {
		f := figures.New(w.Record(), w.Blobs(), 0)
		if _, err := f.Ask(b.Context(), w.now(), figures.Query{Series: "unhcr/refugees", Party: "DEU", From: "2015", To: "2015", Over: figures.All}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAskPopulation(b *testing.B) {
	w := newWorld(b, "")
	w.load(b, "unhcr-refugee-statistics")
	for b.Loop() {
		if _, err := w.Ask(b.Context(), w.now(), figures.Query{Series: "unhcr/refugees", Party: "DEU", Over: figures.Over{Counterparts: true}}); err != nil {
			b.Fatal(err)
		}
	}
}
