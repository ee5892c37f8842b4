package draft

import (
	"strings"
	"time"

	"stocktake"
)

// A form is what text must look like: one of a closed list of words, or a pattern. Ok is the pattern in Go; Pattern says the same as a
// regular expression for the JSON Schema, beside a length of at most maxID; a test holds the two together.
type form struct {
	what    string // "no kind of source", "no id of a party": follows the quoted text and "is"
	hint    string
	words   []string
	pattern string
	ok      func(string) bool
}

const maxID = 120 // characters of an id or key

var (
	partyForm = form{"no id of a party", "three capitals (HUN) for what ISO 3166 names, else small letters, digits, - . _ (x-frg, un-members, nnirr.org)",
		nil, `^([A-Z]{3}|[a-z0-9][a-z0-9._-]*)$`,
		func(s string) bool { return capitals(s) || small(s) }}
	smallForm = form{"no id", "small letters, digits, - . _, beginning with a letter or digit, at most 120, such as gcm or a-res-73-195",
		nil, `^[a-z0-9][a-z0-9._-]*$`, small}
	stepsForm = form{"no id", "letters, digits, - . _, parted by /, at most 120 and no spaces, such as icerd/USA/consent/1",
		nil, `^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$`, steps}
	provisionForm = form{"no id of a provision", "its instrument's id, a slash and a short number, such as gcm/obj-13",
		nil, `^[a-z0-9][a-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)+$`,
		func(s string) bool {
			in, rest, ok := strings.Cut(s, "/")
			return ok && small(in) && steps(rest) && len(s) <= maxID
		}}
	scopeForm = form{"no instrument", "an instrument's id, or the beginning of ids and a *, such as untc-*",
		nil, `^([a-z0-9][a-z0-9._-]*\*?|\*)$`,
		func(s string) bool {
			head, star := strings.CutSuffix(s, "*")
			return len(s) <= maxID && (small(s) || star && (head == "" || small(head)))
		}}
	langForm = form{"no language", "a BCP 47 tag, such as en, pt-BR or zh-Hans", nil, `^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`, language}
	hashForm = form{"no SHA-256", "64 hexadecimal digits, small letters", nil, `^[0-9a-f]{64}$`, hash}
	timeForm = form{"no moment", "RFC 3339 with a zone, such as 2018-12-19T15:04:05Z", nil,
		`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`,
		func(s string) bool {
			_, err := time.Parse(time.RFC3339Nano, s)
			return err == nil && !strings.Contains(s, ",")
		}}
	seriesForm = form{"no id of a series", "publisher and column in small letters, digits, - . _, parted by one slash, such as unhcr/refugees",
		nil, `^[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*$`,
		func(s string) bool {
			publisher, column, ok := strings.Cut(s, "/")
			return ok && small(publisher) && small(column) && len(s) <= maxID
		}}
	rubricForm = form{"no id of a rubric", "a name in small letters, a slash and the number of the version, such as five-steps/1",
		nil, `^[a-z0-9][a-z0-9._-]*/[1-9][0-9]*$`,
		func(s string) bool {
			name, number, ok := strings.Cut(s, "/")
			return ok && small(name) && number != "" && number[0] != '0' && strings.Trim(number, "0123456789") == "" && len(s) <= maxID
		}}
	formatForm = words("no format that is known here", stocktake.Format)
)

func words(what string, list ...string) form { return form{what: what, words: list} }

func instrumentKinds() []string {
	var list []string
	for _, k := range stocktake.InstrumentKinds() {
		list = append(list, string(k))
	}
	return list
}

// forms of fields, by type and json name; of every member where the field is a list, of every key where it is a table of words. The
// closed lists are those of the comments in package stocktake, and a test compares them.
var forms = map[string]form{
	"Filing.format":          formatForm,
	"Filing.key":             stepsForm,
	"Erratum.filing":         hashForm,
	"Source.kind":            words("no kind of source", "official", "register", "dataset", "press", "academic", "civil-society", "hand"),
	"Source.lang":            langForm,
	"Source.known":           timeForm,
	"Source.series":          smallForm,
	"Copy.state":             words("no state of a copy", "public", "private", "absent"),
	"Copy.sha256":            hashForm,
	"Coverage.kinds":         words("no kind of instrument", instrumentKinds()...),
	"Coverage.acts":          words("no kind of act", actKindNames()...),
	"Coverage.instruments":   scopeForm,
	"Party.kind":             words("no kind of party", "state", "former-state", "seat", "territory", "observer", "union", "organ", "group", "organisation"),
	"Party.names":            langForm,
	"Party.formal":           langForm,
	"Party.codes":            smallForm,
	"PartyLink.rel":          words("no link between parties", "successor-of", "predecessor-of", "part-of", "chapter-of"),
	"Instrument.kind":        words("no kind of instrument", instrumentKinds()...),
	"Instrument.official":    langForm,
	"InstrumentLink.rel":     words("no link between instruments", "endorses", "leads-to", "protocol-to", "rests-on", "follows", "amends", "part-of"),
	"ProvisionText.lang":     langForm,
	"LawRow.id":              stepsForm,
	"LawRow.for":             words("no kind of instrument", instrumentKinds()...),
	"LawRow.force":           words("nothing that a row does to force", "begins", "ends"),
	"StandingWord.for":       words("no kind of instrument", instrumentKinds()...),
	"StandingWord.bound":     words("no answer to whether a word means consent to be bound", "yes", "no"),
	"StandingWord.sign":      words("no sign", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "none", "absent", "nonmember"),
	"RollCall.id":            stepsForm,
	"Act.reckoned":           words("no day of an act", phaseNames...),
	"ActText.lang":           langForm,
	"Quote.lang":             langForm,
	"Measure.id":             stepsForm,
	"Measure.revokes":        stepsForm,
	"Measure.kind":           words("no kind of measure", "law", "order", "proclamation", "memorandum", "determination", "budget", "ruling", "agreement", "statement"),
	"Measure.force":          words("no state of a measure", "announced", "in force", "stayed", "revoked", "unknown"),
	"Merge.of":               words("nothing that can be merged", "party", "instrument"),
	"Merge.from":             stepsForm,
	"Merge.into":             stepsForm,
	"Removal.filing":         hashForm,
	"Removal.commitment":     hashForm,
	"Removal.file":           hashForm,
	"Removal.ground":         words("no ground of a removal", stocktake.RemovalGrounds()...),
	"Statement.lang":         langForm,
	"Statement.text_sha256":  hashForm,
	"Statement.change":       words("no class of a change", string(stocktake.Typographic), string(stocktake.Substantive)),
	"Statement.list":         hashForm,
	"Statement.published":    timeForm,
	"Expression.lang":        langForm,
	"Expression.text_sha256": hashForm,
	"Opening.key":            hashForm,
	"Opening.proof":          hashForm,
	"Endorsed.id":            stepsForm,
	"Endorsed.text_sha256":   hashForm,
	"Endorsed.state":         words("no state of an endorsement", stated(stocktake.EndorsementListed, stocktake.EndorsementWithdrew, stocktake.EndorsementWithheld, stocktake.EndorsementStruck, stocktake.EndorsementLapsed)...),
	"Endorsed.tier":          words("no tier", stated(stocktake.TierAuthor, stocktake.TierSignatory, stocktake.TierSharesViews, stocktake.TierPersonal)...),
	"Endorsed.authority": words("no class of authority", stated(stocktake.AuthorityMailbox, stocktake.AuthorityAdministrator, stocktake.AuthoritySecondOfficer, stocktake.AuthorityCallBack,
		stocktake.AuthorityConvenor, stocktake.AuthorityImported, stocktake.AuthorityPrinted)...),
	"Endorsed.road":            words("no way in", stated(stocktake.RoadLink, stocktake.RoadMail, stocktake.RoadTelephone, stocktake.RoadMeeting, stocktake.RoadSheet, stocktake.RoadPrinted)...),
	"Endorsed.ground":          words("no ground on which an endorsement is struck", stocktake.StrikeGrounds()...),
	"Endorsed.chapter_of":      stepsForm,
	"Endorsed.status":          words("no consultative status", "general", "special", "roster"),
	"LangName.lang":            langForm,
	"Retraction.ground":        words("no ground of a retraction", stocktake.RetractionGrounds()...),
	"Mention.id":               stepsForm,
	"Call.id":                  stepsForm,
	"Undertaking.id":           stepsForm,
	"Reading.call":             stepsForm,
	"Reading.status":           words("nothing that an answer to a call can be", stocktake.ReadingStatuses()...),
	"Unknown.about":            stepsForm,
	"FigureTable.form":         words("no form of a table", stocktake.TableForms()...),
	"Place.kind":               words("no kind of place", stocktake.PlaceKinds()...),
	"TableSeries.times":        words("no meaning of a period", stocktake.SeriesTimes()...),
	"TableSeries.adds":         words("nothing that figures add up over", stocktake.SeriesAdds()...),
	"Criterion.id":             smallForm,
	"EvidenceOf.kind":          words("no kind of evidence", stocktake.EvidenceKinds()...),
	"ScaleStep.id":             smallForm,
	"ScaleStep.needs":          smallForm,
	"Assessment.step":          smallForm,
	"CriterionFound.criterion": smallForm,
	"CriterionFound.found":     words("nothing that is found on a criterion", stocktake.Findings()...),
	"Evidence.kind":            words("no kind of evidence", stocktake.EvidenceKinds()...),
	"Evidence.id":              stepsForm,
	"Dissent.step":             smallForm,
	"Reply.id":                 stepsForm,
	"Reply.how":                words("no way of a reply", stocktake.ReplyWays()...),
	"Reply.lang":               langForm,
	"Recommendation.id":        stepsForm,
	"Recommendation.review":    smallForm,
	"Recommendation.response":  words("no response to a recommendation", stocktake.Responses()...),
}

// stated are the words of a closed list.
func stated[T ~string](list ...T) []string {
	var words []string
	for _, x := range list {
		words = append(words, string(x))
	}
	return words
}

// idForms are the forms of id types, wherever they stand.
var idForms = map[string]form{
	"PartyID":      partyForm,
	"InstrumentID": smallForm,
	"ProvisionID":  provisionForm,
	"ActID":        stepsForm,
	"SourceID":     smallForm,
	"TableID":      smallForm,
	"SeriesID":     seriesForm,
	"RubricID":     rubricForm,
	"AssessmentID": stepsForm,
}

// formOf returns the form of a field's text: by the field, else by its type. ok is false where any text will do.
func formOf(kind, name, typeName string) (form, bool) {
	if f, ok := forms[kind+"."+name]; ok {
		return f, true
	}
	f, ok := idForms[typeName]
	return f, ok
}

// fits reports whether s has the form.
func (f form) fits(s string) bool {
	if f.ok != nil {
		return f.ok(s)
	}
	for _, w := range f.words {
		if w == s {
			return true
		}
	}
	return false
}

// fault says what is wrong with s.
func (f form) fault(s string) *stocktake.Fault {
	if f.ok == nil {
		return unknown(s, f.what, f.words)
	}
	return stocktake.Invalidf("%s is %s", quoted(s), f.what).Hinted("%s", f.hint)
}

func lower(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
func upper(c byte) bool { return 'A' <= c && c <= 'Z' }

func capitals(s string) bool {
	return len(s) == 3 && upper(s[0]) && upper(s[1]) && upper(s[2])
}

func small(s string) bool {
	if s == "" || len(s) > maxID || !lower(s[0]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !lower(c) && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

func steps(s string) bool {
	if s == "" || len(s) > maxID {
		return false
	}
	first := true
	for i := range len(s) {
		c := s[i]
		switch {
		case lower(c) || upper(c):
			first = false
		case first:
			return false
		case c == '/':
			first = true
		case c != '.' && c != '_' && c != '-':
			return false
		}
	}
	return !first
}

func language(s string) bool {
	for i, part := range strings.Split(s, "-") {
		if len(part) > 8 || part == "" || i == 0 && (len(part) < 2 || len(part) > 3) {
			return false
		}
		for j := range len(part) {
			if c := part[j]; !upper(c) && !lower(c) || i == 0 && c <= '9' {
				return false
			}
		}
	}
	return true
}

func hash(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}
