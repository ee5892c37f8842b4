package secretariat

import (
	"slices"
	"strings"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// tokens cuts a text into words, spaces and marks, so that nothing smaller than a word is ever merged.
func tokens(s string) []string {
	var list []string
	from, last := 0, rune(-1)
	class := func(r rune) int {
		switch {
		case r == '\n':
			return 0
		case unicode.IsSpace(r):
			return 1
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			return 2
		}
		return 3
	}
	for i, r := range s {
		if i > from && (class(r) != class(last) || class(r) == 0 || class(r) == 3) {
			list = append(list, s[from:i])
			from = i
		}
		last = r
	}
	if from < len(s) {
		list = append(list, s[from:])
	}
	return list
}

// Piece is a run of a difference: Op is -1 for what went, 1 for what came, 0 for what stayed.
type Piece struct {
	Op   int
	Text string
}

// Difference returns what an edit did, word by word.
func Difference(before, after string) []Piece {
	a, b := tokens(before), tokens(after)
	var list []Piece
	emit := func(op int, t []string) {
		if len(t) > 0 {
			list = append(list, Piece{op, strings.Join(t, "")})
		}
	}
	for _, e := range edits(a, b) {
		if e.same {
			emit(0, a[e.a0:e.a1])
			continue
		}
		emit(-1, a[e.a0:e.a1])
		emit(1, b[e.b0:e.b1])
	}
	return list
}

// edit is a run of two lists of tokens: a[a0:a1] and b[b0:b1] are the same, or the second takes the place of the first.
type edit struct {
	a0, a1, b0, b1 int
	same           bool
}

// edits compares two lists of tokens.
func edits(a, b []string) []edit {
	number, next := map[string]rune{}, rune(1)
	runes := func(list []string) []rune {
		out := make([]rune, len(list))
		for i, s := range list {
			n, ok := number[s]
			if !ok {
				if next == 0xD800 { // no surrogates
					next = 0xE000
				}
				n = next
				number[s] = n
				next++
			}
			out[i] = n
		}
		return out
	}
	d := diffmatchpatch.New()
	d.DiffTimeout = 0
	var list []edit
	i, j := 0, 0
	grow := func(same bool, da, db int) {
		if n := len(list); n > 0 && list[n-1].same == same {
			list[n-1].a1 += da
			list[n-1].b1 += db
		} else {
			list = append(list, edit{i, i + da, j, j + db, same})
		}
		i, j = i+da, j+db
	}
	for _, x := range d.DiffMainRunes(runes(a), runes(b), false) {
		switch n := len([]rune(x.Text)); x.Type {
		case diffmatchpatch.DiffEqual:
			grow(true, n, n)
		case diffmatchpatch.DiffDelete:
			grow(false, n, 0)
		case diffmatchpatch.DiffInsert:
			grow(false, 0, n)
		}
	}
	return list
}

// Merge brings two edits of one text together, word by word, as diff3 does. Where both changed the same place in different ways, ok is false,
// and merged holds both, one after the other, between lines that say whose is whose; nothing of either is lost.
func Merge(base, theirs, mine string) (merged string, ok bool) {
	o, a, b := tokens(base), tokens(theirs), tokens(mine)
	ea, eb := edits(o, a), edits(o, b)
	var out []string
	ok = true
	po, pa, pb := 0, 0, 0
	flush := func(no, na, nb int) {
		x, y, z := o[po:no], a[pa:na], b[pb:nb]
		switch {
		case slices.Equal(y, z):
			out = append(out, y...)
		case slices.Equal(x, y):
			out = append(out, z...)
		case slices.Equal(x, z):
			out = append(out, y...)
		default:
			ok = false
			out = append(out, "\n"+ConflictTheirs+"\n"+strings.Join(y, "")+"\n"+ConflictMine+"\n"+strings.Join(z, "")+"\n"+ConflictEnd+"\n")
		}
		po, pa, pb = no, na, nb
	}
	sameA, sameB := unchanged(ea, len(o)), unchanged(eb, len(o))
	for p := 0; p < len(o); p++ {
		if sameA[p] < 0 || sameB[p] < 0 { // token p of the base went in one of them
			continue
		}
		if na, nb := sameA[p], sameB[p]; na >= pa && nb >= pb {
			flush(p, na, nb)
			out = append(out, o[p])
			po, pa, pb = p+1, na+1, nb+1
		}
	}
	flush(len(o), len(a), len(b))
	return strings.Join(out, ""), ok
}

// unchanged gives, for each token of the base, where it stands in the other text, -1 where it does not.
func unchanged(list []edit, n int) []int {
	to := make([]int, n)
	for i := range to {
		to[i] = -1
	}
	for _, e := range list {
		if e.same {
			for i := e.a0; i < e.a1; i++ {
				to[i] = e.b0 + i - e.a0
			}
		}
	}
	return to
}

// The lines between which Merge leaves what two people wrote in one place.
const (
	ConflictTheirs = "<<<<<<< saved meanwhile by somebody else"
	ConflictMine   = "======= yours"
	ConflictEnd    = ">>>>>>> keep what is right, and take these three lines out"
)

// Unsettled reports whether a text still holds such lines.
func Unsettled(text string) bool {
	return strings.Contains(text, ConflictTheirs) || strings.Contains(text, ConflictEnd)
}
