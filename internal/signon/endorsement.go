package signon

import (
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// An Endorsement is the place of one organisation in one asking, whatever became of it. There is never a second one: a further yes for the same
// organisation is one of Seconds, which a convenor sees and a stranger does not.
type Endorsement struct {
	ID     string `json:"id"` // the asking's id, a slash, and letters that are public once it is listed
	Rev    int64  `json:"-"`
	Asking string `json:"asking"`
	Org    string `json:"org,omitempty"` // empty for an individual in a personal capacity
	State  State  `json:"state"`
	Said
	Yes         string                   `json:"yes,omitempty"` // id of the yes that stands first; links are about one yes
	Country     string                   `json:"country,omitempty"`
	Signer      Person                   `json:"signer,omitzero"`
	Named       bool                     `json:"named,omitempty"` // a convenor invited the signer's mailbox
	Proved      bool                     `json:"proved,omitempty"`
	Authority   string                   `json:"authority,omitempty"` // id of the one used
	Class       stocktake.AuthorityClass `json:"class,omitempty"`
	Missing     Missing                  `json:"missing,omitempty"`
	Road        stocktake.Road           `json:"road,omitempty"`
	Entered     string                   `json:"entered_by,omitempty"` // account of the convenor
	Told        Day                      `json:"told,omitempty"`       // when a message that it was entered or listed was queued for the organisation
	Agreed      Day                      `json:"agreed,omitempty"`     // when the organisation confirmed what a convenor had entered
	Withheld    bool                     `json:"withheld,omitempty"`   // its name is kept back for safety
	Given       Day                      `json:"given,omitempty"`
	Late        bool                     `json:"late,omitempty"` // it joined after publication
	Ground      string                   `json:"ground,omitempty"`
	Before      State                    `json:"before,omitempty"` // of a lapsed or struck one: what it was
	Invalidated string                   `json:"invalidated,omitempty"`
	Merged      string                   `json:"merged,omitempty"` // id of the merge that struck it
	Seconds     []Second                 `json:"seconds,omitempty"`
	Ask         string                   `json:"ask,omitempty"` // mailbox of a second officer, to be asked once the first has confirmed
	History     []Step                   `json:"history"`
	Filed       *Filed                   `json:"filed,omitempty"` // what the record says of it last; nil: nothing
	Anonymised  Day                      `json:"anonymised,omitempty"`
}

// Said is what was said yes to, and how the organisation wants to stand.
type Said struct {
	Version    int            `json:"version,omitempty"` // that the signer had before it
	TextSHA256 string         `json:"text_sha256,omitempty"`
	Langs      []string       `json:"langs,omitempty"` // in which it was shown
	Names      []Name         `json:"names,omitempty"` // as it wants to be shown
	Tier       stocktake.Tier `json:"tier,omitempty"`
	ShowOffice bool           `json:"show_office,omitempty"`
}

// A Person is who signs for an organisation. Everything but the class of the office goes when the asking is over.
type Person struct {
	Name      string `json:"name,omitempty"`
	Office    string `json:"office,omitempty"`
	Class     string `json:"class,omitempty"` // OfficeClass
	Mailbox   string `json:"mailbox,omitempty"`
	Telephone string `json:"telephone,omitempty"`
}

// A Second is a further yes for an organisation that has its place already.
type Second struct {
	ID     string         `json:"id"`
	Signer Person         `json:"signer,omitzero"`
	Named  bool           `json:"named,omitempty"`
	Proved bool           `json:"proved,omitempty"`
	Match  Match          `json:"match,omitempty"` // how it was found to be the same organisation
	Said   Said           `json:"said"`
	Day    Day            `json:"day"`
	Road   stocktake.Road `json:"road,omitempty"`
}

// A Step is one thing that happened to an endorsement, on a day.
type Step struct {
	On     Day    `json:"on"`
	To     State  `json:"to"`
	By     By     `json:"by"`
	Ground string `json:"ground,omitempty"` // a class of reason
}

// Filed is what the public record says of an endorsement.
type Filed struct {
	State   stocktake.EndorsementState `json:"state"`
	On      Day                        `json:"on"`
	Version int                        `json:"version"`
	Class   stocktake.AuthorityClass   `json:"class,omitempty"`
	Number  int64                      `json:"number"` // of the filing
	Leaf    int64                      `json:"leaf"`   // index in the log, from 0
}

// Public reports whether the record says anything of it.
func (e *Endorsement) Public() bool { return e.Filed != nil }

// PublicID is the id that the record knows it by.
func (e *Endorsement) PublicID() string { _, id, _ := strings.Cut(e.ID, "/"); return id }

// To moves the endorsement, where Moves has it; otherwise it is unchanged and the Conflict fault says what can be done.
func (e *Endorsement) To(to State, by By, on Day, ground string) error {
	if err := May(e.State, to, e.Public(), by.Actor); err != nil {
		return err
	}
	if to == Struck && !slices.Contains(stocktake.StrikeGrounds(), ground) {
		return stocktake.Invalidf("%q is no class of reason", ground).At("ground").Hinted("one of: %s", strings.Join(stocktake.StrikeGrounds(), "; "))
	}
	switch {
	case to == Struck || to == Lapsed:
		e.Before = e.State
	case e.State == Struck && e.Before == Lapsed:
		e.Before = Listed // it lapsed from there, or will be looked at again
	default:
		e.Before = None
	}
	if e.Ground = ""; to == Struck {
		e.Ground = ground
	}
	e.State = to
	e.History = append(e.History, Step{On: on, To: to, By: by, Ground: ground})
	return nil
}

// Counts reports whether it stands under a version now.
func (e *Endorsement) Counts(a *Asking) bool { return e.State == Listed && a.Stands(e.Version) }

// Waiting reports whether a yes was given that is not listed yet.
func (e *Endorsement) Waiting() bool {
	return e.State == Submitted || e.State == MailboxConfirmed || e.State == AuthorityConfirmed
}

// Showing is what its first yes shows.
func (e *Endorsement) Showing() Showing {
	a, _ := address.Parse(e.Signer.Mailbox)
	return Showing{Mailbox: a, Proved: e.Proved, Named: e.Named}
}

// Showings are what its further yeses show.
func (e *Endorsement) Showings() (list []Showing) {
	for _, s := range e.Seconds {
		a, _ := address.Parse(s.Signer.Mailbox)
		list = append(list, Showing{Mailbox: a, Proved: s.Proved, Named: s.Named})
	}
	return list
}

// Agreement reports what is to be shown of a yes that a convenor entered: whether the organisation has confirmed it.
func (e *Endorsement) Agreement() string {
	switch {
	case e.Entered == "":
		return ""
	case e.Agreed != "":
		return "entered by a convenor, confirmed by the organisation"
	}
	return "entered by a convenor"
}

// OfficeClasses are what stays of an office when a signer's data goes.
var OfficeClasses = []string{"head", "deputy", "board", "secretary", "director", "officer", "other"}

var officeWords = []struct {
	class string
	words []string
}{
	{"deputy", []string{"vice", "deputy", "adjunta", "adjunto", "stellvertretende", "stellvertretender", "vicepresidenta", "vicepresidente", "adjoint", "adjointe"}},
	{"secretary", []string{"secretary", "secretaria", "secretario", "secretaire", "generalsekretar", "generalsekretarin", "secretariat"}},
	{"head", []string{"president", "presidenta", "presidente", "presidentin", "chair", "chairperson", "chairman", "chairwoman", "vorsitzende", "vorsitzender", "head", "superior", "bishop", "prior"}},
	{"director", []string{"director", "directora", "directeur", "directrice", "diretor", "diretora", "geschaftsfuhrer", "geschaftsfuhrerin", "direktor", "direktorin", "ceo", "executive"}},
	{"board", []string{"board", "trustee", "treasurer", "tesorera", "tesorero", "vorstand", "junta", "conseil", "kassenwart"}},
	{"officer", []string{"officer", "coordinator", "coordinadora", "coordinador", "coordenadora", "coordenador", "manager", "adviser", "advisor", "responsable", "referent", "referentin", "advocacy", "policy"}},
}

// OfficeClass sorts an office into one of OfficeClasses; an empty one into none.
func OfficeClass(office string) string {
	words := strings.Fields(fold(office))
	if len(words) == 0 {
		return ""
	}
	for _, c := range officeWords {
		for _, w := range words {
			if slices.Contains(c.words, w) {
				return c.class
			}
		}
	}
	return "other"
}

// forget takes away whose hand it was and keeps the class of the office.
func (p *Person) forget() { *p = Person{Class: p.Class} }

// personal reports whether anything about a natural person is left.
func (p Person) personal() bool {
	return p.Name != "" || p.Mailbox != "" || p.Telephone != "" || p.Office != ""
}

func (e *Endorsement) item() (string, string, *int64) { return "signon-endorsement", e.ID, &e.Rev }

func (e *Endorsement) keys() []store.Key {
	place := e.Asking + "/" + e.Org
	if e.Org == "" {
		place = e.Asking + "/person/" + e.PublicID()
		if c := canonical(e.Signer.Mailbox); c != "" {
			place = e.Asking + "/person/" + c
		}
	}
	keys := []store.Key{{Name: "place", Value: clip(place), Unique: true}}
	if e.Org != "" {
		keys = append(keys, store.Key{Name: "org", Value: e.Org})
	}
	if e.unconfirmed() != "" {
		keys = append(keys, store.Key{Name: "vanishes", Value: string(e.unconfirmed().Add(KeepUnconfirmed))})
	}
	for _, d := range e.domains() {
		keys = append(keys, store.Key{Name: "waits", Value: clip(e.Asking + "/" + d)})
	}
	if e.Invalidated != "" {
		keys = append(keys, store.Key{Name: "invalidated", Value: e.Invalidated})
	}
	return keys
}

// unconfirmed is the earliest day on which a yes came in through the form, or by a link in a chat, that nobody has confirmed; empty where there is none.
func (e *Endorsement) unconfirmed() (d Day) {
	if e.State == Submitted && !e.Proved && e.Entered == "" {
		d = e.Given
	}
	for _, s := range e.Seconds {
		if !s.Proved && (d == "" || s.Day < d) {
			d = s.Day
		}
	}
	return d
}

// domains are the registrable domains of mailboxes that have not been confirmed, other than free mail.
func (e *Endorsement) domains() (list []string) {
	add := func(mailbox string) {
		if a, err := address.Parse(mailbox); err == nil {
			if d, own := OwnDomain(a); own {
				list = append(list, d)
			}
		}
	}
	if e.State == Submitted && !e.Proved {
		add(e.Signer.Mailbox)
	}
	for _, s := range e.Seconds {
		if !s.Proved {
			add(s.Signer.Mailbox)
		}
	}
	return list
}
