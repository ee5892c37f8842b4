package intake

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/klippa-app/go-pdfium"
	perrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"

	"stocktake"
)

// pdfium reads a PDF with PDFium, compiled to WebAssembly: it sees the bytes of the file and no file system. Making it ready takes some
// seconds, each time.
func (t *Text) pdfium(ctx context.Context, b []byte) ([]pdfPage, error) {
	pool, err := webassembly.Init(webassembly.Config{Context: ctx, MinIdle: 1, MaxIdle: 1, MaxTotal: 1, FSConfig: wazero.NewFSConfig(), Stdout: &tail{}, Stderr: &tail{}})
	if err != nil {
		return nil, err
	}
	in, err := pool.GetInstance(time.Minute)
	if err != nil {
		return nil, err
	}
	doc, err := in.OpenDocument(&requests.OpenDocument{File: &b})
	if errors.Is(err, perrors.ErrPassword) {
		return nil, stocktake.Invalidf("is protected by a password").Hinted("open it, and print it to a PDF without one, or paste its text")
	}
	if err != nil {
		f := stocktake.Invalidf("is no PDF that can be read: it is damaged or cut off").Hinted("get it again, or open it and print it to a new PDF, or paste its text")
		f.Err = err
		return nil, f
	}
	if m, err := in.FPDF_GetMetaText(&requests.FPDF_GetMetaText{Document: doc.Document, Tag: "Title"}); err == nil {
		if title := strings.Join(strings.Fields(m.Value), " "); !fileLike(title) {
			t.Title = title
		}
	}
	n, err := in.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc.Document})
	if err != nil {
		return nil, err
	}
	var pages []pdfPage
	for i := range n.PageCount {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p, err := pdfiumPage(in, requests.Page{ByIndex: &requests.PageByIndex{Document: doc.Document, Index: i}})
		if err != nil {
			t.flag("Page %d could not be read.", i+1)
			continue
		}
		pages = append(pages, p)
	}
	return pages, nil
}

func pdfiumPage(in pdfium.Pdfium, page requests.Page) (pdfPage, error) {
	size, err := in.GetPageSize(&requests.GetPageSize{Page: page})
	if err != nil {
		return pdfPage{}, err
	}
	r, err := in.GetPageTextStructured(&requests.GetPageTextStructured{Page: page, Mode: requests.GetPageTextStructuredModeChars, CollectFontInformation: true})
	if err != nil {
		return pdfPage{}, err
	}
	p := pdfPage{w: size.Width, h: size.Height}
	var line []pdfWord
	word, begun := pdfWord{}, false
	endWord := func() {
		if begun {
			if word.s = tidyWord(word.s); word.s != "" {
				line = append(line, word)
			}
		}
		begun = false
	}
	endLine := func() {
		endWord()
		if len(line) > 0 {
			p.lines = append(p.lines, parted(line)...)
		}
		line = nil
	}
	for _, c := range r.Chars {
		switch {
		case strings.ContainsAny(c.Text, "\r\n"):
			endLine()
			continue
		case strings.TrimSpace(c.Text) == "":
			endWord()
			continue
		}
		at := c.PointPosition
		b := box{at.Left, p.h - at.Top, at.Right, p.h - at.Bottom}
		// The box is as high as the ink of the letter. A line needs that of its font.
		if f := c.FontInformation; f != nil && f.RenderedSize > b.h() {
			b.y0 = b.y1 - f.RenderedSize
		}
		if begun && (b.x0 > word.x1+1.6*b.h() || b.x1 < word.x0-1.6*b.h()) {
			endWord()
		}
		if !begun {
			word, begun = pdfWord{box: b}, true
		}
		word.box = word.box.over(b)
		if rightToLeft(c.Text) > 0 { // they come in the order of reading; words have that of the page
			word.s = c.Text + word.s
		} else {
			word.s += c.Text
		}
	}
	endLine()
	return p, nil
}
