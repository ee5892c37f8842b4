package ledger

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		name, text string
		there      bool
		near       bool
		shown      string
	}{
		{"Ana Ruiz", "said Ana Ruiz, who", true, false, "said ‹Ana Ruiz›, who"},
		{"Ana Ruiz", "ANA  \n ruiz said", true, false, "‹ANA ruiz› said"},
		{"Ana Ruiz", "ana\u00a0ruiz", true, false, "‹ana ruiz›"},
		{"Ana Ruiz", "Ana\u00adRuiz", false, false, ""},
		{"Ana Ruiz", "A\u00adna Ru\u200biz", true, false, "‹A\u00adna Ru\u200biz›"},
		{"Ana Ruiz", "Mariana Ruiz", false, false, ""},
		{"Ana Ruiz", "Ana Ruizova", false, false, ""},
		{"Ana Ruiz", "Ana Ruiz's words", true, false, "‹Ana Ruiz›'s words"},
		{"Ana Ruiz", "RUIZ, Ana", true, true, "‹RUIZ, Ana›"},
		{"Ana Ruiz", "Añá Ruiz", true, true, "‹Añá Ruiz›"},
		{"José", norm.NFD.String("by José."), true, false, "by ‹José›."},
		{norm.NFD.String("José"), "by José.", true, false, "by ‹José›."},
		{"Jose", "by José.", true, true, "by ‹José›."},
		{"Straße", "STRASSE", true, false, "‹STRASSE›"},
		{"Σίσυφος", "ΣΊΣΥΦΟΣ", true, false, "‹ΣΊΣΥΦΟΣ›"},
		{"İpek", "ipek", true, false, "‹ipek›"},
		{"O'Brien", "Mr O’Brien", true, false, "Mr ‹O’Brien›"},
		{"Jean-Luc Ba", "Jean‑Luc Ba", true, false, "‹Jean‑Luc Ba›"},
		{"王小明", "发言人王小明说", true, false, "发言人‹王小明›说"},
		{"محمد علي", "قال محمد علي اليوم", true, false, "قال ‹محمد علي› اليوم"},
		{"ana.ruiz@example.org", "<ANA.RUIZ@example.org>", true, false, "<‹ANA.RUIZ@example.org›>"},
		{"ana.ruiz@example.org", "mariana.ruiz@example.org", false, false, ""},
		{"+41 22 555 01 99", "call +41 22 555 01 99.", true, false, "call ‹+41 22 555 01 99›."},
		{"+41 22 555 01 9", "call +41 22 555 01 99.", false, false, ""},
		{"Ana Ruiz", "", false, false, ""},
		{"Li", "Li said", true, false, "‹Li› said"},
		{"Ana Ruiz", "Ana Ruiz ", true, false, "‹Ana Ruiz›"},
		{"Ana Ruiz", "Ana Ruiza and Ana Ruiz", true, false, "Ana Ruiza and ‹Ana Ruiz›"},
	} {
		text := norm.NFC.String(c.text)
		h, ok := NewNames(c.name).find(text)
		if ok != c.there || h.near != c.near {
			t.Errorf("%q in %q: %v, near %v", c.name, c.text, ok, h.near)
		} else if ok && around(text, h) != c.shown {
			t.Errorf("%q in %q: shown as %q, not %q", c.name, c.text, around(text, h), c.shown)
		}
	}
	for _, bad := range []string{"", " ", "-", "a", "., -"} {
		if NewNames(bad).Err() == nil {
			t.Errorf("%q is taken for a name", bad)
		}
	}
	if NewNames().Err() == nil || NewNames("Ana Ruiz", "王小明").Err() != nil {
		t.Error("names are refused or taken the wrong way round")
	}
}

// FuzzNames looks for a name in whatever text. What is found lies in the text, and what is printed inside other signs is found.
func FuzzNames(f *testing.F) {
	f.Add("Ana Ruiz", "said ", ", who")
	f.Add("王小明", "发言人", "说")
	f.Add("İ", "\u0307", "\xff")
	f.Fuzz(func(t *testing.T, name, before, after string) {
		n := NewNames(name)
		if n.Err() != nil || len(name) > 200 {
			return
		}
		text := norm.NFC.String(before + " \u2022 " + name + " \u2022 " + after)
		h, ok := n.find(text)
		if !ok || h.near {
			t.Fatalf("%q is not found in %q", name, text)
		}
		if h.from < 0 || h.from > h.to || h.to > len(text) {
			t.Fatalf("%+v of %d bytes", h, len(text))
		}
		around(text, h)
	})
}
