package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"stocktake"
)

// answer is what a handler gathers. view is a struct that embeds page and goes to the template of that name; list and table make the
// other two forms when they are asked for. A redirect has nothing else.
type answer struct {
	template string
	view     viewer
	json     func() (any, error) // a slice becomes an array as the command line prints it
	csv      func() (*table, error)
	raw      []byte // JSON that goes out as it is
	redirect string // address to go to, coordinates included
	moved    bool   // for good
	fresh    bool   // it may be another without a filing, so that it is not kept
}

// handler gathers one page. It never writes.
type handler func(q *request) (*answer, error)

// viewer is a page's struct.
type viewer interface{ base() *page }

// page is what every page's struct embeds.
type page struct {
	q         *request
	Path      string // canonical, without parameters
	Own       url.Values
	Title     string
	Lede      string // the answer in one sentence
	Section   string // entry of the menu that the page belongs to
	NoForms   bool   // there is no JSON and CSV beside it
	Wide      bool   // the page has a large table
	Blocked   bool   // not to be listed by search engines
	Canonical string
	Article   bool // what others show of an address when it is sent to them is the title and the lede
	// Alternates are feeds that the page belongs to.
	Alternates []alternate
}

func (p *page) base() *page { return p }

// view starts the struct of a page.
func (q *request) page(path, section, title string) page {
	return page{q: q, Path: path, Own: url.Values{}, Section: section, Title: title}
}

// To is the address of a page with the coordinates that were given.
func (p *page) To(parts ...any) string { return p.q.to(parts...) }

// With is To for a path that is already written, with parameters in pairs of name and value; an empty value takes the parameter away.
func (p *page) With(path string, pairs ...any) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	return p.q.link(path, v)
}

// Here is the address of this page with some parameters set anew.
func (p *page) Here(pairs ...any) string {
	v := url.Values{}
	for k, list := range p.Own {
		v[k] = list
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	return p.q.link(p.Path, v)
}

// As is this page in another form, "json" or "csv".
func (p *page) As(f string) string {
	path := p.Path
	if path == "/" {
		path = "/index"
	}
	return p.q.link(path+"."+f, p.Own)
}

// Pinned is the address of this very answer for all time.
func (p *page) Pinned() string {
	if c := p.q.copy; c != nil {
		at := p.q.at
		at.Head = p.q.of.Head
		q := *p.q
		q.at = at
		return q.pinned(p.Path, p.Own)
	}
	return p.q.pinned(p.Path, p.Own)
}

// Site says whose pages these are.
func (p *page) Site() Site { return p.q.s.opt.Site }

// ContactAt is the contact as a link, "" where it is none.
func (s Site) ContactAt() string {
	switch {
	case strings.HasPrefix(s.Contact, "https://") || strings.HasPrefix(s.Contact, "http://"):
		return s.Contact
	case strings.Count(s.Contact, "@") == 1 && !strings.ContainsAny(s.Contact, " \t<>?&\""):
		return "mailto:" + s.Contact
	}
	return ""
}

// CheckAt is where this page's reader learns how to check it.
func (p *page) CheckAt() string {
	if n, ok := strings.CutPrefix(p.Path, "/f/"); ok {
		return p.q.to("check", n)
	}
	return p.q.to("check")
}

// CanonicalPath is the address without coordinates.
func (p *page) CanonicalPath() string {
	if p.Canonical != "" {
		return p.Canonical
	}
	if len(p.Own) == 0 {
		return p.Path
	}
	return p.Path + "?" + encodeQuery(p.Own)
}

// Asset is the address of a file that goes with the pages.
func (p *page) Asset(name string) string { return "/assets/" + p.q.s.looks.hash + "/" + name }

// Version is that of the program.
func (p *page) Version() string { return p.q.s.opt.Version }

// Coordinates in words and as given.
func (p *page) OnDay() string    { return longDay(p.q.at.On) }
func (p *page) OnISO() string    { return p.q.at.OnString() }
func (p *page) KnownISO() string { return p.q.at.KnownString() }
func (p *page) Head() string     { return thousands(p.q.at.Head) }
func (p *page) HeadN() int64     { return p.q.at.Head }
func (p *page) Newest() string   { return thousands(p.q.newest) }
func (p *page) NewestN() int64   { return p.q.newest }
func (p *page) Today() bool      { return p.q.at.On == p.q.today }

// KnownDay is what could be known by then, in words.
func (p *page) KnownDay() string {
	k := p.q.at.KnownString()
	if d, err := stocktake.ParseDate(k); err == nil {
		lo, _ := d.Bounds()
		if lo == p.q.today {
			return "today"
		}
		return longDay(lo)
	}
	return p.q.at.Known.UTC().Format("2 January 2006, 15:04:05 UTC")
}

// Given returns a coordinate as it was given, "" where it was not.
func (p *page) Given(name string) string { return p.q.given.Get(name) }

// AnyGiven reports whether the page stands away from today's newest answer.
func (p *page) AnyGiven() bool { return len(p.q.given) > 0 }

// Hidden lists the parameters that a form about the coordinates must keep.
func (p *page) Hidden() []pair { return pairs(p.Own) }

// Carried lists the coordinates that any other form must keep.
func (p *page) Carried() []pair { return pairs(p.q.given) }

type pair struct{ Name, Value string }

func pairs(v url.Values) []pair {
	var out []pair
	for _, part := range strings.Split(v.Encode(), "&") {
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		name, _ = url.QueryUnescape(name)
		value, _ = url.QueryUnescape(value)
		out = append(out, pair{name, value})
	}
	return out
}

// page turns a route into a handler: it looks for the answer among those kept, and makes and keeps it otherwise.
func (s *site) page(r route) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		key := s.key(req)
		if k := s.kept.get(key); k != nil {
			s.send(w, req, k)
			return
		}
		q, err := s.read(req)
		if err != nil {
			s.fail(w, req, err)
			return
		}
		if u := tidied(req); u != "" {
			http.Redirect(w, req, u, http.StatusSeeOther)
			return
		}
		if q.form != formHTML && r.noForms {
			s.fail(w, req, stocktake.NotFoundf("this page has no %s beside it", strings.ToUpper(string(q.form))))
			return
		}
		v, err, _ := s.flight.Do(key, func() (any, error) {
			if k := s.kept.get(key); k != nil {
				return k, nil
			}
			q.ctx = context.WithoutCancel(q.ctx) // others may wait for the same answer
			return s.make(q, r, key)
		})
		if to, ok := err.(*elsewhere); ok {
			code := http.StatusSeeOther
			if to.moved {
				code = http.StatusPermanentRedirect
			}
			w.Header().Set("Cache-Control", "no-cache")
			http.Redirect(w, req, to.address, code)
			return
		}
		if err != nil {
			s.fail(w, req, err)
			return
		}
		s.send(w, req, v.(*kept))
	}
}

// tidied returns the address without empty parameters, which forms leave behind, and "" where there are none.
func tidied(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	var keep []string
	all := strings.Split(r.URL.RawQuery, "&")
	for _, part := range all {
		if _, v, ok := strings.Cut(part, "="); ok && v != "" {
			keep = append(keep, part)
		}
	}
	if len(keep) == len(all) {
		return ""
	}
	path := r.URL.EscapedPath()
	if f := formOf(r); f != formHTML {
		if path == "/" {
			path = "/index"
		}
		path += "." + string(f)
	}
	if len(keep) > 0 {
		path += "?" + strings.Join(keep, "&")
	}
	return path
}

// key names an answer: the address, the form, the day that it is today, how many filings there are, and how many sheets were removed,
// which changes what older heads show. Together they fix the three coordinates.
func (s *site) key(r *http.Request) string {
	today := s.opt.Now().Unix() / 86400
	var room [160]byte
	b := append(room[:0], formOf(r)...)
	b = append(b, r.URL.EscapedPath()...)
	b = append(b, '?')
	b = append(b, r.URL.RawQuery...)
	for _, n := range [...]int64{today, s.rec.Head(), int64(s.rec.Removals())} {
		b = append(b, ' ')
		b = strconv.AppendInt(b, n, 36)
	}
	return string(b)
}

func (s *site) etag(key string) string {
	h := sha256.Sum256([]byte(key + "\x00" + s.version))
	return `W/"` + hex.EncodeToString(h[:12]) + `"`
}

// elsewhere is a redirect on its way through the error path.
type elsewhere struct {
	address string
	moved   bool
}

func (e *elsewhere) Error() string { return "see " + e.address }

// make gathers and renders one answer, and keeps it.
func (s *site) make(q *request, r route, key string) (*kept, error) {
	a, err := r.gather(q)
	if err != nil {
		return nil, err
	}
	if a.redirect != "" {
		return nil, &elsewhere{a.redirect, a.moved}
	}
	body, kind, err := s.render(q, a)
	if err != nil {
		return nil, err
	}
	if r.fresh || a.fresh {
		return keep(body, kind, s.etag(key+string(body)))
	}
	k, err := keep(body, kind, s.etag(key))
	if err != nil {
		return nil, err
	}
	s.kept.put(key, k)
	return k, nil
}

// render makes the bytes of an answer in the form asked for. Pages render whole in memory.
func (s *site) render(q *request, a *answer) ([]byte, string, error) {
	switch q.form {
	case formJSON:
		if a.raw != nil {
			return a.raw, "application/json", nil
		}
		v, err := a.json()
		if err != nil {
			return nil, "", err
		}
		encode := encodeJSON
		if q.copy != nil {
			encode = encodePlain
		}
		b, err := encode(v)
		return b, "application/json", err
	case formCSV:
		t, err := a.csv()
		if err != nil {
			return nil, "", err
		}
		b, err := t.encode()
		return b, "text/csv; charset=utf-8", err
	}
	b, err := s.html(a.template, a.view)
	return b, "text/html; charset=utf-8", err
}

func (s *site) html(name string, view viewer) ([]byte, error) {
	t, ok := s.looks.pages[name]
	if !ok {
		return nil, fmt.Errorf("no template %q", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", view); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// send writes a kept answer, or says that the reader has it already.
func (s *site) send(w http.ResponseWriter, r *http.Request, k *kept) {
	h := w.Header()
	h.Set("ETag", k.etag)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache") // ask each time: the answer is short where nothing changed
	}
	h.Set("Vary", "Accept-Encoding")
	if matches(r.Header.Get("If-None-Match"), k.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", k.kind)
	if !s.opt.Loopback && formOf(r) != formHTML { // facts that are public may be read by pages of others; what is on one's own computer may not
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	body := k.body
	if k.packed {
		if accepts(r, "gzip") {
			h.Set("Content-Encoding", "gzip")
		} else {
			var err error
			if body, err = k.plain(); err != nil {
				s.fail(w, r, err)
				return
			}
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) // the reader may be gone: nothing to do about it
	}
}

func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimSpace(part); part == etag || part == "*" || part != "" && part == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

func accepts(r *http.Request, coding string) bool {
	for _, line := range r.Header.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(line, ",") {
			name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
			if strings.EqualFold(strings.TrimSpace(name), coding) {
				q = strings.ReplaceAll(q, " ", "")
				return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
			}
		}
	}
	return false
}

var _ template.HTML // rows made by htm are of this type
