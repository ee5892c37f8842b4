package main

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var (
	bracketArticle = regexp.MustCompile(`\s*\((the|le|la|les|l'|el|los|las)\)\s*`)
	headArticle    = regexp.MustCompile(`^(the |le |la |les |l'|el |los |las )`)
	asterisks      = regexp.MustCompile(`\s*\*+\s*$`)
)

// unterm returns a short name of UNTERM without its article in brackets and the asterisks that mark non-members:
// "Bahamas (the)" is "Bahamas", "Iran (Islamic Republic of)" stays.
func unterm(s string) string {
	s = asterisks.ReplaceAllString(strings.TrimSpace(s), "")
	return strings.TrimSpace(bracketArticle.ReplaceAllString(s, " "))
}

// untermFormal returns a formal name of UNTERM without the article in front, in English, French and Spanish.
func untermFormal(s, lang string) string {
	s = asterisks.ReplaceAllString(strings.TrimSpace(s), "")
	if lang == "en" || lang == "fr" || lang == "es" {
		s = headArticle.ReplaceAllString(s, "")
	}
	return s
}

// fold returns what two spellings of one name have in common: no case, accents, punctuation, "&" as "and".
func fold(s string) string {
	s = strings.ReplaceAll(s, "&", " and ")
	var b strings.Builder
	space := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Mn, r):
		default:
			space = true
		}
	}
	return b.String()
}
