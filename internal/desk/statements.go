package desk

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/intake"
	"stocktake/internal/people"
	"stocktake/internal/secretariat"
)

func init() {
	setUp = append(setUp, func(d *Desk) error {
		d.office = secretariat.NewOffice(d.opt.Ledger, d.opt.Private, d.opt.Now)
		return nil
	})
	add("GET /desk/statements", account, listStatements)
	addLarge("POST /desk/statements", account, 60<<20, makeStatement)
	add("GET /desk/s/{work}", account, showWork)
	add("POST /desk/s/{work}/language", account, addLanguage)
	add("POST /desk/s/{work}/contacts", account, setContacts)
	add("POST /desk/s/{work}/drop", account, dropWork)
	add("POST /desk/s/{work}/remark", account, remark)
	add("POST /desk/s/{work}/settle", account, settleRemark)
}

// work returns the statement of the path, where whoever asks may do the action with it. Somebody else learns nothing: not even that there is one.
func (q *request) work(a people.Action) (*secretariat.Work, error) {
	w, err := q.d.office.Work(q.ctx, q.path("work"))
	if err == nil && q.who.Can(w.Coalition, string(people.ReadStatement)) {
		if q.who.Can(w.Coalition, string(a)) {
			return w, nil
		}
		return nil, &stocktake.Fault{Kind: stocktake.Forbidden, What: "your roles in this coalition do not include that", Hint: "a convenor can give you the role"}
	}
	if err == nil || stocktake.KindOf(err) == stocktake.NotFound {
		err = stocktake.NotFoundf("there is no such statement at this desk")
	}
	return nil, err
}

// to is the address of a page about a statement.
func workAt(id string, parts ...string) string {
	return "/desk/s/" + strings.Join(append([]string{id}, parts...), "/")
}

type statementsPage struct {
	page
	Coalitions []coalitionWorks
}

type coalitionWorks struct {
	ID, Name string
	Works    []*secretariat.Work
	Write    bool
}

func listStatements(q *request) (*answer, error) {
	p := &statementsPage{page: q.view("statements", "Statements", "Texts that your coalitions write, ask organisations to sign, and publish.")}
	list, err := q.coalitions()
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if !q.who.Can(string(c.ID), string(people.ReadStatement)) {
			continue
		}
		works, err := q.d.office.Works(q.ctx, string(c.ID))
		if err != nil {
			return nil, err
		}
		p.Coalitions = append(p.Coalitions, coalitionWorks{ID: string(c.ID), Name: c.Name("en"), Works: works, Write: q.who.Can(string(c.ID), string(people.WriteStatement))})
	}
	return &answer{template: "statements.html", view: p}, nil
}

// makeStatement begins a statement, empty, from what was pasted, or from a file.
func makeStatement(q *request) (*answer, error) {
	c := q.form("coalition")
	if !q.who.Can(c, string(people.WriteStatement)) {
		return nil, &stocktake.Fault{Kind: stocktake.Forbidden, What: "you may not write for that coalition", Hint: "choose one in which you are convenor or editor"}
	}
	text, name := q.r.Form.Get("text"), q.form("name")
	if f, h, err := q.r.FormFile("file"); err == nil {
		defer f.Close()
		in, err := intake.Read(q.ctx, h.Filename, h.Header.Get("Content-Type"), f, intake.Limits{})
		if err != nil {
			return nil, err
		}
		text = in.Text
		if in.Title != "" && !strings.Contains(text, in.Title) {
			text = in.Title + "\n\n" + text
		}
	}
	text = secretariat.Tidy(text)
	if name == "" {
		name, _, _ = strings.Cut(text, "\n")
		if r := []rune(name); len(r) > 80 {
			name = string(r[:79]) + "…"
		}
	}
	w, err := q.d.office.Make(q.ctx, c, q.who.ID, name, cmpOr(q.form("lang"), "en"), q.form("rehearsal") != "")
	if err != nil {
		return nil, err
	}
	if text != "" {
		title, subtitle, body, contacts, err := q.parts(text)
		if err != nil {
			return nil, err
		}
		if _, err := q.d.office.Save(q.ctx, w.ID, w.Lang, q.who.ID, 0, title, subtitle, body); err != nil {
			return nil, err
		}
		if contacts != "" {
			if _, err := q.d.office.Change(q.ctx, w.ID, func(w *secretariat.Work) error { w.Contacts = contacts; return nil }); err != nil {
				return nil, err
			}
		}
		return &answer{redirect: workAt(w.ID, "text", w.Lang) + "?done=read"}, nil
	}
	return &answer{redirect: workAt(w.ID, "text", w.Lang)}, nil
}

func init() {
	done["read"] = "The text was read. What was found stands beside it: look at each finding, and strike what is none. Names beneath the text were taken out, as names come from endorsements; contacts stand in their own block."
}

// parts cuts a whole text into title, subtitle, body and contact block. Names beneath it are left out of the body: they come from endorsements.
func (q *request) parts(text string) (title, subtitle, body, contacts string, err error) {
	rec := q.d.opt.Ledger.Record()
	d := secretariat.Read(rec, rec.Head(), text)
	r := []rune(d.Text)
	end := len(r)
	var blocks []string
	for _, c := range d.Contacts {
		blocks = append(blocks, strings.TrimSpace(c.Text))
		end = min(end, c.Start)
	}
	for _, s := range d.Signatories {
		if d.Title == nil || s.Start > d.Title.End {
			end = min(end, s.Start)
			break
		}
	}
	from := 0
	if d.Title != nil && d.Title.Start <= 400 {
		title, from = d.Title.Text, d.Title.End
	}
	if from > end { // governments' names may stand in the title
		end = len(r)
	}
	body = strings.TrimSpace(string(r[from:end]))
	if i := strings.LastIndex(body, "\n\n"); i >= 0 && len(blocks) > 0 { // the line that announces contacts goes with them
		if last := strings.TrimSpace(body[i:]); strings.HasSuffix(last, ":") && len(last) < 120 {
			blocks, body = append([]string{last}, blocks...), strings.TrimSpace(body[:i])
		}
	}
	return title, "", body, strings.Join(blocks, "\n"), nil
}

// coalitions are those in which whoever asks has a part; for an administrator and for this computer, all.
func (q *request) coalitions() ([]people.Coalition, error) {
	return q.d.people.Coalitions(q.ctx, q.who.Person)
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

type workPage struct {
	page
	W        *secretariat.Work
	Can      func(string) bool
	Remarks  []secretariat.Remark
	Names    map[string]string // of persons
	Rows     []workRow
	Latest   *secretariat.Version
	Parts    []part // of other files: sign-on, press
	Problems []secretariat.Problem
}

// part is a section of a statement's page that another file adds.
type part struct {
	Title, Text, Address, Link string
}

// parts are functions that add sections; files of this package append to it from init.
var workParts []func(q *request, w *secretariat.Work) ([]part, error)

type workRow struct {
	secretariat.Tongue
	Title string
	Main  bool
}

func showWork(q *request) (*answer, error) {
	w, err := q.work(people.ReadStatement)
	if err != nil {
		return nil, err
	}
	p := &workPage{page: q.view("statements", w.Name, ""), W: w, Latest: w.Newest(), Can: func(a string) bool { return q.who.Can(w.Coalition, a) }}
	if w.Rehearsal {
		p.Lede = "A rehearsal: a demonstration, marked as one on every page and form of it."
	}
	for _, t := range w.Languages {
		x, err := q.d.office.Text(q.ctx, w.ID, t.Lang, 0)
		if err != nil {
			return nil, err
		}
		p.Rows = append(p.Rows, workRow{t, x.Title, t.Lang == w.Lang})
	}
	if p.Remarks, err = q.d.office.Remarks(q.ctx, w.ID); err != nil {
		return nil, err
	}
	for _, f := range workParts {
		list, err := f(q, w)
		if err != nil {
			return nil, err
		}
		p.Parts = append(p.Parts, list...)
	}
	var ids []string
	for _, r := range p.Remarks {
		ids = append(ids, r.By)
	}
	p.Names = q.names(ids...)
	return &answer{template: "work.html", view: p}, nil
}

// names are those of persons, by id; one who is not there any more is "somebody".
func (q *request) names(ids ...string) map[string]string {
	m := map[string]string{}
	for _, id := range ids {
		if m[id] != "" {
			continue
		}
		m[id] = "somebody"
		if id == q.who.ID {
			m[id] = q.who.Name
		} else if x, err := q.d.people.Person(q.ctx, people.PersonID(id)); err == nil {
			m[id] = x.Shown()
		}
	}
	return m
}

func addLanguage(q *request) (*answer, error) {
	w, err := q.work(people.WriteStatement)
	if err != nil {
		return nil, err
	}
	_, err = q.d.office.AddLanguage(q.ctx, w.ID, q.form("lang"), q.form("translated-by"), q.form("checked-by"))
	return &answer{redirect: workAt(w.ID) + "?done=saved"}, err
}

func setContacts(q *request) (*answer, error) {
	w, err := q.work(people.WriteStatement)
	if err != nil {
		return nil, err
	}
	_, err = q.d.office.Change(q.ctx, w.ID, func(w *secretariat.Work) error { w.Contacts = secretariat.Tidy(q.r.Form.Get("contacts")); return nil })
	return &answer{redirect: workAt(w.ID) + "?done=saved"}, err
}

func dropWork(q *request) (*answer, error) {
	w, err := q.work(people.WriteStatement)
	if err != nil {
		return nil, err
	}
	if q.form("sure") != "yes" {
		return nil, stocktake.Invalidf("it was not confirmed").Hinted("tick the box to delete the statement with all its revisions")
	}
	return &answer{redirect: "/desk/statements?done=removed"}, q.d.office.Drop(q.ctx, w.ID)
}

func remark(q *request) (*answer, error) {
	w, err := q.work(people.CommentStatement)
	if err != nil {
		return nil, err
	}
	r := secretariat.Remark{Work: w.ID, By: q.who.ID, Words: q.form("words"), Answers: q.form("answers")}
	if lang, exact := q.form("lang"), q.form("exact"); exact != "" {
		t, err := q.d.office.Text(q.ctx, w.ID, lang, 0)
		if err != nil {
			return nil, err
		}
		if a, ok := anchorOf(lang, t.Canonical(), exact); ok {
			r.At = &a
		} else {
			return nil, stocktake.Invalidf("the text has no “%s”", exact).Hinted("copy the words from the text, letter by letter")
		}
	}
	_, err = q.d.office.Say(q.ctx, r)
	return &answer{redirect: back(q, workAt(w.ID)) + "?done=saved#remarks"}, err
}

// anchorOf marks the first place of words in a text.
func anchorOf(lang, text, exact string) (secretariat.Anchor, bool) {
	i := strings.Index(text, exact)
	if i < 0 || exact == "" {
		return secretariat.Anchor{}, false
	}
	start := len([]rune(text[:i]))
	a, err := secretariat.NewAnchor(lang, text, start, start+len([]rune(exact)))
	return a, err == nil
}

// back is the page of a form, where it named one of this desk's own.
func back(q *request, otherwise string) string {
	if b := q.form("back"); strings.HasPrefix(b, "/desk/") && !strings.ContainsAny(b, "\\?#") {
		if u, err := url.Parse(b); err == nil && u.Host == "" {
			return b
		}
	}
	return otherwise
}

func settleRemark(q *request) (*answer, error) {
	w, err := q.work(people.CommentStatement)
	if err != nil {
		return nil, err
	}
	list, err := q.d.office.Remarks(q.ctx, w.ID)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(r secretariat.Remark) bool { return r.ID == q.form("remark") }) {
		return nil, stocktake.NotFoundf("there is no such remark here")
	}
	return &answer{redirect: back(q, workAt(w.ID)) + "?done=saved#remarks"}, q.d.office.Settle(q.ctx, q.form("remark"), q.form("open") == "")
}

// openings publishes what is due, at the instant of each embargo and once a minute besides.
func openings(ctx context.Context, d *Desk) {
	d.every(ctx, func() error {
		_, err := d.office.Open(ctx, d.lister)
		if _, e := d.office.SealHour(ctx, d.lister); e != nil && stocktake.KindOf(e) != stocktake.Conflict { // a log that stands still has no hours
			err = errors.Join(err, e)
		}
		return err
	})
}
