package importer

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"stocktake"
)

func itoa(n int) string { return strconv.Itoa(n) }

// check finds what is wrong with a mapping before any file is opened, and works out what its rows will need.
func (m *mapping) check() error {
	var first error
	bad := func(key, format string, args ...any) *stocktake.Fault {
		f := stocktake.Invalidf(format, args...).At(m.file + ": " + key)
		if first == nil {
			first = f
		}
		return f
	}
	fail := func(f *stocktake.Fault, hint string, args ...any) error { return f.Hinted(hint, args...) }
	pattern := func(key, text string) *regexp.Regexp {
		if text == "" {
			return nil
		}
		re, err := regexp.Compile(text)
		if err != nil {
			bad(key, "%q is no pattern: %v", text, err)
		}
		return re
	}
	field := func(key string, f *mapField) {
		f.page, f.strip = pattern(key+" page", f.Page), pattern(key+" strip", f.Strip)
		n := 0
		for _, s := range []string{f.Fixed, f.Column, f.Page} {
			if s != "" {
				n++
			}
		}
		if n > 1 {
			bad(key, "fixed, column and page exclude each other")
		}
	}
	condition := func(key string, c *mapIf) {
		if c.Column == "" || len(c.Equals) == 0 && c.Matches == "" && !c.Empty {
			bad(key, "a condition needs a column, and equals, matches or empty")
		}
		c.re = pattern(key+" matches", c.Matches)
	}

	switch {
	case m.Mapping == "" || slug(m.Mapping) != m.Mapping:
		return fail(bad("mapping", "the mapping needs a name of small letters, digits and hyphens"), "such as mapping: our-treaty-table")
	case m.Source.ID == "" || m.Source.Title == "":
		return fail(bad("source", "the source needs id and title"), "such as id: un-register and title: Register of treaties")
	case slug(m.Source.ID) != m.Source.ID:
		return fail(bad("source id", "%q is no id", m.Source.ID), "use small letters, digits and hyphens, such as %q", slug(m.Source.ID))
	case slug(m.Source.Series) != m.Source.Series:
		return fail(bad("source series", "%q is no id", m.Source.Series), "use small letters, digits and hyphens, such as %q", slug(m.Source.Series))
	case m.Figures != nil:
		return m.checkFigures()
	case len(m.Coverage.CannotShow) == 0:
		return fail(bad("coverage cannot_show", "say in a sentence or two what the file cannot show"), "such as \"It shows no exits.\"; it stands beside every answer that rests on the file")
	case m.Party.Column == "":
		return fail(bad("party", "say which column names the party"), "such as party: {column: Country}")
	case !m.Instrument.given():
		return fail(bad("instrument", "say which instrument the file is about"), "such as instrument: icrmw, or instrument: {column: Treaty}")
	case len(m.Coverage.Kinds) > 0:
		return fail(bad("coverage kinds", "a table covers the instruments that it tells of, and no whole kind"), "leave kinds out; instruments: narrows what the table covers")
	case len(m.Acts) == 0 && m.Votes == nil && !m.Register:
		return fail(bad("acts", "the mapping makes neither acts nor votes"), "write acts, votes or register_headings: true")
	case m.Votes != nil && (len(m.Acts) > 0 || m.Register):
		return fail(bad("votes", "a mapping makes either acts or votes"), "write two mappings")
	case len(m.Dates) == 0:
		return fail(bad("dates", "say how dates are written; an order is never guessed"), "one or more of %s", quoted(dateNames()))
	case m.Describe != nil && (m.Describe.Kind == "" || m.Describe.Title == "" || m.Instrument.Fixed == ""):
		return fail(bad("describe", "a new instrument needs kind and title, and a fixed id under instrument"), "such as describe: {kind: declaration, title: Our declaration}")
	}
	if d := m.Describe; d != nil && !slices.Contains(stocktake.InstrumentKinds(), stocktake.InstrumentKind(d.Kind)) {
		return bad("describe kind", "%q is no kind of instrument", d.Kind)
	}
	dates := []string{m.Source.Published, m.Coverage.From, m.Coverage.To}
	if m.Describe != nil {
		dates = append(dates, m.Describe.Adopted)
	}
	for _, d := range dates {
		if _, err := stocktake.ParseDate(d); d != "" && err != nil {
			return bad("dates", "%v", err)
		}
	}
	for _, name := range m.Dates {
		form, ok := dateForms[name]
		if !ok {
			return fail(bad("dates", "%q is no way to write a date", name), "one of %s", quoted(dateNames()))
		}
		form.name = name
		m.forms = append(m.forms, form)
	}
	for _, a := range m.Coverage.Acts {
		if _, err := stocktake.ParseActKind(a); err != nil {
			return bad("coverage acts", "%v", err)
		}
	}
	if l := m.Layout.Delimiter; l != "" && l != "tab" && (utf8.RuneCountInString(l) != 1 || l[0] >= 0x80 || l == `"`) {
		return fail(bad("file delimiter", "%q is no single character", l), "such as \";\", or tab")
	}
	if !slices.Contains([]string{"", "csv", "xlsx", "html"}, m.Layout.Form) {
		return fail(bad("file form", "%q is no form that can be read", m.Layout.Form), "csv, xlsx or html")
	}
	if _, ok := charsets[m.Layout.Encoding]; !ok && m.Layout.Encoding != "" {
		return fail(bad("file encoding", "%q is no encoding that can be read", m.Layout.Encoding), "one of %s", quoted(slices.Sorted(maps.Keys(charsets))))
	}
	field("instrument", &m.Instrument)
	field("party", &m.Party)
	for i, c := range m.Skip {
		condition(fmt.Sprintf("skip %d", i+1), c)
	}
	for i, a := range m.Acts {
		key := fmt.Sprintf("acts %d", i+1)
		if err := a.check(func(what, format string, args ...any) *stocktake.Fault { return bad(key+" "+what, format, args...) }); err != nil {
			return err
		}
		a.value = pattern(key+" value", a.Value)
		if a.value != nil && a.value.SubexpIndex("date") < 0 {
			return fail(bad(key+" value", "the pattern does not say which part is the date"), "write it as (?P<date>...)")
		}
		if a.When != nil {
			condition(key+" when", a.When)
		}
	}
	if v := m.Votes; v != nil {
		for _, f := range []struct {
			key string
			f   *mapField
		}{{"roll_call", &v.RollCall}, {"date", &v.Date}, {"symbol", &v.Symbol}, {"session", &v.Session}, {"label", &v.Label}, {"part", &v.Part}, {"meeting", &v.Meeting}, {"title", &v.Title}} {
			field("votes "+f.key, f.f)
		}
		if v.RollCall.given() && v.Meeting.given() {
			return fail(bad("votes", "roll_call and meeting exclude each other"), "roll_call is an id of the vote itself; meeting makes an id of the meeting and the text")
		}
		if v.Column == "" || !v.RollCall.given() && !v.Meeting.given() || !v.Date.given() || len(v.Values) == 0 {
			return fail(bad("votes", "votes need roll_call or meeting, date, column and values"), "such as meeting: {column: Meeting}, date: {column: Date}, column: Vote, values: {yes: [Y], no: [N], abstain: [A]}")
		}
		v.values = map[string]int{}
		for list, words := range v.Values {
			at := slices.Index(mapBallots, list)
			if at < 0 {
				return fail(bad("votes values", "%q is no list of a roll-call", list), "one of %s", quoted(mapBallots))
			}
			for _, w := range words {
				w = strings.ToLower(strings.TrimSpace(w))
				if was, twice := v.values[w]; twice && was != at {
					return bad("votes values", "%q stands for two things", w)
				}
				v.values[w] = at
			}
		}
	}
	return first
}

func (a *mapAct) check(bad func(what, format string, args ...any) *stocktake.Fault) error {
	if a.Column == "" {
		return bad("column", "an act needs the column of its date").Hinted("such as {column: Signature, kind: signature}")
	}
	if a.Kind == "" && a.KindColumn == "" && len(a.Letters) == 0 {
		return bad("kind", "say what the date in column %q is", a.Column).Hinted("kind, kind_column or letters; `stocktake law --acts` lists the kinds")
	}
	var err error
	parse := func(what, name string) stocktake.ActKind {
		k, e := stocktake.ParseActKind(name)
		if e != nil && err == nil {
			err = bad(what, "%v", e)
		}
		if k.Ballot() && err == nil {
			err = bad(what, "%q is a vote in a roll-call", name).Hinted("use votes instead of acts")
		}
		return k
	}
	if a.Kind != "" {
		a.kind = parse("kind", a.Kind)
	}
	a.kinds, a.letters = map[string]stocktake.ActKind{}, map[string]stocktake.ActKind{}
	for _, w := range slices.Sorted(maps.Keys(a.Kinds)) {
		a.kinds[strings.ToLower(w)] = parse("kinds", a.Kinds[w])
	}
	for _, l := range slices.Sorted(maps.Keys(a.Letters)) {
		a.letters[l] = parse("letters", a.Letters[l])
	}
	a.phase = stocktake.PhaseDone
	if a.As != "" {
		p, e := stocktake.ParsePhase(a.As)
		if e != nil && err == nil {
			err = bad("as", "%v", e)
		}
		a.phase = p
	}
	return err
}
