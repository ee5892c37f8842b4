package desk

import (
	"net/url"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/people"
	"stocktake/internal/signon"
)

func init() {
	add("GET /desk/organisations", account, showOrganisations)
	add("POST /desk/organisations", account, addOrganisation)
	add("POST /desk/organisations/unmerge", account, unmergeOrganisations)
	add("GET /desk/organisations/{org}", account, showOrganisation)
	add("POST /desk/organisations/{org}", account, changeOrganisation)
	add("POST /desk/organisations/{org}/know", account, knowOrganisation)
	add("POST /desk/organisations/{org}/register", account, addRegister)
	add("POST /desk/organisations/{org}/authority", account, addAuthority)
	add("POST /desk/organisations/{org}/revoke", account, revokeAuthority)
	add("POST /desk/organisations/{org}/merge", account, mergeOrganisation)
	done["org-found"] = "It is here already: this is the one."
	done["org-merged"] = "They are one now. Nothing of either is deleted, and it can be undone."
	done["org-unmerged"] = "The merge is undone."
	done["org-revoked"] = "Revoked. What was signed by it before stays."
}

// convenes returns the coalitions in which whoever asks runs sign-ons; Forbidden where there is none.
func (q *request) convenes() (mine map[string]bool, err error) {
	if q.d.opt.Private == nil {
		return nil, stocktake.NotFoundf("there is no such page")
	}
	list, err := q.coalitions()
	if err != nil {
		return nil, err
	}
	mine = map[string]bool{}
	for _, c := range list {
		if q.who.Can(string(c.ID), string(people.RunSignOn)) {
			mine[string(c.ID)] = true
		}
	}
	if len(mine) == 0 && !q.who.Local {
		return nil, &stocktake.Fault{Kind: stocktake.Forbidden, What: "organisations are for convenors", Hint: "a convenor of your coalition can give you the role"}
	}
	return mine, nil
}

// place is what an organisation did in a sign-on of a coalition of mine.
type placeRow struct {
	signon.Endorsement
	Title, Address string
}

// places are those of an organisation that whoever asks may know of: what other coalitions ask for is theirs.
func (q *request) places(org string, mine map[string]bool) (list []placeRow, err error) {
	es, err := q.d.book.EndorsementsOf(q.ctx, org)
	if err != nil {
		return nil, err
	}
	for _, e := range es {
		a, err := q.d.book.Asking(q.ctx, e.Asking)
		if err != nil {
			return nil, err
		}
		if !mine[a.Coalition] {
			continue
		}
		row := placeRow{Endorsement: e}
		if w, err := q.d.office.Of(q.ctx, a.Statement); err == nil {
			row.Title, row.Address = w.Name, workAt(w.ID, "board")
		}
		list = append(list, row)
	}
	return list, nil
}

// mayKnow reports whether an organisation is shown: one that a convenor knows is for all convenors, one that came by itself for those it came to.
func (q *request) mayKnow(o *signon.Organisation, mine map[string]bool) (bool, error) {
	if o.Known != nil || q.who.Local {
		return true, nil
	}
	list, err := q.places(o.ID, mine)
	return len(list) > 0, err
}

type organisationsPage struct {
	page
	Words  string
	List   []signon.Organisation
	More   int
	Merges []orgMerge
}

type orgMerge struct {
	signon.Merge
	FromName, IntoName string
}

const mostOrganisations = 200

func showOrganisations(q *request) (*answer, error) {
	mine, err := q.convenes()
	if err != nil {
		return nil, err
	}
	p := &organisationsPage{page: q.view("statements", "Organisations", "Who was asked to sign, or did: one organisation once, whatever its names."), Words: q.form("q")}
	list, err := q.d.book.Organisations(q.ctx, p.Words)
	if err != nil {
		return nil, err
	}
	for i := range list {
		ok, err := q.mayKnow(&list[i], mine)
		if err != nil {
			return nil, err
		}
		switch {
		case !ok:
		case len(p.List) >= mostOrganisations:
			p.More++
		default:
			p.List = append(p.List, list[i])
		}
	}
	p.Merges, err = q.merges(mine, "")
	return &answer{template: "organisations.html", view: p}, err
}

// merges lists those that were not undone, of one organisation where one is named.
func (q *request) merges(mine map[string]bool, into string) (list []orgMerge, err error) {
	all, err := q.d.book.Merges(q.ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.Undone != "" || into != "" && m.Into != into {
			continue
		}
		o, err := q.d.book.Organisation(q.ctx, m.Into)
		if err != nil {
			return nil, err
		}
		if ok, err := q.mayKnow(&o, mine); err != nil || !ok {
			if err != nil {
				return nil, err
			}
			continue
		}
		name, err := q.d.book.NameOf(q.ctx, m.From)
		if err != nil {
			return nil, err
		}
		list = append(list, orgMerge{m, name, signon.In(o.Names, "")})
	}
	return list, nil
}

func organisationAt(id, done string) string {
	s := "/desk/organisations/" + url.PathEscape(id)
	if done != "" {
		s += "?done=" + done
	}
	return s
}

func addOrganisation(q *request) (*answer, error) {
	if _, err := q.convenes(); err != nil {
		return nil, err
	}
	domain, err := signon.SiteDomain(q.form("domain"))
	if err != nil {
		return nil, err
	}
	o, how, err := q.d.book.AddOrganisation(q.ctx, q.by(), signon.Organisation{Names: []signon.Name{{Text: q.form("name")}}, Country: q.form("country"), Domain: domain})
	word := "made"
	if how != signon.NoMatch {
		word = "org-found"
	}
	return &answer{redirect: organisationAt(o.ID, word)}, err
}

type organisationPage struct {
	page
	O           signon.Organisation
	Names       string // one a line, with its language
	Admins      string
	Parent      *signon.Organisation
	Chapters    []signon.Organisation
	Authorities []signon.Authority
	Places      []placeRow
	Merges      []orgMerge
	Words       string // of the search for another one
	Others      []signon.Organisation
	Statuses    []choice
	Today       string
	KnownBy     string
}

func (q *request) organisation() (o signon.Organisation, mine map[string]bool, err error) {
	if mine, err = q.convenes(); err != nil {
		return o, nil, err
	}
	o, err = q.d.book.Organisation(q.ctx, q.path("org"))
	if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
		return o, nil, err
	}
	ok := err == nil
	if ok {
		if ok, err = q.mayKnow(&o, mine); err != nil {
			return o, nil, err
		}
	}
	if !ok {
		return o, nil, stocktake.NotFoundf("there is no such organisation at this desk")
	}
	return o, mine, nil
}

func showOrganisation(q *request) (*answer, error) {
	o, mine, err := q.organisation()
	if err != nil {
		return nil, err
	}
	p := &organisationPage{page: q.view("statements", signon.In(o.Names, ""), ""), O: o, Admins: strings.Join(o.Admins, "\n"), Words: q.form("q"), Today: q.now.Format("2006-01-02")}
	for _, n := range o.Names {
		if n.Lang != "" {
			p.Names += n.Lang + ": "
		}
		p.Names += n.Text + "\n"
	}
	for _, s := range []string{"", "general", "special", "roster"} {
		p.Statuses = append(p.Statuses, choice{s, cmpOr(s, "none, or not known"), s == o.Status})
	}
	if o.Known != nil {
		p.KnownBy = q.names(o.Known.By)[o.Known.By]
	}
	if o.ChapterOf != "" {
		x, err := q.d.book.Organisation(q.ctx, o.ChapterOf)
		if err != nil {
			return nil, err
		}
		p.Parent = &x
	}
	if p.Chapters, err = q.d.book.Chapters(q.ctx, o.ID); err != nil {
		return nil, err
	}
	us, err := q.d.book.Authorities(q.ctx, o.ID)
	if err != nil {
		return nil, err
	}
	for _, u := range us {
		if u.Asking != "" { // for one text: that of another coalition is not shown
			if a, err := q.d.book.Asking(q.ctx, u.Asking); err != nil || !mine[a.Coalition] {
				continue
			}
		}
		p.Authorities = append(p.Authorities, u)
	}
	if p.Places, err = q.places(o.ID, mine); err != nil {
		return nil, err
	}
	if p.Merges, err = q.merges(mine, o.ID); err != nil {
		return nil, err
	}
	if p.Words != "" {
		list, err := q.d.book.Organisations(q.ctx, p.Words)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if ok, err := q.mayKnow(&list[i], mine); err != nil {
				return nil, err
			} else if ok && list[i].ID != o.ID && len(p.Others) < 30 {
				p.Others = append(p.Others, list[i])
			}
		}
	}
	return &answer{template: "organisation.html", view: p}, nil
}

// lines are those of a field that say something.
func (q *request) lines(field string) (list []string) {
	for _, l := range strings.Split(q.r.Form.Get(field), "\n") {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

func (q *request) mendOrganisation(done string, do func(*signon.Organisation) error) (*answer, error) {
	o, _, err := q.organisation()
	if err != nil {
		return nil, err
	}
	_, err = q.d.book.ChangeOrganisation(q.ctx, q.by(), o.ID, do)
	return &answer{redirect: organisationAt(o.ID, done)}, err
}

// changeOrganisation takes names, domain, country, status, parent, and who answers for it.
func changeOrganisation(q *request) (*answer, error) {
	return q.mendOrganisation("saved", func(o *signon.Organisation) error {
		o.Names = nil
		for _, l := range q.lines("names") {
			n := signon.Name{Text: l}
			if lang, text, ok := strings.Cut(l, ": "); ok && len(lang) <= 12 && !strings.Contains(lang, " ") && lang == strings.ToLower(lang) {
				n = signon.Name{Lang: lang, Text: strings.TrimSpace(text)}
			}
			o.Names = append(o.Names, n)
		}
		var err error
		if o.Domain, err = signon.SiteDomain(q.form("domain")); err != nil {
			return err
		}
		o.Country, o.Status, o.ChapterOf, o.Contact, o.Admins = q.form("country"), q.form("status"), q.form("parent"), q.form("contact"), q.lines("admins")
		return nil
	})
}

func knowOrganisation(q *request) (*answer, error) {
	return q.mendOrganisation("saved", func(o *signon.Organisation) error {
		if o.Known == nil {
			o.Known = &signon.Look{By: q.who.ID, Day: signon.DayOf(q.now), Note: cut(q.form("note"), 300)}
		}
		return nil
	})
}

func addRegister(q *request) (*answer, error) {
	return q.mendOrganisation("saved", func(o *signon.Organisation) error {
		o.Registers = append(o.Registers, signon.Registered{Register: q.form("register"), ID: q.form("number"), Source: q.form("source"), Day: signon.Day(q.form("day"))})
		return nil
	})
}

func addAuthority(q *request) (*answer, error) {
	o, _, err := q.organisation()
	if err != nil {
		return nil, err
	}
	u := signon.Authority{Org: o.ID, Person: q.form("person"), Mailbox: q.form("mailbox"), Office: q.form("office"), Class: stocktake.AuthorityConvenor, Evidence: q.form("evidence"), From: signon.Day(q.form("from")), To: signon.Day(q.form("to")), Topics: q.lines("topics")}
	if q.form("callback") != "" {
		u.Class = stocktake.AuthorityCallBack
	}
	_, err = q.d.book.AddAuthority(q.ctx, q.by(), u)
	return &answer{redirect: organisationAt(o.ID, "saved")}, err
}

func revokeAuthority(q *request) (*answer, error) {
	o, _, err := q.organisation()
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(q.form("id"), o.ID+"/") {
		return nil, stocktake.NotFoundf("this organisation has no such authority")
	}
	return &answer{redirect: organisationAt(o.ID, "org-revoked")}, q.d.book.RevokeAuthority(q.ctx, q.by(), q.form("id"), signon.Day(q.form("from")))
}

// mergeOrganisation says that another one is this one.
func mergeOrganisation(q *request) (*answer, error) {
	o, mine, err := q.organisation()
	if err != nil {
		return nil, err
	}
	x, err := q.d.book.Organisation(q.ctx, q.form("from"))
	if err != nil {
		return nil, err
	}
	if ok, err := q.mayKnow(&x, mine); err != nil || !ok {
		return nil, cmpErr(err, stocktake.NotFoundf("there is no such organisation at this desk"))
	}
	if _, err = q.d.book.Merge(q.ctx, q.by(), x.ID, o.ID); err == nil {
		q.d.kick()
	}
	return &answer{redirect: organisationAt(o.ID, "org-merged")}, err
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func unmergeOrganisations(q *request) (*answer, error) {
	mine, err := q.convenes()
	if err != nil {
		return nil, err
	}
	list, err := q.merges(mine, "")
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(m orgMerge) bool { return m.ID == q.form("id") }) {
		return nil, stocktake.NotFoundf("there is no such merge")
	}
	if err = q.d.book.Unmerge(q.ctx, q.by(), q.form("id")); err == nil {
		q.d.kick()
	}
	return &answer{redirect: "/desk/organisations?done=org-unmerged"}, err
}
