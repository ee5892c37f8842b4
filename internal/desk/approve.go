package desk

import (
	"strings"

	"stocktake"
	"stocktake/internal/people"
	"stocktake/internal/secretariat"
)

func init() {
	add("GET /desk/s/{work}/approve", account, showApprove)
	add("POST /desk/s/{work}/approve", account, approve)
	add("POST /desk/s/{work}/embargo", account, setEmbargo)
	add("POST /desk/s/{work}/release", account, release)
	add("GET /desk/s/{work}/withdraw", account, showWithdraw)
	add("POST /desk/s/{work}/withdraw", account, withdraw)
	works = append(works, openings)
	done["approved"] = "Approved. The version is frozen: organisations can be asked to sign it."
	done["waits"] = "Your approval is noted. A second person has to approve the very same texts."
	done["embargo"] = "The embargo is set. Nothing shows before that instant."
	done["published"] = "Published."
	done["statement-withdrawn"] = "Withdrawn. Its page says so."
}

type approvePage struct {
	page
	W       *secretariat.Work
	Ready   secretariat.Ready
	Two     bool
	Names   map[string]string
	Stops   bool // something stands in the way
	First   bool
	Changes []changeView
}

type changeView struct {
	Lang   string
	Pieces []secretariat.Piece
}

func showApprove(q *request) (*answer, error) {
	w, err := q.work(people.ApproveStatement)
	if err != nil {
		return nil, err
	}
	p := &approvePage{page: q.view("statements", "Approve “"+w.Name+"”", "What you approve is frozen word for word: it is what organisations sign and what is published."), W: w, First: w.Newest() == nil}
	if p.Ready, err = q.d.office.Ready(q.ctx, w.ID); err != nil {
		return nil, err
	}
	for _, x := range p.Ready.Problems {
		p.Stops = p.Stops || x.Must
	}
	for _, t := range p.Ready.Texts {
		if d := p.Ready.Changed[t.Lang]; d != nil && !p.First {
			p.Changes = append(p.Changes, changeView{t.Lang, d})
		}
	}
	if p.Two, err = q.twoPersons(w.Coalition); err != nil {
		return nil, err
	}
	var ids []string
	for _, a := range w.Approvals {
		ids = append(ids, a.By)
	}
	p.Names = q.names(ids...)
	return &answer{template: "approve.html", view: p}, nil
}

// twoPersons reports whether a coalition wants two persons to approve a text.
func (q *request) twoPersons(coalition string) (bool, error) {
	c, err := q.d.people.Coalition(q.ctx, people.CoalitionID(coalition))
	if err != nil {
		return false, err
	}
	return c.Rules.TwoPersons, nil
}

func approve(q *request) (*answer, error) {
	w, err := q.work(people.ApproveStatement)
	if err != nil {
		return nil, err
	}
	two, err := q.twoPersons(w.Coalition)
	if err != nil {
		return nil, err
	}
	seen := map[string]string{}
	for _, x := range q.r.Form["seen"] {
		lang, sum, _ := strings.Cut(x, " ")
		seen[lang] = sum
	}
	before := len(w.Versions)
	w, err = q.d.office.Approve(q.ctx, w.ID, q.who.ID, two && !q.who.Local, seen, stocktake.ChangeClass(q.form("change")), q.form("note"), q.form("confirm"))
	if err != nil {
		return nil, err
	}
	word := "waits"
	if len(w.Versions) > before {
		word = "approved"
		for _, f := range onVersion {
			if err := f(q, w); err != nil {
				return nil, err
			}
		}
	}
	return &answer{redirect: workAt(w.ID) + "?done=" + word}, nil
}

// onVersion are functions that are told of a new version; files of this package append to it from init.
var onVersion []func(q *request, w *secretariat.Work) error

func setEmbargo(q *request) (*answer, error) {
	w, err := q.work(people.SetEmbargo)
	if err != nil {
		return nil, err
	}
	_, err = q.d.office.SetEmbargo(q.ctx, w.ID, q.form("date"), q.form("clock"), q.form("zone"))
	word := "embargo"
	if q.form("date") == "" {
		word = "saved"
	}
	return &answer{redirect: workAt(w.ID) + "?done=" + word}, err
}

// release publishes now, for everybody at once.
func release(q *request) (*answer, error) {
	w, err := q.work(people.Release)
	if err != nil {
		return nil, err
	}
	if q.form("sure") != "yes" {
		return nil, stocktake.Invalidf("it was not confirmed").Hinted("tick the box: what is published is never edited, and copies elsewhere cannot be called back")
	}
	if _, err := q.d.office.Release(q.ctx, w.ID, q.d.lister); err != nil {
		return nil, err
	}
	for _, f := range onRelease {
		f(q.d)
	}
	return &answer{redirect: workAt(w.ID) + "?done=published"}, nil
}

// onRelease are functions that are told that something was published.
var onRelease []func(d *Desk)

type withdrawPage struct {
	page
	W       *secretariat.Work
	Grounds []string
}

func showWithdraw(q *request) (*answer, error) {
	w, err := q.work(people.Correct)
	if err != nil {
		return nil, err
	}
	p := &withdrawPage{page: q.view("statements", "Withdraw “"+w.Name+"”", "Its page stays and says that it was withdrawn, and since when. What copies elsewhere hold cannot be called back."), W: w, Grounds: stocktake.RetractionGrounds()}
	return &answer{template: "withdraw.html", view: p}, nil
}

func withdraw(q *request) (*answer, error) {
	w, err := q.work(people.Correct)
	if err != nil {
		return nil, err
	}
	if q.form("sure") != "yes" {
		return nil, stocktake.Invalidf("it was not confirmed").Hinted("tick the box")
	}
	_, err = q.d.office.Withdraw(q.ctx, w.ID, stocktake.Retraction{Ground: q.form("ground"), Note: q.form("note")}, q.form("take") == "yes", "secretariat of the coalition")
	return &answer{redirect: workAt(w.ID) + "?done=statement-withdrawn"}, err
}
