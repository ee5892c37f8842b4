package importer

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stocktake"
)

// north is a mapping of a small table of stand-ins; lines of series are added.
const north = `
mapping: north-figures
source: {id: north-hosts, title: People hosted (a stand-in), publisher: Example, address: "https://figures.example.org", licence: CC0-1.0}
file: {delimiter: ";"}
figures:
  codes: iso3
  names: {where: name}
  places: {WLD: aggregate, UNK: unknown}
  series:
    - {id: example/hosted, title: People hosted, unit: persons, value: hosted, party: where, counterpart: from, period: year, times: year-end, adds: places, missing: [".."]}
    - {id: example/share, title: Part of the people, unit: percent, value: share, party: where, counterpart: from, period: year, times: year-end, adds: none}
`

const northHead = "where;name;from;year;hosted;share\n"

var figureOptions = Options{Read: stocktake.MustDate("2026-11-23"), Edition: "2026", Published: "2026-06-01"}

// figuresOf imports a table by a mapping, with the countries of the reference lists as the record.
func figuresOf(t *testing.T, mapping, file string) ([]stocktake.Filing, Report, error) {
	t.Helper()
	im, err := Mapping("north.yaml", []byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	var list []stocktake.Filing
	given := 0
	opt := figureOptions
	opt.File = func(File) error { given++; return nil }
	rep, err := im.Import(context.Background(), put(t, "t.csv", []byte(file)), record(t), opt, func(f stocktake.Filing) error { list = append(list, f); return nil })
	if err != nil && (len(list) > 0 || given > 0) {
		t.Errorf("%d filings and %d files went out before the fault", len(list), given)
	}
	return list, rep, err
}

// slip imports a table with one slip, and returns what is said of it.
func slip(t *testing.T, mapping, file string) string {
	t.Helper()
	_, rep, err := figuresOf(t, mapping, file)
	if err == nil || stocktake.KindOf(err) != stocktake.Invalid {
		t.Fatalf("taken in: %+v, %v", rep, err)
	}
	if len(rep.Rejects) != 1 || !strings.Contains(err.Error(), "one thing is wrong, and nothing was filed") {
		t.Fatalf("%d rejects, %v", len(rep.Rejects), err)
	}
	r := rep.Rejects[0]
	return r.File + ":" + itoa(r.Line) + ":" + itoa(r.Column) + ": " + r.Value + ": " + r.Reason
}

func TestAGoodTableOfFiguresComesIn(t *testing.T) {
	list, rep, err := figuresOf(t, north, northHead+"DEU;Germany;SYR;2015;115604;0.1\nDEU;Germany;UNK;2015;..;\nWLD;World;SYR;2015;4850792;\nCOD;Democratic Republic of the Congo;RWA;2015;0;0\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || rep.Rows != 4 || len(list[0].Tables) != 1 {
		t.Fatalf("%d filings, %+v", len(list), rep)
	}
	x := list[0].Tables[0]
	var places []string
	for _, p := range x.Places {
		places = append(places, p.Code+" "+p.Kind+" "+string(p.Party))
	}
	if got := strings.Join(places, ", "); got != "COD state COD, DEU state DEU, RWA state RWA, SYR state SYR, UNK unknown , WLD aggregate " {
		t.Errorf("places %s", got)
	}
	s := list[0].Sources[0]
	if x.ID != "north-hosts-2026" || x.Source != s.ID || x.Rows != 4 || x.Form != "csv" || x.Comma != ";" || s.Copy.State != "private" || s.Series != "north-hosts" || s.Published.String() != "2026-06-01" {
		t.Errorf("table %+v, source %+v, copy %+v", x, s, s.Copy)
	}
}

func TestAWrongUnitIsCaught(t *testing.T) {
	for _, c := range []struct{ mapping, file, want string }{
		{north, northHead + "DEU;Germany;SYR;2015;115.604;0.1\n", "t.csv:2:5: 115.604: persons are counted in whole numbers; is the column in thousands, or a share?"},
		{north, northHead + "DEU;Germany;SYR;2015;115604;1156\n", "t.csv:2:6: 1156: more than 100 percent; is the column in another unit?"},
		{north, northHead + "DEU;Germany;SYR;2015;115604000000;1\n", "t.csv:2:5: 115604000000: more persons than there can be"},
		{north, northHead + "DEU;Germany;SYR;2015;115,604;1\n", "t.csv:2:5: 115,604: no figure: digits, with a point where there are parts, and nothing else"},
		{strings.Replace(north, "value: hosted", "value: hosted (thousands)", 1), strings.Replace(northHead, "hosted", "hosted (thousands)", 1) + "DEU;Germany;SYR;2015;116;0.1\n",
			"t.csv:1:5: hosted (thousands): the heading says thousands, and the unit of example/hosted is persons"},
		{strings.Replace(north, "unit: persons", "unit: persons, unit_column: unit, unit_means: [Number]", 1), "where;name;from;year;hosted;share;unit\nDEU;Germany;SYR;2015;116;0.1;Number\nDEU;Germany;SYR;2016;116;0.1;Thousands\n",
			"t.csv:3:7: Thousands: the unit that stands here is not that of example/hosted, which is persons"},
	} {
		if got := slip(t, c.mapping, c.file); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestAYear20222IsCaught(t *testing.T) {
	for _, c := range [][2]string{
		{"20222", "20222: no year, of four digits from 1800 to 2199"}, {"202", "202: no year, of four digits from 1800 to 2199"}, {"", ": no year, of four digits from 1800 to 2199"},
		{"2027", "2027: the file was published in 2026, and this lies later"},
	} {
		if got, want := slip(t, north, northHead+"DEU;Germany;SYR;2015;1;\nDEU;Germany;SYR;"+c[0]+";1;\n"), "t.csv:3:4: "+c[1]; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestADuplicatedRowIsCaught(t *testing.T) {
	file := northHead + "DEU;Germany;SYR;2015;1;\nDEU;Germany;SYR;2016;1;\nDEU;Germany;SYR;2015;2;\n"
	if got, want := slip(t, north, file), "t.csv:4:1: DEU, SYR, 2015: the same row stands in line 2 already"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	bySex := strings.Replace(north, "codes: iso3", "codes: iso3\n  by: [name]", 1)
	if _, _, err := figuresOf(t, bySex, strings.Replace(file, "Germany;SYR;2015;2", "Deutschland;SYR;2015;2", 1)); err != nil {
		t.Errorf("rows that a further column tells apart: %v", err)
	}
}

func TestACodeThatMeansAnotherStateInAnotherListIsCaught(t *testing.T) {
	// AUS is Australia in ISO 3166-1 and Austria in UNHCR's list; CHI is China there; ANT is Antigua and Barbuda.
	if got, want := slip(t, north, northHead+"AUS;Austria;SYR;2015;1;\n"), `t.csv:2:1: AUS: in the list "iso3" this is AUS, and the name beside it, "Austria", is AUT; the same letters mean other states in other lists`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	un := strings.Replace(strings.Replace(north, "codes: iso3", "codes: unhcr", 1), "names: {where: name}", "names: {where: name}\n  iso: {where: iso}", 1)
	head := "where;name;from;year;hosted;share;iso\n"
	if got, want := slip(t, un, head+"AUS;Austria;SYR;2015;1;;AUS\n"), `t.csv:2:1: AUS: in the list "unhcr" this is AUT, and the ISO code beside it, AUS, is another; the same letters mean other states in other lists`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	list, _, err := figuresOf(t, un, head+"AUS;Austria;SYR;2015;1;;AUT\n")
	if err != nil || !slices.ContainsFunc(list[0].Tables[0].Places, func(p stocktake.Place) bool { return p.Code == "AUS" && p.Party == "AUT" }) {
		t.Errorf("UNHCR's own Austria: %v %v", list, err)
	}
}

func TestACodeThatIsInNoListIsCaught(t *testing.T) {
	if got, want := slip(t, north, northHead+"XYZ;Nowhere;SYR;2015;1;\n"), `t.csv:2:1: XYZ: no place of the list "iso3" that the record knows; say what it means under places, with its kind`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestANegativeStockIsCaught(t *testing.T) {
	if got, want := slip(t, north, northHead+"DEU;Germany;SYR;2015;-1;\n"), "t.csv:2:5: -1: below zero, and example/hosted cannot be: persons"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, _, err := figuresOf(t, strings.Replace(north, "adds: places,", "adds: places, negative: true,", 1), northHead+"DEU;Germany;SYR;2015;-1;\n"); err != nil {
		t.Errorf("where figures below zero have a meaning: %v", err)
	}
}

// TestOneSlipInUNHCRsTablesStopsAllOfThem: the folder of UNHCR with one row changed files nothing, and the place of the slip is told.
func TestOneSlipInUNHCRsTablesStopsAllOfThem(t *testing.T) {
	src := shared(t, "unhcr-refugee-statistics")
	for _, c := range []struct{ file, row, want string }{
		{"unrwa.csv", `20222,"Palestinian","GAZ","PSE","Lebanon","LEB","LBN",103137`, "line 3, column 1: \"20222\""},
		{"unrwa.csv", `1952,"Palestinian","GAZ","PSE","Lebanon","LEB","LBN",103137`, "line 3, column 6: \"LEB, GAZ, 1952\": the same row stands in line 2 already"},
		{"unrwa.csv", `1953,"Palestinian","GAZ","PSE","Australia","AUS","AUS",7`, "column 6: \"AUS\": in the list \"unhcr\" this is AUT"},
		{"unrwa.csv", `1953,"Palestinian","GAZ","PSE","Lebanon","LEB","LBN",-7`, "line 3, column 8: \"-7\": below zero"},
		{"unrwa.csv", `1953,"Palestinian","GAZ","PSE","Lebanon","LEB","LBN",103.137`, "line 3, column 8: \"103.137\": persons are counted in whole numbers"},
	} {
		dir := t.TempDir()
		for _, name := range []string{"population.csv.gz", "idmc.csv.gz"} {
			if err := os.Symlink(filepath.Join(src, name), filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		text := "year,coo_name,coo,coo_iso,coa_name,coa,coa_iso,total\n" + `1952,"Palestinian","GAZ","PSE","Lebanon","LEB","LBN",103137` + "\n" + c.row + "\n"
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		opt := figureOptions
		opt.File = func(File) error { t.Error("a file was archived"); return nil }
		_, err := unhcrFigures.Import(t.Context(), dir, record(t), opt, func(stocktake.Filing) error { t.Error("a table was filed"); return nil })
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "nothing was filed") {
			t.Errorf("%s: %v\nwant %s", c.row, err, c.want)
		}
	}
}

func TestWhatIsWrongWithAMappingOfFiguresIsSaid(t *testing.T) {
	for _, c := range [][3]string{
		{"codes: iso3", "codes: iso2", `north.yaml: figures codes: "iso2" is no list of codes`},
		{"WLD: aggregate", "WLD: world", `north.yaml: figures places WLD: "world" is no kind of place`},
		{"WLD: aggregate", "WLD: state", `north.yaml: figures places WLD: it is a state, and no party is named`},
		{"WLD: aggregate", "WLD: {kind: state, partie: X}", `there is no key "partie" here`},
		{"id: example/hosted", "id: Hosted", `north.yaml: figures series 1 id: "Hosted" is no id of a series`},
		{"unit: persons,", "", `example/hosted needs a title and a unit`},
		{"value: hosted,", "", `north.yaml: figures series 1 value: example/hosted needs either value`},
		{"party: where, counterpart: from,", "", `says of nobody whose figures they are`},
		{"times: year-end", "times: yearly", `"yearly" does not say what a period means`},
		{"adds: places", "adds: some", `"some" does not say over what figures may be added up`},
		{"period: year,", "", `example/hosted has no column of periods`},
		{"adds: places", "ads: places", `there is no key "ads" here`},
		{`delimiter: ";"`, `delimiter: ";;"`, `";;" is no single character`},
		{`delimiter: ";"`, "form: xlsx", `figures are read from a CSV file`},
		{"figures:", "party: {column: x}\nfigures:", "a mapping makes either figures or acts and votes"},
		{"codes: iso3", "codes: iso3\n  public: true", "ok"},
		{"licence: CC0-1.0}\nfile", "}\nfile", "ok"},
	} {
		if !strings.Contains(north, c[0]) {
			t.Fatalf("no %q", c[0])
		}
		_, err := Mapping("north.yaml", []byte(strings.Replace(north, c[0], c[1], 1)))
		if c[2] == "ok" {
			if err != nil {
				t.Errorf("%s: %v", c[1], err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s: %v, want %s", c[1], err, c[2])
		}
	}
	if _, err := Mapping("north.yaml", []byte(strings.Replace(strings.Replace(north, "licence: CC0-1.0", "lang: en", 1), "codes: iso3", "codes: iso3\n  public: true", 1))); err == nil || !strings.Contains(err.Error(), "no licence is named") {
		t.Errorf("a public copy without a licence: %v", err)
	}
}

// TestFiguresOfTheSharedDataAreWellFormed: every data set comes in whole, twice the same, its copies public or private as its licence says.
func TestFiguresOfTheSharedDataAreWellFormed(t *testing.T) {
	for set, want := range map[string]struct {
		filings, rows int
		state         string
	}{
		"unhcr-refugee-statistics": {8, 522546, "public"}, "migrant-stock-undesa": {4, 302678, "private"}, "missing-migrants": {2, 7040, "public"},
		"remittances": {2, 18998, "private"}, "gdp-population": {2, 31174, "public"},
	} {
		im, ok := Named(set)
		if !ok {
			t.Fatalf("no importer %s", set)
		}
		rec := record(t)
		for name, id := range map[string]stocktake.PartyID{"XKX": "XKX", "Kosovo": "XKX", "ANT": "ANT", "China, Hong Kong SAR": "HKG", "China, Macao SAR": "MAC", "Dem. People's Republic of Korea": "PRK", "Falkland Islands (Malvinas)": "FLK"} {
			rec.parties[fold(name)] = id
		}
		list, rep := wellFormed(t, im, shared(t, set), rec, Options{Read: stocktake.MustDate("2026-11-24")})
		if len(list) != want.filings || rep.Rows != want.rows || len(rep.Rejects) > 0 {
			t.Errorf("%s: %d filings, %d rows, %d rejects", set, len(list), rep.Rows, len(rep.Rejects))
		}
		for _, f := range list {
			if s := f.Sources[0]; s.Copy.State != want.state || s.Read.String() != firstRead || len(f.Tables) != 1 || f.Tables[0].Source != s.ID {
				t.Errorf("%s: source %+v, copy %+v", f.Key, s, s.Copy)
			}
		}
	}
}
