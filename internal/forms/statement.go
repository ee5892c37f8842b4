package forms

import (
	"net/url"
	"strings"
	"time"

	"golang.org/x/text/language"
	"stocktake"
)

// Statement is one version of one statement as it goes out. It holds what is public and nothing else.
type Statement struct {
	ID        string // of the statement, the same for all versions
	Address   string // permanent address of this version, http or https
	Site      string // name of the site
	Coalition string // who issues it; may be empty
	Home      string // address of the coalition's page; may be empty
	Kind      string // such as "joint statement"; may be empty

	Rehearsal bool // a demonstration: nobody issued or signed it, and every form says so

	Version    int           // from 1
	Versions   []VersionNote // earlier ones, oldest first
	First      time.Time     // when version 1 was published; zero where that is Published
	Published  time.Time     // of this version; zero before it
	Embargoed  time.Time     // not before this instant; zero where there was none
	PubStatus  PubStatus     // empty means usable
	StatusNote string        // public words to a status that is not usable

	Date     stocktake.Date // as the text states it
	Place    string         // likewise
	Dateline string         // as printed

	Languages []Language // in the order in which they are offered
	Names     []Name     // in the order in which they are shown within each group
	Withheld  int        // names kept back for safety, which count all the same

	Contacts    []Contact // public ones
	Citations   []Citation
	Calls       []Call
	Corrections []Correction
	Files       []File // the other forms of this version, where they are served

	ListSHA256 string // of the list of names, hexadecimal
	Proof      string // address of the file that proves the entry in the log
	Source     string // address of what the statement was taken from, where it was not issued here
}

// PubStatus is the state of a published item, in the words of IPTC.
type PubStatus string

// The states. A statement that is not usable goes out without text and names: with its title, its state and the note alone.
const (
	Usable   PubStatus = "usable"
	Withheld PubStatus = "withheld"
	Canceled PubStatus = "canceled"
)

// A VersionNote is an earlier version, and why there is a later one.
type VersionNote struct {
	Version   int
	Published time.Time
	Note      string
	Address   string
}

// Language is the version in one language. Without a body it is missing, and shown as missing.
type Language struct {
	Lang          string // BCP 47
	Title         string
	Subtitle      string
	Body          string // the normalised text, see the package comment
	Authoritative bool   // one alone is
	TranslatedBy  string // office or organisation
	CheckedBy     string
	SHA256        string // of the normalised text, hexadecimal
	Address       string // of the version in this language; may be empty
}

// Missing reports whether there is no text in this language.
func (l Language) Missing() bool { return strings.TrimSpace(l.Body) == "" }

// Name is one name under the statement.
type Name struct {
	Display  map[string]string // by language; Names of no language have the key ""
	Tier     stocktake.Tier
	How      How
	Joined   stocktake.Date // where it joined after publication
	Withdrew stocktake.Date // where it withdrew after publication
	Status   string         // consultative status with ECOSOC: general, special, roster, or empty
	Country  string         // as it is to be shown; may be empty
	Note     string         // office, or of whom it is a chapter; may be empty
}

// How says what stands behind a name.
type How string

// The four ways. Verified alone says that something was verified, and here.
const (
	Verified   How = "verified here"
	Entered    How = "entered by a convenor"
	Imported   How = "imported, unverified"
	AsPrinted  How = "as printed in the source"
	unknownHow How = ""
)

// HowOf returns how a class of authority is shown.
func HowOf(c stocktake.AuthorityClass) How {
	switch {
	case c.Verified():
		return Verified
	case c == stocktake.AuthorityConvenor:
		return Entered
	case c == stocktake.AuthorityPrinted:
		return AsPrinted
	}
	return Imported
}

// Contact is whom the press may ask.
type Contact struct{ Name, Role, Email, Phone string }

// Citation is a text that the statement cites.
type Citation struct{ Title, Address, Quote string }

// Call is what the statement asks of whom. Address leads to what became of it.
type Call struct{ Addressee, Text, Address string }

// Correction is a note on what was corrected, which stays visible.
type Correction struct {
	On   stocktake.Date
	Note string
}

// File is a form of the statement that is served.
type File struct {
	Form      string // letters and digits: "pdf", "docx"
	MediaType string
	Address   string
	Bytes     int64 // 0 where it is not known
}

// Check returns an Invalid fault that names the field, or nil.
func (s Statement) Check() error {
	if s.ID == "" {
		return stocktake.Invalidf("a statement needs an id").At("ID")
	}
	if !webAddress(s.Address) {
		return stocktake.Invalidf("%q is no address on the web", s.Address).At("Address").Hinted("the permanent address of the version, with https://")
	}
	if s.Version < 1 {
		return stocktake.Invalidf("versions are counted from 1").At("Version")
	}
	switch s.PubStatus {
	case "", Usable, Withheld, Canceled:
	default:
		return stocktake.Invalidf("%q is no state", s.PubStatus).At("PubStatus").Hinted("one of usable, withheld, canceled")
	}
	if len(s.Languages) == 0 {
		return stocktake.Invalidf("a statement needs a language").At("Languages")
	}
	var authoritative, present int
	seen := map[string]bool{}
	for _, l := range s.Languages {
		tag, err := language.Parse(l.Lang)
		if err != nil || l.Lang != tag.String() {
			return stocktake.Invalidf("%q is no language tag", l.Lang).At("Languages").Hinted(`such as "en" or "pt-BR"`)
		}
		if seen[l.Lang] {
			return stocktake.Invalidf("%s stands there twice", l.Lang).At("Languages")
		}
		seen[l.Lang] = true
		if l.Authoritative {
			authoritative++
		}
		if l.Missing() {
			continue
		}
		present++
		if line(l.Title) == "" {
			return stocktake.Invalidf("the text in %s has no title", l.Lang).At("Languages")
		}
	}
	if present == 0 && s.status() == Usable {
		return stocktake.Invalidf("there is no text in any language").At("Languages")
	}
	if authoritative > 1 {
		return stocktake.Invalidf("one language alone is authoritative").At("Languages")
	}
	for _, n := range s.Names {
		if n.in("") == "" {
			return stocktake.Invalidf("a name is empty").At("Names")
		}
		switch n.Status {
		case "", "general", "special", "roster":
		default:
			return stocktake.Invalidf("%q is no consultative status", n.Status).At("Names").Hinted("one of general, special, roster")
		}
	}
	return s.checkAddresses()
}

func (s Statement) checkAddresses() error {
	check := func(field, address string) error {
		if address != "" && !webAddress(address) {
			return stocktake.Invalidf("%q is no address on the web", address).At(field)
		}
		return nil
	}
	type pair struct{ field, address string }
	all := []pair{{"Home", s.Home}, {"Proof", s.Proof}, {"Source", s.Source}}
	for _, l := range s.Languages {
		all = append(all, pair{"Languages", l.Address})
	}
	for _, v := range s.Versions {
		all = append(all, pair{"Versions", v.Address})
	}
	for _, c := range s.Citations {
		all = append(all, pair{"Citations", c.Address})
	}
	for _, c := range s.Calls {
		all = append(all, pair{"Calls", c.Address})
	}
	for _, f := range s.Files {
		all = append(all, pair{"Files", f.Address})
	}
	for _, p := range all {
		if err := check(p.field, p.address); err != nil {
			return err
		}
	}
	return nil
}

// webAddress reports whether a is an absolute address of http or https, in printable ASCII without what would end it in some format.
func webAddress(a string) bool {
	for i := 0; i < len(a); i++ {
		if a[i] <= ' ' || a[i] > '~' || strings.IndexByte("<>\"\\^`{|}", a[i]) >= 0 {
			return false
		}
	}
	u, err := url.Parse(a)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func (s Statement) status() PubStatus {
	if s.PubStatus == "" {
		return Usable
	}
	return s.PubStatus
}

// main returns the authoritative language that is there, else the first that is there, else the first.
func (s Statement) main() Language {
	for _, l := range s.Languages {
		if l.Authoritative && !l.Missing() {
			return l
		}
	}
	for _, l := range s.Languages {
		if !l.Missing() {
			return l
		}
	}
	return s.Languages[0]
}

// in returns the name in a language: that one, else one of no language, else English, else the first by tag.
func (n Name) in(lang string) string {
	for _, k := range []string{lang, base(lang), "", "en"} {
		if d := line(n.Display[k]); d != "" {
			return d
		}
	}
	first := ""
	for k, v := range n.Display {
		if line(v) != "" && (first == "" || k < first) {
			first = k
		}
	}
	return line(n.Display[first])
}

// base returns the language of a tag: "pt" of "pt-BR".
func base(lang string) string {
	b, _, _ := strings.Cut(lang, "-")
	return b
}

// dir returns the direction in which a language is written, "ltr" or "rtl".
func dir(lang string) string {
	tag, err := language.Parse(lang)
	if err != nil {
		return "ltr"
	}
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand":
		return "rtl"
	}
	return "ltr"
}
