package desk

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"stocktake"
	"stocktake/internal/mailer"
	"stocktake/internal/people"
	"stocktake/internal/secretariat"
	"stocktake/internal/store"
)

func init() {
	add("GET /desk/record", account, showRecord)
	add("POST /desk/record/rule", account, setRule)
	add("GET /desk/record/p/{proposal}", account, showProposal)
	add("POST /desk/record/p/{proposal}/text", account, rewriteProposal)
	add("POST /desk/record/p/{proposal}/ask", account, askSecond)
	add("POST /desk/record/p/{proposal}/file", account, fileProposal)
	add("POST /desk/record/p/{proposal}/refuse", account, refuseProposal)
	add("POST /desk/record/p/{proposal}/drop", account, dropProposal)
	waits = append(waits, recordWaits)
	done["rule"] = "The rule is set."
	done["proposed"] = "Nothing is filed yet. Look at what would move, and decide below."
	done["second"] = "It waits for a second person, who sees what you see here."
	done["filed"] = "It is on the record."
	done["refused"] = "Refused. Those who wrote it see your reason."
	done["dropped"] = "Given up. Nothing was filed."
}

// mayRecord is nil where whoever asks may do something at the desk of the record.
func (q *request) mayRecord(a people.Action) error {
	x, err := q.person()
	if err != nil {
		return err
	}
	return q.d.accounts.May(q.ctx, x, people.RecordDesk, a)
}

// canRecord reports the same.
func (q *request) canRecord(a people.Action) bool { return q.mayRecord(a) == nil }

// recordRules are the rules of the record's desk.
func (q *request) recordRules() (people.Rules, error) {
	c, err := q.d.accounts.Coalition(q.ctx, people.RecordDesk)
	return c.Rules, err
}

func recordWaits(q *request) (list []waiting, err error) {
	if q.d.accounts == nil || !q.canRecord(people.SeeRecordDesk) {
		return nil, nil
	}
	entries, proposals, err := q.d.office.Waiting(q.ctx)
	if entries > 0 && q.canRecord(people.TakeUp) {
		list = append(list, waiting{"What strangers and states sent", "/desk/queue", entries})
	}
	if proposals > 0 && q.canRecord(people.ApproveRecord) {
		list = append(list, waiting{"Proposals for the record that wait for a second person", "/desk/record", proposals})
	}
	return list, err
}

type recordPage struct {
	page
	Open, Ended []*secretariat.Proposal
	Two         bool
	MayRule     bool
	MayWrite    bool
	Names       map[string]string
	Forms       []*recordForm
	Mirror      string
}

// showRecord is what waits to go on the record, and what can be begun.
func showRecord(q *request) (*answer, error) {
	if err := q.mayRecord(people.SeeRecordDesk); err != nil {
		return nil, err
	}
	p := &recordPage{page: q.view("record", "The record", "What is put here goes on the record once it was seen what would move, and is never edited afterwards."), Forms: recordForms,
		MayRule: q.canRecord(people.ChangeCoalition), MayWrite: q.canRecord(people.WriteRecord)}
	rules, err := q.recordRules()
	if err != nil {
		return nil, err
	}
	p.Two = rules.TwoPersons
	if p.Open, err = q.d.office.Proposals(q.ctx, secretariat.ProposalWaiting, secretariat.ProposalOpen, secretariat.ProposalRefused); err != nil {
		return nil, err
	}
	if p.Ended, err = q.d.office.Proposals(q.ctx, secretariat.ProposalFiled, secretariat.ProposalDropped); err != nil {
		return nil, err
	}
	p.Ended = p.Ended[:min(len(p.Ended), 20)]
	var ids []string
	for _, x := range append(append([]*secretariat.Proposal{}, p.Open...), p.Ended...) {
		ids = append(append(ids, x.Authors...), x.By)
	}
	p.Names = q.names(ids...)
	p.Mirror, err = q.d.opt.Ledger.MirrorOf(q.ctx)
	return &answer{template: "record.html", view: p}, err
}

func setRule(q *request) (*answer, error) {
	x, err := q.person()
	if err != nil {
		return nil, err
	}
	return &answer{redirect: "/desk/record?done=rule"}, q.d.accounts.SetTwoPersons(q.ctx, x, q.form("two") == "yes")
}

type proposalPage struct {
	page
	P     *secretariat.Proposal
	V     secretariat.Preview
	Rows  []moveRow
	More  int // rows that are not shown
	Open  []moveRow
	Close []moveRow
	Entry *secretariat.Entry
	Names map[string]string
	Two   bool
	// What whoever looks at it may do now.
	MayWrite, MayFile, MayAsk, MayApprove bool
	Why                                   string // why not approve
	Moved                                 bool   // the record moved since it was looked at
}

// moveRow is a move with the names of what it is about.
type moveRow struct {
	secretariat.MoveRow
	PartyName, Title, Days, Address, What string
}

// Gone reports whether nothing of the proposal is left to be decided.
func (p *proposalPage) Gone() bool { return p.P.Ended() }

const mostRows = 400

func showProposal(q *request) (*answer, error) { return q.proposal(false) }

func (q *request) proposal(moved bool) (*answer, error) {
	if err := q.mayRecord(people.SeeRecordDesk); err != nil {
		return nil, err
	}
	x, err := q.d.office.Proposal(q.ctx, q.path("proposal"))
	if err != nil {
		return nil, err
	}
	p := &proposalPage{page: q.view("record", x.Title, ""), P: x, Moved: moved}
	rules, err := q.recordRules()
	if err != nil {
		return nil, err
	}
	p.Two = rules.TwoPersons
	p.Names = q.names(append(append([]string{}, x.Authors...), x.By)...)
	if x.Entry != "" {
		if p.Entry, err = q.d.office.Entry(q.ctx, x.Entry); err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			return nil, err
		}
	}
	if x.Ended() {
		return &answer{template: "proposal.html", view: p}, nil
	}
	if p.V, err = q.d.office.Preview(q.ctx, x.Draft); err != nil {
		return nil, err
	}
	rows := p.V.Rows()
	p.More = max(0, len(rows)-mostRows)
	for _, r := range rows[:min(len(rows), mostRows)] {
		p.Rows = append(p.Rows, q.moveRow(r))
	}
	for _, d := range p.V.Opened() {
		p.Open = append(p.Open, q.disagreement(d))
	}
	for _, d := range p.V.Closed() {
		p.Close = append(p.Close, q.disagreement(d))
	}
	p.MayWrite = q.canRecord(people.WriteRecord)
	p.MayFile = p.MayWrite && !p.Two
	p.MayAsk = p.MayWrite && p.Two && x.State != secretariat.ProposalWaiting
	if x.State == secretariat.ProposalWaiting {
		if err := q.mayApprove(x); err != nil {
			var f *stocktake.Fault
			if errors.As(err, &f) {
				p.Why = f.What
			}
		} else {
			p.MayApprove = true
		}
	}
	a := &answer{template: "proposal.html", view: p}
	if moved {
		a.status = http.StatusConflict
	}
	return a, nil
}

func (q *request) mayApprove(x *secretariat.Proposal) error {
	who, err := q.person()
	if err != nil {
		return err
	}
	var authors []people.PersonID
	for _, a := range x.Authors {
		authors = append(authors, people.PersonID(a))
	}
	return q.d.accounts.MayApproveRecord(q.ctx, who, authors)
}

func (q *request) moveRow(r secretariat.MoveRow) moveRow {
	m := moveRow{MoveRow: r, Address: "/i/" + url.PathEscape(string(r.Instrument)) + "/" + url.PathEscape(string(r.Party))}
	m.PartyName, m.Title = q.partyName(r.Party), q.instrumentTitle(r.Instrument)
	switch {
	case r.From == "" && r.To == "":
		m.Days = "on every day"
	case r.From == "":
		m.Days = "until " + r.To
	case r.To == "":
		m.Days = "from " + r.From
	case r.From == r.To:
		m.Days = "on " + r.From
	default:
		m.Days = r.From + " to " + r.To
	}
	return m
}

func (q *request) disagreement(d secretariat.Disagreement) moveRow {
	m := q.moveRow(secretariat.MoveRow{Party: d.Party, Instrument: d.Instrument})
	m.What = "the " + d.About + " of " + string(d.Act)
	return m
}

func (q *request) partyName(id stocktake.PartyID) string {
	rec := q.d.opt.Ledger.Record()
	if p, ok := rec.Party(id, rec.Head()); ok && p.Names["en"] != "" {
		return p.Names["en"]
	}
	return string(id)
}

func (q *request) instrumentTitle(id stocktake.InstrumentID) string {
	rec := q.d.opt.Ledger.Record()
	if in, ok := rec.Instrument(id, rec.Head()); ok && in.Title != "" {
		return in.Title
	}
	return string(id)
}

func (q *request) proposalAt(done string) *answer {
	return &answer{redirect: "/desk/record/p/" + url.PathEscape(q.path("proposal")) + "?done=" + done}
}

func rewriteProposal(q *request) (*answer, error) {
	if err := q.mayRecord(people.WriteRecord); err != nil {
		return nil, err
	}
	rev, err := strconv.ParseInt(q.form("rev"), 10, 64)
	if err != nil {
		return nil, stocktake.Invalidf("the form does not say what it changes").Hinted("open the proposal again")
	}
	_, err = q.d.office.Rewrite(q.ctx, q.path("proposal"), q.who.ID, q.r.Form.Get("text"), rev)
	return q.proposalAt("proposed"), first(err)
}

// first is the first of several mistakes, with its place.
func first(err error) error {
	if list := secretariat.Mistakes(err); len(list) > 0 {
		return list[0]
	}
	return err
}

func askSecond(q *request) (*answer, error) {
	if err := q.mayRecord(people.WriteRecord); err != nil {
		return nil, err
	}
	_, err := q.d.office.Ask(q.ctx, q.path("proposal"))
	return q.proposalAt("second"), err
}

// fileProposal files what was seen: as its writer, or as the second person where the rule wants one.
func fileProposal(q *request) (*answer, error) {
	x, err := q.d.office.Proposal(q.ctx, q.path("proposal"))
	if err != nil {
		return nil, err
	}
	rules, err := q.recordRules()
	if err != nil {
		return nil, err
	}
	if rules.TwoPersons {
		err = q.mayApprove(x)
	} else {
		err = q.mayRecord(people.WriteRecord)
	}
	if err != nil {
		return nil, err
	}
	if q.form("sure") != "yes" {
		return nil, stocktake.Invalidf("it was not confirmed").Hinted("tick the box: what is filed is never edited, and copies elsewhere cannot be called back")
	}
	x, err = q.d.office.FileProposal(q.ctx, x.ID, q.who.ID, q.form("seen"), rules.TwoPersons)
	if errors.Is(err, secretariat.ErrMoved) {
		return q.proposal(true)
	}
	if err != nil {
		return nil, err
	}
	err = q.d.office.TellFiled(q.ctx, x.Entry, func(n int64) string { return q.d.opt.Address + "/f/" + strconv.FormatInt(n, 10) }, q.d.poster())
	return q.proposalAt("filed"), err
}

func refuseProposal(q *request) (*answer, error) {
	x, err := q.d.office.Proposal(q.ctx, q.path("proposal"))
	if err == nil {
		err = q.mayApprove(x)
	}
	if err == nil {
		_, err = q.d.office.Refuse(q.ctx, x.ID, q.who.ID, q.form("reason"))
	}
	return q.proposalAt("refused"), err
}

func dropProposal(q *request) (*answer, error) {
	if err := q.mayRecord(people.WriteRecord); err != nil {
		return nil, err
	}
	_, err := q.d.office.DropProposal(q.ctx, q.path("proposal"), q.who.ID)
	return q.proposalAt("dropped"), err
}

// poster queues letters to people without an account; nil where no mail leaves the site.
func (d *Desk) poster() secretariat.Poster {
	if !d.opt.Mail.Enabled() || d.opt.Address == "" {
		return nil
	}
	return func(tx store.PrivateTx, l secretariat.Letter) error {
		return mailer.Queue(tx, mailer.Message{Key: l.Key, Class: mailer.Confirmation, To: l.To, Subject: l.Subject, Text: l.Text, At: d.opt.Now()})
	}
}
