package desk

import (
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/people"
	"stocktake/internal/secretariat"
	"stocktake/internal/signon"
)

func init() {
	add("GET /desk/s/{work}/board/invalidate", account, showInvalidate)
	add("POST /desk/s/{work}/board/invalidate", account, invalidate)
	add("POST /desk/s/{work}/board/invalidate/undo", account, undoInvalidation)
	done["struck"] = "Taken off. It can be undone below."
	done["undone"] = "Undone: what nobody touched since is where it was."
}

// invalidatePage takes many endorsements off at once: first it counts, then it acts, and it can be undone.
type invalidatePage struct {
	page
	W       *secretariat.Work
	C       signon.Conditions
	Set     bool // conditions were written
	N       int
	First   []signon.Endorsement
	List    []signon.Invalidation
	Classes []choice
	Roads   []choice
	States  []choice
	Grounds []string
	Names   map[string]string
	V       func(string) string
}

// conditions reads those of a form.
func (q *request) conditions() signon.Conditions {
	c := signon.Conditions{From: signon.Day(q.form("from")), To: signon.Day(q.form("to")), Unknown: q.form("unknown") != "", Domains: strings.Fields(strings.ReplaceAll(q.form("domains"), ",", " ")), Words: strings.Fields(q.form("words"))}
	for _, s := range q.r.Form["class"] {
		c.Classes = append(c.Classes, stocktake.AuthorityClass(s))
	}
	for _, s := range q.r.Form["road"] {
		c.Roads = append(c.Roads, stocktake.Road(s))
	}
	for _, s := range q.r.Form["state"] {
		c.States = append(c.States, signon.State(s))
	}
	return c
}

func tickable[T ~string](all, have []T) (list []choice) {
	for _, x := range all {
		list = append(list, choice{string(x), string(x), slices.Contains(have, x)})
	}
	return list
}

func showInvalidate(q *request) (*answer, error) {
	w, a, err := q.asking(people.RunSignOn)
	if err != nil {
		return nil, err
	}
	c := q.conditions()
	p := &invalidatePage{page: q.view("statements", "Take many off at once", "Say which, see how many it takes, and take them off together. It can be undone."), W: w, C: c, Set: c.Summary() != "", Grounds: stocktake.StrikeGrounds(), V: q.form}
	p.Classes = tickable([]stocktake.AuthorityClass{stocktake.AuthorityMailbox, stocktake.AuthorityAdministrator, stocktake.AuthoritySecondOfficer, stocktake.AuthorityCallBack, stocktake.AuthorityConvenor, stocktake.AuthorityImported}, c.Classes)
	p.Roads = tickable([]stocktake.Road{stocktake.RoadLink, stocktake.RoadMail, stocktake.RoadTelephone, stocktake.RoadMeeting, stocktake.RoadSheet}, c.Roads)
	p.States = tickable([]signon.State{signon.Submitted, signon.MailboxConfirmed, signon.AuthorityConfirmed, signon.Listed, signon.Lapsed}, c.States)
	if p.Set {
		if p.N, p.First, err = q.d.book.Preview(q.ctx, q.by(), a.ID, c); err != nil {
			return nil, err
		}
	}
	if p.List, err = q.d.book.Invalidations(q.ctx, a.ID); err != nil {
		return nil, err
	}
	var ids []string
	for _, x := range p.List {
		ids = append(ids, x.By, x.UndoneBy)
	}
	p.Names = q.names(ids...)
	return &answer{template: "invalidate.html", view: p}, nil
}

func invalidate(q *request) (*answer, error) {
	w, a, err := q.asking(people.RunSignOn)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, c := range q.form("count") {
		if c < '0' || c > '9' || n > 1e6 {
			return nil, stocktake.Invalidf("it is not said how many were counted").Hinted("look at the count first")
		}
		n = 10*n + int(c-'0')
	}
	if n == 0 {
		return nil, stocktake.Invalidf("nothing fulfils these conditions").Hinted("look at the count first")
	}
	if _, err = q.d.book.Invalidate(q.ctx, q.by(), a.ID, q.conditions(), q.form("ground"), n); err == nil {
		q.d.kick()
	}
	return &answer{redirect: workAt(w.ID, "board/invalidate") + "?done=struck"}, err
}

func undoInvalidation(q *request) (*answer, error) {
	w, a, err := q.asking(people.RunSignOn)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(q.form("id"), a.ID+"/") {
		return nil, stocktake.NotFoundf("there is no such thing to undo here")
	}
	if _, err = q.d.book.Undo(q.ctx, q.by(), q.form("id")); err == nil {
		q.d.kick()
	}
	return &answer{redirect: workAt(w.ID, "board/invalidate") + "?done=undone"}, err
}
