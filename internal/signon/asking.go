package signon

import (
	"regexp"
	"slices"
	"time"

	"golang.org/x/text/language"
	"stocktake"
	"stocktake/internal/store"
)

// An Asking is the sign-on of one statement: which text, until when, at which tiers, by which roads, and who may invite.
type Asking struct {
	ID         string                     `json:"id"`
	Rev        int64                      `json:"-"`
	Statement  stocktake.InstrumentID     `json:"statement"`
	Coalition  string                     `json:"coalition"`            // id of who asks
	Asks       string                     `json:"asks"`                 // name of who asks, for letters
	Lang       string                     `json:"lang"`                 // of the authoritative text; names are in its order
	Topics     []string                   `json:"topics,omitempty"`     // of the text, against scopes of authority
	Addressees []string                   `json:"addressees,omitempty"` // likewise
	Versions   []Version                  `json:"versions"`             // oldest first; the last is the one that is asked for
	Closes     Instant                    `json:"closes"`
	Embargo    Instant                    `json:"embargo,omitzero"`
	Late       Instant                    `json:"late,omitzero"` // after publication, organisations may join until then; none: they may not
	Tiers      []stocktake.Tier           `json:"tiers"`
	Roads      []stocktake.AuthorityClass `json:"roads,omitempty"`       // ways to show authority that are accepted; empty: all
	AnyMailbox bool                       `json:"any_mailbox,omitempty"` // any mailbox at the domain of an organisation that is known will do
	Form       bool                       `json:"form,omitempty"`        // there is a form for organisations that nobody invited
	Members    bool                       `json:"members,omitempty"`     // administrators of organisations that are listed may invite too
	ByHand     bool                       `json:"by_hand,omitempty"`     // nobody is listed before a convenor says so
	Quota      Quota                      `json:"quota"`
	Opened     Day                        `json:"opened"`
	Published  *Publication               `json:"published,omitempty"`
	Salt       string                     `json:"salt"` // of its lists: 32 random bytes in hexadecimal, secret until the list is out
}

// Quota bounds what may come and go. A zero is the number behind it.
type Quota struct {
	Invitations int   `json:"invitations,omitempty"` // 20,000 in all
	PerMember   int   `json:"per_member,omitempty"`  // 20 by one administrator
	PerDomain   int   `json:"per_domain,omitempty"`  // 5 through the form that wait for their mailbox, of one registrable domain
	Mails       int   `json:"mails,omitempty"`       // 3 to one mailbox and day because somebody typed it into the form
	Remind      []int `json:"remind,omitempty"`      // so many days before closing: 3 and 1; at most 5
}

// A Version is a text that organisations are asked to endorse.
type Version struct {
	Number     int                   `json:"number"` // from 1
	TextSHA256 string                `json:"text_sha256"`
	Langs      []string              `json:"langs"`            // in which it can be read; Lang of the asking is one
	Change     stocktake.ChangeClass `json:"change,omitempty"` // against the one before
	Confirm    Instant               `json:"confirm,omitzero"` // after a substantive change: until when it can be endorsed again
	Note       string                `json:"note,omitempty"`   // what was changed
	Since      Day                   `json:"since"`
}

// A Publication is what went out, and when.
type Publication struct {
	Version  int    `json:"version"`
	On       Day    `json:"on"`
	ListHash string `json:"list"`
	Snapshot string `json:"snapshot"`
}

var hex64 = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Current returns the version that is asked for.
func (a *Asking) Current() Version { return a.Versions[len(a.Versions)-1] }

// Version returns a version by number.
func (a *Asking) Version(n int) (Version, bool) {
	for _, v := range a.Versions {
		if v.Number == n {
			return v, true
		}
	}
	return Version{}, false
}

// Stands reports whether what was said of version n holds for the newest one: everything since is typographic.
func (a *Asking) Stands(n int) bool {
	found := false
	for _, v := range a.Versions {
		if found && v.Change != stocktake.Typographic {
			return false
		}
		found = found || v.Number == n
	}
	return found
}

// Accepts reports whether a way to show authority is accepted.
func (a *Asking) Accepts(c stocktake.AuthorityClass) bool {
	if len(a.Roads) == 0 {
		return knownClass(c)
	}
	return slices.Contains(a.Roads, c)
}

// Check reports what is wrong with an asking as a convenor writes it (Invalid fault).
func (a *Asking) Check() error {
	if a.Statement == "" || a.Coalition == "" {
		return stocktake.Invalidf("a sign-on is that of a statement and a coalition").At("statement")
	}
	if err := checkText("asks", a.Asks, 200, true); err != nil {
		return err
	}
	if err := checkLang(a.Lang); err != nil {
		return err
	}
	if len(a.Versions) == 0 {
		return stocktake.Invalidf("there is no text to endorse").At("versions")
	}
	for i, v := range a.Versions {
		if err := a.checkVersion(v, i); err != nil {
			return err
		}
	}
	if err := a.Closes.Check("the closing hour"); err != nil {
		return err
	}
	if !a.Embargo.IsZero() {
		if err := a.Embargo.Check("the hour of the embargo"); err != nil {
			return err
		}
		if a.Embargo.At.Before(a.Closes.At) {
			return stocktake.Invalidf("the embargo ends at %s, before the list closes at %s", a.Embargo, a.Closes).At("closes").Hinted("close the list at or before the hour of the embargo; later ones can join after publication")
		}
	}
	if !a.Late.IsZero() {
		if err := a.Late.Check("the hour until which organisations may join later"); err != nil {
			return err
		}
		if a.Late.At.Before(a.Closes.At) {
			return stocktake.Invalidf("joining later ends before the list closes").At("late")
		}
	}
	if len(a.Tiers) == 0 {
		return stocktake.Invalidf("name the tiers at which organisations can stand").At("tiers")
	}
	for _, t := range a.Tiers {
		if !slices.Contains([]stocktake.Tier{stocktake.TierAuthor, stocktake.TierSignatory, stocktake.TierSharesViews, stocktake.TierPersonal}, t) {
			return stocktake.Invalidf("%q is no tier", t).At("tiers")
		}
	}
	for _, c := range a.Roads {
		if !knownClass(c) {
			return stocktake.Invalidf("%q is no way to show authority", c).At("roads")
		}
	}
	if len(a.Quota.Remind) > 5 {
		return stocktake.Invalidf("more than 5 reminders").At("remind")
	}
	for _, d := range a.Quota.Remind {
		if d < 1 || d > 90 {
			return stocktake.Invalidf("a reminder goes out 1 to 90 days before closing").At("remind")
		}
	}
	return nil
}

func (a *Asking) checkVersion(v Version, i int) error {
	if v.Number < 1 || (i > 0 && v.Number <= a.Versions[i-1].Number) {
		return stocktake.Invalidf("versions count upwards from 1").At("versions")
	}
	if !hex64.MatchString(v.TextSHA256) {
		return stocktake.Invalidf("version %d has no hash of its text", v.Number).At("versions")
	}
	for _, l := range v.Langs {
		if err := checkLang(l); err != nil {
			return err
		}
	}
	if !slices.Contains(v.Langs, a.Lang) {
		return stocktake.Invalidf("version %d is not there in %s, which is the language that counts", v.Number, a.Lang).At("versions")
	}
	if i == 0 {
		return nil
	}
	switch v.Change {
	case stocktake.Typographic:
	case stocktake.Substantive:
		if err := v.Confirm.Check("the hour until which a changed text can be endorsed again"); err != nil {
			return err
		}
	default:
		return stocktake.Invalidf("version %d does not say whether the change is typographic or substantive", v.Number).At("versions")
	}
	return nil
}

func checkLang(l string) error {
	if _, err := language.Parse(l); err != nil || l == "" {
		return stocktake.Invalidf("%q is no language", l).At("lang").Hinted("write BCP 47, such as es or pt-BR")
	}
	return nil
}

// Phase is what an asking takes at a moment.
type Phase string

// The phases.
const (
	Open     Phase = "open"
	Closed   Phase = "closed"             // the hour has passed, and nothing is published yet
	LateOpen Phase = "open to join later" // published, and organisations may still join
	Over     Phase = "over"
)

// Phase returns what the asking takes now.
func (a *Asking) Phase(now time.Time) Phase {
	switch {
	case a.Published == nil && !a.Closes.Passed(now):
		return Open
	case a.Published == nil:
		return Closed
	case !a.Late.IsZero() && !a.Late.Passed(now):
		return LateOpen
	}
	return Over
}

// Takes reports whether a yes can be given now (Conflict fault that says what to do).
func (a *Asking) Takes(now time.Time, by By) error {
	switch p := a.Phase(now); {
	case p == Open, p == LateOpen, p == Closed && by.Actor == Convenor:
		return nil
	case p == Closed:
		return conflict("the list closed at "+a.Closes.String(), "write to whoever sent you the link; a convenor can still enter you until it is published")
	default:
		return conflict("the list is published and takes no more names", "write to whoever sent you the link")
	}
}

// Ends is the moment after which nobody needs anything of a signer's any more: closing, or the end of joining later.
func (a *Asking) Ends() time.Time {
	if a.Late.At.After(a.Closes.At) {
		return a.Late.At
	}
	return a.Closes.At
}

// Forget is the day on which signers' personal data goes: six months after the end.
func (a *Asking) Forget() Day { return DayOf(a.Ends().AddDate(0, KeepMonths, 0)) }

// How long things are kept.
const (
	KeepMonths      = 6  // after the end of an asking, a signer's name, mailbox and telephone
	KeepUnconfirmed = 30 // days that a yes waits for its mailbox to be confirmed
	KeepToken       = 14 // days that a link to confirm works
)

func (q Quota) with() Quota {
	set := func(n *int, to int) {
		if *n <= 0 {
			*n = to
		}
	}
	set(&q.Invitations, 20_000)
	set(&q.PerMember, 20)
	set(&q.PerDomain, 5)
	set(&q.Mails, 3)
	if q.Remind == nil {
		q.Remind = []int{3, 1}
	}
	return q
}

func conflict(what, hint string) *stocktake.Fault {
	return &stocktake.Fault{Kind: stocktake.Conflict, What: what, Hint: hint}
}

func forbidden(what, hint string) *stocktake.Fault {
	return &stocktake.Fault{Kind: stocktake.Forbidden, What: what, Hint: hint}
}

func (a *Asking) item() (string, string, *int64) { return "signon-asking", a.ID, &a.Rev }

func (a *Asking) keys() []store.Key {
	return []store.Key{{Name: "statement", Value: string(a.Statement), Unique: true}, {Name: "coalition", Value: a.Coalition}, {Name: "forget", Value: string(a.Forget())}}
}
