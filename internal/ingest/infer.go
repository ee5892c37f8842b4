package ingest

import (
	"fmt"
	"slices"
	"strings"
)

// gathering are the words for being together before the place of it.
var gathering = set("gathered gathering met meeting assembled convened held hosted signed adopted issued done reunidos reunidas reunido reunida réunis réunies réuni assemblés versammelt zusammengekommen celebrada celebrado received received adoptado adoptada")

// inferIssue looks elsewhere in the text for what no line of issue gives: the year of its day, the day or month of a meeting, and the place
// where the issuers say that they are gathered. What it finds is flagged.
func (d *reader) inferIssue() {
	if d.out.Dateline != nil && d.out.Dateline.Date != nil && d.out.Dateline.Place != nil {
		return
	}
	l := d.out.Dateline
	add := func(p span) {
		if l == nil {
			l = &Dateline{Span: d.place(p)}
			d.out.Dateline = l
		}
	}
	if l == nil || l.Date == nil {
		if day, ok := d.inferDate(l); ok {
			add(day.span)
			l.Date = ref(day.iso)
			l.Inferred = append(l.Inferred, "date")
			d.flag(FlagInferred, fmt.Sprintf("no line of issue gives the date; %s is inferred from here", day.iso), day.span)
		}
	}
	if l == nil || l.Place == nil {
		if p, ok := d.inferPlace(); ok {
			add(p)
			l.Place = ref(oneLine(d.s[p.a:p.b]))
			l.Inferred = append(l.Inferred, "place")
			d.flag(FlagInferred, "no line of issue gives the place; it is inferred from here", p)
		}
	}
}

// inferredAll reports whether the dateline holds nothing that a line of issue gave.
func (d *reader) inferredAll() bool {
	l := d.out.Dateline
	return l == nil || (l.Date == nil || slices.Contains(l.Inferred, "date")) && (l.Place == nil || slices.Contains(l.Inferred, "place"))
}

// inferDate returns the day of issue where a dateline gives it without its year and the text has one year for it; else the month, or, for a
// meeting that the opening tells of, the day, of the first date with a year in the title, in the opening or behind "When:".
func (d *reader) inferDate(l *Dateline) (day, bool) {
	end := min(len(d.toks), 500)
	if l != nil {
		end = min(len(d.toks), 4000)
	}
	var years []string
	var at span
	var first *day
	meeting := false
	for i := 0; i < end; {
		if dy, to, ok := d.dateAt(i, end); ok {
			if dy.iso != "" && first == nil {
				near := false
				for k := max(0, i-14); k < i && i < 400; k++ {
					near = near || gathering[d.toks[k].low]
				}
				u, _ := d.unitAt(dy.a)
				label := u.tb > u.ta+1 && d.toks[u.ta].is("when", "date", "fecha", "cuándo", "data", "quand", "wann", "datum") && d.toks[u.ta+1].low == ":"
				if near || label || u.role == head {
					first, meeting = &dy, near && !label
				}
			}
			if dy.iso != "" && !slices.Contains(years, dy.iso[:4]) {
				years = append(years, dy.iso[:4])
				at = dy.span
			}
			i = to
			continue
		}
		if t := d.toks[i]; t.kind == number && year(t.low) > 0 && t.b-t.a == 4 && year(t.low) >= 1945 && !slices.Contains(years, t.low) {
			years = append(years, t.low)
			at = t.span
		}
		i++
	}
	if l != nil && l.Date == nil { // the line gives a day without its year
		if len(years) != 1 {
			return day{}, false
		}
		ta, tb := d.tokensIn(d.issued)
		for i := ta; i < tb; i++ {
			if dy, _, ok := d.dateAt(i, tb); ok && dy.doubt == noYear {
				if whole := Read(oneLine(d.s[dy.a:dy.b])+" "+years[0], nil).Dateline; whole != nil && whole.Date != nil && len(whole.Inferred) == 0 {
					return day{span: at, iso: *whole.Date}, true
				}
			}
		}
		return day{}, false
	}
	if l != nil && l.Date != nil {
		return day{}, false
	}
	if u, ok := d.titleUnit(); ok && d.has(jointly, u.ta, u.tb) { // "Declaration on Quays, 27.6.2018", "Joint statement (9 June 2022)"
		for i := u.ta + 1; i < u.tb; i++ {
			dy, to, ok := d.dateAt(i, u.tb)
			if ok && len(dy.iso) == 10 && (d.toks[i-1].is(",", "(", "|", ":") || isDash(d.toks[i-1].low) && d.toks[i].a > d.toks[i-1].b) && (to == u.tb || to == u.tb-1 && d.toks[to].is(")")) {
				return dy, true
			}
		}
	}
	if first != nil && first.a < len(d.s) {
		iso := first.iso
		if !meeting && len(iso) > 7 {
			iso = iso[:7]
		}
		return day{span: first.span, iso: iso}, true
	}
	return day{}, false
}

// inferPlace returns the place where the opening says that the issuers are: "gathered in Los Puertos", "met today in Zenda".
func (d *reader) inferPlace() (span, bool) {
	n := 0
	for _, u := range d.units {
		if u.role != body || !d.prose(u) {
			continue
		}
		if n++; n > 2 {
			return span{}, false
		}
		for i := u.ta; i < u.tb && i < u.ta+260; i++ {
			if !gathering[d.toks[i].low] {
				continue
			}
			for k := i + 1; k < u.tb && k < i+8; k++ {
				if !d.toks[k].is("in", "at", "en", "à", "em", "à") || k+1 >= u.tb || !d.capital(k+1) || isMonth(d.toks[k+1].low) || d.toks[k+1].kind != word {
					continue
				}
				p, _, ok := d.placeAt(k+1, u.tb)
				if !ok || d.has(bodyNouns, k+1, min(k+5, u.tb)) {
					continue
				}
				if c := strings.IndexByte(d.s[p.a:p.b], ','); c > 0 {
					p.b = p.a + c
				}
				if w := strings.Fields(d.s[p.a:p.b]); len(w) > 3 {
					continue
				}
				if h := d.hitsIn(p); len(h) == 1 && h[0].span == p {
					continue // "in Kenya" is no town
				}
				return p, true
			}
		}
	}
	return span{}, false
}
