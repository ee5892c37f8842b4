package desk

import (
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/people"
	"stocktake/internal/record"
)

func init() {
	recordForms = append(recordForms,
		&recordForm{Name: "act", Title: "File an act", Lede: "Somebody did something about a text on a day, and a source says so.", build: buildAct,
			Groups: append([]fieldGroup{{Legend: "The act", Fields: append([]field{titleField}, append(actFields,
				field{Name: "act", Label: "Id", Help: "of an act on the record, where this source tells of the same one; empty for a new act"})...)}}, sourceGroups(true)...)},
		&recordForm{Name: "mend", Title: "Mend an act", Lede: "What was entered wrongly is put right; the earlier entry stays readable as what it was.", Needs: "act", NeedsLabel: "Id of the act", NeedsHelp: "as it stands on its page, such as icerd/USA/consent/1",
			pick: pickEntry("mend"), fill: fillMend, build: buildMend,
			Groups: []fieldGroup{{Legend: "As it should read", Help: "What the entry says beside this, such as its quotations, stays. The next page shows all of it as text, which you can change.", Fields: append([]field{titleField, {Name: "act", Kind: "hidden"}, {Name: "entry", Kind: "hidden"}}, actFields...)},
				{Legend: "The mistake", Fields: []field{reasonField, byField}}}},
		&recordForm{Name: "retract", Title: "Retract an act", Lede: "An entry that should not have been made is taken out of every standing; it stays readable as retracted.", Needs: "act", NeedsLabel: "Id of the act", NeedsHelp: "as it stands on its page, such as icerd/USA/consent/1",
			pick: pickEntry("retract"), build: buildRetract,
			Groups: []fieldGroup{{Legend: "The entry", Fields: []field{titleField, {Name: "act", Kind: "hidden"}, {Name: "entry", Kind: "hidden"}, reasonField, byField}}}})
}

func actKinds() (list []choice) {
	list = append(list, choice{Name: "choose one"})
	for _, k := range stocktake.ActKinds() {
		list = append(list, choice{Value: k.String(), Name: strings.ReplaceAll(k.String(), "-", " ")})
	}
	return list
}

var actFields = []field{
	{Name: "party", Label: "Party", Help: "id or name, such as BRA or Brazil", Required: true},
	{Name: "instrument", Label: "Instrument", Help: "id, symbol or short name: the text, talks or body that the act is about", Required: true},
	{Name: "kind", Label: "Kind of act", Kind: "select", Options: actKinds, Required: true},
	{Name: "announced", Label: "Announced", Help: "no more exact than the source: 2018-11-20, 2018-11, 2018, 2018~"},
	{Name: "done", Label: "Done"},
	{Name: "notified", Label: "Notified", Help: "when the depositary or the body was told"},
	{Name: "effect", Label: "In effect from"},
	{Name: "organ", Label: "Organ or office that acted"},
	{Name: "summary", Label: "Summary, in one sentence of your own"},
	{Name: "provisions", Label: "Provisions that it names", Help: "ids, such as gcm/obj-13"},
	{Name: "objects", Label: "Act that it answers", Help: "id of the reservation objected to, of the vote explained"},
	{Name: "note", Label: "Note", Help: "what a reader should know; needed where the act has no day", Kind: "area"},
}

// party and instrument take ids and names.
func (b *builder) party(name, label string) stocktake.PartyID {
	s := b.text(name)
	rec := b.q.d.opt.Ledger.Record()
	if id, ok := rec.FindParty(s, rec.Head()); ok {
		return id
	}
	b.bad(stocktake.Invalidf("there is no party %q on the record", s).Hinted("write its id, or file it first"), label)
	return ""
}

func (b *builder) instrument(name, label string) stocktake.InstrumentID {
	s := b.text(name)
	rec := b.q.d.opt.Ledger.Record()
	if id, ok := rec.FindInstrument(s, rec.Head()); ok {
		return id
	}
	b.bad(stocktake.Invalidf("there is no instrument %q on the record", s).Hinted("write its id, or file it first"), label)
	return ""
}

// act reads the fields of an act into a.
func (b *builder) act(a *stocktake.Act) {
	a.Party, a.Instrument = b.party("party", "Party"), b.instrument("instrument", "Instrument")
	var err error
	a.Kind, err = stocktake.ParseActKind(b.text("kind"))
	b.bad(err, "Kind of act")
	a.Announced, a.Done, a.Notified, a.Effect = b.date("announced", "Announced"), b.date("done", "Done"), b.date("notified", "Notified"), b.date("effect", "In effect from")
	a.Organ, a.Summary, a.Note, a.Objects = b.text("organ"), b.text("summary"), b.text("note"), stocktake.ActID(b.text("objects"))
	a.Provisions = ids[stocktake.ProvisionID](b, "provisions")
}

func buildAct(b *builder) error {
	var a stocktake.Act
	b.act(&a)
	a.Source, a.Quotes = b.source(true), b.quotes()
	a.ID = stocktake.ActID(b.text("act"))
	if a.ID == "" && len(b.faults) == 0 {
		id, err := b.newAct(&a)
		if err != nil {
			return err
		}
		a.ID = id
	}
	b.f.Acts = []stocktake.Act{a}
	return nil
}

// newAct names an act that the record has not: towards a treaty by its class, else by party, instrument, kind and day.
func (b *builder) newAct(a *stocktake.Act) (stocktake.ActID, error) {
	rec := b.q.d.opt.Ledger.Record()
	at := b.q.newest()
	binding := false
	if in, ok := rec.Instrument(a.Instrument, rec.Head()); ok {
		binding = in.Kind.Binding()
	}
	day := ""
	for _, d := range []stocktake.Date{a.Done, a.Notified, a.Effect, a.Announced} {
		if !d.IsZero() && day == "" {
			day = "-" + people.Slug(d.String())
		}
	}
	for n := 1; ; n++ {
		id := stocktake.TreatyActID(a.Instrument, a.Party, a.Kind, n)
		if !binding {
			id = stocktake.ActID(string(a.Instrument) + "/" + string(a.Party) + "/" + a.Kind.String() + day)
			if n > 1 {
				id += stocktake.ActID("-" + strconv.Itoa(n))
			}
		}
		list, err := rec.ActOf(b.q.ctx, at, id, a.Party, a.Instrument)
		if err != nil || len(list) == 0 {
			return id, err
		}
	}
}

// newest is the record as it is, for every day.
func (q *request) newest() stocktake.At {
	rec := q.d.opt.Ledger.Record()
	return stocktake.At{On: stocktake.MaxDay, Known: q.now.AddDate(0, 0, 1), Head: rec.Head()}
}

// entries are what each source says of an act.
func (q *request) entries(id string) ([]record.ActEntry, error) {
	if strings.HasPrefix(id, "rc-") {
		return nil, stocktake.Invalidf("%s is a vote in a roll-call, which is mended as a whole", id).Hinted("file the roll-call anew as text, with mends: and the filing that had it wrong")
	}
	list, err := q.d.opt.Ledger.Record().Act(q.ctx, q.newest(), stocktake.ActID(id))
	if err == nil && len(list) == 0 {
		err = stocktake.NotFoundf("there is no act %q on the record", id).Hinted("copy its id from its page")
	}
	return list, err
}

// entryName names one source's entry of an act in a form.
func entryName(e *record.ActEntry) string {
	return strconv.FormatInt(e.Filing, 10) + " " + string(e.Source)
}

// pickEntry offers the entries of an act where there are several.
func pickEntry(form string) func(q *request) ([]picked, error) {
	return func(q *request) (out []picked, err error) {
		if q.form("entry") != "" {
			return nil, nil
		}
		list, err := q.entries(q.form("act"))
		if err != nil {
			return nil, err
		}
		for i := range list {
			e := &list[i]
			if e.Retracted || e.Replaced {
				continue
			}
			var days []string
			for ph := stocktake.PhaseAnnounced; ph <= stocktake.PhaseEffect; ph++ {
				if d := e.Day(ph); !d.IsZero() {
					days = append(days, ph.String()+" "+d.String())
				}
			}
			out = append(out, picked{"/desk/record/new/" + form + query("act", string(e.ID), "entry", entryName(e)),
				q.partyName(e.Party) + ", " + strings.ReplaceAll(e.Kind.String(), "-", " ") + ", " + strings.Join(days, ", "), "by source " + string(e.Source) + ", filing " + strconv.FormatInt(e.Filing, 10)})
		}
		if len(out) == 0 {
			return nil, stocktake.NotFoundf("every entry of the act %q was retracted", q.form("act"))
		}
		return out, nil
	}
}

// entry is the one that a form names.
func (q *request) entry() (*record.ActEntry, error) {
	list, err := q.entries(q.form("act"))
	if err != nil {
		return nil, err
	}
	for i := range list {
		if entryName(&list[i]) == q.form("entry") {
			return &list[i], nil
		}
	}
	return nil, stocktake.NotFoundf("the act %s has no such entry any more", q.form("act")).Hinted("choose it again")
}

func fillMend(q *request) (map[string]string, error) {
	e, err := q.entry()
	if err != nil {
		return nil, err
	}
	var prov []string
	for _, p := range e.Provisions {
		prov = append(prov, string(p))
	}
	return map[string]string{"party": string(e.Party), "instrument": string(e.Instrument), "kind": e.Kind.String(), "announced": e.Announced.String(), "done": e.Done.String(), "notified": e.Notified.String(), "effect": e.Effect.String(),
		"organ": e.Organ, "summary": e.Summary, "provisions": strings.Join(prov, " "), "objects": string(e.Objects), "note": e.Note}, nil
}

// mends says which filing is mended, and why.
func (b *builder) mends(filing int64) *stocktake.Erratum {
	info, _ := b.q.d.opt.Ledger.Record().Info(filing)
	return &stocktake.Erratum{Filing: info.SHA256, Reason: b.text("reason"), By: b.text("by")}
}

func buildMend(b *builder) error {
	e, err := b.q.entry()
	if err != nil {
		return err
	}
	a := e.Act
	b.act(&a)
	if a.Text != nil && a.Text.Words.Gone() {
		a.Text = nil
	}
	if a.Person.Gone() {
		a.Person = stocktake.Sheeted{}
	}
	var quotes []stocktake.Quote
	for _, x := range a.Quotes {
		if !x.Exact.Gone() {
			x.Exact = stocktake.Plain(x.Exact.Text)
			quotes = append(quotes, x)
		}
	}
	a.Quotes = quotes
	if a.Text != nil {
		a.Text = &stocktake.ActText{Lang: a.Text.Lang, Words: stocktake.Plain(a.Text.Words.Text)}
	}
	if !a.Person.IsZero() {
		a.Person = stocktake.Plain(a.Person.Text)
	}
	b.f.Mends, b.f.Acts = b.mends(e.Filing), []stocktake.Act{a}
	return nil
}

func buildRetract(b *builder) error {
	e, err := b.q.entry()
	if err != nil {
		return err
	}
	list, err := b.q.entries(string(e.ID))
	if err != nil {
		return err
	}
	b.f.Mends = b.mends(e.Filing)
	b.f.Mends.Retracts = []stocktake.ActID{e.ID}
	for _, old := range list { // what an erratum had put in its place would come back
		if old.Source == e.Source && !old.Retracted && old.Filing != e.Filing {
			f := stocktake.Filing{Title: b.f.Title, Mends: b.mends(old.Filing)}
			f.Mends.Retracts = []stocktake.ActID{e.ID}
			b.more = append(b.more, f)
		}
	}
	return nil
}
