package draft

import (
	"strings"

	"stocktake"
)

// nearest returns the candidate that differs from s in the fewest letters, "" where none is near. Case, and whether words are joined by a
// dash, a space or an underscore, do not count.
func nearest(s string, candidates []string) string {
	s = plainSpelling(s)
	best, most := "", max(1, len(s)/3)
	for _, c := range candidates {
		if n := distance(s, plainSpelling(c), most); n < most || n == most && best == "" {
			best, most = c, n
		}
	}
	return best
}

var joined = strings.NewReplacer("_", "-", " ", "-")

func plainSpelling(s string) string { return joined.Replace(strings.ToLower(s)) }

// distance counts the letters to insert, take out, change or swap with their neighbour to make a into b; anything above most is most+1.
func distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most || len(a) > 100 {
		return most + 1
	}
	two, one, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			same := 1
			if a[i] == b[j] {
				same = 0
			}
			n := min(one[j]+same, one[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				n = min(n, two[j-1]+1)
			}
			row[j+1] = n
		}
		two, one, row = one, row, two
	}
	return min(one[len(b)], most+1)
}

// unknown is the fault of a word that is none of a closed list.
func unknown(s, isWhat string, words []string) *stocktake.Fault {
	f := stocktake.Invalidf("%s is %s", quoted(s), isWhat)
	if s == "" {
		f = stocktake.Invalidf("empty text is %s", isWhat)
	}
	switch near := nearest(s, words); {
	case near != "":
		return f.Hinted("is %s meant?", near)
	case len(words) <= 15:
		return f.Hinted("one of %s", strings.Join(words, ", "))
	}
	return f.Hinted("docs/filing-format.md lists them")
}

func unknownField(name string, s *shape) *stocktake.Fault {
	names := s.names()
	f := stocktake.Invalidf("%s has no field %s", article(s.name), quoted(name))
	if near := nearest(name, names); near != "" {
		return f.Hinted("is %s meant?", near)
	}
	return f.Hinted("fields here: %s", strings.Join(names, ", "))
}

var phaseNames = []string{"announced", "done", "notified", "effect"}

func actKindNames() []string {
	var list []string
	for _, k := range stocktake.ActKinds() {
		list = append(list, k.String())
	}
	return list
}

// spoken are the words for the types of the format.
var spoken = map[string]string{
	"Filing": "a filing", "Erratum": "a correction", "Source": "a source", "Copy": "the copy of a source", "Coverage": "a coverage", "Party": "a party",
	"Membership": "a membership", "PartyLink": "a link of a party", "Instrument": "an instrument", "InstrumentLink": "a link of an instrument",
	"EntryClause": "a clause on entry into force", "Provision": "a provision", "ProvisionText": "a text", "LawRow": "a row of the law",
	"StandingWord": "a word of the law", "RollCall": "a roll-call", "Act": "an act", "ActText": "the text of an act", "Quote": "a quote",
	"Measure": "a measure", "Decision": "a decision", "Merge": "a merge", "Removal": "a removal", "Statement": "a statement",
	"Mention": "a place in a statement", "Call": "a call", "Undertaking": "an undertaking", "Answer": "what would answer a call", "AnswerRule": "a rule on what answers a call", "Reading": "an answer to a call", "FigureTable": "a table of figures", "Place": "a place of a table", "TableSeries": "a series of a table", "Cell": "a cell of a table",
	"Rubric": "a rubric", "Criterion": "a criterion", "EvidenceOf": "a kind of evidence", "ScaleStep": "a step of a rubric", "Assessment": "an assessment", "CriterionFound": "what was found on a criterion",
	"Evidence": "a piece of evidence", "Dissent": "a dissent", "Reply": "a reply", "Recommendation": "a recommendation", "NamePrinted": "a name in a statement",
	"Expression": "a language of a statement", "Opening": "the opening of a seal", "Endorsed": "an endorsement", "LangName": "a name in one language", "Retraction": "a retraction",
	"Unknown": "an unknown",
}

func article(name string) string {
	if s, ok := spoken[name]; ok {
		return s
	}
	return name
}

// wanted are examples for fields that must be there, by type and name.
var wanted = map[string]string{
	"Filing.key":   "the readable name of the filing, such as `key: hungary-leaves-talks-2018`",
	"Filing.title": "one line in your own words, such as `title: Hungary leaves the talks`",
	"Act.id":       "such as `id: hun-leaves-gcm-2018`, or icerd/USA/consent/1 for a treaty; every source of the same act uses the same",
	"Act.party":    "who acted, such as `party: HUN`",
	"Act.kind":     "what was done, such as `kind: withdrawal`",
	"Act.source":   "where it was read: the id of a source; it may be left out where the filing has exactly one source",
	"Source.id":    "such as `id: c13-euobserver`",
	"Source.title": "what it is, in your own words",
	"Quote.exact":  "the words of the source, such as `exact: \"We will not join\"`",
	"Party.names":  "the name by language, such as `names: {en: Hungary}`",
	"LawRow.basis": "the article or rule that the row rests on",
	"LawRow.phase": "announced, done, notified or effect",
}

func missing(kind, name string) *stocktake.Fault {
	f := stocktake.Invalidf("%s needs %s", article(kind), name)
	if hint := wanted[kind+"."+name]; hint != "" {
		return f.Hinted("%s", hint)
	}
	if name == "instrument" {
		return f.Hinted("the id of the text or body that it is about, such as `instrument: gcm`")
	}
	if name == "source" {
		return f.Hinted("%s", wanted["Act.source"])
	}
	if name == "by" {
		return f.Hinted("the office or role that answers for it, never a person's name")
	}
	return f.Hinted("add `%s: ...`", name)
}
