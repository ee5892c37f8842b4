package draft

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"stocktake"
)

const docFile = "../../docs/filing-format.md"

func doc(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(docFile)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// examples returns the YAML blocks of the documentation.
func examples(t *testing.T) [][]byte {
	t.Helper()
	var list [][]byte
	parts := bytes.Split(doc(t), []byte("```yaml\n"))
	for _, p := range parts[1:] {
		code, _, ok := bytes.Cut(p, []byte("```"))
		if !ok {
			t.Fatal("a block of YAML does not end")
		}
		list = append(list, code)
	}
	if len(list) == 0 {
		t.Fatal("the documentation has no example")
	}
	return list
}

// example1 is the first block: a complete filing.
func example1(t *testing.T) []byte { return examples(t)[0] }

func TestExampleParses(t *testing.T) {
	list, err := Parse("docs/filing-format.md", example1(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || len(list[0].Acts) < 2 || len(list[0].Acts[0].Quotes) == 0 {
		t.Fatalf("got %+v", list)
	}
	text, err := Print(list[0])
	if err != nil {
		t.Fatal(err)
	}
	if back := one(t, string(text)); !reflect.DeepEqual(back, list[0]) {
		t.Errorf("reads back as\n%+v\nnot\n%+v", back, list[0])
	}
}

const partHead = "key: docs/part\ntitle: A part of the documentation\n"

// The other blocks are parts: each reads when it is put behind the head of a filing.
func TestPartsParse(t *testing.T) {
	for _, part := range examples(t)[1:] {
		input := partHead + string(part)
		if !bytes.Contains(part, []byte("sources:")) {
			input += "sources:\n  - {id: s1, title: A source, read: 2026-11-23}\n"
		}
		if _, err := Parse("part", []byte(input)); err != nil {
			t.Errorf("%v\n%s", err, input)
		}
	}
}

// What the example quotes stands in the page from which it says it is taken.
func TestExampleIsTrue(t *testing.T) {
	f := one(t, string(example1(t)))
	source := filepath.Join(root(t), "..", "shared", "data", "gcm-chronology-evidence", "c42-usun-2018-11-28-eov.txt")
	page, err := os.ReadFile(source)
	if err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") == "1" {
			t.Fatal(err)
		}
		t.Skip("the evidence is not beside this repository: ", err)
	}
	if !bytes.Contains(page, []byte(f.Sources[0].Address)) || !bytes.Contains(page, []byte("Published: "+f.Sources[0].Published.String())) {
		t.Error("the source's address or day is another")
	}
	for _, a := range f.Acts {
		for _, q := range a.Quotes {
			if !bytes.Contains(page, []byte(q.Exact.Text)) {
				t.Errorf("act %s: the source does not say %q", a.ID, q.Exact.Text)
			}
		}
	}
}

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above")
		}
		dir = filepath.Dir(dir)
	}
}

const refBegin = "<!-- From here to the end the tests write the reference anew: go test ./internal/draft -update -->\n"

// The reference of fields at the end of the documentation is made from the types.
func TestReferenceIsUpToDate(t *testing.T) {
	head, _, ok := bytes.Cut(doc(t), []byte(refBegin))
	if !ok {
		t.Fatalf("%s has lost the line %q", docFile, refBegin)
	}
	golden(t, docFile, slices.Concat(head, []byte(refBegin), reference(t)))
}

func reference(t *testing.T) []byte {
	docs := typeDocs(t)
	var b bytes.Buffer
	fmt.Fprint(&b, "\n## Every field\n\nFields in **bold** must be there. † may be left out where the filing has exactly one source.\n")
	eachType(func(typ reflect.Type) {
		name := strings.TrimPrefix(strings.TrimPrefix(article(typ.Name()), "a "), "an ")
		name = strings.TrimPrefix(name, "the ")
		fmt.Fprintf(&b, "\n### %s%s\n\n%s\n\n| Field | Is | Meaning |\n|---|---|---|\n", strings.ToUpper(name[:1]), name[1:], aboutTypes[typ.Name()])
		for _, f := range shapeOf(typ).fields {
			mark := "`" + f.name + "`"
			switch {
			case f.required && inherited(typ.Name(), f.name):
				mark += " †"
			case f.required:
				mark = "**" + mark + "**"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", mark, formName(typ.Field(f.at).Type, typ.Name(), f.name), strings.ReplaceAll(about(docs, typ, f), "|", "\\|"))
		}
	})
	fmt.Fprint(&b, "\n## Kinds of act\n\n")
	for _, k := range stocktake.ActKinds() {
		fmt.Fprintf(&b, "`%s`", k)
		if k != stocktake.ActKinds()[len(stocktake.ActKinds())-1] {
			b.WriteString(", ")
		}
	}
	fmt.Fprint(&b, "\n\n## Kinds of instrument\n\n`", strings.Join(instrumentKinds(), "`, `"), "`\n")
	return b.Bytes()
}

// formName says in a word or two what a field holds.
func formName(t reflect.Type, kind, name string) string {
	switch t {
	case sheetedType:
		return "text"
	case dateType:
		return "date"
	case actKindType:
		return "kind of act"
	case phaseType:
		return "`" + strings.Join(phaseNames, "`, `") + "`"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return formName(t.Elem(), kind, name)
	case reflect.Struct:
		return article(t.Name())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return "list, each " + article(t.Elem().Name())
		}
		return "list of: " + formName(t.Elem(), kind, name)
	case reflect.Map:
		if forms[kind+"."+name].pattern == langForm.pattern {
			return "texts by language"
		}
		return "texts by key"
	case reflect.Bool:
		return "true or left out"
	case reflect.Int, reflect.Int64:
		return "whole number"
	}
	if f, ok := forms[kind+"."+name]; ok {
		switch {
		case strings.HasSuffix(f.what, "kind of instrument"):
			return "kind of instrument"
		case strings.HasSuffix(f.what, "kind of act"):
			return "kind of act"
		case f.words != nil:
			return "`" + strings.Join(f.words, "`, `") + "`"
		case f.pattern == langForm.pattern:
			return "language"
		case f.pattern == hashForm.pattern:
			return "SHA-256"
		case f.pattern == timeForm.pattern:
			return "moment"
		case f.pattern == scopeForm.pattern:
			return "id of an instrument, or beginning and *"
		}
		return "id"
	}
	switch t.Name() {
	case "PartyID":
		return "id of a party"
	case "InstrumentID":
		return "id of an instrument"
	case "ProvisionID":
		return "id of a provision"
	case "ActID":
		return "id of an act"
	case "SourceID":
		return "id of a source"
	case "InstrumentKind":
		return "kind of instrument"
	}
	return "text"
}
