package signon

import (
	"context"
	"slices"

	"stocktake"
)

// Swept is what a sweep did.
type Swept struct {
	Vanished   int // yeses that nobody confirmed in 30 days
	Anonymised int // items from which a signer's personal data went
	Dropped    int // links, counters and other things that had run out
}

// sweepPiece is how many items one transaction of a sweep touches, so that signers do not wait behind it.
const sweepPiece = 400

// Sweep deletes what has run out: yeses whose mailbox nobody confirmed for 30 days, with organisations that came with them and nobody knows;
// links; counters of letters; and six months after an asking ended, the names, mailboxes and telephones of signers, in endorsements, invitations
// and authorities for that text alone. Office class, class of authority and organisation stay. What is gone leaves the files of the database
// too. Any number of processes may sweep at once; doing it again changes nothing.
func (b *Book) Sweep(ctx context.Context) (s Swept, err error) {
	for {
		var n Swept
		if err := b.change(ctx, func(t *tx) (err error) { n, err = t.sweep(); return err }); err != nil {
			return s, err
		}
		s.Vanished, s.Anonymised, s.Dropped = s.Vanished+n.Vanished, s.Anonymised+n.Anonymised, s.Dropped+n.Dropped
		if n == (Swept{}) {
			return s, nil
		}
	}
}

func (t *tx) sweep() (n Swept, err error) {
	tomorrow := string(t.today.Add(1))
	ids, err := t.Between("signon-endorsement", "vanishes", "", string(t.today), sweepPiece)
	if err != nil {
		return n, err
	}
	for _, id := range ids {
		if err := t.vanish(id); err != nil {
			return n, err
		}
		n.Vanished++
	}
	for _, k := range []struct{ kind, name, before string }{{"signon-token", "until", string(t.today)}, {"signon-mails", "day", string(t.today)}} {
		ids, err := t.Between(k.kind, k.name, "", k.before, sweepPiece)
		if err != nil {
			return n, err
		}
		for _, id := range ids {
			if err := t.Drop(k.kind, id); err != nil {
				return n, err
			}
			n.Dropped++
		}
	}
	askings, err := t.Between("signon-asking", "forget", "", tomorrow, 0)
	if err != nil {
		return n, err
	}
	for _, id := range askings {
		if n.Anonymised >= sweepPiece {
			break
		}
		a, err := load[Asking](t, id)
		if err != nil {
			return n, err
		}
		more, err := t.forget(&a)
		n.Anonymised += more
		if err != nil {
			return n, err
		}
	}
	if n.Anonymised > 0 && n.Dropped == 0 { // what stood in an item before it was changed leaves the files with the next thing that is dropped
		if err := t.pad(1); err == nil {
			err = t.Drop("signon-pad", "pad")
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// vanish deletes what nobody confirmed of one endorsement.
func (t *tx) vanish(id string) error {
	e, err := load[Endorsement](t, id)
	if err != nil {
		return err
	}
	old := func(d Day) bool { return d.Add(KeepUnconfirmed) < t.today }
	e.Seconds = slices.DeleteFunc(e.Seconds, func(s Second) bool { return !s.Proved && old(s.Day) })
	if e.State != Submitted || e.Proved || e.Entered != "" || !old(e.Given) {
		return save(t, &e)
	}
	if e.Filed != nil || (len(e.History) > 0 && e.History[0].To == Invited) || len(e.Seconds) > 0 {
		// Somebody else has a part in it: the yes that was never confirmed goes, and the place stays as it was before.
		before := Invited
		for i := len(e.History) - 2; i >= 0; i-- {
			if s := e.History[i].To; s == Invited || s == Declined || s == WithdrewBefore || s == WithdrewAfter {
				before = s
				break
			}
		}
		if e.Filed == nil && e.History[0].To != Invited {
			s := e.Seconds[0]
			e.Yes, e.Said, e.Signer, e.Named, e.Proved, e.Given, e.Road, e.Seconds = s.ID, s.Said, s.Signer, s.Named, s.Proved, s.Day, s.Road, e.Seconds[1:]
			a, err := load[Asking](t, e.Asking)
			if err == nil {
				_, err = t.settle(&a, &e)
			}
			return err
		}
		e.State, e.Signer, e.Missing, e.Ask = before, Person{}, NothingMissing, ""
		e.History = append(e.History, Step{On: t.today, To: before, By: By{Actor: Rules}})
		return save(t, &e)
	}
	if err := t.Drop("signon-endorsement", e.ID); err != nil {
		return err
	}
	tokens, err := t.Find("signon-token", "endorsement", e.ID)
	if err != nil {
		return err
	}
	for _, k := range tokens {
		if err := t.Drop("signon-token", k); err != nil {
			return err
		}
	}
	if e.Org == "" {
		return nil
	}
	o, err := load[Organisation](t, e.Org)
	if err != nil || o.Known != nil {
		return err
	}
	others, err := t.Find("signon-endorsement", "org", e.Org)
	if err != nil || len(others) > 0 {
		return err
	}
	return t.Drop("signon-organisation", e.Org)
}

// forget takes personal data out of a piece of an asking that ended long ago, and returns of how many items.
func (t *tx) forget(a *Asking) (n int, err error) {
	es, err := all[Endorsement](t, a.ID+"/")
	if err != nil {
		return 0, err
	}
	for i := range es {
		e := &es[i]
		if n >= sweepPiece {
			return n, nil
		}
		left := e.Signer.personal() || e.Ask != "" || slices.ContainsFunc(e.Seconds, func(s Second) bool { return s.Signer.personal() })
		if !left {
			continue
		}
		e.Signer.forget()
		e.Ask = ""
		e.Seconds = nil // they were of use to convenors while the list was made
		if e.Org == "" && e.Filed == nil {
			e.Names = nil // a person's own name, which was never public
		}
		e.Anonymised = t.today
		if err := save(t, e); err != nil {
			return n, err
		}
		n++
	}
	is, err := all[Invitation](t, a.ID+"/")
	if err != nil {
		return n, err
	}
	for i := range is {
		x := &is[i]
		if n >= sweepPiece {
			return n, nil
		}
		if x.Anonymised != "" {
			continue
		}
		x.Mailbox, x.Anonymised = "", t.today
		if err := save(t, x); err != nil {
			return n, err
		}
		n++
	}
	ids, err := t.Find("signon-authority", "asking", a.ID)
	if err != nil {
		return n, err
	}
	for _, id := range ids {
		u, err := load[Authority](t, id)
		if stocktake.KindOf(err) == stocktake.NotFound {
			continue
		}
		if err != nil || u.Anonymised != "" {
			if err != nil {
				return n, err
			}
			continue
		}
		u.Person, u.Mailbox, u.Office, u.Evidence, u.Anonymised = "", "", OfficeClass(u.Office), "", t.today
		if err := save(t, &u); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
