package draft

import (
	"bytes"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

// Print writes a filing as YAML that a person can read and a line-by-line comparison can follow: the fields in the order of the structs,
// what is empty left out, text longer than a line folded at 100 characters, text of several lines as a block. The same filing always
// gives the same bytes, and Parse gives the filing back.
//
// A filing from which words were removed (Sheeted.Gone), or whose text Parse would refuse, is an Invalid fault with Where as in Check.
func Print(f stocktake.Filing) ([]byte, error) {
	c := &checker{}
	c.fields(reflect.ValueOf(&f).Elem(), nil)
	for _, p := range c.list {
		if p.unreadable { // what is missing or odd can be printed, to be mended
			return nil, p.says.At(p.path)
		}
	}
	var gone *stocktake.Fault
	f.EachSheeted(func(path string, s *stocktake.Sheeted) {
		if s.Gone() && gone == nil {
			gone = stocktake.Invalidf("the words that stood here were removed").At(path).Hinted("a draft holds words; print the filing as JSON to see its commitments")
		}
	})
	if gone != nil {
		return nil, gone
	}
	if f.Format == "" {
		f.Format = stocktake.Format
	}
	p := &printer{}
	p.table(reflect.ValueOf(&f).Elem(), 0, false)
	return p.Bytes(), nil
}

const width = 100 // characters of a line, where text can be folded

type printer struct{ bytes.Buffer }

func (p *printer) indent(n int) {
	for range n {
		p.WriteString("  ")
	}
}

// table writes the fields of a struct, each on a line of its own, at the given depth. The first line is not indented where begun is
// true: it stands behind a "- ".
func (p *printer) table(v reflect.Value, depth int, begun bool) {
	s := shapeOf(v.Type())
	for _, f := range s.fields {
		fv := v.Field(f.at)
		if empty(fv) && !(f.required && mayBeZero(fv.Type())) {
			continue
		}
		if depth == 0 && p.Len() > 0 && (fv.Kind() == reflect.Slice || fv.Kind() == reflect.Pointer) {
			p.WriteByte('\n')
		}
		if !begun {
			p.indent(depth)
		}
		begun = false
		p.WriteString(f.name)
		p.WriteByte(':')
		p.value(fv, depth, depth*2+len(f.name)+2)
	}
	if begun { // nothing in it
		p.WriteString("{}\n")
	}
}

// empty reports whether a value is left out.
func empty(v reflect.Value) bool {
	return v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
}

// value writes what follows "name:", with the line's end. col is where the value would begin.
func (p *printer) value(v reflect.Value, depth, col int) {
	switch t := v.Type(); {
	case written(t), t.Kind() == reflect.String, t.Kind() == reflect.Bool, t.Kind() == reflect.Int, t.Kind() == reflect.Int64:
		p.WriteByte(' ')
		p.scalar(v, depth, col)
	case t.Kind() == reflect.Pointer:
		p.inner(v.Elem(), depth)
	case t.Kind() == reflect.Struct:
		p.inner(v, depth)
	case t.Kind() == reflect.Map:
		p.WriteByte('\n')
		for _, k := range sortedKeys(v) {
			p.indent(depth + 1)
			key := spell(k, false, false)
			p.WriteString(key)
			p.WriteString(": ")
			p.scalar(v.MapIndex(reflect.ValueOf(k)), depth+1, depth*2+len(key)+4)
		}
	case t.Elem().Kind() == reflect.Struct:
		p.WriteByte('\n')
		for i := range v.Len() {
			p.indent(depth + 1)
			p.WriteString("- ")
			p.table(v.Index(i), depth+2, true)
		}
	default:
		p.list(v, depth, col)
	}
}

func (p *printer) inner(v reflect.Value, depth int) {
	n := p.Len()
	p.WriteByte('\n')
	p.table(v, depth+1, false)
	if p.Len() == n+1 {
		p.Truncate(n)
		p.WriteString(" {}\n")
	}
}

// list writes a list of scalars: on one line where it fits, else one member a line.
func (p *printer) list(v reflect.Value, depth, col int) {
	items := make([]string, v.Len())
	length := col + 2
	for i := range items {
		items[i] = spell(textOf(v.Index(i)), v.Index(i).Kind() != reflect.String, true)
		length += utf8.RuneCountInString(items[i]) + 2
	}
	if length <= width {
		p.WriteString(" [")
		p.WriteString(strings.Join(items, ", "))
		p.WriteString("]\n")
		return
	}
	p.WriteByte('\n')
	for i := range items {
		p.indent(depth + 1)
		p.WriteString("- ")
		p.scalar(v.Index(i), depth+1, depth*2+4)
	}
}

// textOf returns a scalar as it stands in a draft.
func textOf(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case stocktake.Sheeted:
		return x.Text
	case stocktake.Date:
		return x.String()
	case stocktake.ActKind:
		return x.String()
	case stocktake.Phase:
		return x.String()
	}
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	}
	return v.String()
}

// scalar writes a value and the end of its line: plain or in quotes where it fits the line, else as a folded or literal block.
func (p *printer) scalar(v reflect.Value, depth, col int) {
	s := textOf(v)
	own := v.Kind() != reflect.String && v.Type() != sheetedType
	switch {
	case own:
	case strings.Contains(s, "\n") && blockable(s):
		p.block(s, depth)
		return
	case col+utf8.RuneCountInString(s) > width && foldable(s):
		p.fold(s, depth)
		return
	}
	p.WriteString(spell(s, own, false))
	p.WriteByte('\n')
}

// blockable reports whether s reads back from a literal block: no line of spaces alone or with spaces at its end, a first line that
// begins with a character, at most one line break at the end.
func blockable(s string) bool {
	if s[0] == ' ' || s[0] == '\t' || s[0] == '\n' || strings.HasSuffix(s, "\n\n") || !printable(s) {
		return false
	}
	for line := range strings.SplitSeq(s, "\n") {
		if line != strings.TrimRight(line, " \t") || strings.HasPrefix(line, "\t") {
			return false
		}
	}
	return true
}

func (p *printer) block(s string, depth int) {
	p.WriteByte('|')
	if !strings.HasSuffix(s, "\n") {
		p.WriteByte('-')
	}
	p.WriteByte('\n')
	for line := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
		if line != "" {
			p.indent(depth + 1)
			p.WriteString(line)
		}
		p.WriteByte('\n')
	}
}

// foldable reports whether s, a single line, reads back from a folded block.
func foldable(s string) bool {
	return s[0] != ' ' && s[len(s)-1] != ' ' && !strings.ContainsAny(s, "\n\t") && strings.Contains(s, " ") && printable(s)
}

// fold writes s in lines of at most width characters where spaces allow. A break is only made at a space that stands alone, as every
// other space is kept as it is.
func (p *printer) fold(s string, depth int) {
	p.WriteString(">-\n")
	room := max(width-2*(depth+1), 20)
	for s != "" {
		cut, n := len(s), 0
		for i, r := range s {
			if n > room && cut < len(s) {
				break
			}
			if r == ' ' && i > 0 && s[i-1] != ' ' && s[i+1] != ' ' {
				cut = i
			}
			n++
		}
		if n <= room {
			cut = len(s)
		}
		p.indent(depth + 1)
		p.WriteString(s[:cut])
		p.WriteByte('\n')
		s = s[min(cut+1, len(s)):]
	}
}

// printable reports whether a block of YAML can hold s as it is.
func printable(s string) bool {
	for _, r := range s {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) && r != '\u00a0' {
			return false
		}
	}
	return true
}

// sexagesimal and such look like numbers to readers of YAML 1.1.
var oldNumber = regexp.MustCompile(`^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$|^[-+]?0[0-9_]+$`)

var oldBool = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"}

// spell writes a scalar on one line, plain where every reader of YAML takes that for the same text. own marks scalars that are no text
// (dates, numbers), and need no quotes for looking like it; flow those that stand in brackets.
func spell(s string, own, flow bool) string {
	plain := s != "" && s[0] != ' ' && s[len(s)-1] != ' ' && !strings.ContainsAny(s, "\n\t") && printable(s) &&
		!strings.ContainsRune("?:,[]{}#&*!|>'\"%@`=<", rune(s[0])) && !(s[0] == '-' && (len(s) == 1 || s[1] < '0' || s[1] > '9')) &&
		!strings.Contains(s, ": ") && !strings.Contains(s, " #") && s[len(s)-1] != ':' && !strings.HasPrefix(s, "---") && !strings.HasPrefix(s, "...") &&
		!(flow && strings.ContainsAny(s, ",[]{}:?\"'"))
	if plain && !own {
		n := yaml.Node{Kind: yaml.ScalarNode, Value: s}
		plain = n.ShortTag() == "!!str" && !slices.Contains(oldBool, strings.ToLower(s)) && !oldNumber.MatchString(s)
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r) || r == '\u00a0':
			b.WriteRune(r)
		case r > 0xffff:
			b.WriteString(`\U` + hex(r, 8))
		default:
			b.WriteString(`\u` + hex(r, 4))
		}
	}
	b.WriteByte('"')
	return b.String()
}

func hex(r rune, digits int) string {
	h := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", digits-len(h)) + h
}
