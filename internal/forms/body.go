package forms

import (
	"strconv"
	"strings"
)

// blockKind is what a piece of a body is.
type blockKind uint8

const (
	para blockKind = iota
	heading
	bullet
	number
)

// A block is a paragraph, a heading or an entry of a list. Its text has \n where a line is broken on purpose.
type block struct {
	kind  blockKind
	level int // of a heading, 1 to 3; of a list entry, 0 to 2
	n     int // the number of a numbered entry, as typed
	text  string
}

// body reads the blocks of a text, as the package comment says. Every word of the text is in exactly one block, in order.
func body(s string) []block {
	var list []block
	var cur *block
	end := func() {
		if cur != nil {
			cur.text = tidy(cur.text)
			if cur.text != "" {
				list = append(list, *cur)
			}
			cur = nil
		}
	}
	for raw := range strings.SplitSeq(clean(s), "\n") {
		trimmed := strings.TrimRightFunc(raw, space)
		broken := strings.HasSuffix(raw, "  ")
		if t, cut := strings.CutSuffix(trimmed, `\`); cut && cur != nil || cut && strings.TrimFunc(t, space) != "" {
			trimmed, broken = t, true
		}
		text := strings.TrimLeftFunc(trimmed, space)
		if text == "" {
			end()
			continue
		}
		indent := len(trimmed) - len(text)
		if b, rest, ok := marked(text, indent); ok {
			end()
			b.text = rest
			cur = &b
			if b.kind == heading {
				end()
				continue
			}
		} else if cur == nil {
			cur = &block{text: text}
		} else {
			cur.text += text
		}
		if broken {
			cur.text += "\n"
		} else {
			cur.text += " "
		}
	}
	end()
	return outline(list)
}

// outline makes the levels of headings follow each other without a gap, from 1.
func outline(list []block) []block {
	var open []int // levels as typed, the outermost first
	for i := range list {
		if list[i].kind != heading {
			continue
		}
		for len(open) > 0 && open[len(open)-1] >= list[i].level {
			open = open[:len(open)-1]
		}
		open = append(open, list[i].level)
		list[i].level = len(open)
	}
	return list
}

// marked reads the mark at the start of a line.
func marked(s string, indent int) (b block, rest string, ok bool) {
	b.level = min(indent/2, 2)
	mark, rest, ok := strings.Cut(s, " ")
	if rest = strings.TrimLeftFunc(rest, space); !ok || rest == "" {
		return b, s, false
	}
	switch mark {
	case "#", "##", "###":
		return block{kind: heading, level: len(mark)}, rest, true
	case "-", "*", "+", "•", "‣", "◦", "▪", "●":
		b.kind = bullet
		return b, rest, true
	}
	digits := strings.TrimRight(mark, ".)")
	if len(mark) == len(digits)+1 && len(digits) <= 3 && digits != "" && strings.Trim(digits, "0123456789") == "" {
		b.kind = number
		b.n, _ = strconv.Atoi(digits)
		return b, rest, true
	}
	return b, s, false
}

// tidy folds the white space of a block, line by line, and balances its direction marks.
func tidy(s string) string {
	lines := strings.Split(s, "\n")
	out := lines[:0]
	for _, l := range lines {
		if l = strings.TrimSpace(strings.Join(strings.FieldsFunc(l, space), " ")); l != "" {
			out = append(out, l)
		}
	}
	return balance(strings.Join(out, "\n"))
}

// sameShape reports whether two texts can stand beside each other, paragraph against paragraph: as many blocks, and headings at the same places.
func sameShape(a, b []block) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if (a[i].kind == heading) != (b[i].kind == heading) {
			return false
		}
	}
	return true
}
