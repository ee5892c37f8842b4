package signon

import (
	"regexp"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// An Organisation is whom a statement is endorsed by. What is known of it was said by itself, by a convenor, or by a register.
type Organisation struct {
	ID        string       `json:"id"`
	Rev       int64        `json:"-"`
	Names     []Name       `json:"names"`            // the first is for all languages that have none
	Domain    string       `json:"domain,omitempty"` // registrable, its own; none where it writes from free mail
	Country   string       `json:"country,omitempty"`
	Registers []Registered `json:"registers,omitempty"`
	ChapterOf string       `json:"chapter_of,omitempty"`     // id of its parent: linked, and two all the same
	Admins    []string     `json:"administrators,omitempty"` // mailboxes of those who answer for it here
	Contact   string       `json:"contact,omitempty"`        // mailbox where it is told what was done in its name
	Status    string       `json:"status,omitempty"`         // consultative status with ECOSOC
	Known     *Look        `json:"known,omitempty"`          // that somebody of a coalition knows it; nil while nobody does
	Into      string       `json:"merged_into,omitempty"`    // id of the one that it was found to be
	Since     Day          `json:"since"`
	// Apart is set by a convenor who adds or invites an organisation: it is another one than those that share its domain or its name. It is not kept.
	Apart bool `json:"-"`
}

// A Name is a name in one language.
type Name struct {
	Lang string `json:"lang,omitempty"` // BCP 47
	Text string `json:"text"`
}

// Registered is an entry of a register of organisations, with where and when it was seen.
type Registered struct {
	Register string `json:"register"` // such as "RNA Argentina" or "VR Berlin"
	ID       string `json:"id"`
	Source   string `json:"source"`
	Day      Day    `json:"day"`
}

// A Look is that a convenor knows an organisation, since when, and from where.
type Look struct {
	By   string `json:"by"`
	Day  Day    `json:"day"`
	Note string `json:"note,omitempty"`
}

// A Merge says that two organisations were found to be one. It can be undone: nothing of either is deleted.
type Merge struct {
	ID     string `json:"id"`
	Rev    int64  `json:"-"`
	From   string `json:"from"`
	Into   string `json:"into"`
	By     string `json:"by"`
	Day    Day    `json:"day"`
	Undone Day    `json:"undone,omitempty"`
}

var alpha3 = regexp.MustCompile(`^[A-Z]{3}$`)

// Check reports what is wrong with an organisation as it is written (Invalid fault).
func (o *Organisation) Check() error {
	if len(o.Names) == 0 {
		return stocktake.Invalidf("an organisation needs a name").At("name")
	}
	for _, n := range o.Names {
		if err := checkText("name", n.Text, 300, true); err != nil {
			return err
		}
		if FoldName(n.Text) == "" {
			return stocktake.Invalidf("a name needs letters or digits").At("name")
		}
	}
	if o.Country != "" && !alpha3.MatchString(o.Country) {
		return stocktake.Invalidf("%q is not the three letters of a country", o.Country).At("country").Hinted("write ISO 3166-1 alpha-3, such as MEX")
	}
	if !slices.Contains([]string{"", "general", "special", "roster"}, o.Status) {
		return stocktake.Invalidf("%q is no consultative status", o.Status).At("status").Hinted("general, special, roster, or nothing")
	}
	for _, r := range o.Registers {
		if strings.TrimSpace(r.Register) == "" || fold(r.ID) == "" || r.Source == "" || r.Day == "" {
			return stocktake.Invalidf("an entry of a register needs the register, the number, where it was seen and on which day").At("registers")
		}
	}
	if o.ChapterOf != "" && o.ChapterOf == o.ID {
		return stocktake.Invalidf("an organisation is no chapter of itself").At("chapter_of")
	}
	return nil
}

// checkText refuses text that is too long, is not text, or holds what does not print.
func checkText(field, s string, most int, must bool) error {
	if must && strings.TrimSpace(s) == "" {
		return stocktake.Invalidf("it is empty").At(field)
	}
	if len([]rune(s)) > most {
		return stocktake.Invalidf("it is longer than %d characters", most).At(field)
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == '\ufffd' || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069') {
			return stocktake.Invalidf("it holds characters that do not print").At(field)
		}
	}
	return nil
}

// In returns the name in a language, else the first.
func In(names []Name, lang string) string {
	for _, n := range names {
		if n.Lang == lang {
			return n.Text
		}
	}
	if len(names) == 0 {
		return ""
	}
	return names[0].Text
}

// IsAdmin reports whether somebody who answers for the organisation here has this mailbox.
func (o *Organisation) IsAdmin(a address.Address) bool { return hasMailbox(o.Admins, a) }

func hasMailbox(list []string, a address.Address) bool {
	return !a.IsZero() && slices.ContainsFunc(list, func(s string) bool { return canonical(s) == a.Canonical() })
}

// canonical is the comparing form of a mailbox that was checked when it came in; empty where there is none.
func canonical(mailbox string) string {
	a, err := address.Parse(mailbox)
	if err != nil {
		return ""
	}
	return a.Canonical()
}

// A Match is how an organisation was found to be here already.
type Match string

// In this order they are asked. A domain or a name is no proof: who shares one may be a chapter, so that a convenor decides.
const (
	NoMatch    Match = ""
	ByRegister Match = "same entry of a register"
	ByDomain   Match = "same domain"
	ByName     Match = "same name and country"
)

// Identities returns the keys by which an organisation is found, strongest first.
func (o *Organisation) Identities() (list []Identity) {
	for _, r := range o.Registers {
		list = append(list, Identity{ByRegister, fold(r.Register) + " " + strings.ReplaceAll(fold(r.ID), " ", "")})
	}
	if o.Domain != "" {
		list = append(list, Identity{ByDomain, o.Domain})
	}
	for _, n := range o.Names {
		if i := (Identity{ByName, FoldName(n.Text) + " " + o.Country}); !slices.Contains(list, i) {
			list = append(list, i)
		}
	}
	return list
}

// An Identity is one thing by which an organisation is told from others.
type Identity struct {
	Match Match
	Value string
}

// Same reports how two organisations are one, by the first identity that they share.
func Same(a, b *Organisation) Match {
	theirs := b.Identities()
	for _, i := range a.Identities() {
		if slices.Contains(theirs, i) {
			return i.Match
		}
	}
	return NoMatch
}

func (o *Organisation) item() (string, string, *int64) { return "signon-organisation", o.ID, &o.Rev }

func (o *Organisation) keys() (keys []store.Key) {
	for _, i := range o.Identities() {
		keys = append(keys, store.Key{Name: string(i.Match), Value: clip(i.Value)})
	}
	if o.ChapterOf != "" {
		keys = append(keys, store.Key{Name: "parent", Value: o.ChapterOf})
	}
	return keys
}

func (m *Merge) item() (string, string, *int64) { return "signon-merge", m.ID, &m.Rev }

func (m *Merge) keys() []store.Key { return nil }

// clip keeps the value of a key within what a store takes, at a border between letters.
func clip(s string) string {
	if len(s) <= store.MaxName {
		return s
	}
	return strings.ToValidUTF8(s[:store.MaxName], "")
}
