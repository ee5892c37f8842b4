package importer

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

//go:embed mappings/un-ga-votes.yaml
var gaPartiesYAML []byte

// gaCaster is one name under which votes stand in the files, and the parties that it stood for one after the other.
type gaCaster struct {
	Name  string   `yaml:"name"`
	Code  string   `yaml:"code"`
	COW   int      `yaml:"cow"`
	Party string   `yaml:"party"`
	Spans []gaSpan `yaml:"spans"`
	// YieldsTo names another caster for the same seat: an absence is left out where that one has an entry in the same roll-call.
	YieldsTo string `yaml:"yields_to"`
}

// gaSpan ends with the last day of To, and has no end where To is empty.
type gaSpan struct {
	Party stocktake.PartyID `yaml:"party"`
	To    string            `yaml:"to"`
	last  stocktake.Day
}

type gaCasters struct {
	list   []gaCaster
	byName map[string]int
	byCOW  map[int]int
}

// gaCastersOf reads the table that is shipped. Each import has its own, as names that the record knows are added to it.
func gaCastersOf() (*gaCasters, error) {
	var doc struct {
		Parties []gaCaster `yaml:"parties"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(gaPartiesYAML))
	dec.KnownFields(true)
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("mappings/un-ga-votes.yaml: %w", err)
	}
	c := &gaCasters{list: doc.Parties, byName: map[string]int{}, byCOW: map[int]int{}}
	for i := range c.list {
		k := &c.list[i]
		if k.Party != "" {
			k.Spans = []gaSpan{{Party: stocktake.PartyID(k.Party)}}
		}
		for j := range k.Spans {
			s := &k.Spans[j]
			s.last = stocktake.MaxDay
			if s.To != "" {
				d, err := stocktake.ParseDate(s.To)
				if err != nil {
					return nil, fmt.Errorf("mappings/un-ga-votes.yaml: %s: %w", k.Name, err)
				}
				s.last, _ = d.Last()
			}
		}
		c.byName[k.Name] = i
		c.byCOW[k.COW] = i
	}
	return c, nil
}

// named returns the caster with that name; one that the table does not have is looked up in the record, by name and then by code.
func (c *gaCasters) named(name, code []byte, rec Record) (int, bool) {
	if i, ok := c.byName[string(name)]; ok {
		return i, i >= 0
	}
	id, ok := rec.FindParty(string(name))
	if !ok && len(code) > 0 {
		id, ok = rec.FindParty(string(code))
	}
	if !ok {
		c.byName[string(name)] = -1
		return 0, false
	}
	c.list = append(c.list, gaCaster{Name: string(name), Spans: []gaSpan{{Party: id, last: stocktake.MaxDay}}})
	c.byName[string(name)] = len(c.list) - 1
	return len(c.list) - 1, true
}

func (c *gaCasters) numbered(cow []byte) (int, bool) {
	n, ok := number(cow)
	if !ok {
		return 0, false
	}
	i, ok := c.byCOW[n]
	return i, ok
}

// unknown is the reason for a row whose country is not known.
func (c *gaCasters) unknown(value string) string {
	if _, err := strconv.Atoi(value); err == nil {
		return "no Correlates of War number of a party that is known"
	}
	var names []string
	for _, k := range c.list {
		names = append(names, k.Name)
	}
	if near := nearest(value, names, 3); len(near) > 0 {
		return "no party has this name; the nearest are " + quoted(near)
	}
	return "no party has this name; add it to the record as a name of a party first"
}

// emit makes one filing of what the edition covers, and one of each roll-call, in the order of the file.
func (r *gaRun) emit(ctx context.Context, src stocktake.Source, e edition, absences bool, emit func(stocktake.Filing) error) error {
	type slot struct {
		party  stocktake.PartyID
		caster int
		yields int           // the caster that holds the seat where it has an entry, or -1
		after  stocktake.Day // the span begins after this day
		last   stocktake.Day
	}
	var slots []slot
	for i, k := range r.casters.list {
		after, yields := stocktake.MinDay, -1
		if k.YieldsTo != "" {
			yields = r.casters.byName[k.YieldsTo]
		}
		for _, s := range k.Spans {
			slots = append(slots, slot{s.Party, i, yields, after, s.last})
			after = s.last
		}
	}
	sort.SliceStable(slots, func(i, j int) bool { return slots[i].party < slots[j].party })
	sources := []stocktake.Source{src}

	if len(r.calls) > 0 {
		cov := stocktake.Coverage{Source: src.ID, Instruments: []string{"a-res-*", "ga-*"}, Kinds: []string{string(stocktake.Resolution)}, Acts: []string{"vote-yes", "vote-no", "vote-abstain"}}
		if absences {
			cov.Acts = append(cov.Acts, "vote-absent")
		}
		for _, c := range r.calls {
			d := c.call.Date
			if lo, ok := d.First(); ok {
				if first, had := cov.From.First(); !had || lo < first {
					cov.From = d
				}
				if to, had := cov.To.Last(); !had || c.last > to {
					cov.To = d
				}
			}
		}
		cov.CannotShow = gaCannotShow(absences)
		r.rep.Filings++
		if err := emit(stocktake.Filing{Format: stocktake.Format, Key: gaSet + "/" + e.name + "/coverage", Title: "What the " + e.name + " edition of the recorded votes covers", Sources: sources, Coverage: []stocktake.Coverage{cov}}); err != nil {
			return err
		}
	}

	var lists [gaAbsent + 1]strings.Builder
	yielded := 0
	for i := range r.calls {
		if err := ctx.Err(); err != nil {
			return err
		}
		c := &r.calls[i]
		for j := range lists {
			lists[j].Reset()
		}
		previous, n := stocktake.PartyID(""), 0
		for _, s := range slots {
			if s.caster >= len(c.votes) || c.votes[s.caster] == gaNone || c.last <= s.after || c.last > s.last {
				continue
			}
			if s.yields >= 0 && s.yields < len(c.votes) && c.votes[s.caster] == gaAbsent && c.votes[s.yields] != gaNone {
				yielded++
				continue
			}
			if s.party == previous {
				r.rep.Notes = append(r.rep.Notes, fmt.Sprintf("Roll-call %s has two votes of %s; the one under the name %q was left out.", c.call.ID, s.party, r.casters.list[s.caster].Name))
				continue
			}
			previous = s.party
			b := &lists[c.votes[s.caster]]
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(string(s.party))
			n++
		}
		call := c.call
		call.Yes, call.No, call.Abstain, call.Absent = lists[gaYes].String(), lists[gaNo].String(), lists[gaAbstain].String(), lists[gaAbsent].String()
		title := "Recorded vote " + call.ID + " of the General Assembly"
		if call.Symbol != "" {
			title += ", " + call.Symbol
		}
		r.rep.Filings++
		r.rep.Acts += n
		if err := emit(stocktake.Filing{Format: stocktake.Format, Key: gaSet + "/" + e.name + "/" + call.ID, Title: title, Sources: sources, RollCalls: []stocktake.RollCall{call}}); err != nil {
			return err
		}
	}
	if yielded > 0 {
		r.rep.Notes = append(r.rep.Notes, fmt.Sprintf("%d absences were left out: the file lists a party as absent from votes in which another delegation held the same seat.", yielded))
	}
	return nil
}

func gaCannotShow(absences bool) []string {
	list := []string{
		"Resolutions adopted without a vote are not in it.",
		"Before 1998 it gives the month of a vote, not the day; to the 57th session most days are missing.",
		"In sessions 1 to 18 the number of a resolution is mostly a page of the official records, so those votes stand for themselves.",
		"After 1985 it does not say which votes were on a paragraph or an amendment; several votes may share one symbol.",
		"It shows the votes as they were recorded; a delegation's later word that it had meant to vote otherwise is not in it.",
	}
	if absences {
		return append(list, "It does not part delegations that were away from those that were present and did not vote.")
	}
	return append(list, "It lists no absences: a member without a vote may have been away, or present without voting.")
}
