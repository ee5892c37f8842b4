package desk

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"stocktake"
)

// request is one request on its way to an answer.
type request struct {
	d   *Desk
	r   *http.Request
	ctx context.Context
	who *Who
	now time.Time
}

func (q *request) path(name string) string { return q.r.PathValue(name) }

// form is a field of what a form sent, or of the address for a GET; white space at its ends is off.
func (q *request) form(name string) string { return strings.TrimSpace(q.r.Form.Get(name)) }

// answer is what a handler gathers: a page, a redirect, or a file.
type answer struct {
	template string
	view     viewer
	status   int    // 200 where it is 0
	redirect string // after a POST, to the page that shows what was done
	cookies  []*http.Cookie
	body     []byte // a file
	kind     string // its media type
	name     string // its name, where it is to be saved
}

// viewer is a page's struct, which embeds page.
type viewer interface{ base() *page }

// page is what every page's struct embeds.
type page struct {
	q       *request
	Title   string
	Lede    string // one sentence beneath the title
	Section string // entry of the menu
	Lang    string // of the page's own words; en where it is empty
	Dir     string
	Bare    bool // for somebody who only came by a link: without the menu of the desk
	Done    string
}

func (p *page) base() *page { return p }

// view starts the struct of a page. ?done= says what a form before it did, as one of the words in done.
func (q *request) view(section, title, lede string) page {
	return page{q: q, Title: title, Lede: lede, Section: section, Lang: "en", Dir: "ltr", Done: done[q.r.URL.Query().Get("done")]}
}

// done are the sentences that a page can open with after a form was sent. Files of this package add to it.
var done = map[string]string{
	"saved":   "Saved.",
	"sent":    "Sent.",
	"removed": "Removed.",
	"made":    "Made.",
}

// Who is signed in; nil where nobody is.
func (p *page) Who() *Who                { return p.q.who }
func (p *page) Asset(name string) string { return p.q.d.opt.Asset(name) }
func (p *page) Own(name string) string   { return "/desk/assets/" + p.q.d.look.hash + "/" + name }
func (p *page) Version() string          { return p.q.d.opt.Version }
func (p *page) SiteName() string         { return p.q.d.opt.Name }

const mostSent = 1 << 20

// serve turns a route into a handler.
func (d *Desk) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Referrer-Policy", "same-origin") // without it a browser does not say from which page a form comes; no other site learns it
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		who, err := d.who(r)
		if err != nil {
			d.fail(w, r, err, nil)
			return
		}
		q := &request{d: d, r: r, ctx: r.Context(), who: who, now: d.opt.Now().UTC()}
		switch {
		case rt.access != anyone && who == nil:
			if r.Method == http.MethodGet {
				http.Redirect(w, r, "/in?to="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
				return
			}
			d.fail(w, r, &stocktake.Fault{Kind: stocktake.Forbidden, What: "nobody is signed in", Hint: "sign in and send it again"}, nil)
			return
		case rt.access == admin && !who.Admin:
			d.fail(w, r, &stocktake.Fault{Kind: stocktake.Forbidden, What: "this needs an administrator of the site", Hint: "ask one of them"}, who)
			return
		}
		most := rt.most
		if most == 0 {
			most = mostSent
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
			err = r.ParseMultipartForm(most)
		} else {
			err = r.ParseForm()
		}
		if err != nil {
			var long *http.MaxBytesError
			if errors.As(err, &long) {
				err = stocktake.Invalidf("what was sent is larger than this page takes").Hinted("send less than %d kB", most>>10)
			} else {
				err = stocktake.Invalidf("the form cannot be read").Hinted("send it from the page that has it")
			}
			d.fail(w, r, err, who)
			return
		}
		a, err := rt.handle(q)
		if err != nil {
			d.fail(w, r, err, who)
			return
		}
		d.write(w, r, q, a)
	})
}

func (d *Desk) write(w http.ResponseWriter, r *http.Request, q *request, a *answer) {
	for _, c := range a.cookies {
		http.SetCookie(w, c)
	}
	if a.redirect != "" {
		http.Redirect(w, r, a.redirect, http.StatusSeeOther)
		return
	}
	if a.body != nil {
		w.Header().Set("Content-Type", a.kind)
		if a.name != "" {
			w.Header().Set("Content-Disposition", `attachment; filename="`+strings.Map(fileName, a.name)+`"`)
		}
		w.Write(a.body)
		return
	}
	body, err := d.look.render(a.template, a.view)
	if err != nil {
		d.opt.Log.Error("a page of the desk cannot be made", "template", a.template, "err", err)
		http.Error(w, "something went wrong here; it was noted", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	w.Write(body)
}

func fileName(c rune) rune {
	if c < 0x20 || c > 0x7e || strings.ContainsRune(`"\/:*?<>|`, c) {
		return '-'
	}
	return c
}

// errorPage is what a person sees when something cannot be done.
type errorPage struct {
	page
	What, Where, Hint string
}

// fail shows an error. Only what a person can act on is shown; everything else is logged, without the address that it came from.
func (d *Desk) fail(w http.ResponseWriter, r *http.Request, err error, who *Who) {
	q := &request{d: d, r: r, ctx: r.Context(), who: who, now: d.opt.Now().UTC()}
	p := &errorPage{page: page{q: q, Title: "This cannot be done", Lang: "en", Dir: "ltr", Bare: who == nil}}
	status := http.StatusInternalServerError
	var f *stocktake.Fault
	if errors.As(err, &f) && f.Kind != stocktake.Internal {
		p.What, p.Where, p.Hint = f.What, f.Where, f.Hint
	} else {
		p.What = "something went wrong here; it was noted"
	}
	switch stocktake.KindOf(err) {
	case stocktake.Invalid:
		status = http.StatusUnprocessableEntity
	case stocktake.NotFound:
		status, p.Title = http.StatusNotFound, "Not found"
	case stocktake.Gone:
		status = http.StatusGone
	case stocktake.Conflict:
		status = http.StatusConflict
	case stocktake.Forbidden:
		status = http.StatusForbidden
	case stocktake.Busy:
		status = http.StatusServiceUnavailable
	default:
		d.opt.Log.Error("the desk cannot do something", "err", err)
	}
	d.write(w, r, q, &answer{template: "error.html", view: p, status: status})
}

// render makes a page whole in memory.
func (l look) render(name string, v viewer) ([]byte, error) {
	t, ok := l.pages[name]
	if !ok {
		return nil, errors.New("no template " + name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
