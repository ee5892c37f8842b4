package draft

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

// readJSON reads one or more JSON values, one after another, into the same nodes that YAML gives, with lines and columns. JSON is read by
// itself because YAML readers do not take all of it: values one after another, and characters beyond U+FFFF written as two escapes.
func readJSON(name string, data []byte) ([]*yaml.Node, *stocktake.Fault) {
	r := &jsonReader{data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1}
	r.dec.UseNumber()
	var list []*yaml.Node
	for {
		n, err := r.value(0)
		switch {
		case err == io.EOF:
			return list, nil
		case err != nil:
			return nil, r.fault(name, err)
		}
		list = append(list, n)
	}
}

type jsonReader struct {
	data       []byte
	dec        *json.Decoder
	at         int // byte up to which lines are counted
	line       int // the line of at
	start      int // byte at which that line begins
	begin, end int // the token read last
}

const maxJSONDepth = 100

var errTooDeep = errors.New("the input is nested too deeply; a filing has at most six levels")

// token reads one token and notes where it begins and ends.
func (r *jsonReader) token() (json.Token, error) {
	i := int(r.dec.InputOffset())
	for i < len(r.data) && strings.IndexByte(" \t\r\n,:", r.data[i]) >= 0 {
		i++
	}
	t, err := r.dec.Token()
	r.begin, r.end = i, int(r.dec.InputOffset())
	return t, err
}

func (r *jsonReader) place(at int) (line, col int) {
	for ; r.at < at; r.at++ {
		if r.data[r.at] == '\n' {
			r.line, r.start = r.line+1, r.at+1
		}
	}
	if at < r.start {
		return r.line, 1
	}
	return r.line, utf8.RuneCount(r.data[r.start:at]) + 1
}

func (r *jsonReader) value(depth int) (*yaml.Node, error) {
	t, err := r.token()
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.ScalarNode}
	n.Line, n.Column = r.place(r.begin)
	switch t := t.(type) {
	case json.Delim:
		if depth > maxJSONDepth {
			return nil, errTooDeep
		}
		n.Kind = yaml.SequenceNode
		if t == '{' {
			n.Kind = yaml.MappingNode
		}
		for r.dec.More() { // keys of an object come as strings, so both kinds are read alike
			c, err := r.value(depth + 1)
			if err != nil {
				return nil, unfinished(err)
			}
			n.Content = append(n.Content, c)
		}
		_, err := r.token()
		return n, unfinished(err)
	case string:
		n.Value, n.Style = t, yaml.DoubleQuotedStyle
		raw := r.data[r.begin:r.end]
		if strings.ContainsRune(t, utf8.RuneError) && !bytes.Contains(raw, []byte("\uFFFD")) && !bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`)) {
			return nil, errors.New("half of a surrogate pair stands alone")
		}
	case json.Number:
		n.Value = t.String()
	case bool:
		n.Value = fmt.Sprint(t)
	case nil:
		n.Value, n.Tag = "null", "!!null"
	}
	return n, nil
}

func unfinished(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (r *jsonReader) fault(name string, err error) *stocktake.Fault {
	at := r.begin
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = max(int(syntax.Offset)-1, 0)
		for at < len(r.data)-1 && strings.IndexByte(" \t\r\n", r.data[at]) >= 0 {
			at++
		}
	}
	if err == io.ErrUnexpectedEOF {
		at = len(r.data)
	}
	at = min(at, len(r.data))
	line := 1 + bytes.Count(r.data[:at], []byte("\n"))
	col := utf8.RuneCount(r.data[bytes.LastIndexByte(r.data[:at], '\n')+1:at]) + 1
	f := stocktake.Invalidf("not readable as JSON: %s", err).Hinted("mind quotes, commas and brackets just before this place")
	f.Err = err
	return f.At(fmt.Sprintf("%s:%d:%d", name, line, col))
}
