package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/mailer"
	"stocktake/internal/people"
	"stocktake/internal/secretariat"
	"stocktake/internal/signon"
	"stocktake/internal/store"
)

func init() {
	setUp = append(setUp, func(d *Desk) error {
		o := signon.Options{Now: d.opt.Now, Address: d.opt.Address}
		if d.letters() { // a link that is not mailed proves no mailbox
			o.Post = d.post
		}
		d.book = signon.New(d.opt.Private, o)
		d.lister = d.list
		return nil
	})
	add("GET /desk/s/{work}/board", account, showBoard)
	add("POST /desk/s/{work}/board/open", account, openAsking)
	add("POST /desk/s/{work}/board/closes", account, setCloses)
	add("POST /desk/s/{work}/board/invite", account, inviteOrganisations)
	add("POST /desk/s/{work}/board/enter", account, enterYes)
	add("POST /desk/s/{work}/board/act", account, actOnBoard)
	add("GET /desk/s/{work}/board/list.csv", account, boardCSV)
	add("GET /desk/s/{work}/board/list.xlsx", account, boardXLSX)
	addLarge("POST /desk/s/{work}/board/import", account, 20<<20, importSheet)
	workParts = append(workParts, boardPart)
	onVersion = append(onVersion, askAgain)
	onRelease = append(onRelease, func(d *Desk) { d.kick() })
	works = append(works, keepSignOns)
	done["signon"] = "The sign-on is open."
	done["entered"] = "Entered, and the organisation is told where it gave a mailbox."
	done["listed"] = "Done."
	done["imported"] = "Imported as “imported, unverified”."
}

// letters reports whether letters of a sign-on go out: a mail server is named, and the address that their links are to have.
func (d *Desk) letters() bool { return d.opt.Mail.Enabled() && d.opt.Address != "" }

// lacks says what a yes still lacks. Where no letter goes out, a convenor's word stands in for a link that was mailed.
func (d *Desk) lacks(m signon.Missing) signon.Missing {
	if m == signon.NeedsMailbox && !d.letters() {
		return "a convenor has to give the word, as no letter goes out from here"
	}
	return m
}

// post queues a letter of a sign-on.
func (d *Desk) post(tx store.PrivateTx, m signon.Message) error {
	m.Write()
	class := mailer.Confirmation
	switch m.Kind {
	case signon.MailInvitation, signon.MailReconfirm:
		class = mailer.Invitation
	case signon.MailReminder:
		class = mailer.Reminder
	case signon.MailReceipt:
		class = mailer.Receipt
	}
	x := mailer.Message{Key: m.Key, Class: class, To: m.To, Subject: m.Subject, Text: m.Text, At: d.opt.Now()}
	if m.Kind == signon.MailInvitation || m.Kind == signon.MailReminder {
		x.NotAfter = m.Closes.At
	}
	return mailer.Queue(tx, x)
}

// list gives what goes out with a version: who endorses it, and who issues it.
func (d *Desk) list(r store.PrivateReader, w *secretariat.Work, v *secretariat.Version) (out secretariat.Listed, err error) {
	it, err := r.Item("coalition", w.Coalition)
	if err != nil {
		return out, err
	}
	var c people.Coalition
	if err := json.Unmarshal(it.Body, &c); err != nil {
		return out, err
	}
	out.Coalition = stocktake.Party{ID: stocktake.PartyID(c.ID), Kind: "organisation", Names: c.Names}
	f, err := signon.Fix(r, w.Statement, v.Number, v.Texts[0].SHA256)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return out, nil // nobody was asked
	}
	out.Endorsed, out.Hash = f.Endorsed, f.Hash
	return out, err
}

// keepSignOns notes publications, files what changed since, reminds and forgets, until ctx ends.
func keepSignOns(ctx context.Context, d *Desk) {
	d.every(ctx, func() error {
		ids, err := d.eachWork(ctx)
		if err != nil {
			return err
		}
		for _, w := range ids {
			if err := d.keepSignOn(ctx, w); err != nil {
				return err
			}
		}
		_, err = d.book.Sweep(ctx)
		return err
	})
}

func (d *Desk) eachWork(ctx context.Context) (list []*secretariat.Work, err error) {
	cs, err := d.people.Coalitions(ctx, people.Local())
	if err != nil {
		return nil, err
	}
	for _, c := range cs {
		w, err := d.office.Works(ctx, string(c.ID))
		if err != nil {
			return nil, err
		}
		list = append(list, w...)
	}
	return list, nil
}

// keepSignOn does for one statement what is to be done without anybody asking.
func (d *Desk) keepSignOn(ctx context.Context, w *secretariat.Work) error {
	if w.Statement == "" {
		return nil
	}
	a, err := d.book.Of(ctx, w.Statement)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := d.book.Remind(ctx, a.ID); err != nil {
		return err
	}
	l := d.opt.Ledger
	v := w.Newest()
	if v == nil || v.Filing == 0 {
		return nil
	}
	note := func(version int, hash string, number int64) error {
		f, err := l.Load(ctx, number)
		if err != nil {
			return err
		}
		leaf, err := l.LeafIndex(ctx, number)
		if err != nil {
			return err
		}
		return d.book.Filed(ctx, a.ID, version, hash, f.Endorsements, number, leaf)
	}
	if a.Published == nil || a.Published.Version != v.Number {
		f, err := l.Load(ctx, v.Filing)
		if err != nil {
			return err
		}
		if f.Statement == nil || f.Statement.ListHash == "" {
			return nil
		}
		if err := note(v.Number, f.Statement.ListHash, v.Filing); err != nil {
			return err
		}
	}
	changes, err := d.book.Changes(ctx, a.ID)
	if err != nil || len(changes) == 0 {
		return err
	}
	var list []stocktake.Endorsed
	var hide []string
	for _, c := range changes {
		list = append(list, c.Endorsed)
		if c.Hide {
			hide = append(hide, c.Endorsed.ID)
		}
	}
	number, err := d.office.Endorse(ctx, "Endorsements of “"+cut(v.Texts[0].Title, 100)+"”: what changed", list...)
	if err != nil {
		return err
	}
	if err := note(v.Number, "", number); err != nil {
		return err
	}
	return d.office.HideNames(ctx, w.Statement, hide)
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// kick does the work of sign-ons at once, in the background.
func (d *Desk) kick() {
	go func() {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		list, err := d.eachWork(ctx)
		for _, w := range list {
			if err == nil {
				err = d.keepSignOn(ctx, w)
			}
		}
		if err != nil {
			d.opt.Log.Error("a sign-on could not be brought up to date; it is tried again", "err", err)
		}
	}()
}

// askAgain tells a sign-on of a new version.
func askAgain(q *request, w *secretariat.Work) error {
	a, err := q.d.book.Of(q.ctx, w.Statement)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	v := w.Newest()
	x := signon.Version{Number: v.Number, TextSHA256: v.Texts[0].SHA256, Change: v.Change, Note: v.Note}
	for _, t := range v.Texts {
		x.Langs = append(x.Langs, t.Lang)
	}
	if v.Confirm != "" {
		if x.Confirm, err = signon.ParseInstant(v.Confirm + "T23:59 " + a.Closes.Zone); err != nil {
			return err
		}
	}
	_, _, err = q.d.book.NewVersion(q.ctx, q.by(), a.ID, x)
	return err
}

// by is whoever asks, as a convenor.
func (q *request) by() signon.By { return signon.By{Actor: signon.Convenor, ID: q.who.ID} }

func boardPart(q *request, w *secretariat.Work) ([]part, error) {
	if !q.who.Can(w.Coalition, string(people.SeeSignOn)) || len(w.Versions) == 0 {
		return nil, nil
	}
	p := part{Title: "Signatures", Address: workAt(w.ID, "board"), Link: "Ask organisations to sign", Text: "Nobody has been asked yet."}
	if a, err := q.d.book.Of(q.ctx, w.Statement); err == nil {
		b, err := q.d.book.Board(q.ctx, q.by(), a.ID)
		if err != nil {
			return nil, err
		}
		p.Link, p.Text = "Open the board", strconv.Itoa(b.Count[signon.OnList])+" on the list; "+strconv.Itoa(b.Count[signon.NotAnswered])+" asked and not answered. Closes "+b.Closes+"."
	}
	return []part{p}, nil
}

type boardPage struct {
	page
	W          *secretariat.Work
	Asking     *signon.Asking
	Board      signon.Board
	Run        bool
	Groups     []boardGroup
	Query      string // part of a name
	Links      []signon.Asked
	Address    string
	Mails      bool
	HasAddress bool // letters lack nothing for want of the site's address
	Plan       *signon.Plan
	Grounds    []string
	Hidden     []byte
	FormLink   string // of the form for organisations that nobody invited, shown once
}

// boardRows is how many rows of one standing a page shows; the others are a link or a name away.
const boardRows = 100

type boardGroup struct {
	Standing signon.Standing
	Rows     []signon.Row
	All      int // rows of that standing
	From, To int // which of them are shown, from 1
}

func (q *request) board(w *secretariat.Work) (*boardPage, error) {
	p := &boardPage{page: q.view("statements", "Signatures for “"+w.Name+"”", ""), W: w, Run: q.who.Can(w.Coalition, string(people.RunSignOn)), Mails: q.d.letters(), HasAddress: q.d.opt.Address != "" || !q.d.opt.Mail.Enabled(), Grounds: stocktake.StrikeGrounds()}
	a, err := q.d.book.Of(q.ctx, w.Statement)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	p.Asking = &a
	if p.Board, err = q.d.book.Board(q.ctx, q.by(), a.ID); err != nil {
		return nil, err
	}
	p.Lede = "Version " + strconv.Itoa(a.Current().Number) + ". The list closes " + p.Board.Closes + "; it is " + string(p.Board.Phase) + "."
	p.Query = q.form("find")
	only := signon.Standing(q.form("standing"))
	for _, s := range []signon.Standing{signon.ForConvenor, signon.ForOfficer, signon.NotAnswered, signon.ToReconfirm, signon.OnList, signon.HasAnswered, signon.HasLeft, signon.TakenOff} {
		g := boardGroup{Standing: s}
		for _, r := range p.Board.Rows {
			if r.Standing == s && (p.Query == "" || strings.Contains(signon.FoldName(r.Name), signon.FoldName(p.Query))) {
				r.Missing = q.d.lacks(r.Missing)
				g.Rows = append(g.Rows, r)
			}
		}
		if g.All = len(g.Rows); g.All == 0 || only != "" && only != s {
			continue
		}
		from := 0
		if only == s {
			from, _ = strconv.Atoi(q.form("from")) // whatever is no number is the beginning
			from = min(max(0, from), g.All-1)
		}
		to := min(from+boardRows, g.All)
		g.Rows, g.From, g.To = g.Rows[from:to], from+1, to
		p.Groups = append(p.Groups, g)
	}
	return p, nil
}

func showBoard(q *request) (*answer, error) {
	w, err := q.work(people.SeeSignOn)
	if err != nil {
		return nil, err
	}
	if w.Newest() == nil {
		return nil, conflictf("no version is approved yet", "approve one first: organisations sign one exact text")
	}
	p, err := q.board(w)
	return &answer{template: "board.html", view: p}, err
}

func conflictf(what, hint string) error {
	return &stocktake.Fault{Kind: stocktake.Conflict, What: what, Hint: hint}
}

// asking returns the statement and its sign-on, where whoever asks may run it.
func (q *request) asking(act people.Action) (*secretariat.Work, signon.Asking, error) {
	w, err := q.work(act)
	if err != nil {
		return nil, signon.Asking{}, err
	}
	a, err := q.d.book.Of(q.ctx, w.Statement)
	return w, a, err
}

func openAsking(q *request) (*answer, error) {
	w, err := q.work(people.RunSignOn)
	if err != nil {
		return nil, err
	}
	v := w.Newest()
	if v == nil {
		return nil, conflictf("no version is approved yet", "approve one first")
	}
	closes, err := signon.ParseInstant(q.form("date") + "T" + q.form("clock") + " " + q.form("zone"))
	if err != nil {
		return nil, err
	}
	c, err := q.d.people.Coalition(q.ctx, people.CoalitionID(w.Coalition))
	if err != nil {
		return nil, err
	}
	a := signon.Asking{Statement: w.Statement, Coalition: w.Coalition, Asks: c.Name(w.Lang), Lang: w.Lang, Closes: closes, AnyMailbox: q.form("any") != "",
		Tiers: []stocktake.Tier{stocktake.TierAuthor, stocktake.TierSignatory, stocktake.TierSharesViews}}
	if w.Embargo != nil {
		a.Embargo = signon.Instant{At: w.Embargo.At, Zone: w.Embargo.Zone}
	}
	if q.form("late") != "" {
		if a.Late, err = signon.ParseInstant(q.form("late") + "T23:59 " + q.form("zone")); err != nil {
			return nil, err
		}
	}
	x := signon.Version{Number: v.Number, TextSHA256: v.Texts[0].SHA256}
	for _, t := range v.Texts {
		x.Langs = append(x.Langs, t.Lang)
	}
	a.Versions = []signon.Version{x}
	_, err = q.d.book.Open(q.ctx, q.by(), a)
	return &answer{redirect: workAt(w.ID, "board") + "?done=signon"}, err
}

func setCloses(q *request) (*answer, error) {
	w, a, err := q.asking(people.RunSignOn)
	if err != nil {
		return nil, err
	}
	closes, err := signon.ParseInstant(q.form("date") + "T" + q.form("clock") + " " + q.form("zone"))
	if err != nil {
		return nil, err
	}
	_, err = q.d.book.Change(q.ctx, q.by(), a.ID, func(a *signon.Asking) error { a.Closes = closes; return nil })
	return &answer{redirect: workAt(w.ID, "board") + "?done=saved"}, err
}

// inviteOrganisations asks organisations, one a line: name; mailbox; country. The links are shown once, to be copied where no mail goes out.
func inviteOrganisations(q *request) (*answer, error) {
	w, a, err := q.asking(people.RunSignOn)
	if err != nil {
		return nil, err
	}
	var list []signon.Invitee
	for i, line := range strings.Split(q.r.Form.Get("who"), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		f := strings.FieldsFunc(line, func(r rune) bool { return r == ';' || r == '\t' })
		for j := range f {
			f[j] = strings.TrimSpace(f[j])
		}
		x := signon.Invitee{Lang: cmpOr(q.form("lang"), a.Lang)}
		x.Organisation.Names = []signon.Name{{Text: f[0]}}
		for _, s := range f[1:] {
			switch {
			case strings.Contains(s, "@"):
				x.Mailbox = s
			case len(s) == 3 && strings.ToUpper(s) == s:
				x.Organisation.Country = s
			case strings.Contains(s, "."):
				x.Organisation.Domain = s
			case s != "":
				return nil, stocktake.Invalidf("“%s” is no mailbox, country or domain", s).At("line " + strconv.Itoa(i+1)).Hinted("write: Name of the organisation; office@example.org; DEU")
			}
		}
		list = append(list, x)
	}
	if len(list) == 0 {
		return nil, stocktake.Invalidf("no organisation is named").Hinted("write one a line: Name of the organisation; office@example.org; DEU")
	}
	asked, err := q.d.book.Invite(q.ctx, q.by(), a.ID, list)
	if err != nil {
		return nil, err
	}
	p, err := q.board(w)
	if err != nil {
		return nil, err
	}
	p.Links = asked
	for i := range p.Links {
		if p.Links[i].Invitation.Sent != "" {
			p.Links[i].Token, p.Links[i].Link = "", ""
		} else if strings.HasPrefix(p.Links[i].Link, "/") {
			p.Links[i].Link = q.origin() + p.Links[i].Link
		}
	}
	return &answer{template: "board.html", view: p}, nil
}

// origin is this site's address as the browser knows it, for links that are copied by hand.
func (q *request) origin() string {
	if q.d.opt.Address != "" {
		return q.d.opt.Address
	}
	return "http://" + q.r.Host
}

// enterYes takes a yes that came by mail, by telephone or in a meeting.
func enterYes(q *request) (*answer, error) {
	w, a, err := q.asking(people.EnterSignOn)
	if err != nil {
		return nil, err
	}
	v := a.Current()
	x := signon.Entered{Road: stocktake.Road(q.form("road")), Class: stocktake.AuthorityConvenor, Evidence: q.form("evidence"), Org: q.form("org")}
	if q.form("callback") != "" {
		x.Class = stocktake.AuthorityCallBack
	}
	x.Submission = signon.Submission{Organisation: q.form("organisation"), Country: q.form("country"), Website: q.form("website"), Tier: stocktake.Tier(cmpOr(q.form("tier"), string(stocktake.TierSignatory))),
		Signer: signon.Person{Name: q.form("signer"), Office: q.form("office"), Mailbox: q.form("mailbox"), Telephone: q.form("telephone")}, Version: v.Number, TextSHA256: v.TextSHA256, Langs: []string{a.Lang}, Withhold: q.form("withhold") != ""}
	if _, err := q.d.book.Enter(q.ctx, q.by(), a.ID, x); err != nil {
		return nil, err
	}
	q.d.kick()
	return &answer{redirect: workAt(w.ID, "board") + "?done=entered"}, nil
}

// actOnBoard does something with the rows that were ticked.
func actOnBoard(q *request) (*answer, error) {
	w, a, err := q.asking(people.RunSignOn)
	if err != nil {
		return nil, err
	}
	ids := q.r.Form["id"]
	if len(ids) == 0 {
		return nil, stocktake.Invalidf("no organisation was ticked").Hinted("tick those that it is about")
	}
	each := func(f func(id string) error) error {
		for _, id := range ids {
			if err := f(id); err != nil {
				return err
			}
		}
		return nil
	}
	b, by := q.d.book, q.by()
	switch q.form("do") {
	case "accept":
		class := stocktake.AuthorityConvenor
		if q.form("callback") != "" {
			class = stocktake.AuthorityCallBack
		}
		err = b.Accept(q.ctx, by, a.ID, ids, class, q.form("evidence"))
	case "list":
		err = b.List(q.ctx, by, a.ID, ids)
	case "strike":
		err = b.Strike(q.ctx, by, a.ID, ids, q.form("ground"))
	case "putback":
		err = b.PutBack(q.ctx, by, a.ID, ids)
	case "withdraw":
		err = each(func(id string) error { return b.WithdrawFor(q.ctx, by, a.ID, id) })
	case "withhold":
		err = each(func(id string) error { return b.Withhold(q.ctx, by, a.ID, id, true) })
	case "name":
		err = each(func(id string) error { return b.Withhold(q.ctx, by, a.ID, id, false) })
	default:
		err = stocktake.Invalidf("it is not said what to do with them").Hinted("choose it in the list")
	}
	if err != nil {
		return nil, err
	}
	q.d.kick()
	return &answer{redirect: workAt(w.ID, "board") + "?done=listed"}, nil
}

func boardCSV(q *request) (*answer, error) {
	_, a, err := q.asking(people.SeeSignOn)
	if err != nil {
		return nil, err
	}
	b, err := q.d.book.Board(q.ctx, q.by(), a.ID)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = b.Table().WriteCSV(&out)
	return &answer{body: out.Bytes(), kind: "text/csv; charset=utf-8", name: "board.csv"}, err
}

func boardXLSX(q *request) (*answer, error) {
	_, a, err := q.asking(people.SeeSignOn)
	if err != nil {
		return nil, err
	}
	b, err := q.d.book.Board(q.ctx, q.by(), a.ID)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = b.Table().WriteXLSX(&out)
	return &answer{body: out.Bytes(), kind: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name: "board.xlsx"}, err
}

// importSheet shows what a sheet of a web form would do, and does it once that was confirmed with the very same sheet.
func importSheet(q *request) (*answer, error) {
	w, a, err := q.asking(people.RunSignOn)
	if err != nil {
		return nil, err
	}
	f, _, err := q.r.FormFile("sheet")
	if err != nil {
		return nil, stocktake.Invalidf("no sheet was chosen").Hinted("choose a CSV or XLSX file")
	}
	defer f.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(f); err != nil {
		return nil, err
	}
	s, err := signon.ReadSheet(b.Bytes())
	if err != nil {
		return nil, err
	}
	x := signon.Import{Sheet: s, Columns: signon.GuessColumns(s.Head), Tier: stocktake.TierSignatory, Country: func(name string) string {
		rec := q.d.opt.Ledger.Record()
		if id, ok := rec.FindParty(name, rec.Head()); ok && len(id) == 3 {
			return string(id)
		}
		return ""
	}}
	if digest := q.form("digest"); digest != "" {
		if _, err := q.d.book.Import(q.ctx, q.by(), a.ID, x, digest); err != nil {
			return nil, err
		}
		q.d.kick()
		return &answer{redirect: workAt(w.ID, "board") + "?done=imported"}, nil
	}
	plan, err := q.d.book.DryRun(q.ctx, q.by(), a.ID, x)
	if err != nil {
		return nil, err
	}
	p, err := q.board(w)
	if err != nil {
		return nil, err
	}
	p.Plan = &plan
	return &answer{template: "board.html", view: p}, nil
}
