package ledger

import (
	"strconv"

	"stocktake"
)

// checkEndorsed finds what is wrong with the endorsements, languages and retractions of a filing.
func (b *batch) checkEndorsed(f *stocktake.Filing, bad func(where, format string, args ...any), instrument func(string, stocktake.InstrumentID), source func(string, stocktake.SourceID)) {
	if s := f.Statement; s != nil {
		main := 0
		langs := map[string]bool{}
		for i, x := range s.Languages {
			at := "statement/languages/" + strconv.Itoa(i)
			source(at, x.Source)
			if langs[x.Lang] {
				bad(at, "the language %s is there twice", x.Lang)
			}
			langs[x.Lang] = true
			if x.Authoritative {
				main++
				if x.TextSHA256 != s.TextSHA256 || x.Lang != s.Lang {
					bad(at, "the authoritative text is %s in %s, and the statement names %s in %s", x.TextSHA256, x.Lang, s.TextSHA256, s.Lang)
				}
			}
		}
		if len(s.Languages) > 0 && main != 1 {
			bad("statement/languages", "%d of them are authoritative; one alone is", main)
		}
	}
	seen := map[string]bool{}
	for i := range f.Endorsements {
		e, at := &f.Endorsements[i], "endorsements/"+strconv.Itoa(i)
		switch {
		case e.ID == "":
			bad(at, "has no id")
		case seen[e.ID]:
			bad(at, "%s is there twice", e.ID)
		}
		seen[e.ID] = true
		instrument(at, e.Statement)
		if !b.version(f, e) {
			bad(at, "there is no version %d of %s with the text %s: an endorsement is of one exact version", e.Version, e.Statement, e.TextSHA256)
		}
		switch e.State {
		case stocktake.EndorsementListed:
			if len(e.Names) == 0 && e.Org.IsZero() {
				bad(at, "is listed without a name; where the name is kept back its state is withheld")
			}
		case stocktake.EndorsementStruck:
			if e.Ground == "" {
				bad(at, "is struck without a ground")
			}
		case stocktake.EndorsementWithdrew, stocktake.EndorsementWithheld, stocktake.EndorsementLapsed:
		default:
			bad(at, "%q is no state of an endorsement", e.State)
		}
		if e.On.IsZero() {
			bad(at, "has no day")
		}
	}
	for i, x := range f.Retractions {
		at := "retractions/" + strconv.Itoa(i)
		instrument(at, x.Statement)
		if x.On.IsZero() || x.Ground == "" {
			bad(at, "a retraction needs a day and a ground")
		}
	}
}

// version reports whether the version that e endorses is on the record, or comes with f, with that text.
func (b *batch) version(f *stocktake.Filing, e *stocktake.Endorsed) bool {
	same := func(s *stocktake.Statement) bool {
		return s != nil && s.Instrument == e.Statement && s.Version == e.Version && s.TextSHA256 == e.TextSHA256
	}
	if same(f.Statement) {
		return true
	}
	for _, s := range b.l.rec.Versions(e.Statement, b.head) {
		if same(&s.Statement) {
			return true
		}
	}
	return b.versions[versionKey{e.Statement, e.Version, e.TextSHA256}]
}

// versionKey is a version that came earlier in the same batch.
type versionKey struct {
	statement stocktake.InstrumentID
	version   int
	text      string
}
