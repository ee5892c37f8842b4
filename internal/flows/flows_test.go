package flows_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stocktake/internal/flows"
)

// world draws a made world of n places whose truth is known: who was born where, lived where at the beginning, and where at the end. Births and
// deaths follow from it.
func world(t *rapid.T) (*flows.Input, []*flows.Matrix) {
	n := rapid.IntRange(2, 6).Draw(t, "places")
	in := &flows.Input{Start: flows.NewMatrix(n), End: flows.NewMatrix(n), PopStart: make([]float64, n), PopEnd: make([]float64, n), Births: make([]float64, n), Deaths: make([]float64, n)}
	for i := range n {
		in.Places = append(in.Places, string(rune('A'+i)))
	}
	truth := make([]*flows.Matrix, n)
	for i := range n { // birthplace
		truth[i] = flows.NewMatrix(n)
		for j := range n {
			for k := range n {
				most := 50
				if j == k {
					most = 5000
				}
				v := float64(rapid.IntRange(1, most).Draw(t, "moves"))
				truth[i].Set(j, k, v)
				in.Start.V[i*n+j] += v
				in.End.V[i*n+k] += v
				in.PopStart[j] += v
				in.PopEnd[k] += v
			}
		}
	}
	for j := range n { // the dead died evenly, the newborn stay
		share := rapid.Float64Range(0, 0.2).Draw(t, "dead")
		alive := in.PopStart[j]
		in.PopStart[j] = alive / (1 - share)
		in.Deaths[j] = in.PopStart[j] - alive
		for i := range n {
			in.Start.V[i*n+j] /= 1 - share
		}
		in.Births[j] = float64(rapid.IntRange(0, 500).Draw(t, "born"))
		in.PopEnd[j] += in.Births[j]
	}
	return in, truth
}

// twin computes the demographic methods the slow way: a table of origin by destination for each birthplace, fitted in three dimensions.
func twin(in *flows.Input, truth []*flows.Matrix, m flows.Method) *flows.Matrix {
	n := len(in.Places)
	out := flows.NewMatrix(n)
	for i := range n {
		rows, cols := make([]float64, n), make([]float64, n)
		for j := range n {
			for k := range n {
				rows[j] += truth[i].At(j, k)
				cols[k] += truth[i].At(j, k)
			}
		}
		fit := func(stay []float64) *flows.Matrix {
			t := flows.NewMatrix(n)
			r, c := append([]float64(nil), rows...), append([]float64(nil), cols...)
			for j := range n {
				for k := range n {
					t.Set(j, k, 1)
				}
				if stay != nil {
					r[j], c[j] = r[j]-stay[j], c[j]-stay[j]
					t.Set(j, j, 0)
				}
			}
			for range 200 {
				for j := range n {
					s := 0.0
					for k := range n {
						s += t.At(j, k)
					}
					for k := range n {
						if s > 0 {
							t.Set(j, k, t.At(j, k)*r[j]/s)
						}
					}
				}
				for k := range n {
					s := 0.0
					for j := range n {
						s += t.At(j, k)
					}
					for j := range n {
						if s > 0 {
							t.Set(j, k, t.At(j, k)*c[k]/s)
						}
					}
				}
			}
			return t
		}
		stay := make([]float64, n)
		for j := range n {
			stay[j] = min(rows[j], cols[j])
		}
		few, free := fit(stay), fit(nil)
		for j := range n {
			for k := range n {
				if j == k {
					continue
				}
				v := few.At(j, k)
				if m == flows.PseudoBayesian {
					v = flows.StayWeight*few.At(j, k) + (1-flows.StayWeight)*free.At(j, k)
				}
				out.V[j*n+k] += v
			}
		}
	}
	return out
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

// TestDemographicMethodsKnowTheTruth: on made worlds the closed form equals the plain fit in three dimensions, the fewest moves are no more than
// the true ones, and what a place gains by moves is what its population tells.
func TestDemographicMethodsKnowTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, truth := world(t)
		n := len(in.Places)
		total := 0.0
		for i := range n {
			for j := range n {
				for k := range n {
					if j != k {
						total += truth[i].At(j, k)
					}
				}
			}
		}
		for _, m := range []flows.Method{flows.MinimumOpen, flows.MinimumClosed, flows.PseudoBayesian} {
			f, err := flows.Estimate(m, in)
			if err != nil {
				t.Fatalf("%s: %v", m, err)
			}
			want := twin(in, truth, m)
			for k := range want.V {
				if math.Abs(f.Moves.V[k]-want.V[k]) > 1e-6*max(1, want.V[k]) {
					t.Fatalf("%s: cell %d is %v, by the slow way %v", m, k, f.Moves.V[k], want.V[k])
				}
			}
			if m != flows.PseudoBayesian && f.Moves.Total() > total*(1+1e-9) {
				t.Fatalf("%s: %v moves, and in truth %v", m, f.Moves.Total(), total)
			}
			for j := range n {
				net := in.PopEnd[j] - in.PopStart[j] - in.Births[j] + in.Deaths[j]
				got := 0.0
				for k := range n {
					got += f.Moves.At(k, j) - f.Moves.At(j, k)
				}
				if f.In != nil {
					got += f.In[j] - f.Out[j]
				}
				if math.Abs(net-got) > 1e-9*max(1, in.PopEnd[j]) {
					t.Fatalf("%s: %s gains %v by moves, %v by its population", m, in.Places[j], got, net)
				}
				if f.Moves.At(j, j) != 0 {
					t.Fatalf("%s: moves from %s to itself", m, in.Places[j])
				}
			}
		}
	})
}

// TestDifferencingKeepsItsMargins: what grew, less what shrank where that is counted back, is what moved.
func TestDifferencingKeepsItsMargins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, _ := world(t)
		n := len(in.Places)
		drop, err := flows.Estimate(flows.DropNegative, in)
		if err != nil {
			t.Fatal(err)
		}
		rev, err := flows.Estimate(flows.ReverseNegative, in)
		if err != nil {
			t.Fatal(err)
		}
		up, down := 0.0, 0.0
		for i := range n {
			for j := range n {
				if i != j {
					d := in.End.At(i, j) - in.Start.At(i, j)
					up, down = up+max(d, 0), down+max(-d, 0)
				}
			}
		}
		if !near(drop.Moves.Total(), up) || !near(rev.Moves.Total(), up+down) {
			t.Fatalf("%v and %v moves; %v grew and %v shrank", drop.Moves.Total(), rev.Moves.Total(), up, down)
		}
		in.Total = 12345
		rates, err := flows.Estimate(flows.Rates, in)
		if err != nil || !near(rates.Moves.Total(), 12345) {
			t.Fatalf("rates: %v", err)
		}
		list, err := flows.Spreads([]*flows.Flows{drop, rev, rates})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			for _, v := range s.By {
				if v < s.Low || v > s.High {
					t.Fatalf("%+v", s)
				}
			}
		}
	})
}

// TestStocksThatDisagreeAreMatched: numbers of people of a birthplace that differ at the two ends are brought to their mean, with populations kept.
func TestStocksThatDisagreeAreMatched(t *testing.T) {
	in, err := flows.Stocks([]flows.Cell{{"A", "B", 2000, 100}, {"B", "A", 2000, 50}, {"A", "B", 2005, 180}, {"B", "A", 2005, 30}, {"C", "A", 2000, 10}, {"C", "A", 2005, 12}, {"A", "C", 2000, 5}, {"A", "C", 2005, 5}}, 2000, 2005)
	if err != nil {
		t.Fatal(err)
	}
	in.PopStart, in.PopEnd = []float64{1000, 2000, 500}, []float64{1010, 2050, 510}
	in.Births, in.Deaths = []float64{100, 150, 50}, []float64{90, 130, 40}
	f, err := flows.Estimate(flows.MinimumClosed, in)
	if err != nil {
		t.Fatal(err)
	}
	if f.Rounds < 2 || f.Scaled <= 0 {
		t.Errorf("%d rounds, scaled by %v", f.Rounds, f.Scaled)
	}
	for _, v := range f.Moves.V {
		if v < 0 || math.IsNaN(v) {
			t.Errorf("%v people", v)
		}
	}
}

// TestFitKeepsItsMargins: matched stocks have the populations that they came with, and both the same number of people of each birthplace, to 1e-9.
func TestFitKeepsItsMargins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, _ := world(t)
		n := len(in.Places)
		for k := range in.End.V { // so that both ends disagree
			in.End.V[k] = math.Round(in.End.V[k] * rapid.Float64Range(0.97, 1.03).Draw(t, "off"))
		}
		a, b, err := flows.Matched(in)
		if err != nil {
			t.Skip(err.Error())
		}
		for j := range n {
			rows, cols := [2]float64{}, [2]float64{}
			for i := range n {
				rows[0], rows[1] = rows[0]+a.At(j, i), rows[1]+b.At(j, i)
				cols[0], cols[1] = cols[0]+a.At(i, j), cols[1]+b.At(i, j)
			}
			if !near(rows[0], rows[1]) {
				t.Fatalf("born in %s: %v and %v", in.Places[j], rows[0], rows[1])
			}
			mean := (a.Total() + b.Total()) / 2
			alive, stayed := in.PopStart[j]-in.Deaths[j], in.PopEnd[j]-in.Births[j]
			ta, tb := 0.0, 0.0
			for k := range n {
				ta, tb = ta+in.PopStart[k]-in.Deaths[k], tb+in.PopEnd[k]-in.Births[k]
			}
			if !near(cols[0], alive*mean/ta) || !near(cols[1], stayed*mean/tb) {
				t.Fatalf("living in %s: %v and %v", in.Places[j], cols[0], cols[1])
			}
		}
	})
}

// TestWhatCannotBeIsRefused names what and where.
func TestWhatCannotBeIsRefused(t *testing.T) {
	fresh := func() *flows.Input {
		in, err := flows.Stocks([]flows.Cell{{"A", "B", 2000, 100}, {"B", "A", 2000, 50}, {"A", "B", 2005, 180}, {"B", "A", 2005, 30}}, 2000, 2005)
		if err != nil {
			t.Fatal(err)
		}
		in.PopStart, in.PopEnd, in.Births, in.Deaths = []float64{1000, 2000}, []float64{1010, 2050}, []float64{100, 150}, []float64{90, 130}
		return in
	}
	for _, x := range []struct {
		name, want string
		m          flows.Method
		spoil      func(*flows.Input)
	}{
		{"negative", "born in A who live in B is -1", flows.DropNegative, func(in *flows.Input) { in.Start.Set(0, 1, -1) }},
		{"no number", "NaN", flows.ReverseNegative, func(in *flows.Input) { in.End.Set(0, 1, math.NaN()) }},
		{"endless", "+Inf", flows.ReverseNegative, func(in *flows.Input) { in.End.Set(1, 0, math.Inf(1)) }},
		{"no total", "shares out a total", flows.Rates, func(*flows.Input) {}},
		{"no births", "needs births", flows.MinimumOpen, func(in *flows.Input) { in.Births = nil }},
		{"deaths", "deaths, and a population of 1000", flows.MinimumClosed, func(in *flows.Input) { in.Deaths[0] = 2000 }},
		{"births", "born there", flows.MinimumClosed, func(in *flows.Input) { in.Births[1] = 1e6 }},
		{"population", "its population is 20", flows.PseudoBayesian, func(in *flows.Input) { in.PopStart[0] = 20; in.Deaths[0] = 0 }},
		{"unit", "differ by", flows.MinimumClosed, func(in *flows.Input) { in.PopEnd[0] *= 3 }},
		{"twice", "there twice", flows.DropNegative, func(in *flows.Input) { in.Places[1] = "A" }},
		{"shape", "not 2 by 2", flows.DropNegative, func(in *flows.Input) { in.End = flows.NewMatrix(3) }},
	} {
		in := fresh()
		x.spoil(in)
		if _, err := flows.Estimate(x.m, in); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
	for text, want := range map[string]string{
		"origin,destination,year,stock\nA,B,20222,1\n":            "row 2: \"20222\" is no year",
		"origin,destination,year,stock\nA,B,2000,-1\n":            "no number of persons",
		"origin,destination,year,stock\nA,B,2000,1\nA,B,2000,2\n": "there twice; before in row 2",
		"origin,place,year,stock\n":                               "no column is headed destination_iso3",
	} {
		if _, err := flows.ReadTable("t.csv", strings.NewReader(text), flows.StockColumns); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), ", row", ": row"), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

const data = "../../../shared/data"

func read(t testing.TB, c flows.Columns, path ...string) []flows.Cell {
	t.Helper()
	name := filepath.Join(append([]string{data}, path...)...)
	f, err := os.Open(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("no real data here: %v", err)
	}
	defer f.Close()
	cells, err := flows.ReadTable(name, f, c)
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// TestStockDifferencingEqualsThePublishedFlows holds every cell of six periods to those that Abel and Cohen published: equal within one person, or with a
// named cause.
func TestStockDifferencingEqualsThePublishedFlows(t *testing.T) {
	stocks := read(t, flows.StockColumns, "migrant-stock-undesa", "undesa2020_stock.csv.gz")
	for _, m := range []flows.Method{flows.DropNegative, flows.ReverseNegative} {
		for _, joins := range [][]flows.Join{nil, flows.Joins()} {
			published := read(t, flows.FlowColumns, "migration-flows-abel-cohen", "total_"+string(m)+".csv.gz")
			cells, equal, caused := 0, 0, 0
			for y := 1990; y < 2020; y += 5 {
				in, err := flows.Stocks(flows.Joined(stocks, y, joins), y, y+5)
				if err != nil {
					t.Fatal(err)
				}
				f, err := flows.Estimate(m, in)
				if err != nil {
					t.Fatal(err)
				}
				a := flows.Agree(f, published, y, flows.Causes())
				cells, equal = cells+a.Cells, equal+a.Equal
				for _, n := range a.ByCause {
					caused += n
				}
				for _, d := range a.Others {
					t.Errorf("%s %d: %s to %s is %.0f, published %.0f, and nothing says why", m, y, d.From, d.To, d.Ours, d.Theirs)
				}
			}
			share := float64(equal) / float64(cells)
			t.Logf("%s, %d joins: %d of %d cells within one person (%.2f %%), %d with a named cause", m, len(joins), equal, cells, share*100, caused)
			if share < 0.979 || equal+caused != cells {
				t.Errorf("%s: %.4f of the cells are equal", m, share)
			}
		}
	}
}

// TestRatesShareOutAsPublished: with the published total, which is the method's input and is in no other data here, the shares are those published.
func TestRatesShareOutAsPublished(t *testing.T) {
	stocks := read(t, flows.StockColumns, "migrant-stock-undesa", "undesa2020_stock.csv.gz")
	published := read(t, flows.FlowColumns, "migration-flows-abel-cohen", "total_mig_rate.csv.gz")
	for y := 1990; y < 2020; y += 5 {
		in, err := flows.Stocks(stocks, y, y+5)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range published {
			if c.Year == y {
				in.Total += c.Value
			}
		}
		f, err := flows.Estimate(flows.Rates, in)
		if err != nil {
			t.Fatal(err)
		}
		if a := flows.Agree(f, published, y, flows.Causes()); a.R < 0.99 {
			t.Errorf("%d: correlation %.4f", y, a.R)
		}
	}
}
