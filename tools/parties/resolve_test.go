package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

// resolver finds parties as an importer would: by id, code or spelling.
type resolver struct {
	parties map[stocktake.PartyID]stocktake.Party
	exact   map[string]stocktake.PartyID // spellings as filed
	code    map[string]stocktake.PartyID // "iso2 NA", "cow 565"
}

func newResolver(t testing.TB) resolver {
	r := resolver{parties: parties(t, record(t)), exact: map[string]stocktake.PartyID{}, code: map[string]stocktake.PartyID{}}
	for id, p := range r.parties {
		r.exact[string(id)] = id
		for _, m := range []map[string]string{p.Names, p.Formal} {
			for _, s := range m {
				r.exact[s] = id
			}
		}
		for _, s := range p.Aliases {
			r.exact[s] = id
		}
		for k, v := range p.Codes {
			r.code[k+" "+v] = id
		}
	}
	return r
}

// seat is one row of seats.yaml, and of the importer's mapping.
type seat struct {
	Name, Code, Cow string
	Party           stocktake.PartyID
	Spans           []span
}

type span struct {
	Party stocktake.PartyID
	To    string
}

// on returns the party that a row means in a month such as "1992-08".
func (s seat) on(month string) stocktake.PartyID {
	for _, sp := range s.Spans {
		if sp.To == "" || month <= sp.To[:7] {
			return sp.Party
		}
	}
	return s.Party
}

func readSeats(t testing.TB, path, list string) []seat {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string][]seat
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if len(doc[list]) == 0 {
		t.Fatalf("%s has no list %q", path, list)
	}
	return doc[list]
}

const seatsFile = "internal/builtin/record/parties/seats.yaml"

// Every name in the register, the tables of treaties, the climate registry and the ILO table means a party, spelt as there.
func TestEveryNameResolves(t *testing.T) {
	data, r := shared(t), newResolver(t)
	seen := map[string]bool{}
	check := func(file, name, code string, id stocktake.PartyID) {
		if seen[file+name+code] {
			return
		}
		seen[file+name+code] = true
		got, ok := r.exact[name]
		if !ok {
			t.Errorf("%s: %q is nobody's name", file, name)
		}
		if code != "" && id == "" {
			t.Errorf("%s: %q is nobody's code", file, code)
		}
		if id != "" && got != id {
			t.Errorf("%s: %q is %s by name and %s by code", file, name, got, id)
		}
	}
	run := func(file string, cols []string, do func(c []string)) {
		t.Helper()
		if err := each(data, file, cols, func(c []string) error { do(c); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{actionsFile, "untc-treaty-status-2015/declarations.csv.gz", membersFile, "untc-treaty-status-2015/migration_core.csv"} {
		run(f, []string{"participant"}, func(c []string) { check(f, c[0], "", "") })
	}
	for _, f := range hrFiles {
		run("hr-treaty-status-2022/hr_status_"+f+".csv", []string{"member", "iso2"}, func(c []string) {
			code := c[1]
			if mended, ok := hrCodes[code]; ok {
				code = mended
			}
			check(f, c[0], code, r.code["iso2 "+code])
		})
	}
	byID := func(f, name, id string) {
		run(f, []string{name, id}, func(c []string) { check(f, c[0], c[1], r.parties[stocktake.PartyID(c[1])].ID) })
	}
	byID("paris-agreement-status/paris-agreement-entry-into-force.csv", "Name", "Code")
	byID("ndc-registry/ndcs.csv", "party", "code")
	byID("ilo-c189-ratifications-2020/c189.csv", "state_name_de", "iso3")
	run("paris-agreement-status/changes.csv", []string{"code"}, func(c []string) {
		if _, ok := r.exact[c[0]]; !ok {
			t.Errorf("changes.csv: %q is nobody", c[0])
		}
	})
	if len(seen) < 1000 {
		t.Errorf("only %d names were looked at", len(seen))
	}
}

// hrCodes are codes that the tables of treaties have wrong or old: TP was East Timor's before 2002.
var hrCodes = map[string]string{"TP": "TL", "S": "SS"}

// What a reader types finds the right party, and the lookalikes do not.
func TestCommonNames(t *testing.T) {
	r := newResolver(t)
	for name, want := range map[string]stocktake.PartyID{
		"United States": "USA", "US": "USA", "U.S.": "USA", "Estados Unidos": "USA", "États-Unis": "USA", "Turkey": "TUR", "Türkiye": "TUR", "Türkei": "TUR", "Czech Republic": "CZE", "Czechia": "CZE",
		"Cape Verde": "CPV", "Cabo Verde": "CPV", "Swaziland": "SWZ", "Eswatini": "SWZ", "Burma": "MMR", "Ivory Coast": "CIV", "Côte d'Ivoire": "CIV", "South Korea": "KOR", "North Korea": "PRK", "Russia": "RUS",
		"USSR": "RUS", "Holland": "NLD", "Congo": "COG", "DR Congo": "COD", "Niger": "NER", "Nigeria": "NGA", "Guinea": "GIN", "Dominica": "DMA", "Dominican Republic": "DOM", "Namibia": "NAM", "Taiwan": "TWN",
		"Serbia and Montenegro": "SCG", "Yugoslavia": "YUG", "West Germany": "x-frg", "East Germany": "DDR", "Federal Republic of Germany": "DEU", "Yemen Arab Republic": "x-yar", "European Union": "EUU", "EU": "EUU",
		"Libyan Arab Jamahiriya": "LBY", "The former Yugoslav Republic of Macedonia": "MKD", "Holy See": "VAT", "State of Palestine": "PSE", "UK": "GBR", "Великобритания": "GBR", "美国": "USA", "روسيا": "RUS", "Schweiz": "CHE", "Países Baixos": "NLD",
	} {
		if got := r.exact[name]; got != want {
			t.Errorf("%q is %q; want %s", name, got, want)
		}
	}
	for _, name := range []string{"America", "Korea", "RU", "CH", "China's seat", "Republic of China"} {
		if got, ok := r.exact[name]; ok {
			t.Errorf("%q is %s; want nobody", name, got)
		}
	}
	for code, want := range map[string]stocktake.PartyID{"iso2 NA": "NAM", "iso2 NO": "NOR", "m49 004": "AFG", "cow 2": "USA", "cow 255": "DEU", "cow 260": "x-frg", "cow 345": "SRB", "cow 678": "x-yar", "cow 511": "x-zanzibar", "iso3 DDR": "DDR"} {
		if got := r.code[code]; got != want {
			t.Errorf("%s is %q; want %s", code, got, want)
		}
	}
}

// Every name and number of the roll-calls means a party that existed and belonged to the United Nations in the month of each vote.
func TestVotesResolve(t *testing.T) {
	data, r := shared(t), newResolver(t)
	byName, byCow := map[string]seat{}, map[string]seat{}
	for _, s := range readSeats(t, seatsFile, "seats") {
		byName[s.Name], byCow[s.Cow] = s, s
	}
	month := map[string]string{}
	if err := each(data, "un-ga-votes/un_roll_calls.csv.gz", []string{"rcid", "date"}, func(c []string) error {
		month[strings.Clone(c[0])] = strings.Clone(c[1][:7])
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	type key struct{ name, code, month string }
	votes := map[key]int{}
	add := func(k key) {
		if _, ok := votes[k]; !ok {
			k.name, k.code = strings.Clone(k.name), strings.Clone(k.code)
		}
		votes[k]++
	}
	if err := each(data, "un-ga-votes/un_votes.csv.gz", []string{"rcid", "country", "country_code"}, func(c []string) error {
		add(key{c[1], c[2], month[c[0]]})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for k, n := range votes {
		if k.name == "Fiji" && k.month == "1970-09" && n == 2 {
			continue // admitted on 13 October; the file dates two roll-calls too early
		}
		id := byName[k.name].on(k.month)
		if id == "" {
			id = r.code["iso2 "+k.code]
			if got := r.exact[k.name]; got != id {
				t.Errorf("%s is %q by name and %q by code", k.name, got, id)
			}
		}
		if why := r.voter(id, k.month); why != "" {
			t.Errorf("%d votes of %s in %s: %s %s", n, k.name, k.month, id, why)
		}
	}
	numbers := map[string]bool{}
	if err := each(data, "un-ga-votes/vintage-2016-07/votes_with_absences.csv.gz", []string{"ccode", "vote"}, func(c []string) error {
		if c[1] != "9" && !numbers[c[0]] {
			numbers[strings.Clone(c[0])] = true
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for n := range numbers {
		if _, ok := byCow[n]; !ok && r.code["cow "+n] == "" {
			t.Errorf("Correlates of War number %s is nobody's", n)
		}
	}
	if len(numbers) < 199 {
		t.Errorf("%d numbers", len(numbers))
	}
}

// voter says what speaks against id having voted in a month.
func (r resolver) voter(id stocktake.PartyID, month string) string {
	p, ok := r.parties[id]
	if !ok {
		return "is not there"
	}
	d := stocktake.MustDate(month)
	first, _ := d.First()
	last, _ := d.Last()
	lo, hi := stocktake.DateOf(first), stocktake.DateOf(last)
	if member(p, lo).Or(member(p, hi)) == stocktake.No {
		return "was no member"
	}
	if existed(p, lo).Or(existed(p, hi)) == stocktake.No {
		return "did not exist"
	}
	return ""
}

// member and existed repeat the rules of package stocktake for a Date, in few words.
func member(p stocktake.Party, on stocktake.Date) stocktake.Truth {
	t := stocktake.No
	for _, m := range p.Memberships {
		t = t.Or(within(m.From, m.To, on))
	}
	return t
}

func existed(p stocktake.Party, on stocktake.Date) stocktake.Truth { return within(p.From, p.To, on) }

func within(from, to, on stocktake.Date) stocktake.Truth {
	t := stocktake.Yes
	if !from.IsZero() {
		t = t.And(on.Before(from).Not())
	}
	if !to.IsZero() {
		t = t.And(on.After(to).Not())
	}
	return t
}

// seats.yaml says the same as the importer's mapping, and every party of the mapping is filed.
func TestSeatsAgreeWithImporter(t *testing.T) {
	r := newResolver(t)
	mapped := map[string]seat{}
	for _, m := range readSeats(t, "internal/importer/mappings/un-ga-votes.yaml", "parties") {
		mapped[m.Name] = m
		for _, id := range append([]stocktake.PartyID{m.Party}, partiesOf(m.Spans)...) {
			if _, ok := r.parties[id]; id != "" && !ok {
				t.Errorf("the importer maps %s to %s, which is not filed", m.Name, id)
			}
		}
		if m.Party != "" && m.Cow != "" && r.code["cow "+m.Cow] != m.Party && !slices.Contains([]string{"Taiwan"}, m.Name) {
			t.Errorf("%s: number %s is %s in the record and %s in the importer", m.Name, m.Cow, r.code["cow "+m.Cow], m.Party)
		}
	}
	for _, s := range readSeats(t, seatsFile, "seats") {
		m, ok := mapped[s.Name]
		if !ok {
			t.Errorf("the importer does not map %s", s.Name)
			continue
		}
		if len(m.Spans) == 0 {
			m.Spans = []span{{Party: m.Party}}
		}
		if s.Code != m.Code || s.Cow != m.Cow || !slices.Equal(s.Spans, m.Spans) {
			t.Errorf("%s: %+v here, %+v in the importer", s.Name, s, m)
		}
	}
}

func partiesOf(list []span) (ids []stocktake.PartyID) {
	for _, s := range list {
		ids = append(ids, s.Party)
	}
	return ids
}

// Nothing in the tables is earlier than the day from which a party is said to exist.
func TestNothingBeforeFrom(t *testing.T) {
	data, r := shared(t), newResolver(t)
	n := 0
	if err := each(data, actionsFile, []string{"chapter_no", "treaty_no", "participant", "value"}, func(c []string) error {
		p := r.parties[r.exact[c[2]]]
		fields := strings.Fields(strings.Trim(c[3], "[]"))
		if p.From.IsZero() || len(fields) < 3 {
			return nil
		}
		day, err := time.Parse("2 Jan 2006", strings.Join(fields[:3], " "))
		if err != nil {
			return nil
		}
		n++
		if stocktake.MustDate(day.Format(time.DateOnly)).Before(p.From) == stocktake.Yes {
			t.Errorf("%s exists from %s, and the register has %q on %s-%s", p.ID, p.From, c[3], c[0], c[1])
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n < 5000 {
		t.Errorf("only %d dates were looked at", n)
	}
	for id, p := range r.parties {
		for _, m := range p.Memberships {
			if !p.From.IsZero() && m.From.Before(p.From) == stocktake.Yes {
				t.Errorf("%s exists from %s and is a member from %s", id, p.From, m.From)
			}
		}
	}
}

// The United Nations had as many members as it had; in 1960 one fewer, as Egypt and Syria were one for three years, which no table shows.
func TestMembership(t *testing.T) {
	r := newResolver(t)
	for day, want := range map[string]int{"1945-12-31": 51, "1955-12-31": 76, "1960-12-31": 100, "1971-12-31": 132, "1985-01-01": 159, "1993-12-31": 183, "2002-12-31": 191, "2005-12-31": 191, "2006-12-31": 192, "2011-07-13": 192, "2011-07-14": 193, "2018-12-19": 193} {
		var in []string
		for _, id := range slices.Sorted(maps.Keys(r.parties)) {
			if member(r.parties[id], stocktake.MustDate(day)) != stocktake.No {
				in = append(in, string(id))
			}
		}
		if len(in) != want {
			t.Errorf("%s: %d members, want %d: %s", day, len(in), want, strings.Join(in, " "))
		}
	}
}

// The core instruments say what the register says, and the register's numbers find every treaty.
func TestRegister(t *testing.T) {
	data, rec := shared(t), record(t)
	ins := instruments(t, rec)
	byName := map[string]stocktake.InstrumentID{}
	for id, in := range ins {
		byName[in.Title] = id
		for _, a := range in.Aliases {
			byName[a] = id
		}
	}
	over, err := readTreaties()
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]bool{}
	if err := each(data, actionsFile, []string{"chapter_no", "treaty_no"}, func(c []string) error {
		numbers[c[0]+"-"+c[1]] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(numbers) != 323 {
		t.Errorf("%d treaties, want 323", len(numbers))
	}
	for n := range numbers {
		id, ok := byName["untc/"+n]
		if !ok {
			t.Errorf("no instrument has the alias untc/%s", n)
		}
		if core := over.Core[n]; core != "" && core != id || core == "" && id != stocktake.InstrumentID("untc-"+n) {
			t.Errorf("untc/%s is %s", n, id)
		}
	}
	if err := each(data, indexFile, []string{"chapter_no", "treaty_no", "treaty_name", "url"}, func(c []string) error {
		id, ok := over.Core[c[0]+"-"+strings.ReplaceAll(c[1], ".", "-")]
		if !ok {
			return nil
		}
		in := ins[id]
		want := treaty("0-0", c[2], c[3], treatyOverride{})
		if in.Official["en"] != want.Title || in.Adopted != want.Adopted || in.Place != want.Place || in.Symbol != want.Symbol {
			t.Errorf("%s: %q %s %s %s; the register has %q %s %s %s", id, in.Official["en"], in.Adopted, in.Place, in.Symbol, want.Title, want.Adopted, want.Place, want.Symbol)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := each(data, "untc-treaty-status-2015/migration_core.csv", []string{"short_name", "chapter_no", "treaty_no"}, func(c []string) error {
		if id := byName[c[0]]; id != over.Core[c[1]+"-"+c[2]] {
			return fmt.Errorf("%q is %q, and %s-%s is %s", c[0], id, c[1], c[2], over.Core[c[1]+"-"+c[2]])
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// Each clause on entry into force is what its article says.
func TestClauses(t *testing.T) {
	data, rec := shared(t), record(t)
	words := map[int]string{6: "sixth", 10: "tenth", 20: "twentieth", 22: "twenty-second", 27: "twenty-seventh", 35: "thirty-fifth"}
	files := map[stocktake.InstrumentID]string{"icescr-op": "op-icescr", "refugee-convention-1951": "refugee", "untc-4-1": "genocide", "untc-3-3": "vcdr", "untc-3-6": "vccr", "untc-23-1": "vclt"}
	squeeze := func(s string) string {
		return strings.NewReplacer(" ", "", "\n", "", "-", "").Replace(strings.ToLower(s))
	}
	n := 0
	for id, in := range instruments(t, rec) {
		if in.Clause == nil {
			continue
		}
		n++
		file := files[id]
		if file == "" {
			file = string(id)
		}
		doc, err := readText(data, file)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		delay := map[bool]string{true: fmt.Sprint(in.Clause.DelayMonths) + "months"}[in.Clause.DelayMonths > 0]
		switch {
		case in.Clause.DelayMonths == 3:
			delay = "threemonths"
		case in.Clause.DelayDays == 30:
			delay = "thirtiethday"
		case in.Clause.DelayDays == 90:
			delay = "ninetiethday"
		}
		found := false
		for _, a := range doc.Articles {
			if no, _ := numeral(a.Article); "art. "+itoa(no) == in.Clause.Article {
				found = true
				if text := squeeze(a.Content); !strings.Contains(text, squeeze(words[in.Clause.Threshold])) || !strings.Contains(text, delay) {
					t.Errorf("%s: the clause is %+v, and %s reads %q", id, *in.Clause, in.Clause.Article, a.Content)
				}
			}
		}
		if !found {
			t.Errorf("%s has no %s", file, in.Clause.Article)
		}
	}
	if n < 15 {
		t.Errorf("%d clauses", n)
	}
}
