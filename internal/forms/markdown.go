package forms

import (
	"strconv"
	"strings"
)

// Markdown writes CommonMark. What was typed is escaped, so that it reads as it was typed. Languages stand one after the other.
func (f *Form) Markdown() string {
	var b strings.Builder
	para := func(s string) {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString(s)
		b.WriteString("\n")
	}
	for _, p := range f.head {
		para(markdownPart(p))
	}
	for i, t := range f.texts {
		if len(f.texts) > 1 {
			para("*" + escapeMarkdown(languageName(t.Lang)) + "*")
		}
		for _, p := range t.parts {
			switch p.kind {
			case partTitle:
				para(strings.Repeat("#", min(i+1, 2)) + " " + markdownPart(p))
			default:
				para(markdownPart(p))
			}
		}
		markdownBlocks(&b, t.blocks, para)
	}
	items := false
	for _, p := range f.tail {
		inList := p.kind == partName || p.kind == partItem
		switch {
		case p.kind == partSection:
			para("## " + markdownPart(p))
		case p.kind == partQuote:
			b.WriteString("\n  > " + markdownPart(p) + "\n")
		case inList && items:
			b.WriteString("- " + markdownPart(p) + "\n")
		case inList:
			para("- " + markdownPart(p))
		default:
			para(markdownPart(p))
		}
		items = inList
	}
	return b.String()
}

func markdownPart(p part) string {
	s := escapeMarkdown(strings.TrimRight(p.label(), " "))
	if p.href == "" {
		return s
	}
	if s != "" {
		s += " "
	}
	return s + "<" + p.href + ">"
}

func markdownBlocks(b *strings.Builder, list []block, write func(string)) {
	type entry struct {
		block
		indent int  // of what stands in it
		other  bool // the list has the other mark, which sets it apart from the one before
	}
	var open []entry // the entries that x may stand in
	for _, x := range list {
		s := escapeMarkdown(x.text)
		switch x.kind {
		case heading:
			open = nil
			write(strings.Repeat("#", x.level+1) + " " + s)
			continue
		case para:
			open = nil
			write(s)
			continue
		}
		var before entry // at the same level
		for len(open) > 0 && open[len(open)-1].level >= x.level {
			before, open = open[len(open)-1], open[:len(open)-1]
		}
		goesOn := before.kind == x.kind && before.level == x.level && (x.kind == bullet || x.n == before.n+1)
		e := entry{block: x}
		if before.indent > 0 && before.kind == x.kind {
			e.other = before.other == goesOn
		}
		if !goesOn && (len(open) == 0 || x.kind == number && x.n != 1 || before.indent > 0) {
			b.WriteString("\n")
		}
		mark := "- "
		switch {
		case x.kind == bullet && e.other:
			mark = "* "
		case x.kind == number && e.other:
			mark = strconv.Itoa(x.n) + ") "
		case x.kind == number:
			mark = strconv.Itoa(x.n) + ". "
		}
		indent := 0
		if len(open) > 0 {
			indent = open[len(open)-1].indent
		}
		e.indent = indent + len(mark)
		open = append(open, e)
		b.WriteString(strings.Repeat(" ", indent) + mark + strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", e.indent)) + "\n")
	}
}

// escapeMarkdown returns s so that CommonMark, and GitHub's tables and strokes, show it letter for letter.
func escapeMarkdown(s string) string {
	var b strings.Builder
	start := true // of a line
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\n':
			b.WriteString("\\\n")
			start = true
			continue
		case strings.IndexByte("\\`*_[]<>&~|$", c) >= 0:
			b.WriteByte('\\')
		case start && strings.IndexByte("#+-=:!", c) >= 0:
			b.WriteByte('\\')
		case (c == '.' || c == ')') && onlyDigits(s, i):
			b.WriteByte('\\')
		case c == '#' && i+1 == len(s) || c == '#' && (s[i+1] == '\n' || s[i+1] == '#'): // the end of a heading
			b.WriteByte('\\')
		}
		b.WriteByte(c)
		start = false
	}
	return b.String()
}

// onlyDigits reports whether nothing but digits stands between the start of the line and i.
func onlyDigits(s string, i int) bool {
	j := i
	for j > 0 && s[j-1] >= '0' && s[j-1] <= '9' {
		j--
	}
	return j < i && (j == 0 || s[j-1] == '\n')
}
