package web

import (
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/edition"
	"stocktake/internal/forms"
)

// The page of a statement that was made here: a version in a language, who stands under it, and what holds it.

// madePage is one version in one language.
type madePage struct {
	statementPage
	E       *edition.Edition
	T       *edition.Text
	Langs   []langLink
	Sides   []nearby
	Body    template.HTML
	Marked  bool
	Names   template.HTML
	Top     []jump
	Issuer  string // address of its page
	Newer   *edition.Version
	Sealed  *edition.Sealed
	Dated   []edition.ListAt
	Between int // dated lists that are not told of
	Contact []string
	Away    int64 // the filing that took the contact block away
	Files   []fileLink
	Feeds   []nearby
	Standing
}

// Standing is how many stand under a version, and by what.
type Standing struct {
	Ways     []wordCount
	Verified bool // one of them at least was verified here
}

type langLink struct {
	Lang, Name, Address             string
	Current, Authoritative, Missing bool
}

type jump struct {
	To, Words string
	N         int
}

// mostNames is how many names of a group stand open on a page; the others can be unfolded.
const mostNames = 200

// version reads the number of a version from the path, 0 where there is none.
func (q *request) version() (int, error) {
	v := q.path("version")
	if v == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || strconv.Itoa(n) != v {
		return 0, stocktake.NotFoundf("%q is no version of a statement", v).Hinted("versions are numbered from 1")
	}
	return n, nil
}

// edition reads the version that the path names.
func (q *request) edition() (*edition.Edition, error) {
	n, err := q.version()
	if err != nil {
		return nil, err
	}
	id := q.path("statement")
	e, err := edition.Read(q.ctx, q.s.l, q.at, stocktake.InstrumentID(id), n)
	if stocktake.KindOf(err) == stocktake.NotFound && len(q.s.rec.Versions(stocktake.InstrumentID(id), q.at.Head)) == 0 {
		_, _, err = q.findStatement(id) // it names others
	}
	return e, err
}

// showVersion shows one version in its authoritative language.
func showVersion(q *request) (*answer, error) {
	n, err := q.version()
	if err != nil {
		return nil, err
	}
	st, _, err := q.findStatement(q.path("statement"))
	if err != nil {
		return nil, err
	}
	if !edition.Made(st) && n == st.Version { // a printed text has one page
		if q.form != formHTML {
			return showStatement(q)
		}
		return &answer{redirect: q.to("st", st.Instrument)}, nil
	}
	return q.made(n, q.value("lang"))
}

// showExpression shows one version in one language.
func showExpression(q *request) (*answer, error) {
	n, err := q.version()
	if err != nil {
		return nil, err
	}
	return q.made(n, q.path("lang"))
}

// made gathers the page of a version; the newest where number is 0, in the authoritative language where lang is empty.
func (q *request) made(number int, lang string) (*answer, error) {
	e, err := q.edition()
	if err != nil {
		return nil, err
	}
	if q.form == formJSON {
		return &answer{json: func() (any, error) { return q.editionJSON(e) }}, nil
	}
	if q.form == formCSV {
		return &answer{csv: func() (*table, error) { return statementTable(e.S), nil }}, nil
	}
	p := &madePage{E: e, T: e.Main()}
	if lang != "" && lang != p.T.Lang {
		if p.T = e.Text(lang); p.T == nil && !slices.Contains(e.Missing, lang) {
			return nil, &missing{stocktake.NotFoundf("version %d has no text in %s", e.S.Version, langName(lang)).Hinted("its languages are listed on its page"), []nearby{{e.Main().Title, q.to("st", e.S.Instrument, e.S.Version)}}}
		}
		if p.T == nil {
			p.T = &edition.Text{Expression: stocktake.Expression{Lang: lang, Title: e.Main().Title}}
		}
	}
	path := []any{"st", e.S.Instrument}
	if number > 0 {
		path = append(path, number)
		if q.path("lang") != "" {
			path = append(path, lang)
		}
	}
	title := p.T.Title
	if e.S.Rehearsal {
		title = "Rehearsal: " + title
	}
	p.statementPage = statementPage{page: q.page(join(path), "statements", title), St: e.S, In: e.In, Filing: e.Filing}
	if q.path("lang") == "" && lang != "" {
		p.page.Own.Set("lang", lang)
	}
	p.Article = true
	p.feeds(e)
	if e.S.Coalition != "" {
		p.Issuer = q.to("c", e.S.Coalition)
	}
	if v := e.Newest(); v.Number > e.S.Version {
		p.Newer = v
	}
	p.languages(e)
	if p.Sealed, err = e.Sealed(q.ctx); err != nil {
		return nil, err
	}
	p.Lede = q.madeLede(e)
	if e.Back != nil {
		p.Blocked = true
		return &answer{template: "made.html", view: p}, nil
	}
	if err := q.said(&p.statementPage, e.S); err != nil {
		return nil, err
	}
	if p.T.Here() {
		p.Body, p.Marked = q.madeBody(p)
	}
	p.Names = q.madeNames(e, p.T.Lang)
	p.Standing = Standing{ways(e), slices.ContainsFunc(e.Names, func(n edition.Name) bool { return n.How == forms.Verified })}
	if p.Dated, p.Between, err = e.Lists(q.ctx); err != nil {
		return nil, err
	}
	p.contacts(e)
	p.Files = q.fileLinks(e, p.T.Lang)
	p.tops(e)
	return &answer{template: "made.html", view: p}, nil
}

func (p *madePage) languages(e *edition.Edition) {
	q := p.q
	for i := range e.Texts {
		t := &e.Texts[i]
		p.Langs = append(p.Langs, langLink{t.Lang, langName(t.Lang), q.to("st", e.S.Instrument, e.S.Version, t.Lang), t.Lang == p.T.Lang, t.Authoritative, !t.Here()})
	}
	for _, l := range e.Missing {
		p.Langs = append(p.Langs, langLink{l, langName(l), q.to("st", e.S.Instrument, e.S.Version, l), l == p.T.Lang, false, true})
	}
	p.Sides = q.sides(e)
}

// sides leads to each two languages of a version.
func (q *request) sides(e *edition.Edition) (list []nearby) {
	langs := e.Langs()
	for i, a := range langs {
		for _, b := range langs[i+1:] {
			list = append(list, nearby{langName(a) + " and " + langName(b), q.sideAddress(e, a, b)})
		}
	}
	return list
}

func (p *madePage) contacts(e *edition.Edition) {
	c := e.S.Contacts
	if p.Away = p.q.s.rec.RemovedBy(c.Commitment); c.Gone() || c.Commitment != "" && p.Away > 0 {
		return
	}
	for line := range strings.Lines(c.Text) {
		if line = strings.TrimSpace(line); line != "" {
			p.Contact = append(p.Contact, line)
		}
	}
}

func (p *madePage) tops(e *edition.Edition) {
	add := func(to, words string, n int, there bool) {
		if there {
			p.Top = append(p.Top, jump{to, words, n})
		}
	}
	add("names", "Who stands under it", e.Stand, true)
	add("calls", "What it asks", len(p.Calls), len(p.Calls) > 0)
	add("files", "Take it with you", 0, len(p.Files) > 0)
	add("contact", "Contact", 0, len(p.Contact) > 0)
	add("versions", "Versions, hashes, proof", 0, true)
}

// ways counts how those who stand under a version were shown to stand there.
func ways(e *edition.Edition) (list []wordCount) {
	n := map[forms.How]int{}
	for i := range e.Names {
		if e.Names[i].Withdrew.IsZero() {
			n[e.Names[i].How]++
		}
	}
	for _, h := range []forms.How{forms.Verified, forms.Entered, forms.Imported, forms.AsPrinted} {
		if n[h] > 0 {
			list = append(list, wordCount{Word: howWords(h), N: n[h]})
		}
	}
	return list
}

// howWords says what stands behind a name.
func howWords(h forms.How) string {
	if h == forms.Entered {
		return "on the convenor’s word"
	}
	return string(h)
}

// madeLede is the sentence fit to quote.
func (q *request) madeLede(e *edition.Edition) string {
	s := e.S
	what := "A statement"
	if s.Rehearsal {
		what = "A rehearsal, which nobody issued or signed, of a statement"
	}
	if e.Issuer != "" {
		what += " by " + e.Issuer
	}
	if e.Back != nil {
		return sentence(what + " that was taken back " + onDate(e.Back.On) + ": its text and the names beneath it are not shown any more")
	}
	what += ", published on " + e.At.Format("2 January 2006")
	if s.Version > 1 {
		what += " in version " + itoa(s.Version)
	}
	what += "; "
	if e.Stand == 0 {
		what += "nobody has put a name under it"
	} else {
		what += count(e.Stand, "name stands", "names stand") + " under it"
		if w := ways(e); len(w) > 0 {
			var parts []string
			for _, x := range w {
				parts = append(parts, itoa(x.N)+" "+x.Word)
			}
			what += " (" + strings.Join(parts, ", ")
			if n := e.Withheld + e.Taken; n > 0 {
				what += ", " + itoa(n) + " not shown"
			}
			what += ")"
		}
	}
	if n := len(s.Calls); n > 0 {
		what += ", and it makes " + count(n, "call", "calls")
	}
	return sentence(what + "; what it says of anyone is its own claim")
}

// Instant writes an instant for readers.
func (p *madePage) Instant(t time.Time) string { return instantWords(t) }

func instantWords(t time.Time) string {
	if t.Second() == 0 {
		return t.UTC().Format("2 January 2006, 15:04 UTC")
	}
	return t.UTC().Format("2 January 2006, 15:04:05 UTC")
}

// Native reports whether the text is in the language of the page around it.
func (p *madePage) Native() bool { return p.T.Lang == "en" }

// Filed is the day of a filing.
func (p *madePage) Filed(n int64) string {
	info, ok := p.q.s.rec.Info(n)
	if !ok {
		return ""
	}
	return info.Filed.UTC().Format("2 January 2006")
}

// Ground is a class of reason in words.
func (p *madePage) Ground(s string) string { return strings.ReplaceAll(s, "-", " ") }

// Class says what a change does to those who stood under the version before.
func (p *madePage) Class(v edition.Version) string {
	switch v.Change {
	case stocktake.Typographic:
		return "a typographic change: who stood under the version before stands under this one"
	case stocktake.Substantive:
		w := "a substantive change: who stood under the version before stands under this one only where it was given again"
		if !v.Confirm.IsZero() {
			w += ", until " + dateWords(v.Confirm)
		}
		return w
	}
	return "a change whose class is not stated"
}
