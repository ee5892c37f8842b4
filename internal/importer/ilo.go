package importer

import (
	"context"
	"errors"
	"io"

	"stocktake"
)

// iloC189 reads the ratifications of the Domestic Workers Convention that were known on 5 October 2020. One filing.
type iloC189 struct{}

const iloSet = "ilo-c189-ratifications-2020"

func (iloC189) Name() string { return iloSet }

func (iloC189) About() string {
	return "ratifications of ILO Convention No. 189 on domestic workers, as of October 2020"
}

var iloEditions = []edition{{id: "ilo-c189-ratifications-2020", name: "2020-10", published: "2020-10-05", sums: []string{"50d183c23f7b05b83d65ed5c574422ce70bc3c803e0608f795d07a533fbcd36f"}}}

var iloSource = stocktake.Source{
	Kind: "official", Title: "States in which ILO Convention No. 189 applies, on 5 October 2020", Publisher: "Swiss Confederation, in its collection of laws",
	Address: "https://lexaris.io/book/version/documentflat/head/229609", Lang: "de", Licence: "none stated", Note: "The table was typed in by hand.",
}

func (iloC189) Import(ctx context.Context, path string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	var rep Report
	in, err := inspect(path, "c189.csv")
	if err != nil {
		return rep, err
	}
	e, err := theEdition(iloSet, iloEditions, opt, in)
	if err != nil {
		return rep, err
	}
	src := e.source(iloSource, iloSet, in)
	t, err := openTable(ctx, in, newPace(opt, in), ',', "state_name_de", "iso3", "ratified", "in_force_for_state")
	if err != nil {
		return rep, err
	}
	defer t.done()
	c := t.cols("state_name_de", "iso3", "ratified", "in_force_for_state")
	var acts []stocktake.Act
	for {
		f, err := t.row(func(j Reject) { rep.Rows++; rep.Rejects = append(rep.Rejects, j) })
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rep, err
		}
		rep.Rows++
		reject := func(col int, reason string) {
			rep.Rejects = append(rep.Rejects, Reject{File: in.name, Line: t.line, Column: c[col] + 1, Value: clip(string(f[c[col]])), Reason: reason})
		}
		party, ok := rec.FindParty(string(f[c[1]]))
		if !ok {
			reject(1, noParty)
			continue
		}
		done, err := stocktake.ParseDate(string(f[c[2]]))
		if err != nil {
			reject(2, "no day such as 2014-03-24")
			continue
		}
		effect, err := stocktake.ParseDate(string(f[c[3]]))
		if err != nil {
			reject(3, "no day such as 2015-03-24")
			continue
		}
		a := stocktake.Act{ID: stocktake.TreatyActID("ilo-c189", party, stocktake.Ratification, 1), Party: party, Instrument: "ilo-c189", Kind: stocktake.Ratification, Done: done, Effect: effect, Source: src.ID}
		// Art. 21 (2) and (3) of the Convention: in force twelve months after the second ratification, on 5 September 2013, and for
		// each later member twelve months after its own.
		lo, _ := done.First()
		if got, _ := effect.First(); (got < lo+365 || got > lo+366) && got != stocktake.DayOf(2013, 9, 5) {
			a.Note = "The two days do not stand twelve months apart, as the Convention has it; one of them looks like a slip of the table, and both are kept as found."
		}
		acts = append(acts, a)
	}
	rep.Filings, rep.Acts = 1, len(acts)
	return rep, emit(stocktake.Filing{
		Format: stocktake.Format, Key: iloSet + "/" + e.name, Title: "Ratifications of ILO Convention No. 189, " + e.name, Sources: []stocktake.Source{src}, Acts: acts,
		Coverage: []stocktake.Coverage{{Source: src.ID, Instruments: []string{"ilo-c189"}, Acts: []string{"ratification"}, To: src.Published,
			CannotShow: []string{
				"It was typed in from a national collection of laws, not taken from the ILO.",
				"It shows no exits and nothing after October 2020.",
			}}},
	})
}
