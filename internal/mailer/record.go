package mailer

import (
	"fmt"
	"time"

	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// Kinds of private items.
const (
	kind     = "mail"      // one a letter, a record; what stays when the letter is gone
	textKind = "mail-text" // one a letter, under the same id: what a person reads
	metaKind = "mail-meta" // book, hour, server
	idLength = 24
)

// State says how far a letter is.
type State string

const (
	Queued  State = "queued"
	Leased  State = "leased"
	Sending State = "sending"
	Dead    State = "dead"
	Unknown State = "unknown"

	Sent    State = "sent"    // the server took it
	ByHand  State = "by hand" // a person says that it was sent
	Expired State = "expired" // NotAfter came first, or 30 days
	Dropped State = "dropped" // a person, or the thing that it was about, took it back
	Bounced State = "bounced" // sent, and came back

	gone State = "gone" // nothing is known but that there was a letter with that key
)

// States lists those that a letter can be seen in, in the order of its way.
func States() []State {
	return []State{Queued, Leased, Sending, Dead, Unknown, Sent, ByHand, Expired, Dropped, Bounced}
}

// pending letters still have to go, and keep their place before later ones to the same person.
func (s State) pending() bool { return s == Queued || s == Leased || s == Sending }

// final letters have no text any more.
func (s State) final() bool { return !s.pending() && s != Dead && s != Unknown }

// record is the body of an item of the kind mail.
type record struct {
	id  string
	rev int64

	State State     `json:"state"`
	Class Class     `json:"class,omitempty"`
	At    time.Time `json:"at,omitzero"` // when it was queued; the Date of the letter
	Seq   int64     `json:"seq,omitempty"`

	To       *address.Address `json:"to,omitempty"`
	Hash     string           `json:"hash,omitempty"`   // of the canonical address, with the salt of the book
	Lane     string           `json:"lane,omitempty"`   // equal for letters whose order is kept
	Domain   string           `json:"domain,omitempty"` // of the recipient, as registered
	NotAfter time.Time        `json:"not_after,omitzero"`

	First     bool      `json:"first,omitempty"` // of its lane: nothing is before it
	Next      time.Time `json:"next,omitzero"`   // not before
	Tries     int       `json:"tries,omitempty"`
	Token     string    `json:"token,omitempty"` // of the Worker that has it, or had it last
	Until     time.Time `json:"until,omitzero"`  // how long that one has it
	Code      int       `json:"code,omitempty"`  // of the server's last answer
	Problem   string    `json:"problem,omitempty"`
	ByAPerson bool      `json:"by_a_person,omitempty"` // tried again because a person asked for it

	Day   string `json:"day,omitempty"`   // when it ended: 2026-11-23
	Spent bool   `json:"spent,omitempty"` // it ended, and its text is still to be deleted
}

// stamp is a moment as it stands in keys: sorted by their bytes, they are sorted by time.
func stamp(t time.Time) string { return fmt.Sprintf("%017d", max(0, t.UnixMicro())) }

func load(r store.PrivateReader, id string) (*record, error) {
	rec := &record{id: id}
	rev, err := get(r, kind, id, rec)
	if err != nil {
		return nil, err
	}
	rec.rev = rev
	return rec, nil
}

// due is the name of the key by which a Worker finds what it has to do.
func (r *record) due() string {
	if r.Class.urgent() {
		return "due-0"
	}
	return "due-1"
}

// save stores the record with the keys that its state needs.
func (r *record) save(tx store.PrivateTx, now time.Time) error {
	keys := []store.Key{{Name: "state", Value: string(r.State)}}
	add := func(name, format string, args ...any) {
		keys = append(keys, store.Key{Name: name, Value: fmt.Sprintf(format, args...)})
	}
	changed := now
	switch {
	case r.State == gone:
		keys, changed = nil, time.Unix(0, 0) // not even the day
	case r.State.final():
		day, err := time.Parse(time.DateOnly, r.Day)
		if err != nil {
			return err
		}
		add("keep", "%s", stamp(day.Add(Keep)))
		if r.Spent {
			add("spent", "1")
		}
	default:
		add("keep", "%s", stamp(r.At.Add(Keep)))
	}
	if r.State.pending() {
		add("lane", "%s/%016d", r.Lane, r.Seq)
		if !r.NotAfter.IsZero() {
			add("until", "%s", stamp(r.NotAfter))
		}
		switch {
		case r.State != Queued:
			add(r.due(), "%s/%016d", stamp(r.Until), r.Seq)
		case r.First:
			add(r.due(), "%s/%016d", stamp(r.Next), r.Seq)
		}
	}
	if err := put(tx, kind, r.id, r.rev, changed, r, keys...); err != nil {
		return err
	}
	r.rev++
	return nil
}

// end closes the record with a final state: address, name and all else that is not to stay is emptied, the text is no longer shown and left for the
// next Sweep, and the next letter to the same person gets its turn.
func (r *record) end(tx store.PrivateTx, as State, now time.Time) error {
	lane, pending := r.Lane, r.State.pending()
	*r = record{id: r.id, rev: r.rev, State: as, Class: r.Class, Hash: r.Hash, Day: now.UTC().Format(time.DateOnly), Spent: true}
	if err := r.save(tx, now); err != nil || !pending {
		return err
	}
	return nextInLane(tx, lane, now)
}

// stop takes the letter out of the queue as dead or unknown; its text stays, for a person to decide.
func (r *record) stop(tx store.PrivateTx, as State, now time.Time) error {
	r.State, r.First = as, false
	if err := r.save(tx, now); err != nil {
		return err
	}
	return nextInLane(tx, r.Lane, now)
}

// later puts the letter back into the queue, with its place in the order.
func (r *record) later(tx store.PrivateTx, next, now time.Time) error {
	r.State, r.Next, r.Token, r.Until = Queued, next, "", time.Time{}
	return r.save(tx, now)
}

// nextInLane gives the first letter that is left in a lane its turn.
func nextInLane(tx store.PrivateTx, lane string, now time.Time) error {
	ids, err := tx.Between(kind, "lane", lane+"/", lane+"0", 1) // '0' is the byte after '/'
	if err != nil || len(ids) == 0 {
		return err
	}
	r, err := load(tx, ids[0])
	if err != nil || r.First {
		return err
	}
	r.First = true
	return r.save(tx, now)
}

// again puts a dead or unknown letter at the end of its lane.
func (r *record) again(tx store.PrivateTx, now time.Time) error {
	b, rev, err := readBook(tx)
	if err != nil {
		return err
	}
	b.Last++
	if err := put(tx, metaKind, "book", rev, now, b); err != nil {
		return err
	}
	before, err := tx.Between(kind, "lane", r.Lane+"/", r.Lane+"0", 1)
	if err != nil {
		return err
	}
	r.Seq, r.First, r.Tries, r.ByAPerson = b.Last, len(before) == 0, 0, true
	return r.later(tx, now, now)
}
