package intake

import (
	"strconv"
	"strings"
)

// style is what of a style matters to plain text. Switches are 0 where the style says nothing, 1 on, -1 off.
type style struct {
	base          string
	vanish        int
	numID         string
	level         int
	before, after int // twentieths of a point; -1 where the style says nothing
	contextual    bool
	numbered      bool
}

func blankStyle() style { return style{before: -1, after: -1} }

// level is one level of a list.
type level struct {
	format, text, pStyle string
	start                int
}

// numbering is a list as paragraphs name it: an abstract list, with levels of its own.
type numbering struct {
	abstract string
	levels   map[int]level
	starts   map[int]int
}

type stylesTaker struct {
	d   *document
	id  string
	now style
}

func (d *document) readStyles(part string) error {
	d.styles, d.defaults = map[string]style{}, blankStyle()
	return d.eachElement(part, &stylesTaker{d: d})
}

func (s *stylesTaker) start(e *element) bool {
	switch e.name {
	case "style":
		s.id, s.now = e.val("styleId"), blankStyle()
	case "pPrDefault", "rPrDefault":
		s.now = s.d.defaults
	case "basedOn":
		s.now.base = e.val("val")
	default:
		if !e.in("tblStylePr") && !e.in("tblPr") {
			property(&s.now, e)
		}
	}
	return true
}

func (s *stylesTaker) end(e *element) {
	switch e.name {
	case "style":
		s.d.styles[s.id] = s.now
	case "pPrDefault", "rPrDefault":
		s.d.defaults = s.now
	}
}

func (*stylesTaker) words(*element, string) {}

// property reads one property of a paragraph or a run into a style.
func property(s *style, e *element) {
	number := func(name string, to *int) {
		if n, err := strconv.Atoi(e.val(name)); err == nil {
			*to = n
		}
	}
	switch e.name {
	case "vanish":
		s.vanish = -1
		if e.on() {
			s.vanish = 1
		}
	case "numId":
		s.numID, s.numbered = e.val("val"), true
	case "ilvl":
		number("val", &s.level)
	case "spacing":
		if e.up != nil && e.up.name == "pPr" {
			number("before", &s.before)
			number("after", &s.after)
			switch e.val("afterAutospacing") {
			case "1", "true", "on":
				s.after = 280
			}
		}
	case "contextualSpacing":
		s.contextual = e.on()
	}
}

// styled returns a style with what it takes from those that it is based on.
func (d *document) styled(id string) style {
	out := blankStyle()
	for range 20 { // styles that are based on each other in a circle end here
		s, ok := d.styles[id]
		if !ok {
			break
		}
		out.inherit(s)
		if id = s.base; id == "" {
			break
		}
	}
	out.inherit(d.defaults)
	return out
}

// inherit takes from another style what s does not say.
func (s *style) inherit(o style) {
	if s.vanish == 0 {
		s.vanish = o.vanish
	}
	if !s.numbered && o.numbered {
		s.numID, s.numbered = o.numID, true
		if s.level == 0 {
			s.level = o.level
		}
	}
	if s.before < 0 {
		s.before = o.before
	}
	if s.after < 0 {
		s.after = o.after
	}
	s.contextual = s.contextual || o.contextual
}

type numberingTaker struct {
	d        *document
	abstract string
	num      string
	lvl      int
	now      level
}

func (d *document) readNumbering(part string) error {
	d.abstracts, d.numbers, d.counts = map[string]map[int]level{}, map[string]numbering{}, map[string]*[9]int{}
	return d.eachElement(part, &numberingTaker{d: d})
}

func (n *numberingTaker) start(e *element) bool {
	switch e.name {
	case "abstractNum":
		n.abstract = e.val("abstractNumId")
		n.d.abstracts[n.abstract] = map[int]level{}
	case "num":
		n.num = e.val("numId")
		n.d.numbers[n.num] = numbering{levels: map[int]level{}, starts: map[int]int{}}
	case "abstractNumId":
		x := n.d.numbers[n.num]
		x.abstract = e.val("val")
		n.d.numbers[n.num] = x
	case "lvl", "lvlOverride":
		n.lvl, _ = strconv.Atoi(e.val("ilvl"))
		n.now = level{start: 1, format: "decimal"}
	case "startOverride":
		if v, err := strconv.Atoi(e.val("val")); err == nil && n.num != "" {
			n.d.numbers[n.num].starts[n.lvl] = v
		}
	case "start":
		if v, err := strconv.Atoi(e.val("val")); err == nil {
			n.now.start = v
		}
	case "numFmt":
		n.now.format = e.val("val")
	case "lvlText":
		n.now.text = e.val("val")
	}
	return true
}

func (n *numberingTaker) end(e *element) {
	switch e.name {
	case "lvl":
		if e.in("num") {
			n.d.numbers[n.num].levels[n.lvl] = n.now
		} else if m := n.d.abstracts[n.abstract]; m != nil {
			m[n.lvl] = n.now
		}
	case "num":
		n.num = ""
	}
}

func (*numberingTaker) words(*element, string) {}

// mark counts a paragraph of a list and returns its mark with a space after it, such as "2.1. ", or "" where the list has none.
func (d *document) mark(numID string, lvl int) string {
	num, ok := d.numbers[numID]
	if !ok || numID == "0" || lvl < 0 || lvl > 8 {
		return ""
	}
	at := func(i int) level {
		if l, ok := num.levels[i]; ok {
			return l
		}
		if l, ok := d.abstracts[num.abstract][i]; ok {
			return l
		}
		return level{start: 1, format: "decimal", text: "%" + strconv.Itoa(i+1) + "."}
	}
	l := at(lvl)
	if l.format == "bullet" {
		return "- "
	}
	if l.format == "none" && l.text == "" {
		return ""
	}
	key := "a" + num.abstract // lists over one abstract list count on, unless one says where it starts
	if len(num.starts) > 0 {
		key = "n" + numID
	}
	c := d.counts[key]
	if c == nil {
		c = new([9]int)
		for i := range c {
			c[i] = at(i).start - 1
			if v, ok := num.starts[i]; ok {
				c[i] = v - 1
			}
		}
		d.counts[key] = c
	}
	c[lvl]++
	for i := lvl + 1; i < 9; i++ {
		c[i] = at(i).start - 1
	}
	s := l.text
	for i := range 9 {
		if hole := "%" + strconv.Itoa(i+1); strings.Contains(s, hole) {
			n := c[i]
			if i < lvl {
				n = max(n, at(i).start) // a level above that was never used
			}
			s = strings.ReplaceAll(s, hole, numeral(n, at(i).format))
		}
	}
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	return s + " "
}
