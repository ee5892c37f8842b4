package draft

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stocktake"
)

// nasty are texts that YAML readers are fond of reading as something else, or that are hard to lay out.
var nasty = []string{
	"NO", "yes", "y", "off", "012", "0x1F", "1e3", "1_000", "12:30:45", "2018", "2018-11-20", "2018-11-20T10:00:00Z", ".5", ".inf", ".NaN", "null", "~", "true",
	"<<", "=", "-", "- a", "-1", "--- a", "... b", "?", "? a", ":", "a: b", "a:", "a #b", "# a", "&a", "*a", "!a", "!!str a", "%a", "@a", "`a`", "|", ">", ">-", "[a]", "{a: b}", "a, b",
	"'a'", `"a"`, `a\b`, `"a`, "a\nb", "a\n\nb", "a\n", "a\n\n", "\na", " a", "a ", "a\n b", " a\nb", "a \nb", "a\n \nb", "a\tb", "\ta", "a\n\tb", "a\n#b", "\n", "a\n- b\n  c: d\n",
	"a  b", "…", "Côte d’Ivoire", "Россия", "中国", "مصر", "🙂", "\u2028", "a\u2029b", "a\u00a0b", "\u00a0", "e\u0301", "\u200b", "\U000e0001", "\ufffd", "0", "-0", "+1", "1.", "on", "N", "NULL",
	strings.Repeat("long words and ", 20) + "end", strings.Repeat("long  words: and #", 20) + "end", strings.Repeat("x", 300), " " + strings.Repeat("long words ", 20),
	strings.Repeat("- a\n", 40), strings.Repeat("'", 101), "a " + strings.Repeat("b", 200) + " c", strings.Repeat("a\u00a0b ", 40) + "c", strings.Repeat("中 国 ", 60) + "x",
}

var dates = []string{"2018-11-20", "2018-11", "2018", "2018-11-20/2018-11-21", "2018/..", "../2018", "2018/", "/2018", "2018?", "2018-12~", "2018%", "201X", "20XX", "2018-XX", "2018-12-XX", "XXXX-11-28", "-0043-03-15", "Y12345", "2018-21"}

// anyText is text that a filing can hold: nasty, or made up.
func anyText(t *rapid.T) string {
	if rapid.IntRange(0, 2).Draw(t, "nasty") > 0 {
		return rapid.SampledFrom(nasty).Draw(t, "text")
	}
	s := rapid.StringOf(rapid.RuneFrom([]rune{' ', ' ', ' ', '\n', 'a', 'b', '-', ':', '#', '"', '\'', '\\', '\t', ',', '[', '{', 'é', '中', '\u2028', '\u00a0'})).Draw(t, "text")
	if s == "" {
		return "a"
	}
	return s
}

// fill gives a value that is not empty and has the form that its field asks for.
func fill(t *rapid.T, v reflect.Value, kind, name string) {
	switch v.Type() {
	case sheetedType:
		v.Set(reflect.ValueOf(stocktake.Plain(anyText(t))))
		return
	case dateType:
		v.Set(reflect.ValueOf(stocktake.MustDate(rapid.SampledFrom(dates).Draw(t, "date"))))
		return
	case actKindType:
		v.Set(reflect.ValueOf(rapid.SampledFrom(stocktake.ActKinds()).Draw(t, "act")))
		return
	case phaseType:
		v.Set(reflect.ValueOf(stocktake.Phase(rapid.IntRange(0, 3).Draw(t, "phase"))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		s := ""
		if f, ok := formOf(kind, name, v.Type().Name()); ok {
			s = rapid.SampledFrom(samples(f)).Draw(t, "word")
		} else {
			s = anyText(t)
		}
		v.SetString(s)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(-5, 1<<40).Draw(t, "number"))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), kind, name)
	case reflect.Struct:
		fillStruct(t, v)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(1, 3).Draw(t, "length"), 3))
		for i := range v.Len() {
			fill(t, v.Index(i), kind, name)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, k := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"en", "no", "fr", "pt-BR", "on"}), 2, 4, rapid.ID[string]).Draw(t, "keys") {
			if f, ok := forms[kind+"."+name]; !ok || f.fits(k) {
				v.SetMapIndex(reflect.ValueOf(k), reflect.ValueOf(anyText(t)))
			}
		}
	}
}

func fillStruct(t *rapid.T, v reflect.Value) {
	s := shapeOf(v.Type())
	for _, f := range s.fields {
		if f.required || rapid.Bool().Draw(t, f.name) {
			fill(t, v.Field(f.at), s.name, f.name)
		}
	}
}

// samples are texts that have a form.
func samples(f form) []string {
	if f.words != nil {
		return f.words
	}
	var list []string
	for _, s := range []string{"HUN", "x-frg", "no", "on", "012", "2018", "1e3", "0x1", "gcm", "gcm/obj-13", "icerd/USA/consent/1", "a-res-73-195", "untc-*", "*", "en", "zh-Hans",
		strings.Repeat("0", 64), strings.Repeat("ab", 32), "2018-12-19T15:04:05Z", "2018-12-19T15:04:05.123+01:00", "nnirr.org", "null", "five-steps/1", "unhcr/refugees"} {
		if f.fits(s) {
			list = append(list, s)
		}
	}
	return list
}

func anyFiling(t *rapid.T) stocktake.Filing {
	var f stocktake.Filing
	fillStruct(t, reflect.ValueOf(&f).Elem())
	f.Format = stocktake.Format
	return f
}

// What is printed reads back the same, whatever the text. Form apart: the filings made here are well-formed field by field only.
func TestPrintReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFiling(t)
		text, err := Print(f)
		if err != nil {
			t.Fatal(err)
		}
		list, err := parse("printed", text, false)
		if err != nil {
			t.Fatalf("%s\n%s", err, text)
		}
		inheritSource(&f)
		if len(list) != 1 || !reflect.DeepEqual(list[0], f) {
			t.Fatalf("reads back as\n%+v\nnot\n%+v\n%s", list, f, text)
		}
		again, err := Print(list[0])
		if err != nil || string(again) != string(text) && len(f.Sources) != 1 {
			t.Fatalf("%v\nprints again as\n%s\nnot\n%s", err, again, text)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if strings.HasSuffix(line, " ") && !strings.Contains(line, `"`) {
				t.Fatalf("line %d ends in a space: %q\n%s", i+1, line, text)
			}
		}
	})
}

func TestPrintLooksLikeThis(t *testing.T) {
	f := one(t, oneAct+`    organ: Ministry of Foreign Affairs and Trade
    summary: "`+strings.Repeat("A sentence of ours that goes on. ", 5)+`The end."
    quotes:
      - {exact: "We leave: now", lang: en, own: true}
    text: {lang: en, words: "First line\nSecond line\n"}
    reckoned: [notified]
    note: "2018"
roll_calls:
  - id: 6140
    instrument: a-res-73-195
    session: 73
    date: 2018-12-19
    yes: `+strings.TrimSpace(strings.Repeat("BRA ", 1))+`
    no: CZE HUN ISR POL USA
    issues: [human rights, "a, b"]
parties:
  - id: NOR
    kind: state
    names: {en: Norway, no: Norge}
    memberships: [{group: un-members, from: 1945-11-27}]
law:
  - {id: r, for: [treaty], act: signature, phase: announced, basis: x}
`)
	text, err := Print(f)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/printed.yaml", text)
}

func TestPrintRefuses(t *testing.T) {
	f := one(t, oneAct)
	f.Acts[0].Person = stocktake.Sheeted{Commitment: strings.Repeat("0", 64)}
	_, err := Print(f)
	if err == nil || !strings.HasPrefix(err.Error(), "acts/0/person: the words that stood here were removed") {
		t.Errorf("words that are gone: %v", err)
	}
	f.Acts[0].Person = stocktake.Sheeted{Text: "Jane", Commitment: strings.Repeat("0", 64)}
	if text, err := Print(f); err != nil || !strings.Contains(string(text), "person: Jane\n") {
		t.Errorf("words with a commitment: %v\n%s", err, text)
	}
	f.Acts[0].Note = "a\rb"
	if _, err = Print(f); err == nil || !strings.HasPrefix(err.Error(), "acts/0/note: this text holds a carriage return") {
		t.Errorf("carriage return: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(oneAct))
	f.Add([]byte(`{"key":"a","title":"\ud83d\ude42","unknowns":[{"about":"gcm","what":null}]}`))
	f.Add([]byte("key: &a x\ntitle: *a\nnote: >-\n  a\n\n  b\n"))
	f.Add([]byte("- key: a\n  title: |+\n    b\n\n- {}\n"))
	f.Add([]byte("%YAML 1.2\n---\n? key\n: \"a\\x41\"\n...\n"))
	if law, err := os.ReadFile("../builtin/record/law/law.yaml"); err == nil {
		f.Add(law[:4000])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := Parse("fuzz", data)
		if err != nil {
			if list != nil || len(Faults(err)) == 0 {
				t.Fatalf("%v beside %v", list, err)
			}
			for _, x := range Faults(err) {
				if x.Kind != stocktake.Invalid || !strings.HasPrefix(x.Where, "fuzz") {
					t.Errorf("%s: kind %s", x, x.Kind)
				}
			}
			return
		}
		for _, x := range list {
			if errs := Check(x); len(errs) > 0 {
				t.Fatalf("Parse took what Check does not: %v", errs)
			}
			text, err := Print(x)
			if err != nil {
				t.Fatal(err)
			}
			back, err := Parse("printed", text)
			if err != nil || len(back) != 1 || !reflect.DeepEqual(back[0], x) {
				t.Fatalf("%v\n%+v\nreads back as\n%+v\n%s", err, x, back, text)
			}
		}
	})
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s is not what is made now; look at the difference and run the test with -update\n%s", name, got)
	}
}
