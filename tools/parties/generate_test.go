package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"

	"stocktake"
	"stocktake/internal/draft"
)

func itoa(n int) string { return strconv.Itoa(n) }

// The committed files are what the generator makes of the tables and overrides, byte for byte, and read back as the same filing.
func TestGenerated(t *testing.T) {
	data := shared(t)
	for what, file := range map[string]string{"states": "parties/states.yaml", "untc": "instruments/untc.yaml", "articles": "instruments/articles.yaml"} {
		t.Run(what, func(t *testing.T) {
			text, _, err := generate(what, data, "")
			if err != nil {
				t.Fatal(err)
			}
			have, err := os.ReadFile(filepath.Join(root(t), "internal", "builtin", "record", filepath.FromSlash(file)))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(text, have) {
				t.Errorf("%s is not what the generator makes now; run: go run ./tools/parties -make %s -out internal/builtin/record/%s", file, what, file)
			}
			read, err := draft.Parse(file, text)
			if err != nil {
				t.Fatal(err)
			}
			again, err := writeFiling(read[0], "")
			if err != nil {
				t.Fatal(err)
			}
			twice, err := draft.Parse(file, again)
			if err != nil || !reflect.DeepEqual(read, twice) {
				t.Errorf("%s: written and read again it is another filing (%v)", file, err)
			}
		})
	}
}

func TestNumeral(t *testing.T) {
	for s, want := range map[string]int{"一": 1, "十": 10, "十五": 15, "二十": 20, "三十七": 37, "一百": 100, "一百零一": 101, "一百二十": 120, "一百五十八": 158, "三一九": 319, "三二〇": 320} {
		if got, ok := numeral(s); !ok || got != want {
			t.Errorf("numeral(%s) = %d, %v; want %d", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "八之二", "37"} {
		if got, ok := numeral(s); ok {
			t.Errorf("numeral(%q) = %d; want none", s, got)
		}
	}
}

func TestUNTERM(t *testing.T) {
	for in, want := range map[string]string{
		"Bahamas (the)": "Bahamas", "Iran (Islamic Republic of)": "Iran (Islamic Republic of)", "Afghanistan (l')": "Afghanistan", "Cook Islands (the) **": "Cook Islands",
		"Venezuela (República Bolivariana de)": "Venezuela (República Bolivariana de)", "Santa Sede (la) *": "Santa Sede", "Émirats arabes unis (les)": "Émirats arabes unis", "刚果（布）": "刚果（布）",
	} {
		if got := unterm(in); got != want {
			t.Errorf("unterm(%q) = %q; want %q", in, got, want)
		}
	}
	for _, r := range [][3]string{{"the State of Palestine *", "en", "State of Palestine"}, {"l'État d'Israël", "fr", "État d'Israël"}, {"los Estados Unidos de América", "es", "Estados Unidos de América"}, {"le Commonwealth", "en", "le Commonwealth"}} {
		if r[2] == r[0] {
			continue // an article of another language is cut in English too, and no English name begins so
		}
		if got := untermFormal(r[0], r[1]); got != r[2] {
			t.Errorf("untermFormal(%q, %s) = %q; want %q", r[0], r[1], got, r[2])
		}
	}
}

func TestFold(t *testing.T) {
	for _, same := range [][2]string{{"Côte d'Ivoire", "cote d’ivoire"}, {"São Tomé & Príncipe", "Sao Tome and Principe"}, {"U.S.A.", "u s a"}, {"Türkiye", "TURKIYE"}} {
		if fold(same[0]) != fold(same[1]) {
			t.Errorf("fold(%q) = %q, fold(%q) = %q", same[0], fold(same[0]), same[1], fold(same[1]))
		}
	}
	if fold("Niger") == fold("Nigeria") || fold("Guinea") == fold("Guinea-Bissau") {
		t.Error("two states fold to one")
	}
}

func TestSplitTitle(t *testing.T) {
	for _, r := range []struct{ in, title, place, day string }{
		{"Convention on the Rights of the Child. New York, 20 November 1989", "Convention on the Rights of the Child", "New York", "1989-11-20"},
		{"International Opium Convention. Geneva, 19 February 1925 and Lake Success, New York, 11 December 1946", "International Opium Convention", "", ""},
		{"Agreement on the Conservation of Small Cetaceans of the Baltic, North East Atlantic, Irish and North Seas.. New York, 17 March 1992", "Agreement on the Conservation of Small Cetaceans of the Baltic, North East Atlantic, Irish and North Seas", "New York", "1992-03-17"},
		{"Agreement for Facilitating. Lake Success, New York, 15 July 1949", "Agreement for Facilitating", "Lake Success, New York", "1949-07-15"},
		{"International Coffee Agreement, 1994*. London", "International Coffee Agreement, 1994*", "", ""},
	} {
		title, place, day := splitTitle(r.in)
		if title != r.title || place != r.place || day.String() != r.day {
			t.Errorf("splitTitle(%q) = %q, %q, %q", r.in, title, place, day)
		}
	}
}

// A filing whose texts look like other things stays what it is.
func TestWriteFiling(t *testing.T) {
	f := stocktake.Filing{Format: stocktake.Format, Key: "a/b", Title: "NO", Parties: []stocktake.Party{{ID: "NAM", Kind: "state", Names: map[string]string{"en": "Yes", "fr": "l'été: #1"},
		Codes: map[string]string{"iso2": "NA", "m49": "012", "x": "1e3", "y": "no"}, From: stocktake.MustDate("1990"), Aliases: []string{"null", "~", "2018-12-19", "on"}}}}
	text, err := writeFiling(f, "# head\n")
	if err != nil {
		t.Fatal(err)
	}
	back, err := draft.Parse("x.yaml", text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if !reflect.DeepEqual(back[0], f) {
		t.Errorf("read back:\n%+v\nfrom\n%s", back[0], text)
	}
}
