package forms

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"stocktake"
)

// Options choose what a form shows of a statement.
type Options struct {
	Langs      []string // languages to show, in that order; empty means all of the statement. The first is that of the form's own words
	Apart      bool     // two languages one after the other, even where they could stand beside each other
	NoContacts bool
}

// Form is a statement laid out in reading order. It may be used from many goroutines.
type Form struct {
	s      Statement
	lang   string // of the form's own words
	w      *words
	title  string // of the first text, for titles of files and pages
	head   []part
	texts  []text
	beside bool
	tail   []part
}

// A text is the statement in one language.
type text struct {
	Language
	dir    string
	parts  []part // title, subtitle, lines about it
	blocks []block
}

// partKind is what a part of the layout is.
type partKind uint8

const (
	partLine     partKind = iota // a line about the text
	partTitle                    // of a text
	partSubtitle                 //
	partSection                  // begins a section; text is its heading
	partName                     // a name, with a note
	partItem                     // an entry of a list
	partQuote                    // words of another text
)

// A part is one thing that a form writes. What it shows is String.
type part struct {
	kind  partKind
	class string // of a section: what it is
	text  string
	note  string // behind a name
	href  string // address that is shown behind the text
	lang  string // where it is not the form's own
}

// String returns what a reader sees, in every form alike.
func (p part) String() string { return p.label() + p.href }

// label is what stands before the address.
func (p part) label() string {
	s := p.text
	if p.note != "" {
		s += " (" + p.note + ")"
	}
	if p.href != "" && s != "" {
		s += " "
	}
	return s
}

// New lays s out. An Invalid fault names what is wrong with it. A language that is asked for and is not there is shown as missing.
func New(s Statement, o Options) (*Form, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	f := &Form{s: s}
	langs := o.Langs
	if len(langs) == 0 {
		for _, l := range s.Languages {
			langs = append(langs, l.Lang)
		}
	}
	var missing []string
	for _, tag := range langs {
		i := slices.IndexFunc(s.Languages, func(l Language) bool { return l.Lang == tag })
		if i < 0 || s.Languages[i].Missing() {
			if _, err := language.Parse(tag); err != nil {
				return nil, stocktake.Invalidf("%q is no language tag", tag).At("Langs")
			}
			if !slices.Contains(missing, tag) {
				missing = append(missing, tag)
			}
			continue
		}
		if !slices.ContainsFunc(f.texts, func(t text) bool { return t.Lang == tag }) {
			f.texts = append(f.texts, text{Language: s.Languages[i], dir: dir(tag)})
		}
	}
	for _, l := range s.Languages {
		if l.Missing() && !slices.Contains(missing, l.Lang) {
			missing = append(missing, l.Lang)
		}
	}
	if len(f.texts) == 0 { // nothing of what was asked for is there: say so, and show the text that counts
		f.texts = []text{{Language: s.main(), dir: dir(s.main().Lang)}}
	}
	f.w, f.lang = wordsIn(f.texts[0].Lang)
	f.title = line(f.texts[0].Title)
	f.layHead()
	if s.status() != Usable {
		f.texts = f.texts[:1]
		f.texts[0].Body, f.texts[0].Subtitle = "", ""
		f.texts[0].parts = f.titles(&f.texts[0])
		f.tail = []part{{kind: partSection, class: "about", text: f.w.about}, f.link(f.w.address, s.Address)}
		return f, nil
	}
	for i := range f.texts {
		t := &f.texts[i]
		t.blocks = body(t.Body)
		t.parts = append(f.titles(t), f.about(t, i == 0)...)
	}
	f.layBeside(o.Apart)
	if len(missing) > 0 {
		f.head = append(f.head, part{text: fmt.Sprintf(f.w.missing, strings.Join(languageNames(missing), f.w.comma)), class: "missing"})
	}
	f.layTail(o)
	return f, nil
}

func (f *Form) layBeside(apart bool) {
	if len(f.texts) != 2 || apart {
		return
	}
	if f.beside = sameShape(f.texts[0].blocks, f.texts[1].blocks); !f.beside {
		f.head = append(f.head, part{text: f.w.apart, class: "apart"})
	}
}

func (f *Form) layHead() {
	s, w := f.s, f.w
	if s.Rehearsal {
		f.head = append(f.head, part{text: w.rehearsal, class: "rehearsal"})
	}
	if who := join(" · ", line(s.Coalition), line(s.Kind)); who != "" {
		f.head = append(f.head, part{text: who, class: "issuer"})
	}
	switch {
	case s.status() == Canceled:
		f.head = append(f.head, part{text: join(" ", w.canceled, line(s.StatusNote)), class: "status"})
	case s.status() == Withheld:
		f.head = append(f.head, part{text: join(" ", w.withheld, line(s.StatusNote)), class: "status"})
	case s.Published.IsZero() && !s.Embargoed.IsZero():
		f.head = append(f.head, part{text: fmt.Sprintf(w.embargo, f.figures(instant(s.Embargoed))), class: "status"})
	}
	when := ""
	if !s.Published.IsZero() {
		when = fmt.Sprintf(w.published, f.figures(instant(s.Published)))
	}
	f.head = append(f.head, part{text: join(" · ", fmt.Sprintf(w.version, s.Version), when), class: "version"})
}

func (f *Form) titles(t *text) []part {
	list := []part{{kind: partTitle, text: line(t.Title)}}
	if sub := line(t.Subtitle); sub != "" {
		list = append(list, part{kind: partSubtitle, text: sub})
	}
	return list
}

// about is what is said of a text before it: where and when it was issued, once, and what it is to the other languages.
func (f *Form) about(t *text, first bool) []part {
	var list []part
	place := line(f.s.Dateline)
	if place == "" {
		place = join(f.w.comma, line(f.s.Place), f.figures(f.s.Date.String()))
	}
	if place != "" && first && !(len(t.blocks) > 0 && strings.HasPrefix(line(t.blocks[0].text), place)) {
		list = append(list, part{text: place, class: "dateline"})
	}
	w, _ := wordsIn(t.Lang)
	switch by := line(t.TranslatedBy); {
	case t.Authoritative && len(f.s.Languages) > 1:
		list = append(list, part{text: w.authoritative, class: "standing"})
	case t.Authoritative || len(f.s.Languages) == 1 && by == "":
	case by != "":
		list = append(list, part{text: join(" · ", w.translation, fmt.Sprintf(w.translated, by)), class: "standing"})
	case slices.ContainsFunc(f.s.Languages, func(l Language) bool { return l.Authoritative }):
		list = append(list, part{text: join(" · ", w.translation, w.untold), class: "standing"})
	}
	if by := line(t.CheckedBy); by != "" {
		list = append(list, part{text: fmt.Sprintf(w.checked, by), class: "checked"})
	}
	return list
}

func (f *Form) link(label, address string) part {
	return part{kind: partItem, text: line(label) + strings.TrimRight(f.w.colon, " "), href: address}
}

func (f *Form) layTail(o Options) {
	s, w := f.s, f.w
	f.tail = append(f.tail, f.names()...)
	section := func(class, head string, n int) {
		if n > 0 {
			f.tail = append(f.tail, part{kind: partSection, class: class, text: head})
		}
	}
	add := func(p part) { f.tail = append(f.tail, p) }
	section("calls", w.calls, len(s.Calls))
	for _, c := range s.Calls {
		what := join(w.colon, line(c.Addressee), line(c.Text))
		if c.Address != "" {
			what = join(" · ", what, strings.TrimSpace(w.became+w.colon))
		}
		add(part{kind: partItem, text: what, href: c.Address})
	}
	section("cites", w.cites, len(s.Citations))
	for _, c := range s.Citations {
		add(part{kind: partItem, text: line(c.Title), href: c.Address})
		if q := line(c.Quote); q != "" {
			add(part{kind: partQuote, text: q})
		}
	}
	section("corrections", w.corrections, len(s.Corrections))
	for _, c := range s.Corrections {
		add(part{kind: partItem, text: join(w.colon, f.figures(c.On.String()), line(c.Note))})
	}
	section("versions", w.versions, len(s.Versions))
	for _, v := range s.Versions {
		when := ""
		if !v.Published.IsZero() {
			when = f.figures(instant(v.Published))
		}
		add(part{kind: partItem, text: join(" · ", fmt.Sprintf(w.version, v.Version), when, line(v.Note)), href: v.Address})
	}
	if !o.NoContacts {
		section("contact", w.contact, len(s.Contacts))
		for _, c := range s.Contacts {
			add(part{kind: partItem, text: join(" · ", line(c.Name), line(c.Role), f.figures(line(c.Email)), f.figures(line(c.Phone)))})
		}
	}
	section("about", w.about, 1)
	add(f.link(w.address, s.Address))
	if s.Source != "" {
		add(f.link(w.source, s.Source))
	}
	for _, t := range f.texts {
		if t.SHA256 != "" {
			add(part{kind: partItem, text: fmt.Sprintf(w.hash, t.Lang) + w.colon + f.figures(line(t.SHA256))})
		}
	}
	if s.ListSHA256 != "" {
		add(part{kind: partItem, text: w.listHash + w.colon + f.figures(line(s.ListSHA256))})
	}
	if s.Proof != "" {
		add(f.link(w.proof, s.Proof))
	}
}

// figures keeps a date, a number or a mailbox in one piece between letters that run from right to left: without the marks, 2017-12-04 would be
// shown as 04-12-2017 there.
func (f *Form) figures(s string) string {
	if s == "" || dir(f.lang) != "rtl" {
		return s
	}
	return "\u200e" + s + "\u200e"
}

// instant is how an instant is written in all forms: to the minute where it is one, in UTC.
func instant(t time.Time) string {
	t = t.UTC()
	if t.Second() == 0 {
		return t.Format("2006-01-02 15:04 UTC")
	}
	return t.Format("2006-01-02 15:04:05 UTC")
}

// join joins what is not empty.
func join(sep string, list ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" }), sep)
}

// languageName is what speakers of a language call it.
func languageName(tag string) string {
	if n := display.Self.Name(language.Make(tag)); n != "" {
		return n
	}
	return tag
}

func languageNames(tags []string) []string {
	list := make([]string, len(tags))
	for i, t := range tags {
		list[i] = languageName(t)
	}
	return list
}

func count(n int) string { return " (" + strconv.Itoa(n) + ")" }
