package flows

import (
	"math"
	"slices"
)

// A Cause is why an estimate may differ from the published one: what is otherwise about a place in the data from which that was made.
type Cause struct {
	Name   string
	Places []string
	Why    string
}

// Causes are those of the edition of stocks of 2020 against the flows that Abel and Cohen published. They were found by looking at the cells that
// differ, and say what differs between the two files.
func Causes() []Cause {
	return []Cause{
		{"Serbia and Montenegro", []string{"SRB", "MNE", "SCG"}, "The published flows have one state under SCG for periods up to 2005–2010; the stocks have SRB and MNE at all times."},
		{"the Sudans", []string{"SUD", "SDN", "SSD"}, "The published flows have one Sudan before 2011; the stocks have SSD at all times."},
		{"the former Netherlands Antilles", []string{"CUW", "SXM", "BES", "ANT"}, "The published flows have no Bonaire, and Curaçao and Sint Maarten only once they are apart; the stocks have them at all times."},
		{"Jersey", []string{"JEY", "GGY", "CHI"}, "The published flows leave the Channel Islands out."},
		{"the Holy See", []string{"VAT"}, "The published flows leave it out."},
	}
}

// An Agreement compares flows of a method and period with published ones, over cells in which either sees somebody move.
type Agreement struct {
	Cells   int // in which either is not zero
	Equal   int // within one person
	ByCause []int
	Others  []Difference // without a cause
	Total   float64      // of the estimate
	Theirs  float64      // of the published flows
	R       float64      // Pearson's correlation over the cells
}

// A Difference is a cell in which two tables differ by more than one person.
type Difference struct {
	From, To     string
	Ours, Theirs float64
}

// Agree compares flows with published cells of the year in which the period begins.
func Agree(f *Flows, published []Cell, year int, causes []Cause) Agreement {
	type pair struct{ from, to string }
	theirs := map[pair]float64{}
	for _, c := range published {
		if c.Year == year {
			theirs[pair{c.From, c.To}] += c.Value
		}
	}
	a := Agreement{ByCause: make([]int, len(causes))}
	var sx, sy, sxx, syy, sxy float64
	compare := func(from, to string, ours, other float64) {
		if ours <= 0 && other <= 0 {
			return
		}
		a.Cells++
		a.Total += ours
		a.Theirs += other
		sx, sy, sxx, syy, sxy = sx+ours, sy+other, sxx+ours*ours, syy+other*other, sxy+ours*other
		if math.Abs(ours-other) <= 1 {
			a.Equal++
			return
		}
		for i, c := range causes {
			if slices.Contains(c.Places, from) || slices.Contains(c.Places, to) {
				a.ByCause[i]++
				return
			}
		}
		a.Others = append(a.Others, Difference{from, to, ours, other})
	}
	n := f.Moves.N
	for k, v := range f.Moves.V {
		p := pair{f.Places[k/n], f.Places[k%n]}
		other := theirs[p]
		delete(theirs, p)
		compare(p.from, p.to, v, other)
	}
	rest := make([]pair, 0, len(theirs))
	for p := range theirs {
		rest = append(rest, p)
	}
	slices.SortFunc(rest, func(x, y pair) int {
		if x.from != y.from {
			if x.from < y.from {
				return -1
			}
			return 1
		}
		if x.to < y.to {
			return -1
		}
		return 1
	})
	for _, p := range rest {
		compare(p.from, p.to, 0, theirs[p])
	}
	if c := float64(a.Cells); c > 1 {
		a.R = (sxy - sx*sy/c) / math.Sqrt((sxx-sx*sx/c)*(syy-sy*sy/c))
	}
	return a
}
