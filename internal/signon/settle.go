package signon

import (
	"cmp"
	"slices"

	"stocktake"
	"stocktake/internal/mailer/address"
)

// settle takes an endorsement as far as the rules take it by themselves, and stores it.
func (t *tx) settle(a *Asking, e *Endorsement) (Reply, error) {
	o, standing, err := t.known(e)
	if err != nil {
		return Reply{}, err
	}
	t.promote(a, &o, standing, e)
	if e.State == Submitted && e.Proved {
		if err := e.To(MailboxConfirmed, By{Actor: Signer}, t.today, ""); err != nil {
			return Reply{}, err
		}
	}
	if e.State == MailboxConfirmed {
		r := t.rule(a, &o, standing, e)
		if e.Missing = r.Missing; r.OK {
			e.Class, e.Authority = r.Class, r.Authority
			if err := e.To(AuthorityConfirmed, By{Actor: Rules}, t.today, ""); err != nil {
				return Reply{}, err
			}
		}
	} else if e.State == Submitted && e.Missing == "" {
		e.Missing = NeedsMailbox
	}
	if err := t.list(a, e, &o); err != nil {
		return Reply{}, err
	}
	if e.Ask != "" && e.Proved && e.Waiting() && e.Org != "" {
		ask := e.Ask
		e.Ask = ""
		if err := t.askSecond(a, e, Person{Mailbox: ask}, false); err != nil {
			return Reply{}, err
		}
	}
	if e.Missing == NeedsAdmin && e.State == MailboxConfirmed {
		if err := t.askAdmins(a, e, &o); err != nil {
			return Reply{}, err
		}
	}
	if err := save(t, e); err != nil {
		return Reply{}, err
	}
	return replyTo(e), nil
}

func replyTo(e *Endorsement) Reply {
	switch e.State {
	case Listed:
		return Reply{Code: IsListed}
	case Declined, WithdrewBefore, WithdrewAfter, Struck, Invited:
		return Reply{Code: IsWithdrawn}
	}
	return Reply{Code: IsWaiting, Missing: e.Missing}
}

// known reads the organisation and the authorities that it has given.
func (t *tx) known(e *Endorsement) (o Organisation, standing []Authority, err error) {
	if e.Org == "" {
		return o, nil, nil
	}
	if o, err = load[Organisation](t, e.Org); err == nil {
		standing, err = all[Authority](t, e.Org+"/")
	}
	return o, standing, err
}

func (t *tx) rule(a *Asking, o *Organisation, standing []Authority, e *Endorsement) Ruling {
	if e.Org == "" { // somebody who speaks for nobody else
		switch {
		case !e.Proved:
			return Ruling{Missing: NeedsMailbox}
		case !e.Named:
			return Ruling{Missing: NeedsConvenor}
		}
		return Ruling{OK: true}
	}
	return Rule(a, o, standing, e.Showing(), e.Showings(), t.today)
}

// list puts on the list what has authority, where nobody has to press for it and the time is right.
func (t *tx) list(a *Asking, e *Endorsement, o *Organisation) error {
	if e.State != AuthorityConfirmed {
		return nil
	}
	e.Missing = NothingMissing
	if a.ByHand || !a.Stands(e.Version) || a.Phase(t.now) == Over {
		return nil
	}
	return t.put(a, e, o, By{Actor: Rules})
}

// put lists it and tells the organisation: whoever answers for it hears of it before it is published, and can take it back.
func (t *tx) put(a *Asking, e *Endorsement, o *Organisation, by By) error {
	if err := e.To(Listed, by, t.today, ""); err != nil {
		return err
	}
	e.Late = a.Published != nil && (e.Filed == nil || e.Late)
	e.Missing = NothingMissing
	return t.tell(a, e, o, MailListed, ForWithdraw)
}

// tell writes to the signer's mailbox, where it is proved, and to those of the organisation; to each once.
func (t *tx) tell(a *Asking, e *Endorsement, o *Organisation, kind MessageKind, purpose Purpose) error {
	var to []string
	add := func(mailbox string) {
		if c := canonical(mailbox); c != "" && !slices.ContainsFunc(to, func(s string) bool { return canonical(s) == c }) {
			to = append(to, mailbox)
		}
	}
	if e.Proved || e.Entered != "" {
		add(e.Signer.Mailbox)
	}
	for _, m := range o.Admins {
		add(m)
	}
	add(o.Contact)
	for _, mailbox := range to {
		token, err := t.issue(Token{Purpose: purpose, Asking: a.ID, Endorsement: e.ID, Version: a.Current().Number, Admin: hasMailbox(o.Admins, parsed(mailbox))})
		if err != nil {
			return err
		}
		if err := t.post(a, kind, hashToken(token)[:20], mailbox, e.lang(a), t.name(e, a), token); err != nil {
			return err
		}
		e.Told = t.today
	}
	return nil
}

func parsed(mailbox string) address.Address {
	a, _ := address.Parse(mailbox)
	return a
}

func (e *Endorsement) lang(a *Asking) string {
	if len(e.Langs) > 0 {
		return e.Langs[0]
	}
	return a.Lang
}

func (t *tx) name(e *Endorsement, a *Asking) string { return In(e.Names, e.lang(a)) }

// askAdmins asks those who answer for the organisation to countersign, each once.
func (t *tx) askAdmins(a *Asking, e *Endorsement, o *Organisation) error {
	for _, mailbox := range o.Admins {
		if err := t.askSecond(a, e, Person{Mailbox: mailbox}, true); err != nil {
			return err
		}
	}
	return nil
}

// askSecond asks another officer to countersign, by a link in a letter. Who has been asked already is not asked again.
func (t *tx) askSecond(a *Asking, e *Endorsement, p Person, admin bool) error {
	c := canonical(p.Mailbox)
	if c == "" || c == canonical(e.Signer.Mailbox) || slices.ContainsFunc(e.Seconds, func(s Second) bool { return canonical(s.Signer.Mailbox) == c }) {
		return nil
	}
	s := Second{ID: newID(), Signer: p, Day: t.today, Road: stocktake.RoadLink, Said: e.Said}
	e.Seconds = append(e.Seconds, s)
	token, err := t.issue(Token{Purpose: ForCountersign, Asking: a.ID, Endorsement: e.ID, Yes: s.ID, Version: e.Version, Admin: admin, Until: t.today.Add(KeepToken)})
	if err != nil {
		return err
	}
	if may, err := t.mayMail(parsed(p.Mailbox), a.Quota.with().Mails+1); err != nil || (!may && !admin) {
		return err // somebody has named that mailbox often enough today
	}
	return t.post(a, MailCountersign, s.ID, p.Mailbox, e.lang(a), t.name(e, a), token)
}

// promote puts a further yes in the place of the first where that one has no authority (yet) and the further one has. What an organisation has
// refused or taken back is given again by the same hand, one that a convenor named, or an administrator; not by anybody with a mailbox there.
//
// On the list, a yes that was shown takes the place of one that a sheet or a convenor brought, which nobody had verified.
func (t *tx) promote(a *Asking, o *Organisation, standing []Authority, e *Endorsement) {
	if e.State == Listed && e.Org != "" && !e.Class.Verified() {
		if e.Proved { // the mailbox that a sheet or a convenor wrote down has answered by itself
			if r := t.rule(a, o, standing, e); r.OK && r.Class.Verified() {
				e.Class, e.Authority, e.Agreed = r.Class, r.Authority, t.today
				return
			}
		}
		for i, s := range e.Seconds {
			if !s.Proved || !a.Stands(s.Said.Version) {
				continue
			}
			r := Rule(a, o, standing, Showing{Mailbox: parsed(s.Signer.Mailbox), Proved: true, Named: s.Named}, slices.Delete(e.Showings(), i, i+1), t.today)
			if !r.OK || !r.Class.Verified() {
				continue
			}
			e.Seconds = slices.Delete(e.Seconds, i, i+1)
			e.Yes, e.Said, e.Signer, e.Named, e.Proved, e.Given, e.Road, e.Class, e.Authority, e.Agreed = s.ID, s.Said, s.Signer, s.Named, true, s.Day, s.Road, r.Class, r.Authority, t.today
			return
		}
	}
	if e.Org == "" || !slices.Contains([]State{Invited, Submitted, MailboxConfirmed, Declined, WithdrewBefore, WithdrewAfter, Lapsed}, e.State) {
		return
	}
	if e.Waiting() && t.rule(a, o, standing, e).OK {
		return
	}
	for i := range e.Seconds {
		s := e.Seconds[i]
		if !s.Proved || !a.Stands(s.Said.Version) {
			continue
		}
		from := parsed(s.Signer.Mailbox)
		if !e.Waiting() && e.State != Invited && !s.Named && !o.IsAdmin(from) && from.Canonical() != canonical(e.Signer.Mailbox) {
			continue
		}
		others := slices.Delete(e.Showings(), i, i+1)
		if !Rule(a, o, standing, Showing{Mailbox: from, Proved: true, Named: s.Named}, others, t.today).OK {
			continue
		}
		had := e.Waiting()
		if !had && e.To(Submitted, By{Actor: Signer}, s.Day, "") != nil {
			return
		}
		e.Seconds = slices.Delete(e.Seconds, i, i+1)
		if had && e.Signer.Mailbox != "" && canonical(e.Signer.Mailbox) != from.Canonical() {
			e.Seconds = append(e.Seconds, Second{ID: cmp.Or(e.Yes, newID()), Signer: e.Signer, Named: e.Named, Proved: e.Proved, Day: cmp.Or(e.Given, t.today), Road: e.Road, Said: e.Said})
		}
		e.Yes, e.Said, e.Signer, e.Named, e.Proved, e.Given, e.Road = s.ID, s.Said, s.Signer, s.Named, true, s.Day, s.Road
		return
	}
}

// withdraw takes a yes back. It is never refused: what was taken back already is answered the same.
func (t *tx) withdraw(a *Asking, e *Endorsement, by By) (Reply, error) {
	switch e.State {
	case WithdrewBefore, WithdrewAfter, Declined:
		return Reply{Code: IsWithdrawn}, nil
	case Struck:
		if !e.Public() {
			return Reply{Code: IsWithdrawn}, nil // nobody sees it, and nobody will
		}
	}
	to := WithdrewBefore
	if e.Public() {
		to = WithdrewAfter
	}
	if e.State == Invited {
		to = Declined
	}
	if err := e.To(to, by, t.today, ""); err != nil {
		return Reply{}, err
	}
	o, _, err := t.known(e)
	if err != nil {
		return Reply{}, err
	}
	e.Missing, e.Late = NothingMissing, false
	if err := save(t, e); err != nil {
		return Reply{}, err
	}
	to2 := e.Signer.Mailbox
	if !e.Proved || to2 == "" {
		to2 = o.Contact
	}
	return Reply{Code: IsWithdrawn}, t.post(a, MailWithdrawn, newID(), to2, e.lang(a), t.name(e, a), "")
}

// askAgain asks for a yes to the newest text.
func (t *tx) askAgain(a *Asking, e *Endorsement) error {
	o, _, err := t.known(e)
	if err != nil {
		return err
	}
	return t.tell(a, e, &o, MailReconfirm, ForReconfirm)
}

// reconfirm gives an endorsement for a newer text, with all that was confirmed of it before.
func (t *tx) reconfirm(a *Asking, e *Endorsement, version int, by By) (Reply, error) {
	v, ok := a.Version(version)
	if !ok || !a.Stands(version) {
		return Reply{}, conflict("the text was changed once more since this link was mailed", "use the link of the newest letter")
	}
	if e.State != Lapsed {
		return replyTo(e), nil // given already
	}
	to := cmp.Or(e.Before, Listed)
	switch c := a.Current(); {
	case c.Change == stocktake.Substantive && c.Confirm.Passed(t.now) && e.Public():
		if err := a.Takes(t.now, by); err != nil {
			return Reply{}, conflict("the time to endorse the new text ended at "+c.Confirm.String(), "write to whoever asks")
		}
		e.Late = true
	case c.Change == stocktake.Substantive && c.Confirm.Passed(t.now):
		return Reply{}, conflict("the time to endorse the new text ended at "+c.Confirm.String(), "write to whoever asks: a convenor can enter it until the list is published")
	}
	if err := e.To(to, by, t.today, ""); err != nil {
		return Reply{}, err
	}
	e.Version, e.TextSHA256, e.Given = v.Number, v.TextSHA256, t.today
	if e.State == Listed {
		return replyTo(e), save(t, e)
	}
	return t.settle(a, e)
}
