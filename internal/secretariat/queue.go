package secretariat

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// An Entry is what somebody outside sent about the record: a correction, an answer to a call, a state's reply. It is private, and shows nowhere
// before somebody of the record's desk takes it up. Of time, only the day is kept.
type Entry struct {
	ID     string            `json:"id"`
	Kind   EntryKind         `json:"kind"`
	About  About             `json:"about"`
	Words  string            `json:"words"`            // what is wrong; what was done; the reply itself
	Source string            `json:"source,omitempty"` // where it can be read: an address, or the name of a document
	Quote  string            `json:"quote,omitempty"`  // the source's words
	Lang   string            `json:"lang,omitempty"`   // of the reply
	Date   string            `json:"date,omitempty"`   // as typed
	Status string            `json:"status,omitempty"` // what it is to the call, as the sender sees it
	Party  stocktake.PartyID `json:"party,omitempty"`  // who answered a call, or who replies
	Office string            `json:"office,omitempty"` // that replies
	Sender Sender            `json:"sender"`
	Box    *Mailbox          `json:"box,omitempty"` // of a reply by mail
	Day    string            `json:"day"`
	State  EntryState        `json:"state"`
	Ground string            `json:"ground,omitempty"` // why it was declined: one of Grounds
	By     string            `json:"by,omitempty"`     // person who decided
	Closed string            `json:"closed,omitempty"` // day of that
	// Proposal is what was made of it, and Filings what became of that.
	Proposal string  `json:"proposal,omitempty"`
	Filings  []int64 `json:"filings,omitempty"`
	Rev      int64   `json:"-"`
}

// EntryKind is what an entry is.
type EntryKind string

// The kinds of entry.
const (
	Correction EntryKind = "correction"
	CallAnswer EntryKind = "answer to a call"
	StateReply EntryKind = "reply of a state"
)

// EntryState is where an entry stands.
type EntryState string

// The states of an entry.
const (
	EntryWaiting  EntryState = "waiting"
	EntryTaken    EntryState = "taken up"
	EntryFiled    EntryState = "on the record"
	EntryDeclined EntryState = "declined"
)

// About is what on the record an entry is about.
type About struct {
	Kind  string `json:"kind"` // act, standing, statement, call, instrument or party
	ID    string `json:"id"`   // its id; of a standing the instrument's and the party's, with a slash between
	Title string `json:"title"`
	Page  string `json:"page"` // its public page
}

// Sender is what somebody left to be told by. It is deleted some weeks after the entry was decided on.
type Sender struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

// Mailbox is what shows that a reply comes from a government.
type Mailbox struct {
	Email  string `json:"email,omitempty"` // deleted as the sender is
	Domain string `json:"domain"`
	Basis  string `json:"basis,omitempty"`  // the source that names the domain as its government's, once the link was opened
	Proved string `json:"proved,omitempty"` // day on which it was
}

// Proved reports whether a reply came from a mailbox at a domain known as its government's.
func (e *Entry) Proved() bool { return e.Box != nil && e.Box.Proved != "" }

// Stands reports whether an entry can be taken up as it is: a reply needs a mailbox that was shown to be the government's, or a source.
func (e *Entry) Stands() bool { return e.Kind != StateReply || e.Proved() || e.Source != "" }

// Grounds are the classes of reason for which an entry is declined. Nobody writes a text about a stranger.
func Grounds() []string {
	return []string{"on the record already", "the source does not say it", "no source that can be checked", "not about this record", "an opinion, not a fact", "sent before", "abuse"}
}

// How long what strangers send is kept, in days.
const (
	senderKept = 30  // name and address, after the entry was decided on
	senderMost = 365 // and at most, where nobody decides
	entryKept  = 180 // the entry, after it was decided on
	linkKept   = 14  // a link to a mailbox
	mostQueue  = 5000
)

const (
	kindEntry  = "queue-entry"
	kindLink   = "queue-link"
	kindSecret = "queue-secret"
)

// Letter is mail to somebody who is no account.
type Letter struct{ Key, To, Subject, Text string }

// Poster queues a letter in a transaction.
type Poster func(tx store.PrivateTx, l Letter) error

// midnight is the time that items of strangers carry: the day alone.
func (o *Office) midnight() time.Time { return o.now().UTC().Truncate(24 * time.Hour) }

func getEntry(r store.PrivateReader, id string) (*Entry, error) {
	e, rev, err := get[Entry](r, kindEntry, id)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return nil, stocktake.NotFoundf("there is no such entry in the queue").Hinted("entries are deleted %d days after they were decided on", entryKept)
	}
	e.Rev = rev
	return &e, err
}

// putEntry stores an entry with the day on which something of it is next to be forgotten.
func (o *Office) putEntry(tx store.PrivateTx, e *Entry) (err error) {
	known := e.Sender != (Sender{}) || e.Box != nil && e.Box.Email != ""
	until := ""
	from := e.Day
	days := senderMost
	if e.Closed != "" {
		from, days = e.Closed, entryKept
		if known {
			days = senderKept
		}
	} else if !known {
		days = 0
	}
	if t, err := time.Parse(time.DateOnly, from); err == nil && days > 0 {
		until = t.AddDate(0, 0, days).Format(time.DateOnly)
	}
	keys := []store.Key{{Name: "state", Value: string(e.State)}}
	if until != "" {
		keys = append(keys, store.Key{Name: "until", Value: until})
	}
	e.Rev, err = putDay(tx, o.midnight(), kindEntry, e.ID, e.Rev, e, keys...)
	return err
}

// clean puts what a stranger typed into one form, and refuses what is too long.
func (e *Entry) clean() error {
	for _, f := range []struct {
		name string
		s    *string
		most int
		long bool
	}{{"what you write", &e.Words, 4000, true}, {"the source", &e.Source, 500, false}, {"the quotation", &e.Quote, 1000, true}, {"the date", &e.Date, 40, false},
		{"the office", &e.Office, 200, false}, {"the name", &e.Sender.Name, 120, false}, {"the language", &e.Lang, 20, false}} {
		if f.long {
			*f.s = strings.TrimSpace(Tidy(*f.s))
		} else {
			*f.s = strings.Join(strings.Fields(Tidy(*f.s)), " ")
		}
		if n := len([]rune(*f.s)); n > f.most {
			return stocktake.Invalidf("%s has %d characters; at most %d fit", f.name, n, f.most)
		}
	}
	if e.Words == "" {
		return stocktake.Invalidf("nothing is written").Hinted("say in a few sentences what it is about")
	}
	if e.Kind != CallAnswer {
		e.Status = ""
	} else if !slices.Contains(stocktake.ReadingStatuses(), e.Status) {
		return stocktake.Invalidf("it is not said what the answer is").Hinted("choose one of the list")
	}
	if e.Kind == CallAnswer && e.Source == "" {
		return stocktake.Invalidf("there is no source").Hinted("say where it can be read: the address of a page, or the name of a document and its date")
	}
	if e.Date != "" {
		if _, err := stocktake.ParseDate(e.Date); err != nil {
			return err
		}
	}
	if e.Lang != "" && !isLang(e.Lang) {
		return stocktake.Invalidf("%q is no language", e.Lang).Hinted("write its code, such as en or es")
	}
	if e.Sender.Email != "" {
		a, err := address.Parse(e.Sender.Email)
		if err != nil {
			return err
		}
		e.Sender.Email = a.String()
	}
	return nil
}

// Ready puts what was typed into one form, and refuses what Receive would.
func (e *Entry) Ready() error {
	if err := e.clean(); err != nil || e.Kind != StateReply {
		return err
	}
	if e.Box != nil && e.Box.Email != "" {
		_, err := address.Parse(e.Box.Email)
		return err
	}
	if e.Source == "" {
		return stocktake.Invalidf("nothing shows that this is the government's reply").Hinted("name a mailbox at a domain of the government, to which a link is mailed, or where the reply can be read")
	}
	return nil
}

// Receive puts what somebody sent into the queue. Whether a mailbox is at a domain known as its government's is never told: the answer is
// the same. post is nil where no mail leaves the site.
func (o *Office) Receive(ctx context.Context, e Entry, link func(token string) string, post Poster) error {
	if err := e.Ready(); err != nil {
		return err
	}
	if e.Kind == StateReply && e.Box != nil && e.Box.Email != "" {
		a, err := address.Parse(e.Box.Email)
		if err != nil {
			return err
		}
		e.Box = &Mailbox{Email: a.String(), Domain: a.Domain}
	} else {
		e.Box = nil
	}
	e.ID, e.Day, e.State, e.Rev = newID(), o.day(), EntryWaiting, 0
	e.Closed, e.By, e.Proposal, e.Filings, e.Ground = "", "", "", nil, ""
	return o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		ids, err := tx.Find(kindEntry, "state", string(EntryWaiting))
		if err != nil {
			return err
		}
		if len(ids) >= mostQueue {
			return &stocktake.Fault{Kind: stocktake.Busy, What: "too much waits here already", Hint: "try again in some days, or write to the contact of this site"}
		}
		e.Rev = 0
		if err := o.putEntry(tx, &e); err != nil || e.Box == nil || post == nil {
			return err
		}
		d, err := o.governs(tx, e.Box.Domain, e.Party)
		if err != nil || d == nil {
			return err
		}
		return o.mailLink(tx, &e, link, post)
	})
}

// mailLink makes a link for the mailbox of a reply and mails it, at most three times a day to one mailbox.
func (o *Office) mailLink(tx store.PrivateTx, e *Entry, link func(token string) string, post Poster) error {
	day := o.day() + " " + hashOf(strings.ToLower(e.Box.Email))
	ids, err := tx.Find(kindLink, "to", day)
	if err != nil || len(ids) >= 3 {
		return err
	}
	token, err := o.newLink(tx, e.ID, store.Key{Name: "to", Value: day})
	if err != nil {
		return err
	}
	return post(tx, Letter{Key: "queue-link/" + hashOf(token), To: e.Box.Email, Subject: "A reply in the name of a government: is it yours?",
		Text: "Somebody wrote a reply on this record of what governments undertook, and gave this mailbox as that of the government:\n\n" + e.About.Title + "\n\nIf this was you, open the link and press the button there. The reply is then looked at by those who keep the record. The link works for " + itoa(linkKept) + " days.\n\n" + link(token) + "\n\nIf it was not you, do nothing: without the button the reply counts for nothing.\n"})
}

func (o *Office) newLink(tx store.PrivateTx, entry string, keys ...store.Key) (string, error) {
	var b [32]byte
	rand.Read(b[:]) // never fails
	token := base64.RawURLEncoding.EncodeToString(b[:])
	keys = append(keys, store.Key{Name: "until", Value: o.in(linkKept)}, store.Key{Name: "entry", Value: entry})
	_, err := putDay(tx, o.midnight(), kindLink, hashOf(token), 0, boxLink{Entry: entry, Until: o.in(linkKept)}, keys...)
	return token, err
}

// boxLink is what is kept of a link to a mailbox.
type boxLink struct {
	Entry string `json:"entry"`
	Until string `json:"until"`
}

func hashOf(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

var noBoxLink = stocktake.NotFoundf("this link does not work").Hinted("it may be cut off or too old: open it from the letter again, or send the reply anew")

// Linked reports whether a link to a mailbox opens something. It changes nothing.
func (o *Office) Linked(ctx context.Context, token string) (e *Entry, err error) {
	err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error { e, err = o.linked(r, token); return err })
	return e, err
}

func (o *Office) linked(r store.PrivateReader, token string) (*Entry, error) {
	k, _, err := get[boxLink](r, kindLink, hashOf(token))
	if stocktake.KindOf(err) == stocktake.NotFound || err == nil && o.day() > k.Until {
		return nil, noBoxLink
	}
	if err != nil {
		return nil, err
	}
	e, err := getEntry(r, k.Entry)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return nil, noBoxLink
	}
	return e, err
}

// Prove notes that the mailbox of a reply was opened, where its domain is known as the government's. Done again, it changes nothing.
func (o *Office) Prove(ctx context.Context, token string) error {
	return o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		e, err := o.linked(tx, token)
		if err != nil {
			return err
		}
		if e.Box == nil || e.Proved() {
			return nil
		}
		d, err := o.governs(tx, e.Box.Domain, e.Party)
		if err != nil {
			return err
		}
		if d == nil {
			return noBoxLink
		}
		e.Box.Proved, e.Box.Basis = o.day(), d.Source
		return o.putEntry(tx, e)
	})
}

// putDay is put with a time of its own.
func putDay(tx store.PrivateTx, at time.Time, kind, id string, rev int64, v any, keys ...store.Key) (int64, error) {
	return (&Office{now: func() time.Time { return at }}).put(tx, kind, id, rev, v, keys...)
}

// FormKey is the key under which the public forms of the queue are signed. It is made once.
func (o *Office) FormKey(ctx context.Context) (key []byte, err error) {
	read := func(r store.PrivateReader) error { key, _, err = get[[]byte](r, kindSecret, "form"); return err }
	if err = o.items.ReadPrivate(ctx, read); stocktake.KindOf(err) != stocktake.NotFound {
		return key, err
	}
	err = o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		if err := read(tx); stocktake.KindOf(err) != stocktake.NotFound {
			return err
		}
		key = make([]byte, 32)
		rand.Read(key) // never fails
		_, err := putDay(tx, o.midnight(), kindSecret, "form", 0, key)
		return err
	})
	return key, err
}
