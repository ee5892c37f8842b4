package importer

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"stocktake"
)

// membership is what a record may offer besides: who certainly belonged to a group on a day, in any order.
type membership interface {
	Members(group stocktake.PartyID, on stocktake.Date) []stocktake.PartyID
}

// mapCall is a roll-call whose rows are being read. It is filed whole or not at all: members that no list names read as "did not vote",
// so a row that was left out would put words into somebody's mouth.
type mapCall struct {
	call    stocktake.RollCall
	meeting string
	day     string // its date, as the first row writes it
	title   string
	lists   [5][]string
	voted   map[stocktake.PartyID]bool
	rows    []mapRow // taken
	bad     []int    // lines that could not be read
}

type mapRow struct {
	line  int
	party string // as the row writes it
}

// ballot takes one row of a table of votes. Rows of one roll-call may stand anywhere; what describes it is read from its first row.
func (r *mapRun) ballot(fixed stocktake.InstrumentID, cells []string) {
	v := r.Votes
	before := len(r.rep.Rejects)
	in, known := fixed, true
	if fixed == "" {
		in, known = r.instrument(cells)
	}
	name, from := r.value(&v.RollCall, cells), &v.RollCall
	key := name
	if v.Meeting.given() {
		name, from = r.value(&v.Meeting, cells), &v.Meeting
		key = name + "\x00" + string(in) + "\x00" + r.value(&v.Part, cells)
		if !known {
			key = name + "\x00\x00" + r.value(&r.Instrument, cells)
		}
	}
	if slug(name) == "" {
		r.reject(from.at, name, "the row does not say which vote it belongs to")
		r.stray(r.line)
		return
	}
	c := r.calls[key]
	if c == nil {
		c = &mapCall{voted: map[stocktake.PartyID]bool{}, meeting: name, day: r.value(&v.Date, cells),
			call: stocktake.RollCall{ID: name, Instrument: in, Symbol: r.value(&v.Symbol, cells), Part: r.value(&v.Part, cells), Label: r.value(&v.Label, cells)}}
		switch {
		case v.Meeting.given():
			c.call.ID = slug(name + " " + string(in) + " " + c.call.Part)
		case strings.ContainsAny(name, " /"):
			c.call.ID = slug(name)
		}
		if symbol := r.made[in]; symbol != "" {
			c.call.Symbol = symbol // which also names the text, as nothing else does
		}
		c.call.Session = sessionOf(c.call.Symbol, name)
		r.calls[key] = c
		r.order = append(r.order, c)
	}
	r.near(c)
	if c.title == "" {
		c.title = r.value(&v.Title, cells)
	}
	r.vote(c, in, known, cells)
	if len(r.rep.Rejects) > before {
		c.bad = append(c.bad, r.line)
	}
}

// vote reads what a row says of its roll-call, and the vote of its party.
func (r *mapRun) vote(c *mapCall, in stocktake.InstrumentID, known bool, cells []string) {
	v := r.Votes
	party, ok := r.who(cells)
	d, reason := readDate(r.value(&v.Date, cells), r.forms, r.t.epoch1904)
	switch {
	case reason != "":
		r.reject(v.Date.at, r.value(&v.Date, cells), reason)
	case c.call.Date.IsZero():
		c.call.Date = d
	case c.call.Date != d:
		r.reject(v.Date.at, r.value(&v.Date, cells), "an earlier row of this vote gives another date: "+c.day)
	}
	if known && c.call.Instrument != in {
		r.reject(r.Instrument.at, r.value(&r.Instrument, cells), "an earlier row of this vote names another text: "+string(c.call.Instrument)+"; votes on several texts at one meeting are told apart where the mapping says meeting instead of roll_call")
	}
	if s := r.value(&v.Session, cells); s != "" {
		if n, err := strconv.Atoi(s); err != nil || n < 1 {
			r.reject(v.Session.at, s, "no number of a session")
		} else {
			c.call.Session = n
		}
	}
	list, given := v.values[strings.ToLower(cells[v.at])]
	if !given {
		r.reject(v.at, cells[v.at], "the mapping does not say which vote this is; add the word under values")
	}
	if !ok || !known || !given {
		return
	}
	if c.voted[party] {
		r.reject(r.Party.at, cells[r.Party.at], "a second vote of this party in the roll-call")
		return
	}
	c.rows = append(c.rows, mapRow{r.line, r.value(&r.Party, cells)})
	if mapBallots[list] == "ignore" {
		return
	}
	c.voted[party] = true
	c.lists[list] = append(c.lists[list], string(party))
}

// stray notes a row that cannot be given to a roll-call. It may belong to the one whose rows stand before it, or to the one after.
func (r *mapRun) stray(line int) {
	if r.last != nil {
		r.last.bad = append(r.last.bad, line)
	}
	r.strays = append(r.strays, line)
}

func (r *mapRun) near(c *mapCall) {
	if c != r.last {
		c.bad = append(c.bad, r.strays...)
	}
	r.last, r.strays = c, nil
}

var (
	symbolSession  = regexp.MustCompile(`^A/RES/([0-9]+)/[0-9]+`)
	meetingSession = regexp.MustCompile(`^A[/-](?:C\.?[0-9][/-])?([0-9]+)[/-](?:PV|SR)`)
)

// sessionOf tells the session from the symbol of a resolution, or of the record of a meeting; 0, which no filing holds, where neither does.
func sessionOf(symbol, meeting string) int {
	for _, g := range [][]string{symbolSession.FindStringSubmatch(strings.ToUpper(symbol)), meetingSession.FindStringSubmatch(strings.ToUpper(meeting))} {
		if g != nil {
			n, _ := strconv.Atoi(g[1])
			return n
		}
	}
	return 0
}

// flushCalls files the roll-calls that were read without a slip, in the order of their first rows, and lists the rows of the others.
func (r *mapRun) flushCalls() error {
	var take []*mapCall
	used := map[string]*mapCall{}
	for _, c := range r.order {
		slices.Sort(c.bad)
		c.bad = slices.Compact(c.bad)
		if other := used[c.call.ID]; other != nil && len(c.bad) == 0 {
			r.refuse(c, "two votes of the table would get the id "+c.call.ID+"; write them apart, or give each an id of its own under roll_call")
			continue
		}
		if reason := r.refusal(c); reason != "" {
			r.refuse(c, reason)
			continue
		}
		used[c.call.ID] = c
		take = append(take, c)
	}
	r.ownSource(take)
	described := map[stocktake.InstrumentID]bool{}
	for _, c := range take {
		in := c.call.Instrument
		if symbol := r.made[in]; symbol != "" && !described[in] && (c.title != "" || r.Votes.Partial) {
			described[in] = true
			if err := r.describe(resolution(in, symbol, c.title, r.src.ID)); err != nil {
				return err
			}
		}
		if err := r.emitCall(c); err != nil {
			return err
		}
		read := r.reading(in)
		for p := range c.voted {
			read.parties[p] = true
		}
	}
	return nil
}

// ownSource makes the table of one resolution a source of its own, so that two tables of one day are two sources.
func (r *mapRun) ownSource(take []*mapCall) {
	if r.Instrument.Column == "" || len(take) == 0 {
		return
	}
	in := take[0].call.Instrument
	if slices.ContainsFunc(take, func(c *mapCall) bool { return c.call.Instrument != in }) {
		return
	}
	r.src.ID = stocktake.SourceID(r.mapping.Source.ID + "-" + string(in) + "-" + r.src.Edition)
	name := take[0].call.Symbol
	if name == "" {
		name = string(in)
	}
	r.src.Title += ": " + name
	r.only = in
}

// resolution describes one that the record does not have, in the words that a roll-call without a description gets too.
func resolution(in stocktake.InstrumentID, symbol, title string, src stocktake.SourceID) stocktake.Instrument {
	if title == "" {
		title = "General Assembly resolution " + strings.TrimPrefix(symbol, "A/RES/")
	}
	return stocktake.Instrument{ID: in, Kind: stocktake.Resolution, Title: title, Symbol: symbol, Parties: "un-members", Sources: []stocktake.SourceID{src}}
}

// refusal says why a roll-call cannot be filed, or "".
func (r *mapRun) refusal(c *mapCall) string {
	switch {
	case len(c.bad) > 0:
		return rowsAt(c.bad) + " could not be read"
	case len(c.voted) == 0:
		return "no row of it holds a vote"
	case r.Votes.Partial && c.call.Part != "":
		return "a partial list is filed as the votes of those listed, which cannot say that the vote was on a part of the text (" + c.call.Part + "); list all members and leave partial out"
	case r.Votes.Partial:
		return ""
	}
	name := "Vote " + c.call.ID
	var members []stocktake.PartyID
	if m, ok := r.rec.(membership); ok {
		members = m.Members("un-members", c.call.Date)
	}
	if len(members) == 0 {
		if len(c.lists[3])+len(c.lists[4]) == 0 {
			r.note("%s lists %d parties. A member that it does not list will read as \"did not vote\".", name, len(c.voted))
		}
		return ""
	}
	missing := 0
	for _, p := range members {
		if !c.voted[p] {
			missing++
		}
	}
	listed := len(members) - missing
	switch {
	case 2*listed < len(members):
		return fmt.Sprintf("the table lists %d of the %d members of that day, fewer than half, and those that it does not list would read as \"did not vote\"; list them all, or write partial: true under votes in the mapping, so that nothing is said of the others", listed, len(members))
	case missing > 0 && len(c.lists[3])+len(c.lists[4]) > 0:
		r.note("%s does not list %d of the %d members of that day. As the table lists some that did not vote, nothing is said of these.", name, missing, len(members))
	case missing > 0:
		r.note("%s does not list %d of the %d members of that day; they will read as \"did not vote\". If the list is partial, write partial: true under votes in the mapping.", name, missing, len(members))
	}
	return ""
}

func (r *mapRun) note(format string, args ...any) {
	r.rep.Notes = append(r.rep.Notes, fmt.Sprintf(format, args...))
}

// refuse lists every row of a roll-call that were taken so far, and says so aloud.
func (r *mapRun) refuse(c *mapCall, reason string) {
	for i, row := range c.rows {
		if slices.Contains(c.bad, row.line) {
			continue // it stands there already, with a reason of its own
		}
		why := "the vote " + c.call.ID + " is not filed, see its first row in this list"
		if len(c.bad) > 0 || i == 0 {
			why = "the vote " + c.call.ID + " is not filed: " + reason
		}
		r.rep.Rejects = append(r.rep.Rejects, Reject{File: r.t.in.name, Line: row.line, Column: r.Party.at + 1, Value: clip(row.party), Reason: why})
		r.unread++
	}
	text := "NOT FILED: the vote " + c.call.ID
	if c.call.Symbol != "" {
		text += " on " + c.call.Symbol
	}
	r.note("%s: %s. A vote is filed whole or not at all.", text, reason)
}

func rowsAt(lines []int) string {
	const most = 5
	text := make([]string, 0, most)
	for _, n := range lines[:min(len(lines), most)] {
		text = append(text, itoa(n))
	}
	s := "line " + text[0]
	if len(lines) > 1 {
		s = "lines " + strings.Join(text, ", ")
	}
	if len(lines) > most {
		s += fmt.Sprintf(" and %d more", len(lines)-most)
	}
	return s
}

// emitCall files a roll-call, or, where the list is partial, what each party that it lists did: only a roll-call has others that did not vote.
func (r *mapRun) emitCall(c *mapCall) error {
	c.call.Source = r.src.ID
	title := r.mapping.Source.Title + ": vote " + c.call.ID
	if c.call.Symbol != "" {
		title += ", " + c.call.Symbol
	}
	f := stocktake.Filing{Format: stocktake.Format, Key: r.base + "/" + c.call.ID, Title: clip(title), Sources: []stocktake.Source{r.src}}
	for i, to := range []*string{&c.call.Yes, &c.call.No, &c.call.Abstain, &c.call.Absent, &c.call.NotVoting} {
		slices.Sort(c.lists[i])
		*to = strings.Join(c.lists[i], " ")
	}
	if r.Votes.Partial {
		f.Title = clip("Part of " + title)
		c.call.Ballots(func(p stocktake.PartyID, k stocktake.ActKind) {
			f.Acts = append(f.Acts, stocktake.Act{ID: stocktake.BallotID(c.call.ID, p), Party: p, Instrument: c.call.Instrument, Kind: k, Done: c.call.Date, Source: r.src.ID,
				Organ: r.Constants.Organ, Meeting: c.meeting, Confidence: r.Constants.Confidence, Note: r.Constants.Note})
		})
	} else {
		f.RollCalls = []stocktake.RollCall{c.call}
	}
	r.rep.Filings++
	r.rep.Acts += len(c.voted)
	return r.emit(f)
}
