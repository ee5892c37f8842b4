package importer

import (
	"context"
	"errors"
	"io"
	"slices"

	"stocktake"
)

// hrStatus reads the tables of 18 human-rights treaties that World Politics Data Lab made from the UN register in August 2022. They
// give years, and say that a party consented but not in which form. One filing a treaty.
type hrStatus struct{}

const hrSet = "hr-treaty-status-2022"

func (hrStatus) Name() string { return hrSet }

func (hrStatus) About() string {
	return "who is party to 18 human-rights treaties as of August 2022, by year, one filing a treaty"
}

// hrFiles are the files of the set, the instruments that they are about, and the hashes of the edition that is known.
var hrFiles = []struct {
	name string
	in   stocktake.InstrumentID
	sum  string
}{
	{"cat", "cat", "1c5c7d14a104611739d517bba119c8f3f8de55fdd3dbfaea59a92ca271527d5d"},
	{"cedaw", "cedaw", "17af30c8373a9af44d8c00f66c9bd56e0b6d9ddf8aece8fc7115d0317b920072"},
	{"cped", "cped", "dbd568315c2a2fa31966aeb2f8b4733f5c2678752753510e0229e75fea807c64"},
	{"crc", "crc", "298f5228d4d458d282e35e8c8ab2f8e6f37935bb22470206de3897ac3d39eb4c"},
	{"crpd", "crpd", "c058b8e23e5fbf4be1377dc1296cb17cb3257568a6357b97a99afd8405a9bcd8"},
	{"iccpr", "iccpr", "2a453be1b583a09e2a97a501b2e5c97f3f02e71d63bfddcbc3429f50993bbaea"},
	{"iccpr_op1", "iccpr-op1", "6f014a8b862a464f0a0582083810e1d1b39d0f1b4f1e6512b89d3981829a1a59"},
	{"iccpr_op2", "iccpr-op2", "b8ab2f6f3ff7438fc5fc825191069572b06e5612eddcf2086eac74268163183c"},
	{"icerd", "icerd", "790ef13f3240df4ef69de4de3ead9af3c903de2cb16701224aad907126e0e751"},
	{"icescr", "icescr", "0ab40a2b01a169b9eac54bf04775de91349a8cd6c3d3eea4edb56a3d4b1d18d2"},
	{"icescr_op", "icescr-op", "e52e741eb37c6b115435d7f398a93c281caa63b741fddb68fc258024dc2d56d4"},
	{"icmw", "icrmw", "8a982bec96de3be93ec32636375bf566f749f51aa2e00a2809a418b3b1201468"},
	{"op_cedaw", "cedaw-op", "2c342fc89a939c0ea83b97eaeabcc57cea4a1b5b8ef1f00ce0db15729acd2a12"},
	{"op_crc_ac", "crc-op-ac", "4b758070873d6404a2cd2988e7a10de3a2ed7bea097fbdce8794ef637d54f96e"},
	{"op_crc_ic", "crc-op-ic", "97b32b755625313a04408e92ee4adeccf13ae8614ae62c8efdb31d13d1c60553"},
	{"op_crc_sc", "crc-op-sc", "8d083ffafd24785970d72b28be466230f9cde64ee34ae02210b19d0c8cad6bbc"},
	{"op_crpd", "crpd-op", "4366ffe3139b465b3be3db3b02f097d1eee6bd7b2c91a29ef20c0fdf5532b1de"},
	{"opcat", "opcat", "ec292bd7ef99b0be1f0834d9c165b96014d062758729b98495971d779aa181e2"},
}

var hrSource = stocktake.Source{
	Kind: "dataset", Title: "Parties to 18 human-rights treaties, by year", Publisher: "World Politics Data Lab, from the UN Treaty Collection",
	Address: "https://github.com/world-politics-datalab/humanrights-treaties-ratification-status", Lang: "en", Licence: "none stated",
}

func (hrStatus) Import(ctx context.Context, path string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	var rep Report
	var files []input
	var ins []stocktake.InstrumentID
	known := edition{id: hrSet, name: "2022-08", published: "2022-08-25", title: "Parties to 18 human-rights treaties in August 2022, by year"}
	for _, w := range hrFiles {
		known.sums = append(known.sums, w.sum)
		in, err := inspect(path, "hr_status_"+w.name+".csv")
		if stocktake.KindOf(err) == stocktake.NotFound && err != nil {
			rep.Notes = append(rep.Notes, "There is no file hr_status_"+w.name+".csv in the folder.")
			continue
		}
		if err != nil {
			return rep, err
		}
		files, ins = append(files, in), append(ins, w.in)
	}
	if len(files) == 0 {
		return rep, stocktake.NotFoundf("there is no file hr_status_*.csv in the folder").At(path).Hinted("give the folder that holds them")
	}
	e, err := theEdition(hrSet, []edition{known}, opt, files...)
	if err != nil {
		return rep, err
	}
	src := e.source(hrSource, hrSet, files...)
	sources := []stocktake.Source{src}
	end := src.Published
	if end.IsZero() {
		end = src.Read
	}
	cov := stocktake.Coverage{Source: src.ID, Acts: []string{"signature", "ratification", "acceptance", "approval", "accession", "succession", "formal-confirmation", "definitive-signature", "consent"}, Parties: []stocktake.PartyID{"un-members"}, To: end,
		CannotShow: []string{
			"It gives years, not days.",
			"It does not tell ratification from accession or succession.",
			"Of a party that consented it does not tell when it signed; of one that only signed, not when.",
			"It shows no exits; a party that left may still stand as one.",
			"It has members of the United Nations only.",
			"Some of its years are those of a signature, of a predecessor, or slips; where the register of treaties says otherwise, both stand side by side.",
		}}
	for _, id := range ins {
		cov.Instruments = append(cov.Instruments, string(id))
	}
	rep.Filings++
	if err := emit(stocktake.Filing{Format: stocktake.Format, Key: hrSet + "/" + e.name + "/coverage", Title: "What the table of 18 human-rights treaties covers", Sources: sources, Coverage: []stocktake.Coverage{cov}}); err != nil {
		return rep, err
	}
	p := newPace(opt, files...)
	for i, in := range files {
		acts, err := hrActs(ctx, in, p, rec, &rep, ins[i], src.ID, stocktake.MustDate("../"+end.String()))
		if err != nil {
			return rep, err
		}
		rep.Filings++
		rep.Acts += len(acts)
		if err := emit(stocktake.Filing{Format: stocktake.Format, Key: hrSet + "/" + e.name + "/" + string(ins[i]), Title: "Parties to " + string(ins[i]) + " by year, " + e.name, Sources: sources, Acts: acts}); err != nil {
			return rep, err
		}
	}
	return rep, nil
}

func hrActs(ctx context.Context, in input, p *pace, rec Record, rep *Report, id stocktake.InstrumentID, src stocktake.SourceID, before stocktake.Date) ([]stocktake.Act, error) {
	t, err := openTable(ctx, in, p, ',', "iso2", "member", "state party", "year ratification or accession", "signatory", "no action", "status")
	if err != nil {
		return nil, err
	}
	defer t.done()
	c := t.cols("iso2", "member", "state party", "year ratification or accession", "signatory", "no action", "status")
	note := slices.Index(t.columns, "note")
	var acts []stocktake.Act
	seen := map[stocktake.PartyID]bool{}
	for {
		f, err := t.row(func(j Reject) { rep.Rows++; rep.Rejects = append(rep.Rejects, j) })
		if errors.Is(err, io.EOF) {
			return acts, nil
		}
		if err != nil {
			return nil, err
		}
		rep.Rows++
		reject := func(col int, reason string) {
			rep.Rejects = append(rep.Rejects, Reject{File: in.name, Line: t.line, Column: c[col] + 1, Value: clip(string(f[c[col]])), Reason: reason})
		}
		party, year, signed, nothing := string(f[c[2]]) == "1", string(f[c[3]]), string(f[c[4]]) == "1", string(f[c[5]]) == "1"
		saysParty := string(f[c[6]]) == "state party"
		a := stocktake.Act{Instrument: id, Source: src}
		switch {
		case (party || year != "" || saysParty) && (nothing || signed):
			reject(2, "the row says that the state is a party, and that it is none")
			continue
		case year != "":
			if n, ok := number(f[c[3]]); !ok || len(year) != 4 || n < 1900 {
				reject(3, "no year")
				continue
			}
			a.Kind, a.Done = stocktake.Consent, date(year)
			if !party {
				a.Note = `The column "state party" of this row says 0, though it gives a year and the status "state party".`
			}
		case party || saysParty:
			reject(3, "the row says that the state is a party, but not since when")
			continue
		case signed:
			a.Kind, a.Done = stocktake.Signature, before
		default:
			continue
		}
		byCode, ok := rec.FindParty(string(f[c[0]]))
		byName, named := rec.FindParty(string(f[c[1]]))
		switch {
		case ok && named && byCode != byName:
			reject(0, "the code is that of "+string(byCode)+", the name that of "+string(byName))
			continue
		case named:
			a.Party = byName
		case ok:
			a.Party = byCode
		default:
			reject(1, noParty)
			continue
		}
		if seen[a.Party] {
			reject(1, "a second row of this party; the first is kept")
			continue
		}
		seen[a.Party] = true
		if note >= 0 && len(f[note]) > 0 {
			if a.Note != "" {
				a.Note += " "
			}
			a.Note += "The table remarks: " + string(f[note])
		}
		a.ID = stocktake.TreatyActID(id, a.Party, a.Kind, 1)
		acts = append(acts, a)
	}
}
