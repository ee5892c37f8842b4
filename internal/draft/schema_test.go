package draft

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"stocktake"
)

const (
	schemaFile = "../../docs/filing.schema.json"
	schemaID   = "urn:stocktake:filing:1"
)

// about returns what is said of a field.
func about(docs goDocs, t reflect.Type, f field) string {
	s, ok := aboutFields[t.Name()+"."+f.name]
	if !ok {
		s = docs.of(t, t.Field(f.at).Name)
	}
	return s
}

// inherited reports whether a field may be left out where the filing has exactly one source.
func inherited(kind, name string) bool {
	switch kind {
	case "Coverage", "ProvisionText", "RollCall", "Act", "Measure", "Statement", "Reading", "FigureTable", "Reply", "Recommendation":
		return name == "source"
	}
	return false
}

// datePattern says roughly what stocktake.ParseDate takes.
const (
	datePart    = `(-?([0-9]{4}|[0-9]{3}X|[0-9]{2}XX|XXXX)(-([0-9]{2}|XX)(-([0-9]{2}|XX))?)?|Y-?[1-9][0-9]{4,5})[?~%]?`
	datePattern = `^(` + datePart + `|(` + datePart + `|\.\.|)/(` + datePart + `|\.\.|))$`
)

type object = map[string]any

// schema makes the JSON Schema from the types of package stocktake.
func schema(t *testing.T) []byte {
	docs := typeDocs(t)
	defs := object{
		"Date": object{"description": "A day or a span of days as exactly as the source gives it, in EDTF level 1: 2018-11-20, 2018-11, 2018, 2018-11-20/2018-11-21, 2018?, 2018/..",
			"type": []string{"string", "integer"}, "pattern": datePattern},
		"ActKind": object{"description": "A kind of act.", "enum": actKindNames()},
		"Phase":   object{"description": "One of the four days of an act.", "enum": phaseNames},
	}
	for name, f := range idForms {
		defs[name] = object{"description": "An id: " + f.hint + ".", "type": "string", "maxLength": maxID, "pattern": f.pattern}
	}
	eachType(func(typ reflect.Type) {
		props, required := object{}, []string{}
		for _, f := range shapeOf(typ).fields {
			p := propSchema(typ.Field(f.at).Type, typ.Name(), f.name)
			p["description"] = about(docs, typ, f)
			props[f.name] = p
			if f.required && !inherited(typ.Name(), f.name) {
				required = append(required, f.name)
			}
		}
		def := object{"description": aboutTypes[typ.Name()], "type": "object", "additionalProperties": false, "properties": props}
		if len(required) > 0 {
			def["required"] = required
		}
		defs[typ.Name()] = def
	})
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": schemaID,
		"title":       "A filing of Stocktake as people write it (" + stocktake.Format + ")",
		"description": "One document of docs/filing-format.md. It says what a program can check alone; reading a draft checks more.",
		"$ref":        "#/$defs/Filing", "$defs": defs,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func propSchema(t reflect.Type, kind, name string) object {
	switch {
	case t == sheetedType:
		return object{"type": "string", "minLength": 1}
	case written(t), t.Kind() == reflect.Struct:
		return object{"$ref": "#/$defs/" + t.Name()}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return propSchema(t.Elem(), kind, name)
	case reflect.Slice:
		return object{"type": "array", "items": propSchema(t.Elem(), kind, name)}
	case reflect.Map:
		p := object{"type": "object", "additionalProperties": object{"type": "string"}, "minProperties": 1}
		if f, ok := forms[kind+"."+name]; ok {
			p["propertyNames"] = object{"pattern": f.pattern}
		}
		return p
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	}
	if f, ok := forms[kind+"."+name]; ok {
		if f.words != nil {
			return object{"enum": f.words}
		}
		p := object{"type": "string", "maxLength": maxID, "pattern": f.pattern}
		if f.pattern == stepsForm.pattern {
			p["type"] = numberToo // the identity of a roll-call is often a number
		}
		return p
	}
	if _, ok := idForms[t.Name()]; ok {
		return object{"$ref": "#/$defs/" + t.Name()}
	}
	return object{"type": numberToo}
}

// numberToo is the type of text that may look like a number: a draft takes it as written, where an editor sees a number.
var numberToo = []string{"string", "number"}

func TestSchemaIsUpToDate(t *testing.T) {
	golden(t, schemaFile, schema(t))
}

func TestEverythingIsDescribed(t *testing.T) {
	docs := typeDocs(t)
	known := map[string]bool{}
	eachType(func(typ reflect.Type) {
		if aboutTypes[typ.Name()] == "" {
			t.Errorf("%s is not described", typ.Name())
		}
		for _, f := range shapeOf(typ).fields {
			known[typ.Name()+"."+f.name] = true
			if about(docs, typ, f) == "" {
				t.Errorf("%s.%s is not described", typ.Name(), f.name)
			}
		}
	})
	for name := range aboutFields {
		if !known[name] {
			t.Errorf("%s is described, and is no field", name)
		}
	}
}

// compiled returns the schema as it is published, with formats asserted.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource(schemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain turns YAML into what a JSON Schema validator takes, as an editor does.
func plain(t *testing.T, data []byte) []any {
	t.Helper()
	r := yaml.NewDecoder(bytes.NewReader(data))
	var list []any
	for {
		var n yaml.Node
		if r.Decode(&n) != nil {
			return list
		}
		list = append(list, plainNode(n.Content[0]))
	}
}

func plainNode(n *yaml.Node) any {
	switch n.Kind {
	case yaml.AliasNode:
		return plainNode(n.Alias)
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plainNode(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, plainNode(c))
		}
		return list
	}
	switch n.ShortTag() {
	case "!!int":
		return json.Number(n.Value)
	case "!!bool":
		return n.Value == "true"
	case "!!null":
		return nil
	}
	return n.Value
}

func TestSchemaTakesWhatParseTakes(t *testing.T) {
	s := compiled(t)
	law, err := os.ReadFile("../builtin/record/law/law.yaml")
	if err != nil {
		t.Fatal(err)
	}
	printed, err := os.ReadFile("testdata/printed.yaml")
	if err != nil {
		t.Fatal(err)
	}
	inputs := map[string][]byte{"the law": law, "printed.yaml": printed, "one act": []byte(oneAct), "the example": example1(t)}
	for i, part := range examples(t)[1:] {
		inputs[fmt.Sprint("part ", i+1)] = []byte(partHead + string(part))
	}
	for name, data := range inputs {
		for _, doc := range plain(t, data) {
			if err := s.Validate(doc); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestSchemaTakesAnyFiling(t *testing.T) {
	s := compiled(t)
	rapid.Check(t, func(t *rapid.T) {
		f := anyFiling(t)
		data, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(doc); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
	})
}

func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	for name, input := range map[string]string{
		"unknown field":      oneAct + "titel: x\n",
		"unknown act kind":   strings.Replace(oneAct, "withdrawal", "withdrawl", 1),
		"bad date":           strings.Replace(oneAct, "2018-07-24", "24.7.2018", 1),
		"no title":           strings.Replace(oneAct, "title: A test", "note: A test", 1),
		"symbol for an id":   strings.Replace(oneAct, "gcm-process", "A/RES/71/280", 1),
		"name for a party":   strings.Replace(oneAct, "HUN", "Hungary", 1),
		"text for a list":    oneAct + "    reckoned: done\n",
		"unknown kind":       strings.Replace(oneAct, "title: One source", "title: x, kind: rumour", 1),
		"language by name":   strings.Replace(oneAct, "title: One source", "title: x, lang: English", 1),
		"another format":     "format: stocktake/2\n" + oneAct,
		"commitment":         oneAct + "    person: {commitment: abc}\n",
		"number in words":    smallest + "roll_calls:\n  - {id: \"1\", instrument: x, date: 2018, yes: HUN, session: 73rd}\n",
		"nothing but a word": "hello\n",
	} {
		for _, doc := range plain(t, []byte(input)) {
			if s.Validate(doc) == nil {
				t.Errorf("%s: the schema takes it", name)
			}
		}
		if _, err := Parse("f", []byte(input)); err == nil {
			t.Errorf("%s: Parse takes it", name)
		}
	}
}

// The patterns say what the functions say.
func TestPatternsAndFunctionsAgree(t *testing.T) {
	patterns := map[string]*jsonschema.Schema{}
	list := map[string]form{}
	for name, f := range forms {
		list[name] = f
	}
	for name, f := range idForms {
		list[name] = f
	}
	for name, f := range list {
		if f.ok == nil {
			continue
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource("urn:"+name, map[string]any{"maxLength": json.Number("120"), "pattern": f.pattern}); err != nil {
			t.Fatal(err)
		}
		s, err := c.Compile("urn:" + name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		patterns[name] = s
	}
	letters := rapid.StringOfN(rapid.RuneFrom([]rune("aZ09/.-_*: T+é")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(letters, rapid.SampledFrom([]string{strings.Repeat("a", 119), strings.Repeat("a", 120), strings.Repeat("a", 121), strings.Repeat("a", 119) + "*", strings.Repeat("a", 118) + "*",
			"gcm/" + strings.Repeat("a", 116), "gcm/" + strings.Repeat("a", 117), "HUN", "en", "pt-BR", "x-frg", "gcm/obj-13", strings.Repeat("0", 64), "2018-12-19T15:04:05Z"})).Draw(t, "s")
		for name, p := range patterns {
			if list[name].ok(s) != (p.Validate(s) == nil) {
				t.Fatalf("%s: %q: the function says %v", name, s, list[name].ok(s))
			}
		}
	})
}

// The pattern takes every date, and little else.
func TestDatePattern(t *testing.T) {
	p := regexp.MustCompile(datePattern)
	for _, d := range dates {
		if !p.MatchString(d) {
			t.Errorf("the schema does not take the date %s", d)
		}
	}
	for _, d := range []string{"", "24.7.2018", "2018-7-24", "July 2018", "2018-07-24T10:00:00Z", "now", "2018–2019"} {
		if p.MatchString(d) {
			t.Errorf("the schema takes the date %q", d)
		}
	}
}
