package intake

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"go.yaml.in/yaml/v3"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// fromMarkdown reads CommonMark with tables, struck-out text, footnotes and task lists, and the head of settings that sites put before it.
func (t *Text) fromMarkdown(b []byte, j job) error {
	src := []byte(lines(t.decode(b, j.Charset)))
	head, src := frontMatter(src)
	if head != nil {
		t.Title, t.Lang = head.Title, head.Lang
		t.note("Left out: the settings before the text.")
	}
	md := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Footnote, extension.TaskList, extension.DefinitionList))
	m := &marked{src: src}
	m.block(md.Parser().Parse(gtext.NewReader(src)))
	text := clean(m.String())
	if t.Title != "" && !strings.HasPrefix(alike(text), alike(t.Title)) {
		text = t.Title + "\n\n" + text
		t.note("The title was taken from the settings before the text.")
	}
	if m.pictures > 0 {
		t.note("Left out: %s.", times(m.pictures, "picture", "pictures"))
	}
	t.Text = text
	if strings.TrimSpace(text) == "" {
		return errNoText("choose the file that has the text in it, or paste the text")
	}
	return nil
}

// head is what of the settings is of use.
type head struct {
	Title string `yaml:"title"`
	Lang  string `yaml:"lang"`
}

// frontMatter parts the settings before a text, between lines of three hyphens, from the text. What is no YAML mapping is text.
func frontMatter(src []byte) (*head, []byte) {
	rest, ok := bytes.CutPrefix(src, []byte("---\n"))
	if !ok {
		return nil, src
	}
	i := bytes.Index(rest, []byte("\n---\n"))
	if i < 0 || i > 64<<10 {
		return nil, src
	}
	var fields map[string]any
	if yaml.Unmarshal(rest[:i+1], &fields) != nil || len(fields) == 0 {
		return nil, src
	}
	h := &head{}
	h.Title, _ = fields["title"].(string)
	h.Lang, _ = fields["lang"].(string)
	if h.Lang == "" {
		h.Lang, _ = fields["language"].(string)
	}
	h.Title = strings.Join(strings.Fields(h.Title), " ")
	return h, rest[i+5:]
}

// marked writes a Markdown tree onto a sheet.
type marked struct {
	sheet
	src      []byte
	depth    int // of lists
	pictures int
}

func (m *marked) children(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		m.block(c)
	}
}

// block writes a block or inline node.
func (m *marked) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		v := n.Segment.Value(m.src)
		if !n.IsRaw() {
			v = util.UnescapePunctuations(util.ResolveNumericReferences(util.ResolveEntityNames(v)))
		}
		m.words(string(v))
		if n.HardLineBreak() {
			m.gap(1)
		} else if n.SoftLineBreak() {
			m.space = true
		}
	case *ast.String:
		m.words(string(n.Value))
	case *ast.CodeSpan, *ast.Emphasis, *ast.Link, *east.Strikethrough:
		m.children(n)
	case *ast.AutoLink:
		m.words(string(n.Label(m.src)))
	case *ast.Image:
		m.pictures++
	case *ast.RawHTML:
		for i := range n.Segments.Len() {
			s := n.Segments.At(i)
			if tag := strings.ToLower(string(s.Value(m.src))); strings.HasPrefix(tag, "<br") {
				m.gap(1)
			}
		}
	case *ast.HTMLBlock:
		m.gap(2)
		m.html(n)
		m.gap(2)
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		m.gap(2)
		m.raw = true
		for i := range n.Lines().Len() {
			s := n.Lines().At(i)
			m.words(string(s.Value(m.src)))
		}
		m.raw = false
		m.gap(2)
	case *ast.ThematicBreak:
		m.gap(2)
	case *ast.List:
		m.list(n)
	case *ast.TextBlock:
		m.gap(1)
		m.children(n)
		m.gap(1)
	case *east.TableHeader:
		m.cells(n)
	case *east.TableRow:
		m.cells(n)
	case *east.FootnoteLink:
		m.words("[" + strconv.Itoa(n.Index) + "]")
	case *east.FootnoteBacklink:
	case *east.Footnote:
		m.gap(1)
		m.mark("[" + strconv.Itoa(n.Index) + "] ")
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			m.children(c)
		}
		m.gap(1)
	case *east.TaskCheckBox:
		if n.IsChecked {
			m.words("[x] ")
		} else {
			m.words("[ ] ")
		}
	case *ast.LinkReferenceDefinition:
	default: // document, paragraphs, headings, quotations, tables, lists of footnotes, definitions
		m.gap(2)
		m.children(n)
		m.gap(2)
	}
}

// html writes a block of HTML that stands in Markdown.
func (m *marked) html(n *ast.HTMLBlock) {
	var b bytes.Buffer
	for i := range n.Lines().Len() {
		s := n.Lines().At(i)
		b.Write(s.Value(m.src))
	}
	if n.HasClosure() {
		b.Write(n.ClosureLine.Value(m.src))
	}
	nodes, err := html.ParseFragment(&b, &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		return
	}
	var r renderer
	for _, x := range nodes {
		r.render(x)
	}
	m.raw = true
	m.words(r.String())
	m.raw = false
}

// list writes a list with the marks that its author chose.
func (m *marked) list(l *ast.List) {
	around := 2
	if m.depth > 0 {
		around = 1
	}
	m.gap(around)
	m.depth++
	number := l.Start
	for c := l.FirstChild(); c != nil; c = c.NextSibling() {
		mark := string(l.Marker) + " "
		if l.IsOrdered() {
			mark = strconv.Itoa(number) + mark
			number++
		}
		m.mark(strings.Repeat("  ", m.depth-1) + mark)
		for k := c.FirstChild(); k != nil; k = k.NextSibling() {
			if p, ok := k.(*ast.Paragraph); ok && c.ChildCount() == 1 { // an entry of a list with empty lines between its entries
				m.gap(1)
				m.children(p)
				m.gap(1)
				continue
			}
			if k == c.FirstChild() {
				m.want = min(m.want, around)
				m.gap(1)
				m.children(k)
				m.gap(1)
				continue
			}
			m.block(k)
		}
		m.marker = ""
		m.gap(1)
		if !l.IsTight && c.ChildCount() > 1 {
			m.gap(2)
		}
	}
	m.depth--
	m.gap(around)
}

// cells writes a row of a table.
func (m *marked) cells(row ast.Node) {
	m.gap(1)
	for c := row.FirstChild(); c != nil; c = c.NextSibling() {
		if c != row.FirstChild() {
			m.tab()
		}
		m.children(c)
	}
	m.gap(1)
}
