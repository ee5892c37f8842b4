package desk

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/mailer"
	"stocktake/internal/people"
	"stocktake/internal/secretariat"
	"stocktake/internal/signon"
	"stocktake/internal/store"
)

// Options are what the desk works with.
type Options struct {
	Ledger  *ledger.Ledger
	Private store.Private
	Now     func() time.Time         // time.Now where it is nil
	Log     *slog.Logger             // takes what went wrong inside
	Asset   func(name string) string // address of a file of the site's look
	Version string                   // of the program
	Name    string                   // of the site
	Address string                   // of the site, without a slash at its end; empty where it has none
	Mail    mailer.Config            // how letters leave; where it is not Enabled, they wait to be sent by hand
	// Loopback says that only this computer can reach the pages: whoever sits there may do everything.
	Loopback bool
}

// Desk is the handler of the pages. It may be used from many goroutines.
type Desk struct {
	opt  Options
	mux  *http.ServeMux
	look look
	who  func(*http.Request) (*Who, error) // nil Who: nobody is signed in

	accounts *accounts // who may come; nil where nothing private is kept

	people *people.People
	office *secretariat.Office
	book   *signon.Book
	gate   *signon.Gate       // before the public forms of the queue
	lister secretariat.Lister // who endorses what, for a statement that is published
}

// Who is the person that sends a request.
type Who struct {
	ID    string
	Name  string
	Admin bool
	Local bool // whoever sits at this computer
	Can   func(coalition, action string) bool

	Person people.Person
}

// Prefixes are the paths that belong to the desk.
var Prefixes = []string{"/desk", "/in", "/out", "/sign", "/receipt", "/answer", "/press", "/correct", "/reply"}

// Mine reports whether a path belongs to the desk.
func Mine(path string) bool {
	return slices.ContainsFunc(Prefixes, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") })
}

// access says who may come to a route.
type access uint8

const (
	anyone  access = iota // the token in the path, if any, is the key
	account               // who is signed in, or sits at this computer
	admin                 // an administrator
)

type route struct {
	pattern string
	access  access
	handle  handler
	most    int64 // bytes that a form may send; 1 MiB where it is 0
}

// handler gathers the answer to one request. It never writes to the network.
type handler func(q *request) (*answer, error)

var routes []route

// add registers a route; files of this package call it from init.
func add(pattern string, who access, h handler) {
	routes = append(routes, route{pattern: pattern, access: who, handle: h})
}

// addLarge is add for a form that sends more than most do.
func addLarge(pattern string, who access, most int64, h handler) {
	routes = append(routes, route{pattern, who, h, most})
}

// setUp are functions that prepare parts of the desk; files of this package append to it from init.
var setUp []func(*Desk) error

// New returns the desk of a record.
func New(opt Options) (*Desk, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	d := &Desk{opt: opt, mux: http.NewServeMux(), look: theLook()}
	d.who = func(r *http.Request) (*Who, error) { return nil, nil }
	for _, f := range setUp {
		if err := f(d); err != nil {
			return nil, err
		}
	}
	d.plain()
	for _, r := range routes {
		d.mux.Handle(r.pattern, d.serve(r))
	}
	d.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		d.fail(w, r, stocktake.NotFoundf("there is no such page"), nil)
	})
	return d, nil
}

// Run does what is to be done without anybody asking, until ctx ends: it opens embargoes, sends mail, sweeps. Files of this package append
// to works from init.
func (d *Desk) Run(ctx context.Context) {
	for _, f := range works {
		go f(ctx, d)
	}
	<-ctx.Done()
}

var works []func(context.Context, *Desk)

// every does something at once, at the instant of the next embargo, and every thirty seconds, until ctx ends. What fails is logged, and done
// again the next time.
func (d *Desk) every(ctx context.Context, do func() error) {
	for {
		if err := do(); err != nil && ctx.Err() == nil {
			d.opt.Log.Error("work of the desk failed; it is tried again", "err", err)
		}
		wait := 30 * time.Second
		if at, err := d.office.NextOpening(ctx); err == nil && !at.IsZero() {
			wait = min(wait, max(at.Sub(d.opt.Now()), 100*time.Millisecond))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.mux.ServeHTTP(w, r) }
