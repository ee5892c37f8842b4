package forms

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/piprate/json-gold/ld"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/net/html"
)

// ninjsSchema is the list of fields of ninjs 1.3 that testdata writes down from the standard.
var ninjsSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	b, err := os.ReadFile("testdata/ninjs-1.3.fields.json")
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("ninjs.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("ninjs.json")
})

func checkNinjs(t tb, b []byte) {
	t.Helper()
	schema, err := ninjsSchema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Fatalf("ninjs: %v\n%s", err, b)
	}
}

func TestNinjsSchemaRefuses(t *testing.T) {
	schema, err := ninjsSchema()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{`{}`, `{"uri":"no address"}`, `{"uri":"https://a.example","pubstatus":"cancelled"}`, `{"uri":"https://a.example","embargoed":"tomorrow"}`, `{"uri":"https://a.example","headline":1}`, `{"uri":"https://a.example","contact":[]}`, `{"uri":"https://a.example","associations":{"es":{}}}`} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(doc) == nil {
			t.Errorf("%s passes", bad)
		}
	}
}

// schemaOrg stands in for the context of schema.org, which tests cannot fetch: the same vocabulary, and what it says of addresses and dates.
type schemaOrg struct{}

func (schemaOrg) LoadDocument(u string) (*ld.RemoteDocument, error) {
	if u != "https://schema.org" {
		return nil, fmt.Errorf("%s is asked for", u)
	}
	b, err := os.ReadFile("testdata/schema.org.context.json")
	if err != nil {
		return nil, err
	}
	doc, err := ld.DocumentFromReader(bytes.NewReader(b))
	return &ld.RemoteDocument{DocumentURL: u, Document: doc}, err
}

func checkJSONLD(t tb, f *Form, names []string) {
	t.Helper()
	b, err := f.JSONLD()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsAny(b, "<>&") {
		t.Fatal("JSON-LD does not fit into a script element")
	}
	doc, err := ld.DocumentFromReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	o := ld.NewJsonLdOptions("")
	o.DocumentLoader = schemaOrg{}
	o.SafeMode = true // a key that is no term is an error
	expanded, err := ld.NewJsonLdProcessor().Expand(doc, o)
	if err != nil {
		t.Fatalf("JSON-LD: %v\n%s", err, b)
	}
	const so = "http://schema.org/"
	for _, kind := range types(expanded) {
		if !strings.HasPrefix(kind, so) {
			t.Fatalf("JSON-LD has the type %s", kind)
		}
	}
	var articles, list []map[string]any
	for _, x := range expanded {
		node := x.(map[string]any)
		switch node["@type"].([]any)[0] {
		case so + "NewsArticle":
			articles = append(articles, node)
		case so + "ItemList":
			list = append(list, node)
		default:
			t.Fatalf("JSON-LD has a %v", node["@type"])
		}
	}
	value := func(node map[string]any, key string) any {
		v, ok := node[so+key].([]any)
		if !ok || len(v) != 1 {
			t.Fatalf("%s of %v", key, node)
		}
		return v[0].(map[string]any)["@value"]
	}
	for i, x := range f.texts {
		if got := value(articles[i], "articleBody"); got != plain(x.blocks) {
			t.Fatalf("JSON-LD has the text %q", got)
		}
		if got := value(articles[i], "headline"); got != line(x.Title) {
			t.Fatalf("JSON-LD has the title %q", got)
		}
	}
	if articles[0]["@id"] != f.s.Address || len(articles) != len(f.texts) {
		t.Fatalf("JSON-LD has %d articles, the first at %v", len(articles), articles[0]["@id"])
	}
	var got []string
	for _, l := range list {
		for i, item := range l[so+"itemListElement"].([]any) {
			item := item.(map[string]any)
			if p := value(item, "position"); p != float64(i+1) {
				t.Fatalf("position %v at %d", p, i+1)
			}
			action := item[so+"item"].([]any)[0].(map[string]any)
			if !slices.Equal(action["@type"].([]any), []any{so + "EndorseAction"}) || action[so+"object"].([]any)[0].(map[string]any)["@id"] != f.s.Address {
				t.Fatalf("JSON-LD has %v", action)
			}
			got = append(got, value(action[so+"agent"].([]any)[0].(map[string]any), "name").(string))
		}
	}
	if !slices.Equal(got, names) {
		t.Fatalf("JSON-LD names %q, not %q", got, names)
	}
}

// TestJSONLDTriples looks at what a machine takes from one statement.
func TestJSONLDTriples(t *testing.T) {
	b, err := form(t, two(), Options{}).JSONLD()
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	o := ld.NewJsonLdOptions("")
	o.DocumentLoader, o.Format = schemaOrg{}, "application/n-quads"
	quads, err := ld.NewJsonLdProcessor().ToRDF(doc, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<https://record.example.org/s/example-harbour-2017/2> <http://schema.org/dateline> "Example Harbour, 4 December 2017"`,
		`<https://record.example.org/s/example-harbour-2017/2> <http://schema.org/workTranslation> <https://record.example.org/s/example-harbour-2017/2#es>`,
		`<http://schema.org/datePublished> "2017-12-04T18:00:00Z"`, `<http://schema.org/dateModified> "2017-12-05T14:00:00Z"`,
		`<http://schema.org/endTime> "2018-01-10"`, `<http://schema.org/startTime> "2017-12-08"`,
		`<http://schema.org/endorsee>`, `<http://schema.org/CorrectionComment>`, `<http://schema.org/Quotation>`, `<http://schema.org/Legislation>`,
		`<http://schema.org/description> "as printed in the source"`,
	} {
		found := strings.Contains(quads.(string), want)
		if wantFound := !strings.Contains(want, "as printed"); found != wantFound {
			t.Errorf("%s: found %v\n%s", want, found, quads)
		}
	}
}

// known is every element that our HTML has, and the attributes that each may have.
var known = map[string]string{"html": "lang dir", "head": "", "meta": "charset http-equiv content name", "title": "", "style": "", "body": "", "article": "class lang dir", "div": "class lang dir", "section": "class",
	"h1": "class id", "h2": "class id", "h3": "id", "h4": "id", "p": "class id lang dir", "ul": "class", "ol": "class", "li": "id value", "bdi": "class", "span": "class", "a": "href dir", "br": "", "blockquote": "",
	"table": "class", "thead": "", "tbody": "", "tr": "", "td": "lang dir", "th": "scope lang dir"}

// checkHTML reads a page strictly: every element is known and closed in order, nothing needs repair, ids are there once, one first heading.
func checkHTML(t tb, page string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	var open []string
	ids := map[string]bool{}
	firsts := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 || firsts != 1 {
				t.Fatalf("HTML: left open %q, %d first headings", open, firsts)
			}
			doc, err := html.Parse(strings.NewReader(page))
			if err != nil {
				t.Fatal(err)
			}
			var b, c bytes.Buffer
			_ = html.Render(&b, doc)
			again, _ := html.Parse(bytes.NewReader(b.Bytes()))
			if _ = html.Render(&c, again); b.String() != c.String() {
				t.Fatal("HTML: the parser repairs it")
			}
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			may, ok := known[tok.Data]
			if !ok {
				t.Fatalf("HTML: an element %q", tok.Data)
			}
			for _, a := range tok.Attr {
				if !slices.Contains(strings.Fields(may), a.Key) {
					t.Fatalf("HTML: attribute %s of %s", a.Key, tok.Data)
				}
				if a.Key == "id" && (ids[a.Val] || strings.ContainsAny(a.Val, " \t\n")) {
					t.Fatalf("HTML: id %q", a.Val)
				} else if a.Key == "id" {
					ids[a.Val] = true
				}
				if a.Key == "href" && !webAddress(a.Val) {
					t.Fatalf("HTML: a link to %q", a.Val)
				}
			}
			if h := tok.Data; len(h) == 2 && h[0] == 'h' && h[1] >= '1' && h[1] <= '4' {
				if h == "h1" {
					firsts++
				}
			}
			if tok.Data != "meta" && tok.Data != "br" {
				open = append(open, tok.Data)
			}
		case html.EndTagToken:
			tok := z.Token()
			if len(open) == 0 || open[len(open)-1] != tok.Data {
				t.Fatalf("HTML: </%s> closes %q", tok.Data, open)
			}
			open = open[:len(open)-1]
		}
	}
}

// TestJSONLDRefuses looks that the stand-in for schema.org would notice a key or a type that it does not have.
func TestJSONLDRefuses(t *testing.T) {
	o := ld.NewJsonLdOptions("")
	o.DocumentLoader, o.SafeMode = schemaOrg{}, true
	for _, bad := range []string{`{"@context":"https://schema.org","@type":"NewsArticle","headlin":"x"}`, `{"@context":"https://schema.org","@type":"PressRelease","headline":"x"}`} {
		doc, err := ld.DocumentFromReader(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ld.NewJsonLdProcessor().Expand(doc, o); err == nil && strings.HasPrefix(types(got)[0], "http://schema.org/") {
			t.Errorf("%s expands to %v", bad, got)
		}
	}
}

// types returns every type in an expanded document.
func types(v any) []string {
	var list []string
	switch x := v.(type) {
	case []any:
		for _, y := range x {
			list = append(list, types(y)...)
		}
	case map[string]any:
		for k, y := range x {
			switch y := y.(type) {
			case string:
				if k == "@type" {
					list = append(list, y)
				}
			case []any:
				if k != "@type" {
					list = append(list, types(y)...)
					continue
				}
				for _, kind := range y {
					list = append(list, kind.(string))
				}
			}
		}
	}
	return list
}
