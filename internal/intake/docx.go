package intake

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"stocktake"
)

const (
	largestPart = 96 << 20 // bytes that one part of a document may have when unpacked
	mostParts   = 20_000   // entries of its zip directory
	deepestPart = 200      // elements within each other
)

// fromDOCX reads a document of a word processor (ECMA-376, Office Open XML): the text as it stands once all tracked changes are accepted.
func (t *Text) fromDOCX(b []byte, _ job) error {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return stocktake.Invalidf("is a damaged zip file, as DOCX files are").Hinted("it may be cut off: get it again, or open it and save it anew")
	}
	if len(z.File) > mostParts {
		return stocktake.Invalidf("has %d parts, more than any document", len(z.File)).Hinted("open it in a word processor and save it anew, or paste its text")
	}
	d := &document{t: t, z: z}
	if err := d.known(); err != nil {
		return err
	}
	main, err := d.mainPart()
	if err != nil {
		return err
	}
	dir := path.Dir(main)
	d.properties()
	if err := d.readStyles(path.Join(dir, "styles.xml")); err != nil {
		return err
	}
	if err := d.readNumbering(path.Join(dir, "numbering.xml")); err != nil {
		return err
	}
	for _, kind := range []string{"footnote", "endnote"} {
		if err := d.readNotes(kind, path.Join(dir, kind+"s.xml")); err != nil {
			return err
		}
	}
	s := &story{d: d}
	if err := d.eachElement(main, s); err != nil {
		return err
	}
	s.flush()
	s.notes()
	for _, f := range z.File {
		if name := path.Base(f.Name); path.Dir(f.Name) == dir && (strings.HasPrefix(name, "header") || strings.HasPrefix(name, "footer")) {
			t.note("Left out: what stands at the head and foot of each page.")
			break
		}
	}
	for _, x := range []struct {
		n    int
		what string
	}{{d.deleted, "words deleted in tracked changes"}, {d.hidden, "hidden words"}, {d.comments, "comments"}} {
		if x.n > 0 {
			t.note("Left out: %s (%s).", x.what, times(x.n, "place", "places"))
		}
	}
	if d.inserted > 0 {
		t.flag("The document has tracked changes that nobody has accepted yet (%d insertions, %d deletions); it was read as if all were accepted.", d.inserted, d.deleted)
	}
	t.Text = clean(s.String())
	if strings.TrimSpace(t.Text) == "" {
		return errNoText("it may consist of pictures; use a file with text in it, or type or paste the text")
	}
	return nil
}

// document is a DOCX file.
type document struct {
	t         *Text
	z         *zip.Reader
	styles    map[string]style
	defaults  style
	abstracts map[string]map[int]level // by abstractNumId
	numbers   map[string]numbering     // by numId
	counts    map[string]*[9]int
	noteText  map[string]string // by kind and id

	deleted, inserted, hidden, comments int
}

// known refuses other kinds of zip file by name.
func (d *document) known() error {
	for _, f := range d.z.File {
		name := f.Name
		switch {
		case name == "mimetype":
			b, err := d.part(name)
			if err == nil && strings.HasPrefix(string(b), "application/vnd.oasis.opendocument") {
				return stocktake.Invalidf("is an OpenDocument file").Hinted("open it and save it as DOCX or PDF, or paste its text")
			}
			if err == nil && strings.HasPrefix(string(b), "application/epub") {
				return stocktake.Invalidf("is an e-book (EPUB)").Hinted("paste the text of the statement alone")
			}
		case strings.HasPrefix(name, "xl/"):
			return stocktake.Invalidf("is a spreadsheet").Hinted("paste its text; `stocktake import` takes tables")
		case strings.HasPrefix(name, "ppt/"):
			return stocktake.Invalidf("is a presentation").Hinted("save it as PDF, or paste its text")
		case strings.EqualFold(name, "Index/Document.iwa"):
			return stocktake.Invalidf("is a Pages document").Hinted("export it as DOCX or PDF, or paste its text")
		}
	}
	return nil
}

// part returns one part unpacked, or nil where there is none.
func (d *document) part(name string) ([]byte, error) {
	for _, f := range d.z.File {
		if !strings.EqualFold(strings.TrimPrefix(f.Name, "/"), name) {
			continue
		}
		if f.Flags&1 != 0 {
			return nil, stocktake.Invalidf("is protected by a password").Hinted("open it, and save it without one")
		}
		r, err := f.Open()
		if err != nil {
			return nil, damaged(name, err)
		}
		defer r.Close()
		b, err := io.ReadAll(io.LimitReader(r, largestPart+1))
		if err != nil {
			return nil, damaged(name, err)
		}
		if len(b) > largestPart {
			return nil, stocktake.Invalidf("unpacks to more than %d MiB (its part %s)", largestPart>>20, name).Hinted("no statement is that long: open it in a word processor, and copy out the text")
		}
		return b, nil
	}
	return nil, nil
}

func damaged(part string, err error) error {
	f := stocktake.Invalidf("is damaged in its part %s", part).Hinted("get it again, or open it in a word processor and save it anew")
	f.Err = err
	return f
}

// mainPart returns the name of the part with the text, by the relations of the package.
func (d *document) mainPart() (string, error) {
	b, err := d.part("_rels/.rels")
	if err != nil {
		return "", err
	}
	var rels struct {
		List []struct {
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	name := "word/document.xml"
	if b != nil && xml.Unmarshal(b, &rels) == nil {
		for _, r := range rels.List {
			if strings.HasSuffix(r.Type, "/officeDocument") {
				name = strings.TrimPrefix(path.Clean("/"+r.Target), "/")
			}
		}
	}
	for _, f := range d.z.File {
		if strings.EqualFold(strings.TrimPrefix(f.Name, "/"), name) {
			return name, nil
		}
	}
	return "", stocktake.Invalidf("is a zip file, but no DOCX document").Hinted("unpack it, and choose the document that is in it; what can be read is %s", Known)
}

// properties reads title and language.
func (d *document) properties() {
	b, err := d.part("docProps/core.xml")
	if err != nil || b == nil {
		return
	}
	var p struct {
		Title string `xml:"title"`
		Lang  string `xml:"language"`
	}
	if xml.Unmarshal(b, &p) == nil {
		if title := strings.Join(strings.Fields(p.Title), " "); !fileLike(title) {
			d.t.Title = title
		}
		d.t.Lang = strings.TrimSpace(p.Lang)
	}
}

// fileLike reports titles that programs give by themselves.
func fileLike(title string) bool {
	low := strings.ToLower(title)
	for _, end := range []string{".doc", ".docx", ".html", ".htm", ".pdf", ".odt", ".indd", ".rtf", ".txt"} {
		if strings.HasSuffix(low, end) {
			return true
		}
	}
	return strings.HasPrefix(low, "microsoft word") || strings.HasPrefix(low, "untitled") || low == "document" || low == "word document" || low == "about:blank"
}

// taker is told of the elements and words of a part. What start returns false for is left out whole.
type taker interface {
	start(e *element) bool
	end(e *element)
	words(in *element, s string)
}

// element is one element, by the local name that the standard gives it.
type element struct {
	name  string
	attrs []xml.Attr
	up    *element
}

// val returns an attribute by its local name.
func (e *element) val(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// on returns whether a switch such as <w:vanish/> is on.
func (e *element) on() bool {
	switch e.val("val") {
	case "0", "false", "off":
		return false
	}
	return true
}

// in reports whether e stands within an element of that name, at any depth.
func (e *element) in(name string) bool {
	for p := e.up; p != nil; p = p.up {
		if p.name == name {
			return true
		}
	}
	return false
}

// eachElement walks through a part. Entities that a part itself defines are an error, so that none can grow.
func (d *document) eachElement(part string, to taker) error {
	b, err := d.part(part)
	if err != nil || b == nil {
		return err
	}
	dec := xml.NewDecoder(bytes.NewReader(b))
	var at *element
	depth, skip := 0, 0
	for {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) && at == nil {
			return nil
		}
		if err != nil {
			return damaged(part, err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if depth++; depth > deepestPart {
				return stocktake.Invalidf("has elements nested more than %d deep (its part %s)", deepestPart, part).Hinted("open it in a word processor and save it anew, or paste its text")
			}
			if skip > 0 {
				skip++
				at = &element{name: tok.Name.Local, up: at}
				continue
			}
			e := &element{name: tok.Name.Local, attrs: append([]xml.Attr(nil), tok.Attr...), up: at}
			at = e
			if !to.start(e) {
				skip = 1
			}
		case xml.EndElement:
			if at == nil || at.name != tok.Name.Local {
				return damaged(part, fmt.Errorf("</%s> closes nothing", tok.Name.Local))
			}
			depth--
			e := at
			at = at.up
			if skip > 0 {
				skip--
				continue
			}
			to.end(e)
		case xml.CharData:
			if skip == 0 {
				to.words(at, string(tok))
			}
		}
	}
}
