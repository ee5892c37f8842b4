package signon

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// Options of New. The zero Options have the machine's clock, no mail and no address.
type Options struct {
	Now     func() time.Time // time.Now where it is nil
	Post    Post             // nil: nothing is mailed, and links are copied by hand
	Address string           // of the site, without a slash at its end
	Gate    GateOptions
}

// A Book keeps askings and what came of them, in the private items of one database. It may be used from many goroutines, and any number of
// processes may have one of the same database.
//
// Kinds of items: signon-asking, -organisation, -merge, -authority, -invitation, -endorsement, -token, -snapshot, -invalidation, -block, -mails
// (how many letters a mailbox got on a day, under an HMAC), -turned (how many forms were over a quota on a day), -key, -pad.
type Book struct {
	items store.Private
	o     Options
	gate  *Gate
}

// New returns the book of a database.
func New(items store.Private, o Options) *Book {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Book{items: items, o: o, gate: NewGate(o.Gate, o.Now)}
}

// Link is the address of the page that a token opens.
func (b *Book) Link(token string) string { return b.o.Address + "/sign/" + token }

// noun is a private item of this package.
type noun[T any] interface {
	*T
	item() (kind, id string, rev *int64)
	keys() []store.Key
}

// tx is one transaction, at one moment.
type tx struct {
	store.PrivateTx
	b     *Book
	now   time.Time
	today Day
}

func (b *Book) change(ctx context.Context, do func(*tx) error) error {
	now := b.o.Now().UTC()
	return b.items.ChangePrivate(ctx, func(p store.PrivateTx) error {
		return do(&tx{PrivateTx: p, b: b, now: now, today: DayOf(now)})
	})
}

func (b *Book) read(ctx context.Context, do func(store.PrivateReader) error) error {
	return b.items.ReadPrivate(ctx, do)
}

// load reads one item; NotFound where there is none.
func load[T any, P noun[T]](r store.PrivateReader, id string) (v T, err error) {
	kind, _, _ := P(&v).item()
	i, err := r.Item(kind, id)
	if err != nil {
		return v, err
	}
	return v, decode[T, P](i, &v)
}

func decode[T any, P noun[T]](i store.Item, v *T) error {
	if err := json.Unmarshal(i.Body, v); err != nil {
		return err
	}
	_, _, rev := P(v).item()
	*rev = i.Rev
	return nil
}

// all reads the items of a kind whose ids begin with prefix, in the order of their ids.
func all[T any, P noun[T]](r store.PrivateReader, prefix string) (list []T, err error) {
	var zero T
	kind, _, _ := P(&zero).item()
	const piece = 1000
	for after := prefix; ; {
		items, err := r.Items(kind, after, piece)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			if !strings.HasPrefix(i.ID, prefix) {
				return list, nil
			}
			var v T
			if err := decode[T, P](i, &v); err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		if len(items) < piece {
			return list, nil
		}
		after = items[len(items)-1].ID
	}
}

// save stores v under the revision that was read, and sets the new one. Only the day is noted.
func save[T any, P noun[T]](t *tx, v P) error {
	kind, id, rev := v.item()
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	n, err := t.Put(store.Item{Kind: kind, ID: id, Rev: *rev, Changed: t.today.start(), Body: body}, v.keys()...)
	if err == nil {
		*rev = n
	}
	return err
}

// newID returns letters and digits that nobody can guess: 130 bits.
func newID() string { return strings.ToLower(rand.Text()) }

// newToken returns what a link ends with, and what is kept of it.
func newToken() (token, hash string) {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, hashToken(token)
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// secret is the key under which forms are signed and mailboxes are counted.
type secret struct {
	ID  string `json:"id"`
	Rev int64  `json:"-"`
	Key []byte `json:"key"`
}

func (s *secret) item() (string, string, *int64) { return "signon-key", s.ID, &s.Rev }

func (s *secret) keys() []store.Key { return nil }

// key returns the secret, and makes it where there is none yet.
func (b *Book) key(ctx context.Context) (k []byte, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error {
		s, err := load[secret](r, "form")
		k = s.Key
		return err
	})
	if stocktake.KindOf(err) != stocktake.NotFound {
		return k, err
	}
	err = b.change(ctx, func(t *tx) (err error) { k, err = t.key(); return err })
	return k, err
}

func (t *tx) key() ([]byte, error) {
	s, err := load[secret](t, "form")
	if stocktake.KindOf(err) == stocktake.NotFound {
		s = secret{ID: "form", Key: make([]byte, 32)}
		rand.Read(s.Key) // never fails
		err = save(t, &s)
	}
	return s.Key, err
}

// keyed is an HMAC of something that must not lie here in clear.
func keyed(key []byte, use, s string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(use + "\x00" + s))
	return hex.EncodeToString(h.Sum(nil)[:20])
}

// mails is how many letters a mailbox got on a day.
type mails struct {
	ID  string `json:"id"` // HMAC of day and mailbox
	Rev int64  `json:"-"`
	Day Day    `json:"day"`
	N   int    `json:"n"`
}

func (m *mails) item() (string, string, *int64) { return "signon-mails", m.ID, &m.Rev }

func (m *mails) keys() []store.Key { return []store.Key{{Name: "day", Value: string(m.Day)}} }

// mayMail counts one letter that a stranger caused, and reports whether it is still within the cap.
func (t *tx) mayMail(to address.Address, most int) (bool, error) {
	key, err := t.key()
	if err != nil {
		return false, err
	}
	id := keyed(key, "mails", string(t.today)+"\x00"+to.Canonical())
	m, err := load[mails](t, id)
	if stocktake.KindOf(err) == stocktake.NotFound {
		m, err = mails{ID: id, Day: t.today}, nil
	}
	if err != nil {
		return false, err
	}
	m.N++
	return m.N <= most, save(t, &m)
}

// A block says that a mailbox gets nothing, or a domain may not use the form.
type block struct {
	ID  string `json:"id"` // HMAC of the mailbox, or the domain
	Rev int64  `json:"-"`
	By  string `json:"by"`
	Day Day    `json:"day"`
}

func (x *block) item() (string, string, *int64) { return "signon-block", x.ID, &x.Rev }

func (x *block) keys() []store.Key { return nil }

// Block shuts a mailbox, or all of a domain, out of the forms: what it sends is answered as any other and goes nowhere.
func (b *Book) Block(ctx context.Context, by By, mailboxOrDomain string) error {
	if by.Actor != Convenor {
		return forbidden("only a convenor can shut somebody out", "")
	}
	return b.change(ctx, func(t *tx) error {
		id, err := t.blockID(mailboxOrDomain)
		if err != nil {
			return err
		}
		if _, err := load[block](t, id); stocktake.KindOf(err) != stocktake.NotFound {
			return err
		}
		return save(t, &block{ID: id, By: by.ID, Day: t.today})
	})
}

// Unblock lets it in again.
func (b *Book) Unblock(ctx context.Context, by By, mailboxOrDomain string) error {
	if by.Actor != Convenor {
		return forbidden("only a convenor can let somebody in again", "")
	}
	return b.change(ctx, func(t *tx) error {
		id, err := t.blockID(mailboxOrDomain)
		if err != nil {
			return err
		}
		if err := t.Drop("signon-block", id); stocktake.KindOf(err) != stocktake.NotFound {
			return err
		}
		return nil
	})
}

func (t *tx) blockID(s string) (string, error) {
	key, err := t.key()
	if err != nil {
		return "", err
	}
	if strings.Contains(s, "@") {
		a, err := address.Parse(s)
		return keyed(key, "block", a.Canonical()), err
	}
	d, err := address.Domain(s)
	return keyed(key, "block", "@"+d), err
}

// blocked looks for both, always.
func (t *tx) blocked(a address.Address) (bool, error) {
	key, err := t.key()
	if err != nil {
		return false, err
	}
	d, _ := a.Registrable()
	found := false
	for _, s := range []string{a.Canonical(), "@" + d} {
		_, err := load[block](t, keyed(key, "block", s))
		if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			return false, err
		}
		found = found || err == nil
	}
	return found, nil
}

// post queues a message for a mailbox with a link to token (or none).
func (t *tx) post(a *Asking, kind MessageKind, key, to, lang, organisation, token string) error {
	if t.b.o.Post == nil || to == "" {
		return nil
	}
	m := Message{Key: "signon/" + string(kind) + "/" + key, Kind: kind, To: to, Lang: lang, Asks: a.Asks, Organisation: organisation, Closes: a.Closes, Token: token}
	if kind == MailReconfirm {
		m.Closes = a.Current().Confirm
	}
	if token != "" {
		m.Link = t.b.Link(token)
	}
	m.Write()
	return t.b.o.Post(t.PrivateTx, m)
}
