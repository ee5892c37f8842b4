// Package secretariat is what people do with the record: so far, to read a statement, see what it cites, and put it on the record.
package secretariat

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"stocktake"
	"stocktake/internal/ingest"
	"stocktake/internal/record"
)

// Names returns what a text may mention: every party and every described instrument of the record at head.
func Names(rec *record.Record, head int64) *ingest.Names {
	var list []ingest.Name
	for _, p := range rec.Parties(head) {
		switch p.Kind {
		case "group", "organ", "organisation":
			continue
		}
		var n []string
		for _, s := range p.Names {
			n = append(n, s)
		}
		for _, s := range p.Formal {
			n = append(n, strings.TrimPrefix(s, "the "))
		}
		for _, s := range p.Aliases {
			if len([]rune(s)) > 2 || s == strings.ToUpper(s) {
				n = append(n, s)
			}
		}
		list = append(list, ingest.Name{Kind: "party", ID: string(p.ID), Names: n})
	}
	for _, in := range rec.Instruments(head, true) {
		if in.Kind == stocktake.StatementKind {
			continue
		}
		n := []string{in.Title}
		for _, s := range in.Official {
			n = append(n, s)
		}
		for _, s := range in.Aliases {
			if !strings.ContainsAny(s, "/_") && (strings.ContainsRune(s, ' ') || s == strings.ToUpper(s)) {
				n = append(n, s)
			}
		}
		list = append(list, ingest.Name{Kind: "instrument", ID: string(in.ID), Names: n})
	}
	return ingest.NewNames(list)
}

// Read reads a statement with the names of the record.
func Read(rec *record.Record, head int64, text string) ingest.Draft {
	return ingest.Read(text, Names(rec, head))
}

// Filing turns a draft into the filing that puts it on the record: an instrument of kind statement, a source whose archived copy is the
// text itself, and what the text says, as its own claim. Names beneath it stand as printed. read is the day it was entered; address may
// be empty.
func Filing(rec *record.Record, head int64, d ingest.Draft, read stocktake.Date, address string) (stocktake.Filing, error) {
	if d.Title == nil {
		return stocktake.Filing{}, stocktake.Invalidf("the text has no title, so that it cannot be filed as a statement").Hinted("put the title on the first line")
	}
	if slices.ContainsFunc(d.Flags, func(f ingest.Flag) bool { return f.Code == ingest.FlagNotUTF8 }) {
		return stocktake.Filing{}, stocktake.Invalidf("the text holds bytes that are not UTF-8, so that its words cannot be filed as they are").Hinted("convert it from its own encoding first")
	}
	id := slug(d)
	src := stocktake.SourceID("text-" + d.SHA256[:12])
	in := stocktake.Instrument{ID: id, Kind: stocktake.StatementKind, Title: clip(d.Title.Text, 160), Sources: []stocktake.SourceID{src}}
	s := stocktake.Statement{Instrument: id, Version: 1, TextSHA256: d.SHA256, Source: src, Lang: "en"}
	source := stocktake.Source{ID: src, Kind: "civil-society", Title: "Text of the statement, as entered", Lang: "en", Read: read, Address: address,
		Copy: &stocktake.Copy{State: "public", SHA256: d.SHA256, Bytes: int64(len(d.Text)), Media: "text/plain; charset=utf-8"}}
	if len(d.Contacts) > 0 { // somebody's telephone or mailbox stays here: the text is no part of exports, and pages leave contacts out
		source.Copy.State = "private"
	}
	if d.Dateline != nil {
		s.Dateline = d.Dateline.Text
		if d.Dateline.Place != nil {
			s.Place, in.Place = *d.Dateline.Place, *d.Dateline.Place
		}
		if d.Dateline.Date != nil {
			if day, err := stocktake.ParseDate(*d.Dateline.Date); err == nil {
				s.Date, in.Adopted, source.Published = day, day, day
			}
		}
	}
	mention := func(id *string, e ingest.Entry) stocktake.Mention {
		m := stocktake.Mention{Start: e.Start, End: e.End, Quote: stocktake.Plain(e.Text)}
		if id != nil {
			m.ID = *id
		}
		return m
	}
	links := map[string]bool{}
	for _, x := range d.Instruments {
		s.Cites = append(s.Cites, mention(x.ID, x.Entry))
		if x.ID != nil && !links[*x.ID] {
			links[*x.ID] = true
			in.Links = append(in.Links, stocktake.InstrumentLink{Rel: "rests-on", To: stocktake.InstrumentID(*x.ID)})
		}
	}
	for _, x := range d.States {
		s.States = append(s.States, mention(x.ID, x.Entry))
	}
	for _, a := range d.Acts {
		m := mention(nil, a.Entry)
		if a.Party != nil && a.Instrument != nil {
			m.ID = *a.Party + " " + a.Kind + " " + *a.Instrument
		}
		s.Recounts = append(s.Recounts, m)
	}
	for i, c := range d.Calls {
		x := stocktake.Call{ID: fmt.Sprintf("%s/call-%d", id, i+1), Verb: c.Verb, Start: c.Start, End: c.End, Quote: stocktake.Plain(c.Text)}
		if c.Addressee != nil {
			x.Addressee = *c.Addressee
		}
		if c.AddresseeID != nil {
			x.AddresseeID = stocktake.PartyID(*c.AddresseeID)
		}
		s.Calls = append(s.Calls, x)
	}
	for _, u := range d.Undertakings {
		s.Undertakes = append(s.Undertakes, stocktake.Undertaking{Start: u.Start, End: u.End, Quote: stocktake.Plain(u.Text)})
	}
	for _, c := range d.Claims {
		s.Claims = append(s.Claims, mention(nil, c))
	}
	for _, g := range d.Signatories {
		s.Signatories = append(s.Signatories, stocktake.NamePrinted{Name: stocktake.Plain(g.Text), Start: g.Start, End: g.End})
	}
	for _, f := range d.Flags {
		if f.Code == ingest.FlagContact || f.Code == ingest.FlagNoDateline || f.Code == ingest.FlagNoSignatories {
			s.Missing = append(s.Missing, f.Message)
		}
	}
	return stocktake.Filing{Key: "statement/" + string(id), Title: "Statement: " + clip(d.Title.Text, 140), Sources: []stocktake.Source{source}, Instruments: []stocktake.Instrument{in}, Statement: &s}, nil
}

// slug makes a readable id from the day and the title, with a piece of the text's hash, so that two texts never share one.
func slug(d ingest.Draft) stocktake.InstrumentID {
	var b strings.Builder
	b.WriteString("st-")
	if d.Dateline != nil && d.Dateline.Date != nil {
		b.WriteString(*d.Dateline.Date)
		b.WriteByte('-')
	}
	n := 0
	for _, w := range strings.FieldsFunc(norm.NFKD.String(strings.ToLower(d.Title.Text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) }) {
		var c strings.Builder
		for _, r := range w {
			if r < 128 {
				c.WriteRune(r)
			}
		}
		if c.Len() < 3 || n == 4 {
			continue
		}
		b.WriteString(c.String())
		b.WriteByte('-')
		n++
	}
	return stocktake.InstrumentID(strings.ReplaceAll(b.String(), "/", "_") + d.SHA256[:6])
}

func clip(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n-1]) + "…"
}
