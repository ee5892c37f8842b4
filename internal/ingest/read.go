package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sort"
)

// MaxText is how long a text may be, in bytes, to be read. A statement has some thousands; a list of 5,000 signers has less than a million.
const MaxText = 16 << 20

// Read reads text and returns the draft of what it says; names may be nil, which is an empty list. It never fails: what it does not
// understand is absent from the draft, and an empty text gives an empty draft. A text longer than MaxText is not read, and flagged.
func Read(text string, names *Names) Draft {
	norm, clean := normalise(text)
	sum := sha256.Sum256([]byte(norm))
	d := &reader{s: norm, names: names, out: Draft{
		Issuers: []Entry{}, Addressees: []Addressee{}, Instruments: []Instrument{}, Symbols: []Entry{}, States: []State{}, Acts: []Act{},
		Calls: []Call{}, Undertakings: []Entry{}, Claims: []Entry{}, Signatories: []Signatory{}, Contacts: []Contact{}, Provisions: []Provision{}, Boilerplate: []Entry{}, Flags: []Flag{},
		Text: norm, SHA256: hex.EncodeToString(sum[:]),
	}}
	if len(norm) > MaxText {
		d.flag(FlagTooLong, "the text is longer than any statement: nothing in it was read", span{})
		return d.out
	}
	d.points = newPoints(norm)
	d.toks = tokens(norm)
	d.lex = tellLanguage(d.toks)
	d.units = d.split()
	if !clean {
		d.flag(FlagNotUTF8, "some bytes are not UTF-8 and were replaced by U+FFFD: read the file in its own encoding and convert it", span{})
	}
	if len(d.units) == 0 {
		return d.out
	}
	d.hits = names.find(norm)
	if d.lex != german && d.lex != swedish {
		d.hits = slices.DeleteFunc(d.hits, func(h hit) bool { return h.genitive })
	}
	d.formalNames()

	// The layout, from the outside in: what is head and foot is not read as prose.
	d.readEmbargo()
	d.readContacts()
	d.readHead()
	d.readFoot()
	d.readSignatories()
	d.splitSentences()
	d.readGovernments()

	// What is named, then what is said about it. Acts need the instruments, claims must not repeat acts and calls.
	d.readSymbols()
	d.readInstruments()
	d.readStates()
	d.readProvisions()
	d.readUndertakings()
	d.readCalls()
	d.readActs()
	d.readClaims()
	d.readIssuers()
	d.flagLanguage()
	slices.SortStableFunc(d.out.Flags, func(a, b Flag) int { return at(a.Start) - at(b.Start) })
	return d.out
}

// at orders flags without a place before those with one.
func at(p *int) int {
	if p == nil {
		return -1
	}
	return *p
}

// A reader holds one text while it is read. Inside, places are byte offsets; entry turns them into code points.
type reader struct {
	s        string
	points   points
	names    *Names
	toks     []tok
	lex      *lexicon // of the language of the text; never nil
	units    []unit
	hits     []hit // of names, in order, from the whole text
	sents    []sentence
	groups   []group         // the instruments, with where they are mentioned
	states   []span          // the governments that issue the text
	issuing  []string        // their ids
	index    []placed        // all mentions of instruments, by place
	covered  []bool          // tokens within calls, undertakings and acts, which are no claims of fact
	found    [][]clause      // the clauses of each sentence
	issued   span            // the dateline
	turnedTo map[string]bool // the addressees so far, in lower case
	opened   int             // where the body starts behind a dateline in the same paragraph
	abbrs    map[string]bool // see introduced
	out      Draft

	letterTo    span            // the first line of a letter's address
	asked       []span          // whom the calls ask
	inQuote     []bool          // tokens inside quotations; see quoted
	knownNames  []string        // see issuerName
	american    int             // see americanStates
	signerAbbrs map[string]bool // of signatories; see signs
}

// place returns p as a span of code points.
func (d *reader) place(p span) Span {
	return Span{Text: d.s[p.a:p.b], Start: d.points.of(p.a), End: d.points.of(p.b)}
}

// hitsIn returns the hits of names within p.
func (d *reader) hitsIn(p span) []hit {
	a := sort.Search(len(d.hits), func(i int) bool { return d.hits[i].a >= p.a })
	b := sort.Search(len(d.hits), func(i int) bool { return d.hits[i].b > p.b })
	return d.hits[a:max(a, b)]
}

// entry returns p as an entry.
func (d *reader) entry(p span, c Confidence) Entry {
	return Entry{Span: d.place(p), Quote: d.s[p.a:p.b], Confidence: c}
}

// flag adds a flag; an empty span is no place.
func (d *reader) flag(code FlagCode, message string, p span) {
	f := Flag{Code: code, Message: message}
	if p.b > p.a {
		start, end := d.points.of(p.a), d.points.of(p.b)
		f.Start, f.End = &start, &end
	}
	d.out.Flags = append(d.out.Flags, f)
}

// take marks p as a call, an undertaking or an act.
func (d *reader) take(p span) {
	if d.covered == nil {
		d.covered = make([]bool, len(d.toks))
	}
	ta, tb := d.tokensIn(p)
	for i := ta; i < tb; i++ {
		d.covered[i] = true
	}
}

// taking reports whether p lies within, or holds, a call, an undertaking or an act.
func (d *reader) taking(p span) bool {
	if d.covered == nil {
		return false
	}
	ta, tb := d.tokensIn(p)
	for i := ta; i < tb; i++ {
		if d.covered[i] {
			return true
		}
	}
	return false
}

// ref returns a pointer to s, or nil for "".
func ref(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
