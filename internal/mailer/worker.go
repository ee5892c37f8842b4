package mailer

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	mathrand "math/rand/v2"
	"time"

	"stocktake"
	"stocktake/internal/store"
)

const (
	maxTries   = 20 // with the pauses below, some three days
	firstPause = time.Minute
	longPause  = 6 * time.Hour
	batch      = 20               // letters that a Worker takes at once
	leaseTime  = 10 * time.Minute // how long it has them
	sendTime   = dataTime + 3*time.Minute
)

// A Worker sends what is due. Any number of them may run on one database, in one or many processes.
type Worker struct {
	Store  store.Private
	Config Config
	Now    func() time.Time // time.Now where it is nil
	Log    *slog.Logger     // ids, classes and codes; never addresses or texts. nil: none
	Poll   time.Duration    // how often it looks for work that another process queued; 3 seconds where it is 0

	wake     chan struct{}
	pause    time.Duration // of this Worker, while the server is in trouble
	swept    time.Time
	lease    time.Duration // for tests
	send     time.Duration
	afterOK  func() // for tests: between the server's 250 and our note of it
	beforeOK func() // for tests: between the note "sending" and DATA
}

// Report counts what one pass did.
type Report struct {
	Sent, Later, Dead, Unknown, Expired int
	Trouble                             string // why nothing more could be sent; empty where that was not so
}

func (r *Report) add(s State) {
	switch s {
	case Sent:
		r.Sent++
	case Queued:
		r.Later++
	case Dead:
		r.Dead++
	case Unknown:
		r.Unknown++
	case Expired:
		r.Expired++
	}
}

func (w *Worker) init() {
	if w.Now == nil {
		w.Now = time.Now
	}
	if w.Log == nil {
		w.Log = slog.New(slog.DiscardHandler)
	}
	if w.Poll == 0 {
		w.Poll = 3 * time.Second
	}
	if w.lease == 0 {
		w.lease = leaseTime
	}
	if w.send == 0 {
		w.send = sendTime
	}
	if w.wake == nil {
		w.wake = make(chan struct{}, 1)
	}
}

// NewWorker returns a Worker. With a Config that is not Enabled it sends nothing, and lets go what is too old: letters are then sent by hand.
func NewWorker(st store.Private, c Config, now func() time.Time, log *slog.Logger) *Worker {
	w := &Worker{Store: st, Config: c, Now: now, Log: log}
	w.init()
	return w
}

// Wake makes Run look for work at once. Whoever queued a letter in this process calls it after the commit; it never waits.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends. A letter that was begun then is brought to its end, or to a state from which it goes on, within half a minute.
// Errors are logged and tried again.
func (w *Worker) Run(ctx context.Context) {
	w.init()
	for ctx.Err() == nil {
		r, err := w.Pass(ctx)
		if err != nil && ctx.Err() == nil {
			w.Log.Error("mail: the queue cannot be read or written", "err", err)
		}
		wait := w.Poll
		if r.Sent+r.Later+r.Dead+r.Unknown > 0 && r.Trouble == "" && err == nil {
			wait = 0 // there may be more
		}
		if r.Trouble != "" {
			wait = w.pause
		} else if err == nil {
			w.tidy(ctx, wait == 0)
		}
		var woken <-chan struct{}
		if r.Trouble == "" {
			woken = w.wake
		}
		select {
		case <-ctx.Done():
		case <-woken:
		case <-time.After(wait):
		}
	}
}

// tidy lets go what was sent and what is too old: each minute while there is nothing to do, else every ten.
func (w *Worker) tidy(ctx context.Context, busy bool) {
	since := w.Now().Sub(w.swept)
	if since < time.Minute || busy && since < 10*time.Minute {
		return
	}
	w.swept = w.Now()
	if _, err := Sweep(ctx, w.Store, w.Now()); err != nil && ctx.Err() == nil {
		w.Log.Error("mail: letters that were sent cannot be deleted yet", "err", err)
	}
}

// Pass takes letters that are due, at most 20, and sends them. It returns when each is sent or has another state.
func (w *Worker) Pass(ctx context.Context) (r Report, err error) {
	w.init()
	if !w.Config.Enabled() {
		return r, nil
	}
	jobs, err := w.take(ctx, &r)
	if err != nil || len(jobs) == 0 {
		return r, err
	}
	var s *session
	defer func() { s.close() }()
	for n, j := range jobs {
		if ctx.Err() != nil {
			return r, errors.Join(ctx.Err(), w.release(ctx, jobs[n:]))
		}
		a, err := w.sendOver(ctx, &s, j)
		var t *trouble
		switch {
		case errors.As(err, &t):
			return r, w.inTrouble(ctx, err, jobs[n:], &r)
		case errors.Is(err, errLost): // another Worker has it by now, or a person dropped it
		case err != nil:
			return r, errors.Join(err, w.release(ctx, jobs[n:]))
		default:
			r.add(a.state)
		}
	}
	return r, w.outOfTrouble(ctx)
}

// sendOver sends one letter over the session, and opens one where there is none. A server that ends a connection after so many letters is no
// trouble: the next letter goes over a new one.
func (w *Worker) sendOver(ctx context.Context, s **session, j job) (answer, error) {
	for {
		used := *s != nil
		if !used {
			opened, err := w.Config.open(ctx)
			if err != nil {
				return answer{}, err
			}
			*s = opened
		}
		a, err := w.sendOne(ctx, *s, j)
		if a.cut {
			(*s).drop()
			*s = nil
		}
		var t *trouble
		if used && errors.As(err, &t) && ctx.Err() == nil {
			continue
		}
		return a, err
	}
}

type job struct {
	r *record
	l letter
}

// take leases letters that are due.
func (w *Worker) take(ctx context.Context, out *Report) (jobs []job, err error) {
	due := false
	now := w.Now().UTC()
	err = w.Store.ReadPrivate(ctx, func(r store.PrivateReader) error {
		due = false
		for _, name := range []string{"due-0", "due-1"} {
			ids, err := r.Between(kind, name, "", stamp(now.Add(time.Microsecond)), 1)
			if err != nil {
				return err
			}
			due = due || len(ids) > 0
		}
		return nil
	})
	if err != nil || !due {
		return nil, err
	}
	before := *out
	err = w.Store.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		jobs, *out = nil, before
		h, hourRev, err := readHour(tx, now)
		if err != nil {
			return err
		}
		for _, name := range []string{"due-0", "due-1"} {
			ids, err := tx.Between(kind, name, "", stamp(now.Add(time.Microsecond)), 10*batch)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if len(jobs) == batch {
					break
				}
				j, state, err := w.takeOne(tx, id, &h, now)
				if err != nil {
					return err
				}
				if j != nil {
					jobs = append(jobs, *j)
				} else {
					out.add(state)
				}
			}
		}
		return put(tx, metaKind, "hour", hourRev, now, h)
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

// takeOne leases one letter that is due. Where it does not, it says which state the letter has now.
func (w *Worker) takeOne(tx store.PrivateTx, id string, h *hour, now time.Time) (*job, State, error) {
	r, err := load(tx, id)
	if err != nil {
		return nil, "", err
	}
	if r.State == Sending { // whoever had it did not come back
		r.Problem = "the program stopped while the letter was given to the mail server"
		w.Log.Warn("mail: it is unknown whether a letter arrived", "id", id, "class", r.Class)
		return nil, Unknown, r.stop(tx, Unknown, now)
	}
	if !r.NotAfter.IsZero() && now.After(r.NotAfter) {
		return nil, Expired, r.end(tx, Expired, now)
	}
	if r.Tries >= maxTries {
		return nil, Dead, r.stop(tx, Dead, now)
	}
	if !h.room(r, w.Config) {
		return nil, "", r.later(tx, h.end(), now)
	}
	j := &job{r: r}
	if _, err := get(tx, textKind, id, &j.l); err != nil {
		return nil, "", err
	}
	h.count(r)
	r.State, r.Token, r.Until = Leased, rand.Text(), now.Add(w.lease)
	r.Tries++
	return j, "", r.save(tx, now)
}

var errLost = errors.New("the letter is not this worker's any more")

// sendOne gives one letter to the server and notes what came of it.
func (w *Worker) sendOne(ctx context.Context, s *session, j job) (answer, error) {
	bytes, err := w.Config.compose(j.r.id, j.r.At, *j.r.To, j.l)
	if err != nil {
		a := answer{state: Dead, text: "the letter cannot be made: " + clip(err.Error())}
		return a, w.note(ctx, j.r, a)
	}
	var until time.Time
	mark := func() error {
		var err error
		until, err = w.mark(ctx, j.r)
		if err == nil && w.beforeOK != nil {
			w.beforeOK()
		}
		return err
	}
	// This process may have been held up for long between mark and the end of the letter, and a person may already have decided.
	late := func() bool { return !w.Now().Before(until) }
	a, err := s.give(w.Config.from, *j.r.To, bytes, mark, late)
	if err != nil {
		return a, err
	}
	if a.state == Sent && w.afterOK != nil {
		w.afterOK()
	}
	return a, w.note(ctx, j.r, a)
}

// mark writes down that the letter is about to be given to the server. From then on nobody else sends it.
func (w *Worker) mark(ctx context.Context, mine *record) (until time.Time, err error) {
	err = w.Store.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		now := w.Now().UTC()
		r, err := load(tx, mine.id)
		if stocktake.KindOf(err) == stocktake.NotFound {
			return errLost
		}
		if err != nil {
			return err
		}
		if r.State != Leased || r.Token != mine.Token || !now.Before(r.Until) || !r.NotAfter.IsZero() && now.After(r.NotAfter) {
			return errLost
		}
		until = now.Add(w.send)
		r.State, r.Until = Sending, until
		return r.save(tx, now)
	})
	return until, err
}

// note writes down what the server said. It does not give up while there is hope that this can be written: what is sent must not be
// taken for unknown.
func (w *Worker) note(ctx context.Context, mine *record, a answer) error {
	lasting, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.send)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := w.Store.ChangePrivate(lasting, func(tx store.PrivateTx) error { return w.noteIn(tx, mine, a) })
		if err == nil || errors.Is(err, errLost) {
			return err
		}
		w.Log.Error("mail: what became of a letter cannot be written down yet", "id", mine.id, "err", err)
		select {
		case <-lasting.Done():
			return err
		case <-time.After(pause):
		}
	}
}

func (w *Worker) noteIn(tx store.PrivateTx, mine *record, a answer) error {
	now := w.Now().UTC()
	r, err := load(tx, mine.id)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return errLost
	}
	if err != nil {
		return err
	}
	if r.Token != mine.Token || !(r.State == Leased || r.State == Sending || r.State == Unknown) {
		return errLost // a person has decided meanwhile
	}
	r.Code, r.Problem = a.code, a.text
	if a.state == Queued && r.Tries >= maxTries {
		a.state = Dead
	}
	switch a.state {
	case Sent:
		return r.end(tx, Sent, now)
	case Dead, Unknown:
		w.Log.Warn("mail: a letter was not sent, or it is unknown whether it was", "id", r.id, "class", r.Class, "state", a.state, "code", a.code)
		if r.State == Unknown { // out of its lane already
			r.State = a.state
			return r.save(tx, now)
		}
		return r.stop(tx, a.state, now)
	}
	if r.State == Unknown { // it took too long, and somebody may have sent the next: the end of the lane is its place
		tries := r.Tries
		if err := r.again(tx, now); err != nil {
			return err
		}
		r.Tries, r.ByAPerson = tries, false
	}
	return r.later(tx, now.Add(pauseAfter(r.Tries)), now)
}

// pauseAfter is how long a letter waits after so many tries: a minute, doubled each time up to six hours, and up to a quarter more, so that letters
// that failed together do not come back together.
func pauseAfter(tries int) time.Duration {
	d := longPause
	if tries < 10 {
		d = min(longPause, firstPause<<max(0, tries-1))
	}
	return d + mathrand.N(d/4)
}

// release gives letters back that were not begun.
func (w *Worker) release(ctx context.Context, jobs []job) error {
	if len(jobs) == 0 {
		return nil
	}
	lasting, cancel := context.WithTimeout(context.WithoutCancel(ctx), hurry)
	defer cancel()
	return w.Store.ChangePrivate(lasting, func(tx store.PrivateTx) error {
		now := w.Now().UTC()
		for _, j := range jobs {
			r, err := load(tx, j.r.id)
			if stocktake.KindOf(err) == stocktake.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			if r.State != Leased || r.Token != j.r.Token {
				continue
			}
			r.Tries--
			if err := r.later(tx, r.Next, now); err != nil {
				return err
			}
		}
		return nil
	})
}
