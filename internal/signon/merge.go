package signon

import (
	"context"
	"strconv"

	"stocktake"
	"stocktake/internal/store"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Merge says that two organisations are one. Where both have a place in an asking, the one of from is struck as the same organisation twice;
// where it alone has one, that goes on as into's. Unmerge puts all of it back.
func (b *Book) Merge(ctx context.Context, by By, from, into string) (m Merge, err error) {
	if by.Actor != Convenor {
		return m, forbidden("only a convenor merges organisations", "")
	}
	err = b.change(ctx, func(t *tx) error {
		x, err := load[Organisation](t, from)
		if err != nil {
			return err
		}
		if into, err = t.resolve(into); err != nil {
			return err
		}
		if x.Into != "" || into == from {
			return conflict("they are one already", "undo the merge first")
		}
		m = Merge{ID: newID(), From: from, Into: into, By: by.ID, Day: t.today}
		x.Into = into
		if err := save(t, &x); err != nil {
			return err
		}
		ids, err := t.Find("signon-endorsement", "org", from)
		if err != nil {
			return err
		}
		for _, id := range ids {
			e, err := load[Endorsement](t, id)
			if err != nil {
				return err
			}
			a, err := load[Asking](t, e.Asking)
			if err != nil {
				return err
			}
			have, err := t.placeOf(&a, into)
			if err != nil {
				return err
			}
			switch {
			case have == nil:
				e.Org, e.Merged = into, m.ID
			case May(e.State, Struck, e.Public(), Convenor) == nil:
				if err := e.To(Struck, by, t.today, "same organisation twice"); err != nil {
					return err
				}
				e.Merged = m.ID
			default:
				continue // it declined, withdrew, or was only invited: nothing of it shows
			}
			if err := save(t, &e); err != nil {
				return err
			}
		}
		return save(t, &m)
	})
	return m, err
}

// Unmerge undoes a merge.
func (b *Book) Unmerge(ctx context.Context, by By, id string) error {
	if by.Actor != Convenor {
		return forbidden("only a convenor undoes a merge", "")
	}
	return b.change(ctx, func(t *tx) error {
		m, err := load[Merge](t, id)
		if err != nil || m.Undone != "" {
			return err
		}
		x, err := load[Organisation](t, m.From)
		if err != nil {
			return err
		}
		x.Into = ""
		if err := save(t, &x); err != nil {
			return err
		}
		for _, org := range []string{m.From, m.Into} {
			ids, err := t.Find("signon-endorsement", "org", org)
			if err != nil {
				return err
			}
			for _, id := range ids {
				e, err := load[Endorsement](t, id)
				if err != nil {
					return err
				}
				if e.Merged != m.ID {
					continue
				}
				if e.Org == m.Into && org == m.Into {
					e.Org, e.Merged = m.From, ""
					if err := save(t, &e); err != nil {
						return err
					}
					continue
				}
				a, err := load[Asking](t, e.Asking)
				if err != nil {
					return err
				}
				if err := t.putBack(&a, &e, by); err != nil && stocktake.KindOf(err) != stocktake.Conflict {
					return err
				}
			}
		}
		m.Undone = t.today
		return save(t, &m)
	})
}

// Merges returns all of them, undone ones too.
func (b *Book) Merges(ctx context.Context) (list []Merge, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error { list, err = all[Merge](r, ""); return err })
	return list, err
}
