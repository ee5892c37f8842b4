package main

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"stocktake"
)

// registerDate finds the day in a value of the register such as "5 Jun 2007 a" or "[30 Sep 1992 a]".
var registerDate = regexp.MustCompile(`^\[?(\d{1,2} [A-Z][a-z]{2} \d{4})\b`)

// An early is the first day or year that a table shows of a party.
type early struct {
	day  stocktake.Date
	what string
}

// hrFiles are the tables of human-rights treaties, by the part of their names that differs.
var hrFiles = []string{"cat", "cedaw", "cped", "crc", "crpd", "iccpr", "iccpr_op1", "iccpr_op2", "icerd", "icescr", "icescr_op", "icmw", "op_cedaw", "op_crc_ac", "op_crc_ic", "op_crc_sc", "op_crpd", "opcat"}

// firstYears sets the year from which a state exists where the list of states has one after 1945 and no other table shows the state before
// it. What contradicts a year is remarked upon.
func (b *builder) firstYears(data string) error {
	year := map[stocktake.PartyID]int{}
	err := each(data, spansFile, []string{"cown", "first_year"}, func(c []string) error {
		if id, ok := b.cow[c[0]]; ok {
			n, err := strconv.Atoi(c[1])
			if err != nil {
				return err
			}
			year[id] = n
		}
		return nil
	})
	if err != nil {
		return err
	}
	seen, err := b.firstSeen(data)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(year)) {
		p, y := b.parties[id], year[id]
		if y <= 1945 {
			continue
		}
		from := stocktake.MustDate(strconv.Itoa(y))
		if why := b.over.Parties[id].NoFrom; why != "" {
			b.remarks = append(b.remarks, fmt.Sprintf("%s: first year %d not taken: %s", id, y, why))
			continue
		}
		first, _ := from.First()
		slices.SortStableFunc(seen[id], func(x, y early) int {
			lx, _ := x.day.Last()
			ly, _ := y.day.Last()
			return cmp.Compare(lx, ly)
		})
		before := ""
		for _, m := range p.Memberships {
			if lo, ok := m.From.First(); ok && lo < first {
				before = "member of the United Nations from " + m.From.String()
			}
		}
		for _, e := range seen[id] {
			if hi, ok := e.day.Last(); ok && hi < first {
				before = fmt.Sprintf("%s on %s (and perhaps more)", e.what, e.day)
				break
			}
		}
		if before != "" {
			b.remarks = append(b.remarks, fmt.Sprintf("%s: first year %d not taken: %s", id, y, before))
			continue
		}
		p.From = from
		p.Sources = append(p.Sources, srcSpans)
	}
	return nil
}

// firstSeen returns the register's dates, the years of the table of 2022 and the first vote of each party, in the order of the tables.
func (b *builder) firstSeen(data string) (map[stocktake.PartyID][]early, error) {
	m := map[stocktake.PartyID][]early{}
	err := each(data, "untc-treaty-status-2015/participant_actions.csv.gz", []string{"chapter_no", "treaty_no", "participant", "column", "value"}, func(c []string) error {
		id, ok := b.folded[fold(c[2])]
		d := registerDate.FindStringSubmatch(c[4])
		if !ok || d == nil {
			return nil
		}
		day, err := time.Parse("2 Jan 2006", d[1])
		if err != nil {
			return nil
		}
		m[id] = append(m[id], early{stocktake.MustDate(day.Format(time.DateOnly)), fmt.Sprintf("register %s-%s, %q", c[0], c[1], c[4])})
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, f := range hrFiles {
		err := each(data, "hr-treaty-status-2022/hr_status_"+f+".csv", []string{"iso2", "year ratification or accession"}, func(c []string) error {
			if y, err := stocktake.ParseDate(strings.TrimSpace(c[1])); err == nil {
				m[b.iso2[c[0]]] = append(m[b.iso2[c[0]]], early{y, "table of 2022, " + f})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	month := map[string]string{}
	err = each(data, "un-ga-votes/un_roll_calls.csv.gz", []string{"rcid", "date"}, func(c []string) error {
		month[strings.Clone(c[0])] = strings.Clone(c[1][:7])
		return nil
	})
	if err != nil {
		return nil, err
	}
	first := map[string]string{}
	err = each(data, "un-ga-votes/un_votes.csv.gz", []string{"rcid", "country_code"}, func(c []string) error {
		if d := month[c[0]]; first[c[1]] == "" || d < first[c[1]] {
			first[strings.Clone(c[1])] = d
		}
		return nil
	})
	for code, d := range first {
		if id, ok := b.iso2[code]; ok && code != "TW" {
			m[id] = append(m[id], early{stocktake.MustDate(d), "vote in the General Assembly"})
		}
	}
	return m, err
}
