package signon

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/mailer"
	"stocktake/internal/pgtest"
	"stocktake/internal/store"
	"stocktake/internal/store/postgres"
	"stocktake/internal/store/sqlite"
)

var ana = By{Actor: Convenor, ID: "ana"}

const textOne, textTwo, textThree = "1111111111111111111111111111111111111111111111111111111111111111", "2222222222222222222222222222222222222222222222222222222222222222", "3333333333333333333333333333333333333333333333333333333333333333"

// a bench is a book with a clock that is set by hand, and a letter box.
type bench struct {
	testing.TB
	*Book
	mu      sync.Mutex
	now     time.Time
	letters []Message
}

func (b *bench) at(s string) {
	t, err := time.Parse("2006-01-02T15:04", s)
	must(b, err)
	b.mu.Lock()
	b.now = t
	b.mu.Unlock()
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	b.now = b.now.Add(d)
	b.mu.Unlock()
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

// keep is a Post that keeps the letters of transactions that were committed or not; tests of single letters look at it.
func (b *bench) keep(_ store.PrivateTx, m Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.ContainsFunc(b.letters, func(o Message) bool { return o.Key == m.Key }) {
		b.letters = append(b.letters, m)
	}
	return nil
}

// to returns the letters to a mailbox, and takes them out of the box.
func (b *bench) to(mailbox string) (list []Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.letters = slices.DeleteFunc(b.letters, func(m Message) bool {
		if m.To == mailbox {
			list = append(list, m)
		}
		return m.To == mailbox
	})
	return list
}

// letter returns the one letter to a mailbox.
func (b *bench) letter(mailbox string, kind MessageKind) Message {
	b.Helper()
	list := b.to(mailbox)
	if len(list) != 1 || list[0].Kind != kind {
		b.Fatalf("letters to %s are %v, want one of the kind %s", mailbox, kindsOf(list), kind)
	}
	return list[0]
}

func kindsOf(list []Message) (out []MessageKind) {
	for _, m := range list {
		out = append(out, m.Kind)
	}
	return out
}

func onSQLite(t testing.TB) store.Private {
	s, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "book.db"), store.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func onPostgres(t testing.TB) store.Private {
	s, err := postgres.Open(context.Background(), pgtest.DSN(t), store.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func newBench(t testing.TB, items store.Private) *bench {
	b := &bench{TB: t}
	b.at("2026-11-24T10:00")
	b.Book = New(items, Options{Now: b.clock, Post: b.keep, Address: "https://record.example.org", Gate: GateOptions{Bits: -1}})
	return b
}

func fresh(t testing.TB) *bench { return newBench(t, onSQLite(t)) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantFault(t testing.TB, err error, kind stocktake.FaultKind) *stocktake.Fault {
	t.Helper()
	f, ok := err.(*stocktake.Fault)
	if !ok || f.Kind != kind {
		t.Fatalf("the error is %v, want a fault of the kind %s", err, kind)
	}
	if f.Hint == "" && kind == stocktake.Conflict {
		t.Errorf("the conflict %q does not say what to do", f.What)
	}
	return f
}

func anAsking() Asking {
	closes, _ := ParseInstant("2026-12-03T18:00 America/Mexico_City")
	embargo, _ := ParseInstant("2026-12-04T00:01 America/Mexico_City")
	late, _ := ParseInstant("2027-01-31T23:59 UTC")
	return Asking{Statement: "st-harbour", Coalition: "quay", Asks: "Harbour Coalition", Lang: "en", Versions: []Version{{Number: 1, TextSHA256: textOne, Langs: []string{"en", "es"}}},
		Closes: closes, Embargo: embargo, Late: late, Tiers: []stocktake.Tier{stocktake.TierSignatory, stocktake.TierSharesViews, stocktake.TierPersonal}, Form: true}
}

func (b *bench) open(do ...func(*Asking)) Asking {
	b.Helper()
	a := anAsking()
	for _, f := range do {
		f(&a)
	}
	a, err := b.Open(context.Background(), ana, a)
	must(b, err)
	return a
}

func (b *bench) invited(a Asking, name, country, mailbox string) Asked {
	b.Helper()
	list, err := b.Invite(context.Background(), ana, a.ID, []Invitee{{Organisation: Organisation{Names: []Name{{Text: name}}, Country: country}, Mailbox: mailbox}})
	must(b, err)
	return list[0]
}

func yes(name, mailbox string) Submission {
	return Submission{Organisation: name, Country: "MEX", Tier: stocktake.TierSignatory, Signer: Person{Name: "Ines Prado", Office: "Director", Mailbox: mailbox, Telephone: "+52 55 0000 0000"}, Version: 1, TextSHA256: textOne, Langs: []string{"es"}}
}

// send goes through the public form as a person would.
func (b *bench) send(a Asking, s Submission, from string) (Reply, error) {
	b.Helper()
	t, err := b.Ticket(context.Background(), a.ID)
	must(b, err)
	b.pass(10 * time.Second)
	return b.Submit(context.Background(), a.ID, Form{Submission: s, Ticket: t.Token, Nonce: Work(t), From: from})
}

func (b *bench) use(token string, do Action) Reply {
	b.Helper()
	r, err := b.Use(context.Background(), token, do)
	must(b, err)
	return r
}

func (b *bench) state(id string) Endorsement {
	b.Helper()
	e, err := b.Endorsement(context.Background(), id)
	must(b, err)
	return e
}

// listed returns the names that would go out now.
func (b *bench) listed(a Asking) (names []string) {
	b.Helper()
	a, err := b.Asking(context.Background(), a.ID)
	must(b, err)
	list, orgs, err := b.Endorsements(context.Background(), a.ID)
	must(b, err)
	for _, e := range Publish(&a, list, orgs) {
		if len(e.Names) == 0 {
			names = append(names, "(kept back)")
			continue
		}
		names = append(names, e.Names[0].Name.Text)
	}
	return names
}

// publish fixes the list and notes it as filed.
func (b *bench) publish(a Asking, number int64) Fixed {
	b.Helper()
	f, err := b.Fix(context.Background(), a.Statement)
	must(b, err)
	must(b, b.Filed(context.Background(), a.ID, f.Version, f.Hash, f.Endorsed, number, number-1))
	return f
}

// fileChanges files what has changed, and returns it.
func (b *bench) fileChanges(a Asking, number int64) []Change {
	b.Helper()
	list, err := b.Changes(context.Background(), a.ID)
	must(b, err)
	var filed []stocktake.Endorsed
	for _, c := range list {
		filed = append(filed, c.Endorsed)
	}
	must(b, b.Filed(context.Background(), a.ID, 0, "", filed, number, number-1))
	return list
}

func wantNames(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("the list is %q, want %q", got, want)
	}
}

// TestOnBothDatabases is the way from an invitation to a receipt.
func TestOnBothDatabases(t *testing.T) {
	for name, open := range map[string]func(testing.TB) store.Private{"sqlite": onSQLite, "postgres": onPostgres} {
		t.Run(name, func(t *testing.T) { wholeWay(newBench(t, open(t))) })
	}
}

func wholeWay(b *bench) {
	ctx := b.Context()
	a := b.open()
	x := b.invited(a, "Pier Watch", "MEX", "director@pierwatch.example")
	b.invited(a, "Ñandú del Puerto A.C.", "MEX", "hola@nandu.example")
	m := b.letter("director@pierwatch.example", MailInvitation)
	if m.Token != x.Token || !strings.Contains(m.Text, "https://record.example.org/sign/"+x.Token) {
		b.Errorf("the letter does not hold the link: %q", m.Text)
	}
	r, err := b.Answer(ctx, x.Token, yes("Pier Watch", ""))
	must(b, err)
	if r.Code != IsListed {
		b.Fatalf("a yes by the link that was mailed is %+v, want it listed at once", r)
	}
	said := b.letter("director@pierwatch.example", MailListed)
	wantNames(b, b.listed(a), "Pier Watch")
	e, err := b.Enter(ctx, ana, a.ID, Entered{Submission: yes("Ñandú del Puerto", "hola@nandu.example"), Road: stocktake.RoadTelephone, Evidence: "The secretary said yes on the telephone."})
	must(b, err)
	if e.State != Listed || e.Agreement() != "entered by a convenor" {
		b.Fatalf("what a convenor entered is %s, %q", e.State, e.Agreement())
	}
	box := b.to("hola@nandu.example")
	if len(box) != 2 || box[1].Kind != MailEntered {
		b.Fatalf("letters are %v, want an invitation and that it was entered", kindsOf(box))
	}
	r = b.use(box[1].Token, Agree)
	if e = b.state(e.ID); r.Code != IsAgreed || e.Agreement() != "entered by a convenor, confirmed by the organisation" {
		b.Errorf("agreeing gives %+v, and %q", r, e.Agreement())
	}
	_, err = b.Receipt(ctx, e.ID)
	wantFault(b, err, stocktake.Conflict)
	b.at("2026-12-04T06:02")
	f := b.publish(a, 4711)
	wantNames(b, b.listed(a), "Ñandú del Puerto", "Pier Watch")
	rec, err := b.Receipt(ctx, x.Endorsement.ID)
	must(b, err)
	if rec.Proof != "filing-4711.tlog-proof" || rec.ListHash != f.Hash || rec.TextSHA256 != textOne || rec.Leaf != 4710 || rec.Names[0].Text != "Pier Watch" {
		b.Errorf("the receipt is %+v", rec)
	}
	if len(b.to("director@pierwatch.example")) != 1 {
		b.Error("no receipt was mailed")
	}
	raw, err := f.List.Canonical()
	must(b, err)
	if _, h, err := ReadList(raw); err != nil || h != f.Hash {
		b.Errorf("the list reads back with the hash %s, %v; want %s", h, err, f.Hash)
	}
	b.use(said.Token, Withdraw)
	out := b.fileChanges(a, 4712)
	if len(out) != 1 || out[0].Endorsed.State != stocktake.EndorsementWithdrew || out[0].Endorsed.On.String() != "2026-12-04" || out[0].Endorsed.Names[0].Name.Text != "Pier Watch" {
		b.Errorf("after a withdrawal there is to file: %+v", out)
	}
	if more := b.fileChanges(a, 4713); len(more) != 0 {
		b.Errorf("filed already, and again: %+v", more)
	}
	b.at("2027-08-01T00:00")
	if _, err := b.Sweep(ctx); err != nil {
		b.Fatal(err)
	}
	got := b.state(e.ID)
	if got.Signer.personal() || got.Signer.Class != "director" || got.Class != stocktake.AuthorityConvenor || got.Names[0].Text == "" {
		b.Errorf("after six months it is %+v", got)
	}
}

// mailed is a Post into the real queue.
func mailed(tx store.PrivateTx, m Message) error {
	return mailer.Queue(tx, mailer.Message{Key: m.Key, Class: mailer.Invitation, To: m.To, Subject: m.Subject, Text: m.Text, At: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)})
}
