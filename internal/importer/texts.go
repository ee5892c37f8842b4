package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"stocktake"
)

// texts reads the words of instruments: articles of treaties and declarations in English and Chinese, and the objectives and actions of
// the Global Compact for Migration in English. One filing an instrument. It introduces each article as a provision, by its title where
// the text has one.
type texts struct{}

const textSet = "instrument-texts"

func (texts) Name() string { return textSet }

func (texts) About() string {
	return "texts of 28 instruments by article, in English and Chinese, and the objectives and actions of the Global Compact for Migration"
}

const (
	textCommit = "29319bcebf3188c44964a335adf3e9d985b7db23"
	gcmCommit  = "764bc4cd033c1564bb0ecfbe66f2ce7e3bba195c"
	gcmSum     = "d5f00e17ba61880cea646ab5e914524f4da56fb14b097d662bb466f1b19d6138"
)

func (texts) Import(ctx context.Context, path string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	var rep Report
	var files []input
	at := map[string]int{}
	for i, w := range textFiles {
		in, err := inspect(path, "open-treaties/"+w.name+".json")
		if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			return rep, err
		}
		if err == nil {
			at[in.name] = i
			files = append(files, in)
		}
	}
	gcm, err := inspect(path, "gcm-iom/gcm_objectives_actions.csv")
	if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
		return rep, err
	}
	if len(files) == 0 && gcm.path == "" {
		return rep, stocktake.NotFoundf("there is neither open-treaties/*.json nor gcm-iom/gcm_objectives_actions.csv in the folder").At(path).Hinted("give the folder of the set %s", textSet)
	}
	p := newPace(opt, append(files, gcm)...)
	for _, in := range files {
		w := textFiles[at[in.name]]
		f, err := articles(ctx, in, p, rec, opt, &rep, w.name, w.in, in.sum == w.sum)
		if err != nil {
			return rep, err
		}
		rep.Filings++
		if err := emit(f); err != nil {
			return rep, err
		}
	}
	if gcm.path != "" {
		f, err := objectives(ctx, gcm, p, rec, opt, &rep)
		if err != nil {
			return rep, err
		}
		rep.Filings++
		if err := emit(f); err != nil {
			return rep, err
		}
	}
	return rep, nil
}

// textSource describes one file, known or not.
func textSource(s stocktake.Source, in input, known bool, opt Options) (stocktake.Source, string, error) {
	s.Copy = in.copy(textSet)
	s.Copy.Media = ""
	if known {
		s.Read = stocktake.MustDate(firstRead)
		return s, s.Published.String()[:7], nil
	}
	e, err := theEdition(string(s.ID), nil, opt, in)
	if err != nil {
		return s, "", err
	}
	s.ID, s.Published, s.Read, s.Address = e.id, date(e.published), date(e.read), strings.SplitN(s.Address, " at ", 2)[0]
	return s, e.name, nil
}

func articles(ctx context.Context, in input, p *pace, rec Record, opt Options, rep *Report, name string, id stocktake.InstrumentID, known bool) (stocktake.Filing, error) {
	raw, err := in.readAll(ctx, 16<<20)
	if err != nil {
		return stocktake.Filing{}, err
	}
	p.add(len(raw), in.name)
	var doc struct {
		TreatyEN string `json:"treaty_en"`
		TreatyZH string `json:"treaty_zh"`
		Articles []struct {
			Article   string `json:"article"`
			TitleEN   string `json:"title_en"`
			ContentEN string `json:"content_en"`
			ContentZH string `json:"content_zh"`
		} `json:"articles"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		f := stocktake.Invalidf("the file is not the JSON of a text by article").At(in.name).Hinted("check the file")
		f.Err = err
		return stocktake.Filing{}, f
	}
	src, edition, err := textSource(stocktake.Source{
		ID: stocktake.SourceID("open-treaties-" + name), Kind: "dataset", Title: doc.TreatyEN + ", by article", Publisher: "LawChat (open-treaties)",
		Address: "https://github.com/lawchat-oss/open-treaties at " + textCommit + ", data/" + name + ".json", Published: stocktake.MustDate("2026-04-13"), Licence: "CC0-1.0",
	}, in, known, opt)
	if err != nil {
		return stocktake.Filing{}, err
	}
	f := stocktake.Filing{Format: stocktake.Format, Key: textSet + "/" + edition + "/" + name, Title: "Text by article: " + doc.TreatyEN, Sources: []stocktake.Source{src},
		Note: "The words are those of the file; where it joins lines, a space between two words is sometimes missing."}
	if _, ok := rec.FindInstrument(string(id)); !ok {
		kind := stocktake.Treaty
		if id == "udhr" {
			kind = stocktake.Declaration
		}
		f.Instruments = []stocktake.Instrument{{ID: id, Kind: kind, Title: doc.TreatyEN, Official: map[string]string{"en": doc.TreatyEN, "zh": doc.TreatyZH}, Sources: []stocktake.SourceID{src.ID}}}
	}
	seen := map[string]bool{}
	for i, a := range doc.Articles {
		rep.Rows++
		reject := func(reason string) {
			rep.Rejects = append(rep.Rejects, Reject{File: in.name, Value: clip(a.Article), Reason: fmt.Sprintf("article at place %d: %s", i+1, reason)})
		}
		n, err := chineseArticle(a.Article)
		if err != nil {
			reject(err.Error())
			continue
		}
		if seen[n] {
			reject("a second article of this number; the first is kept")
			continue
		}
		seen[n] = true
		pid := stocktake.ProvisionID(string(id) + "/art-" + strings.ReplaceAll(n, " ", "-"))
		title := strings.TrimSpace(a.TitleEN)
		if title == "" {
			title = "Article " + n
		}
		f.Provisions = append(f.Provisions, stocktake.Provision{ID: pid, Instrument: id, Number: "art. " + n, Title: title, Sources: []stocktake.SourceID{src.ID}})
		for _, t := range [][2]string{{"en", a.ContentEN}, {"zh", a.ContentZH}} {
			if words := strings.TrimSpace(t[1]); words != "" {
				f.Texts = append(f.Texts, stocktake.ProvisionText{Provision: pid, Lang: t[0], Text: words, Source: src.ID})
			}
		}
	}
	return f, nil
}

// chineseArticle reads the number of an article as the files write it: 三十二, 一百零一, 三二〇, and 八之二 for article 8 bis.
func chineseArticle(s string) (string, error) {
	base, add, has := strings.Cut(s, "之")
	n, err := chineseNumber(base)
	if err != nil {
		return "", err
	}
	if !has {
		return strconv.Itoa(n), nil
	}
	k, err := chineseNumber(add)
	latin := [...]string{"bis", "ter", "quater", "quinquies"}
	if err != nil || k < 2 || k-2 >= len(latin) {
		return "", fmt.Errorf("%q is no number of an article", s)
	}
	return strconv.Itoa(n) + " " + latin[k-2], nil
}

func chineseNumber(s string) (int, error) {
	digits := map[rune]int{'〇': 0, '零': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	sum, last, runes, units := 0, -1, []rune(s), strings.ContainsAny(s, "十百")
	for _, r := range runes {
		d, ok := digits[r]
		switch {
		case ok && units:
			last = d
		case ok:
			sum = sum*10 + d
		case r == '十' || r == '百':
			n := map[rune]int{'十': 10, '百': 100}[r]
			if last < 0 {
				last = 1
			}
			sum += last * n
			last = -1
		default:
			return 0, fmt.Errorf("%q is no number in Chinese", s)
		}
	}
	if units && last > 0 {
		sum += last
	}
	if len(runes) == 0 || sum == 0 {
		return 0, fmt.Errorf("%q is no number in Chinese", s)
	}
	return sum, nil
}

// objectives reads the Global Compact's objectives and actions. An objective that repeats the title and the actions of an earlier one is
// a slip of the file (its objective 20 is a copy of objective 2), and is left out.
func objectives(ctx context.Context, in input, p *pace, rec Record, opt Options, rep *Report) (stocktake.Filing, error) {
	src, edition, err := textSource(stocktake.Source{
		ID: "gcm-objectives-2025-12", Kind: "dataset", Title: "Objectives and actions of the Global Compact for Migration",
		Publisher: "Franck Albinet and others (iomeval), from the International Organization for Migration",
		Address:   "https://github.com/franckalbinet/iomeval at " + gcmCommit + ", iomeval/files/themes/gcms_long.md", Lang: "en", Published: stocktake.MustDate("2025-12-12"), Licence: "Apache-2.0",
	}, in, in.sum == gcmSum, opt)
	if err != nil {
		return stocktake.Filing{}, err
	}
	f := stocktake.Filing{Format: stocktake.Format, Key: textSet + "/" + edition + "/" + strings.TrimSuffix(filepath.Base(in.name), ".csv"), Title: "Objectives and actions of the Global Compact for Migration", Sources: []stocktake.Source{src},
		Note: "The file has titles and actions. The preamble, the vision, the guiding principles and the paragraph that opens each objective are not in it."}
	if _, ok := rec.FindInstrument("gcm"); !ok {
		f.Instruments = []stocktake.Instrument{{ID: "gcm", Kind: stocktake.Compact, Title: "Global Compact for Migration", Symbol: "A/RES/73/195", Sources: []stocktake.SourceID{src.ID}}}
	}
	t, err := openTable(ctx, in, p, ',', "objective", "objective_title", "action", "text")
	if err != nil {
		return f, err
	}
	defer t.done()
	c := t.cols("objective", "objective_title", "action", "text")
	titles, words := map[string]string{}, map[string]string{} // title and text to the objective that has them
	has := map[string]bool{}
	for {
		row, err := t.row(func(j Reject) { rep.Rows++; rep.Rejects = append(rep.Rejects, j) })
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return f, err
		}
		rep.Rows++
		n, title, letter, text := string(row[c[0]]), string(row[c[1]]), string(row[c[2]]), strings.TrimSpace(string(row[c[3]]))
		reject := func(col int, reason string) {
			rep.Rejects = append(rep.Rejects, Reject{File: in.name, Line: t.line, Column: c[col] + 1, Value: clip(string(row[c[col]])), Reason: reason})
		}
		if k, err := strconv.Atoi(n); err != nil || k < 1 || k > 23 {
			reject(0, "no number of an objective, 1 to 23")
			continue
		}
		if letter == "" || slug(letter) != letter || text == "" {
			reject(2, "the action has no letter or no text")
			continue
		}
		if o, ok := titles[title]; ok && o != n {
			if o2, same := words[text]; same && o2 != n {
				reject(1, "title and text are those of objective "+o+", so the row does not show objective "+n)
				continue
			}
		}
		titles[title], words[text] = n, n
		obj := stocktake.ProvisionID("gcm/obj-" + n)
		if !has[n] {
			has[n] = true
			f.Provisions = append(f.Provisions, stocktake.Provision{ID: obj, Instrument: "gcm", Number: "Objective " + n, Title: title, Sources: []stocktake.SourceID{src.ID}})
			f.Texts = append(f.Texts, stocktake.ProvisionText{Provision: obj, Lang: "en", Text: title, Source: src.ID})
		}
		id := stocktake.ProvisionID(string(obj) + "/" + letter)
		f.Provisions = append(f.Provisions, stocktake.Provision{ID: id, Instrument: "gcm", Number: "Objective " + n + ", action (" + letter + ")", Title: "Action (" + letter + ")", Parent: obj, Sources: []stocktake.SourceID{src.ID}})
		f.Texts = append(f.Texts, stocktake.ProvisionText{Provision: id, Lang: "en", Text: text, Source: src.ID})
	}
}
