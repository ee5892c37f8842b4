// Package draft reads and prints filings as people write them: YAML 1.2, one filing a document, or JSON. It knows the form of a filing
// and nothing of the record: whether an id exists elsewhere, or a day agrees with another source, is not asked here.
//
// The fields are those of stocktake.Filing and its parts, by their json names; docs/filing-format.md explains them to a person, and
// docs/filing.schema.json to a program. Three things are different from the JSON of a filed filing. Text that may one day have to go is a
// plain string. `format` may be left out. And where a filing has exactly one source, whatever needs a source and names none has that one.
package draft

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

const (
	maxBytes  = 64 << 20 // of one input
	maxValues = 4 << 20  // of one input, by a count of what parts values; about 150 bytes of memory each
	maxCopied = 200_000  // values reached through YAML aliases
	maxFaults = 20       // told at once
)

// Parse reads every filing of an input. name is the file's, for messages. An input in which anything is wrong gives no filings and an
// error that joins at most 20 *stocktake.Fault of the kind Invalid, in the order of the input, each with Where as "file:line:column";
// Faults takes them apart. Columns count characters from 1. What Parse returns passes Check.
//
// Scalars are taken as written where the field is text: 2018, NO and 012 stay what they are. A field that is there without a value, or
// null, counts as left out. Key order does not matter; a field named twice, or one that does not exist, is an error. So are inputs of more
// than 64 MiB, text that is not UTF-8, and YAML aliases that unfold to more than 200,000 values.
func Parse(name string, data []byte) ([]stocktake.Filing, error) {
	return parse(name, data, true)
}

// Faults takes apart what Parse and Check return: every Fault in err, in order. An error without one gives none.
func Faults(err error) []*stocktake.Fault {
	switch e := err.(type) {
	case nil:
		return nil
	case *stocktake.Fault:
		return []*stocktake.Fault{e}
	case interface{ Unwrap() []error }:
		var list []*stocktake.Fault
		for _, part := range e.Unwrap() {
			list = append(list, Faults(part)...)
		}
		return list
	}
	return Faults(errors.Unwrap(err))
}

func parse(name string, data []byte, check bool) ([]stocktake.Filing, error) {
	if f := readable(name, data); f != nil {
		return nil, f
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	d := &decoder{file: name}
	var filings []stocktake.Filing
	syntax := documents(name, data, func(doc *yaml.Node) bool {
		for _, root := range roots(doc) {
			filings = append(filings, d.filing(root, check))
			if d.stopped || len(d.faults) > maxFaults {
				return false
			}
		}
		return true
	})
	if syntax != nil {
		d.faults = append(d.faults, placed{fault: syntax})
	}
	if len(d.faults) == 0 && len(filings) == 0 {
		return nil, stocktake.Invalidf("there is no filing in it").At(name + ":1:1").Hinted("a filing begins with `key:` and `title:`")
	}
	if len(d.faults) == 0 {
		return filings, nil
	}
	list := make([]error, 0, maxFaults+1)
	for i, p := range d.faults {
		if i == maxFaults {
			list = append(list, stocktake.Invalidf("there is more to mend").At(name).Hinted("these %d first, then try again", maxFaults))
			break
		}
		list = append(list, p.fault)
	}
	return nil, errors.Join(list...)
}

// readable refuses what no reader should be given: too much, or what is not text.
func readable(name string, data []byte) *stocktake.Fault {
	if len(data) > maxBytes {
		return stocktake.Invalidf("the input has %d bytes; %d (64 MiB) is the most", len(data), maxBytes).At(name).Hinted("split it into several files")
	}
	line, start, values := 1, 0, 0
	where := func(at int) string {
		return fmt.Sprintf("%s:%d:%d", name, line, utf8.RuneCount(data[start:at])+1)
	}
	for i := 0; i < len(data); {
		c := data[i]
		switch {
		case c == '\n':
			i++
			line, start = line+1, i
			values++
		case c == ',' || c == ':' || c == '[' || c == '{' || c == '-':
			i++
			values++
		case c >= ' ' && c < 0x7f || c == '\t' || c == '\r':
			i++
		default:
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				return stocktake.Invalidf("byte %d of the input (%#02x) is not UTF-8", i, c).At(where(i)).Hinted("save the file as UTF-8")
			}
			if control(r) && !(r == 0xfeff && i == 0) {
				return stocktake.Invalidf("the input holds the control character U+%04X", r).At(where(i)).Hinted("take it out")
			}
			i += n
		}
	}
	// Prose has commas and dashes too, so the count is only looked at where it could matter.
	if values > maxValues {
		return stocktake.Invalidf("the input holds about %d values; %d is the most", values, maxValues).At(name).Hinted("split it into several files")
	}
	return nil
}

// control reports whether r is a character that no text of a record holds: controls other than tab and line breaks, and those that
// YAML does not allow.
func control(r rune) bool {
	switch {
	case r == '\t' || r == '\n':
		return false
	case r < ' ' || r >= 0x7f && r < 0xa0:
		return true
	}
	return r == 0xfeff || r == 0xfffe || r == 0xffff
}

// documents calls do with each document of the input, in order, until do returns false, and returns what is wrong with the syntax.
func documents(name string, data []byte, do func(*yaml.Node) bool) (fault *stocktake.Fault) {
	var inJSON *stocktake.Fault
	if t := bytes.TrimLeft(data, " \t\r\n"); len(t) > 0 && (t[0] == '{' || t[0] == '[') {
		list, f := readJSON(name, data)
		if f == nil {
			for _, n := range list {
				if !do(n) {
					break
				}
			}
			return nil
		}
		// YAML may begin with a brace too. Its own verdict counts only where it can read the whole.
		inJSON = f
		if probe(data) != nil {
			return inJSON
		}
	}
	defer func() {
		if r := recover(); r != nil { // the reader panics on some broken inputs
			fault = stocktake.Invalidf("the YAML cannot be read").At(name).Hinted("%v", r)
		}
	}()
	r := yaml.NewDecoder(bytes.NewReader(as11(data)))
	for {
		var n yaml.Node
		switch err := r.Decode(&n); {
		case err == nil:
			if !do(&n) {
				return nil
			}
		case err == io.EOF:
			return nil
		default:
			return yamlFault(name, data, err)
		}
	}
}

// as11 says YAML 1.1 where a document says that it is YAML 1.2, which the reader reads all the same but does not know by number.
func as11(data []byte) []byte {
	const directive = "%YAML 1.2"
	if bytes.HasPrefix(data, []byte(directive)) || bytes.Contains(data, []byte("\n"+directive)) {
		data = bytes.ReplaceAll(append([]byte("\n"), data...), []byte("\n"+directive), []byte("\n%YAML 1.1"))[1:]
	}
	return data
}

// probe reads YAML to its end and returns the first error.
func probe(data []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	r := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var n yaml.Node
		if err := r.Decode(&n); err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
	}
}

// roots returns the filings of a document: the document itself, the members of a list, or nothing where it is empty.
func roots(doc *yaml.Node) []*yaml.Node {
	n := doc
	if n.Kind == yaml.DocumentNode {
		if len(n.Content) == 0 {
			return nil
		}
		n = n.Content[0]
	}
	switch {
	case n.Kind == yaml.SequenceNode:
		return n.Content
	case absent(n):
		return nil
	}
	return []*yaml.Node{n}
}

// syntaxHelp translates what the YAML reader says into what a person can do. The first part that occurs counts.
var syntaxHelp = []struct{ says, what, hint string }{
	{"found character that cannot start any token", "a value begins with a character that YAML keeps for itself", "indent with spaces, not tabs; put quotes around a value that begins with @, ` or %"},
	{"found a tab character", "the line is indented with a tab", "indent with spaces"},
	{"mapping values are not allowed", "there is a second `: ` in this line, or the line is indented too far", "put quotes around a value that holds `: `"},
	{"could not find expected ':'", "a line of this value has no `name: value`", "put quotes around a value of several lines, or write it under `|`"},
	{"did not find expected key", "the line does not fit the indentation above it", "give all fields of one thing the same indentation, and quotes to a value that begins with a quote"},
	{"did not find expected '-' indicator", "the line does not fit the list above it", "begin each member of a list with `- `, all at the same indentation"},
	{"did not find expected ',' or", "a list or table in brackets does not end where it should", "put commas between its members and close it"},
	{"found unexpected end of stream", "a quoted value never ends", "close the quotes"},
	{"did not find expected alphabetic or numeric character", "a value begins with * or &, which YAML keeps for itself", "put quotes around the value"},
	{"unknown anchor", "the value repeats something that has no name here", "write it out, or put quotes around a value that begins with *"},
	{"found unknown escape character", "a backslash in double quotes is followed by something it does not go with", `double the backslash, or use single quotes`},
	{"block sequence entries are not allowed", "a list begins in the middle of a line", "begin it on a line of its own, with `- ` before each member"},
	{"exceeded max depth", "the input is nested too deeply", "a filing has at most six levels"},
}

// yamlFault turns an error of the YAML reader into a fault. The reader gives a line at most; the column is that of the line's first
// character that is not a space.
func yamlFault(name string, data []byte, err error) *stocktake.Fault {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		if n, tail, ok := strings.Cut(rest, ": "); ok {
			if v, err := strconv.Atoi(n); err == nil {
				line, text = v, tail
			}
		}
	}
	lines := bytes.Split(data, []byte("\n"))
	line = min(line, len(lines))
	if name, ok := strings.CutPrefix(text, "unknown anchor '"); ok { // the one error without a line
		name, _, _ = strings.Cut(name, "'")
		if i := bytes.Index(data, []byte("*"+name)); i >= 0 {
			line = 1 + bytes.Count(data[:i], []byte("\n"))
		}
	}
	col := len(lines[line-1]) - len(bytes.TrimLeft(lines[line-1], " ")) + 1
	f := stocktake.Invalidf("not readable as YAML: %s", text).Hinted("mind indentation, quotes and colons near this line")
	for _, h := range syntaxHelp {
		if strings.Contains(text, h.says) {
			f = stocktake.Invalidf("%s", h.what).Hinted("%s", h.hint)
			break
		}
	}
	f.Err = err
	return f.At(fmt.Sprintf("%s:%d:%d", name, line, col))
}

// byPlace orders faults as the input has them.
func byPlace(list []placed) {
	slices.SortStableFunc(list, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.col, b.col))
	})
}
