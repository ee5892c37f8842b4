package ledger

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"stocktake"
)

// Names are names of a person, or other words of theirs such as a mailbox, to be found in texts: as whole words, whatever the case, the white
// space and the form of Unicode.
type Names struct {
	list []nameSought
}

type nameSought struct {
	runes []rune   // folded
	words []string // folded, without marks, sorted
	key   string   // the longest of them
}

// NewNames takes names in every spelling that is to be found.
func NewNames(list ...string) *Names {
	n := &Names{}
	for _, s := range list {
		f := folded(strings.TrimSpace(s))
		x := nameSought{runes: f.runes, words: bareWords(s)}
		slices.Sort(x.words)
		for _, w := range x.words {
			if len(w) > len(x.key) {
				x.key = w
			}
		}
		n.list = append(n.list, x)
	}
	return n
}

// Err refuses names that would be found everywhere.
func (n *Names) Err() error {
	if len(n.list) == 0 {
		return stocktake.Invalidf("no name is given")
	}
	for _, x := range n.list {
		if x.key == "" || len(x.runes) < 2 {
			return stocktake.Invalidf("%q is no name that can be looked for", string(x.runes)).Hinted("write it whole, with two letters or more")
		}
	}
	return nil
}

// mostWords is how many words a name may have for what resembles it to be found.
const mostWords = 8

// A hit is where a name stands, in bytes of the text in the form NFC, and whether it only resembles it: other accents, other order.
type hit struct {
	from, to int
	near     bool
}

// In reports whether one of the names stands in a text.
func (n *Names) In(text string) bool {
	h, ok := n.find(norm.NFC.String(text))
	return ok && !h.near
}

// mayHold reports quickly whether it is worth while to look closer at a text.
func (n *Names) mayHold(bare string) bool {
	return slices.ContainsFunc(n.list, func(x nameSought) bool { return strings.Contains(bare, x.key) })
}

// find looks for the names in a text in the form NFC: as they are written first, then for what resembles them.
func (n *Names) find(text string) (hit, bool) {
	bare := bareText(text)
	if !n.mayHold(bare) {
		return hit{}, false
	}
	f := folded(text)
	for _, x := range n.list {
		if from, to, ok := f.find(x.runes); ok {
			return hit{from, to, false}, true
		}
	}
	tokens := tokensOf(text)
	for _, x := range n.list {
		if len(x.words) > mostWords || len(x.words) == 1 && len(x.key) < 4 {
			continue
		}
		for i := 0; i+len(x.words) <= len(tokens); i++ {
			some := make([]string, len(x.words))
			for j := range some {
				some[j] = tokens[i+j].bare
			}
			if slices.Sort(some); slices.Equal(some, x.words) {
				return hit{tokens[i].from, tokens[i+len(x.words)-1].to, true}, true
			}
		}
	}
	return hit{}, false
}

// foldedText is a text in which case, white space and kinds of hyphen make no difference; at holds for each rune where it came from.
type foldedText struct {
	runes []rune
	at    []int
	end   int
}

// folded folds a text in the form NFC; other forms are brought to it first.
func folded(s string) foldedText {
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	f := foldedText{end: len(s)}
	space := true // none at the beginning
	for i, r := range s {
		if ignored(r) {
			continue
		}
		if unicode.IsSpace(r) {
			if !space {
				f.runes, f.at = append(f.runes, ' '), append(f.at, i)
			}
			space = true
			continue
		}
		space = false
		if r == 'ß' || r == 'ẞ' {
			f.runes, f.at = append(f.runes, 's', 's'), append(f.at, i, i)
			continue
		}
		f.runes, f.at = append(f.runes, foldRune(r)), append(f.at, i)
	}
	if n := len(f.runes); n > 0 && f.runes[n-1] == ' ' {
		f.runes, f.at = f.runes[:n-1], f.at[:n-1]
	}
	return f
}

// ignored are signs that nobody sees.
func ignored(r rune) bool {
	return r == '\u00ad' || r >= '\u200b' && r <= '\u200f' || r == '\u2060' || r == '\ufeff'
}

func foldRune(r rune) rune {
	switch r {
	case '’', '‘', 'ʼ', '`', '´', '＇':
		return '\''
	case '‐', '‑', '‒', '–', '—', '−':
		return '-'
	}
	if r < 128 {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	return unicode.ToLower(unicode.ToUpper(r))
}

// find returns where name stands as whole words.
func (f *foldedText) find(name []rune) (from, to int, ok bool) {
	for i := 0; i+len(name) <= len(f.runes); i++ {
		if f.runes[i] != name[0] || !slices.Equal(f.runes[i:i+len(name)], name) {
			continue
		}
		end := i + len(name)
		if i > 0 && joined(f.runes[i-1], name[0]) || end < len(f.runes) && joined(name[len(name)-1], f.runes[end]) {
			continue
		}
		to = f.end
		if end < len(f.runes) {
			to = f.at[end]
		}
		return f.at[i], to, true
	}
	return 0, 0, false
}

// joined reports whether two signs beside each other are of one word. Scripts that write words without space between them have no such sign.
func joined(a, b rune) bool {
	return inWord(a) && inWord(b) && !unicode.In(a, unspaced...) && !unicode.In(b, unspaced...)
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// bareText is a text in small letters without marks.
func bareText(s string) string {
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] < 128
	}
	if ascii {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r) || ignored(r):
		case r == 'ß' || r == 'ẞ':
			b.WriteString("ss")
		default:
			b.WriteRune(foldRune(r))
		}
	}
	return b.String()
}

func bareWords(s string) []string {
	return strings.FieldsFunc(bareText(s), func(r rune) bool { return !inWord(r) })
}

type token struct {
	bare     string
	from, to int
}

// tokensOf returns the words of a text with their places.
func tokensOf(s string) (list []token) {
	from := -1
	for i, r := range s + " " {
		if inWord(r) || ignored(r) {
			if from < 0 {
				from = i
			}
			continue
		}
		if from >= 0 {
			list = append(list, token{bareText(s[from:i]), from, i})
			from = -1
		}
	}
	return list
}

// around returns the words around a hit in one line, the hit itself in angle brackets.
func around(text string, h hit) string {
	const width = 40
	before, after := []rune(text[:h.from]), []rune(text[h.to:])
	s := ""
	if len(before) > width {
		before, s = before[len(before)-width:], "…"
	}
	tail := ""
	if len(after) > width {
		after, tail = after[:width], "…"
	}
	return oneLine(s + string(before) + "‹" + strings.TrimSpace(text[h.from:h.to]) + "›" + gap(text[h.from:h.to]) + string(after) + tail)
}

func gap(s string) string {
	if strings.TrimRightFunc(s, unicode.IsSpace) != s {
		return " "
	}
	return ""
}

var tags = regexp.MustCompile(`<[^<>]*>`)

// readings are the ways in which the text of a file may be read: as it is, and where it has tags, without them.
func readings(text string) []string {
	list := []string{text}
	if strings.Contains(text, "<") || strings.Contains(text, "&") {
		list = append(list, html.UnescapeString(tags.ReplaceAllString(text, "")), html.UnescapeString(tags.ReplaceAllString(text, " ")))
	}
	return list
}
