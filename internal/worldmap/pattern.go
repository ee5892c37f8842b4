package worldmap

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Classes of a Cell that worldmap.css colours. Kind gives the others, k-1 to k-10.
const (
	KindNone      = "k-none"      // no act known
	KindAbsent    = "k-absent"    // did not vote; always dotted
	KindNonmember = "k-nonmember" // not a member then
	KindDisputed  = "k-disputed"  // a disputed area; always with slanted lines, which nothing else has
	KindTerritory = "k-territory" // a territory without a value of its own
)

// Kinds is how many numbered kinds of standing worldmap.css has colours and patterns for.
const Kinds = 10

// Kind returns the class of the numbered kind n, 1 to Kinds: Kind(3) is "k-3". It panics outside that range.
// The numbers have no order of worth: a page gives each kind of standing a number and keeps to it.
func Kind(n int) string {
	if n < 1 || n > Kinds {
		panic(fmt.Sprintf("worldmap: kind %d is outside 1 to %d", n, Kinds))
	}
	return "k-" + strconv.Itoa(n)
}

// A mark is what a pattern draws on its tile, above the kind's own colour.
type mark struct {
	class string
	size  string // side of the square tile, in units of ViewBox
	d     string // lines, drawn with class "i"
	dots  string // filled, drawn with class "o"
}

// marks has one row a class that may be patterned. The first kind is left plain: one plain and the rest marked is enough. Slanted lines
// are for disputed areas alone, so that no state looks like one.
var marks = []mark{
	{class: "k-1", size: "6"},
	{class: "k-2", size: "6", d: "M1.5,1.5h3v3h-3z"},
	{class: "k-3", size: "5", dots: "M1.5,2.5a1,1 0 1,0 2,0a1,1 0 1,0-2,0z"},
	{class: "k-4", size: "6", dots: "M1.5,1.5h3v3h-3z"},
	{class: "k-5", size: "4", d: "M0,2h4"},
	{class: "k-6", size: "6", dots: "M1,5h4l-2-4z"},
	{class: "k-7", size: "4", d: "M2,0v4"},
	{class: "k-8", size: "6", d: "M0,3h6M3,0v6"},
	{class: "k-9", size: "6", d: "M0,1.5h3.5M2.5,4.5h3.5"},
	{class: "k-10", size: "6", d: "M1.2,3a1.8,1.8 0 1,0 3.6,0a1.8,1.8 0 1,0-3.6,0z"},
	{class: KindAbsent, size: "4", dots: "M1.3,2a.7,.7 0 1,0 1.4,0a.7,.7 0 1,0-1.4,0z"},
	{class: KindDisputed, size: "4", d: "M-1,1l2-2M0,4l4-4M3,5l2-2"},
}

// always are the classes that are patterned in every map.
var always = []string{KindAbsent, KindDisputed}

func markOf(class string) (mark, bool) {
	i := slices.IndexFunc(marks, func(m mark) bool { return m.class == class })
	if i < 0 {
		return mark{}, false
	}
	return marks[i], true
}

// patterned checks the classes of Options.Patterns and adds those that always are.
func patterned(classes []string) ([]string, error) {
	list := slices.Clone(always)
	for _, c := range classes {
		if _, ok := markOf(c); !ok {
			return nil, fmt.Errorf("worldmap: there is no pattern for the class %q: use k-1 to k-%d", c, Kinds)
		}
		if !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list, nil
}

// writeDefs writes the patterns under ids such as map-k-2. The colours are the style sheet's.
func writeDefs(b *strings.Builder, id string, classes []string) {
	b.WriteString("<defs>")
	for _, c := range classes {
		m, _ := markOf(c)
		fmt.Fprintf(b, `<pattern id="%s-%s" width="%s" height="%[3]s" patternUnits="userSpaceOnUse"><g class="pattern %[2]s"><rect width="%[3]s" height="%[3]s"/>`, id, c, m.size)
		if m.d != "" {
			fmt.Fprintf(b, `<path class="i" d="%s"/>`, m.d)
		}
		if m.dots != "" {
			fmt.Fprintf(b, `<path class="o" d="%s"/>`, m.dots)
		}
		b.WriteString("</g></pattern>")
	}
	b.WriteString("</defs>")
}

// Swatch returns a small SVG picture of a class for a legend: hidden from assistive technology, as the words beside it say
// the same. Where the map that has the id mapID (Options.ID, "" for the usual one) is on the same page and was drawn with
// class in Options.Patterns, or class always has a pattern, pattern true shows it. It returns an error as Render does.
func Swatch(mapID, class string, pattern bool) (string, error) {
	id, err := idOf(mapID)
	if err != nil {
		return "", err
	}
	fill, cls := "", class
	if pattern {
		if _, ok := markOf(class); !ok {
			return "", fmt.Errorf("worldmap: there is no pattern for the class %q: use k-1 to k-%d", class, Kinds)
		}
		fill, cls = ` fill="url(#`+id+"-"+class+`)"`, class+" p"
	}
	return `<svg class="worldmap-swatch" viewBox="0 0 18 12" width="18" height="12" aria-hidden="true" focusable="false"><rect class="` +
		escape(cls) + `"` + fill + ` x=".5" y=".5" width="17" height="11"/></svg>`, nil
}
