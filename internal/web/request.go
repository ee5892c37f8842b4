package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/record"
)

// form is the form in which a page is asked for.
type form string

const (
	formHTML form = "html"
	formJSON form = "json"
	formCSV  form = "csv"
)

type formKey struct{}

func withForm(ctx context.Context, f form) context.Context {
	return context.WithValue(ctx, formKey{}, f)
}

func formOf(r *http.Request) form {
	if f, ok := r.Context().Value(formKey{}).(form); ok {
		return f
	}
	return formHTML
}

// coordinates are the names of the parameters that every address takes.
var coordinates = []string{"on", "known", "head", "head-at"}

// request is one question: who asks is not in it.
type request struct {
	ctx     context.Context
	s       *site
	r       *http.Request
	form    form
	query   url.Values // without empty values
	at      stocktake.At
	newest  int64
	today   stocktake.Day
	given   url.Values                            // the coordinates as given; every link carries them
	carry   string                                // the same as the end of an address, with its question mark
	acts    map[stocktake.ActID][]record.ActEntry // what was asked for already; see entries
	sayings map[string][]stocktake.ActRef         // what parties said of acts, by party and instrument
	vars    map[string]string                     // the parts of the path, where no server took them
	copy    *Copy                                 // the copy as files that the page is for, nil on a server
	of      *CopyPage
}

// links lets a part of a page make addresses that carry the coordinates.
type links struct{ q *request }

// To is the address of a page with the coordinates that were given.
func (l links) To(parts ...any) string { return l.q.to(parts...) }

// read takes the coordinates from an address. A value that cannot be read is an Invalid fault that says what would be right.
func (s *site) read(r *http.Request) (*request, error) {
	q := &request{ctx: r.Context(), s: s, r: r, form: formOf(r), newest: s.rec.Head(), given: url.Values{}}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return q.bare(), stocktake.Invalidf("the part of the address after ? cannot be read").Hinted("write it as ?on=2018-12-19&known=2019-01-01")
	}
	for k, list := range values {
		values[k] = slices.DeleteFunc(list, func(v string) bool { return strings.TrimSpace(v) == "" })
		if len(values[k]) == 0 {
			delete(values, k)
		}
	}
	q.query = values
	q.bare()
	for _, name := range coordinates {
		switch list := values[name]; len(list) {
		case 0:
		case 1:
			q.given.Set(name, strings.TrimSpace(list[0]))
		default:
			return q.bare(), stocktake.Invalidf("%s is given %d times", name, len(list)).Hinted("give it once")
		}
	}
	if err := q.place(); err != nil {
		q.given = url.Values{}
		return q.bare(), err
	}
	if len(q.given) > 0 {
		q.carry = "?" + encodeQuery(q.given)
	}
	return q, nil
}

// bare puts the question at today, as known today, at the newest filing.
func (q *request) bare() *request {
	now := q.s.opt.Now().UTC()
	y, m, d := now.Date()
	q.today = stocktake.DayOf(y, int(m), d)
	q.at = stocktake.At{On: q.today, Known: stocktake.EndOfDay(q.today), Head: q.newest}
	if q.query == nil {
		q.query = url.Values{}
	}
	return q
}

func (q *request) place() error {
	if v := q.given.Get("on"); v != "" {
		d, err := oneDay("on", v)
		if err != nil {
			return err
		}
		q.at.On = d
	}
	if v := q.given.Get("known"); v != "" {
		t, err := moment("known", v)
		if err != nil {
			return err
		}
		q.at.Known = t
	}
	head, headAt := q.given.Get("head"), q.given.Get("head-at")
	if head != "" && headAt != "" {
		return stocktake.Invalidf("head and head-at are both given").Hinted("give one of them")
	}
	if head != "" {
		n, err := strconv.ParseInt(head, 10, 64)
		if err != nil || n < 1 || n > q.newest {
			return stocktake.Invalidf("head=%s: this record holds %s filings", head, thousands(q.newest)).Hinted("write a whole number from 1 to %d", q.newest)
		}
		q.at.Head = n
	}
	if headAt != "" {
		t, err := moment("head-at", headAt)
		if err != nil {
			return err
		}
		q.at.Head = q.s.rec.HeadAt(t)
	}
	return nil
}

// oneDay reads a parameter that must be one day.
func oneDay(name, v string) (stocktake.Day, error) {
	d, err := stocktake.ParseDate(v)
	if err != nil {
		return 0, stocktake.Invalidf("%s=%v", name, err).Hinted("write one day as 2018-12-19")
	}
	lo, hi := d.Bounds()
	if lo != hi {
		return 0, stocktake.Invalidf("%s=%s is more than one day", name, v).Hinted("write one day as 2018-12-19")
	}
	return lo, nil
}

// moment reads a parameter that is a day, meaning its end in UTC, or a moment.
func moment(name, v string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
		return t.UTC().Truncate(time.Microsecond), nil
	}
	d, err := stocktake.ParseDate(v)
	if err != nil {
		return time.Time{}, stocktake.Invalidf("%s=%v", name, err).Hinted("write a day (2018-12-19, meaning its end in UTC) or a moment (2018-12-19T12:00:00Z)")
	}
	t, ok := d.End()
	if !ok {
		return time.Time{}, stocktake.Invalidf("%s=%s has no end", name, v).Hinted("write a day or a moment")
	}
	return t, nil
}

// value returns a parameter of the page, "" where it is not given.
func (q *request) value(name string) string { return strings.TrimSpace(q.query.Get(name)) }

// path returns a part of the path.
func (q *request) path(name string) string {
	if q.copy != nil {
		return q.vars[name]
	}
	return q.r.PathValue(name)
}

// number reads a whole number parameter within bounds; def where it is not given.
func (q *request) number(name string, def, lo, hi int64) (int64, error) {
	v := q.value(name)
	if v == "" {
		return def, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < lo || n > hi {
		return 0, stocktake.Invalidf("%s=%s is not a number that this page can use", name, v).Hinted("write a whole number from %d to %d", lo, hi)
	}
	return n, nil
}

// to returns the address of a page of the site, with the coordinates that were given. Each part is one segment of the path; a "/" in a part
// parts segments of its own.
func (q *request) to(parts ...any) string { return join(parts) + q.carry }

func join(parts []any) string {
	var b strings.Builder
	b.Grow(48)
	for _, p := range parts {
		var s string
		switch p := p.(type) {
		case string:
			s = p
		case stocktake.PartyID:
			s = string(p)
		case stocktake.InstrumentID:
			s = string(p)
		default:
			s = fmt.Sprint(p)
		}
		for seg := range strings.SplitSeq(s, "/") {
			b.WriteByte('/')
			b.WriteString(url.PathEscape(seg))
		}
	}
	return b.String()
}

// link returns an address with the coordinates that were given and further parameters; those of the latter go before.
func (q *request) link(path string, more url.Values) string {
	if len(more) == 0 {
		return path + q.carry
	}
	v := url.Values{}
	for k, list := range q.given {
		v[k] = list
	}
	for k, list := range more {
		if len(list) == 0 || list[0] == "" {
			delete(v, k)
			continue
		}
		v[k] = list
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + encodeQuery(v)
}

// encodeQuery is url.Values.Encode with colons left as they are, so that moments stay readable.
func encodeQuery(v url.Values) string { return strings.ReplaceAll(v.Encode(), "%3A", ":") }

// pinned returns the address of this very answer for all time: path with all three coordinates.
func (q *request) pinned(path string, own url.Values) string {
	v := url.Values{"on": {q.at.OnString()}, "known": {q.at.KnownString()}, "head": {strconv.FormatInt(q.at.Head, 10)}}
	for k, list := range own {
		v[k] = list
	}
	return path + "?" + encodeQuery(v)
}

// own returns the parameters that are not coordinates.
func (q *request) own() url.Values {
	v := url.Values{}
	for k, list := range q.query {
		if !slices.Contains(coordinates, k) {
			v[k] = list
		}
	}
	return v
}

// sources returns every source at the head. The list is shared: nobody may change it.
func (q *request) sources() []record.SourceUse {
	list, _ := remember(&q.s.memos, "sources "+itoa(q.at.Head), func() ([]record.SourceUse, error) { return q.s.rec.Sources(q.at.Head), nil })
	return list
}

// described returns the instruments that somebody described, at the head. The list is shared: nobody may change it.
func (q *request) described() []*stocktake.Instrument {
	list, _ := remember(&q.s.memos, "instruments "+itoa(q.at.Head), func() ([]*stocktake.Instrument, error) { return q.s.rec.Instruments(q.at.Head, true), nil })
	return list
}

// entries is what every source says of an act, asked of the record once a request. The caller must not change them.
func (q *request) entries(id stocktake.ActID) ([]record.ActEntry, error) {
	return q.entriesOf(id, "", "")
}

// entriesOf is entries where it is known whose act it is and towards what.
func (q *request) entriesOf(id stocktake.ActID, party stocktake.PartyID, in stocktake.InstrumentID) ([]record.ActEntry, error) {
	if list, ok := q.acts[id]; ok {
		return list, nil
	}
	list, err := q.s.rec.ActOf(q.ctx, q.at, id, party, in)
	if err != nil {
		return nil, err
	}
	if q.acts == nil {
		q.acts = map[stocktake.ActID][]record.ActEntry{}
	}
	q.acts[id] = list
	return list, nil
}

// namedParty is a party and its short English name.
type namedParty struct {
	id   stocktake.PartyID
	name string
}

// parties returns every party at the head, by name. The list is shared: nobody may change it.
func (q *request) parties() []namedParty {
	list, _ := remember(&q.s.memos, "parties "+itoa(q.at.Head), func() ([]namedParty, error) {
		var list []namedParty
		for _, p := range q.s.rec.Parties(q.at.Head) {
			list = append(list, namedParty{p.ID, nameOf(p)})
		}
		slices.SortFunc(list, func(a, b namedParty) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.id, b.id)) })
		return list, nil
	})
	return list
}
