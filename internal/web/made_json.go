package web

import (
	"stocktake"
	"stocktake/internal/edition"
)

// madeJSON is a version as JSON.
type madeJSON struct {
	Statement *stocktake.Statement  `json:"statement"`
	Title     string                `json:"title"`
	Issuer    string                `json:"issuer,omitempty"`
	Filing    int64                 `json:"filing"`
	Published string                `json:"published"`
	Versions  []versionView         `json:"versions"`
	Missing   []string              `json:"languages_missing,omitempty"`
	Names     []nameView            `json:"names"`
	Stand     int                   `json:"stand"`    // endorsements that stand, names that are not shown included
	Withheld  int                   `json:"withheld"` // of them, kept back for safety
	Taken     int                   `json:"taken_away"`
	Waiting   int                   `json:"waiting"` // given to an earlier version, not to this one yet
	Lapsed    int                   `json:"lapsed"`
	Struck    map[string]int        `json:"struck,omitempty"`
	Back      *stocktake.Retraction `json:"taken_back,omitempty"`
	Sealed    *edition.Sealed       `json:"sealed,omitempty"`
	On        string                `json:"on"`
	Known     string                `json:"known"`
	Head      int64                 `json:"head"`
}

type versionView struct {
	Version   int                   `json:"version"`
	Filing    int64                 `json:"filing"`
	Published string                `json:"published"`
	Languages []string              `json:"languages"`
	Change    stocktake.ChangeClass `json:"change,omitempty"`
	Note      string                `json:"note,omitempty"`
	List      string                `json:"list,omitempty"`
	Back      *stocktake.Retraction `json:"taken_back,omitempty"`
}

type nameView struct {
	ID        string                   `json:"id"`
	Names     map[string]string        `json:"names"`
	Tier      stocktake.Tier           `json:"tier"`
	How       string                   `json:"how"`
	Authority stocktake.AuthorityClass `json:"authority,omitempty"`
	Country   string                   `json:"country,omitempty"`
	Office    string                   `json:"office,omitempty"`
	Status    string                   `json:"consultative_status,omitempty"`
	ChapterOf string                   `json:"chapter_of,omitempty"`
	Joined    stocktake.Date           `json:"joined,omitzero"`
	Confirmed stocktake.Date           `json:"confirmed,omitzero"`
	Withdrew  stocktake.Date           `json:"withdrew,omitzero"`
	Filing    int64                    `json:"filing"`
}

func (q *request) editionJSON(e *edition.Edition) (any, error) {
	const stamp = "2006-01-02T15:04:05.999999Z07:00"
	sealed, err := e.Sealed(q.ctx)
	if err != nil {
		return nil, err
	}
	st := openStatement(e.S)
	openWords(&st.Contacts)
	v := madeJSON{Statement: st, Title: e.In.Title, Issuer: e.Issuer, Filing: e.Filing, Published: e.At.Format(stamp), Missing: e.Missing, Names: []nameView{}, Stand: e.Stand, Withheld: e.Withheld,
		Taken: e.Taken, Waiting: e.Waiting, Lapsed: e.Lapsed, Struck: e.Struck, Back: e.Back, Sealed: sealed, On: q.at.OnString(), Known: q.at.KnownString(), Head: q.at.Head}
	for _, x := range e.Versions {
		v.Versions = append(v.Versions, versionView{x.Number, x.Filing, x.Published.Format(stamp), x.Langs, x.Change, x.Note, x.ListHash, x.Back})
	}
	for i := range e.Names {
		n := &e.Names[i]
		v.Names = append(v.Names, nameView{n.ID, n.Shown, n.Tier, string(n.How), n.Authority, n.Country, n.Office, n.Status, n.ChapterOf, n.Joined, n.Confirmed, n.Withdrew, n.Filing})
	}
	return v, nil
}
