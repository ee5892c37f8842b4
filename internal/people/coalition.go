package people

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// CoalitionID is a short name as in addresses: small letters, digits and hyphens. It never changes.
type CoalitionID string

// RecordDesk is the desk of the record itself, which has people, roles and a two-person rule as coalitions have, and no statements. It exists by itself.
const RecordDesk CoalitionID = "record"

// A Coalition is organisations that speak together.
type Coalition struct {
	ID      CoalitionID       `json:"id"`
	Names   map[string]string `json:"names"`   // by language (BCP 47); at least one
	Langs   []string          `json:"langs"`   // in which it publishes, the first one by default authoritative; at least one
	Members []Member          `json:"members"` // by name
	Contact string            `json:"contact"` // for the public: an address for mail, or of a page; may be empty
	Sender  string            `json:"sender"`  // in whose name its letters go out; may be empty
	Rules   Rules             `json:"rules"`
	Made    string            `json:"made"` // civil day, UTC

	rev int64
}

// A Member is an organisation of a coalition.
type Member struct {
	ID      string `json:"id"`      // within the coalition: small letters, digits and hyphens
	Name    string `json:"name"`    // as it calls itself
	Country string `json:"country"` // ISO 3166-1 alpha-3; may be empty
	Domain  string `json:"domain"`  // that it has registered; may be empty
	Since   string `json:"since"`   // civil day on which it was entered here
}

// Name returns the coalition's name in a language, or in the first of its own.
func (c Coalition) Name(lang string) string {
	if n := c.Names[lang]; n != "" {
		return n
	}
	for _, l := range c.Langs {
		if n := c.Names[l]; n != "" {
			return n
		}
	}
	for _, l := range slices.Sorted(maps.Keys(c.Names)) {
		return c.Names[l]
	}
	return string(c.ID)
}

// Check reports what is wrong with a coalition (Invalid fault), and puts what people typed into one form.
func (c *Coalition) Check() error {
	if c.ID == "" || len(c.ID) > 60 || Slug(string(c.ID)) != string(c.ID) || c.ID == "new" {
		return stocktake.Invalidf("%q cannot stand in an address", string(c.ID)).Hinted("write small letters, digits and hyphens, such as ninety-eight")
	}
	if len(c.Langs) == 0 {
		c.Langs = []string{"en"}
	}
	var err error
	for i, l := range c.Langs {
		if c.Langs[i], err = langOf(l); err != nil {
			return err
		}
	}
	names := map[string]string{}
	for l, n := range c.Names {
		if l, err = langOf(l); err != nil {
			return err
		}
		if n, err = oneLine("the name", n, 200); err != nil {
			return err
		}
		if n != "" {
			names[l] = n
		}
	}
	if c.Names = names; len(names) == 0 {
		return stocktake.Invalidf("the coalition has no name").Hinted("write one in at least one language")
	}
	if c.Contact, err = oneLine("the contact", c.Contact, 300); err != nil {
		return err
	}
	if c.Sender, err = oneLine("the sender's name", c.Sender, 120); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := range c.Members {
		m := &c.Members[i]
		if m.Name, err = oneLine("the name of a member", m.Name, 200); err != nil {
			return err
		}
		if m.Name == "" {
			return stocktake.Invalidf("a member has no name")
		}
		if m.ID == "" {
			m.ID = Slug(m.Name)
		}
		if seen[m.ID] {
			return (&stocktake.Fault{Kind: stocktake.Conflict, What: m.Name + " is a member already"}).Hinted("where it is another organisation, write its country behind the name")
		}
		seen[m.ID] = true
		if m.Country = strings.ToUpper(strings.TrimSpace(m.Country)); m.Country != "" && len(m.Country) != 3 {
			return stocktake.Invalidf("%q is no code of a country", m.Country).Hinted("write three letters, such as MEX, or nothing")
		}
		if m.Domain = strings.TrimSpace(m.Domain); m.Domain != "" {
			if m.Domain, err = address.Domain(m.Domain); err != nil {
				return stocktake.Invalidf("%s: that is no domain", m.Name).Hinted("write it like example.org, or leave it out")
			}
		}
	}
	slices.SortFunc(c.Members, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	c.Rules.Approvers, err = checkRoles(c.Rules.Approvers)
	if err == nil && slices.ContainsFunc(c.Rules.Approvers, func(r Role) bool { return !slices.Contains([]Role{Convenor, Approver}, r) }) {
		return stocktake.Invalidf("convenors and approvers approve, nobody else")
	}
	return err
}

func langOf(s string) (string, error) {
	t, err := language.Parse(s)
	if err != nil {
		return "", stocktake.Invalidf("%q is no language", s).Hinted("write its code, such as es or pt-BR")
	}
	return t.String(), nil
}

// Slug makes what can stand in an address from a name: small Latin letters, digits, single hyphens, at most 60 bytes. It is "" where the name
// has no such letter.
func Slug(name string) string {
	var b strings.Builder
	hyphen := false
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if hyphen && b.Len() > 0 {
				b.WriteByte('-')
			}
			hyphen = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // accents
		default:
			hyphen = true
		}
	}
	s := b.String()
	if len(s) > 60 {
		s = strings.TrimRight(s[:60], "-")
	}
	return s
}

func coalitionOf(r store.PrivateReader, id CoalitionID) (c Coalition, err error) {
	c.rev, err = load(r, kindCoalition, string(id), &c)
	if absent(err) {
		if id == RecordDesk {
			return Coalition{ID: RecordDesk, Names: map[string]string{"en": "The record"}, Langs: []string{"en"}}, nil
		}
		return c, stocktake.NotFoundf("there is no such coalition, or you have no part in it")
	}
	return c, err
}

func (p *People) saveCoalition(tx store.PrivateTx, c Coalition) error {
	return save(tx, kindCoalition, string(c.ID), c.rev, p.day(), c)
}

// Coalition returns one; NotFound where there is none. Whoever asks has to see to it that the caller may know of it.
func (p *People) Coalition(ctx context.Context, id CoalitionID) (c Coalition, err error) {
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		c, err = coalitionOf(r, id)
		return err
	})
	return c, err
}

// Coalitions returns those in which a person has a role, and for an administrator or whoever sits at this computer all; by id. The record's
// desk is not among them.
func (p *People) Coalitions(ctx context.Context, who Person) (list []Coalition, err error) {
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list = nil
		items, err := r.Items(kindCoalition, "", 0)
		if err != nil {
			return err
		}
		for _, it := range items {
			c, err := coalitionOf(r, CoalitionID(it.ID))
			if err != nil {
				return err
			}
			roles, err := rolesOf(r, who.ID, c.ID)
			if err != nil {
				return err
			}
			if c.ID != RecordDesk && Can(who, roles, c.ID, SeeCoalition) {
				list = append(list, c)
			}
		}
		return nil
	})
	return list, err
}

// Make makes a coalition; the person who makes it is its convenor. An administrator may, and whoever sits at this computer. An id that is
// taken is a Conflict fault.
func (p *People) Make(ctx context.Context, by Person, c Coalition) (Coalition, error) {
	if !by.Admin {
		return c, &stocktake.Fault{Kind: stocktake.Forbidden, What: "an administrator makes coalitions", Hint: "ask one of them to make it and to invite you as its convenor"}
	}
	if c.ID == "" {
		c.ID = CoalitionID(Slug(c.Name("")))
	}
	c.Made, c.rev = p.today(), 0
	if err := c.Check(); err != nil {
		return c, err
	}
	err := p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		if _, err := tx.Item(kindCoalition, string(c.ID)); err == nil || c.ID == RecordDesk {
			return &stocktake.Fault{Kind: stocktake.Conflict, What: "there is a coalition with the short name " + string(c.ID), Hint: "choose another short name"}
		} else if !absent(err) {
			return err
		}
		if err := p.saveCoalition(tx, c); err != nil || by.IsLocal() {
			return err
		}
		return p.saveMembership(tx, Membership{Coalition: c.ID, Person: by.ID, Roles: []Role{Convenor}, Since: p.today()})
	})
	return c, err
}

// Change lets do change a coalition, for somebody who may. Its id and the day on which it was made stay.
func (p *People) Change(ctx context.Context, by Person, id CoalitionID, do func(*Coalition) error) error {
	return p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		c, err := coalitionOf(tx, id)
		if err != nil {
			return err
		}
		if err := p.may(tx, by, id, ChangeCoalition); err != nil {
			return err
		}
		rev, made := c.rev, c.Made
		if err := do(&c); err != nil {
			return err
		}
		if c.ID, c.rev, c.Made = id, rev, made; c.Made == "" {
			c.Made = p.today()
		}
		if err := c.Check(); err != nil {
			return err
		}
		return p.saveCoalition(tx, c)
	})
}

// AddMember adds an organisation to a coalition.
func (p *People) AddMember(ctx context.Context, by Person, id CoalitionID, m Member) error {
	m.Since = p.today()
	return p.Change(ctx, by, id, func(c *Coalition) error {
		if id == RecordDesk {
			return stocktake.Invalidf("the desk of the record has people and no members")
		}
		c.Members = append(c.Members, m)
		return nil
	})
}

// RemoveMember takes an organisation out of a coalition.
func (p *People) RemoveMember(ctx context.Context, by Person, id CoalitionID, member string) error {
	return p.Change(ctx, by, id, func(c *Coalition) error {
		n := len(c.Members)
		if c.Members = slices.DeleteFunc(c.Members, func(m Member) bool { return m.ID == member }); len(c.Members) == n {
			return stocktake.NotFoundf("there is no such member")
		}
		return nil
	})
}
