package signon

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// legalForms are words behind or before a name that say in which form of law a body exists; written without dots, folded.
var legalForms = func() map[string]bool {
	m := map[string]bool{}
	for _, f := range strings.Fields(`inc incorporated corp corporation llc llp lllp ltd limited plc clg cic co company pbc
		ev gev gemeinnutziger verein ggmbh gmbh mbh ag eg kgaa stiftung-gmbh
		ac sc iap abp sa sab sl srl spa onlus odv aps ets
		asbl vzw aisbl ivzw aasbl nv bv stichting-bv vof
		as ab aps oy ry rf yhdistys
		os zs ops zu oz kft kht doo zoo spzoo
		rna npo ngo ong osc pty nfp nfpo`) {
		m[f] = true
	}
	return m
}()

var lower = cases.Fold()

// fold brings text to the form in which names are compared and searched: NFKC, without case, marks and punctuation, words parted by single
// spaces. Single letters with dots between them become one word: "A.C." is "ac".
func fold(s string) string {
	s = norm.NFD.String(lower.String(norm.NFKC.String(s)))
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r) && !unicode.In(r, unicode.Arabic, unicode.Devanagari, unicode.Bengali, unicode.Thai, unicode.Hebrew), r == '\'', r == '’', r == 'ʼ', r == '.', r == '·', r == '\u200b', r == '\u200c', r == '\u200d', r == '\u00ad':
			// dropped, and the word goes on
		case unicode.In(r, unicode.L, unicode.N, unicode.M):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			switch r {
			case 'ı':
				r = 'i'
			case 'ø':
				r = 'o'
			case 'ł':
				r = 'l'
			case 'đ':
				r = 'd'
			}
			b.WriteRune(r)
		case r == '&':
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString("and")
			space = true
		default:
			space = true
		}
	}
	return norm.NFC.String(b.String())
}

// FoldName returns the form in which two names of one organisation are equal: folded, without article in front and legal form behind or in
// front. A name that is nothing else keeps its words.
func FoldName(name string) string {
	words := strings.Fields(fold(name))
	kept := slices.Clone(words)
	for len(kept) > 1 && legalForms[kept[len(kept)-1]] {
		kept = kept[:len(kept)-1]
	}
	for len(kept) > 2 && legalForms[kept[len(kept)-2]+kept[len(kept)-1]] { // "e V", "A C", "sp z o o" in pieces
		kept = kept[:len(kept)-2]
	}
	for len(kept) > 1 && (legalForms[kept[0]] || slices.Contains([]string{"the", "el", "la", "los", "las", "le", "les", "o", "os", "die", "der", "das"}, kept[0])) {
		kept = kept[1:]
	}
	return strings.Join(kept, " ")
}
