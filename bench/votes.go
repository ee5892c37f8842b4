package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
	"stocktake/internal/worldmap"
)

// voters are the parties of the made votes: as many as a large vote of the General Assembly has. They carry the codes of states, so that maps
// have something to colour, and made names.
const voters = 193

// pagesEach is how many pages one made roll-call leads to: its own, and those of two filings.
const pagesEach = 3

// votes makes a record of recorded votes, in the mix of the built-in one: each roll-call on a text of its own, told by two editions, of which
// the later one differs in one of fifty. The law is that of the built-in record. All of it follows from a seed.
func votes(n int, emit func(stocktake.Filing) error) error {
	text, err := os.ReadFile(filepath.Join("internal", "builtin", "record", "law", "law.yaml"))
	if err != nil {
		return err
	}
	law, err := draft.Parse("law.yaml", text)
	if err != nil {
		return err
	}
	for _, f := range law {
		if err := emit(f); err != nil {
			return err
		}
	}
	f := stocktake.Filing{Key: "bench/votes", Title: "Parties and editions of the comparison"}
	for e, day := range editionKnown {
		f.Sources = append(f.Sources, stocktake.Source{ID: editionID(e), Kind: "dataset", Series: "bench-votes", Edition: fmt.Sprint(e + 1), Title: fmt.Sprintf("Made votes, edition %d", e+1), Published: stocktake.DateOf(day)})
	}
	ids := voterIDs()
	for _, id := range ids {
		f.Parties = append(f.Parties, stocktake.Party{ID: stocktake.PartyID(id), Kind: "state", Names: map[string]string{"en": madeName(id)}})
	}
	if err := emit(f); err != nil {
		return err
	}
	for e := range editionKnown {
		for i := range n {
			if err := emit(voteFiling(i, e, ids)); err != nil {
				return err
			}
		}
	}
	return nil
}

func editionID(e int) stocktake.SourceID {
	return stocktake.SourceID(fmt.Sprintf("bench-votes-%d", e+1))
}

func madeName(id string) string { return "Made party " + id }

func voterIDs() (ids []string) {
	for _, s := range worldmap.Shapes() {
		if s.Class == worldmap.State && len(ids) < voters {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// voteFiling is one roll-call as one edition tells it.
func voteFiling(i, e int, ids []string) stocktake.Filing {
	r := rand.New(rand.NewPCG(seed, uint64(i)))
	var did [4][]string
	lean := 1 + r.IntN(8)
	for _, id := range ids {
		d := 0
		if r.IntN(10) >= lean {
			d = r.IntN(4)
		}
		did[d] = append(did[d], id)
	}
	if e == 1 && r.IntN(50) == 0 && len(did[1]) > 0 {
		last := len(did[1]) - 1
		did[2] = append(did[2], did[1][last])
		did[1] = did[1][:last]
	}
	session := 1 + i/80
	day := stocktake.DayOf(1946, 1, 10) + stocktake.Day(i%20_000)
	list := func(d int) string { return strings.Join(did[d], " ") }
	id := fmt.Sprint(100_000 + i)
	return stocktake.Filing{Key: fmt.Sprintf("bench-votes/%d/%s", e+1, id), Title: fmt.Sprintf("Roll-call %s, on made text %d of session %d", id, i%80+1, session),
		RollCalls: []stocktake.RollCall{{ID: id, Instrument: stocktake.InstrumentID(fmt.Sprintf("a-res-%d-%d", session, i%80+1)), Symbol: fmt.Sprintf("A/RES/%d/%d", session, i%80+1), Session: session,
			Date: stocktake.DateOf(day), Label: fmt.Sprintf("MADE QUESTION %d", r.IntN(1000)), Yes: list(0), No: list(1), Abstain: list(2), Absent: list(3), Source: editionID(e)}}}
}

// voteRecord files made votes into a folder that the program opens as its own.
func (b *bench) voteRecord(dir string, calls int) error {
	l, err := b.openLedger(dir)
	if err != nil {
		return err
	}
	defer l.Close()
	if _, err := l.FileFrom(b.ctx, ledger.FileOptions{}, func(emit func(stocktake.Filing) error) error { return votes(calls, emit) }); err != nil {
		return err
	}
	return noBuiltin(b, l)
}

// noBuiltin keeps the program from adding the built-in record to one that was made here.
func noBuiltin(b *bench, l *ledger.Ledger) error {
	return l.Store().Write(b.ctx, func(w store.Writer) error { return w.SetMeta(b.ctx, "builtin", "none") })
}
