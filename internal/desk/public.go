package desk

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/record"
	"stocktake/internal/secretariat"
	"stocktake/internal/signon"
)

func init() {
	setUp = append(setUp, func(d *Desk) error {
		d.gate = signon.NewGate(signon.GateOptions{}, d.opt.Now)
		return nil
	})
	add("GET /correct", anyone, showPublic("correct"))
	add("POST /correct", anyone, sendPublic("correct"))
	add("GET /answer", anyone, showPublic("answer"))
	add("POST /answer", anyone, sendPublic("answer"))
	add("GET /reply", anyone, showPublic("reply"))
	add("POST /reply", anyone, sendPublic("reply"))
	add("GET /reply/{token}", anyone, showReplyLink)
	add("POST /reply/{token}", anyone, useReplyLink)
}

// slowly is how long a form waits that no script has worked on.
const slowly = 45 * time.Second

// publicPage is a form that anybody can send.
type publicPage struct {
	page
	Form     string
	About    secretariat.About
	Ref      string // field=value, as the address had it
	Ticket   signon.Ticket
	Slowly   int
	V        func(string) string
	Statuses []choice
	Parties  []choice
	Fault    *stocktake.Fault
	Sent     bool
	Mails    bool
	Asking   bool // a link to a mailbox, before its button was pressed
}

// about finds what a form is about by the parameter of its address.
func (q *request) about() (secretariat.About, string, error) {
	rec := q.d.opt.Ledger.Record()
	head := rec.Head()
	for _, kind := range []string{"act", "standing", "statement", "call", "instrument", "party"} {
		id := q.r.URL.Query().Get(kind) // not of the body, which has fields of such names
		if id == "" {
			continue
		}
		a, ok, err := aboutOf(q.ctx, rec, q.newest(), kind, id, q)
		if err != nil {
			return a, "", err
		}
		if !ok || head == 0 {
			break
		}
		return a, kind, nil
	}
	return secretariat.About{}, "", stocktake.NotFoundf("there is nothing of this name on the record").Hinted("open the form from the page that it is about")
}

func aboutOf(ctx context.Context, rec *record.Record, at stocktake.At, kind, id string, q *request) (a secretariat.About, ok bool, err error) {
	a = secretariat.About{Kind: kind, ID: id}
	switch kind {
	case "act":
		if len(id) > 240 {
			return a, false, nil
		}
		list, err := rec.Act(ctx, at, stocktake.ActID(id))
		if err != nil || len(list) == 0 {
			return a, false, err
		}
		x := &list[0]
		a.Title = q.partyName(x.Party) + ", " + strings.ReplaceAll(x.Kind.String(), "-", " ") + ": " + q.instrumentTitle(x.Instrument)
		a.Page = "/acts/" + id
	case "standing":
		in, p, _ := strings.Cut(id, "/")
		_, ok1 := rec.Instrument(stocktake.InstrumentID(in), at.Head)
		_, ok2 := rec.Party(stocktake.PartyID(p), at.Head)
		a.Title, a.Page = q.partyName(stocktake.PartyID(p))+": "+q.instrumentTitle(stocktake.InstrumentID(in)), "/i/"+url.PathEscape(in)+"/"+url.PathEscape(p)
		return a, ok1 && ok2, nil
	case "statement", "instrument":
		x, ok := rec.Instrument(stocktake.InstrumentID(id), at.Head)
		if !ok || kind == "statement" && x.Kind != stocktake.StatementKind {
			return a, false, nil
		}
		a.Title, a.Page = x.Title, "/i/"+url.PathEscape(id)
		if kind == "statement" {
			a.Page = "/st/" + url.PathEscape(id)
		}
	case "party":
		_, ok := rec.Party(stocktake.PartyID(id), at.Head)
		a.Title, a.Page = q.partyName(stocktake.PartyID(id)), "/p/"+url.PathEscape(id)
		return a, ok, nil
	case "call":
		st, ok := rec.CallOf(id)
		if !ok {
			return a, false, nil
		}
		a.Title, a.Page = "A call of: "+q.instrumentTitle(st), "/st/"+url.PathEscape(string(st))+"/calls"
		list, err := rec.Calls(ctx, at, record.CallFilter{Statement: st, Call: id})
		if err != nil {
			return a, false, err
		}
		for _, c := range list {
			if c.Call == id && c.Text != nil {
				a.Title = "“" + *c.Text + "”"
			}
		}
	}
	return a, true, nil
}

var publicTitles = map[string][2]string{
	"correct": {"Correct this", "You have seen something here that is wrong, or is missing. Somebody answerable looks at what you send; until then it shows nowhere."},
	"answer":  {"This call was answered", "Something happened that answers this call. Say what, and where it can be read. Somebody answerable looks at it; until then it shows nowhere."},
	"reply":   {"A government’s reply", "You answer for a government, and reply to what this record says. Once it is shown to be the government’s, and somebody here has looked at it, it stands beside what it is about, as the government’s own statement."},
}

var statusChoices = []choice{{Value: "met", Name: "it happened"}, {Value: "in-part", Name: "it happened in part"}, {Value: "refused", Name: "it was refused"}, {Value: "undone", Name: "what had happened was undone"}, {Value: "no-answer", Name: "something was said that is no answer"}}

func (q *request) publicForm(form string) (*publicPage, error) {
	if q.d.opt.Private == nil {
		return nil, stocktake.NotFoundf("there is no such page")
	}
	about, kind, err := q.about()
	if err != nil {
		return nil, err
	}
	if form == "answer" && kind != "call" {
		return nil, stocktake.NotFoundf("there is no such call")
	}
	p := &publicPage{page: q.view("", publicTitles[form][0], publicTitles[form][1]), Form: form, About: about, Ref: kind, Slowly: int(slowly.Seconds()), Mails: q.d.poster() != nil, V: q.form}
	p.Bare = true
	if form != "correct" {
		rec := q.d.opt.Ledger.Record()
		for _, x := range rec.Parties(rec.Head()) {
			if x.Kind == "state" || x.Kind == "observer" || x.Kind == "union" {
				p.Parties = append(p.Parties, choice{string(x.ID), q.partyName(x.ID), q.form("party") == string(x.ID) || q.form("party") == "" && kind == "standing" && strings.HasSuffix(about.ID, "/"+string(x.ID))})
			}
		}
		slices.SortFunc(p.Parties, func(a, b choice) int { return strings.Compare(a.Name, b.Name) })
	}
	p.Statuses = slices.Clone(statusChoices)
	for i := range p.Statuses {
		p.Statuses[i].Chosen = p.Statuses[i].Value == q.form("status")
	}
	return p, nil
}

func showPublic(form string) handler {
	return func(q *request) (*answer, error) {
		p, err := q.publicForm(form)
		if err != nil {
			return nil, err
		}
		key, err := q.d.office.FormKey(q.ctx)
		if err != nil {
			return nil, err
		}
		p.Ticket = q.d.gate.Ticket(key, form)
		return &answer{template: "public.html", view: p}, nil
	}
}

// sendPublic takes what was typed. The answer is the same for everybody: it says nothing about what is known here.
func sendPublic(form string) handler {
	return func(q *request) (*answer, error) {
		p, err := q.publicForm(form)
		if err != nil {
			return nil, err
		}
		e := secretariat.Entry{Kind: secretariat.Correction, About: p.About, Words: q.r.Form.Get("words"), Source: q.form("source"), Quote: q.r.Form.Get("quote"), Date: q.form("date"), Sender: secretariat.Sender{Name: q.form("name"), Email: q.form("email")}}
		switch form {
		case "answer":
			e.Kind, e.Status = secretariat.CallAnswer, q.form("status")
		case "reply":
			e.Kind, e.Office, e.Lang, e.Sender = secretariat.StateReply, q.form("office"), q.form("lang"), secretariat.Sender{}
			if q.form("mailbox") != "" {
				e.Box = &secretariat.Mailbox{Email: q.form("mailbox")}
			}
		}
		if form != "correct" && q.form("party") != "" {
			if !slices.ContainsFunc(p.Parties, func(c choice) bool { return c.Value == q.form("party") }) {
				return nil, stocktake.Invalidf("there is no such state on the record").Hinted("choose one of the list")
			}
			e.Party = stocktake.PartyID(q.form("party"))
		}
		key, err := q.d.office.FormKey(q.ctx)
		if err != nil {
			return nil, err
		}
		if form == "reply" && e.Party == "" {
			err = stocktake.Invalidf("it is not said whose reply it is").Hinted("choose the state")
		}
		if err == nil {
			err = e.Ready()
		}
		if err == nil {
			err = q.d.gate.Pass(key, form, q.form("ticket"), q.form("nonce"), place(q.r), slowly)
		}
		if err == nil {
			err = q.d.office.Receive(q.ctx, e, q.replyLink, q.d.poster())
		}
		if err != nil {
			return q.publicAgain(p, key, err)
		}
		p.Sent = true
		p.Lede = ""
		return &answer{template: "public.html", view: p}, nil
	}
}

// publicAgain shows the form with what was typed, and what is wrong with it. The ticket stays, so that its time runs on, unless it is spent or old.
func (q *request) publicAgain(p *publicPage, key []byte, err error) (*answer, error) {
	if list := secretariat.Mistakes(err); len(list) > 0 && list[0].Kind != stocktake.Internal {
		p.Fault = list[0]
	} else {
		return nil, err
	}
	p.Ticket = q.d.gate.Ticket(key, p.Form)
	if old, ok := q.d.gate.Again(key, p.Form, q.form("ticket")); ok {
		p.Ticket = old
	}
	status := http.StatusUnprocessableEntity
	if p.Fault.Kind == stocktake.Busy {
		status = http.StatusServiceUnavailable
	}
	return &answer{template: "public.html", view: p, status: status}, nil
}

// replyLink is the address of a link to a mailbox.
func (q *request) replyLink(token string) string {
	at := q.d.opt.Address
	if at == "" {
		at = "http://" + q.r.Host
	}
	return at + "/reply/" + token
}

// showReplyLink asks for a button: programs that fetch links press none.
func showReplyLink(q *request) (*answer, error) {
	if q.d.opt.Private == nil {
		return nil, stocktake.NotFoundf("there is no such page")
	}
	e, err := q.d.office.Linked(q.ctx, q.path("token"))
	if err != nil {
		return nil, err
	}
	p := &publicPage{page: q.view("", "Is this reply your government’s?", "Press the button if you sent it, or had it sent. Somebody here looks at it then."), Form: "link", About: e.About, Asking: !e.Proved(), Sent: e.Proved()}
	p.Bare = true
	return &answer{template: "public.html", view: p}, nil
}

func useReplyLink(q *request) (*answer, error) {
	if q.d.opt.Private == nil {
		return nil, stocktake.NotFoundf("there is no such page")
	}
	if err := q.d.office.Prove(q.ctx, q.path("token")); err != nil {
		return nil, err
	}
	return &answer{redirect: "/reply/" + url.PathEscape(q.path("token"))}, nil
}
