package desk

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/mailer"
	"stocktake/internal/mailer/address"
)

func init() {
	add("GET /desk/mail", account, showMail)
	add("POST /desk/mail/again", admin, mailAgain)
	add("POST /desk/mail/drop", admin, mailDrop)
	add("POST /desk/mail/test", admin, mailTest)
	waits = append(waits, mailWaits)
	functions["moment"] = moment
	done["again"] = "It is tried again as soon as its turn comes."
	done["given-up"] = "Taken out of the queue. Nothing of it is sent any more, and its words are gone."
	done["tested"] = "The mail server took the letter. Look whether it arrives, and whether your mail program marks it as unwanted."
}

// mailPage is the queue of letters. It shows to whom a letter goes and what became of it, never its words: a link that was mailed proves a
// mailbox, so that nobody but who has the mailbox may see it.
type mailPage struct {
	page
	Admin      bool
	Enabled    bool
	Server     string
	From       string
	Hourly     int
	Domain     int
	Address    string // of the site
	DKIMName   string
	DKIMRecord string
	Status     mailer.Status
	Troubled   []letterRow // somebody has to decide
	Waiting    []letterRow
	Late       []letterRow // those of Waiting that were put off
	More       int         // that wait and are not shown
	Over       []overRow
	Me         string // mail address of whoever asks; empty at this computer
}

// mostShown is how many waiting letters the page lists.
const mostShown = 200

// letterRow is a letter without its words.
type letterRow struct {
	mailer.Entry
	Failure string // class of it, empty where it did not fail
	When    string // when it is tried, as moment
}

// overRow counts letters that are over.
type overRow struct {
	Day   string
	Class mailer.Class
	State mailer.State
	N     int
}

// moment is how pages of the desk show a time.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006, 15:04") + " UTC"
}

// failure says of which class a failure is, in words that tell what helps.
func failure(e mailer.Entry) string {
	switch {
	case e.State == mailer.Unknown:
		return "it may have arrived: the connection broke, or this program ended, while it was handed over"
	case e.State == mailer.Bounced:
		return "it came back"
	case e.Tries == 0:
		return ""
	case e.Code >= 500:
		return "refused for good: " + smtpClass(e.Code)
	case e.State == mailer.Dead && e.Code >= 400:
		return "put off too often: " + smtpClass(e.Code)
	case e.Code >= 400:
		return "put off by the server: " + smtpClass(e.Code)
	case e.State == mailer.Dead:
		return "it cannot be sent as it is"
	}
	return "the server could not be reached, or broke off"
}

// smtpClass puts the code of an answer (RFC 5321, section 4.2.3) into words.
func smtpClass(code int) string {
	words := map[int]string{421: "the server is not available now", 450: "the mailbox is not available now", 451: "an error of the server", 452: "the mailbox or the server is full", 501: "the address is not written as the server wants it",
		530: "the server wants a password", 535: "the password was not accepted", 550: "there is no such mailbox, or the server wants nothing from here", 551: "the mailbox is elsewhere", 552: "the mailbox is full", 553: "the server does not know such an address", 554: "the server wants no letter from here"}[code]
	return cmp.Or(words, "the server’s answer") + " (" + strconv.Itoa(code) + ")"
}

func (d *Desk) mailBox() mailer.Box { return mailer.Box{Store: d.opt.Private, Now: d.opt.Now} }

// showMail is what waits, what was sent and what failed.
func showMail(q *request) (*answer, error) {
	p := &mailPage{page: q.view("mail", "Mail", "Letters that wait, that were sent, and that failed. Nobody sees their words here."), Admin: q.who.Admin, Enabled: q.d.opt.Mail.Enabled(), Address: q.d.opt.Address, Me: q.who.Person.Email}
	if p.Enabled {
		p.Server, p.From = q.d.opt.Mail.String(), q.d.opt.Mail.From().Full()
		p.Hourly, p.Domain = q.d.opt.Mail.Limits()
		p.DKIMName, p.DKIMRecord, _ = q.d.opt.Mail.DKIM()
	}
	if !p.Admin {
		return &answer{template: "mail.html", view: p}, nil
	}
	box := q.d.mailBox()
	var err error
	if p.Status, err = box.Status(q.ctx); err != nil {
		return nil, err
	}
	list, err := box.List(q.ctx, mailer.Filter{})
	if err != nil {
		return nil, err
	}
	over := map[overRow]int{}
	for _, e := range list {
		row := letterRow{Entry: e, Failure: failure(e), When: moment(e.Next)}
		switch e.State {
		case mailer.Dead, mailer.Unknown:
			p.Troubled = append(p.Troubled, row)
		case mailer.Queued, mailer.Leased, mailer.Sending:
			switch {
			case len(p.Late)+len(p.Waiting) >= mostShown:
				p.More++
			case e.Tries > 0:
				p.Late = append(p.Late, row)
			default:
				p.Waiting = append(p.Waiting, row)
			}
		default:
			over[overRow{Day: e.Day, Class: e.Class, State: e.State}]++
		}
	}
	for r, n := range over {
		r.N = n
		p.Over = append(p.Over, r)
	}
	slices.SortFunc(p.Over, func(a, b overRow) int {
		return cmp.Or(-strings.Compare(a.Day, b.Day), strings.Compare(string(a.Class), string(b.Class)), strings.Compare(string(a.State), string(b.State)))
	})
	return &answer{template: "mail.html", view: p}, nil
}

// mailAgain tries a letter again.
func mailAgain(q *request) (*answer, error) {
	err := q.d.mailBox().Retry(q.ctx, q.form("id"), q.form("twice") == "yes")
	if f, ok := err.(*stocktake.Fault); ok && f.Kind == stocktake.Conflict && strings.Contains(f.Hint, "--may-arrive-twice") {
		err = conflictf(f.What, "ask the recipient; to send it all the same, tick that it may arrive twice, or give it up")
	}
	return &answer{redirect: "/desk/mail?done=again"}, err
}

// mailDrop gives a letter up.
func mailDrop(q *request) (*answer, error) {
	return &answer{redirect: "/desk/mail?done=given-up"}, q.d.mailBox().Drop(q.ctx, q.form("id"))
}

// mailTest sends one letter past the queue to whoever asks. Who sits at this computer has no address here and writes one.
func mailTest(q *request) (*answer, error) {
	to := cmp.Or(q.who.Person.Email, q.form("to"))
	a, err := address.Parse(to)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(q.ctx, time.Minute)
	defer stop()
	m := mailer.Message{Subject: "A test of mail from Stocktake", Text: "This letter was sent to see whether mail from Stocktake arrives.\nIf you can read it, it does. Look whether your mail program marks it as unwanted.\n"}
	_, err = mailer.Try(ctx, q.d.opt.Mail, a, m, q.d.opt.Now())
	return &answer{redirect: "/desk/mail?done=tested"}, err
}

// mailWaits says that somebody has to decide about letters.
func mailWaits(q *request) ([]waiting, error) {
	if !q.who.Admin || q.d.opt.Private == nil {
		return nil, nil
	}
	s, err := q.d.mailBox().Status(q.ctx)
	if err != nil {
		return nil, err
	}
	n := s.Counts[mailer.Dead] + s.Counts[mailer.Unknown]
	if n == 0 && s.Trouble == "" {
		return nil, nil
	}
	return []waiting{{What: "Mail that did not go out", Address: "/desk/mail", N: n}}, nil
}
