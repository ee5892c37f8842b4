package importer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"stocktake"
)

// charsets are the encodings that a mapping may declare. nil is UTF-8.
var charsets = map[string]encoding.Encoding{"utf-8": nil, "latin1": charmap.ISO8859_1, "windows-1252": charmap.Windows1252}

// rows is a table of any form, row by row.
type rows struct {
	in        input
	columns   []string
	page      string // the whole page, where it is one
	epoch1904 bool   // a workbook that counts days from 1904
	// next returns the next row, as long as the header, with its line or row number, from 1. io.EOF is the end.
	next  func(bad func(Reject)) ([]string, int, error)
	close func()
}

func (m *mapping) open(ctx context.Context, in input, p *pace) (*rows, error) {
	form := m.Layout.Form
	if form == "" {
		switch strings.ToLower(filepath.Ext(strings.TrimSuffix(in.name, ".gz"))) {
		case ".xlsx", ".xlsm":
			form = "xlsx"
		case ".html", ".htm", ".xhtml":
			form = "html"
		default:
			form = "csv"
		}
	}
	switch form {
	case "xlsx":
		return m.openSheet(in, p)
	case "html":
		return m.openPage(ctx, in, p)
	}
	return m.openCSV(ctx, in, p)
}

func (m *mapping) openCSV(ctx context.Context, in input, p *pace) (*rows, error) {
	r, done, err := in.open(ctx, p)
	if err != nil {
		return nil, err
	}
	if head, _ := r.Peek(2); bytes.Equal(head, []byte{0xff, 0xfe}) || bytes.Equal(head, []byte{0xfe, 0xff}) {
		done()
		return nil, stocktake.Invalidf("the file is in UTF-16").At(in.name).Hinted("save it as UTF-8")
	}
	if head, _ := r.Peek(4); bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		done()
		return nil, stocktake.Invalidf("the file is a workbook or an archive, no delimited text").At(in.name).Hinted("write form: xlsx under file")
	}
	if cs := charsets[m.Layout.Encoding]; cs != nil {
		r = bufio.NewReaderSize(cs.NewDecoder().Reader(r), 1<<16)
	}
	comma := byte(',')
	switch d := m.Layout.Delimiter; d {
	case "":
		if strings.HasSuffix(strings.TrimSuffix(in.name, ".gz"), ".tsv") {
			comma = '\t'
		}
	case "tab":
		comma = '\t'
	default:
		comma = d[0]
	}
	t, err := tableOf(in, r, done, comma)
	if err != nil {
		return nil, err
	}
	for i := 1; i < m.Layout.Header; i++ {
		f, err := t.read()
		if err != nil {
			done()
			return nil, noHeader(in, m.Layout.Header, err)
		}
		t.columns = t.columns[:0]
		for _, c := range f {
			t.columns = append(t.columns, string(c))
		}
	}
	if len(t.columns) == 1 && comma == ',' {
		for _, d := range []string{";", "\t", "|"} {
			if strings.Contains(t.columns[0], d) {
				done()
				return nil, stocktake.Invalidf("the header has one column only, and holds %q", d).At(in.name+" line 1").Hinted("write delimiter: %q under file", d)
			}
		}
	}
	for i, c := range t.columns {
		if !utf8.ValidString(c) {
			done()
			return nil, stocktake.Invalidf("the header is not valid UTF-8").At(in.name + " line 1").Hinted("if the file is Latin-1, write encoding: latin1 under file")
		}
		t.columns[i] = tidy(c)
	}
	return &rows{in: in, columns: t.columns, close: done, next: func(bad func(Reject)) ([]string, int, error) {
		f, err := t.row(bad)
		if err != nil {
			return nil, 0, err
		}
		cells := make([]string, len(f))
		for i := range f {
			cells[i] = tidy(string(f[i]))
		}
		return cells, t.line, nil
	}}, nil
}

func noHeader(in input, n int, err error) error {
	if !errors.Is(err, io.EOF) {
		return err
	}
	return stocktake.Invalidf("there is no row %d that could name the columns", n).At(in.name).Hinted("check header under file")
}

// tidy makes every run of white space one space, and cuts it at the ends.
func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// openSheet reads a sheet of a workbook. Cells are read raw, so a date is the number of a day (dates: spreadsheet), never the text that a
// country's settings would show.
func (m *mapping) openSheet(in input, p *pace) (*rows, error) {
	broken := func(err error) error {
		f := stocktake.Invalidf("the workbook cannot be read").At(in.name).Hinted("save it again as .xlsx, or as CSV in UTF-8")
		f.Err = err
		return f
	}
	book, err := excelize.OpenFile(in.path, excelize.Options{RawCellValue: true, UnzipSizeLimit: 1 << 30, UnzipXMLSizeLimit: 32 << 20})
	if err != nil {
		return nil, broken(err)
	}
	p.add(int(in.size), in.name)
	sheets := book.GetSheetList()
	sheet := m.Layout.Sheet
	if sheet == "" && len(sheets) > 0 {
		sheet = sheets[0]
	}
	if i, _ := book.GetSheetIndex(sheet); i < 0 {
		book.Close()
		f := stocktake.Invalidf("the workbook has no sheet %q", sheet).At(in.name)
		if near := nearest(sheet, sheets, 3); len(near) > 0 {
			return nil, f.Hinted("the nearest sheets are %s", quoted(near))
		}
		return nil, f.Hinted("the sheets are %s", quoted(sheets))
	}
	it, err := book.Rows(sheet)
	if err != nil {
		book.Close()
		return nil, broken(err)
	}
	t := &rows{in: in, close: func() { it.Close(); book.Close() }}
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		t.epoch1904 = *props.Date1904
	}
	line := 0
	read := func() ([]string, error) {
		if !it.Next() {
			if err := it.Error(); err != nil {
				return nil, broken(err)
			}
			return nil, io.EOF
		}
		line++
		cells, err := it.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, broken(err)
		}
		for i := range cells {
			cells[i] = tidy(cells[i])
		}
		return cells, nil
	}
	for range max(1, m.Layout.Header) {
		if t.columns, err = read(); err != nil {
			t.close()
			return nil, noHeader(in, max(1, m.Layout.Header), err)
		}
	}
	t.columns = append([]string(nil), t.columns...)
	t.next = func(bad func(Reject)) ([]string, int, error) {
		for {
			cells, err := read()
			if err != nil {
				return nil, 0, err
			}
			if strings.Join(cells, "") == "" {
				continue
			}
			if len(cells) > len(t.columns) {
				bad(Reject{File: in.name, Line: line, Column: len(t.columns) + 1, Value: clip(cells[len(t.columns)]), Reason: fmt.Sprintf("the row has %d columns, the header %d", len(cells), len(t.columns))})
				continue
			}
			full := make([]string, len(t.columns))
			copy(full, cells)
			return full, line, nil
		}
	}
	return t, nil
}

// column returns the place of a column, from 0. A name that stands nowhere or twice is a fault with the nearest names.
func (t *rows) column(name string) (int, error) {
	at := -1
	for i, c := range t.columns {
		if c != tidy(name) {
			continue
		}
		if at >= 0 {
			return 0, stocktake.Invalidf("two columns are called %q", name).At(t.in.name).Hinted("rename one of them in the file")
		}
		at = i
	}
	if at >= 0 {
		return at, nil
	}
	f := stocktake.Invalidf("there is no column %q", name).At(t.in.name)
	if near := nearest(name, t.columns, 3); len(near) > 0 {
		return 0, f.Hinted("the nearest columns are %s", quoted(near))
	}
	return 0, f.Hinted("the columns are %s", quoted(t.columns[:min(len(t.columns), 12)]))
}
