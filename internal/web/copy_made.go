package web

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/edition"
	"stocktake/internal/record"
)

// The pages of statements that were made here, their files and feeds, in a copy.

var (
	copyVersion   = &copyRoute{gather: showVersion, kind: "other"}
	copyLanguage  = &copyRoute{gather: showExpression, kind: "other"}
	copySide      = &copyRoute{gather: showSide, kind: "same"}
	copyDiffers   = &copyRoute{gather: showVersionChanges, kind: "same"}
	copyFiles     = &copyRoute{gather: showFiles, kind: "same"}
	copyCoalition = &copyRoute{gather: showCoalition, kind: "other", forms: true}
	copyForm      = &copyRoute{raw: (*request).makeFile, kind: "same"}
	copyFeed      = &copyRoute{raw: func(q *request, _ context.Context) ([]byte, error) {
		b, _, err := q.feed(q.path("feed"))
		return b, err
	}, kind: "same"}
)

// bound is which pages show something of a statement.
type bound struct {
	all   []string // what the statement, its names or its texts bear on
	stood []string // of them, those that say where somebody stands
}

type adder func(r *copyRoute, query url.Values, vars map[string]string, parts ...any) string

// addMade lays out the pages of statements that were made here, and the feeds of all.
func (c *Copy) addMade(q *request, add adder) error {
	q.ctx = context.Background()
	q.at = stocktake.At{On: c.opt.Day, Known: stocktake.EndOfDay(c.opt.Day), Head: c.head}
	c.bound = map[stocktake.InstrumentID]*bound{}
	of := func(id stocktake.InstrumentID) *bound {
		if c.bound[id] == nil {
			c.bound[id] = &bound{stood: []string{join([]any{"st", id})}}
			c.bound[id].all = slices.Clone(c.bound[id].stood)
		}
		return c.bound[id]
	}
	feed := func(s *record.Statement, name string) {
		b := of(s.Instrument)
		for _, form := range []string{".atom", ".json"} {
			if at := add(copyFeed, nil, map[string]string{"feed": name + form}, "feeds", name+form); at != "" && !slices.Contains(b.all, at) {
				b.all = append(b.all, at)
			}
		}
	}
	_, feeds := c.publishedAs()
	for _, s := range c.s.rec.Statements(c.head) {
		id := s.Instrument
		b := of(id)
		if feeds {
			feed(&s, "statements")
			if s.Coalition != "" {
				feed(&s, "c/"+string(s.Coalition))
			}
			for _, m := range s.States {
				if m.ID != "" && !s.Rehearsal {
					feed(&s, "p/"+m.ID)
				}
			}
			for i := range s.Calls {
				if p := s.Calls[i].AddresseeID; p != "" && !s.Rehearsal {
					feed(&s, "p/"+string(p))
				}
			}
			for _, m := range s.Cites {
				if in, _, _ := strings.Cut(m.ID, "/"); in != "" && !s.Rehearsal {
					feed(&s, "i/"+in)
				}
			}
		}
		if !edition.Made(&s.Statement) {
			continue
		}
		for _, m := range s.States { // they list it with the number of names beneath it
			b.all = append(b.all, "/p/"+m.ID)
		}
		for _, m := range s.Cites {
			in, _, _ := strings.Cut(m.ID, "/")
			b.all = append(b.all, "/i/"+in)
		}
		e, err := edition.Read(q.ctx, c.s.l, q.at, id, s.Version)
		if err != nil {
			return err
		}
		vars := func(pairs ...string) map[string]string {
			m := map[string]string{"statement": string(id), "version": itoa(s.Version)}
			for i := 0; i+1 < len(pairs); i += 2 {
				m[pairs[i]] = pairs[i+1]
			}
			return m
		}
		put := func(stood bool, at string) {
			if at == "" {
				return
			}
			b.all = append(b.all, at)
			if stood {
				b.stood = append(b.stood, at)
			}
		}
		put(true, add(copyVersion, nil, vars(), "st", id, s.Version))
		for _, l := range slices.Concat(langsOf(e), e.Missing) {
			put(true, add(copyLanguage, nil, vars("lang", l), "st", id, s.Version, l))
		}
		if s.Coalition != "" {
			put(false, add(copyCoalition, nil, map[string]string{"coalition": string(s.Coalition)}, "c", s.Coalition))
		}
		if e.Before() != nil {
			put(false, add(copyDiffers, nil, vars(), "st", id, s.Version, "changes"))
		}
		if e.Back != nil {
			continue
		}
		langs := e.Langs()
		for i, x := range langs {
			for _, y := range langs[i+1:] {
				put(false, add(copySide, url.Values{"langs": {x + "," + y}}, vars(), "st", id, s.Version, "side"))
			}
		}
		if !feeds {
			continue
		}
		put(false, add(copyFiles, nil, vars(), "st", id, s.Version, "files"))
		for _, f := range e.Forms() {
			if !f.Each {
				put(false, add(copyForm, nil, vars("name", f.Name), "st", id, s.Version, "form", f.Name))
			}
		}
	}
	return nil
}

// langsOf are the languages of a version, whether or not their texts are here.
func langsOf(e *edition.Edition) (list []string) {
	for i := range e.Texts {
		list = append(list, e.Texts[i].Lang)
	}
	return list
}

// statement marks the pages that show something of a statement.
func (t *toucher) statement(id stocktake.InstrumentID, n int64) {
	t.page("/st/"+string(id), n)
	t.page("/statements", n)
	if b := t.c.bound[id]; b != nil {
		for _, a := range b.all {
			t.page(a, n)
		}
	}
}

// spokenOf marks the pages of a statement that say where those stand of whom it speaks.
func (t *toucher) spokenOf(id stocktake.InstrumentID, n int64) {
	t.page("/st/"+string(id), n)
	if b := t.c.bound[id]; b != nil {
		for _, a := range b.stood {
			t.page(a, n)
		}
	}
}

// coalitions marks the pages of coalitions, which say what became of calls.
func (c *Copy) coalitions(do func(address string)) {
	for address, p := range c.pages {
		if p.route == copyCoalition {
			do(address)
		}
	}
}

// publishedAs is what files of a copy say of where they come from: the site that runs the program, else the copy itself, and then nothing leads
// to what the copy has not. Where neither is known, there are no such files.
func (c *Copy) publishedAs() (edition.Site, bool) {
	name := c.opt.Site.Name
	if c.live != "" {
		return edition.Site{Name: name, At: func(path string) string { return c.live + path }}, true
	}
	base := strings.TrimRight(c.opt.Site.Address, "/")
	return edition.Site{Name: name, At: func(path string) string {
		if p, ok := c.pages[path]; ok {
			return base + "/" + relative("", p.Name)
		}
		return ""
	}}, base != ""
}
