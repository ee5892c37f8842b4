package intake

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A piece is a line of a page in the order of reading, or a row of cells with tabs between them.
type piece struct {
	box
	text        string
	first       float64 // how wide its first word is
	page, flow  int     // a change of flow is a new column
	left, right float64 // edges of the column that it stands in
	cells       bool
}

// pdfText makes text of pages.
type pdfText struct {
	body        float64 // height of most of the lines
	pitch       float64 // from line to line, in heights of a line
	left, right float64 // edges of the text where it stands in one column
	flow        int
	prose       map[int]bool // flows of running text
	whole, tied map[string]bool
}

// pages returns the text of all pages, and notes what it left out or moved.
func (t *Text) pages(pages []pdfPage) string {
	t.furniture(pages)
	p := &pdfText{prose: map[int]bool{}, whole: map[string]bool{}, tied: map[string]bool{}}
	p.measure(pages)
	var main, notes []piece
	for i := range pages {
		foot := p.footnotes(&pages[i])
		main = append(main, p.arrange(pages[i].lines, i, box{})...)
		p.flow++
		notes = append(notes, p.arrange(foot, i, box{})...)
		p.flow++
	}
	p.edges(main)
	p.edges(notes)
	text := p.join(main)
	if len(notes) > 0 {
		text += "\n\n" + p.join(notes)
		t.note("Footnotes were moved to the end of the text.")
	}
	return text
}

// furniture takes off what stands at the head or foot of pages and comes again on others, and numbers of pages.
func (t *Text) furniture(pages []pdfPage) {
	type place struct {
		page, line int
		text       string
	}
	seen, places := map[string]map[int]bool{}, []place{}
	for i, p := range pages {
		tops, feet := zones(p)
		for _, k := range append(tops, feet...) {
			key := alikeNumbers(p.lines[k].text)
			if key == "" {
				continue
			}
			where := "foot"
			if slices.Contains(tops, k) {
				where = "head"
			}
			key = where + key
			if seen[key] == nil {
				seen[key] = map[int]bool{}
			}
			seen[key][i] = true
			places = append(places, place{i, k, key})
		}
	}
	drop := map[int]map[int]bool{}
	numbers, repeated, said := 0, map[string]int{}, map[string]string{}
	for _, x := range places {
		line := pages[x.page].lines[x.line]
		isNumber := pageNumber(line.text)
		often := len(seen[x.text]) >= 2 && len(seen[x.text])*5 >= len(pages)*2
		if !often && !isNumber {
			continue
		}
		if drop[x.page] == nil {
			drop[x.page] = map[int]bool{}
		}
		drop[x.page][x.line] = true
		if isNumber {
			numbers++
			continue
		}
		repeated[x.text]++
		said[x.text] = line.text
	}
	for i := range pages {
		kept := pages[i].lines[:0]
		for k, l := range pages[i].lines {
			if !drop[i][k] {
				kept = append(kept, l)
			}
		}
		pages[i].lines = kept
	}
	if numbers > 0 {
		t.note("Left out: the numbers of pages, on %s.", times(numbers, "page", "pages"))
	}
	keys := make([]string, 0, len(repeated))
	for k := range repeated {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys[:min(len(keys), 8)] {
		t.note("Left out: “%s”, at the %s of %d pages.", clip(said[k], 80), k[:4], repeated[k])
	}
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// zones returns the lines of the first and last three rows of a page that stand in its outer sixths.
func zones(p pdfPage) (tops, feet []int) {
	if p.h <= 0 {
		return nil, nil
	}
	order := make([]int, len(p.lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compare(p.lines[a].y0, p.lines[b].y0) })
	pick := func(from, step int, within func(box) bool) (list []int) {
		rows, last := 0, box{}
		for i := from; i >= 0 && i < len(order); i += step {
			l := p.lines[order[i]]
			if !within(l.box) {
				break
			}
			if len(list) == 0 || min(l.y1, last.y1)-max(l.y0, last.y0) < 0.3*min(l.h(), last.h()) {
				if rows++; rows > 3 {
					break
				}
				last = l.box
			}
			list = append(list, order[i])
		}
		return list
	}
	tops = pick(0, 1, func(b box) bool { return b.y1 < p.h/6 })
	feet = pick(len(order)-1, -1, func(b box) bool { return b.y0 > p.h*5/6 })
	return tops, feet
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// alikeNumbers makes the head or foot of one page comparable with that of another: any number is the same.
func alikeNumbers(s string) string {
	var b strings.Builder
	digit := false
	for _, r := range strings.ToLower(strings.Join(strings.Fields(s), " ")) {
		if unicode.IsDigit(r) {
			if !digit {
				b.WriteByte('#')
			}
			digit = true
			continue
		}
		digit = false
		b.WriteRune(r)
	}
	return b.String()
}

// pageNumber reports a line that is nothing but the number of its page: "3", "- 3 -", "Page 3 of 7", "3/7", "iii".
func pageNumber(s string) bool {
	s = alikeNumbers(s)
	s = strings.Trim(s, " -–—|[]().")
	switch s {
	case "#", "#/#", "# / #", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x":
		return true
	}
	for _, w := range []string{"page", "pág", "pag", "p", "seite", "página", "pagina", "стр", "صفحة", "第"} {
		if rest, ok := strings.CutPrefix(s, w); ok {
			rest = strings.TrimSpace(strings.TrimPrefix(rest, "."))
			switch rest {
			case "#", "#/#", "# / #", "# of #", "# de #", "# sur #", "# von #", "# da #", "# 页", "#页":
				return true
			}
		}
	}
	return s == "# of #" || s == "# de #" || s == "# von #" || s == "# sur #"
}

// measure finds how high most lines are, and which words with and without hyphens the text has.
func (p *pdfText) measure(pages []pdfPage) {
	weight, total := map[int]int{}, 0
	for _, page := range pages {
		for _, l := range page.lines {
			n := utf8.RuneCountInString(l.text)
			weight[int(l.h()*2+0.5)] += n
			total += n
			for _, w := range strings.FieldsFunc(strings.ToLower(l.text), func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) {
				if strings.Contains(strings.Trim(w, "-"), "-") {
					p.tied[w] = true
				} else {
					p.whole[w] = true
				}
			}
		}
	}
	sizes := make([]int, 0, len(weight))
	for h := range weight {
		sizes = append(sizes, h)
	}
	slices.Sort(sizes)
	sum := 0
	for _, h := range sizes {
		if sum += weight[h]; sum*2 >= total {
			p.body = float64(h) / 2
			break
		}
	}
}

// footnotes takes the notes off the foot of a page: smaller lines, of which the first begins with a number or a mark of notes.
func (p *pdfText) footnotes(page *pdfPage) []pdfLine {
	rows := inRows(page.lines)
	from := len(rows)
	for from > 0 && rows[from-1].h() < 0.9*p.body && rows[from-1].y0 > page.h*0.45 {
		from--
	}
	for from < len(rows) && !noteMark(rows[from].lines[0].text) {
		from++
	}
	if from == len(rows) || from == 0 {
		return nil
	}
	var main, notes []pdfLine
	for i, r := range rows {
		if i < from {
			main = append(main, r.lines...)
		} else {
			notes = append(notes, r.lines...)
		}
	}
	page.lines = main
	return notes
}

func noteMark(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	if strings.ContainsRune("*†‡§[", r) {
		return true
	}
	n := len(s) - len(strings.TrimLeft(s, "0123456789"))
	return n > 0 && n <= 3 && len(s) > n && (s[n] == ' ' || s[n] >= 'A')
}

// edges finds the edges of the text that stands in one column, the distance of lines, and which flows are running text.
func (p *pdfText) edges(list []piece) {
	first := p.right == 0
	var pitches []float64
	lower, all := map[int]int{}, map[int]int{}
	for i, x := range list {
		if x.right == 0 && !x.cells && first {
			if p.right == 0 {
				p.left = x.x0
			}
			p.left, p.right = min(p.left, x.x0), max(p.right, x.x1)
		}
		if i > 0 && list[i-1].flow == x.flow && list[i-1].page == x.page {
			if r := (x.y0 - list[i-1].y0) / max(x.h(), 1); r > 0.6 && r < 2.6 {
				pitches = append(pitches, r)
			}
			all[x.flow]++
			if startsLower(x.text) {
				lower[x.flow]++
			}
		}
	}
	for flow, n := range all {
		p.prose[flow] = n >= 3 && lower[flow]*100 >= n*35
	}
	if len(pitches) > 0 && first {
		slices.Sort(pitches)
		p.pitch = pitches[len(pitches)*2/5]
	}
	if p.pitch == 0 {
		p.pitch = 1.2
	}
	for i := range list {
		if list[i].right == 0 {
			list[i].left, list[i].right = p.left, p.right
		}
	}
}

// join writes pieces as paragraphs and lines.
func (p *pdfText) join(list []piece) string {
	var b strings.Builder
	joined := false // whether the paragraph being written has several lines
	for i, x := range list {
		if i == 0 {
			b.WriteString(x.text)
			continue
		}
		a := list[i-1]
		near := a.flow == x.flow && a.page == x.page
		gap, size := false, false
		if a.page == x.page && (near || x.y0 > a.y0) {
			gap = (x.y0-a.y0)/max(a.h(), 1) > p.pitch*1.3 || x.y0 < a.y0-a.h()
		}
		size = a.h()-x.h() > 0.13*max(a.h(), x.h()) || x.h()-a.h() > 0.13*max(a.h(), x.h())
		if a.cells && !x.cells {
			gap = true
		}
		if !gap && !size && !a.cells && !x.cells && p.goesOn(a, x) {
			joined = joined || a.right-a.left >= 0.55*(p.right-p.left)
			glue(&b, x.text, p)
			continue
		}
		switch {
		case gap || size && !(a.cells && x.cells), joined && !(listMark0(x.text) && listMark0(a.text)) && !x.cells, near && x.cells && !a.cells:
			b.WriteString("\n\n")
		default:
			b.WriteString("\n")
		}
		b.WriteString(x.text)
		joined = false
	}
	return strings.ReplaceAll(b.String(), "\u00AD", "")
}

// goesOn reports whether a line is the continuation of the one before: whether that had no room for its first word, and whether the words
// look like it.
func (p *pdfText) goesOn(a, x piece) bool {
	if listMark0(x.text) || a.text == "" || x.text == "" {
		return false
	}
	lower := startsLower(x.text)
	last, _ := utf8.DecodeLastRuneInString(a.text)
	if hyphen(last) && lower {
		return true
	}
	stop := strings.ContainsRune(".!?:;。؟", last)
	right := rightToLeft(a.text)*2 > utf8.RuneCountInString(a.text)
	room := a.right - a.x1
	if right {
		room = a.x0 - a.left
	}
	near := a.flow == x.flow && a.page == x.page
	if near && a.x0-a.left > 2*a.h() && diff(a.x0+a.x1, x.x0+x.x1) < a.h() { // centred
		return lower || openEnd(a.text)
	}
	width := a.right - a.left
	forced := room < x.first+0.25*a.h()+0.015*width
	if !forced {
		return lower && !stop && near && a.x1-a.x0 > 0.4*width
	}
	if near && !right && !listMark0(a.text) && stop && x.x0 > a.x0+0.8*a.h() && a.x0 < a.left+0.3*a.h() {
		return false // the first line of a paragraph is set in
	}
	if last == ';' && a.x0 > p.left+0.8*a.h() {
		return false // entries of a list whose marks are drawings
	}
	if lower || openEnd(a.text) {
		return true
	}
	runes := utf8.RuneCountInString(a.text)
	if runes >= 45 && width >= 0.55*(p.right-p.left) && a.x1-a.x0 >= 0.8*width-2*a.h() {
		return true
	}
	if wide(last) && runes >= 22 && width >= 0.55*(p.right-p.left) { // Chinese, Japanese
		return true
	}
	return p.prose[a.flow] && runes >= 18
}

func diff(a, b float64) float64 { return max(a, b) - min(a, b) }

func startsLower(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) {
			return unicode.IsLower(r)
		}
		if !strings.ContainsRune("“\"'‘«(", r) {
			return false
		}
	}
	return false
}

func hyphen(r rune) bool { return r == '-' || r == 0x2010 || r == 0x00AD }

// wide reports letters of scripts that put no space between words.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF
}

// small are words that end no entry of a list.
var small = wordsOf("the of and for on in to a an at by with from or de la le les des du el los las del y e da do dos das em para por et aux au en und für der die das von zu im zum zur und & d’ l’ con sur pour contre against between among under über gegen mit")

func wordsOf(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// openEnd reports whether a line ends with a word or mark that something must follow.
func openEnd(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	if strings.ContainsRune(",(–—/&“«،", r) {
		return true
	}
	return small[strings.ToLower(s[strings.LastIndexAny(s, " \t")+1:])]
}

// listMark0 reports whether a line begins with the mark of a list entry.
func listMark0(s string) bool {
	word, rest, ok := strings.Cut(s, " ")
	if !ok {
		return false
	}
	return isListMark(word) && strings.TrimSpace(rest) != ""
}

// isListMark reports marks such as "•", "-", "1.", "(a)", "iv)".
func isListMark(w string) bool {
	switch w {
	case "•", "-", "–", "—", "*", "o", "▪", "►", "➢", "✓", "·", "‣", "◦":
		return true
	}
	in := strings.TrimPrefix(w, "(")
	if in == w && !strings.HasSuffix(w, ".") && !strings.HasSuffix(w, ")") || in == "" {
		return false
	}
	in = strings.TrimRight(in, ".)")
	if in == "" || len(in) == len(strings.TrimPrefix(w, "(")) {
		return false
	}
	if n, err := strconv.Atoi(strings.ReplaceAll(in, ".", "")); err == nil {
		return n < 1000
	}
	return len(in) == 1 && in[0] >= 'a' && in[0] <= 'z' || len(in) <= 4 && strings.Trim(in, "ivx") == ""
}

// kept are first parts of words with a hyphen that belongs to them.
var kept = wordsOf("non self co well long high low anti ex socio vice so-called twenty thirty forty fifty sixty seventy eighty ninety cross inter-agency multi full part post pre pro half gender human-rights civil decision policy evidence people")

// glue writes a line that goes on with the one before: without space where a word was parted, and without its hyphen where the parting alone
// put it there.
func glue(b *strings.Builder, next string, p *pdfText) {
	before := b.String()
	last, n := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(next)
	switch {
	case last == 0x00AD:
		// taken off at the end, with all others
	case hyphen(last) && len(before) > n && before[len(before)-n-1] != ' ':
		head := before[strings.LastIndexAny(before[:len(before)-n], " \t\n(“\"/")+1 : len(before)-n]
		end := strings.IndexFunc(next, func(r rune) bool { return !unicode.IsLetter(r) && !hyphen(r) })
		if end < 0 {
			end = len(next)
		}
		h, t := strings.ToLower(head), strings.ToLower(next[:end])
		keep := !unicode.IsLower(first) || strings.ContainsFunc(head, unicode.IsDigit) || kept[h] || strings.ToUpper(head) == head
		switch {
		case p.whole[h+t]:
			keep = false
		case p.tied[h+"-"+t]:
			keep = true
		}
		if !keep {
			s := before[:len(before)-n]
			b.Reset()
			b.WriteString(s)
		}
	case wide(last) && wide(first):
	default:
		b.WriteByte(' ')
	}
	b.WriteString(next)
}
