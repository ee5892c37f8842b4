package people

import (
	"context"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/store"
)

// linkLasts is how long a link signs in.
const linkLasts = 15 * time.Minute

// A signInLink is stored for each link that was made, and for each that was asked for an address without account, which then opens nothing: the
// two cost the same.
type signInLink struct {
	Person  PersonID  `json:"person"` // "" where the address has no account
	Mailed  bool      `json:"mailed"` // its coming back shows that the mailbox is theirs
	Next    string    `json:"next"`   // page of the site to go to
	Expires time.Time `json:"expires"`
	Used    bool      `json:"used"`

	rev int64
}

// errLink answers for every link that opens nothing, whatever the reason: who has only tried is told nothing.
func errLink() error {
	return (&stocktake.Fault{Kind: stocktake.Gone, What: "this link opens nothing: it was used, it is too old, or part of it is missing"}).
		Hinted("a link works once, and a link to sign in for 15 minutes; ask for a new one")
}

// SafeNext returns a page of the site to go to after signing in, and "" for anything else.
func SafeNext(path string) string {
	if len(path) > 300 || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, func(r rune) bool { return r == '\\' || r < ' ' }) {
		return ""
	}
	return path
}

func (p *People) saveLink(tx store.PrivateTx, id string, l signInLink) error {
	var keys []store.Key
	if l.Person != "" {
		keys = append(keys, store.Key{Name: "person", Value: string(l.Person)})
	}
	return save(tx, kindLink, id, l.rev, p.now(), l, keys...)
}

func linkOf(r store.PrivateReader, id string) (l signInLink, err error) {
	l.rev, err = load(r, kindLink, id, &l)
	return l, err
}

// useUp marks a link as used.
func (p *People) useUp(tx store.PrivateTx, id string) error {
	l, err := linkOf(tx, id)
	if err != nil || l.Used {
		return err
	}
	l.Used = true
	return p.saveLink(tx, id, l)
}

// Link makes a link for a person and returns its token, to be handed over by whoever asks for it: on the command line, by who runs the site.
func (p *People) Link(ctx context.Context, id PersonID) (token string, err error) {
	token = newToken()
	err = p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		if _, err := personOf(tx, id); err != nil {
			return err
		}
		return p.saveLink(tx, hashed(token), signInLink{Person: id, Expires: p.now().Add(linkLasts)})
	})
	return token, err
}

// Ask mails a link to the account with that address, and does the same without a letter where there is none: the answer is nil in both cases. It
// goes to the address that the account has, as it stands there. An address that cannot be read is an Invalid fault; where no mail leaves
// this site, Ask is a Conflict fault.
func (p *People) Ask(ctx context.Context, email, next string) error {
	canonical, err := Canonical(email)
	if err != nil {
		return err
	}
	if !p.Mails(ctx) {
		return &stocktake.Fault{Kind: stocktake.Conflict, What: "no mail leaves this site", Hint: "ask whoever runs it for a link: `stocktake user link` makes one"}
	}
	return p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		x, there, err := byEmail(tx, canonical)
		if err != nil {
			return err
		}
		token := newToken()
		l := signInLink{Person: x.ID, Mailed: true, Next: SafeNext(next), Expires: p.now().Add(linkLasts)}
		if err := p.saveLink(tx, hashed(token), l); err != nil || !there {
			return err
		}
		return p.opt.Post.Queue(tx, p.signInLetter(x, token))
	})
}

// Opening is what a link would do, for the page that is shown before.
type Opening struct {
	SignIn     bool // it signs somebody in, who is not named before
	Invitation *Invitation
	Coalition  *Coalition // into which the invitation is
}

// Open looks at a link and changes nothing: programs that fetch links use none up. One that opens nothing is a Gone fault.
func (p *People) Open(ctx context.Context, token string) (o Opening, err error) {
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		o = Opening{}
		l, err := linkOf(r, hashed(token))
		if err == nil && l.open(p.now()) {
			o.SignIn = true
			return nil
		}
		if err != nil && !absent(err) {
			return err
		}
		i, err := invitationOf(r, hashed(token))
		if absent(err) || err == nil && !i.open(p.today()) {
			return errLink()
		}
		if err != nil {
			return err
		}
		c, err := coalitionOf(r, i.Coalition)
		o.Invitation, o.Coalition = &i, &c
		return err
	})
	return o, err
}

// open reports whether the link does something. One for an address without account looks as if it did, since nobody has its token.
func (l signInLink) open(now time.Time) bool { return !l.Used && now.Before(l.Expires) }

// SignIn uses a link up and starts a session; before is the token of the session that the browser has, which ends. A link that opens
// nothing is a Gone fault.
func (p *People) SignIn(ctx context.Context, token, before string) (in SignedIn, err error) {
	err = p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		l, err := linkOf(tx, hashed(token))
		if absent(err) || err == nil && (!l.open(p.now()) || l.Person == "") {
			return errLink()
		}
		if err != nil {
			return err
		}
		x, err := personOf(tx, l.Person)
		if absent(err) {
			return errLink()
		}
		if err != nil {
			return err
		}
		l.Used = true
		if err := p.saveLink(tx, hashed(token), l); err != nil {
			return err
		}
		first := l.Mailed && x.Vouched == ""
		if first { // whoever made the account by an invitation that was not mailed may not be who has the mailbox
			if err := p.fresh(tx, &x); err != nil {
				return err
			}
			x.Vouched = p.today()
			if err := p.savePerson(tx, x); err != nil {
				return err
			}
		}
		in, err = p.begin(tx, x, "link", before)
		in.Next, in.Fresh = l.Next, first
		return err
	})
	return in, err
}
