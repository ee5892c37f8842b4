package desk

import (
	"crypto/rand"
	"encoding/base32"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/people"
	"stocktake/internal/secretariat"
)

func init() {
	add("GET /desk/record/new/{form}", account, showRecordForm)
	add("POST /desk/record/new/{form}", account, sendRecordForm)
}

// A recordForm makes a proposal of one kind. Its fields are data: one template shows all of them.
type recordForm struct {
	Name, Title, Lede string
	Needs             string // a query parameter without which the form asks for it first
	NeedsLabel        string
	NeedsHelp         string
	Loads             bool // describes what may be on the record already, by id: that is loaded first, so that nothing of it is lost
	Groups            []fieldGroup
	// fill gives what the fields hold at first, from what is on the record.
	fill func(q *request) (map[string]string, error)
	// pick gives what can be chosen between before the form is shown; nothing where there is nothing to choose.
	pick  func(q *request) ([]picked, error)
	build func(b *builder) error
}

type fieldGroup struct {
	Legend, Help string
	Fields       []field
}

// field is one field of a form.
type field struct {
	Name, Label, Help string
	Kind              string // text where empty, or area, select, check, hidden, email
	Options           func() []choice
	Required          bool
	Lang              bool // the words may be in any language
}

// picked is something to choose: an entry of an act, a source.
type picked struct{ Address, Words, Small string }

// recordForms are the forms, in the order in which they are offered.
var recordForms []*recordForm

func formNamed(name string) (*recordForm, error) {
	for _, f := range recordForms {
		if f.Name == name {
			return f, nil
		}
	}
	return nil, stocktake.NotFoundf("there is no such form").Hinted("choose one at /desk/record")
}

type recordFormPage struct {
	page
	Form   *recordForm
	Groups []shownGroup
	Picks  []picked
	Ask    bool // for what the form needs
	Asked  string
	Faults []*stocktake.Fault
	Two    bool
	Query  string // that comes back with the form
	Loaded string // id of what the fields hold
}

type shownGroup struct {
	fieldGroup
	Fields []shownField
}

type shownField struct {
	field
	Value   string
	Choices []choice
}

func showRecordForm(q *request) (*answer, error) {
	f, err := formNamed(q.path("form"))
	if err != nil {
		return nil, err
	}
	if err := q.mayRecord(people.WriteRecord); err != nil {
		return nil, err
	}
	if f.Needs != "" && q.form(f.Needs) == "" {
		p := q.recordForm(f)
		p.Ask, p.Groups = true, nil
		return &answer{template: "record_form.html", view: p}, nil
	}
	if f.pick != nil {
		list, err := f.pick(q)
		if err != nil {
			return nil, err
		}
		if list != nil {
			p := q.recordForm(f)
			p.Picks, p.Asked, p.Groups = list, q.form(f.Needs), nil
			return &answer{template: "record_form.html", view: p}, nil
		}
	}
	var have map[string]string
	if f.fill != nil {
		if have, err = f.fill(q); err != nil {
			return nil, err
		}
	}
	p := q.recordForm(f)
	if f.Loads && q.form("id") != "" && have == nil {
		return nil, stocktake.NotFoundf("there is no %s %q on the record", f.Name, q.form("id")).Hinted("copy its id from its page, or describe it as new")
	}
	p.show(q, func(name string) string {
		if v, ok := have[name]; ok {
			return v
		}
		return q.form(name)
	})
	return &answer{template: "record_form.html", view: p}, nil
}

func (q *request) recordForm(f *recordForm) *recordFormPage {
	p := &recordFormPage{page: q.view("record", f.Title, f.Lede), Form: f, Query: q.r.URL.RawQuery}
	if f.Loads {
		p.Loaded = q.r.URL.Query().Get("id")
	}
	if rules, err := q.recordRules(); err == nil {
		p.Two = rules.TwoPersons
	}
	return p
}

// show fills the fields.
func (p *recordFormPage) show(q *request, value func(name string) string) {
	for _, g := range p.Form.Groups {
		s := shownGroup{fieldGroup: g}
		for _, f := range g.Fields {
			x := shownField{field: f, Value: value(f.Name)}
			switch {
			case f.Name == "by" && x.Value == "":
				x.Value = "editor of the record"
			case f.Name == "source-read" && x.Value == "":
				x.Value = q.now.Format("2006-01-02")
			}
			if f.Options != nil {
				x.Choices = slices.Clone(f.Options())
				for i := range x.Choices {
					x.Choices[i].Chosen = x.Choices[i].Value == x.Value
				}
			}
			s.Fields = append(s.Fields, x)
		}
		p.Groups = append(p.Groups, s)
	}
}

// sendRecordForm makes a proposal of what was typed. What stands in its way is shown above the form, with everything that was typed.
func sendRecordForm(q *request) (*answer, error) {
	f, err := formNamed(q.path("form"))
	if err != nil {
		return nil, err
	}
	if err := q.mayRecord(people.WriteRecord); err != nil {
		return nil, err
	}
	text, err := q.written(f)
	if err == nil {
		var v secretariat.Preview
		if v, err = q.d.office.Preview(q.ctx, text); err == nil && len(v.Faults) > 0 {
			err = v.Faults[0]
			if len(v.Faults) > 1 {
				return q.formAgain(f, v.Faults), nil
			}
		}
	}
	if list := secretariat.Mistakes(err); len(list) > 0 {
		return q.formAgain(f, list), nil
	}
	if err != nil {
		return nil, err
	}
	p, err := q.d.office.Propose(q.ctx, q.who.ID, f.Name, text, "")
	if err != nil {
		return nil, err
	}
	return &answer{redirect: "/desk/record/p/" + p.ID + "?done=proposed"}, nil
}

func (q *request) formAgain(f *recordForm, faults []*stocktake.Fault) *answer {
	p := q.recordForm(f)
	for _, x := range faults {
		y := *x
		if f.Name != "yaml" && strings.HasPrefix(y.Where, "line:") {
			y.Where = ""
		}
		p.Faults = append(p.Faults, &y)
	}
	p.show(q, func(name string) string { return q.r.Form.Get(name) })
	return &answer{template: "record_form.html", view: p, status: http.StatusUnprocessableEntity}
}

// written is the draft that a form makes.
func (q *request) written(f *recordForm) (string, error) {
	if f.build == nil {
		return q.r.Form.Get("text"), nil
	}
	b := &builder{q: q, f: stocktake.Filing{Title: q.form("title")}}
	if id := q.r.PostForm.Get("id"); f.Loads && id != q.r.URL.Query().Get("id") {
		old := &request{d: q.d, r: &http.Request{Form: url.Values{"id": {id}}}, ctx: q.ctx, who: q.who, now: q.now}
		if have, err := f.fill(old); err == nil && have != nil {
			return "", stocktake.Invalidf("%s is on the record already, and not loaded: what is empty here would be empty there", id).At("Id").Hinted("load it first, and change it then")
		}
	}
	if err := f.build(b); err != nil {
		return "", err
	}
	if len(b.faults) > 0 {
		return "", b.faults[0]
	}
	if b.f.Title == "" {
		b.f.Title = f.Title
	}
	b.f.Key = "desk/" + q.now.Format("2006-01-02") + "/" + f.Name + "-" + drawn()
	for i := range b.more {
		b.more[i].Key = b.f.Key + "-" + strconv.Itoa(i+2)
		if b.more[i].Title == "" {
			b.more[i].Title = b.f.Title
		}
	}
	return secretariat.PrintDraft(append([]stocktake.Filing{b.f}, b.more...)...)
}

// drawn is a short name that nothing else has.
func drawn() string {
	var b [5]byte
	rand.Read(b[:]) // never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// builder makes a filing of a form.
type builder struct {
	q      *request
	f      stocktake.Filing
	more   []stocktake.Filing // that go with it
	faults []*stocktake.Fault
}

func (b *builder) text(name string) string { return b.q.form(name) }

func (b *builder) bad(err error, at string) {
	if err == nil {
		return
	}
	if list := secretariat.Mistakes(err); len(list) > 0 {
		f := *list[0]
		f.Where = at
		b.faults = append(b.faults, &f)
		return
	}
	b.faults = append(b.faults, stocktake.Invalidf("%v", err).At(at))
}

// date reads a field as a date, as exact as it is.
func (b *builder) date(name, label string) stocktake.Date {
	s := b.text(name)
	if s == "" {
		return stocktake.Date{}
	}
	d, err := stocktake.ParseDate(s)
	b.bad(err, label)
	return d
}

// lines are those of a field that are not empty.
func (b *builder) lines(name string) (list []string) {
	for _, s := range strings.Split(b.q.r.Form.Get(name), "\n") {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// ids are the words of a field, parted by spaces, commas or lines.
func ids[T ~string](b *builder, name string) (list []T) {
	for _, s := range strings.FieldsFunc(b.q.r.Form.Get(name), func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\r' || r == '\t' }) {
		list = append(list, T(s))
	}
	return list
}

// table reads lines of "name: value".
func (b *builder) table(name, label string) map[string]string {
	var m map[string]string
	for _, s := range b.lines(name) {
		k, v, ok := strings.Cut(s, ":")
		if k, v = strings.TrimSpace(k), strings.TrimSpace(v); !ok || k == "" || v == "" {
			b.bad(stocktake.Invalidf("%q is no name and value", s).Hinted("write one a line, with a colon between, such as es: Brasil"), label)
			continue
		}
		if m == nil {
			m = map[string]string{}
		}
		m[k] = v
	}
	return m
}

// source is what the form names as its source: one of the record, or one that it describes, which goes into the filing.
func (b *builder) source(needed bool) stocktake.SourceID {
	if id := b.text("source"); id != "" {
		rec := b.q.d.opt.Ledger.Record()
		if _, _, ok := rec.Source(stocktake.SourceID(id), rec.Head()); !ok {
			b.bad(stocktake.Invalidf("there is no source %q on the record", id).Hinted("look it up at /sources, or describe a new one"), "Source")
		}
		return stocktake.SourceID(id)
	}
	s := stocktake.Source{Kind: b.text("source-kind"), Title: b.text("source-title"), Publisher: b.text("source-publisher"), Address: b.text("source-address"), Lang: b.text("source-lang"),
		Published: b.date("source-published", "Source, published"), Read: b.date("source-read", "Source, read")}
	if s.Title == "" && s.Address == "" {
		if needed {
			b.bad(stocktake.Invalidf("there is no source; a fact needs one").Hinted("name one of the record by its id, or describe a new one"), "Source")
		}
		return ""
	}
	if s.Title == "" {
		b.bad(stocktake.Invalidf("the source has no title").Hinted("say in your own words what it is"), "Source")
		return ""
	}
	day := s.Published
	if day.IsZero() {
		day = s.Read
	}
	base := strings.Trim(clipSlug(people.Slug(s.Publisher+" "+s.Title), 48), "-")
	if base == "" {
		base = "source"
	}
	s.ID = stocktake.SourceID(base + "-" + strings.NewReplacer("/", "-", "?", "", "~", "", ".", "").Replace(day.String()) + "-" + drawn()[:3])
	b.f.Sources = append(b.f.Sources, s)
	return s.ID
}

func clipSlug(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// quotes is the quotation of the form, if there is one.
func (b *builder) quotes() []stocktake.Quote {
	words := strings.Join(strings.Fields(b.q.r.Form.Get("quote")), " ")
	if words == "" {
		return nil
	}
	return []stocktake.Quote{{Exact: stocktake.Plain(words), Lang: b.text("quote-lang"), Page: b.text("quote-page"), By: b.text("quote-by"), Own: b.text("quote-own") != ""}}
}

// choices are options that are called what they are.
func choices(none string, list ...string) func() []choice {
	return func() []choice {
		var out []choice
		if none != "" {
			out = append(out, choice{Name: none})
		}
		for _, s := range list {
			out = append(out, choice{Value: s, Name: strings.ReplaceAll(s, "-", " ")})
		}
		return out
	}
}

// sourceGroups ask for a source, and for its words.
func sourceGroups(quote bool) []fieldGroup {
	list := []fieldGroup{{Legend: "Source", Help: "Either the id of a source on the record, or a description of a new one.", Fields: []field{
		{Name: "source", Label: "Id of a source on the record", Help: "as its page shows it"},
		{Name: "source-title", Label: "or a new source: what it is, in your own words", Help: "such as: Explanation of vote of Brazil"},
		{Name: "source-address", Label: "Address or symbol", Help: "where it can be read"},
		{Name: "source-publisher", Label: "Publisher, as it names itself"},
		{Name: "source-kind", Label: "Kind", Kind: "select", Options: choices("not said", "official", "register", "dataset", "press", "academic", "civil-society", "hand")},
		{Name: "source-lang", Label: "Language", Help: "its code, such as en or es"},
		{Name: "source-published", Label: "Published", Help: "2018-11-28, 2018-11 or 2018; empty where it does not say"},
		{Name: "source-read", Label: "Read on"}}}}
	if quote {
		list = append(list, fieldGroup{Legend: "Its words", Fields: []field{
			{Name: "quote", Label: "Quotation, letter by letter", Help: "at most 300 characters", Kind: "area", Lang: true},
			{Name: "quote-lang", Label: "Language of the quotation", Help: "its code; empty where it is that of the source"},
			{Name: "quote-page", Label: "Page or paragraph"},
			{Name: "quote-by", Label: "Office that spoke"},
			{Name: "quote-own", Label: "the government’s own words on its act, to stand beside it at equal size", Kind: "check"}}})
	}
	return list
}

var titleField = field{Name: "title", Label: "What is entered, in one line", Help: "in your own words, without adjectives; it stands in the list of filings", Required: true}
var byField = field{Name: "by", Label: "Who answers for it", Help: "an office or role, never a person’s name", Required: true}
var reasonField = field{Name: "reason", Label: "Why, in one sentence", Help: "it is public", Required: true}

// query is a parameter list for a link to a form.
func query(list ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(list); i += 2 {
		v.Set(list[i], list[i+1])
	}
	return "?" + v.Encode()
}
