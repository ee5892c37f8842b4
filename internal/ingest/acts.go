package ingest

import "strings"

// An actVerb is a verb by which a party moves. Its forms are words that may follow a subject; base is the form behind "to".
type actVerb struct {
	kind    string
	base    string
	finite  string // past, present, participle; space between
	noun    string
	need    []string // words one of which stands behind the verb, such as "against"
	needNot []string
}

var actVerbs = []actVerb{
	{kind: "withdrawal", base: "withdraw", finite: "withdrew withdraws withdrawn withdrawing", noun: "withdrawal", need: []string{"from"}},
	{kind: "withdrawal", base: "pull", finite: "pulled pulls pulling", noun: "pullout", need: []string{"out"}},
	{kind: "withdrawal", base: "leave", finite: "left leaves leaving exited exits exiting quit quits", noun: "exit departure"},
	{kind: "withdrawal", base: "exit"},
	{kind: "withdrawal", base: "quit"},
	{kind: "denunciation", base: "denounce", finite: "denounced denounces", noun: "denunciation"},
	{kind: "signature", base: "sign", finite: "signed signs", noun: "signature signing"},
	{kind: "ratification", base: "ratify", finite: "ratified ratifies", noun: "ratification"},
	{kind: "accession", base: "accede", finite: "acceded accedes", noun: "accession", need: []string{"to"}},
	{kind: "endorsement", base: "endorse", finite: "endorsed endorses", noun: "endorsement"},
	{kind: "rejection", base: "reject", finite: "rejected rejects rejecting", noun: "rejection"},
	{kind: "return", base: "rejoin", finite: "rejoined rejoins rejoining", noun: "return"},
	{kind: "vote-no", base: "vote", finite: "voted votes", noun: "vote", need: []string{"against"}},
	{kind: "vote-yes", base: "vote", finite: "voted votes", noun: "vote", need: []string{"for", "favour", "favor"}, needNot: []string{"against"}},
	{kind: "vote-abstain", base: "abstain", finite: "abstained abstains", noun: "abstention"},
}

type actWord struct {
	verb *actVerb
	form byte // b base, f finite, n noun
}

var actWords = func() map[string][]actWord {
	m := map[string][]actWord{}
	for i := range actVerbs {
		v := &actVerbs[i]
		m[v.base] = append(m[v.base], actWord{v, 'b'})
		for _, w := range strings.Fields(v.finite) {
			m[w] = append(m[w], actWord{v, 'f'})
		}
		for _, w := range strings.Fields(v.noun) {
			m[w] = append(m[w], actWord{v, 'n'})
		}
	}
	return m
}()

// decided are the words by which an act is told as decided or announced; what is only wished, urged or feared is no act.
var (
	decisionNouns = set("decision announcement move choice vote")
	decisionVerbs = set("decided announced announces decides chose opted")
	undone        = set("not never failed fails refused refuses refusing failing declined declines should must could would may might can cannot will shall if whether unless without threatened threatens considering considers")
	authority     = set("government governments administration congress parliament authorities state president")
)

// readActs enters the acts that the text says a party did towards an instrument that it names in the same sentence. Each party, instrument
// and kind is entered once: where the body says it, the title does not count.
func (d *reader) readActs() {
	if d.lex.code != "en" {
		return
	}
	type found struct {
		act     Act
		span    span
		inTitle bool
	}
	var list []found
	add := func(s sentence, inTitle bool) {
		for i := s.ta; i < s.tb; i++ {
			for _, w := range actWords[d.toks[i].low] {
				p, party, conf, ok := d.actAt(s, i, w)
				if !ok || d.taking(p.span) {
					continue
				}
				d.take(p.span)
				list = append(list, found{Act{Entry: d.entry(p.span, conf), Party: ref(party), Instrument: ref(p.id), Kind: w.verb.kind}, p.span, inTitle})
				if p.unknownTalks {
					d.flag(FlagTalks, "the act is about talks, and the list of names holds no talks on this instrument: choose what it is about", p.span)
				}
				break
			}
		}
	}
	for _, u := range d.units {
		if u.role == head {
			add(sentence{u.span, u.ta, u.tb, 0}, true)
		}
	}
	for _, s := range d.sents {
		add(s, false)
	}
	same := func(a, b Act) bool {
		return a.Kind == b.Kind && deref(a.Party) == deref(b.Party) && deref(a.Instrument) == deref(b.Instrument)
	}
	for i, f := range list {
		again := false
		for k, o := range list {
			again = again || k != i && same(f.act, o.act) && (f.inTitle && !o.inTitle || f.inTitle == o.inTitle && k < i)
		}
		if !again {
			d.out.Acts = append(d.out.Acts, f.act)
		}
	}
	d.dropFlags(FlagTalks, func(start int) bool {
		for _, a := range d.out.Acts {
			if a.Start == start {
				return false
			}
		}
		return true
	})
}

// dropFlags removes the flags of a kind at the places that drop says.
func (d *reader) dropFlags(code FlagCode, drop func(start int) bool) {
	kept := d.out.Flags[:0]
	for _, f := range d.out.Flags {
		if f.Code != code || f.Start == nil || !drop(*f.Start) {
			kept = append(kept, f)
		}
	}
	d.out.Flags = kept
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// An object is what an act is about, and the place of the act up to there.
type object struct {
	span
	id           string
	unknownTalks bool
}

// actAt reads the act whose verb or noun is at token i.
func (d *reader) actAt(s sentence, i int, w actWord) (o object, party string, c Confidence, ok bool) {
	o, ok = d.object(s, i, w.verb)
	if !ok {
		return o, "", "", false
	}
	var start int
	switch w.form {
	case 'b':
		start, party, ok = d.decision(s, i)
		c = High
	case 'n':
		start, party, ok = d.doneNoun(s, i)
		c = High
	default:
		start, party, ok = d.doneVerb(s, i)
		c = Medium
	}
	if !ok {
		return o, "", "", false
	}
	if c == High && (party == "" || o.id == "") {
		c = Medium
	}
	o.a = d.toks[start].a
	return o, party, c, true
}

// object finds the instrument behind the verb at i, within the same clause.
func (d *reader) object(s sentence, i int, v *actVerb) (object, bool) {
	limit := min(s.tb, i+24)
	m, g, found := d.mentionFrom(d.toks[i].b)
	if !found || m.a >= s.b {
		g = nil
	}
	if g == nil {
		return object{}, false
	}
	need, talks := len(v.need) == 0, m.inner
	j := i + 1
	for ; j < limit && d.toks[j].a < m.a; j++ {
		t := d.toks[j]
		for _, w := range v.need {
			need = need || t.low == w
		}
		for _, w := range v.needNot {
			if t.low == w {
				return object{}, false
			}
		}
		if talksWords[t.low] {
			talks = true
		}
		if t.kind == mark && !t.is(",", "“", "”", "\"", "-", "’", "'") || t.kind == word && (d.lex.subjects[t.low] || enFinite[t.low] || t.low == "that") {
			return object{}, false
		}
	}
	if j >= limit || !need || d.toks[j].a != m.a {
		return object{}, false
	}
	ma, mb := d.tokensIn(m.span)
	for k := ma; k < mb; k++ {
		talks = talks || talksWords[d.toks[k].low]
	}
	o := object{span: span{m.a, m.b}, id: g.id}
	if mb < s.tb && talksWords[d.toks[mb].low] {
		talks = true
		o.b = d.toks[mb].b
	}
	if !talks {
		return o, true
	}
	switch {
	case m.talks != "":
		o.id = m.talks
	case g.id != "" && d.names.hasInstrument(g.id+processSuffix):
		o.id = g.id + processSuffix
	default:
		o.id = ""
		o.unknownTalks = true
	}
	return o, true
}

func (n *Names) hasInstrument(id string) bool {
	if n == nil {
		return false
	}
	_, ok := n.ids[id]
	return ok
}

var enFinite = set("is are was were has have had will would should must can could may might does did because while although which who")

// decision reads what stands before "to withdraw": "the decision by the US government", "the US decision", "the US government has decided".
func (d *reader) decision(s sentence, i int) (start int, party string, ok bool) {
	if from, p, ok := d.announced(s, i); ok {
		return from, p, true
	}
	if i <= s.ta || d.toks[i-1].low != "to" {
		return 0, "", false
	}
	for j := i - 2; j >= s.ta && j > i-16; j-- {
		t := d.toks[j]
		switch {
		case undone[t.low]:
			return 0, "", false
		case decisionNouns[t.low]:
			if p, official, _ := d.partyIn(j+1, i-1); official {
				return j, p, true
			}
			if p, from, official := d.partyBefore(s, j); official {
				return from, p, true
			}
			return 0, "", false
		case decisionVerbs[t.low]:
			p, from, official := d.partyBefore(s, j)
			return from, p, official
		}
	}
	return 0, "", false
}

var announcing = set("it they will would is are was were has have had to decided intends intended also")

// announced reads who announced in "Hungary announced that it will withdraw from".
func (d *reader) announced(s sentence, i int) (start int, party string, ok bool) {
	j := i - 1
	for j > s.ta && announcing[d.toks[j].low] {
		j--
	}
	if j <= s.ta || j > i-3 || d.toks[j].low != "that" || !d.toks[j+1].is("it", "they") || !decisionVerbs[d.toks[j-1].low] {
		return 0, "", false
	}
	party, start, ok = d.partyBefore(s, j-1)
	return start, party, ok && party != ""
}

// doneNoun reads who withdrew in "Turkey's withdrawal from", "the US government withdrawal from", "the withdrawal by Hungary from".
func (d *reader) doneNoun(s sentence, i int) (start int, party string, ok bool) {
	for j := max(s.ta, i-4); j < i; j++ {
		if undone[d.toks[j].low] {
			return 0, "", false
		}
	}
	if i+1 < s.tb && d.toks[i+1].is("by", "of") {
		if p, official, _ := d.partyIn(i+2, min(i+9, s.tb)); official {
			return i, p, true
		}
	}
	p, from, official := d.partyBefore(s, i)
	return from, p, official
}

// doneVerb reads who withdrew in "Hungary has withdrawn from", "the United States formally left".
func (d *reader) doneVerb(s sentence, i int) (start int, party string, ok bool) {
	if from, p, ok := d.announced(s, i); ok {
		return from, p, true
	}
	for j := max(s.ta, i-6); j < i; j++ {
		if undone[d.toks[j].low] || d.toks[j].is("to", "be", "been", "by") && j > i-3 {
			return 0, "", false
		}
	}
	p, from, official := d.partyBefore(s, i)
	return from, p, official && p != ""
}

// partyIn returns the party named in tokens from to end, or, where no listed name stands there, whether a government is spoken of.
func (d *reader) partyIn(from, end int) (id string, official bool, at int) {
	if from >= end {
		return "", false, 0
	}
	p := span{d.toks[from].a, d.toks[end-1].b}
	for _, h := range d.hitsIn(p) {
		if h.kind == KindParty && !d.named(h.span) {
			at, _ = d.tokensIn(h.span)
			return h.id, true, at
		}
	}
	for k := from; k < end; k++ {
		if authority[d.toks[k].low] {
			return "", true, k
		}
	}
	return "", false, 0
}

// partyBefore returns the party that stands before token i as its subject or owner, with only small words, adverbs and adjectives between.
func (d *reader) partyBefore(s sentence, i int) (id string, start int, official bool) {
	end := i
	for j := i - 1; j >= s.ta && j > i-10; j-- {
		t := d.toks[j]
		if t.kind == mark && !t.is(",") || d.lex.subjects[t.low] || t.is("that", "which", "on", "in", "from", "to", "with", "against") {
			break
		}
		end = j
	}
	for j := i - 1; j >= end; j-- { // the nearest
		if id, ok, at := d.partyIn(j, i); ok {
			for at > end && id == "" && d.toks[at-1].kind == word && d.capital(at-1) && !d.lex.articles[d.toks[at-1].low] {
				at--
			}
			if id == "" {
				if party, ok, k := d.partyIn(max(end, at-4), i); ok && party != "" {
					return party, k, true
				}
			}
			return id, at, true
		}
	}
	return "", 0, false
}
