package desk

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/people"
	"stocktake/internal/signon"
)

func init() {
	add("GET /press/{coalition}", anyone, showPressForm)
	add("POST /press/{coalition}", anyone, sendPressForm)
	add("GET /press/in/{token}", anyone, showPressIn)
	add("POST /press/in/{token}", anyone, usePressIn)
	add("GET /press/out/{token}", anyone, showPressOut)
	add("POST /press/out/{token}", anyone, usePressOut)
	add("GET /desk/c/{coalition}/press", account, showPressDesk)
	add("POST /desk/c/{coalition}/press/open", account, openPress)
	add("POST /desk/c/{coalition}/press/add", account, addPress)
	add("POST /desk/c/{coalition}/press/remove", account, removePress)
	works = append(works, keepPress)
	onRelease = append(onRelease, func(d *Desk) {
		if d.opt.Private == nil {
			return
		}
		go func() {
			ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
			defer stop()
			if err := d.mailPress(ctx); err != nil {
				d.opt.Log.Error("letters to a press list could not be queued; it is tried again", "err", err)
			}
		}()
	})
	done["asked-press"] = "Letters are on their way. An address is on the list once the button of its letter was pressed."
	done["off-list"] = "The address is deleted."
}

// pressPage is the public form of a list, and the page of its links.
type pressPage struct {
	page
	C      people.Coalition
	Langs  []choice
	Ticket signon.Ticket
	Slowly int
	Email  string
	Fault  *stocktake.Fault
	Closed bool // no letter leaves this site
	Sent   bool

	Link  string // "in" or "out": a link of a letter
	Token string
	On    bool // the address is on the list
	Off   bool // it has left
}

// pressCoalition is the coalition of a public form. One without a form, and one that is not there, look the same.
func (q *request) pressCoalition() (c people.Coalition, err error) {
	none := stocktake.NotFoundf("there is no such page")
	if q.d.opt.Private == nil {
		return c, none
	}
	id := q.path("coalition")
	open, err := q.d.pressIsOpen(q.ctx, id)
	if err != nil {
		return c, err
	}
	if !open {
		return c, none
	}
	c, err = q.d.people.Coalition(q.ctx, people.CoalitionID(id))
	if stocktake.KindOf(err) == stocktake.NotFound {
		err = none
	}
	return c, err
}

func (q *request) pressPage() (*pressPage, error) {
	c, err := q.pressCoalition()
	if err != nil {
		return nil, err
	}
	name := c.Name("en")
	p := &pressPage{page: q.view("", "Press list of "+name, "Statements of "+name+" by mail, at the hour at which they are published."), C: c, Slowly: int(slowly.Seconds()), Email: q.form("email"), Closed: !q.d.pressReady()}
	p.Bare, p.Langs = true, pressLanguages(c, q.form("lang"))
	return p, nil
}

// pressLanguages are those in which a coalition publishes.
func pressLanguages(c people.Coalition, chosen string) (list []choice) {
	for _, l := range c.Langs {
		x := choice{Value: l, Name: l, Chosen: l == chosen}
		if i := slices.IndexFunc(coalitionLanguages, func(c choice) bool { return c.Value == l }); i >= 0 {
			x.Name = coalitionLanguages[i].Name
		}
		list = append(list, x)
	}
	return list
}

func showPressForm(q *request) (*answer, error) {
	p, err := q.pressPage()
	if err != nil {
		return nil, err
	}
	key, err := q.d.office.FormKey(q.ctx)
	if err != nil {
		return nil, err
	}
	if !p.Closed {
		p.Ticket = q.d.gate.Ticket(key, "press")
	}
	return &answer{template: "press.html", view: p}, nil
}

// sendPressForm writes to the address. Its answer is the same whether the address is new or known.
func sendPressForm(q *request) (*answer, error) {
	p, err := q.pressPage()
	if err != nil {
		return nil, err
	}
	if p.Closed {
		return nil, conflictf("this list takes no addresses at present, as no mail leaves this site", "try again another day")
	}
	key, err := q.d.office.FormKey(q.ctx)
	if err != nil {
		return nil, err
	}
	_, err = address.Parse(p.Email)
	if err == nil {
		err = q.d.gate.Pass(key, "press", q.form("ticket"), q.form("nonce"), place(q.r), slowly)
	}
	if err == nil {
		err = q.d.pressAsk(q.ctx, p.C, p.Email, q.form("lang"), "")
	}
	if err != nil {
		f, ok := err.(*stocktake.Fault)
		if !ok || f.Kind == stocktake.Internal {
			return nil, err
		}
		p.Fault, p.Ticket = f, q.d.gate.Ticket(key, "press")
		if old, ok := q.d.gate.Again(key, "press", q.form("ticket")); ok {
			p.Ticket = old
		}
		status := 422
		if f.Kind == stocktake.Busy {
			status = 503
		}
		return &answer{template: "press.html", view: p, status: status}, nil
	}
	p.Sent, p.Lede = true, ""
	return &answer{template: "press.html", view: p}, nil
}

// pressLink is the page of a letter's link. It names no address: whoever follows links for others learns nothing.
func (q *request) pressLink(kind, title, lede string) (*pressPage, error) {
	if q.d.opt.Private == nil {
		return nil, stocktake.NotFoundf("there is no such page")
	}
	p := &pressPage{page: q.view("", title, lede), Link: kind, Token: q.path("token")}
	p.Bare = true
	return p, nil
}

func showPressIn(q *request) (*answer, error) {
	p, err := q.pressLink("in", "Press list", "Press the button to get statements by mail when they are published.")
	if err != nil {
		return nil, err
	}
	x, err := q.d.pressAt(q.ctx, q.path("token"))
	if err != nil {
		return nil, err
	}
	if p.On = x.Confirmed != ""; p.On {
		p.Lede = ""
	}
	return &answer{template: "press.html", view: p}, nil
}

func usePressIn(q *request) (*answer, error) {
	if _, err := q.pressLink("in", "", ""); err != nil {
		return nil, err
	}
	if err := q.d.pressConfirm(q.ctx, q.path("token")); err != nil {
		return nil, err
	}
	return &answer{redirect: "/press/in/" + url.PathEscape(q.path("token"))}, nil
}

func showPressOut(q *request) (*answer, error) {
	p, err := q.pressLink("out", "Leave the press list", "Press the button, and the address is deleted.")
	if err != nil {
		return nil, err
	}
	return &answer{template: "press.html", view: p}, nil
}

// usePressOut takes an address off its list, for a person who presses the button and for a mail program that does so by RFC 8058: it sends
// List-Unsubscribe=One-Click, without cookies, and follows no redirect.
func usePressOut(q *request) (*answer, error) {
	p, err := q.pressLink("out", "Leave the press list", "")
	if err != nil {
		return nil, err
	}
	if err := q.d.pressOut(q.ctx, q.path("token")); err != nil {
		return nil, err
	}
	p.Off = true
	return &answer{template: "press.html", view: p}, nil
}

// pressDeskPage is a list as its press officer sees it.
type pressDeskPage struct {
	page
	C        people.Coalition
	Langs    []choice
	List     []pressAddress
	On       int // confirmed ones
	Mailings []pressMailing
	Open     bool
	Ready    bool
	Mail     bool
	Address  string // of the public form
	Names    map[string]string
}

func (q *request) press() (people.Coalition, error) {
	_, c, err := q.coalition()
	if err == nil && c.ID == people.RecordDesk {
		err = stocktake.NotFoundf("there is no such page")
	}
	if err == nil && !q.who.Can(string(c.ID), string(people.Press)) {
		err = &stocktake.Fault{Kind: stocktake.Forbidden, What: "the press list is for press officers and convenors of the coalition", Hint: "a convenor can give you the role"}
	}
	return c, err
}

func showPressDesk(q *request) (*answer, error) {
	c, err := q.press()
	if err != nil {
		return nil, err
	}
	p := &pressDeskPage{page: q.view("coalitions", "Press list of "+c.Name("en"), "Who gets its statements by mail, once they are published."), C: c, Langs: pressLanguages(c, ""), Ready: q.d.pressReady(), Mail: q.d.opt.Mail.Enabled(), Address: q.origin() + "/press/" + url.PathEscape(string(c.ID))}
	if p.List, err = q.d.pressAddresses(q.ctx, string(c.ID)); err != nil {
		return nil, err
	}
	var ids []string
	for _, x := range p.List {
		if x.Confirmed != "" {
			p.On++
		}
		ids = append(ids, x.By)
	}
	p.Names = q.names(ids...)
	if p.Mailings, err = q.d.pressMailings(q.ctx, string(c.ID)); err != nil {
		return nil, err
	}
	p.Open, err = q.d.pressIsOpen(q.ctx, string(c.ID))
	return &answer{template: "press_desk.html", view: p}, err
}

func pressAddressOf(c people.Coalition, done string) string {
	return "/desk/c/" + url.PathEscape(string(c.ID)) + "/press?done=" + done
}

func openPress(q *request) (*answer, error) {
	c, err := q.press()
	if err != nil {
		return nil, err
	}
	return &answer{redirect: pressAddressOf(c, "saved")}, q.d.setPressOpen(q.ctx, string(c.ID), q.form("open") == "yes")
}

// addPress writes to addresses, one a line. None is on the list before the button of its letter was pressed.
func addPress(q *request) (*answer, error) {
	c, err := q.press()
	if err != nil {
		return nil, err
	}
	if !q.d.pressReady() {
		return nil, conflictf("no letter to a list leaves this site", "it needs a mail server and an https address: see docs/mail.md")
	}
	var list []string
	for i, line := range strings.Split(q.r.Form.Get("who"), "\n") {
		if line = strings.Trim(strings.TrimSpace(line), ",;"); line == "" {
			continue
		}
		if _, err := address.Parse(line); err != nil {
			if f, ok := err.(*stocktake.Fault); ok {
				return nil, f.At("line " + strconv.Itoa(i+1))
			}
			return nil, err
		}
		list = append(list, line)
	}
	switch {
	case len(list) == 0:
		return nil, stocktake.Invalidf("no address is written").Hinted("write one a line")
	case len(list) > mostImported:
		return nil, stocktake.Invalidf("these are %d addresses, and at most %d go at once", len(list), mostImported).Hinted("send them in parts")
	}
	for _, a := range list {
		if err := q.d.pressAsk(q.ctx, c, a, q.form("lang"), q.who.ID); err != nil {
			return nil, err
		}
	}
	return &answer{redirect: pressAddressOf(c, "asked-press")}, nil
}

func removePress(q *request) (*answer, error) {
	c, err := q.press()
	if err != nil {
		return nil, err
	}
	return &answer{redirect: pressAddressOf(c, "off-list")}, q.d.pressRemove(q.ctx, string(c.ID), q.form("id"))
}
