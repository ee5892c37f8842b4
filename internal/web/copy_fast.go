package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"math"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"stocktake"
	"stocktake/internal/ledger"
)

// Roll-calls and filings are nearly all pages of a copy. What stands around them is rendered once for each kind and cut where something of the
// page's own stands; their inside is written without templates. Tests compare both with what a server sends.

// shellPage is a page whose inside is made elsewhere.
type shellPage struct {
	page
	Body template.HTML
}

// shell is what stands around a page, in pieces: text, and between two texts what has its own value on each page.
type shell struct {
	texts []string
	vars  []string // one less
}

type shells struct {
	mu   sync.Mutex
	made map[*copyRoute]*shell
}

// Values that stand for those of a page.
const (
	shellTitle = "QZTITLEZQ"
	shellLede  = "QZLEDEZQ"
	shellID    = "QZIDZQ"
	shellBody  = "QZBODYZQ"
	shellFrom  = "QZFROMZQ"
	shellDay   = "2963-11-28"
	shellHead  = 987654321

	shellPrinted = "QZPRINTEDZQ"
	shellCode    = "QZCODEZQ"
)

var shellParts = regexp.MustCompile(strings.Join([]string{shellTitle, shellLede, shellID, shellFrom, shellBody, shellPrinted, shellCode, shellDay, "28 November 2963", "987654321", "987,654,321"}, "|"))

// shell returns what stands around the pages of a kind, all of whose names are like that of one.
func (c *Copy) shell(like *CopyPage, base page) (*shell, error) {
	c.shells.mu.Lock()
	defer c.shells.mu.Unlock()
	if s := c.shells.made[like.route]; s != nil {
		return s, nil
	}
	dir, _, _ := strings.Cut(like.Name, "/")
	of := &CopyPage{Address: "/" + dir + "/" + shellID, Name: dir + "/" + shellID + ".html", Head: shellHead, Day: shellDayOf(), route: like.route}
	q := c.request(context.Background(), of, formHTML)
	p := &shellPage{page: q.page("/"+dir+"/"+shellID, base.Section, shellTitle), Body: shellBody}
	p.Lede, p.Wide, p.NoForms = shellLede, base.Wide, true
	b, err := c.s.html("shell.html", p)
	if err != nil {
		return nil, err
	}
	if b, err = c.relinked(b, of); err != nil {
		return nil, err
	}
	s := &shell{}
	for _, at := range shellParts.FindAllIndex(b, -1) {
		s.vars = append(s.vars, string(b[at[0]:at[1]]))
	}
	s.texts = shellParts.Split(string(b), -1)
	if c.shells.made == nil {
		c.shells.made = map[*copyRoute]*shell{}
	}
	c.shells.made[like.route] = s
	return s, nil
}

func shellDayOf() stocktake.Day {
	lo, _ := stocktake.MustDate(shellDay).Bounds()
	return lo
}

// around puts a page's inside into its shell.
func (c *Copy) around(p *page, of *CopyPage, id, from, body string) ([]byte, error) {
	s, err := c.shell(of, *p)
	if err != nil {
		return nil, err
	}
	var printed *Printed
	out := make([]byte, 0, len(body)+8000)
	for i, t := range s.texts {
		out = append(out, t...)
		if i == len(s.vars) {
			break
		}
		switch s.vars[i] {
		case shellTitle:
			out = append(out, textEscaper.Replace(p.Title)...)
		case shellLede:
			out = append(out, textEscaper.Replace(p.Lede)...)
		case shellFrom:
			out = append(out, from...)
		case shellID:
			out = append(out, textEscaper.Replace(url.PathEscape(id))...)
		case shellPrinted, shellCode:
			if printed == nil {
				printed = c.printed(p)
			}
			if s.vars[i] == shellCode {
				out = append(out, printed.Code...)
			} else {
				out = append(out, textEscaper.Replace(printed.Address)...)
			}
		case shellBody:
			out = append(out, body...)
		case shellDay:
			out = append(out, p.q.at.OnString()...)
		case "28 November 2963":
			out = append(out, longDay(p.q.at.On)...)
		case "987654321":
			out = append(out, itoa(of.Head)...)
		default:
			out = append(out, thousands(of.Head)...)
		}
	}
	return out, nil
}

// rollCall makes the page of a roll-call.
func (c *Copy) rollCall(q *request) ([]byte, error) {
	id := q.path("rollcall")
	v, ok := c.s.rec.RollCall(q.at, id)
	if !ok {
		return nil, fmt.Errorf("page %s: no roll-call %s", q.of.Address, id)
	}
	p, err := q.rollCallPage(v)
	if err != nil {
		return nil, err
	}
	var h htm
	h.Grow(len(p.Map) + len(p.Rows) + 6000)
	h.top(&p.page)
	h.raw("\n").raw(`<figure class="map"><div class="picture">`).raw(string(p.Map)).raw(`</div><figcaption><ul class="legend">`)
	for _, g := range p.Groups {
		h.raw(`<li><a href="#`).text(g.Anchor()).raw(`">`).raw(string(g.Swatch)).raw(` `).text(g.Word).raw(` <span class="n">`).raw(itoa(len(g.IDs))).raw(`</span></a></li>`)
	}
	h.raw(`</ul><p class="small">Colours name what was done and have no order. Abstaining, not voting, and not being a member are three things.</p></figcaption></figure>` + "\n")
	h.raw(`<div class="facts"><dl><dt>Voted on</dt><dd>`)
	if p.In != nil {
		if to := c.leads("/i/"+string(p.In.ID), q.of); to != "" && to != relative(q.of.Name, q.of.Name) {
			h.link(to, p.In.Title)
		} else {
			h.text(p.In.Title)
		}
	}
	if v.Part != "" {
		h.raw("; ").text(v.Part).raw(", not the text as a whole")
	}
	h.raw("</dd>")
	fact := func(name, class, value string) {
		if value != "" {
			h.raw("<dt>").raw(name).raw("</dt><dd").raw(class).raw(">").text(value).raw("</dd>")
		}
	}
	fact("Label in the source", "", v.Label)
	h.raw("<dt>Day</dt><dd>").date(v.Date).raw(", session ").raw(itoa(v.Session)).raw("</dd>")
	fact("Symbol", "", p.UN)
	fact("Symbol in the source", ` class="mono"`, v.Symbol)
	fact("Issue, as the source codes it", "", strings.Join(p.Issues, ", "))
	fact("Identity", ` class="mono"`, "rc-"+v.ID)
	h.raw("<dt>Source</dt><dd>").link(relative(q.of.Name, "s/"+string(v.Source)+".html"), p.Source).raw(", ").link(relative(q.of.Name, "f/"+itoa(v.Filing)+".html"), "filing "+itoa(v.Filing)).raw("</dd></dl>")
	if v.Derived {
		h.raw(`<p class="note">Who did not vote is derived from membership: the source lists no absences, so that absent and present without voting cannot be told apart.</p>`)
	}
	h.raw("</div>\n")
	if len(p.Editions) > 0 {
		h.raw(`<section><h2>In each edition of the source</h2><ul class="plain">`)
		for _, e := range p.Editions {
			h.raw("<li>").link(relative(q.of.Name, "s/"+string(e.Source)+".html"), e.Title)
			if e.Current {
				h.raw(" (followed here)")
			}
			h.text(": " + thousands(e.Yes) + " in favour, " + thousands(e.No) + " against, " + thousands(e.Abstain) + " abstaining, " + thousands(e.NotVoting) + " not voting")
			if e.Derived {
				h.raw(", the last derived from membership")
			}
			if len(e.Differs) > 0 {
				h.text(". Differs: " + strings.Join(e.Differs, ", "))
			}
			h.raw(` <span class="small">`).link(relative(q.of.Name, "f/"+itoa(e.Filing)+".html"), "filing "+itoa(e.Filing)).raw("</span></li>")
		}
		h.raw("</ul></section>\n")
	}
	if len(p.Others) > 0 {
		h.raw(`<section><h2>Other recorded votes on this text</h2><ul class="plain">`)
		for _, o := range p.Others {
			words := dateWords(o.Date)
			if o.Part != "" {
				words += ", " + o.Part
			}
			h.raw("<li>").link(relative(q.of.Name, "v/"+o.ID+".html"), words+": "+thousands(o.Yes)+"–"+thousands(o.No)+"–"+thousands(o.Abstain)).raw("</li>")
		}
		h.raw("</ul></section>\n")
	}
	h.raw(`<section><h2>Who did what</h2><div class="scroll" role="region" aria-label="Table of votes" tabindex="0"><table class="list" data-filter="parties"><caption>Votes by party</caption><thead><tr><th scope="col">Party</th><th scope="col">Vote</th><th scope="col">More</th></tr></thead>`)
	h.raw(string(p.Rows)).raw("</table></div></section>\n")
	first, _ := v.Date.Reach()
	return c.around(&p.page, q.of, v.ID, stocktake.DateOf(first).String(), h.String())
}

// standingAt is where the standing of a party is shown that voted on a text: "#USA" where that is its row on the page itself.
func (c *Copy) standingAt(of *CopyPage, text, party string) string {
	in, err := url.PathUnescape(strings.TrimPrefix(text, "/i/"))
	if err != nil {
		return "#" + url.PathEscape(party)
	}
	if p, ok := c.pages["/i/"+in]; ok {
		return relative(of.Name, p.Name) + "#" + url.PathEscape(party)
	}
	return "#" + url.PathEscape(party)
}

// top writes the title and the first sentence of a page.
func (h *htm) top(p *page) {
	h.raw("<h1>").text(p.Title).raw("</h1>\n")
	if p.Lede != "" {
		h.raw(`<p class="lede">`).text(p.Lede).raw("</p>")
	}
}

// Filings makes pages of filings, in the order of their numbers, and calls f with each. f must not keep the bytes.
func (c *Copy) Filings(ctx context.Context, pages []*CopyPage, f func(*CopyPage, []byte) error) error {
	if len(pages) == 0 {
		return nil
	}
	wanted := map[int64]*CopyPage{}
	first, last := int64(math.MaxInt64), int64(0)
	for _, p := range pages {
		n := p.Files()[0].Filing
		wanted[n] = p
		first, last = min(first, n), max(last, n)
	}
	type read struct {
		row    ledger.Row
		filing *stocktake.Filing
	}
	render := func(of *CopyPage, row *ledger.Row, filing *stocktake.Filing) error {
		q := c.request(ctx, of, formHTML)
		b, err := c.filing(q, q.filingPage(row, filing), row.Bytes)
		if err != nil {
			return err
		}
		return f(of, b)
	}
	var later []read // those of which words may be gone: the database is asked again, and not while it is read
	err := c.s.l.Scan(ctx, first-1, last, func(row *ledger.Row, filing *stocktake.Filing) error {
		of := wanted[row.Number]
		if of == nil {
			return nil
		}
		if bytes.Contains(row.Bytes, []byte(`"commitment":`)) {
			r := *row
			r.Bytes = bytes.Clone(row.Bytes)
			later = append(later, read{row: r})
			return nil
		}
		return render(of, row, filing)
	})
	for i := range later {
		if err != nil {
			return err
		}
		r := &later[i]
		if r.filing, err = c.s.l.Load(ctx, r.row.Number); err == nil {
			err = render(wanted[r.row.Number], &r.row, r.filing)
		}
	}
	return err
}

// filing makes the page of a filing.
func (c *Copy) filing(q *request, p *filingPage, public []byte) ([]byte, error) {
	var h htm
	h.Grow(len(public) + 6000)
	to := func(address string) string { return c.leads(address, q.of) }
	link := func(address, text string) {
		if at := to(address); at != "" {
			h.link(at, text)
		} else {
			h.text(text)
		}
	}
	h.top(&p.page)
	h.raw("\n" + `<div class="facts"><dl><dt>Number here</dt><dd>`).raw(thousands(p.Number)).raw(`</dd><dt>Filed</dt><dd>`).text(p.Filed).raw("</dd>")
	if p.Known != "" {
		h.raw("<dt>Its sources count as known from</dt><dd>").text(knownWords(p.Known)).raw("</dd>")
	}
	h.raw(`<dt>Key</dt><dd class="mono">`).text(p.F.Key).raw(`</dd><dt>SHA-256 of its public bytes</dt><dd class="mono wrap">`).raw(p.SHA256).raw(`</dd><dt>Proof</dt><dd>`)
	link("/check/"+itoa(p.Number), "Check that it stands in the log")
	h.raw("</dd>")
	if p.Mends > 0 {
		h.raw("<dt>Mends</dt><dd>")
		link("/f/"+itoa(p.Mends), "filing "+itoa(p.Mends))
		h.text(": " + p.F.Mends.Reason + " (" + p.F.Mends.By + ")").raw("</dd>")
	}
	h.raw("</dl>")
	if p.F.Note != "" {
		h.raw(`<p class="note">`).text(p.F.Note).raw("</p>")
	}
	h.raw("</div>\n")
	if len(p.Rolls) > 0 {
		h.raw(`<section><h2>Recorded votes</h2><ul class="plain">`)
		for i := range p.Rolls {
			r := &p.Rolls[i]
			h.raw("<li>").link(relative(q.of.Name, "v/"+r.ID+".html"), "Roll-call "+r.ID+", "+dateWords(r.Date))
			if r.Label != "" {
				h.text(": " + r.Label)
			}
			h.raw("</li>")
		}
		h.raw("</ul></section>\n")
	}
	if len(p.Acts) > 0 {
		h.raw(`<section><h2>Acts</h2><div class="scroll" role="region" aria-label="Table of acts" tabindex="0"><table class="list"><caption>Acts as this filing states them</caption><thead><tr><th scope="col">Party</th><th scope="col">Act</th><th scope="col">Towards</th><th scope="col">Days</th></tr></thead><tbody>`)
		for i := range p.Acts {
			a := &p.Acts[i]
			h.raw(`<tr><th scope="row">`).text(a.Party).raw("</th><td>")
			link(a.Address, a.What)
			h.raw("</td>").td(a.In).raw("<td>")
			for i, d := range a.Days {
				if i > 0 {
					h.raw("; ")
				}
				h.text(d.Phase + " " + dateWords(d.Day))
			}
			h.raw("</td></tr>\n")
		}
		h.raw("</tbody></table></div></section>\n")
	}
	for _, part := range p.Parts {
		h.raw("<section><h2>").text(part.What).raw(` <span class="n">`).raw(itoa(part.N)).raw(`</span></h2><ul class="plain">`)
		for _, x := range part.List {
			h.raw("<li>")
			if x.Address != "" {
				link(x.Address, x.Title)
			} else {
				h.text(x.Title)
			}
			h.raw("</li>")
		}
		h.raw("</ul></section>\n")
	}
	if len(p.Gone) > 0 {
		h.raw(`<section><h2>Words that were removed</h2><p>Their commitments stay in the bytes below, so that every hash still holds.</p><ul class="plain">`)
		for _, g := range p.Gone {
			h.raw(`<li><span class="mono">`).text(g.Path).raw("</span>")
			if g.By > 0 {
				h.raw(", removed by ")
				link("/f/"+itoa(g.By), "filing "+itoa(g.By))
			}
			h.raw("</li>")
		}
		h.raw("</ul></section>\n")
	}
	h.raw(`<section><h2>Its public bytes</h2><p>The canonical bytes themselves (RFC 8785), whose SHA-256 is above. What may one day have to go stands in them as a commitment.</p>`)
	const most = 40_000 // of a longer one, the log has all
	if len(public) <= most {
		h.raw(`<details><summary>Show</summary><pre class="wrap" tabindex="0">`).text(string(public)).raw("</pre></details>")
	} else {
		h.raw("<p>They are too long for a page: the log beside this copy has them, as a line of a file in ").link(relative(q.of.Name, "log/")+"filings/", "log/filings/").raw(".</p>")
	}
	h.raw("</section>\n" + `<nav class="pager" aria-label="Neighbours"><p>`)
	if p.Before > 0 {
		h.raw(`<a rel="prev" href="`).raw(itoa(p.Before)).raw(`.html">Filing `).raw(itoa(p.Before)).raw("</a>")
	}
	h.raw(" ")
	if p.After > 0 {
		h.raw(`<a rel="next" href="`).raw(itoa(p.After)).raw(`.html">Filing `).raw(itoa(p.After)).raw("</a>")
	}
	h.raw("</p></nav>\n")
	return c.around(&p.page, q.of, itoa(p.Number), "", h.String())
}

// ballotRows keeps the rows of roll-calls on texts that nobody described: what one party did looks alike on all of them.
type ballotRows struct {
	mu   sync.RWMutex
	rows map[ballotKey]string
	own  map[string]bool // addresses of texts that have a page of their own
}

type ballotKey struct {
	party stocktake.PartyID
	word  string
}

// row writes a row that was written before.
func (b *ballotRows) row(h *htm, party stocktake.PartyID, word, text string) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if own, known := b.own[text]; own || !known {
		return false
	}
	s, ok := b.rows[ballotKey{party, word}]
	h.raw(s)
	return ok
}

// keep keeps the row that begins at a place.
func (b *ballotRows) keep(c *Copy, h *htm, from int, party stocktake.PartyID, word, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.own == nil {
		b.rows, b.own = map[ballotKey]string{}, map[string]bool{}
	}
	own, known := b.own[text]
	if !known {
		in, err := url.PathUnescape(strings.TrimPrefix(text, "/i/"))
		_, described := c.pages["/i/"+in]
		own = described || err != nil
		b.own[text] = own
	}
	if !own {
		b.rows[ballotKey{party, word}] = strings.Clone(h.String()[from:])
	}
}
