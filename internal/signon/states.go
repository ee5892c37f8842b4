package signon

import (
	"slices"
	"strings"
)

// A State is where an endorsement is.
type State string

// The states. The empty one is that there is nothing yet.
const (
	None               State = ""
	Invited            State = "invited"
	Submitted          State = "submitted"
	MailboxConfirmed   State = "mailbox confirmed"
	AuthorityConfirmed State = "authority confirmed"
	Listed             State = "listed"
	Declined           State = "declined"
	WithdrewBefore     State = "withdrawn before publication" // never shown, not even counted
	WithdrewAfter      State = "withdrawn after publication"  // readable as "withdrew on D"
	Struck             State = "struck"
	Lapsed             State = "lapsed" // the text was changed in substance, and it was not given again yet
)

// An Actor is in what role somebody acts.
type Actor string

// The actors.
const (
	Signer   Actor = "signer"   // whoever has the link or mailbox
	Officer  Actor = "officer"  // another officer of the organisation
	Admin    Actor = "admin"    // an administrator of the organisation here
	Convenor Actor = "convenor" // of the coalition
	Rules    Actor = "rules"    // nobody: the rules and the clock
)

// By is who acts. ID is the account of a convenor or administrator, and empty for others.
type By struct {
	Actor Actor  `json:"actor"`
	ID    string `json:"id,omitempty"`
}

// When says whether a move is for endorsements that are on the public record.
type When string

// The times.
const (
	Ever   When = ""
	Before When = "before"
	After  When = "after"
)

// A Move is one thing that may become of an endorsement, and who may do it.
type Move struct {
	From, To State
	When     When
	By       []Actor
	Is       string // in a few words
}

var (
	answer  = []Actor{Signer, Convenor}
	theirs  = []Actor{Signer, Admin, Convenor}
	decided = []Actor{Rules, Officer, Admin, Convenor}
	alone   = []Actor{Convenor}
	clock   = []Actor{Rules}
)

// Moves is the table of all that may happen. What is not in it is refused.
var Moves = []Move{
	{None, Invited, Ever, []Actor{Convenor, Admin}, "an invitation is made"},
	{None, Submitted, Ever, answer, "a yes comes in"},
	{Invited, Submitted, Ever, answer, "an invited organisation says yes"},
	{Invited, Declined, Ever, answer, "an invited organisation says no"},
	{Submitted, MailboxConfirmed, Ever, []Actor{Signer}, "the link that was mailed is used"},
	{Submitted, AuthorityConfirmed, Ever, decided, "the authority is shown by another road than the mailbox"},
	{MailboxConfirmed, AuthorityConfirmed, Ever, decided, "the authority is shown"},
	{AuthorityConfirmed, Listed, Ever, []Actor{Rules, Convenor}, "it stands on the list"},

	{Invited, WithdrewBefore, Before, alone, "an invitation is taken back"},
	{Submitted, WithdrewBefore, Before, theirs, "withdrawn"},
	{MailboxConfirmed, WithdrewBefore, Before, theirs, "withdrawn"},
	{AuthorityConfirmed, WithdrewBefore, Before, theirs, "withdrawn"},
	{Listed, WithdrewBefore, Before, theirs, "withdrawn"},
	{Lapsed, WithdrewBefore, Before, theirs, "withdrawn"},
	{Submitted, WithdrewAfter, After, theirs, "given anew, and withdrawn"},
	{MailboxConfirmed, WithdrewAfter, After, theirs, "given anew, and withdrawn"},
	{AuthorityConfirmed, WithdrewAfter, After, theirs, "given anew, and withdrawn"},
	{Listed, WithdrewAfter, After, theirs, "withdrawn; it stays readable that it was given"},
	{Lapsed, WithdrewAfter, After, theirs, "withdrawn; it stays readable that it was given"},

	{Struck, WithdrewAfter, After, theirs, "withdrawn after it had been taken off"},

	{Declined, Submitted, Ever, answer, "another answer is given"},
	{WithdrewBefore, Submitted, Ever, answer, "given again"},
	{WithdrewAfter, Submitted, Ever, answer, "given again"},

	{Submitted, Struck, Ever, alone, "taken off"},
	{MailboxConfirmed, Struck, Ever, alone, "taken off"},
	{AuthorityConfirmed, Struck, Ever, alone, "taken off"},
	{Listed, Struck, Ever, alone, "taken off"},
	{Lapsed, Struck, Ever, alone, "taken off"},
	{Struck, Submitted, Ever, alone, "put back"},
	{Struck, MailboxConfirmed, Ever, alone, "put back"},
	{Struck, AuthorityConfirmed, Ever, alone, "put back"},
	{Struck, Listed, Ever, alone, "put back"},
	{Struck, Lapsed, Ever, alone, "put back"},

	{Submitted, Lapsed, Ever, clock, "the text was changed in substance"},
	{MailboxConfirmed, Lapsed, Ever, clock, "the text was changed in substance"},
	{AuthorityConfirmed, Lapsed, Ever, clock, "the text was changed in substance"},
	{Listed, Lapsed, Ever, clock, "the text was changed in substance"},
	{Lapsed, Submitted, Ever, theirs, "given for the new text"},
	{Lapsed, MailboxConfirmed, Ever, theirs, "given for the new text"},
	{Lapsed, AuthorityConfirmed, Ever, theirs, "given for the new text"},
	{Lapsed, Listed, Ever, theirs, "given for the new text"},
}

// May reports whether a move is in the table for this actor; otherwise a Conflict fault says what can be done.
func May(from, to State, public bool, by Actor) error {
	var can []string
	other := false
	for _, m := range Moves {
		if m.From != from || (m.When == Before && public) || (m.When == After && !public) {
			continue
		}
		if m.To == to && slices.Contains(m.By, by) {
			return nil
		}
		other = other || m.To == to
		if slices.Contains(m.By, by) && !slices.Contains(can, string(m.To)) {
			can = append(can, string(m.To))
		}
	}
	at := string(from)
	if from == None {
		at = "not there"
	}
	f := conflict("it is "+at+", and cannot become "+string(to), "")
	switch {
	case other && (to == Listed || to == AuthorityConfirmed || to == Struck):
		f.What, f.Hint = "it is "+at+", and you cannot make it "+string(to), "ask a convenor of the coalition"
	case other && to == MailboxConfirmed:
		f.Hint = "use the link that was mailed to the signer, or take another road to authority"
	case len(can) > 0:
		f.Hint = "from here it can become: " + strings.Join(can, ", ")
	case from == Struck:
		f.Hint = "it was taken off the list; write to the convenors, who can put it back"
	default:
		f.Hint = "read the board again: it may have been done already"
	}
	return f
}
