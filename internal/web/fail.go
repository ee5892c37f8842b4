package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"stocktake"
)

var errPanic = errors.New("panic")

// errorPage is what a person sees when something cannot be shown.
type errorPage struct {
	page
	Status int
	What   string
	Hint   string
	Near   []nearby
}

// nearby is something that may have been meant.
type nearby struct{ Title, Address string }

// missing is a NotFound fault with what may have been meant instead.
type missing struct {
	*stocktake.Fault
	near []nearby
}

func (m *missing) Unwrap() error { return m.Fault }

// missing says that there is no such thing, and names the nearest.
func (q *request) missing(of, name string) error {
	at := ""
	if q.at.Head < q.newest {
		at = " at filing " + thousands(q.at.Head)
	}
	m := &missing{Fault: stocktake.NotFoundf("no %s %q in this record%s", of, name, at).Hinted("the search finds parties, instruments, provisions, roll-calls, sources and filings by words")}
	try := func(kind string) {
		for _, id := range q.s.rec.Nearest(kind, name, q.at.Head, 4) {
			switch kind {
			case "party":
				m.near = append(m.near, nearby{q.partyName(stocktake.PartyID(id)), q.to("p", id)})
			default:
				m.near = append(m.near, nearby{q.instrumentTitle(stocktake.InstrumentID(id)), q.to("i", id)})
			}
		}
	}
	switch of {
	case "party", "instrument":
		try(of)
	default:
		try("instrument")
		try("party")
	}
	return m
}

func statusOf(err error) int {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) || errors.Is(err, errLong) {
		return http.StatusRequestEntityTooLarge
	}
	switch stocktake.KindOf(err) {
	case stocktake.Invalid:
		return http.StatusBadRequest
	case stocktake.NotFound:
		return http.StatusNotFound
	case stocktake.Conflict:
		return http.StatusConflict
	case stocktake.Forbidden:
		return http.StatusForbidden
	case stocktake.Busy:
		return http.StatusServiceUnavailable
	case stocktake.Gone:
		return http.StatusGone
	}
	return http.StatusInternalServerError
}

// problem is an error as RFC 9457 has it.
type problem struct {
	Type   string    `json:"type"`
	Title  string    `json:"title"`
	Status int       `json:"status"`
	Detail string    `json:"detail,omitempty"`
	Hint   string    `json:"hint,omitempty"`
	Near   []address `json:"near,omitempty"`
}

type address struct {
	Title   string `json:"title"`
	Address string `json:"address"`
}

// fail is the one place where an error becomes an answer: what a person can act on is shown, everything else is logged.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	what, hint := "Something went wrong here. It is not your doing, and it has been noted.", "Try again; if it stays so, tell whoever runs this site the address and the time."
	var f *stocktake.Fault
	switch {
	case status == http.StatusInternalServerError:
		if err != errPanic {
			s.opt.Log.Error("page failed", "path", r.URL.Path, "error", err)
		}
	case errors.As(err, &f):
		what, hint = f.What, f.Hint
		if f.Where != "" {
			what = f.Where + ": " + what
		}
	case status == http.StatusRequestEntityTooLarge:
		what, hint = "the text is longer than this page takes", "200,000 bytes are the most; paste the statement alone, or in parts"
	}
	var near []nearby
	var m *missing
	if errors.As(err, &m) {
		near = m.near
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Del("ETag")
	h.Del("Content-Encoding")
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "2")
	}
	title := map[int]string{400: "This cannot be answered as asked", 403: "This may not be done here", 404: "Not in this record", 409: "This cannot be done now", 410: "Taken down", 413: "Too long", 503: "Somebody else is writing", 500: "Something went wrong"}[status]
	if title == "" {
		title = http.StatusText(status)
	}
	var body []byte
	switch formOf(r) {
	case formJSON:
		h.Set("Content-Type", "application/problem+json")
		p := problem{Type: "about:blank", Title: title, Status: status, Detail: what, Hint: hint}
		for _, n := range near {
			p.Near = append(p.Near, address{n.Title, n.Address})
		}
		body, _ = json.MarshalIndent(p, "", "  ")
		body = append(body, '\n')
	case formCSV:
		h.Set("Content-Type", "text/plain; charset=utf-8")
		body = []byte(strings.TrimSpace(what+"\n"+hint) + "\n")
	default:
		h.Set("Content-Type", "text/html; charset=utf-8")
		q, rerr := s.read(r)
		if rerr != nil {
			q.given = nil
		}
		p := &errorPage{page: q.page("/", "", title), Status: status, What: sentence(what), Hint: sentence(hint), Near: near}
		p.NoForms, p.Blocked = true, true
		var herr error
		if body, herr = s.html("error.html", p); herr != nil {
			s.opt.Log.Error("the page for errors failed", "error", herr)
			body = []byte(fmt.Sprintf("<!doctype html><title>%s</title><p>%s", title, title))
		}
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

// nothing answers addresses that no page has.
func (s *site) nothing(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "nothing can be sent here", http.StatusMethodNotAllowed)
		return
	}
	q, err := s.read(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	words := strings.Join(strings.Fields(strings.NewReplacer("/", " ", "-", " ", "_", " ").Replace(r.URL.Path)), " ")
	f := &missing{Fault: stocktake.NotFoundf("no page at %s", r.URL.Path).Hinted("the search finds parties, instruments, provisions, roll-calls, sources and filings by words")}
	if words != "" && len(words) <= 60 { // a search takes time, and addresses that nobody has are asked for often: it is left to the reader
		f.near = []nearby{{"Search for “" + words + "”", q.link("/search", url.Values{"q": {words}})}}
	}
	s.fail(w, r, f)
}
