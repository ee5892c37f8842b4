package intake

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"html"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"stocktake"
)

// A pdfWord is a word and where it stands on its page, in points from the upper left corner. Its letters are in the order of the page, from
// left to right, also where they are read from right to left.
type pdfWord struct {
	box
	s string
}

type box struct{ x0, y0, x1, y1 float64 }

func (b box) h() float64 { return b.y1 - b.y0 }

// over is the smallest box around two.
func (b box) over(c box) box {
	return box{min(b.x0, c.x0), min(b.y0, c.y0), max(b.x1, c.x1), max(b.y1, c.y1)}
}

type pdfPage struct {
	w, h  float64
	lines []pdfLine
}

// fromPDF reads a PDF: with pdftotext where the system has it, else with PDFium in a sandbox. Both give words and their places; what is
// made of them is the same.
func (t *Text) fromPDF(ctx context.Context, b []byte, j job) error {
	var pages []pdfPage
	var err error
	if tool := pdftotext(); tool != "" {
		pages, err = t.poppler(ctx, tool, b, j.Limits)
	} else {
		t.flag("The PDF was read without the program pdftotext (Debian's package poppler-utils), which reads columns, tables and Arabic better.")
		pages, err = t.pdfium(ctx, b)
	}
	if err != nil {
		return err
	}
	words := 0
	for _, p := range pages {
		words += len(p.lines)
	}
	if words == 0 {
		return stocktake.Invalidf("holds no text: %s of pictures, as of a scanner", times(len(pages), "page", "pages")).Hinted("make text of them with a program for character recognition (OCR), or type or paste the text")
	}
	text := t.pages(pages)
	if rightToLeft(text)*4 > len([]rune(text)) {
		t.flag("Arabic or Hebrew text of a PDF comes out letter by letter: compare it with the file, words with ل and ا above all.")
	}
	t.Text = clean(text)
	return nil
}

// pdftotext is the path of the program, or "" where the system has none. A variable, so that tests can do without.
var pdftotext = func() string {
	path, err := exec.LookPath("pdftotext")
	if err != nil {
		return ""
	}
	return path
}

// poppler runs pdftotext and reads the words and places that it prints.
func (t *Text) poppler(ctx context.Context, tool string, b []byte, lim Limits) ([]pdfPage, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := exec.CommandContext(ctx, tool, "-bbox-layout", "-enc", "UTF-8", "-", "-")
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var errs tail
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		return nil, err
	}
	limitOther(c.Process.Pid, lim.Memory) // before it gets a byte of the file
	go func() {
		io.Copy(in, bytes.NewReader(b)) // what it does not take, it does not read
		in.Close()
	}()
	pages, readErr := t.boxes(out)
	if readErr != nil {
		cancel()
	}
	err = c.Wait()
	switch said := strings.ToLower(errs.String()); {
	case readErr != nil:
		return nil, readErr
	case strings.Contains(said, "password"):
		return nil, stocktake.Invalidf("is protected by a password").Hinted("open it, and print it to a PDF without one, or paste its text")
	case err != nil && (ctx.Err() != nil || strings.Contains(said, "out of memory") || strings.Contains(said, "bad_alloc")):
		return nil, tooSlow(lim)
	case err != nil || len(pages) == 0:
		f := stocktake.Invalidf("is no PDF that can be read: it is damaged or cut off").Hinted("get it again, or open it and print it to a new PDF, or paste its text")
		f.Err = errors.Join(err, errors.New(errs.String()))
		return nil, f
	}
	return pages, nil
}

// boxes reads what pdftotext -bbox-layout prints: XHTML with one element a line. It is read line by line, since names and words may hold
// characters that XML forbids.
func (t *Text) boxes(r io.Reader) ([]pdfPage, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	var pages []pdfPage
	var line []pdfWord
	for {
		raw, err := in.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			for err == bufio.ErrBufferFull { // a word of 64 kB is none
				_, err = in.ReadSlice('\n')
			}
			continue
		}
		s := strings.TrimSpace(string(raw))
		switch {
		case strings.HasPrefix(s, "<word "):
			_, body, _ := strings.Cut(s, ">")
			w := strings.TrimSpace(html.UnescapeString(strings.TrimSuffix(body, "</word>")))
			if w = tidyWord(w); w != "" {
				line = append(line, pdfWord{boxOf(s), w})
			}
		case s == "</line>":
			if n := len(pages); n > 0 && len(line) > 0 {
				pages[n-1].lines = append(pages[n-1].lines, parted(line)...)
			}
			line = nil
		case strings.HasPrefix(s, "<page "):
			pages = append(pages, pdfPage{w: number(s, "width"), h: number(s, "height")})
		case strings.HasPrefix(s, "<title>"):
			title := html.UnescapeString(strings.TrimSuffix(strings.TrimPrefix(s, "<title>"), "</title>"))
			if title = strings.Join(strings.Fields(strings.ToValidUTF8(title, "")), " "); !fileLike(title) {
				t.Title = title
			}
		}
		if err == io.EOF {
			return pages, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// tidyWord gives a word the characters that are meant: the marks of lists in fonts of symbols, and no soft hyphen but at its end.
func tidyWord(w string) string {
	soft := strings.HasSuffix(w, "\u00AD")
	w = strings.Map(func(r rune) rune {
		switch r {
		case 0xF0B7, 0xF0A7, 0xF0D8, 0xF076, 0x25CF, 0x25AA, 0x25A0, 0x2219:
			return '•'
		}
		if unseen(r) || r == '\uFFFD' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(w, ""))
	if soft {
		w += "\u00AD"
	}
	return w
}

func number(s, name string) float64 {
	_, rest, ok := strings.Cut(s, " "+name+`="`)
	if !ok {
		return 0
	}
	v, _, _ := strings.Cut(rest, `"`)
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || f != f {
		return 0
	}
	return f
}

func boxOf(s string) box {
	return box{number(s, "xMin"), number(s, "yMin"), number(s, "xMax"), number(s, "yMax")}
}

// A pdfLine is words that stand beside each other without a wide gap.
type pdfLine struct {
	box
	words []pdfWord
	text  string
}

// parted parts the words of a line where the gap between two is wider than between its other words, and drops text that runs up or down the
// page.
func parted(words []pdfWord) []pdfLine {
	slices.SortStableFunc(words, func(a, b pdfWord) int {
		switch {
		case a.x0 < b.x0:
			return -1
		case a.x0 > b.x0:
			return 1
		}
		return 0
	})
	var gaps []float64
	for i := 1; i < len(words); i++ {
		gaps = append(gaps, words[i].x0-words[i-1].x1)
	}
	usual := median(gaps)
	apart := func(gap, h float64) bool {
		if len(gaps) < 2 {
			return gap > 1.6*h
		}
		return gap > 0.6*h && gap > 2.5*usual || gap > 1.6*h && gap > 1.8*usual
	}
	var list []pdfLine
	from := 0
	for i := 1; i <= len(words); i++ {
		if i < len(words) && !apart(words[i].x0-words[i-1].x1, max(words[i].h(), words[i-1].h())) {
			continue
		}
		l := pdfLine{box: words[from].box, words: words[from:i]}
		long := 0
		for _, w := range l.words { // as high as its longest word: what stands raised does not make it higher
			l.x0, l.x1 = min(l.x0, w.x0), max(l.x1, w.x1)
			if len(w.s) > long {
				long, l.y0, l.y1 = len(w.s), w.y0, w.y1
			}
		}
		from = i
		l.text = inOrder(l.words)
		if n := len([]rune(l.text)); n > 3 && l.h() > 2.5*(l.x1-l.x0) {
			continue
		}
		list = append(list, l)
	}
	return list
}
