package desk

import (
	"net/http"

	"stocktake/internal/people"
)

func init() {
	done["ended"] = "The session has ended."
	done["others"] = "All other sessions and links have ended."
	done["passkey"] = "The passkey was added. Next time you can sign in with it."
	done["nopasskey"] = "The passkey was removed. It signs nobody in any more; the device may go on offering it."

	add("GET /desk/account", account, showAccount)
	add("POST /desk/account", account, saveAccount)
	add("POST /desk/account/session", account, endSession)
	add("POST /desk/account/sessions", account, endSessions)
	add("POST /desk/account/passkey/new", account, newPasskey)
	add("POST /desk/account/passkey", account, addPasskey)
	add("POST /desk/account/passkey/remove", account, removePasskey)
}

type accountPage struct {
	page
	Person     people.Person
	Sessions   []sessionRow
	Languages  []choice
	CanPasskey bool
	Coalitions []people.Coalition
}

type sessionRow struct {
	people.Session
	This bool
}

// choice is an entry of a list to choose from.
type choice struct {
	Value, Name string
	Chosen      bool
}

// inLanguages are those in which letters are written.
func inLanguages(chosen string) []choice {
	list := []choice{{"", "English", false}, {"es", "Español", false}, {"fr", "Français", false}, {"pt", "Português", false}, {"de", "Deutsch", false}}
	for i := range list {
		list[i].Chosen = list[i].Value == chosen
	}
	return list
}

// showAccount is what somebody is known by, and how they come in.
func showAccount(q *request) (*answer, error) {
	x, err := q.person()
	if err != nil {
		return nil, err
	}
	p := &accountPage{page: q.view("account", "Account", ""), Person: x, Languages: inLanguages(x.Lang)}
	_, p.CanPasskey = q.site()
	if x.IsLocal() {
		p.Title = "This computer"
		return &answer{template: "account.html", view: p}, nil
	}
	if p.Coalitions, err = q.d.accounts.Coalitions(q.ctx, x); err != nil {
		return nil, err
	}
	list, err := q.d.accounts.Sessions(q.ctx, x.ID)
	if err != nil {
		return nil, err
	}
	_, this, _, err := q.d.accounts.ByToken(q.ctx, q.d.accounts.token(q.r))
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		p.Sessions = append(p.Sessions, sessionRow{s, s.ID == this.ID})
	}
	return &answer{template: "account.html", view: p}, nil
}

func (q *request) self() people.PersonID { return people.PersonID(q.who.ID) }

func saveAccount(q *request) (*answer, error) {
	if err := q.d.accounts.SetAbout(q.ctx, q.self(), q.form("name"), q.form("lang")); err != nil {
		return nil, err
	}
	return &answer{redirect: "/desk/account?done=saved"}, nil
}

func endSession(q *request) (*answer, error) {
	a := q.d.accounts
	_, this, _, err := a.ByToken(q.ctx, a.token(q.r))
	if err != nil {
		return nil, err
	}
	if err := a.EndSession(q.ctx, q.self(), q.form("session")); err != nil {
		return nil, err
	}
	if q.form("session") == this.ID {
		return &answer{redirect: "/in?done=out", cookies: []*http.Cookie{a.keeps("")}}, nil
	}
	return &answer{redirect: "/desk/account?done=ended#sessions"}, nil
}

func endSessions(q *request) (*answer, error) {
	if _, err := q.d.accounts.EndSessions(q.ctx, q.self(), q.d.accounts.token(q.r)); err != nil {
		return nil, err
	}
	return &answer{redirect: "/desk/account?done=others#sessions"}, nil
}

// newPasskey asks the browser to make a passkey.
func newPasskey(q *request) (*answer, error) {
	site, ok := q.site()
	if !ok {
		return nil, noPasskeys()
	}
	options, token, err := q.d.accounts.BeginPasskey(q.ctx, site, q.self())
	if err != nil {
		return nil, err
	}
	return &answer{template: "passkey.html", view: &passkeyPage{page: q.view("account", "Add a passkey", "Your browser asks where to keep it."), Kind: "create", Options: string(options), Token: token, Action: "/desk/account/passkey", Back: "/desk/account"}}, nil
}

func addPasskey(q *request) (*answer, error) {
	site, ok := q.site()
	if !ok {
		return nil, noPasskeys()
	}
	if err := q.d.accounts.AddPasskey(q.ctx, site, q.self(), q.form("token"), []byte(q.form("response")), q.form("name")); err != nil {
		return nil, err
	}
	return &answer{redirect: "/desk/account?done=passkey#passkeys"}, nil
}

func removePasskey(q *request) (*answer, error) {
	if err := q.d.accounts.RemovePasskey(q.ctx, q.self(), q.form("passkey")); err != nil {
		return nil, err
	}
	return &answer{redirect: "/desk/account?done=nopasskey#passkeys"}, nil
}
