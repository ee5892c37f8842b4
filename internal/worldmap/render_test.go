package worldmap

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
)

// full is a map with a value and a link for every state, and every pattern.
func full() Options {
	o := Options{
		Title: "Vote on A/RES/73/195", Desc: "How each state voted.", Lang: "en", Dir: "ltr", Graticule: true,
		Value: func(id string) (Cell, bool) {
			n := int(id[0])*31 + int(id[1])*7 + int(id[2])
			return Cell{Class: Kind(n%Kinds + 1), Label: "voted in favour on 19 December 2018", Href: "/parties/" + strings.ToLower(id)}, true
		},
	}
	for n := range Kinds {
		o.Patterns = append(o.Patterns, Kind(n+1))
	}
	return o
}

func render(t testing.TB, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Render(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// An element is what a test wants to know of one XML element.
type element struct {
	name string
	attr map[string]string
	text string // of its own and of all in it
	kids []*element
}

// parse fails the test where s is not well-formed.
func parse(t testing.TB, s string) *element {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	root := &element{}
	open := []*element{root}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := &element{name: tok.Name.Local, attr: map[string]string{}}
			for _, a := range tok.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			up := open[len(open)-1]
			up.kids = append(up.kids, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open {
				e.text += string(tok)
			}
		}
	}
	if len(root.kids) != 1 {
		t.Fatalf("%d elements at the top, want one", len(root.kids))
	}
	return root.kids[0]
}

func (e *element) walk(f func(*element)) {
	f(e)
	for _, k := range e.kids {
		k.walk(f)
	}
}

func TestFullMap(t *testing.T) {
	out := render(t, full())
	if len(out) > 300_000 {
		t.Errorf("the map has %d bytes, want at most 300,000", len(out))
	}
	if out != render(t, full()) {
		t.Error("the same options gave other bytes")
	}
	svg := parse(t, out)
	for name, want := range map[string]string{"role": "group", "aria-labelledby": "map-title", "aria-describedby": "map-desc", "lang": "en", "dir": "ltr"} {
		if svg.attr[name] != want {
			t.Errorf("svg has %s=%q, want %q", name, svg.attr[name], want)
		}
	}
	if svg.kids[0].name != "title" || svg.kids[0].text != "Vote on A/RES/73/195" || svg.kids[1].name != "desc" {
		t.Error("title and desc do not come first")
	}
	ids, drawn := map[string]bool{}, map[string]int{}
	svg.walk(func(e *element) {
		for name := range e.attr {
			if name == "style" || strings.HasPrefix(name, "on") {
				t.Errorf("%s has the attribute %s, which a strict content policy refuses", e.name, name)
			}
		}
		if id := e.attr["id"]; id != "" {
			if ids[id] {
				t.Errorf("the id %s is there twice", id)
			}
			ids[id] = true
		}
		if id := e.attr["data-id"]; id != "" {
			drawn[id]++
			if e.name != "a" || len(e.kids) < 2 || e.kids[0].name != "title" || !strings.Contains(e.text, ": voted in favour") {
				t.Errorf("%s is no link with a title that says its value: %q", id, e.text)
			}
		}
		if e.name == "script" || e.name == "style" || e.name == "image" || e.name == "use" {
			t.Errorf("there is a %s element", e.name)
		}
	})
	for _, s := range Shapes() {
		if drawn[s.ID] != 1 {
			t.Errorf("%s is drawn %d times", s.ID, drawn[s.ID])
		}
	}
	svg.walk(func(e *element) {
		if url, ok := strings.CutPrefix(e.attr["fill"], "url(#"); ok && !ids[strings.TrimSuffix(url, ")")] {
			t.Errorf("no pattern for %s", e.attr["fill"])
		}
	})
}

// classes gives the classes of what is drawn for each shape.
func classes(t *testing.T, o Options) map[string]string {
	t.Helper()
	got := map[string]string{}
	parse(t, render(t, o)).walk(func(e *element) {
		if id := e.attr["data-id"]; id != "" {
			got[id] = e.kids[1].attr["class"]
		}
	})
	return got
}

func TestClasses(t *testing.T) {
	empty := classes(t, Options{})
	all := classes(t, Options{Value: func(string) (Cell, bool) { return Cell{Class: Kind(2)}, true }})
	for _, c := range []struct{ id, empty, all string }{
		{"FRA", "k-none", "k-2"},
		{"TUV", "k-none", "k-2"},
		{"GRL", "k-territory", "k-2"},
		{"XCR", "k-disputed p", "k-disputed p"},
		{"TWN", "k-disputed p", "k-disputed p"},
		{"PSE", "k-none", "k-2"},
	} {
		if empty[c.id] != c.empty || all[c.id] != c.all {
			t.Errorf("%s has %q and, with a value, %q; want %q and %q", c.id, empty[c.id], all[c.id], c.empty, c.all)
		}
	}
	some := classes(t, Options{Patterns: []string{"k-2"}, Value: func(id string) (Cell, bool) { return Cell{Class: Kind(2)}, id == "FRA" }})
	if some["FRA"] != "k-2 p" {
		t.Errorf("a patterned kind has %q, want k-2 p", some["FRA"])
	}
}

func TestWithoutLinksItIsAPicture(t *testing.T) {
	svg := parse(t, render(t, Options{Title: "t"}))
	if svg.attr["role"] != "img" || svg.attr["aria-describedby"] != "" {
		t.Errorf("role %q, aria-describedby %q", svg.attr["role"], svg.attr["aria-describedby"])
	}
	o := full()
	o.NoTabStops = true
	parse(t, render(t, o)).walk(func(e *element) {
		if e.name == "a" && e.attr["tabindex"] != "-1" {
			t.Errorf("a link takes the Tab key: %s", e.attr["href"])
		}
	})
}

func TestEverythingIsEscaped(t *testing.T) {
	const evil = "\"'><script>&\x00\x1b\uffff\xff"
	out := render(t, Options{
		Title: evil, Desc: evil, Lang: evil, Dir: "rtl",
		Name:  func(string) string { return evil },
		Value: func(id string) (Cell, bool) { return Cell{Class: evil, Label: evil, Href: `/?q="'><script>&x`}, true },
	})
	if strings.Contains(out, "<script") {
		t.Error("a script got through")
	}
	svg := parse(t, out)
	if want := "\"'><script>&\ufffd\ufffd\ufffd\ufffd"; svg.kids[0].text != want {
		t.Errorf("the title reads %q", svg.kids[0].text)
	}
	svg.walk(func(e *element) {
		if e.name == "a" && e.attr["href"] != `/?q="'><script>&x` {
			t.Errorf("a link reads %q", e.attr["href"])
		}
	})
	if s, err := Swatch("", evil, false); err != nil || strings.Contains(s, "<script") {
		t.Errorf("a swatch let it through: %s, %v", s, err)
	}
}

func TestNamesAreTheReaders(t *testing.T) {
	out := render(t, Options{Lang: "fr", Name: func(id string) string {
		if id == "DEU" {
			return "Allemagne"
		}
		return ""
	}})
	if !strings.Contains(out, "<title>Allemagne</title>") || strings.Contains(out, "Germany") || !strings.Contains(out, "<title>Japan</title>") {
		t.Error("Germany should read Allemagne, and Japan stay")
	}
}

func TestWhatRenderRefuses(t *testing.T) {
	link := func(href string) Options {
		return Options{Value: func(id string) (Cell, bool) { return Cell{Href: href}, id == "FRA" }}
	}
	for _, c := range []struct {
		what string
		opt  Options
		ok   bool
	}{
		{"javascript", link("javascript:alert(1)"), false},
		{"javascript, odd case", link("JaVaScript:alert(1)"), false},
		{"javascript behind a newline", link("java\nscript:alert(1)"), false},
		{"data", link("data:text/html,x"), false},
		{"a blank before the scheme", link(" javascript:alert(1)"), false},
		{"path", link("/parties/fra?on=2018-12-19#vote"), true},
		{"relative with a colon", link("parties/a:b"), true},
		{"https", link("https://example.org/"), true},
		{"id with a quote", Options{ID: `m"`}, false},
		{"id", Options{ID: "roll-call2"}, true},
		{"direction", Options{Dir: "up"}, false},
		{"pattern", Options{Patterns: []string{"k-11"}}, false},
		{"pattern of a plain class", Options{Patterns: []string{KindNone}}, false},
	} {
		var b strings.Builder
		err := Render(&b, c.opt)
		if (err == nil) != c.ok {
			t.Errorf("%s: error %v", c.what, err)
		}
		if err != nil && b.Len() > 0 {
			t.Errorf("%s: %d bytes were written before the error", c.what, b.Len())
		}
	}
	if err := Render(fails{}, Options{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the writer's error was lost: %v", err)
	}
}

type fails struct{}

func (fails) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestTwoMapsOnOnePage(t *testing.T) {
	ids := map[string]bool{}
	for _, id := range []string{"", "second"} {
		o := full()
		o.ID = id
		parse(t, render(t, o)).walk(func(e *element) {
			if got := e.attr["id"]; got != "" && ids[got] {
				t.Errorf("the id %s is in both maps", got)
			}
			ids[e.attr["id"]] = true
		})
	}
}

func TestSwatch(t *testing.T) {
	s, err := Swatch("roll", KindDisputed, true)
	if err != nil || !strings.Contains(s, `class="k-disputed p" fill="url(#roll-k-disputed)"`) {
		t.Errorf("got %s, %v", s, err)
	}
	parse(t, s)
	if _, err := Swatch("", KindNone, true); err == nil {
		t.Error("a plain class has no pattern, and nothing said so")
	}
}

func FuzzRender(f *testing.F) {
	f.Add("Vote", "voted in favour", "/x", "k-1")
	f.Add("\x00<", "&\"", "a:b", "p k-2")
	f.Fuzz(func(t *testing.T, title, label, href, class string) {
		var b strings.Builder
		err := Render(&b, Options{Title: title, Value: func(id string) (Cell, bool) {
			return Cell{Class: class, Label: label, Href: href}, id == "FRA"
		}})
		if err == nil {
			parse(t, b.String())
		}
	})
}

func BenchmarkRender(b *testing.B) {
	o := full()
	for b.Loop() {
		if err := Render(io.Discard, o); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleRender() {
	var b strings.Builder
	err := Render(&b, Options{Title: "Where states stand", Value: func(id string) (Cell, bool) {
		return Cell{Class: Kind(1), Label: "party", Href: "/parties/" + id}, id == "TUV"
	}})
	fmt.Println(err, strings.Contains(b.String(), `<a href="/parties/TUV" data-id="TUV"><title>Tuvalu: party</title><circle class="k-1"`))
	// Output: <nil> true
}

// Whoever reads the note must not take a state for an area in dispute: slanted lines are theirs alone.
func TestOnlyDisputedAreasHaveSlantedLines(t *testing.T) {
	slanted := regexp.MustCompile(`l-?[\d.]+[,-]`)
	for _, m := range marks {
		if got := slanted.MatchString(m.d); got != (m.class == KindDisputed) {
			t.Errorf("%s is drawn with %q", m.class, m.d)
		}
	}
	if !strings.Contains(Note(), "slanted lines") {
		t.Error("the note does not say how areas in dispute look")
	}
}

// TestOutlines draws the same map with its outlines in a file of their own: every reference is there, and nothing else differs.
func TestOutlines(t *testing.T) {
	o := full()
	alone := render(t, o)
	o.Outlines = "../world.svg?a&b"
	with := render(t, o)
	if len(with) > len(alone)/2 {
		t.Errorf("with outlines elsewhere the map has %d bytes, alone %d", len(with), len(alone))
	}
	there := map[string]string{}
	parse(t, string(Outlines())).walk(func(e *element) {
		if e.name == "path" {
			there[e.attr["id"]] = e.attr["d"]
		}
	})
	type shown struct{ id, class, fill, title, d string }
	list := func(svg string) (out []shown) {
		parse(t, svg).walk(func(e *element) {
			id := e.attr["data-id"]
			if id == "" {
				return
			}
			for _, k := range e.kids[1:] {
				d := k.attr["d"]
				if k.name == "use" {
					name, ok := strings.CutPrefix(k.attr["href"], o.Outlines+"#")
					if d, ok = there[name]; !ok || name != id {
						t.Errorf("%s refers to %s", id, k.attr["href"])
					}
				}
				out = append(out, shown{id, k.attr["class"], k.attr["fill"], e.kids[0].text, d})
			}
		})
		return out
	}
	if a, b := fmt.Sprint(list(alone)), fmt.Sprint(list(with)); a != b {
		t.Error("the two maps show different things")
	}
	for _, class := range []string{"sea", "frame", "graticule", "dashed"} {
		if there[class] == "" || !strings.Contains(with, `href="../world.svg?a&amp;b#`+class+`"`) {
			t.Errorf("%s is missing", class)
		}
	}
	o.Outlines = "javascript:x"
	if err := Render(io.Discard, o); err == nil {
		t.Error("an address of a script was taken")
	}
}

// TestPainted draws maps with and without shapes that were kept: they are the same.
func TestPainted(t *testing.T) {
	var kept Painted
	for n := range 40 {
		o := full()
		o.Patterns = o.Patterns[:n%len(o.Patterns)]
		value := o.Value
		o.Value = func(id string) (Cell, bool) {
			c, ok := value(id)
			if n%3 == 0 && id < "M" {
				c.Class, c.Href = KindAbsent, ""
			}
			return c, ok && (n%5 != 0 || id > "F")
		}
		alone := render(t, o)
		o.Painted = &kept
		if render(t, o) != alone {
			t.Fatalf("map %d differs where shapes are kept", n)
		}
	}
}
