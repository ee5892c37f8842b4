package desk

import (
	"context"
	"net/url"
	"time"

	"stocktake"
	"stocktake/internal/people"
	"stocktake/internal/secretariat"
)

func init() {
	add("GET /desk/queue", account, showQueue)
	add("GET /desk/queue/domains", account, showDomains)
	add("POST /desk/queue/domains", account, setDomain)
	add("POST /desk/queue/domains/drop", account, dropDomain)
	add("GET /desk/queue/e/{entry}", account, showEntry)
	add("POST /desk/queue/e/{entry}/take", account, takeEntry)
	add("POST /desk/queue/e/{entry}/decline", account, declineEntry)
	add("POST /desk/queue/e/{entry}/mailbox", account, askMailbox)
	add("POST /desk/queue/e/{entry}/forget", account, forgetSender)
	works = append(works, sweepQueue)
	done["forgotten"] = "Name, address and mailbox of the sender are deleted."
	done["declined"] = "Declined. It is told to who sent it, where they left an address and mail leaves this site."
	done["mailed"] = "A letter with a link is on its way to the mailbox."
	done["domain"] = "The table of domains is changed."
}

type queuePage struct {
	page
	Waiting, Taken, Closed []*secretariat.Entry
	Names                  map[string]string
}

// showQueue is what strangers and states sent.
func showQueue(q *request) (*answer, error) {
	if err := q.mayRecord(people.TakeUp); err != nil {
		return nil, err
	}
	p := &queuePage{page: q.view("queue", "Queue", "Corrections, answers to calls and replies of states. Nobody outside sees any of it before somebody here takes it up.")}
	var ids []string
	for _, x := range []struct {
		list   *[]*secretariat.Entry
		states []secretariat.EntryState
	}{{&p.Waiting, []secretariat.EntryState{secretariat.EntryWaiting}}, {&p.Taken, []secretariat.EntryState{secretariat.EntryTaken}}, {&p.Closed, []secretariat.EntryState{secretariat.EntryFiled, secretariat.EntryDeclined}}} {
		list, err := q.d.office.Queue(q.ctx, x.states...)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			ids = append(ids, e.By)
		}
		*x.list = list
	}
	p.Closed = p.Closed[max(0, len(p.Closed)-30):]
	p.Names = q.names(ids...)
	return &answer{template: "queue.html", view: p}, nil
}

type entryPage struct {
	page
	E       *secretariat.Entry
	Party   string
	Names   map[string]string
	Grounds []string
	Known   bool   // the domain of its mailbox is known as the government's
	Link    string // to be sent by hand, shown once
	Mails   bool
}

func (q *request) viewEntry() (*entryPage, error) {
	if err := q.mayRecord(people.TakeUp); err != nil {
		return nil, err
	}
	e, err := q.d.office.Entry(q.ctx, q.path("entry"))
	if err != nil {
		return nil, err
	}
	p := &entryPage{page: q.view("queue", e.About.Title, ""), E: e, Names: q.names(e.By), Grounds: secretariat.Grounds(), Mails: q.d.poster() != nil}
	switch e.Kind {
	case secretariat.Correction:
		p.Lede = "A correction, sent on " + e.Day + ". It is the sender’s claim."
	case secretariat.CallAnswer:
		p.Lede = "An answer to a call, sent on " + e.Day + ". It is the sender’s claim."
	default:
		p.Lede = "A reply in the name of a government, sent on " + e.Day + "."
	}
	if e.Party != "" {
		p.Party = q.partyName(e.Party)
	}
	if e.Box != nil {
		if p.Known, err = q.d.office.Governs(q.ctx, e.Box.Domain, e.Party); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func showEntry(q *request) (*answer, error) {
	p, err := q.viewEntry()
	if err != nil {
		return nil, err
	}
	return &answer{template: "entry.html", view: p}, nil
}

func entryAt(id, done string) string { return "/desk/queue/e/" + url.PathEscape(id) + "?done=" + done }

// takeEntry makes a proposal of an entry, to be finished by whoever takes it up.
func takeEntry(q *request) (*answer, error) {
	if err := q.mayRecord(people.TakeUp); err != nil {
		return nil, err
	}
	if err := q.mayRecord(people.WriteRecord); err != nil {
		return nil, err
	}
	e, err := q.d.office.Entry(q.ctx, q.path("entry"))
	if err != nil {
		return nil, err
	}
	f, err := q.d.office.EntryDraft(q.ctx, e)
	if err != nil {
		return nil, err
	}
	text, err := secretariat.PrintDraft(f)
	if err != nil {
		return nil, err
	}
	p, err := q.d.office.Propose(q.ctx, q.who.ID, "queue", text, e.ID)
	if err != nil {
		return nil, first(err)
	}
	return &answer{redirect: "/desk/record/p/" + p.ID + "?done=proposed#text"}, nil
}

func declineEntry(q *request) (*answer, error) {
	if err := q.mayRecord(people.TakeUp); err != nil {
		return nil, err
	}
	return &answer{redirect: "/desk/queue?done=declined"}, q.d.office.Decline(q.ctx, q.path("entry"), q.who.ID, q.form("ground"), q.d.poster())
}

// askMailbox sends the link to the mailbox of a reply, or shows it where no mail leaves the site.
func askMailbox(q *request) (*answer, error) {
	if err := q.mayRecord(people.TakeUp); err != nil {
		return nil, err
	}
	link, err := q.d.office.AskBox(q.ctx, q.path("entry"), q.replyLink, q.d.poster())
	if err != nil {
		return nil, err
	}
	if link == "" {
		return &answer{redirect: entryAt(q.path("entry"), "mailed")}, nil
	}
	p, err := q.viewEntry()
	if err != nil {
		return nil, err
	}
	p.Link = link
	return &answer{template: "entry.html", view: p}, nil
}

func forgetSender(q *request) (*answer, error) {
	if err := q.mayRecord(people.TakeUp); err != nil {
		return nil, err
	}
	return &answer{redirect: entryAt(q.path("entry"), "forgotten")}, q.d.office.ForgetSender(q.ctx, q.path("entry"))
}

type domainsPage struct {
	page
	List     []domainRow
	MayWrite bool
}

type domainRow struct {
	secretariat.Domain
	PartyName, Who string
}

// showDomains is the table of domains that are known as a government's.
func showDomains(q *request) (*answer, error) {
	if err := q.mayRecord(people.TakeUp); err != nil {
		return nil, err
	}
	p := &domainsPage{page: q.view("queue", "Domains of governments", "A mailbox at one of these, or below it, speaks for the party. Each has a source that says whose it is."), MayWrite: q.canRecord(people.WriteRecord)}
	list, err := q.d.office.Domains(q.ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, d := range list {
		ids = append(ids, d.By)
	}
	names := q.names(ids...)
	for _, d := range list {
		p.List = append(p.List, domainRow{d, q.partyName(d.Party), names[d.By]})
	}
	return &answer{template: "domains.html", view: p}, nil
}

func setDomain(q *request) (*answer, error) {
	if err := q.mayRecord(people.WriteRecord); err != nil {
		return nil, err
	}
	rec := q.d.opt.Ledger.Record()
	party, ok := rec.FindParty(q.form("party"), rec.Head())
	if !ok {
		return nil, stocktake.Invalidf("there is no party %q on this record", q.form("party")).Hinted("write its id or name, such as MEX or Mexico")
	}
	return &answer{redirect: "/desk/queue/domains?done=domain"}, q.d.office.SetDomain(q.ctx, secretariat.Domain{Name: q.form("domain"), Party: party, Source: q.form("source"), By: q.who.ID})
}

func dropDomain(q *request) (*answer, error) {
	if err := q.mayRecord(people.WriteRecord); err != nil {
		return nil, err
	}
	return &answer{redirect: "/desk/queue/domains?done=domain"}, q.d.office.DropDomain(q.ctx, q.form("domain"))
}

// sweepQueue forgets what is kept no longer, a few times a day.
func sweepQueue(ctx context.Context, d *Desk) {
	if d.accounts == nil {
		return
	}
	for wait := time.Minute; ; wait = 6 * time.Hour {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if _, err := d.office.SweepQueue(ctx); err != nil && ctx.Err() == nil {
			d.opt.Log.Error("what strangers sent cannot be forgotten in time; it is tried again in some hours", "err", err)
		}
	}
}
