package signon

import (
	"context"
	"encoding/hex"
	"slices"

	"stocktake"
	"stocktake/internal/store"
)

// A Fixed list is what goes out with a version: endorsements for the filing, in the order in which they are shown, and the list with its hash,
// for the statement. The hash is what a seal of the log committed to beforehand.
type Fixed struct {
	Asking   string
	Version  int
	Endorsed []stocktake.Endorsed
	List     List
	Hash     string
}

// Fix makes the list of a statement's version as it stands. It reads in the transaction that fixes what is filed. The same endorsements give the
// same list and hash, whoever asks and however often. A statement that nobody was asked to sign is NotFound; a version that is not the newest
// of the asking is a Conflict.
func Fix(r store.PrivateReader, statement stocktake.InstrumentID, version int, textSHA256 string) (f Fixed, err error) {
	a, err := askingOf(r, statement)
	if err != nil {
		return f, err
	}
	if v := a.Current(); v.Number != version || v.TextSHA256 != textSHA256 {
		return f, conflict("organisations are asked to sign version "+itoa(v.Number)+", and another text is to be published", "ask for the new text first: its editor says whether the change is typographic or substantive")
	}
	list, err := all[Endorsement](r, a.ID+"/")
	if err != nil {
		return f, err
	}
	orgs, err := organisationsOf(r, list)
	if err != nil {
		return f, err
	}
	salt, err := hex.DecodeString(a.Salt)
	if err != nil {
		return f, err
	}
	f = Fixed{Asking: a.ID, Version: version, Endorsed: Publish(&a, list, orgs)}
	if f.List, err = ListOf(statement, version, textSHA256, salt, f.Endorsed); err != nil {
		return f, err
	}
	f.Hash, err = f.List.Hash()
	return f, err
}

// Fix makes the list of an asking as it stands now.
func (b *Book) Fix(ctx context.Context, statement stocktake.InstrumentID) (f Fixed, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error {
		a, err := askingOf(r, statement)
		if err == nil {
			f, err = Fix(r, statement, a.Current().Number, a.Current().TextSHA256)
		}
		return err
	})
	return f, err
}

// Snapshot keeps the list of an asking as it stands today. Where the same list was kept before, that one comes back.
func (b *Book) Snapshot(ctx context.Context, by By, asking, why string) (s Snapshot, err error) {
	if by.Actor != Convenor && by.Actor != Rules {
		return s, forbidden("only a convenor keeps a list", "")
	}
	err = b.change(ctx, func(t *tx) error {
		a, err := load[Asking](t, asking)
		if err != nil {
			return err
		}
		f, err := Fix(t, a.Statement, a.Current().Number, a.Current().TextSHA256)
		if err == nil {
			s, err = t.snapshot(&f, why)
		}
		return err
	})
	return s, err
}

func (t *tx) snapshot(f *Fixed, why string) (Snapshot, error) {
	have, err := all[Snapshot](t, f.Asking+"/")
	if err != nil {
		return Snapshot{}, err
	}
	for _, s := range have {
		if s.Hash == f.Hash && s.Why == why {
			return s, nil
		}
	}
	s := Snapshot{ID: f.Asking + "/" + newID(), Asking: f.Asking, Version: f.Version, On: t.today, Why: why, Names: len(f.List.Names), Hash: f.Hash, List: f.List}
	return s, save(t, &s)
}

// Snapshots returns the dated lists of an asking. They are private until the statement is published.
func (b *Book) Snapshots(ctx context.Context, asking string) (list []Snapshot, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error { list, err = all[Snapshot](r, asking+"/"); return err })
	return list, err
}

// Changes gives what is to be filed of an asking now; see the function of that name.
func (b *Book) Changes(ctx context.Context, asking string) (list []Change, err error) {
	today := DayOf(b.o.Now())
	err = b.read(ctx, func(r store.PrivateReader) error {
		list = nil
		a, err := load[Asking](r, asking)
		if err != nil || a.Published == nil {
			return err
		}
		es, err := all[Endorsement](r, a.ID+"/")
		if err != nil {
			return err
		}
		orgs, err := organisationsOf(r, es)
		list = Changes(&a, es, orgs, today)
		return err
	})
	return list, err
}

// Filed notes that endorsements are on the public record: in filing number, which is leaf of the log. list is the hash of the statement's list
// where the filing publishes a version, and empty where it files changes. Those that are listed for the first time, or for a new text, are sent
// the link to their receipt. Done again, it changes nothing, and it goes on where it was stopped: each hundred is a transaction of its own, so that
// nobody waits long for thousands, and that the list is published is noted last.
func (b *Book) Filed(ctx context.Context, asking string, version int, list string, endorsed []stocktake.Endorsed, number, leaf int64) error {
	err := b.read(ctx, func(r store.PrivateReader) error {
		a, err := load[Asking](r, asking)
		if err != nil || !a.publishes(version, list) {
			return err
		}
		_, err = a.fixed(version, list, endorsed)
		return err
	})
	if err != nil {
		return err
	}
	for some := range slices.Chunk(endorsed, 100) {
		if err := b.change(ctx, func(t *tx) error { return t.filed(asking, some, number, leaf) }); err != nil {
			return err
		}
	}
	return b.change(ctx, func(t *tx) error {
		a, err := load[Asking](t, asking)
		if err != nil || !a.publishes(version, list) {
			return err
		}
		f, err := a.fixed(version, list, endorsed)
		if err != nil {
			return err
		}
		s, err := t.snapshot(&f, "publication")
		if err != nil {
			return err
		}
		a.Published = &Publication{Version: version, On: t.today, ListHash: list, Snapshot: s.ID}
		return save(t, &a)
	})
}

// publishes reports whether that a list is published is still to be noted.
func (a *Asking) publishes(version int, list string) bool {
	return list != "" && (a.Published == nil || a.Published.Version != version)
}

// fixed makes the list anew from what was filed, and holds it to the hash that was filed.
func (a *Asking) fixed(version int, list string, endorsed []stocktake.Endorsed) (f Fixed, err error) {
	v, ok := a.Version(version)
	if !ok {
		return f, stocktake.NotFoundf("the sign-on has no version %d", version)
	}
	salt, err := hex.DecodeString(a.Salt)
	if err != nil {
		return f, err
	}
	f = Fixed{Asking: a.ID, Version: version, Endorsed: endorsed, Hash: list}
	if f.List, err = ListOf(a.Statement, version, v.TextSHA256, salt, endorsed); err != nil {
		return f, err
	}
	if h, err := f.List.Hash(); err != nil || h != list {
		return f, conflict("the hash that was filed is not that of this list", "give the endorsements as they were filed, with their words")
	}
	return f, nil
}

// filed notes some endorsements as filed.
func (t *tx) filed(asking string, endorsed []stocktake.Endorsed, number, leaf int64) error {
	a, err := load[Asking](t, asking)
	if err != nil {
		return err
	}
	for _, x := range endorsed {
		e, err := load[Endorsement](t, a.ID+"/"+x.ID)
		if err != nil {
			return err
		}
		on := e.Given
		if n := len(e.History); n > 0 && !x.State.Counts() {
			on = e.History[n-1].On
		}
		was := e.Filed
		if was != nil && was.Number >= number {
			continue
		}
		e.Filed = &Filed{State: x.State, On: on, Version: x.Version, Class: x.Authority, Number: number, Leaf: leaf}
		if e.State == WithdrewBefore { // it was taken back while it was being filed
			e.State = WithdrewAfter
		}
		if x.State.Counts() && (was == nil || !was.State.Counts() || was.Version != x.Version) {
			o, _, err := t.known(&e)
			if err != nil {
				return err
			}
			if err := t.tell(&a, &e, &o, MailReceipt, ForReceipt); err != nil {
				return err
			}
		}
		if err := save(t, &e); err != nil {
			return err
		}
	}
	return nil
}
