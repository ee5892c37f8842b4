package draft

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"stocktake"
)

// Check returns what is wrong with the form of a filing, each a *stocktake.Fault of the kind Invalid whose Where is the way to the place,
// such as "acts/3/quotes/0/exact". It asks nothing of the record. What it asks:
//
// Fields that must be there are; ids, languages, hashes and words of closed lists are well-formed; no text holds control characters.
// Every source has a day from which it counts as known, and was not read before that day. An edition names its series. An act has a day,
// or a note; a day that is our reckoning is there, and a note says how. A quote has at most 300 characters, unless the source's copy or
// licence in the same filing makes it free to carry. The lists of a roll-call are in order, without a party named twice. Nothing is
// described twice in one filing; one act may be told by several sources.
func Check(f stocktake.Filing) []error {
	var list []error
	for _, p := range problems(&f) {
		list = append(list, p.says.At(p.path))
	}
	return list
}

// A problem is something wrong with the form, and the trail to it.
type problem struct {
	path       string
	says       *stocktake.Fault
	unreadable bool     // no draft can hold this text
	unless     []string // trails: where one of them is wrong, this may follow from it and need not be told
}

type checker struct{ list []problem }

func (c *checker) add(path string, f *stocktake.Fault, unless ...string) {
	c.list = append(c.list, problem{path: path, says: f, unless: unless})
}

func problems(f *stocktake.Filing) []problem {
	c := &checker{}
	c.fields(reflect.ValueOf(f).Elem(), nil)
	c.sources(f)
	c.acts(f)
	for i := range f.Measures {
		c.quotes(f, "measures/"+itoa(i), f.Measures[i].Source, f.Measures[i].Quotes)
	}
	c.readings(f)
	c.figures(f)
	c.judgements(f)
	c.recommended(f)
	for i := range f.RollCalls {
		c.rollCall("roll_calls/"+itoa(i), &f.RollCalls[i])
	}
	for i, p := range f.Provisions {
		if p.Instrument != "" && provisionForm.fits(string(p.ID)) && !strings.HasPrefix(string(p.ID), string(p.Instrument)+"/") {
			c.add(at("provisions", i, "id"), stocktake.Invalidf("%s does not begin with its instrument, %s", p.ID, p.Instrument).Hinted("write %s/...", p.Instrument))
		}
	}
	for i, m := range f.Merges {
		if m.From != "" && m.From == m.Into {
			c.add(at("merges", i, "into"), stocktake.Invalidf("%s is merged into itself", m.From).Hinted("from is the id that goes, into the one that stays"))
		}
	}
	if f.Statement != nil {
		c.statement(f.Statement)
	}
	c.twice(f)
	if reflect.DeepEqual(*f, stocktake.Filing{Format: f.Format, Key: f.Key, Title: f.Title, Note: f.Note}) {
		c.add("", stocktake.Invalidf("the filing states nothing").Hinted("it needs at least a source, an act, or something else that it enters"))
	}
	return c.list
}

func itoa(i int) string { return strconv.Itoa(i) }

func at(list string, i int, name string) string { return list + "/" + itoa(i) + "/" + name }

// fields checks what every field says of itself: that it is there, that it has its form, that it is text.
func (c *checker) fields(v reflect.Value, tr *trail) {
	s := shapeOf(v.Type())
	for _, f := range s.fields {
		fv := v.Field(f.at)
		here := trail{up: tr, name: f.name}
		if empty(fv) {
			if f.required && !mayBeZero(fv.Type()) {
				c.add(here.String(), missing(s.name, f.name))
			}
			continue
		}
		switch t := fv.Type(); {
		case t == sheetedType:
			c.text(fv.Interface().(stocktake.Sheeted).Text, &here)
		case written(t):
		case t.Kind() == reflect.String:
			c.word(fv.String(), s.name, f.name, t.Name(), &here)
		case t.Kind() == reflect.Pointer:
			c.fields(fv.Elem(), &here)
		case t.Kind() == reflect.Struct:
			c.fields(fv, &here)
		case t.Kind() == reflect.Map:
			for _, k := range sortedKeys(fv) {
				key := trail{up: &here, name: k}
				if form, ok := forms[s.name+"."+f.name]; ok && !form.fits(k) {
					c.add(key.String(), form.fault(k))
				}
				c.text(k, &key)
				c.text(fv.MapIndex(reflect.ValueOf(k)).String(), &key)
			}
		case t.Kind() == reflect.Slice:
			for j := range fv.Len() {
				member := trail{up: &here, at: j}
				if m := fv.Index(j); m.Kind() == reflect.Struct {
					c.fields(m, &member)
				} else if m.Kind() == reflect.String {
					c.word(m.String(), s.name, f.name, m.Type().Name(), &member)
				}
			}
		}
	}
}

func sortedKeys(m reflect.Value) []string {
	list := make([]string, 0, m.Len())
	for _, k := range m.MapKeys() {
		list = append(list, k.String())
	}
	slices.Sort(list)
	return list
}

func (c *checker) word(s, kind, name, typeName string, tr *trail) {
	if f, ok := formOf(kind, name, typeName); ok {
		if !f.fits(s) {
			c.add(tr.String(), f.fault(s))
		}
		return
	}
	c.text(s, tr)
}

func (c *checker) text(s string, tr *trail) {
	if f := unreadable(s); f != nil {
		c.list = append(c.list, problem{path: tr.String(), says: f, unreadable: true})
	}
}

// unreadable says why no draft can hold s, nil where one can.
func unreadable(s string) *stocktake.Fault {
	for i := 0; i < len(s); {
		if b := s[i]; b >= ' ' && b < 0x7f || b == '\n' || b == '\t' {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			return stocktake.Invalidf("byte %d of this text is not UTF-8", i).Hinted("write it anew")
		case r == '\r':
			return stocktake.Invalidf("this text holds a carriage return").Hinted("end lines with a line feed alone")
		case control(r):
			return stocktake.Invalidf("this text holds the control character U+%04X", r).Hinted("take it out")
		}
		i += n
	}
	return nil
}

func (c *checker) sources(f *stocktake.Filing) {
	for i := range f.Sources {
		s := &f.Sources[i]
		known, ok := s.KnownBy()
		switch {
		case !ok:
			c.add(at("sources", i, "read"), stocktake.Invalidf("no day says since when this source counts as known").
				Hinted("give `published:` where the source shows it, and `read:`, the day on which you read it"),
				at("sources", i, "published"), at("sources", i, "known"))
		case s.Known != "" && timeForm.fits(s.Known):
			if day, ok := s.Read.Last(); ok && known.After(stocktake.EndOfDay(day+1)) {
				c.add(at("sources", i, "known"), stocktake.Invalidf("known is later than the day on which the source was read, %s", s.Read).Hinted("is one of the two a slip?"))
			}
			if day, ok := s.Published.First(); ok && known.Before(time.Unix(int64(day-1)*86400, 0)) {
				c.add(at("sources", i, "known"), stocktake.Invalidf("known is earlier than the day of publication, %s", s.Published).Hinted("is one of the two a slip?"))
			}
		}
		if !s.Published.IsZero() && !s.Read.IsZero() && s.Published.After(s.Read) == stocktake.Yes {
			c.add(at("sources", i, "published"), stocktake.Invalidf("published %s is later than read %s", s.Published, s.Read).Hinted("is one of the two a slip?"))
		}
		if s.Edition != "" && s.Series == "" {
			c.add(at("sources", i, "series"), stocktake.Invalidf("edition %s is an edition of nothing", quoted(s.Edition)).Hinted("name the series, such as `series: un-ga-votes`; editions of one series revise each other"))
		}
		if s.Copy != nil {
			switch cp := s.Copy; {
			case cp.State == "public" && cp.SHA256 == "":
				c.add(at("sources", i, "copy/sha256"), stocktake.Invalidf("a public copy needs its sha256").Hinted("or `state: absent`, where there is none"))
			case cp.State == "absent" && cp.SHA256 != "":
				c.add(at("sources", i, "copy/state"), stocktake.Invalidf("the copy is absent, yet has a hash").Hinted("private is a copy of which only the hash is part of the record"))
			case cp.Bytes < 0:
				c.add(at("sources", i, "copy/bytes"), stocktake.Invalidf("%d bytes cannot be", cp.Bytes).Hinted("the length of the file, or nothing"))
			}
		}
	}
}

func (c *checker) acts(f *stocktake.Filing) {
	for i := range f.Acts {
		a := &f.Acts[i]
		if a.Announced.IsZero() && a.Done.IsZero() && a.Notified.IsZero() && a.Effect.IsZero() && a.Note == "" {
			c.add(at("acts", i, "done"), stocktake.Invalidf("the act has no day").Hinted("give announced, done, notified or effect as exactly as the source does, or say in `note:` that it gives none"),
				at("acts", i, "announced"), at("acts", i, "notified"), at("acts", i, "effect"))
		}
		for j, name := range a.Reckoned {
			p, err := stocktake.ParsePhase(name)
			if err != nil {
				continue // told by fields
			}
			if a.Day(p).IsZero() {
				c.add(at("acts", i, "reckoned/"+itoa(j)), stocktake.Invalidf("%s is said to be our reckoning, and is not there", name).Hinted("give the day, or take the word out"))
			} else if a.Note == "" {
				c.add(at("acts", i, "note"), stocktake.Invalidf("%s is our reckoning, and no note says how", name).Hinted("say it in `note:`"))
			}
		}
		if a.Objects != "" && a.Objects == a.ID {
			c.add(at("acts", i, "objects"), stocktake.Invalidf("the act answers itself").Hinted("objects is the id of the other act"))
		}
		c.quotes(f, "acts/"+itoa(i), a.Source, a.Quotes)
	}
}

// maxQuote is how many characters of a source a quote may hold where the source is not free to carry.
const maxQuote = 300

func (c *checker) quotes(f *stocktake.Filing, path string, of stocktake.SourceID, list []stocktake.Quote) {
	for i := range list {
		n := utf8.RuneCountInString(list[i].Exact.Text)
		from := list[i].Source
		if from == "" {
			from = of
		}
		if n > maxQuote && !free(f, from) {
			c.add(path+"/quotes/"+itoa(i)+"/exact", stocktake.Invalidf("the quote has %d characters; %d is the most", n, maxQuote).
				Hinted("shorten it to the words that show the act; longer ones need a source in this filing whose copy is public or whose licence is public domain, CC0 or CC BY"))
		}
	}
}

// free reports whether the filing says that the words of a source may be carried whole.
func free(f *stocktake.Filing, id stocktake.SourceID) bool {
	for i := range f.Sources {
		if s := &f.Sources[i]; s.ID == id {
			if s.Copy != nil && s.Copy.State == "public" {
				return true
			}
			l := strings.ReplaceAll(strings.ToLower(s.Licence), "-", " ")
			return strings.HasPrefix(l, "public domain") || strings.HasPrefix(l, "cc0") ||
				strings.HasPrefix(l, "cc by") && !strings.HasPrefix(l, "cc by n")
		}
	}
	return false
}

func (c *checker) statement(s *stocktake.Statement) {
	if s.Version < 1 {
		c.add("statement/version", stocktake.Invalidf("version %d cannot be", s.Version).Hinted("versions count from 1"))
	}
	span := func(path string, from, to int) {
		if from < 0 || to <= from {
			c.add(path, stocktake.Invalidf("the place runs from %d to %d", from, to).Hinted("start and end count characters of the text from 0; end is the one after the last"))
		}
	}
	for _, l := range []struct {
		name string
		list []stocktake.Mention
	}{{"cites", s.Cites}, {"states", s.States}, {"recounts", s.Recounts}, {"claims", s.Claims}} {
		for i, m := range l.list {
			span("statement/"+l.name+"/"+itoa(i), m.Start, m.End)
		}
	}
	for i, m := range s.Calls {
		span("statement/calls/"+itoa(i), m.Start, m.End)
		c.answer("statement/calls/"+itoa(i)+"/answer", m.Answer)
	}
	for i, m := range s.Undertakes {
		span("statement/undertakes/"+itoa(i), m.Start, m.End)
		c.answer("statement/undertakes/"+itoa(i)+"/answer", m.Answer)
	}
	for i, m := range s.Signatories {
		span("statement/signatories/"+itoa(i), m.Start, m.End)
	}
}

// answer checks what is said to answer a call.
func (c *checker) answer(path string, a *stocktake.Answer) {
	rules := 0
	a.EachRule(func(_ stocktake.Role, r *stocktake.AnswerRule) { rules++ })
	if a != nil && rules == 0 && a.Note == "" {
		c.add(path+"/note", stocktake.Invalidf("no act would answer it, and no note says why").Hinted("name acts under met, part, refused or undone, or say in `note:` why none would"))
	}
}

// readings checks what somebody reads as answers to calls.
func (c *checker) readings(f *stocktake.Filing) {
	for i := range f.Answers {
		x := &f.Answers[i]
		if x.Act == "" && x.Date.IsZero() {
			c.add(at("answers", i, "date"), stocktake.Invalidf("the answer has no day").Hinted("give `date:` as exactly as the source does, or name the act that it is about under `act:`"))
		}
		if x.Act != "" && x.Instrument == "" {
			c.add(at("answers", i, "instrument"), stocktake.Invalidf("the instrument of act %s is not named", x.Act).Hinted("name it, such as `instrument: gcm`"))
		}
		if x.Act == "" && x.Status == "no-answer" {
			c.add(at("answers", i, "act"), stocktake.Invalidf("no-answer says of an act that it answers nothing, and no act is named").Hinted("name it under `act:`"))
		}
		c.quotes(f, "answers/"+itoa(i), x.Source, x.Quotes)
	}
}

// twice finds what is described twice in one filing.
func (c *checker) twice(f *stocktake.Filing) {
	first := map[string]int{}
	see := func(list string, i int, name, id, other string) {
		if id == "" {
			return
		}
		k := list + "\x00" + id + "\x00" + other
		if j, ok := first[k]; ok {
			what := id
			if other != "" {
				what = fmt.Sprintf("%s by %s", id, other)
			}
			c.add(at(list, i, name), stocktake.Invalidf("%s is here twice; it is also number %d of %s", what, j+1, list).Hinted("put the two together, or give one another id"))
			return
		}
		first[k] = i
	}
	for i, x := range f.Sources {
		see("sources", i, "id", string(x.ID), "")
	}
	for i, x := range f.Parties {
		see("parties", i, "id", string(x.ID), "")
	}
	for i, x := range f.Instruments {
		see("instruments", i, "id", string(x.ID), "")
	}
	for i, x := range f.Provisions {
		see("provisions", i, "id", string(x.ID), "")
	}
	for i, x := range f.Texts {
		see("texts", i, "provision", string(x.Provision), x.Lang)
	}
	for i, x := range f.Law {
		see("law", i, "id", x.ID, "")
	}
	for i, x := range f.Words {
		see("words", i, "word", x.Word, "")
	}
	for i, x := range f.RollCalls {
		see("roll_calls", i, "id", x.ID, string(x.Source))
	}
	for i, x := range f.Acts {
		see("acts", i, "id", string(x.ID), string(x.Source))
	}
	for i, x := range f.Measures {
		see("measures", i, "id", x.ID, string(x.Source))
	}
	for i, x := range f.Decisions {
		see("decisions", i, "act", string(x.Act), "")
	}
	for i, x := range f.Tables {
		see("tables", i, "id", string(x.ID), "")
	}
	for i, x := range f.Rubrics {
		see("rubrics", i, "id", string(x.ID), "")
	}
	for i, x := range f.Assessments {
		see("assessments", i, "id", string(x.ID), "")
	}
	for i, x := range f.Replies {
		see("replies", i, "id", x.ID, "")
	}
	for i, x := range f.Recommended {
		see("recommended", i, "id", x.ID, "")
	}
}
