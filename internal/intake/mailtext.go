package intake

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// longestSignature is how many lines after a line of "-- " can be a signature. More may be names of signers.
const longestSignature = 12

var (
	// wrote is the line before what a message answers.
	wrote = regexp.MustCompile(`(?i)^\s*(?:on .{6,200} wrote|el .{6,200} escribi[oó]|le .{6,200} a écrit|em .{6,200} escreveu|am .{6,200} schrieb.{0,80}|.{2,120}(?:wrote|escribió|a écrit|escreveu|schrieb))\s*:\s*$`)
	// original is the line that some programs put before what a message answers.
	original = regexp.MustCompile(`(?i)^\s*-{2,}\s*(?:original message|mensaje original|message d'origine|message original|mensagem original|ursprüngliche nachricht)\s*-{2,}\s*$`)
	// forwards is the line before what a message passes on.
	forwards = regexp.MustCompile(`(?i)^\s*(?:-{2,}\s*(?:forwarded message|mensaje reenviado|message transféré|mensagem encaminhada|weitergeleitete nachricht)\b.*|begin forwarded message:)\s*$`)
	// passed are the lines of a header that stand below that.
	passed = regexp.MustCompile(`(?i)^\s*\*?(?:from|date|sent|subject|to|cc|reply-to|de|para|enviado|fecha|asunto|envoyé|objet|à|von|gesendet|an|betreff|datum|assunto|data)\s*:\*?(?:\s|$)`)
)

// flowed joins the lines that a mail program has parted (RFC 3676): those that end in a space go on. del says that this space goes.
func flowed(s string, del bool) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		if line == "-- " {
			b.WriteString(line + "\n")
			continue
		}
		line = strings.TrimPrefix(line, " ") // put there so that a line beginning with ">" or "From" is not taken for another thing
		if strings.HasSuffix(line, " ") && !strings.HasPrefix(line, ">") {
			if del {
				line = strings.TrimSuffix(line, " ")
			}
			b.WriteString(line)
			continue
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// own returns what the writer of a message wrote: without lines quoted from another, and without the signature. A message that only
// passes another on is what it passes on.
func (t *Text) own(s string) string {
	list := strings.Split(s, "\n")
	if i := indexLine(list, 0, forwards.MatchString); i >= 0 {
		list = t.forwarded(list, i)
	}
	if i := indexLine(list, 0, original.MatchString); i > 0 && strings.TrimSpace(strings.Join(list[:i], "")) != "" {
		list = list[:i]
		t.flag("Left out of the message: the earlier message that it answers.")
	}
	var kept []string
	quoted, keptRunes := 0, 0
	for i := 0; i < len(list); i++ {
		line := list[i]
		if strings.HasPrefix(strings.TrimLeft(line, " "), ">") {
			quoted++
			continue
		}
		if colon(line) && wrote.MatchString(line) && answered(list[i+1:]) {
			continue
		}
		if next := i + 1; next < len(list) && colon(list[next]) && wrote.MatchString(line+" "+list[next]) && answered(list[next+1:]) {
			i = next
			continue
		}
		kept = append(kept, line)
		keptRunes += len(strings.TrimSpace(line))
	}
	switch {
	case quoted > 0 && keptRunes < 80: // all of it is quoted: that is the message
		for i := range list {
			for strings.HasPrefix(strings.TrimLeft(list[i], " "), ">") {
				list[i] = strings.TrimPrefix(strings.TrimPrefix(strings.TrimLeft(list[i], " "), ">"), " ")
			}
		}
		t.flag("Nearly all of the message is quoted from another; it was read with its marks of quotation taken off.")
	case quoted > 0:
		list = kept
		t.flag("Left out of the message: %s that it quotes from an earlier one.", times(quoted, "line", "lines"))
	}
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] != "-- " {
			continue
		}
		below := 0
		for _, line := range list[i+1:] {
			if strings.TrimSpace(line) != "" {
				below++
			}
		}
		switch {
		case strings.TrimSpace(strings.Join(list[:i], "")) == "" || below == 0:
		case below > longestSignature:
			t.flag("Below a line of “-- ” stand %d lines. They are too many for a signature and were kept.", below)
		default:
			list = list[:i]
			t.flag("Left out of the message: the signature below a line of “-- ” (%s).", times(below, "line", "lines"))
		}
		break
	}
	return strings.Join(list, "\n")
}

// colon reports whether a line ends in one, before the costlier question whether it announces a quotation.
func colon(line string) bool {
	return len(line) < 400 && strings.HasSuffix(strings.TrimSpace(line), ":")
}

func indexLine(list []string, from int, is func(string) bool) int {
	for i := from; i < len(list); i++ {
		if len(list[i]) < 400 && is(list[i]) {
			return i
		}
	}
	return -1
}

// answered reports whether quoted lines come next.
func answered(list []string) bool {
	for _, line := range list {
		if line = strings.TrimSpace(line); line != "" {
			return strings.HasPrefix(line, ">")
		}
	}
	return false
}

// forwarded takes off what stands around a message that is passed on: the line at i, and the header below it.
func (t *Text) forwarded(list []string, i int) []string {
	end := i + 1
	for end < len(list) && (strings.TrimSpace(list[end]) == "" || passed.MatchString(list[end])) {
		end++
	}
	before := strings.TrimSpace(strings.Join(list[:i], "\n"))
	if len(before) > 1500 {
		return list // the message is the first text; what it passes on stays below it
	}
	if before != "" {
		t.flag("Left out of the message: %s above what it passes on.", times(len(strings.Split(before, "\n")), "line", "lines"))
	}
	t.note("The message passes another one on, which was read.")
	return list[end:]
}

// mailPage says what of a message's page was not written by its writer.
type mailPage struct{ quoted, signed int }

func (q *mailPage) skip(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	class, id := " "+attr(n, "class")+" ", attr(n, "id")
	switch {
	case n.DataAtom == atom.Blockquote && attr(n, "type") == "cite", strings.Contains(class, " gmail_quote "), strings.Contains(class, " yahoo_quoted "), strings.Contains(class, " moz-cite-prefix "):
		if forwards.MatchString(firstLine(n)) {
			return false
		}
		q.quoted++
		return true
	case strings.Contains(class, " gmail_signature "), strings.Contains(class, " moz-signature "), id == "Signature", id == "ms-outlook-mobile-signature":
		q.signed++
		return true
	}
	return false
}

// firstLine is the first line that an element shows.
func firstLine(n *html.Node) string {
	var r renderer
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.render(c)
		if i := strings.IndexByte(r.b.String(), '\n'); i > 0 {
			break
		}
	}
	line, _, _ := strings.Cut(r.String(), "\n")
	return line
}
