package draft

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"stocktake"
)

// smallest is the smallest filing; tests add lines to it.
const smallest = `key: test/1
title: A test
sources:
  - {id: s1, title: One source, read: 2026-11-23}
`

const oneAct = smallest + `acts:
  - id: hun-leaves
    party: HUN
    instrument: gcm-process
    kind: withdrawal
    notified: 2018-07-24
`

func one(t *testing.T, input string) stocktake.Filing {
	t.Helper()
	list, err := Parse("test.yaml", []byte(input))
	if err != nil {
		t.Fatalf("%s\n%s", err, input)
	}
	if len(list) != 1 {
		t.Fatalf("%d filings in\n%s", len(list), input)
	}
	return list[0]
}

func TestParseTakesScalarsAsWritten(t *testing.T) {
	f := one(t, `
key: test/1
title: NO
note: 012
sources:
  - id: 2018
    title: 2018-11-20
    edition: 1e3
    series: yes
    publisher: null and void
    address: ~
    licence: "null"
    note: 0x1F
    read: 2026-11-23
unknowns:
  - {about: gcm, what: 12:30:45, looked: .5}
`)
	s := f.Sources[0]
	for _, c := range []struct{ got, want string }{
		{f.Title, "NO"}, {f.Note, "012"}, {string(s.ID), "2018"}, {s.Title, "2018-11-20"}, {s.Edition, "1e3"}, {s.Series, "yes"},
		{s.Publisher, "null and void"}, {s.Address, "~"}, {s.Licence, "null"}, {s.Note, "0x1F"}, {f.Unknowns[0].What, "12:30:45"}, {f.Unknowns[0].Looked, ".5"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestParseGivesDefaults(t *testing.T) {
	f := one(t, oneAct+`    quotes: [{exact: "We leave"}]
measures:
  - {id: m1, party: USA, kind: order, title: An order, date: 2025-01-20, force: in force}
roll_calls:
  - {id: 1, instrument: gcm, date: 2018-12-19, yes: BRA}
texts:
  - {provision: gcm/obj-13, lang: en, text: Words}
coverage:
  - {}
`)
	if f.Format != stocktake.Format {
		t.Errorf("format is %q", f.Format)
	}
	if f.Acts[0].Source != "s1" || f.Measures[0].Source != "s1" || f.RollCalls[0].Source != "s1" || f.Texts[0].Source != "s1" || f.Coverage[0].Source != "s1" {
		t.Errorf("the one source was not inherited: %+v", f)
	}
	if f.Acts[0].Quotes[0].Source != "" {
		t.Error("a quote without source keeps none: it is the act's")
	}
	if f.Acts[0].Notified != stocktake.MustDate("2018-07-24") {
		t.Errorf("notified is %s", f.Acts[0].Notified)
	}
}

func TestParseForms(t *testing.T) {
	want := one(t, oneAct)
	for name, input := range map[string]string{
		"explicit format":        "format: stocktake/1\n" + oneAct,
		"byte order mark":        "\xef\xbb\xbf" + oneAct,
		"windows line ends":      strings.ReplaceAll(oneAct, "\n", "\r\n"),
		"document marks":         "%YAML 1.2\n---\n" + oneAct + "...\n",
		"empty document":         "---\n" + oneAct + "---\n# nothing\n",
		"list of filings":        "- " + strings.ReplaceAll(strings.TrimSpace(oneAct), "\n", "\n  ") + "\n",
		"empty fields":           strings.Replace(oneAct, "    kind:", "    done:\n    note:\n    quotes:\n    kind:", 1) + "texts:\n",
		"aliases":                strings.Replace(strings.Replace(oneAct, "party: HUN", "party: &p HUN", 1), "sources", "parties: []\nsources", 1),
		"json":                   asJSON(t, want),
		"json in a list":         "[" + asJSON(t, want) + "]",
		"json with nulls":        strings.Replace(asJSON(t, want), `"title"`, `"note": null, "measures": null, "title"`, 1),
		"json with tabs":         strings.ReplaceAll(indented(t, want), "  ", "\t"),
		"json with a last comma": strings.TrimSuffix(asJSON(t, want), "}") + ",}",
	} {
		list, err := Parse(name, []byte(input))
		if err != nil || len(list) != 1 || !reflect.DeepEqual(list[0], want) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v\n%s", name, err, list, want, input)
		}
	}
	other := want
	other.Key = "test/2"
	for name, input := range map[string]string{
		"two documents": oneAct + "---\n" + strings.Replace(oneAct, "test/1", "test/2", 1),
		"json lines":    asJSON(t, want) + "\n" + asJSON(t, other) + "\n",
		"json list":     "[" + asJSON(t, want) + ",\n" + asJSON(t, other) + "]",
	} {
		list, err := Parse(name, []byte(input))
		if err != nil || len(list) != 2 || !reflect.DeepEqual(list, []stocktake.Filing{want, other}) {
			t.Errorf("%s: %v\ngot %+v", name, err, list)
		}
	}
}

func asJSON(t *testing.T, f stocktake.Filing) string {
	t.Helper()
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func indented(t *testing.T, f stocktake.Filing) string {
	t.Helper()
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestParseJSONBeyondYAML(t *testing.T) {
	f := one(t, `{"key": "test\/1", "title": "\ud83d\ude42", "sources": [{"id": "s1", "title": "x", "read": "2026-11-23"}]}`)
	if f.Key != "test/1" || f.Title != "🙂" {
		t.Errorf("got %q, %q", f.Key, f.Title)
	}
}

// Each input has one thing wrong, or several; what is told begins with the place.
func TestParseErrors(t *testing.T) {
	deep := strings.Repeat("[", 20000)
	tests := []struct {
		name, input string
		want        []string // each must be the beginning of one error, in order
		hint        string   // stands in the whole
	}{
		{"nothing", "", []string{"f:1:1: there is no filing in it"}, "key:"},
		{"comments only", "# nothing\n---\n", []string{"f:1:1: there is no filing"}, ""},
		{"a word", "hello\n", []string{`f:1:1: a filing is a table of fields; here is "hello"`}, "write `key: ...`"},
		{"unknown field", oneAct + "titel: x\n", []string{`f:11:1: a filing has no field "titel"`}, "is title meant?"},
		{"unknown field of an act", oneAct + "    withdrawn: x\n", []string{`f:11:5: an act has no field "withdrawn"`}, "fields here: id, party"},
		{"field of another thing", oneAct + "    published: 2018\n", []string{`f:11:5: an act has no field "published"`}, ""},
		{"same field twice", oneAct + "    party: USA\n", []string{"f:11:5: party is here twice; the first is in line 7"}, ""},
		{"same key twice in a table of words", smallest + "parties:\n  - {id: HUN, kind: state, names: {en: Hungary, en: Ungarn}}\n", []string{"f:6:49: en is here twice"}, ""},
		{"bad date", strings.Replace(oneAct, "2018-07-24", "2018-02-30", 1), []string{"f:10:15: notified: 2018-02-30: February 2018 has 28 days"}, ""},
		{"day first", strings.Replace(oneAct, "2018-07-24", "24.7.2018", 1), []string{"f:10:15: notified: 24.7.2018: a date is written year first"}, ""},
		{"with time", strings.Replace(oneAct, "2018-07-24", "2018-07-24T10:00:00Z", 1), []string{"f:10:15: notified: 2018-07-24T10:00:00Z: a date has no time of day; write 2018-07-24"}, ""},
		{"unknown act kind", strings.Replace(oneAct, "withdrawal", "withdrawl", 1), []string{`f:9:11: "withdrawl" is no kind of act`}, "is withdrawal meant?"},
		{"act kind with space", strings.Replace(oneAct, "withdrawal", "Vote Yes", 1), []string{`f:9:11: "Vote Yes" is no kind of act`}, "is vote-yes meant?"},
		{"act kind far off", strings.Replace(oneAct, "withdrawal", "walks out of the room", 1), []string{`f:9:11: "walks out of the room" is no kind of act`}, "docs/filing-format.md lists them"},
		{"missing everything", "note: x\n", []string{"f:1:1: a filing needs key", "f:1:1: a filing needs title"}, ""},
		{"nothing in it", "key: a\ntitle: b\nnote: c\n", []string{"f:1:1: the filing states nothing"}, "at least a source"},
		{"missing parts of an act", smallest + "acts:\n  - {note: x}\n", []string{"f:6:5: an act needs id", "f:6:5: an act needs party", "f:6:5: an act needs instrument", "f:6:5: an act needs kind"}, "hun-leaves-gcm-2018"},
		{"no source, and two to choose from", strings.Replace(oneAct, "acts:", "  - {id: s2, title: Another, read: 2026-11-23}\nacts:", 1), []string{"f:7:5: an act needs source"}, "exactly one source"},
		{"missing parts of a source", "key: a\ntitle: b\nsources:\n  - {}\n", []string{"f:4:5: a source needs id", "f:4:5: a source needs title", "f:4:5: no day says since when"}, ""},
		{"phase missing", smallest + "law:\n  - {id: r, for: [treaty], act: signature, basis: x}\n", []string{"f:6:5: a row of the law needs phase"}, "announced, done, notified or effect"},
		{"number missing", smallest + "instruments:\n  - {id: gcm, kind: compact, title: x, clause: {article: 19}}\n", []string{"f:6:48: a clause on entry into force needs threshold"}, ""},
		{"number in words", smallest + "roll_calls:\n  - {id: 1, instrument: x, date: 2018, yes: HUN, session: 73rd}\n", []string{`f:6:59: session is a whole number; here is "73rd"`}, ""},
		{"number in quotes", smallest + "roll_calls:\n  - {id: 1, instrument: x, date: 2018, yes: HUN, session: \"73\"}\n", []string{`f:6:59: session is a whole number`}, "without quotes"},
		{"number too big", smallest + "roll_calls:\n  - {id: 1, instrument: x, date: 2018, yes: HUN, session: 99999999999999999999}\n", []string{`f:6:59: session is a whole number`}, ""},
		{"number as YAML 1.1 has it", smallest + "roll_calls:\n  - {id: 1, instrument: x, date: 2018, yes: HUN, session: 0o111}\n", []string{`f:6:59: session is a whole number`}, ""},
		{"yes for true", smallest + "law:\n  - {id: r, for: [treaty], act: signature, phase: done, basis: x, via: yes}\n", []string{`f:6:72: via is true or false; here is "yes"`}, "write true"},
		{"list for text", oneAct + "    note: [a]\n", []string{"f:11:11: note is one value; here is a list"}, "brackets"},
		{"text for list", oneAct + "    reckoned: done\n", []string{`f:11:15: reckoned is a list; here is "done"`}, "write [done]"},
		{"table for list", oneAct + "    quotes:\n      exact: x\n", []string{"f:12:7: quotes is a list; here is a table of fields"}, "put `- `"},
		{"list for table", smallest + "statement:\n  - version: 1\n", []string{"f:6:3: statement is a table of fields; here is a list"}, "only one can be here"},
		{"text for words", smallest + "parties:\n  - {id: HUN, kind: state, names: Hungary}\n", []string{`f:6:35: names is a table of words by key; here is "Hungary"`}, "en: Hungary"},
		{"empty member", oneAct + "    reckoned:\n      -\n", []string{"f:12:8: member 1 of reckoned is empty"}, ""},
		{"commitment in a draft", oneAct + "    person: {commitment: abc}\n", []string{"f:11:13: person is one value; here is a table of fields"}, "the words themselves"},
		{"tag", oneAct + "    note: !!binary aGVsbG8=\n", []string{"f:11:11: !!binary is a YAML tag"}, ""},
		{"merge key", strings.Replace(oneAct, "- id: hun-leaves", "- <<: {note: x}\n    id: hun-leaves", 1), []string{"f:6:5: `<<` is not part of YAML 1.2"}, ""},
		{"list as a name", "key: a\ntitle: b\n? [x]\n: y\n", []string{"f:3:3: the name of a field is a word; here is a list"}, ""},
		{"unknown alias", oneAct + "    note: *nowhere\n", []string{"f:11:5: the value repeats something that has no name here"}, ""},
		{"alias in itself", smallest + "coverage: &a\n  - {source: s1, kinds: *a}\n", []string{"f:6:25: a member of kinds is one value; here is a table of fields"}, ""},
		{"tab", "key: a\n\ttitle: b\n", []string{"f:2:1: "}, "spaces"},
		{"colon in text", "key: a\ntitle: The talks: how they ended\n", []string{"f:2:1: there is a second `: ` in this line"}, "quotes"},
		{"quotes that never end", "key: a\ntitle: \"b\n", []string{"f:"}, "close the quotes"},
		{"bad indentation", "key: a\n  title: b\n", []string{"f:2:3: "}, ""},
		{"broken JSON", "{\"key\": \"a\",\n \"title\" \"b\"}", []string{"f:2:10: not readable as JSON"}, "just before"},
		{"JSON cut off", "{\"key\": \"a\",\n \"title\": \"b\"", []string{"f:2:14: not readable as JSON"}, ""},
		{"half a surrogate", `{"key": "a", "title": "\ud83d x"}`, []string{"f:1:23: not readable as JSON: half of a surrogate pair"}, ""},
		{"deep", deep, []string{"f:1:"}, "too deeply"},
		{"error in the second document", oneAct + "---\nkey: b\n", []string{"f:12:1: a filing needs title"}, ""},
		{"error in JSON lines", `{"key":"a","title":"b","unknowns":[{"about":"gcm","what":"x"}]}` + "\n" + `{"key":"a","titel":"b"}`, []string{`f:2:1: a filing needs title`, `f:2:12: a filing has no field "titel"`}, "is title meant?"},
		{"not UTF-8", "key: a\ntitle: \xe9t\xe9\n", []string{"f:2:8: byte 14 of the input (0xe9) is not UTF-8"}, "save the file as UTF-8"},
		{"UTF-16", "\xff\xfek\x00e\x00", []string{"f:1:1: byte 0 of the input (0xff) is not UTF-8"}, ""},
		{"control character", "key: a\ntitle: é\x00b\n", []string{"f:2:9: the input holds the control character U+0000"}, ""},
		{"control character in an escape", `{"key":"a","title":"b\u0007","unknowns":[{"about":"gcm","what":"x"}]}`, []string{"f:1:20: this text holds the control character U+0007"}, ""},
		{"another format", "format: stocktake/2\n" + oneAct, []string{`f:1:9: "stocktake/2" is no format that is known here`}, "is stocktake/1 meant?"},
	}
	for _, test := range tests {
		list, err := Parse("f", []byte(test.input))
		if err == nil {
			t.Errorf("%s: no error, %d filings", test.name, len(list))
			continue
		}
		if list != nil {
			t.Errorf("%s: filings beside an error", test.name)
		}
		faults := Faults(err)
		if len(faults) != len(test.want) {
			t.Errorf("%s: %d faults, want %d:\n%s", test.name, len(faults), len(test.want), err)
			continue
		}
		for i, f := range faults {
			if !strings.HasPrefix(f.Error(), test.want[i]) {
				t.Errorf("%s: got  %s\nwant %s", test.name, f, test.want[i])
			}
			if f.Kind != stocktake.Invalid || f.Where == "" || f.Hint == "" && !strings.Contains(f.What, ": ") {
				t.Errorf("%s: kind %s, where %q, hint %q", test.name, f.Kind, f.Where, f.Hint)
			}
		}
		if !strings.Contains(err.Error(), test.hint) {
			t.Errorf("%s: %q is not said in\n%s", test.name, test.hint, err)
		}
		if stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%s: kind %s", test.name, stocktake.KindOf(err))
		}
	}
}

func TestParseLimits(t *testing.T) {
	var b strings.Builder
	b.WriteString(smallest + "acts:\n")
	for range 30 {
		b.WriteString("  - {kind: nonsense}\n")
	}
	_, err := Parse("f", []byte(b.String()))
	if n := len(Faults(err)); n != maxFaults+1 {
		t.Errorf("%d faults, want %d and the word that there are more", n, maxFaults)
	}
	if !strings.HasPrefix(Faults(err)[0].Where, "f:6:") || !strings.Contains(Faults(err)[maxFaults].What, "more") {
		t.Errorf("got %s", err)
	}

	b.Reset()
	b.WriteString(smallest + "acts:\n  - &a\n    note: x\n    quotes: &q\n")
	for range 1000 {
		b.WriteString("      - {exact: words}\n")
	}
	for i := range 1000 {
		fmt.Fprintf(&b, "  - {id: a%d, party: HUN, instrument: gcm, kind: pledge, done: 2018, quotes: *q}\n", i)
	}
	if _, err = Parse("f", []byte(b.String())); err == nil || !strings.Contains(err.Error(), "unfold to more than 200000 values") {
		t.Errorf("an alias bomb: %v", err)
	}

	if _, err = Parse("f", make([]byte, maxBytes+1)); err == nil || !strings.Contains(err.Error(), "64 MiB") {
		t.Errorf("too much: %v", err)
	}
	if _, err = Parse("f", []byte(strings.Repeat("- \n", maxValues))); err == nil || !strings.Contains(err.Error(), "values") {
		t.Errorf("too many values: %v", err)
	}
}

func TestFaults(t *testing.T) {
	a, b := stocktake.Invalidf("a"), stocktake.Invalidf("b")
	err := fmt.Errorf("read: %w", errors.Join(a, fmt.Errorf("x: %w", b), errors.New("c")))
	if got := Faults(err); len(got) != 2 || got[0] != a || got[1] != b {
		t.Errorf("got %v", got)
	}
	if got := Faults(nil); got != nil {
		t.Errorf("got %v", got)
	}
}
