package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/store"
)

// How long a session lasts: unused, and at most.
const (
	idleDays = 14
	mostDays = 90
)

// A Session is a browser in which somebody is signed in. Nothing about the browser is kept, and of time the days alone.
type Session struct {
	ID      string   `json:"id"` // SHA-256 of its token, hexadecimal
	Person  PersonID `json:"person"`
	How     string   `json:"how"`  // link, invitation or passkey
	Made    string   `json:"made"` // civil days, UTC
	Used    string   `json:"used"`
	Expires string   `json:"expires"` // the last day on which it can be used
	Ended   bool     `json:"ended"`

	rev int64
}

// open reports whether a session can be used on a day.
func (s Session) open(today string) bool {
	return !s.Ended && today <= s.Expires && today <= addDays(s.Used, idleDays)
}

// Until is the last day on which the session can be used if it is not used before.
func (s Session) Until() string { return min(s.Expires, addDays(s.Used, idleDays)) }

func addDays(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return dayOf(t.AddDate(0, 0, n))
}

// SignedIn is what a sign-in gives: a token for the cookie, which is in no other place.
type SignedIn struct {
	Token  string
	Person Person
	Next   string // page of the site to go to; may be empty
	Fresh  bool   // the first link that was mailed came back: passkeys and sessions from before are gone
}

// begin starts a session, and ends the one that the browser had before: its token is never that of somebody who was not signed in.
func (p *People) begin(tx store.PrivateTx, who Person, how, before string) (SignedIn, error) {
	if before != "" {
		if err := p.endOne(tx, hashed(before)); err != nil {
			return SignedIn{}, err
		}
	}
	token, today := newToken(), p.today()
	s := Session{ID: hashed(token), Person: who.ID, How: how, Made: today, Used: today, Expires: addDays(today, mostDays)}
	if err := p.saveSession(tx, s); err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Token: token, Person: who}, nil
}

func (p *People) saveSession(tx store.PrivateTx, s Session) error {
	return save(tx, kindSession, s.ID, s.rev, p.day(), s, store.Key{Name: "person", Value: string(s.Person)})
}

func sessionOf(r store.PrivateReader, id string) (s Session, err error) {
	s.rev, err = load(r, kindSession, id, &s)
	return s, err
}

// ByToken returns who is signed in with a token; ok is false where nobody is. It notes the day, which is stored once a day.
func (p *People) ByToken(ctx context.Context, token string) (who Person, s Session, ok bool, err error) {
	today := p.today()
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		if s, err = sessionOf(r, hashed(token)); err == nil {
			who, err = personOf(r, s.Person)
		}
		return err
	})
	if absent(err) || err == nil && !s.open(today) {
		return Person{}, Session{}, false, nil
	}
	if err != nil {
		return Person{}, Session{}, false, err
	}
	if s.Used != today {
		err = p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
			now, err := sessionOf(tx, s.ID)
			if err != nil || !now.open(today) {
				return err
			}
			now.Used = today
			return p.saveSession(tx, now)
		})
		if err != nil { // somebody else is writing, or this store is for reading only: the session holds all the same
			switch stocktake.KindOf(err) {
			case stocktake.Busy, stocktake.Conflict, stocktake.Forbidden:
			default:
				return Person{}, Session{}, false, err
			}
		}
	}
	return who, s, true, nil
}

// Sessions returns the sessions of a person that can be used, the last used first.
func (p *People) Sessions(ctx context.Context, id PersonID) (list []Session, err error) {
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list, err = p.sessions(r, id)
		return err
	})
	return list, err
}

func (p *People) sessions(r store.PrivateReader, id PersonID) (list []Session, err error) {
	ids, err := r.Find(kindSession, "person", string(id))
	if err != nil {
		return nil, err
	}
	for _, i := range ids {
		s, err := sessionOf(r, i)
		if err != nil {
			return nil, err
		}
		if s.open(p.today()) {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b Session) int {
		if c := strings.Compare(b.Used, a.Used); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, nil
}

// SignOut ends the session of a token.
func (p *People) SignOut(ctx context.Context, token string) error {
	return p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error { return p.endOne(tx, hashed(token)) })
}

// EndSession ends one session of a person; one that is not theirs is a NotFound fault.
func (p *People) EndSession(ctx context.Context, who PersonID, session string) error {
	return p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		s, err := sessionOf(tx, session)
		if absent(err) || err == nil && s.Person != who {
			return stocktake.NotFoundf("there is no such session").Hinted("it may have ended")
		}
		if err != nil {
			return err
		}
		return p.endOne(tx, session)
	})
}

// EndSessions ends all sessions and open links of a person, apart from the session of the token keep, and returns how many sessions it
// ended.
func (p *People) EndSessions(ctx context.Context, who PersonID, keep string) (n int, err error) {
	if keep != "" {
		keep = hashed(keep)
	}
	err = p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		n, err = p.endAll(tx, who, keep)
		return err
	})
	return n, err
}

// EndEverySession ends what anybody could come in with: all sessions and links. A database that comes from a backup may hold some that were
// ended since.
func (p *People) EndEverySession(ctx context.Context) error {
	return p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		for _, kind := range []string{kindSession, kindLink, kindCeremony, kindInvitation} {
			items, err := tx.Items(kind, "", 0)
			if err != nil {
				return err
			}
			for _, it := range items {
				if err := tx.Drop(kind, it.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (p *People) endAll(tx store.PrivateTx, who PersonID, keep string) (n int, err error) {
	ids, err := tx.Find(kindSession, "person", string(who))
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		s, err := sessionOf(tx, id)
		if err != nil {
			return n, err
		}
		if id == keep {
			continue
		}
		if s.open(p.today()) {
			n++
		}
		if err := p.endOne(tx, id); err != nil {
			return n, err
		}
	}
	links, err := tx.Find(kindLink, "person", string(who))
	if err != nil {
		return n, err
	}
	for _, id := range links {
		if err := p.useUp(tx, id); err != nil {
			return n, err
		}
	}
	return n, nil
}

// endOne marks a session as ended, if there is one.
func (p *People) endOne(tx store.PrivateTx, id string) error {
	s, err := sessionOf(tx, id)
	if absent(err) || err == nil && s.Ended {
		return nil
	}
	if err != nil {
		return err
	}
	s.Ended = true
	return p.saveSession(tx, s)
}
