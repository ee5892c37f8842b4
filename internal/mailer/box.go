package mailer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// A Box is the queue as people see it: what waits, what went wrong, and what to send by hand.
type Box struct {
	Store store.Private
	Now   func() time.Time
}

// An Entry is one letter without its text. To and the moments are zero where the letter is over.
type Entry struct {
	ID       string          `json:"id"`
	State    State           `json:"state"`
	Class    Class           `json:"class"`
	To       address.Address `json:"to,omitzero"`
	Queued   time.Time       `json:"queued,omitzero"`
	Next     time.Time       `json:"next,omitzero"` // when it is tried, where nothing to the same person is before it
	NotAfter time.Time       `json:"not_after,omitzero"`
	Tries    int             `json:"tries"`
	Code     int             `json:"code,omitempty"`    // of the server's last answer
	Problem  string          `json:"problem,omitempty"` // that answer, or what else went wrong
	Day      string          `json:"day,omitempty"`     // when it was over
}

func (r *record) entry() Entry {
	e := Entry{ID: r.id, State: r.State, Class: r.Class, Queued: r.At, NotAfter: r.NotAfter, Tries: r.Tries, Code: r.Code, Problem: r.Problem, Day: r.Day}
	if r.To != nil {
		e.To = *r.To
	}
	if r.State == Queued {
		e.Next = r.Next
	}
	return e
}

// A Letter is an Entry with what a person reads.
type Letter struct {
	Entry
	Subject     string            `json:"subject"`
	Text        string            `json:"text"`
	HTML        string            `json:"html,omitempty"`
	Headers     map[string]string `json:"headers,omitempty"`
	Attachments []Attachment      `json:"attachments,omitempty"`
}

// A Filter says which letters to list. The zero Filter is all.
type Filter struct {
	States []State
	Class  Class
	To     string // an address, in any spelling of it; also of letters that are over
}

// List returns letters in the order in which they were queued, those that are over last, by day.
func (b Box) List(ctx context.Context, f Filter) (list []Entry, err error) {
	states := f.States
	if len(states) == 0 {
		states = States()
	}
	err = b.Store.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list = nil
		hash := ""
		if f.To != "" {
			a, err := address.Parse(f.To)
			if err != nil {
				return err
			}
			book, _, err := readBook(r)
			if err != nil {
				return err
			}
			hash = book.hash("address", a.Canonical())
		}
		type at struct {
			Entry
			seq int64
		}
		var found []at
		for _, s := range states {
			ids, err := r.Find(kind, "state", string(s))
			if err != nil {
				return err
			}
			for _, id := range ids {
				rec, err := load(r, id)
				if err != nil {
					return err
				}
				if (f.Class == "" || rec.Class == f.Class) && (hash == "" || rec.Hash == hash) {
					found = append(found, at{rec.entry(), rec.Seq})
				}
			}
		}
		slices.SortFunc(found, func(a, b at) int {
			if c := strings.Compare(a.Day, b.Day); c != 0 {
				return c
			}
			if a.seq != b.seq {
				return int(a.seq - b.seq)
			}
			return strings.Compare(a.ID, b.ID)
		})
		for _, e := range found {
			list = append(list, e.Entry)
		}
		return nil
	})
	return list, err
}

// Show returns one letter. id may be the beginning of one, where that is enough.
func (b Box) Show(ctx context.Context, id string) (l Letter, err error) {
	err = b.Store.ReadPrivate(ctx, func(r store.PrivateReader) error {
		rec, err := find(r, id)
		if err != nil {
			return err
		}
		l = Letter{Entry: rec.entry()}
		if rec.State.final() {
			return nil
		}
		var t letter
		if _, err := get(r, textKind, rec.id, &t); err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			return err
		}
		l.Subject, l.Text, l.HTML, l.Headers, l.Attachments = t.Subject, t.Text, t.HTML, t.Headers, t.Attachments
		return nil
	})
	return l, err
}

func find(r store.PrivateReader, id string) (*record, error) {
	if len(id) < 4 {
		return nil, stocktake.Invalidf("%q is too short for the id of a letter", id).Hinted("write four characters of it, or more")
	}
	rec, err := load(r, id)
	if stocktake.KindOf(err) == stocktake.NotFound && len(id) < idLength {
		list, err := r.Items(kind, id, 2)
		if err != nil {
			return nil, err
		}
		list = slices.DeleteFunc(list, func(i store.Item) bool { return !strings.HasPrefix(i.ID, id) })
		if len(list) > 1 {
			return nil, stocktake.Invalidf("several letters begin with %q", id).Hinted("write more of the id")
		}
		if len(list) == 1 {
			rec, err = load(r, list[0].ID)
			if err != nil || rec.State != gone {
				return rec, err
			}
		}
	} else if err != nil || rec.State != gone {
		return rec, err
	}
	return nil, stocktake.NotFoundf("there is no letter %q", id).Hinted("`stocktake mail list` shows those that are there")
}

// change finds a letter and changes it in one transaction; afterwards, what was emptied is deleted.
func (b Box) change(ctx context.Context, id string, do func(store.PrivateTx, *record) error) error {
	now := b.Now()
	err := b.Store.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		r, err := find(tx, id)
		if err != nil {
			return err
		}
		return do(tx, r)
	})
	if err != nil {
		return err
	}
	_, err = Sweep(ctx, b.Store, now)
	return err
}

// MarkSent notes that a person has sent the letter by hand. A letter that a Worker has in hand, or that is over, is a Conflict fault.
func (b Box) MarkSent(ctx context.Context, id string) error {
	return b.change(ctx, id, func(tx store.PrivateTx, r *record) error {
		if err := r.free(b.Now()); err != nil {
			return err
		}
		return r.end(tx, ByHand, b.Now())
	})
}

// Drop takes a letter out of the queue for good. Of one that was sent nothing can be taken back: that is a Conflict fault.
func (b Box) Drop(ctx context.Context, id string) error {
	return b.change(ctx, id, func(tx store.PrivateTx, r *record) error {
		if err := r.free(b.Now()); err != nil {
			return err
		}
		return r.end(tx, Dropped, b.Now())
	})
}

// Retry puts a dead letter back into the queue, and makes one that waits due now. One of which it is unknown whether it arrived is a Conflict
// fault unless twice is set: it may then arrive twice.
func (b Box) Retry(ctx context.Context, id string, twice bool) error {
	return b.change(ctx, id, func(tx store.PrivateTx, r *record) error {
		now := b.Now().UTC()
		if err := r.free(now); err != nil {
			return err
		}
		switch {
		case r.State == Unknown && !twice:
			return &stocktake.Fault{Kind: stocktake.Conflict, What: "this letter may have arrived", Hint: "ask the recipient; to send it all the same, add --may-arrive-twice, or drop it"}
		case r.State == Queued:
			return r.later(tx, now, now)
		}
		return r.again(tx, now)
	})
}

// free is a Conflict fault where a person cannot decide about the letter now.
func (r *record) free(now time.Time) error {
	switch {
	case r.State.final():
		return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("this letter is over: %s on %s", r.State, r.Day), Hint: "queue a new one"}
	case (r.State == Leased || r.State == Sending) && now.Before(r.Until):
		return &stocktake.Fault{Kind: stocktake.Conflict, What: "this letter is being sent", Hint: "try again in a few minutes"}
	case r.State == Sending:
		return &stocktake.Fault{Kind: stocktake.Conflict, What: "this letter was being sent when the program stopped", Hint: "it is shown as unknown as soon as a process that sends mail runs again"}
	}
	return nil
}

// Status is the state of the queue as a whole.
type Status struct {
	Counts  map[State]int `json:"counts"`
	Oldest  time.Time     `json:"oldest,omitzero"` // of the letters that still have to go, when it was queued
	Hour    int           `json:"this_hour"`       // letters that were tried since the hour began
	Trouble string        `json:"trouble,omitempty"`
	Since   time.Time     `json:"trouble_since,omitzero"`
	Last    time.Time     `json:"trouble_last,omitzero"`
}

// Status counts what there is.
func (b Box) Status(ctx context.Context) (s Status, err error) {
	err = b.Store.ReadPrivate(ctx, func(r store.PrivateReader) error {
		s = Status{Counts: map[State]int{}}
		for _, state := range States() {
			ids, err := r.Find(kind, "state", string(state))
			if err != nil {
				return err
			}
			if len(ids) > 0 {
				s.Counts[state] = len(ids)
			}
			if !state.pending() {
				continue
			}
			for _, id := range ids {
				rec, err := load(r, id)
				if err != nil {
					return err
				}
				if s.Oldest.IsZero() || rec.At.Before(s.Oldest) {
					s.Oldest = rec.At
				}
			}
		}
		h, _, err := readHour(r, b.Now())
		if err != nil {
			return err
		}
		s.Hour = h.All
		var t server
		if _, err := get(r, metaKind, "server", &t); err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			return err
		}
		s.Trouble, s.Since, s.Last = t.Problem, t.Since, t.Last
		return nil
	})
	return s, err
}

// Lookup returns what is known of the letter with that key; NotFound where there was none, or where it was over more than 30 days ago.
func Lookup(r store.PrivateReader, key string) (Entry, error) {
	book, _, err := readBook(r)
	if err != nil {
		return Entry{}, err
	}
	rec, err := load(r, book.hash("key", key)[:idLength])
	if err == nil && rec.State == gone {
		err = stocktake.NotFoundf("nothing is kept of that letter")
	}
	if err != nil {
		return Entry{}, err
	}
	return rec.entry(), nil
}

// Cancel takes the letter with that key back, within the transaction that takes back what it was about. It reports whether it came in
// time: a letter that is over, may have arrived, or is being sent stays as it is. One that was never queued is in time.
func Cancel(tx store.PrivateTx, key string, now time.Time) (bool, error) {
	book, _, err := readBook(tx)
	if err != nil {
		return false, err
	}
	r, err := load(tx, book.hash("key", key)[:idLength])
	if stocktake.KindOf(err) == stocktake.NotFound {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return r.cancel(tx, now)
}

func (r *record) cancel(tx store.PrivateTx, now time.Time) (bool, error) {
	switch r.State {
	case Queued, Leased, Dead: // who has leased it sees before DATA that it is gone
		return true, r.end(tx, Dropped, now)
	}
	return r.State == Dropped || r.State == Expired, nil
}

// CancelTo takes back all letters to an address, in any spelling of it, that were not given to the server yet, and empties those of which it is
// unknown whether they arrived: for somebody who wants to be forgotten. It returns how many there were.
func CancelTo(tx store.PrivateTx, to address.Address, now time.Time) (n int, err error) {
	book, _, err := readBook(tx)
	if err != nil {
		return 0, err
	}
	hash := book.hash("address", to.Canonical())
	for _, s := range []State{Queued, Leased, Dead, Unknown} {
		ids, err := tx.Find(kind, "state", string(s))
		if err != nil {
			return n, err
		}
		for _, id := range ids {
			r, err := load(tx, id)
			if err != nil {
				return n, err
			}
			if r.Hash != hash {
				continue
			}
			if err := r.end(tx, Dropped, now); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}
