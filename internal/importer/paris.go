package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"stocktake"
)

// parisStatus reads how a table of the Paris Agreement's parties changed from commit to commit. One filing a commit that changed
// something about an act; it is known from the moment of the commit.
type parisStatus struct{}

const parisSet = "paris-agreement-status"

func (parisStatus) Name() string { return parisSet }

func (parisStatus) About() string {
	return "signatures and consents to the Paris Agreement, 2016 to 2023, each known from the commit that brought it"
}

var parisSource = stocktake.Source{
	Kind: "dataset", Publisher: "Open Climate Data, from the UN Treaty Collection", Address: "https://github.com/openclimatedata/paris-agreement-entry-into-force",
	Lang: "en", Licence: "none stated",
}

const parisSum = "9f0fd34ffe0bfd9ea2b7daf2f2da3a80f20484afc6ba268d7d45ed1dd448dacb" // changes.csv as read on firstRead

// parisRow is what the table says of one party. public is the moment from which the day of consent stood there.
type parisRow struct {
	signature, ratification, kind, effect string
	public                                time.Time
	ordinal                               int
}

// commit is one version of a table.
type commit struct {
	known  time.Time
	id     string
	source stocktake.Source
}

// commitSource makes the source of one version: its name is its day (UTC) and the first eight digits of its commit.
func commitSource(set string, base stocktake.Source, in input, read stocktake.Date, title, known, hash string) (commit, error) {
	at, err := time.Parse(time.RFC3339, known)
	if err != nil {
		return commit{}, fmt.Errorf("no moment such as 2016-09-05T14:29:00+02:00")
	}
	at = at.UTC()
	c := commit{known: at, id: at.Format(time.DateOnly) + "-" + hash[:min(8, len(hash))], source: base}
	c.source.ID, c.source.Series, c.source.Edition = stocktake.SourceID(set+"-"+c.id), set, hash
	c.source.Title = title + ", version of " + at.Format(time.DateOnly)
	c.source.Published, c.source.Known, c.source.Read = date(at.Format(time.DateOnly)), at.Format(time.RFC3339), read
	c.source.Copy = in.copy(set)
	return c, nil
}

// readDay is the day on which a file was read: fixed for those that are known by their hash.
func readDay(in input, sum string, opt Options) (stocktake.Date, error) {
	if in.sum == sum {
		return stocktake.MustDate(firstRead), nil
	}
	if opt.Read.IsZero() {
		return opt.Read, stocktake.Invalidf("the file is not one that is known by its hash").At(in.name).Hinted("give the day on which it was read")
	}
	return opt.Read, nil
}

func (parisStatus) Import(ctx context.Context, path string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	var rep Report
	in, err := inspect(path, "changes.csv")
	if err != nil {
		return rep, err
	}
	read, err := readDay(in, parisSum, opt)
	if err != nil {
		return rep, err
	}
	t, err := openTable(ctx, in, newPace(opt, in), ',', "known_time", "commit", "code", "field", "old_value", "new_value")
	if err != nil {
		return rep, err
	}
	defer t.done()
	c := t.cols("known_time", "commit", "code", "field", "old_value", "new_value")
	r := &parisRun{rec: rec, rep: &rep, rows: map[stocktake.PartyID]*parisRow{}, emit: emit, in: in.name}
	for {
		f, err := t.row(func(j Reject) { rep.Rows++; rep.Rejects = append(rep.Rejects, j) })
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rep, err
		}
		rep.Rows++
		hash := string(f[c[1]])
		if hash != r.now.source.Edition {
			if err := r.flush(); err != nil {
				return rep, err
			}
			if r.now, err = commitSource(parisSet, parisSource, in, read, "Table of the Paris Agreement's parties", string(f[c[0]]), hash); err != nil {
				return rep, stocktake.Invalidf("%q is %v", clip(string(f[c[0]])), err).At(fmt.Sprintf("%s line %d", in.name, t.line)).Hinted("check the file")
			}
			if r.now.known.Before(r.last) {
				return rep, stocktake.Invalidf("the versions are not in the order of time").At(fmt.Sprintf("%s line %d", in.name, t.line)).Hinted("sort the rows by known_time")
			}
			r.last = r.now.known
		}
		r.change(t.line, string(f[c[2]]), string(f[c[3]]), string(f[c[5]]))
	}
	return rep, r.flush()
}

type parisRun struct {
	rec     Record
	rep     *Report
	rows    map[stocktake.PartyID]*parisRow
	emit    func(stocktake.Filing) error
	in      string
	now     commit
	last    time.Time
	pending map[stocktake.PartyID]parisRow // what the version says of parties that it changed
}

// change notes one change of the version that is being read.
func (r *parisRun) change(line int, code, field, value string) {
	reject := func(what, reason string) {
		r.rep.Rejects = append(r.rep.Rejects, Reject{File: r.in, Line: line, Value: clip(what), Reason: reason})
	}
	set := map[string]string{}
	switch field {
	case "row_added":
		var row map[string]string
		if err := json.Unmarshal([]byte(value), &row); err != nil {
			reject(value, "no row in JSON")
			return
		}
		for _, k := range []string{"signature", "ratification", "kind", "date_of_effect"} {
			if row[k] != "" {
				set[k] = row[k]
			}
		}
	case "signature", "ratification", "kind", "date_of_effect":
		if value == "" {
			r.rep.Notes = append(r.rep.Notes, fmt.Sprintf("%s line %d: the table drops the %s of %s. That undoes no act, and was left out.", r.in, line, strings.ReplaceAll(field, "_", " "), code))
			return
		}
		set[field] = value
	default: // names, emissions; row_removed takes nothing back
		return
	}
	if len(set) == 0 {
		return
	}
	party, ok := r.rec.FindParty(code)
	if code == "EU28" {
		party, ok = "EUU", true
	}
	if !ok {
		reject(code, noParty)
		return
	}
	row, ok := r.pending[party]
	if !ok {
		if old := r.rows[party]; old != nil {
			row = *old
		}
	}
	for k, v := range set {
		if k == "kind" {
			if _, err := consentKind(v); err != nil {
				reject(v, err.Error())
				continue
			}
			row.kind = v
			continue
		}
		if d, err := stocktake.ParseDate(v); err != nil || !d.Exact() {
			reject(v, "no day such as 2016-09-03")
			continue
		}
		switch k {
		case "signature":
			row.signature = v
		case "ratification":
			row.ratification = v
		default:
			row.effect = v
		}
	}
	if r.pending == nil {
		r.pending = map[stocktake.PartyID]parisRow{}
	}
	r.pending[party] = row
}

// consentKind reads the word of a table for the form of consent; no word is consent whose form is not told.
func consentKind(word string) (stocktake.ActKind, error) {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "":
		return stocktake.Consent, nil
	case "ratification":
		return stocktake.Ratification, nil
	case "acceptance":
		return stocktake.Acceptance, nil
	case "approval":
		return stocktake.Approval, nil
	case "accession":
		return stocktake.Accession, nil
	case "succession":
		return stocktake.Succession, nil
	case "formal confirmation":
		return stocktake.FormalConfirmation, nil
	case "definitive signature":
		return stocktake.DefinitiveSignature, nil
	}
	return stocktake.NoAct, errors.New("no form of consent: ratification, acceptance, approval, accession, succession, formal confirmation, definitive signature")
}

// flush makes a filing of what the version changed. A day of consent that gives way to a later one, which lies after the old one had
// been public, is another act: the party consented again. Every other change is the table's own correction of the same act.
func (r *parisRun) flush() error {
	var parties []stocktake.PartyID
	for p := range r.pending {
		parties = append(parties, p)
	}
	sort.Slice(parties, func(i, j int) bool { return parties[i] < parties[j] })
	src := r.now.source
	var acts []stocktake.Act
	for _, p := range parties {
		row, old := r.pending[p], r.rows[p]
		if old == nil {
			old = &parisRow{}
		}
		if row.signature != old.signature {
			acts = append(acts, stocktake.Act{ID: stocktake.TreatyActID("paris", p, stocktake.Signature, 1), Party: p, Instrument: "paris", Kind: stocktake.Signature, Done: date(row.signature), Source: src.ID})
		}
		if row.ratification != "" && (row.ratification != old.ratification || row.kind != old.kind || row.effect != old.effect) {
			note := ""
			row.ordinal = max(1, old.ordinal)
			if row.ratification != old.ratification {
				if old.ratification != "" && row.ratification > old.public.Format(time.DateOnly) {
					row.ordinal++
					note = "The table puts this day in the place of " + old.ratification + ", which it had shown since " + old.public.Format(time.DateOnly) + ": another act, not a correction."
				}
				row.public = r.now.known
			}
			kind, _ := consentKind(row.kind)
			acts = append(acts, stocktake.Act{ID: stocktake.TreatyActID("paris", p, kind, row.ordinal), Party: p, Instrument: "paris", Kind: kind, Done: date(row.ratification), Effect: date(row.effect), Source: src.ID, Note: note})
		}
		r.rows[p] = &row
	}
	r.pending = nil
	if len(acts) == 0 {
		return nil
	}
	r.rep.Filings++
	r.rep.Acts += len(acts)
	return r.emit(stocktake.Filing{
		Format: stocktake.Format, Key: parisSet + "/" + r.now.id, Title: "Paris Agreement: what changed in the table of parties, " + r.now.known.Format(time.DateOnly), Sources: []stocktake.Source{src}, Acts: acts,
		Coverage: []stocktake.Coverage{{Source: src.ID, Instruments: []string{"paris"}, Acts: []string{"signature", "ratification", "acceptance", "approval", "accession", "consent"}, To: src.Published,
			CannotShow: []string{
				"It shows no exits: the withdrawal of the United States that took effect on 2020-11-04 is in none of its versions.",
				"It tells of an act hours to months after the day of the act.",
			}}},
	})
}
