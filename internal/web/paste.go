package web

import (
	"errors"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"stocktake"
	"stocktake/internal/ingest"
	"stocktake/internal/ledger"
	"stocktake/internal/secretariat"
)

// mostPasted is the most bytes that a pasted text may have; mostSent is the most that a form may send, in which a byte can take three.
const (
	mostPasted = 200_000
	mostSent   = 3*mostPasted + 10_000
)

// errLong says that a pasted text is too long.
var errLong = errors.New("the text is longer than this page takes")

type pastePage struct {
	page
	Pasted  string  // the text as pasted, for a second try
	From    *upload // the file that it came from, nil for a paste
	Draft   *ingest.Draft
	Marked  template.HTML
	CanFile bool
	known   map[string]nearby // pages of the instruments and parties that the text names
	Address string
}

// Elsewhere is what is to be known before something is filed.
func (p *pastePage) Elsewhere() string { return ledger.CopiesElsewhere }

// Link is the address of the page of something that the text names.
func (p *pastePage) Link(id *string) string { return p.known[*id].Address }

// Name is what the record calls it.
func (p *pastePage) Name(id *string) string { return p.known[*id].Title }

// showPaste is the door for statements.
func showPaste(q *request) (*answer, error) {
	p := &pastePage{page: q.page("/paste", "statements", "Paste a statement"), CanFile: q.s.opt.Loopback}
	p.NoForms = true
	p.Lede = "Paste the text of a joint statement, or choose a file of it, and this page shows which instruments it cites, whom it calls on for what, what its signers undertake, what it claims, and where those it speaks of stand."
	return &answer{template: "paste.html", view: p}, nil
}

// posting is a handler of what a form sends. It writes nothing itself.
type posting func(q *request) (*answer, error)

// posts wraps what takes a form: a limit on its size, a check that it came by the computer's own name where the site is served on this
// computer only, and one place for errors. What was sent is neither kept nor logged.
func (s *site) posts(h posting) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.opt.Loopback && !local(r) {
			s.fail(w, r, &stocktake.Fault{Kind: stocktake.Forbidden, What: "this record takes nothing that does not come from a page of this computer itself", Hint: "open it at the address that the program printed"})
			return
		}
		r, err := readForm(w, r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		q, err := s.read(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		a, err := h(q)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		if a.redirect != "" {
			http.Redirect(w, r, a.redirect, http.StatusSeeOther)
			return
		}
		body, kind, err := s.render(q, a)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Write(body)
	})
}

// local reports whether a request came to this computer by its own name, from a page of it, and not through a proxy that says so.
func local(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	if o := r.Header.Get("Origin"); o != "" {
		u, err := url.Parse(o)
		if err != nil || !loopbackHost(u.Host) {
			return false
		}
	}
	return loopbackHost(r.Host)
}

// ownPage reports whether a form was sent from this computer, from a page of this very address. The address is looked at and not kept.
func ownPage(r *http.Request) bool {
	from, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !loopbackHost(from) {
		return false
	}
	u, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && u.Host != "" && u.Host == r.Host && local(r)
}

// byOwnName refuses, where the site is served on this computer only, what does not come by a name or an address of the computer itself:
// a page elsewhere could otherwise read it by giving its own name this computer's address.
func (s *site) byOwnName(next http.Handler) http.Handler {
	if !s.opt.Loopback {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopbackHost(r.Host) {
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "this record is served on this computer only: open it at the address that the program printed", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// loopbackHost reports whether a Host header names this computer itself.
func loopbackHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	name = strings.Trim(name, "[]")
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// pasted returns the text that was sent.
func (q *request) pasted() (string, error) {
	text := q.r.PostForm.Get("text")
	if u := q.uploaded(); u != nil {
		if strings.TrimSpace(text) != "" {
			return "", stocktake.Invalidf("there are both a text and a file").Hinted("send one of them")
		}
		text = u.Text.Text
	}
	if strings.TrimSpace(text) == "" {
		return "", stocktake.Invalidf("there is no text").Hinted("paste the statement's words into the box, or choose a file")
	}
	if len(text) > mostPasted {
		return "", errLong
	}
	if !utf8.ValidString(text) {
		return "", stocktake.Invalidf("the text is not UTF-8").Hinted("copy it again from the page or document")
	}
	return text, nil
}

// readPasted shows the draft of a text. Nothing of it is kept.
func (s *site) readPasted(q *request) (*answer, error) {
	text, err := q.pasted()
	if err != nil {
		return nil, err
	}
	d := secretariat.Read(s.rec, q.at.Head, text)
	from := q.uploaded()
	if from != nil {
		d.Flags = append(d.Flags, from.flags()...)
	}
	if q.form == formJSON {
		return &answer{json: func() (any, error) { return d, nil }}, nil
	}
	if q.form == formCSV {
		return nil, stocktake.NotFoundf("a draft has no CSV").Hinted("/paste.json gives it as JSON")
	}
	p := &pastePage{page: q.page("/paste", "statements", "What the statement says"), Pasted: text, From: from, Draft: &d, CanFile: s.opt.Loopback, known: map[string]nearby{}, Address: strings.TrimSpace(q.r.PostForm.Get("address"))}
	p.NoForms, p.Blocked = true, true
	p.Marked = markedText(d.Text, draftMarks(q, &d), nil)
	for _, x := range d.Instruments {
		if x.ID != nil {
			p.known[*x.ID] = nearby{q.instrumentTitle(stocktake.InstrumentID(*x.ID)), q.to("i", *x.ID)}
		}
	}
	party := func(id *string) {
		if id != nil {
			p.known[*id] = nearby{q.partyName(stocktake.PartyID(*id)), q.to("p", *id)}
		}
	}
	for _, x := range d.States {
		party(x.ID)
	}
	for _, x := range d.Acts {
		party(x.Party)
	}
	for _, x := range d.Calls {
		party(x.AddresseeID)
	}
	title := "The text"
	if d.Title != nil {
		title = "“" + strings.Join(strings.Fields(d.Title.Text), " ") + "”"
	}
	p.Lede = title + " cites " + count(len(d.Instruments), "instrument", "instruments") + ", tells of " + count(len(d.Acts), "act", "acts") + ", makes " + count(len(d.Calls), "call", "calls") + ", holds " +
		count(len(d.Undertakings), "undertaking of its signers", "undertakings of its signers") + " and " + count(len(d.Claims), "claim of fact", "claims of fact") + ", and has " + count(len(d.Signatories), "name", "names") + " beneath it; this is a draft made by rules, which a person must confirm."
	return &answer{template: "paste.html", view: p}, nil
}

// filePasted puts a text on the record as a statement, where the site is served on this computer only.
func (s *site) filePasted(q *request) (*answer, error) {
	if !s.opt.Loopback {
		return nil, &stocktake.Fault{Kind: stocktake.Forbidden, What: "on a public site a pasted text is shown and not kept", Hint: "on your own computer, `stocktake serve` puts it on your own record, and so does `stocktake ingest --file`"}
	}
	if !ownPage(q.r) {
		return nil, &stocktake.Fault{Kind: stocktake.Forbidden, What: "a text is put on the record only from this computer's own page", Hint: "open the page at the address that the program printed, in a browser on this computer"}
	}
	text, err := q.pasted()
	if err != nil {
		return nil, err
	}
	address := strings.TrimSpace(q.r.PostForm.Get("address"))
	if address != "" && webAddress(address) == "" {
		return nil, stocktake.Invalidf("%q is no web address", address).Hinted("write it with https:// in front, or leave it out")
	}
	d := secretariat.Read(s.rec, s.rec.Head(), text)
	f, err := secretariat.Filing(s.rec, s.rec.Head(), d, stocktake.DateOf(q.today), address)
	if err != nil {
		return nil, err
	}
	copies := s.l.Archive()
	if _, err := copies.Put(q.ctx, d.SHA256, strings.NewReader(d.Text)); err != nil {
		return nil, err
	}
	if _, err := s.l.File(q.ctx, ledger.FileOptions{Again: true}, f); err != nil {
		return nil, errors.Join(err, copies.Undo(q.ctx))
	}
	return &answer{redirect: join([]any{"st", f.Instruments[0].ID})}, nil
}
