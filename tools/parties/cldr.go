package main

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// cldrNames holds names of territories by CLDR: ISO alpha-2 code, language, form (name, short or variant) and text.
// Copyright Unicode, Inc.; Unicode License v3 (LICENSE-unicode.txt).
//
//go:embed cldr-names.csv
var cldrNames []byte

// cldrLanguages are the languages of the names; a tag with a region gives further spellings only.
var cldrLanguages = []string{"en", "es", "fr", "ar", "ru", "zh", "pt", "de", "pt-PT"}

// A cldrName is one name of one territory in one language.
type cldrName struct{ lang, form, text string }

// cldr returns the names by ISO alpha-2 code, in the order of the file. EU is the European Union, XK Kosovo.
func cldr() (map[string][]cldrName, error) {
	rows, err := csv.NewReader(bytes.NewReader(cldrNames)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("cldr-names.csv: %w", err)
	}
	m := map[string][]cldrName{}
	for _, r := range rows[1:] {
		m[r[0]] = append(m[r[0]], cldrName{r[1], r[2], r[3]})
	}
	return m, nil
}

// extractCLDR reads the unpacked npm package in dir and returns the text of cldr-names.csv.
func extractCLDR(dir string) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Write([]string{"iso2", "lang", "form", "text"})
	for _, lang := range cldrLanguages {
		text, err := os.ReadFile(filepath.Join(dir, "main", lang, "territories.json"))
		if err != nil {
			return nil, fmt.Errorf("%w (unpack cldr-localenames-full and give its folder with -cldr)", err)
		}
		var doc struct {
			Main map[string]struct {
				LocaleDisplayNames struct{ Territories map[string]string } `json:"localeDisplayNames"`
			}
		}
		if err := json.Unmarshal(text, &doc); err != nil {
			return nil, fmt.Errorf("%s/territories.json: %w", lang, err)
		}
		names := doc.Main[lang].LocaleDisplayNames.Territories
		keys := make([]string, 0, len(names))
		for k := range names {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			code, form, _ := strings.Cut(k, "-alt-")
			if form == "" {
				form = "name"
			}
			if len(code) != 2 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || notPlaces[code] {
				continue
			}
			if form == "name" || form == "short" || form == "variant" {
				w.Write([]string{code, lang, form, names[k]})
			}
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// notPlaces are codes of CLDR that name no country or territory of ISO 3166-1.
var notPlaces = map[string]bool{"AC": true, "CP": true, "CQ": true, "DG": true, "EA": true, "EZ": true, "IC": true, "QO": true, "TA": true, "UN": true, "XA": true, "XB": true, "ZZ": true}
