package desk

import (
	"encoding/json"

	"stocktake"
	"stocktake/internal/secretariat"
	"stocktake/internal/signon"
)

func init() {
	add("GET /sign/{token}", anyone, showSign)
	add("POST /sign/{token}/open", anyone, openSign)
	add("POST /sign/{token}/answer", anyone, answerSign)
	add("POST /sign/{token}/decline", anyone, declineSign)
	add("POST /sign/{token}/back", anyone, backSign)
	add("POST /sign/{token}/quiet", anyone, quietSign)
	add("POST /sign/{token}/use", anyone, useSign)
	add("POST /sign/{token}/receipt", anyone, receiptSign)
}

// signPage is what a link opens. Before its button is pressed it shows nothing: programs that look at links see no more.
type signPage struct {
	page
	Token   string
	Card    *signon.Card
	View    *signon.View
	Texts   []secretariat.Frozen
	Reply   *signon.Reply
	Name    string
	Tiers   []stocktake.Tier
	Closes  string
	Sum     string
	Receipt *signon.Receipt
	Address string // of the public page
	Mailbox bool   // the form has to ask for one
}

func (q *request) signPage(title, lede string) *signPage {
	p := &signPage{page: q.view("sign", title, lede), Token: q.path("token")}
	p.Bare = true
	return p
}

func showSign(q *request) (*answer, error) {
	c, err := q.d.book.Peek(q.ctx, q.path("token"))
	if err != nil {
		return nil, err
	}
	p := q.signPage("A link for your organisation", "Press the button to see what it is about.")
	p.Card = &c
	switch c.Purpose {
	case signon.ForConfirm:
		p.Lede = "Press the button to confirm that this mailbox is yours."
	case signon.ForWithdraw:
		p.Lede = "Press the button to look at your answer. You can take it back there."
	case signon.ForReceipt:
		p.Lede = "Press the button to open your receipt."
	}
	return &answer{template: "sign.html", view: p}, nil
}

// openSign shows the text and the form.
func openSign(q *request) (*answer, error) { return q.opened(nil) }

func (q *request) opened(reply *signon.Reply) (*answer, error) {
	v, err := q.d.book.View(q.ctx, q.path("token"))
	if err != nil {
		return nil, err
	}
	p := q.signPage("Statement of "+v.Asking.Asks, "")
	if reply != nil {
		reply.Missing = q.d.lacks(reply.Missing)
	}
	p.View, p.Reply, p.Closes, p.Tiers = &v, reply, v.Asking.Closes.String(), v.Asking.Tiers
	p.Name = signon.In(v.Endorsement.Names, v.Asking.Lang)
	w, err := q.d.office.Of(q.ctx, v.Asking.Statement)
	if err != nil {
		return nil, err
	}
	cur := v.Asking.Current()
	for _, x := range w.Versions {
		if x.Number == cur.Number {
			p.Texts, p.Sum = x.Texts, x.Texts[0].SHA256
		}
	}
	p.Mailbox = v.Purpose == signon.ForInvitation
	if x := w.Newest(); x != nil && x.Filing > 0 {
		p.Address = "/st/" + string(w.Statement)
	}
	if v.Purpose == signon.ForReceipt || v.Purpose == signon.ForWithdraw {
		if rc, err := q.d.book.Receipt(q.ctx, v.Endorsement.ID); err == nil {
			p.Receipt = &rc
		}
	}
	if w.Rehearsal {
		p.Lede = "A rehearsal: a demonstration. Nothing here is signed by anybody."
	}
	return &answer{template: "sign.html", view: p}, nil
}

func answerSign(q *request) (*answer, error) {
	v, err := q.d.book.View(q.ctx, q.path("token"))
	if err != nil {
		return nil, err
	}
	if q.form("may") != "yes" {
		return nil, stocktake.Invalidf("it was not confirmed that you may sign for the organisation").Hinted("tick the box, or pass the link on to whoever may")
	}
	cur := v.Asking.Current()
	if q.form("sum") != cur.TextSHA256 {
		return nil, conflictf("the text was changed since you opened the page", "open the link again and read what changed")
	}
	s := signon.Submission{Organisation: q.form("organisation"), Country: q.form("country"), Website: q.form("website"), Tier: stocktake.Tier(cmpOr(q.form("tier"), string(stocktake.TierSignatory))),
		Signer: signon.Person{Name: q.form("signer"), Office: q.form("office"), Mailbox: q.form("mailbox"), Telephone: q.form("telephone")}, ShowOffice: q.form("show-office") != "", Second: q.form("second"),
		Withhold: q.form("withhold") != "", Version: cur.Number, TextSHA256: cur.TextSHA256, Langs: cur.Langs}
	for _, l := range cur.Langs {
		if n := q.form("name-" + l); n != "" {
			s.Names = append(s.Names, signon.Name{Lang: l, Text: n})
		}
	}
	r, err := q.d.book.Answer(q.ctx, q.path("token"), s)
	if err != nil {
		return nil, err
	}
	q.d.kick()
	return q.opened(&r)
}

func declineSign(q *request) (*answer, error) {
	r, err := q.d.book.Decline(q.ctx, q.path("token"))
	if err != nil {
		return nil, err
	}
	return q.opened(&r)
}

func backSign(q *request) (*answer, error) {
	r, err := q.d.book.TakeBackAnswer(q.ctx, q.path("token"))
	if err != nil {
		return nil, err
	}
	q.d.kick()
	return q.opened(&r)
}

func quietSign(q *request) (*answer, error) {
	if err := q.d.book.Quiet(q.ctx, q.path("token")); err != nil {
		return nil, err
	}
	return q.opened(nil)
}

// useSign does what a link is for: it confirms, countersigns, agrees, or takes back.
func useSign(q *request) (*answer, error) {
	r, err := q.d.book.Use(q.ctx, q.path("token"), signon.Action(q.form("do")))
	if err != nil {
		return nil, err
	}
	q.d.kick()
	return q.opened(&r)
}

// receiptSign gives the receipt as a file that stands without the site.
func receiptSign(q *request) (*answer, error) {
	v, err := q.d.book.View(q.ctx, q.path("token"))
	if err != nil {
		return nil, err
	}
	rc, err := q.d.book.Receipt(q.ctx, v.Endorsement.ID)
	if err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(rc, "", "  ")
	return &answer{body: append(b, '\n'), kind: "application/json", name: "receipt-" + rc.Endorsement + ".json"}, err
}
