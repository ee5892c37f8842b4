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
			case partSubtitle:
				para("**" + markdownPart(p) + "**")
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

func markdownBlocks(b *strings.Builder, list []block, para func(string)) {
	for i, x := range list {
		s := escapeMarkdown(x.text)
		mark := ""
		switch x.kind {
		case heading:
			para(strings.Repeat("#", x.level+1) + " " + s)
			continue
		case bullet:
			mark = "- "
		case number:
			mark = strconv.Itoa(x.n) + ". "
		default:
			para(s)
			continue
		}
		// A list goes on only where Markdown would count and indent as we do; otherwise a comment ends it and another begins.
		follows := i > 0 && list[i-1].kind == x.kind && list[i-1].level == x.level && (x.kind == bullet || x.n == list[i-1].n+1)
		before := i > 0 && (list[i-1].kind == bullet || list[i-1].kind == number)
		switch {
		case follows:
		case before:
			para("<!-- -->")
			b.WriteString("\n")
		default:
			b.WriteString("\n")
		}
		b.WriteString(mark)
		b.WriteString(strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", len(mark))))
		b.WriteString("\n")
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
