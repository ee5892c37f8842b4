package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"stocktake"
	"stocktake/internal/store"
)

// Kinds of private items; see the package's comment.
const (
	kindPerson     = "person"
	kindSession    = "session"
	kindLink       = "sign-in-link"
	kindCeremony   = "passkey-ceremony"
	kindCoalition  = "coalition"
	kindMembership = "membership"
	kindInvitation = "invitation"
)

// A Post sends letters. It is a part of whoever sends mail.
type Post interface {
	// Ready reports whether mail leaves this site at all. It may be asked from many goroutines.
	Ready(ctx context.Context) bool
	// Queue stores a letter in the transaction of what it tells of. It is sent after that was committed, once.
	Queue(tx store.PrivateTx, l Letter) error
}

// A Letter is plain text to one person.
type Letter struct {
	To      string // a mail address
	Name    string // beside it; may be empty
	Lang    string // of its words
	Subject string
	Text    string // lines end with a single newline
	Key     string // names the letter: one of the same key is queued once
}

// Options of New. The zero Options have the machine's clock, no mail and no address.
type Options struct {
	Now     func() time.Time // time.Now where it is nil
	Post    Post             // nil: nothing is mailed
	Address string           // of the site, without a slash at its end, for links in letters
	Site    string           // name of the site, for letters; may be empty
}

// People answers for one database. It may be used from many goroutines.
type People struct {
	st  store.Private
	opt Options
}

// New returns the people of a database.
func New(st store.Private, opt Options) *People {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return &People{st: st, opt: opt}
}

// Mails reports whether links can be mailed.
func (p *People) Mails(ctx context.Context) bool {
	return p.opt.Post != nil && p.opt.Address != "" && p.opt.Post.Ready(ctx)
}

func (p *People) now() time.Time { return p.opt.Now().UTC().Truncate(time.Microsecond) }

// today is the civil day in UTC, 2017-12-04. Days are compared as text.
func (p *People) today() string { return dayOf(p.now()) }

func dayOf(t time.Time) string { return t.Format(time.DateOnly) }

// day is the moment that items carry whose time is known to the day alone.
func (p *People) day() time.Time { return p.now().Truncate(24 * time.Hour) }

// load reads an item into v and returns its revision. What is not there is a NotFound fault.
func load(r store.PrivateReader, kind, id string, v any) (int64, error) {
	it, err := r.Item(kind, id)
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal(it.Body, v); err != nil {
		return 0, fmt.Errorf("a private item of the kind %s: %w", kind, err)
	}
	return it.Rev, nil
}

// save stores an item of which the caller has read the revision rev; 0 is a new one.
func save(tx store.PrivateTx, kind, id string, rev int64, changed time.Time, v any, keys ...store.Key) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = tx.Put(store.Item{Kind: kind, ID: id, Rev: rev, Changed: changed, Body: b}, keys...)
	return err
}

// drop deletes an item, if it is there.
func drop(tx store.PrivateTx, kind, id string) error {
	if err := tx.Drop(kind, id); err != nil && stocktake.KindOf(err) != stocktake.NotFound {
		return err
	}
	return nil
}

// absent reports whether an error says that something is not there.
func absent(err error) bool {
	var f *stocktake.Fault
	return errors.As(err, &f) && f.Kind == stocktake.NotFound
}

// newToken returns 32 random bytes in base64url, 43 characters.
func newToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashed is what is stored of a token.
func hashed(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// newID returns prefix and 80 random bits, in lower case.
func newID(prefix string) string {
	var b [10]byte
	rand.Read(b[:])
	return prefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

// oneLine returns what a person typed into one line: NFC, single spaces, at most max characters, nothing that does not print.
func oneLine(what, s string, max int) (string, error) {
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	if n := len([]rune(s)); n > max {
		return "", stocktake.Invalidf("%s has %d characters; at most %d fit", what, n, max)
	}
	if strings.ContainsFunc(s, func(r rune) bool {
		return r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	}) {
		return "", stocktake.Invalidf("%s holds characters that do not print", what)
	}
	return s, nil
}
