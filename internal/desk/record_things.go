package desk

import (
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/people"
)

func init() {
	recordForms = append(recordForms,
		&recordForm{Name: "measure", Loads: true, Title: "File or mend a measure", Lede: "What an organ of a state did at home that bears on provisions. It carries no verdict.", fill: fillMeasure, build: buildMeasure,
			Groups: append([]fieldGroup{{Legend: "The measure", Help: "One that is on the record is described anew under its id.", Fields: []field{titleField,
				{Name: "id", Label: "Id", Help: "of a measure on the record, to mend it; empty for a new one"},
				{Name: "party", Label: "Party", Help: "id or name", Required: true}, {Name: "organ", Label: "Organ"},
				{Name: "kind", Label: "Kind", Kind: "select", Options: choices("", "law", "order", "proclamation", "memorandum", "determination", "budget", "ruling", "agreement", "statement"), Required: true},
				{Name: "name", Label: "What it is, in your own words", Required: true}, {Name: "date", Label: "Made on", Required: true},
				{Name: "force", Label: "Whether it holds", Kind: "select", Options: choices("", "announced", "in force", "stayed", "revoked", "unknown"), Required: true},
				{Name: "provisions", Label: "Provisions that it bears on", Help: "ids, such as gcm/obj-13"}, {Name: "instrument", Label: "Instrument that it bears on"}, {Name: "revokes", Label: "Measure that it ends", Help: "its id"},
				{Name: "note", Label: "Note", Kind: "area"}}}}, sourceGroups(true)...)},
		&recordForm{Name: "provision", Loads: true, Title: "File or mend a provision", Lede: "A part of a text, with its number, and its official words where a source gives them.", fill: fillProvision, build: buildProvision,
			Groups: append([]fieldGroup{{Legend: "The provision", Help: "One that is on the record is described anew under its id; what is left empty here is then empty there.", Fields: []field{titleField,
				{Name: "id", Label: "Id", Help: "the instrument’s, a slash and a number, such as gcm/obj-13", Required: true}, {Name: "number", Label: "Number, as printed", Help: "such as Objective 13", Required: true},
				{Name: "name", Label: "Its title", Required: true}, {Name: "parent", Label: "Provision that it is a part of"}, {Name: "themes", Label: "Themes", Help: "such as child-detention, labour"},
				{Name: "text-lang", Label: "Language of its words", Help: "its code, such as en"}, {Name: "text", Label: "Its words, letter by letter", Kind: "area", Lang: true}}}}, sourceGroups(false)...)},
		&recordForm{Name: "instrument", Loads: true, Title: "File or mend an instrument", Lede: "A text, talks or a body that acts are about.", fill: fillInstrument, build: buildInstrument,
			Groups: append([]fieldGroup{{Legend: "The instrument", Help: "One that is on the record is described anew under its id: what is left empty here is then empty there. Its official titles and its rule on entry into force stay.", Fields: []field{titleField,
				{Name: "id", Label: "Id", Help: "short, in small letters, such as a-res-73-195", Required: true},
				{Name: "kind", Label: "Kind", Kind: "select", Options: instrumentKinds, Required: true}, {Name: "name", Label: "Its title", Required: true}, {Name: "symbol", Label: "Symbol or register number", Help: "as the publisher writes it"},
				{Name: "symbols", Label: "Other symbols of the same text", Help: "one a line", Kind: "area"}, {Name: "aliases", Label: "Short names that texts use", Help: "one a line", Kind: "area"},
				{Name: "adopted", Label: "Adopted"}, {Name: "in-force", Label: "In force from", Help: "the text itself, where a source says it"}, {Name: "place", Label: "Place"}, {Name: "depositary", Label: "Depositary"},
				{Name: "parties", Label: "Group that it is addressed to", Help: "its id, such as un-members"}, {Name: "links", Label: "Ties to other instruments", Help: "one a line: endorses gcm; also leads-to, protocol-to, rests-on, follows, amends, part-of", Kind: "area"},
				{Name: "themes", Label: "Themes"}, {Name: "notes", Label: "Notes", Help: "one a line, in your own words", Kind: "area"}}}}, sourceGroups(false)...)},
		&recordForm{Name: "party", Loads: true, Title: "File or mend a party", Lede: "Whoever can stand towards an instrument: a state, a group, an organ, an organisation.", fill: fillParty, build: buildParty,
			Groups: append([]fieldGroup{{Legend: "The party", Help: "One that is on the record is described anew under its id: what is left empty here is then empty there.", Fields: []field{titleField,
				{Name: "id", Label: "Id", Help: "three capitals of ISO 3166-1 for states; small letters for others", Required: true},
				{Name: "kind", Label: "Kind", Kind: "select", Options: choices("", "state", "former-state", "seat", "territory", "observer", "union", "organ", "group", "organisation"), Required: true},
				{Name: "names", Label: "Short names by language", Help: "one a line: en: Brazil", Kind: "area", Required: true}, {Name: "formal", Label: "Formal names by language", Help: "one a line", Kind: "area"},
				{Name: "aliases", Label: "Other names that texts use", Help: "one a line", Kind: "area"}, {Name: "codes", Label: "Codes", Help: "one a line: iso2: BR; domain: the government’s domain", Kind: "area"},
				{Name: "from", Label: "Existed from"}, {Name: "to", Label: "Last day of its existence"},
				{Name: "memberships", Label: "Groups that it belongs or belonged to", Help: "one a line: un-members 1945-10-24, with a last day behind it where it ended", Kind: "area"},
				{Name: "links", Label: "Ties to other parties", Help: "one a line: successor-of x-former; also predecessor-of, part-of, chapter-of", Kind: "area"}, {Name: "notes", Label: "Notes", Help: "one a line", Kind: "area"}}}}, sourceGroups(false)...)},
		&recordForm{Name: "merge", Title: "Merge, or take a merge back", Lede: "Two ids mean one thing: what was filed under either counts for the one that stays. It can be taken back.", build: buildMerge,
			Groups: []fieldGroup{{Legend: "The two", Fields: []field{titleField, {Name: "of", Label: "They are", Kind: "select", Options: choices("", "party", "instrument"), Required: true}, {Name: "from", Label: "Id that goes", Required: true}, {Name: "into", Label: "Id that stays", Required: true},
				{Name: "undo", Label: "take an earlier merge of these two back", Kind: "check"}, reasonField, byField}}}},
		&recordForm{Name: "decision", Title: "Settle a conflict", Lede: "Sources tell of one act differently; the record follows one of them, and says why. All of them stay readable.", build: buildDecision,
			Groups: []fieldGroup{{Legend: "The decision", Fields: []field{titleField, {Name: "act", Label: "Id of the act", Required: true}, {Name: "follows", Label: "Id of the source that the record follows", Required: true}, reasonField, byField}}}},
		&recordForm{Name: "yaml", Title: "Write a filing as text", Lede: "In the format in which filings are written by hand, everything can be put on the record.",
			Groups: []fieldGroup{{Legend: "The filing", Help: "YAML; several filings are parted by a line of three hyphens. docs/filing-format.md lists every field.", Fields: []field{{Name: "text", Label: "Text", Kind: "area", Required: true}}}}})
}

func instrumentKinds() (list []choice) {
	for _, k := range stocktake.InstrumentKinds() {
		list = append(list, choice{Value: string(k), Name: strings.ReplaceAll(string(k), "-", " ")})
	}
	return list
}

func fillMeasure(q *request) (map[string]string, error) {
	id := q.form("id")
	if id == "" {
		return nil, nil
	}
	for _, m := range q.d.opt.Ledger.Record().Measures(q.newest(), "") {
		if m.ID == id {
			out := map[string]string{"id": id, "party": string(m.Party), "organ": m.Organ, "kind": m.Kind, "name": m.Title, "date": m.Date.String(), "force": m.Force, "provisions": joined(m.Provisions, " "), "instrument": string(m.Instrument), "revokes": m.Revokes, "source": string(m.Source), "note": m.Note}
			if len(m.Quotes) > 0 {
				x := m.Quotes[0]
				out["quote"], out["quote-lang"], out["quote-page"], out["quote-by"] = x.Exact.Text, x.Lang, x.Page, x.By
				if x.Own {
					out["quote-own"] = "yes"
				}
			}
			return out, nil
		}
	}
	return nil, stocktake.NotFoundf("there is no measure %q on the record", id)
}

func joined[T ~string](list []T, sep string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return strings.Join(out, sep)
}

func buildMeasure(b *builder) error {
	m := stocktake.Measure{ID: b.text("id"), Party: b.party("party", "Party"), Organ: b.text("organ"), Kind: b.text("kind"), Title: b.text("name"), Date: b.date("date", "Made on"), Force: b.text("force"),
		Provisions: ids[stocktake.ProvisionID](b, "provisions"), Revokes: b.text("revokes"), Note: b.text("note")}
	if b.text("instrument") != "" {
		m.Instrument = b.instrument("instrument", "Instrument")
	}
	if m.ID == "" {
		m.ID = strings.ToLower(string(m.Party)) + "-" + clipSlug(people.Slug(m.Title), 40) + "-" + people.Slug(m.Date.String())
	}
	m.Source, m.Quotes = b.source(true), b.quotes()
	for _, old := range b.q.d.opt.Ledger.Record().Measures(b.q.newest(), "") { // further quotations stay
		if old.ID == m.ID && len(old.Quotes) > 1 {
			for _, x := range old.Quotes[1:] {
				if !x.Exact.Gone() {
					x.Exact = stocktake.Plain(x.Exact.Text)
					m.Quotes = append(m.Quotes, x)
				}
			}
		}
	}
	b.f.Measures = []stocktake.Measure{m}
	return nil
}

func fillProvision(q *request) (map[string]string, error) {
	rec := q.d.opt.Ledger.Record()
	p, ok := rec.Provision(stocktake.ProvisionID(q.form("id")), rec.Head())
	if !ok {
		return nil, nil
	}
	return map[string]string{"id": string(p.ID), "number": p.Number, "name": p.Title, "parent": string(p.Parent), "themes": strings.Join(p.Themes, " "), "source": onlySource(p.Sources)}, nil
}

// onlySource is the source of a description, where it has one alone.
func onlySource(list []stocktake.SourceID) string {
	if len(list) == 1 {
		return string(list[0])
	}
	return ""
}

func buildProvision(b *builder) error {
	p := stocktake.Provision{ID: stocktake.ProvisionID(b.text("id")), Number: b.text("number"), Title: b.text("name"), Parent: stocktake.ProvisionID(b.text("parent")), Themes: ids[string](b, "themes")}
	in, _, _ := strings.Cut(string(p.ID), "/")
	p.Instrument = stocktake.InstrumentID(in)
	text := strings.TrimSpace(strings.ReplaceAll(b.q.r.Form.Get("text"), "\r\n", "\n"))
	src := b.source(text != "")
	if src != "" {
		p.Sources = []stocktake.SourceID{src}
	}
	b.f.Provisions = []stocktake.Provision{p}
	if text != "" {
		b.f.Texts = []stocktake.ProvisionText{{Provision: p.ID, Lang: cmpOr(b.text("text-lang"), "en"), Text: text, Source: src}}
	}
	return nil
}

func fillInstrument(q *request) (map[string]string, error) {
	rec := q.d.opt.Ledger.Record()
	in, ok := rec.Instrument(stocktake.InstrumentID(q.form("id")), rec.Head())
	if !ok {
		return nil, nil
	}
	var links []string
	for _, l := range in.Links {
		links = append(links, l.Rel+" "+string(l.To))
	}
	return map[string]string{"id": string(in.ID), "kind": string(in.Kind), "name": in.Title, "symbol": in.Symbol, "symbols": strings.Join(in.Symbols, "\n"), "aliases": strings.Join(in.Aliases, "\n"), "adopted": in.Adopted.String(), "in-force": in.InForce.String(),
		"place": in.Place, "depositary": in.Depositary, "parties": string(in.Parties), "links": strings.Join(links, "\n"), "themes": strings.Join(in.Themes, " "), "notes": strings.Join(in.Notes, "\n"), "source": onlySource(in.Sources)}, nil
}

func buildInstrument(b *builder) error {
	rec := b.q.d.opt.Ledger.Record()
	var in stocktake.Instrument
	if old, ok := rec.Instrument(stocktake.InstrumentID(b.text("id")), rec.Head()); ok {
		in.Official, in.Clause, in.Sources = old.Official, old.Clause, slices.Clone(old.Sources)
	}
	in.ID, in.Kind, in.Title, in.Symbol = stocktake.InstrumentID(b.text("id")), stocktake.InstrumentKind(b.text("kind")), b.text("name"), b.text("symbol")
	in.Symbols, in.Aliases, in.Adopted, in.InForce = b.lines("symbols"), b.lines("aliases"), b.date("adopted", "Adopted"), b.date("in-force", "In force from")
	in.Place, in.Depositary, in.Parties, in.Themes, in.Notes = b.text("place"), b.text("depositary"), stocktake.PartyID(b.text("parties")), ids[string](b, "themes"), b.lines("notes")
	for _, s := range b.lines("links") {
		rel, to, ok := strings.Cut(s, " ")
		if !ok {
			b.bad(stocktake.Invalidf("%q is no tie", s).Hinted("write how and to what, such as endorses gcm"), "Ties to other instruments")
		}
		in.Links = append(in.Links, stocktake.InstrumentLink{Rel: rel, To: stocktake.InstrumentID(strings.TrimSpace(to))})
	}
	if src := b.source(false); src != "" && !slices.Contains(in.Sources, src) {
		in.Sources = append(in.Sources, src)
	}
	b.f.Instruments = []stocktake.Instrument{in}
	return nil
}

func fillParty(q *request) (map[string]string, error) {
	rec := q.d.opt.Ledger.Record()
	p, ok := rec.Party(stocktake.PartyID(q.form("id")), rec.Head())
	if !ok {
		return nil, nil
	}
	var members, links []string
	for _, m := range p.Memberships {
		s := string(m.Group) + " " + m.From.String()
		if !m.To.IsZero() {
			s += " " + m.To.String()
		}
		members = append(members, strings.TrimSpace(s))
	}
	for _, l := range p.Links {
		links = append(links, l.Rel+" "+string(l.To))
	}
	return map[string]string{"id": string(p.ID), "kind": p.Kind, "names": tableText(p.Names), "formal": tableText(p.Formal), "aliases": strings.Join(p.Aliases, "\n"), "codes": tableText(p.Codes), "from": p.From.String(), "to": p.To.String(),
		"memberships": strings.Join(members, "\n"), "links": strings.Join(links, "\n"), "notes": strings.Join(p.Notes, "\n"), "source": onlySource(p.Sources)}, nil
}

func tableText(m map[string]string) string {
	var list []string
	for k, v := range m {
		list = append(list, k+": "+v)
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

func buildParty(b *builder) error {
	rec := b.q.d.opt.Ledger.Record()
	p := stocktake.Party{ID: stocktake.PartyID(b.text("id")), Kind: b.text("kind"), Names: b.table("names", "Short names"), Formal: b.table("formal", "Formal names"), Aliases: b.lines("aliases"), Codes: b.table("codes", "Codes"),
		From: b.date("from", "Existed from"), To: b.date("to", "Last day"), Notes: b.lines("notes")}
	var was []stocktake.Membership
	if old, ok := rec.Party(p.ID, rec.Head()); ok {
		p.Sources, was = slices.Clone(old.Sources), old.Memberships
	}
	for _, s := range b.lines("memberships") {
		part := strings.Fields(s)
		m := stocktake.Membership{Group: stocktake.PartyID(part[0])}
		for i, x := range part[1:] {
			d, err := stocktake.ParseDate(x)
			b.bad(err, "Groups")
			switch i {
			case 0:
				m.From = d
			case 1:
				m.To = d
			}
		}
		for _, x := range was { // on what it rests stays
			if x.Group == m.Group && x.From.String() == m.From.String() {
				m.Basis = x.Basis
			}
		}
		p.Memberships = append(p.Memberships, m)
	}
	for _, s := range b.lines("links") {
		rel, to, _ := strings.Cut(s, " ")
		p.Links = append(p.Links, stocktake.PartyLink{Rel: rel, To: stocktake.PartyID(strings.TrimSpace(to))})
	}
	if src := b.source(false); src != "" && !slices.Contains(p.Sources, src) {
		p.Sources = append(p.Sources, src)
	}
	b.f.Parties = []stocktake.Party{p}
	return nil
}

func buildMerge(b *builder) error {
	b.f.Merges = []stocktake.Merge{{Of: b.text("of"), From: b.text("from"), Into: b.text("into"), Undo: b.text("undo") != "", Reason: b.text("reason"), By: b.text("by")}}
	return nil
}

func buildDecision(b *builder) error {
	d := stocktake.Decision{Act: stocktake.ActID(b.text("act")), Follows: stocktake.SourceID(b.text("follows")), Reason: b.text("reason"), By: b.text("by")}
	list, err := b.q.d.opt.Ledger.Record().Act(b.q.ctx, b.q.newest(), d.Act)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(e recordEntry) bool { return e.Source == d.Follows }) {
		b.bad(stocktake.Invalidf("source %s tells of no act %s", d.Follows, d.Act).Hinted("choose it in the list of conflicts"), "Source")
	}
	b.f.Decisions = []stocktake.Decision{d}
	return nil
}
