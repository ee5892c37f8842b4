package web

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"stocktake"
)

// partyName is the short English name of a party, or its id.
func (q *request) partyName(id stocktake.PartyID) string {
	if p, ok := q.s.rec.Party(id, q.at.Head); ok {
		return nameOf(p)
	}
	return string(id)
}

func nameOf(p *stocktake.Party) string {
	if n := p.Names["en"]; n != "" {
		return n
	}
	return string(p.ID)
}

// partyInProse is the name with "the" where English has it: the United States of America.
func (q *request) partyInProse(id stocktake.PartyID) string {
	if p, ok := q.s.rec.Party(id, q.at.Head); ok {
		return partyInProse(p)
	}
	return string(id)
}

// definite are states whose names have "the" in prose and no word in them that tells.
var definite = []stocktake.PartyID{"BHS", "COG", "COM", "GMB", "MDV", "NLD", "PHL"}

// definiteWords are words that give a name "the": the Holy See, the Cook Islands, the European Union.
var definiteWords = []string{"Republic", "Kingdom", "Union", "Federation", "Emirates", "See", "Islands", "Antilles", "Territories", "Territory", "States", "Isle", "Nations",
	"Organization", "Organisation", "Community", "Council", "Agency", "Committee", "Commission", "Conference", "Court", "Assembly", "Market", "Forum", "Network", "Meeting",
	"President", "Secretary-General", "Federated", "Bank", "Fund"}

// partyInProse reads a name without what stands in brackets after it, which is how the United Nations writes Iran and Venezuela.
func partyInProse(p *stocktake.Party) string {
	n := nameOf(p)
	plain, _, _ := strings.Cut(n, " (")
	switch {
	case strings.HasPrefix(strings.ToLower(n), "the "), strings.Contains(plain, "Island and "), strings.Contains(plain, " and the "):
		return n // South Georgia and the South Sandwich Islands
	case slices.Contains(definite, p.ID), strings.HasPrefix(plain, "State of "):
		return "the " + n
	}
	words := strings.FieldsFunc(plain, func(r rune) bool { return r == ' ' || r == ',' })
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(definiteWords, w) }) {
		return "the " + n
	}
	return n
}

// instrumentTitle is our short title of an instrument, or its id.
func (q *request) instrumentTitle(id stocktake.InstrumentID) string {
	if in, ok := q.s.rec.Instrument(id, q.at.Head); ok {
		return q.titleOf(in)
	}
	return string(id)
}

// titleOf is the title of an instrument as pages show it: that of a rehearsal says so.
func (q *request) titleOf(in *stocktake.Instrument) string {
	if in.Kind == stocktake.StatementKind && q.rehearsed(in.ID) {
		return "Rehearsal: " + in.Title
	}
	return in.Title
}

// rehearsed reports whether a statement is a rehearsal.
func (q *request) rehearsed(id stocktake.InstrumentID) bool {
	set, _ := remember(&q.s.memos, "rehearsals "+itoa(q.at.Head), func() (map[stocktake.InstrumentID]bool, error) {
		set := map[stocktake.InstrumentID]bool{}
		for _, s := range q.s.rec.Statements(q.at.Head) {
			set[s.Instrument] = set[s.Instrument] || s.Rehearsal
		}
		return set, nil
	})
	return set[id]
}

// inProse is the title of an instrument as a sentence needs it, or its id.
func (q *request) inProse(id stocktake.InstrumentID) string {
	if in, ok := q.s.rec.Instrument(id, q.at.Head); ok {
		return inProse(in)
	}
	return string(id)
}

var (
	iloTitle = regexp.MustCompile(`^(.*) \(ILO (C\d+)\)$`)
	// pieces are titles that name a part after the whole: Basel Convention, ban amendment (1995); Certain Conventional Weapons, protocol IV: ...
	pieces = regexp.MustCompile(`(?i): |, .*\b(amendments?|amended|protocol|annex|agreement)\b`)
)

// inProse is the title of an instrument as a sentence needs it: with "the" where prose has it, and where the title is no phrase, after the
// word for what it is: the Paris Agreement; UNESCO; ILO Convention C189 (Domestic workers); the treaty “CAT, amendments to articles 17
// and 18”.
func inProse(in *stocktake.Instrument) string {
	title := in.Title
	for _, p := range []string{"The ", "the ", "General Assembly resolution", "Proposal ", "ILO C", "ILO Convention"} {
		if strings.HasPrefix(title, p) {
			return title
		}
	}
	for _, p := range []string{"Talks ", "Resolution ", "Modalities ", "Nationally determined "} {
		if strings.HasPrefix(title, p) {
			return "the " + strings.ToLower(p) + strings.TrimPrefix(title, p)
		}
	}
	if m := iloTitle.FindStringSubmatch(title); m != nil {
		return "ILO Convention " + m[2] + " (" + m[1] + ")"
	}
	if !strings.Contains(title, " ") && strings.ToUpper(title) == title {
		return title
	}
	if in.Kind == stocktake.StatementKind || pieces.MatchString(title) {
		return "the " + kindWord(in.Kind) + " “" + title + "”"
	}
	return "the " + title
}

// sourceTitle is our title of a source, or its id.
func (q *request) sourceTitle(id stocktake.SourceID) string {
	if s, _, ok := q.s.rec.Source(id, q.at.Head); ok && s.Title != "" {
		return s.Title
	}
	return string(id)
}

// sourceInProse names a source for a sentence: its title, with publisher and date where it has them.
func (q *request) sourceInProse(id stocktake.SourceID) string {
	s, _, ok := q.s.rec.Source(id, q.at.Head)
	if !ok {
		return string(id)
	}
	var more []string
	if s.Publisher != "" && len(s.Publisher) <= 40 {
		more = append(more, s.Publisher)
	}
	if !s.Published.IsZero() && !strings.Contains(s.Title, dateWords(s.Published)) && !strings.HasSuffix(dateWords(s.Published), lastWords(s.Title, 2)) {
		more = append(more, dateWords(s.Published))
	}
	if len(more) == 0 {
		return s.Title
	}
	return s.Title + " (" + strings.Join(more, ", ") + ")"
}

// lastWords are the last n words of a text.
func lastWords(s string, n int) string {
	f := strings.Fields(s)
	return strings.Join(f[max(0, len(f)-n):], " ")
}

// sourcesInProse names the first source, and counts the others.
func (q *request) sourcesInProse(ids []stocktake.SourceID) string {
	switch len(ids) {
	case 0:
		return ""
	case 1:
		return q.sourceInProse(ids[0])
	}
	return q.sourceInProse(ids[0]) + " and " + count(len(ids)-1, "other source", "other sources")
}

// webAddress returns what of an address a reader can open, and "" where it is no web address.
func webAddress(a string) string {
	if strings.HasPrefix(a, "https://") || strings.HasPrefix(a, "http://") {
		if !strings.ContainsAny(a, " \t\n<>\"") {
			return a
		}
	}
	return ""
}

// hitAddress is the page of a thing that was found.
func (q *request) hitAddress(kind, id string) string {
	switch kind {
	case "party":
		return q.to("p", id)
	case "instrument":
		if in, ok := q.s.rec.Instrument(stocktake.InstrumentID(id), q.at.Head); ok && in.Kind == stocktake.StatementKind {
			return q.to("st", id)
		}
		return q.to("i", id)
	case "provision":
		return q.to("r", id)
	case "roll-call":
		return q.to("v", id)
	case "source":
		return q.to("s", id)
	case "statement":
		return q.to("st", id)
	case "filing":
		return q.to("f", id)
	case "measure":
		for _, m := range q.s.rec.Measures(q.at, "") {
			if m.ID == id {
				return q.measureAddress(&m)
			}
		}
	}
	return ""
}

// actAddress is the place where an act is shown: its roll-call, the standing that it counts in, or, for acts of organs, the page of the
// instrument. An act that lies after the page's day is shown on its own.
func (q *request) actAddress(id stocktake.ActID, p stocktake.PartyID, in stocktake.InstrumentID, days ...stocktake.Date) string {
	first := stocktake.MaxDay
	for _, d := range days {
		if lo, ok := d.First(); ok && !d.IsZero() {
			first = min(first, lo)
		}
	}
	more := url.Values{}
	if first != stocktake.MaxDay && first > q.at.On {
		more.Set("on", stocktake.DateOf(first).String())
	}
	if roll, party, ok := strings.Cut(strings.TrimPrefix(string(id), "rc-"), "/"); ok && strings.HasPrefix(string(id), "rc-") {
		return q.link(join([]any{"v", roll}), more) + "#" + party
	}
	if q.organ(p) {
		return q.link(join([]any{"i", in}), more) + "#" + actAnchor(id)
	}
	return q.link(join([]any{"i", in, p}), more) + "#" + actAnchor(id)
}

// actAnchor is the id of an act's place on a page.
func actAnchor(id stocktake.ActID) string {
	return "act-" + strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '.'
	}, string(id))
}

// measureAddress is the place of a measure on its party's page, on the measure's own day where that lies after the page's.
func (q *request) measureAddress(m *stocktake.Measure) string {
	more := url.Values{}
	if lo, ok := m.Date.First(); ok && !m.Date.IsZero() && lo > q.at.On {
		more.Set("on", stocktake.DateOf(lo).String())
	}
	return q.link(join([]any{"p", m.Party}), more) + "#" + measureAnchor(m.ID)
}

// measureAnchor is the id of a measure's place on its party's page.
func measureAnchor(id string) string {
	return "measure-" + strings.TrimPrefix(actAnchor(stocktake.ActID(id)), "act-")
}
