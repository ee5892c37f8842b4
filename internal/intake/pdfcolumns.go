package intake

import (
	"slices"
	"strings"
	"unicode"
)

// A pdfRow is lines that stand beside each other, from left to right.
type pdfRow struct {
	box
	lines []pdfLine
}

// inRows puts lines into rows, from top to bottom.
func inRows(lines []pdfLine) []pdfRow {
	sorted := slices.Clone(lines)
	slices.SortStableFunc(sorted, func(a, b pdfLine) int {
		if c := compare(a.y0+a.y1, b.y0+b.y1); c != 0 {
			return c
		}
		return compare(a.x0, b.x0)
	})
	var rows []pdfRow
	for _, l := range sorted {
		if n := len(rows); n > 0 && rows[n-1].takes(l) {
			rows[n-1].lines = append(rows[n-1].lines, l)
			rows[n-1].box = rows[n-1].box.over(l.box)
			continue
		}
		rows = append(rows, pdfRow{l.box, []pdfLine{l}})
	}
	for i := range rows {
		rows[i].tidy()
	}
	return rows
}

// takes reports whether a line stands beside those of a row.
func (r *pdfRow) takes(l pdfLine) bool {
	f := r.lines[0]
	if min(f.y1, l.y1)-max(f.y0, l.y0) < 0.25*min(f.h(), l.h()) {
		return false
	}
	for _, o := range r.lines {
		if min(o.x1, l.x1)-max(o.x0, l.x0) > 1 {
			return false
		}
	}
	return true
}

// tidy puts lines in order and together where no gap is between them, and the mark of a list entry before the entry.
func (r *pdfRow) tidy() {
	slices.SortStableFunc(r.lines, func(a, b pdfLine) int { return compare(a.x0, b.x0) })
	out := r.lines[:1]
	for _, l := range r.lines[1:] {
		last := &out[len(out)-1]
		space := l.x0 - last.x1
		if space < 0.3*min(l.h(), last.h()) || isListMark(last.text) && space < 6*l.h() {
			*last = pdfLine{last.box.over(l.box), append(slices.Clone(last.words), l.words...), last.text + " " + l.text}
			if rightToLeft(l.text) > 0 || rightToLeft(last.text) > 0 {
				last.text = inOrder(last.words)
			}
			continue
		}
		out = append(out, l)
	}
	r.lines = out
}

// arrange returns lines in the order of reading. col is the column that they stand in, nothing for the whole page.
func (p *pdfText) arrange(lines []pdfLine, page int, col box) []piece {
	rows := inRows(lines)
	var out []piece
	put := func(l pdfLine) {
		out = append(out, p.piece(l, page, col))
	}
	for i := 0; i < len(rows); {
		if len(rows[i].lines) < 2 {
			put(rows[i].lines[0])
			i++
			continue
		}
		end, gutter, both := band(rows, i)
		if both < 2 {
			out = append(out, p.cells(rows[i], page, col))
			i++
			continue
		}
		var left, right []pdfLine
		for _, r := range rows[i:end] {
			for _, l := range r.lines {
				if l.x0+l.x1 < gutter.x0+gutter.x1 {
					left = append(left, l)
				} else {
					right = append(right, l)
				}
			}
		}
		switch reading(rows[i:end], gutter, left, right) {
		case byRow:
			out = append(out, p.table(rows[i:end], page, col)...)
		case acrossRows:
			p.flow++
			for _, r := range rows[i:end] {
				for _, l := range r.lines {
					out = append(out, p.piece(l, page, column(lines, l)))
				}
			}
			p.flow++
		default:
			sides := [][]pdfLine{left, right}
			if rightToLeft(text(left)+text(right))*2 > len([]rune(text(left)+text(right))) {
				slices.Reverse(sides)
			}
			for _, side := range sides {
				p.flow++
				out = append(out, p.arrange(side, page, around(side))...)
			}
			p.flow++
		}
		i = end
	}
	return out
}

func (p *pdfText) piece(l pdfLine, page int, col box) piece {
	x := piece{box: l.box, text: l.text, page: page, flow: p.flow, left: col.x0, right: col.x1}
	if n := len(l.words); n > 0 {
		first := l.words[0]
		if rightToLeft(l.text)*2 > len([]rune(l.text)) {
			first = l.words[n-1]
		}
		x.first = first.x1 - first.x0
	}
	return x
}

// cells is a row as one line with tabs.
func (p *pdfText) cells(r pdfRow, page int, col box) piece {
	var parts []string
	right := 0
	for _, l := range r.lines {
		parts = append(parts, l.text)
		right += rightToLeft(l.text) * 2
		right -= len([]rune(l.text))
	}
	if right > 0 {
		slices.Reverse(parts)
	}
	return piece{box: r.box, text: strings.Join(parts, "\t"), page: page, flow: p.flow, left: col.x0, right: col.x1, cells: true}
}

func around(lines []pdfLine) box {
	b := lines[0].box
	for _, l := range lines {
		b = b.over(l.box)
	}
	return b
}

// column is the box around the lines that begin or end where l does.
func column(lines []pdfLine, l pdfLine) box {
	b := l.box
	for _, o := range lines {
		if diff(o.x0, l.x0) < l.h()/2 {
			b = b.over(o.box)
		}
	}
	return b
}

func text(lines []pdfLine) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.text)
	}
	return b.String()
}

// band finds how far down from row i a gutter goes on that parts row i in two: to which row, where it is, and how many rows have text on
// both sides of it.
func band(rows []pdfRow, i int) (end int, gutter box, both int) {
	r := rows[i]
	for k := 1; k < len(r.lines); k++ {
		if g := (box{x0: r.lines[k-1].x1, x1: r.lines[k].x0}); k == 1 || g.x1-g.x0 > gutter.x1-gutter.x0 {
			gutter = g
		}
	}
	h := r.h()
	both, end = 1, i+1
	last := [2]float64{r.y1, r.y1}
	var gaps []float64
	g := gutter
	for k := i + 1; k < len(rows); k++ {
		var side [2]bool
		next, clear := g, true
		for _, l := range rows[k].lines {
			switch {
			case l.x1 <= next.x1-0.1*h && l.x0+l.x1 < next.x0+next.x1:
				next.x0 = max(next.x0, l.x1)
				side[0] = true
			case l.x0 >= next.x0+0.1*h:
				next.x1 = min(next.x1, l.x0)
				side[1] = true
			default:
				clear = false
			}
		}
		if !clear || next.x1-next.x0 < 0.1*h {
			break
		}
		space := rows[k].y0 - rows[k-1].y1
		if space > 4*h {
			break
		}
		if side[0] && side[1] {
			both++
		} else { // the longer column goes on below the shorter one, as close as before
			s := 0
			if side[1] {
				s = 1
			}
			if !bothBelow(rows, k, next, h) && rows[k].y0-last[s] > median(gaps)+0.35*h {
				break
			}
		}
		g = next
		for s := range side {
			if side[s] {
				gaps = append(gaps, max(0, rows[k].y0-last[s]))
				last[s] = rows[k].y1
			}
		}
		end = k + 1
	}
	return end, g, both
}

// bothBelow reports whether a row with text on both sides of the gutter comes soon.
func bothBelow(rows []pdfRow, k int, g box, h float64) bool {
	for j := k + 1; j < len(rows) && j < k+8; j++ {
		if rows[j].y0-rows[j-1].y1 > 4*h {
			return false
		}
		left, right := false, false
		for _, l := range rows[j].lines {
			switch {
			case l.x1 <= g.x1-0.1*h && l.x0+l.x1 < g.x0+g.x1:
				left = true
			case l.x0 >= g.x0+0.1*h:
				right = true
			default:
				return false
			}
		}
		if left && right {
			return true
		}
	}
	return false
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	s := slices.Clone(list)
	slices.Sort(s)
	return s[len(s)/2]
}

// How two columns are read.
type order int

const (
	byColumn   order = iota // one, then the other: names, running text
	byRow                   // a table: each row a line
	acrossRows              // a list that runs from left to right, an entry a line
)

var tableHeads = wordsOf("name names organisation organisations organization organizations country countries title position affiliation signatory signatories date city state party nombre organización organizaciones país cargo nom noms organisation pays fonction nome organização país cargo land name organisation")

// reading tells how a band of two columns or more is read.
func reading(rows []pdfRow, gutter box, left, right []pdfLine) order {
	both, head := 0, true
	for i, r := range rows {
		if len(r.lines) > 1 {
			both++
		}
		if i == 0 {
			for _, l := range r.lines {
				f := strings.Fields(strings.ToLower(l.text))
				head = head && len(f) > 0 && len(f) <= 4 && (tableHeads[strings.Trim(f[0], ":")] || tableHeads[strings.Trim(f[len(f)-1], ":")])
			}
		}
	}
	if head && len(rows) > 1 {
		return byRow
	}
	if a, b := numbers(left), numbers(right); len(a) > 1 && len(b) > 1 {
		if a[1] == a[0]+2 && b[0] == a[0]+1 {
			return acrossRows
		}
		return byColumn
	}
	if both*10 < len(rows)*7 {
		return byColumn
	}
	if sorted(left) && sorted(right) && len(left) > 2 {
		return byColumn
	}
	var across []pdfLine
	for _, r := range rows {
		across = append(across, r.lines...)
	}
	if len(across) > 5 && sorted(across) {
		return acrossRows
	}
	l, r := lengths(left), lengths(right)
	if l.data || r.data || max(l.words, r.words) >= 2*min(l.words, r.words) && min(l.words, r.words) <= 2 {
		return byRow
	}
	return byColumn
}

// numbers are those with which entries begin.
func numbers(lines []pdfLine) []int {
	var list []int
	for _, l := range lines {
		w, _, _ := strings.Cut(l.text, " ")
		if !isListMark(w) {
			continue
		}
		n := 0
		for _, r := range w {
			if r >= '0' && r <= '9' {
				n = n*10 + int(r-'0')
			}
		}
		if n > 0 {
			list = append(list, n)
		}
	}
	return list
}

// sorted reports whether entries stand in the order of the alphabet.
func sorted(lines []pdfLine) bool {
	was := ""
	for _, l := range lines {
		is := strings.ToLower(strings.TrimLeft(l.text, "•-–*\"“«( "))
		if is == "" {
			continue
		}
		if was != "" && []rune(is)[0] < []rune(was)[0] {
			return false
		}
		was = is
	}
	return true
}

// length is what the entries of a column are like.
type length struct {
	words float64 // in the middle entry
	data  bool    // most are numbers, addresses or dates
}

func lengths(lines []pdfLine) length {
	var counts []float64
	data := 0
	for _, l := range lines {
		counts = append(counts, float64(len(strings.Fields(l.text))))
		digits := 0
		for _, r := range l.text {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if strings.Contains(l.text, "@") || digits*3 >= len(l.text) {
			data++
		}
	}
	return length{median(counts), data*2 > len(lines)}
}

// table returns rows with tabs between their cells. A row with one cell that stands close below another is a line more of that cell.
func (p *pdfText) table(rows []pdfRow, page int, col box) []piece {
	var spaces []float64
	for i := 1; i < len(rows); i++ {
		if len(rows[i].lines) > 1 && len(rows[i-1].lines) > 1 {
			spaces = append(spaces, rows[i].y0-rows[i-1].y1)
		}
	}
	usual := median(spaces)
	var out []pdfRow
	for i, r := range rows {
		if n := len(out); n > 0 && len(r.lines) == 1 && len(out[n-1].lines) > 1 && r.y0-rows[i-1].y1 < max(usual-0.15*r.h(), usual*0.6) {
			best, is := -1, r.lines[0]
			for k, c := range out[n-1].lines {
				if min(c.x1, is.x1)-max(c.x0, is.x0) > 0 && (best < 0 || diff(c.x0, is.x0) < diff(out[n-1].lines[best].x0, is.x0)) {
					best = k
				}
			}
			if best >= 0 {
				out[n-1].lines = slices.Clone(out[n-1].lines)
				out[n-1].lines[best].text += " " + is.text
				continue
			}
		}
		out = append(out, r)
	}
	var list []piece
	for _, r := range out {
		list = append(list, p.cells(r, page, col))
	}
	return list
}
