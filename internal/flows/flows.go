// Package flows estimates how many people moved between places in a period, from how many of each birthplace lived where at its beginning
// and at its end. Nobody counted these moves: every method rests on an assumption, and the methods differ widely.
//
// The methods and their names are those of G. J. Abel and J. E. Cohen, "Bilateral international migration flow estimates for 200 countries",
// Scientific Data 6, 82 (2019), and "Bilateral international migration flow estimates updated and refined by sex", Scientific Data 9, 173
// (2022). The pseudo-Bayesian method is that of J. J. Azose and A. E. Raftery (PNAS 116, 2019).
package flows

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"stocktake"
)

// A Method is a way to estimate flows.
type Method string

// The methods.
const (
	DropNegative    Method = "sd_drop_neg"   // stock differencing: growth of a stock is a move out of the birthplace; shrinking is dropped
	ReverseNegative Method = "sd_rev_neg"    // stock differencing: growth as above; shrinking is a move back to the birthplace
	Rates           Method = "mig_rate"      // a given total of moves, shared out as the stocks are at the beginning
	MinimumOpen     Method = "da_min_open"   // demographic accounting: the fewest moves that explain the change; others come from and go to nowhere named
	MinimumClosed   Method = "da_min_closed" // demographic accounting: the fewest moves that explain the change, among the places alone
	PseudoBayesian  Method = "da_pb_closed"  // demographic accounting: between the fewest moves and moves without any tie to a place
)

// StayWeight is the weight of the fewest moves in the pseudo-Bayesian method, as Azose and Raftery estimated it.
const StayWeight = 0.87

// Methods lists the methods in the order in which tables show them.
func Methods() []Method {
	return []Method{DropNegative, ReverseNegative, Rates, MinimumOpen, MinimumClosed, PseudoBayesian}
}

// ParseMethod reads the name of a method.
func ParseMethod(s string) (Method, error) {
	if slices.Contains(Methods(), Method(s)) {
		return Method(s), nil
	}
	var names []string
	for _, m := range Methods() {
		names = append(names, string(m))
	}
	return "", stocktake.Invalidf("there is no method %q", s).Hinted("methods are %s", strings.Join(names, ", "))
}

// Demographic reports whether the method needs population, births and deaths.
func (m Method) Demographic() bool {
	return m == MinimumOpen || m == MinimumClosed || m == PseudoBayesian
}

// A Matrix has a row and a column for each place, row by row.
type Matrix struct {
	N int
	V []float64
}

// NewMatrix returns a matrix of zeros for n places.
func NewMatrix(n int) *Matrix { return &Matrix{n, make([]float64, n*n)} }

// At returns the cell of row i and column j.
func (m *Matrix) At(i, j int) float64 { return m.V[i*m.N+j] }

// Set sets the cell of row i and column j.
func (m *Matrix) Set(i, j int, v float64) { m.V[i*m.N+j] = v }

// Row returns row i, which belongs to the matrix.
func (m *Matrix) Row(i int) []float64 { return m.V[i*m.N : (i+1)*m.N] }

// Total adds up all cells.
func (m *Matrix) Total() float64 {
	t := 0.0
	for _, v := range m.V {
		t += v
	}
	return t
}

// Input is what flows are estimated from. Persons, by the places in Places. Start and End have a row for each birthplace and a column for each
// place of residence; their diagonals are not read: those who live where they were born are the population less everybody else there.
type Input struct {
	Places     []string
	Start, End *Matrix

	Total            float64   // of all moves of the period, for Rates
	PopStart, PopEnd []float64 // for the demographic methods, as births and deaths
	Births, Deaths   []float64 // of the period, by place
}

// Flows are what a method estimated. Moves has a row for each place of origin and a column for each destination; its diagonal is zero.
type Flows struct {
	Method Method
	Places []string
	Moves  *Matrix

	// In and Out are moves from and to nowhere named, by place; of MinimumOpen alone.
	In, Out []float64
	// Scaled is by how much the two stocks were changed to tell of the same number of people, in parts of it; of the closed methods alone.
	Scaled float64
	// Rounds is how many rounds the fit of the stocks took; of the closed methods alone.
	Rounds int
}

// Estimate estimates flows by a method. What the method needs and the input lacks, and what cannot be (a negative stock, a figure that is
// no number, more deaths than people) is an Invalid fault that says where.
func Estimate(m Method, in *Input) (*Flows, error) {
	if err := in.check(m); err != nil {
		return nil, err
	}
	out := &Flows{Method: m, Places: in.Places, Moves: NewMatrix(len(in.Places))}
	switch m {
	case DropNegative, ReverseNegative:
		differences(in, out.Moves, m == ReverseNegative)
		return out, nil
	case Rates:
		return out, rates(in, out.Moves)
	}
	a, b, err := in.accounts()
	if err != nil {
		return nil, err
	}
	if m == MinimumOpen {
		out.In, out.Out = fewestOpen(a, b, out.Moves)
		return out, nil
	}
	if out.Scaled, out.Rounds, err = match(in.Places, a, b); err != nil {
		return nil, err
	}
	w := 1.0
	if m == PseudoBayesian {
		w = StayWeight
	}
	closed(a, b, w, out.Moves)
	return out, nil
}

func (in *Input) check(m Method) error {
	n := len(in.Places)
	if n < 2 {
		return stocktake.Invalidf("flows need two places at least, and there are %d", n)
	}
	seen := map[string]bool{}
	for _, p := range in.Places {
		if p == "" || seen[p] {
			return stocktake.Invalidf("place %q is there twice, or has no name", p)
		}
		seen[p] = true
	}
	for _, x := range []struct {
		name string
		m    *Matrix
	}{{"at the beginning", in.Start}, {"at the end", in.End}} {
		if x.m == nil || x.m.N != n || len(x.m.V) != n*n {
			return stocktake.Invalidf("the stocks %s are not %d by %d, as there are places", x.name, n, n)
		}
		for i := range n {
			for j := range n {
				if v := x.m.At(i, j); i != j && !(v >= 0 && v <= math.MaxFloat64) {
					return stocktake.Invalidf("the stock %s of people born in %s who live in %s is %v", x.name, in.Places[i], in.Places[j], v).Hinted("a stock is a number of persons, 0 or more")
				}
			}
		}
	}
	if m == Rates && !(in.Total > 0 && in.Total <= math.MaxFloat64) {
		return stocktake.Invalidf("%s shares out a total of moves, and the total is %v", m, in.Total).Hinted("give the total of all moves of the period, with its source")
	}
	if !m.Demographic() {
		return nil
	}
	var missing []string
	for _, x := range in.vectors() {
		if x.v == nil {
			missing = append(missing, x.name)
			continue
		}
		if len(x.v) != n {
			return stocktake.Invalidf("%s are given for %d places, not for %d", x.name, len(x.v), n)
		}
		for i, v := range x.v {
			if !(v >= 0 && v <= math.MaxFloat64) {
				return stocktake.Invalidf("%s of %s: %v", x.name, in.Places[i], v).Hinted("a number of persons, 0 or more")
			}
		}
	}
	if len(missing) > 0 {
		return stocktake.Invalidf("%s needs %s by place", m, strings.Join(missing, ", ")).Hinted("give each as a table with its own source; sd_drop_neg and sd_rev_neg need stocks alone")
	}
	return nil
}

type vector struct {
	name string
	v    []float64
}

func (in *Input) vectors() []vector {
	return []vector{{"population at the beginning", in.PopStart}, {"population at the end", in.PopEnd}, {"births", in.Births}, {"deaths", in.Deaths}}
}

// differences: a stock that grew is a move from the birthplace; one that shrank is a move back, or none.
func differences(in *Input, moves *Matrix, back bool) {
	n := len(in.Places)
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			d := in.End.At(i, j) - in.Start.At(i, j)
			if d > 0 {
				moves.V[i*n+j] += d
			} else if back {
				moves.V[j*n+i] -= d
			}
		}
	}
}

// rates shares a total out in proportion to the stocks at the beginning.
func rates(in *Input, moves *Matrix) error {
	n, all := len(in.Places), 0.0
	for i := range n {
		for j := range n {
			if i != j {
				all += in.Start.At(i, j)
			}
		}
	}
	if all == 0 {
		return stocktake.Invalidf("nobody lives outside the place of birth at the beginning, so that %s has nothing to share out by", Rates)
	}
	for i := range n {
		for j := range n {
			if i != j {
				moves.Set(i, j, in.Start.At(i, j)/all*in.Total)
			}
		}
	}
	return nil
}

// accounts returns the stocks of those who lived through the period: at the beginning without those who died in it, at the end without those
// who were born in it. The dead of a place are shared among birthplaces as its people are at the beginning; the newborn are natives.
func (in *Input) accounts() (a, b *Matrix, err error) {
	n := len(in.Places)
	a, b = NewMatrix(n), NewMatrix(n)
	for _, x := range []struct {
		from, to *Matrix
		pop      []float64
		when     string
	}{{in.Start, a, in.PopStart, "beginning"}, {in.End, b, in.PopEnd, "end"}} {
		for j := range n {
			others := 0.0
			for i := range n {
				if i != j {
					v := x.from.At(i, j)
					x.to.Set(i, j, v)
					others += v
				}
			}
			if others > x.pop[j] {
				return nil, nil, stocktake.Invalidf("%s: at the %s of the period %.0f people born elsewhere live there, and its population is %.0f", in.Places[j], x.when, others, x.pop[j]).Hinted("population and stocks must be of one day and in the same unit")
			}
			x.to.Set(j, j, x.pop[j]-others)
		}
	}
	for j := range n {
		if in.Deaths[j] > in.PopStart[j] {
			return nil, nil, stocktake.Invalidf("%s: %.0f deaths, and a population of %.0f at the beginning", in.Places[j], in.Deaths[j], in.PopStart[j]).Hinted("deaths of the period must be in persons, as the population is")
		}
		if p := in.PopStart[j]; p > 0 {
			keep := (p - in.Deaths[j]) / p
			for i := range n {
				a.V[i*n+j] *= keep
			}
		}
		if in.Births[j] > b.At(j, j) {
			return nil, nil, stocktake.Invalidf("%s: %.0f births, and only %.0f of its people at the end were born there", in.Places[j], in.Births[j], b.At(j, j)).Hinted("births of the period must be in persons, as the population is")
		}
		b.V[j*n+j] -= in.Births[j]
	}
	return a, b, nil
}

// fewestOpen adds up, birthplace by birthplace, the fewest moves that turn a into b. Whoever can have stayed did: a place loses people of a
// birthplace or gains some, never both, so that those who left are shared among the gaining places in closed form. What does not balance
// comes from, or goes to, nowhere named.
func fewestOpen(a, b, moves *Matrix) (in, out []float64) {
	n := a.N
	in, out = make([]float64, n), make([]float64, n)
	gain, loss := make([]float64, n), make([]float64, n)
	for i := range n {
		gains, losses := split(a.Row(i), b.Row(i), gain, loss)
		all := max(gains, losses)
		if all == 0 {
			continue
		}
		share(loss, gain, 1/all, moves)
		for j := range n {
			out[j] += loss[j] * (all - gains) / all
			in[j] += gain[j] * (all - losses) / all
		}
	}
	return in, out
}

// closed adds up, birthplace by birthplace, w parts of the fewest moves that turn a into b and 1-w parts of moves that do not depend on where
// one was. The rows of a and b have the same totals.
func closed(a, b *Matrix, w float64, moves *Matrix) {
	n := a.N
	gain, loss := make([]float64, n), make([]float64, n)
	for i := range n {
		_, losses := split(a.Row(i), b.Row(i), gain, loss)
		if losses > 0 {
			share(loss, gain, w/losses, moves)
		}
		if w == 1 {
			continue
		}
		all := 0.0
		for _, v := range a.Row(i) {
			all += v
		}
		if all > 0 {
			share(a.Row(i), b.Row(i), (1-w)/all, moves)
		}
	}
	for j := range n {
		moves.Set(j, j, 0)
	}
}

// split says what each place gains and loses.
func split(a, b, gain, loss []float64) (gains, losses float64) {
	for j := range a {
		d := b[j] - a[j]
		gain[j], loss[j] = max(d, 0), max(-d, 0)
		gains += gain[j]
		losses += loss[j]
	}
	return gains, losses
}

// share adds from × to × scale to the moves.
func share(from, to []float64, scale float64, moves *Matrix) {
	n := moves.N
	to = to[:n]
	for j, f := range from {
		if f == 0 {
			continue
		}
		f *= scale
		row := moves.V[j*n : j*n+n]
		for k, v := range to {
			row[k] += f * v
		}
	}
}

// match changes both stocks, as little as a proportional fit does, so that they tell of the same people: as many in all, and as many of each
// birthplace, the mean of what both say, with everybody's place of residence kept.
func match(places []string, a, b *Matrix) (scaled float64, rounds int, err error) {
	n := a.N
	ta, tb := a.Total(), b.Total()
	if ta == 0 || tb == 0 {
		return 0, 0, stocktake.Invalidf("nobody lived through the period")
	}
	mean := (ta + tb) / 2
	scaled = math.Abs(ta-tb) / mean
	if scaled > 0.05 {
		return 0, 0, stocktake.Invalidf("of %.0f people at the beginning less deaths, and %.0f at the end less births, both should be the same; they differ by %.1f %%", ta, tb, scaled*100).Hinted("population, births and deaths must be of the same places and the same period, in persons")
	}
	for i := range a.V {
		a.V[i] *= mean / ta
		b.V[i] *= mean / tb
	}
	want := make([]float64, n)
	for i := range n {
		for j := range n {
			want[i] += (a.At(i, j) + b.At(i, j)) / 2
		}
	}
	for _, m := range []*Matrix{a, b} {
		cols := make([]float64, n)
		for i := range n {
			for j := range n {
				cols[j] += m.At(i, j)
			}
		}
		r, err := fit(places, m, want, cols)
		if err != nil {
			return 0, 0, err
		}
		rounds = max(rounds, r)
	}
	return scaled, rounds, nil
}

// How close a fit comes to its margins, and how long it may try.
const (
	closeness = 1e-10
	mostTimes = 20_000
)

// fit scales rows and columns of m until both have their totals: cell (i, j) becomes u[i]·m[i][j]·v[j]. Rows are exact in the end, columns within
// closeness. The plain alternation of rows and columns is slow where most people live where they were born; the columns therefore go further than it
// would take them, by a factor that the first rounds tell, and back to the plain alternation where that does not help.
func fit(places []string, m *Matrix, rows, cols []float64) (int, error) {
	n := m.N
	u, v, sum := make([]float64, n), make([]float64, n), make([]float64, n)
	for j := range v {
		v[j] = 1
	}
	const settle = 12 // rounds before the factor is told, and before it is given up
	factor, before, best, stuck := 1.0, 0.0, math.Inf(1), 0
	for round := 1; round <= mostTimes; round++ {
		clear(sum)
		for i := range n {
			row := m.V[i*n : i*n+n]
			t := dot(row, v)
			if t == 0 {
				if rows[i] > 0 {
					return 0, stocktake.Invalidf("people born in %s are on one side of the period alone, so that nothing can be fitted to their number", places[i]).Hinted("leave the place out of both stocks, or join it with the state that it was part of")
				}
				continue
			}
			u[i] = rows[i] / t
			x, to := u[i], sum[:len(row)]
			for j, c := range row {
				to[j] += c * x
			}
		}
		worst, at := 0.0, 0
		for j := range n {
			if d := math.Abs(sum[j]*v[j]-cols[j]) / max(1, cols[j]); d > worst || d != d {
				worst, at = d, j
			}
		}
		if worst <= closeness {
			for i := range n {
				for j := range n {
					m.V[i*n+j] *= u[i] * v[j]
				}
			}
			return round, nil
		}
		if round == mostTimes || worst != worst {
			return 0, stocktake.Invalidf("the stocks cannot be fitted to one number of people for each birthplace: after %d rounds the people of %s are still off by %.1e of them", round, places[at], worst).
				Hinted("look for a place whose stocks are of another territory at one end of the period")
		}
		switch {
		case round == settle && before > 0 && worst < before: // how fast it goes tells how far it may go at once
			factor = 2 / (1 + math.Sqrt(1-worst/before))
		case worst < best:
			stuck = 0
		default:
			if stuck++; stuck > 4*settle {
				factor, stuck = 1, 0
			}
		}
		before, best = worst, min(best, worst)
		for j := range n {
			switch {
			case sum[j] == 0:
				v[j] = 0
			case factor == 1:
				v[j] = cols[j] / sum[j]
			default:
				v[j] *= math.Pow(cols[j]/(sum[j]*v[j]), factor)
			}
		}
	}
	return mostTimes, nil
}

// dot adds up the products of two rows.
func dot(a, b []float64) float64 {
	var w, x, y, z float64
	b = b[:len(a)]
	for len(a) >= 4 && len(b) >= 4 {
		w += a[0] * b[0]
		x += a[1] * b[1]
		y += a[2] * b[2]
		z += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i := range a {
		w += a[i] * b[i]
	}
	return w + x + y + z
}

// A Spread is what several methods say of one move.
type Spread struct {
	From, To  int
	By        []float64 // in the order of the flows
	Low, High float64
}

// Spreads returns, for each pair of places between which some method sees a move, what all of them say. The flows are of the same places.
func Spreads(list []*Flows) ([]Spread, error) {
	if len(list) == 0 {
		return nil, nil
	}
	n := list[0].Moves.N
	for _, f := range list[1:] {
		if !slices.Equal(f.Places, list[0].Places) {
			return nil, fmt.Errorf("flows by %s are of other places than those by %s", f.Method, list[0].Method)
		}
	}
	var out []Spread
	for k := range n * n {
		s := Spread{From: k / n, To: k % n, Low: math.Inf(1)}
		for _, f := range list {
			v := f.Moves.V[k]
			s.By = append(s.By, v)
			s.Low, s.High = min(s.Low, v), max(s.High, v)
		}
		if s.High > 0 {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(x, y Spread) int { return cmp.Compare(y.High, x.High) })
	return out, nil
}
