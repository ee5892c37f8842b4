package draft

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

// A placed fault knows its place in numbers, to be put in order.
type placed struct {
	line, col int
	fault     *stocktake.Fault
}

// A decoder lays nodes onto the structs of package stocktake by their json names.
type decoder struct {
	file    string
	faults  []placed
	stopped bool // no more is read

	told   map[string]bool // trails in the present filing about which a fault was told
	alias  *yaml.Node      // the outermost alias through which the present value was reached
	copied int             // values reached through aliases
}

// enough faults of one filing to choose the first maxFaults in order; what is more is not collected.
const enough = 10 * maxFaults

func (d *decoder) tell(n *yaml.Node, tr *trail, f *stocktake.Fault) {
	if tr != nil && d.told != nil {
		d.told[tr.String()] = true
	}
	if d.alias != nil {
		n = d.alias
	}
	d.tellAt(n.Line, n.Column, f)
}

func (d *decoder) tellAt(line, col int, f *stocktake.Fault) {
	if len(d.faults) < enough {
		d.faults = append(d.faults, placed{line, col, f.At(fmt.Sprintf("%s:%d:%d", d.file, line, col))})
	}
}

// filing reads one filing and tells what is wrong with it.
func (d *decoder) filing(n *yaml.Node, check bool) stocktake.Filing {
	var f stocktake.Filing
	before := len(d.faults)
	d.told = map[string]bool{}
	d.value(n, reflect.ValueOf(&f).Elem(), nil)
	if d.stopped {
		return f
	}
	if f.Format == "" {
		f.Format = stocktake.Format
	}
	inheritSource(&f)
	if check {
		d.check(n, &f, before)
	}
	byPlace(d.faults[before:])
	return f
}

// check puts the problems that Check finds where they stand in the input. What the decoder has told of already is not told again.
func (d *decoder) check(n *yaml.Node, f *stocktake.Filing, before int) {
	if r := target(n); r.Kind != yaml.MappingNode {
		return
	}
	sources := false // whether something about the sources was wrong; then what is missing elsewhere may follow from that
	for t := range d.told {
		sources = sources || t == "sources" || strings.HasPrefix(t, "sources/")
	}
	for _, p := range problems(f) {
		if d.knows(p.path) || slices.ContainsFunc(p.unless, d.knows) || sources && strings.HasSuffix(p.path, "/source") || p.path == "" && len(d.faults) > before {
			continue
		}
		line, col := d.locate(n, p.path)
		d.tellAt(line, col, p.says)
	}
}

// knows reports whether a fault was told about a trail or something that it lies in.
func (d *decoder) knows(path string) bool {
	for {
		if d.told[path] {
			return true
		}
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			return false
		}
		path = path[:i]
	}
}

// locate returns the place of a trail, or of the nearest thing around it that is in the input.
func (d *decoder) locate(n *yaml.Node, path string) (line, col int) {
	line, col = n.Line, n.Column
	for path != "" && n.Kind != yaml.AliasNode {
		var step string
		step, path, _ = strings.Cut(path, "/")
		var next *yaml.Node
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == step {
					next = n.Content[i+1]
				}
			}
		case yaml.SequenceNode:
			if i, err := strconv.Atoi(step); err == nil && i < len(n.Content) {
				next = n.Content[i]
			}
		}
		if next == nil {
			break
		}
		n = next
		line, col = n.Line, n.Column
	}
	return line, col
}

// target follows an alias to what it stands for.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// inheritSource gives the one source of a filing to whatever needs a source and names none.
func inheritSource(f *stocktake.Filing) {
	if len(f.Sources) != 1 {
		return
	}
	give := func(s *stocktake.SourceID) {
		if *s == "" {
			*s = f.Sources[0].ID
		}
	}
	for i := range f.Coverage {
		give(&f.Coverage[i].Source)
	}
	for i := range f.Texts {
		give(&f.Texts[i].Source)
	}
	for i := range f.RollCalls {
		give(&f.RollCalls[i].Source)
	}
	for i := range f.Acts {
		give(&f.Acts[i].Source)
	}
	for i := range f.Measures {
		give(&f.Measures[i].Source)
	}
	if f.Statement != nil {
		give(&f.Statement.Source)
	}
	for i := range f.Answers {
		give(&f.Answers[i].Source)
	}
	for i := range f.Tables {
		give(&f.Tables[i].Source)
	}
	for i := range f.Replies {
		give(&f.Replies[i].Source)
	}
	for i := range f.Recommended {
		give(&f.Recommended[i].Source)
	}
}

// absent reports whether a node says nothing: no value at all, or null as JSON writes it.
func absent(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&^yaml.FlowStyle == 0 && (n.Value == "" || n.Value == "null")
}

// value reads n into v, which is settable and zero.
func (d *decoder) value(n *yaml.Node, v reflect.Value, tr *trail) {
	if d.stopped {
		return
	}
	if n.Kind == yaml.AliasNode {
		// No type of the format holds itself, so an alias to something around it ends at a value of the wrong kind.
		outermost := d.alias == nil
		if outermost {
			d.alias = n
		}
		d.value(n.Alias, v, tr)
		if outermost {
			d.alias = nil
		}
		return
	}
	if d.alias != nil {
		if d.copied++; d.copied > maxCopied {
			d.tell(n, tr, stocktake.Invalidf("the aliases (*name) of this input unfold to more than %d values", maxCopied).Hinted("write the values out"))
			d.stopped = true
			return
		}
	}
	if n.Style&yaml.TaggedStyle != 0 {
		d.tell(n, tr, stocktake.Invalidf("%s is a YAML tag; filings have none", n.Tag).Hinted("take it out; text that looks like something else needs quotes at most"))
		return
	}
	if absent(n) && tr != nil && tr.name != "" {
		return
	}
	t := v.Type()
	switch {
	case written(t) || t.Kind() == reflect.String || t.Kind() == reflect.Bool || t.Kind() == reflect.Int || t.Kind() == reflect.Int64:
		d.scalar(n, v, tr)
	case t.Kind() == reflect.Struct:
		d.table(n, v, tr)
	case t.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		d.value(n, v.Elem(), tr)
	case t.Kind() == reflect.Slice:
		d.list(n, v, tr)
	case t.Kind() == reflect.Map:
		d.words(n, v, tr)
	default:
		panic("draft: no form for " + t.String())
	}
}

// label names what a trail ends in, for messages.
func label(tr *trail) string {
	switch {
	case tr == nil:
		return "a filing"
	case tr.name != "":
		return tr.name
	case tr.up != nil:
		return "a member of " + label(tr.up)
	}
	return "this"
}

// found names what stands there, for messages.
func found(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a table of fields"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.Value == "" {
		return "nothing"
	}
	return quoted(n.Value)
}

func quoted(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return strconv.Quote(s)
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, tr *trail) {
	if n.Kind != yaml.ScalarNode {
		f := stocktake.Invalidf("%s is one value; here is %s", label(tr), found(n))
		switch {
		case v.Type() == sheetedType && n.Kind == yaml.MappingNode:
			f = f.Hinted("a draft holds the words themselves, as text; the commitment is made when it is filed")
		case n.Kind == yaml.SequenceNode && len(n.Content) == 1:
			f = f.Hinted("take the `- ` or the brackets away")
		default:
			f = f.Hinted("%s", example(v.Type()))
		}
		d.tell(n, tr, f)
		return
	}
	bad := func(f *stocktake.Fault) { d.tell(n, tr, f) }
	switch v.Type() {
	case sheetedType:
		v.Set(reflect.ValueOf(stocktake.Plain(n.Value)))
		return
	case dateType:
		if n.Value == "" {
			return
		}
		date, err := stocktake.ParseDate(n.Value)
		if err != nil {
			bad(stocktake.Invalidf("%s: %s", label(tr), err))
			return
		}
		v.Set(reflect.ValueOf(date))
		return
	case actKindType:
		kind, err := stocktake.ParseActKind(n.Value)
		if err != nil {
			bad(unknown(n.Value, "no kind of act", actKindNames()))
			return
		}
		v.Set(reflect.ValueOf(kind))
		return
	case phaseType:
		phase, err := stocktake.ParsePhase(n.Value)
		if err != nil {
			bad(unknown(n.Value, "no phase of an act", phaseNames))
			return
		}
		v.Set(reflect.ValueOf(phase))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Value)
	case reflect.Bool:
		switch {
		case n.Style == 0 && n.Value == "true":
			v.SetBool(true)
		case n.Style == 0 && n.Value == "false":
			v.SetBool(false)
		default:
			bad(stocktake.Invalidf("%s is true or false; here is %s", label(tr), found(n)).Hinted("write true, or leave the field out"))
		}
	default:
		i, err := strconv.ParseInt(n.Value, 10, 64)
		if err != nil || n.Style != 0 || n.Value != strconv.FormatInt(i, 10) || v.OverflowInt(i) {
			bad(stocktake.Invalidf("%s is a whole number; here is %s", label(tr), found(n)).Hinted("digits only, without quotes, such as 12"))
			return
		}
		v.SetInt(i)
	}
}

// example says what a value of type t looks like.
func example(t reflect.Type) string {
	switch {
	case t == dateType:
		return "write a date, such as 2018-12-19, 2018-12 or 2018"
	case t == actKindType:
		return "write one word, such as ratification"
	case t.Kind() == reflect.Bool:
		return "write true or leave the field out"
	case t.Kind() == reflect.Int || t.Kind() == reflect.Int64:
		return "write a number"
	}
	return "write text; put quotes around it where it holds `: ` or begins with a bracket"
}

func (d *decoder) table(n *yaml.Node, v reflect.Value, tr *trail) {
	s := shapeOf(v.Type())
	if n.Kind != yaml.MappingNode {
		f := stocktake.Invalidf("%s is a table of fields; here is %s", label(tr), found(n))
		names := s.names()
		if n.Kind == yaml.SequenceNode {
			f = f.Hinted("take the `- ` away; only one can be here")
		} else {
			f = f.Hinted("write `%s: ...`, each field on a line of its own", names[min(len(names)-1, firstRequired(s))])
		}
		d.tell(n, tr, f)
		return
	}
	seen := make([]*yaml.Node, len(s.fields)) // keys
	said := make([]bool, len(s.fields))       // keys with a value
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		k := target(key)
		if k.Kind != yaml.ScalarNode {
			d.tell(key, nil, stocktake.Invalidf("the name of a field is a word; here is %s", found(k)).Hinted("fields here: %s", strings.Join(s.names(), ", ")))
			continue
		}
		if k.Value == "<<" && k.Style == 0 {
			d.tell(key, nil, stocktake.Invalidf("`<<` is not part of YAML 1.2").Hinted("write the fields out"))
			continue
		}
		at, ok := s.byName[k.Value]
		if !ok {
			d.tell(key, nil, unknownField(k.Value, s))
			continue
		}
		if seen[at] != nil {
			d.tell(key, nil, stocktake.Invalidf("%s is here twice; the first is in line %d", k.Value, seen[at].Line).Hinted("take one of them out"))
			continue
		}
		seen[at] = key
		d.value(val, v.Field(s.fields[at].at), &trail{up: tr, name: k.Value})
		if t := target(val); !absent(t) {
			said[at] = true
		}
	}
	for i, f := range s.fields {
		if f.required && !said[i] && mayBeZero(v.Field(f.at).Type()) {
			d.tell(n, &trail{up: tr, name: f.name}, missing(s.name, f.name))
		}
	}
}

func firstRequired(s *shape) int {
	for i, f := range s.fields {
		if f.required {
			return i
		}
	}
	return 0
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, tr *trail) {
	if n.Kind != yaml.SequenceNode {
		f := stocktake.Invalidf("%s is a list; here is %s", label(tr), found(n))
		if n.Kind == yaml.ScalarNode {
			f = f.Hinted("write [%s], or each member on a line of its own after `- `", n.Value)
		} else {
			f = f.Hinted("put `- ` before the first field of each member")
		}
		d.tell(n, tr, f)
		return
	}
	if len(n.Content) == 0 {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, c := range n.Content {
		at := &trail{up: tr, at: i}
		if absent(c) {
			d.tell(c, at, stocktake.Invalidf("member %d of %s is empty", i+1, label(tr)).Hinted("write it after the `- `, or take the line out"))
			continue
		}
		d.value(c, v.Index(i), at)
		if d.stopped {
			return
		}
	}
}

// words reads a table whose keys are free, such as names by language.
func (d *decoder) words(n *yaml.Node, v reflect.Value, tr *trail) {
	if n.Kind != yaml.MappingNode {
		d.tell(n, tr, stocktake.Invalidf("%s is a table of words by key; here is %s", label(tr), found(n)).Hinted("such as `%s: {en: Hungary}`", label(tr)))
		return
	}
	if len(n.Content) == 0 {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := target(n.Content[i]), n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Value == "" {
			d.tell(n.Content[i], tr, stocktake.Invalidf("a key of %s is a word", label(tr)).Hinted("such as en"))
			continue
		}
		if at, ok := lines[key.Value]; ok {
			d.tell(n.Content[i], nil, stocktake.Invalidf("%s is here twice; the first is in line %d", key.Value, at).Hinted("take one of them out"))
			continue
		}
		lines[key.Value] = n.Content[i].Line
		word := reflect.New(v.Type().Elem()).Elem()
		at := &trail{up: tr, name: key.Value}
		if absent(val) {
			d.tell(val, at, stocktake.Invalidf("%s has no value", key.Value).Hinted("write one, or take the line out"))
			continue
		}
		d.value(val, word, at)
		v.SetMapIndex(reflect.ValueOf(key.Value), word)
	}
}
