package edition

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/forms"
)

// Site is what files say of where they come from.
type Site struct {
	Name string
	At   func(path string) string // the whole address of a path, such as https://stocktake.example.org/st/x; empty where it has none
}

// A Form is one of the files in which a version goes out.
type Form struct {
	Name  string // of the file: "en.txt", "en_es.pdf", "names.csv"
	Kind  string // "text", "pdf"
	Media string
	Title string   // for people
	Langs []string // in it, the first one first
	Each  bool     // its bytes may differ each time that it is made
}

// kind is a form whatever the languages are.
type kind struct {
	kind, ext, media, title string
}

const docxMedia = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// kinds are the forms in one language; pairs can have two, side by side.
var (
	kinds = []kind{
		{"text", "txt", "text/plain; charset=utf-8", "Plain text, fit for a chat"},
		{"markdown", "md", "text/markdown; charset=utf-8", "Markdown"},
		{"print", "html", "text/html; charset=utf-8", "Page for print"},
		{"docx", "docx", docxMedia, "DOCX, for word processors"},
		{"pdf", "pdf", "application/pdf", "PDF"},
	}
	pairs    = []string{"docx", "pdf", "print"}
	together = []kind{
		{"ninjs", "all.ninjs.json", "application/json", "ninjs 1.3, for newsrooms"},
		{"jsonld", "all.jsonld", "application/ld+json", "JSON-LD (schema.org)"},
		{"csv", "names.csv", "text/csv; charset=utf-8", "The names as CSV"},
		{"xlsx", "names.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "The names as XLSX"},
	}
	submissions = []kind{
		{"un", "un.docx", docxMedia, "Written submission to the United Nations, DOCX"},
		{"un-text", "un.txt", "text/plain; charset=utf-8", "Written submission to the United Nations, text"},
	}
)

// Forms lists the files of an edition: in each language, in each two of them, in all, and as a submission where a name has consultative status.
// Of what was taken back there are none.
func (e *Edition) Forms() (list []Form) {
	if e.Back != nil {
		return nil
	}
	langs := e.Langs()
	add := func(k kind, name string, langs ...string) {
		list = append(list, Form{Name: name, Kind: k.kind, Media: k.media, Title: k.title, Langs: langs, Each: k.kind == "pdf"})
	}
	for _, l := range langs {
		for _, k := range kinds {
			add(k, l+"."+k.ext, l)
		}
	}
	for i, a := range langs {
		for _, b := range langs[i+1:] {
			for _, k := range kinds {
				if slices.Contains(pairs, k.kind) {
					add(k, a+"_"+b+"."+k.ext, a, b)
				}
			}
		}
	}
	if len(langs) == 0 {
		return nil
	}
	for _, k := range together {
		add(k, k.ext, langs...)
	}
	if slices.ContainsFunc(e.Names, func(n Name) bool { return n.Status != "" && n.Withdrew.IsZero() }) {
		for _, l := range langs {
			for _, k := range submissions {
				add(k, l+"."+k.ext, l)
			}
		}
	}
	return list
}

// Form finds a file by its name; two languages may be named in either order.
func (e *Edition) Form(name string) (Form, bool) {
	list := e.Forms()
	if i := slices.IndexFunc(list, func(f Form) bool { return f.Name == name }); i >= 0 {
		return list[i], true
	}
	langs, ext, _ := strings.Cut(name, ".")
	if a, b, ok := strings.Cut(langs, "_"); ok && e.Text(a) != nil && e.Text(b) != nil {
		if i := slices.IndexFunc(list, func(f Form) bool { return f.Name == b+"_"+a+"."+ext }); i >= 0 {
			f := list[i]
			f.Name, f.Langs = name, []string{a, b}
			return f, true
		}
	}
	return Form{}, false
}

// Langs are the languages in which there is a text, the authoritative one first.
func (e *Edition) Langs() (list []string) {
	for i := range e.Texts {
		if e.Texts[i].Here() {
			list = append(list, e.Texts[i].Lang)
		}
	}
	return list
}

// Path is the address of the version on its site.
func Path(id stocktake.InstrumentID, number int, rest ...string) string {
	p := "/st/" + url.PathEscape(string(id))
	if number > 0 {
		p += fmt.Sprintf("/%d", number)
	}
	for _, r := range rest {
		p += "/" + url.PathEscape(r)
	}
	return p
}

// Value is the edition as forms take it. title names an instrument by the id in a citation.
func (e *Edition) Value(site Site, title func(id string) (name, path string)) forms.Statement {
	s := e.S
	here, rec := site.At, e.l.Record()
	v := forms.Statement{ID: string(s.Instrument), Address: here(Path(s.Instrument, s.Version)), Site: site.Name, Coalition: e.Issuer, Rehearsal: s.Rehearsal,
		Version: s.Version, First: e.Versions[0].Published, Published: e.At, Date: s.Date, Place: s.Place, Dateline: s.Dateline,
		Withheld: e.Withheld + e.Taken, ListSHA256: s.ListHash, Proof: here(fmt.Sprintf("/proof/%d.tlog-proof", e.Filing))}
	country := func(code string) string {
		if p, ok := rec.Party(stocktake.PartyID(code), e.at.Head); ok {
			return nameOf(p)
		}
		return code
	}
	if s.Coalition != "" {
		v.Home = here("/c/" + url.PathEscape(string(s.Coalition)))
	}
	if e.Back != nil {
		v.PubStatus, v.StatusNote = forms.Canceled, e.BackWords()
	}
	for i := range e.Texts {
		t := &e.Texts[i]
		v.Languages = append(v.Languages, forms.Language{Lang: t.Lang, Title: t.Title, Subtitle: t.Subtitle, Body: t.Body, Authoritative: t.Authoritative, TranslatedBy: t.TranslatedBy, CheckedBy: t.CheckedBy,
			SHA256: t.TextSHA256, Address: here(Path(s.Instrument, s.Version, t.Lang))})
	}
	for _, l := range e.Missing {
		v.Languages = append(v.Languages, forms.Language{Lang: l})
	}
	if e.Back != nil {
		return v
	}
	for i := range e.Names {
		n := &e.Names[i]
		display := map[string]string{}
		for l, t := range n.Shown {
			display[l] = t
		}
		display[""] = n.Shown[n.Lang]
		note := n.Office
		if n.ChapterOf != "" {
			note = strings.Trim(note+"; "+n.ChapterOf, "; ")
		}
		v.Names = append(v.Names, forms.Name{Display: display, Tier: n.Tier, How: n.How, Joined: n.Joined, Withdrew: n.Withdrew, Status: n.Status, Country: country(n.Country), Note: note})
	}
	for line := range strings.Lines(s.Contacts.Text) {
		if line = strings.TrimSpace(line); line != "" {
			v.Contacts = append(v.Contacts, forms.Contact{Name: line})
		}
	}
	seen := map[string]bool{}
	for _, m := range s.Cites {
		if m.ID == "" || seen[m.ID] {
			continue
		}
		seen[m.ID] = true
		name, path := title(m.ID)
		if path != "" {
			path = here(path)
		}
		v.Citations = append(v.Citations, forms.Citation{Title: cmp.Or(name, m.ID), Address: path, Quote: m.Quote.Text})
	}
	for i := range s.Calls {
		if c := &s.Calls[i]; c.Quote.Text != "" {
			v.Calls = append(v.Calls, forms.Call{Addressee: c.Addressee, Text: c.Quote.Text, Address: here(Path(s.Instrument, 0, "calls"))})
		}
	}
	for _, x := range e.Versions {
		if x.Number <= s.Version && x.Note != "" {
			v.Corrections = append(v.Corrections, forms.Correction{On: dayOf(x.Published), Note: x.Note})
		}
		if x.Number < s.Version {
			v.Versions = append(v.Versions, forms.VersionNote{Version: x.Number, Published: x.Published, Address: here(Path(s.Instrument, x.Number))})
		}
	}
	for _, f := range e.Forms() {
		if len(f.Langs) == 1 && f.Langs[0] == e.Main().Lang && !strings.HasPrefix(f.Kind, "un") || len(f.Langs) > 2 || f.Kind == "csv" || f.Kind == "xlsx" {
			if at := here(Path(s.Instrument, s.Version, "form", f.Name)); at != "" {
				v.Files = append(v.Files, forms.File{Form: f.Kind, MediaType: f.Media, Address: at})
			}
		}
	}
	return v
}

// BackWords says that, when and on what ground the statement or this version was taken back.
func (e *Edition) BackWords() string {
	if e.Back == nil {
		return ""
	}
	w := strings.ReplaceAll(e.Back.Ground, "-", " ")
	if e.Back.Note != "" {
		w += ": " + e.Back.Note
	}
	return e.Back.On.String() + " (" + w + ")"
}

// Make makes the bytes of a file. p prints PDF files.
func Make(ctx context.Context, v forms.Statement, f Form, p *forms.Printer) ([]byte, error) {
	if strings.HasPrefix(f.Kind, "un") {
		u, err := forms.UN(v, forms.UNOptions{Lang: f.Langs[0]})
		if err != nil {
			return nil, err
		}
		if f.Kind == "un" {
			return u.DOCX()
		}
		return []byte(u.Text(0)), nil
	}
	x, err := forms.New(v, forms.Options{Langs: f.Langs})
	if err != nil {
		return nil, err
	}
	switch f.Kind {
	case "text":
		return []byte(x.Text(0)), nil
	case "markdown":
		return []byte(x.Markdown()), nil
	case "print":
		return []byte(x.PrintHTML()), nil
	case "docx":
		return x.DOCX()
	case "pdf":
		return p.PDF(ctx, x)
	case "ninjs":
		return x.NinJS()
	case "jsonld":
		return x.JSONLD()
	case "csv":
		return x.NamesCSV()
	case "xlsx":
		return x.NamesXLSX()
	}
	return nil, stocktake.NotFoundf("there is no form %q", f.Kind)
}
