package forms

import (
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// Text writes plain text in UTF-8, with lines of at most columns where a word allows it (70 suits e-mail), or one line a paragraph where
// columns is 0, which suits a chat. Languages stand one after the other. It ends in one line feed.
func (f *Form) Text(columns int) string {
	var b textWriter
	b.columns = columns
	for _, p := range f.head {
		b.item("", p.String())
	}
	for _, t := range f.texts {
		b.gap()
		if len(f.texts) > 1 {
			b.item("", languageName(t.Lang))
			b.gap()
		}
		for _, p := range t.parts {
			b.item("", p.String())
		}
		b.blocks(t.blocks)
	}
	b.parts(f.tail)
	return b.String()
}

// textWriter writes lines.
type textWriter struct {
	strings.Builder
	columns int
	empty   bool // the last line is
}

func (b *textWriter) gap() {
	if b.Len() > 0 && !b.empty {
		b.WriteByte('\n')
		b.empty = true
	}
}

// item writes one paragraph. What stands before it is repeated as spaces on the lines that follow.
func (b *textWriter) item(before, s string) {
	b.empty = false
	indent := strings.Repeat(" ", len(before))
	for l := range strings.SplitSeq(s, "\n") {
		for _, piece := range wrap(l, b.columns-len(before)) {
			b.WriteString(before)
			b.WriteString(piece)
			b.WriteByte('\n')
			before = indent
		}
	}
}

func (b *textWriter) blocks(list []block) {
	for i, x := range list {
		inList := x.kind == bullet || x.kind == number
		if i == 0 || !inList || list[i-1].kind != x.kind {
			b.gap()
		}
		switch x.kind {
		case bullet:
			b.item(strings.Repeat("  ", x.level)+"- ", x.text)
		case number:
			b.item(strings.Repeat("  ", x.level)+strconv.Itoa(x.n)+". ", x.text)
		default:
			b.item("", x.text)
		}
	}
}

func (b *textWriter) parts(list []part) {
	for _, p := range list {
		switch p.kind {
		case partSection:
			b.gap()
			b.item("", p.String())
		case partName, partItem:
			b.item("- ", p.String())
		case partQuote:
			b.item("  ", p.String())
		default:
			b.item("", p.String())
		}
	}
}

// wrap breaks a line at spaces so that no piece is wider than columns, and between wide letters, which need no spaces. A longer word stays whole.
func wrap(s string, columns int) []string {
	if columns <= 0 || cells(s) <= columns {
		return []string{s}
	}
	var list []string
	cur, w := "", 0
	flush := func() {
		if cur = strings.TrimRight(cur, " "); cur != "" {
			list = append(list, cur)
		}
		cur, w = "", 0
	}
	for word := range strings.SplitSeq(s, " ") {
		for i, piece := range breakable(word) {
			n := cells(piece)
			between := 0
			if i == 0 && cur != "" {
				between = 1
			}
			if w > 0 && w+between+n > columns {
				flush()
				between = 0
			}
			if between == 1 {
				cur, w = cur+" ", w+1
			}
			cur, w = cur+piece, w+n
		}
	}
	flush()
	return list
}

// breakable cuts a word between wide letters; a mark of punctuation stays with what it follows, and an opening one with what follows it.
func breakable(word string) []string {
	var list []string
	start := 0
	var last rune
	for i, r := range word {
		if i > start && (wide(r) || wide(last)) && !strings.ContainsRune("，。、；：？！）」』】》〉”’,.;:?!)", r) && !strings.ContainsRune("（「『【《〈“‘(", last) && r != 0x200D && r < 0xFE00 &&
			last != 0x200D && (ideograph(r) || ideograph(last)) {
			list = append(list, word[start:i])
			start = i
		}
		last = r
	}
	return append(list, word[start:])
}

func ideograph(r rune) bool {
	return r >= 0x2E80 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7A3 || r >= 0x20000 && r <= 0x3FFFF
}

func wide(r rune) bool {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return true
	}
	return false
}

// cells is how many columns a text takes up on a terminal.
func cells(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case wide(r):
			n += 2
		case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r >= 0x0300 && r <= 0x036F, r >= 0xFE00 && r <= 0xFE0F, r >= 0x064B && r <= 0x065F:
		default:
			n++
		}
	}
	return n
}
