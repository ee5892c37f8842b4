package record

import (
	"slices"
	"strings"
	"time"

	"stocktake"
)

// versions holds the descriptions of one thing in the order of filing; the newest at or before a head counts.
type versions[T any] []version[T]

type version[T any] struct {
	filing int64
	value  T
}

// at returns the description in force at head.
func (v versions[T]) at(head int64) (T, bool) {
	for i := len(v) - 1; i >= 0; i-- {
		if v[i].filing <= head {
			return v[i].value, true
		}
	}
	var zero T
	return zero, false
}

type partyEntry struct {
	id    stocktake.PartyID
	num   uint16
	descs versions[*stocktake.Party]
	spans versions[*spans] // the same descriptions as numbers
	group bool             // a group of parties, whose acts count for its members
}

// spans is when a party existed and belonged to groups, in days: existence from the first possible day to the last.
type spans struct {
	from, to stocktake.Day
	listed   bool // where it stands is listed: it is no group, whose acts are its members', and no organ
	member   []memberSpan
}

type memberSpan struct {
	group                      stocktake.PartyID
	fromLo, fromHi, toLo, toHi stocktake.Day
}

func spansOf(p *stocktake.Party) *spans {
	s := &spans{from: stocktake.MinDay, to: stocktake.MaxDay, listed: p.Kind != "group" && p.Kind != "organ"}
	if !p.From.IsZero() {
		s.from, _ = p.From.Reach()
	}
	if !p.To.IsZero() {
		_, s.to = p.To.Reach()
	}
	for _, m := range p.Memberships {
		x := memberSpan{group: m.Group, fromLo: stocktake.MinDay, fromHi: stocktake.MinDay, toLo: stocktake.MaxDay, toHi: stocktake.MaxDay}
		if !m.From.IsZero() {
			x.fromLo, x.fromHi = m.From.Reach()
		}
		if !m.To.IsZero() {
			x.toLo, x.toHi = m.To.Reach()
		}
		s.member = append(s.member, x)
	}
	return s
}

// memberIn reports whether the party belonged to group on a day between lo and hi.
func (s *spans) memberIn(group stocktake.PartyID, lo, hi stocktake.Day) stocktake.Truth {
	t := stocktake.No
	for i := range s.member {
		m := &s.member[i]
		if m.group != group {
			continue
		}
		switch {
		case m.fromHi <= lo && hi <= m.toLo:
			return stocktake.Yes
		case hi < m.fromLo || lo > m.toHi:
		default:
			t = stocktake.Unsure
		}
	}
	return t
}

type instrEntry struct {
	id       stocktake.InstrumentID
	num      uint32
	descs    versions[*stocktake.Instrument]
	implied  *stocktake.Instrument // derived from its first roll-call while nobody described it
	impliedN int64
	via      []linkSince // resolutions that some description says endorse it; see endorses
	viaTo    []linkSince // what it endorses, likewise
	rolls    []int32
	first    int64   // first filing that names it
	cover    []int32 // coverage entries that may speak of it at some head, by source; made anew when something is described
	reg      []int32 // those of them that list consents to a treaty
}

// endorses reports whether the description at head links to a text that a vote on this one is an act on.
func (e *instrEntry) endorses(to stocktake.InstrumentID, head int64) bool {
	d, ok := e.descs.at(head)
	return ok && slices.ContainsFunc(d.Links, func(l stocktake.InstrumentLink) bool { return l.Rel == "endorses" && l.To == to })
}

// everBinding reports whether any description so far is of a kind that binds.
func (e *instrEntry) everBinding() bool {
	return slices.ContainsFunc(e.descs, func(v version[*stocktake.Instrument]) bool { return v.value.Kind.Binding() })
}

type linkSince struct {
	instr  uint32
	filing int64
}

// at returns the description in force at head, or the one that a roll-call implies.
func (e *instrEntry) at(head int64) (*stocktake.Instrument, bool) {
	if d, ok := e.descs.at(head); ok {
		return d, true
	}
	if e.implied != nil && e.impliedN <= head {
		return e.implied, true
	}
	return nil, false
}

// kind returns the kind of the instrument at head; resolutions are what nobody described.
func (e *instrEntry) kind(head int64) stocktake.InstrumentKind {
	if d, ok := e.at(head); ok {
		return d.Kind
	}
	return stocktake.Resolution
}

type sourceEntry struct {
	id    stocktake.SourceID
	descs versions[*stocktake.Source]
}

// series returns what the source is an edition of at head; "" for none.
func (e *sourceEntry) series(head int64) string {
	if d, ok := e.descs.at(head); ok {
		return d.Series
	}
	return ""
}

// occasion is one source's part in one filing: what decides whether a row is visible.
type occasion struct {
	filing int64
	known  int64 // microseconds since 1970, UTC
	source uint32
	also   int32   // another occasion that says the same of the same acts; -1: none
	roll   int32   // roll-call, -1: none
	mends  int64   // filing that it mends; 0: none
	super  []int32 // occasions that take its place while they are visible
}

type lawVersion struct {
	filing int64
	rows   []stocktake.LawRow
	words  []stocktake.StandingWord
	law    *stocktake.Law
	first  []outcomes // by the Number of the kind of instrument
}

type decisionAt struct {
	filing int64
	filed  int64
	stocktake.Decision
}

type retraction struct {
	filing, mends int64
}

type coverageAt struct {
	filing int64
	known  int64
	source uint32
	stocktake.Coverage
}

// speaksOf reports whether a coverage entry that may speak of an instrument does so at head, where it names kinds.
func (c *coverageAt) speaksOf(e *instrEntry, head int64) bool {
	if len(c.Kinds) == 0 || slices.Contains(c.Kinds, string(e.kind(head))) {
		return true
	}
	return slices.ContainsFunc(c.Instruments, func(p string) bool {
		t, prefix := strings.CutSuffix(p, "*")
		return p == string(e.id) || prefix && strings.HasPrefix(string(e.id), t)
	})
}

// FilingInfo is what the index keeps of every filing.
type FilingInfo struct {
	Number int64
	Filed  time.Time
	Key    string
	Title  string
	SHA256 string
	Known  time.Time // the latest moment at which a source of it counts as known
	Acts   int
}

type measureAt struct {
	filing int64
	known  int64
	stocktake.Measure
}

type statementAt struct {
	filing int64
	known  int64
	stocktake.Statement
}

type unknownAt struct {
	filing int64
	stocktake.Unknown
}

type mergeAt struct {
	filing int64
	stocktake.Merge
}

type textAt struct {
	filing int64
	lang   string
	source stocktake.SourceID
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func microsTime(us int64) time.Time { return time.UnixMicro(us).UTC() }
