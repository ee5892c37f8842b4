package forms

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
	"stocktake"
)

// nasty are pieces that mean something in one format or another.
var nasty = []string{`"`, "'", "<", ">", "&", "&amp;", "&#x41;", "</title>", "<script>alert(1)</script>", "]]>", "<!--", "-->", "*", "**b**", "_", "__", "`", "```", "[x](javascript:1)", "![i](x)", "#", "# ", "\\", "\\\n", "|", "~", "~~x~~",
	"=", "=HYPERLINK(\"x\")", "+", "-", "- ", "@", "1. ", "1)", "12. x", "\t", "\n", "\r\n", "\n\n", "  \n", "\x00", "\x07", "\x1b[31m", "\x7f", "\u0085", "\u2028", "\ufeff", "\ufffe", "\U0001ffff", "\xff", "\xc3", "\u202e", "\u202a", "\u2067", "\u2069", "\u200f", "\u200d", "👩‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
	"e\u0301", "مرحبا", "שלום", "示例", "，", "a", "Example", " ", "\u00a0", "\u3000", "{{.}}", "%s", "$x$", "---", "===", "> q", "http://example.org/?a=b&c", "<https://x>", "\u00ad", "_x000D_", "_x0041_", "﷽", "ß", "İ"}

func nastyText(most int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(nasty), rapid.SampledFrom(nasty), rapid.StringN(0, 5, -1)), 0, most).Draw(t, "pieces"), "")
	})
}

// TestWhateverIsTyped holds that every form stays valid, and all stay the same, whatever titles, names and texts are made of.
func TestWhateverIsTyped(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := func(name string, most int) string { return nastyText(most).Draw(r, name) }
		s := Statement{ID: "x" + text("id", 2), Address: "https://record.example.org/s/1?a=b&c='", Version: 1, Published: time.Date(2017, 12, 4, 18, 0, 0, 0, time.UTC), Coalition: text("coalition", 3), Kind: text("kind", 2), Place: text("place", 3), Dateline: text("dateline", 3)}
		for _, lang := range []string{"en", "ar"}[:rapid.IntRange(1, 2).Draw(r, "languages")] {
			s.Languages = append(s.Languages, Language{Lang: lang, Title: "T" + text("title", 8), Subtitle: text("subtitle", 4), Body: "B" + text("body", 30), TranslatedBy: text("by", 2)})
		}
		for range rapid.IntRange(0, 4).Draw(r, "names") {
			n := Name{Display: map[string]string{"": text("name", 6), "ar": text("name", 3)}, How: rapid.SampledFrom([]How{Verified, Entered, Imported, AsPrinted}).Draw(r, "how"), Note: text("note", 3), Country: text("country", 1),
				Tier: rapid.SampledFrom([]stocktake.Tier{stocktake.TierAuthor, stocktake.TierSignatory, stocktake.TierSharesViews, stocktake.TierPersonal}).Draw(r, "tier")}
			if n.in("") == "" {
				n.Display[""] = "N" + n.Display[""]
			}
			s.Names = append(s.Names, n)
		}
		s.Citations = []Citation{{Title: text("cited", 4), Quote: text("quote", 4)}}
		s.Calls = []Call{{Addressee: text("addressee", 2), Text: text("call", 3)}}
		s.Contacts = []Contact{{Name: text("contact", 3), Email: text("mail", 2)}}
		s.Corrections = []Correction{{Note: text("correction", 3)}}
		checkSame(r, s, Options{})
	})
}
