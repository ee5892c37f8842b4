package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

//go:embed treaties.yaml
var treatiesText []byte

type treatyOverrides struct {
	Core     map[string]stocktake.InstrumentID `yaml:"core"`
	Treaties map[string]treatyOverride         `yaml:"treaties"`
}

type treatyOverride struct {
	Title      string
	Aliases    []string
	Depositary string
	Themes     []string
	Text       string // file of instrument-texts that has the clause
	Clause     *struct {
		Threshold int
		DelayDays int `yaml:"delay_days"`
		Article   string
	}
	Amends     string
	ProtocolTo string `yaml:"protocol-to"`
	Follows    string
}

func readTreaties() (o treatyOverrides, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(treatiesText))
	dec.KnownFields(true)
	if err = dec.Decode(&o); err != nil {
		err = fmt.Errorf("treaties.yaml: %w", err)
	}
	return o, err
}

var (
	registerTitle = regexp.MustCompile(`^(.+?)\s*\.{1,2}\s+([^.\d]+?),?\s+(\d{1,2} [A-Z][a-z]+ \d{4})$`)
	registerHead  = regexp.MustCompile(`^(.+?)\.\s`)
	registerNo    = regexp.MustCompile(`mtdsg_no=([IVXL]+-[^&]+)`)
	deposited     = regexp.MustCompile(`\s*\(deposited [^)]*\)`)
)

const (
	indexFile   = "untc-treaty-status-2015/index.csv"
	actionsFile = "untc-treaty-status-2015/participant_actions.csv.gz"
	secretary   = "Secretary-General of the United Nations"
)

// splitTitle parts the register's name of a treaty into the name proper, the place and the day of adoption. Where the register gives two
// days, or none, place and day stay empty.
func splitTitle(name string) (title, place string, adopted stocktake.Date) {
	name = strings.TrimSpace(name)
	if m := registerTitle.FindStringSubmatch(name); m != nil {
		if day, err := time.Parse("2 January 2006", m[3]); err == nil {
			return m[1], m[2], stocktake.MustDate(day.Format(time.DateOnly))
		}
	}
	if m := registerHead.FindStringSubmatch(name); m != nil {
		return m[1], "", adopted
	}
	return name, "", adopted
}

// treaties makes the filing of the treaties of the register that have participants, the core ones apart.
func treaties(data string) (f stocktake.Filing, remarks []string, err error) {
	over, err := readTreaties()
	if err != nil {
		return f, nil, err
	}
	f = stocktake.Filing{Format: stocktake.Format, Key: "instruments/untc", Title: "Treaties deposited with the Secretary-General of the United Nations, March 2015",
		Note: "The treaties of the register that have participants, those of instruments/core apart. Short titles are ours where the official name is long."}
	index, err := fileSource(data, indexFile, stocktake.Source{ID: srcTreaty, Kind: "register", Title: "List of treaties deposited with the Secretary-General of the United Nations, March 2015", Publisher: scrape,
		Address: "https://github.com/zmjones/untreaties at 003ce1309cc2a27a5a3909f39b7e6634550bf173, index.csv", Licence: "none stated"}, "2015-03-14")
	if err != nil {
		return f, nil, err
	}
	f.Sources = []stocktake.Source{index}
	used := map[string]bool{}
	if err := each(data, actionsFile, []string{"chapter_no", "treaty_no"}, func(c []string) error {
		used[c[0]+"-"+c[1]] = true
		return nil
	}); err != nil {
		return f, nil, err
	}
	known := map[string]stocktake.InstrumentID{} // by chapter and number
	texts := map[string]bool{}
	err = each(data, indexFile, []string{"chapter_no", "treaty_no", "treaty_name", "url"}, func(c []string) error {
		key := c[0] + "-" + strings.ReplaceAll(c[1], ".", "-")
		if !used[key] {
			remarks = append(remarks, fmt.Sprintf("%s has no participants in the register: %s", key, c[2]))
			return nil
		}
		if id, core := over.Core[key]; core {
			known[key] = id
			return nil
		}
		in := treaty(key, c[2], c[3], over.Treaties[key])
		if t := over.Treaties[key].Text; t != "" {
			texts[t] = true
			in.Sources = append(in.Sources, textSource(t))
		}
		known[key] = in.ID
		f.Instruments = append(f.Instruments, in)
		return nil
	})
	if err != nil {
		return f, remarks, err
	}
	for key := range over.Treaties {
		if known[key] == "" {
			return f, remarks, fmt.Errorf("treaties.yaml: the register's list has no %s with participants", key)
		}
	}
	for _, t := range sortedKeys(texts) {
		s, err := textFile(data, t)
		if err != nil {
			return f, remarks, err
		}
		f.Sources = append(f.Sources, s)
	}
	titles := map[string]int{}
	for i := range f.Instruments {
		in := &f.Instruments[i]
		if len(in.Links) == 0 {
			in.Links = implied(strings.TrimPrefix(string(in.ID), "untc-"), in.Title, known)
		}
		titles[in.Title]++
	}
	for i := range f.Instruments {
		if in := &f.Instruments[i]; titles[in.Title] > 1 && !in.Adopted.IsZero() {
			if in.Official == nil {
				in.Official = map[string]string{"en": in.Title}
			}
			in.Title += " (" + in.Adopted.String()[:4] + ")"
		}
	}
	sort.SliceStable(f.Instruments, func(i, j int) bool { return before(string(f.Instruments[i].ID), string(f.Instruments[j].ID)) })
	return f, remarks, nil
}

// treaty makes one instrument from a row of the register's list.
func treaty(key, name, url string, o treatyOverride) stocktake.Instrument {
	official, place, adopted := splitTitle(name)
	official = strings.TrimSpace(strings.TrimRight(deposited.ReplaceAllString(official, ""), "* "))
	in := stocktake.Instrument{ID: stocktake.InstrumentID("untc-" + strings.ToLower(key)), Kind: stocktake.Treaty, Title: official,
		Adopted: adopted, Place: strings.Clone(place), Depositary: secretary, Aliases: append([]string{"untc/" + key}, o.Aliases...), Themes: o.Themes,
		Sources: []stocktake.SourceID{srcTreaty}}
	if o.Title != "" && o.Title != official {
		in.Title, in.Official = o.Title, map[string]string{"en": official}
	}
	if o.Depositary != "" {
		in.Depositary = o.Depositary
	}
	if m := registerNo.FindStringSubmatch(url); m != nil {
		in.Symbol = "UNTC " + m[1]
	}
	if c := o.Clause; c != nil {
		in.Clause = &stocktake.EntryClause{Threshold: c.Threshold, DelayDays: c.DelayDays, Article: c.Article}
	}
	for _, l := range [...]struct{ rel, to string }{{"amends", o.Amends}, {"protocol-to", o.ProtocolTo}, {"follows", o.Follows}} {
		if l.to != "" {
			in.Links = append(in.Links, stocktake.InstrumentLink{Rel: l.rel, To: stocktake.InstrumentID(l.to)})
		}
	}
	return in
}

// implied returns the link that a treaty's number implies: 4-2-a is an amendment or a protocol of 4-2 where its name says so.
func implied(key, title string, known map[string]stocktake.InstrumentID) []stocktake.InstrumentLink {
	i := strings.LastIndexByte(key, '-')
	base, ok := known[key[:i]]
	if !ok || strings.Count(key, "-") != 2 {
		return nil
	}
	switch t := strings.ToLower(title); {
	case strings.Contains(t, "amendment"):
		return []stocktake.InstrumentLink{{Rel: "amends", To: base}}
	case strings.Contains(t, "protocol"):
		return []stocktake.InstrumentLink{{Rel: "protocol-to", To: base}}
	case strings.HasPrefix(t, "privileges"):
		return []stocktake.InstrumentLink{{Rel: "part-of", To: base}}
	}
	return nil
}

// before orders ids by their numbers: untc-4-2-a before untc-4-11.
func before(a, b string) bool {
	x, y := strings.Split(a, "-"), strings.Split(b, "-")
	for i := 0; i < len(x) && i < len(y); i++ {
		if x[i] == y[i] {
			continue
		}
		n, xs := leading(x[i])
		m, ys := leading(y[i])
		if n != m {
			return n < m
		}
		return xs < ys
	}
	return len(x) < len(y)
}

// leading parts "12a" into 12 and "a"; what begins with no digit is 0 and itself.
func leading(s string) (int, string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	n, _ := strconv.Atoi(s[:i])
	return n, s[i:]
}

func sortedKeys[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
}
