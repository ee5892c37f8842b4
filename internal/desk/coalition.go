package desk

import (
	"net/url"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/people"
)

func init() {
	done["withdrawn"] = "The invitation is withdrawn. Its link opens nothing any more."
	done["invited"] = "The invitation is on its way by mail."
	done["left"] = "You have left the coalition."

	add("GET /desk/coalitions", account, showCoalitions)
	add("POST /desk/coalitions", admin, makeCoalition)
	add("GET /desk/c/{coalition}", account, showCoalition)
	add("POST /desk/c/{coalition}/about", account, changeCoalition)
	add("POST /desk/c/{coalition}/members", account, addMember)
	add("POST /desk/c/{coalition}/members/remove", account, removeMember)
	add("POST /desk/c/{coalition}/people", account, setRoles)
	add("POST /desk/c/{coalition}/leave", account, leave)
	add("POST /desk/c/{coalition}/invite", account, invite)
	add("POST /desk/c/{coalition}/invitations/withdraw", account, withdrawInvitation)
}

// coalitionLanguages are those in which a coalition can have a name here; others are kept as they are.
var coalitionLanguages = []choice{{Value: "en", Name: "English"}, {Value: "es", Name: "Spanish"}, {Value: "fr", Name: "French"}, {Value: "pt", Name: "Portuguese"}, {Value: "de", Name: "German"}, {Value: "ar", Name: "Arabic"}, {Value: "zh", Name: "Chinese"}, {Value: "ru", Name: "Russian"}}

type coalitionsPage struct {
	page
	List []coalitionRow
	Made bool // the person may make one
}

type coalitionRow struct {
	people.Coalition
	Shown string
	Mine  []people.Role
}

// showCoalitions lists those in which somebody has a part.
func showCoalitions(q *request) (*answer, error) {
	x, err := q.person()
	if err != nil {
		return nil, err
	}
	p := &coalitionsPage{page: q.view("coalitions", "Coalitions", "Organisations that speak together, and the people who work for them here."), Made: x.Admin}
	list, err := q.d.accounts.Coalitions(q.ctx, x)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		row := coalitionRow{Coalition: c, Shown: c.Name("en")}
		if !x.IsLocal() {
			if row.Mine, err = q.d.accounts.Roles(q.ctx, x.ID, c.ID); err != nil {
				return nil, err
			}
		}
		p.List = append(p.List, row)
	}
	return &answer{template: "coalitions.html", view: p}, nil
}

func makeCoalition(q *request) (*answer, error) {
	x, err := q.person()
	if err != nil {
		return nil, err
	}
	lang := q.form("lang")
	c, err := q.d.accounts.Make(q.ctx, x, people.Coalition{ID: people.CoalitionID(q.form("id")), Names: map[string]string{lang: q.form("name")}, Langs: []string{lang}})
	if err != nil {
		return nil, err
	}
	return &answer{redirect: coalitionAddress(c.ID, "made", "")}, nil
}

func coalitionAddress(id people.CoalitionID, done, part string) string {
	s := "/desk/c/" + url.PathEscape(string(id))
	if done != "" {
		s += "?done=" + done
	}
	if part != "" {
		s += "#" + part
	}
	return s
}

type coalitionPage struct {
	page
	C           people.Coalition
	Languages   []languageRow
	People      []personRow
	Invitations []people.Invitation
	AllRoles    []people.Role
	Mine        []people.Role
	Record      bool // the desk of the record, which has no members
	Mails       bool
	Change      bool // may change names, members and rules
	Invite      bool
	Roles       bool // may change roles
	Today       string
	Copied      string // the link of an invitation that was just made
	CopiedFor   string
}

type languageRow struct {
	choice
	Text  string // the coalition's name in it
	First bool
}

type personRow struct {
	people.InCoalition
	Self bool
}

// Has reports whether a person has a role.
func (r personRow) Has(role people.Role) bool { return slices.Contains(r.Roles, role) }

// Approves reports whether a role's approval counts.
func (p *coalitionPage) Approves(role people.Role) bool {
	if len(p.C.Rules.Approvers) == 0 {
		return true
	}
	return slices.Contains(p.C.Rules.Approvers, role)
}

// coalition returns the coalition of a request's path, for somebody who may see it.
func (q *request) coalition() (people.Person, people.Coalition, error) {
	x, err := q.person()
	if err != nil {
		return x, people.Coalition{}, err
	}
	id := people.CoalitionID(q.path("coalition"))
	see := people.SeeCoalition
	if err := q.d.accounts.May(q.ctx, x, id, see); err != nil {
		return x, people.Coalition{}, err
	}
	c, err := q.d.accounts.Coalition(q.ctx, id)
	return x, c, err
}

func showCoalition(q *request) (*answer, error) {
	p, err := viewCoalition(q)
	if err != nil {
		return nil, err
	}
	return &answer{template: "coalition.html", view: p}, nil
}

func viewCoalition(q *request) (*coalitionPage, error) {
	x, c, err := q.coalition()
	if err != nil {
		return nil, err
	}
	a := q.d.accounts
	p := &coalitionPage{page: q.view("coalitions", c.Name("en"), ""), C: c, Record: c.ID == people.RecordDesk, AllRoles: people.AllRoles, Mails: a.Mails(q.ctx), Today: q.now.Format("2006-01-02")}
	if p.Record {
		p.Section = "record"
		p.AllRoles = []people.Role{people.Convenor, people.Editor, people.Approver, people.Reader}
		p.Lede = "The people who put acts on the record, and the rule that they keep to."
	}
	if p.Mine, err = a.Roles(q.ctx, x.ID, c.ID); err != nil {
		return nil, err
	}
	p.Change = people.Can(x, p.Mine, c.ID, people.ChangeCoalition)
	p.Invite = people.Can(x, p.Mine, c.ID, people.InvitePeople)
	p.Roles = people.Can(x, p.Mine, c.ID, people.ChangePeople)
	for _, l := range coalitionLanguages {
		l.Chosen = slices.Contains(c.Langs, l.Value)
		p.Languages = append(p.Languages, languageRow{choice: l, Text: c.Names[l.Value], First: len(c.Langs) > 0 && c.Langs[0] == l.Value})
	}
	list, err := a.Of(q.ctx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, in := range list {
		p.People = append(p.People, personRow{in, in.Person.ID == x.ID})
	}
	if p.Invite {
		if p.Invitations, err = a.Invitations(q.ctx, c.ID); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// changeCoalition takes names, languages, contact, sender and rules.
func changeCoalition(q *request) (*answer, error) {
	x, c, err := q.coalition()
	if err != nil {
		return nil, err
	}
	form := q.r.PostForm
	err = q.d.accounts.Change(q.ctx, x, c.ID, func(c *people.Coalition) error {
		if q.form("part") == "rules" {
			c.Rules = people.Rules{TwoPersons: q.form("two") != ""}
			for _, r := range form["approver"] {
				c.Rules.Approvers = append(c.Rules.Approvers, people.Role(r))
			}
			if len(c.Rules.Approvers) == 0 {
				return stocktake.Invalidf("nobody would approve").Hinted("choose convenors, approvers, or both")
			}
			return nil
		}
		var langs []string
		for _, l := range coalitionLanguages {
			if n := strings.TrimSpace(form.Get("name-" + l.Value)); n != "" {
				c.Names[l.Value] = n
			} else {
				delete(c.Names, l.Value)
			}
			if slices.Contains(form["lang"], l.Value) {
				langs = append(langs, l.Value)
			}
		}
		for _, l := range c.Langs { // those that the page does not offer stay
			if !slices.ContainsFunc(coalitionLanguages, func(x choice) bool { return x.Value == l }) {
				langs = append(langs, l)
			}
		}
		if first := q.form("first"); first != "" {
			langs = append([]string{first}, slices.DeleteFunc(langs, func(l string) bool { return l == first })...)
		}
		c.Langs, c.Contact, c.Sender = langs, q.form("contact"), q.form("sender")
		return nil
	})
	if err != nil {
		return nil, err
	}
	part := "about"
	if q.form("part") == "rules" {
		part = "rules"
	}
	return &answer{redirect: coalitionAddress(c.ID, "saved", part)}, nil
}

func addMember(q *request) (*answer, error) {
	x, c, err := q.coalition()
	if err != nil {
		return nil, err
	}
	if err := q.d.accounts.AddMember(q.ctx, x, c.ID, people.Member{Name: q.form("name"), Country: q.form("country"), Domain: q.form("domain")}); err != nil {
		return nil, err
	}
	return &answer{redirect: coalitionAddress(c.ID, "saved", "members")}, nil
}

func removeMember(q *request) (*answer, error) {
	x, c, err := q.coalition()
	if err != nil {
		return nil, err
	}
	if err := q.d.accounts.RemoveMember(q.ctx, x, c.ID, q.form("member")); err != nil {
		return nil, err
	}
	return &answer{redirect: coalitionAddress(c.ID, "removed", "members")}, nil
}

// setRoles gives somebody other roles, or takes them out.
func setRoles(q *request) (*answer, error) {
	x, c, err := q.coalition()
	if err != nil {
		return nil, err
	}
	var roles []people.Role
	for _, r := range q.r.PostForm["role"] {
		roles = append(roles, people.Role(r))
	}
	word := "saved"
	if q.form("remove") != "" {
		roles, word = nil, "removed"
	} else if len(roles) == 0 {
		return nil, stocktake.Invalidf("no role is chosen").Hinted("choose one, or take the person out of the coalition with its own button")
	}
	if err := q.d.accounts.SetRoles(q.ctx, x, c.ID, people.PersonID(q.form("person")), roles); err != nil {
		return nil, err
	}
	return &answer{redirect: coalitionAddress(c.ID, word, "people")}, nil
}

// leave takes whoever asks out of a coalition.
func leave(q *request) (*answer, error) {
	x, c, err := q.coalition()
	if err != nil {
		return nil, err
	}
	if err := q.d.accounts.SetRoles(q.ctx, x, c.ID, x.ID, nil); err != nil {
		return nil, err
	}
	return &answer{redirect: "/desk/coalitions?done=left"}, nil
}

// invite asks somebody in. A link that is not mailed is shown once, on the page that answers.
func invite(q *request) (*answer, error) {
	x, c, err := q.coalition()
	if err != nil {
		return nil, err
	}
	var roles []people.Role
	for _, r := range q.r.PostForm["role"] {
		roles = append(roles, people.Role(r))
	}
	mail := q.form("way") == "mail"
	token, err := q.d.accounts.Invite(q.ctx, x, c.ID, q.form("email"), q.form("name"), roles, mail)
	if err != nil {
		return nil, err
	}
	if mail {
		return &answer{redirect: coalitionAddress(c.ID, "invited", "invitations")}, nil
	}
	p, err := viewCoalition(q)
	if err != nil {
		return nil, err
	}
	p.Copied, p.CopiedFor = q.linkTo(token), q.form("email")
	return &answer{template: "coalition.html", view: p}, nil
}

// linkTo is the address that a token opens: at the address of the site, or at the one that this page was asked for.
func (q *request) linkTo(token string) string {
	if q.d.opt.Address != "" {
		return q.d.accounts.LinkTo(token)
	}
	return "http://" + q.r.Host + "/in/" + token
}

func withdrawInvitation(q *request) (*answer, error) {
	x, c, err := q.coalition()
	if err != nil {
		return nil, err
	}
	if err := q.d.accounts.WithdrawInvitation(q.ctx, x, c.ID, q.form("invitation")); err != nil {
		return nil, err
	}
	return &answer{redirect: coalitionAddress(c.ID, "withdrawn", "invitations")}, nil
}
