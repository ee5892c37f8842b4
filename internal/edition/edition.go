package edition

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
)

// An Edition is one version of a statement as the record has it at a head.
type Edition struct {
	S        *stocktake.Statement // with the words that are still here; shared, never to be changed
	In       *stocktake.Instrument
	Issuer   string // name of the coalition, empty where it has none
	Filing   int64  // that published it
	At       time.Time
	Versions []Version // all of them, oldest first
	Texts    []Text    // the authoritative one first
	Missing  []string  // languages that another version has
	Names    []Name    // in the order in which they are shown within a tier
	Tally
	Back *stocktake.Retraction // it was taken back; nil where it was not

	at stocktake.At
	l  *ledger.Ledger
}

// Tally counts what is beneath a version beside the names that are shown.
type Tally struct {
	Stand    int            // endorsements that stand, those without a name included
	Withheld int            // of them, kept back for safety
	Taken    int            // of them, without a name as it was taken away
	Left     int            // withdrew, and the name is not shown
	Waiting  int            // given to an earlier version, and not to this one yet
	Lapsed   int            // not given again in time
	Struck   map[string]int // taken off by the coalition, by class of reason
}

// Version is one version in a list of them.
type Version struct {
	Number    int
	Filing    int64
	Published time.Time
	Langs     []string
	Change    stocktake.ChangeClass
	Note      string
	Confirm   stocktake.Date
	ListHash  string
	SHA256    string                // of the authoritative text
	Back      *stocktake.Retraction // it alone was taken back
}

// Text is the version in one language.
type Text struct {
	stocktake.Expression
	Whole string // what is hashed: title, subtitle, body; empty where it is not here
	Body  string // what follows title and subtitle
	Skip  int    // code points of Whole before Body
	Down  int64  // the filing that took it down
}

// Here reports whether there is a text to show.
func (t *Text) Here() bool { return t.Whole != "" }

// Newest is the newest version.
func (e *Edition) Newest() *Version { return &e.Versions[len(e.Versions)-1] }

// Version is this one.
func (e *Edition) Version() *Version {
	i := slices.IndexFunc(e.Versions, func(v Version) bool { return v.Number == e.S.Version })
	return &e.Versions[i]
}

// Before is the version before this one, nil where it is the first.
func (e *Edition) Before() *Version {
	if i := slices.IndexFunc(e.Versions, func(v Version) bool { return v.Number == e.S.Version }); i > 0 {
		return &e.Versions[i-1]
	}
	return nil
}

// Text returns the text in a language, nil where there is none.
func (e *Edition) Text(lang string) *Text {
	for i := range e.Texts {
		if e.Texts[i].Lang == lang {
			return &e.Texts[i]
		}
	}
	return nil
}

// Main is the authoritative text.
func (e *Edition) Main() *Text { return &e.Texts[0] }

// Made reports whether a statement was made here, and not read from a printed text.
func Made(s *stocktake.Statement) bool { return len(s.Languages) > 0 }

// Read reads one version at a head, the newest where number is 0. A statement that is not there, has no such version, or was not made here is a
// NotFound fault.
func Read(ctx context.Context, l *ledger.Ledger, at stocktake.At, id stocktake.InstrumentID, number int) (*Edition, error) {
	rec := l.Record()
	all := rec.Versions(id, at.Head)
	if len(all) == 0 {
		return nil, stocktake.NotFoundf("no statement %q in this record", string(id)).Hinted("a statement that was put on the record has a page of its own")
	}
	i := len(all) - 1
	if number != 0 {
		if i = slices.IndexFunc(all, func(s record.Statement) bool { return s.Version == number }); i < 0 {
			return nil, stocktake.NotFoundf("the statement has no version %d", number).Hinted("its newest is version %d", all[len(all)-1].Version)
		}
	}
	if !Made(&all[i].Statement) {
		return nil, stocktake.NotFoundf("the statement was not made here: it was read from a printed text")
	}
	f, err := l.Load(ctx, all[i].Filing)
	if err != nil {
		return nil, err
	}
	e := &Edition{S: f.Statement, Filing: all[i].Filing, at: at, l: l}
	if e.In, _ = rec.Instrument(id, at.Head); e.In == nil {
		return nil, stocktake.NotFoundf("no statement %q in this record", string(id))
	}
	if p, ok := rec.Party(e.S.Coalition, at.Head); ok {
		e.Issuer = nameOf(p)
	}
	for _, r := range rec.Retracted(id, at.Head) {
		if r.Version == 0 || r.Version == e.S.Version {
			e.Back = &r
		}
	}
	e.versions(all, rec.Retracted(id, at.Head))
	e.At = e.Version().Published
	if err := e.texts(ctx); err != nil {
		return nil, err
	}
	if e.Back != nil {
		return e, nil // no names stand beneath what was taken back
	}
	return e, e.names(ctx, all, i)
}

func nameOf(p *stocktake.Party) string {
	if n := p.Names["en"]; n != "" {
		return n
	}
	first := ""
	for k, n := range p.Names {
		if n != "" && (first == "" || k < first) {
			first = k
		}
	}
	if first != "" {
		return p.Names[first]
	}
	return string(p.ID)
}

func (e *Edition) versions(all []record.Statement, back []stocktake.Retraction) {
	rec := e.l.Record()
	for i := range all {
		s := &all[i]
		v := Version{Number: s.Version, Filing: s.Filing, Change: s.Change, Note: s.Note, Confirm: s.Confirm, ListHash: s.ListHash, SHA256: s.TextSHA256}
		if t, err := time.Parse(time.RFC3339Nano, s.Published); err == nil {
			v.Published = t.UTC()
		} else if info, ok := rec.Info(s.Filing); ok {
			v.Published = info.Filed.UTC()
		}
		for _, x := range s.Languages {
			v.Langs = append(v.Langs, x.Lang)
			if !slices.ContainsFunc(e.S.Languages, func(y stocktake.Expression) bool { return y.Lang == x.Lang }) && !slices.Contains(e.Missing, x.Lang) {
				e.Missing = append(e.Missing, x.Lang)
			}
		}
		for _, r := range back {
			if r.Version == s.Version {
				v.Back = &r
			}
		}
		e.Versions = append(e.Versions, v)
	}
}

// texts reads the texts from the archive. One that was taken down, or is not kept here, is empty.
func (e *Edition) texts(ctx context.Context) error {
	for _, x := range e.S.Languages {
		t := Text{Expression: x, Down: e.l.Record().TakenDownBy(x.TextSHA256)}
		if t.Down == 0 && e.Back == nil {
			var err error
			if t.Whole, err = e.blob(ctx, x.TextSHA256); err != nil {
				return err
			}
		}
		if t.Whole != "" {
			head := x.Title + "\n\n"
			if x.Subtitle != "" {
				head += x.Subtitle + "\n\n"
			}
			if body, ok := strings.CutPrefix(t.Whole, head); ok {
				t.Body, t.Skip = strings.TrimSuffix(body, "\n"), len([]rune(head))
			} else {
				t.Body = strings.TrimSuffix(t.Whole, "\n")
			}
		}
		e.Texts = append(e.Texts, t)
	}
	slices.SortStableFunc(e.Texts, func(a, b Text) int {
		switch {
		case a.Authoritative && !b.Authoritative:
			return -1
		case b.Authoritative && !a.Authoritative:
			return 1
		}
		return 0
	})
	return nil
}

func (e *Edition) blob(ctx context.Context, sum string) (string, error) {
	has, err := e.l.Blobs().Has(ctx, sum)
	if err != nil || !has {
		return "", err
	}
	rc, _, err := e.l.Blobs().Open(ctx, sum)
	if err != nil {
		return "", err
	}
	defer rc.Close()
	b, err := io.ReadAll(io.LimitReader(rc, 4<<20))
	return string(b), err
}

// Other reads the texts of another version, for a comparison.
func (e *Edition) Other(ctx context.Context, number int) (*Edition, error) {
	return Read(ctx, e.l, e.at, e.S.Instrument, number)
}
