package desk

import (
	"encoding/json"
	"html/template"
	"slices"
	"sort"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/ingest"
	"stocktake/internal/people"
	"stocktake/internal/record"
	"stocktake/internal/secretariat"
)

func init() {
	add("GET /desk/s/{work}/text/{lang}", account, showText)
	add("POST /desk/s/{work}/text/{lang}", account, saveText)
	add("POST /desk/s/{work}/read/{lang}", account, readText)
	add("GET /desk/s/{work}/history/{lang}", account, showHistory)
	add("POST /desk/s/{work}/cite", account, citeWords)
	add("POST /desk/s/{work}/note", account, noteFinding)
	add("POST /desk/s/{work}/answer", account, answerRule)
	add("GET /desk/s/{work}/side", account, showSide)
}

type textPage struct {
	page
	W        *secretariat.Work
	Tongue   secretariat.Tongue
	Text     secretariat.Text
	Base     int64
	Clash    bool
	Write    bool
	Marked   template.HTML
	Found    []findings
	Lost     []secretariat.Citation // whose words are not in the text any more
	Query    string
	Hits     []record.Hit
	Exact    string
	Where    []whereStands
	Words    int
	Flags    []ingest.Flag
	Main     bool
	Parallel *secretariat.Text // the authoritative text, beside a translation
}

// findings are what was found of one kind.
type findings struct {
	Kind, Title string
	List        []finding
}

type finding struct {
	Words, Means, Link, Source string
	Start, End                 int
	Confidence                 string
	Struck                     bool
	Rule                       string // of a call: what would answer it
}

// whereStands is where somebody whom the text speaks of stands towards what it cites, today.
type whereStands struct{ Who, What, Word, Link string }

func showText(q *request) (*answer, error) {
	w, err := q.work(people.ReadStatement)
	if err != nil {
		return nil, err
	}
	t, err := q.d.office.Text(q.ctx, w.ID, q.path("lang"), 0)
	if err != nil {
		return nil, err
	}
	return q.textPage(w, t, t.Number, false)
}

// textPage is the editor with a text in it.
func (q *request) textPage(w *secretariat.Work, t secretariat.Text, base int64, clash bool) (*answer, error) {
	lang := q.path("lang")
	p := &textPage{page: q.view("statements", w.Name, ""), W: w, Tongue: *w.Tongue(lang), Text: t, Base: base, Clash: clash, Main: lang == w.Lang,
		Write: q.who.Can(w.Coalition, string(people.WriteStatement)), Query: q.form("q"), Exact: q.form("exact"), Words: len(strings.Fields(t.Body))}
	rec := q.d.opt.Ledger.Record()
	at := q.today()
	text := t.Canonical()
	d := secretariat.Read(rec, at.Head, text)
	p.Flags = d.Flags
	p.Found = q.found(w, lang, &d)
	p.Where = q.whereStand(&d, at)
	p.Marked = marked(d.Text, &d)
	for _, c := range w.Cites {
		if c.Lang != lang {
			continue
		}
		if _, _, ok := c.Find(text); !ok {
			p.Lost = append(p.Lost, c)
		}
	}
	if p.Query != "" {
		for _, h := range rec.Search(at, p.Query, 40) {
			if h.Kind == "provision" || h.Kind == "instrument" {
				p.Hits = append(p.Hits, h)
			}
		}
	}
	if !p.Main {
		m, err := q.d.office.Text(q.ctx, w.ID, w.Lang, 0)
		if err != nil {
			return nil, err
		}
		p.Parallel = &m
	}
	status := 0
	if clash {
		status = 409
	}
	return &answer{template: "text.html", view: p, status: status}, nil
}

func (q *request) today() stocktake.At {
	t := q.now
	return stocktake.At{On: stocktake.DayOf(t.Year(), int(t.Month()), t.Day()), Known: t, Head: q.d.opt.Ledger.Record().Head()}
}

// found lists what rules found in a text, with what people said of it.
func (q *request) found(w *secretariat.Work, lang string, d *ingest.Draft) []findings {
	rec, head := q.d.opt.Ledger.Record(), q.d.opt.Ledger.Record().Head()
	var list []findings
	group := func(kind, title string) *findings {
		list = append(list, findings{Kind: kind, Title: title})
		return &list[len(list)-1]
	}
	put := func(g *findings, e ingest.Entry, means, link string) *finding {
		f := finding{Words: e.Text, Means: means, Link: link, Start: e.Start, End: e.End, Confidence: string(e.Confidence)}
		for _, n := range w.Notes {
			if n.Kind == g.Kind && n.Lang == lang && n.Exact == e.Text {
				f.Struck, f.Source = n.Struck, n.Source
			}
		}
		g.List = append(g.List, f)
		return &g.List[len(g.List)-1]
	}
	g := group("instrument", "Instruments and provisions")
	for _, c := range w.Cites {
		if start, end, ok := c.Find(d.Text); ok && c.Lang == lang {
			g.List = append(g.List, finding{Words: c.Exact, Means: q.titleOf(c.ID), Link: linkOf(c.ID), Start: start, End: end, Confidence: "tied by hand"})
		}
	}
	for _, x := range d.Instruments {
		means, link := "not in this record", ""
		if x.ID != nil {
			means, link = q.titleOf(*x.ID), "/i/"+*x.ID
		}
		put(g, x.Entry, means, link)
	}
	party := func(id *string) (string, string) {
		if id == nil {
			return "", ""
		}
		if p, ok := rec.Party(stocktake.PartyID(*id), head); ok {
			return p.Names["en"], "/p/" + *id
		}
		return *id, ""
	}
	g = group("state", "States")
	for _, x := range d.States {
		means, link := party(x.ID)
		put(g, x.Entry, means, link)
	}
	g = group("act", "Acts that it tells of")
	for _, x := range d.Acts {
		means := x.Kind
		if x.Instrument != nil {
			means += ", " + q.titleOf(*x.Instrument)
		}
		put(g, x.Entry, means, "")
	}
	g = group("call", "Calls")
	for _, x := range d.Calls {
		means, link := party(x.AddresseeID)
		if means == "" && x.Addressee != nil {
			means = *x.Addressee
		}
		put(g, x.Entry, means, link).Rule = w.Calls[x.Text]
	}
	g = group("undertaking", "What the signers say that they will do")
	for _, x := range d.Undertakings {
		put(g, x, "", "")
	}
	g = group("claim", "Claims of fact")
	for _, x := range d.Claims {
		put(g, x, "", "")
	}
	return slices.DeleteFunc(list, func(g findings) bool { return len(g.List) == 0 })
}

func linkOf(id string) string {
	in, n, ok := strings.Cut(id, "/")
	if ok {
		return "/r/" + in + "/" + n
	}
	return "/i/" + id
}

// titleOf is what the record calls an instrument or a provision.
func (q *request) titleOf(id string) string {
	rec, head := q.d.opt.Ledger.Record(), q.d.opt.Ledger.Record().Head()
	if p, ok := rec.Provision(stocktake.ProvisionID(id), head); ok {
		return strings.TrimSpace(p.Number + " " + p.Title + ", " + q.titleOf(string(p.Instrument)))
	}
	if in, ok := rec.Instrument(stocktake.InstrumentID(id), head); ok {
		return in.Title
	}
	return id
}

// whereStand lists, for everybody whom a text calls on or whose acts it tells of, where they stand towards what it cites.
func (q *request) whereStand(d *ingest.Draft, at stocktake.At) []whereStands {
	var who, what []string
	note := func(list *[]string, id *string) {
		if id != nil && !slices.Contains(*list, *id) {
			*list = append(*list, *id)
		}
	}
	for _, c := range d.Calls {
		note(&who, c.AddresseeID)
	}
	for _, a := range d.Acts {
		note(&who, a.Party)
	}
	for _, x := range d.Instruments {
		note(&what, x.ID)
	}
	rec := q.d.opt.Ledger.Record()
	var list []whereStands
	for _, p := range who {
		x, ok := rec.Party(stocktake.PartyID(p), at.Head)
		if !ok || x.Kind == "group" {
			continue
		}
		for _, i := range what {
			st, err := rec.Standing(q.ctx, at, stocktake.PartyID(p), stocktake.InstrumentID(i))
			if err != nil {
				continue
			}
			word := st.Standing
			if st.Unsure {
				word += ", unsure"
			}
			list = append(list, whereStands{x.Names["en"], q.titleOf(i), word, "/i/" + i + "/" + p})
		}
	}
	return list
}

// marked is a text with its findings marked; the page shows nothing else of it as HTML.
func marked(text string, d *ingest.Draft) template.HTML {
	type mark struct {
		start, end int
		class      string
	}
	var marks []mark
	add := func(class string, e ingest.Entry) { marks = append(marks, mark{e.Start, e.End, class}) }
	for _, x := range d.Instruments {
		add("m-cite", x.Entry)
	}
	for _, x := range d.Calls {
		add("m-call", x.Entry)
	}
	for _, x := range d.Undertakings {
		add("m-own", x)
	}
	for _, x := range d.Claims {
		add("m-claim", x)
	}
	for _, x := range d.Acts {
		add("m-act", x.Entry)
	}
	sort.SliceStable(marks, func(i, j int) bool { return marks[i].start < marks[j].start })
	r := []rune(text)
	var b strings.Builder
	at := 0
	for _, m := range marks {
		if m.start < at || m.end > len(r) {
			continue // inside another one
		}
		b.WriteString(template.HTMLEscapeString(string(r[at:m.start])))
		b.WriteString(`<span class="m ` + m.class + `">` + template.HTMLEscapeString(string(r[m.start:m.end])) + `</span>`)
		at = m.end
	}
	b.WriteString(template.HTMLEscapeString(string(r[at:])))
	return template.HTML(b.String())
}

func saveText(q *request) (*answer, error) {
	w, err := q.work(people.WriteStatement)
	if err != nil {
		return nil, err
	}
	lang := q.path("lang")
	base, err := strconv.ParseInt(q.form("base"), 10, 64)
	if err != nil {
		return nil, stocktake.Invalidf("the form does not say which revision was edited").Hinted("send it from the page that has it")
	}
	s, err := q.d.office.Save(q.ctx, w.ID, lang, q.who.ID, base, q.r.Form.Get("title"), q.r.Form.Get("subtitle"), q.r.Form.Get("body"))
	if err != nil {
		return nil, err
	}
	if q.form("json") != "" { // from the script of the page
		b, err := json.Marshal(map[string]any{"base": s.Base, "merged": s.Merged, "clash": s.Clash, "title": s.Text.Title, "subtitle": s.Text.Subtitle, "body": s.Text.Body})
		return &answer{body: b, kind: "application/json"}, err
	}
	if s.Clash {
		if w, err = q.d.office.Work(q.ctx, w.ID); err != nil {
			return nil, err
		}
		return q.textPage(w, s.Text, s.Base, true)
	}
	word := "saved"
	if s.Merged {
		word = "merged"
	}
	return &answer{redirect: workAt(w.ID, "text", lang) + "?done=" + word}, nil
}

func init() {
	done["merged"] = "Saved. Somebody else had saved meanwhile; both edits are in the text."
}

// readText gives the findings of a text that is being typed; nothing of it is kept.
func readText(q *request) (*answer, error) {
	w, err := q.work(people.ReadStatement)
	if err != nil {
		return nil, err
	}
	lang := q.path("lang")
	if w.Tongue(lang) == nil {
		return nil, stocktake.NotFoundf("the statement has no %s text", lang)
	}
	rec := q.d.opt.Ledger.Record()
	d := secretariat.Read(rec, rec.Head(), secretariat.Canonical(q.form("title"), q.form("subtitle"), q.r.Form.Get("body")))
	b, err := json.Marshal(map[string]any{"marked": string(marked(d.Text, &d)), "calls": len(d.Calls), "instruments": len(d.Instruments), "claims": len(d.Claims), "words": len(strings.Fields(q.r.Form.Get("body")))})
	return &answer{body: b, kind: "application/json"}, err
}

type historyPage struct {
	page
	W     *secretariat.Work
	Lang  string
	List  []secretariat.Text
	Names map[string]string
	A, B  int64
	Diff  []secretariat.Piece
}

func showHistory(q *request) (*answer, error) {
	w, err := q.work(people.ReadStatement)
	if err != nil {
		return nil, err
	}
	lang := q.path("lang")
	p := &historyPage{page: q.view("statements", "Revisions of the "+lang+" text", ""), W: w, Lang: lang}
	if p.List, err = q.d.office.History(q.ctx, w.ID, lang); err != nil {
		return nil, err
	}
	var ids []string
	for _, t := range p.List {
		ids = append(ids, t.By)
	}
	p.Names = q.names(ids...)
	p.B, _ = strconv.ParseInt(q.form("b"), 10, 64)
	p.A, _ = strconv.ParseInt(q.form("a"), 10, 64)
	if p.B == 0 && len(p.List) > 0 {
		p.B = p.List[0].Number
	}
	if q.form("a") == "" {
		p.A = p.B - 1
	}
	text := func(n int64) (string, error) {
		if n <= 0 {
			return "", nil
		}
		t, err := q.d.office.Text(q.ctx, w.ID, lang, n)
		return t.Canonical(), err
	}
	before, err := text(p.A)
	if err != nil {
		return nil, err
	}
	after, err := text(p.B)
	if err != nil {
		return nil, err
	}
	p.Diff = secretariat.Difference(before, after)
	return &answer{template: "history.html", view: p}, nil
}

// citeWords ties words of the text to a provision or an instrument.
func citeWords(q *request) (*answer, error) {
	w, err := q.work(people.WriteStatement)
	if err != nil {
		return nil, err
	}
	lang := q.form("lang")
	t, err := q.d.office.Text(q.ctx, w.ID, lang, 0)
	if err != nil {
		return nil, err
	}
	a, ok := anchorOf(lang, t.Canonical(), strings.TrimSpace(q.form("exact")))
	if !ok {
		return nil, stocktake.Invalidf("the saved text has no “%s”", q.form("exact")).Hinted("save first, and copy the words from the text, letter by letter")
	}
	id := q.form("id")
	if id == "" && q.form("untie") == "" {
		return nil, stocktake.Invalidf("nothing was chosen to tie the words to").Hinted("search for a provision and choose one")
	}
	_, err = q.d.office.Cite(q.ctx, w.ID, a, id)
	return &answer{redirect: workAt(w.ID, "text", lang) + "?done=saved"}, err
}

// noteFinding says that a finding is none, or gives the source of a claim.
func noteFinding(q *request) (*answer, error) {
	w, err := q.work(people.WriteStatement)
	if err != nil {
		return nil, err
	}
	lang := q.form("lang")
	t, err := q.d.office.Text(q.ctx, w.ID, lang, 0)
	if err != nil {
		return nil, err
	}
	a, ok := anchorOf(lang, t.Canonical(), q.r.Form.Get("exact"))
	if !ok {
		return nil, stocktake.Invalidf("the text does not hold these words any more").Hinted("open the page again")
	}
	n := secretariat.Note{Anchor: a, Kind: q.form("kind"), Struck: q.form("struck") == "yes", Source: q.form("source"), By: q.who.ID}
	if n.Source != "" {
		rec := q.d.opt.Ledger.Record()
		if _, _, ok := rec.Source(stocktake.SourceID(n.Source), rec.Head()); !ok {
			return nil, stocktake.NotFoundf("the record has no source %q", n.Source).Hinted("put the source on the record first, at the record's desk; then give its id here")
		}
	}
	_, err = q.d.office.Annotate(q.ctx, w.ID, n)
	return &answer{redirect: workAt(w.ID, "text", lang) + "?done=saved"}, err
}

// answerRule says which act would answer a call.
func answerRule(q *request) (*answer, error) {
	w, err := q.work(people.FollowCalls)
	if err != nil {
		return nil, err
	}
	kind, in := q.form("act"), q.form("instrument")
	rule := ""
	if kind != "" || in != "" {
		if _, err := stocktake.ParseActKind(kind); err != nil {
			return nil, err
		}
		rec := q.d.opt.Ledger.Record()
		id, ok := rec.FindInstrument(in, rec.Head())
		if !ok {
			return nil, stocktake.NotFoundf("the record has no instrument %q", in).Hinted("write its id, symbol or alias, such as gcm or A/RES/73/195")
		}
		rule = kind + " " + string(id)
	}
	words := q.r.Form.Get("exact")
	_, err = q.d.office.Change(q.ctx, w.ID, func(w *secretariat.Work) error {
		if w.Calls == nil {
			w.Calls = map[string]string{}
		}
		if w.Calls[words] = rule; rule == "" {
			delete(w.Calls, words)
		}
		return nil
	})
	return &answer{redirect: workAt(w.ID, "text", q.form("lang")) + "?done=saved"}, err
}

type sidePage struct {
	page
	W     *secretariat.Work
	A, B  secretariat.Text
	LA    string
	LB    string
	Rows  [][2]string
	Equal bool
}

// showSide shows two languages side by side, paragraph against paragraph.
func showSide(q *request) (*answer, error) {
	w, err := q.work(people.ReadStatement)
	if err != nil {
		return nil, err
	}
	p := &sidePage{page: q.view("statements", "Side by side", ""), W: w, LA: cmpOr(q.form("a"), w.Lang), LB: q.form("b")}
	for _, t := range w.Languages {
		if p.LB == "" && t.Lang != p.LA {
			p.LB = t.Lang
		}
	}
	if p.LB == "" {
		return nil, stocktake.NotFoundf("the statement has one language alone").Hinted("add another one first")
	}
	if p.A, err = q.d.office.Text(q.ctx, w.ID, p.LA, 0); err != nil {
		return nil, err
	}
	if p.B, err = q.d.office.Text(q.ctx, w.ID, p.LB, 0); err != nil {
		return nil, err
	}
	a, b := strings.Split(p.A.Canonical(), "\n\n"), strings.Split(p.B.Canonical(), "\n\n")
	p.Equal = len(a) == len(b)
	for i := range max(len(a), len(b)) {
		var row [2]string
		if i < len(a) {
			row[0] = strings.TrimSpace(a[i])
		}
		if i < len(b) {
			row[1] = strings.TrimSpace(b[i])
		}
		p.Rows = append(p.Rows, row)
	}
	return &answer{template: "side.html", view: p}, nil
}
