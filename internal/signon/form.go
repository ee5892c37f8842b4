package signon

import (
	"context"
	"time"

	"stocktake"
	"stocktake/internal/store"
)

// A Form is what the public form sends. From is the address of the request: it is for the gate alone, and is not kept. Where Slow is set, a browser
// that runs no script may send the form without a nonce once it is so old.
type Form struct {
	Submission
	Ticket string
	Nonce  string
	From   string
	Slow   time.Duration
}

// Ticket makes what goes into an asking's form. An asking without a form is NotFound, as is one that does not exist.
func (b *Book) Ticket(ctx context.Context, asking string) (Ticket, error) {
	err := b.read(ctx, func(r store.PrivateReader) error {
		a, err := load[Asking](r, asking)
		if err == nil && !a.Form {
			err = noForm
		}
		return err
	})
	if err != nil {
		return Ticket{}, noForm
	}
	key, err := b.key(ctx)
	if err != nil {
		return Ticket{}, err
	}
	return b.gate.ticket(key, asking), nil
}

// TicketAgain returns the ticket of a form that was refused for what was typed, so that its time runs on; false where it is spent or too old.
func (b *Book) TicketAgain(ctx context.Context, asking, token string) (Ticket, bool, error) {
	key, err := b.key(ctx)
	if err != nil {
		return Ticket{}, false, err
	}
	t, ok := b.gate.again(key, asking, token)
	return t, ok, nil
}

var noForm = stocktake.NotFoundf("there is no such form").Hinted("ask whoever sent you here for the link of an invitation")

// turned counts, by day, the forms of an asking that were over a quota.
type turned struct {
	ID  string      `json:"id"` // of the asking
	Rev int64       `json:"-"`
	N   map[Day]int `json:"n"`
}

func (x *turned) item() (string, string, *int64) { return "signon-turned", x.ID, &x.Rev }

func (x *turned) keys() []store.Key { return nil }

// pad is written where another path writes something, so that all of them do the same work.
type pad struct {
	ID  string `json:"id"`
	Rev int64  `json:"-"`
}

func (x *pad) item() (string, string, *int64) { return "signon-pad", x.ID, &x.Rev }

func (x *pad) keys() []store.Key { return nil }

func (t *tx) pad(n int) error {
	p, err := load[pad](t, "pad")
	if stocktake.KindOf(err) == stocktake.NotFound {
		p, err = pad{ID: "pad"}, nil
	}
	for range n {
		if err == nil {
			err = save(t, &p)
		}
	}
	return err
}

// Submit takes a yes through the form that anybody can send. Whoever sends it learns nothing: a new address, a known one, one that is shut out
// and one over its quota get the same Reply, after the same reads and writes. What it refuses depends on the form itself, on the gate and on
// the hour. Nobody is listed by it: the mailbox has to be confirmed, and an organisation that no convenor knows waits for one.
func (b *Book) Submit(ctx context.Context, asking string, f Form) (Reply, error) {
	key, err := b.key(ctx)
	if err != nil {
		return Reply{}, err
	}
	a, err := b.Asking(ctx, asking)
	if err != nil || !a.Form {
		return Reply{}, noForm
	}
	if err := a.Takes(b.o.Now(), By{Actor: Signer}); err != nil {
		return Reply{}, err
	}
	if _, err := f.check(&a, true); err != nil {
		return Reply{}, err
	}
	if err := b.gate.let(key, asking, f.Ticket, f.Nonce, f.From, f.Slow); err != nil {
		return Reply{}, err
	}
	return b.admit(ctx, asking, f.Submission)
}

// admit takes a form that came through the gate.
func (b *Book) admit(ctx context.Context, asking string, s Submission) (Reply, error) {
	err := b.change(ctx, func(t *tx) error {
		a, err := load[Asking](t, asking)
		if err != nil {
			return err
		}
		if err := a.Takes(t.now, By{Actor: Signer}); err != nil {
			return err
		}
		c, err := s.check(&a, true)
		if err != nil {
			return err
		}
		return t.submit(&a, &c)
	})
	if err != nil {
		return Reply{}, err
	}
	return Reply{Code: Received}, nil
}

// submit reads all that any path needs, decides, and then writes four items and one letter, or as many pads.
func (t *tx) submit(a *Asking, c *checked) error {
	blocked, err := t.blocked(c.from)
	if err != nil {
		return err
	}
	may, err := t.mayMail(c.from, a.Quota.with().Mails)
	if err != nil {
		return err
	}
	o := c.organisation(newID(), t.today)
	place, how, known := "person/"+c.from.Canonical(), NoMatch, false
	if c.Tier != stocktake.TierPersonal {
		id, match, _, err := t.find(&o)
		if err != nil {
			return err
		}
		if known = id != ""; known {
			o.ID, how = id, match
		}
		place = o.ID
	}
	e, err := t.placeOf(a, place)
	if err != nil {
		return err
	}
	over, err := t.overQuota(a, c, e)
	if err != nil {
		return err
	}
	over = over || e != nil && len(e.Seconds) >= maxSeconds
	named, err := t.named(e, c)
	if err != nil {
		return err
	}
	if blocked {
		return t.pad(3 + letterWrites)
	}
	kind, given := MailConfirm, ""
	var token Token
	switch {
	case e == nil && over, e != nil && over && !has(e, c):
		n, err := load[turned](t, a.ID)
		if stocktake.KindOf(err) == stocktake.NotFound {
			n, err = turned{ID: a.ID, N: map[Day]int{}}, nil
		}
		if err != nil {
			return err
		}
		n.N[t.today]++
		if err := save(t, &n); err != nil {
			return err
		}
		return t.pad(2 + letterWrites)
	case e == nil:
		x := c.fresh(a, "", t.today, stocktake.RoadLink)
		if c.Tier != stocktake.TierPersonal {
			x.Org = o.ID
			if !known {
				err = save(t, &o)
			} else {
				err = t.pad(1)
			}
		} else {
			err = t.pad(1)
		}
		if err != nil {
			return err
		}
		if err := x.To(Submitted, By{Actor: Signer}, t.today, ""); err != nil {
			return err
		}
		x.Missing = NeedsMailbox
		e, given = &x, x.Yes
	default:
		if err := t.pad(1); err != nil {
			return err
		}
		kind, given = e.further(c, how, named, t.today)
	}
	if err := t.addSecond(e, c); err != nil {
		return err
	}
	if err := save(t, e); err != nil {
		return err
	}
	token = Token{Purpose: ForConfirm, Asking: a.ID, Endorsement: e.ID, Yes: given, Version: c.said.Version, Until: t.today.Add(KeepToken)}
	if kind == MailAgain {
		token.Purpose, token.Until = ForWithdraw, ""
	}
	words, err := t.issue(token)
	if err != nil {
		return err
	}
	if !may || t.b.o.Post == nil {
		return t.pad(letterWrites)
	}
	return t.post(a, kind, hashToken(words)[:20], c.from.String(), c.said.Langs[0], In(c.Names, c.said.Langs[0]), words)
}

// maxSeconds is how many further yeses through the form an organisation can have. An invitation's link goes on working.
const maxSeconds = 50

// letterWrites is how many items a letter in the queue is.
const letterWrites = 3

func has(e *Endorsement, c *checked) bool { _, ok := e.again(c.from); return ok }

// further notes a further yes for an organisation that has its place, and says which letter goes out. The same mailbox is noted once.
func (e *Endorsement) further(c *checked, how Match, named bool, today Day) (MessageKind, string) {
	if id, ok := e.again(c.from); ok {
		proved := e.Proved
		for i := range e.Seconds {
			if s := &e.Seconds[i]; s.ID == id {
				proved = s.Proved
				s.Said, s.Signer = c.said, c.Signer
				if !e.Waiting() && e.State != Listed && proved { // it says yes again: that is to be confirmed again
					s.Proved, proved = false, false
				}
			}
		}
		if id == e.Yes && !e.Waiting() && e.State != Listed { // the same hand, after a no or a withdrawal
			s := Second{ID: newID(), Signer: c.Signer, Named: named, Match: how, Day: today, Road: stocktake.RoadLink, Said: c.said}
			e.Seconds = append(e.Seconds, s)
			return MailConfirm, s.ID
		}
		if proved {
			return MailAgain, id
		}
		return MailConfirm, id
	}
	s := Second{ID: newID(), Signer: c.Signer, Named: named, Match: how, Day: today, Road: stocktake.RoadLink, Said: c.said}
	e.Seconds = append(e.Seconds, s)
	return MailConfirm, s.ID
}

// addSecond keeps the second officer that was named, to be asked once the first has confirmed.
func (t *tx) addSecond(e *Endorsement, c *checked) error {
	if !c.second.IsZero() && e.Ask == "" && !e.Proved {
		e.Ask = c.second.String()
	}
	return nil
}

// named reports whether a convenor invited this mailbox for this endorsement.
func (t *tx) named(e *Endorsement, c *checked) (bool, error) {
	at := "none"
	if e != nil {
		at = e.ID
	}
	ids, err := t.Find("signon-invitation", "endorsement", at)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		i, err := load[Invitation](t, id)
		if err != nil {
			return false, err
		}
		if i.Back == "" && i.Mailbox != "" && canonical(i.Mailbox) == c.from.Canonical() {
			return true, nil
		}
	}
	return false, nil
}

// overQuota reports whether as many yeses of the same domain wait for their mailbox as may. Free mail has no such quota: others could use it up.
func (t *tx) overQuota(a *Asking, c *checked, have *Endorsement) (bool, error) {
	d, own := OwnDomain(c.from)
	if !own {
		d = "none"
	}
	ids, err := t.Find("signon-endorsement", "waits", clip(a.ID+"/"+d))
	if err != nil || !own {
		return false, err
	}
	n := 0
	for _, id := range ids {
		e := have
		if e == nil || e.ID != id {
			other, err := load[Endorsement](t, id)
			if err != nil {
				return false, err
			}
			e = &other
		}
		for _, x := range e.domains() {
			if x == d {
				n++
			}
		}
	}
	return n >= a.Quota.with().PerDomain, nil
}
