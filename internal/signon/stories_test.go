package signon

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/store"
)

// Each test here is a failure that happened to a real sign-on, and what would have prevented it.

// A peace organisation's name stood under a letter because two members had signed without authority, and it had to deny in public.
func TestTwoMembersSignWithoutAuthority(t *testing.T) {
	for _, c := range []struct {
		name        string
		first, then string
		prepare     func(o *Organisation)
	}{
		{"from free mail", "member.one@gmail.com", "member.two@gmail.com", func(o *Organisation) {}},
		{"from its own domain, where it has administrators", "one@lantern.example", "two@lantern.example", func(o *Organisation) { o.Admins = []string{"office@lantern.example"} }},
		{"from its own domain, unasked", "one@lantern.example", "two@lantern.example", func(o *Organisation) { o.Contact = "office@lantern.example" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := fresh(t)
			a := b.open()
			o, _, err := b.AddOrganisation(t.Context(), ana, Organisation{Names: []Name{{Text: "Lantern for Peace"}}, Country: "MEX", Domain: "lantern.example"})
			must(t, err)
			_, err = b.ChangeOrganisation(t.Context(), ana, o.ID, func(o *Organisation) error { c.prepare(o); return nil })
			must(t, err)
			for _, from := range []string{c.first, c.then} {
				s := yes("Lantern for Peace", from)
				s.Website = "lantern.example"
				_, err := b.send(a, s, "192.0.2.1")
				must(t, err)
				if r := b.use(b.letter(from, MailConfirm).Token, Confirm); r.Code != IsWaiting {
					t.Errorf("the yes of %s is %+v", from, r)
				}
			}
			wantNames(t, b.listed(a))
			board, err := b.Board(t.Context(), ana, a.ID)
			must(t, err)
			if len(board.Rows) != 1 || len(board.Rows[0].Seconds) == 0 {
				t.Fatalf("the board shows %+v, want one organisation with a further yes", board.Rows)
			}
			if c.then == "two@lantern.example" && len(board.Rows[0].Seconds) > 1 {
				m := b.letter("office@lantern.example", MailCountersign)
				if r := b.use(m.Token, Countersign); r.Code != IsListed {
					t.Errorf("the administrator's yes is %+v, want it listed", r)
				}
				wantNames(t, b.listed(a), "Lantern for Peace")
			}
		})
	}
	t.Run("the organisation hears of it before publication, and takes it off", func(t *testing.T) {
		b := fresh(t)
		a := b.open(func(a *Asking) { a.AnyMailbox = true })
		o, _, err := b.AddOrganisation(t.Context(), ana, Organisation{Names: []Name{{Text: "Lantern for Peace"}}, Country: "MEX", Domain: "lantern.example"})
		must(t, err)
		_, err = b.ChangeOrganisation(t.Context(), ana, o.ID, func(o *Organisation) error { o.Contact = "office@lantern.example"; return nil })
		must(t, err)
		_, err = b.send(a, yes("Lantern for Peace", "one@lantern.example"), "192.0.2.1")
		must(t, err)
		b.use(b.letter("one@lantern.example", MailConfirm).Token, Confirm)
		wantNames(t, b.listed(a), "Lantern for Peace")
		b.use(b.letter("office@lantern.example", MailListed).Token, Withdraw)
		wantNames(t, b.listed(a))
	})
}

// A withdrawal was refused, so that people opened a second letter to revoke the first.
func TestWithdrawalIsNeverRefused(t *testing.T) {
	b := fresh(t)
	a := b.open()
	x := b.invited(a, "Pier Watch", "MEX", "office@pierwatch.example")
	y := b.invited(a, "Gull Friends", "MEX", "office@gulls.example")
	for _, i := range []Asked{x, y} {
		_, err := b.Answer(t.Context(), i.Token, yes("", ""))
		must(t, err)
	}
	link := b.to("office@pierwatch.example")[1].Token
	wantNames(t, b.listed(a), "Gull Friends", "Pier Watch")

	if r := b.use(b.to("office@gulls.example")[1].Token, Withdraw); r.Code != IsWithdrawn {
		t.Fatalf("withdrawing before publication gives %+v", r)
	}
	wantNames(t, b.listed(a), "Pier Watch")
	board, err := b.Board(t.Context(), ana, a.ID)
	must(t, err)
	for _, r := range board.Rows {
		if r.Org == y.Endorsement.Org && !reflect.DeepEqual(r, Row{Endorsement: r.Endorsement, Org: r.Org, Name: r.Name, Country: r.Country, Standing: HasAnswered, Invited: r.Invited, Mailed: true, LastLetter: r.LastLetter, folded: r.folded}) {
			t.Errorf("the board tells more than that it has answered: %+v", r)
		}
	}
	b.at("2026-12-04T06:05")
	f := b.publish(a, 1)
	if len(f.Endorsed) != 1 || len(f.List.Names) != 1 {
		t.Errorf("who withdrew before is in what is published: %+v", f.Endorsed)
	}
	// Years later, long after everything has closed and personal data has gone, the link still works.
	b.at("2031-05-01T10:00")
	_, err = b.Sweep(t.Context())
	must(t, err)
	for range 2 {
		if r := b.use(link, Withdraw); r.Code != IsWithdrawn {
			t.Fatalf("withdrawing after publication gives %+v", r)
		}
	}
	list := b.fileChanges(a, 2)
	if len(list) != 1 || list[0].Endorsed.State != stocktake.EndorsementWithdrew || list[0].Endorsed.On.String() != "2031-05-01" {
		t.Errorf("to file after a withdrawal: %+v", list)
	}
	all, orgs, err := b.Endorsements(t.Context(), a.ID)
	must(t, err)
	now, err := b.Asking(t.Context(), a.ID)
	must(t, err)
	if w := Withdrew(&now, all, orgs); len(w) != 1 || w[0].Names[0].Name.Text != "Pier Watch" {
		t.Errorf("Withdrew is %+v", w)
	}
	// By the convenor, on the organisation's word, and with its name kept back since it is in danger.
	must(t, b.Withhold(t.Context(), ana, a.ID, x.Endorsement.ID, true))
	must(t, b.WithdrawFor(t.Context(), ana, a.ID, x.Endorsement.ID))
}

// Every state from which somebody may want to leave can be left by the organisation itself.
func TestEveryYesCanBeTakenBack(t *testing.T) {
	for _, s := range []State{Submitted, MailboxConfirmed, AuthorityConfirmed, Listed, Lapsed} {
		for _, by := range []Actor{Signer, Admin, Convenor} {
			if May(s, WithdrewBefore, false, by) != nil || May(s, WithdrewAfter, true, by) != nil {
				t.Errorf("from %s, a %s cannot withdraw", s, by)
			}
		}
		if May(s, WithdrewBefore, true, Signer) == nil {
			t.Errorf("what is public could vanish from %s", s)
		}
	}
	if May(Struck, WithdrewAfter, true, Signer) != nil {
		t.Error("what was struck cannot be withdrawn")
	}
}

// Intake was closed after eight days because verifying by hand did not keep up.
func TestIntakeNeedNotCloseBecauseVerifyingByHandDoesNotKeepUp(t *testing.T) {
	b := fresh(t)
	a := b.open()
	const n = 120
	var who []Invitee
	for i := range n {
		who = append(who, Invitee{Organisation: Organisation{Names: []Name{{Text: fmt.Sprintf("Quay Group %03d", i)}}, Country: "MEX"}, Mailbox: fmt.Sprintf("office@group%03d.example", i)})
	}
	asked, err := b.Invite(t.Context(), ana, a.ID, who)
	must(t, err)
	for _, x := range asked {
		r, err := b.Answer(t.Context(), x.Token, yes("", ""))
		must(t, err)
		if r.Code != IsListed {
			t.Fatalf("%s is %+v: somebody has to look at it by hand", x.Invitation.Mailbox, r)
		}
	}
	if got := len(b.listed(a)); got != n {
		t.Fatalf("%d are listed without a hand, want %d", got, n)
	}
	// Thirty that nobody knows come through the form: they are looked at, and accepted in one go.
	var ids []string
	for i := range 30 {
		from := fmt.Sprintf("parish%02d@gmail.com", i)
		_, err := b.send(a, yes(fmt.Sprintf("Parish %02d", i), from), fmt.Sprintf("192.0.2.%d", i))
		must(t, err)
		b.use(b.letter(from, MailConfirm).Token, Confirm)
	}
	board, err := b.Board(t.Context(), ana, a.ID)
	must(t, err)
	for _, r := range board.Rows {
		if r.Standing == ForConvenor {
			ids = append(ids, r.Endorsement)
		}
	}
	if len(ids) != 30 || board.Rows[0].Standing != ForConvenor {
		t.Fatalf("%d wait for a convenor, want 30, and first on the board", len(ids))
	}
	must(t, b.Accept(t.Context(), ana, a.ID, ids, stocktake.AuthorityCallBack, "Called each by the telephone numbers of the diocese's directory."))
	if got := len(b.listed(a)); got != n+30 {
		t.Errorf("%d are listed, want %d", got, n+30)
	}
}

// A listing that came by another road than a domain looks no different.
func TestSmallOrganisationsLookTheSame(t *testing.T) {
	b := fresh(t)
	a := b.open()
	big := b.invited(a, "Harbour Union", "MEX", "office@harbour.example")
	_, err := b.Answer(t.Context(), big.Token, yes("", ""))
	must(t, err)
	small := b.invited(a, "Workers' Centre", "MEX", "workers.centre@gmail.com")
	s := yes("", "")
	s.Second = "treasurer.centre@yahoo.com"
	r, err := b.Answer(t.Context(), small.Token, s)
	must(t, err)
	if r.Code != IsWaiting || r.Missing != NeedsOfficer {
		t.Fatalf("a yes from free mail is %+v", r)
	}
	if r := b.use(b.letter("treasurer.centre@yahoo.com", MailCountersign).Token, Countersign); r.Code != IsListed {
		t.Fatalf("countersigned, it is %+v", r)
	}
	f, err := b.Fix(t.Context(), a.Statement)
	must(t, err)
	if len(f.Endorsed) != 2 || !f.Endorsed[0].Authority.Verified() || !f.Endorsed[1].Authority.Verified() {
		t.Fatalf("endorsed: %+v", f.Endorsed)
	}
	x, y := f.List.Names[0], f.List.Names[1]
	x.ID, x.Names, y.ID, y.Names = "", nil, "", nil
	if !reflect.DeepEqual(x, y) {
		t.Errorf("the entries of the list differ by more than the name: %+v, %+v", x, y)
	}
}

// "Embargoed until Monday", without hour or zone, was broken at one minute past midnight.
func TestEmbargoWithoutHourOrZoneIsRefused(t *testing.T) {
	for _, s := range []string{"Monday", "2026-12-04", "2026-12-04T00:01", "2026-12-04 00:01", "2026-12-04T00:01-06:00", "2026-12-04T00:01 Mexico", "2026-12-04T00:01 Local", "2026-12-04T00:01 ",
		"2026-03-29T02:30 Europe/Berlin", "2026-10-25T02:30 Europe/Berlin", "2026-12-04T00:01+01:00 America/Mexico_City", ""} {
		i, err := ParseInstant(s)
		if f := wantFault(t, err, stocktake.Invalid); f.Hint == "" {
			t.Errorf("ParseInstant(%q) = %v does not say what to write", s, i)
		}
	}
	for s, want := range map[string]string{"2026-12-04T00:01 America/Mexico_City": "2026-12-04 00:01 America/Mexico_City (UTC-06:00)", "2026-12-04T06:01Z": "2026-12-04 06:01 UTC",
		"2026-10-25T02:30+01:00 Europe/Berlin": "2026-10-25 02:30 Europe/Berlin (UTC+01:00)"} {
		if i, err := ParseInstant(s); err != nil || i.String() != want {
			t.Errorf("ParseInstant(%q) prints %q, %v; want %q", s, i, err, want)
		}
	}
	b := fresh(t)
	for name, spoil := range map[string]func(*Asking){
		"closing hour":   func(a *Asking) { a.Closes.Zone = "" },
		"embargo":        func(a *Asking) { a.Embargo.Zone = "" },
		"before closing": func(a *Asking) { a.Embargo.At = a.Closes.At.Add(-time.Hour) },
	} {
		a := anAsking()
		spoil(&a)
		if _, err := b.Open(t.Context(), ana, a); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("an asking with a spoiled %s opens: %v", name, err)
		}
	}
	a := b.open()
	x := b.invited(a, "Pier Watch", "MEX", "office@pierwatch.example")
	b.at("2026-12-03T23:59") // 17:59 in the zone of the asking
	_, err := b.Answer(t.Context(), x.Token, yes("", ""))
	must(t, err)
	y := b.invited(a, "Gull Friends", "MEX", "office@gulls.example")
	b.at("2026-12-04T00:00")
	_, err = b.Answer(t.Context(), y.Token, yes("", ""))
	if f := wantFault(t, err, stocktake.Conflict); !strings.Contains(f.What, "2026-12-03 18:00 America/Mexico_City") {
		t.Errorf("a late yes is told %q, without the hour and its zone", f.What)
	}
}

// Late sign-ons, PDF and page drifted apart, and nobody knew which text a late signer had seen.
func TestWhichTextALateSignerSaw(t *testing.T) {
	b := fresh(t)
	a := b.open()
	early := b.invited(a, "Pier Watch", "MEX", "office@pierwatch.example")
	_, err := b.Answer(t.Context(), early.Token, yes("", ""))
	must(t, err)
	first := b.publish(a, 1)
	// Typography is mended after publication: nobody is asked again.
	_, n, err := b.NewVersion(t.Context(), ana, a.ID, Version{TextSHA256: textTwo, Langs: []string{"en", "es"}, Change: stocktake.Typographic})
	must(t, err)
	if n.Lapsed != 0 {
		t.Errorf("a typographic change lapsed %d", n.Lapsed)
	}
	b.publish(a, 2)
	late := b.invited(a, "Gull Friends", "MEX", "office@gulls.example")
	slow := b.invited(a, "Tide Readers", "MEX", "office@tide.example")
	b.at("2026-12-20T10:00")
	s := yes("", "")
	s.Version, s.TextSHA256 = 2, textTwo
	_, err = b.Answer(t.Context(), late.Token, s)
	must(t, err)
	_, err = b.Answer(t.Context(), slow.Token, yes("", "")) // had the page of version 1 open
	must(t, err)
	wrong := yes("", "")
	wrong.TextSHA256 = textThree
	_, err = b.Answer(t.Context(), b.invited(a, "Net Menders", "MEX", "office@nets.example").Token, wrong)
	wantFault(t, err, stocktake.Invalid)

	list := b.fileChanges(a, 3)
	saw := map[string]int{}
	for _, c := range list {
		saw[c.Endorsed.Names[0].Name.Text] = c.Endorsed.Version
		if want := map[int]string{1: textOne, 2: textTwo}[c.Endorsed.Version]; c.Endorsed.TextSHA256 != want {
			t.Errorf("%+v does not name the text that was shown", c.Endorsed)
		}
	}
	if !reflect.DeepEqual(saw, map[string]int{"Gull Friends": 2, "Tide Readers": 1}) {
		t.Errorf("late signers saw %v", saw)
	}
	now, err := b.Asking(t.Context(), a.ID)
	must(t, err)
	all, orgs, err := b.Endorsements(t.Context(), a.ID)
	must(t, err)
	if j := JoinedSince(&now, all, orgs); len(j) != 2 {
		t.Errorf("joined after publication: %+v", j)
	}
	// The list at publication is still there, with its day and hash.
	snaps, err := b.Snapshots(t.Context(), a.ID)
	must(t, err)
	if !slices.ContainsFunc(snaps, func(s Snapshot) bool {
		h, err := s.List.Hash()
		return err == nil && h == first.Hash && s.Names == 1 && s.On == "2026-11-24"
	}) {
		t.Errorf("the snapshots are %+v", snaps)
	}
	// A change of substance lapses all, shows nothing else until the deadline, and says so after it.
	confirm, err := ParseInstant("2027-01-10T12:00 UTC")
	must(t, err)
	_, n, err = b.NewVersion(t.Context(), ana, a.ID, Version{TextSHA256: textThree, Langs: []string{"en"}, Change: stocktake.Substantive, Confirm: confirm})
	must(t, err)
	if n.Lapsed != 3 || n.Asked != 3 {
		t.Fatalf("a change of substance did %+v, want 3 lapsed and 3 asked", n)
	}
	if c, err := b.Changes(t.Context(), a.ID); err != nil || len(c) != 0 {
		t.Errorf("before the new text is out, there is to file: %+v, %v", c, err)
	}
	_, err = b.Answer(t.Context(), b.invited(a, "Buoy Keepers", "MEX", "office@buoys.example").Token, s)
	wantFault(t, err, stocktake.Conflict) // version 2 is not asked for any more
	box := b.to("office@gulls.example")
	if r := b.use(box[len(box)-1].Token, Reconfirm); r.Code != IsListed {
		t.Errorf("reconfirming gives %+v", r)
	}
	f, err := b.Fix(t.Context(), a.Statement)
	must(t, err)
	if len(f.Endorsed) != 1 || f.Endorsed[0].Version != 3 {
		t.Errorf("the list of version 3 is %+v", f.Endorsed)
	}
	b.publish(a, 4)
	if c, err := b.Changes(t.Context(), a.ID); err != nil || len(c) != 0 {
		t.Errorf("before the deadline there is to file: %+v, %v", c, err)
	}
	b.at("2027-01-11T00:00")
	states := map[stocktake.EndorsementState]int{}
	for _, c := range b.fileChanges(a, 5) {
		states[c.Endorsed.State]++
	}
	if !reflect.DeepEqual(states, map[stocktake.EndorsementState]int{stocktake.EndorsementLapsed: 2}) {
		t.Errorf("after the deadline there is to file: %v", states)
	}
	if more := b.fileChanges(a, 6); len(more) != 0 {
		t.Errorf("filed already, and again: %+v", more)
	}
}

// Organisations that are one, chapters that are not, and merges that were wrong.
func TestMergesAreReversibleAndChaptersStayApart(t *testing.T) {
	b := fresh(t)
	a := b.open()
	for _, c := range []struct{ name, country, site string }{{"Pier Watch", "MEX", "https://www.pierwatch.example/es"}, {"PIER  WATCH, A.C.", "MEX", ""}, {"Vigía del Muelle", "MEX", "pierwatch.example"}} {
		s := yes(c.name, strings.ReplaceAll(fold(c.name), " ", ".")+"@gmail.com")
		s.Website = c.site
		_, err := b.send(a, s, "192.0.2.1")
		must(t, err)
	}
	s := yes("Pier Watch", "pier.watch.arg@gmail.com")
	s.Country = "ARG"
	_, err := b.send(a, s, "192.0.2.1")
	must(t, err)
	list, _, err := b.Endorsements(t.Context(), a.ID)
	must(t, err)
	if len(list) != 2 {
		t.Fatalf("%d places, want two: one in Mexico, one in Argentina", len(list))
	}
	mex, arg := list[0], list[1]
	if mex.Country != "MEX" {
		mex, arg = arg, mex
	}
	if len(mex.Seconds) != 2 || mex.Seconds[0].Match != ByName || mex.Seconds[1].Match != ByDomain {
		t.Fatalf("the further yeses are %+v", mex.Seconds)
	}
	// The third is a chapter with the same domain: it gets a place of its own, linked to its parent.
	chapter, err := b.Settle(t.Context(), ana, a.ID, mex.ID, mex.Seconds[1].ID, &Organisation{Names: []Name{{Text: "Vigía del Muelle"}}, Country: "MEX", ChapterOf: mex.Org})
	must(t, err)
	_, err = b.Settle(t.Context(), ana, a.ID, mex.ID, mex.Seconds[0].ID, nil)
	must(t, err)
	must(t, b.Accept(t.Context(), ana, a.ID, []string{mex.ID, arg.ID, chapter.ID}, stocktake.AuthorityConvenor, "Known for years."))
	wantNames(t, b.listed(a), "Pier Watch", "Pier Watch", "Vigía del Muelle")
	f, err := b.Fix(t.Context(), a.Statement)
	must(t, err)
	for _, e := range f.Endorsed {
		if is := e.ID == chapter.PublicID(); is != (e.ChapterOf == mex.PublicID()) {
			t.Errorf("%+v is linked wrongly", e)
		}
	}
	_, err = b.ChangeOrganisation(t.Context(), ana, mex.Org, func(o *Organisation) error { o.ChapterOf = chapter.Org; return nil })
	wantFault(t, err, stocktake.Conflict)
	m, err := b.Merge(t.Context(), ana, arg.Org, mex.Org)
	must(t, err)
	wantNames(t, b.listed(a), "Pier Watch", "Vigía del Muelle")
	must(t, b.Unmerge(t.Context(), ana, m.ID))
	must(t, b.Unmerge(t.Context(), ana, m.ID))
	wantNames(t, b.listed(a), "Pier Watch", "Pier Watch", "Vigía del Muelle")
}

// tally counts what a transaction does.
type tally struct {
	store.PrivateTx
	put, read *int
}

func (c tally) Put(i store.Item, keys ...store.Key) (int64, error) {
	*c.put++
	return c.PrivateTx.Put(i, keys...)
}
func (c tally) Item(kind, id string) (store.Item, error) {
	*c.read++
	return c.PrivateTx.Item(kind, id)
}
func (c tally) Find(k, n, v string) ([]string, error) { *c.read++; return c.PrivateTx.Find(k, n, v) }

type tallied struct {
	store.Private
	put, read int
}

func (c *tallied) ChangePrivate(ctx context.Context, do func(store.PrivateTx) error) error {
	return c.Private.ChangePrivate(ctx, func(tx store.PrivateTx) error { return do(tally{tx, &c.put, &c.read}) })
}

// A stranger probed the form to learn who had signed, who was known, and who was shut out.
func TestProbingTheFormTellsNothing(t *testing.T) {
	items := &tallied{Private: onSQLite(t)}
	b := newBench(t, items)
	b.Book.o.Post = mailed
	a := b.open(func(a *Asking) { a.Quota.Mails = 1; a.Quota.PerDomain = 2 })
	x := b.invited(a, "Pier Watch", "MEX", "office@pierwatch.example")
	_, err := b.Answer(t.Context(), x.Token, yes("", ""))
	must(t, err)
	no := b.invited(a, "Gull Friends", "MEX", "office@gulls.example")
	_, err = b.Decline(t.Context(), no.Token)
	must(t, err)
	must(t, b.Block(t.Context(), ana, "loud@gmail.com"))
	must(t, b.Block(t.Context(), ana, "shut.example"))
	_, err = b.send(a, yes("Warm Up", "warm@gmail.com"), "192.0.2.9")
	must(t, err)
	type answer struct {
		Reply     Reply
		Err       error
		Put, Read int
	}
	probe := func(name, organisation, from string) answer {
		items.put, items.read = 0, 0
		r, err := b.send(a, yes(organisation, from), "192.0.2.1")
		return answer{r, err, items.put, items.read}
	}
	want := probe("new", "Net Menders", "menders@gmail.com")
	if want.Err != nil || want.Reply.Code != Received {
		t.Fatalf("a new address gets %+v", want)
	}
	for _, c := range []struct{ name, organisation, from string }{
		{"new at its own domain", "Buoy Keepers", "office@buoys.example"},
		{"known and listed", "Pier Watch", "office@pierwatch.example"},
		{"known, from elsewhere", "Pier Watch", "somebody@gmail.com"},
		{"has declined", "Gull Friends", "office@gulls.example"},
		{"shut out", "Loud", "loud@gmail.com"},
		{"shut out under another spelling", "Loud", "l.o.u.d+x@googlemail.com"},
		{"domain shut out", "Shut", "office@mail.shut.example"},
		{"over the cap of letters", "Net Menders", "menders@gmail.com"},
		{"second of its domain", "Buoy Keepers", "b@buoys.example"},
		{"over the quota of its domain", "Buoy Keepers", "c@buoys.example"},
		{"over it once more", "Buoy Painters", "d@x.buoys.example"},
	} {
		got := probe(c.name, c.organisation, c.from)
		if got.Reply != want.Reply || got.Err != nil {
			t.Errorf("%s: %+v, want %+v", c.name, got, want)
		}
		if got.Put < want.Put-1 || got.Put > want.Put+1 || got.Read < want.Read-6 || got.Read > want.Read+6 {
			t.Errorf("%s: %d writes and %d reads, and a new address has %d and %d", c.name, got.Put, got.Read, want.Put, want.Read)
		}
	}
	list, _, err := b.Endorsements(t.Context(), a.ID)
	must(t, err)
	for _, e := range list {
		if strings.Contains(In(e.Names, "en"), "Loud") || strings.Contains(In(e.Names, "en"), "Shut") {
			t.Errorf("%s got in", In(e.Names, "en"))
		}
	}
	board, err := b.Board(t.Context(), ana, a.ID)
	must(t, err)
	if board.Turned["2026-11-24"] != 2 {
		t.Errorf("turned away: %v, want 2", board.Turned)
	}
	wantNames(t, b.listed(a), "Pier Watch")
}
