package secretariat

import (
	"context"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/store"
)

// Entry returns one entry of the queue.
func (o *Office) Entry(ctx context.Context, id string) (e *Entry, err error) {
	err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error { e, err = getEntry(r, id); return err })
	return e, err
}

// Queue returns the entries in some states, the oldest first.
func (o *Office) Queue(ctx context.Context, states ...EntryState) (list []*Entry, err error) {
	err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list = nil
		for _, s := range states {
			ids, err := r.Find(kindEntry, "state", string(s))
			if err != nil {
				return err
			}
			for _, id := range ids {
				e, err := getEntry(r, id)
				if err != nil {
					return err
				}
				list = append(list, e)
			}
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b *Entry) int { return strings.Compare(a.Day+a.ID, b.Day+b.ID) })
	return list, err
}

// Waiting counts what waits in the queue, and which proposals wait for a second person.
func (o *Office) Waiting(ctx context.Context) (entries int, proposals int, err error) {
	err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
		a, err := r.Find(kindEntry, "state", string(EntryWaiting))
		if err != nil {
			return err
		}
		b, err := r.Find(kindProposal, "state", string(ProposalWaiting))
		entries, proposals = len(a), len(b)
		return err
	})
	return entries, proposals, err
}

// Decline closes an entry for a class of reason. Its sender is told where they left an address and post is not nil.
func (o *Office) Decline(ctx context.Context, id, by, ground string, post Poster) error {
	if !slices.Contains(Grounds(), ground) {
		return stocktake.Invalidf("%q is no reason to decline", ground).Hinted("choose one of: %s", strings.Join(Grounds(), "; "))
	}
	return o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		e, err := getEntry(tx, id)
		if err != nil {
			return err
		}
		if e.State != EntryWaiting {
			return conflict("the entry is " + string(e.State))
		}
		e.State, e.Ground, e.By, e.Closed = EntryDeclined, ground, by, o.day()
		if err := o.tell(tx, e, post, "What you sent was looked at and not taken up. The reason: "+ground+".\n\nIf you have a source that shows more, send it again.\n"); err != nil {
			return err
		}
		return o.putEntry(tx, e)
	})
}

// tell writes to the sender of an entry, once for each thing that became of it.
func (o *Office) tell(tx store.PrivateTx, e *Entry, post Poster, what string) error {
	to := e.Sender.Email
	if to == "" && e.Proved() {
		to = e.Box.Email
	}
	if to == "" || post == nil || e.Ground == "abuse" {
		return nil
	}
	return post(tx, Letter{Key: "queue/" + e.ID + "/" + string(e.State), To: to, Subject: "What you sent about “" + clip(e.About.Title, 80) + "”",
		Text: "You sent this record a " + string(e.Kind) + " about:\n\n" + e.About.Title + "\n\n" + what + "\nNobody else was told that it was you. Your name and address are deleted here " + itoa(senderKept) + " days from now.\n"})
}

// takeUp notes that a proposal is made of an entry.
func (o *Office) takeUp(tx store.PrivateTx, id, proposal, by string) error {
	e, err := getEntry(tx, id)
	if err != nil {
		return err
	}
	if e.State != EntryWaiting {
		return conflict("the entry is " + string(e.State) + " already").Hinted("look at the queue again")
	}
	if !e.Stands() {
		return conflict("nothing shows that this is the government's reply").Hinted("wait until its mailbox answers, or decline it")
	}
	e.State, e.Proposal, e.By = EntryTaken, proposal, by
	return o.putEntry(tx, e)
}

// putBack lets an entry wait again.
func (o *Office) putBack(tx store.PrivateTx, id, proposal string) error {
	e, err := getEntry(tx, id)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return nil
	}
	if err != nil || e.State != EntryTaken || e.Proposal != proposal {
		return err
	}
	e.State, e.Proposal, e.By = EntryWaiting, "", ""
	return o.putEntry(tx, e)
}

func (o *Office) entryFiled(tx store.PrivateTx, id string, filings []int64) error {
	e, err := getEntry(tx, id)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	e.State, e.Closed, e.Filings = EntryFiled, o.day(), filings
	return o.putEntry(tx, e)
}

// TellFiled writes to the sender of an entry that is on the record by now. address is of the page of a filing.
func (o *Office) TellFiled(ctx context.Context, id string, page func(filing int64) string, post Poster) error {
	if post == nil || id == "" {
		return nil
	}
	return o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		e, err := getEntry(tx, id)
		if err != nil || e.State != EntryFiled || len(e.Filings) == 0 {
			return err
		}
		return o.tell(tx, e, post, "Somebody took it up, and it is on the record by now:\n\n"+page(e.Filings[0])+"\n")
	})
}

// AskBox makes a link for the mailbox of a reply anew, and mails it where post is not nil; otherwise it comes back, to be sent by hand. The
// domain has to be known as the government's.
func (o *Office) AskBox(ctx context.Context, id string, link func(token string) string, post Poster) (address string, err error) {
	err = o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		address = ""
		e, err := getEntry(tx, id)
		if err != nil {
			return err
		}
		if e.State != EntryWaiting || e.Box == nil || e.Box.Email == "" || e.Proved() {
			return conflict("the entry waits for no mailbox")
		}
		d, err := o.governs(tx, e.Box.Domain, e.Party)
		if err != nil {
			return err
		}
		if d == nil {
			return conflict("the domain " + e.Box.Domain + " is not known as this government's").Hinted("add it to the table of domains first, with the source that says so")
		}
		if post != nil {
			return o.mailLink(tx, e, link, post)
		}
		token, err := o.newLink(tx, e.ID)
		address = link(token)
		return err
	})
	return address, err
}

// ForgetSender deletes what an entry says of its sender at once.
func (o *Office) ForgetSender(ctx context.Context, id string) error {
	return o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		e, err := getEntry(tx, id)
		if err != nil {
			return err
		}
		e.forget()
		return o.putEntry(tx, e)
	})
}

func (e *Entry) forget() {
	e.Sender = Sender{}
	if e.Box != nil {
		e.Box.Email = ""
	}
}

// Swept says how much SweepQueue deleted.
type Swept struct{ Senders, Entries, Links, Proposals int }

// SweepQueue deletes what is kept no longer: senders, entries, links to mailboxes, and proposals that ended.
func (o *Office) SweepQueue(ctx context.Context) (n Swept, err error) {
	today := o.day()
	over := func(kind string) (ids []string, err error) {
		err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
			ids, err = r.Between(kind, "until", "", today, 500)
			return err
		})
		return ids, err
	}
	drop := func(kind string, count *int) error {
		ids, err := over(kind)
		if err != nil || len(ids) == 0 {
			return err
		}
		return o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
			for _, id := range ids {
				if err := tx.Drop(kind, id); err != nil && stocktake.KindOf(err) != stocktake.NotFound {
					return err
				}
				*count++
			}
			return nil
		})
	}
	if err := drop(kindLink, &n.Links); err != nil {
		return n, err
	}
	if err := drop(kindProposal, &n.Proposals); err != nil {
		return n, err
	}
	ids, err := over(kindEntry)
	if err != nil || len(ids) == 0 {
		return n, err
	}
	err = o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		for _, id := range ids {
			e, err := getEntry(tx, id)
			if stocktake.KindOf(err) == stocktake.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			if e.Sender == (Sender{}) && (e.Box == nil || e.Box.Email == "") {
				if err := tx.Drop(kindEntry, id); err != nil {
					return err
				}
				n.Entries++
				continue
			}
			e.forget()
			if err := o.putEntry(tx, e); err != nil {
				return err
			}
			n.Senders++
		}
		return nil
	})
	return n, err
}
