package stocktake

import "strconv"

// Format is the version of the filing format; it stands in every filing.
const Format = "stocktake/1"

// A Filing is what is entered at one time from one occasion. Its public canonical bytes (RFC 8785) hold neither number nor filing time,
// so their SHA-256 is its identity in every Stocktake. Key is its readable name, the same for every entry of the same occasion:
// "un-ga-votes/2021-03/6140". Acts, roll-calls and measures state facts; the other lists introduce or describe things, decide, mend.
type Filing struct {
	Format       string           `json:"format"`
	Key          string           `json:"key"`
	Title        string           `json:"title"` // our own words
	Note         string           `json:"note,omitempty"`
	Mends        *Erratum         `json:"mends,omitempty"`
	Sources      []Source         `json:"sources,omitempty"`
	Coverage     []Coverage       `json:"coverage,omitempty"`
	Parties      []Party          `json:"parties,omitempty"`
	Instruments  []Instrument     `json:"instruments,omitempty"`
	Provisions   []Provision      `json:"provisions,omitempty"`
	Texts        []ProvisionText  `json:"texts,omitempty"`
	Law          []LawRow         `json:"law,omitempty"`
	Words        []StandingWord   `json:"words,omitempty"` // standings that the law uses
	RollCalls    []RollCall       `json:"roll_calls,omitempty"`
	Acts         []Act            `json:"acts,omitempty"`
	Measures     []Measure        `json:"measures,omitempty"`
	Decisions    []Decision       `json:"decisions,omitempty"`
	Merges       []Merge          `json:"merges,omitempty"`
	Removals     []Removal        `json:"removals,omitempty"`
	Statement    *Statement       `json:"statement,omitempty"`
	Endorsements []Endorsed       `json:"endorsements,omitempty"`
	Retractions  []Retraction     `json:"retractions,omitempty"`
	Answers      []Reading        `json:"answers,omitempty"` // to calls, as somebody reads them
	Unknowns     []Unknown        `json:"unknowns,omitempty"`
	Tables       []FigureTable    `json:"tables,omitempty"`  // files of figures
	Rubrics      []Rubric         `json:"rubrics,omitempty"` // what judgements are made by
	Assessments  []Assessment     `json:"assessments,omitempty"`
	Replies      []Reply          `json:"replies,omitempty"`     // of parties, to assessments
	Recommended  []Recommendation `json:"recommended,omitempty"` // in reviews
}

// An Erratum says that a filing mends an earlier one that we had entered wrongly. Its acts and roll-calls take the place of those with
// the same id and source; Retracts names acts that should not have been entered. It is known when what it mends was.
type Erratum struct {
	Filing   string  `json:"filing"` // SHA-256 of the public bytes of the filing that is mended
	Retracts []ActID `json:"retracts,omitempty"`
	Reason   string  `json:"reason"`
	By       string  `json:"by"` // office or role
}

// A Decision settles which source the record follows where several tell of one act differently. It is known when it is filed.
type Decision struct {
	Act     ActID    `json:"act"`
	Follows SourceID `json:"follows"`
	Reason  string   `json:"reason"`
	By      string   `json:"by"`
}

// A Merge says that two ids mean one thing; the first redirects to the second. Undo takes an earlier merge back.
type Merge struct {
	Of     string `json:"of"` // party or instrument
	From   string `json:"from"`
	Into   string `json:"into"`
	Undo   bool   `json:"undo,omitempty"`
	Reason string `json:"reason"`
	By     string `json:"by"`
}

// An Unknown is something that was looked for and not found, listed on "What this record does not know".
type Unknown struct {
	About  string `json:"about"`            // instrument or party id
	What   string `json:"what"`             // one sentence of ours
	Looked string `json:"looked,omitempty"` // where it was looked for
}

// EachSheeted calls f for every text of the filing that may one day have to go, with its path, in the order of the canonical bytes.
func (f *Filing) EachSheeted(do func(path string, s *Sheeted)) {
	quotes := func(path string, list []Quote) {
		for i := range list {
			do(path+"/quotes/"+strconv.Itoa(i)+"/exact", &list[i].Exact)
		}
	}
	for i := range f.Acts {
		a, path := &f.Acts[i], "acts/"+strconv.Itoa(i)
		if !a.Person.IsZero() {
			do(path+"/person", &a.Person)
		}
		quotes(path, a.Quotes)
		if a.Text != nil {
			do(path+"/text/words", &a.Text.Words)
		}
	}
	for i := range f.Measures {
		quotes("measures/"+strconv.Itoa(i), f.Measures[i].Quotes)
	}
	if f.Statement != nil {
		f.Statement.eachSheeted(do)
	}
	endorsedSheets(f.Endorsements, do)
	for i := range f.Answers {
		quotes("answers/"+strconv.Itoa(i), f.Answers[i].Quotes)
	}
	f.eachSheetedJudgement(do)
}

// eachSheetedJudgement is the part of EachSheeted for assessments, replies and recommendations.
func (f *Filing) eachSheetedJudgement(do func(path string, s *Sheeted)) {
	given := func(path string, s *Sheeted) {
		if !s.IsZero() {
			do(path, s)
		}
	}
	for i := range f.Assessments {
		a, path := &f.Assessments[i], "assessments/"+strconv.Itoa(i)
		given(path+"/person", &a.Person)
		for k := range a.Evidence {
			if q := a.Evidence[k].Quote; q != nil {
				do(path+"/evidence/"+strconv.Itoa(k)+"/quote/exact", &q.Exact)
			}
		}
	}
	for i := range f.Replies {
		path := "replies/" + strconv.Itoa(i)
		given(path+"/mailbox", &f.Replies[i].Mailbox)
		given(path+"/words", &f.Replies[i].Words)
	}
	for i := range f.Recommended {
		given("recommended/"+strconv.Itoa(i)+"/quote/exact", &f.Recommended[i].Quote.Exact)
	}
}

// EachQuoted calls do for every quote of evidence, of replies and of recommendations, with its path and the source that it has where it names
// none. It stops at the first error, and returns it.
func (f *Filing) EachQuoted(do func(path string, q Quote, def SourceID) error) error {
	for i := range f.Assessments {
		for k := range f.Assessments[i].Evidence {
			if q := f.Assessments[i].Evidence[k].Quote; q != nil {
				if err := do("assessments/"+strconv.Itoa(i)+"/evidence/"+strconv.Itoa(k), *q, q.Source); err != nil {
					return err
				}
			}
		}
	}
	for i := range f.Replies {
		x := &f.Replies[i]
		if err := do("replies/"+strconv.Itoa(i), Quote{Exact: x.Words, Source: x.Source, Lang: x.Lang}, x.Source); err != nil {
			return err
		}
	}
	for i := range f.Recommended {
		x := &f.Recommended[i]
		if err := do("recommended/"+strconv.Itoa(i), x.Quote, x.Source); err != nil {
			return err
		}
	}
	return nil
}
