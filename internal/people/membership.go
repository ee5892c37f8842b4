package people

import (
	"context"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/store"
)

// A Membership is a person in a coalition, with at least one role.
type Membership struct {
	Coalition CoalitionID `json:"coalition"`
	Person    PersonID    `json:"person"`
	Roles     []Role      `json:"roles"`
	Since     string      `json:"since"` // civil day, UTC

	rev int64
}

func membershipID(c CoalitionID, who PersonID) string { return string(c) + "/" + string(who) }

func membershipOf(r store.PrivateReader, c CoalitionID, who PersonID) (m Membership, err error) {
	m.rev, err = load(r, kindMembership, membershipID(c, who), &m)
	return m, err
}

func (p *People) saveMembership(tx store.PrivateTx, m Membership) error {
	return save(tx, kindMembership, membershipID(m.Coalition, m.Person), m.rev, p.day(), m,
		store.Key{Name: "coalition", Value: string(m.Coalition)}, store.Key{Name: "person", Value: string(m.Person)})
}

// rolesOf returns what a person is in a coalition; nothing where they have no part in it.
func rolesOf(r store.PrivateReader, who PersonID, c CoalitionID) ([]Role, error) {
	if who == local {
		return AllRoles, nil
	}
	m, err := membershipOf(r, c, who)
	if absent(err) {
		return nil, nil
	}
	return m.Roles, err
}

// may is a Forbidden fault where somebody may not do something in a coalition, and a NotFound fault where they may not even know of it.
func (p *People) may(r store.PrivateReader, who Person, c CoalitionID, a Action) error {
	roles, err := rolesOf(r, who.ID, c)
	if err != nil {
		return err
	}
	if Can(who, roles, c, a) {
		return nil
	}
	if !Can(who, roles, c, SeeCoalition) {
		return stocktake.NotFoundf("there is no such coalition, or you have no part in it")
	}
	i := slices.IndexFunc(Permissions, func(x Permission) bool { return x.Action == a })
	if i < 0 {
		return &stocktake.Fault{Kind: stocktake.Forbidden, What: "nobody may do this"}
	}
	need := anyOf(Permissions[i].Roles)
	return &stocktake.Fault{Kind: stocktake.Forbidden, What: "your roles in this coalition do not let you " + Permissions[i].What, Hint: "ask somebody in it who is " + need}
}

// May reports whether somebody may do something in a coalition (nil), as may does.
func (p *People) May(ctx context.Context, who Person, c CoalitionID, a Action) error {
	return p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		if _, err := coalitionOf(r, c); err != nil {
			return err
		}
		return p.may(r, who, c, a)
	})
}

// Roles returns what a person is in a coalition.
func (p *People) Roles(ctx context.Context, who PersonID, c CoalitionID) (roles []Role, err error) {
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		roles, err = rolesOf(r, who, c)
		return err
	})
	return roles, err
}

// InCoalition is a person of a coalition, with the roles.
type InCoalition struct {
	Person Person
	Roles  []Role
	Since  string
}

// Of returns the people of a coalition, by name.
func (p *People) Of(ctx context.Context, c CoalitionID) (list []InCoalition, err error) {
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list = nil
		ids, err := r.Find(kindMembership, "coalition", string(c))
		if err != nil {
			return err
		}
		for _, id := range ids {
			_, who, _ := strings.Cut(id, "/")
			m, err := membershipOf(r, c, PersonID(who))
			if err != nil {
				return err
			}
			x, err := personOf(r, m.Person)
			if err != nil {
				return err
			}
			list = append(list, InCoalition{x, m.Roles, m.Since})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b InCoalition) int {
		if c := strings.Compare(a.Person.Shown(), b.Person.Shown()); c != 0 {
			return c
		}
		return strings.Compare(string(a.Person.ID), string(b.Person.ID))
	})
	return list, err
}

// SetRoles gives a person of a coalition other roles; none takes them out of it, which everybody may do with themselves. The last convenor stays
// one (Conflict fault).
func (p *People) SetRoles(ctx context.Context, by Person, c CoalitionID, who PersonID, roles []Role) error {
	roles, err := checkRoles(roles)
	if err != nil {
		return err
	}
	return p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		if leaves := len(roles) == 0 && by.ID == who; !leaves {
			if err := p.may(tx, by, c, ChangePeople); err != nil {
				return err
			}
		}
		m, err := membershipOf(tx, c, who)
		if absent(err) {
			return stocktake.NotFoundf("this person has no part in the coalition").Hinted("invite them")
		}
		if err != nil {
			return err
		}
		if !slices.Contains(roles, Convenor) {
			if err := anotherConvenor(tx, c, who); err != nil {
				return err
			}
		}
		if len(roles) == 0 {
			return drop(tx, kindMembership, membershipID(c, who))
		}
		m.Roles = roles
		return p.saveMembership(tx, m)
	})
}

// join gives a person roles in a coalition beside those that they have.
func (p *People) join(tx store.PrivateTx, c CoalitionID, who PersonID, roles []Role) error {
	m, err := membershipOf(tx, c, who)
	if absent(err) {
		m = Membership{Coalition: c, Person: who, Since: p.today()}
	} else if err != nil {
		return err
	}
	if m.Roles, err = checkRoles(append(slices.Clone(m.Roles), roles...)); err != nil {
		return err
	}
	return p.saveMembership(tx, m)
}

// anotherConvenor is a Conflict fault where who is the only convenor of a coalition that has people.
func anotherConvenor(r store.PrivateReader, c CoalitionID, who PersonID) error {
	m, err := membershipOf(r, c, who)
	if absent(err) || err == nil && !slices.Contains(m.Roles, Convenor) || c == RecordDesk { // administrators look after the record
		return nil
	}
	if err != nil {
		return err
	}
	ids, err := r.Find(kindMembership, "coalition", string(c))
	if err != nil {
		return err
	}
	for _, id := range ids {
		_, other, _ := strings.Cut(id, "/")
		if PersonID(other) == who {
			continue
		}
		if m, err := membershipOf(r, c, PersonID(other)); err != nil || slices.Contains(m.Roles, Convenor) {
			return err
		}
	}
	return &stocktake.Fault{Kind: stocktake.Conflict, What: "this is the last convenor of " + string(c), Hint: "make somebody else convenor first"}
}
