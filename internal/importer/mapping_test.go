package importer

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"stocktake"
)

// demo knows invented states, a real one, and three instruments.
var demo = &fakeRecord{
	parties: map[string]stocktake.PartyID{"northland": "x-north", "southland": "x-south", "eastland": "x-east", "westland": "x-west", "südland": "x-south", "france": "FRA"},
	instruments: map[string]stocktake.InstrumentID{"untc/4-13": "icrmw", "icrmw": "icrmw", "C189": "ilo-c189", "A/RES/73/195": "a-res-73-195", "A/RES/73/151": "a-res-73-151",
		"Treaty A": "untc-1-1", "Treaty B": "untc-1-2"},
}

var demoOptions = Options{Edition: "2026-11", Read: stocktake.MustDate("2026-11-23")}

// shippedImporter returns a mapping that comes with the program.
func shippedImporter(t *testing.T, name string) Importer {
	t.Helper()
	b, ok := Shipped(name)
	if !ok {
		t.Fatalf("no mapping %s", name)
	}
	im, err := Mapping(name+".yaml", b)
	if err != nil {
		t.Fatal(err)
	}
	if im.Name() != name || im.About() == "" {
		t.Errorf("mapping %s calls itself %s", name, im.Name())
	}
	return im
}

// facts prints acts, roll-calls and rejects, one a line.
func facts(list []stocktake.Filing, rep Report) string {
	var b strings.Builder
	for _, f := range list {
		for _, a := range f.Acts {
			fmt.Fprintf(&b, "%s %s", a.ID, a.Kind)
			for p := stocktake.PhaseAnnounced; p <= stocktake.PhaseEffect; p++ {
				if d := a.Day(p); !d.IsZero() {
					fmt.Fprintf(&b, " %s=%s", p, d)
				}
			}
			if a.Note != "" {
				fmt.Fprintf(&b, " (%s)", a.Note)
			}
			b.WriteString("\n")
		}
		for _, r := range f.RollCalls {
			fmt.Fprintf(&b, "%s %s %s yes=%s no=%s abstain=%s absent=%s not-voting=%s\n", r.ID, r.Instrument, r.Date, r.Yes, r.No, r.Abstain, r.Absent, r.NotVoting)
		}
	}
	for _, j := range rep.Rejects {
		fmt.Fprintf(&b, "! %d:%d %q %s\n", j.Line, j.Column, j.Value, j.Reason)
	}
	return b.String()
}

func TestShippedMappings(t *testing.T) {
	for _, c := range []struct{ name, file, keys, want string }{
		{"untc-status-page", "untc-page.html", "untc-status-page/2026-11/icrmw untc-status-page/2026-11/icrmw/coverage", `
icrmw/x-north/signature/1 signature done=1991-05-22
icrmw/x-north/consent/1 ratification done=1999-03-08
icrmw/x-south/consent/1 accession done=1993-02-19
icrmw/x-east/signature/1 signature done=2004-12-10
icrmw/x-west/consent/1 succession done=2002-02-02 (The source prints this date in square brackets.)
! 5:1 "Nortland" no party of the record has this name; add it under names in the mapping, or as a name of a party
! 7:3 "31 Feb 2003 a" no date as the mapping says they are written: day month-name year
`},
		{"ilo-ratification-page", "ilo-page.html", "ilo-ratification-page/2026-11/ilo-c189 ilo-ratification-page/2026-11/ilo-c189/coverage", `
ilo-c189/x-north/consent/1 ratification done=2014-03-24
ilo-c189/x-south/consent/1 ratification done=2015-06-10
ilo-c189/x-south/exit/1 denunciation done=2020-07-03
ilo-c189/x-east/consent/1 ratification done=2025-04-04
`},
		{"recorded-vote", "vote.csv", "recorded-vote/2026-11/demo-1-a-res-73-151 recorded-vote/2026-11/a-res-73-151/coverage", `
demo-1-a-res-73-151 a-res-73-151 2018-12-17 yes=x-north x-west no=x-south abstain= absent= not-voting=x-east
! 7:4 "Southland" a second vote of this party in the roll-call
! 8:5 "perhaps" the mapping does not say which vote this is; add the word under values
! 5:4 "Northland" the vote demo-2-a-res-73-195 is not filed: lines 7, 8 could not be read
! 6:4 "Southland" the vote demo-2-a-res-73-195 is not filed: lines 7, 8 could not be read
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, rep := wellFormed(t, shippedImporter(t, c.name), filepath.Join("testdata", c.file), demo, demoOptions)
			if got := facts(list, rep); got != c.want[1:] {
				t.Errorf("got\n%swant%s", got, c.want)
			}
			var keys []string
			for _, f := range list {
				keys = append(keys, f.Key)
			}
			if got := strings.Join(keys, " "); got != c.keys {
				t.Errorf("keys %s", got)
			}
			if s := list[0].Sources[0]; c.name == "untc-status-page" && (s.Series != "untc" || s.ID != "untc-page-icrmw-2026-11") {
				t.Errorf("source %s of the series %s", s.ID, s.Series)
			}
			if c := list[0].Sources[0].Copy; c == nil || len(c.SHA256) != 64 || c.State != "private" {
				t.Errorf("copy %+v", c)
			}
		})
	}
	if len(ShippedNames()) != 3 {
		t.Errorf("%v", ShippedNames())
	}
}

const plain = `
mapping: demo
source: {id: demo-table, title: A table for tests}
instrument: icrmw
party: {column: Country}
dates: [year-month-day]
acts: [{column: Ratified, kind: ratification}]
coverage: {cannot_show: [It is a demonstration.]}
`

// with returns the plain mapping with some lines replaced or added.
func with(lines ...string) string {
	s := plain
	for _, l := range lines {
		key, _, _ := strings.Cut(l, ":")
		var out []string
		for _, have := range strings.Split(s, "\n") {
			if !strings.HasPrefix(have, key+":") {
				out = append(out, have)
			}
		}
		s = strings.Join(out, "\n") + l + "\n"
	}
	return s
}

// put writes a file into a new folder and returns its path.
func put(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMappingValues(t *testing.T) {
	for _, c := range []struct{ name, mapping, file, want string }{
		{"plain", with(), "Country,Ratified\nNorthland,2001-02-03\nSouthland,\n", "icrmw/x-north/consent/1 ratification done=2001-02-03\n"},
		{"byte order mark and quotes", with(), "\xef\xbb\xbf\"Country\",\"Ratified\"\r\n\"Northland\",\"2001-02-03\"\r\n", "icrmw/x-north/consent/1 ratification done=2001-02-03\n"},
		{"semicolons, latin1, names", with(`file: {delimiter: ";", encoding: latin1}`, `party: {column: Country, names: {"Küstenland": Northland}}`),
			"Country;Ratified\nS\xfcdland;2001-02-03\nK\xfcstenland;2002-02-03\n", "icrmw/x-south/consent/1 ratification done=2001-02-03\nicrmw/x-north/consent/1 ratification done=2002-02-03\n"},
		{"day first", with("dates: [day/month/year]"), "Country,Ratified\nNorthland,04/12/2017\n", "icrmw/x-north/consent/1 ratification done=2017-12-04\n"},
		{"month first", with("dates: [month/day/year]"), "Country,Ratified\nNorthland,04/12/2017\n", "icrmw/x-north/consent/1 ratification done=2017-04-12\n"},
		{"order not given", with(), "Country,Ratified\nNorthland,04/12/2017\n", "! 2:2 \"04/12/2017\" the date may be 4 December or 12 April: write day/month/year or month/day/year under dates\n"},
		{"both orders given", with("dates: [month/day/year, day/month/year]"), "Country,Ratified\nNorthland,04/12/2017\nSouthland,25/12/2017\n",
			"icrmw/x-south/consent/1 ratification done=2017-12-25\n! 2:2 \"04/12/2017\" the date may be 2017-04-12 or 2017-12-04: the mapping allows both\n"},
		{"two digits of a year", with("dates: [day/month/year]"), "Country,Ratified\nNorthland,04/12/17\n", "! 2:2 \"04/12/17\" the year has not four digits\n"},
		{"months in words", with("dates: [day month-name year, month-name day year, month-name year, year]"),
			"Country,Ratified\nNorthland,4 de diciembre de 2017\nSouthland,\"December 4th, 2018\"\nEastland,février 2019\nWestland,2020\n",
			"icrmw/x-north/consent/1 ratification done=2017-12-04\nicrmw/x-south/consent/1 ratification done=2018-12-04\nicrmw/x-east/consent/1 ratification done=2019-02\nicrmw/x-west/consent/1 ratification done=2020\n"},
		{"dates in doubt", with("dates: [edtf]"), "Country,Ratified\nNorthland,2017?\nSouthland,2017-12/2018-01\n", "icrmw/x-north/consent/1 ratification done=2017?\nicrmw/x-south/consent/1 ratification done=2017-12/2018-01\n"},
		{"unknown party", with(), "Country,Ratified\nJamiaca,2001-02-03\n", "! 2:1 \"Jamiaca\" no party of the record has this name; the nearest are \"Jamaica\"; add it under names in the mapping, or as a name of a party\n"},
		{"wrong columns", with(), "Country,Ratified\nNorthland,2001-02-03,x\nSouthland,2002-02-03\n", "icrmw/x-south/consent/1 ratification done=2002-02-03\n! 2:0 \"Northland,2001-02-03,x\" the row has 3 columns, the header 2\n"},
		{"not UTF-8", with(), "Country,Ratified\nS\xfcdland,2001-02-03\n", "! 2:0 \"S�dland,2001-02-03\" the row is not valid UTF-8\n"},
		{"other days of the act", with(`acts: [{column: Notice, kind: withdrawal, as: notified, effect: Leaves, announced: Said}]`),
			"Country,Notice,Leaves,Said\nNorthland,2019-11-04,2020-11-04,2017-06-01\n", "icrmw/x-north/exit/1 withdrawal announced=2017-06-01 notified=2019-11-04 effect=2020-11-04\n"},
		{"a column of kinds, a condition, a row to skip", with(`acts: [{column: Date, kind_column: How, kinds: {joined: accession}, when: {column: State, equals: [done]}}]`, `skip: [{column: Country, matches: "^Total"}]`),
			"Country,How,State,Date\nNorthland,joined,done,2001-01-01\nSouthland,Ratification,done,2002-01-01\nEastland,joined,planned,2003-01-01\nWestland,hm,done,2004-01-01\nTotal,,,\n",
			"icrmw/x-north/consent/1 accession done=2001-01-01\nicrmw/x-south/consent/1 ratification done=2002-01-01\n! 5:4 \"2004-01-01\" the mapping does not say which kind of act \"hm\" is\n"},
		{"letters", with(`acts: [{column: Ratified, kind: ratification, letters: {a: accession}}]`), "Country,Ratified\nNorthland,2001-02-03 a\nSouthland,2001-02-03 d\nEastland,2001-02-03\n",
			"icrmw/x-north/consent/1 accession done=2001-02-03\nicrmw/x-east/consent/1 ratification done=2001-02-03\n! 3:2 \"2001-02-03 d\" the mapping does not say what the letter \"d\" means\n"},
		{"several acts of a row and of a party", with(`acts: [{column: B, kind: accession}, {column: A, kind: ratification}]`), "Country,A,B\nNorthland,2001-01-01,2003-01-01\nNorthland,2005-01-01,\n",
			"icrmw/x-north/consent/1 ratification done=2001-01-01\nicrmw/x-north/consent/2 accession done=2003-01-01\nicrmw/x-north/consent/3 ratification done=2005-01-01\n"},
		{"an instrument in a column", with(`instrument: {column: Treaty}`, `coverage: {instruments: [untc-*], cannot_show: [It is a demonstration.]}`), "Country,Treaty,Ratified\nNorthland,Treaty A,2001-01-01\nSouthland,Treaty B,2002-01-01\nEastland,Treaty C,2003-01-01\n",
			"untc-1-1/x-north/consent/1 ratification done=2001-01-01\nuntc-1-2/x-south/consent/1 ratification done=2002-01-01\n! 4:2 \"Treaty C\" no instrument of the record has this name\n"},
		{"constants", with("constants: {note: Told by a person.}"), "Country,Ratified\nNorthland,2001-02-03\n", "icrmw/x-north/consent/1 ratification done=2001-02-03 (Told by a person.)\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			im, err := Mapping("demo.yaml", []byte(c.mapping))
			if err != nil {
				t.Fatal(err)
			}
			list, rep := wellFormed(t, im, put(t, "table.csv", []byte(c.file)), demo, demoOptions)
			if got := facts(list, rep); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

// TestMappingFaults: what makes a whole mapping or file unusable says where it is and what to do.
func TestMappingFaults(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, "Country,Ratified\n"+strings.Repeat("Northland,2001-02-03\n", 5000))
	z.Close()
	for _, c := range []struct{ name, mapping, file, want string }{
		{"empty mapping", " \n", "", "demo.yaml: the mapping is empty (docs/importing.md shows one)"},
		{"misspelt key", with("instrment: icrmw"), "", `there is no key "instrment" here (the nearest keys are "instrument", "instruments")`},
		{"misspelt key in a field", with("party: {colum: Country}"), "", `there is no key "colum" here (the nearest keys are "column"`},
		{"no YAML", "mapping: [", "", "demo.yaml: this is not the YAML of a mapping"},
		{"no caveat", with("coverage: {}"), "", "demo.yaml: coverage cannot_show: say in a sentence or two what the file cannot show"},
		{"no dates", with("dates: []"), "", "say how dates are written; an order is never guessed"},
		{"unknown way to write a date", with("dates: [dd.mm.yyyy]"), "", `"dd.mm.yyyy" is no way to write a date (one of "day month-name year"`},
		{"unknown kind", with("acts: [{column: Ratified, kind: ratified}]"), "", `demo.yaml: acts 1 kind: "ratified" is no kind of act`},
		{"a vote as an act", with("acts: [{column: Ratified, kind: vote-yes}]"), "", `"vote-yes" is a vote in a roll-call (use votes instead of acts)`},
		{"bad pattern", with(`skip: [{column: Country, matches: "("}]`), "", `is no pattern`},
		{"unknown instrument", with("instrument: nowhere"), "Country,Ratified\n", `demo.yaml: instrument: the record has no instrument "nowhere" (file it first, or describe it in the mapping`},
		{"unknown column", with("acts: [{column: Ratifed, kind: ratification}]"), "Country,Ratified,Signed\n", `table.csv: there is no column "Ratifed" (the nearest columns are "Ratified")`},
		{"column twice", with(), "Country,Ratified,Ratified\n", `two columns are called "Ratified"`},
		{"wrong delimiter", with(), "Country;Ratified\nNorthland;2001-02-03\n", `table.csv line 1: the header has one column only, and holds ";" (write delimiter: ";" under file)`},
		{"empty file", with(), "", "table.csv: the file is empty (fetch it again)"},
		{"truncated gzip", with(), packed.String()[:packed.Len()-20], "the file is cut off: its compressed data end too early (fetch it again and compare its SHA-256)"},
		{"damaged gzip", with(), packed.String()[:30] + "????" + packed.String()[34:], "the compressed data are damaged (fetch it again and compare its SHA-256)"},
		{"a long line", with(), "Country,Ratified\n" + strings.Repeat("x", 3<<20), "table.csv line 2: the line is longer than 1 MiB"},
		{"an open quotation mark", with(), "Country,Ratified\n\"Northland,2001\nSouthland,2002\n", "table.csv line 2: a quotation mark that is opened here is never closed"},
		{"UTF-16", with(), "\xff\xfeC\x00o\x00", "table.csv: the file is in UTF-16 (save it as UTF-8)"},
		{"a workbook", with(), "PK\x03\x04....", "write form: xlsx under file"},
		{"no workbook", with("file: {form: xlsx}"), "Country,Ratified\n", "the workbook cannot be read"},
		{"no table", with("file: {form: html}"), "<html><p>Nothing</p></html>", "there is no table in the page"},
		{"no such table", with("file: {form: html}"), "<table><tr><td>Contry</td></tr></table>", `no table of the page has a column "Country" (the nearest columns are "Contry")`},
		{"no such heading", with("file: {form: html, heading: Status}"), "<table><tr><td>Country</td></tr></table>", `no table follows a heading with "Status"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			im, err := Mapping("/some/where/demo.yaml", []byte(c.mapping))
			if err == nil {
				_, err = im.Import(context.Background(), put(t, "table.csv", []byte(c.file)), demo, demoOptions, func(stocktake.Filing) error { return nil })
			}
			var f *stocktake.Fault
			if !errors.As(err, &f) || f.Kind != stocktake.Invalid || !strings.Contains(f.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			if f != nil && f.Where == "" {
				t.Errorf("the fault %q does not say where", f)
			}
		})
	}
	im, _ := Mapping("demo.yaml", []byte(with()))
	if _, err := im.Import(context.Background(), put(t, "t.csv", []byte("Country,Ratified\n")), demo, Options{}, nil); err == nil || !strings.Contains(err.Error(), "name the edition") {
		t.Errorf("no edition: %v", err)
	}
	if _, err := im.Import(context.Background(), "nowhere.csv", demo, demoOptions, nil); stocktake.KindOf(err) != stocktake.NotFound {
		t.Errorf("no file: %v", err)
	}
}

func TestMappingForms(t *testing.T) {
	book := excelize.NewFile()
	sheet, _ := book.NewSheet("Status")
	book.SetActiveSheet(sheet)
	style, _ := book.NewStyle(&excelize.Style{NumFmt: 14})
	for cell, v := range map[string]any{"A1": "A title", "A2": "Country", "B2": "Ratified", "A3": "Northland", "B3": 43073, "A5": "Southland", "B5": "2001-02-03"} {
		if err := book.SetCellValue("Status", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	book.SetCellStyle("Status", "B3", "B3", style)
	var buf bytes.Buffer
	if err := book.Write(&buf); err != nil {
		t.Fatal(err)
	}
	want := "icrmw/x-north/consent/1 ratification done=2017-12-04\nicrmw/x-south/consent/1 ratification done=2001-02-03\n"
	page := `<h3>Members</h3><table><tr><th>Country</th><th>Ratified</th></tr><tr><td>Eastland</td><td>1999-01-01</td></tr></table>
<h3>Who is <b>in</b></h3><p></p><table><thead><tr><th>Country</th><th>Ratified</th></tr></thead><tbody><tr><td rowspan="2">Northland</td><td>2017-12-04</td></tr><tr><td></td></tr><tr><td>Southland</td><td><span>2001</span>-02-03</td></tr></table>`
	for _, c := range []struct{ mapping, file, data string }{
		{with("file: {form: xlsx, sheet: Status, header: 2}", "dates: [spreadsheet, year-month-day]"), "t.xlsx", buf.String()},
		{with("file: {heading: Who is in}"), "t.html", page},
		{with("file: {table: 2}"), "t.htm", page},
		{with("file: {header: 2, delimiter: tab}"), "t.txt", "A title\nCountry\tRatified\nNorthland\t2017-12-04\n\nSouthland\t2001-02-03\n"},
	} {
		im, err := Mapping("demo.yaml", []byte(c.mapping))
		if err != nil {
			t.Fatal(err)
		}
		list, rep := wellFormed(t, im, put(t, c.file, []byte(c.data)), demo, demoOptions)
		if got := facts(list, rep); got != want {
			t.Errorf("%s: got\n%swant\n%s", c.file, got, want)
		}
	}
	im, err := Mapping("demo.yaml", []byte(with("file: {sheet: Statut}")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := im.Import(context.Background(), put(t, "t.xlsx", buf.Bytes()), demo, demoOptions, nil); err == nil || !strings.Contains(err.Error(), `the nearest sheets are "Status"`) {
		t.Errorf("%v", err)
	}
}

// TestMappingStreams: a filing holds at most a thousand acts, and progress is told.
func TestMappingStreams(t *testing.T) {
	var b strings.Builder
	b.WriteString("Country,Ratified\n")
	for i := range 2500 {
		fmt.Fprintf(&b, "Northland,%04d-01-01\n", 1000+i%1000)
	}
	im, err := Mapping("demo.yaml", []byte(with()))
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	opt := demoOptions
	opt.Progress = func(done, total int64, what string) {
		told++
		if done > total || what != "table.csv" {
			t.Errorf("progress %d of %d, %s", done, total, what)
		}
	}
	list, rep := wellFormed(t, im, put(t, "table.csv", []byte(b.String())), demo, opt)
	var sizes []int
	for _, f := range list {
		sizes = append(sizes, len(f.Acts))
	}
	if fmt.Sprint(sizes) != "[1000 1000 500 0]" || rep.Acts != 2500 || told == 0 || list[2].Key != "demo/2026-11/icrmw/3" || list[2].Acts[499].ID != "icrmw/x-north/consent/2500" {
		t.Errorf("%v, %d acts, told %d times", sizes, rep.Acts, told)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := im.Import(ctx, put(t, "table.csv", []byte(b.String())), demo, opt, func(stocktake.Filing) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled import ends with %v", err)
	}
	mine := errors.New("mine")
	if _, err := im.Import(context.Background(), put(t, "table.csv", []byte(b.String())), demo, opt, func(stocktake.Filing) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("an error of emit comes back as %v", err)
	}
}
