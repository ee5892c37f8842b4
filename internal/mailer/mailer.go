// Package mailer sends mail: each letter once, or not at all, or to be looked at by a person.
//
// Queue puts a letter into the queue within the caller's transaction, so that it exists exactly when the thing that it is about does. A Worker
// sends what is due by SMTP; any number of them, in any number of processes, may work on one database. Where there is no mail server, the
// letters wait in a Box, to be copied and sent by hand. Both are the same queue.
//
// A letter's way, and what a crash leaves at each step:
//
//	queued   nobody has it; its turn comes when it is due and nothing to the same person is before it
//	leased   a Worker has it until some moment. A crash here: it is due again at that moment, and nothing was sent
//	sending  the Worker is about to give it to the server, or has. A crash here: at that moment it becomes unknown
//	sent     the server has taken it. Text, address and name are gone; class, day, outcome and a hash of the address stay for 30 days
//	dead     the server refused it for good, or it was tried too often. A person may look at it, try again, or drop it
//	unknown  it may have arrived. It is never sent again by itself: a person decides
//
// What is never done is to send a letter twice without a person having asked for it. The order to one person is kept, except that links for
// signing in do not wait behind other letters, and that a letter that is dead or unknown holds nobody up.
package mailer

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/textproto"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// Class is what a letter is for. It is what stays of it.
type Class string

const (
	Invitation   Class = "invitation"
	Confirmation Class = "confirmation"
	Reminder     Class = "reminder"
	Receipt      Class = "receipt"
	Press        Class = "press"
	SignIn       Class = "sign-in"
)

// Classes lists all classes.
func Classes() []Class { return []Class{Invitation, Confirmation, Reminder, Receipt, Press, SignIn} }

// urgent letters go before others, and a tenth of the hourly limit is kept for them: somebody sits and waits.
func (c Class) urgent() bool { return c == SignIn || c == Confirmation }

// Limits of a letter.
const (
	maxSubject     = 250 // characters
	maxText        = 256 << 10
	maxAttachments = 5 << 20 // all together
	maxHeader      = 900     // bytes; a line of mail has at most 998
)

// Keep is how long anything at all about a letter stays: its text while nobody sent it, its class, day and outcome afterwards.
const Keep = 30 * 24 * time.Hour

// A Message is a letter to one recipient.
type Message struct {
	// Key names the letter for ever: of all letters with one key, the first alone is queued. Its hash is kept for good, so it must hold no
	// address and no name, but ids: invitation/7f3a/2.
	Key   string
	Class Class
	To    string // one address, with or without a name: Ana Ruiz <ana@example.org>
	// Subject is one line. Text is plain text, in UTF-8, and always there; HTML may be empty, and says the same.
	Subject, Text, HTML string
	// Headers may hold List-Unsubscribe, List-Unsubscribe-Post, List-Id, Reply-To, In-Reply-To and References.
	Headers     map[string]string
	Attachments []Attachment
	NotAfter    time.Time // when it is no use any more, and is not sent; zero: never
	At          time.Time // when it was written; now where it is zero
}

// An Attachment is a file that goes with a letter.
type Attachment struct {
	Name  string `json:"name"`
	Type  string `json:"type"` // such as application/pdf
	Bytes []byte `json:"bytes"`
}

// Queue puts m into the queue, once for each Key: where a letter with that key was queued before, whatever became of it, nothing happens.
// What no mail can be made of is an Invalid fault, which does not repeat address or text. It is the caller's transaction that decides
// whether the letter exists.
func Queue(tx store.PrivateTx, m Message) error {
	if m.Key == "" || len(m.Key) > store.MaxName || !utf8.ValidString(m.Key) {
		return stocktake.Invalidf("the key of a letter is empty, too long, or no text")
	}
	to, l, err := check(&m)
	if err != nil {
		return err
	}
	book, bookRev, err := readBook(tx)
	if err != nil {
		return err
	}
	id := book.hash("key", m.Key)[:idLength]
	if _, err := tx.Item(kind, id); stocktake.KindOf(err) != stocktake.NotFound {
		return err // known, or the store failed
	}
	at := m.At.UTC().Truncate(time.Microsecond)
	if m.At.IsZero() {
		at = time.Now().UTC().Truncate(time.Microsecond)
	}
	book.Last++
	if err := put(tx, metaKind, "book", bookRev, at, book); err != nil {
		return err
	}
	r := record{id: id, State: Queued, Class: m.Class, At: at, Seq: book.Last, To: &to, Hash: book.hash("address", to.Canonical()), NotAfter: m.NotAfter.UTC(), Next: at}
	r.Lane = book.hash("lane", strings.ToLower(to.String()))[:idLength]
	if m.Class == SignIn {
		r.Lane += "s" // somebody waits for it: not behind a letter that a server puts off
	}
	if r.Domain, _ = to.Registrable(); r.Domain == "" {
		r.Domain = to.Domain
	}
	before, err := tx.Between(kind, "lane", r.Lane+"/", r.Lane+"0", 1)
	if err != nil {
		return err
	}
	r.First = len(before) == 0
	if err := put(tx, textKind, id, 0, at, l); err != nil {
		return err
	}
	return r.save(tx, at)
}

// letter is what a person reads; the body of an item of the kind mail-text. Nobody is shown it once the letter is over, and the next Sweep
// deletes it.
type letter struct {
	Subject     string            `json:"subject,omitempty"`
	Text        string            `json:"text,omitempty"`
	HTML        string            `json:"html,omitempty"`
	Headers     map[string]string `json:"headers,omitempty"`
	Attachments []Attachment      `json:"attachments,omitempty"`
}

// allowed are the headers that a caller may set, by canonical name: no other can be.
var allowed = map[string]string{"List-Unsubscribe": "List-Unsubscribe", "List-Unsubscribe-Post": "List-Unsubscribe-Post", "List-Id": "List-Id",
	"Reply-To": "Reply-To", "In-Reply-To": "In-Reply-To", "References": "References"}

var mediaType = regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,100}$`)

func check(m *Message) (address.Address, letter, error) {
	var none address.Address
	ok := false
	for _, c := range Classes() {
		ok = ok || m.Class == c
	}
	if !ok {
		return none, letter{}, stocktake.Invalidf("%q is no class of letters", m.Class).Hinted("it is one of %v", Classes())
	}
	to, err := address.Parse(m.To)
	if err != nil {
		return none, letter{}, err
	}
	l := letter{Subject: strings.Join(strings.Fields(norm.NFC.String(m.Subject)), " "), Text: lines(m.Text), HTML: lines(m.HTML), Attachments: m.Attachments}
	// A line end is refused and not made a space: nobody writes one into a subject by accident.
	if l.Subject == "" || !utf8.ValidString(m.Subject) || utf8.RuneCountInString(l.Subject) > maxSubject || strings.ContainsFunc(m.Subject, unicode.IsControl) {
		return none, letter{}, stocktake.Invalidf("the subject of a letter is empty, longer than %d characters, more than one line, or holds control characters", maxSubject)
	}
	if strings.TrimSpace(l.Text) == "" || len(l.Text) > maxText || len(l.HTML) > 2*maxText || !printable(l.Text) || !printable(l.HTML) {
		return none, letter{}, stocktake.Invalidf("the text of a letter is empty, longer than %d KB, or holds control characters", maxText>>10)
	}
	for name, value := range m.Headers {
		known := allowed[textproto.CanonicalMIMEHeaderKey(name)]
		if known == "" {
			return none, letter{}, stocktake.Invalidf("a letter may not set the header %q", name)
		}
		if known == "Reply-To" {
			a, err := address.Parse(value)
			if err != nil {
				return none, letter{}, err
			}
			value = a.Full()
		}
		if strings.TrimSpace(value) == "" || len(value) > maxHeader || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
			return none, letter{}, stocktake.Invalidf("the header %s of a letter is empty, longer than %d bytes, or holds something else than ASCII", known, maxHeader)
		}
		if l.Headers == nil {
			l.Headers = map[string]string{}
		}
		l.Headers[known] = strings.TrimSpace(value)
	}
	size := 0
	for _, a := range m.Attachments {
		size += len(a.Bytes)
		if a.Name == "" || len(a.Name) > 150 || !utf8.ValidString(a.Name) || strings.ContainsAny(a.Name, `"\/<>:|?*`) || strings.ContainsFunc(a.Name, unicode.IsControl) || !mediaType.MatchString(a.Type) {
			return none, letter{}, stocktake.Invalidf("an attachment of a letter has no fit name or media type")
		}
	}
	if size > maxAttachments {
		return none, letter{}, stocktake.Invalidf("the attachments of a letter have %d bytes, more than %d MB", size, maxAttachments>>20)
	}
	return to, l, nil
}

// lines ends lines with \n alone.
func lines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}

// book is what the queue knows of itself: the number of the last letter, and the salt of all hashes of this queue.
type book struct {
	Last int64  `json:"last"`
	Salt []byte `json:"salt"`
}

func readBook(r store.PrivateReader) (book, int64, error) {
	var b book
	rev, err := get(r, metaKind, "book", &b)
	if stocktake.KindOf(err) == stocktake.NotFound {
		b.Salt = make([]byte, 32)
		rand.Read(b.Salt) // never fails
		err = nil
	}
	return b, rev, err
}

// hash is a keyed hash in hexadecimal. Whoever has the database can still try addresses against it: it keeps addresses out of sight, and out of
// lists that were made elsewhere, no more.
func (b book) hash(use, s string) string {
	h := hmac.New(sha256.New, b.Salt)
	fmt.Fprintf(h, "%s\x00%s", use, s)
	return hex.EncodeToString(h.Sum(nil))
}

// get reads an item into v, and returns its revision.
func get(r store.PrivateReader, kind, id string, v any) (int64, error) {
	i, err := r.Item(kind, id)
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal(i.Body, v); err != nil {
		return 0, fmt.Errorf("read an item of the kind %s: %w", kind, err)
	}
	return i.Rev, nil
}

func put(tx store.PrivateTx, kind, id string, rev int64, at time.Time, v any, keys ...store.Key) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = tx.Put(store.Item{Kind: kind, ID: id, Rev: rev, Changed: at.UTC().Truncate(time.Microsecond), Body: b}, keys...)
	return err
}
