package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	"stocktake"
)

// gaVotes reads the recorded votes of the General Assembly as Erik Voeten and others collect them, in the two forms in which editions
// come: un_votes, un_roll_calls and un_roll_call_issues with names of countries (March 2021), and votes_with_absences and roll_calls
// with Correlates of War numbers (July 2016). A roll-call is known by its rcid, never by its symbol, and makes one filing.
type gaVotes struct{}

const gaSet = "un-ga-votes"

func (gaVotes) Name() string { return gaSet }

func (gaVotes) About() string {
	return "recorded votes of the UN General Assembly since 1946 (Voeten and others), one filing a roll-call"
}

var gaEditions = []edition{
	{id: "un-ga-votes-2021-03", name: "2021-03", published: "2021-03-08", title: "Recorded votes of the UN General Assembly, 1946 to January 2020",
		sums: []string{"8dbeffae34e29c5dbb6e7881f8cfdd199b9972c574bc26bf22b97f8af5d87330", "6535ecd26322eb9d2e7fa560784d97f6bf07e088bd16d678da55801b0abf7f4a", "3c64a4269d147ab3809164a1d35287009dbc108390eaa6218cc2583a369d764b"}},
	{id: "un-ga-votes-2016-07", name: "2016-07", published: "2016-07-07", title: "Recorded votes of the UN General Assembly with absences, 1946 to December 2015", folder: "un-ga-votes/vintage-2016-07",
		sums: []string{"a548365aa3eea2119075535bbf8c078cee28e5d077ad12b3ba82f13b507cf250", "901d3b230f1e7563eb282820346f411666686ccf5af97d6cf37cb2e4f6b50413"}},
}

var gaSource = stocktake.Source{
	Kind: "dataset", Title: "Recorded votes of the UN General Assembly",
	Publisher: "Erik Voeten and others (Harvard Dataverse hdl:1902.1/12379), packaged by David Robinson",
	Address:   "https://github.com/dgrtwo/unvotes", Lang: "en", Licence: "CC0-1.0",
}

// gaIssues are the codes of subjects, in the order in which filings list them.
var gaIssues = [...]string{"co", "di", "ec", "hr", "me", "nu"}

// What a cell of the vote matrix holds.
const (
	gaNone = iota
	gaYes
	gaNo
	gaAbstain
	gaAbsent
)

type gaCall struct {
	call  stocktake.RollCall
	last  stocktake.Day // the last day the vote may have been on, which decides whose vote it was
	votes []uint8       // by caster
}

// gaRun is one import.
type gaRun struct {
	rec     Record
	rep     Report
	casters *gaCasters
	calls   []gaCall
	byID    map[int]int
}

func (r *gaRun) bad(j Reject) { r.rep.Rows++; r.rep.Rejects = append(r.rep.Rejects, j) }

func (gaVotes) Import(ctx context.Context, path string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	r := &gaRun{rec: rec, byID: map[int]int{}}
	var err error
	if r.casters, err = gaCastersOf(); err != nil {
		return r.rep, err
	}
	names, read := []string{"votes_with_absences.csv.gz", "roll_calls.csv.gz"}, r.read2016
	if exists(path, "un_votes.csv.gz") || !exists(path, names[0]) {
		names, read = []string{"un_votes.csv.gz", "un_roll_calls.csv.gz", "un_roll_call_issues.csv.gz"}, r.read2021
	}
	files := make([]input, len(names))
	for i, n := range names {
		if files[i], err = inspect(path, n); err != nil {
			return r.rep, err
		}
	}
	e, err := theEdition(gaSet, gaEditions, opt, files...)
	if err != nil {
		return r.rep, err
	}
	if err := read(ctx, newPace(opt, files...), files, e); err != nil {
		return r.rep, err
	}
	src := e.source(gaSource, gaSet, files...)
	err = r.emit(ctx, src, e, len(files) == 2, emit)
	return r.rep, err
}

// read2021 reads the form with names of countries.
func (r *gaRun) read2021(ctx context.Context, p *pace, files []input, e edition) error {
	t, err := openTable(ctx, files[1], p, ',', "rcid", "session", "date", "unres", "amend", "para", "short")
	if err != nil {
		return err
	}
	c := t.cols("rcid", "session", "date", "unres", "amend", "para", "short")
	if err := r.readCalls(t, e, func(f [][]byte, call *stocktake.RollCall) string {
		amend, para := string(f[c[4]]) == "1", string(f[c[5]]) == "1"
		switch {
		case amend && para:
			call.Part = "amendment to a paragraph"
		case amend:
			call.Part = "amendment"
		case para:
			call.Part = "paragraph"
		}
		call.Label = string(f[c[6]])
		return string(f[c[2]])
	}); err != nil {
		return err
	}
	if err := r.readIssues(ctx, files[2], p); err != nil {
		return err
	}
	t, err = openTable(ctx, files[0], p, ',', "rcid", "country", "country_code", "vote")
	if err != nil {
		return err
	}
	c = t.cols("rcid", "country", "country_code", "vote")
	return r.readVotes(t, c[0], c[1], c[3], func(f [][]byte) (int, bool) { return r.casters.named(f[c[1]], f[c[2]], r.rec) }, func(v []byte) (uint8, bool) {
		switch string(v) {
		case "yes":
			return gaYes, true
		case "no":
			return gaNo, true
		case "abstain":
			return gaAbstain, true
		}
		return 0, false
	})
}

// read2016 reads the form with Correlates of War numbers and absences.
func (r *gaRun) read2016(ctx context.Context, p *pace, files []input, e edition) error {
	t, err := openTable(ctx, files[1], p, ',', append([]string{"rcid", "session", "date", "unres"}, gaIssues[:]...)...)
	if err != nil {
		return err
	}
	day, _ := t.col("date")
	issues := t.cols(gaIssues[:]...)
	if err := r.readCalls(t, e, func(f [][]byte, call *stocktake.RollCall) string {
		for i, c := range issues {
			if string(f[c]) == "1" {
				call.Issues = append(call.Issues, gaIssues[i])
			}
		}
		var m, d, y int
		if n, _ := fmt.Sscanf(string(f[day]), "%d/%d/%d", &m, &d, &y); n == 3 { // the form says M/D/YYYY
			return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
		}
		return string(f[day])
	}); err != nil {
		return err
	}
	t, err = openTable(ctx, files[0], p, ',', "rcid", "ccode", "vote")
	if err != nil {
		return err
	}
	c := t.cols("rcid", "ccode", "vote")
	return r.readVotes(t, c[0], c[1], c[2], func(f [][]byte) (int, bool) { return r.casters.numbered(f[c[1]]) }, func(v []byte) (uint8, bool) {
		if len(v) == 1 {
			switch v[0] {
			case '1':
				return gaYes, true
			case '2':
				return gaAbstain, true
			case '3':
				return gaNo, true
			case '8':
				return gaAbsent, true
			case '9':
				return gaNone, true
			}
		}
		return 0, false
	})
}

// readCalls reads the roll-calls. rest fills in what the form has beyond number, session and symbol, and returns the day as YYYY-MM-DD.
func (r *gaRun) readCalls(t *table, e edition, rest func([][]byte, *stocktake.RollCall) string) error {
	defer t.done()
	c := t.cols("rcid", "session", "date", "unres")
	for {
		f, err := t.row(r.bad)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		r.rep.Rows++
		reject := func(col int, reason string) {
			r.rep.Rejects = append(r.rep.Rejects, Reject{File: t.in.name, Line: t.line, Column: c[col] + 1, Value: clip(string(f[c[col]])), Reason: reason})
		}
		id, ok := number(f[c[0]])
		if !ok {
			reject(0, "no number of a roll-call")
			continue
		}
		if _, twice := r.byID[id]; twice {
			reject(0, "the roll-call is listed twice; the first row is kept")
			continue
		}
		session, ok := number(f[c[1]])
		if !ok {
			reject(1, "no number of a session")
			continue
		}
		call := stocktake.RollCall{ID: strconv.Itoa(id), Session: session, Symbol: string(f[c[3]]), Source: e.id}
		text := rest(f, &call)
		last := stocktake.DayOf(1945+session, 9, 1) // what is known of a vote without a date: its session
		if text == "" {
			if e.published == "" {
				reject(2, "the roll-call has no date, and the edition no day of publication that it would lie before")
				continue
			}
			call.Date = date("../" + e.published)
			r.rep.Notes = append(r.rep.Notes, fmt.Sprintf("%s line %d: roll-call %d has no date; all that is known is that it was held before the edition came out.", t.in.name, t.line, id))
		} else if call.Date, ok = gaDate(text, session); !ok {
			reject(2, "no day such as 2018-12-19")
			continue
		} else {
			last, _ = call.Date.Last()
		}
		call.Instrument = gaInstrument(call.ID, call.Symbol, session)
		r.byID[id] = len(r.calls)
		r.calls = append(r.calls, gaCall{call: call, last: last, votes: make([]uint8, len(r.casters.list))})
	}
}

// gaDate returns the date of a roll-call, no more exact than the files can be trusted (docs/importing.md says how this was measured):
// only year and month before 1998, and in sessions to the 57th wherever the day is 7 or lower.
func gaDate(text string, session int) (stocktake.Date, bool) {
	d, err := stocktake.ParseDate(text)
	if err != nil || !d.Exact() {
		return stocktake.Date{}, false
	}
	if text < "1998" || session <= 57 && text[8:] <= "07" {
		return date(text[:7]), true
	}
	return d, true
}

// gaInstrument makes an id of a symbol: a-res-73-195 of R/73/195 or A/RES/73/195, a-res-34-233-xii of R/34/233/XII. Symbols of emergency
// (ESS) and special (SS) sessions keep a form of their own, as their numbers are mostly pages. To the 18th session nearly every number
// is a page of the official records, so there, and where there is no symbol, the roll-call stands for itself: ga-rc-3.
func gaInstrument(id, symbol string, session int) stocktake.InstrumentID {
	own := stocktake.InstrumentID("ga-rc-" + id)
	if session <= 18 || symbol == "" {
		return own
	}
	parts := strings.Split(symbol, "/")
	var prefix string
	switch {
	case parts[0] == "R":
		prefix, parts = "a-res", parts[1:]
	case len(parts) > 1 && parts[0] == "A" && parts[1] == "RES":
		prefix, parts = "a-res", parts[2:]
	case parts[0] == "ESS":
		prefix, parts = "ga-es", parts[1:]
	case parts[0] == "SS":
		prefix, parts = "ga-ss", parts[1:]
	default:
		return own
	}
	if n := len(parts); n == 3 && prefix == "a-res" && len(parts[2]) == 1 && parts[2] >= "A" && parts[2] <= "D" {
		parts = []string{parts[0], parts[1] + parts[2]} // R/42/70/A is written R/42/70A elsewhere
	}
	if len(parts) == 0 || slug(strings.Join(parts, "-")) == "" {
		return own
	}
	return stocktake.InstrumentID(prefix + "-" + slug(strings.Join(parts, "-")))
}

func (r *gaRun) readIssues(ctx context.Context, in input, p *pace) error {
	t, err := openTable(ctx, in, p, ',', "rcid", "short_name")
	if err != nil {
		return err
	}
	defer t.done()
	c := t.cols("rcid", "short_name")
	for {
		f, err := t.row(r.bad)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		r.rep.Rows++
		id, _ := number(f[c[0]])
		i, ok := r.byID[id]
		code := string(f[c[1]])
		known := false
		for _, k := range gaIssues {
			known = known || k == code
		}
		switch {
		case !ok:
			r.rep.Rejects = append(r.rep.Rejects, Reject{File: in.name, Line: t.line, Column: c[0] + 1, Value: clip(string(f[c[0]])), Reason: "no such roll-call in the list of roll-calls"})
		case !known:
			r.rep.Rejects = append(r.rep.Rejects, Reject{File: in.name, Line: t.line, Column: c[1] + 1, Value: clip(code), Reason: "no code of a subject: " + strings.Join(gaIssues[:], ", ")})
		default:
			r.calls[i].call.Issues = append(r.calls[i].call.Issues, code)
		}
	}
	for i := range r.calls {
		sort.Strings(r.calls[i].call.Issues)
	}
	return nil
}

// readVotes fills the matrix. who tells the caster of a row, what reads its vote.
func (r *gaRun) readVotes(t *table, rcid, country, vote int, who func([][]byte) (int, bool), what func([]byte) (uint8, bool)) error {
	defer t.done()
	last, at := -1, -1
	for {
		f, err := t.row(r.bad)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		r.rep.Rows++
		reject := func(col int, reason string) {
			r.rep.Rejects = append(r.rep.Rejects, Reject{File: t.in.name, Line: t.line, Column: col + 1, Value: clip(string(f[col])), Reason: reason})
		}
		id, ok := number(f[rcid])
		if ok && id != last {
			last = id
			if at, ok = r.byID[id]; !ok {
				at = -1
			}
		}
		if !ok || at < 0 {
			reject(rcid, "no such roll-call in the list of roll-calls")
			continue
		}
		v, ok := what(f[vote])
		if !ok {
			reject(vote, "no vote that this form has")
			continue
		}
		w, ok := who(f)
		if !ok {
			reject(country, r.casters.unknown(string(f[country])))
			continue
		}
		votes := r.calls[at].votes
		for len(votes) <= w {
			votes = append(votes, gaNone)
		}
		r.calls[at].votes = votes
		if votes[w] != gaNone {
			reject(country, fmt.Sprintf("a second vote in roll-call %d; the first is kept", id))
			continue
		}
		votes[w] = v
	}
}

// number reads a whole number of at most nine digits.
func number(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
