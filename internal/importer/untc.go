package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sort"
	"strings"

	"stocktake"
)

// untc reads the tables of the United Nations Treaty Collection as they were copied in March 2015: who did what towards the treaties
// deposited with the Secretary-General. One filing a treaty.
type untc struct{}

const untcSet = "untc"

func (untc) Name() string { return "untc-treaty-status-2015" }

func (untc) About() string {
	return "signatures and consents in the UN register of treaties as of March 2015, one filing a treaty"
}

var untcEditions = []edition{{id: "untc-2015-03", name: "2015-03", published: "2015-03-14", title: "Status of treaties deposited with the UN Secretary-General, March 2015", folder: "untc-treaty-status-2015",
	sums: []string{"2f715c929718c23ebc6f2cabb0ffb5885c8d6e99cf7e9ed1b5de7ce12470315d", "96f6843234d94fe120b62c899e52cec697c6c184dad0e72a23dfc3a9ae6cb2ef", "8f8a2c2f47095e96d0f7a8e56f630d2b72ee807ec7e6919168e5c9143c527f9d"}}}

var untcSource = stocktake.Source{
	Kind: "register", Title: "Status of treaties deposited with the UN Secretary-General",
	Publisher: "UN Treaty Collection, as copied by Zachary M. Jones", Address: "https://github.com/zmjones/untreaties", Lang: "en", Licence: "none stated",
}

// untcAlias gives the names of participants that lists of states do not have.
var untcAlias = map[string]stocktake.PartyID{"Yugoslavia (former)": "YUG"}

// untcTreaty gathers what the files say of one treaty before it is made into a filing.
type untcTreaty struct {
	number string // 4-13, 18-12-a
	in     stocktake.InstrumentID
	known  bool // somebody described it
	acts   []stocktake.Act
}

type untcRun struct {
	rec      Record
	rep      Report
	source   stocktake.SourceID
	order    []string // numbers in the order of the files
	treaties map[string]*untcTreaty
	parties  map[string]stocktake.PartyID
	headings map[string]heading
	noActs   int // dates in columns that tell of no act
	noTexts  bool
}

func (untc) Import(ctx context.Context, path string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	r := &untcRun{rec: rec, treaties: map[string]*untcTreaty{}, parties: map[string]stocktake.PartyID{}, headings: map[string]heading{}, noTexts: opt.NoTexts}
	files := make([]input, 3)
	for i, n := range []string{"participant_actions.csv.gz", "index.csv", "declarations.csv.gz"} {
		in, err := inspect(path, n)
		if err != nil && (i == 0 || stocktake.KindOf(err) != stocktake.NotFound) {
			return r.rep, err
		}
		files[i] = in
	}
	have := slices.DeleteFunc(slices.Clone(files), func(in input) bool { return in.path == "" })
	e, err := theEdition(untcSet, untcEditions, opt, have...)
	if err != nil {
		return r.rep, err
	}
	r.source = e.id
	p := newPace(opt, have...)
	names := map[string]untcName{}
	if files[1].path != "" {
		if names, err = r.index(ctx, p, files[1]); err != nil {
			return r.rep, err
		}
	}
	if err := r.actions(ctx, p, files[0]); err != nil {
		return r.rep, err
	}
	if files[2].path != "" {
		if err := r.declarations(ctx, p, files[2]); err != nil {
			return r.rep, err
		}
	}
	if r.noActs > 0 {
		r.rep.Notes = append(r.rep.Notes, fmt.Sprintf("%d dates stand in columns that tell of no act of a party (adoption, registration) and were left out.", r.noActs))
	}
	return r.rep, r.emit(ctx, e.source(untcSource, untcSet, have...), e, names, emit)
}

func (r *untcRun) bad(j Reject) { r.rep.Rows++; r.rep.Rejects = append(r.rep.Rejects, j) }

func (r *untcRun) treaty(chapter, number string) *untcTreaty {
	n := chapter + "-" + strings.ReplaceAll(number, ".", "-")
	t := r.treaties[n]
	if t == nil {
		t = &untcTreaty{number: n, in: stocktake.InstrumentID("untc-" + n)}
		if id, ok := r.rec.FindInstrument("untc/" + n); ok {
			t.in, t.known = id, true
		}
		r.treaties[n] = t
		r.order = append(r.order, n)
	}
	return t
}

func (r *untcRun) party(name string) (stocktake.PartyID, bool) {
	if id, ok := r.parties[name]; ok {
		return id, id != ""
	}
	id, ok := untcAlias[name]
	if !ok {
		id, _ = r.rec.FindParty(name)
	}
	r.parties[name] = id
	return id, id != ""
}

const noParty = "no party of the record has this name; add it as a name of a party, and import again"

// untcDate is a value of the register: a day, the letter that tells the kind, brackets where the register prints them.
var untcDate = regexp.MustCompile(`^(\[?)\s*([0-9]{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +([0-9]{4})\s*([A-Za-z]{0,2})\s*(\]?)$`)

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

func (r *untcRun) actions(ctx context.Context, p *pace, in input) error {
	t, err := openTable(ctx, in, p, ',', "chapter_no", "treaty_no", "participant", "column", "value")
	if err != nil {
		return err
	}
	defer t.done()
	c := t.cols("chapter_no", "treaty_no", "participant", "column", "value")
	for {
		f, err := t.row(r.bad)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		r.rep.Rows++
		reject := func(col int, reason string) {
			r.rep.Rejects = append(r.rep.Rejects, Reject{File: in.name, Line: t.line, Column: c[col] + 1, Value: clip(string(f[c[col]])), Reason: reason})
		}
		tr := r.treaty(string(f[c[0]]), string(f[c[1]]))
		h, ok := r.headings[string(f[c[3]])]
		if !ok {
			h = readHeading(string(f[c[3]]))
			r.headings[string(f[c[3]])] = h
		}
		m := untcDate.FindSubmatch(f[c[4]])
		if m == nil {
			reject(4, "no date such as 5 Jun 2007 a")
			continue
		}
		if h.none {
			r.noActs++
			continue
		}
		kind, note, reason := h.kind(string(m[5]))
		if reason != "" {
			reject(4, reason)
			continue
		}
		day, err := stocktake.ParseDate(fmt.Sprintf("%s-%02d-%02s", m[4], strings.Index(months, string(m[3]))/3+1, m[2]))
		if err != nil {
			reject(4, "no day of the calendar")
			continue
		}
		party, ok := r.party(string(f[c[2]]))
		if !ok {
			reject(2, noParty)
			continue
		}
		if len(m[1]) > 0 || len(m[6]) > 0 {
			note = strings.TrimSpace(note + " The register prints this date in square brackets.")
		}
		tr.acts = append(tr.acts, stocktake.Act{Party: party, Instrument: tr.in, Kind: kind, Done: day, Source: r.source, Note: note})
	}
	for _, tr := range r.treaties {
		number1(tr.acts)
	}
	return nil
}

// number1 gives acts towards a treaty their ids: of one party and class, the earliest is 1; on one day, in the order of the file.
func number1(acts []stocktake.Act) {
	order := make([]int, len(acts))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool {
		a, _ := acts[order[i]].Done.First()
		b, _ := acts[order[j]].Done.First()
		return a < b
	})
	type of struct {
		party stocktake.PartyID
		class string
	}
	n := map[of]int{}
	for _, i := range order {
		a := &acts[i]
		k := of{a.Party, a.Kind.Class()}
		n[k]++
		a.ID = stocktake.TreatyActID(a.Instrument, a.Party, a.Kind, n[k])
	}
}

// declarations adds what was filed in words. The register's page does not part reservations, declarations and objections.
func (r *untcRun) declarations(ctx context.Context, p *pace, in input) error {
	t, err := openTable(ctx, in, p, ',', "chapter_no", "treaty_no", "participant", "text")
	if err != nil {
		return err
	}
	defer t.done()
	c := t.cols("chapter_no", "treaty_no", "participant", "text")
	n := map[stocktake.ActID]int{}
	for {
		f, err := t.row(r.bad)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		r.rep.Rows++
		reject := func(col int, reason string) {
			r.rep.Rejects = append(r.rep.Rejects, Reject{File: in.name, Line: t.line, Column: c[col] + 1, Value: clip(string(f[c[col]])), Reason: reason})
		}
		words := strings.TrimSpace(string(f[c[3]]))
		if words == "" {
			reject(3, "the text is empty, so the row shows nothing")
			continue
		}
		party, ok := r.party(string(f[c[2]]))
		if !ok {
			reject(2, noParty)
			continue
		}
		tr := r.treaty(string(f[c[0]]), string(f[c[1]]))
		a := stocktake.Act{Party: party, Instrument: tr.in, Kind: stocktake.DeclarationOrReservation, Source: r.source}
		one := stocktake.TreatyActID(tr.in, party, a.Kind, 1)
		n[one]++
		a.ID = stocktake.TreatyActID(tr.in, party, a.Kind, n[one])
		if r.noTexts {
			a.Note = fmt.Sprintf("The register prints a text of %d characters; it was not taken over.", len([]rune(words)))
		} else {
			a.Text = &stocktake.ActText{Words: stocktake.Plain(words)}
		}
		tr.acts = append(tr.acts, a)
	}
}

func (r *untcRun) emit(ctx context.Context, src stocktake.Source, e edition, names map[string]untcName, emit func(stocktake.Filing) error) error {
	sources := []stocktake.Source{src}
	cov := stocktake.Coverage{Source: src.ID, To: src.Published, Acts: []string{"signature", "definitive-signature", "ratification", "acceptance", "approval", "accession", "succession", "formal-confirmation", "consent", "provisional-application", "application", "notification", "declaration-or-reservation"},
		CannotShow: []string{
			"It shows no exits: neither denunciations nor notices of not becoming a party, and not which dates have lost their effect by them.",
			"It shows nothing that was done after it was copied.",
			"Where a state took over a treaty from another, the date may be that of the predecessor; former states have no rows of their own.",
			"Footnotes are lost, and with them territories and explanations.",
			"It does not tell reservations, declarations and objections apart, and gives no dates for them.",
		}}
	if cov.To.IsZero() {
		cov.To = src.Read
	}
	for _, n := range r.order {
		cov.Instruments = append(cov.Instruments, string(r.treaties[n].in))
	}
	r.rep.Filings++
	if err := emit(stocktake.Filing{Format: stocktake.Format, Key: untcSet + "/" + e.name + "/coverage", Title: "What the register of treaties, edition " + e.name + ", covers", Sources: sources, Coverage: []stocktake.Coverage{cov}}); err != nil {
		return err
	}
	for _, n := range r.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		tr := r.treaties[n]
		f := stocktake.Filing{Format: stocktake.Format, Key: untcSet + "/" + e.name + "/" + n, Sources: sources, Acts: tr.acts}
		name := names[n]
		if name.symbol == "" {
			name.symbol = n
		}
		f.Title = "Register of treaties, " + e.name + ": " + name.symbol
		if name.title != "" {
			f.Title = clip(f.Title + ", " + name.title)
		}
		if !tr.known {
			f.Instruments = []stocktake.Instrument{name.instrument(tr.in, src.ID)}
		}
		if len(tr.acts) == 0 {
			f.Note = "The register's table of this treaty holds resolutions, registrations and pages, and no act of a party."
		}
		r.rep.Filings++
		r.rep.Acts += len(tr.acts)
		if err := emit(f); err != nil {
			return err
		}
	}
	return nil
}
