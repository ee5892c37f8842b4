package web

import (
	"encoding/json"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
)

type filingPage struct {
	page
	Number int64
	Filed  string
	Known  string
	SHA256 string
	F      *stocktake.Filing
	Acts   []filedAct
	Rolls  []stocktake.RollCall
	Parts  []partCount
	Gone   []goneSheet
	Mends  int64
	Raw    string
	Before int64
	After  int64
}

// filedAct is an act entry as it stands in a filing.
type filedAct struct {
	stocktake.Act
	What    string
	Party   string
	In      string
	Address string
	Days    []phaseDay
}

type partCount struct {
	What string
	N    int
	List []nearby
}

// goneSheet is words that were removed.
type goneSheet struct {
	Path, Commitment string
	By               int64
}

// findFiling reads a number, a SHA-256, or a key: of several filings with one key, the newest is meant.
func (q *request) findFiling(name string) (int64, error) {
	n, err := strconv.ParseInt(name, 10, 64)
	if err != nil && len(name) == 64 {
		n = q.s.rec.ByHash(strings.ToLower(name))
	}
	if err != nil && n < 1 {
		for _, k := range q.s.rec.ByKey(name) {
			if k <= q.at.Head {
				n = k
			}
		}
	}
	if n < 1 || n > q.at.Head {
		m := &missing{Fault: stocktake.NotFoundf("no filing %s at filing %s of this record", name, thousands(q.at.Head)).Hinted("filings have numbers from 1, a SHA-256 of 64 digits, and some a key")}
		m.near = []nearby{{"All filings", q.to("filings")}}
		return 0, m
	}
	return n, nil
}

// showFiling shows what was entered at one time. Its JSON is the public canonical bytes themselves, whose SHA-256 is the filing's identity.
func showFiling(q *request) (*answer, error) {
	n, err := q.findFiling(q.path("filing"))
	if err != nil {
		return nil, err
	}
	row, err := q.s.l.Raw(q.ctx, n)
	if err != nil {
		return nil, err
	}
	if q.form == formJSON {
		return &answer{raw: row.Bytes}, nil
	}
	if name := q.path("filing"); name != itoa(n) {
		to := q.moveTo("f", n)
		to.moved = len(name) == 64 // a key may come to mean a newer filing
		return to, nil
	}
	f, err := q.s.l.Load(q.ctx, n)
	if err != nil {
		return nil, err
	}
	if q.form == formCSV {
		return &answer{csv: func() (*table, error) { return filedTable(f, n), nil }}, nil
	}
	p := q.filingPage(&row, f)
	if p.Raw, err = indented(row.Bytes); err != nil {
		return nil, err
	}
	return &answer{template: "filing.html", view: p}, nil
}

// filingPage gathers the page of a filing, without its bytes.
func (q *request) filingPage(row *ledger.Row, f *stocktake.Filing) *filingPage {
	n := row.Number
	info, _ := q.s.rec.Info(n)
	p := &filingPage{page: q.page(join([]any{"f", n}), "filings", "Filing "+thousands(n)+": "+f.Title), Number: n, F: f, SHA256: row.SHA256, Filed: row.Filed.UTC().Format("2 January 2006, 15:04:05 UTC")}
	if !info.Known.IsZero() {
		p.Known = stocktake.At{Known: info.Known}.KnownString()
	}
	p.Lede = q.filingLede(p)
	if n > 1 {
		p.Before = n - 1
	}
	if n < q.at.Head {
		p.After = n + 1
	}
	if f.Mends != nil {
		p.Mends = q.s.rec.ByHash(f.Mends.Filing)
	}
	for i := range f.Acts {
		a := &f.Acts[i]
		x := filedAct{Act: *a, What: actWord(a.Kind), Party: q.partyName(a.Party), In: q.instrumentTitle(a.Instrument), Address: q.actAddress(a.ID, a.Party, a.Instrument, a.Announced, a.Done, a.Notified, a.Effect)}
		for ph := stocktake.PhaseAnnounced; ph <= stocktake.PhaseEffect; ph++ {
			if d := a.Day(ph); !d.IsZero() {
				x.Days = append(x.Days, phaseDay{phaseWords[ph], d, slices.Contains(a.Reckoned, ph.String())})
			}
		}
		p.Acts = append(p.Acts, x)
	}
	p.Rolls = f.RollCalls
	p.Parts = q.filingParts(f)
	f.EachSheeted(func(path string, s *stocktake.Sheeted) {
		if s.Gone() {
			p.Gone = append(p.Gone, goneSheet{path, s.Commitment, q.s.rec.RemovedBy(s.Commitment)})
		}
	})
	return p
}

// indented lays canonical JSON out for reading; of a long one, only the beginning.
func indented(b []byte) (string, error) {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return "", err
	}
	out, err := json.MarshalIndent(v, "", "  ")
	const most = 40_000
	if len(out) > most {
		return strings.ToValidUTF8(string(out[:most]), "") + "\n…", err
	}
	return string(out), err
}

func (q *request) filingLede(p *filingPage) string {
	s := "Filing " + thousands(p.Number) + ", “" + p.F.Title + "”, entered on " + p.Filed
	if n := len(p.F.Acts) + len(p.F.RollCalls); n > 0 {
		s += ", states " + count(n, "act or recorded vote", "acts or recorded votes")
	}
	if p.Known != "" {
		s += "; its sources count as known from " + knownWords(p.Known)
	}
	return s + "; its public bytes have the SHA-256 " + p.SHA256 + "."
}

// filingParts lists what a filing introduces, describes or decides, apart from acts.
func (q *request) filingParts(f *stocktake.Filing) []partCount {
	var out []partCount
	add := func(what string, list []nearby) {
		if len(list) > 0 {
			n := len(list)
			if n > 60 {
				list = list[:60]
			}
			out = append(out, partCount{what, n, list})
		}
	}
	var l []nearby
	for _, x := range f.Sources {
		l = append(l, nearby{x.Title, q.to("s", x.ID)})
	}
	add("Sources", l)
	l = nil
	for _, x := range f.Parties {
		l = append(l, nearby{nameOf(&x), q.to("p", x.ID)})
	}
	add("Parties described", l)
	l = nil
	for _, x := range f.Instruments {
		l = append(l, nearby{x.Title, q.hitAddress("instrument", string(x.ID))})
	}
	add("Instruments described", l)
	l = nil
	for _, x := range f.Provisions {
		l = append(l, nearby{q.instrumentTitle(x.Instrument) + ", " + x.Number, q.to("r", x.ID)})
	}
	add("Provisions", l)
	l = nil
	for _, x := range f.Texts {
		l = append(l, nearby{string(x.Provision) + " (" + langName(x.Lang) + ")", q.to("r", x.Provision)})
	}
	add("Texts of provisions", l)
	l = nil
	for _, x := range f.Measures {
		l = append(l, nearby{x.Title, q.measureAddress(&x)})
	}
	add("Measures", l)
	l = nil
	for _, x := range f.Law {
		l = append(l, nearby{x.ID, q.to("law") + "#" + lawAnchor(x.ID)})
	}
	add("Rows of the law of standing", l)
	l = nil
	for _, x := range f.Words {
		l = append(l, nearby{x.Word, q.to("law") + "#words"})
	}
	add("Standings that the law uses", l)
	l = nil
	for _, x := range f.Decisions {
		l = append(l, nearby{string(x.Act) + ": follows " + q.sourceTitle(x.Follows) + ". " + x.Reason + " (" + x.By + ")", q.to("acts", x.Act)})
	}
	add("Decisions between sources", l)
	l = nil
	for _, x := range f.Merges {
		word := " means the same as "
		if x.Undo {
			word = " is again apart from "
		}
		l = append(l, nearby{x.From + word + x.Into + ": " + x.Reason + " (" + x.By + ")", q.hitAddress(x.Of, x.Into)})
	}
	add("Merges", l)
	l = nil
	for _, x := range f.Removals {
		if x.File != "" {
			to := ""
			for _, s := range q.sources() {
				if s.Copy != nil && s.Copy.SHA256 == x.File {
					to = q.to("s", s.ID)
				}
			}
			l = append(l, nearby{"archived copy " + short(x.File) + " taken down: " + x.Why() + " (" + x.By + ")", to})
			continue
		}
		l = append(l, nearby{"words removed from filing " + short(x.Filing) + ": " + x.Why() + " (" + x.By + ")", q.to("f", x.Filing)})
	}
	add("Removals", l)
	l = nil
	for _, x := range f.Coverage {
		l = append(l, nearby{"what " + q.sourceTitle(x.Source) + " covers", q.to("s", x.Source)})
	}
	add("Coverage", l)
	l = nil
	for _, x := range f.Unknowns {
		l = append(l, nearby{x.What, q.to("unknown")})
	}
	add("Looked for and not found", l)
	if f.Statement != nil {
		add("Statement", []nearby{{q.instrumentTitle(f.Statement.Instrument), q.to("st", f.Statement.Instrument)}})
	}
	return out
}

func short(s string) string { return s[:min(12, len(s))] }

// filedTable is the acts and votes of a filing as rows.
func filedTable(f *stocktake.Filing, n int64) *table {
	t := newTable("filing", "act", "party", "instrument", "kind", "announced", "done", "notified", "effect", "source")
	for i := range f.Acts {
		a := &f.Acts[i]
		t.add(itoa(n), string(a.ID), string(a.Party), string(a.Instrument), a.Kind.String(), a.Announced.String(), a.Done.String(), a.Notified.String(), a.Effect.String(), string(a.Source))
	}
	for i := range f.RollCalls {
		r := &f.RollCalls[i]
		r.Ballots(func(p stocktake.PartyID, k stocktake.ActKind) {
			t.add(itoa(n), string(stocktake.BallotID(r.ID, p)), string(p), string(r.Instrument), k.String(), "", r.Date.String(), "", "", string(r.Source))
		})
	}
	return t
}

type filingsPage struct {
	page
	Rows  template.HTML
	Pager pager
}

// showFilings lists the filings, newest first.
func showFilings(q *request) (*answer, error) {
	switch q.form {
	case formJSON:
		return &answer{json: func() (any, error) { return empty(q.s.rec.LearnedBetween(0, q.at.Head)), nil }}, nil
	case formCSV:
		return &answer{csv: func() (*table, error) { return learnedTable(q.s.rec.LearnedBetween(0, q.at.Head)), nil }}, nil
	}
	p := &filingsPage{page: q.page("/filings", "filings", "Filings")}
	p.Wide = true
	if q.copy != nil {
		return q.filingBlock(p)
	}
	var err error
	if p.Pager, err = q.pages(&p.page, int(q.at.Head)); err != nil {
		return nil, err
	}
	p.Lede = "At these coordinates the record holds " + count(q.at.Head, "filing", "filings") + ", each numbered, hashed and never edited."
	list := q.s.rec.LearnedBetween(q.at.Head-int64(p.Pager.To), q.at.Head-int64(p.Pager.From))
	slices.Reverse(list)
	p.Rows = q.filingRows(list)
	return &answer{template: "filings.html", view: p}, nil
}

// filingBlock lists the filings of one page of a copy, where each filing stays on its page for ever; without a number, those of the last.
func (q *request) filingBlock(p *filingsPage) (*answer, error) {
	last := (q.at.Head + copyBlock - 1) / copyBlock
	n, err := q.number("page", last, 1, max(last, 1))
	if err != nil {
		return nil, err
	}
	g := pager{Page: n, Pages: last, N: int(q.at.Head), From: int((n - 1) * copyBlock), To: int(min(n*copyBlock, q.at.Head))}
	if n < last {
		g.Before = p.With("/filings", "page", n+1)
	}
	if n > 1 {
		g.After = p.With("/filings", "page", n-1)
	}
	p.Pager = g
	p.Lede = "Each filing is numbered, hashed and never edited; these are filings " + thousands(g.First()) + " to " + thousands(g.To) + ", newest first."
	list := q.s.rec.LearnedBetween(int64(g.From), int64(g.To))
	slices.Reverse(list)
	p.Rows = q.filingRows(list)
	return &answer{template: "filings.html", view: p}, nil
}

func (q *request) filingRows(list []record.Learned) template.HTML {
	var h htm
	for _, l := range list {
		known := knownWords(l.Known)
		h.raw(`<tr><td class="num">`).raw(itoa(l.Filing)).raw(`</td><th scope="row">`).link(q.to("f", l.Filing), l.Title).raw(`</th><td>`).text(knownWords(l.Filed[:10])).raw(`</td>`).td(known)
		h.raw(`<td class="num">`).raw(itoa(l.Acts)).raw(`</td><td class="mono">`).text(short(l.SHA256)).raw("</td></tr>\n")
	}
	return h.html()
}

func learnedTable(list []record.Learned) *table {
	t := newTable("filing", "filed", "known", "acts", "key", "title")
	for _, x := range list {
		t.add(itoa(x.Filing), x.Filed, x.Known, itoa(x.Acts), x.Key, x.Title)
	}
	return t
}
