package ingest

import (
	"fmt"
	"strings"
	"unicode"
)

// readHead finds the title and the dateline, and gives the lines above the body their roles.
func (d *reader) readHead() {
	title := -1
	i := 0
	for ; i < len(d.units); i++ {
		u := &d.units[i]
		if u.role != body {
			continue
		}
		if d.isSlug(*u) && i+1 < len(d.units) {
			u.role = head
			continue
		}
		if l, ok := d.labelledDate(*u); ok {
			d.setDateline(l, u)
			continue
		}
		if line, ok := d.dateline(*u); ok && line.whole {
			d.setDateline(line, u)
			d.placeBeside(i)
			continue
		}
		if n := d.addressBlock(i); n > 0 {
			i += n - 1
			continue
		}
		break
	}
	if i < len(d.units) {
		u := &d.units[i]
		_, inline := d.dateline(*u)
		switch {
		case d.isGreeting(*u):
			u.role = salutation
		case u.role != body || inline || d.prose(*u) && (u.words > 40 || d.many(*u)):
		default:
			u.role = head
			title = i
			p := d.place(u.span)
			d.out.Title = &p
		}
	}
	if title < 0 {
		d.flag(FlagNoTitle, "the text starts without a title", span{})
	}

	// The dateline stands in one of the next lines; what lies above the first sentence is head.
	for k, seen := max(i, 0), 0; k < len(d.units) && seen < 7; k++ {
		u := &d.units[k]
		if k == title || u.role != body {
			if d.isGreeting(*u) {
				break
			}
			continue
		}
		if d.isGreeting(*u) {
			u.role = salutation
			continue
		}
		seen++
		if d.out.Dateline == nil {
			if l, ok := d.labelledDate(*u); ok {
				d.setDateline(l, u)
				d.placeBeside(k)
				continue
			}
			if line, ok := d.dateline(*u); ok {
				d.setDateline(line, u)
				d.placeBeside(k)
				continue
			}
		}
		if d.out.Dateline.dayOnly() {
			if line, ok := d.dateline(*u); ok && line.day == nil && line.place.b > line.place.a {
				d.out.Dateline.Place = ref(oneLine(d.s[line.place.a:line.place.b]))
				if line.whole {
					u.role = datelineRole
				} else {
					d.opened = line.b
				}
				continue
			}
		}
		if d.out.Subtitle == nil && title >= 0 && k > title && d.subtitleLike(k, title) {
			u.role = head
			p := d.place(u.span)
			d.out.Subtitle = &p
			continue
		}
		if d.prose(*u) {
			seen += 2
		}
	}
	d.inferIssue()
	if d.out.Dateline == nil || len(d.out.Dateline.Inferred) > 0 && d.inferredAll() {
		d.flag(FlagNoDateline, "neither place nor day of issue was found at the start of the text", span{})
	}
}

// honorifics open the address of a letter.
var honorifics = set("dr mr mrs ms mx hon honorable honourable h.e his her sr sra dra lic señor señora don doña m mme monsieur madame herr frau exmo exma excmo excma senhor senhora prof to till an al")

// addressBlock returns how many lines from unit k on are the address of a letter, whose greeting follows: "Dr. Jane Doe / Executive Secretary /
// Quay Commission". They are taken as such.
func (d *reader) addressBlock(k int) int {
	n := 1
	for k+n < len(d.units) && d.units[k+n].para == d.units[k].para && d.units[k+n].role == body && n < 9 {
		n++
	}
	u := d.units[k]
	if n < 2 || !honorifics[strings.TrimSuffix(d.toks[u.ta].low, ".")] || u.words > 12 || u.stopped {
		return 0
	}
	greeted := false
	for j := k + n; j < len(d.units) && j < k+n+5; j++ {
		greeted = greeted || d.isGreeting(d.units[j])
	}
	if !greeted {
		return 0
	}
	for j := k; j < k+n; j++ {
		if d.units[j].words > 14 || d.prose(d.units[j]) {
			return 0
		}
	}
	d.letterTo = u.span
	for j := k; j < k+n; j++ {
		d.units[j].role = contactRole
	}
	return n
}

// dayOnly reports a dateline that gives the day and no place.
func (l *Dateline) dayOnly() bool { return l != nil && l.Date != nil && l.Place == nil }

// many reports whether u holds several sentences.
func (d *reader) many(u unit) bool {
	n := 0
	for i := u.ta; i < u.tb-1; i++ {
		if d.toks[i].is(".", "?", "!") && d.toks[i+1].kind == word && d.capital(i+1) && d.toks[i+1].a > d.toks[i].b {
			n++
		}
	}
	return n > 0
}

// isSlug reports lines such as "FOR IMMEDIATE RELEASE" and "Press release:", which say what kind of text follows.
func (d *reader) isSlug(u unit) bool {
	to, ok := d.slugEnd(u)
	return ok && to >= u.tb
}

// slugEnd returns the token behind the words of a slug and the marks after them.
func (d *reader) slugEnd(u unit) (int, bool) {
	to, ok := firstOf(d.lex.slugs, d.toks, u.ta, u.tb)
	if !ok {
		to, ok = firstOf(english.slugs, d.toks, u.ta, u.tb)
	}
	for ok && to < u.tb && d.toks[to].kind == mark {
		to++
	}
	return to, ok
}

var dateLabels = phrases("date", "dated", "published", "published on", "released", "release date", "for release", "for immediate release", "issued", "issued on", "fecha", "publicado", "publicado el", "publié le", "date de publication", "data", "publicado em", "datum", "posted", "posted on", "press release", "statement",
	"joint statement", "communiqué de presse", "communiqué", "comunicado", "comunicado de prensa", "nota pública", "pressemitteilung", "open letter", "updated")

// labelledDate reads a line that gives the day of issue behind a word for it: "Date: 4 December 2017", "Communiqué de presse – 28 mai 2018".
func (d *reader) labelledDate(u unit) (line, bool) {
	if u.words > 12 {
		return line{}, false
	}
	to, ok := firstOf(dateLabels, d.toks, u.ta, u.tb)
	if !ok {
		return line{}, false
	}
	for to < u.tb && (d.toks[to].kind == mark || d.toks[to].is("du", "vom", "del", "on", "of", "de")) {
		to++
	}
	day, end, ok := d.dateAt(to, u.tb)
	if !ok || end < u.tb && !(end == u.tb-1 && d.toks[end].kind == mark) {
		return line{}, false
	}
	return line{span: day.span, day: &day, whole: true}, true
}

// placeBeside takes the place for a line that gives only the day from the short line above or below it.
func (d *reader) placeBeside(k int) {
	if d.out.Dateline == nil || d.out.Dateline.Place != nil || d.units[k].role != datelineRole {
		return
	}
	for _, j := range []int{k + 1, k - 1} {
		if j < 0 || j >= len(d.units) || d.units[j].role != body || d.units[j].words > 5 || d.units[j].words == 0 || d.units[j].stopped {
			continue
		}
		u := &d.units[j]
		p, to, ok := d.placeAt(u.ta, u.tb)
		if ok && to >= u.tb && d.placeLike(p) {
			u.role = datelineRole
			d.out.Dateline.Place = ref(oneLine(d.s[p.a:p.b]))
			return
		}
	}
}

// subtitleLike reports whether unit k is a second headline: a line without a stop beneath the title, of four words at least, that announces
// no list and stands above prose or the dateline.
func (d *reader) subtitleLike(k, title int) bool {
	u := d.units[k]
	if k > title+2 || u.marked || u.stopped || u.words < 4 || u.words > 26 || d.lex.subjects[d.toks[u.ta].low] || d.hasLink(u.span) || d.toks[u.tb-1].is(":", ",", ";") || d.isSlug(u) || d.toks[u.tb-1].low == "and" {
		return false
	}
	for j := title + 1; j < k; j++ {
		if d.units[j].role == body {
			return false
		}
	}
	if _, ok := d.signHeading(u); ok {
		return false
	}
	if k+1 >= len(d.units) || startsLow(d.s[u.a:u.b]) {
		return false
	}
	next := d.units[k+1]
	if u.para == next.para && next.role == body && !d.prose(next) && next.words < 12 && next.words > 0 {
		if _, ok := d.dateline(next); !ok {
			return false // lines of an address or a list
		}
	}
	if d.toks[u.ta].low == "by" || d.has(issuing, u.ta, u.tb) && d.has(following, u.ta, u.tb) && u.words > 10 {
		return false
	}
	return d.titleCase(u) || u.words <= 12 || !d.lex.starters[d.toks[u.ta].low] && !d.has(enFinite, u.ta, u.tb)
}

// isGreeting reports "Dear Excellencies," and "To: the Members of …".
func (d *reader) isGreeting(u unit) bool {
	if u.words > 20 || u.stopped {
		return false
	}
	to, ok := firstOf(d.lex.greeting, d.toks, u.ta, u.tb)
	if !ok {
		return false
	}
	last := d.toks[u.tb-1]
	if d.toks[u.ta].low == "to" {
		return to < u.tb && d.toks[to].low == ":"
	}
	return last.is(",", ":", "!") || to >= u.tb
}

// A line is what dateline found: place and day may each be missing, not both.
type line struct {
	span
	place span
	day   *day
	whole bool // the unit holds nothing else
}

// dateline reads a dateline at the start of u: a place, a date or both, parted by a comma, a dash, a bracket or dots, and from the text by a
// dash or the end of the line.
func (d *reader) dateline(u unit) (line, bool) {
	i := u.ta
	open := i < u.tb && d.toks[i].is("(", "[")
	if open {
		i++
	}
	if to, ok := d.slugEnd(u); ok && to < u.tb { // "Press release – Geneva, 4 December 2017"
		i = to
	}
	var l line
	start := i
	if open { // "(ARTICLE 5/Crew News) – 19 April 2009 –"
		for k := i + 1; k+1 < u.tb && k < i+8; k++ {
			if d.toks[k].is(")") && isDash(d.toks[k+1].low) {
				if day, to, ok := d.dateAt(k+2, u.tb); ok && d.dashed(to, u.tb) {
					return line{span: day.span, day: &day}, true
				}
				break
			}
		}
	}
	if day, to, ok := d.dateAt(i, u.tb); ok { // day first: 4 December 2017 – Geneva –
		l.day, l.span = &day, day.span
		i = to
		if k := d.skipMarks(i, u.tb); k > i && k < u.tb {
			if p, to, ok := d.placeAt(k, u.tb); ok && d.ends(to, u.tb, true) {
				l.place, l.b, i = p, p.b, to
			}
		}
	} else {
		p, to, ok := d.placeAt(i, u.tb)
		if !ok {
			return line{}, false
		}
		l.place, l.span, i = p, p, to
		if i < u.tb && (d.toks[i].is(":", ")", ".", "]") && (open || d.toks[i].is(":", "."))) && i+1 < u.tb { // "Nairobi, Kenya: 4 December", "(New York) December 4"
			if _, _, ok := d.dateAt(i+1, u.tb); ok {
				i++
				open = false
			}
		}
		if i+2 < u.tb && d.toks[i].is(".") { // "Crew News. Zenda. 22 de octubre de 2018.-"
			if q, to, ok := d.placeAt(i+1, u.tb); ok && to < u.tb && d.toks[to].is(".", ",") {
				if _, _, ok := d.dateAt(to+1, u.tb); ok {
					l.place, l.span, p, i = q, q, q, to
				}
			} else if _, _, ok := d.dateAt(i+1, u.tb); ok {
				i++
			}
		}
		if k := d.skipMarks(i, u.tb); k < u.tb && (k > i || d.toks[k].is("a", "den", "le", "el", "em", "on", "am") && k+1 < u.tb && (d.toks[k+1].kind == number || isMonth(d.toks[k+1].low)) || d.toks[k].kind == number || isMonth(d.toks[k].low)) {
			for k < u.tb && d.toks[k].is("on", "den", "le", "el", "am", "em", "a") {
				k++
			}
			if day, to, ok := d.dateAt(k, u.tb); ok {
				l.day, l.b, i = &day, day.b, to
			}
		}
	}
	for i < u.tb && d.toks[i].is(")", "]") {
		i++
		if !open {
			l.b = d.toks[i-1].b
		}
	}
	if l.day != nil && i+1 < u.tb && d.toks[i].is(".") && isDash(d.toks[i+1].low) && d.toks[i+1].a == d.toks[i].b {
		i++ // "2017.- Texto"
	}
	if l.day != nil && i+2 < u.tb && d.toks[i].is("(") { // "4 December 2017 (Harbour News) –"
		for k := i + 1; k < u.tb && k < i+8; k++ {
			if d.toks[k].is(")") && k+1 < u.tb && isDash(d.toks[k+1].low) {
				i = k + 1
				break
			}
		}
	}
	if l.day != nil && l.place.b > l.place.a && i+1 < u.tb && d.toks[i].is(".") && d.capital(i+1) {
		return l, true // "Chihuahua, 21 de diciembre de 2018. El día de ayer"
	}
	if l.day != nil && i < u.tb { // an hour behind the day
		k := i
		for k < u.tb && d.toks[k].is(",", "kl", ".", "at", "a", "las", "um", "h", "–", "-", "|") {
			k++
		}
		if k < u.tb {
			if _, to := d.clockAt(k, u.tb); to > k {
				for to < u.tb && (zones[d.toks[to].low] || d.toks[to].is(".", "uhr", "h", "hrs")) {
					to++
				}
				if to >= u.tb {
					i = to
				}
			}
		}
	}
	l.whole = i >= u.tb || i == u.tb-1 && (isDash(d.toks[i].low) || d.toks[i].is(".", ",", ":"))
	switch {
	case start >= u.tb:
		return line{}, false
	case l.day != nil && d.ends(i, u.tb, l.place.b > l.place.a && open):
		return l, true
	case l.day == nil && (d.dashed(i, u.tb) || open && i < u.tb && i > 0 && d.toks[i-1].is(")") && isDash(d.toks[i].low)) && d.placeLike(l.place):
		return l, true
	}
	return line{}, false
}

// ends reports whether a dateline may end at token i: at the end of its unit, or before a dash, a colon or dots with text behind them.
func (d *reader) ends(i, end int, bracket bool) bool {
	return i >= end || bracket || d.dashed(i, end) || d.toks[i].is(":", "|", ")") || i == end-1 && d.toks[i].is(".", ",") ||
		i < end && i > 0 && strings.ContainsFunc(d.s[d.toks[i-1].b:d.toks[i].a], lineBreak)
}

// dashed reports a dash with a space before or behind it, or dots, at token i.
func (d *reader) dashed(i, end int) bool {
	if i >= end || i == 0 {
		return false
	}
	t := d.toks[i]
	if t.is("…", "...", "....") {
		return true
	}
	return isDash(t.low) && (t.low != "-" || t.a > d.toks[i-1].b || i+1 < end && d.toks[i+1].a > t.b)
}

// skipMarks returns the token after the commas, dashes and opening bracket at i.
func (d *reader) skipMarks(i, end int) int {
	for k := 0; k < 2 && i < end && (d.toks[i].is(",", "(", "[", "/", "|", "…", "...") || isDash(d.toks[i].low)); k++ {
		i++
	}
	return i
}

var placeWords = set("de del la las los el of do da dos das am an der le les sur al and y et e und the upon")

// placeAt reads a place name at token i: capitalised words with small words, commas and slashes between them.
func (d *reader) placeAt(i, end int) (span, int, bool) {
	start, last, words := i, i-1, 0
	for ; i < end && words < 9; i++ {
		t := d.toks[i]
		if _, _, ok := d.dateAt(i, end); ok && i > start {
			break
		}
		if t.kind == word && d.capital(i) {
			last = i
			words++
			continue
		}
		if i > start && (t.kind == word && placeWords[t.low] || t.is(",", "/", "&") || t.low == "." && d.toks[i-1].b-d.toks[i-1].a <= 3 && t.a == d.toks[i-1].b) {
			continue
		}
		if t.kind == possessive && last == i-1 {
			last = i
			continue
		}
		break
	}
	if last < start {
		return span{}, i, false
	}
	p := span{d.toks[start].a, d.toks[last].b}
	if last+1 < end && d.toks[last+1].low == "." && d.toks[last+1].a == p.b && last+2 < end && (isDash(d.toks[last+2].low) || d.toks[last+2].low == ",") {
		last++
		p.b = d.toks[last].b
	}
	return p, last + 1, true
}

// placeLike reports whether a place without a date is one: all in capitals, or with its country or state behind a comma.
func (d *reader) placeLike(p span) bool {
	text := d.s[p.a:p.b]
	return len(strings.Fields(text)) <= 6 && (allCaps(text) || strings.Contains(text, ","))
}

func (d *reader) setDateline(l line, u *unit) {
	if d.out.Dateline != nil {
		return
	}
	if l.whole {
		u.role = datelineRole
	} else {
		d.opened = l.b
	}
	d.issued = l.span
	out := Dateline{Span: d.place(l.span)}
	if l.place.b > l.place.a {
		out.Place = ref(oneLine(d.s[l.place.a:l.place.b]))
	}
	switch {
	case l.day == nil:
		d.flag(FlagDate, "the dateline has no date", l.span)
	case l.day.iso == "":
		d.flag(FlagDate, fmt.Sprintf("the date of the dateline is open: %s", l.day.doubt), l.span)
	default:
		out.Date = ref(l.day.iso)
	}
	d.out.Dateline = &out
}

// readEmbargo flags the lines that hold the text back.
func (d *reader) readEmbargo() {
	for k := range d.units {
		u := &d.units[k]
		if u.words > 30 {
			continue
		}
		i := u.ta
		for i < u.tb && d.toks[i].kind == mark {
			i++
		}
		if _, ok := firstOf(d.lex.embargo, d.toks, i, u.tb); !ok {
			if _, ok = firstOf(english.embargo, d.toks, i, u.tb); !ok {
				continue
			}
		}
		day, clock, zone := d.moment(i, u.tb)
		if day == "" && clock == "" && !d.sayUntil(i, u.tb) {
			continue // "Embargo on arms"
		}
		u.role = embargoRole
		var missing []string
		when := day
		if day == "" {
			missing = append(missing, "no full date")
		}
		if clock == "" {
			missing = append(missing, "no hour")
		} else {
			when = strings.TrimSpace(when + " " + clock)
		}
		if zone == "" {
			missing = append(missing, "no time zone")
		} else {
			when = strings.TrimSpace(when + " " + zone)
		}
		msg := "embargoed"
		if when != "" {
			msg += " until " + when
		}
		if len(missing) > 0 {
			msg += "; the line gives " + strings.Join(missing, ", ")
		}
		d.flag(FlagEmbargo, msg, u.span)
		if d.out.Embargo == nil {
			d.out.Embargo = &Embargo{Span: d.place(u.span), Date: ref(day), Time: ref(clock), Zone: ref(zone)}
		}
	}
}

func (d *reader) sayUntil(i, end int) bool {
	for ; i < end; i++ {
		if d.toks[i].is("embargoed", "until", "till", "before", "hasta", "antes", "jusqu", "até", "bis", "sperrfrist") {
			return true
		}
	}
	return false
}

var zones = set("gmt utc est edt cst cdt mst mdt pst pdt et ct mt pt cet cest bst eet eest eat wat cat ist jst z")

// moment reads the day, the hour and the time zone in tokens i to end, as printed but for the day.
func (d *reader) moment(i, end int) (date, clock, zone string) {
	for k := i; k < end; {
		if day, to, ok := d.dateAt(k, end); ok {
			if date == "" {
				date = day.iso
			}
			k = to
			continue
		}
		t := d.toks[k]
		if clock == "" {
			if text, to := d.clockAt(k, end); text != "" {
				clock, k = text, to
				continue
			}
		}
		if clock != "" && zone == "" && zones[t.low] && strings.IndexFunc(d.s[t.a:t.b], unicode.IsLower) < 0 {
			zone = d.s[t.a:t.b]
		}
		k++
	}
	return date, clock, zone
}

// clockAt reads an hour at token k: 00:01, 9 am, 9.30 a.m., 10h30, 10 Uhr.
func (d *reader) clockAt(k, end int) (string, int) {
	t := d.toks[k]
	if t.kind != number {
		if t.is("noon", "midnight", "midday") {
			return t.low, k + 1
		}
		return "", k
	}
	to, sure := k+1, strings.HasSuffix(t.low, "am") || strings.HasSuffix(t.low, "pm") || strings.Contains(strings.TrimLeft(t.low, "0123456789"), "h")
	if to+1 < end && d.toks[to].low == ":" && d.toks[to+1].kind == number && d.toks[to+1].a == d.toks[to].b {
		to, sure = to+2, true
	}
	if to < end && d.toks[to].is("am", "pm", "a.m.", "p.m.", "hrs", "hours", "uhr", "h", "noon", "midnight") {
		to, sure = to+1, true
	}
	if !sure || atoi(strings.TrimRightFunc(strings.Split(t.low, ".")[0], unicode.IsLetter)) > 24 {
		return "", k
	}
	return d.s[t.a:d.toks[to-1].b], to
}
