package signon

import (
	"slices"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// An Authority says that somebody may sign for an organisation, for what, how that was shown, and from when to when. It has two times: Valid
// from and to is when it holds; Recorded and RevokedRecorded is when it was known here.
type Authority struct {
	ID              string                   `json:"id"` // the organisation's id, a slash, and letters
	Rev             int64                    `json:"-"`
	Org             string                   `json:"org"`
	Person          string                   `json:"person,omitempty"`
	Mailbox         string                   `json:"mailbox,omitempty"`
	Office          string                   `json:"office,omitempty"`
	Topics          []string                 `json:"topics,omitempty"`     // all where none is named
	Addressees      []string                 `json:"addressees,omitempty"` // likewise; ids of parties
	Asking          string                   `json:"asking,omitempty"`     // this text only
	Class           stocktake.AuthorityClass `json:"class"`
	Evidence        string                   `json:"evidence,omitempty"`
	By              string                   `json:"by,omitempty"` // the convenor who entered it
	From            Day                      `json:"from"`
	To              Day                      `json:"to,omitempty"` // the last day
	Recorded        Day                      `json:"recorded"`
	Revoked         Day                      `json:"revoked,omitempty"` // from this day on
	RevokedRecorded Day                      `json:"revoked_recorded,omitempty"`
	Anonymised      Day                      `json:"anonymised,omitempty"`
}

// Holds reports whether the authority held on a day, by what was known here by another.
func (a *Authority) Holds(on, known Day) bool {
	switch {
	case a.Recorded > known, on < a.From, a.To != "" && on > a.To:
		return false
	case a.Revoked != "" && a.RevokedRecorded <= known && on >= a.Revoked:
		return false
	}
	return true
}

// Covers reports whether its scope takes in what is asked.
func (a *Authority) Covers(ask *Asking) bool {
	if a.Asking != "" && a.Asking != ask.ID {
		return false
	}
	return within(a.Topics, ask.Topics) && within(a.Addressees, ask.Addressees)
}

// within reports whether everything of need is in scope; an empty scope has no limit, and where nothing is said about the text a limited one is not enough.
func within(scope, need []string) bool {
	if len(scope) == 0 {
		return true
	}
	if len(need) == 0 {
		return false
	}
	for _, n := range need {
		if !slices.ContainsFunc(scope, func(s string) bool { return fold(s) == fold(n) }) {
			return false
		}
	}
	return true
}

// Check reports what is wrong with an authority (Invalid fault).
func (a *Authority) Check() error {
	switch {
	case a.Org == "":
		return stocktake.Invalidf("an authority is that of an organisation").At("organisation")
	case a.Person == "" && a.Mailbox == "" && a.Anonymised == "":
		return stocktake.Invalidf("an authority is somebody's: name a person or a mailbox").At("person")
	case a.From == "" || a.Recorded == "":
		return stocktake.Invalidf("an authority needs the day from which it holds").At("from")
	case a.To != "" && a.To < a.From:
		return stocktake.Invalidf("it ends before it begins").At("to")
	case !knownClass(a.Class):
		return stocktake.Invalidf("%q does not say how it was shown", a.Class).At("class")
	case slices.Contains([]stocktake.AuthorityClass{stocktake.AuthorityCallBack, stocktake.AuthorityConvenor}, a.Class) && a.Evidence == "":
		return stocktake.Invalidf("say what it rests on").At("evidence").Hinted("such as: called the number in the register of associations on 3 December, the secretary said yes")
	}
	return nil
}

// classes are all ways to show an authority here. A text that was printed elsewhere shows none.
var classes = []stocktake.AuthorityClass{stocktake.AuthorityMailbox, stocktake.AuthorityAdministrator, stocktake.AuthoritySecondOfficer, stocktake.AuthorityCallBack,
	stocktake.AuthorityConvenor, stocktake.AuthorityImported}

func knownClass(c stocktake.AuthorityClass) bool { return slices.Contains(classes, c) }

// A Showing is what stands for one yes: whose mailbox it came from, whether that was confirmed, and whether a convenor named it beforehand.
type Showing struct {
	Mailbox address.Address
	Proved  bool // a link that was mailed there was used
	Named   bool // a convenor invited this mailbox
}

// A Ruling is whether somebody may sign for an organisation, and by which authority; or what is missing.
type Ruling struct {
	OK        bool
	Class     stocktake.AuthorityClass
	Authority string // id of the authority that stood before, where one did
	Missing   Missing
}

// Missing is what a yes still waits for.
type Missing string

// What may be missing.
const (
	NothingMissing Missing = ""
	NeedsMailbox   Missing = "the link that was mailed has to be used"
	NeedsAdmin     Missing = "an administrator of the organisation has to confirm it"
	NeedsOfficer   Missing = "a second officer has to countersign, or a convenor to call back"
	NeedsConvenor  Missing = "a convenor has to look at it: nobody here knows this organisation or this mailbox"
)

// Rule decides whether a yes has authority, from what is shown and nothing else. seconds are other yeses for the same organisation.
//
// It is that of an authority that stood before and covers the text; of an administrator; where the organisation has no administrators, of a
// mailbox at its own domain that a convenor named (any mailbox there, where the asking says so); or of two officers of whom one was named
// beforehand. An organisation that nobody knows waits for a convenor whatever it shows: anybody can register a domain.
func Rule(ask *Asking, o *Organisation, standing []Authority, first Showing, seconds []Showing, on Day) Ruling {
	if !first.Proved {
		return Ruling{Missing: NeedsMailbox}
	}
	for i := range standing {
		a := &standing[i]
		if a.Mailbox != "" && canonical(a.Mailbox) == first.Mailbox.Canonical() && a.Holds(on, on) && a.Covers(ask) && ask.Accepts(a.Class) {
			return Ruling{OK: true, Class: a.Class, Authority: a.ID}
		}
	}
	if o.Known == nil {
		return Ruling{Missing: NeedsConvenor}
	}
	if o.IsAdmin(first.Mailbox) && ask.Accepts(stocktake.AuthorityAdministrator) {
		return Ruling{OK: true, Class: stocktake.AuthorityAdministrator}
	}
	if slices.ContainsFunc(seconds, func(s Showing) bool { return s.Proved && o.IsAdmin(s.Mailbox) }) && ask.Accepts(stocktake.AuthorityAdministrator) {
		return Ruling{OK: true, Class: stocktake.AuthorityAdministrator}
	}
	named := func(s Showing) bool {
		return s.Named || (o.Contact != "" && canonical(o.Contact) == s.Mailbox.Canonical())
	}
	if len(o.Admins) == 0 && ask.Accepts(stocktake.AuthorityMailbox) {
		if d, own := OwnDomain(first.Mailbox); own && o.Domain != "" && d == o.Domain && (named(first) || ask.AnyMailbox) {
			return Ruling{OK: true, Class: stocktake.AuthorityMailbox}
		}
	}
	if len(o.Admins) == 0 && ask.Accepts(stocktake.AuthoritySecondOfficer) {
		for _, s := range seconds {
			if s.Proved && s.Mailbox.Canonical() != first.Mailbox.Canonical() && (named(first) || named(s)) {
				return Ruling{OK: true, Class: stocktake.AuthoritySecondOfficer}
			}
		}
	}
	switch {
	case len(o.Admins) > 0:
		return Ruling{Missing: NeedsAdmin}
	case named(first):
		return Ruling{Missing: NeedsOfficer}
	}
	return Ruling{Missing: NeedsConvenor}
}

func (a *Authority) item() (string, string, *int64) { return "signon-authority", a.ID, &a.Rev }

func (a *Authority) keys() (keys []store.Key) {
	if a.Asking != "" {
		keys = append(keys, store.Key{Name: "asking", Value: a.Asking})
	}
	return keys
}
