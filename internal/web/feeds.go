package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/edition"
	"stocktake/internal/forms"
	"stocktake/internal/record"
)

// Feeds of statements: all of them, those of a coalition, those that name or are by a party, those that cite an instrument. A rehearsal is in the
// first two alone, and its title says so. Every version is an
// entry of its own, with its permanent address as its id.

const (
	mostEntries   = 50
	mostFeedNames = 500 // with more names an entry has its summary alone
)

// feedOf is which statements a feed has.
type feedOf struct {
	path  string // without the form: "/feeds/statements"
	title string
	home  string // path of the page that it belongs to
	in    func(*stocktake.Statement) bool
	by    string
}

// feedOf reads the name of a feed, without its form.
func (q *request) feedOf(name string) (f feedOf, err error) {
	kind, id, _ := strings.Cut(name, "/")
	f.path = "/feeds/" + name
	switch {
	case name == "statements":
		f.title, f.home, f.in = "Statements", "/statements", func(*stocktake.Statement) bool { return true }
		return f, nil
	case kind == "c" && id != "":
		p := stocktake.PartyID(id)
		f.title, f.home, f.by = "Statements by "+q.partyName(p), join([]any{"c", p}), q.partyName(p)
		f.in = func(s *stocktake.Statement) bool { return s.Coalition == p }
		if !slices.ContainsFunc(q.s.rec.Statements(q.at.Head), func(s record.Statement) bool { return f.in(&s.Statement) }) {
			return f, stocktake.NotFoundf("no coalition %q published a statement here", id)
		}
		return f, nil
	case kind == "p":
		p := stocktake.PartyID(id)
		if _, ok := q.s.rec.Party(p, q.at.Head); !ok {
			return f, q.missing("party", id)
		}
		f.title, f.home, f.in = "Statements about "+q.partyInProse(p), join([]any{"p", p}), func(s *stocktake.Statement) bool { return !s.Rehearsal && namesParty(s, p) }
		return f, nil
	case kind == "i":
		in := stocktake.InstrumentID(id)
		if _, ok := q.s.rec.Instrument(in, q.at.Head); !ok {
			return f, q.missing("instrument", id)
		}
		f.title, f.home, f.in = "Statements that cite "+q.instrumentTitle(in), join([]any{"i", in}), func(s *stocktake.Statement) bool { return !s.Rehearsal && citesInstrument(s, in) }
		return f, nil
	}
	return f, stocktake.NotFoundf("there is no feed %q", name).Hinted("/feeds/statements.atom has all statements")
}

func namesParty(s *stocktake.Statement, p stocktake.PartyID) bool {
	return s.Coalition == p || slices.ContainsFunc(s.States, func(m stocktake.Mention) bool { return m.ID == string(p) }) || slices.ContainsFunc(s.Calls, func(c stocktake.Call) bool { return c.AddresseeID == p })
}

func citesInstrument(s *stocktake.Statement, in stocktake.InstrumentID) bool {
	return slices.ContainsFunc(s.Cites, func(m stocktake.Mention) bool { id, _, _ := strings.Cut(m.ID, "/"); return id == string(in) })
}

// feed makes the bytes of a feed, in Atom or JSON.
func (q *request) feed(name string) (b []byte, kind string, err error) {
	asJSON := strings.HasSuffix(name, ".json")
	if !asJSON && !strings.HasSuffix(name, ".atom") {
		return nil, "", stocktake.NotFoundf("there is no feed %q", name).Hinted("the name of a feed ends in .atom or .json")
	}
	of, err := q.feedOf(name[:len(name)-len(".atom")])
	if err != nil {
		return nil, "", err
	}
	site, ok := q.publishedAs()
	if !ok {
		return nil, "", noAddress()
	}
	title := of.title
	if n := q.s.opt.Site.Name; n != "" {
		title += " · " + n
	}
	f := forms.Feed{Title: title, Subtitle: "What a statement says of anyone is its own claim.", Lang: "en", Author: of.by, Home: site.At(of.home), Atom: site.At(of.path + ".atom"), JSON: site.At(of.path + ".json")}
	var all []record.Statement
	for _, s := range q.s.rec.Statements(q.at.Head) {
		if of.in(&s.Statement) {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b record.Statement) int {
		return cmp.Or(q.published(&b).Compare(q.published(&a)), cmp.Compare(b.Filing, a.Filing))
	})
	for _, s := range all[:min(len(all), mostEntries)] {
		e, err := q.feedEntry(&s, site)
		if err != nil {
			return nil, "", err
		}
		f.Entries = append(f.Entries, e)
	}
	now := q.s.opt.Now()
	for i := range f.Entries { // what is on the record is public, though its clock may be ahead of ours
		if u := f.Entries[i].Updated; u.After(now) {
			now = u
		}
	}
	if asJSON {
		b, err = f.JSONFeed(now)
		return b, "application/feed+json", err
	}
	b, err = f.AtomFeed(now)
	return b, "application/atom+xml; charset=utf-8", err
}

// published is when a version came out here.
func (q *request) published(s *record.Statement) time.Time {
	if t, err := time.Parse(time.RFC3339Nano, s.Published); err == nil {
		return t.UTC()
	}
	info, _ := q.s.rec.Info(s.Filing)
	return info.Filed.UTC()
}

// feedEntry is a version in a feed.
func (q *request) feedEntry(s *record.Statement, site edition.Site) (forms.Entry, error) {
	if !edition.Made(&s.Statement) {
		t := q.published(s)
		what := "A statement read from a printed text"
		if !s.Date.IsZero() {
			what += ", dated " + dateWords(s.Date)
		}
		return forms.Entry{ID: site.At(join([]any{"st", s.Instrument})), Title: q.instrumentTitle(s.Instrument), Summary: sentence(what + "; what it says of anyone is its own claim, and nothing about its signatories was verified"), Lang: s.Lang, First: t, Updated: t}, nil
	}
	e, err := edition.Read(q.ctx, q.s.l, q.at, s.Instrument, s.Version)
	if err != nil {
		return forms.Entry{}, err
	}
	v, err := q.formsOf(e)
	if err != nil {
		return forms.Entry{}, err
	}
	many := len(v.Names) > mostFeedNames
	if many {
		v.Names = nil
	}
	x, err := forms.New(v, forms.Options{Langs: []string{e.Main().Lang}})
	if err != nil {
		return forms.Entry{}, err
	}
	entry := x.Entry()
	if many {
		entry.HTML, entry.Text = "", ""
	}
	return entry, nil
}

// feedFile answers what lies beneath /feeds/. Whatever coordinates are asked for, it is today's.
func (s *site) feedFile(w http.ResponseWriter, r *http.Request) {
	key := s.key(r) + " " + s.origin(r)
	k := s.kept.get(key)
	if k == nil {
		q := (&request{ctx: r.Context(), s: s, r: r, form: formHTML, newest: s.rec.Head(), given: map[string][]string{}}).bare()
		b, kind, err := q.feed(r.PathValue("path"))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if k, err = keep(b, kind, s.etag(key)); err != nil {
			s.fail(w, r, err)
			return
		}
		s.kept.put(key, k)
	}
	if !s.opt.Loopback {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	s.send(w, r, k)
}

// alternate is the same in another form, for programs that look for one.
type alternate struct{ Type, Title, Href string }

// follow lets a page name its feed.
func (p *page) follow(path, title string) {
	if _, ok := p.q.publishedAs(); !ok {
		return
	}
	p.Alternates = append(p.Alternates, alternate{"application/atom+xml", title, path + ".atom"}, alternate{"application/feed+json", title, path + ".json"})
}

// feeds are those in which a version stands.
func (p *madePage) feeds(e *edition.Edition) {
	if e.S.Coalition != "" {
		p.follow(join([]any{"feeds", "c", e.S.Coalition}), "Statements by "+e.Issuer)
	}
	p.follow("/feeds/statements", "All statements")
}
