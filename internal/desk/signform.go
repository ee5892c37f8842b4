package desk

import (
	"crypto/rand"
	"encoding/base64"
	"slices"

	"stocktake"
	"stocktake/internal/people"
	"stocktake/internal/secretariat"
	"stocktake/internal/signon"
	"stocktake/internal/store"
)

func init() {
	add("GET /sign/on/{secret}", anyone, showSignForm)
	add("POST /sign/on/{secret}/open", anyone, openSignForm)
	add("POST /sign/on/{secret}/send", anyone, sendSignForm)
	add("POST /desk/s/{work}/board/form", account, setSignForm)
	done["form-closed"] = "The form is closed. Its address opens nothing any more."
}

// signDoor is the address of an asking's public form: the SHA-256 of the secret that it ends with. Who does not know the secret does not learn
// that anything is being signed.
type signDoor struct {
	ID   string `json:"id"` // the asking's
	Hash string `json:"hash"`
}

const kindSignDoor = "signon-door"

// openDoor gives an asking's form a new address; the one before opens nothing any more.
func (q *request) openDoor(asking string) (secret string, err error) {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	secret = base64.RawURLEncoding.EncodeToString(b)
	x := signDoor{ID: asking, Hash: tokenHash(secret)}
	return secret, q.d.opt.Private.ChangePrivate(q.ctx, func(tx store.PrivateTx) error {
		_, rev, err := pressGet[signDoor](tx, kindSignDoor, asking)
		if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			return err
		}
		return pressPut(tx, q.now, kindSignDoor, asking, rev, x, store.Key{Name: "hash", Value: x.Hash, Unique: true})
	})
}

func (q *request) closeDoor(asking string) error {
	return q.d.opt.Private.ChangePrivate(q.ctx, func(tx store.PrivateTx) error {
		err := tx.Drop(kindSignDoor, asking)
		if stocktake.KindOf(err) == stocktake.NotFound {
			return nil
		}
		return err
	})
}

// setSignForm opens a form for organisations that nobody invited, gives it a new address, or closes it. The address is shown this once.
func setSignForm(q *request) (*answer, error) {
	w, a, err := q.asking(people.RunSignOn)
	if err != nil {
		return nil, err
	}
	on := q.form("open") == "yes"
	if _, err := q.d.book.Change(q.ctx, q.by(), a.ID, func(a *signon.Asking) error { a.Form = on; return nil }); err != nil {
		return nil, err
	}
	if !on {
		return &answer{redirect: workAt(w.ID, "board") + "?done=form-closed"}, q.closeDoor(a.ID)
	}
	secret, err := q.openDoor(a.ID)
	if err != nil {
		return nil, err
	}
	p, err := q.board(w)
	if err != nil {
		return nil, err
	}
	p.FormLink = q.origin() + "/sign/on/" + secret
	return &answer{template: "board.html", view: p}, nil
}

// signFormPage is the form for organisations that nobody invited. Before its button is pressed it shows nothing.
type signFormPage struct {
	page
	Secret string
	Shown  bool
	A      signon.Asking
	Texts  []secretariat.Frozen
	Sum    string
	Closes string
	Tiers  []choice
	Ticket signon.Ticket
	Slowly int
	Mails  bool
	Sent   bool
	Fault  *stocktake.Fault
	V      func(string) string
}

// behindDoor returns the asking whose form a secret opens. A wrong secret, a closed form and one that never was look the same.
func (q *request) behindDoor() (a signon.Asking, err error) {
	none := stocktake.NotFoundf("there is no such form").Hinted("ask whoever sent you here for the link of an invitation")
	if q.d.opt.Private == nil {
		return a, none
	}
	var id string
	err = q.d.opt.Private.ReadPrivate(q.ctx, func(r store.PrivateReader) error {
		id = ""
		ids, err := r.Find(kindSignDoor, "hash", tokenHash(q.path("secret")))
		if len(ids) > 0 {
			id = ids[0]
		}
		return err
	})
	if err != nil {
		return a, err
	}
	if id == "" {
		return a, none
	}
	a, err = q.d.book.Asking(q.ctx, id)
	if err != nil || !a.Form {
		return a, none
	}
	return a, nil
}

func showSignForm(q *request) (*answer, error) {
	if _, err := q.behindDoor(); err != nil {
		return nil, err
	}
	p := &signFormPage{page: q.view("sign", "A form for organisations", "Press the button to see what it is about."), Secret: q.path("secret")}
	p.Bare = true
	return &answer{template: "signform.html", view: p}, nil
}

// signForm makes the page with the text and the form.
func (q *request) signForm() (*signFormPage, error) {
	a, err := q.behindDoor()
	if err != nil {
		return nil, err
	}
	p := &signFormPage{page: q.view("sign", "Statement of "+a.Asks, ""), Secret: q.path("secret"), Shown: true, A: a, Sum: a.Current().TextSHA256, Closes: a.Closes.String(), Slowly: int(slowly.Seconds()), Mails: q.d.letters(), V: q.form}
	p.Bare = true
	w, err := q.d.office.Of(q.ctx, a.Statement)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(w.Versions, func(v secretariat.Version) bool { return v.Number == a.Current().Number }); i >= 0 {
		p.Texts = w.Versions[i].Texts
	}
	if w.Rehearsal {
		p.Lede = "A rehearsal: a demonstration. Nothing here is signed by anybody."
	}
	for _, t := range a.Tiers {
		p.Tiers = append(p.Tiers, choice{string(t), string(t), string(t) == cmpOr(q.form("tier"), string(stocktake.TierSignatory))})
	}
	return p, a.Takes(q.now, signon.By{Actor: signon.Signer})
}

func openSignForm(q *request) (*answer, error) {
	p, err := q.signForm()
	if err != nil {
		return nil, err
	}
	if p.Ticket, err = q.d.book.Ticket(q.ctx, p.A.ID); err != nil {
		return nil, err
	}
	return &answer{template: "signform.html", view: p}, nil
}

// sendSignForm takes a yes. The answer is the same for everybody; what is refused depends on what was typed, on the gate and on the hour alone.
func sendSignForm(q *request) (*answer, error) {
	p, err := q.signForm()
	if err != nil {
		return nil, err
	}
	cur := p.A.Current()
	s := signon.Submission{Organisation: q.form("organisation"), Country: q.form("country"), Website: q.form("website"), Tier: stocktake.Tier(cmpOr(q.form("tier"), string(stocktake.TierSignatory))),
		Signer: signon.Person{Name: q.form("signer"), Office: q.form("office"), Mailbox: q.form("mailbox"), Telephone: q.form("telephone")}, ShowOffice: q.form("show-office") != "", Second: q.form("second"),
		Withhold: q.form("withhold") != "", Version: cur.Number, TextSHA256: q.form("sum"), Langs: cur.Langs}
	for _, l := range cur.Langs {
		if n := q.form("name-" + l); n != "" {
			s.Names = append(s.Names, signon.Name{Lang: l, Text: n})
		}
	}
	err = nil
	switch {
	case q.form("sum") != cur.TextSHA256:
		err = conflictf("the text was changed since you opened the page", "read the text as it is now, and send the form again")
	case q.form("may") != "yes":
		err = stocktake.Invalidf("it was not confirmed that you may sign for the organisation").Hinted("tick the box, or pass the address of this page on to whoever may")
	default:
		_, err = q.d.book.Submit(q.ctx, p.A.ID, signon.Form{Submission: s, Ticket: q.form("ticket"), Nonce: q.form("nonce"), From: place(q.r), Slow: slowly})
	}
	if err == nil {
		p.Sent = true
		return &answer{template: "signform.html", view: p}, nil
	}
	f, ok := err.(*stocktake.Fault)
	if !ok || f.Kind == stocktake.Internal {
		return nil, err
	}
	p.Fault = f
	if p.Ticket, ok, err = q.d.book.TicketAgain(q.ctx, p.A.ID, q.form("ticket")); err == nil && !ok {
		p.Ticket, err = q.d.book.Ticket(q.ctx, p.A.ID)
	}
	status := 422
	switch f.Kind {
	case stocktake.Busy:
		status = 503
	case stocktake.Conflict:
		status = 409
	}
	return &answer{template: "signform.html", view: p, status: status}, err
}
