package accuracy

import (
	"slices"
	"strings"
	"unicode"

	"stocktake/internal/ingest"
)

// A Count is what was found of one field: Right of Labelled entries, with Found entries in all.
type Count struct {
	Labelled int `json:"labelled"`
	Found    int `json:"found"`
	Right    int `json:"right"`
}

// Precision is the share of what was found that is right; 1 where nothing was found.
func (c Count) Precision() float64 { return share(c.Right, c.Found) }

// Recall is the share of what was labelled that was found; 1 where nothing was labelled.
func (c Count) Recall() float64 { return share(c.Right, c.Labelled) }

// F1 is the harmonic mean of precision and recall; 1 where there was nothing to find and nothing was found.
func (c Count) F1() float64 {
	if c.Found+c.Labelled == 0 {
		return 1
	}
	return 2 * float64(c.Right) / float64(c.Found+c.Labelled)
}

func share(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

func (c Count) plus(o Count) Count {
	return Count{c.Labelled + o.Labelled, c.Found + o.Found, c.Right + o.Right}
}

// Fields are the fields that are counted, in the order of the table. Date and place are those that the text states; what can only be
// inferred is counted apart.
var Fields = []string{"title", "subtitle", "date", "place", "date inferred", "place inferred", "issuers", "addressees", "instruments", "symbols",
	"instruments and symbols", "states", "calls", "undertakings", "signatories"}

// A Miss is one entry that a label has and the draft has not ("missed"), or the other way round ("extra").
type Miss struct {
	Label string `json:"label"`
	Field string `json:"field"`
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// A Score is the count of each field over one or more texts.
type Score struct {
	Texts  int              `json:"texts"`
	Counts map[string]Count `json:"fields"`
	Wrong  map[string]int   `json:"wrong"` // texts in which the one value of a field is not as labelled
	Misses []Miss           `json:"misses,omitempty"`
}

// Of reads each text with names and scores the drafts.
func Of(labels []Label, names *ingest.Names) Score {
	s := Score{Counts: map[string]Count{}, Wrong: map[string]int{}}
	for _, l := range labels {
		s.Texts++
		s.add(&l, ingest.Read(l.Text, names))
	}
	s.Counts["instruments and symbols"] = s.Counts["instruments"].plus(s.Counts["symbols"])
	return s
}

// A found is one entry on either side.
type found struct {
	text       string
	start, end int
}

func (s *Score) add(l *Label, d ingest.Draft) {
	text := []rune(d.Text)
	label := func(list []Span) []found {
		out := make([]found, len(list))
		for i, x := range list {
			out[i] = found{string(text[x.Start:x.End]), x.Start, x.End}
		}
		return out
	}
	entries := func(list []ingest.Entry) []found {
		var out []found
		for _, x := range list {
			out = append(out, found{x.Text, x.Start, x.End})
		}
		return out
	}
	one := func(p *Span) []found {
		if p == nil {
			return nil
		}
		return label([]Span{*p})
	}
	mine := func(p *ingest.Span) []found {
		if p == nil {
			return nil
		}
		return []found{{p.Text, p.Start, p.End}}
	}
	s.single(l, "title", one(l.Title), mine(d.Title))
	s.single(l, "subtitle", one(l.Subtitle), mine(d.Subtitle))
	s.issue(l, d)
	s.list(l, "issuers", label(l.Issuers), entries(d.Issuers), sameWords)
	var addressees, states, signatories, calls, instruments []found
	for _, x := range d.Addressees {
		addressees = append(addressees, found{x.Text, x.Start, x.End})
	}
	for _, x := range d.States {
		states = append(states, found{x.Text, x.Start, x.End})
	}
	for _, x := range d.Signatories {
		signatories = append(signatories, found{x.Text, x.Start, x.End})
	}
	for _, x := range d.Calls {
		calls = append(calls, found{x.Text, x.Start, x.End})
	}
	for _, x := range d.Instruments {
		instruments = append(instruments, found{x.Text, x.Start, x.End})
	}
	var labelled []Span
	for _, x := range l.Instruments {
		labelled = append(labelled, x.Span)
	}
	s.list(l, "addressees", label(l.Addressees), addressees, sameWords)
	s.list(l, "instruments", label(labelled), instruments, sameWords)
	s.list(l, "symbols", label(l.Symbols), entries(d.Symbols), sameWords)
	s.list(l, "states", label(l.States), states, sameWords)
	s.list(l, "calls", label(l.Calls), calls, halfTheWords)
	s.list(l, "undertakings", label(l.Undertakings), entries(d.Undertakings), halfTheWords)
	s.list(l, "signatories", label(l.Signatories), signatories, sameWords)
}

// issue scores date and place, those stated apart from those inferred. What a draft infers where the label has nothing is flagged there, and
// counts with the inferred.
func (s *Score) issue(l *Label, d ingest.Draft) {
	var date, place []found
	dateStated, placeStated := true, true
	if d.Dateline != nil {
		if d.Dateline.Date != nil {
			date = []found{{*d.Dateline.Date, d.Dateline.Start, d.Dateline.End}}
			dateStated = !slices.Contains(d.Dateline.Inferred, "date")
		}
		if d.Dateline.Place != nil {
			place = []found{{upToComma(*d.Dateline.Place), d.Dateline.Start, d.Dateline.End}}
			placeStated = !slices.Contains(d.Dateline.Inferred, "place")
		}
	}
	field := func(name string, labelled []found, stated bool, mine []found, mineStated bool) {
		if len(labelled) > 0 && stated || len(labelled) == 0 && mineStated {
			s.single(l, name, labelled, mine)
			return
		}
		if len(labelled) > 0 && mineStated && len(mine) > 0 {
			s.single(l, name, nil, mine)
			mine = nil
		} else {
			s.single(l, name, nil, nil)
		}
		s.single(l, name+" inferred", labelled, mine)
	}
	var ld, lp []found
	stated := false
	if l.Date != nil {
		ld, stated = []found{{l.Date.ISO, l.Date.Start, l.Date.End}}, l.Date.Stated
	}
	field("date", ld, stated, date, dateStated)
	stated = false
	if l.Place != nil {
		lp, stated = []found{{upToComma(l.Place.Name), l.Place.Start, l.Place.End}}, l.Place.Stated
	}
	field("place", lp, stated, place, placeStated)
}

func upToComma(s string) string {
	s, _, _ = strings.Cut(s, ",")
	return strings.ToLower(strings.TrimSpace(s))
}

// single scores the one value of a field, which either side may lack.
func (s *Score) single(l *Label, field string, labelled, mine []found) {
	c := Count{Labelled: len(labelled), Found: len(mine)}
	switch {
	case len(labelled) == 1 && len(mine) == 1 && collapse(labelled[0].text) == collapse(mine[0].text):
		c.Right = 1
	case len(labelled)+len(mine) > 0:
		s.Wrong[field]++
		s.miss(l, field, labelled, mine)
	}
	s.Counts[field] = s.Counts[field].plus(c)
}

func (s *Score) miss(l *Label, field string, missed, extra []found) {
	for _, x := range missed {
		s.Misses = append(s.Misses, Miss{l.Name, field, "missed", x.text, x.start, x.end})
	}
	for _, x := range extra {
		s.Misses = append(s.Misses, Miss{l.Name, field, "extra", x.text, x.start, x.end})
	}
}

// list scores a field of several entries: each labelled entry takes the best entry of the draft that same allows and that is not taken yet.
func (s *Score) list(l *Label, field string, labelled, mine []found, same func(a, b found) float64) {
	type pair struct {
		a, b  int
		score float64
	}
	var pairs []pair
	for i, a := range labelled {
		for k, b := range mine {
			if a.start < b.end && b.start < a.end {
				if score := same(a, b); score > 0 {
					pairs = append(pairs, pair{i, k, score})
				}
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	doneA, doneB := make([]bool, len(labelled)), make([]bool, len(mine))
	c := Count{Labelled: len(labelled), Found: len(mine)}
	for _, p := range pairs {
		if !doneA[p.a] && !doneB[p.b] {
			doneA[p.a], doneB[p.b] = true, true
			c.Right++
		}
	}
	s.Counts[field] = s.Counts[field].plus(c)
	for i, a := range labelled {
		if !doneA[i] {
			s.miss(l, field, []found{a}, nil)
		}
	}
	for i, b := range mine {
		if !doneB[i] {
			s.miss(l, field, nil, []found{b})
		}
	}
}

func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

func sameWords(a, b found) float64 {
	if collapse(a.text) == collapse(b.text) {
		return 1
	}
	return 0
}

// halfTheWords returns the Jaccard measure of the words of a and b, counted as often as they occur, or 0 where it is below one half.
func halfTheWords(a, b found) float64 {
	count := map[string]int{}
	all := 0
	for _, w := range words(a.text) {
		count[w]++
		all++
	}
	both := 0
	for _, w := range words(b.text) {
		if count[w] > 0 {
			count[w]--
			both++
		} else {
			all++
		}
	}
	if all == 0 || 2*both < all {
		return 0
	}
	return float64(both) / float64(all)
}

func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}
