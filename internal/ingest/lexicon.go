package ingest

import "strings"

// A lexicon is what the rules need to know of one language. Phrases are lower-case words; a language is added by writing one of these and
// listing it in lexicons.
type lexicon struct {
	code   string
	common map[string]bool // words by which the language is told

	subjects   map[string]bool // "we"
	adverbs    map[string]bool // may stand between subject and verb
	calls      []callVerb
	callsAt    map[string][]int // calls by their first word
	promisesAt map[string]bool  // first words of promises
	preps      map[string]bool  // stand between a call's verb and its addressee, and belong to neither
	toDo       map[string]bool  // what opens the thing asked for: "to", "a", "de"
	infinitive func(string) bool
	promises   []phrase        // openers of an undertaking, after the subject where the language needs one
	articles   map[string]bool // that an addressee may start with
	offices    map[string]bool // words for a state's government, which leave the addressee that state
	bodies     map[string]bool // words for those who issue a statement: "organisations", "undersigned"
	starters   map[string]bool // words that start a sentence after an abbreviation

	signed   []phrase        // headings above signatories
	speaksOf []phrase        // say in prose that there are signatories
	contact  []phrase        // lines that announce a contact
	embargo  []phrase        // lines that announce an embargo
	slugs    []phrase        // what stands above a title: "for immediate release"
	greeting []phrase        // "dear"
	finite   map[string]bool // common verbs and pronouns, which no name has
}

// A callVerb is one form of a verb that asks. Self says that it needs no subject of its own; direct that it names what is asked for and not
// whom; third that it is the form for "the organisations"; noun that it is "our call on", whose first word is no part of the verb.
type callVerb struct {
	words                     phrase
	particle                  string // ends the addressee: German "fordern … auf"
	self, direct, third, noun bool
	again, gerund             bool // "our call for" behind "reiterate"; "calling on" behind "we … in"
}

type phrase []string

func phrases(list ...string) []phrase {
	p := make([]phrase, len(list))
	for i, s := range list {
		p[i] = strings.Fields(s)
	}
	return p
}

// at reports whether the tokens of d from i on, up to end, are the words of p, and where they stop.
func (p phrase) at(toks []tok, i, end int) (int, bool) {
	for _, w := range p {
		if i >= end || toks[i].low != w {
			return i, false
		}
		i++
	}
	return i, true
}

// firstOf returns the end of the longest phrase that the tokens from i on start with.
func firstOf(list []phrase, toks []tok, i, end int) (int, bool) {
	best, found := i, false
	for _, p := range list {
		if e, ok := p.at(toks, i, end); ok && e > best {
			best, found = e, true
		}
	}
	return best, found
}

var lexicons = []*lexicon{english, spanish, french, portuguese, german, swedish}

// indexed completes l, so that most words of a text are passed over at once.
func indexed(l *lexicon) *lexicon {
	l.callsAt, l.promisesAt = map[string][]int{}, map[string]bool{}
	for i, v := range l.calls {
		l.callsAt[v.words[0]] = append(l.callsAt[v.words[0]], i)
	}
	for _, p := range l.promises {
		l.promisesAt[p[0]] = true
	}
	return l
}

// tellLanguage returns the lexicon of the language whose common words are the most frequent; English for a text of few words, and a lexicon
// without code where no language is near.
func tellLanguage(toks []tok) *lexicon {
	words, best, bestCount := 0, english, 0
	counts := make([]int, len(lexicons))
	for _, t := range toks {
		if t.kind != word {
			continue
		}
		words++
		for i, l := range lexicons {
			if l.common[t.low] {
				counts[i]++
			}
		}
	}
	for i, n := range counts {
		if n > bestCount {
			best, bestCount = lexicons[i], n
		}
	}
	if words > 40 && bestCount*100 < words*12 {
		return unknownLanguage
	}
	return best
}

// unknownLanguage has the headings and marks of every language, and no verbs.
var unknownLanguage = func() *lexicon {
	u := &lexicon{infinitive: func(string) bool { return false }}
	for _, l := range lexicons {
		u.signed = append(u.signed, l.signed...)
		u.contact = append(u.contact, l.contact...)
		u.embargo = append(u.embargo, l.embargo...)
		u.slugs = append(u.slugs, l.slugs...)
		u.greeting = append(u.greeting, l.greeting...)
	}
	return u
}()

// flagLanguage says which rules did not know the language.
func (d *reader) flagLanguage() {
	switch d.lex.code {
	case "en":
	case "":
		d.flag(FlagLanguage, "the language of this text is not one that the rules know: names, symbols, dates and lists were read; calls, undertakings, acts and claims were not, so look for them yourself", span{})
	default:
		d.flag(FlagLanguage, "acts and claims of fact are read in English only: look for them yourself", span{})
	}
}

// verbs makes callVerbs of the words; flags is a word of: self, direct, third, noun.
func verbs(flag string, list ...string) []callVerb {
	v := make([]callVerb, len(list))
	for i, s := range list {
		v[i] = callVerb{self: flag == "self", direct: strings.HasPrefix(flag, "direct"), third: flag == "third" || flag == "direct third", noun: strings.HasPrefix(flag, "noun"), again: flag == "noun again", gerund: strings.HasSuffix(flag, "gerund")}
		main, particle, ok := strings.Cut(s, " … ")
		v[i].words = strings.Fields(main)
		if ok {
			v[i].particle = particle
		}
	}
	return v
}

func joinVerbs(lists ...[]callVerb) []callVerb {
	var all []callVerb
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
