package web

import (
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

// callCard is one call as pages show it: what was asked, what became of it, and by which acts.
type callCard struct {
	links
	Anchor    string
	ID        string
	Verb      string
	Kind      string
	To        string // whom it asks, by this record's name, or as printed
	ToAddress string
	Part      string // whose part of a call upon a group this is
	Quote     string
	Gone      bool
	Statement string // title, where the page is about several
	StAddress string
	Made      *stocktake.Date
	Status    string
	Sentence  string
	Reach     string // how far the record reaches
	Acts      []bearView
	Groups    []memberGroup
	Rules     []pair // which acts would be what to it
	Why       string
	ReadBy    string
}

// bearView is one act, or reading, that bears on a call.
type bearView struct {
	links
	When    string
	What    string
	Address string
	By      string // who did it, where it was not the one asked alone
	Role    string
	Unsure  bool
	Led     bool
	Sources []pair
	Own     []quoteView // the government's own words
	Reading *stocktake.Reading
	Said    []quoteView // words of the source of a reading
}

// memberGroup is the members of a group that stand alike.
type memberGroup struct {
	Status string
	N      int
	List   []memberView
	Open   bool // short enough to stand open
}

type memberView struct {
	Name, Address string
	What, Act     string // the act that led there, in words, and where it is shown
	Unsure        bool
}

var roleWords = map[string]string{"met": "what was asked for", "in-part": "in part what was asked for", "refused": "a refusal", "undone": "undoes it"}

// callCard makes a card. named says that the statement is named on it.
func (q *request) callCard(x *record.CallState, named bool) (callCard, error) {
	c := callCard{links: links{q}, ID: x.Call, Anchor: x.Kind + "-" + itoa(x.Index+1), Verb: x.Verb, Kind: x.Kind, To: x.Addressee, Status: x.Status.String(), Rules: q.ruleWords(x.Answer), Why: x.Note, ReadBy: x.ReadBy}
	if named {
		c.Anchor = string(x.Statement) + "-" + c.Anchor
		c.Statement, c.StAddress, c.Made = q.instrumentTitle(x.Statement), q.to("st", x.Statement, "calls")+"#"+x.Kind+"-"+itoa(x.Index+1), x.Made
	}
	if x.AddresseeID != nil {
		c.To, c.ToAddress = q.partyInProse(*x.AddresseeID), q.to("p", *x.AddresseeID)
	}
	if x.Party != nil {
		c.Part = q.partyInProse(*x.Party)
	}
	if c.Gone = x.Text == nil; !c.Gone {
		c.Quote = *x.Text
	}
	asked := stocktake.PartyID("")
	switch {
	case x.Party != nil:
		asked = *x.Party
	case x.AddresseeID != nil && x.Kind == "call":
		asked = *x.AddresseeID
	}
	for i := range x.By {
		v, err := q.bearing(&x.By[i], asked)
		if err != nil {
			return c, err
		}
		c.Acts = append(c.Acts, v)
	}
	if x.Count != nil {
		c.Groups = q.memberGroups(x)
	}
	c.Sentence = sentence(q.becameWords(x))
	c.Reach = q.reachWords(x)
	return c, nil
}

// becameWords is what became of a call in one sentence that can be quoted.
func (q *request) becameWords(x *record.CallState) string {
	thing, did := "what was asked for", "asked for"
	if x.Kind != "call" {
		thing, did = "what was undertaken", "undertaken"
	}
	by := ""
	for i := range x.By {
		if a := &x.By[i]; a.Led {
			by = ", by " + q.deedWords(a)
		}
	}
	when := ""
	if x.When != nil {
		when = " " + onDate(*x.When)
	}
	s := ""
	switch {
	case x.Count != nil:
		s = q.countWords(x)
	case x.Status == stocktake.CallHappened:
		s = thing + " happened" + when + by
	case x.Status == stocktake.CallInPart:
		s = thing + " happened in part" + when + by
	case x.Status == stocktake.CallRefused:
		s = thing + " was refused" + when + by
	case x.Status == stocktake.CallUndone:
		s = thing + " happened, and was undone" + when + by
	case x.Status == stocktake.CallOpen:
		s = "no act is known by which " + thing + " happened, in part or whole, or was refused"
	case x.Answer == nil:
		s = "what became of it cannot be told: nobody has said which act would show that " + thing + " happened"
	default:
		s = "what became of it cannot be told: no act on this record would show that " + thing + " happened"
	}
	if x.Party != nil {
		s = q.partyInProse(*x.Party) + ": " + s
	}
	if x.Unsure {
		var may []string
		for _, m := range x.May {
			may = append(may, "“"+m.String()+"”")
		}
		s += "; by the days that sources give it may also stand as " + strings.Join(may, " or ")
	}
	if x.Until != nil {
		s += "; what was " + did + " could be done until " + dateWords(*x.Until)
	}
	return s
}

// deedWords names an act in a sentence.
func (q *request) deedWords(a *record.CallAct) string {
	switch {
	case a.Reading != nil && a.Kind == stocktake.NoAct:
		return "what “" + q.sourceTitle(a.Sources[0]) + "” tells, as " + a.Reading.By + " reads it"
	case a.Kind.Ballot():
		in := a.Instrument
		if a.Via != "" {
			in = a.Via
		}
		return "the " + actWord(a.Kind) + " on " + q.instrumentInProse(in)
	}
	if words, ok := deedPhrases[a.Kind]; ok {
		return words + " " + q.instrumentInProse(a.Instrument)
	}
	return actWord(a.Kind) + " (" + q.instrumentInProse(a.Instrument) + ")"
}

// deedPhrases lead from an act to the text or body that it was about.
var deedPhrases = map[stocktake.ActKind]string{stocktake.SupportStated: "saying that it supports", stocktake.StaysOutStated: "saying that it stays out of", stocktake.Endorsement: "endorsement of", stocktake.Rejection: "rejection of",
	stocktake.Withdrawal: "withdrawal from", stocktake.Denunciation: "denunciation of", stocktake.Return: "return to", stocktake.Participation: "taking part in", stocktake.AdoptionWithoutVote: "adoption without a vote of",
	stocktake.Ratification: "ratification of", stocktake.Accession: "accession to", stocktake.Acceptance: "acceptance of", stocktake.Signature: "signature of", stocktake.Adoption: "adoption of"}

// ruleWords says which acts would be what to a call.
func (q *request) ruleWords(a *stocktake.Answer) (list []pair) {
	a.EachRule(func(role stocktake.Role, r *stocktake.AnswerRule) {
		var kinds, towards []string
		for _, k := range r.Kinds {
			kinds = append(kinds, actWord(k))
		}
		if len(kinds) == 0 {
			kinds = []string{"any act"}
		}
		for _, in := range r.Instruments {
			towards = append(towards, q.instrumentTitle(in))
		}
		s := strings.Join(kinds, " or ") + ", towards " + strings.Join(towards, " or ")
		if r.Party != "" {
			s += ", by " + q.partyInProse(r.Party)
		}
		if r.Standing != "" {
			s += ", where it leads to the standing “" + r.Standing + "”"
		}
		list = append(list, pair{roleWords[role.String()], s})
	})
	return list
}

// instrumentInProse is the title of an instrument with "the".
func (q *request) instrumentInProse(id stocktake.InstrumentID) string {
	t := q.instrumentTitle(id)
	if strings.HasPrefix(t, "the ") || strings.HasPrefix(t, "The ") {
		return t
	}
	return "the " + t
}

// countWords tells how many members of a group stand where.
func (q *request) countWords(x *record.CallState) string {
	n := x.Count
	of := "of " + thousands(n.Of) + " " + q.groupName(*x.AddresseeID)
	var parts []string
	for _, s := range stocktake.CallStatuses() {
		k := n.N(s)
		if k == 0 {
			continue
		}
		if words := countPhrases[s]; words != "" {
			parts = append(parts, thousands(k)+" "+words)
		}
	}
	if n.Of == 0 {
		return "nobody is known to have belonged to those asked"
	}
	s := of + ", " + and(parts)
	if len(parts) == 0 {
		s = of + ", none is known to have done what was asked for, in part or whole, or to have refused it"
	} else if k := n.Open + n.CannotTell; k > 0 {
		s += "; of " + thousands(k) + " no such act is known"
	}
	if n.Unsure > 0 {
		s += "; for " + thousands(n.Unsure) + " the days that sources give leave it unsure"
	}
	return s
}

// countPhrases say what members of a group did.
var countPhrases = map[stocktake.CallStatus]string{stocktake.CallHappened: "did what was asked for", stocktake.CallInPart: "did it in part", stocktake.CallUndone: "did it and undid it", stocktake.CallRefused: "refused"}

func (q *request) groupName(id stocktake.PartyID) string {
	name := q.partyName(id)
	if name == "" {
		return "members"
	}
	return name
}

// reachWords says how far the record reaches, and that silence past it says nothing.
func (q *request) reachWords(x *record.CallState) string {
	if x.Answer == nil || x.Ends == nil {
		return ""
	}
	who := ""
	switch {
	case x.Count != nil:
		who = " for all of them"
	case x.Party != nil:
		who = " for " + q.partyInProse(*x.Party)
	case x.AddresseeID != nil && x.Kind == "call":
		who = " for " + q.partyInProse(*x.AddresseeID)
	}
	s := "The record reaches to " + dateWords(*x.Ends) + " here" + who
	if x.Count != nil {
		s += ", and further for some"
	}
	if x.Ends.Before(stocktake.DateOf(q.at.On)) == stocktake.Yes && x.Until == nil {
		s += "; what was done later would not show"
	}
	return s + "."
}

// bearing makes the view of one act that bears on a call.
func (q *request) bearing(a *record.CallAct, asked stocktake.PartyID) (bearView, error) {
	v := bearView{links: links{q}, When: dateWords(a.Date), Unsure: a.Unsure, Led: a.Led, Reading: a.Reading}
	var roles []string
	for r := range strings.SplitSeq(a.Role, "+") {
		if w := roleWords[r]; w != "" {
			roles = append(roles, w)
		}
	}
	v.Role = and(roles)
	if a.Role == "" {
		v.Role = "no answer"
	}
	for _, s := range a.Sources {
		v.Sources = append(v.Sources, pair{q.sourceTitle(s), q.to("s", s)})
	}
	if a.Party != asked && a.Party != "" {
		v.By = q.partyName(a.Party)
	}
	if a.Reading != nil {
		for i := range a.Reading.Quotes {
			v.Said = append(v.Said, q.quote(&a.Reading.Quotes[i], a.Reading.Source))
		}
	}
	if a.Kind == stocktake.NoAct {
		v.What = "as read from a source"
		return v, nil
	}
	v.What = actWord(a.Kind) + ", " + q.instrumentTitle(a.Instrument)
	of := a.Instrument
	if a.Via != "" {
		v.What += ", through the " + q.instrumentTitle(a.Via)
		of = a.Via
	}
	v.Address = q.actAddress(a.ID, a.Party, of, a.Date)
	ref := stocktake.ActRef{ID: a.ID, Kind: a.Kind, Date: a.Date, Phase: a.Phase, Via: a.Via, Filing: a.Filing, Sources: a.Sources}
	act, err := q.act(&ref, a.Party, a.Instrument)
	if err != nil {
		return v, err
	}
	v.Own = act.Own
	return v, nil
}

// memberGroups lists the members of a group by where they stand.
func (q *request) memberGroups(x *record.CallState) []memberGroup {
	var out []memberGroup
	for _, s := range stocktake.CallStatuses() {
		g := memberGroup{Status: s.String()}
		for i := range x.Members {
			m := &x.Members[i]
			if m.Status != s {
				continue
			}
			v := memberView{Name: q.partyName(m.Party), Address: q.to("p", m.Party, "calls"), Unsure: m.Unsure}
			for j := range m.By {
				if a := &m.By[j]; a.Led && s != stocktake.CallOpen {
					v.What = actWord(a.Kind) + " " + onDate(a.Date)
					of := a.Instrument
					if a.Via != "" {
						of = a.Via
					}
					if a.Kind != stocktake.NoAct {
						v.Act = q.actAddress(a.ID, a.Party, of, a.Date)
					} else {
						v.What = "as read from a source " + onDate(a.Date)
					}
				}
			}
			g.List = append(g.List, v)
		}
		if g.N = len(g.List); g.N > 0 {
			slices.SortStableFunc(g.List, func(a, b memberView) int { return strings.Compare(a.Name, b.Name) })
			g.Open = g.N <= 12
			out = append(out, g)
		}
	}
	return out
}
