package stocktake

import (
	"fmt"
	"math/bits"
	"slices"
	"sort"
)

// A LawRow says that an act of some kind, in one of its phases, moves a party towards an instrument of some kinds from one standing to
// another. Rows are filings, so that a head fixes the law too. A row with the same ID takes the place of the earlier one.
type LawRow struct {
	ID    string           `json:"id"`
	For   []InstrumentKind `json:"for"`
	Act   ActKind          `json:"act"`
	Phase Phase            `json:"phase"`
	Via   bool             `json:"via,omitempty"`   // the act was towards a resolution that endorses the instrument
	From  []string         `json:"from,omitempty"`  // standings that it moves; none: any
	To    string           `json:"to,omitempty"`    // standing that it leads to; none: the standing stays
	Force string           `json:"force,omitempty"` // "begins" or "ends": what it does to the instrument's force for the party
	Rank  int              `json:"rank,omitempty"`  // order among acts of one day: lower first; 50 where not stated
	Basis string           `json:"basis"`           // article or rule that the row rests on
	Ends  bool             `json:"ends,omitempty"`  // the row is repealed from this filing on
}

// A StandingWord is one standing that the law uses. Bound says what it means for consent to be bound: "yes", "no", or empty where the
// word says nothing of it. Sign names its place in pictures: one of nine kinds without order, so that no colour means good or bad.
type StandingWord struct {
	Word  string           `json:"word"`
	For   []InstrumentKind `json:"for"`
	Means string           `json:"means"`
	Bound string           `json:"bound,omitempty"`
	Sign  string           `json:"sign"` // k1 ... k9, none, absent, nonmember
}

// Words that the record uses where no row of the law was applied.
const (
	NoActKnown   = "no act known"
	NotMember    = "not a member then"
	NotStateThen = "not a state then"
)

// Law is one state of the law, compiled for replay. It is immutable and safe for many goroutines.
type Law struct {
	rows  []LawRow
	words []StandingWord
	index map[string]uint8 // word to number; 0 is NoActKnown
	name  []string
	bound [wordLimit]int8 // by word: 1 bound, 0 not bound, -1 not said
	table []Table         // by kind of instrument; the last place is for kinds without law
	rank  [actKinds][4]int16
}

const wordLimit = 64

// A Table is the law for one kind of instrument: what an act does, by act, phase and whether it came through an endorsing resolution. It is for
// callers that replay many short histories whose days are certain; Replay is for all others.
type Table struct {
	steps [cells]*steps
}

// steps is what one act in one phase does, by the word where a party stands before it.
type steps struct {
	does   [wordLimit]Step
	target [wordLimit]uint8 // where the first row that leads anywhere leads to
	moves  bool             // there is a row
}

// A Step is what an act does to a standing: To is the word that it leads to.
type Step struct {
	To   uint8
	Does uint8 // StepMoves and the like
}

// What a Step does.
const (
	StepMoves    uint8 = 1 << iota // a row leads to a standing, even where it is the same
	StepConsents                   // the standing that it leads to binds, the one before did not
	StepBegins                     // the instrument comes into force for the party
	StepEnds                       // and ends for it
)

// Step returns what an act in a phase, done by the party itself, does to one that stands at word.
func (t *Table) Step(act ActKind, phase Phase, word uint8) Step {
	return t.steps[int(act)*8+int(phase)*2].does[word&(wordLimit-1)]
}

// Table returns the law for the kind of instrument with that Number.
func (l *Law) Table(kind int) *Table { return &l.table[kind] }

// Bound returns 1 where a word means that consent to be bound is given, 0 where it means that it is not, and -1 where it says nothing of it.
func (l *Law) Bound(word uint8) int8 { return l.bound[word&(wordLimit-1)] }

// cells is how many combinations of act, phase and road there are.
const cells = int(actKinds) * 8

// cell returns the place of an act's moves in a row of the table.
func cell(act ActKind, phase Phase, via bool) int {
	c := int(act)*8 + int(phase)*2
	if via {
		c++
	}
	return c
}

type move struct {
	from  uint64 // set of words, 0 = any
	to    int16  // -1: stays
	force int8   // 1 begins, -1 ends, 0 nothing
	row   int
}

// NewLaw compiles rows and words, later ones taking the place of earlier ones with the same ID or word. A row that uses an unknown word or
// kind is an Invalid fault. At most 64 words are allowed.
func NewLaw(rows []LawRow, words []StandingWord) (*Law, error) {
	l := &Law{index: map[string]uint8{}}
	moves := make([][cells][]move, len(InstrumentKinds())+1)
	add := func(w StandingWord) {
		if i, ok := l.index[w.Word]; ok {
			l.words[i] = w
			return
		}
		l.index[w.Word] = uint8(len(l.words))
		l.words = append(l.words, w)
	}
	add(StandingWord{Word: NoActKnown, Means: "the record holds no act of this party towards this instrument", Sign: "none"})
	add(StandingWord{Word: NotMember, Means: "the party did not belong to the body that acted on that day", Sign: "nonmember"})
	add(StandingWord{Word: NotStateThen, Means: "the party did not exist on that day", Sign: "nonmember"})
	for _, w := range words {
		add(w)
	}
	if len(l.words) > wordLimit {
		return nil, Invalidf("the law uses %d standings; %d is the limit", len(l.words), wordLimit)
	}
	for i, w := range l.words {
		l.name = append(l.name, w.Word)
		switch w.Bound {
		case "yes":
			l.bound[i] = 1
		case "no":
			l.bound[i] = 0
		case "":
			l.bound[i] = -1
		default:
			return nil, Invalidf("standing %q: bound is %q", w.Word, w.Bound).Hinted(`"yes", "no" or left out`)
		}
	}
	byID := map[string]int{}
	for _, r := range rows {
		if i, ok := byID[r.ID]; ok {
			l.rows[i] = r
			continue
		}
		byID[r.ID] = len(l.rows)
		l.rows = append(l.rows, r)
	}
	for a := range l.rank {
		for p := range l.rank[a] {
			l.rank[a][p] = 50
		}
	}
	for i, r := range l.rows {
		if r.Ends {
			continue
		}
		m := move{to: -1, row: i}
		for _, f := range r.From {
			w, ok := l.index[f]
			if !ok {
				return nil, Invalidf("law row %s: %q is no standing", r.ID, f).Hinted("file the word first, or in the same filing")
			}
			m.from |= 1 << w
		}
		if r.To != "" {
			w, ok := l.index[r.To]
			if !ok {
				return nil, Invalidf("law row %s: %q is no standing", r.ID, r.To).Hinted("file the word first, or in the same filing")
			}
			m.to = int16(w)
		}
		switch r.Force {
		case "begins":
			m.force = 1
		case "ends":
			m.force = -1
		case "":
		default:
			return nil, Invalidf("law row %s: force is %q", r.ID, r.Force).Hinted(`"begins", "ends" or left out`)
		}
		if r.Rank != 0 {
			l.rank[r.Act][r.Phase] = int16(r.Rank)
		}
		if len(r.For) == 0 || r.Act == NoAct {
			return nil, Invalidf("law row %s names no kind of instrument or no act", r.ID)
		}
		for _, k := range r.For {
			if !slices.Contains(InstrumentKinds(), k) {
				return nil, Invalidf("law row %s: %q is no kind of instrument", r.ID, k)
			}
			c := &moves[k.Number()][cell(r.Act, r.Phase, r.Via)]
			*c = append(*c, m)
		}
	}
	l.table = make([]Table, len(moves))
	nothing := l.steps(nil)
	for k := range moves {
		for c, list := range moves[k] {
			l.table[k].steps[c] = nothing
			if len(list) > 0 {
				l.table[k].steps[c] = l.steps(list)
			}
		}
	}
	return l, nil
}

// steps works out what moves do to each word: the first that fits counts.
func (l *Law) steps(list []move) *steps {
	s := &steps{moves: len(list) > 0}
	for w := range uint8(wordLimit) {
		s.does[w].To, s.target[w] = w, w
		for i, m := range list {
			if m.from != 0 && m.from>>w&1 == 0 {
				continue
			}
			if m.to >= 0 {
				s.does[w] = Step{To: uint8(m.to), Does: StepMoves}
				if l.bound[m.to] == 1 && l.bound[w] != 1 {
					s.does[w].Does |= StepConsents
				}
			}
			switch m.force {
			case 1:
				s.does[w].Does |= StepBegins
			case -1:
				s.does[w].Does |= StepEnds
			}
			for _, m := range list[i:] {
				if (m.from == 0 || m.from>>w&1 == 1) && m.to >= 0 {
					s.target[w] = uint8(m.to)
					break
				}
			}
			break
		}
	}
	return s
}

// Rows returns the rows in force, in the order of filing. The caller must not change them.
func (l *Law) Rows() []LawRow {
	var list []LawRow
	for _, r := range l.rows {
		if !r.Ends {
			list = append(list, r)
		}
	}
	return list
}

// Words returns every standing, NoActKnown first. The caller must not change them.
func (l *Law) Words() []StandingWord { return l.words }

// Word returns the description of a standing.
func (l *Law) Word(name string) (StandingWord, bool) {
	i, ok := l.index[name]
	if !ok {
		return StandingWord{}, false
	}
	return l.words[i], true
}

// Moves reports whether an act of this kind and phase can move a standing towards an instrument of this kind.
func (l *Law) Moves(kind InstrumentKind, act ActKind, phase Phase, via bool) bool {
	return l.table[kind.Number()].steps[cell(act, phase, via)].moves
}

// An Event is one dated phase of one act, as the record follows it. Lo and Hi are the first and last day that it may have been. Alt is a
// second kind where sources disagree on the kind, else NoAct. Act tells events of one act apart from others; Ref is the caller's own.
type Event struct {
	Lo, Hi Day
	Kind   ActKind
	Alt    ActKind
	Phase  Phase
	Via    bool
	Maybe  bool // sources disagree whether it was done at all
	Act    uint32
	Ref    int32
}

// A State is where one party stands after a replay. Word indexes the law's words. Bound and InForce are 1, 0 or -1 for not known or not
// meant. Since and Consent index the replayed events: the one that led to this standing, and the one that gave consent; -1 for none.
// Forced is the event from which the instrument is in force, -1 where no source dates it.
type State struct {
	Word    uint8
	Bound   int8
	InForce int8
	Unsure  bool
	Since   int16
	Consent int16
	Forced  int16
	Applied int16 // events that count on the day: all before this index
}

// Name returns the word of s under l.
func (l *Law) Name(s State) string { return l.name[s.Word] }

// WordAt returns the word with number i.
func (l *Law) WordAt(i uint8) string { return l.name[i] }

// Replay applies events of one party towards one instrument of a kind up to and including day on, and returns where it stands. It sorts
// events in place: by first possible day, then by the law's order of acts of one day, then by act. What cannot be known from the dates
// comes out as Unsure; the standing is then the one that the certain events give. It allocates nothing.
func (l *Law) Replay(kind InstrumentKind, events []Event, on Day) State {
	return l.For(kind).Replay(events, on)
}

// KindLaw is the law towards one kind of instrument.
type KindLaw struct {
	law   *Law
	table *Table
}

// For returns the law towards one kind of instrument, looked up once for many replays.
func (l *Law) For(kind InstrumentKind) KindLaw { return KindLaw{l, &l.table[kind.Number()]} }

// Replay is Law.Replay towards instruments of this kind.
func (k KindLaw) Replay(events []Event, on Day) State {
	l, t := k.law, k.table
	if len(events) > 1 && !l.inOrder(events) {
		l.sort(events)
	}
	s := State{Since: -1, Consent: -1, Forced: -1, InForce: -1}
	others := uint64(0) // other standings that are possible
	for i := range events {
		e := &events[i]
		if e.Lo > on {
			break
		}
		s.Applied = int16(i + 1)
		if e.Hi <= on && e.Alt == NoAct && !e.Maybe {
			if others != 0 {
				others = t.steps[cell(e.Kind, e.Phase, e.Via)].targets(others)
			}
			apply(t, &s, e, i)
			continue
		}
		possible := others | 1<<s.Word
		moved := t.steps[cell(e.Kind, e.Phase, e.Via)].targets(possible)
		if e.Alt != NoAct {
			moved |= t.steps[cell(e.Alt, e.Phase, e.Via)].targets(possible)
		}
		next := possible | moved
		if e.Hi <= on && e.Alt != NoAct && !e.Maybe { // done, but as one or the other
			next = moved
			apply(t, &s, e, i)
		} else if e.Phase == PhaseEffect && s.InForce >= 0 {
			s.InForce = -1
		}
		others = next
	}
	s.Unsure = others&^(1<<s.Word) != 0
	s.Bound = l.bound[s.Word]
	if s.Bound == 1 && s.InForce < 0 && s.Consent >= 0 && events[s.Consent].Kind.Class() == "consent" {
		c := events[s.Consent].Act
		for i := int(s.Consent) + 1; i < len(events); i++ {
			if e := &events[i]; e.Act == c && e.Phase == PhaseEffect && e.Lo > on {
				s.InForce, s.Forced = 0, int16(i)
			}
		}
	}
	if s.Bound != 1 {
		s.Consent, s.Forced = -1, -1
		if s.Bound == 0 {
			s.InForce = 0
		} else {
			s.InForce = -1
		}
	}
	return s
}

// targets returns where those of a set of words lead to.
func (x *steps) targets(set uint64) (to uint64) {
	for rest := set; rest != 0; rest &= rest - 1 {
		to |= 1 << x.target[bits.TrailingZeros64(rest)]
	}
	return to
}

// apply moves a standing by the first row that fits.
func apply(t *Table, s *State, e *Event, i int) {
	x := t.steps[cell(e.Kind, e.Phase, e.Via)].does[s.Word]
	if x.Does&StepMoves != 0 {
		if x.To != s.Word || s.Since < 0 {
			s.Since = int16(i)
		}
		s.Word = x.To
		if x.Does&StepConsents != 0 {
			s.Consent, s.InForce, s.Forced = int16(i), -1, -1
		}
	}
	switch {
	case x.Does&StepBegins != 0:
		s.InForce, s.Forced = 1, int16(i)
	case x.Does&StepEnds != 0:
		s.InForce, s.Forced = 0, -1
	}
}

func (l *Law) less(a, b *Event) bool {
	if a.Lo != b.Lo {
		return a.Lo < b.Lo
	}
	if ra, rb := l.rank[a.Kind][a.Phase], l.rank[b.Kind][b.Phase]; ra != rb {
		return ra < rb
	}
	if a.Hi != b.Hi {
		return a.Hi < b.Hi
	}
	if a.Act != b.Act {
		return a.Act < b.Act
	}
	return a.Phase < b.Phase
}

func (l *Law) inOrder(e []Event) bool {
	for i := 1; i < len(e); i++ {
		if l.less(&e[i], &e[i-1]) {
			return false
		}
	}
	return true
}

func (l *Law) sort(e []Event) {
	if len(e) <= 16 {
		for i := 1; i < len(e); i++ {
			for j := i; j > 0 && l.less(&e[j], &e[j-1]); j-- {
				e[j], e[j-1] = e[j-1], e[j]
			}
		}
		return
	}
	sort.Slice(e, func(i, j int) bool { return l.less(&e[i], &e[j]) })
}

// String returns the row as one line of prose, as `law` prints it.
func (r LawRow) String() string {
	to := r.To
	if to == "" {
		to = "stays"
	}
	return fmt.Sprintf("%s (%s): %v -> %s [%s]", r.Act, r.Phase, r.From, to, r.Basis)
}
