package worldmap

import (
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Cell is what the map shows for one state.
type Cell struct {
	// Class is the kind: Kind(1) to Kind(Kinds), KindNone, KindAbsent, KindNonmember. "" is KindNone, or KindTerritory on a
	// territory. Disputed areas stay KindDisputed whatever it says.
	Class string
	// Label is the value in words, such as "voted in favour"; it is shown after the name. "" shows the name alone.
	Label string
	// Href is where the shape links to: a path, a query or fragment, or an http or https address. "" makes no link.
	Href string
}

// Options say what a map shows. The zero Options draw an empty map without title.
type Options struct {
	// ID starts every id in the picture, so that two maps can stand on one page: a letter, then letters, digits or "-".
	// "" is "map".
	ID string
	// Title names the picture and Desc says what it tells, both plain text in the reader's language. The title is what
	// assistive technology reads first.
	Title, Desc string
	// Lang and Dir ("ltr" or "rtl") are those of Title, Desc and labels. They may be "". The geography is never mirrored.
	Lang, Dir string
	// Name gives a shape's name in the reader's language. Where it is nil, or returns "", Shape.Name stands.
	Name func(id string) string
	// Value gives what is known of a shape, or false. It is called once for every shape, territories and disputed areas too.
	Value func(id string) (Cell, bool)
	// Patterns are the numbered kinds that are told apart by a pattern as well as by colour.
	Patterns []string
	// Graticule draws meridians and parallels.
	Graticule bool
	// Outlines is the address of the file that Outlines returns, a path or an http or https address. The map then refers to its outlines
	// instead of holding them, which makes it a fifth as large; a browser refuses that for a page that was opened from a file. "" makes a
	// map that stands alone.
	Outlines string
	// Painted keeps shapes as they were painted, for many maps that say the same of a state; nil keeps none. Maps that share one have the same
	// ID, Name, Outlines and NoTabStops.
	Painted *Painted
	// NoTabStops takes the links out of the order of the Tab key. Use it where the same links follow in a table.
	NoTabStops bool
}

// Render writes the map as one SVG element, the same bytes for the same options. It has no style attributes and no script:
// colours come from the style sheet that CSS returns. Links make its role "group", as a picture with role "img" may hold
// none; without links it is "img". Every shape has a title of name and label, which browsers show on hover.
//
// It returns an error, and writes nothing, where an option is not as described; or the error of w.
func Render(w io.Writer, opt Options) error {
	id, err := idOf(opt.ID)
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"", "ltr", "rtl"}, opt.Dir) {
		return fmt.Errorf("worldmap: Options.Dir is %q: use ltr or rtl", opt.Dir)
	}
	patterns, err := patterned(opt.Patterns)
	if err != nil {
		return err
	}
	all := drawn()
	cells := make([]Cell, len(all))
	links := false
	for i, s := range all {
		if opt.Value != nil {
			if c, ok := opt.Value(s.ID); ok {
				cells[i] = c
			}
		}
		if h := cells[i].Href; h != "" && h[0] != '#' && h[0] != '/' && !webAddress(h) {
			return fmt.Errorf("worldmap: the link %q of %s is no path and no http address", cells[i].Href, s.ID)
		}
		links = links || cells[i].Href != ""
	}

	var b strings.Builder
	b.Grow(200 * len(all))
	if opt.Outlines == "" {
		b.Grow(len(shapesJSON))
	}
	writeHead(&b, id, opt, links)
	writeDefs(&b, id, patterns)
	if !webAddress(opt.Outlines) {
		return fmt.Errorf("worldmap: Options.Outlines is %q, which is no path and no http address", opt.Outlines)
	}
	p := painter{b: &b, id: id, opt: opt, patterns: patterns, outlines: escape(opt.Outlines), attrs: map[string]string{}}
	split := slices.IndexFunc(all, func(s shape) bool { return s.Point })
	p.line("sea")
	if opt.Graticule {
		p.line("graticule")
	}
	b.WriteString(`<g class="lands">`)
	for i, s := range all[:split] {
		p.paint(s, cells[i])
	}
	b.WriteString(`</g>`)
	p.line("dashed")
	b.WriteString(`<g class="points">`)
	for i, s := range all[split:] {
		p.paint(s, cells[split+i])
	}
	b.WriteString(`</g>`)
	p.line("frame")
	b.WriteString(`</svg>`)
	_, err = io.WriteString(w, b.String())
	return err
}

func writeHead(b *strings.Builder, id string, opt Options, links bool) {
	g := world()
	role := "img"
	if links {
		role = "group"
	}
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" class="worldmap" id="%s" viewBox="0 0 %g %g" role="%s"`, id, g.Width, g.Height, role)
	if opt.Title != "" {
		fmt.Fprintf(b, ` aria-labelledby="%s-title"`, id)
	}
	if opt.Desc != "" {
		fmt.Fprintf(b, ` aria-describedby="%s-desc"`, id)
	}
	if opt.Lang != "" {
		fmt.Fprintf(b, ` lang="%s"`, escape(opt.Lang))
	}
	if opt.Dir != "" {
		fmt.Fprintf(b, ` dir="%s" direction="%[1]s"`, opt.Dir)
	}
	b.WriteString(">")
	if opt.Title != "" {
		fmt.Fprintf(b, `<title id="%s-title">%s</title>`, id, escape(opt.Title))
	}
	if opt.Desc != "" {
		fmt.Fprintf(b, `<desc id="%s-desc">%s</desc>`, id, escape(opt.Desc))
	}
}

// A painter writes shapes one after the other.
type painter struct {
	b        *strings.Builder
	id       string
	opt      Options
	patterns []string
	outlines string            // escaped; "" where they stand in the picture
	attrs    map[string]string // of each class, as written before
}

// line draws one of the lines that are no shape's.
func (p painter) line(class string) {
	p.b.WriteString(`<`)
	if p.outlines != "" {
		p.b.WriteString(`use class="` + class + `" href="` + p.outlines + `#` + class + `"/>`)
		return
	}
	p.b.WriteString(`path class="` + class + `" d="` + lines()[class] + `"/>`)
}

// Painted keeps painted shapes. It may be used from many goroutines; the zero Painted is empty and ready.
type Painted struct {
	mu     sync.RWMutex
	shapes map[paintedKey]string
}

type paintedKey struct {
	id   string
	cell Cell
	mark bool // with a pattern
}

const mostPainted = 20_000

// paint writes a shape, as it was painted before where that is kept.
func (p painter) paint(s shape, c Cell) {
	kept := p.opt.Painted
	if kept == nil {
		p.draw(s, c)
		return
	}
	k := paintedKey{s.ID, c, slices.Contains(p.patterns, c.Class)}
	kept.mu.RLock()
	text, ok := kept.shapes[k]
	kept.mu.RUnlock()
	if ok {
		p.b.WriteString(text)
		return
	}
	from := p.b.Len()
	p.draw(s, c)
	kept.mu.Lock()
	defer kept.mu.Unlock()
	if kept.shapes == nil {
		kept.shapes = map[paintedKey]string{}
	}
	if len(kept.shapes) < mostPainted {
		kept.shapes[k] = strings.Clone(p.b.String()[from:])
	}
}

func (p painter) draw(s shape, c Cell) {
	class := c.Class
	switch {
	case s.Class == Disputed:
		class = KindDisputed
	case class == "" && s.Class == Territory:
		class = KindTerritory
	case class == "":
		class = KindNone
	}
	name := s.Name
	if p.opt.Name != nil {
		if n := p.opt.Name(s.ID); n != "" {
			name = n
		}
	}
	b := p.b
	if c.Href != "" {
		b.WriteString(`<a href="`)
		b.WriteString(escape(c.Href))
		if p.opt.NoTabStops {
			b.WriteString(`" tabindex="-1`)
		}
	} else {
		b.WriteString(`<g class="at`)
	}
	b.WriteString(`" data-id="`)
	b.WriteString(s.ID)
	b.WriteString(`"><title>`)
	b.WriteString(escape(name))
	if c.Label != "" {
		b.WriteString(": ")
		b.WriteString(escape(c.Label))
	}
	b.WriteString(`</title>`)

	attr, ok := p.attrs[class]
	if !ok {
		attr = `class="` + escape(class) + `"`
		if slices.Contains(p.patterns, class) {
			attr = `class="` + class + ` p" fill="url(#` + p.id + "-" + class + `)"`
		}
		p.attrs[class] = attr
	}
	if s.path != "" && p.outlines != "" {
		b.WriteString("<use ")
		b.WriteString(attr)
		b.WriteString(` href="`)
		b.WriteString(p.outlines)
		b.WriteString(`#`)
		b.WriteString(s.ID)
		b.WriteString(`"/>`)
	} else if s.path != "" {
		b.WriteString("<path ")
		b.WriteString(attr)
		b.WriteString(s.path)
	}
	if s.circle != "" {
		b.WriteString("<circle ")
		b.WriteString(attr)
		b.WriteString(s.circle)
	}
	if c.Href != "" {
		b.WriteString("</a>")
	} else {
		b.WriteString("</g>")
	}
}

// A shape is a Shape with the ends of its elements written out.
type shape struct {
	Shape
	path, circle string
}

// drawn is the order of drawing, which is the order of Tab and of reading too: what has an outline by name, then circles by
// name, so that no outline lies on a circle.
var drawn = sync.OnceValue(func() []shape {
	var all []shape
	for _, s := range world().Shapes {
		d := shape{Shape: s}
		if s.Path != "" {
			d.path = ` d="` + s.Path + `"/>`
		}
		if s.Point {
			d.circle = ` cx="` + decimal(s.X) + `" cy="` + decimal(s.Y) + `" r="3"/>`
		}
		all = append(all, d)
	}
	slices.SortStableFunc(all, func(a, b shape) int {
		if a.Point != b.Point {
			if b.Point {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all
})

// lines are those that are no shape's, by class.
var lines = sync.OnceValue(func() map[string]string {
	g := world()
	return map[string]string{"sea": g.Frame, "frame": g.Frame, "graticule": g.Graticule, "dashed": g.Dashed}
})

// Outlines returns the file to which maps refer that were drawn with Options.Outlines: an SVG document of shapes that have no colour of
// their own, by the shape's ID.
func Outlines() []byte {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg"><defs>`)
	for _, class := range []string{"sea", "graticule", "dashed", "frame"} {
		b.WriteString(`<path id="` + class + `" vector-effect="non-scaling-stroke" d="` + lines()[class] + `"/>`)
	}
	for _, s := range drawn() {
		if s.path != "" {
			b.WriteString(`<path id="` + s.ID + `" vector-effect="non-scaling-stroke"` + s.path)
		}
	}
	b.WriteString(`</defs></svg>`)
	return []byte(b.String())
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

var idShape = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

func idOf(id string) (string, error) {
	if id == "" {
		return "map", nil
	}
	if !idShape.MatchString(id) {
		return "", fmt.Errorf("worldmap: the id %q is not a letter followed by letters, digits or hyphens", id)
	}
	return id, nil
}

// webAddress reports whether a link is empty, relative, or http(s). A colon before any slash, ? or # begins a scheme.
func webAddress(href string) bool {
	scheme, _, found := strings.Cut(href, ":")
	if !found || strings.ContainsAny(scheme, "/?#") {
		return !strings.ContainsFunc(href, func(r rune) bool { return r < ' ' })
	}
	return scheme == "http" || scheme == "https"
}

// escape makes text safe in XML text and attributes; characters that XML does not allow become U+FFFD.
func escape(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		c := s[i]
		plain = c >= ' ' && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'' && c != 0xEF // U+FFFE and U+FFFF begin so
	}
	if plain {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return '�'
		}
		return r
	}, s)
	return html.EscapeString(s)
}
