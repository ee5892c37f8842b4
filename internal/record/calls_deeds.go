package record

import (
	"context"
	"slices"

	"stocktake"
)

// answers is what would answer a call, by the numbers of the index.
type answers struct {
	rules []answerRule
}

type answerRule struct {
	role     stocktake.Role
	party    int // -1: whoever was asked
	instrs   []uint32
	kinds    []stocktake.ActKind // none: any
	standing string
}

// compile looks up what an answer names. What the record does not know at this head no act can be about.
func compile(r *Record, q *query, a *stocktake.Answer) *answers {
	out := &answers{}
	a.EachRule(func(role stocktake.Role, x *stocktake.AnswerRule) {
		rule := answerRule{role: role, party: -1, kinds: x.Kinds, standing: x.Standing}
		if x.Party != "" {
			n, ok := r.partyByID[x.Party]
			if !ok {
				return
			}
			rule.party = int(q.party(n))
		}
		for _, id := range x.Instruments {
			if n, ok := r.instrByID[id]; ok && r.instrs[n].first <= q.head && !slices.Contains(rule.instrs, q.instr(n)) {
				rule.instrs = append(rule.instrs, q.instr(n))
			}
		}
		out.rules = append(out.rules, rule)
	})
	return out
}

// instruments lists those that rules name, each once.
func (a *answers) instruments() (list []uint32) {
	for i := range a.rules {
		for _, in := range a.rules[i].instrs {
			if !slices.Contains(list, in) {
				list = append(list, in)
			}
		}
	}
	return list
}

// role returns what an act of a kind is that a party did, where it led to a standing ("" for none). asked says that it is among those asked.
func (a *answers) role(in uint32, by uint16, asked bool, kind stocktake.ActKind, led string) (role stocktake.Role) {
	for i := range a.rules {
		x := &a.rules[i]
		if x.party < 0 && !asked || x.party >= 0 && int(by) != x.party {
			continue
		}
		if slices.Contains(x.instrs, in) && (len(x.kinds) == 0 || slices.Contains(x.kinds, kind)) && (x.standing == "" || x.standing == led) {
			role |= x.role
		}
	}
	return role
}

// standing reports whether some rule on an instrument asks where an act led.
func (a *answers) standing(in uint32) bool {
	return slices.ContainsFunc(a.rules, func(x answerRule) bool { return x.standing != "" && slices.Contains(x.instrs, in) })
}

// deeds gathers the acts that bear on a call, of those who were asked and of others that rules name, and how far the record reaches for them.
// member says that who is one member of the group that was asked: then what was read of other members is left out.
func (c *caller) deeds(ctx context.Context, a *answers, reads []readingAt, who []uint16, member bool) (list []stocktake.Deed, ends stocktake.Date, err error) {
	r, q := c.r, c.q
	type pair struct {
		party uint16
		instr uint32
	}
	var pairs []pair
	add := func(p uint16, in uint32) {
		if x := (pair{p, in}); !slices.Contains(pairs, x) {
			pairs = append(pairs, x)
		}
	}
	for i := range a.rules {
		x := &a.rules[i]
		for _, in := range x.instrs {
			if x.party >= 0 {
				add(uint16(x.party), in)
				continue
			}
			for _, p := range who {
				add(p, in)
			}
		}
	}
	var own []readingAt // readings about these
	for _, x := range reads {
		whose := who
		if x.Party != "" {
			n, ok := r.partyByID[x.Party]
			if n = q.party(n); !ok || member && n != who[0] {
				continue
			}
			whose = []uint16{n}
		}
		own = append(own, x)
		if in, ok := r.instrByID[x.Instrument]; ok && x.Act != "" {
			for _, p := range whose {
				add(p, q.instr(in))
			}
		}
	}
	for _, x := range pairs {
		s := c.rowsOf(x.instr)
		from := len(list)
		if list, err = c.deedsOf(ctx, list, a, own, s, x.party, slices.Contains(who, x.party)); err != nil {
			return nil, ends, err
		}
		ends = later(ends, c.reach(s, int(x.party), list[from:]))
	}
	for i := range own {
		x := &own[i].Reading
		role, ok := stocktake.RoleOf(x.Status)
		if x.Act != "" || !ok {
			continue
		}
		d := stocktake.Deed{Party: x.Party, Instrument: x.Instrument, Role: role, Reading: x}
		d.Date, d.Phase, d.Filing, d.Sources = x.Date, stocktake.PhaseDone, own[i].filing, []stocktake.SourceID{x.Source}
		d.Lo, d.Hi = x.Date.Reach()
		if x.Party == "" && len(who) == 1 {
			d.Party = r.parties[who[0]].id
		}
		list = append(list, d)
	}
	return list, ends, nil
}

// deedsOf adds what one party did towards one instrument, and towards what endorses it, as far as it bears on the call: each act once, on the
// first of its days other than that of an announcement.
func (c *caller) deedsOf(ctx context.Context, list []stocktake.Deed, a *answers, reads []readingAt, s *instrRows, p uint16, asked bool) ([]stocktake.Deed, error) {
	r, q := c.r, c.q
	kind := r.instrs[s.num].kind(q.head)
	r.gather(q, s, p)
	r.resolve(q, kind, s.num)
	if !kind.Binding() {
		r.derive(q, s, p)
	}
	events := slices.Clone(q.events)
	for i := range events {
		ev := &events[i]
		if ev.Phase == stocktake.PhaseAnnounced || ev.Lo > c.at.On {
			continue
		}
		if slices.ContainsFunc(events, func(x stocktake.Event) bool {
			return x.Act == ev.Act && x.Phase != stocktake.PhaseAnnounced && x.Phase < ev.Phase
		}) {
			continue
		}
		led, maybe := "", false
		if a.standing(s.num) {
			led, maybe = c.led(events, ev, kind)
		}
		d := stocktake.Deed{Lo: ev.Lo, Hi: ev.Hi, Alt: ev.Alt, Maybe: ev.Maybe, Role: a.role(s.num, p, asked, ev.Kind, led)}
		if ev.Alt != stocktake.NoAct {
			d.AltRole = a.role(s.num, p, asked, ev.Alt, led)
		}
		read := false
		for j := range reads { // a later filing goes before
			x := &reads[j].Reading
			if role, ok := stocktake.RoleOf(x.Status); ok && x.Act != "" && actHash(x.Act) == ev.Act {
				d.Role, d.AltRole, d.Reading, read = role, role, x, true
			}
		}
		if d.Role|d.AltRole == 0 {
			continue
		}
		if maybe && !read && d.Role != 0 {
			d.Maybe = true
		}
		ref, _, err := r.actRef(ctx, q, s, ev, p)
		if err != nil {
			return nil, err
		}
		ref.Kind = ev.Kind // its role is that of this kind; sources may disagree
		d.ActRef, d.Instrument, d.Party = ref, r.instrs[s.num].id, r.parties[p].id
		if ev.Ref >= 0 {
			d.Party = r.parties[q.seen[ev.Ref].party].id
		}
		list = append(list, d)
	}
	return list, nil
}

// led returns the standing to which an act led, "" where it led to none, and whether that is in doubt.
func (c *caller) led(events []stocktake.Event, ev *stocktake.Event, kind stocktake.InstrumentKind) (word string, unsure bool) {
	q := c.q
	act, on := ev.Act, q.on
	q.events, q.on = slices.Clone(events), ev.Hi
	st := q.judge(kind)
	if st.Since >= 0 && q.events[st.Since].Act == act {
		word = q.law.Name(st)
	}
	q.on = on
	return word, st.Unsure
}
