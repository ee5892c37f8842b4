package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

//go:embed articles.yaml
var articlesText []byte

// articleList is what articles.yaml says of one file of texts.
type articleList struct {
	File       string
	Instrument stocktake.InstrumentID
	Only       []int            // the articles to take; none: all
	Titles     []string         // our own short titles, one an article, where the file has none
	Themes     map[int][]string // by article
}

type article struct {
	Article string `json:"article"` // Chinese numeral
	TitleEN string `json:"title_en"`
	Content string `json:"content_en"`
}

func textSource(file string) stocktake.SourceID {
	return stocktake.SourceID("open-treaties-" + file)
}

// textFile describes a file of texts as a source.
func textFile(data, file string) (stocktake.Source, error) {
	doc, err := readText(data, file)
	if err != nil {
		return stocktake.Source{}, err
	}
	return fileSource(data, "instrument-texts/open-treaties/"+file+".json", stocktake.Source{ID: textSource(file), Title: doc.Name + ", by article", Publisher: "LawChat (open-treaties)",
		Address: "https://github.com/lawchat-oss/open-treaties at 29319bcebf3188c44964a335adf3e9d985b7db23, data/" + file + ".json", Licence: "CC0-1.0"}, "2026-04-13")
}

type text struct {
	Name     string    `json:"treaty_en"`
	Articles []article `json:"articles"`
}

func readText(data, file string) (t text, err error) {
	raw, err := os.ReadFile(filepath.Join(data, "instrument-texts", "open-treaties", file+".json"))
	if err != nil {
		return t, err
	}
	if err = json.Unmarshal(raw, &t); err != nil {
		err = fmt.Errorf("%s.json: %w", file, err)
	}
	return t, err
}

// articles makes the filing of the articles of the instruments whose texts are at hand.
func articles(data string) (stocktake.Filing, error) {
	f := stocktake.Filing{Format: stocktake.Format, Key: "instruments/articles", Title: "Articles of treaties and of the Universal Declaration, with short titles and themes",
		Note: "Titles are those of the texts where these have any, else our own."}
	var lists []articleList
	dec := yaml.NewDecoder(bytes.NewReader(articlesText))
	dec.KnownFields(true)
	if err := dec.Decode(&lists); err != nil {
		return f, fmt.Errorf("articles.yaml: %w", err)
	}
	for _, l := range lists {
		s, err := textFile(data, l.File)
		if err != nil {
			return f, err
		}
		f.Sources = append(f.Sources, s)
		doc, err := readText(data, l.File)
		if err != nil {
			return f, err
		}
		list, err := l.provisions(doc)
		if err != nil {
			return f, fmt.Errorf("articles.yaml, %s: %w", l.File, err)
		}
		f.Provisions = append(f.Provisions, list...)
	}
	return f, nil
}

func (l articleList) provisions(doc text) (list []stocktake.Provision, err error) {
	if len(l.Titles) > 0 && len(l.Only) == 0 && len(l.Titles) != len(doc.Articles) {
		return nil, fmt.Errorf("%d titles for %d articles", len(l.Titles), len(doc.Articles))
	}
	wanted := map[int]int{} // article to place in the titles
	for i, n := range l.Only {
		wanted[n] = i
	}
	themed := 0
	for i, a := range doc.Articles {
		n, ok := numeral(a.Article)
		if !ok {
			if len(l.Only) > 0 { // 八之二 is article 8 bis, and nobody asked for one
				continue
			}
			return nil, fmt.Errorf("%q is no number of an article", a.Article)
		}
		at, take := i, true
		if len(l.Only) > 0 {
			at, take = wanted[n], false
			if _, take = wanted[n]; !take {
				continue
			}
			delete(wanted, n)
		}
		title := strings.TrimSpace(a.TitleEN)
		if len(l.Titles) > 0 {
			title = l.Titles[at]
		}
		if title == "" {
			return nil, fmt.Errorf("article %d has no title", n)
		}
		if len(l.Themes[n]) > 0 {
			themed++
		}
		list = append(list, stocktake.Provision{ID: stocktake.ProvisionID(string(l.Instrument) + "/art-" + strconv.Itoa(n)), Instrument: l.Instrument,
			Number: "art. " + strconv.Itoa(n), Title: title, Themes: l.Themes[n], Sources: []stocktake.SourceID{textSource(l.File)}})
	}
	if len(l.Only) > 0 && len(wanted) > 0 {
		return nil, fmt.Errorf("the text has no article %v", sortedInts(wanted))
	}
	if themed != len(l.Themes) {
		return nil, fmt.Errorf("themes are given for %d articles, of which %d are taken", len(l.Themes), themed)
	}
	return list, nil
}

func sortedInts(m map[int]int) (list []string) {
	s := map[string]bool{}
	for n := range m {
		s[strconv.Itoa(n)] = true
	}
	return sortedKeys(s)
}

// numeral reads a Chinese numeral up to 999: 三十七 is 37, 一百二十 is 120, and 三一九 is 319, digit by digit.
func numeral(s string) (int, bool) {
	const digits = "〇一二三四五六七八九"
	value := map[rune]int{'零': 0}
	i := 0
	for _, r := range digits {
		value[r] = i
		i++
	}
	if !strings.ContainsAny(s, "十百") {
		n := 0
		for _, r := range s {
			d, ok := value[r]
			if !ok {
				return 0, false
			}
			n = n*10 + d
		}
		return n, s != ""
	}
	n, digit := 0, 0
	for _, r := range s {
		switch r {
		case '百':
			n += digit * 100
			digit = 0
		case '十':
			n += max(digit, 1) * 10
			digit = 0
		default:
			d, ok := value[r]
			if !ok {
				return 0, false
			}
			digit = d
		}
	}
	return n + digit, true
}
