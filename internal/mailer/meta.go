package mailer

import (
	"context"
	"errors"
	"time"

	"stocktake"
	"stocktake/internal/store"
)

// hour counts the letters of one hour, for all Workers together. A try counts, whatever comes of it.
type hour struct {
	Began time.Time      `json:"began"`
	All   int            `json:"all"`
	By    map[string]int `json:"by"` // registrable domain of the recipient
}

func readHour(r store.PrivateReader, now time.Time) (hour, int64, error) {
	var h hour
	rev, err := get(r, metaKind, "hour", &h)
	if stocktake.KindOf(err) == stocktake.NotFound {
		err = nil
	}
	if began := now.UTC().Truncate(time.Hour); !h.Began.Equal(began) || h.By == nil {
		h = hour{Began: began, By: map[string]int{}}
	}
	return h, rev, err
}

// room reports whether a letter may go within this hour.
func (h hour) room(r *record, c Config) bool {
	limit := c.hourly
	if !r.Class.urgent() {
		limit -= limit / 10
	}
	return h.All < limit && h.By[r.Domain] < c.domain
}

func (h *hour) count(r *record) {
	h.All++
	h.By[r.Domain]++
}

func (h hour) end() time.Time { return h.Began.Add(time.Hour) }

// server is what is known of the mail server when it does not take letters.
type server struct {
	Since   time.Time `json:"since,omitzero"`
	Last    time.Time `json:"last,omitzero"`
	Problem string    `json:"problem,omitempty"`
}

// inTrouble gives letters back, untried, writes down why, and lengthens this Worker's pause: half a minute, doubled up to a quarter of an hour.
func (w *Worker) inTrouble(ctx context.Context, why error, jobs []job, r *Report) error {
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), w.release(ctx, jobs))
	}
	r.Trouble = clip(why.Error())
	w.pause = min(max(30*time.Second, 2*w.pause), 15*time.Minute)
	w.Log.Error("mail: nothing can be sent", "why", r.Trouble, "pause", w.pause)
	err := w.release(ctx, jobs)
	now := w.Now().UTC().Truncate(time.Microsecond)
	return errors.Join(err, w.Store.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		var s server
		rev, err := get(tx, metaKind, "server", &s)
		if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			return err
		}
		if s.Since.IsZero() {
			s.Since = now
		}
		s.Last, s.Problem = now, r.Trouble
		return put(tx, metaKind, "server", rev, now, s)
	}))
}

// outOfTrouble writes down that the server takes letters, where it is written that it does not.
func (w *Worker) outOfTrouble(ctx context.Context) error {
	w.pause = 0
	var s server
	err := w.Store.ReadPrivate(ctx, func(r store.PrivateReader) error {
		_, err := get(r, metaKind, "server", &s)
		return err
	})
	if stocktake.KindOf(err) == stocktake.NotFound || err == nil && s.Since.IsZero() {
		return nil
	}
	if err != nil {
		return err
	}
	return w.Store.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		rev, err := get(tx, metaKind, "server", &s)
		if err != nil {
			return err
		}
		return put(tx, metaKind, "server", rev, w.Now(), server{})
	})
}

// Sweep lets go what is over: letters past their NotAfter or 30 days in the queue, the texts of those that ended, and what was kept for 30 days of
// each. It returns how many of these it found. When it returns nil, their bytes are gone from the files of the database.
func Sweep(ctx context.Context, st store.Private, now time.Time) (n int, err error) {
	now = now.UTC()
	to := stamp(now)
	some := false
	err = st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		some = false
		for _, k := range [][3]string{{kind, "until", to}, {kind, "keep", to}, {kind, "spent", "2"}} {
			ids, err := r.Between(k[0], k[1], "", k[2], 1)
			if err != nil {
				return err
			}
			some = some || len(ids) > 0
		}
		return nil
	})
	if err != nil || !some {
		return 0, err
	}
	err = st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		n = 0
		for _, name := range []string{"until", "keep"} {
			ids, err := tx.Between(kind, name, "", to, 0)
			if err != nil {
				return err
			}
			for _, id := range ids {
				r, err := load(tx, id)
				if err != nil {
					return err
				}
				switch {
				case r.State == Leased || r.State == Sending:
					continue // whoever has it looks itself
				case r.State.final() && r.Spent:
					continue // first the text, below
				case r.State.final():
					*r = record{id: r.id, rev: r.rev, State: gone}
					err = r.save(tx, now)
				default:
					err = r.end(tx, Expired, now)
				}
				if err != nil {
					return err
				}
				n++
			}
		}
		ids, err := tx.Between(kind, "spent", "", "2", 0)
		if err != nil {
			return err
		}
		for _, id := range ids {
			r, err := load(tx, id)
			if err != nil {
				return err
			}
			r.Spent = false
			if err := r.save(tx, now); err != nil {
				return err
			}
			if err := tx.Drop(textKind, id); err != nil {
				return err
			}
		}
		n += len(ids)
		if len(ids) > 0 {
			return nil
		}
		// What was overwritten goes from the files with the next Drop, of whatever item: so one is made for that.
		if err := put(tx, metaKind, "swept", 0, now, struct{}{}); err != nil {
			return err
		}
		return tx.Drop(metaKind, "swept")
	})
	return n, err
}

// Restored makes every letter that still had to go unknown: the database comes from a backup, and what waited in it may have been sent since. It
// returns how many there were. Whoever fills a database from a backup calls it before anything else can see the queue.
func Restored(ctx context.Context, st store.Private, now time.Time) (n int, err error) {
	now = now.UTC()
	err = st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		n = 0
		for _, state := range []State{Queued, Leased, Sending} {
			ids, err := tx.Find(kind, "state", string(state))
			if err != nil {
				return err
			}
			for _, id := range ids {
				r, err := load(tx, id)
				if err != nil {
					return err
				}
				r.State, r.First, r.Token = Unknown, false, ""
				r.Problem = "it waited when the backup was made from which this record was restored"
				if err := r.save(tx, now); err != nil {
					return err
				}
				n++
			}
		}
		return nil
	})
	return n, err
}
