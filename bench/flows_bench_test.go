package main

import (
	"testing"

	"stocktake/internal/flows"
)

// BenchmarkFlows estimates one period by the pseudo-Bayesian method, and by the fewest moves.
func BenchmarkFlows(b *testing.B) {
	in := flowInput()
	for _, m := range []flows.Method{flows.MinimumClosed, flows.PseudoBayesian} {
		b.Run(string(m), func(b *testing.B) {
			for b.Loop() {
				f, err := flows.Estimate(m, in)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(f.Rounds), "rounds")
			}
		})
	}
}
