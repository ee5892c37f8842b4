package signon

import "testing"

// A convenor who copies a link into a chat has seen it: whoever uses it has shown no mailbox, whatever address the invitation names. A link that was
// mailed is shown to nobody else, and using it shows the mailbox.
func TestALinkThatWasHandedOverProvesNoMailbox(t *testing.T) {
	items := onSQLite(t)
	b := newBench(t, items)
	a := b.open()
	const box = "office@harbour.example"
	mailed := b.invited(a, "Harbour Union", "MEX", box)
	if mailed.Invitation.Sent == "" {
		t.Fatal("the invitation was not mailed")
	}
	_, err := b.Answer(t.Context(), mailed.Token, yes("", box))
	must(t, err)
	if e := b.state(mailed.Endorsement.ID); e.State != Listed {
		t.Errorf("a yes by the link that was mailed is %+v", e)
	}
	letters := New(items, Options{Now: b.clock, Address: "https://record.example.org", Gate: GateOptions{Bits: -1}}) // without mail
	list, err := letters.Invite(t.Context(), By{Actor: Convenor, ID: "ana"}, a.ID, []Invitee{{Organisation: Organisation{Names: []Name{{Text: "Pier Watch"}}, Country: "MEX"}, Mailbox: "office@pier.example"}})
	must(t, err)
	if list[0].Invitation.Sent != "" || list[0].Token == "" {
		t.Fatalf("%+v", list[0])
	}
	_, err = letters.Answer(t.Context(), list[0].Token, yes("", "office@pier.example"))
	must(t, err)
	if e := b.state(list[0].Endorsement.ID); e.State != Submitted || e.Proved {
		t.Errorf("a yes by a link that a convenor had seen is %+v: it counts as the mailbox's", e)
	}
}
