package people

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// inviteDays is how many days an invitation is open.
const inviteDays = 14

// An Invitation asks one person into a coalition. Whoever has its link can take it up, once; where the address has an account here, only that
// account can.
type Invitation struct {
	ID        string      `json:"id"` // SHA-256 of its token, hexadecimal
	Coalition CoalitionID `json:"coalition"`
	Email     string      `json:"email"` // as it was typed
	Name      string      `json:"name"`  // may be empty
	Roles     []Role      `json:"roles"`
	By        PersonID    `json:"by"`
	Mailed    bool        `json:"mailed"` // the link was mailed, and nobody here has seen it
	Made      string      `json:"made"`   // civil days, UTC
	Expires   string      `json:"expires"`
	Closed    string      `json:"closed"` // taken up or withdrawn; "" while it is open

	rev int64
}

func (i Invitation) open(today string) bool { return i.Closed == "" && today <= i.Expires }

// Expired reports whether an invitation ran out.
func (i Invitation) Expired(today string) bool { return i.Closed == "" && today > i.Expires }

func invitationOf(r store.PrivateReader, id string) (i Invitation, err error) {
	i.rev, err = load(r, kindInvitation, id, &i)
	return i, err
}

func (p *People) saveInvitation(tx store.PrivateTx, i Invitation) error {
	return save(tx, kindInvitation, i.ID, i.rev, p.day(), i, store.Key{Name: "coalition", Value: string(i.Coalition)})
}

// Invite asks a person into a coalition. With mail, the link is mailed and "" comes back; otherwise its token does, to be handed over in
// whatever way.
func (p *People) Invite(ctx context.Context, by Person, c CoalitionID, email, name string, roles []Role, mail bool) (token string, err error) {
	a, err := address.Parse(email)
	if err != nil {
		return "", err
	}
	if name == "" {
		name = a.Name
	}
	if name, err = oneLine("the name", name, 120); err != nil {
		return "", err
	}
	if roles, err = checkRoles(roles); err != nil {
		return "", err
	}
	if len(roles) == 0 {
		return "", stocktake.Invalidf("the invitation names no role").Hinted("choose at least one")
	}
	if mail && !p.Mails(ctx) {
		return "", &stocktake.Fault{Kind: stocktake.Conflict, What: "no mail leaves this site", Hint: "make a link to copy, and hand it over yourself"}
	}
	token = newToken()
	err = p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		if err := p.may(tx, by, c, InvitePeople); err != nil {
			return err
		}
		co, err := coalitionOf(tx, c)
		if err != nil {
			return err
		}
		i := Invitation{ID: hashed(token), Coalition: c, Email: a.String(), Name: name, Roles: roles, By: by.ID, Mailed: mail, Made: p.today(), Expires: addDays(p.today(), inviteDays)}
		if err := p.saveInvitation(tx, i); err != nil || !mail {
			return err
		}
		return p.opt.Post.Queue(tx, p.invitationLetter(by, co, i, token))
	})
	if err != nil || mail {
		return "", err
	}
	return token, nil
}

// Invitations returns those into a coalition that nobody took up or withdrew, by address.
func (p *People) Invitations(ctx context.Context, c CoalitionID) (list []Invitation, err error) {
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list = nil
		ids, err := r.Find(kindInvitation, "coalition", string(c))
		if err != nil {
			return err
		}
		for _, id := range ids {
			i, err := invitationOf(r, id)
			if err != nil {
				return err
			}
			if i.Closed == "" {
				list = append(list, i)
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b Invitation) int {
		if c := strings.Compare(a.Email, b.Email); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, err
}

// WithdrawInvitation closes an invitation; its link opens nothing from then on.
func (p *People) WithdrawInvitation(ctx context.Context, by Person, c CoalitionID, id string) error {
	return p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		if err := p.may(tx, by, c, InvitePeople); err != nil {
			return err
		}
		i, err := invitationOf(tx, id)
		if absent(err) || err == nil && (i.Coalition != c || i.Closed != "") {
			return stocktake.NotFoundf("there is no such invitation").Hinted("it may have been taken up")
		}
		if err != nil {
			return err
		}
		i.Closed = p.today()
		return p.saveInvitation(tx, i)
	})
}

// Accept takes an invitation up. who is the person that is signed in in this browser, nil where nobody is: they join as themselves, unless the
// address has an account of its own, which then has to be signed in (Forbidden fault). Where nobody is signed in and the address has no
// account, one is made, and a session begun; otherwise the token that comes back is "".
func (p *People) Accept(ctx context.Context, token string, who *Person, name, before string) (in SignedIn, c CoalitionID, err error) {
	if name, err = oneLine("the name", name, 120); err != nil {
		return in, "", err
	}
	if who != nil && who.IsLocal() {
		return in, "", &stocktake.Fault{Kind: stocktake.Conflict, What: "whoever sits at this computer has every right already", Hint: "send the link to whom it is for"}
	}
	err = p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		in = SignedIn{}
		i, err := invitationOf(tx, hashed(token))
		if absent(err) || err == nil && !i.open(p.today()) {
			return errLink()
		}
		if err != nil {
			return err
		}
		c = i.Coalition
		if _, err := coalitionOf(tx, c); err != nil {
			return err
		}
		if i.By != local { // who invited may have left since
			by, err := personOf(tx, i.By)
			if absent(err) || err == nil && p.may(tx, by, c, InvitePeople) != nil {
				return errLink()
			}
			if err != nil {
				return err
			}
		}
		canonical, err := Canonical(i.Email)
		if err != nil {
			return err
		}
		owner, has, err := byEmail(tx, canonical)
		if err != nil {
			return err
		}
		switch {
		case has && (who == nil || who.ID != owner.ID):
			return &stocktake.Fault{Kind: stocktake.Forbidden, What: "this invitation is for the account with the address that it was made for", Hint: "sign in with that address, then open the link again"}
		case who != nil:
			in.Person = *who
		default:
			x, err := p.newPerson(i.Email, cmp.Or(name, i.Name))
			if err != nil {
				return err
			}
			if i.Mailed {
				x.Vouched = p.today()
			}
			if err := p.savePerson(tx, x); err != nil {
				return err
			}
			if in, err = p.begin(tx, x, "invitation", before); err != nil {
				return err
			}
		}
		i.Closed = p.today()
		if err := p.saveInvitation(tx, i); err != nil {
			return err
		}
		return p.join(tx, c, in.Person.ID, i.Roles)
	})
	return in, c, err
}
