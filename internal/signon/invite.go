package signon

import (
	"cmp"
	"context"
	"slices"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// An Invitee is who is to be asked. Org is the id of an organisation that is here, or Organisation says which it is.
type Invitee struct {
	Org          string
	Organisation Organisation
	Mailbox      string // none: the link is copied into a chat
	Lang         string // of the letter; the asking's where empty
}

// Asked is what became of an invitee. Token is in no letter where there is no mailbox, and is nowhere else: it is shown once.
type Asked struct {
	Invitation  Invitation
	Endorsement Endorsement
	Token, Link string // to be shown to nobody where the invitation was sent: whoever uses the link shows that the mailbox is theirs
	Found       Match  // how the organisation was found to be here already
	Same        string // id of that one
	Note        string // to be shown. Where there is no Token, nobody was asked: an organisation with another name has this domain, and a convenor says whether it is the same
}

// Invite asks organisations. An organisation that has its place in the asking keeps it, and gets a further link. Whoever a convenor invites is
// known from then on.
func (b *Book) Invite(ctx context.Context, by By, asking string, who []Invitee) (list []Asked, err error) {
	err = b.change(ctx, func(t *tx) error {
		list = nil
		a, err := load[Asking](t, asking)
		if err != nil {
			return err
		}
		if err := a.Takes(t.now, by); err != nil {
			return err
		}
		if err := t.mayInvite(&a, by, len(who)); err != nil {
			return err
		}
		for _, w := range who {
			x, err := t.invite(&a, by, w)
			if err != nil {
				return err
			}
			list = append(list, x)
		}
		return nil
	})
	return list, err
}

func (t *tx) mayInvite(a *Asking, by By, n int) error {
	q := a.Quota.with()
	switch {
	case by.Actor == Convenor:
	case by.Actor == Admin && a.Members:
		ids, err := t.Find("signon-invitation", "by", clip(a.ID+"/"+by.ID))
		if err != nil {
			return err
		}
		if len(ids)+n > q.PerMember {
			return conflict("more invitations than one member may send", "ask a convenor to send the others")
		}
	default:
		return forbidden("you may not invite to this sign-on", "ask a convenor of the coalition")
	}
	have, err := all[Invitation](t, a.ID+"/")
	if err == nil && len(have)+n > q.Invitations {
		err = conflict("more invitations than the sign-on allows", "a convenor can raise the quota")
	}
	return err
}

func (t *tx) invite(a *Asking, by By, w Invitee) (x Asked, err error) {
	var to address.Address
	if w.Mailbox != "" {
		if to, err = address.Parse(w.Mailbox); err != nil {
			return x, at(err, "mailbox")
		}
	}
	o, found, err := t.organisation(w.Org, w.Organisation, to)
	if stocktake.KindOf(err) == stocktake.Conflict && found == ByDomain {
		f := err.(*stocktake.Fault)
		return Asked{Found: found, Same: o.ID, Note: f.What + ": " + f.Hint}, nil
	}
	if err != nil {
		return x, err
	}
	x.Found, x.Same = found, o.ID
	if by.Actor == Convenor && o.Known == nil {
		o.Known = &Look{By: by.ID, Day: t.today, Note: "invited"}
		if err := save(t, &o); err != nil {
			return x, err
		}
	}
	e, err := t.placeOf(a, o.ID)
	if err != nil {
		return x, err
	}
	lang := cmp.Or(w.Lang, a.Lang)
	if e == nil {
		e = &Endorsement{ID: a.ID + "/" + newID(), Asking: a.ID, Org: o.ID, Said: Said{Names: o.Names, Langs: []string{lang}}, Country: o.Country}
		if err := e.To(Invited, by, t.today, ""); err != nil {
			return x, err
		}
		if err := save(t, e); err != nil {
			return x, err
		}
	} else {
		x.Note = "it is here already: " + string(e.State)
		if e.State == Declined {
			x.Note = "it has answered" // no more than that
		}
	}
	x.Endorsement = *e
	token, hash := newToken()
	x.Invitation = Invitation{ID: a.ID + "/" + newID(), Asking: a.ID, Endorsement: e.ID, Org: o.ID, Tokens: []string{hash}, Lang: lang, By: by, Made: t.today}
	if !to.IsZero() {
		x.Invitation.Mailbox = to.String()
		if t.b.o.Post != nil {
			x.Invitation.Sent = t.today
		}
	}
	if x.Invitation.Sent == "" {
		x.Invitation.Handed = x.Invitation.Tokens
	}
	if err := save(t, &x.Invitation); err != nil {
		return x, err
	}
	x.Token, x.Link = token, t.b.Link(token)
	return x, t.post(a, MailInvitation, x.Invitation.ID, to.String(), lang, In(o.Names, lang), token)
}

// organisation finds one by id or identity, and makes it where there is none.
func (t *tx) organisation(id string, o Organisation, from address.Address) (Organisation, Match, error) {
	if id != "" {
		id, err := t.resolve(id)
		if err != nil {
			return o, NoMatch, err
		}
		o, err = load[Organisation](t, id)
		return o, NoMatch, err
	}
	if o.Domain != "" {
		d, err := SiteDomain(o.Domain)
		if err != nil {
			return o, NoMatch, at(err, "domain")
		}
		o.Domain = d
	} else if d, own := OwnDomain(from); own {
		o.Domain = d
	}
	if err := o.Check(); err != nil {
		return o, NoMatch, err
	}
	found, how, sure, err := t.find(&o)
	if err != nil {
		return o, how, err
	}
	if found != "" && !sure {
		other, err := load[Organisation](t, found)
		if err == nil {
			err = conflict(o.Names[0].Text+" has the domain of "+other.Names[0].Text, "say whether it is the same organisation, or another one such as a chapter")
		}
		return other, how, err
	}
	if found != "" {
		o, err = load[Organisation](t, found)
		return o, how, err
	}
	o.ID, o.Rev, o.Since = newID(), 0, t.today
	return o, NoMatch, save(t, &o)
}

// TakeBack ends an invitation; its links open nothing any more. An organisation that has not answered leaves the board.
func (b *Book) TakeBack(ctx context.Context, by By, id string) error {
	if by.Actor != Convenor {
		return forbidden("only a convenor takes an invitation back", "")
	}
	return b.change(ctx, func(t *tx) error {
		i, err := load[Invitation](t, id)
		if err != nil || i.Back != "" {
			return err
		}
		i.Back = t.today
		if err := save(t, &i); err != nil {
			return err
		}
		ids, err := t.Find("signon-invitation", "endorsement", i.Endorsement)
		if err != nil {
			return err
		}
		for _, other := range ids {
			j, err := load[Invitation](t, other)
			if err != nil || j.Back == "" {
				return err
			}
		}
		e, err := load[Endorsement](t, i.Endorsement)
		if err != nil || e.State != Invited {
			return err
		}
		if err := e.To(WithdrewBefore, by, t.today, ""); err != nil {
			return err
		}
		return save(t, &e)
	})
}

// invited reads what the link of an invitation is for.
func (t *tx) invited(token string) (a Asking, e Endorsement, i Invitation, err error) {
	ids, err := t.Find("signon-invitation", "token", hashToken(token))
	if err != nil {
		return a, e, i, err
	}
	if len(ids) == 0 {
		return a, e, i, noLink
	}
	if i, err = load[Invitation](t, ids[0]); err != nil {
		return a, e, i, err
	}
	if i.Back != "" {
		return a, e, i, takenBack
	}
	if e, err = load[Endorsement](t, i.Endorsement); err != nil {
		return a, e, i, err
	}
	a, err = load[Asking](t, i.Asking)
	return a, e, i, err
}

// Answer says yes by the link of an invitation. Where the link had been mailed, the signer's mailbox is confirmed by that, and the rules may list
// the organisation at once. Sent again by the same mailbox, it changes nothing. Somebody else's yes for the same organisation is a further one.
func (b *Book) Answer(ctx context.Context, token string, s Submission) (reply Reply, err error) {
	err = b.change(ctx, func(t *tx) error {
		a, e, i, err := t.invited(token)
		if err != nil {
			return err
		}
		by := By{Actor: Signer}
		if err := a.Takes(t.now, by); err != nil {
			return err
		}
		if s.Signer.Mailbox == "" {
			s.Signer.Mailbox = i.Mailbox
		}
		if s.Organisation == "" {
			s.Organisation = In(e.Names, a.Lang)
		}
		if s.Country == "" {
			s.Country = e.Country
		}
		c, err := s.check(&a, false)
		if err != nil {
			return err
		}
		if c.Tier == stocktake.TierPersonal {
			return stocktake.Invalidf("this invitation is an organisation's").At("tier").Hinted("ask whoever sent it how to stand in a personal capacity")
		}
		proved := i.Mailbox != "" && !slices.Contains(i.Handed, hashToken(token)) && canonical(i.Mailbox) == c.from.Canonical()
		given, same := e.again(c.from)
		switch {
		case e.State == Struck:
			return May(Struck, Submitted, e.Public(), Signer)
		case e.Waiting() || e.State == Listed:
			if same && given == e.Yes && (e.Proved || !proved) {
				reply = replyTo(&e)
				return nil
			}
			if same && given == e.Yes {
				e.Named, e.Proved = true, true
				break
			}
			if !same {
				given = newID()
				e.Seconds = append(e.Seconds, Second{ID: given, Signer: c.Signer, Named: true, Day: t.today, Road: stocktake.RoadLink, Said: c.said})
			}
			if n := slices.IndexFunc(e.Seconds, func(s Second) bool { return s.ID == given }); proved {
				e.Seconds[n].Proved = true
			}
		default:
			if err := e.take(&c, by, t.today, stocktake.RoadLink); err != nil {
				return err
			}
			e.Named, e.Proved, given = true, proved, e.Yes
		}
		if err := t.addSecond(&e, &c); err != nil {
			return err
		}
		if !c.second.IsZero() && e.Proved {
			if err := t.askSecond(&a, &e, Person{Mailbox: c.second.String()}, false); err != nil {
				return err
			}
		}
		if !proved && !c.from.IsZero() {
			if err := t.confirm(&a, &e, &c, given); err != nil {
				return err
			}
		} else if c.from.IsZero() {
			e.Missing = NeedsConvenor
		}
		reply, err = t.settle(&a, &e)
		return err
	})
	return reply, err
}

// confirm mails the link that shows that the mailbox is the signer's.
func (t *tx) confirm(a *Asking, e *Endorsement, c *checked, yes string) error {
	may, err := t.mayMail(c.from, a.Quota.with().Mails)
	if err != nil || !may {
		return err
	}
	token, err := t.issue(Token{Purpose: ForConfirm, Asking: a.ID, Endorsement: e.ID, Yes: yes, Version: c.said.Version, Until: t.today.Add(KeepToken)})
	if err != nil {
		return err
	}
	return t.post(a, MailConfirm, hashToken(token)[:20], c.from.String(), c.said.Langs[0], t.name(e, a), token)
}

// Decline says no by the link of an invitation. Nobody is told but the convenors, and they that it was answered.
func (b *Book) Decline(ctx context.Context, token string) (reply Reply, err error) {
	err = b.change(ctx, func(t *tx) error {
		a, e, _, err := t.invited(token)
		if err != nil {
			return err
		}
		reply = Reply{Code: IsDeclined}
		switch {
		case e.State == Declined:
			return nil
		case e.State != Invited:
			reply, err = t.withdraw(&a, &e, By{Actor: Signer})
			return err
		}
		if err := e.To(Declined, By{Actor: Signer}, t.today, ""); err != nil {
			return err
		}
		return save(t, &e)
	})
	return reply, err
}

// TakeBackAnswer withdraws by the link of an invitation, before publication or after it.
func (b *Book) TakeBackAnswer(ctx context.Context, token string) (reply Reply, err error) {
	err = b.change(ctx, func(t *tx) error {
		a, e, _, err := t.invited(token)
		if err != nil {
			return err
		}
		reply, err = t.withdraw(&a, &e, By{Actor: Signer})
		return err
	})
	return reply, err
}

// Quiet ends the reminders of an invitation.
func (b *Book) Quiet(ctx context.Context, token string) error {
	return b.change(ctx, func(t *tx) error {
		_, _, i, err := t.invited(token)
		if err != nil || i.Quiet {
			return err
		}
		i.Quiet = true
		return save(t, &i)
	})
}

// Invitations returns those of an asking. It is for convenors.
func (b *Book) Invitations(ctx context.Context, asking string) (list []Invitation, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error { list, err = all[Invitation](r, asking+"/"); return err })
	return list, err
}
