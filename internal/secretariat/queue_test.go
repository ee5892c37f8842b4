package secretariat_test

import (
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/secretariat"
	"stocktake/internal/store"
)

var aboutAct = secretariat.About{Kind: "act", ID: "example-act", Title: "An act", Page: "/acts/example-act"}

// postbox keeps what is mailed.
type postbox struct{ list []secretariat.Letter }

func (p *postbox) post(_ store.PrivateTx, l secretariat.Letter) error {
	p.list = append(p.list, l)
	return nil
}

func at(token string) string { return "https://record.example.org/reply/" + token }

func TestQueue(t *testing.T) {
	onBoth(t, func(t *testing.T, o *secretariat.Office, l *ledger.Ledger, c *clock) {
		ctx := t.Context()
		head := l.Record().Head()
		var box postbox
		// A correction waits, is taken up, given back, taken up, and filed.
		about := secretariat.About{Kind: "standing", ID: "gcm/BRA", Title: "Brazil on the Compact", Page: "/i/gcm/BRA"}
		err := o.Receive(ctx, secretariat.Entry{Kind: secretariat.Correction, About: about, Words: "It said  so\u0007 in March.\r\n", Source: "https://press.example.org/1", Quote: "will stay out", Sender: secretariat.Sender{Email: "Stranger@Example.net"}}, at, box.post)
		if err != nil {
			t.Fatal(err)
		}
		list, err := o.Queue(ctx, secretariat.EntryWaiting)
		if err != nil || len(list) != 1 || list[0].Words != "It said  so in March." || len(box.list) != 0 {
			t.Fatalf("%+v, %v, %v", list, err, box.list)
		}
		e := list[0]
		f, err := o.EntryDraft(ctx, e)
		if err != nil || f.Sources[0].Address != "https://press.example.org/1" || f.Acts[0].Party != "BRA" || strings.Contains(f.Acts[0].Note, "March") {
			t.Fatalf("%+v, %v", f, err)
		}
		text, err := secretariat.PrintDraft(f)
		if err != nil {
			t.Fatal(err)
		}
		p, err := o.Propose(ctx, "ana", "entry", text, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Propose(ctx, "ben", "entry", text, e.ID); stocktake.KindOf(err) != stocktake.Conflict {
			t.Errorf("taken up twice: %v", err)
		}
		if _, err := o.DropProposal(ctx, p.ID, "ana"); err != nil {
			t.Fatal(err)
		}
		if e, _ = o.Entry(ctx, e.ID); e.State != secretariat.EntryWaiting {
			t.Errorf("%+v", e)
		}
		if p, err = o.Propose(ctx, "ana", "entry", joins, e.ID); err != nil {
			t.Fatal(err)
		}
		v, _ := o.Preview(ctx, p.Draft)
		if p, err = o.FileProposal(ctx, p.ID, "ana", v.Sum, false); err != nil {
			t.Fatal(err)
		}
		if err := o.TellFiled(ctx, p.Entry, func(n int64) string { return "https://record.example.org/f/9" }, box.post); err != nil {
			t.Fatal(err)
		}
		if e, _ = o.Entry(ctx, e.ID); e.State != secretariat.EntryFiled || e.Filings[0] != head+1 || len(box.list) != 1 || box.list[0].To != "Stranger@example.net" {
			t.Errorf("%+v, %+v", e, box.list)
		}

		// One that is declined.
		if err := o.Receive(ctx, secretariat.Entry{Kind: secretariat.Correction, About: aboutAct, Words: "I do not like it.", Sender: secretariat.Sender{Name: "N", Email: "n@example.net"}}, at, box.post); err != nil {
			t.Fatal(err)
		}
		list, _ = o.Queue(ctx, secretariat.EntryWaiting)
		if err := o.Decline(ctx, list[0].ID, "ana", "because", box.post); stocktake.KindOf(err) != stocktake.Invalid {
			t.Error(err)
		}
		if err := o.Decline(ctx, list[0].ID, "ana", "an opinion, not a fact", box.post); err != nil || len(box.list) != 2 || !strings.Contains(box.list[1].Text, "an opinion, not a fact") {
			t.Errorf("%v, %+v", err, box.list)
		}

		// After 30 days nobody knows who sent it, and after 180 what it was.
		c.set(c.now().AddDate(0, 0, 31))
		if n, err := o.SweepQueue(ctx); err != nil || n.Senders != 2 || n.Entries != 0 {
			t.Errorf("%+v, %v", n, err)
		}
		for _, id := range []string{e.ID, list[0].ID} {
			if x, err := o.Entry(ctx, id); err != nil || x.Sender != (secretariat.Sender{}) || x.Words == "" {
				t.Errorf("%+v, %v", x, err)
			}
		}
		c.set(c.now().AddDate(0, 0, 160))
		if n, err := o.SweepQueue(ctx); err != nil || n.Entries != 2 || n.Proposals != 2 {
			t.Errorf("%+v, %v", n, err)
		}
		if _, err := o.Entry(ctx, e.ID); stocktake.KindOf(err) != stocktake.NotFound {
			t.Error(err)
		}
	})
}

func TestReplyOfAState(t *testing.T) {
	onBoth(t, func(t *testing.T, o *secretariat.Office, _ *ledger.Ledger, c *clock) {
		ctx := t.Context()
		var box postbox
		about := secretariat.About{Kind: "standing", ID: "gcm/BRA", Title: "Brazil on the Compact", Page: "/i/gcm/BRA"}
		reply := secretariat.Entry{Kind: secretariat.StateReply, About: about, Party: "BRA", Office: "Permanent Mission", Words: "We are looking at it.", Lang: "en", Box: &secretariat.Mailbox{Email: "mission@ministry.gov.example.com"}}
		if err := o.Receive(ctx, secretariat.Entry{Kind: secretariat.StateReply, About: about, Party: "BRA", Words: "We are."}, at, box.post); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("a reply that nothing shows to be one: %v", err)
		}
		// A domain that nobody knows: it waits, nothing is mailed, nobody can take it up, and the sender was told the same.
		if err := o.Receive(ctx, reply, at, box.post); err != nil || len(box.list) != 0 {
			t.Fatalf("%v, %v", err, box.list)
		}
		list, _ := o.Queue(ctx, secretariat.EntryWaiting)
		if len(list) != 1 || list[0].Stands() {
			t.Fatalf("%+v", list)
		}
		if _, err := o.Propose(ctx, "ana", "entry", joins, list[0].ID); stocktake.KindOf(err) != stocktake.Conflict {
			t.Errorf("taken up: %v", err)
		}
		if _, err := o.AskBox(ctx, list[0].ID, at, box.post); stocktake.KindOf(err) != stocktake.Conflict {
			t.Error(err)
		}
		for _, bad := range []secretariat.Domain{{Name: "com", Party: "BRA", Source: "s"}, {Name: "gov.example.com", Party: "BRA"}, {Name: "gov.example.com", Party: "XYZ", Source: "s"}} {
			if err := o.SetDomain(ctx, bad); stocktake.KindOf(err) != stocktake.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if err := o.SetDomain(ctx, secretariat.Domain{Name: "Gov.Example.COM", Party: "BRA", Source: "https://register.example.org/bra", By: "ana"}); err != nil {
			t.Fatal(err)
		}
		if err := o.SetDomain(ctx, secretariat.Domain{Name: "city.gov.example.com", Party: "HUN", Source: "s", By: "ana"}); err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			domain string
			party  stocktake.PartyID
			is     bool
		}{{"ministry.gov.example.com", "BRA", true}, {"gov.example.com", "BRA", true}, {"gov.example.com", "HUN", false}, {"notgov.example.com", "BRA", false}, {"example.com", "BRA", false}, {"a.city.gov.example.com", "BRA", false}} {
			if is, err := o.Governs(ctx, x.domain, x.party); err != nil || is != x.is {
				t.Errorf("%+v: %v, %v", x, is, err)
			}
		}
		if _, err := o.AskBox(ctx, list[0].ID, at, box.post); err != nil || len(box.list) != 1 || box.list[0].To != "mission@ministry.gov.example.com" {
			t.Fatalf("%v, %+v", err, box.list)
		}
		_, token, _ := strings.Cut(box.list[0].Text, "https://record.example.org/reply/")
		token, _, _ = strings.Cut(token, "\n")
		if e, err := o.Linked(ctx, token); err != nil || e.Proved() {
			t.Fatalf("looking at a link proves nothing: %+v, %v", e, err)
		}
		for range 2 {
			if err := o.Prove(ctx, token); err != nil {
				t.Fatal(err)
			}
		}
		e, err := o.Entry(ctx, list[0].ID)
		if err != nil || !e.Stands() || e.Box.Basis != "https://register.example.org/bra" {
			t.Fatalf("%+v, %v", e, err)
		}
		f, err := o.EntryDraft(ctx, e)
		if err != nil || f.Acts[0].Kind != stocktake.Remark || f.Acts[0].Party != "BRA" || !f.Acts[0].Quotes[0].Own || !strings.Contains(f.Sources[0].Note, "https://register.example.org/bra") || strings.Contains(f.Sources[0].Note, "mission@") {
			t.Errorf("%+v, %v", f, err)
		}
		if _, err := secretariat.PrintDraft(f); err != nil {
			t.Error(err)
		}
		if err := o.Prove(ctx, token+"x"); stocktake.KindOf(err) != stocktake.NotFound {
			t.Error(err)
		}
		// No more than three letters a day to one mailbox, whoever asks for them.
		for range 5 {
			if err := o.Receive(ctx, reply, at, box.post); err != nil {
				t.Fatal(err)
			}
		}
		if len(box.list) != 3 {
			t.Errorf("%d letters", len(box.list))
		}
		c.set(c.now().Add(15 * 24 * time.Hour))
		if n, err := o.SweepQueue(ctx); err != nil || n.Links != 3 {
			t.Errorf("%+v, %v", n, err)
		}
		if _, err := o.Linked(ctx, token); stocktake.KindOf(err) != stocktake.NotFound {
			t.Error(err)
		}
	})
}
