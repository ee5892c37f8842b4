package web

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/figures"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
	"stocktake/internal/worldmap"
)

// CopyOptions say what a copy of the site as plain files shows.
type CopyOptions struct {
	Version string
	Site    Site          // whose pages these are; its address is where the copy will be, "" where that is not known
	Day     stocktake.Day // the last day for which a page may answer
	Live    string        // where the program itself answers, for what files cannot; "" where nobody runs it
	Log     *slog.Logger
}

// A CopyPage is one page of a copy. It answers for Day, as this record could be known by the end of it, at filing Head: the newest filing that
// bears on the page, and the day on which that was filed, or a later one on which something began or ended that was filed before. So a page
// stays as it is, byte for byte, until a filing or a day bears on it.
type CopyPage struct {
	Address string // on a site that runs the program, with parameters: "/i/gcm", "/votes?session=73"
	Name    string // of the file: "i/gcm.html", "votes/session-73.html"
	Head    int64
	Day     stocktake.Day
	Forms   bool // JSON and CSV stand beside it
	Fresh   bool // it shows more than filings and days, and is made each time
	route   *copyRoute
	vars    map[string]string
	query   url.Values
}

// copyRoute is a kind of page that copies have.
type copyRoute struct {
	gather handler
	kind   string                                          // for scripts: instrument, party, home, same, other; see assets/day.js
	raw    func(*request, context.Context) ([]byte, error) // a file that is no page, under its own name
	forms  bool
	rolls  bool // of a roll-call
	hot    bool // there are many; none says what the head is but in its frame
}

var (
	copyHome       = &copyRoute{hot: true, gather: home, kind: "home", forms: true}
	copyInstrument = &copyRoute{hot: true, gather: showInstrument, kind: "instrument", forms: true}
	copyParty      = &copyRoute{hot: true, gather: showParty, kind: "party", forms: true}
	copyRollCall   = &copyRoute{hot: true, gather: showRollCall, kind: "same", rolls: true}
	copyFiling     = &copyRoute{hot: true, gather: showFiling, kind: "same"}
	copySource     = &copyRoute{hot: true, gather: showSource, kind: "same"}
	copyProvision  = &copyRoute{hot: true, gather: showProvision, kind: "same"}
	copyStatement  = &copyRoute{gather: showStatement, kind: "other"}
	copyCalls      = &copyRoute{gather: showCalls, kind: "other", forms: true}
	copyBecame     = &copyRoute{gather: showBecame, kind: "other", forms: true}
	copyPartyCalls = &copyRoute{gather: showPartyCalls, kind: "other", forms: true}
	copyVotes      = &copyRoute{gather: showVotes, kind: "other"}
	copyFilings    = &copyRoute{gather: showFilings, kind: "same"}
)

// copyLists are the pages that there is one of.
var copyLists = []struct {
	address string
	route   *copyRoute
}{
	{"/", copyHome},
	{"/instruments", &copyRoute{gather: showInstruments, kind: "same", forms: true}},
	{"/parties", &copyRoute{gather: showParties, kind: "other", forms: true}},
	{"/calls", copyCalls},
	{"/statements", &copyRoute{gather: showStatements, kind: "same", forms: true}},
	{"/figures", copyFigures},
	{"/sources", &copyRoute{gather: showSources, kind: "same", forms: true}},
	{"/conflicts", &copyRoute{gather: showConflicts, kind: "other", forms: true}},
	{"/law", &copyRoute{gather: showLaw, kind: "same"}},
	{"/unknown", &copyRoute{gather: showUnknown, kind: "same", forms: true}},
	{"/about", &copyRoute{gather: showAbout, kind: "same"}},
	{"/check", &copyRoute{gather: showCheck, kind: "same"}},
	{"/votes", copyVotes},
	{"/filings", copyFilings},
}

// Copy is the site of a record as files, at one head. It may be used from many goroutines, and lives as long as that head does.
type Copy struct {
	s       *site
	opt     CopyOptions
	head    int64
	all     bool // every page has a stamp
	live    string
	pages   map[string]*CopyPage // by address
	order   []*CopyPage
	rolled  map[stocktake.InstrumentID]string // the roll-call whose page stands for an instrument that nobody described
	shells  shells
	painted worldmap.Painted // shapes of the maps of roll-calls
	ballots ballotRows
	onText  map[stocktake.InstrumentID][]string // roll-calls by text
	names   map[string]bool                     // files of the pages that may leave
	bound   map[stocktake.InstrumentID]*bound   // by statement
	filed   []stocktake.Day                     // by filing, from 1: the UTC day on which it was filed
}

// NewCopy prepares a copy. With all false only pages on which a filing after since bears are made ready, and Pages lists no others; it reports
// whether that was possible: where such a filing may bear on any page, all are listed, and all is true.
func NewCopy(ctx context.Context, l *ledger.Ledger, opt CopyOptions, since int64, sinceDay stocktake.Day) (c *Copy, all bool, err error) {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	now := stocktake.EndOfDay(opt.Day)
	o := Options{Version: opt.Version, Site: opt.Site, Log: opt.Log, Now: func() time.Time { return now }}
	s := &site{l: l, rec: l.Record(), opt: o, kept: newCache(1), looks: theLooks(), figures: figures.New(l.Record(), l.Blobs(), 0)}
	c = &Copy{s: s, opt: opt, head: s.rec.Head(), live: strings.TrimRight(opt.Live, "/"), pages: map[string]*CopyPage{}, rolled: map[stocktake.InstrumentID]string{}, onText: map[stocktake.InstrumentID][]string{}}
	c.filed = make([]stocktake.Day, c.head+1)
	for n := int64(1); n <= c.head; n++ {
		if info, ok := s.rec.Info(n); ok {
			y, m, d := info.Filed.UTC().Date()
			c.filed[n] = stocktake.DayOf(y, int(m), d)
		}
	}
	if err := c.list(); err != nil {
		return nil, false, err
	}
	if all, err = c.stamp(ctx, since, sinceDay); err != nil {
		return nil, false, err
	}
	c.all = all
	c.order = make([]*CopyPage, 0, len(c.pages))
	for _, p := range c.pages {
		if p.Head > 0 {
			c.order = append(c.order, p)
		}
	}
	slices.SortFunc(c.order, func(a, b *CopyPage) int { return cmp.Compare(a.Name, b.Name) })
	return c, all, nil
}

// Head is the filing at which the copy is made.
func (c *Copy) Head() int64 { return c.head }

// Pages lists the pages to be made, by name. The list is the copy's own.
func (c *Copy) Pages() []*CopyPage { return c.order }

// Has reports whether the copy has a file of a page by that name, whether or not it has to be made.
func (c *Copy) Has(name string) bool { return c.names[name] }

// list lays out every page.
func (c *Copy) list() error {
	add := func(r *copyRoute, query url.Values, vars map[string]string, parts ...any) string {
		address := "/"
		var segs []string
		for _, x := range parts {
			for seg := range strings.SplitSeq(fmt.Sprint(x), "/") {
				segs = append(segs, seg)
			}
		}
		name := strings.Join(segs, "/")
		address += name
		if name == "" {
			name = "index"
		}
		for k, v := range query {
			address += "?" + k + "=" + v[0]
			name += "/" + k + "-" + v[0]
		}
		for _, seg := range strings.Split(name, "/") { // what is no name of a file has no page: ids are not made so
			if seg == "" || seg == "." || seg == ".." || strings.ContainsAny(seg, "\\\x00") {
				return ""
			}
		}
		if r.raw == nil {
			name += ".html"
		}
		c.pages[address] = &CopyPage{Address: address, Name: name, route: r, vars: vars, query: query, Forms: r.forms}
		return address
	}
	for _, l := range copyLists {
		add(l.route, nil, nil, strings.TrimPrefix(l.address, "/"))
	}
	rec, head := c.s.rec, c.head
	q := &request{s: c.s, at: stocktake.At{Head: head}}
	var stated []stocktake.InstrumentID // statements whose text was filed, not only their title
	for _, s := range rec.Statements(head) {
		stated = append(stated, s.Instrument)
	}
	for _, p := range q.asked() {
		add(copyPartyCalls, nil, map[string]string{"party": string(p)}, "p", p, "calls")
	}
	for _, in := range q.described() {
		if in.Kind == stocktake.StatementKind {
			add(copyStatement, nil, map[string]string{"statement": string(in.ID)}, "st", in.ID)
			if slices.Contains(stated, in.ID) {
				add(copyBecame, nil, map[string]string{"statement": string(in.ID)}, "st", in.ID, "calls")
			}
			continue
		}
		add(copyInstrument, nil, map[string]string{"instrument": string(in.ID)}, "i", in.ID)
		for _, p := range rec.Provisions(in.ID, head) {
			in, number, _ := strings.Cut(string(p.ID), "/")
			add(copyProvision, nil, map[string]string{"instrument": in, "number": number}, "r", p.ID)
		}
	}
	for _, p := range rec.Parties(head) {
		add(copyParty, nil, map[string]string{"party": string(p.ID)}, "p", p.ID)
	}
	for _, s := range q.sources() {
		add(copySource, nil, map[string]string{"source": string(s.ID)}, "s", s.ID)
	}
	sessions := map[int]bool{}
	c.eachRollCall(func(id string, in stocktake.InstrumentID, session int, whole bool) {
		c.onText[in] = append(c.onText[in], id)
		add(copyRollCall, nil, map[string]string{"rollcall": id}, "v", id)
		sessions[session] = true
		if _, ok := c.pages["/i/"+string(in)]; !ok && (whole || c.rolled[in] == "") {
			c.rolled[in] = id
		}
	})
	for n := range sessions {
		if n > 0 {
			add(copyVotes, url.Values{"session": {itoa(n)}}, nil, "votes")
		}
	}
	for n := int64(1); n <= head; n++ {
		add(copyFiling, nil, map[string]string{"filing": itoa(n)}, "f", n)
	}
	for n := int64(1); n <= (head+copyBlock-1)/copyBlock; n++ {
		add(copyFilings, url.Values{"page": {itoa(n)}}, nil, "filings")
	}
	c.addFigures(add)
	if err := c.addMade(q, add); err != nil {
		return err
	}
	c.names = map[string]bool{}
	for address, p := range c.pages {
		if strings.HasPrefix(address, "/st/") || strings.HasPrefix(address, "/c/") || strings.HasPrefix(address, "/feeds/") {
			for _, f := range p.Files() {
				c.names[f.Name] = true
			}
		}
	}
	return nil
}

// copyBlock is how many filings one page of the list has: filing n is on page (n-1)/copyBlock+1 for ever.
const copyBlock = 250

// eachRollCall calls f for every roll-call, by day.
func (c *Copy) eachRollCall(f func(id string, in stocktake.InstrumentID, session int, whole bool)) {
	q := &request{s: c.s, at: stocktake.At{On: stocktake.DayOf(9999, 12, 31), Known: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), Head: c.head}}
	_ = q.s.rec.RollCalls(q.at, func(v record.RollCallView) error { // not remembered: it is large, and asked for once
		f(v.ID, v.Instrument, v.Session, v.Part == "")
		return nil
	})
}

// request is the question that a page answers.
func (c *Copy) request(ctx context.Context, p *CopyPage, f form) *request {
	q := &request{ctx: ctx, s: c.s, form: f, newest: c.head, today: p.Day, given: url.Values{}, query: p.query, vars: p.vars, copy: c, of: p}
	if q.query == nil {
		q.query = url.Values{}
	}
	q.at = stocktake.At{On: p.Day, Known: stocktake.EndOfDay(p.Day), Head: c.head}
	if f == formJSON || f == formCSV || !p.route.hot { // they print it; many pages are made at the newest head, where what they need is at hand
		q.at.Head = p.Head
	}
	return q
}

// Render makes one of the files of a page. The bytes are the caller's.
func (c *Copy) Render(ctx context.Context, p *CopyPage, f CopyFile) ([]byte, error) {
	q := c.request(ctx, p, form(f.As))
	switch {
	case f.As == asDays:
		return c.index(q)
	case p.route.raw != nil:
		b, err := p.route.raw(q, ctx)
		if err != nil {
			return nil, fmt.Errorf("file %s: %w", p.Address, err)
		}
		return b, nil
	case f.Filing > 0:
		return nil, fmt.Errorf("web: pages of filings are made by Filings")
	case q.form == formHTML && p.route == copyRollCall:
		return c.rollCall(q)
	}
	return c.slow(q)
}

// asDays asks for the index from which a page is answered on other days.
const asDays = "days"

// index makes such an index. It tells what is known on the copy's own day, which is what is known on the page's: else that would have moved.
func (c *Copy) index(q *request) (b []byte, err error) {
	q.at.Known = stocktake.EndOfDay(c.opt.Day)
	switch q.of.route {
	case copyInstrument:
		in, ok := c.s.rec.Instrument(stocktake.InstrumentID(q.path("instrument")), c.head)
		if !ok {
			return nil, q.missing("instrument", q.path("instrument"))
		}
		b, err = q.instrumentDays(in)
	case copyParty:
		p, ok := c.s.rec.Party(stocktake.PartyID(q.path("party")), c.head)
		if !ok {
			return nil, q.missing("party", q.path("party"))
		}
		b, err = q.partyDays(p)
	default:
		b, err = q.sharedDays()
	}
	if err != nil {
		return nil, err
	}
	return daysScript(b), nil
}

// slow renders a page as a server does, and makes its links those of files.
func (c *Copy) slow(q *request) ([]byte, error) {
	a, err := q.of.route.gather(q)
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", q.of.Address, err)
	}
	if a.redirect != "" {
		return nil, fmt.Errorf("page %s leads to %s", q.of.Address, a.redirect)
	}
	if a.view != nil {
		a.view.base().NoForms = !q.of.Forms
	}
	b, _, err := c.s.render(q, a)
	if err != nil || q.form != formHTML {
		return b, err
	}
	return c.relinked(b, q.of)
}

// Assets are the files that go with the pages, by name.
func (c *Copy) Assets() (map[string][]byte, error) {
	out := map[string][]byte{"robots.txt": []byte("User-agent: *\nDisallow:\n")}
	for name, k := range c.s.looks.assets {
		b, err := k.plain()
		if err != nil {
			return nil, err
		}
		out["assets/"+c.s.looks.hash+"/"+name] = b
	}
	var err error
	out["checker.html"], _, _, err = c.s.checkerPage(context.Background())
	return out, err
}

// Look names everything but the record that pages are made of: when it changes, all of them do.
func Look(opt CopyOptions) string {
	s := opt.Site
	return ledger.Hash([]byte(strings.Join([]string{"copy-1", theLooks().hash, opt.Version, s.Name, s.Address, s.Contact, s.MirrorOf, opt.Live}, "\x00")))[:16]
}

// A CopyFile is one file of a page.
type CopyFile struct {
	Name   string
	As     string // what Render is asked for
	Filing int64  // the page of a filing, which Filings makes
}

// Files lists the files of a page.
func (p *CopyPage) Files() []CopyFile {
	if p.route == copyFiling {
		n, _ := strconv.ParseInt(p.vars["filing"], 10, 64)
		return []CopyFile{{Name: p.Name, As: "html", Filing: n}}
	}
	list := []CopyFile{{Name: p.Name, As: "html"}}
	if p.Forms {
		base := strings.TrimSuffix(p.Name, "html")
		list = append(list, CopyFile{Name: base + "json", As: "json"}, CopyFile{Name: base + "csv", As: "csv"})
	}
	switch {
	case p.route == copyInstrument || p.route == copyParty:
		list = append(list, CopyFile{Name: indexOf(p), As: asDays})
	case p.Address == "/instruments":
		list = append(list, CopyFile{Name: sharedIndex, As: asDays})
	}
	return list
}
