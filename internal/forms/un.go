package forms

import (
	"fmt"
	"slices"
	"strings"

	"stocktake"
)

// Limits of written statements under paragraph 37 of ECOSOC resolution 1996/31, for the Council's subsidiary bodies and, since, the Human Rights
// Council: 2,000 words in general consultative status, 1,500 in special consultative status and on the roster.
const (
	UNLimitGeneral = 2000
	UNLimitOthers  = 1500
)

// UNOptions say to whom a written submission goes.
type UNOptions struct {
	Lang    string // the body takes one language a submission; empty means the authoritative one
	Body    string // such as "Human Rights Council"
	Session string
	Item    string // of the agenda
	Limit   int    // words; 0 takes the lowest limit among those who submit
}

// Submission is a statement as a written submission to a body of the United Nations.
type Submission struct {
	Lang      string
	Words     int // of the text, without title and names, counted as Words does
	WithNote  int // with the line that names others, for bodies that count notes
	Limit     int
	Over      bool     // Words is above Limit
	Submitted []string // names in consultative status, with it: general first, then special, then the roster, else in the order of every form
	Others    []string // those who share the views
	form      *Form
	parts     []part
	text      text
}

// UN makes a written submission: the names in consultative status submit it, all others are listed as sharing the views. It has no contacts, no
// withdrawn names and no marks of how a name came in. An Invalid fault says that nobody may submit it, or that the language is missing.
func UN(s Statement, o UNOptions) (*Submission, error) {
	if o.Lang == "" && len(s.Languages) > 0 {
		o.Lang = s.main().Lang
	}
	f, err := New(s, Options{Langs: []string{o.Lang}, NoContacts: true})
	if err != nil {
		return nil, err
	}
	if s.status() != Usable {
		return nil, stocktake.Invalidf("the statement is %s", s.status()).At("PubStatus")
	}
	t := f.texts[0]
	if t.Lang != o.Lang {
		return nil, stocktake.Invalidf("there is no text in %s", o.Lang).At("Lang").Hinted("languages that are there: %s", strings.Join(presentLangs(s), ", "))
	}
	u := &Submission{Lang: t.Lang, Words: bodyWords(t.blocks), Limit: o.Limit, form: f, text: t}
	w := f.w
	kinds := map[string]string{"general": w.general, "special": w.special, "roster": w.roster}
	var alone string // the status of the only one who submits
	for _, status := range []string{"general", "special", "roster"} {
		for _, n := range s.inOrder() {
			if n.Status != status || !n.submits() {
				continue
			}
			u.Submitted = append(u.Submitted, n.in(t.Lang)+" ("+kinds[status]+")")
			alone = status
			if o.Limit == 0 {
				u.Limit = UNLimitGeneral
				if status != "general" {
					u.Limit = UNLimitOthers
				}
			}
		}
	}
	if len(u.Submitted) == 0 {
		return nil, stocktake.Invalidf("no name under the statement has consultative status with ECOSOC, so nobody may submit it").At("Names").
			Hinted("enter the status of an author or signatory that has one: general, special or roster")
	}
	for _, n := range s.inOrder() {
		if n.group() == left || n.Status != "" && n.submits() {
			continue
		}
		name := n.in(t.Lang)
		if n.Status != "" {
			name += " (" + kinds[n.Status] + ")"
		}
		u.Others = append(u.Others, name)
	}
	u.lay(o, alone, s)
	u.Over = u.Words > u.Limit
	u.WithNote = u.Words + Words(u.note())
	return u, nil
}

// submits reports whether a name in consultative status is one of those who submit: it said all of it, and still does.
func (n Name) submits() bool {
	return n.Withdrew.IsZero() && n.Tier != stocktake.TierSharesViews && n.Tier != stocktake.TierPersonal
}

func presentLangs(s Statement) []string {
	var list []string
	for _, l := range s.Languages {
		if !l.Missing() {
			list = append(list, l.Lang)
		}
	}
	return list
}

// note is the line that names those who share the views; empty where there are none.
func (u *Submission) note() string {
	if len(u.Others) == 0 {
		return ""
	}
	return u.form.w.shares + u.form.w.colon + strings.Join(u.Others, "; ")
}

func (u *Submission) lay(o UNOptions, alone string, s Statement) {
	w := u.form.w
	add := func(text string) {
		if text = line(text); text != "" {
			u.parts = append(u.parts, part{text: text})
		}
	}
	if s.Rehearsal {
		add(w.rehearsal)
	}
	add(o.Body)
	add(o.Session)
	add(o.Item)
	add(fmt.Sprintf(w.unTitle, languageName(u.Lang)))
	if len(u.Submitted) == 1 {
		kinds := map[string]string{"general": w.general, "special": w.special, "roster": w.roster}
		name := u.Submitted[0][:len(u.Submitted[0])-len(" ("+kinds[alone]+")")]
		add(fmt.Sprintf(w.unOne, name, kinds[alone]))
	} else {
		add(fmt.Sprintf(w.unMany, strings.Join(u.Submitted, w.comma)))
	}
	u.parts = append(u.parts, part{kind: partTitle, text: line(u.text.Title)})
	if sub := line(u.text.Subtitle); sub != "" {
		u.parts = append(u.parts, part{kind: partSubtitle, text: sub})
	}
}

// Text writes the submission as plain text with lines of at most columns; 0 means one line a paragraph.
func (u *Submission) Text(columns int) string {
	b := textWriter{columns: columns}
	for _, p := range u.parts {
		if p.kind == partTitle {
			b.gap()
		}
		b.item("", p.String())
	}
	b.blocks(u.text.blocks)
	if n := u.note(); n != "" {
		b.gap()
		b.item("", n)
	}
	return b.String()
}

// DOCX writes it as a document for word processors, which is what secretariats ask for.
func (u *Submission) DOCX() ([]byte, error) {
	d := docxWriter{lang: u.Lang}
	for _, p := range u.parts {
		d.part(p, u.Lang)
	}
	for _, x := range u.text.blocks {
		d.block(x, u.Lang)
	}
	if n := u.note(); n != "" {
		d.paragraph("", u.Lang, "", n)
	}
	return d.zip(u.form.title, strings.Join(slices.Clone(u.Submitted), "; "), u.Lang, u.form.s.Published)
}
