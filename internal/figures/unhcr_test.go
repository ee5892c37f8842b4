package figures_test

import (
	"path/filepath"
	"strconv"
	"testing"

	"stocktake"
	"stocktake/internal/figures"
)

// TestTotalsOfUNHCRAreTheFilesOwn: for every series of every table, the total of each country of asylum and year, and of each country of
// origin and year, is what a plain loop over the file adds up, on both databases.
func TestTotalsOfUNHCRAreTheFilesOwn(t *testing.T) {
	dir := shared(t, "unhcr-refugee-statistics")
	type file struct {
		head map[string]int
		rows [][]string
	}
	files := map[string]file{}
	for _, name := range []string{"population", "flows", "asylum_applications", "asylum_decisions", "demographics", "solutions", "idmc", "unrwa"} {
		h, r := rows(t, filepath.Join(dir, name+".csv.gz"))
		files["unhcr-refugee-statistics/"+name+".csv.gz"] = file{h, r}
	}
	backends(t, func(t *testing.T, w *world) {
		w.load(t, "unhcr-refugee-statistics")
		at := w.now()
		columns := map[string]map[string]bool{}
		for _, s := range w.List(at) {
			tab, ok := w.Record().Table(s.Vintages[0].Table, at)
			if !ok {
				t.Fatalf("no table of %s", s.Series)
			}
			src, _, _ := w.Record().Source(tab.Source, at.Head)
			f, ok := files[src.Copy.Name]
			if !ok || src.Copy.State != "public" || src.Licence != "CC BY 4.0" {
				t.Fatalf("%s is read from %s, %s, %s", s.Series, src.Copy.Name, src.Copy.State, src.Licence)
			}
			var how *stocktake.TableSeries
			for i := range tab.Series {
				if tab.Series[i].Series == s.Series {
					how = &tab.Series[i]
				}
			}
			if columns[src.Copy.Name] == nil {
				columns[src.Copy.Name] = map[string]bool{}
			}
			columns[src.Copy.Name][how.Value] = true
			party := map[string]stocktake.PartyID{}
			for _, p := range tab.Places {
				party[p.Code] = p.Party
				if p.Party == "" {
					party[p.Code] = stocktake.PartyID("unhcr:" + p.Code)
				}
			}
			for _, side := range []struct {
				column string
				over   figures.Over
			}{{"coa", figures.Over{Counterparts: true}}, {"coo", figures.Over{Parties: true}}} {
				type sum struct {
					value     int
					seen, any bool
				}
				want := map[string]sum{}
				for _, row := range f.rows {
					if len(how.Where) > 0 && row[f.head[how.Where[0].Column]] != how.Where[0].Is {
						continue
					}
					k := string(party[row[f.head[side.column]]]) + " " + row[f.head["year"]]
					x := want[k]
					x.seen = true
					if cell := row[f.head[how.Value]]; cell != "" {
						n, err := strconv.Atoi(cell)
						if err != nil {
							t.Fatal(err)
						}
						x.value, x.any = x.value+n, true
					}
					want[k] = x
				}
				got, err := w.Ask(t.Context(), at, figures.Query{Series: s.Series, Over: side.over})
				if err != nil {
					t.Fatal(err)
				}
				if len(got) != len(want) {
					t.Errorf("%s by %s: %d totals, the file has %d", s.Series, side.column, len(got), len(want))
				}
				for _, r := range got {
					k := r.Party + r.Counterpart + " " + r.Period
					x := want[k]
					if !x.seen || x.any != (r.Value != nil) || x.any && *r.Value != float64(x.value) {
						t.Fatalf("%s by %s, %s: %v, the file says %+v", s.Series, side.column, k, r, x)
					}
				}
			}
		}
		for name, f := range files {
			n := 0
			for h := range f.head {
				switch h {
				case "year", "coo_name", "coo", "coo_iso", "coa_name", "coa", "coa_iso", "procedure_type", "app_type", "dec_level", "app_pc", "dec_pc", "pop_type", "location", "loc_type", "acc_type":
				default:
					n++
					if !columns[name][h] {
						t.Errorf("no series is read from column %s of %s", h, name)
					}
				}
			}
			if n == 0 {
				t.Errorf("%s has no columns of figures", name)
			}
		}
	})
}

// TestAUSIsAustria: UNHCR's letters are its own.
func TestAUSIsAustria(t *testing.T) {
	w := newWorld(t, "")
	w.load(t, "unhcr-refugee-statistics")
	for party, want := range map[string]float64{"AUT": 282000, "AUS": 180000} {
		got, err := w.Ask(t.Context(), w.now(), figures.Query{Series: "unhcr/refugees", Party: party, From: "1951", To: "1951", Over: figures.All})
		if err != nil || len(got) != 1 || got[0].Value == nil || *got[0].Value != want {
			t.Errorf("%s in 1951: %v %v, want %v", party, got, err, want)
		}
	}
}
