package desk

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"stocktake"
	"stocktake/internal/mailer"
	"stocktake/internal/people"
	"stocktake/internal/store"
)

// accounts is what the desk knows of people.
type accounts struct {
	*people.People
	opt      Options
	secure   bool        // the site is at an https address, and its cookie goes there alone
	hasAdmin atomic.Bool // once there is one, there always is
	perBox   *people.Limiter
	perPlace *people.Limiter
}

func init() {
	setUp = append(setUp, func(d *Desk) error {
		if d.opt.Private == nil {
			return nil
		}
		d.accounts = newAccounts(d.opt)
		d.people = d.accounts.People
		d.who = d.accounts.who
		return nil
	})
	works = append(works, sweepPeople)
	done["asked"] = "If there is an account with this address, a letter with a link is on its way to it. The link works for 15 minutes."
	done["out"] = "You are signed out."
	done["fresh"] = "You are signed in. This account was made by an invitation that was handed over: sessions and passkeys from before this letter are gone."
	done["joined"] = "You have joined."

	add("GET /in", anyone, showIn)
	add("POST /in", anyone, askLink)
	add("GET /in/{token}", anyone, showLink)
	add("POST /in/{token}", anyone, useLink)
	add("POST /in/passkey", anyone, askPasskey)
	add("POST /in/passkey/answer", anyone, inByPasskey)
	add("POST /out", anyone, signOut)
}

func newAccounts(opt Options) *accounts {
	a := &accounts{opt: opt, secure: strings.HasPrefix(opt.Address, "https://"), perBox: people.NewLimiter(10*time.Minute, 3, opt.Now), perPlace: people.NewLimiter(20*time.Second, 15, opt.Now)}
	a.People = people.New(opt.Private, people.Options{Now: opt.Now, Post: letterbox{opt}, Address: opt.Address, Site: opt.Name})
	return a
}

// letterbox hands the letters of people to the queue of mail.
type letterbox struct{ opt Options }

func (l letterbox) Ready(context.Context) bool { return l.opt.Mail.Enabled() }

func (l letterbox) Queue(tx store.PrivateTx, x people.Letter) error {
	m := mailer.Message{Key: x.Key, Class: mailer.SignIn, To: x.To, Subject: x.Subject, Text: x.Text, At: l.opt.Now(), NotAfter: l.opt.Now().Add(15 * time.Minute)}
	if !strings.HasPrefix(x.Key, "sign-in/") {
		m.Class, m.NotAfter = mailer.Invitation, l.opt.Now().AddDate(0, 0, 14)
	}
	return mailer.Queue(tx, m)
}

// sweepPeople drops what is over, a few times a day.
func sweepPeople(ctx context.Context, d *Desk) {
	if d.accounts == nil {
		return
	}
	for wait := time.Minute; ; wait = 6 * time.Hour {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if _, err := d.accounts.Sweep(ctx); err != nil && ctx.Err() == nil {
			d.opt.Log.Error("what is over of accounts cannot be dropped; it is tried again in some hours", "err", err)
		}
	}
}

// cookie is the name of the session's cookie. The prefix makes browsers refuse one that another host, or a page without TLS, wants to set.
func (a *accounts) cookie() string {
	if a.secure {
		return "__Host-desk"
	}
	return "desk"
}

// token is that of the session that a request has; "" where it has none.
func (a *accounts) token(r *http.Request) string {
	c, err := r.Cookie(a.cookie())
	if err != nil {
		return ""
	}
	return c.Value
}

// keeps makes the cookie of a session; an empty token takes it away. Its end is the server's to know: a browser keeps it for as long as a session
// can last.
func (a *accounts) keeps(token string) *http.Cookie {
	c := &http.Cookie{Name: a.cookie(), Value: token, Path: "/", HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteLaxMode, MaxAge: 90 * 24 * 3600}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

// canKeep reports whether a session can be kept at all: over TLS, or on this computer.
func (a *accounts) canKeep() bool { return a.secure || a.opt.Loopback }

// who is the person of a request.
func (a *accounts) who(r *http.Request) (*Who, error) {
	var x people.Person
	if token := a.token(r); token != "" {
		p, _, ok, err := a.ByToken(r.Context(), token)
		if err != nil {
			return nil, err
		}
		if ok {
			x = p
		}
	}
	if x.ID == "" {
		here, err := a.atThisComputer(r)
		if err != nil || !here {
			return nil, err
		}
		x = people.Local()
	}
	return &Who{ID: string(x.ID), Name: x.Shown(), Admin: x.Admin, Local: x.IsLocal(), Person: x, Can: func(coalition, action string) bool {
		return a.May(r.Context(), x, people.CoalitionID(coalition), people.Action(action)) == nil
	}}, nil
}

// forwarded are headers that only something between a reader and this program sets.
var forwarded = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-Ip", "Via", "True-Client-Ip", "Cf-Connecting-Ip", "X-Original-Host"}

// atThisComputer reports whether a request comes from whoever sits at this computer, and this is the record of nobody else: it is served to
// this computer alone, has no address, and no administrator was made. Everything about the request has to say so too, since a web server or a tunnel
// may stand before a program that thinks itself alone.
func (a *accounts) atThisComputer(r *http.Request) (bool, error) {
	if !a.opt.Loopback || a.opt.Address != "" || a.hasAdmin.Load() || !r.ProtoAtLeast(1, 1) || !isLoopback(r.Host) || !isLoopback(r.RemoteAddr) {
		return false, nil
	}
	for _, name := range forwarded {
		if r.Header.Get(name) != "" {
			return false, nil
		}
	}
	for _, name := range []string{"Origin", "Referer"} {
		if v := r.Header.Get(name); v != "" {
			if u, err := url.Parse(v); err != nil || !isLoopback(u.Host) {
				return false, nil
			}
		}
	}
	has, err := a.HasAdmin(r.Context())
	if has {
		a.hasAdmin.Store(true)
	}
	return err == nil && !has, err
}

// isLoopback reports whether a host, with or without a port, names this computer itself.
func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	ip, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return name == "localhost" || err == nil && ip.IsLoopback()
}

// place tells callers apart for a Limiter, which keeps nothing of it: the address that the nearest server saw, of an IPv6 one the network.
func place(r *http.Request) string {
	name, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		name = r.RemoteAddr
	}
	if ip, err := netip.ParseAddr(name); err == nil && ip.IsLoopback() {
		if list := r.Header.Values("X-Forwarded-For"); len(list) > 0 {
			last := list[len(list)-1]
			name = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
		}
	}
	ip, err := netip.ParseAddr(name)
	if err != nil {
		return name
	}
	if ip = ip.Unmap(); ip.Is6() {
		net, _ := ip.Prefix(64)
		return net.String()
	}
	return ip.String()
}

// slow is a Busy fault where somebody who is not signed in asks too often.
func (q *request) slow() error {
	if q.d.accounts.perPlace.Allow(place(q.r)) {
		return nil
	}
	return &stocktake.Fault{Kind: stocktake.Busy, What: "this was asked for too often from where you are", Hint: "wait a few minutes and try again"}
}

// site says what passkeys of this site are for; ok is false where browsers take none.
func (q *request) site() (people.Site, bool) {
	s := people.Site{Name: q.d.opt.Name}
	if q.d.opt.Address != "" {
		u, err := url.Parse(q.d.opt.Address)
		if err != nil || u.Scheme != "https" && u.Hostname() != "localhost" {
			return s, false
		}
		if _, err := netip.ParseAddr(u.Hostname()); err == nil {
			return s, false
		}
		s.Domain, s.Origin = u.Hostname(), u.Scheme+"://"+u.Host
		return s, true
	}
	if name, _, _ := strings.Cut(q.r.Host, ":"); q.d.opt.Loopback && name == "localhost" {
		s.Domain, s.Origin = "localhost", "http://"+q.r.Host
		return s, true
	}
	return s, false
}

// person is who is signed in; a Forbidden fault where nobody is.
func (q *request) person() (people.Person, error) {
	if q.who == nil {
		return people.Person{}, &stocktake.Fault{Kind: stocktake.Forbidden, What: "nobody is signed in", Hint: "sign in and send it again"}
	}
	return q.who.Person, nil
}

type inPage struct {
	page
	To        string // page to go to afterwards
	Mails     bool
	Passkeys  bool
	Localhost string // address at which this computer's passkeys work; "" elsewhere
	Unsafe    bool   // neither TLS nor this computer
}

// showIn asks who somebody is.
func showIn(q *request) (*answer, error) {
	p := &inPage{page: q.view("in", "Sign in", "For people who write statements, ask for signatures, or keep the record. Whoever reads needs no account."), To: people.SafeNext(q.form("to"))}
	p.Bare = q.who == nil
	p.Mails, p.Unsafe = q.d.accounts.Mails(q.ctx), !q.d.accounts.canKeep()
	_, p.Passkeys = q.site()
	if _, port, err := net.SplitHostPort(q.r.Host); err == nil && !p.Passkeys && q.d.opt.Loopback && q.d.opt.Address == "" {
		p.Localhost = "http://localhost:" + port + "/in"
	}
	return &answer{template: "in.html", view: p}, nil
}

// askLink mails a link, or does as if it did.
func askLink(q *request) (*answer, error) {
	if err := q.slow(); err != nil {
		return nil, err
	}
	canonical, err := people.Canonical(q.form("email"))
	if err != nil {
		return nil, err
	}
	to := people.SafeNext(q.form("to"))
	if q.d.accounts.perBox.Allow(canonical) {
		if err := q.d.accounts.Ask(q.ctx, q.form("email"), to); err != nil {
			return nil, err
		}
	}
	return &answer{redirect: "/in?" + url.Values{"done": {"asked"}, "to": {to}}.Encode()}, nil
}

type linkPage struct {
	page
	Token, Coalition, For, Name string
	Roles                       []people.Role
	Into                        bool // an invitation
	Self                        *Who // who would take it up
	In                          string
	Unsafe                      bool
}

// showLink shows what a link would do, and does nothing. Nobody is named before the button was pressed, apart from whom an invitation is for.
func showLink(q *request) (*answer, error) {
	token := q.path("token")
	o, err := q.d.accounts.Open(q.ctx, token)
	if err != nil {
		return nil, err
	}
	p := &linkPage{page: q.view("in", "Sign in", "Press the button, and this browser is signed in."), Token: token, Unsafe: !q.d.accounts.canKeep()}
	p.Bare = true
	if i := o.Invitation; i != nil {
		p.Title, p.Lede = "Invitation", ""
		p.Into, p.Coalition, p.For, p.Name, p.Roles = true, o.Coalition.Name("en"), i.Email, i.Name, i.Roles
		p.Self, p.In = q.who, "/in?"+url.Values{"to": {"/in/" + token}}.Encode()
	}
	return &answer{template: "link.html", view: p}, nil
}

// useLink signs in, or takes an invitation up.
func useLink(q *request) (*answer, error) {
	if err := q.slow(); err != nil {
		return nil, err
	}
	a, token := q.d.accounts, q.path("token")
	if !a.canKeep() {
		return nil, noTLS()
	}
	o, err := a.Open(q.ctx, token)
	if err != nil {
		return nil, err
	}
	if o.SignIn {
		in, err := a.SignIn(q.ctx, token, a.token(q.r))
		if err != nil {
			return nil, err
		}
		to := in.Next
		if to == "" {
			to = "/desk"
		}
		if in.Fresh {
			to = "/desk/account?done=fresh"
		}
		return &answer{redirect: to, cookies: []*http.Cookie{a.keeps(in.Token)}}, nil
	}
	var who *people.Person
	if q.who != nil {
		x, err := q.person()
		if err != nil {
			return nil, err
		}
		who = &x
	}
	in, c, err := a.Accept(q.ctx, token, who, q.form("name"), a.token(q.r))
	if err != nil {
		return nil, err
	}
	out := &answer{redirect: "/desk/c/" + url.PathEscape(string(c)) + "?done=joined"}
	if in.Token != "" {
		out.cookies = []*http.Cookie{a.keeps(in.Token)}
	}
	return out, nil
}

func noTLS() error {
	return &stocktake.Fault{Kind: stocktake.Conflict, What: "nobody can sign in here: this page came without encryption", Hint: "whoever runs the site sets its https address with `stocktake site --address` and starts it again"}
}

// passkeyPage is what a browser needs to ask a device.
type passkeyPage struct {
	page
	Kind    string // get or create
	Options string // JSON
	Token   string
	To      string
	Action  string // where the answer goes
	Back    string
}

// askPasskey asks the browser for a passkey.
func askPasskey(q *request) (*answer, error) {
	if err := q.slow(); err != nil {
		return nil, err
	}
	site, ok := q.site()
	if !ok {
		return nil, noPasskeys()
	}
	options, token, err := q.d.accounts.BeginSignIn(q.ctx, site)
	if err != nil {
		return nil, err
	}
	p := &passkeyPage{page: q.view("in", "Sign in with a passkey", "Your browser asks for it now."), Kind: "get", Options: string(options), Token: token, To: people.SafeNext(q.form("to")), Action: "/in/passkey/answer", Back: "/in"}
	p.Bare = true
	return &answer{template: "passkey.html", view: p}, nil
}

func noPasskeys() error {
	return &stocktake.Fault{Kind: stocktake.Conflict, What: "browsers take no passkeys for this address", Hint: "they need an https address with a name (`stocktake site --address`), or http://localhost on this computer"}
}

// inByPasskey signs in with what a device answered.
func inByPasskey(q *request) (*answer, error) {
	if err := q.slow(); err != nil {
		return nil, err
	}
	site, ok := q.site()
	if !ok {
		return nil, noPasskeys()
	}
	a := q.d.accounts
	in, err := a.SignInByPasskey(q.ctx, site, q.form("token"), []byte(q.form("response")), a.token(q.r))
	if err != nil {
		return nil, err
	}
	to := people.SafeNext(q.form("to"))
	if to == "" {
		to = "/desk"
	}
	return &answer{redirect: to, cookies: []*http.Cookie{a.keeps(in.Token)}}, nil
}

// signOut ends the session of this browser.
func signOut(q *request) (*answer, error) {
	a := q.d.accounts
	if token := a.token(q.r); token != "" {
		if err := a.SignOut(q.ctx, token); err != nil {
			return nil, err
		}
	}
	return &answer{redirect: "/in?done=out", cookies: []*http.Cookie{a.keeps("")}}, nil
}
