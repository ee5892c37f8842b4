package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/edition"
	"stocktake/internal/forms"
	"stocktake/internal/ledger"
)

// The files in which a version goes out. Their addresses lead to one with the SHA-256 of the bytes, which stay as they were.

// fileLink leads to a file of a version.
type fileLink struct {
	Title, Name, Address string
	Group                string // what it is in
	First                bool   // of its group
	Hash, Kept           string // SHA-256 and its address, where it was asked for already
	Bytes                int
	Note                 string
}

// origin is the address of this site without a slash at its end; empty where none is known. On one's own computer it is that by which it was asked.
func (s *site) origin(r *http.Request) string {
	switch a := strings.TrimRight(s.opt.Site.Address, "/"); {
	case a != "":
		return a
	case s.opt.Loopback && r != nil && loopbackHost(r.Host):
		return "http://" + r.Host
	}
	return ""
}

// noAddress is why there are no files and feeds.
func noAddress() error {
	return stocktake.NotFoundf("files and feeds name the address of the site, and none is set here").Hinted("whoever runs the site sets it: stocktake site --address https://…")
}

// publishedAs is what files of the site say of where they come from.
func (q *request) publishedAs() (edition.Site, bool) {
	if q.copy != nil {
		return q.copy.publishedAs()
	}
	o := q.s.origin(q.r)
	return edition.Site{Name: q.s.opt.Site.Name, At: func(path string) string { return o + path }}, o != ""
}

// formsOf is an edition as forms take it.
func (q *request) formsOf(e *edition.Edition) (forms.Statement, error) {
	site, ok := q.publishedAs()
	if !ok {
		return forms.Statement{}, noAddress()
	}
	return e.Value(site, func(id string) (string, string) {
		in, number, _ := strings.Cut(id, "/")
		path := join([]any{"i", in})
		name := q.instrumentTitle(stocktake.InstrumentID(in))
		if number != "" {
			path, name = join([]any{"r", id}), name+", "+number
		}
		return name, path
	}), nil
}

// fileLinks lists the files of a version; for its page those in one language, for the list of all of them with an empty lang.
func (q *request) fileLinks(e *edition.Edition, lang string) (list []fileLink) {
	if _, ok := q.publishedAs(); !ok {
		return nil
	}
	for _, f := range e.Forms() {
		if q.copy != nil && f.Each && q.copy.live == "" || f.Each && q.copy == nil && !q.s.shelf.Prints() {
			continue
		}
		x := fileLink{Title: f.Title, Name: f.Name, Address: join([]any{"st", e.S.Instrument, e.S.Version, "form", f.Name})}
		switch {
		case strings.HasPrefix(f.Kind, "un"):
			x.Group = "For the United Nations"
		case strings.Contains(f.Name, "_"):
			x.Group = langName(f.Langs[0]) + " and " + langName(f.Langs[1]) + ", side by side"
		case len(f.Langs) == 1 && strings.HasPrefix(f.Name, f.Langs[0]+"."):
			x.Group = langName(f.Langs[0])
		default:
			x.Group = "All languages"
		}
		if lang != "" && len(f.Langs) <= 2 && strings.HasPrefix(f.Name, f.Langs[0]) && !slices.Contains(f.Langs, lang) {
			continue
		}
		list = append(list, x)
	}
	order := []string{"All languages", "For the United Nations"}
	slices.SortStableFunc(list, func(a, b fileLink) int {
		return cmp.Compare(slices.Index(order, a.Group), slices.Index(order, b.Group))
	})
	for i := range list {
		list[i].First = i == 0 || list[i-1].Group != list[i].Group
	}
	return list
}

// fileGroup is files under one heading.
type fileGroup struct {
	Title string
	List  []fileLink
}

func grouped(list []fileLink) (out []fileGroup) {
	for _, x := range list {
		if x.First {
			out = append(out, fileGroup{Title: x.Group})
		}
		g := &out[len(out)-1]
		g.List = append(g.List, x)
	}
	return out
}

// FileGroups are the files of the page, by what they are in.
func (p *madePage) FileGroups() []fileGroup { return grouped(p.Files) }

type filesPage struct {
	page
	E      *edition.Edition
	Groups []fileGroup
	NoPDF  bool
}

// showFiles lists the files of a version, with the hashes of those that were given out.
func showFiles(q *request) (*answer, error) {
	e, err := q.edition()
	if err != nil {
		return nil, err
	}
	if e.Back != nil {
		return nil, goneBack(e)
	}
	v, err := q.formsOf(e)
	if err != nil {
		return nil, err
	}
	title := "Files of the statement"
	if e.S.Rehearsal {
		title = "Rehearsal: files of the statement"
	}
	p := &filesPage{page: q.page(join([]any{"st", e.S.Instrument, e.S.Version, "files"}), "statements", title), E: e}
	p.NoForms = true
	list := q.fileLinks(e, "")
	if q.copy == nil {
		p.NoPDF = !q.s.shelf.Prints()
		have, err := q.s.shelf.Have(q.ctx, v)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if k, ok := have[list[i].Name]; ok {
				list[i].Hash, list[i].Kept, list[i].Bytes = k.SHA256, join([]any{"st", e.S.Instrument, e.S.Version, "form", k.SHA256, k.Name}), k.Bytes
			}
		}
	} else {
		p.NoPDF = q.copy.live == ""
		for i := range list {
			if f, ok := e.Form(list[i].Name); ok && !f.Each {
				b, err := edition.Make(q.ctx, v, f, nil)
				if err != nil {
					return nil, err
				}
				list[i].Hash, list[i].Bytes = ledger.Hash(b), len(b)
			}
		}
	}
	p.Groups = grouped(list)
	p.Lede = sentence("“" + e.Main().Title + "”, version " + itoa(e.S.Version) + ": the same text, the same names, in the same order, in " + count(len(list), "file", "files"))
	return &answer{template: "stfiles.html", view: p}, nil
}

func goneBack(e *edition.Edition) error {
	return &stocktake.Fault{Kind: stocktake.Gone, What: "the statement was taken back: " + e.BackWords(), Hint: "its page says when and on what ground; its files are not given out any more"}
}

// latest reads the version that an address of a file names, as the record has it now.
func (s *site) latest(r *http.Request) (*request, *edition.Edition, forms.Statement, error) {
	q := (&request{ctx: r.Context(), s: s, r: r, form: formHTML, newest: s.rec.Head(), given: map[string][]string{}}).bare()
	e, err := q.edition()
	if err != nil {
		return q, nil, forms.Statement{}, err
	}
	v, err := q.formsOf(e)
	return q, e, v, err
}

// file leads from the name of a file to its bytes, which are made where nobody asked for them before.
func (s *site) file(w http.ResponseWriter, r *http.Request) {
	_, e, v, err := s.latest(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if e.Back != nil {
		s.fail(w, r, goneBack(e))
		return
	}
	f, ok := e.Form(r.PathValue("name"))
	if !ok {
		s.fail(w, r, &missing{stocktake.NotFoundf("version %d has no file %q", e.S.Version, r.PathValue("name")).Hinted("its files are listed on a page"), []nearby{{"Files of the statement", join([]any{"st", e.S.Instrument, e.S.Version, "files"})}}})
		return
	}
	k, err := s.shelf.File(r.Context(), e, v, f)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	http.Redirect(w, r, join([]any{"st", e.S.Instrument, e.S.Version, "form", k.SHA256, k.Name}), http.StatusSeeOther)
}

// keptFile gives out a file as it was given out before.
func (s *site) keptFile(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("version"))
	if err != nil {
		s.nothing(w, r)
		return
	}
	id := stocktake.InstrumentID(r.PathValue("statement"))
	k, b, err := s.shelf.Bytes(r.Context(), id, n, r.PathValue("sum"), r.PathValue("name"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("ETag", `"`+k.SHA256+`"`)
	h.Set("Cache-Control", "no-cache") // words in it may have to go: it is asked for each time
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Content-Type", k.Media)
	how := "attachment"
	for _, inline := range []string{"text/plain", "text/html", "application/pdf", "application/json", "application/ld+json"} {
		if strings.HasPrefix(k.Media, inline) {
			how = "inline"
		}
	}
	h.Set("Content-Disposition", how+`; filename="`+fileName(string(id), n, k.Name)+`"`)
	if strings.HasPrefix(k.Media, "text/html") {
		h.Set("Content-Security-Policy", forms.PrintPolicy+"; frame-ancestors 'none'; form-action 'none'; base-uri 'none'")
	}
	if matches(r.Header.Get("If-None-Match"), h.Get("ETag")) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if r.Method != http.MethodHead {
		w.Write(b)
	}
}

// fileName is how a file is called on the reader's disk: letters, digits and a few marks.
func fileName(id string, n int, name string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.ContainsRune("-_.", c) {
			return c
		}
		return -1
	}, id+"-"+itoa(n)+"-"+name)
}

// isFile reports whether a path is that of a file or a feed, whose name ends as it does.
func isFile(path string) bool {
	if strings.HasPrefix(path, "/feeds/") {
		return true
	}
	parts := strings.SplitN(path, "/", 6)
	return len(parts) == 6 && parts[1] == "st" && parts[4] == "form"
}

// makeFile makes a file of a version for a copy.
func (q *request) makeFile(ctx context.Context) ([]byte, error) {
	e, err := q.edition()
	if err != nil {
		return nil, err
	}
	v, err := q.formsOf(e)
	if err != nil {
		return nil, err
	}
	f, ok := e.Form(q.path("name"))
	if !ok {
		return nil, stocktake.NotFoundf("version %d has no file %q", e.S.Version, q.path("name"))
	}
	return edition.Make(ctx, v, f, nil)
}
