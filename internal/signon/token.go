package signon

import (
	"context"
	"slices"

	"stocktake"
	"stocktake/internal/store"
)

// Purpose is what a link is for.
type Purpose string

// The purposes.
const (
	ForInvitation  Purpose = "invitation"  // to read the text and answer
	ForConfirm     Purpose = "confirm"     // that the mailbox is the signer's
	ForCountersign Purpose = "countersign" // by a second officer or an administrator
	ForAgree       Purpose = "agree"       // to what a convenor entered
	ForReconfirm   Purpose = "reconfirm"   // after a change of substance
	ForWithdraw    Purpose = "withdraw"    // to look at one's answer, and take it back
	ForReceipt     Purpose = "receipt"
)

// An Action is what somebody presses on the page of a link.
type Action string

// The actions.
const (
	Confirm     Action = "confirm"
	Countersign Action = "countersign"
	Agree       Action = "agree"
	Reconfirm   Action = "reconfirm"
	Withdraw    Action = "withdraw"
	Refuse      Action = "refuse" // by who was asked to countersign: it is not listed by this road
)

// Actions are what can be pressed on the page of a link, by its purpose. To take it back is never refused, and such a link never ends.
func (p Purpose) Actions() []Action {
	switch p {
	case ForConfirm:
		return []Action{Confirm}
	case ForCountersign:
		return []Action{Countersign, Refuse}
	case ForAgree:
		return []Action{Agree, Withdraw}
	case ForReconfirm:
		return []Action{Reconfirm, Withdraw}
	case ForWithdraw, ForReceipt:
		return []Action{Withdraw}
	}
	return nil
}

// A Token is what is kept of a link that was mailed to somebody.
type Token struct {
	ID          string           `json:"id"` // SHA-256 of the token, hexadecimal
	Rev         int64            `json:"-"`
	Purpose     Purpose          `json:"purpose"`
	Asking      string           `json:"asking"`
	Endorsement string           `json:"endorsement"`
	Yes         string           `json:"yes,omitempty"` // id of the yes that it is about
	Version     int              `json:"version,omitempty"`
	Admin       bool             `json:"admin,omitempty"` // it was mailed to an administrator of the organisation
	Until       Day              `json:"until,omitempty"` // the last day on which it works, but for Withdraw
	Used        map[Action]Reply `json:"used,omitempty"`
}

func (k *Token) item() (string, string, *int64) { return "signon-token", k.ID, &k.Rev }

func (k *Token) keys() []store.Key {
	keys := []store.Key{{Name: "endorsement", Value: k.Endorsement}}
	if k.Until != "" && !slices.Contains(k.Purpose.Actions(), Withdraw) {
		keys = append(keys, store.Key{Name: "until", Value: string(k.Until)})
	}
	return keys
}

// A Reply is what somebody is told. Code names the words; Missing says what their yes still waits for.
type Reply struct {
	Code    Code    `json:"code"`
	Missing Missing `json:"missing,omitempty"`
}

// Code names what somebody is told.
type Code string

// The codes.
const (
	Received    Code = "received" // "if the address is right, a letter with a link comes": the same for everybody
	IsListed    Code = "listed"
	IsWaiting   Code = "waiting"
	IsAgreed    Code = "agreed"
	IsWithdrawn Code = "withdrawn"
	IsDeclined  Code = "declined"
	IsChanged   Code = "changed" // the text was changed meanwhile; a link to the new one is mailed
	IsRefused   Code = "refused"
)

// A Card is what the page of a link may show before anything is pressed, to a person or to a program that looks at links: what it is for, and
// nothing about the text, the coalition, the organisation, or whether it was used.
type Card struct {
	Purpose Purpose
	Actions []Action
}

var noLink = stocktake.NotFoundf("this link does not work").Hinted("it may be cut off or too old: open it from the letter again, or ask for a new one")

// Peek tells what a link is for. It changes nothing.
func (b *Book) Peek(ctx context.Context, token string) (c Card, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error {
		if ids, err := r.Find("signon-invitation", "token", hashToken(token)); err != nil || len(ids) > 0 {
			c = Card{Purpose: ForInvitation}
			return err
		}
		k, err := b.token(r, token)
		c = Card{Purpose: k.Purpose, Actions: k.Purpose.Actions()}
		return err
	})
	return c, err
}

func (b *Book) token(r store.PrivateReader, token string) (Token, error) {
	k, err := load[Token](r, hashToken(token))
	if stocktake.KindOf(err) == stocktake.NotFound {
		return Token{}, noLink
	}
	return k, err
}

// A View is what the holder of a link may see once its button was pressed: the asking, the endorsement, and the invitation where it is one.
type View struct {
	Purpose     Purpose
	Asking      Asking
	Endorsement Endorsement
	Phase       Phase
}

// View reads what a link opens. It is for an answer to a POST: what it gives may be under embargo.
func (b *Book) View(ctx context.Context, token string) (v View, err error) {
	now := b.o.Now()
	err = b.read(ctx, func(r store.PrivateReader) error {
		v = View{}
		var at string
		ids, err := r.Find("signon-invitation", "token", hashToken(token))
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			i, err := load[Invitation](r, ids[0])
			if err != nil {
				return err
			}
			if i.Back != "" {
				return takenBack
			}
			v.Purpose, at = ForInvitation, i.Endorsement
		} else {
			k, err := b.token(r, token)
			if err != nil {
				return err
			}
			v.Purpose, at = k.Purpose, k.Endorsement
		}
		if v.Endorsement, err = load[Endorsement](r, at); err != nil {
			return gone(err)
		}
		v.Asking, err = load[Asking](r, v.Endorsement.Asking)
		v.Phase = v.Asking.Phase(now)
		v.Asking.Salt = ""
		return err
	})
	return v, err
}

var takenBack = conflict("this invitation was taken back", "write to whoever sent it")

// gone says it of what was deleted because nobody confirmed it.
func gone(err error) error {
	if stocktake.KindOf(err) == stocktake.NotFound {
		return noLink
	}
	return err
}

// issue makes a token and stores what is kept of it.
func (t *tx) issue(k Token) (string, error) {
	token, hash := newToken()
	k.ID = hash
	return token, save(t, &k)
}

// Use does what the button of a link is for, once. Used again, it answers as it did the first time and changes nothing.
func (b *Book) Use(ctx context.Context, token string, do Action) (reply Reply, err error) {
	err = b.change(ctx, func(t *tx) error {
		k, err := b.token(t, token)
		if err != nil {
			return err
		}
		if !slices.Contains(k.Purpose.Actions(), do) {
			return stocktake.Invalidf("this link is not for that").Hinted("open it from the letter again")
		}
		if was, ok := k.Used[do]; ok {
			reply = was
			return nil
		}
		if do != Withdraw && k.Until != "" && t.today > k.Until {
			return noLink
		}
		e, err := load[Endorsement](t, k.Endorsement)
		if err != nil {
			return gone(err)
		}
		a, err := load[Asking](t, k.Asking)
		if err != nil {
			return err
		}
		reply, err = t.use(&a, &e, &k, do)
		if err != nil {
			return err
		}
		if k.Used == nil {
			k.Used = map[Action]Reply{}
		}
		k.Used[do] = reply
		return save(t, &k)
	})
	return reply, err
}

func (t *tx) use(a *Asking, e *Endorsement, k *Token, do Action) (Reply, error) {
	by := By{Actor: Signer}
	if k.Admin {
		by.Actor = Admin
	}
	switch do {
	case Withdraw:
		return t.withdraw(a, e, by)
	case Agree:
		if e.Entered == "" || e.State == Struck {
			return Reply{}, conflict("there is nothing to agree to any more", "write to whoever asks")
		}
		if e.Agreed == "" {
			e.Agreed = t.today
		}
		return Reply{Code: IsAgreed}, save(t, e)
	case Refuse:
		return Reply{Code: IsRefused}, t.refuse(e, k)
	case Reconfirm:
		return t.reconfirm(a, e, k.Version, by)
	}
	// Confirm and Countersign show that a mailbox is somebody's.
	first := k.Yes == e.Yes
	if first {
		e.Proved = true
	} else if i := slices.IndexFunc(e.Seconds, func(s Second) bool { return s.ID == k.Yes }); i >= 0 {
		e.Seconds[i].Proved = true
	} else { // the organisation has answered anew since: this yes is not there any more
		return replyTo(e), nil
	}
	if e.State == Lapsed && first {
		if err := t.askAgain(a, e); err != nil {
			return Reply{}, err
		}
		return Reply{Code: IsChanged}, save(t, e)
	}
	return t.settle(a, e)
}

// refuse drops the further yes that a second officer was asked for.
func (t *tx) refuse(e *Endorsement, k *Token) error {
	e.Seconds = slices.DeleteFunc(e.Seconds, func(s Second) bool { return s.ID == k.Yes })
	return save(t, e)
}
