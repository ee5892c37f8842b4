package web

import (
	"slices"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

// titled writes what the sentence about an instrument needs of it.
func (d *daysOf) titled(in *stocktake.Instrument) {
	d.field("id").text(string(in.ID))
	d.field("title").text(inProse(in))
	d.field("symbol").text(symbolAfter(in))
	d.field("binding").number(map[bool]int{true: 1}[in.Kind.Binding()])
}

// symbolAfter is the symbol of an instrument where its title does not tell it already.
func symbolAfter(in *stocktake.Instrument) string {
	if in.Symbol != "" && !strings.Contains(inProse(in), strings.TrimPrefix(strings.TrimPrefix(in.Symbol, "A/RES/"), "ILO ")) {
		return in.Symbol
	}
	return ""
}

// turnsTowards is the course of a party towards one instrument.
type turnsTowards struct {
	in    stocktake.InstrumentID
	turns []record.Turn
}

// days finds the courses of every party towards every described instrument once: what the indexes of parties are made of.
func (q *request) days() (map[stocktake.PartyID][]turnsTowards, error) {
	return remember(&q.s.memos, "days "+itoa(q.at.Head)+" "+q.at.KnownString(), func() (map[stocktake.PartyID][]turnsTowards, error) {
		all := map[stocktake.PartyID][]turnsTowards{}
		for _, in := range q.described() {
			if !onPartyPages(in) {
				continue
			}
			err := q.s.rec.Courses(q.ctx, q.at, in.ID, func(c *record.Course) error {
				if c.Told {
					all[c.Party] = append(all[c.Party], turnsTowards{in.ID, slices.Clone(c.Turns)})
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
		return all, nil
	})
}

// onPartyPages reports whether the pages of parties list an instrument: of resolutions they give a count.
func onPartyPages(in *stocktake.Instrument) bool {
	return in.Kind != stocktake.StatementKind && in.Kind != stocktake.Resolution
}

// instrumentDays is the index of the page of an instrument: where every party stood towards it on every day, at the head and the moment of the
// question; the day asked about is not looked at. The first page has that of its own instrument.
func (q *request) instrumentDays(in *stocktake.Instrument) ([]byte, error) {
	d := q.newDays("instrument")
	d.titled(in)
	if err := d.adopted(in); err != nil {
		return nil, err
	}
	d.votes(in)
	alike := map[string]int{}
	var turns []string
	var parties []string
	var b []byte
	err := q.s.rec.Courses(q.ctx, q.at, in.ID, func(c *record.Course) error {
		b = b[:0]
		for i := range c.Turns {
			b = d.turn(b, &c.Turns[i])
		}
		n, ok := alike[string(b)]
		if !ok {
			n = len(turns)
			alike[string(b)] = n
			turns, parties = append(turns, string(b)), append(parties, "")
		} else {
			parties[n] += " "
		}
		parties[n] += string(c.Party)
		return nil
	})
	if err != nil {
		return nil, err
	}
	d.field("courses")
	for i := range turns {
		d.b = append(d.b, "[,"[min(i, 1)], '[')
		d.text(parties[i])
		d.b = append(append(d.b, turns[i]...), ']')
	}
	if len(turns) == 0 {
		d.b = append(d.b, '[')
	}
	d.b = append(d.b, ']')
	return d.done(), nil
}

// adopted writes how organs adopted an instrument: the words that the sentence has from each day on.
func (d *daysOf) adopted(in *stocktake.Instrument) error {
	d.field("adopted")
	d.b = append(d.b, '[')
	if slices.Contains(d.q.byOrgans(), in.ID) {
		q := *d.q
		q.at.On = lastDay
		acts, err := q.organActs(in.ID)
		if err != nil {
			return err
		}
		was := ""
		for i := range acts {
			if acts[i].Kind != stocktake.Adoption && acts[i].Kind != stocktake.Finalisation {
				continue
			}
			q.at.On, _ = acts[i].Day.Bounds()
			words, err := q.adoptedBy(in)
			if err != nil {
				return err
			}
			if words == was {
				continue
			}
			if was != "" {
				d.b = append(d.b, ',')
			}
			was = words
			d.b = append(d.b, '[')
			d.number(d.dayAt(q.at.On))
			d.b = append(d.b, ',')
			d.text(words)
			d.b = append(d.b, ']')
		}
	}
	d.b = append(d.b, ']')
	return nil
}

// lastDay is a day after all that anything is told of.
var lastDay = stocktake.DayOf(9999, 12, 31)

// byOrgans lists the instruments about which an organ, a meeting or a group did something.
func (q *request) byOrgans() []stocktake.InstrumentID {
	list, _ := remember(&q.s.memos, "organs "+itoa(q.at.Head)+" "+q.at.KnownString(), func() ([]stocktake.InstrumentID, error) {
		var list []stocktake.InstrumentID
		at := q.at
		at.On = lastDay
		for _, p := range q.s.rec.Parties(q.at.Head) {
			if p.Kind == "organ" || p.Kind == "group" {
				q.s.rec.EachOfParty(at, p.ID, func(s *record.PartyState) { list = append(list, s.Instrument) })
			}
		}
		return list, nil
	})
	return list
}

// votes writes which recorded vote the sentence tells, from each day on.
func (d *daysOf) votes(in *stocktake.Instrument) {
	last := *d.q
	last.at.On = lastDay
	d.field("votes")
	d.b = append(d.b, '[')
	if len(last.voted(in)) > 0 {
		var days []stocktake.Day
		for _, x := range d.q.described() {
			if slices.ContainsFunc(x.Links, func(l stocktake.InstrumentLink) bool { return l.To == in.ID && l.Rel == "endorses" }) {
				for _, v := range d.q.s.rec.RollCallsOn(last.at, x.ID) {
					lo, _ := v.Date.Bounds()
					days = append(days, lo)
				}
			}
		}
		slices.Sort(days)
		was := ""
		for _, lo := range slices.Compact(days) {
			on := *d.q
			on.at.On = lo
			for _, v := range on.voted(in) {
				if v.ID == was {
					continue
				}
				if was != "" {
					d.b = append(d.b, ',')
				}
				was = v.ID
				d.b = append(d.b, '[')
				d.number(d.dayAt(lo))
				d.b = append(d.b, ',')
				d.text(v.ID)
				for _, n := range [...]int{v.Yes, v.No, v.Abstain, v.NotVoting} {
					d.b = strconv.AppendInt(append(d.b, ','), int64(n), 10)
				}
				d.b = append(d.b, ']')
			}
		}
	}
	d.b = append(d.b, ']')
}
