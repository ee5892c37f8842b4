package signon

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"

	"stocktake"
	"stocktake/internal/store"
)

// Open begins an asking. One statement has one.
func (b *Book) Open(ctx context.Context, by By, a Asking) (Asking, error) {
	if by.Actor != Convenor {
		return a, forbidden("only a convenor opens a sign-on", "ask a convenor of the coalition")
	}
	if err := a.Check(); err != nil {
		return a, err
	}
	if a.Closes.Passed(b.o.Now()) {
		return a, conflict("the list would have closed already, at "+a.Closes.String(), "take a later hour")
	}
	err := b.change(ctx, func(t *tx) error {
		salt := make([]byte, 32)
		rand.Read(salt) // never fails
		a.ID, a.Rev, a.Opened, a.Published, a.Salt = newID(), 0, t.today, nil, hex.EncodeToString(salt)
		for i := range a.Versions {
			a.Versions[i].Since = t.today
		}
		return save(t, &a)
	})
	if stocktake.KindOf(err) == stocktake.Conflict {
		err = conflict("this statement is being signed already", "open its board")
	}
	return a, err
}

// Asking returns one by its id.
func (b *Book) Asking(ctx context.Context, id string) (a Asking, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error { a, err = load[Asking](r, id); return err })
	return a, err
}

// Of returns the asking of a statement.
func (b *Book) Of(ctx context.Context, statement stocktake.InstrumentID) (a Asking, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error { a, err = askingOf(r, statement); return err })
	return a, err
}

func askingOf(r store.PrivateReader, statement stocktake.InstrumentID) (Asking, error) {
	ids, err := r.Find("signon-asking", "statement", string(statement))
	if err != nil {
		return Asking{}, err
	}
	if len(ids) == 0 {
		return Asking{}, stocktake.NotFoundf("nobody was asked to sign this statement")
	}
	return load[Asking](r, ids[0])
}

// Askings returns those of a coalition, by id.
func (b *Book) Askings(ctx context.Context, coalition string) (list []Asking, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error {
		list = nil
		ids, err := r.Find("signon-asking", "coalition", coalition)
		for _, id := range ids {
			a, err := load[Asking](r, id)
			if err != nil {
				return err
			}
			list = append(list, a)
		}
		return err
	})
	return list, err
}

// Change changes what a convenor may change of an asking: hours, tiers, roads, quotas, who may invite. Texts change by NewVersion.
func (b *Book) Change(ctx context.Context, by By, id string, do func(*Asking) error) (a Asking, err error) {
	if by.Actor != Convenor {
		return a, forbidden("only a convenor changes a sign-on", "ask a convenor of the coalition")
	}
	err = b.change(ctx, func(t *tx) error {
		if a, err = load[Asking](t, id); err != nil {
			return err
		}
		was := a
		was.Versions = slices.Clone(a.Versions)
		if err := do(&a); err != nil {
			return err
		}
		a.ID, a.Rev, a.Statement, a.Coalition, a.Opened, a.Versions, a.Published, a.Salt = was.ID, was.Rev, was.Statement, was.Coalition, was.Opened, was.Versions, was.Published, was.Salt
		if a.Published != nil && !a.Closes.At.Equal(was.Closes.At) {
			return conflict("the list is published, and closed at "+was.Closes.String(), "set until when organisations may join later")
		}
		if err := a.Check(); err != nil {
			return err
		}
		return save(t, &a)
	})
	return a, err
}

// Lapses is what a new version does.
type Lapses struct {
	Lapsed int // endorsements that have to be given again
	Asked  int // of these, those to which a letter was queued
}

// NewVersion puts a new text in the place of the one that is asked for. A typographic change keeps all endorsements. A substantive one lapses
// every yes, listed or waiting, and asks for it again, until v.Confirm.
func (b *Book) NewVersion(ctx context.Context, by By, id string, v Version) (a Asking, n Lapses, err error) {
	if by.Actor != Convenor {
		return a, n, forbidden("only a convenor changes what is asked for", "ask a convenor of the coalition")
	}
	err = b.change(ctx, func(t *tx) error {
		n = Lapses{}
		if a, err = load[Asking](t, id); err != nil {
			return err
		}
		v.Since = t.today
		if v.Number == 0 {
			v.Number = a.Current().Number + 1
		}
		a.Versions = append(a.Versions, v)
		if err := a.Check(); err != nil {
			return err
		}
		if v.Change == stocktake.Substantive && v.Confirm.Passed(t.now) {
			return stocktake.Invalidf("the hour until which the new text can be endorsed has passed: %s", v.Confirm).At("confirm")
		}
		if err := save(t, &a); err != nil || v.Change == stocktake.Typographic {
			return err
		}
		list, err := all[Endorsement](t, a.ID+"/")
		if err != nil {
			return err
		}
		for i := range list {
			e := &list[i]
			if !e.Waiting() && e.State != Listed && e.State != Lapsed {
				continue
			}
			if e.State != Lapsed {
				if err := e.To(Lapsed, By{Actor: Rules}, t.today, ""); err != nil {
					return err
				}
			}
			n.Lapsed++
			if e.Proved || e.Entered != "" {
				was := e.Told
				e.Told = ""
				if err := t.askAgain(&a, e); err != nil {
					return err
				}
				if e.Told != "" {
					n.Asked++
				} else {
					e.Told = was
				}
			}
			if err := save(t, e); err != nil {
				return err
			}
		}
		return nil
	})
	return a, n, err
}

// Endorsement returns one by its whole id.
func (b *Book) Endorsement(ctx context.Context, id string) (e Endorsement, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error { e, err = load[Endorsement](r, id); return err })
	return e, err
}

// Endorsements returns all of an asking, whatever became of them, with their organisations by id. It is for convenors.
func (b *Book) Endorsements(ctx context.Context, asking string) (list []Endorsement, orgs map[string]Organisation, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error {
		if list, err = all[Endorsement](r, asking+"/"); err == nil {
			orgs, err = organisationsOf(r, list)
		}
		return err
	})
	return list, orgs, err
}

// organisationsOf reads the organisations of endorsements: one by one where they are few, else all in pieces.
func organisationsOf(r store.PrivateReader, list []Endorsement) (map[string]Organisation, error) {
	m := make(map[string]Organisation, len(list))
	for i := range list {
		if o := list[i].Org; o != "" {
			m[o] = Organisation{}
		}
	}
	if len(m) > 200 {
		every, err := all[Organisation](r, "")
		for _, o := range every {
			if _, ok := m[o.ID]; ok {
				m[o.ID] = o
			}
		}
		return m, err
	}
	for id := range m {
		o, err := load[Organisation](r, id)
		if err != nil {
			return nil, err
		}
		m[id] = o
	}
	return m, nil
}
