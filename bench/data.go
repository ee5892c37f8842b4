package main

import (
	"fmt"
	"math/rand/v2"

	"stocktake"
)

// The data of the comparisons: acts of parties towards treaties, one in twenty corrected by a later edition. All of it follows from a seed.
const (
	parties     = 200
	instruments = 18_000
	seed        = 20181219
)

// act is one act as an edition tells it. Day and Known count days since 1970.
type act struct {
	ID         string
	Party      int
	Instrument int
	Kind       stocktake.ActKind
	Day        stocktake.Day
	Edition    int // 0 or 1
	known      stocktake.Day
}

var kindsUsed = []stocktake.ActKind{stocktake.Signature, stocktake.Ratification, stocktake.Accession, stocktake.Denunciation}

// wordOf is the standing that an act leads to, whatever the one before: the law of these comparisons.
var wordOf = map[stocktake.ActKind]string{stocktake.Signature: "signed", stocktake.Ratification: "bound", stocktake.Accession: "bound", stocktake.Denunciation: "withdrawn"}

var editionKnown = [2]stocktake.Day{stocktake.DayOf(2020, 1, 1), stocktake.DayOf(2022, 1, 1)}

// generate makes n acts and the corrections of one in twenty, by instrument. No party does two things towards one instrument on one day.
func generate(n int) []act {
	r := rand.New(rand.NewPCG(seed, 1))
	list := make([]act, 0, n+n/20)
	first, last := int(stocktake.DayOf(1946, 1, 1)), int(stocktake.DayOf(2019, 5, 31))
	per := n / instruments
	for in := range instruments {
		k := per
		if in < n%instruments {
			k++
		}
		used := map[[2]int]bool{}
		for j := range k {
			p := r.IntN(parties)
			d := first + r.IntN(last-first)
			for used[[2]int{p, d}] {
				d++
			}
			used[[2]int{p, d}] = true
			a := act{ID: fmt.Sprintf("b-%05d/%03d/act/%d", in, p, j), Party: p, Instrument: in, Kind: kindsUsed[r.IntN(len(kindsUsed))], Day: stocktake.Day(d), known: editionKnown[0]}
			list = append(list, a)
			if r.IntN(20) == 0 {
				d := int(a.Day) + 1 + r.IntN(200)
				for used[[2]int{p, d}] {
					d++
				}
				used[[2]int{p, d}] = true
				a.Day, a.Edition, a.known = stocktake.Day(d), 1, editionKnown[1]
				list = append(list, a)
			}
		}
	}
	return list
}

func partyID(p int) stocktake.PartyID { return stocktake.PartyID(fmt.Sprintf("p-%03d", p)) }
func instrumentID(i int) stocktake.InstrumentID {
	return stocktake.InstrumentID(fmt.Sprintf("b-%05d", i))
}

// frame is the filing that introduces law, parties, instruments and the two editions.
func frame() stocktake.Filing { return frameOf(instruments) }

func frameOf(instruments int) stocktake.Filing {
	f := stocktake.Filing{Key: "bench/frame", Title: "Frame of the comparisons"}
	for e, id := range []stocktake.SourceID{"bench-1", "bench-2"} {
		f.Sources = append(f.Sources, stocktake.Source{ID: id, Kind: "dataset", Series: "bench", Edition: string(id), Title: "Made data", Published: stocktake.DateOf(editionKnown[e])})
	}
	treaty := []stocktake.InstrumentKind{stocktake.Treaty}
	f.Words = []stocktake.StandingWord{{Word: "signed", For: treaty, Means: "-", Bound: "no", Sign: "k1"}, {Word: "bound", For: treaty, Means: "-", Bound: "yes", Sign: "k2"}, {Word: "withdrawn", For: treaty, Means: "-", Bound: "no", Sign: "k3"}}
	for _, k := range kindsUsed {
		f.Law = append(f.Law, stocktake.LawRow{ID: "bench/" + k.String(), For: treaty, Act: k, Phase: stocktake.PhaseDone, To: wordOf[k], Basis: "made for the comparison"})
	}
	for p := range parties {
		f.Parties = append(f.Parties, stocktake.Party{ID: partyID(p), Kind: "organisation", Names: map[string]string{"en": string(partyID(p))}})
	}
	for i := range instruments {
		f.Instruments = append(f.Instruments, stocktake.Instrument{ID: instrumentID(i), Kind: stocktake.Treaty, Title: "Made treaty"})
	}
	return f
}

// filings parts the acts of each edition into filings of one instrument, or of up to a thousand acts where instruments are small.
func filings(list []act, emit func(stocktake.Filing) error) error {
	for e, src := range []stocktake.SourceID{"bench-1", "bench-2"} {
		var f stocktake.Filing
		n := 0
		flush := func() error {
			if len(f.Acts) == 0 {
				return nil
			}
			n++
			f.Key, f.Title = fmt.Sprintf("bench/%d/%d", e+1, n), "Acts"
			g := f
			f = stocktake.Filing{}
			return emit(g)
		}
		for i := range list {
			a := &list[i]
			if a.Edition != e {
				continue
			}
			if len(f.Acts) >= 50 && f.Acts[len(f.Acts)-1].Instrument != instrumentID(a.Instrument) {
				if err := flush(); err != nil {
					return err
				}
			}
			f.Acts = append(f.Acts, stocktake.Act{ID: stocktake.ActID(a.ID), Party: partyID(a.Party), Instrument: instrumentID(a.Instrument), Kind: a.Kind, Done: stocktake.DateOf(a.Day), Source: src})
		}
		if err := flush(); err != nil {
			return err
		}
	}
	return nil
}
