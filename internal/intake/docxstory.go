package intake

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A story takes in the paragraphs and tables of one part.
type story struct {
	d     *document
	b     strings.Builder
	open  []*paragraph // paragraphs within each other: a text box stands within one
	after string       // what stands between the last paragraph and the next: "", "\n" or "\n\n"
	last  *paragraph   // the paragraph written last
	join  *paragraph   // a paragraph whose end was deleted: the next goes on with it
	rows  []*row       // tables within each other
	used  []string     // notes referred to, in order

	field []bool // fields within each other: whether the result has begun
}

// paragraph is one being read.
type paragraph struct {
	text       strings.Builder
	style      style
	styleID    string
	run        style
	runStyle   string
	markGone   bool // its end was deleted
	markHidden bool
	empty      bool
}

// row is a row of a table being read: the paragraphs of each cell.
type row struct {
	cells [][]string
	gone  bool // deleted as a whole
}

func (s *story) top() *paragraph {
	if len(s.open) == 0 {
		return nil
	}
	return s.open[len(s.open)-1]
}

func (s *story) start(e *element) bool {
	p := s.top()
	switch e.name {
	case "p":
		s.open = append(s.open, &paragraph{style: blankStyle()})
	case "tr":
		s.rows = append(s.rows, &row{})
	case "tc":
		if n := len(s.rows); n > 0 {
			s.rows[n-1].cells = append(s.rows[n-1].cells, nil)
		}
	case "Fallback": // of a choice that was read already
		return false
	case "del", "moveFrom":
		if e.up != nil && e.up.name == "rPr" {
			if p != nil && e.in("pPr") {
				p.markGone = true
			}
			return true
		}
		s.d.deleted++
		if n := len(s.rows); n > 0 && e.up != nil && e.up.name == "trPr" {
			s.rows[n-1].gone = true
		}
		return false
	case "ins", "moveTo":
		if e.up != nil && e.up.name != "rPr" && e.up.name != "trPr" && e.up.name != "numPr" {
			s.d.inserted++
		}
	case "pPrChange", "rPrChange", "sectPrChange", "tblPrChange", "instrText", "delText", "delInstrText", "sectPr", "annotationRef", "rt": // rt is the reading of a character, above it
		return false
	case "commentReference":
		s.d.comments++
	}
	if p == nil {
		return true
	}
	switch e.name {
	case "pStyle":
		p.styleID = e.val("val")
	case "r":
		p.run, p.runStyle = blankStyle(), ""
	case "rStyle":
		p.runStyle = e.val("val")
	case "fldChar":
		switch e.val("fldCharType") {
		case "begin":
			s.field = append(s.field, false)
		case "separate":
			if n := len(s.field); n > 0 {
				s.field[n-1] = true
			}
		case "end":
			if n := len(s.field); n > 0 {
				s.field = s.field[:n-1]
			}
		}
	case "tab":
		if e.up != nil && e.up.name == "r" {
			s.put("\t")
		}
	case "br", "cr":
		s.put("\n")
	case "noBreakHyphen":
		s.put("-")
	case "sym":
		s.put(symbol(e.val("char")))
	case "footnoteReference", "endnoteReference":
		kind := strings.TrimSuffix(e.name, "Reference")
		key := kind + e.val("id")
		if s.d.noteText[key] != "" && !s.hiddenRun() {
			s.used = append(s.used, key)
			s.put("[" + strconv.Itoa(len(s.used)) + "]")
		}
	default:
		switch {
		case e.in("pPr") && e.in("rPr") && e.name == "vanish":
			p.markHidden = e.on()
		case e.in("rPr"):
			property(&p.run, e)
		case e.in("pPr"):
			property(&p.style, e)
		}
	}
	return true
}

// hiddenRun reports whether the run being read is hidden, by itself or by its styles.
func (s *story) hiddenRun() bool {
	p := s.top()
	v := p.run.vanish
	if v == 0 && p.runStyle != "" {
		v = s.d.styled(p.runStyle).vanish
	}
	if v == 0 {
		v = s.d.styled(p.styleID).vanish
	}
	return v > 0
}

// put adds text to the paragraph being read.
func (s *story) put(text string) {
	p := s.top()
	if p == nil || text == "" {
		return
	}
	if s.hiddenRun() {
		if strings.TrimSpace(text) != "" {
			s.d.hidden++
		}
		return
	}
	p.text.WriteString(text)
}

// words takes the text of an element. Only what stands in <w:t> is text; all else is layout of the file.
func (s *story) words(in *element, text string) {
	if in != nil && in.name == "t" && (len(s.field) == 0 || s.field[len(s.field)-1]) {
		s.put(text)
	}
}

func (s *story) end(e *element) {
	switch e.name {
	case "p":
		p := s.top()
		s.open = s.open[:len(s.open)-1]
		s.paragraph(p)
	case "tr":
		if n := len(s.rows); n > 0 {
			r := s.rows[n-1]
			s.rows = s.rows[:n-1]
			s.row(r)
		}
	case "tbl":
		if len(s.rows) == 0 {
			s.after, s.last = "\n\n", nil
		}
	}
}

// paragraph writes a paragraph that ended: onto the sheet, or into the cell of the table that it stands in.
func (s *story) paragraph(p *paragraph) {
	p.style.inherit(s.d.styled(p.styleID))
	text := p.text.String()
	if s.join != nil {
		text = s.join.text.String() + text
		s.join = nil
	}
	if p.markGone || p.markHidden {
		j := &paragraph{}
		j.text.WriteString(text)
		s.join = j
		return
	}
	body := strings.Trim(text, " \t\n")
	p.empty = body == ""
	if !p.empty && p.style.numbered {
		if m := s.d.mark(p.style.numID, p.style.level); m != "" {
			body = strings.Repeat("  ", min(p.style.level, 8)) + m + body
		}
	}
	if n := len(s.rows); n > 0 {
		if k := len(s.rows[n-1].cells); k > 0 && !p.empty {
			s.rows[n-1].cells[k-1] = append(s.rows[n-1].cells[k-1], body)
		}
		return
	}
	s.write(p, body)
}

// write puts a paragraph below the last, with an empty line between them where the document shows space there, where one of them is long,
// or where an empty paragraph stands.
func (s *story) write(p *paragraph, body string) {
	if p.empty {
		s.after, s.last = "\n\n", nil
		return
	}
	if l := s.last; l != nil {
		gap := max(l.style.after, 0) > 0 || max(p.style.before, 0) > 0
		sameList := l.style.numbered && p.style.numbered && l.style.numID == p.style.numID
		if sameList || l.styleID == p.styleID && l.style.contextual && p.style.contextual {
			gap = false
		}
		if gap || l.style.numbered != p.style.numbered || !sameList && (utf8.RuneCountInString(body) > 200 || utf8.RuneCountInString(l.text.String()) > 200) {
			s.after = "\n\n"
		}
	}
	if s.b.Len() > 0 {
		s.b.WriteString(s.after)
	}
	s.b.WriteString(body)
	s.after, s.last = "\n", p
}

// row writes a row: cells with tabs between them, or one below the other where a cell holds several paragraphs.
func (s *story) row(r *row) {
	if s.join != nil && len(r.cells) > 0 {
		r.cells[len(r.cells)-1] = append(r.cells[len(r.cells)-1], s.join.text.String())
		s.join = nil
	}
	many, any := false, false
	for _, c := range r.cells {
		many, any = many || len(c) > 1, any || len(c) > 0
	}
	if !any || r.gone {
		return
	}
	var text string
	if many {
		var parts []string
		for _, c := range r.cells {
			if len(c) > 0 {
				parts = append(parts, strings.Join(c, "\n"))
			}
		}
		text = strings.Join(parts, "\n\n")
	} else {
		var parts []string
		for _, c := range r.cells {
			parts = append(parts, strings.ReplaceAll(strings.Join(c, " "), "\n", " "))
		}
		text = strings.TrimRight(strings.Join(parts, "\t"), "\t")
	}
	if n := len(s.rows); n > 0 { // a table within a cell
		if k := len(s.rows[n-1].cells); k > 0 {
			s.rows[n-1].cells[k-1] = append(s.rows[n-1].cells[k-1], strings.Split(text, "\n")...)
		}
		return
	}
	if s.b.Len() > 0 {
		if s.last != nil || many {
			s.after = "\n\n"
		}
		s.b.WriteString(s.after)
	}
	s.b.WriteString(text)
	s.after, s.last = "\n", nil
	if many {
		s.after = "\n\n"
	}
}

// flush ends what is still open.
func (s *story) flush() {
	if s.join != nil {
		p := &paragraph{style: blankStyle()}
		body := strings.TrimSpace(s.join.text.String())
		s.join = nil
		p.empty = body == ""
		s.write(p, body)
	}
}

// notes writes the notes that were referred to, below the text.
func (s *story) notes() {
	for i, key := range s.used {
		sep := "\n"
		if i == 0 {
			sep = "\n\n"
		}
		s.b.WriteString(sep + "[" + strconv.Itoa(i+1) + "] " + s.d.noteText[key])
	}
}

func (s *story) String() string { return s.b.String() }

// symbol is a character that a run names by its number in a font of symbols.
func symbol(hex string) string {
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		return ""
	}
	switch n &^ 0xF000 {
	case 0xB7, 0xA7, 0x6F, 0xD8, 0xFC:
		return "• "
	}
	if n >= 0xE000 && n <= 0xF8FF {
		return ""
	}
	return string(rune(n))
}

// notesTaker reads the text of footnotes or endnotes.
type notesTaker struct {
	*story
	kind, id string
}

func (d *document) readNotes(kind, part string) error {
	if d.noteText == nil {
		d.noteText = map[string]string{}
	}
	return d.eachElement(part, &notesTaker{story: &story{d: d}, kind: kind})
}

func (n *notesTaker) start(e *element) bool {
	if e.name == n.kind {
		n.id = e.val("id")
		n.story = &story{d: n.d}
		switch e.val("type") {
		case "separator", "continuationSeparator", "continuationNotice":
			return false
		}
	}
	return n.story.start(e)
}

func (n *notesTaker) end(e *element) {
	n.story.end(e)
	if e.name == n.kind {
		n.story.flush()
		n.d.noteText[n.kind+n.id] = strings.Join(strings.Fields(n.story.String()), " ")
	}
}
