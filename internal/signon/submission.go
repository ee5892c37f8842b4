package signon

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/mailer/address"
)

// A Submission is a yes as somebody writes it.
type Submission struct {
	Organisation string // name; empty for an individual in a personal capacity
	Names        []Name // as it wants to be shown, where that differs by language; Organisation alone where there are none
	Country      string // ISO 3166-1 alpha-3
	Website      string
	Registers    []Registered
	Status       string // consultative status with ECOSOC
	Tier         stocktake.Tier
	Signer       Person
	ShowOffice   bool
	Second       string // mailbox of a second officer who is to countersign
	Withhold     bool   // keep the name back for safety
	Version      int    // of the text that was shown
	TextSHA256   string
	Langs        []string // in which it was shown, the first is the signer's
}

// checked is a submission that was looked at.
type checked struct {
	Submission
	said   Said
	from   address.Address // zero where no mailbox was given
	second address.Address
	site   string // registrable domain of the website
}

// looksLikeLink finds what would make a letter with a name in it an advertisement.
var looksLikeLink = regexp.MustCompile(`(?i)://|\bwww\.|@|\.(com|net|org|ru|cn|info|biz|io|xyz|top|shop|site|online)/`)

// check looks at a submission against an asking. Its faults depend on what was typed and on the asking, never on who is known here.
func (s Submission) check(a *Asking, mailboxMust bool) (c checked, err error) {
	c = checked{Submission: s}
	person := s.Tier == stocktake.TierPersonal
	if !slices.Contains(a.Tiers, s.Tier) {
		return c, stocktake.Invalidf("nobody is asked to stand as %q here", s.Tier).At("tier")
	}
	v, ok := a.Version(s.Version)
	if !ok || v.TextSHA256 != s.TextSHA256 {
		return c, stocktake.Invalidf("there is no version %d with that text", s.Version).At("version").Hinted("load the page again, and read the text that it shows")
	}
	if !a.Stands(s.Version) {
		return c, conflict("the text was changed in substance while you read it", "load the page again, and read the new text").At("version")
	}
	for _, l := range s.Langs {
		if !slices.Contains(v.Langs, l) {
			return c, stocktake.Invalidf("version %d is not there in %q", v.Number, l).At("langs")
		}
	}
	if len(c.Names) == 0 {
		name := s.Organisation
		if person {
			name = s.Signer.Name
		}
		c.Names = []Name{{Text: name}}
	}
	if !person {
		if err := checkText("organisation", s.Organisation, 300, true); err != nil {
			return c, err
		}
	}
	c.Organisation = strings.Join(strings.Fields(c.Organisation), " ")
	for i, n := range c.Names {
		if err := checkText("names", n.Text, 300, true); err != nil {
			return c, err
		}
		if n.Lang != "" {
			if err := checkLang(n.Lang); err != nil {
				return c, err
			}
		}
		c.Names[i].Text = strings.Join(strings.Fields(n.Text), " ")
		if looksLikeLink.MatchString(n.Text) {
			return c, stocktake.Invalidf("a name holds an address").At("names").Hinted("write the name alone; the website has a field of its own")
		}
	}
	if looksLikeLink.MatchString(s.Organisation) {
		return c, stocktake.Invalidf("a name holds an address").At("organisation").Hinted("write the name alone; the website has a field of its own")
	}
	for field, text := range map[string]string{"signer": s.Signer.Name, "office": s.Signer.Office, "telephone": s.Signer.Telephone} {
		if err := checkText(field, text, 200, false); err != nil {
			return c, err
		}
	}
	if person && strings.TrimSpace(s.Signer.Name) == "" {
		return c, stocktake.Invalidf("who signs in a personal capacity gives a name").At("signer")
	}
	if c.site, err = SiteDomain(s.Website); err != nil {
		return c, err
	}
	if s.Signer.Mailbox != "" || mailboxMust {
		if c.from, err = address.Parse(s.Signer.Mailbox); err != nil {
			return c, at(err, "mailbox")
		}
		c.Signer.Mailbox = c.from.String()
	}
	if s.Second != "" {
		if c.second, err = address.Parse(s.Second); err != nil {
			return c, at(err, "second")
		}
		if c.second.Canonical() == c.from.Canonical() {
			return c, stocktake.Invalidf("the second officer has the same mailbox as the first").At("second")
		}
	}
	c.Signer.Class = OfficeClass(s.Signer.Office)
	c.said = Said{Version: v.Number, TextSHA256: v.TextSHA256, Langs: s.Langs, Names: c.Names, Tier: s.Tier, ShowOffice: s.ShowOffice}
	if len(c.said.Langs) == 0 {
		c.said.Langs = []string{a.Lang}
	}
	o := c.organisation("", "")
	if !person {
		err = o.Check()
	}
	return c, err
}

func at(err error, field string) error {
	if f, ok := err.(*stocktake.Fault); ok {
		return f.At(field)
	}
	return err
}

// organisation is what the submission says of it. Nobody has looked at it yet.
func (c *checked) organisation(id string, today Day) Organisation {
	domain := c.site
	if domain == "" {
		domain, _ = OwnDomain(c.from)
	}
	names := []Name{{Text: c.Organisation}}
	for _, n := range c.Names {
		if n.Lang != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return Organisation{ID: id, Names: names, Domain: domain, Country: c.Country, Registers: c.Registers, Status: c.Status, Since: today}
}

// find looks an organisation up by all its identities, always all, and returns the one that the strongest finds, as it is after merges. Of
// several that share a domain, the one that shares the name too goes first. One that shares the domain and not the name may be a chapter, or another
// parish of one diocese: sure is false then.
func (t *tx) find(o *Organisation) (id string, how Match, sure bool, err error) {
	var byName []string
	type hit struct {
		ids []string
		how Match
	}
	var hits []hit
	for _, i := range o.Identities() {
		ids, err := t.Find("signon-organisation", string(i.Match), clip(i.Value))
		if err != nil {
			return "", NoMatch, false, err
		}
		if i.Match == ByName {
			byName = append(byName, ids...)
		}
		if len(ids) > 0 && (!o.Apart || i.Match == ByRegister) {
			hits = append(hits, hit{ids, i.Match})
		}
	}
	for _, h := range hits {
		for _, x := range h.ids {
			if id == "" || (h.how == how && h.how == ByDomain && slices.Contains(byName, x) && !slices.Contains(byName, id)) {
				if id == "" || h.how == how {
					id, how = x, h.how
				}
			}
		}
	}
	if id == "" {
		return "", NoMatch, false, nil
	}
	sure = how != ByDomain || slices.Contains(byName, id)
	id, err = t.resolve(id)
	return id, how, sure, err
}

// resolve follows merges.
func (t *tx) resolve(id string) (string, error) {
	for range 20 {
		o, err := load[Organisation](t, id)
		if err != nil || o.Into == "" {
			return id, err
		}
		id = o.Into
	}
	return "", conflict("organisations are merged in a circle", "undo one of the merges")
}

// placeOf finds the endorsement of an organisation in an asking.
func (t *tx) placeOf(a *Asking, place string) (*Endorsement, error) {
	ids, err := t.Find("signon-endorsement", "place", clip(a.ID+"/"+place))
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	e, err := load[Endorsement](t, ids[0])
	return &e, err
}

// fresh is a new endorsement for what was said.
func (c *checked) fresh(a *Asking, org string, today Day, road stocktake.Road) Endorsement {
	return Endorsement{ID: a.ID + "/" + newID(), Yes: newID(), Asking: a.ID, Org: org, Said: c.said, Country: c.Country, Signer: c.Signer, Road: road, Given: today, Withheld: c.Withhold}
}

// again finds the yes that this mailbox has given before.
func (e *Endorsement) again(from address.Address) (yes string, ok bool) {
	c := from.Canonical()
	if c == "" {
		return "", false
	}
	if canonical(e.Signer.Mailbox) == c {
		return e.Yes, true
	}
	for _, s := range e.Seconds {
		if canonical(s.Signer.Mailbox) == c {
			return s.ID, true
		}
	}
	return "", false
}

// take puts what was said in the place of what was there, for one that has no yes now.
func (e *Endorsement) take(c *checked, by By, today Day, road stocktake.Road) error {
	if err := e.To(Submitted, by, today, ""); err != nil {
		return err
	}
	e.Yes, e.Said, e.Signer, e.Given, e.Road = newID(), c.said, c.Signer, today, road
	e.Seconds = slices.DeleteFunc(e.Seconds, func(s Second) bool { return !c.from.IsZero() && canonical(s.Signer.Mailbox) == c.from.Canonical() })
	e.Country = cmp.Or(c.Country, e.Country)
	e.Withheld = e.Withheld || c.Withhold
	e.Proved, e.Named, e.Class, e.Authority, e.Missing, e.Entered, e.Agreed = false, false, "", "", "", "", ""
	return nil
}
