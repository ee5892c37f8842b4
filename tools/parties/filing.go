package main

import (
	"bytes"
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

// writeFiling returns f as YAML with the names of its JSON form, in their order: long lists a line an entry, small maps and lists on one line.
// Read back, it is the same filing.
func writeFiling(f stocktake.Filing, head string) ([]byte, error) {
	var j bytes.Buffer
	enc := json.NewEncoder(&j)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f); err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(j.Bytes(), &doc); err != nil {
		return nil, err
	}
	restyle(&doc)
	var out bytes.Buffer
	out.WriteString(head)
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(&doc); err != nil {
		return nil, err
	}
	return out.Bytes(), e.Close()
}

// restyle drops JSON's quotes, and keeps on one line what is flat and short enough to read so.
func restyle(n *yaml.Node) {
	n.Style = 0
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" && (strings.Contains(n.Value, "\n") || oldWords[strings.ToLower(n.Value)]) {
		n.Style = yaml.DoubleQuotedStyle
	}
	size, flat := 0, n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode
	for _, c := range n.Content {
		restyle(c)
		flat = flat && c.Kind == yaml.ScalarNode
		size += len(c.Value) + 4
	}
	if flat && n.Kind == yaml.MappingNode && size < 160 || flat && n.Kind == yaml.SequenceNode && size < 2000 {
		n.Style = yaml.FlowStyle
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 { // names by language stay on one line whatever their length
		switch k := n.Content[i].Value; k {
		case "names", "formal", "official":
			n.Content[i+1].Style = yaml.FlowStyle
		case "notes", "cannot_show":
			n.Content[i+1].Style = 0
		case "provisions": // a table, a line each
			for _, p := range n.Content[i+1].Content {
				p.Style = yaml.FlowStyle
			}
		}
	}
}

// oldWords are what readers of YAML 1.1 take for true or false: the code of Norway among them.
var oldWords = map[string]bool{"y": true, "n": true, "yes": true, "no": true, "on": true, "off": true}
