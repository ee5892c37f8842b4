package signon

import (
	"context"
	"slices"
	"time"

	"stocktake/internal/store"
)

// A Due is a reminder that is to go out.
type Due struct {
	Invitation string
	Slot       int // from 1, of those that the asking has
}

// Reminders gives what is to go out now: to those who were mailed an invitation and have not answered, so many days before closing as the
// asking says, each of them once, one a day, and none after closing. Whoever answered, wants none or was told today gets none; of several that
// were missed, the last one goes out alone.
func Reminders(a *Asking, list []Endorsement, invitations []Invitation, now time.Time) (out []Due) {
	if a.Phase(now) != Open {
		return nil
	}
	slots := slices.Clone(a.Quota.with().Remind)
	slices.SortFunc(slots, func(x, y int) int { return y - x }) // the earliest first
	passed := 0
	for i, days := range slots {
		if !now.Before(a.Closes.At.AddDate(0, 0, -days)) {
			passed = i + 1
		}
	}
	if passed == 0 {
		return nil
	}
	silent := map[string]bool{}
	for i := range list {
		if e := &list[i]; e.State == Invited {
			silent[e.ID] = true
		}
	}
	today := DayOf(now)
	for i := range invitations {
		x := &invitations[i]
		if !silent[x.Endorsement] || x.Mailbox == "" || x.Quiet || x.Back != "" || x.Made >= today || x.Sent >= today {
			continue
		}
		if n := len(x.Reminded); n > 0 && (x.Reminded[n-1].Slot >= passed || x.Reminded[n-1].Day >= today) {
			continue
		}
		out = append(out, Due{Invitation: x.ID, Slot: passed})
	}
	return out
}

// Remind queues the reminders of an asking that are due, and returns how many. Any number of processes may do it at once: each goes out once.
func (b *Book) Remind(ctx context.Context, asking string) (n int, err error) {
	if b.o.Post == nil {
		return 0, nil
	}
	now := b.o.Now()
	due := func(r store.PrivateReader) (a Asking, list []Due, err error) {
		if a, err = load[Asking](r, asking); err != nil || a.Phase(now) != Open {
			return a, nil, err
		}
		es, err := all[Endorsement](r, a.ID+"/")
		if err != nil {
			return a, nil, err
		}
		is, err := all[Invitation](r, a.ID+"/")
		return a, Reminders(&a, es, is, now), err
	}
	err = b.read(ctx, func(r store.PrivateReader) error {
		_, list, err := due(r)
		n = len(list)
		return err
	})
	if err != nil || n == 0 {
		return 0, err
	}
	err = b.change(ctx, func(t *tx) error {
		n = 0
		a, list, err := due(t)
		if err != nil {
			return err
		}
		for _, d := range list {
			i, err := load[Invitation](t, d.Invitation)
			if err != nil {
				return err
			}
			e, err := load[Endorsement](t, i.Endorsement)
			if err != nil {
				return err
			}
			token, hash := newToken()
			i.Tokens = append(i.Tokens, hash)
			i.Reminded = append(i.Reminded, Reminded{Slot: d.Slot, Day: t.today})
			if err := save(t, &i); err != nil {
				return err
			}
			if err := t.post(&a, MailReminder, i.ID+"/"+itoa(d.Slot), i.Mailbox, i.Lang, In(e.Names, i.Lang), token); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
