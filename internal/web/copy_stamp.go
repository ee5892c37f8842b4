package web

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
)

// stamp finds, for every page, the newest filing that bears on it and the day for which it answers. Where since is not 0 and the day is the same,
// only filings after it are read, and only the pages on which they bear get a stamp; it reports whether all pages have one.
func (c *Copy) stamp(ctx context.Context, since int64, sinceDay stocktake.Day) (all bool, err error) {
	t := &toucher{c: c, near: map[stocktake.InstrumentID][]stocktake.InstrumentID{}}
	if since > c.head || sinceDay != c.opt.Day { // on another day something may have begun or ended on any page
		since = 0
	}
	errAll := errors.New("all")
	floor, all := int64(1), since == 0
	scan := func(after int64) error {
		return c.s.l.Scan(ctx, after, c.head, func(row *ledger.Row, f *stocktake.Filing) error {
			if t.everything(f, row.Number) {
				floor = row.Number
				if !all {
					return errAll
				}
			}
			return t.filing(ctx, f, row.Number)
		})
	}
	err = scan(since)
	if err == errAll {
		all, floor = true, 1
		for _, p := range c.pages {
			p.Head = 0
		}
		*t = toucher{c: c, near: t.near}
		err = scan(0)
	}
	if err != nil {
		return false, err
	}
	for address, p := range c.pages {
		if strings.HasPrefix(address, "/p/") {
			p.Head = max(p.Head, t.parties)
		}
		if all {
			p.Head = max(p.Head, floor)
		}
	}
	if check, ok := c.pages["/check"]; ok {
		check.Head, check.Fresh = c.head, true // it shows the newest signed head, and who signed it
	}
	return all, c.days(ctx)
}

// toucher finds the pages on which filings bear. Filings must come in order.
type toucher struct {
	c       *Copy
	near    map[stocktake.InstrumentID][]stocktake.InstrumentID
	parties int64 // the newest filing that bears on the pages of all parties
}

// everything reports whether a filing may bear on any page: names, law and coverage stand on all of them, and mending and decisions reach far.
func (t *toucher) everything(f *stocktake.Filing, n int64) bool {
	if len(f.Parties)+len(f.Law)+len(f.Words)+len(f.Merges)+len(f.Decisions)+len(f.Coverage) > 0 || f.Mends != nil {
		return true
	}
	rec := t.c.s.rec
	for i := range f.Instruments {
		if _, known := rec.Instrument(f.Instruments[i].ID, n-1); known {
			return true // its title stands on other pages
		}
	}
	for i := range f.Sources {
		if old, _, known := rec.Source(f.Sources[i].ID, n-1); known && !reflect.DeepEqual(*old, f.Sources[i]) {
			return true
		}
	}
	for i := range f.Provisions {
		if _, known := rec.Provision(f.Provisions[i].ID, n-1); known {
			return true
		}
	}
	return false
}

// page marks a page. Addresses that have none are passed over.
func (t *toucher) page(address string, n int64) {
	if p, ok := t.c.pages[address]; ok {
		p.Head = max(p.Head, n)
	}
}

// filing marks the pages on which a filing bears that bears on some only.
func (t *toucher) filing(ctx context.Context, f *stocktake.Filing, n int64) error {
	t.page("/f/"+itoa(n), n)
	t.page("/f/"+itoa(n-1), n) // it leads to the next one
	t.page("/filings?page="+itoa((n-1)/copyBlock+1), n)
	t.page("/filings?page="+itoa((n-1)/copyBlock), n)
	for _, list := range []string{"/", "/filings", "/about"} {
		t.page(list, n)
	}
	return t.holds(ctx, f, n)
}

// holds marks the pages that show what a filing holds.
func (t *toucher) holds(ctx context.Context, f *stocktake.Filing, n int64) error {
	for i := range f.Sources {
		s := &f.Sources[i]
		t.page("/sources", n)
		t.source(s.ID, n)
		for _, x := range t.c.siblings(s.Series) {
			t.source(x, n)
		}
	}
	for i := range f.Instruments {
		in := &f.Instruments[i]
		t.page("/instruments", n)
		t.instrument(in.ID, n)
		t.page("/st/"+string(in.ID), n)
		for _, l := range in.Links {
			t.instrument(l.To, n)
		}
		t.parties = n // they list those without an act
	}
	for i := range f.Provisions {
		p := &f.Provisions[i]
		t.page("/r/"+string(p.ID), n)
		for _, x := range t.c.s.rec.Provisions(p.Instrument, t.c.head) { // neighbours lead to each other
			t.page("/r/"+string(x.ID), n)
		}
		t.instrument(p.Instrument, n)
	}
	for i := range f.Texts {
		in, _, _ := strings.Cut(string(f.Texts[i].Provision), "/")
		t.page("/r/"+string(f.Texts[i].Provision), n)
		t.instrument(stocktake.InstrumentID(in), n)
		t.source(f.Texts[i].Source, n)
		for _, x := range t.c.s.rec.Provisions(stocktake.InstrumentID(in), t.c.head) { // a part may show the words of the whole
			t.page("/r/"+string(x.ID), n)
		}
	}
	for i := range f.Acts {
		t.act(&f.Acts[i], n)
	}
	t.calls(f, n)
	t.figures(f, n)
	if err := t.disagree(ctx, f, n); err != nil {
		return err
	}
	for i := range f.RollCalls {
		t.rollCall(&f.RollCalls[i], n)
	}
	for i := range f.Measures {
		t.measure(&f.Measures[i], n)
	}
	if len(f.Measures) > 0 && n > 1 { // what they were before they were filed again, under the same ids
		before := stocktake.At{On: stocktake.MaxDay, Known: stocktake.EndOfDay(stocktake.DayOf(9999, 12, 31)), Head: n - 1}
		for _, m := range t.c.s.rec.Measures(before, "") {
			if slices.ContainsFunc(f.Measures, func(x stocktake.Measure) bool { return x.ID == m.ID }) {
				t.measure(&m, n)
			}
		}
	}
	for _, u := range f.Unknowns {
		t.page("/unknown", n)
		t.instrument(stocktake.InstrumentID(u.About), n)
		t.page("/p/"+u.About, n)
	}
	if s := f.Statement; s != nil {
		t.statement(s.Instrument, n)
		t.source(s.Source, n)
		for _, x := range s.Languages {
			t.source(x.Source, n)
		}
		for _, list := range [][]stocktake.Mention{s.Cites, s.States} {
			for _, m := range list {
				in, _, _ := strings.Cut(m.ID, "/")
				t.instrument(stocktake.InstrumentID(in), n)
				t.page("/r/"+m.ID, n)
				t.page("/p/"+m.ID, n)
			}
		}
	}
	for i := range f.Endorsements {
		if id := f.Endorsements[i].Statement; i == 0 || id != f.Endorsements[i-1].Statement {
			t.statement(id, n)
		}
	}
	for i := range f.Removals { // what the filing shows changes wherever it is shown
		if sum := f.Removals[i].File; sum != "" {
			t.takenDown(sum, n)
			continue
		}
		of := t.c.s.rec.ByHash(f.Removals[i].Filing)
		t.page("/f/"+itoa(of), n)
		t.page("/sources", n)
		if of == 0 {
			continue
		}
		old, err := t.c.s.l.Load(ctx, of)
		if err != nil {
			return err
		}
		if err := t.holds(ctx, old, n); err != nil {
			return err
		}
	}
	return nil
}

// takenDown marks the pages that show that a copy is kept, or its words.
func (t *toucher) takenDown(sum string, n int64) {
	q := &request{s: t.c.s, at: stocktake.At{Head: t.c.head}}
	for _, s := range q.sources() {
		if s.Copy != nil && s.Copy.SHA256 == sum {
			t.source(s.ID, n)
		}
	}
	t.figuresDown(sum, n)
	for _, s := range t.c.s.rec.Statements(t.c.head) {
		if s.TextSHA256 == sum || slices.ContainsFunc(s.Languages, func(x stocktake.Expression) bool { return x.TextSHA256 == sum }) {
			t.statement(s.Instrument, n)
		}
	}
}

func (t *toucher) source(id stocktake.SourceID, n int64) {
	t.page("/s/"+string(id), n)
	t.page("/sources", n)
}

// instrument marks the page of an instrument, and what shows it.
func (t *toucher) instrument(in stocktake.InstrumentID, n int64) {
	t.page("/i/"+string(in), n)
	if in == homeInstrument {
		t.page("/", n)
	}
}

// stood marks the pages that show where parties stand towards an instrument: its own, and those that are tied to it, as an act on one may
// count for another.
func (t *toucher) stood(in stocktake.InstrumentID, n int64) {
	near, ok := t.near[in]
	if !ok {
		near = t.c.neighbours(in)
		t.near[in] = near
	}
	for _, x := range near {
		t.instrument(x, n)
	}
}

func (t *toucher) measure(m *stocktake.Measure, n int64) {
	t.page("/p/"+string(m.Party), n)
	t.source(m.Source, n)
	if m.Instrument != "" {
		t.instrument(m.Instrument, n)
	}
	for _, p := range m.Provisions {
		t.page("/r/"+string(p), n)
	}
	if m.Revokes != "" {
		t.parties = n
	}
}

func (t *toucher) act(a *stocktake.Act, n int64) {
	t.stood(a.Instrument, n)
	t.page("/p/"+string(a.Party), n)
	t.source(a.Source, n)
	for i := range a.Quotes {
		if a.Quotes[i].Source != "" {
			t.source(a.Quotes[i].Source, n)
		}
	}
	if p, ok := t.c.s.rec.Party(a.Party, t.c.head); ok && (p.Kind == "organ" || p.Kind == "group") {
		t.parties = n // it may count for whoever belonged
	}
	if a.Objects != "" {
		in, _, _ := strings.Cut(string(a.Objects), "/")
		t.stood(stocktake.InstrumentID(in), n)
	}
	for _, s := range t.c.s.rec.Statements(t.c.head) { // they say what became of each call
		if slices.ContainsFunc(s.Calls, func(x stocktake.Call) bool { return x.AddresseeID == a.Party }) || slices.ContainsFunc(s.States, func(m stocktake.Mention) bool { return m.ID == string(a.Party) }) ||
			slices.ContainsFunc(s.Recounts, func(m stocktake.Mention) bool { return strings.HasPrefix(m.ID, string(a.ID)) }) {
			t.spokenOf(s.Instrument, n)
		}
	}
}

// disagree marks the page about disagreements, which takes longer to make than any other: where a filing holds many acts always, otherwise where
// sources disagree about one of its parties right before or after it.
func (t *toucher) disagree(ctx context.Context, f *stocktake.Filing, n int64) error {
	const many = 10
	if len(f.Acts) > many {
		t.page("/conflicts", n)
		return nil
	}
	at := stocktake.At{On: stocktake.DayOf(9999, 12, 31), Known: stocktake.EndOfDay(stocktake.DayOf(9999, 12, 31))}
	for i := range f.Acts {
		for _, in := range t.c.neighbours(f.Acts[i].Instrument) {
			for at.Head = max(n-1, 1); at.Head <= n; at.Head++ {
				if _, ok := t.c.s.rec.Instrument(in, at.Head); !ok {
					continue
				}
				st, err := t.c.s.rec.Standing(ctx, at, f.Acts[i].Party, in)
				if stocktake.KindOf(err) == stocktake.NotFound {
					continue
				}
				if err != nil {
					return err
				}
				if len(st.Conflicts) > 0 {
					t.page("/conflicts", n)
					return nil
				}
			}
		}
	}
	return nil
}

func (t *toucher) rollCall(r *stocktake.RollCall, n int64) {
	t.page("/v/"+r.ID, n)
	for _, v := range t.c.onText[r.Instrument] {
		t.page("/v/"+v, n)
	}
	t.stood(r.Instrument, n)
	t.source(r.Source, n)
	t.page("/instruments", n) // it counts the texts that are known by votes alone
	t.page("/votes", n)
	t.page("/votes?session="+itoa(r.Session), n)
	t.page("/conflicts", n)
	t.parties = n
	for _, s := range t.c.s.rec.Statements(t.c.head) {
		t.spokenOf(s.Instrument, n)
	}
}

// neighbours are an instrument and those that somebody described as tied to it.
func (c *Copy) neighbours(in stocktake.InstrumentID) []stocktake.InstrumentID {
	list := []stocktake.InstrumentID{in}
	q := &request{s: c.s, at: stocktake.At{Head: c.head}}
	for _, x := range q.described() {
		for _, l := range x.Links {
			if l.To == in {
				list = append(list, x.ID)
			}
			if x.ID == in {
				list = append(list, l.To)
			}
		}
	}
	return list
}

// siblings are the sources of a series.
func (c *Copy) siblings(series string) (list []stocktake.SourceID) {
	if series == "" {
		return nil
	}
	q := &request{s: c.s, at: stocktake.At{Head: c.head}}
	for _, s := range q.sources() {
		if s.Series == series {
			list = append(list, s.ID)
		}
	}
	return list
}

// days sets the day of every page that has a stamp: that of its filing, or the last one up to the copy's own on which something about it
// began or ended.
func (c *Copy) days(ctx context.Context) error {
	last := stocktake.Day(stocktake.MaxDay) // the earliest of the days that matter
	for _, p := range c.pages {
		if p.Head > 0 {
			p.Day = min(c.filed[p.Head], c.opt.Day)
			if p.route.kind == "instrument" || p.route.kind == "party" || p.route.kind == "home" || p.ofCalls() || p.route == copySeries {
				last = min(last, p.Day)
			}
		}
	}
	if last >= c.opt.Day {
		return nil
	}
	// Something may have begun or ended since: between the days of filings and today.
	q := &request{s: c.s, at: stocktake.At{On: c.opt.Day, Known: stocktake.EndOfDay(c.opt.Day), Head: c.head}}
	byParty := map[stocktake.PartyID]stocktake.Day{}
	move := func(address string, d stocktake.Day) {
		if p, ok := c.pages[address]; ok && p.Head > 0 {
			p.Day = max(p.Day, d)
		}
	}
	for _, in := range q.described() {
		newest := stocktake.Day(stocktake.MinDay)
		err := c.s.rec.Courses(ctx, q.at, in.ID, func(x *record.Course) error {
			for _, t := range x.Turns {
				for _, d := range []stocktake.Day{t.From, dayAfter(t.Ends)} {
					if d > last && d <= c.opt.Day {
						newest = max(newest, d)
						byParty[x.Party] = max(byParty[x.Party], d)
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if newest > last {
			move("/i/"+string(in.ID), newest)
			if in.ID == homeInstrument {
				move("/", newest)
			}
		}
	}
	for p, d := range byParty {
		move("/p/"+string(p), d)
	}
	if err := c.figureDays(ctx, q, last, move); err != nil {
		return err
	}
	return c.callDays(ctx, q, last, move)
}

// dayAfter is the first day after a date, MaxDay where there is none.
func dayAfter(d stocktake.Date) stocktake.Day {
	if _, hi := d.Bounds(); !d.IsZero() && hi < stocktake.MaxDay {
		return hi + 1
	}
	return stocktake.MaxDay
}
