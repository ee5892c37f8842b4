package web

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"stocktake/internal/edition"
	"stocktake/internal/figures"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
)

// Options are the settings of the pages. The zero Options are those of a public site with the machine's clock.
type Options struct {
	// Version of the program, shown at the foot of pages; part of every ETag.
	Version string
	// Now gives the moment whose UTC day pages without ?on= are about; time.Now where it is nil.
	Now func() time.Time
	// Log takes what went wrong inside; slog.Default() where it is nil. Nothing about readers is ever logged.
	Log *slog.Logger
	// Loopback says that only this computer can reach the pages: a pasted statement may then be put on the record without an account.
	Loopback bool
	// Site says whose pages these are.
	Site Site
	// Desk answers, behind the same headers and checks, what IsDesk says is its own: pages on which people work. Nil where there is none.
	Desk   http.Handler
	IsDesk func(path string) bool
}

// AssetAddress is the address of a file of the site's look, such as "style.css".
func AssetAddress(name string) string { return "/assets/" + theLooks().hash + "/" + name }

// Site is what a record says of whoever publishes it. Each may be empty.
type Site struct {
	Name     string // of the site
	Address  string // where it is, such as https://stocktake.example.org
	Contact  string // an address for mail, or a page
	MirrorOf string // the site that it follows
}

// site is what every handler shares. It is made once and never changes, apart from what it keeps of rendered pages.
type site struct {
	l       *ledger.Ledger
	rec     *record.Record
	opt     Options
	looks   looks
	kept    *cache
	flight  singleflight.Group
	memos   memo
	figures *figures.Figures
	shelf   *edition.Shelf // files of statements that were given out
	version string         // of program, templates and assets
}

// New returns the pages of a record as one handler. It starts nothing in the background and may be used from many goroutines; the caller
// follows the database with Ledger.Follow where other processes write to it.
func New(l *ledger.Ledger, opt Options) http.Handler {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	s := &site{l: l, rec: l.Record(), opt: opt, kept: newCache(64 << 20), looks: theLooks(), shelf: edition.NewShelf(l), figures: figures.New(l.Record(), l.Blobs(), 0)}
	s.version = s.looks.hash + "-" + opt.Version
	if opt.Desk != nil {
		s.version += "-desk" // pages then have links to its forms
	}
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.HandleFunc("GET "+r.pattern, s.page(r))
	}
	s.plain(mux)
	mux.Handle("POST /paste", s.posts(s.readPasted))
	mux.Handle("POST /paste/file", s.posts(s.filePasted))
	mux.HandleFunc("/", s.nothing)
	return s.guard(s.byOwnName(http.NewCrossOriginProtection().Handler(s.desk(s.forms(mux)))))
}

// desk gives the desk what is its own.
func (s *site) desk(next http.Handler) http.Handler {
	if s.opt.Desk == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.opt.IsDesk(r.URL.Path) {
			s.opt.Desk.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// everywhere are the headers of every answer. The slices are shared and must not be changed.
var everywhere = map[string][]string{
	"Content-Security-Policy":      {"default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
	"X-Content-Type-Options":       {"nosniff"},
	"Referrer-Policy":              {"no-referrer"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Permissions-Policy":           {"camera=(), geolocation=(), microphone=(), browsing-topics=()"},
}

var sameOrigin = []string{"same-origin"}

// guard sets the headers that every answer has, and turns a panic into a page.
func (s *site) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for name, value := range everywhere {
			h[name] = value
		}
		if r.URL.Path == "/paste" { // without it a browser does not say from which page a form comes; no other site ever learns it
			h["Referrer-Policy"] = sameOrigin
		}
		if isCheckPage(r.URL.Path) {
			h["Content-Security-Policy"] = checkPolicy
		}
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.opt.Log.Error("panic in a page", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			s.fail(w, r, errPanic)
		}()
		next.ServeHTTP(w, r)
	})
}

// forms takes .json and .csv off the end of a path, so that one route serves all three forms of a page, and takes a slash off the end.
func (s *site) forms(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		if path == "/openapi.json" || strings.HasPrefix(path, "/assets/") || strings.HasPrefix(path, "/log/") || isFile(path) {
			next.ServeHTTP(w, r)
			return
		}
		if len(path) > 1 && strings.HasSuffix(path, "/") && !strings.HasPrefix(path, "//") {
			u := *r.URL
			u.Path, u.RawPath = strings.TrimRight(path, "/"), ""
			if u.Path == "" {
				u.Path = "/"
			}
			http.Redirect(w, r, u.RequestURI(), http.StatusPermanentRedirect)
			return
		}
		f := formHTML
		for _, x := range []form{formJSON, formCSV} {
			if rest, ok := strings.CutSuffix(path, "."+string(x)); ok {
				f, path = x, rest
			}
		}
		if f == formHTML {
			next.ServeHTTP(w, r)
			return
		}
		if path == "/index" {
			path = "/"
		}
		c := r.Clone(withForm(r.Context(), f))
		c.URL.Path = path
		if c.URL.RawPath != "" {
			c.URL.RawPath = strings.TrimSuffix(c.URL.RawPath, "."+string(f))
		}
		next.ServeHTTP(w, c)
	})
}
