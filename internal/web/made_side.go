package web

import (
	"html/template"
	"net/url"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/edition"
	"stocktake/internal/secretariat"
)

// Two languages of a version beside each other, and two versions of a text compared.

type sidePage struct {
	page
	E     *edition.Edition
	A, B  sideText
	Rows  []sideRow
	Equal bool
	Sides []nearby
	Langs []langLink
}

type sideText struct {
	Lang, Name, Title, Subtitle string
	Standing                    string
	Missing                     string // why there is no text
	Address                     string
}

type sideRow struct{ A, B template.HTML }

func (q *request) sideAddress(e *edition.Edition, a, b string) string {
	return q.link(join([]any{"st", e.S.Instrument, e.S.Version, "side"}), url.Values{"langs": {a + "," + b}})
}

// showSide shows two languages paragraph against paragraph.
func showSide(q *request) (*answer, error) {
	e, err := q.edition()
	if err != nil {
		return nil, err
	}
	if e.Back != nil {
		return &answer{redirect: q.to("st", e.S.Instrument, e.S.Version)}, nil
	}
	langs := strings.Split(q.value("langs"), ",")
	if q.value("langs") == "" {
		langs = e.Langs()
		if len(langs) < 2 {
			langs = append(langs, e.Missing...)
		}
		langs = langs[:min(2, len(langs))]
	}
	if len(langs) != 2 || langs[0] == langs[1] {
		return nil, stocktake.Invalidf("langs=%s does not name two languages", q.value("langs")).Hinted("write langs=en,es; the languages of this version: %s", strings.Join(e.Langs(), ", "))
	}
	for _, l := range langs {
		if e.Text(l) == nil && !slices.Contains(e.Missing, l) && langNames[l] == "" {
			return nil, stocktake.NotFoundf("there is no text in %q", l).Hinted("the languages of this version: %s", strings.Join(e.Langs(), ", "))
		}
	}
	title := e.Main().Title
	if e.S.Rehearsal {
		title = "Rehearsal: " + title
	}
	p := &sidePage{page: q.page(join([]any{"st", e.S.Instrument, e.S.Version, "side"}), "statements", title), E: e, Sides: q.sides(e)}
	p.NoForms = true
	p.Own.Set("langs", strings.Join(langs, ","))
	var parts [2][]template.HTML
	for i, l := range langs {
		x := sideText{Lang: l, Name: langName(l), Address: q.to("st", e.S.Instrument, e.S.Version, l)}
		t := e.Text(l)
		switch {
		case t == nil:
			x.Missing, x.Address = "There is no text in "+langName(l)+" of this version.", ""
		case t.Down > 0:
			x.Missing = "The text was taken down by filing " + itoa(t.Down) + "."
		case !t.Here():
			x.Missing = "The text is not kept here."
		default:
			x.Title, x.Subtitle, x.Standing = t.Title, t.Subtitle, standingOf(t)
			parts[i] = sideParagraphs(t, string("ab"[i])+"-")
		}
		if i == 0 {
			p.A = x
		} else {
			p.B = x
		}
	}
	p.Equal = len(parts[0]) == len(parts[1]) || p.A.Missing != "" || p.B.Missing != ""
	for i := range max(len(parts[0]), len(parts[1])) {
		var r sideRow
		if i < len(parts[0]) {
			r.A = parts[0][i]
		}
		if i < len(parts[1]) {
			r.B = parts[1][i]
		}
		p.Rows = append(p.Rows, r)
	}
	p.Lede = sentence("Version " + itoa(e.S.Version) + " in " + p.A.Name + " and " + p.B.Name + ", paragraph against paragraph")
	return &answer{template: "stside.html", view: p}, nil
}

// standingOf says whether a text is the authoritative one, and who translated and checked it.
func standingOf(t *edition.Text) string {
	switch {
	case t.Authoritative:
		return "the authoritative text"
	case t.TranslatedBy == "":
		return "a translation; it is not stated who translated it"
	}
	s := "a translation by " + t.TranslatedBy
	if t.CheckedBy != "" {
		return s + ", compared with the authoritative text by " + t.CheckedBy
	}
	return s + "; nobody is named who compared it with the authoritative text"
}

// sideParagraphs writes each piece of a text by itself.
func sideParagraphs(t *edition.Text, prefix string) (list []template.HTML) {
	runes := []rune(t.Whole)
	for i, x := range textPieces(runes, t.Skip) {
		var h htm
		tag := map[byte]string{'h': "h2", 'p': "p", '-': "p", '1': "p"}[x.kind]
		h.raw("<" + tag + ` id="` + prefix + "p" + itoa(i+1) + `">`)
		switch x.kind {
		case '-':
			h.raw("• ")
		case '1':
			h.raw(itoa(x.n) + ". ")
		}
		h.raw(inside(runes, x, nil)).raw("</" + tag + ">")
		list = append(list, h.html())
	}
	return list
}

type versionChangesPage struct {
	page
	E      *edition.Edition
	From   *edition.Version
	Langs  []langChange
	Typo   bool
	Onward *edition.Version
}

type langChange struct {
	Name, Lang string
	Body       template.HTML
	Note       string // where nothing can be compared
}

// showVersionChanges shows what was changed against the version before.
func showVersionChanges(q *request) (*answer, error) {
	e, err := q.edition()
	if err != nil {
		return nil, err
	}
	from := e.Before()
	if from == nil {
		return nil, stocktake.NotFoundf("version %d is the first: there is none to compare it with", e.S.Version)
	}
	old, err := e.Other(q.ctx, from.Number)
	if err != nil {
		return nil, err
	}
	title := "What was changed"
	if e.S.Rehearsal {
		title = "Rehearsal: what was changed"
	}
	p := &versionChangesPage{page: q.page(join([]any{"st", e.S.Instrument, e.S.Version, "changes"}), "statements", title), E: e, From: from, Typo: e.S.Change == stocktake.Typographic}
	p.NoForms = true
	for _, v := range e.Versions {
		if v.Number > e.S.Version && p.Onward == nil {
			p.Onward = &v
		}
	}
	var langs []string
	for _, x := range []*edition.Edition{e, old} {
		for i := range x.Texts {
			if l := x.Texts[i].Lang; !slices.Contains(langs, l) {
				langs = append(langs, l)
			}
		}
	}
	for _, l := range langs {
		a, b := old.Text(l), e.Text(l)
		c := langChange{Name: langName(l), Lang: l}
		switch {
		case a == nil:
			c.Note = "This language is new in version " + itoa(e.S.Version) + "."
		case b == nil:
			c.Note = "Version " + itoa(e.S.Version) + " has no text in this language."
		case !a.Here() || !b.Here():
			c.Note = "One of the two texts is not here any more, so that they cannot be compared."
		case a.TextSHA256 == b.TextSHA256:
			c.Note = "The text is the same, letter for letter."
		default:
			c.Body = differing(a.Whole, b.Whole)
		}
		p.Langs = append(p.Langs, c)
	}
	p.Lede = sentence("Version " + itoa(e.S.Version) + " of “" + e.Main().Title + "”, published on " + e.At.Format("2 January 2006") + ", against version " + itoa(from.Number))
	return &answer{template: "stchanges.html", view: p}, nil
}

// differing writes two texts as one, with what went and what came; long stretches that are the same are left out.
func differing(before, after string) template.HTML {
	var h htm
	const near = 160
	all := secretariat.Difference(before, after)
	for i, x := range all {
		switch x.Op {
		case -1:
			h.raw("<del>").text(x.Text).raw("</del>")
		case 1:
			h.raw("<ins>").text(x.Text).raw("</ins>")
		default:
			r := []rune(x.Text)
			first, last := i == 0, i == len(all)-1
			if len(r) <= 2*near+40 {
				h.text(x.Text)
				continue
			}
			if !first {
				head := string(r[:near])
				h.text(head[:max(strings.LastIndexAny(head, " \n"), 0)])
			}
			h.raw(`<span class="left-out"> […] </span>`)
			if !last {
				tail := string(r[len(r)-near:])
				h.text(tail[strings.IndexAny(tail+" ", " \n"):])
			}
		}
	}
	return h.html()
}
