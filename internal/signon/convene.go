package signon

import (
	"context"
	"slices"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// An Entry by a convenor: a yes that came by letter, telephone or in a meeting.
type Entered struct {
	Submission
	Org      string                   // id of an organisation that is here; else the submission says which it is
	Road     stocktake.Road           // e-mail, telephone, meeting
	Class    stocktake.AuthorityClass // the convenor's word, or a call back through a registry
	Evidence string                   // what it rests on
	On       Day                      // when it was given; today where empty
}

// Enter notes a yes that a convenor was given. It is shown as such, and the organisation is written to, where it has a mailbox: it can confirm it
// or take it back.
func (b *Book) Enter(ctx context.Context, by By, asking string, x Entered) (e Endorsement, err error) {
	if by.Actor != Convenor {
		return e, forbidden("only a convenor enters a yes for somebody else", "send the link of an invitation")
	}
	if !slices.Contains([]stocktake.Road{stocktake.RoadMail, stocktake.RoadTelephone, stocktake.RoadMeeting}, x.Road) {
		return e, stocktake.Invalidf("%q is no way in which a convenor is given a yes", x.Road).At("road").Hinted("e-mail, telephone or meeting")
	}
	if x.Class == "" {
		x.Class = stocktake.AuthorityConvenor
	}
	if x.Class != stocktake.AuthorityConvenor && x.Class != stocktake.AuthorityCallBack {
		return e, stocktake.Invalidf("%q is shown by the organisation itself", x.Class).At("class").Hinted("it is your word, or you called back through a registry")
	}
	err = b.change(ctx, func(t *tx) error {
		a, err := load[Asking](t, asking)
		if err != nil {
			return err
		}
		if err := a.Takes(t.now, by); err != nil {
			return err
		}
		if !a.Accepts(x.Class) {
			return conflict("this sign-on does not accept: "+string(x.Class), "send an invitation, or change what the sign-on accepts")
		}
		if x.On == "" || x.On > t.today {
			x.On = t.today
		}
		if x.Org != "" && x.Organisation == "" {
			o, err := load[Organisation](t, x.Org)
			if err != nil {
				return err
			}
			x.Organisation, x.Country, x.Names = o.Names[0].Text, o.Country, o.Names
		}
		c, err := x.check(&a, false)
		if err != nil {
			return err
		}
		person := c.Tier == stocktake.TierPersonal
		o := Organisation{}
		place := "person/" + c.from.Canonical()
		if !person {
			if o, _, err = t.organisation(x.Org, c.organisation("", ""), address.Address{}); err != nil {
				return err
			}
			if o.Known == nil {
				o.Known = &Look{By: by.ID, Day: t.today, Note: x.Evidence}
				if err := save(t, &o); err != nil {
					return err
				}
			}
			place = o.ID
		}
		have := (*Endorsement)(nil)
		if !person || !c.from.IsZero() {
			if have, err = t.placeOf(&a, place); err != nil {
				return err
			}
		}
		if have == nil {
			e = c.fresh(&a, o.ID, x.On, x.Road)
			err = e.To(Submitted, by, t.today, "")
		} else if e = *have; e.Waiting() || e.State == Listed {
			return conflict("it has said yes already, and is "+string(e.State), "open it on the board, where you can accept it")
		} else {
			err = e.take(&c, by, x.On, x.Road)
		}
		if err != nil {
			return err
		}
		e.Entered = by.ID
		return t.accept(&a, &e, &o, by, x.Class, x.Evidence)
	})
	return e, err
}

// accept gives an endorsement authority by a convenor, notes on what it rests, and lists it.
func (t *tx) accept(a *Asking, e *Endorsement, o *Organisation, by By, class stocktake.AuthorityClass, evidence string) error {
	if e.Org != "" {
		u := Authority{ID: e.Org + "/" + newID(), Org: e.Org, Person: e.Signer.Name, Mailbox: e.Signer.Mailbox, Office: e.Signer.Office, Asking: a.ID, Class: class, Evidence: evidence,
			By: by.ID, From: t.today, Recorded: t.today}
		if u.Person == "" && u.Mailbox == "" {
			u.Person = "not named"
		}
		if err := u.Check(); err != nil {
			return err
		}
		if err := save(t, &u); err != nil {
			return err
		}
		e.Authority = u.ID
	}
	e.Class = class
	if err := e.To(AuthorityConfirmed, by, t.today, ""); err != nil {
		return err
	}
	e.Missing = NothingMissing
	if !a.Stands(e.Version) {
		return conflict("it is a yes to a text that was changed in substance", "ask for a yes to version "+itoa(a.Current().Number))
	}
	if a.Phase(t.now) != Over && !a.ByHand {
		kind, purpose := MailListed, ForWithdraw
		if e.Entered != "" {
			kind, purpose = MailEntered, ForAgree
		}
		if err := e.To(Listed, By{Actor: Rules}, t.today, ""); err != nil {
			return err
		}
		e.Late = a.Published != nil && e.Filed == nil
		if err := t.tell(a, e, o, kind, purpose); err != nil {
			return err
		}
	}
	return save(t, e)
}

// Accept gives authority to several yeses that wait, in one go: the convenor has called back, or gives a word for each, and knows the
// organisations from then on. evidence says what it rests on. One that cannot be accepted is refused with all others, and the fault says which.
func (b *Book) Accept(ctx context.Context, by By, asking string, ids []string, class stocktake.AuthorityClass, evidence string) error {
	if by.Actor != Convenor {
		return forbidden("only a convenor gives authority to a yes that waits for one", "")
	}
	return b.each(ctx, asking, ids, func(t *tx, a *Asking, e *Endorsement) error {
		if !a.Accepts(class) || class == stocktake.AuthorityImported || class == stocktake.AuthorityAdministrator {
			return stocktake.Invalidf("%q is not a road that a convenor can take here", class).At("class")
		}
		if e.State == Submitted && !e.Proved && e.Signer.Mailbox != "" && class != stocktake.AuthorityCallBack && class != stocktake.AuthorityConvenor {
			return conflict("its mailbox is not confirmed", "call back, or give your word for it")
		}
		o, _, err := t.known(e)
		if err != nil {
			return err
		}
		if e.Org != "" && o.Known == nil {
			o.Known = &Look{By: by.ID, Day: t.today, Note: evidence}
			if err := save(t, &o); err != nil {
				return err
			}
		}
		return t.accept(a, e, &o, by, class, evidence)
	})
}

// each does something to several endorsements of an asking, all or none.
func (b *Book) each(ctx context.Context, asking string, ids []string, do func(*tx, *Asking, *Endorsement) error) error {
	return b.change(ctx, func(t *tx) error {
		a, err := load[Asking](t, asking)
		if err != nil {
			return err
		}
		for _, id := range ids {
			e, err := load[Endorsement](t, id)
			if err != nil {
				return err
			}
			if e.Asking != asking {
				return stocktake.NotFoundf("that endorsement is another sign-on's")
			}
			if err := do(t, &a, &e); err != nil {
				return at(err, In(e.Names, a.Lang))
			}
		}
		return nil
	})
}

// List puts on the list what has authority, where the asking has it done by hand.
func (b *Book) List(ctx context.Context, by By, asking string, ids []string) error {
	if by.Actor != Convenor {
		return forbidden("only a convenor puts on the list by hand", "")
	}
	return b.each(ctx, asking, ids, func(t *tx, a *Asking, e *Endorsement) error {
		o, _, err := t.known(e)
		if err != nil {
			return err
		}
		if a.Phase(t.now) == Over {
			return a.Takes(t.now, by)
		}
		if !a.Stands(e.Version) {
			return conflict("it is a yes to a text that was changed in substance", "ask for a yes to the new one")
		}
		if err := t.put(a, e, &o, by); err != nil {
			return err
		}
		return save(t, e)
	})
}

// WithdrawFor takes a yes back on the word of the organisation. It is never refused, before publication or after it.
func (b *Book) WithdrawFor(ctx context.Context, by By, asking, id string) error {
	if by.Actor != Convenor && by.Actor != Admin {
		return forbidden("that is not yours to take back", "use the link of your letter")
	}
	return b.each(ctx, asking, []string{id}, func(t *tx, a *Asking, e *Endorsement) error {
		_, err := t.withdraw(a, e, by)
		return err
	})
}

// Strike takes endorsements off the list, for one of stocktake.StrikeGrounds.
func (b *Book) Strike(ctx context.Context, by By, asking string, ids []string, ground string) error {
	return b.each(ctx, asking, ids, func(t *tx, a *Asking, e *Endorsement) error {
		if err := e.To(Struck, by, t.today, ground); err != nil {
			return err
		}
		return save(t, e)
	})
}

// PutBack undoes it: the endorsement is where it was.
func (b *Book) PutBack(ctx context.Context, by By, asking string, ids []string) error {
	return b.each(ctx, asking, ids, func(t *tx, a *Asking, e *Endorsement) error { return t.putBack(a, e, by) })
}

func (t *tx) putBack(a *Asking, e *Endorsement, by By) error {
	if e.State != Struck {
		return conflict("it is not struck", "read the board again")
	}
	to := e.Before
	if (to == Listed || to == AuthorityConfirmed || to == MailboxConfirmed || to == Submitted) && !a.Stands(e.Version) {
		to = Lapsed
	}
	if err := e.To(to, by, t.today, ""); err != nil {
		return err
	}
	e.Invalidated, e.Merged = "", ""
	return save(t, e)
}

// Withhold keeps the name of an organisation back, or shows it again. It counts all the same; its country, office and parent go with the name.
func (b *Book) Withhold(ctx context.Context, by By, asking, id string, back bool) error {
	if by.Actor != Convenor && by.Actor != Admin {
		return forbidden("ask a convenor, or whoever answers for the organisation", "")
	}
	return b.each(ctx, asking, []string{id}, func(t *tx, a *Asking, e *Endorsement) error {
		if e.Withheld == back {
			return nil
		}
		e.Withheld = back
		return save(t, e)
	})
}

// Settle decides about a further yes: it is the same organisation, so that nothing more is needed (as is empty), or another one, such as a
// chapter, which gets a place of its own (as is that organisation; with ChapterOf where it is a chapter).
func (b *Book) Settle(ctx context.Context, by By, asking, id, second string, as *Organisation) (made *Endorsement, err error) {
	if by.Actor != Convenor {
		return nil, forbidden("only a convenor tells two organisations apart", "")
	}
	err = b.each(ctx, asking, []string{id}, func(t *tx, a *Asking, e *Endorsement) error {
		i := slices.IndexFunc(e.Seconds, func(s Second) bool { return s.ID == second })
		if i < 0 {
			return stocktake.NotFoundf("there is no such further yes").Hinted("read the board again")
		}
		s := e.Seconds[i]
		e.Seconds = slices.Delete(e.Seconds, i, i+1)
		if err := save(t, e); err != nil || as == nil {
			return err
		}
		o := *as
		if o.ID == "" {
			o.Rev, o.Since, o.Known = 0, t.today, &Look{By: by.ID, Day: t.today, Note: "told apart from another"}
			if len(o.Names) == 0 {
				o.Names = s.Said.Names
			}
			if err := o.Check(); err != nil {
				return err
			}
			o.ID = newID()
			if err := save(t, &o); err != nil {
				return err
			}
		} else if o, err = load[Organisation](t, o.ID); err != nil {
			return err
		}
		if have, err := t.placeOf(a, o.ID); err != nil || have != nil {
			if err == nil {
				err = conflict("that organisation has its place already", "open it on the board")
			}
			return err
		}
		made = &Endorsement{ID: a.ID + "/" + newID(), Yes: s.ID, Asking: a.ID, Org: o.ID, Said: s.Said, Country: o.Country, Signer: s.Signer, Named: s.Named, Proved: s.Proved, Road: s.Road, Given: s.Day}
		if err := made.To(Submitted, by, t.today, ""); err != nil {
			return err
		}
		if !a.Stands(made.Version) {
			return conflict("it is a yes to a text that was changed in substance", "ask the organisation for a yes to the new one")
		}
		_, err := t.settle(a, made)
		return err
	})
	return made, err
}

// AddOrganisation notes an organisation that a convenor knows. Where it is here already, that one comes back, and how it was found.
func (b *Book) AddOrganisation(ctx context.Context, by By, o Organisation) (_ Organisation, found Match, err error) {
	if by.Actor != Convenor {
		return o, "", forbidden("only a convenor adds organisations", "")
	}
	err = b.change(ctx, func(t *tx) error {
		x := o
		x.Known = &Look{By: by.ID, Day: t.today}
		if x, found, err = t.organisation("", x, address.Address{}); err == nil {
			o = x
		}
		return err
	})
	return o, found, err
}

// Organisation returns one by its id, as it is after merges.
func (b *Book) Organisation(ctx context.Context, id string) (o Organisation, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error {
		for range 20 {
			if o, err = load[Organisation](r, id); err != nil || o.Into == "" {
				return err
			}
			id = o.Into
		}
		return nil
	})
	return o, err
}

// ChangeOrganisation changes names, domain, registers, parent, administrators and contact. It may not take the place of another one.
func (b *Book) ChangeOrganisation(ctx context.Context, by By, id string, do func(*Organisation) error) (o Organisation, err error) {
	if by.Actor != Convenor && by.Actor != Admin {
		return o, forbidden("only a convenor, or who answers for it, changes an organisation", "")
	}
	err = b.change(ctx, func(t *tx) error {
		if o, err = load[Organisation](t, id); err != nil {
			return err
		}
		was := o
		if err := do(&o); err != nil {
			return err
		}
		o.ID, o.Rev, o.Into, o.Since = was.ID, was.Rev, was.Into, was.Since
		if err := o.Check(); err != nil {
			return err
		}
		for _, m := range append(slices.Clone(o.Admins), o.Contact) {
			if m != "" {
				if _, err := address.Parse(m); err != nil {
					return at(err, "administrators")
				}
			}
		}
		for at, n := o.ChapterOf, 0; at != ""; n++ {
			p, err := load[Organisation](t, at)
			if err != nil {
				return err
			}
			if at = p.ChapterOf; at == id || n > 20 {
				return conflict("it would be a chapter of itself", "look at the parents of both")
			}
		}
		return save(t, &o)
	})
	return o, err
}

// AddAuthority notes that somebody may sign for an organisation, and from when.
func (b *Book) AddAuthority(ctx context.Context, by By, u Authority) (Authority, error) {
	if by.Actor != Convenor && by.Actor != Admin {
		return u, forbidden("only a convenor, or who answers for the organisation, notes an authority", "")
	}
	err := b.change(ctx, func(t *tx) error {
		u.Rev, u.By, u.Recorded, u.ID = 0, by.ID, t.today, u.Org+"/"+newID()
		if u.From == "" {
			u.From = t.today
		}
		if err := u.Check(); err != nil {
			return err
		}
		if _, err := load[Organisation](t, u.Org); err != nil {
			return err
		}
		return save(t, &u)
	})
	return u, err
}

// RevokeAuthority ends one from a day on, today or earlier; what was signed by it before stays.
func (b *Book) RevokeAuthority(ctx context.Context, by By, id string, from Day) error {
	if by.Actor != Convenor && by.Actor != Admin {
		return forbidden("only a convenor, or who answers for the organisation, revokes an authority", "")
	}
	return b.change(ctx, func(t *tx) error {
		u, err := load[Authority](t, id)
		if err != nil || u.Revoked != "" {
			return err
		}
		if u.Revoked = from; from == "" || from > t.today {
			u.Revoked = t.today
		}
		u.RevokedRecorded = t.today
		return save(t, &u)
	})
}

// Authorities returns those of an organisation.
func (b *Book) Authorities(ctx context.Context, org string) (list []Authority, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error { list, err = all[Authority](r, org+"/"); return err })
	return list, err
}
