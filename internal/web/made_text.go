package web

import (
	"html/template"
	"strconv"
	"strings"
	"unicode"

	"stocktake/internal/edition"
)

// piece is a paragraph, heading or entry of a list within a text, by code points.
type piece struct {
	kind       byte // p, h, -, 1
	level      int
	n          int
	start, end int
}

// textPieces divides a text from a place on, as forms do: paragraphs between empty lines, headings and entries of lists by their marks.
func textPieces(text []rune, from int) (list []piece) {
	open := false
	for at := from; at < len(text); {
		end := at
		for end < len(text) && text[end] != '\n' {
			end++
		}
		start := at
		for start < end && unicode.IsSpace(text[start]) {
			start++
		}
		at = end + 1
		if start == end {
			open = false
			continue
		}
		x := piece{kind: 'p', start: start, end: end}
		mark := string(text[start:min(start+5, end)])
		word, _, spaced := strings.Cut(mark, " ")
		after := start + len([]rune(word)) + 1
		for after < end && unicode.IsSpace(text[after]) {
			after++
		}
		digits := strings.TrimRight(word, ".)")
		switch {
		case !spaced || after >= end:
		case word == "#" || word == "##" || word == "###":
			x = piece{kind: 'h', level: len(word), start: after, end: end}
		case strings.Contains("- * + • ‣ ◦ ▪ ●", word) && len([]rune(word)) == 1:
			x = piece{kind: '-', level: indent(text, start), start: after, end: end}
		case len(word) == len(digits)+1 && digits != "" && len(digits) <= 3 && strings.Trim(digits, "0123456789") == "":
			x = piece{kind: '1', level: indent(text, start), start: after, end: end}
			x.n, _ = strconv.Atoi(digits)
		}
		if x.kind == 'p' && open {
			list[len(list)-1].end = end
			continue
		}
		list = append(list, x)
		open = x.kind != 'h'
	}
	return list
}

// indent is how deep an entry of a list lies, by the white space before it.
func indent(text []rune, at int) int {
	n := 0
	for at > 0 && text[at-1] != '\n' {
		at--
		n++
	}
	return min(n/2, 2)
}

// madeBody writes the text of a page; in the authoritative language with its marks. It reports whether there are any.
func (q *request) madeBody(p *madePage) (template.HTML, bool) {
	t := p.T
	var marks []mark
	if t == p.E.Main() {
		marks = q.statementMarks(&p.statementPage, p.E.S)
	}
	runes := []rune(t.Whole)
	var h htm
	writePieces(&h, t, textPieces(runes, t.Skip), runes, marks, "")
	return h.html(), len(marks) > 0
}

// writePieces writes pieces of a text; each has an id by which it can be linked to, with a prefix.
func writePieces(h *htm, t *edition.Text, list []piece, runes []rune, marks []mark, prefix string) {
	open := byte(0)
	end := func() {
		if open != 0 {
			h.raw(map[byte]string{'-': "</ul>\n", '1': "</ol>\n"}[open])
			open = 0
		}
	}
	var heads []int // levels of the headings around, as typed, so that they follow each other without a gap
	for i, x := range list {
		id := ` id="` + prefix + textEscaper.Replace(t.Lang) + "-p" + itoa(i+1) + `"`
		if x.kind != open {
			end()
		}
		switch x.kind {
		case 'h':
			for len(heads) > 0 && heads[len(heads)-1] >= x.level {
				heads = heads[:len(heads)-1]
			}
			heads = append(heads, x.level)
			tag := "h" + itoa(len(heads)+1)
			h.raw("<" + tag + id + ">").raw(inside(runes, x, marks)).raw("</" + tag + ">\n")
		case '-', '1':
			if open == 0 {
				open = x.kind
				h.raw(map[byte]string{'-': "<ul>\n", '1': "<ol>\n"}[open])
			}
			h.raw("<li" + id)
			if x.level > 0 {
				h.raw(` class="in-` + itoa(x.level) + `"`)
			}
			if x.kind == '1' {
				h.raw(` value="` + itoa(x.n) + `"`)
			}
			h.raw(">").raw(inside(runes, x, marks)).raw("</li>\n")
		default:
			h.raw("<p" + id + ">").raw(inside(runes, x, marks)).raw("</p>\n")
		}
	}
	end()
}

// inside writes what a piece says, with the marks that lie in it.
func inside(runes []rune, x piece, marks []mark) string {
	var in []mark
	for _, m := range marks {
		if m.start < x.end && x.start < m.end {
			if m.start < x.start {
				m.anchor = "" // it began before
			}
			m.start, m.end = max(m.start, x.start)-x.start, min(m.end, x.end)-x.start
			in = append(in, m)
		}
	}
	s := string(markedText(string(runes[x.start:x.end]), in, nil))
	return strings.TrimSuffix(strings.ReplaceAll(s, "\\\n", "<br>\n"), "\\")
}
