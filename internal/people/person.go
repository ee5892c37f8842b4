package people

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// PersonID is p- and random letters. It tells nothing about the person, and is what a passkey knows them by.
type PersonID string

// A Person may sign in.
type Person struct {
	ID    PersonID `json:"id"`
	Email string   `json:"email"` // as it was typed; mail goes there
	Name  string   `json:"name"`  // as others see it; may be empty
	Admin bool     `json:"admin"` // runs the site
	Lang  string   `json:"lang"`  // of letters to them, BCP 47; "" means English
	Made  string   `json:"made"`  // civil day, UTC
	// Vouched is the day on which somebody who runs the site entered the address, or a link came back that was mailed there; "" means that the
	// account was made by an invitation handed over otherwise, so that the mailbox may be somebody else's.
	Vouched  string    `json:"vouched"`
	Passkeys []Passkey `json:"passkeys"`

	rev int64
}

// local is the person that exists by itself on one's own computer.
const local PersonID = "local"

// Local returns whoever sits at this computer, where the pages can be reached from it alone: every right, and no account. It is not stored, and has
// no sessions; what it makes has no convenor until somebody is invited.
func Local() Person { return Person{ID: local, Name: "This computer", Admin: true} }

// IsLocal reports whether a person is whoever sits at this computer.
func (p Person) IsLocal() bool { return p.ID == local }

// Shown is the name of a person, or the address where there is none.
func (p Person) Shown() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Email
}

// Canonical returns what an address is compared by: two addresses of one mailbox are equal in it, as far as is known. An address that
// cannot be read is an Invalid fault.
func Canonical(email string) (string, error) {
	a, err := address.Parse(email)
	if err != nil {
		return "", err
	}
	return a.Canonical(), nil
}

func personOf(r store.PrivateReader, id PersonID) (Person, error) {
	var x Person
	rev, err := load(r, kindPerson, string(id), &x)
	if absent(err) {
		return x, stocktake.NotFoundf("there is no such person").Hinted("they may have been removed")
	}
	x.rev = rev
	return x, err
}

// byEmail returns the person with that canonical address; ok is false where there is none.
func byEmail(r store.PrivateReader, canonical string) (x Person, ok bool, err error) {
	ids, err := r.Find(kindPerson, "email", canonical)
	if err != nil || len(ids) == 0 {
		return x, false, err
	}
	x, err = personOf(r, PersonID(ids[0]))
	return x, err == nil, err
}

func (p *People) savePerson(tx store.PrivateTx, x Person) error {
	canonical, err := Canonical(x.Email)
	if err != nil {
		return err
	}
	keys := []store.Key{{Name: "email", Value: canonical, Unique: true}}
	if x.Admin {
		keys = append(keys, store.Key{Name: "admin", Value: "yes"})
	}
	for _, k := range x.Passkeys {
		keys = append(keys, store.Key{Name: "passkey", Value: k.key(), Unique: true})
	}
	return save(tx, kindPerson, string(x.ID), x.rev, p.day(), x, keys...)
}

// newPerson checks what was typed and makes a person that is not stored yet.
func (p *People) newPerson(email, name string) (Person, error) {
	a, err := address.Parse(email)
	if err != nil {
		return Person{}, err
	}
	if name == "" {
		name = a.Name
	}
	if name, err = oneLine("the name", name, 120); err != nil {
		return Person{}, err
	}
	return Person{ID: PersonID(newID("p-")), Email: a.String(), Name: name, Made: p.today()}, nil
}

// Add makes a person. The first one becomes an administrator by itself. An address that has an account is a Conflict fault; with admin, that
// person becomes an administrator instead, and made is false. Whoever calls it vouches for the address.
func (p *People) Add(ctx context.Context, email, name string, admin bool) (x Person, made bool, err error) {
	fresh, err := p.newPerson(email, name)
	if err != nil {
		return x, false, err
	}
	canonical, err := Canonical(email)
	if err != nil {
		return x, false, err
	}
	err = p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		x, made = fresh, true
		old, there, err := byEmail(tx, canonical)
		if err != nil {
			return err
		}
		if there {
			if !admin || old.Admin {
				return &stocktake.Fault{Kind: stocktake.Conflict, What: "this address has an account already", Hint: "`user link` makes a link to sign in with it"}
			}
			x, made = old, false
			if x.Vouched == "" {
				if err := p.fresh(tx, &x); err != nil {
					return err
				}
			}
		}
		admins, err := tx.Find(kindPerson, "admin", "yes")
		if err != nil {
			return err
		}
		x.Admin = admin || len(admins) == 0
		x.Vouched = p.today()
		return p.savePerson(tx, x)
	})
	return x, made, err
}

// fresh takes away what somebody may have left on an account before its address was known to be theirs: passkeys, sessions and links.
func (p *People) fresh(tx store.PrivateTx, x *Person) error {
	x.Passkeys = nil
	_, err := p.endAll(tx, x.ID, "")
	return err
}

// Person returns a person; NotFound where there is none.
func (p *People) Person(ctx context.Context, id PersonID) (x Person, err error) {
	if id == local {
		return Local(), nil
	}
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		x, err = personOf(r, id)
		return err
	})
	return x, err
}

// ByEmail returns the person with an address, however it is written; NotFound where there is none. No page says which of the two it is.
func (p *People) ByEmail(ctx context.Context, email string) (x Person, err error) {
	canonical, err := Canonical(email)
	if err != nil {
		return x, err
	}
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		var there bool
		if x, there, err = byEmail(r, canonical); err == nil && !there {
			return stocktake.NotFoundf("no account has this address").Hinted("`user list` shows those that there are")
		}
		return err
	})
	return x, err
}

// All returns every person, by address.
func (p *People) All(ctx context.Context) (list []Person, err error) {
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list = nil
		items, err := r.Items(kindPerson, "", 0)
		if err != nil {
			return err
		}
		for _, it := range items {
			x, err := personOf(r, PersonID(it.ID))
			if err != nil {
				return err
			}
			list = append(list, x)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b Person) int { return strings.Compare(a.Email, b.Email) })
	return list, err
}

// HasAdmin reports whether anybody runs the site by an account.
func (p *People) HasAdmin(ctx context.Context) (has bool, err error) {
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		ids, err := r.Find(kindPerson, "admin", "yes")
		has = len(ids) > 0
		return err
	})
	return has, err
}

func noAccount() error {
	return &stocktake.Fault{Kind: stocktake.Conflict, What: "whoever sits at this computer has no account", Hint: "`stocktake user add` makes one"}
}

// change reads a person, lets do change it, and stores it.
func (p *People) change(ctx context.Context, id PersonID, do func(tx store.PrivateTx, x *Person) error) error {
	if id == local {
		return noAccount()
	}
	return p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		x, err := personOf(tx, id)
		if err != nil {
			return err
		}
		if err := do(tx, &x); err != nil {
			return err
		}
		return p.savePerson(tx, x)
	})
}

// SetAbout changes how a person is called, and the language of letters to them.
func (p *People) SetAbout(ctx context.Context, id PersonID, name, lang string) error {
	name, err := oneLine("the name", name, 120)
	if err != nil {
		return err
	}
	if lang != "" {
		t, err := language.Parse(lang)
		if err != nil {
			return stocktake.Invalidf("%q is no language", lang).Hinted("write its code, such as es or pt-BR")
		}
		lang = t.String()
	}
	return p.change(ctx, id, func(_ store.PrivateTx, x *Person) error {
		x.Name, x.Lang = name, lang
		return nil
	})
}

// Remove takes a person away, with passkeys, sessions, links and memberships. The last administrator, and the last convenor of a coalition,
// is a Conflict fault: somebody else has to be it first.
func (p *People) Remove(ctx context.Context, id PersonID) error {
	return p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		x, err := personOf(tx, id)
		if err != nil {
			return err
		}
		if x.Admin {
			if err := anotherAdmin(tx, id); err != nil {
				return err
			}
		}
		mine, err := tx.Find(kindMembership, "person", string(id))
		if err != nil {
			return err
		}
		for _, m := range mine {
			c, _, _ := strings.Cut(m, "/")
			if err := anotherConvenor(tx, CoalitionID(c), id); err != nil {
				return err
			}
			if err := drop(tx, kindMembership, m); err != nil {
				return err
			}
		}
		for _, kind := range []string{kindSession, kindLink} {
			ids, err := tx.Find(kind, "person", string(id))
			if err != nil {
				return err
			}
			for _, i := range ids {
				if err := drop(tx, kind, i); err != nil {
					return err
				}
			}
		}
		return tx.Drop(kindPerson, string(id))
	})
}

// anotherAdmin is a Conflict fault where nobody but id is an administrator.
func anotherAdmin(r store.PrivateReader, id PersonID) error {
	ids, err := r.Find(kindPerson, "admin", "yes")
	if err != nil || slices.ContainsFunc(ids, func(x string) bool { return x != string(id) }) {
		return err
	}
	return &stocktake.Fault{Kind: stocktake.Conflict, What: "this is the last administrator", Hint: "make somebody else one first: `stocktake user add EMAIL --admin`"}
}
