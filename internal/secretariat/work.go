package secretariat

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
)

// A Work is a statement in the making, and afterwards what its makers keep of it. It has texts in several languages, each with its
// revisions; a Version freezes them all. What is on the record of it is in filings; a Work is private.
type Work struct {
	ID         string                 `json:"id"`
	Coalition  string                 `json:"coalition"`
	Made       string                 `json:"made"`            // day
	By         string                 `json:"by"`              // person
	Name       string                 `json:"name"`            // what its makers call it
	Lang       string                 `json:"lang"`            // the authoritative language
	Languages  []Tongue               `json:"languages"`       // in the order in which they are shown; the authoritative one is among them
	Contacts   string                 `json:"contacts"`        // the block that goes out with it, hashed apart
	Limit      int                    `json:"limit,omitempty"` // words, where a text for the United Nations is made of it
	Embargo    *Embargo               `json:"embargo,omitempty"`
	Rehearsal  bool                   `json:"rehearsal,omitempty"`
	State      WorkState              `json:"state"`
	Approvals  []Approval             `json:"approvals,omitempty"`
	Versions   []Version              `json:"versions,omitempty"`
	Notes      []Note                 `json:"notes,omitempty"`
	Cites      []Citation             `json:"cites,omitempty"`
	Statement  stocktake.InstrumentID `json:"statement,omitempty"` // its id on the record, from the first version on
	Changed    string                 `json:"changed"`
	Rev        int64                  `json:"-"`
	Calls      map[string]string      `json:"calls,omitempty"`      // what would answer a call, by the call's words
	Withdrawal *stocktake.Retraction  `json:"withdrawal,omitempty"` // what is to be filed
}

// Tongue is one language of a work.
type Tongue struct {
	Lang         string `json:"lang"`
	TranslatedBy string `json:"translated_by,omitempty"` // office or organisation
	CheckedBy    string `json:"checked_by,omitempty"`
	Text         int64  `json:"text"` // number of its newest revision; 0 where there is none
}

// WorkState is where a work stands.
type WorkState string

// The states of a work.
const (
	Drafting  WorkState = "drafting"
	Approved  WorkState = "approved"  // the newest version is frozen and not on the record; organisations can be asked
	Opening   WorkState = "opening"   // its filing is made; another process may be about to file it
	Published WorkState = "published" // the newest version is on the record
	Withdrawn WorkState = "withdrawn"
)

// Embargo is an instant with its zone: nothing shows before it.
type Embargo struct {
	At   time.Time `json:"at"`   // UTC
	Zone string    `json:"zone"` // IANA name, in which it is shown
}

// Approval is one person's yes to exact texts.
type Approval struct {
	By     string            `json:"by"`
	Day    string            `json:"day"`
	Hashes map[string]string `json:"hashes"` // of the text in each language
}

// Version is frozen: its texts never change.
type Version struct {
	Number   int                   `json:"number"`
	Day      string                `json:"day"`
	Change   stocktake.ChangeClass `json:"change,omitempty"` // against the version before
	Note     string                `json:"note,omitempty"`
	Confirm  string                `json:"confirm,omitempty"` // the last day to endorse again, after a substantive change
	Texts    []Frozen              `json:"texts"`             // the authoritative one first
	Contacts string                `json:"contacts,omitempty"`
	By       []string              `json:"by"`               // who approved
	Filing   int64                 `json:"filing,omitempty"` // that published it
	At       time.Time             `json:"at,omitzero"`      // when
	Sealed   []Sealing             `json:"sealed,omitempty"` // seals of the log in which it lay
	Filed    json.RawMessage       `json:"filed,omitempty"`  // the filing, once its content is fixed
	Hash     string                `json:"hash"`             // of all its texts; docs/formats.md
}

// Frozen is the text of a version in one language.
type Frozen struct {
	Lang         string `json:"lang"`
	Title        string `json:"title"`
	Subtitle     string `json:"subtitle,omitempty"`
	Body         string `json:"body"`
	SHA256       string `json:"sha256"`
	TranslatedBy string `json:"translated_by,omitempty"`
	CheckedBy    string `json:"checked_by,omitempty"`
}

// Text is the canonical text of a version in one language.
func (f Frozen) Text() string { return Canonical(f.Title, f.Subtitle, f.Body) }

// Office is where works are kept. It may be used from many goroutines and by many processes on one database.
type Office struct {
	l     *ledger.Ledger
	items store.Private
	now   func() time.Time
}

// NewOffice returns the office of a record.
func NewOffice(l *ledger.Ledger, items store.Private, now func() time.Time) *Office {
	if now == nil {
		now = time.Now
	}
	return &Office{l: l, items: items, now: now}
}

const (
	kindWork = "work"
	kindText = "work-text"
)

// newID draws an id that nobody can guess.
func newID() string {
	b := make([]byte, 15)
	rand.Read(b) // never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

func (o *Office) day() string { return o.now().UTC().Format(time.DateOnly) }

func get[T any](r store.PrivateReader, kind, id string) (T, int64, error) {
	var v T
	it, err := r.Item(kind, id)
	if err != nil {
		return v, 0, err
	}
	return v, it.Rev, json.Unmarshal(it.Body, &v)
}

func (o *Office) put(tx store.PrivateTx, kind, id string, rev int64, v any, keys ...store.Key) (int64, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return 0, err
	}
	return tx.Put(store.Item{Kind: kind, ID: id, Rev: rev, Changed: o.now().UTC().Truncate(time.Microsecond), Body: b}, keys...)
}

// workKeys are what works are found by.
func workKeys(w *Work) []store.Key {
	keys := []store.Key{{Name: "coalition", Value: w.Coalition}}
	if w.Statement != "" {
		keys = append(keys, store.Key{Name: "statement", Value: string(w.Statement), Unique: true})
	}
	if w.Embargo != nil && (w.State == Approved || w.State == Opening) {
		keys = append(keys, store.Key{Name: "opens", Value: w.Embargo.At.UTC().Format(time.RFC3339)})
	}
	if w.State == Opening {
		keys = append(keys, store.Key{Name: "opening", Value: "1"})
	}
	return keys
}

func (o *Office) putWork(tx store.PrivateTx, w *Work) error {
	w.Changed = o.day()
	rev, err := o.put(tx, kindWork, w.ID, w.Rev, w, workKeys(w)...)
	w.Rev = rev
	return err
}

func getWork(r store.PrivateReader, id string) (*Work, error) {
	w, rev, err := get[Work](r, kindWork, id)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return nil, stocktake.NotFoundf("there is no such statement at this desk")
	}
	w.Rev = rev
	return &w, err
}

// Make begins a work.
func (o *Office) Make(ctx context.Context, coalition, by, name, lang string, rehearsal bool) (*Work, error) {
	if strings.TrimSpace(name) == "" {
		return nil, stocktake.Invalidf("the statement has no name to work with").Hinted("give it a short name; it is not its title, and nobody outside sees it")
	}
	if !isLang(lang) {
		return nil, stocktake.Invalidf("%q is no language", lang).Hinted("write its code, such as en or es")
	}
	w := &Work{ID: newID(), Coalition: coalition, By: by, Made: o.day(), Name: strings.TrimSpace(name), Lang: lang, Languages: []Tongue{{Lang: lang}}, State: Drafting, Rehearsal: rehearsal}
	return w, o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error { w.Rev = 0; return o.putWork(tx, w) })
}

// isLang reports whether s looks like a BCP 47 code.
func isLang(s string) bool {
	first, _, _ := strings.Cut(s, "-")
	return len(s) <= 20 && len(first) >= 2 && len(first) <= 3 && strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r >= '0' && r <= '9')
	}) < 0
}

// Work returns one work.
func (o *Office) Work(ctx context.Context, id string) (w *Work, err error) {
	err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error { w, err = getWork(r, id); return err })
	return w, err
}

// Works returns the works of a coalition, the newest first.
func (o *Office) Works(ctx context.Context, coalition string) ([]*Work, error) {
	var list []*Work
	err := o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
		ids, err := r.Find(kindWork, "coalition", coalition)
		if err != nil {
			return err
		}
		list = list[:0]
		for _, id := range ids {
			w, err := getWork(r, id)
			if err != nil {
				return err
			}
			list = append(list, w)
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b *Work) int { return strings.Compare(b.Made+b.ID, a.Made+a.ID) })
	return list, err
}

// Of returns the work behind a statement on the record; NotFound where it was not made here.
func (o *Office) Of(ctx context.Context, id stocktake.InstrumentID) (w *Work, err error) {
	err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
		ids, err := r.Find(kindWork, "statement", string(id))
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return stocktake.NotFoundf("the statement %s was not made here", id)
		}
		w, err = getWork(r, ids[0])
		return err
	})
	return w, err
}

// Change lets do change a work, in one transaction.
func (o *Office) Change(ctx context.Context, id string, do func(w *Work) error) (w *Work, err error) {
	err = o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		if w, err = getWork(tx, id); err != nil {
			return err
		}
		if err := do(w); err != nil {
			return err
		}
		return o.putWork(tx, w)
	})
	return w, err
}

// SetEmbargo sets the instant before which nothing shows: a civil date and time in a zone. Empty date and clock take it away.
func (o *Office) SetEmbargo(ctx context.Context, id, date, clock, zone string) (*Work, error) {
	var e *Embargo
	if date != "" || clock != "" {
		if zone == "" {
			return nil, stocktake.Invalidf("the embargo names no time zone").Hinted("name one, such as America/New_York: at one minute past midnight it is still yesterday elsewhere")
		}
		loc, err := time.LoadLocation(zone)
		if err != nil || zone == "Local" {
			return nil, stocktake.Invalidf("%q is no time zone", zone).Hinted("write it as Europe/Berlin, America/Mexico_City or UTC")
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", date+" "+clock, loc)
		if err != nil {
			return nil, stocktake.Invalidf("%s %s is no day and hour", date, clock).Hinted("write the day as 2017-12-04 and the hour as 09:00")
		}
		if got := at.In(loc).Format("2006-01-02 15:04"); got != date+" "+clock {
			return nil, stocktake.Invalidf("in %s there is no %s on %s: clocks are set forward then", zone, clock, date).Hinted("choose another hour")
		}
		if !at.After(o.now()) {
			return nil, stocktake.Invalidf("%s %s in %s has passed already", date, clock, zone).Hinted("choose a later hour, or publish it now")
		}
		e = &Embargo{At: at.UTC(), Zone: zone}
	}
	return o.Change(ctx, id, func(w *Work) error {
		if w.State == Opening || w.State == Withdrawn {
			return conflict("the statement is " + string(w.State) + ", so that its embargo cannot be set any more")
		}
		w.Embargo = e
		return nil
	})
}

// Shown is the instant as a person reads it, with the zone and in UTC.
func (e *Embargo) Shown() string {
	loc, err := time.LoadLocation(e.Zone)
	if err != nil {
		loc = time.UTC
	}
	return e.At.In(loc).Format("2 January 2006, 15:04 (") + e.Zone + "), that is " + e.At.UTC().Format("15:04 UTC on 2 January")
}

func conflict(what string) *stocktake.Fault {
	return &stocktake.Fault{Kind: stocktake.Conflict, What: what}
}

// Tongue returns a language of the work, nil where it has none such.
func (w *Work) Tongue(lang string) *Tongue {
	for i := range w.Languages {
		if w.Languages[i].Lang == lang {
			return &w.Languages[i]
		}
	}
	return nil
}

// AddLanguage adds a language, or says anew who translates and checks it.
func (o *Office) AddLanguage(ctx context.Context, id, lang, translatedBy, checkedBy string) (*Work, error) {
	if !isLang(lang) {
		return nil, stocktake.Invalidf("%q is no language", lang).Hinted("write its code, such as en or es")
	}
	return o.Change(ctx, id, func(w *Work) error {
		t := w.Tongue(lang)
		if t == nil {
			w.Languages = append(w.Languages, Tongue{Lang: lang})
			t = &w.Languages[len(w.Languages)-1]
		}
		t.TranslatedBy, t.CheckedBy = strings.TrimSpace(translatedBy), strings.TrimSpace(checkedBy)
		return nil
	})
}

// Newest is the newest version, nil where nothing was frozen yet.
func (w *Work) Newest() *Version {
	if len(w.Versions) == 0 {
		return nil
	}
	return &w.Versions[len(w.Versions)-1]
}

func textID(work, lang string, n int64) string {
	return work + "/" + lang + "/" + strings.Repeat("0", max(0, 9-len(strconv.FormatInt(n, 10)))) + strconv.FormatInt(n, 10)
}

// Drop deletes a work of which nothing was published, with all its texts.
func (o *Office) Drop(ctx context.Context, id string) error {
	return o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		w, err := getWork(tx, id)
		if err != nil {
			return err
		}
		if w.State != Drafting && w.State != Approved || slices.ContainsFunc(w.Versions, func(v Version) bool { return v.Filing > 0 }) {
			return conflict("the statement is on the record, where nothing is deleted").Hinted("it can be withdrawn: then a note says so, in its place")
		}
		var failed []error
		for _, t := range w.Languages {
			for n := int64(1); n <= t.Text; n++ {
				failed = append(failed, tx.Drop(kindText, textID(id, t.Lang, n)))
			}
		}
		return errors.Join(append(failed, o.dropRemarks(tx, id), tx.Drop(kindWork, id))...)
	})
}
